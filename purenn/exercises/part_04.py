"""The exercises of part 4: a layer of neurons, how far from zero its weights begin, and its class.

Before this: `part_03`. After this: `part_05`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, List

from .. import linalg
from ..layers import Dense
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, halves, numbers, sizes
from .reading import Failed
from .results import outline, sizes_in_words

__all__ = ["SHEET"]


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
    redrawn=lambda rng: _dense_example(halves(rng, 2, 2), halves(rng, 3, 2), halves(rng, 1, 3)),
)


def _dense_example(inputs: Matrix, weights: Matrix, biases: Matrix) -> Example:
    return Example((inputs, weights, biases), _dense(inputs, weights, biases))


# ---- Where weights begin ----


def _he_deviation(neurons: int, inputs: int) -> float:
    return math.sqrt(2.0 / inputs)


HE_DEVIATION = Exercise(
    signature="he_deviation(neurons, inputs)",
    text="""
Return the standard deviation of starting weights by the rule of He, for ReLU: a number.

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
        Mistake("this is the rule of Xavier; that of He looks at the inputs only",
                lambda n, i: math.sqrt(2.0 / (n + i))),
        Mistake("this is the rule of Xavier; that of He looks at the inputs only",
                lambda n, i: math.sqrt(6.0 / (n + i))),
        Mistake("the fraction is upside down", lambda n, i: math.sqrt(i / 2.0)),
        Mistake("the root is taken of the inputs only, not of the whole fraction",
                lambda n, i: 2.0 / math.sqrt(i)),
    ],
)


# ---- The class ----


def _layer_of(make: Any) -> Callable[[Matrix, Matrix, Matrix], Matrix]:
    """Return a function that makes a learner's layer, gives it weights, and asks for outputs."""
    def outputs(inputs: Matrix, weights: Matrix, biases: Matrix) -> Matrix:
        rng = Random(11)
        layer, other = (make(len(weights[0]), len(weights), rng) for _ in range(2))
        _look_at_the_start(layer, other, weights, biases)
        before = repr((layer.weights, layer.biases))
        layer.forward(inputs)
        if repr((layer.weights, layer.biases)) != before:
            raise Failed("forward changes the weights or the biases; it should only use them")
        layer.weights, layer.biases = weights, biases
        back: Matrix = layer.forward(inputs)
        return back

    return outputs


def _look_at_the_start(layer: Any, other: Any, weights: Matrix, biases: Matrix) -> None:
    """Raise Failed, with a sentence about it, if the weights do not begin as they should."""
    for name, wanted in (("weights", weights), ("biases", biases)):
        mine = getattr(layer, name, None)
        if mine is None:
            raise Failed(f"__init__ sets no self.{name}")
        if outline(mine) != outline(wanted):
            raise Failed(f"self.{name} is {sizes_in_words(mine)} for {len(weights[0])} inputs and "
                         f"{len(weights)} neurons, expected {sizes_in_words(wanted)}")
    if any(bias != 0 for bias in layer.biases[0]):
        raise Failed("the biases should begin at 0")
    drawn = {weight for row in layer.weights for weight in row}
    if len(drawn) < len(weights) * len(weights[0]):
        raise Failed("some weights begin alike: neurons that begin alike stay alike; draw each one")
    if layer.weights == other.weights:
        raise Failed("two layers begin with the same weights: draw them from the `rng` that is "
                     "handed in, and do not make a new one")


def _spread(make: Any, inputs: int, neurons: int) -> float:
    weights = make(inputs, neurons, Random(12)).weights
    if outline(weights) != [[0] * inputs] * neurons:
        raise Failed(f"self.weights is {sizes_in_words(weights)} for {inputs} inputs and {neurons} "
                     f"neurons, expected {neurons} × {inputs}")
    return math.sqrt(math.fsum(w * w for row in weights for w in row) / (inputs * neurons))


def _layer_with_spread(make: Any) -> Callable[[Matrix, Matrix, Matrix], Matrix]:
    """Return the same, after a look at how far from zero the weights begin."""
    outputs = _layer_of(make)

    def checked(inputs: Matrix, weights: Matrix, biases: Matrix) -> Matrix:
        result = outputs(inputs, weights, biases)
        for width in (50, 200):
            spread, wanted = _spread(make, width, 40), math.sqrt(2.0 / width)
            if not 0.8 < spread / wanted < 1.25:
                raise Failed(f"for {width} inputs the weights have a standard deviation of about "
                             f"{spread:.2g}, expected {wanted:.2g}, the root of 2 / inputs")
        return result

    return checked


LAYER = Exercise(
    signature="Layer",
    text="""
A dense layer: what you have written so far, together in a class.

layer.weights  neurons × inputs, drawn at random: a bell curve around 0 whose standard
               deviation is that of `he_deviation`
layer.biases   1 × neurons, zeros at first

rng.gauss(0.0, deviation) draws one number. Draw each weight with the `rng` that is handed
in. forward uses the weights and biases that the layer has now; somebody may have changed
them.
""",
    example=Example(
        ([[1.0, 2.0]], [[0.5, 1.0], [1.0, -1.0]], [[0.5, 0.0]]), [[3.0, -1.0]],
        call=">>> from random import Random\n>>> layer = Layer(2, 2, Random(1))\n"
             ">>> layer.weights, layer.biases = [[0.5, 1.0], [1.0, -1.0]], [[0.5, 0.0]]\n"
             ">>> layer.forward([[1.0, 2.0]])"),
    answer=_dense,
    cases=_dense_cases,
    mistakes=DENSE.mistakes,
    use=_layer_with_spread,
    methods=[("__init__(self, inputs, neurons, rng)", "Draw the weights; set the biases to 0."),
             ("forward(self, inputs)", "Return the outputs: n × inputs -> n × neurons.")],
)


SHEET = Sheet(
    part=4,
    title="The Dense layer",
    introduction="""
Plain lists and loops are enough, but `linalg` may be used too. A matrix is a list of rows. What a
function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[DENSE, HE_DEVIATION, LAYER],
    afterwards="purenn/layers.py, the class Dense, and purenn/initializers.py, the function he",
)
