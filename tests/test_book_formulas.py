"""Formulas: what is written as plain text becomes the MathML that means it, or is refused."""

import html
import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn.book import (
    formulas, latex, markdown, mathml, notebook, parts, percent, plain, running,
)
from purenn.book.formulas import (
    Applied, Big, Differential, FormulaError, Fraction, Group, Name, Number, Operator, Root, Row,
    Script, Space, Words, parsed,
)

x, y, p, n, w = map(Name, "xypnw")
WHITE = plain.Screen(60, False, lambda text, colour: text)


def row(*items):
    return Row(list(items))


def sign(text, prefix=False):
    return Operator(text, prefix)


@pytest.mark.parametrize("text, tree", [
    ("x", x),
    ("loss", Words("loss")),
    ("learning_rate", Words("learning rate")),
    ("0.5", Number("0.5")),
    ("1,000", Number("1,000")),
    ("p − y", row(p, sign("−"), y)),
    ("p - y", row(p, sign("−"), y)),
    ("−x", row(sign("−", True), x)),
    ("p = −y", row(p, sign("="), sign("−", True), y)),
    ("(p − y) / n", Fraction(Group("(", row(p, sign("−"), y), ")"), n)),
    ("x·y / n", row(x, sign("·"), Fraction(y, n))),
    ("x / y / n", Fraction(Fraction(x, y), n)),
    ("x / 2y", Fraction(x, row(Number("2"), y))),
    ("p[x]", Script(p, row(x), None)),
    ("w[x][y]", Script(w, row(x, sign(","), y), None)),
    ("w₁₂", Script(w, row(Number("12")), None)),
    ("x²", Script(x, None, Number("2"))),
    ("x[n]²", Script(x, row(n), Number("2"))),
    ("x^(n − 1)", Script(x, None, row(n, sign("−"), Number("1")))),
    ("x⁻¹", Script(x, None, row(sign("−", True), Number("1")))),
    ("log p", Applied(Words("log"), p)),
    ("log p[x]", Applied(Words("log"), Script(p, row(x), None))),
    ("log exp(x)", Applied(Words("log"), Applied(Words("exp"), Group("(", x, ")")))),
    ("f(x)", Applied(Name("f"), Group("(", x, ")"))),
    ("f (x)", row(Name("f"), Space(), Group("(", x, ")"))),
    ("√n", Root(n)),
    ("√(x + y)", Root(row(x, sign("+"), y))),
    ("Σ w²", row(Big("Σ", None, None), Space(), Script(w, None, Number("2")))),
    ("Σ[x = 1 … n] w", row(Big("Σ", row(x, sign("="), Number("1")), row(n)), Space(), w)),
    ("dL/dx", Fraction(Differential("d", Name("L")), Differential("d", x))),
    ("∂L/∂p[x]", Fraction(Differential("∂", Name("L")),
                          Differential("∂", Script(p, row(x), None)))),
    ("gradient of w", row(Words("gradient of"), Space(), w)),
    ("a small nudge", Words("a small nudge")),
    ('"x (any) y"', Words("x (any) y")),
    ("|w|", Group("|", w, "|")),
])
def test_a_text_means_a_tree(text, tree):
    assert parsed(text) == tree


@pytest.mark.parametrize("text", [
    "(x", "x)", "p[x", "x * y", "/ x", "x /", "x / + y", "√", "x ~ y", "Σ[x", "|w", "x && y",
])
def test_what_is_not_known_is_refused_with_the_formula(text):
    with pytest.raises(FormulaError, match=re.escape(repr(text))):
        parsed(text)


@given(st.text(alphabet="xyn2 ()[]/+−·=√Σ²₁^|,…\"d∂", max_size=12))
def test_any_text_is_a_formula_or_refused_and_a_formula_is_well_formed(text):
    try:
        written = mathml.inline_math(text)
    except FormulaError:
        return
    tree = ElementTree.fromstring(written.replace("\u2061", ""))
    counts = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "mover": 2}
    for element in tree.iter():
        assert len(element) == counts.get(element.tag, len(element))


def sides(text):
    return [[cell.side if cell else "" for cell in line] for line in formulas.lines_of(text).rows]


