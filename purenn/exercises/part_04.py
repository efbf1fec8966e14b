"""The exercises of part 4: a neuron, a layer of neurons, and how far from zero its weights begin.

Before this: `grader`. After this: `part_05`.
"""

from __future__ import annotations

import math
from random import Random
from typing import List

from .. import linalg
from ..layers import Dense
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]


# ---- One neuron ----


def _neuron(inputs: List[float], weights: List[float], bias: float) -> float:
    return linalg.dot(inputs, weights) + bias


def _neuron_cases(rng: Random) -> List[Case]:
    def row(width: int) -> List[float]:
        return numbers(rng, 1, width)[0]

    return [Case((row(width), row(width), rng.random())) for width in (1, 2, 3, 5)]


NEURON = Exercise(
    signature="neuron(inputs, weights, bias)",
    text="""
Return the output of one neuron for one example: a number.

inputs   a list of numbers, x
weights  a list of as many numbers, w
bias     a number, b

Each input is multiplied by its weight, all products are added up, and the bias comes on
top:

    y = w[0]·x[0] + w[1]·x[1] + … + b
""",
    example=Example(([1.0, 2.0], [0.5, -1.0], 0.25), -1.25),
    answer=_neuron,
    cases=_neuron_cases,
    mistakes=[
        Mistake("the bias is missing", lambda x, w, b: linalg.dot(x, w)),
        Mistake("the bias comes in once for every input; it belongs to the neuron, once",
                lambda x, w, b: linalg.dot(x, w) + len(x) * b),
        Mistake("the bias is subtracted", lambda x, w, b: linalg.dot(x, w) - b),
        Mistake("the bias is multiplied; it should be added", lambda x, w, b: linalg.dot(x, w) * b),
        Mistake("only the last product is there: is the total overwritten instead of added to?",
                lambda x, w, b: x[-1] * w[-1] + b),
        Mistake("only the first product is there: is the `return` inside of the loop?",
                lambda x, w, b: x[0] * w[0] + b),
        Mistake("inputs and weights are added; they should be multiplied",
                lambda x, w, b: math.fsum(x) + math.fsum(w) + b),
        Mistake("the weights do not come in", lambda x, w, b: math.fsum(x) + b),
    ],
)


# ---- A layer ----


def _dense(inputs: Matrix, weights: Matrix, biases: Matrix) -> Matrix:
    layer = Dense(len(weights[0]), len(weights), Random(0))
    layer.weights.value, layer.biases.value = weights, biases
    return layer.forward(inputs)


def _products_down_the_columns(inputs: Matrix, weights: Matrix) -> Matrix:
    """Multiply with the columns of the weights, as far as the shorter side goes, as zip does."""
    return [[math.fsum(a * w for a, w in zip(x, column)) for column in zip(*weights)]
            for x in inputs]


def _dense_cases(rng: Random) -> List[Case]:
    return [
        Case((numbers(rng, rows, inputs), numbers(rng, neurons, inputs), numbers(rng, 1, neurons)))
        for rows, inputs, neurons in sizes()
    ]


COLUMNS = ("it goes down the columns of the weights; neuron o is row o, and has a weight for every "
           "input")

DENSE = Exercise(
    signature="dense_forward(inputs, weights, biases)",
    text="""
Return the outputs of a layer for a batch: a matrix of n rows, one number for each neuron.

inputs   n × inputs: one example per row
weights  neurons × inputs: one neuron per row
biases   1 × neurons: one row, [[b[0], b[1], …]]

Every row x of the inputs meets every neuron o, and the outputs of one example stand in one
row:

    y[o] = w[o][0]·x[0] + w[o][1]·x[1] + … + b[o]
""",
    example=Example(
        ([[1.0, 2.0], [3.0, 0.0]], [[0.5, 1.0], [1.0, -1.0], [0.0, 2.0]], [[0.5, 0.0, -1.0]]),
        [[3.0, -1.0, 3.0], [2.0, 3.0, -1.0]],
    ),
    answer=_dense,
    cases=_dense_cases,
    mistakes=[
        Mistake("the biases are missing", lambda x, w, b: linalg.inner(x, w)),
        Mistake("the biases are subtracted",
                lambda x, w, b: linalg.subtract(linalg.inner(x, w), b)),
        Mistake("every neuron gets the first bias; neuron o has the bias b[o]",
                lambda x, w, b: linalg.add(linalg.inner(x, w), b[0][0])),
        Mistake("the biases come in once for every input; each should be added once",
                lambda x, w, b: linalg.add(
                    linalg.inner(x, w), linalg.multiply(b, float(len(w[0]))))),
        Mistake("only the first row gets the biases; every row should",
                lambda x, w, b: [*_dense(x[:1], w, b), *(linalg.inner(x[1:], w) if x[1:] else [])]),
        Mistake(COLUMNS, lambda x, w, b: _products_down_the_columns(x, w)),
        Mistake(COLUMNS, lambda x, w, b: [
            [y + bias for y, bias in zip(row, b[0])] for row in _products_down_the_columns(x, w)]),
    ],
)


# ---- Where weights begin ----


def _he_deviation(neurons: int, inputs: int) -> float:
    return math.sqrt(2.0 / inputs)


HE_DEVIATION = Exercise(
    signature="he_deviation(neurons, inputs)",
    text="""
Return the standard deviation of starting weights by the recipe of He, for ReLU: a number.

neurons  how many neurons the layer has
inputs   how many inputs each of them has

The variance of the weights should be 2 divided by the number of inputs. The standard
deviation is the square root of the variance.
""",
    example=Example((3, 8), 0.5),
    answer=_he_deviation,
    cases=lambda rng: [Case((neurons, inputs)) for _, inputs, neurons in sizes()],
    mistakes=[
        Mistake("this is the variance; the deviation is its square root", lambda n, i: 2.0 / i),
        Mistake("it goes by the number of neurons; what a neuron adds up are its inputs",
                lambda n, i: math.sqrt(2.0 / n)),
        Mistake("the 2 is missing: ReLU sets half of the numbers to zero, the 2 makes up for it",
                lambda n, i: math.sqrt(1.0 / i)),
        Mistake("this is the recipe of Xavier; that of He looks at the inputs only",
                lambda n, i: math.sqrt(2.0 / (n + i))),
        Mistake("this is the recipe of Xavier; that of He looks at the inputs only",
                lambda n, i: math.sqrt(6.0 / (n + i))),
        Mistake("the fraction is upside down", lambda n, i: math.sqrt(i / 2.0)),
        Mistake("the root is taken of the inputs only, not of the whole fraction",
                lambda n, i: 2.0 / math.sqrt(i)),
    ],
)


SHEET = Sheet(
    part=4,
    title="The Dense layer",
    introduction="""
Plain lists and loops are enough, but `linalg` may be used too. A matrix is a list of rows. What a
function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[NEURON, DENSE, HE_DEVIATION],
    afterwards="purenn/layers.py, the class Dense, and purenn/initializers.py, the function he",
)
