"""Lessons are read, run and written down as they are.

What a file says is what the reader sees, in order; what cannot be shown is an error with its line.
"""

import ast
import html
import json
import re
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn import draw
from purenn.book import (
    docstrings, figures, highlight, html_code, html_prose, lesson_pages, library, markdown, modules,
    notebook, pages, parts, percent, plain, running,
)
from purenn.book.errors import LessonError

PACKAGE = Path(parts.FOLDER).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
WHITE = plain.Screen(60, False, lambda text, colour: text)
LOUD = plain.Screen(60, True, lambda text, colour: f"<{colour}>{text}</{colour}>")


def prose(*lines):
    return "\n".join(["# %% [markdown]", *(f"# {line}".rstrip() for line in lines), ""])


def code(*lines):
    return "\n".join(["# %%", *lines, ""])


SAMPLE = prose("# Part 3: A *sample* & more", "", "After it you can read. And write.") + code(
    "from purenn import draw", "", "print('first')",
    "draw.show(draw.bars({'one': 1.0, 'two': 2.0}, title='Bars'))", "print('second')",
    "print('third')",
) + prose("## Next", "Some `code`.") + code("number = 7")


def ran(text, path="part_03_sample.py", names=None):
    return list(running.run(percent.parsed(text, path), path, {} if names is None else names))


def sample_part(text=SAMPLE):
    cells = percent.parsed(text, "part_03_sample.py")
    return parts.Part(3, "A *sample* & more", "After it you can read. And write.",
                      "part_03_sample.py", cells)


# ---- The percent format ----


def test_cells_have_their_kind_their_text_and_their_line():
    text = "\n# %% [markdown]\n#\n# Hello\n#\n# you\n\n# %%\n\nx = 1\n\n\ny = 2\n\n"
    assert percent.parsed(text, "p.py") == [
        ("prose", "Hello\n\nyou", 4), ("code", "x = 1\n\n\ny = 2", 10)]


@pytest.mark.parametrize("text, line, says", [
    ("x = 1\n# %%\ny = 2\n", 1, "a cell to begin"),
    ("", 1, "a cell to begin"),
    ("# %% [markdown]\n# Hello\nx = 1\n", 3, "begin with '# '"),
    ("# %% [markdown]\n#Hello\n", 2, "begin with '# '"),
    ("# %%\nx = 1\n# %%\n\n", 3, "empty"),
    ("# %% [raw]\nx\n", 1, "expected the marker"),
    ("# %%\nx = 1\n#%%\ny = 1\n", 3, "expected the marker"),
])
def test_what_is_wrong_in_a_file_is_told_with_its_line(text, line, says):
    with pytest.raises(LessonError, match=re.escape(says)) as caught:
        percent.parsed(text, "folder/part_01_x.py")
    assert str(caught.value).startswith(f"part_01_x.py, line {line}: ")


def test_a_file_that_is_no_utf8_is_refused(tmp_path):
    path = tmp_path / "part_01_x.py"
    path.write_bytes(b"# %%\nx = '\xff'\n")
    with pytest.raises(LessonError, match="UTF-8"):
        percent.read(str(path))


LINES = st.lists(st.text(st.characters(min_codepoint=33, blacklist_categories=["Cs", "Zs", "Cc"]))
                 .map(lambda line: f"x{line}"), min_size=1)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from([prose, code]), LINES), min_size=1))
def test_what_was_written_into_cells_is_read_from_them(written):
    text = "".join(kind(*lines) for kind, lines in written)
    cells = percent.parsed(text, "p.py")
    assert [(cell.kind, cell.text.split("\n")) for cell in cells] == [
        (kind.__name__, lines) for kind, lines in written]
    for cell in cells:
        assert text.split("\n")[cell.line - 1].endswith(cell.text.split("\n")[0])


# ---- The parts ----


