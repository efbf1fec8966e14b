"""No run that was given -o ends without its model, unless it says why with a non-zero status.

Real processes, real pipes, real signals.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import purenn
from test_app import ROOT, environment
from test_app_models import hear_interrupts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell and signals of POSIX")

SIX_LINES = b"length,width,kind\n1,2,a\n2,3,a\n5,1,b\n6,2,b\n1,3,a\n7,1,b\n"
TRAIN = "train t.csv --epochs 40 --validation 0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_bytes(SIX_LINES)
    return tmp_path


def shell(folder: Path, line: str, **changes: Any) -> Any:
    """Run a line of the shell, in which PURENN is the command."""
    command = line.replace("PURENN", f"{shlex.quote(sys.executable)} -m purenn")
    return subprocess.run(
        ["sh", "-c", command], cwd=str(folder), timeout=60, check=False,
        env=environment(PYTHONPATH=str(ROOT), **changes), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def model_in(folder: Path, name: str = "m.safetensors") -> Any:
    model = purenn.load(str(folder / name))
    assert model.predict([["1", "2"], ["6", "1"]]) == ["a", "b"]
    return model


# Whoever reads only the first line of progress and result still gets the model.
@pytest.mark.slow
@pytest.mark.parametrize("reader", ["head -1", "true", "head -c 1"])
def test_a_reader_that_leaves_costs_no_model(folder: Path, reader: str) -> None:
    shell(folder, f"{{ PURENN {TRAIN} -o m.safetensors; echo $? >code; }} 2>&1 | {reader}; "
                  f"while [ ! -s code ]; do sleep 0.1; done")
    assert (folder / "code").read_text().strip() == "0"
    model_in(folder)


# Streams that are closed from the start are no reason either.
@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_closed_streams_cost_no_model(folder: Path, closed: str) -> None:
    if "full" in closed and not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    done = shell(folder, f"PURENN {TRAIN} -o m.safetensors {closed}")
    assert done.returncode == 0, done
    model_in(folder)


# A terminal that is closed under nohup is not even noticed; without nohup, and on kill, the model
# is written as it is by then, and the status says that the training was ended.
@pytest.mark.slow
@pytest.mark.parametrize("number, ignored", [
    (signal.SIGHUP, True), (signal.SIGHUP, False), (signal.SIGTERM, False), (signal.SIGINT, False),
])
def test_signals_cost_no_model(folder: Path, number: int, ignored: bool) -> None:
    def prepare() -> None:
        hear_interrupts()
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)

    epochs = "4000" if ignored else "1000000"
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", *TRAIN.replace("40", epochs).split(), "-o",
         "m.safetensors"], cwd=str(folder), preexec_fn=prepare,
        env=environment(PYTHONPATH=str(ROOT)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stderr is not None
        while "epoch" not in process.stderr.readline():
            pass
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == (0 if ignored else 130)
    assert ("finished" if ignored else "interrupted") in output
    model_in(folder)


# A terminal that goes away in the middle: what cannot be shown any more is dropped.
@pytest.mark.slow
def test_a_closed_terminal_costs_no_model(folder: Path) -> None:
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", *TRAIN.replace("40", "3000").split(), "-o",
         "m.safetensors"], cwd=str(folder), env=environment(PYTHONPATH=str(ROOT)),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave)
    try:
        os.close(slave)
        assert os.read(master, 1)
        os.close(master)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
    model_in(folder)


# File names are bytes: what is no UTF-8 is read, written and told like any other, in any locale.
@pytest.mark.slow
@pytest.mark.parametrize("changes", [
    {}, {"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
])
def test_names_that_are_no_utf_8(folder: Path, changes: Any) -> None:
    name = b"caf\xe9 \x1b[31m.csv"
    with open(os.path.join(os.fsencode(str(folder)), name), "wb") as file:
        file.write(SIX_LINES)
    done = shell(folder, f"PURENN {TRAIN.replace('t.csv', 'caf*.csv')} -o m.safetensors "
                         f"--plot caf*.svg.svg; PURENN show m.safetensors", **changes)
    assert done.returncode == 0, done.stderr
    assert b"caf\\xe9" in done.stdout and b"\x1b" not in done.stdout + done.stderr
    model_in(folder)


# What cannot be saved is found out before the training, not after it: a name, a full disk.
@pytest.mark.slow
@pytest.mark.parametrize("path", ["no/where.st", ".", "t.csv", "x" * 300])
def test_what_cannot_be_saved_is_refused_before_training(folder: Path, path: str) -> None:
    # Ten million epochs would not end before the shell's time is over.
    done = shell(folder, f"PURENN {TRAIN.replace('40', '10000000')} -o {path}")
    assert done.returncode in (1, 2)
    assert done.stderr.startswith(b"purenn: error: ") and os.listdir(str(folder)) == ["t.csv"]


# A disk too small for the model refuses before the training as well.
def test_a_file_that_may_not_grow_is_refused_before_training(folder: Path) -> None:
    done = shell(folder, f"ulimit -f 8; PURENN {TRAIN.replace('40', '10000000')} --hidden 64,64 "
                         f"-o m.safetensors")
    assert done.returncode == 1 and b"cannot save" in done.stderr
    assert os.listdir(str(folder)) == ["t.csv"]


# Memory is counted before it is taken.
@pytest.mark.slow
def test_a_network_that_does_not_fit_is_refused_before_training(folder: Path) -> None:
    done = shell(folder, f"PURENN {TRAIN} --hidden 10000000000 -o m.safetensors")
    assert done.returncode == 1 and b"GB" in done.stderr and b"fewer hidden" in done.stderr
    if sys.platform == "linux":
        done = shell(folder, f"ulimit -v 400000; PURENN {TRAIN} --hidden 2000000 -o m.safetensors")
        assert done.returncode == 1 and b"fewer hidden neurons" in done.stderr, done.stderr
