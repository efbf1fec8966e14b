"""A library module as a page: its docstrings, each with the code it speaks of below it.

The file is cut at its definitions. Each piece has the lines of code of one function, class head or
method, without its docstring, which has become the prose; what stands between definitions
(imports, constants) is a piece of its own. Every line keeps its number, and can be linked to.

Before this: figures. After this: lesson_pages.
"""

from __future__ import annotations

import ast
import html
import re
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple, Union

from .docstrings import docstring_html
from .html_code import lines_of, numbered
from .pages import Target

__all__ = ["Module", "module_body", "module_from"]

Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

SECTION = re.compile(r"# -{2,} (.+?) -{2,}\s*")


class Piece(NamedTuple):
    """Lines `first` to `last` (counted from 1) of a module, and what they define.

    `name` is "" for what stands between definitions; `docstring` are the first and last line of
    the docstring, (0, -1) if there is none.
    """

    name: str
    first: int
    last: int
    docstring: Tuple[int, int]
    text: str


class Module(NamedTuple):
    """A module, read: its lines, its docstring, its pieces, and which line defines which name."""

    lines: List[str]
    docstring: str
    pieces: List[Piece]
    names: Dict[str, int]


# ---- Taking a module apart ----


def module_from(source: str) -> Module:
    """Return the module of that source."""
    tree = ast.parse(source)
    lines = source.split("\n")
    start = _docstring_lines(tree)[1] + 1 if ast.get_docstring(tree) else 1
    pieces = list(_pieces(tree.body, lines, max(1, start), len(lines), ""))
    names: Dict[str, int] = {}
    for name, line in [*((piece.name, piece.first) for piece in pieces), *_assigned(tree)]:
        if name:
            names.setdefault(name, line)
    return Module(lines, ast.get_docstring(tree) or "", pieces, names)


def _assigned(tree: ast.Module) -> Iterator[Tuple[str, int]]:
    """Yield the names that the module gives to values, with their lines.

    Functions of which there are several, for different Pythons, stand in a condition; they count.
    """
    for node in _statements(tree.body):
        if isinstance(node, DEFINITIONS):
            yield node.name, node.lineno
        targets = node.targets if isinstance(node, ast.Assign) else (
            [node.target] if isinstance(node, ast.AnnAssign) else [])
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id, node.lineno


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those in its conditions among them."""
    for node in body:
        yield node
        for inner in ("body", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try)):
                yield from _statements(getattr(node, inner, []))


def _docstring_lines(node: Union[ast.Module, Definition]) -> Tuple[int, int]:
    """Return the first and last line of a docstring that stands on lines of its own."""
    first = node.body[0] if node.body else None
    if ast.get_docstring(node, clean=False) is None or first is None:
        return 0, -1
    if not isinstance(node, ast.Module) and first.lineno == node.lineno:
        return 0, -1
    return first.lineno, first.end_lineno or first.lineno


def _pieces(
    body: Sequence[ast.stmt], lines: List[str], start: int, end: int, owner: str
) -> Iterator[Piece]:
    """Yield the pieces between two lines: definitions, and what stands between them."""
    for node in body:
        if isinstance(node, DEFINITIONS):
            first = max(start, _first_line(node, lines))
            yield from _between(lines, start, first - 1)
            start = (node.end_lineno or node.lineno) + 1
            yield from _definition(node, lines, first, start - 1, owner)
    yield from _between(lines, start, end)


def _first_line(node: Definition, lines: Sequence[str]) -> int:
    """Return where a definition begins: with its decorators and the comments right above it."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    while first > 1 and lines[first - 2].strip().startswith("#") \
            and not SECTION.fullmatch(lines[first - 2].strip()):
        first -= 1
    return first


def _definition(
    node: Definition, lines: List[str], first: int, last: int, owner: str
) -> Iterator[Piece]:
    """Yield the piece of a function; for a class that of its head, then those of its methods."""
    name = f"{owner}.{node.name}" if owner else node.name
    docstring, text = _docstring_lines(node), ast.get_docstring(node) or ""
    methods = [one for one in node.body if isinstance(one, DEFINITIONS)]
    if not isinstance(node, ast.ClassDef) or not methods:
        yield Piece(name, first, last, docstring, text if docstring[0] else "")
        return
    head = _first_line(methods[0], lines) - 1
    yield Piece(name, first, head, docstring, text if docstring[0] else "")
    yield from _pieces(node.body, lines, head + 1, last, name)


