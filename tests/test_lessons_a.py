"""What lessons 1, 2, 3 and 5 say is so: every claim of their prose, read off what they computed.

And what is true of all lessons.
"""

import itertools
import math
import re
import statistics
from fractions import Fraction

import pytest

from purenn import Dense, linalg
from purenn.book import parts
from purenn.book.figures import NARROW, WIDE
from purenn.book.percent import PROSE
from purenn.book.widgets import neuron
from purenn.lessons.recorded import RECORDS

pytestmark = pytest.mark.slow

PAGE_LINE, NARROW_LINE = 91, 42  # characters of code on a wide page, and on a phone of 390 pixels


@pytest.fixture
def neurons(lesson):
    return lesson(1)


@pytest.fixture
def dot_product(lesson):
    return lesson(2)


@pytest.fixture
def layers(lesson):
    return lesson(3)


@pytest.fixture
def broadcasting(lesson):
    return lesson(5)


def titles(part):
    return [picture.title for picture in part.pictures]


def drawn(part, title, width=WIDE):
    """Return the picture of that title as SVG, as wide as it is on a page."""
    return next(one for one in part.pictures if one.title == title).svg(width)


def prose(part):
    return " ".join(" ".join(cell.text.split()) for cell in part.part.cells if cell.kind == PROSE)


# ---- Part 1: neurons and layers ----


def test_the_neuron_goes_on_saturday_and_stays_on_the_other_days(neurons):
    assert neurons.names["day_scores"] == {"Saturday": 2.0, "Sunday": -2.0, "Monday": -0.5}
    decisions = re.findall(r"^(\w+day) .* (go|stay)$", neurons.output, re.MULTILINE)
    assert decisions == [("Saturday", "go"), ("Sunday", "stay"), ("Monday", "stay")]


def test_the_first_neuron_is_red_like_the_line_of_the_rain(neurons):
    # "Here the bias is below 0, so the neuron is red"; lines and circles have one scale of colours.
    one = neurons.names["neuron"]
    [weights], [[bias]] = one.weights.value, one.biases.value
    assert [weight > 0 for weight in weights] == [True, True, False] and bias < 0
    svg = drawn(neurons, "Shall we go to the lake?")
    lines = re.findall(r'<line [^>]*stroke="(#\w+)" stroke-width="([\d.]+)"', svg)[:3]
    (weak, thin), (blue, middle), (red, wide) = lines  # the strongest on top
    assert float(thin) < float(middle) < float(wide) and weak != blue
    circle = re.findall(r'<circle [^>]*fill="(#\w+)"', svg)[3]
    for colour, is_red in ((weak, False), (blue, False), (red, True), (circle, True)):
        assert (int(colour[1:3], 16) > int(colour[5:], 16)) == is_red


def test_the_bars_of_sunday_add_up_to_its_score(neurons):
    parts = neurons.names["parts"]
    assert math.fsum(parts.values()) == neurons.names["day_scores"]["Sunday"]
    # "The rain takes nearly as much away as both of them bring."
    assert -0.5 > parts["rain"] / (parts["warmth"] + parts["free hours"]) > -1.0


def test_weights_are_slopes_and_without_a_bias_all_lines_meet_at_zero(neurons):
    slopes = neurons.names["slopes"]
    assert len(slopes) == 4
    for name, line in slopes.items():
        assert dict(line)[0.0] == 0.0
        (x, y), (right, higher) = line[0], line[-1]
        assert (higher - y) / (right - x) == float(name.split()[1])


def test_biases_move_a_line_without_turning_it(neurons):
    shifts = neurons.names["shifts"]
    flat = [y for _, y in shifts["bias 0"]]
    for name, line in shifts.items():
        assert [y for _, y in line] == [y + float(name.split()[1]) for y in flat]
    assert neurons.output.count("output 0.0 at the input") == 3


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_biases_can_be_read_off_the_axis(neurons, width):
    svg = drawn(neurons, "The bias moves the line", width)
    beside = re.findall(r'text-anchor="end"[^>]*>([^<]+)<', svg)
    assert {"2", "0"} <= set(beside) and {"-2", "−2"} & set(beside)


