"""Reading CSV: tables as people keep them, in plain text.

A CSV file is lines of cells with commas between them, and no two programs agree on the rest. This
reader follows Python's `csv` module in strict mode (quotes as in RFC 4180) and never guesses a
dialect; `TableOptions` says another one. What it does find out by itself:

- *Where does the table begin?* A first line `sep=;`, as spreadsheets write it, names the
  delimiter. Lines that begin with # before the table are comments.
- *Is the first line a line of names?* If one of its cells is no number, yes. One case needs a
  second look, a first line of numbers and words: it may be the names (of columns called 2019
  and 2020) or an example (5.1, 3.5, setosa). If one of its words comes again below it, in the
  same column, within the next 1,000 rows, it is an example.
- *Numbers, words or dates? Classes or values?* `tally` says how that is told, column by column.
  What was found is in the report, so that a wrong guess is seen at once.

The file is read twice: first to learn all this, then to turn it into numbers. So neither its
text nor its cells are ever held. In memory are the numbers, at 8 bytes each (1 byte each if all
of them are whole and from 0 to 255), the targets, and the different words of each column.
`read_rows`, for prediction, reads once and holds one row, however large the file is.

Before this: encoding. After this: idx, for pictures in bulk.
"""

import csv
import re
from array import array
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, BinaryIO, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, \
    Union

from ..linalg import Vector
from ..text import counted, did_you_mean, nearest, shown
from .cells import date_orders, is_missing, number, stands_for_missing, written_number
from .dataset import DataSet, Targets
from .encoding import Encoding, is_hole
from .errors import DataError, Place, Remark
from .files import Source, file_name, opened, text_lines
from .options import Advice, Name, Spelling, TableOptions, as_keywords
from .rows import ByteRows, FlatRows
from .tally import (
    DISTINCT_CAP, Column, Tally, feature_column, hole_advice, remarks_on, target_column,
)

__all__ = [
    "ColumnReport", "Learned", "Table", "TableReport", "TableRow", "describe_csv", "encode_csv",
    "learn_csv", "open_table", "read_csv", "read_rows",
]

Record = Tuple[int, List[str]]  # the number of a row, counted from 1, and its cells

_COLUMNS_CAP = 100_000
_ROWS_TO_TELL_A_HEADER = 1000
_COMMENTS_CAP = 1000


# ---- The public functions ----


def read_csv(
    source: Source,
    *,
    target: Optional[Name] = None,
    task: Optional[str] = None,
    header: Optional[bool] = None,
    delimiter: Optional[str] = None,
    decimal: Optional[str] = None,
    encoding: Optional[str] = None,
    skip: int = 0,
    missing: Optional[str] = None,
    unseen: Optional[str] = None,
    text: Sequence[Name] = (),
    dates: Sequence[Name] = (),
    ignore: Sequence[Name] = (),
    categories_cap: int = 50,
) -> DataSet:
    """Return the table in a CSV file, plain or gzipped, as a data set.

    source  a path or an open file; all other arguments are those of `TableOptions`, which says
            what each of them means

    Without a line of names, the columns are called "column 1", "column 2", …
    Spaces around cells, blank lines and a byte-order mark are skipped. Regression targets are a
    matrix of one column. Raises DataError naming file, row and column, and what to do; ValueError
    or TypeError for options that are none; OSError if the file cannot be opened.

    >>> import io
    >>> sticks = read_csv(io.StringIO("cm,wood,long\\n1.5,oak,no\\n7.5,ash,yes\\n"))
    >>> sticks
    DataSet(2 rows, 3 features, 2 classes: no, yes)
    >>> sticks.feature_names, sticks.inputs[0], sticks.targets
    (['cm', 'wood=ash', 'wood=oak'], [1.5, 0.0, 1.0], [0, 1])
    """
    return learn_csv(source, TableOptions(
        target, task, header, delimiter, decimal, encoding, skip, missing, unseen, text, dates,
        ignore, categories_cap,
    )).data


class Learned(NamedTuple):
    """A table as a data set, the encoding that it was read by, and what was found out about it."""

    data: DataSet
    encoding: Encoding
    report: "TableReport"


