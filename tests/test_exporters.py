"""Exported models, each really run: they say what purenn says.

A runtime that is not installed skips its tests. MicroPython is found as `micropython` on the PATH,
or as the npm package @micropython/micropython-webassembly-pyscript in a folder of NODE_PATH.
"""

from __future__ import annotations

import ast
import csv
import glob
import inspect
import io
import json
import math
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any, Dict, List

import pytest

import purenn
from exported import (
    LAYERS, Asked, asked, check, close, dense, european, models, network_with, write,
)
from purenn import Classifier, Dense, Network, Regressor, ReLU, activations, layers, load
from purenn.data import Column, Encoding, iris
from purenn.data.cells import number
from purenn.metrics import classes_of
from purenn.model import Model
from purenn.store.exporters import FORMATS, ExportError, export
from purenn.store.exporters.onnx import gauss_legendre
from purenn.store.exporters.quantize import compare, rounded
from purenn.store.model import save_model

ALL = models()


def needs(*programs: str) -> str:
    """Return the path of the first of these programs; skip the test if there is none."""
    for program in programs:
        found = shutil.which(program)
        if found:
            return found
    pytest.skip(f"needs {' or '.join(programs)}")


def run(*words: Any, **options: Any) -> str:
    """Run a program to its end, and return what it printed."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, **options)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-3000:]
    return done.stdout.decode("utf-8")


def test_every_layer_of_purenn_is_among_those_that_are_tried():
    tried = {type(make()) for make in LAYERS.values()} | {Dense, Network}
    known = {thing for module in (activations, layers, purenn) for thing in vars(module).values()
             if inspect.isclass(thing) and issubclass(thing, purenn.Layer)}
    assert known - {purenn.Layer, activations.Activation} == tried


# ---- Python ----

PYTHON_DRIVER = '''
import json, sys
sys.path.insert(0, ".")
def native(cell):
    return cell.encode("utf-8") if type(cell).__name__ == "unicode" else cell
for name, rows in sorted(json.loads(open("rows.json").read()).items()):
    module = __import__(str(name))
    rows = [[native(cell) for cell in row] for row in rows]
    said = {"scores": [module.scores(row) for row in rows], "answers": module.predict(rows)}
    if module.CLASSES:
        said["probabilities"] = module.predict_proba(rows)
    print(json.dumps([name, said]))
'''


def said_by_lines(text: str) -> Dict[str, Any]:
    return dict(json.loads(line) for line in text.splitlines())


@pytest.fixture(scope="session")
def python_files(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("python")
    write(folder, ".py", ALL)
    (folder / "driver.py").write_text(PYTHON_DRIVER)
    return folder


def pythons() -> List[str]:
    """Every Python of this machine, one for each version, also those that purenn cannot use."""
    found = {os.path.realpath(path) for path in [
        *glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python")),
        *(shutil.which(f"python{version}") or "" for version in
          ["2.7", *(f"3.{minor}" for minor in range(3, 30))]),
        shutil.which("pypy3") or "", sys.executable] if path and "shims" not in path}
    return sorted(found)


def this_and_others() -> List[Any]:
    """The Python that runs the tests, and the others, which only the long run tries."""
    return [pytest.param(path, id=path.replace(os.sep, " ").strip(), marks=(
        [] if path == os.path.realpath(sys.executable) else [pytest.mark.interop]))
        for path in pythons()]


@pytest.mark.slow
@pytest.mark.parametrize("python", this_and_others())
def test_a_python_file_says_what_purenn_says_on_this_python(python, python_files):
    check(ALL, said_by_lines(run(python, "driver.py", cwd=python_files)))


def micropython() -> List[str]:
    """Return the command that runs a script on MicroPython."""
    if shutil.which("micropython"):
        return ["micropython"]
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        module = Path(folder, "@micropython/micropython-webassembly-pyscript/micropython.mjs")
        if folder and module.exists():
            return [needs("node"), str(Path(__file__).with_name("micropython.mjs")), str(module)]
    pytest.skip("needs micropython, or its npm package on NODE_PATH")


@pytest.mark.slow
@pytest.mark.interop
def test_a_python_file_says_what_purenn_says_on_micropython(python_files):
    check(ALL, said_by_lines(run(*micropython(), "driver.py", cwd=python_files)))


@pytest.mark.slow
@pytest.mark.interop
def test_a_python_file_is_a_command_on_micropython(python_files, tmp_path):
    one = next(one for one in ALL if one.name == "table_classifier_1")
    table = tmp_path / "table.csv"
    table.write_text(as_csv(one), encoding="utf-8")
    text = run(*micropython(), f"{one.name}.py", table, cwd=python_files)
    assert text.splitlines() == command(sys.executable, one.name, table, python_files)


class Single(float):
    """A float of 32 bits, as many boards have: every result is rounded to one, or is too large."""

    def __new__(cls, value: Any) -> "Single":
        value = float(value)
        if value == value and abs(value) != math.inf and abs(value) > 3.4028235e38:
            raise OverflowError("beyond 32 bits")
        return super().__new__(cls, struct.unpack("f", struct.pack("f", value))[0])


def rounding(plain: Any) -> Any:
    return lambda *numbers: Single(plain(*numbers))


for _name in ("add", "sub", "mul", "truediv", "radd", "rsub", "rmul", "rtruediv", "neg", "abs"):
    setattr(Single, f"__{_name}__", rounding(getattr(float, f"__{_name}__")))


class Singles(ast.NodeTransformer):
    """Make every number of a program one of 32 bits."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, float):
            return node
        return ast.Call(ast.Name("Single", ast.Load()), [node], [])


