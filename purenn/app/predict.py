"""`purenn predict MODEL DATA`: rows in, answers out, one at a time.

One row is read, answered, written; then the next. So a file of any size can be predicted in little
memory, and a program on the other end of a pipe gets its answer before it asks the next question.

Before this: models. After this: evaluate.
"""

from __future__ import annotations

import csv
import os
import sys
from random import Random
from typing import Any, Iterable, Iterator, List, NamedTuple, Optional

from .. import data, linalg
from ..data import DataError
from ..linalg import Vector
from .models import Opened, check_width, class_names, open_model, outputs
from .names import MAKERS
from .sources import check_words, csv_source, is_idx, is_name
from .words import UsageError

__all__ = ["Table", "rows_of", "run"]

class Table(NamedTuple):
    """How a table differs from that of the training; None where it does not."""

    delimiter: Optional[str] = None
    header: Optional[bool] = None
    unseen: str = "refuse"


def run(path: str, word: str, table: Table, probabilities: bool = False) -> int:
    """Predict every row that the word names, print the answers as CSV, return the exit code."""
    check_words([word])
    opened = open_model(path)
    if probabilities and opened.model.kind != "classifier":
        raise UsageError(f"--probabilities: {path} holds a {opened.model.kind}, which knows none")
    waiting = not (is_name(word) or os.path.isfile(word))  # somebody at the other end of a pipe
    _write_utf8(sys.stdout)
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    head = [_header(opened, probabilities)]  # written with the first answer: then there is one
    for number, row in enumerate(rows_of(opened, word, table), start=1):
        answer = _answer(opened, row, probabilities, f"{word}, row {number} of the data")
        for line in (*head, answer):
            write(line)
        head = []
        if waiting:
            sys.stdout.flush()
    for line in head:
        write(line)
    return 0


def _write_utf8(stream: Any) -> None:
    """Let a file or a pipe have UTF-8, whatever a terminal here would want: names are data."""
    if hasattr(stream, "reconfigure") and not stream.isatty():
        stream.reconfigure(encoding="utf-8")


def rows_of(opened: Opened, word: str, table: Table) -> Iterable[Vector]:
    """Return the rows of a set that comes along, of IDX images, or of a table, which is streamed.

    Raises DataError for rows that do not suit the model.
    """
    if is_name(word):
        return _checked(opened, MAKERS[word](Random(0)).inputs, word)
    if word != "-" and is_idx(word):
        return _checked(opened, data.read_idx_images(word), word)
    return data.read_rows(
        csv_source(word), opened.encoding,
        delimiter=table.delimiter, header=table.header, unseen=table.unseen,
    )


def _checked(opened: Opened, rows: Any, word: str) -> Iterator[Vector]:
    check_width(opened, rows, word)
    return iter(rows)


def _header(opened: Opened, probabilities: bool) -> List[str]:
    width = opened.model.network.output_width or 1
    if opened.model.kind == "classifier":
        names = class_names(opened.model) if probabilities else []
        return ["prediction", *(f"p({name})" for name in names)]
    if width == 1:
        return ["prediction"]
    return [f"prediction {number + 1}" for number in range(width)]


def _answer(opened: Opened, row: Vector, probabilities: bool, place: str) -> List[str]:
    """Return the cells of one line: names as they are, numbers with all their digits."""
    numbers = outputs(opened.model, [row])[0]
    if not linalg.all_finite([numbers]):
        raise DataError(f"{place}: the answer is no finite number; the row lies too far from all "
                        f"that the model has learned from")
    if opened.model.kind != "classifier":
        return list(map(repr, numbers))
    said = class_names(opened.model)[numbers.index(max(numbers))]
    return [said, *map(repr, numbers)] if probabilities else [said]