def learn_csv(source: Source, options: TableOptions = TableOptions()) -> Learned:
    """Return the table in a CSV file as `read_csv` does, with its encoding and a report.

    Keep the encoding with the model: `read_rows` and `encode_csv` read other files by it.

    >>> import io
    >>> learned = learn_csv(io.StringIO("cm,wood,long\\n1.5,oak,no\\n7.5,ash,yes\\n"))
    >>> next(read_rows(io.StringIO("wood,cm\\nash,3.5\\n"), learned.encoding))
    [3.5, 1.0, 0.0]
    """
    options = options.checked()
    with opened(source, rewindable=True) as stream:
        found = _examined(stream, file_name(source), options)
        if found.report.errors:
            raise DataError.of_all(found.report.errors, found.report.file)
        encoding = Encoding(found.columns, found.options.kept())
        stream.seek(0)
        data = _data_set(Table(stream, found.report.file, encoding,
                               found.options._replace(target=None)))
    return Learned(data, encoding, found.report)


def describe_csv(source: Source, options: TableOptions = TableOptions()) -> "TableReport":
    """Return what becomes of each column of a CSV file, also of those that cannot be used.

    Raises DataError only if there is no table to be described.

    >>> import io
    >>> print(describe_csv(io.StringIO("day,cm\\n2024-05-01,1.5\\n2024-05-02,2.5\\n")))
    column  type   missing  distinct  becomes
    day     date         0         2  cannot be used as it is
    cm      value        0         2  the target, values from 1.5 to 2.5
    <BLANKLINE>
    row 2, column 'day': these are dates, such as '2024-05-01'. Take year, month and weekday: \
dates=['day']; or leave the column out: ignore=['day']; or read the whole column as words: text=['day']
    """
    with opened(source, rewindable=True) as stream:
        return _examined(stream, file_name(source), options.checked()).report


def encode_csv(
    source: Source,
    encoding: Encoding,
    options: TableOptions = TableOptions(),
    *,
    bad_rows: Optional[List[DataError]] = None,
) -> DataSet:
    """Return another table of the same kind, targets included, in the numbers of the first.

    This is for examining a trained model on a file of its own. Columns are found by their names
    if the file has a line of names, in any order; otherwise by position.

    options   what differs from the training table; `target` is what its column is called here,
              missing="drop" leaves out rows with holes
    bad_rows  if a list is given, what is wrong with a row is put there, and the row left out

    Raises DataError naming file, row and column; words and classes that the training file did
    not have are errors.
    """
    with open_table(source, encoding, options) as table:
        return _data_set(table, bad_rows)


def read_rows(
    source: Source, encoding: Encoding, options: TableOptions = TableOptions()
) -> Iterator[Vector]:
    """Yield the rows of a CSV file as numbers, one at a time, to be predicted.

    source    a path or an open file, standard input for instance
    encoding  what `learn_csv` returned for the training file
    options   what differs from the training table

    The target column may be there or not; it is not looked at. With a line of names, columns are
    found by name, in any order, and others are passed over; without, by position.
    One row is held at a time. Raises DataError naming file, row and column. `open_table` gives
    the cells of each row as well, and goes on after a bad one.
    """
    with open_table(source, encoding, options) as table:
        for row in table:
            if row.problem is not None:
                raise row.problem
            yield row.inputs


@contextmanager
def open_table(
    source: Source, encoding: Encoding, options: TableOptions = TableOptions()
) -> Iterator["Table"]:
    """Open a CSV file to be read row by row in the numbers of an encoding; see `Table`."""
    with opened(source) as stream:
        yield Table(stream, file_name(source), encoding, options.checked())


# ---- Records: the rows of the file, as cells of text ----

_SEP = re.compile(r'"?sep=(.)"?', re.I)


