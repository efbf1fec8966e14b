"""Losses: one number for how wrong the network is, and the gradient that starts the way back.

A loss looks at what the network put out, the scores, and at what was right, the targets. It gives
one float, the mean over the examples, and the gradient: for every score, how much that float grows
when the score does. With this gradient `Network.backward` begins.

    scores (n × k), targets  ──►  loss  ──►  one float
    gradient (n × k), like the scores  ◄──

Because the float is a mean, every gradient has a division in it: by n, the number of examples, or,
where the mean goes over all numbers of the matrix, by n · k. It stands here, once, nowhere else.
*Scores* are what comes out of the last layer: any numbers, high for what is likely. Where a loss
wants probabilities instead, it says so.

- For numbers (regression): `MeanSquaredError`, `MeanAbsoluteError`, `Huber`. Targets are a matrix
  like the scores.
- For one class out of k: `SoftmaxCrossEntropy` on scores, which is what you want, or the long way,
  a `Softmax` layer and `CategoricalCrossEntropy` on probabilities. Targets are class numbers,
  counted from 0, or a matrix of probabilities, one-hot for instance.
- For yes or no, once or several times a row: `SigmoidCrossEntropy` on scores, or a `Sigmoid` layer
  and `BinaryCrossEntropy`. Targets are a matrix of numbers from 0 to 1 or, with one column, a list
  of zeros and ones.

Cross-entropy measures surprise. Whoever gives probability p to what then happens is surprised by
−log p: not at all for p = 1, without limit as p goes to 0. Why the fused forms: at scores 1000
apart, the probability of the lesser class is less than the smallest float, so it is 0, and its
logarithm is lost. On scores the same loss is 1000. No small constant is hidden in a logarithm
anywhere to paper over that: a loss and its gradient must belong to each other.

Then come the penalties `L1`, `L2` and `ElasticNet`, which keep weights small, and at the end the
door at which targets are checked.

Before this: `activations`. After this: `network`, which puts the layers in a row.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any, Iterable, List, Sequence, Tuple, Union

from . import linalg
from .activations import sigmoid, softmax, softplus
from .checks import number_between
from .layers import Parameter
from .linalg import Matrix, ShapeError, elementwise

__all__ = [
    "BinaryCrossEntropy", "CategoricalCrossEntropy", "ElasticNet", "Huber", "L1", "L2", "Loss",
    "MeanAbsoluteError", "MeanSquaredError", "Penalty", "SigmoidCrossEntropy",
    "SoftmaxCrossEntropy", "Targets",
]

Targets = Union[Sequence[int], Matrix]


class Loss:
    """What every loss does. Shapes: scores (n, k); targets as the loss says.

    All raise ShapeError when the numbers of rows or the widths differ, TypeError for targets of the
    wrong kind, ValueError for class numbers outside the classes.
    """

    def __init_subclass__(cls) -> None:
        """Let a loss with a formula of its own, made from one of ours, not inherit our shortcut."""
        own = vars(cls)
        if "value_and_gradient" not in own and ("__call__" in own or "gradient" in own):
            cls.value_and_gradient = Loss.value_and_gradient  # type: ignore[method-assign]

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        """Return the loss, the mean over the examples."""
        raise NotImplementedError(f"{self!r} has no value")

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        """Return the gradient of the scores, a matrix like them, the division of the mean in it."""
        raise NotImplementedError(f"{self!r} has no gradient")

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
        """Return both; where their formulas have much in common, that is computed once, here."""
        return self(scores, targets), self.gradient(scores, targets)

    def check(self, targets: Targets, width: int) -> None:
        """Raise as above unless all targets suit rows of so many scores, one row for each."""
        # Scores that any loss takes, since each row is a row of probabilities too: so the rows that
        # an error names are those of the whole set.
        self(linalg.full(len(targets), width, 1.0 / width), targets)

    def predict(self, scores: Matrix) -> Matrix:
        """Return what the scores say: probabilities for a cross-entropy, else the scores."""
        return scores

    def __repr__(self) -> str:
        return type(self).__name__


# ---- Losses for real numbers: the mean over all numbers of the matrix, n · k of them ----


def mean_squared_error(scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
    """Return the mean of (s − t)² and its gradient; both are made of the differences."""
    targets = real_targets("MeanSquaredError", scores, targets)
    rows, columns = linalg.shape(scores)
    count = rows * columns
    differences = linalg.subtract(scores, targets)
    # The derivative of (s − t)² is 2 · (s − t), and each counts for 1 in n · k of the mean.
    gradient = linalg.divide(differences, 0.5 * count)
    return linalg.vdot(differences, differences) / count, gradient


class MeanSquaredError(Loss):
    """The mean of (s − t)² over all scores s and their targets t.

    The mean goes over the columns too, as in PyTorch and Keras, so the gradient is
    2 · (s − t) / (n · k). Raises ShapeError when shapes differ, TypeError for class numbers.

    >>> MeanSquaredError()([[1.0, 2.0]], [[0.0, 2.0]])
    0.5
    """

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        return mean_squared_error(scores, targets)[0]

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        return mean_squared_error(scores, targets)[1]

    value_and_gradient = staticmethod(mean_squared_error)


class MeanAbsoluteError(Loss):
    """The mean of |s − t| over all scores s and their targets t. Raises as MeanSquaredError.

    >>> MeanAbsoluteError()([[1.0, 4.0]], [[0.0, 2.0]])
    1.5
    """

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        targets = real_targets("MeanAbsoluteError", scores, targets)
        return linalg.item(linalg.mean(linalg.abs(linalg.subtract(scores, targets))))

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        targets = real_targets("MeanAbsoluteError", scores, targets)
        rows, columns = linalg.shape(scores)
        # |s − t| has slope 1 above t and −1 below; at the corner, s = t, the sign gives 0.
        return linalg.divide(linalg.sign(linalg.subtract(scores, targets)), rows * columns)


class Huber(Loss):
    """Squared near the target, straight far from it: outliers pull no harder than `delta`.

    With d = s − t the mean of d² / 2 where |d| <= delta, else of delta · (|d| − delta / 2).
    Raises ValueError unless delta > 0, else as MeanSquaredError.
    Source: Huber, "Robust Estimation of a Location Parameter", 1964.

    >>> Huber(1.0)([[0.5, 3.0]], [[0.0, 0.0]])
    1.3125
    """

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = number_between("Huber", "delta", delta, 0, without_low=True)

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        targets = real_targets("Huber", scores, targets)
        difference = linalg.subtract(scores, targets)
        near = linalg.clip(difference, -self.delta, self.delta)
        # Both cases in one: c · (d − c / 2), where c is d inside of ±delta and ±delta outside.
        values = elementwise(lambda d, c: c * (d - 0.5 * c), difference, near)
        return linalg.item(linalg.mean(values))

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        targets = real_targets("Huber", scores, targets)
        rows, columns = linalg.shape(scores)
        # d² / 2 has slope d; beyond delta the slope stays what it was there.
        slopes = linalg.clip(linalg.subtract(scores, targets), -self.delta, self.delta)
        return linalg.divide(slopes, rows * columns)

    def __repr__(self) -> str:
        return f"Huber({self.delta})"


# ---- Cross-entropies on probabilities: the long way ----


class BinaryCrossEntropy(Loss):
    """The mean of −y·log p − (1 − y)·log(1 − p) over all probabilities p and their targets y.

    A probability of exactly 0 for what happened makes the loss infinite, and that is the truth;
    `SigmoidCrossEntropy` on the scores does not get there. Raises ValueError for what is no
    probability, ShapeError when shapes differ.

    >>> BinaryCrossEntropy()([[1.0], [0.0]], [1, 0])
    0.0
    """

    def __call__(self, probabilities: Matrix, targets: Targets) -> float:
        y = yes_or_no_targets("BinaryCrossEntropy", probabilities, targets)
        check_probabilities("BinaryCrossEntropy: inputs", probabilities)
        yes = _where_it_counts(y, linalg.multiply(y, linalg.log(probabilities)))
        q, no_target = linalg.subtract(1.0, probabilities), linalg.subtract(1.0, y)
        no = _where_it_counts(no_target, linalg.multiply(no_target, linalg.log(q)))
        return -linalg.item(linalg.mean(linalg.add(yes, no))) + 0.0  # not −0.0

    def gradient(self, probabilities: Matrix, targets: Targets) -> Matrix:
        y = yes_or_no_targets("BinaryCrossEntropy", probabilities, targets)
        rows, columns = linalg.shape(probabilities)
        # The slope of −y·log p is −y / p, that of −(1 − y)·log(1 − p) is (1 − y) / (1 − p).
        yes = _where_it_counts(y, linalg.divide(y, probabilities))
        q, no_target = linalg.subtract(1.0, probabilities), linalg.subtract(1.0, y)
        no = _where_it_counts(no_target, linalg.divide(no_target, q))
        return linalg.divide(linalg.subtract(no, yes), rows * columns)


class CategoricalCrossEntropy(Loss):
    """The mean over the examples of −log p[c], p[c] the probability given to the right class c.

    For targets y that are probabilities themselves, −(y[0]·log p[0] + y[1]·log p[1] + …). A
    probability of exactly 0 for the right class makes the loss infinite; `SoftmaxCrossEntropy` on
    the scores does not get there. Raises ValueError when rows are no probabilities or labels lie
    outside the classes, ShapeError when shapes differ.

    >>> CategoricalCrossEntropy()([[0.0, 1.0], [1.0, 0.0]], [1, 0])
    0.0
    """

    def __call__(self, probabilities: Matrix, targets: Targets) -> float:
        y = class_targets("CategoricalCrossEntropy", probabilities, targets)
        check_probabilities("CategoricalCrossEntropy: inputs", probabilities, sum_to_one=True)
        terms = _where_it_counts(y, linalg.multiply(y, linalg.log(probabilities)))
        return -linalg.item(linalg.mean(linalg.sum(terms, axis=1))) + 0.0  # not −0.0

    def gradient(self, probabilities: Matrix, targets: Targets) -> Matrix:
        y = class_targets("CategoricalCrossEntropy", probabilities, targets)
        rows, _ = linalg.shape(probabilities)
        # The slope of −y·log p is −y / p; where y is 0, p does not enter the loss at all.
        return linalg.divide(_where_it_counts(y, linalg.divide(y, probabilities)), -rows)


def _where_it_counts(weights: Matrix, A: Matrix) -> Matrix:
    """Return A, with 0 where its weight is 0: 0 · log 0 counts as 0, its limit."""
    return linalg.where(linalg.greater(weights, 0.0), A, 0.0)


# ---- Cross-entropies on scores: fused with softmax and sigmoid ----


def softmax_cross_entropy(scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
    """Return the mean of −log softmax(s)[c] and its gradient, from one log_softmax."""
    y = class_targets("SoftmaxCrossEntropy", scores, targets)
    log_p = linalg.log_softmax(scores)
    # The slope of log(exp(s[0]) + exp(s[1]) + …) in s[k] is exp(s[k]) over that sum: the
    # probability p[k]. The slope of −s[c] is −1 at the right class. Together p − y.
    gradient = linalg.divide(linalg.subtract(linalg.exp(log_p), y), len(y))
    # y picks the logarithm of the right class out of each row.
    return -linalg.vdot(y, log_p) / len(y) + 0.0, gradient  # + 0.0: not −0.0


class SoftmaxCrossEntropy(Loss):
    """Softmax and categorical cross-entropy in one: the mean of −log softmax(s)[c].

    −log(exp(s[c]) / (exp(s[0]) + exp(s[1]) + …)) = log(exp(s[0]) + exp(s[1]) + …) − s[c]: the
    logarithm and the exponential of the right class cancel, and nothing is lost at scores far
    apart. Raises ValueError for labels outside the classes, ShapeError when shapes differ.

    >>> SoftmaxCrossEntropy()([[0.0, 1000.0]], [0])
    1000.0
    """

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        return softmax_cross_entropy(scores, targets)[0]

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        return softmax_cross_entropy(scores, targets)[1]

    value_and_gradient = staticmethod(softmax_cross_entropy)

    def predict(self, scores: Matrix) -> Matrix:
        return softmax(scores)


def sigmoid_cross_entropy(scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
    """Return the mean of softplus(s) − y·s and its gradient."""
    y = yes_or_no_targets("SigmoidCrossEntropy", scores, targets)
    rows, columns = linalg.shape(scores)
    values = linalg.subtract(softplus(scores), linalg.multiply(y, scores))
    # The slope of softplus(s) is sigmoid(s), the probability p; that of −y·s is −y.
    gradient = linalg.divide(linalg.subtract(sigmoid(scores), y), rows * columns)
    return linalg.item(linalg.mean(values)), gradient


class SigmoidCrossEntropy(Loss):
    """Sigmoid and binary cross-entropy in one: the mean of softplus(s) − y·s.

    −y·log p − (1 − y)·log(1 − p) with p = sigmoid(s): −log p is softplus(−s) = softplus(s) − s,
    and −log(1 − p) is softplus(s). Raises ValueError for targets that are not from 0 to 1,
    ShapeError when shapes differ.

    >>> SigmoidCrossEntropy()([[1000.0], [-1000.0]], [1, 1])
    500.0
    """

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        return sigmoid_cross_entropy(scores, targets)[0]

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        return sigmoid_cross_entropy(scores, targets)[1]

    value_and_gradient = staticmethod(sigmoid_cross_entropy)

    def predict(self, scores: Matrix) -> Matrix:
        return sigmoid(scores)


# ---- Penalties: what large weights cost ----


class Penalty:
    """A price on large weights, added to the loss. Biases go free: a bias only shifts a sum.

    Subclasses give the price of a matrix and its gradient.
    """

    def price(self, weights: Matrix) -> float:
        """Return what these weights cost."""
        raise NotImplementedError(f"{self!r} has no price")

    def gradient(self, weights: Matrix) -> Matrix:
        """Return how much the price grows with each weight."""
        raise NotImplementedError(f"{self!r} has no gradient")

    def __call__(self, parameters: Iterable[Parameter]) -> float:
        """Return the price of all penalized parameters together; not divided by anything."""
        total = 0.0
        for parameter in parameters:
            total += self.price(parameter.value) if parameter.penalized else 0.0
        return total

    def add_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Add the gradient of the price to that which backward has set."""
        for parameter in parameters:
            if parameter.penalized:
                if parameter.gradient is None:
                    raise ValueError(f"{self!r}: {parameter!r} has no gradient yet; "
                                     f"call backward first, then add_gradients")
                # The loss and the price are added, so their gradients are.
                priced = self.gradient(parameter.value)
                parameter.gradient = linalg.add(parameter.gradient, priced)


