"""`purenn train NAME`: train a network on a set that comes along, and say how well it went.

From the name of a data set and a handful of settings to a result, in five steps, each a function:

    make the data → put rows aside, standardize → build the network → train → measure

One random.Random(seed) goes through all of them, so the same settings give the same run.

Rows that are put aside serve twice: the network is looked at with them after each epoch (and
`--patience` stops by them), and the metrics at the end are measured on them. With `--patience` they
have helped to choose, so the result is a little rosy; whoever needs an honest number keeps a third
set of rows that nobody has seen.

Before this: progress. After this: demo.
"""

from __future__ import annotations

import json
import math
import sys
from random import Random
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .. import data
from ..data import DataSet
from ..layers import Dense, Dropout, Layer
from ..linalg import Matrix
from ..losses import ElasticNet, Loss, MeanSquaredError, Penalty, SoftmaxCrossEntropy
from ..metrics import accuracy, confusion_matrix, r2
from ..network import Network
from ..optimizers import CosineDecay, Optimizer
from ..training import Callback, EarlyStopping, History, Record, train
from .names import ACTIVATIONS, BY_CHANCE, DOWN_THE_GRADIENT, RECIPES
from .progress import Progress
from .terminal import confusion_table, use_colour

__all__ = [
    "Parts", "Settings", "build", "confusion", "ending", "exit_code", "fit", "measured",
    "put_aside", "run", "scores_of", "settings_for",
]


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


# ---- Settings ----


def settings_for(name: str, **chosen: Any) -> Settings:
    """Return the settings for a data set: those chosen, for the others those of its recipe.

    A setting that is None counts as not chosen.
    """
    chosen = {key: value for key, value in chosen.items() if value is not None}
    recipe = RECIPES[name]
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


# ---- The five steps ----


def put_aside(whole: DataSet, fraction: float, rng: Random) -> Tuple[DataSet, Optional[DataSet]]:
    """Return (learning, held out), both standardized by what the learning rows say.

    Rows put aside must not help to find means and deviations: nobody has seen them yet.
    """
    learning, held_out = whole, None
    if fraction > 0:
        learning, held_out = data.split(whole, fraction, rng=rng)
    standardizer = data.Standardizer().fit(learning.inputs)
    return _standardized(learning, standardizer), _standardized(held_out, standardizer)


def _standardized(part: Any, standardizer: data.Standardizer) -> Any:
    return part and part._replace(inputs=standardizer.transform(part.inputs))


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
    """Train the network of the parts and return the history."""
    network, loss, learning, held_out = parts
    stopping = [] if settings.patience is None else [EarlyStopping(settings.patience)]
    return train(
        network,
        learning.inputs,  # type: ignore[arg-type]  # any sequence of rows will do
        learning.targets,
        loss=loss,
        optimizer=_optimizer(settings, len(learning.inputs), rng),
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        validation=held_out and (held_out.inputs, held_out.targets),  # type: ignore[arg-type]
        metrics=[accuracy if learning.class_names else r2],
        penalty=_penalty(settings),
        callbacks=[*stopping, *callbacks],
        rng=rng,
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
    return parts.network.predict(part.inputs)  # type: ignore[arg-type]  # any sequence of rows


def measured(parts: Parts, part: DataSet) -> Dict[str, float]:
    """Return the loss on some rows, and the accuracy or R² on them."""
    scores = scores_of(parts, part)
    values = {"loss": parts.loss(scores, part.targets)}
    predictions = parts.loss.predict(scores)
    if part.class_names:
        return {**values, "accuracy": accuracy(predictions, part.targets)}
    return {**values, "r2": r2(predictions, part.targets)}  # type: ignore[arg-type]  # a matrix


def exit_code(history: History) -> int:
    """Return 130 after Ctrl-C, else 0."""
    return 130 if history.stopped == "interrupted" else 0


# ---- The command ----


def run(settings: Settings, quiet: bool = False, as_json: bool = False) -> int:
    """Train as the settings say, print the result, return the exit code."""
    rng = Random(settings.seed)
    learning, held_out = put_aside(RECIPES[settings.data].make(rng), settings.validation, rng)
    loss = SoftmaxCrossEntropy() if learning.class_names else MeanSquaredError()
    parts = Parts(build(settings, learning, rng), loss, learning, held_out)
    history = fit(settings, parts, rng, [] if quiet else [Progress(sys.stderr)])
    if as_json:
        print(_as_json(settings, parts, history))
    else:
        print(_as_text(settings, parts, history))
    return exit_code(history)


def _as_json(settings: Settings, parts: Parts, history: History) -> str:
    """Return settings, history and metrics as one strict JSON object; null for what is not there.

    JSON knows neither infinity nor nan, so these become null too.
    """
    if parts.held_out is None:
        metrics: Dict[str, Any] = dict.fromkeys(
            ["loss", "accuracy" if parts.learning.class_names else "r2"])
    else:
        metrics = measured(parts, parts.held_out)
    whole = {
        "settings": settings._asdict(),
        "history": [_as_record(record) for record in history],
        "metrics": _finite(metrics),
    }
    return json.dumps(whole, indent=2, allow_nan=False)


def _as_record(record: Record) -> Dict[str, Any]:
    """Return the six columns that every history has, whether they apply or not."""
    return _finite({
        "epoch": record.epoch,
        "loss": record.loss,
        "accuracy": record.metrics.get("accuracy"),
        "validation_loss": record.validation_loss,
        "validation_accuracy": record.validation_metrics.get("accuracy"),
        "seconds": record.seconds,
    })


def _finite(values: Dict[str, Any]) -> Dict[str, Any]:
    return {
        name: value if value is None or math.isfinite(value) else None
        for name, value in values.items()
    }


def _as_text(settings: Settings, parts: Parts, history: History) -> str:
    """Return what was learned from what, how it ended, and how good it is."""
    rows, aside = len(parts.learning.inputs), parts.held_out
    held = f"{len(aside.inputs)} held out" if aside is not None else "none held out"
    judged_by = aside if aside is not None else parts.learning
    where = "held-out rows" if aside is not None else "rows it learned from (none were held out)"
    lines = [
        parts.learning.description,
        f"{rows} rows to learn from, {held}",
        repr(parts.network),
        f"{settings.optimizer}, {ending(history)}",
        "",
        f"On the {where}:",
        *(f"  {name:<9}{value:.4f}" for name, value in measured(parts, judged_by).items()),
    ]
    if parts.learning.class_names:
        lines += ["", *confusion(parts, judged_by)]
    return "\n".join(lines)


def ending(history: History) -> str:
    """Return how long it took and why it ended: "15 epochs in 8.1 s, finished"."""
    seconds = math.fsum(record.seconds for record in history)
    return f"{len(history)} epochs in {seconds:.1f} s, {history.stopped}"


def confusion(parts: Parts, part: DataSet) -> List[str]:
    """Return the confusion matrix on some rows, as lines."""
    scores = scores_of(parts, part)
    counts = confusion_matrix(scores, part.targets, classes=len(part.class_names))
    return [
        "Confusion matrix: rows are what it was, columns what the network said",
        *confusion_table(counts, part.class_names, use_colour(sys.stdout)),
    ]
