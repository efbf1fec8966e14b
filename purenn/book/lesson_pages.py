"""A part as a page: its prose on the left, its code with what that put out on the right.

Before this: modules. After this: library.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, List, NamedTuple, Sequence

from .html_code import highlighted
from .html_prose import Resolve, as_html, names_of_headings
from .markdown import (
    Block, Heading, Inline, Text, parsed, parsed_line, plain_text, sentences,
)
from .pages import Target, contents_list, row
from .parts import Part
from .percent import PROSE
from .running import Output, Ran

__all__ = ["Told", "aim_of", "lesson_body", "prose_of", "told"]

AFTER = re.compile(r"After (?:this part|it),? you ")

# What names another place of the same picture: these follow when its ids change.
ID = re.compile(r'(\s(?:id|href|xlink:href|aria-labelledby|aria-describedby)=")([^"]*)(")')
URL = re.compile(r"url\(#([^)]*)\)")


class Told(NamedTuple):
    """A part that has run: what its cells put out, and its prose as trees, one for each cell."""

    part: Part
    results: List[Ran]
    prose: List[List[Block]]


def prose_of(part: Part) -> List[List[Block]]:
    """Return the prose of each cell as a tree, an empty one for cells of code."""
    return [parsed(cell.text, part.path, cell.line) if cell.kind == PROSE else []
            for cell in part.cells]


def told(part: Part, results: Sequence[Ran]) -> Told:
    """Return a part with what its cells put out."""
    return Told(part, list(results), prose_of(part))


def aim_of(part: Part) -> List[Inline]:
    """Return what the reader can do after the part: the sentence that begins with "After", or the
    first one, of the paragraph below the title.
    """
    found = sentences(parsed_line(part.aim, part.path, part.cells[0].line))
    aim = next((one for one in found if AFTER.match(plain_text(one))), found[0])
    if isinstance(aim[0], Text) and AFTER.match(aim[0].text):
        return [Text(AFTER.sub("You ", aim[0].text)), *aim[1:]]
    return aim


def lesson_body(lesson: Told, beside: str, resolve: Resolve) -> str:
    """Return what stands on the page of a part; `beside` is HTML about the library behind it."""
    blocks = [block for cell in lesson.prose for block in cell]
    headings = [block for block in blocks if isinstance(block, Heading)]
    names = names_of_headings(headings)
    sections = [Target(f"#{names[heading.line]}", plain_text(heading.content))
                for heading in headings if heading.level == 2]
    rows: List[str] = []
    pictures = 0
    for number, (cells, ran) in enumerate(_rows(lesson)):
        prose = "\n".join(as_html(cell, resolve, names) for cell in cells)
        code = []
        for one in ran:
            code.append(_code(one, lesson.part.number, pictures))
            pictures += len([output for output in one.outputs if not isinstance(output, str)])
        if number == 0:
            code.insert(0, contents_list("Contents of this part", sections) + beside)
        rows.append(row(prose, "\n".join(code), "opening" if number == 0 else ""))
    return "\n".join(rows)


class Row(NamedTuple):
    """Cells of prose, and the cells of code that follow them."""

    prose: List[List[Block]]
    code: List[Ran]


def _rows(lesson: Told) -> Iterator[Row]:
    """Yield prose with the code that follows it; a heading begins anew."""
    current = Row([], [])
    for ran, blocks in zip(lesson.results, lesson.prose):
        if ran.cell.kind != PROSE:
            current.code.append(ran)
            continue
        if current.code or (current.prose and isinstance(blocks[0], Heading)):
            yield current
            current = Row([], [])
        current.prose.append(blocks)
    yield current




# ---- Code and what it puts out ----


def _code(ran: Ran, part: int, pictures: int) -> str:
    """Return a cell of code with its outputs; `pictures` is how many came before on this page."""
    shown = [f'<pre class="code"><code>{highlighted(ran.cell.text)}</code></pre>']
    for output in ran.outputs:
        pictures += not isinstance(output, str)
        shown.append(_output(output, f"picture-{part}-{pictures}-"))
    inside = "\n".join(shown)
    return f'<div class="cell">\n{inside}\n</div>'


def _output(output: Output, prefix: str) -> str:
    if isinstance(output, str):
        return (f'<pre class="output">{html.escape(output.rstrip(), quote=False)}</pre>'
                if output.strip() else "")
    return (f'<div class="picture" style="--natural: {output.width}px">\n'
            f"{with_own_ids(output.svg(), prefix)}\n</div>")


def with_own_ids(svg: str, prefix: str) -> str:
    """Return an SVG for a page, its ids made different from those of all other pictures there.

    >>> with_own_ids('<svg aria-labelledby="a b"><title id="a"/><use href="#c"/></svg>', "one-")
    '<svg aria-labelledby="one-a one-b"><title id="one-a"/><use href="#one-c"/></svg>'
    """
    start = svg.index("<svg")  # what stands before it is for files of its own
    renamed = ID.sub(lambda found: found[1] + _renamed(found[2], prefix) + found[3], svg[start:])
    return URL.sub(lambda found: f"url(#{prefix}{found[1]})", renamed).strip()


def _renamed(names: str, prefix: str) -> str:
    return " ".join(f"#{prefix}{name[1:]}" if name.startswith("#") else f"{prefix}{name}"
                    for name in names.split())
