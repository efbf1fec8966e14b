"""From cells of text to numbers, and how to remember the way.

A table that somebody kept has columns of numbers, columns of words and holes. A network wants
rows of numbers of one width. What is done about that is learned from the training file once,
column by column, and must be remembered: a flower that comes tomorrow has to be written in
exactly the same numbers as those that the network learned from. This memory is the `Encoding`.

    colour   length   weight   species        blue  red   length   weight     class
    red         5.1      0.5   setosa    ->      0    1      5.1      0.5         0
    blue        4.9            setosa    ->      1    0      4.9      1.0         0
    red         7.0      1.5   virginica ->      0    1      7.0      1.5         1

A number stays a number. A word becomes as many columns as there are different words: 1 in its
own, 0 in the others (one-hot; see `dataset` for why not 0, 1, 2, …). A hole is an error, unless you
say what to put there: here the mean of its column, 1.0.

Dates become year, month and weekday (0 is Monday), numbers in which a rhythm can be found; a part
that is the same in all rows, such as the year of a table of one year, is left out.

Before this: learning. After this: csv_files.
"""

import math
from datetime import date
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from ..linalg import Vector
from ..text import counted, shown
from .cells import (
    DATE_ORDERS, DATE_PARTS, date_parts, day_of, is_missing, number, stands_for_missing,
)
from .errors import DataError, Place
from .options import DEFAULTS, KEPT, WITH_NAMES, Advice, TableOptions, is_delimiter
from .tally import Column, hole_advice

__all__ = ["Encoding", "is_hole"]


