"""Tables on the command line: what can be asked of them, and advice that can be followed."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path
from random import Random
from typing import Any, Tuple

import pytest

import purenn
from purenn.app import options as words
from purenn.app.main import COMMANDS
from purenn.data import TableOptions
from test_app import ROOT, environment, strict_json
from test_app_models import houses, write_table

PACKAGE = Path(purenn.__file__).resolve().parent


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    from purenn.app.main import main as command_line

    monkeypatch.chdir(tmp_path)

    def call(line: str) -> Tuple[int, str, str]:
        code = command_line(shlex.split(line))
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return call


@pytest.fixture
def shop(tmp_path: Path, main: Any) -> Path:
    """A folder with a table, and a model of it."""
    write_table(tmp_path / "houses.csv", houses())
    rows = [["id", "colour", "size", "note", "kind"]]
    rng = Random(1)
    for number in range(120):
        kind = number % 3
        rows.append([100 + number, ["red", "green", "blue"][kind if rng.random() < 0.8 else 0],
                     f"{kind + rng.random():.3f}", "x" * (number % 4 + 1),
                     ["ash", "oak", "yew"][kind]])
    write_table(tmp_path / "t.csv", rows)
    assert main("train t.csv --ignore id -o m.st --quiet --epochs 60")[0] == 0
    return tmp_path


# ---- predict ----


# --keep writes columns of the table before the answers: some, or all.
@pytest.mark.slow
def test_columns_are_kept_beside_the_answers(shop: Path, main: Any) -> None:
    code, output, _ = main("predict m.st t.csv --keep id,kind --probabilities")
    rows = list(csv.reader(io.StringIO(output)))
    assert code == 0 and rows[0][:3] == ["id", "kind", "prediction"] and len(rows) == 121
    assert [row[0] for row in rows[1:4]] == ["100", "101", "102"]
    assert sum(row[1] == row[2] for row in rows[1:]) > 100
    rows = list(csv.reader(io.StringIO(main("predict m.st t.csv --keep all")[1])))
    assert rows[0] == ["id", "colour", "size", "note", "kind", "prediction"]
    assert main("predict m.st t.csv --keep=-1")[1].startswith("kind,prediction\n")
    code, output, errors = main("predict m.st t.csv --keep weight")
    assert code == 2 and "no column 'weight'; there are 'id', 'colour'" in errors and not output


# Rows that cannot be answered are answered empty and told of; --strict ends at the first.
@pytest.mark.slow
def test_bad_rows_do_not_stop_the_answers(shop: Path, main: Any) -> None:
    (shop / "new.csv").write_text(
        "size,colour,note\n1,red,x\nmany,red,x\n2,pink,x\n,red,x\n1,red\n0.5,red,x\n99,red,x\n")
    code, output, errors = main("predict m.st new.csv")
    answers = [row[0] for row in csv.reader(io.StringIO(output))][1:]
    assert code == 0 and len(answers) == 7
    assert [bool(answer) for answer in answers] == [True, False, False, False, False, True, True]
    assert errors.count("not answered: new.csv, row ") == 4
    assert errors.count("far outside: new.csv, row 8: 'size' is 99, in training it was") == 1
    code, output, errors = main("predict m.st new.csv --strict")
    assert code == 1 and output.count("\n") == 2 and errors.startswith("purenn: error: new.csv, ro")
    code, output, errors = main("predict m.st new.csv --unseen zeros --missing mean")
    assert code == 0 and errors.count("not answered") == 2  # no number, too few cells
    code, output, _ = main("predict m.st new.csv --missing drop")
    assert output.count("\n") == 7


# Names are data in a file, and harmless on a terminal.
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX")
def test_names_are_harmless_on_a_terminal(tmp_path: Path, main: Any) -> None:
    evil = "\x1b[2J\u202eevil"
    write_table(tmp_path / "e.csv", [["x", "kind"], *([[1, evil], [9, "good"]] * 20)])
    assert main("train e.csv -o e.st --quiet")[0] == 0
    assert evil in main("predict e.st e.csv")[1]
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "predict", "e.st", "e.csv", "--probabilities"],
        cwd=str(tmp_path), env=environment(PYTHONPATH=str(ROOT)), stdout=slave, stderr=slave,
        stdin=subprocess.DEVNULL)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert process.wait(timeout=60) == 0
    assert b"\x1b" not in shown and b"\\x1b[2J\\u202eevil" in shown
    for command in ("show e.st", "evaluate e.st e.csv", "doctor e.csv", "train e.csv --quiet"):
        said = "".join(main(command)[1:])
        assert "\x1b" not in said and "\u202e" not in said, command


# ---- evaluate ----


@pytest.mark.slow
def test_importance_as_a_table_and_as_a_picture(shop: Path, main: Any) -> None:
    code, output, _ = main("evaluate m.st t.csv --importance --plot i.svg --json")
    found = strict_json(output)
    names = [one["name"] for one in found["importance"]]
    assert code == 0 and set(names) == {"size", "colour", "note"} and names[-1] == "note"
    xml.etree.ElementTree.parse(str(shop / "i.svg"))
    text = main("evaluate m.st t.csv --importance")[1]
    assert "Importance: what accuracy loses when a column is shuffled" in text and "±" in text
    assert "(baseline 0.3333)" in text and "commonest class, 'ash'" in text


@pytest.mark.slow
def test_rows_that_cannot_be_used_are_left_out_and_told_of(shop: Path, main: Any) -> None:
    (shop / "new.csv").write_text(
        "size,colour,note,kind\n0.5,red,x,ash\n1.5,pink,x,oak\n2.5,blue,x,elm\n2.5,blue,x,yew\n")
    code, output, errors = main("evaluate m.st new.csv --json")
    found = strict_json(output)
    assert code == 0 and (found["rows"], found["rows left out"]) == (2, 2)
    assert errors.count("left out: new.csv, row ") == 2
    code, output, errors = main("evaluate m.st new.csv --strict")
    assert code == 1 and output == "" and "'pink'" in errors and "--unseen zeros" in errors
    (shop / "other.csv").write_text("size,colour,note,tree\n0.5,red,x,ash\n1.5,green,x,oak\n")
    assert strict_json(main("evaluate m.st other.csv --target tree --json")[1])["rows"] == 2


# ---- train ----


@pytest.mark.slow
def test_folds_say_mean_and_spread(shop: Path, main: Any) -> None:
    code, output, _ = main("train t.csv --ignore id --folds 4 --epochs 20 --quiet")
    assert code == 0 and "4 folds" in output
    assert re.search(r"accuracy +0\.\d{4} ± 0\.\d{4}", output)
    assert re.search(r"baseline accuracy +0\.3333 ± 0\.0", output)
    found = strict_json(main("train houses.csv --folds 3 --epochs 30 --quiet --json")[1])
    assert len(found["folds"]) == 3 and all(one["r2"] > 0.9 for one in found["folds"])
    code, output, errors = main("train t.csv --ignore id --folds 3 --epochs 9 -o f.st")
    assert code == 0 and "3 folds" in errors and (shop / "f.st").exists()
    assert main("train t.csv --folds 1")[0] == 2


@pytest.mark.slow
def test_class_weights_on_the_command_line(shop: Path, main: Any) -> None:
    for weight, told in (("balanced", "balanced"), ("ash=10,oak=1", {"ash": 10.0, "oak": 1.0})):
        line = f"train t.csv --ignore id --class-weight {weight} --epochs 3 --quiet --json -o w.st"
        code, output, _ = main(line)
        assert code == 0 and strict_json(output)["settings"]["class_weight"] == told
        assert purenn.load(str(shop / "w.st")).class_weight == told
    code, _, errors = main("train t.csv --class-weight ash --quiet")
    assert code == 2 and "yes=10,no=1" in errors
    code, _, errors = main("train t.csv --ignore id --class-weight elm=2 --quiet")
    assert code == 1 and "out of ash, oak, yew, got 'elm'" in errors


# What becomes of each column is told before the training, to whoever did not ask for quiet.
@pytest.mark.slow
def test_what_becomes_of_each_column_is_told(shop: Path, main: Any) -> None:
    _, _, errors = main("train t.csv --epochs 1")
    assert re.search(r"size +number +0 +\d+ +1 input", errors)
    assert re.search(r"colour +text +0 +3 +3 inputs", errors)
    assert "--ignore id" in errors  # all distinct, in order
    assert "column" not in main("train t.csv --epochs 1 --quiet")[2]
    assert main("doctor t.csv --ignore id")[1].startswith("column  type")


# ---- Help ----


@pytest.mark.slow
def test_help_says_how_purenn_was_called(shop: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "purenn", "train", "--help"], cwd=str(shop),
                          env=environment(PYTHONPATH=str(ROOT)), stdout=subprocess.PIPE,
                          encoding="utf-8", timeout=60, check=True)
    assert "usage: python3 -m purenn train" in done.stdout
    assert "  python3 -m purenn train spiral" in done.stdout
    assert not re.search(r"^  purenn ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_its_columns_without_breaking_words(
    command: str, columns: int, main: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    known = set(main(f"{command} --help")[1].split())
    monkeypatch.setenv("COLUMNS", str(columns))
    narrow = main(f"{command} --help")[1]
    assert set(narrow.split()) <= known
    for line in narrow.splitlines():
        # An option keeps its value, and what excludes it.
        unbroken = re.sub(r"\[\S+(?: (?:\| )?\S+)?\]", "[]", line)
        assert len(line) <= columns or len(unbroken.split()) == 1, line


# ---- Advice that can be followed ----


def advised() -> Any:
    """Yield the options of every Advice in the source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Advice":
                for argument in node.args[1:]:
                    if isinstance(argument, ast.Dict):
                        yield from (key.value for key in argument.keys
                                    if isinstance(key, ast.Constant))