def test_on_the_border_in_the_map_the_score_is_zero_and_above_it_positive(neurons):
    names = neurons.names
    for warmth, hours in names["border"]:
        on_it = names["neuron_output"]([warmth, hours, 0.0], names["weights"], names["bias"])
        above = names["neuron_output"]([warmth, hours + 1, 0.0], names["weights"], names["bias"])
        assert on_it == 0.0 < above
    row, column = names["free_hours"].index(3.0), names["warmths"].index(0.0)
    assert names["heights"][row][column] == 0.0
    # Both ends lie beyond the map: what is seen is a plain line.
    (left, high), (right, low) = names["border"][0], names["border"][-1]
    assert left < -1 and high > 3 and right > 6 and low < -0.5


def test_the_next_week_is_dry_and_says_nothing_else_of_the_days_that_both_have(neurons):
    for day, (warmth, hours, rain) in neurons.names["days"].items():
        assert neuron.DAYS[day] == [warmth, hours]
        dry = neurons.names["neuron_output"]([warmth, hours, 0.0], [*neuron.WEIGHTS, -2.0],
                                             neuron.BIAS)
        at = list(neuron.DAYS).index(day)
        assert neuron.scores(neuron.WEIGHTS, neuron.BIAS)[at] == dry
        assert (dry == neurons.names["day_scores"][day]) == (rain == 0)
        if day == "Sunday":
            assert dry == 2.0  # "so its score is 2, and we go"
    exercises = prose(neurons).split("## Exercises")[1]
    assert not any(day in exercises for day in neuron.DAYS)


def test_three_neurons_decide_each_for_itself(neurons):
    going = {
        day: [name for name, score in zip(neurons.names["friends"], row) if score > 0]
        for day, row in neurons.names["friend_scores"].items()
    }
    assert going == {"Saturday": ["Ada", "Cleo"], "Sunday": ["Ben"], "Monday": []}
    assert "go: Ada, Cleo" in neurons.output and "go: nobody" in neurons.output


def test_the_layer_gives_what_the_loops_give_for_every_day(neurons):
    names = neurons.names
    assert names["same_as_by_hand"] is True
    assert names["layer"].forward(list(names["days"].values())) == [
        names["friend_scores"][day] for day in names["days"]
    ]
    assert "the same: True" in neurons.output


def test_the_layer_holds_twelve_numbers(neurons):
    sizes = [linalg.shape(one.value) for one in neurons.names["layer"].parameters()]
    assert sizes == [(3, 3), (1, 3)]


def test_nine_weights_leave_seven_lines(neurons):
    weights = linalg.ravel(neurons.names["layer_weights"])
    assert len(weights) == 9 and weights.count(0.0) == 2
    legend = 2
    assert drawn(neurons, "Three neurons side by side").count("<line ") == 7 + legend


def test_the_loop_swallows_the_storm_and_the_layer_does_not(neurons):
    names = neurons.names
    assert names["unnoticed"] == names["day_scores"]["Saturday"] > 0
    assert names["width_message"] == "Dense(3 → 3) expects rows of 3 numbers, got rows of 4"
    assert linalg.shape([names["stormy_scores"]]) == (1, 3) and max(names["stormy_scores"]) < 0


def test_forgotten_brackets_are_named(neurons):
    assert "one example is a row too: [[1.0, 2.0]]" in neurons.names["brackets_message"]


def test_a_wrong_unit_misleads_all_but_the_neuron_that_does_not_look_at_it(neurons):
    wrong, right = neurons.names["wrong_unit"], neurons.names["right_unit"]
    assert right == neurons.names["friend_scores"]["Saturday"]
    assert wrong[0] > right[0] + 5 and wrong[1] > right[1] + 5 and wrong[2] == right[2]


def test_the_exercises_of_part_1_have_the_answers_that_they_hint_at(neurons):
    layer, weigh = neurons.names["layer"], neurons.names["neuron_output"]
    hot = layer.forward([[29.0 - 20.0, 1.0, 0.0]])[0]
    assert [score > 0 for score in hot] == [True, True, False]
    for a, b in itertools.product([0.0, 1.0], repeat=2):
        assert (weigh([a, b], [1.0, 1.0], -1.5) > 0) == (a == 1 and b == 1)
        assert (weigh([a, b], [1.0, 1.0], -0.5) > 0) == (a == 1 or b == 1)


# ---- Part 2: the dot product ----


def test_the_first_line_of_part_2_is_the_layer_of_part_1(neurons, dot_product):
    assert dot_product.output.startswith(str([neurons.names["friend_scores"]["Saturday"]]))


