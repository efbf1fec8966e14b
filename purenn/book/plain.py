"""A part in a terminal: prose wrapped to its width, code with a bar beside it, pictures as text.

Before this: notebook. This is the last module of the book.
"""

from __future__ import annotations

import textwrap
from typing import Any, Callable, List, NamedTuple, Sequence, Tuple

from .highlight import pieces
from .markdown import (
    Block, Code, Emphasis, Fence, Formula, Formulas, Heading, Inline, Link, Listing, Paragraph,
    Quote, Strong, Table, Text, Toy, parsed, plain_text,
)
from .percent import PROSE
from .running import Output, Ran

__all__ = ["Screen", "paragraph", "shown"]

WIDEST = 100  # longer lines of prose are hard to read

Styled = Tuple[str, str]  # a colour, "" for none, and a text

CODE_COLOURS = {"comment": "dim", "string": "green", "keyword": "bold", "definition": "bold"}


class Screen(NamedTuple):
    """What the terminal can do: its width, whether it has colour, and how a text is coloured."""

    width: int
    colour: bool
    paint: Callable[[str, str], str]


def shown(ran: Ran, path: str, screen: Screen) -> str:
    """Return a cell and what it put out, to be printed; `path` is the lesson's file."""
    if ran.cell.kind == PROSE:
        blocks = parsed(ran.cell.text, path, ran.cell.line)
        return "\n\n".join("\n".join(_block(block, screen)) for block in blocks)
    code = [screen.paint("│", "dim") + line for line in _code_lines(ran.cell.text, screen)]
    outputs = [_output(output, screen) for output in ran.outputs]
    return "\n\n".join(filter(None, ["\n".join(code), *outputs]))


# ---- Code and outputs ----


def _code_lines(source: str, screen: Screen) -> List[str]:
    """Return the lines of code, each coloured by itself, a blank in front of those not empty."""
    lines: List[List[Styled]] = [[]]
    for kind, text in pieces(source):
        first, *more = text.split("\n")
        colour = CODE_COLOURS.get(kind, "")
        lines[-1].append((colour, first))
        lines += [[(colour, line)] for line in more]
    return ["".join([" ", *(_painted(one, screen) for one in part)]) if _text(part) else ""
            for line in lines for part in _broken(line, screen.width - 2)]


