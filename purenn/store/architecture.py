"""A network as data: its layers as names and numbers, its parameters as tensors.

A model file must say what it holds without code. The layers become a list of small objects,

    [{"layer": "Dense", "inputs": 4, "neurons": 8}, {"layer": "Tanh"}, ...]

and each name is looked up in `LAYERS` of `recipes`, a fixed table: a file can name nothing else, so
opening one runs nothing. The parameters become tensors named and laid out as PyTorch does it:

    ours                   in the file           a torch.nn.Sequential of the same layers
    layer 0, weights       0.weight (out, in)    Linear(4, 8).weight
    layer 0, biases        0.bias   (out,)       Linear(4, 8).bias
    layer 2 of a network
    that is our layer 1    1.2.weight            Sequential inside Sequential

so that PyTorch's load_state_dict takes them as they are, without transposing.

Before this: `safetensors.py`. After this: `model.py` and `checkpoint.py`, which use it.
"""

from __future__ import annotations

import hashlib
import struct
from random import Random
from typing import Any, Dict, List, Mapping, Sequence, Set, Type

from .. import linalg
from ..layers import Dense, Layer
from ..linalg import Matrix
from ..network import Network
from ..recipes import LAYERS, NESTS
from . import strict_json
from .errors import ModelFileError, shown
from .safetensors import Tensor, from_rows, to_rows

__all__ = [
    "build_network", "check_digest", "describe", "digest", "format_version", "matrices_of",
    "tensors_of",
]

# What our parameters are called in the file. Of some, one row here, PyTorch makes a vector.
IN_FILE = {"weights": "weight", "biases": "bias", "gains": "weight", "shifts": "bias"}
VECTORS = ("biases", "gains", "shifts")
MAX_LAYERS = 1_000
MAX_NESTING = 20


# ---- From a network to data ----


def describe(network: Network) -> List[Dict[str, Any]]:
    """Return the layers as a list of {"layer": name, setting: number, ...}.

    Raises ModelFileError for a layer of your own: no file can hold its code.

    >>> from purenn import Tanh
    >>> describe(Network([Dense(2, 3, Random(1)), Tanh()]))
    [{'layer': 'Dense', 'inputs': 2, 'neurons': 3}, {'layer': 'Tanh'}]
    """
    return [_described(number, layer) for number, layer in enumerate(network.layers)]


def _described(number: int, layer: Layer) -> Dict[str, Any]:
    name = type(layer).__name__
    if isinstance(layer, Network) and NESTS.get(name) is type(layer):
        return {"layer": name, "layers": describe(layer)}
    if LAYERS.get(name) is not type(layer):
        raise ModelFileError(f"{layer!r} is none of purenn's own layers, so a file cannot hold it",
                             f"layer {number}")
    settings = layer.settings()
    if settings.get("bias") is True:
        del settings["bias"]  # files say only if there are none
    return {"layer": name, **settings}


def tensors_of(network: Network) -> Dict[str, Tensor]:
    """Return the parameters as tensors by their names in the file.

    Raises ModelFileError for a number that is not finite: such a model is broken, and must not
    take the place of a good one.

    >>> network = Network([Dense(2, 3, Random(1))])
    >>> {name: tensor.shape for name, tensor in tensors_of(network).items()}
    {'0.weight': (3, 2), '0.bias': (3,)}
    """
    tensors = {}
    for name, parameter in network.named_parameters():
        if not linalg.all_finite(parameter.value):
            raise ModelFileError("holds numbers that are not finite; this network is broken",
                                 f"parameter {name}")
        tensor = from_rows(parameter.value)
        if name.rpartition(".")[2] in VECTORS:
            tensor = tensor._replace(shape=tensor.shape[1:])
        tensors[name_in_file(name)] = tensor
    return tensors


def name_in_file(name: str) -> str:
    """Return the name that PyTorch has for one of our parameters.

    >>> name_in_file("0.weights"), name_in_file("2.biases")
    ('0.weight', '2.bias')
    """
    start, dot, last = name.rpartition(".")
    return start + dot + IN_FILE.get(last, last)


# ---- From data to a network ----


