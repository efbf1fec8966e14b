"""Recipes: which name stands for which class, what is taken when nothing is said, how it is built.

    "tanh"   ──►  Tanh, and the starting weights that suit it
    "adam"   ──►  Adam, and the learning rate to begin with
    Settings ──►  network, optimizer, penalty

The tables are plain dicts: a new activation can be chosen by its name, on the command line and in
`Classifier`, when a line is added here. `Settings` are all that decides a training, and every way
to start one (the command line, the estimators, the demo) goes through them.

Imports: the core, `data` and `sequences`. After this: `model`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple, Type, Union

from . import data
from .activations import (
    ELU, GELU, Activation, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh,
)
from .checks import number_between, positive_integer
from .data import DataSet
from .initializers import Initializer, he, xavier
from .layers import Dense, Dropout, Layer
from .losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from .network import Network
from .optimizers import (
    SGD, AdaGrad, Adam, AdamW, Optimizer, RandomAdjustment, RandomSearch, RMSProp,
)
from .penalties import L1, L2, ElasticNet, Penalty
from .schedules import Constant, CosineDecay, Schedule
from .sequences import (
    CausalSelfAttention, Embedding, LayerNorm, Positions, Residual, RMSNorm, Unpad,
)

__all__ = [
    "ACTIVATIONS", "DATA_SETS", "LAYERS", "NESTS", "OPTIMIZERS", "SCHEDULES", "SET_SETTINGS",
    "ActivationRecipe", "OptimizerRecipe", "Settings", "build_network", "build_optimizer",
    "build_penalty", "checked_settings", "completed", "loss_for", "one_of",
]


# ---- Names and classes ----


class ActivationRecipe(NamedTuple):
    """An activation, and the starting weights that suit it."""

    make: Type[Activation]
    initializer: Initializer


# For what is cut off at 0, He's starting weights; for what is straight around 0, Glorot's.
ACTIVATIONS: Dict[str, ActivationRecipe] = {
    "elu": ActivationRecipe(ELU, he),
    "gelu": ActivationRecipe(GELU, he),
    "leaky_relu": ActivationRecipe(LeakyReLU, he),
    "linear": ActivationRecipe(Linear, xavier),
    "relu": ActivationRecipe(ReLU, he),
    "sigmoid": ActivationRecipe(Sigmoid, xavier),
    "silu": ActivationRecipe(SiLU, he),
    "softplus": ActivationRecipe(Softplus, he),
    "tanh": ActivationRecipe(Tanh, xavier),
}

# The layers that a model file may name. What each is made of, it says itself: `Layer.settings`.
LAYERS: Dict[str, Type[Layer]] = {
    layer.__name__: layer
    for layer in (Dense, Dropout, Softmax, *(recipe.make for recipe in ACTIVATIONS.values()),
                  CausalSelfAttention, Embedding, LayerNorm, Positions, RMSNorm, Unpad)
}
NESTS: Dict[str, Type[Network]] = {"Network": Network, "Residual": Residual}  # layers of layers


class OptimizerRecipe(NamedTuple):
    """An optimizer and the learning rate to begin with, None for one that goes by chance.

    On standardized inputs, and in networks as small as plain Python can bear, larger steps than
    those of the papers are safe, and they save most of the waiting.
    """

    make: Callable[[Any], Optimizer]
    learning_rate: Optional[float]


def _momentum(schedule: Schedule) -> Optimizer:
    return SGD(schedule, momentum=0.9)


def _nesterov(schedule: Schedule) -> Optimizer:
    return SGD(schedule, momentum=0.9, nesterov=True)


OPTIMIZERS: Dict[str, OptimizerRecipe] = {
    "adagrad": OptimizerRecipe(AdaGrad, 0.1),
    "adam": OptimizerRecipe(Adam, 0.01),
    "adamw": OptimizerRecipe(AdamW, 0.01),
    "momentum": OptimizerRecipe(_momentum, 0.05),
    "nesterov": OptimizerRecipe(_nesterov, 0.05),
    "random_adjustment": OptimizerRecipe(RandomAdjustment, None),
    "random_search": OptimizerRecipe(RandomSearch, None),
    "rmsprop": OptimizerRecipe(RMSProp, 0.01),
    "sgd": OptimizerRecipe(SGD, 0.1),
}

# What becomes of a learning rate in the course of a training of so many steps.
SCHEDULES: Dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda rate, steps: Constant(rate),
    "cosine": CosineDecay,
}

DATA_SETS: Dict[str, Callable[[Random], DataSet]] = {
    "circle": lambda rng: data.circle(rng=rng),
    "digits": lambda rng: data.digits(),
    "gaussians": lambda rng: data.gaussians(rng=rng),
    "iris": lambda rng: data.iris(),
    "moons": lambda rng: data.moons(rng=rng),
    "sine": lambda rng: data.sine(rng=rng),
    "spiral": lambda rng: data.spiral(rng=rng),
    "vertical": lambda rng: data.vertical(rng=rng),
    "wine": lambda rng: data.wine(),
    "xor": lambda rng: data.xor(size=300, noise=0.15, rng=rng),
}


# ---- Settings ----


class Settings(NamedTuple):
    """All that decides a training: the same settings and the same data give the same numbers.

    hidden         neurons of each hidden layer; () for none, then the model is linear
    activation     the nonlinear function after each hidden layer, a name in ACTIVATIONS
    optimizer      a name in OPTIMIZERS
    learning_rate  a number, a Schedule, or None for that of the optimizer in OPTIMIZERS
    schedule       what becomes of a number in the course of the training, a name in SCHEDULES
    epochs         how often all rows are gone through; None: until 100,000 rows have been shown,
                   but from 5 to 100 times
    batch_size     rows for one step
    l1, l2         strengths of the penalties on large weights; l2 None: see `completed`
    dropout        the share of each hidden layer that is switched off in training, below 1
    validation     the share of the rows that is held out, to see how it is doing on them; below 1
    patience       stop when the loss has not fallen for so many epochs, and go back to the best
                   weights; None for all epochs
    class_weight   None, "balanced" (each class counts as much as each other, however rare), or how
                   much each class counts: {class: number}
    seed           where chance begins
    """

    hidden: Sequence[int] = (16,)
    activation: str = "tanh"
    optimizer: str = "adam"
    learning_rate: Union[float, Schedule, None] = None
    schedule: str = "cosine"
    epochs: Optional[int] = None
    batch_size: int = 32
    l1: float = 0.0
    l2: Optional[float] = None
    dropout: float = 0.0
    validation: float = 0.0
    patience: Optional[int] = None
    class_weight: Any = None
    seed: Any = 0


_TOY = Settings((16,), "tanh", "adam", 0.03, epochs=60, l2=0.0)

# Settings that learn the sets that come along well, each in some seconds.
SET_SETTINGS: Dict[str, Settings] = {
    "circle": _TOY,
    "digits": Settings((32,), "relu", "momentum", 0.1, epochs=15, l2=0.0),
    "gaussians": _TOY._replace(hidden=(8,), epochs=30),
    "iris": Settings((16,), "tanh", epochs=100, batch_size=16, l2=0.0),
    "moons": _TOY._replace(epochs=100),
    "sine": _TOY._replace(hidden=(32,), epochs=150),
    "spiral": _TOY._replace(hidden=(16, 16), epochs=100),
    "vertical": _TOY._replace(hidden=(8,), epochs=40),
    "wine": Settings((16,), "tanh", epochs=40, batch_size=16, l2=0.0),
    "xor": _TOY._replace(hidden=(8,), epochs=40),
}

ROWS_SHOWN = 100_000
STRONGEST_L2 = 0.01


def completed(settings: Settings, rows: int) -> Settings:
    """Return the settings with numbers for what depends on how many rows are learned from.

    Epochs: as many as it takes to show 100,000 rows, but from 5 to 100. l2: 1 / rows, at most 0.01.
    The penalty stands beside the mean of the losses, so this is the sum of the squared weights
    beside the sum of the losses: what ridge regression calls α = 1, and scikit-learn's logistic
    regression about C = 1. Few rows are held back by it, many hardly notice.

    >>> [completed(Settings(), rows).epochs for rows in (150, 4000, 60000)]
    [100, 25, 5]
    >>> [completed(Settings(), rows).l2 for rows in (50, 200, 5000)]
    [0.01, 0.005, 0.0002]
    """
    rate = settings.learning_rate
    return settings._replace(
        epochs=settings.epochs or min(100, max(5, ROWS_SHOWN // max(1, rows))),
        l2=min(STRONGEST_L2, 1.0 / max(1, rows)) if settings.l2 is None else settings.l2,
        learning_rate=OPTIMIZERS[settings.optimizer].learning_rate if rate is None else rate,
    )


def checked_settings(who: str, settings: Settings) -> Settings:
    """Return the settings as plain values; TypeError or ValueError names what is wrong with them.

    >>> checked_settings("Classifier", Settings(optimizer="adma"))
    Traceback (most recent call last):
        ...
    ValueError: Classifier: optimizer: expected one of adagrad, adam, adamw, momentum, nesterov, \
