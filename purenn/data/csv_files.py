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
text nor its cells are ever held. In memory are the numbers, at 8 bytes each (1 byte each in columns
where all are whole and from 0 to 255), the targets, and the different words of each column.
`read_rows`, for prediction, reads once and holds one row, however large the file is.

Before this: encoding. After this: idx, for pictures in bulk.
"""

from array import array
from contextlib import contextmanager
from itertools import chain
from typing import Any, BinaryIO, Iterator, List, NamedTuple, Optional, Sequence, Union

from ..linalg import Vector
from ..rows import ByteRows, ColumnRows, RowView
from ..text import counted, did_you_mean, shown
from .cells import is_missing, number
from .dataset import DataSet
from .encoding import Encoding, is_hole
from .errors import DataError, Place
from .files import Source, file_name, opened
from .learning import TableReport, examined, no_rows
from .options import DEFAULTS, Name, TableOptions
from .records import Records, check_width, delimiter_advice, named, position

__all__ = [
    "Learned", "Table", "TableRow", "describe_csv", "encode_csv", "learn_csv", "open_table",
    "read_csv", "read_rows",
]

# ---- The public functions ----


def read_csv(
    source: Source,
    *,
    target: Union[Name, Sequence[Name], None] = None,
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
    matrix with a column for each target. Raises DataError naming file, row and column, and what to
    do; ValueError or TypeError for options that are none; OSError if the file cannot be opened.

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
    report: TableReport


def learn_csv(source: Source, options: TableOptions = DEFAULTS) -> Learned:
    """Return the table in a CSV file as `read_csv` does, with its encoding and a report.

    Keep the encoding with the model: `read_rows` and `encode_csv` read other files by it.

    >>> import io
    >>> learned = learn_csv(io.StringIO("cm,wood,long\\n1.5,oak,no\\n7.5,ash,yes\\n"))
    >>> next(read_rows(io.StringIO("wood,cm\\nash,3.5\\n"), learned.encoding))
    [3.5, 1.0, 0.0]
    """
    options = options.checked()
    with opened(source, rewindable=True) as stream:
        found = examined(stream, file_name(source), options)
        if found.report.errors:
            raise DataError.of_all(found.report.errors, found.report.file)
        encoding = Encoding(found.columns, found.options.kept())
        stream.seek(0)
        data = _data_set(Table(stream, found.report.file, encoding,
                               found.options._replace(target=None)))
    return Learned(data, encoding, found.report)


def describe_csv(source: Source, options: TableOptions = DEFAULTS) -> TableReport:
    """Return what becomes of each column of a CSV file, also of those that cannot be used.

    Raises DataError only if there is no table to be described.

    >>> import io
    >>> print(describe_csv(io.StringIO("wood,cm\\noak,1.5\\nash,\\n")))
    column  type   missing  distinct  becomes
    wood    text         0         2  2 inputs, one for each word
    cm      value        1         1  the target, values from 1.5 to 1.5
    <BLANKLINE>
    row 3, column 'cm': expected a target in every row, got an empty cell. Leave out rows with \
