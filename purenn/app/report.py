"""What is said about a result: as text for people, as JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ..data import DataSet
from ..draw.characters import confusion_table
from ..draw.terminal import use_colour
from ..fitting import Task
from ..history import History, Record
from ..measuring import baseline, measured, outputs_for, quality_by_target
from ..metrics import classes_of, confusion_matrix
from ..text import safe, shown

__all__ = [
    "Outcome", "as_json", "as_text", "confusion", "confusion_lines", "ending", "finite",
    "metric_lines", "outcome_of", "safe_lines", "target_lines",
]

WIDEST_TABLE = 30  # more classes than this fit no screen


class Outcome(NamedTuple):
    """All that a training came to.

    told      the settings as JSON holds them, those of how a table was read among them
    metrics   those of the held-out rows, None for each if there are none
    baseline  the same of the best answer that is the same for all rows
    """

    told: Dict[str, Any]
    task: Task
    history: History
    metrics: Dict[str, Any]
    baseline: Dict[str, Any]


def outcome_of(task: Task, history: History, told: Dict[str, Any]) -> Outcome:
    """Return the outcome of a training that has ended."""
    judged = task.held_out
    if judged is not None:
        return Outcome(told, task, history, finite(measured(task.model, judged)),
                       finite(baseline(judged)))
    names = ["accuracy"] if task.learning.class_names else ["r2", "mean_absolute_error"]
    return Outcome(told, task, history, dict.fromkeys(["loss", *names]), dict.fromkeys(names))


def as_json(outcome: Outcome) -> str:
    """Return settings, history, metrics and baseline as one strict JSON object."""
    whole = {
        "settings": outcome.told,
        "history": [_as_record(record) for record in outcome.history],
        "metrics": outcome.metrics,
        "baseline": outcome.baseline,
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


def finite(values: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the values with None for those that are not finite: JSON has no word for them."""
    return {
        name: value if value is None or math.isfinite(value) else None
        for name, value in values.items()
    }


def as_text(outcome: Outcome) -> str:
    """Return what was learned from what, how it ended, and how good it is."""
    task = outcome.task
    rows, aside = len(task.learning.inputs), task.held_out
    held = f"{len(aside.inputs)} held out" if aside is not None else "none held out"
    judged = aside if aside is not None else task.learning
    where = "held-out rows" if aside is not None else "rows it learned from (none were held out)"
    metrics = outcome.metrics if aside is not None else measured(task.model, judged)
    lines = [
        task.learning.description,
        f"{rows} rows to learn from, {held}",
        repr(task.model.network),
        f"{outcome.told['optimizer']}, {ending(outcome.history)}",
        "",
        f"On the {where}:",
        *metric_lines(metrics, baseline(judged), judged),
        *target_lines(quality_by_target(task.model, outputs_for(task.model, judged), judged)),
    ]
    if task.learning.class_names:
        lines += ["", *confusion(task, judged)]
    return "\n".join(lines)


def ending(history: History) -> str:
    """Return how long it took and why it ended: "15 epochs in 8.1 s, finished"."""
    seconds = math.fsum(record.seconds for record in history)
    return f"{len(history)} epochs in {seconds:.1f} s, {history.stopped}"


def metric_lines(
    metrics: Mapping[str, Optional[float]], other: Mapping[str, Optional[float]], judged: DataSet
) -> List[str]:
    """Return a line for each metric, beside it that of the baseline."""
    width = max(map(len, metrics))
    lines = []
    for name, value in metrics.items():
        beside = f"   (baseline {_digits(other[name])})" if name in other else ""
        lines.append(f"  {name.replace('_', ' '):<{width}}  {_digits(value)}{beside}")
    return [*lines, f"  baseline: always answering {_constant(judged)}"]


def target_lines(several: Mapping[str, Mapping[str, Optional[float]]]) -> List[str]:
    """Return a line for each of several targets, with its metrics."""
    width = max(map(len, map(safe, several)), default=0)
    return [f"  {safe(name):<{width}}  " + ", ".join(
        f"{metric.replace('_', ' ')} {_digits(value)}" for metric, value in metrics.items())
            for name, metrics in several.items()]


def _constant(judged: DataSet) -> str:
    targets: Any = judged.targets
    if not judged.class_names:
        return "with the mean of these rows"
    commonest = max(sorted(set(targets)), key=targets.count)
    return f"with the commonest class, {shown(judged.class_names[commonest])}"


def _digits(value: Optional[float]) -> str:
    """Return four decimals, or of what is far from 1, in a unit of its own, seven digits.

    >>> _digits(0.5), _digits(12345.678), _digits(None)
    ('0.5000', '12345.68', 'not defined')
    """
    if value is None or not math.isfinite(value):
        return "not defined"
    return f"{value:.4f}" if 0.01 <= abs(value) < 1000 or value == 0 else f"{value:.7g}"


def confusion(task: Task, part: DataSet) -> List[str]:
    """Return the confusion matrix on some rows, as lines."""
    said, names = classes_of(outputs_for(task.model, part)), part.class_names
    return confusion_lines(confusion_matrix(said, part.targets, classes=len(names)), names)


def confusion_lines(counts: List[List[int]], names: Sequence[str]) -> List[str]:
    """Return a confusion matrix with its heading; for very many classes only a remark."""
    if len(names) > WIDEST_TABLE:
        return [f"({len(names)} classes: too many for a confusion matrix on the screen)"]
    return [
        "Confusion matrix: rows are what it was, columns what the network said",
        *confusion_table(counts, [safe(name) for name in names], use_colour(sys.stdout)),
    ]


def safe_lines(text: str) -> str:
    """Return a text of several lines, each of them safe to show."""
    return "\n".join(map(safe, text.split("\n")))