def test_three_ways_to_write_a_dot_product_give_one_result(dot_product):
    assert list(dot_product.names["three_ways"].values()) == [5.0, 5.0, 5.0]


def test_a_neuron_answers_most_to_what_is_like_its_weights(dot_product):
    expected = {"plus": 9.0, "smudged": 7.0, "cross": -7.0, "negative": -9.0}
    assert dot_product.names["alike"] == expected


def test_the_cross_agrees_with_the_plus_in_the_middle_only(dot_product):
    names = dot_product.names
    assert [a == b for a, b in zip(names["plus"], names["cross"])] == [False] * 4 + [True] + \
        [False] * 4


def test_inner_is_every_row_with_every_row(dot_product):
    names = dot_product.names
    assert names["products"] == names["by_hand"] == names["matrix_product"]
    assert linalg.shape(names["products"]) == (2, 3)
    assert names["layer_scores"] == linalg.add(names["products"], names["biases"])
    assert dot_product.output.count("the same as") >= 3 and "False" not in \
        dot_product.output.split("NumPy")[0]


@pytest.mark.interop
def test_numpy_gives_the_same_where_it_is_installed(dot_product):
    pytest.importorskip("numpy")
    assert dot_product.names["numpy_products"] == dot_product.names["products"]


def test_a_whole_layer_is_timed_in_every_way(dot_product):
    names = dot_product.names
    numpy = {"NumPy"} if names["numpy"] else set()
    assert set(names["here"]) == {"nested loops", "loops with zip", "linalg.inner"} | numpy
    assert all(time > 0 for time in names["here"].values())
    assert set(names["curves"]) == {"loops with zip", "linalg.inner"} | numpy
    for points in names["curves"].values():
        assert [width for width, _ in points] == [4, 16, 64, 256, 1024]
    loops = names["nested_loops"](names["batch"], names["layer_weights"])
    assert loops == names["zipped_loops"](names["batch"], names["layer_weights"])
    library = linalg.inner(names["batch"], names["layer_weights"])
    assert all(math.isclose(a, b) for a, b in zip(linalg.ravel(loops), linalg.ravel(library)))


def test_what_is_said_about_other_pythons_is_recorded(dot_product):
    recorded = RECORDS["layer"]
    assert len(recorded) >= 3 and all(one["machine"] and one["python"] for one in recorded)
    gains = dot_product.names["recorded"]
    with_numpy = next(one["python"] for one in recorded if one["numpy"])
    # "NumPy hands whole matrices to compiled code": hundreds of times.
    assert with_numpy.startswith("CPython") and gains[with_numpy]["NumPy"] > 100
    # "PyPy: its nested loops beat everything that CPython can do without NumPy."
    pypy = next(one for one in recorded if one["python"].startswith("PyPy"))
    others = [time for one in recorded if one is not pypy
              for name, time in one["microseconds"].items() if name != "NumPy"]
    assert pypy["microseconds"]["three nested loops"] < min(others)


def test_the_same_sentences_with_and_without_numpy(dot_product):
    # What the reader is told of vectorization does not depend on who builds the book.
    told = [line for line in dot_product.output.splitlines() if "times as fast" in line]
    assert len(told) == sum(len(one["microseconds"]) for one in RECORDS["layer"])


def test_the_multiplications_of_a_layer_are_counted(dot_product):
    assert dot_product.names["multiplications"] == 32 * 32 * 64
    assert "65,536 multiplications" in dot_product.output


def test_the_order_of_adding_matters_in_the_last_digits_only(dot_product):
    forwards, backwards = dot_product.names["forwards"], dot_product.names["backwards"]
    assert forwards != backwards and math.isclose(forwards, backwards, rel_tol=1e-15)
    assert dot_product.names["close"] is True


def test_a_loop_loses_the_one_and_fsum_keeps_it(dot_product):
    sums = dot_product.names["awkward_sums"]
    assert sums["a loop"] == 0.0 and sums["math.fsum"] == 1.0
    assert sums["built-in sum"] in (0.0, 1.0)  # which of them depends on the Python


def test_the_error_of_a_thousand_additions_is_there_and_is_tiny(dot_product):
    errors = dot_product.names["loop_errors"]
    assert len(errors) == 1_000 and 0 < max(map(abs, errors)) < 1e-10


