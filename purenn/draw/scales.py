"""Scales: from numbers to places on the paper, and the round numbers beside an axis.

A scale knows the smallest and the largest number that it shows, `low` and `high`, and puts every
number between them on a place from 0 (left, or below) to 1:

    linear:       place = (value − low) / (high − low)               equal steps, equal ways
    logarithmic:  place = (log value − log low) / (log high − log low)   equal factors, equal ways

Its ticks are numbers that people like: a power of ten times 1, 2 or 5, as few or as many as there
is room for. On a logarithmic scale powers of ten come first.

Before this: numerals. After this: colours.
"""

from __future__ import annotations

import math
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .numerals import labels

__all__ = ["LogScale", "Scale", "Tick", "fitted"]

LARGEST = 1e300  # twice this is still a float, and so is the way from −LARGEST to LARGEST
SMALLEST = 1e-290


class Tick(NamedTuple):
    """A mark on an axis: the number, and how it is written."""

    value: float
    label: str


class Scale:
    """A linear scale from low to high; `whole` if only whole numbers mean something (epochs).

    >>> scale = Scale(0.0, 4.0)
    >>> scale.place(1.0), [tick.label for tick in scale.ticks(5)]
    (0.25, ['0', '1', '2', '3', '4'])
    """

    def __init__(self, low: float, high: float, whole: bool = False) -> None:
        self.low, self.high, self.whole = low, high, whole

    def place(self, value: float) -> float:
        """Return where a number stands: 0 at low, 1 at high, beyond them outside."""
        return (value - self.low) / (self.high - self.low)

    def value_at(self, place: float) -> float:
        """Return the number that stands at a place; the inverse of `place`."""
        return self.low + place * (self.high - self.low)

    def ticks(self, at_most: int) -> List[Tick]:
        """Return up to so many ticks, 1, 2 or 5 times a power of ten apart."""
        for multiple, power in _steps((self.high - self.low) / (at_most + 1)):
            step = _times(multiple, power)
            first = math.ceil(self.low / step - 1e-9)
            last = math.floor(self.high / step + 1e-9)
            if last - first < at_most and not (self.whole and power < 0):
                break
        values = [_times(number * multiple, power) for number in range(first, last + 1)]
        return [Tick(*both) for both in zip(values, labels(values, power))]


class LogScale(Scale):
    """A logarithmic scale from low to high, both above 0.

    >>> scale = LogScale(0.01, 1.0)
    >>> scale.place(0.1), [tick.label for tick in scale.ticks(4)]
    (0.5, ['0.01', '0.1', '1'])
    """

    def place(self, value: float) -> float:
        return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))

    def value_at(self, place: float) -> float:
        low, high = math.log(self.low), math.log(self.high)
        return math.exp(low + place * (high - low))

    def ticks(self, at_most: int) -> List[Tick]:
        """Return powers of ten, every second or third where there are many, more where few."""
        first = math.floor(math.log10(self.low))
        last = math.ceil(math.log10(self.high))
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = self._inside(first, last, digits, every=1)
            if 2 <= len(found) <= at_most:
                return found
        if len(found) < 2:
            return super().ticks(at_most)
        every = math.ceil(len(found) / max(1, at_most))
        return self._inside(every * math.floor(first / every), last, (1,), every)

    def _inside(self, first: int, last: int, digits: Sequence[int], every: int) -> List[Tick]:
        places = [(digit, power) for power in range(first, last + 1, every) for digit in digits]
        ticks = [Tick(_times(digit, power), labels([_times(digit, power)], power)[0])
                 for digit, power in places]
        return [tick for tick in ticks if -1e-9 <= self.place(tick.value) <= 1 + 1e-9]


def _steps(smallest: float) -> Iterator[Tuple[int, int]]:
    """Yield (multiple, power) for the steps 1, 2 and 5 times ten to a power, growing."""
    power = math.floor(math.log10(smallest))
    while True:
        for multiple in (1, 2, 5):
            yield multiple, power
        power += 1


def _times(number: int, power: int) -> float:
    """Return number · 10^power rounded once: 3 · 10^−1 is 0.3, not 0.30000000000000004."""
    return float(number * 10 ** power) if power >= 0 else number / 10 ** -power


# ---- Scales for given numbers ----


def fitted(
    who: str,
    values: Iterable[float],
    *,
    log: bool = False,
    whole: bool = False,
    margin: float = 0.0,
    limits: Optional[Sequence[Optional[float]]] = None,
) -> Scale:
    """Return a scale on which all these numbers have a place.

    margin: how much is left free below and above, as a part of the way between them. Numbers that
    are all above 0 and reach down towards it get a scale that starts at 0, since half a loss should
    look like half. limits: (low, high), either of them None where the numbers decide.
    Raises ValueError for no numbers, for numbers that are too large, and for a logarithmic scale of
    numbers that are not above 0.
    """
    known = list(values)
    ends = [one for one in limits or () if one is not None]
    _check(who, known + ends, log)
    low, high = min(known), max(known)
    if log:
        low, high = _log_ends(low, high, margin)
    else:
        low, high = _linear_ends(low, high, margin)
    low, high = _within_limits(who, low, high, limits)
    return LogScale(low, high) if log else Scale(low, high, whole)


def _check(who: str, values: Sequence[float], log: bool) -> None:
    if not values:
        raise ValueError(f"{who}: expected at least one finite number, got none")
    if max(map(abs, values)) > LARGEST:
        raise ValueError(f"{who}: expected numbers up to {LARGEST:g}, got "
                         f"{max(values, key=abs):g}")
    if log and min(values) < SMALLEST:
        raise ValueError(f"{who}: a logarithmic scale has no place for {min(values):g}; expected "
                         f"numbers above 0")


def _linear_ends(low: float, high: float, margin: float) -> Tuple[float, float]:
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)) or span < SMALLEST:
        half = 0.5 * max(abs(low), abs(high)) or 0.5  # one number only: put it in the middle
        return low - max(half, SMALLEST), high + max(half, SMALLEST)
    below = low - margin * span
    if margin and 0 <= low and below < 0.25 * high:
        below = 0.0
    return below, high + margin * span


def _log_ends(low: float, high: float, margin: float) -> Tuple[float, float]:
    if high / low < 1 + 1e-9:
        return low / 2, high * 2
    factor = (high / low) ** margin
    return low / factor, high * factor


def _within_limits(
    who: str, low: float, high: float, limits: Optional[Sequence[Optional[float]]]
) -> Tuple[float, float]:
    """Return the ends with those that were asked for in their place."""
    if limits is None:
        return low, high
    wanted_low, wanted_high = limits
    low = low if wanted_low is None else wanted_low
    high = high if wanted_high is None else wanted_high
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        raise ValueError(f"{who}: limits: expected low < high, got {low:g} and {high:g}")
    return low, high
