"""Pictures: valid, harmless, described; their axes tell the truth, and no text lies on another."""

import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from random import Random

import pytest
from drawn import (
    SVG, axis_numbers, boxes, check_svg, corners, number_in, overlap, parsed, texts, walk,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from purenn import (
    GELU, SGD, Dense, Dropout, LeakyReLU, Network, ReLU, Softmax, SoftmaxCrossEntropy, Tanh,
    accuracy, confusion_matrix, data, draw, train,
)
from purenn.draw import charts, colours, numerals, scales, svg, typesetting
from purenn.draw.counts import counted
from purenn.draw.curves import thinned
from purenn.draw.scales import Scale
from purenn.history import History

RNG = Random(1)
SPIRAL = data.spiral(size=60, classes=3, noise=0.2, rng=RNG)
SINE = data.sine(size=20, rng=RNG)
CLASSIFIER = Network([Dense(2, 5, RNG), Tanh(), Dropout(0.1, RNG), Dense(5, 3, RNG)])
LINE = Network([Dense(1, 3, RNG), Tanh(), Dense(3, 1, RNG)])
HISTORY = train(CLASSIFIER, SPIRAL.inputs, SPIRAL.targets, loss=SoftmaxCrossEntropy(),
                optimizer=SGD(0.1), epochs=4, metrics=[accuracy],
                validation=(SPIRAL.inputs, SPIRAL.targets), rng=RNG)
HOSTILE = ["</text><script>alert(1)</script>", '"\'&<>', "\x1b[31m\x00\ufffe", "\ud800",
           "W" * 200, "数" * 60, "", "a\nb", "‮reversed"]

PICTURES = {
    "lines": lambda: draw.lines({"a": [1.0, 0.5, 0.3], "b": [0.9, None, 0.2]}, title="Two"),
    "marks": lambda: draw.lines({"a": [(1, 1), (10, 100)]}, title="Log", log_x=True, log_y=True,
                                marks=True, x_label="n", y_label="error"),
    "history": lambda: draw.history(HISTORY),
    "histories": lambda: draw.history({"one": HISTORY, "two": HISTORY}, "accuracy"),
    "scatter": lambda: draw.scatter(SPIRAL),
    "scatter of a wave": lambda: draw.scatter(SINE),
    "regions": lambda: draw.regions(CLASSIFIER, SPIRAL, steps=20),
    "regions of a wave": lambda: draw.regions(LINE, SINE),
    "bars": lambda: draw.bars({"ReLU": 0.97, "none": -0.5, "Tanh": 0}, title="B", y_label="by"),
    "histogram": lambda: draw.histogram({"a": [1.0, 2.0, 2.5], "b": [2.0]}, title="H", bins=4),
    "heatmap": lambda: draw.heatmap([[1.0, -2.0, 0.5], [0.0, 3.5, 1e-9]], title="M", numbers=True,
                                    row_names=["first", "second"], column_names=["a", "b", "c"],
                                    x_label="inputs", y_label="neurons"),
    "large heatmap": lambda: draw.heatmap([[float(i * j) for j in range(90)] for i in range(70)],
                                          title="L", column_names=[f"name {k}" for k in range(90)]),
    "landscape": lambda: draw.landscape([0.0, 1.0, 2.0], [-1.0, 1.0], [[1.0, 2.0, 3.0]] * 2,
                                        title="L", x_label="w", y_label="b",
                                        path=[(0, 0), (1, 0.5), (2, 1)]),
    "heatmap with a label": lambda: draw.heatmap(
        [[1.0, 2.0], [0.5, 40.0]], title="M", bar_label="how much there is",
        limits=(0.0, 3.0)),
    "landscape with a label": lambda: draw.landscape(
        [0.0, 1.0, 2.0], [-1.0, 1.0], [[1.0, 2.0, 3.0]] * 2, title="Land", bar_label="loss"),
    "confusion": lambda: draw.confusion([[5, 1, 0], [0, 7, 2], [0, 0, 9]],
                                        class_names=["setosa", "versicolor", "virginica"]),
    "images": lambda: draw.images([[0.0, 1.0, 2.0, 3.0]] * 3, title="I", captions=["a", "bb", 3]),
    "signed images": lambda: draw.images([[-1.0, 1.0, 2.0, 0, 0, 0]], title="I", width=3,
                                         signed=True),
    "network": lambda: draw.network(CLASSIFIER, input_names=["x", "y"],
                                    output_names=["yes", "no", "maybe"]),
    "large network": lambda: draw.network(Network([Dense(64, 32, Random(1)), ReLU(),
                                                   Dense(32, 10, Random(1))])),
    "activations": lambda: draw.activations([ReLU(), Tanh(), GELU(), LeakyReLU(0.1)]),
    "beside": lambda: draw.beside([draw.scatter(SPIRAL), draw.history(HISTORY)], title="Both"),
    "of a history": lambda: draw.picture_of(HISTORY),
    "of a network": lambda: draw.picture_of(CLASSIFIER),
    "of points": lambda: draw.picture_of(SPIRAL),
    "of a table": lambda: draw.picture_of(data.iris()),
    "of digits": lambda: draw.picture_of(data.digits()),
    "of a confusion": lambda: draw.picture_of(confusion_matrix([0, 1, 1], [0, 0, 1])),
}

words = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE))
numbers = st.one_of(st.floats(-1e3, 1e3), st.floats(-1e300, 1e300), st.floats(-1e-6, 1e-6),
                    st.sampled_from([0.0, -0.0, 1.0, 1e9, 1e9 + 1, 5e-324, -1e300, 1e300]))


@pytest.fixture(scope="module", params=sorted(PICTURES))
def picture(request):
    return PICTURES[request.param]()


# ---- Every picture ----


@pytest.mark.slow
def test_every_picture_is_valid_described_and_nothing_overlaps(picture):
    check_svg(picture)


@pytest.mark.slow
def test_the_same_picture_is_the_same_file(picture):
    assert picture.svg() == picture.svg() == picture._repr_svg_()


@pytest.mark.slow
def test_every_kind_drawn_again_has_the_same_bytes():
    for name, make in PICTURES.items():
        assert make().svg() == make().svg(), name


@pytest.mark.slow
def test_ids_differ_between_all_pictures():
    ids = [name for make in PICTURES.values() for name in
           set(re.findall(' id="([^"]*)"', make().svg()))]
    different = {make().svg() for make in PICTURES.values()}
    assert len(set(ids)) == 2 * len(different)


def test_no_python_run_changes_a_byte():
    code = ("from purenn import draw; import hashlib; "
            "p = draw.lines({'a': [1, 2, 3], 'b': [(1, 2)]}, title='x'); "
            "q = draw.bars({'a': 1, 'b': 2}, title='y'); "
            "print(hashlib.sha256((p.svg() + q.svg()).encode()).hexdigest())")
    seen = set()
    for seed in "123":
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True,
                              env=dict(os.environ, PYTHONHASHSEED=seed),
                              cwd=str(Path(__file__).resolve().parent.parent))
        seen.add(done.stdout)
    assert len(seen) == 1


