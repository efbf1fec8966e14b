"""Text that came from outside, made safe to show, and the few words that messages are made of.

A class may be called "\\x1b[2J", which clears a terminal; a header may hold U+202E, which turns the
rest of the line around; a file name may hold bytes that are no text at all, which Python keeps as
lone surrogates and then cannot print. `safe` writes such characters out, and leaves every other one
alone. `shown` names a value in a message: in quotes, on one line, cut short. Whatever prints, draws
or raises uses these two, so that a name looks the same wherever it is met.

Before this: nothing. After this: data, store, draw, and the command line.
"""

import difflib
from typing import Any, Iterable, Sequence

__all__ = ["counted", "did_you_mean", "listed", "nearest", "safe", "shown"]

LONGEST = 40  # characters of a text in a message: a cell may hold a whole book


def safe(text: str) -> str:
    r"""Return the text with every character written out that does not show itself.

    These are control characters, line breaks, invisible and direction-changing characters, and
    lone surrogates (of which those that stand for a byte of a file name become that byte).
    Nothing else is changed, so a text that is safe stays as it is.

    >>> print(safe("größe"), safe("\x1b[31mred"), safe("a\u202eb"), safe("caf\udce9"))
    größe \x1b[31mred a\u202eb caf\xe9
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _written_out(one) for one in text)


def _written_out(character: str) -> str:
    byte = ord(character) - 0xDC00  # how Python keeps a byte that it could not decode
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else repr(character)[1:-1]


def shown(value: Any, longest: int = LONGEST) -> str:
    r"""Return a value as a message names it: text in quotes, on one line, cut short.

    >>> print(shown("red"), shown("two\nlines"), shown(None), shown("a" * 50))
    'red' 'two\nlines' None 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'
    """
    if isinstance(value, str):
        return repr(value if len(value) <= longest else value[:longest] + "…")
    try:
        text = safe(" ".join(repr(value).split()))
    except Exception:  # somebody else's repr may fail in any way
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= longest + 2 else text[:longest] + "…"


def listed(names: Sequence[str], word: str = "or") -> str:
    """Return names as people list them.

    >>> listed(["red", "green", "blue"]), listed(["red", "blue"], "and"), listed(["red"])
    ('red, green or blue', 'red and blue', 'red')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number and its noun; the plural is made with an s if none is given.

    >>> counted(1, "row"), counted(2000, "row"), counted(2, "class", "classes")
    ('1 row', '2,000 rows', '2 classes')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, "" if none is near; case does not matter.

    >>> nearest("adma", ["sgd", "adam"]), nearest("Species", ["species"]), nearest("x", ["adam"])
    ('adam', 'species', '')
    """
    folded = {name.casefold(): name for name in reversed(list(known))}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=1)
    return folded[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint for a word that is not known, empty if nothing is near.

    >>> did_you_mean("adma", ["sgd", "adam"])
    '; did you mean adam?'
    """
    near = nearest(word, known)
    return f"; did you mean {safe(near)}?" if near else ""
