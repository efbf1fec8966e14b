"""A training to scrub through: what a network of 2-10-10-3 says everywhere, at 34 moments.

The training runs when the book is made, and every moment is kept: what the network says on a grid,
the lines at which its first neurons open, loss and accuracy. The script computes nothing; it shows
what was recorded.

Before this: backpropagation. After this: landscape.
"""

from __future__ import annotations

from random import Random
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from ... import draw
from ...draw.colours import CATEGORIES
from ...activations import ReLU
from ...data import DataSet, spiral
from ...draw.points import scales_around
from ...layers import Dense
from ...losses import SoftmaxCrossEntropy
from ...metrics import accuracy
from ...network import Network
from ...optimizers import Adam
from ...training import train
from ..figures import NARROW, with_own_ids
from .widget import Widget

__all__ = ["GRID", "LEVELS", "MOMENTS", "Moment", "make", "moments", "read_grid"]

GRID, LEVELS = 40, 8  # squares on a side; steps from unsure to sure
EPOCHS = 120
MOMENTS = [*range(20), *range(20, 60, 5), *range(60, EPOCHS + 1, 10)]
FIRST = "A"  # the letters of a grid: class · LEVELS + level, counted from this one


class Moment(NamedTuple):
    """A network after some epochs: its loss and accuracy, its answers, its first layer."""

    epoch: int
    loss: float
    accuracy: float
    grid: str
    lines: List[List[float]]


def data() -> DataSet:
    """Return the points: three arms of a spiral."""
    return spiral(size=150, classes=3, noise=0.2, rng=Random(3))


def moments() -> Iterator[Tuple[Moment, Network]]:
    """Train, and yield each moment with the network as it is then; it is trained further after."""
    rng, points, loss, optimizer = Random(4), data(), SoftmaxCrossEntropy(), Adam(0.02)
    network = Network([Dense(2, 10, rng), ReLU(), Dense(10, 10, rng), ReLU(), Dense(10, 3, rng)])
    for epoch in range(EPOCHS + 1):
        if epoch:
            train(network, points.inputs, points.targets, loss=loss, optimizer=optimizer, epochs=1,
                  batch_size=30, rng=rng)
        if epoch in MOMENTS:
            scores = network.predict(points.inputs)
            first = network.layers[0]
            assert isinstance(first, Dense)
            lines = [[round(w, 4) for w in [*row, bias]] for row, bias in zip(
                first.weights.value, first.biases.value[0])]
            yield Moment(epoch, round(loss(scores, points.targets), 4),
                         round(accuracy(scores, points.targets), 4), _grid(network, points),
                         lines), network


def cells(points: DataSet) -> List[List[float]]:
    """Return the middles of the squares of the grid, the upper row first."""
    x_scale, y_scale = scales_around([(row[0], row[1]) for row in points.inputs])
    places = [(k + 0.5) / GRID for k in range(GRID)]
    return [[x_scale.value_at(x), y_scale.value_at(1 - y)] for y in places for x in places]


def _grid(network: Network, points: DataSet) -> str:
    """Return the answers of the network as one letter for each square."""
    letters = []
    for row in SoftmaxCrossEntropy().predict(network.predict(cells(points))):
        label = max(range(len(row)), key=lambda k: row[k])
        sure = (row[label] - 1 / len(row)) / (1 - 1 / len(row))
        letters.append(chr(ord(FIRST) + label * LEVELS + min(LEVELS - 1, int(sure * LEVELS))))
    return "".join(letters)


def read_grid(grid: str) -> List[int]:
    """Return the class that each letter of a grid stands for."""
    return [(ord(letter) - ord(FIRST)) // LEVELS for letter in grid]


def make() -> Widget:
    """Return the widget; its still picture is the end of the training."""
    recorded: List[Moment] = []
    network: Any = None
    for moment, trained in moments():
        recorded.append(moment)
        network = trained
    points = data()
    x_scale, y_scale = scales_around([(row[0], row[1]) for row in points.inputs])
    plane = draw.regions(network, points, steps=GRID, title="What the network says")
    curve = draw.lines({"loss": [(one.epoch, one.loss) for one in recorded]}, title="Loss",
                       x_label="epoch", limits=((0, EPOCHS), (0, None)))
    last = recorded[-1]
    still = (f'<div class="pair">\n<div class="plane">'
             f"{with_own_ids(plane.svg(NARROW), 'widget-training-')}</div>\n"
             f"<div class=\"curve\">{with_own_ids(curve.svg(NARROW), 'widget-loss-')}</div>\n"
             f"</div>\n"
             f'<p class="step" role="status">After epoch {last.epoch}: loss {last.loss:.4f}, '
             f"accuracy {100 * last.accuracy:.1f} %.</p>")
    kept: Dict[str, Any] = {
        "grid": GRID, "levels": LEVELS, "first": ord(FIRST), "epochs": EPOCHS,
        "limits": [x_scale.low, x_scale.high, y_scale.low, y_scale.high],
        "colours": CATEGORIES[:3],
        "moments": [one._asdict() for one in recorded]}
    return Widget("training", "A training to scrub through", still, kept)
