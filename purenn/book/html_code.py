"""Python code as HTML: each piece in a span of its kind, everything escaped.

>>> highlighted("x < 2")
'x &lt; <span class="number">2</span>'

Before this: linking. After this: html_prose.
"""

from __future__ import annotations

import html
import re
from typing import List, Optional, Sequence, Set

from .highlight import pieces
from .linking import Links

__all__ = ["block", "fence", "highlighted", "lines_of", "numbered", "output"]

ROOM = 40  # characters: what is longer scrolls on a phone, and must be reached by the keyboard
LONG = 100  # characters: no line of a table has more, so what does is a sentence, and is wrapped
NAME = re.compile(r"(?<![\w.])(?:[a-z]+\.)?[A-Za-z_]\w*")


def highlighted(source: str, links: Optional[Links] = None, seen: Optional[Set[str]] = None) -> str:
    """Return the code with its pieces in spans; without its tags it is the very source again.

    The names of the library lead to their pages, each where it first occurs; `seen` has those that
    occurred before, and is added to.
    """
    seen = set() if seen is None else seen
    return "".join(_span(kind, text) if kind or links is None else _linked(text, links, seen)
                   for kind, text in pieces(source))


def _linked(text: str, links: Links, seen: Set[str]) -> str:
    written, at = "", 0
    for match in NAME.finditer(text):
        address = None if match.group() in seen else links.of_name(match.group())
        if address is not None:
            seen.add(match.group())
            written += html.escape(text[at:match.start()])
            written += f'<a class="name" href="{html.escape(address)}">{match.group()}</a>'
            at = match.end()
    return written + html.escape(text[at:])


def _span(kind: str, text: str) -> str:
    escaped = html.escape(text)
    return f'<span class="{kind}">{escaped}</span>' if kind else escaped


def block(css_class: str, inside: str, text: str) -> str:
    """Return a block of code or output; `inside` is its HTML, `text` what is to be read in it."""
    longest = max(map(len, text.split("\n")))
    reached = ' tabindex="0"' if longest > ROOM else ""
    return f'<pre class="{css_class}"{reached}><code>{inside}</code></pre>'


def output(text: str) -> str:
    """Return what a cell put out. Lines of more than LONG characters are sentences, such as the
    messages of errors, and are wrapped; shorter ones may be rows of a table, and are never torn.

    >>> output("a  b")
    '<pre class="output"><code>a  b</code></pre>'
    """
    text = text.rstrip()
    inside = "".join(f'<span class="long">{line}</span>' if len(html.unescape(line)) > LONG
                     else line for line in html.escape(text, quote=False).splitlines(True))
    return block("output", inside, text)


def fence(inside: str, text: str) -> str:
    """Return a block within prose."""
    return block("fence", inside, text)


def lines_of(source: str) -> List[str]:
    """Return the lines of the code, each with whole spans: a string over two lines gets two."""
    lines: List[List[str]] = [[]]
    for kind, text in pieces(source):
        first, *more = text.split("\n")
        lines[-1].append(_span(kind, first) if first else "")
        lines += [[_span(kind, line) if line else ""] for line in more]
    return ["".join(line) for line in lines]


def numbered(lines: Sequence[str], first: int, taken: Sequence[str] = ()) -> str:
    """Return lines of code, each a span that can be linked to: #L12, counted from `first`.

    An id that is in `taken` (losses.py defines L1 and L2) is left to whoever has it.
    """
    return "".join(
        f'<span class="line"{_id(first + n, taken)} data-line="{first + n}">{line}\n</span>'
        for n, line in enumerate(lines)
    )


def _id(number: int, taken: Sequence[str]) -> str:
    return "" if f"L{number}" in taken else f' id="L{number}"'