@pytest.mark.parametrize("text, says", [
    (code("x = 1"), "expected a title"),
    (prose("# Part 4: Wrong number", "", "Aim."), "expected a title, # Part 3"),
    (prose("# Part 3"), "expected a title"),
    (prose("# Part 3: Title alone"), "expected a paragraph"),
])
def test_a_part_begins_with_its_number_its_title_and_its_aim(tmp_path, text, says):
    (tmp_path / "part_03_x.py").write_text(text, encoding="utf-8")
    with pytest.raises(LessonError, match=says):
        parts.find(3, str(tmp_path))


def test_parts_are_found_by_number(tmp_path):
    for name in ("part_10_b.py", "part_03_a.py", "__init__.py", "part_4_x.py", "part_05_c.txt"):
        (tmp_path / name).write_text(SAMPLE, encoding="utf-8")
    assert parts.numbers(str(tmp_path)) == [3, 10]
    part = parts.find(3, str(tmp_path))
    assert (part.number, part.title, part.aim, part.name) == (
        3, "A *sample* & more", "After it you can read. And write.", "part_03_a")
    with pytest.raises(LessonError, match="expected one file part_07"):
        parts.find(7, str(tmp_path))


def test_the_aim_is_the_sentence_that_begins_with_after():
    part = sample_part()
    assert markdown.plain_text(lesson_pages.aim_of(part)) == "You can read."
    other = part._replace(aim="No promise here. Nor *there*.")
    assert markdown.plain_text(lesson_pages.aim_of(other)) == "No promise here."


# ---- Running ----


def test_what_is_printed_and_shown_comes_in_its_order():
    outputs = ran(SAMPLE)[1].outputs
    assert [one if isinstance(one, str) else one.title for one in outputs] == [
        "first\n", "Bars", "second\nthird\n"]


def test_cells_share_their_variables_and_keep_their_outputs_apart():
    names = {}
    results = ran(code("x = 1", "print(x)") + prose("Text.") + code("x += 1", "print(x)"),
                  names=names)
    assert [one.outputs for one in results] == [["1\n"], [], ["2\n"]]
    assert names["x"] == 2 and names["__name__"] == "__main__"


def test_a_cell_has_run_when_it_is_yielded_and_the_next_has_not():
    names = {}
    steps = running.run(percent.parsed(code("x = 1") + code("x = 2"), "p.py"), "p.py", names)
    next(steps)
    assert names["x"] == 1
    next(steps)
    assert names["x"] == 2


def test_printing_works_again_after_a_cell(capsys):
    ran(code("print('inside')"))
    print("outside")
    assert capsys.readouterr().out == "outside\n"


def test_future_annotations_hold_for_later_cells():
    names = {}
    ran(code("from __future__ import annotations") + code("def f(x: nothing) -> nothing: ..."),
        names=names)
    assert names["f"].__annotations__["x"] == "nothing"
    with pytest.raises(LessonError, match="NameError"):
        ran(code("def f(x: nothing): ...", "f.__annotations__"))


@pytest.mark.parametrize("lines, line, says", [
    (["x = 1", "y = x / 0"], 6, "ZeroDivisionError: division by zero"),
    (["def f():", "    raise ValueError('no')", "f()"], 6, "ValueError: no"),
    (["x = 1", "def broken(:"], 6, "SyntaxError"),
    (["import sys", "sys.exit(3)"], 6, "SystemExit: 3"),
    (["from purenn import linalg", "linalg.add([[1.0]], [[1.0, 2.0], [3.0]])"], 6, "ShapeError"),
])
def test_a_failure_names_cell_line_and_error(lines, line, says):
    with pytest.raises(LessonError) as caught:
        ran(prose("Text.") + "\n" + code(*lines))
    assert str(caught.value).startswith(f"part_03_sample.py, cell 2, line {line}: ")
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_interrupting_is_not_taken_for_a_failure():
    with pytest.raises(KeyboardInterrupt):
        ran(code("raise KeyboardInterrupt"))


