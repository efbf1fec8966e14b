"""The playground: how quick it is, in one process and in a real browser, and whether it leaks.

    python3 -m benchmarks.playground                    speed, in some minutes
    python3 -m benchmarks.playground --pyodide FOLDER   the same, with Python in the browser too
    python3 -m benchmarks.playground --minutes 10       memory, while it runs for so long

Both write into benchmarks/results/.

Everywhere the same: 300 points of the spiral, a network of 2-8-8-3, Adam, batches of 32, and with
each answer the pictures of all neurons and of the plane.

*In one process* requests go to `handle` and no time is lost between them. Its numbers are of the
processor's time, as in the other benchmarks.

*In the browser* (Chromium, driven by playwright) `purenn play` runs on the interpreter that is
measured, and the page runs as it does for everybody: it asks, waits, and paints. Pictures are
counted when the plane is painted. Epochs are counted twice. By the clock on the wall, which is what
somebody sees; a machine with other work to do makes that worse, never better. And by the time that
the processor worked for Python and for all of the browser together, the painting too: since one
waits for the other, that is about what one sees on a machine with nothing else to do.

*Memory*: the page runs at its speed "10 epochs a second". Once a minute it pauses for a moment, and
is asked how much lives in its JavaScript after a collection of garbage, and the system is asked how
much memory the server's process holds. All that the playground keeps has reached its limit after
800 epochs.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from purenn.play import Playground
from purenn.play.server import page_files

from .interpreters import ask, find_interpreters, find_pyodide, name_of_this
from .processes import ROOT, environment
from .report import Result, Table, read_parts, shown, write

RESULTS = Path(__file__).with_name("results")
WEIGHT = {"kind": "weight", "layer": 1, "neuron": 0, "input": 0}
LIMITS_REACHED = 800  # epochs
WARM = 150  # epochs


# ---- In one process ----


class Page:
    """Asks as the page does, one request after another."""

    def __init__(self) -> None:
        self.playground = Playground()
        self.session = self.playground.handle({"v": 1, "id": 0, "op": "hello"})["session"]

    def ask(self, op: str, **fields: Any) -> Dict[str, Any]:
        """Return the answer, which must not be a refusal."""
        answer = self.playground.handle({"v": 1, "id": 1, "op": op, "session": self.session,
                                         **fields})
        assert answer["ok"], answer
        return answer

    def run(self, seconds: float) -> float:
        """Run for so many seconds of this process; return the epochs a second."""
        started = time.process_time()
        first = since = self.ask("look")["at"]["epoch"]
        while time.process_time() - started < seconds:
            since = self.ask("run", budget_ms=50, picture=20, since=since)["at"]["epoch"]
        return (since - first) / (time.process_time() - started)


def cost(work: Callable[[], Any], times: int) -> float:
    """Return the median time of some work, in milliseconds of this process."""
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return 1000 * statistics.median(found)


def measure(seconds: float) -> Dict[str, Any]:
    """Return what this interpreter needs."""
    page = Page()
    page.ask("set", settings={"stop": 100000})
    page.run(seconds / 4)
    rate, times = page.run(seconds), 2 if seconds < 1 else 30
    example = cost(lambda: page.ask("step", unit="example"), times)
    page.ask("step", unit="batch")
    found = {
        "name": name_of_this(), "epochs a second": rate, "one example, ms": example,
        "explain a weight, ms": cost(lambda: page.ask("explain", of=WEIGHT), times),
        "answer with a picture of 20 × 20, bytes": len(json.dumps(page.ask("look", picture=20))),
    }
    return found


# ---- In a browser ----

COUNT_PICTURES = """
window.pictures = 0;
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (...given) {
  if (this.canvas.id === "regions") window.pictures++;
  return draw.apply(this, given);
};
new MutationObserver(() => { window.ready = performance.now(); })
  .observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
"""
ONE_EXAMPLE = """() => new Promise(done => {
  const started = performance.now(), where = document.getElementById("where");
  const watch = new MutationObserver(() => {
    watch.disconnect();
    done(performance.now() - started);
  });
  watch.observe(where, { childList: true, characterData: true, subtree: true });
  document.getElementById("example").click();
})"""


def why_no_browser() -> Optional[str]:
    """Return why no browser can be driven here, None if one can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return None if _chromium() else "Chromium is not installed"