def test_the_corners_of_the_error_are_at_4_16_and_64_and_not_between_them(dot_product):
    drifts = dot_product.names["drifts"]
    assert list(drifts) == [2, 4, 8, 16, 32, 64]
    for low, corner in ((2, 4), (8, 16), (32, 64)):  # "turns round, and grows faster"
        assert drifts[low] * drifts[corner] < 0 and abs(drifts[corner]) > 3 * abs(drifts[low])
    for low, no_corner in ((4, 8), (16, 32)):
        assert math.isclose(drifts[low], drifts[no_corner], rel_tol=0.1)
    errors = dot_product.names["loop_errors"]
    bends = [abs(a - 2 * b + c) for a, b, c in zip(errors, errors[1:], errors[2:])]
    assert 638 <= bends.index(max(bends)) <= 642


def test_a_sum_is_rounded_and_not_cut_off(dot_product):
    # "Every sum is rounded": this one is further from 0 than what was added up.
    total = dot_product.names["forwards"]
    assert Fraction(total) > Fraction(0.1) + Fraction(0.2) + Fraction(0.3)


def test_the_exercises_of_part_2_say_what_they_ask_for(dot_product):
    exercises = prose(dot_product).split("## Exercises")[1]
    assert "cosine" in exercises and "`u · v / (|u| · |v|)`" in exercises
    assert not re.search(r"hidden|\bscores?\b", exercises)  # part 3 explains these


def test_a_call_is_timed_nine_times(dot_product):
    calls = []
    dot_product.names["milliseconds"](lambda rows, neurons: calls.append((rows, neurons)), 1, 2)
    assert calls == [(1, 2)] * 9


def test_zip_swallows_what_the_library_refuses(dot_product):
    names = dot_product.names
    right = linalg.dot(names["ada"], names["sunday"]) + names["biases"][0][0]
    assert names["swallowed"] == names["swallowed_too"] == 2.0 and right == -2.0
    with pytest.raises(IndexError):
        names["indexed_dot"](names["ada"], names["without_rain"])
    assert re.search("3 and 2", names["length_message"])


def test_no_picture_of_ones_alone_is_at_odds_with_the_plus(dot_product):
    pictures = itertools.product([-1.0, 1.0], repeat=9)
    assert all(linalg.dot(dot_product.names["plus"], list(picture)) for picture in pictures)


# ---- Part 3: many layers ----


def test_the_group_goes_on_saturday_as_worked_out_on_paper(layers):
    names = layers.names
    assert names["opinions"] == [[2.0, -1.25, 2.5]]
    assert names["group_score"] == names["network_score"] == [[4.25]] == [names["known_score"]]
    assert 2 * 2 + 1 * -1.25 + 1 * 2.5 - 1 == 4.25


def test_a_batch_gives_each_row_what_it_gets_alone_and_in_any_order(layers):
    names = layers.names
    assert names["scores"] == names["one_by_one"] and linalg.shape(names["scores"]) == (5, 1)
    backwards = names["network"].forward(names["inputs"][::-1])
    assert backwards[::-1] == names["scores"]
    assert len(set(map(tuple, names["scores"]))) == 5


def test_the_traced_shapes_fit_together_like_dominoes(layers):
    sizes = [
        [tuple(map(int, size)) for size in re.findall(r"(\d+) × (\d+)", line)]
        for line in layers.names["traced"][1:]
    ]
    assert sizes == [
        [(5, 3), (8, 3), (1, 8), (5, 8)],
        [(5, 8), (4, 8), (1, 4), (5, 4)],
        [(5, 4), (2, 4), (1, 2), (5, 2)],
    ]


def test_all_lines_of_the_trace_are_as_wide_as_a_phone(layers):
    header, *rows = layers.names["traced"]
    assert max(map(len, [header, *rows])) <= NARROW_LINE
    names = [found.start() for found in re.finditer(r"\S+", header)][1:]
    for row in rows:  # each shape begins below the name of its column
        assert [found.start() for found in re.finditer(r"\d+ × ", row)] == names


def test_a_row_of_the_picture_is_a_day_on_its_way(layers):
    names = layers.names
    assert [row[:3] for row in names["side_by_side"]] == names["inputs"]
    assert [row[3:6] for row in names["side_by_side"]] == names["hidden"]
    assert [row[6:] for row in names["side_by_side"]] == names["scores"]
    on_a_phone = drawn(layers, "Five days on their way", NARROW)
    assert float(re.search(r'width="(\d+)"', on_a_phone)[1]) <= NARROW  # or its letters shrink


