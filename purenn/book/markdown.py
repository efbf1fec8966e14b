"""The little Markdown that the prose of the lessons is written in, taken apart into a tree.

Headings, paragraphs, lists, quotes, fenced blocks, tables; in them *emphasis*, **strong**, `code`,
formulas and [links](address). No more, because a reader of the plain file should be able to read it
too. A formula is a span of code with a sign that no code has, `p − y`, or with dollars inside the
backticks, `$p[c]$`; and a block between ```formula and ```, whose first line may say which terms
are coloured: ```formula x: input; w: weight. An empty block ```widget softmax is the place of a
figure to play with.

What it does not know it refuses, with the line: a page full of stray stars and dollars is found by
its readers, an error by its writer.

A tree of NamedTuples, and no HTML yet: the same prose is shown in terminals.

>>> parsed("## A *neuron*\\nIt adds `x + y`.", "part.py")
[Heading(level=2, content=[Text(text='A '), Emphasis(content=[Text(text='neuron')])], line=1), \
Paragraph(content=[Text(text='It adds '), Code(text='x + y'), Text(text='.')], line=2)]

Before this: mathml. After this: highlight.
"""

from __future__ import annotations

import re
from typing import Any, List, NamedTuple, NoReturn, Optional, Sequence, Tuple, Union

from .errors import error_at
from .formulas import FormulaError, lines_of, looks_like_formula, parsed_terms
from .formulas import parsed as parsed_formula
from .widgets import WIDGETS

__all__ = [
    "Block", "Code", "Emphasis", "Fence", "Formula", "Formulas", "Heading", "Inline", "Link",
    "Listing", "Paragraph", "Quote", "Strong", "Table", "Text", "parsed", "parsed_line",
    "Toy", "plain_text", "sentences",
]


# ---- The tree ----


class Text(NamedTuple):
    text: str


class Code(NamedTuple):
    text: str


class Formula(NamedTuple):
    """A formula in a line, as plain text; `formulas` knows what it means."""

    text: str


class Emphasis(NamedTuple):
    content: List[Any]


class Strong(NamedTuple):
    content: List[Any]


class Link(NamedTuple):
    content: List[Any]
    address: str
    line: int


Inline = Union[Text, Code, Formula, Emphasis, Strong, Link]


class Heading(NamedTuple):
    level: int
    content: List[Inline]
    line: int


class Paragraph(NamedTuple):
    content: List[Inline]
    line: int


class Listing(NamedTuple):
    """A list; `start` is its first number, None for one without numbers."""

    start: Optional[int]
    items: List[List[Inline]]
    line: int


class Quote(NamedTuple):
    content: List[Any]
    line: int


class Fence(NamedTuple):
    """A block between lines of three backticks, kept as it is."""

    language: str
    text: str
    line: int


class Formulas(NamedTuple):
    """Formulas on lines of their own; `terms` says which of their terms are coloured."""

    terms: str
    text: str
    line: int


class Toy(NamedTuple):
    """The place of a figure to play with; `name` is one of WIDGETS."""

    name: str
    line: int


class Table(NamedTuple):
    """Rows of cells; `alignment` has "left", "center", "right" or "" for each column."""

    alignment: List[str]
    header: List[List[Inline]]
    rows: List[List[List[Inline]]]
    line: int


Block = Union[Heading, Paragraph, Listing, Quote, Fence, Formulas, Toy, Table]


def plain_text(content: Sequence[Inline]) -> str:
    """Return the words without their marks.

    >>> plain_text(parsed_line("the *whole* `x`", "part.py", 1))
    'the whole x'
    """
    return "".join(one.text if isinstance(one, (Text, Code, Formula)) else plain_text(one.content)
                   for one in content)


# ---- Blocks ----

HEADING = re.compile(r"(#{1,6})\s+(.*)")
ITEM = re.compile(r"(-|(\d{1,3})\.) +(?=\S)")
RULE_OF_TABLE = re.compile(r"\|(\s*:?-+:?\s*\|)+")

# How blocks begin that are Markdown elsewhere, and what to write here instead.
REFUSED_BLOCKS = [
    (re.compile(r"(\*|\+)\s"), "lists begin with '- ' or '1. '"),
    (re.compile(r"\d+\)\s"), "numbered lists begin with '1. '"),
    (re.compile(r"(=+|-{2,}|\*{3,}|_{3,})$"), "rules and underlined headings are not known; "
                                              "headings begin with ## or ###"),
    (re.compile(r"~~~"), "fenced blocks begin with ```"),
    (re.compile(r"\s"), "indented text is not known here: lists do not nest, and blocks of code "
                        "stand between lines of ```"),
    (re.compile(r"\$\$"), "formulas stand between lines of ```formula and ```"),
    (re.compile(r"\[[^\]]+\]:\s"), "links are [text](address)"),
    (re.compile(r"#+(\S|$)"), "after the # of a heading comes a space"),
]


