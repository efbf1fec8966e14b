"""Formulas: from the plain text of the lessons to a tree.

A lesson is read in editors and terminals too, so its formulas are plain text: w[o][i] for a weight
with two indices, x² for a square, (p − y) / n for a fraction. Here that text is taken apart; what
it does not know it refuses.

A tree of NamedTuples, and no MathML yet: the same formula is shown in terminals and notebooks.

>>> parsed("p[k] / √n")
Fraction(over=Script(base=Name(text='p'), under=Row(items=[Name(text='k')]), above=None), \
under=Root(content=Name(text='n')))

Before this: parts. After this: mathml.
"""

from __future__ import annotations

import re
from typing import Any, List, NamedTuple, NoReturn, Optional, Sequence, Union

__all__ = [
    "Accent", "Applied", "Big", "Cell", "Differential", "FormulaError", "Fraction", "Group",
    "Lines", "Name", "Number", "Operator", "RELATIONS", "Root", "Row", "Script", "Space", "Term",
    "Tree", "Words", "lines_of", "looks_like_formula", "parsed", "parsed_terms",
]


class FormulaError(ValueError):
    """A formula that this notation does not know; the message says what and where."""


# ---- The tree ----


class Name(NamedTuple):
    """A variable: one letter, with a prime perhaps."""

    text: str


class Words(NamedTuple):
    """Text that is set upright: a name of several letters, the name of a function, a remark."""

    text: str


class Number(NamedTuple):
    text: str


class Operator(NamedTuple):
    """A sign between or before terms; `prefix` is true for the minus of −1."""

    text: str
    prefix: bool


class Space(NamedTuple):
    """The blank between two words, or between a function and what it is taken of."""


class Row(NamedTuple):
    """Terms, one after the other."""

    items: List[Any]


class Group(NamedTuple):
    """A row between brackets: "(" and ")", "|" and "|", …"""

    opening: str
    content: Any
    closing: str


class Script(NamedTuple):
    """A base with an index below it, an exponent above it, or both; None where there is none."""

    base: Any
    under: Any
    above: Any


class Fraction(NamedTuple):
    over: Any
    under: Any


class Root(NamedTuple):
    content: Any


class Accent(NamedTuple):
    """A letter with a mark above it: "^" for m̂, "¯" for x̄."""

    base: Name
    mark: str


class Differential(NamedTuple):
    """The dL of dL/dx, and ∂L: the sign d or ∂, and what it stands before."""

    sign: str
    content: Any


class Applied(NamedTuple):
    """A function and its argument: a Group, or one term after a blank as in log p."""

    function: Any
    argument: Any


class Big(NamedTuple):
    """Σ or ∏, with what it runs over below and above, None where nothing is said."""

    sign: str
    under: Any
    above: Any


Tree = Union[Name, Words, Number, Operator, Space, Row, Group, Script, Fraction, Root, Accent,
             Differential, Applied, Big]

# ---- Signs ----

RELATIONS = "=≈←→≤≥≠<>∈≡∝"
OPERATORS = "+−-·×÷±/,:;…∞%°€∘" + RELATIONS
FUNCTIONS = {"log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min", "sign", "sigmoid",
             "softmax", "argmax", "erf"}
CLOSING = {"(": ")", "[": "]", "{": "}"}

ABOVE = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀ", "0123456789−+nT"))
BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
ACCENTS = {"\u0302": "^", "\u0304": "¯"}

LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0391-\u03a2\u03a4-\u03c9ℓ"
TOKENS = re.compile(rf"""
    (?P<blank>\s+)
  | (?P<text>"[^"]*")
  | (?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d) | \d+(?:\.\d+)?(?:e[-−+]?\d+)?)
  | (?P<letters>[{LETTER}](?:[\u0302\u0304]|(?:[{LETTER}\d_]|-(?=[{LETTER}]{{2}}))*)[′']*)
  | (?P<above>[{''.join(ABOVE)}]+)
  | (?P<below>[{''.join(BELOW)}]+)
  | (?P<sign>.)
""", re.VERBOSE)

# What no code has; a span of code with one of these is a formula.
TELLING = re.compile("[·−×÷±√Σ∏∂∇∞≈≠≤≥←∈′" + "".join(ABOVE) + "".join(BELOW)
                     + "\u0302\u0304\u0391-\u03c9]")


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def looks_like_formula(code: str) -> bool:
    """Say whether a span of code has a sign in it that only formulas have.

    >>> looks_like_formula("p − y"), looks_like_formula("sum(A, axis=1)")
    (True, False)
    """
    return bool(TELLING.search(code))


# ---- One formula ----


def parsed(text: str) -> Tree:
    """Return the tree of a formula. Raises FormulaError for what is not known."""
    return _Reader(text).whole()


