"""The exercises of part 1: a neuron, its weights and its bias, and neurons side by side.

Before this: `grader`. After this: `part_02`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, List, Tuple

from .. import linalg
from ..linalg import Matrix, Vector
from .exercise import Case, Example, Exercise, Mistake, Sheet, halves, numbers, sizes

__all__ = ["SHEET"]


# ---- One neuron ----


def _neuron(inputs: Vector, weights: Vector, bias: float) -> float:
    return linalg.dot(inputs, weights) + bias


def _neuron_cases(rng: Random) -> List[Case]:
    def row(width: int) -> Vector:
        return numbers(rng, 1, width)[0]

    return [Case((row(width), row(width), rng.random())) for width in (1, 2, 3, 5)]


def _neuron_example(rng: Random) -> Example:
    inputs, weights = halves(rng, 2, 3)
    bias = halves(rng, 1, 1)[0][0]
    return Example((inputs, weights, bias), _neuron(inputs, weights, bias))


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
    plain=True,
    redrawn=_neuron_example,
)


# ---- A layer, one example ----


def _layer(inputs: Vector, weights: Matrix, biases: Vector) -> Vector:
    return [_neuron(inputs, row, bias) for row, bias in zip(weights, biases)]


def _layer_cases(rng: Random) -> List[Case]:
    return [Case((numbers(rng, 1, inputs)[0], numbers(rng, neurons, inputs),
                  numbers(rng, 1, neurons)[0])) for _, inputs, neurons in sizes()]


def _layer_example(rng: Random) -> Example:
    arguments = (halves(rng, 1, 2)[0], halves(rng, 3, 2), halves(rng, 1, 3)[0])
    return Example(arguments, _layer(*arguments))


LAYER = Exercise(
    signature="layer(inputs, weights, biases)",
    text="""
Return the outputs of a layer for one example: a list, one number for each neuron.

inputs   a list of numbers
weights  neurons × inputs: one neuron per row
biases   a list of numbers, one for each neuron

Every neuron sees the same inputs. You may call your own `neuron`.
""",
    example=Example(([1.0, 2.0], [[0.5, -1.0], [2.0, 0.0]], [0.25, -1.0]), [-1.25, 1.0]),
    answer=_layer,
    cases=_layer_cases,
    mistakes=[
        Mistake("the biases are missing",
                lambda x, w, b: [linalg.dot(x, row) for row in w]),
        Mistake("every neuron gets the first bias; neuron o has the bias b[o]",
                lambda x, w, b: _layer(x, w, [b[0]] * len(w))),
        Mistake("only the first neuron is there: is the `return` inside of the loop?",
                lambda x, w, b: _layer(x, w, b)[:1]),
        Mistake("only the last neuron is there: is the list made anew in every turn of the loop?",
                lambda x, w, b: _layer(x, w, b)[-1:]),
        Mistake("it goes down the columns of the weights; neuron o is row o, and has a weight for "
                "every input", lambda x, w, b: [
                    math.fsum(a * c for a, c in zip(x, column)) + bias
                    for column, bias in zip(zip(*w), b)]),
        Mistake("all neurons together are one number here; each has an output of its own",
                lambda x, w, b: [math.fsum(_layer(x, w, b))]),
    ],
    plain=True,
    redrawn=_layer_example,
)


# ---- What weights and biases do ----


def _turning_point(weight: float, bias: float) -> float:
    return (0.0 - bias) / weight


TURNING_POINT = Exercise(
    signature="turning_point(weight, bias)",
    text="""
Return the input at which a neuron with one input puts out 0: a number.

weight  a number, not 0
bias    a number

There its decision changes from no to yes. Solve this for the input:

    weight · input + bias = 0
""",
    example=Example((0.5, -2.0), 4.0),
    answer=_turning_point,
    cases=lambda rng: [Case((weight, bias)) for weight, bias in numbers(rng, 6, 2)],
    mistakes=[
        Mistake("the sign is wrong: put the result back into the equation, does it give 0?",
                lambda w, b: b / w),
        Mistake("the fraction is upside down", lambda w, b: -w / b),
        Mistake("the fraction is upside down, and the sign is wrong", lambda w, b: w / b),
        Mistake("this is minus the bias; divide by the weight as well", lambda w, b: -b),
        Mistake("this is multiplied by the weight; divide by it", lambda w, b: -b * w),
        Mistake("this is what the neuron puts out for the input 1", lambda w, b: w + b),
    ],
    plain=True,
    redrawn=lambda rng: _turning_example(*halves(rng, 1, 2)[0]),
)


def _turning_example(weight: float, bias: float) -> Example:
    weight = 0.5 if weight > 0 else -2.0  # so that the answer is exact
    return Example((weight, bias - 0.25), _turning_point(weight, bias - 0.25))


def _opposite(weights: Vector, bias: float) -> Tuple[Vector, float]:
    return [0.0 - weight for weight in weights], 0.0 - bias


OPPOSITE = Exercise(
    signature="opposite(weights, bias)",
    text="""