class L1(Penalty):
    """strength · |w|, added up over the weights: pushes each with the same force, some to 0.

    The gradient is strength · sign(w), 0 at w = 0. Raises ValueError unless strength >= 0.

    >>> L1(0.5).price([[1.0, -3.0]])
    2.0
    """

    def __init__(self, strength: float) -> None:
        self.strength = number_between("L1", "strength", strength, 0)

    def price(self, weights: Matrix) -> float:
        return self.strength * linalg.item(linalg.sum(linalg.abs(weights)))

    def gradient(self, weights: Matrix) -> Matrix:
        return linalg.multiply(linalg.sign(weights), self.strength)

    def __repr__(self) -> str:
        return f"L1({self.strength})"


class L2(Penalty):
    """strength · w², added up over the weights: pushes large ones harder than small ones.

    The gradient is 2 · strength · w. Some books charge strength / 2 · w²: for the same effect give
    half of their strength here.
    Raises ValueError unless strength >= 0.

    >>> L2(0.5).price([[1.0, -3.0]])
    5.0
    """

    def __init__(self, strength: float) -> None:
        self.strength = number_between("L2", "strength", strength, 0)

    def price(self, weights: Matrix) -> float:
        return self.strength * linalg.item(linalg.sum(elementwise(lambda w: w * w, weights)))

    def gradient(self, weights: Matrix) -> Matrix:
        return linalg.multiply(weights, 2.0 * self.strength)

    def __repr__(self) -> str:
        return f"L2({self.strength})"


