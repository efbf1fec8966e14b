"""Start: what is paid before anything is computed, as whole processes.

    python -c pass              a bare interpreter: what the others are compared with
    import purenn               the nine modules of the core
    purenn --help               the command line
    one predict                 import, a model file, one row, one answer

Time is that of the processor for the whole process; the clock on the wall stands beside it. Beyond
the bare start is what purenn is responsible for.

Before this: interpreters. After this: memory.
"""

import os
import tempfile
from typing import Any, Callable, Dict, List

import purenn

from .measuring import Plan
from .processes import Cost, measure_processes, python
from .report import Result, Table, shown

BARE, IMPORT, HELP, PREDICT = "bare interpreter", "import purenn", "purenn --help", "one predict"
MODEL = "model.safetensors"
ROW = [5.1, 3.5, 1.4, 0.2]


def save_model(path: str) -> None:
    """Write the model file of a small classifier of the bundled flowers."""
    from purenn.data import iris

    flowers = iris()
    purenn.Classifier(hidden=(16,), epochs=2).fit(flowers.inputs, flowers.targets).save(path)


def answer(package: Any, path: str) -> List[Any]:
    """Load the model and ask it about one row."""
    found: List[Any] = package.load(path).predict([ROW])
    return found


def measure(plan: Plan) -> Dict[str, Cost]:
    """Start each of the four, turn by turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, MODEL)
        save_model(path)
        return measure_processes({
            BARE: python("-c", "pass"),
            IMPORT: python("-c", "import purenn"),
            HELP: python("-m", "purenn", "--help"),
            PREDICT: python("-c", f"import purenn; purenn.load({path!r}).predict([{ROW}])"),
        }, turns=plan.pick([21], [1])[0])


def run(plan: Plan) -> Result:
    """Measure the starts."""
    costs = measure(plan)
    bare = costs[BARE]
    rows = [
        [name, shown(one.processor * 1e3), shown(one.wall * 1e3), shown(one.peak / 1e6),
         *(("", "") if one is bare else (shown((one.processor - bare.processor) * 1e3),
                                         shown((one.peak - bare.peak) / 1e6)))]
        for name, one in costs.items()
    ]
    headings = ["", "ms of the processor", "ms on the wall", "peak MB", "ms beyond bare",
                "MB beyond bare"]
    return Result(
        "Start: before anything is computed",
        "Whole processes, compiled modules cached. The predict loads a model of 4-16-3.",
        [Table("", headings, rows)], [], {},
        {name: {"processor seconds": one.processor, "wall seconds": one.wall,
                "peak bytes": one.peak} for name, one in costs.items()},
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the predict, in a process that has long started."""
    folder = tempfile.TemporaryDirectory()
    save_model(os.path.join(folder.name, MODEL))

    def loaded(package: Any) -> Callable[[], Any]:
        return lambda: answer(package, os.path.join(folder.name, MODEL))  # which keeps the folder

    return {PREDICT: loaded}
