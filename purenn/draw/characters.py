"""Drawing with characters: a screen of cells, finer dots, shades, and blocks side by side.

A terminal is a sheet of squared paper: each cell holds one character, which has a colour and stands
on a colour. `Screen` is such a sheet. Where one point per cell is too coarse, `Dots` draws with the
256 braille patterns, which have 2 × 4 dots each:

    ⠁ ⠂ ⠄ ⡀      the left column, from above
    ⠈ ⠐ ⠠ ⢀      the right column

Colours are put around the characters at the very end, and only when they are wanted: without them a
screen is plain text, whose width is its width.

Before this: terminal. After this: picture.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

from ..linalg import Vector
from .colours import terminal_number
from .terminal import painted
from .typesetting import cells

__all__ = [
    "Dots", "REGIONS", "SHADES", "SIGNS", "Screen", "beside_each_other", "confusion_table",
    "drawn_digit", "shade", "tinted",
]

SHADES = " ░▒▓█"
SIGNS = "oxv%@&$HQZ"  # what stands for points of a class; letters, which every terminal has
REGIONS = " ░▒▓-:=/|~"  # what stands for the region of a class

RESET = "\x1b[0m"


def tinted(text: str, colour: str, wanted: bool, on: Optional[str] = None) -> str:
    """Return text in one of our colours (`on` another one) if colour is wanted, else as it is."""
    if not wanted or not text:
        return text
    behind = f";48;5;{terminal_number(on)}" if on else ""
    return f"\x1b[38;5;{terminal_number(colour)}{behind}m{text}{RESET}"


class Screen:
    """A sheet of cells; row 0 is the uppermost.

    >>> screen = Screen(3, 2)
    >>> screen.put(1, 0, "o", "#d55e00")
    >>> screen.lines(colour=False)
    [' o ', '   ']
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells: Dict[Tuple[int, int], Tuple[str, Optional[str], Optional[str]]] = {}

    def put(
        self, column: int, row: int, character: str, colour: Optional[str] = None,
        on: Optional[str] = None,
    ) -> None:
        """Write one character; outside of the sheet nothing happens.

        Without `on`, what is behind the character stays.
        """
        if 0 <= column < self.width and 0 <= row < self.height:
            behind = on or self._cells.get((column, row), (" ", None, None))[2]
            self._cells[column, row] = character, colour, behind

    def lines(self, colour: bool) -> List[str]:
        """Return the rows as lines of text."""
        return [self._line(row, colour) for row in range(self.height)]

    def _line(self, row: int, wanted: bool) -> str:
        """Return a row; neighbours of the same colours share one colour code."""
        found = [self._cells.get((column, row), (" ", None, None)) for column in range(self.width)]
        pieces: List[Tuple[str, Optional[str], Optional[str]]] = []
        for character, ink, on in found:
            if pieces and pieces[-1][1:] == (ink, on):
                pieces[-1] = pieces[-1][0] + character, ink, on
            else:
                pieces.append((character, ink, on))
        return "".join(text if ink is None else tinted(text, ink, wanted, on)
                       for text, ink, on in pieces)


class Dots:
    """A sheet of dots, 2 × 4 in each cell; (0, 0) is the upper left dot.

    >>> dots = Dots(2, 1)
    >>> dots.line(0, 3, 3, 0, "#0072b2")
    >>> screen = Screen(2, 1)
    >>> dots.onto(screen)
    >>> screen.lines(colour=False)
    ['⡠⠊']
    """

    BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # by column, then row, in a cell

    def __init__(self, columns: int, rows: int) -> None:
        self.width, self.height = 2 * columns, 4 * rows
        self._bits: Dict[Tuple[int, int], int] = {}
        self._colours: Dict[Tuple[int, int], str] = {}

    def put(self, x: int, y: int, colour: str) -> None:
        """Set one dot; outside of the sheet nothing happens. The last colour in a cell stays."""
        if 0 <= x < self.width and 0 <= y < self.height:
            cell = x // 2, y // 4
            self._bits[cell] = self._bits.get(cell, 0) | self.BITS[x % 2][y % 4]
            self._colours[cell] = colour

    def line(self, x1: int, y1: int, x2: int, y2: int, colour: str) -> None:
        """Set the dots of a straight line."""
        steps = max(abs(x2 - x1), abs(y2 - y1), 1)
        for step in range(steps + 1):
            self.put((2 * x1 * steps + 2 * (x2 - x1) * step + steps) // (2 * steps),
                     (2 * y1 * steps + 2 * (y2 - y1) * step + steps) // (2 * steps), colour)

    def onto(self, screen: Screen) -> None:
        """Write the cells that have dots onto a screen."""
        for (column, row), bits in self._bits.items():
            screen.put(column, row, chr(0x2800 + bits), self._colours[column, row])


# ---- Shades and tables ----


def shade(brightness: float) -> str:
    """Return the shade for a brightness from 0 to 1.

    >>> shade(0.0), shade(1.0)
    (' ', '█')
    """
    return SHADES[min(len(SHADES) - 1, max(0, round(brightness * (len(SHADES) - 1))))]


def drawn_digit(pixels: Vector, width: int = 8, brightest: float = 16.0) -> List[str]:
    """Return a picture as lines of text, two characters per pixel since they are narrow.

    >>> drawn_digit([0.0, 16.0, 8.0, 4.0], width=2)
    ['  ██', '▒▒░░']
    """
    rows = [pixels[start:start + width] for start in range(0, len(pixels), width)]
    return ["".join(2 * shade(pixel / brightest) for pixel in row) for row in rows]


def beside_each_other(blocks: Sequence[Sequence[str]], gap: int = 3) -> List[str]:
    """Put blocks of lines side by side, each as wide as its widest line.

    >>> beside_each_other([["ab", "c"], ["d"]], gap=1)
    ['ab d', 'c']
    """
    height = max(len(block) for block in blocks)
    lines = [""] * height
    for number, block in enumerate(blocks):
        width = max((_seen(line) for line in block), default=0)
        before = " " * gap if number else ""
        for row in range(height):
            line = block[row] if row < len(block) else ""
            lines[row] += before + line + " " * (width - _seen(line))
    return [line.rstrip() for line in lines]


def _seen(line: str) -> int:
    """Return how many cells a line takes; colour codes, from escape to "m", take none."""
    if "\x1b" not in line:
        return cells(line)
    first, *others = line.split("\x1b[")
    return cells(first + "".join(other.partition("m")[2] for other in others))


def confusion_table(
    counts: Sequence[Sequence[int]], names: Sequence[str], colour: bool = False
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
        written = [_cell(f"{count:>{cell}}", count, a == p, colour) for p, count in enumerate(row)]
        lines.append(f"{names[a]:>{label}}" + "".join(written))
    return lines


def _cell(text: str, count: int, right: bool, colour: bool) -> str:
    if count == 0:
        return painted(text, "dim", colour)
    return painted(text, "green" if right else "red", colour)
