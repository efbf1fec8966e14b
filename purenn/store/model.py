"""Model files: everything that is needed to predict, in one file.

In a safetensors file the weights are the tensors, under PyTorch's names, and all the rest of a
`Model` is JSON in the metadata. A path that ends in .json gives one JSON object, numbers and all,
to be read by people; every float in it is exact, in both forms. Beside the model a file holds

    format_version   which format this is: a newer one is refused by name, an older one is read
    sha256           of facts and weights: finds every bit that has changed since
    samples          three inputs and what came out: the proof that it was read back right

    format 1   purenn 0.1; it did not say so
    format 2   says its version

Who loads a model gets one that works or a `ModelFileError`: sizes are checked before anything is
made. And at the end the samples go through the network once more: if they do not come out as they
did when the model was saved, to 1e-12, then this Python computes something else.

Before this: `checkpoint.py`. This is the last file of the folder.
"""

from __future__ import annotations

import io
import math
import os
import platform
from random import Random
from typing import Any, BinaryIO, Dict, List, Mapping, Optional, Tuple

from .. import __version__, linalg
from ..atomic import Path, replace_file
from ..data import DataError, Encoding, Standardizer
from ..initializers import normal
from ..linalg import Matrix
from ..model import KINDS, LANGUAGE_MODEL, Model
from ..network import Network
from ..sequences import LanguageModel, Vocabulary
from . import safetensors, strict_json
from .architecture import (
    build_network, check_digest, describe, digest, format_version, tensors_of,
)
from .errors import ModelFileError, kind as kind_of, shown
from .safetensors import Tensor

__all__ = ["FORMAT_VERSION", "Path", "as_file", "load_model", "save_model"]

KEY = "purenn"
FORMAT_VERSION = 2
TOLERANCE = 1e-12
MAX_JSON_SIZE = 1 << 28

Contents = Tuple[Mapping[str, Tensor], Dict[str, Any], Any]  # tensors, facts, SHA-256


# ---- Saving ----


def save_model(model: Model, path: Path) -> None:
    """Write the model to `path`, as JSON if that ends in .json, else as safetensors.

    The file is replaced in one step: at every moment it is the old one or the new one. Raises
    ModelFileError, before anything is written, for a model that no file can hold: layers of your
    own, numbers that are not finite, labels that are neither texts nor numbers. Raises OSError when
    the file cannot be written.
    """
    contents = as_file(model, _is_json(path))
    replace_file(path, lambda file: file.write(contents))


def as_file(model: Model, as_json: bool = False) -> bytes:
    """Return the bytes of the model's file; raises ModelFileError as `save_model`."""
    tensors = tensors_of(model.network)
    facts = _facts(model)
    sha256 = digest(facts, tensors)
    if as_json:
        return strict_json.serialize(
            {**facts, "sha256": sha256, "tensors": _as_json(tensors)}, indent=1)
    file = io.BytesIO()
    entry = strict_json.serialize(facts).decode("utf-8")
    safetensors.write(file, tensors, {KEY: entry, "sha256": sha256})
    return file.getvalue()


def _is_json(path: Path) -> bool:
    return os.fsdecode(path).lower().endswith(".json")


def _facts(model: Model) -> Dict[str, Any]:
    """Return everything about a model but its tensors, as JSON can hold it."""
    for label in model.classes:
        if not (label is None or isinstance(label, (str, int, float))):
            raise ModelFileError(f"a file holds labels that are texts, numbers, True, False or "
                                 f"None, got {label!r}", "classes")
    return {
        "format": "purenn model",
        "format_version": FORMAT_VERSION,
        "version": __version__,
        "saved_by": f"{platform.python_implementation()} {platform.python_version()}",
        "kind": model.kind,
        "layers": describe(model.network),
        "standardizer": _standardizer_as_json(model.standardizer),
        "target_standardizer": _standardizer_as_json(model.target_standardizer),
        "classes": list(model.classes),
        "feature_names": list(model.feature_names),
        "encoding": None if model.encoding is None else model.encoding.to_dict(),
        "parameters": dict(model.parameters),
        "provenance": dict(model.provenance),
        "samples": _samples(model),
    }


def _standardizer_as_json(standardizer: Optional[Standardizer]) -> Any:
    if standardizer is None:
        return None
    return {"means": standardizer.means, "deviations": standardizer.deviations}


def _samples(model: Model) -> Dict[str, Any]:
    """Make three inputs, as wide spread as the data were, and note what comes out."""
    inputs = normal(Random(0), 3, model.network.input_width or 3, deviation=1.0)
    if model.kind == LANGUAGE_MODEL:
        edge = float(len(model.classes))
        inputs = [[edge, -1.0], [edge, 0.0], [edge, edge - 1.0]]
    if model.standardizer is not None:
        inputs = model.standardizer.inverse(inputs)
    outputs = [[_as_number(value) for value in row] for row in model.scores(inputs)]
    return {"inputs": inputs, "outputs": outputs}


def _as_number(value: float) -> Any:
    """JSON has no word for infinity: what is not finite is written as a text that float() reads."""
    return value if math.isfinite(value) else str(value)


