r"""JSON, read strictly: one text has one meaning, on every Python, or it has none.

The reading and writing is done by Python's own `json`. But that is made to be lenient, and leniency
is the wrong virtue for a file that somebody else may have touched. What is closed off here:

    given bytes, it guesses among five encodings            only UTF-8, without a byte-order mark
    of two members of one name it keeps the last            refused: two readers, two models
    it takes NaN and Infinity, and makes infinity of 1e999  refused: JSON has no such numbers
    -0 becomes the integer 0                                refused: write 0, or -0.0
    an integer of 5,000 digits fails on some versions only  refused past 640 digits, everywhere
    100,000 brackets end in RecursionError                  refused past a depth of 64
    "\ud800" becomes half a character, never written again  refused

On PyPy, and where hooks make `json` run as Python code, some versions also take "\u 12F" for an
escape and Arabic digits for a number: refused as well.

Reference: RFC 8259, and RFC 7493 (I-JSON) for duplicate names and surrogates.
Before this: `errors.py`. After this: `safetensors.py`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Dict, List, NoReturn, Tuple, Union

from .errors import ModelFileError, kind, shown

Json = Union[None, bool, int, float, str, List["Json"], Dict[str, "Json"]]

MAX_DEPTH = 64
MAX_VALUES = 10_000_000
MAX_DIGITS = 640  # the lowest limit for int(text) that a Python can be set to

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_STRING = re.compile(r'"[^"]*(?:"|\Z)')  # one that is never closed goes on to the end
_BAD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u(?![0-9a-fA-F]{4})")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: bytes, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES) -> Json:
    """Read one JSON value, and nothing beside it, from UTF-8 bytes.

    >>> parse(b'{"layers": [2, 16, 3], "rate": 0.25}')
    {'layers': [2, 16, 3], 'rate': 0.25}
    >>> parse(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
      ...
    purenn.store.errors.ModelFileError: the name 'a' appears twice

    A number with a point or an exponent is a float, any other an int. Arrays and objects nest at
    most `max_depth` deep, and values number at most about `max_values`, so that time and memory
    are bounded before anything is built. Raises ModelFileError for anything that is not JSON, with
    line and column, and for all that stands at the head of this module.
    """
    decoded = _decoded(text)
    _check_outline(decoded, max_depth, max_values)
    try:
        value: Json = json.loads(
            decoded, object_pairs_hook=_members, parse_constant=_no_constant,
            parse_int=_integer, parse_float=_fraction,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ModelFileError(f"this is not JSON: {error.msg}", place) from None
    if _SURROGATE.search(decoded):
        _encoded(json.dumps(value, ensure_ascii=False))
    return value


def _decoded(text: bytes) -> str:
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelFileError("this is not UTF-8 text", f"byte {error.start}") from None
    if decoded.startswith("\ufeff"):
        raise ModelFileError("the text begins with a byte-order mark", "byte 0")
    return decoded


def _check_outline(text: str, max_depth: int, max_values: int) -> None:
    """Look at the brackets and commas alone: how deep, and how many values there can be."""
    outline = _STRING.sub("", _ESCAPE.sub("", text))
    if outline.count(",") + outline.count("[") + outline.count("{") > max_values:
        raise ModelFileError(f"more than {max_values} values")
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", outline):
        depth += 1 if bracket in "[{" else -1
        if depth > max_depth:
            raise ModelFileError(f"arrays and objects are nested more than {max_depth} deep")
    if _BAD_ESCAPE.search(text):
        raise ModelFileError("an escape \\u needs four hexadecimal digits")


def _members(pairs: List[Tuple[str, Json]]) -> Dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen = set()
        for name, _ in pairs:
            if name in seen:
                raise ModelFileError(f"the name {shown(name)} appears twice")
            seen.add(name)
    return members


def _no_constant(name: str) -> NoReturn:
    raise ModelFileError(f"JSON has no number {name}")


def _integer(digits: str) -> int:
    if digits == "-0":
        raise ModelFileError("there is no integer -0: write 0, or -0.0")
    if len(digits) > MAX_DIGITS or not digits.isascii():
        raise ModelFileError(f"an integer should have at most {MAX_DIGITS} digits from 0 to 9")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > MAX_DIGITS or not digits.isascii():
        raise ModelFileError(f"a number should have at most {MAX_DIGITS} digits from 0 to 9")
    number = float(digits)
    if math.isinf(number):
        raise ModelFileError(f"{shown(digits)} is past the range of a 64-bit float")
    return number


def serialize(value: object, *, indent: int = 0) -> bytes:
    r"""Write a value as JSON text in UTF-8, so that `parse` returns exactly the same value.

    >>> print(serialize({"rate": 0.1, "classes": ["é", None]}).decode("utf-8"))
    {"rate":0.1,"classes":["é",null]}

    Every float is written with the digits that bring back its very bits, and every character
    as itself. With an `indent` the text is laid out for people: a list that holds only plain
    values, such as the row of a matrix, stays on one line; and the text ends with a newline.

    >>> print(serialize({"weights": [[0.5, -1.0], [2.0, 0.25]]}, indent=2).decode("utf-8"), end="")
    {
      "weights": [
        [0.5, -1.0],
        [2.0, 0.25]
      ]
    }

    Raises ModelFileError, with the place, for what JSON cannot hold: NaN and infinity, names
    that are no strings, other types, lone surrogates; and for what `parse` would not take
    back: nesting deeper than 64 and integers of more than 640 digits.
    """
    _check(value, "the value", 0)
    if indent:
        return _encoded(_laid_out(value, indent, "\n") + "\n")
    return _encoded(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise ModelFileError("half of a surrogate pair, which is no character") from None


def _check(value: Any, place: str, depth: int) -> None:
    """Raise ModelFileError for what `json` would not write, or not as it was."""
    if isinstance(value, (list, tuple, dict)):
        if depth == MAX_DEPTH:
            raise ModelFileError(f"nested more than {MAX_DEPTH} deep (or holds itself)", place)
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(value, dict) and not isinstance(name, str):
                raise ModelFileError(f"a name must be a string, got {kind(name)}", place)
            _check(inner, f"{place}[{shown(name) if isinstance(name, str) else name}]", depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ModelFileError(f"JSON has no word for {value}", place)
    elif isinstance(value, int) and abs(value) >= 10 ** (MAX_DIGITS - 1):
        raise ModelFileError(f"an integer of {MAX_DIGITS} digits or more", place)
    elif not isinstance(value, (type(None), int, float, str)):
        raise ModelFileError(f"JSON has no place for {kind(value)}", place)


def _laid_out(value: Any, indent: int, margin: str) -> str:
    """Write a list of plain values on one line, any other member by member below each other."""
    items = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (list, tuple, dict)) or not any(
        isinstance(item, (list, tuple, dict)) for item in items
    ):
        return json.dumps(value, ensure_ascii=False)
    inner = margin + " " * indent
    names = [json.dumps(name, ensure_ascii=False) + ": " for name in value] if isinstance(
        value, dict) else [""] * len(value)
    members = [name + _laid_out(item, indent, inner) for name, item in zip(names, items)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + inner + ("," + inner).join(members) + margin + closing
