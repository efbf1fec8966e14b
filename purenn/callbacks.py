"""Callbacks: what else may happen while a network learns.

A callback is told of every moment of a training (its start, each batch, each epoch, its end) and
may look, write, or say that it is time to stop. `training.Callback` is the contract. Here are three
that come with purenn; a fourth, `Checkpoint`, writes everything down so that a training can go on
after a power cut, and is in `store`.

To be read beside the nine modules, after `training`.
"""

from __future__ import annotations

import math

from . import checks
from .annotations import Any
from .history import Record
from .linalg import Matrix
from .optimizers import GradientDescent
from .training import Callback, Run

__all__ = ["CSVLog", "EarlyStopping", "ReduceOnPlateau", "watched_loss"]


class EarlyStopping(Callback):
    """Stop when the loss has not fallen for `patience` epochs, and go back to the best weights.

    It watches the validation loss if there are validation examples, else the training loss; what
    falls by no more than `minimum_fall` has not fallen. The best weights are put back at the end of
    the training, however it comes. Raises ValueError for a patience below 1
    or a negative fall. Source: Prechelt, "Early Stopping — But When?", 1998.
    """

    def __init__(self, patience: int = 10, minimum_fall: float = 0.0) -> None:
        self.patience = checks.positive_integer("EarlyStopping", "patience", patience)
        self.minimum_fall = checks.number_between("EarlyStopping", "minimum_fall", minimum_fall, 0)
        self.best_loss, self.best_epoch = math.inf, 0
        self.best_values: list[Matrix] = []

    def start(self, run: Run) -> None:
        self.best_loss, self.best_epoch, self.best_values = math.inf, 0, []

    def after_epoch(self, run: Run, record: Record) -> None:
        loss = watched_loss(record)
        if loss < self.best_loss - self.minimum_fall:
            self.best_loss, self.best_epoch = loss, record.epoch
            self.best_values = run.values()
        elif record.epoch - self.best_epoch >= self.patience:
            run.stop = f"stopped early, best epoch {self.best_epoch}"

    def end(self, run: Run) -> None:
        run.put_back(self.best_values)

    def state(self) -> dict[str, Any]:
        return {"best_loss": self.best_loss, "best_epoch": self.best_epoch,
                "best_values": self.best_values}

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience}, minimum_fall={self.minimum_fall})"


class ReduceOnPlateau(Callback):
    """Multiply the learning rate by `factor` when the loss has not fallen for `patience` epochs.

    It watches what `EarlyStopping` watches. Raises TypeError at the start when the optimizer has no
    learning rate, ValueError unless 0 < factor < 1.
    """

    def __init__(self, factor: float = 0.5, patience: int = 5) -> None:
        self.factor = checks.number_between(
            "ReduceOnPlateau", "factor", factor, 0, 1, without_low=True)
        self.patience = checks.positive_integer("ReduceOnPlateau", "patience", patience)
        self.best_loss, self.waiting_since = math.inf, 0

    def start(self, run: Run) -> None:
        if not isinstance(run.optimizer, GradientDescent):
            raise TypeError(f"ReduceOnPlateau: {run.optimizer!r} has no learning rate to reduce")
        self.best_loss, self.waiting_since = math.inf, 0

    def after_epoch(self, run: Run, record: Record) -> None:
        loss = watched_loss(record)
        if loss < self.best_loss:
            self.best_loss, self.waiting_since = loss, record.epoch
        elif record.epoch - self.waiting_since >= self.patience:
            assert isinstance(run.optimizer, GradientDescent)
            run.optimizer.rate_factor *= self.factor
            self.waiting_since = record.epoch

    def state(self) -> dict[str, Any]:
        return {"best_loss": self.best_loss, "waiting_since": self.waiting_since}

    def __repr__(self) -> str:
        return f"ReduceOnPlateau(factor={self.factor}, patience={self.patience})"


class CSVLog(Callback):
    """Write a row per epoch into a CSV file, the names of the columns first.

    Each row is in the file as soon as its epoch is over. An existing file is replaced; a training
    that is resumed writes the epochs before once more, so that none is missing. Raises OSError,
    before the first epoch, when the file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._begun = False

    def start(self, run: Run) -> None:
        open(self.path, "a").close()  # to find out now whether it can be written
        self._begun = False

    def after_epoch(self, run: Run, record: Record) -> None:
        import csv  # here, because few need it and everybody would wait for it

        records = [record] if self._begun else run.history.records
        with open(self.path, "a" if self._begun else "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(record.as_dict()))
            if not self._begun:
                writer.writeheader()
            writer.writerows(one.as_dict() for one in records)
        self._begun = True


def watched_loss(record: Record) -> float:
    """Return the validation loss of a record, or the training loss where there is none."""
    return record.loss if record.validation_loss is None else record.validation_loss
