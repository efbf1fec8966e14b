r"""The percent format: a Python script that is a notebook to those who know.

A line `# %% [markdown]` begins a cell of prose, whose lines are comments; a line `# %%` begins a
cell of code. Python sees comments and code and runs the file as it is; editors see a notebook.

    # %% [markdown]
    # # Part 1: Neurons
    # A neuron multiplies and adds.

    # %%
    print(2.0 * 0.5 + 1.0)

>>> for cell in parsed("# %% [markdown]\n# A neuron.\n\n# %%\nprint(2.0)\n", "part.py"):
...     print(cell)
Cell(kind='prose', text='A neuron.', line=2)
Cell(kind='code', text='print(2.0)', line=5)

Before this: errors. After this: running.
"""

from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple

from .errors import LessonError, error_at

__all__ = ["CODE", "PROSE", "Cell", "parsed", "read"]

PROSE = "prose"
CODE = "code"

MARKERS = {"# %% [markdown]": PROSE, "# %%": CODE}


class Cell(NamedTuple):
    """A piece of a lesson: its kind (PROSE or CODE), its text, and the number of its first line."""

    kind: str
    text: str
    line: int


def read(path: str) -> List[Cell]:
    """Return the cells of a file. Raises LessonError, and OSError if the file cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise LessonError(f"{path}: expected UTF-8 text ({error.reason})") from None
    return parsed(text, path)


def parsed(text: str, path: str) -> List[Cell]:
    """Return the cells of a text; `path` is its name in error messages.

    Raises LessonError for text before the first cell, an unknown marker, an empty cell, and a line
    of prose that is no comment.
    """
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if _is_marker(line)]
    before = next((n for n in range(starts[0] if starts else len(lines)) if lines[n].strip()), None)
    if before is not None or not starts:
        raise error_at(path, (before or 0) + 1, "expected a cell to begin here, with a line "
                                                "# %% [markdown] or # %%")
    ends = [*starts[1:], len(lines)]
    return [_cell(lines, start, end, path) for start, end in zip(starts, ends)]


def _is_marker(line: str) -> bool:
    return line.startswith(("# %%", "#%%"))


def _cell(lines: Sequence[str], start: int, end: int, path: str) -> Cell:
    """Return the cell between its marker, lines[start], and the next one, lines[end]."""
    kind = MARKERS.get(lines[start].rstrip())
    if kind is None:
        raise error_at(path, start + 1, f"expected the marker # %% [markdown] or # %%, "
                                        f"got {lines[start]!r}")
    first, last = _without_blank_ends(lines, start + 1, end)
    if first == last:
        raise error_at(path, start + 1, "this cell is empty; remove its marker")
    body = list(lines[first:last])
    if kind == PROSE:
        body = [_uncommented(line, first + n + 1, path) for n, line in enumerate(body)]
    return Cell(kind, "\n".join(body), first + 1)


def _without_blank_ends(lines: Sequence[str], first: int, last: int) -> Tuple[int, int]:
    while first < last and not lines[first].strip(" #"):
        first += 1
    while first < last and not lines[last - 1].strip(" #"):
        last -= 1
    return first, last


def _uncommented(line: str, number: int, path: str) -> str:
    if line.startswith("# "):
        return line[2:].rstrip()
    if line.strip() in ("", "#"):
        return ""
    raise error_at(path, number, f"prose lines begin with '# ', got {line!r}; code goes into a "
                                 f"cell of its own, after a line # %%")
