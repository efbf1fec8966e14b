"""Measuring: how good is a model, compared with what, and which columns does it need?

A number alone says little: 0.93 of right answers is poor where 0.95 of all rows are of one class.
So beside every result stands the *baseline*, that of the best answer that looks at no column: the
commonest class of these rows, or the mean of their values.

Imports: the core, `data`, `model`, `fitting`. After this: `store`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import linalg
from .data import DataSet
from .initializers import permutation
from .linalg import Matrix, Vector
from .metrics import accuracy, mean_absolute_error, r2
from .model import Model
from .recipes import loss_for
from .rows import GrowingRows, in_parts

__all__ = [
    "Importance", "baseline", "measured", "outputs_for", "permutation_importance", "quality",
    "quality_by_target",
]

BATCH = 256


def outputs_for(model: Model, data: DataSet) -> GrowingRows:
    """Return the outputs for all rows, worked on a batch at a time."""
    said = GrowingRows()
    for rows in in_parts(range(len(data.inputs)), BATCH):
        said.extend(model.outputs(linalg.take(data.inputs, rows)))
    return said


def measured(model: Model, data: DataSet) -> Dict[str, float]:
    """Return the loss on some rows, and how good it is in terms that people use.

    That is the accuracy for classes; for values R² and how far off they are, in their own unit. The
    loss of values is that of the standardized ones, where 1 is no better than their mean.
    """
    outputs = outputs_for(model, data)
    return {"loss": _loss(model, data), **quality(outputs, data)}


def _loss(model: Model, data: DataSet) -> float:
    loss, total = loss_for(model.kind == "classifier"), 0.0
    values: Any = data.targets
    for rows in in_parts(range(len(values)), BATCH):
        targets = linalg.take(values, rows)
        if model.target_standardizer is not None:
            targets = list(model.target_standardizer.transform(targets))
        total += len(rows) * loss(model.scores(linalg.take(data.inputs, rows)), targets)
    return total / len(values)


def quality(outputs: Sequence[Vector], data: DataSet) -> Dict[str, float]:
    """Return the accuracy; for values R² and the mean absolute error.

    Of several targets it is the mean of their R² only, since each has a unit of its own.
    """
    targets: Any = data.targets
    if data.class_names:
        return {"accuracy": accuracy(outputs, targets)}
    outputs = list(outputs)
    explained = r2(outputs, targets) if len(targets) > 1 else math.nan  # of one row: nothing
    if len(targets[0]) > 1:
        return {"r2": explained}
    return {"r2": explained, "mean_absolute_error": mean_absolute_error(outputs, targets)}


def quality_by_target(
    model: Model, outputs: Sequence[Vector], data: DataSet
) -> Dict[str, Dict[str, float]]:
    """Return the quality of each target by its name where there are several, else nothing."""
    targets: Any = data.targets
    if data.class_names or len(targets[0]) == 1:
        return {}
    names = [column.name for column in model.table().targets]
    return {name: quality([[row[place]] for row in outputs],
                          data._replace(targets=[[row[place]] for row in targets]))
            for place, name in enumerate(names)}


def baseline(data: DataSet) -> Dict[str, float]:
    """Return the quality of the best answer that is the same for all rows.

    >>> baseline(DataSet([[1.0]] * 4, [0, 1, 1, 1], ["x"], ["a", "b"], ""))
    {'accuracy': 0.75}
    """
    targets: Any = data.targets
    if data.class_names:
        return {"accuracy": max(map(targets.count, set(targets))) / len(targets)}
    means = linalg.mean(targets, axis=0)[0]
    return quality([means] * len(targets), data)


# ---- Which columns matter? ----


class Importance(NamedTuple):
    """How much worse the answers get when a column is shuffled: mean and deviation."""

    name: str
    mean: float
    deviation: float


def permutation_importance(
    model: Model, data: DataSet, repeats: int = 5, rng: Optional[Random] = None
) -> List[Importance]:
    """Return how much each column matters for the answers to these rows, the largest first.

    A column is shuffled, so that it says nothing any more about its row, and what accuracy or R²
    loses by that is its importance; it is done `repeats` times. The inputs that one column of a
    table was made into are shuffled together. Two columns that say the same stand in for each
    other: both then look unimportant.
    Source: Breiman, "Random Forests", Machine Learning 45, 2001, section 10.
    """
    rng = Random(0) if rng is None else rng
    rows = [list(row) for row in data.inputs]
    whole = _score(model, data, rows)
    found = []
    for name, places in _columns(model, data):
        lost = [whole - _score(model, data, _shuffled(rows, places, rng)) for _ in range(repeats)]
        mean = math.fsum(lost) / repeats
        spread = math.fsum((one - mean) ** 2 for one in lost) / repeats
        found.append(Importance(name, mean, math.sqrt(spread)))
    return sorted(found, key=lambda one: -one.mean)


def _columns(model: Model, data: DataSet) -> Iterator[Tuple[str, List[int]]]:
    """Yield each column's name and the places of its inputs."""
    if model.encoding is None:
        for place in range(model.width):
            names = model.feature_names
            yield names[place] if place < len(names) else f"column {place}", [place]
        return
    first = 0
    for column in model.encoding.features:
        count = len(column.feature_names())
        yield column.name, list(range(first, first + count))
        first += count


def _shuffled(rows: Matrix, places: Sequence[int], rng: Random) -> Matrix:
    changed = [list(row) for row in rows]
    for row, other in zip(changed, permutation(len(rows), rng)):
        for place in places:
            row[place] = rows[other][place]
    return changed


def _score(model: Model, data: DataSet, rows: Matrix) -> float:
    values = quality(outputs_for(model, data._replace(inputs=rows)), data)
    return values["accuracy" if data.class_names else "r2"]
