"""From the words somebody typed to a set of examples.

    purenn train iris                      the name of a set that comes along
    purenn train flowers.csv               a table, plain or gzipped; - is standard input
    purenn train images.gz labels.gz       two IDX files, as MNIST comes

A word that is the name of a set always means that set, whatever files lie around: the same command
does the same everywhere. A file that happens to be called iris is ./iris.

Before this: words. After this: progress.
"""

from __future__ import annotations

import os
import re
import sys
from random import Random
from typing import Any, Dict, NamedTuple, NoReturn, Optional, Sequence, Union

from .. import data
from ..data import DataError, DataSet, Encoding
from ..data.files import opened, read_some
from .names import MAKERS, did_you_mean
from .words import Column, UsageError, listed

__all__ = [
    "Reading", "Source", "check_words", "csv_source", "in_options", "is_idx", "is_name",
    "names_of", "read", "settled",
]


class Reading(NamedTuple):
    """How a table is to be read; `data.read_csv` says what each of these means."""

    target: Optional[Column] = None
    task: Optional[str] = None
    missing: str = "refuse"
    delimiter: str = ","
    header: Optional[bool] = None
    text: Sequence[Column] = ()
    ignore: Sequence[Column] = ()
    categories_cap: int = 50


class Source(NamedTuple):
    """A set of examples, and where it came from: `kind` is "name", "csv" or "idx"."""

    kind: str
    data: DataSet
    encoding: Optional[Encoding] = None


def read(words: Sequence[str], reading: Reading, rng: Random) -> Source:
    """Return the examples that the words name; `rng` is for sets that are made up.

    Raises UsageError for words that name nothing, DataError for files that will not do, OSError for
    files that cannot be opened.
    """
    check_words(words)
    if len(words) == 2:
        _refuse_options(reading, "IDX files have")
        return Source("idx", data.read_idx(words[0], words[1]))
    if is_name(words[0]):
        _refuse_options(reading, f"the set {words[0]} has")
        return Source("name", MAKERS[words[0]](rng))
    if is_idx(words[0]):
        raise UsageError(f"{words[0]} is an IDX file; give two of them, the images and the labels")
    whole, encoding = data.learn_csv(csv_source(words[0]), **reading._asdict())
    described = f"{in_options(whole.description)}; {_understood(whole, encoding)}"
    return Source("csv", whole._replace(description=described), encoding)


def _understood(whole: DataSet, encoding: Encoding) -> str:
    """Return what the table was taken for, so that a wrong guess is seen at once."""
    kind = f"{len(whole.class_names)} classes" if whole.class_names else "numbers"
    names = "names in its first line" if encoding.header else "no line of names"
    return f"target {encoding.target.name!r}: {kind}; {names}"


# How the readers of `data` advise people who write Python, and what these would type here.
ADVICE = (
    (r"(missing|task|unseen)='(\w+)'", r"--\1 \2"),
    (r"delimiter='(.)'", r"--delimiter '\1'"),
    (r"delimiter='\\t'", "--delimiter tab"),
    (r"(text|ignore)=\['([^']*)'\]", r"--\1 '\2'"),
    (r"categories_cap=…", "--categories-cap N"),
    (r"header=False", "--no-header"),
)


def in_options(text: str) -> str:
    """Return a text with advice for Python turned into advice for the command line.

    >>> in_options("or leave such rows out with missing='drop'")
    'or leave such rows out with --missing drop'
    """
    for pattern, option in ADVICE:
        text = re.sub(pattern, option, text)
    return text


# ---- Words ----


def is_name(word: str) -> bool:
    """Return whether the word is the name of a set that comes along."""
    return word in MAKERS


def check_words(words: Sequence[str]) -> None:
    """Raise UsageError unless the words are a name, a file, or two files; OSError for no file."""
    if len(words) > 2 or (len(words) == 2 and is_name(words[0])):
        raise UsageError(f"one word too many: {words[1 if is_name(words[0]) else 2]!r}")
    for word in words:
        if len(words) == 1 and (is_name(word) or word == "-"):
            continue
        if not os.path.exists(word):
            _refuse_missing(word)


def _refuse_missing(word: str) -> NoReturn:
    """Say that there is no such file, and if it looks like a name, which names there are."""
    if os.path.basename(word) == word and "." not in word:
        raise UsageError(f"expected a file, or {listed(list(MAKERS))}, got {word!r}"
                         f"{did_you_mean(word, MAKERS)}")
    raise FileNotFoundError(2, "there is no such file", word)


def _refuse_options(reading: Reading, what: str) -> None:
    for name, value in reading._asdict().items():
        if value != Reading._field_defaults[name]:
            option = "--" + name.replace("_", "-")
            raise UsageError(f"{option}: {what} nothing to choose there; it is for CSV files")


def csv_source(word: str) -> Union[str, Any]:
    """Return what the CSV readers take: a path, or standard input for "-"."""
    if word != "-":
        return word
    if sys.stdin is None:
        raise DataError("standard input is closed")
    return sys.stdin


def is_idx(word: str) -> bool:
    """Return whether a file begins as IDX files do, with two zero bytes; a table never does."""
    if not os.path.isfile(word):
        return False  # a pipe can be read once only, and is left to whoever reads it
    with opened(word) as stream:
        return read_some(stream, 2, word) == b"\0\0"


def names_of(words: Sequence[str]) -> str:
    """Return what to call the source in settings: the words as they were typed."""
    return " ".join(words)


def settled(reading: Reading) -> Dict[str, Any]:
    """Return the reading as JSON can hold it."""
    values = reading._asdict()
    return {**values, "text": list(reading.text), "ignore": list(reading.ignore)}