@pytest.mark.slow
def test_a_python_file_holds_with_floats_of_32_bits(python_files):
    """Nothing overflows, and the answers keep about six digits."""
    for one in ALL:
        tree = Singles().visit(ast.parse((python_files / f"{one.name}.py").read_text("utf-8")))
        names: Dict[str, Any] = {"Single": Single, "__name__": one.name}
        source = ast.fix_missing_locations(tree)
        exec(compile(source, one.name, "exec"), names)
        names["float"] = Single
        for function in {"exp", "log", "sqrt"} & set(names):
            names[function] = rounding(names[function])
        close(one.name, [names["scores"](row) for row in one.rows], one.scores, 2e-5)


# What the smallest builds of CircuitPython have, by its documentation of `builtins` and `math`.
SMALL = {"abs", "enumerate", "float", "hasattr", "getattr", "isinstance", "len", "list", "max",
         "open", "print", "range", "repr", "str", "zip", "bool", "ValueError", "OSError",
         "TypeError"}
SMALL_MATH = {"exp", "log", "sqrt"}


@pytest.mark.slow
def test_a_python_file_uses_only_what_the_smallest_pythons_have(python_files):
    for one in ALL:
        tree = ast.parse((python_files / f"{one.name}.py").read_text("utf-8"))
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        stored = {node.id for node in ast.walk(tree)
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        handled = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)}
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        imported = {(node.module, name.name) for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom) for name in node.names}
        assert {module for module, _ in imported} <= {"math"}
        assert {name for _, name in imported} <= SMALL_MATH
        others = used - defined - stored - arguments - handled - {name for _, name in imported}
        assert others <= SMALL | {"sys", "IOError", "__name__"}
        assert not any(isinstance(node, (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign))
                       for node in ast.walk(tree))


# ---- The Python file as a command ----


def as_csv(one: Asked, header: bool = True) -> str:
    """Write the rows of a table model as its training table was written, with quotes and holes."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    if header:
        out.writerow(['size "cm"', "colour", "id", "größe"])
    for place, (size, colour, length) in enumerate(one.rows):
        out.writerow([size, colour, f"id\n{place}", length])
    return text.getvalue()


def command(python: str, name: str, *words: Any) -> List[str]:
    *words, folder = words
    return run(python, f"{name}.py", *words, cwd=folder).splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["table_classifier_1", "table_regressor_2"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("python", this_and_others())
def test_as_a_command_it_prints_what_purenn_predict_prints(
    python, name, header, python_files, tmp_path
):
    one = next(one for one in ALL if one.name == name)
    table, model = tmp_path / "table.csv", tmp_path / "model.safetensors"
    text = as_csv(one, header)
    table.write_bytes(b"\xef\xbb\xbf" * header + text.encode("utf-8"))
    save_model(one.model, str(model))
    words = ["--probabilities"] if one.probabilities else []
    environment = {**os.environ, "PYTHONPATH": str(Path(purenn.__file__).parent.parent)}
    expected = run(sys.executable, "-m", "purenn", "predict", model, table, *words,
                   env=environment).splitlines()
    said = command(python, name, table, *words, python_files)
    assert len(said) == len(expected) and said[0] == expected[0]
    for line, other in zip(said[1:], expected[1:]):
        cells, others = [re.split(r",(?=[-\d])", text) for text in (line, other)]
        assert len(cells) == len(others)
        for cell, wanted in zip(cells, others):
            same = cell == wanted or float(cell) == pytest.approx(float(wanted), abs=1e-12)
            assert same, (line, other)


def test_the_command_reads_from_a_pipe_and_says_what_is_wrong_in_one_line(python_files):
    done = subprocess.run(
        [sys.executable, "table_classifier_1.py", "-"], cwd=python_files, stdout=subprocess.PIPE,
        input='colour,"size ""cm""",größe\nblue,1,2\nmauve,1,2\n'.encode(), stderr=subprocess.PIPE)
    head, answer, nothing = done.stdout.decode().splitlines()
    assert done.returncode == 0 and head == "prediction" and nothing == '""'
    assert answer == '"no, never"' or answer == "yes"
    message = done.stderr.decode()
    assert message.startswith("-, row 3: column colour: expected one of ")
    assert "'mauve'" in message and len(message.splitlines()) == 1


