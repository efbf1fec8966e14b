"""Taking it along: the address, the run as a script, the model as a file, pictures, the history.

The script has ten to twenty lines, needs nothing but purenn, and gives the same network, to the
bit: the same generators are seeded with the same numbers and asked in the same order. Where a
setting was changed on the way, there is one `train` for each stretch; two trainings that share
generator and optimizer are one.

Before this: `notes`. After this: `session`.
"""

from __future__ import annotations

import base64
import csv
import io
from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from .. import draw
from ..data import DataSet
from ..draw import Picture
from ..linalg import Matrix
from ..losses import SoftmaxCrossEntropy
from ..model import Model
from ..store.model import as_file
from .address import Planned, written
from .problem import Problem, compares_numbers
from .refusals import Refused
from .runner import Runner
from .settings import LIVE, TOYS, Settings, has_classes_to_choose

if TYPE_CHECKING:
    from .session import Session

__all__ = ["KINDS", "plan_of", "script", "take"]

KINDS = ("python", "address", "weights", "model", "plane", "network", "curves", "history",
         "points")


def take(session: Session, what: str) -> Dict[str, Any]:
    """Return a file: its name, its type, and its text or its bytes in base64."""
    runner = session.a
    if what in ("address", "weights"):
        return address(session, what == "weights")
    if what == "python":
        return {"name": "playground.py", "type": "text/x-python", "text": script(session),
                "note": _note(session)}
    if what == "model":
        return {"name": f"{session.settings.set}.safetensors", "type": "application/octet-stream",
                "base64": base64.b64encode(_model(session)).decode("ascii")}
    if what == "history":
        return {"name": "history.csv", "type": "text/csv", "text": _history(runner)}
    if what == "points":
        return {"name": "points.csv", "type": "text/csv", "text": _points(session.points)}
    pictures = {"plane": _plane, "network": _network, "curves": _curves}
    return {"name": f"{what}.svg", "type": "image/svg+xml", "text": pictures[what](runner).svg()}


# ---- The address ----


def plan_of(runner: Runner) -> List[Planned]:
    """Return what was changed on the way, as an address holds it."""
    plan, before = [], runner.first_settings
    for change in runner.changes:
        values = {name: getattr(change.settings, name) for name in LIVE
                  if getattr(change.settings, name) != getattr(before, name)}
        plan.append(Planned(change.epoch, settings=values))
        before = change.settings
    return plan + [Planned(edit.epoch, edit=(edit.parameter, edit.row, edit.column, edit.value))
                   for edit in runner.edits]


def address(session: Session, weights: bool) -> Dict[str, Any]:
    """Return the text after the # for what is on the page now."""
    runner = session.a
    flat = [one for value in runner.values() for row in value for one in row] if weights else []
    name = f"{session.table.name}:{session.table.mark}" if (
        session.table is not None and session.settings.set == "table") else ""
    fragment = written(
        runner.first_settings, points=session.points if session.settings.set == "points" else (),
        plan=plan_of(runner), epoch=runner.epoch,
        loss=runner.records[-1].train.loss if runner.epoch else None, weights=flat, table=name)
    return {"text": fragment, "share": session.share, "note": _note(session)}


def _note(session: Session) -> str:
    """Say what an address or a script cannot hold."""
    runner, told = session.a, []
    if runner.first:
        told.append(f"It holds whole epochs, so it stops at epoch {runner.epoch}, not in the "
                    f"middle of the next one.")
    if any(edit.batch for edit in runner.edits):
        told.append("A weight was changed in the middle of an epoch; it is changed at its "
                    "beginning there, so the run will differ.")
    if session.settings.set == "table" and session.table is not None:
        told.append(f"The rows of {session.table.name} are not in it: the file is needed beside "
                    f"it.")
    if session.settings.set == "points":
        told.append("Save the points beside it as points.csv.")
    return " ".join(told)


# ---- The script ----

WIDTH = 88  # of the lines of a script

_OPTIMIZERS = {"sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adagrad": "AdaGrad",
               "rmsprop": "RMSProp", "adam": "Adam", "adamw": "AdamW",
               "random_search": "RandomSearch", "random_adjustment": "RandomAdjustment"}