class ElasticNet(Penalty):
    """L1 and L2 together, each with a strength of its own.

    Source: Zou and Hastie, "Regularization and Variable Selection via the Elastic Net", 2005.

    >>> ElasticNet(l1=0.5, l2=0.5).price([[1.0, -3.0]])
    7.0
    """

    def __init__(self, l1: float, l2: float) -> None:
        self.l1 = L1(l1)
        self.l2 = L2(l2)

    def price(self, weights: Matrix) -> float:
        return self.l1.price(weights) + self.l2.price(weights)

    def gradient(self, weights: Matrix) -> Matrix:
        return linalg.add(self.l1.gradient(weights), self.l2.gradient(weights))

    def __repr__(self) -> str:
        return f"ElasticNet(l1={self.l1.strength}, l2={self.l2.strength})"


# ---- The door: what may be a target ----


def is_flat(targets: Any) -> bool:
    """Say whether targets are a flat list, as class numbers are, and no matrix."""
    if type(targets) is list and targets and type(targets[0]) is int:
        return True  # the quick answer for most
    if not hasattr(targets, "__getitem__") or isinstance(targets, (str, dict)) or not len(targets):
        return False
    return isinstance(targets[0], str) or not hasattr(targets[0], "__len__")


def real_targets(who: str, scores: Matrix, targets: Targets) -> Matrix:
    """Return the targets of a loss for real numbers: a matrix of the shape of the scores."""
    if is_flat(targets):
        raise TypeError(
            f"{who}: targets: expected rows of real numbers, got a flat list; for one number a row "
            f"write [[y] for y in targets]; for class numbers take SoftmaxCrossEntropy, or rows "
            f"from purenn.data.one_hot"
        )
    matrix = linalg.as_matrix(targets, f"{who}: targets")
    _same_number_of_rows(who, len(scores), len(matrix))
    if linalg.shape(scores) != linalg.shape(matrix):
        raise ShapeError(f"{who}: rows of {linalg.shape(scores)[1]} scores, but rows of "
                         f"{linalg.shape(matrix)[1]} targets; both need one width")
    return matrix


