"""Is backward right? The gradient check, on some of the numbers only.

`gradcheck.check` compares every number's gradient with the slope of the loss, as one should who
writes a derivative. That takes two forward passes for each number, too many for a network of any
size. So it is shown a layer that has only a few numbers, chosen at random, and the whole network
behind them:

    all numbers of the network  ──choose──►  one row of them  ◄──try──  gradcheck.check

Before this: `resting.py`. After this: `working.py`, the network at work.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Iterator, List, NamedTuple, Optional, Tuple

from .. import gradcheck, linalg
from ..initializers import normal, permutation
from ..layers import Dropout, Layer, Parameter
from ..linalg import Matrix
from ..network import Network, layers_inside
from ..text import counted
from .findings import Finding, fine, problem
from .patient import Patient

ROWS = 4  # the loss of so many rows is looked at
NUMBERS = 50  # so many numbers of each parameter are compared
TOLERANCE = 1e-5


def check_gradients(patient: Patient) -> Finding:
    """Backward's gradients are the slopes of the loss.

    Up to 50 numbers of each parameter, and of the inputs, are compared with central differences
    over 4 rows. The rows are moved by a hundredth at random, away from the corner that a ReLU has
    where all inputs are 0. A difference of 10⁻⁵ is tolerated: true gradients agree to 10⁻⁷ or
    better, faults differ by a thousandth and more. `gradcheck.check` looks at every number, and
    tells more.
    """
    network = copy.deepcopy(patient.network)
    inputs, targets = patient.sample(ROWS)
    inputs = linalg.add(inputs, normal(patient.rng, *linalg.shape(inputs), deviation=0.01))
    _freeze(network)
    places = _places(network, inputs, patient.rng)
    try:
        report = gradcheck.check(
            _SomeNumbers(network, inputs, places), patient.loss,
            linalg.zeros(len(inputs), 1), targets, tolerance=TOLERANCE,
        )
    except (NotImplementedError, TypeError, ValueError) as error:
        return problem(f"backward failed: {error}", None, "repair the backward of that layer")
    return _judged_gradients(report, places)


def _judged_gradients(report: gradcheck.Report, places: List[_Place]) -> Finding:
    tried = f"{counted(len(places), 'number')} of the network and the inputs tried"
    if report.ok or report.worst is None:
        error = report.worst.error if report.worst is not None else 0.0
        return fine(f"{tried}, the worst differs by {error:.1e}", error)
    worst = report.worst
    place = places[worst.index[1]]
    return problem(
        f"{tried}, {len(report.disagreements)} of them wrong; worst at "
        f"{place.name}[{place.row}][{place.column}]: backward says {worst.analytic:.4g}, the loss "
        f"itself {worst.numeric:.4g}", worst.error,
        f"repair the backward of the layer of {place.name}, or of one that comes after it"
        + (f" ({report.hint})" if report.hint else ""))


def _freeze(network: Network) -> None:
    """Let each dropout keep one random choice; for a copy only."""
    for layer in layers_inside(network):
        if isinstance(layer, Dropout):
            layer.choice = None
            layer.frozen = True


class _Place(NamedTuple):
    """One number that the gradient check tries: matrix[row][column]; no parameter for an input."""

    name: str
    matrix: Matrix
    row: int
    column: int
    parameter: Optional[Parameter]


def _places(network: Network, inputs: Matrix, rng: Random) -> List[_Place]:
    """Choose at most NUMBERS of each parameter and of the inputs, at random."""
    matrices: List[Tuple[str, Matrix, Optional[Parameter]]] = [
        (name, parameter.value, parameter) for name, parameter in network.named_parameters()
    ]
    places = []
    for name, matrix, parameter in matrices + [("inputs", inputs, None)]:
        rows, columns = linalg.shape(matrix)
        for number in permutation(rows * columns, rng)[:NUMBERS]:
            places.append(_Place(name, matrix, *divmod(number, columns), parameter))
    return places


class _SomeNumbers(Layer):
    """A network as a function of some of its numbers, for `gradcheck.check`.

    That check looks at every number of whatever it is given. So it is given this layer, which has
    a single parameter: the chosen numbers in a row. Forward writes them to their places in the
    network; backward collects their gradients. The rows are fixed, so what comes in is ignored.
    """

    def __init__(self, network: Network, inputs: Matrix, places: List[_Place]) -> None:
        self.network, self.inputs, self.places = network, inputs, places
        numbers = [place.matrix[place.row][place.column] for place in places]
        self.chosen = Parameter("chosen", [numbers])

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        for place, number in zip(self.places, self.chosen.value[0]):
            place.matrix[place.row][place.column] = number
        return self.network.forward(self.inputs, training)

    def backward(self, output_gradient: Matrix) -> Matrix:
        input_gradient = self.network.backward(output_gradient)
        gradients = []
        for place in self.places:
            whole = place.parameter.gradient if place.parameter is not None else input_gradient
            if whole is None:
                raise ValueError(f"backward left {place.name} without a gradient")
            gradients.append(whole[place.row][place.column])
        self.chosen.gradient = [gradients]
        return linalg.zeros(len(self.inputs), 1)

    def parameters(self) -> Iterator[Parameter]:
        yield self.chosen
