"""Showing: wherever a picture is wanted, the right kind of it.

In a notebook a picture is displayed; while a book is being made, it goes onto the page; anywhere
else it is printed with characters. A program that shows pictures need not know where it runs.

Histories, networks, data sets and confusion matrices have pictures of their own: `picture_of` says
which.

Before this: moving. This is the last module of the folder.
"""

from __future__ import annotations

import math
import sys
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional

from ..data import DataSet
from ..history import History
from ..metrics import ConfusionMatrix
from ..network import Network
from .arranging import beside
from .counts import MOST_HISTOGRAMS, histogram
from .curves import history
from .diagrams import network
from .heatmaps import confusion
from .picture import NARROWEST, Picture
from .pixels import images
from .points import MOST_CLASSES, scatter
from .terminal import columns_of, encodable, use_colour

__all__ = ["picture_of", "show", "shown_by", "svg_of"]

WIDEST = 100  # characters: pictures of lines longer than this are no clearer
SMALLEST_IMAGE = 6  # pixels in a row: squares of fewer numbers are hardly images
FEATURES, IMAGES = 6, 30  # so many columns of a table, so many images are drawn

_receivers: List[Callable[[Picture], Any]] = []


def show(thing: Any) -> None:
    """Show a picture, or the picture that a History, Network, DataSet or ConfusionMatrix has.

    Raises TypeError for anything else.
    """
    picture = picture_of(thing)
    if _receivers:
        _receivers[-1](picture)
    elif _in_notebook():
        sys.modules["IPython.display"].display(picture)
    else:
        width = max(NARROWEST, min(WIDEST, columns_of(sys.stdout) - 1))
        print(encodable(picture.text(width, use_colour(sys.stdout)), sys.stdout))


@contextmanager
def shown_by(function: Callable[[Picture], Any]) -> Iterator[None]:
    """While this is open, `show(thing)` calls function(picture) instead of printing it."""
    _receivers.append(function)
    try:
        yield
    finally:
        _receivers.pop()


def _in_notebook() -> bool:
    """Say whether we run in a notebook: it has brought IPython along, and a kernel."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python is not None else None
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules


def picture_of(thing: Any) -> Picture:
    """Return the Picture that a History, Network, DataSet or ConfusionMatrix shows itself as.

    A Picture is its own. Raises TypeError for anything else, ValueError for what has nothing to
    draw (a history without epochs).
    """
    if isinstance(thing, Picture):
        return thing
    if isinstance(thing, History):
        return _history_picture(thing)
    if isinstance(thing, Network):
        return network(thing)
    if isinstance(thing, DataSet):
        return _data_picture(thing)
    if isinstance(thing, ConfusionMatrix):
        return confusion(thing)
    raise TypeError(f"draw.picture_of: expected a Picture, History, Network, DataSet or "
                    f"ConfusionMatrix, got {thing!r:.60}")


def svg_of(thing: Any) -> Optional[str]:
    """Return the SVG of its picture, or None if it cannot be drawn: a notebook then shows text."""
    try:
        return picture_of(thing).svg()
    except ValueError:
        return None


def _history_picture(one: History) -> Picture:
    """Return the loss, and beside it the metrics, if there are any."""
    curves = ["loss", *(one[0].metrics if len(one) else ())][:3]
    pictures = [history(one, curve) for curve in curves]
    return pictures[0] if len(pictures) == 1 else beside(
        pictures, title=f"{len(one)} epoch{'s' * (len(one) != 1)}", columns=2)


def _data_picture(data: DataSet) -> Picture:
    """Return points for two numbers per example, images for squares of them, else histograms."""
    width = len(data.feature_names)
    if width == 2 or (width == 1 and not data.class_names):
        if len(data.class_names) <= MOST_CLASSES:
            return scatter(data)
    side = math.isqrt(width)
    if side >= SMALLEST_IMAGE and side * side == width:
        return _first_images(data)
    return _columns(data)


def _first_images(data: DataSet) -> Picture:
    targets: Any = data.targets[:IMAGES]
    captions = [data.class_names[number] for number in targets] if data.class_names else []
    return images([list(row) for row in data.inputs[:IMAGES]], captions=captions,
                  title=f"{_name(data)}: the first {len(targets)} of {len(data.inputs)}")


def _columns(data: DataSet) -> Picture:
    """Return a histogram of each of the first columns, class by class if the classes are few."""
    count = min(FEATURES, len(data.feature_names))
    of = f": {count} of {len(data.feature_names)} columns" * (count < len(data.feature_names))
    return beside([histogram(_by_class(data, k), title=data.feature_names[k] or f"column {k}")
                   for k in range(count)], title=_name(data) + of, columns=2)


def _by_class(data: DataSet, column: int) -> Any:
    """Return a column of the inputs: {class: [number, …]}, or all together."""
    if not 0 < len(data.class_names) <= MOST_HISTOGRAMS:
        return [row[column] for row in data.inputs]
    groups: Dict[str, List[float]] = {}
    targets: Any = data.targets
    for row, target in zip(data.inputs, targets):
        groups.setdefault(data.class_names[target], []).append(row[column])
    return {name: groups[name] for name in data.class_names if name in groups}


def _name(data: DataSet) -> str:
    """Return what the data are, without where they come from: that stands in brackets."""
    return data.description.partition(" (")[0] or "Data"
