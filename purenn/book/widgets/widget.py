"""What all widgets have in common: a still picture, the data for the script, a name.

Before this: nothing of the widgets. After this: backpropagation.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any, NamedTuple

__all__ = ["COMMON", "Widget", "script_of", "shown", "widget_html"]

COMMON = "widgets.js"


class Widget(NamedTuple):
    """`still` is HTML that teaches without a script; `data` is what the script begins with."""

    name: str
    label: str
    still: str
    data: Any


def script_of(name: str) -> str:
    """Return the file of a widget's script, as it is called in the book."""
    return f"widget-{name}.js"


def widget_html(widget: Widget) -> str:
    """Return a widget as HTML: the picture, and its numbers for the script."""
    data = json.dumps(widget.data, ensure_ascii=False).replace("<", "\\u003c")
    return (f'<figure class="widget" data-widget="{widget.name}">\n'
            f"<figcaption>{html.escape(widget.label)}</figcaption>\n{widget.still}\n"
            f'<script type="application/json">{data}</script>\n</figure>')


def shown(value: float) -> str:
    """Return a number as the widgets show it: at most four decimals, a true minus.

    >>> shown(-0.5), shown(2.0), shown(1234567.0)
    ('−0.5', '2', '1.23e+6')
    """
    if abs(value) >= 1e6:
        text = re.sub(r"e([+-])0+", r"e\1", f"{value:.2e}")
    else:
        text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
