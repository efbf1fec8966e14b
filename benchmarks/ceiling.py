"""The ceiling: how much of what this interpreter can do does a step reach?

Nearly all the work of a step is in dot products. This benchmark takes exactly those that a step
needs, as many and as long, with nothing around them, and divides their time by that of the step.
A step of dot products cannot reach 100 %: there are softmax, new weights and checks as well. One
that is above it has found something faster for a part of them, such as sums of weighted rows, in
which a row that a ReLU has silenced costs nothing.

Before this: crossover. After this: scaling.
"""

from random import Random
from typing import Any, Callable, Dict, List, Tuple

from . import contestants as who
from .ladder import tasks_of
from .measuring import Plan, Timing, interleave
from .report import Result, Table, shown
from .tasks import Task, multiply_adds, numbers


def bare_dots(rows: int, length: int) -> Callable[[], List[float]]:
    """Return a function that takes the dot products of one row with so many others."""
    dot, rng = who.dot_of_purenn(), Random(0)
    [row] = numbers(rng, 1, length, -1.0, 1.0)
    others = numbers(rng, rows, length, -1.0, 1.0)
    return lambda: [dot(row, other) for other in others]


def measure(task: Task, plan: Plan) -> Dict[Any, Timing]:
    """Time a step, and one row of each of its matrix products; the keys are (columns, length)."""
    runs: Dict[Any, Callable[[], Any]] = {
        (columns, length): bare_dots(columns, length)
        for _, columns, length in multiply_adds(task.sizes, task.batch)
    }
    runs["step"] = who.contestants(task, [who.PURENN])[who.PURENN].step
    return interleave(runs, plan)


def reached(task: Task, timings: Dict[Any, Timing]) -> float:
    """Return the time of the dot products as a share of the time of the step."""
    dots = 0.0
    for rows, columns, length in multiply_adds(task.sizes, task.batch):
        dots += rows * timings[columns, length].median
    return dots / timings["step"].median


def run(plan: Plan) -> Result:
    """Measure dots and steps of the networks of the ladder."""
    rows, lengths, data = [], {}, {}
    for task in tasks_of(plan):
        timings = measure(task, plan)
        share = reached(task, timings)
        count = sum(rows * columns * length
                    for rows, columns, length in multiply_adds(task.sizes, task.batch))
        step = timings["step"].median
        rows.append([task.name, f"{count:,}", shown(step * 1e3), shown(step / count * 1e9),
                     f"{share:.0%}"])
        costs = _costs(timings)
        lengths.update(costs)
        data[task.name] = {"multiply-adds": count, "seconds per step": step, "reached": share,
                           "seconds per multiply-add by length": costs}
    tables = [
        Table("", ["step", "multiply-adds", "ms per step", "ns per multiply-add", "of the ceiling"],
              rows),
        Table("What a multiply-add costs in the bare dot product of that length:",
              ["length", "ns per multiply-add"],
              [[str(length), shown(lengths[length] * 1e9)] for length in sorted(lengths)]),
    ]
    findings = [f"{row[0]}: {row[-1]} of what the bare dot products allow." for row in rows]
    return Result(
        "The ceiling: how much of what this interpreter can do",
        "The dot products of one step, alone and without anything around them, as a share of the "
        "whole step.",
        tables, findings, {}, data,
    )


def _costs(timings: Dict[Any, Timing]) -> Dict[int, float]:
    """Return seconds per multiply-add by length; of several products of one length the least."""
    costs: Dict[int, float] = {}
    products: List[Tuple[int, int]] = [key for key in timings if key != "step"]
    for columns, length in products:
        cost = timings[columns, length].median / (columns * length)
        costs[length] = min(cost, costs.get(length, cost))
    return costs


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the steps."""
    return who.steps(tasks_of(plan))
