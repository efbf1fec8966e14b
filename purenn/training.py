"""Training: the loop in which everything comes together.

    for each epoch:                                                   once through all examples
        shuffle the examples
        for each batch of them:
            scores = network.forward(batch)                           what it says
            value = loss(scores, targets)                             how wrong that is
            network.set_gradients(loss.gradient(scores, targets))     which way is worse
            optimizer.step(parameters)                                a little less wrong
        record the loss, look at the validation examples

Why batches: the gradient of 32 examples points nearly where that of all 1,500 does and costs a
fiftieth. Why shuffle: batches that hold one class each would pull the network to and fro. Why
validation: on examples it has learned from, a network that has merely memorised them looks perfect.

`train` does all this, checks what it is given before it starts, and looks in every batch for
numbers that are not finite. (A loss that only grows is reported by nobody: look at the history, or
ask `doctor`.) What else should happen on the way (stopping early, logging, drawing a progress bar)
is the business of callbacks.

Before this: `metrics`. This is the last of the nine rooms; `gradcheck` tests that they are right.
"""

from __future__ import annotations

import math
import time
from typing import (
    TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple,
)

from . import linalg
from .activations import Sigmoid, Softmax
from .checks import number_between, positive_integer, random_generator
from .initializers import permutation
from .layers import Layer, Parameter
from .linalg import Matrix, ShapeError, Vector
from .losses import Loss, Penalty, SigmoidCrossEntropy, SoftmaxCrossEntropy, Targets
from .network import Network, layers_inside
from .optimizers import GradientDescent, Optimizer

if TYPE_CHECKING:
    from random import Random

__all__ = [
    "CSVLog", "Callback", "EarlyStopping", "History", "Record", "ReduceOnPlateau", "Run", "train",
]

Metric = Callable[[Any, Any], float]
Sampler = Callable[[int], Sequence[Sequence[int]]]  # number of the epoch -> its batches
Examples = Tuple[Sequence[Vector], Targets]


# ---- What remains of a training: its history ----


class Record(NamedTuple):
    """One epoch. `epoch` counts from 1; `loss` is the mean over the epoch's examples, each seen
    while the network was learning, with the penalty if there is one; `validation_loss` is that of
    the validation examples at the end of the epoch, without penalty and dropout, None if there are
    none. `metrics` and `validation_metrics` hold the value of each metric by its name.
    """

    epoch: int
    loss: float
    metrics: Dict[str, float]
    validation_loss: Optional[float]
    validation_metrics: Dict[str, float]
    seconds: float

    def as_dict(self) -> Dict[str, Any]:
        """Return one flat dict: epoch, loss, accuracy, validation_loss, …, seconds.

        >>> Record(1, 0.5, {"accuracy": 0.75}, None, {}, 2.0).as_dict()
        {'epoch': 1, 'loss': 0.5, 'accuracy': 0.75, 'validation_loss': None, 'seconds': 2.0}
        """
        return {
            "epoch": self.epoch,
            "loss": self.loss,
            **self.metrics,
            "validation_loss": self.validation_loss,
            **{f"validation_{name}": value for name, value in self.validation_metrics.items()},
            "seconds": self.seconds,
        }


class History:
    """The records of a training, one per epoch, and in `stopped` why it ended."""

    def __init__(self) -> None:
        self.records: List[Record] = []
        self.stopped = "not finished"

    def curve(self, name: str) -> List[Any]:
        """Return one value per epoch: curve("loss"), curve("validation_accuracy").

        Raises KeyError with the names there are.
        """
        rows = [record.as_dict() for record in self.records]
        if rows and name not in rows[0]:
            raise KeyError(f"History: no curve {name!r}; there are {', '.join(rows[0])}; more come "
                           f"with train(…, metrics=[accuracy])")
        return [row[name] for row in rows]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __getitem__(self, number: int) -> Record:
        return self.records[number]

    def _repr_svg_(self) -> Optional[str]:
        # A door to a room beside the core: only whoever wants a picture goes through.
        from .draw import svg_of

        return svg_of(self)

    def __repr__(self) -> str:
        last = f", loss {self.records[-1].loss:.4g}" if self.records else ""
        return f"History({len(self)} epochs{last}, {self.stopped})"


