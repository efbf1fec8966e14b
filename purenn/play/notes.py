"""Notes: what goes wrong while it learns, said when and where it happens.

The doctor examines a network when it is asked to. Here its questions are put again and again while
the network learns, to a few rows only, and each answer has a place (a neuron, a layer, a setting),
one sentence with its number, and something to try. The thresholds are the doctor's.

Before this: `explain`. After this: `take`.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from .. import linalg
from ..activations import Activation, Linear, ReLU, Sigmoid, Tanh
from ..doctor import diagnose, diagnose_data
from ..doctor.resting import FLAT_SLOPE, GRADIENT_RATIO, SATURATED
from ..layers import Dense
from ..linalg import Matrix
from .problem import Problem
from .runner import Runner

__all__ = ["Watcher", "change_said", "full", "of_data"]

ROWS = 256
EVERY = 10  # epochs
OVERFITTING, WORSE_FOR = 1.1, 10
LARGE_STEP, SMALL_STEP = 0.5, 1e-5
AT_MOST = 3
Note = Dict[str, Any]


class Watcher:
    """Looks at a runner from time to time; what has been dismissed stays quiet."""

    def __init__(self) -> None:
        self.dismissed: Set[str] = set()
        self.notes: List[Note] = []
        self.seen: Tuple[Any, ...] = ()

    def rewound(self) -> None:
        """Forget what was dismissed: it is a new start."""
        self.dismissed, self.notes, self.seen = set(), [], ()

    def dismiss(self, note: str) -> None:
        """Keep quiet about this one."""
        self.dismissed.add(note)
        self.seen = ()

    def look(self, runner: Runner, running: bool) -> List[Note]:
        """Return the notes that hold now; while it runs, looked for every ten epochs."""
        key: Tuple[Any, ...] = (id(runner), runner.stopped, runner.epoch // EVERY)
        if not running:
            key = (*key, *map(id, runner.values()))
        if key != self.seen:
            self.seen = key
            self.notes = [note for note in examine(runner) if note["id"] not in self.dismissed]
        return self.notes[:AT_MOST]


def _note(kind: str, place: Sequence[Any], number: float, say: str, *offers: Any) -> Note:
    return {"id": ":".join([kind, *map(str, place)]), "kind": kind, "place": list(place),
            "number": number, "say": say, "units": [],
            "offers": [{"say": text, **does} for text, does in offers]}


def _set(say: str, **settings: Any) -> Tuple[str, Dict[str, Any]]:
    return say, {"set": settings}


def examine(runner: Runner) -> List[Note]:
    """Return everything there is to say now, the most urgent first."""
    notes = _not_finite(runner)
    if notes:
        return notes
    notes += _rate(runner) + _overfitting(runner) + _nothing_nonlinear(runner)
    notes += _units(runner) + _twins(runner) + _gradients(runner) + _classes(runner.problem)
    return notes


def _third(rate: float) -> float:
    """Return about a third of a rate, one digit long.

    >>> _third(0.01), _third(0.3)
    (0.003, 0.1)
    """
    return float(f"{rate / 3:.0e}")


# ---- The numbers, the rate, the rows held out ----


def _not_finite(runner: Runner) -> List[Note]:
    if not runner.stopped.startswith("the "):
        return []
    rate = runner.settings.rate
    return [_note("not finite", ["chart"], rate, (
        f"Training stopped in epoch {runner.epoch + 1}, batch {runner.batch + 1}: "
        f"{runner.stopped}. The weights are those of the last good step; the learning rate is "
        f"{rate:g}."), ("Back 10 steps", {"back": 10}),
        _set(f"rate {_tenth(rate):g}", rate=_tenth(rate)))]


def _tenth(rate: float) -> float:
    return float(f"{rate / 10:.0e}")


def _rate(runner: Runner) -> List[Note]:
    if runner.settings.optimizer.startswith("random_"):
        return []
    rate, records = runner.settings.rate, runner.records
    first = records[0].train.loss
    lately = [one.train.loss for one in records[-3:]]
    if len(records) > 3 and min(lately) > first:
        return [_note("rate too large", ["rate"], lately[-1], (
            f"For three epochs the loss has been above its start: {lately[-1]:.3g}, at first "
            f"{first:.3g}. The steps are too long."), _set(f"rate {_third(rate):g}",
                                                           rate=_third(rate)),
            _set("clip the gradient at 1", clip=1.0))]
    step = _relative_step(runner)
    if step is not None and step > LARGE_STEP:
        return [_note("rate too large", ["rate"], step, (
            f"The last step was {step:.0%} as long as the weights themselves."),
            _set(f"rate {_third(rate):g}", rate=_third(rate)))]
    chance = math.log(runner.problem.classes) if runner.problem.classes else first
    if step is not None and runner.epoch >= 3 and step < SMALL_STEP and (
            records[-1].train.loss > 0.5 * chance):
        more = min(10.0, float(f"{rate * 10:.0e}"))
        return [_note("rate too small", ["rate"], step, (
            f"The last step was {step:.1e} of the weights: at this rate nothing moves."),
            _set(f"rate {more:g}", rate=more))]
    return []


def _relative_step(runner: Runner) -> Optional[float]:
    """Return the length of the last step as a part of the weights' length."""
    if not runner.back_to or runner.epoch < 1:
        return None
    before, after = runner.back_to[-1].values, runner.values()
    step = weights = 0.0
    for old, new in zip(before, after):
        step += _squares(linalg.subtract(new, old))
        weights += _squares(old)
    return math.sqrt(step / weights) if weights > 0 else None


