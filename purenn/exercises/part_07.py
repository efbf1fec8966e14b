"""The exercises of part 7: cross-entropy from scores, without overflow, and its gradient.

Before this: `part_06`. After this: `part_08`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, List, Tuple

from .. import linalg
from ..activations import softmax
from ..checks import Targets
from ..gradcheck import Report, check
from ..layers import Dense
from ..linalg import Matrix
from ..losses import CategoricalCrossEntropy, SoftmaxCrossEntropy
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers

__all__ = ["SHEET"]

FAR_APART = "it goes wrong where scores lie 1000 apart"
LABELS = [([2, 0, 2, 1], 3), ([0, 1], 2), ([3, 1, 1, 0, 2], 4)]
loss = SoftmaxCrossEntropy()


def _scores_and_targets(rng: Random) -> List[Case]:
    return [Case((numbers(rng, len(targets), classes, 3.0), list(targets)))
            for targets, classes in LABELS]


# ---- One-hot ----

ONE_HOT = Exercise(
    signature="one_hot(targets, classes)",
    text="""
Return a row for each class number: 1 in the place of that number, 0 elsewhere. n × classes.

targets  n class numbers, counted from 0
classes  how many classes there are; some may not occur among the targets
""",
    example=Example(([2, 0], 3), [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    answer=linalg.one_hot,
    cases=lambda rng: [Case((list(targets), classes)) for targets, classes in LABELS] + [
        Case(([1, 0, 1], 4), "classes that do not occur among the targets get a column, too")],
    mistakes=[
        Mistake("classes are counted from 1 here; they are counted from 0",
                lambda y, k: [[float(c == number - 1) for c in range(k)] for number in y]),
        Mistake("all rows are the last one: is it the same list again and again?",
                lambda y, k: linalg.one_hot(y[-1:], k) * len(y)),
        Mistake("all rows have all the ones: is it the same list again and again?",
                lambda y, k: [[float(c in y) for c in range(k)]] * len(y)),
        Mistake("0 and 1 have changed places",
                lambda y, k: linalg.subtract(1.0, linalg.one_hot(y, k))),
        Mistake("the class number itself stands there instead of a 1",
                lambda y, k: [[float(number) if c == number else 0.0 for c in range(k)]
                              for number in y]),
    ],
)


# ---- The loss ----


def _softmax_down(scores: Matrix) -> Matrix:
    """Return softmax along the wrong axis: each column sums to 1."""
    return linalg.transpose(softmax(linalg.transpose(scores)))


def _mean_of(formula: Callable[[List[float], int], float]) -> Callable[[Matrix, List[int]], float]:
    """Return the mean over the examples of a formula of (scores of the row, class)."""
    return lambda scores, targets: math.fsum(map(formula, scores, targets)) / len(scores)


def _log_sum_exp(row: List[float]) -> float:
    return math.log(math.fsum(math.exp(s) for s in row))


def _of_probabilities(p: Matrix, targets: List[int]) -> float:
    return CategoricalCrossEntropy()(p, targets)


CROSS_ENTROPY = Exercise(
    signature="cross_entropy(scores, targets)",
    text="""
Return the cross-entropy of softmax, straight from the scores: one number.

scores   n × classes: any numbers, high for what is likely
targets  n class numbers c, counted from 0: the right classes

For each example it is minus the logarithm of the probability that softmax gives to the
right class:

    -log(exp(s[c]) / (exp(s[0]) + exp(s[1]) + …))  =  log(exp(s[0]) + exp(s[1]) + …) - s[c]