def test_a_traceback_points_into_the_file(tmp_path):
    path = tmp_path / "part_03_x.py"
    path.write_text(prose("Text.") + code("x = 1", "1 / 0"), encoding="utf-8")
    with pytest.raises(LessonError) as caught:
        list(running.run(percent.read(str(path)), str(path), {}))
    frame = caught.value.__cause__.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    assert frame.tb_frame.f_code.co_filename == str(path) and frame.tb_lineno == 5


# ---- Markdown ----


def blocks(*lines):
    return markdown.parsed("\n".join(lines), "part_01_x.py", 10)


def as_html(*lines):
    tree = blocks(*lines)
    names = html_prose.names_of_headings(
        [one for one in tree if isinstance(one, markdown.Heading)])
    resolve = html_prose.Resolve(lambda link: f"to:{link.address}")
    return html_prose.as_html(tree, resolve, names)


@pytest.mark.parametrize("text, shown", [
    ("plain < text & more", "<p>plain &lt; text &amp; more</p>"),
    ("**bold *and* so** on", "<p><strong>bold <em>and</em> so</strong> on</p>"),
    ("*one* and *two*", "<p><em>one</em> and <em>two</em></p>"),
    ("2 * 3 * 4 and a_b_c", "<p>2 * 3 * 4 and a_b_c</p>"),
    ("`a < b`, ``a`b``, `**x**`",
     "<p><code>a &lt; b</code>, <code>a`b</code>, <code>**x**</code></p>"),
    ("[`Dense`](../layers.py#Dense)!",
     '<p><a href="to:../layers.py#Dense"><code>Dense</code></a>!</p>'),
    ("rows [0, 1] and w[o][i]", "<p>rows [0, 1] and w[o][i]</p>"),
    (r"5 \* 3 and \[x\]", "<p>5 * 3 and [x]</p>"),
    ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"),
    ("# Why? *Now*", '<h1 id="why-now">Why? <em>Now</em></h1>'),
    ("## A\n## A", "\n".join(
        f'<h2 id="{name}">A <a class="anchor" href="#{name}" '
        'aria-label="Link to this section">#</a></h2>' for name in ("a", "a-2"))),
    ("`p − y` and `$p[c]$`", "<p><math><mrow><mi>p</mi><mo form=\"infix\">−</mo><mi>y</mi></mrow>"
                             "</math> and <math><msub><mi>p</mi><mi>c</mi></msub></math></p>"),
    ("``x²``", "<p><code>x²</code></p>"),
    ("- a\n- b\n  c\n\n- d", "<ul>\n<li>a</li>\n<li>b\nc</li>\n<li>d</li>\n</ul>"),
    ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ("text\n- a", "<p>text</p>\n<ul>\n<li>a</li>\n</ul>"),
    ("> a\n> b\n>\n> - c",
     "<blockquote>\n<p>a\nb</p>\n<ul>\n<li>c</li>\n</ul>\n</blockquote>"),
    ("```\na *b* <c>\n\n  d\n```", '<pre class="fence"><code>a *b* &lt;c&gt;\n\n  d</code></pre>'),
    ("```python\nNone\n```",
     '<pre class="fence"><code><span class="constant">None</span></code></pre>'),
    ("| a | b |\n|---|--:|\n| `x` | 1 \\| 2 |",
     '<div class="table" tabindex="0"><table>\n<thead>\n'
     '<tr><th>a</th><th class="right">b</th></tr>\n</thead>\n'
     '<tbody>\n<tr><td><code>x</code></td><td class="right">1 | 2</td></tr>\n</tbody>\n'
     "</table></div>"),
])
def test_markdown_becomes_html(text, shown):
    assert as_html(text) == shown


