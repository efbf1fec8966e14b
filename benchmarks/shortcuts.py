"""Shortcuts: by what factor is each quick function faster than the plain one of linalg?

All functions of `purenn.fast` are timed against the plain ones of the same names, on matrices as
they come in a training step of 64-32-10 with 32 examples.

Before this: ladder. After this: crossover.
"""

import operator
from random import Random
from typing import Any, Callable, Dict, Tuple

import purenn
from purenn import fast

from .measuring import Plan, Timing, interleave, ratio
from .report import Result, Table, shown
from .tasks import Matrix, numbers


def _behind_a_relu(rows: int, columns: int) -> Matrix:
    """Return a matrix in which half of the numbers are zeros."""
    rng = Random(1)
    return [[x if rng.random() < 0.5 else 0.0 for x in row]
            for row in numbers(rng, rows, columns, -1.0, 1.0)]


def calls() -> Dict[str, Tuple[str, Tuple[Any, ...]]]:
    """Return what is timed: by its description, a function's name and its arguments."""
    rng = Random(0)
    X, W = numbers(rng, 32, 64, -1.0, 1.0), numbers(rng, 32, 64, -1.0, 1.0)
    hidden, scores = _behind_a_relu(32, 32), numbers(rng, 32, 10, -1.0, 1.0)
    few, narrow = numbers(rng, 32, 2, -1.0, 1.0), numbers(rng, 16, 2, -1.0, 1.0)
    biases, G = numbers(rng, 1, 32, -1.0, 1.0), _behind_a_relu(32, 32)
    relu, adam, sgd = purenn.ReLU(), purenn.Adam(0.01), purenn.SGD(0.1)
    adam.steps = 1
    labels = [rng.randrange(10) for _ in range(32)]
    return {
        "dot product of 64 numbers": ("dot", (X[0], X[1])),
        "dense layer, 64 inputs": ("affine", (X, W, biases)),
        "dense layer, 2 inputs": ("inner", (few, narrow)),
        "gradient of the inputs": ("matmul", (G, W)),
        "gradient of the weights": ("inner_columns", (G, X)),
        "gradient of the biases": ("sum", (G, 0)),
        "transpose": ("transpose", (X,)),
        "ReLU": ("elementwise", (relu.f, scores)),
        "ReLU backward": ("chain_rule", (G, relu.df, hidden, hidden)),
        "a factor for each row": ("elementwise", (operator.mul, X, [[0.5]] * 32)),
        "step of SGD": ("elementwise_tuple", (sgd.update, 0.1, W, X)),
        "step of Adam": ("elementwise_tuple", (adam.update, 0.1, W, X, W, X)),
        "logarithm of softmax": ("log_softmax", (scores,)),
        "exp": ("exp", (scores,)),
        "division by a number": ("divide", (scores, 32.0)),
        "one-hot rows": ("one_hot", (labels, 10)),
        "a matrix of one value": ("full", (32, 64, 0.5)),
        "look for numbers that are not finite": ("all_finite", (W, X)),
        "shape": ("shape", (X,)),
        "all numbers in one vector": ("ravel", (X,)),
        "matrices below each other": ("vstack", ([X, W],)),
        "sum of 64 numbers": ("_total", (X[0],)),
        "rows 0 to 15": ("take", (X, range(16))),
        "the number in a matrix of 1 × 1": ("item", ([[1.0]],)),
    }


def runs(name: str) -> Dict[str, Callable[[], Any]]:
    """Return the plain and the quick call behind a description."""
    function, arguments = calls()[name]
    plain, quick = fast.PLAIN[function], getattr(fast, function)

    def on_plain_loops() -> Any:
        with fast.plain_loops():
            return plain(*arguments)

    return {"plain": on_plain_loops, "quick": lambda: quick(*arguments)}


def measure(plan: Plan) -> Dict[str, Tuple[Timing, Timing]]:
    """Time each function and the one that it stands for, turn by turn."""
    timings = {}
    for name in calls():
        one = interleave(runs(name), plan)
        timings[name] = one["plain"], one["quick"]
    return timings


def run(plan: Plan) -> Result:
    """Time all of them."""
    factors = {name: ratio(*both) for name, both in measure(plan).items()}
    rows = [[name, calls()[name][0], shown(factor)] for name, factor in factors.items()]
    return Result(
        "The quick functions",
        "How many times as fast as the plain function of linalg each one of `fast` is, here.",
        [Table("", ["what", "function", "times as fast"], rows)], [], {}, factors,
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the quick functions themselves."""
    return {name: lambda package, name=name: runs(name)["quick"] for name in calls()}