# ---- The loop ----


class Run:
    """A training under way: what `train` was given, and how far it has come. Callbacks see this.

    `epoch` is the number of the epoch, from 1; `batch` how many of its `batches` are done, and
    `loss_so_far` their mean loss, `batch_loss` that of the last one. A callback ends the training
    by setting `stop` to the reason.
    `whole_values` are the parameters' values after the last whole step, `good_values` the last ones
    whose loss was finite.
    """

    def __init__(
        self,
        network: Network,
        inputs: Sequence[Vector],
        targets: Targets,
        loss: Loss,
        optimizer: Optimizer,
        epochs: int,
        batch_size: int,
        validation: Optional[Examples],
        metrics: Sequence[Metric],
        penalty: Optional[Penalty],
        callbacks: Sequence[Callback],
        rng: Random,
        sampler: Optional[Sampler] = None,
    ) -> None:
        self.network, self.loss, self.optimizer, self.penalty = network, loss, optimizer, penalty
        self.callbacks = callbacks
        self.inputs, self.targets, self.validation = inputs, targets, validation
        self.epochs, self.batch_size, self.metrics, self.rng = epochs, batch_size, metrics, rng
        self.parameters: List[Parameter] = list(network.parameters())
        self.good_values = self.whole_values = self.values()
        self.sampler = sampler or self.shuffled
        self.batches = math.ceil(len(inputs) / batch_size)
        self.epoch, self.batch, self.loss_so_far, self.batch_loss = 0, 0, 0.0, 0.0
        self.history = History()
        self.stop: Optional[str] = None

    def shuffled(self, epoch: int) -> List[List[int]]:
        """Return the numbers of all examples in random order, cut into batches."""
        order = permutation(len(self.inputs), self.rng)
        size = self.batch_size
        return [order[first:first + size] for first in range(0, len(order), size)]

    def values(self) -> List[Matrix]:
        """Return the present values of all parameters; nobody changes a value in place."""
        return [parameter.value for parameter in self.parameters]

    def put_back(self, values: List[Matrix]) -> None:
        """Give the parameters values that they had before."""
        for parameter, value in zip(self.parameters, values):
            parameter.value = value


def train(
    network: Network,
    inputs: Sequence[Vector],
    targets: Targets,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    validation: Optional[Examples] = None,
    metrics: Sequence[Metric] = (),
    penalty: Optional[Penalty] = None,
    callbacks: Sequence[Callback] = (),
    rng: Optional[Random] = None,
    sampler: Optional[Sampler] = None,
    resume: Optional[str] = None,
) -> History:
    """Train the network and return the history.

    inputs: (n, in), one example per row; any sequence of rows will do. targets: one for each, as
    the loss wants them. The examples are shuffled in every epoch (by `rng`, random.Random(0) if
    none is given) and cut into batches of `batch_size`, the last one with what remains. validation:
    a pair (inputs, targets) to look at after every epoch. metrics: functions of (predictions,
    targets), for instance `accuracy`. penalty: `L1`, `L2` or `ElasticNet`. sampler: a function that
    for the number of an epoch returns its batches, lists of row numbers, instead of the shuffled
    ones: for epochs that see a part of the examples, or a certain order. resume: the path of a
    file that `Checkpoint` wrote; called as it was then, the training goes on where it stood, and
    ends with the very same weights as if it had never stopped.

    Nothing you pass is changed but the network and the optimizer. Ctrl-C ends the training with
    the history so far and the network as it was after its last whole step (with `EarlyStopping`:
    after its best epoch). All arguments are looked at first: ShapeError, TypeError or ValueError
    before anything is learned. When numbers stop being finite, FloatingPointError says where, and
    the network keeps its last good weights, those whose loss was still finite.

    >>> from random import Random
    >>> from purenn import Dense, MeanSquaredError, SGD
    >>> line = Network([Dense(1, 1, Random(1))])
    >>> xs, ys = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
    >>> history = train(line, xs, ys, loss=MeanSquaredError(), optimizer=SGD(0.1), epochs=100)
    >>> len(history), round(line.predict([[10.0]])[0][0])
    (100, 21)
    """
    rng = _default_generator() if rng is None else random_generator("train", rng)
    positive_integer("train", "epochs", epochs)
    positive_integer("train", "batch_size", batch_size)
    _check_parts(network, loss, optimizer, penalty)
    _check_lists(metrics, callbacks)
    inputs, targets = _check_examples("train", network, loss, inputs, targets)
    if validation is not None:
        validation = _check_validation(network, loss, validation)
    run = Run(network, inputs, targets, loss, optimizer, epochs, batch_size, validation, metrics,
              penalty, callbacks, rng, sampler)
    for callback in callbacks:
        callback.start(run)
    if resume is not None:
        # The one door from the core to a room beside it: only whoever resumes goes through.
        from .store.checkpoint import resume_from

        resume_from(run, resume)
    try:
        _run_epochs(run)
    except KeyboardInterrupt:
        run.put_back(run.whole_values)
        run.history.stopped = "interrupted"
    finally:
        for callback in callbacks:
            callback.end(run)
    return run.history


