"""Marking a file in a process of its own, with limits on time and memory.

What a learner wrote may never end, may eat all the memory, or may end Python itself. None of that
can be caught from inside, so the grader runs in another process:

    this process                                 the other one
    marked("mine.py")  ── starts ──────────────► reads the file, tries function after function
                       ◄── a line of JSON each ── "begin relu", "relu is right", "begin softmax", …
       too long without a line, or no more lines: this function gets its verdict, and a new process
       goes on with the next one

The other process watches the clock as well: it knows in which of the learner's lines it is. Only
where it cannot tell any more, this one ends it. This is no sandbox: the file runs with all that its
owner may do, so mark files of strangers in a container or under an account that owns nothing.

Where there are no processes, as in a browser, the file is marked in this one, without limits.

Before this: `grader`. After this: `reports`.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence

from . import sheets
from .exercise import Sheet
from .grader import Verdict, grade, verdict_on
from .reading import Learner, Unreadable, read

__all__ = ["Limits", "Marked", "Marking", "mark", "work"]

GRACE = 1.5  # seconds that the other process gets to say itself that time is up
START = 120.0  # seconds that it gets to start: a busy machine, a slow disk
NOTICE = 3.0  # seconds after which somebody who waits is told what for

Notice = Callable[[str], None]


class Limits(NamedTuple):
    """What one function may take: seconds by the clock, and the whole file, megabytes."""

    seconds: float = 10.0
    megabytes: int = 2048


USUAL = Limits()


class Marked(NamedTuple):
    """What came of one file.

    `error` is empty, or says why the file could not be read; then there are no verdicts.
    """

    path: str
    sheet: Optional[Sheet]
    verdicts: Sequence[Verdict]
    seconds: float
    error: str = ""

    @property
    def score(self) -> int:
        """How many functions are right."""
        return [verdict.state for verdict in self.verdicts].count("right")

    @property
    def possible(self) -> int:
        """How many functions there are."""
        return len(self.sheet.exercises) if self.sheet else 0


def mark(path: str, limits: Limits = USUAL) -> Marked:
    """Return what comes of one file, whatever it does.

    Raises OSError if it cannot be opened.
    """
    begun = time.monotonic()
    sheet: Optional[Sheet] = None
    verdicts: List[Verdict] = []
    error = ""
    try:
        marking = Marking(path, limits)
        sheet = marking.sheet
        verdicts.extend(marking)
    except ValueError as problem:
        error = str(problem)
    return Marked(path, sheet, verdicts, round(time.monotonic() - begun, 3), error)


class Marking:
    """The marking of one file while it goes on: its sheet, then one verdict after the other.

    Raises OSError if the file cannot be opened, ValueError (mostly Unreadable) if it is no Python,
    fails or never ends while it is read, or has none of the exercises' functions.
    """

    def __init__(self, path: str, limits: Limits = USUAL, notice: Notice = lambda text: None):
        with open(path, "rb"):
            pass  # whatever is wrong with the path shows here, and not in another process
        self.path = path
        self.limits = limits
        self.notice = notice
        self.current = ""  # the function that is being tried
        self._verdicts: List[Verdict] = []
        self._steps = self._here() if sys.platform == "emscripten" else self._elsewhere()
        self.sheet: Sheet = next(self._steps)

    def __iter__(self) -> Iterator[Verdict]:
        """Yield the verdicts, each as soon as it is known."""
        return iter(self._steps)

    def _here(self) -> Iterator[Any]:
        """Mark in this process, where there is no other."""
        learner = read(self.path)
        sheet = sheets.sheet_of(learner)
        yield sheet
        for verdict in grade(sheet, learner):
            yield verdict

    def _elsewhere(self) -> Iterator[Any]:
        """Mark in one process after the other, until each function has its verdict."""
        sheet: Optional[Sheet] = None
        while sheet is None or len(self._verdicts) < len(sheet.exercises):
            done = len(self._verdicts)
            with _Process(self.path, self.limits, self._verdicts) as process:
                for message in process.messages(lambda: self.notice(self.current)):
                    if "sheet" in message and sheet is None:
                        sheet = sheets.SHEETS[message["sheet"]].variant(message["seed"])
                        yield sheet
                    elif "begin" in message:
                        self.current = message["begin"]
                    elif "verdict" in message:
                        yield self._known(_verdict_from(message["verdict"]))
                if sheet is None:
                    name = os.path.basename(self.path)
                    raise Unreadable(process.unreadable or f"{name}: {process.last_words}")
                if self.current or len(self._verdicts) == done:
                    name = sheet.exercises[len(self._verdicts)].name
                    yield self._known(Verdict(name, "wrong", process.last_words))

    def _known(self, verdict: Verdict) -> Verdict:
        self._verdicts.append(verdict)
        self.current = ""
        return verdict


# ---- The other process, seen from here ----

# The first lines of the other process: from then on it finds this package where we have it, and
# nothing of the same name in the folder in which it happens to be started.
BEGIN = ("import sys; sys.path[:] = eval(sys.argv[1]); "
         "from purenn.exercises.marking import work; work(sys.argv[2:])")


class _Process:
    """Another Python that marks a file, and what it says."""

    def __init__(self, path: str, limits: Limits, before: Sequence[Verdict]) -> None:
        given = json.dumps([[*verdict[:3], list(verdict.remarks)] for verdict in before])
        paths = [os.path.abspath(entry) for entry in sys.path]
        own_group: Dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
        self._limits = limits
        self._lines: "queue.Queue[str]" = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, repr(paths), path, repr(limits.seconds),
             str(limits.megabytes), given],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=dict(os.environ, PYTHONUTF8="1", OPENBLAS_NUM_THREADS="1"), **own_group)
        threading.Thread(target=self._listen, daemon=True).start()
        self._timed_out = False
        self._ready = False
        self.last_words = self.unreadable = ""

    def __enter__(self) -> "_Process":
        return self

    def __exit__(self, *error: object) -> None:
        self._kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put("")

    def messages(self, notice: Callable[[], None]) -> Iterator[Dict[str, Any]]:
        """Yield messages until the process ends, or says nothing for too long.

        Afterwards `last_words` says why there are no more.
        """
        for line in iter(lambda: self._next_line(notice), ""):
            try:
                message = json.loads(line)
            except ValueError:
                continue  # something that the learner's lines wrote here
            if not isinstance(message, dict):
                continue
            if "unreadable" in message:
                self.last_words = self.unreadable = message["unreadable"]
                return
            yield message
        self.last_words = self._why_it_ended()

    def _next_line(self, notice: Callable[[], None]) -> str:
        if not self._ready:  # until it has imported what it needs, no line of the learner's runs
            self._ready = True
            try:
                return self._lines.get(timeout=START)
            except queue.Empty:
                self._timed_out = True
                self._kill()
                return ""
        whole = self._limits.seconds + GRACE
        for patience, late in ((min(NOTICE, whole), notice), (max(0.0, whole - NOTICE), None)):
            try:
                return self._lines.get(timeout=patience)
            except queue.Empty:
                if late is not None:
                    late()
        self._timed_out = True
        self._kill()
        return ""

    def _why_it_ended(self) -> str:
        if self._timed_out:
            return _too_long(self._limits.seconds)
        code = self._process.wait()
        if code < 0:
            return f"it crashes Python (signal {-code}): out of memory, or in a library?"
        return f"it ends Python itself (exit code {code}), as os._exit does; a function returns"

    def _kill(self) -> None:
        if self._process.poll() is None or os.name == "posix":
            try:
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)  # and what it has started
                else:
                    self._process.kill()
            except (ProcessLookupError, PermissionError):
                pass  # it has ended by itself


def _too_long(seconds: float) -> str:
    return f"it does not come to an end within {seconds:g} s: is there a loop that never ends?"


# ---- The other process, from inside ----


def work(words: Sequence[str]) -> None:
    """Mark a file and write a line of JSON for all that happens."""
    path, seconds, megabytes, before = words[0], float(words[1]), int(words[2]), words[3]
    say = _Speaker()
    say(ready=True)
    _limit_memory(megabytes)
    watch = _Watch(path, seconds, say)
    try:
        learner = read(path)
        sheet = sheets.sheet_of(learner)
    except (ValueError, OSError) as error:
        say(unreadable=str(error))
        return
    say(sheet=sheet.part, seed=sheet.seed)
    verdicts = [_verdict_from(one) for one in json.loads(before)]
    _mark_the_rest(sheet, learner, verdicts, watch, say)
    say(end=True)


def _mark_the_rest(
    sheet: Sheet, learner: Learner, verdicts: List[Verdict], watch: "_Watch", say: "_Speaker"
) -> None:
    for exercise in sheet.exercises[len(verdicts):]:
        say(begin=exercise.name)
        watch.begin(exercise.name)
        wrong = [one for one, verdict in zip(sheet.exercises, verdicts) if verdict.state != "right"]
        verdict = verdict_on(exercise, learner, wrong, sheet.seed)
        watch.end()
        verdicts.append(verdict)
        say(verdict=[*verdict[:3], list(verdict.remarks)])


def _verdict_from(words: List[Any]) -> Verdict:
    """Return a verdict as it was before it became JSON."""
    name, state, hint, remarks = words
    return Verdict(name, state, hint, tuple(remarks))


class _Speaker:
    """What is left of standard output: the way back, which `print` no longer reaches."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        self._lock = threading.Lock()

    def __call__(self, **message: Any) -> None:
        with self._lock:
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()


