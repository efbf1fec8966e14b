"""Reading CSV: tables as people keep them, in plain text.

A CSV file is lines of cells with commas between them, and no two programs agree on the rest. This
reader follows Python's `csv` module in strict mode (quotes as in RFC 4180) and never guesses a
dialect; another delimiter is said by an option. What it does find out by itself:

- *Is the first line a line of names?* If one of its cells is no number, yes. One case needs a
  second look, a first line of numbers and words: it may be the names (of columns called 2019
  and 2020) or an example (5.1, 3.5, setosa). If one of its words comes again below it, in the
  same column, within the next 1,000 rows, it is an example. `header=` settles it by hand.
- *Numbers or words?* A column of numbers is a feature as it stands. A column of words becomes one
  feature for each different word. A column of numbers with fewer words among them is taken
  for a column with mistakes, and the first of them is reported; `text=` settles that by hand.
- *Classes or values?* A target of numbers makes it regression, even when there are only a few
  different whole numbers: "3 rooms" and "class 3" look the same, and only you know. The
  description of the set points out the doubtful case; `task=` settles it by hand.

The file is read twice: first to learn all this, then to turn it into numbers. So neither its
text nor its cells are ever held. In memory are the numbers, at 8 bytes each (1 byte each if all
of them are whole and from 0 to 255), the targets, and the different words of each column.
`read_rows`, for prediction, reads once and holds one row, however large the file is.

Before this: encoding. After this: idx, for pictures in bulk.
"""

