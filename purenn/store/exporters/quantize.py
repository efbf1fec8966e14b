"""Weights as whole numbers from −127 to 127, and what that costs.

A weight of 64 bits knows 16 digits, and an answer rarely needs three. Here each neuron gets one
scale, its largest weight divided by 127, and its weights become the nearest multiples of it:

    w[o][i] ≈ scale[o] · q[o][i],     q[o][i] = round(w[o][i] / scale[o])

so no weight is off by more than half a scale. Sums, biases and activations stay floats. One scale
for the whole layer would round a neuron of small weights away; one for each neuron does not.
Source: Jacob and others, "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018; the symmetric form, for weights alone.

What it costs depends on the model, so it is measured: `compare` puts rows through both.

Before this: `portable.py`. After this: the languages; `c_header.py` uses it.
"""

from __future__ import annotations

import copy
from typing import List, NamedTuple, Tuple

from ...layers import Dense
from ...linalg import Matrix, Vector
from ...metrics import classes_of
from ...model import Model
from ...network import layers_inside

__all__ = ["Comparison", "compare", "quantized", "rounded"]

LARGEST = 127


def quantized(weights: Matrix) -> Tuple[List[List[int]], Vector]:
    """Return whole numbers and a scale for each row, so that w ≈ scale · q: (n, k) -> (n, k), n.

    >>> quantized([[127.0, -0.6], [0.0, 0.0]])
    ([[127, -1], [0, 0]], [1.0, 0.0])
    """
    scales = [max(map(abs, row)) / LARGEST for row in weights]
    return [[round(weight / scale) if scale else 0 for weight in row]
            for row, scale in zip(weights, scales)], scales


def rounded(model: Model) -> Model:
    """Return a copy of the model whose weights are what `quantized` leaves of them."""
    network = copy.deepcopy(model.network)
    for layer in layers_inside(network):
        if isinstance(layer, Dense):
            whole, scales = quantized(layer.weights.value)
            layer.weights.value = [[scale * number for number in row]
                                   for row, scale in zip(whole, scales)]
    return model._replace(network=network)


class Comparison(NamedTuple):
    """How a model and its rounded copy answer the same rows.

    `same` is the share of rows with the same class (for other models None), `worst` the largest
    difference of two scores, `spread` the standard deviation of the scores, to compare it with.
    """

    rows: int
    same: float
    worst: float


def compare(model: Model, inputs: Matrix) -> Comparison:
    """Put rows through the model and its rounded copy.

    For a classifier `worst` is the largest difference of two scores; for a regressor it is in units
    of the standard deviation of the targets.
    """
    exact, other = model.scores(inputs), rounded(model).scores(inputs)
    equal = [a == b for a, b in zip(classes_of(exact), classes_of(other))]
    differences = [abs(a - b) for row, twin in zip(exact, other) for a, b in zip(row, twin)]
    return Comparison(len(equal), equal.count(True) / len(equal), max(differences))