HEADER = '"size ""cm""",colour,größe'


def test_the_command_goes_on_after_bad_rows_and_fails_if_all_are_bad(python_files):
    lines = ["1,blue,2", "x,blue,2", "1,blue"] + ["1,mauve,2"] * 12
    for rows, code in ((lines, 0), (lines[1:], 1)):
        done = subprocess.run(
            [sys.executable, "table_classifier_1.py", "-", "--probabilities"], cwd=python_files,
            input="\n".join([HEADER, *rows]).encode("utf-8"), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        assert done.returncode == code
        assert done.stdout.decode().splitlines()[-1] == ",,"
        assert len(done.stdout.splitlines()) == len(rows) + 1
        assert len(done.stderr.splitlines()) == 11
        assert b"14 rows could not be answered" in done.stderr


@pytest.mark.slow
def test_a_table_with_decimal_commas_is_read_as_purenn_reads_it(tmp_path):
    one = european()
    write(tmp_path, ".py", [one])
    write(tmp_path, ".mjs", [one])
    (tmp_path / "driver.py").write_text(PYTHON_DRIVER)
    (tmp_path / "driver.mjs").write_text(NODE_DRIVER)
    check([one], said_by_lines(run(sys.executable, "driver.py", cwd=tmp_path)))
    check([one], said_by_lines(run(needs("node"), "driver.mjs", cwd=tmp_path)))
    names: Dict[str, Any] = {"__name__": "imported"}
    exec((tmp_path / f"{one.name}.py").read_text("utf-8"), names)
    for cell in ("1,5", "1.5", "1.234,5", "1.234", "12.34", "0.123,4", "1,2,3", "-1.234.567,8e1",
                 "1 234,5", "1'234", "--1", "1.234,", ",5", "1.23.456", "+1.234", "e,1", ""):
        assert names["number"](cell) == number(cell, ","), cell


def test_the_command_takes_cells_apart_as_purenn_does(python_files, tmp_path):
    """Quotes inside a cell are letters, those around it are not; white space around it is none."""
    names: Dict[str, Any] = {"__name__": "imported"}
    exec((python_files / "table_classifier_1.py").read_text("utf-8"), names)
    for line in ('a,b', ' a , "b" ', '"a,b",c', '"a ""b""",c', 'a 5" pipe,6"', '"",""', ',', '"a"'):
        expected = [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
        assert names["cells_of"](line) == expected
    assert names["cells_of"]('"a') is None
    assert [cells for _, cells in names["records"](["a\r\n", "\n", '"b\n', 'c"\n'])] == [
        ["a"], ["b\nc"]]


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["a", "b"], ["--halp"], ["x", "--probabilities"]])
def test_the_command_says_how_it_is_called(words, python_files):
    done = subprocess.run([sys.executable, "table_regressor_2.py", *words], cwd=python_files,
                          stderr=subprocess.PIPE)
    assert done.returncode == 1 and done.stderr.startswith(b"usage: ")


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_the_command_has_help(word, python_files):
    assert run(sys.executable, "table_regressor_2.py", word, cwd=python_files).startswith("usage: ")


# Whoever reads only the first line of the answers has read enough: that is no failure.
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize("rows", [3, 20000])
@pytest.mark.parametrize("python", this_and_others())
def test_a_reader_that_leaves_is_no_failure(python, rows, python_files, tmp_path):
    (tmp_path / "table.csv").write_text("\n".join([HEADER, *["1,blue,2"] * rows]), "utf-8")
    line = (f"{{ {shlex.quote(python)} table_regressor_2.py {tmp_path}/table.csv; echo $? "
            f">{tmp_path}/code; }} 2>{tmp_path}/errors | true; "
            f"while [ ! -s {tmp_path}/code ]; do sleep 0.05; done")
    subprocess.run(["sh", "-c", line], cwd=python_files, timeout=120, check=True)
    assert (tmp_path / "code").read_text().strip() == "0"
    assert (tmp_path / "errors").read_text() == ""