random_adjustment, random_search, rmsprop, sgd, got 'adma'
    """
    settings = settings._replace(hidden=_layer_sizes(who, settings.hidden))
    one_of(who, "activation", settings.activation, ACTIVATIONS)
    one_of(who, "optimizer", settings.optimizer, OPTIMIZERS)
    one_of(who, "schedule", settings.schedule, SCHEDULES)
    positive_integer(who, "batch_size", settings.batch_size)
    for name in ("epochs", "patience"):
        if getattr(settings, name) is not None:
            positive_integer(who, name, getattr(settings, name))
    limits = {"l1": math.inf, "l2": math.inf, "dropout": 1.0, "validation": 1.0}
    for name, limit in limits.items():
        if name != "l2" or settings.l2 is not None:
            number_between(who, _NAMES.get(name, name), getattr(settings, name), 0, limit)
    rate = settings.learning_rate
    if rate is not None and not isinstance(rate, Schedule):
        number_between(who, "learning_rate", rate, 0, without_low=True)
    if rate is not None and OPTIMIZERS[settings.optimizer].learning_rate is None:
        raise ValueError(f"{who}: learning_rate: {settings.optimizer} has none: it goes by chance")
    _check_class_weight(who, settings.class_weight)
    return settings


_NAMES = {"validation": "validation_fraction"}  # as the estimators call it, as scikit-learn does


def one_of(who: str, name: str, value: Any, table: Dict[str, Any]) -> None:
    """Raise ValueError unless the value is one of the names in the table."""
    if not isinstance(value, str) or value not in table:
        raise ValueError(f"{who}: {name}: expected one of {', '.join(table)}, got {value!r}")


def _layer_sizes(who: str, hidden: Any) -> Tuple[int, ...]:
    """Return the sizes of the hidden layers; a single number is a single layer."""
    if isinstance(hidden, (str, bytes, dict)):
        raise TypeError(f"{who}: hidden: expected sizes of layers, as (32, 16), got {hidden!r}")
    sizes = hidden if hasattr(hidden, "__iter__") else [hidden]
    return tuple(positive_integer(who, "hidden", size.tolist() if hasattr(size, "tolist") else size)
                 for size in sizes)


def _check_class_weight(who: str, weight: Any) -> None:
    if weight is None or weight == "balanced":
        return
    if not isinstance(weight, dict):
        raise ValueError(f"{who}: class_weight: expected 'balanced' or {{class: number}}, "
                         f"got {weight!r}")
    for label, number in weight.items():
        number_between(who, f"class_weight of {label!r}", number, 0)


# ---- Building ----


def build_network(
    inputs: int,
    hidden: Sequence[int],
    outputs: int,
    activation: str = "relu",
    dropout: float = 0.0,
    *,
    rng: Random,
) -> Network:
    """Return a network of dense layers: `inputs` numbers a row in, `outputs` scores a row out.

    hidden      how many neurons each hidden layer has; () for none at all
    activation  the nonlinear function after each hidden layer, a name in ACTIVATIONS
    dropout     the share of each hidden layer that is switched off in training, 0 <= dropout < 1

    Weights start as ACTIVATIONS says. Raises ValueError for an unknown name, and what `Dense` and
    `Dropout` raise.

    >>> build_network(4, (8,), 3, "tanh", dropout=0.5, rng=Random(1))
    Network([Dense(4 → 8), Tanh, Dropout(0.5), Dense(8 → 3)])
    """
    one_of("build_network", "activation", activation, ACTIVATIONS)
    make, initializer = ACTIVATIONS[activation]
    layers: List[Layer] = []
    for neurons in hidden:
        layers += [Dense(inputs, neurons, rng, initializer), make()]
        if dropout != 0:
            layers.append(Dropout(dropout, rng))
        inputs = neurons
    return Network([*layers, Dense(inputs, outputs, rng, initializer)])


def build_optimizer(settings: Settings, steps: int, rng: Random) -> Optimizer:
    """Return the optimizer of a training of so many steps."""
    make, suits = OPTIMIZERS[settings.optimizer]
    if suits is None:
        return make(rng)
    rate = suits if settings.learning_rate is None else settings.learning_rate
    return make(rate if isinstance(rate, Schedule) else SCHEDULES[settings.schedule](rate, steps))


def build_penalty(settings: Settings) -> Optional[Penalty]:
    """Return the penalty on large weights, None if there is none."""
    if settings.l1 and settings.l2:
        return ElasticNet(settings.l1, settings.l2)
    if settings.l1:
        return L1(settings.l1)
    return L2(settings.l2) if settings.l2 else None


def loss_for(classes: bool) -> Loss:
    """Return the loss for classes, or for values."""
    return SoftmaxCrossEntropy() if classes else MeanSquaredError()