def _as_json(tensors: Mapping[str, Tensor]) -> Dict[str, Any]:
    return {name: {"shape": list(tensor.shape), "rows": safetensors.to_rows(tensor)}
            for name, tensor in tensors.items()}


# ---- Loading ----


def load_model(path: Path) -> Model:
    """Read a model, check it from end to end, and return it.

    Raises ModelFileError, with the file and the place in it, for anything that is no whole model
    of purenn; OSError when the file cannot be opened.
    """
    try:
        tensors, facts, sha256 = _read(path)
        model = _model(tensors, facts)
        check_digest(sha256, facts, tensors)
        _check_samples(model, facts["samples"])
        return model
    except ModelFileError as error:
        raise error.inside(os.fsdecode(path)) from None


def _read(path: Path) -> Contents:
    """Return tensors, facts and SHA-256 of either form of file; its first bytes tell which."""
    with open(path, "rb") as file:
        is_json = file.read(64).lstrip()[:1] == b"{"
        file.seek(0)
        if is_json and os.path.getsize(path) > MAX_JSON_SIZE:
            raise ModelFileError(f"JSON of more than {MAX_JSON_SIZE} bytes")
        return _read_json(file) if is_json else _read_safetensors(file)


def _read_safetensors(file: BinaryIO) -> Contents:
    tensors, metadata = safetensors.read(file)
    if KEY not in metadata:
        raise ModelFileError("the metadata have no entry 'purenn': the tensors of another program, "
                             "without the layers that they belong to")
    facts = _checked(strict_json.parse(metadata[KEY].encode("utf-8")))
    return tensors, facts, metadata.get("sha256")


def _read_json(file: BinaryIO) -> Contents:
    facts = _checked(strict_json.parse(file.read()), {"sha256": (str,), "tensors": (dict,)})
    return _tensors_in(facts.pop("tensors")), facts, facts.pop("sha256")


# What a model file says of a model, and of which kind each entry is.
ENTRIES: Dict[str, Tuple[type, ...]] = {
    "format": (str,), "format_version": (int,), "version": (str,), "saved_by": (str,),
    "kind": (str,), "layers": (list,),
    "standardizer": (dict, type(None)), "target_standardizer": (dict, type(None)),
    "classes": (list,), "feature_names": (list,), "encoding": (dict, type(None)),
    "parameters": (dict,), "provenance": (dict,), "samples": (dict,),
}


def _checked(facts: Any, more: Mapping[str, Tuple[type, ...]] = {}) -> Dict[str, Any]:
    """Return the facts if they have all the entries of a model, each of the right kind."""
    if not isinstance(facts, dict):
        raise ModelFileError(f"expected an object, got {kind_of(facts)}")
    if facts.get("kind") == "checkpoint":
        raise ModelFileError("this is a checkpoint, not a model; the training goes on with "
                             "Checkpoint(path, resume=True), or with the command that began it, "
                             "purenn train DATA or purenn gpt TEXT, and --resume PATH")
    if facts.get("format") != "purenn model":
        raise ModelFileError("the entry 'format' is not 'purenn model'")
    wanted = {**ENTRIES, **more}
    if format_version(facts, FORMAT_VERSION) == 1:
        del wanted["format_version"]
    for name, kinds in wanted.items():
        if name not in facts:
            raise ModelFileError("is missing", f"entry {name!r}")
        if not isinstance(facts[name], kinds):
            raise ModelFileError(f"is {kind_of(facts[name])}", f"entry {name!r}")
    for name in facts:
        if name not in wanted:
            raise ModelFileError("is none that this version knows", f"entry {shown(name)}")
    return facts


def _tensors_in(entries: Dict[str, Any]) -> Dict[str, Tensor]:
    """Return the tensors of a JSON model."""
    tensors = {}
    for name, entry in entries.items():
        where = f"tensor {shown(name)}"
        if not isinstance(entry, dict) or set(entry) != {"shape", "rows"}:
            raise ModelFileError("expected an object with 'shape' and 'rows'", where)
        rows = _matrix(entry["rows"], where)
        shape, columns = entry["shape"], len(rows[0])
        if shape not in ([len(rows), columns], [columns] if len(rows) == 1 else None):
            raise ModelFileError(f"shape {shown(str(shape))}, but {len(rows)} rows of {columns}",
                                 where)
        tensors[name] = safetensors.from_rows(rows)._replace(shape=tuple(shape))
    return tensors