@pytest.mark.slow
def test_every_option_that_is_advised_exists() -> None:
    parser = words.Parser()
    from purenn.app import train

    train.add(parser)
    known = set(vars(parser.parse_args(["t.csv"])))
    names = set(advised())
    assert {"missing", "ignore", "validation"} <= names <= known
    assert names - {"validation"} <= set(TableOptions._fields)


TROUBLE = {
    "holes": "a,b,y\n1,2,3\n,3,4\n5,,6\n7,8,9\n2,3,5\n",
    "commas": "a;y\n1,5;2,5\n2,5;3,0\n4,0;4,5\n3,5;4,0\n",
    "semicolons": "a;b\n1;2\n2;4\n3;6\n",
    "percent": "a,b,y\n5%,1,1\n6%,2,2\n7%,4,3\n",
    "dates": "day,y\n2024-01-01,1\n2024-01-02,2\n2024-02-03,4\n",
    "many words": "name,a,y\n" + "".join(f"n{n},{n},{n * n % 17}\n" for n in range(80)),
    "stray word": "a,y\n1,2\n2,3\nx,4\n4,5\n",
    "latin-1": "größe,y\n1,2\n2,3\n4,5\n".encode("latin-1"),
    "two header lines": "made by hand,,\na,b,y\n1,2,3\n2,3,4\n3,4,6\n",
    "title": "made by hand\na,b,y\n1,2,3\n2,3,4\n3,4,6\n",
    "same names": "a,a,y\n1,2,3\n2,3,4\n3,4,6\n",
    "empty column": "a,b,y\n1,,3\n2,,4\n3,,6\n",
    "few rows": "a,y\n1,2\n",
    "1_0": "a,y\n1,2\n1_0,3\n3,4\n",
    "ids": "a,y\n1,x\n2,y\n3,x\n4,z\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TROUBLE)
def test_advice_is_followed_to_a_model_or_to_another_clear_word(
    name: str, tmp_path: Path, main: Any
) -> None:
    text = TROUBLE[name]
    (tmp_path / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    said = ""
    line = "train t.csv --epochs 1 -o m.st --quiet"
    for _ in range(4):
        code, _, errors = main(line)
        if code == 0:
            assert (tmp_path / "m.st").exists()
            return
        assert code == 1 and errors.startswith("purenn: error: ") and errors != said, errors
        said = errors
        option = r"--[a-z-]+(?:[ =](?:'[^']*'|[^\s;'-]\S*(?<![;.])))?"
        found = re.search(rf"(?<=[ :]){option}(?: {option})*", errors)
        if found is None:
            break
        line += " " + found[0]
    assert name in ("few rows", "title"), (line, said)


@pytest.mark.slow
def test_json_is_strict_everywhere(shop: Path, main: Any) -> None:
    for line in ("train t.csv --ignore id --epochs 1 --quiet --json --validation 0",
                 "evaluate m.st t.csv --json --importance"):
        json.loads(main(line)[1], parse_constant=lambda name: pytest.fail(name))


def test_every_row_has_its_line_of_answers_also_where_training_left_out_holes(
    main: Any, tmp_path: Path
) -> None:
    table, model = tmp_path / "holes.csv", str(tmp_path / "model")
    rows = [f"{k},{'' if k % 5 == 0 else k % 7},{'ab'[k % 2]}" for k in range(40)]
    table.write_text("x,y,kind\n" + "\n".join(rows) + "\n")
    assert main(f"train {table} --missing drop --epochs 2 --quiet -o {model}")[0] == 0
    code, answers, told = main(f"predict {model} {table} --keep x")
    lines = answers.splitlines()
    assert code == 0 and [line.split(",")[0] for line in lines] == ["x", *map(str, range(40))]
    assert [k for k, line in enumerate(lines[1:]) if line.endswith(",")] == list(range(0, 40, 5))
    assert "row 2, column 'y'" in told
    left_out = main(f"predict {model} {table} --missing drop")[1]  # asked for, and done
    assert len(left_out.splitlines()) == 1 + 32


# ---- Several targets ----


@pytest.fixture
def weather(tmp_path: Path, main: Any) -> Path:
    """A folder with a table of two columns to be predicted, one of them with a comma, and a model.

    The first is 1000 times as large as the second; neither is hard to learn.
    """
    rng = Random(1)
    rows: Any = [["temp", "kind", "rain, mm", "sun"]]
    for _ in range(200):
        temp, kind = rng.gauss(15, 5), int(3 * rng.random())
        rows.append([f"{temp:.2f}", "abc"[kind], f"{1000 * temp + 500 * kind:.1f}",
                     f"{kind - temp / 10:.3f}"])
    write_table(tmp_path / "w.csv", rows)
    code, output, _ = main("train w.csv --target 'sun,\"rain, mm\"' -o w.st --quiet")
    assert code == 0 and "rain, mm  r2 0.9" in output and "sun       r2 0.9" in output
    return tmp_path


@pytest.mark.slow
def test_several_targets_are_learned_predicted_and_measured(weather: Path, main: Any) -> None:
    code, output, _ = main("predict w.st w.csv --keep '\"rain, mm\",sun'")
    head, *rows = csv.reader(io.StringIO(output))
    assert head == ["rain, mm", "sun", "prediction rain, mm", "prediction sun"]
    for rain, sun, said_rain, said_sun in rows[:50]:
        assert abs(float(rain) - float(said_rain)) < 3000
        assert abs(float(sun) - float(said_sun)) < 0.6
    found = strict_json(main("evaluate w.st w.csv --json --importance")[1])
    assert list(found["targets"]) == ["rain, mm", "sun"] and found["r2"] > 0.95
    assert found["r2"] == pytest.approx(
        sum(one["r2"] for one in found["targets"].values()) / 2)
    assert "mean_absolute_error" not in found  # of millimetres and hours
    assert "target: rain, mm, sun\n" in main("show w.st")[1]
    assert "rows of 2 targets" in main("doctor w.csv --target 'sun,\"rain, mm\"'")[1]
    assert "r2" in main("train w.csv --target=-1,-2 --folds 3 --epochs 2 --plot w.svg")[1]


@pytest.mark.slow
def test_several_targets_in_python_and_in_other_files(weather: Path, main: Any) -> None:
    model = purenn.load("w.st")
    row = {"temp": 15, "kind": "b"}
    [[rain, sun]] = model.predict([row])
    model.save("again.st")
    assert purenn.load("again.st").predict([row]) == [[rain, sun]]
    (weather / "new.csv").write_text("kind,temp\nb,15\n")
    assert main("export w.st -o w.py")[0] == 0
    for command in (["w.py"], ["-m", "purenn", "predict", "w.st"]):
        said = subprocess.run([sys.executable, *command, "new.csv"], check=True, encoding="utf-8",
                              env=environment(PYTHONPATH=str(ROOT)), stdout=subprocess.PIPE).stdout
        assert said.splitlines()[0] == '"prediction rain, mm",prediction sun'
        assert [float(cell) for cell in said.splitlines()[1].split(",")] == pytest.approx(
            [rain, sun], abs=1e-9)


# A second file may call its targets otherwise, and rows without all of them are left out.
@pytest.mark.slow
def test_several_targets_of_other_names_and_with_holes(weather: Path, main: Any) -> None:
    text = (weather / "w.csv").read_text(encoding="utf-8").replace('"rain, mm"', "wet")
    lines = text.splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:-1], ""])
    (weather / "v.csv").write_text("\n".join(lines), encoding="utf-8")
    code, output, errors = main("evaluate w.st v.csv --target wet,sun")
    assert code == 0 and output.startswith("v.csv: 199 rows\n") and "column 'sun'" in errors
    assert "got 1 column" in main("evaluate w.st v.csv --target wet")[2]
    assert "'rain, mm', 'sun'" in main("evaluate w.st v.csv")[2]
    for word, part in (("kind,sun", "regression expects a number as the target, got 'a'"),
                       ("temp,kind,wet,sun", "not all columns can be targets"),
                       ("wet,sunn", "Did you mean: --target wet,sun")):
        code, _, errors = main(f"train v.csv --missing drop --target {word}")
        assert code == 1 and part in errors, errors
    assert main("train w.csv --target sun,temp --task classification")[0] == 2


@pytest.mark.parametrize("wrong, meant", [
    ("--target 'temp,knd'", "--target temp,kind"), ("--target knd", "--target kind"),
    ("--target sun --ignore knd,temp", "--ignore kind,temp"),
])
def test_one_wrong_name_of_several_leaves_the_others_in_the_advice(
    weather: Path, main: Any, wrong: str, meant: str
) -> None:
    assert main(f"train w.csv {wrong}")[2].rstrip().endswith(f"mean: {meant}")


def test_show_says_whether_columns_share_a_scale() -> None:
    from purenn.app.show import _standardized

    pixels = _standardized(purenn.data.Standardizer([0.0, 0.0], [8.5, 8.5]))
    assert pixels.startswith("inputs are divided by 8.5 inside the model")
    for means, deviations in (([0.0, 1.0], [2.0, 2.0]), ([0.0, 0.0], [2.0, 3.0]), ([0.0], [2.0])):
        assert _standardized(purenn.data.Standardizer(means, deviations)) == (
            "inputs are standardized inside the model")
