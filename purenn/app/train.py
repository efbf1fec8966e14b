"""`purenn train DATA`: train a network, say how well it went, and keep it.

    read the data ──► fitting.prepared ──► try to save ──► fitting.fit ──► measure ──► save

Whether the result can be kept is found out before the training, which may take a night: a model of
the same shape is written beside the place where the real one will stand, and taken away again.

Rows that are held out serve twice: the network is looked at with them after each epoch (and
`--patience` stops by them), and the metrics at the end are measured on them. With `--patience` they
have helped to choose, so the result is a little rosy; whoever needs an honest number keeps a file
of rows that nobody has seen, and asks `purenn evaluate`.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
from random import Random
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from .. import __version__
from ..atomic import atomic_write
from ..data import DataSet, as_flags
from ..fitting import Task, fit, folds, prepared
from ..history import History
from ..measuring import baseline, measured
from ..metrics import accuracy, r2
from ..model import Model
from ..recipes import ACTIVATIONS, OPTIMIZERS, SCHEDULES, SET_SETTINGS, Settings
from ..store.checkpoint import Checkpoint, ResumeError
from ..store.model import as_file, save_model
from ..text import safe
from ..training import Callback
from . import options as words
from .options import Parser, UsageError
from .plot import check_plot, picture_of_training
from .progress import Progress, say
from .report import Outcome, as_json, as_text, finite, outcome_of, safe_lines
from .sources import Source, check_words, names_of, read

__all__ = ["EXAMPLES", "add", "exit_code", "run"]

EXAMPLES = """
examples:
  purenn train spiral
  purenn train moons --plot moons.svg
  purenn train digits --hidden 64,32 --activation gelu --dropout 0.1
  purenn train iris --epochs 1000 --patience 20 --quiet
  purenn train sine --json > sine.json
  purenn train flowers.csv --target species -o flowers.safetensors
  purenn train houses.csv --missing mean --ignore id,owner -o houses.json
  purenn train houses.csv --decimal , --delimiter ";" --folds 5
  purenn train weather.csv --target rain,wind -o weather.safetensors
  purenn train train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz -o mnist.safetensors
  purenn train big.csv --checkpoint big.checkpoint -o big.safetensors
  purenn train big.csv --resume big.checkpoint -o big.safetensors

Inputs are standardized: every column gets mean 0 and deviation 1 on the rows learned from. Pixels
are all divided by one number instead, so that 0 stays 0. Targets that are values are standardized
as well, so the loss of a regression is the mean squared error where 1 is no better than always
answering with the mean; r2 is 1 minus that on the held-out rows, and the mean absolute error is in
the unit of the target. Beside every result stands the baseline, that of the best answer that is the
same for all rows.

Rows held out (--validation) are looked at after each epoch, --patience goes by them, and the
metrics at the end are measured on them; with --validation 0 there are none, --patience goes by the
training loss, and the metrics of --json are null. Ctrl-C ends the training, prints what there is,
and writes the model if -o was given.