def class_targets(who: str, scores: Matrix, targets: Targets) -> Matrix:
    """Return class numbers as one-hot rows, or a matrix whose rows are probabilities as it is."""
    if not is_flat(targets):
        matrix = real_targets(who, scores, targets)
        check_probabilities(f"{who}: targets", matrix, sum_to_one=True)
        return matrix
    rows, classes = len(scores), len(scores[0])
    _same_number_of_rows(who, rows, len(targets))
    return linalg.one_hot(class_numbers(f"{who}: targets", targets, classes), classes)


def yes_or_no_targets(who: str, scores: Matrix, targets: Targets) -> Matrix:
    """Return a list of zeros and ones as a column, or a matrix of numbers from 0 to 1 as it is."""
    if not is_flat(targets):
        matrix = real_targets(who, scores, targets)
        check_probabilities(f"{who}: targets", matrix)
        return matrix
    rows, columns = linalg.shape(scores)
    if columns != 1:
        raise ShapeError(f"{who}: a flat list of targets goes with 1 column of scores, "
                         f"got {columns} columns; targets must then be rows of {columns} numbers")
    _same_number_of_rows(who, rows, len(targets))
    return linalg.transpose([[*class_numbers(f"{who}: targets", targets, classes=2)]])


def class_numbers(who: str, targets: Sequence[Any], classes: int) -> List[int]:
    """Return the targets if all are integers from 0 to classes − 1, else raise as `Loss` says."""
    numbers = whole_numbers(who, targets)
    if 0 <= min(numbers) and max(numbers) < classes:
        return numbers
    row = next(row for row, number in enumerate(numbers) if not 0 <= number < classes)
    hint = ("they seem to be counted from 1: subtract 1 from each"
            if min(numbers) == 1 and max(numbers) == classes
            else "the last layer needs as many neurons as there are classes")
    raise ValueError(f"{who}: row {row}: expected a class from 0 to {classes - 1}, "
                     f"got {numbers[row]}; {hint}")


