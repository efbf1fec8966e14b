"""Learning: the first reading of a table, and the report of what was found.

Before this: records. After this: encoding, which remembers what was decided here.
"""

from itertools import islice
from typing import BinaryIO, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..text import counted, shown
from .cells import is_missing, stands_for_missing
from .errors import DataError, Place, Remark
from .options import Advice, Name, Spelling, TableOptions, as_keywords
from .records import (
    Record, Records, check_width, column_names, delimiter_advice, is_header, position,
)
from .tally import (
    DISTINCT_CAP, Column, Tally, decimal_signs, feature_column, hole_advice, remarks_on,
    target_column,
)

__all__ = ["ColumnReport", "Examined", "TableReport", "examined", "no_rows"]


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


class Examined(NamedTuple):
    """What the first reading finds: columns as far as they can be used, options with header and
    delimiter settled, and the report."""

    columns: List[Column]
    options: TableOptions
    report: TableReport


class _Plan(NamedTuple):
    """What is known before the rows are read; columns are meant by position."""

    file: str
    options: TableOptions  # with header settled
    first: List[str]  # the first row
    names: List[str]
    targets: Set[int]
    text: Set[int]
    dates: Set[int]
    ignored: Set[int]


def examined(stream: BinaryIO, file: str, options: TableOptions) -> Examined:
    """Read the table, and find out what it holds and what becomes of each column."""
    plan = _planned(stream, file, options)
    tallies, records = _tallied(stream, plan, set())
    dashes = {one.position for one in tallies if one.of_numbers and one.counts["dash"]}
    if plan.options.missing in ("drop", "mean") and dashes:  # now it is known that these are holes
        tallies, records = _tallied(stream, plan, dashes)
    if not all(tallies[target].kinds for target in plan.targets):
        raise no_rows(file, only_names=records.count == int(plan.options.header or False))
    return _judged(tallies, plan, records)


def _planned(stream: BinaryIO, file: str, options: TableOptions) -> _Plan:
    header = options.header
    if header is None:
        header = is_header(Records(stream, file, options), options.decimal)
        stream.seek(0)
    records = Records(stream, file, options)
    row, first = records.first()
    names = column_names(first, header, Place(file, row))

    def places(option: str, columns: Sequence[Name]) -> Set[int]:
        return {position(option, column, names, file, columns) for column in columns}

    if len(names) < 2 or _is_title(first, options):
        rows = list(islice(records, 20))
        second = rows[0][1] if rows else first
        advice = delimiter_advice(first, second, records.delimiter) or _begin_advice(rows, records)
        got = shown(records.delimiter.join(first).rstrip(records.delimiter))
        raise DataError(f"expected at least two columns, features and a target, got {got}", file,
                        advice)
    targets, ignored = places("target", options.targets), places("ignore", options.ignore)
    for target in sorted(targets & ignored):
        raise DataError(f"the target {shown(names[target])} cannot be ignored as well", file)
    if not targets or len(targets | ignored) == len(names):
        raise DataError("expected at least two columns, features and a target: not all columns "
                        "can be targets or ignored", file)
    if len(targets) > 1:
        options = options._replace(task="regression")
    return _Plan(file, options._replace(header=header), first, names, targets,
                 places("text", options.text), places("dates", options.dates), ignored)


def _is_title(first: List[str], options: TableOptions) -> bool:
    """Return whether the first row seems to be a heading above the table: one cell of several."""
    return options.header is None and len(first) > 2 and len(list(filter(None, first))) == 1


def _begin_advice(rows: List[Record], records: Records) -> List[Advice]:
    """Return advice if the table seems to begin further down, where rows have more cells."""
    for row, cells in rows:
        if len(list(filter(None, cells))) > 1:
            names = shown(records.delimiter.join(cells))
            return [Advice(f"if the table begins with {names}", {"skip": row - 1})]
    return []


