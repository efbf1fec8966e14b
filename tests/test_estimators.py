"""Classifier and Regressor: the core with scikit-learn's method names, and nothing else.

What they learn is bit for bit what the core learns when the parts are put together by hand.
"""

import copy
import inspect
import math
import pickle
import subprocess
import sys
from array import array
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn import (
    L2, SGD, Adam, Callback, CosineDecay, Dense, Dropout, ElasticNet, MeanSquaredError, Network,
    ReLU, ShapeError, SoftmaxCrossEntropy, StepDecay, Tanh, accuracy, data, he, linalg, train,
    xavier,
)
from purenn.data import ByteRows, FlatRows, Rows, RowView, Standardizer, split
from purenn.estimators import Classifier, NotFittedError, Regressor
from purenn.recipes import ACTIVATIONS, OPTIMIZERS, build_network, completed, Settings

X = [[5.1, 3.5], [4.9, 3.0], [7.0, 3.2], [6.4, 3.1], [5.0, 3.6], [6.9, 3.3], [6.1, 2.8], [4.7, 3.2]]
LABELS = ["a", "a", "b", "b", "a", "b", "b", "a"]
NUMBERS = [0, 0, 1, 1, 0, 1, 1, 0]
VALUES = [10.0, 12.0, 250.0, 190.0, 8.0, 240.0, 170.0, 14.0]
BOTH = [(Classifier, LABELS), (Regressor, VALUES)]
both = pytest.mark.parametrize("kind, y", BOTH, ids=["Classifier", "Regressor"])


def weights(model):
    return [parameter.value for parameter in model.network_.parameters()]


def named(dataset):
    return [dataset.class_names[number] for number in dataset.targets]


# ---- The core by hand and the estimator learn the same, to the bit ----


def test_a_classifier_is_the_core_put_together_by_hand():
    model = Classifier((5, 4), activation="tanh", learning_rate=0.05, epochs=4, batch_size=3,
                       l1=0.01, l2=0.02, dropout=0.25, random_state=7).fit(X, LABELS)
    rng = Random(7)
    inputs = Standardizer().fit(X).transform(X)
    network = Network([Dense(2, 5, rng, xavier), Tanh(), Dropout(0.25, rng),
                       Dense(5, 4, rng, xavier), Tanh(), Dropout(0.25, rng),
                       Dense(4, 2, rng, xavier)])
    rate = CosineDecay(0.05, steps=4 * 3)
    history = train(network, inputs, NUMBERS, loss=SoftmaxCrossEntropy(), optimizer=Adam(rate),
                    epochs=4, batch_size=3, penalty=ElasticNet(l1=0.01, l2=0.02), rng=rng)
    assert weights(model) == [parameter.value for parameter in network.parameters()]
    assert model.loss_curve_ == history.curve("loss")
    assert model.predict_proba(X) == SoftmaxCrossEntropy().predict(network.predict(inputs))


def test_a_regressor_is_the_core_put_together_by_hand():
    model = Regressor(6, activation="relu", optimizer="sgd", schedule="constant", epochs=3,
                      batch_size=4, l2=0.5, random_state=3)
    model.fit(X, VALUES)
    rng = Random(3)
    standard, scale = Standardizer().fit(X), Standardizer().fit([[value] for value in VALUES])
    network = Network([Dense(2, 6, rng, he), ReLU(), Dense(6, 1, rng, he)])
    train(network, standard.transform(X), scale.transform([[value] for value in VALUES]),
          loss=MeanSquaredError(), optimizer=SGD(OPTIMIZERS["sgd"].learning_rate), epochs=3,
          batch_size=4, penalty=L2(0.5), rng=rng)
    assert weights(model) == [parameter.value for parameter in network.parameters()]
    by_hand = scale.inverse(network.predict(standard.transform(X)))
    assert model.predict(X) == [row[0] for row in by_hand]


def test_rows_for_validation_are_put_aside_as_split_does_and_not_learned_from():
    dataset = data.iris()
    model = Classifier(4, epochs=3, validation_fraction=0.2, random_state=5)
    model.fit(dataset.inputs, dataset.targets)
    rng = Random(5)
    learning, held_out = split(dataset, 0.2, rng=rng)
    standard = Standardizer().fit(learning.inputs)
    network = build_network(4, (4,), 3, "tanh", rng=rng)
    history = train(network, standard.transform(learning.inputs), learning.targets,
                    loss=SoftmaxCrossEntropy(), optimizer=Adam(CosineDecay(0.01, 3 * 4)), epochs=3,
                    rng=rng, penalty=L2(completed(Settings(), 120).l2),
                    validation=(standard.transform(held_out.inputs), held_out.targets))
    assert model.standardizer_.means == standard.means
    assert model.validation_loss_curve_ == history.curve("validation_loss")
    assert weights(model) == [parameter.value for parameter in network.parameters()]


def test_targets_are_standardized_by_the_rows_that_are_learned_from():
    model = Regressor(2, epochs=1, validation_fraction=0.25, random_state=1).fit(X, VALUES)
    columns = data.DataSet(X, [[value] for value in VALUES], [], [], "")
    learning, _ = split(columns, 0.25, rng=Random(1))
    assert model.target_standardizer_.means == Standardizer().fit(learning.targets).means


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_learns(name):
    model = Classifier(8, activation=name, epochs=40).fit(X, LABELS)
    assert type(model.network_.layers[1]) is ACTIVATIONS[name].make
    assert model.loss_curve_[-1] < 0.7 * model.loss_curve_[0]


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_learns_with_the_rate_of_its_own(name):
    for kind, y in BOTH:
        model = kind(8, optimizer=name, schedule="constant", epochs=40, l2=0.0).fit(X, y)
        if not name.startswith("random_"):
            assert model.optimizer_.learning_rate == OPTIMIZERS[name].learning_rate
            assert model.loss_curve_[-1] < 0.5 * model.loss_curve_[0]


