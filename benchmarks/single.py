"""One example at a time: a step of training, and an answer.

Whoever learns from a stream, or asks a model about one row, has batches of one. There the calls
around the numbers count for more than the numbers, and every contestant shows what it does apart
from computing. purenn is measured against a script written for a single example (no rows, no
columns, no sums over examples), and its answers against the dot products that are in them.

Before this: scaling. After this: overhead.
"""

from typing import Any, Callable, Dict, List

import purenn

from . import contestants as who
from . import peers
from .measuring import Plan, Timing, interleave
from .report import Result, as_data, timing_table
from .tasks import Task, make_task

STEPS = [who.SINGLE, who.PURENN, who.STAND_IN, who.BY_HAND, who.SKLEARN, who.TORCH]
DOTS = "its dot products"


def tasks_of(plan: Plan) -> List[Task]:
    return [make_task(sizes, batch=1)
            for sizes in plan.pick([(2, 8, 2), (64, 32, 10)], smallest=[(2, 3, 3)])]


def time_answers(task: Task, plan: Plan) -> Dict[str, Timing]:
    """Time the scores of one row, by whoever is here; they have been checked to be equal."""
    script = who.MAKERS[who.SINGLE](task)
    runs = {DOTS: script.dots_of_predict, who.SINGLE: script.predict,
            who.PURENN: who.Library(purenn, task).predict}
    if "numpy" not in peers.missing():
        runs[who.STAND_IN] = who.Library(who.purenn_on_numpy(), task).predict
        runs[who.BY_HAND] = peers.NumPyByHand(task).predict
    for name in list(runs)[2:]:
        off = max(abs(x - y) for x, y in zip(runs[name]()[0], script.predict()))
        assert off < 1e-9, f"{name}, {task.name}: other scores: {off:g} off"
    return interleave(runs, plan)


def run(plan: Plan) -> Result:
    """Time steps and answers of two networks."""
    tables, data = [], {}
    for task in tasks_of(plan):
        steps, answers = who.time_steps(task, STEPS, plan), time_answers(task, plan)
        tables += [
            timing_table(f"A training step, {task.name}:", steps, 1, who.PURENN),
            timing_table(f"An answer (`predict`), {task.name}:", answers, 1, who.PURENN),
        ]
        data[task.name] = {"step": as_data(steps, 1, who.PURENN),
                           "predict": as_data(answers, 1, who.PURENN)}
    return Result(
        "One example at a time",
        "scikit-learn has another network for two classes, with one output.",
        tables, [], {}, data,
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: steps and answers."""
    found = who.steps(tasks_of(plan))
    for task in tasks_of(plan):
        found[f"predict, {task.name}"] = lambda package, task=task: who.Library(
            package, task).predict
    return found