def build_network(layers: Any, tensors: Mapping[str, Tensor]) -> Network:
    """Build the network that `describe` and `tensors_of` have written down.

    Nothing is made before the tensors are known to have the sizes that the layers ask for. Raises
    ModelFileError for what is no description, for tensors that are missing, left over or of
    another shape, and for numbers that are not finite.
    """
    remaining = dict(tensors)
    network = _built(layers, "", remaining, nesting=0)
    if remaining:
        raise ModelFileError(f"belongs to none of the layers of {network!r}",
                             f"tensor {shown(sorted(remaining)[0])}")
    return network


def _built(
    layers: Any, prefix: str, remaining: Dict[str, Tensor], nesting: int,
    kind: Type[Network] = Network,
) -> Network:
    """Build a network, taking its tensors out of `remaining`."""
    where = f"layers of network {prefix[:-1]}" if prefix else "layers"
    if not isinstance(layers, list) or not 0 < len(layers) <= MAX_LAYERS:
        raise ModelFileError(f"expected a list of 1 to {MAX_LAYERS} layers", where)
    if nesting > MAX_NESTING:
        raise ModelFileError(f"networks are nested more than {MAX_NESTING} deep", where)
    built = [_built_layer(layer, f"{prefix}{number}", remaining, nesting)
             for number, layer in enumerate(layers)]
    try:
        return kind(built)
    except ValueError as error:  # widths that do not fit
        raise ModelFileError(str(error), where) from None


def _built_layer(
    layer: Any, place: str, remaining: Dict[str, Tensor], nesting: int
) -> Layer:
    where = f"layer {place}"
    name = layer.get("layer") if isinstance(layer, dict) else None
    if isinstance(name, str) and name in NESTS and set(layer) == {"layer", "layers"}:
        return _built(layer["layers"], f"{place}.", remaining, nesting + 1, NESTS[name])
    if not isinstance(name, str) or name not in LAYERS:
        raise ModelFileError(f"expected a layer out of {', '.join(sorted(LAYERS))}", where)
    settings = {key: value for key, value in layer.items() if key != "layer"}
    try:
        if name == "Dense":
            return _built_dense(place, remaining, {"bias": True, **settings})
        values = _tensors_for(name, place, remaining, settings)
        chance = name == "Dropout" or name in OF_TEXTS
        made: Any = LAYERS[name](**settings, **({"rng": Random(0)} if chance else {}))
        for parameter, value in zip(made.parameters(), values):
            parameter.value = value
    except ModelFileError:
        raise
    except (TypeError, ValueError) as error:  # another setting, or one that is out of range
        raise ModelFileError(f"its settings {shown(str(settings))} are not those of {name}: "
                             f"{error}", where) from None
    _check_settings(settings, made.settings(), where)
    return made  # type: ignore[no-any-return]


def _check_settings(given: Dict[str, Any], made: Dict[str, Any], where: str) -> None:
    """Raise ModelFileError unless a file gives every setting of the layer, and as a number."""
    if set(given) != set(made):
        raise ModelFileError(f"expected the settings {sorted(made)}, got {sorted(given)}", where)
    for name, value in given.items():
        if type(value) not in (int, float) and not (name == "gain" and type(value) is bool):
            raise ModelFileError(f"{name} should be a number, got {shown(repr(value))}", where)


def _built_dense(place: str, remaining: Dict[str, Tensor], settings: Dict[str, Any]) -> Dense:
    where = f"layer {place}"
    inputs, neurons = _integers(settings, ("inputs", "neurons"), {"bias"}, where)
    if type(settings["bias"]) is not bool:
        raise ModelFileError(f"bias should be true or false, got {shown(repr(settings['bias']))}",
                             where)
    weights = _taken(f"{place}.weight", (neurons, inputs), remaining)
    biases = _taken(f"{place}.bias", (neurons,), remaining) if settings["bias"] else None
    dense = Dense(inputs, neurons, Random(0), lambda rng, rows, columns: weights, settings["bias"])
    dense.biases.value = biases or dense.biases.value
    return dense