def test_a_schedule_is_a_learning_rate_too():
    model = Classifier(4, learning_rate=StepDecay(0.5, factor=0.5, every=1), epochs=2)
    assert model.fit(X, LABELS).optimizer_.learning_rate == 0.125


def test_without_hidden_layers_the_model_is_linear():
    assert len(Regressor(hidden=(), epochs=1).fit(X, VALUES).network_.layers) == 1


def test_weights_begin_as_suits_the_activation():
    for name in ACTIVATIONS:
        recipe = xavier if name in ("linear", "sigmoid", "tanh") else he
        network = build_network(3, (4,), 2, name, rng=Random(2))
        assert network.layers[0].weights.value == recipe(Random(2), 4, 3)


# ---- What they learn is good for rows that they have not seen ----


@pytest.mark.slow
@pytest.mark.parametrize("make, limit, options", [
    (data.iris, 0.93, {"epochs": 40}),
    (data.wine, 0.95, {"epochs": 40}),
    (data.digits, 0.93, {"epochs": 5}),
])
def test_real_sets_are_recognised(make, limit, options):
    dataset = make()
    learning, held_out = split(dataset, 0.25, rng=Random(2))
    model = Classifier(**options).fit(learning.inputs, named(learning))
    assert model.score(held_out.inputs, named(held_out)) >= limit
    assert model.classes_ == sorted(dataset.class_names)


@pytest.mark.slow
def test_a_wave_is_learned():
    learning = data.sine(size=150, rng=Random(1))
    unseen = data.sine(size=60, rng=Random(2))
    model = Regressor(32, epochs=150, learning_rate=0.03, l2=0.0)
    model.fit(learning.inputs, learning.targets)
    assert model.score(unseen.inputs, unseen.targets) > 0.95


def test_targets_of_any_size_are_learned_alike():
    small = Regressor(8, epochs=30).fit(X, VALUES)
    large = Regressor(8, epochs=30).fit(X, [1024.0 * value for value in VALUES])
    assert large.predict(X) == pytest.approx([1024.0 * value for value in small.predict(X)])


def test_a_constant_target_is_answered_with_itself():
    model = Regressor(4, epochs=50).fit(X, [5.0] * 8)
    assert model.predict(X) == pytest.approx([5.0] * 8, abs=0.2)


# ---- Labels of every kind ----

Point = namedtuple("Point", "x y")


def test_a_few_fractions_are_no_classes():
    for y in ([0.1, 0.25, 0.7, 0.9], [0.1, 0.25, 0.7, 0.4, 0.95]):
        with pytest.raises(ValueError, match="Unknown label type: continuous.* take Regressor"):
            Classifier(epochs=1).fit([[float(k)] for k in range(len(y))], y)


@pytest.mark.parametrize("first, second", [
    ("no", "yes"), (0, 1), (3, -7), (False, True), (1.5, 2.5), (("a", 1), ("b", 2)), (None, "x"),
    ("1", 1), (b"no", b"yes"), (frozenset([1]), frozenset([2])), (Point(0, 1), Point(1, 0)),
    (Fraction(1, 2), Fraction(1, 3)), (int, str), ("ñ", "日本"),
])
def test_labels_of_any_hashable_kind_come_back_as_the_very_same_objects(first, second):
    y = [first if label == "a" else second for label in LABELS]
    model = Classifier(8, epochs=60).fit(X, y)
    assert all(answer is label for answer, label in zip(model.predict(X), y))
    assert {id(label) for label in model.classes_} == {id(first), id(second)}
    assert model.score(X, y) == 1.0


def test_classes_are_sorted_if_they_can_be():
    assert Classifier(2, epochs=1).fit(X, list("cabcabca")).classes_ == ["a", "b", "c"]
    assert Classifier(2, epochs=1).fit(X, [3, 1, 2, 3, 1, 2, 3, 1]).classes_ == [1, 2, 3]


def test_classes_that_cannot_be_sorted_stand_in_order_of_appearance():
    assert Classifier(2, epochs=1).fit(X, ["b", 1, None, "a"] * 2).classes_ == ["b", 1, None, "a"]


def test_labels_that_are_equal_are_one_class():
    model = Classifier(2, epochs=1).fit(X, [True, 1, 1.0, 0, False, 1, 0.0, 0])
    assert model.classes_ == [0, 1] and model.classes_[1] is True


def test_probabilities_stand_in_the_order_of_the_classes_and_add_up_to_one():
    model = Classifier(8, epochs=10).fit(X, list("cabcabca"))
    for row, answer in zip(model.predict_proba(X), model.predict(X)):
        assert math.isclose(math.fsum(row), 1.0)
        assert model.classes_[row.index(max(row))] == answer


def test_a_label_that_was_not_learned_is_never_right():
    model = Classifier(8, epochs=60).fit(X, LABELS)
    assert model.score(X, ["z"] * 8) == 0.0
    assert model.score(X, LABELS[:4] + ["z"] * 4) == 0.5


# ---- The form of values ----