def test_a_link_around_several_names_is_one_for_each_to_its_own_definition():
    known = ("../losses.py#MeanSquaredError", "../losses.py#Huber")

    def address_of(link):
        if link.address not in known:
            raise LessonError("nowhere")
        return link.address

    tree = blocks("[`MeanSquaredError`, `Huber` and `x`](../losses.py#Huber)")
    shown = html_prose.as_html(tree, html_prose.Resolve(address_of), {})
    assert re.findall('<a href="([^"]*)"><code>([^<]*)</code></a>', shown) == [
        (known[0], "MeanSquaredError"), (known[1], "Huber"), (known[1], "x")]
    assert re.sub("<a .*?</a>", "", shown) == "<p>,  and </p>"


def test_outputs_are_whole_and_only_sentences_are_wrapped():
    table, sentence = "1  " * 33, "what was wrong & why " * 6
    shown = html_code.output(f"{table}\n{sentence}\n{table}\n\n")
    assert html.unescape(without_tags(shown)) == f"{table}\n{sentence}\n{table}".rstrip()
    assert re.findall('<span class="long">(.*?)\n?</span>', shown, re.S) == [
        html.escape(sentence)]


@pytest.mark.parametrize("text, line", [
    ("fine\n<b>bold</b>", 11), ("a <br> b", 10), ("<!-- x -->", 10), ("![x](y.png)", 10),
    ("fine\n\n$x^2$ and", 12), ("$$\nx\n$$", 10), (r"\(x\)", 10), (r"the \frac of", 10),
    ("- a\n  - b", 11), ("* a", 10), ("+ a", 10), ("1) a", 10), ("    code", 10),
    ("Title\n=====", 11), ("a\n---", 11), ("***", 10), ("~~~\nx\n~~~", 10), ("```\nx", 10),
    ("#### deep", 10), ("#none", 10), ("a **b", 10), ("fine\na *b c", 11), ("a `b", 10),
    ("_this_", 10), ("the __init__ of", 10), ("~~no~~", 10), ("x &amp; y", 10),
    ("see https://example.org", 10), ("[a][b]\n\n[b]: part_02_x.py", 12),
    ("note[^1]", 10), ("[](x.py)", 10),
    ("| a | b |\n| c | d |", 10), ("| a | b |\n|---|---|\n| c |", 12), ("| a |", 10),
    ("> fine\n> <b>", 11), ("- fine\n- a <b>x</b>", 11), ("- a\nlazy", 11), ("- a\n   ```", 11),
    ("a ** b ** c **", 10), ("fine\n\n`p − (y`", 12), ("```formula\na * b\n```", 10),
    ("fine\n```formula x\nx = 1\n```", 11), ("```formula\n```", 10), ("```python x\n```", 10),
])
def test_other_markdown_is_refused_with_its_line(text, line):
    with pytest.raises(LessonError) as caught:
        blocks(text)
    assert re.match(rf"part_01_x\.py, line {line}: \w", str(caught.value)), str(caught.value)


@pytest.mark.slow
@given(st.text(st.sampled_from("ab *`_[]()#-|>1.\\\n<&\"'$!{}"), max_size=60))
def test_whatever_is_not_refused_has_balanced_tags_and_is_escaped(text):
    try:
        shown = as_html(text)
    except LessonError:
        return
    tags = re.findall(r"<(/?)(\w+)[^>]*>", shown)
    open_tags = []
    for closing, tag in tags:
        if closing:
            assert open_tags.pop() == tag
        else:
            open_tags.append(tag)
    assert not open_tags
    bare = re.sub(r"</?(p|em|strong|code|a|h[1-3]|ul|ol|li|blockquote|pre|div|table|thead|tbody"
                  r"|tr|th|td|span)( [a-z]+=\"[^\"<>]*\")*>", "", shown)
    assert "<" not in bare and not re.search(r"&(?!(lt|gt|amp|quot|#x27);)", bare)


@pytest.mark.slow
def test_many_open_brackets_take_no_exponential_time():
    assert as_html("[" * 400 + "a") == "<p>" + "[" * 400 + "a</p>"
    assert as_html("[a " * 200 + "](x.py)").endswith("</a></p>")


