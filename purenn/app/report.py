"""What is said about a training at its end: as text for people, as JSON for programs.

Before this: train. After this: keep.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ..data import DataSet
from ..history import History, Record
from ..metrics import classes_of, confusion_matrix
from .terminal import confusion_table, printable, use_colour
from .train import Parts, Settings, ending, measured, scores_of

__all__ = [
    "Outcome", "as_json", "as_text", "confusion", "confusion_lines", "finite", "metric_lines",
    "metrics_of",
]

WIDEST_TABLE = 30  # more classes than this fit no screen


class Outcome(NamedTuple):
    """All that a training came to. `told` are the settings as JSON holds them, those of how a table
    was read among them; `metrics` are those of the held-out rows.
    """

    settings: Settings
    told: Dict[str, Any]
    parts: Parts
    history: History
    metrics: Dict[str, Any]


def metrics_of(parts: Parts) -> Dict[str, Any]:
    """Return the metrics on the rows held out; None for each if there are none.

    JSON knows neither infinity nor nan, so these become None too.
    """
    if parts.held_out is not None:
        return finite(measured(parts, parts.held_out))
    names = ["accuracy"] if parts.learning.class_names else ["r2", "mean_absolute_error"]
    return dict.fromkeys(["loss", *names])


def as_json(outcome: Outcome) -> str:
    """Return settings, history and metrics as one strict JSON object."""
    whole = {
        "settings": outcome.told,
        "history": [_as_record(record) for record in outcome.history],
        "metrics": outcome.metrics,
    }
    return json.dumps(whole, indent=2, allow_nan=False)


def _as_record(record: Record) -> Dict[str, Any]:
    """Return the six columns that every history has, whether they apply or not."""
    return finite({
        "epoch": record.epoch,
        "loss": record.loss,
        "accuracy": record.metrics.get("accuracy"),
        "validation_loss": record.validation_loss,
        "validation_accuracy": record.validation_metrics.get("accuracy"),
        "seconds": record.seconds,
    })


def finite(values: Dict[str, Any]) -> Dict[str, Any]:
    """Return the values with None for those that are not finite."""
    return {
        name: value if value is None or math.isfinite(value) else None
        for name, value in values.items()
    }


def as_text(outcome: Outcome) -> str:
    """Return what was learned from what, how it ended, and how good it is."""
    parts = outcome.parts
    rows, aside = len(parts.learning.inputs), parts.held_out
    held = f"{len(aside.inputs)} held out" if aside is not None else "none held out"
    judged_by = aside if aside is not None else parts.learning
    where = "held-out rows" if aside is not None else "rows it learned from (none were held out)"
    lines = [
        parts.learning.description,
        f"{rows} rows to learn from, {held}",
        repr(parts.network),
        f"{outcome.settings.optimizer}, {ending(outcome.history)}",
        "",
        f"On the {where}:",
        *metric_lines(outcome.metrics if aside is not None else measured(parts, judged_by)),
    ]
    if parts.learning.class_names:
        lines += ["", *confusion(parts, judged_by)]
    return "\n".join(lines)


def metric_lines(metrics: Mapping[str, Optional[float]]) -> List[str]:
    """Return a line for each metric; what is far from 1, in a unit of its own, in seven digits.

    >>> metric_lines({"r2": 0.5, "mean_absolute_error": 12345.678})
    ['  r2                   0.5000', '  mean absolute error  12345.68']
    """
    width = max(map(len, metrics))
    return [f"  {name.replace('_', ' '):<{width}}  {_digits(value)}"
            for name, value in metrics.items()]


def _digits(value: Optional[float]) -> str:
    if value is None:
        return "not defined"
    return f"{value:.4f}" if 0.01 <= abs(value) < 1000 or value == 0 else f"{value:.7g}"


def confusion(parts: Parts, part: DataSet) -> List[str]:
    """Return the confusion matrix on some rows, as lines."""
    said, names = classes_of(scores_of(parts, part)), part.class_names
    return confusion_lines(confusion_matrix(said, part.targets, classes=len(names)), names)


def confusion_lines(counts: List[List[int]], names: Sequence[str]) -> List[str]:
    """Return a confusion matrix with its heading; for very many classes only a remark."""
    if len(names) > WIDEST_TABLE:
        return [f"({len(names)} classes: too many for a confusion matrix on the screen)"]
    return [
        "Confusion matrix: rows are what it was, columns what the network said",
        *confusion_table(counts, [printable(name) for name in names], use_colour(sys.stdout)),
    ]
