"""Losses: one number for how wrong the network is, and the gradient with which backward begins.

A loss looks at what the network put out, the *scores*, and at what was right, the *targets*. It
gives one float, the mean over the examples, and the gradient: for every score, how much that float
grows when the score does. With this gradient `Network.backward` begins.

    scores (n × k), targets  ──►  loss  ──►  one float
    gradient (n × k), like the scores  ◄──

Because the float is a mean, every gradient has a division in it: by n, the number of examples, or,
where the mean goes over all numbers of the matrix, by n · k. It is done here, and nowhere else.

- For real numbers (regression): `MeanSquaredError`, `MeanAbsoluteError`, `Huber`. Targets are a
  matrix like the scores.
- For one class out of k: `SoftmaxCrossEntropy` on scores (any numbers, high for what is likely).
  The long way is a `Softmax` layer and `CategoricalCrossEntropy` on its probabilities. Targets are
  class numbers, counted from 0, or a matrix of probabilities, one-hot for instance.
- For yes or no, once or several times a row: `SigmoidCrossEntropy` on scores, or a `Sigmoid` layer
  and `BinaryCrossEntropy`. Targets are a matrix of numbers from 0 to 1 or, with one column, a list
  of zeros and ones.

Cross-entropy measures surprise. Whoever gives probability p to what then happens is surprised by
−log p: not at all for p = 1, without limit as p goes to 0. Why the losses on scores are better:
if two scores are 1000 apart, the probability of the smaller one is less than the smallest float, so
it becomes 0, and its logarithm is lost. Computed from the scores, the same loss is 1000. (Some
libraries add a small constant inside the logarithm instead; then it is another loss, which never
exceeds −log of that constant.)

Before this: `activations`. After this: `network`, which puts the layers in a row.
"""

from __future__ import annotations

import math

from . import checks, linalg
from .annotations import Any
from .activations import sigmoid, softmax, softplus
from .checks import Targets  # class numbers, or a matrix
from .linalg import Matrix

__all__ = [
    "BinaryCrossEntropy", "CategoricalCrossEntropy", "Huber", "Loss", "MeanAbsoluteError",
    "MeanLoss", "MeanSquaredError", "SigmoidCrossEntropy", "SoftmaxCrossEntropy", "Targets",
]


class Loss:
    """What every loss does. Your own loss overrides `value_and_gradient`.

    Shapes: scores (n, k); targets as the loss says. Calling a loss, and `gradient`, check both and
    raise ShapeError when the numbers of rows or the widths differ, TypeError for targets of the
    wrong kind, ValueError for class numbers outside of the classes.
    """

    activation = ""  # the one that the loss applies itself: the network must not end with it too

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> tuple[float, Matrix]:
        """Return the loss and its gradient, for targets that have been checked.

        This is what training calls, in every batch. A loss without a gradient returns None for it;
        then only an optimizer that needs none can use it.
        """
        raise NotImplementedError(f"{self!r} has no value_and_gradient")

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        """Return the targets, if they go with scores of rows × columns."""
        return targets  # type: ignore[no-any-return]

    def check_scores(self, scores: Matrix) -> None:
        """Raise ValueError for scores that the loss cannot take; any will do by default."""

    def __call__(self, scores: Matrix, targets: Targets) -> float:
        """Return the loss, a mean."""
        return self._checked(scores, targets)[0]

    def gradient(self, scores: Matrix, targets: Targets) -> Matrix:
        """Return the gradient of the scores, a matrix like them, already divided for the mean."""
        return self._checked(scores, targets)[1]

    def _checked(self, scores: Matrix, targets: Targets) -> tuple[float, Matrix]:
        self.check_scores(scores)
        return self.value_and_gradient(
            scores, self.check_targets(*linalg.shape(scores), targets))

    def predict(self, scores: Matrix) -> Matrix:
        """Return what the scores say: probabilities for a cross-entropy, else the scores."""
        return scores

    def settings(self) -> dict[str, Any]:
        """Return what the constructor needs to make this loss again."""
        return {}

    def __repr__(self) -> str:
        settings = ", ".join(str(value) for value in self.settings().values())
        return f"{type(self).__name__}({settings})" if settings else type(self).__name__