def test_importing_draw_imports_no_picture_yet():
    code = "import sys, purenn.draw.terminal; print('purenn.draw.charts' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True,
                          cwd=str(Path(__file__).resolve().parent.parent))
    assert done.stdout.split() == [b"False"]


# ---- Names and numbers of any kind ----


@pytest.mark.slow
@given(st.dictionaries(words, st.lists(numbers, min_size=1, max_size=8), min_size=1, max_size=10),
       words.filter(str.strip), words, words, st.booleans())
def test_any_curves(curves, title, x_label, y_label, marks):
    check_svg(draw.lines(curves, title=title, x_label=x_label, y_label=y_label, marks=marks))


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(1e-200, 1e200), st.floats(1e-9, 1e9)), min_size=1, max_size=9))
def test_any_curve_on_logarithmic_axes(points):
    check_svg(draw.lines({"curve": points}, title="t", log_x=True, log_y=True, x_label="x"))


@pytest.mark.slow
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9), st.data())
def test_any_points(points, chosen):
    labels = [chosen.draw(st.integers(0, 9)) for _ in points]
    names = [chosen.draw(words) for _ in range(10)]
    check_svg(draw.scatter(points, labels, title="t", class_names=names, x_label=names[0]))


@pytest.mark.slow
@given(st.dictionaries(words.map(lambda word: typesetting.clean(word)), numbers, min_size=1,
                       max_size=12), words)
def test_any_bars(values, label):
    check_svg(draw.bars(values, title="t", y_label=label))


@given(st.lists(numbers, min_size=1, max_size=30), st.integers(1, 30), words)
def test_any_histogram(values, bins, label):
    check_svg(draw.histogram(values, title="t", bins=bins, x_label=label))


@pytest.mark.slow
@given(st.integers(1, 7), st.integers(1, 7), st.data(), st.booleans(), words, words)
def test_any_heatmap(rows, columns, chosen, written, x_label, y_label):
    matrix = [[chosen.draw(numbers) for _ in range(columns)] for _ in range(rows)]
    names = [[chosen.draw(words) for _ in range(k)] for k in (rows, columns)]
    check_svg(draw.heatmap(matrix, title="t", numbers=written, row_names=names[0],
                           column_names=names[1], x_label=x_label, y_label=y_label))


@pytest.mark.slow
@given(st.lists(st.lists(st.integers(0, 10 ** 7), min_size=5, max_size=5), min_size=5, max_size=5),
       st.lists(words, min_size=5, max_size=5))
def test_any_confusion(counts, names):
    check_svg(draw.confusion(counts, class_names=names))


@pytest.mark.slow
@given(st.lists(words, min_size=2, max_size=2), st.lists(words, min_size=3, max_size=3), words)
def test_any_names_of_a_network(inputs, outputs, title):
    check_svg(draw.network(CLASSIFIER, title=title.strip() or "t", input_names=inputs,
                           output_names=outputs))


@given(st.lists(words, min_size=4, max_size=4), st.integers(1, 4))
def test_any_captions(captions, columns):
    check_svg(draw.images([[0.0] * 4] * 4, title="t", captions=captions, columns=columns))


def test_a_hostile_name_stays_a_name():
    for name in filter(str.strip, HOSTILE):
        picture = draw.scatter([[0, 0]], [0], title=name, class_names=[name], x_label=name)
        check_svg(picture)
        assert "<script" not in picture.svg() and "\x1b" not in picture.text(60, colour=False)


# ---- Axes tell the truth ----


def between(ticks, pixel, log=False):
    """Return the number at a pixel, by the two ticks that are furthest apart."""
    (a, first), (b, last) = min(ticks.items()), max(ticks.items())
    if log:
        first, last = math.log(first), math.log(last)
    value = first + (last - first) * (pixel - a) / (b - a)
    return math.exp(value) if log else value


pairs = st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=2,
                 max_size=12, unique_by=lambda pair: pair[0])


@given(pairs)
def test_pixels_of_a_curve_are_its_numbers(points):
    points = sorted(points)
    root = parsed(draw.lines({"curve": points}, title="t"))
    across, down = axis_numbers(root)
    drawn = corners(next(node for node, _, _ in walk(root) if node.tag == f"{SVG}polyline"))
    spans = [max(abs(p[k]) for p in points) + 1 for k in (0, 1)]
    assert len(drawn) == len(points)
    for (x, y), (px, py) in zip(points, drawn):
        assert between(across, px) == pytest.approx(x, abs=spans[0] / 100)
        assert between(down, py) == pytest.approx(y, abs=spans[1] / 100)


@given(st.lists(st.integers(-8, 8), min_size=2, max_size=6, unique=True))
def test_pixels_on_logarithmic_axes_are_their_numbers(powers):
    points = sorted((10.0 ** p, 10.0 ** -p) for p in powers)
    root = parsed(draw.lines({"curve": points}, title="t", log_x=True, log_y=True))
    across, down = axis_numbers(root)
    drawn = corners(next(node for node, _, _ in walk(root) if node.tag == f"{SVG}polyline"))
    for (x, y), (px, py) in zip(points, drawn):
        assert between(across, px, log=True) == pytest.approx(x, rel=0.12)
        assert between(down, py, log=True) == pytest.approx(y, rel=0.3)


def test_limits_are_the_ends_of_the_frame():
    root = parsed(draw.lines({"curve": [5, 6, 7]}, title="t", limits=((0, 10), (0, 20))))
    across, down = axis_numbers(root)
    assert (min(across.values()), max(across.values())) == (0, 10)
    assert (min(down.values()), max(down.values())) == (0, 20)
    window = next(node for node, _, _ in walk(root) if node.get("viewBox") and node is not root)
    assert min(across) == pytest.approx(float(window.get("x")), abs=0.1)
    assert max(across) == pytest.approx(float(window.get("x")) + float(window.get("width")), abs=1)


def test_epochs_are_whole_numbers():
    for count in (1, 2, 3, 5):
        root = parsed(draw.lines({"loss": [1.0] * count}, title="t"))
        assert all(value == int(value) for value in axis_numbers(root)[0].values())


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 12))
def test_ticks_are_round_inside_and_evenly_spaced(low, span, at_most):
    assume(span > 1e-8 * abs(low))  # what `fitted` sees to: else floats themselves are too coarse
    scale = scales.Scale(low, low + span)
    ticks = scale.ticks(at_most)
    values = [tick.value for tick in ticks]
    assert len(ticks) <= at_most and len({tick.label for tick in ticks}) == len(ticks)
    assert len(ticks) >= int(at_most / 2.5)  # from 2 to 5 the steps grow the most
    for value, label in ticks:
        assert low - 1e-6 * span <= value <= low + span + 1e-6 * span
        assert float(label) == pytest.approx(value, rel=1e-9, abs=1e-9 * span)
    steps = [b - a for a, b in zip(values, values[1:])]
    assert all(step == pytest.approx(steps[0], rel=1e-3, abs=1e-9 * abs(low)) for step in steps)
    if steps and span > 1e-3 * abs(low):
        first_digit = f"{steps[0]:.6e}"[0]
        assert first_digit in "125"


