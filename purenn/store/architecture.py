"""A network as data: its layers as names and numbers, its parameters as tensors.

A model file must say what it holds without code. The layers become a list of small objects,

    [{"layer": "Dense", "inputs": 4, "neurons": 8}, {"layer": "Tanh"}, ...]

and each name is looked up in `LAYERS` below, a fixed list: a file can name nothing else, so opening
one runs nothing. The parameters become tensors named and laid out as PyTorch does it:

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
from typing import Any, Callable, Dict, List, Mapping, Tuple, Type

from .. import activations, linalg
from ..layers import Dense, Dropout, Layer
from ..linalg import Matrix
from ..network import Network
from ..sequences.attention import CausalSelfAttention
from ..sequences.embedding import Embedding, Positions, Unpad
from ..sequences.model import Residual
from ..sequences.normalization import LayerNorm, RMSNorm
from . import strict_json
from .errors import ModelFileError, shown
from .safetensors import Tensor, from_rows, to_rows

__all__ = [
    "build_network", "check_digest", "describe", "digest", "matrices_of", "tensors_of",
]

# The layers of language models whose settings are sizes, and the layers that hold others.
SIZES = {
    "CausalSelfAttention": ("width", "heads"), "Embedding": ("tokens", "width", "per_row"),
    "Positions": ("context", "width"),
}
NESTS: Dict[str, Type[Network]] = {"Network": Network, "Residual": Residual}
OF_TEXTS: Dict[str, Callable[..., Layer]] = {layer.__name__: layer for layer in (
    CausalSelfAttention, Embedding, LayerNorm, Positions, RMSNorm, Unpad)}
# Each layer that a file may name, and its settings by the names of its attributes.
LAYERS: Dict[str, Dict[str, type]] = {
    "Dense": {"inputs": int, "neurons": int, "bias": bool},
    **{name: dict.fromkeys(sizes, int) for name, sizes in SIZES.items()},
    **{name: {"width": int, "gain": bool, "epsilon": float} for name in ("RMSNorm", "LayerNorm")},
    "Unpad": {},
    "Dropout": {"rate": float},
    "ELU": {"alpha": float},
    "LeakyReLU": {"slope": float},
    **{name: {} for name in (
        "GELU", "Linear", "ReLU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh",
    )},
}
IN_FILE = {"weights": "weight", "biases": "bias", "gains": "weight", "shifts": "bias"}
FLAT = ("biases", "gains", "shifts")  # one row here, in the file a vector
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
    if isinstance(layer, Network) and type(layer) is NESTS.get(name):
        return {"layer": name, "layers": describe(layer)}
    if type(layer) is Dense:
        without = {} if layer.bias else {"bias": False}  # as files said before there was a choice
        return {"layer": name, "inputs": layer.input_width, "neurons": layer.output_width,
                **without}
    if name not in LAYERS or type(layer) is not _class_of(name):
        raise ModelFileError(f"{layer!r} is none of purenn's own layers, so a file cannot hold it",
                             f"layer {number}")
    if name in OF_TEXTS:
        return {"layer": name, **layer.settings()}
    return {"layer": name, **{setting: getattr(layer, setting) for setting in LAYERS[name]}}


def _class_of(name: str) -> Any:
    known: Dict[str, Any] = {"Dense": Dense, "Dropout": Dropout, **OF_TEXTS}
    return known.get(name) or getattr(activations, name)


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
        if name.endswith(FLAT):
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
    if name == "Dense":
        layer = {"bias": True, **layer}
    settings = _settings(layer, LAYERS[name], where)
    try:
        if name == "Dense":
            return _built_dense(place=place, remaining=remaining, **settings)
        if name in OF_TEXTS:
            return _built_of_texts(name, settings, place, remaining)
        extra = {"rng": Random(0)} if name == "Dropout" else {}
        made: Layer = _class_of(name)(**settings, **extra)
        return made
    except ModelFileError:
        raise
    except ValueError as error:  # a rate or slope out of range
        raise ModelFileError(str(error), where) from None


def _settings(layer: Dict[str, Any], wanted: Dict[str, type], where: str) -> Dict[str, Any]:
    """Return the settings of a layer if they are those wanted, each a number of the right kind."""
    if set(layer) != {"layer", *wanted}:
        raise ModelFileError(f"expected the settings {sorted(wanted)}, "
                             f"got {shown(str(sorted(set(layer) - {'layer'})))}", where)
    for name, kind in wanted.items():
        if type(layer[name]) is not kind and not (kind is float and type(layer[name]) is int):
            raise ModelFileError(f"{name} should be {kind.__name__}, "
                                 f"got {shown(repr(layer[name]))}", where)
    return {name: layer[name] for name in wanted}


def _built_dense(
    inputs: int, neurons: int, bias: bool, place: str, remaining: Dict[str, Tensor]
) -> Dense:
    weights = _taken(f"{place}.weight", (neurons, inputs), remaining)
    biases = _taken(f"{place}.bias", (neurons,), remaining) if bias else None
    dense = Dense(inputs, neurons, Random(0), lambda rng, rows, columns: weights, bias)
    dense.biases.value = biases or dense.biases.value
    return dense


def _built_of_texts(
    name: str, settings: Dict[str, Any], place: str, remaining: Dict[str, Tensor]
) -> Layer:
    """Build a layer of a language model; its tensors must be there before it is made."""
    values = [_taken(f"{place}.{tensor}", shape, remaining)
              for tensor, shape in _tensors_for(name, settings)]
    takes_weights = name in SIZES
    made: Layer = OF_TEXTS[name](**settings, **({"rng": Random(0)} if takes_weights else {}))
    for parameter, value in zip(made.parameters(), values):
        parameter.value = value
    return made


def _tensors_for(name: str, settings: Dict[str, Any]) -> List[Tuple[str, Tuple[int, ...]]]:
    """Return names and shapes of the tensors of a layer of a language model."""
    width = settings.get("width", 0)
    if name == "CausalSelfAttention":
        inside = ("queries", "keys", "values", "output")
        return [(f"{one}.weight", (width, width)) for one in inside]
    if name in SIZES:
        return [("weight", (settings[SIZES[name][0]], width))]
    norms = {"RMSNorm": ["weight"], "LayerNorm": ["weight", "bias"]}.get(name, [])
    return [(one, (width,)) for one in norms if settings["gain"]]


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


# ---- Is it still what was written? ----


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
