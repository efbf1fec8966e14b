"""What comes from outside is looked at once, where it enters, and each mistake is explained.

`tests/test_errors.py` has the mistakes of a newcomer by the dozen; here is what each check promises
to its caller.
"""

import gc
import math
import re
from collections import OrderedDict, deque
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

import purenn
from purenn import (
    SGD, Adam, AdamW, Dense, Dropout, MeanSquaredError, Network, ReLU, ShapeError, Softmax,
    SoftmaxCrossEntropy, checks, train,
)
from purenn.data import moons, spiral, split

pytestmark = pytest.mark.core

inf, nan = math.inf, math.nan
ITERATOR = type(iter([])).__name__  # PyPy has another name for it


def raised(call, *arguments, **options):
    """Return the error that a call raises."""
    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        call(*arguments, **options)
    message = str(caught.value)
    assert len(message) < 300 and "\n" not in message
    return caught.value


# ---- Matrices ----

shared = [0.0, 0.0]


class Table:
    """Looks like a data frame of pandas, as far as a check can see."""

    columns, values, iloc = ["a"], None, None

    def __len__(self):
        return 1

    def __getitem__(self, name):
        raise KeyError(name)

    def __iter__(self):
        return iter(self.columns)


ROWS_WITHOUT_ORDER = [{1.0, 2.0}, frozenset([1.0, 2.0]), {1: 2.0}, OrderedDict({1: 2.0})]