def test_ticks_of_known_scales():
    assert [t.label for t in scales.Scale(0, 1).ticks(6)] == ["0.0", "0.2", "0.4", "0.6", "0.8",
                                                             "1.0"]
    assert [t.label for t in scales.Scale(-1, 1).ticks(5)] == ["-1.0", "-0.5", "0.0", "0.5", "1.0"]
    assert [t.label for t in scales.LogScale(0.001, 1000).ticks(4)] == ["0.01", "1", "100"]
    assert [t.label for t in scales.LogScale(1, 10).ticks(9)] == ["1", "2", "5", "10"]


def test_places_and_values_are_each_others_inverse():
    for scale in (scales.Scale(-3, 5), scales.LogScale(0.01, 50)):
        for place in (0.0, 0.25, 0.5, 1.0):
            assert scale.place(scale.value_at(place)) == pytest.approx(place)


def test_bars_are_as_long_as_their_numbers():
    root = parsed(draw.bars({"a": 4.0, "b": 1.0, "c": -2.0}, title="t"))
    long, short, below = [float(node.get("width")) for node, _, _ in walk(root)
                          if node.tag == f"{SVG}rect" and node.get("fill") != colours.PAPER]
    assert long == pytest.approx(4 * short, abs=0.05) and below == pytest.approx(2 * short, abs=0.1)


def test_a_histogram_counts_everything_once():
    values = [RNG.random() for _ in range(200)]
    for bins in (1, 3, 20):
        counts = counted(values, min(values), max(values), bins)
        assert len(counts) == bins and sum(counts) == 200
    assert counted([0.0, 0.5, 1.0], 0.0, 1.0, 2) == [1, 2]


@pytest.mark.slow
def test_thinning_keeps_the_outline_and_makes_files_small():
    noisy = [RNG.random() for _ in range(20000)]
    picture = draw.lines({"noise": noisy}, title="t")
    assert len(picture.svg()) < 60_000
    points = [(k / 100, value) for k, value in enumerate(noisy)]
    kept = thinned(points)
    for column in range(200):
        whole = [y for x, y in points if int(x) == column]
        left = [y for x, y in kept if int(x) == column]
        assert (min(left), max(left)) == (min(whole), max(whole)) and len(left) <= 4
    assert set(kept) <= set(points) and kept == sorted(kept, key=lambda p: p[0])


def test_a_gap_is_a_gap():
    for hole in (None, math.nan, math.inf):
        root = parsed(draw.lines({"a": [1.0, 2.0, hole, 3.0, 4.0, hole, 5.0]}, title="t"))
        assert sum(node.tag == f"{SVG}polyline" for node, _, _ in walk(root)) == 2
        assert sum(node.tag == f"{SVG}circle" for node, _, _ in walk(root)) == 1


def test_a_history_has_its_validation_beside_it():
    names = [text.text for text in texts(parsed(draw.history(HISTORY)))]
    assert "training" in names and "validation" in names
    assert f"from {numerals.short(HISTORY[0].loss)}" in draw.history(HISTORY).description


# ---- Regions, heatmaps, images ----


def test_regions_are_what_the_network_says():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["left", "right"], "")
    picture = draw.regions(lambda rows: [[9.0 * (0.5 - x), 9.0 * (x - 0.5)] for x, y in rows],
                           halves, steps=40)
    root = parsed(picture)
    window = next(node for node, _, _ in walk(root) if node.get("viewBox") and node is not root)
    middle = float(window.get("x")) + float(window.get("width")) / 2
    for blue, xs, _ in coloured_squares(root):
        assert max(xs) <= middle + 1 if blue else min(xs) >= middle - 1


def coloured_squares(root):
    """Yield (is it the blue of class 0, its xs, its ys) for each colour of a region."""
    for node, _, _ in walk(root):
        if node.tag == f"{SVG}path" and node.get("shape-rendering"):
            red, blue = (int(node.get("fill")[k:k + 2], 16) for k in (1, 5))
            xs = [float(x) for x in re.findall(r"[MH](\d+)", node.get("d"))]
            yield blue > red, xs, [float(y) for y in re.findall(r"[ V](\d+)", node.get("d"))]


def test_regions_are_not_upside_down():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["below", "above"], "")
    root = parsed(draw.regions(lambda rows: [[9.0 * (0.5 - y), 9.0 * (y - 0.5)] for x, y in rows],
                               halves, steps=40))
    window = next(node for node, _, _ in walk(root) if node.get("viewBox") and node is not root)
    middle = float(window.get("y")) + float(window.get("height")) / 2
    for blue, _, ys in coloured_squares(root):
        assert min(ys) >= middle - 1 if blue else max(ys) <= middle + 1


def test_regions_of_one_column_of_scores_are_those_of_two():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["left", "right"], "")
    one = draw.regions(lambda rows: [[x - 0.5] for x, _ in rows], halves, steps=10)
    two = draw.regions(lambda rows: [[0.0, x - 0.5] for x, _ in rows], halves, steps=10)
    assert one.svg() == two.svg()


def test_files_stay_small():
    assert len(draw.regions(CLASSIFIER, SPIRAL).svg()) < 60_000


@pytest.mark.parametrize("make", [colours.sequential, lambda part: colours.diverging(2 * part - 1)])
def test_numbers_on_cells_can_be_read(make):
    for step in range(101):
        ground = make(step / 100)
        assert colours.contrast(colours.readable_on(ground), ground) >= 4.5


def test_amounts_get_darker_and_signs_are_symmetric():
    light = [colours.contrast(colours.sequential(step / 20), "#000000") for step in range(21)]
    assert light == sorted(light, reverse=True)
    for step in range(1, 21):
        below, above = (colours.contrast(colours.diverging(sign * step / 20), "#ffffff")
                        for sign in (-1, 1))
        assert below == pytest.approx(above, rel=0.35)


def test_a_confusion_matrix_holds_its_counts():
    counts = [[50, 1, 0], [2, 47, 3], [0, 4, 46]]
    written = [text.text for text in texts(parsed(draw.confusion(counts)))]
    cells = [str(count) for row in counts for count in row]
    assert [text for text in written if number_in(text) is not None][:9] == cells
    assert "143 of 153 are right" in draw.confusion(counts).description


