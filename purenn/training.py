"""Training: the loop in which everything comes together.

    for each epoch:                                                   once through all examples
        shuffle the examples
        for each batch of them:
            scores = network.forward(batch)                           what it says
            value, gradient = loss.value_and_gradient(scores, …)      how wrong; what makes it worse
            network.backward(gradient)                                a gradient for each parameter
            optimizer.step(parameters)                                a little less wrong
        record the loss, look at the validation examples

Why batches: the gradient of 32 out of 1,500 examples has nearly the direction of that of all, for a
fiftieth of the work. Why shuffle: batches that hold one class each would pull the network back and
forth. Why validation examples, from which it does not learn: on the others, a network that has
merely memorized them looks perfect.

`train` does all this. It checks what it is given before it starts, and in every batch whether
numbers are still finite. What else should happen on the way (stopping early, logging, drawing a
progress bar) is the business of callbacks; those that purenn brings are in `callbacks.py`.

Before this: `metrics`. This is the last of the nine modules; `gradcheck` tests that they are right.
"""

from __future__ import annotations

import math
import time

from . import checks, linalg
from .annotations import Any, Callable, Random, Sequence, TypeAlias
from .history import History, Record
from .initializers import permutation
from .layers import Parameter
from .linalg import Matrix, Vector
from .losses import Loss, Targets
from .network import Network
from .optimizers import Optimizer
from .penalties import Penalty
from .rows import GrowingRows, in_parts

__all__ = ["Callback", "History", "Record", "Run", "train"]

Metric: TypeAlias = "Callable[[Any, Any], float]"
Examples: TypeAlias = "tuple[Sequence[Vector], Targets]"


# ---- The loop ----


@checks.explains_arguments
def train(
    network: Network,
    inputs: Sequence[Vector],
    targets: Targets,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    validation: Examples | None = None,
    metrics: Sequence[Metric] = (),
    penalty: Penalty | None = None,
    callbacks: Sequence[Callback] = (),
    rng: Random | None = None,
    sampler: Callable[[int], list[list[int]]] | None = None,
    end_quietly: bool = False,
) -> History:
    """Train the network and return the history.

    inputs: (n, in), one example per row; any sequence of rows will do. targets: one for each, as
    the loss wants them. The examples are shuffled in every epoch (by `rng`, random.Random(0) if
    none is given) and cut into batches of `batch_size`, the last one with what remains. validation:
    a pair (inputs, targets) to look at after every epoch, without penalty and dropout. metrics:
    functions of (predictions, targets) of all examples; predictions are a sequence of rows that can
    only be read. penalty: large weights add to the loss, see `penalties`. sampler: it is given the
    epoch's number, and returns its batches as lists of row numbers.

    What changes is the network, the optimizer, callbacks and where rng stands. Ctrl-C leaves the
    network as it was after its last whole step (with `EarlyStopping`: after its best epoch) and
    raises KeyboardInterrupt; with `end_quietly` the history so far is returned, and its `stopped`
    says "interrupted". All arguments are checked first: ShapeError, TypeError or ValueError before
    anything is learned. When numbers stop being finite, FloatingPointError says where, and the
    network keeps its last good weights, those whose loss was still finite.

    >>> from random import Random
    >>> from purenn import Dense, MeanSquaredError, SGD
    >>> line = Network([Dense(1, 1, Random(1))])
    >>> xs, ys = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
    >>> history = train(line, xs, ys, loss=MeanSquaredError(), optimizer=SGD(0.1), epochs=100)
    >>> len(history), round(line.predict([[10.0]])[0][0])
    (100, 21)
    """
    checks.positive_integer("train", "epochs", epochs)
    checks.positive_integer("train", "batch_size", batch_size)
    for name, value, kind in (("network", network, Network), ("loss", loss, Loss),
                              ("optimizer", optimizer, Optimizer), ("penalty", penalty, Penalty)):
        checks.part(name, value, kind)
    checks.parts_together(network, loss)
    checks.listed("callbacks", callbacks, Callback)
    checks.metric_names(metrics)
    examples = _checked("train", network, loss, optimizer, inputs, targets)
    if validation is not None:
        checks.pair(validation)
        validation = _checked("train: validation", network, loss, optimizer, *validation[:2])
    run = Run(network, examples, loss, optimizer, epochs, batch_size, validation, metrics, penalty,
              callbacks, checks.generator_or_default("train", rng), sampler)
    started: list[Callback] = []
    try:
        for callback in run.callbacks:
            callback.start(run)
            started.append(callback)
        for callback in run.callbacks:
            callback.resume(run)
        _first_to_learn(network, True)
        try:
            _loop(run)
            run.history.stopped = run.stop or "finished"
        except KeyboardInterrupt:
            run.put_back(run.whole_values)  # a step that is not complete is taken back
            run.history.stopped = "interrupted"
            if not end_quietly:
                raise
    finally:
        _first_to_learn(network, False)
        _end(run, started)
    return run.history


