"""Arranging: several pictures beside each other, as one.

Before this: diagrams. After this: showing.
"""

from __future__ import annotations

import math
from typing import List, Optional, Sequence, Tuple

from ..checks import positive_integer
from . import svg
from .characters import beside_each_other
from .picture import Picture, heading, title_height

__all__ = ["beside"]

MOST = 60
PAGE = 980  # pixels: pictures stand side by side as long as they are no wider than this together
NARROW = 34  # characters: no picture in a terminal is drawn narrower than this beside another


def beside(
    pictures: Sequence[Picture], *, title: str = "", columns: Optional[int] = None
) -> Picture:
    """Put pictures beside each other, and below each other where they are many.

    columns: how many in a row; by default as many as are 980 pixels wide together. In a terminal
    they stand below each other where it is too narrow. Raises ValueError for no pictures or more
    than 60, TypeError for what is no picture.
    """
    if not 1 <= len(pictures) <= MOST:
        raise ValueError(f"draw.beside: expected 1 to {MOST} pictures, got {len(pictures)}")
    for picture in pictures:
        if not isinstance(picture, Picture):
            raise TypeError(f"draw.beside: expected pictures, got {picture!r:.60}")
    per_row = _per_row(pictures) if columns is None else positive_integer(
        "draw.beside", "columns", columns)
    rows = [pictures[start:start + per_row] for start in range(0, len(pictures), per_row)]
    said = title or "; ".join(picture.title for picture in pictures[:4]) + (
        "; …" if len(pictures) > 4 else "")
    about = f"{len(pictures)} pictures. " + " ".join(
        f"{picture.title}: {picture.description}" for picture in pictures)
    drawn, width, height = _laid_out(rows, title)

    def as_text(most: int, colour: bool) -> List[str]:
        return _as_text(rows, most, colour)

    return Picture(said, about, width, height, drawn, as_text)


def _per_row(pictures: Sequence[Picture]) -> int:
    return max(1, PAGE // max(picture.width for picture in pictures))


def _laid_out(
    rows: Sequence[Sequence[Picture]], title: str
) -> Tuple[List[str], float, float]:
    """Return elements, width and height: a table whose columns are as wide as their widest."""
    widths = [max(picture.width for row in rows for picture in row[column:column + 1])
              for column in range(len(rows[0]))]
    width = math.fsum(widths)
    y = title_height(title, width) if title else 0.0
    drawn = heading(title, width) if title else []
    for row in rows:
        x = 0
        for picture, wide in zip(row, widths):
            drawn.append(svg.moved(picture.elements, x, y))
            x += wide
        y += max(picture.height for picture in row)
    return drawn, width, y


def _as_text(rows: Sequence[Sequence[Picture]], width: int, colour: bool) -> List[str]:
    lines: List[str] = []
    for row in rows:
        fits = max(1, min(len(row), (width + 3) // (NARROW + 3)))
        each = (width + 3) // fits - 3
        for start in range(0, len(row), fits):
            blocks = [picture.text(each, colour).split("\n") for picture in row[start:start + fits]]
            lines += beside_each_other(blocks) + [""]
    return lines[:-1]