def test_flat_values_come_back_flat_and_rows_as_rows():
    flat = Regressor(4, epochs=2).fit(X, VALUES)
    column = Regressor(4, epochs=2).fit(X, [[value] for value in VALUES])
    assert [[value] for value in flat.predict(X)] == column.predict(X)
    rows = [[value] for value in VALUES]
    assert flat.score(X, VALUES) == column.score(X, VALUES) == column.score(X, rows)


def test_several_values_in_units_of_their_own_are_learned_together():
    y = [[value, -1e6 * row[0], 0.001 * row[1]] for row, value in zip(X, VALUES)]
    model = Regressor(16, epochs=200).fit(X, y)
    assert [len(row) for row in model.predict(X)] == [3] * 8
    assert model.score(X, y) > 0.95


def test_the_score_of_a_regressor_is_r_squared():
    model = Regressor(4, epochs=3).fit(X, VALUES)
    mean = math.fsum(VALUES) / 8
    off = math.fsum((p - v) ** 2 for p, v in zip(model.predict(X), VALUES))
    assert model.score(X, VALUES) == pytest.approx(
        1 - off / math.fsum((v - mean) ** 2 for v in VALUES))


# ---- What may come in ----


class Table:
    """The least that behaves as a table: a length, and a row for a number. Counts its reads."""

    def __init__(self, rows):
        self.rows, self.reads = rows, 0

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, number):
        self.reads += 1
        return self.rows[number]


FORMS = {
    "tuples": lambda: tuple(map(tuple, X)),
    "generator": lambda: (row for row in X),
    "generator of generators": lambda: ((x for x in row) for row in X),
    "maps": lambda: (map(float, row) for row in X),
    "arrays": lambda: [array("d", row) for row in X],
    "fractions": lambda: [[Fraction(x) for x in row] for row in X],
    "FlatRows": lambda: FlatRows(array("d", linalg.ravel(X)), 2),
    "Rows": lambda: Rows(X, range(8)),
    "table": lambda: Table(X),
    "table of tuples": lambda: Table(list(map(tuple, X))),
}


@both
@pytest.mark.parametrize("form", sorted(FORMS))
def test_rows_in_every_form_are_learned_alike(form, kind, y):
    expected = kind(3, epochs=2).fit(X, y)
    model = kind(3, epochs=2).fit(FORMS[form](), (answer for answer in y))
    assert weights(model) == weights(expected)
    assert model.predict(FORMS[form]()) == expected.predict(X)
    assert model.score(FORMS[form](), tuple(y)) == expected.score(X, y)
    assert all(type(number) is float for matrix in weights(model) for row in matrix
               for number in row)


def test_whole_numbers_and_truth_values_are_numbers():
    model = Classifier(3, epochs=2).fit([[True, 1], [False, 2], [True, 3]], [0, 1, 0])
    assert weights(model) == weights(
        Classifier(3, epochs=2).fit([[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]], [0, 1, 0]))


def test_rows_that_stand_in_the_list_twice_are_no_fault():
    again = [X[0], X[2], X[0], X[2]]
    model = Classifier(3, epochs=2).fit(again, ["a", "b", "a", "b"])
    assert weights(model) == weights(
        Classifier(3, epochs=2).fit(copy.deepcopy(again), ["a", "b", "a", "b"]))


@pytest.mark.parametrize("make", [lambda: ByteRows(bytes(range(200)) * 10, 20), None])
def test_compact_rows_are_never_copied_into_lists(make, monkeypatch):
    rows = make() if make else Table([[float(k + i) for i in range(20)] for k in range(100)])
    seen = []
    real = Standardizer.transform

    def watched(self, inputs):
        seen.append(isinstance(real(self, inputs), RowView))
        return real(self, inputs)

    monkeypatch.setattr(Standardizer, "transform", watched)
    model = Classifier(2, epochs=1, validation_fraction=0.2).fit(rows, [0, 1] * 50)
    model.partial_fit(rows, [0, 1] * 50).predict(rows)
    assert len(seen) == 4 and all(seen)


@both
def test_what_comes_in_is_left_as_it_was(kind, y):
    rows, answers = copy.deepcopy(X), copy.deepcopy(y)
    model = kind(3, epochs=2, validation_fraction=0.25, dropout=0.5).fit(rows, answers)
    model.partial_fit(rows, answers)
    model.predict(rows)
    model.score(rows, answers)
    assert rows == X and answers == y


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=2, max_size=6))
def test_any_finite_rows_are_learned_and_answered(rows):
    y = [number % 2 for number in range(len(rows))]
    model = Classifier(2, epochs=1).fit(rows, y)
    assert set(model.predict(rows)) <= {0, 1}
    values = Regressor(2, epochs=1).fit(rows, [row[0] for row in rows]).predict(rows)
    assert len(values) == len(rows) and all(map(math.isfinite, values))


# ---- NumPy, pandas, scikit-learn: where they are installed ----


@pytest.mark.interop
@both
def test_numpy_arrays_are_learned_as_lists_are(kind, y):
    np = pytest.importorskip("numpy")
    expected = kind(3, epochs=2).fit(X, y)
    for rows in (np.array(X), np.asfortranarray(X), [np.array(row) for row in X],
                 np.array(X, dtype=object)):
        before = copy.deepcopy(rows)
        model = kind(3, epochs=2).fit(rows, np.array(y))
        assert weights(model) == weights(expected)
        assert list(model.predict(rows)) == expected.predict(X)
        assert isinstance(model.predict(rows), np.ndarray) is isinstance(rows, np.ndarray)
        assert model.predict(X) == expected.predict(X) and type(model.predict(X)) is list
        assert np.array_equal(rows, before)