def _integers(
    settings: Dict[str, Any], wanted: Sequence[str], others: Set[str], where: str
) -> List[int]:
    """Return the settings that are sizes, if there are these and the others and no more."""
    if set(settings) != {*wanted, *others}:
        raise ModelFileError(f"expected the settings {list(wanted)}, got "
                             f"{sorted(set(settings) - others)}", where)
    for name in wanted:
        if type(settings[name]) is not int:
            raise ModelFileError(f"{name} should be an integer, got "
                                 f"{shown(repr(settings[name]))}", where)
    return [settings[name] for name in wanted]


# The layers of language models that have tables, with their sizes, rows and columns first.
OF_TEXTS = {
    "CausalSelfAttention": ("width", "heads"), "Embedding": ("tokens", "width", "per_row"),
    "Positions": ("context", "width"),
}


def _tensors_for(
    name: str, place: str, remaining: Dict[str, Tensor], settings: Dict[str, Any]
) -> List[Matrix]:
    """Take the tensors of a layer of a language model, if they have the sizes of its settings."""
    where = f"layer {place}"
    if name in OF_TEXTS:
        rows, columns, *_ = _integers(settings, OF_TEXTS[name], set(), where)
        if name == "CausalSelfAttention":
            return [_taken(f"{place}.{inside}.weight", (rows, rows), remaining)
                    for inside in ("queries", "keys", "values", "output")]
        return [_taken(f"{place}.weight", (rows, columns), remaining)]
    if name in ("LayerNorm", "RMSNorm"):
        [width] = _integers(settings, ("width",), {"gain", "epsilon"}, where)
        learned = ["weight", "bias"][:2 if name == "LayerNorm" else 1] if settings["gain"] else []
        return [_taken(f"{place}.{one}", (width,), remaining) for one in learned]
    return []


def _taken(name: str, shape: Any, remaining: Dict[str, Tensor]) -> Matrix:
    """Take a tensor out of those that remain, if it has the shape that its layer asks for."""
    where = f"tensor {shown(name)}"
    if name not in remaining:
        raise ModelFileError("is missing", where)
    tensor = remaining.pop(name)
    if tensor.shape != shape or 0 in shape:
        raise ModelFileError(f"has shape {list(tensor.shape)}, its layer asks for {list(shape)}",
                             where)
    if tensor.dtype not in ("F64", "F32", "F16", "BF16"):
        raise ModelFileError(f"holds {tensor.dtype}, weights are floats", where)
    matrix = to_rows(tensor)
    if not linalg.all_finite(matrix):
        raise ModelFileError("holds numbers that are not finite", where)
    return matrix


# ---- Is it a file for us, and still what was written? ----


def format_version(facts: Mapping[str, Any], newest: int) -> int:
    """Return the version of the format; what says none is of purenn 0.1, and that is version 1.

    Raises ModelFileError for a version that is newer than this purenn can read.
    """
    version = facts.get("format_version", 1)
    if type(version) is not int or version < 1:
        raise ModelFileError(f"expected a version from 1 on, got {shown(repr(version))}",
                             "entry 'format_version'")
    if version > newest:
        writer = shown(str(facts.get("version", "of another version")))
        raise ModelFileError(f"written by purenn {writer} in format {version}; this purenn reads "
                             f"formats up to {newest}: a newer one is needed")
    return version


def digest(facts: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of the facts and of every tensor's name, shape and numbers."""
    sha256 = hashlib.sha256(strict_json.serialize(dict(facts)))
    for name in sorted(tensors):
        tensor = tensors[name]
        sha256.update(f"{name} {list(tensor.shape)}".encode())
        sha256.update(struct.pack(f"<{len(tensor.values)}d", *tensor.values))
    return sha256.hexdigest()


def check_digest(
    sha256: Any, facts: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    """Raise ModelFileError when anything differs from what was written, were it a single bit."""
    if sha256 != digest(facts, tensors):
        raise ModelFileError("the contents do not match their SHA-256: they were damaged or edited "
                             "after they were saved")


def matrices_of(tensors: Mapping[str, Tensor], prefix: str) -> List[Matrix]:
    """Return the matrices named prefix0, prefix1, … in order, as many as there are."""
    matrices: List[Matrix] = []
    while f"{prefix}{len(matrices)}" in tensors:
        matrices.append(to_rows(tensors[f"{prefix}{len(matrices)}"]))
    return matrices
