"""Metrics: how good a network is, in terms people use.

A loss is made for learning: it has a gradient. A metric is made for people: 97 of 100 digits read
correctly. It need not have a gradient, since no network learns from it.

Predictions are what `loss.predict(scores)` gives: the scores for real numbers; for classes a column
of probabilities for each, or one column for "yes"; or class numbers, as the targets may be, too.
Several columns are always read as classes, not as several answers of yes or no.

Before this: `optimizers`. After this: `training`, where everything comes together.
"""

from __future__ import annotations

from collections import namedtuple

from . import checks, linalg
from .checks import Targets
from .linalg import Matrix, ShapeError
from .notebooks import Pictured
from .rows import in_parts

__all__ = [
    "ClassScore", "ConfusionMatrix", "accuracy", "classes_of", "confusion_matrix", "macro_average",
    "mean_absolute_error", "precision_recall_f1", "r2",
]


class ClassScore(namedtuple("ClassScore", "precision recall f1 support")):
    """How well a class is recognised: see `precision_recall_f1`; `support` counts its examples."""

    precision: float  # Python ignores these annotations; tools that check types do not
    recall: float
    f1: float
    support: int


class ConfusionMatrix(list, Pictured):  # type: ignore[type-arg]  # of lists of counts
    """Counts: row a, column p is how often class a was taken for class p.

    A list of lists like any other, equal to one with the same counts; a notebook shows it as a
    picture.
    """


def classes_of(outputs: Targets, who: str = "classes_of") -> list[int]:
    """Return the class number of each row: the column of the largest number, the first if equal.

    In a single column, probabilities above 0.5 are class 1 and others class 0. A list of class
    numbers is returned as it is. Raises TypeError for a flat list of anything else, ValueError when
    a single column holds no probabilities.

    >>> classes_of([[0.25, 0.75], [1.0, 0.0]]), classes_of([[0.75], [0.25]])
    ([1, 0], [1, 0])
    """
    if checks.is_flat(outputs):
        return checks.whole_numbers(who, outputs)
    matrix = checks.as_matrix(outputs, who)
    width = linalg.shape(matrix)[1]
    if width == 1:
        checks.check_probabilities(f"{who}: a single column", matrix,
                                   hint="loss.predict(scores) makes probabilities of scores")
    numbers: list[int] = []
    for rows in in_parts(range(len(matrix))):
        part = linalg.take(matrix, rows)
        chosen = linalg.argmax(part, axis=1) if width > 1 else linalg.greater(part, 0.5)
        numbers += map(int, linalg.ravel(chosen))
    return numbers


def accuracy(predictions: Targets, targets: Targets) -> float:
    """Return the fraction of rows whose predicted class is the right one, from 0 to 1.

    Raises ShapeError when the numbers of rows differ.

    >>> accuracy([[0.25, 0.75], [1.0, 0.0]], [1, 1])
    0.5
    """
    predicted, actual = _both("accuracy", predictions, targets)
    return sum(p == a for p, a in zip(predicted, actual)) / len(actual)


def confusion_matrix(
    predictions: Targets, targets: Targets, classes: int | None = None
) -> ConfusionMatrix:
    """Return the matrix of counts: row a, column p is how often class a was taken for class p.

    Right answers stand on the diagonal. `classes` is the number of classes; by default as many as
    the predictions have columns (2 for a single one), or as the largest class number says. Raises
    ShapeError when the numbers of rows differ, ValueError for a class number outside the classes.

    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    [[1, 1], [0, 2]]
    """
    predicted, actual = _both("confusion_matrix", predictions, targets)
    if classes is None:
        width = 1 if checks.is_flat(predictions) else max(2, linalg.shape(predictions)[1])  # type: ignore[arg-type]
        classes = max(width, max(predicted) + 1, max(actual) + 1)
    checks.class_numbers("confusion_matrix: predictions", predicted, classes)
    checks.class_numbers("confusion_matrix: targets", actual, classes)
    counts = ConfusionMatrix([0] * classes for _ in range(classes))
    for p, a in zip(predicted, actual):
        counts[a][p] += 1
    return counts