def test_a_flat_row_is_refused_with_an_example(python_files):
    names: Dict[str, Any] = {"__name__": "imported"}
    exec((python_files / "table_regressor_2.py").read_text("utf-8"), names)
    for flat in ([1.0, "blue", 1.0], ["blue"]):
        with pytest.raises(ValueError, match=r"expected rows of cells, as in predict\(\[\["):
            names["predict"](flat)


def test_rows_may_be_dicts_and_bad_cells_are_refused(python_files):
    names: Dict[str, Any] = {"__name__": "imported"}
    exec((python_files / "table_regressor_2.py").read_text("utf-8"), names)
    [by_name] = names["predict"]([{"größe": 1.0, "colour": "blue", 'size "cm"': None}])
    assert [by_name] == names["predict"]([["", "blue", "1.0"]])
    for row in ([1, 2], [1, "mauve", 1], [1, "blue", "1_0"], [1, "blue", math.inf],
                [1, "blue", ""], ["inf", "blue", 1], ["x", "blue", 1]):
        with pytest.raises(ValueError, match="expected"):
            names["predict"]([row])


# ---- C ----

C_MAIN = r"""
#include <stdio.h>
#include "NAME.h"
int main(void)
{
    ROWS
    int r, k;
    for (r = 0; r < COUNT; r++) {
        NAME_real scores[OUTPUTS];
        READ
        NAME_scores(row, scores);
        for (k = 0; k < OUTPUTS; k++)
            printf("%.17g ", (double)scores[k]);
        ANSWER
        printf("\n");
    }
    return 0;
}
"""

C_CLASSES = r"""
        NAME_probabilities(row, scores);
        for (k = 0; k < OUTPUTS; k++)
            printf("%.17g ", (double)scores[k]);
        printf("%d", NAME_predict(row));
"""


def c_text(text: str) -> str:
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


def c_program(one: Asked) -> str:
    """Return a program that prints scores, probabilities and the number of the class."""
    rows, read = "static const NAME_real rows[][%d] = {%s};" % (len(one.rows[0]), ",".join(
        "{%s}" % ",".join(map(repr, row)) for row in one.rows)), "const NAME_real *row = rows[r];"
    if one.model.encoding is not None:
        rows = "static const char *const rows[][3] = {%s};" % ",".join(
            "{%s}" % ",".join(c_text(str(cell).strip()) for cell in row) for row in one.rows)
        read = "NAME_real row[8]; if (NAME_encode(rows[r], row)) return 1;"
    answer = C_CLASSES if one.model.kind == "classifier" else ""
    if one.model.kind == "regressor" and len(one.scores[0]) == 1:
        answer = 'if (NAME_predict(row) != scores[0]) return 2;'
    elif one.model.kind != "classifier":
        answer = "NAME_predict(row, scores);"
    text = C_MAIN.replace("ROWS", rows).replace("READ", read).replace("ANSWER", answer)
    text = text.replace("COUNT", str(len(one.rows))).replace("OUTPUTS", str(len(one.scores[0])))
    return text.replace("NAME", one.name)


WARNINGS = "-Wall -Wextra -Werror -pedantic".split()
COMPILERS = {
    "C99": ["gcc", "-std=c99", "-fsanitize=address,undefined", "-fno-sanitize-recover", *WARNINGS],
    "C++": ["g++", "-std=c++11", "-x", "c++", *WARNINGS],
}


def said_by_c(folder: Path, compiler: List[str], every: List[Asked], *more: str) -> Dict[str, Any]:
    """Compile one program of all models and run it."""
    needs(compiler[0])
    mains, calls = [], []
    for one in every:
        source = c_program(one).replace("int main(void)", f"static int main_{one.name}(void)")
        mains.append(source)
        calls.append(f'    if (main_{one.name}()) return 1;\n    printf("-\\n");\n')
    (folder / "all.c").write_text(
        "".join(mains) + f"int main(void)\n{{\n{''.join(calls)}    return 0;\n}}\n")
    run(*compiler, *more, "all.c", "-o", "all", "-lm", cwd=folder)
    said = {}
    for one, text in zip(every, run(folder / "all").split("-\n")):
        width = len(one.scores[0])
        lines = [list(map(float, line.split())) for line in text.splitlines()]
        said[one.name] = {"scores": [line[:width] for line in lines],
                          "probabilities": [line[width:2 * width] for line in lines]
                          if one.probabilities else [],
                          "answers": [one.model.classes[int(line[-1])] for line in lines]
                          if one.probabilities else []}
    return said


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("language", COMPILERS)
def test_a_c_header_says_what_purenn_says(language, tmp_path):
    write(tmp_path, ".h", ALL)
    check(ALL, said_by_c(tmp_path, COMPILERS[language], ALL))