class _Records:
    """The rows of a file that are not blank, each with its number, and what came before them."""

    def __init__(
        self, stream: BinaryIO, file: str, options: TableOptions, delimiter: Optional[str] = None
    ) -> None:
        """Begin to read; `delimiter` is what it is if neither the options nor the file says one."""
        self.file = file
        self.remarks: List[Remark] = []
        self.delimiter = options.delimiter or delimiter or ","
        lines = text_lines(stream, file, options.encoding)
        self.row = len(list(islice(lines, options.skip)))
        self._rows = self._read(self._without_preamble(lines, options))

    def __iter__(self) -> Iterator[Record]:
        return self._rows

    def first(self) -> Record:
        record = next(self._rows, None)
        if record is None:
            raise DataError("expected a table, got an empty file", self.file)
        return record

    def _without_preamble(self, lines: Iterator[str], options: TableOptions) -> Iterator[str]:
        """Pass over a line sep=; and over comments, but not over names that begin with #."""
        held: List[str] = []
        for line in lines:
            sep = _SEP.fullmatch(line.strip())
            if sep and not held and self.row == options.skip:
                self.delimiter = options.delimiter or sep[1]
                self.row += 1
                self.remarks.append(Remark(f"its first line names {sep[1]!r} as the delimiter"))
            elif line.startswith("#") and len(held) < _COMMENTS_CAP:
                held.append(line)
            else:
                return chain(self._names_among(held, line), [line], lines)
        return iter(held)

    def _names_among(self, comments: List[str], line: str) -> List[str]:
        """Return the last comment if it is the line of names: it has as many cells as the line."""
        names = comments[-1:]
        if not names or self._width(names[0]) != self._width(line) or self._width(line) < 2:
            names = []
        comments = comments[:len(comments) - len(names)]
        self.row += len(comments)
        if comments:
            self.remarks.append(Remark(
                f"{counted(len(comments), 'line')} of comment passed over, the first is "
                f"{shown(comments[0].strip())}"))
        return names

    def _width(self, line: str) -> int:
        return line.count(self.delimiter) + 1

    def _read(self, lines: Iterator[str]) -> Iterator[Record]:
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True,
                            skipinitialspace=self.delimiter != " ")
        while True:
            self.row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._quoting_problem(reader.line_num, error) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield self.row, [cell.strip() for cell in cells]

    def _quoting_problem(self, line: int, error: csv.Error) -> DataError:
        limit = csv.field_size_limit()
        if "unexpected end" in str(error):
            problem = 'a quote (") is opened and never closed'
        elif "field larger" in str(error):
            problem = f'expected cells of at most {limit} characters; is a quote (") never closed?'
        else:
            problem = f'{error}. A quote (") inside a cell is written twice ("")'
        return DataError(f"{problem} (up to line {line})", Place(self.file, self.row))


def _check_width(cells: List[str], first: List[str], row: int, records: _Records) -> None:
    if len(cells) == len(first):
        return
    advice = _delimiter_advice(first, cells, records.delimiter)
    if not advice and len(first) < len(cells) and row > 1:
        advice = [Advice(f"if the table begins only here, not with {shown(first[0])}",
                         {"skip": row - 1})]
    hint = "" if advice else '. A delimiter inside a cell needs quotes (") around the cell'
    raise DataError(f"expected {len(first)} cells as in the first row, got {len(cells)}{hint}",
                    Place(records.file, row), advice)


def _delimiter_advice(first: List[str], cells: List[str], delimiter: str) -> List[Advice]:
    """Return advice if another delimiter would make several cells of the one that is there."""
    names, line = delimiter.join(first), delimiter.join(cells)
    for other in ";\t|,":
        if other != delimiter and names.count(other) >= len(first):
            comma = other != "," and re.search(r"\d,\d", line.replace(names, ""))
            reading = {"delimiter": other, **({"decimal": ","} if comma else {})}
            return [Advice(f"{shown(other)} seems to stand between the cells", reading)]
    return []


# ---- The line of names ----


def _is_header(records: _Records, decimal: Optional[str]) -> bool:
    """Return whether the first row holds names; the docstring at the top says how it is told."""
    _, first = records.first()
    filled = [cell for cell in first if not is_missing(cell) and not stands_for_missing(cell)]
    words = [cell for cell in filled if number(cell, decimal) is None
             and written_number(cell) is None and not date_orders(cell)]
    if not words or len(words) == len(filled):
        return bool(words)
    for _, cells in islice(records, _ROWS_TO_TELL_A_HEADER):
        if any(above == below and above in words for above, below in zip(first, cells)):
            return False
    return True


