"""Weights that were learned elsewhere, brought back into a model.

A model file opens in PyTorch as it is, and a larger machine may go on training it there. What comes
back is a file of tensors under the same names. `load_weights` puts them into the model that they
came from, which kept all the rest: the standardizers, the classes, how cells become numbers.

Imports: the core, `model`, `safetensors.py`, `architecture.py`.
"""

from __future__ import annotations

import os

from typing import Protocol, Union

from ..atomic import Path
from ..model import Model
from ..network import Network
from . import safetensors
from .architecture import build_network, describe
from .errors import ModelFileError

__all__ = ["Fitted", "HasModel", "load_weights", "model_in"]


class Fitted(Protocol):
    """What a Classifier or Regressor is after `fit`, as far as it matters here."""

    model_: Model


HasModel = Union[Network, Model, Fitted]


def model_in(who: str, thing: HasModel) -> Model:
    """Return the model that a network makes, or that a fitted Classifier or Regressor holds.

    Raises TypeError for anything else.
    """
    if isinstance(thing, Network):
        return Model(thing)
    model = getattr(thing, "model_", thing)
    if not isinstance(model, Model):
        raise TypeError(f"{who}: expected a Network, a Model, or a fitted Classifier or Regressor, "
                        f"got {thing!r}")
    return model


def load_weights(thing: HasModel, path: Path) -> None:
    """Put the tensors of a safetensors file into the parameters of a network or model.

    thing  a Network, a fitted Classifier or Regressor, or a Model
    path   a file that holds one tensor for each parameter, named as PyTorch names those of a
           Sequential of the same layers: 0.weight (neurons, inputs), 0.bias (neurons,), …

    All are replaced or none: raises ModelFileError for a tensor that is missing, left over, of
    another shape, or not finite, and OSError when the file cannot be opened.

    >>> import os, tempfile
    >>> from random import Random
    >>> from purenn import Dense, Network, save
    >>> here, there = Network([Dense(2, 3, Random(1))]), Network([Dense(2, 3, Random(2))])
    >>> path = os.path.join(tempfile.mkdtemp(), "there.safetensors")
    >>> save(there, path)
    >>> load_weights(here, path)
    >>> here.predict([[0.5, 1.0]]) == there.predict([[0.5, 1.0]])
    True
    """
    network = model_in("load_weights", thing).network
    try:
        tensors, _ = safetensors.read(path)
        other = build_network(describe(network), tensors)
    except ModelFileError as error:
        raise error.inside(os.fsdecode(path)) from None
    for parameter, learned in zip(network.parameters(), other.parameters()):
        parameter.value = learned.value