@pytest.mark.slow
@pytest.mark.interop
def test_a_c_header_of_floats_keeps_five_digits(tmp_path):
    write(tmp_path, ".h", ALL, bits=32)
    check(ALL, said_by_c(tmp_path, COMPILERS["C99"], ALL, "-Wdouble-promotion"), bound=1e-5)


@pytest.mark.slow
@pytest.mark.interop
def test_a_c_header_of_whole_numbers_says_what_the_rounded_model_says(tmp_path):
    every = [asked(one.name, rounded(one.model), one.rows) for one in ALL]
    write(tmp_path, ".h", ALL, int8=True)
    check(every, said_by_c(tmp_path, COMPILERS["C99"], every))


@pytest.mark.slow
@pytest.mark.interop
def test_a_c_header_refuses_words_and_numbers_that_purenn_refuses(tmp_path):
    compiler = needs("gcc")
    one = next(one for one in ALL if one.name == "table_regressor_2")
    write(tmp_path, ".h", [one])
    cells = [["1", "mauve", "1"], ["1", "blue", "x"], ["1", "blue", ""], ["inf", "blue", "1"],
             ["1", "blue", "1e999"], ["0x1", "blue", "1"], ["", "blue", "1"], ["1", "", "1"]]
    rows = ",".join("{%s}" % ",".join(map(c_text, row)) for row in cells)
    (tmp_path / "main.c").write_text(f"""
#include <stdio.h>
#include "{one.name}.h"
int main(void)
{{
    static const char *const rows[][3] = {{{rows}}};
    double row[8];
    int r;
    for (r = 0; r < {len(cells)}; r++)
        printf("%d ", {one.name}_encode(rows[r], row));
    return 0;
}}
""")
    run(compiler, "main.c", "-o", "main", "-lm", cwd=tmp_path)
    assert run(tmp_path / "main").split() == "2 3 3 1 3 1 0 0".split()


# ---- JavaScript ----

NODE_DRIVER = """
import { readFileSync } from "node:fs";
for (const [name, rows] of Object.entries(JSON.parse(readFileSync("rows.json")))) {
  const model = await import(`./${name}.mjs`);
  const said = { scores: rows.map(model.scores), answers: model.predict(rows) };
  if (model.probabilities) said.probabilities = model.probabilities(rows);
  console.log(JSON.stringify([name, said]));
}
"""


