"""What all pages of the book have in common: the frame, the way around, what is loaded.

A page is one file of HTML; one style sheet and one script beside it serve them all. Nothing comes
from anywhere else, and without the script everything is there to be read.

Before this: docstrings. After this: figures.
"""

from __future__ import annotations

import html
import os
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .. import __version__

__all__ = [
    "Around", "Contents", "MADE_BY", "Page", "SCRIPT", "STYLE_SHEET", "Target", "link",
    "list_of_links", "shared_file", "whole_page",
]

STYLE_SHEET, SCRIPT = "book.css", "book.js"

# Stands in every page, so that a folder that holds a book is known by it.
MADE_BY = '<meta name="generator" content="purenn lessons">'


class Target(NamedTuple):
    """Where a link leads, and what it says."""

    address: str
    text: str


Around = Tuple[Optional[Target], Optional[Target]]  # the pages before and after, None for none
Contents = Sequence[Tuple[str, Sequence[Target]]]  # groups of links with their headings


class Page(NamedTuple):
    """A page: its own address, what it is called, and what stands on it.

    `sections` are the places on it that one may want to go to; `night` are style rules for pictures
    on dark pages; `scripts` are further files of script that it needs.
    """

    address: str
    title: str
    description: str
    body: str
    sections: Sequence[Target] = ()
    around: Around = (None, None)
    night: str = ""
    scripts: Sequence[str] = ()


def shared_file(name: str) -> str:
    """Return a file that lies beside this one: the style sheet, a script."""
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def link(target: Target, css_class: str = "", current: bool = False) -> str:
    """Return a link as HTML; `current` says that it leads to the page on which it stands."""
    attribute = f' class="{css_class}"' if css_class else ""
    attribute += ' aria-current="page"' if current else ""
    return (f'<a{attribute} href="{html.escape(target.address)}">'
            f"{html.escape(target.text, quote=False)}</a>")


def list_of_links(label: str, targets: Sequence[Target]) -> str:
    """Return a named list of links, or nothing if there are none."""
    if not targets:
        return ""
    items = "\n".join(f"<li>{link(target)}</li>" for target in targets)
    return (f'<nav class="related" aria-label="{html.escape(label)}">\n<p>{label}</p>\n'
            f"<ul>\n{items}\n</ul>\n</nav>")


def whole_page(page: Page, title_of_book: str, contents: Contents) -> str:
    """Return a page as HTML, in the frame that all have."""
    name = page.title if page.title == title_of_book else f"{page.title} – {title_of_book}"
    night = (f"<style>@media screen and (prefers-color-scheme: dark) {{{page.night}}}</style>\n"
             if page.night else "")
    scripts = "".join(f'<script src="{script}" defer></script>\n'
                      for script in [*page.scripts, SCRIPT])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{html.escape(name, quote=False)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{html.escape(page.description)}">
<meta name="color-scheme" content="light dark">
{MADE_BY}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{STYLE_SHEET}">
{night}{scripts}</head>
<body>
<a class="skip" href="#main-text">Skip to the text</a>
{_top(page, title_of_book)}
<div class="frame">
{_book_contents(page, contents)}
<main id="main-text" tabindex="-1">
{page.body}
{_way(page.around)}
</main>
{_page_contents(page)}
</div>
<footer>
<p>purenn {__version__}. Every number and every picture in this book was computed by the code
that stands with it.</p>
</footer>
</body>
</html>
"""


def _top(page: Page, title_of_book: str) -> str:
    here = ('<button type="button" class="menu" popovertarget="page-contents">On this page</button>'
            if page.sections else "")
    return f"""<header class="top">
{link(Target("index.html", "purenn"), "home")}
<button type="button" class="menu" popovertarget="book-contents">Contents</button>
{here}
<form class="search" role="search" action="search.html">
<label for="search-words">Search</label>
<input type="search" id="search-words" name="q" autocomplete="off" spellcheck="false">
<button type="submit">Go</button>
</form>
</header>"""


def _book_contents(page: Page, contents: Contents) -> str:
    groups = "\n".join(
        f"<p>{label}</p>\n<ul>\n"
        + "\n".join(f"<li>{link(one, current=one.address == page.address)}</li>" for one in targets)
        + "\n</ul>" for label, targets in contents)
    return (f'<nav class="book-contents" id="book-contents" popover aria-label="Contents of the '
            f'book">\n{groups}\n</nav>')


def _page_contents(page: Page) -> str:
    if not page.sections:
        return ""
    items = "\n".join(f"<li>{link(target)}</li>" for target in page.sections)
    return (f'<nav class="page-contents" id="page-contents" popover aria-label="On this page">\n'
            f"<p>On this page</p>\n<ul>\n{items}\n</ul>\n</nav>")


def _way(around: Around) -> str:
    links: List[str] = []
    for target, arrow, css_class in zip(around, ("← {}", "{} →"), ("before", "after")):
        if target is not None:
            links.append(link(Target(target.address, arrow.format(target.text)), css_class))
    inside = "\n".join(links)
    return f'<nav class="way" aria-label="Before and after">\n{inside}\n</nav>' if inside else ""