Return (weights, bias) of the neuron that says yes where the given one says no, and the
other way round: its output is minus the output of the other, for all inputs.

weights  a list of numbers
bias     a number
""",
    example=Example(([0.5, 1.0, -2.0], -3.0), ([-0.5, -1.0, 2.0], 3.0)),
    answer=_opposite,
    cases=lambda rng: [Case((numbers(rng, 1, width)[0], rng.random() - 2.0)) for width in (1, 3)],
    results=["weights", "bias"],
    mistakes=[
        Mistake("the bias keeps its sign; then the two outputs do not add up to 0",
                lambda w, b: (_opposite(w, b)[0], b)),
        Mistake("the weights keep their signs: only the bias is turned around",
                lambda w, b: (w, -b)),
        Mistake("the weights come in the opposite order; their signs should change",
                lambda w, b: (w[::-1], b)),
        Mistake("these are reciprocals; the signs should change",
                lambda w, b: ([1.0 / weight for weight in w], 1.0 / b)),
        Mistake("the neuron comes back as it was", lambda w, b: (w, b)),
    ],
    plain=True,
    redrawn=lambda rng: _opposite_example(halves(rng, 1, 3)[0]),
)


def _opposite_example(weights: Vector) -> Example:
    return Example((weights, 1.5), _opposite(weights, 1.5))


# ---- A neuron with a task ----


def _decisions(gate: Callable[[], Any]) -> Callable[[Matrix], List[float]]:
    """Return a function that says what the learner's neuron decides on rows of two inputs."""
    def decided(rows: Matrix) -> List[float]:
        weights, bias = gate()
        return [float(_neuron(row, list(weights), bias) > 0) for row in rows]

    return decided


CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def _always(values: List[float]) -> Callable[[Matrix], List[float]]:
    return lambda rows: [values[CORNERS.index(row)] for row in rows]


def _gate(text: str, right: List[float], hints: List[Tuple[str, List[float]]]) -> Exercise:
    call = (">>> weights, bias = gate()\n"
            ">>> [int(neuron(inputs, weights, bias) > 0)\n"
            "...  for inputs in ([0, 0], [0, 1], [1, 0], [1, 1])]")
    return Exercise(
        signature="gate()",
        text=text,
        example=Example((CORNERS,), [int(value) for value in right], call=call),
        answer=_always(right),
        cases=lambda rng: [Case((CORNERS[::-1],))],
        mistakes=[Mistake(hint, _always(values)) for hint, values in hints],
        use=_decisions,
        plain=True,
    )


ASKED = """
Return (weights, bias) of a neuron with two inputs that says yes {task}.

Each input is 0 or 1. An output above 0 means yes, 0 or less means no. There are many right
answers.
"""
BOTH, ONE, FIRST = [0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0]
NEVER, ALWAYS = [0.0] * 4, [1.0] * 4
NEVER_HINT = "it says no to everything: is the bias too low?"
ALWAYS_HINT = "it says yes to everything: is the bias too high?"

GATE = _gate(
    ASKED.format(task="only if both are 1"), BOTH, [
        ("it says yes if at least one is 1; both should be needed: what does the bias do?", ONE),
        (NEVER_HINT, NEVER), (ALWAYS_HINT, ALWAYS),
        ("yes and no have changed places: the sign of everything is wrong", [1.0, 1.0, 1.0, 0.0]),
        ("it looks at one of the inputs only", [0.0, 0.0, 1.0, 1.0]),
    ])._replace(variants=[
        _gate(ASKED.format(task="if at least one is 1"), ONE, [
            ("it says yes only if both are 1; one should be enough: what does the bias do?", BOTH),
            (NEVER_HINT, NEVER), (ALWAYS_HINT, ALWAYS),
            ("yes and no have changed places: the sign of everything is wrong",
             [1.0, 0.0, 0.0, 0.0]),
        ]),
        _gate(ASKED.format(task="only for 1 and 0"),
              FIRST, [
                  ("the two inputs have changed places", [0.0, 1.0, 0.0, 0.0]),
                  ("it looks at the first input only; the second should speak against",
                   [0.0, 0.0, 1.0, 1.0]),
                  (NEVER_HINT, NEVER), (ALWAYS_HINT, ALWAYS),
              ]),
    ])


SHEET = Sheet(
    part=1,
    title="Neurons and layers",
    introduction="""
Write these with plain lists and loops: no library is needed, and none may be used. A matrix is a
list of rows. What a function is given stays as it is: build new lists.

Try a function by hand whenever you like: put `print(neuron(...))` at the end of the file, and run
the file as you run any other.
""",
    imports="",
    exercises=[NEURON, LAYER, TURNING_POINT, OPPOSITE, GATE],
    afterwards="purenn/layers.py, the class Dense",
)
