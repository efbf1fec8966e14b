"""Fitting: from a set of examples to a trained model. There is one way, and everybody takes it.

    hold rows out ──► standardize ──► build the network ──► train ──► measure

`Classifier`, `Regressor`, the command line, the folds of a cross-validation: each makes a `Task`
of its data and its `Settings`, and lets it be fitted. One random.Random goes through all steps, so
the same settings and data give the same model, to the bit, whoever asks.

Rows that are held out must not help to find means and deviations: nobody has seen them yet.

Imports: the core, `data`, `recipes`, `model`. After this: `measuring`.
"""

from __future__ import annotations

import hashlib
import math
from random import Random
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import linalg
from .callbacks import EarlyStopping
from .data import (
    Advice, DataError, DataSet, Encoding, Standardizer, rows_of, split_numbers,
)
from .history import History
from .initializers import permutation
from .linalg import Matrix, ShapeError, Vector
from .losses import Loss, Targets
from .memory import check_room
from .model import Model
from .recipes import (
    Settings, build_network, build_optimizer, build_penalty, completed, loss_for,
)
from .training import Callback, train

__all__ = [
    "Task", "WeightedLoss", "fit", "folds", "learn", "prepared", "row_weights",
    "standardized",
]

Metric = Callable[[Any, Any], float]
PIXEL_ROWS = 1000  # so many pictures show well enough how bright pixels are
PIXEL_COLUMNS = 32  # fewer are no picture


class Task(NamedTuple):
    """A model to be trained, the examples that it learns from, those held out, and how.

    The examples are as they came, not standardized. `weights` say how much each of those to learn
    from counts, None for all the same; `held_out_weights` the same of the others.
    """

    model: Model
    learning: DataSet
    held_out: Optional[DataSet]
    settings: Settings
    weights: Optional[Vector] = None
    held_out_weights: Optional[Vector] = None


def prepared(
    whole: DataSet, settings: Settings, rng: Random, *, encoding: Optional[Encoding] = None,
    pixels: bool = False, weights: Optional[Vector] = None,
) -> Task:
    """Hold rows out, learn what is standard, build the network.

    The numbers of pictures (`pixels`, or what `_like_pixels` takes for some) are all of one kind.
    They are divided by one number, and not shifted: zeros stay zeros, which need no multiplication.
    With a deviation for each, a pixel at the border that is dark in all pictures but one would be
    blown up a hundredfold there. Raises DataError for data that nothing can be learned from.
    """
    if len(whole.class_names) == 1:
        raise DataError(f"{whole.description}: expected at least two classes, got only "
                        f"{whole.class_names[0]!r}")
    learned, held = _held_out(whole, settings.validation, rng)
    learning = rows_of(whole, learned) if held else whole
    held_out = rows_of(whole, held) if held else None
    settings = completed(settings, len(learning.inputs))
    values: Any = learning.targets
    sizes = [len(learning.inputs[0]), *settings.hidden, len(whole.class_names) or len(values[0])]
    check_room(sizes)
    model = Model(
        build_network(sizes[0], settings.hidden, sizes[-1], settings.activation,
                      settings.dropout, rng=rng),
        "classifier" if whole.class_names else "regressor",
        (_scaled if pixels or _like_pixels(learning.inputs) else _fitted)(learning.inputs, whole),
        None if whole.class_names else _fitted(values, whole),
        whole.class_names, whole.feature_names, encoding,
    )
    all_weights = row_weights(whole, settings.class_weight, weights)
    if all_weights is None or not held:
        return Task(model, learning, held_out, settings, all_weights)
    return Task(model, learning, held_out, settings, linalg.take(all_weights, learned),
                linalg.take(all_weights, held))


def _held_out(
    whole: DataSet, fraction: float, rng: Random
) -> Tuple[Sequence[int], Sequence[int]]:
    """Return the numbers of the rows to learn from and to hold out; both empty if none is held."""
    if fraction == 0:
        return [], []
    try:
        return split_numbers(whole, fraction, rng=rng)
    except DataError as error:
        raise DataError(f"{whole.description}: {error}",
                        advice=[Advice("hold no rows out", {"validation": 0})]) from None


def _fitted(rows: Any, whole: DataSet) -> Standardizer:
    try:
        return Standardizer().fit(rows)
    except ShapeError:
        raise
    except ValueError as error:
        raise DataError(f"{whole.description}: {error}") from None