def _column_names(first: List[str], header: bool, place: Place) -> List[str]:
    """Return the names of the columns; a column without one is called by its position."""
    if len(first) > _COLUMNS_CAP:
        raise DataError(f"expected at most {_COLUMNS_CAP} columns, got {len(first)}", place)
    names = _named(first if header else [""] * len(first))
    place_of: Dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in place_of:
            raise DataError(
                f"expected a different name for every column, got {shown(name)} for columns "
                f"{place_of[name]} and {position}", place,
                [Advice("if the first row is no row of names", {"header": False})])
        place_of[name] = position
    return names


def _named(cells: List[str]) -> List[str]:
    return [cell or f"column {position}" for position, cell in enumerate(cells, start=1)]


def _position(option: str, column: Name, names: List[str], file: str) -> int:
    if isinstance(column, str) and column in names:
        return names.index(column)
    is_position = isinstance(column, int) and not isinstance(column, bool)
    if is_position and -len(names) <= int(column) < len(names):
        return int(column) % len(names)
    there = ", ".join(shown(name) for name in names[:20]) + (", …" if len(names) > 20 else "")
    near = nearest(str(column), names)
    value: Any = near if option == "target" else [near]
    raise DataError(
        f"{option}: expected the name of a column, or a position from 0 to {len(names) - 1}, got "
        f"{shown(column)}. The columns are {there}", file,
        [Advice("did you mean", {option: value})] if near else ())


# ---- Learning: the first reading ----


class ColumnReport(NamedTuple):
    """What was found in one column and what becomes of it.

    name      from the line of names
    kind      "number", "text", "date", "class", "value" or "ignored"
    missing   how many cells are holes
    distinct  how many different cells there are; None if they are more than 1,000, or ignored
    becomes   in words, what becomes of it
    """

    name: str
    kind: str
    missing: int
    distinct: Optional[int]
    becomes: str


class TableReport(NamedTuple):
    """What was found out about a table: a line for each column, and what is worth telling.

    errors are what keeps it from being used, remarks what its reader should know. str() is all of
    it with options as in Python; `told(as_flags)` as on the command line.
    """

    file: str
    rows: int
    columns: List[ColumnReport]
    remarks: List[Remark]
    errors: List[DataError]

    def told(self, spelling: Spelling = as_keywords) -> str:
        """Return the table of the columns, then the remarks and errors."""
        remarks = [Remark(error.problem, error.place._replace(file=""), error.advice)
                   for error in self.errors] + self.remarks
        return "\n".join([*self.lines(), *[""] * bool(remarks),
                          *(remark.told(spelling) for remark in remarks)])

    def lines(self) -> List[str]:
        """Return a line for each column, below a line of heads."""
        rows = [("column", "type", "missing", "distinct", "becomes")] + [
            (shown(one.name)[1:-1], one.kind, f"{one.missing:,}",
             _told_distinct(one), one.becomes)
            for one in self.columns]
        name, kind, missing, distinct, _ = (max(map(len, cells)) for cells in zip(*rows))
        return [f"{row[0]:<{name}}  {row[1]:<{kind}}  {row[2]:>{missing}}  {row[3]:>{distinct}}  "
                f"{row[4]}" for row in rows]

    def __str__(self) -> str:
        return self.told()


def _told_distinct(column: ColumnReport) -> str:
    if column.distinct is not None:
        return f"{column.distinct:,}"
    return "" if column.kind == "ignored" else f"over {DISTINCT_CAP:,}"


class _Examined(NamedTuple):
    columns: List[Column]  # as far as they can be used
    options: TableOptions  # with header and delimiter settled
    report: TableReport


class _Roles(NamedTuple):
    """What the options say of the columns, by position."""

    target: int
    text: Set[int]
    dates: Set[int]
    ignored: Set[int]


def _examined(stream: BinaryIO, file: str, options: TableOptions) -> _Examined:
    """Read the table once, and find out what it holds and what becomes of each column."""
    header = options.header
    if header is None:
        header = _is_header(_Records(stream, file, options), options.decimal)
        stream.seek(0)
    records = _Records(stream, file, options)
    row, first = records.first()
    names = _column_names(first, header, Place(file, row))
    roles = _roles(names, options, file)
    _check_columns(names, roles, file, records.delimiter, first)
    chained = records if header else chain([(row, first)], records)
    tallies = _tallied(chained, records, first, names, roles, options, frozenset())
    dashes = frozenset(tally.position for tally in tallies
                       if tally.of_numbers and tally.counts["dash"])
    if options.missing == "drop" and dashes:  # only now it is known that these are holes
        stream.seek(0)
        records = _Records(stream, file, options)
        chained = islice(records, int(header), None)
        tallies = _tallied(chained, records, first, names, roles, options, dashes)
    if not tallies[roles.target].different:
        raise _no_rows(file, only_names=header and records.row <= row + 1)
    settled = options._replace(header=header, delimiter=records.delimiter)
    return _judged(tallies, roles, settled, records)


