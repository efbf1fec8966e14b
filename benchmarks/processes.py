"""Whole processes, from the start of the interpreter to its end: time and peak of memory.

They are started by `launcher`, which says why. Compiled modules are cached, as after any first
run: each command first runs once unmeasured. This needs fork, which Windows has not.

Before this: report. After this: the benchmarks, from ladder on.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence

ROOT = Path(__file__).resolve().parent.parent
LAUNCHER = str(Path(__file__).with_name("launcher.py"))


class Cost(NamedTuple):
    """Medians of one command: seconds by the clock on the wall, those of the processor, bytes."""

    wall: float
    processor: float
    peak: float


class Process(NamedTuple):
    """What one process printed, and the peak of its memory in bytes."""

    output: str
    peak: float


def why_not() -> Optional[str]:
    """Return why processes cannot be measured here, None if they can."""
    return None if hasattr(os, "fork") and hasattr(os, "wait4") else "this system has no fork"


def python(*words: str) -> List[str]:
    """Return the command for this interpreter with these words."""
    return [sys.executable, *words]


def environment() -> Dict[str, str]:
    """Return this environment, in which purenn and benchmarks are found and compiled code kept."""
    found = {**os.environ, "PYTHONPATH": str(ROOT)}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def measure_processes(commands: Mapping[str, Sequence[str]], turns: int) -> Dict[str, Cost]:
    """Start each command once unmeasured, then all of them, turn by turn; return medians."""
    _launched(list(commands.values()), 1)
    lines = [[float(word) for word in line.split()]
             for line in _launched(list(commands.values()), turns).splitlines()]
    found = {}
    for number, name in enumerate(commands):
        mine = [line[1:] for line in lines if line[0] == number]
        wall, processor, peak = (statistics.median(column) for column in zip(*mine))
        found[name] = Cost(wall, processor, peak * _UNIT)
    return found


def measure_process(command: Sequence[str]) -> Process:
    """Run one command once; return what it prints and the peak of its memory."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "output")
        quiet = 'exec "$@" > "$0"'
        [line] = _launched([["sh", "-c", quiet, output, *command]], 1).splitlines()
        with open(output, encoding="utf-8") as file:
            return Process(file.read(), float(line.split()[3]) * _UNIT)


_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of one unit of ru_maxrss


def _launched(commands: Sequence[Sequence[str]], turns: int) -> str:
    """Return what the launcher prints; RuntimeError with what a command said when it failed."""
    words = [word for command in commands for word in ("--", *command)]
    done = subprocess.run(
        python("-S", "-E", LAUNCHER, str(turns), *words), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(), cwd=ROOT, check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(": ".join(said[-2:]) or "a process failed and said nothing")
    return done.stdout.decode()
