"""Where the time goes: by operation of linalg, with calls and share.

Every loop over numbers is in linalg, so whoever wants to know what costs time asks its operations.
A copy of purenn gets a linalg whose functions keep a watch: each counts its calls and its own time,
without that of the operations which it calls itself. What is left over is everything else: layers,
checks, the loop around.

The watch itself takes time at each call, so operations on tiny matrices seem dearer than they are;
and it is a watch on the wall, because the processor's clock takes longer to read than a small
operation takes.

Before this: memory. After this: goals.
"""

import time
from typing import Any, Callable, Dict, List, Tuple

from .copies import purenn_on
from .measuring import Plan
from .report import Table, shown, table_as_markdown


class Watch:
    """Calls and own seconds of each watched function, by its name."""

    def __init__(self) -> None:
        self.calls: Dict[str, int] = {}
        self.seconds: Dict[str, float] = {}
        self._inside: List[float] = [0.0]  # for each open call, the time of those within it

    def watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a watch on it."""
        def keep_time(*arguments: Any, **options: Any) -> Any:
            self._inside.append(0.0)
            started = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                took = time.perf_counter() - started
                own = took - self._inside.pop()
                self._inside[-1] += took
                self.calls[name] = self.calls.get(name, 0) + 1
                self.seconds[name] = self.seconds.get(name, 0.0) + own

        return keep_time

    def clear(self) -> None:
        """Forget what was counted."""
        self.calls.clear()
        self.seconds.clear()


def put_on(watch: Watch, linalg: Any) -> None:
    """Put a watch on each operation of a linalg."""
    for name in linalg.__all__:
        if callable(getattr(linalg, name)) and name[0].islower():
            setattr(linalg, name, watch.watched(name, getattr(linalg, name)))


def profile(
    make: Callable[[Any], Callable[[], Any]], plan: Plan, shortest: float = 0.5
) -> Tuple[Watch, float, int]:
    """Run what `make` makes of a watched purenn; return the watch, all seconds and the runs.

    It runs as often as fits into `shortest` seconds, once if the plan is the smallest.
    """
    watch = Watch()
    with purenn_on() as package:
        put_on(watch, package.linalg)
        run = make(package)
        run()  # once to get warm
        watch.clear()
        runs, started = 0, time.perf_counter()
        while runs == 0 or time.perf_counter() - started < shortest and not plan.smallest:
            run()
            runs += 1
        return watch, time.perf_counter() - started, runs


def table_of(title: str, watch: Watch, seconds: float, runs: int) -> Table:
    """Return a row for each operation, the dearest first, and one for everything else."""
    rows = [
        [name, f"{watch.calls[name] / runs:g}", shown(own / watch.calls[name] * 1e6),
         f"{own / seconds:.1%}"]
        for name, own in sorted(watch.seconds.items(), key=lambda pair: -pair[1])
    ]
    rest = seconds - sum(watch.seconds.values())
    rows.append(["everything else", "", "", f"{rest / seconds:.1%}"])
    return Table(f"{title}: {shown(seconds / runs * 1e6)} µs, watched",
                 ["operation", "calls", "µs per call", "share"], rows)


def report(workloads: Dict[str, Callable[[Any], Callable[[], Any]]], plan: Plan) -> str:
    """Return the tables of all these as text."""
    return "\n\n".join(table_as_markdown(table_of(title, *profile(make, plan)))
                       for title, make in workloads.items())