def _loop(run: Run) -> None:
    """Go through the examples, epoch by epoch and batch by batch, and learn."""
    network, loss, optimizer, penalty = run.network, run.loss, run.optimizer, run.penalty
    while run.epoch < run.epochs and run.stop is None:
        run.epoch += 1
        started, total, seen, predictions = time.perf_counter(), 0.0, 0, GrowingRows()
        order, size = permutation(len(run.inputs), run.rng), run.batch_size
        batches = [order[first:first + size] for first in range(0, len(order), size)]
        batches = batches if run.sampler is None else run.sampler(run.epoch)
        run.batches = len(batches)
        for run.batch, rows in enumerate(batches, start=1):  # this sets run.batch to 1, 2, …
            run.batch_inputs = linalg.take(run.inputs, rows)
            run.batch_targets = linalg.take(run.targets, rows)

            scores = network.forward(run.batch_inputs, training=True)
            value, gradient = loss.value_and_gradient(scores, run.batch_targets)
            value += penalty(run.parameters) if penalty is not None else 0.0
            checks.finite_loss(run, value)
            run.good_values = run.values()  # good, because their loss is finite
            if optimizer.needs_gradient:
                network.backward(gradient)
                if penalty is not None:
                    penalty.add_gradients(run.parameters)
            optimizer.step(run.parameters, run.measure)
            checks.finite_step(run)
            run.whole_values = run.values()  # whole, because the step is complete

            total, seen = total + value * len(rows), seen + len(rows)
            run.batch_loss, run.loss_so_far = value, total / seen
            if run.metrics:
                predictions.extend(loss.predict(scores))
            for callback in run.callbacks:
                callback.after_batch(run)
        rows = [row for rows in batches for row in rows]
        metrics = _measured(run, predictions, linalg.take(run.targets, rows))
        validation = _validated(run)
        seconds = time.perf_counter() - started
        record = Record(run.epoch, run.loss_so_far, metrics, *validation, seconds)
        run.history.records.append(record)
        for callback in run.callbacks:
            callback.after_epoch(run, record)
        for callback in run.callbacks:
            callback.between_epochs(run)


def _validated(run: Run) -> tuple[float | None, dict[str, float]]:
    """Return loss and metrics of the validation examples, None and nothing if there are none."""
    if run.validation is None:
        return None, {}
    inputs, targets = run.validation
    total, predictions = 0.0, GrowingRows()
    for rows in in_parts(range(len(inputs))):
        scores = run.network.predict(linalg.take(inputs, rows))
        value, _ = run.loss.value_and_gradient(scores, linalg.take(targets, rows))
        total += value * len(rows)
        predictions.extend(run.loss.predict(scores))
    return total / len(inputs), _measured(run, predictions, targets)


def _measured(run: Run, predictions: Sequence[Vector], targets: Targets) -> dict[str, float]:
    return {metric.__name__: metric(predictions, targets) for metric in run.metrics}


# ---- What may happen on the way ----


