"""Activations: the nonlinear functions between the dense layers.

Two dense layers in a row are no better than one: weighted sums of weighted sums are weighted sums
of the inputs, (X·W₁ᵀ)·W₂ᵀ = X·(W₁ᵀ·W₂ᵀ).
A network can draw curved borders only with a *nonlinear* function
(its graph is no straight line) after each sum, applied to every number of a matrix.

Each activation here is a pair of formulas for one number: f, and its derivative df. The layer
applies them to all numbers. The derivative is given both x and y = f(x), because some derivatives
are shortest in y: that of tanh is 1 − y².

    inputs x   ──►  f   ──►  y
    g · f′(x)  ◄──  f′  ◄──  g, the output gradient

`Softmax` comes last and is of another kind: each of its outputs depends on all inputs of the row.

Before this: `layers`. After this: `losses`, which say how wrong the outputs are.
"""

from __future__ import annotations

import math

from . import checks, linalg
from .annotations import Any
from .layers import Layer
from .linalg import Matrix

__all__ = [
    "Activation", "ELU", "GELU", "LeakyReLU", "Linear", "ReLU", "Sigmoid", "SiLU",
    "Softmax", "Softplus", "Tanh", "sigmoid", "softmax", "softplus",
]


class Activation(Layer):
    """A layer that applies f to every number; subclasses give f and its derivative df.

    Shapes: (n, any) -> the same.
    """

    def f(self, x: float) -> float:
        """Return the output for one number."""
        raise NotImplementedError(f"{self!r} has no formula f")

    def df(self, x: float, y: float) -> float:
        """Return the derivative f′(x), given also y = f(x)."""
        raise NotImplementedError(f"{self!r} has no derivative df")

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        outputs = linalg.elementwise(self.f, inputs)
        self.kept = inputs, outputs
        return outputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        inputs, outputs = self.kept
        # Each output depends only on the input in its place, so the chain rule is one product:
        # dL/dx = dL/dy · dy/dx.
        return linalg.chain_rule(output_gradient, self.df, inputs, outputs)


class Linear(Activation):
    """f(x) = x: no activation. For outputs that may be any number.

    >>> Linear().forward([[-1.0, 2.0]])
    [[-1.0, 2.0]]
    """

    def f(self, x: float) -> float:
        return x

    def df(self, x: float, y: float) -> float:
        return 1.0


class ReLU(Activation):
    """f(x) = max(x, 0), the rectified linear unit: negative numbers become 0, the others pass.

    At 0 itself there is no derivative; by convention it is 0 here.
    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010.

    >>> ReLU().forward([[-1.0, 2.0]])
    [[0.0, 2.0]]
    """

    def f(self, x: float) -> float:
        return 0.0 if x < 0 else x  # this way round, nan stays nan

    def df(self, x: float, y: float) -> float:
        return 1.0 if x > 0 else 0.0


class LeakyReLU(Activation):
    """f(x) = x above 0, slope · x below.

    A ReLU neuron whose sums are all negative has the gradient 0 and cannot learn; here a
    small gradient is left. Raises ValueError unless 0 <= slope < 1.
    Source: Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
    2013.

    >>> LeakyReLU(0.5).forward([[-1.0, 2.0]])
    [[-0.5, 2.0]]
    """

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = checks.number_between("LeakyReLU", "slope", slope, 0, 1)

    def f(self, x: float) -> float:
        return x if x > 0 else self.slope * x

    def df(self, x: float, y: float) -> float:
        return 1.0 if x > 0 else self.slope

    def settings(self) -> dict[str, Any]:
        return {"slope": self.slope}


class ELU(Activation):
    """f(x) = x above 0, alpha · (exp(x) − 1) below, approaching −alpha.

    exp is its own derivative, that of −1 is 0. With alpha = 1 the derivative has no jump at 0.
    Raises ValueError unless alpha >= 0.
    Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by
    Exponential Linear Units (ELUs)", 2016.

    >>> ELU().forward([[-1000.0, 2.0]])
    [[-1.0, 2.0]]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = checks.number_between("ELU", "alpha", alpha, 0)

    def f(self, x: float) -> float:
        # expm1(x) is exp(x) − 1, exact also where x is so small that exp(x) rounds to 1.
        return x if x > 0 else self.alpha * math.expm1(x)

    def df(self, x: float, y: float) -> float:
        return 1.0 if x > 0 else self.alpha * math.exp(x)

    def settings(self) -> dict[str, Any]:
        return {"alpha": self.alpha}


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(−x)), without taking exp of a positive number: exp(1000) overflows.

    For x < 0 it is the same fraction, with numerator and denominator multiplied by exp(x).

    >>> sigmoid(-1000.0), sigmoid(0.0), sigmoid(1000.0)
    (0.0, 0.5, 1.0)
    """
    small = math.exp(-abs(x))
    return 1.0 / (1.0 + small) if x >= 0 else small / (1.0 + small)