def _like_pixels(rows: Sequence[Vector]) -> bool:
    """Say whether the columns are all of one kind, as pixels are, and mostly 0.

    That is so if there are many columns, no number is negative, a third of them are 0, and half of
    the columns reach half of the largest number: a price among zeros and ones does not.
    """
    some = linalg.take(rows, range(min(PIXEL_ROWS, len(rows))))
    if len(some[0]) < PIXEL_COLUMNS:
        return False
    largest = [max(column) for column in zip(*some)]
    zeros = len([x for row in some for x in row if x == 0])
    return (min(map(min, some)) >= 0 and 3 * zeros >= len(some) * len(largest)
            and 2 * len([one for one in largest if 2 * one >= max(largest) > 0]) >= len(largest))


def _scaled(rows: Sequence[Vector], whole: DataSet) -> Standardizer:
    """Return a standardizer that divides all columns by the root of the mean of all squares."""
    some = linalg.take(rows, range(min(PIXEL_ROWS, len(rows))))
    width, largest = len(some[0]), max(max(map(abs, row)) for row in some) or 1.0
    squares = math.fsum((x / largest) ** 2 for row in some for x in row)
    scale = largest * math.sqrt(squares / (width * len(some)))
    return Standardizer([0.0] * width, [scale or 1.0] * width)


# ---- Training ----


def fit(
    task: Task, rng: Random, *, callbacks: Sequence[Callback] = (),
    metrics: Sequence[Metric] = (), **options: Any,
) -> History:
    """Train the network of the task's model and return the history; `options` are for `train`."""
    settings = task.settings
    steps = (settings.epochs or 1) * math.ceil(len(task.learning.inputs) / settings.batch_size)
    # What watches the loss comes first, so that a resumed training finds it in its place.
    stopping = [] if settings.patience is None else [EarlyStopping(settings.patience)]
    return learn(task, build_optimizer(settings, steps, rng), settings.epochs or 1, rng,
                 callbacks=[*stopping, *callbacks], metrics=metrics, **options)


def learn(
    task: Task, optimizer: Any, epochs: int, rng: Random, *, metrics: Sequence[Metric] = (),
    **options: Any,
) -> History:
    """Train for some epochs with this optimizer; `fit` is this with the optimizer of the task."""
    loss = loss_for(task.model.kind == "classifier")
    inputs, targets = standardized(task.model, task.learning)
    validation = None if task.held_out is None else standardized(task.model, task.held_out)
    if task.weights is not None:
        width = task.model.network.output_width or 1
        loss = WeightedLoss(loss, targets, task.weights, width)
        targets = list(range(len(inputs)))
        metrics = [loss.metric(metric) for metric in metrics]
        if validation is not None:
            numbers = loss.add(validation[1], task.held_out_weights)
            validation = validation[0], numbers
    return train(
        task.model.network, inputs, targets, loss=loss, optimizer=optimizer, epochs=epochs,
        batch_size=task.settings.batch_size, validation=validation, metrics=metrics,
        penalty=build_penalty(task.settings), rng=rng, **options,
    )


def standardized(model: Model, part: DataSet) -> Tuple[Any, Any]:
    """Return inputs and targets as the network learns them."""
    assert model.standardizer is not None
    inputs = model.standardizer.transform(part.inputs)
    if model.target_standardizer is None:
        return inputs, part.targets
    values: Any = part.targets
    return inputs, list(model.target_standardizer.transform(values))


# ---- Weights: not every row counts the same ----


def row_weights(
    whole: DataSet, class_weight: Any, weights: Optional[Sequence[float]] = None
) -> Optional[Vector]:
    """Return how much each row counts, 1 on average; None if all count the same.

    class_weight  "balanced": n / (classes · rows of the class); or {class: number}
    weights       a number for each row; both together are multiplied

    >>> row_weights(DataSet([[1.0]] * 4, [0, 0, 0, 1], ["x"], ["a", "b"], ""), "balanced")
    [0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2.0]
    """
    if class_weight is None and weights is None:
        return None
    numbers = [1.0] * len(whole.inputs) if weights is None else [float(one) for one in weights]
    if class_weight is not None and whole.class_names:
        targets: Any = whole.targets
        of_class = _class_weights(whole, class_weight)
        numbers = [number * of_class[target] for number, target in zip(numbers, targets)]
    total = math.fsum(numbers)
    if not total > 0:
        raise ValueError("weights: expected at least one above 0")
    return [number * len(numbers) / total for number in numbers]


