"""The exercises of part 12: slopes, the order of a graph, and gradients by the chain rule.

Before this: `part_11`. After this: `part_13`.
"""

from __future__ import annotations

from random import Random
from typing import Callable, Dict, List, Tuple

from .exercise import Case, Example, Exercise, Mistake, Sheet

__all__ = ["SHEET"]

Graph = List[List[int]]


# ---- Slopes ----


def _slopes(operation: str, x: float, y: float) -> List[float]:
    return {"+": [1.0, 1.0], "-": [1.0, -1.0], "*": [y, x], "/": [1.0 / y, -x / (y * y)]}[operation]


def _but(**others: Callable[[float, float], List[float]]) -> Callable[..., List[float]]:
    """Return the slopes with other ones for one operation."""
    names: Dict[str, str] = {"plus": "+", "minus": "-", "times": "*", "divided": "/"}
    wrong = {names[name]: formula for name, formula in others.items()}
    return lambda operation, x, y: (
        wrong[operation](x, y) if operation in wrong else _slopes(operation, x, y))


def _operations(rng: Random) -> List[Case]:
    return [Case((operation, 1.0 + 2.0 * rng.random(), 4.0 * rng.random() - 5.0))
            for operation in "+-*/" for _ in range(2)]


SLOPES = Exercise(
    signature="slopes(operation, x, y)",
    text="""
Return [slope by x, slope by y] of one operation: how fast its result grows with x while y
stays, and with y while x stays. Two numbers.

operation  "+", "-", "*" or "/": the result is x + y, x - y, x * y or x / y
x, y       numbers; y is not 0

Of x / y: it is x times 1/y, and the derivative of 1/y is -1/y².
""",
    example=Example(("/", 3.0, 2.0), [0.5, -0.75]),
    answer=_slopes,
    cases=_operations,
    mistakes=[
        Mistake("of a product: the slope by x is y, not x", _but(times=lambda x, y: [x, y])),
        Mistake("of a difference: the slope by y is -1", _but(minus=lambda x, y: [1.0, 1.0])),
        Mistake("of a quotient: the slope by y is negative: a larger y makes it smaller",
                _but(divided=lambda x, y: [1.0 / y, x / (y * y)])),
        Mistake("of a quotient: the slope by y has a square below, 1/y²",
                _but(divided=lambda x, y: [1.0 / y, -x / y])),
        Mistake("of a quotient: x is missing in the slope by y",
                _but(divided=lambda x, y: [1.0 / y, -1.0 / (y * y)])),
        Mistake("of a quotient: the slope by x is 1/y", _but(
            divided=lambda x, y: [y, -x / (y * y)])),
        Mistake("of a sum: both slopes are 1", _but(plus=lambda x, y: [x, y])),
        Mistake("these are the slopes by y and x; x comes first",
                lambda o, x, y: _slopes(o, x, y)[::-1]),
    ],
)


# ---- Order ----


def _order(parents: Graph) -> List[int]:
    order: List[int] = []
    to_do = [(len(parents) - 1, False)]
    while to_do:
        number, parents_done = to_do.pop()
        if parents_done:
            order.append(number)
        elif number not in order:
            to_do.append((number, True))
            to_do += [(parent, False) for parent in reversed(parents[number])]
    return list(dict.fromkeys(order))


def _with_repeats(parents: Graph) -> List[int]:
    def order(number: int) -> List[int]:
        return [one for parent in parents[number] for one in order(parent)] + [number]

    return order(len(parents) - 1)


def _parents_later(parents: Graph) -> List[int]:
    return _order([list(reversed(row)) for row in parents])


# Numbered at random but for the result, which is the last one.
GRAPHS: List[Graph] = [
    [[], [0], [1, 0]],
    [[3], [], [0, 1], [], [2, 0]],
    [[], [0, 0], [5, 1], [], [2, 1], [3, 1], [4, 2]],
    [[], [], [4], [2, 0], [1], [3, 2]],
]

