"""History: what remains of a training, one record per epoch.

To be read beside the nine modules, with `training`, which writes it.
"""

from __future__ import annotations

from collections import namedtuple

from .annotations import Any, Iterator
from .notebooks import Pictured

__all__ = ["History", "Record"]


class Record(namedtuple(
        "Record", "epoch loss metrics validation_loss validation_metrics seconds")):
    """One epoch.

    `epoch` counts from 1. `loss` is the mean over the epoch's examples, each seen while the network
    was learning, with the penalty if there is one. `validation_loss` is that of the validation
    examples at the end of the epoch, without penalty and dropout, None if there are none. `metrics`
    and `validation_metrics` hold the value of each metric by its name.
    """

    epoch: int  # Python ignores these annotations; tools that check types do not
    loss: float
    metrics: dict[str, float]
    validation_loss: float | None
    validation_metrics: dict[str, float]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return one flat dict: epoch, loss, accuracy, validation_loss, …, seconds.

        >>> Record(1, 0.5, {"accuracy": 0.75}, None, {}, 2.0).as_dict()
        {'epoch': 1, 'loss': 0.5, 'accuracy': 0.75, 'validation_loss': None, 'seconds': 2.0}
        """
        validation = {f"validation_{name}": one for name, one in self.validation_metrics.items()}
        return {"epoch": self.epoch, "loss": self.loss, **self.metrics,
                "validation_loss": self.validation_loss, **validation, "seconds": self.seconds}


class History(Pictured):
    """The records of a training, one per epoch, and in `stopped` why it ended."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.stopped = "not finished"

    def curve(self, name: str) -> list[Any]:
        """Return one value per epoch: curve("loss"), curve("validation_accuracy").

        Raises KeyError with the names there are.
        """
        rows = [record.as_dict() for record in self.records]
        if rows and name not in rows[0]:
            raise KeyError(f"History: no curve {name!r}; there are {', '.join(rows[0])}; more come "
                           f"with train(…, metrics=[accuracy])")
        return [row[name] for row in rows]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __getitem__(self, number: int) -> Record:
        return self.records[number]

    def __repr__(self) -> str:
        last = f", loss {self.records[-1].loss:.4g}" if self.records else ""
        return f"History({len(self)} epochs{last}, {self.stopped})"
