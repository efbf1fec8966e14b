"""Keeping what was learned: model files, checkpoints, and what is looked at before training begins.

A training may take a night. So whether its result can be written is found out before it, by
starting to write: a folder that is not there, a disk that may not be written to, are told of at
once.

Before this: report. After this: plot.
"""

from __future__ import annotations

import os
from typing import Any, Dict, NamedTuple, Optional, Sequence

from .. import __version__, estimators
from ..data import Encoding
from ..store.atomic import atomic_write
from ..store.model import Model, save_model
from .report import Outcome
from .train import Settings
from .words import UsageError

__all__ = ["Files", "check_files", "keep", "model_of"]


class Files(NamedTuple):
    """Which files a training writes and reads, None where it does not.

    `checkpoint` is written after every epoch, `resume` is the one to go on with, `plot` is a
    picture of the training.
    """

    output: Optional[str] = None
    checkpoint: Optional[str] = None
    resume: Optional[str] = None
    plot: Optional[str] = None


class _OnlyTrying(Exception):
    """Ends the attempt to write, so that nothing is written."""


def check_files(files: Files, words: Sequence[str]) -> None:
    """Raise UsageError for files that stand in each other's way, OSError for unwritable ones."""
    written = {"--output": files.output, "--checkpoint": files.checkpoint, "--plot": files.plot}
    taken = {os.path.realpath(word): "the data" for word in words}
    for option, path in written.items():
        if path is None:
            continue
        other = taken.setdefault(os.path.realpath(path), option)
        if other != option:
            raise UsageError(f"{option}: {path} is {other} already; it would be overwritten")
        _try_to_write(path)
    _refuse_lost_checkpoint(files)
    if files.resume is not None:
        open(files.resume, "rb").close()


def _refuse_lost_checkpoint(files: Files) -> None:
    """Raise UsageError when a new training would take the place of an old one's checkpoint."""
    path, resume = files.checkpoint, files.resume
    if path is None or not os.path.exists(path):
        return
    if resume is None or os.path.realpath(path) != os.path.realpath(resume):
        raise UsageError(f"--checkpoint: {path} exists; go on with --resume {path}, or delete it")


def _try_to_write(path: str) -> None:
    """Begin to write a file in the place of `path`, and leave it at that."""
    try:
        with atomic_write(path):
            raise _OnlyTrying
    except _OnlyTrying:
        pass


# ---- The model ----


def keep(path: str, outcome: Outcome, encoding: Optional[Encoding] = None) -> None:
    """Write the model file: all that is needed to predict, and where it comes from."""
    save_model(model_of(outcome, encoding), path)


def model_of(outcome: Outcome, encoding: Optional[Encoding] = None) -> Model:
    """Return the model of a training."""
    parts = outcome.parts
    return Model(
        parts.network,
        "classifier" if parts.learning.class_names else "regressor",
        parts.standardizer,
        parts.target_standardizer,
        parts.learning.class_names,
        parts.learning.feature_names,
        None if encoding is None else encoding.to_dict(),
        _parameters(outcome.settings),
        _provenance(outcome),
    )


def _provenance(outcome: Outcome) -> Dict[str, Any]:
    """Return where the model comes from. No time of day, no duration: same training, same file."""
    learning, aside = outcome.parts.learning, outcome.parts.held_out
    return {
        "made by": f"purenn {__version__}, purenn train",
        "data": learning.description,
        "rows learned from": len(learning.inputs),
        "rows held out": 0 if aside is None else len(aside.inputs),
        "epochs": len(outcome.history),
        "ended": outcome.history.stopped,
        "settings": outcome.told,
        "metrics on the rows held out": outcome.metrics,
    }


def _parameters(settings: Settings) -> Dict[str, Any]:
    """Return the settings as `Classifier` and `Regressor` call them, as far as they know them.

    So whoever loads the model in Python and calls `fit` gets about the same training again.
    """
    parameters: Dict[str, Any] = {
        "hidden": list(settings.hidden),
        "activation": settings.activation.replace("-", "_"),
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "l1": settings.l1,
        "l2": settings.l2,
        "dropout": settings.dropout,
        "validation_fraction": settings.validation,
        "patience": settings.patience if settings.validation > 0 else None,
        "random_state": settings.seed,
    }
    if settings.optimizer in estimators.OPTIMIZERS:
        parameters.update(optimizer=settings.optimizer, learning_rate=settings.learning_rate)
    return parameters

