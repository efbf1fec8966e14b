"""`purenn check FILE`: look at exercises that somebody has done, and give hints; or mark many."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Dict, List, Sequence

from .. import exercises
from ..atomic import atomic_write
from ..draw.terminal import painted, use_colour
from ..exercises import Limits, Marked, Marking, Sheet, Verdict, reports
from ..text import safe
from . import options as words
from .exercise import indented
from .options import Parser, UsageError, called

__all__ = ["EXAMPLES", "EXIT_CODES", "add", "run"]

EXAMPLES = """
examples:
  purenn check exercise_09.py
  purenn check handed_in --csv marks.csv                 a folder, also with folders in it
  purenn check exercise_09.py --gradescope results.json

Each function is tried with an example worked out by hand and with random numbers, and where it
computes a gradient, by the gradient checker. What is wrong gets a hint how it is wrong. The file
runs in a process of its own, with limits on time and memory, but with all that you may do: mark
files of strangers in a container.
"""

EXIT_CODES = ("exit codes: 0 all is right (of many files: all are marked), 1 something is wrong or "
              "still a hole, 2 wrong usage, 130 interrupted")

STDOUT = "-"
REPORTS = {
    "csv": "a table for a spreadsheet", "json": "all that is known",
    "gradescope": "results.json for Gradescope, of one file",
    "github": "the result for GitHub Classroom's reporter, of one file",
}


def add(parser: Parser) -> None:
    """Add the options of this command."""
    parser.add_argument("paths", metavar="FILE", nargs="+",
                        help="a file that purenn exercise wrote, or a folder of such files")
    parser.add_argument("--seconds", metavar="S", type=words.above_zero, default=10.0,
                        help="how long one function may take (default 10)")
    parser.add_argument("--megabytes", metavar="MB", type=words.count, default=2048,
                        help="how much memory a file may take (default 2048; not on Windows)")
    for name, what in REPORTS.items():
        parser.add_argument(f"--{name}", metavar="OUT", help=f"write {what} (- for stdout)")


def run(options: argparse.Namespace) -> int:
    """Look at one file, or mark many and folders of them; return the exit code.

    One file: 0 if all is right, else 1. Many files: 0 when all have been marked.
    """
    paths, limits = options.paths, Limits(options.seconds, options.megabytes)
    wanted = {name: path for name, path in vars(options).items() if name in REPORTS and path}
    single = len(paths) == 1 and not os.path.isdir(paths[0])
    if not single and ("gradescope" in wanted or "github" in wanted):
        raise UsageError("--gradescope, --github: these are for one file, since each run of the "
                         "service marks one; for a table of many use --csv or --json")
    if list(wanted.values()).count(STDOUT) > 1:
        raise UsageError("-: only one report can go to standard output")
    if not single:
        return _mark_many(paths, limits, wanted)
    return _mark_one(paths[0], limits, wanted) if wanted else _talk_through(paths[0], limits)


# ---- One file ----


def _talk_through(path: str, limits: Limits) -> int:
    """Print the verdict on each function as soon as it is known."""
    def notice(name: str) -> None:
        print(f"  {name or 'the file'} is still running; after {limits.seconds:g} s it is stopped",
              file=sys.stderr, flush=True)

    marking = Marking(path, limits, notice)
    sheet, colour = marking.sheet, use_colour(sys.stdout)
    variant = f", variant {sheet.seed}" if sheet.seed else ""
    print(f"Part {sheet.part}: {sheet.title}{variant}\n", flush=True)
    verdicts: List[Verdict] = []
    try:
        for verdict in marking:
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


# ---- Marks ----


def _mark_one(path: str, limits: Limits, wanted: Dict[str, str]) -> int:
    marked = exercises.mark(path, limits)
    _report([marked], path, wanted)
    return 0 if not marked.error and marked.score == marked.possible else 1


def _mark_many(paths: Sequence[str], limits: Limits, wanted: Dict[str, str]) -> int:
    files = [file for path in paths for file in reports.files_in(path)]
    if not files:
        raise ValueError(f"{paths[0]}: there is no Python file in this folder")
    marked: List[Marked] = []
    for number, file in enumerate(files, start=1):
        _progress(f"{number} of {len(files)}: {file[-40:]}")
        marked.append(exercises.mark(file, limits))
    _progress("")
    _report(marked, paths[0] if len(paths) == 1 else "", wanted)
    return 0


def _progress(text: str) -> None:
    """Write over the last line of a terminal; nothing where there is none."""
    if sys.stderr.isatty():
        print(f"\r{safe(text):<60}\r", end="", file=sys.stderr, flush=True)


def _report(marked: Sequence[Marked], root: str, wanted: Dict[str, str]) -> None:
    """Write the reports that are wanted, and the table unless one of them goes to stdout."""
    made = {
        "csv": lambda: reports.as_csv(marked, root), "json": lambda: reports.as_json(marked, root),
        "gradescope": lambda: reports.as_gradescope(marked[0]),
        "github": lambda: reports.as_github(marked[0]),
    }
    for name, path in wanted.items():
        if path == STDOUT:
            sys.stdout.write(made[name]())
        else:
            with atomic_write(path) as file:
                file.write(made[name]().encode("utf-8"))
    if STDOUT not in wanted.values():
        print("\n".join(safe(line) for line in reports.as_table(marked, root)))
