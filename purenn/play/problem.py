"""The problem: rows to learn from, as the network sees them, and rows held out.

    settings ──► a data set ──► split ──► standardized ──► learn, held_out

Everything goes through the functions of `purenn.data`, in the order in which a script would call
them, so that the script that the playground hands out makes the same rows.

Before this: `settings`. After this: `plane`, how rows are put on a surface.
"""

from __future__ import annotations

from random import Random
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

from ..data import DataError, DataSet, Standardizer, digits, iris, one_hot, split, wine
from ..linalg import Matrix, Vector
from ..losses import (
    Huber, Loss, MeanAbsoluteError, MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from .refusals import Refused
from .settings import TOYS, Settings, has_classes_to_choose

__all__ = [
    "Part", "Problem", "compares_numbers", "loss_of", "make_problem", "outputs_of",
    "part_of", "points_as_data",
]

MOST_ROWS, MOST_INPUTS, MOST_CLASSES = 5000, 64, 20

_BUNDLED = {"iris": iris, "wine": wine, "digits": digits}


class Part(NamedTuple):
    """Rows as the network sees them, and their targets as the loss wants them."""

    inputs: Matrix
    targets: Any
    labels: Sequence[Any]  # class numbers, or values
    raw: Sequence[Vector]  # the same rows before they were standardized


class Problem(NamedTuple):
    """What is to be learned.

    learn, held_out   the parts; None where nothing is held out
    data              the whole set, before splitting and standardizing
    classes           how many; 0 when values are asked for
    standardizer      of the inputs, target_standardizer of the values; None where there is none
    """

    learn: Part
    held_out: Optional[Part]
    data: DataSet
    classes: int
    standardizer: Optional[Standardizer]
    target_standardizer: Optional[Standardizer]

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return len(self.data.feature_names)


def make_problem(settings: Settings, own: Optional[DataSet]) -> Problem:
    """Return the problem that the settings describe; `own` are the points or the table.

    Raises Refused when there are too few rows to be split, or too many of anything.
    """
    data = _whole_set(settings, own)
    _check_size(data)
    learn, held_out = data, None
    if settings.held_out > 0:
        try:
            learn, held_out = split(data, settings.held_out, rng=_continued(settings))
        except (DataError, ValueError) as error:
            raise Refused("bad_value", str(error), "held_out", "hold out nothing") from None
    return _prepared(settings, data, learn, held_out)


def _whole_set(settings: Settings, own: Optional[DataSet]) -> DataSet:
    if settings.set in TOYS:
        return _toy(settings, Random(settings.seed))
    if settings.set in _BUNDLED:
        return _BUNDLED[settings.set]()
    if own is None:
        missing = "drop a table onto the page first" if settings.set == "table" else (
            "put down some points first")
        raise Refused("not_now", f"there is nothing to learn from yet: {missing}", "set")
    return own


def _toy(settings: Settings, rng: Random) -> DataSet:
    chosen = {"classes": settings.classes} if has_classes_to_choose(settings.set) else {}
    try:
        made: DataSet = TOYS[settings.set](
            size=settings.points, noise=settings.noise, rng=rng, **chosen)
    except ValueError as error:
        raise Refused("bad_value", str(error), "classes") from None
    return made


def _continued(settings: Settings) -> Random:
    """Return the generator that splits: the one that made the points, as it is after that."""
    rng = Random(settings.seed)
    if settings.set in TOYS:
        _toy(settings, rng)
    return rng


def _check_size(data: DataSet) -> None:
    for number, most, what in ((len(data.inputs), MOST_ROWS, "rows"),
                               (len(data.feature_names), MOST_INPUTS, "columns of inputs"),
                               (len(data.class_names), MOST_CLASSES, "classes")):
        if number > most:
            raise Refused("too_large", f"{number:,} {what}: the playground takes at most {most:,}",
                          "set", "leave some columns out" if "columns" in what else
                          "train it on the command line: purenn train")
    if len(data.inputs) < 2:
        raise Refused("not_now", f"{len(data.inputs)} rows: at least 2 are needed", "set")


def _prepared(
    settings: Settings, data: DataSet, learn: DataSet, held_out: Optional[DataSet]
) -> Problem:
    classes = len(data.class_names)
    standardizer = Standardizer().fit(learn.inputs) if settings.standardize else None
    values: Optional[Standardizer] = None
    if settings.standardize and not classes:
        targets: Any = learn.targets
        values = Standardizer().fit(targets)
    empty = Part([], [], [], [])
    problem = Problem(empty, None, data, classes, standardizer, values)
    return problem._replace(
        learn=part_of(settings, problem, learn.inputs, learn.targets),
        held_out=None if held_out is None else part_of(
            settings, problem, held_out.inputs, held_out.targets))


def part_of(settings: Settings, problem: Problem, rows: Any, targets: Any) -> Part:
    """Return rows and their targets as a network that learns the problem gets them."""
    raw = [list(row) for row in rows]
    inputs = raw if problem.standardizer is None else [*problem.standardizer.transform(raw)]
    values, classes = problem.target_standardizer, problem.classes
    labels = targets if values is None else [*values.transform(targets)]
    wanted = one_hot(labels, classes) if compares_numbers(settings, classes) else labels
    width = outputs_of(settings, classes) if classes else len(labels[0])
    loss = loss_of(settings, classes)
    return Part(inputs, loss.check_targets(len(raw), width, wanted), labels, raw)


# ---- What the loss wants, and how many outputs it takes ----


def loss_of(settings: Settings, classes: int) -> Loss:
    """Return the loss; Refused where it does not go with the task."""
    name = settings.loss
    if name == "auto":
        name = "softmax" if classes else "squared"
    if not classes and name in ("softmax", "sigmoid"):
        raise Refused("bad_value", f"Loss: {name} cross-entropy needs classes, and here a value is "
                      f"asked for", "loss", "squared error")
    losses = {"softmax": SoftmaxCrossEntropy, "sigmoid": SigmoidCrossEntropy,
              "squared": MeanSquaredError, "absolute": MeanAbsoluteError, "huber": Huber}
    made: Loss = losses[name]()
    return made


def outputs_of(settings: Settings, classes: int) -> int:
    """Return how many neurons the last layer has: one for a value or for yes or no, else k."""
    return 1 if not classes or (classes == 2 and settings.loss == "sigmoid") else classes


def compares_numbers(settings: Settings, classes: int) -> bool:
    """Say whether the loss compares every output with a number: then classes become one-hot."""
    return classes > 0 and settings.loss not in ("auto", "softmax") and (
        outputs_of(settings, classes) > 1)


# ---- Points put down by hand ----


def points_as_data(points: Sequence[Tuple[float, float, int]]) -> Optional[DataSet]:
    """Return the points as a data set of at least two classes, None if there are fewer than two.

    >>> points_as_data([(0.5, 0.25, 0), (0.0, 1.0, 1)])
    DataSet(2 rows, 2 features, 2 classes: class 1, class 2)
    """
    if len(points) < 2:
        return None
    classes = max(2, 1 + max(label for _, _, label in points))
    names: List[str] = [f"class {number + 1}" for number in range(classes)]
    return DataSet([[x, y] for x, y, _ in points], [label for _, _, label in points],
                   ["x", "y"], names, f"{len(points)} points put down by hand")