def test_what_the_lesson_calls_its_neurons_leaves_room_for_how_many_they_are(layers):
    for title in ("Two layers: three opinions, then one", "Where the parameters are"):
        assert "…" not in drawn(layers, title, NARROW)


def test_parameters_are_counted_as_the_summary_counts_them(layers):
    counts = list(layers.names["parameter_counts"].values())
    summary = layers.names["deep"].summary().splitlines()
    assert [int(line.split()[-1]) for line in summary[1:]] == [*counts, sum(counts)]


def test_most_parameters_sit_in_the_widest_pair_of_layers(layers):
    counts = layers.names["counts"]
    assert counts["weights of layer 0"] > 0.8 * sum(counts.values())


def test_widths_that_do_not_match_are_named(layers):
    names = layers.names
    assert "expects rows of 2 numbers, but gets rows of 3" in names["width_message"]
    assert "expects rows of 3 numbers, got rows of 5" in names["columns_message"]
    assert linalg.transpose(names["by_measurement"]) == names["inputs"]


def test_a_square_batch_turned_the_wrong_way_gives_wrong_scores_and_no_error(layers):
    right, wrong = layers.names["right_scores"], layers.names["wrong_scores"]
    assert right == layers.names["scores"][:3]
    assert linalg.shape(right) == linalg.shape(wrong)
    assert all(a != b for a, b in zip(right, wrong))
    assert "right, checked against Saturday: True" in layers.output
    assert "wrong, checked against Saturday: False" in layers.output


def test_stacked_linear_layers_draw_straight_lines(layers):
    curves = layers.names["curves"]
    assert len(curves) == 4
    for points in curves.values():
        heights = [y for _, y in points]
        bends = [a - 2 * b + c for a, b, c in zip(heights, heights[1:], heights[2:])]
        assert max(map(abs, bends)) < 1e-12 and max(heights) - min(heights) > 0.5


def test_one_neuron_replaces_the_two_layers_of_the_group(layers):
    names = layers.names
    assert names["shortcut_scores"] == names["scores"]
    first, second = names["network"].layers
    shortcut = linalg.matmul(second.weights.value, first.weights.value)
    assert shortcut == names["shortcut"].weights.value


# ---- Part 5: broadcasting ----


def test_standardizing_brings_means_to_zero_and_spreads_to_one(broadcasting):
    standardized = broadcasting.names["standardized"]
    assert linalg.shape(standardized) == (150, 2)
    for column in zip(*standardized):
        mean = math.fsum(column) / 150
        assert abs(mean) < 1e-9
        assert math.isclose(math.fsum((x - mean) ** 2 for x in column) / 150, 1.0)
    assert "means after: 0, but for rounding: True" in broadcasting.output


def test_a_row_a_column_and_a_number_are_repeated(broadcasting):
    names = broadcasting.names
    assert names["with_row"] == [[11.0, 22.0, 33.0], [14.0, 25.0, 36.0]]
    assert names["with_column"] == [[101.0, 102.0, 103.0], [204.0, 205.0, 206.0]]
    assert names["with_number"] == [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]


def test_a_column_times_a_row_is_a_multiplication_table(broadcasting):
    assert broadcasting.names["table"] == [[a * b for b in range(1, 10)] for a in range(1, 7)]


def test_the_rule_by_hand_is_the_rule_of_the_library_for_all_small_shapes(broadcasting):
    names = broadcasting.names
    assert names["rule_agrees"] is True
    shapes = list(itertools.product([1, 2, 3, 4], repeat=2))
    for a, b in itertools.product(shapes, repeat=2):
        assert names["fits"](a, b) == names["tried"](a, b)
    assert names["fits"]((4, 3), (2, 3)) == "do not fit"


def test_biases_reach_every_example(broadcasting):
    names = broadcasting.names
    assert names["scores"] == names["by_hand"]
    assert names["products"][-1] == [0.0, 0.0, 0.0]
    assert names["scores"][-1] == names["biases"][0]


