"""How contestants are timed, and the arithmetic that follows.

*Turn by turn.* A machine that others use is slow for a while and fast for a while. So in each
round every contestant runs once, in one order and then in the other, and what slows one down slows
down all.

*In batches.* One measurement is a batch of calls, as many as take at least some milliseconds:
beside the smallest steps here, looking at the clock would be no small matter.

*The processor's clock.* All contestants compute, on one thread, and wait for nobody. So what counts
is `time.process_time`, the time in which the processor really worked for this process. The clock
on the wall, `time.perf_counter`, also counts whoever else had the processor. `python3 -m
benchmarks.measuring` times one piece of work by both and prints how much that spreads: on a busy
machine several times as much by the second as by the first.

*Warm.* Whatever is done for the first time is slow: memory is asked for, and PyPy compiles. So each
contestant first runs for a while unmeasured; longer on PyPy.

*Without the collector.* Cyclic garbage is collected before each round and not during it, which is
what `timeit` does: how long a collection takes depends on all that lives in the process, PyTorch
included.

Reported are the median, the spread (the middle half's width divided by the median), and as the
ratio of two contestants the median of their ratios round by round.

Before this: copies. After this: contestants.
"""

import gc
import math
import statistics
import sys
import time
from contextlib import contextmanager
from itertools import repeat
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence

clock = time.process_time
PYPY = sys.implementation.name == "pypy"


class Plan(NamedTuple):
    """How thoroughly to measure, and what the command line says to single benchmarks."""

    rounds: int = 11
    shortest: float = 0.005  # seconds of one batch of calls, at least
    warm_up: float = 1.0 if PYPY else 0.02  # seconds
    smallest: bool = False  # every benchmark at its smallest size, once: does it still run?
    images: Optional[str] = None
    labels: Optional[str] = None
    pyodide: Optional[str] = None

    def pick(self, whole: Sequence[Any], smallest: Sequence[Any]) -> List[Any]:
        """Return the one or the other."""
        return list(smallest if self.smallest else whole)


SMALLEST = Plan(rounds=2, shortest=0.0, warm_up=0.0, smallest=True)


class Timing(NamedTuple):
    """The seconds that one call took, one number for each round, and how many calls that was."""

    seconds: List[float]
    calls: int

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        return interquartile_range(self.seconds) / self.median


def interleave(runs: Mapping[str, Callable[[], Any]], plan: Plan) -> Dict[str, Timing]:
    """Time all of them, turn by turn; see the text above."""
    calls = {name: _warm_up(run, plan) for name, run in runs.items()}
    seconds: Dict[str, List[float]] = {name: [] for name in runs}
    with _without_collector():
        for number in range(plan.rounds):
            gc.collect()
            for name in list(runs)[::-1 if number % 2 else 1]:
                seconds[name].append(_seconds_of(runs[name], calls[name]) / calls[name])
    return {name: Timing(seconds[name], calls[name]) for name in runs}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let cyclic garbage lie; what is alive now is not even looked at when somebody collects."""
    gc.disable()
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()
    try:
        yield
    finally:
        if hasattr(gc, "freeze"):
            gc.unfreeze()
        gc.enable()


def _warm_up(run: Callable[[], Any], plan: Plan) -> int:
    """Run for a while; return how many calls fill the shortest batch."""
    calls, spent = 1, 0.0
    while True:
        took = _seconds_of(run, calls)
        spent += took
        if took < plan.shortest:
            calls *= 2
        elif spent >= plan.warm_up:
            return max(1, math.ceil(calls * plan.shortest / took)) if took else calls


def _seconds_of(run: Callable[[], Any], calls: int) -> float:
    started = clock()
    for _ in repeat(None, calls):
        run()
    return clock() - started


# ---- Arithmetic ----


def interquartile_range(values: Sequence[float]) -> float:
    """Return the width of the middle half of the values, 0 for a single one.

    >>> interquartile_range([1.0, 2.0, 3.0, 4.0, 5.0])
    2.0
    """
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return high - low


def ratio(one: Timing, other: Timing) -> float:
    """Return how many times as long as the other the one takes: the median over the rounds.

    >>> ratio(Timing([2.0, 6.0, 9.0], 1), Timing([1.0, 2.0, 9.0], 1))
    2.0
    """
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds))


def ratio_of_medians(one: Timing, other: Timing) -> float:
    """Return the same from the medians.

    >>> ratio_of_medians(Timing([2.0, 6.0, 9.0], 1), Timing([1.0, 2.0, 9.0], 1))
    3.0
    """
    return one.median / other.median


def crossing(sizes: Sequence[float], ratios: Sequence[float]) -> Optional[float]:
    """Return the size at which a ratio of two times first passes through 1, None if it never does.

    Between two sizes the logarithms are joined by a straight line.

    >>> crossing([1, 4, 16], [0.25, 0.5, 2.0])
    8.0
    """
    points = [(math.log2(size), math.log2(one)) for size, one in zip(sizes, ratios)]
    for (x, y), (next_x, next_y) in zip(points, points[1:]):
        if y == 0 or y * next_y < 0:
            return 2.0 ** (x + (next_x - x) * y / (y - next_y)) if y else 2.0 ** x
    return 2.0 ** points[-1][0] if points[-1][1] == 0 else None


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the k for which c · size ** k fits the times best: least squares on logarithms.

    >>> exponent([1, 2, 4], [3.0, 12.0, 48.0])
    2.0
    """
    xs, ys = [math.log2(x) for x in sizes], [math.log2(y) for y in seconds]
    x_mean, y_mean = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    above = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    return above / math.fsum((x - x_mean) ** 2 for x in xs)


# ---- Which clock ----


def spreads_of_clocks(rounds: int = 600) -> Dict[str, float]:
    """Return by how much the time of one piece of work spreads, by the name of the clock."""
    clocks = {"process_time": time.process_time, "perf_counter": time.perf_counter}
    seconds: Dict[str, List[float]] = {name: [] for name in clocks}
    for _ in range(rounds):
        started = {name: now() for name, now in clocks.items()}
        math.fsum(k * 0.5 for k in range(20_000))
        for name, now in clocks.items():
            seconds[name].append(now() - started[name])
    return {name: Timing(seconds[name], 1).spread for name in clocks}


if __name__ == "__main__":
    for name, spread in spreads_of_clocks().items():
        print(f"time.{name}: the middle half spreads over {spread:.0%} of the median")
