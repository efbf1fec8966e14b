"""How a table is to be read: one record of options, and how each of them is said.

The same words are used in Python and on the command line, `missing="mean"` and `--missing mean`.
So a message that advises an option holds its name and its value (`Advice`), and whoever shows the
message spells them out: `as_keywords` for Python, `as_flags` for the command line.

Before this: nothing of data. After this: errors.
"""

import csv
import io
import shlex
from typing import Any, Callable, Mapping, NamedTuple, Optional, Sequence, Union

from ..checks import positive_integer
from ..text import listed, shown

__all__ = [
    "DEFAULTS", "KEPT", "WITH_NAMES", "Advice", "Name", "Spelling", "TableOptions", "as_flags",
    "as_keywords", "is_delimiter",
]

Name = Union[str, int]  # a column, by its name or by its position
Spelling = Callable[[Mapping[str, Any]], str]  # options and their values -> how they are said

_CHOICES = {
    "task": ("classification", "regression"),
    "missing": ("refuse", "mean", "drop"),
    "unseen": ("refuse", "zeros"),
    "decimal": (".", ","),
}


class TableOptions(NamedTuple):
    """How a table is to be read; None where nothing is said.

    target          the column to be predicted: its name, or its position, counted from 0, from
                    the end if negative; the last one if nothing is said; or several columns of
                    values, for a regression with several answers
    task            "classification" or "regression"; if nothing is said, a target of words, or of
                    0 and 1 only, is classification, every other target of numbers regression
    header          whether the first line holds names; found out if nothing is said
    delimiter       the character between cells, "\\t" for tabs, " " for white space of any length;
                    a comma if nothing is said, or what a first line like sep=; says
    decimal         "," reads 1,5 and 1.234,5 as numbers, "." reads 1.5 and 1,234.5; if nothing
                    is said, the decimal point is a point and nothing stands between thousands
    encoding        of the text, "latin-1" for instance; UTF-8 if nothing is said, or UTF-16 if
                    the file begins with its byte-order mark
    skip            so many lines come before the table and are passed over
    missing         holes in the table: "refuse" them; fill in the "mean" of the column (in a
                    column of words, a hole is a word of its own), but leave out rows without a
                    target; or "drop" all rows with holes. Holes are refused if nothing is said;
                    in later tables, it is done as with the training table
    unseen          words that the training table did not have: "refuse" them, or take them for
                    none of the known ones: "zeros"
    text            columns to be read as words even though they hold numbers (postal codes)
    dates           columns of dates, each of which becomes year, month and weekday (those of them
                    that differ)
    ignore          columns to leave out (names, running numbers)
    categories_cap  the largest number of different words in a column
    """

    target: Union[Name, Sequence[Name], None] = None
    task: Optional[str] = None
    header: Optional[bool] = None
    delimiter: Optional[str] = None
    decimal: Optional[str] = None
    encoding: Optional[str] = None
    skip: int = 0
    missing: Optional[str] = None
    unseen: Optional[str] = None
    text: Sequence[Name] = ()
    dates: Sequence[Name] = ()
    ignore: Sequence[Name] = ()
    categories_cap: int = 50

    def checked(self) -> "TableOptions":
        """Return these options if they are some; raises ValueError or TypeError, naming one."""
        for option, known in _CHOICES.items():
            value = getattr(self, option)
            if value is not None and value not in known:
                raise ValueError(
                    f"{option}: expected {listed(list(map(repr, known)))}, got {shown(value)}")
        if self.delimiter is not None and not is_delimiter(self.delimiter):
            raise ValueError(f"delimiter: expected one character, got {shown(self.delimiter)}")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if not isinstance(self.skip, int) or self.skip < 0:
            raise ValueError(f"skip: expected a number of lines, got {shown(self.skip)}")
        positive_integer("TableOptions", "categories_cap", self.categories_cap)
        target = self.target
        if target is not None and not isinstance(target, (str, int)):
            target = tuple(target)
            if len(target) > 1 and self.task == "classification":
                raise ValueError("target: several targets are values, not classes")
        return self._replace(target=target, text=_as_names(self.text),
                             dates=_as_names(self.dates), ignore=_as_names(self.ignore))

    @property
    def targets(self) -> Sequence[Name]:
        """The target or targets, the last column if nothing is said."""
        return _as_names(-1 if self.target is None else self.target)

    def kept(self) -> "TableOptions":
        """Return what of these options is kept with a model, because it holds for later tables."""
        return TableOptions(**{name: getattr(self, name) for name in KEPT})

    def over(self, training: "TableOptions") -> "TableOptions":
        """Return these options for a later table: what they do not say is as in the training."""
        return self._replace(**{
            name: getattr(training, name) for name in KEPT
            if name != "header" and getattr(self, name) is None
        })


DEFAULTS = TableOptions()
WITH_NAMES = TableOptions(header=True)
KEPT = ("header", "delimiter", "decimal", "encoding", "missing", "unseen")  # with the model


def is_delimiter(value: Any) -> bool:
    """Return whether the value is one character that can stand between cells."""
    return isinstance(value, str) and len(value) == 1 and value not in '"\r\n\0\ufeff'


def _check_encoding(name: Any) -> None:
    try:
        "a".encode(name)
    except (LookupError, TypeError, ValueError):
        raise ValueError(f"encoding: expected the name of an encoding of text, such as 'utf-8' "
                         f"or 'latin-1', got {shown(name)}") from None


def _as_names(names: Any) -> Sequence[Name]:
    return (names,) if isinstance(names, (str, int)) else tuple(names)


# ---- Advice ----


class Advice(NamedTuple):
    """What to do: in words, and by which options, if there are any."""

    text: str
    options: Mapping[str, Any] = {}

    def told(self, spelling: "Spelling") -> str:
        """Return the advice with its options as the reader would write them."""
        return f"{self.text}: {spelling(self.options)}" if self.options else self.text


def as_keywords(options: Mapping[str, Any]) -> str:
    """Return options as Python has them.

    >>> as_keywords({"missing": "mean", "ignore": ["a", "b"]})
    "missing='mean', ignore=['a', 'b']"
    """
    return ", ".join(f"{option}={value!r}" for option, value in options.items())


def as_flags(options: Mapping[str, Any]) -> str:
    """Return options as the command line has them, quoted for the shell.

    >>> as_flags({"missing": "mean", "ignore": ["first name", "b"], "header": False})
    "--missing mean --ignore 'first name,b' --no-header"
    """
    return " ".join(_as_flag(option, value) for option, value in options.items())


def _as_flag(option: str, value: Any) -> str:
    flag = "--" + option.replace("_", "-")
    if isinstance(value, bool):
        return flag if value else f"--no-{option}"
    if option == "target":
        value = [value] if isinstance(value, str) else value
    if isinstance(value, list):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(value)
        value = line.getvalue()
    word = "tab" if value == "\t" else str(value)
    quoted = shlex.quote(word) if word.isalnum() or len(word) > 1 else f"'{word}'"
    return f"{flag}{'=' if word.startswith('-') else ' '}{quoted}"
