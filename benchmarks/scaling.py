"""Scaling: by what does the time grow when the work does?

If the time of a step is c · size ** k, then k is the slope of a straight line in a chart with
logarithmic axes. The matrix products alone would give k = 2 for the width and 1 for depth, batch
and examples. A k below that says that for small sizes something else takes the time, once for each
call or each row; one above it, that something gets worse with size, as caches do.

Before this: ceiling. After this: single.
"""

from random import Random
from typing import Any, Callable, Dict

import purenn

from . import contestants as who
from .measuring import Plan, exponent, interleave
from .report import Result, Table, in_microseconds, shown
from .tasks import RATE, Task, make_task

DOUBLED = {"width": 2.0, "depth": 1.0, "batch": 1.0, "examples": 1.0}


def tasks_of(plan: Plan) -> Dict[str, Dict[int, Task]]:
    """Return for each axis the sizes and their tasks; `examples` is the batch of all examples."""
    widths = plan.pick([16, 32, 64, 128, 256], smallest=[1, 2])
    depths = plan.pick([1, 2, 4, 8], smallest=[1, 2])
    batches = plan.pick([8, 16, 32, 64, 128, 256], smallest=[1, 2])
    examples = plan.pick([128, 256, 512, 1024], smallest=[2, 4])
    return {
        "width": {width: make_task((width, width, 10), 32) for width in widths},
        "depth": {depth: make_task((32,) * (depth + 2), 32) for depth in depths},
        "batch": {batch: make_task((64, 32, 10), batch) for batch in batches},
        "examples": {count: make_task((64, 32, 10), count) for count in examples},
    }


def one_epoch(package: Any, task: Task) -> Callable[[], Any]:
    """Return a function that trains a network for one epoch on all the examples of the task."""
    network, loss = who.network_of(package, task), package.SoftmaxCrossEntropy()
    return lambda: package.train(network, task.inputs, task.labels, loss=loss,
                                 optimizer=package.SGD(RATE), epochs=1, rng=Random(0))


def run(plan: Plan) -> Result:
    """Time purenn over four sizes and fit the exponents."""
    plan = plan._replace(rounds=min(plan.rounds, 7))
    rows, curves, data = [], {}, {}
    for axis, tasks in tasks_of(plan).items():
        runs = {str(size): one_epoch(purenn, task) if axis == "examples"
                else who.Library(purenn, task).step for size, task in tasks.items()}
        seconds = [one.median for one in interleave(runs, plan).values()]
        grown = exponent(list(tasks), seconds)
        rows.append([f"{axis} {min(tasks)} to {max(tasks)}", in_microseconds(seconds[0]),
                     in_microseconds(seconds[-1]), f"{grown:.2f}", f"{DOUBLED[axis]:.0f}"])
        curves[axis] = list(zip(tasks, (value * 1e3 for value in seconds)))
        data[axis] = {"sizes": list(tasks), "seconds": seconds, "exponent": grown}
    findings = [f"Twice the {axis}: {shown(2 ** data[axis]['exponent'])} times the time."
                for axis in data]
    headings = ["of what", "µs at the least", "µs at the most", "exponent", "of the products alone"]
    return Result(
        "Scaling: how the time grows",
        "Width of w-w-10 and number of 32-wide hidden layers, both at batch 32, and batch of "
        "64-32-10: one step each. Examples: one epoch of 64-32-10 with batches of 32. The exponent "
        "k is that of time = c · size ** k.",
        [Table("", headings, rows)], findings, {"scaling": _chart(curves)}, data,
    )


def _chart(curves: Dict[str, Any]) -> Any:
    from purenn import draw

    return draw.lines(curves, title="Time of purenn against four sizes", x_label="size",
                      y_label="ms", log_x=True, log_y=True, marks=True)


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the largest of each size."""
    found: Dict[str, Callable[[Any], Callable[[], Any]]] = {}
    for axis, tasks in tasks_of(plan).items():
        task = tasks[max(tasks)]
        if axis == "examples":
            found[f"one epoch, {task.batch} examples"] = lambda package, task=task: one_epoch(
                package, task)
        else:
            found.update(who.steps([task]))
    return found