def _tallied(
    stream: BinaryIO, plan: _Plan, dashes: Set[int]
) -> Tuple[List[Tally], Records]:
    """Let all rows go by, without those that are left out for their holes."""
    stream.seek(0)
    records = Records(stream, plan.file, plan.options)
    tallies = [Tally(name, place, plan.options, plan.file) for place, name in enumerate(plan.names)]
    seen = [tally for tally in tallies if tally.position not in plan.ignored]
    targets = [tallies[target] for target in sorted(plan.targets)]
    needed = {"drop": seen, "mean": targets}.get(plan.options.missing or "", [])
    for row, cells in islice(records, int(plan.options.header or False), None):
        check_width(cells, plan.first, row, records)
        if any(is_missing(cells[tally.position]) or tally.position in dashes
               and stands_for_missing(cells[tally.position]) for tally in needed):
            continue
        for tally in seen:
            tally.see(cells[tally.position], row)
    return tallies, records


def no_rows(file: str, only_names: bool) -> DataError:
    got = "only a line of names" if only_names else "none without missing cells"
    return DataError(f"expected rows of data, got {got}", file)


def _judged(tallies: List[Tally], plan: _Plan, records: Records) -> Examined:
    """Decide what becomes of each column; what cannot be decided are the errors of the report."""
    columns: List[Column] = []
    remarks, errors = list(records.remarks), []
    signs = decimal_signs(tallies, records.delimiter)
    for tally in tallies:
        try:
            columns.append(_judged_column(tally, plan, signs))
            remarks += remarks_on(tally, columns[-1], plan.options.task)
        except DataError as error:
            errors.append(error)
            columns.append(Column(tally.name, "unclear"))
    errors = _hole_errors(tallies, columns, plan) + errors
    target = tallies[min(plan.targets)]
    rows = target.filled + target.counts["hole"]
    reports = [_reported(tally, column) for tally, column in zip(tallies, columns)]
    report = TableReport(plan.file, rows, reports, remarks, errors)
    return Examined(columns, plan.options._replace(delimiter=records.delimiter), report)


def _judged_column(tally: Tally, plan: _Plan, signs: Sequence[str]) -> Column:
    place = tally.position
    if place in plan.ignored:
        return Column(tally.name, "ignored")
    if place in plan.targets:
        return target_column(tally, plan.options.task, signs)
    return feature_column(tally, plan.options, signs, place in plan.text, place in plan.dates)


def _hole_errors(
    tallies: List[Tally], columns: List[Column], plan: _Plan
) -> List[DataError]:
    """Return one error for all holes in features, and one for those in the target."""
    holes = [(tally, column, tally.holes(column.kind)) for tally, column in zip(tallies, columns)]
    errors = []
    for kinds, filling in ((("number", "text", "date"), True), (("class", "value"), False)):
        found = [(tally, count, tally.first_hole(column.kind)) for tally, column, count in holes
                 if count and column.kind in kinds]
        if found and plan.options.missing != "mean":
            errors.append(_hole_error(found, filling, plan.file))
    return errors


_Holes = Tuple[Tally, int, Tuple[int, str]]  # how many holes a column has, and the first of them


def _hole_error(found: List[_Holes], filling: bool, file: str) -> DataError:
    expected = "a value in every row" if filling else "a target in every row"
    tally, count, (row, cell) = found[0]
    if len(found) == 1:
        got = f"a missing value ({shown(cell)})" if cell else "an empty cell"
        more = f", and {count - 1:,} more like it" * (count > 1)
        return tally.error(f"expected {expected}, got {got}{more}", hole_advice(filling), row)
    told = [_told_holes(*one) for one in found[:8]]
    more = f" and in {len(found) - 8} more columns" * (len(found) > 8)
    return DataError(f"expected {expected}, got missing ones in {', '.join(told)}{more}",
                     Place(file), hole_advice(filling))


def _told_holes(tally: Tally, count: int, first: Tuple[int, str]) -> str:
    row, cell = first
    got = f" {shown(cell)}" if cell else ""
    times = f"{count:,}, first in " if count > 1 else ""
    return f"column {shown(tally.name)} ({times}row {row}{got})"


def _reported(tally: Tally, column: Column) -> ColumnReport:
    if column.kind == "ignored":
        return ColumnReport(tally.name, "ignored", 0, None, "left out")
    kind = column.kind if column.kind != "unclear" else tally.likely_kind
    distinct = len(tally.different)
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
        parts = column.categories
        return f"{counted(len(parts), 'input')}: {', '.join(parts)}"
    if column.kind == "text":
        return counted(len(column.categories), "input") + ", one for each word"
    return "1 input"
