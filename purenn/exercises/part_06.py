"""The exercises of part 6: ReLU and its derivative, a sigmoid and a softmax that do not overflow.

Before this: `part_05`. After this: `part_07`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, List

from .. import linalg
from ..activations import ReLU, Sigmoid, Tanh, softmax
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]


def _scores(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, columns, 3.0),)) for rows, _, columns in sizes()]


def _each(formula: Callable[[float], float]) -> Callable[[Matrix], Matrix]:
    return lambda A: [[formula(x) for x in row] for row in A]


def _slopes(layer: Any, inputs: Matrix) -> Matrix:
    """Return how steep an activation is at each number: what it makes of a gradient of ones."""
    layer.forward(inputs)
    back: Matrix = layer.backward(linalg.full(len(inputs), len(inputs[0]), 1.0))
    return back


def _relu(inputs: Matrix) -> Matrix:
    return ReLU().forward(inputs)


def _sigmoid(inputs: Matrix) -> Matrix:
    return Sigmoid().forward(inputs)


def _leaky(slope: float) -> Callable[[Matrix], Matrix]:
    return _each(lambda x: x if x > 0 else slope * x)


# ---- ReLU ----

RELU = Exercise(
    signature="relu(inputs)",
    text="""
Return f(x) = max(x, 0) for every number x: a matrix like the inputs, n × any.

What is positive passes, all else becomes 0.
""",
    example=Example(([[-1.0, 2.0], [0.5, 0.0]],), [[0.0, 2.0], [0.5, 0.0]]),
    answer=_relu,
    cases=_scores,
    mistakes=[
        Mistake("what is positive is lost and what is negative passes",
                _each(lambda x: min(x, 0.0))),
        Mistake("negative numbers lose their sign; they should become 0", linalg.abs),
        Mistake("the numbers come back as they were", lambda A: A),
        Mistake("this is the derivative: 1 where x is positive; the number itself should pass",
                _each(lambda x: float(x > 0))),
        Mistake("a part of what is negative passes; that is a leaky ReLU", _leaky(0.01)),
        Mistake("a part of what is negative passes; that is a leaky ReLU", _leaky(0.1)),
        Mistake("what is negative is left out; it should stay as a 0 in its place",
                lambda A: [[x for x in row if x > 0] for row in A]),
    ],
)


RELU_DERIVATIVE = Exercise(
    signature="relu_derivative(inputs)",
    text="""
Return f'(x), the slope of ReLU, for every number x: a matrix like the inputs, n × any.

    f'(x) = 1 where x > 0, else 0

At x = 0 there is a corner; by convention the slope there is 0.
""",
    example=Example(([[-1.0, 2.0], [0.5, 0.0]],), [[0.0, 1.0], [1.0, 0.0]]),
    answer=lambda inputs: _slopes(ReLU(), inputs),
    cases=_scores,
    mistakes=[
        Mistake("at x = 0 it gives 1; by convention it is 0 there",
                _each(lambda x: float(x >= 0))),
        Mistake("this is ReLU itself; its slope was asked for", _relu),
        Mistake("0 and 1 have changed places", _each(lambda x: float(x <= 0))),
        Mistake("0 and 1 have changed places", _each(lambda x: float(x < 0))),
        Mistake("where x is negative the slope is 0, not -1",
                _each(lambda x: float((x > 0) - (x < 0)))),
        Mistake("the slope is 1 everywhere", _each(lambda x: 1.0)),
    ],
)


# ---- Sigmoid ----

SIGMOID_FAR = "it overflows far from 0: no exp should be taken of a large positive number"
SOFTMAX_FAR = "it overflows far from 0: is the largest score of the row subtracted before exp?"
HIGH = [[1000.0, 1001.0, 999.0], [1000.5, 1000.0, 1002.0]]
FAR = [[-1000.0, 0.0], [1000.0, 2.0], [-3.0, 710.0]]


def _with_far_scores(hint: str) -> Callable[[Random], List[Case]]:
    return lambda rng: [*_scores(rng), Case((FAR,), hint)]


SIGMOID = Exercise(
    signature="sigmoid(inputs)",
    text="""
Return f(x) = 1 / (1 + exp(-x)) for every number x: a matrix like the inputs, n × any.

