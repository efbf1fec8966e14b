"""The command line, as its users meet it: real processes, real pipes, a real terminal.

Above each test stands the promise that it holds purenn to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from purenn.app import demo, progress, reference
from purenn.draw import characters, terminal
from purenn.recipes import ACTIVATIONS, OPTIMIZERS, SET_SETTINGS

ROOT = Path(__file__).resolve().parent.parent
ESCAPE = "\x1b"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # all but the end of a line


def environment(**changes: Optional[str]) -> Dict[str, str]:
    """Return this process's environment with changes, nothing in it that asks for colour or not."""
    wanted: Dict[str, Optional[str]] = dict(os.environ)
    wanted.update(NO_COLOR=None, FORCE_COLOR=None, TERM="xterm", COLUMNS=None, PYTHONUTF8="1",
                  PYTHONUNBUFFERED=None)
    wanted.update(changes)
    return {name: value for name, value in wanted.items() if value is not None}


def purenn(*words: str, cwd: Path = ROOT, **changes: Optional[str]) -> Any:
    """Run `python -m purenn …` to its end; the texts are decoded as UTF-8."""
    return subprocess.run(
        [sys.executable, "-m", "purenn", *words], cwd=str(cwd), env=environment(**changes),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=120, check=False,
    )


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def strict_json(text: str) -> Any:
    """Parse JSON as its standard has it: one object, no NaN, no Infinity."""
    return json.loads(text, parse_constant=refuse_constant)


# ---- The demo ----


@pytest.fixture(scope="module")
def shown() -> Any:
    """What `python -m purenn` shows; it takes some seconds, so once for all tests."""
    started = time.monotonic()
    result = purenn()
    result.seconds = time.monotonic() - started
    return result


# Without arguments it learns to read at least 95 of 100 digits that it has never seen.
@pytest.mark.slow
def test_demo_reads_digits(shown: Any) -> None:
    assert shown.returncode == 0, shown.stderr
    match = re.search(r"Test accuracy: (\d\.\d+) \((\d+) of (\d+)", shown.stdout)
    assert match is not None
    accuracy, right, rows = float(match[1]), int(match[2]), int(match[3])
    assert accuracy >= 0.95
    assert accuracy == pytest.approx(right / rows, abs=1e-4)


# The confusion matrix counts every digit put aside once, and its diagonal is the accuracy.
@pytest.mark.slow
def test_demo_confusion_matrix(shown: Any) -> None:
    rows = [line.split() for line in shown.stdout.splitlines()
            if re.fullmatch(r"\d(\s+\d+){10}", line.strip())]
    assert [row[0] for row in rows] == [str(digit) for digit in range(10)]
    counts = [[int(cell) for cell in row[1:]] for row in rows]
    assert sum(map(sum, counts)) == 359
    right = sum(counts[digit][digit] for digit in range(10))
    assert f"({right} of 359" in shown.stdout


# A few digits are drawn with what the network said, and one is a mistake.
@pytest.mark.slow
def test_demo_draws_digits(shown: Any) -> None:
    assert "██" in shown.stdout
    captions = re.findall(r"It is a (\d)", shown.stdout)
    said = re.findall(r"it said (\d)", shown.stdout)
    assert len(captions) == len(said) == demo.DRAWN
    assert [a == b for a, b in zip(captions, said)] == [True] * (demo.DRAWN - 1) + [False]
    assert shown.stdout.count("a mistake") == 1
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())


# When stderr is no terminal, progress is whole lines, at most one a second, no control characters.
@pytest.mark.slow
def test_progress_in_a_pipe_is_plain_lines(shown: Any) -> None:
    lines = shown.stderr.splitlines()
    assert 1 <= len(lines) <= shown.seconds + 1
    assert all(re.match(r"epoch +\d+/\d+: loss \d.*validation loss \d.*accuracy \d.*s/epoch.*left",
                        line) for line in lines)
    assert not CONTROL.search(shown.stderr)
    assert shown.stderr.endswith("\n")
    assert ESCAPE not in shown.stdout


# Where there is no mistake to show, only right answers are drawn; a network that is always wrong
# shows a mistake all the same.
def test_demo_chooses_what_to_draw() -> None:
    right = [demo.Answer([0.0] * 64, digit, digit, 0.75) for digit in (3, 3, 1, 2, 0, 4)]
    wrong = [demo.Answer([0.0] * 64, digit, 9, 0.75) for digit in (3, 1)]
    assert [one.digit for one in demo._chosen(right)] == [0, 1, 2, 3]
    assert demo._chosen(wrong) == wrong[:1]
    assert [one.digit for one in demo._chosen(right + wrong)] == [0, 1, 2, 3]
    assert demo._chosen(right + wrong)[-1].said == 9


