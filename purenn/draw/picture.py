"""A picture: something that can be written as SVG and as text.

Every function of this folder returns a `Picture`. It holds its title, a description for those who
cannot see it, and two functions: one draws it with SVG elements, for the room that a page has, one
with characters, for the width of a terminal. So a picture fits a phone without becoming a picture
with letters too small to read. What is drawn was copied when the picture was made: a network that
is trained further leaves the pictures of it alone.

An SVG names its title and description by ids, and on a page all ids must differ. So they are made
of the contents: different pictures have different ids, and the same picture is the same file
whenever it is drawn.

Before this: characters. After this: charts.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any, Callable, List, NamedTuple, Optional, Union

from ..atomic import replace_file
from . import svg
from .colours import INK, PAPER
from .typesetting import clean, text_width, wrapped

__all__ = ["Drawing", "EDGE", "NARROWEST", "Picture", "TITLE_LINE", "heading", "title_height"]

NARROWEST = 24  # characters; below that there is no room for an axis and its numbers
WIDEST, SMALLEST = 980.0, 240.0  # pixels: pages that are wider or narrower are drawn for as these
EDGE = 14  # pixels free around everything
TITLE_SIZE, TITLE_LINE = 15, 20

# Draws a picture with characters: (width, colour) -> lines, none of them wider than that.
AsText = Callable[[int, bool], List[str]]


class Drawing(NamedTuple):
    """SVG elements without a title, `width` × `height` pixels."""

    elements: List[str]
    width: float
    height: float


# Draws a picture for a page of so many pixels; it may be narrower.
Draw = Callable[[float], Drawing]


class Picture:
    """A picture with a title and a description, `width` × `height` pixels where there is room.

    draw, as_text: see above. Title and description must be texts that say something: ValueError if
    one is empty.
    """

    def __init__(self, title: str, description: str, draw: Draw, as_text: AsText) -> None:
        self.title, self.description = clean(title), clean(description)
        if not self.title or not self.description:
            raise ValueError("Picture: expected a title and a description, got an empty one")
        self._draw, self._as_text = draw, as_text
        whole = draw(WIDEST)
        self.width, self.height = int(whole.width + 0.5), int(whole.height + 0.5)

    def drawn(self, width: Optional[float] = None) -> Drawing:
        """Return the SVG elements for a page of so many pixels, by default one with enough."""
        return self._draw(WIDEST if width is None else min(WIDEST, max(SMALLEST, width)))

    def svg(self, width: Optional[float] = None) -> str:
        """Return the picture as the text of an SVG file.

        width: how many pixels the page has; what stands side by side then stands below each other
        where it must, and no letter becomes smaller.
        """
        drawing = self.drawn(width)
        wide, high = int(drawing.width + 0.5), int(drawing.height + 0.5)
        contents = "\n".join(drawing.elements)
        said = "\n".join([self.title, self.description, f"{wide} {high}", contents])
        name = "picture-" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]
        return svg.element(
            "svg",
            "\n".join(["", svg.element("title", svg.escaped(self.title), id=f"{name}-title"),
                       svg.element("desc", svg.escaped(self.description), id=f"{name}-about"),
                       svg.rectangle(0, 0, wide, high, PAPER), contents, ""]),
            xmlns="http://www.w3.org/2000/svg", width=wide, height=high,
            viewBox=f"0 0 {wide} {high}", role="img",
            aria_labelledby=f"{name}-title {name}-about",
            font_family="Helvetica, Arial, 'DejaVu Sans', sans-serif",
            style="max-width:100%;height:auto",
        ) + "\n"

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Write the picture to an SVG file, whole or not at all.

        Raises ValueError for a path that does not end in .svg, OSError for one that cannot be
        written.
        """
        if not os.fsdecode(path).lower().endswith(".svg"):
            raise ValueError(f"Picture.save: expected a path that ends in .svg, got "
                             f"{os.fsdecode(path)!r}; pictures are written as SVG only")
        contents = self.svg().encode("utf-8")
        replace_file(path, lambda file: file.write(contents))

    def text(self, width: int = 72, colour: bool = False) -> str:
        """Return the picture drawn with characters, at most `width` of them in a line.

        colour: put in the colour codes of terminals (ANSI, 256 colours); without it, curves and
        classes are told apart by the characters. Raises ValueError for less than 24 characters.
        """
        if not isinstance(width, int) or width < NARROWEST:
            raise ValueError(f"Picture.text: width: expected {NARROWEST} characters or more, got "
                             f"{width!r}")
        lines = [*wrapped(self.title, width), *self.text_lines(width, colour)]
        return "\n".join(line.rstrip() for line in lines)

    def text_lines(self, width: int, colour: bool) -> List[str]:
        """Return the lines of `text` below the title."""
        return self._as_text(width, colour)

    def _repr_svg_(self) -> str:
        """Return what a notebook shows."""
        return self.svg()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Picture({self.title!r}, {self.width} × {self.height})"


def heading(title: Any, width: float) -> List[str]:
    """Return the title of a picture as SVG, in as many lines as it needs."""
    return [svg.write(line, EDGE, EDGE + 12 + TITLE_LINE * number, TITLE_SIZE, bold=True,
                      colour=INK)
            for number, line in enumerate(_title_lines(title, width))]


def title_height(title: Any, width: float) -> float:
    """Return how much room the heading takes, the edge above it and a gap below it included."""
    return EDGE + TITLE_LINE * len(_title_lines(title, width)) + 4


def _title_lines(title: Any, width: float) -> List[str]:
    return wrapped(clean(title), width - 2 * EDGE,
                   lambda text: text_width(text, TITLE_SIZE))
