"""Reading the learner's file, and calling what is in it, whatever may happen there.

Everything that can go wrong in the learner's lines has to end as a sentence about *them*: the
traceback that Python would print is mostly about ours. What never ends, or ends Python itself, is
no matter of this module: `marking` runs all of this in a process of its own.

Before this: `sheet`. After this: `looking`, which reads the file without running it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import sys
import tokenize
import types
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

__all__ = ["Failed", "Learner", "Unreadable", "called", "read"]

LONGEST = 160  # characters of a learner's own message or line that are shown


class Unreadable(ValueError):
    """The file is no Python, or fails while it is read; the message says in which line."""


class Failed(Exception):
    """A call of the learner's function failed; the message says in which line and why.

    `error` is what was raised there.
    """

    error: Optional[BaseException] = None


class Learner(NamedTuple):
    """A file that has been read.

    names  what it defines
    holes  the functions and classes of it that are still empty
    tree   its syntax tree, as Python's `ast` has it
    seed   which variant of a sheet it says it is; 0 for the sheet that everybody gets
    """

    path: str
    lines: List[str]
    names: Dict[str, Any]
    holes: Set[str]
    tree: ast.Module = ast.Module(body=[], type_ignores=[])
    seed: int = 0


def read(path: str) -> Learner:
    """Read and run the file at `path`.

    Raises OSError where it cannot be opened, Unreadable where it is no Python or raises an error.
    What it prints is left out.
    """
    source = _source(path)
    tree = _tree(path, source)
    module = types.ModuleType("purenn_exercise")
    module.__file__ = path
    learner = Learner(path, source.splitlines(), vars(module), _holes(tree), tree, _seed(tree))
    sys.modules[module.__name__] = module  # some of Python's own tools look there
    try:
        called(learner, lambda: exec(_code(path, tree), vars(module)), ())
    except Failed as failure:
        raise Unreadable(f"{os.path.basename(path)}: {failure}") from None
    finally:
        sys.modules.pop(module.__name__, None)
    return learner


def _source(path: str) -> str:
    try:
        with tokenize.open(path) as file:  # it heeds the encoding that the file may declare
            return file.read()
    except (SyntaxError, UnicodeDecodeError):
        raise Unreadable(f"{os.path.basename(path)}: this is no text in UTF-8") from None


def _tree(path: str, source: str) -> ast.Module:
    try:
        return ast.parse(source, path)
    except SyntaxError as error:
        line = f": {_short(error.text)}" if error.text and error.text.strip() else ""
        raise Unreadable(f"{os.path.basename(path)}, line {error.lineno}: this is no Python yet, "
                         f"{error.msg}{line}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{os.path.basename(path)}: this is no Python, {error}") from None


def _code(path: str, tree: ast.Module) -> Any:
    # Without dont_inherit the `from __future__` of this module would hold for the learner's too.
    return compile(tree, path, "exec", dont_inherit=True)


# ---- Holes ----


def _holes(tree: ast.Module) -> Set[str]:
    """Return the names of what has no body yet; of two of one name, the last counts."""
    found = {node.name: node for node in tree.body
             if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return {name for name, node in found.items() if all(map(_is_nothing, node.body))}


def _is_nothing(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring, `...`, `pass`, `raise NotImplementedError`.

    A function or class that holds nothing else is nothing, too.
    """
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return all(map(_is_nothing, statement.body))
    if isinstance(statement, ast.Raise):
        return "NotImplementedError" in ast.dump(statement)
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)


def _seed(tree: ast.Module) -> int:
    """Return the number after "Variant" in the first line of the file's docstring, else 0."""
    first_line = (ast.get_docstring(tree) or "").partition("\n")[0]
    match = re.search(r"\bVariant (\d{1,18})\b", first_line)
    return int(match.group(1)) if match else 0


# ---- Calling ----


class _FirstWords(io.TextIOBase):
    """Something to print into that keeps the beginning only: an endless loop prints endlessly."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        if len(self.text) < LONGEST:
            self.text += text
        return len(text)


def called(learner: Learner, function: Any, arguments: Tuple[Any, ...]) -> Tuple[Any, str]:
    """Call a learner's function; return its result and the beginning of what it printed.

    Raises Failed for whatever it raises; only Ctrl-C passes.
    """
    words = _FirstWords()
    try:
        with contextlib.redirect_stdout(words):
            return function(*arguments), words.text
    except Failed:
        raise  # it already is a sentence
    except (Exception, SystemExit) as error:
        failure = Failed(_what_happened(learner, error))
        failure.error = error
        raise failure from None


def _what_happened(learner: Learner, error: BaseException) -> str:
    """Say in one sentence what was raised, at which of the learner's lines, and by way of which."""
    numbers = _line_numbers(learner, error)
    place = f"line {numbers[-1]}: " if numbers else ""
    if isinstance(error, RecursionError):
        return f"{place}it calls itself without end"
    if isinstance(error, SystemExit):
        return f"{place}it ends the program (exit); a function should return"
    if isinstance(error, MemoryError):
        return f"{place}it asks for more memory than there is"
    text = f"{place}{type(error).__name__}: {_message(error)}"
    if numbers:
        text += f", in: {_line(learner, numbers[-1])}"
    if numbers and numbers[0] != numbers[-1]:
        text += f"; called in line {numbers[0]}: {_line(learner, numbers[0])}"
    return text


def _message(error: BaseException) -> str:
    try:
        return _short(str(error)) or "(without a message)"
    except Exception:  # an exception class of the learner's own, with a __str__ that fails
        return "(its message cannot be shown)"


def _line_numbers(learner: Learner, error: BaseException) -> List[int]:
    """Return the numbers of the learner's lines on the way to the error."""
    numbers = []
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == learner.path:
            numbers.append(step.tb_lineno)
        step = step.tb_next
    return numbers


def _line(learner: Learner, number: int) -> str:
    return _short(learner.lines[number - 1]) if number <= len(learner.lines) else ""


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else f"{one_line[:LONGEST]}..."