# ---- Training ----

KEYS = {"epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"}


# Every set that comes along trains, and --json is one strict JSON object with all its keys.
@pytest.mark.slow
@pytest.mark.parametrize("name", SET_SETTINGS)
def test_every_set_trains(name: str) -> None:
    result = purenn("train", name, "--epochs", "2", "--json", "--quiet")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    whole = strict_json(result.stdout)
    assert list(whole) == ["settings", "history", "metrics", "baseline"]
    assert whole["settings"]["data"] == name
    assert [set(record) for record in whole["history"]] == [KEYS, KEYS]
    assert [record["epoch"] for record in whole["history"]] == [1, 2]
    quality = {"r2", "mean_absolute_error"} if name == "sine" else {"accuracy"}
    assert set(whole["metrics"]) == {"loss", *quality}
    last = whole["history"][-1]
    assert whole["metrics"]["loss"] == pytest.approx(last["validation_loss"], rel=1e-12)
    assert (last["accuracy"] is None) == (last["validation_accuracy"] is None) == (name == "sine")
    if name != "sine":
        assert whole["metrics"]["accuracy"] == last["validation_accuracy"]


# With no options a set is learned well; so is the curve.
@pytest.mark.slow
@pytest.mark.parametrize("name, least", [("xor", 0.95), ("wine", 0.9), ("gaussians", 0.95)])
def test_the_recipes_learn(name: str, least: float) -> None:
    whole = strict_json(purenn("train", name, "--json", "--quiet").stdout)
    assert whole["metrics"]["accuracy"] >= least


# What is not chosen comes from the recipe; what is chosen is in the settings, all of it.
def test_settings_say_what_was_done() -> None:
    result = purenn(
        "train", "iris", "--json", "--quiet", "--hidden", "5,4", "--activation", "gelu",
        "--optimizer", "sgd", "--learning-rate", "0.25", "--epochs", "3", "--batch-size", "7",
        "--l1", "0.001", "--l2", "0.002", "--dropout", "0.1", "--validation", "0.4",
        "--patience", "2", "--seed", "9",
    )
    assert strict_json(result.stdout)["settings"] == {
        "data": "iris", "hidden": [5, 4], "activation": "gelu", "optimizer": "sgd",
        "learning_rate": 0.25, "epochs": 3, "batch_size": 7, "l1": 0.001, "l2": 0.002,
        "dropout": 0.1, "validation": 0.4, "patience": 2, "seed": 9, "schedule": "cosine",
        "class_weight": None,
    }


# The same seed gives the same run, another seed another one.
@pytest.mark.slow
def test_the_seed_decides() -> None:
    def losses(seed: str) -> List[float]:
        words = ("train", "xor", "--epochs", "2", "--json", "--quiet", "--seed", seed)
        return [record["loss"] for record in strict_json(purenn(*words).stdout)["history"]]

    assert losses("1") == losses("1") != losses("2")


# Every optimizer can be chosen; those that go by chance have no learning rate.
@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer(optimizer: str) -> None:
    result = purenn("train", "vertical", "--epochs", "1", "--json", "--quiet",
                    "--optimizer", optimizer)
    rate = strict_json(result.stdout)["settings"]["learning_rate"]
    assert (rate is None) == optimizer.startswith("random_")


# Every activation can be chosen, and so can no hidden layer at all.
@pytest.mark.slow
def test_every_activation() -> None:
    for activation in ACTIVATIONS:
        result = purenn("train", "xor", "--epochs", "1", "--quiet", "--activation", activation)
        assert ACTIVATIONS[activation].make.__name__ in result.stdout
    result = purenn("train", "xor", "--epochs", "1", "--hidden", "none", "--quiet")
    assert "Network([Dense(2 → 2)])" in result.stdout


# With nothing held out the metrics are null, and the text says on what it was measured.
@pytest.mark.slow
def test_nothing_held_out() -> None:
    words = ("train", "xor", "--epochs", "1", "--quiet", "--validation", "0")
    whole = strict_json(purenn(*words, "--json").stdout)
    assert whole["metrics"] == {"loss": None, "accuracy": None}
    assert whole["history"][0]["validation_loss"] is None
    assert whole["history"][0]["accuracy"] is not None
    assert "rows it learned from (none were held out)" in purenn(*words).stdout


