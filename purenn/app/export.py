"""`purenn export MODEL -o FILE`: a trained model as one file that runs without purenn.

What the other language cannot express is told before anything is written; what it does otherwise
is told afterwards, on standard error. With `--int8` the loss of accuracy is measured, on rows of
your own or on rows made up to be as spread as those of the training.

Before this: show.
"""

from __future__ import annotations

import os
import sys
from random import Random
from typing import Optional

from ..linalg import Matrix
from ..store.exporters import export, format_of
from ..store.exporters.portable import portable_of, sample_rows
from ..store.exporters.quantize import compare
from .models import Opened, open_model
from .predict import Table, rows_of
from .words import UsageError

__all__ = ["run"]

MADE_UP = 1000  # rows to measure on when there are none
RUNS_ON = {
    "python": "any Python from 2.7 on, PyPy, MicroPython",
    "c": "C99 and C++",
    "javascript": "Node and browsers",
    "onnx": "ONNX Runtime",
}


def run(
    path: str, output: str, to: Optional[str] = None, bits: int = 64, int8: bool = False,
    data: Optional[str] = None,
) -> int:
    """Write the file, print what it is, return the exit code."""
    if data is not None and not int8:
        raise UsageError("--data is for --int8, whose cost it measures")
    if os.path.realpath(output) == os.path.realpath(path):
        raise UsageError(f"--output: {output} is the model itself; it would be overwritten")
    opened = open_model(path)
    inputs = _inputs(opened, data) if int8 else []
    remarks = export(opened.model, output, to, bits=bits, int8=int8)
    form = format_of(output, to)
    print(f"{output}: {os.path.getsize(output):,} bytes, for {RUNS_ON[form]}")
    if int8:
        print(_cost(opened, inputs, data))
    for remark in remarks:
        print(f"note: {remark}", file=sys.stderr)
    return 0


def _inputs(opened: Opened, data: Optional[str]) -> Matrix:
    """Return rows to measure on: those of a table, or else made up ones."""
    if data is not None:
        return list(rows_of(opened, data, Table()))
    rows = sample_rows(portable_of(opened.model), MADE_UP, Random(0))
    return [opened.encoding.encode_row([cell if isinstance(cell, str) else repr(cell)
                                        for cell in row]) for row in rows]


def _cost(opened: Opened, inputs: Matrix, data: Optional[str]) -> str:
    """Say how far the answers of the rounded model are from those of the exact one."""
    found = compare(opened.model, inputs)
    rows = f"{found.rows:,} rows " + ("made up" if data is None else f"of {data}")
    if opened.model.kind == "classifier":
        return (f"weights of 8 bits: the same class on {found.same:.1%} of {rows}; scores differ "
                f"by at most {found.worst:.2g}")
    unit = " standard deviations of the target" if opened.model.target_standardizer else ""
    return f"weights of 8 bits: values differ by at most {found.worst:.2g}{unit} on {rows}"