class MeanLoss(Loss):
    """The mean of a formula over all numbers of the matrix, n · k of them.

    Subclasses give the formula f for one score s and its target t, and its derivative df in s. The
    mean goes over the columns too, as in PyTorch and Keras. So the gradient of each score is its
    derivative, divided by n · k.
    """

    def f(self, s: float, t: float) -> float:
        """Return the loss of one score."""
        raise NotImplementedError(f"{self!r} has no formula f")

    def df(self, s: float, t: float) -> float:
        """Return the derivative of f with respect to s."""
        raise NotImplementedError(f"{self!r} has no derivative df")

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        return checks.real_targets(type(self).__name__, rows, columns, targets)

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> tuple[float, Matrix]:
        t = checks.as_column(targets)  # a flat list becomes a matrix of one column
        rows, columns = linalg.shape(scores)
        value = linalg.item(linalg.mean(linalg.elementwise(self.f, scores, t)))
        gradient = linalg.divide(linalg.elementwise(self.df, scores, t), rows * columns)
        return value, gradient


# ---- Losses for real numbers ----


class MeanSquaredError(MeanLoss):
    """The mean of (s − t)² over all scores s and their targets t.

    Raises ShapeError when shapes differ, TypeError for class numbers.

    >>> MeanSquaredError()([[1.0, 2.0]], [[0.0, 2.0]])
    0.5
    """

    def f(self, s: float, t: float) -> float:
        return (s - t) * (s - t)

    def df(self, s: float, t: float) -> float:
        return 2.0 * (s - t)


class MeanAbsoluteError(MeanLoss):
    """The mean of |s − t| over all scores s and their targets t. Raises as MeanSquaredError.

    >>> MeanAbsoluteError()([[1.0, 4.0]], [[0.0, 2.0]])
    1.5
    """

    def f(self, s: float, t: float) -> float:
        return abs(s - t)

    def df(self, s: float, t: float) -> float:
        # |s − t| has slope 1 above t and −1 below; at s = t there is a corner, by convention 0.
        return float((s > t) - (s < t))


class Huber(MeanLoss):
    """Squared near the target, straight far from it: an outlier pulls with `delta` at most.

    With d = s − t the mean of d² / 2 where |d| <= delta, else of delta · (|d| − delta / 2), so that
    both meet at delta. Raises ValueError unless delta > 0; otherwise as MeanSquaredError.
    Source: Huber, "Robust Estimation of a Location Parameter", 1964.

    >>> Huber(1.0)([[0.5, 3.0]], [[0.0, 0.0]])
    1.3125
    """

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = checks.above_zero("Huber", "delta", delta)

    def f(self, s: float, t: float) -> float:
        distance = abs(s - t)
        if distance <= self.delta:
            return 0.5 * distance * distance
        return self.delta * (distance - 0.5 * self.delta)

    def df(self, s: float, t: float) -> float:
        # d² / 2 has slope d; farther than delta the slope stays what it was there.
        d = s - t
        return -self.delta if d < -self.delta else self.delta if d > self.delta else d

    def settings(self) -> dict[str, Any]:
        return {"delta": self.delta}


# ---- Cross-entropies for yes or no ----


def surprise(t: float, p: float) -> float:
    """Return −t · log p; what does not happen (t = 0) surprises nobody, whatever its p."""
    return 0.0 if t == 0 else -t * math.log(p) if p > 0 else math.inf


def surprise_slope(t: float, p: float) -> float:
    """Return −t / p, the derivative of −t · log p with respect to p."""
    return 0.0 if t == 0 else -t / p if p > 0 else -math.inf


class BinaryCrossEntropy(MeanLoss):
    """The mean of −t·log p − (1 − t)·log(1 − p) over all probabilities p and their targets t.

    A probability of exactly 0 for what happened makes the loss infinite, and that is the truth;
    `SigmoidCrossEntropy` on the scores does not get there. Raises ValueError for what is no
    probability, ShapeError when shapes differ.

    >>> BinaryCrossEntropy()([[1.0], [0.0]], [1, 0])
    0.0
    """

    def f(self, p: float, t: float) -> float:
        return surprise(t, p) + surprise(1.0 - t, 1.0 - p)

    def df(self, p: float, t: float) -> float:
        return surprise_slope(t, p) - surprise_slope(1.0 - t, 1.0 - p)  # 1 − p falls as p grows

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        return checks.yes_or_no_targets(type(self).__name__, rows, columns, targets)

    def check_scores(self, scores: Matrix) -> None:
        checks.check_probabilities(f"{type(self).__name__}: inputs", scores)