class Encoding:
    """How the rows of one kind of table become numbers, learned once and kept with the model.

    columns  every column of the training file, in order; one is the target, or several of values
    options  how the training file was read: header (whether it began with a line of names),
             delimiter, decimal, encoding, missing and unseen; later tables are read alike

    Made by `learn_csv`; used by `read_rows` and `encode_csv`. It holds names, categories and
    means, never rows. `to_dict` and `from_dict` turn it into plain JSON values and back.

    >>> sticks = Encoding([Column("cm", "number"), Column("wood", "text", ["ash", "oak"]),
    ...                    Column("long", "class", ["no", "yes"])])
    >>> sticks.feature_names
    ['cm', 'wood=ash', 'wood=oak']
    >>> sticks.encode_row(["7.5", "oak"])
    [7.5, 0.0, 1.0]
    """

    def __init__(
        self, columns: Sequence[Column], options: TableOptions = WITH_NAMES
    ) -> None:
        self.columns = list(columns)
        self.options = options
        self.features = [one for one in columns if one.kind in ("number", "text", "date")]
        self.targets = [column for column in columns if column.kind in ("class", "value")]
        classes = [column for column in self.targets if column.kind == "class"]
        if not self.targets or not self.features or (classes and len(self.targets) > 1):
            raise DataError(
                f"encoding: expected one target, or several of values, and at least one feature, "
                f"got {len(self.targets)} and {len(self.features)}"
            )
        self.class_names = list(self.targets[0].categories)
        self.feature_names = [name for column in columns for name in column.feature_names()]

    def __repr__(self) -> str:
        what = (f"{len(self.class_names)} classes" if self.class_names
                else counted(len(self.targets), "value"))
        features = f"{len(self.features)} columns -> {len(self.feature_names)} features"
        return f"Encoding({features}, {what})"

    # ---- One row ----

    def encode_row(
        self,
        cells: Sequence[str],
        row_number: int = 1,
        *,
        file: str = "the data",
        options: TableOptions = DEFAULTS,
    ) -> Vector:
        """Return one row of numbers, as long as `feature_names`.

        cells       the text of every feature column, in the order of `features`
        row_number  and `file`: what to say where the row came from, if something is wrong
        options     `missing`: "refuse" holes or fill in the "mean"; `unseen`: "refuse" words
                    that the training file did not have, or write "zeros", in no category at all;
                    `decimal`. What they do not say is as in the training

        Raises DataError naming file, row and column.
        """
        try:
            return self.encode_cells(cells, options.over(self.options))
        except DataError as error:
            error.place = error.place._replace(file=file, row=row_number)
            raise

    def encode_cells(self, cells: Sequence[str], options: TableOptions) -> Vector:
        """Return the row as `encode_row` does, by options that say all; errors name the column."""
        if len(cells) != len(self.features):
            raise DataError(f"expected {len(self.features)} cells, got {len(cells)}")
        row: Vector = []
        for column, cell in zip(self.features, cells):
            value = number(cell, options.decimal) if column.kind == "number" else None
            if value is not None:
                row.append(value)
            else:
                try:
                    row += _encoded(column, cell, options)
                except DataError as error:
                    error.place = Place(column=column.name)
                    raise
        return row

    def encode_record(
        self,
        record: Union[Mapping[str, Any], Sequence[Any]],
        row_number: int = 1,
        *,
        options: TableOptions = DEFAULTS,
    ) -> Vector:
        """Return one row of numbers for a row as it lies in Python.

        record  a dict of all feature columns by name, others are passed over; or a sequence in the
                order of the training table, with or without target. Values may be texts as in the
                file, numbers, None or NaN for holes, and dates

        Raises DataError naming the column.

        >>> Encoding([Column("cm", "number"), Column("y", "value")]).encode_record({"cm": 2})
        [2.0]
        """
        if isinstance(record, Mapping):
            lost = [column.name for column in self.features if column.name not in record]
            if lost:
                raise DataError(f"expected a value for {', '.join(map(shown, lost[:10]))}",
                                Place("", row_number))
            values = [record[column.name] for column in self.features]
        else:
            values = self._by_position(record, row_number)
        options = options.over(self.options)
        cells = [_as_cell(value, options.decimal) for value in values]
        return self.encode_row(cells, row_number, options=options)

    def _by_position(self, record: Sequence[Any], row_number: int) -> List[Any]:
        without = [column for column in self.columns if column not in self.targets]
        for columns in (self.columns, without, self.features):
            if len(record) == len(columns):
                return [value for column, value in zip(columns, record)
                        if column.kind in ("number", "text", "date")]
        raise DataError(f"expected {len(self.columns)} values as in the training table, or "
                        f"{len(without)} without the target, got {len(record)}",
                        Place("", row_number))

    def holes(self, cells: Sequence[str]) -> List[str]:
        """Return the names of the columns whose cells, in the order of `features`, are missing."""
        return [column.name for column, cell in zip(self.features, cells) if is_hole(column, cell)]

    def far_outside(
        self, cells: Sequence[str], options: TableOptions = DEFAULTS
    ) -> List[str]:
        """Return a phrase for each value that lies far outside what the training table had.

        Far is: beyond the smallest or largest by more than these two are apart. What a network
        says there, nobody has ever tried.

        >>> Encoding([Column("cm", "number", low=1.0, high=3.0), Column("y", "value")]).far_outside(
        ...     ["7.5"])
        ["'cm' is 7.5, in training it was 1 to 3"]
        """
        decimal = options.over(self.options).decimal
        found = []
        for column, cell in zip(self.features, cells):
            value = number(cell, decimal) if column.kind == "number" else None
            if value is None or column.low is None or column.high is None:
                continue
            width = column.high - column.low
            if not column.low - width <= value <= column.high + width:
                found.append(f"{shown(column.name)} is {value:g}, in training it was "
                             f"{column.low:g} to {column.high:g}")
        return found

    # ---- The target ----

    def encode_targets(
        self, cells: Sequence[str], row_number: int = 1, *, file: str = "the data",
        options: TableOptions = DEFAULTS,
    ) -> Union[int, Vector]:
        """Return the number of the class that the target's cell names, or a row of values.

        cells: those of the targets, in their order. Raises DataError for what is no class, or no
        number.
        """
        decimal, values = options.over(self.options).decimal, []
        for target, cell in zip(self.targets, cells):
            if target.kind == "class" and cell in self.class_names:
                return self.class_names.index(cell)
            value = number(cell, decimal) if target.kind == "value" else None
            if value is None:
                raise self._target_error(target, cell, Place(file, row_number, target.name))
            values.append(value)
        return values

    def _target_error(self, target: Column, cell: str, place: Place) -> DataError:
        known = ", ".join(shown(name) for name in self.class_names[:10])
        expected = f"one of the classes {known}" if known else "a number as the target"
        return DataError(f"expected {expected}, got {shown(cell) if cell else 'an empty cell'}",
                         place, hole_advice(False) if is_hole(target, cell) else ())

    # ---- JSON ----

    def to_dict(self) -> Dict[str, Any]:
        """Return the encoding as plain JSON values: dicts, lists, texts, numbers, None."""
        columns = [{**column._asdict(), "categories": list(column.categories)}
                   for column in self.columns]
        return {"columns": columns, "options": {
            name: getattr(self.options, name) for name in KEPT}}

    @classmethod
    def from_dict(cls, values: Any) -> "Encoding":
        """Return the encoding that `to_dict` wrote, here or in version 0.1.

        The values may come from a file that somebody has changed, so every one is looked at.
        Raises DataError saying which one is wrong.
        """
        _expect(isinstance(values, dict), "an object", values)
        old = set(values) == {"columns", "header", "delimiter"}
        _expect(old or set(values) == {"columns", "options"}, "columns and options",
                sorted(map(str, values)))
        _expect(isinstance(values["columns"], list), "a list of columns", values["columns"])
        columns = [_column(item, _OLD_FIELDS if old else Column._fields)
                   for item in values["columns"]]
        names = [column.name for column in columns]
        _expect(len(set(names)) == len(names), "different names for the columns", names)
        return cls(columns, _old_options(values, columns) if old else _options(values["options"]))


# ---- One cell ----


def is_hole(column: Column, cell: str) -> bool:
    """Return whether the cell is a hole in this column: "-" is one among numbers, not in text."""
    return is_missing(cell) or (column.kind != "text" and stands_for_missing(cell)
                                and cell not in column.categories)


