"""Imports point one way, and the first import gives all that one looks for.

The layers are those of the design, from the ground up; a module imports from layers below its own,
late imports included. Where modules share a line they may use each other in one direction: a circle
of files is found below.
"""

from __future__ import annotations

import ast
import functools
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Dict, List, Set

import pytest

import purenn

PACKAGE = Path(purenn.__file__).resolve().parent
ROOT = PACKAGE.parent

LAYERS = [
    # the core, whose inner order test_structure.py holds
    "first annotations notebooks linalg fast rows checks initializers layers activations losses "
    "network optimizers penalties schedules metrics history training callbacks gradcheck",
    "text atomic memory",
    "data",
    "sequences",
    "recipes",
    "model",
    "fitting measuring",
    "store",
    "estimators",
    "doctor draw",
    "exercises book play",
    "app",
    "lessons",  # they show everything; nobody imports them
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names.split()}


def files() -> List[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE
            or path.stem not in ("__init__", "__main__")]


def part(module: str) -> str:
    """Return the part of purenn that a module belongs to: "data" for "purenn.data.toy"."""
    return (module.split(".") + [""])[1]


@functools.lru_cache(maxsize=None)
def imported(path: Path) -> Set[str]:
    """Return the modules of purenn that a file imports, wherever in it, but for types only."""
    here = ["purenn", *path.relative_to(PACKAGE).with_suffix("").parts]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = [ast.Pass()]
    found: Set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("purenn")}
        elif isinstance(node, ast.ImportFrom):
            base = here[:len(here) - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            if module.split(".")[0] == "purenn":
                found |= {_module(f"{module}.{alias.name}", module) for alias in node.names}
    return found


def _module(longer: str, shorter: str) -> str:
    """Return the longer name if it is a module or a folder, else what it is imported from."""
    place = ROOT.joinpath(*longer.split("."))
    return longer if place.is_dir() or place.with_suffix(".py").exists() else shorter


def test_every_part_of_the_package_has_its_layer() -> None:
    assert {path.relative_to(PACKAGE).parts[0].replace(".py", "") for path in files()} <= set(LEVEL)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_module_imports_from_its_own_layer_and_below(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].replace(".py", "")
    for module in imported(path):
        if part(module) in LEVEL:  # else it is purenn itself, for __version__
            assert LEVEL[part(module)] <= LEVEL[own], f"{own} imports {module}"


def test_no_file_imports_itself_by_way_of_others() -> None:
    edges: Dict[str, Set[str]] = {}
    for path in files():
        name = ".".join(["purenn", *path.relative_to(PACKAGE).with_suffix("").parts])
        edges[name.replace(".__init__", "")] = {
            module for module in imported(path)
            if part(module) and not name.startswith(f"{module}.")}  # its own folder is no file
    edges["purenn.linalg"].remove("purenn.fast")  # its last lines put the quicker loops in place
    done: Set[str] = set()

    def visit(name: str, way: List[str]) -> None:
        assert name not in way, f"a circle: {' → '.join([*way[way.index(name):], name])}"
        if name not in done:
            for other in sorted(edges.get(name, ())):
                visit(other, [*way, name])
            done.add(name)

    for name in edges:
        visit(name, [])


# ---- The first import ----


def python(code: str, **changes: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT), **changes},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)


def test_what_stands_beside_the_core_is_there_at_once() -> None:
    done = python("import purenn; print(purenn.data.iris()); purenn.draw.bars; purenn.store; "
                  "purenn.doctor.diagnose; print('data' in dir(purenn))")
    assert done.returncode == 0, done.stderr
    assert b"150 rows" in done.stdout and b"True" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8", "koi8-r"])
def test_printing_never_fails_on_a_narrow_console(encoding: str) -> None:
    done = python(
        "import purenn; from random import Random; from purenn import *\n"
        "network = Network([Dense(2, 3, Random(1)), Tanh(), Dense(3, 2, Random(1))])\n"
        "data = purenn.data.iris()\n"
        "model = Classifier(epochs=1).fit(data.inputs, data.targets)\n"
        "for one in (network, network.layers[0], network.layers[0].weights, network.summary(), "
        "data, model, model.history_, Adam(), SoftmaxCrossEntropy(), L2(0.1), "
        "confusion_matrix([0, 1], [1, 1])): print(one)", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr.decode()
    assert "Dense(2" in done.stdout.decode(encoding)


@pytest.mark.slow
@pytest.mark.interop
def test_wrong_names_of_parameters_are_found_by_a_type_checker(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "wrong.py").write_text(
        "import purenn\nfrom purenn import Regressor\npurenn.Classifier(hiden=(3,))\n"
        "Regressor(epoch=3)\npurenn.Classifier(hidden=(3,), epochs=3)\npurenn.data.iris()\n"
        "purenn.save(purenn.load('m'), 'n')\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "wrong.py"],
        cwd=str(tmp_path), env={**os.environ, "MYPYPATH": str(ROOT)}, stdout=subprocess.PIPE,
        encoding="utf-8", timeout=300, check=False)
    errors = [line for line in done.stdout.splitlines() if line.startswith("wrong.py")]
    errors = [line for line in errors if ": error:" in line]
    assert len(errors) == 2, done.stdout
    assert 'wrong.py:3: error: Unexpected keyword argument "hiden"' in errors[0]
    assert 'wrong.py:4: error: Unexpected keyword argument "epoch"' in errors[1]


# ---- One archive, one source distribution ----


@pytest.fixture(scope="module")
def archive(tmp_path_factory: Any) -> Path:
    builder = ROOT / ".ci" / "pyz"
    if not builder.exists():
        pytest.skip("only in a checkout")
    path: Path = tmp_path_factory.mktemp("archive") / "purenn.pyz"
    subprocess.run([sys.executable, str(builder), str(path)], check=True, timeout=60)
    again = path.with_name("again.pyz")
    subprocess.run([sys.executable, str(builder), str(again)], check=True, timeout=60)
    assert path.read_bytes() == again.read_bytes()
    return path


@pytest.mark.slow
def test_one_archive_runs_everything(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(archive), *words], cwd=str(tmp_path), timeout=120,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        assert os.listdir(str(tmp_path / "tmp")) == []  # it tidies up
        return done.stdout

    assert "60" in run("train", "xor", "--epochs", "2", "--quiet", "-o", "m.st", "--plot", "m.svg")
    assert run("predict", "m.st", "xor").startswith("prediction\n")
    assert "Part 1" in run("lessons", "1")
    assert "9" in run("exercise", "9")
    assert f"python3 {archive}" in run("--help").replace("\n", " ")
    assert "50" in run("evaluate", "m.st", "xor", "--importance")


@pytest.mark.slow
@pytest.mark.interop
def test_the_source_distribution_carries_its_tests(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    if not (ROOT / ".ci").exists():
        pytest.skip("only in a checkout")
    code = ("import os, setuptools.build_meta as build; "
            f"print(build.build_sdist({str(tmp_path)!r}, {{}}))")
    done = subprocess.run([sys.executable, "-c", code], cwd=str(ROOT), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    [path] = tmp_path.glob("*.tar.gz")
    with tarfile.open(str(path)) as whole:
        names = {name.partition("/")[2] for name in whole.getnames()}
    for name in ("tests/test_imports.py", "tests/saved_by_0_1/table.json", "purenn/py.typed",
                 "purenn/data/iris.csv.gz", "benchmarks/__main__.py", "LICENSE"):
        assert name in names, name
