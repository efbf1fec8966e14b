"""Formulas as MathML: the tree of `formulas` written out.

Browsers set MathML without any script, and screen readers read it. In a line of text fractions stay
flat, so that the lines keep their distance; on lines of their own they are stacked.

>>> inline_math("x²")
'<math><msup><mi>x</mi><mn>2</mn></msup></math>'

Source: MathML Core, a recommendation of the W3C.

Before this: formulas. After this: markdown.
"""

from __future__ import annotations

import html
from typing import Any, List, Optional, Sequence

from .formulas import (
    Accent, Applied, Big, Cell, Differential, Fraction, Group, Lines, Name, Number, Operator, Root,
    Row, Script, Space, Term, Tree, Words, lines_of, parsed, parsed_terms,
)

__all__ = ["display_math", "inline_math"]

BLANK = '<mspace width="0.28em"/>'
APPLY = "<mo>\u2061</mo>"  # the invisible sign between a function and its argument


def inline_math(text: str) -> str:
    """Return a formula in a line of text. Raises FormulaError."""
    return f"<math>{_Writer((), stacked=False).written(parsed(text))}</math>"


def display_math(text: str, terms: str = "") -> str:
    """Return formulas on lines of their own, with a legend if some terms are coloured.

    terms: "dL/dy: gradient from the right; dy/dx: local slope". Raises FormulaError.
    """
    coloured = parsed_terms(terms)
    writer = _Writer(coloured, stacked=True)
    rows = lines_of(text).rows
    inside = _table(Lines(rows), writer)
    legend = _legend(coloured)
    return (f'<div class="formula" role="group" aria-label="Formula" tabindex="0">'
            f'<math display="block">{inside}</math>{legend}</div>')


def _legend(terms: Sequence[Term]) -> str:
    writer = _Writer((), stacked=False)
    items = "".join(
        f'<li class="term-{number}"><math>{writer.written(term.tree)}</math> '
        f"{html.escape(term.meaning)}</li>" for number, term in enumerate(terms, start=1))
    return f'<ul class="terms">{items}</ul>' if items else ""


def _table(lines: Lines, writer: "_Writer") -> str:
    columns = max(map(len, lines.rows))
    rows = "".join(
        "<mtr>" + "".join(_cell(cell, writer) for cell in [*row, *[None] * (columns - len(row))])
        + "</mtr>" for row in lines.rows)
    return f'<mtable displaystyle="true">{rows}</mtable>'


def _cell(cell: Optional[Cell], writer: "_Writer") -> str:
    if cell is None:
        return "<mtd></mtd>"
    return f'<mtd class="{cell.side}">{writer.written(cell.tree)}</mtd>'