def _broken(line: Sequence[Styled], width: int) -> List[List[Styled]]:
    """Return a line of code in parts that fit, broken at blanks, the further ones indented more."""
    text = _text(line)
    if len(text) <= width:
        return [list(line)]
    indent = len(text) - len(text.lstrip())
    if indent > width // 3:  # aligned with a bracket far to the right: there is no room for that
        return _broken([("", " " * (width // 3)), *_slice(line, indent, len(text))], width)
    cut = text.rfind(" ", indent + 1, width + 1)
    if cut < 0:
        return [list(line)]
    rest = [("", " " * min(indent + 6, width // 3)), *_slice(line, cut + 1, len(text))]
    return [_slice(line, 0, cut), *_broken(rest, width)]


def _slice(line: Sequence[Styled], start: int, end: int) -> List[Styled]:
    """Return the characters from start to end, each with its colour."""
    found: List[Styled] = []
    at = 0
    for colour, text in line:
        piece = text[max(0, start - at):max(0, end - at)]
        if piece:
            found.append((colour, piece))
        at += len(text)
    return found


def _output(output: Output, screen: Screen) -> str:
    if isinstance(output, str):
        return output.rstrip()
    return output.text(max(24, min(screen.width, WIDEST)), screen.colour)


def _painted(styled: Styled, screen: Screen) -> str:
    colour, text = styled
    return screen.paint(text, colour) if colour and text else text


# ---- Prose ----


def paragraph(text: str, screen: Screen) -> List[str]:
    """Return a text without marks in lines that fit."""
    return _wrapped([("", text)], screen)


def _block(block: Block, screen: Screen) -> List[str]:
    if isinstance(block, Heading):
        return _heading(block, screen)
    if isinstance(block, Paragraph):
        return _wrapped(_styled(block.content), screen)
    if isinstance(block, Listing):
        return _listing(block, screen)
    if isinstance(block, Quote):
        narrower = screen._replace(width=screen.width - 2)
        lines = [line for one in block.content for line in [*_block(one, narrower), ""]][:-1]
        return [f"> {line}".rstrip() for line in lines]
    if isinstance(block, Fence):
        return [f"    {line}".rstrip() for line in block.text.split("\n")]
    if isinstance(block, Toy):
        return _wrapped([("dim", f"(In the web book, a figure to play with stands here: "
                                 f"{block.name}.)")], screen)
    if isinstance(block, Formulas):
        terms = [f"    ({block.terms})"] if block.terms else []
        return [f"    {line}".rstrip() for line in block.text.split("\n")] + terms
    return _table(block, screen)


def _heading(block: Heading, screen: Screen) -> List[str]:
    """Return a heading as bold lines, underlined so that it shows without colour as well."""
    lines = _wrapped([("bold", plain_text(block.content))], screen)
    rule = {1: "━", 2: "─"}.get(block.level)
    length = min(screen.width, len(plain_text(block.content)))
    return [*lines, rule * length] if rule else lines


def _listing(block: Listing, screen: Screen) -> List[str]:
    lines: List[str] = []
    for number, item in enumerate(block.items, start=block.start or 0):
        mark = "- " if block.start is None else f"{number}. "
        narrower = screen._replace(width=screen.width - len(mark))
        first, *more = _wrapped(_styled(item), narrower)
        lines += [mark + first, *(" " * len(mark) + line for line in more)]
    return lines


def _table(block: Table, screen: Screen) -> List[str]:
    """Return the rows, their cells aligned; cells are wrapped where the table is too wide."""
    rows = [[_text(_styled(cell)) for cell in row] for row in [block.header, *block.rows]]
    widths = _column_widths(rows, min(screen.width, WIDEST))
    bold = [screen.paint(line, "bold") for line in _table_row(rows[0], widths, block.alignment)]
    rule = "  ".join("─" * width for width in widths)
    return [*bold, rule, *(line for row in rows[1:]
                           for line in _table_row(row, widths, block.alignment))]


def _column_widths(rows: Sequence[Sequence[str]], room: int) -> List[int]:
    """Return how wide each column is: what it needs, the widest less where there is no room."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    least = [max(len(word) for cell in column for word in [*cell.split(), ""])
             for column in zip(*rows)]
    while len("  ".join("─" * width for width in widths)) > room:
        shrinking = [k for k in range(len(widths)) if widths[k] > least[k]]
        if not shrinking:
            break
        widths[max(shrinking, key=lambda k: widths[k])] -= 1
    return widths


def _table_row(row: Sequence[str], widths: Sequence[int], sides: Sequence[str]) -> List[str]:
    """Return the lines of a row; a cell that is too long goes on in the next line."""
    cells = [textwrap.wrap(cell, max(1, width), break_long_words=False) or [""]
             for cell, width in zip(row, widths)]
    return ["  ".join(_aligned(cell[n] if n < len(cell) else "", width, side)
                      for cell, width, side in zip(cells, widths, sides)).rstrip()
            for n in range(max(map(len, cells)))]


def _aligned(cell: str, width: int, side: str) -> str:
    if side == "right":
        return cell.rjust(width)
    return cell.center(width) if side == "center" else cell.ljust(width)


def _text(styled: Sequence[Styled]) -> str:
    return "".join(text for _, text in styled)


def _styled(content: Sequence[Inline], colour: str = "") -> List[Styled]:
    """Return running text in pieces of one colour; code keeps its backticks."""
    styled: List[Styled] = []
    for one in content:
        if isinstance(one, Text):
            styled.append((colour, one.text))
        elif isinstance(one, Formula):
            styled.append((colour, one.text))
        elif isinstance(one, Code):
            styled.append((colour, f"`{one.text}`"))
        elif isinstance(one, Link):
            words, place = _styled(one.content, colour), _place(one.address)
            # "part 7" says where it leads; "part 7 (part 7)" would say it twice.
            styled += words if _text(words) == place else [*words, ("dim", f" ({place})")]
        elif isinstance(one, Strong):
            styled += _styled(one.content, "bold")
        elif isinstance(one, Emphasis):
            styled += [(colour, "*"), *_styled(one.content, colour), (colour, "*")]
    return styled


def _place(address: str) -> str:
    """Return where a link leads, for people at a terminal.

    >>> _place("../layers.py#Dense"), _place("part_06_activations.py")
    ('purenn/layers.py', 'part 6')
    """
    if address.startswith("part_"):
        return f"part {int(address[5:7])}"
    return "purenn/" + address.split("#")[0][len("../"):]


def _wrapped(styled: Sequence[Styled], screen: Screen) -> List[str]:
    """Return running text in lines that fit, coloured; at least one."""
    width, lines, length = max(20, min(screen.width, WIDEST)), [""], 0
    for word in _words(styled):
        size = len(_text(word))
        if length and length + 1 + size > width:
            lines.append("")
            length = 0
        lines[-1] += (" " if length else "") + "".join(_painted(one, screen) for one in word)
        length += size + (1 if length else 0)
    return lines


def _words(styled: Sequence[Styled]) -> List[List[Styled]]:
    """Return the words of running text; a word may change its colour within itself."""
    words: List[List[Any]] = [[]]
    for colour, text in styled:
        for number, piece in enumerate(text.replace("\n", " ").split(" ")):
            if number and words[-1]:
                words.append([])
            if piece:
                words[-1].append((colour, piece))
    return [word for word in words if word]