class _Reader:
    """Takes the tokens of a formula one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [Token(str(one.lastgroup), one.group(), one.start())
                        for one in TOKENS.finditer(text)]
        self._at = 0

    def whole(self) -> Tree:
        row = self._row("")
        if self._at < len(self._tokens):
            self._refuse(f"this {self._here()!r} closes nothing")
        return row

    # -- looking

    def _refuse(self, message: str) -> NoReturn:
        at = self._tokens[self._at].at if self._at < len(self._tokens) else len(self._text)
        raise FormulaError(f"formula {self._text.strip()!r}: {message} (at "
                           f"{self._text[at:][:12]!r})")

    def _here(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place].text if 0 <= place < len(self._tokens) else ""

    def _kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place].kind if 0 <= place < len(self._tokens) else ""

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _over_blanks(self) -> bool:
        """Go over a blank; say whether there was one."""
        found = self._kind() == "blank"
        self._at += found
        return found

    # -- taking

    def _row(self, end: str) -> Tree:
        """Return what stands before the sign `end`, or before the end of the text."""
        items: List[Any] = []
        blank = False
        while self._over_blanks() or self._at < len(self._tokens):
            if self._at == len(self._tokens) or self._here() in (end, ")", "]", "}"):
                break
            blank = self._kind(-1) == "blank"
            if self._is_operator():
                items.append(self._operator(items))
                continue
            if blank and items and not isinstance(items[-1], Operator):
                items.append(Space())
            items.append(self._fraction())
        joined = _joined(items)
        return joined[0] if len(joined) == 1 else Row(joined)

    def _is_operator(self) -> bool:
        return self._kind() == "sign" and self._here() in OPERATORS

    def _operator(self, before: Sequence[Any]) -> Operator:
        text = self._take().text
        if text == "/":
            self._at -= 1
            self._refuse("a fraction needs a term on its left")
        text = "−" if text == "-" else text
        bare = not before or (isinstance(before[-1], Operator) and before[-1].text not in "…%°€∞")
        return Operator(text, text in "−+±" and bare)

    def _fraction(self) -> Tree:
        """Return a term, and what it is divided by, if a / comes next."""
        term = self._factor()
        while True:
            back = self._at
            self._over_blanks()
            if self._here() != "/":
                self._at = back
                return term
            self._take()
            self._over_blanks()
            if self._at == len(self._tokens) or self._is_operator():
                self._refuse("a fraction needs a term on its right")
            term = Fraction(term, self._factor())

    def _factor(self) -> Tree:
        """Return one term: a number with the letter right behind it is one, as in 2h."""
        term = self._scripted(self._primary())
        if isinstance(term, Number) and self._kind() == "letters" \
                and len(self._here()) == 1:
            return Row([term, self._factor()])
        return term

    def _primary(self) -> Tree:
        if self._at == len(self._tokens):
            self._refuse("expected a term")
        token = self._take()
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "text":
            return Words(token.text[1:-1])
        if token.kind == "letters":
            return self._letters(token.text)
        if token.text in CLOSING:
            return self._group(token.text, CLOSING[token.text])
        if token.text in "|‖":
            return self._group(token.text, token.text)
        if token.text == "√":
            return Root(_bare(self._factor()))
        if token.text in "Σ∏":
            return self._big(token.text)
        if token.text in "∂∇":
            return Differential(token.text, self._factor())
        self._at -= 1
        self._refuse("this sign is not known; upright text goes between quotes"
                     if token.text != "*" else "a product is written with ·")

    def _group(self, opening: str, closing: str) -> Group:
        content = self._row(closing)
        if self._here() != closing:
            self._refuse(f"expected a {closing!r}")
        self._take()
        return Group(opening, content, closing)

    def _letters(self, text: str) -> Tree:
        """Return what letters stand for: a variable, a function, a differential, or words."""
        primes = text[len(text.rstrip("'′")):]
        letters = text.rstrip("'′")
        if len(letters) == 2 and letters[0] == "d" and "/" in (self._here(-2), self._here()):
            return Differential("d", Name(letters[1]))
        if letters[-1] in ACCENTS:
            return self._called(Accent(Name(letters[0]), ACCENTS[letters[-1]]))
        if len(letters) == 1 and not self._is_article(letters):
            return self._called(Name(letters + "′" * len(primes)))
        words = Words(letters.replace("_", " ") + "′" * len(primes))
        if letters in FUNCTIONS and self._kind() == "blank" and self._begins_term(1):
            self._take()
            return Applied(words, self._scripted(self._primary()))
        return self._called(words)

    def _is_article(self, letter: str) -> bool:
        return letter == "a" and self._kind() == "blank" and self._kind(1) == "letters" \
            and len(self._here(1)) > 1 and self._here(1) not in FUNCTIONS

    def _begins_term(self, ahead: int) -> bool:
        return self._kind(ahead) in ("letters", "number") or self._here(ahead) in ("√", "|", "∂")

    def _called(self, function: Tree) -> Tree:
        """Return a function with its argument, if a bracket stands right behind it."""
        scripted = self._scripted(function)
        if self._here() != "(":
            return scripted
        self._take()
        return Applied(scripted, self._group("(", ")"))

    def _big(self, sign: str) -> Big:
        if self._here() != "[":
            return Big(sign, None, None)
        self._take()
        under = self._row("]")
        if self._here() != "]":
            self._refuse("expected a ']'")
        self._take()
        if isinstance(under, Row) and Operator("…", False) in under.items:
            at = under.items.index(Operator("…", False))
            return Big(sign, Row(under.items[:at]), Row(under.items[at + 1:]))
        return Big(sign, under, None)

    def _scripted(self, base: Tree) -> Tree:
        """Return the base with all indices and exponents that stand right behind it."""
        under: List[Any] = []
        above: Any = None
        while True:
            if self._here() == "[":
                self._take()
                index = self._row("]")
                if self._here() != "]":
                    self._refuse("expected a ']'")
                self._take()
                under += [Operator(",", False)] * bool(under) + (
                    index.items if isinstance(index, Row) else [index])
            elif self._kind() == "below":
                under.append(Number("".join(BELOW[one] for one in self._take().text)))
            elif self._kind() == "above":
                above = parsed("".join(ABOVE[one] for one in self._take().text))
            elif self._here() == "^":
                self._take()
                above = _bare(self._factor())
            elif above is None and not under:
                return base
            else:
                return Script(base, Row(under) if under else None, above)


def _joined(items: Sequence[Any]) -> List[Any]:
    """Join words that follow each other into one text."""
    joined: List[Any] = []
    for item in items:
        if isinstance(item, Words) and len(joined) > 1 and isinstance(joined[-1], Space) \
                and isinstance(joined[-2], Words):
            joined[-2:] = [Words(f"{joined[-2].text} {item.text}")]
        else:
            joined.append(item)
    return joined


def _bare(term: Tree) -> Tree:
    """Return a term without the round brackets around it."""
    return term.content if isinstance(term, Group) and term.opening == "(" else term


# ---- Several lines ----


class Cell(NamedTuple):
    """A piece of a line: its place, and its tree.

    `side` is "left" and "right" for the two sides of a relation, "whole" for what has none, "label"
    for a name in front.
    """

    side: str
    tree: Tree


class Term(NamedTuple):
    """A term that has a colour, and what it is."""

    tree: Tree
    text: str
    meaning: str


class Lines(NamedTuple):
    """Formulas below each other, each a list of cells in columns; None for an empty place."""

    rows: List[List[Optional[Cell]]]


BLANKS = re.compile(r"(?<![=≈←→<>≤≥≠+\-−·×/(,√])\s{2,}(?![=≈←→<>≤≥≠+·×/),]|[−-]\s)")


def lines_of(text: str) -> Lines:
    """Return the lines of a block, their relations below each other.

    >>> [[cell.side for cell in row] for row in lines_of("a = b\\n  = c").rows[:1]]
    [['left', 'right']]
    """
    rows: List[List[Optional[Cell]]] = []
    for line in filter(str.strip, text.split("\n")):
        pieces = BLANKS.split(line.strip())
        row: List[Optional[Cell]] = []
        if line.strip()[0] in RELATIONS and rows:
            before = next(n for n, cell in enumerate(rows[-1] + [Cell("right", Row([]))])
                          if cell and cell.side == "right")
            row += [None] * min(before, len(rows[-1]))
        for piece in pieces:
            row += _cells(piece)
        if _side(row) == "left" and any(_side(one) == "label" for one in rows):
            row.insert(0, None)  # what follows a line with a label stands below it, not below that
        rows.append(row)
    return Lines(rows)


def _side(row: List[Optional[Cell]]) -> str:
    """Return what a line begins with, "" for an empty place."""
    return row[0].side if row and row[0] else ""


def _cells(piece: str) -> List[Optional[Cell]]:
    """Return the cell of a piece of a line, or the two sides of its first relation."""
    if piece.endswith(":"):
        return [Cell("label", parsed(piece))]
    depth = 0
    for at, letter in enumerate(piece):
        depth += (letter in "([{") - (letter in ")]}")
        if letter in RELATIONS and not depth and '"' not in piece[:at]:
            right = Cell("right", parsed(piece[at:]))
            return [Cell("left", parsed(piece[:at])), right] if piece[:at].strip() else [right]
    return [Cell("whole", parsed(piece))]


def parsed_terms(text: str) -> List[Term]:
    """Return the terms that have a colour: "dL/dy: gradient from the right; x: input".

    Raises FormulaError for an entry without a colon, and for more than five.
    """
    terms = []
    for entry in filter(str.strip, text.split(";")):
        key, colon, meaning = entry.partition(":")
        if not colon or not key.strip() or not meaning.strip():
            raise FormulaError(f"expected a term and its meaning, as in 'x: input', got {entry!r}")
        terms.append(Term(parsed(key.strip()), key.strip(), meaning.strip()))
    if len(terms) > 5:
        raise FormulaError(f"expected at most 5 coloured terms, got {len(terms)}")
    return terms


def _main(arguments: Sequence[str]) -> None:
    for text in arguments:
        print(parsed(text) if "\n" not in text else lines_of(text))


if __name__ == "__main__":
    import sys

    _main(sys.argv[1:])
