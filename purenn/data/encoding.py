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

What counts as a number is narrower than what Python's float() takes: digits, a sign, a point, an
exponent. "1_000", "inf" or digits of other scripts are far more often a mistake than a number, so
they are reported. And "nan" is a hole.

Before this: files. After this: csv_files.
"""

import math
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..linalg import Vector
from .dataset import DataError
from .files import shown

__all__ = [
    "MISSING", "Column", "Encoding", "almost_number", "at", "hole_problem", "is_delimiter",
    "is_missing", "number",
]

# What stands for "no value", in any case.
MISSING = frozenset(["", "?", "na", "n/a", "nan", "null"])


def number(cell: str) -> Optional[float]:
    """Return the cell as a float, or None if it is no plain, finite number.

    >>> number("-1.5e3"), number("1_000"), number("inf"), number("red")
    (-1500.0, None, None, None)
    """
    try:
        value = float(cell)
    except ValueError:
        return None
    # inf − inf and nan − nan are nan, which is not 0: quicker than math.isfinite.
    if value - value != 0.0 or "_" in cell or not cell.isascii():
        return None
    return value


def almost_number(cell: str) -> bool:
    """Return whether float() would take a cell that `number` refuses (and that is no hole)."""
    try:
        float(cell)
    except ValueError:
        return False
    return number(cell) is None and not is_missing(cell)


def is_missing(cell: str) -> bool:
    """Return whether the cell is a hole: empty, or one of the words in MISSING.

    >>> is_missing(""), is_missing("NaN"), is_missing("0")
    (True, True, False)
    """
    return cell.lower() in MISSING


def at(file: str, row: int, column: str, problem: str) -> DataError:
    """Return the error for one cell; rows are counted from 1, the line of names included."""
    return DataError(f"{file}, row {row}, column {shown(column)}: {problem}")


class Column(NamedTuple):
    """What was learned about one column of the file.

    name        from the line of names, or "column 3" where there is none
    kind        "number" or "text" for features, "class" or "value" for the target, or "ignored"
    categories  the different words of a text column, or the classes; "" stands for a hole
    fill        what a hole in a number column becomes; None: holes are refused
    """

    name: str
    kind: str
    categories: Sequence[str] = ()
    fill: Optional[float] = None

    def feature_names(self) -> List[str]:
        """Return the names of the columns of numbers that this column becomes."""
        if self.kind == "text":
            return [f"{self.name}={category or '(missing)'}" for category in self.categories]
        return [self.name] if self.kind == "number" else []


class Encoding:
    """How the rows of one kind of table become numbers, learned once and kept with the model.

    columns    every column of the training file, in order; exactly one is the target
    header     whether the training file began with a line of names
    delimiter  the character between cells

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
        self, columns: Sequence[Column], header: bool = True, delimiter: str = ","
    ) -> None:
        self.columns = list(columns)
        self.header = header
        self.delimiter = delimiter
        self.features = [column for column in columns if column.kind in ("number", "text")]
        targets = [column for column in columns if column.kind in ("class", "value")]
        if len(targets) != 1 or not self.features:
            raise DataError(
                f"encoding: expected one target and at least one feature, got {len(targets)} "
                f"and {len(self.features)}"
            )
        self.target = targets[0]
        self.class_names = list(self.target.categories)
        self.feature_names = [name for column in columns for name in column.feature_names()]

    def __repr__(self) -> str:
        what = f"{len(self.class_names)} classes" if self.class_names else "a value"
        features = f"{len(self.features)} columns -> {len(self.feature_names)} features"
        return f"Encoding({features}, {what})"

    def encode_row(
        self,
        cells: Sequence[str],
        row_number: int = 1,
        *,
        file: str = "the data",
        unseen: str = "refuse",
    ) -> Vector:
        """Return one row of numbers, as long as `feature_names`.

        cells       the text of every feature column, in the order of `features`
        row_number  and `file`: what to say where the row came from, if something is wrong
        unseen      what to do with a word that the training file did not have: "refuse" it, or
                    write "zeros", in no category at all

        Raises DataError naming file, row and column.
        """
        if len(cells) != len(self.features):
            raise DataError(
                f"{file}, row {row_number}: expected {len(self.features)} cells, got {len(cells)}"
            )
        row: Vector = []
        for column, cell in zip(self.features, cells):
            if column.kind == "number":
                value = number(cell)
                row.append(_filled(column, cell, row_number, file) if value is None else value)
            else:
                row.extend(_one_hot(column, cell, row_number, file, unseen))
        return row

    def encode_class(self, cell: str, row_number: int = 1, *, file: str = "the data") -> int:
        """Return the number of the class that the cell names; DataError if there is none."""
        if cell in self.class_names:
            return self.class_names.index(cell)
        known = ", ".join(shown(name) for name in self.class_names[:10])
        problem = f"expected one of the classes {known}, got {shown(cell)}"
        raise at(file, row_number, self.target.name, problem)

    def encode_value(self, cell: str, row_number: int = 1, *, file: str = "the data") -> float:
        """Return the value that the target cell holds; DataError if it is no number."""
        value = number(cell)
        if value is None:
            problem = f"expected a number as the target, got {shown(cell)}"
            raise at(file, row_number, self.target.name, problem)
        return value

    def to_dict(self) -> Dict[str, Any]:
        """Return the encoding as plain JSON values: dicts, lists, texts, numbers, None."""
        columns = [
            {
                "name": column.name,
                "kind": column.kind,
                "categories": list(column.categories),
                "fill": column.fill,
            }
            for column in self.columns
        ]
        return {"columns": columns, "header": self.header, "delimiter": self.delimiter}

    @classmethod
    def from_dict(cls, values: Any) -> "Encoding":
        """Return the encoding that `to_dict` wrote.

        The values may come from a file that somebody has changed, so every one is looked at.
        Raises DataError saying which one is wrong.
        """
        _expect(isinstance(values, dict), "an object", values)
        _expect(set(values) == {"columns", "header", "delimiter"},
                "columns, header and delimiter", sorted(map(str, values)))
        _expect(isinstance(values["columns"], list), "a list of columns", values["columns"])
        _expect(isinstance(values["header"], bool), "true or false as header", values["header"])
        _expect(is_delimiter(values["delimiter"]), "one character as delimiter",
                values["delimiter"])
        columns = [_column(item) for item in values["columns"]]
        names = [column.name for column in columns]
        _expect(len(set(names)) == len(names), "different names for the columns", names)
        return cls(columns, values["header"], values["delimiter"])