def _run_epochs(run: Run) -> None:
    while run.epoch < run.epochs and run.stop is None:
        run.epoch += 1
        record = _run_epoch(run)
        run.history.records.append(record)
        for callback in run.callbacks:
            callback.after_epoch(run, record)
        for callback in run.callbacks:
            callback.between_epochs(run)
    run.history.stopped = run.stop or "finished"


def _run_epoch(run: Run) -> Record:
    """Go once through all examples and return the record of it."""
    started = time.perf_counter()
    batches = run.sampler(run.epoch)
    run.batches = len(batches)
    total, seen = 0.0, 0
    predictions: List[Matrix] = []
    for run.batch, rows in enumerate(batches, start=1):
        value, scores = learn_from_batch(
            run, linalg.take(run.inputs, rows), linalg.take(run.targets, rows)
        )
        seen += len(rows)
        total += value * len(rows)
        run.batch_loss, run.loss_so_far = value, total / seen
        predictions += [run.loss.predict(scores)] if run.metrics else []
        for callback in run.callbacks:
            callback.after_batch(run)
    metrics = {}
    if run.metrics:
        targets = linalg.take(run.targets, [row for rows in batches for row in rows])
        metrics = _measured(run.metrics, linalg.vstack(predictions), targets)
    validation_loss, validation_metrics = _validate(run)
    seconds = time.perf_counter() - started
    return Record(
        run.epoch, run.loss_so_far, metrics, validation_loss, validation_metrics, seconds
    )


def learn_from_batch(run: Run, inputs: Matrix, targets: Targets) -> Tuple[float, Matrix]:
    """Take one step; return the loss and the scores from before it."""
    scores = run.network.forward(inputs, training=True)
    if run.optimizer.needs_gradient:
        value, gradient = run.loss.value_and_gradient(scores, targets)
    else:
        value, gradient = run.loss(scores, targets), None
    if run.penalty is not None:
        value += run.penalty(run.parameters)
    if not math.isfinite(value):
        raise _not_finite(run, inputs, targets)
    if gradient is not None:
        _set_gradients(run, gradient)
    run.good_values = run.values()

    def measure() -> float:
        return run.loss(run.network.forward(inputs), targets) + _price(run)

    run.optimizer.step(run.parameters, measure)
    # A gradient that is not finite makes a value that is not, so this finds both.
    values = run.values()
    if not linalg.all_finite(*values):
        run.put_back(run.good_values)
        raise _not_finite(run, inputs, targets)
    run.whole_values = values
    return value, scores


