"""`purenn show MODEL`: what is in a model file.

Opening the file has already proved that it is whole: its contents match their SHA-256, and three
sample inputs give the outputs that they gave when it was saved. What is printed here is the rest:
the layers, what goes in and what comes out, and where the model comes from.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Callable, Dict, List, Mapping

from ..layers import Layer
from ..model import LANGUAGE_MODEL, Model
from ..network import Network
from ..sequences import LanguageModel, context_of
from ..store.model import TOLERANCE, load_model
from ..text import counted, listed, safe
from . import options as words
from .options import Parser
from .predict import opened_model, refuse_table

__all__ = ["EXAMPLES", "add", "run", "torch_line"]

EXAMPLES = """
examples:
  purenn show flowers.safetensors
"""

MOST_SHOWN = 12  # names in a list of them


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_model(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is in the file; return the exit code."""
    refuse_table(options.model)
    model = load_model(options.model)
    writes = model.kind == LANGUAGE_MODEL
    if not writes:
        model = opened_model(options.model)
    lines = [
        f"{safe(options.model)}: a {model.kind}",
        "",
        model.network.summary(),
        "",
        *(_tokens(model) if writes else _in_and_out(model)),
        "",
        *_provenance(model.provenance),
        f"sample check: outputs match to {TOLERANCE:g} those of the day it was saved",
        f"to let it write: {words.called()} gpt {safe(options.model)}" if writes
        else f"in PyTorch: {torch_line(model.network)}",
    ]
    print("\n".join(map(safe, "\n".join(lines).split("\n"))))
    return 0


def _tokens(model: Model) -> List[str]:
    """Return what a language model reads and writes."""
    assert isinstance(model.network, LanguageModel) and model.classes is not None
    return [
        f"tokens: {_some(map(repr, model.classes))}, and the edge of a text",
        f"context: {counted(context_of(model.network), 'token')}",
    ]


def _in_and_out(model: Model) -> List[str]:
    """Return what goes in and what comes out."""
    encoding = model.table()
    lines = [f"features: {_some(model.feature_names or ['not named'])}"]
    if model.encoding is not None:
        lines += [f"  column {column.name}: {_column(column)}"
                  for column in encoding.features[:MOST_SHOWN]]
        lines += [f"  … ({len(encoding.features)} columns in all)"
                  ] * (len(encoding.features) > MOST_SHOWN)
        lines += [f"target: {_some([target.name for target in encoding.targets])}"]
    if model.standardizer is not None:
        lines += [_standardized(model.standardizer)]
    if model.class_names:
        lines += [f"classes: {_some(model.class_names)}"]
    return lines


def _standardized(standardizer: Any) -> str:
    scale = standardizer.deviations[0]
    if standardizer.means.count(0.0) == standardizer.deviations.count(scale) == len(
            standardizer.means) > 1:
        return f"inputs are divided by {scale:g} inside the model, all by the same, as for pixels"
    return "inputs are standardized inside the model"


def _column(column: Any) -> str:
    if column.kind == "text":
        return f"one of {_some([word or '(missing)' for word in column.categories])}"
    if column.kind == "date":
        return f"a date: {listed(column.categories, 'and')}"
    return "a number" if column.fill is None else f"a number, {column.fill:.6g} if it is missing"


def _some(names: Any) -> str:
    names = list(map(str, names))
    more = f", … ({len(names)} in all)" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _provenance(facts: Mapping[str, Any]) -> List[str]:
    """Return a line for each thing that is known of where the model comes from."""
    return [f"{name}: {_fact(value)}" for name, value in facts.items()]


def _fact(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_fact(one)}" for name, one in value.items()
                         if one not in (None, []))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ---- The same in PyTorch ----

# Layers whose name in torch.nn differs, or that have settings. Softplus there turns into a straight
# line from 20 on, which costs the last digits.
IN_TORCH: Dict[str, Callable[[Any], str]] = {
    "Dense": lambda layer: f"Linear({layer.input_width}, {layer.output_width})",
    "Dropout": lambda layer: f"Dropout({layer.rate})",
    "ELU": lambda layer: f"ELU({layer.alpha})",
    "LeakyReLU": lambda layer: f"LeakyReLU({layer.slope})",
    "Linear": lambda layer: "Identity()",
    "Softmax": lambda layer: "Softmax(dim=1)",
    "Softplus": lambda layer: "Softplus(threshold=40)",
}


def torch_line(network: Network) -> str:
    """Return the Sequential of PyTorch that takes the tensors of the file as they are.

    >>> from random import Random
    >>> from purenn import Dense, Tanh
    >>> torch_line(Network([Dense(2, 3, Random(1)), Tanh()]))
    'torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh()).double()'
    """
    return f"{_sequential(network)}.double()"


def _sequential(network: Network) -> str:
    return f"torch.nn.Sequential({', '.join(map(_in_torch, network.layers))})"


def _in_torch(layer: Layer) -> str:
    if isinstance(layer, Network):
        return _sequential(layer)
    name = type(layer).__name__
    return "torch.nn." + (IN_TORCH[name](layer) if name in IN_TORCH else f"{name}()")
