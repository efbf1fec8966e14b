"""`purenn exercise`: write a file of exercises, or list what there is."""

from __future__ import annotations

import argparse
import shlex
import sys
import textwrap
from typing import List, Optional

from .. import exercises
from ..draw.terminal import columns_of
from ..exercises import Sheet
from . import options as words
from .options import Parser, UsageError, called

__all__ = ["EXAMPLES", "add", "indented", "run"]

EXAMPLES = """
examples:
  purenn exercise                 which ones there are
  purenn exercise 9               writes exercise_09.py into this folder
  purenn exercise 9 -o mine.py
  purenn exercise 9 --seed 17     a variant: other numbers, the same for the same seed

The file has functions whose bodies are missing, and says what each should do. No file that is there
already is touched.
"""

WIDEST = 88


def add(parser: Parser) -> None:
    """Add the options of this command."""
    parser.add_argument("part", metavar="PART", nargs="?", type=words.count,
                        help="the number of the part (without it: list what there is)")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="the file to write (default exercise_PART.py, in this folder)")
    parser.add_argument("--seed", metavar="N", type=words.seed, default=0,
                        help="a variant of the sheet, one for each number")


def run(options: argparse.Namespace) -> int:
    """Write the file of a part; without a number list what there is. Return the exit code."""
    part, output = options.part, options.output
    if part is None:
        if output is not None:
            raise UsageError("-o: which exercise? Say its number: purenn exercise 9 -o FILE")
        print("\n".join(_listed()))
        return 0
    if part not in exercises.SHEETS:
        first, last = min(exercises.SHEETS), max(exercises.SHEETS)
        raise UsageError(f"exercise {part}: there are exercises for parts {first} to {last}")
    return _write(exercises.SHEETS[part].variant(options.seed), output)


def _listed() -> List[str]:
    lines = ["Exercises, one file for each part:", ""]
    for sheet in exercises.SHEETS.values():
        names = ", ".join(one.name for one in sheet.exercises)
        lines.append(f"{sheet.part:>4}  {sheet.title}")
        lines += indented(names)
    return [*lines, "", f"{called()} exercise 9 writes the file of part 9."]


def _write(sheet: Sheet, output: Optional[str]) -> int:
    path = output or exercises.file_name(sheet)
    try:
        exercises.write_new(path, exercises.text_of(sheet, shlex.quote(path)))
    except FileExistsError:
        raise ValueError(f"{path}: this file is there already and stays as it is; "
                         f"choose another name with -o FILE") from None
    count = len(sheet.exercises)
    print(f"{path}: {count} holes to fill. Fill them in an editor, then:\n"
          f"{called()} check {shlex.quote(path)}")
    return 0


def indented(text: str) -> List[str]:
    """Return the lines of a text, broken for the terminal that is there."""
    width = max(24, min(WIDEST, columns_of(sys.stdout)))
    return textwrap.wrap(text, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