def test_cells_have_the_colours_of_their_numbers():
    def fills(matrix):
        root = parsed(draw.heatmap(matrix, title="t"))
        return [node.get("fill") for node, _, _ in walk(root) if node.tag == f"{SVG}rect"][1:4]

    assert fills([[1.0, -1.0, 0.0]]) == [colours.ABOVE[-1], colours.BELOW[0], "#ffffff"]
    assert fills([[0.0, 5.0]])[:2] == [colours.AMOUNTS[0], colours.AMOUNTS[-1]]
    low, middle, high = fills([[0.0, -1.0, -2.0]])
    assert low == "#ffffff" and high == colours.BELOW[0] and middle not in (low, high)


def test_an_image_has_its_pixels():
    root = parsed(draw.images([[0.0, 1.0, 1.0, 0.0]], title="t"))
    black = [node for node, _, _ in walk(root) if node.get("fill") == "#000000"]
    assert [(node.get("x"), node.get("y")) for node in black] == [("28", "0"), ("0", "28")]


# ---- Networks ----


def test_a_network_has_a_line_for_each_weight_and_a_circle_for_each_neuron():
    root = parsed(draw.network(CLASSIFIER))
    drawn = [node for node, _, _ in walk(root) if node.tag == f"{SVG}line"]
    circles = [node for node, _, _ in walk(root) if node.tag == f"{SVG}circle"]
    assert len(drawn) == 2 * 5 + 5 * 3 + 2 and len(circles) == 2 + 5 + 3 + 1  # and the legend


def test_thicker_is_further_from_zero_and_colour_is_the_sign():
    network = Network([Dense(3, 1, Random(1))])
    next(network.parameters()).value = [[1.0, -0.5, 0.25]]
    root = parsed(draw.network(network))
    drawn = [node for node, _, _ in walk(root) if node.tag == f"{SVG}line"][:3]
    by_height = sorted(drawn, key=lambda node: float(node.get("y1")))
    assert [float(node.get("stroke-width")) for node in by_height] == [5.0, 2.5, 1.25]
    for node, sign in zip(by_height, (1, -1, 1)):
        red, blue = (int(node.get("stroke")[k:k + 2], 16) for k in (1, 5))
        assert (blue - red) * sign > 0


def test_a_large_layer_says_how_many_neurons_it_has():
    picture = draw.network(Network([Dense(64, 32, Random(1)), ReLU(), Dense(32, 10, Random(1))]))
    written = [text.text for text in texts(parsed(picture))]
    assert {"64 numbers", "32 neurons", "10 neurons", "ReLU"} <= set(written)
    assert "only the first" in picture.description


# ---- Colours ----

# Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", 2009: what people without red, green or blue cones see, of linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "none": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
}


def seen(colour, matrix):
    """Return a colour as CIELAB numbers, after a kind of colour vision. Source: CIE 15, D65."""
    channels = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    rgb = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    rgb = [min(1.0, max(0.0, math.fsum(m * c for m, c in zip(row, rgb)))) for row in matrix]
    xyz = [math.fsum(m * c for m, c in zip(row, rgb)) for row in (
        (0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505), (0.2126, 0.7152, 0.0722),
        (0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089))]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("kind", sorted(BLINDNESS))
def test_classes_are_told_apart_with_every_kind_of_colour_vision(kind):
    labs = [seen(colour, BLINDNESS[kind]) for colour in colours.CATEGORIES]
    for k, colour in enumerate(labs):
        assert math.dist(colour, seen("#ffffff", BLINDNESS[kind])) > 25
        for other in labs[:k]:
            assert math.dist(colour, other) > 15  # a difference of 2.3 is just noticeable


def test_classes_differ_in_shape_too():
    shapes = [re.sub(' (fill|stroke)="[^"]*"', "", svg.mark(k, 0, 0, 5, "#000000"))
              for k in range(10)]
    assert len(set(shapes)) == 10


def test_text_can_be_read_on_paper():
    assert colours.contrast(colours.INK, colours.PAPER) > 12
    assert colours.contrast(colours.SOFT_INK, colours.PAPER) > 4.5


# ---- Files and showing ----


def test_save_writes_the_svg_whole(tmp_path):
    picture = PICTURES["lines"]()
    picture.save(tmp_path / "loss.svg")
    assert (tmp_path / "loss.svg").read_text(encoding="utf-8") == picture.svg()
    assert os.listdir(str(tmp_path)) == ["loss.svg"]
    with pytest.raises(ValueError, match="ends in .svg"):
        picture.save(tmp_path / "loss.png")
    with pytest.raises(FileNotFoundError):
        picture.save(tmp_path / "nowhere" / "loss.svg")


def test_what_shows_itself():
    counts = confusion_matrix([0, 1, 1], [0, 0, 1])
    assert counts == [[1, 1], [0, 1]] and repr(counts) == "[[1, 1], [0, 1]]"
    for thing in (HISTORY, CLASSIFIER, SPIRAL, SINE, data.wine(), counts):
        assert thing._repr_svg_() == draw.picture_of(thing).svg()
    assert History()._repr_svg_() is None
    assert Network([ReLU()])._repr_svg_() is None


def test_shown_by_takes_what_is_shown(capsys):
    taken = []
    with draw.shown_by(taken.append):
        draw.show(HISTORY)
        with draw.shown_by(lambda picture: None):
            draw.show(CLASSIFIER)
        draw.show(PICTURES["lines"]())
    assert [picture.title for picture in taken] == [draw.picture_of(HISTORY).title, "Two"]
    assert capsys.readouterr().out == ""
    with pytest.raises(ZeroDivisionError), draw.shown_by(taken.append):
        raise ZeroDivisionError
    draw.show(HISTORY)
    assert "Loss" in capsys.readouterr().out and len(taken) == 2


def test_a_notebook_displays(monkeypatch):
    from types import SimpleNamespace

    displayed = []
    display = SimpleNamespace(display=displayed.append)
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    picture = PICTURES["lines"]()
    draw.show(picture)
    assert displayed == [picture]


# ---- What is refused ----

