r"""JSON, read strictly: one text has one meaning, on every Python, or it has none.

JSON is a tiny language: six kinds of value (`null`, `true` and `false`, numbers, strings,
arrays, objects), and each is recognised by its first sign. So a reader is a handful of
functions that look at one sign and call each other:

    value --+-- "{"      object   a name, ":", a value, then "," or "}"
            +-- "["      array    a value, then "," or "]"
            +-- '"'      string   plain signs and escapes up to the next '"'
            +-- - 0..9   number   an integer, or a fraction of 64 bits
            +-- letter   word     true, false, null

Why not Python's own `json`? It is made to be lenient, and leniency is the wrong virtue for a
file that somebody else may have touched. Given bytes it guesses among five encodings. Of two
members with one name it keeps the last and says nothing, so that two programs can read two
different models from one file. It takes `NaN`, and turns `1e999` into infinity. Half of a
surrogate pair becomes a string that can never be written again. A hundred thousand `[` raise
RecursionError, a long integer raises ValueError on some versions and not on others, and
where `json` runs as Python code instead of C (on PyPy, or with hooks) it has taken `"\u 12F"`
for an escape and Arabic digits for a number. Closing those holes from outside takes as many
lines as reading JSON does. What is accepted here, `json` reads with the same result; the
tests check both directions. The price is speed: about ten times the time of `json`, which
is 3 to 6 microseconds for a number on CPython, and less than 1 on PyPy.

Reference: RFC 8259, and RFC 7493 (I-JSON) for duplicate names and surrogates.
Before this: `errors.py`. After this: `atomic.py`.
"""

import math
import re
from typing import Dict, Iterable, List, NoReturn, Pattern, Union

from .errors import ModelFileError, kind, shown

Json = Union[None, bool, int, float, str, List["Json"], Dict[str, "Json"]]

MAX_DEPTH = 64
MAX_VALUES = 10_000_000
MAX_DIGITS = 640  # the lowest limit for int(text) that a Python can be set to

_BLANKS = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{4}")
_ODD_WORD = re.compile(r"[^\s,:\[\]{}\"]{1,12}")

_INFINITIES = (math.inf, -math.inf)
_WORDS: Dict[str, Union[None, bool]] = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPED = {ord(sign): "\\" + letter for letter, sign in _ESCAPES.items() if sign != "/"}
_ESCAPED.update({code: f"\\u{code:04x}" for code in range(32) if code not in _ESCAPED})


def parse(text: bytes, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES) -> Json:
    """Read one JSON value, and nothing beside it, from UTF-8 bytes.

    >>> parse(b'{"layers": [2, 16, 3], "rate": 0.25}')
    {'layers': [2, 16, 3], 'rate': 0.25}
    >>> parse(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
      ...
    purenn.store.errors.ModelFileError: line 1, column 10: the name 'a' appears twice

    A number with a point or an exponent is a float, any other an int of at most 640 digits.
    Time and memory grow in proportion to the text, never faster, and only so far: arrays and
    objects nest at most `max_depth` deep, and values and escapes in strings number at most
    `max_values` together.

    Raises ModelFileError, with line and column, for anything that is not JSON, and for what
    JSON leaves open: a byte-order mark, two members of one name, the integer -0, a number
    past the range of a float, half of a surrogate pair.
    """
    reader = _Reader(_decoded(text), max_depth, max_values)
    value = reader.value()
    if reader.sign():
        reader.fail(f"the text should end here, but goes on with {reader.ahead()}")
    return value


def _decoded(text: bytes) -> str:
    try:
        decoded = text.decode("utf-8")  # str(text, "utf-8") lets surrogates pass on PyPy 3.9
    except UnicodeDecodeError as error:
        raise ModelFileError("this is not UTF-8 text", f"byte {error.start}") from None
    if decoded.startswith("\ufeff"):
        raise ModelFileError("the text begins with a byte-order mark", "byte 0")
    return decoded


