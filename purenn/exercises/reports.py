"""What came of many files: a table to read, CSV, JSON, and what two services expect.

    as_table        for the terminal: a line for each file, a column for each function
    as_csv          a line for each file, for a spreadsheet
    as_json         everything that is known, for a program of your own
    as_gradescope   one file: results.json as Gradescope's autograder reads it
    as_github       one file: what GitHub Classroom's autograding reporter reads

Formats: Gradescope, "Autograder Specifications", section "Output format"
(gradescope-autograders.readthedocs.io/en/latest/specs); GitHub Classroom, the action
education/autograding-grading-reporter, version 1, which takes the result of a test runner as JSON
in base64.

Before this: `marking`. After this: `teaching`.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from typing import Any, Dict, List, Sequence

from .grader import Verdict
from .marking import Marked

__all__ = ["as_csv", "as_github", "as_gradescope", "as_json", "as_table", "files_in"]

MARKS = {"right": "1", "wrong": "0", "hole": "."}


def files_in(path: str) -> List[str]:
    """Return the Python files of a folder and of the folders in it, in order; a file is itself.

    Files and folders whose names begin with a dot or two underscores are left out. Raises OSError
    if the path is not there.
    """
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, files in os.walk(path, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        found += [os.path.join(folder, name) for name in sorted(files)
                  if name.endswith(".py") and not name.startswith((".", "__"))]
    return found


def _raise(error: OSError) -> None:
    raise error


# ---- For people ----


def as_table(marked: Sequence[Marked], root: str = "") -> List[str]:
    """Return the lines of a table: file, part, variant, how many are right, and which.

    Of each function there is one character, in the order of the sheet: 1 right, 0 wrong, a dot
    for a hole.
    """
    rows = [["file", "part", "variant", "right", "functions"]]
    for one in marked:
        part = str(one.sheet.part) if one.sheet else "-"
        seed = str(one.sheet.seed) if one.sheet and one.sheet.seed else "-"
        rows.append([_name(one, root), part, seed, f"{one.score}/{one.possible}",
                     one.error or "".join(MARKS[verdict.state] for verdict in one.verdicts)])
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    return ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[4]]).rstrip()
            for row in rows]


def _name(one: Marked, root: str) -> str:
    """Return the file's path as seen from the folder that was marked."""
    name = os.path.relpath(one.path, root) if root and os.path.isdir(root) else one.path
    return "".join(mark if mark.isprintable() else "?" for mark in name)


# ---- For spreadsheets and programs ----


def as_csv(marked: Sequence[Marked], root: str = "") -> str:
    """Return a CSV table: a line for each file; one column for each function of any sheet in it.

    A cell is 1 for right, 0 for wrong or a hole, and empty where the file's sheet has no such
    function. What a spreadsheet would take for a formula gets a quotation mark in front.
    """
    functions = list(dict.fromkeys(
        exercise.name for one in marked if one.sheet for exercise in one.sheet.exercises))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["file", "part", "variant", "score", "possible", "seconds", "error",
                     *functions])
    for one in marked:
        marks = {verdict.name: int(verdict.state == "right") for verdict in one.verdicts}
        sheet = [one.sheet.part, one.sheet.seed] if one.sheet else ["", ""]
        writer.writerow([
            _inert(_name(one, root)), *sheet, one.score, one.possible, one.seconds,
            _inert(one.error), *(marks.get(name, "") for name in functions)])
    return stream.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_json(marked: Sequence[Marked], root: str = "") -> str:
    """Return everything that is known about each file, as a JSON list."""
    return _dumped([_record(one, root) for one in marked])


def _record(one: Marked, root: str) -> Dict[str, Any]:
    return {
        "file": _name(one, root),
        "part": one.sheet.part if one.sheet else None,
        "variant": one.sheet.seed if one.sheet else None,
        "score": one.score, "possible": one.possible, "seconds": one.seconds, "error": one.error,
        "functions": [
            {"name": verdict.name, "state": verdict.state, "hint": verdict.hint,
             "remarks": list(verdict.remarks)} for verdict in one.verdicts],
    }


def _dumped(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


# ---- For services ----


def as_gradescope(one: Marked) -> str:
    """Return the contents of /autograder/results/results.json for one file.

    Each function is a test case of one point. A file that cannot be read has one case, which has
    failed, and the reason.
    """
    tests: List[Dict[str, Any]] = [
        {"name": verdict.name, "number": str(number), "max_score": 1.0,
         "score": float(verdict.state == "right"),
         "status": "passed" if verdict.state == "right" else "failed",
         "output": _said(verdict), "output_format": "text", "visibility": "visible"}
        for number, verdict in enumerate(one.verdicts, start=1)
    ]
    if one.error:
        tests = [{"name": "reading the file", "max_score": 1.0, "score": 0.0, "status": "failed",
                  "output": one.error, "output_format": "text", "visibility": "visible"}]
    return _dumped({"execution_time": one.seconds, "output": _headline(one),
                    "output_format": "text", "stdout_visibility": "hidden", "tests": tests})


def as_github(one: Marked) -> str:
    """Return the result of a test runner for GitHub Classroom's reporter: JSON in base64, a line.

    Hand it to the reporter in the variable RUNNER_RESULTS, where RUNNER is the name by which it is
    listed in `runners`.
    """
    tests: List[Dict[str, Any]] = [
        {"name": verdict.name, "score": int(verdict.state == "right"),
         "status": "pass" if verdict.state == "right" else "fail", "message": _said(verdict)}
        for verdict in one.verdicts
    ]
    if one.error:
        tests = [{"name": "reading the file", "score": 0, "status": "error", "message": one.error}]
    right = not one.error and one.score == one.possible
    result = {"version": 1, "status": "error" if one.error else "pass" if right else "fail",
              "max_score": max(1, one.possible), "tests": tests}
    return base64.b64encode(json.dumps(result).encode("ascii")).decode("ascii") + "\n"


def _headline(one: Marked) -> str:
    if one.sheet is None:
        return one.error
    return f"Part {one.sheet.part}: {one.sheet.title}. {one.score} of {one.possible} right."


def _said(verdict: Verdict) -> str:
    if verdict.state == "hole":
        return "still a hole"
    return "\n".join(filter(None, (verdict.hint, *verdict.remarks))) or "right"