# ---- Highlighting ----


def without_tags(marked):
    return html.unescape(re.sub(r"<[^>]*>", "", marked))


@pytest.mark.slow
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_highlighted_sources_are_the_very_sources(path):
    source = path.read_text(encoding="utf-8")
    assert without_tags(html_code.highlighted(source)) == source
    assert [without_tags(line) for line in html_code.lines_of(source)] == source.split("\n")


@given(st.one_of(
    st.text(), st.text(st.sampled_from("ab01 \n\t'\"#\\(){}[]:=@f.<>&\r\f\x00é∂")),
    st.lists(st.sampled_from(["x = f'{a!r}{{'", "'''", "def f(): pass", "  y", "#c", "@a", "\n",
                              "print(1)", "\\\n", "0x1G", "\t", "<b>", '"'])).map(" ".join),
))
def test_highlighting_changes_no_text_whatever_it_is(source):
    marked = html_code.highlighted(source)
    assert without_tags(marked) == source
    assert "".join(text for _, text in highlight.pieces(source)) == source
    assert re.sub(r'</?span( class="[a-z]+")?>', "", marked) == html.escape(source)


def test_each_kind_of_word_has_its_colour():
    source = "@cached\ndef f(x):\n    # why\n    return len('s') + 1.5 if None else x.print"
    assert [one for one in highlight.pieces(source) if one[0]] == [
        ("decorator", "@"), ("decorator", "cached"), ("keyword", "def"), ("definition", "f"),
        ("comment", "# why"), ("keyword", "return"), ("builtin", "len"), ("string", "'s'"),
        ("number", "1.5"), ("keyword", "if"), ("constant", "None"), ("keyword", "else")]


def test_marks_out_of_order_cost_their_colour_and_no_text():
    marks = [("string", 1, 3), ("number", 0, 2), ("string", 2, 4), ("comment", 4, 9), ("", 3, 3)]
    assert list(highlight._cut("abcdef", marks)) == [("", "a"), ("string", "bc"), ("", "def")]


def test_a_matrix_product_is_no_decorator():
    assert highlight.pieces("a @ b") == [("", "a @ b")]


# ---- Docstrings and modules ----


@pytest.mark.parametrize("text, shown", [
    ("One.\nStill `one`.\n\nTwo *is* <b>.",
     "<p>One. Still <code>one</code>.</p>\n<p>Two <em>is</em> &lt;b&gt;.</p>"),
    ("So:\n\n    x ──► y\n\n      z\n\nAfter.",
     '<p>So:</p>\n<pre class="fence"><code>x ──► y\n\n  z</code></pre>\n<p>After.</p>'),
    ("List:\n- a\n  b\n- c",
     "<p>List:</p>\n<ul><li>a b</li></ul>\n<ul><li>c</li></ul>"),
    ("2. two", '<ol start="2"><li>two</li></ol>'),
    (">>> x\n'a < b'", '<pre class="fence"><code><span class="prompt">&gt;&gt;&gt; </span>x\n'
                       "&#x27;a &lt; b&#x27;</code></pre>"),
    ("w * x * y, **kwargs, *args", "<p>w * x * y, **kwargs, *args</p>"),
])
def test_docstrings_become_html(text, shown):
    assert docstrings.docstring_html(text) == shown


@pytest.mark.slow
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_page_has_each_line_of_code_once_and_each_definition(path):
    source = path.read_text(encoding="utf-8")
    module = modules.module_from(source)
    body, names = modules.module_body("title", module, "")
    shown = {int(number): without_tags(text)[:-1] for number, text in re.findall(
        r'<span class="line"[^>]*? data-line="(\d+)">(.*?\n)</span>', body)}
    lines = source.split("\n")
    assert shown == {number: lines[number - 1] for number in shown}
    docs = {number for piece in module.pieces
            for number in range(piece.docstring[0], piece.docstring[1] + 1)}
    begin = module.pieces[0].first if module.pieces else len(lines) + 1
    for number, line in enumerate(lines, start=1):
        if line.strip() and number not in docs and number >= begin:
            assert number in shown or modules.SECTION.fullmatch(line), f"line {number} is missing"
        if line.strip():
            assert f'id="L{number}"' in body
    ids = re.findall(r' id="([^"]*)"', body)
    assert len(ids) == len(set(ids))
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            assert node.name in ids


