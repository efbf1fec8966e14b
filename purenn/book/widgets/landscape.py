"""A loss landscape: nudges, SGD, momentum and Adam race down it from a start of one's own.

The loss is that of one neuron, y = w · x + b, fitted to six points, so it has two numbers and is a
picture. The inputs do not lie around 0, which makes the valley long and narrow: what is right for
one direction is too much for the other. The script has these formulas again; a test holds them to
purenn's optimizers.

Before this: training. After this: neuron.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, Dict, List, Tuple

from ... import draw
from ...layers import Dense
from ...losses import MeanSquaredError
from ...network import Network
from ...optimizers import SGD, Adam, Optimizer
from ..figures import NARROW, with_own_ids
from .widget import Widget, beside, shown, table

__all__ = ["INPUTS", "LIMITS", "RACERS", "STEPS", "TARGETS", "START", "loss_at", "make", "raced"]

INPUTS = [[0.0], [0.5], [1.0], [1.5], [2.0], [2.5]]
TARGETS = [[-0.5], [0.25], [0.25], [1.0], [1.0], [1.75]]
LIMITS = (-3.0, 5.0, -4.0, 4.0)  # of the weight and of the bias
START, RATE, STEPS = (-2.0, 3.0), 0.1, 60
MOMENTUM = 0.9
GRID = 40
FAIRNESS = ("All have the same rate, so this race is not fair: each method needs a rate of its "
            "own, and part 9 holds a race in which each has it. For nudges it is the size of a "
            "nudge.")

RACERS: Dict[str, Callable[[float], Optimizer]] = {
    "SGD": SGD,
    "momentum": lambda rate: SGD(rate, momentum=MOMENTUM),
    "Adam": Adam,
}

Place = Tuple[float, float]


def _network(place: Place) -> Network:
    neuron = Dense(1, 1, Random(1))
    neuron.weights.value, neuron.biases.value = [[place[0]]], [[place[1]]]
    return Network([neuron])


def loss_at(place: Place) -> float:
    """Return the loss of the neuron with this weight and this bias."""
    return MeanSquaredError()(_network(place).predict(INPUTS), TARGETS)


def raced(name: str, start: Place, rate: float, steps: int = STEPS) -> List[Place]:
    """Return the places that an optimizer comes to, the start first; all points in every step.

    Where the numbers grow beyond all bounds the path ends.
    """
    network, loss, optimizer = _network(start), MeanSquaredError(), RACERS[name](rate)
    neuron = network.layers[0]
    assert isinstance(neuron, Dense)
    path = [start]
    for _ in range(steps):
        network.backward(loss.gradient(network.forward(INPUTS, training=True), TARGETS))
        optimizer.step(list(network.parameters()))
        place = (neuron.weights.value[0][0], neuron.biases.value[0][0])
        if not all(map(math.isfinite, place)) or max(map(abs, place)) > 1e6:
            break
        path.append(place)
    return path


def make() -> Widget:
    """Return the widget; its still picture is the path of SGD, and a table of all."""
    xs, ys = _places(LIMITS[0], LIMITS[1]), _places(LIMITS[2], LIMITS[3])
    heights = [[loss_at((x, y)) for x in xs] for y in ys]
    picture = draw.landscape(xs, ys, heights, title="The loss, by weight and bias", log=True,
                             x_label="weight", y_label="bias", bar_label="loss",
                             path=raced("SGD", START, RATE))
    rows = "\n".join(_row(name) for name in RACERS)
    said = (f'<p class="step" role="status">From weight {shown(START[0])} and bias '
            f"{shown(START[1])}, {STEPS} steps at the rate {shown(RATE)}.</p>")
    told = (table("<th>method</th><th>weight</th><th>bias</th><th>loss</th>", rows)
            + f"\n<p>{FAIRNESS}</p>")
    drawn = with_own_ids(picture.svg(NARROW), "widget-landscape-")
    still = f"<p>{_subject()}</p>\n{beside(drawn, said)}\n{told}"
    data: Dict[str, Any] = {
        "inputs": [row[0] for row in INPUTS], "targets": [row[0] for row in TARGETS],
        "limits": LIMITS, "start": START, "rate": RATE, "steps": STEPS, "momentum": MOMENTUM,
        "adam": {"beta1": Adam(RATE).beta1, "beta2": Adam(RATE).beta2,
                 "epsilon": Adam(RATE).epsilon}}
    return Widget("landscape", "A race down a loss", still, data)


def _subject() -> str:
    """Return what the loss is a loss of."""
    return (f"The loss is the mean squared error of one neuron, y = weight · x + bias, which is to "
            f"fit {len(INPUTS)} points of a line with x from {shown(INPUTS[0][0])} to "
            f"{shown(INPUTS[-1][0])}.")


def _places(low: float, high: float) -> List[float]:
    """Return the middles of the squares between two limits."""
    return [low + (high - low) * (k + 0.5) / GRID for k in range(GRID)]


def _row(name: str) -> str:
    place = raced(name, START, RATE)[-1]
    return (f'<tr data-racer="{name}"><th scope="row">{name}</th><td>{shown(place[0])}</td>'
            f"<td>{shown(place[1])}</td><td>{shown(loss_at(place))}</td></tr>")