class _Reader:
    """A text and a position in it; every method moves the position past what it has read."""

    def __init__(self, text: str, max_depth: int, max_values: int) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.max_depth = max_depth
        self.max_values = self.left = max_values

    def value(self) -> Json:
        """Read any value: its first sign says which kind it is."""
        self.spend()
        sign = self.sign()
        if sign == '"':
            return self.string()
        if sign == "[":
            return self.array()
        if sign == "{":
            return self.object()
        if sign == "-" or "0" <= sign <= "9":
            return self.number()
        return self.word()

    def spend(self) -> None:
        """Count one more value or escape, each of which costs time and memory."""
        self.left -= 1
        if self.left < 0:
            self.fail(f"more than {self.max_values} values and escapes")

    def array(self) -> List[Json]:
        """Read "[", values between commas, "]"."""
        values: List[Json] = []
        self.open()
        while self.goes_on("]", first=not values):
            values.append(self.value())
        return values

    def object(self) -> Dict[str, Json]:
        """Read "{", members between commas, "}"; no two members may share a name."""
        members: Dict[str, Json] = {}
        self.open()
        while self.goes_on("}", first=not members):
            self.expect('"', "a name in double quotes")
            start = self.position
            name = self.string()
            if name in members:
                self.fail(f"the name {shown(name)} appears twice", at=start)
            self.expect(":", "':' after a name")
            self.position += 1
            members[name] = self.value()
        return members

    def open(self) -> None:
        """Step over an opening bracket, one level deeper."""
        self.depth += 1
        if self.depth > self.max_depth:
            self.fail(f"arrays and objects are nested more than {self.max_depth} deep")
        self.position += 1

    def goes_on(self, closing: str, first: bool) -> bool:
        """Step over the comma or the closing bracket before the next member, if there is one."""
        sign = self.sign()
        if sign == closing:
            self.position += 1
            self.depth -= 1
            return False
        if not first:
            self.expect(",", f"',' or '{closing}'")
            self.position += 1
        return True

    def string(self) -> str:
        """Read a string: stretches of plain signs, with escapes between them."""
        start = self.position
        pieces: List[str] = []
        self.position += 1
        while True:
            end = _end(_PLAIN, self.text, self.position)
            pieces.append(self.text[self.position:end])
            self.position = end + 1
            sign = self.text[end:end + 1]
            if sign == '"':
                return "".join(pieces)
            if sign != "\\":
                self.fail("a control character inside a string" if sign
                          else "a string is never closed", at=end if sign else start)
            pieces.append(self.escape())

    def escape(self) -> str:
        """Read what follows a backslash."""
        self.spend()
        start = self.position - 1
        letter = self.text[self.position:self.position + 1]
        self.position += 1
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter != "u":
            self.fail(f"no such escape in a string: {shown(chr(92) + letter)}", at=start)
        code = self.hexadecimal(start)
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.position):
            self.position += 2
            code = _joined(code, self.hexadecimal(start))
        if 0xD800 <= code < 0xE000:
            self.fail("half of a surrogate pair, which is no character", at=start)
        return chr(code)

    def hexadecimal(self, start: int) -> int:
        """Read exactly four hexadecimal digits, nothing that merely looks like them."""
        end = _end(_HEXADECIMAL, self.text, self.position)
        if end == self.position:
            self.fail("an escape \\u needs four hexadecimal digits", at=start)
        digits = self.text[self.position:end]
        self.position = end
        return int(digits, 16)

    def number(self) -> Union[int, float]:
        """Read an integer or a fraction."""
        start = self.position
        match = _NUMBER.match(self.text, start)
        if match is None:
            self.fail("digits should follow the minus sign")
        digits, point, exponent = match.group(0, 1, 2)
        if len(digits) > MAX_DIGITS:
            self.fail(f"a number of more than {MAX_DIGITS} digits")
        self.position += len(digits)
        if digits == "-0":
            self.fail("there is no integer -0: write 0, or -0.0", at=start)
        number = float(digits) if point or exponent else int(digits)
        if number in _INFINITIES:
            self.fail(f"{shown(digits)} is past the range of a 64-bit float", at=start)
        return number

    def word(self) -> Union[None, bool]:
        """Read true, false or null; nothing else may begin with a letter."""
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.position):
                self.position += len(word)
                return value
        self.fail(f"a value should stand here, got {self.ahead()}")

    def sign(self) -> str:
        """Step over white space and look at the next sign; "" at the end of the text."""
        sign = self.text[self.position:self.position + 1]
        if sign > " ":
            return sign
        self.position = _end(_BLANKS, self.text, self.position)
        return self.text[self.position:self.position + 1]

    def expect(self, sign: str, description: str) -> None:
        """Check that `sign` comes next."""
        if self.sign() != sign:
            self.fail(f"{description} should stand here, got {self.ahead()}")

    def ahead(self) -> str:
        """Quote the next few signs for a message."""
        end = _end(_ODD_WORD, self.text, self.position)
        return shown(self.text[self.position:max(end, self.position + 1)] or "the end")

    def fail(self, problem: str, at: int = -1) -> NoReturn:
        """Raise the error, with the line and the column where it is."""
        position = self.position if at < 0 else at
        line = self.text.count("\n", 0, position) + 1
        column = position - self.text.rfind("\n", 0, position)
        raise ModelFileError(problem, f"line {line}, column {column}")


