"""Every example runs: in the docstrings of all modules, and in README.md."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import purenn
from purenn import fast, linalg

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(purenn.__path__, "purenn.")
    if not module.name.endswith("__main__") and ".lessons" not in module.name
)


@pytest.mark.parametrize("name", ["purenn", *MODULES])
def test_the_examples_of_every_module_run(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_the_examples_of_linalg_run_with_plain_and_with_quick_functions():
    quick = doctest.testmod(fast)
    with fast.plain_loops():
        plain = doctest.testmod(linalg)
    assert quick.failed == plain.failed == 0
    assert quick.attempted >= 5 and plain.attempted >= 8


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="there is no README.md here")
def test_the_examples_of_the_readme_run():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False,
                                     encoding="utf-8")
    assert failed == 0 and tried > 0