class _Watch:
    """A thread that ends the process when a function takes too long, and says in which line."""

    def __init__(self, path: str, seconds: float, say: _Speaker) -> None:
        self._path = path
        self._seconds = seconds
        self._say = say
        self._main = threading.get_ident()
        self._name = ""
        self._until = time.monotonic() + seconds
        threading.Thread(target=self._run, daemon=True).start()

    def begin(self, name: str) -> None:
        """Give the function of that name its seconds."""
        self._name = name
        self._until = time.monotonic() + self._seconds

    def end(self) -> None:
        """Stop the clock."""
        self._until = float("inf")

    def _run(self) -> None:
        while time.monotonic() < self._until:
            time.sleep(min(0.1, self._seconds / 10))
        said = f"{self._line()}{_too_long(self._seconds)}"
        if self._name:
            self._say(verdict=[self._name, "wrong", said, []])
        else:
            self._say(unreadable=f"{os.path.basename(self._path)}: {said}")
        os._exit(0)

    def _line(self) -> str:
        """Return which of the learner's lines is running, as far as that can be seen."""
        frame = sys._current_frames().get(self._main)
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                return f"line {frame.f_lineno}: "
            frame = frame.f_back
        return ""


def _limit_memory(megabytes: int) -> None:
    """Make the system refuse more memory than that, where it can (not on Windows)."""
    try:
        import resource

        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ImportError, ValueError, OSError):
        pass