A killed training that had a checkpoint ends, if the same command is given with --resume, with the
same model to the bit as if it had never stopped. A finished one goes on with more --epochs if it
had --schedule constant; a cosine ends at 0, so a longer training would have been another one.
"""


class Files(NamedTuple):
    """Which files a training writes and reads, None where it does not.

    `checkpoint` is written after every epoch, `resume` is the one to go on with, `plot` is a
    picture of the training.
    """

    output: Optional[str] = None
    checkpoint: Optional[str] = None
    resume: Optional[str] = None
    plot: Optional[str] = None


# ---- Options ----


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_data(parser)
    suits = "by default what suits the data"
    _add_network_settings(parser.add_argument_group("network", suits).add_argument)
    _add_training_settings(parser.add_argument_group("training", suits).add_argument)
    words.add_table_options(parser)
    option = parser.add_argument_group("output").add_argument
    option("-o", "--output", metavar="MODEL",
           help="write the model to this file: JSON if it ends in .json, else safetensors")
    option("--checkpoint", metavar="FILE",
           help="write all there is to this file, at the start and after every epoch")
    option("--resume", metavar="FILE",
           help="go on from a checkpoint, and go on writing it (or that of --checkpoint)")
    option("--plot", metavar="SVG",
           help="write a picture to this file: the curves, and for two columns and classes what "
                "the network says everywhere, for one column and values its curve")
    option("--folds", metavar="N", type=words.several,
           help="cross-validation: cut the rows into N parts, train N times on all but one and "
                "measure on that one; says mean and spread. With -o the model follows")
    option("--quiet", action="store_true", help="no progress on stderr")
    option("--json", action="store_true", help="settings, history and metrics as one JSON object")


def _add_network_settings(option: Any) -> None:
    option("--hidden", metavar="N,N,…", type=words.sizes,
           help="neurons of each hidden layer, or none for no hidden layer")
    option("--activation", metavar="NAME", type=words.one_of(ACTIVATIONS),
           help=", ".join(ACTIVATIONS))
    option("--dropout", metavar="RATE", type=words.fraction,
           help="part of each hidden layer switched off at random while learning (default 0)")


def _add_training_settings(option: Any) -> None:
    option("--optimizer", metavar="NAME", type=words.one_of(OPTIMIZERS),
           help=", ".join(OPTIMIZERS))
    option("--learning-rate", metavar="RATE", type=words.above_zero,
           help="the learning rate at the start")
    option("--schedule", metavar="NAME", type=words.one_of(SCHEDULES),
           help="what becomes of the learning rate: cosine, down to 0 along half a cosine (the "
                "default), or constant")
    option("--epochs", metavar="N", type=words.count,
           help="how many times through all rows (for files, by default until 100,000 rows have "
                "been shown, but from 5 to 100)")
    option("--batch-size", metavar="N", type=words.count, help="rows for each step")
    option("--l1", metavar="STRENGTH", type=words.not_negative, help="penalty on |w| (default 0)")
    option("--l2", metavar="STRENGTH", type=words.not_negative,
           help="penalty on w² (default: for files 1 / rows, at most 0.01; for sets 0)")
    option("--class-weight", metavar="HOW", type=words.class_weight,
           help="balanced: each class counts as much as each other, however rare; or numbers: "
                "yes=10,no=1")
    option("--validation", metavar="PART", type=words.fraction, default=0.2,
           help="part of the rows to hold out (default 0.2)")
    option("--patience", metavar="N", type=words.count,
           help="stop after N epochs without a smaller loss, and go back to the best weights")
    option("--seed", metavar="N", type=words.seed, default=0,
           help="where chance begins (default 0)")


# ---- The command ----


def run(options: argparse.Namespace) -> int:
    """Train on what the words name, print the result, keep it, return the exit code."""
    check_words(options.data)
    files = Files(options.output, options.checkpoint or options.resume, options.resume,
                  options.plot)
    check_plot(files.plot)
    check_files(files, options.data)
    rng = Random(options.seed)
    table = words.table_options(options)
    source = read(options.data, table, rng)
    if source.report is not None and not options.quiet:
        say(safe_lines(source.report.told(as_flags)) + "\n\n", sys.stderr)
    settings = _settings(options, source)
    told = _told(options, settings, source, table)
    _hear_the_end()
    if options.folds is not None:
        found = cross_validated(source, settings, options.folds, rng, options.quiet)
        if files.output is None:
            print(_folds_as_json(told, found) if options.json else _folds_as_text(source, found))
            return 0
        say(_folds_as_text(source, found) + "\n\n", sys.stderr)
    return _train(source, settings, told, files, rng, options)


def _train(
    source: Source, settings: Settings, told: Dict[str, Any], files: Files, rng: Random,
    options: argparse.Namespace,
) -> int:
    task = prepared(source.data, settings, rng, encoding=source.encoding,
                    pixels=source.kind == "idx")
    told = {**told, **_as_told(task.settings)}
    if files.output is not None:
        _try_to_write(files.output, as_file(_kept(task, told, None), _is_json(files.output)))
    try:
        history = fit(task, rng, metrics=[accuracy if task.learning.class_names else r2],
                      callbacks=_callbacks(files, told, options.quiet), end_quietly=True)
    except ResumeError as error:
        raise UsageError(_cannot_go_on(error)) from None
    outcome = outcome_of(task, history, told)
    if files.output is not None:
        save_model(_kept(task, told, outcome), files.output)
    if files.plot is not None and len(history):
        picture_of_training(history, task, source.data).save(files.plot)
    if not options.quiet:
        _say_where_it_is(files, history)
    print(as_json(outcome) if options.json else as_text(outcome))
    return exit_code(history)


def _settings(options: argparse.Namespace, source: Source) -> Settings:
    """Return what was chosen, and for the rest what suits the data."""
    if OPTIMIZERS.get(options.optimizer, OPTIMIZERS["adam"]).learning_rate is None:
        if options.learning_rate is not None:
            raise UsageError(f"--learning-rate: {options.optimizer} has none: it goes by chance")
    suits = SET_SETTINGS[options.data[0]] if source.kind == "name" else Settings()
    if options.optimizer not in (None, suits.optimizer):
        suits = suits._replace(learning_rate=None)  # it was that of another optimizer
    chosen = {name: getattr(options, name) for name in Settings._fields}
    return suits._replace(**{name: value for name, value in chosen.items() if value is not None})


def _told(
    options: argparse.Namespace, settings: Settings, source: Source, table: Any
) -> Dict[str, Any]:
    """Return all that decided the run; for a table, how it was read is part of it."""
    reading = table._asdict() if source.encoding is not None else {}
    reading = {name: list(value) if isinstance(value, tuple) else value
               for name, value in reading.items()}
    return {"data": names_of(options.data), **_as_told(settings), **reading}


def _as_told(settings: Settings) -> Dict[str, Any]:
    return {**settings._asdict(), "hidden": list(settings.hidden)}


def _callbacks(files: Files, told: Mapping[str, Any], quiet: bool) -> List[Callback]:
    callbacks: List[Callback] = [] if quiet else [Progress(sys.stderr)]
    if files.checkpoint:
        about = {_as_option(name): value for name, value in told.items()}
        if told["schedule"] == "constant":
            del about["--epochs"]  # more of them are nothing but more
        callbacks.append(Checkpoint(files.checkpoint, resume=files.resume or False, about=about))
    return callbacks


def _cannot_go_on(error: ResumeError) -> str:
    """Return why a training cannot go on, and what can be done instead."""
    if list(error.differences) != ["--epochs"]:
        return str(error)
    then, now = error.differences["--epochs"]
    return (f"--epochs was {then}, is {now}: the learning rate of that training falls to 0 with "
            f"its last epoch, so a longer one would have been another from the first step on; "
            f"train anew; with --schedule constant a training can be taken further")


def _as_option(name: str) -> str:
    return name if name == "data" else f"--{name.replace('_', '-')}"


def exit_code(history: History) -> int:
    """Return 130 after Ctrl-C, else 0."""
    return 130 if history.stopped == "interrupted" else 0


def _hear_the_end() -> None:
    """Let a polite end (kill, a closed terminal) be heard as Ctrl-C: the model is written.

    What is ignored, as a closed terminal is under nohup, stays ignored.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        try:
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        except ValueError:
            pass  # in a thread nobody can listen


