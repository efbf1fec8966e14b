"""Learning: how long until it reads 95 and 97 % of the digits that it has not seen?

The bundled digits, 8 × 8 pixels, a fifth put aside: 64-32-10 with plain gradient descent and with
Adam, with purenn on lists and on NumPy. Several seeds, each with a split and starting weights of
its own; medians. After each epoch the digits put aside are looked at, and that is part of the time.

With `--images FILE --labels FILE`, two IDX files as MNIST's, also those: 784-30-10, a sixth put
aside, in a process of its own, so that its memory can be told.

    python3 -m benchmarks.learning IMAGES LABELS EPOCHS

is that process, and prints what it found as JSON.

Before this: overhead. After this: interpreters.
"""

import json
import statistics
import sys
from random import Random
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import purenn
import purenn.data

from . import contestants as who
from . import peers
from .measuring import Plan, clock
from .processes import measure_process, python
from .report import Result, Table, shown

GOALS = (0.95, 0.97)
OPTIMIZERS: Dict[str, Callable[[Any], Any]] = {
    "SGD(0.2)": lambda package: package.SGD(0.2),
    "Adam(0.005)": lambda package: package.Adam(0.005),
}


class Course(NamedTuple):
    """How a training went: seconds since its begin, and accuracy, after each epoch."""

    seconds: List[float]
    accuracies: List[float]

    def reached(self, goal: float) -> Optional[int]:
        """Return the epoch, from 1, after which the accuracy was at the goal; None if never.

        >>> Course([1.0, 2.0], [0.5, 0.75]).reached(0.75)
        2
        """
        for epoch, value in enumerate(self.accuracies, start=1):
            if value >= goal:
                return epoch
        return None


def learn(package: Any, parts: Any, hidden: int, optimizer: Any, epochs: int, seed: int) -> Course:
    """Train until the last goal is reached, or for so many epochs."""
    (learning, test), rng = parts, Random(seed)
    width, classes = len(learning.feature_names), len(learning.class_names)
    network = package.Network([package.Dense(width, hidden, rng), package.ReLU(),
                               package.Dense(hidden, classes, rng)])
    course = Course([], [])

    class Watch(package.training.Callback):  # type: ignore[misc]
        def after_epoch(self, run: Any, record: Any) -> None:
            course.seconds.append(clock() - started)
            course.accuracies.append(record.validation_metrics["accuracy"])
            if course.accuracies[-1] >= GOALS[-1]:
                run.stop = "good enough"

    started = clock()
    package.train(
        network, learning.inputs, learning.targets, loss=package.SoftmaxCrossEntropy(),
        optimizer=optimizer, epochs=epochs, metrics=[package.accuracy],
        validation=(test.inputs, test.targets), callbacks=[Watch()], rng=rng,
    )
    return course


# ---- The bundled digits ----


def digits(package: Any, seed: int, plan: Plan) -> Any:
    """Return digits to learn from and digits put aside, pixels from 0 to 1."""
    data = package.data.digits()
    count = plan.pick([len(data.inputs)], [100])[0]
    data = data._replace(inputs=[[value / 16 for value in row] for row in data.inputs[:count]],
                         targets=data.targets[:count])
    return package.data.split(data, 0.2, rng=Random(seed))


def run(plan: Plan) -> Result:
    """Learn the digits with several seeds, and MNIST if it was given."""
    packages = {who.PURENN: purenn}
    if "numpy" not in peers.missing():
        packages[who.STAND_IN] = who.purenn_on_numpy()
    rows, data = [], {}
    for name, package in packages.items():
        for title, optimizer in OPTIMIZERS.items():
            courses = [
                learn(package, digits(package, seed, plan), 32, optimizer(package),
                      epochs=plan.pick([30], [1])[0], seed=seed)
                for seed in plan.pick([0, 1, 2], [0])
            ]
            rows.append([f"{name}, {title}", *_cells(courses)])
            data[f"{name}, {title}"] = [course._asdict() for course in courses]
    table = Table(f"The bundled digits, 64-32-10, medians of {len(courses)} seeds:",
                  ["", *(f"{what} to {goal:.0%}" for goal in GOALS for what in ("epochs", "s")),
                   "s per epoch"], rows)
    result = Result("Learning: until it reads what it has not seen", "", [table], [], {}, data)
    return result if plan.images is None else _with_mnist(result, plan)


def _cells(courses: List[Course]) -> List[str]:
    """Return epochs and seconds to each goal, a dash where most do not get there, and per epoch."""
    cells = []
    for goal in GOALS:
        there = [(course.reached(goal), course) for course in courses]
        epochs = [epoch if epoch else float("inf") for epoch, _ in there]
        seconds = [course.seconds[epoch - 1] if epoch else float("inf") for epoch, course in there]
        cells += [_shown_or_dash(statistics.median(epochs), "g"),
                  _shown_or_dash(statistics.median(seconds))]
    each = [course.seconds[-1] / len(course.seconds) for course in courses]
    return [*cells, shown(statistics.median(each))]


def _shown_or_dash(number: float, form: str = "") -> str:
    if number == float("inf"):
        return "–"
    return format(number, form) if form else shown(number)


# ---- MNIST ----


def _with_mnist(result: Result, plan: Plan) -> Result:
    """Add a table of what a process of its own found in the IDX files."""
    epochs = plan.pick([8], [1])[0]
    command = [*python("-m", "benchmarks.learning"), plan.images, plan.labels, str(epochs)]
    process = measure_process(command)
    found = json.loads(process.output)
    course = Course(found["seconds"], found["accuracies"])
    table = Table(
        f"{found['examples']:,} pictures of {found['pixels']} pixels to learn from, 784-30-10, "
        f"SGD(0.2):",
        ["", *(f"{what} to {goal:.0%}" for goal in GOALS for what in ("epochs", "s")),
         "s per epoch", "best accuracy", "peak memory, MB"],
        [["purenn", *_cells([course]), f"{max(course.accuracies):.1%}", shown(process.peak / 1e6)]],
    )
    return result._replace(tables=[*result.tables, table],
                           data={**result.data, "mnist": {**found, "peak bytes": process.peak}})


def learn_pictures(images: str, labels: str, epochs: int) -> Dict[str, Any]:
    """Learn two IDX files and return how it went."""
    from purenn.data import read_idx, split

    parts = split(read_idx(images, labels), 1 / 6, rng=Random(0))
    course = learn(purenn, parts, 30, purenn.SGD(0.2), epochs, seed=0)
    return {**course._asdict(), "examples": len(parts[0].inputs),
            "pixels": len(parts[0].feature_names)}


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: one epoch of the bundled digits, with each optimizer."""
    def epoch(package: Any, optimizer: Callable[[Any], Any]) -> Callable[[], Any]:
        parts = digits(package, 0, plan)
        return lambda: learn(package, parts, 32, optimizer(package), epochs=1, seed=0)

    return {f"one epoch of digits, {title}": lambda package, make=make: epoch(package, make)
            for title, make in OPTIMIZERS.items()}


if __name__ == "__main__":
    print(json.dumps(learn_pictures(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