def whole_numbers(who: str, numbers: Any) -> List[int]:
    """Return a flat list of class numbers as integers; TypeError for anything else in it."""
    if set(map(type, numbers)) == {int}:
        return list(numbers)
    for row, number in enumerate(numbers):
        if type(number) is not int and not isinstance(number, Integral):
            hint = ("give each name a number, or take Classifier" if isinstance(number, str)
                    else "convert it with int()" if isinstance(number, float)
                    else "count the classes from 0")
            raise TypeError(f"{who}: row {row}: expected a class number (an integer), "
                            f"got {number!r}; {hint}")
    return [int(number) for number in numbers]


def _same_number_of_rows(who: str, rows: int, targets: int) -> None:
    if rows != targets:
        raise ShapeError(f"{who}: {rows} rows of scores, but {targets} targets; "
                         f"each example needs one target")


def check_probabilities(
    who: str,
    A: Matrix,
    sum_to_one: bool = False,
    hint: str = "scores go into SoftmaxCrossEntropy or SigmoidCrossEntropy",
) -> None:
    """Raise ValueError unless all numbers are from 0 to 1, and each row adds up to 1 if asked.

    A thousandth of room is left for whoever tries out how the loss reacts to a small change.
    """
    room = 1e-3
    low, high = linalg.item(linalg.min(A)), linalg.item(linalg.max(A))
    if low < -room or high > 1 + room:
        raise ValueError(f"{who}: expected probabilities from 0 to 1, "
                         f"got numbers from {low:g} to {high:g}; {hint}")
    sums = linalg.sum(A, axis=1)
    worst = linalg.item(linalg.max(linalg.abs(linalg.subtract(sums, 1.0))))
    if sum_to_one and worst > room:
        raise ValueError(f"{who}: expected rows of probabilities that add up to 1, "
                         f"got a row that is off by {worst:g}")