def test_comments_right_above_a_definition_belong_to_it_and_headings_do_not():
    source = ("x = 1\n\n# ---- Title ----\n# Why.\n# So.\ndef f():\n    return 2\n\n"
              "# Later.\n\ny = 3\n")
    pieces = modules.module_from(source).pieces
    assert [(piece.name, piece.first, piece.last) for piece in pieces] == [
        ("", 1, 1), ("", 3, 3), ("f", 4, 7), ("", 9, 11)]
    one = modules.module_from("x = 1\ny = 2\n# Why.\n@cached\ndef f(): ...\n")
    assert [(piece.name, piece.first) for piece in one.pieces] == [("", 1), ("f", 3)]


def test_a_name_wins_over_the_number_of_a_line():
    source = '"""Doc."""\n\n\nclass L4:\n    """A class called like its line."""\n\n    x = 1\n'
    body, names = modules.module_body("title", modules.module_from(source), "")
    assert '<h2 class="definition" id="L4">L4 <a' in body and body.count('"L4"') == 1
    assert names == [pages.Target("#L4", "L4")]


# ---- Where links lead ----


@pytest.mark.parametrize("address, leads", [
    ("part_03_sample.py", "part_03_sample.html"),
    ("../layers.py", "purenn.layers.html"),
    ("../layers.py#Dense", "purenn.layers.html#Dense"),
    ("../layers.py#Dense.forward", "purenn.layers.html#Dense.forward"),
    ("../penalties.py#L1", "purenn.penalties.html#L1"),
    ("../linalg.py#dot", "purenn.linalg.html#dot"),
    ("../data/toy.py#spiral", "purenn.data.toy.html#spiral"),
    ("../data/__init__.py", "purenn.data.html"),
    ("../data/__init__.py#spiral", "purenn.data.toy.html#spiral"),
])
def test_links_lead_to_the_pages_of_the_book(address, leads):
    part = sample_part()
    resolve = library.Library().resolver(part, [part])
    assert resolve(markdown.Link([markdown.Text("x")], address, 5)) == leads


@pytest.mark.parametrize("address", [
    "part_99_none.py", "../nothing.py", "../layers.py#Dens", "../../setup.py", "layers.py",
    "../data/iris.csv.gz", "https://example.org", "#section", "../layers.py#L3",
])
def test_links_that_lead_nowhere_are_refused_with_their_line(address):
    part = sample_part()
    resolve = library.Library().resolver(part, [part])
    with pytest.raises(LessonError, match="^part_03_sample.py, line 5: "):
        resolve(markdown.Link([markdown.Text("x")], address, 5))


def test_a_part_speaks_of_what_it_links_to_and_of_what_it_imports():
    more = [prose("See [it](../gradcheck.py) and", "", "- [Adam](../optimizers.py#Adam)"),
            code("from purenn import Dense, linalg", "from purenn.data import spiral",
                 "import ast")]
    part = sample_part("".join([SAMPLE, *more]))
    told = lesson_pages.Told(part, [], lesson_pages.prose_of(part))
    assert library.spoken_of(told, library.Library()) == [
        "linalg.py", "layers.py", "optimizers.py", "data/toy.py", "draw/__init__.py",
        "gradcheck.py"]


# ---- Notebooks ----


