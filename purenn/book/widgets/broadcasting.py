"""Shapes that broadcast: choose two shapes, see their sum or why there is none.

What purenn says to each pair of shapes that do not go together is recorded when the book is made.

Before this: relus. This is the last of the widgets.
"""

from __future__ import annotations

import html
from typing import Dict, List

from ... import linalg
from .widget import Widget, shown

__all__ = ["LARGEST", "START", "left", "make", "refusals", "right"]

LARGEST = 4
START = (3, 4, 1, 4)  # rows and columns of the two


def left(rows: int, columns: int) -> List[List[float]]:
    """Return the matrix on the left: 1, 2, 3, … row by row."""
    return [[float(columns * i + j + 1) for j in range(columns)] for i in range(rows)]


def right(rows: int, columns: int) -> List[List[float]]:
    """Return the matrix on the right: 10, 20, 30, …"""
    return [[10.0 * (columns * i + j + 1) for j in range(columns)] for i in range(rows)]


def refusals() -> Dict[str, str]:
    """Return what is said to each pair of shapes that do not go together."""
    said = {}
    sizes = range(1, LARGEST + 1)
    for a, b, c, d in ((a, b, c, d) for a in sizes for b in sizes for c in sizes for d in sizes):
        try:
            linalg.add(left(a, b), right(c, d))
        except linalg.ShapeError as error:
            said[f"{a},{b},{c},{d}"] = str(error)
    return said


def make() -> Widget:
    """Return the widget; its still picture is the sum that it begins with."""
    one, other = left(*START[:2]), right(*START[2:])
    total = linalg.add(one, other)
    still = ('<div class="sum">' + _matrix(one, "A")
             + '<span class="signed">+' + _matrix(other, "B") + "</span>"
             + '<span class="signed">=' + _matrix(total, "sum") + "</span></div>\n"
             f'<p class="step" role="status">({START[0]} × {START[1]}) + ({START[2]} × {START[3]}) '
             f"gives ({len(total)} × {len(total[0])}).</p>")
    return Widget("broadcasting", "Shapes that broadcast", still,
                  {"start": START, "largest": LARGEST, "refused": refusals()})


def _matrix(rows: List[List[float]], name: str) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{shown(value)}</td>" for value in row) + "</tr>"
                    for row in rows)
    return f'<table aria-label="{html.escape(name)}"><tbody>{lines}</tbody></table>'