def _roles(names: List[str], options: TableOptions, file: str) -> _Roles:
    def places(option: str) -> Set[int]:
        return {_position(option, name, names, file) for name in getattr(options, option)}

    target = -1 if options.target is None else options.target
    return _Roles(_position("target", target, names, file), places("text"), places("dates"),
                  places("ignore"))


def _check_columns(
    names: List[str], roles: _Roles, file: str, delimiter: str, first: List[str]
) -> None:
    if roles.target in roles.ignored:
        raise DataError(f"the target {shown(names[roles.target])} cannot be ignored as well", file)
    if len(names) - len(roles.ignored) < 2:
        raise DataError(
            f"expected at least two columns, features and a target, got "
            f"{len(names) - len(roles.ignored)}: {shown(delimiter.join(first))}", file,
            _delimiter_advice(first, first, delimiter))


def _tallied(
    rows: Any, records: _Records, first: List[str], names: List[str], roles: _Roles,
    options: TableOptions, dashes: Any,
) -> List[Tally]:
    """Let all rows go by; with missing="drop", without those that have holes."""
    tallies = [Tally(name, position, options, records.file) for position, name in enumerate(names)]
    seen = [tally for tally in tallies if tally.position not in roles.ignored]
    for row, cells in rows:
        _check_width(cells, first, row, records)
        if options.missing == "drop" and any(
            is_missing(cells[tally.position]) or (
                tally.position in dashes and stands_for_missing(cells[tally.position]))
            for tally in seen
        ):
            continue
        for tally in seen:
            tally.see(cells[tally.position], row)
    return tallies


def _no_rows(file: str, only_names: bool) -> DataError:
    got = "only a line of names" if only_names else "none without missing cells"
    return DataError(f"expected rows of data, got {got}", file)


def _judged(
    tallies: List[Tally], roles: _Roles, options: TableOptions, records: _Records
) -> _Examined:
    """Decide what becomes of each column; what cannot be decided are the errors of the report."""
    columns: List[Column] = []
    reports: List[ColumnReport] = []
    remarks, errors = list(records.remarks), []
    for tally in tallies:
        try:
            column = _judged_column(tally, roles, options)
        except DataError as error:
            errors.append(error)
            column = Column(tally.name, "unclear")
        else:
            remarks += remarks_on(tally, column, options.task)
        columns.append(column)
        reports.append(_reported(tally, column))
    errors = _hole_errors(tallies, columns, options, records.file) + errors
    rows = tallies[roles.target].filled + tallies[roles.target].counts["hole"]
    report = TableReport(records.file, rows, reports, remarks, errors)
    return _Examined(columns, options, report)


def _judged_column(tally: Tally, roles: _Roles, options: TableOptions) -> Column:
    if tally.position in roles.ignored:
        return Column(tally.name, "ignored")
    if tally.position == roles.target:
        return target_column(tally, options.task)
    return feature_column(tally, options, tally.position in roles.text,
                          tally.position in roles.dates)


def _hole_errors(
    tallies: List[Tally], columns: List[Column], options: TableOptions, file: str
) -> List[DataError]:
    """Return one error for all holes in features, and one for those in the target."""
    holes = [(tally, column, tally.holes(column.kind)) for tally, column in zip(tallies, columns)]
    errors = []
    for kinds, filling in ((("class", "value"), False), (("number", "text", "date"), True)):
        found = [(tally, count) for tally, column, count in holes if count and column.kind in kinds]
        if found and not (filling and options.missing == "mean"):
            what = "a value in every row" if filling else "a target in every row"
            told = [_told_holes(tally, count) for tally, count in found[:8]]
            more = f" and {len(found) - 8} more columns" * (len(found) > 8)
            errors.append(DataError(f"expected {what}, got missing ones in {', '.join(told)}{more}",
                                    Place(file), hole_advice(filling)))
    return errors


