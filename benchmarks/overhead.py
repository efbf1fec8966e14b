"""Overhead: what comes with a training beside the steps themselves.

The core loop here is nothing but steps: shuffle, take a batch, learn from it. Around it `train`
looks at the arguments and keeps the history; a progress bar shows how far it is; `Classifier.fit`
reads and standardizes the rows, gives the labels numbers, and builds the network.

Before this: single. After this: learning.
"""

import io
from random import Random
from typing import Any, Callable, Dict

import purenn

from . import contestants as who
from .measuring import Plan, Timing, interleave
from .report import Result, Table, shown
from .tasks import RATE, Task, make_task

LOOP, TRAIN, PROGRESS, FIT = "the core loop", "train", "train with a progress bar", "Classifier.fit"


class Terminal(io.StringIO):
    """A stream that says it is a terminal, so that the progress bar writes over its line."""

    def isatty(self) -> bool:
        return True


def task_of(plan: Plan) -> Task:
    """Return a task whose batch are all examples."""
    return make_task((64, 32, 10), batch=plan.pick([320], [20])[0])


def core_loop(package: Any, task: Task, epochs: int) -> Callable[[], None]:
    """Return a function that takes all steps of so many epochs, and does nothing else."""
    library = who.Library(package, task)
    permutation, take, rng = package.initializers.permutation, package.linalg.take, Random(0)

    def loop() -> None:
        for _ in range(epochs):
            order = permutation(len(task.inputs), rng)
            for first in range(0, len(order), 32):
                rows = order[first:first + 32]
                library.learn(take(library.inputs, rows), take(task.labels, rows))

    return loop


def whole_train(task: Task, epochs: int, progress: bool) -> Callable[[], Any]:
    """Return a function that calls `train`."""
    from purenn.app.progress import Progress

    network, loss = who.network_of(purenn, task), purenn.SoftmaxCrossEntropy()
    return lambda: purenn.train(
        network, task.inputs, task.labels, loss=loss, optimizer=purenn.SGD(RATE), epochs=epochs,
        rng=Random(0), callbacks=[Progress(Terminal())] if progress else [],
    )


def whole_fit(package: Any, task: Task, epochs: int) -> Callable[[], Any]:
    """Return a function that makes a Classifier and calls its `fit`."""
    return lambda: package.Classifier(
        hidden=(32,), activation="relu", optimizer="sgd", epochs=epochs, l2=0.0,
    ).fit(task.inputs, task.labels)


def measure(plan: Plan) -> Dict[str, Timing]:
    """Time the four, turn by turn."""
    task, epochs = task_of(plan), plan.pick([5], [1])[0]
    return interleave({
        LOOP: core_loop(purenn, task, epochs), TRAIN: whole_train(task, epochs, progress=False),
        PROGRESS: whole_train(task, epochs, progress=True), FIT: whole_fit(purenn, task, epochs),
    }, plan)


def run(plan: Plan) -> Result:
    """Time a training of five epochs with more and more around it."""
    timings = measure(plan._replace(rounds=min(plan.rounds, 7)))
    loop = timings[LOOP].median
    rows = [[name, shown(one.median * 1e3), f"{one.spread:.0%}", f"{one.median / loop - 1:+.1%}"]
            for name, one in timings.items()]
    return Result(
        "What comes with a training beside its steps",
        f"{task_of(plan).batch} examples, 64-32-10, SGD, batches of 32, five epochs. `fit` also "
        "reads and standardizes the rows and builds the network, the same one without a penalty.",
        [Table("", ["", "ms", "spread", f"beside {LOOP}"], rows)], [], {},
        {name: {"seconds": one.median, "spread": one.spread, f"ratio to {LOOP}": one.median / loop}
         for name, one in timings.items()},
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the core loop and the whole fit."""
    task = task_of(plan)
    return {LOOP: lambda package: core_loop(package, task, 1),
            FIT: lambda package: whole_fit(package, task, 1)}
