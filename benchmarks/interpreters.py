"""Interpreters: the same purenn on every Python that is found here.

CPython from 3.8 on, on the path and of a pyenv; PyPy; and Pyodide, CPython compiled for the
browser, under Node (its npm package `pyodide`, found in a folder given by --pyodide or on
NODE_PATH). Each runs the ladder's rows that need nothing installed, in a process of its own:

    python -m benchmarks.interpreters

is that process, and prints what it found as JSON. They run one after the other; so between
interpreters, unlike within one, the ratios are those of a machine at two times.

Before this: learning. After this: start.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import contestants as who
from . import ladder
from .measuring import SMALLEST, Plan
from .processes import ROOT, environment
from .report import Result, Table, as_data, in_microseconds, shown
from .tasks import make_task

NAMES = [who.STRAIGHT, who.PLAIN, who.PURENN, who.ADAM]
SINGLES = [who.SINGLE, who.PURENN]
PYODIDE = Path(__file__).with_name("pyodide.mjs")


# ---- In the process of one interpreter ----


def measure(plan: Plan) -> Dict[str, Any]:
    """Return name and version of this interpreter and what was measured on it."""
    found: Dict[str, Any] = {"dot": who.dot_of_purenn().__name__}
    for task in ladder.tasks_of(plan):
        found[task.name] = as_data(who.time_steps(task, NAMES, plan), task.batch, who.PURENN)
    single = make_task(ladder.tasks_of(plan)[0].sizes, 1)
    found[single.name] = as_data(who.time_steps(single, SINGLES, plan), 1, who.PURENN)
    return {"name": name_of_this(), "steps": found}


def name_of_this() -> str:
    """Return for instance "CPython 3.13.0"."""
    if sys.platform == "emscripten":
        return f"Pyodide {platform.python_version()}"
    return f"{platform.python_implementation()} {platform.python_version()}"


# ---- Finding them and asking each ----


def find_interpreters() -> List[str]:
    """Return every Python from 3.8 on that this machine has, each version once."""
    found = [sys.executable, *(shutil.which(f"python3.{minor}") for minor in range(8, 20)),
             shutil.which("pypy3"), shutil.which("python3")]
    root = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    found += [str(path) for path in sorted(root.glob("versions/*/bin/python"))]
    versions: Dict[Tuple[str, Tuple[int, ...]], str] = {}
    for candidate in filter(None, found):
        version = _version_of(candidate)
        if version is not None and version[1] >= (3, 8):
            versions.setdefault(version, candidate)
    return [versions[version] for version in sorted(versions)]


def _version_of(python: str) -> Optional[Tuple[str, Tuple[int, ...]]]:
    """Return implementation and version of a Python, None if it does not run."""
    code = "import sys; v = sys.version_info; print(sys.implementation.name, v[0], v[1], v[2])"
    try:
        done = subprocess.run([python, "-c", code], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    name, *numbers = done.stdout.decode().split()
    return name, tuple(map(int, numbers))


def find_pyodide(folder: Optional[str]) -> Optional[str]:
    """Return the folder of the npm package `pyodide`, None if there is none or no Node.

    `folder` is that folder, or one with node_modules in it; without it NODE_PATH is gone through.
    Raises FileNotFoundError when a folder that was named holds no Pyodide.
    """
    places = [folder] if folder else os.environ.get("NODE_PATH", "").split(os.pathsep)
    for place in filter(None, places):
        for inside in (".", "pyodide", "node_modules/pyodide"):
            package = Path(place, inside).resolve()
            if (package / "pyodide.mjs").is_file() and shutil.which("node"):
                return str(package)
    if folder:
        raise FileNotFoundError(f"--pyodide {folder}: expected the npm package pyodide there, and "
                                f"node on the path")
    return None


def ask(command: List[str]) -> Dict[str, Any]:
    """Run one of these processes and return what it found."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(), cwd=ROOT, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(f"{command[0]}: {said[-1] if said else 'failed and said nothing'}")
    found: Dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return found


def commands(plan: Plan) -> List[List[str]]:
    """Return the command for each interpreter that is to be asked."""
    size = plan.pick(["whole"], ["smallest"])
    pythons = plan.pick(find_interpreters(), [sys.executable])
    found = [[python, "-m", "benchmarks.interpreters", *size] for python in pythons]
    pyodide = find_pyodide(plan.pyodide)
    return found + ([["node", str(PYODIDE), pyodide, str(ROOT), *size]] if pyodide else [])


def run(plan: Plan) -> Result:
    """Ask all of them, one after the other."""
    found = [ask(command) for command in commands(plan)]
    tables = []
    for step in list(found[0]["steps"])[1:]:
        names = list(found[0]["steps"][step])
        script = names[0]
        rows = [
            [one["name"], one["steps"]["dot"],
             *(in_microseconds(one["steps"][step][name]["seconds per example"]) for name in names),
             shown(1 / one["steps"][step][script][f"ratio to {who.PURENN}"])]
            for one in found
        ]
        headings = ["", "dot", *(f"{name}, µs per example" for name in names),
                    f"purenn ÷ {script}"]
        tables.append(Table(f"{step}:", headings, rows))
    first = list(found[0]["steps"])[1]
    return Result(
        "Interpreters: the same purenn on every Python here", "",
        tables, [], {"interpreters": _chart(found, first)}, found,
    )


def _chart(found: List[Dict[str, Any]], step: str) -> Any:
    from purenn import draw

    values = {one["name"]: one["steps"][step][who.PURENN]["seconds per example"] * 1e6
              for one in found}
    return draw.bars(values, title=f"purenn, one training step, {step}", y_label="µs per example")


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the ladder's steps, on this interpreter."""
    return ladder.workloads(plan)


if __name__ == "__main__":
    print(json.dumps(measure(SMALLEST if sys.argv[1:] == ["smallest"] else Plan())))
