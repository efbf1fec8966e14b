"""How quick the playground is, how much its page weighs, and whether it leaks.

    python3 -m benchmarks.playground [SECONDS]

Runs a session as the page does (2-8-8-3, 300 points of the spiral, a picture of every neuron and of
the plane with each answer), and prints how many epochs it makes in a second of this process's own
time, what an answer costs, and whether memory grows once all that is kept is at its limit.
"""

import gc
import json
import sys
import time

from purenn.play import Playground
from purenn.play.server import page_files


class Page:
    """Asks as the page does, one request after another."""

    def __init__(self):
        self.playground = Playground()
        self.session = self.playground.handle({"v": 1, "id": 0, "op": "hello"})["session"]

    def ask(self, op, **fields):
        answer = self.playground.handle({"v": 1, "id": 1, "op": op, "session": self.session,
                                         **fields})
        assert answer["ok"], answer
        return len(json.dumps(answer)), answer


def cost(page, op, times=20, **fields):
    """The least time of an answer, in milliseconds of this process."""
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        page.ask(op, **fields)
        best = min(best, time.process_time() - started)
    return 1000 * best


def running(page, seconds, cells=20):
    """Run for so many seconds of this process; return the epochs a second."""
    started, first = time.process_time(), page.ask("look")[1]["at"]["epoch"]
    since = first
    while time.process_time() - started < seconds:
        _, answer = page.ask("run", budget_ms=50, picture=cells, since=since)
        since = answer["at"]["epoch"]
    return (since - first) / (time.process_time() - started)


def growth(seconds):
    """Bytes in use once all that is kept has reached its limit (800 epochs), and at the end."""
    import tracemalloc  # not on PyPy

    page = Page()
    page.ask("set", settings={"stop": 100000})
    tracemalloc.start()
    while page.ask("look")[1]["at"]["epoch"] < 800:
        running(page, 1.0)
    gc.collect()
    early = tracemalloc.get_traced_memory()[0]
    running(page, seconds)
    gc.collect()
    late = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return early, late


def main(seconds):
    page = Page()
    print(f"the page: {sum(map(len, page_files().values())):,} bytes")
    print(f"epochs a second, with pictures of 20 × 20: {running(page, seconds):.1f}")
    for cells in (20, 28, 40):
        print(f"an answer with a picture of {cells} × {cells}: "
              f"{cost(page, 'look', picture=cells):.1f} ms, "
              f"{page.ask('look', picture=cells)[0]:,} bytes")
    print(f"one example: {cost(page, 'step', unit='example', picture=28):.1f} ms")
    weight = {"kind": "weight", "layer": 1, "neuron": 0, "input": 0}
    page.ask("step", unit="batch")
    print(f"explain a weight: {cost(page, 'explain', of=weight):.1f} ms")
    if sys.implementation.name == "cpython":
        early, late = growth(seconds)
        print(f"memory after 800 epochs: {early:,} bytes, at the end: {late:,} "
              f"({late / early:.2f} times)")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
