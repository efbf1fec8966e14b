"""`purenn train DATA`: train a network, say how well it went, and keep it.

From some words and a handful of settings to a model file, each step a function:

    read the data → put rows aside → standardize → build the network → train → measure → keep

One random.Random(seed) goes through all of them, so the same settings give the same run.

Rows that are put aside serve twice: the network is looked at with them after each epoch (and
`--patience` stops by them), and the metrics at the end are measured on them. With `--patience` they
have helped to choose, so the result is a little rosy; whoever needs an honest number keeps a file
of rows that nobody has seen, and asks `purenn evaluate`.

Values to be learned are standardized as well: prices in millions and shares in per cent then suit
one learning rate. So the loss of a regression is a mean squared error in units of the variance of
the targets: 1 is no better than always answering with their mean.

Before this: progress. After this: report.
"""

from __future__ import annotations

import math
from array import array
from itertools import chain
from random import Random
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .. import data, linalg
from ..callbacks import EarlyStopping
from ..data import DataError, DataSet, FlatRows, Standardizer
from ..history import History
from ..layers import Dense, Dropout, Layer
from ..linalg import Matrix, Vector
from ..losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from ..metrics import accuracy, mean_absolute_error, r2
from ..network import Network
from ..optimizers import Optimizer
from ..penalties import ElasticNet, Penalty
from ..schedules import CosineDecay
from ..training import Callback, train
from .names import ACTIVATIONS, BY_CHANCE, DOWN_THE_GRADIENT, RECIPES, Recipe

__all__ = [
    "Parts", "Settings", "build", "ending", "exit_code", "fit", "measured", "prepared",
    "scores_of", "settings_for", "settings_from",
]

PIXEL_ROWS = 1000  # so many pictures show well enough how bright pixels are


class Settings(NamedTuple):
    """All that decides a run: the same settings give the same numbers."""

    data: str
    hidden: List[int]
    activation: str
    optimizer: str
    learning_rate: Optional[float]  # None where the optimizer has none
    epochs: int
    batch_size: int
    l1: float
    l2: float
    dropout: float
    validation: float
    patience: Optional[int]
    seed: int


class Parts(NamedTuple):
    """What a run is made of."""

    network: Network
    loss: Loss
    learning: DataSet
    held_out: Optional[DataSet]
    standardizer: Optional[Standardizer] = None
    target_standardizer: Optional[Standardizer] = None


# ---- Settings ----


def settings_for(name: str, **chosen: Any) -> Settings:
    """Return the settings for a set that comes along; raises KeyError if there is none."""
    return settings_from(RECIPES[name], name, **chosen)


def settings_from(recipe: Recipe, name: str, **chosen: Any) -> Settings:
    """Return the settings for a data set: those chosen, for the others those of the recipe.

    A setting that is None counts as not chosen.
    """
    chosen = {key: value for key, value in chosen.items() if value is not None}
    optimizer = chosen.get("optimizer", recipe.optimizer)
    if optimizer in BY_CHANCE:
        rate = None
    elif optimizer == recipe.optimizer:
        rate = recipe.learning_rate
    else:
        rate = DOWN_THE_GRADIENT[optimizer].learning_rate
    settings = Settings(
        data=name, hidden=list(recipe.hidden), activation=recipe.activation, optimizer=optimizer,
        learning_rate=rate, epochs=recipe.epochs, batch_size=recipe.batch_size, l1=0.0, l2=0.0,
        dropout=0.0, validation=0.2, patience=None, seed=0,
    )
    return settings._replace(**chosen)


# ---- The steps ----


def prepared(settings: Settings, whole: DataSet, rng: Random, pixels: bool = False) -> Parts:
    """Put rows aside, standardize, build the network.

    Rows put aside must not help to find means and deviations: nobody has seen them yet. The numbers
    of pictures are all of one kind, and get one mean and one deviation: with one for each pixel, a
    pixel at the border that is dark in all pictures but one would be blown up a hundredfold there.
    """
    _check_classes(whole)
    learning, held_out = _put_aside(whole, settings.validation, rng)
    standardizer = _shared(learning.inputs) if pixels else _fitted(learning.inputs, whole)
    of_targets: Any = None if whole.class_names else _fitted(learning.targets, whole)
    loss: Loss = SoftmaxCrossEntropy() if whole.class_names else MeanSquaredError()
    learning = _standardized(learning, standardizer, of_targets)
    held_out = held_out and _standardized(held_out, standardizer, of_targets)
    network = build(settings, learning, rng)
    return Parts(network, loss, learning, held_out, standardizer, of_targets)


def _check_classes(whole: DataSet) -> None:
    if len(whole.class_names) == 1:
        raise DataError(f"{whole.description}: expected at least two classes, got only "
                        f"{whole.class_names[0]!r}")


