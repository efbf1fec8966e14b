"""The exercises of part 11: numbers as bytes, a table as rows, words as class numbers.

Before this: `part_10`. After this: `part_12`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import struct
from random import Random
from typing import Any, List, Tuple

from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Raises, Sheet, numbers

__all__ = ["SHEET"]


# ---- Numbers as bytes ----


def _to_bytes(values: List[float]) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


def _from_bytes(contents: bytes) -> Any:
    if len(contents) % 8:
        return Raises("ValueError")
    return list(struct.unpack(f"<{len(contents) // 8}d", contents))


def _unpacked(form: str, size: int) -> Any:
    """Return the way to read bytes as other numbers."""
    return lambda contents: [float(one) for one in struct.unpack(
        f"{form[0]}{len(contents) // size}{form[1]}", contents[:len(contents) // size * size])]


BROKEN_OFF = "a number has eight bytes; a file that has broken off in the middle of one is damaged"


FLOATS = Exercise(
    signature="floats_from(contents)",
    text="""
Return the numbers that are stored in some bytes: a list of floats.

contents  bytes, eight for each number: 64-bit floats, the lowest byte first ("little-endian")

Python's module `struct` does it: struct.unpack("<2d", contents) reads two of them. Its
result is a tuple.

If the number of bytes is no multiple of eight, raise a ValueError.
""",
    example=Example((_to_bytes([1.0, -0.5]),), [1.0, -0.5]),
    answer=_from_bytes,
    cases=lambda rng: [
        *(Case((_to_bytes(numbers(rng, 1, count)[0]),)) for count in (1, 3, 8)),
        Case((_to_bytes([1.0, 2.0])[:-3],), BROKEN_OFF), Case((b"\0",), BROKEN_OFF)],
    mistakes=[
        Mistake("it reads the highest byte first (big-endian); `<` says that the lowest is first",
                _unpacked(">d", 8)),
        Mistake("it reads 32-bit floats, which have four bytes; d is for eight",
                _unpacked("<f", 4)),
        Mistake("it reads whole numbers; d is for floats", _unpacked("<q", 8)),
        Mistake("it reads each byte as a number of its own; eight make a float",
                lambda contents: [float(byte) for byte in contents]),
        Mistake("only the first number is there", lambda contents: _from_bytes(contents)[:1]),
    ],
    redrawn=lambda rng: _floats_example([int(16.0 * rng.random()) / 4.0 - 2.0 for _ in range(2)]),
)


def _floats_example(values: List[float]) -> Example:
    return Example((_to_bytes(values),), values)


# ---- A header in front of them ----


def _file(header: str, values: List[float], spaces: int = 0) -> bytes:
    text = header.encode("utf-8") + b" " * spaces
    return struct.pack("<Q", len(text)) + text + _to_bytes(values)


def _split_file(contents: bytes) -> Tuple[str, List[float]]:
    length = struct.unpack("<Q", contents[:8])[0]
    return contents[8:8 + length].decode("utf-8"), _from_bytes(contents[8 + length:])


def _cut(start: int, end: int) -> Any:
    """Return the way to cut out the header at other places."""
    def formula(contents: bytes) -> Tuple[str, Any]:
        length = struct.unpack("<Q", contents[:8])[0]
        return contents[start:end + length].decode("utf-8", "replace"), []

    return formula


HEADERS = ['{"w": [1, 2]}', '{"Gewicht": "für zwei"}', "{}"]

HEADER = Exercise(
    signature="split_file(contents)",
    text="""
Return (header, values) of a small model file: a string, and a list of floats.

contents  the bytes of the file: eight bytes that say how many bytes the header has, the
          header as text in UTF-8, then the numbers as in `floats_from`

The first eight bytes are one whole number without a sign, the lowest byte first:
int.from_bytes(contents[:8], "little") reads it. This is how safetensors files begin. You
may call your own `floats_from`.
""",
    example=Example((_file("{}", [0.5]),), ("{}", [0.5])),
    answer=_split_file,
    cases=lambda rng: [Case((_file(header, numbers(rng, 1, count)[0]),))
                       for header, count in zip(HEADERS, (2, 1, 4))],
    results=["header", "values"],
    mistakes=[
        Mistake("the first eight bytes are part of it; they only say how long it is", _cut(0, 8)),
        Mistake("it ends eight bytes too early: it begins at byte 8", _cut(8, 0)),
        Mistake("it is counted in characters, but the eight bytes count bytes: decode after "
                "cutting, not before", lambda contents: (
                    contents[8:].decode("utf-8", "ignore")[:struct.unpack("<Q", contents[:8])[0]],
                    [])),
        Mistake("the header is left out: the numbers begin behind it",
                lambda contents: ([], _from_bytes(
                    contents[8:8 + (len(contents) - 8) // 8 * 8]))),
    ],
)


# ---- Is it the file that was written? ----


def _is_damaged(contents: bytes, fingerprint: str) -> bool:
    return hashlib.sha256(contents).hexdigest() != fingerprint


def _flipped(contents: bytes, place: int) -> bytes:
    changed = bytearray(contents)
    changed[place] ^= 1
    return bytes(changed)


def _fingerprints(rng: Random) -> List[Case]:
    contents = _file("{}", numbers(rng, 1, 6)[0])
    right = hashlib.sha256(contents).hexdigest()
    return [Case((contents, right)), Case((contents[:-1], right)), Case((contents + b"\0", right)),
            *(Case((_flipped(contents, place), right)) for place in (0, 12, len(contents) - 1))]


DAMAGED = Exercise(
    signature="is_damaged(contents, fingerprint)",
    text="""
