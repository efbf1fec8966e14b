"""What all pages of the book have in common: the frame, the way around, rows of prose and code.

A page is one file of HTML, and one style sheet beside it serves them all. Nothing else is loaded:
no script, no font, nothing from anywhere else.

Before this: docstrings. After this: modules.
"""

from __future__ import annotations

import html
import os
from typing import NamedTuple, Optional, Sequence, Tuple

from .. import __version__

__all__ = ["MADE_BY", "STYLE_SHEET", "Target", "contents_list", "link", "page", "row", "style"]

STYLE_SHEET = "book.css"

# Stands in every page, so that a folder that holds a book is known by it.
MADE_BY = '<meta name="generator" content="purenn lessons">'


class Target(NamedTuple):
    """Where a link leads, and what it says."""

    address: str
    text: str


def style() -> str:
    """Return the style sheet."""
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, STYLE_SHEET), encoding="utf-8") as file:
        return file.read()


def link(target: Target, css_class: str = "") -> str:
    """Return a link as HTML."""
    attribute = f' class="{css_class}"' if css_class else ""
    return (f'<a{attribute} href="{html.escape(target.address)}">'
            f"{html.escape(target.text, quote=False)}</a>")


def row(prose: str, code: str, css_class: str = "") -> str:
    """Return prose beside its code; one of the two may be empty."""
    names = " ".join(filter(None, ["row", css_class]))
    return (f'<div class="{names}">\n<div class="prose">\n{prose}\n</div>\n'
            f'<div class="beside">\n{code}\n</div>\n</div>' if code else
            f'<div class="{names}">\n<div class="prose">\n{prose}\n</div>\n</div>')


def contents_list(label: str, targets: Sequence[Target]) -> str:
    """Return a list of links to the sections of the page, or nothing if there are none."""
    if not targets:
        return ""
    items = "\n".join(f"<li>{link(target)}</li>" for target in targets)
    return (f'<nav class="contents" aria-label="{html.escape(label)}">\n<ul>\n{items}\n</ul>\n'
            f"</nav>")


def page(
    title: str, description: str, body: str, around: Tuple[Optional[Target], Optional[Target]],
    home: bool = False,
) -> str:
    """Return a whole page. `around` are the pages before and after it, None where there is none."""
    name = title if home else f"{title} – purenn"
    top = "" if home else (f'<header class="top">\n{link(Target("index.html", "purenn"), "home")}\n'
                           f"{_way(around, 'Before and after')}\n</header>\n")
    bottom = "" if home else _way(around, "Before and after, again")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{html.escape(name, quote=False)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{html.escape(description)}">
<meta name="color-scheme" content="light dark">
{MADE_BY}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{STYLE_SHEET}">
</head>
<body>
<a class="skip" href="#main-text">Skip to the text</a>
{top}<main id="main-text" tabindex="-1">
{body}
</main>
<footer>
{bottom}
<p>purenn {__version__}. Every number and every picture in this book was computed by the code
beside it.</p>
</footer>
</body>
</html>
"""


def _way(around: Tuple[Optional[Target], Optional[Target]], label: str) -> str:
    before, after = around
    links = [
        link(Target(before.address, f"← {before.text}"), "before") if before else "",
        link(Target(after.address, f"{after.text} →"), "after") if after else "",
    ]
    inside = "\n".join(filter(None, links))
    return f'<nav class="way" aria-label="{label}">\n{inside}\n</nav>' if inside else ""
