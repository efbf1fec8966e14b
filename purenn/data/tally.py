"""What a column of a table holds, and what it is to become.

Nothing is decided by one cell. All of them go by and are counted: numbers, words, dates, holes,
numbers in a form that a program does not read. Then the column is judged as a whole. A column of
numbers with a word among them is a column with a mistake; a column of "5%" is no column of words;
"-" is a word among words and a hole among numbers. Whatever cannot be used as it is raises a
`DataError` that says what would help.

Before this: cells. After this: records.
"""

import math
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..text import counted, shown
from .cells import (
    DATE_ORDERS, DATE_PARTS, almost_number, date_orders, date_parts, day_of,
    has_points_for_thousands, is_missing, number, stands_for_missing, written_number,
)
from .errors import DataError, Place, Remark
from .options import Advice, Name, TableOptions

__all__ = [
    "DISTINCT_CAP", "Column", "Tally", "decimal_signs", "feature_column", "hole_advice",
    "remarks_on", "target_column",
]

CLASSES_CAP = 1000
DISTINCT_CAP = 1000  # different cells of a column that are counted; then "more"
FEW_ROWS = 10  # with fewer, all cells may well be different by chance
MANY_ROWS = 50  # with fewer, whole numbers may well rise by chance


class Column(NamedTuple):
    """What was learned about one column of the file.

    name        from the line of names, or "column 3" where there is none
    kind        "number", "text" or "date" for features, "class" or "value" for the target, or
                "ignored"
    categories  the different words of a text column, or the classes; "" stands for a hole. Of
                dates, those of year, month and weekday that are inputs
    fill        what fills a hole in a column of numbers, their mean; of dates, the mean day
    low, high   the smallest and the largest number of the training table; of dates, the days
    date_order  how dates are written: "ymd", "dmy" or "mdy"
    """

    name: str
    kind: str
    categories: Sequence[str] = ()
    fill: Optional[float] = None
    low: Optional[float] = None
    high: Optional[float] = None
    date_order: str = ""

    def feature_names(self) -> List[str]:
        """Return the names of the inputs that this column becomes."""
        if self.kind == "text":
            return [f"{self.name}={category or '(missing)'}" for category in self.categories]
        if self.kind == "date":
            return [f"{self.name}.{part}" for part in self.categories]
        return [self.name] if self.kind == "number" else []


class Span:
    """How many numbers went by, their mean and ends, and whether they rose like row numbers."""

    def __init__(self) -> None:
        self.count, self.mean = 0, 0.0
        self.low, self.high, self.last = math.inf, -math.inf, -math.inf
        self.rising = True  # so far, each is whole and larger than the one before
        self.counting = True  # so far, each is one more than the one before

    def add(self, value: float) -> None:
        self.count += 1
        self.mean += (value - self.mean) / self.count
        if value < self.low:
            self.low = value
        if value > self.high:
            self.high = value
        if self.rising:
            self.rising = value > self.last and value % 1 == 0
            self.counting = self.rising and self.counting and (
                self.count == 1 or value == self.last + 1)
            self.last = value


