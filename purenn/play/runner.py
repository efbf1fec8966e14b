"""The runner: one network that learns, a step at a time, and can go back.

`train` is a loop that runs to its end. A playground must be able to stop after any batch, show what
there is, change something, go on, and go back. So here are the same steps in the same order, made
of the same parts of purenn:

    scores = network.forward(inputs, training=True)
    value, gradient = loss.value_and_gradient(scores, targets)
    network.backward(gradient)
    penalty.add_gradients(parameters)
    optimizer.step(parameters, measure)

A run of n epochs here ends with the very weights of `train(…, epochs=n)`, and with its history; a
test holds the two to each other, bit for bit.

A `Moment` holds everything that a step changes. Parameters, and the optimizer's memory of them, are
replaced and never changed in place, so a moment is some references and the state of the random
generator, and going back is putting them back.

Before this: `plane`. After this: `pictures`.
"""

from __future__ import annotations

import copy
import math
from random import Random
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .. import linalg
from ..initializers import Initializer, he, normal, permutation, uniform, xavier, zeros
from ..layers import Dense, Dropout, Layer, Parameter
from ..linalg import Matrix
from ..metrics import accuracy, r2
from ..network import Network
from ..optimizers import (
    SGD, AdaGrad, Adam, AdamW, Optimizer, RandomAdjustment, RandomSearch, RMSProp,
)
from ..penalties import L1, L2, ElasticNet, Penalty
from ..recipes import ACTIVATIONS
from ..schedules import (
    Constant, CosineDecay, ExponentialDecay, LinearWarmUp, Schedule, StepDecay,
)
from .address import Planned
from .problem import Part, Problem, loss_of, outputs_of, part_of
from .refusals import Refused
from .settings import LIVE, Settings, changed

__all__ = ["Moment", "Record", "Runner", "Score", "network_of", "optimizer_of", "penalty_of"]

STEPS_BACK = 100
EPOCHS_KEPT = 200
RECORDS_KEPT = 600
MOST_PARAMETERS = 20_000


class Score(NamedTuple):
    """Loss and accuracy (of classes) or R² (of values) of some rows."""

    loss: float
    metric: float


class Record(NamedTuple):
    """One epoch, as `train` records it: the loss while it learned, and that on rows held out."""

    epoch: int
    train: Score
    held_out: Optional[Score]


class Change(NamedTuple):
    """Live settings that hold from an epoch on."""

    epoch: int
    settings: Settings


class Edit(NamedTuple):
    """A weight or bias that was given another value by hand, and when."""

    epoch: int
    batch: int
    parameter: int
    row: int
    column: int
    value: float


class Moment(NamedTuple):
    """All that a step changes: what is needed to be back where one was."""

    values: List[Matrix]
    optimizer: Dict[str, Any]
    random: Any
    epoch: int
    first: int
    order: Optional[List[int]]
    total: float
    predictions: List[Matrix]
    settings: Settings
    waiting: Optional[Settings]
    best: Tuple[float, int, List[Matrix]]
    changes: Tuple[Change, ...]
    edits: Tuple[Edit, ...]


# ---- From settings to parts of purenn ----

_INITIALIZERS: Dict[str, Initializer] = {
    "he": he, "xavier": xavier, "normal": normal, "uniform": uniform, "zeros": zeros,
}


def initializer_of(settings: Settings) -> Initializer:
    """Return the function that draws the starting weights."""
    if settings.initializer == "auto":
        return ACTIVATIONS[settings.activation][1]
    return _INITIALIZERS[settings.initializer]


def network_of(settings: Settings, inputs: int, outputs: int, rng: Random) -> Network:
    """Return the network that the settings describe, its weights drawn from rng."""
    initializer = initializer_of(settings)
    layers: List[Layer] = []
    width = inputs
    for neurons in settings.hidden:
        layers += [Dense(width, neurons, rng, initializer), ACTIVATIONS[settings.activation][0]()]
        if settings.dropout > 0:
            layers.append(Dropout(settings.dropout, rng))
        width = neurons
    return Network([*layers, Dense(width, outputs, rng, initializer)])


def schedule_of(settings: Settings, batches: int) -> Schedule:
    """Return the learning rate as a function of the steps taken."""
    rate, name = settings.rate, settings.schedule
    if name == "step":
        return StepDecay(rate, 0.5, 100 * batches)
    if name == "exponential":
        return ExponentialDecay(rate, 0.5, 100 * batches)
    if name == "cosine":
        return CosineDecay(rate, settings.stop * batches)
    return LinearWarmUp(10 * batches, then=rate) if name == "warm-up" else Constant(rate)