def _matrix(rows: Any, where: str, texts: bool = False) -> Matrix:
    """Return rows of floats of one length; with `texts`, "inf" and its like are numbers too."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise ModelFileError("expected rows of numbers", where)
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ModelFileError("expected rows of one length, at least 1", where)
    return [[_number(value, where, texts) for value in row] for row in rows]


def _number(value: Any, where: str, texts: bool = False) -> float:
    allowed = type(value) in (int, float) or (texts and value in ("inf", "-inf", "nan"))
    try:
        if allowed:
            return float(value)
    except OverflowError:
        pass
    raise ModelFileError(f"expected a number, got {shown(repr(value))}", where)


def _model(tensors: Mapping[str, Tensor], facts: Dict[str, Any]) -> Model:
    if facts["kind"] not in KINDS:
        raise ModelFileError(f"expected one of {', '.join(KINDS)}", "entry 'kind'")
    network = build_network(facts["layers"], tensors)
    if facts["kind"] == LANGUAGE_MODEL:
        network = _language_model(network, facts["classes"])
    _check_texts(facts["feature_names"], "feature_names")
    _check_labels(facts["classes"], facts["kind"], network.output_width)
    encoding = _encoding(facts, network.input_width, network.output_width)
    return Model(
        network, facts["kind"],
        _standardizer(facts["standardizer"], "standardizer", network.input_width),
        _standardizer(facts["target_standardizer"], "target_standardizer", network.output_width),
        facts["classes"], facts["feature_names"], encoding, facts["parameters"],
        facts["provenance"],
    )


def _language_model(network: Network, pieces: List[Any]) -> LanguageModel:
    """Return the network as a language model, if its outputs are these tokens and the edge."""
    try:
        vocabulary = Vocabulary(pieces)
        model = LanguageModel(network.layers)
    except (TypeError, ValueError) as error:
        raise ModelFileError(str(error), LANGUAGE_MODEL) from None
    if model.output_width != len(vocabulary):
        raise ModelFileError(f"{len(vocabulary)} tokens for {model.output_width} outputs of the "
                             f"network", "entry 'classes'")
    return model


def _encoding(
    facts: Dict[str, Any], width: Optional[int], outputs: Optional[int]
) -> Optional[Encoding]:
    where = "entry 'encoding'"
    if facts["encoding"] is None:
        return None
    try:
        encoding = Encoding.from_dict(facts["encoding"])
    except DataError as error:
        raise ModelFileError(str(error), where) from None
    if len(encoding.feature_names) != width:
        raise ModelFileError(f"it gives rows of {len(encoding.feature_names)} numbers, the network "
                             f"takes {width}", where)
    if facts["kind"] != "network" and encoding.class_names != list(map(str, facts["classes"])):
        raise ModelFileError("it has other classes than the model", where)
    if facts["kind"] == "regressor" and len(encoding.targets) != outputs:
        raise ModelFileError(f"it has {len(encoding.targets)} targets for {outputs} outputs of the "
                             f"network", where)
    return encoding


def _check_texts(names: List[Any], entry: str) -> None:
    if not all(isinstance(name, str) for name in names):
        raise ModelFileError("expected texts", f"entry {entry!r}")


def _check_labels(labels: List[Any], kind: str, outputs: Optional[int]) -> None:
    where = "entry 'classes'"
    if not all(label is None or isinstance(label, (str, int, float)) for label in labels):
        raise ModelFileError("labels are texts, numbers, true, false or null", where)
    if kind == "classifier" and len(labels) != outputs:
        raise ModelFileError(f"{len(labels)} labels for {outputs} outputs of the network", where)
    if len({(type(label), label) for label in labels}) != len(labels):
        raise ModelFileError("a label appears twice", where)


def _standardizer(entry: Any, name: str, width: Optional[int]) -> Optional[Standardizer]:
    where = f"entry {name!r}"
    if entry is None:
        return None
    if set(entry) != {"means", "deviations"}:
        raise ModelFileError("expected 'means' and 'deviations'", where)
    means, deviations = (_matrix([entry[key]], where)[0] for key in ("means", "deviations"))
    if len(means) != len(deviations) or (width is not None and len(means) != width):
        raise ModelFileError(f"{len(means)} means and {len(deviations)} deviations for {width} "
                             f"columns", where)
    if not all(deviation > 0 for deviation in deviations):
        raise ModelFileError("deviations must be above 0", where)
    return Standardizer(means, deviations)


def _check_samples(model: Model, entry: Dict[str, Any]) -> None:
    """Put the samples through the network and compare what comes out with what came out then."""
    where = "samples"
    if set(entry) != {"inputs", "outputs"}:
        raise ModelFileError("expected 'inputs' and 'outputs'", where)
    inputs, then = _matrix(entry["inputs"], where), _matrix(entry["outputs"], where, texts=True)
    try:
        now = model.scores(inputs)
    except ValueError as error:
        raise ModelFileError(str(error), where) from None
    if linalg.shape(now) != linalg.shape(then):
        raise ModelFileError(f"outputs have the shape {linalg.shape(then)}, the network gives "
                             f"{linalg.shape(now)}", where)
    worst = max(_difference(a, b) for row, other in zip(now, then) for a, b in zip(row, other))
    if not worst <= TOLERANCE:
        raise ModelFileError(f"the outputs differ from those at saving by {worst:.1e}, more than "
                             f"{TOLERANCE:g}: this is not the model that was saved", where)


def _difference(a: float, b: float) -> float:
    if a == b or (a != a and b != b):
        return 0.0
    difference = abs(a - b) / max(1.0, abs(a), abs(b))
    return difference if difference == difference else math.inf
