"""The exercises of part 10: splitting without a leak, counting what is right, and when to stop.

Before this: `part_09`. After this: `part_11`.
"""

from __future__ import annotations

import math
from random import Random
from types import SimpleNamespace
from typing import Any, Callable, List, Tuple

from .. import linalg, metrics
from ..callbacks import EarlyStopping
from ..data import Standardizer
from ..history import Record
from ..initializers import permutation
from ..linalg import Matrix
from ..penalties import L2
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]


# ---- Splitting ----

Parts = Tuple[Matrix, List[int], Matrix, List[int]]


def _parts(inputs: Matrix, targets: List[int], train: List[int], test: List[int]) -> Parts:
    return (linalg.take(inputs, train), linalg.take(targets, train),
            linalg.take(inputs, test), linalg.take(targets, test))


def _split(inputs: Matrix, targets: List[int], order: List[int], test_rows: int) -> Parts:
    return _parts(inputs, targets, order[test_rows:], order[:test_rows])


def _sets(rng: Random) -> List[Case]:
    cases = []
    for rows, test_rows in ((7, 2), (10, 3), (5, 1)):
        targets = [int(3 * rng.random()) for _ in range(rows)]
        targets[:3] = [0, 1, 2]
        cases.append(Case((numbers(rng, rows, 2), targets, permutation(rows, rng), test_rows)))
    return cases


def _targets_as_they_were(x: Matrix, y: List[int], order: List[int], n: int) -> Parts:
    mixed = _split(x, y, order, n)
    return mixed[0], y[n:], mixed[2], y[:n]


NOT_SHUFFLED = "the rows are not shuffled: they come as they were, not as the order says"

SPLIT = Exercise(
    signature="split(inputs, targets, order, test_rows)",
    text="""
Return (train_inputs, train_targets, test_inputs, test_targets): every row in one of the two
parts.

inputs     a list of n rows
targets    a list of n class numbers; targets[r] belongs to inputs[r]
order      the numbers 0 … n - 1, shuffled
test_rows  how many rows to hold out for the test

The first `test_rows` numbers of the order say which rows are for the test, in that order;
all the other numbers say which ones are for training, in that order. No row may be in both:
what the network has learned from cannot test it. And every row keeps its own target.
""",
    example=Example(
        ([[0.5], [1.5], [2.5]], [0, 1, 2], [2, 0, 1], 1), ([[0.5], [1.5]], [0, 1], [[2.5]], [2])),
    answer=_split,
    cases=_sets,
    results=["train_inputs", "train_targets", "test_inputs", "test_targets"],
    mistakes=[
        Mistake(NOT_SHUFFLED, lambda x, y, order, n: (x[n:], y[n:], x[:n], y[:n])),
        Mistake(NOT_SHUFFLED, lambda x, y, order, n: (x[:-n], y[:-n], x[-n:], y[-n:])),
        Mistake("the inputs are shuffled and the targets are not: the rows lose their targets",
                _targets_as_they_were),
        Mistake("there is a leak: the rows of the test are among those for training",
                lambda x, y, order, n: _parts(x, y, order, order[:n])),
        Mistake("there is a leak: the rows of the test are among those for training",
                lambda x, y, order, n: (x, y, *_split(x, y, order, n)[2:])),
        Mistake("the two parts have changed places: training comes first",
                lambda x, y, order, n: _parts(x, y, order[:n], order[n:])),
        Mistake("the test takes the last numbers of the order; it should take the first",
                lambda x, y, order, n: _parts(x, y, order[:-n], order[-n:])),
        Mistake("the order is read the wrong way round: it says which row comes, not where a row "
                "goes", lambda x, y, order, n: _split(
                    x, y, [order.index(k) for k in range(len(order))], n)),
        Mistake("one row belongs to neither part",
                lambda x, y, order, n: _parts(x, y, order[n + 1:], order[:n])),
        Mistake("the rows of a part come in the old order, not as the order says",
                lambda x, y, order, n: _parts(x, y, sorted(order[n:]), sorted(order[:n]))),
    ],
)


# ---- Standardizing ----


def _standardized(train: Matrix, test: Matrix) -> Any:
    standardizer = Standardizer().fit(train)
    return standardizer.transform(train), standardizer.transform(test)


