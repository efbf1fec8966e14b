"""A part as a page: prose, code, and what the code put out, one below the other as in the lesson.

A picture stands right below the sentence that speaks of it, since the code that draws it is folded
away.

Before this: modules. After this: library.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Sequence, Set, Tuple

from ..draw import Picture
from .figures import NARROW, figure
from .folding import DRAWING, IMPORTS, segments
from .html_code import block, highlighted, output as output_block
from .html_prose import Resolve, as_html, names_of_headings
from .linking import Links
from .markdown import (
    Block, Heading, Inline, Text, parsed, parsed_line, plain_text, sentences,
)
from .pages import Target
from .parts import Part
from .percent import PROSE
from .running import Ran

__all__ = ["Told", "aim_of", "cover_picture", "lesson_body", "prose_of", "told"]

AFTER = re.compile(r"After (?:this part|it),? you ")

FOLDED = {IMPORTS: "Imports", DRAWING: "The code that draws this"}

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


def lesson_body(lesson: Told, related: str, resolve: Resolve) -> Tuple[str, List[Target]]:
    """Return what stands on the page of a part, and its sections.

    `related` is HTML about the library behind the part; it stands below everything else.
    """
    blocks = [block for cell in lesson.prose for block in cell]
    headings = [block for block in blocks if isinstance(block, Heading)]
    names = names_of_headings(headings)
    sections = [Target(f"#{names[heading.line]}", plain_text(heading.content))
                for heading in headings if heading.level == 2]
    written: List[str] = []
    pictures = 0
    for ran, prose in zip(lesson.results, lesson.prose):
        if ran.cell.kind == PROSE:
            inside = as_html(prose, resolve, names)
            written.append(f'<div class="prose">\n{inside}\n</div>')
        else:
            written.append(_cell(ran, f"picture-{lesson.part.number}", pictures, resolve.names))
            pictures += len([one for one in ran.outputs if isinstance(one, Picture)])
    return "\n".join([*written, related]), sections


def cover_picture(lesson: Told) -> Optional[Picture]:
    """Return the first picture of a part that is not tall on a small card, None if it has none."""
    pictures = [output for ran in lesson.results for output in ran.outputs
                if isinstance(output, Picture)]
    low = [one for one in pictures if one.drawn(NARROW).height < 1.15 * NARROW]
    return next(iter([*low, *pictures]), None)


# ---- Code and what it puts out ----


def _cell(ran: Ran, prefix: str, pictures: int, links: Optional[Links]) -> str:
    """Return a cell of code with its outputs; `pictures` is how many came before on this page."""
    seen: Set[str] = set()
    shown = [_segment(fold, text, links, seen) for fold, text in segments(ran.cell.text)]
    for output in ran.outputs:
        if isinstance(output, Picture):
            pictures += 1
            shown.append(figure(output, f"{prefix}-{pictures}-"))
        elif output.strip():
            shown.append(output_block(output))
    inside = "\n".join(shown)
    return f'<div class="cell">\n{inside}\n</div>'


def _segment(fold: str, text: str, links: Optional[Links], seen: Set[str]) -> str:
    code = block("code", highlighted(text, links, seen), text)
    return (f'<details class="fold"><summary>{FOLDED[fold]}</summary>\n{code}\n</details>'
            if fold else code)
