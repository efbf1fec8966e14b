"""From the words somebody typed to a set of examples.

    purenn train iris                      the name of a set that comes along
    purenn train flowers.csv               a table, plain or gzipped; - is standard input
    purenn train images.gz labels.gz       two IDX files, as MNIST comes

A word that is the name of a set always means that set, whatever files lie around: the same command
does the same everywhere. A file that happens to be called iris is ./iris.
"""

from __future__ import annotations

import os
import sys
from random import Random
from typing import Any, List, NamedTuple, NoReturn, Optional, Sequence, Union

from .. import data
from ..data import DataError, DataSet, Encoding, TableOptions, TableReport, as_flags
from ..data.files import missing_file, opened, read_some
from ..model import Model
from ..recipes import DATA_SETS
from ..text import did_you_mean, listed, safe, shown
from .options import UsageError

__all__ = [
    "Source", "check_width", "check_words", "csv_source", "examples_for", "is_idx", "is_name",
    "is_table", "is_text", "names_of", "read",
]


class Source(NamedTuple):
    """A set of examples, and where it came from: `kind` is "name", "csv" or "idx"."""

    kind: str
    data: DataSet
    encoding: Optional[Encoding] = None
    report: Optional[TableReport] = None


def read(words: Sequence[str], options: TableOptions, rng: Random) -> Source:
    """Return the examples that the words name; `rng` is for sets that are made up.

    Raises UsageError for words that name nothing, DataError for files that will not do, OSError for
    files that cannot be opened.
    """
    check_words(words)
    if len(words) == 2:
        _refuse_options(options, "IDX files have")
        return Source("idx", data.read_idx(words[0], words[1]))
    if is_name(words[0]):
        _refuse_options(options, f"the set {words[0]} has")
        return Source("name", DATA_SETS[words[0]](rng))
    if is_idx(words[0]):
        raise UsageError(f"{safe(words[0])} is an IDX file; give two of them, the images and the "
                         f"labels")
    learned = data.learn_csv(csv_source(words[0]), options)
    return Source("csv", learned.data, learned.encoding, learned.report)


def examples_for(
    model: Model, path: str, words: Sequence[str], options: TableOptions,
    bad_rows: Optional[List[DataError]] = None,
) -> DataSet:
    """Return examples for a model, their targets counted as the model counts its classes.

    What is wrong with rows of a table is put into `bad_rows`, if it is given.
    """
    if len(words) == 1 and not is_name(words[0]):
        if words[0] != "-" and is_idx(words[0]):
            raise UsageError(f"{safe(words[0])} is an IDX file; give the file of its labels as "
                             f"well")
        return data.encode_csv(csv_source(words[0]), model.table(), options, bad_rows=bad_rows)
    if len(words) == 2:
        examples = data.read_idx(words[0], words[1])
    else:
        examples = DATA_SETS[words[0]](Random(0))
    check_width(model, examples.inputs, words[0], path)
    return _counted_as_in(model, examples, words[-1], path)


def check_width(model: Model, rows: Any, word: str, path: str) -> None:
    """Raise DataError if the rows of some other source are not as wide as the model takes them."""
    if len(rows[0]) != model.width:
        raise DataError(f"rows of {len(rows[0])} numbers, but {safe(path)} takes rows of "
                        f"{model.width}", safe(word))


def _counted_as_in(model: Model, examples: DataSet, word: str, path: str) -> DataSet:
    known = model.class_names
    if bool(known) != bool(examples.class_names):
        raise DataError(f"{safe(path)} holds a {model.kind}, and these targets are "
                        f"{'classes' if examples.class_names else 'values'}", safe(word))
    if not known:
        return examples
    targets: Any = examples.targets
    for row, number in enumerate(targets):
        if examples.class_names[number] not in known:
            raise DataError(f"row {row} (counted from 0): {safe(path)} knows no class "
                            f"{examples.class_names[number]!r}", safe(word))
    places = [known.index(one) if one in known else -1 for one in examples.class_names]
    return examples._replace(targets=[places[number] for number in targets], class_names=known)


# ---- Words ----


def is_name(word: str) -> bool:
    """Return whether the word is the name of a set that comes along."""
    return word in DATA_SETS


def is_table(words: Sequence[str]) -> bool:
    """Return whether the words name the file of a table, which can be read more than once."""
    return len(words) == 1 and os.path.isfile(words[0]) and not (
        is_name(words[0]) or is_idx(words[0]))


def check_words(words: Sequence[str]) -> None:
    """Raise UsageError unless the words are a name, a file, or two files; OSError for no file."""
    if len(words) > 2 or (len(words) == 2 and is_name(words[0])):
        raise UsageError(f"one word too many: {words[1 if is_name(words[0]) else 2]!r}")
    for word in words:
        if len(words) == 1 and (is_name(word) or word == "-"):
            continue
        if not os.path.exists(word):
            _refuse_missing(word)
    if len(words) == 2:
        _refuse_two_tables(words)


def _refuse_missing(word: str) -> NoReturn:
    """Say that there is no such file, and which one was probably meant."""
    error = missing_file(word)
    if os.path.basename(word) == word and "." not in word:
        near = (error.strerror or "").partition(";")[2]
        hint = f";{near}" if near else did_you_mean(word, DATA_SETS)
        raise UsageError(f"expected a file, or {listed(list(DATA_SETS))}, got {shown(word)}{hint}")
    raise error


def _refuse_two_tables(words: Sequence[str]) -> None:
    for word in words:
        if os.path.isfile(word) and not is_idx(word):
            raise UsageError(
                f"{safe(word)} is no IDX file; two files are the images and the labels of IDX. Of "
                f"tables give one: to measure a model on rows of another file, train with the "
                f"first, -o MODEL, then evaluate MODEL with the second")


def _refuse_options(options: TableOptions, what: str) -> None:
    for name, value in options._asdict().items():
        if value != TableOptions._field_defaults[name]:
            option = as_flags({name: value}).split("=")[0].split()[0]
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


def is_text(word: str) -> bool:
    """Return whether a file begins as texts do, without control characters, and not as JSON."""
    if not os.path.isfile(word):
        return False
    with opened(word) as stream:
        begins = read_some(stream, 16, word).lstrip()
    return begins[:1] not in (b"", b"{") and min(begins) >= ord("\t")


def names_of(words: Sequence[str]) -> str:
    """Return what to call the source in settings: the words as they were typed."""
    return safe(" ".join(words))
