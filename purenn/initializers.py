"""Starting weights, and the random numbers that purenn needs.

Weights cannot all start equal: the neurons of a layer would be twins, compute the same, get the
same gradient, and stay twins for ever. So weights start at random around zero, and the question is
how far from it: their *variance*, the mean of their squares, or its root, the *standard deviation*.
An input of variance 1 times an independent weight of variance s² has variance s², and when
independent numbers are added, their variances add up: a neuron of n inputs puts out numbers of
variance n·s² and deviation s·√n. If s is too large, numbers grow from layer to layer until they
overflow; if it is too small, they vanish. `xavier` and `he` keep the deviation about the same.

An *initializer* is a function (rng, neurons, inputs) -> matrix of neurons × inputs, one neuron per
row; neurons first, since that is the shape of the matrix. `rng` is a random.Random that you make
and hand in, so the same seed gives the same weights:

>>> import random
>>> xavier(random.Random(7), neurons=1, inputs=2) == xavier(random.Random(7), neurons=1, inputs=2)
True

Of all that random.Random can do, only `random()` promises to stay the same in every version of
Python. So the bell curve (`normal_deviate`) and the shuffle (`permutation`) are made from it here.

Before this: `linalg`. After this: `layers`, which hold the weights.
"""

from __future__ import annotations

import math

from . import linalg
from .annotations import Callable, Random, TypeAlias
from .linalg import Matrix

__all__ = [
    "Initializer", "he", "normal", "normal_deviate", "permutation", "uniform", "xavier", "zeros",
]

Initializer: TypeAlias = "Callable[[Random, int, int], Matrix]"


def normal_deviate(rng: Random) -> float:
    """Return one number from the normal distribution with mean 0 and deviation 1.

    √(−2 ln u) · cos(2π v), with u and v uniform between 0 and 1: the root is the distance and 2πv
    the angle of a point in the plane whose two coordinates are normal; this is the first of them.
    Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
    """
    u = 1.0 - rng.random()  # random() may return 0, never 1; the logarithm wants it the other way
    v = rng.random()
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


def permutation(count: int, rng: Random) -> list[int]:
    """Return the numbers 0 … count − 1 in random order, each order equally likely.

    Each place, from the last to the second, gets one of the numbers not yet placed.
    Source: Fisher and Yates, 1938; Knuth, The Art of Computer Programming, 3.4.2, algorithm P.

    >>> from random import Random
    >>> sorted(permutation(4, Random(1)))
    [0, 1, 2, 3]
    """
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        chosen = int(rng.random() * (last + 1))
        order[last], order[chosen] = order[chosen], order[last]
    return order


def zeros(rng: Random, neurons: int, inputs: int) -> Matrix:
    """Return zeros: right for biases; for weights, the mistake described above, to be tried once.

    >>> from random import Random
    >>> zeros(Random(1), neurons=1, inputs=2)
    [[0.0, 0.0]]
    """
    return linalg.zeros(neurons, inputs)


def normal(rng: Random, neurons: int, inputs: int, deviation: float = 0.01) -> Matrix:
    """Return normal deviates around 0 with the given standard deviation, whatever the sizes."""
    return linalg.generate(neurons, inputs, lambda: deviation * normal_deviate(rng))


def uniform(rng: Random, neurons: int, inputs: int, limit: float = 0.05) -> Matrix:
    """Return numbers spread evenly between −limit and limit, whatever the sizes."""
    return linalg.generate(neurons, inputs, lambda: limit * (2.0 * rng.random() - 1.0))


def xavier(rng: Random, neurons: int, inputs: int) -> Matrix:
    """Return numbers spread evenly between ±√(6 / (inputs + neurons)): for tanh and sigmoid.

    Numbers spread evenly between ±a have variance a² / 3, so the variance here is
    2 / (inputs + neurons): between 1/inputs, which keeps the deviation of the numbers on the way
    forward, and 1/neurons, which keeps that of the gradients on the way back.
    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010, equation 16. Xavier is Glorot's first name, and the other name of the recipe.
    """
    return uniform(rng, neurons, inputs, limit=math.sqrt(6.0 / (inputs + neurons)))


def he(rng: Random, neurons: int, inputs: int) -> Matrix:
    """Return normal deviates of variance 2 / inputs: for ReLU (max(x, 0), see `activations`).

    ReLU sets half of its numbers to zero, which halves the mean of their squares, and that is what
    the spread of the next sums depends on; the 2 makes up for it.
    Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, equation 10.
    """
    return normal(rng, neurons, inputs, deviation=math.sqrt(2.0 / inputs))