ORDER = Exercise(
    signature="parents_first(parents)",
    text="""
Return the numbers of a graph in an order in which parents stand before what is made of them:
a list, each number in it once, the result as the last.

parents  a list; parents[k] are the numbers that number k was made of, in order; an empty
         list for a number that was given. The last number is the result.

To have *one* right answer: begin with the result. Of each number first do its parents, one
after the other, in the order in which they are listed, each with all that it was made of;
then append the number itself, if it does not stand there yet. A number of which the result
was not made does not occur.
""",
    example=Example(([[], [], [0, 1], [2, 1]],), [0, 1, 2, 3]),
    answer=_order,
    cases=lambda rng: [Case((graph,)) for graph in GRAPHS],
    mistakes=[
        Mistake("a number that is used twice stands in it twice", _with_repeats),
        Mistake("it is the wrong way round: parents come before what is made of them",
                lambda parents: _order(parents)[::-1]),
        Mistake("these are simply the numbers from 0 on; they are not in order",
                lambda parents: list(range(len(parents)))),
        Mistake("the last of the parents is done first; begin with the first one", _parents_later),
        Mistake("the result itself is missing", lambda parents: _order(parents)[:-1]),
        Mistake("these are only the parents of the result, and itself",
                lambda parents: [*dict.fromkeys(parents[-1]), len(parents) - 1]),
    ],
)


# ---- Gradients ----

Slopes = List[List[float]]


def _gradients(parents: Graph, slopes: Slopes) -> List[float]:
    gradients = [0.0] * len(parents)
    gradients[-1] = 1.0
    for number in reversed(range(len(parents))):
        for parent, slope in zip(parents[number], slopes[number]):
            gradients[parent] += slope * gradients[number]
    return gradients


def _handed_on(
    share: Callable[[float, float, float], float], forwards: bool = False
) -> Callable[[Graph, Slopes], List[float]]:
    """Return the gradients where a parent's becomes share(its old one, the slope, the child's)."""
    def formula(parents: Graph, slopes: Slopes) -> List[float]:
        gradients = [0.0] * len(parents)
        gradients[-1] = 1.0
        numbers = range(len(parents))
        for number in numbers if forwards else reversed(numbers):
            for parent, slope in zip(parents[number], slopes[number]):
                gradients[parent] = share(gradients[parent], slope, gradients[number])
        return gradients

    return formula


def _graphs(rng: Random) -> List[Case]:
    cases = []
    for count in (4, 6, 8):
        parents: Graph = [[], []]
        parents += [[int(k * rng.random()), k - 1] for k in range(2, count)]
        parents[-1] = [count - 2, count - 2, 0]  # one used twice
        slopes = [[0.5 + rng.random() for _ in row] for row in parents]
        cases.append(Case((parents, slopes)))
    return cases


def _example() -> Tuple[Graph, Slopes]:
    return [[], [], [0, 1], [2, 0]], [[], [], [3.0, 2.0], [1.0, 1.0]]


GRADIENTS = Exercise(
    signature="gradients(parents, slopes)",
    text="""
Return the gradient of the result by each number of a graph: a list, one for each.

parents  a list; parents[k] are the numbers that number k was made of, all of them smaller
         than k. The last number is the result.
slopes   a list like it: slopes[k][i] is the slope of number k by its parent parents[k][i]

The gradient of the result by itself is 1. From the last number to the first, each hands to
each of its parents its own gradient times the slope; what arrives by several ways adds up.
(The example is a·b + a for a = 2, b = 3: numbers 0 and 1 are a and b, number 2 is a·b.)
""",
    example=Example(_example(), [4.0, 2.0, 1.0, 1.0]),
    answer=_gradients,
    cases=_graphs,
    mistakes=[
        Mistake("what arrives by several ways has to be added up; is there = where += should be?",
                _handed_on(lambda old, slope, gradient: slope * gradient)),
        Mistake("it goes from the first number to the last; begin at the result",
                _handed_on(lambda old, slope, g: old + slope * g, forwards=True)),
        Mistake("the slopes are handed on alone; times the gradient of the number itself",
                _handed_on(lambda old, slope, gradient: old + slope)),
        Mistake("the gradients are handed on without the slopes",
                _handed_on(lambda old, slope, gradient: old + gradient)),
        Mistake("slope and gradient are added; the chain rule multiplies",
                _handed_on(lambda old, slope, gradient: old + slope + gradient)),
        Mistake("the result's own gradient is 1; where everybody begins with 0, 0 is all there is",
                lambda parents, slopes: [0.0] * len(parents)),
    ],
)


SHEET = Sheet(
    part=12,
    title="Autograd",
    introduction="""
Plain lists and loops. A graph is a list: what stands at place k are the numbers of those that
number k was made of. What a function is given stays as it is: build new lists.
""",
    imports="import math",
    exercises=[SLOPES, ORDER, GRADIENTS],
    afterwards="purenn/sequences/autograd/value.py, the class Value, which is these three",
)

