"""SVG: a picture as text.

SVG is XML, a tree of elements with attributes: `<circle cx="10" cy="20" r="3"/>` is a dot. The
origin is the upper left corner, x goes right, y goes *down*, and one unit is a pixel.

Here is all that is needed of it: elements, text, and paths. Text is escaped in one place, and
numbers are written in one place; so nothing in a name can break out of it.

Before this: typesetting. After this: picture.
"""

from __future__ import annotations

from typing import Any, Iterable, List, Optional, Sequence, Tuple

from .colours import INK
from .numerals import fixed
from .typesetting import clean

__all__ = [
    "MARKS", "Point", "circle", "clipped", "element", "escaped", "line", "mark", "moved", "path",
    "polyline", "rectangle", "write", "write_lines",
]

Point = Tuple[float, float]

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def escaped(text: Any) -> str:
    """Return a text so that it means itself in XML.

    >>> escaped('a < b & "c"')
    'a &lt; b &amp; &quot;c&quot;'
    """
    return "".join(ESCAPES.get(one, one) for one in clean(text))


def element(name: str, content: str = "", **attributes: Any) -> str:
    """Return an element; attributes that are None are left out, "_" in their names becomes "-".

    `content` is markup already; the values of attributes are escaped here.

    >>> element("circle", cx=1.5, cy=2, fill="red", stroke_width=None)
    '<circle cx="1.5" cy="2" fill="red"/>'
    """
    written = "".join(f' {key.strip("_").replace("_", "-")}="{_value(value)}"'
                      for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: Any) -> str:
    return fixed(value, 2) if isinstance(value, (int, float)) else escaped(value)


def write(
    text: Any, x: float, y: float, size: float = 12, anchor: str = "start", colour: str = INK,
    bold: bool = False, turned: bool = False,
) -> str:
    """Return a line of text whose baseline begins, ends or has its middle (anchor) at (x, y).

    turned: written upwards, as beside a vertical axis.
    """
    return element(
        "text", escaped(text), x=x, y=y, font_size=size, fill=colour,
        text_anchor=anchor if anchor != "start" else None, font_weight="bold" if bold else None,
        transform=f"rotate(-90 {fixed(x, 2)} {fixed(y, 2)})" if turned else None,
    )


def write_lines(
    lines: Sequence[str], x: float, y: float, size: float = 12, anchor: str = "start",
    colour: str = INK, turned: bool = False, apart: float = 15,
) -> List[str]:
    """Return lines of text, the first as `write` puts it; turned, the next stands right of it."""
    return [write(line, x + apart * number * turned, y + apart * number * (not turned), size,
                  anchor, colour, turned=turned) for number, line in enumerate(lines)]


def rectangle(
    x: float, y: float, width: float, height: float, fill: str, **attributes: Any
) -> str:
    """Return a filled rectangle; x and y are its upper left corner."""
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, **attributes)


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, **attributes: Any
) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width,
                   **attributes)


def circle(x: float, y: float, radius: float, fill: Optional[str], **attributes: Any) -> str:
    """Return a filled circle."""
    return element("circle", cx=x, cy=y, r=radius, fill=fill, **attributes)


def polyline(points: Iterable[Point], colour: str, width: float = 2, **attributes: Any) -> str:
    """Return a line through points."""
    corners = " ".join(f"{fixed(x)},{fixed(y)}" for x, y in points)
    return element("polyline", points=corners, fill="none", stroke=colour, stroke_width=width,
                   stroke_linejoin="round", stroke_linecap="round", **attributes)


def path(data: str, fill: Optional[str], **attributes: Any) -> str:
    """Return a filled path, given in SVG's own letters: M(ove), L(ine), h, v, Z (close)."""
    return element("path", d=data, fill=fill, **attributes)


def moved(elements: Sequence[str], x: float, y: float, **attributes: Any) -> str:
    """Return elements as one group, shifted."""
    shift = f"translate({fixed(x, 2)} {fixed(y, 2)})" if x or y else None
    return element("g", "\n".join(elements), transform=shift, **attributes)


def clipped(
    elements: Sequence[str], x: float, y: float, width: float, height: float
) -> str:
    """Return elements of which only what lies in a rectangle is seen; their places stay the same.

    A picture inside the picture clips by itself; a clip path would need an id.
    """
    window = f"{fixed(x, 2)} {fixed(y, 2)} {fixed(width, 2)} {fixed(height, 2)}"
    return element("svg", "\n".join(elements), x=x, y=y, width=width, height=height,
                   viewBox=window)


# ---- Marks: the shapes of points ----

# Corners around the middle of a point of radius 1; the first mark, the circle, has none.
TRIANGLE = [(0.0, -1.25), (1.15, 0.8), (-1.15, 0.8)]
SQUARE = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
DIAMOND = [(0.0, -1.35), (1.05, 0.0), (0.0, 1.35), (-1.05, 0.0)]
PLUS = [(-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2),
        (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)]
STAR = [(0.0, -1.45), (0.38, -0.5), (1.38, -0.45), (0.6, 0.2), (0.85, 1.17), (0.0, 0.62),
        (-0.85, 1.17), (-0.6, 0.2), (-1.38, -0.45), (-0.38, -0.5)]
HEXAGON = [(-0.6, -1.05), (0.6, -1.05), (1.2, 0.0), (0.6, 1.05), (-0.6, 1.05), (-1.2, 0.0)]


def _turned(corners: Sequence[Point]) -> List[Point]:
    """Turn a shape by an eighth of a full turn: a plus becomes a cross."""
    return [(0.707 * (x - y), 0.707 * (x + y)) for x, y in corners]


MARKS: List[Sequence[Point]] = [
    [], SQUARE, TRIANGLE, DIAMOND, [(x, -y) for x, y in TRIANGLE], PLUS, _turned(PLUS), STAR,
    HEXAGON, [(-0.5, -1.2), (0.5, -1.2), (0.5, 1.2), (-0.5, 1.2)],
]


def mark(
    number: int, x: float, y: float, radius: float, fill: Optional[str], **attributes: Any
) -> str:
    """Return the mark of class `number` around (x, y): a circle, a square, a triangle, …"""
    corners = MARKS[number % len(MARKS)]
    if not corners:
        return circle(x, y, radius, fill, **attributes)
    steps = "L".join(f"{fixed(x + radius * dx)} {fixed(y + radius * dy)}" for dx, dy in corners)
    return path(f"M{steps}Z", fill, **attributes)