def _told_holes(tally: Tally, count: int) -> str:
    row, cell = min(tally.first[kind] for kind in ("hole", "dash") if kind in tally.first)
    got = f" {shown(cell)}" if cell else ""
    times = f"{count:,}, first in " if count > 1 else ""
    return f"column {shown(tally.name)} ({times}row {row}{got})"


def _reported(tally: Tally, column: Column) -> ColumnReport:
    if column.kind == "ignored":
        return ColumnReport(tally.name, "ignored", 0, None, "left out")
    kind = column.kind if column.kind != "unclear" else tally.likely_kind
    distinct = len(tally.different - {""})
    return ColumnReport(tally.name, kind, tally.holes(kind),
                        distinct if distinct <= DISTINCT_CAP else None, _becomes(column))


def _becomes(column: Column) -> str:
    if column.kind == "unclear":
        return "cannot be used as it is"
    if column.kind == "value":
        return f"the target, values from {column.low:g} to {column.high:g}"
    if column.kind == "class":
        names = ", ".join(shown(name)[1:-1] for name in column.categories[:4])
        more = ", …" * (len(column.categories) > 4)
        return f"the target, {counted(len(column.categories), 'class', 'classes')}: {names}{more}"
    if column.kind == "date":
        return "3 inputs: year, month, weekday"
    if column.kind == "text":
        return counted(len(column.categories), "input") + ", one for each word"
    return "1 input"


# ---- Encoding: the second reading, and every reading of other files ----


class TableRow(NamedTuple):
    """One row of a table, in cells and in numbers.

    number    its number in the file, counted from 1
    cells     all its cells, as they are in the file
    features  the cells of the features, in the order of the encoding; none if the row is too short
              or too long
    inputs    the row in numbers; none if it has a problem
    target    the cell of the target, None if the table has no such column
    problem   why there are no inputs; None if there are
    """

    number: int
    cells: List[str]
    features: List[str]
    inputs: Vector
    target: Optional[str] = None
    problem: Optional[DataError] = None


class _Layout(NamedTuple):
    """Where a file has the columns that an encoding wants."""

    header: bool
    features: List[int]
    target: Optional[int]


class Table:
    """A CSV file that is read by an encoding, row by row. `open_table` makes it.

    names    of all columns of the file
    dropped  how many rows with holes were left out so far, with missing="drop"

    Iterating gives a `TableRow` for each row. One that cannot be encoded does not end it: it comes
    without inputs and with its problem, and whoever reads decides.
    """

    def __init__(
        self, stream: BinaryIO, file: str, encoding: Encoding, options: TableOptions
    ) -> None:
        self.file, self.encoding, self.dropped = file, encoding, 0
        self.options = options.over(encoding.options)
        self._records = _Records(
            stream, file, self.options._replace(delimiter=options.delimiter),
            self.options.delimiter)
        self.delimiter = self._records.delimiter
        self.first_row, self._first = self._records.first()
        self._layout = _layout(self._first, self)
        self.names = _named(self._first if self._layout.header else [""] * len(self._first))

    @property
    def has_target(self) -> bool:
        """Whether the file has a column of targets."""
        return self._layout.target is not None

    def __iter__(self) -> Iterator[TableRow]:
        first = [] if self._layout.header else [(self.first_row, self._first)]
        for number_, cells in chain(first, self._records):
            row = self._row(number_, cells)
            if self.options.missing == "drop" and self._has_holes(row):
                self.dropped += 1
            else:
                yield row

    def _row(self, number_: int, cells: List[str]) -> TableRow:
        try:
            _check_width(cells, self._first, number_, self._records)
        except DataError as error:
            return TableRow(number_, cells, [], [], None, error)
        features = [cells[place] for place in self._layout.features]
        target = None if self._layout.target is None else cells[self._layout.target]
        try:
            inputs = self.encoding.encode_row(
                features, number_, file=self.file, options=self.options)
        except DataError as error:
            return TableRow(number_, cells, features, [], target, error)
        return TableRow(number_, cells, features, inputs, target)

    def _has_holes(self, row: TableRow) -> bool:
        target = row.target is not None and is_hole(self.encoding.target, row.target)
        return target or bool(self.encoding.holes(row.features))


