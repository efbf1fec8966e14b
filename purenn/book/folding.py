"""Which code is folded away: imports, and what only draws.

A reader of the page came for the idea. The lines that fetch names and those that lay out a picture
are there, one click away; the copy button takes them along.

>>> [(fold, text) for fold, text in segments("import math\\nprint(math.pi)")]
[('imports', 'import math'), ('', 'print(math.pi)')]

Before this: highlight. After this: linking.
"""

from __future__ import annotations

import ast
from typing import Iterator, List, Sequence, Tuple

__all__ = ["DRAWING", "IMPORTS", "segments"]

IMPORTS, DRAWING = "imports", "drawing"

Segment = Tuple[str, str]  # why it is folded, "" for code that stays open, and the lines


def segments(code: str) -> List[Segment]:
    """Return the code in pieces, each folded or not; put together they are all of its lines."""
    lines = code.split("\n")
    kinds = [""] * len(lines)
    for node in ast.parse(code).body:
        kind = _kind(node)
        for number in range(_first_line(node, lines), (node.end_lineno or node.lineno) + 1):
            kinds[number - 1] = kind
    for number, line in enumerate(lines):
        if not line.strip() and number:
            kinds[number] = kinds[number - 1]  # a blank line belongs to what stands above it
    return [(kind, "\n".join(run).strip("\n")) for kind, run in _runs(kinds, lines)
            if "".join(run).strip()]


def _runs(kinds: Sequence[str], lines: Sequence[str]) -> Iterator[Tuple[str, List[str]]]:
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or kinds[number] != kinds[start]:
            yield kinds[start], list(lines[start:number])
            start = number


def _first_line(node: ast.stmt, lines: Sequence[str]) -> int:
    """Return the first line of a statement, with its decorators and the comments above it."""
    first: int = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def _kind(node: ast.stmt) -> str:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return IMPORTS
    return DRAWING if _only_draws(node) else ""


def _only_draws(node: ast.stmt) -> bool:
    """Say whether a statement shows or makes a picture, or defines what makes one."""
    if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)):
        value = node.value
        return isinstance(value, ast.Call) and _is_of_draw(value.func)
    if isinstance(node, ast.FunctionDef):
        returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
        return any(isinstance(one, ast.Call) and _is_of_draw(one.func) for one in returned)
    return False


def _is_of_draw(function: ast.expr) -> bool:
    return (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
            and function.value.id == "draw")
