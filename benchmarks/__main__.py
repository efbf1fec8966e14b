"""The command line: `python3 -m benchmarks --help`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional

from . import (
    ceiling, crossover, goals, interpreters, ladder, learning, memory, overhead, peers, processes,
    profiling, report, scaling, sequences, shortcuts, single, start,
)
from .measuring import SMALLEST, Plan

BENCHMARKS: Dict[str, Any] = {
    "ladder": ladder, "shortcuts": shortcuts, "crossover": crossover, "ceiling": ceiling,
    "scaling": scaling, "single": single, "overhead": overhead, "sequences": sequences,
    "learning": learning,
    "interpreters": interpreters, "start": start, "memory": memory,
}
RESULTS = Path(__file__).with_name("results")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"benchmarks: {message}; --help says more\n")


def parser() -> Parser:
    """Return the parser of the command line."""
    words = Parser(prog="python3 -m benchmarks", description="Measure purenn beside its peers.")
    words.add_argument("names", nargs="*", metavar="NAME",
                       help="which benchmarks to run; without a name all of them")
    what = words.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="say what there is")
    what.add_argument("--profile", action="store_true",
                      help="print where the time goes, by operation of linalg")
    what.add_argument("--check", action="store_true",
                      help="measure the promised ratios; exit 1 if one is missed")
    words.add_argument("--smallest", action="store_true",
                       help="everything as small and short as can be: does it still run?")
    words.add_argument("--results", metavar="FOLDER",
                       help="where to write (default: benchmarks/results, with --smallest a "
                            "temporary folder)")
    words.add_argument("--images", metavar="FILE", help="an IDX file of pictures, for learning")
    words.add_argument("--labels", metavar="FILE", help="the IDX file of their labels")
    words.add_argument("--pyodide", metavar="FOLDER",
                       help="where npm put the package pyodide, for interpreters")
    return words


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the words say; return the exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped."""
    words = parser()
    options = words.parse_args(arguments)
    for name in options.names:
        if name not in BENCHMARKS:
            words.error(f"no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    if bool(options.images) != bool(options.labels):
        words.error("--images and --labels belong together")
    if options.check and options.names:
        words.error("--check measures all promises, so it takes no names")
    if options.list:
        print("\n".join(f"{name:<13}{_first_line(module)}" for name, module in BENCHMARKS.items()))
        return 0
    peers.use_one_thread()
    try:
        return _run(options)
    except KeyboardInterrupt:
        _say("benchmarks: interrupted")
        return 130
    except (AssertionError, ImportError, OSError, RuntimeError, ValueError) as error:
        print(f"benchmarks: {' '.join(str(error).split())}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    plan = SMALLEST if options.smallest else Plan()
    plan = plan._replace(images=_found(options.images), labels=_found(options.labels),
                         pyodide=options.pyodide)
    for package in peers.missing():
        _say(f"{package} is not installed, so it is skipped"
             + ("; python3 -m pip install '.[bench]'" if package == "numpy" else ""))
    if options.profile:
        for name in options.names or BENCHMARKS:
            print(f"# {name}\n\n{profiling.report(BENCHMARKS[name].workloads(plan), plan)}\n")
        return 0
    folder = options.results or (tempfile.mkdtemp() if plan.smallest else str(RESULTS))
    if options.check:
        return _check(plan, folder)
    for name in options.names or BENCHMARKS:
        _run_one(name, plan, folder, named=bool(options.names))
    _say(f"written to {os.path.join(folder, 'results.md')}")
    return 0


def _found(path: Optional[str]) -> Optional[str]:
    """Return a file's whole path, because it is read from another folder; OSError if it is none."""
    if path is None:
        return None
    open(path, "rb").close()
    return os.path.abspath(path)


def _run_one(name: str, plan: Plan, folder: str, named: bool) -> None:
    """Run one benchmark, print what it found and keep it.

    Without a name, what cannot run here is said and passed over.
    """
    reason = _why_not(name)
    if reason and named:
        raise RuntimeError(f"{name}: {reason}")
    if reason:
        return _say(f"{name}: skipped, {reason}")
    _say(f"{name} …")
    started = time.perf_counter()
    result = BENCHMARKS[name].run(plan)
    _keep(name, result, time.perf_counter() - started, folder)


def _why_not(name: str) -> Optional[str]:
    if name == "crossover" and "numpy" in peers.missing():
        return "it needs NumPy, which is not installed; python3 -m pip install '.[bench]'"
    return processes.why_not() if name in ("start", "memory") else None


def _check(plan: Plan, folder: str) -> int:
    """Measure the promises, print and keep them; 1 if one is missed."""
    started = time.perf_counter()
    outcomes = goals.check(plan, _say)
    result = goals.result_of(outcomes)
    _keep(f"goals, {report.interpreter()}", result, time.perf_counter() - started, folder)
    if plan.smallest:
        _say("with --smallest: whether a ratio is met here says nothing")
    return 0 if all(one.met for one in outcomes) else 1


def _keep(name: str, result: report.Result, seconds: float, folder: str) -> None:
    report.write(folder, name, result, seconds, list(BENCHMARKS))
    print(report.as_markdown(report.part_of(result, seconds)) + "\n", flush=True)


def _first_line(module: Any) -> str:
    """Return what a benchmark is about, from its docstring."""
    line = module.__doc__.strip().splitlines()[0]
    return line.split(": ", 1)[-1].rstrip(".")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
