"""Python code as HTML: each piece in a span of its kind, everything escaped.

>>> highlighted("x < 2")
'x &lt; <span class="number">2</span>'

Before this: highlight. After this: html_prose.
"""

from __future__ import annotations

import html
from typing import List, Sequence

from .highlight import pieces

__all__ = ["fence", "highlighted", "lines_of", "numbered"]

WIDE = 62  # characters: what is longer is set smaller, to fit the column of the prose


def highlighted(source: str) -> str:
    """Return the code with its pieces in spans; without its tags it is the very source again."""
    return "".join(_span(kind, text) for kind, text in pieces(source))


def _span(kind: str, text: str) -> str:
    escaped = html.escape(text)
    return f'<span class="{kind}">{escaped}</span>' if kind else escaped


def fence(inside: str, text: str) -> str:
    """Return a block within prose; `inside` is its HTML, `text` what is to be read in it."""
    wide = " wide" if max(map(len, text.split("\n"))) > WIDE else ""
    return f'<pre class="fence{wide}"><code>{inside}</code></pre>'


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