def _set_gradients(run: Run, gradient: Matrix) -> None:
    """Run backward and add the penalty; ValueError if a layer left a parameter out."""
    for parameter in run.parameters:
        parameter.gradient = None
    run.network.set_gradients(gradient)
    for parameter in run.parameters:
        if parameter.gradient is None:
            raise _left_out(run, parameter)
    if run.penalty is not None:
        run.penalty.add_gradients(run.parameters)


def _left_out(run: Run, forgotten: Parameter) -> ValueError:
    """Return the error that names a parameter whose layer did not set its gradient."""
    name = next(name for name, one in run.network.named_parameters() if one is forgotten)
    return ValueError(f"train: backward left {name} without a gradient, so it would never "
                      f"learn; the backward of its layer must set it")


def _price(run: Run) -> float:
    return run.penalty(run.parameters) if run.penalty is not None else 0.0


def _validate(run: Run) -> Tuple[Optional[float], Dict[str, float]]:
    """Return loss and metrics of the validation examples, None and nothing if there are none."""
    if run.validation is None:
        return None, {}
    inputs, targets = run.validation
    scores = run.network.predict(inputs)
    return run.loss(scores, targets), _measured(run.metrics, run.loss.predict(scores), targets)


def _measured(
    metrics: Sequence[Metric], predictions: Matrix, targets: Targets
) -> Dict[str, float]:
    return {metric.__name__: metric(predictions, targets) for metric in metrics}


def _default_generator() -> Random:
    from random import Random  # here, because whoever brings a generator has imported it already

    return Random(0)


# ---- Looking at the arguments, before anything is learned ----


def _check_parts(network: Any, loss: Any, optimizer: Any, penalty: Any) -> None:
    for name, value, kind in (("network", network, Network), ("loss", loss, Loss),
                              ("optimizer", optimizer, Optimizer), ("penalty", penalty, Penalty)):
        if isinstance(value, type) and issubclass(value, kind):
            raise TypeError(f"train: {name}: got the class {value.__name__}; "
                            f"make one: {value.__name__}(…)")
        if not isinstance(value, kind) and not (name == "penalty" and value is None):
            article = "an" if kind is Optimizer else "a"
            raise TypeError(f"train: {name}: expected {article} {kind.__name__}, got {value!r}")
    if not any(True for _ in network.parameters()):
        raise ValueError(f"train: {network!r} has no parameters, so there is nothing to learn")
    last = [layer for layer in layers_inside(network) if not isinstance(layer, Network)][-1]
    if isinstance(last, (Softmax, Sigmoid)) and isinstance(
        loss, (SoftmaxCrossEntropy, SigmoidCrossEntropy)
    ):
        own = "softmax" if isinstance(loss, SoftmaxCrossEntropy) else "sigmoid"
        raise ValueError(f"train: {loss!r} has its own {own} and takes scores; leave the "
                         f"{last!r} layer out of the network")


def _check_lists(metrics: Any, callbacks: Any) -> None:
    for name, values in (("metrics", metrics), ("callbacks", callbacks)):
        if not isinstance(values, (list, tuple)):
            one = getattr(values, "__name__", repr(values))
            raise TypeError(f"train: {name}: expected a list, got {one}; write [{one}]")
    for metric in metrics:
        if not callable(metric) or not hasattr(metric, "__name__"):
            hint = f"; write {metric} without quotes" if isinstance(metric, str) else ""
            raise TypeError(f"train: metrics: expected functions, got {metric!r}{hint}")
    for callback in callbacks:
        if isinstance(callback, type):
            raise TypeError(f"train: callbacks: got the class {callback.__name__}; "
                            f"make one: {callback.__name__}(…)")
        if not isinstance(callback, Callback):
            raise TypeError(f"train: callbacks: expected Callback objects, got {callback!r}")


