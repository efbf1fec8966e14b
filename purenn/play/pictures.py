"""Pictures: the output of every neuron over the whole plane, small enough to be sent often.

The cells of the plane are rows, and go through the layers as any rows do; each column of what comes
out of a layer is the picture of one neuron. A cell is one byte: 0 … 254 for −1 … +1 times the
neuron's largest output, 255 for what is not finite. The page chooses the colours.

Before this: `runner`. After this: `explain`.
"""

from __future__ import annotations

import base64
import math
from typing import Any, Dict, List, Optional, Tuple

from .. import linalg
from ..layers import Dense
from ..linalg import Matrix, Vector
from .plane import Plane
from .runner import Runner

__all__ = ["NOT_FINITE", "encoded", "layer_outputs", "picture"]

NOT_FINITE = 255
MIDDLE = 127


def layer_outputs(runner: Runner, inputs: Matrix, before: bool = False) -> List[Matrix]:
    """Return what each hidden layer makes of the rows, and what the network says of them.

    before  the sums of the hidden layers, as they are before the activation
    """
    sums: List[Matrix] = []
    outputs: List[Matrix] = []
    for layer in runner.network.layers:
        if isinstance(layer, Dense) and sums:
            outputs.append(inputs)  # what the layer of neurons before this one has put out
        inputs = layer.forward(inputs)
        if isinstance(layer, Dense):
            sums.append(inputs)
    return (sums[:-1] if before else outputs) + [runner.loss.predict(inputs)]


def encoded(values: Vector, scale: float) -> str:
    """Return the numbers as bytes, as text; scale is the number that becomes 254.

    >>> list(base64.b64decode(encoded([-1.0, 0.0, 0.5, math.nan], scale=1.0)))
    [0, 127, 191, 255]
    """
    factor = MIDDLE / scale if scale > 0 else 0.0
    try:
        cells = bytes([int(MIDDLE + 0.5 + factor * value) for value in values])
    except (ValueError, OverflowError):  # nan or infinity is among them
        cells = bytes([int(MIDDLE + 0.5 + factor * value) if math.isfinite(value) else NOT_FINITE
                       for value in values])
    return base64.b64encode(cells).decode("ascii")


def picture(
    runner: Runner, plane: Plane, n: int, first: int = 0, last: Optional[int] = None,
    before: bool = False,
) -> Dict[str, Any]:
    """Return the pictures of all neurons, layer by layer, the outputs last."""
    layers = layer_outputs(runner, plane.cells(n, first, last), before)
    neurons, ranges = [], []
    for number, outputs in enumerate(layers):
        shares = number == len(layers) - 1 and bool(runner.problem.classes)
        encoded_ones, scales = _columns(outputs, 1.0 if shares else None)
        neurons.append(encoded_ones)
        ranges.append(scales)
    found: Dict[str, Any] = {"n": n, "rows": [first, n if last is None else last],
                             "neurons": neurons, "range": ranges}
    if plane.kind == "line":
        found["curve"] = _in_units(runner, layers[-1])
        if len(layers) > 1 and not runner.problem.classes and not before:
            found["added"] = _added(runner, layers[-2])
    return found


def _columns(outputs: Matrix, scale: Optional[float]) -> Tuple[List[str], List[float]]:
    """Return each column encoded, and its scale; without one, the largest size in the column."""
    texts, scales = [], []
    for column in linalg.transpose(outputs):
        own = scale
        if own is None:
            sizes = [abs(value) for value in column if math.isfinite(value)]
            own = max(sizes, default=0.0)
        texts.append(encoded(column, own))
        scales.append(own)
    return texts, scales


def _added(runner: Runner, outputs: Matrix) -> List[List[Optional[float]]]:
    """Return what each neuron of the last hidden layer adds to the curve, in its units.

        weight · output · deviation of the values

    The last of the lists is what the bias adds; the sum of all is the curve.
    """
    values = runner.problem.target_standardizer
    mean, deviation = 0.0, 1.0
    if values is not None and values.means and values.deviations:
        mean, deviation = values.means[0], values.deviations[0]
    [weights], [[bias]] = runner.values()[-2:]
    columns = [[deviation * weight * output for output in column]
               for weight, column in zip(weights, linalg.transpose(outputs))]
    columns.append([deviation * bias + mean] * len(outputs))
    return [[one if math.isfinite(one) else None for one in column] for column in columns]


def _in_units(runner: Runner, outputs: Matrix) -> List[Optional[float]]:
    """Return the network's values in the units of the data, None where they are not finite."""
    values = runner.problem.target_standardizer
    rows = outputs if values is None else values.inverse(outputs)
    return [row[0] if math.isfinite(row[0]) else None for row in rows]