class _Writer:
    """Writes trees; `terms` are those that have a colour, `stacked` says how fractions look."""

    def __init__(self, terms: Sequence[Term], stacked: bool) -> None:
        self._terms, self._stacked = terms, stacked

    def written(self, tree: Any) -> str:
        """Return a tree as MathML, exactly one element."""
        number = self._colour_of(tree)
        if number:
            return f'<mrow class="term-{number}">{self._plain(tree)}</mrow>'
        return self._plain(tree)

    def _colour_of(self, tree: Any) -> int:
        """Return the number of the term that this is, or has an index or power of; 0 if none."""
        for number, term in enumerate(self._terms, start=1):
            if term.tree in (tree, getattr(tree, "base", None)):
                return number
        return 0

    def _plain(self, tree: Tree) -> str:
        if isinstance(tree, Name):
            return f"<mi>{html.escape(tree.text)}</mi>"
        if isinstance(tree, Words):
            # No <mtext>: that counts as a blank, and an operator beside it loses its spaces.
            return f'<mi class="words" mathvariant="normal">{html.escape(tree.text)}</mi>'
        if isinstance(tree, Number):
            return f"<mn>{tree.text}</mn>"
        if isinstance(tree, Operator):
            return _operator(tree)
        if isinstance(tree, Space):
            return BLANK
        if isinstance(tree, Row):
            return f"<mrow>{''.join(self._items(tree.items))}</mrow>"
        if isinstance(tree, Group):
            return (f"<mrow><mo>{html.escape(tree.opening)}</mo>{self.written(tree.content)}"
                    f"<mo>{html.escape(tree.closing)}</mo></mrow>")
        if isinstance(tree, Fraction):
            return self._fraction(tree)
        if isinstance(tree, Root):
            return f"<msqrt>{self.written(tree.content)}</msqrt>"
        if isinstance(tree, Applied):
            gap = "" if isinstance(tree.argument, Group) else '<mspace width="0.17em"/>'
            return (f"<mrow>{self.written(tree.function)}{APPLY}{gap}"
                    f"{self.written(tree.argument)}</mrow>")
        return self._marked(tree)

    def _marked(self, tree: Any) -> str:
        """Return what has something above or below it."""
        if isinstance(tree, Accent):
            return (f'<mover accent="true">{self._plain(tree.base)}'
                    f'<mo stretchy="false">{tree.mark}</mo></mover>')
        if isinstance(tree, Differential):
            sign = f'<mi mathvariant="normal">{tree.sign}</mi>'
            return f"<mrow>{sign}{self._plain(tree.content)}</mrow>"
        if isinstance(tree, Big):
            limits = ("munder", "mover", "munderover") if self._stacked else (
                "msub", "msup", "msubsup")
            return self._with_limits(limits, f"<mo>{tree.sign.replace('Σ', '∑')}</mo>",
                                     tree.under, tree.above)
        assert isinstance(tree, Script)
        return self._with_limits(("msub", "msup", "msubsup"), self._plain(tree.base), tree.under,
                                 tree.above)

    def _with_limits(self, tags: Sequence[str], base: str, under: Any, above: Any) -> str:
        flat = _Writer(self._terms, stacked=False)
        parts = [flat.written(_single(part)) for part in (under, above) if part is not None]
        if not parts:
            return base
        tag = tags[2] if len(parts) == 2 else tags[1] if under is None else tags[0]
        return f"<{tag}>{base}{''.join(parts)}</{tag}>"

    def _fraction(self, tree: Fraction) -> str:
        if not self._stacked:
            return (f'<mrow>{self.written(tree.over)}<mo lspace="0.05em" rspace="0.05em">/</mo>'
                    f"{self.written(tree.under)}</mrow>")
        return f"<mfrac>{self.written(_bare(tree.over))}{self.written(_bare(tree.under))}</mfrac>"

    def _items(self, items: Sequence[Any]) -> List[str]:
        """Return the terms of a row; a coloured term of several items is found in it."""
        written: List[str] = []
        at = 0
        while at < len(items):
            number, length = self._run_at(items, at)
            if number:
                inside = "".join(self._plain(item) for item in items[at:at + length])
                written.append(f'<mrow class="term-{number}">{inside}</mrow>')
            else:
                written.append(self.written(items[at]))
            at += length
        return written

    def _run_at(self, items: Sequence[Any], at: int) -> Any:
        for number, term in enumerate(self._terms, start=1):
            run = term.tree.items if isinstance(term.tree, Row) else []
            if run and list(items[at:at + len(run)]) == run:
                return number, len(run)
        return 0, 1


def _single(tree: Any) -> Any:
    return tree.items[0] if isinstance(tree, Row) and len(tree.items) == 1 else tree


def _bare(tree: Any) -> Any:
    return tree.content if isinstance(tree, Group) and tree.opening == "(" else tree


def _operator(operator: Operator) -> str:
    text = html.escape(operator.text)
    if operator.text in "…∞%°€":
        return f"<mi mathvariant=\"normal\">{text}</mi>"
    if operator.prefix:
        return f'<mo form="prefix" lspace="0" rspace="0">{text}</mo>'
    if operator.text in ",;:":
        return f'<mo separator="true" lspace="0" rspace="0.3em">{text}</mo>'
    return f'<mo form="infix">{text}</mo>'
