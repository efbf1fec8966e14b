"""Rows, data sets, toy sets, bundled sets: what must be true of them."""

import copy
import math
import os
import pickle
import subprocess
import sys
from array import array
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purenn import data
from purenn.data import (
    ByteRows,
    ColumnRows,
    DataError,
    DataSet,
    FlatRows,
    Rows,
    RowView,
    Standardizer,
    one_hot,
    split,
)
from purenn.linalg import ShapeError

TOYS = [
    data.spiral, data.vertical, data.circle, data.moons, data.xor, data.gaussians, data.sine,
]
CLASS_TOYS = [toy for toy in TOYS if toy is not data.sine]

finite = st.floats(min_value=-1e6, max_value=1e6)


@st.composite
def matrices(draw, min_rows=1, numbers=finite):
    width = draw(st.integers(1, 5))
    row = st.lists(numbers, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=min_rows, max_size=8))


# ---- Views behave like the list that they stand for ----


def views():
    pixels = [[0.0, 1.0, 2.0], [3.0, 4.0, 255.0], [6.0, 7.0, 8.0], [9.0, 9.0, 9.0]]
    flat = [int(number) for row in pixels for number in row]
    fitted = Standardizer([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    return pixels, [
        ByteRows(bytes(flat), 3),
        ByteRows(bytearray(flat), 3),
        ByteRows(array("B", flat), 3),
        FlatRows(array("d", flat), 3),
        FlatRows(array("h", flat), 3),
        ColumnRows([array("d", flat[0::3]), array("B", flat[1::3]), array("h", flat[2::3])]),
        Rows(pixels, range(4)),
        Rows(pixels[::-1], [3, 2, 1, 0]),
        fitted.transform(ByteRows(bytes(flat), 3)),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("which", range(9))
@given(st.slices(4), st.integers(-4, 3))
def test_a_view_answers_as_the_list_would(which, piece, number):
    rows, all_views = views()
    view = all_views[which]
    assert isinstance(view, RowView)
    assert len(view) == 4
    assert list(view) == rows
    assert view[number] == rows[number]
    assert list(view[piece]) == rows[piece]
    assert len(view[piece]) == len(rows[piece])
    assert list(view[piece][::-1]) == rows[piece][::-1]


@pytest.mark.parametrize("which", range(9))
def test_a_view_ends_where_the_list_ends(which):
    view = views()[1][which]
    for number in (4, -5, 100):
        with pytest.raises(IndexError, match="there are 4 rows"):
            view[number]
    assert "4 rows" in repr(view)


@pytest.mark.parametrize("which", range(9))
def test_changing_a_row_that_was_handed_out_does_not_change_the_view(which):
    view = views()[1][which]
    row = view[0]
    row[0] = 77.0
    assert view[0] != row
    assert all(type(number) is float for number in view[1])


def test_half_rows_are_refused():
    for make in (lambda: ByteRows(b"12345", 2), lambda: FlatRows(array("d", [1.0]), 0)):
        with pytest.raises(ValueError, match="whole rows"):
            make()
    for columns in ([], [array("d", [1.0]), array("B")]):
        with pytest.raises(ValueError, match="one length"):
            ColumnRows(columns)


def test_bytes_are_scaled_and_share_their_floats():
    rows = ByteRows(bytes([0, 51, 255, 51]), 2, scale=1 / 255)
    assert rows[0] == [0.0, 51 / 255] and rows[1][0] == 1.0
    assert rows[0][1] is rows[1][1]
    assert FlatRows(array("h", [-2, 3]), 2, scale=0.5)[0] == [-1.0, 1.5]


# ---- Splitting ----


@st.composite
def labelled(draw):
    labels = draw(st.lists(st.integers(0, 4), min_size=2, max_size=60))
    if max(Counter(labels).values()) == 1:
        labels.append(labels[0])
    rows = [[float(number), -float(number)] for number in range(len(labels))]
    return DataSet(rows, labels, ["a", "b"], [str(number) for number in range(5)], "made up")


fractions = st.floats(min_value=0.001, max_value=0.999)


@given(labelled(), fractions, st.integers(0, 100))
def test_split_shares_out_every_row_once_and_every_class_fairly(whole, fraction, seed):
    before = copy.deepcopy(whole)
    train, test = split(whole, fraction, rng=Random(seed))
    assert whole == before
    rows = {int(row[0]): label for part in (train, test)
            for row, label in zip(part.inputs, part.targets)}
    assert len(train.inputs) + len(test.inputs) == len(whole.inputs) == len(rows)
    assert all(whole.targets[number] == label for number, label in rows.items())
    in_test, in_train = Counter(test.targets), Counter(train.targets)
    in_total = Counter(whole.targets)
    for label, count in in_total.items():
        assert abs(in_test[label] - fraction * count) <= 1 + 1e-9
        assert count == 1 or (in_test[label] and in_train[label])
    if all(count * min(fraction, 1 - fraction) >= 1.5 for count in in_total.values()):
        assert abs(len(test.inputs) - fraction * len(whole.inputs)) <= 0.5 + 1e-9


@given(st.integers(2, 50), fractions, st.integers(0, 100))
def test_split_of_regression_keeps_each_target_with_its_row(size, fraction, seed):
    rows = [[float(number)] for number in range(size)]
    whole = DataSet(rows, [[-row[0]] for row in rows], ["x"], [], "")
    train, test = split(whole, fraction, rng=Random(seed))
    assert train.inputs and test.inputs
    assert abs(len(test.inputs) - fraction * size) <= 1
    assert sorted(train.inputs + test.inputs) == rows
    for part in (train, test):
        assert part.targets == [[-row[0]] for row in part.inputs]


def test_split_gives_lists_for_lists_and_views_for_views():
    labels = [0, 1] * 5
    as_lists = DataSet([[float(n)] for n in range(10)], labels, ["x"], ["a", "b"], "")
    as_bytes = as_lists._replace(inputs=ByteRows(bytes(range(10)), 1))
    lists, views_ = split(as_lists, rng=Random(1)), split(as_bytes, rng=Random(1))
    for plain, view in zip(lists, views_):
        assert type(plain.inputs) is list and isinstance(view.inputs, RowView)
        assert list(view.inputs) == plain.inputs and view.targets == plain.targets


def test_the_seed_decides_the_split():
    iris = data.iris()
    assert split(iris, rng=Random(1)) == split(iris, rng=Random(1))
    assert split(iris, rng=Random(1)) != split(iris, rng=Random(2))
    train, test = split(iris, rng=Random(1))
    assert Counter(test.targets) == {0: 10, 1: 10, 2: 10}
    assert train.targets != sorted(train.targets), "the rows should be mixed"


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 20, math.nan])
def test_split_refuses_shares_that_are_none(fraction):
    with pytest.raises(ValueError, match="fraction"):
        split(data.iris(), fraction, rng=Random(1))


def test_split_refuses_what_it_cannot_split():
    one = DataSet([[1.0]], [0], ["x"], ["a"], "")
    with pytest.raises(DataError, match="at least 2 rows"):
        split(one, rng=Random(1))
    with pytest.raises(ShapeError, match="2 and 1"):
        split(one._replace(inputs=[[1.0], [2.0]]), rng=Random(1))
    with pytest.raises(DataError, match="one row only"):
        split(DataSet([[1.0], [2.0]], [0, 1], ["x"], ["a", "b"], ""), rng=Random(1))
    with pytest.raises(TypeError, match="rng"):
        split(data.iris(), rng=7)


def test_a_data_set_does_not_print_its_numbers():
    assert len(repr(data.digits())) < 120
    assert repr(data.sine(size=2, rng=Random(1))) == "DataSet(2 rows, 1 feature, regression)"


# ---- Standardizing ----


@given(matrices())
def test_standardized_columns_have_mean_0_and_deviation_1_or_0(rows):
    standardizer = Standardizer().fit(rows)
    for column, deviation in zip(zip(*standardizer.transform(rows)), standardizer.deviations):
        mean = math.fsum(column) / len(column)
        variance = math.fsum((number - mean) ** 2 for number in column) / len(column)
        if deviation > 1.0:  # below, the numbers up to 1e6 have too few digits left
            assert abs(mean) < 1e-6 and abs(variance - 1.0) < 1e-6


@given(matrices())
def test_fit_finds_mean_and_population_deviation(rows):
    standardizer = Standardizer().fit(rows)
    for column, mean, deviation in zip(
        zip(*rows), standardizer.means, standardizer.deviations
    ):
        right = math.fsum(column) / len(column)
        variance = math.fsum((number - right) ** 2 for number in column) / len(column)
        assert mean == pytest.approx(right, rel=1e-9, abs=1e-9)
        if variance > 1e-9:
            assert deviation == pytest.approx(math.sqrt(variance), rel=1e-6)


@given(matrices())
def test_inverse_undoes_transform(rows):
    standardizer = Standardizer().fit(rows)
    back = standardizer.inverse(standardizer.transform(rows))
    for row, again in zip(rows, back):
        assert again == pytest.approx(row, rel=1e-9, abs=1e-6)


@given(finite, st.integers(1, 30))
def test_a_column_that_never_changes_gets_deviation_1_exactly(number, rows):
    standardizer = Standardizer().fit([[number]] * rows)
    assert standardizer.means == [number] and standardizer.deviations == [1.0]
    assert standardizer.transform([[number]]) == [[0.0]]


def test_a_small_deviation_far_from_zero_is_not_lost():
    rows = [[1e8], [1e8 + 1], [1e8 + 2]]
    assert Standardizer().fit(rows).deviations[0] == pytest.approx(math.sqrt(2 / 3), rel=1e-12)


@pytest.mark.parametrize("constant", [0.3, -1e8, 1e-200, 4 / 3 * 1e200 ** 0.5])
def test_a_column_that_is_constant_but_for_rounding_is_constant(constant):
    noisy = [constant, constant * (1 + 2 ** -52), constant * (1 - 2 ** -52)] * 5
    standardizer = Standardizer().fit([[number] for number in noisy])
    assert standardizer.deviations == [1.0]
    assert Standardizer().fit([[0.3], [0.1 + 0.2], [0.3]]).deviations == [1.0]


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1e-300, 1e-100, 1e100])
def test_columns_of_any_size_get_their_deviation(size):
    rows = [[1 * size], [3 * size], [1 * size], [3 * size]]
    standardizer = Standardizer().fit(rows)
    assert standardizer.deviations[0] == pytest.approx(size, rel=1e-12)
    assert [row for [row] in standardizer.transform(rows)] == pytest.approx([-1, 1, -1, 1])