WRONG = [
    (lambda: draw.lines({}, title="t"), ValueError, "1 to 10 curves, got 0"),
    (lambda: draw.lines({str(k): [1] for k in range(11)}, title="t"), ValueError, "got 11"),
    (lambda: draw.lines([1, 2], title="t"), TypeError, "{name"),
    (lambda: draw.lines({"a": []}, title="t"), ValueError, "at least one finite number"),
    (lambda: draw.lines({"a": [math.nan]}, title="t"), ValueError, "at least one finite number"),
    (lambda: draw.lines({"a": "no"}, title="t"), TypeError, "list of numbers"),
    (lambda: draw.lines({"a": ["1"]}, title="t"), TypeError, "'a': point 1"),
    (lambda: draw.lines({"a": [(1, 2, 3)]}, title="t"), ValueError, "pair"),
    (lambda: draw.lines({"a": [0.0, 1.0]}, title="t", log_y=True), ValueError, "above 0"),
    (lambda: draw.lines({"a": [1e301]}, title="t"), ValueError, "up to 1e"),
    (lambda: draw.lines({"a": [1]}, title="t", limits=((2, 1), None)), ValueError, "low < high"),
    (lambda: draw.lines({"a": [1]}, title=""), ValueError, "title"),
    (lambda: draw.history(History()), ValueError, "at least one epoch"),
    (lambda: draw.history(HISTORY, "f1"), KeyError, "no curve"),
    (lambda: draw.history([1]), TypeError, "History"),
    (lambda: draw.scatter([[1, 2, 3]]), ValueError, "two numbers per example"),
    (lambda: draw.scatter([1, 2]), TypeError, r"expected rows, .* but row 0 is 1"),
    (lambda: draw.scatter([]), ValueError, "at least one point"),
    (lambda: draw.scatter([[math.nan, 1]]), ValueError, "row 0: expected finite"),
    (lambda: draw.scatter([[1, 2]], [0, 1]), ValueError, "1 points, but 2 targets"),
    (lambda: draw.scatter([[1, 2]], [10]), ValueError, "at most 10 classes"),
    (lambda: draw.scatter([[1, 2]], [0.5]), ValueError, "class numbers"),
    (lambda: draw.scatter([[1, 2]], [1], class_names=["a"]), ValueError, "no name"),
    (lambda: draw.regions(CLASSIFIER, [[1, 2]]), TypeError, "DataSet"),
    (lambda: draw.regions(7, SPIRAL), TypeError, "Network, or a function"),
    (lambda: draw.regions(CLASSIFIER, data.iris()), ValueError, "two numbers"),
    (lambda: draw.regions(lambda rows: [[0.0] * 4] * len(rows), SPIRAL), ValueError, "4 scores"),
    (lambda: draw.regions(lambda rows: [[math.nan] * 3] * len(rows), SPIRAL), ValueError, "finite"),
    (lambda: draw.regions(lambda rows: [[0.0]], SPIRAL), ValueError, "row of scores for each"),
    (lambda: draw.bars({}, title="t"), ValueError, "1 to 60 numbers"),
    (lambda: draw.bars({"a": math.inf}, title="t"), ValueError, "finite"),
    (lambda: draw.bars({"a": "1"}, title="t"), TypeError, "a number"),
    (lambda: draw.histogram([], title="t"), ValueError, "at least one number"),
    (lambda: draw.histogram([1.0], title="t", bins=0), ValueError, "positive"),
    (lambda: draw.histogram([1.0], title="t", bins=1000), ValueError, "at most 200"),
    (lambda: draw.histogram({str(k): [1] for k in range(5)}, title="t"), ValueError, "1 to 4"),
    (lambda: draw.heatmap([], title="t"), ValueError, "at least one number"),
    (lambda: draw.heatmap([[1.0], [1.0, 2.0]], title="t"), ValueError, "rows of 1 numbers"),
    (lambda: draw.heatmap([[math.nan]], title="t"), ValueError, "finite"),
    (lambda: draw.heatmap([[1.0]], title="t", row_names=["a", "b"]), ValueError, "1 names, got 2"),
    (lambda: draw.landscape([0, 1], [0, 1], [[1, 2]], title="t"), ValueError, "2 rows of 2"),
    (lambda: draw.landscape([1, 0], [0, 1], [[1, 2]] * 2, title="t"), ValueError, "growing"),
    (lambda: draw.landscape([0, 1], [0, 1], [[0, 2]] * 2, title="t", log=True), ValueError,
     "above 0|no place"),
    (lambda: draw.confusion([[1, 2]]), ValueError, "square"),
    (lambda: draw.confusion([[-1]]), ValueError, "counts"),
    (lambda: draw.confusion([[1]], class_names=["a", "b"]), ValueError, "1 names, got 2"),
    (lambda: draw.images([[1.0] * 5], title="t"), ValueError, "5 numbers make no image"),
    (lambda: draw.images([[1.0] * 4], title="t", width=3), ValueError,
     "no image that is 3 wide; expected a multiple of 3"),
    (lambda: draw.images([[1.0] * 4], title="t", captions=["a", "b"]), ValueError, "captions"),
    (lambda: draw.images([[1.0]] * 401, title="t"), ValueError, "at most 400"),
    (lambda: draw.network(ReLU()), TypeError, "Network"),
    (lambda: draw.network(Network([ReLU()])), ValueError, "1 to 12 Dense"),
    (lambda: draw.network(LINE, input_names=["a", "b"]), ValueError, "1 names, got 2"),
    (lambda: draw.activations([Softmax()]), TypeError, "single numbers"),
    (lambda: draw.activations([ReLU]), TypeError, r"ReLU\(\)"),
    (lambda: draw.activations([]), ValueError, "1 to 12"),
    (lambda: draw.activations([ReLU()], reach=-1), ValueError, "reach"),
    (lambda: draw.beside([]), ValueError, "1 to 60"),
    (lambda: draw.beside(["a"]), TypeError, "pictures"),
    (lambda: draw.picture_of(7), TypeError, "Picture"),
    (lambda: draw.show("loss"), TypeError, "Picture"),
    (lambda: draw.nothing, AttributeError, "nothing"),
    (lambda: PICTURES["lines"]().text(10), ValueError, "24 characters"),
]


