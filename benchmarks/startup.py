"""How long does "import purenn" take, beyond the start of a bare interpreter?

    python3 benchmarks/startup.py

starts Python 31 times with nothing to do and 31 times with the import, turn by turn, and prints the
difference of the medians. The compiled modules are cached, as after any first import.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TURNS = 31


def seconds(code):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return time.perf_counter() - started


def main():
    seconds("import purenn")  # writes the compiled modules
    bare, with_import = [], []
    for _ in range(TURNS):
        bare.append(seconds("pass"))
        with_import.append(seconds("import purenn"))
    bare, with_import = statistics.median(bare), statistics.median(with_import)
    print(f"Python {sys.version.split()[0]}: bare {bare * 1000:.0f} ms, with purenn "
          f"{with_import * 1000:.0f} ms, the import {(with_import - bare) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