def test_compact_rows_stay_compact_when_standardized():
    rows = ByteRows(bytes(range(12)), 3)
    standardizer = Standardizer().fit(rows)
    view = standardizer.transform(rows)
    assert isinstance(view, RowView)
    assert list(view) == standardizer.transform(list(rows))
    assert list(view[1:3]) == list(view)[1:3]


def test_fit_takes_a_stream_of_rows_and_leaves_inputs_alone():
    rows = [[1.0, 2.0], [3.0, 5.0]]
    assert Standardizer().fit(iter(rows)).means == [2.0, 3.5]
    Standardizer().fit(rows).transform(rows)
    assert rows == [[1.0, 2.0], [3.0, 5.0]]


def test_the_standardizer_says_what_is_wrong():
    with pytest.raises(ValueError, match="transform: not fitted"):
        Standardizer().transform([[1.0]])
    with pytest.raises(ValueError, match="inverse: not fitted"):
        Standardizer().inverse([[1.0]])
    with pytest.raises(ValueError, match="at least one row"):
        Standardizer().fit([])
    with pytest.raises(ShapeError, match="2 numbers, got a row of 1"):
        Standardizer().fit([[1.0, 2.0], [3.0]])
    for bad in (math.nan, math.inf, 1e200):
        with pytest.raises(ValueError, match="column 1"):
            Standardizer().fit([[1.0, bad], [1.0, 2.0]])
    with pytest.raises(ShapeError):
        Standardizer([1.0], [1.0, 2.0])
    with pytest.raises(ShapeError):
        Standardizer([1.0])
    fitted = Standardizer([0.0, 0.0], [1.0, 1.0])
    for call in (fitted.transform, fitted.inverse):
        with pytest.raises(ShapeError, match="2 numbers, got a row of 1"):
            call([[1.0]])
    with pytest.raises(ShapeError):
        fitted.transform(ByteRows(b"123", 1))


