"""What the search looks through: every section of every page, as plain words.

The index is a script that holds one list, because a page that was opened from a folder may load
scripts but no other files.

Before this: reference. After this: website.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .pages import Page

__all__ = ["INDEX", "SEARCH", "search_index", "search_page"]

INDEX, SEARCH = "search-index.js", "search.html"

SKIPPED = {"svg", "nav", "style", "script"}
HEADINGS = {"h1", "h2", "h3"}
BREAKS = {"p", "li", "pre", "td", "th", "dt", "dd", "div", "summary", "tr", "br"}


class _Sections(HTMLParser):
    """Cuts the HTML of a page at its headings: [id, heading, words] for each section."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: List[List[str]] = []
        self._skipping, self._heading = 0, False
        self._anchor = False
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attributes: List[Tuple[str, Optional[str]]]) -> None:
        values = dict(attributes)
        self._skipping += tag in SKIPPED
        if tag in HEADINGS:
            self.sections.append([values.get("id") or "", "", ""])
            self._heading = True
        if tag == "a" and values.get("class") == "anchor":
            self._anchor = True
        if tag in BREAKS:
            self._add(" ")

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in SKIPPED
        if tag in HEADINGS:
            self._heading = False
        if tag == "a":
            self._anchor = False
        if tag in BREAKS:
            self._add(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipping and not self._anchor:
            self._add(data)

    def _add(self, text: str) -> None:
        if self.sections:
            self.sections[-1][1 if self._heading else 2] += text


def search_index(pages: Sequence[Page]) -> str:
    """Return the index as a script: for each section its address, page, heading and words."""
    found: List[Dict[str, Any]] = []
    for page in pages:
        for place, heading, words in _Sections(page.body).sections:
            found.append({
                "address": page.address + (f"#{place}" if place else ""),
                "page": page.title, "heading": _one_line(heading), "words": _one_line(words),
            })
    listed = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
    return f"const searchIndex = [\n{listed}\n];\n"


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def search_page() -> Page:
    """Return the page on which the search shows what it found."""
    body = """<div class="prose">
<h1>Search</h1>
<p id="search-state" role="status">Type some words above.</p>
<ol id="search-results" class="results"></ol>
<noscript><p>The search needs scripts, which are off here. The <a href="index.html">contents</a> and
the <a href="reference.html">reference</a> list everything.</p></noscript>
</div>"""
    return Page(SEARCH, "Search", "Search the whole book", body, scripts=[INDEX, "search.js"])
