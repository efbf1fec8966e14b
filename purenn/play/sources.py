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
    mean_squared_error, sigmoid_cross_entropy, softmax_cross_entropy,
)
from ..optimizers import (
    SGD, AdaGrad, Adam, AdamW, RandomAdjustment, RandomSearch, RMSProp,
    clip_by_global_norm,
)
from ..losses import L1, L2, ElasticNet, Penalty
from .refusals import Refused, shown

__all__ = ["LINES", "Place", "derivative", "formula", "line_of", "source_of"]


class Place(NamedTuple):
    """A line of purenn: a function, and what the line says."""

    function: Callable[..., Any]
    says: str


LINES: Dict[Any, Place] = {
    "sum": Place(Dense.forward, "linalg.affine("),
    "weights": Place(Dense.set_gradients, "self.weights.gradient ="),
    "biases": Place(Dense.set_gradients, "self.biases.gradient ="),
    "inputs": Place(Dense.backward, "linalg.matmul("),
    "dropout": Place(Dropout.forward, "linalg.multiply("),
    "dropout back": Place(Dropout.backward, "linalg.multiply("),
    "chain rule": Place(Activation.backward, "linalg.multiply("),
    "penalty": Place(Penalty.add_gradients, "linalg.add("),
    "clip": Place(clip_by_global_norm, "clip_norm / norm"),
    # the gradient of the scores
    SoftmaxCrossEntropy: Place(softmax_cross_entropy, "gradient ="),
    SigmoidCrossEntropy: Place(sigmoid_cross_entropy, "gradient ="),
    MeanSquaredError: Place(mean_squared_error, "gradient ="),
    MeanAbsoluteError: Place(MeanAbsoluteError.gradient, "linalg.sign("),
    Huber: Place(Huber.gradient, "linalg.clip("),
    # the gradient of the penalty
    L1: Place(L1.gradient, "return"),
    L2: Place(L2.gradient, "return"),
    ElasticNet: Place(ElasticNet.gradient, "return"),
    # the rule of the optimizer
    SGD: Place(SGD.update, "return linalg.add_scaled(value, -rate, gradient), memory"),
    "momentum": Place(SGD.update, "return linalg.add_scaled(value, -rate, velocity)"),
    "nesterov": Place(SGD.update, "return linalg.add_scaled(value, -rate, gradient), (velocity"),
    AdaGrad: Place(AdaGrad.update, "lambda w, g, s:"),
    RMSProp: Place(RMSProp.update, "lambda w, g, s:"),
    Adam: Place(Adam.update, "lambda w, m, v:"),
    AdamW: Place(AdamW.update, "smaller ="),
    RandomSearch: Place(RandomSearch.step, "return normal("),
    RandomAdjustment: Place(RandomAdjustment.step, "return linalg.add("),
}


def formula(kind: Type[Activation]) -> Place:
    """Return the line of an activation's function."""
    return Place(kind.formula, "return")


def derivative(kind: Type[Activation]) -> Place:
    """Return the line of an activation's derivative."""
    return Place(kind.derivative, "return")


def slope(layer: Activation, x: float, y: float) -> float:
    """Return the activation's derivative at one number."""
    return layer.derivative([[x]], [[y]])[0][0]


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
