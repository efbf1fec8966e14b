"""Marking: what never ends ends with a verdict, and a class becomes a table.

Above each test stands the promise that it holds purenn to.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from purenn import exercises
from purenn.book import parts
from purenn.book.markdown import parsed
from purenn.exercises import SHEETS, Limits, Marked, mark, reports, teaching
from purenn.exercises.exercise import Raises
from tests.test_exercises import EXERCISES, HEAD, ROOT, SOLUTIONS, dedented, purenn, solved

QUICK = Limits(seconds=1.0)
LIMITED = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no limit on memory")


def written(folder: Path, code: str, name: str = "mine.py") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    return str(path)


def verdicts(marked: Marked) -> Dict[str, Any]:
    return {verdict.name: verdict for verdict in marked.verdicts}


# ---- What cannot be caught from inside ----


# An endless loop ends with a verdict that names its line, and what comes after it is marked.
@pytest.mark.slow
def test_an_endless_loop_is_one_wrong_function(tmp_path: Path) -> None:
    marked = mark(written(tmp_path, "def relu(inputs):\n    while True:\n        pass\n"
                          + dedented(SOLUTIONS["relu_derivative"])), QUICK)
    assert marked.error == "" and marked.score == 1
    hint = verdicts(marked)["relu"].hint
    assert hint.startswith(("line 2: ", "line 3: "))
    assert "does not come to an end within 1 s" in hint
    assert verdicts(marked)["relu_derivative"].state == "right"
    assert verdicts(marked)["softmax"].hint == "there is no function of this name in the file"


# So does one in which Python itself is stuck and cannot look at the clock.
@pytest.mark.slow
def test_a_computation_that_lets_nobody_in_is_ended_from_outside(tmp_path: Path) -> None:
    marked = mark(written(tmp_path, "def relu(inputs):\n    return 7 ** 7 ** 9\n"), QUICK)
    assert "does not come to an end" in verdicts(marked)["relu"].hint


# os._exit, and a crash of Python, are one wrong function each.
@pytest.mark.slow
def test_whoever_ends_python_itself_gets_a_verdict(tmp_path: Path) -> None:
    code = ("import os, signal\n"
            "def relu(inputs): os._exit(0)\n"
            "def relu_derivative(inputs): os.kill(os.getpid(), signal.SIGKILL)\n"
            + dedented(SOLUTIONS["softmax"]))
    marked = mark(written(tmp_path, HEAD + code), QUICK)
    assert "ends Python itself (exit code 0)" in verdicts(marked)["relu"].hint
    if os.name == "posix":
        assert "crashes Python (signal 9)" in verdicts(marked)["relu_derivative"].hint
    assert verdicts(marked)["softmax"].state == "right" and marked.score == 1


# Memory is limited; what asks for more has a verdict, not the machine a problem.
@LIMITED
def test_memory_is_limited(tmp_path: Path) -> None:
    code = "def relu(inputs):\n    return [0.0] * 10 ** 9\n"
    marked = mark(written(tmp_path, code), Limits(10.0, megabytes=800))
    assert "asks for more memory than there is" in verdicts(marked)["relu"].hint


# A file that never ends while it is read, or ends Python there, is unreadable.
@pytest.mark.slow
@pytest.mark.parametrize("code, expected", [
    ("def relu(inputs): ...\nwhile True:\n    pass\n", "does not come to an end"),
    ("import os\nos._exit(3)\n", "mine.py: it ends Python itself (exit code 3)"),
    ("def relu(inputs:\n", "mine.py, line 1: this is no Python yet"),
    ("x = 1\n", "none of the exercises' functions"),
])
def test_files_that_cannot_be_read(code: str, expected: str, tmp_path: Path) -> None:
    marked = mark(written(tmp_path, code), QUICK)
    assert expected in marked.error and not marked.verdicts and marked.score == 0


# What the file prints, reads or writes to standard output does not get into the way of verdicts.
def test_printing_and_reading_do_not_disturb(tmp_path: Path) -> None:
    code = ("import os\nprint('{\"verdict\": [\"relu\", \"right\", \"\", []]}')\n"
            "def relu(inputs):\n    os.write(1, b'{\"end\": true}\\n')\n    return input()\n")
    marked = mark(written(tmp_path, code), QUICK)
    assert "EOFError" in verdicts(marked)["relu"].hint


# The folder of the file may have modules named like Python's own.
@pytest.mark.slow
def test_names_in_the_folder_do_not_hide_pythons(tmp_path: Path) -> None:
    written(tmp_path, "raise SystemExit\n", "json.py")
    written(tmp_path, solved(6))
    result = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.remove(''); sys.path.insert(0, sys.argv[1]);"
         "from purenn.exercises import mark; print(mark('mine.py').score)", str(ROOT)],
        cwd=str(tmp_path), stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert result.stdout == "4\n"


# Whoever waits is told what for.
@pytest.mark.slow
def test_a_notice_while_it_runs(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(exercises.marking, "NOTICE", 0.3)
    said: List[str] = []
    code = "import time\ndef relu(inputs):\n    time.sleep(0.7)\n    raise SystemExit\n"
    marking = exercises.Marking(written(tmp_path, code), Limits(20.0), said.append)
    assert [verdict.state for verdict in marking] == ["wrong"] * 4
    assert "relu" in said


# Marked here or in another process, a file gets the same verdicts.
@pytest.mark.slow
@pytest.mark.parametrize("part", SHEETS)
def test_the_other_process_says_the_same(part: int, tmp_path: Path, monkeypatch: Any) -> None:
    first = SHEETS[part].exercises[0].name
    path = written(tmp_path, f"{solved(part)}\n\ndef {first}(): print('!')\n")
    elsewhere = mark(path)
    monkeypatch.setattr(sys, "platform", "emscripten")
    here = mark(path)
    assert elsewhere.verdicts == here.verdicts and elsewhere.sheet == here.sheet
    assert elsewhere.score < elsewhere.possible


# ---- Marks ----


# An empty sheet scores 0, a solved one everything.
@pytest.mark.slow
@pytest.mark.parametrize("part", SHEETS)
def test_an_empty_sheet_scores_nothing_and_a_solved_one_everything(
    part: int, tmp_path: Path
) -> None:
    empty = mark(written(tmp_path, exercises.text_of(SHEETS[part], "empty.py"), "empty.py"))
    full = mark(written(tmp_path, solved(part), "full.py"))
    count = len(SHEETS[part].exercises)
    assert (empty.score, empty.possible) == (0, count) and (full.score, full.possible) == (count,
                                                                                         count)


# A sheet of functions that return None, or their first argument, or a constant, scores nothing.
@pytest.mark.slow
@pytest.mark.parametrize("body", ["return None", "return arguments[0] if arguments else 0",
                                  "return [[1.0]]", "return 0.0", "return ([], [])"])
@pytest.mark.parametrize("part", SHEETS)
def test_nothing_is_right_by_accident(part: int, body: str, tmp_path: Path) -> None:
    code = "\n".join(f"def {one.name}({', '.join(one.parameters)}):\n"
                     f"    arguments = [{', '.join(one.parameters)}]\n    {body}\n"
                     for one in SHEETS[part].exercises if not one.methods)
    path = written(tmp_path, code)
    verdicts_here = exercises.grade(SHEETS[part], exercises.read(path))
    assert [verdict.name for verdict in verdicts_here if verdict.state == "right"] == []


# ---- Plain lists ----

PLAIN = [name for name, one in EXERCISES.items() if one.plain]


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("code, expected", [
    ("def transpose(A): return linalg.transpose(A)", "uses linalg.transpose"),
    ("def helper(A): return linalg.transpose(A)\ndef transpose(A): return helper(A)",
     "uses linalg.transpose"),
    ("def transpose(A):\n    import numpy\n    return numpy.transpose(A).tolist()", "uses numpy"),
    ("import numpy as np\ndef transpose(A): return np.array(A).T.tolist()", "uses np.array"),
    ("from purenn.linalg import transpose as t\ndef transpose(A): return t(A)", "uses t"),
    ("transpose = lambda A: linalg.transpose(A)", "uses linalg.transpose"),
])
def test_plain_lists_are_looked_at(code: str, expected: str, tmp_path: Path) -> None:
    if "numpy" in code:
        pytest.importorskip("numpy")
    path = written(tmp_path, f"from purenn import linalg\n{code}\n")
    verdict = verdicts(mark(path))["transpose"]
    assert verdict.state == "wrong"
    assert expected in verdict.hint and "plain lists and loops" in verdict.hint


# What is wrong in numbers is said first: the hint is about the mistake, not about the library.
def test_a_mistake_comes_before_the_library(tmp_path: Path) -> None:
    path = written(tmp_path, "from purenn import linalg\n"
                             "def transpose(A): return linalg.multiply(A, 1.0)\n")
    assert verdicts(mark(path))["transpose"].hint == "the matrix comes back as it was"


# Nobody gets a mark for what the library has.
@pytest.mark.slow
@pytest.mark.parametrize("code, name", [
    ("from purenn.linalg import transpose", "transpose"),
    ("from purenn.activations import softmax", "softmax"),
    ("from purenn import linalg\ntranspose = linalg.transpose", "transpose"),
])
def test_what_is_imported_does_not_count(code: str, name: str, tmp_path: Path) -> None:
    hint = verdicts(mark(written(tmp_path, code)))[name].hint
    assert hint.startswith("this is purenn.") and hint.endswith("write your own")


# Whole parts are plain where the sheet says so.
def test_sheets_that_say_plain_are_plain() -> None:
    assert {part for part, sheet in SHEETS.items() if all(one.plain for one in sheet.exercises)} \
        == {1, 2, 5} == {part for part, sheet in SHEETS.items()
                         if sheet.introduction.strip().startswith("Write these with plain lists")}


# ---- Functions that call each other ----

CALLING = dedented(SOLUTIONS["dense_backward"])


# A function that calls a wrong one is not blamed for it: what is wrong is said first.
def test_the_function_that_is_called_is_blamed_first(tmp_path: Path) -> None:
    wrong = "def weights_gradient(inputs, output_gradient):\n    return inputs\n"
    code = HEAD + "".join(dedented(SOLUTIONS[name]) for name in (
        "biases_gradient", "input_gradient")) + wrong + CALLING
    hint = verdicts(mark(written(tmp_path, code)))["dense_backward"].hint
    assert hint == ("it calls other functions of this file: `weights_gradient` is not right yet; "
                    "begin there. In this one nothing is wrong.")


# A hole and a mistake of its own: both are said, in this order.
def test_a_hole_that_is_called_and_a_mistake_of_ones_own(tmp_path: Path) -> None:
    hole = "def weights_gradient(inputs, output_gradient):\n    ...\n"
    own = ("def dense_backward(inputs, weights, output_gradient):\n"
           "    n = len(inputs)\n"
           "    return (linalg.divide(weights_gradient(inputs, output_gradient), n),\n"
           "            linalg.divide(linalg.sum(output_gradient, axis=0), n),\n"
           "            linalg.divide(linalg.matmul(output_gradient, weights), n))\n")
    hint = verdicts(mark(written(tmp_path, HEAD + hole + own)))["dense_backward"].hint
    assert hint.startswith("it calls other functions of this file: `weights_gradient` is still a "
                           "hole; begin there. Then, in this one: it is divided by the number of")


# Also through a helper, and where the called function never ends: it is not called again.
@pytest.mark.slow
def test_an_endless_function_is_not_called_a_second_time(tmp_path: Path) -> None:
    code = (HEAD + "def dot(u, v):\n    while True:\n        pass\n"
            "def helper(u): return dot(u, u)\n"
            "def cosine(u, v):\n    return dot(u, v) / math.sqrt(helper(u) * helper(v))\n")
    marked = mark(written(tmp_path, code), QUICK)
    assert verdicts(marked)["cosine"].hint.endswith("begin there. In this one nothing is wrong.")


# ---- The class of part 4 ----

GOOD = dedented(SOLUTIONS["Layer"])


@pytest.mark.slow
@pytest.mark.parametrize("old, new, expected", [
    ("rng.gauss(0, deviation)", "0.5", "some weights begin alike"),
    ("rng.gauss(0, deviation)", "rng.gauss(0, 1)", "have a standard deviation of about"),
    ("rng.gauss(0, deviation)", "Random(1).gauss(0, deviation)", "some weights begin alike"),
    ("deviation = he", "rng = Random(3); deviation = he", "two layers begin with the same weights"),
    ("for i in range(inputs)", "for i in range(neurons)", "self.weights is 40 × 40 for 50 inputs"),
    ("[[0.0] * neurons]", "[0.0] * neurons", "self.biases is a list of"),
    ("[[0.0] * neurons]", "[[1.0] * neurons]", "the biases should begin at 0"),
    ("self.biases =", "biases =", "__init__ sets no self.biases"),
    ("self.biases)\n", "[[0.0] * len(self.weights)])\n", "the biases are missing"),
    ("def forward(self, inputs)", "def forward(self)", "its method forward: it takes (self)"),
    ("def forward(self, inputs)", "def ahead(self, inputs)", "it has no method forward"),
    ("return dense_forward", "dense_forward", "it returns None"),
    ("return dense_forward", "self.biases = [[1.0] * len(self.weights)]; return dense_forward",
     "forward changes"),
    ("class Layer:", "def Layer():", "should be a class"),
])
def test_what_can_be_wrong_in_a_class(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in GOOD
    code = HEAD + "from random import Random\n" + dedented(SOLUTIONS["dense_forward"]) + dedented(
        SOLUTIONS["he_deviation"]) + GOOD.replace(old, new)
    verdict = verdicts(mark(written(tmp_path, code)))["Layer"]
    assert verdict.state == "wrong" and expected in verdict.hint


# ---- Softmax along the wrong axis ----


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("code, expected", [
    ("p = linalg.exp(linalg.subtract(scores, linalg.max(scores, axis=0)))\n"
     "    return linalg.divide(p, linalg.sum(p, axis=0))", "the sum goes down the columns"),
    ("p = linalg.exp(linalg.subtract(scores, linalg.max(scores, axis=1)))\n"
     "    return linalg.divide(p, linalg.sum(p, axis=0))", "the sum goes down the columns"),
    ("p = linalg.exp(linalg.subtract(scores, linalg.max(scores, axis=0)))\n"
     "    return linalg.divide(p, linalg.sum(p, axis=1))", "the largest score of each column"),
    ("p = linalg.exp(linalg.subtract(scores, linalg.max(scores)))\n"
     "    return linalg.divide(p, linalg.sum(p, axis=1))", "the largest score of the whole batch"),
    ("p = linalg.exp(scores)\n    return linalg.divide(p, linalg.sum(p, axis=0))",
     "the sum goes down the columns"),
    ("p = linalg.exp(scores)\n    return linalg.divide(p, linalg.sum(p, axis=1))",
     "is the largest score of the row subtracted before exp?"),
    ("import numpy as np\n    s = np.array(scores) - np.max(scores)\n"
     "    return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)",
     "the largest score of the whole batch"),
])
def test_softmax_along_the_wrong_axis_is_told_the_truth(
    code: str, expected: str, tmp_path: Path
) -> None:
    if "numpy" in code:
        pytest.importorskip("numpy")
    path = written(tmp_path, f"{HEAD}def softmax(scores):\n    {code}\n".replace(
        "from purenn.activations import softmax\n", ""))
    verdict = verdicts(mark(path))["softmax"]
    assert verdict.state == "wrong" and expected in verdict.hint
    assert "overflow" not in verdict.hint or "subtracted before exp?" in expected


# Part 10's example has more than one test row: whoever takes the mean of the test rows is found.
def test_the_example_of_standardizing_has_test_rows_to_be_misled_by() -> None:
    assert len(EXERCISES["standardize"].example.arguments[1]) > 1


# ---- Refusals ----


def test_what_should_be_refused_has_to_be_refused(tmp_path: Path) -> None:
    zipped = "def dot(u, v): return sum(x * y for x, y in zip(u, v))\n"
    hint = verdicts(mark(written(tmp_path, zipped)))["dot"].hint
    assert "zip stops at the shorter one" in hint and "should raise ValueError" in hint
    other = ("def dot(u, v):\n    assert len(u) == len(v)\n"
             "    return sum(x * y for x, y in zip(u, v))\n")
    assert "AssertionError" in verdicts(mark(written(tmp_path, other)))["dot"].hint
    assert Raises("ValueError") == "ValueError"


# ---- Variants ----


# The same seed gives the same sheet; another seed gives other numbers; 0 is the common sheet.
@pytest.mark.parametrize("part", [1, 2, 3, 4, 5, 11])
def test_variants_differ_by_their_seed_and_by_nothing_else(part: int) -> None:
    texts = [exercises.text_of(SHEETS[part].variant(seed), "x.py") for seed in (3, 3, 4, 0)]
    assert texts[0] == texts[1] != texts[2] and texts[3] == exercises.text_of(SHEETS[part], "x.py")
    assert "Variant 3." in texts[0] and "Variant" not in texts[3]


# A solution of the question that was asked is right in every variant, and its examples are.
@pytest.mark.slow
@pytest.mark.parametrize("part", SHEETS)
@pytest.mark.parametrize("seed", [1, 2, 987654321])
def test_variants_can_be_solved(part: int, seed: int, tmp_path: Path) -> None:
    sheet = SHEETS[part].variant(seed)
    code = solved(part)
    if part == 1:
        code += GATES[tuple(sheet.exercises[-1].example.answer)]
    path = written(tmp_path, f'"""Part {part}. Variant {seed}."""\n{code}')
    learner = exercises.read(path)
    assert exercises.sheet_of(learner).seed == seed
    wrong = [one for one in exercises.grade(exercises.sheet_of(learner), learner)
             if one.state != "right"]
    assert wrong == []


GATES = {(0, 0, 0, 1): "\ndef gate(): return [1, 1], -1.5\n",
         (0, 1, 1, 1): "\ndef gate(): return [1, 1], -0.5\n",
         (0, 0, 1, 0): "\ndef gate(): return [1, -1], -0.5\n"}


# The questions themselves differ somewhere, so a neighbour's file is not always right.
def test_another_variant_may_ask_another_question() -> None:
    asked = {tuple(SHEETS[1].variant(seed).exercises[-1].example.answer) for seed in range(30)}
    assert asked == set(GATES)


# ---- Many files ----


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: Any) -> Path:
    folder: Path = tmp_path_factory.mktemp("handed_in")
    written(folder, solved(6), "ada/exercise_06.py")
    written(folder, exercises.text_of(SHEETS[6], "x.py"), "ben/exercise_06.py")
    written(folder, "def relu(inputs):\n    while True: pass\n", "cleo.py")
    written(folder, "def relu(:\n", "=dora.py")
    written(folder, f'"""Part 1. Variant 17."""\n{solved(1)}', "emil.py")
    written(folder, "x", ".hidden/x.py")
    written(folder, "x", "__pycache__/x.py")
    written(folder, "no Python", "notes.txt")
    return folder


# A folder becomes a table: every file has its line, and none stops the others.
@pytest.mark.slow
def test_a_folder_becomes_a_table(handed_in: Path) -> None:
    result = purenn("check", ".", "--seconds", "1", cwd=handed_in)
    assert result.returncode == 0 and result.stderr == ""
    lines = {line.split()[0]: line.split() for line in result.stdout.splitlines()}
    assert list(lines) == ["file", "=dora.py", "cleo.py", "emil.py",
                           os.path.join("ada", "exercise_06.py"),
                           os.path.join("ben", "exercise_06.py")]
    assert lines[os.path.join("ada", "exercise_06.py")][1:] == ["6", "-", "4/4", "1111"]
    assert lines[os.path.join("ben", "exercise_06.py")][1:] == ["6", "-", "0/4", "...."]
    assert lines["cleo.py"][1:] == ["6", "-", "0/4", "0000"]
    assert lines["emil.py"][1:3] == ["1", "17"]
    assert lines["=dora.py"][3] == "0/0"


# As CSV and as JSON it says the same, and no cell is a formula to a spreadsheet.
@pytest.mark.slow
def test_csv_and_json(handed_in: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "marks.json")
    result = purenn("check", ".", "--seconds", "1", "--csv", "-", "--json", out, cwd=handed_in)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    records = json.loads(Path(out).read_text("utf-8"))
    assert [row["score"] for row in rows] == [str(record["score"]) for record in records]
    assert rows[0]["file"] == "'=dora.py" and "no Python yet" in rows[0]["error"]
    ada = next(row for row in rows if row["file"].startswith("ada"))
    assert (ada["relu"], ada["softmax"], ada["neuron"], ada["possible"]) == ("1", "1", "", "4")
    cleo = next(record for record in records if record["file"] == "cleo.py")
    assert "does not come to an end" in cleo["functions"][0]["hint"]


# Several files, and what is not there.
@pytest.mark.slow
def test_several_files_and_none(handed_in: Path, tmp_path: Path) -> None:
    result = purenn("check", "ada", "emil.py", cwd=handed_in)
    assert result.returncode == 0 and len(result.stdout.splitlines()) == 3
    (tmp_path / "empty").mkdir()
    assert "no Python file" in purenn("check", "empty", cwd=tmp_path).stderr
    assert "no such file" in purenn("check", "empty", "nowhere.py", cwd=tmp_path).stderr
    both = purenn("check", ".", "--gradescope", "x.json", cwd=handed_in)
    assert both.returncode == 2 and "for one file" in both.stderr


# ---- Two services ----

# What Gradescope's description lists ("Autograder Specifications", section "Output format"): the
# keys of a result and of a test case, with the kinds of their values.
GRADESCOPE = {"score": (int, float), "execution_time": (int, float), "output": str,
              "output_format": str, "test_output_format": str, "test_name_format": str,
              "visibility": str, "stdout_visibility": str, "extra_data": dict, "tests": list,
              "leaderboard": list}
GRADESCOPE_TEST = {"score": (int, float), "max_score": (int, float), "status": str, "name": str,
                   "name_format": str, "number": str, "output": str, "output_format": str,
                   "tags": list, "visibility": str, "extra_data": dict}
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}


@pytest.mark.slow
@pytest.mark.parametrize("code", [solved(6), "def relu(inputs): return inputs\n", "def relu(:\n"])
def test_gradescope_reads_it(code: str, tmp_path: Path) -> None:
    path = written(tmp_path, code)
    purenn("check", path, "--gradescope", "results.json", cwd=tmp_path)
    result = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert set(result) <= set(GRADESCOPE)
    assert all(isinstance(value, GRADESCOPE[key]) for key, value in result.items())
    assert result["stdout_visibility"] in VISIBLE and result["output_format"] in FORMATS
    assert result["tests"]  # "optional, but required if no top-level score"
    for test in result["tests"]:
        assert set(test) <= set(GRADESCOPE_TEST)
        assert all(isinstance(value, GRADESCOPE_TEST[key]) for key, value in test.items())
        assert test["status"] in ("passed", "failed") and test["visibility"] in VISIBLE
        assert 0 <= test["score"] <= test["max_score"]
        assert (test["status"] == "passed") == (test["score"] == test["max_score"])


# GitHub Classroom's reporter decodes base64, adds up each `score`, or counts each "pass" and takes
# that part of max_score: both come to the same.
@pytest.mark.slow
@pytest.mark.parametrize("code, status, score", [
    (solved(6), "pass", 4), ("def relu(inputs): return inputs\n", "fail", 0),
    ("def relu(:\n", "error", 0), (HEAD + dedented(SOLUTIONS["relu"]), "fail", 1),
])
def test_github_classroom_reads_it(code: str, status: str, score: int, tmp_path: Path) -> None:
    path = written(tmp_path, code)
    done = purenn("check", path, "--github", "-", cwd=tmp_path)
    assert done.stdout.count("\n") == 1 and done.returncode == (0 if status == "pass" else 1)
    result = json.loads(base64.b64decode(done.stdout, validate=False).decode("utf-8"))
    assert result["version"] == 1 and result["status"] == status
    added = sum(test["score"] for test in result["tests"])
    passed = [test["status"] for test in result["tests"]].count("pass")
    assert added == score == passed / len(result["tests"]) * result["max_score"]
    assert all(set(test) == {"name", "status", "score", "message"} for test in result["tests"])


# A table is as wide as its longest name, and shows nothing that a terminal would obey.
def test_a_table_of_strange_names() -> None:
    marked = [Marked("a\x1b[31m.py", None, (), 0.0, "no"), Marked("b.py", SHEETS[1], (), 0.0)]
    lines = reports.as_table(marked)
    assert "\x1b" not in "\n".join(lines) and len(lines) == 3


# ---- The page for teachers ----


# It has a line for every part, counts what there is, and every command in it can be given.
@pytest.mark.slow
def test_the_page_for_teachers_is_complete_and_its_commands_are_known(tmp_path: Path) -> None:
    text = teaching.page()
    for part, sheet in SHEETS.items():
        assert f"| {part} | {sheet.title} |" in text
        assert f"| {len(sheet.exercises)} functions, " in text
    assert len(parsed(text, "teaching")) > 20  # the dialect of the lessons
    assert set(teaching.NEEDS) == set(SHEETS) == set(parts.numbers())
    assert f"There are {len(EXERCISES)} functions" in text and "{" not in text.replace("${{", "")
    for option in ("--csv", "--json", "--gradescope", "--github", "--seconds", "--megabytes"):
        assert option in text and option in purenn("check", "--help", cwd=tmp_path).stdout
    assert "--seed" in text and "--seed" in purenn("exercise", "--help", cwd=tmp_path).stdout


# The sheets that it calls plain are the plain ones.
def test_the_page_names_the_plain_sheets() -> None:
    plain = {part for part, sheet in SHEETS.items() if all(one.plain for one in sheet.exercises)}
    assert plain == {1, 2, 5} and "parts 1, 2 and 5" in teaching.page()