def test_the_axis_that_is_named_becomes_one(broadcasting):
    names = broadcasting.names
    assert names["down"] == [[5.0, 7.0, 9.0]]
    assert names["along"] == [[6.0], [15.0]]
    assert names["everything"] == [[21.0]]
    assert "largest number of each row: [[3.0], [6.0]]" in broadcasting.output
    assert "where it stands:            [[2], [2]]" in broadcasting.output
    # "Axis 0 goes from row to row": it joins what differs in the row, and leaves the columns.
    assert linalg.sum([[1.0, 2.0], [10.0, 20.0]], axis=0) == [[11.0, 22.0]]


def test_the_variance_is_the_mean_of_the_squares_without_the_mean(broadcasting):
    names = broadcasting.names
    for column in range(2):
        numbers = [row[column] for row in names["inputs"]]
        assert math.isclose(names["variance"][0][column], statistics.pvariance(numbers))
        squares = math.fsum(x * x for x in numbers) / 150  # nothing taken away: not the variance
        assert squares > 1.5 * names["variance"][0][column]


def test_centred_columns_and_rows_add_up_to_zero(broadcasting):
    names = broadcasting.names
    assert linalg.sum(names["centred_columns"], axis=0) == [[0.0, 0.0, 0.0]]
    assert linalg.sum(names["centred_rows"], axis=1) == [[0.0], [0.0]]
    assert names["centred_columns"] != names["centred_rows"]


def test_the_gradient_of_a_bias_is_summed_over_the_batch(broadcasting):
    names = broadcasting.names
    assert names["bias_gradient"] == [[2.75, 2.0, 2.0]] == [names["grown"]]
    assert isinstance(names["layer"], Dense)
    assert names["layer"].biases.gradient == names["bias_gradient"]


def test_four_biases_for_three_neurons_are_refused(broadcasting):
    assert "4 × 3 and 1 × 4" in broadcasting.names["shape_message"]


def test_means_turned_into_a_row_centre_nothing_and_raise_nothing(broadcasting):
    names = broadcasting.names
    assert linalg.sum(names["rightly_centred"], axis=1) == [[0.0], [0.0], [0.0]]
    assert all(abs(total) > 100 for [total] in linalg.sum(names["wrongly_centred"], axis=1))
    with pytest.raises(linalg.ShapeError):  # "On a 2 × 3 matrix that is an error."
        linalg.subtract(names["A"], linalg.transpose(linalg.mean(names["A"], axis=1)))


@pytest.mark.interop
def test_numpy_drops_the_axis_unless_told_not_to(broadcasting):
    pytest.importorskip("numpy")
    assert broadcasting.names["dropped"] == broadcasting.names["wrongly_centred"]
    assert broadcasting.names["kept"] == broadcasting.names["rightly_centred"]


def test_softmax_over_the_whole_batch_takes_from_one_example_for_another(broadcasting):
    names = broadcasting.names
    assert all(math.isclose(total, 1.0) for total in names["right_totals"])
    assert math.isclose(math.fsum(names["wrong_totals"]), 1.0)
    assert all(math.isclose(p, 1 / 3) for p in names["right"][1])
    assert all(p < 0.05 for p in names["wrong"][1])
    assert names["largest_gap"] < 1e-12


def test_the_wrong_softmax_is_right_for_one_example_and_in_its_decisions(broadcasting):
    names = broadcasting.names
    assert names["alone_wrong"] == names["alone_right"]
    assert linalg.argmax(names["wrong"], axis=1) == linalg.argmax(names["right"], axis=1)


# ---- All of them ----


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_each_part_has_pictures_each_with_a_title_of_its_own(lesson, number):
    seen = titles(lesson(number))
    assert 3 <= len(seen) <= 8 and len(set(seen)) == len(seen) and all(seen)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_no_line_of_code_is_wider_than_the_page(number):
    lines = [line for cell in parts.find(number).cells if cell.kind != PROSE
             for line in cell.text.splitlines()]
    assert [line for line in lines if len(line) > PAGE_LINE] == []


# ---- All parts ----


@pytest.mark.parametrize("number", parts.numbers())
def test_each_part_shows_pictures_that_say_what_they_are(lesson, number):
    pictures = lesson(number).pictures
    assert 3 <= len(pictures) <= 8
    assert all(picture.title and picture.description for picture in pictures)
    assert len({picture.title for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("number", parts.numbers())
def test_nothing_of_this_machine_is_printed(lesson, number):
    output = lesson(number).output
    assert "/tmp" not in output and "Traceback" not in output
