"""Checkpoints: a training written down so completely that it can go on as if nothing had happened.

A long training is lost to a power cut unless somebody has written down where it stood. The weights
alone are not enough: Adam has its running means, the schedule counts steps, the shuffle has its
random state, early stopping remembers the best weights. All of that is here:

    tensors       the parameters; the optimizer's memory; the best weights of early stopping
    facts (JSON)  epochs done, steps and rate of the optimizer, the state of every random generator,
                  the history, the callbacks' numbers, and what the training was of (`identity`)

A checkpoint is a moment between two epochs. So a training that is killed loses at most the epochs
since the last one, and what it then does again, it does in the very same way: the final weights are
the same, to the bit, as if it had never stopped. (On the same kind of Python, that is: see
`linalg.dot` for what differs between versions.)

    train(..., callbacks=[Checkpoint("run.safetensors")])                    # and killed
    train(..., callbacks=[Checkpoint("run.safetensors", resume=True)])       # goes on

The file is replaced in one step (`atomic.py`), so at every moment it is a whole checkpoint.
Before this: `architecture.py`. After this: `model.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from random import Random
from types import MappingProxyType
from typing import (
    Any, Collection, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union,
)

from .. import __version__, linalg
from ..checks import is_flat, positive_integer
from ..history import Record
from ..linalg import Matrix
from ..network import Network, layers_inside
from ..optimizers import GradientDescent
from ..schedules import Schedule
from ..text import safe
from ..training import Callback, Run
from . import safetensors, strict_json
from .architecture import check_digest, digest, format_version, matrices_of, name_in_file
from .errors import ModelFileError
from .safetensors import Tensor, from_rows, to_rows

__all__ = ["Checkpoint", "ResumeError", "resume_from"]

KEY = "purenn"
FORMAT_VERSION = 2  # format 1 is that of purenn 0.1, which did not say so
OF_FORMAT_1 = ("batch_size", "inputs", "targets", "validation inputs", "validation targets")
# What an optimizer changes on its way; all else are settings.
CHANGING = ("steps", "rate_factor", "memory", "parameters", "rng", "remembered")


class Checkpoint(Callback):
    """Write the whole state of the training into a file after every `every` epochs, and at the end.

    `path` names a safetensors file; it is replaced in one step. Where there is none, the state
    before the first epoch is written at once. On Ctrl-C, or when an error ends the training, the
    state after the last whole epoch is written if it is not in the file yet.
    With `resume`, the training goes on where the file stands (True), or where the checkpoint of
    that name stands; called as it was then, it ends with the very same weights as if it had never
    stopped. `about` may hold settings in words of your own; they are written into the file, and
    where they differ, it is them that are told. Raises ValueError for an `every` below 1,
    ResumeError for a checkpoint of another training, ModelFileError for a broken one, OSError when
    a file cannot be written or read.
    """

    def __init__(
        self, path: str, every: int = 1, resume: Union[bool, str] = False,
        about: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.path = os.fspath(path)
        self.about = dict(about)
        self.resume_path = self.path if resume is True else resume or None
        self.every = positive_integer("Checkpoint", "every", every)
        self._identity: Dict[str, Any] = {}
        self._unwritten: Optional[Tuple[Dict[str, Tensor], Dict[str, Any]]] = None

    def start(self, run: Run) -> None:
        self._identity = identity(run)
        self._unwritten = None

    def resume(self, run: Run) -> None:
        if self.resume_path is not None:
            resume_from(run, self.resume_path, self.about)
        if not os.path.exists(self.path):  # a training can be stopped in its first epoch too
            self._note(run)
            self._write()

    def between_epochs(self, run: Run) -> None:
        self._note(run)
        if run.epoch % self.every == 0:
            self._write()

    def _note(self, run: Run) -> None:
        self._unwritten = _tensors(run), {
            **_facts(run), "identity": self._identity, "about": self.about}

    def end(self, run: Run) -> None:
        self._write()

    def _write(self) -> None:
        if self._unwritten is not None:
            tensors, facts = self._unwritten
            entry = strict_json.serialize(facts).decode("utf-8")
            metadata = {KEY: entry, "sha256": digest(facts, tensors)}
            safetensors.write(self.path, tensors, metadata)
            self._unwritten = None

    def __repr__(self) -> str:
        return f"Checkpoint({self.path!r}, every={self.every})"


class ResumeError(ValueError):
    """The checkpoint is of another training; `differences` is {setting: (then, now)}."""

    def __init__(self, path: str, differences: Mapping[str, Tuple[Any, Any]]) -> None:
        super().__init__(path, differences)
        self.path, self.differences = path, differences

    def __str__(self) -> str:
        told = [f"{name} was {_told(then)}, is {_told(now)}"
                for name, (then, now) in list(self.differences.items())[:3]]
        more = "; …" if len(self.differences) > 3 else ""
        return (f"resume: {safe(self.path)} is of another training; {'; '.join(told)}{more}; go on "
                f"with the settings of then")


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def resume_from(run: Run, path: str, about: Mapping[str, Any]) -> None:
    """Put a run that has just been set up into the state that the checkpoint holds.

    Raises ModelFileError when the file is broken or no checkpoint; ResumeError when it is that of
    another training; OSError when it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            tensors, metadata = safetensors.read(file)
        facts = _facts_in(metadata)
        check_digest(metadata.get("sha256"), facts, tensors)
        _check_same_training(facts, run, about, path)
        _restore(run, tensors, facts)
    except ModelFileError as error:
        raise error.inside(path) from None