class SigmoidCrossEntropy(MeanLoss):
    """Sigmoid and binary cross-entropy in one: the mean of softplus(s) − t·s.

    −t·log p − (1 − t)·log(1 − p) with p = sigmoid(s): −log p is softplus(−s) = softplus(s) − s,
    and −log(1 − p) is softplus(s). Raises ValueError for targets that are not from 0 to 1,
    ShapeError when shapes differ.

    >>> SigmoidCrossEntropy()([[1000.0], [-1000.0]], [1, 1])
    500.0
    """

    activation = "sigmoid"

    def f(self, s: float, t: float) -> float:
        return softplus(s) - t * s

    def df(self, s: float, t: float) -> float:
        return sigmoid(s) - t  # the slope of softplus is sigmoid

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        return checks.yes_or_no_targets(type(self).__name__, rows, columns, targets)

    def predict(self, scores: Matrix) -> Matrix:
        return linalg.elementwise(sigmoid, scores)


# ---- Cross-entropies for one class out of several: the mean over the rows ----


class CategoricalCrossEntropy(Loss):
    """The mean over the examples of −log p[c], p[c] the probability given to the right class c.

    For targets t that are probabilities themselves, −(t[0]·log p[0] + t[1]·log p[1] + …). A
    probability of exactly 0 for the right class makes the loss infinite; `SoftmaxCrossEntropy` on
    the scores does not get there. (Here, scores are probabilities.) Raises ValueError when they are
    none or class numbers lie outside of the classes, ShapeError when shapes differ.

    >>> CategoricalCrossEntropy()([[0.0, 1.0], [1.0, 0.0]], [1, 0])
    0.0
    """

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> tuple[float, Matrix]:
        t = checks.as_one_hot(targets, linalg.shape(scores)[1])  # numbers become rows
        terms = linalg.elementwise(surprise, t, scores)
        gradient = linalg.elementwise(surprise_slope, t, scores)
        return linalg.item(linalg.sum(terms)) / len(t), linalg.divide(gradient, len(t))

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        return checks.class_targets(type(self).__name__, rows, columns, targets)

    def check_scores(self, scores: Matrix) -> None:
        checks.check_probabilities(f"{type(self).__name__}: inputs", scores, sum_to_one=True)


def weighted(t: float, log_p: float) -> float:
    """Return t · log p, and 0 for t = 0, also where the logarithm is −inf."""
    return t * log_p if t != 0 else 0.0


class SoftmaxCrossEntropy(Loss):
    """Softmax and categorical cross-entropy in one: the mean of −log softmax(s)[c].

    −log(exp(s[c]) / (exp(s[0]) + exp(s[1]) + …)) = log(exp(s[0]) + exp(s[1]) + …) − s[c]: the
    logarithm and the exponential of the right class cancel, and nothing is lost at scores far
    apart. Raises ValueError for class numbers that do not exist, ShapeError when shapes differ.

    >>> SoftmaxCrossEntropy()([[0.0, 1000.0]], [0])
    1000.0
    """

    activation = "softmax"

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> tuple[float, Matrix]:
        t = checks.as_one_hot(targets, linalg.shape(scores)[1])  # numbers become rows
        log_p = linalg.log_softmax(scores)
        terms = linalg.elementwise(weighted, t, log_p)
        # As the t sum to 1, the loss is log(exp(s[0]) + exp(s[1]) + …) − (t[0]·s[0] + …). Its slope
        # in s[k] is exp(s[k]) over that first sum, the probability p[k], minus t[k]: p − t.
        gradient = linalg.divide(linalg.subtract(linalg.exp(log_p), t), len(t))
        return 0.0 - linalg.item(linalg.sum(terms)) / len(t), gradient  # −x could be −0.0

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        return checks.class_targets(type(self).__name__, rows, columns, targets)

    def predict(self, scores: Matrix) -> Matrix:
        return softmax(scores)
