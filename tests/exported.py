"""Models of every layer, activation and kind, the rows to ask them, and what purenn says of those.

Whatever layer purenn has must stand in `LAYERS`: a test compares it with the package.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Dict, List, NamedTuple

from purenn import (
    ELU, GELU, Classifier, Dense, Dropout, LeakyReLU, Linear, Network, ReLU, Sigmoid, SiLU, Softmax,
    Softplus, Tanh, uniform,
)
from purenn.data import Column, Encoding, Standardizer, TableOptions, iris
from purenn.linalg import zeros
from purenn.model import Model
from purenn.store.exporters import export

# Every layer without weights, and those with settings also with others than the usual.
LAYERS = {
    "elu": ELU, "elu_half": lambda: ELU(0.5), "gelu": GELU, "leaky": LeakyReLU,
    "leaky_quarter": lambda: LeakyReLU(0.25), "linear": Linear, "relu": ReLU, "sigmoid": Sigmoid,
    "silu": SiLU, "softmax": Softmax, "softplus": Softplus, "tanh": Tanh,
    "dropout": lambda: Dropout(0.5, Random(1)),
}
KINDS = ("network", "classifier", "regressor")
LABELS = ["plain", 'a "quoted", one', "naïve 名 😀", "line\nbreak */ \\ ??/ </script>"]
COLOURS = ["", "blue", 'deep "red", dark', "grün"]


class Asked(NamedTuple):
    """A model, rows of cells to ask it, and what purenn answers."""

    name: str
    model: Model
    rows: List[List[Any]]
    scores: List[List[float]]
    answers: List[Any]
    probabilities: List[List[float]]


def dense(inputs: int, neurons: int, rng: Random) -> Dense:
    """A dense layer whose biases are not zero."""
    layer = Dense(inputs, neurons, rng)
    layer.biases.value = uniform(rng, 1, neurons, limit=0.5)
    return layer


def network_with(name: str, inputs: int, outputs: int, rng: Random) -> Network:
    """The layer stands behind a dense one, inside a network inside the network, and at the end."""
    inner = Network([dense(5, 4, rng), LAYERS[name](), Dropout(0.5, rng)])
    return Network([dense(inputs, 5, rng), LAYERS[name](), inner, Tanh(), dense(4, outputs, rng),
                    *([LAYERS[name]()] if rng.random() < 0.5 else [])])


def asked(name: str, model: Model, rows: List[List[Any]]) -> Asked:
    """Ask purenn itself; cells go through the encoding where there is one."""
    numbers = rows
    if model.encoding is not None:
        numbers = [model.encoding.encode_row([str(cell).strip() for cell in row]) for row in rows]
    outputs, answers = model.outputs(numbers), model.answers(numbers)
    if model.kind == "classifier":
        return Asked(name, model, rows, model.scores(numbers), answers, outputs)
    return Asked(name, model, rows, outputs, answers, [])


def plain(name: str, kind: str, seed: int) -> Asked:
    """A model that takes rows of numbers; some rows lie far out, where an exp overflows."""
    rng = Random(seed)
    outputs = len(LABELS) if kind == "classifier" else 1 + seed % 2
    standardized = kind != "network"
    model = Model(
        network_with(name, 3, outputs, rng), kind,
        Standardizer([1.5, -200.0, 0.25], [2.0, 50.0, 0.125]) if standardized else None,
        Standardizer([1000.0, -1.0][:outputs], [250.0, 0.5][:outputs])
        if kind == "regressor" else None,
        LABELS if kind == "classifier" else [],
    )
    rows = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(6)]
    rows += [[0.0, 0.0, 0.0], [3000.0, -3000.0, 3000.0], [-1e4, 1e4, 1.0]]
    return asked(f"{kind}_{name}", model, rows)


def table(kind: str, labels: List[Any], seed: int, options: TableOptions) -> Asked:
    """A model of a table with words, holes, and an ignored column, read in some way."""
    rng = Random(seed)
    target = (Column("kind, of", "class", [str(label) for label in labels])
              if kind == "classifier" else Column("price", "value"))
    colours = COLOURS[seed % 2:]  # with a category of its own for a hole, or without
    encoding = Encoding([
        Column('size "cm"', "number", fill=2.5), Column("colour", "text", colours),
        Column("id", "ignored"), target, Column("größe", "number"),
    ], options)
    width = len(encoding.feature_names)
    model = Model(
        network_with("relu", width, len(labels) or 1, rng), kind,
        Standardizer([0.5] * width, [2.0] * width),
        Standardizer([10.0], [3.0]) if kind == "regressor" else None,
        labels, encoding.feature_names, encoding,
    )
    sizes: List[Any] = [rng.gauss(0, 1), " 1.5e0", "-3"] + ["", " "] * (options.missing == "mean")
    if options.decimal is not None:
        sizes = [" 1.234,5", "-12.345.678", "1,5e-1", "+2,", "1\u00a0234", "-"]
    words = colours[1:] + [""] * (options.missing == "mean") + ["mauve"] * (
        options.unseen == "zeros")
    rows = [[rng.choice(sizes), rng.choice(words),
             rng.choice([str(rng.gauss(0, 1)).replace(".", options.decimal or ".")])]
            for _ in range(24)]
    return asked(f"table_{kind}_{seed}", model, rows)


def trained() -> Asked:
    """The model of README: flowers, learned by a classifier and saved, and all 150 of them."""
    flowers = iris()
    names = [flowers.class_names[number] for number in flowers.targets]
    model = Classifier(hidden=(16,), epochs=20).fit(flowers.inputs, names)
    return asked("trained", model.model_, flowers.inputs)


def models() -> List[Asked]:
    """All of them: each layer in each kind of model, tables, and labels that are no texts."""
    seeds = range(10 ** 6)
    some = [plain(name, kind, next_seed) for next_seed, (name, kind) in zip(
        seeds, [(name, kind) for name in sorted(LAYERS) for kind in KINDS])]
    numbers = asked("labels_numbers", Model(
        network_with("tanh", 2, 3, Random(7)), "classifier", None, None, [3, -1, 20]),
        [[0.5, 1.0], [-1.0, 2.0], [4.0, -3.0]])
    mixed = asked("labels_mixed", numbers.model._replace(classes=[None, True, 1.5]), numbers.rows)
    equal = Network([Dense(2, 3, Random(1), lambda rng, *size: zeros(*size))])
    ties = asked("ties", Model(equal, "classifier", classes=["b", "a", "c"]), [[1.0, 2.0]])
    return [*some, trained(), ties, numbers, mixed,
            table("classifier", ["yes", "no, never"], 1, TableOptions(header=True)),
            table("regressor", [], 2, TableOptions(header=True, missing="mean")),
            table("regressor", [], 3, TableOptions(header=True, missing="mean")),
            table("classifier", ["a", "b"], 4, TableOptions(header=True, unseen="zeros"))]


def european() -> Asked:
    """A table whose decimal sign is a comma; the header of C and ONNX read only points."""
    options = TableOptions(header=True, delimiter=";", decimal=",", missing="mean")
    return table("regressor", [], 6, options)


def write(folder: Path, suffix: str, asked_models: List[Asked], **options: Any) -> None:
    """Export each model to folder/NAME.suffix, and all rows to folder/rows.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in asked_models:
        export(one.model, str(folder / f"{one.name}{suffix}"), **options)
    rows = {one.name: one.rows for one in asked_models}
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")


def check(asked_models: List[Asked], said: Dict[str, Dict[str, Any]], bound: float = 1e-12) -> None:
    """Each said what purenn says: scores and probabilities to the bound, answers the same."""
    assert set(said) == {one.name for one in asked_models}
    for one in asked_models:
        close(one.name, said[one.name]["scores"], one.scores, bound)
        close(one.name, said[one.name].get("probabilities") or [], one.probabilities, bound)
        if one.model.kind == "classifier":
            clear = [sorted(row)[-1] - sorted(row)[-2] > 100 * bound * max(map(abs, row))
                     or not any(row) for row in one.scores]  # of all zeros the first is taken
            for answer, expected, sure in zip(said[one.name]["answers"], one.answers, clear):
                assert answer == expected or not sure, one.name


def close(name: str, said: Any, expected: Any, bound: float) -> None:
    assert len(said) == len(expected), name
    for row, other in zip(said, expected):
        assert len(row) == len(other), name
        for a, b in zip(row, other):
            assert abs(a - b) <= bound * max(1.0, abs(a), abs(b)), (name, a, b)