def precision_recall_f1(
    predictions: Targets, targets: Targets, classes: int | None = None
) -> list[ClassScore]:
    """Return a ClassScore for every class.

    Of the rows taken for the class, `precision` is the fraction that belongs to it. Of the rows
    that belong to it, `recall` is the fraction found. `f1` is their harmonic mean,
    2 · precision · recall / (precision + recall). A fraction of nothing counts as 0.

    >>> precision_recall_f1([0, 1, 1, 1], [0, 0, 1, 1])[0]
    ClassScore(precision=1.0, recall=0.5, f1=0.6666666666666666, support=2)
    """
    counts = confusion_matrix(predictions, targets, classes)
    scores = []
    for k, row in enumerate(counts):
        taken, support = sum(other[k] for other in counts), sum(row)
        precision, recall = _fraction(row[k], taken), _fraction(row[k], support)
        # With precision = hits / taken and recall = hits / support, the harmonic mean
        # 2 · precision · recall / (precision + recall) is 2 · hits / (taken + support).
        f1 = _fraction(2 * row[k], taken + support)
        scores.append(ClassScore(precision, recall, f1, support))
    return scores


def macro_average(scores: list[ClassScore]) -> ClassScore:
    """Return the plain means over the classes, each class counting the same; support is the sum.

    The macro F1 is the mean of the classes' F1, not the F1 of the mean precision and recall. Raises
    ValueError if there are no classes.
    """
    if not scores:
        raise ValueError("macro_average: expected the score of at least one class, got none")
    means = linalg.mean([[score.precision, score.recall, score.f1] for score in scores], axis=0)
    return ClassScore._make([*linalg.ravel(means), sum(score.support for score in scores)])


def r2(predictions: Matrix, targets: Matrix) -> float:
    """Return R², the coefficient of determination: 1 − Σ(t − p)² / Σ(t − mean of t)².

    1 is perfect, 0 no better than always answering with the mean, and there is no lowest value.
    With several columns, the mean of their R². Where all targets of a column are equal there is
    nothing to explain: 1 if the predictions are exact, else 0. Raises ShapeError when shapes
    differ, TypeError for a flat list.

    >>> r2([[1.0], [2.0]], [[0.0], [2.0]])
    0.5
    """
    targets = checks.real_targets("r2", *linalg.shape(predictions), targets)
    varies = linalg.greater(linalg.max(targets, axis=0), linalg.min(targets, axis=0))
    spread = linalg.subtract(targets, linalg.mean(targets, axis=0))
    # Squares of very large or very small numbers leave the range of floats, so everything is
    # measured in units of the largest spread of its column.
    unit = linalg.max(linalg.abs(spread), axis=0)
    unexplained = _sum_of_squares(linalg.divide(linalg.subtract(targets, predictions), unit))
    total = _sum_of_squares(linalg.divide(spread, unit))
    exact = linalg.max(linalg.abs(linalg.subtract(targets, predictions)), axis=0)
    columns = linalg.elementwise(_explained, varies, unexplained, total, exact)
    return linalg.item(linalg.mean(columns))


def _sum_of_squares(A: Matrix) -> Matrix:
    return linalg.sum(linalg.multiply(A, A), axis=0)


def _explained(varies: float, unexplained: float, total: float, largest_error: float) -> float:
    """Return R² of one column."""
    if varies:
        return 1.0 - unexplained / total
    return 1.0 if largest_error == 0 else 0.0


def mean_absolute_error(predictions: Matrix, targets: Matrix) -> float:
    """Return the mean of |p − t| over all numbers: how far off, in the unit of the targets.

    >>> mean_absolute_error([[1.0], [2.0]], [[0.0], [2.0]])
    0.5
    """
    targets = checks.real_targets("mean_absolute_error", *linalg.shape(predictions), targets)
    return linalg.item(linalg.mean(linalg.abs(linalg.subtract(predictions, targets))))


def _both(who: str, predictions: Targets, targets: Targets) -> tuple[list[int], list[int]]:
    predicted = classes_of(predictions, f"{who}: predictions")
    actual = classes_of(targets, f"{who}: targets")
    if len(predicted) != len(actual):
        raise ShapeError(f"{who}: {len(predicted)} predictions, but {len(actual)} targets")
    return predicted, actual


def _fraction(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