def _between(lines: List[str], first: int, last: int) -> Iterator[Piece]:
    """Yield what stands between definitions, cut before each heading such as # ---- Shapes ----."""
    cuts = [n for n in range(first, last + 1) if SECTION.fullmatch(lines[n - 1])]
    starts = [first, *cuts]
    for start, end in zip(starts, [*(cut - 1 for cut in cuts), last]):
        start, end = _without_blank_ends(lines, start, end)
        if start <= end:
            yield Piece("", start, end, (0, -1), "")


# ---- The page ----


def module_body(title: str, module: Module, related: str) -> Tuple[str, List[Target]]:
    """Return what stands on the page of a module, and the names that it defines.

    `related` is HTML about where it is spoken of.
    """
    highlighted = _with_names(lines_of("\n".join(module.lines)), module)
    public = [Target(f"#{name}", name) for name in _public(module)]
    start = module.pieces[0].first if module.pieces else len(module.lines)
    opening = (f"<h1>{html.escape(title)}</h1>{_anchors(1, start - 1, module)}\n"
               f"{docstring_html(module.docstring)}")
    parts = [f'<div class="prose">\n{opening}\n</div>',
             *(_piece(piece, highlighted, module) for piece in module.pieces), related]
    return "\n".join(filter(None, parts)), public


def _public(module: Module) -> List[str]:
    return [piece.name for piece in module.pieces
            if piece.name and "." not in piece.name and not piece.name.startswith("_")]


def _with_names(highlighted: List[str], module: Module) -> List[str]:
    """Put the ids of constants into their lines; definitions have theirs at their headings."""
    defined = {piece.name for piece in module.pieces}
    for name, line in module.names.items():
        if name not in defined:
            highlighted[line - 1] = f'<span id="{name}"></span>' + highlighted[line - 1]
    return highlighted


def _anchors(first: int, last: int, module: Module) -> str:
    """Return places to link to for lines that are not shown as code."""
    return "".join(f'<span id="L{n}"></span>' for n in range(first, last + 1)
                   if f"L{n}" not in module.names)


def _piece(piece: Piece, highlighted: Sequence[str], module: Module) -> str:
    section = SECTION.fullmatch(module.lines[piece.first - 1]) if not piece.name else None
    if section is not None:
        title = html.escape(section.group(1), quote=False)
        prose = (f'<h2 class="section">{title}</h2>'
                 f"{_anchors(piece.first, piece.first, module)}")
        piece = piece._replace(first=piece.first + 1)
    else:
        prose = _definition_prose(piece, module) if piece.name else ""
    written = f'<div class="prose">\n{prose}\n</div>\n' if prose else ""
    return f'<div class="piece">\n{written}{_piece_code(piece, highlighted, module)}\n</div>'


def _definition_prose(piece: Piece, module: Module) -> str:
    level = 3 if "." in piece.name else 2
    name = html.escape(piece.name)
    # A property, and what sets it, have one name; a link leads to the first.
    anchor = f' id="{name}"' if module.names[piece.name] == piece.first else ""
    itself = (f' <a class="anchor" href="#{name}" aria-label="Link to {name}">#</a>'
              if anchor else "")
    return (f'<h{level} class="definition"{anchor}>{name}{itself}</h{level}>'
            f"{_anchors(*piece.docstring, module)}\n{docstring_html(piece.text)}")


def _piece_code(piece: Piece, highlighted: Sequence[str], module: Module) -> str:
    """Return the lines of a piece, but for its docstring; nothing if only a heading is there."""
    first, last = piece.docstring
    runs = [(piece.first, piece.last)] if not first else [
        (piece.first, first - 1), (last + 1, piece.last)]
    shown = "".join(
        numbered(highlighted[start - 1:end], start, list(module.names))
        for start, end in (_without_blank_ends(module.lines, *run) for run in runs)
        if start <= end
    )
    return (f'<pre class="code numbered" tabindex="0"><code>{shown}</code></pre>' if shown else "")


def _without_blank_ends(lines: Sequence[str], start: int, end: int) -> Tuple[int, int]:
    while start <= end and not lines[start - 1].strip():
        start += 1
    while start <= end and not lines[end - 1].strip():
        end -= 1
    return start, end
