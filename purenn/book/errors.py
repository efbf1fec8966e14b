"""What can be wrong with a lesson: each error says in which file and line, and what to do.

Before this: nothing of the book. After this: percent.
"""

from __future__ import annotations

import os

__all__ = ["LessonError", "error_at"]


class LessonError(ValueError):
    """A lesson cannot be read, or fails when it is run; the message names file and line."""


def error_at(path: str, line: int, message: str) -> LessonError:
    """Return the error for a line of a file.

    >>> print(error_at("lessons/part_04_dense.py", 12, "this list has no end"))
    part_04_dense.py, line 12: this list has no end
    """
    return LessonError(f"{os.path.basename(path)}, line {line}: {message}")
