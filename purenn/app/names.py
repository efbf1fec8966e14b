"""Which name on the command line stands for which class, and which settings suit which data.

Explicit tables, and nothing clever: a new activation appears on the command line when a line is
added here. The settings of the data sets (`RECIPES`) were found by trying: each learns its set well
in some seconds on a bare CPython; `purenn train NAME` uses them for whatever is not said otherwise.

Before this: terminal. After this: words.
"""

from __future__ import annotations

import difflib
from random import Random
from typing import Callable, Dict, Iterable, NamedTuple, Tuple, Type

from .. import data
from ..activations import (
    ELU, GELU, Activation, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softplus, Tanh,
)
from ..data import DataSet
from ..initializers import Initializer, he, xavier
from ..optimizers import (
    SGD, AdaGrad, Adam, AdamW, GradientDescent, Optimizer, RMSProp, RandomAdjustment, RandomSearch,
)
from ..schedules import Schedule

__all__ = [
    "ACTIVATIONS", "BY_CHANCE", "DOWN_THE_GRADIENT", "MAKERS", "OPTIMIZERS", "RECIPES", "Recipe",
    "did_you_mean", "recipe_for_rows",
]

# Each with the starting weights that suit it: for what is cut off at 0, He's; else Glorot's.
ACTIVATIONS: Dict[str, Tuple[Type[Activation], Initializer]] = {
    "elu": (ELU, he),
    "gelu": (GELU, he),
    "leaky-relu": (LeakyReLU, he),
    "linear": (Linear, xavier),
    "relu": (ReLU, he),
    "sigmoid": (Sigmoid, xavier),
    "silu": (SiLU, he),
    "softplus": (Softplus, he),
    "tanh": (Tanh, xavier),
}


def _momentum(schedule: Schedule) -> SGD:
    return SGD(schedule, momentum=0.9)


def _nesterov(schedule: Schedule) -> SGD:
    return SGD(schedule, momentum=0.9, nesterov=True)


class Descent(NamedTuple):
    """An optimizer that goes down the gradient, and a learning rate to begin with."""

    make: Callable[[Schedule], GradientDescent]
    learning_rate: float


DOWN_THE_GRADIENT: Dict[str, Descent] = {
    "sgd": Descent(SGD, 0.3),
    "momentum": Descent(_momentum, 0.05),
    "nesterov": Descent(_nesterov, 0.05),
    "adagrad": Descent(AdaGrad, 0.05),
    "rmsprop": Descent(RMSProp, 0.01),
    "adam": Descent(Adam, 0.01),
    "adamw": Descent(AdamW, 0.01),
}

BY_CHANCE: Dict[str, Callable[[Random], Optimizer]] = {
    "random-search": RandomSearch,
    "random-adjustment": RandomAdjustment,
}

OPTIMIZERS = [*DOWN_THE_GRADIENT, *BY_CHANCE]


MAKERS: Dict[str, Callable[[Random], DataSet]] = {
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


class Recipe(NamedTuple):
    """Settings that learn a data set well."""

    hidden: Tuple[int, ...]
    activation: str
    optimizer: str
    learning_rate: float
    epochs: int
    batch_size: int


RECIPES: Dict[str, Recipe] = {
    "circle": Recipe((16,), "tanh", "adam", 0.03, 60, 32),
    "digits": Recipe((32,), "relu", "momentum", 0.1, 15, 32),
    "gaussians": Recipe((8,), "tanh", "adam", 0.03, 30, 32),
    "iris": Recipe((16,), "tanh", "adam", 0.01, 100, 16),
    "moons": Recipe((16,), "tanh", "adam", 0.03, 100, 32),
    "sine": Recipe((32,), "tanh", "adam", 0.03, 150, 32),
    "spiral": Recipe((16, 16), "tanh", "adam", 0.03, 100, 32),
    "vertical": Recipe((8,), "tanh", "adam", 0.03, 40, 32),
    "wine": Recipe((16,), "tanh", "adam", 0.01, 40, 16),
    "xor": Recipe((8,), "tanh", "adam", 0.03, 40, 32),
}

ROWS_SHOWN = 100_000


def recipe_for_rows(rows: int) -> Recipe:
    """Return settings that suit most tables of so many rows.

    There are as many epochs as it takes to show 100,000 rows in all, but from 5 to 100: a small set
    is learned to the end, and a large one does not take the whole night.

    >>> recipe_for_rows(150).epochs, recipe_for_rows(4000).epochs, recipe_for_rows(60000).epochs
    (100, 25, 5)
    """
    epochs = min(100, max(5, ROWS_SHOWN // max(1, rows)))
    return Recipe((32,), "relu", "adam", 0.01, epochs, 32)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint for a word that is not known, empty if nothing is near.

    >>> did_you_mean("adma", ["sgd", "adam"])
    '; did you mean adam?'
    """
    near = difflib.get_close_matches(word.lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