@pytest.mark.parametrize("wrong, kind, words", [
    (None, ShapeError, "expected a matrix (a list of rows), got None"),
    (5, ShapeError, "expected a matrix (a list of rows), got 5 (an int)"),
    (10**500, ShapeError, "got 10000000000000000... (an int)"),
    ("abc", ShapeError, "expected a matrix (a list of rows), got 'abc' (a string)"),
    ("abc" * 99, ShapeError, "got 'abcabcabcabcabca... (a string)"),
    (b"abc", ShapeError, "expected a matrix (a list of rows), got b'abc' (a bytes)"),
    (object(), ShapeError, "expected a matrix (a list of rows), got an object"),
    (list, ShapeError, "expected a matrix (a list of rows), got a type"),
    ({}, ShapeError, "expected a matrix (a list of rows), got a dict"),
    ({0: [1.0]}, ShapeError, "expected a matrix (a list of rows), got a dict"),
    (OrderedDict(), ShapeError, "got an OrderedDict"),
    ({(1.0,)}, ShapeError, "expected a matrix (a list of rows), got a set"),
    ((row for row in [[1.0]]), ShapeError, "expected a list of rows, got a generator; write list"),
    (map(list, [[1.0]]), ShapeError, "got a map; write list(…) around it"),
    (iter([[1.0]]), ShapeError, f"got a {ITERATOR}; write list(…) around it"),
    ({1: [1.0]}.values(), ShapeError, "got a dict_values; write list(…) around it"),
    (Table(), ShapeError, "got a Table; write .values.tolist() behind it"),
    ([Table()], ShapeError, "item 0 is a Table; write .values.tolist() behind it"),
    ([], ShapeError, "expected at least one row, got none"),
    ((), ShapeError, "expected at least one row, got none"),
    ([[]], ShapeError, "expected rows with at least one number, got empty rows"),
    ([[], []], ShapeError, "expected rows with at least one number, got empty rows"),
    ([range(0)], ShapeError, "expected rows with at least one number, got empty rows"),
    ([1.0, 2.0], ShapeError, "one example is a row too: [[1.0, 2.0]], not [1.0, 2.0]"),
    (range(3), ShapeError, "item 0 is 0 (an int); one example is a row too"),
    ([[1.0], 2.0], ShapeError, "item 1 is 2.0 (a float)"),
    ([[1.0], None], ShapeError, "item 1 is None"),
    ([iter([1.0])], ShapeError, f"item 0 is a {ITERATOR}; write list(…) around it"),
    (["12", "34"], ShapeError, "item 0 is '12' (a string)"),
    ([[1.0], "3"], ShapeError, "item 1 is '3' (a string)"),
    ([b"12"], ShapeError, "item 0 is b'12' (a bytes)"),
    ([b"12", b"34"], ShapeError, "item 0 is b'12' (a bytes)"),
    *[([row], ShapeError, "expected a list of rows, but item 0 is a")
      for row in ROWS_WITHOUT_ORDER],
    *[([[1.0], row], ShapeError, "expected a list of rows, but item 1 is a")
      for row in ROWS_WITHOUT_ORDER],
    ([[1.0, 2.0], [3.0]], ShapeError, "row 0 has 2 numbers, row 1 has 1; all rows of a matrix"),
    ([[1.0, 2.0], [3.0, 4.0], []], ShapeError, "row 0 has 2 numbers, row 2 has 0"),
    ([["1"]], TypeError, "row 0, column 0: expected a number, got '1' (a string); convert it with "
                         "float()"),
    ([[1.0, "2"]], TypeError, "row 0, column 1: expected a number, got '2' (a string); convert it"),
    ([[1.0], [None]], TypeError, "row 1, column 0: expected a number, got None"),
    ([[1.0, None]], TypeError, "row 0, column 1: expected a number, got None"),
    ([[[1.0]]], TypeError, "row 0, column 0: expected a number, got a list"),
    ([[1.0, {}]], TypeError, "row 0, column 1: expected a number, got a dict"),
    ([[1j]], TypeError, "row 0, column 0: expected a number, got a complex"),
    ([[1.0, Decimal("1.5")]], TypeError, "got a Decimal; convert it with float()"),
    ([[Decimal("NaN")]], TypeError, "got a Decimal; convert it with float()"),
    ([[Decimal("sNaN"), 1.0]], TypeError, "got a Decimal; convert it with float()"),
    ([[1.0, nan]], ValueError, "row 0, column 1 is nan; fill or drop missing and infinite values"),
    ([[1.0], [-inf]], ValueError, "row 1, column 0 is -inf"),
    ([[1.0, 2.0], [inf, -inf]], ValueError, "row 1, column 0 is inf"),
    ([[10**400]], ValueError, "row 0, column 0 is too large an integer for a float"),
    ([[1.0], [10**400]], ValueError, "row 1, column 0 is too large an integer for a float"),
    ([[10**400, -10**400]], ValueError, "row 0, column 0 is too large an integer for a float"),
    ([shared, [1.0, 1.0], shared], ValueError, "rows 0 and 2 are one and the same list object"),
    ([[1.0], shared[:1], *[[2.0]] * 2], ValueError, "rows 2 and 3 are one and the same"),
    ([[0.0] * 2] * 3, ValueError, "[[0.0] * n for _ in range(m)]"),
], ids=lambda value: re.sub(" at 0x.*", "", str(value))[:30])
def test_what_comes_from_outside_is_looked_at_number_by_number(wrong, kind, words):
    error = raised(checks.as_matrix, wrong, "train: inputs")
    assert type(error) is kind
    assert str(error).startswith("train: inputs:") and words in str(error)


@pytest.mark.parametrize("right", [
    [[1.0]], [[1, 2]], [[True, False]], [(1.0, 2.0), (3.0, 4.0)], ((1.0,), (2.0,)),
    [range(3), range(3)], [[1.0, 2], [True, 3.5]], [deque([1.0, 2.0])], deque([[1.0], [2.0]]),
    [[Fraction(1, 2)]], [[10**300]], [[1e308, 1e308]], [[1e308, 1e308], [-1e308, 1e308]],
    [[5e-324, -0.0]], [bytearray(b"12")],
], ids=str)
def test_any_sequence_of_rows_of_numbers_is_a_matrix(right):
    assert checks.as_matrix(right, "here") is right