import csv
import math
from array import array
from itertools import islice
from typing import (
    Any,
    BinaryIO,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from ..checks import positive_integer
from ..linalg import Vector
from .dataset import DataError, DataSet, Targets
from .encoding import (
    Column,
    Encoding,
    almost_number,
    at,
    hole_problem,
    is_delimiter,
    is_missing,
    number,
)
from .files import Source, file_name, opened, shown, text_lines
from .rows import ByteRows, FlatRows

__all__ = ["encode_csv", "learn_csv", "read_csv", "read_rows"]

Name = Union[str, int]  # a column, by its name or by its position
Record = Tuple[int, List[str]]  # the number of a row, counted from 1, and its cells

_COLUMNS_CAP = 100_000
_CLASSES_CAP = 1000
_ROWS_TO_TELL_A_HEADER = 1000


# ---- The public functions ----


def read_csv(
    source: Source,
    *,
    target: Optional[Name] = None,
    task: Optional[str] = None,
    missing: str = "refuse",
    delimiter: str = ",",
    header: Optional[bool] = None,
    text: Sequence[Name] = (),
    ignore: Sequence[Name] = (),
    categories_cap: int = 50,
) -> DataSet:
    """Return the table in a CSV file as a data set. Plain or gzipped, UTF-8.

    source          a path or an open file
    target          the column to be predicted: its name, or its position, counted from 0, from
                    the end if negative; the last one if nothing is said
    task            "classification" or "regression"; if nothing is said, a target of numbers
                    is regression
    missing         holes in the table: "refuse" them; fill in the "mean" of the column (in a
                    column of words, a hole is a word of its own); or "drop" their rows. A
                    hole in the target can only be refused or dropped
    delimiter       the character between cells; "\\t" for tabs
    header          whether the first line holds names; if nothing is said, see above
    text            columns to be read as words even though they hold numbers (postal codes)
    ignore          columns to leave out (names, running numbers)
    categories_cap  the largest number of different words in a column

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
    data, _ = learn_csv(
        source, target=target, task=task, missing=missing, delimiter=delimiter, header=header,
        text=text, ignore=ignore, categories_cap=categories_cap,
    )
    return data


def learn_csv(
    source: Source,
    *,
    target: Optional[Name] = None,
    task: Optional[str] = None,
    missing: str = "refuse",
    delimiter: str = ",",
    header: Optional[bool] = None,
    text: Sequence[Name] = (),
    ignore: Sequence[Name] = (),
    categories_cap: int = 50,
) -> Tuple[DataSet, Encoding]:
    """Return the table in a CSV file as `read_csv` does, and the encoding that it was read by.

    Keep the encoding with the model: `read_rows` and `encode_csv` read other files by it.

    >>> import io
    >>> data, encoding = learn_csv(io.StringIO("cm,wood,long\\n1.5,oak,no\\n7.5,ash,yes\\n"))
    >>> next(read_rows(io.StringIO("wood,cm\\nash,3.5\\n"), encoding))
    [3.5, 1.0, 0.0]
    """
    _check_options(task, missing, delimiter)
    positive_integer("read_csv", "categories_cap", categories_cap)
    options = _Options(
        target, task, missing, delimiter, _as_names(text), _as_names(ignore), categories_cap
    )
    file = file_name(source)
    with opened(source, rewindable=True) as stream:
        if header is None:
            header = _is_header(stream, file, delimiter)
            stream.seek(0)
        encoding, note = _learned(stream, file, header, options)
        stream.seek(0)
        data = _data_set(stream, file, encoding, header, drop=missing == "drop")
    return data._replace(description=data.description + note), encoding


def encode_csv(
    source: Source,
    encoding: Encoding,
    *,
    missing: str = "refuse",
    delimiter: Optional[str] = None,
    header: Optional[bool] = None,
) -> DataSet:
    """Return another table of the same kind, targets included, in the numbers of the first.

    This is for examining a trained model on a file of its own. Columns are found by their names
    if the file has a line of names, in any order; otherwise by position. Holes are filled as the
    encoding has it; missing="drop" leaves their rows out.
    Raises DataError naming file, row and column; words and classes that the training file did
    not have are errors.
    """
    _check_options(None, missing, delimiter or encoding.delimiter)
    if missing == "mean":
        raise ValueError("encode_csv: missing: expected 'refuse' or 'drop', got 'mean'. Whether "
                         "holes are filled, and with what, is part of the encoding")
    file = file_name(source)
    with opened(source) as stream:
        return _data_set(stream, file, encoding, header, missing == "drop", delimiter)


def read_rows(
    source: Source,
    encoding: Encoding,
    *,
    delimiter: Optional[str] = None,
    header: Optional[bool] = None,
    unseen: str = "refuse",
) -> Iterator[Vector]:
    """Yield the rows of a CSV file as numbers, one at a time, to be predicted.

    source     a path or an open file, standard input for instance
    encoding   what `learn_csv` returned for the training file
    delimiter  if it is not that of the training file
    header     whether the first line holds names; found out if nothing is said
    unseen     words that the training file did not have: "refuse" them or write "zeros"

    The target column may be there or not; it is not looked at. With a line of names, columns are
    found by name, in any order, and others are passed over; without, by position.
    One row is held at a time. Raises DataError naming file, row and column.
    """
    _check_options(None, "refuse", delimiter or encoding.delimiter)
    if unseen not in ("refuse", "zeros"):
        raise ValueError(f"read_rows: unseen: expected 'refuse' or 'zeros', got {unseen!r}")
    file = file_name(source)
    with opened(source) as stream:
        found = _matched(stream, file, encoding, header, delimiter)
        for row, cells, _ in found:
            yield encoding.encode_row(cells, row, file=file, unseen=unseen)


# ---- Options ----


class _Options(NamedTuple):
    target: Optional[Name]
    task: Optional[str]
    missing: str
    delimiter: str
    text: Sequence[Name]
    ignore: Sequence[Name]
    categories_cap: int


def _check_options(task: Optional[str], missing: str, delimiter: str) -> None:
    if task not in (None, "classification", "regression"):
        raise ValueError(f"task: expected 'classification' or 'regression', got {task!r}")
    if missing not in ("refuse", "mean", "drop"):
        raise ValueError(f"missing: expected 'refuse', 'mean' or 'drop', got {missing!r}")
    if not is_delimiter(delimiter):
        raise ValueError(f"delimiter: expected one character, got {delimiter!r}")


def _as_names(names: Union[Name, Sequence[Name]]) -> Sequence[Name]:
    return [names] if isinstance(names, (str, int)) else list(names)


# ---- Records: the rows of the file, as cells of text ----


def _records(stream: BinaryIO, file: str, delimiter: str) -> Iterator[Record]:
    """Yield (row number, cells) for every row that is not blank."""
    reader = csv.reader(
        text_lines(stream, file), delimiter=delimiter, skipinitialspace=delimiter != " ",
        strict=True,
    )
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quoting_problem(file, row, reader.line_num, error) from None
        if len(cells) > 1 or (cells and cells[0].strip()):
            yield row, [cell.strip() for cell in cells]


def _quoting_problem(file: str, row: int, line: int, error: csv.Error) -> DataError:
    limit = csv.field_size_limit()
    if "unexpected end" in str(error):
        problem = 'a quote (") is opened and never closed'
    elif "field larger" in str(error):
        problem = f'expected cells of at most {limit} characters; is a quote (") never closed?'
    else:
        problem = f'{error}. A quote (") inside a cell is written twice ("")'
    return DataError(f"{file}, row {row} (up to line {line}): {problem}")


def _is_header(stream: BinaryIO, file: str, delimiter: str) -> bool:
    """Return whether the first row holds names; the docstring at the top says how it is told."""
    records = _records(stream, file, delimiter)
    _, first = next(records, (0, []))
    filled = [cell for cell in first if not is_missing(cell)]
    words = [cell for cell in filled if number(cell) is None]
    if not words or len(words) == len(filled):
        return bool(words)
    for _, cells in islice(records, _ROWS_TO_TELL_A_HEADER):
        if any(above == below and above in words for above, below in zip(first, cells)):
            return False
    return True


def _column_names(first: List[str], header: bool, file: str) -> List[str]:
    """Return the names of the columns; a column without one is called by its position."""
    if len(first) > _COLUMNS_CAP:
        raise DataError(f"{file}: expected at most {_COLUMNS_CAP} columns, got {len(first)}")
    names = _named(first if header else [""] * len(first))
    place_of: Dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if name in place_of:
            raise DataError(
                f"{file}, row 1: expected a different name for every column, got {shown(name)} "
                f"for columns {place_of[name]} and {place}. If the first row is no row of names, "
                "say header=False"
            )
        place_of[name] = place
    return names


def _named(cells: List[str]) -> List[str]:
    return [cell or f"column {place}" for place, cell in enumerate(cells, start=1)]


# ---- Learning: the first reading ----


class _Tally:
    """What one column holds, counted while its cells go by."""

    def __init__(self, name: str, cap: int) -> None:
        self.name = name
        self.cap = cap
        self.numbers = 0
        self.mean = 0.0
        self.texts = 0
        self.holes = 0
        self.first_text = (0, "")
        self.almost = (0, "")
        self.different: Set[str] = set()

    def see(self, cell: str, row: int) -> None:
        value = number(cell)
        if value is not None:
            self.numbers += 1
            self.mean += (value - self.mean) / self.numbers
        elif is_missing(cell):
            self.holes += 1
            cell = ""
        else:
            self.see_text(cell, row)
        if len(self.different) <= self.cap:  # one too many is enough to know
            self.different.add(cell)

    def see_text(self, cell: str, row: int) -> None:
        if not self.texts:
            self.first_text = (row, cell)
        if not self.almost[0] and almost_number(cell):
            self.almost = (row, cell)
        self.texts += 1

    def categories(self) -> List[str]:
        """Return the different words in order: numbers by size, then the others by alphabet."""
        return sorted(self.different, key=_by_size_then_alphabet)


def _by_size_then_alphabet(word: str) -> Tuple[bool, float, str]:
    value = number(word)
    return (value is None, value or 0.0, word)


def _learned(
    stream: BinaryIO, file: str, header: bool, options: _Options
) -> Tuple[Encoding, str]:
    """Return the encoding, and what should be added to the description of the set."""
    records = _records(stream, file, options.delimiter)
    row, first = next(records, (0, []))
    if not first:
        raise DataError(f"{file}: expected a table, got an empty file")
    names = _column_names(first, header, file)
    target = _position("target", -1 if options.target is None else options.target, names, file)
    text = {_position("text", name, names, file) for name in options.text}
    ignored = {_position("ignore", name, names, file) for name in options.ignore}
    _check_columns(names, target, ignored, file, options.delimiter, first)
    caps = [_CLASSES_CAP if place == target else options.categories_cap
            for place in range(len(names))]
    tallies = [_Tally(name, cap) for name, cap in zip(names, caps)]
    if not header:
        _tally_row(tallies, first, row, target, ignored, file, options.missing)
    for row, cells in records:
        _check_width(cells, len(names), row, file)
        _tally_row(tallies, cells, row, target, ignored, file, options.missing)
    if not tallies[target].different:
        raise _no_rows(file, only_names=header and row == 1)
    columns = [
        Column(tally.name, "ignored") if place in ignored
        else _target_column(tally, options.task, file) if place == target
        else _feature_column(tally, place in text, options, file)
        for place, tally in enumerate(tallies)
    ]
    return Encoding(columns, header, options.delimiter), _doubt(columns[target], tallies[target])


def _no_rows(file: str, only_names: bool) -> DataError:
    got = "only a line of names" if only_names else "none without missing cells"
    return DataError(f"{file}: expected rows of data, got {got}")


def _tally_row(
    tallies: List[_Tally], cells: List[str], row: int, target: int, ignored: Set[int], file: str,
    missing: str,
) -> None:
    holes = [
        place for place, cell in enumerate(cells) if is_missing(cell) and place not in ignored
    ]
    if holes and missing == "drop":
        return
    for place in holes:
        if place == target:
            raise at(file, row, tallies[place].name,
                     "expected a target, got an empty or missing one. Fill it in, or leave such "
                     "rows out with missing='drop'")
        if missing == "refuse":
            raise at(file, row, tallies[place].name, hole_problem(cells[place]))
    for tally, cell in zip(tallies, cells):
        tally.see(cell, row)


def _position(option: str, column: Name, names: List[str], file: str) -> int:
    if isinstance(column, str) and column in names:
        return names.index(column)
    is_position = isinstance(column, int) and not isinstance(column, bool)
    if is_position and -len(names) <= int(column) < len(names):
        return int(column) % len(names)
    there = ", ".join(shown(name) for name in names[:20]) + (", …" if len(names) > 20 else "")
    raise DataError(
        f"{file}: {option}: expected the name of a column, or a position from 0 to "
        f"{len(names) - 1}, got {column!r}. The columns are {there}"
    )


def _check_columns(
    names: List[str], target: int, ignored: Set[int], file: str, delimiter: str, first: List[str]
) -> None:
    if target in ignored:
        raise DataError(f"{file}: the target {shown(names[target])} cannot be ignored as well")
    if len(names) - len(ignored) < 2:
        others = [other for other in ";\t|," if other != delimiter and other in first[0]]
        hint = f". Is it another delimiter? Try delimiter={others[0]!r}" if others else ""
        raise DataError(
            f"{file}: expected at least two columns, features and a target, got "
            f"{len(names) - len(ignored)}{hint}"
        )


def _check_width(cells: List[str], width: int, row: int, file: str) -> None:
    if len(cells) != width:
        raise DataError(
            f"{file}, row {row}: expected {width} cells as in the first row, got {len(cells)}. "
            'A delimiter inside a cell needs quotes (") around the cell'
        )


def _feature_column(tally: _Tally, as_text: bool, options: _Options, file: str) -> Column:
    if not tally.numbers and not tally.texts:
        raise DataError(f"{file}, column {shown(tally.name)}: every cell is missing. "
                        f"Leave the column out: ignore=[{tally.name!r}]")
    if not as_text:
        _check_not_mixed(tally, file, f"read the whole column as words: text=[{tally.name!r}]")
    if as_text or tally.texts:
        _check_cap(tally, file, f"leave the column out: ignore=[{tally.name!r}], or allow more: "
                                "categories_cap=…")
        return Column(tally.name, "text", tally.categories())
    if not math.isfinite(tally.mean):
        raise DataError(f"{file}, column {shown(tally.name)}: the numbers are too large")
    return Column(tally.name, "number", (), tally.mean if options.missing == "mean" else None)


def _target_column(tally: _Tally, task: Optional[str], file: str) -> Column:
    if task == "regression" and tally.texts:
        row, cell = tally.first_text
        raise at(file, row, tally.name, f"regression expects a number as the target, got "
                                        f"{shown(cell)}")
    if task is None:
        _check_not_mixed(tally, file, "say that these are classes: task='classification'")
        task = "classification" if tally.texts else "regression"
    if task == "regression":
        return Column(tally.name, "value")
    _check_cap(tally, file, "take another column as the target; values to be measured are "
                            "task='regression'")
    return Column(tally.name, "class", tally.categories())


def _check_not_mixed(tally: _Tally, file: str, way_out: str) -> None:
    """Refuse what is nearly a number, and a minority of words among numbers."""
    row, cell = tally.almost
    if row:
        raise at(file, row, tally.name,
                 f"expected a plain finite number (digits 0-9, a point), got {shown(cell)}. "
                 f"Correct it, or {way_out}")
    if tally.numbers > tally.texts > 0:
        row, cell = tally.first_text
        raise at(file, row, tally.name,
                 f"expected a number, like {tally.numbers} others in this column, got "
                 f"{shown(cell)}. Correct it, or {way_out}")


def _check_cap(tally: _Tally, file: str, way_out: str) -> None:
    if len(tally.different) > tally.cap:
        raise DataError(
            f"{file}, column {shown(tally.name)}: expected at most {tally.cap} different words, "
            f"each of which becomes a column of its own, got more. To go on, {way_out}"
        )


def _doubt(target: Column, tally: _Tally) -> str:
    """Return a remark if a regression target looks as if it might be classes."""
    words = tally.different
    if target.kind == "value" and len(words) <= 20 and all(word.isdigit() for word in words):
        return (
            f"; the target {shown(target.name)} has only {len(words)} different values, all "
            "whole numbers: if these are classes, say task='classification'"
        )
    return ""


# ---- Encoding: the second reading, and every reading of other files ----


class _Layout(NamedTuple):
    """Where a file has the columns that an encoding wants."""

    header: bool
    features: List[int]
    target: Optional[int]


def _matched(
    stream: BinaryIO, file: str, encoding: Encoding, header: Optional[bool],
    delimiter: Optional[str] = None,
) -> Iterator[Tuple[int, List[str], Optional[str]]]:
    """Yield (row number, feature cells in the order of the encoding, target cell if any)."""
    records = _records(stream, file, delimiter or encoding.delimiter)
    row, first = next(records, (0, []))
    if not first:
        raise DataError(f"{file}: expected a table, got an empty file")
    layout = _layout(first, file, encoding, header)
    target = layout.target
    if not layout.header:
        yield row, [first[place] for place in layout.features], _cell(first, target)
    for row, cells in records:
        _check_width(cells, len(first), row, file)
        yield row, [cells[place] for place in layout.features], _cell(cells, target)


def _cell(cells: List[str], place: Optional[int]) -> Optional[str]:
    return None if place is None else cells[place]


def _layout(
    first: List[str], file: str, encoding: Encoding, header: Optional[bool]
) -> _Layout:
    if header is None:
        header = _has_names(first, encoding)
    if header and encoding.header:
        return _layout_by_name(first, file, encoding)
    return _layout_by_position(first, file, encoding, header)


def _has_names(first: List[str], encoding: Encoding) -> bool:
    """A line of names has a name that we know, or only words where a number should be."""
    if encoding.header and any(column.name in first for column in encoding.features):
        return True
    expects_numbers = any(column.kind == "number" for column in encoding.features)
    return expects_numbers and all(
        number(cell) is None and not is_missing(cell) for cell in first
    )


def _layout_by_name(first: List[str], file: str, encoding: Encoding) -> _Layout:
    names = _named(first)
    places: Dict[str, List[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    for column in encoding.features + [encoding.target] * (encoding.target.name in places):
        found = len(places.get(column.name, []))
        if found != 1:
            there = ", ".join(shown(name) for name in names[:20])
            raise DataError(
                f"{file}, row 1: expected one column {shown(column.name)}, got {found}. The "
                f"columns are {there}"
            )
    features = [places[column.name][0] for column in encoding.features]
    return _Layout(True, features, places.get(encoding.target.name, [None])[0])


def _layout_by_position(
    first: List[str], file: str, encoding: Encoding, header: bool
) -> _Layout:
    columns = encoding.columns
    if len(first) == len(columns) - 1:  # the target is not there
        columns = [column for column in columns if column is not encoding.target]
    if len(first) != len(columns):
        raise DataError(
            f"{file}, row 1: expected {len(columns)} cells as in the training file, or "
            f"{len(columns) - 1} without the target, got {len(first)}"
        )
    kinds = [column.kind for column in columns]
    features = [place for place, kind in enumerate(kinds) if kind in ("number", "text")]
    target = [place for place, kind in enumerate(kinds) if kind in ("class", "value")]
    return _Layout(header, features, target[0] if target else None)


def _data_set(
    stream: BinaryIO, file: str, encoding: Encoding, header: Optional[bool], drop: bool,
    delimiter: Optional[str] = None,
) -> DataSet:
    packer = _Packer()
    labels: List[int] = []
    values: List[Vector] = []
    dropped = 0
    for row, cells, target in _matched(stream, file, encoding, header, delimiter):
        if target is None:
            raise DataError(f"{file}: expected the target column {shown(encoding.target.name)}, "
                            "but the file has only the features")
        if drop and any(map(is_missing, [target, *cells])):
            dropped += 1
            continue
        packer.add(encoding.encode_row(cells, row, file=file))
        if encoding.class_names:
            labels.append(encoding.encode_class(target, row, file=file))
        else:
            values.append([encoding.encode_value(target, row, file=file)])
    if not labels and not values:
        raise _no_rows(file, only_names=not dropped)
    targets: Targets = labels or values
    note = f"; {dropped} rows with missing cells left out" if dropped else ""
    return DataSet(
        packer.rows(len(encoding.feature_names)), targets, list(encoding.feature_names),
        list(encoding.class_names), f"{file}: {len(targets)} rows{note}",
    )


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
