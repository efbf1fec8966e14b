"""The prose of the library's own modules: docstrings as HTML.

They are written for eyes on plain text, and in looser ways than the lessons: paragraphs, lists,
drawings and formulas that are indented, examples with `>>>`. Whatever is not one of these is a
paragraph, as it stands; nothing is refused.

Before this: html_prose. After this: pages.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, List, Sequence

from .html_code import fence, highlighted

__all__ = ["docstring_html", "first_line"]

ITEM = re.compile(r"(?:-|\d+\.) +")
MARKED = re.compile(r"`([^`\n]+)`|(?<![\w*`])\*(?=[^\s*])([^*`]+?)(?<=\S)\*(?![\w*])")


def first_line(docstring: str) -> str:
    """Return the first paragraph on one line."""
    return " ".join(docstring.split("\n\n")[0].split())


def docstring_html(text: str) -> str:
    """Return a docstring, its indentation removed already (inspect.cleandoc), as HTML."""
    return "\n".join(_block(block) for block in _blocks(text.split("\n")))


def _blocks(lines: Sequence[str]) -> Iterator[List[str]]:
    """Yield the lines of each paragraph, item, example and indented drawing."""
    block: List[str] = []
    for line in lines:
        if block and _ends(block, line):
            yield _trimmed(block)
            block = []
        if block or line.strip():
            block.append(line)
    if block:
        yield _trimmed(block)


def _ends(block: Sequence[str], line: str) -> bool:
    """Say whether a block is over when this line comes."""
    if _is_drawing(block[0]):
        return bool(line.strip()) and not line.startswith(" ")
    return not line.strip() or (not _is_example(block[0])
                                and (bool(ITEM.match(line)) or _is_example(line)))


def _trimmed(block: List[str]) -> List[str]:
    while not block[-1].strip():
        block = block[:-1]
    return block


def _is_drawing(line: str) -> bool:
    return line.startswith((" ", "|"))


def _is_example(line: str) -> bool:
    return line.startswith(">>> ")


def _block(lines: Sequence[str]) -> str:
    if _is_example(lines[0]):
        return _example(lines)
    if _is_drawing(lines[0]):
        indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        return _plain_block("\n".join(line[indent:] for line in lines))
    text = " ".join(line.strip() for line in lines)
    item = ITEM.match(lines[0])
    if item is None:
        return f"<p>{inline_html(text)}</p>"
    number = item.group().rstrip(". ")
    tag = "ul" if number == "-" else f'ol start="{number}"'
    return f"<{tag}><li>{inline_html(text[item.end():])}</li></{tag[:2]}>"


def _plain_block(text: str) -> str:
    return fence(html.escape(text, quote=False), text)


def _example(lines: Sequence[str]) -> str:
    """Return an example as a Python session: what is typed in colours, the answers below."""
    shown = [
        f'<span class="prompt">{html.escape(line[:4])}</span>{highlighted(line[4:])}'
        if line[:4] in (">>> ", "... ") else html.escape(line)
        for line in lines
    ]
    return fence("\n".join(shown), "\n".join(lines))


def inline_html(text: str) -> str:
    """Return running text with `code` and *emphasis*; all else as it stands.

    >>> inline_html("the *mean* of `a < b`, not 2 * 3 * 4")
    'the <em>mean</em> of <code>a &lt; b</code>, not 2 * 3 * 4'
    """
    written, at = "", 0
    for match in MARKED.finditer(text):
        code, stressed = match.groups()
        marked = f"<code>{_escaped(code)}</code>" if code else f"<em>{_escaped(stressed)}</em>"
        written += _escaped(text[at:match.start()]) + marked
        at = match.end()
    return written + _escaped(text[at:])


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
