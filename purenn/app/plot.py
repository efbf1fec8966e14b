"""The picture of a training: `purenn train … --plot out.svg`.

The curves of loss and accuracy, and beside them what the network makes of the data, where that can
be drawn: two numbers per row and a class, or one number and a value. Networks learn from
standardized numbers, but nobody measures in deviations from the mean: the axes are in the units of
the data.
"""

from __future__ import annotations

from typing import Any, List, Optional

from .. import draw, linalg
from ..data import DataSet
from ..draw import Picture
from ..fitting import Task
from ..history import History
from .options import UsageError

__all__ = ["check_plot", "picture_of_training"]

MOST_POINTS = 1500  # more hide each other, and make large files
MOST_CLASSES = 10


def check_plot(path: Optional[str]) -> None:
    """Raise UsageError for a file that would not be a picture."""
    if path is not None and not path.lower().endswith(".svg"):
        raise UsageError(f"--plot: expected a file that ends in .svg, got {path}")


def picture_of_training(history: History, task: Task, whole: DataSet) -> Picture:
    """Return the curves, and beside them the data as the network sees them.

    Raises ValueError for a history without epochs.
    """
    metric, ask = "r2", task.model.outputs
    if whole.class_names:
        metric, ask = "accuracy", task.model.scores
    pictures = [draw.history(history), draw.history(history, metric)]
    features, classes = len(whole.feature_names), len(whole.class_names)
    drawable = features == 2 if classes else features == 1 and len(task.model.answer_names) == 1
    if drawable and classes <= MOST_CLASSES:
        pictures.append(draw.regions(ask, _some(whole)))
    return draw.beside(pictures, title=whole.description, columns=len(pictures))


def _some(whole: DataSet) -> DataSet:
    """Return the data, of very many rows every second, third, …"""
    rows: List[int] = list(range(0, len(whole.inputs), 1 + len(whole.inputs) // MOST_POINTS))
    targets: Any = whole.targets
    return whole._replace(inputs=linalg.take(whole.inputs, rows),
                          targets=linalg.take(targets, rows))