def parsed(text: str, path: str, line: int = 1) -> List[Block]:
    """Return the blocks of a text whose first line has the number `line` in the file `path`.

    Raises LessonError for whatever is not part of this Markdown.
    """
    return _Reader(text.split("\n"), path, line).blocks()


def parsed_line(text: str, path: str, line: int) -> List[Inline]:
    """Return what a piece of running text is made of."""
    return _Words(text, path, line).all()


class _Reader:
    """Takes lines one after the other, and makes blocks of them."""

    def __init__(self, lines: Sequence[str], path: str, first: int) -> None:
        self._lines = lines
        self._path = path
        self._first = first
        self._at = 0

    def blocks(self) -> List[Block]:
        found: List[Block] = []
        while self._at < len(self._lines):
            if self._lines[self._at].strip():
                found.append(self._block())
            else:
                self._at += 1
        return found

    def _block(self) -> Block:
        line = self._lines[self._at]
        if HEADING.fullmatch(line):
            return self._heading()
        if line.startswith("```"):
            return self._fence()
        if line.startswith(">"):
            return self._quote()
        if line.startswith("|"):
            return self._table()
        if ITEM.match(line):
            return self._listing()
        self._refuse_unknown(line)
        return self._paragraph()

    def _refuse(self, message: str, at: Optional[int] = None) -> NoReturn:
        raise error_at(self._path, self._first + (self._at if at is None else at), message)

    def _refuse_unknown(self, line: str) -> None:
        for pattern, message in REFUSED_BLOCKS:
            if pattern.match(line):
                self._refuse(message)

    def _begins_block(self, line: str) -> bool:
        """Say whether this line ends the paragraph before it."""
        return (not line.strip() or line.startswith(("```", ">", "|"))
                or bool(HEADING.fullmatch(line)) or bool(ITEM.match(line)))

    def _heading(self) -> Heading:
        match = HEADING.fullmatch(self._lines[self._at])
        assert match is not None
        if len(match.group(1)) > 3:
            self._refuse("headings go down to ###")
        line = self._first + self._at
        self._at += 1
        return Heading(len(match.group(1)), parsed_line(match.group(2), self._path, line), line)

    def _paragraph(self) -> Paragraph:
        start = self._at
        self._at += 1
        while self._at < len(self._lines) and not self._begins_block(self._lines[self._at]):
            self._refuse_unknown(self._lines[self._at])
            self._at += 1
        return Paragraph(self._words(start), self._first + start)

    def _words(self, start: int) -> List[Inline]:
        """Return the running text from lines[start] to where the reader stands."""
        text = "\n".join(line.strip() for line in self._lines[start:self._at])
        return parsed_line(text, self._path, self._first + start)

    def _fence(self) -> Block:
        start = self._at
        language, _, more = self._lines[start][3:].strip().partition(" ")
        end = next((n for n in range(start + 1, len(self._lines))
                    if self._lines[n].startswith("```")), None)
        if end is None:
            self._refuse("this block has no end; write a line of ``` below it")
        if not re.fullmatch(r"\w*", language) or self._lines[end].strip() != "```" \
                or (more and language not in ("formula", "widget")):
            self._refuse("expected a fenced block to stand between lines of ```")
        self._at = end + 1
        text = "\n".join(self._lines[start + 1:end])
        if language == "formula":
            return self._formulas(more, text, start)
        if language == "widget":
            if more not in WIDGETS or text.strip():
                self._refuse(f"expected an empty block and one of {', '.join(WIDGETS)}, got "
                             f"{more!r}", start)
            return Toy(more, self._first + start)
        return Fence(language, text, self._first + start)

    def _formulas(self, terms: str, text: str, start: int) -> Formulas:
        """Return a block of formulas, which are all tried: an error names the block's line."""
        try:
            parsed_terms(terms)
            if not lines_of(text).rows:
                raise FormulaError("expected a formula between ```formula and ```")
        except FormulaError as error:
            self._refuse(str(error), start)
        return Formulas(terms, text, self._first + start)

    def _quote(self) -> Quote:
        start = self._at
        while self._at < len(self._lines) and self._lines[self._at].startswith(">"):
            self._at += 1
        inner = [re.sub("^> ?", "", line) for line in self._lines[start:self._at]]
        return Quote(_Reader(inner, self._path, self._first + start).blocks(), self._first + start)

    def _listing(self) -> Listing:
        match = ITEM.match(self._lines[self._at])
        assert match is not None
        start = self._at
        items: List[List[Inline]] = []
        while self._stands_before_item(numbered=bool(match.group(2))):
            items.append(self._item())
        return Listing(int(match.group(2)) if match.group(2) else None, items, self._first + start)

    def _stands_before_item(self, numbered: bool) -> bool:
        """Say whether a further item of the list comes next, and go to it, over empty lines."""
        at = self._at
        while at < len(self._lines) and not self._lines[at].strip():
            at += 1
        match = ITEM.match(self._lines[at]) if at < len(self._lines) else None
        if match is None or bool(match.group(2)) != numbered:
            return False
        self._at = at
        return True

    def _item(self) -> List[Inline]:
        """Return the item on this line; its further lines are indented."""
        start = self._at
        match = ITEM.match(self._lines[start])
        assert match is not None
        indent, lines = match.end(), [self._lines[start][match.end():]]
        self._at += 1
        while self._at < len(self._lines) and self._lines[self._at].startswith(" "):
            line = self._lines[self._at]
            if line[:indent].strip() or ITEM.match(line.strip()) or line.strip()[:3] == "```":
                self._refuse(f"expected the item to go on, indented by {indent}; lists do not "
                             f"nest and hold no blocks")
            lines.append(line.strip())
            self._at += 1
        if self._at < len(self._lines) and not self._begins_block(self._lines[self._at]):
            self._refuse(f"expected this line to be indented by {indent}, to belong to the item "
                         f"above, or an empty line before it")
        return parsed_line("\n".join(lines), self._path, self._first + start)

    def _table(self) -> Table:
        start = self._at
        while self._at < len(self._lines) and self._lines[self._at].startswith("|"):
            self._at += 1
        lines = [line.rstrip() for line in self._lines[start:self._at]]
        if len(lines) < 2 or not RULE_OF_TABLE.fullmatch(lines[1]):
            self._refuse("expected a second line such as |---|---| below the head of a table",
                         start)
        rules = [cell.strip() for cell in lines[1].strip("|").split("|")]
        rows = [self._cells(line, start + n, len(rules))
                for n, line in enumerate(lines) if n != 1]
        return Table([_alignment(rule) for rule in rules], rows[0], rows[1:], self._first + start)

    def _cells(self, line: str, at: int, width: int) -> List[List[Inline]]:
        cells = re.split(r"(?<!\\)\|", line)[1:]
        if cells[-1].strip() or len(cells) - 1 != width:
            self._refuse(f"expected a row of {width} cells, each closed by |, got {line!r}", at)
        return [parsed_line(cell.strip().replace("\\|", "|"), self._path, self._first + at)
                for cell in cells[:-1]]


