"""Arranging: several pictures beside each other, as one.

Before this: diagrams. After this: patterns.
"""

from __future__ import annotations

import math
from typing import Any, List, Optional, Sequence

from ..checks import positive_integer
from . import svg
from .characters import beside_each_other
from .picture import Drawing, Picture, heading, title_height

__all__ = ["beside", "checked_pictures"]

MOST = 60
LEAST = 300  # pixels: no picture is drawn narrower than this to stand beside another
NARROW = 34  # characters: no picture in a terminal is drawn narrower than this beside another


def beside(
    pictures: Sequence[Picture], *, title: str = "", columns: Optional[int] = None
) -> Picture:
    """Put pictures beside each other, and below each other where they are many.

    columns: how many in a row at most; by default as many as fit. On a narrow page and in a
    narrow terminal they stand below each other. Raises ValueError for no pictures or more
    than 60, TypeError for what is no picture.
    """
    pictures = checked_pictures("draw.beside", pictures)
    most = MOST if columns is None else positive_integer("draw.beside", "columns", columns)
    said = title or "; ".join(picture.title for picture in pictures[:4]) + (
        "; …" if len(pictures) > 4 else "")
    about = f"{len(pictures)} pictures. " + " ".join(
        f"{picture.title}: {picture.description}" for picture in pictures)

    def draw(page: float) -> Drawing:
        per_row = _per_row(pictures, most, page)
        drawings = [picture.drawn(page / per_row) for picture in pictures]
        return _laid_out(_in_rows(drawings, per_row), title)

    def as_text(width: int, colour: bool) -> List[str]:
        per_row = min(most, max(1, int(980 // max(picture.width for picture in pictures))))
        if columns is not None:
            per_row = most
        return _as_text(_in_rows(pictures, per_row), width, colour)

    return Picture(said, about, draw, as_text)


def checked_pictures(who: str, pictures: Sequence[Picture]) -> List[Picture]:
    """Return pictures as a list; ValueError for none or too many, TypeError for other things."""
    if not 1 <= len(pictures) <= MOST:
        raise ValueError(f"{who}: expected 1 to {MOST} pictures, got {len(pictures)}")
    for picture in pictures:
        if not isinstance(picture, Picture):
            raise TypeError(f"{who}: expected pictures, got {picture!r:.60}")
    return list(pictures)


def _per_row(pictures: Sequence[Picture], most: int, page: float) -> int:
    """Return how many pictures stand in a row: as many as are wide enough to be read."""
    least = max(min(LEAST, picture.width) for picture in pictures)
    return max(1, min(most, len(pictures), int(page // least)))


def _in_rows(things: Sequence[Any], per_row: int) -> List[Sequence[Any]]:
    return [things[start:start + per_row] for start in range(0, len(things), per_row)]


def _laid_out(rows: Sequence[Sequence[Drawing]], title: str) -> Drawing:
    """Return a table of drawings, its columns as wide as their widest."""
    widths = [max(picture.width for row in rows for picture in row[column:column + 1])
              for column in range(len(rows[0]))]
    width = math.fsum(widths)
    y = title_height(title, width) if title else 0.0
    drawn = heading(title, width) if title else []
    for row in rows:
        x = 0.0
        for picture, wide in zip(row, widths):
            drawn.append(svg.moved(picture.elements, x, y))
            x += wide
        y += max(picture.height for picture in row)
    return Drawing(drawn, width, y)


def _as_text(rows: Sequence[Sequence[Picture]], width: int, colour: bool) -> List[str]:
    lines: List[str] = []
    for row in rows:
        fits = max(1, min(len(row), (width + 3) // (NARROW + 3)))
        each = (width + 3) // fits - 3
        for start in range(0, len(row), fits):
            blocks = [picture.text(each, colour).split("\n") for picture in row[start:start + fits]]
            lines += beside_each_other(blocks) + [""]
    return lines[:-1]