# --patience stops early and measures the best weights, not the last.
@pytest.mark.slow
def test_patience() -> None:
    result = purenn("train", "vertical", "--epochs", "500", "--patience", "3", "--json", "--quiet")
    whole = strict_json(result.stdout)
    losses = [record["validation_loss"] for record in whole["history"]]
    assert len(losses) < 500
    assert whole["metrics"]["loss"] == min(losses) == losses[-4]


# --quiet leaves stderr empty, and the text has a confusion matrix; for a curve it has R².
@pytest.mark.slow
def test_quiet_text() -> None:
    result = purenn("train", "xor", "--epochs", "1", "--quiet")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"different +\d+ +\d+$", result.stdout, re.MULTILINE)
    assert re.search(r"r2 +0\.\d+", purenn("train", "sine", "--epochs", "1", "--quiet").stdout)


# ---- What goes wrong ----


# Numbers that stop being finite: exit 1, one line on stderr, nothing on stdout.
def test_divergence() -> None:
    result = purenn("train", "xor", "--activation", "relu", "--optimizer", "sgd",
                    "--learning-rate", "1e300", "--quiet", "--json")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("purenn: error: ")
    assert "no longer finite" in result.stderr
    assert result.stderr.count("\n") == 1


WRONG = {
    "trian": "did you mean train?",
    "train": "DATA",
    "train spirl": "did you mean spiral?",
    "train xor more": "'more'",
    "train xor --hidden 0": "--hidden",
    "train xor --hidden 8,": "--hidden",
    "train xor --hidden -4": "--hidden",
    "train xor --activation rleu": "did you mean relu?",
    "train xor --optimizer adma": "did you mean adam?",
    "train xor --learning-rate 0": "--learning-rate",
    "train xor --learning-rate nan": "--learning-rate",
    "train xor --learning-rate inf": "--learning-rate",
    "train xor --optimizer random_search --learning-rate 1": "--learning-rate",
    "train xor --epochs 0": "--epochs",
    "train xor --epochs many": "--epochs",
    "train xor --batch-size 0.5": "--batch-size",
    "train xor --l1 -1": "--l1",
    "train xor --l2 x": "--l2",
    "train xor --dropout 1.5": "--dropout",
    "train xor --dropout 1": "--dropout",
    "train xor --validation 1": "--validation",
    "train xor --validation -0.1": "--validation",
    "train xor --patience 0": "--patience",
    "train xor --seed -1": "--seed",
    "train xor --epoch 3": "did you mean --epochs?",
    "train xor --epochs": "--epochs",
    "selftest --fast": "--fast",
    "--versoin": "did you mean --version?",
}