def _alignment(rule: str) -> str:
    sides = (rule.startswith(":"), rule.endswith(":"))
    return {(True, True): "center", (False, True): "right", (True, False): "left"}.get(sides, "")


# ---- Running text ----

LINK = re.compile(r"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
ESCAPED = re.compile(r"\\([\\`*_\[\]#|<>$&!.-])")

REFUSED_WORDS = [
    (re.compile(r"</?[A-Za-z!?]"), "HTML is not shown; put it between backticks"),
    (re.compile(r"!\["), "images are drawn by code, with draw.show"),
    (re.compile(r"\$\S"), "formulas go between `$ and $`; a dollar is \\$"),
    (re.compile(r"\\[A-Za-z()]"), "LaTeX is not shown; write formulas as plain text"),
    (re.compile(r"~~"), "text that is struck out is not known"),
    (re.compile(r"(?<!\w)__?(?=\w)"), "emphasis is *emphasis*; names go between backticks"),
    (re.compile(r"&#?\w+;"), "write the character itself, not its name"),
    (re.compile(r"https?://"), "addresses lead to other parts and to the library only; "
                               "cite a source by its title"),
    (re.compile(r"\[\^"), "footnotes are not known"),
]


class _Words:
    """Takes running text character by character."""

    def __init__(self, text: str, path: str, line: int) -> None:
        self._text = text
        self._path = path
        self._line = line
        self._at = 0
        self._in_link = False

    def all(self) -> List[Inline]:
        content, _ = self._until("")
        return content

    def _line_here(self) -> int:
        return self._line + self._text.count("\n", 0, self._at)

    def _refuse(self, message: str) -> NoReturn:
        words = self._text[self._at:self._at + 20].split("\n")[0]
        raise error_at(self._path, self._line_here(), f"{message} (at {words!r})")

    def _until(self, end: str) -> Tuple[List[Inline], bool]:
        """Return what stands before the mark `end`, and whether the mark was found."""
        content: List[Inline] = []
        plain = ""
        while self._at < len(self._text):
            if end and self._closes(end):
                return _with(content, plain), True
            special = self._special()
            if special is not None:
                content, plain = [*_with(content, plain), special], ""
            else:
                plain += self._character()
        return _with(content, plain), False

    def _closes(self, end: str) -> bool:
        if not self._text.startswith(end, self._at):
            return False
        if end == "*" and self._text.startswith("**", self._at):
            return False
        return end == "]" or not self._text[self._at - 1].isspace()

    def _special(self) -> Optional[Inline]:
        """Return the code, emphasis or link that begins here, if one does."""
        rest = self._text[self._at:self._at + 3]
        if rest.startswith("`"):
            return self._code()
        for mark, kind in (("**", Strong), ("*", Emphasis)):
            if rest.startswith(mark) and not rest[len(mark):len(mark) + 1].isspace():
                if rest[len(mark):] == "":
                    self._refuse(f"this {mark} marks nothing; a star itself is \\*")
                return self._marked(mark, kind)
        return self._link() if rest.startswith("[") and not self._in_link else None

    def _character(self) -> str:
        """Take one character of plain text, or refuse it."""
        escaped = ESCAPED.match(self._text, self._at)
        if escaped:
            self._at = escaped.end()
            return escaped.group(1)
        for pattern, message in REFUSED_WORDS:
            if pattern.match(self._text, self._at):
                self._refuse(message)
        self._at += 1
        return self._text[self._at - 1]

    def _code(self) -> Inline:
        ticks = re.compile("`+").match(self._text, self._at)
        assert ticks is not None
        end = re.compile(f"(?<!`){ticks.group()}(?!`)").search(self._text, ticks.end())
        if end is None:
            self._refuse("this backtick has no partner")
        inside = self._text[ticks.end():end.start()].replace("\n", " ")
        self._at = end.end()
        padded = len(inside) > 2 and inside[0] == inside[-1] == " " and inside.strip()
        inside = inside[1:-1] if padded else inside
        dollars = len(inside) > 2 and inside[0] == inside[-1] == "$"
        if len(ticks.group()) > 1 or not (dollars or looks_like_formula(inside)):
            return Code(inside)
        return self._formula(inside[1:-1].strip() if dollars else inside)

    def _formula(self, text: str) -> Formula:
        try:
            parsed_formula(text)
        except FormulaError as error:
            self._refuse(f"{error}; code with such signs goes between double backticks")
        return Formula(text)

    def _marked(self, mark: str, kind: Any) -> Inline:
        start = self._at
        self._at += len(mark)
        content, closed = self._until(mark)
        if not closed or not content:
            self._at = start
            self._refuse(f"this {mark} has no partner; a star itself is \\*, and formulas go "
                         f"between backticks")
        self._at += len(mark)
        marked: Inline = kind(content)
        return marked

    def _link(self) -> Optional[Link]:
        """Return the link that begins here; a bracket that begins none is plain text."""
        start, line = self._at, self._line_here()
        self._at += 1
        self._in_link = True
        content, closed = self._until("]")
        self._in_link = False
        match = LINK.match(self._text, self._at) if closed else None
        if match is None:
            self._at = start
            return None
        self._at = match.end()
        if not content or not match.group(1):
            raise error_at(self._path, line, "a link needs a text and an address")
        return Link(content, match.group(1), line)


def _with(content: List[Inline], plain: str) -> List[Inline]:
    return [*content, Text(plain)] if plain else content


def sentences(content: Sequence[Inline]) -> List[List[Inline]]:
    """Return running text cut at the ends of its sentences.

    >>> [plain_text(one) for one in sentences(parsed_line("Use `a.b`. And more", "part.py", 1))]
    ['Use a.b.', 'And more']
    """
    found: List[List[Inline]] = [[]]
    for one in content:
        pieces = re.split(r"(?<=[.!?])\s+|(?<=[.!?])$", one.text) if isinstance(one, Text) else []
        for number, piece in enumerate(pieces):
            if number:
                found.append([])
            if piece:
                found[-1].append(Text(piece))
        if not isinstance(one, Text):
            found[-1].append(one)
    return [sentence for sentence in found if sentence]