def _squares(A: Matrix) -> float:
    """Return the sum of all squares."""
    return linalg.item(linalg.sum(linalg.multiply(A, A)))


def _overfitting(runner: Runner) -> List[Note]:
    known = [one for one in runner.records if one.held_out is not None]
    if len(known) < WORSE_FOR:
        return []
    best = min(known, key=lambda one: one.held_out.loss if one.held_out else math.inf)
    last = known[-1]
    assert best.held_out is not None and last.held_out is not None
    if not (last.epoch - best.epoch >= WORSE_FOR and last.train.loss < best.train.loss
            and last.held_out.loss >= OVERFITTING * best.held_out.loss):
        return []
    more = last.held_out.loss / best.held_out.loss - 1
    return [_note("overfitting", ["chart", best.epoch], more, (
        f"Overfitting: since epoch {best.epoch} the loss on the rows held out has grown by "
        f"{more:.0%}, while on the training rows it fell on."),
        (f"go to epoch {best.epoch}", {"go": best.epoch}), _set("L2 0.001", l2=0.001),
        _set("dropout 0.2", dropout=0.2))]


def _nothing_nonlinear(runner: Runner) -> List[Note]:
    layers = runner.network.layers
    if not runner.settings.hidden or not any(isinstance(layer, Linear) for layer in layers):
        return []
    return [_note("nothing nonlinear", ["network"], 0.0, (
        "No layer has a nonlinear function, so all of them together can do no more than one: "
        "every boundary is a straight line."), _set("tanh", activation="tanh"))]


# ---- Units ----


def _units(runner: Runner) -> List[Note]:
    """Dead and saturated units, found by sending some rows through."""
    notes: List[Note] = []
    numbers: Matrix = runner.problem.learn.inputs[:ROWS]
    dense = -1
    layers = runner.network.layers
    for layer in layers[:-1]:
        before = numbers
        numbers = layer.forward(numbers)
        dense += isinstance(layer, Dense)
        if isinstance(layer, ReLU):
            notes += _dead(dense, numbers)
        elif isinstance(layer, (Tanh, Sigmoid)):
            notes += _saturated(dense, layer, before, numbers)
    return notes


def _dead(layer: int, outputs: Matrix) -> List[Note]:
    dead = [unit for unit, column in enumerate(linalg.transpose(outputs)) if not any(column)]
    if not dead:
        return []
    count = len(outputs[0])
    note = _note("dead unit", [layer], len(dead), (
        f"Hidden layer {layer + 1}: {len(dead)} of {count} ReLU units are 0 for every row, get no "
        f"gradient, and never change again."), _set("leaky ReLU", activation="leaky_relu"),
        _set("new start (he)", initializer="he"))
    return [{**note, "units": [[layer, unit] for unit in dead]}]