def _facts_in(metadata: Mapping[str, str]) -> Dict[str, Any]:
    facts = strict_json.parse(metadata.get(KEY, "null").encode("utf-8"))
    if not isinstance(facts, dict) or facts.get("kind") != "checkpoint":
        raise ModelFileError("this is no checkpoint of purenn; models are opened with purenn.load")
    if not isinstance(facts.get("identity"), dict):
        raise ModelFileError("the identity of the training is missing")
    return facts


# ---- What the training is of ----


def identity(run: Run) -> Dict[str, Any]:
    """Return what must be the same when the training goes on: the data, the network, the settings.

    The data are told apart by their SHA-256. The number of epochs may change, so that a finished
    training can be taken further.
    """
    validation = run.validation or ([], [])
    return {
        "network": _layers(run.network),
        "loss": _parts(run.loss),
        "optimizer": _parts(run.optimizer, CHANGING),
        "penalty": _parts(run.penalty),
        "batch_size": run.batch_size,
        "callbacks": [_parts(callback, callback.state()) for callback in run.callbacks
                      if callback.state()],
        "inputs": _fingerprint(run.inputs),
        "targets": _fingerprint(run.targets),
        "validation inputs": _fingerprint(validation[0]),
        "validation targets": _fingerprint(validation[1]),
    }


def _layers(network: Network) -> List[Any]:
    return [_layers(layer) if isinstance(layer, Network)
            else {"layer": type(layer).__name__, **_plain(layer.settings())}
            for layer in network.layers]


def _parts(thing: Any, without: Collection[str] = ()) -> Any:
    """Return the class of a loss, an optimizer, a callback, and the numbers it was made with."""
    if thing is None:
        return None
    values = thing.settings() if hasattr(thing, "settings") else {
        name: value for name, value in vars(thing).items()
        if name not in without and not name.startswith("_")}
    return {"class": type(thing).__name__, **_plain(values)}


def _plain(values: Mapping[str, Any]) -> Dict[str, Any]:
    """Return what JSON can hold of some values; a schedule in an optimizer is one more part."""
    plain: Dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (bool, str, int)):
            plain[name] = value
        elif isinstance(value, float):
            plain[name] = _float(value)
        elif isinstance(value, Schedule):
            plain[name] = _parts(value)
    return plain


def _fingerprint(rows: Sequence[Any]) -> str:
    """Return the number of rows and a hash of all their numbers."""
    digest = hashlib.sha256()
    for row in ([rows] if is_flat(rows) else rows):
        digest.update(struct.pack(f"<q{len(row)}d", len(row), *row))
    return f"{len(rows)} rows, SHA-256 {digest.hexdigest()[:16]}"


def _check_same_training(facts: Mapping[str, Any], run: Run, about: Mapping[str, Any],
                         path: str) -> None:
    """Raise ResumeError unless the training is the same, as far as the format tells.

    Format 1 described all but the data by a `repr`, which changes with the version of purenn.
    """
    then, now = facts["identity"], identity(run)
    if format_version(facts, FORMAT_VERSION) == 1:
        now = {name: str(value) for name, value in now.items() if name in OF_FORMAT_1}
    differences = _differences(facts.get("about", {}), about) or _differences(then, now)
    if differences:
        raise ResumeError(path, differences)


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Dict[str, Tuple[Any, Any]]:
    return {name: (then.get(name), value) for name, value in now.items()
            if then and then.get(name) != value}


# ---- Writing down ----


def _tensors(run: Run) -> Dict[str, Tensor]:
    tensors = {name_in_file(name): from_rows(parameter.value)
               for name, parameter in run.network.named_parameters()}
    for position, matrices in enumerate(getattr(run.optimizer, "memory", [])):
        tensors.update(_numbered(f"optimizer.{position}.", matrices))
    for position, callback in enumerate(run.callbacks):
        for name, value in callback.state().items():
            if isinstance(value, list):
                tensors.update(_numbered(f"callback.{position}.{name}.", value))
    return tensors


