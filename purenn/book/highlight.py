"""Python code taken apart into keywords, names, strings, numbers and comments, to be coloured.

The standard library's `tokenize` knows Python better than any pattern would. What it finds are
marks on the text; the text itself is always handed on whole, whatever stands in it: the pieces put
together are the very source.

>>> pieces("x = 2  # two")
[('', 'x = '), ('number', '2'), ('', '  '), ('comment', '# two')]

Before this: markdown. After this: folding.
"""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from typing import Iterator, List, Sequence, Tuple

__all__ = ["KINDS", "pieces"]

KINDS = ["keyword", "constant", "builtin", "definition", "string", "number", "comment",
         "decorator"]

CONSTANTS = {"True", "False", "None"}
BUILTINS = {name for name in dir(builtins) if not name.startswith("_")} - CONSTANTS

Piece = Tuple[str, str]  # a kind, "" for what has no colour, and a text


def pieces(source: str) -> List[Piece]:
    """Return the source in pieces; one without any colour if it is no Python."""
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    try:
        marks = [(kind, _offset(starts, start), _offset(starts, end))
                 for kind, start, end in _marks(source)]
    except (tokenize.TokenError, SyntaxError, ValueError):
        marks = []
    return list(_cut(source, marks))


def _offset(starts: Sequence[int], place: Tuple[int, int]) -> int:
    """Return how many characters stand before a place, (line from 1, column from 0)."""
    line, column = place
    return starts[min(line, len(starts)) - 1] + column


def _cut(source: str, marks: Sequence[Tuple[str, int, int]]) -> Iterator[Piece]:
    """Yield marked and unmarked pieces. A mark that is not in order is left out, no text ever."""
    at = 0
    for kind, start, end in marks:
        if not at <= start < end <= len(source):
            continue
        if at < start:
            yield "", source[at:start]
        yield kind, source[start:end]
        at = end
    if at < len(source):
        yield "", source[at:]


def _marks(source: str) -> Iterator[Tuple[str, Tuple[int, int], Tuple[int, int]]]:
    """Yield (kind, start, end) for each token that has a colour."""
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = _kind(token, before)
        if kind:
            yield kind, token.start, token.end
        if kind == "decorator" or token.string != "@":
            before = token.string


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    name = tokenize.tok_name[token.type]
    if name == "NAME":
        return _kind_of_name(token.string, before)
    if name == "OP" and token.string == "@" and not token.line[:token.start[1]].strip():
        return "decorator"
    if name.startswith("FSTRING"):  # Python 3.12 takes formatted strings apart
        return "string"
    return {"STRING": "string", "NUMBER": "number", "COMMENT": "comment"}.get(name, "")


def _kind_of_name(name: str, before: str) -> str:
    if name in CONSTANTS:
        return "constant"
    if keyword.iskeyword(name):
        return "keyword"
    if before in ("def", "class"):
        return "definition"
    if before == "@":
        return "decorator"
    return "builtin" if name in BUILTINS and before != "." else ""
