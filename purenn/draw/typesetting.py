"""Typesetting: what a text is, how wide it is, and where it breaks.

Nobody knows the font that a browser will choose, so the width of a text is estimated, from above:
better a little too much room than two labels in each other. On a terminal widths are exact: one
cell for most characters, two for those of East Asian scripts, none for accents that are written
onto the letter before.

Names come from files and from people. Control characters, which could garble a terminal and have no
place in XML, are written out, so that every name is harmless from here on.

Before this: colours. After this: svg.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Callable, Iterator, List, NamedTuple

from ..text import safe

__all__ = ["LABEL", "LINE", "Label", "cells", "clean", "fill", "folded", "label", "shortened",
           "text_width", "wrapped"]

Measure = Callable[[str], float]

LABEL, SMALL_LABEL, LINE = 13, 12, 15  # pixels: sizes of a label, from one of its lines to the next

# Widths in parts of the font size, those of a wide sans-serif font.
NARROW, WIDE = set("iljI.,:;'|!()[] "), set("mwMWÆŒ—…%@→←")


def clean(text: Any) -> str:
    r"""Return a text as one line without control characters.

    >>> print(clean("two\nlines"), clean("\x1b[31mred"))
    two lines \x1b[31mred
    """
    return safe(" ".join(str(text).split()))


def text_width(text: str, size: float = 12.0) -> float:
    """Return an upper estimate of how many pixels wide a text of this font size is."""
    width = 0.0
    for character in text:
        width += _em(character)
    return width * size


def _em(character: str) -> float:
    if character in NARROW:
        return 0.4
    if character in WIDE or unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.72 if character.isupper() else 0.64


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes.

    >>> cells("loss"), cells("数")
    (4, 2)
    """
    count = 0
    for character in text:
        if not unicodedata.combining(character):
            count += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return count


def fill(text: str, width: int, right: bool = False) -> str:
    """Return a text of at most `width` cells, filled up with blanks, on the left if `right`.

    >>> fill("loss", 6), fill("loss", 6, right=True)
    ('loss  ', '  loss')
    """
    text = shortened(text, width)
    blanks = " " * (width - cells(text))
    return blanks + text if right else text + blanks


def shortened(text: str, limit: float, measure: Measure = cells) -> str:
    """Return the text, or as much of its beginning as fits with "…" behind it.

    >>> shortened("validation loss", 8)
    'validat…'
    """
    if measure(text) <= limit:
        return text
    while text and measure(text + "…") > limit:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, limit: float, measure: Measure = cells, most: int = 3) -> List[str]:
    """Break a text between words into at most so many lines; what is too long is shortened.

    >>> wrapped("loss of two networks", 9)
    ['loss of', 'two', 'networks']
    """
    lines: List[str] = []
    for word in text.split(" ") if text else []:
        if lines and measure(f"{lines[-1]} {word}") <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1:] = [" ".join(lines[most - 1:])]
    return [shortened(line, limit, measure) for line in lines]


class Label(NamedTuple):
    """A text beside an axis: its lines, their size, and what they need beyond the room of one."""

    lines: List[str]
    size: int
    more: float


def label(text: Any, length: float) -> Label:
    """Return a label for so many pixels: in smaller letters if it needs them, then in more lines.

    >>> label("loss", 100.0), label("held-out loss per letter", 100.0).lines
    (Label(lines=['loss'], size=13, more=0), ['held-out loss', 'per letter'])
    """
    said = clean(text)
    for size in (LABEL, SMALL_LABEL):
        if text_width(said, size) <= length:
            return Label([said] if said else [], size, 0)
    lines = folded(said, length, lambda one: text_width(one, SMALL_LABEL))
    return Label(lines, SMALL_LABEL, LINE * (len(lines) - 1))


def folded(text: str, limit: float, measure: Measure = cells, most: int = 3) -> List[str]:
    """Break a text as `wrapped` does, and words that are too long for a line before a bracket, or
    else where the line ends.

    >>> folded("Dropout(0.2) twice", 8)
    ['Dropout', '(0.2)', 'twice']
    """
    words = [piece for word in text.split(" ") for piece in _pieces(word, limit, measure)]
    return wrapped(" ".join(words), limit, measure, most)


def _pieces(word: str, limit: float, measure: Measure) -> Iterator[str]:
    while word and measure(word) > limit:
        bracket = word.find("(", 1)
        at = bracket if bracket > 0 and measure(word[:bracket]) <= limit else len(word) - 1
        while at > 1 and measure(word[:at]) > limit:
            at -= 1
        if at < 1:
            break
        yield word[:at]
        word = word[at:]
    if word:
        yield word