@pytest.mark.parametrize("call, kind, words", WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_drawn_is_said_in_one_sentence(call, kind, words):
    with pytest.raises(kind, match=words) as caught:
        call()
    assert len(str(caught.value)) < 250 and "\n" not in str(caught.value)


# ---- The command line: purenn train … --plot ----


def purenn_train(capsys, *words):
    from purenn.app.main import main

    code = main(["train", *words])
    return code, capsys.readouterr()


@pytest.mark.slow
@pytest.mark.parametrize("name, pictures", [
    ("moons", ["Accuracy", "What the network says"]), ("sine", ["R2", "the network's curve"]),
    ("iris", ["Accuracy"]),
])
def test_plot_saves_the_curves_and_what_the_network_says(name, pictures, tmp_path, capsys):
    path = tmp_path / "out.svg"
    code, said = purenn_train(capsys, name, "--epochs", "2", "--plot", str(path))
    assert code == 0 and f"picture written to {path}" in said.err
    source = path.read_text(encoding="utf-8")
    for part in ["Loss from epoch to epoch", *pictures]:
        assert part.replace("'", "&#39;") in source
    assert ("What the network says" in source) == (name == "moons")


def test_plot_draws_in_the_units_of_the_data(tmp_path, capsys):
    table = tmp_path / "far.csv"
    table.write_text("x,y,class\n" + "".join(
        f"{1000 + 10 * k},{-500 - k},{'ab'[k % 2]}\n" for k in range(20)))
    code, _ = purenn_train(capsys, str(table), "--epochs", "1", "--quiet", "--plot",
                           str(tmp_path / "far.svg"))
    source = (tmp_path / "far.svg").read_text(encoding="utf-8")
    assert code == 0 and ">1100</text>" in source and ">-510</text>" in source


def test_plot_is_looked_at_before_training(tmp_path, capsys):
    for path, code, words in [
        (str(tmp_path / "nowhere" / "out.svg"), 1, "there is no folder"),
        (str(tmp_path / "out.png"), 2, "ends in .svg"),
    ]:
        found, said = purenn_train(capsys, "xor", "--plot", path)
        assert found == code and words in said.err
        assert said.err.count("\n") == 1 and "epoch" not in said.err and not said.out
    table = tmp_path / "data.svg"
    table.write_text("x,c\n1,a\n2,b\n")
    found, said = purenn_train(capsys, str(table), "--plot", str(table))
    assert found == 2 and "overwritten" in said.err and table.read_text().startswith("x,c")


# ---- The same on every Python ----

DRAW_SOME = """
import hashlib
from random import Random
from purenn import Dense, GELU, Network, ReLU, draw, data
rng = Random(1)
spiral = data.spiral(size=60, classes=3, noise=0.2, rng=rng)
network = Network([Dense(2, 5, rng), ReLU(), Dense(5, 3, rng)])
pictures = [draw.picture_of(spiral), draw.regions(network, spiral, steps=15), draw.network(network),
            draw.activations([ReLU(), GELU()]), draw.picture_of(data.iris()),
            draw.lines({"a": [1, 2, 3.3, None], "b": [(1, 2), (5, 7e9)]}, title="t", log_y=True)]
drawn = "".join(one.svg() + one.text(70, True) + one.text(50) for one in pictures)
print(hashlib.sha256(drawn.encode("utf-8")).hexdigest())
"""


@pytest.mark.slow
def test_every_python_here_draws_the_same_bytes():
    from test_structure import interpreters

    environment = dict(os.environ, PURENN_PLAIN_LOOPS="1", PYTHONDONTWRITEBYTECODE="1",
                       PYTHONPATH=str(Path(__file__).resolve().parent.parent))
    runs = [subprocess.Popen([python, "-c", DRAW_SOME], env=environment, stdout=subprocess.PIPE)
            for python in interpreters()]
    seen = {run.communicate()[0].decode().strip() for run in runs}
    assert len(seen) == 1 and re.fullmatch("[0-9a-f]{64}", seen.pop())


# ---- What stands where ----


def brightness(colour):
    return colours.contrast(colour, "#000000")


def rectangles(root):
    """Return (left, top, width, fill) of every rectangle that is not the paper, as drawn."""
    return [(float(node.get("x")) + dx, float(node.get("y")) + dy, float(node.get("width")),
             node.get("fill")) for node, dx, dy in walk(root)
            if node.tag == f"{SVG}rect" and node.get("fill") not in (colours.PAPER, "none")]


def places_of(root, names):
    return {text.text: (text.x, text.y) for text in texts(root) if text.text in names}


@pytest.mark.parametrize("log", [False, True])
def test_larger_numbers_stand_further_right_and_further_up(log):
    root = parsed(draw.lines({"rising": [(1, 1), (100, 1000)]}, title="t", log_x=log, log_y=log))
    across, down = axis_numbers(root)
    assert [across[pixel] for pixel in sorted(across)] == sorted(across.values())
    assert [down[pixel] for pixel in sorted(down)] == sorted(down.values(), reverse=True)
    (x1, y1), (x2, y2) = corners(next(node for node, _, _ in walk(root)
                                      if node.tag == f"{SVG}polyline"))
    assert x1 < x2 and y1 > y2


def test_where_powers_of_ten_are_left_out_one_is_among_the_others():
    for low, high in ((-2, 4), (-3, 3), (-1, 9), (-9, 1)):
        labels = [tick.label for tick in scales.LogScale(10.0 ** low, 10.0 ** high).ticks(4)]
        assert "1" in labels, labels


def test_each_name_of_a_legend_stands_beside_the_look_of_its_own_curve():
    root = parsed(draw.lines({"low": [1, 1], "middle": [2, 2], "high": [3, 3]}, title="t"))
    heights = {node.get("stroke"): corners(node)[0][1] for node, _, _ in walk(root)
               if node.tag == f"{SVG}polyline"}
    found = {}
    for name, (x, y) in places_of(root, ("low", "middle", "high")).items():
        sample = next(node for node, _, _ in walk(root) if node.tag == f"{SVG}line"
                      and 0 < x - float(node.get("x2")) < 10
                      and abs(float(node.get("y1")) - y) < 8)
        found[name] = heights[sample.get("stroke")]
    assert found["low"] > found["middle"] > found["high"]


def test_each_name_of_a_class_stands_beside_the_mark_of_its_points():
    root = parsed(draw.scatter([[0, 0], [1, 1]], [0, 1], title="t", class_names=["one", "other"]))
    first, second = [node.get("fill") for node, _, _ in walk(root)
                     if node.tag == f"{SVG}g" and node.get("stroke") == colours.PAPER]
    names = places_of(root, ("one", "other"))
    dot = next(node for node, _, _ in walk(root) if node.tag == f"{SVG}circle" and node.get("fill"))
    square = next(node for node, _, _ in walk(root)
                  if node.tag == f"{SVG}path" and node.get("fill"))
    assert (dot.get("fill"), square.get("fill")) == (first, second)
    assert float(dot.get("cx")) < names["one"][0] < float(
        re.match(r"M(\d+)", square.get("d")).group(1)) < names["other"][0]


def test_regions_are_paler_where_the_network_is_less_sure():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["left", "right"], "")
    root = parsed(draw.regions(lambda rows: [[0.0, 9.0 * (x - 0.5)] for x, _ in rows], halves,
                               steps=40))
    window = next(node for node, _, _ in walk(root) if node.get("viewBox") and node is not root)
    middle = float(window.get("x")) + float(window.get("width")) / 2
    right = sorted((float(re.match(r"M(\d+)", node.get("d")).group(1)), brightness(
        node.get("fill"))) for node, _, _ in walk(root)
        if node.tag == f"{SVG}path" and node.get("shape-rendering"))
    shades = [shade for x, shade in right if x > middle]
    assert len(shades) > 3 and shades == sorted(shades, reverse=True)


def test_a_heatmap_has_row_zero_above_and_column_zero_to_the_left():
    root = parsed(draw.heatmap([[1.0, 2.0], [3.0, 4.0]], title="t", row_names=["r0", "r1"],
                               column_names=["c0", "c1"]))
    cells = rectangles(root)[:4]
    assert [brightness(fill) for *_, fill in sorted(cells, key=lambda one: (one[1], one[0]))] == (
        sorted((brightness(fill) for *_, fill in cells), reverse=True))
    names = places_of(root, ("r0", "r1", "c0", "c1"))
    assert names["r0"][1] < names["r1"][1] and names["c0"][0] < names["c1"][0]