# ---- One-hot ----


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20))
def test_one_hot_has_one_1_per_row_in_the_column_of_the_label(labels):
    matrix = one_hot(labels, classes=7)
    assert [row.index(1.0) for row in matrix] == labels
    assert all(len(row) == 7 and math.fsum(row) == 1.0 for row in matrix)
    assert len({id(row) for row in matrix}) == len(labels), "rows must not be shared"


def test_one_hot_counts_the_classes_itself():
    assert one_hot([1, 0]) == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("labels, classes, error, message", [
    ([0, 3], 3, ValueError, "0 to 2, got 3"),
    ([], 2, ValueError, "at least one label"),
    ([1, 2, 3], 3, ValueError, "counted from 1"),
    ([1, 2], None, ValueError, "counted from 1"),
    ([0, -1], 3, ValueError, "got -1"),
    ([0, -1], None, ValueError, "got -1"),
    ([0.0], 2, TypeError, "got 0.0"),
    (["0"], 2, TypeError, "got '0'"),
    ([None], 2, TypeError, "got None"),
    ([True], 2, TypeError, "got True"),
    ([[0]], 2, TypeError, "class numbers"),
    ([], None, ValueError, "at least one label"),
    ([0], 0, ValueError, "classes"),
    ([0], 2.0, TypeError, "classes"),
])
def test_one_hot_refuses_what_is_no_label(labels, classes, error, message):
    with pytest.raises(error, match=message):
        one_hot(labels, classes)