def optimizer_of(settings: Settings, batches: int, rng: Random) -> Optimizer:
    """Return the optimizer; those that go by chance draw from rng."""
    schedule, clip = schedule_of(settings, batches), settings.clip or None
    made: Dict[str, Callable[[], Optimizer]] = {
        "random_search": lambda: RandomSearch(rng),
        "random_adjustment": lambda: RandomAdjustment(rng),
        "sgd": lambda: SGD(schedule, clip_norm=clip),
        "momentum": lambda: SGD(schedule, settings.momentum, clip_norm=clip),
        "nesterov": lambda: SGD(schedule, settings.momentum, nesterov=True, clip_norm=clip),
        "adagrad": lambda: AdaGrad(schedule, clip_norm=clip),
        "rmsprop": lambda: RMSProp(schedule, settings.decay, clip_norm=clip),
        "adam": lambda: Adam(schedule, settings.beta1, settings.beta2, clip_norm=clip),
        "adamw": lambda: AdamW(schedule, settings.beta1, settings.beta2,
                               weight_decay=settings.weight_decay, clip_norm=clip),
    }
    return made[settings.optimizer]()


def penalty_of(settings: Settings) -> Optional[Penalty]:
    """Return what is added to the loss for large weights, None if nothing is."""
    if settings.l1 and settings.l2:
        return ElasticNet(settings.l1, settings.l2)
    if settings.l1:
        return L1(settings.l1)
    return L2(settings.l2) if settings.l2 else None


# ---- The runner ----


