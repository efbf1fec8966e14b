"""`purenn evaluate MODEL DATA`: how good is a model on rows whose answers are known?"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Dict, List, Optional

from .. import draw, linalg
from ..data import DataError, DataSet, as_flags
from ..measuring import (
    baseline, outputs_for, permutation_importance, quality, quality_by_target,
)
from ..metrics import ClassScore, classes_of, confusion_matrix, macro_average, precision_recall_f1
from ..model import Model
from ..rows import GrowingRows
from ..text import counted, safe
from . import options as words
from .options import Parser
from .plot import check_plot
from .predict import MOST_REPORTED, opened_model
from .progress import say
from .report import confusion_lines, finite, metric_lines, target_lines
from .sources import check_words, examples_for

__all__ = ["EXAMPLES", "add", "run"]

EXAMPLES = """
examples:
  purenn evaluate flowers.safetensors test.csv
  purenn evaluate flowers.safetensors test.csv --importance --plot importance.svg
  purenn evaluate mnist.safetensors t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz
  purenn evaluate houses.json test.csv --json

Rows that cannot be used are left out and reported; with --strict the first of them ends the
command. Beside the result stands the baseline, that of the best answer that is the same for all
rows. --importance says how much the result loses when a column is shuffled.
"""


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_model(parser)
    words.add_data(parser)
    parser.add_argument("--importance", action="store_true",
                        help="how much each column matters: what the result loses when the column "
                             "is shuffled, mean and deviation of five times")
    parser.add_argument("--plot", metavar="SVG",
                        help="write the importance of the columns to this file, as a picture")
    parser.add_argument("--strict", action="store_true",
                        help="end at the first row that cannot be used")
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    add_table = words.add_later_table_options(parser)
    add_table("--target", metavar="COL", type=words.targets,
              help="the column of the answers, or columns, if they are called otherwise than in "
                   "the training data")


def run(options: argparse.Namespace) -> int:
    """Measure the model on the rows that the words name, print it, return the exit code."""
    check_words(options.data)
    check_plot(options.plot)
    model = opened_model(options.model)
    if model.kind == "network":
        raise DataError("holds a bare network: what its outputs mean is not known",
                        safe(options.model))
    bad_rows: Optional[List[DataError]] = None if options.strict else []
    examples = examples_for(model, options.model, options.data, words.table_options(options),
                            bad_rows)
    _report_bad_rows(bad_rows or [])
    found = _found(model, examples)
    found["rows left out"] = len(bad_rows or [])
    if options.importance or options.plot:
        found["importance"] = [
            one._asdict() for one in permutation_importance(model, examples)]
    if options.plot:
        _picture(found["importance"], examples).save(options.plot)
    if options.json:
        print(json.dumps({"data": examples.description, **found}, indent=2, allow_nan=False))
    else:
        print("\n".join(_as_lines(model, examples, found)))
    return 0


def _report_bad_rows(bad_rows: List[DataError]) -> None:
    for error in bad_rows[:MOST_REPORTED]:
        say(f"left out: {safe(error.told(as_flags))}\n", sys.stderr)
    if len(bad_rows) > MOST_REPORTED:
        say(f"{counted(len(bad_rows), 'row')} could not be used\n", sys.stderr)


# ---- The results, as JSON can hold them ----


def _found(model: Model, examples: DataSet) -> Dict[str, Any]:
    outputs = outputs_for(model, examples)
    _check_finite(outputs, examples)
    found: Dict[str, Any] = {"rows": len(examples.inputs), **finite(quality(outputs, examples)),
                             "baseline": finite(baseline(examples))}
    if model.kind == "classifier":
        said, targets, names = classes_of(outputs), examples.targets, model.class_names
        scores = precision_recall_f1(said, targets, classes=len(names))
        found["classes"] = [{"class": name, **score._asdict()}
                            for name, score in zip(names, scores)]
        found["macro"] = macro_average(scores)._asdict()
        found["confusion_matrix"] = confusion_matrix(said, targets, classes=len(names))
    several = quality_by_target(model, outputs, examples)
    if several:
        found["targets"] = {name: finite(values) for name, values in several.items()}
    return found


def _check_finite(outputs: GrowingRows, examples: DataSet) -> None:
    if not all(linalg.all_finite([row]) for row in outputs):
        raise DataError("an answer is no finite number; a row lies too far from all that the "
                        "model has learned from", examples.description)


# ---- The results as text ----


def _as_lines(model: Model, examples: DataSet, found: Dict[str, Any]) -> List[str]:
    numbers: Dict[str, Any] = {name: found[name] for name in found["baseline"]}
    rows, lines = counted(found["rows"], "row"), [examples.description]
    if rows not in examples.description:
        lines = [f"{examples.description}: {rows}"]
    lines += ["", *metric_lines(numbers, found["baseline"], examples)]
    lines += target_lines(found.get("targets", {}))
    if "classes" in found:
        lines += ["", *_score_table(found), ""]
        lines += confusion_lines(found["confusion_matrix"], model.class_names)
    if "importance" in found:
        lines += ["", *_importance_table(found["importance"], examples)]
    return lines


def _score_table(found: Dict[str, Any]) -> List[str]:
    """Return precision, recall and F1 of each class, and at the end their means."""
    rows = [(safe(score["class"]), score) for score in found["classes"]]
    rows.append(("(mean)", found["macro"]))
    width = max(len(name) for name, _ in rows)
    heads = "".join(f"{head:>11}" for head in ClassScore._fields)
    return [" " * (width + 2) + heads] + [
        f"  {name:<{width}}" + "".join(f"{score[field]:>11.4f}" for field in ClassScore._fields[:3])
        + f"{score['support']:>11}" for name, score in rows
    ]


def _importance_table(importance: List[Dict[str, Any]], examples: DataSet) -> List[str]:
    width = max(len(safe(one["name"])) for one in importance)
    return [f"Importance: what {_measure(examples)} loses when a column is shuffled"] + [
        f"  {safe(one['name']):<{width}}  {one['mean']:>8.4f} ± {one['deviation']:.4f}"
        for one in importance]


def _measure(examples: DataSet) -> str:
    return "accuracy" if examples.class_names else "R²"


def _picture(importance: List[Dict[str, Any]], examples: DataSet) -> draw.Picture:
    values = {one["name"]: one["mean"] for one in importance[:40]}
    return draw.bars(values, title="Importance of the columns",
                     y_label=f"{_measure(examples)} lost when the column is shuffled")
