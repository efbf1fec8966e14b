"""ONNX: a graph of named operations on tensors, for ONNX Runtime and many other programs.

An ONNX file is a message of Protocol Buffers: nodes, each with the names of what goes in and what
comes out, and the constant tensors. The graph written here is

    rows ──► Sub, Div ──► Gemm ──► activation ──► … ──► scores ─┬─► Softmax ──► probabilities
                                                                └─► ArgMax ──► Gather ──► label

with one input `rows`, (n, columns), or, where columns hold words, one input (n, 1) for each column,
by its name. A classifier gives `label` and `probabilities`, a regressor `values`, a network
`scores`. Tensors are of 64 bits, or 32.

Not every activation has an operation that ONNX Runtime computes with 64 bits, so those that lack
one are put together of simpler ones. GELU needs erf(z), the integral from 0 to z of
2/√π · exp(−t²), and gets it as a sum over 40 places in that interval (Gauss-Legendre quadrature):
two products of matrices with `Exp` between them. The error is below 1e-15.

The numbers of fields, operations and types are those of onnx.proto (ONNX 1.8, IR version 7) and of
its operator set 13; words need `OneHotEncoder` of set 3 of ai.onnx.ml.

Before this: `portable.py`, `protobuf.py`.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Dict, List, Sequence, Tuple, Union

from ... import __version__
from ...linalg import Vector
from .portable import Column, ExportError, Portable, Step, printable, refuse_large
from .protobuf import field

__all__ = ["gauss_legendre", "remarks", "write"]

IR_VERSION, OPSET, ML_OPSET = 7, 13, 3
FLOAT, INT64, STRING, DOUBLE = 1, 7, 8, 11
RESULTS = ("rows", "label", "probabilities", "values", "scores")
PLACES = 40  # of the quadrature of erf


def remarks(portable: Portable) -> List[str]:
    """Return what the graph does otherwise than purenn."""
    said = ["an empty cell of a column of numbers is NaN; where the training knew nothing to fill "
            "in, the answer is NaN or, for classes, means nothing"]
    if portable.has_words:
        said.append('an empty cell of a column of words is "" only; words such as "NA" are refused '
                    'as unknown')
    return said


def write(portable: Portable, name: str, bits: int = 64) -> bytes:
    """Return the file."""
    if bits == 32:
        refuse_large(portable)
    graph = _Graph(bits)
    graph.classify_or_finish(portable, graph.layers(portable, graph.inputs(portable)))
    return b"".join([
        field(1, IR_VERSION), field(2, "purenn"), field(3, __version__),
        field(6, printable(portable.summary)), field(7, graph.message(name)),
        field(8, field(1, "") + field(2, OPSET)),
        field(8, field(1, "ai.onnx.ml") + field(2, ML_OPSET)) if portable.has_words else b"",
    ])


# ---- Messages ----


def _attribute(name: str, value: Union[int, List[str]]) -> bytes:
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    return field(1, name) + b"".join(field(9, text) for text in value) + field(20, 8)


def _tensor(name: str, kind: int, shape: Sequence[int], values: Sequence[Any]) -> bytes:
    head = b"".join(field(1, size) for size in shape) + field(2, kind) + field(8, name)
    if kind == STRING:
        return head + b"".join(field(6, text) for text in values)
    code = {FLOAT: "f", INT64: "q", DOUBLE: "d"}[kind]
    return head + field(9, struct.pack(f"<{len(values)}{code}", *values))


def _described(name: str, kind: int, sizes: Sequence[Union[int, str]]) -> bytes:
    """Return the name, type and shape of an input or output; a size may be a name, as "n"."""
    shape = b"".join(
        field(1, field(2, size) if isinstance(size, str) else field(1, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


# ---- The graph ----


class _Graph:
    """Nodes and constants as they are added, each with a name of its own."""

    def __init__(self, bits: int) -> None:
        self.real = DOUBLE if bits == 64 else FLOAT
        self.nodes: List[bytes] = []
        self.constants: Dict[str, bytes] = {}
        self.ins: List[bytes] = []
        self.outs: List[bytes] = []

    def message(self, name: str) -> bytes:
        return b"".join([
            *(field(1, node) for node in self.nodes), field(2, name or "network"),
            *(field(5, tensor) for tensor in self.constants.values()),
            *(field(11, one) for one in self.ins), *(field(12, one) for one in self.outs),
        ])

    def node(
        self, kind: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any
    ) -> str:
        """Add an operation and return the name of what comes out of it."""
        output = output or f"purenn/{kind}{len(self.nodes)}"
        self.nodes.append(b"".join([
            *(field(1, one) for one in inputs), field(2, output), field(4, kind),
            *(field(5, _attribute(key, value)) for key, value in attributes.items()),
            field(7, domain),
        ]))
        return output

    def constant(
        self, values: Sequence[Any], shape: Sequence[int] = (), kind: int = 0
    ) -> str:
        """Add a constant tensor, by default one of floats, and return its name."""
        name = f"purenn/constant{len(self.constants)}"
        self.constants[name] = _tensor(name, kind or self.real, shape, values)
        return name

    # ---- What goes in ----

    def inputs(self, portable: Portable) -> str:
        """Add the inputs; return the matrix of numbers that they become."""
        if not portable.has_words:
            self.ins.append(_described("rows", self.real, ["n", portable.inputs]))
            return self._filled("rows", portable.columns)
        parts = [self._column(column, portable.reading.unseen) for column in portable.columns]
        return parts[0] if len(parts) == 1 else self.node("Concat", *parts, axis=1)

    def _column(self, column: Column, unseen: bool) -> str:
        name = f"column {column.name}" if column.name in RESULTS or "/" in column.name else (
            column.name or "column")
        if not column.categories:
            self.ins.append(_described(name, self.real, ["n", 1]))
            return self._filled(name, [column])
        self.ins.append(_described(name, STRING, ["n", 1]))
        words, width = list(column.categories), column.width
        if column.fill is not None and "" not in words:
            words.append("")  # an empty cell is allowed, and is none of the words
        ones = self.node("OneHotEncoder", name, domain="ai.onnx.ml", cats_strings=words,
                         zeros=int(unseen))
        ones = self.node("Reshape", ones, self.constant([-1, len(words)], [2], INT64))
        if len(words) > width:
            ones = self.node("Slice", ones, self.constant([0], [1], INT64),
                             self.constant([width], [1], INT64), self.constant([1], [1], INT64))
        return self.node("Cast", ones, to=self.real)

    def _filled(self, rows: str, columns: Sequence[Column]) -> str:
        """Put into empty cells, which are NaN, what the training says."""
        if all(column.fill is None for column in columns):
            return rows
        fills = [math.nan if column.fill is None else float(column.fill) for column in columns]
        return self.node("Where", self.node("IsNaN", rows), self.constant(fills, [1, len(fills)]),
                         rows)

    # ---- What is computed ----

    def layers(self, portable: Portable, x: str) -> str:
        """Add everything from the numbers of a row to its scores."""
        if portable.means:
            x = self._by_column("Sub", x, portable.means)
            x = self._by_column("Div", x, portable.deviations)
        for step in portable.steps:
            if step.name == "Dense":
                x = self._dense(step, x)
            elif step.name in ACTIVATIONS:
                x = ACTIVATIONS[step.name](self, x, step.settings)
            else:
                raise ExportError(f"layer {step.name}: the ONNX file cannot express it")
        if portable.target_means:
            x = self._by_column("Mul", x, portable.target_deviations)
            x = self._by_column("Add", x, portable.target_means)
        return x

    def _by_column(self, kind: str, x: str, values: Vector) -> str:
        return self.node(kind, x, self.constant(values, [1, len(values)]))

    def _dense(self, step: Step, x: str) -> str:
        flat = [weight for row in step.weights for weight in row]
        weights = self.constant(flat, [len(step.weights), len(step.weights[0])])
        return self.node("Gemm", x, weights, self.constant(step.biases, [len(step.biases)]),
                         transB=1)

    # ---- What comes out ----

    def classify_or_finish(self, portable: Portable, scores: str) -> None:
        """Add the outputs."""
        if portable.kind != "classifier":
            name = "values" if portable.kind == "regressor" else "scores"
            self.node("Identity", scores, output=name)
            self.outs.append(_described(name, self.real, ["n", portable.outputs]))
            return
        kind, labels = _labels(portable)
        place = self.node("ArgMax", scores, axis=1, keepdims=0)
        self.node("Gather", self.constant(labels, [len(labels)], kind), place, output="label")
        self.node("Softmax", scores, output="probabilities", axis=1)
        self.outs += [_described("label", kind, ["n"]),
                      _described("probabilities", self.real, ["n", portable.outputs])]


def _labels(portable: Portable) -> Tuple[int, List[Any]]:
    """Return the labels and the type that holds them: whole numbers, or else texts."""
    if all(type(label) is int and abs(label) < 1 << 63 for label in portable.labels):
        return INT64, portable.labels
    return STRING, portable.label_texts


# ---- Activations, put together of operations that exist for 32 and for 64 bits ----


def _scaled(graph: _Graph, x: str, factor: float) -> str:
    return graph.node("Mul", x, graph.constant([factor]))


def _leaky_relu(graph: _Graph, x: str, settings: Dict[str, float]) -> str:
    return graph.node("Max", x, _scaled(graph, x, settings["slope"]))  # the slope is below 1


def _elu(graph: _Graph, x: str, settings: Dict[str, float]) -> str:
    below = graph.node("Exp", graph.node("Min", x, graph.constant([0.0])))
    below = _scaled(graph, graph.node("Sub", below, graph.constant([1.0])), settings["alpha"])
    return graph.node("Add", graph.node("Relu", x), below)


def _softplus(graph: _Graph, x: str, _: Any) -> str:
    small = graph.node("Exp", graph.node("Neg", graph.node("Abs", x)))
    log = graph.node("Log", graph.node("Add", small, graph.constant([1.0])))
    return graph.node("Add", graph.node("Relu", x), log)


def _gelu(graph: _Graph, x: str, _: Any) -> str:
    z = _scaled(graph, x, math.sqrt(0.5))
    erf = graph.node("Erf", z) if graph.real == FLOAT else _erf(graph, z)
    probability = graph.node("Add", _scaled(graph, erf, 0.5), graph.constant([0.5]))
    return graph.node("Mul", x, probability)


def _erf(graph: _Graph, z: str) -> str:
    """erf(z) = 2/√π · z · ∫ exp(−z²·t²) dt from 0 to 1; beyond 6 it is ±1 to the last digit."""
    places, weights = gauss_legendre(PLACES)
    last = graph.constant([2], [1], INT64)
    squares = graph.node("Unsqueeze", graph.node("Mul", z, z), last)  # (n, k, 1)
    powers = graph.node("MatMul", squares, graph.constant([-t * t for t in places], [1, PLACES]))
    factors = [weight * 2.0 / math.sqrt(math.pi) for weight in weights]
    integral = graph.node("MatMul", graph.node("Exp", powers), graph.constant(factors, [PLACES, 1]))
    inside = graph.node("Mul", z, graph.node("Squeeze", integral, last))
    far = graph.node("Greater", graph.node("Abs", z), graph.constant([6.0]))
    return graph.node("Where", far, graph.node("Sign", z), inside)


def gauss_legendre(count: int) -> Tuple[Vector, Vector]:
    """Return places between 0 and 1, and weights: ∫ f from 0 to 1 ≈ the sum of weight · f(place).

    The places are where the Legendre polynomial P of this degree is 0, found by Newton's method,
    and moved from −1 … 1 to 0 … 1. P comes by k·P[k] = (2k−1)·x·P[k−1] − (k−1)·P[k−2], its
    derivative by (x²−1)·P′ = count·(x·P − P[count−1]), and a weight is 1 / ((1−x²)·P′²).
    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 25.4.29 and 22.7.10.

    >>> places, weights = gauss_legendre(2)
    >>> round(sum(w * t ** 3 for t, w in zip(places, weights)), 12)
    0.25
    """
    places, weights = [], []
    for number in range(count):
        x = math.cos(math.pi * (number + 0.75) / (count + 0.5))
        for _ in range(10):
            before, value = 1.0, x
            for k in range(2, count + 1):
                before, value = value, ((2 * k - 1) * x * value - (k - 1) * before) / k
            slope = count * (x * value - before) / (x * x - 1.0)
            x -= value / slope
        places.append((x + 1.0) / 2.0)
        weights.append(1.0 / ((1.0 - x * x) * slope * slope))
    return places, weights


ACTIVATIONS: Dict[str, Any] = {
    "ELU": _elu,
    "GELU": _gelu,
    "LeakyReLU": _leaky_relu,
    "ReLU": lambda graph, x, _: graph.node("Relu", x),
    "SiLU": lambda graph, x, _: graph.node("Mul", x, graph.node("Sigmoid", x)),
    "Sigmoid": lambda graph, x, _: graph.node("Sigmoid", x),
    "Softmax": lambda graph, x, _: graph.node("Softmax", x, axis=1),
    "Softplus": _softplus,
    "Tanh": lambda graph, x, _: graph.node("Tanh", x),
}
