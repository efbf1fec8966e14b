"""A table of one's own: bytes that were dropped onto the page, and what becomes of them.

The bytes stay in memory. They are unpacked up to a limit, looked at column by column, so that the
page can ask what to predict and what to leave out, and then read by `purenn.data.learn_csv`, as the
command line reads a file. Whatever is wrong is one sentence with row and column.

Before this: `refusals`. After this: `session`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from itertools import islice
from random import Random
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ..data import DataError, DataSet, Encoding, TableOptions, describe_csv, learn_csv
from ..data.cells import is_missing, number
from ..initializers import permutation
from .problem import MOST_ROWS
from .refusals import Refused

__all__ = ["Choice", "Table", "table_from"]

MOST_BYTES, MOST_UNPACKED = 2_000_000, 8_000_000
LOOKED_AT = 5000  # rows, for the description of the columns
CATEGORIES = 50  # different words of a column, as learn_csv has it
CLASSES = 20
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class Table(NamedTuple):
    """A file as it was dropped, unpacked: its name, its bytes, and the character between cells."""

    name: str
    data: bytes
    delimiter: str

    @property
    def mark(self) -> str:
        """Eight digits that tell this file from others."""
        return hashlib.sha256(self.data).hexdigest()[:8]


class Choice(NamedTuple):
    """What was chosen about a table; see `TableOptions`."""

    target: str
    task: str
    missing: str
    ignore: Tuple[str, ...]


def table_from(name: str, data: bytes) -> Table:
    """Return the table in these bytes; Refused for what is surely none."""
    if not data:
        raise Refused("bad_value", f"{name} is empty", "bytes")
    if len(data) > MOST_BYTES:
        raise Refused("too_large", f"{name} has {len(data):,} bytes; the playground takes at most "
                      f"{MOST_BYTES:,}", "bytes", "purenn train takes files of any size")
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(name, data)
    first_line = data[:10_000].split(b"\n")[0]
    counts = {mark: first_line.count(mark.encode()) for mark in DELIMITERS.values()}
    delimiter = max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
    return Table(name, data, delimiter)


def _unpacked(name: str, data: bytes) -> bytes:
    """Unpack gzip, but no more than the limit: a small file may hold a huge one."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MOST_UNPACKED + 1)
    except zlib.error as error:
        raise Refused("bad_value", f"{name}: damaged, and cannot be unpacked ({error})",
                      "bytes") from None
    if len(plain) > MOST_UNPACKED:
        raise Refused("too_large", f"{name} unpacks to more than {MOST_UNPACKED:,} bytes", "bytes")
    if not unpacker.eof:
        raise Refused("bad_value", f"{name}: incomplete, its end is missing", "bytes")
    return plain


# ---- Looking at it ----


def described(table: Table) -> Dict[str, Any]:
    """Return what the page shows of each column, and what it proposes."""
    names, rows = _cells(table)
    columns = [_column(name, [row[number] for row in rows]) for number, name in enumerate(names)]
    target = columns[-1]
    return {"name": table.name, "rows": len(rows), "columns": columns, "target": target["name"],
            "task": target["task"], "reason": target["reason"], "mark": table.mark,
            "missing": "mean" if any(column["missing"] for column in columns) else "refuse"}


def _cells(table: Table) -> Tuple[List[str], List[List[str]]]:
    """Return the names of the columns, and the first rows of text."""
    try:
        text = table.data.decode("utf-8-sig")
        if "\0" in text:
            raise UnicodeError("it holds NUL characters")
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True)
        rows = [[cell.strip() for cell in row] for row in islice(lines, LOOKED_AT) if row]
    except (UnicodeError, csv.Error) as error:
        raise Refused("bad_value", f"{table.name} is no table in plain text (CSV): {error}",
                      "bytes", "export it as CSV, in UTF-8") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise Refused("bad_value", f"{table.name}: expected at least two rows and two columns",
                      "bytes", "cells are divided by commas, semicolons or tabs")
    width = len(rows[0])
    for line, row in enumerate(rows, start=1):
        if len(row) != width:
            raise Refused("bad_value", f"{table.name}, row {line}: expected {width} cells, got "
                          f"{len(row)}", "bytes")
    try:
        report = describe_csv(_stream(table), TableOptions(delimiter=table.delimiter))
    except DataError as error:
        raise Refused("bad_value", str(error), "bytes") from None
    names = [column.name for column in report.columns]
    return names, rows[1:] if names == rows[0] else rows


def _stream(table: Table) -> io.BytesIO:
    stream = io.BytesIO(table.data)
    stream.name = table.name
    return stream


def _column(name: str, cells: Sequence[str]) -> Dict[str, Any]:
    known = [cell for cell in cells if not is_missing(cell)]
    different = len(set(known))
    numbers = bool(known) and all(number(cell) is not None for cell in known)
    task, reason = _task(known, numbers, different)
    ignore = _why_ignore(name, known, numbers, different)
    return {"name": name, "kind": "numbers" if numbers else "words", "different": different,
            "missing": len(cells) - len(known), "samples": [cell[:24] for cell in known[:2]],
            "inputs": 1 if numbers else different, "ignore": bool(ignore), "why": ignore,
            "task": task, "reason": reason}


def _task(known: Sequence[str], numbers: bool, different: int) -> Tuple[str, str]:
    if not numbers:
        return "classification", f"its cells are {different} different words"
    whole = all((number(cell) or 0.0).is_integer() for cell in known)
    if whole and different <= 10:
        return "classification", f"its cells are {different} different whole numbers"
    return "regression", f"its cells are numbers, {different} different ones"


def _why_ignore(name: str, known: Sequence[str], numbers: bool, different: int) -> str:
    """Return why a column had better be left out, empty if it is of use."""
    if different <= 1:
        return "always the same"
    if not numbers and different > CATEGORIES:
        return f"{different} different words"
    if name.strip().lower() in ("id", "index", "nr", "no", "number", "row") and (
            different == len(known)):
        return "a running number"
    return ""


# ---- Reading it ----


def read_table(table: Table, choice: Choice, seed: int) -> Tuple[DataSet, Encoding]:
    """Return the table as a data set; of very many rows, a sample chosen by the seed."""
    options = TableOptions(choice.target, choice.task, delimiter=table.delimiter,
                           missing=choice.missing, ignore=choice.ignore,
                           categories_cap=CATEGORIES)
    try:
        data, encoding, _ = learn_csv(_stream(table), options)
    except (DataError, ValueError, TypeError) as error:
        raise Refused("bad_value", str(error), "bytes") from None
    if len(data.inputs) > MOST_ROWS:
        rows = sorted(permutation(len(data.inputs), Random(seed))[:MOST_ROWS])
        targets: Any = [data.targets[row] for row in rows]
        data = data._replace(
            inputs=[data.inputs[row] for row in rows], targets=targets,
            description=f"{data.description}; {MOST_ROWS:,} of {len(data.inputs):,} rows by chance")
    return data, encoding