def test_a_notebook_holds_the_cells_and_what_they_put_out():
    whole = json.loads(notebook.as_notebook(sample_part(), ran(SAMPLE)))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    assert [cell["cell_type"] for cell in whole["cells"]] == ["markdown", "code"] * 2
    first = whole["cells"][1]
    assert [one["output_type"] for one in first["outputs"]] == [
        "stream", "display_data", "stream"]
    assert first["outputs"][2]["text"] == ["second\n", "third\n"]
    assert "".join(first["outputs"][1]["data"]["image/svg+xml"]).startswith("<svg")
    assert "Bars" in "".join(first["outputs"][1]["data"]["text/plain"])
    assert "".join(whole["cells"][2]["source"]) == "## Next\nSome `code`."
    assert [cell.get("execution_count") for cell in whole["cells"]] == [None, 1, None, 2]


def test_the_same_part_gives_the_same_bytes():
    assert notebook.as_notebook(sample_part(), ran(SAMPLE)) == notebook.as_notebook(
        sample_part(), ran(SAMPLE))


@pytest.mark.interop
@pytest.mark.parametrize("number", parts.numbers())
def test_notebooks_of_all_parts_are_valid(lesson, number):
    nbformat = pytest.importorskip("nbformat")
    done = lesson(number)
    whole = nbformat.reads(notebook.as_notebook(done.part, done.results), as_version=4)
    nbformat.validate(whole)
    assert len({cell.id for cell in whole.cells}) == len(whole.cells) == len(done.part.cells)
    printed = "".join(output.text for cell in whole.cells if cell.cell_type == "code"
                      for output in cell.outputs if output.output_type == "stream")
    assert printed == done.output


