"""Activations: the bends between the layers.

Two dense layers in a row are no better than one, since a sum of sums is a sum: W₂(W₁x) = (W₂W₁)x.
What lets a network draw curved borders is a bend after each sum: a function of one number, applied
to every number of a matrix.

Each activation here is a pair of formulas, the function and its derivative, and a layer of three
lines that joins them. The derivative gets both the inputs x and the outputs y = f(x), because some
are shortest in y: the derivative of tanh is 1 − y².

    inputs x   ──►  f   ──►  y
    g · f′(x)  ◄──  f′  ◄──  g, the output gradient

`Softmax` comes last and is another kind: each of its outputs depends on all inputs of the row.

Before this: `layers`. After this: `losses`, which say how wrong the outputs are.
"""

from __future__ import annotations

import math
from typing import Optional, Tuple

from . import linalg
from .checks import number_between
from .layers import Layer, kept_by_forward
from .linalg import Matrix, elementwise

__all__ = [
    "Activation", "ELU", "GELU", "LeakyReLU", "Linear", "ReLU", "Sigmoid", "SiLU", "Softmax",
    "Softplus", "Tanh", "elu", "elu_derivative", "gelu", "gelu_derivative", "leaky_relu",
    "leaky_relu_derivative", "linear", "linear_derivative", "relu", "relu_derivative", "sigmoid",
    "sigmoid_derivative", "silu", "silu_derivative", "softmax", "softplus", "softplus_derivative",
    "tanh", "tanh_derivative",
]


class Activation(Layer):
    """A layer that applies one function to every number; subclasses give the pair of formulas.

    Shapes: (n, any) -> the same.
    """

    def __init__(self) -> None:
        self._kept: Optional[Tuple[Matrix, Matrix]] = None

    def formula(self, x: Matrix) -> Matrix:
        """Return f(x) for every number."""
        raise NotImplementedError

    def derivative(self, x: Matrix, y: Matrix) -> Matrix:
        """Return f′(x) for every number, given also y = f(x)."""
        raise NotImplementedError

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        outputs = self.formula(inputs)
        self._kept = inputs, outputs
        return outputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        # Each output depends on the one input in its place, so the chain rule is one product:
        # dL/dx = dL/dy · dy/dx.
        inputs, outputs = kept_by_forward(self, self._kept)
        return linalg.multiply(output_gradient, self.derivative(inputs, outputs))


# ---- Linear: f(x) = x ----


def linear(x: Matrix) -> Matrix:
    """f(x) = x"""
    return x


def linear_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = 1"""
    return linalg.full(*linalg.shape(x), value=1.0)


class Linear(Activation):
    """f(x) = x: no bend. For outputs that may be any number.

    >>> Linear().forward([[-1.0, 2.0]])
    [[-1.0, 2.0]]
    """

    formula = staticmethod(linear)
    derivative = staticmethod(linear_derivative)


# ---- ReLU: f(x) = max(x, 0) ----


def relu(x: Matrix) -> Matrix:
    """f(x) = x where x > 0, else 0"""
    return linalg.maximum(x, 0.0)


def relu_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = 1 where x > 0, else 0; at the kink itself, x = 0, by convention 0"""
    return linalg.greater(x, 0.0)


class ReLU(Activation):
    """f(x) = max(x, 0), the rectified linear unit: half of it is switched off, the rest passes.

    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010.

    >>> ReLU().forward([[-1.0, 2.0]])
    [[0.0, 2.0]]
    """

    formula = staticmethod(relu)
    derivative = staticmethod(relu_derivative)

    def backward(self, output_gradient: Matrix) -> Matrix:
        # Times 1 or times 0: the gradient passes where the input was above 0.
        inputs, _ = kept_by_forward(self, self._kept)
        return linalg.where_positive(inputs, output_gradient)


# ---- LeakyReLU: a small slope instead of none ----


def leaky_relu(x: Matrix, slope: float) -> Matrix:
    """f(x) = x where x > 0, else slope · x"""
    return linalg.where(linalg.greater(x, 0.0), x, linalg.multiply(x, slope))


def leaky_relu_derivative(x: Matrix, slope: float) -> Matrix:
    """f′(x) = 1 where x > 0, else slope"""
    return linalg.where(linalg.greater(x, 0.0), 1.0, slope)


