"""The session: what one page sees and does, driven by requests, without a socket in sight.

    request: dict  ──►  Playground.handle  ──►  answer: dict

Both are plain JSON values. A carrier takes them to and fro: `server` over HTTP on this computer, or
a worker in the browser, in which this very module runs. `handle` raises nothing: what cannot be
done is an answer too.

Every number on the page is in an answer, and every answer is made of what purenn computes. The page
draws and asks.

Before this: `take`. After this: `server`.
"""

from __future__ import annotations

import base64
import binascii
import math
import secrets
import sys
import time
from collections import OrderedDict
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from .. import __version__, linalg
from ..data import DataSet, Encoding
from ..metrics import classes_of
from ..text import safe, shown
from . import explain, notes, table, take
from .address import MOST_POINTS, Address, Planned, on_grid, read_address
from .pictures import layer_outputs, picture
from .plane import Plane
from .problem import Part, Problem, make_problem, points_as_data
from .refusals import Refused, only, real, text, whole
from .runner import Runner, live
from .settings import BUNDLED, Settings, catalogue, changed

__all__ = ["Playground", "Session"]

MOST_SESSIONS = 8
MOST_MS = 200
DATA_FIELDS = ("set", "points", "classes", "noise", "held_out", "seed", "standardize", "loss")
LIMITS = {"points": MOST_POINTS, "cells": 112, "file": table.MOST_BYTES}


class Playground:
    """All sessions: one for each page that is open, the longest unused goes when there are many.

    >>> playground = Playground()
    >>> hello = playground.handle({"v": 1, "id": 1, "op": "hello"})
    >>> hello["ok"], hello["id"]
    (True, 1)
    """

    def __init__(self, book: Optional[str] = None, share: str = "") -> None:
        self.book, self.share = book, share
        self.sessions: OrderedDict[str, Session] = OrderedDict()
        self.report: Callable[[BaseException], str] = lambda error: ""  # a carrier's log

    def handle(self, request: Any) -> Dict[str, Any]:
        """Do what the request asks for; raises nothing."""
        number: Any = request.get("id") if isinstance(request, dict) else None
        answer: Dict[str, Any] = {"v": 1, "id": number if type(number) in (int, str) else None}
        try:
            answer.update(self._answer(request))
            answer["ok"] = True
        except Refused as error:
            answer.update(ok=False, error=error.answer())
        except Exception as error:  # a mistake of ours; the page must not be left waiting
            said = self.report(error)
            answer.update(ok=False, error=Refused(
                "internal", f"the playground made a mistake{said}: {type(error).__name__}",
                advice="Rewind, and please report it").answer())
        finite_answer: Dict[str, Any] = finite(answer)
        return finite_answer

    def _answer(self, request: Any) -> Dict[str, Any]:
        if not isinstance(request, dict) or request.get("v") != 1:
            raise Refused("bad_request", "expected an object with v: 1")
        rest = {name: value for name, value in request.items()
                if name not in ("v", "id", "op", "session")}
        op, name = request.get("op"), request.get("session")
        if op == "hello":
            only(rest, ())
            return self._hello()
        if not isinstance(name, str) or name not in self.sessions:
            raise Refused("no_session", "this page's session is over; a new one begins")
        self.sessions.move_to_end(name)
        session = self.sessions[name]
        if not isinstance(op, str) or op not in session.ops:
            raise Refused("unknown_op", f"there is no op {shown(op)}", "op")
        fields, do = session.ops[op]
        only(rest, fields)
        return do(rest)

    def _hello(self) -> Dict[str, Any]:
        session, name = Session(), secrets.token_hex(8)
        session.share = self.share
        self.sessions[name] = session
        while len(self.sessions) > MOST_SESSIONS:
            self.sessions.popitem(last=False)
        python = f"{sys.implementation.name} {'.'.join(map(str, sys.version_info[:3]))}"
        return {"session": name, "python": python, "purenn": __version__, "limits": LIMITS,
                "catalogue": catalogue(), "book": self.book, "share": self.share,
                "bundled": list(BUNDLED), **session.everything()}