@pytest.mark.parametrize("matrix", [[[1.0, 9.0]] * 8, [[-9.0, 9.0]] * 8], ids=["amounts", "signed"])
def test_the_bar_of_colours_says_which_colour_is_which_number(matrix):
    root = parsed(draw.heatmap(matrix, title="t"))
    low, high = [fill for *_, fill in rectangles(root)[:2]]
    bar = sorted((top, fill) for _, top, width, fill in rectangles(root) if width == 16)
    assert math.dist(*[rgb(fill) for fill in (bar[0][1], high)]) < 20
    assert math.dist(*[rgb(fill) for fill in (bar[-1][1], low)]) < 20
    numbers = sorted((text.y, float(text.text)) for text in texts(root)
                     if number_in(text.text) is not None)
    assert len(numbers) > 2
    assert [value for _, value in numbers] == sorted((v for _, v in numbers), reverse=True)


def rgb(colour):
    return [int(colour[k:k + 2], 16) for k in (1, 3, 5)]


def test_a_confusion_matrix_has_right_answers_blue_and_mistakes_red():
    root = parsed(draw.confusion([[8, 2], [1, 9]], class_names=["a", "b"]))
    cells = sorted(rectangles(root)[:4], key=lambda one: (one[1], one[0]))
    bluer = [rgb(fill)[2] > rgb(fill)[0] for *_, fill in cells]
    assert bluer == [True, False, False, True]
    # A mistake is red by its share of its own class: two of ten against one of ten.
    assert brightness(cells[1][3]) < brightness(cells[2][3])
    of_a_row = rectangles(parsed(draw.confusion([[90, 10], [90, 10]])))[:4]
    (_, _, _, first), (_, _, _, second) = (sorted(of_a_row)[k] for k in (0, 1))
    assert rgb(first)[2] > rgb(first)[0] and rgb(second)[0] > rgb(second)[2]
    assert brightness(second) < brightness(sorted(of_a_row)[2][3])


def test_rows_of_a_confusion_matrix_are_actual_and_its_columns_predicted():
    picture = draw.confusion([[8, 2], [0, 9]], class_names=["cat", "dog"])
    turned = {text.text: text.turned for text in texts(parsed(picture))}
    assert turned["actual"] and not turned["predicted"]
    assert "cat taken for dog, 2 times" in picture.description


def test_the_outline_of_a_histogram_is_as_high_as_the_counts():
    root = parsed(draw.histogram([0.0, 0.1, 0.2, 0.6, 1.0, 1.0], title="t", bins=3))
    _, down = axis_numbers(root)
    outline = next(node for node, _, _ in walk(root) if node.get("fill-opacity")).get("d")
    heights = [float(y) for y in re.findall(r"V(-?[\d.]+)H", outline)]
    assert [round(between(down, y), 1) for y in heights] == [3.0, 1.0, 2.0]


def test_an_image_is_read_row_by_row():
    root = parsed(draw.images([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]], title="t", width=3))
    pixel = next(node for node, _, _ in walk(root) if node.get("fill") == "#000000")
    assert (pixel.get("x"), pixel.get("y")) == ("36", "0")
    root = parsed(draw.images([[0.0, 1.0, 0.0, 0.0]], title="t"))
    pixel = next(node for node, _, _ in walk(root) if node.get("fill") == "#000000")
    assert (pixel.get("x"), pixel.get("y")) == ("28", "0")


def test_captions_stand_below_their_own_images():
    root = parsed(draw.images([[1.0]] * 3, title="t", captions=["a", "b", "c"]))
    names = places_of(root, ("a", "b", "c"))
    assert names["a"][0] < names["b"][0] < names["c"][0]


def test_a_landscape_lies_as_its_axes_say():
    picture = draw.landscape([0.0, 1.0], [0.0, 10.0], [[1.0, 3.0], [2.0, 4.0]], title="t",
                             path=[(0.0, 10.0), (0.0, 0.0)])
    root = parsed(picture)
    cells = sorted((one for one in rectangles(root) if one[2] > 100),
                   key=lambda one: (-one[1], one[0]))
    shades = [brightness(fill) for *_, fill in cells]  # below left, below right, above left, …
    assert shades[0] > shades[2] > shades[1] > shades[3]
    assert "the lowest is at 0, 0." in picture.description
    (x1, y1), (x2, y2) = corners(next(node for node, _, _ in walk(root)
                                      if node.tag == f"{SVG}polyline"))
    middle = cells[0][0] + cells[0][2]
    assert x1 == x2 < middle and y1 < cells[0][1] < y2
    ring, dot = [node for node, _, _ in walk(root) if node.get("r") == "6"]
    assert ring.get("fill") == colours.PAPER != dot.get("fill")
    assert float(ring.get("cy")) == pytest.approx(y1, abs=0.1)
    assert float(dot.get("cy")) == pytest.approx(y2, abs=0.1)


def test_the_lowest_place_of_a_landscape_is_named_x_first():
    heights = [[5.0, 4.0], [1.0, 4.0]]
    assert "lowest is at 2, 30." in draw.landscape([2.0, 3.0], [20.0, 30.0], heights,
                                                   title="t").description


def test_bars_below_zero_go_to_the_left_and_names_stand_beside_their_bars():
    root = parsed(draw.bars({"up": 4.0, "down": -2.0}, title="t"))
    (left, top, _, _), (below_left, below_top, below_width, _) = rectangles(root)
    assert below_left + below_width == pytest.approx(left, abs=0.1) and top < below_top
    names = places_of(root, ("up", "down", "4", "-2"))
    assert names["up"][1] == names["4"][1] < names["down"][1] == names["-2"][1]


def test_weights_and_biases_of_a_network_stand_at_their_own_neurons():
    network = Network([Dense(2, 2, Random(1)), Dense(2, 2, Random(2))])
    first, first_biases, second, second_biases = network.parameters()
    first.value, first_biases.value = [[1.0, 0.0], [-0.5, 0.0]], [[1.0, -1.0]]
    second.value, second_biases.value = [[1.0, 0.0], [0.0, 0.0]], [[-1.0, 1.0]]
    root = parsed(draw.network(network, input_names=["p", "q"], output_names=["r", "s"]))
    names = places_of(root, ("p", "q", "r", "s"))
    assert names["p"][1] < names["q"][1] and names["r"][1] < names["s"][1]
    p, q = names["p"][1] - 4, names["q"][1] - 4
    seen = {(float(node.get("y1")), float(node.get("y2")), rgb(node.get("stroke"))[2] > 160)
            for node, _, _ in walk(root) if node.tag == f"{SVG}line"
            and float(node.get("x2")) - float(node.get("x1")) > 100}
    assert seen == {(p, p, True), (p, q, False)}
    circles = [node for node, _, _ in walk(root) if node.get("r") == "13"]
    blue = [rgb(node.get("fill"))[2] > rgb(node.get("fill"))[0] for node in circles]
    assert blue[2:] == [True, False, False, True]


