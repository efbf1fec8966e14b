"""Checks of single arguments, so that a wrong one is named where it enters.

No room of the house, only its doorbell: skip it at the first reading. Each check returns what it
was given, or raises TypeError (the wrong kind of thing) or ValueError (the right kind, out of
range) with who, expected and got. Matrices have a door of their own, `linalg.as_matrix`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

__all__ = ["number_between", "positive_integer", "random_generator"]


def positive_integer(who: str, name: str, value: Any) -> int:
    """Return value if it is an integer above 0.

    >>> positive_integer("Dense", "neurons", 0)
    Traceback (most recent call last):
        ...
    ValueError: Dense: neurons: expected a positive integer, got 0
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{who}: {name}: expected a positive integer, got {value!r}")
    if value < 1:
        raise ValueError(f"{who}: {name}: expected a positive integer, got {value}")
    return value


def number_between(
    who: str,
    name: str,
    value: Any,
    low: float,
    high: float = math.inf,
    without_low: bool = False,
) -> float:
    """Return value if low <= value < high; with `without_low` it must not be `low` itself.

    >>> number_between("Dropout", "rate", 1.5, 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: Dropout: rate: expected 0 <= rate < 1, got 1.5
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{who}: {name}: expected a number, got {value!r}")
    if not low <= value < high or (without_low and value == low):
        lower = f"{low:g} {'<' if without_low else '<='} {name}"
        upper = f" < {high:g}" if high < math.inf else ", finite"
        raise ValueError(f"{who}: {name}: expected {lower}{upper}, got {value!r}")
    return value


def random_generator(who: str, rng: Any) -> Random:
    """Return rng if it can make random numbers; a bare seed cannot.

    >>> random_generator("Dense", 42)
    Traceback (most recent call last):
        ...
    TypeError: Dense: rng: expected random.Random(seed), got 42
    """
    if isinstance(rng, type) or not callable(getattr(rng, "random", None)):
        raise TypeError(f"{who}: rng: expected random.Random(seed), got {rng!r}")
    return rng  # type: ignore[no-any-return]