Return the mean over the n examples. It has to be 1000 for the scores [0, 1000] and the
class 0, without overflow and without a small constant in the logarithm: the difference on
the right stays the same when one number is subtracted from all scores of a row.
""",
    example=Example(([[0.0, 1000.0], [5.0, -1000.0]], [0, 0]), 500.0, hint=FAR_APART),
    answer=loss,
    cases=lambda rng: [*_scores_and_targets(rng), Case(
        ([[1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -5000.0]], [1, 2]),
        FAR_APART)],
    mistakes=[
        Mistake("this is the sum over the examples; the mean was asked for",
                lambda s, y: loss(s, y) * len(y)),
        Mistake("it is averaged twice: the division by the number of examples stands here once "
                "too often", lambda s, y: loss(s, y) / len(y)),
        Mistake("it is divided by the number of classes as well",
                lambda s, y: loss(s, y) / len(s[0])),
        Mistake("the sign is wrong: the logarithm of a probability is negative, its surprise "
                "positive", lambda s, y: -loss(s, y)),
        Mistake("this is the loss of the last example only: is the total overwritten?",
                lambda s, y: loss(s[-1:], y[-1:])),
        Mistake("this is the loss of the first example only: is the `return` inside of the loop?",
                lambda s, y: loss(s[:1], y[:1])),
        Mistake("the score of the right class is missing; this is only the logarithm of the sum",
                _mean_of(lambda s, c: _log_sum_exp(s))),
        Mistake("this is the logarithm of the sum less the largest score; take the score of the "
                "right class", _mean_of(lambda s, c: _log_sum_exp(s) - max(s))),
        Mistake("the logarithm is missing: this is the mean probability of the right class",
                lambda s, y: math.fsum(p[c] for p, c in zip(softmax(s), y)) / len(y)),
        Mistake("this is 1 - p; take minus the logarithm of p",
                lambda s, y: 1.0 - math.fsum(p[c] for p, c in zip(softmax(s), y)) / len(y)),
        Mistake("the sum goes over the whole batch; softmax looks at one row at a time",
                lambda s, y: math.fsum(
                    _log_sum_exp(linalg.ravel(s)) - row[c] for row, c in zip(s, y)) / len(y)),
        Mistake("softmax goes down the columns; it looks at one row at a time, an example",
                lambda s, y: -math.fsum(
                    math.log(p[c]) for p, c in zip(_softmax_down(s), y)) / len(y)),
        Mistake("what was subtracted to avoid the overflow has to be subtracted from both scores "
                "or added again", _mean_of(
                    lambda s, c: _log_sum_exp([x - max(s) for x in s]) - s[c])),
        Mistake("the logarithm is that of base 2; take the natural one",
                lambda s, y: loss(s, y) / math.log(2.0)),
    ],
)


# ---- Its gradient ----


def _off(by: Callable[[Matrix, Matrix, int], Matrix]) -> Callable[[Matrix, List[int]], Matrix]:
    """Return a formula of scores and targets from one of probabilities, one-hot targets, n."""
    return lambda s, y: by(softmax(s), linalg.one_hot(y, len(s[0])), len(y))


class _YourGradient(SoftmaxCrossEntropy):
    """The library's loss with a learner's gradient."""

    def __init__(self, gradient: Callable[..., Matrix]) -> None:
        self._yours = gradient

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
        return super().value_and_gradient(scores, targets)[0], self._yours(scores, targets)


def _check_gradient(yours: Callable[..., Any]) -> Report:
    rng = Random(3)
    return check(Dense(2, 3, rng), _YourGradient(yours), numbers(rng, 4, 2), [2, 0, 1, 2])


GRADIENT = Exercise(
    signature="cross_entropy_gradient(scores, targets)",
    text="""
Return the gradient of `cross_entropy`: for every score, how fast the loss grows with it.

scores   n × classes
targets  n class numbers, counted from 0

A matrix like the scores, n × classes, with p the probabilities that softmax gives and y the
one-hot rows of the targets:

    (p - y) / n

The loss is a mean over n examples, so each of them has 1/n of a say.
""",
    example=Example(([[0.0, 0.0], [1.0, 1.0]], [0, 1]), [[-0.25, 0.25], [0.25, -0.25]]),
    answer=loss.gradient,
    cases=lambda rng: [*_scores_and_targets(rng), Case(
        ([[1000.0, 0.0], [-1000.0, 0.0], [0.0, 0.0]], [1, 1, 0]),
        "it goes wrong where scores lie 1000 apart: does softmax overflow?")],
    mistakes=[
        Mistake("it is not averaged over the batch", _off(lambda p, y, n: linalg.subtract(p, y))),
        Mistake("it is averaged twice: the division by the number of examples stands here once "
                "too often", _off(lambda p, y, n: linalg.divide(linalg.subtract(p, y), n * n))),
        Mistake("the sign is wrong: raising the right score should lower the loss",
                _off(lambda p, y, n: linalg.divide(linalg.subtract(y, p), n))),
        Mistake("the sign is wrong, and it is not averaged over the batch",
                _off(lambda p, y, n: linalg.subtract(y, p))),
        Mistake("it is divided by the number of all scores; the mean goes over the examples only",
                lambda s, y: linalg.divide(loss.gradient(s, y), len(s[0]))),
        Mistake("the targets are missing: this is p / n",
                _off(lambda p, y, n: linalg.divide(p, n))),
        Mistake("these are the probabilities; the targets and the mean are missing",
                _off(lambda p, y, n: p)),
        Mistake("it uses the scores instead of the probabilities",
                lambda s, y: linalg.divide(
                    linalg.subtract(s, linalg.one_hot(y, len(s[0]))), len(y))),
        Mistake("only the right class has a gradient here; the wrong ones have one, too",
                _off(lambda p, y, n: linalg.divide(
                    linalg.multiply(y, linalg.subtract(p, y)), n))),
        Mistake("this is the gradient with respect to the probabilities; it stops before softmax",
                _off(lambda p, y, n: linalg.divide(linalg.divide(y, p), -n))),
        Mistake("softmax goes down the columns; it looks at one row at a time, an example",
                lambda s, y: linalg.divide(linalg.subtract(
                    _softmax_down(s), linalg.one_hot(y, len(s[0]))), len(y))),
        Mistake("softmax goes over the whole batch; it looks at one row at a time",
                lambda s, y: linalg.divide(linalg.subtract(linalg.divide(
                    linalg.exp(s), linalg.sum(linalg.exp(s))),
                    linalg.one_hot(y, len(s[0]))), len(y))),
    ],
    gradients=_check_gradient,
)


SHEET = Sheet(
    part=7,
    title="Cross-entropy",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like. `softmax` is the library's;
your own from part 6 does as well. What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg\nfrom purenn.activations import softmax",
    exercises=[ONE_HOT, CROSS_ENTROPY, GRADIENT],
    afterwards="purenn/losses.py, the class SoftmaxCrossEntropy",
)