# Wrong usage: exit 2, one line on stderr that names what is wrong, nothing on stdout.
@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    from purenn.app.main import main

    assert main(words.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("purenn: error: ")
    assert WRONG[words] in captured.err
    assert captured.err.count("\n") == 1


# The same through a real process: the code arrives.
def test_exit_code_of_wrong_usage() -> None:
    result = purenn("train", "xor", "--dropout", "1.5")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("purenn: error: ")


# A disk that is full is an error of one line, exit 1, not a traceback.
@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("word", ["--help", "selftest"])
def test_full_disk(word: str) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run([sys.executable, "-m", "purenn", word], cwd=str(ROOT),
                                stdout=full, stderr=subprocess.PIPE, encoding="utf-8",
                                env=environment(), timeout=60, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("purenn: error: ")
    assert result.stderr.count("\n") == 1


# Whoever reads only the first line of our output gets it, and no traceback.
@pytest.mark.slow
@pytest.mark.parametrize("words", [("--help",), ("train", "--help"), ("selftest",),
                                   ("train", "xor", "--epochs", "1", "--quiet")])
def test_closed_pipe(words: Any) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", *words], cwd=str(ROOT), env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read().decode()
    assert (process.wait(60), errors) == (0, "")
    process.stderr.close()


# Without stdout or stderr (closed from the start) there is no traceback either.
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
@pytest.mark.parametrize("closing", [">&-", "2>&-"])
def test_closed_from_the_start(closing: str) -> None:
    command = f'"{sys.executable}" -m purenn train xor --epochs 1 {closing}'
    result = subprocess.run(["sh", "-c", command], cwd=str(ROOT), env=environment(), timeout=60,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr
    assert bool(result.stdout) == (closing == "2>&-")


# Ctrl-C ends training cleanly: what there is so far is printed, exit 130.
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_interrupt() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "train", "moons", "--epochs", "1000000", "--json"],
        cwd=str(ROOT), env=environment(), encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    assert re.match(r"epoch +\d+/1000000: ", first)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    whole = strict_json(output)
    assert len(whole["history"]) >= 1
    assert whole["metrics"]["accuracy"] is not None


# ---- Terminals ----


def on_a_terminal(*words: str, columns: int = 100, **changes: Any) -> str:
    """Run `python -m purenn …` with stdout and stderr on a pseudo-terminal; return what it got."""
    fcntl, pty, struct, termios = map(
        pytest.importorskip, ("fcntl", "pty", "struct", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    process = subprocess.Popen([sys.executable, "-m", "purenn", *words], cwd=str(ROOT),
                               env=environment(**changes), stdout=theirs, stderr=theirs)
    os.close(theirs)
    received = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        received += piece
    os.close(ours)
    assert process.wait(60) == 0
    return received.decode("utf-8")


# On a terminal one line is written over and over, never wider than the terminal, with a bar.
@pytest.mark.slow
@pytest.mark.parametrize("columns", [140, 90, 50])
def test_bar_on_a_terminal(columns: int) -> None:
    text = on_a_terminal("train", "xor", "--epochs", "8", columns=columns, NO_COLOR="1")
    bar, _, results = text.partition("\r\n")
    states = bar.split("\r")[1:]
    assert len(states) >= 8
    assert all(len(state) < columns for state in states)
    assert states[-1].startswith("epoch 8/8 ")
    assert "loss" in states[-1]
    if columns >= 90:
        assert "━" in states[-1]
        assert re.search(r"val\S* (loss )?\d\.\d+, acc\S* \d\.\d+, .*s/epoch, .* left", states[-1])
    assert "held-out rows" in results
    assert ESCAPE not in text


# NO_COLOR beats FORCE_COLOR beats a dumb terminal; an empty one does not count.
@pytest.mark.slow
@pytest.mark.parametrize("changes, coloured", [
    ({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
])
def test_colour_on_a_terminal(changes: Dict[str, Any], coloured: bool) -> None:
    text = on_a_terminal("train", "xor", "--epochs", "1", columns=100, **changes)
    assert (ESCAPE in text) == coloured


# A terminal that calls itself dumb gets plain lines, not a line rewritten.
def test_dumb_terminal_gets_plain_lines() -> None:
    text = on_a_terminal("train", "xor", "--epochs", "3", TERM="dumb")
    assert "epoch 3/3: loss" in text
    assert not CONTROL.search(text.replace("\r\n", "\n"))


# In a pipe there is no colour unless FORCE_COLOR says so, and progress has none even then.
@pytest.mark.slow
def test_colour_in_a_pipe() -> None:
    plain = purenn("train", "xor", "--epochs", "1")
    forced = purenn("train", "xor", "--epochs", "1", FORCE_COLOR="1")
    assert ESCAPE not in plain.stdout + plain.stderr
    assert ESCAPE in forced.stdout
    assert not CONTROL.search(forced.stderr)


# Where the encoding knows nothing but ASCII, or half of it, plain characters stand in.
@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("words", [("train", "xor", "--epochs", "1"), ("train", "--help"),
                                   ("train", "xor", "--hidden", "→")])
def test_plain_characters(words: Any, encoding: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "purenn", *words], cwd=str(ROOT),
        env=environment(PYTHONIOENCODING=encoding), timeout=60, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    text, errors = result.stdout.decode(encoding), result.stderr.decode(encoding)
    assert "Traceback" not in errors
    assert result.returncode == (2 if "→" in words else 0)
    assert "?" not in text
    assert ("Dense(2 -> 8)" in text) == ("--epochs" in words)


# Every character that we draw with has a stand-in of its own.
def test_shades_stay_apart_in_plain_characters() -> None:
    stand_ins = [terminal.PLAIN.get(shade, shade) for shade in characters.SHADES]
    assert len(set(stand_ins)) == len(characters.SHADES)
    assert all(len(one) == 1 and one.isascii() for one in stand_ins)


# A picture has two characters per pixel, from light to dark.
def test_drawn_digit() -> None:
    assert characters.drawn_digit([0.0, 16.0, 8.0, 4.0], width=2) == ["  ██", "▒▒░░"]


# Lengths of time are said as people say them, also at the borders.
@pytest.mark.parametrize("seconds, words", [
    (0, "0.00 s"), (0.5, "0.50 s"), (1, "1 s"), (59.4, "59 s"), (59.6, "1 min 0 s"),
    (3599.7, "1 h 0 min"), (90000, "25 h 0 min"),
])
def test_durations(seconds: float, words: str) -> None:
    assert progress._duration(seconds) == words


# ---- Help, version ----


# --version and --help go to stdout with exit 0, and help has examples and every name.
@pytest.mark.slow
def test_version_and_help() -> None:
    from purenn import __version__

    version = purenn("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout == f"purenn {__version__}\n"
    for words in (("--help",), ("train", "--help"), ("selftest", "--help")):
        result = purenn(*words, COLUMNS="100")
        assert (result.returncode, result.stderr) == (0, "")
        assert "examples:" in result.stdout
    text = " ".join(purenn("train", "--help", COLUMNS="400").stdout.split())
    assert all(name in text for name in [*SET_SETTINGS, *ACTIVATIONS, *OPTIMIZERS])


# ---- Self-test ----


# The self-test passes here, and says on what it ran.
@pytest.mark.slow
def test_selftest_passes() -> None:
    result = purenn("selftest")
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert f"{sys.version_info[0]}.{sys.version_info[1]}." in lines[0]
    assert all(line.startswith("ok ") for line in lines[1:-1])
    assert lines[-1].startswith(f"{len(lines) - 2} checks, 0 failed, ")
    for name in ("Dense", "Dropout", "Softmax", "GELU", "Huber", "SoftmaxCrossEntropy", "L1"):
        assert any(f"gradients of {name}" in line for line in lines)


FAULTS = [
    ("activations.py", "1.0 - y * y", "1.005 - y * y", "gradients of Tanh"),
    ("fast.py", "{g} * (1.0 - {y} * {y})", "{g} * (1.005 - {y} * {y})", "gradients of Tanh"),
    ("losses.py", "linalg.exp(log_p), t), len(t))", "linalg.exp(log_p), t), 1)",
     "gradients of SoftmaxCrossEntropy"),
    ("layers.py", "linalg.sum(output_gradient, axis=0)", "output_gradient[-1:]",
     "gradients of Dense"),
    ("fast.py", "rate / (1.0 - self.beta1 ** self.steps)", "rate / (1.0 - self.beta1)",
     "three steps of each optimizer"),
    ("optimizers.py", "corrected_v ** 0.5 + self.epsilon",
     "corrected_v ** 0.5 + 1.0001 * self.epsilon", "reference run"),
    ("initializers.py", "rng.random() * (last + 1)", "rng.random() * last", "reference run"),
    ("linalg.py", "total = 0.0\n    for x, y in zip(u, v):\n        total += x * y",
     "total = 0.0\n    for y, x in zip(v[::-1], u[::-1]):\n        total += x * y",
     "reference run"),
]


# A fault put into the library makes the self-test fail, with exit 1, in the line that sees it.
@pytest.mark.slow
@pytest.mark.parametrize("file, right, wrong, seen_by", FAULTS)
def test_selftest_fails(
    tmp_path: Path, file: str, right: str, wrong: str, seen_by: str
) -> None:
    shutil.copytree(str(ROOT / "purenn"), str(tmp_path / "purenn"))
    path = tmp_path / "purenn" / file
    source = path.read_text(encoding="utf-8")
    assert right in source, "the fault no longer fits the source: write it anew"
    path.write_text(source.replace(right, wrong), encoding="utf-8")
    result = purenn("selftest", cwd=tmp_path)
    assert result.returncode == 1, result.stdout
    failed = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert any(seen_by in line for line in failed), failed
    assert f" {len(failed)} failed, " in result.stdout


# The reference run has the published hash whatever dot product the environment chooses.
def test_reference_hash() -> None:
    if reference.mathematics_hash() != reference.MATHEMATICS_HASH:
        pytest.skip("this system's exp, log or tanh rounds differently")
    assert reference.reference_hash() == reference.REFERENCE_HASH


# Where exp and log round differently, the self-test asks for ten digits of the loss, and says so.
@pytest.mark.slow
def test_other_mathematics(monkeypatch: pytest.MonkeyPatch) -> None:
    from purenn.app import known_answers, selftest

    monkeypatch.setattr(selftest, "mathematics_hash", lambda: "another")
    assert "rounds differently" in str(selftest._reference())
    monkeypatch.setattr(selftest, "REFERENCE_LOSS", reference.REFERENCE_LOSS + 1e-9)
    with pytest.raises(known_answers.Disagreement):
        selftest._reference()


# Ctrl-C while the modules of the command line are still being imported.
@pytest.mark.parametrize("module", ["argparse", "csv"])
def test_interrupted_while_importing(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text("raise KeyboardInterrupt\n")
    result = subprocess.run(
        [sys.executable, "-m", "purenn", "train", "iris"], cwd=str(ROOT), encoding="utf-8",
        env=environment(PYTHONPATH=str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        check=False)
    assert (result.returncode, result.stderr) == (130, "purenn: error: interrupted\n")