def finite(value: Any) -> Any:
    """Return JSON values with null for every number that is not finite: JSON knows none."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(one) for one in value]
    return value


Op = Tuple[Tuple[str, ...], Callable[[Dict[str, Any]], Dict[str, Any]]]


class Session:
    """One page: settings, data, the network that learns, and a second one if there is a race."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.points: List[Tuple[float, float, int]] = []
        self.undo: List[List[Tuple[float, float, int]]] = []
        self.table: Optional[table.Table] = None
        self.choice: Optional[table.Choice] = None
        self.encoding: Optional[Encoding] = None
        self.own: Optional[DataSet] = None  # the table, as it was read
        self.address: Optional[Address] = None
        self.for_table = ""  # an address that waits until its table is dropped
        self.share = ""
        self.rev = 0
        self.before = False  # whether pictures are those before the activation
        self.notes = notes.Watcher()
        self.problem = make_problem(self.settings, None)
        self.plane = Plane(self.problem)
        self.a = Runner(self.settings, self.problem)
        self.b: Optional[Runner] = None
        self.seconds = {"a": 0.0, "b": 0.0}
        self._judged: Optional[Tuple[Any, Dict[str, Any]]] = None
        self.ops: Dict[str, Op] = {
            "set": (("settings", "address"), self.set),
            "run": (("unit", "most", "budget_ms", "since", "picture"), self.run),
            "step": (("unit", "picture"), self.step),
            "back": (("steps", "picture"), self.back),
            "go": (("epoch", "picture"), self.go),
            "rewind": (("picture",), self.rewind),
            "look": (("picture", "since"), self.look),
            "picture": (("n", "rows", "before"), self.picture),
            "explain": (("of", "row", "when", "run", "digit"), self.explain),
            "edit": (("layer", "neuron", "input", "value", "picture"), self.edit),
            "points": (("add", "remove", "undo", "clear"), self.change_points),
            "table": (("name", "bytes", "use"), self.take_table),
            "digit": (("bits", "centre", "wrong"), self.digit),
            "plane": (("columns",), self.set_plane),
            "hidden": ((), self.hidden),
            "race": (("on", "settings", "picture"), self.race),
            "doctor": ((), self.doctor),
            "dismiss": (("note",), self.dismiss),
            "source": (("of",), self.source),
            "take": (("what",), self.take),
        }

    # -- What is answered --

    def everything(self) -> Dict[str, Any]:
        """Return all that a page needs to draw itself anew."""
        return {"settings": self._shown_settings(), "data": self.data(),
                "network": self.network(), **self.snapshot(0, 20)}

    def _shown_settings(self) -> Dict[str, Any]:
        return dict((self.a.waiting or self.settings)._asdict())

    def snapshot(self, since: int, n: int, running: bool = False) -> Dict[str, Any]:
        """Return where it stands: position, scores, curve, weights, notes, and pictures if n."""
        runner = self.a
        self.rev += 1
        answer: Dict[str, Any] = {
            "rev": self.rev, "at": self._at(runner), "weights": _weights(runner),
            "curve": _curve(runner, since), "notes": self.notes.look(runner, running),
            "changes": [[one.epoch, notes.change_said(runner, number)]
                        for number, one in enumerate(runner.changes)],
            "seconds": self.seconds,
        }
        answer.update(self._last(runner) if running else self.judged(runner))
        if n:
            started = time.perf_counter()
            answer["picture"] = picture(runner, self.plane, n, before=self.before)
            answer["ms"] = {"picture": 1000 * (time.perf_counter() - started)}
        if self.b is not None:
            answer["b"] = self._second(self.b, since, n)
        return answer

    def _second(self, runner: Runner, since: int, n: int) -> Dict[str, Any]:
        found = {"at": self._at(runner), "curve": _curve(runner, since),
                 "weights": _weights(runner), "settings": dict(runner.settings._asdict()),
                 "differs": _differences(self.a.settings, runner.settings)}
        if n:
            found["picture"] = picture(runner, self.plane, n)
        return found

    @staticmethod
    def _at(runner: Runner) -> Dict[str, Any]:
        return {"epoch": runner.epoch, "batch": runner.batch, "batches": runner.batches,
                "row": runner.row, "back": len(runner.back_to) + (runner.row is not None),
                "rows": min(runner.batch_size, len(runner.problem.learn.inputs) - runner.first),
                "stopped": runner.stopped, "kept": list(runner.kept)[:1] + list(runner.kept)[-1:]}

    def _last(self, runner: Runner) -> Dict[str, Any]:
        record = runner.records[-1]
        return {"scores": {"train": record.train, "held_out": record.held_out},
                "say": _said(runner, record.train.metric,
                             record.held_out and record.held_out.metric)}

    def judged(self, runner: Runner) -> Dict[str, Any]:
        """Return scores of the weights as they are now, and which points are wrong."""
        key = runner.values()
        if self._judged is None or not _same(self._judged[0], key):
            train, held_out = runner.problem.learn, runner.problem.held_out
            scores: List[Any] = []
            wrong: List[List[int]] = []
            for part in (train, held_out):
                if part is not None:
                    score, mistakes = _judge(runner, part)
                    scores.append(score)
                    wrong.append(mistakes)
            scores += [None] * (2 - len(scores))
            self._judged = (key, {
                "scores": {"train": scores[0], "held_out": scores[1]}, "wrong": wrong,
                "say": _said(runner, scores[0][1], scores[1] and scores[1][1])})
        return self._judged[1]

    def data(self) -> Dict[str, Any]:
        """Return the points as they are drawn, and what they are called."""
        problem = self.problem
        parts = [part for part in (problem.learn, problem.held_out) if part is not None]
        return {
            "name": self.settings.set, "classes": list(problem.data.class_names),
            "features": list(problem.data.feature_names), "said": problem.data.description,
            "parts": [[self._point(part, row) for row in range(len(part.inputs))]
                      for part in parts],
            "plane": self.plane.described(), "own": len(self.points),
            "put": self.points if self.settings.set == "points" else [],
            "table": self.table.name if self.table else None,
            "digits": self.settings.set == "digits",
            "caption": _caption(problem, self.plane),
        }

    def _point(self, part: Part, row: int) -> List[Any]:
        x, y = self.plane.place(part.inputs[row], part.raw[row], part.labels[row])
        return [x, y, part.labels[row] if self.problem.classes else 0,
                self.plane.distance(part.inputs[row])]

    def network(self) -> Dict[str, Any]:
        """Return the shape of the network: the page lays it out."""
        network = self.a.network
        return {"inputs": list(self.problem.data.feature_names),
                "hidden": list(self.a.settings.hidden), "activation": self.a.settings.activation,
                "outputs": _output_names(self.problem, network.output_width),
                "parameters": sum(len(row) for one in self.a.parameters for row in one.value),
                "summary": network.summary(), "loss": repr(self.a.loss),
                "optimizer": type(self.a.optimizer).__name__}

    # -- Settings --

    def set(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Change settings, or take over all that an address says."""
        if "address" in request:
            return self._open_address(request["address"])
        before = self.a.waiting or self.settings
        after = changed(before, request.get("settings", {}))
        rewound = not live(before, after)
        if rewound:
            self._start(after)
        elif after != before:
            self.a.change(after)
            self.settings = after
        return {**self.everything(), "rewound": rewound}

    def _runners(self) -> List[Runner]:
        return [self.a] if self.b is None else [self.a, self.b]

    def _start(self, settings: Settings, plan: Tuple[Planned, ...] = ()) -> None:
        """Begin anew; on any error all stays as it was."""
        problem, plane = self.problem, self.plane
        own = points_as_data(self.points) if settings.set == "points" else self.own
        if settings.set in ("points", "table") or any(
                getattr(settings, name) != getattr(self.settings, name) for name in DATA_FIELDS):
            problem = make_problem(settings, own)
            plane = Plane(problem)
        runner = Runner(settings, problem)
        runner.plan = plan
        if self.b is not None:
            self.b = Runner(_second_settings(settings, self.b.settings), problem)
        self.settings, self.problem, self.plane, self.a = settings, problem, plane, runner
        self.notes.rewound()
        self._judged, self.seconds = None, {"a": 0.0, "b": 0.0}

    def _open_address(self, address: Any) -> Dict[str, Any]:
        if not isinstance(address, str):
            raise Refused("bad_value", f"address: expected text, got {shown(address)}", "address")
        read = read_address(address)
        settings, problems = read.settings, list(read.problems)
        waiting_for, self.for_table = None, ""
        self.points = read.points or self.points
        if settings.set == "table" and (self.table is None or (
                read.table is not None and not read.table.endswith(self.table.mark))):
            waiting_for, self.for_table = read.table or "a table", address
            settings = Settings()
        try:
            self._start(settings, tuple(read.plan))
        except Refused as error:
            problems.append(error.message)
            self._start(Settings())
        problems += self._check_plan()
        self.address = read
        goal = 0 if waiting_for else min(read.epoch, self.settings.stop)
        return {**self.everything(), "rewound": True, "problems": problems, "goal": goal,
                "waiting_for": waiting_for}

    def _check_plan(self) -> List[str]:
        """Leave out what is planned for weights that there are not; say so."""
        shapes = [linalg.shape(one.value) for one in self.a.parameters]
        kept = tuple(one for one in self.a.plan if one.edit is None or (
            one.edit[0] < len(shapes) and one.edit[1] < shapes[one.edit[0]][0]
            and one.edit[2] < shapes[one.edit[0]][1]))
        dropped = len(self.a.plan) - len(kept)
        self.a.plan = kept
        return [f"it changes {dropped} weights that this network has not"] if dropped else []

    def _arrived(self) -> Optional[Dict[str, Any]]:
        """Return what to say when the epoch of the address is reached; None until then."""
        read = self.address
        if read is None or self.a.epoch < read.epoch:
            return None
        self.address, self.a.plan = None, ()
        if read.loss is None or not read.epoch:
            return {"same": True}
        here = f"{self.a.records[-1].train.loss:.4g}"
        if here == read.loss:
            return {"same": True, "epoch": read.epoch}
        return {"same": False, "epoch": read.epoch, "weights": self._load(read.weights), "say": (
            f"The start is the same, but by epoch {read.epoch} rounding on this computer has led "
            f"elsewhere: the loss is {here}, there it was {read.loss}.")}

    def _load(self, weights: Optional[List[float]]) -> bool:
        """Take over weights from an address, if they are as many as the network's."""
        shapes = [linalg.shape(one.value) for one in self.a.parameters]
        here = [one for value in self.a.values() for row in value for one in row]
        if weights is None or len(weights) != len(here):
            return False
        for parameter, (rows, columns) in zip(self.a.parameters, shapes):
            parameter.value = [weights[row * columns:(row + 1) * columns] for row in range(rows)]
            weights = weights[rows * columns:]
        return True

    # -- Time --

    def run(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Learn until the time is up, or as much as was asked for."""
        unit = text(request, "unit", ("epoch", "batch"), "epoch")
        most = whole(request, "most", 1, 100_000, 100_000)
        budget = whole(request, "budget_ms", 1, MOST_MS, 50) / 1000
        started = time.perf_counter()
        for runner in self._runners():
            runner.go_on()
        done, until = 0, started + budget
        while done < most and time.perf_counter() < until:
            behind = self._next_to_run()
            if behind is None:
                break
            epoch = behind.epoch
            self._timed_step(behind)
            done += unit == "batch" or (behind.epoch > epoch and behind is self.a)
            if self.address is not None and self.a.epoch >= self.address.epoch:
                break
        spent = time.perf_counter() - started
        answer = self.snapshot(whole(request, "since", 0, 100_000, 0),
                               whole(request, "picture", 0, 112, 0), running=True)
        answer["arrived"] = self._arrived()
        answer["ms"] = {"train": 1000 * spent, "picture": 0.0, **answer.get("ms", {})}
        return answer

    def _timed_step(self, runner: Runner) -> None:
        started = time.perf_counter()
        runner.step_batch()
        self.seconds["a" if runner is self.a else "b"] += time.perf_counter() - started

    def _next_to_run(self) -> Optional[Runner]:
        """Return who is behind; None when nobody can go on."""
        able = [runner for runner in self._runners() if not runner.stopped]
        return min(able, key=lambda one: one.epoch + one.batch / one.batches, default=None)

    def step(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Take one step: a row of the batch, the batch, or the epoch."""
        unit = text(request, "unit", ("example", "batch", "epoch"), "batch")
        for runner in self._runners():
            runner.go_on()
            if unit == "example":
                runner.step_row()
            elif unit == "batch":
                runner.step_batch()
            else:
                runner.step_epoch()
        answer = self._look(request)
        if self.a.row is not None:
            answer["row"] = explain.row_of_batch(self.a, self.plane)
        return answer

    def back(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Go back so many steps."""
        for runner in self._runners():
            runner.back(whole(request, "steps", 1, 100, 1))
        answer = {**self._look(request), "curve_whole": True}
        if self.a.row is not None:
            answer["row"] = explain.row_of_batch(self.a, self.plane)
        return answer

    def go(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Go to the kept epoch nearest to this one."""
        for runner in self._runners():
            runner.go(whole(request, "epoch", 0, 100_000))
        return {**self._look(request), "curve_whole": True}

    def rewind(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Be at the very start again; live changes and edits are undone."""
        self._start(self.a.first_settings)
        return {**self._look(request), "curve_whole": True, "settings": self._shown_settings()}

    def look(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return where it stands; nothing changes."""
        return self._look(request)

    def _look(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        return self.snapshot(whole(request, "since", 0, 100_000, 0),
                             whole(request, "picture", 0, 112, 0))

    # -- Looking closer --

    def picture(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return the pictures of all neurons, or a slice of their rows."""
        n = whole(request, "n", 4, 112)
        rows = request.get("rows", [0, n])
        if not isinstance(rows, list) or len(rows) != 2 or not all(
                type(row) is int for row in rows) or not 0 <= rows[0] < rows[1] <= n:
            raise Refused("bad_value", f"rows: expected two numbers from 0 to {n}", "rows")
        self.before = before = request.get("before", False) is True
        started = time.perf_counter()
        found = {"picture": picture(self.a, self.plane, n, rows[0], rows[1], before)}
        if self.b is not None:
            found["b"] = picture(self.b, self.plane, n, rows[0], rows[1], before)
        return {**found, "rev": self.rev, "ms": {
            "picture": 1000 * (time.perf_counter() - started)}}

    def explain(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return the sums behind a weight, a neuron or an example, with today's numbers."""
        which = text(request, "run", ("a", "b"), "a")
        runner = self.a if which == "a" else self.b
        if runner is None:
            raise Refused("not_now", "there is no second run", "run")
        if "digit" in request:
            return explain.explain_alone(runner, request, *self._digit_of(request["digit"]))
        return explain.explain(runner, request)

    def _digit_of(self, digit: Any) -> Tuple[List[float], int]:
        """Return the pixels of a digit and what it is: one that was drawn, or one of the data."""
        self._only_with_digits()
        if not isinstance(digit, dict):
            raise Refused("bad_value", "digit: expected an object", "digit")
        if "wrong" in digit:
            only(digit, ("wrong",))
            chosen = self._wrong_row(whole(digit, "wrong", 1, 100_000))
            if chosen is None:
                raise Refused("not_now", "it gets all of them right", "digit")
            part, row, _ = chosen
            return list(part.raw[row]), part.labels[row]
        only(digit, ("bits", "centre", "target"))
        return (_blocks(_bytes(digit, "bits"), digit.get("centre") is True),
                whole(digit, "target", 0, 9))

    def set_plane(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Choose two columns as the axes of the slice, or none: the two main directions."""
        columns = request.get("columns")
        if columns is not None:
            width = self.problem.width
            if not isinstance(columns, list) or len(columns) != 2 or columns[0] == columns[1] or (
                    not all(type(one) is int and 0 <= one < width for one in columns)):
                raise Refused("bad_value", f"columns: expected two different numbers from 0 to "
                              f"{width - 1}", "columns")
            columns = (columns[0], columns[1])
        if self.plane.kind == "slice":
            self.plane = Plane(self.problem, columns)
        return {"data": self.data(), **self.snapshot(0, 28)}

    def hidden(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return what the last hidden layer makes of all points, and the output's boundaries."""
        return explain.hidden_space(self.a)

    def edit(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Give a weight or a bias another value."""
        place = explain.place_of(self.a, request)
        self.a.edit(*place, real(request, "value", -1e6, 1e6))
        return self._look(request)

    def doctor(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return everything that the doctor finds, in the order in which it looks."""
        return {"findings": notes.full(self.a, self.problem)}

    def dismiss(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Keep quiet about a note until it is rewound."""
        self.notes.dismiss(str(request.get("note", ""))[:80])
        return {"notes": self.notes.look(self.a, False)}

    def source(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return the lines of a function of purenn that Explain refers to."""
        return explain.source_of(request.get("of"))

    def race(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Begin or end a race of two settings from one start."""
        if request.get("on") is False:
            self.b = None
        else:
            after = changed(self.b.settings if self.b else self.settings,
                            request.get("settings", {}))
            other = Runner(_second_settings(after, after), self.problem)
            if any(getattr(after, name) != getattr(self.settings, name) for name in DATA_FIELDS):
                raise Refused("bad_value", "two runs side by side learn the same data with the "
                              "same loss; change the network or the training", "settings")
            self._start(self.settings)
            self.b = other
        return {"settings": self._shown_settings(), "curve_whole": True,
                **self.snapshot(0, whole(request, "picture", 0, 112, 20))}

    # -- Data of one's own --

    def change_points(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Put points down, take them away, undo."""
        before = list(self.points)
        if request.get("undo"):
            after = self.undo.pop() if self.undo else before
        else:
            after = _with_points([] if request.get("clear") else before, request)
            if after != before:
                self.undo = [*self.undo[-99:], before]
        self.points = after
        if len(after) < 2:
            return {"put": after, "own": len(after)}
        try:
            if self.settings.set == "points":
                self._start(self.settings)
            else:
                self._start(changed(self.settings, {"set": "points", "held_out": 0.0}))
        except Refused:
            self.points = before
            raise
        return {**self.everything(), "rewound": True, "put": after}

    def take_table(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Look at a table that was dropped, or use it as was chosen."""
        if "bytes" in request:
            name = request.get("name")
            if not isinstance(name, str):
                raise Refused("bad_value", "name: expected the name of the file", "name")
            name = safe(name[-80:]) or "the table"
            found = table.table_from(name, _bytes(request, "bytes"))
            described = table.described(found)
            self.table = found
            return {"table": described}
        if self.table is None:
            raise Refused("not_now", "drop a table onto the page first", "use")
        choice = _choice(request.get("use"))
        own, encoding = table.read_table(self.table, choice, self.settings.seed)
        before = self.own, self.choice, self.encoding
        self.own, self.choice, self.encoding = own, choice, encoding
        try:
            settings = changed(self.settings, {"set": "table", "standardize": True,
                                               "loss": "auto", "batch": 16 if len(own.inputs) < 500
                                               else 32})
            self._start(settings)
        except Refused:
            self.own, self.choice, self.encoding = before
            raise
        opened = self._open_waiting() or {**self.everything(), "rewound": True}
        return {**opened, "doctor": notes.of_data(self.problem)}

    def _open_waiting(self) -> Optional[Dict[str, Any]]:
        """Go on with an address that waited for this very table; None if none did."""
        address, read = self.for_table, read_address(self.for_table)
        if not address or self.table is None or not (read.table or "").endswith(self.table.mark):
            return None
        return self._open_address(address)

    def digit(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return what the network makes of a drawn digit: pixels, every layer, probabilities."""
        self._only_with_digits()
        if request.get("wrong"):
            return self._wrong_digit(whole(request, "wrong", 1, 100_000))
        pixels = _blocks(_bytes(request, "bits"), request.get("centre") is True)
        return self._digit(pixels)

    def _only_with_digits(self) -> None:
        if self.settings.set != "digits":
            raise Refused("not_now", "choose the set digits first", "set")

    def _digit(self, pixels: List[float]) -> Dict[str, Any]:
        standardizer = self.problem.standardizer
        inputs = [pixels] if standardizer is None else [*standardizer.transform([pixels])]
        layers = [row[0] for row in layer_outputs(self.a, inputs)]
        return {"pixels": pixels, "layers": layers[:-1], "probabilities": layers[-1]}

    def _wrong_digit(self, number: int) -> Dict[str, Any]:
        """Return what the network makes of a digit that it gets wrong."""
        chosen = self._wrong_row(number)
        if chosen is None:
            return {"none": True}
        part, row, count = chosen
        return {**self._digit(list(part.raw[row])), "right": part.labels[row], "of": count}

    def _wrong_row(self, number: int) -> Optional[Tuple[Part, int, int]]:
        """Return part and row of a digit that it gets wrong, and how many; those held out first."""
        parts = [part for part in (self.problem.held_out, self.problem.learn) if part is not None]
        wrong = self.judged(self.a)["wrong"]
        found = [(part, row) for part, rows in zip(parts, reversed(wrong)) for row in rows]
        return (*found[(number - 1) % len(found)], len(found)) if found else None

    def take(self, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Return something to take along: address, script, model, pictures, history."""
        return take.take(self, text(request, "what", take.KINDS))


# ---- Parts of answers ----


def _weights(runner: Runner) -> List[Dict[str, Any]]:
    values = runner.values()
    return [{"w": weights, "b": biases[0]} for weights, biases in zip(values[::2], values[1::2])]


def _curve(runner: Runner, since: int) -> List[List[Any]]:
    return [[one.epoch, *one.train, *(one.held_out or (None, None))]
            for one in runner.records if one.epoch >= since]


def _same(one: List[Any], other: List[Any]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other))


def _judge(runner: Runner, part: Part) -> Tuple[Tuple[float, float], List[int]]:
    """Return loss and metric of a part, and which of its rows are wrong."""
    scores = runner.network.predict(part.inputs)
    predictions = runner.loss.predict(scores)
    score = (runner.loss(scores, part.targets), runner.metric(predictions, part.targets))
    if not runner.problem.classes or not all(map(linalg.all_finite, [predictions])):
        return score, []
    answers = classes_of(predictions)
    return score, [row for row, (answer, label) in enumerate(zip(answers, part.labels))
                   if answer != label]


def _said(runner: Runner, metric: float, held_out: Optional[float]) -> str:
    problem = runner.problem
    rows = len(problem.learn.inputs)
    if not problem.classes:
        told = f"R² is {metric:.3f} on {rows} rows"
        told += f", {held_out:.3f} on {len(problem.held_out.inputs)} held out" if (
            problem.held_out is not None and held_out is not None) else ""
    else:
        told = f"{metric:.0%} of {rows} right"
        if problem.held_out is not None and held_out is not None:
            told += f", {held_out:.0%} of {len(problem.held_out.inputs)} held out"
        if runner.epoch == 0 and runner.first == 0:
            told += f"; guessing would give {1 / problem.classes:.0%}"
    when = f"Epoch {runner.epoch}" + (f", batch {runner.batch}" if runner.first else "")
    return f"{when}: {told}."


def _caption(problem: Problem, plane: Plane) -> str:
    if plane.kind == "line":
        told = "Points, and the network's curve through them."
        return told if problem.classes else (
            f"{told} Thin lines: what each neuron of the last hidden layer adds, its output times "
            f"its weight; with the bias of the output they add up to the curve.")
    if plane.kind == "plane":
        return ""
    return (f"A slice through {problem.width} inputs along {plane.labels[0]} and "
            f"{plane.labels[1]}. What the network says is exact on the slice; points are dropped "
            f"onto it, fainter the farther they fell, and may lie over a region not their own.")


def _output_names(problem: Problem, width: Optional[int]) -> List[str]:
    names = list(problem.data.class_names)
    if not names:
        return ["value"]
    return names if width == len(names) else [names[-1]]


def _differences(one: Settings, other: Settings) -> List[List[Any]]:
    return [[name, getattr(one, name), getattr(other, name)] for name in Settings._fields
            if getattr(one, name) != getattr(other, name)]


def _second_settings(data: Settings, own: Settings) -> Settings:
    """Return the settings of the second run: its own, but the data of the first."""
    return own._replace(**{name: getattr(data, name) for name in DATA_FIELDS})


# ---- Parts of requests ----


def _bytes(request: Mapping[str, Any], name: str) -> bytes:
    value = request.get(name)
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise Refused("bad_value", f"{name}: expected bytes in base64", name)


def _with_points(
    points: List[Tuple[float, float, int]], request: Mapping[str, Any]
) -> List[Tuple[float, float, int]]:
    """Return the points after removing the nearest ones and adding others."""
    points = list(points)
    for x, y in _pairs(request.get("remove", []), 2):
        if points:
            points.remove(min(points, key=lambda one: (one[0] - x) ** 2 + (one[1] - y) ** 2))
    for x, y, label in _pairs(request.get("add", []), 3):
        if label not in (0, 1, 2, 3, 4):
            raise Refused("bad_value", "add: expected a class from 0 to 4", "add")
        points.append((on_grid(x), on_grid(y), int(label)))
    if len(points) > MOST_POINTS:
        raise Refused("too_large", f"{len(points)} points: at most {MOST_POINTS}", "add")
    return points


def _pairs(values: Any, length: int) -> List[List[float]]:
    if not isinstance(values, list) or not all(
            isinstance(one, list) and len(one) == length and all(
                type(number) in (int, float) and math.isfinite(number) for number in one)
            for one in values):
        raise Refused("bad_value", f"expected a list of {length} numbers for each point", "add")
    return values


def _choice(value: Any) -> table.Choice:
    if not isinstance(value, dict):
        raise Refused("bad_value", f"use: expected an object, got {shown(value)}", "use")
    only(value, ("target", "task", "missing", "ignore"))
    ignore = value.get("ignore", [])
    if not isinstance(value.get("target"), str) or not isinstance(ignore, list) or not all(
            isinstance(name, str) for name in ignore):
        raise Refused("bad_value", "use: expected the names of columns", "use")
    return table.Choice(value["target"], text(value, "task", ("classification", "regression")),
                        text(value, "missing", ("refuse", "mean", "drop"), "refuse"),
                        tuple(ignore))


def _blocks(bits: bytes, centre: bool) -> List[float]:
    """Return 8 × 8 pixels from 0 to 16: how many of the 32 × 32 dots in each block are black."""
    if len(bits) != 128:
        raise Refused("bad_value", f"bits: expected 128 bytes, got {len(bits)}", "bits")
    dots = [[bits[4 * row + column // 8] >> (7 - column % 8) & 1 for column in range(32)]
            for row in range(32)]
    if centre:
        dots = _centred(dots)
    blocks = [[dots[4 * row + y][4 * column + x] for y in range(4) for x in range(4)]
              for row in range(8) for column in range(8)]
    return [float(block.count(1)) for block in blocks]


def _centred(dots: List[List[int]]) -> List[List[int]]:
    """Move the black dots into the middle."""
    black = [(row, column) for row in range(32) for column in range(32) if dots[row][column]]
    if not black:
        return dots
    rows, columns = [row for row, _ in black], [column for _, column in black]
    down = (31 - max(rows) - min(rows)) // 2
    right = (31 - max(columns) - min(columns)) // 2
    moved = [[0] * 32 for _ in range(32)]
    for row, column in black:
        moved[row + down][column + right] = 1
    return moved
