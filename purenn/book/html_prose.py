"""Prose as HTML: the tree of `markdown` written out, everything escaped.

Before this: html_code. After this: docstrings.
"""

from __future__ import annotations

import html
import re
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from .errors import LessonError
from .html_code import fence, highlighted
from .linking import Links
from .markdown import (
    Block, Code, Fence, Formula, Formulas, Heading, Inline, Link, Listing, Paragraph, Quote, Strong,
    Table, Text, Toy, plain_text,
)
from .mathml import display_math, inline_math
from .widgets import make, widget_html

__all__ = ["Resolve", "as_html", "heading_html", "inline_html", "names_of_headings"]

Names = Dict[int, str]  # from the line of a heading to its id


class Resolve(NamedTuple):
    """Where things lead: links to addresses, and the names of the library, if they are linked."""

    address_of: Callable[[Link], str]
    names: Optional[Links] = None


def names_of_headings(headings: Sequence[Heading]) -> Names:
    """Return an id for each heading of a page, all different, by the heading's line.

    >>> names_of_headings([Heading(2, [Text("So what?")], 5), Heading(2, [Text("So what?")], 9)])
    {5: 'so-what', 9: 'so-what-2'}
    """
    names: Names = {}
    for heading in headings:
        stem = re.sub(r"\W+", "-", plain_text(heading.content).lower()).strip("-") or "section"
        same = [name for name in names.values() if re.fullmatch(re.escape(stem) + r"(-\d+)?", name)]
        names[heading.line] = f"{stem}-{len(same) + 1}" if same else stem
    return names


def as_html(blocks: Sequence[Block], resolve: Resolve, names: Names) -> str:
    """Return the blocks as HTML."""
    return "\n".join(_block(block, resolve, names) for block in blocks)


def inline_html(
    content: Sequence[Inline], resolve: Resolve, within_link: bool = False
) -> str:
    """Return running text as HTML; there is no link within a link."""
    return "".join(_inline(one, resolve, within_link) for one in content)


def _code(one: Code, resolve: Resolve, within_link: bool) -> str:
    code = f"<code>{html.escape(one.text, quote=False)}</code>"
    address = resolve.names.of_code(one.text) if resolve.names and not within_link else None
    return f'<a class="name" href="{html.escape(address)}">{code}</a>' if address else code


def _inline(one: Inline, resolve: Resolve, within_link: bool) -> str:
    if isinstance(one, Text):
        return html.escape(one.text, quote=False)
    if isinstance(one, Code):
        return _code(one, resolve, within_link)
    if isinstance(one, Formula):
        return inline_math(one.text)
    if isinstance(one, Link):
        return _link(one, resolve)
    inside = inline_html(one.content, resolve, within_link)
    tag = "strong" if isinstance(one, Strong) else "em"
    return f"<{tag}>{inside}</{tag}>"


def _link(link: Link, resolve: Resolve) -> str:
    """Return a link; one around several names becomes one for each, to its own definition."""
    if len([one for one in link.content if isinstance(one, Code)]) < 2:
        inside = inline_html(link.content, resolve, within_link=True)
        return f'<a href="{html.escape(resolve.address_of(link))}">{inside}</a>'
    return "".join(_link(_to_own_place(link, one, resolve), resolve) if isinstance(one, Code)
                   else inline_html([one], resolve, within_link=True) for one in link.content)


def _to_own_place(link: Link, name: Code, resolve: Resolve) -> Link:
    """Return the link that leads to this name in the same file, if it is defined there."""
    own = Link([name], f"{link.address.split('#')[0]}#{name.text}", link.line)
    try:
        resolve.address_of(own)
    except LessonError:
        return Link([name], link.address, link.line)
    return own


def _block(block: Block, resolve: Resolve, names: Names) -> str:
    if isinstance(block, Heading):
        name = html.escape(names[block.line])
        inside = inline_html(block.content, resolve, within_link=True)
        return heading_html(block.level, name, inside)
    if isinstance(block, Paragraph):
        return f"<p>{inline_html(block.content, resolve)}</p>"
    if isinstance(block, Listing):
        return _listing(block, resolve)
    if isinstance(block, Quote):
        return f"<blockquote>\n{as_html(block.content, resolve, names)}\n</blockquote>"
    if isinstance(block, Fence):
        return _fence(block)
    if isinstance(block, Formulas):
        return display_math(block.text, block.terms)
    if isinstance(block, Toy):
        return widget_html(make(block.name))
    return _table(block, resolve)


def heading_html(level: int, name: str, inside: str) -> str:
    """Return a heading that can be linked to, with a link to itself."""
    if level == 1:
        return f'<h1 id="{name}">{inside}</h1>'
    return (f'<h{level} id="{name}">{inside} <a class="anchor" href="#{name}" '
            f'aria-label="Link to this section">#</a></h{level}>')


def _listing(block: Listing, resolve: Resolve) -> str:
    tag = "ul" if block.start is None else "ol"
    start = f' start="{block.start}"' if (block.start or 1) != 1 else ""
    items = "\n".join(f"<li>{inline_html(item, resolve)}</li>" for item in block.items)
    return f"<{tag}{start}>\n{items}\n</{tag}>"


def _fence(block: Fence) -> str:
    """Return a fenced block; Python in colours, anything else (formulas, drawings) as it is."""
    if block.language in ("python", "py"):
        return fence(highlighted(block.text), block.text)
    return fence(html.escape(block.text, quote=False), block.text)


def _table(block: Table, resolve: Resolve) -> str:
    head = _row("th", block.header, block.alignment, resolve)
    body = "\n".join(_row("td", row, block.alignment, resolve) for row in block.rows)
    return (f'<div class="table" tabindex="0"><table>\n<thead>\n{head}\n</thead>\n'
            f"<tbody>\n{body}\n</tbody>\n"
            f"</table></div>")


def _row(tag: str, cells: Sequence[Sequence[Inline]], alignment: List[str],
         resolve: Resolve) -> str:
    inside = "".join(_cell(tag if cell else "td", cell, side, resolve)
                     for cell, side in zip(cells, alignment))
    return f"<tr>{inside}</tr>"


def _cell(tag: str, cell: Sequence[Inline], side: str, resolve: Resolve) -> str:
    return f"<{tag}{_aligned(side)}>{inline_html(cell, resolve)}</{tag}>"


def _aligned(side: str) -> str:
    return f' class="{side}"' if side else ""
