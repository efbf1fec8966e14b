"""Looking at a result: is it the kind of thing that was asked for, and are its numbers the same?

A result is compared with the right answer, which also says what kind of thing was wanted: a number,
a list of numbers, a matrix, words, or several of these. Whoever works with NumPy may return its
arrays.

Before this: `reading`. After this: `grader`.
"""

from __future__ import annotations

import math
import sys
from typing import Any, Iterable, List, Sequence, Tuple

from .exercise import Raises

__all__ = ["Unfit", "alike", "as_asked", "difference", "flat", "outline", "sizes_in_words"]

LARGEST = int(sys.float_info.max)


class Unfit(Exception):
    """The result is not the kind of thing that was asked for; the message says what it is."""


# ---- The kind ----


def as_asked(result: Any, answer: Any, names: Sequence[str]) -> Any:
    """Return the result in plain lists and numbers; Unfit if it is another kind than the answer.

    >>> as_asked([1, 2], [0.5, 0.25], ())
    [1, 2]
    """
    if isinstance(answer, Raises):
        if isinstance(result, Raises):
            return result
        raise Unfit(f"it returns {_named(result)}, but it should raise {answer}")
    if result is None:
        raise Unfit("it returns None: is there a `return` missing, or has it nothing behind it?")
    if not isinstance(answer, tuple):
        return _like(result, answer, "it returns ")
    if isinstance(result, tuple) or (isinstance(result, list) and len(result) == len(answer)):
        if len(result) == len(answer):
            named = zip(result, answer, names)
            return tuple(_like(one, like, f"{name} is ") for one, like, name in named)
    got = _counted(len(result), "thing") if isinstance(result, tuple) else _named(result)
    raise Unfit(f"it returns {got}, expected {len(answer)}: {', '.join(names)}")


def _like(value: Any, answer: Any, says: str) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()  # NumPy's arrays and numbers
    if isinstance(answer, list):
        return _like_list(value, answer, says)
    if isinstance(answer, str):
        if not isinstance(value, str):
            raise Unfit(f"{says}{_named(value)}, expected a string")
        return value
    if isinstance(answer, bool):
        if value not in (True, False):
            raise Unfit(f"{says}{_named(value)}, expected True or False")
        return bool(value)
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Unfit(f"{says}an integer too large for a float")
    if isinstance(value, (int, float)):
        return value
    raise Unfit(f"{says}{_named(value)}, expected a number")


def _like_list(value: Any, answer: List[Any], says: str) -> Any:
    if isinstance(value, tuple):
        raise Unfit(f"{says}a tuple, expected a list: round brackets, a comma without brackets "
                    f"and zip make tuples, square brackets and list(...) make lists")
    if not isinstance(value, list):
        raise Unfit(f"{says}{_named(value)}, expected a list{_remedy(value)}")
    of_rows = bool(answer) and isinstance(answer[0], list)
    if of_rows and value and isinstance(value[0], (int, float)):
        raise Unfit(f"{says}a list of numbers, expected a list of rows; a matrix is a list of "
                    f"rows, also if it has one row only: [[1.0, 2.0]]")
    where = "row" if of_rows else "item"
    return [
        _like(item, answer[0] if answer else 0.0, f"{where} {number} of what comes back is ")
        for number, item in enumerate(value)
    ]


def _remedy(value: Any) -> str:
    if type(value).__name__ == "generator":
        return ": is there a `yield` where a `return` should be, or brackets of the wrong kind?"
    return ": list(...) around it makes one" if hasattr(value, "__next__") else ""


def _named(value: Any) -> str:
    """Name a value briefly.

    >>> _named([1.0]), _named("one"), _named(3)
    ('a list', "'one' (a string)", '3 (a number)')
    """
    if value is None:
        return "None"
    if value is Ellipsis:
        return "`...`"
    if callable(value):
        return "a function (are its brackets missing?)"
    if isinstance(value, (int, float)):
        return f"{value!r} (a number)"
    if isinstance(value, str):
        return f"{value[:20]!r} (a string)"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


# ---- The sizes ----


def outline(value: Any) -> Any:
    """Return the sizes of lists within lists: equal outlines, equal shapes.

    >>> outline([[1.0, 2.0], [3.0, 4.0]]), outline([1.0]), outline(1.0)
    ([[0, 0], [0, 0]], [0], 0)
    """
    return [outline(item) for item in value] if isinstance(value, list) else 0


def sizes_in_words(value: Any) -> str:
    """Return the shape of a value in words.

    >>> sizes_in_words([[1.0, 2.0]]), sizes_in_words([1.0, 2.0]), sizes_in_words([[1.0], []])
    ('1 × 2', 'a list of 2 numbers', 'rows of 1 and of 0 numbers')
    """
    if not isinstance(value, list):
        return "one number"
    if not value or not isinstance(value[0], list):
        return f"a list of {_counted(len(value), 'number')}"
    widths = [len(row) for row in value]
    other = next((width for width in widths if width != widths[0]), widths[0])
    if other != widths[0]:
        return f"rows of {widths[0]} and of {other} numbers"
    return f"{len(widths)} × {widths[0]}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# ---- The numbers ----


def alike(a: Any, b: Any, tolerance: float) -> bool:
    """Say whether two results have one shape and, but for the tolerance, the same numbers.

    >>> alike([1.0, 2.0], [1.0, 2.0 + 1e-12], 1e-9), alike([1.0], 1.0, 1e-9)
    (True, False)
    """
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        return (isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b)
                and all(alike(x, y, tolerance) for x, y in zip(a, b)))
    if isinstance(a, str) or isinstance(b, str):
        return bool(a == b)
    both_nan = a != a and b != b  # nan differs even from itself
    return bool(a == b) or both_nan or abs(a - b) <= tolerance * max(1.0, abs(b))


def flat(value: Any) -> Iterable[Tuple[str, Any]]:
    """Yield every number with its place: ("row 0, column 1", 2.0).

    >>> list(flat([[1.0, 2.0]])), list(flat([5.0])), list(flat(3.0))
    ([('row 0, column 0', 1.0), ('row 0, column 1', 2.0)], [('item 0', 5.0)], [('', 3.0)])
    """
    if not isinstance(value, list):
        yield "", value
        return
    for number, item in enumerate(value):
        if isinstance(item, list):
            yield from ((f"row {number}, column {k}", one) for k, one in enumerate(item))
        else:
            yield f"item {number}", item


def difference(got: Any, answer: Any, tolerance: float) -> str:
    """Say where two results of one shape first differ, and what stands there."""
    for (place, mine), (_, right) in zip(flat(got), flat(answer)):
        if not alike(mine, right, tolerance):
            at = f"at {place} " if place else ""
            if isinstance(mine, float) and math.isnan(mine):
                return f"{at}it gives nan, not a number: a 0/0, an inf - inf or an inf/inf before?"
            return f"{at}it gives {_rounded(mine)}, expected {_rounded(right)}"
    return ""


def _rounded(number: Any) -> str:
    if isinstance(number, str):
        return repr(number)
    return str(number) if isinstance(number, bool) else f"{number:.6g}"
