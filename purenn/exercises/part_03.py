"""The exercises of part 3: layers in a row, their shapes, and why they collapse into one.

Before this: `part_02`. After this: `part_04`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, List, Tuple

from .. import linalg
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, halves, numbers, sizes

__all__ = ["SHEET"]

Pair = Tuple[Matrix, Matrix]


def _dense(inputs: Matrix, weights: Matrix, biases: Matrix) -> Matrix:
    return linalg.add(linalg.inner(inputs, weights), biases)


# ---- Forward ----


def _forward(inputs: Matrix, layers: List[Pair]) -> Matrix:
    for weights, biases in layers:
        inputs = _dense(inputs, weights, biases)
    return inputs


def _layers(rng: Random, widths: List[int]) -> List[Pair]:
    return [(numbers(rng, neurons, inputs), numbers(rng, 1, neurons))
            for inputs, neurons in zip(widths, widths[1:])]


def _networks(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, widths[0]), _layers(rng, widths)))
            for rows, widths in ((3, [2, 4, 2]), (2, [4, 3, 3, 1]), (5, [3, 2]), (1, [2, 2, 3]))]


def _forward_example(rng: Random) -> Example:
    inputs = halves(rng, 2, 2)
    layers = [(halves(rng, 2, 2), halves(rng, 1, 2)), (halves(rng, 1, 2), halves(rng, 1, 1))]
    return Example((inputs, layers), _forward(inputs, layers))


FORWARD = Exercise(
    signature="forward(inputs, layers)",
    text="""
Return what a network of dense layers puts out for a batch: a matrix, a row for each example.

inputs  n × inputs: one example per row
layers  a list of pairs (weights, biases): weights neurons × inputs, biases 1 × neurons

A layer gives inner(inputs, weights) + biases, and what it puts out is what the next layer
takes in.
""",
    example=Example(
        ([[1.0, 2.0], [0.0, 1.0]],
         [([[0.5, 1.0], [1.0, -1.0]], [[0.5, 0.0]]), ([[2.0, 1.0]], [[-1.0]])]),
        [[4.0], [1.0]]),
    answer=_forward,
    cases=_networks,
    mistakes=[
        Mistake("only the last layer is there: does every layer get the inputs of the network?",
                lambda x, layers: _forward(x, layers[-1:])
                if len(layers[-1][0][0]) == len(x[0]) else _forward(x, layers)),
        Mistake("only the first layer is there: is the `return` inside of the loop?",
                lambda x, layers: _forward(x, layers[:1])),
        Mistake("the last layer is missing", lambda x, layers: _forward(x, layers[:-1])),
        Mistake("the biases are missing", lambda x, layers: _forward(
            x, [(w, linalg.zeros(1, len(w))) for w, _ in layers])),
        Mistake("the inputs come back as they were", lambda x, layers: x),
        Mistake("negative numbers become 0 on the way: there is no ReLU in this network",
                lambda x, layers: [[max(y, 0.0) for y in row] for row in _forward(x, layers)]),
    ],
    redrawn=_forward_example,
)


# ---- Shapes ----

WIDTHS = [[3, 8, 4, 2], [64, 32, 10], [1, 1], [5, 7, 3], [2, 16, 16, 3]]


def _count(widths: List[int]) -> int:
    return int(math.fsum(n * (i + 1) for i, n in zip(widths, widths[1:])))


COUNT = Exercise(
    signature="count_parameters(widths)",
    text="""
Return how many numbers a network of dense layers can learn: a whole number.

widths  the number of inputs, then the number of neurons of each layer: [3, 8, 2] is
        Dense(3 → 8), Dense(8 → 2)

Each neuron has a weight for each of its inputs, and one bias.
""",
    example=Example(([3, 8, 2],), 50),
    answer=_count,
    cases=lambda rng: [Case((list(widths),)) for widths in WIDTHS],
    mistakes=[
        Mistake("the biases are missing", lambda w: math.fsum(n * i for i, n in zip(w, w[1:]))),
        Mistake("there is one bias for each layer here; each neuron has one",
                lambda w: math.fsum(n * i + 1 for i, n in zip(w, w[1:]))),
        Mistake("the inputs of the network have a bias here; they are no neurons",
                lambda w: _count(w) + w[0]),
        Mistake("these are the neurons; each of them has several numbers",
                lambda w: math.fsum(w[1:])),
        Mistake("this is the first layer only", lambda w: _count(w[:2])),
        Mistake("this is the last layer only", lambda w: _count(w[-2:])),
        Mistake("each neuron has as many biases as weights here; it has one",
                lambda w: math.fsum(2 * n * i for i, n in zip(w, w[1:]))),
    ],
)


def _shapes(rows: int, widths: List[int]) -> List[List[int]]:
    return [[rows, width] for width in widths]


SHAPES = Exercise(
    signature="shapes(rows, widths)",
    text="""
