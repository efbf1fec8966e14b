"""Save and load: from what one works with to a file and back.

`save` takes a `Network`, a fitted `Classifier` or `Regressor`, or a `Model`; `load` gives back what
was saved, and it answers as it did then, to the bit. What only learning needs (the optimizer's
memory, the history) is not in a model file; whoever wants to go on learning where it stopped wants
a checkpoint.

Before this: `model.py`, which does the work. This is the last room of `store`.
"""

from __future__ import annotations

from typing import Any, Dict, Union

from ..estimators import Classifier, Estimator, Regressor
from ..network import Network
from . import atomic
from .errors import ModelFileError
from .model import Model, load_model, save_model

__all__ = ["load", "model_of", "save"]

Keepable = Union[Network, Estimator, Model]


def save(thing: Keepable, path: atomic.Path) -> None:
    """Write a network, a fitted classifier or regressor, or a model to `path`.

    The form is safetensors, or JSON if the path ends in .json. The file is replaced in one step: a
    crash at any moment leaves the old one or the new one. Raises TypeError for anything else,
    NotFittedError for an estimator that has learned nothing, ModelFileError for what no file can
    hold (layers of your own, numbers that are not finite), OSError when it cannot be written.
    """
    save_model(model_of(thing), path)


def load(path: atomic.Path) -> Keepable:
    """Read what `save` wrote: a Network, a Classifier or a Regressor, as it was saved.

    A language model comes back as a Model: `network`, and in `classes` its pieces of text.
    Raises ModelFileError, with the file and the place in it, for anything that is no whole model of
    purenn; OSError when the file cannot be opened.
    """
    model = load_model(path)
    if model.kind == "network":
        return model.network
    if model.kind == "language model":
        return model
    try:
        return _estimator_of(model)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"the parameters are not those of a {model.kind}: {error}",
                             str(path)) from None


def model_of(thing: Keepable) -> Model:
    """Return the model that a file would hold; raises as `save`."""
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, Network):
        return Model(thing)
    if not isinstance(thing, Estimator):
        raise TypeError(f"save: expected a Network, Classifier or Regressor, got {thing!r}")
    thing._check_fitted("save")
    return Model(
        thing.network_,
        "classifier" if isinstance(thing, Classifier) else "regressor",
        thing.standardizer_,
        getattr(thing, "target_standardizer_", None),
        getattr(thing, "classes_", ()),
        getattr(thing, "feature_names_in_", ()),
        parameters=_parameters_of(thing),
    )


def _parameters_of(estimator: Estimator) -> Dict[str, Any]:
    """Return the parameters that a file can hold; functions, schedules and generators it cannot."""
    held = {name: list(value) if isinstance(value, tuple) else value
            for name, value in estimator.get_params().items()
            if value is None or isinstance(value, (bool, int, float, str, tuple, list))}
    for name in ("callbacks", "metrics"):
        held.pop(name, None)
    if isinstance(estimator, Regressor):
        held["flat_targets_"] = estimator.flat_targets_
    return held


def _estimator_of(model: Model) -> Estimator:
    """Make the estimator anew and give it what it had learned."""
    parameters = dict(model.parameters)
    flat = parameters.pop("flat_targets_", True)
    if isinstance(parameters.get("hidden"), list):
        parameters["hidden"] = tuple(parameters["hidden"])
    kind = Classifier if model.kind == "classifier" else Regressor
    estimator: Estimator = kind(**parameters)
    estimator._checked_parameters()
    if model.standardizer is None or model.network.input_width is None:
        raise ValueError("the standardizer is missing")
    estimator.network_, estimator.standardizer_ = model.network, model.standardizer
    estimator.n_features_in_ = model.network.input_width
    if model.feature_names:
        estimator.feature_names_in_ = list(model.feature_names)
    if isinstance(estimator, Classifier):
        estimator.classes_ = list(model.classes)
    if isinstance(estimator, Regressor):
        if model.target_standardizer is None:
            raise ValueError("the standardizer of the targets is missing")
        estimator.target_standardizer_, estimator.flat_targets_ = model.target_standardizer, flat
    return estimator