def test_two_equal_rows_are_no_shared_row():
    A = [[0.0, 0.0], [0.0, 0.0]]
    assert checks.as_matrix(A, "here") is A
    row = (1.0, 2.0)  # who could change it?
    with pytest.raises(ValueError, match="rows 0 and 1 are one and the same"):
        checks.as_matrix([row, row], "here")


@pytest.mark.interop
def test_arrays_of_numpy_are_matrices_and_what_is_wrong_with_them_is_said():
    np = pytest.importorskip("numpy")
    for right in (np.eye(3), np.eye(3, dtype=int), np.eye(2, dtype="float32"), [np.ones(2)]):
        assert checks.as_matrix(right, "here") is right
    assert checks.as_matrix([[np.float64(1.0), np.int8(2)]], "here")
    for wrong, words in (
        (np.ones(2), "one example is a row too"), (np.array(5.0), "got a ndarray"),
        (np.ones((2, 2, 2)), "row 0, column 0: expected a number, got a ndarray"),
        (np.array([[inf]]), "row 0, column 0 is inf"), (np.zeros((0, 3)), "at least one row"),
        (np.array([[1.0, nan]]), "row 0, column 1 is nan"), (np.zeros((3, 0)), "empty rows"),
        (np.array([["a"]]), "convert it with float()"), (np.float64(3.0), "expected a matrix"),
    ):
        assert words in str(raised(checks.as_matrix, wrong, "here"))


@pytest.mark.interop
def test_a_data_frame_and_a_column_of_it_are_explained():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=[1, 0])
    for wrong in (frame, frame["a"], pandas.Series([[1.0], [2.0]], index=[1, 0])):
        error = raised(checks.as_matrix, wrong, "train: inputs")
        assert type(error) is ShapeError
        assert str(error).endswith("; write .values.tolist() behind it")
    assert checks.as_matrix(frame.values.tolist(), "here") == [[1.0, 3.0], [2.0, 4.0]]
    assert checks.as_matrix(frame.values, "here") is not None
    for targets in (frame, frame[["a"]]):
        error = raised(learn, [[1.0, 2.0], [3.0, 4.0]], targets)
        assert "train: targets: expected class numbers or rows, got a DataFrame; write .values" \
            in str(error)
    # Class numbers are taken in their order, whatever their labels are.
    for index in ([0, 1], [1, 0], [7, 8]):
        labels = pandas.Series([1, 0], index=index)
        assert checks.class_targets("a loss", 2, 2, labels) == [1, 0]
        assert learn(X, labels)[0].loss == learn(X, [1, 0])[0].loss


@pytest.mark.parametrize("value, name", [
    (None, "None"), (5, "5 (an int)"), (True, "True (a bool)"), ("a", "'a' (a string)"),
    ([1.0], "a list"), ({}, "a dict"), (object(), "an object"), (0.5, "0.5 (a float)"),
    (OrderedDict(), "an OrderedDict"), ("x" * 99, "'xxxxxxxxxxxxxxxx... (a string)"),
])
def test_a_value_is_named_briefly(value, name):
    assert checks.named(value) == name


# ---- Single numbers ----


@pytest.mark.parametrize("value, kind", [
    (0, ValueError), (-1, ValueError), (1.0, TypeError), ("1", TypeError), (True, TypeError),
    (None, TypeError)])
def test_a_size_is_a_positive_integer(value, kind):
    error = raised(checks.positive_integer, "Dense", "neurons", value)
    assert type(error) is kind
    assert str(error) == f"Dense: neurons: expected a positive integer, got {value!r}"
    assert checks.positive_integer("Dense", "neurons", 3) == 3


