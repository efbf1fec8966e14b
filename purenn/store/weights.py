"""Weights that were learned elsewhere, brought back into a model.

A model file opens in PyTorch as it is, and a larger machine may go on training it there. What comes
back is a file of tensors under the same names. `load_weights` puts them into the model that they
came from, which kept all the rest: the standardizers, the classes, how cells become numbers.

Before this: `keeping.py`.
"""

from __future__ import annotations

import os

from . import atomic, safetensors
from .architecture import build_network, describe
from .errors import ModelFileError
from .keeping import Keepable, model_of

__all__ = ["load_weights"]


def load_weights(thing: Keepable, path: atomic.Path) -> None:
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
    network = model_of(thing).network
    try:
        tensors, _ = safetensors.read(path)
        other = build_network(describe(network), tensors)
    except ModelFileError as error:
        raise error.inside(os.fsdecode(path)) from None
    for parameter, learned in zip(network.parameters(), other.parameters()):
        parameter.value = learned.value
