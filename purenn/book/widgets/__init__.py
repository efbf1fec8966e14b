"""Figures to play with: what moves in the book.

Each is a still picture first, computed by purenn when the book is made, that teaches without any
script. A small script of its own, without libraries, makes it answer to the reader; the formulas
that it needs are held to purenn's by a test in a real browser. A lesson asks for one with

    ```widget backpropagation
    ```

1. `widget`           what they have in common
2. `backpropagation`  a network of 2-2-1, one product at a time
3. `training`         a training to scrub through
4. `landscape`        optimizers race down a loss
5. `neuron`           a neuron with handles
6. `softmax`          scores to be dragged
7. `relus`            a curve out of ReLUs
8. `broadcasting`     shapes that go together

Adding one means a module with a function `make` and its script, and a line in WIDGETS.
"""

from importlib import import_module
from typing import Dict

from .widget import Widget, widget_html

__all__ = ["WIDGETS", "Widget", "make", "widget_html"]

# The name in the lessons, and the module that makes it.
WIDGETS: Dict[str, str] = {name: name for name in (
    "backpropagation", "training", "landscape", "neuron", "softmax", "relus", "broadcasting")}


def make(name: str) -> Widget:
    """Return the widget of that name, its numbers computed now. KeyError if there is none."""
    made: Widget = import_module(f"{__name__}.{WIDGETS[name]}").make()
    return made