class Runner:
    """A network that learns a problem, from its start on.

    `epoch` counts the whole epochs, `first` is the row of the epoch's order at which the next batch
    begins; 0 between epochs. `row` is the row of the batch that is looked at one by one, None
    between batches. `stopped` says why it does not go on, empty while it can.
    """

    def __init__(self, settings: Settings, problem: Problem) -> None:
        self.settings = self.first_settings = settings
        self.problem = problem
        self.waiting: Optional[Settings] = None  # live changes, for the next epoch
        self.loss = loss_of(settings, problem.classes)
        self.rng = Random(settings.start)
        outputs = outputs_of(settings, problem.classes)
        _check_parameters(settings, problem.width, outputs)
        self.network = network_of(settings, problem.width, outputs, self.rng)
        self.parameters: List[Parameter] = list(self.network.parameters())
        self.optimizer = optimizer_of(settings, self.batches, self.rng)
        self.penalty = penalty_of(settings)
        self.epoch, self.first, self.total = 0, 0, 0.0
        self.order: Optional[List[int]] = None
        self.predictions: List[Matrix] = []
        self.row: Optional[int] = None
        self.stopped = ""
        self.best: Tuple[float, int, List[Matrix]] = (math.inf, 0, [])
        self.plan: Tuple[Planned, ...] = ()  # what an address says will be changed on the way
        self.changes: Tuple[Change, ...] = ()
        self.edits: Tuple[Edit, ...] = ()
        self.back_to: List[Moment] = []
        self.kept: Dict[int, Moment] = {}
        self.stride = 1
        self.records = [Record(0, self.score(problem.learn), self._score_held_out())]
        self._keep_epoch()

    # -- Where it is --

    @property
    def batch_size(self) -> int:
        """How many rows a step sees."""
        return self.settings.batch or len(self.problem.learn.inputs)

    @property
    def batches(self) -> int:
        """How many steps an epoch has."""
        return math.ceil(len(self.problem.learn.inputs) / self.batch_size)

    @property
    def batch(self) -> int:
        """How many steps of this epoch are done."""
        return self.first // self.batch_size

    def values(self) -> List[Matrix]:
        """Return the present values of all parameters; nobody changes a value in place."""
        return [parameter.value for parameter in self.parameters]

    def score(self, part: Part) -> Score:
        """Return loss and metric of these rows, as `train` looks at validation rows."""
        scores = self.network.predict(part.inputs)
        return Score(self.loss.value_and_gradient(scores, part.targets)[0],
                     self.metric(self.loss.predict(scores), part.targets))

    def metric(self, predictions: Matrix, targets: Any) -> float:
        """Return the accuracy, or R² where values are asked for."""
        return accuracy(predictions, targets) if self.problem.classes else r2(predictions, targets)

    def _score_held_out(self) -> Optional[Score]:
        held_out = self.problem.held_out
        return None if held_out is None else self.score(held_out)

    # -- Moments --

    def moment(self) -> Moment:
        """Return where it is now."""
        optimizer = {name: value for name, value in vars(self.optimizer).items()
                     if name not in ("rng", "parameters")}
        return Moment(self.values(), optimizer, self.rng.getstate(), self.epoch, self.first,
                      self.order, self.total, list(self.predictions), self.settings,
                      self.waiting, self.best, self.changes, self.edits)

    def put_back(self, moment: Moment) -> None:
        """Be where it was then, to the bit; what was recorded later is forgotten."""
        for parameter, value in zip(self.parameters, moment.values):
            parameter.value = value
        vars(self.optimizer).update(moment.optimizer)
        self.rng.setstate(moment.random)
        self.epoch, self.first, self.order = moment.epoch, moment.first, moment.order
        self.total, self.predictions = moment.total, list(moment.predictions)
        self.settings, self.waiting, self.best = moment.settings, moment.waiting, moment.best
        self.penalty = penalty_of(self.settings)
        self.row, self.stopped = None, ""
        self.changes, self.edits = moment.changes, moment.edits
        self.records = [one for one in self.records if one.epoch <= self.epoch]
        self.kept = {epoch: one for epoch, one in self.kept.items() if epoch <= self.epoch}

    def back(self, steps: int = 1) -> None:
        """Go back so many steps; looking at a row of a batch counts as one."""
        for _ in range(steps):
            if self.row is not None:
                self.row = self.row - 1 if self.row else None
            elif self.back_to:
                self.put_back(self.back_to.pop())

    def _remember(self, moment: Moment) -> None:
        self.back_to.append(moment)
        del self.back_to[:-STEPS_BACK]

    def go(self, epoch: int) -> None:
        """Go to the kept epoch that is nearest to this one and not after it."""
        nearest = max(one for one in self.kept if one <= max(epoch, 0))
        self.put_back(self.kept[nearest])
        self.back_to = []

    def _keep_epoch(self) -> None:
        """Keep every epoch, then every second, fourth, …, so that there are never many."""
        if self.epoch % self.stride == 0:
            self.kept[self.epoch] = self.moment()
        if len(self.kept) > EPOCHS_KEPT:
            self.stride *= 2
            self.kept = {epoch: one for epoch, one in self.kept.items()
                         if epoch % self.stride == 0}

    # -- Live changes and edits --

    def change(self, settings: Settings) -> None:
        """Let other live settings hold from the next epoch on."""
        self.waiting = settings
        if self.order is None and self.epoch == 0 and not self.edits:
            self._take_up()
            self.changes = ()  # before the first step it is simply the setting
            self.first_settings = self.settings
            self._keep_epoch()

    def _take_up(self) -> None:
        """Let the changes that are waiting hold from here on."""
        if self.waiting is None:
            return
        settings, self.waiting = self.waiting, None
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        self.penalty = penalty_of(settings)
        if hasattr(self.optimizer, "schedule") and (
                settings.rate != before.rate or settings.schedule != "constant"):
            self.optimizer.schedule = schedule_of(settings, self.batches)
        self.changes += (Change(self.epoch, settings),)

    def _do_what_is_planned(self) -> None:
        for planned in self.plan:
            if planned.epoch != self.epoch:
                continue
            if planned.settings is not None:
                self.waiting = changed(self.waiting or self.settings, planned.settings)
            if planned.edit is not None:
                self._edit(*planned.edit)

    def edit(self, parameter: int, row: int, column: int, value: float) -> None:
        """Give one weight or bias another value."""
        self._remember(self.moment())
        self._edit(parameter, row, column, value)

    def _edit(self, parameter: int, row: int, column: int, value: float) -> None:
        one = self.parameters[parameter]
        matrix = [list(numbers) for numbers in one.value]
        matrix[row][column] = value
        one.value = matrix
        self.edits += (Edit(self.epoch, self.batch, parameter, row, column, value),)
        if self.order is None:
            self.kept[self.epoch] = self.moment()

    # -- Steps --

    def rows_of_batch(self) -> List[int]:
        """Return the numbers of the rows of the next batch, beginning an epoch if need be."""
        if self.order is None:
            self._do_what_is_planned()
            self._take_up()
            self.order = permutation(len(self.problem.learn.inputs), self.rng)
        return self.order[self.first:self.first + self.batch_size]

    def step_row(self) -> None:
        """Look at the next row of the batch; after the last one, take the step."""
        count = len(self.rows_of_batch())
        self.row = 0 if self.row is None else self.row + 1
        if self.row >= count:
            self.step_batch()

    def step_epoch(self) -> None:
        """Finish this epoch, or do a whole one."""
        epoch = self.epoch
        while self.epoch == epoch and not self.stopped:
            self.step_batch()

    def step_batch(self) -> None:
        """Take one step of the optimizer. When numbers stop being finite, it is not taken."""
        if self.stopped:
            return
        before = self.moment()
        rows = self.rows_of_batch()
        self.row = None
        problem = self.learn_from(rows)
        if problem:
            self.put_back(before)
            self.stopped = problem
            return
        self._remember(before)
        self.first += self.batch_size
        if self.first >= len(self.problem.learn.inputs):
            self._end_epoch()

    def learn_from(self, rows: List[int]) -> str:
        """Take one step on these rows; return what is not finite, empty if all is well."""
        part = self.problem.learn
        inputs, targets = linalg.take(part.inputs, rows), linalg.take(part.targets, rows)
        scores = self.network.forward(inputs, training=True)
        value, gradient = self.loss.value_and_gradient(scores, targets)
        if self.penalty is not None:
            value += self.penalty(self.parameters)
        if not math.isfinite(value):
            return "the loss is no longer finite"
        if self.optimizer.needs_gradient:
            self.network.backward(gradient)
            if self.penalty is not None:
                self.penalty.add_gradients(self.parameters)
        self.optimizer.step(self.parameters, lambda: self._measure(inputs, targets))
        for number, parameter in enumerate(self.parameters):
            if not linalg.all_finite(parameter.value):
                return f"the step would make {parameter.name} of layer {number // 2 + 1} infinite"
        self.total += value * len(rows)
        self.predictions.append(self.loss.predict(scores))
        return ""

    def _measure(self, inputs: Matrix, targets: Any) -> float:
        """Return the loss of the batch with the parameters as they are, for random methods."""
        loss, _ = self.loss.value_and_gradient(self.network.forward(inputs), targets)
        return loss + (self.penalty(self.parameters) if self.penalty is not None else 0.0)

    def _end_epoch(self) -> None:
        """Record the epoch, and see whether to stop."""
        order = self.order
        assert order is not None
        self.epoch += 1
        targets = linalg.take(self.problem.learn.targets, order)
        metric = self.metric(linalg.vstack(self.predictions), targets)
        record = Record(self.epoch, Score(self.total / len(order), metric), self._score_held_out())
        self.first, self.total, self.order, self.predictions = 0, 0.0, None, []
        self._record(record)
        self._stop_early(record)
        self._keep_epoch()
        if self.epoch >= self.settings.stop and not self.stopped:
            self.stopped = f"epoch {self.epoch}, where it was to stop"

    def _record(self, record: Record) -> None:
        """Add the record; when there are many, every second of the older ones goes."""
        self.records.append(record)
        if len(self.records) > RECORDS_KEPT:
            half = RECORDS_KEPT // 2
            self.records = self.records[:half:2] + self.records[half:]

    def _stop_early(self, record: Record) -> None:
        """Remember the best weights; go back to them after too long a wait, as `EarlyStopping`."""
        watched = (record.held_out or record.train).loss
        if watched < self.best[0]:
            self.best = (watched, record.epoch, self.values())
        elif 0 < self.settings.patience <= record.epoch - self.best[1]:
            for parameter, value in zip(self.parameters, self.best[2]):
                parameter.value = value
            self.stopped = (f"early stopping at epoch {record.epoch}; the weights are those of "
                            f"epoch {self.best[1]}, the best")

    def go_on(self) -> None:
        """Let it run again after it has stopped, where that makes sense."""
        if self.epoch < self.settings.stop and not self.stopped.startswith("the "):
            self.stopped = ""

    # -- Copies --

    def alone(self, pixels: List[float], label: int) -> Runner:
        """Return a copy whose next step learns from this one row alone."""
        twin = self.twin()
        row = part_of(self.settings, self.problem, [pixels], [label])
        twin.problem = self.problem._replace(learn=row)
        twin.order, twin.first, twin.row = [0], 0, None
        return twin

    def twin(self) -> Runner:
        """Return a copy for trying things out: what it does changes nothing here."""
        twin = copy.copy(self)
        twin.network, twin.rng, twin.optimizer = copy.deepcopy(
            (self.network, self.rng, self.optimizer))
        twin.parameters = list(twin.network.parameters())
        twin.kept, twin.back_to, twin.records = {}, [], list(self.records)
        return twin


def live(before: Settings, after: Settings) -> bool:
    """Say whether all that differs holds without a start anew."""
    return before._replace(**{name: getattr(after, name) for name in LIVE}) == after


def _check_parameters(settings: Settings, inputs: int, outputs: int) -> None:
    widths = [inputs, *settings.hidden, outputs]
    count = 0
    for before, after in zip(widths, widths[1:]):
        count += after * (before + 1)
    if count > MOST_PARAMETERS:
        raise Refused("too_large", f"{count:,} parameters: the playground takes at most "
                      f"{MOST_PARAMETERS:,}", "hidden", "fewer or narrower layers")
