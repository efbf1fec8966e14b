"""Rows of one size: what keeps the numbers of a deep stack from growing or fading.

A deep network multiplies its numbers by many matrices, one after the other. Nothing holds them at
one size. A normalization divides each row by its own size, in every forward pass anew, so that
whatever stands behind it gets numbers around 1. `RMSNorm` divides by the root of the mean of the
squares. `LayerNorm` first takes the mean of the row away. Both may then multiply each column by a
*gain* that is learned, and `LayerNorm` adds a *shift*. Both look at one row, that is at one token,
and never across rows.

Before this: `embedding`. After this: `attention`.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

from .. import checks, linalg
from ..layers import Layer, Parameter
from ..linalg import Matrix

__all__ = ["LayerNorm", "RMSNorm"]


def normalized(X: Matrix, epsilon: float) -> Tuple[Matrix, Matrix]:
    """Return each row divided by the root of the mean of its squares, and the factors, a column.

    Of a row x of n numbers: m = (x[0]² + x[1]² + …) / n + epsilon, s = 1/√m, y[i] = x[i] · s.
    """
    squares = linalg.mean(linalg.multiply(X, X), axis=1)
    factors = linalg.elementwise(lambda mean: (mean + epsilon) ** -0.5, squares)
    return linalg.multiply(X, factors), factors


def normalized_backward(G: Matrix, Y: Matrix, factors: Matrix) -> Matrix:
    """Return the gradient of X from G, the gradient of Y, where Y, factors = normalized(X).

    (dX is short for dL/dX, the gradient of the loss by X, shaped like X; so G is dY.) In one row,
    x[i] reaches the loss by two ways. Directly it is y[i], times s: s · g[i]. And it is part of s,
    which is in every y[j] = x[j] · s. How fast does s grow with x[i]? s = m^(−1/2), so

        slope of s by x[i] = −1/2 · m^(−3/2) · (slope of m by x[i]) = −1/2 · s³ · 2 · x[i] / n
                           = −s³ · x[i] / n

    The second way therefore brings (sum over j of g[j] · x[j]) · (−s³ · x[i] / n). With x = y / s
    that is −s · y[i] · (g·y) / n, where g·y is the dot product of the two rows. Both together:

        dx[i] = s · (g[i] − y[i] · (g·y) / n)

    The second term takes out of g the part that points along y. It must: making a row longer
    changes nothing in what comes out (but for epsilon), so no gradient may point that way.
    """
    along = linalg.mean(linalg.multiply(G, Y), axis=1)
    return linalg.multiply(linalg.subtract(G, linalg.multiply(Y, along)), factors)


class RMSNorm(Layer):
    """y[i] = x[i] / √(mean of x² + epsilon) · gain[i], row by row; the gains are 1 at first.

    With `gain=False` there is nothing to learn. Shapes: (n, width) -> the same; gains (1, width).
    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.

    >>> RMSNorm(2, epsilon=0.0).forward([[3.0, -3.0]])
    [[1.0, -1.0]]
    """

    @checks.explains_arguments
    def __init__(self, width: int, gain: bool = True, epsilon: float = 1e-5) -> None:
        who = type(self).__name__
        self.input_width = self.output_width = checks.positive_integer(who, "width", width)
        self.epsilon = checks.number_between(who, "epsilon", epsilon, 0)
        self.gain = gain
        self.gains = Parameter("gains", linalg.full(1, width, 1.0), penalized=False)

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        Y, factors = self.kept = normalized(inputs, self.epsilon)
        return linalg.multiply(Y, self.gains.value) if self.gain else Y

    def backward(self, output_gradient: Matrix) -> Matrix:
        Y, factors = self.kept
        if self.gain:
            # Gain i multiplies y[i] of every row: its gradient is y[i] times that of the output,
            # added up over the rows; and y[i] gets the output's gradient times the gain.
            self.gains.gradient = linalg.sum(linalg.multiply(output_gradient, Y), axis=0)
            output_gradient = linalg.multiply(output_gradient, self.gains.value)
        return normalized_backward(output_gradient, Y, factors)

    def parameters(self) -> Iterator[Parameter]:
        if self.gain:
            yield self.gains

    def settings(self) -> Dict[str, Any]:
        return {"width": self.input_width, "gain": self.gain, "epsilon": self.epsilon}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.input_width}{'' if self.gain else ', gain=False'})"


class LayerNorm(RMSNorm):
    """y[i] = (x[i] − mean of x) / √(variance of x + epsilon) · gain[i] + shift[i], row by row.

    With `gain=False` there are neither gains nor shifts. Shapes: (n, width) -> the same.
    Source: Ba, Kiros, Hinton, "Layer Normalization", 2016.

    >>> LayerNorm(2, epsilon=0.0).forward([[1.0, 3.0]])
    [[-1.0, 1.0]]
    """

    def __init__(self, width: int, gain: bool = True, epsilon: float = 1e-5) -> None:
        super().__init__(width, gain, epsilon)
        self.shifts = Parameter("shifts", linalg.zeros(1, width), penalized=False)

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        # The mean of the squares of a row whose mean is 0 is its variance: RMSNorm does the rest.
        outputs = super().forward(centred(inputs), training)
        return linalg.add(outputs, self.shifts.value) if self.gain else outputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        if self.gain:
            self.shifts.gradient = linalg.sum(output_gradient, axis=0)  # added to every row
        # Centring takes from each number the mean of its row: c[i] = x[i] − (x[0] + x[1] + …) / n.
        # So x[i] is in c[i] once, and in every c[j] as −1/n of it: dx[i] = dc[i] − mean of dc. The
        # gradient is centred just as the numbers were.
        return centred(super().backward(output_gradient))

    def parameters(self) -> Iterator[Parameter]:
        if self.gain:
            yield from (self.gains, self.shifts)


def centred(A: Matrix) -> Matrix:
    """Return A with the mean of each row taken from it."""
    return linalg.subtract(A, linalg.mean(A, axis=1))
