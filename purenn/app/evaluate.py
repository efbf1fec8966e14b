"""`purenn evaluate MODEL DATA`: how good is a model on rows whose answers are known?

The rows go through the model in batches and are forgotten; only the answers are kept.

Before this: predict. After this: show.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any, Dict, List, Optional, Sequence

from .. import data, linalg
from ..data import DataError, DataSet
from ..linalg import Matrix
from ..metrics import (
    ClassScore, accuracy, classes_of, confusion_matrix, macro_average, mean_absolute_error,
    precision_recall_f1, r2,
)
from .models import Opened, check_width, class_names, open_model, outputs
from .names import MAKERS
from .predict import Table
from .report import confusion_lines, finite, metric_lines
from .sources import check_words, csv_source, is_idx, is_name
from .terminal import printable
from .words import UsageError

__all__ = ["run"]

BATCH = 256


def run(
    path: str, words: Sequence[str], table: Table, target: Optional[str] = None,
    missing: str = "refuse", as_json: bool = False,
) -> int:
    """Measure the model on the rows that the words name, print it, return the exit code."""
    check_words(words)
    opened = open_model(path, target)
    if opened.model.kind == "network":
        raise DataError(f"{path} holds a bare network: what its outputs mean is not known")
    examples = _examples(opened, words, table, missing)
    results = _classes if opened.model.kind == "classifier" else _values
    found = results(opened, examples)
    if as_json:
        print(json.dumps({"data": examples.description, **found}, indent=2, allow_nan=False))
    else:
        print("\n".join([examples.description, *_as_lines(found)]))
    return 0


# ---- The rows and their answers ----


def _examples(opened: Opened, words: Sequence[str], table: Table, missing: str) -> DataSet:
    """Return the examples, their targets counted as the model counts its classes."""
    if len(words) == 1 and not is_name(words[0]):
        if words[0] != "-" and is_idx(words[0]):
            raise UsageError(f"{words[0]} is an IDX file; give the file of its labels as well")
        return data.encode_csv(
            csv_source(words[0]), opened.encoding, missing=missing, delimiter=table.delimiter,
            header=table.header,
        )
    if len(words) == 2:
        examples = data.read_idx(words[0], words[1])
    else:
        examples = MAKERS[words[0]](Random(0))
    check_width(opened, examples.inputs, words[0])
    return _counted_as_in(opened, examples, words[-1])


def _counted_as_in(opened: Opened, examples: DataSet, name: str) -> DataSet:
    known = class_names(opened.model)
    if bool(known) != bool(examples.class_names):
        raise DataError(f"{name}: {opened.path} holds a {opened.model.kind}, and these targets are "
                        f"{'classes' if examples.class_names else 'values'}")
    if not known:
        return examples
    targets: Any = examples.targets
    for row, number in enumerate(targets):
        if examples.class_names[number] not in known:
            raise DataError(f"{name}, row {row} (counted from 0): {opened.path} knows no class "
                            f"{examples.class_names[number]!r}")
    places = [known.index(one) if one in known else -1 for one in examples.class_names]
    return examples._replace(targets=[places[number] for number in targets], class_names=known)


# ---- The results, as JSON can hold them ----


def _classes(opened: Opened, examples: DataSet) -> Dict[str, Any]:
    targets, names = examples.targets, class_names(opened.model)
    said: List[int] = []
    for first in range(0, len(targets), BATCH):
        said += classes_of(outputs(opened.model, _batch(examples, first)))
    scores = precision_recall_f1(said, targets, classes=len(names))
    return {
        "rows": len(targets),
        "accuracy": accuracy(said, targets),
        "classes": {name: score._asdict() for name, score in zip(names, scores)},
        "macro": macro_average(scores)._asdict(),
        "confusion_matrix": confusion_matrix(said, targets, classes=len(names)),
    }


def _values(opened: Opened, examples: DataSet) -> Dict[str, Any]:
    targets: Any = examples.targets
    said: Matrix = []
    for first in range(0, len(targets), BATCH):
        said += outputs(opened.model, _batch(examples, first))
    if not linalg.all_finite(said):
        raise DataError(f"{examples.description}: an answer is no finite number; a row lies too "
                        f"far from all that the model has learned from")
    quality = {"r2": r2(said, targets), "mean_absolute_error": mean_absolute_error(said, targets)}
    return {"rows": len(targets), **finite(quality)}


def _batch(examples: DataSet, first: int) -> Matrix:
    return linalg.take(examples.inputs, range(len(examples.inputs))[first:first + BATCH])


# ---- The results as text ----


def _as_lines(found: Dict[str, Any]) -> List[str]:
    lines = [f"{found['rows']} rows", ""]
    numbers = {name: value for name, value in found.items() if isinstance(value, float)}
    lines += metric_lines(numbers)
    if "classes" in found:
        lines += ["", *_score_table(found), ""]
        lines += confusion_lines(found["confusion_matrix"], list(found["classes"]))
    return lines


def _score_table(found: Dict[str, Any]) -> List[str]:
    """Return precision, recall and F1 of each class, and at the end their means."""
    rows = {**found["classes"], "mean": found["macro"]}
    names = [printable(name) for name in rows]
    width = max(map(len, names))
    heads = "".join(f"{head:>11}" for head in ClassScore._fields)
    return [" " * (width + 2) + heads] + [
        f"  {name:<{width}}" + "".join(f"{score[field]:>11.4f}" for field in ClassScore._fields[:3])
        + f"{score['support']:>11}" for name, score in zip(names, rows.values())
    ]
