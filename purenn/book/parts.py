"""The parts of the book: where they are, and what they are called.

A part is a file `part_04_dense.py` whose first cell begins with `# Part 4: The Dense layer` and
goes on with a paragraph that says what the reader will be able to do after it.

Before this: running. After this: formulas.
"""

from __future__ import annotations

import os
import re
from typing import List, NamedTuple, Sequence

from .errors import LessonError, error_at
from .percent import PROSE, Cell, read

__all__ = ["FOLDER", "Part", "find", "numbers"]

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lessons")

FILE_NAME = re.compile(r"part_(\d\d)_\w+\.py")
TITLE = re.compile(r"# Part (\d+): (\S.*)")


class Part(NamedTuple):
    """One lesson, read but not run: its number, title, file and cells.

    `aim` is the paragraph below the title, in Markdown.
    """

    number: int
    title: str
    aim: str
    path: str
    cells: List[Cell]

    @property
    def name(self) -> str:
        """The file's name without its ending: "part_04_dense"."""
        return os.path.splitext(os.path.basename(self.path))[0]


def numbers(folder: str = FOLDER) -> List[int]:
    """Return the numbers of the parts there are, in order."""
    return sorted(int(match.group(1)) for match in map(FILE_NAME.fullmatch, os.listdir(folder))
                  if match)


def find(number: int, folder: str = FOLDER) -> Part:
    """Read the part of that number. Raises LessonError if there is none, or more than one."""
    names = [name for name in os.listdir(folder) if name.startswith(f"part_{number:02}_")
             and FILE_NAME.fullmatch(name)]
    if len(names) != 1:
        raise LessonError(f"expected one file part_{number:02}_….py in {folder}, "
                          f"got {len(names)}")
    path = os.path.join(folder, names[0])
    return _part(number, path, read(path))


def _part(number: int, path: str, cells: Sequence[Cell]) -> Part:
    first = cells[0]
    paragraphs = first.text.split("\n\n")
    match = TITLE.fullmatch(paragraphs[0])
    if first.kind != PROSE or match is None or int(match.group(1)) != number:
        raise error_at(path, first.line, f"expected a title, # Part {number}: …, "
                                         f"got {first.text.splitlines()[0]!r}")
    if len(paragraphs) < 2:
        raise error_at(path, first.line, "expected a paragraph below the title, saying what the "
                                         "reader will be able to do")
    return Part(number, match.group(2), paragraphs[1], path, list(cells))