def test_a_number_lies_between_its_limits():
    assert checks.number_between("x", "rate", 0, 0, 1) == 0
    assert checks.number_between("x", "rate", 0.999, 0, 1) == 0.999
    for value in (1, -1e-9, nan, inf):
        error = raised(checks.number_between, "x", "rate", value, 0, 1)
        assert str(error) == f"x: rate: expected 0 <= rate < 1, got {value!r}"
    for value in (0, inf, nan, -1.0):
        assert str(raised(checks.above_zero, "x", "rate", value)) == \
            f"x: rate: expected 0 < rate, finite, got {value!r}"
    too_large = raised(checks.above_zero, "x", "rate", 10 ** 309)  # larger than any float
    assert str(too_large) == "x: rate: expected 0 < rate, finite, got an integer of 1027 bits"
    for value in ("1", None, True, [1.0]):
        assert type(raised(checks.number_between, "x", "rate", value, 0, 1)) is TypeError


def test_a_generator_can_make_random_numbers():
    rng = Random(1)
    assert checks.random_generator("x", rng) is rng
    for value in (42, None, Random, "seed"):
        assert "rng: expected random.Random(seed)" in str(raised(checks.random_generator, "x",
                                                                 value))
    assert checks.generator_or_default("x", None).random() == Random(0).random()


# ---- Calls with wrong arguments ----

X, LABELS = [[1.0, 2.0], [3.0, 4.0]], [0, 1]


