r"""Formulas as LaTeX, for notebooks: Jupyter sets what stands between dollars.

>>> inline_latex("p[k] / √n")
'$p_{k} / \\sqrt{n}$'

Before this: website. After this: notebook.
"""

from __future__ import annotations

import re
from typing import Any, Sequence

from .formulas import (
    Accent, Applied, Big, Differential, Fraction, Group, Name, Number, Operator, Root, Row, Script,
    Space, Words, lines_of, parsed, parsed_terms,
)

__all__ = ["display_latex", "inline_latex"]

SIGNS = {
    "·": r"\cdot ", "×": r"\times ", "÷": r"\div ", "±": r"\pm ", "−": "-", "≈": r"\approx ",
    "←": r"\leftarrow ", "→": r"\rightarrow ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "<": r"\lt ", ">": r"\gt ", "∈": r"\in ", "≡": r"\equiv ", "∝": r"\propto ", "∞": r"\infty ",
    "…": r"\dots ", "%": r"\% ", "€": r"\text{€}", "°": r"^\circ ", "∘": r"\circ ",
    "Σ": r"\sum", "∏": r"\prod", "∂": r"\partial ", "∇": r"\nabla ", "ℓ": r"\ell ",
    "‖": r"\|", "{": r"\{", "}": r"\}", "^": r"\hat", "¯": r"\bar",
}
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΦΨΩ", (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Phi Psi Omega").split()))
SPECIAL = re.compile(r"([&%$#_{}])")


def inline_latex(text: str) -> str:
    """Return a formula in a line of text. Raises FormulaError."""
    return f"${_written(parsed(text), False).strip()}$"


def display_latex(text: str, terms: str = "") -> str:
    """Return formulas on lines of their own, aligned; what `terms` says stands below."""
    rows = lines_of(text).rows
    columns = max(map(len, rows))
    lines = [" & ".join(_written(cell.tree, True) if cell else "" for cell in row) for row in rows]
    sides = ["l"] * columns
    for row in rows:
        for place, cell in enumerate(row):
            if cell and cell.side == "left":
                sides[place] = "r"
    inside = " \\\\\n".join(lines)
    legend = ", ".join(f"{inline_latex(term.text)}: {term.meaning}" for term in parsed_terms(terms))
    table = f"$$\n\\begin{{array}}{{{''.join(sides)}}}\n{inside}\n\\end{{array}}\n$$"
    return table + (f"\n\n({legend})" if legend else "")


def _written(tree: Any, stacked: bool) -> str:
    """Return a tree as LaTeX."""
    def inner(one: Any) -> str:
        return _written(one, stacked)

    if isinstance(tree, Name):
        letter, primes = tree.text[0], "'" * (len(tree.text) - 1)
        return (f"\\{GREEK[letter]} " if letter in GREEK else SIGNS.get(letter, letter)) + primes
    if isinstance(tree, Words):
        return _text(tree.text)
    if isinstance(tree, Number):
        return tree.text.replace(",", "{,}")
    if isinstance(tree, Operator):
        return _operator(tree)
    if isinstance(tree, Space):
        return r"\ "
    if isinstance(tree, Row):
        return _joined([inner(one) for one in tree.items])
    if isinstance(tree, Group):
        opening, closing = (SIGNS.get(one, one) for one in (tree.opening, tree.closing))
        return rf"\left{opening} {inner(tree.content)} \right{closing}"
    if isinstance(tree, Fraction):
        if not stacked:
            return f"{inner(tree.over)} / {inner(tree.under)}"
        return rf"\frac{{{inner(_bare(tree.over))}}}{{{inner(_bare(tree.under))}}}"
    if isinstance(tree, Root):
        return rf"\sqrt{{{inner(tree.content)}}}"
    if isinstance(tree, Applied):
        gap = "" if isinstance(tree.argument, Group) else r"\,"
        return inner(tree.function) + gap + inner(tree.argument)
    return _marked(tree)


def _marked(tree: Any) -> str:
    if isinstance(tree, Accent):
        return f"{SIGNS[tree.mark]}{{{_written(tree.base, False)}}}"
    if isinstance(tree, Differential):
        sign = SIGNS.get(tree.sign, tree.sign)
        return sign + _written(tree.content, False)
    base = SIGNS[tree.sign] if isinstance(tree, Big) else _written(tree.base, False)
    assert isinstance(tree, (Big, Script))
    under = f"_{{{_written(tree.under, False)}}}" if tree.under is not None else ""
    above = f"^{{{_written(tree.above, False)}}}" if tree.above is not None else ""
    return f"{base}{under}{above}"


def _operator(operator: Operator) -> str:
    sign = SIGNS.get(operator.text, operator.text)
    return sign if operator.prefix or operator.text in ",;:" else f" {sign.strip()} "


def _joined(pieces: Sequence[str]) -> str:
    return re.sub("  +", " ", "".join(pieces))


def _text(text: str) -> str:
    return "\\text{" + SPECIAL.sub(r"\\\1", text) + "}"


def _bare(tree: Any) -> Any:
    return tree.content if isinstance(tree, Group) and tree.opening == "(" else tree