def _end(pattern: Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _joined(high: int, low: int) -> int:
    """Return the character that two surrogates spell, or the first, if the second is none."""
    if 0xDC00 <= low < 0xE000:
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    return high


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
    text = _Writer(indent).rendered(value, "the value", 0)
    return text.encode("utf-8") + (b"\n" if indent else b"")


class _Writer:
    """Turns values into text; `place` is where we are, for messages."""

    def __init__(self, indent: int) -> None:
        self.indent = indent

    def rendered(self, value: object, place: str, depth: int) -> str:
        """Write any value."""
        if value is None or isinstance(value, bool):
            return kind(value)
        if isinstance(value, str):
            return _quoted(value, place)
        if isinstance(value, (int, float)):
            return _digits(value, place)
        if not isinstance(value, (list, tuple, dict)):
            raise ModelFileError(f"JSON has no place for {kind(value)}", place)
        if depth == MAX_DEPTH:
            raise ModelFileError(f"nested more than {MAX_DEPTH} deep (or holds itself)", place)
        if isinstance(value, dict):
            return self.object(value, place, depth)
        return self.array(value, place, depth)

    def array(self, values: Iterable[object], place: str, depth: int) -> str:
        """Write the items of a list, in order."""
        pieces = [self.rendered(value, f"{place}[{position}]", depth + 1)
                  for position, value in enumerate(values)]
        return self.enclosed("[", pieces, "]", depth, _any_inside(values))

    def object(self, members: Dict[object, object], place: str, depth: int) -> str:
        """Write the members of a dict, in the order in which they were put in."""
        colon = ": " if self.indent else ":"
        pieces = []
        for name, value in members.items():
            if not isinstance(name, str):
                raise ModelFileError(f"a name must be a string, got {kind(name)}", place)
            inner = f"{place}[{shown(name)}]"
            pieces.append(_quoted(name, inner) + colon + self.rendered(value, inner, depth + 1))
        return self.enclosed("{", pieces, "}", depth, _any_inside(members.values()))

    def enclosed(self, opening: str, pieces: List[str], closing: str,
                 depth: int, on_lines: bool) -> str:
        """Put commas between the pieces and brackets around them."""
        if not self.indent:
            return opening + ",".join(pieces) + closing
        if not on_lines:
            return opening + ", ".join(pieces) + closing
        margin = "\n" + " " * (self.indent * depth)
        inner = margin + " " * self.indent
        return opening + inner + ("," + inner).join(pieces) + margin + closing


def _any_inside(values: Iterable[object]) -> bool:
    return any(isinstance(value, (list, tuple, dict)) for value in values)


def _quoted(text: str, place: str) -> str:
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ModelFileError("half of a surrogate pair, which is no character", place)
    return '"' + text.translate(_ESCAPED) + '"'


def _digits(number: Union[int, float], place: str) -> str:
    """Spell a number; int and float are named so that subclasses cannot change the spelling."""
    if isinstance(number, int):
        if abs(number) >= 10 ** (MAX_DIGITS - 1):
            raise ModelFileError(f"an integer of {MAX_DIGITS} digits or more", place)
        return int.__repr__(number)
    if not math.isfinite(number):
        raise ModelFileError(f"JSON has no word for {float(number)}", place)
    return float.__repr__(number)