def _class_weights(whole: DataSet, class_weight: Any) -> List[float]:
    names: List[Any] = whole.class_names
    if class_weight == "balanced":
        targets: Any = whole.targets
        return [len(targets) / (len(names) * max(1, targets.count(number)))
                for number in range(len(names))]
    for label in class_weight:
        if label not in names:
            raise ValueError(f"class_weight: expected classes out of "
                             f"{', '.join(map(str, names))}, got {label!r}")
    return [float(class_weight.get(name, 1.0)) for name in names]


class WeightedLoss(Loss):
    """A loss in which each example counts as much as its weight says.

    It is the mean of weight · loss over the examples. Targets are the numbers of the examples,
    0 … n − 1; what each of them should be answered with, and its weight, the loss knows.

    >>> from purenn import MeanSquaredError
    >>> loss = WeightedLoss(MeanSquaredError(), [[0.0], [0.0]], [0.5, 1.5], width=1)
    >>> loss([[2.0], [4.0]], [0, 1])
    13.0
    """

    def __init__(
        self, loss: Loss, targets: Targets, weights: Sequence[float], width: int
    ) -> None:
        self.loss, self.width, self.activation = loss, width, loss.activation
        self.targets: List[Any] = list(loss.check_targets(len(targets), width, targets))
        self.weights = list(weights)

    def add(self, targets: Targets, weights: Optional[Sequence[float]]) -> List[int]:
        """Add examples and return their numbers."""
        first = len(self.targets)
        self.targets += self.loss.check_targets(len(targets), self.width, targets)
        self.weights += [1.0] * len(targets) if weights is None else weights
        return list(range(first, len(self.targets)))

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
        # Rows of one weight are given to the loss together. It divides by their number m, the mean
        # wanted here divides by n: both value and gradient are multiplied by weight · m / n.
        total, rows = 0.0, [[0.0]] * len(targets)
        for weight, places in self._by_weight(targets):
            wanted = [self.targets[targets[place]] for place in places]  # type: ignore[index]
            value, gradient = self.loss.value_and_gradient(linalg.take(scores, places), wanted)
            share = weight * len(places) / len(targets)
            total += share * value
            for place, row in zip(places, linalg.multiply(gradient, share)):
                rows[place] = row
        return total, rows

    def _by_weight(self, targets: Any) -> Iterator[Tuple[float, List[int]]]:
        places: Dict[float, List[int]] = {}
        for place, number in enumerate(targets):
            places.setdefault(self.weights[number], []).append(place)
        yield from places.items()

    def predict(self, scores: Matrix) -> Matrix:
        return self.loss.predict(scores)

    def settings(self) -> Dict[str, Any]:
        told = repr((self.loss, self.targets, self.weights)).encode()
        return {"examples": hashlib.sha256(told).hexdigest()}

    def metric(self, metric: Metric) -> Metric:
        """Return the metric for targets that are numbers of examples."""
        def of_numbers(predictions: Any, numbers: Any) -> float:
            return metric(predictions, [self.targets[number] for number in numbers])

        of_numbers.__name__ = metric.__name__
        return of_numbers

    def __repr__(self) -> str:
        return f"Weighted({self.loss!r})"


# ---- Cross-validation ----


def folds(whole: DataSet, count: int, rng: Random) -> Iterator[Tuple[DataSet, DataSet]]:
    """Yield (train, test) `count` times; every row is in the test part once.

    Classes keep their shares in every part: the rows of each are dealt out one by one. Raises
    DataError if there are fewer rows than folds.

    >>> data = DataSet([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], ["x"], ["a", "b"], "")
    >>> [sorted(test.targets) for _, test in folds(data, 2, Random(1))]
    [[0, 1], [0, 1]]
    """
    rows = len(whole.inputs)
    if rows < count:
        raise DataError(f"{whole.description}: expected at least {count} rows for {count} folds, "
                        f"got {rows}")
    order = permutation(rows, rng)
    targets: Any = whole.targets
    if whole.class_names:
        order = sorted(order, key=lambda number: targets[number])  # stable: shuffled within each
    for fold in range(count):
        test = order[fold::count]
        chosen = set(test)
        learning = [row for row in range(rows) if row not in chosen]
        yield rows_of(whole, learning), rows_of(whole, test)