@pytest.mark.interop
def test_numpy_labels_come_back_as_values_of_python():
    np = pytest.importorskip("numpy")
    texts, numbers = np.array(LABELS), np.array(NUMBERS)
    for y, kind in ((texts, str), ([*texts], str), (texts.astype(object), str), (numbers, int),
                    ([*numbers], int), (numbers > 0, bool), (numbers.astype("float32"), float)):
        model = Classifier(3, epochs=2).fit(np.array(X), y)
        assert {type(label) for label in model.predict(X) + model.model_.classes} == {kind}
        classes, said = model.classes_, model.predict(np.array(X))
        assert isinstance(classes, np.ndarray) is isinstance(y, np.ndarray)
        assert isinstance(said, np.ndarray) and set(said.tolist()) <= set(model.model_.classes)
        if isinstance(y, np.ndarray):
            assert classes.dtype == said.dtype == y.dtype


@pytest.mark.interop
def test_numpy_values_of_two_columns_come_back_as_rows():
    np = pytest.importorskip("numpy")
    model = Regressor(3, epochs=2).fit(np.array(X), np.array([VALUES, VALUES]).T)
    assert len(model.predict(np.array(X))[0]) == 2
    assert type(model.predict(X)[0][0]) is float


@pytest.mark.interop
@both
def test_numpy_parameters_are_as_good_as_those_of_python(kind, y):
    np = pytest.importorskip("numpy")
    model = kind(hidden=np.array([3, 2]), epochs=np.int64(2), batch_size=np.int32(3),
                 learning_rate=np.float32(0.5), random_state=np.int64(4), l2=np.float64(0.5))
    twin = kind((3, 2), epochs=2, batch_size=3, learning_rate=0.5, random_state=4, l2=0.5)
    assert weights(model.fit(X, y)) == weights(twin.fit(X, y))


@pytest.mark.interop
@pytest.mark.parametrize("rows, words", [
    (lambda np: np.array([1.0, 2.0]), ["X.reshape(-1, 1)", "X.reshape(1, -1)"]),
    (lambda np: np.zeros((2, 3, 3)), ["X.reshape(len(X), -1)"]),
    (lambda np: np.array([[1.0, 2.0], [3.0, np.nan]]), ["row 1, column 1 is nan"]),
    (lambda np: np.array([["1", "2"], ["3", "4"]]), ["row 0, column 0", "'1'"]),
    (lambda np: np.zeros((0, 3)), ["at least one row"]),
    (lambda np: np.array(5.0), []),
])
def test_arrays_that_will_not_do_are_named(rows, words):
    np = pytest.importorskip("numpy")
    with pytest.raises((ValueError, TypeError)) as error:
        Classifier().fit(rows(np), [0, 1])
    assert all(word in str(error.value) for word in words)


@pytest.mark.interop
def test_labels_in_a_column_of_an_array_are_refused_with_a_hint():
    np = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match=r"y\.ravel\(\)"):
        Classifier().fit(X, np.array(LABELS).reshape(-1, 1))


@pytest.mark.interop
@both
def test_frames_are_read_by_rows_and_their_names_kept(kind, y):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["length", "width"], index=range(100, 108))
    model = kind(3, epochs=2).fit(frame, pd.Series(y, index=range(50, 58)))
    assert weights(model) == weights(kind(3, epochs=2).fit(X, y))
    assert list(model.feature_names_in_) == ["length", "width"]
    assert list(model.predict(frame)) == model.predict(X)
    with pytest.raises(ValueError, match="column 0: expected 'length', got 'width'"):
        model.predict(frame[["width", "length"]])
    with pytest.raises(ValueError, match="column 0: expected 'length', got 'width'"):
        model.score(frame[["width", "length"]], y)
    with pytest.raises(ShapeError, match=r"2 numbers \(length, width\), got rows of 1 \(width\)"):
        model.predict(frame[["width"]])
    with pytest.raises(ValueError, match="expected 'length', got 'width'"):
        model.partial_fit(frame[["width", "length"]], y)
    assert not hasattr(model.fit(X, y), "feature_names_in_")


@pytest.mark.interop
def test_frames_of_other_kinds_of_columns():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [True, False, True], "c": [0.5, 1.5, 2.5]})
    model = Classifier(3, epochs=2).fit(frame, pd.Series(["x", "y", "x"], dtype="category"))
    assert weights(model) == weights(
        Classifier(3, epochs=2).fit([[1, 1, 0.5], [2, 0, 1.5], [3, 1, 2.5]], ["x", "y", "x"]))
    assert not hasattr(Classifier(3, epochs=1).fit(pd.DataFrame(X), LABELS), "feature_names_in_")
    two = Regressor(3, epochs=1).fit(frame, pd.DataFrame({"p": [1, 2, 3], "q": [3, 2, 1]}))
    assert len(two.predict(frame)[0]) == 2


@pytest.mark.interop
@pytest.mark.parametrize("column, words", [
    (["u", "v"], "row 0, column 1"), ([1.0, None], "row 1, column 1"),
])
def test_frames_with_text_or_gaps_are_refused(column, words):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": column})
    with pytest.raises((TypeError, ValueError), match=words):
        Classifier().fit(frame, [0, 1])