class _Script:
    """The lines of a script, and the names that it has to import."""

    def __init__(self, session: Session) -> None:
        self.session, self.runner = session, session.a
        self.settings: Settings = session.a.first_settings
        self.problem: Problem = session.problem
        self.core: List[str] = ["Dense", "Network", "train"]
        self.data: List[str] = []
        self.metric = "accuracy" if self.problem.classes else "r2"
        self.core.append(self.metric)

    def text(self) -> str:
        body = [*self.of_data(), *self.of_network(), *self.of_training(), *self.of_result()]
        head = ["from random import Random", "", self._imported("purenn", self.core),
                self._imported("purenn.data", self.data), ""]
        return "\n".join([*head, *body]) + "\n"

    def _imported(self, module: str, names: Sequence[str]) -> str:
        line = f"from {module} import {self._sorted(names)}"
        if len(line) <= WIDTH:
            return line
        return "\n".join([f"from {module} import (", *_filled(self._sorted(names), "    "), ")"])

    @staticmethod
    def _sorted(names: Sequence[str]) -> str:
        return ", ".join(sorted(set(names), key=lambda name: (name[0].islower(), name)))

    # -- The rows --

    def of_data(self) -> List[str]:
        settings = self.settings
        lines = [f"rng = Random({settings.seed})  # the data"]
        lines.append(f"data = {self._made()}")
        lines.append("learn = data")
        if settings.held_out:
            self.data.append("split")
            lines[-1] = f"learn, held_out = split(data, {settings.held_out!r}, rng=rng)"
        if settings.standardize:
            self.data.append("Standardizer")
            lines += ["standardizer = Standardizer().fit(learn.inputs)"]
        lines += [f"inputs, targets = {self._inputs('learn')}, {self._targets('learn')}"]
        if settings.held_out:
            lines += [f"validation = ({self._inputs('held_out')}, {self._targets('held_out')})"]
        if self.problem.target_standardizer is not None:
            lines.insert(-1 - bool(settings.held_out),
                         "values = Standardizer().fit(learn.targets)")
        return lines

    def _made(self) -> str:
        settings = self.settings
        if settings.set in TOYS:
            self.data.append(settings.set)
            classes = f"classes={settings.classes}, " if has_classes_to_choose(settings.set) else ""
            return (f"{settings.set}(size={settings.points}, {classes}noise={settings.noise!r}, "
                    f"rng=rng)")
        if settings.set == "points":
            self.data.append("read_csv")
            return 'read_csv("points.csv", target="class", task="classification")'
        if settings.set == "table":
            self.data.append("read_csv")
            return self._read()
        self.data.append(settings.set)
        return f"{settings.set}()"

    def _read(self) -> str:
        table, choice = self.session.table, self.session.choice
        assert table is not None and choice is not None
        more = "" if table.delimiter == "," else f", delimiter={table.delimiter!r}"
        more += "" if choice.missing == "refuse" else f", missing={choice.missing!r}"
        more += f", ignore={list(choice.ignore)!r}" if choice.ignore else ""
        return f"read_csv({table.name!r}, target={choice.target!r}, task={choice.task!r}{more})"

    def _inputs(self, part: str) -> str:
        return f"standardizer.transform({part}.inputs)" if self.settings.standardize else (
            f"{part}.inputs")

    def _targets(self, part: str) -> str:
        if self.problem.target_standardizer is not None:
            return f"values.transform({part}.targets)"
        if compares_numbers(self.settings, self.problem.classes):
            self.data.append("one_hot")
            return f"one_hot({part}.targets, {self.problem.classes})"
        return f"{part}.targets"

    # -- The network --

    def of_network(self) -> List[str]:
        settings, runner = self.settings, self.runner
        layers, width = [], self.problem.width
        initializer = self._initializer()
        kind = type(runner.network.layers[1]).__name__ if settings.hidden else ""
        for neurons in settings.hidden:
            layers.append(f"Dense({width}, {neurons}, rng, {initializer})")
            layers.append(f"{kind}()")
            self.core.append(kind)
            if settings.dropout:
                layers.append(f"Dropout({settings.dropout!r}, rng)")
                self.core.append("Dropout")
            width = neurons
        layers.append(f"Dense({width}, {runner.network.output_width}, rng, {initializer})")
        return [f"rng = Random({settings.start})  # weights, then the order of the batches",
                *_call("network = Network([", layers, "])")]

    def _initializer(self) -> str:
        from .runner import initializer_of

        name = initializer_of(self.settings).__name__
        self.core.append(name)
        return name

    # -- The training --

    def of_training(self) -> List[str]:
        runner = self.runner
        self.core += [_OPTIMIZERS[self.settings.optimizer], type(runner.loss).__name__]
        lines = [f"optimizer = {self._optimizer(self.settings)}"]
        settings, epoch = self.settings, 0
        marks = sorted({*(change.epoch for change in runner.changes),
                        *(edit.epoch for edit in runner.edits), runner.epoch})
        for mark in marks:
            lines += self._edited(epoch)
            if mark > epoch:
                lines.append(self._train(settings, mark - epoch))
            epoch = mark
            for change in runner.changes:
                if change.epoch == mark:
                    lines += self._rescheduled(settings, change.settings)
                    settings = change.settings
        return lines + (self._edited(runner.epoch) if runner.epoch else [])

    def _optimizer(self, settings: Settings) -> str:
        name = settings.optimizer
        made = _OPTIMIZERS[name]
        if name.startswith("random_"):
            return f"{made}(rng)"
        words = [self._rate(settings)]
        if name in ("momentum", "nesterov"):
            words.append(f"momentum={settings.momentum!r}")
        words += ["nesterov=True"] * (name == "nesterov")
        words += [f"decay={settings.decay!r}"] * (name == "rmsprop")
        if name in ("adam", "adamw") and (settings.beta1, settings.beta2) != (0.9, 0.999):
            words += [f"beta1={settings.beta1!r}", f"beta2={settings.beta2!r}"]
        words += [f"weight_decay={settings.weight_decay!r}"] * (name == "adamw")
        words += [f"clip_norm={settings.clip!r}"] * bool(settings.clip)
        return f"{made}({', '.join(words)})"

    def _rate(self, settings: Settings) -> str:
        """Return the learning rate, or the schedule with its numbers in it."""
        schedule = getattr(self.runner.optimizer, "schedule", None)
        if settings.schedule == "constant" or schedule is None:
            return repr(settings.rate)
        batches = -(-len(self.problem.learn.inputs) // (
            settings.batch or len(self.problem.learn.inputs)))
        made = {"step": f"StepDecay({settings.rate!r}, factor=0.5, every={100 * batches})",
                "exponential": f"ExponentialDecay({settings.rate!r}, factor=0.5, "
                               f"every={100 * batches})",
                "cosine": f"CosineDecay({settings.rate!r}, steps={settings.stop * batches})",
                "warm-up": f"LinearWarmUp({10 * batches}, then={settings.rate!r})"}
        text = made[settings.schedule]
        self.core.append(text.split("(")[0])
        return text

    def _rescheduled(self, before: Settings, after: Settings) -> List[str]:
        if not hasattr(self.runner.optimizer, "schedule") or (
                after.rate == before.rate and after.schedule == "constant"):
            return []
        rate = self._rate(after)
        if after.schedule == "constant":
            self.core.append("Constant")
            rate = f"Constant({rate})"
        return [f"optimizer.schedule = {rate}"]

    def _edited(self, epoch: int) -> List[str]:
        lines = []
        for edit in self.runner.edits:
            if edit.epoch == epoch:
                layer = [number for number, one in enumerate(self.runner.network.layers)
                         if list(one.parameters())][edit.parameter // 2]
                what = "biases" if edit.parameter % 2 else "weights"
                lines.append(f"network.layers[{layer}].{what}.value[{edit.row}][{edit.column}] = "
                             f"{edit.value!r}")
        return lines

    def _train(self, settings: Settings, epochs: int) -> str:
        words = [f"loss={type(self.runner.loss).__name__}()", "optimizer=optimizer",
                 f"epochs={epochs}", f"batch_size={settings.batch or 'len(inputs)'}"]
        words += ["validation=validation"] * bool(settings.held_out)
        if settings.l1 and settings.l2:
            words.append(f"penalty=ElasticNet(l1={settings.l1!r}, l2={settings.l2!r})")
            self.core.append("ElasticNet")
        elif settings.l1 or settings.l2:
            name = "L1" if settings.l1 else "L2"
            words.append(f"penalty={name}({(settings.l1 or settings.l2)!r})")
            self.core.append(name)
        if settings.patience:
            words.append(f"callbacks=[EarlyStopping({settings.patience})]")
            self.core.append("EarlyStopping")
        words += [f"metrics=[{self.metric}]", "rng=rng"]
        return "\n".join(_call("history = train(", ["network", "inputs", "targets", *words], ")"))

    # -- The result --

    def of_result(self) -> List[str]:
        if not self.runner.epoch:
            self.core.remove("train")
            return ["print(network.predict(inputs)[0])"]
        if self.settings.held_out:
            return ["last = history[-1]",
                    f"print(last.loss, last.metrics[{self.metric!r}])",
                    f"print(last.validation_loss, last.validation_metrics[{self.metric!r}])"]
        return [f"print(history[-1].loss, history[-1].metrics[{self.metric!r}])"]


def script(session: Session) -> str:
    """Return a script that gives the network as it is after the last whole epoch."""
    return _Script(session).text()


def _call(start: str, words: Sequence[str], end: str) -> List[str]:
    """Return a call on one line, or its arguments on lines below the bracket."""
    line = start + ", ".join(words) + end
    if len(line) <= WIDTH:
        return [line]
    filled = _filled(", ".join(words), " " * len(start))
    return [start + filled[0].lstrip(), *filled[1:-1], filled[-1] + end]


def _filled(text: str, indent: str) -> List[str]:
    """Break a text into lines, not inside of brackets."""
    lines, line, depth = [], indent, 0
    for part in text.split(", "):
        if depth == 0 and len(line) + len(part) + 3 > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += part + ", "
        depth += part.count("(") - part.count(")") + part.count("[") - part.count("]")
    return [*lines, line.rstrip(", ")]


# ---- Files ----


def _model(session: Session) -> bytes:
    runner, problem = session.a, session.problem
    classifies = isinstance(runner.loss, SoftmaxCrossEntropy)
    return as_file(Model(
        runner.network, "classifier" if classifies else "network", problem.standardizer,
        problem.target_standardizer, problem.data.class_names if classifies else (),
        problem.data.feature_names,
        session.encoding if session.settings.set == "table" else None))


def _history(runner: Runner) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    metric = "accuracy" if runner.problem.classes else "r2"
    writer.writerow(["epoch", "loss", metric, "held_out_loss", f"held_out_{metric}"])
    for one in runner.records:
        writer.writerow([one.epoch, *one.train, *(one.held_out or ("", ""))])
    return text.getvalue()


def _points(points: Sequence[Tuple[float, float, int]]) -> str:
    if not points:
        raise Refused("not_now", "no points have been put down", "what")
    lines = [f"{x!r},{y!r},class {label + 1}" for x, y, label in points]
    return "\n".join(["x,y,class", *lines]) + "\n"


def _plane(runner: Runner) -> Picture:
    problem = runner.problem
    if problem.width > 2 or (problem.width == 2) != bool(problem.classes):
        raise Refused("not_now", "there is a picture of the plane for two inputs and classes, or "
                      "one input and a value", "what")

    def ask(rows: Matrix) -> Matrix:
        seen: Any = rows if problem.standardizer is None else problem.standardizer.transform(rows)
        scores = runner.network.predict(seen)
        values = problem.target_standardizer
        return scores if values is None else values.inverse(scores)

    data: DataSet = problem.data
    return draw.regions(ask, data, title=f"{data.description}, epoch {runner.epoch}")


def _network(runner: Runner) -> Picture:
    names = runner.problem.data.feature_names
    return draw.network(runner.network, input_names=names if len(names) <= 10 else ())


def _curves(runner: Runner) -> Picture:
    if len(runner.records) < 3:
        raise Refused("not_now", "there are no curves before the second epoch", "what")
    known = runner.records[1:]
    curves = {"training": [(one.epoch, one.train.loss) for one in known]}
    if known[0].held_out is not None:
        curves["held out"] = [(one.epoch, one.held_out.loss) for one in known
                              if one.held_out is not None]
    return draw.lines(curves, title="Loss from epoch to epoch", x_label="epoch", y_label="loss")