Return True if the bytes are not those that the fingerprint was made of, else False.

contents     bytes: what is in the file now
fingerprint  a string: the SHA-256 of what was written, as hexadecimal digits

Python's module `hashlib` computes it: hashlib.sha256(contents).hexdigest(). One flipped bit
changes about half of its bits.
""",
    example=Example((b"abc", hashlib.sha256(b"abc").hexdigest()), False),
    answer=_is_damaged,
    cases=_fingerprints,
    mistakes=[
        Mistake("True and False have changed places", lambda c, f: not _is_damaged(c, f)),
        Mistake("it never finds anything: is the fingerprint compared as bytes with text?",
                lambda c, f: False),
        Mistake("it finds everything damaged: is the digest compared without hexdigest()?",
                lambda c, f: True),
    ],
)


# ---- A table ----


def _read_table(text: str) -> Tuple[List[str], Matrix, List[str]]:
    first, *rest = [row for row in csv.reader(io.StringIO(text)) if row]
    return first, [[float(cell) for cell in row[:-1]] for row in rest], [row[-1] for row in rest]


TABLES = [
    "warmth,rain,what\n4,0,go\n6,2,stay\n",
    "a,b,c\n1.5,-2,yes\n0,0.25,no\n3,4,yes\n",
    "length,kind\n5.1,setosa\n7,virginica\n6.5,versicolor\n",
]
QUOTED = 'petal,name\n1.5,"Iris, wild"\n2,"the ""blue"" one"\n'

TABLE = Exercise(
    signature="read_table(text)",
    text="""
Return (names, inputs, answers) of a table: a list of strings, a matrix of numbers, a list
of strings.

text  a CSV file: lines of cells with commas between them; the first line has the names of
      the columns, the last column has the answers

A cell in quotation marks may have commas in it. Python's module `csv` knows:
csv.reader(io.StringIO(text)) gives a list of cells for each line.
""",
    example=Example(("x,y,kind\n1,2,red\n3,4,blue\n",),
                    (["x", "y", "kind"], [[1.0, 2.0], [3.0, 4.0]], ["red", "blue"])),
    answer=_read_table,
    cases=lambda rng: [*(Case((text,)) for text in TABLES), Case(
        (QUOTED,), "a comma in quotation marks is part of its cell")],
    results=["names", "inputs", "answers"],
    mistakes=[
        Mistake("the name of the last column is missing; all names were asked for",
                lambda text: (_read_table(text)[0][:-1], [], [])),
        Mistake("the first row of numbers is missing: the first line is taken away twice",
                lambda text: ([], _read_table(text)[1][1:], _read_table(text)[2][1:])),
        Mistake("these are the numbers of the first column only",
                lambda text: ([], [row[:1] for row in _read_table(text)[1]], [])),
    ],
)


# ---- Words ----


def _class_numbers(words: List[str]) -> Tuple[List[int], List[str]]:
    names = sorted(set(words))
    return [names.index(word) for word in words], names


def _by(names_of: Any) -> Any:
    """Return the way to number the words by another list of names."""
    def formula(words: List[str]) -> Tuple[List[int], List[str]]:
        names = names_of(words)
        return [names.index(word) for word in words], names

    return formula


WORDS = [["stay", "go", "stay", "stay"], ["b", "c", "a", "c", "b"], ["one"],
         ["red", "blue", "green", "blue"]]


CLASS_NUMBERS = Exercise(
    signature="class_numbers(words)",
    text="""
Return (numbers, names): the number of each word's class, and the names of the classes.

words  a list of strings: the answers of a table

names    each different word once, in alphabetical order
numbers  for each of the words its place in `names`, counted from 0

The order must not depend on which row comes first, nor on chance: the numbers stand in the
file of the model, and have to mean the same next year.
""",
    example=Example((["red", "blue", "red"],), ([1, 0, 1], ["blue", "red"])),
    answer=_class_numbers,
    cases=lambda rng: [Case((list(words),)) for words in WORDS],
    results=["numbers", "names"],
    mistakes=[
        Mistake("the names stand in the order in which they come; sort them",
                _by(lambda words: list(dict.fromkeys(words)))),
        Mistake("the names are sorted the wrong way round",
                _by(lambda words: sorted(set(words), reverse=True))),
        Mistake("names come several times; each should come once",
                lambda words: ([], sorted(words))),
        Mistake("classes are counted from 1 here; they are counted from 0",
                lambda words: ([number + 1 for number in _class_numbers(words)[0]], [])),
        Mistake("the words are numbered one after the other; equal words have equal numbers",
                lambda words: (list(range(len(words))), [])),
    ],
)


SHEET = Sheet(
    part=11,
    title="Saving, loading, and your own data",
    introduction="""
Python's own modules do the work here: `struct` (numbers as bytes), `hashlib` (fingerprints), `csv`.
What a function is given stays as it is: build new lists.
""",
    imports="import csv\nimport hashlib\nimport io\nimport struct",
    exercises=[FLOATS, HEADER, DAMAGED, TABLE, CLASS_NUMBERS],
    afterwards="purenn/store/safetensors.py, which reads and writes such files; "
               "purenn/data/csv_files.py, and what else can be in a table",
)
