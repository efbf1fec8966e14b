"""`purenn predict MODEL DATA`: rows in, answers out, one at a time.

One row is read, answered, written; then the next. So a file of any size can be predicted in little
memory, and a program on the other end of a pipe gets its answer before it asks the next question.
A row that cannot be answered gets an empty answer, so that the line of every answer still tells its
question, and is told of on stderr; with --strict it ends the command.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from random import Random
from typing import Any, Iterable, Iterator, List, NamedTuple, Optional, Sequence

from .. import data, linalg
from ..data import DataError, Place, TableOptions, as_flags
from ..linalg import Vector
from ..model import LANGUAGE_MODEL, Model
from ..recipes import DATA_SETS
from ..store.model import load_model
from ..text import counted, safe, shown
from . import options as words
from .options import Parser, UsageError
from .progress import say
from .sources import check_width, check_words, csv_source, is_idx, is_name, is_text

__all__ = ["EXAMPLES", "add", "opened_model", "refuse_table", "run"]

EXAMPLES = """
examples:
  purenn predict flowers.safetensors new.csv
  purenn predict flowers.safetensors new.csv --probabilities > answers.csv
  purenn predict flowers.safetensors new.csv --keep id,name
  purenn predict mnist.safetensors t10k-images-idx3-ubyte.gz

The answers are CSV: a line "prediction", then one line for each row, with the name of the class or
the value in the unit of the target. Columns are found by their names if the table has a line of
names, in any order, and others are passed over; without one, by their position in the table of the
training. The target column may be there or not. Nothing is held but the row at hand.