class Callback:
    """Something to do on the way; override what you need. `Run`, below, is what it sees."""

    def start(self, run: Run) -> None:
        """Before the first epoch."""

    def resume(self, run: Run) -> None:
        """After all callbacks have had their start: the moment to continue an earlier run."""

    def after_batch(self, run: Run) -> None:
        """After each step."""

    def after_epoch(self, run: Run, record: Record) -> None:
        """After each epoch, its record already in run.history."""

    def between_epochs(self, run: Run) -> None:
        """After all callbacks have had their after_epoch: the moment to write everything down."""

    def end(self, run: Run) -> None:
        """At the end, also after Ctrl-C or an error."""

    def state(self) -> dict[str, Any]:
        """Return what a resumed training must know: numbers, texts, and lists of matrices."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take a state back that `state` has returned; called after `start`."""
        for name, value in state.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return type(self).__name__


class Run:
    """A training under way: what `train` was given, and how far it has come.

    `epoch` is the number of the epoch, from 1; `batch` how many of its `batches` are done,
    `loss_so_far` their mean loss and `batch_loss` that of the last. A callback ends the training by
    setting `stop` to the reason. `whole_values` are the parameters' values after the last whole
    step, `good_values` the last ones whose loss was finite.
    """

    def __init__(
        self, network: Network, examples: Examples, loss: Loss, optimizer: Optimizer, epochs: int,
        batch_size: int, validation: Examples | None, metrics: Sequence[Metric],
        penalty: Penalty | None, callbacks: Sequence[Callback], rng: Random, sampler: Any = None,
    ) -> None:
        self.network, self.loss, self.optimizer, self.penalty = network, loss, optimizer, penalty
        self.inputs, self.targets = examples
        self.epochs, self.batch_size, self.validation = epochs, batch_size, validation
        self.metrics, self.callbacks, self.rng, self.sampler = metrics, callbacks, rng, sampler
        self.parameters: list[Parameter] = list(network.parameters())
        self.good_values = self.whole_values = self.values()
        self.batches = math.ceil(len(self.inputs) / batch_size)
        self.epoch, self.batch, self.loss_so_far, self.batch_loss = 0, 0, 0.0, 0.0
        self.batch_inputs: Matrix = []
        self.batch_targets: Targets = []
        self.history = History()
        self.stop: str | None = None

    def measure(self) -> float:
        """Return the loss of the present batch, with penalty, for the present parameters."""
        scores = self.network.forward(self.batch_inputs)
        value, _ = self.loss.value_and_gradient(scores, self.batch_targets)
        return value + (self.penalty(self.parameters) if self.penalty is not None else 0.0)

    def values(self) -> list[Matrix]:
        """Return the present values of all parameters; nobody changes a value in place."""
        return [parameter.value for parameter in self.parameters]

    def put_back(self, values: list[Matrix]) -> None:
        """Give the parameters values that they had before."""
        for parameter, value in zip(self.parameters, values):
            parameter.value = value


# ---- Before the loop and after it ----


def _end(run: Run, callbacks: Sequence[Callback]) -> None:
    """Call the end of all these callbacks, also if one of them fails."""
    if callbacks:
        try:
            callbacks[0].end(run)
        finally:
            _end(run, callbacks[1:])


def _first_to_learn(network: Network, value: bool) -> None:
    """Tell the first layer that learns that it is the first, or is not."""
    for layer in network.layers:
        if any(True for _ in layer.parameters()):
            layer.first_to_learn = value
            if isinstance(layer, Network):
                _first_to_learn(layer, value)
            return


def _checked(
    who: str, network: Network, loss: Loss, optimizer: Optimizer, inputs: Any, targets: Any
) -> Examples:
    """Return inputs and targets if the network and the loss can work with every row of them.

    One example goes forward and back before training begins, so that a layer that leaves out a
    parameter is found now, and no batch needs to look for it.
    """
    inputs = checks.examples(who, inputs, targets)
    scores = network.forward(linalg.take(inputs, [0]))
    targets = loss.check_targets(len(inputs), linalg.shape(scores)[1], targets)
    _, gradient = loss.value_and_gradient(scores, linalg.take(targets, [0]))
    if optimizer.needs_gradient:
        checks.has_gradient(loss, gradient)
        for parameter in network.parameters():
            parameter.gradient = None
        network.backward(gradient)
        checks.every_gradient_is_set(network)
    return inputs, targets
