"""How objects show themselves: in a notebook as a picture, on a narrow console in plain characters.

In a notebook, an object may show itself as a picture instead of as a line of text.

A notebook asks an object for `_repr_svg_`. Networks, histories and the like answer with a picture
from `draw`. But `draw` builds on them, so they cannot import it: the package (`__init__.py`) says
here who draws.
"""

from __future__ import annotations

import sys

from .annotations import Any, Callable

__all__ = ["Pictured", "for_console"]


class Pictured:
    """Something that a notebook shows as a picture, if somebody can draw it."""

    draw: Callable[[Any], str | None] | None = None

    def _repr_svg_(self) -> str | None:
        draw = Pictured.draw
        return draw(self) if draw is not None else None


def for_console(text: str) -> str:
    """Return the text in characters that standard output knows, so that print never fails.

    Where it knows no arrow, as on a console of Windows or in ASCII, "→" becomes "->".
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("→", "->").replace("×", "x").replace("…", "...")
        return text.encode(encoding, "replace").decode(encoding)
    return text
