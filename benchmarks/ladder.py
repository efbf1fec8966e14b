"""The ladder: one training step by everybody, from three nested loops up to vectors.

Two networks, batches of 32: 64-32-10, small as for the bundled digits, and 784-30-10, as for MNIST.
What each rung adds is one idea: zip in place of indices, comprehensions, the best dot product that
this Python has, a library around it, and at last all numbers of a matrix in one call.

After this: shortcuts.
"""

from typing import Any, Callable, Dict, List

from . import contestants as who
from .measuring import Plan, ratio
from .report import Result, as_data, bars_of, shown, timing_table
from .tasks import Task, make_task

RUNGS = [
    who.INDEXED, who.ZIPPED, who.WAVE, who.OWN_DOT, who.STRAIGHT, who.STRAIGHT_ADAM, who.BEST,
    who.PLAIN, who.PURENN, who.ADAM, who.STAND_IN, who.BY_HAND, who.SKLEARN, who.TORCH,
]


def tasks_of(plan: Plan) -> List[Task]:
    sizes = plan.pick([(64, 32, 10), (784, 30, 10)], smallest=[(4, 3, 3)])
    return [make_task(size, batch=plan.pick([32], [2])[0]) for size in sizes]


def run(plan: Plan) -> Result:
    """Time a step of everybody who is installed."""
    tables, charts, findings, data = [], {}, [], {}
    for task in tasks_of(plan):
        timings = who.time_steps(task, RUNGS, plan)
        tables.append(timing_table(f"{task.name}:", timings, task.batch, who.PURENN))
        name = "-".join(map(str, task.sizes))
        drawn = {rung: one for rung, one in timings.items() if "Adam" not in rung}
        charts[f"ladder-{name}"] = bars_of(drawn, task.batch, f"One training step, {task.name}")
        data[task.name] = as_data(timings, task.batch, who.PURENN)
        best = ratio(timings[who.PURENN], timings[who.BEST])
        straight = ratio(timings[who.PURENN], timings[who.STRAIGHT])
        findings.append(f"{task.name}: purenn takes {shown(best)} times as long as the quickest "
                        f"known script, {shown(straight)} times as long as the straight-line one.")
    return Result(
        "The ladder: one training step, from loops to vectors",
        "Everybody starts from the same weights and was checked to arrive at the same new ones, to "
        "1e-9. The straight-line script has purenn's own dot product; the comprehensions have "
        "`sum(x * y for x, y in zip(u, v))`. PyTorch computes in 64-bit floats like all others.",
        tables, findings, charts, data,
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the same steps, by a purenn that it hands in."""
    return who.steps(tasks_of(plan))
