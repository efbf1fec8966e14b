"""Penalties: large weights make the loss larger, so that training keeps them small.

The outputs of a network with large weights can change sharply, and so fit every single example,
its noise included. *Regularization* prefers smaller weights: a penalty computed from the weights is
added to the loss, and its gradient to the gradient. Biases are left out, since they only shift a
sum.

To be read beside the nine modules, after `losses`.
"""

from __future__ import annotations

from . import checks, linalg
from .annotations import Any, Iterable
from .layers import Parameter
from .linalg import Matrix

__all__ = ["ElasticNet", "L1", "L2", "Penalty"]


class Penalty:
    """What every penalty does; subclasses give the formula f for one weight and its derivative df.

    The penalty is the sum of f over all weights, not divided by anything.
    """

    def f(self, w: float) -> float:
        """Return what one weight adds to the loss."""
        raise NotImplementedError(f"{self!r} has no formula f")

    def df(self, w: float) -> float:
        """Return the derivative of f."""
        raise NotImplementedError(f"{self!r} has no derivative df")

    def value(self, weights: Matrix) -> float:
        """Return what one matrix of weights adds to the loss."""
        return linalg.item(linalg.sum(linalg.elementwise(self.f, weights)))

    def gradient(self, weights: Matrix) -> Matrix:
        """Return how much the penalty grows with each weight."""
        return linalg.elementwise(self.df, weights)

    def __call__(self, parameters: Iterable[Parameter]) -> float:
        """Return the penalty of all penalized parameters together."""
        total = 0.0
        for parameter in parameters:
            total += self.value(parameter.value) if parameter.penalized else 0.0
        return total

    def add_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Add the gradient of the penalty to the gradients that backward has set.

        Raises ValueError before the first backward.
        """
        for parameter in checks.with_gradients(self, parameters, "call backward first"):
            if parameter.penalized:
                # The loss and the penalty are added, so their gradients are.
                own = self.gradient(parameter.value)
                parameter.gradient = linalg.add(parameter.gradient, own)

    def settings(self) -> dict[str, Any]:
        """Return what the constructor needs to make this penalty again."""
        return dict(vars(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self.settings().values()))})"


class L1(Penalty):
    """strength · |w|: pulls each weight towards 0 with the same force, so some become 0.

    The derivative is strength · sign(w), by convention 0 at w = 0. Raises ValueError unless
    strength >= 0.

    >>> L1(0.5).value([[1.0, -3.0]])
    2.0
    """

    def __init__(self, strength: float) -> None:
        self.strength = checks.number_between("L1", "strength", strength, 0)

    def f(self, w: float) -> float:
        return self.strength * abs(w)

    def df(self, w: float) -> float:
        return self.strength * ((w > 0) - (w < 0))


class L2(Penalty):
    """strength · w²: pulls large weights harder than small ones.

    The derivative is 2 · strength · w. Some books have strength / 2 · w²: for the same effect give
    half of their strength here. Raises ValueError unless strength >= 0.

    >>> L2(0.5).value([[1.0, -3.0]])
    5.0
    """

    def __init__(self, strength: float) -> None:
        self.strength = checks.number_between("L2", "strength", strength, 0)

    def f(self, w: float) -> float:
        return self.strength * (w * w)

    def df(self, w: float) -> float:
        return 2.0 * self.strength * w


class ElasticNet(Penalty):
    """l1 · |w| + l2 · w²: both together.

    Raises ValueError unless both are >= 0.
    Source: Zou and Hastie, "Regularization and Variable Selection via the Elastic Net", 2005.

    >>> ElasticNet(l1=0.5, l2=0.5).value([[1.0, -3.0]])
    7.0
    """

    def __init__(self, l1: float, l2: float) -> None:
        self.l1 = checks.number_between("ElasticNet", "l1", l1, 0)
        self.l2 = checks.number_between("ElasticNet", "l2", l2, 0)

    def f(self, w: float) -> float:
        return self.l1 * abs(w) + self.l2 * (w * w)

    def df(self, w: float) -> float:
        return self.l1 * ((w > 0) - (w < 0)) + 2.0 * self.l2 * w

    def __repr__(self) -> str:
        return f"ElasticNet(l1={self.l1}, l2={self.l2})"
