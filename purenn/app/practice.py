"""`purenn exercise` and `purenn check FILE`: exercises, and what became of them.

Before this: checkup. After this: lessons.
"""

from __future__ import annotations

import shlex
import sys
import textwrap
from typing import List, Optional

from .. import exercises
from ..exercises import Sheet, Verdict
from .terminal import columns_of, painted, printable, use_colour
from .words import UsageError

__all__ = ["check", "exercise"]

WIDEST = 88


# ---- Handing out ----


def exercise(part: Optional[int], output: Optional[str]) -> int:
    """Write the file of a part; without a number list what there is. Return the exit code."""
    if part is None:
        if output is not None:
            raise UsageError("-o: which exercise? Say its number: purenn exercise 9 -o FILE")
        print("\n".join(_listed()))
        return 0
    if part not in exercises.SHEETS:
        first, last = min(exercises.SHEETS), max(exercises.SHEETS)
        raise UsageError(f"exercise {part}: there are exercises for parts {first} to {last}")
    return _write(exercises.SHEETS[part], output)


def _listed() -> List[str]:
    lines = ["Exercises, one file for each part:", ""]
    for sheet in exercises.SHEETS.values():
        names = ", ".join(one.name for one in sheet.exercises)
        lines.append(f"{sheet.part:>4}  {sheet.title}")
        lines += _indented(names)
    return [*lines, "", "python3 -m purenn exercise 9 writes the file of part 9."]


def _write(sheet: Sheet, output: Optional[str]) -> int:
    path = output or exercises.file_name(sheet)
    try:
        exercises.write_new(path, exercises.text_of(sheet, shlex.quote(path)))
    except FileExistsError:
        raise ValueError(f"{path}: this file is there already and stays as it is; "
                         f"choose another name with -o FILE") from None
    count = len(sheet.exercises)
    print(f"{path}: {count} functions to write. Fill the holes in an editor, then:\n"
          f"python3 -m purenn check {shlex.quote(path)}")
    return 0


# ---- Looking at what came back ----


def check(path: str) -> int:
    """Print a line for each function of a learner's file; return 0 if all are right, else 1."""
    learner = exercises.read(path)
    sheet = exercises.sheet_of(learner)
    colour = use_colour(sys.stdout)
    print(f"Part {sheet.part}: {sheet.title}\n", flush=True)
    verdicts: List[Verdict] = []
    try:
        for verdict in exercises.grade(sheet, learner):
            print("\n".join(_lines(verdict, colour)), flush=True)
            verdicts.append(verdict)
    except KeyboardInterrupt:
        for stopped in sheet.exercises[len(verdicts):][:1]:
            print(f"  stopped in {stopped.name}: does a loop in it never end?", flush=True)
        raise
    print(f"\n{_end(sheet, verdicts)}")
    return 0 if all(verdict.state == "right" for verdict in verdicts) else 1


def _lines(verdict: Verdict, colour: bool) -> List[str]:
    """Return the line of a function, and below it what there is to be said."""
    if verdict.state == "hole":
        return [painted(f"  {_mark('…', '.')} {verdict.name}: still a hole", "dim", colour)]
    right = verdict.state == "right"
    mark = _mark("✓", "ok") if right else _mark("✗", "no")
    lines = [f"  {painted(mark, 'green' if right else 'red', colour)} {verdict.name}"]
    for said in filter(None, (verdict.hint, *verdict.remarks)):
        lines += _indented(printable(said))
    return lines


def _indented(text: str) -> List[str]:
    """Return the lines of a text, broken for the terminal that is there."""
    width = max(24, min(WIDEST, columns_of(sys.stdout)))
    return textwrap.wrap(text, width, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _mark(mark: str, plain: str) -> str:
    """Return the mark, or plain characters where stdout does not know it."""
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return plain
    return mark


def _end(sheet: Sheet, verdicts: List[Verdict]) -> str:
    states = [verdict.state for verdict in verdicts]
    if states.count("right") == len(states):
        return f"All {len(states)} are right. Read next: {sheet.afterwards}."
    left = f", {states.count('hole')} still to be written" if "hole" in states else ""
    return (f"{states.count('right')} of {len(states)} right{left}. "
            f"To read again: python3 -m purenn lessons {sheet.part}")