class Days(Span):
    """How many days went by, their mean and ends, and which years, months and weekdays."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: Dict[str, Set[int]] = {part: set() for part in DATE_PARTS}

    def add(self, value: float) -> None:
        super().add(value)
        for part, count in date_parts(int(value)).items():
            self.parts[part].add(count)

    @property
    def telling(self) -> List[str]:
        """The parts that differ from day to day, and all of them if none does."""
        return [part for part, seen in self.parts.items() if len(seen) > 1] or list(DATE_PARTS)


class Tally:
    """What one column holds, counted while its cells go by.

    Every cell is one of these: a number, a hole, a word that is a hole if it stands among numbers
    (`dash`), a date, a written number, or a word. Of each kind the first is kept, with its row.
    """

    def __init__(self, name: str, position: int, options: TableOptions, file: str) -> None:
        self.name, self.position, self.file = name, position, file
        self.decimal = options.decimal
        self.cap = max(DISTINCT_CAP, options.categories_cap)
        self.counts = {"hole": 0, "dash": 0, "date": 0, "written": 0, "word": 0}
        self.first: Dict[str, Tuple[int, str]] = {}
        self.numbers = Span()
        self.days = {order: Days() for order in sorted(DATE_ORDERS)}  # of dates, read in this order
        self.signs: Set[str] = set()  # decimal signs and units of written numbers
        self.first_point = ""  # the first number with a point in it
        self.has_thousands = True  # so far, points may stand between thousands
        self.kinds: Dict[str, str] = {}  # of the different cells; one more than the cap at most
        self.repeated = False

    def see(self, cell: str, row: int) -> None:
        value = number(cell, self.decimal)
        if value is not None:
            kind = "number"
            self.numbers.add(value)
            if self.has_thousands:
                self._look_for_thousands(cell, value)
        else:
            kind = self.kinds.get(cell) or self._kind_of(cell, row)
            self.counts[kind] += 1
            if kind not in self.first:
                self.first[kind] = (row, cell)
            if kind == "date":
                for order in date_orders(cell):
                    self.days[order].add(float(day_of(cell, order) or 0))
        if cell in self.kinds:
            self.repeated = True
        elif len(self.kinds) <= self.cap:
            self.kinds[cell] = kind

    def _kind_of(self, cell: str, row: int) -> str:
        """Return the kind of a cell that is no number and has not been seen yet."""
        if is_missing(cell):
            return "hole"
        if stands_for_missing(cell):
            return "dash"
        if date_orders(cell):
            return "date"
        written = written_number(cell)
        if written is not None:
            self.signs.add(written.unit or written.decimal)
            return "written"
        if "almost" not in self.first and almost_number(cell):
            self.first["almost"] = (row, cell)
        return "word"

    def _look_for_thousands(self, cell: str, value: float) -> None:
        if "." in cell:
            self.first_point = self.first_point or cell
            self.has_thousands = has_points_for_thousands(cell)
        elif abs(value) >= 1000:
            self.has_thousands = False  # here is a whole number without any

    @property
    def decimal_sign(self) -> str:
        """The decimal sign of the column as far as its cells tell for sure, else ""."""
        signs = self.signs & {".", ","}
        if self.first_point and not self.has_thousands:
            signs.add(".")
        return signs.pop() if len(signs) == 1 else ""

    @property
    def others(self) -> int:
        """How many cells are neither numbers nor what may be a hole among numbers."""
        return self.counts["date"] + self.counts["written"] + self.counts["word"]

    @property
    def filled(self) -> int:
        """How many cells are no holes."""
        return self.numbers.count + self.counts["dash"] + self.others

    @property
    def of_numbers(self) -> bool:
        """Whether there are numbers and, but for holes, nothing else."""
        return self.numbers.count > 0 and not self.others

    @property
    def of_dates(self) -> bool:
        """Whether most cells are dates."""
        return 2 * self.counts["date"] > self.numbers.count + self.others

    @property
    def date_order(self) -> str:
        """The order of day, month and year in which all the dates are dates; "" if not just one."""
        orders = [order for order, span in self.days.items() if span.count == self.counts["date"]]
        return orders[0] if len(orders) in (1, len(DATE_ORDERS)) else ""  # all: months in words

    @property
    def likely_kind(self) -> str:
        """What the column seems to be, if it cannot be used as it is."""
        words = self.counts["word"] + self.counts["dash"]
        numbers = self.numbers.count + self.counts["written"]
        return "date" if self.of_dates else "text" if words > numbers else "number"

    def holes(self, kind: str) -> int:
        """Return how many cells are holes, if the column is of this kind."""
        dashes = kind in ("number", "value", "date") or (kind == "class" and self.of_numbers)
        return self.counts["hole"] + (self.counts["dash"] if dashes else 0)

    def first_hole(self, kind: str) -> Tuple[int, str]:
        """Return row and text of the first hole, if the column is of this kind."""
        dashes = self.holes(kind) > self.counts["hole"]
        return min(self.first[hole] for hole in ("hole", *["dash"] * dashes) if hole in self.first)

    @property
    def different(self) -> Set[str]:
        """The different cells that are no holes, up to one more than the cap."""
        return {cell for cell, kind in self.kinds.items() if kind != "hole"}

    def categories(self, kind: str) -> List[str]:
        """Return the different words in order: numbers by size, then the others by alphabet.

        Among the words of a text column, "" stands for holes.
        """
        words = self.different
        if kind == "text":
            words |= {""} if self.counts["hole"] else set()
        elif self.of_numbers:
            words = {word for word in words if not stands_for_missing(word)}
        return sorted(words, key=_by_size_then_alphabet)

    def error(
        self, problem: str, advice: Sequence[Advice], row: Optional[int] = None
    ) -> DataError:
        return DataError(problem, Place(self.file, row, self.name), advice)

    def own(self) -> List[Name]:
        """Return this column as an option names it: by name, or by position if that is safer."""
        name = self.name
        plain = name.isprintable() and len(name) <= 40 and not name.lstrip("-").isdigit()
        return [name if plain else self.position]


def _by_size_then_alphabet(word: str) -> Tuple[bool, float, str]:
    value = number(word)
    return (value is None, value or 0.0, word)


# ---- Features ----


def decimal_signs(tallies: Sequence[Tally], delimiter: str) -> List[str]:
    """Return the decimal signs that a table may be written with, the likelier first.

    If the cells of any column tell it, the others will have it too. If none does, a semicolon
    between cells says that the comma was needed for something else.
    """
    certain = {tally.decimal_sign for tally in tallies} - {""}
    if len(certain) == 1:
        return list(certain)
    return [",", "."] if delimiter == ";" else [".", ","]


def feature_column(
    tally: Tally, options: TableOptions, signs: Sequence[str], as_text: bool, as_date: bool
) -> Column:
    """Return what a column of features becomes; DataError if it cannot be used as it is.

    signs: what the decimal sign of the table may be, the likelier first.
    """
    if as_date:
        return _date_column(tally)
    if not tally.filled:
        raise tally.error("every cell is missing", [_without(tally)])
    words = Advice("read the whole column as words", {"text": tally.own()})
    if not as_text:
        _refuse_written(tally, signs, [_without(tally), words])
        _refuse_thousands(tally, signs, [_without(tally), words])
        _refuse_dates(tally, words)
        ways = [words, _without(tally)]
        few = len(tally.different) <= options.categories_cap
        _refuse_mixed(tally, ways if few else ways[::-1])
        if tally.of_numbers:
            numbers = tally.numbers
            if not math.isfinite(numbers.mean):
                raise tally.error("the numbers are too large", [_without(tally)])
            return Column(tally.name, "number", (), numbers.mean, numbers.low, numbers.high)
    cap = 100 * (len(tally.different) // 100 + 1)
    allow = [Advice("allow more", {"categories_cap": cap})] * tally.repeated
    _refuse_many(tally, options.categories_cap, [_without(tally), *allow])
    return Column(tally.name, "text", tally.categories("text"))


def _without(tally: Tally) -> Advice:
    return Advice("leave the column out", {"ignore": tally.own()})


def hole_advice(filling: bool = True) -> List[Advice]:
    """Return what can be done about holes; in a target they cannot be filled."""
    fill = Advice("fill them with the mean of their column (words: a category of their own), later "
                  "on too", {"missing": "mean"})
    drop = Advice("leave out rows with missing cells", {"missing": "drop"})
    return [fill, drop] if filling else [drop]


def _refuse_written(tally: Tally, signs: Sequence[str], advice: List[Advice]) -> None:
    """Refuse numbers in a form that is not read: decimal commas, thousands, units."""
    count = tally.counts["written"]
    if not count or count + tally.numbers.count <= tally.counts["word"]:
        return
    row, cell = tally.first["written"]
    plain = "1234,5" if tally.decimal == "," else "1234.5"
    problem = f"expected plain numbers such as {plain}, got {shown(cell)}"
    own = tally.signs - {""}
    if tally.decimal or len(own) > 1 or not own <= {",", "."}:
        raise tally.error(problem, [Advice("take units and signs out of the cells"), *advice], row)
    raise tally.error(problem, [_reading(sign) for sign in own or signs] + advice, row)


def _refuse_thousands(tally: Tally, signs: Sequence[str], advice: List[Advice]) -> None:
    """Refuse to guess whether 4.321 is more than four thousand, where commas are decimal signs."""
    if tally.decimal is None and tally.first_point and tally.has_thousands and signs[0] == ",":
        raise tally.error(f"{shown(tally.first_point)} may be a whole number with a point between "
                          "thousands, or a fraction", [_reading(","), _reading("."), *advice])


def _reading(sign: str) -> Advice:
    example = {",": "1.234,5", ".": "1,234.5"}[sign]
    return Advice(f"read numbers like {example}", {"decimal": sign})


def _refuse_dates(tally: Tally, words: Advice) -> None:
    if tally.of_dates:
        row, cell = tally.first["date"]
        parts = Advice("take year, month and weekday", {"dates": tally.own()})
        advice = [_without(tally), words]
        raise tally.error(f"these are dates, such as {shown(cell)}",
                          [parts, *advice] if tally.date_order else advice, row)


def _refuse_mixed(tally: Tally, advice: List[Advice]) -> None:
    """Refuse what is nearly a number, and a minority of words among numbers."""
    if "almost" in tally.first:
        row, cell = tally.first["almost"]
        raise tally.error(f"expected a plain finite number (digits 0-9, a point), got "
                          f"{shown(cell)}", [Advice("correct it"), *advice], row)
    if tally.numbers.count > tally.others > 0:
        row, cell = min(tally.first[kind] for kind in ("word", "date", "written")
                        if kind in tally.first)
        raise tally.error(f"expected a number, like {tally.numbers.count} others in this column, "
                          f"got {shown(cell)}", [Advice("correct it"), *advice], row)


def _refuse_many(tally: Tally, cap: int, advice: List[Advice]) -> None:
    if len(tally.different) > cap:
        raise tally.error(f"expected at most {cap} different words, each of which becomes an input "
                          "of its own, got more", advice)


def _refuse_names(tally: Tally, advice: List[Advice]) -> None:
    """Refuse classes of hardly more than one row each: nothing can be learned about them."""
    count = len(tally.different)
    if tally.filled >= FEW_ROWS and 2 * count > tally.filled:
        raise tally.error(f"expected several rows of each class, got {count:,} classes in "
                          f"{tally.filled:,} rows, as names and identifiers have; take another "
                          "column as the target", advice)


def _date_column(tally: Tally) -> Column:
    wrong = [tally.first[kind] for kind in ("word", "written") if kind in tally.first]
    if wrong or tally.numbers.count or not tally.counts["date"]:
        row, cell = min(wrong, default=(None, ""))
        raise tally.error(f"expected dates such as 2024-12-31, got {shown(cell)}" if wrong else
                          "expected dates such as 2024-12-31, got none", [_without(tally)], row)
    order = tally.date_order
    if not order:
        row, cell = tally.first["date"]
        raise tally.error(f"{shown(cell)} may be two dates, or the column is written in more than "
                          "one way. Write dates with the year first", [_without(tally)], row)
    days = tally.days[order]
    return Column(tally.name, "date", days.telling, days.mean, days.low, days.high, order)


# ---- The target ----


def target_column(tally: Tally, task: Optional[str], signs: Sequence[str]) -> Column:
    """Return what the target becomes; DataError if it cannot be used as it is.

    signs: what the decimal sign of the table may be, the likelier first.
    """
    classes = Advice("say that these are classes", {"task": "classification"})
    if task == "regression" and not tally.of_numbers:
        _refuse_written(tally, signs, [])
        row, cell = min(tally.first[kind] for kind in ("word", "date", "written", "dash")
                        if kind in tally.first)
        raise tally.error(f"regression expects a number as the target, got {shown(cell)}", [], row)
    if task is None:
        _refuse_written(tally, signs, [classes])
        if tally.of_dates:
            raise tally.error("these are dates; take another column as the target", [classes])
        _refuse_mixed(tally, [classes])
        values = tally.of_numbers and not two_numbers(tally)
        task = "regression" if values else "classification"
        if not values:
            _refuse_names(tally, [classes])
    if task == "regression":
        _refuse_thousands(tally, signs, [])
        return Column(tally.name, "value", (), None, tally.numbers.low, tally.numbers.high)
    _refuse_many(tally, CLASSES_CAP, [Advice(
        "take another column as the target; values to be measured are", {"task": "regression"})])
    return Column(tally.name, "class", tally.categories("class"))


def two_numbers(tally: Tally) -> bool:
    """Return whether the column has two different numbers, and they are such as code classes."""
    values = {number(word, tally.decimal) for word in tally.categories("class")}
    return tally.of_numbers and values in ({0.0, 1.0}, {-1.0, 1.0}, {1.0, 2.0})


# ---- What is worth a remark, and no more ----

_IDENTIFIER = re.compile(r"(?:.*[\W_])?(?i:id|uuid|key|nr|no)|.*[a-z]I[dD]")


def remarks_on(tally: Tally, column: Column, task: Optional[str]) -> List[Remark]:
    """Return what whoever reads the table should know of this column, with the option for it."""
    problem, advice = "", _without(tally)
    if column.kind in ("number", "text", "date"):
        problem = _doubt_of_a_feature(tally, column)
    elif column.kind == "class" and task is None and tally.of_numbers:
        problem = f"has only {' and '.join(column.categories)}, and is taken for two classes"
        advice = Advice("if these are values", {"task": "regression"})
    elif column.kind == "value" and task is None and _looks_like_classes(tally):
        problem = (f"has only {counted(len(tally.different), 'different value')}, all whole "
                   "numbers, and is taken for values")
        advice = Advice("if these are classes", {"task": "classification"})
    return [Remark(problem, Place(column=tally.name), [advice])] if problem else []


def _doubt_of_a_feature(tally: Tally, column: Column) -> str:
    numbers, holes = tally.numbers, tally.holes(column.kind)
    if 2 * holes > tally.filled + tally.counts["hole"]:
        return f"{holes:,} of its cells are missing, more than half"
    if tally.filled < FEW_ROWS or tally.repeated or column.kind == "date":
        return ""
    if column.kind == "text":
        return "has a word of its own for every row, as names and identifiers have"
    if numbers.counting:
        return "counts up by one from row to row, as row numbers do"
    named_so = numbers.low % 1 == 0 and _IDENTIFIER.fullmatch(tally.name)
    if named_so or (numbers.rising and numbers.count >= MANY_ROWS):
        return "has a number of its own for every row, as identifiers have"
    return ""


def _looks_like_classes(tally: Tally) -> bool:
    words = tally.different
    few = len(words) <= 20 and 2 * len(words) <= tally.filled
    return few and all(word.isdigit() for word in words)
