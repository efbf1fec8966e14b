"""The picture of a training: `purenn train … --plot out.svg`.

The curves of loss and accuracy, and beside them what the network makes of the data, where that can
be drawn: two numbers per row and a class, or one number and a value. Networks learn from
standardized numbers, but nobody measures in deviations from the mean: the axes are in the units of
the data.

Before this: keep. After this: learn.
"""

from __future__ import annotations

from typing import Any, List, Optional

from .. import draw, linalg
from ..data import DataSet
from ..draw import Picture
from ..history import History
from ..linalg import Matrix
from .train import Parts
from .words import UsageError

__all__ = ["check_plot", "picture_of_training"]

MOST_POINTS = 1500  # more hide each other, and make large files
MOST_CLASSES = 10


def check_plot(path: Optional[str]) -> None:
    """Raise UsageError for a file that would not be a picture."""
    if path is not None and not path.lower().endswith(".svg"):
        raise UsageError(f"--plot: expected a file that ends in .svg, got {path}")


def picture_of_training(history: History, parts: Parts, whole: DataSet) -> Picture:
    """Return the curves, and beside them the data as the network sees them; `whole` is the data
    before they were standardized. Raises ValueError for a history without epochs.
    """
    metric = "accuracy" if whole.class_names else "r2"
    pictures = [draw.history(history), draw.history(history, metric)]
    of_data = _of_data(parts, whole)
    pictures += [] if of_data is None else [of_data]
    return draw.beside(pictures, title=whole.description, columns=len(pictures))


def _of_data(parts: Parts, whole: DataSet) -> Optional[Picture]:
    """Return the regions or the curve that the network draws, None where there is no such thing."""
    classes, features = len(whole.class_names), len(whole.feature_names)
    if (features, classes > 0) not in ((2, True), (1, False)) or classes > MOST_CLASSES:
        return None

    def ask(rows: Matrix) -> Matrix:
        standardized: Any = rows if parts.standardizer is None else (
            parts.standardizer.transform(rows))
        scores = parts.network.predict(standardized)
        of_targets = parts.target_standardizer
        return scores if of_targets is None else of_targets.inverse(scores)

    return draw.regions(ask, _some(whole))


def _some(whole: DataSet) -> DataSet:
    """Return the data, of very many rows every second, third, …"""
    rows: List[int] = list(range(0, len(whole.inputs), 1 + len(whole.inputs) // MOST_POINTS))
    targets: Any = whole.targets
    return whole._replace(inputs=linalg.take(whole.inputs, rows),
                          targets=linalg.take(targets, rows))