def _chromium() -> Optional[str]:
    return next(filter(None, map(shutil.which, (
        "chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Give a Chromium, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        try:
            yield one
        finally:
            one.close()


class Serving:
    """`purenn play` in a process of its own, on a free port."""

    def __init__(self, python: str) -> None:
        self.process = subprocess.Popen(
            [python, "-m", "purenn", "play", "--no-browser"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=ROOT, env=environment())
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().decode().split()[-1]

    def resident(self) -> Optional[float]:
        """Return the bytes that the process holds, None where the system does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
                return float(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        except OSError:
            return None

    def worked(self) -> float:
        """Return the seconds that the processor worked for this process, 0 where nobody knows."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *error: Any) -> None:
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def static_site(pyodide: str) -> Iterator[str]:
    """Write the playground as a folder, serve it, and give its address."""
    from purenn.play import site

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                          ".mjs": "text/javascript", ".wasm": "application/wasm"}

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with tempfile.TemporaryDirectory() as folder:
        site.write(folder, pyodide)
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def opened(chromium: Any, url: str) -> Tuple[Any, float]:
    """Return the page at this address once all can be done with it, and the seconds it took."""
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(COUNT_PICTURES)
    page.goto(url + "#v=1&end=100000")  # else it stops by itself
    page.wait_for_selector("html[data-ready=yes]", timeout=180_000)
    return page, page.evaluate("ready") / 1000


def epoch_of(page: Any) -> int:
    """Return the epoch that the page shows."""
    return int(page.inner_text("#where").split()[1])


def use(
    chromium: Any, url: str, seconds: float, serving: Optional[Serving] = None
) -> Dict[str, float]:
    """Open the page, run, pause, look at single examples; return what it took."""
    system = chromium.new_browser_cdp_session()

    def worked() -> float:
        browsers = sum(one["cpuTime"] for one in
                       system.send("SystemInfo.getProcessInfo")["processInfo"])
        return float(browsers) + (serving.worked() if serving else 0.0)

    page, loading = opened(chromium, url)
    time.sleep(1.0)
    page.click("#run")
    warm = time.monotonic() + 4 * seconds
    while epoch_of(page) < WARM and time.monotonic() < warm:
        time.sleep(0.1)  # PyPy compiles meanwhile
    first, pictures, busy = epoch_of(page), page.evaluate("pictures"), worked()
    started = time.perf_counter()
    time.sleep(seconds)
    epochs, pictures = epoch_of(page) - first, page.evaluate("pictures") - pictures
    took, busy = time.perf_counter() - started, worked() - busy
    page.click("#run")
    time.sleep(3)  # the finer pictures that follow a pause are drawn meanwhile
    page.evaluate(ONE_EXAMPLE)
    time.sleep(3)
    clicks, clicking = [], worked()
    for _ in range(20):
        clicks.append(page.evaluate(ONE_EXAMPLE))
        time.sleep(0.2)
    clicking = worked() - clicking
    page.context.close()
    return {"seconds to load": loading, "epochs a second": epochs / took,
            "a second of the processor": epochs / busy,
            "pictures a second": pictures / took, "one example, ms": statistics.median(clicks),
            "of the processor, ms": 1000 * clicking / len(clicks)}


def run_for(chromium: Any, serving: Serving, minutes: int) -> List[Dict[str, Any]]:
    """Run for minutes; return epoch, memory of the page and of the server, once a minute."""
    page, _ = opened(chromium, serving.url)
    inside = page.context.new_cdp_session(page)
    inside.send("Performance.enable")
    page.select_option("#speed", "10")
    page.click("#run")
    found, started = [], time.monotonic()
    for minute in range(1, minutes + 1):
        time.sleep(max(0.0, started + 60 * minute - time.monotonic()))
        page.click("#run")  # pause: an answer on its way is no leak
        time.sleep(2)
        inside.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in
                   inside.send("Performance.getMetrics")["metrics"]}
        found.append({"minute": minute, "epoch": epoch_of(page), "page": metrics["JSHeapUsedSize"],
                      "nodes": metrics["Nodes"], "server": serving.resident()})
        page.click("#run")
    page.context.close()
    return found


# ---- All of it ----


def pythons() -> List[str]:
    """Return this interpreter, and PyPy where there is one."""
    others = [one for one in find_interpreters() if "pypy" in one and one != sys.executable]
    return [sys.executable, *others[:1]]


def run(seconds: float, pyodide: Optional[str]) -> Result:
    """Measure how quick it is, by everything that is found here."""
    alone = [ask([python, "-m", "benchmarks.playground", "--alone", str(seconds)])
             for python in pythons()]
    used: Dict[str, Dict[str, float]] = {}
    missing = why_no_browser()
    if missing is None:
        with browser() as chromium:
            for python, one in zip(pythons(), alone):
                with Serving(python) as serving:
                    used[one["name"]] = use(chromium, serving.url, seconds, serving)
            folder = find_pyodide(pyodide)
            if folder is not None:
                with static_site(folder) as url:
                    used["Pyodide"] = use(chromium, url, seconds)
    size = sum(map(len, page_files().values()))
    return Result(
        "The playground: 2-8-8-3 on 300 points, with pictures",
        f"The page, all its files together: {size:,} bytes.{_load_said()}",
        [_alone_table(alone), *([_used_table(used)] if used else [])],
        [f"Nothing was measured in a browser: {missing}."] if missing else [],
        {}, {"page bytes": size, "alone": alone, "in the browser": used})


def run_memory(minutes: int) -> Result:
    """Look at the memory of page and server while it runs."""
    missing = why_no_browser()
    if missing is not None:
        raise SystemExit(f"benchmarks.playground: {missing}")
    with browser() as chromium, Serving(sys.executable) as serving:
        memory = run_for(chromium, serving, minutes)
    return Result("The playground: memory while it runs",
                  "At 10 epochs a second at most, with pictures.", [_memory_table(memory)],
                  _memory_said(memory), {}, memory)


def _load_said() -> str:
    """Return how busy the machine was, where the system tells it."""
    if not hasattr(os, "getloadavg"):
        return ""
    return (f" While the browser was driven, {os.getloadavg()[1]:.1f} processes wanted the "
            f"{os.cpu_count()} cores (the mean of five minutes); with a machine to itself it is "
            f"quicker.")


def _alone_table(alone: List[Dict[str, Any]]) -> Table:
    names = ["epochs a second", "one example, ms", "explain a weight, ms"]
    return Table("In one process, of the processor's time:", ["", *names],
                 [[one["name"], *(shown(one[name]) for name in names)] for one in alone])


def _used_table(used: Dict[str, Dict[str, float]]) -> Table:
    names = list(next(iter(used.values())))
    return Table("In Chromium, by the clock on the wall where nothing else is said:", ["", *names],
                 [[name, *(shown(one[column]) for column in names)] for name, one in used.items()])


def _memory_table(memory: List[Dict[str, Any]]) -> Table:
    return Table("", ["minute", "epoch", "page, MB", "nodes of the page", "server, MB"],
                 [[str(one["minute"]), str(one["epoch"]), shown(one["page"] / 1e6),
                   f"{one['nodes']:.0f}", "" if one["server"] is None
                   else shown(one["server"] / 1e6)] for one in memory])


def _memory_said(memory: List[Dict[str, Any]]) -> List[str]:
    found = []
    settled = [one for one in memory if one["epoch"] >= LIMITS_REACHED]
    for name in ("page", "server"):
        sizes = [one[name] for one in settled if one[name] is not None]
        if len(sizes) > 1:
            found.append(f"From minute {settled[0]['minute']} to minute {settled[-1]['minute']} "
                         f"the memory of the {name} changed by {sizes[-1] / sizes[0] - 1:+.1%}.")
    return found


def main(arguments: Optional[List[str]] = None) -> None:
    """Measure, print and keep it; with --alone only in this process."""
    words = argparse.ArgumentParser(prog="python3 -m benchmarks.playground")
    words.add_argument("--alone", type=float, metavar="SECONDS",
                       help="measure this interpreter alone, without a browser, and print JSON")
    words.add_argument("--seconds", type=float, default=10.0, help="of each run (default: 10)")
    words.add_argument("--minutes", type=int, help="look at memory for so long, at nothing else")
    words.add_argument("--pyodide", metavar="FOLDER", help="where npm put the package pyodide")
    words.add_argument("--results", metavar="FOLDER", default=str(RESULTS))
    options = words.parse_args(arguments)
    if options.alone is not None:
        print(json.dumps(measure(options.alone)))
        return
    started = time.perf_counter()
    name = "playground" if options.minutes is None else "playground, memory"
    result = run(options.seconds, options.pyodide) if options.minutes is None else (
        run_memory(options.minutes))
    write(options.results, name, result, time.perf_counter() - started,
          list(read_parts(options.results)))


if __name__ == "__main__":
    main()
