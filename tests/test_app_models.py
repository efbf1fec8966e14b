"""From a file of one's own to a model and to predictions, as a user of the command line goes.

Real files, real processes, real pipes and signals. Above each test stands the promise that it holds
purenn to.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import platform
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any, Dict, List, Optional, Tuple

import pytest

import purenn as library
from purenn.data import encode_csv, iris, read_idx, read_rows
from purenn.store import safetensors
from purenn.store.model import load_model
from test_app import ROOT, environment, strict_json

posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")

COLUMNS = ["id", "sepal length", "colour, as seen", "sepal width", "petal length", "petal width",
           "species"]
COLOURS = ["red", 'a "deep" blue', "grün"]
NAMES = ["Iris setosa", "Iris, versicolor", 'I. "virginica"']


def run(folder: Path, *words: Any, text: Optional[str] = None, **changes: Optional[str]) -> Any:
    """Run `python -m purenn …` in a folder to its end."""
    return subprocess.run(
        command(*words), cwd=str(folder), env=at_home(**changes), encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
        **({"input": text} if text is not None else {"stdin": subprocess.DEVNULL}),
    )


def start(folder: Path, *words: Any, **options: Any) -> Any:
    """Start `python -m purenn …`; Ctrl-C reaches it even where background jobs ignore it."""
    return subprocess.Popen(
        command(*words), cwd=str(folder), env=at_home(), encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=hear_interrupts if os.name == "posix" else None, **options)


def command(*words: Any) -> List[str]:
    return [sys.executable, "-m", "purenn", *map(str, words)]


def at_home(**changes: Optional[str]) -> Dict[str, str]:
    return environment(PYTHONPATH=str(ROOT), **changes)


def hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def done(result: Any) -> Any:
    """Return the result of a process that must have ended well."""
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return result


def write_table(path: Path, rows: List[List[Any]]) -> Path:
    opener: Any = gzip.open if path.name.endswith(".gz") else open
    with opener(str(path), "wt", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def flowers(every: int = 1, holes: bool = True, first: int = 0) -> List[List[Any]]:
    """Return rows of iris as somebody may keep them: quotes, words, running numbers, holes."""
    data = iris()
    rows: List[List[Any]] = []
    for number in range(first, len(data.inputs), every):
        cells: List[Any] = list(data.inputs[number])
        if holes and number % 25 == 7:
            cells[number % 4] = ["", "NA", "?"][number % 3]
        rows.append([number, cells[0], COLOURS[number % 3], *cells[1:],
                     NAMES[data.targets[number]]])  # type: ignore[index]  # class numbers
    return rows


def houses(count: int = 200) -> List[List[Any]]:
    rng, rows = Random(3), []
    for _ in range(count):
        rooms, area = int(1 + rng.random() * 6), round(20 + rng.random() * 180, 1)
        rows.append([rooms, area, round(100000 + 3000 * area + 20000 * rooms)])
    return [["rooms", "area", "price"], *rows]


def write_idx(folder: Path, count: int, side: int, suffix: str = ".gz") -> Tuple[Path, Path]:
    """Write images of four kinds, each with one bright corner, and their labels."""
    rng = Random(5)
    labels = bytes(int(rng.random() * 4) for _ in range(count))
    kinds = []
    for kind in range(4):
        rows, columns = range(side // 2 * (kind // 2), side), range(side // 2 * (kind % 2), side)
        kinds.append(bytes(200 + kind if y in rows[:side // 2] and x in columns[:side // 2] else 0
                           for y in range(side) for x in range(side)))
    images, answers = folder / f"images{suffix}", folder / f"labels{suffix}"
    opener: Any = gzip.open if suffix == ".gz" else open
    with opener(str(images), "wb") as file:
        file.write(struct.pack(">HBBIII", 0, 8, 3, count, side, side))
        for label in labels:
            file.write(kinds[label])
    with opener(str(answers), "wb") as file:
        file.write(struct.pack(">HBBI", 0, 8, 1, count) + labels)
    return images, answers


@pytest.fixture(scope="module")
def shop(tmp_path_factory: Any) -> Path:
    """A folder with a table of flowers, one of houses, images, and a model of each."""
    folder: Path = tmp_path_factory.mktemp("shop")
    write_table(folder / "flowers.csv", [COLUMNS, *flowers()])
    write_table(folder / "houses.csv.gz", houses())
    write_idx(folder, 120, 6)
    done(run(folder, "train", "flowers.csv", "--ignore", "id", "--missing", "mean", "--quiet",
             "--epochs", 80, "-o", "flowers.safetensors"))
    done(run(folder, "train", "houses.csv.gz", "-o", "houses.json", "--quiet", "--epochs", 60))
    done(run(folder, "train", "images.gz", "labels.gz", "-o", "images.safetensors", "--quiet",
             "--epochs", 10))
    return folder


def predicted(text: str) -> List[List[str]]:
    """Return the cells of predictions, which must begin with a line of names."""
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "prediction"
    return rows[1:]


# ---- A table with classes ----


# A table with quotes, words and holes goes in, new rows come out with the right names.
@pytest.mark.slow
def test_new_flowers_get_their_names(shop: Path) -> None:
    new = [row[:-1] for row in flowers(every=10, holes=False, first=3)]
    write_table(shop / "new.csv", [COLUMNS[:-1], *new])
    names = [row[0] for row in predicted(done(run(shop, "predict", "flowers.safetensors",
                                                  "new.csv")).stdout)]
    right = [row[-1] for row in flowers(every=10, holes=False, first=3)]
    assert sum(a == b for a, b in zip(names, right)) >= len(right) - 1
    assert len(names) == len(right) and set(names) == set(NAMES)


# The same file in Python gives the same names and the same probabilities, to the last bit.
@pytest.mark.slow
def test_python_says_the_same(shop: Path) -> None:
    table = str(shop / "flowers.csv")
    model: Any = library.load(str(shop / "flowers.safetensors"))
    encoding = load_model(str(shop / "flowers.safetensors")).table()
    rows = list(read_rows(table, encoding))
    printed = predicted(done(run(shop, "predict", "flowers.safetensors", "flowers.csv",
                                 "--probabilities")).stdout)
    assert [row[0] for row in printed] == model.predict(rows)
    probabilities = [model.predict_proba([row])[0] for row in rows]
    assert [list(map(float, row[1:])) for row in printed] == probabilities
    assert model.classes_ == sorted(NAMES)


# The columns of probabilities are named after the classes, in the order of the model.
@pytest.mark.slow
def test_names_of_probabilities(shop: Path) -> None:
    text = done(run(shop, "predict", "flowers.safetensors", "flowers.csv",
                    "--probabilities")).stdout
    assert next(csv.reader([text.split("\n")[0]])) == [
        "prediction", *(f"p({name})" for name in sorted(NAMES))]


# Columns are found by name in any order, others are passed over; without names, by position.
@pytest.mark.slow
def test_columns_by_name_and_by_position(shop: Path) -> None:
    rows = flowers(every=20, holes=False)
    order = [5, 3, 1, 4, 2]
    mixed = [[COLUMNS[i] for i in order] + ["note"], *([row[i] for i in order] + ["x"]
                                                       for row in rows)]
    write_table(shop / "mixed.csv", mixed)
    write_table(shop / "bare.csv", rows)
    answers = [done(run(shop, "predict", "flowers.safetensors", name)).stdout
               for name in ("mixed.csv", "bare.csv")]
    assert answers[0] == answers[1]
    assert len(predicted(answers[0])) == len(rows)


# evaluate says the accuracy that predictions have, class by class too, and --json is strict JSON.
@pytest.mark.slow
def test_evaluate(shop: Path) -> None:
    result = done(run(shop, "evaluate", "flowers.safetensors", "flowers.csv", "--json"))
    found = strict_json(result.stdout)
    names = [row[0] for row in predicted(
        done(run(shop, "predict", "flowers.safetensors", "flowers.csv")).stdout)]
    right = [row[-1] for row in flowers()]
    assert found["rows"] == 150 and [one["class"] for one in found["classes"]] == sorted(NAMES)
    assert found["baseline"] == {"accuracy": 1 / 3}
    assert found["accuracy"] == sum(a == b for a, b in zip(names, right)) / 150 > 0.9
    counts = found["confusion_matrix"]
    assert sum(counts[i][i] for i in range(3)) == round(150 * found["accuracy"])
    for score in found["classes"]:
        name = score["class"]
        assert score["support"] == 50
        assert score["recall"] == sum(
            a == b == name for a, b in zip(names, right)) / 50
    text = done(run(shop, "evaluate", "flowers.safetensors", "flowers.csv")).stdout
    assert f"accuracy  {found['accuracy']:.4f}" in text
    assert "precision     recall         f1    support" in text and "Confusion matrix" in text


# show says what is in the file: layers, classes, columns, where it comes from; and it is sound.
@pytest.mark.slow
def test_show(shop: Path) -> None:
    text = done(run(shop, "show", "flowers.safetensors")).stdout
    for part in ("a classifier", "Dense(7 → 16)", *NAMES, "sepal length", "one of", "grün",
                 "flowers.csv", "rows learned from: 120", "epochs 80", "outputs match to 1e-12",
                 "torch.nn.Sequential(torch.nn.Linear(7, 16), torch.nn.Tanh(), "
                 "torch.nn.Linear(16, 3)).double()"):
        assert part in text, part
    assert "if it is missing" in text


# The line for PyTorch is true: it takes the tensors of the file, and says what purenn says.
@pytest.mark.slow
@pytest.mark.interop
def test_the_line_for_pytorch(shop: Path) -> None:
    torch = pytest.importorskip("torch")
    line = run(shop, "show", "flowers.safetensors").stdout.split("in PyTorch: ")[1].strip()
    twin = eval(line, {"torch": torch})
    with open(str(shop / "flowers.safetensors"), "rb") as file:
        tensors, _ = safetensors.read(file)
    twin.load_state_dict({
        name: torch.tensor(list(tensor.values), dtype=torch.float64).reshape(tensor.shape)
        for name, tensor in tensors.items()})
    network = load_model(str(shop / "flowers.safetensors")).network
    rows = [[0.5, -1.0, 0.25, 1.0, 0.0, -0.5, 2.0]]
    assert twin(torch.tensor(rows, dtype=torch.float64)).tolist()[0] == pytest.approx(
        network.predict(rows)[0], rel=1e-9)


# Words that the training did not know are refused with their place, or let be none on request.
@pytest.mark.slow
def test_unseen_words(shop: Path) -> None:
    rows = [row[:-1] for row in flowers(every=50, holes=False)]
    rows[1][2] = "purple"
    write_table(shop / "purple.csv", [COLUMNS[:-1], *rows])
    told = done(run(shop, "predict", "flowers.safetensors", "purple.csv"))
    assert [row[0] == "" for row in predicted(told.stdout)] == [False, True, False]
    assert "not answered: purple.csv, row 3" in told.stderr
    refused = run(shop, "predict", "flowers.safetensors", "purple.csv", "--strict")
    assert refused.returncode == 1
    assert len(predicted(refused.stdout)) == 1  # the rows before it were answered
    assert "purple.csv, row 3, column 'colour, as seen'" in refused.stderr
    assert "'purple'" in refused.stderr and refused.stderr.count("\n") == 1
    answered = done(run(shop, "predict", "flowers.safetensors", "purple.csv", "--unseen", "zeros"))
    assert len(predicted(answered.stdout)) == 3


# --target by name or position, --task, --text, --delimiter and --no-header do what they say.
@pytest.mark.slow
def test_options_for_tables(tmp_path: Path) -> None:
    rows = [[number % 2, 1000 + number % 3, number / 7] for number in range(60)]
    (tmp_path / "t.csv").write_text(
        "\n".join("\t".join(map(str, row)) for row in rows), encoding="utf-8")
    for target in ("0", "-3", "column 1"):
        result = done(run(tmp_path, "train", "t.csv", "--delimiter", "tab", "--no-header",
                          f"--target={target}", "--task", "classification", "--text", "1",
                          "--epochs", 3, "--quiet", "-o", "t.json", "--json"))
        settings = strict_json(result.stdout)["settings"]
        assert settings["delimiter"] == "\t" and settings["text"] == [1]
        model = load_model(str(tmp_path / "t.json"))
        assert model.classes == ["0", "1"]
        assert list(model.feature_names) == [
            "column 2=1000", "column 2=1001", "column 2=1002", "column 3"]


# Names win: "iris" is the set even beside a file of that name, ./iris is the file.
@pytest.mark.slow
def test_names_win(tmp_path: Path) -> None:
    write_table(tmp_path / "iris", houses(30))
    assert "Fisher" in done(run(tmp_path, "train", "iris", "--epochs", 1, "--quiet")).stdout
    assert "iris: 30 rows" in done(run(tmp_path, "train", "./iris", "--epochs", 1,
                                       "--quiet")).stdout


# ---- Values, images, sets that come along, models made in Python ----


# Prices in hundreds of thousands are learned, and predicted in their own unit.
@pytest.mark.slow
def test_values_in_their_own_unit(shop: Path) -> None:
    found = strict_json(done(run(shop, "evaluate", "houses.json", "houses.csv.gz",
                                 "--json")).stdout)
    assert found["rows"] == 200 and found["r2"] > 0.98
    assert 0 < found["mean_absolute_error"] < 20000
    printed = [float(row[0]) for row in predicted(
        done(run(shop, "predict", "houses.json", "houses.csv.gz")).stdout)]
    model: Any = library.load(str(shop / "houses.json"))
    encoding = load_model(str(shop / "houses.json")).table()
    data = encode_csv(str(shop / "houses.csv.gz"), encoding)
    assert printed == [model.predict([row])[0] for row in data.inputs]
    assert model.score(data.inputs, [row[0] for row in data.targets]) == pytest.approx(found["r2"])
    text = done(run(shop, "evaluate", "houses.json", "houses.csv.gz")).stdout
    assert "mean absolute error" in text and "Confusion" not in text


# While values are learned, the loss is that of standardized values: 1 is the mean of them all.
@pytest.mark.slow
def test_the_loss_of_values(shop: Path) -> None:
    result = done(run(shop, "train", "houses.csv.gz", "--epochs", 5, "--quiet", "--json"))
    whole = strict_json(result.stdout)
    assert whole["history"][0]["loss"] < 10
    assert whole["metrics"]["r2"] == pytest.approx(1 - whole["metrics"]["loss"], abs=0.1)
    assert whole["metrics"]["mean_absolute_error"] > 1000


# A gzipped IDX pair is learned; images are predicted as IDX and as a table of numbers alike.
@pytest.mark.slow
def test_images(shop: Path) -> None:
    found = strict_json(done(run(shop, "evaluate", "images.safetensors", "images.gz", "labels.gz",
                                 "--json")).stdout)
    assert found["rows"] == 120 and found["accuracy"] == 1.0
    answers = done(run(shop, "predict", "images.safetensors", "images.gz")).stdout
    data = read_idx(str(shop / "images.gz"), str(shop / "labels.gz"))
    assert [row[0] for row in predicted(answers)] == [str(label) for label in data.targets]
    plain = "".join(",".join(map(repr, row)) + "\n" for row in data.inputs)
    assert done(run(shop, "predict", "images.safetensors", "-", text=plain)).stdout == answers
    model: Any = library.load(str(shop / "images.safetensors"))
    assert model.predict(data.inputs) == [str(label) for label in data.targets]


# A model of a set that comes along is asked about that set by its name.
@pytest.mark.slow
def test_sets_that_come_along(tmp_path: Path) -> None:
    done(run(tmp_path, "train", "iris", "--quiet", "--epochs", 30, "-o", "m.safetensors"))
    answers = predicted(done(run(tmp_path, "predict", "m.safetensors", "iris")).stdout)
    found = strict_json(done(run(tmp_path, "evaluate", "m.safetensors", "iris", "--json")).stdout)
    names = [iris().class_names[number] for number in iris().targets]  # type: ignore[index]
    right = [name == row[0] for name, row in zip(names, answers)]
    assert len(answers) == 150 and found["accuracy"] == right.count(True) / 150 > 0.9
    for name, kind in (("wine", "13"), ("sine", "regressor")):
        if name == "sine":
            done(run(tmp_path, "train", "sine", "--quiet", "--epochs", 5, "-o", "s.json"))
            assert isinstance(library.load(str(tmp_path / "s.json")), library.Regressor)
            done(run(tmp_path, "evaluate", "s.json", "sine"))
        else:
            wrong = run(tmp_path, "evaluate", "m.safetensors", name)
            assert wrong.returncode == 1 and kind in wrong.stderr


# What Python saved is predicted too: labels that are numbers, and a bare network.
@pytest.mark.slow
def test_models_from_python(tmp_path: Path) -> None:
    X, y = [[0.0, 1.0], [1.0, 0.0]] * 10, [3, 7] * 10
    library.Classifier(epochs=50).fit(X, y).save(str(tmp_path / "c.safetensors"))
    text = "0.0,1.0\n1.0,0.0\n"
    for table in (text, "a,b\n" + text):
        result = done(run(tmp_path, "predict", "c.safetensors", "-", text=table))
        assert result.stdout == "prediction\n3\n7\n"
    found = strict_json(done(run(tmp_path, "evaluate", "c.safetensors", "-", "--json",
                                 text="0.0,1.0,3\n1.0,0.0,7\n1.0,0.0,3\n")).stdout)
    assert found["accuracy"] == pytest.approx(2 / 3)
    named = done(run(tmp_path, "evaluate", "c.safetensors", "-", "--json", "--no-header",
                     text="0.0,1.0,3\n1.0,0.0,7\n"))
    assert strict_json(named.stdout)["accuracy"] == 1.0
    network = library.Network([library.Dense(2, 3, Random(1))])
    library.save(network, str(tmp_path / "n.json"))
    lines = done(run(tmp_path, "predict", "n.json", "-", text="0.5,1.0\n")).stdout.split("\n")
    assert lines[0] == "prediction 1,prediction 2,prediction 3"
    assert list(map(float, lines[1].split(","))) == network.predict([[0.5, 1.0]])[0]
    done(run(tmp_path, "show", "n.json"))
    assert run(tmp_path, "evaluate", "n.json", "-", text="1,2,3\n").returncode == 1


# Images stay bytes while they are learned from: as lists, these would take 100 MB more.
@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status") or
                    platform.python_implementation() != "CPython", reason="reads Linux's /proc")
def test_images_are_held_compactly(tmp_path: Path) -> None:
    images, labels = write_idx(tmp_path, 3500, 28, ".idx")
    script = ("import sys; from purenn.app.main import main; code = main(sys.argv[1:]); "
              "print([line.split()[1] for line in open('/proc/self/status') "
              "if line.startswith('VmHWM')][0]); sys.exit(code)")
    result = done(subprocess.run(
        [sys.executable, "-c", script, "train", str(images), str(labels), "--epochs", "1",
         "--hidden", "2", "--quiet"], cwd=str(tmp_path), env=at_home(), timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False))
    assert int(result.stdout.split()[-1]) < 60_000  # kB, the interpreter included


# ---- Pipes ----


# Whoever asks through a pipe gets each answer before the next question.
@pytest.mark.slow
def test_an_answer_before_the_next_question(shop: Path) -> None:
    process = start(shop, "predict", "houses.json", "-")
    process.stdin.write("rooms,area\n3,100\n")
    process.stdin.flush()
    assert process.stdout.readline() == "prediction\n"
    first = float(process.stdout.readline())
    assert 300000 < first < 600000
    for area in (120, 60):
        process.stdin.write(f"3,{area}\n")
        process.stdin.flush()
        answer = float(process.stdout.readline())
        assert (answer > first) == (area > 100)
    process.stdin.close()
    assert (process.stdout.read(), process.stderr.read(), process.wait(60)) == ("", "", 0)
    process.stdout.close()
    process.stderr.close()


# Whoever reads only the first lines of our output gets them, and no traceback.
@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ("predict", "flowers.safetensors", "flowers.csv"), ("show", "flowers.safetensors"),
    ("evaluate", "houses.json", "houses.csv.gz"), ("doctor", "xor")])
def test_closed_pipe(shop: Path, words: Any) -> None:
    process = start(shop, *words)
    process.stdout.close()
    process.stdin.close()
    errors = process.stderr.read()
    assert (process.wait(60), errors) == (0, "")
    process.stderr.close()


# Training reads standard input as well.
@pytest.mark.slow
def test_train_on_standard_input(tmp_path: Path) -> None:
    text = "\n".join(",".join(map(str, row)) for row in houses(40))
    result = done(run(tmp_path, "train", "-", "--epochs", 2, "-o", "m.json", text=text))
    assert "model written to m.json" in result.stderr
    assert load_model(str(tmp_path / "m.json")).feature_names == ["rooms", "area"]


# ---- Interrupted and killed ----

LONG = ("train", "flowers.csv", "--ignore", "id", "--missing", "drop", "--hidden", "24",
        "--epochs", "120", "--dropout", "0.1", "--patience", "100")


@pytest.fixture(scope="module")
def whole(shop: Path) -> bytes:
    """The model of a training that nobody disturbed."""
    done(run(shop, *LONG, "-o", "whole.safetensors", "--quiet"))
    return (shop / "whole.safetensors").read_bytes()


def stopped_after_a_while(folder: Path, number: int, checkpoint: Path, *words: Any) -> Any:
    """Start a training, and send it a signal when its checkpoint has changed a few times.

    On a busy machine it may have ended before the signal came; then all is tried again.
    """
    before = checkpoint.read_bytes() if checkpoint.exists() else None
    for _ in range(10):
        process = start(folder, *LONG, *words)
        seen = set()
        while len(seen) < 4 and process.poll() is None:
            if checkpoint.exists():
                seen.add(checkpoint.stat().st_mtime_ns)  # inode numbers are used again
            time.sleep(0.002)
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
        if process.returncode != 0:
            return process.returncode, output, errors
        checkpoint.unlink()
        if before is not None:
            checkpoint.write_bytes(before)
        for model in folder.glob("[ik].safetensors"):
            model.unlink()
    raise AssertionError("ten trainings in a row ended before the signal reached them")


# Ctrl-C: exit 130, results and model are there, and --resume ends with the very same model.
@pytest.mark.slow
@posix
def test_interrupted_and_resumed(shop: Path, whole: bytes) -> None:
    checkpoint = shop / "i.checkpoint"
    code, output, errors = stopped_after_a_while(
        shop, signal.SIGINT, checkpoint, "--checkpoint", checkpoint, "-o", "i.safetensors")
    assert code == 130 and "Traceback" not in errors
    assert "interrupted" in output and "accuracy" in output
    assert "--resume" in errors and "model written to i.safetensors" in errors
    half = load_model(str(shop / "i.safetensors"))
    assert half.provenance["ended"] == "interrupted" and half.provenance["epochs"] < 120
    done(run(shop, *LONG, "--resume", checkpoint, "-o", "i.safetensors", "--quiet"))
    assert (shop / "i.safetensors").read_bytes() == whole


# Ctrl-C in a first epoch that takes a while: there is a checkpoint to go on with.
@pytest.mark.slow
@posix
def test_interrupted_in_the_first_epoch(shop: Path) -> None:
    write_table(shop / "big.csv", [["a", "b"], *([number, "xy"[number % 2]]
                                                for number in range(2000))])
    process = start(shop, "train", "big.csv", "--hidden", "128,128", "--checkpoint", "first.st")
    while not (shop / "first.st").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.endswith("interrupted in its first epoch; to go on, give the same command with "
                           "--resume first.st\n")


# SIGKILL, twice: the same, and what was resumed goes on writing its checkpoint.
@pytest.mark.slow
@posix
def test_killed_and_resumed(shop: Path, whole: bytes) -> None:
    checkpoint = shop / "k.checkpoint"
    for words in (("--checkpoint", checkpoint), ("--resume", checkpoint)):
        code, _, _ = stopped_after_a_while(
            shop, signal.SIGKILL, checkpoint, *words, "-o", "k.safetensors", "--quiet")
        assert code == -signal.SIGKILL
        assert not (shop / "k.safetensors").exists()
    done(run(shop, *LONG, "--resume", checkpoint, "-o", "k.safetensors", "--quiet"))
    assert (shop / "k.safetensors").read_bytes() == whole


# A finished training goes on with more epochs if its learning rate was constant: then it ends as if
# it had been so long from the start.
@pytest.mark.slow
def test_a_finished_training_goes_on(shop: Path) -> None:
    words = ("train", "houses.csv.gz", "--schedule", "constant", "--quiet")
    done(run(shop, *words, "--epochs", 5, "-o", "five.st"))
    done(run(shop, *words, "--epochs", 2, "--checkpoint", "two.checkpoint"))
    done(run(shop, *words, "--epochs", 5, "--resume", "two.checkpoint", "-o", "more.st"))
    assert (shop / "more.st").read_bytes() == (shop / "five.st").read_bytes()


# A checkpoint of other data or settings is refused, with the difference named, and stays whole.
@pytest.mark.slow
def test_resume_refuses_another_training(shop: Path) -> None:
    words = ("train", "houses.csv.gz", "--epochs", 2, "--quiet")
    done(run(shop, *words, "--checkpoint", "h.checkpoint"))
    before = (shop / "h.checkpoint").read_bytes()
    for more, difference in ((("--hidden", 5), "--hidden was [16], is [5]"),
                             (("--epochs", 3), "--epochs was 2, is 3: the learning rate"),
                             (("--seed", 1), "--seed was 0, is 1"),
                             (("--l2", 0.5), "--l2 was 0.00625, is 0.5")):
        result = run(shop, *words, *more, "--resume", "h.checkpoint")
        assert result.returncode == 2 and difference in result.stderr
        assert result.stderr.count("\n") == 1
        assert (shop / "h.checkpoint").read_bytes() == before


# Ctrl-C while predictions wait for input is a clean end as well.
@pytest.mark.slow
@posix
def test_interrupted_while_waiting(shop: Path) -> None:
    process = start(shop, "predict", "houses.json", "-")
    process.stdin.write("rooms,area\n3,100\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "purenn: error: interrupted\n")


# ---- The doctor ----


# Healthy data: exit 0. Data with a problem: exit 1, the problem named, with a next step.
@pytest.mark.slow
def test_doctor(shop: Path) -> None:
    assert "clean bill" in done(run(shop, "doctor", "houses.csv.gz")).stdout
    names, *rows = houses()
    write_table(shop / "leak.csv", [["with tax", *names], *([1.25 * row[2], *row] for row in rows)])
    result = run(shop, "doctor", "leak.csv")
    assert result.returncode == 1 and result.stderr == ""
    assert "with tax" in result.stdout and "Next step" in result.stdout


# ---- What goes wrong ----

BROKEN: Dict[str, Tuple[bytes, List[str]]] = {
    "ragged": (b"a,b\n1,2\n3\n", ["row 3"]),
    "hole": (b"a,b\n1,2\n,4\n", ["row 3", "column 'a'", "--missing mean"]),
    "typing error": (b"a,b\n1,2\n3,4\n5,1_0\n", ["row 4", "column 'b'", "--task classification"]),
    "stray word": (b"a,b\n1,2\n3,4\nx,1\n", ["row 4", "column 'a'", "--text a"]),
    "empty": (b"", ["empty"]),
    "names only": (b"a,b\n", ["only a line of names"]),
    "one column": (b"a;b\n1;2\n", ["delimiter"]),
    "open quote": (b'a,b\n1,"2\n', ["row 2", "never closed"]),
    "not UTF-8": (b"a,b\n\xff,1\n", ["line 2", "0xff"]),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), ["2 rows"]),
    "NUL": (b"a,b\n1,\0\n", ["line 2", "NUL"]),
    "cut gzip": (gzip.compress(b"a,b\n" + b"1,2\n" * 99)[:30], ["damaged"]),
    "zip": (b"PK\x03\x04 and so on", ["zip"]),
    "web page": (b"<!doctype html><html>", ["web page"]),
    "one class": (b"a,b\n1,x\n2,x\n3,x\n", ["two classes"]),
    "one row": (b"a,b\n1,2\n", ["2 rows"]),
    "a row of each class": (b"a,b\n1,x\n2,y\n", ["one row"]),
    "too large": (b"a,b\n1e300,1\n-1e300,2\n3,4\n", ["too large"]),
    "same name twice": (b"a,a,b\n1,2,3\n", ["row 1", "--no-header"]),
    "an IDX file alone": (struct.pack(">HBBI", 0, 8, 1, 1) + b"\1", ["labels"]),
}


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    """A function that calls the command line in a new folder; returns code, stdout and stderr."""
    from purenn.app.main import main as command_line

    monkeypatch.chdir(tmp_path)

    def call(*words: Any) -> Tuple[int, str, str]:
        code = command_line([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return call


def refused(result: Tuple[int, str, str], parts: List[str], codes: Any = (1, 2)) -> None:
    code, output, errors = result
    assert code in codes and output == "", (code, output, errors)
    assert errors.startswith("purenn: error: ") and errors.count("\n") == 1, errors
    for part in parts:
        assert part in errors, errors


# A table that will not do: one line that names file and place, and what to type.
@pytest.mark.parametrize("kind", BROKEN)
def test_broken_tables(kind: str, main: Any, tmp_path: Path) -> None:
    contents, parts = BROKEN[kind]
    (tmp_path / "my.csv").write_bytes(contents)
    refused(main("train", "my.csv", "-o", "m.json", "--quiet"), ["my.csv", *parts])
    assert not (tmp_path / "m.json").exists()


# Rows that a model cannot read: one line that names file, row and column.
@pytest.mark.slow
@pytest.mark.parametrize("contents, parts", [
    (b"rooms,area\n3,x\n", ["row 2", "'area'"]), (b"rooms,area\n3\n", ["row 2"]),
    (b"rooms,space\n3,4\n", ["row 1", "'area'"]), (b"1,2,3,4\n", ["row 1", "got 4"]),
    (b"rooms,area\n3,\n", ["row 2", "'area'"]), (b"", ["empty"]), (b"\x1f\x8b\x08", ["damaged"]),
    (struct.pack(">HBBIII", 0, 8, 3, 1, 3, 3) + bytes(9), ["9 numbers"]),
    (struct.pack(">HBBIII", 0, 8, 3, 2**32 - 1, 3, 3) + bytes(9), ["at most"]),
    (struct.pack(">HB", 0, 8), ["header"]),
])
def test_rows_that_cannot_be_read(shop: Path, main: Any, tmp_path: Path, contents: bytes,
                                  parts: List[str]) -> None:
    (tmp_path / "my.csv").write_bytes(contents)
    for words in (("predict",), ("evaluate",)):
        code, _, errors = main(*words, shop / "houses.json", "my.csv")
        assert code in (1, 2) and errors.count("\n") == 1 and "my.csv" in errors
        assert words == ("evaluate",) or all(part in errors for part in parts), errors


# A model file cut anywhere, or with a byte changed, is refused in one line by every command. (Some
# bytes do not matter: the last digit of a float may be another and mean the very same float.)
@pytest.mark.slow
def test_damaged_models(shop: Path, main: Any, tmp_path: Path) -> None:
    commands = (("show", "model"), ("predict", "model", "iris"), ("evaluate", "model", "iris"))
    for name in ("flowers.safetensors", "houses.json"):
        sound, rng = (shop / name).read_bytes(), Random(1)
        (tmp_path / "model").write_bytes(sound)
        said = {words: main(*words) for words in commands}
        for number in range(12):
            place = int(rng.random() * len(sound))
            damaged = sound[:place]
            if number % 2:
                damaged += bytes([sound[place] ^ 4]) + sound[place + 1:]
            (tmp_path / "model").write_bytes(damaged)
            for words in commands:
                got = main(*words)
                if number % 2 == 0 or got != said[words]:
                    refused(got, ["model"], codes=(1,))


# Files that are no models, and words that are nothing.
@pytest.mark.parametrize("words, code, part", [
    (("show", "nothing.json"), 1, "nothing.json"), (("show", "."), 1, "."),
    (("show", "t.csv"), 2, "model comes first"),
    (("predict", "t.csv", "t.csv"), 2, "t.csv is text, a table perhaps; the model comes"),
    (("export", "t.csv", "-o", "x.py"), 2, "the model comes first"),
    (("evaluate", "iris", "t.csv"), 2, "iris is a set of examples; the model comes first"),
    (("train", "nothing.csv"), 1, "nothing.csv"), (("train", "nothing"), 2, "expected a file"),
    (("train", "irsi"), 2, "did you mean iris?"), (("train", "."), 1, "."),
    (("train", "t.csv", "t.csv", "x"), 2, "too many"),
    (("train", "t.csv", "t.csv"), 2, "evaluate MODEL"),
    (("train", "t.csv", "--target", "c"), 1, "'c'"), (("train", "t.csv", "--target", "9"), 1, "9"),
    (("train", "t.csv", "--ignore", "b"), 1, "'b'"), (("train", "t.csv", "--text", "c"), 1, "'c'"),
    (("train", "t.csv", "--delimiter", "ab"), 2, "--delimiter"),
    (("train", "t.csv", "--missing", "maen"), 2, "did you mean mean?"),
    (("train", "t.csv", "--task", "clasification"), 2, "did you mean classification?"),
    (("train", "iris", "--target", "0"), 2, "--target"),
    (("train", "t.csv", "-o", "no/where.json"), 1, "no folder"),
    (("train", "t.csv", "-o", "t.csv"), 2, "the data"),
    (("train", "t.csv", "-o", "."), 1, "folder"),
    (("train", "t.csv", "--checkpoint", "no/where"), 1, "no folder"),
    (("train", "t.csv", "-o", "a", "--checkpoint", "a"), 2, "--output"),
    (("train", "t.csv", "--resume", "no.checkpoint"), 1, "no.checkpoint"),
    (("predict",), 2, "MODEL"), (("predict", "model"), 2, "DATA"), (("evaluate", "m"), 2, "DATA"),
    (("doctor",), 2, "DATA"), (("doctor", "irsi"), 2, "iris"), (("perdict",), 2, "predict"),
    (("show", "--jsno", "x"), 2, "--jsno"), (("evaluate", "m", "iris", "--jsno"), 2, "--json"),
])
def test_wrong_words(words: Any, code: int, part: str, main: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n5,6\n7,8\n", encoding="utf-8")
    refused(main(*words), [part], codes=(code,))
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").startswith("a,b")
    assert os.listdir(str(tmp_path)) == ["t.csv"]


# Probabilities are for classifiers only.
@pytest.mark.slow
def test_no_probabilities_of_values(shop: Path, main: Any) -> None:
    refused(main("predict", shop / "houses.json", "iris", "--probabilities"), ["regressor"], (2,))


# A full disk while predictions are written is an error, not a traceback.
@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_disk(shop: Path) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            command("predict", "flowers.safetensors", "flowers.csv"), cwd=str(shop), env=at_home(),
            stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert result.stderr.startswith("purenn: error: ")


# A folder that may not be written to is found out before training, not after it.
@posix
def test_read_only_folder(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0o500)
    # Ten million epochs would not end before run gives up.
    result = run(tmp_path, "train", "digits", "--epochs", 10_000_000, "-o", "locked/m.json")
    assert result.returncode == 1 and "locked" in result.stderr


# Every command explains itself, with examples.
@pytest.mark.parametrize("word", ["train", "predict", "evaluate", "show", "doctor"])
def test_help(word: str, main: Any) -> None:
    code, output, errors = main(word, "--help")
    assert (code, errors) == (0, "")
    assert "examples:" in output and "exit codes:" in output
    assert word != "doctor" or "1 a problem was found" in output


# A second training with the same words does not wipe out the checkpoint of the first.
@pytest.mark.slow
def test_a_checkpoint_is_not_overwritten_by_a_new_training(tmp_path: Path) -> None:
    words = ("train", "iris", "--epochs", "2", "--quiet", "--checkpoint", "run.ck")
    done(run(tmp_path, *words))
    before = (tmp_path / "run.ck").read_bytes()
    again = run(tmp_path, *words)
    assert again.returncode == 2 and "go on with --resume run.ck" in again.stderr
    assert (tmp_path / "run.ck").read_bytes() == before


# What a table was taken for is said, so that a wrong guess is seen.
@pytest.mark.slow
def test_the_target_and_the_names_that_were_guessed_are_told(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", [["kind", "size"], *([["a", 1], ["b", 2]] * 10)])
    said = done(run(tmp_path, "train", "t.csv", "--epochs", "1")).stderr
    assert "size    class        0         2  the target" in said
    assert "--task regression" in said


# Names are data: they come out as UTF-8, whatever the terminal can show.
@pytest.mark.slow
def test_answers_are_utf_8(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", [["x", "kind"], *([[1, "Öl"], [9, "Wasser"]] * 20)])
    done(run(tmp_path, "train", "t.csv", "--quiet", "-o", "m.st"))
    said = done(run(tmp_path, "predict", "m.st", "t.csv", PYTHONIOENCODING="ascii")).stdout
    assert said.split()[:3] == ["prediction", "Öl", "Wasser"]


# No answer is no answer: an overflow is an error, and so is a file with nothing to answer.
@pytest.mark.slow
def test_an_answer_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    write_table(tmp_path / "h.csv", houses(40))
    done(run(tmp_path, "train", "h.csv", "--epochs", "2", "--quiet", "--activation", "relu",
             "-o", "m.st"))
    write_table(tmp_path / "far.csv", [["rooms", "area"], [1e308, 1e308]])
    result = run(tmp_path, "predict", "m.st", "far.csv")
    assert result.returncode == 1 and "far.csv, row 2: the answer is no finite" in result.stderr
    assert result.stdout == 'prediction\n""\n'
