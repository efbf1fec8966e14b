"""What can be said on the command line: what a word may be, and the options of several commands.

The functions of the first half are called by `argparse` by the name `type=`: each returns the value
of a word, or says what is wrong with it. Their errors become one line of wrong usage, exit code 2;
where a word was probably meant to be another one, the line says which.

Options for tables are called as in Python, `--missing mean` is `missing="mean"`: they become a
`TableOptions`, which says what each of them means.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import textwrap
from typing import Any, Callable, Iterable, List, NoReturn, Union

from ..data import TableOptions
from ..data.options import is_delimiter
from ..recipes import DATA_SETS
from ..text import did_you_mean, listed

__all__ = [
    "CODES", "Parser", "UsageError", "above_zero", "add_data", "add_later_table_options",
    "add_model", "add_table_options", "called", "class_weight", "column", "columns", "count",
    "fraction", "not_negative", "one_of", "seed", "several", "sizes", "table_options",
    "targets",
]

Column = Union[str, int]

CODES = "exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted"


class UsageError(Exception):
    """The arguments make no sense; the message says which one and why."""


# ---- Words ----


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """Return the function that takes one of the known names, and no other word."""
    names = list(known)

    def name(word: str) -> str:
        if word not in names:
            raise argparse.ArgumentTypeError(
                f"expected {listed(names)}, got {word!r}{did_you_mean(word, names)}")
        return word

    return name


def sizes(word: str) -> List[int]:
    """Return sizes of layers: "32,16", or "none" for none at all."""
    return [] if word == "none" else [count(part) for part in word.split(",")]


def count(word: str) -> int:
    """Return a whole number from 1 on."""
    return _whole_number(word, 1)


def several(word: str) -> int:
    """Return a whole number from 2 on."""
    return _whole_number(word, 2)


def seed(word: str) -> int:
    """Return a whole number from 0 on."""
    return _whole_number(word, 0)


def _whole_number(word: str, low: int) -> int:
    try:
        value = int(word)
    except ValueError:
        value = low - 1
    if value < low:
        raise argparse.ArgumentTypeError(f"expected a whole number from {low} on, got {word!r}")
    return value


def above_zero(word: str) -> float:
    """Return a number above 0."""
    return _number(word, lambda value: value > 0, "a number above 0")


def not_negative(word: str) -> float:
    """Return a number, 0 or above."""
    return _number(word, lambda value: value >= 0, "a number, 0 or above")


def fraction(word: str) -> float:
    """Return a number from 0 to below 1."""
    return _number(word, lambda value: 0 <= value < 1, "a number from 0 to below 1")


def _number(word: str, fits: Callable[[float], bool], expected: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not fits(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {word!r}")
    return value


def column(word: str) -> Column:
    """Return a column of a table: a whole number is a position, anything else a name.

    >>> column("price"), column("0"), column("-1")
    ('price', 0, -1)
    """
    digits = word[1:] if word.startswith("-") else word
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) < 10 else word


def columns(word: str) -> List[Column]:
    """Return columns with commas between them, quoted as in CSV where a name has a comma.

    >>> columns('zip code,3,"first, last"')
    ['zip code', 3, 'first, last']
    """
    try:
        return [column(part.strip()) for part in next(csv.reader([word], strict=True))]
    except (csv.Error, StopIteration):
        raise argparse.ArgumentTypeError(f"expected columns, as in a,b,c; got {word!r}") from None


def targets(word: str) -> Union[Column, List[Column]]:
    """Return a column, or several with commas between them.

    >>> targets("price"), targets("rain,wind")
    ('price', ['rain', 'wind'])
    """
    found = columns(word)
    return found[0] if len(found) == 1 else found


def class_weight(word: str) -> Any:
    """Return "balanced", or how much each class counts: "yes=10,no=1".

    >>> class_weight("yes=10,no=1")
    {'yes': 10.0, 'no': 1.0}
    """
    if word == "balanced":
        return word
    weights = {}
    for part in word.split(","):
        name, equals, number = part.rpartition("=")
        if not equals:
            raise argparse.ArgumentTypeError(
                f"expected balanced, or classes with numbers as in yes=10,no=1; got {word!r}")
        weights[name] = not_negative(number)
    return weights


def _delimiter(word: str) -> str:
    r"""Return the one character between cells; "tab" and "\t" are the tabulator."""
    character = "\t" if word in ("tab", "\\t") else word
    if not is_delimiter(character):
        raise argparse.ArgumentTypeError(f"expected one character, or tab, got {word!r}")
    return character


# ---- The parser ----


def called() -> str:
    """Return how purenn was called, for whoever is to call it again.

    Started as a module that is "python3 -m purenn", as an archive "python3 purenn.pyz".
    """
    path = sys.argv[0] if sys.argv else ""
    if os.path.basename(path) == "__main__.py":
        return "python3 -m purenn"
    return f"python3 {path}" if path.endswith(".pyz") else "purenn"


class _Help(argparse.HelpFormatter):
    """Help that fits the terminal and breaks no word; lines that are indented stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(_filled(block, width) for block in text.strip().split("\n\n")) + "\n"

    def _split_lines(self, text: str, width: int) -> List[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_long_words=False,
                             break_on_hyphens=False)