Return the shapes of the inputs and of what each layer puts out: a list of [rows, columns].

rows    how many examples go through the network at once
widths  the number of inputs, then the number of neurons of each layer
""",
    example=Example((5, [3, 8, 2]), [[5, 3], [5, 8], [5, 2]]),
    answer=_shapes,
    cases=lambda rng: [Case((rows, list(widths))) for rows, widths in zip((4, 7, 2, 6), WIDTHS)],
    mistakes=[
        Mistake("rows and columns have changed places: the examples are the rows",
                lambda rows, widths: [[width, rows] for width in widths]),
        Mistake("the inputs are missing; they come first",
                lambda rows, widths: _shapes(rows, widths[1:])),
        Mistake("these are the shapes of the weights; what travels through the network was asked "
                "for", lambda rows, widths: [[n, i] for i, n in zip(widths, widths[1:])]),
        Mistake("these are the shapes of the weights, transposed; what travels through the network "
                "was asked for", lambda rows, widths: [
                    [i, n] for i, n in zip(widths, widths[1:])]),
        Mistake("the number of rows changes on the way; it stays that of the batch",
                lambda rows, widths: [[rows, widths[0]], *(
                    [i, n] for i, n in zip(widths, widths[1:]))]),
    ],
)


# ---- Two layers are one ----


def _merged(W1: Matrix, b1: Matrix, W2: Matrix, b2: Matrix) -> Pair:
    return linalg.matmul(W2, W1), linalg.add(linalg.inner(b1, W2), b2)


def _two_layers(rng: Random) -> List[Case]:
    cases = []
    for outputs, inputs, hidden in sizes():
        first, second = _layers(rng, [inputs, hidden, outputs])
        cases.append(Case((*first, *second)))
    return cases


def _merged_example(rng: Random) -> Example:
    arguments: Any = (halves(rng, 2, 3), halves(rng, 1, 2), halves(rng, 1, 2), halves(rng, 1, 1))
    return Example(arguments, _merged(*arguments))


MERGED = Exercise(
    signature="merged(weights_1, biases_1, weights_2, biases_2)",
    text="""
Return (weights, biases) of the one dense layer that gives what two in a row give, for all
inputs.

weights_1  hidden × inputs       biases_1  1 × hidden
weights_2  outputs × hidden      biases_2  1 × outputs

Put y = W₁·x + b₁ into W₂·y + b₂, and multiply out:

    (W₂·W₁)·x + (W₂·b₁ + b₂)

weights  outputs × inputs
biases   1 × outputs
""",
    example=Example(
        ([[0.5, 1.0], [1.0, -1.0]], [[0.5, 0.0]], [[2.0, 1.0]], [[-1.0]]),
        ([[2.0, 1.0]], [[0.0]])),
    answer=_merged,
    cases=_two_layers,
    results=["weights", "biases"],
    mistakes=[
        Mistake("the biases of the first layer are lost: they go through the second layer, too",
                lambda W1, b1, W2, b2: ([], b2)),
        Mistake("the biases of the second layer are missing",
                lambda W1, b1, W2, b2: ([], linalg.inner(b1, W2))),
        Mistake("the biases of the first layer go through the second without their weights: is "
                "there a sum of biases only?", lambda W1, b1, W2, b2: (
                    [], linalg.add(b2, linalg.item(linalg.sum(b1))))),
    ],
    redrawn=_merged_example,
)


SHEET = Sheet(
    part=3,
    title="Many layers",
    introduction="""
Plain lists and loops are enough, but `linalg` may be used too: `linalg.inner(A, B)`,
`linalg.matmul(A, B)`, `linalg.add(A, B)`. A matrix is a list of rows. What a function is given
stays as it is: build new lists.
""",
    imports="from purenn import linalg",
    exercises=[FORWARD, COUNT, SHAPES, MERGED],
    afterwards="purenn/network.py, the methods forward and summary",
)