# ---- Toy sets ----


@pytest.mark.slow
@pytest.mark.parametrize("toy", TOYS)
@given(size=st.integers(6, 100), seed=st.integers(0, 9))
@settings(max_examples=20)
def test_a_toy_set_has_the_size_asked_for_and_depends_on_the_seed_only(toy, size, seed):
    made = toy(size=size, rng=Random(seed))
    assert len(made.inputs) == len(made.targets) == size
    assert all(len(row) == len(made.feature_names) for row in made.inputs)
    assert all(math.isfinite(number) for row in made.inputs for number in row)
    assert len({id(row) for row in made.inputs}) == size
    assert made == toy(size=size, rng=Random(seed))
    noisy = [toy(size=size, noise=0.1, rng=Random(seed + k)) for k in (0, 1)]
    assert noisy[0] != noisy[1]


@pytest.mark.parametrize("toy", CLASS_TOYS)
@given(size=st.integers(3, 50))
@settings(max_examples=20)
def test_the_classes_of_a_toy_set_are_as_even_as_they_can_be(toy, size):
    made = toy(size=size, rng=Random(1))
    counts = Counter(made.targets)
    assert set(counts) == set(range(len(made.class_names)))
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("toy", TOYS)
@pytest.mark.parametrize("options, error, message", [
    ({"size": 0}, ValueError, "size"),
    ({"size": -3}, ValueError, "size"),
    ({"size": 10.0}, TypeError, "size"),
    ({"size": True}, TypeError, "size"),
    ({"size": "10"}, TypeError, "size"),
    ({"noise": -0.1}, ValueError, "noise"),
    ({"noise": math.nan}, ValueError, "noise"),
    ({"noise": math.inf}, ValueError, "noise"),
    ({"noise": None}, TypeError, "noise"),
    ({"rng": None}, TypeError, "rng"),
    ({"rng": 42}, TypeError, "rng"),
])
def test_toy_sets_refuse_arguments_that_are_none(toy, options, error, message):
    with pytest.raises(error, match=message):
        toy(**{"rng": Random(1), **options})


@pytest.mark.parametrize("toy", CLASS_TOYS)
def test_toy_sets_want_a_row_for_every_class_and_a_generator(toy):
    with pytest.raises(ValueError, match="one row for each of"):
        toy(size=1, rng=Random(1))
    with pytest.raises(TypeError):
        toy()


def test_more_or_fewer_classes_can_be_asked_for():
    for toy in (data.spiral, data.vertical, data.gaussians):
        assert len(toy(size=20, classes=5, rng=Random(1)).class_names) == 5
        with pytest.raises(ValueError, match="classes"):
            toy(classes=0, rng=Random(1))
    with pytest.raises(ValueError, match="at most 11"):
        data.spiral(classes=12, rng=Random(1))


def test_without_noise_the_toy_sets_are_their_formulas():
    spiral = data.spiral(size=33, classes=3, noise=0.0, rng=Random(1))
    for row, label in zip(spiral.inputs[11:22], range(11)):
        radius = label / 10
        assert row == [radius * math.sin(4 + 4 * radius), radius * math.cos(4 + 4 * radius)]
    assert spiral.targets[11:22] == [1] * 11
    vertical = data.vertical(size=9, noise=0.0, rng=Random(1))
    assert {(label, *row) for row, label in zip(vertical.inputs, vertical.targets)} == {
        (0, 0.0, 0.5), (1, 1 / 3, 0.5), (2, 2 / 3, 0.5)}
    moons = data.moons(size=100, noise=0.0, rng=Random(1))
    for (x, y), label in zip(moons.inputs, moons.targets):
        far = math.hypot(x, y) if label == 0 else math.hypot(x - 1.0, y - 0.5)
        assert far == pytest.approx(1.0)
        assert y >= 0.0 if label == 0 else y <= 0.5
    circle = data.circle(size=100, noise=0.0, rng=Random(1))
    for (x, y), label in zip(circle.inputs, circle.targets):
        radius = math.hypot(x, y)
        assert radius <= 0.5 if label == 1 else 0.7 - 1e-9 <= radius <= 1 + 1e-9
    gaussians = data.gaussians(size=8, classes=4, noise=0.0, rng=Random(1))
    for (x, y), label in zip(gaussians.inputs, gaussians.targets):
        assert math.atan2(y, x) % (2 * math.pi) == pytest.approx(label * math.pi / 2)
    sine = data.sine(size=50, noise=0.0, rng=Random(1))
    assert all(y == [math.sin(2 * math.pi * x)] for [x], y in zip(sine.inputs, sine.targets))
    assert sine.class_names == []