def _layout(first: List[str], table: Table) -> _Layout:
    encoding, header = table.encoding, table.options.header
    if header is None:
        header = _has_names(first, encoding)
    if header and encoding.options.header:
        return _layout_by_name(first, table)
    return _layout_by_position(first, table, header)


def _has_names(first: List[str], encoding: Encoding) -> bool:
    """A line of names has a name that we know, or only words where a number should be."""
    if encoding.options.header and any(column.name in first for column in encoding.features):
        return True
    expects_numbers = any(column.kind == "number" for column in encoding.features)
    decimal = encoding.options.decimal
    return expects_numbers and all(
        number(cell, decimal) is None and not is_missing(cell) for cell in first)


def _layout_by_name(first: List[str], table: Table) -> _Layout:
    names = _named(first)
    target: Name = table.encoding.target.name
    if table.options.target is not None:
        target = names[_position("target", table.options.target, names, table.file)]
    for name in [*(column.name for column in table.encoding.features), target]:
        found = names.count(name)
        if found != 1 and (found or name != target):
            there = ", ".join(shown(one) for one in names[:20])
            hint = did_you_mean(name, names)
            raise DataError(f"expected one column {shown(name)}, got {found}. The columns are "
                            f"{there}{hint}", Place(table.file, table.first_row),
                            _delimiter_advice(first, first, table.delimiter))
    place_of = {name: place for place, name in enumerate(names)}
    features = [place_of[column.name] for column in table.encoding.features]
    return _Layout(True, features, place_of.get(target))


def _layout_by_position(first: List[str], table: Table, header: bool) -> _Layout:
    encoding = table.encoding
    columns = encoding.columns
    if len(first) == len(columns) - 1:  # the target is not there
        columns = [column for column in columns if column is not encoding.target]
    if len(first) != len(columns):
        raise DataError(
            f"expected {len(columns)} cells as in the training file, or {len(columns) - 1} without "
            f"the target, got {len(first)}", Place(table.file, table.first_row),
            _delimiter_advice(first, first, table.delimiter))
    features = [place for place, column in enumerate(columns) if column in encoding.features]
    target = [place for place, column in enumerate(columns) if column is encoding.target]
    return _Layout(header, features, target[0] if target else None)


def _data_set(table: Table, bad_rows: Optional[List[DataError]] = None) -> DataSet:
    encoding, packer = table.encoding, _Packer()
    targets: List[Any] = []
    if not table.has_target:
        raise DataError(f"expected the target column {shown(encoding.target.name)}, but the file "
                        "has only the features", table.file)
    for row in table:
        try:
            if row.problem is not None:
                raise row.problem
            target = _encoded_target(row, table)
        except DataError as error:
            if bad_rows is None:
                raise
            bad_rows.append(error)
        else:
            packer.add(row.inputs)
            targets.append(target)
    if not targets:
        raise _no_rows(table.file, only_names=not table.dropped)
    note = f"; {counted(table.dropped, 'row')} with missing cells left out" * bool(table.dropped)
    return DataSet(
        packer.rows(len(encoding.feature_names)), targets, list(encoding.feature_names),
        list(encoding.class_names), f"{table.file}: {counted(len(targets), 'row')}{note}")


def _encoded_target(row: TableRow, table: Table) -> Any:
    encoding, cell = table.encoding, row.target or ""
    if encoding.class_names:
        return encoding.encode_class(cell, row.number, file=table.file)
    return [encoding.encode_value(cell, row.number, file=table.file, options=table.options)]


class _Packer:
    """Numbers in one flat array: of bytes as long as they fit, then of floats."""

    byte_of: Dict[float, int] = {float(byte): byte for byte in range(256)}

    def __init__(self) -> None:
        self.data: "Any" = array("B")

    def add(self, row: Vector) -> None:
        if self.data.typecode == "B":
            try:
                self.data.extend([self.byte_of[value] for value in row])
                return
            except KeyError:
                self.data = array("d", self.data)
        self.data.extend(row)

    def rows(self, width: int) -> "Union[ByteRows, FlatRows]":
        if self.data.typecode == "B":
            return ByteRows(self.data, width)
        return FlatRows(self.data, width)
