"""Everybody who takes part, under one roof, and the proof that all compute the same.

A contestant has two methods: `step()` takes one step of training on its task, and `layers()` gives
the weights as lists (none if it has another network). Before anything is timed, `check_agreement`
lets each take one step from the same weights: whoever arrives elsewhere is not faster but wrong.

Before this: measuring. After this: report.
"""

import importlib
from functools import lru_cache
from random import Random
from typing import Any, Callable, Dict, Iterable, Optional

import purenn
from purenn import fast

from . import peers, scripts
from .copies import copy_on
from .measuring import PYPY, Plan, Timing, interleave
from .tasks import ADAM_RATE, RATE, Task

PLAIN, PURENN, STAND_IN = "purenn, plain loops", "purenn", "purenn on NumPy"
BY_HAND, SKLEARN, TORCH = "NumPy by hand", "scikit-learn", "PyTorch"
WAVE = "gradient-wave"
INDEXED, ZIPPED, OWN_DOT = "triple indexed loops", "zipped loops", "comprehensions"
STRAIGHT, SINGLE = "straight-line script", "single-example script"
BEST, BEST_SPARSE = "quickest known script", "quickest known script for zeros"
STRAIGHT_ADAM, ADAM = "straight-line script, Adam", "purenn, Adam"

Contestants = Dict[str, Any]


class Library:
    """purenn itself, or a copy of it: `package` decides on which linalg.

    A step is what the loop of `train` does for a batch, with all that belongs to it: the value of
    the loss and the look for numbers that are not finite.
    """

    def __init__(self, package: Any, task: Task, optimizer: Any = None) -> None:
        training, self.checks = package.training, package.checks
        self.network = network_of(package, task)
        self.inputs = package.linalg.vstack([task.inputs])  # an array where linalg has arrays
        self.labels = task.labels
        self.run = training.Run(
            self.network, (self.inputs, self.labels), package.SoftmaxCrossEntropy(),
            optimizer or package.SGD(RATE), epochs=1, batch_size=task.batch, validation=None,
            metrics=(), penalty=None, callbacks=(), rng=Random(0),
        )
        training._first_to_learn(self.network, True)

    def step(self) -> None:
        self.learn(self.inputs, self.labels)

    def learn(self, inputs: Any, labels: Any) -> None:
        """Take a step on these examples."""
        run = self.run
        run.batch_inputs, run.batch_targets = inputs, labels
        scores = self.network.forward(inputs, training=True)
        value, gradient = run.loss.value_and_gradient(scores, labels)
        self.checks.finite_loss(run, value)
        self.network.backward(gradient)
        run.optimizer.step(run.parameters, run.measure)
        self.checks.finite_step(run)

    def predict(self) -> Any:
        """Return the scores of the batch."""
        return self.network.predict(self.inputs)

    def layers(self) -> scripts.Layers:
        values = [[list(map(float, row)) for row in parameter.value]
                  for parameter in self.network.parameters()]
        return [(weights, biases) for weights, [biases] in zip(values[::2], values[1::2])]


def network_of(package: Any, task: Task) -> Any:
    """Return the network of a task with its weights, in a given copy of purenn."""
    layers = []
    for (weights, biases), width in zip(task.layers, task.sizes):
        dense = package.Dense(width, len(weights), Random(0), package.zeros)
        dense.weights.value = package.linalg.vstack([weights])
        dense.biases.value = package.linalg.vstack([[biases]])
        layers += [dense, package.ReLU()]
    return package.Network(layers[:-1])


def dot_of_purenn() -> scripts.Dot:
    """Return the very function that purenn multiplies with here."""
    return fast._dot


@lru_cache(maxsize=None)
def purenn_on_plain_loops() -> Any:
    return copy_on(plain=True)


@lru_cache(maxsize=None)
def purenn_on_numpy() -> Any:
    return copy_on(importlib.import_module("benchmarks.vectorized"))


MAKERS: Dict[str, Callable[[Task], Any]] = {
    INDEXED: lambda task: scripts.LoopScript(task, scripts.INDEXED),
    ZIPPED: lambda task: scripts.LoopScript(task, scripts.ZIPPED),
    OWN_DOT: lambda task: scripts.StraightScript(task, scripts.own_dot),
    STRAIGHT: lambda task: scripts.StraightScript(task, dot_of_purenn()),
    BEST: lambda task: (scripts.BestScriptPyPy(task) if PYPY
                        else scripts.BestScript(task, dot_of_purenn(), sparse=False)),
    BEST_SPARSE: lambda task: (scripts.BestScriptPyPy(task) if PYPY
                               else scripts.BestScript(task, dot_of_purenn(), sparse=True)),
    SINGLE: lambda task: scripts.SingleScript(task, dot_of_purenn()),
    STRAIGHT_ADAM: lambda task: scripts.AdamScript(task, dot_of_purenn()),
    PLAIN: lambda task: Library(purenn_on_plain_loops(), task),
    PURENN: lambda task: Library(purenn, task),
    ADAM: lambda task: Library(purenn, task, purenn.Adam(ADAM_RATE)),
    STAND_IN: lambda task: Library(purenn_on_numpy(), task),
    BY_HAND: peers.NumPyByHand,
    SKLEARN: peers.ScikitLearn,
    TORCH: peers.PyTorch,
    WAVE: peers.GradientWave,
}
NEEDS = {STAND_IN: "numpy", BY_HAND: "numpy", SKLEARN: "scikit-learn", TORCH: "torch",
         WAVE: "gradient-wave"}


def contestants(task: Task, names: Iterable[str]) -> Contestants:
    """Return those of the names that can run here, checked to agree, ready to be timed.

    Raises AssertionError when two of them do not compute the same.
    """
    absent = peers.missing()
    names = [name for name in names if NEEDS.get(name) not in absent]
    check_agreement(task, {name: MAKERS[name](task) for name in names})
    return {name: MAKERS[name](task) for name in names}


def time_steps(task: Task, names: Iterable[str], plan: Plan) -> Dict[str, Timing]:
    """Time one step of each, turn by turn, after the check that they agree."""
    who = contestants(task, names)
    return interleave({name: one.step for name, one in who.items()}, plan)


def check_agreement(task: Task, taking_part: Contestants) -> None:
    """Let each take one step; AssertionError unless all then have the same weights to 1e-9.

    The measure is the straight-line script with the plainest dot product, or for those that learn
    by Adam the script that does.
    """
    judges: Dict[bool, Optional[scripts.Layers]] = {}
    for by_adam, script in ((False, MAKERS[OWN_DOT]), (True, MAKERS[STRAIGHT_ADAM])):
        if len(task.layers) == 2:
            judge = script(task)
            judge.step()
            judges[by_adam] = judge.layers()
    for name, contestant in taking_part.items():
        contestant.step()
        expected, found = judges.get(name in (ADAM, STRAIGHT_ADAM)), contestant.layers()
        if expected and found:
            off = distance(found, expected)
            assert off < 1e-9, f"{name}, {task.name}: computes something else: {off:g} off"


def distance(ours: scripts.Layers, theirs: scripts.Layers) -> float:
    """Return by how much the two differ where they differ most."""
    pairs = [pair for one, other in zip(ours, theirs)
             for rows in zip([*one[0], one[1]], [*other[0], other[1]]) for pair in zip(*rows)]
    return max(abs(x - y) for x, y in pairs)


def steps(tasks: Iterable[Task]) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return for each task, by its name, what makes its step in a given copy of purenn."""
    return {task.name: lambda package, task=task: Library(package, task).step for task in tasks}