def test_lines_are_aligned_at_their_relations():
    assert sides("a = b = c\n  = d") == [["left", "right"], ["", "right"]]
    assert sides("slope  ≈  x / n") == [["left", "right"]]
    assert sides("k = c:   p  =  x    the right class\n         =  y") == [
        ["label", "left", "right", "whole"], ["", "", "right"]]
    assert sides("Adam:  m ← a + b\ns ← c\n = d\nw ← e") == [
        ["label", "left", "right"], ["", "left", "right"], ["", "", "right"], ["", "left", "right"]]
    assert sides("a = b\n  = c\nd = e")[2] == ["left", "right"]
    assert sides("SGD   w ← w − g\nboth  v ← v + g    w ← v") == [
        ["whole", "left", "right"], ["whole", "left", "right", "left", "right"]]
    assert sides("f(x = 1)") == [["whole"]]


def test_coloured_terms_are_marked_wherever_they_stand_and_explained():
    text = mathml.display_math("dL/dx = dL/dy · dy/dx\n = x · w[n]",
                               "dL/dy: from the right; w: weight; x · w[n]: all")
    assert text.count('class="term-1"') == 2  # once in the formula, once in the legend
    assert text.count('class="term-3"') == 2
    legend = re.findall(r"<li class=\"term-\d\">.*?</math> (.*?)</li>", text)
    assert legend == ["from the right", "weight", "all"]
    for wrong in ("x", "x:", ": y", "a: b; c: d; e: f; g: h; i: j; k: l"):
        with pytest.raises(FormulaError):
            formulas.parsed_terms(wrong)


def test_fractions_are_stacked_on_lines_of_their_own_only():
    assert "<mfrac>" not in mathml.inline_math("(p − y) / n")
    shown = mathml.display_math("(p − y) / n")
    assert "<mfrac>" in shown and "<mo>(</mo>" not in shown


def test_what_a_formula_says_is_escaped():
    assert "<b>" not in mathml.inline_math('"<b>" < x')
    assert "&lt;b&gt;" in mathml.inline_math('"<b>" < x')


@pytest.mark.slow
def test_every_formula_of_the_lessons_keeps_its_signs():
    """No sign, letter or digit is lost between the text and the page, whatever it becomes."""
    for number in parts.numbers():
        part = parts.find(number)
        for cell in part.cells:
            if cell.kind != percent.PROSE:
                continue
            for block in markdown.parsed(cell.text, part.path, cell.line):
                for text in _formulas(block):
                    shown = html.unescape(re.sub("<[^>]*>", "", mathml.inline_math(text)))
                    kept = [one for one in shown.replace("∑", "Σ") if one.isalpha()]
                    assert sorted(kept) == sorted(
                        one for one in text if one.isalpha() and one not in "ᵀⁿ" or one == "T"
                    ) or "ᵀ" in text or "ⁿ" in text or "dL" in text, text


def _formulas(block):
    if isinstance(block, markdown.Paragraph):
        return [one.text for one in block.content if isinstance(one, markdown.Formula)]
    return []


def test_in_a_terminal_a_formula_is_the_text_itself():
    text = "So `p − y`:\n\n```formula p: answer; y: target\nx = p − y\n```"
    cell = percent.Cell("prose", text, 1)
    shown = plain.shown(running.Ran(cell, []), "part_01_x.py", WHITE)
    assert shown == "So p − y:\n\n    x = p − y\n    (p: answer; y: target)"


def test_notebooks_have_formulas_that_jupyter_sets_and_no_links_to_files_beside_them():
    seen = 0
    for number in parts.numbers():
        part = parts.find(number)
        whole = notebook.as_notebook(part, [running.Ran(cell, []) for cell in part.cells])
        for cell in json.loads(whole)["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                assert "```formula" not in text and "](../" not in text and "](part_" not in text
                for formula in re.findall(r"\$\$(.*?)\$\$|\$([^$\n]+)\$", text, re.DOTALL):
                    written = "".join(formula)
                    assert written.count("{") == written.count("}") and "`" not in written
                    assert written.count(r"\left") - written.count(r"\leftarrow") == \
                        written.count(r"\right") - written.count(r"\rightarrow")
                    seen += 1
    assert seen > 20


@pytest.mark.parametrize("text, written", [
    ("p − y", "$p - y$"), ("∂L/∂p[c]", r"$\partial L / \partial p_{c}$"),
    ("η · m̂", r"$\eta  \cdot \hat{m}$"), ("Σ[k] exp(s[k])", None), ("50 % of x_y", None),
])
def test_formulas_become_latex(text, written):
    shown = latex.inline_latex(text)
    assert shown.count("{") == shown.count("}")
    assert written is None or re.sub(" +", " ", shown) == re.sub(" +", " ", written)