def _put_aside(
    whole: DataSet, fraction: float, rng: Random
) -> Tuple[DataSet, Optional[DataSet]]:
    if fraction == 0:
        return whole, None
    try:
        return data.split(whole, fraction, rng=rng)
    except DataError as error:
        raise DataError(f"{whole.description}: {error}. Or hold nothing out: --validation 0"
                        ) from None


def _fitted(rows: Any, whole: DataSet) -> Standardizer:
    try:
        return Standardizer().fit(rows)
    except ValueError as error:
        raise DataError(f"{whole.description}: {error}") from None


def _shared(rows: Sequence[Vector]) -> Standardizer:
    """Return a standardizer with one mean and one deviation for all columns."""
    some = linalg.take(rows, range(min(PIXEL_ROWS, len(rows))))
    one = Standardizer().fit(FlatRows(array("d", chain.from_iterable(some)), width=1))
    assert one.means is not None and one.deviations is not None
    width = len(rows[0])
    return Standardizer(one.means * width, one.deviations * width)


def _standardized(
    part: DataSet, of_inputs: Standardizer, of_targets: Optional[Standardizer]
) -> DataSet:
    part = part._replace(inputs=of_inputs.transform(part.inputs))
    if of_targets is None:
        return part
    values: Any = part.targets
    return part._replace(targets=list(of_targets.transform(values)))


def build(settings: Settings, learning: DataSet, rng: Random) -> Network:
    """Return a network of the chosen hidden layers, as wide as the data at both ends."""
    activation, initializer = ACTIVATIONS[settings.activation]
    width = len(learning.feature_names)
    layers: List[Layer] = []
    for neurons in settings.hidden:
        layers += [Dense(width, neurons, rng, initializer), activation()]
        layers += [Dropout(settings.dropout, rng)] if settings.dropout > 0 else []
        width = neurons
    return Network([*layers, Dense(width, len(learning.class_names) or 1, rng, initializer)])


def fit(
    settings: Settings, parts: Parts, rng: Random, callbacks: Sequence[Callback] = ()
) -> History:
    """Train the network of the parts and return the history, also after Ctrl-C."""
    network, loss, learning, held_out = parts[:4]
    # What watches the loss comes first, so that a resumed training finds it in its place.
    stopping = [] if settings.patience is None else [EarlyStopping(settings.patience)]
    return train(
        network,
        learning.inputs,
        learning.targets,
        loss=loss,
        optimizer=_optimizer(settings, len(learning.inputs), rng),
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        validation=held_out and (held_out.inputs, held_out.targets),
        metrics=[accuracy if learning.class_names else r2],
        penalty=_penalty(settings),
        callbacks=[*stopping, *callbacks],
        rng=rng,
        end_quietly=True,
    )


def _optimizer(settings: Settings, rows: int, rng: Random) -> Optimizer:
    """Return the chosen optimizer; its rate falls along a cosine to 0 at the end of the run."""
    if settings.learning_rate is None:
        return BY_CHANCE[settings.optimizer](rng)
    steps = settings.epochs * math.ceil(rows / settings.batch_size)
    schedule = CosineDecay(settings.learning_rate, steps)
    return DOWN_THE_GRADIENT[settings.optimizer].make(schedule)


def _penalty(settings: Settings) -> Optional[Penalty]:
    return ElasticNet(settings.l1, settings.l2) if settings.l1 or settings.l2 else None


def scores_of(parts: Parts, part: DataSet) -> Matrix:
    """Return what the network makes of some rows."""
    return parts.network.predict(part.inputs)


def measured(parts: Parts, part: DataSet) -> Dict[str, float]:
    """Return the loss on some rows, and how good it is in terms that people use.

    That is the accuracy for classes; for values R², and how far off they are, in their own unit.
    """
    scores = scores_of(parts, part)
    values = {"loss": parts.loss(scores, part.targets)}
    predictions: Any = parts.loss.predict(scores)
    targets: Any = part.targets
    if part.class_names:
        return {**values, "accuracy": accuracy(predictions, targets)}
    off = mean_absolute_error(predictions, targets)
    if parts.target_standardizer is not None:
        off *= _only(parts.target_standardizer.deviations)
    explained = r2(predictions, targets) if len(targets) > 1 else math.nan  # of one row: nothing
    return {**values, "r2": explained, "mean_absolute_error": off}


def _only(numbers: Optional[Vector]) -> float:
    assert numbers is not None and len(numbers) == 1
    return numbers[0]


def exit_code(history: History) -> int:
    """Return 130 after Ctrl-C, else 0."""
    return 130 if history.stopped == "interrupted" else 0


def ending(history: History) -> str:
    """Return how long it took and why it ended: "15 epochs in 8.1 s, finished"."""
    seconds = math.fsum(record.seconds for record in history)
    return f"{len(history)} epochs in {seconds:.1f} s, {history.stopped}"
