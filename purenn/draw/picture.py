"""A picture: something that can be written as SVG and as text.

Every function of this folder returns a `Picture`. It holds its title, a description for those who
cannot see it, its SVG elements, and a function that draws it again with characters, since a
terminal has another size each time.

An SVG names its title and description by ids, and on a page all ids must differ. So they are made
of the contents: different pictures have different ids, and the same picture is the same file
whenever it is drawn.

Before this: characters. After this: charts.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any, Callable, List, Sequence, Union

from ..atomic import replace_file
from . import svg
from .colours import INK, PAPER
from .typesetting import clean, text_width, wrapped

__all__ = ["EDGE", "Picture", "TITLE_LINE", "heading", "title_height"]

NARROWEST = 24  # characters; below that there is no room for an axis and its numbers
EDGE = 14  # pixels free around everything
TITLE_SIZE, TITLE_LINE = 15, 20

# Draws a picture with characters: (width, colour) -> lines, none of them wider than that.
AsText = Callable[[int, bool], List[str]]


class Picture:
    """A picture with a title and a description, `width` × `height` pixels.

    elements: its SVG markup, without the title; as_text: see above. Title and description must be
    texts that say something: ValueError if one is empty.
    """

    def __init__(
        self, title: str, description: str, width: float, height: float,
        elements: Sequence[str], as_text: AsText,
    ) -> None:
        self.title, self.description = clean(title), clean(description)
        if not self.title or not self.description:
            raise ValueError("Picture: expected a title and a description, got an empty one")
        self.width, self.height = int(width + 0.5), int(height + 0.5)
        self.elements, self._as_text = list(elements), as_text

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        contents = "\n".join(self.elements)
        said = "\n".join([self.title, self.description, f"{self.width} {self.height}", contents])
        name = "picture-" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]
        return svg.element(
            "svg",
            "\n".join(["", svg.element("title", svg.escaped(self.title), id=f"{name}-title"),
                       svg.element("desc", svg.escaped(self.description), id=f"{name}-about"),
                       svg.rectangle(0, 0, self.width, self.height, PAPER), contents, ""]),
            xmlns="http://www.w3.org/2000/svg", width=self.width, height=self.height,
            viewBox=f"0 0 {self.width} {self.height}", role="img",
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
        lines = [*wrapped(self.title, width), *self._as_text(width, colour)]
        return "\n".join(line.rstrip() for line in lines)

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