def _check_examples(
    who: str, network: Network, loss: Loss, inputs: Any, targets: Any
) -> Examples:
    """Return inputs and targets if the network and the loss can work with every row of them."""
    inputs = linalg.as_matrix(inputs, f"{who}: inputs")
    if not hasattr(targets, "__len__"):
        raise TypeError(f"{who}: targets: expected class numbers or rows, got {targets!r}")
    if len(inputs) != len(targets):
        raise ShapeError(f"{who}: {len(inputs)} rows of inputs, but {len(targets)} targets; "
                         f"each example needs one target")
    _, width = linalg.shape(network.forward(linalg.take(inputs, [0])))
    loss.check(targets, width)
    return inputs, targets


def _check_validation(network: Network, loss: Loss, validation: Any) -> Examples:
    if not isinstance(validation, (tuple, list)) or len(validation) < 2:
        raise TypeError("train: validation: expected a pair (inputs, targets)")
    return _check_examples("train: validation", network, loss, validation[0], validation[1])


# ---- When numbers stop being finite ----


def _not_finite(run: Run, inputs: Matrix, targets: Targets) -> FloatingPointError:
    """Find where numbers stopped being finite, put the good weights back, return the error."""
    place, layer = _first_not_finite(run, inputs, targets)
    largest = _largest_weight(layer)
    run.put_back(run.good_values)
    return FloatingPointError(
        f"train: epoch {run.epoch}, batch {run.batch} of {run.batches}: {place} is no longer "
        f"finite{largest}{_suggestion(run.optimizer)}. The network keeps its last good weights, "
        f"those whose loss was finite."
    )


def _first_not_finite(run: Run, inputs: Matrix, targets: Targets) -> Tuple[str, Layer]:
    """Walk the way of the numbers again: forward, loss, backward, step."""
    numbers = inputs
    for number, layer in enumerate(run.network.layers):
        numbers = layer.forward(numbers, training=True)
        if not linalg.all_finite(numbers):
            return f"the output of layer {number}, {layer!r},", layer
    gradient = run.loss.gradient(numbers, targets)
    if not math.isfinite(run.loss(numbers, targets)) or not linalg.all_finite(gradient):
        return f"the loss, {run.loss!r},", run.network
    if not math.isfinite(_price(run)):
        return f"the penalty, {run.penalty!r},", run.network
    for number, layer in reversed(list(enumerate(run.network.layers))):
        gradient = layer.backward(gradient)
        if not linalg.all_finite(gradient) or not _finite_gradients(layer):
            return f"the gradient in layer {number}, {layer!r},", layer
    return f"the step of {run.optimizer!r}", run.network


def _finite_gradients(layer: Layer) -> bool:
    gradients = [parameter.gradient for parameter in layer.parameters()]
    return all(linalg.all_finite(gradient) for gradient in gradients if gradient is not None)


def _largest_weight(layer: Layer) -> str:
    sizes = [linalg.item(linalg.max(linalg.abs(parameter.value)))
             for parameter in layer.parameters()]
    whose = "the network's" if isinstance(layer, Network) else "its"
    return f" ({whose} largest weight: {max(sizes):.3g})" if sizes else ""


def _suggestion(optimizer: Optimizer) -> str:
    if not isinstance(optimizer, GradientDescent):
        return ""
    rate = optimizer.learning_rate
    return f"; the learning rate is {rate:g}, try {rate / 10:g}"


# ---- Callbacks ----


class Callback:
    """Something to do on the way; override what you need."""

    def start(self, run: Run) -> None:
        """Before the first epoch."""

    def after_batch(self, run: Run) -> None:
        """After each step."""

    def after_epoch(self, run: Run, record: Record) -> None:
        """After each epoch, its record already in run.history."""

    def between_epochs(self, run: Run) -> None:
        """After all callbacks have had their after_epoch: the moment to write down everything."""

    def end(self, run: Run) -> None:
        """At the end, also after Ctrl-C or an error."""

    def state(self) -> Dict[str, Any]:
        """Return what a resumed training must know: numbers, texts, and lists of matrices."""
        return {}

    def restore(self, state: Dict[str, Any]) -> None:
        """Take up a state again; called after `start`."""
        for name, value in state.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return type(self).__name__