@pytest.fixture(scope="session")
def modules(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("javascript")
    write(folder, ".mjs", ALL)
    return folder


@pytest.mark.slow
@pytest.mark.interop
def test_a_javascript_module_says_what_purenn_says_in_node(modules):
    (modules / "driver.mjs").write_text(NODE_DRIVER)
    check(ALL, said_by_lines(run(needs("node"), "driver.mjs", cwd=modules)))


@pytest.mark.slow
@pytest.mark.interop
def test_a_javascript_module_refuses_what_purenn_refuses(modules):
    (modules / "refusals.mjs").write_text("""
import { predict } from "./table_regressor_2.mjs";
const said = [];
for (const row of [[1, 2], [1, "mauve", 1], [1, "blue", "1_0"], [1, "blue", Infinity],
                   [1, "blue", ""], ["0x1", "blue", 1], [1, "blue", [1]], ["", "blue", 1]]) {
  try { predict([row]); said.push("taken"); } catch (error) { said.push(error.name); }
}
const byName = predict([{ "gr\\u00f6\\u00dfe": 1, colour: "blue", 'size "cm"': null }])[0];
said.push(byName === predict([["", "blue", "1.0"]])[0]);
console.log(JSON.stringify(said));
""")
    said = json.loads(run(needs("node"), "refusals.mjs", cwd=modules))
    assert said == ["RangeError"] * 7 + ["taken", True]


@pytest.mark.slow
@pytest.mark.interop
def test_a_javascript_module_says_what_purenn_says_in_a_browser(modules):
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = needs("chromium", "chromium-browser", "google-chrome")
    page_script = NODE_DRIVER.replace('import { readFileSync } from "node:fs";\n', "")
    page_script = page_script.replace('JSON.parse(readFileSync("rows.json"))', "rowsOf")
    page_script = page_script.replace("console.log(JSON.stringify([name, said]))",
                                      "all.push([name, said])")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()

        def serve(route: Any) -> None:
            path = modules / route.request.url.rsplit("/", 1)[1]
            kind = "text/javascript" if path.suffix == ".mjs" else "text/html"
            route.fulfill(body=path.read_text("utf-8") if path.exists() else "<title>x</title>",
                          content_type=f"{kind}; charset=utf-8")

        page.route("**/*", serve)
        page.goto("http://models.invalid/index.html")
        said = page.evaluate(
            "async rowsOf => { const all = []; %s return all; }"
            % page_script.replace("import(`./", "import(`http://models.invalid/"),
            {one.name: one.rows for one in ALL})
        browser.close()
    check(ALL, dict(said))


# ---- ONNX ----


def said_by_onnx(folder: Path, every: List[Asked], kind: str) -> Dict[str, Any]:
    onnx, runtime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    numpy = pytest.importorskip("numpy")
    said = {}
    for one in every:
        path = str(folder / f"{one.name}.onnx")
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = [entry.name for entry in session.get_inputs()]
        feed: Dict[str, Any] = {names[0]: numpy.array(one.rows, kind)} if len(names) == 1 else {}
        if not feed:
            for name, column in zip(names, zip(*one.rows)):
                numbers = name != "colour"
                cells = [float(str(cell).strip() or "nan") if numbers else cell for cell in column]
                feed[name] = numpy.array(cells, kind if numbers else object).reshape(-1, 1)
        outputs = dict(zip([entry.name for entry in session.get_outputs()],
                           session.run(None, feed)))
        probabilities = outputs.get("probabilities", numpy.zeros((0, 0))).tolist()
        answers = outputs["label"].tolist() if "label" in outputs else []
        scores = one.scores if answers else outputs[
            "values" if one.model.kind == "regressor" else "scores"].tolist()
        said[one.name] = {"scores": scores, "probabilities": probabilities, "answers": answers}
    return said


def with_texts(one: Asked) -> Asked:
    """ONNX has labels of one type: those of several become texts."""
    if all(isinstance(label, int) and not isinstance(label, bool) for label in one.model.classes):
        return one
    return one._replace(answers=[str(answer) for answer in one.answers])


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("bits, kind, bound", [(64, "float64", 1e-12), (32, "float32", 1e-4)])
def test_an_onnx_graph_says_what_purenn_says(bits, kind, bound, tmp_path):
    every = [with_texts(one) for one in ALL]
    write(tmp_path, ".onnx", ALL, bits=bits)
    check(every, said_by_onnx(tmp_path, every, kind), bound)


@pytest.mark.slow
@pytest.mark.interop
def test_an_onnx_graph_refuses_words_that_the_training_did_not_have(tmp_path):
    runtime, numpy = pytest.importorskip("onnxruntime"), pytest.importorskip("numpy")
    one = next(one for one in ALL if one.name == "table_classifier_1")
    write(tmp_path, ".onnx", [one])
    session = runtime.InferenceSession(str(tmp_path / f"{one.name}.onnx"),
                                       providers=["CPUExecutionProvider"])
    feed = {'size "cm"': numpy.array([[1.0]]), "colour": numpy.array([["mauve"]], object),
            "größe": numpy.array([[1.0]])}
    with pytest.raises(Exception, match="(?i)unknown|category|one hot"):
        session.run(None, feed)


def test_quadrature_is_exact_for_polynomials_of_twice_its_degree():
    for count in (1, 2, 5, 40):
        places, weights = gauss_legendre(count)
        for power in range(2 * count):
            total = math.fsum(w * t ** power for t, w in zip(places, weights))
            assert total == pytest.approx(1 / (power + 1), abs=1e-14)


# ---- What cannot be expressed, and what it costs ----


class Own(purenn.Layer):
    def forward(self, inputs: Any, training: bool = False) -> Any:
        return inputs

    def backward(self, output_gradient: Any) -> Any:
        return output_gradient


@pytest.mark.parametrize("format", FORMATS)
def test_what_cannot_be_expressed_is_refused_before_anything_is_written(format, tmp_path):
    broken = dense(2, 1, Random(1))
    broken.weights.value[0][0] = math.nan
    for layer in ([dense(2, 1, Random(1)), Own()], [broken], [ReLU()]):
        path = tmp_path / f"model{FORMATS[format].suffixes[0]}"
        path.write_text("what was there")
        with pytest.raises(ExportError):
            export(Network(layer), str(path))
        assert path.read_text() == "what was there"
        assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("format", FORMATS)
def test_columns_of_dates_are_refused(format, tmp_path):
    encoding = Encoding([Column("day", "date", date_order="ymd"), Column("y", "value")])
    model = Model(Network([dense(3, 1, Random(1))]), "regressor", encoding=encoding)
    with pytest.raises(ExportError, match="'day' holds dates"):
        export(model, str(tmp_path / "x"), format)


def test_labels_that_look_alike_are_told_apart_as_purenn_does(tmp_path):
    model = Model(Network([dense(2, 2, Random(1))]), "classifier", classes=[1, "1"])
    export(model, str(tmp_path / 'a"""b.py'))
    names: Dict[str, Any] = {"__name__": "imported"}
    exec((tmp_path / 'a"""b.py').read_text("utf-8"), names)
    assert names["CLASSES"] == (1, "1") and list(names["NAMES"]) == model.class_names
    assert names["heading"](True) == "prediction,p(1),p('1')"


@pytest.mark.parametrize("format", ["c", "onnx"])
def test_numbers_beyond_32_bits_are_refused_where_32_were_asked_for(format, tmp_path):
    layer = dense(2, 1, Random(1))
    layer.weights.value[0][0] = 1e39
    path = str(tmp_path / "x")
    export(Network([layer]), path, format)
    with pytest.raises(ExportError, match="1e\\+39"):
        export(Network([layer]), path, format, bits=32)


def test_an_unknown_format_or_option_is_told_with_those_there_are(tmp_path):
    network = Network([dense(2, 1, Random(1))])
    for path, to, options, words in [
        ("x.txt", None, {}, [".py", ".h", ".mjs", ".onnx", "python"]),
        ("x.py", "fortran", {}, ["python, c, javascript, onnx", "'fortran'"]),
        ("x.py", None, {"int8": True}, ["int8", "c"]), ("x.js", None, {"bits": 32}, ["c and onnx"]),
        ("x.h", None, {"bits": 16}, ["32 or 64", "16"]),
    ]:
        with pytest.raises(ExportError) as caught:
            export(network, str(tmp_path / path), to, **options)
        assert all(word in str(caught.value) for word in words), caught.value
    assert [*tmp_path.iterdir()] == []


def test_rounding_to_8_bits_moves_no_weight_by_more_than_half_a_scale():
    model = Model(network_with("gelu", 4, 3, Random(5)))
    layer, twin = model.network.layers[0], rounded(model).network.layers[0]
    for row, other in zip(layer.weights.value, twin.weights.value):
        scale = max(map(abs, row)) / 127
        assert all(abs(a - b) <= scale * 0.5000001 for a, b in zip(row, other))
        assert len({round(value / scale, 6) for value in other}) > 1
    assert layer.biases.value == twin.biases.value


def test_the_cost_of_rounding_is_measured_on_the_rows_given():
    flowers = iris()
    model = Classifier(hidden=(8,), epochs=30).fit(flowers.inputs, flowers.targets)
    found = compare(model.model_, flowers.inputs)
    other = rounded(model.model_)
    same = [a == other.classes[row.index(max(row))] for a, row in zip(
        model.predict(flowers.inputs), other.scores(flowers.inputs))]
    assert found.rows == 150 and found.same == same.count(True) / 150 > 0.9
    assert 0 < found.worst < 1


def test_estimators_and_what_was_loaded_are_exported_alike(tmp_path):
    rows = [[float(x), 1.0] for x in range(10)]
    for case, model in enumerate([
        Regressor(epochs=2).fit(rows, [3.0 * x for x, _ in rows]),
        Regressor(epochs=2).fit(rows, [[x, -x] for x, _ in rows]),
        Classifier(epochs=2).fit(rows, ["a"] * 5 + ["b"] * 5),
    ]):
        paths = [str(tmp_path / f"{name}{case}.py") for name in ("own", "loaded")]
        model.save(str(tmp_path / "model.safetensors"))
        for path, thing in zip(paths, (model, load(str(tmp_path / "model.safetensors")))):
            export(thing, path)
        texts = [Path(path).read_text("utf-8").replace("loaded", "own") for path in paths]
        assert texts[0] == texts[1]
        names: Dict[str, Any] = {"__name__": "x"}
        exec(texts[0], names)
        predicted = model.predict(rows)
        said = names["predict"](rows)
        assert said == predicted or said == [pytest.approx(row, abs=1e-12) for row in predicted]


# ---- The command ----


def purenn_export(folder: Path, *words: Any) -> Any:
    root = str(Path(purenn.__file__).parent.parent)
    return subprocess.run([sys.executable, "-m", "purenn", "export", *map(str, words)], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, env={**os.environ, "PYTHONPATH": root})


@pytest.fixture(scope="session")
def flowers(tmp_path_factory: Any) -> Path:
    """A folder with a table, and the model that `purenn train` made of it."""
    import gzip

    folder = tmp_path_factory.mktemp("flowers")
    source = Path(purenn.__file__).with_name("data") / "iris.csv.gz"
    (folder / "flowers.csv").write_bytes(gzip.decompress(source.read_bytes()))
    root = str(Path(purenn.__file__).parent.parent)
    run(sys.executable, "-m", "purenn", "train", "flowers.csv", "-o", "flowers.safetensors",
        "--epochs", "20", cwd=folder, env={**os.environ, "PYTHONPATH": root})
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".py", ".h", ".mjs", ".js", ".onnx"])
def test_the_command_writes_what_the_function_writes(suffix, flowers, tmp_path):
    done = purenn_export(flowers, "flowers.safetensors", "-o", tmp_path / f"flowers{suffix}")
    assert done.returncode == 0, done.stderr
    export(load(str(flowers / "flowers.safetensors")), str(tmp_path / f"again{suffix}"))
    said, again = [(tmp_path / f"{name}{suffix}").read_bytes() for name in ("flowers", "again")]
    assert len(said) > 1000 and f"{len(said):,} bytes" in done.stdout
    assert b"setosa" in said and b"setosa" in again


