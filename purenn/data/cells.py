"""One cell of text: is it a number, a date, a hole, or a word?

What counts as a number is narrower than what Python's float() takes: digits, a sign, a point, an
exponent. "1_000", "inf" or digits of other scripts are far more often a mistake than a number. And
it is narrower than what people write: 1,23 and 1.234,5 and 5% and $3 are numbers to them, and would
be words to a program. `written_number` knows these, so that a column of them is never taken for a
column of words.

Before this: files. After this: tally.
"""

import re
from datetime import date
from typing import Dict, FrozenSet, NamedTuple, Optional

__all__ = [
    "DATE_ORDERS", "DATE_PARTS", "almost_number", "date_orders", "date_parts", "day_of",
    "has_points_for_thousands", "is_missing", "number", "stands_for_missing", "written_number",
]

# What stands for "no value", in any case; and what does so among numbers, but may be a word.
MISSING = frozenset(["", "?", "na", "n/a", "nan", "null", "#n/a", "<na>"])
MISSING_AMONG_NUMBERS = frozenset([
    "-", "--", "---", "–", "—", ".", "..", "...", "*", "none", "nil", "missing", "unknown", "n.a.",
    "n.a", "n/d", "nd", "#na", "#null!", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "\\n",
])


def is_missing(cell: str) -> bool:
    """Return whether the cell is a hole: empty, or one of the words in MISSING.

    >>> is_missing(""), is_missing("NaN"), is_missing("0")
    (True, True, False)
    """
    return cell.lower() in MISSING


def stands_for_missing(cell: str) -> bool:
    """Return whether the cell is a hole if it stands among numbers: "-", ".", "None", "#REF!", …"""
    return cell.lower() in MISSING_AMONG_NUMBERS


# ---- Numbers ----

_SPACES = "'’ \u00a0\u202f"
_GROUPED = {
    ".": re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:[,{_SPACES}]\d{{3}})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:[.{_SPACES}]\d{{3}})+(?:,\d*)?", re.ASCII),
}
_BETWEEN_THOUSANDS = {decimal: re.compile(f"[{other}{_SPACES}]")
                      for decimal, other in ((".", ","), (",", "."))}


def number(cell: str, decimal: Optional[str] = None) -> Optional[float]:
    """Return the cell as a float, or None if it is no plain, finite number.

    decimal  "." or ",": the decimal point is this, and thousands may be set apart by the other
             one, by a space or an apostrophe; without it, a point, and nothing is set apart

    >>> number("-1.5e3"), number("1_000"), number("inf"), number("red")
    (-1500.0, None, None, None)
    >>> number("1.234,5", ","), number("1,5", ","), number("1,234.5", "."), number("1,234.5")
    (1234.5, 1.5, 1234.5, None)
    """
    if decimal is not None:
        cell = _with_point(cell, decimal)
    try:
        value = float(cell)
    except ValueError:
        return None
    # inf − inf and nan − nan are nan, which is not 0: quicker than math.isfinite.
    if value - value != 0.0 or "_" in cell or not cell.isascii():
        return None
    return value


def _with_point(cell: str, decimal: str) -> str:
    if _GROUPED[decimal].fullmatch(cell):
        cell = _BETWEEN_THOUSANDS[decimal].sub("", cell)
    elif decimal == "," and "." in cell:
        return ""  # neither a decimal comma nor thousands: no number
    return cell.replace(",", ".") if decimal == "," else cell


def has_points_for_thousands(cell: str) -> bool:
    """Return whether a number with a point in it may be a whole one: 4.321, but not 4.32 or 0.321.

    >>> [has_points_for_thousands(cell) for cell in ("4.321", "4.32", "0.321")]
    [True, False, False]
    """
    return "," not in cell and bool(_GROUPED[","].fullmatch(cell))


def almost_number(cell: str) -> bool:
    """Return whether float() would take a cell that `number` refuses (and that is no hole)."""
    try:
        float(cell)
    except ValueError:
        return False
    return number(cell) is None and not is_missing(cell)


class Written(NamedTuple):
    """A number as people write it: its decimal sign, "" if that cannot be told, and its unit."""

    decimal: str
    unit: str


_CURRENCIES = "EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|BRL|MXN|ZAR|TRY|KRW"
_UNIT = rf"[$€£¥₹₽₩]|{_CURRENCIES}"
_WRITTEN = re.compile(
    rf"[+-]?(?P<before>{_UNIT})?\s*[+-]?(?P<digits>\d[\d.,{_SPACES}]*?)"
    rf"\s*(?P<after>[kKmMbB]?\s*(?:{_UNIT})|[kKmMbB%‰])?", re.ASCII)
