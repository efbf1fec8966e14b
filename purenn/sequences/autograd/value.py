"""Automatic differentiation, number by number: the chain rule, done by the numbers themselves.

Everywhere else in purenn a person has worked out how gradients run backwards through a layer. Here
nobody has to. Each result of a calculation remembers the numbers it was made of, its *parents*, and
how fast it grows with each, its *slopes*. Backwards, every number hands to each parent its own
gradient times that slope, and what arrives by several ways adds up:

    a = 2 ──┐  slope of c by a is b = 3
            ├─(·)─ c = 6 ──┐ slope 1
    b = 3 ──┘              ├─(+)─ L = 7        dL/dc = 1, dL/da = 1 · 3, dL/db = 1 · 2
                  d = 1 ───┘ slope 1

It saves thinking and costs time: one object for each number of the calculation.
After this: `tape`, where one object stands for a whole matrix.
"""

from __future__ import annotations

import math
from typing import List, Sequence, Tuple, Union

__all__ = ["Value"]

Number = Union["Value", float]


class Value:
    """A number that knows how it was made; after backward, `gradient` is d(result)/d(this).

    >>> a, b = Value(2.0), Value(3.0)
    >>> (a * b + a).backward()
    >>> a.gradient, b.gradient
    (4.0, 2.0)
    """

    __slots__ = ("data", "gradient", "parents", "slopes")

    def __init__(
        self, data: float, parents: Tuple[Value, ...] = (), slopes: Sequence[float] = ()
    ) -> None:
        self.data, self.gradient = data, 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other: Number) -> Value:
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Number) -> Value:
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Value:
        return Value(self.data ** power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        return Value(math.exp(self.data), (self,), (math.exp(self.data),))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Value:
        return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Number) -> Value:
        return self + as_value(other) * -1.0

    def __truediv__(self, other: Number) -> Value:
        return self * as_value(other) ** -1.0

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        """Add to the gradients of all this was made of; whoever calls sets the old ones to 0."""
        self.gradient = 1.0
        for value in reversed(self.ordered()):
            for parent, slope in zip(value.parents, value.slopes):
                parent.gradient += slope * value.gradient

    def ordered(self) -> List[Value]:
        """Return all values that this was made of and then this, each behind its parents.

        A list holds what is still to do: calls of calls would fail at depth 1,000, in a long sum.
        """
        order, seen, to_do = [], set(), [(self, False)]
        while to_do:
            value, parents_done = to_do.pop()
            if parents_done:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                to_do.append((value, True))
                to_do.extend((parent, False) for parent in value.parents)
        return order


def as_value(x: Number) -> Value:
    return x if isinstance(x, Value) else Value(x)