def _say_where_it_is(files: Files, history: History) -> None:
    """Say on stderr which files there are now, and after Ctrl-C how to go on."""
    if files.output is not None:
        say(f"model written to {safe(files.output)}\n", sys.stderr)
    if files.plot is not None and len(history):
        say(f"picture written to {safe(files.plot)}\n", sys.stderr)
    if history.stopped == "interrupted" and files.checkpoint:
        when = f"after epoch {len(history)}" if len(history) else "in its first epoch"
        say(f"interrupted {when}; to go on, give the same command with "
            f"--resume {safe(files.checkpoint)}\n", sys.stderr)


# ---- Cross-validation ----


def cross_validated(
    source: Source, settings: Settings, count: int, rng: Random, quiet: bool = True
) -> Dict[str, List[float]]:
    """Return the metrics of each fold, and as "baseline NAME" those of the baseline."""
    found: Dict[str, List[float]] = {}
    for number, (learning, test) in enumerate(folds(source.data, count, rng), start=1):
        task = prepared(learning, settings._replace(validation=0.0, patience=None), rng,
                        encoding=source.encoding, pixels=source.kind == "idx")
        fit(task, rng)
        values = {**measured(task.model, test),
                  **{f"baseline {name}": value for name, value in baseline(test).items()}}
        for name, value in values.items():
            found.setdefault(name, []).append(value)
        if not quiet:
            say(f"fold {number}/{count}: loss {values['loss']:.4f}\n", sys.stderr)
    return found


