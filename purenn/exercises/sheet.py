"""From records to a file with holes: what the learner gets to see.

Nothing of the answer's code goes into the file: only the text of each exercise, the example that
was worked out by hand, and a hole.

Before this: `exercise`. After this: `reading`, which takes the file back.
"""

from __future__ import annotations

import os
import textwrap
from typing import Any, List

from .exercise import Exercise, Sheet

__all__ = ["HOLE", "file_name", "text_of", "write_new"]

HOLE = "...  # your code"
WIDTH = 96


def file_name(sheet: Sheet) -> str:
    """Return the name that the file has unless another is asked for: exercise_09.py."""
    return f"exercise_{sheet.part:02}.py"


def text_of(sheet: Sheet, name: str) -> str:
    """Return the contents of the file for a sheet; `name` is how the file will be called."""
    shown = name if name.isprintable() and not set(name) & set('"\\') else "FILE"
    variant = f" Variant {sheet.seed}." if sheet.seed else ""
    head = (
        f'"""Part {sheet.part}: {sheet.title}. Exercises.{variant}\n\n'
        f"Replace each `{HOLE}` by lines of your own. Then, as often as you like:\n\n"
        f"    python3 -m purenn check {shown}\n\n"
        f'{sheet.introduction.strip()}\n"""\n'
    )
    parts = [head]
    if sheet.imports:
        parts.append(f"{sheet.imports.strip()}\n")
    parts[-1] += "\n"
    parts += [f"\n{_function(exercise)}\n" for exercise in sheet.exercises]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _function(exercise: Exercise) -> str:
    inside = f'"""{exercise.text.strip()}\n\n{_example(exercise)}\n"""\n'
    if not exercise.methods:
        return f"def {exercise.signature}:\n{textwrap.indent(inside + HOLE, '    ')}"
    methods = [
        f'\ndef {first_line}:\n    """{said}"""\n    {HOLE}\n'
        for first_line, said in exercise.methods
    ]
    return f"class {exercise.signature}:\n{textwrap.indent(inside + ''.join(methods), '    ')}"


def _example(exercise: Exercise) -> str:
    """Return the example as Python's own prompt would show it."""
    call = exercise.example.call or _call(exercise)
    return f"{call}\n{exercise.example.shown or _shown(exercise.example.answer)}"


def _call(exercise: Exercise) -> str:
    """Return the call of the example; an argument a line where one line is too short."""
    arguments = [_shown(argument) for argument in exercise.example.arguments]
    line = f">>> {exercise.name}({', '.join(arguments)})"
    if len(line) <= WIDTH - 4:
        return line
    named = zip(exercise.parameters, arguments)
    lines: List[str] = [f"...     {name}={argument}," for name, argument in named]
    return "\n".join([f">>> {exercise.name}(", *lines, "... )"])


def _shown(value: Any) -> str:
    return repr(value)


def write_new(path: str, text: str) -> None:
    """Write a text to a file that is not there yet; FileExistsError if it is, untouched.

    Asking first and writing then would leave a moment for another to write; the system is asked to
    create the file or to refuse. If writing fails, what was begun is taken away.
    """
    with open(path, "xb") as file:
        try:
            file.write(text.encode("utf-8"))
            file.flush()
        except BaseException:
            os.remove(path)
            raise