@pytest.mark.interop
def test_missing_labels_of_pandas_are_refused():
    pd = pytest.importorskip("pandas")
    for gap in (pd.NA, pd.NaT, float("nan")):
        with pytest.raises(ValueError, match="row 1: the label is missing"):
            Classifier().fit(X[:3], pd.Series(["a", gap, "b"], dtype=object))


@pytest.mark.interop
def test_a_sparse_matrix_is_refused_with_the_way_out():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"X\.toarray\(\)"):
        Classifier().fit(sparse.csr_matrix(X), LABELS)


@pytest.mark.interop
@both
def test_scikit_learn_clones_and_cross_validates(kind, y):
    pytest.importorskip("sklearn")
    np = pytest.importorskip("numpy")
    from sklearn.base import clone, is_classifier, is_regressor
    from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    model = kind(hidden=(3, 2), epochs=2, random_state=Random(1)).fit(X, y)
    twin = clone(model)
    assert repr(twin.get_params()).split("random.Random")[0] == repr(
        model.get_params()).split("random.Random")[0]
    assert not hasattr(twin, "network_")
    assert (is_classifier(model), is_regressor(model)) == (kind is Classifier, kind is Regressor)
    utils = sys.modules["sklearn.utils"]
    if hasattr(utils, "get_tags"):  # since 1.6
        tags = utils.get_tags(model)
        assert (tags.classifier_tags is not None) == (kind is Classifier)
        assert (tags.regressor_tags is not None) == (kind is Regressor)
        assert tags.target_tags.required
    rows, answers = np.array(X * 3), np.array(y * 3)
    pipeline = make_pipeline(MinMaxScaler(), kind(4, epochs=3))
    assert len(cross_val_score(kind(4, epochs=3), rows, answers, cv=3, error_score="raise")) == 3
    assert len(cross_val_score(pipeline, rows, answers, cv=3, error_score="raise")) == 3
    assert len(cross_val_predict(kind(4, epochs=3), rows, answers, cv=3)) == 24
    search = GridSearchCV(pipeline, {f"{kind.__name__.lower()}__epochs": [1, 9]}, cv=3,
                          error_score="raise").fit(rows, answers)
    assert search.best_params_[f"{kind.__name__.lower()}__epochs"] == 9
    assert (pipeline.fit(rows, answers).predict(rows) == pipeline.predict(rows)).all()


@pytest.mark.interop
def test_scikit_learn_scores_the_probabilities_of_three_classes():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import cross_val_score

    scores = cross_val_score(Classifier(4, epochs=3), X * 3, list("abcabcab") * 3, cv=3,
                             scoring="neg_log_loss", error_score="raise")
    assert all(score < 0 for score in scores)