def learn(inputs=X, targets=LABELS, *more, **options):
    if not more:
        options = {"loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1), "epochs": 1, **options}
    return train(Network([Dense(2, 2, Random(1))]), inputs, targets, *more, **options)


@pytest.mark.parametrize("call, message", [
    (lambda: Adam(lr=0.1), "Adam: there is no argument 'lr'; it is called learning_rate here"),
    (lambda: SGD(eta=0.1), "SGD: there is no argument 'eta'; it is called learning_rate here"),
    (lambda: SGD(learnig_rate=0.1),
     "SGD: there is no argument 'learnig_rate'; it is called learning_rate here"),
    (lambda: AdamW(0.1, something=1), "AdamW: there is no argument 'something'; there are "
     "learning_rate, beta1, beta2, epsilon, weight_decay, clip_norm"),
    (lambda: learn(epoch=3), "train: there is no argument 'epoch'; it is called epochs here"),
    (lambda: learn(max_iter=3), "train: there is no argument 'max_iter'; it is called epochs here"),
    (lambda: learn(criterion=1), "train: there is no argument 'criterion'; it is called loss here"),
    (lambda: learn(metric=1), "train: there is no argument 'metric'; it is called metrics here"),
    (lambda: learn(seed=1), "train: there is no argument 'seed'; it is called rng here"),
    (lambda: learn(validation_data=1),
     "train: there is no argument 'validation_data'; it is called validation here"),
    (lambda: learn(verbose=1), "train: there is no argument 'verbose'; print(history) shows a "
     "training, and a callback can print in every epoch"),
    (lambda: learn(X, LABELS, SoftmaxCrossEntropy()), "train: expected at most 3 arguments without "
     "a name, got 4; give the others by name: loss=… and optimizer=…"),
    (lambda: learn(X, LABELS, SoftmaxCrossEntropy(), SGD(0.1), 5), "train: expected at most 3 "
     "arguments without a name, got 6; give the others by name: loss=… and optimizer=…"),
    (lambda: learn(X, LABELS, SoftmaxCrossEntropy(), optimizer=SGD(0.1), epochs=5),
     "train: expected at most 3 arguments without a name, got 4; give the others by name: loss=… "
     "and optimizer=…"),
    (lambda: train(Network([Dense(2, 2, Random(1))]), X, LABELS, loss=SoftmaxCrossEntropy(),
                   optimizer=SGD(0.1)),
     "train: missing 1 required keyword-only argument: 'epochs'"),
    (lambda: train(Network([Dense(2, 2, Random(1))]), X, loss=SoftmaxCrossEntropy(),
                   optimizer=SGD(0.1), epochs=1),
     "train: missing 1 required positional argument: 'targets'"),
    (lambda: Dense(2, 3), "Dense: rng, a random generator, is missing; from random import Random, "
     "then give Random(1)"),
    (lambda: Dense(2), "Dense: missing 2 required positional arguments: 'neurons' and 'rng'; from "
     "random import Random, then give Random(1)"),
    (lambda: Dropout(0.5), "Dropout: rng, a random generator, is missing; from random import "
     "Random, then give Random(1)"),
    (lambda: Dense(2, units=3, rng=Random(1)),
     "Dense: there is no argument 'units'; it is called neurons here"),
    (lambda: Dense(2, 3, random_state=1),
     "Dense: there is no argument 'random_state'; it is called rng here"),
    (lambda: Dense(2, 3, Random(1), inputs=2), "Dense: got multiple values for argument 'inputs'"),
    (lambda: Dense(2, 3, Random(1), purenn.he, True, 7),
     "Dense: expected at most 5 arguments without a name, got 6"),
    (lambda: Dropout(p=0.5, rng=Random(1)),
     "Dropout: there is no argument 'p'; it is called rate here"),
    (lambda: learn(lr=3), "train: there is no argument 'lr'; it is the optimizer's: "
     "optimizer=Adam(learning_rate=…)"),
    (lambda: learn(weight_decay=0.1), "train: there is no argument 'weight_decay'; large weights "
     "are kept small by penalty=L2(…)"),
    (lambda: learn(patience=3), "train: there is no argument 'patience'; stop early with "
     "callbacks=[EarlyStopping(patience=…)]"),
    (lambda: purenn.Classifier(epoch=5),
     "Classifier: there is no argument 'epoch'; it is called epochs here"),
    (lambda: purenn.Regressor(hidden_layer_sizes=5),
     "Regressor: there is no argument 'hidden_layer_sizes'; it is called hidden here"),
    (lambda: purenn.Classifier(seed=5),
     "Classifier: there is no argument 'seed'; it is called random_state here"),
    (lambda: moons(100), "moons: rng, a random generator, is missing; from random import Random, "
     "then give rng=Random(1)"),
    (lambda: moons(n_samples=100, rng=Random(1)),
     "moons: there is no argument 'n_samples'; it is called size here"),
    (lambda: split(moons(10, rng=Random(1)), 0.5), "split: rng, a random generator, is missing; "
     "from random import Random, then give rng=Random(1)"),
])
def test_a_call_with_wrong_arguments_says_what_is_right(call, message):
    error = raised(call)
    assert type(error) is TypeError and str(error) == message
    assert error.__suppress_context__  # the clumsier message is not shown as well


def test_every_word_of_another_library_stands_for_an_argument_that_exists():
    from inspect import signature

    known = set()
    for one in (train, Dense, Dropout, purenn.SGD, purenn.AdaGrad, purenn.RMSProp, Adam, AdamW,
                purenn.Classifier, moons, spiral):
        known |= set(signature(one).parameters)
    assert {word for words in checks.WORDS.values() for word in words.split()} <= known


def test_an_error_from_inside_is_passed_on_unchanged():
    inside = TypeError("from inside")

    @checks.explains_arguments
    def call(function):
        return function()

    def fails():
        raise inside

    assert raised(call, fails) is inside
    assert str(raised(call, len)).startswith("len() ")
    assert "missing 1 required positional argument: 'x'" in str(raised(call, lambda x: x))
    assert call(lambda: 7) == 7
    with pytest.raises(KeyError):
        call({}.popitem)
    assert "missing 1 required" in str(raised(call))

    def initializer(rng):
        return [[0.0]]

    assert "takes 1 positional argument but 3 were given" in str(raised(
        Dense, 2, 3, Random(1), initializer))


def test_the_decorated_function_is_the_same_to_those_who_ask():
    from inspect import signature

    assert list(signature(train).parameters)[:5] == [
        "network", "inputs", "targets", "loss", "optimizer"]
    assert train.__name__ == "train" and train.__doc__.startswith("Train the network")
    assert list(signature(Adam).parameters)[0] == "learning_rate"


# ---- Layers and networks ----


def test_what_other_libraries_have_is_explained():
    network, rows = Network([Dense(2, 3, Random(1))]), [[1.0, 2.0]]
    for layer in (network, ReLU(), Softmax()):
        error = raised(layer, rows)
        assert type(error) is TypeError
        assert str(error) == (f"{layer!r} is no function; call forward(inputs), or "
                              f"predict(inputs) of a network")
    for name, hint in (
        ("fit", "write train(network, inputs, targets, loss=…, optimizer=…, epochs=…), or take "
                "Classifier or Regressor"),
        ("train", "write train(network, inputs, targets, …)"),
        ("compile", "give loss and optimizer to train(network, inputs, targets, …)"),
        ("predict_proba", "write loss.predict(network.predict(inputs)), or take Classifier"),
    ):
        error = raised(getattr, network, name)
        assert str(error) == f"'Network' object has no attribute {name!r}; {hint}"
        assert type(error) is AttributeError and not hasattr(network, name)
    assert str(raised(getattr, ReLU(), "weights")) == "'ReLU' object has no attribute 'weights'"


def test_backward_before_forward_is_an_error_of_the_order_of_calls():
    for layer in (Dense(2, 2, Random(1)), ReLU(), Softmax(), Dropout(0.5, Random(1))):
        error = raised(layer.backward, [[1.0, 1.0]])
        assert type(error) is ValueError
        assert str(error) == f"{layer!r}: backward came before forward; call forward(inputs) first"


@pytest.mark.parametrize("wrong, kind, words", [
    ([1.0, 2.0], ShapeError, ": expected a list of rows, but item 0 is 1.0 (a float); one example "
     "is a row too: [[1.0, 2.0]], not [1.0, 2.0]"),
    (5.0, ShapeError, ": expected a matrix (a list of rows), got 5.0 (a float)"),
    (None, ShapeError, ": expected a matrix (a list of rows), got None"),
    ([], ShapeError, ": expected at least one row, got none"),
    ([[]], ShapeError, ": expected rows with at least one number, got empty rows"),
    ([["1", "2"]], TypeError, ": row 0, column 0: expected a number, got '1' (a string)"),
    ([[1.0, 2.0], [1.0]], ShapeError, ": row 0 has 2 numbers, row 1 has 1"),
    ([[1.0, 2.0, 3.0]], ShapeError, " expects rows of 2 numbers, got rows of 3"),
    ([[nan] * 3] * 2, ShapeError, " expects rows of 2 numbers, got rows of 3"),
    ([[1.0]], ShapeError, " expects rows of 2 numbers, got rows of 1"),
    (iter([[1.0, 2.0]]), ShapeError, f": expected a list of rows, got a {ITERATOR}; write list"),
], ids=lambda value: re.sub(" at 0x.*", "", str(value)))
def test_rows_that_a_layer_cannot_work_with_are_explained(wrong, kind, words):
    from purenn import fast

    layer = Dense(2, 3, Random(1))
    error = raised(layer.forward, wrong)
    assert type(error) is kind and str(error).startswith(f"Dense(2 → 3){words}")
    assert error.__suppress_context__
    with fast.plain_loops():
        assert str(raised(layer.forward, wrong)) == str(error)


def test_weights_that_somebody_has_set_are_named_by_the_operation():
    layer = Dense(2, 3, Random(1))
    layer.biases.value = [[0.0, 0.0]]
    assert str(raised(layer.forward, [[1.0, 2.0]])).startswith("affine: the sizes 1 × 2 and 3 × 2")


# ---- Targets ----


@pytest.mark.parametrize("targets, flat", [
    ([0, 1], True), ((0, 1), True), ([0.5], True), (["cat"], True), ([None], True),
    (range(2), True), ([True], True), (b"\x00\x01", True), ([[0.0]], False), ([(1,)], False),
    ([], False), ("cat", False), ({0: 1}, False), ({0, 1}, False), (None, False), (5, False),
    (list, False), (iter([0]), False), ({0: 1}.values(), False), (Table(), False),
])
def test_a_flat_list_is_told_from_a_matrix(targets, flat):
    assert checks.is_flat(targets) is flat


@pytest.mark.interop
def test_arrays_of_numpy_are_flat_or_not():
    np = pytest.importorskip("numpy")
    assert checks.is_flat(np.arange(3)) and checks.is_flat(np.array(["a", "b"]))
    assert not checks.is_flat(np.eye(3)) and not checks.is_flat(np.array(5))
    assert checks.class_targets("x", 3, 3, np.arange(3)) == [0, 1, 2]
    assert checks.yes_or_no_targets("x", 2, 1, np.array([1, 0], dtype="uint8")) == [1, 0]
    assert str(raised(checks.yes_or_no_targets, "x", 2, 1, np.array([True, False]))).endswith(
        "; convert it with int()")


@pytest.mark.parametrize("targets, kind, words", [
    ([0, 5], ValueError, "a loss: targets: row 1: expected a class from 0 to 2, got 5; the last "
     "layer needs as many neurons as there are classes"),
    ([-1, 0], ValueError, "row 0: expected a class from 0 to 2, got -1; the last layer"),
    ([1, 3], ValueError, "row 1: expected a class from 0 to 2, got 3; they seem to be counted from "
     "1: subtract 1 from each"),
    ([0, 1, 2], ShapeError, "a loss: 2 rows of scores, but 3 targets; each example needs one"),
    ([0.0, 1.0], TypeError, "row 0: expected a class number (an integer), got 0.0; convert it with "
     "int()"),
    (["a", "b"], TypeError, "got 'a'; give each name a number, or take Classifier"),
    ([0, None], TypeError, "row 1: expected a class number (an integer), got None; count the "
     "classes from 0"),
    ([[0.5, 0.5, 0.5], [1.0, 0.0, 0.0]], ValueError, "a row that is off by 0.5"),
    ([[2.0, -1.0, 0.0], [1.0, 0.0, 0.0]], ValueError, "got numbers from -1 to 2"),
    ([[1.0, 0.0], [0.0, 1.0]], ShapeError, "a loss: rows of 3 scores, but rows of 2 targets; both"),
    ([[1.0, 0.0, nan], [1.0, 0.0, 0.0]], ValueError, "a loss: targets: row 0, column 2 is nan"),
    ([[1.0, 0.0, 0.0]], ShapeError, "a loss: 2 rows of scores, but 1 targets"),
    ("ab", ShapeError, "a loss: targets: expected a matrix (a list of rows), got 'ab'"),
])
def test_targets_that_say_one_class_of_several(targets, kind, words):
    error = raised(checks.class_targets, "a loss", 2, 3, targets)
    assert type(error) is kind and words in str(error) and str(error).startswith("a loss")


@pytest.mark.parametrize("targets, kind, words", [
    ([0, 2], ValueError, "row 1: expected a class from 0 to 1, got 2"),
    ([0.5, 1.0], TypeError, "row 0: expected a class number (an integer), got 0.5"),
    ([[0.5], [1.5]], ValueError, "expected probabilities from 0 to 1, got numbers from 0.5 to 1.5"),
    ([[0.5, 0.5], [0.5, 0.5]], ShapeError, "rows of 1 scores, but rows of 2 targets"),
    ([0], ShapeError, "2 rows of scores, but 1 targets"),
])
def test_targets_that_say_yes_or_no(targets, kind, words):
    error = raised(checks.yes_or_no_targets, "a loss", 2, 1, targets)
    assert type(error) is kind and words in str(error)


def test_a_flat_list_of_yes_and_no_goes_with_one_column():
    assert checks.yes_or_no_targets("a loss", 2, 1, [0, 1]) == [0, 1]
    assert checks.yes_or_no_targets("a loss", 1, 2, [[0.25, 1.0]]) == [[0.25, 1.0]]
    assert "a flat list of targets goes with 1 column of scores, got 2 columns" in str(
        raised(checks.yes_or_no_targets, "a loss", 2, 2, [0, 1]))


def test_targets_that_are_real_numbers_are_rows():
    rows = [[1.5], [-7.0]]
    assert checks.real_targets("a loss", 2, 1, rows) is rows
    error = raised(checks.real_targets, "a loss", 2, 1, [1.5, -7.0])
    assert type(error) is TypeError and "for one number a row write [[y] for y in targets]" in str(
        error)
    for rows, words in (([[1.5]], "2 rows of scores, but 1 targets"), ([[1.0, 2.0]] * 1 + [
            [3.0, 4.0]], "rows of 1 scores, but rows of 2 targets")):
        assert words in str(raised(checks.real_targets, "a loss", 2, 1, rows))


def test_class_numbers_become_integers_and_rows_stay_what_they_are():
    assert repr(checks.class_targets("x", 2, 2, [True, False])) == "[1, 0]"
    assert checks.class_targets("x", 2, 2, (1, 0)) == [1, 0]
    shares = [[0.25, 0.75], [1.0, 0.0]]
    assert checks.class_targets("x", 2, 2, shares) is shares
    assert checks.as_one_hot([1, 0], 2) == [[0.0, 1.0], [1.0, 0.0]]
    assert checks.as_one_hot(shares, 2) is shares and checks.as_column(shares) is shares
    assert checks.as_column([1, 0]) == [[1], [0]]


@pytest.mark.parametrize("targets, words", [
    (None, "got None"), (5, "got 5 (an int)"), ("ab", "got 'ab' (a string)"),
    ({0: 0, 1: 1}, "got a dict"), ({0, 1}, "got a set"), (list, "got a type"),
    (iter([0, 1]), f"got a {ITERATOR}; write list(…) around it"),
    ({0: 0, 1: 1}.values(), "got a dict_values; write list(…) around it"),
    (Table(), "got a Table; write .values.tolist() behind it"),
])
def test_targets_that_are_no_list_are_refused_before_training(targets, words):
    error = raised(learn, X, targets)
    assert type(error) is TypeError
    assert str(error) == f"train: targets: expected class numbers or rows, {words}"


def test_any_sequence_of_class_numbers_is_learned_in_its_order():
    for labels in ((1, 0), range(1, -1, -1), b"\x01\x00", deque([1, 0])):
        assert learn(X, labels)[0].loss == learn(X, [1, 0])[0].loss


def test_there_is_a_target_for_each_row():
    for targets in ([0], [0, 1, 1]):
        assert f"train: 2 rows of inputs, but {len(targets)} targets" in str(
            raised(learn, X, targets))


# ---- Large sets ----


@pytest.mark.slow
@pytest.mark.parametrize("make", [
    lambda rows: (SoftmaxCrossEntropy(), [row % 10 for row in range(rows)]),
    lambda rows: (MeanSquaredError(), [[0.5] * 10 for row in range(rows)]),
], ids=["class numbers", "real numbers"])
def test_to_check_many_examples_needs_little_memory(make):
    """No matrix of one-hot rows, no copy of the examples: 150 bytes for each at most."""
    tracemalloc = pytest.importorskip("tracemalloc", reason="PyPy has none")
    rows = 100_000
    inputs = [[0.25, 0.5] for _ in range(rows)]
    loss, targets = make(rows)
    network = Network([Dense(2, 10, Random(1))])
    gc.collect()
    tracemalloc.start()
    try:
        purenn.training._checked("train", network, loss, SGD(0.1), inputs, targets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 150 * rows


def test_a_wrong_number_in_a_large_set_is_found():
    rows = [[0.25, 0.5] for _ in range(5000)]
    rows[4321] = [0.25, nan]
    assert "row 4321, column 1 is nan" in str(raised(checks.as_matrix, rows, "here"))
    assert "row 777: expected a class from 0 to 9, got 10" in str(raised(
        checks.class_targets, "x", 5000, 10, [0] * 777 + [10] + [1] * 4222))