@pytest.mark.interop
@pytest.mark.parametrize("number", [1, 5])
def test_a_notebook_runs_where_jupyter_is_and_puts_out_the_same(lesson, number, tmp_path,
                                                                monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    done = lesson(number)
    whole = nbformat.reads(notebook.as_notebook(done.part, done.results), as_version=4)
    kinds = kinds_of_outputs(whole)
    nbclient.NotebookClient(whole, timeout=100, kernel_name="python3").execute()
    nbformat.validate(whole)
    assert kinds_of_outputs(whole) == kinds
    printed = "".join(output.text for cell in whole.cells if cell.cell_type == "code"
                      for output in cell.outputs if output.output_type == "stream")
    assert printed == done.output


def kinds_of_outputs(whole):
    """What each cell puts out; Jupyter may send what is printed in several pieces."""
    return [[kind for kind, _ in groupby(one.output_type for one in cell.get("outputs", []))]
            for cell in whole.cells]


# ---- In the terminal ----


def in_terminal(*lines, screen=WHITE):
    cell = percent.Cell("prose", "\n".join(lines), 1)
    return plain.shown(running.Ran(cell, []), "part_01_x.py", screen)


@pytest.mark.parametrize("text, shown", [
    ("# Title", "Title\n━━━━━"),
    ("## Next", "Next\n────"),
    ("**bold** *so* `code`", "bold *so* `code`"),
    ("[Dense](../layers.py#Dense), [six](part_06_activations.py)",
     "Dense (purenn/layers.py), six (part 6)"),
    ("[part 6](part_06_activations.py)", "part 6"),
    ("- a\n- b", "- a\n- b"),
    ("9. a\n10. b", "9. a\n10. b"),
    ("> a\n>\n> b", "> a\n>\n> b"),
    ("```\nx\n\n y\n```", "    x\n\n     y"),
    ("| a | bb |\n|:--|---:|\n| ccc | d |", "a    bb\n───  ──\nccc   d"),
])
def test_prose_in_a_terminal(text, shown):
    assert in_terminal(text) == shown


@given(st.lists(st.text(st.sampled_from("abcdeäß"), min_size=1, max_size=12), min_size=1),
       st.integers(min_value=25, max_value=120))
def test_prose_is_wrapped_and_no_word_is_lost(words, width):
    shown = in_terminal("- " + " ".join(words), screen=WHITE._replace(width=width))
    assert shown.split()[1:] == words
    assert all(len(line) <= width for line in shown.split("\n"))
    assert all(line.startswith("  ") for line in shown.split("\n")[1:])


@pytest.mark.parametrize("width", range(20, 60))
def test_lines_are_as_full_as_they_can_be(width):
    lines = in_terminal("abcd " * 40 + "end", screen=WHITE._replace(width=width)).split("\n")
    assert all(width - 5 < len(line) <= width for line in lines[:-1])


def test_code_and_outputs_in_a_terminal():
    assert plain.shown(ran(code("x = 'a'", "", "print(x)"))[0], "p.py", WHITE) == (
        "│ x = 'a'\n│\n│ print(x)\n\na")
    assert plain.shown(ran(code("x = '''a", "b'''"))[0], "p.py", LOUD) == (
        "<dim>│</dim> x = <green>'''a</green>\n<dim>│</dim> <green>b'''</green>")
    shown = plain.shown(ran(SAMPLE)[1], "p.py", WHITE)
    assert re.search(r"first\n\nBars\n[^\0]*\n\nsecond\nthird$", shown)
    assert all(len(line) <= 62 for line in shown.split("\n"))


def test_a_picture_knows_its_ids_from_those_of_others():
    picture = draw.bars({"a": 1.0}, title="Bars & more")
    both = [figures.with_own_ids(picture.svg(), prefix) for prefix in ("one-", "two-")]
    ids = [set(re.findall(r' id="([^"]*)"', one)) for one in both]
    assert ids[0] and not ids[0] & ids[1]
    for one, own in zip(both, ids):
        assert set(re.search('aria-labelledby="([^"]*)"', one)[1].split()) <= own
    file = '<?xml version="1.0"?>\n<svg><g fill="url(#g)"/></svg>'
    assert figures.with_own_ids(file, "p-") == '<svg><g fill="url(#p-g)"/></svg>'


def test_pictures_and_text_of_a_part_are_kept_for_tests(lesson):
    done = lesson(1)
    assert isinstance(done, SimpleNamespace) and lesson(1) is done
    assert done.output and all(isinstance(one, draw.Picture) for one in done.pictures)
    assert done.names["__file__"] == done.part.path


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80])
def test_no_line_of_prose_or_code_is_wider_than_the_terminal(width):
    """Formulas and drawings are as wide as they were written; all else is broken at blanks."""
    screen = WHITE._replace(width=width)
    for number in parts.numbers():
        part = parts.find(number)
        for cell in part.cells:
            text = plain.shown(running.Ran(cell, []), part.path, screen)
            for line in text.split("\n"):
                wide = line.startswith("    ") and cell.kind == "prose"
                wide = wide or " " not in line[1:].lstrip()[:width // 2]  # one long word
                assert len(line) <= width or wide, (part.path, line)
            if cell.kind == "code":  # nothing but white space and the bar was added
                assert re.sub(r"[\s│]", "", text) == re.sub(r"[\s│]", "", cell.text)


def test_a_table_that_is_too_wide_is_wrapped_cell_by_cell():
    shown = in_terminal("| a | b |", "|---|---|", f"| one two three | {'word ' * 20}|")
    assert all(len(line) <= 60 for line in shown.split("\n")) and shown.count("word") == 20


# ---- Pictures of the lessons ----

LABELS = {
    "lines": {"x_label", "y_label"}, "bars": {"y_label"}, "histogram": {"x_label"},
    "heatmap": {"x_label", "y_label", "bar_label"},
    "landscape": {"x_label", "y_label", "bar_label"},
}


@pytest.mark.parametrize("number", parts.numbers())
def test_every_axis_and_every_bar_of_colours_of_a_lesson_says_what_it_is(number):
    path = parts.find(number).path
    for call in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            given = {one.arg for one in call.keywords}
            wanted = LABELS.get(call.func.attr, set())
            assert None in given or wanted <= given, (path, call.lineno, wanted - given)