@pytest.mark.slow
def test_the_exported_python_file_answers_the_table_it_was_trained_on(flowers):
    assert purenn_export(flowers, "flowers.safetensors", "-o", "flowers.py").returncode == 0
    said = run(sys.executable, "flowers.py", "flowers.csv", cwd=flowers).split()
    root = str(Path(purenn.__file__).parent.parent)
    expected = run(sys.executable, "-m", "purenn", "predict", "flowers.safetensors", "flowers.csv",
                   cwd=flowers, env={**os.environ, "PYTHONPATH": root}).split()
    assert said == expected and len(said) == 151


@pytest.mark.slow
def test_the_cost_of_8_bits_is_printed_for_rows_made_up_and_for_a_table(flowers):
    for words, rows in ([], "1,000 rows made up"), (["--data", "flowers.csv"], "150 rows of flow"):
        done = purenn_export(flowers, "flowers.safetensors", "-o", "eight.h", "--int8", *words)
        assert done.returncode == 0, done.stderr
        found = re.search(r"by at most 0\.\d+, the class is the same on (\d+\.\d)% of (.*)",
                          done.stdout)
        assert found and found[2].startswith(rows) and 90 <= float(found[1]) <= 100
    before, after = re.findall(r"(\d\.\d+) (?:before|after)", done.stdout)
    model = load(str(flowers / "flowers.safetensors")).model_
    right = [classes_of(one.outputs(iris().inputs)) for one in (model, rounded(model))]
    shares = [sum(a == b for a, b in zip(said, iris().targets)) / 150 for said in right]
    assert [float(before), float(after)] == pytest.approx(shares, abs=5e-5)
    assert "signed char" in (flowers / "eight.h").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("words, code, message", [
    (["-o", "flowers.txt"], 1, "say the format: python, c, javascript, onnx"),
    (["-o", "x.py", "--int8"], 1, "int8 is for c only"),
    (["-o", "x.py", "--bits", "32"], 1, "bits is for c and onnx only"),
    (["-o", "x.h", "--bits", "16"], 2, "--bits"),
    (["-o", "x.h", "--data", "flowers.csv"], 2, "--data is for --int8"),
    (["-o", "x.h", "--to", "cobol"], 2, "--to"),
    (["-o", "flowers.safetensors", "--to", "c"], 2, "overwritten"),
    (["-o", "nowhere/x.h"], 1, "nowhere"),
    ([], 2, "-o"),
])
def test_what_cannot_be_done_is_one_line_and_writes_nothing(words, code, message, flowers):
    before = {path: path.read_bytes() for path in flowers.iterdir()}
    done = purenn_export(flowers, "flowers.safetensors", *words)
    assert done.returncode == code and message in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1 and not done.stdout
    assert before == {path: path.read_bytes() for path in flowers.iterdir()}