It has to work for x = -1000 and x = 1000 as well, although exp(1000) is larger than the
largest float. Multiply numerator and denominator by exp(x), and you have a second form of
the same function. One of the two is safe for each sign of x.
""",
    example=Example(([[0.0, -1000.0, 1000.0]],), [[0.5, 0.0, 1.0]], hint=SIGMOID_FAR),
    answer=_sigmoid,
    cases=_with_far_scores(SIGMOID_FAR),
    mistakes=[
        Mistake("the sign of x is wrong: it falls where it should rise",
                lambda A: _sigmoid(linalg.multiply(A, -1.0))),
        Mistake("this is tanh, which goes from -1 to 1", Tanh().forward),
        Mistake("this is the derivative of sigmoid; the function itself was asked for",
                lambda A: _slopes(Sigmoid(), A)),
        Mistake("the fraction is upside down",
                _each(lambda x: 1.0 + math.exp(min(-x, 700.0)))),
        Mistake("what is far from 0 is cut off and comes out wrong",
                lambda A: _sigmoid(_each(lambda x: max(-20.0, min(x, 20.0)))(A))),
        Mistake("the 1 in the denominator is missing", _each(math.exp)),
    ],
)


# ---- Softmax ----


def _softmax_with(axis: Any, largest_of: Any = 1) -> Callable[[Matrix], Matrix]:
    """Return softmax with its sum, or the largest score that it subtracts, along another axis."""
    def formula(scores: Matrix) -> Matrix:
        powers = linalg.exp(linalg.subtract(scores, linalg.max(scores, largest_of)))
        return linalg.divide(powers, linalg.sum(powers, axis))

    return formula


DOES_NOT_SUM = "the rows do not sum to 1: is the division by the sum of the row missing?"

SOFTMAX = Exercise(
    signature="softmax(scores)",
    text="""
Return a row of probabilities for each row of scores: a matrix like the scores, n × classes.

    p[k] = exp(s[k]) / (exp(s[0]) + exp(s[1]) + …)        row by row

The numbers of each row sum to 1. It has to work for scores of 1000 and more, although
exp(1000) is larger than the largest float. The probabilities stay the same when one number
is subtracted from all scores of a row; subtract one that leaves no exp of a positive
number.
""",
    example=Example(([[0.0, 0.0], [1000.0, 1000.0], [5.0, -1000.0]],),
                    [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]], hint=SOFTMAX_FAR),
    answer=softmax,
    # Where all scores are large, only who subtracts nothing fails.
    cases=lambda rng: [*_with_far_scores(SOFTMAX_FAR)(rng), Case((HIGH,), SOFTMAX_FAR)],
    mistakes=[
        Mistake("the sum goes over the whole batch; each row is an example of its own and should "
                "sum to 1", _softmax_with(None, None)),
        Mistake("the sum goes down the columns; each row should sum to 1", _softmax_with(0, 0)),
        Mistake("the sum goes over the whole batch; each row is an example of its own and should "
                "sum to 1", _softmax_with(None)),
        Mistake("the sum goes down the columns; each row should sum to 1", _softmax_with(0)),
        Mistake(DOES_NOT_SUM, lambda A: linalg.exp(
            linalg.subtract(A, linalg.max(A, axis=1)))),
        Mistake(DOES_NOT_SUM, linalg.exp),
        Mistake("this is sigmoid, which looks at each number by itself", _sigmoid),
        Mistake("the sign of the scores is wrong: the lowest gets the most",
                lambda A: softmax(linalg.multiply(A, -1.0))),
        Mistake("the scores are divided by their sum without exp",
                lambda A: linalg.divide(A, linalg.sum(A, axis=1))),
        Mistake("this is the logarithm of the probabilities",
                lambda A: linalg.log(softmax(A))),
        Mistake("only the largest gets 1, as argmax says; softmax gives all a share",
                lambda A: [[float(s == max(row)) for s in row] for row in A]),
        Mistake("the largest score of the whole batch is subtracted; where a row is far below it, "
                "only zeros are left: subtract the largest of the row", _softmax_with(1, None)),
        Mistake("the largest score of each column is subtracted; where a row is far below it, only "
                "zeros are left: subtract the largest of the row", _softmax_with(1, 0)),
    ],
)


SHEET = Sheet(
    part=6,
    title="Activation functions",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like. A matrix is a list of rows.
What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[RELU, RELU_DERIVATIVE, SIGMOID, SOFTMAX],
    afterwards="purenn/activations.py, where each is a class with two formulas",
)
