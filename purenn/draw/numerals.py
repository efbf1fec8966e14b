"""Numbers as text: short where people read them, always the same where a file holds them.

A picture is made of two kinds of numbers. Coordinates are read by a browser; one decimal is a tenth
of a pixel, and nobody sees less. Numbers beside an axis are read by people, who want as many digits
as tell two neighbours apart, and no more: 0.5, 1.0, 1.5, but 10, 20, 30.

Python's `repr` of a float would be right and useless here: 0.30000000000000004 pixels. Everything
is rounded to a fixed number of digits, so the same picture is the same file wherever it is drawn.

Before this: nothing of this folder. After this: scales.
"""

from __future__ import annotations

import math
from typing import List, Sequence

__all__ = ["fixed", "labels", "short"]

FROM, TO = -4, 6  # powers of ten that are written out; beyond them, 2e7 and 5e-6


def fixed(value: float, decimals: int = 1) -> str:
    """Return a number with at most so many decimals, without idle zeros and without "-0".

    >>> fixed(12.04), fixed(3.0), fixed(-0.01), fixed(2.345, 2)
    ('12', '3', '0', '2.35')
    """
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def short(value: float, digits: int = 3) -> str:
    """Return a number in about so many significant digits, as it would be said.

    >>> short(1.0986), short(0.05), short(1234.5), short(12345678.0), short(0.0000123)
    ('1.1', '0.05', '1234', '1.23e7', '1.23e-5')
    """
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    power = _power(value)
    if not FROM <= power < TO:
        return _scientific(value, digits - 1)
    return fixed(value, max(0, digits - 1 - power))


def labels(values: Sequence[float], power: int) -> List[str]:
    """Return the numbers of an axis whose steps are 1, 2 or 5 times ten to the `power`.

    All of them are written in one way, with as many decimals as the step has.

    >>> labels([0.0, 0.5, 1.0], power=-1), labels([-10.0, 0.0], power=0)
    (['0.0', '0.5', '1.0'], ['-10', '0'])
    >>> labels([2e7, 2.5e7], power=6)
    ['2.0e7', '2.5e7']
    """
    largest = max((abs(value) for value in values), default=0.0)
    highest = _power(largest) if largest else power
    if power < FROM or highest >= TO:
        return [_scientific(value, max(0, highest - power), keep=True) for value in values]
    return [_without_minus_zero(f"{value:.{max(0, -power)}f}") for value in values]


def _power(value: float) -> int:
    """Return the power of ten of the first digit: 2 for 345, −1 for 0.5."""
    return int(f"{abs(value):e}".partition("e")[2])


def _scientific(value: float, decimals: int, keep: bool = False) -> str:
    """Return 1.5e-7 for 0.00000015; `keep` the zeros that the other numbers of an axis need."""
    if value == 0:
        return "0"
    digits, _, power = f"{value:.{min(decimals, 16)}e}".partition("e")
    if "." in digits and not keep:
        digits = digits.rstrip("0").rstrip(".")
    return f"{digits}e{int(power)}"


def _without_minus_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
