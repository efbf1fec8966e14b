"""What a word on the command line may be: each function returns its value or says what is wrong.

`argparse` calls them by the name `type=`. Their errors become one line of wrong usage, exit code
2; where a word was probably meant to be another one, the line says which.

Before this: names. After this: sources, which turns words into data.
"""

from __future__ import annotations

import argparse
import csv
import math
from typing import Callable, Iterable, List, Sequence, Union

from ..data.encoding import is_delimiter
from .names import did_you_mean

__all__ = [
    "UsageError", "above_zero", "column", "columns", "count", "delimiter", "fraction", "listed",
    "not_negative", "one_of", "seed", "sizes",
]

Column = Union[str, int]


class UsageError(Exception):
    """The arguments make no sense; the message says which one and why."""


def listed(names: Sequence[str]) -> str:
    """Return names as people list them.

    >>> listed(["red", "green", "blue"]), listed(["red"])
    ('red, green or blue', 'red')
    """
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """Return the function that takes one of the known names, and no other word."""
    names = list(known)

    def name(word: str) -> str:
        if word not in names:
            raise argparse.ArgumentTypeError(
                f"expected {listed(names)}, got {word!r}{did_you_mean(word, names)}")
        return word

    return name


# ---- Numbers ----


def sizes(word: str) -> List[int]:
    """Return sizes of layers: "32,16", or "none" for none at all."""
    return [] if word == "none" else [count(part) for part in word.split(",")]


def count(word: str) -> int:
    """Return a whole number from 1 on."""
    return _whole_number(word, 1)


def seed(word: str) -> int:
    """Return a whole number from 0 on."""
    return _whole_number(word, 0)


def _whole_number(word: str, low: int) -> int:
    try:
        value = int(word)
    except ValueError:
        value = low - 1
    if value < low:
        raise argparse.ArgumentTypeError(f"expected a whole number from {low} on, got {word!r}")
    return value


def above_zero(word: str) -> float:
    """Return a number above 0."""
    return _number(word, lambda value: value > 0, "a number above 0")


def not_negative(word: str) -> float:
    """Return a number, 0 or above."""
    return _number(word, lambda value: value >= 0, "a number, 0 or above")


def fraction(word: str) -> float:
    """Return a number from 0 to below 1."""
    return _number(word, lambda value: 0 <= value < 1, "a number from 0 to below 1")


def _number(word: str, fits: Callable[[float], bool], expected: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not fits(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {word!r}")
    return value


# ---- Tables ----


def column(word: str) -> Column:
    """Return a column of a table: a whole number is a position, anything else a name.

    >>> column("price"), column("0"), column("-1")
    ('price', 0, -1)
    """
    digits = word[1:] if word.startswith("-") else word
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) < 10 else word


def columns(word: str) -> List[Column]:
    """Return columns with commas between them, quoted as in CSV where a name has a comma.

    >>> columns('zip code,3,"first, last"')
    ['zip code', 3, 'first, last']
    """
    try:
        return [column(part.strip()) for part in next(csv.reader([word], strict=True))]
    except (csv.Error, StopIteration):
        raise argparse.ArgumentTypeError(f"expected columns, as in a,b,c; got {word!r}") from None


def delimiter(word: str) -> str:
    r"""Return the one character between cells; "tab" and "\t" are the tabulator."""
    character = "\t" if word in ("tab", "\\t") else word
    if not is_delimiter(character):
        raise argparse.ArgumentTypeError(f"expected one character, or tab, got {word!r}")
    return character