class Sigmoid(Activation):
    """f(x) = 1 / (1 + exp(−x)): every number becomes one between 0 and 1.

    y = 1/u with u = 1 + exp(−x), and u′ = −exp(−x) = 1 − u. So f′ = −u′/u² = (u − 1)/u² =
    1/u · (1 − 1/u) = y · (1 − y).

    >>> Sigmoid().forward([[-1000.0, 0.0, 1000.0]])
    [[0.0, 0.5, 1.0]]
    """

    def f(self, x: float) -> float:
        return sigmoid(x)

    def df(self, x: float, y: float) -> float:
        return y * (1.0 - y)


class Tanh(Activation):
    """f(x) = tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)): between −1 and 1.

    y = s/c with s = exp(x) − exp(−x) and c = exp(x) + exp(−x), and s′ = c, c′ = s. By the quotient
    rule f′ = (s′·c − s·c′)/c² = (c² − s²)/c² = 1 − y².

    >>> Tanh().forward([[-1000.0, 0.0, 1000.0]])
    [[-1.0, 0.0, 1.0]]
    """

    def f(self, x: float) -> float:
        return math.tanh(x)

    def df(self, x: float, y: float) -> float:
        return 1.0 - y * y


def softplus(x: float) -> float:
    """Return log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)); the second form cannot overflow.

    For x > 0, 1 + exp(x) is exp(x) · (exp(−x) + 1), and the logarithm of a product is a sum.

    >>> softplus(-1000.0), softplus(1000.0)
    (0.0, 1000.0)
    """
    # log1p(z) is log(1 + z), exact also where z is so small that 1 + z rounds to 1.
    return (0.0 if x < 0 else x) + math.log1p(math.exp(-abs(x)))


class Softplus(Activation):
    """f(x) = log(1 + exp(x)): a smooth ReLU.

    log u has the derivative u′/u, so f′ = exp(x) / (1 + exp(x)) = sigmoid(x).
    Source: Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating Second-Order Functional Knowledge
    for Better Option Pricing", 2000.

    >>> Softplus().forward([[-1000.0, 1000.0]])
    [[0.0, 1000.0]]
    """

    def f(self, x: float) -> float:
        return softplus(x)

    def df(self, x: float, y: float) -> float:
        return sigmoid(x)


class GELU(Activation):
    """f(x) = x · Φ(x), where Φ(x) = (1 + erf(x / √2)) / 2 is the probability that a standard normal
    deviate is below x. By the product rule f′ = Φ(x) + x · φ(x), where φ(x) = exp(−x²/2) / √(2π),
    the bell curve, is the derivative of Φ.

    This is the exact form; some libraries approximate Φ with tanh and differ by up to 0.0005.
    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.

    >>> GELU().forward([[-1000.0, 0.0, 1000.0]])
    [[-0.0, 0.0, 1000.0]]
    """

    def f(self, x: float) -> float:
        return x * (0.5 * (1.0 + math.erf(x / math.sqrt(2.0))))

    def df(self, x: float, y: float) -> float:
        probability = 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))
        return probability + x * (math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi))


class SiLU(Activation):
    """f(x) = x · s with s = sigmoid(x), or swish. By the product rule f′ = s + x · s · (1 − s).

    Source: Hendrycks and Gimpel, 2016, as for GELU; Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear
    Units for Neural Network Function Approximation in Reinforcement Learning", 2017.

    >>> SiLU().forward([[-1000.0, 0.0, 1000.0]])
    [[-0.0, 0.0, 1000.0]]
    """

    def f(self, x: float) -> float:
        return x * sigmoid(x)

    def df(self, x: float, y: float) -> float:
        s = sigmoid(x)
        return s + y * (1.0 - s)  # y is x · s


# ---- Softmax: a row of scores becomes a row of probabilities ----


def softmax(scores: Matrix) -> Matrix:
    """p[k] = exp(s[k]) / (exp(s[0]) + exp(s[1]) + …), row by row: positive numbers with sum 1.

    Computed as the exponential of its logarithm, which cannot overflow: see `linalg.log_softmax`.

    >>> softmax([[1000.0, 1000.0], [5.0, -1000.0]])
    [[0.5, 0.5], [1.0, 0.0]]
    """
    return linalg.exp(linalg.log_softmax(scores))


class Softmax(Layer):
    """Turn each row of scores into probabilities, to be followed by `CategoricalCrossEntropy`.

    For training, give the scores to `SoftmaxCrossEntropy` directly: `losses` says why.
    Shapes: (n, classes) -> the same.
    """

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        probabilities = softmax(inputs)
        self.kept = probabilities
        return probabilities

    def backward(self, output_gradient: Matrix) -> Matrix:
        p = self.kept
        # p[k] = e[k]/S with e[k] = exp(s[k]) and S the sum of all e. By the quotient rule
        # dp[k]/ds[j] is (e[j]·S − e[j]·e[j])/S² = p[j]·(1 − p[j]) for k = j, and
        # −e[k]·e[j]/S² = −p[j]·p[k] for k ≠ j: score j raises its own and lowers all others.
        # Score j reaches the loss through every p[k], with the output gradients g[k]. All of it:
        # g[j]·p[j] − p[j]·(g[0]·p[0] + g[1]·p[1] + …) = p[j] · (g[j] − a sum common to all j).
        common = linalg.sum(linalg.multiply(output_gradient, p), axis=1)
        return linalg.multiply(p, linalg.subtract(output_gradient, common))