missing cells: missing='drop'
    """
    with opened(source, rewindable=True) as stream:
        return examined(stream, file_name(source), options.checked()).report


def encode_csv(
    source: Source,
    encoding: Encoding,
    options: TableOptions = DEFAULTS,
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
    source: Source, encoding: Encoding, options: TableOptions = DEFAULTS
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
    source: Source, encoding: Encoding, options: TableOptions = DEFAULTS
) -> Iterator["Table"]:
    """Open a CSV file to be read row by row in the numbers of an encoding; see `Table`."""
    with opened(source) as stream:
        yield Table(stream, file_name(source), encoding, options.checked())


# ---- Encoding: the second reading, and every reading of other files ----


class TableRow(NamedTuple):
    """One row of a table, in cells and in numbers.

    number    its number in the file, counted from 1
    cells     all its cells, as they are in the file
    features  the cells of the features, in the order of the encoding; none if the row is too short
              or too long
    inputs    the row in numbers; none if it has a problem
    targets   the cells of the targets, none if the table lacks one of these columns
    problem   why there are no inputs; None if there are
    """

    number: int
    cells: List[str]
    features: List[str]
    inputs: Vector
    targets: Sequence[str] = ()
    problem: Optional[DataError] = None


class _Layout(NamedTuple):
    """Where a file has the columns that an encoding wants."""

    header: bool
    features: List[int]
    targets: List[int]


class Table:
    """A CSV file that is read by an encoding, row by row. `open_table` makes it.

    names    of all columns of the file
    dropped  how many rows with holes were left out so far

    Iterating gives a `TableRow` for each row. One that cannot be encoded does not end it: it comes
    without inputs and with its problem, and whoever reads decides.
    """

    def __init__(
        self, stream: BinaryIO, file: str, encoding: Encoding, options: TableOptions
    ) -> None:
        self.file, self.encoding, self.dropped = file, encoding, 0
        self.options = options.over(encoding.options)
        self._records = Records(
            stream, file, self.options._replace(delimiter=options.delimiter),
            self.options.delimiter)
        self.delimiter = self._records.delimiter
        self.first_row, self._first = self._records.first()
        self._layout = _layout(self._first, self)
        self.names = named(self._first if self._layout.header else [""] * len(self._first))

    @property
    def has_targets(self) -> bool:
        """Whether the file has all columns of targets."""
        return bool(self._layout.targets)

    def __iter__(self) -> Iterator[TableRow]:
        first = [] if self._layout.header else [(self.first_row, self._first)]
        for number_, cells in chain(first, self._records):
            row = self._row(number_, cells)
            if self.options.missing == "drop" and self.encoding.holes(row.features):
                self.dropped += 1
            else:
                yield row

    def _row(self, number_: int, cells: List[str]) -> TableRow:
        try:
            check_width(cells, self._first, number_, self._records)
        except DataError as error:
            return TableRow(number_, cells, [], [], (), error)
        features = [cells[place] for place in self._layout.features]
        targets = [cells[place] for place in self._layout.targets]
        try:
            inputs = self.encoding.encode_cells(features, self.options)
        except DataError as error:
            error.place = error.place._replace(file=self.file, row=number_)
            return TableRow(number_, cells, features, [], targets, error)
        return TableRow(number_, cells, features, inputs, targets)


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
    names = named(first)
    targets = [column.name for column in table.encoding.targets]
    if table.options.target is not None:
        given = _as_many(table.options.targets, targets, table)
        targets = [names[position("target", target, names, table.file, given)] for target in given]
    for name in [*(column.name for column in table.encoding.features), *targets]:
        found = names.count(name)
        if found != 1 and (found or name not in targets):
            there = ", ".join(shown(one) for one in names[:20])
            hint = did_you_mean(name, names)
            raise DataError(f"expected one column {shown(name)}, got {found}. The columns are "
                            f"{there}{hint}", Place(table.file, table.first_row),
                            delimiter_advice(first, first, table.delimiter))
    place_of = {name: place for place, name in enumerate(names)}
    features = [place_of[column.name] for column in table.encoding.features]
    whole = set(targets) <= set(names)
    return _Layout(True, features, [place_of[target] for target in targets] if whole else [])


def _as_many(given: Sequence[Name], targets: Sequence[str], table: Table) -> Sequence[Name]:
    if len(given) != len(targets):
        raise DataError(f"target: expected columns for {', '.join(map(shown, targets))}, got "
                        f"{counted(len(given), 'column')}", table.file)
    return given


def _layout_by_position(first: List[str], table: Table, header: bool) -> _Layout:
    encoding = table.encoding
    columns = encoding.columns
    without = [column for column in columns if column not in encoding.targets]
    if len(first) == len(without):
        columns = without
    if len(first) != len(columns):
        raise DataError(
            f"expected {len(columns)} cells as in the training file, or {len(without)} without "
            f"the target, got {len(first)}", Place(table.file, table.first_row),
            delimiter_advice(first, first, table.delimiter))
    features = [place for place, column in enumerate(columns) if column in encoding.features]
    targets = [place for place, column in enumerate(columns) if column in encoding.targets]
    return _Layout(header, features, targets)


def _data_set(table: Table, bad_rows: Optional[List[DataError]] = None) -> DataSet:
    encoding = table.encoding
    packer = _Packer(len(encoding.feature_names))
    fills = table.options.missing in ("drop", "mean")  # both leave out rows without a target
    targets: List[Any] = []
    if not table.has_targets:
        names = ", ".join(shown(target.name) for target in encoding.targets)
        raise DataError(f"expected the target column {names}, but the file "
                        "has only the features", table.file)
    for row in table:
        if fills and any(map(is_hole, encoding.targets, row.targets)):
            table.dropped += 1
            continue
        try:
            if row.problem is not None:
                raise row.problem
            target = encoding.encode_targets(
                row.targets, row.number, file=table.file, options=table.options)
        except DataError as error:
            if bad_rows is None:
                raise
            bad_rows.append(error)
        else:
            packer.add(row.inputs)
            targets.append(target)
    if not targets:
        raise no_rows(table.file, only_names=not table.dropped)
    note = f"; {counted(table.dropped, 'row')} with missing cells left out" * bool(table.dropped)
    return DataSet(
        packer.rows(), targets, list(encoding.feature_names),
        list(encoding.class_names), f"{table.file}: {counted(len(targets), 'row')}{note}")


_BYTES = frozenset(map(float, range(256)))
_WAITING = 100_000  # numbers that wait to be packed together


class _Packer:
    """Numbers in one array for each column: of bytes as long as they fit, then of floats."""

    def __init__(self, width: int) -> None:
        self.columns: List[Any] = [array("B") for _ in range(width)]
        self.waiting: List[Vector] = []

    def add(self, row: Vector) -> None:
        self.waiting.append(row)
        if len(self.waiting) * len(row) >= _WAITING:
            self._pack()

    def _pack(self) -> None:
        for place, values in enumerate(zip(*self.waiting)):
            if self.columns[place].typecode == "B" and not _BYTES.issuperset(values):
                self.columns[place] = array("d", self.columns[place])
            whole = self.columns[place].typecode == "B"
            self.columns[place].extend(map(int, values) if whole else values)
        self.waiting = []

    def rows(self) -> RowView:
        self._pack()
        if all(column.typecode == "B" for column in self.columns):
            return ByteRows(bytes(chain.from_iterable(zip(*self.columns))), len(self.columns))
        return ColumnRows(self.columns)
