"""What a terminal can show: colours if it has any, pictures and tables in characters.

Results go to stdout and may end up in a file, in another program or on an old terminal that knows
nothing but ASCII. So whoever prints asks here: may I use colour, may I rewrite a line? And
characters that the other side does not know are replaced by plain ones instead of raising an error.

Everything is drawn as text of a known width, without colour, so that it can be tested and aligned;
colour is put around it at the very end.

Before this: nothing of the command line. After this: names.
"""

from __future__ import annotations

import codecs
import os
import shutil
from typing import Any, List, Sequence, Tuple, Union

from ..linalg import Vector

__all__ = [
    "beside", "columns_of", "confusion_table", "drawn_digit", "make_safe", "may_rewrite",
    "painted", "printable", "use_colour",
]

COLOURS = {"red": "31", "green": "32", "dim": "2", "bold": "1"}

# What stands in for a character that the terminal or file cannot hold.
PLAIN = {
    "━": "=", "─": "-", "█": "#", "▓": "*", "▒": "+", "░": ".", "→": "->", "×": "x", "·": ".",
    "²": "2", "−": "-", "–": "-", "…": "...", "“": '"', "”": '"', "≥": ">=", "≤": "<=",
}

SHADES = " ░▒▓█"


# ---- What the other side can do ----


def use_colour(stream: Any) -> bool:
    """Say whether to colour what goes to this stream.

    NO_COLOR in the environment (not empty) turns colour off; else FORCE_COLOR turns it on; else
    there is colour on a terminal, unless it calls itself dumb.
    Source: no-color.org and force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return may_rewrite(stream)


def may_rewrite(stream: Any) -> bool:
    """Say whether this is a terminal on which a line can be written over."""
    is_terminal = getattr(stream, "isatty", None)
    return bool(is_terminal and is_terminal()) and os.environ.get("TERM") != "dumb"


def columns_of(stream: Any) -> int:
    """Return how many characters go into a line of this terminal; COLUMNS in the environment wins.

    `shutil.get_terminal_size` alone would ask stdout, which may be a file while stderr is not.
    """
    try:
        if not os.environ.get("COLUMNS"):
            return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        pass  # no terminal, or a stream in memory
    return shutil.get_terminal_size().columns


def painted(text: str, colour: str, wanted: bool) -> str:
    """Return the text in a colour if colour is wanted, else as it is.

    >>> painted("7", "red", wanted=False)
    '7'
    """
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wanted else text


def make_safe(stream: Any) -> None:
    """Let a stream replace characters that it cannot encode, instead of raising an error."""
    if hasattr(stream, "reconfigure"):
        codecs.register_error("purenn-plain", _in_plain_characters)
        stream.reconfigure(errors="purenn-plain")


def _in_plain_characters(error: UnicodeError) -> Tuple[Union[str, bytes], int]:
    """Return the replacement for what could not be encoded, and where to go on.

    This is what `codecs.register_error` asks of an error handler.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start:error.end]
    return "".join(PLAIN.get(character, "?") for character in missing), error.end


def printable(text: str) -> str:
    r"""Return a text from a file with what could garble a terminal written out.

    >>> print(printable("\x1b[31mred"), printable("größe"))
    \x1b[31mred größe
    """
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


# ---- Drawing ----


def drawn_digit(pixels: Vector, width: int = 8, brightest: float = 16.0) -> List[str]:
    """Return a picture as lines of text, two characters per pixel since they are narrow.

    >>> drawn_digit([0.0, 16.0, 8.0, 4.0], width=2)
    ['  ██', '▒▒░░']
    """
    rows = [pixels[start:start + width] for start in range(0, len(pixels), width)]
    return ["".join(2 * _shade(pixel / brightest) for pixel in row) for row in rows]


def _shade(brightness: float) -> str:
    """Return the shade for a brightness from 0 to 1.

    >>> _shade(0.0), _shade(1.0)
    (' ', '█')
    """
    return SHADES[min(len(SHADES) - 1, max(0, round(brightness * (len(SHADES) - 1))))]


def beside(blocks: Sequence[Sequence[str]], gap: int = 3) -> List[str]:
    """Put blocks of lines side by side, each as wide as its widest line.

    >>> beside([["ab", "c"], ["d"]], gap=1)
    ['ab d', 'c']
    """
    height = max(len(block) for block in blocks)
    widths = [max(map(len, block)) for block in blocks]
    columns = [
        [line.ljust(width) for line in block] + [" " * width] * (height - len(block))
        for block, width in zip(blocks, widths)
    ]
    return [(" " * gap).join(cells).rstrip() for cells in zip(*columns)]


def confusion_table(
    counts: List[List[int]], names: Sequence[str], colour: bool = False
) -> List[str]:
    """Return a confusion matrix as lines: a row for each class, a column for each answer.

    Right answers, on the diagonal, are bold green in colour; mistakes red, zeros dim.

    >>> for line in confusion_table([[5, 1], [0, 7]], ["no", "yes"]):
    ...     print(line)
         no yes
     no   5   1
    yes   0   7
    """
    label = max(map(len, names))
    cell = max(3, max(len(str(count)) for row in counts for count in row), label) + 1
    lines = [" " * label + "".join(f"{name:>{cell}}" for name in names)]
    for a, row in enumerate(counts):
        cells = [_cell(f"{count:>{cell}}", count, a == p, colour) for p, count in enumerate(row)]
        lines.append(f"{names[a]:>{label}}" + "".join(cells))
    return lines


def _cell(text: str, count: int, right: bool, colour: bool) -> str:
    if count == 0:
        return painted(text, "dim", colour)
    return painted(text, "green" if right else "red", colour)