def _numbered(prefix: str, matrices: Sequence[Matrix]) -> Dict[str, Tensor]:
    return {f"{prefix}{number}": from_rows(matrix) for number, matrix in enumerate(matrices)}


def _facts(run: Run) -> Dict[str, Any]:
    return {
        "kind": "checkpoint",
        "format_version": FORMAT_VERSION,
        "version": __version__,
        "epoch": run.epoch,
        "stop": run.stop,
        "steps": getattr(run.optimizer, "steps", 0),
        "rate_factor": getattr(run.optimizer, "rate_factor", 1.0),
        "random": [_random_state(rng) for rng in _generators(run)],
        "history": [_record_as_list(record) for record in run.history],
        "callbacks": [
            {name: _float(value) for name, value in callback.state().items()
             if not isinstance(value, list)}
            for callback in run.callbacks
        ],
    }


def _generators(run: Run) -> Iterator[Any]:
    """Yield every random generator of the training: that of the shuffle, of dropout, of the steps.

    One that serves twice comes twice; it is then given the same state twice.
    """
    yield run.rng
    for owner in (*layers_inside(run.network), run.optimizer):
        if hasattr(owner, "rng"):
            yield owner.rng


def _random_state(rng: Any) -> List[Any]:
    version, numbers, spare = rng.getstate()
    return [version, list(numbers), spare]


def _record_as_list(record: Record) -> List[Any]:
    return [
        record.epoch, _float(record.loss), _floats(record.metrics), _float(record.validation_loss),
        _floats(record.validation_metrics), record.seconds,
    ]


def _float(value: Any) -> Any:
    """JSON has no infinity: what it cannot hold is written as a text that float() reads."""
    return value if value is None or abs(value) < float("inf") else str(value)


def _floats(values: Mapping[str, float]) -> Dict[str, Any]:
    return {name: _float(value) for name, value in values.items()}


# ---- Taking up again ----


def _restore(run: Run, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    try:
        _take_up(run, tensors, facts)
    except ModelFileError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise ModelFileError(f"the state is not that of a training ({error!r})") from None


def _take_up(run: Run, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Read everything first, then set it: a checkpoint that is refused changes nothing."""
    values = [_value(tensors, name_in_file(name), parameter.value)
              for name, parameter in run.network.named_parameters()]
    records = [_record(entry) for entry in facts["history"]]
    epoch, stop = int(facts["epoch"]), facts["stop"]
    steps, rate_factor = int(facts["steps"]), float(facts["rate_factor"])
    memory = [
        tuple(_value(tensors, f"optimizer.{position}.{number}", value)
              for number in range(getattr(run.optimizer, "remembered", 0)))
        for position, value in enumerate(values if steps else [])  # before the first step: none
    ]
    states = [_callback_state(tensors, facts["callbacks"], position, callback)
              for position, callback in enumerate(run.callbacks)]
    generators = list(zip(_generators(run), facts["random"]))
    for _, (version, numbers, spare) in generators:
        Random().setstate((version, tuple(numbers), spare))  # would raise

    run.put_back(values)
    run.good_values = run.whole_values = values
    run.epoch, run.stop, run.history.records = epoch, stop, records
    if isinstance(run.optimizer, GradientDescent):
        run.optimizer.steps, run.optimizer.rate_factor = steps, rate_factor
        run.optimizer.memory = list(memory)
    for rng, (version, numbers, spare) in generators:
        rng.setstate((version, tuple(numbers), spare))
    for callback, state in zip(run.callbacks, states):
        callback.restore(state)


def _value(tensors: Mapping[str, Tensor], name: str, like: Matrix) -> Matrix:
    matrix = to_rows(tensors[name]) if name in tensors else None
    if matrix is None or linalg.shape(matrix) != linalg.shape(like):
        raise ModelFileError(f"expected a tensor of shape {list(linalg.shape(like))}", name)
    return matrix


def _callback_state(
    tensors: Mapping[str, Tensor], states: Any, position: int, callback: Callback
) -> Dict[str, Any]:
    state: Dict[str, Any] = {}
    for name, value in callback.state().items():
        if isinstance(value, list):
            state[name] = matrices_of(tensors, f"callback.{position}.{name}.")
        else:
            state[name] = type(value)(states[position][name])
    return state


def _record(entry: Any) -> Record:
    epoch, loss, metrics, validation_loss, validation_metrics, seconds = entry
    return Record(
        int(epoch), float(loss), {name: float(value) for name, value in metrics.items()},
        None if validation_loss is None else float(validation_loss),
        {name: float(value) for name, value in validation_metrics.items()}, float(seconds),
    )
