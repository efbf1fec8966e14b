"""Where in purenn's source a number is computed: found by what the line says.

Explain shows each sum beside the line that computed it. Line numbers change whenever somebody edits
a module, so none is kept here. A `Place` is a function and a piece of text that stands in one of
its lines; `inspect` finds the line, in the very module that ran. A test asks for every place there
is, and fails if a line is not found.

Before this: `pictures`. After this: `explain`.
"""

from __future__ import annotations

import inspect
import os
from functools import lru_cache
from typing import Any, Callable, Dict, NamedTuple, Tuple, Type

from ..activations import Activation
from ..layers import Dense, Dropout
from ..losses import (
    Huber, MeanAbsoluteError, MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from ..optimizers import (
    SGD, AdaGrad, Adam, AdamW, RandomAdjustment, RandomSearch, RMSProp, clip_by_global_norm,
)
from ..penalties import L1, L2, ElasticNet, Penalty
from ..text import shown
from .refusals import Refused

__all__ = ["LINES", "Place", "derivative", "formula", "line_of", "source_of"]


class Place(NamedTuple):
    """A line of purenn: a function, and what the line says."""

    function: Callable[..., Any]
    says: str


LINES: Dict[Any, Place] = {
    "sum": Place(Dense.forward, "linalg.affine("),
    "weights": Place(Dense.backward, "self.weights.gradient ="),
    "biases": Place(Dense.backward, "self.biases.gradient ="),
    "inputs": Place(Dense.backward, "linalg.matmul("),
    "dropout": Place(Dropout.forward, "linalg.multiply("),
    "dropout back": Place(Dropout.backward, "linalg.multiply("),
    "chain rule": Place(Activation.backward, "linalg.chain_rule("),
    "penalty": Place(Penalty.add_gradients, "linalg.add("),
    "clip": Place(clip_by_global_norm, "clip_norm / length"),
    # the gradient of the scores
    SoftmaxCrossEntropy: Place(SoftmaxCrossEntropy.value_and_gradient, "gradient ="),
    SigmoidCrossEntropy: Place(SigmoidCrossEntropy.df, "return"),
    MeanSquaredError: Place(MeanSquaredError.df, "return"),
    MeanAbsoluteError: Place(MeanAbsoluteError.df, "return"),
    Huber: Place(Huber.df, "return"),
    # the gradient of the penalty
    L1: Place(L1.df, "return"),
    L2: Place(L2.df, "return"),
    ElasticNet: Place(ElasticNet.df, "return"),
    # the rule of the optimizer
    SGD: Place(SGD.update, "return (w - rate * g,)"),
    "velocity": Place(SGD.update, "v = g + self.momentum * v"),
    "momentum": Place(SGD.update, "return w - rate * v, v"),
    "nesterov": Place(SGD.update, "return w - rate * (g + self.momentum * v), v"),
    "sum of squares": Place(AdaGrad.update, "s = s + g * g"),
    AdaGrad: Place(AdaGrad.update, "return w - rate * g"),
    "mean of squares": Place(RMSProp.update, "s = self.decay * s"),
    RMSProp: Place(RMSProp.update, "return w - rate * g"),
    "m": Place(Adam.update, "m = self.beta1 * m"),
    "v": Place(Adam.update, "v = self.beta2 * v"),
    "m corrected": Place(Adam.update, "corrected_rate = rate"),
    "v corrected": Place(Adam.update, "corrected_v = v"),
    Adam: Place(Adam.update, "return w - corrected_rate * m"),
    AdamW: Place(AdamW.update, "w - rate * self.weight_decay * w"),
    RandomSearch: Place(RandomSearch.changed, "return normal("),
    RandomAdjustment: Place(RandomAdjustment.changed, "linalg.add("),
}


def formula(kind: Type[Activation]) -> Place:
    """Return the line of an activation's function."""
    return Place(kind.f, "return")


def derivative(kind: Type[Activation]) -> Place:
    """Return the line of an activation's derivative."""
    return Place(kind.df, "return")


def line_of(place: Place) -> Dict[str, Any]:
    """Return where a number is computed: function, file, line and its text.

    Raises LookupError if no line of the function says what it should.
    """
    return dict(_found(place))


@lru_cache(maxsize=None)
def _found(place: Place) -> Tuple[Tuple[str, Any], ...]:
    lines, first = inspect.getsourcelines(place.function)
    saying = [number for number, text in enumerate(lines) if place.says in text]
    if not saying:
        raise LookupError(f"{place.function.__qualname__}: no line says {place.says!r}")
    number = saying[0]
    _SHOWN[place.function.__qualname__] = place.function
    return tuple({"of": place.function.__qualname__, "module": place.function.__module__,
                  "file": os.path.basename(inspect.getfile(place.function)),
                  "line": first + number, "text": lines[number].strip()}.items())


_SHOWN: Dict[str, Callable[..., Any]] = {}  # functions whose source the page may ask for


def source_of(name: Any) -> Dict[str, Any]:
    """Return the whole source of a function that Explain has referred to."""
    if not isinstance(name, str) or name not in _SHOWN:
        raise Refused("bad_value", f"of: expected a function that was explained, got {shown(name)}",
                      "of")
    lines, first = inspect.getsourcelines(_SHOWN[name])
    return {"of": name, "file": os.path.basename(inspect.getfile(_SHOWN[name])), "first": first,
            "lines": [line.rstrip("\n") for line in lines]}