class EarlyStopping(Callback):
    """Stop when the loss has not fallen for `patience` epochs, and go back to the best weights.

    It watches the validation loss if there are validation examples, else the training loss; what
    falls by no more than `minimum_fall` has not fallen. The best weights are put back at the end of
    the training, however it comes. Raises ValueError for a patience below 1
    or a negative fall. Source: Prechelt, "Early Stopping — But When?", 1998.
    """

    def __init__(self, patience: int = 10, minimum_fall: float = 0.0) -> None:
        self.patience = positive_integer("EarlyStopping", "patience", patience)
        self.minimum_fall = number_between("EarlyStopping", "minimum_fall", minimum_fall, 0)
        self.best_loss, self.best_epoch = math.inf, 0
        self.best_values: List[Matrix] = []

    def start(self, run: Run) -> None:
        self.best_loss, self.best_epoch, self.best_values = math.inf, 0, []

    def after_epoch(self, run: Run, record: Record) -> None:
        loss = watched_loss(record)
        if loss < self.best_loss - self.minimum_fall:
            self.best_loss, self.best_epoch = loss, record.epoch
            self.best_values = run.values()
        elif record.epoch - self.best_epoch >= self.patience:
            run.stop = f"stopped early, best epoch {self.best_epoch}"

    def end(self, run: Run) -> None:
        run.put_back(self.best_values)

    def state(self) -> Dict[str, Any]:
        return {"best_loss": self.best_loss, "best_epoch": self.best_epoch,
                "best_values": self.best_values}

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience}, minimum_fall={self.minimum_fall})"


class ReduceOnPlateau(Callback):
    """Multiply the learning rate by `factor` when the loss has not fallen for `patience` epochs.

    It watches what `EarlyStopping` watches. Raises TypeError at the start when the optimizer has no
    learning rate, ValueError unless 0 < factor < 1.
    """

    def __init__(self, factor: float = 0.5, patience: int = 5) -> None:
        self.factor = number_between("ReduceOnPlateau", "factor", factor, 0, 1, without_low=True)
        self.patience = positive_integer("ReduceOnPlateau", "patience", patience)
        self.best_loss, self.waiting_since = math.inf, 0

    def start(self, run: Run) -> None:
        if not isinstance(run.optimizer, GradientDescent):
            raise TypeError(f"ReduceOnPlateau: {run.optimizer!r} has no learning rate to reduce")
        self.best_loss, self.waiting_since = math.inf, 0

    def after_epoch(self, run: Run, record: Record) -> None:
        loss = watched_loss(record)
        if loss < self.best_loss:
            self.best_loss, self.waiting_since = loss, record.epoch
        elif record.epoch - self.waiting_since >= self.patience:
            assert isinstance(run.optimizer, GradientDescent)
            run.optimizer.rate_factor *= self.factor
            self.waiting_since = record.epoch

    def state(self) -> Dict[str, Any]:
        return {"best_loss": self.best_loss, "waiting_since": self.waiting_since}

    def __repr__(self) -> str:
        return f"ReduceOnPlateau(factor={self.factor}, patience={self.patience})"


class CSVLog(Callback):
    """Write a row per epoch into a CSV file, the names of the columns first.

    Each row is in the file as soon as its epoch is over. An existing file is replaced; a training
    that is resumed writes the epochs before once more, so that none is missing. Raises OSError,
    before the first epoch, when the file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._begun = False

    def start(self, run: Run) -> None:
        open(self.path, "a").close()  # to find out now whether it can be written
        self._begun = False

    def after_epoch(self, run: Run, record: Record) -> None:
        import csv  # here, because few need it and everybody would wait for it

        records = [record] if self._begun else run.history.records
        with open(self.path, "a" if self._begun else "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(record.as_dict()))
            if not self._begun:
                writer.writeheader()
            writer.writerows(one.as_dict() for one in records)
        self._begun = True


def watched_loss(record: Record) -> float:
    """Return the validation loss of a record, or the training loss where there is none."""
    return record.loss if record.validation_loss is None else record.validation_loss