def _spread(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _folds_as_text(source: Source, found: Mapping[str, Sequence[float]]) -> str:
    count = len(found["loss"])
    lines = [source.data.description, "",
             f"{count} folds, mean and standard deviation over them:"]
    width = max(map(len, found))
    for name, values in found.items():
        mean = math.fsum(values) / count
        lines.append(f"  {name.replace('_', ' '):<{width}}  {mean:.4f} ± {_spread(values):.4f}")
    return "\n".join(lines)


def _folds_as_json(told: Mapping[str, Any], found: Mapping[str, Sequence[float]]) -> str:
    import json

    folds_found = [finite({name: values[fold] for name, values in found.items()})
                   for fold in range(len(found["loss"]))]
    return json.dumps({"settings": told, "folds": folds_found}, indent=2, allow_nan=False)


# ---- Files ----


class _OnlyTrying(Exception):
    """Ends the attempt to write, so that nothing is written."""


def check_files(files: Files, data: Sequence[str]) -> None:
    """Raise UsageError for files that stand in each other's way, OSError for unwritable ones."""
    written = {"--output": files.output, "--checkpoint": files.checkpoint, "--plot": files.plot}
    taken = {os.path.realpath(word): "the data" for word in data}
    for option, path in written.items():
        if path is None:
            continue
        other = taken.setdefault(os.path.realpath(path), option)
        if other != option:
            raise UsageError(f"{option}: {safe(path)} is {other} already; it would be overwritten")
        _try_to_write(path)
    _refuse_lost_checkpoint(files)
    if files.resume is not None:
        open(files.resume, "rb").close()


def _refuse_lost_checkpoint(files: Files) -> None:
    """Raise UsageError when a new training would take the place of an old one's checkpoint."""
    path, resume = files.checkpoint, files.resume
    if path is None or not os.path.exists(path):
        return
    if resume is None or os.path.realpath(path) != os.path.realpath(resume):
        raise UsageError(f"--checkpoint: {safe(path)} exists; go on with --resume {safe(path)}, or "
                         f"delete it")


def _try_to_write(path: str, contents: bytes = b"") -> None:
    """Write a file in the place of `path`, but stop before the last step."""
    try:
        with atomic_write(path) as file:
            file.write(contents)
            file.flush()
            raise _OnlyTrying
    except _OnlyTrying:
        pass


def _is_json(path: str) -> bool:
    return path.lower().endswith(".json")


# ---- The model ----


def _kept(task: Task, told: Mapping[str, Any], outcome: Optional[Outcome]) -> Model:
    """Return the model with what it was trained by, and where it comes from."""
    return task.model._replace(
        parameters=_parameters(task), provenance=_provenance(task, told, outcome))


def _provenance(
    task: Task, told: Mapping[str, Any], outcome: Optional[Outcome]
) -> Dict[str, Any]:
    """Return where the model comes from. No time of day, no duration: same training, same file."""
    aside: Optional[DataSet] = task.held_out
    return {
        "made by": f"purenn {__version__}, purenn train",
        "data": task.learning.description,
        "rows learned from": len(task.learning.inputs),
        "rows held out": 0 if aside is None else len(aside.inputs),
        "epochs": 0 if outcome is None else len(outcome.history),
        "ended": "not yet" if outcome is None else outcome.history.stopped,
        "settings": dict(told),
        "metrics on the rows held out": {} if outcome is None else outcome.metrics,
        "baseline on the rows held out": {} if outcome is None else outcome.baseline,
    }


def _parameters(task: Task) -> Dict[str, Any]:
    """Return the settings as `Classifier` and `Regressor` call them.

    So whoever loads the model in Python and calls `fit` gets about the same training again.
    """
    values = _as_told(task.settings)
    values["validation_fraction"] = values.pop("validation")
    values["random_state"] = values.pop("seed")
    if task.settings.validation == 0:
        values["patience"] = None  # the estimators have no rows to watch then
    if not task.learning.class_names:
        del values["class_weight"]
    return values