def _scaled(
    by: Callable[[List[float], float], float]
) -> Callable[[Matrix, Matrix], Tuple[Matrix, Matrix]]:
    """Return the way to standardize with another divisor: by(a column of training, its mean)."""
    def formula(train: Matrix, test: Matrix) -> Tuple[Matrix, Matrix]:
        means = linalg.mean(train, axis=0)
        divisors = [[by(list(column), mean) for column, mean in zip(zip(*train), means[0])]]
        return (linalg.divide(linalg.subtract(train, means), divisors),
                linalg.divide(linalg.subtract(test, means), divisors))

    return formula


def _squares(column: List[float], mean: float) -> float:
    return math.fsum((x - mean) * (x - mean) for x in column)


def _all_at_once(train: Matrix, test: Matrix) -> Any:
    """Standardize by one mean and one deviation for all columns."""
    mean = linalg.item(linalg.mean(train))
    deviation = math.sqrt(_squares(linalg.ravel(train), mean) / len(linalg.ravel(train)))
    return tuple(linalg.divide(linalg.subtract(A, mean), deviation) for A in (train, test))


def _two_parts(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows + 3, columns, 5.0), numbers(rng, rows + 1, columns, 9.0)))
            for rows, columns, _ in sizes()]


STANDARDIZE = Exercise(
    signature="standardize(train_inputs, test_inputs)",
    text="""
Return (train_inputs, test_inputs), standardized: each column by a mean and a deviation of
its own.

train_inputs  n × any
test_inputs   m × any, the same columns

    z = (x - mean) / deviation        deviation = √(the mean of (x - mean)² over the n rows)

Both parts go by mean and deviation of the *training* rows. The test is to say how the
network does on rows that nobody has seen; if they helped to choose these numbers, somebody
has. No column is constant here.
""",
    example=Example(([[1.0, 4.0], [3.0, 8.0]], [[4.0, 6.0], [2.0, 9.0]]),
                    ([[-1.0, -1.0], [1.0, 1.0]], [[2.0, 0.0], [0.0, 1.5]])),
    answer=_standardized,
    cases=_two_parts,
    results=["train_inputs", "test_inputs"],
    mistakes=[
        Mistake("there is a leak: the test rows go by their own mean and deviation",
                lambda a, b: (_standardized(a, a)[0], _standardized(b, b)[0])),
        Mistake("there is a leak: mean and deviation are those of all rows together",
                lambda a, b: tuple(Standardizer().fit([*a, *b]).transform(A) for A in (a, b))),
        Mistake("mean and deviation are those of the test rows",
                lambda a, b: tuple(Standardizer().fit(b).transform(A) for A in (a, b))),
        Mistake("the test rows come back as they were",
                lambda a, b: (_standardized(a, b)[0], b)),
        Mistake("it divides by the variance; its root is the deviation",
                _scaled(lambda column, mean: _squares(column, mean) / len(column))),
        Mistake("the mean of the squares is taken over n - 1; take it over n",
                _scaled(lambda column, mean: math.sqrt(
                    _squares(column, mean) / (len(column) - 1)))),
        Mistake("the division by n is missing in the deviation",
                _scaled(lambda column, mean: math.sqrt(_squares(column, mean)))),
        Mistake("it is not divided by the deviation", _scaled(lambda column, mean: 1.0)),
        Mistake("it is divided by the range, largest less smallest, not by the deviation",
                _scaled(lambda column, mean: max(column) - min(column))),
        Mistake("the mean is not subtracted", lambda a, b: tuple(
            [Standardizer([0.0] * len(a[0]), Standardizer().fit(a).deviations).transform_row(row)
             for row in A] for A in (a, b))),
        Mistake("one mean and one deviation serve all columns; each column has its own",
                _all_at_once),
    ],
)


# ---- Counting ----


def _counts(predictions: List[int], targets: List[int], classes: int) -> Any:
    return metrics.confusion_matrix(predictions, targets, classes)


def _answers(rng: Random) -> List[Case]:
    def some(count: int, classes: int) -> List[int]:
        return [int(classes * rng.random()) for _ in range(count)]

    return [Case((some(count, classes), some(count, classes), classes))
            for count, classes in ((12, 3), (25, 4), (9, 2))]



def _right(predictions: List[int], targets: List[int]) -> int:
    return [p == t for p, t in zip(predictions, targets)].count(True)