def test_an_activation_is_solid_and_its_derivative_dashed():
    root = parsed(draw.activations([ReLU()]))
    solid, dashed = [node for node, _, _ in walk(root) if node.tag == f"{SVG}polyline"]
    assert dashed.get("stroke-dasharray") and not solid.get("stroke-dasharray")
    assert len({y for _, y in corners(dashed)}) == 2 < len({y for _, y in corners(solid)})


def test_pictures_stand_beside_each_other_in_order():
    one, other = (draw.lines({"a": [1, 2]}, title=title) for title in ("one", "other"))
    names = places_of(parsed(draw.beside([one, other], columns=2)), ("one", "other"))
    assert names["one"][0] < names["other"][0] and names["one"][1] == names["other"][1]


def test_the_validation_curve_is_that_of_the_validation_examples():
    root = parsed(draw.history(HISTORY, "accuracy"))
    _, down = axis_numbers(root)
    drawn = [corners(node) for node, _, _ in walk(root) if node.tag == f"{SVG}polyline"]
    for curve, points in zip(("accuracy", "validation_accuracy"), drawn):
        assert [between(down, y) for _, y in points] == pytest.approx(
            HISTORY.curve(curve), abs=0.02)


def test_attributes_are_escaped_as_texts_are():
    assert svg.element("g", fill='"><script>') == '<g fill="&quot;&gt;&lt;script&gt;"/>'


def test_heatmaps_with_the_same_limits_give_the_same_number_the_same_colour():
    def seen(matrix):
        text = draw.heatmap(matrix, title="M", limits=(0.0, 2.0)).svg()
        return re.findall(r'<rect[^>]*fill="(#[0-9a-f]{6})"', text)

    assert seen([[0.0, 1.0]])[1:3] == seen([[0.0, 1.0], [0.0, 1.0]])[1:3]
    assert colours.sequential(0.5) in seen([[0.0, 1.0]])
    assert colours.sequential(1.0) in seen([[0.0, 99.0]])
    for wrong in ((1.0, 1.0), (2.0, 0.0), (0.0, float("nan"))):
        with pytest.raises(ValueError, match="limits"):
            draw.heatmap([[1.0]], title="M", limits=wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_no_picture_is_wider_than_its_page_and_no_letter_smaller(name):
    picture = PICTURES[name]()
    for width in (312, 500, 720, 980):
        text = picture.svg(width)
        wide = int(re.search(r'<svg [^>]*?width="(\d+)"', text)[1])
        # A table of numbers needs its columns, a network its layers; all else fits.
        assert wide <= width or "network" in name or "numbers" in name or "confusion" in name \
            or name in ("heatmap", "heatmaps"), (name, width, wide)
        assert all(float(size) >= 11 for size in re.findall(r'font-size="([\d.]+)"', text))


@pytest.mark.slow
def test_a_picture_is_of_the_moment_when_it_was_made():
    network = Network([Dense(2, 4, Random(1)), Tanh(), Dense(4, 2, Random(2))])
    picture = draw.regions(network, data.moons(size=20, noise=0.1, rng=Random(1)))
    before = picture.svg(312), picture.text(60)
    for parameter in network.parameters():
        parameter.value = [[-2.0 * w + 1.0 for w in row] for row in parameter.value]
    assert (picture.svg(312), picture.text(60)) == before


@given(st.sampled_from([*colours.CATEGORIES, *colours.AMOUNTS, colours.INK]))
def test_by_night_what_could_be_read_by_day_can_be_read(colour):
    night = colours.for_dark
    by_day = colours.contrast(colour, colours.PAPER)
    by_night = colours.contrast(night(colour), night(colours.PAPER))
    assert by_night >= min(by_day, 4.5) or by_day < 1.3


# ---- Nothing is cut ----


LONG = "held-out loss per letter (three runs)"


@pytest.mark.parametrize("width", [312.0, 720.0])
def test_long_labels_are_wrapped_and_not_cut(width):
    points = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], [LONG, "b"], "")
    network = Network([Dense(3, 8, Random(1)), ReLU(), Dense(8, 2, Random(1)), ReLU(),
                       Dense(2, 1, Random(1))])
    for picture in (
        draw.lines({f"{LONG}, all the same": [1.0, 2.0], "other": [2.0, 1.0]}, title="t",
                   x_label=LONG, y_label=LONG),
        draw.scatter(points.inputs, points.targets, title="t", x_label=LONG, y_label=LONG),
        draw.bars({"Dense(64 → 32) weights": 1.0, LONG[:40]: 2.0}, title="t", y_label=LONG),
        draw.landscape([0.0, 1.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 2.0]], title="t", x_label=LONG,
                       y_label=LONG[:18], bar_label=LONG[:18]),
        draw.heatmap([[1.0, 2.0], [3.0, 4.0]], title="t", x_label=LONG, y_label=LONG),
        draw.regions(lambda rows: [[0.0, 9.0 * (x - 0.5)] for x, _ in rows], points, steps=10),
        draw.network(network, title="t"),
    ):
        written = re.sub(r"<(title|desc).*?</\1>", "", picture.svg(width), flags=re.S)
        assert "…" not in written, picture.title
        drawing = picture.drawn(width)
        filled = boxes(ElementTree.fromstring(picture.svg(width).encode("utf-8")))
        assert not [(a.text, b.text) for k, a in enumerate(filled) for b in filled[:k]
                    if overlap(a, b)]
        for box in filled:
            assert box.left > -1 and box.right < drawing.width + 1, box
            assert box.top > -1 and box.bottom < drawing.height + 1, box


def test_a_vertical_axis_has_three_numbers_or_more():
    rng = Random(1)
    for _ in range(300):
        low = rng.uniform(-10, 10) * 10 ** rng.randint(-3, 3)
        high = low + 10 ** rng.uniform(-2, 4)
        frame = charts.chart("t", Scale(0.0, 1.0), Scale(low, high), width=300, height=170)
        assert sum('text-anchor="end"' in element for element in frame.around) >= 3, (low, high)


def test_regions_have_a_line_between_them():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["left", "right"], "")
    root = parsed(draw.regions(lambda rows: [[0.0, 9.0 * (x - 0.5)] for x, _ in rows], halves,
                               steps=40))
    window = next(node for node, _, _ in walk(root) if node.get("viewBox") and node is not root)
    line, = [node.get("d") for node, _, _ in walk(root)
             if node.tag == f"{SVG}path" and node.get("stroke")]
    middle = float(window.get("x")) + float(window.get("width")) / 2
    assert all(abs(float(x) - middle) <= 1 for x in re.findall(r"M(\S+)", line))