class LeakyReLU(Activation):
    """f(x) = x above 0, slope · x below: a unit that is switched off can still find its way back.

    Raises ValueError unless 0 <= slope < 1.
    Source: Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
    2013.

    >>> LeakyReLU(0.5).forward([[-1.0, 2.0]])
    [[-0.5, 2.0]]
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = number_between("LeakyReLU", "slope", slope, 0, 1)

    def formula(self, x: Matrix) -> Matrix:
        return leaky_relu(x, self.slope)

    def derivative(self, x: Matrix, y: Matrix) -> Matrix:
        return leaky_relu_derivative(x, self.slope)

    def __repr__(self) -> str:
        return f"LeakyReLU({self.slope})"


# ---- ELU: an exponential below 0 ----


def elu(x: Matrix, alpha: float) -> Matrix:
    """f(x) = x where x > 0, else alpha · (exp(x) − 1)"""
    below = linalg.multiply(linalg.expm1(linalg.minimum(x, 0.0)), alpha)
    return linalg.where(linalg.greater(x, 0.0), x, below)


def elu_derivative(x: Matrix, alpha: float) -> Matrix:
    """f′(x) = 1 where x > 0, else alpha · exp(x): exp is its own derivative, the −1 has none"""
    below = linalg.multiply(linalg.exp(linalg.minimum(x, 0.0)), alpha)
    return linalg.where(linalg.greater(x, 0.0), 1.0, below)


class ELU(Activation):
    """f(x) = x above 0, alpha · (exp(x) − 1) below: levels off at −alpha.

    Raises ValueError unless alpha >= 0. With alpha = 1 the derivative has no jump at 0.
    Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by
    Exponential Linear Units (ELUs)", 2016.

    >>> ELU().forward([[-1000.0, 2.0]])
    [[-1.0, 2.0]]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = number_between("ELU", "alpha", alpha, 0)

    def formula(self, x: Matrix) -> Matrix:
        return elu(x, self.alpha)

    def derivative(self, x: Matrix, y: Matrix) -> Matrix:
        return elu_derivative(x, self.alpha)

    def __repr__(self) -> str:
        return f"ELU({self.alpha})"


# ---- Sigmoid: f(x) = 1 / (1 + exp(−x)) ----


def sigmoid(x: Matrix) -> Matrix:
    """f(x) = 1 / (1 + exp(−x)) = exp(min(x, 0)) / (1 + exp(−|x|))

    The second form never takes exp of a positive number: exp(1000) would overflow. For x >= 0 it is
    the first form as it stands, for x < 0 the same fraction multiplied by exp(x) above and below.
    """
    small = linalg.exp(linalg.multiply(linalg.abs(x), -1.0))
    return linalg.divide(linalg.exp(linalg.minimum(x, 0.0)), linalg.add(small, 1.0))


def sigmoid_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = y · (1 − y)

    y = 1/u with u = 1 + exp(−x), and u′ = −exp(−x) = 1 − u. So f′ = −u′/u² = (u − 1)/u² =
    1/u · (1 − 1/u).
    """
    return elementwise(lambda s: s * (1.0 - s), y)


class Sigmoid(Activation):
    """f(x) = 1 / (1 + exp(−x)): squeezes every number between 0 and 1.

    >>> Sigmoid().forward([[-1000.0, 0.0, 1000.0]])
    [[0.0, 0.5, 1.0]]
    """

    formula = staticmethod(sigmoid)
    derivative = staticmethod(sigmoid_derivative)


# ---- Softplus: f(x) = log(1 + exp(x)) ----


def softplus(x: Matrix) -> Matrix:
    """f(x) = log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)); the second form cannot overflow"""
    small = linalg.exp(linalg.multiply(linalg.abs(x), -1.0))
    return linalg.add(linalg.maximum(x, 0.0), linalg.log1p(small))


def softplus_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = exp(x) / (1 + exp(x)) = sigmoid(x): log u has the derivative u′/u"""
    return sigmoid(x)


class Softplus(Activation):
    """f(x) = log(1 + exp(x)): ReLU with its corner rounded off.

    Source: Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating Second-Order Functional Knowledge
    for Better Option Pricing", 2000.

    >>> Softplus().forward([[-1000.0, 1000.0]])
    [[0.0, 1000.0]]
    """

    formula = staticmethod(softplus)
    derivative = staticmethod(softplus_derivative)


# ---- Tanh ----


def tanh(x: Matrix) -> Matrix:
    """f(x) = tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x))"""
    return linalg.tanh(x)