_FORMS = {
    ",": re.compile(rf"\d+,\d+|\d{{1,3}}(?:[.{_SPACES}]\d{{3}})+,\d*|\d{{1,3}}(?:\.\d{{3}}){{2,}}",
                    re.ASCII),
    ".": re.compile(rf"\d+(?:\.\d*)?|\d{{1,3}}(?:[,{_SPACES}]\d{{3}})+(?:\.\d*)?", re.ASCII),
}


def written_number(cell: str) -> Optional[Written]:
    """Return how a number is written in the cell that `number` does not take; None if none is.

    >>> [written_number(cell) for cell in ("1,23", "1.234,5", "1,234.5", "1,234")]
    [Written(decimal=',', unit=''), Written(decimal=',', unit=''), Written(decimal='.', unit=''), \
Written(decimal='', unit='')]
    >>> written_number("5%"), written_number("1,000 EUR").unit, written_number("1.2.3")
    (Written(decimal='', unit='%'), 'EUR', None)
    """
    found = _WRITTEN.fullmatch(cell)
    if found is None:
        return None
    unit = (found["before"] or found["after"] or "").strip()
    fits = [sign for sign, form in _FORMS.items() if form.fullmatch(found["digits"])]
    if not fits or (unit in tuple("kKmMbB") and not found["before"]):
        return None
    if not unit and not re.search(f"[,.{_SPACES}]", found["digits"]):
        return None
    plain = found["digits"].isdigit()
    return Written("" if len(fits) > 1 or plain else fits[0], unit)


# ---- Dates ----

DATE_ORDERS = frozenset(["ymd", "dmy", "mdy"])
DATE_PARTS = ("year", "month", "weekday")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})(?:[T ]+\d{1,2}:\d{2}[\d:.]*\s*"
    r"(?:[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_DATE_IN_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})[ -])?(?P<month>[A-Za-z]{3,9})\.?[ -]"
    r"(?:(?P<late_day>\d{1,2}),?[ -])?(?P<year>\d{4})", re.ASCII)


def date_orders(cell: str) -> FrozenSet[str]:
    """Return in which orders of day, month and year the cell is a date; none if it is no date.

    >>> sorted(date_orders("2020-01-31")), sorted(date_orders("31.1.2020"))
    (['ymd'], ['dmy'])
    >>> sorted(date_orders("1/5/2020")), sorted(date_orders("red"))
    (['dmy', 'mdy'], [])
    """
    if not 6 <= len(cell) <= 40:  # most cells are no dates: this is quick
        return frozenset()
    return frozenset(order for order in DATE_ORDERS if day_of(cell, order) is not None)


def day_of(cell: str, order: str) -> Optional[int]:
    """Return the day as a number, as `date.toordinal` counts; None if the cell is no date.

    A time of day behind the date is passed over. A month may be an English word. Of years of two
    digits, 69 to 99 are of the 20th century, as POSIX has it.

    >>> date.fromordinal(day_of("5/1/2020", "mdy")), day_of("5/13/2020", "dmy")
    (datetime.date(2020, 5, 1), None)
    """
    found = _DATE.fullmatch(cell)
    if found is None:
        return _day_in_words(cell)
    first, separator, second, third = found.groups()
    parts = dict(zip(order, (first, second, third)))
    if order == "mdy" and separator == ".":
        return None  # with points, the day comes first
    if len(parts["y"]) != 4 and (order == "ymd" or len(parts["y"]) != 2):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 1900 if year >= 69 else 2000
    return _ordinal(year, int(parts["m"]), int(parts["d"]))


def date_parts(day: int) -> Dict[str, int]:
    """Return the DATE_PARTS of a day, as `day_of` gives it; weekday 0 is Monday.

    >>> date_parts(date(2024, 12, 31).toordinal())
    {'year': 2024, 'month': 12, 'weekday': 1}
    """
    it = date.fromordinal(day)
    return dict(zip(DATE_PARTS, (it.year, it.month, it.weekday())))


def _day_in_words(cell: str) -> Optional[int]:
    found = _DATE_IN_WORDS.fullmatch(cell)
    if found is None or found["month"][:3].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    return _ordinal(int(found["year"]), month, int(found["day"] or found["late_day"] or 1))


def _ordinal(year: int, month: int, day: int) -> Optional[int]:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
