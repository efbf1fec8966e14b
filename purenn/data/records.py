"""Records: where the table in a file begins, and its rows as cells of text.

Before this: tally. After this: learning.
"""

import csv
import re
from itertools import chain, islice
from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Sequence, Tuple

from ..text import counted, nearest, shown
from .cells import date_orders, is_missing, number, stands_for_missing, written_number
from .errors import DataError, Place, Remark
from .files import text_lines
from .options import Advice, Name, TableOptions, is_delimiter

__all__ = [
    "Record", "Records", "check_width", "column_names", "delimiter_advice", "is_header", "named",
    "position",
]

Record = Tuple[int, List[str]]  # the number of a row, counted from 1, and its cells

_COLUMNS_CAP = 100_000
_ROWS_TO_TELL_A_HEADER = 1000
_COMMENTS_CAP = 1000
_SEP = re.compile(r'"?sep=(.)"?', re.I)


class Records:
    """The rows of a file that are not blank, each with its number, and what came before them."""

    def __init__(
        self, stream: BinaryIO, file: str, options: TableOptions, delimiter: Optional[str] = None
    ) -> None:
        """Begin to read; `delimiter` is what it is if neither the options nor the file says one."""
        self.file = file
        self.remarks: List[Remark] = []
        self.delimiter = options.delimiter or delimiter or ","
        lines = text_lines(stream, file, options.encoding)
        self.count = 0  # of records so far
        self.row = len(list(islice(lines, options.skip)))
        table = self._without_preamble(lines, options)
        if self.delimiter == " ":
            table = (line.replace("\t", " ").rstrip(" \r\n") + "\n" for line in table)
        # With skipinitialspace, several spaces between cells count as one.
        self._reader = csv.reader(table, delimiter=self.delimiter, strict=True,
                                  skipinitialspace=True)

    def __iter__(self) -> "Records":
        return self

    def __next__(self) -> Record:
        while True:
            self.row += 1
            try:
                cells = next(self._reader)
            except csv.Error as error:
                raise self._quoting_problem(self._reader.line_num, error) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                self.count += 1
                return self.row, [cell.strip() for cell in cells]

    def first(self) -> Record:
        record = next(self, None)
        if record is None:
            raise DataError("expected a table, got an empty file", self.file)
        return record

    def _without_preamble(self, lines: Iterator[str], options: TableOptions) -> Iterator[str]:
        """Pass over a line sep=; and over comments, but not over names that begin with #."""
        held: List[str] = []
        for line in lines:
            sep = _SEP.fullmatch(line.strip(" \r\n"))
            if sep and is_delimiter(sep[1]) and not held and self.row == options.skip:
                self.delimiter = options.delimiter or sep[1]
                self.row += 1
                self.remarks.append(Remark(
                    f"the first line names {shown(sep[1])} as the delimiter"))
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

    def _quoting_problem(self, line: int, error: csv.Error) -> DataError:
        limit = csv.field_size_limit()
        if "unexpected end" in str(error):
            problem = 'a quote (") is opened and never closed'
        elif "field larger" in str(error):
            problem = f'expected cells of at most {limit} characters; is a quote (") never closed?'
        else:
            problem = f'{error}. A quote (") inside a cell is written twice ("")'
        return DataError(f"{problem} (up to line {line})", Place(self.file, self.row))


def check_width(cells: List[str], first: List[str], row: int, records: Records) -> None:
    if len(cells) == len(first):
        return
    advice = delimiter_advice(first, cells, records.delimiter)
    if not advice:
        advice = [Advice('put quotes (") around cells with a delimiter inside')]
        if records.count == 2 and len(cells) > len(first):
            advice.append(Advice("if the table begins only with this row", {"skip": row - 1}))
    raise DataError(f"expected {len(first)} cells as in the first row, got {len(cells)}",
                    Place(records.file, row), advice)


def delimiter_advice(first: List[str], cells: List[str], delimiter: str) -> List[Advice]:
    """Return advice if another delimiter would make several cells of the one that is there."""
    names, line = delimiter.join(first), delimiter.join(cells)
    for other in ";\t|,":
        if other != delimiter and names.count(other) >= len(first):
            comma = other != "," and re.search(r"\d,\d", line.replace(names, ""))
            reading = {"delimiter": other, **({"decimal": ","} if comma else {})}
            return [Advice(f"{shown(other)} seems to stand between the cells", reading)]
    if len(first) == 1 and 1 < len(names.split()) == len(line.split()) and names != line:
        return [Advice("white space seems to stand between the cells", {"delimiter": " "})]
    return []


# ---- The line of names ----


def is_header(records: Records, decimal: Optional[str]) -> bool:
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


def column_names(first: List[str], header: bool, place: Place) -> List[str]:
    """Return the names of the columns; a column without one is called by its position."""
    if len(first) > _COLUMNS_CAP:
        raise DataError(f"expected at most {_COLUMNS_CAP} columns, got {len(first)}", place)
    names = named(first if header else [""] * len(first))
    place_of: Dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in place_of:
            raise DataError(
                f"expected a different name for every column, got {shown(name)} for columns "
                f"{place_of[name]} and {position}", place,
                [Advice("if the first row is no row of names", {"header": False})])
        place_of[name] = position
    return names


def named(cells: List[str]) -> List[str]:
    return [cell or f"column {position}" for position, cell in enumerate(cells, start=1)]


def position(
    option: str, column: Name, names: List[str], file: str, columns: Sequence[Name] = ()
) -> int:
    """Return where a column stands that the option names, alone or as one of several columns."""
    if isinstance(column, str) and column in names:
        return names.index(column)
    is_position = isinstance(column, int) and not isinstance(column, bool)
    if is_position and -len(names) <= int(column) < len(names):
        return int(column) % len(names)
    there = ", ".join(shown(name) for name in names[:20]) + (", …" if len(names) > 20 else "")
    near = nearest(str(column), names)
    meant: Any = [near if one == column else one for one in columns or [column]]
    value = near if option == "target" and len(meant) == 1 else meant
    raise DataError(
        f"{option}: expected the name of a column, or a position from 0 to {len(names) - 1}, got "
        f"{shown(column)}. The columns are {there}", file,
        [Advice("did you mean", {option: value})] if near else ())
