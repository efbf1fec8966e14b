"""Running a lesson: cell after cell in one namespace, keeping what each prints and draws, in order.

The code is compiled under the file's own name and with its own line numbers, so that a traceback
points into the file, and tools that show source find it.

Before this: percent. After this: parts.
"""

from __future__ import annotations

import __future__
import contextlib
import io
import os
import traceback
from types import CodeType
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Union

from ..draw import Picture, shown_by
from .errors import LessonError
from .percent import CODE, Cell

__all__ = ["Output", "Ran", "pictures_of", "run", "text_of"]

Output = Union[str, Picture]

# Only this one changes how the code of later cells is compiled, on every Python from 3.8 on.
FUTURE = __future__.annotations.compiler_flag


class Ran(NamedTuple):
    """A cell and what it put out: pieces of text and pictures, in the order of their appearance."""

    cell: Cell
    outputs: List[Output]


def run(cells: Sequence[Cell], path: str, names: Dict[str, Any]) -> Iterator[Ran]:
    """Yield each cell when it has run; its variables are then in `names`.

    Raises LessonError, with the cell, the line and the last line of the traceback, when code
    fails.
    """
    names.update(__name__="__main__", __file__=path)
    flags = 0
    for number, cell in enumerate(cells, start=1):
        outputs: List[Output] = []
        if cell.kind == CODE:
            try:
                code = _compiled(cell, path, flags)
                flags |= code.co_flags & FUTURE  # "from __future__ import …" holds from here on
                _execute(code, names, outputs)
            except (Exception, SystemExit) as error:
                raise _failure(error, number, cell, path) from error
        yield Ran(cell, outputs)


def _compiled(cell: Cell, path: str, flags: int) -> CodeType:
    code: CodeType = compile("\n" * (cell.line - 1) + cell.text + "\n", path, "exec",
                             flags=flags, dont_inherit=True)
    return code


def _execute(code: CodeType, names: Dict[str, Any], outputs: List[Output]) -> None:
    """Run code with its printed text and its pictures going to `outputs`."""
    with shown_by(outputs.append), contextlib.redirect_stdout(_Collector(outputs)):
        exec(code, names)


class _Collector(io.TextIOBase):
    """A text stream that adds to the last text of a list, or begins one after a picture."""

    encoding = "utf-8"

    def __init__(self, outputs: List[Output]) -> None:
        self._outputs = outputs

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._outputs and isinstance(self._outputs[-1], str):
            self._outputs[-1] += text
        elif text:
            self._outputs.append(text)
        return len(text)


def _failure(error: BaseException, number: int, cell: Cell, path: str) -> LessonError:
    """Return what to say about code that failed: where, and the last line of its traceback."""
    said = traceback.format_exception_only(type(error), error)[-1].strip()
    return LessonError(f"{os.path.basename(path)}, cell {number}, line {_line(error, cell, path)}: "
                       f"{said}")


def _line(error: BaseException, cell: Cell, path: str) -> int:
    """Return the line of the lesson in which it happened, the innermost one."""
    if isinstance(error, SyntaxError) and error.filename == path and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path and frame.lineno]
    return lines[-1] if lines else cell.line


# ---- What a whole part put out ----


def text_of(results: Sequence[Ran]) -> str:
    """Return all that was printed."""
    return "".join(output for ran in results for output in ran.outputs if isinstance(output, str))


def pictures_of(results: Sequence[Ran]) -> List[Picture]:
    """Return all pictures that were shown."""
    return [output for ran in results for output in ran.outputs if not isinstance(output, str)]