def is_delimiter(value: Any) -> bool:
    """Return whether the value is one character that can stand between cells."""
    return isinstance(value, str) and len(value) == 1 and value not in '"\r\n\0\ufeff'


def _filled(column: Column, cell: str, row: int, file: str) -> float:
    if not is_missing(cell):
        raise at(file, row, column.name, f"expected a number, got {shown(cell)}")
    if column.fill is None:
        raise at(file, row, column.name, hole_problem(cell))
    return column.fill


def hole_problem(cell: str) -> str:
    """Return what to say about a hole that nothing is known to fill."""
    got = f"a missing value ({shown(cell)})" if cell else "an empty cell"
    return (
        f"expected a value, got {got}. Fill it in, or train with missing='mean' (holes get the "
        "mean of their column, or a category of their own, also later on) or missing='drop' (rows "
        "with holes are left out)"
    )


def _one_hot(column: Column, cell: str, row: int, file: str, unseen: str) -> Vector:
    zeros = [0.0] * len(column.categories)
    word = "" if is_missing(cell) else cell
    if word in column.categories:
        zeros[column.categories.index(word)] = 1.0
    elif unseen != "zeros":
        if not word:
            raise at(file, row, column.name, hole_problem(cell))
        known = ", ".join(shown(category) for category in column.categories[:10])
        problem = (f"expected one of {known}, as in the training data, got {shown(cell)}; to let "
                   f"new words pass as none of these: unseen='zeros'")
        raise at(file, row, column.name, problem)
    return zeros


def _column(item: Any) -> Column:
    _expect(isinstance(item, dict) and set(item) == set(Column._fields),
            "a column with name, kind, categories and fill", item)
    name, kind, categories, fill = (item[field] for field in Column._fields)
    _expect(isinstance(name, str), "a text as the name of a column", name)
    _expect(kind in ("number", "text", "class", "value", "ignored"), "a kind of column", kind)
    _expect(isinstance(categories, list) and all(isinstance(word, str) for word in categories)
            and len(set(categories)) == len(categories),
            "a list of different texts as categories", categories)
    _expect(bool(categories) == (kind in ("text", "class")),
            f"categories for text and classes only, in a column of kind {kind}", categories)
    _expect(fill is None or (kind == "number" and type(fill) in (int, float)
            and math.isfinite(fill)), "a finite number to fill a number column with", fill)
    return Column(name, kind, categories, None if fill is None else float(fill))


def _expect(right: bool, expected: str, got: Any) -> None:
    if not right:
        raise DataError(f"encoding: expected {expected}, got {shown(str(got))}")