def test_xor_is_xor_also_with_noise():
    made = data.xor(size=400, noise=0.1, rng=Random(1))
    for (x, y), label in zip(made.inputs, made.targets):
        assert label == ((x > 0.5) != (y > 0.5))


def test_noise_is_the_deviation_of_the_points():
    made = data.vertical(size=3000, noise=0.25, rng=Random(1))
    heights = [y for _, y in made.inputs]
    deviation = Standardizer().fit([[y] for y in heights]).deviations[0]
    assert deviation == pytest.approx(0.25, rel=0.05)


# ---- Bundled sets: compared with what was published ----


def test_digits_are_as_published():
    digits = data.digits()
    assert len(digits.inputs) == 1797 and {len(row) for row in digits.inputs} == {64}
    assert Counter(digits.targets) == dict(
        enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))
    assert {number for row in digits.inputs for number in row} == set(map(float, range(17)))
    assert digits.inputs[0][:8] == [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]
    assert math.fsum(number for row in digits.inputs for number in row) == 561718.0
    assert digits.class_names == list("0123456789")
    assert digits.feature_names[8] == "pixel_1_0"


def test_iris_is_as_published_by_fisher():
    iris = data.iris()
    assert len(iris.inputs) == 150 and {len(row) for row in iris.inputs} == {4}
    assert Counter(iris.targets) == {0: 50, 1: 50, 2: 50}
    assert iris.inputs[34] == [4.9, 3.1, 1.5, 0.2] and iris.inputs[37] == [4.9, 3.6, 1.4, 0.1]
    means = Standardizer().fit(iris.inputs).means
    assert means == pytest.approx([5.8433333, 3.0573333, 3.758, 1.1993333])
    assert [min(column) for column in zip(*iris.inputs)] == [4.3, 2.0, 1.0, 0.1]
    assert [max(column) for column in zip(*iris.inputs)] == [7.9, 4.4, 6.9, 2.5]


def test_wine_is_as_published():
    wine = data.wine()
    assert len(wine.inputs) == 178 and {len(row) for row in wine.inputs} == {13}
    assert Counter(wine.targets) == {0: 59, 1: 71, 2: 48}
    columns = list(zip(*wine.inputs))
    assert (min(columns[0]), max(columns[0])) == (11.03, 14.83)
    assert (min(columns[12]), max(columns[12])) == (278.0, 1680.0)
    assert wine.feature_names[0] == "alcohol" and wine.feature_names[-1] == "proline"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "iris", "wine"])
def test_the_csv_reader_reads_the_bundled_files_alike(name):
    bundled = getattr(data, name)()
    path = os.path.join(os.path.dirname(data.__file__), name + ".csv.gz")
    read = data.read_csv(path, task="classification")
    assert list(read.inputs) == bundled.inputs
    assert read.feature_names == bundled.feature_names
    for label, other in zip(bundled.targets, read.targets):
        assert bundled.class_names[label] == read.class_names[other]


@pytest.mark.parametrize("name", ["digits", "iris", "wine"])
def test_bundled_sets_say_where_they_are_from_and_are_made_anew(name):
    load = getattr(data, name)
    assert "CC BY 4.0" in load.__doc__ and "Source:" in load.__doc__
    assert "CC BY 4.0" in load().description
    first = load()
    first.inputs[0][0] = 99.0
    assert load().inputs[0][0] != 99.0
    assert all(type(number) is float for row in first.inputs for number in row)
    assert pickle.loads(pickle.dumps(first)) == first


def test_importing_data_loads_no_reader_of_compressed_files():
    code = "import sys, purenn.data; print([m for m in ('gzip', 'tempfile') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, check=True,
                         cwd=os.path.dirname(os.path.dirname(os.path.dirname(data.__file__))))
    assert run.stdout.decode().strip() == "[]"


def test_the_names_that_data_exports_are_there():
    assert sorted(data.__all__) == sorted(set(data.__all__))
    assert all(hasattr(data, name) for name in data.__all__)