ACCURACY = Exercise(
    signature="accuracy(predictions, targets)",
    text="""
Return the fraction of rows that were predicted right: a number from 0 to 1.

predictions  n class numbers: what the network said
targets      n class numbers: what was right
""",
    example=Example(([0, 1, 1, 1], [0, 0, 1, 1]), 0.75),
    answer=metrics.accuracy,
    cases=lambda rng: [Case(case.arguments[:2]) for case in _answers(rng)],
    mistakes=[
        Mistake("this is how many are right; divide by the number of rows",
                lambda p, t: float(_right(p, t))),
        Mistake("this is in percent; a fraction from 0 to 1 was asked for",
                lambda p, t: 100.0 * _right(p, t) / len(t)),
        Mistake("this is the fraction of mistakes", lambda p, t: 1.0 - _right(p, t) / len(t)),
        Mistake("it is rounded down to a whole number: // should be /",
                lambda p, t: float(_right(p, t) // len(t))),
        Mistake("only the last row counts", lambda p, t: float(p[-1] == t[-1])),
        Mistake("it returns after the first row", lambda p, t: float(p[0] == t[0])),
        Mistake("only the last row counts", lambda p, t: (p[-1] == t[-1]) / len(t)),
    ],
)

CONFUSION = Exercise(
    signature="confusion_matrix(predictions, targets, classes)",
    text="""
Return the matrix of counts, classes × classes: row a, column p says how often class a was
taken for class p.

predictions  n class numbers p: what the network said
targets      n class numbers a: what was right
classes      how many classes there are

What is right stands on the diagonal. All counts together are n.
""",
    example=Example(([0, 1, 1, 1], [0, 0, 1, 1], 2), [[1, 1], [0, 2]]),
    answer=_counts,
    cases=_answers,
    mistakes=[
        Mistake("it is transposed: the rows are what was right, the columns what was said",
                lambda p, t, k: _counts(t, p, k)),
        Mistake("all rows are the same list: [[0] * n] * n makes one row, n times",
                lambda p, t, k: [[p.count(c) for c in range(k)]] * k),
        Mistake("all rows are the same list: [[0] * n] * n makes one row, n times",
                lambda p, t, k: [[t.count(c) for c in range(k)]] * k),
        Mistake("these are fractions; counts were asked for", lambda p, t, k: linalg.divide(
            _counts(p, t, k), float(len(t)))),
        Mistake("only what is right is counted; the mistakes are missing",
                lambda p, t, k: linalg.multiply(
                    _counts(p, t, k), linalg.one_hot(range(k), k))),
        Mistake("it says whether it happened, not how often: is the count set instead of raised?",
                lambda p, t, k: linalg.elementwise(min, _counts(p, t, k), 1.0)),
    ],
)


# ---- L2 ----


def _l2(weights: Matrix, weights_gradient: Matrix, strength: float) -> Matrix:
    return linalg.add(weights_gradient, L2(strength).gradient(weights))


def _pulled(by: Callable[[float, float], float]) -> Callable[[Matrix, Matrix, float], Matrix]:
    """Return the gradient with by(weight, strength) added to each number."""
    return lambda w, g, strength: linalg.elementwise(lambda a, b: b + by(a, strength), w, g)


L2_GRADIENT = Exercise(
    signature="l2_gradient(weights, weights_gradient, strength)",
    text="""
Return the gradient of the loss together with the L2 penalty: a matrix like the weights.

weights           neurons × inputs, w
weights_gradient  neurons × inputs: the gradient of the loss alone
strength          a number: how dear large weights are

The penalty adds strength · w² to the loss for every weight. It is added, so its gradient
is, too; and the derivative of w² you know.
""",
    example=Example(([[1.0, -2.0]], [[0.5, 0.25]], 0.25), [[1.0, -0.75]]),
    answer=_l2,
    cases=lambda rng: [Case((numbers(rng, n, k), numbers(rng, n, k), s))
                       for (_, k, n), s in zip(sizes(), (0.1, 0.5, 0.01, 2.0))],
    mistakes=[
        Mistake("a factor of 2 is missing: what is the derivative of w²?",
                _pulled(lambda w, s: s * w)),
        Mistake("the penalty itself is added; its gradient was asked for",
                _pulled(lambda w, s: s * w * w)),
        Mistake("the penalty's gradient is subtracted: large weights would be rewarded",
                _pulled(lambda w, s: -2.0 * s * w)),
        Mistake("the gradient of the loss is missing; the penalty's is added to it",
                lambda w, g, s: L2(s).gradient(w)),
        Mistake("the penalty does not come in", lambda w, g, s: g),
        Mistake("the strength is missing", _pulled(lambda w, s: 2.0 * w)),
        Mistake("this is the gradient of L1, which goes by the sign of the weight",
                _pulled(lambda w, s: s * ((w > 0) - (w < 0)))),
        Mistake("this adds the same to every weight; large ones should be pulled harder",
                _pulled(lambda w, s: s)),
        Mistake("weights and gradient have changed places",
                lambda w, g, s: _l2(g, w, s)),
    ],
)


# ---- When to stop ----


def _should_stop(validation_losses: List[float], patience: int) -> bool:
    """Ask the library's EarlyStopping after the last epoch."""
    watcher, run = EarlyStopping(patience), SimpleNamespace(values=list, stop="")
    for epoch, loss in enumerate(validation_losses, start=1):
        run.stop = ""
        watcher.after_epoch(run, Record(epoch, loss, {}, loss, {}, 0.0))  # type: ignore[arg-type]
    return bool(run.stop)


def _epochs_since_best(losses: List[float]) -> int:
    return len(losses) - 1 - losses.index(min(losses))


CURVES: List[Tuple[List[float], int]] = [
    ([4.0], 1), ([4.0, 3.0, 2.0], 1), ([4.0, 3.0, 3.5], 1), ([4.0, 3.0, 3.5], 2),
    ([4.0, 3.0, 3.5, 3.25], 2), ([4.0, 3.0, 3.5, 3.25, 3.125], 3), ([4.0, 3.0, 3.5, 3.25, 3.5], 4),
    ([4.0, 3.0, 3.5, 3.75, 2.5], 3), ([4.0, 3.0, 3.0, 3.0], 2), ([4.0, 3.0, 3.5, 3.0], 2),
    ([2.0, 3.0, 2.5, 2.25, 2.125], 4), ([5.0, 4.0, 4.5, 4.25, 3.0, 3.5], 2), ([5.0, 6.0, 7.0], 2),
    ([4.0, 3.0, 3.5, 3.25, 3.125], 2),
]

STOP = Exercise(
    signature="should_stop(validation_losses, patience)",
    text="""
Return True if the training should stop now, else False.

validation_losses  a list with the validation loss of every epoch until now, at least one
patience           a whole number from 1 on

Stop when `patience` epochs or more have passed since the epoch with the smallest loss: if
that was the last epoch, none has passed; if it was the one before, one has. A loss that is
equal to the smallest is no smaller one, so of equal ones the first counts.
""",
    example=Example(([1.0, 0.5, 0.75, 0.625], 2), True),
    answer=_should_stop,
    cases=lambda rng: [Case((losses, patience)) for losses, patience in CURVES],
    mistakes=[
        Mistake("it stops as soon as the loss rises once; have patience",
                lambda losses, n: len(losses) > 1 and losses[-1] > losses[-2]),
        Mistake("it stops one epoch too late", lambda losses, n: _epochs_since_best(losses) > n),
        Mistake("it stops one epoch too early",
                lambda losses, n: _epochs_since_best(losses) >= n - 1),
        Mistake("True and False have changed places",
                lambda losses, n: _epochs_since_best(losses) < n),
        Mistake("it never stops", lambda losses, n: False),
        Mistake("it always stops", lambda losses, n: True),
        Mistake("a loss that is only equal to the smallest counts as a new best here",
                lambda losses, n: losses[::-1].index(min(losses)) >= n),
        Mistake("it looks whether each of the last losses rose; what counts is how long ago the "
                "smallest one was", lambda losses, n: len(losses) > n and all(
                    losses[-k] > losses[-k - 1] for k in range(1, n + 1))),
        Mistake("it waits for the largest loss; the smallest is the best",
                lambda losses, n: len(losses) - 1 - losses.index(max(losses)) >= n),
        Mistake("it compares with the loss `patience` epochs ago; compare with the smallest of all",
                lambda losses, n: len(losses) > n and losses[-1] > losses[-1 - n]),
    ],
)


SHEET = Sheet(
    part=10,
    title="Accuracy and generalization",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like. A matrix is a list of rows.
What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[SPLIT, STANDARDIZE, ACCURACY, CONFUSION, L2_GRADIENT, STOP],
    afterwards="purenn/data/dataset.py, the function split, whose parts hold every class in its "
               "share; purenn/metrics.py; purenn/training.py, the class EarlyStopping",
)
