"""`purenn check FILE`: look at exercises that somebody has done, and give hints."""

from __future__ import annotations

import argparse
import sys
from typing import List

from .. import exercises
from ..draw.terminal import painted, use_colour
from ..exercises import Sheet, Verdict
from ..text import safe
from .exercise import indented
from .options import Parser, called

__all__ = ["EXAMPLES", "EXIT_CODES", "add", "run"]

EXAMPLES = """
examples:
  purenn check exercise_09.py

Each function is tried with an example worked out by hand and with random numbers, and where it
computes a gradient, by the gradient checker. What is wrong gets a hint how it is wrong. The file is
run as Python runs it, so check only files that you trust.
"""

EXIT_CODES = ("exit codes: 0 all is right, 1 something is wrong or still a hole, 2 wrong usage, "
              "130 interrupted")


def add(parser: Parser) -> None:
    """Add the options of this command."""
    parser.add_argument("file", metavar="FILE", help="a file that purenn exercise wrote")


def run(options: argparse.Namespace) -> int:
    """Print a line for each function of a learner's file; return 0 if all are right, else 1."""
    learner = exercises.read(options.file)
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
        lines += indented(safe(said))
    return lines


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
            f"To read again: {called()} lessons {sheet.part}")