A row that cannot be answered gets an empty answer and is reported; with --strict it ends the
command. Values far outside of what the model was trained on are reported too.
"""

MOST_REPORTED = 10
FIRST_WORD = "the model comes first, a file that train -o wrote"


class Asked(NamedTuple):
    """A row to be answered: its inputs, or why there are none; cells to keep; what is odd."""

    inputs: Vector
    kept: Sequence[str] = ()
    problem: Optional[DataError] = None
    odd: Sequence[str] = ()
    place: Place = Place()


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_model(parser)
    parser.add_argument("data", metavar="DATA",
                        help="a CSV file (- for standard input), IDX images, or the name of a set "
                             "that comes along")
    parser.add_argument("--probabilities", action="store_true",
                        help="a column p(NAME) for each class as well")
    parser.add_argument("--keep", metavar="COLS", type=words.columns, action="extend",
                        help="columns of the table to be written before the answer: id,name, or "
                             "all")
    parser.add_argument("--strict", action="store_true",
                        help="end at the first row that cannot be answered")
    words.add_later_table_options(parser)


def run(options: argparse.Namespace) -> int:
    """Predict every row that the word names, print the answers as CSV, return the exit code."""
    word = options.data
    check_words([word])
    model = opened_model(options.model)
    if options.probabilities and model.kind != "classifier":
        raise UsageError(f"--probabilities: {safe(options.model)} holds a {model.kind}, which "
                         f"knows none")
    waiting = not (is_name(word) or os.path.isfile(word))  # somebody at the other end of a pipe
    _write_utf8(sys.stdout)
    asked = _Rows(model, options, words.table_options(options))
    answers = _Answers(model, options.probabilities, options.strict)
    head = True
    for row in asked:
        if head:
            answers.write_head(asked.kept_names)
            head = False
        answers.write(row)
        if waiting:
            sys.stdout.flush()
    if head:
        answers.write_head(asked.kept_names)
    answers.report()
    return 1 if answers.unanswered and answers.unanswered == answers.rows else 0


def opened_model(path: str) -> Model:
    """Read a model file; raises ModelFileError for what is no whole model that can be asked."""
    refuse_table(path)
    model = load_model(path)
    if model.kind == LANGUAGE_MODEL:
        raise UsageError(f"{safe(path)}: a language model writes text; ask it with "
                         f"{words.called()} gpt {safe(path)}")
    if not model.width:
        raise UsageError(f"{safe(path)}: the network takes rows of any width: there is nothing to "
                         f"ask it")
    return model


def refuse_table(path: str) -> None:
    """Raise UsageError for a table or a set where a model belongs: its words are swapped."""
    if is_name(path) and not os.path.exists(path):
        raise UsageError(f"{path} is a set of examples; {FIRST_WORD}")
    if is_text(path):
        raise UsageError(f"{safe(path)} is text, a table perhaps; {FIRST_WORD}")


def _write_utf8(stream: Any) -> None:
    """Let a file or a pipe have UTF-8, whatever a terminal here would want: names are data."""
    if hasattr(stream, "reconfigure") and not stream.isatty():
        stream.reconfigure(encoding="utf-8")


class _Rows:
    """The rows that a word names; a table is read one row at a time."""

    def __init__(self, model: Model, options: argparse.Namespace, table: TableOptions) -> None:
        self.model, self.path, self.word = model, options.model, options.data
        self.keep: Optional[List[Any]] = options.keep
        self.table = table
        self.kept_names: List[str] = []

    def __iter__(self) -> Iterator[Asked]:
        if is_name(self.word):
            return self._plain(DATA_SETS[self.word](Random(0)).inputs)
        if self.word != "-" and is_idx(self.word):
            return self._plain(data.read_idx_images(self.word))
        return self._of_table()

    def _plain(self, rows: Any) -> Iterator[Asked]:
        if self.keep is not None:
            raise UsageError(f"--keep: {safe(self.word)} is no table, and has no cells to keep")
        check_width(self.model, rows, self.word, self.path)
        for number, row in enumerate(rows, start=1):
            yield Asked(list(row), place=Place(safe(self.word), number))

    def _of_table(self) -> Iterator[Asked]:
        encoding, options = self.model.table(), self.table
        if options.missing is None and encoding.options.missing == "drop":
            # Rows with holes were left out in training. Here each row gets its line of answers.
            options = options._replace(missing="refuse")
        with data.open_table(csv_source(self.word), encoding, options) as table:
            kept = self._places(table.names)
            for row in table:
                odd = [] if row.problem else table.encoding.far_outside(row.features, self.table)
                cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
                yield Asked(row.inputs, cells, row.problem, odd, Place(table.file, row.number))

    def _places(self, names: List[str]) -> List[int]:
        """Return the positions of the columns to keep, and remember their names."""
        if self.keep is None:
            return []
        places = []
        for name in self.keep if self.keep != ["all"] or "all" in names else names:
            if isinstance(name, int) and -len(names) <= name < len(names):
                places.append(name % len(names))
            elif name in names:
                places.append(names.index(name))
            else:
                raise UsageError(f"--keep: no column {shown(name)}; there are "
                                 f"{', '.join(map(shown, names[:20]))}")
        self.kept_names = [names[place] for place in places]
        return places


class _Answers:
    """Writes the answers to stdout, and what is to be told about them to stderr."""

    def __init__(self, model: Model, probabilities: bool, strict: bool) -> None:
        self.model, self.probabilities, self.strict = model, probabilities, strict
        self.row = csv.writer(sys.stdout, lineterminator="\n").writerow
        self.safe = safe if sys.stdout.isatty() else str  # names are data, but not on a terminal
        self.rows = self.unanswered = self.odd = 0
        self.names = self._names()

    def _names(self) -> List[str]:
        classes = self.model.class_names if self.probabilities else []
        return [*self.model.answer_names, *(f"p({name})" for name in classes)]

    def write_head(self, kept: Iterable[str]) -> None:
        """Write the line of names."""
        self.row([self.safe(name) for name in (*kept, *self.names)])

    def write(self, asked: Asked) -> None:
        """Answer a row."""
        self.rows += 1
        problem = asked.problem
        cells: List[str] = [""] * len(self.names)
        if problem is None:
            outputs = self.model.outputs([asked.inputs])[0]
            if linalg.all_finite([outputs]):
                cells = self._cells(outputs)
            else:
                problem = DataError("the answer is no finite number; the row lies too far from all "
                                    "that the model has learned from", asked.place)
        if problem is not None:
            self._tell_problem(problem)
        elif asked.odd:
            self._tell_odd(asked)
        self.row([self.safe(cell) for cell in (*asked.kept, *cells)])

    def _cells(self, numbers: Vector) -> List[str]:
        """Return the cells of one answer: names as they are, numbers with all their digits."""
        if self.model.kind != "classifier":
            return list(map(repr, numbers))
        said = self.model.class_names[numbers.index(max(numbers))]
        return [said, *map(repr, numbers)] if self.probabilities else [said]

    def _tell_problem(self, problem: DataError) -> None:
        if self.strict:
            raise problem
        self.unanswered += 1
        if self.unanswered <= MOST_REPORTED:
            say(f"not answered: {safe(problem.told(as_flags))}\n", sys.stderr)

    def _tell_odd(self, asked: Asked) -> None:
        self.odd += 1
        if self.odd <= MOST_REPORTED:
            say(f"far outside: {asked.place}: {safe('; '.join(asked.odd[:5]))}\n", sys.stderr)

    def report(self) -> None:
        """Say how many rows there was something to say about, if not all of it has been said."""
        for count, what in ((self.unanswered, "could not be answered"),
                            (self.odd, "lie far outside of what the model was trained on")):
            if count > MOST_REPORTED:
                say(f"{counted(count, 'row')} of {self.rows:,} {what}\n", sys.stderr)
