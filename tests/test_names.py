"""The names of the tests are the same in every process and at every time: pytest -n needs that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Each process begins with another hash seed, a day later than the one before.
LATER = """
import time
now, of_day = time.time, int({day}) * 86_400
time.time = lambda: now() + of_day
"""


@pytest.mark.slow
def test_the_tests_have_the_same_names_a_day_later(tmp_path):
    processes = []
    for day in (0, 1):
        plugin = f"later_{day}"
        (tmp_path / f"{plugin}.py").write_text(LATER.format(day=day))
        processes.append(subprocess.Popen(
            [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", plugin,
             "-p", "no:cacheprovider", "-p", "no:randomly"],
            cwd=Path(__file__).resolve().parent.parent, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": str(day), "PYTHONPATH": str(tmp_path)}))
    today, tomorrow = ([line for line in process.communicate()[0].splitlines() if "::" in line]
                       for process in processes)
    assert len(today) > 1000
    assert today == tomorrow