def tanh_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = 1 − y²

    y = s/c with s = exp(x) − exp(−x) and c = exp(x) + exp(−x), and s′ = c, c′ = s. By the quotient
    rule f′ = (s′·c − s·c′)/c² = (c² − s²)/c² = 1 − (s/c)².
    """
    return elementwise(lambda t: 1.0 - t * t, y)


class Tanh(Activation):
    """f(x) = tanh(x): squeezes every number between −1 and 1; 2 · sigmoid(2x) − 1 is the same.

    >>> Tanh().forward([[-1000.0, 0.0, 1000.0]])
    [[-1.0, 0.0, 1.0]]
    """

    formula = staticmethod(tanh)
    derivative = staticmethod(tanh_derivative)


# ---- GELU: x times the probability that a normal deviate is below x ----


def normal_probability(x: Matrix) -> Matrix:
    """Φ(x) = (1 + erf(x / √2)) / 2, the probability that a standard normal deviate is below x"""
    return elementwise(lambda e: 0.5 * (1.0 + e), linalg.erf(linalg.divide(x, math.sqrt(2.0))))


def normal_density(x: Matrix) -> Matrix:
    """φ(x) = exp(−x² / 2) / √(2π), the derivative of Φ

    The derivative of erf(z) is 2/√π · exp(−z²), by its definition as an integral. With z = x/√2,
    whose derivative is 1/√2, that of Φ is 1/2 · 2/√π · exp(−x²/2) · 1/√2.
    """
    bell = linalg.exp(elementwise(lambda a: -0.5 * a * a, x))
    return linalg.divide(bell, math.sqrt(2.0 * math.pi))


def gelu(x: Matrix) -> Matrix:
    """f(x) = x · Φ(x)"""
    return linalg.multiply(x, normal_probability(x))


def gelu_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = Φ(x) + x · φ(x), by the product rule"""
    return linalg.add(normal_probability(x), linalg.multiply(x, normal_density(x)))


class GELU(Activation):
    """f(x) = x · Φ(x): each number times the probability that a normal deviate is below it.

    This is the exact form; some libraries approximate Φ with tanh and differ by up to 0.0005.
    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.

    >>> GELU().forward([[-1000.0, 0.0, 1000.0]])
    [[-0.0, 0.0, 1000.0]]
    """

    formula = staticmethod(gelu)
    derivative = staticmethod(gelu_derivative)


# ---- SiLU: x times its sigmoid ----


def silu(x: Matrix) -> Matrix:
    """f(x) = x · sigmoid(x)"""
    return linalg.multiply(x, sigmoid(x))


def silu_derivative(x: Matrix, y: Matrix) -> Matrix:
    """f′(x) = s + y · (1 − s) with s = sigmoid(x), by the product rule: s + x · s · (1 − s)"""
    return elementwise(lambda s, t: s + t * (1.0 - s), sigmoid(x), y)


class SiLU(Activation):
    """f(x) = x · sigmoid(x), also called swish.

    Source: Hendrycks and Gimpel, 2016, as for GELU; Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear
    Units for Neural Network Function Approximation in Reinforcement Learning", 2017.

    >>> SiLU().forward([[-1000.0, 0.0, 1000.0]])
    [[-0.0, 0.0, 1000.0]]
    """

    formula = staticmethod(silu)
    derivative = staticmethod(silu_derivative)


# ---- Softmax: a row of scores becomes a row of probabilities ----


def softmax(scores: Matrix) -> Matrix:
    """p[k] = exp(s[k]) / (exp(s[0]) + exp(s[1]) + …), row by row.

    The largest score of the row is subtracted first. That multiplies numerator and denominator by
    the same factor, so the result is the same, and no exp is taken of a number above 0:
    exp(1000) overflows, exp(1000 − 1000) is 1.

    >>> softmax([[1000.0, 1000.0], [5.0, -1000.0]])
    [[0.5, 0.5], [1.0, 0.0]]
    """
    return linalg.exp(linalg.log_softmax(scores))


class Softmax(Layer):
    """Turn each row of scores into probabilities, positive and with sum 1. Follow it with
    `CategoricalCrossEntropy`; for learning, scores straight into `SoftmaxCrossEntropy` are better.

    Shapes: (n, classes) -> the same.
    """

    def __init__(self) -> None:
        self._probabilities: Optional[Matrix] = None

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        self._probabilities = softmax(inputs)
        return self._probabilities

    def backward(self, output_gradient: Matrix) -> Matrix:
        # p[k] = e[k]/S with e[k] = exp(s[k]) and S the sum of all e. By the quotient rule
        # dp[k]/ds[j] is (e[j]·S − e[j]·e[j])/S² = p[j]·(1 − p[j]) for k = j, and
        # −e[k]·e[j]/S² = −p[j]·p[k] for k ≠ j: score j raises its own and lowers all others.
        # Score j reaches the loss through every p[k], with the output gradients g[k]:
        # dL/ds[j] = p[j] · (g[j] − (g[0]·p[0] + g[1]·p[1] + …)). The sum is the same for all j.
        p = kept_by_forward(self, self._probabilities)
        common = linalg.sum(linalg.multiply(output_gradient, p), axis=1)
        return linalg.multiply(p, linalg.subtract(output_gradient, common))
