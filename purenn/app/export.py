"""`purenn export MODEL -o FILE`: a trained model as one file that runs without purenn.

What the other language cannot express is told before anything is written; what it does otherwise
is told afterwards, on standard error. With `--int8` the loss of accuracy is measured, on a table of
your own or on rows made up to be as spread as those of the training.
"""

from __future__ import annotations

import argparse
import os
import sys
from random import Random
from typing import Dict, Optional

from ..data import DataSet, TableOptions
from ..linalg import Matrix
from ..measuring import outputs_for, quality
from ..model import Model
from ..store.exporters import FORMATS, export, format_of
from ..store.exporters.portable import portable_of, sample_rows
from ..store.exporters.quantize import compare, rounded
from ..store.model import load_model
from ..text import safe
from . import options as words
from .options import Parser, UsageError
from .predict import refuse_table
from .progress import say
from .sources import check_words, examples_for

__all__ = ["EXAMPLES", "add", "run"]

EXAMPLES = """
examples:
  purenn export flowers.safetensors -o flowers.py      then: python flowers.py new.csv
  purenn export flowers.safetensors -o flowers.h       C99 and C++, nothing is allocated
  purenn export flowers.safetensors -o flowers.h --int8 --data test.csv
  purenn export flowers.safetensors -o flowers.mjs     JavaScript, in Node or a browser
  purenn export flowers.safetensors -o flowers.onnx    ONNX Runtime

The file holds everything that an answer needs, the standardizers and the names of the classes too:
raw rows go in, answers come out. Each says at its top how it is used. The Python file imports
nothing but math, and runs on CPython from 2.7 on, on PyPy and on MicroPython.
"""

MADE_UP = 1000  # rows to measure on when there are none
RUNS_ON = {
    "python": "any Python from 2.7 on, PyPy, MicroPython",
    "c": "C99 and C++",
    "javascript": "Node and browsers",
    "onnx": "ONNX Runtime",
}


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_model(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True,
                        help="the file to write; its suffix says for what: .py, .h, .mjs or .js, "
                             ".onnx")
    parser.add_argument("--to", metavar="FORMAT", type=words.one_of(FORMATS),
                        help=f"if the suffix does not say it: {', '.join(FORMATS)}")
    parser.add_argument("--bits", metavar="N", type=words.one_of(["32", "64"]), default="64",
                        help="size of the numbers in C and ONNX: 64 for the same answers, 32 for "
                             "half the size and about 6 digits (default 64)")
    parser.add_argument("--int8", action="store_true",
                        help="C: weights as whole numbers of 8 bits; what that costs is measured "
                             "and printed")
    parser.add_argument("--data", metavar="DATA",
                        help="a table with answers, to measure --int8 on (default: 1,000 rows made "
                             "up)")


def run(options: argparse.Namespace) -> int:
    """Write the file, print what it is, return the exit code."""
    path, output = options.model, options.output
    if options.data is not None and not options.int8:
        raise UsageError("--data is for --int8, whose cost it measures")
    if os.path.realpath(output) == os.path.realpath(path):
        raise UsageError(f"--output: {safe(output)} is the model itself; it would be overwritten")
    if options.data is not None:
        check_words([options.data])
    refuse_table(path)
    model = load_model(path)
    form = format_of(output, options.to)
    measured = options.int8 and form == "c" and model.width > 0
    cost = _cost(model, path, options.data) if measured else ""
    remarks = export(model, output, options.to, bits=int(options.bits), int8=options.int8)
    print(f"{safe(output)}: {os.path.getsize(output):,} bytes, for {RUNS_ON[form]}")
    if cost:
        print(cost)
    for remark in remarks:
        say(f"note: {remark}\n", sys.stderr)
    return 0


# ---- What 8 bits cost ----


def _cost(model: Model, path: str, data: Optional[str]) -> str:
    """Say how far the answers of the rounded model are from those of the exact one."""
    if data is None:
        return f"weights of 8 bits: {_difference(model, _made_up(model))} made up"
    examples = examples_for(model, path, [data], TableOptions())
    before, after = (_quality(one, examples) for one in (model, rounded(model)))
    changes = ", ".join(f"{name.replace('_', ' ')} {before[name]:.4g} before, {after[name]:.4g} "
                        f"after" for name in before)
    return (f"weights of 8 bits: {changes}; {_difference(model, list(examples.inputs))} of "
            f"{safe(data)}")


def _quality(model: Model, examples: DataSet) -> Dict[str, float]:
    return quality(outputs_for(model, examples), examples)


def _made_up(model: Model) -> Matrix:
    rows = sample_rows(portable_of(model), MADE_UP, Random(0))
    return [model.table().encode_record(row) for row in rows]


def _difference(model: Model, inputs: Matrix) -> str:
    found = compare(model, inputs)
    if model.kind == "classifier":
        return (f"scores differ by at most {found.worst:.2g}, the class is the same on "
                f"{found.same:.1%} of {found.rows:,} rows")
    unit = " standard deviations of the target" if model.target_standardizer else ""
    return f"values differ by at most {found.worst:.2g}{unit} on {found.rows:,} rows"
