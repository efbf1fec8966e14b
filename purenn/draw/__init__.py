"""Pictures: SVG for paper and screen, characters for a terminal, with the standard library alone.

Every function here returns a `Picture`: `save("loss.svg")` writes it, a notebook shows it, `print`
draws it with characters.

>>> from purenn import draw
>>> picture = draw.lines({"loss": [1.0, 0.5, 0.25]}, title="It learns", x_label="epoch")
>>> picture.description
'Line chart over epoch, from 1 to 3. loss: from 1 to 0.25.'

The source is a small textbook of drawing, to be read in this order:

 1. numerals      numbers as text
 2. scales        from numbers to places on the paper; round numbers beside an axis
 3. colours       that everybody can tell apart, and that mean something
 4. typesetting   how wide a text is, and where it breaks
 5. svg           a picture is a text
 6. terminal      what a terminal can show
 7. characters    drawing with characters
 8. picture       what all pictures have: a title, a description, two ways to be drawn
 9. charts        a frame, axes, a legend
10. curves        lines, history
11. points        scatter, regions
12. counts        bars, histogram
13. heatmaps      heatmap, confusion, landscape
14. pixels        images
15. diagrams      network, activations
16. arranging     beside
17. patterns      attention
18. moving        frames: one picture after the other
19. showing       show: in a notebook, in the book, in a terminal

Left out on purpose: other file formats, styles to choose from, interaction. A picture here is a
page of a book.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, List

if TYPE_CHECKING:
    from .arranging import beside
    from .counts import bars, histogram
    from .curves import history, lines
    from .diagrams import activations, network
    from .heatmaps import confusion, heatmap, landscape
    from .moving import frames
    from .patterns import attention
    from .picture import Picture
    from .pixels import images
    from .points import regions, scatter
    from .showing import picture_of, show, shown_by, svg_of

__all__ = [
    "Picture", "activations", "attention", "bars", "beside", "confusion", "frames", "heatmap",
    "histogram", "history", "images", "landscape", "lines", "network", "picture_of", "regions",
    "scatter", "show", "shown_by", "svg_of",
]

# The command line needs the terminal of this folder and seldom a picture, so modules are imported
# when something in them is first asked for.
_WHERE = {
    "Picture": "picture", "activations": "diagrams", "attention": "patterns", "bars": "counts",
    "beside": "arranging", "confusion": "heatmaps", "frames": "moving", "heatmap": "heatmaps",
    "histogram": "counts", "history": "curves", "images": "pixels", "landscape": "heatmaps",
    "lines": "curves", "network": "diagrams", "picture_of": "showing", "regions": "points",
    "scatter": "points", "show": "showing", "shown_by": "showing", "svg_of": "showing",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for; Python calls this for names that are not here yet."""
    if name in _WHERE:
        return getattr(import_module(f"purenn.draw.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'purenn.draw' has no attribute {name!r}")


def __dir__() -> List[str]:
    """Return what can be asked for, also what is not imported yet."""
    return sorted({*globals(), *__all__})