def _filled(block: str, width: int) -> str:
    """Return a paragraph broken anew, or of a list every line by itself."""
    is_list = "\n  " in block or block.startswith("  ")
    lines: List[str] = []
    for line in block.split("\n") if is_list else [" ".join(block.split())]:
        lines += textwrap.wrap(line, width, subsequent_indent="      " if is_list else "",
                               break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


class Parser(argparse.ArgumentParser):
    """argparse's parser, but what is wrong is said in one line and handled in one place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


# ---- What several commands take ----


def add_data(parser: Parser) -> None:
    parser.add_argument("data", metavar="DATA", nargs="+",
                        help=f"a CSV file (- for standard input), two IDX files (images and "
                             f"labels), or the name of a set: {', '.join(DATA_SETS)}. Files may be "
                             f"gzipped; a file that is called as a set is ./NAME")


def add_model(parser: Parser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a file that train -o wrote, or purenn.save")


def add_later_table_options(parser: Parser, default: str = "that of the training") -> Any:
    """Add the options that hold for every table; return the function that adds more of them."""
    add = parser.add_argument_group("tables (CSV)").add_argument
    add("--delimiter", metavar="C", type=_delimiter,
        help=f"the character between cells, or tab (default: {default})")
    add("--decimal", metavar="C", type=one_of([".", ","]),
        help="the decimal sign: with , 1.234,5 is a number")
    add("--encoding", metavar="NAME", help="of the text, such as latin-1 (default: UTF-8, or "
                                           "UTF-16 if the file says so)")
    add("--skip", metavar="N", type=seed, default=0, help="so many lines come before the table")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--header", action="store_true", default=None,
                        help="the first line holds names (by default this is found out)")
    either.add_argument("--no-header", dest="header", action="store_false", default=None,
                        help="the first line is data")
    add("--missing", metavar="HOW", type=one_of(["refuse", "mean", "drop"]),
        help="empty cells: refuse them, fill in the mean of the column (for words, a word of its "
             "own), or drop their rows (default: refuse; with a model, as in its training)")
    add("--unseen", metavar="HOW", type=one_of(["refuse", "zeros"]),
        help="words that the training data did not have: refuse them, or let them be none of the "
             "known ones, zeros (default: refuse; with a model, as in its training)")
    return add


def add_table_options(parser: Parser) -> None:
    """Add the options of those who see a table for the first time."""
    add = add_later_table_options(parser, "a comma")
    add("--target", metavar="COL", type=targets,
        help="the column to be predicted: its name, or its position, counted from 0, from the end "
             "if negative (default: the last); or several columns of values: a,b")
    add("--task", metavar="TASK", type=one_of(["classification", "regression"]),
        help="classification or regression (default: regression if the target is numbers, but for "
             "0 and 1)")
    for name, what in (("text", "columns of words, even if they look like numbers: a,b,c"),
                       ("dates", "columns of dates: each becomes year, month and weekday, as far "
                                 "as they differ"),
                       ("ignore", "columns to leave out")):
        add(f"--{name}", metavar="COLS", type=columns, action="extend", default=[], help=what)
    add("--categories-cap", metavar="N", type=count, default=50,
        help="the largest number of different words in a column (default 50)")


def table_options(options: argparse.Namespace) -> TableOptions:
    """Return the options of a table among those of a command."""
    given = {name: getattr(options, name) for name in TableOptions._fields
             if hasattr(options, name)}
    try:
        return TableOptions(**given).checked()
    except ValueError as error:
        raise UsageError(f"--{error}") from None