def _encoded(column: Column, cell: str, options: TableOptions) -> Vector:
    """Return the numbers for a cell that is no plain number."""
    if is_hole(column, cell):
        return _filled(column, cell, options)
    if column.kind == "number":
        raise DataError(f"expected a number, got {shown(cell)}")
    if column.kind == "date":
        day = day_of(cell, column.date_order)
        if day is None:
            order = " ".join({"y": "year", "m": "month", "d": "day"}[one]
                             for one in column.date_order)
            raise DataError(f"expected a date ({order}), got {shown(cell)}")
        return _date_inputs(column, day)
    return _one_hot(column, cell, options)


def _filled(column: Column, cell: str, options: TableOptions) -> Vector:
    if options.missing == "mean":
        if column.kind == "text":  # without a category for holes: none of the known words
            return [1.0 if category == "" else 0.0 for category in column.categories]
        if column.fill is not None:
            return (_date_inputs(column, round(column.fill)) if column.kind == "date"
                    else [column.fill])
    got = f"a missing value ({shown(cell)})" if cell else "an empty cell"
    raise DataError(f"expected a value, got {got}", advice=hole_advice())


def _date_inputs(column: Column, day: int) -> Vector:
    parts = date_parts(day)
    return [float(parts[name]) for name in column.categories]


def _one_hot(column: Column, word: str, options: TableOptions) -> Vector:
    zeros = [0.0] * len(column.categories)
    if word in column.categories:
        zeros[column.categories.index(word)] = 1.0
    elif options.unseen != "zeros":
        known = ", ".join(shown(category) for category in column.categories[:10])
        raise DataError(
            f"expected one of {known}, as in the training data, got {shown(word)}",
            advice=[Advice("let new words pass as none of these", {"unseen": "zeros"})])
    return zeros


def _is_nothing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError) as error:  # pandas.NA will not be compared; an array is no cell
        return isinstance(error, TypeError)


def _as_cell(value: Any, decimal: Optional[str]) -> str:
    """Return a value of Python as the text that would stand for it in the file."""
    if _is_nothing(value):
        return ""
    if isinstance(value, (bool, str)):
        return str(value).strip()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    try:
        text = repr(int(value)) if value == int(value) else repr(float(value))
    except (TypeError, ValueError, OverflowError):
        return str(value).strip()
    return text.replace(".", decimal) if decimal else text


# ---- From JSON, looked at closely ----

_OLD_FIELDS = ("name", "kind", "categories", "fill")
_KINDS = ("number", "text", "date", "class", "value", "ignored")


def _old_options(values: Dict[str, Any], columns: Sequence[Column]) -> TableOptions:
    """Return the options of a file of version 0.1, where what was filled told whether to fill."""
    filled = any(column.fill is not None or "" in column.categories for column in columns)
    return _options({
        "header": values["header"], "delimiter": values["delimiter"], "decimal": None,
        "encoding": None, "missing": "mean" if filled else "refuse", "unseen": None,
    })


def _options(values: Any) -> TableOptions:
    _expect(isinstance(values, dict) and set(values) == set(KEPT),
            f"options {', '.join(KEPT)}", values)
    _expect(isinstance(values["header"], bool), "true or false as header", values["header"])
    delimiter = values["delimiter"]
    _expect(delimiter is None or is_delimiter(delimiter), "one character as delimiter", delimiter)
    try:
        return TableOptions(**values).checked()
    except (TypeError, ValueError) as error:
        raise DataError(f"encoding: {error}") from None


def _column(item: Any, fields: Sequence[str]) -> Column:
    _expect(isinstance(item, dict) and set(item) == set(fields),
            f"a column with {', '.join(fields)}", item)
    column = Column(**item)
    name, kind, categories = column[:3]
    _expect(isinstance(name, str), "a text as the name of a column", name)
    _expect(kind in _KINDS, "a kind of column", kind)
    _expect(isinstance(categories, list) and all(isinstance(word, str) for word in categories)
            and len(set(categories)) == len(categories),
            "a list of different texts as categories", categories)
    _expect(bool(categories) == (kind in ("text", "class", "date")),
            f"categories for text, classes and dates only, in a column of kind {kind}", categories)
    _expect(kind != "date" or set(categories) <= set(DATE_PARTS), "parts of a date", categories)
    _expect(column.date_order in DATE_ORDERS if kind == "date" else column.date_order == "",
            "an order of day, month and year for dates only", column.date_order)
    fill, low, high = (_number_or_none(field, getattr(column, field), kind)
                       for field in ("fill", "low", "high"))
    return column._replace(fill=fill, low=low, high=high)


def _number_or_none(field: str, value: Any, kind: str) -> Optional[float]:
    fits = type(value) in (int, float) and math.isfinite(value) and kind in (
        "number", "date", *["value"] * (field != "fill"))
    fits = fits and (kind != "date" or 1 <= value <= date.max.toordinal())
    _expect(value is None or fits, f"a finite number as {field}, in a column of numbers", value)
    return None if value is None else float(value)


def _expect(right: bool, expected: str, got: Any) -> None:
    if not right:
        raise DataError(f"encoding: expected {expected}, got {shown(str(got))}")