def _saturated(layer: int, kind: Activation, x: Matrix, y: Matrix) -> List[Note]:
    steepest = kind.df(0.0, kind.f(0.0))
    columns = list(zip(linalg.transpose(x), linalg.transpose(y)))
    shares = [sum(kind.df(a, b) < FLAT_SLOPE * steepest for a, b in zip(*column))
              / len(column[0]) for column in columns]
    share = math.fsum(shares) / len(shares)
    if share <= SATURATED:
        return []
    note = _note("saturated", [layer], share, (
        f"Hidden layer {layer + 1} is saturated: {share:.0%} of its outputs are where the curve is "
        f"flat, so hardly any gradient passes."), _set("xavier", initializer="xavier"),
        _set("standardize the inputs", standardize=True))
    return [{**note, "units": [[layer, unit] for unit, one in enumerate(shares)
                               if one > SATURATED]}]


def _twins(runner: Runner) -> List[Note]:
    """Neurons of a hidden layer with the same weights in and out: they stay alike for ever."""
    values = runner.values()
    for layer in range(len(runner.settings.hidden)):
        seen: Dict[Any, int] = {}
        units: List[List[int]] = []
        outgoing = linalg.transpose(values[2 * layer + 2])
        for unit, weights in enumerate(values[2 * layer]):
            key = (tuple(weights), values[2 * layer + 1][0][unit], tuple(outgoing[unit]))
            if key in seen:
                units.append([layer, unit])
            seen.setdefault(key, unit)
        if units:
            note = _note("twins", [layer], len(units) + 1, (
                f"Hidden layer {layer + 1}: {len(units) + 1} neurons have equal weights in and "
                f"out. They get equal gradients, and stay twins for ever."),
                _set("xavier", initializer="xavier"))
            return [{**note, "units": units}]
    return []


def _gradients(runner: Runner) -> List[Note]:
    """Vanishing or exploding: the gradients that the last step left on the weights."""
    weights = [one for one in runner.parameters if one.penalized]
    sizes = []
    for one in weights:
        if one.gradient is None or not one.gradient:
            return []
        count = len(one.gradient) * len(one.gradient[0])
        sizes.append(math.sqrt(_squares(one.gradient) / count))
    if len(sizes) < 2 or min(sizes) == 0.0 or max(sizes) / min(sizes) <= GRADIENT_RATIO:
        return []
    ratio = max(sizes) / min(sizes)
    least, most = sizes.index(min(sizes)), sizes.index(max(sizes))
    what = "vanishes" if least < most else "explodes"
    return [_note(f"the gradient {what}", [least], ratio, (
        f"The gradient {what} on its way to the left: that of layer {most + 1} is {ratio:.0f} "
        f"times that of layer {least + 1}."), _set("ReLU", activation="relu"),
        _set("one hidden layer less", hidden=list(runner.settings.hidden[:-1])),
        _set("clip the gradient at 1", clip=1.0))]


def _classes(problem: Problem) -> List[Note]:
    for number, name in enumerate(problem.data.class_names):
        rows = sum(label == number for label in problem.learn.labels)
        if rows == 0:
            return [_note("classes", ["data"], 0.0, (
                f"There is no row of {name[:40]} to learn from: the network cannot know it."),
                _set("hold out 10 %", held_out=0.1))]
        if problem.held_out is not None and not any(
                label == number for label in problem.held_out.labels):
            return [_note("classes", ["data"], rows, (
                f"No row of {name[:40]} is held out, so nobody can say how well it is known."),
                _set("hold out nothing", held_out=0.0))]
    return []


# ---- The whole examination ----


def full(runner: Runner, problem: Problem) -> List[Dict[str, Any]]:
    """Return all that the doctor finds about the data and the network as they are."""
    held_out = problem.held_out
    found = diagnose(
        runner.network, runner.loss, problem.learn.inputs, problem.learn.targets,
        optimizer=runner.optimizer, batch_size=runner.batch_size,
        validation=None if held_out is None else (held_out.inputs, held_out.targets),
        feature_names=problem.data.feature_names, class_names=problem.data.class_names)
    return [one._asdict() for one in found.findings]


def of_data(problem: Problem) -> List[Dict[str, Any]]:
    """Return what the doctor finds wrong with the data alone."""
    found = diagnose_data(problem.data, standardize=problem.standardizer is not None)
    return [one._asdict() for one in found.findings if one.ok is False]


def change_said(runner: Runner, number: int) -> str:
    """Say in words what a live change changed."""
    change = runner.changes[number]
    before = runner.changes[number - 1].settings if number else runner.first_settings
    words = [f"{name} {getattr(change.settings, name)}" for name in change.settings._fields
             if getattr(change.settings, name) != getattr(before, name)]
    return ", ".join(words)