def test_none_of_these_libraries_is_imported():
    code = ("import sys, purenn.estimators as e; e.Classifier(2, epochs=1).fit([[1], [2]], [0, 1])"
            ".get_params(); print({'numpy', 'pandas', 'sklearn'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().strip() == "set()"


# ---- The same seed, the same model ----


@both
def test_the_same_seed_gives_the_same_model(kind, y):
    options = {"hidden": 3, "epochs": 2, "dropout": 0.5, "validation_fraction": 0.25}
    models = [kind(random_state=seed, **options).fit(X, y) for seed in (4, 4, Random(4), 5)]
    assert weights(models[0]) == weights(models[1]) == weights(models[2]) != weights(models[3])


@both
def test_without_a_seed_each_model_is_another(kind, y):
    assert weights(kind(3, epochs=1, random_state=None).fit(X, y)) != weights(
        kind(3, epochs=1, random_state=None).fit(X, y))


@both
def test_fit_starts_anew(kind, y):
    model = kind(3, epochs=2)
    once = weights(model.fit(X, y))
    assert weights(model.partial_fit(X, y)) != once
    assert weights(model.fit(X, y)) == once and len(model.loss_curve_) == 2
    assert model.fit([row[:1] for row in X], y).n_features_in_ == 1


@both
def test_a_random_generator_is_used_up_from_fit_to_fit(kind, y):
    model = kind(3, epochs=1, random_state=Random(4))
    assert weights(model.fit(X, y)) != weights(model.fit(X, y))


@both
def test_a_model_can_be_copied_and_pickled(kind, y):
    model = kind(3, epochs=2, dropout=0.25).fit(X, y)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.predict(X) == model.predict(X) and repr(twin) == repr(model)
        assert weights(twin.partial_fit(X, y)) == weights(copy.deepcopy(model).partial_fit(X, y))


# ---- Going on ----


@both
def test_partial_fit_three_times_is_fit_with_three_epochs(kind, y):
    options = {"hidden": 4, "batch_size": 3, "dropout": 0.25, "l2": 0.01, "random_state": 6,
               "schedule": "constant"}
    model = kind(epochs=3, **options).fit(X, y)
    step = kind(epochs=99, **options)
    for _ in range(3):
        assert step.partial_fit(X, y) is step
    assert weights(step) == weights(model)
    assert step.loss_curve_ == model.loss_curve_
    assert [record.epoch for record in step.history_] == [1, 2, 3]


@both
def test_partial_fit_goes_on_where_fit_ended(kind, y):
    options = {"hidden": 4, "batch_size": 3, "dropout": 0.25, "schedule": "constant"}
    assert weights(kind(epochs=2, **options).fit(X, y).partial_fit(X, y)) == weights(
        kind(epochs=3, **options).fit(X, y))


def test_partial_fit_learns_from_rows_that_come_bit_by_bit():
    dataset = data.iris()
    labels = named(dataset)
    model = Classifier()
    for _ in range(30):
        for start in range(3):
            part = slice(start, None, 3)
            model.partial_fit(dataset.inputs[part], labels[part])
    assert model.score(dataset.inputs, labels) > 0.95


@both
def test_the_first_rows_decide_what_is_standard(kind, y):
    model = kind(3).partial_fit(X, y)
    means = list(model.standardizer_.means)
    model.partial_fit([[100.0, 200.0]], [y[0]])
    assert model.standardizer_.means == means
    if kind is Regressor:
        assert model.target_standardizer_.means == [math.fsum(VALUES) / 8]


def test_classes_may_be_named_before_they_are_seen():
    model = Classifier(3).partial_fit(X[:1], ["b"], classes=["c", "a", "b"])
    assert model.classes_ == ["a", "b", "c"] and len(model.predict_proba(X)[0]) == 3
    model.partial_fit(X[:1], ["c"]).partial_fit(X[:1], ["a"], classes=("b", "c", "a"))
    assert model.classes_ == ["a", "b", "c"]


@both
def test_a_model_that_was_only_kept_to_predict_can_go_on_too(kind, y):
    model = kind(3, epochs=2).fit(X, y)
    for name in ("optimizer_", "rng_", "history_"):
        delattr(model, name)
    before = weights(model)
    assert weights(model.partial_fit(X, y)) != before and len(model.loss_curve_) == 1


@both
def test_a_failed_partial_fit_changes_nothing(kind, y):
    model = kind(3).partial_fit(X, y)
    before = weights(model)
    for rows, answers in ((X, y[:3]), ([[1.0]], y[:1]), ([[1.0, math.nan]], y[:1]),
                          (X[:1], [["z", "y"]])):
        with pytest.raises((TypeError, ValueError)):
            model.partial_fit(rows, answers)
    assert weights(model) == before and len(model.history_) == 1


# ---- Early stopping, curves, callbacks ----


def test_early_stopping_ends_with_the_best_weights():
    noisy = data.moons(size=60, noise=0.6, rng=Random(1))
    options = {"hidden": 32, "learning_rate": 0.1, "validation_fraction": 0.4, "epochs": 200,
               "schedule": "constant", "l2": 0.0}
    model = Classifier(patience=3, **options).fit(noisy.inputs, noisy.targets)
    curve = model.validation_loss_curve_
    best = curve.index(min(curve)) + 1
    assert "stopped early" in model.history_.stopped
    assert len(curve) == best + 3 < 200
    shorter = Classifier(**{**options, "epochs": best}).fit(noisy.inputs, noisy.targets)
    assert weights(model) == weights(shorter)


def test_without_rows_put_aside_there_is_no_validation_loss():
    assert Classifier(2, epochs=2).fit(X, LABELS).validation_loss_curve_ == [None, None]


def test_metrics_are_in_the_history():
    model = Classifier(8, epochs=40, metrics=[accuracy]).fit(X, LABELS)
    assert model.history_.curve("accuracy")[-1] == 1.0


class Count(Callback):
    def __init__(self):
        self.epochs = 0

    def after_epoch(self, run, record):
        self.epochs += 1


def test_callbacks_are_called_by_fit_only():
    count = Count()
    model = Classifier(2, epochs=5, callbacks=[count]).fit(X, LABELS).partial_fit(X, LABELS)
    assert count.epochs == 5 and len(model.history_) == 6


# ---- Parameters ----


@both
def test_the_constructor_stores_what_it_is_given_and_looks_at_nothing(kind, y):
    odd = {name: object() for name in kind().get_params()}
    model = kind(**odd)
    assert all(getattr(model, name) is value for name, value in odd.items())
    assert all(model.get_params(deep=False)[name] is value for name, value in odd.items())
    assert set(vars(model)) == set(odd)


@both
def test_fit_leaves_the_parameters_as_they_are(kind, y):
    options = {"hidden": [3], "callbacks": [], "metrics": [], "random_state": 3}
    model = kind(epochs=1, **options)
    model.fit(X, y)
    assert all(getattr(model, name) is value for name, value in options.items())
    assert model.callbacks == [] and model.hidden == [3]


@both
def test_the_defaults_are_those_of_the_signature(kind, y):
    signature = inspect.signature(kind)
    assert kind().get_params() == {
        name: one.default for name, one in signature.parameters.items()}


def test_the_repr_shows_what_differs_from_the_default():
    assert repr(Classifier()) == "Classifier()"
    assert repr(Regressor(8, epochs=5, random_state=None)) == (
        "Regressor(hidden=8, epochs=5, random_state=None)")
    assert eval(repr(Classifier((3, 4), activation="tanh"))).get_params() == Classifier(
        (3, 4), activation="tanh").get_params()


def test_set_params_changes_what_the_next_fit_does():
    model = Classifier(3, epochs=2).fit(X, LABELS)
    assert model.set_params(epochs=4, hidden=5) is model
    assert len(model.fit(X, LABELS).loss_curve_) == 4
    assert weights(model) == weights(Classifier(5, epochs=4).fit(X, LABELS))


def test_an_unknown_parameter_is_refused_and_nothing_changed():
    model = Classifier()
    with pytest.raises(ValueError, match="no parameter 'epoch'; there are hidden, activation"):
        model.set_params(epochs=3, epoch=3)
    assert model.epochs is None
    with pytest.raises(TypeError):
        Classifier(epoch=3)


# ---- Everything that is refused, and in what words ----

PARAMETERS = [
    ({"hidden": (8, 0)}, ValueError, "hidden: expected a positive integer, got 0"),
    ({"hidden": -1}, ValueError, "hidden: expected a positive integer, got -1"),
    ({"hidden": (8.0,)}, TypeError, "hidden: expected a positive integer, got 8.0"),
    ({"hidden": "32"}, TypeError, "hidden: expected sizes of layers, as (32, 16), got '32'"),
    ({"hidden": None}, TypeError, "hidden: expected a positive integer, got None"),
    ({"activation": "rleu"}, ValueError, "activation: expected one of elu, gelu, leaky_relu"),
    ({"activation": ReLU}, ValueError, "activation: expected one of elu, gelu"),
    ({"optimizer": "adma"}, ValueError, "optimizer: expected one of adagrad, adam, adamw"),
    ({"optimizer": []}, ValueError, "optimizer: expected one of adagrad"),
    ({"learning_rate": 0}, ValueError, "learning_rate: expected 0 < learning_rate"),
    ({"learning_rate": math.nan}, ValueError, "learning_rate: expected 0 < learning_rate"),
    ({"learning_rate": "0.1"}, TypeError, "learning_rate: expected a number, got '0.1'"),
    ({"epochs": 0}, ValueError, "epochs: expected a positive integer, got 0"),
    ({"epochs": True}, TypeError, "epochs: expected a positive integer, got True"),
    ({"batch_size": 2.5}, TypeError, "batch_size: expected a positive integer, got 2.5"),
    ({"l1": -0.1}, ValueError, "l1: expected 0 <= l1"),
    ({"l2": math.inf}, ValueError, "l2: expected 0 <= l2"),
    ({"l2": "1"}, TypeError, "l2: expected a number, got '1'"),
    ({"schedule": "linear"}, ValueError, "schedule: expected one of constant, cosine"),
    ({"dropout": 1.0}, ValueError, "dropout: expected 0 <= dropout < 1"),
    ({"validation_fraction": 1}, ValueError, "validation_fraction: expected 0 <= "),
    ({"patience": 0, "validation_fraction": 0.5}, ValueError, "patience: expected a positive"),
    ({"patience": 3}, ValueError, "patience: there are no rows to watch"),
    ({"metrics": accuracy}, TypeError, "metrics: expected a list"),
    ({"metrics": ["accuracy"]}, TypeError, "metrics: 'accuracy' is none"),
    ({"callbacks": Count()}, TypeError, "callbacks: expected a list, got Count"),
    ({"callbacks": [Count]}, TypeError, "callbacks: <class"),
    ({"callbacks": [print]}, TypeError, "callbacks: <built-in"),
    ({"random_state": "7"}, TypeError, "random_state: expected an integer, None or a"),
    ({"random_state": True}, TypeError, "random_state: expected an integer"),
    ({"random_state": Random}, TypeError, "random_state: expected"),
]


@both
@pytest.mark.parametrize("options, error, words", PARAMETERS, ids=lambda one: str(one)[:30])
def test_parameters_that_will_not_do_are_refused_by_fit(options, error, words, kind, y):
    for method in ("fit", "partial_fit"):
        model = kind(**options)
        with pytest.raises(error) as caught:
            getattr(model, method)(X, y)
        assert f"{kind.__name__}" in str(caught.value) and words in str(caught.value)
        assert not hasattr(model, "network_")


DATA = [
    ([1.0, 2.0], [0, 1], ShapeError, "X: expected rows of numbers, got a flat list of them; for "
                                     "one column write [[x] for x in X] (NumPy: X.reshape(-1, 1))"),
    ([[[1.0], [2.0]]], [0], ShapeError, "got rows of rows"),
    ([[1.0, 2.0], [3.0]], [0, 1], ShapeError, "row 0 has 2 numbers, row 1 has 1"),
    ([[1.0], [math.nan]], [0, 1], ValueError, "X: row 1, column 0 is nan"),
    ([[1.0], [math.inf]], [0, 1], ValueError, "X: row 1, column 0 is inf"),
    ([[1.0, "2"], [3.0, 4.0]], [0, 1], TypeError, "X: row 0, column 1: expected a number, got '2'"),
    ([[1.0], [None]], [0, 1], TypeError, "X: row 1, column 0: expected a number, got None"),
    ([[1.0], "2"], [0, 1], ShapeError, "X"),
    ([[1.0], [Decimal(1)]], [0, 1], TypeError, "row 1, column 0: expected a number, got a Decimal"),
    ([[10 ** 400], [1]], [0, 1], ValueError, "too large"),
    ([], [], ShapeError, "X: expected at least one row, got none"),
    ([[], []], [0, 1], ShapeError, "at least one number"),
    (None, [0, 1], TypeError, "X: expected rows of numbers, got None"),
    ("text", [0, 1], TypeError, "X: expected rows of numbers, got 'text'"),
    ({"a": [1.0]}, [0, 1], TypeError, "X: expected rows of numbers, got {'a': [1.0]}"),
    ({(1.0,), (2.0,)}, [0, 1], TypeError, "X: expected rows of numbers, got {("),
    (5, [0, 1], TypeError, "X: expected rows of numbers, got 5"),
    ([[1.0], [2.0]], [0], ShapeError, "2 rows in X, but 1 answers in y"),
    ([[1.0], [2.0]], [0, 1, 1], ShapeError, "2 rows in X, but 3 answers in y"),
    ([[1.0], [2.0]], None, ValueError, "requires y to be passed, but the target y is None"),
    ([[1.0], [2.0]], "ab", TypeError, "y: expected a list"),
    ([[1.0], [2.0]], {0: 1, 1: 2}, TypeError, "y: expected a list"),
    ([[1e200], [-1e200]], [0, 1], ValueError, "column 0"),
]


@pytest.mark.parametrize("kind", [Classifier, Regressor])
@pytest.mark.parametrize("rows, y, error, words", DATA, ids=lambda one: str(one)[:30])
def test_data_that_will_not_do_are_refused(rows, y, error, words, kind):
    for method in ("fit", "partial_fit"):
        with pytest.raises(error) as caught:
            getattr(kind(epochs=1), method)(rows, y)
        assert words in str(caught.value) and len(str(caught.value)) < 300


ANSWERS = [
    (Classifier, ["a", "a"], ValueError, "y: expected at least two classes, got 1 class: 'a'"),
    (Classifier, ["a", ["b"]], TypeError, "y: row 1: expected a label that can be a key of a dict"),
    (Classifier, ["a", math.nan], ValueError, "y: row 1: the label is missing (nan)"),
    (Regressor, [1.0, math.nan], ValueError, "y: row 1, column 0 is nan"),
    (Regressor, [1.0, None], TypeError, "y: row 1, column 0: expected a number, got None"),
    (Regressor, ["a", "b"], TypeError, "y: row 0: expected a number, got 'a'; for labels take"),
    (Regressor, [1.0, "b"], TypeError, "y: row 1, column 0: expected a number, got 'b'"),
    (Regressor, [[1.0, 2.0], [1.0]], ShapeError, "y: row 0 has 2 numbers, row 1 has 1"),
    (Regressor, [1.0, [2.0]], TypeError, "y: row 1, column 0"),
    (Regressor, [[1.0], 2.0], (TypeError, ShapeError), "y: "),
    (Regressor, [[], []], ShapeError, "y: "),
]


@pytest.mark.parametrize("kind, y, error, words", ANSWERS, ids=lambda one: str(one)[:30])
def test_answers_that_will_not_do_are_refused(kind, y, error, words):
    for method in ("fit", "partial_fit"):
        with pytest.raises(error) as caught:
            getattr(kind(epochs=1), method)([[1.0], [2.0]], y)
        assert words in str(caught.value)


def test_the_first_part_of_one_class_only_asks_for_the_others():
    with pytest.raises(ValueError, match=r"give them all: classes=\[…\]"):
        Classifier().partial_fit(X[:2], ["a", "a"])


@pytest.mark.parametrize("y, classes, words", [
    (["z"], None, "row 0: expected one of the classes a, b, got 'z'"),
    (["a"], ["a", "c"], "classes: expected those of the first call, a, b, got a, c"),
    (["a"], ["a"], "classes: expected those of the first call"),
])
def test_other_classes_than_the_first_are_refused(y, classes, words):
    model = Classifier(3).partial_fit(X, LABELS)
    with pytest.raises(ValueError) as caught:
        model.partial_fit(X[:1], y, classes=classes)
    assert words in str(caught.value)


def test_targets_of_another_width_are_refused():
    model = Regressor(3).partial_fit(X, VALUES)
    for call in (model.partial_fit, model.score):
        with pytest.raises(ShapeError, match="y: expected rows of 1 numbers, got rows of 2"):
            call(X[:1], [[1.0, 2.0]])


@both
def test_rows_of_another_width_are_refused(kind, y):
    model = kind(3, epochs=1).fit(X, y)
    methods = [model.predict, lambda rows: model.score(rows, y[:1]),
               lambda rows: model.partial_fit(rows, y[:1])]
    for method in methods + ([model.predict_proba] if kind is Classifier else []):
        with pytest.raises(ShapeError, match="X has 3 features, .* rows of 2 numbers, got"):
            method([[1.0, 2.0, 3.0]])


@both
def test_before_fit_there_is_a_clear_error(kind, y):
    model = kind()
    methods = ["predict", "predict_proba"] if kind is Classifier else ["predict"]
    for method in methods:
        with pytest.raises(NotFittedError, match=f"{method}: nothing learned yet; call fit"):
            getattr(model, method)(X)
    with pytest.raises(NotFittedError, match="score: nothing learned yet"):
        model.score(X, y)
    assert not hasattr(model, "loss_curve_") and not hasattr(model, "validation_loss_curve_")
    assert issubclass(NotFittedError, ValueError) and issubclass(NotFittedError, AttributeError)


@both
def test_a_fit_that_fails_leaves_nothing_learned(kind, y):
    model = kind(3, epochs=1).fit(X, y)
    with pytest.raises(ValueError):
        model.fit([[math.nan]] * 8, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    assert not [name for name in vars(model) if name.endswith("_")]


def test_wrong_parameters_leave_what_was_learned():
    model = Classifier(3, epochs=1).fit(X, LABELS).set_params(epochs=0)
    with pytest.raises(ValueError):
        model.fit(X, LABELS)
    assert len(model.predict(X)) == 8


def test_numbers_that_overflow_leave_the_last_good_weights():
    model = Regressor(3, optimizer="sgd", learning_rate=1e200, epochs=5)
    with pytest.raises(FloatingPointError, match="no longer finite"):
        model.fit(X, VALUES)
    assert all(map(linalg.all_finite, weights(model)))


def test_a_network_of_an_unknown_activation_is_not_built():
    with pytest.raises(ValueError, match="build_network: activation: expected one of elu"):
        build_network(2, (3,), 1, "nothing", rng=Random(1))
