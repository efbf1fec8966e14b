"""What all widgets have in common: a still picture, the data for the script, a name.

Before this: nothing of the widgets. After this: backpropagation.
"""

from __future__ import annotations

import html
import json
from typing import Any, NamedTuple

__all__ = ["COMMON", "Widget", "beside", "bracketed", "exactly", "scientific", "script_of", "shown",
           "table", "widget_html"]

COMMON = "widgets.js"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def beside(drawn: str, told: str) -> str:
    """Return a picture and what belongs to it as HTML: side by side where there is room."""
    return (f'<div class="beside">\n<div class="drawn">{drawn}</div>\n'
            f'<div class="told">{told}</div>\n</div>')


def table(head: str, rows: str) -> str:
    """Return a table as HTML: its head is one row of cells. The keyboard scrolls it if need be."""
    return (f'<table tabindex="0">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n'
            "</table>")


def shown(value: float) -> str:
    """Return a number as the widgets show it: at most four decimals, a true minus.

    >>> shown(-0.5), shown(2.0), shown(1234567.0)
    ('−0.5', '2', '1.23·10⁶')
    """
    if abs(value) >= 1e6:
        return scientific(value)
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def scientific(value: float) -> str:
    """Return a number with three digits and a power of ten.

    >>> scientific(0.00000614), scientific(-2e12)
    ('6.14·10⁻⁶', '−2·10¹²')
    """
    digits, power = f"{value:.2e}".split("e")
    digits = digits.rstrip("0").rstrip(".").replace("-", "−")
    return f"{digits}·10{str(int(power)).translate(RAISED)}"


def exactly(value: float) -> str:
    """Return a number as `shown`, but never as 0 if it is not.

    >>> exactly(0.00000614), exactly(0.25), exactly(0.0)
    ('6.14·10⁻⁶', '0.25', '0')
    """
    return scientific(value) if 0.0 < abs(value) < 5e-5 else shown(value)


def bracketed(value: float) -> str:
    """Return a number as it stands behind a sign or a dot: in brackets if it is negative.

    >>> bracketed(-0.5), bracketed(2.0)
    ('(−0.5)', '2')
    """
    text = shown(value)
    return f"({text})" if text.startswith("−") else text
