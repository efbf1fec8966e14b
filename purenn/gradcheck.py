"""Are the gradients right? Ask the loss itself.

A gradient says how much the loss changes when a number grows a little. That can simply be tried:
add a little to the number, take a little from it, and look at the loss both times. The slope
between the two is the *numeric* gradient, and backward's, the *analytic* one, must agree with it:

    analytic  ≈  (L(x + h) − L(x − h)) / 2h

A network learns surprisingly well with a gradient that is wrong: "it trains" proves nothing. This
check finds an error of a few millionths of a gradient, unless that is tiny beside the loss. It
takes two forward passes for each number, so it is for small networks and a few examples; it looks
at every number, since a check of a few at random misses the one that is wrong. Training goes back
by a shorter way, `set_gradients`; that it finds the same gradients as backward is checked as well.

Give it rows that are not special. At an input of exactly 0, with biases still 0, every ReLU behind
it stands on its kink at once; then no slope is the right one, and the check may blame backward.

Why a step of 6·10⁻⁶: too large, and the curve bends between the two points (an error that grows
with h²); too small, and the two losses agree in nearly all of their 16 digits, which leaves few for
the difference (one that grows with 1/h). The sum is least near the cube root of 2·10⁻¹⁶.
Source: Press and others, Numerical Recipes, third edition, section 5.7.

May be read after the nine rooms. It uses layers, losses and networks; none of them uses it.
"""

from __future__ import annotations

import math
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from . import linalg
from .layers import Dropout, Layer
from .linalg import Matrix
from .losses import Loss, Penalty, Targets
from .network import Network, layers_inside

__all__ = ["Comparison", "Report", "check"]

STEP = 6e-6


class Comparison(NamedTuple):
    """One number's two gradients. `name` is the parameter's, or "inputs"; `index` is (row, column).

    `error` is their difference in relation to the larger of them, or to a thousandth of the loss
    where both are smaller than that: below it the numeric gradient is noise.
    """

    name: str
    index: Tuple[int, int]  # type: ignore[assignment]  # covers tuple.index, which nobody needs
    analytic: float
    numeric: float
    error: float

    def __str__(self) -> str:
        return (f"{self.name}[{self.index[0]}][{self.index[1]}]: analytic {self.analytic:.9g}, "
                f"numeric {self.numeric:.9g}, error {self.error:.1e}")


class Report(NamedTuple):
    """What `check` found. `ok` says whether all agree; `worst` is the worst of those compared.

    `compared` is how many were; `disagreements` are those off by more than the tolerance; `kinks`
    are those left out because the loss has a corner there, so that no slope is right or wrong.
    `factor` is analytic / numeric if that is the same for all disagreements, with `hint` what it
    may mean.
    """

    ok: bool
    worst: Optional[Comparison]
    compared: int
    disagreements: List[Comparison]
    kinks: List[Comparison]
    factor: Optional[float]
    hint: str

    def __str__(self) -> str:
        lines = [f"{self.compared} gradients compared, {len(self.disagreements)} wrong, "
                 f"{len(self.kinks)} skipped on a kink"]
        lines += [f"worst: {self.worst}"] if self.worst is not None else []
        lines += [self.hint] if self.hint else []
        return "\n".join(lines)


def check(
    network: Layer,
    loss: Loss,
    inputs: Matrix,
    targets: Targets,
    penalty: Optional[Penalty] = None,
    tolerance: float = 1e-6,
) -> Report:
    """Compare every gradient of the network, and of the inputs, with central differences.

    `network` may be any layer. Dropout is frozen while this runs: it keeps one random choice. All
    parameters have their old values afterwards. Raises what forward, loss and backward raise.

    >>> from random import Random
    >>> from purenn import Dense, MeanSquaredError, Network, Tanh
    >>> network = Network([Dense(2, 3, Random(1)), Tanh()])
    >>> check(network, MeanSquaredError(), [[0.5, -1.0]], [[0.0, 1.0, 0.5]]).ok
    True
    """
    inputs = _copy(linalg.as_matrix(inputs, "gradcheck: inputs"))
    values = [(parameter, parameter.value) for parameter in network.parameters()]
    frozen = _freeze_dropout(network)
    for parameter, value in values:
        parameter.value = _copy(value)  # single numbers of it will be changed

    def measure() -> float:
        value = loss(network.forward(inputs, training=True), targets)
        return value + (penalty(network.parameters()) if penalty is not None else 0.0)

    try:
        here = measure()
        scores = network.forward(inputs, training=True)
        input_gradient = network.backward(loss.gradient(scores, targets))
        _check_the_shorter_way(network, loss.gradient(scores, targets))
        if penalty is not None:
            penalty.add_gradients(network.parameters())
        compared = [
            _compare(name, matrix, index, gradient, measure, here, tolerance)
            for name, matrix, gradient in _everything(network, inputs, input_gradient)
            for index in _indices(matrix)
        ]
    finally:
        for parameter, value in values:
            parameter.value = value
        for dropout, was_frozen in frozen:
            dropout.frozen = was_frozen
    return _report(compared, len(inputs), tolerance)


def _check_the_shorter_way(network: Layer, output_gradient: Matrix) -> None:
    """Raise ValueError unless set_gradients finds the same gradients as backward has just done."""
    found = [parameter.gradient for parameter in network.parameters()]
    network.set_gradients(output_gradient)
    for parameter, gradient in zip(network.parameters(), found):
        if parameter.gradient != gradient:
            raise ValueError(f"gradcheck: backward and set_gradients differ in the gradient of "
                             f"{parameter!r}; training uses the second")


def _freeze_dropout(network: Layer) -> List[Tuple[Dropout, bool]]:
    """Freeze every dropout, without a choice kept from before; return how it was."""
    layers = layers_inside(network) if isinstance(network, Network) else iter([network])
    found = [(layer, layer.frozen) for layer in layers if isinstance(layer, Dropout)]
    for dropout, was_frozen in found:
        if not was_frozen:
            dropout.forget()
        dropout.frozen = True
    return found


def _everything(
    network: Layer, inputs: Matrix, input_gradient: Matrix
) -> Iterator[Tuple[str, Matrix, Matrix]]:
    """Yield (name, matrix that may be changed, its analytic gradient), the inputs last."""
    named = (
        network.named_parameters() if isinstance(network, Network)
        else ((parameter.name, parameter) for parameter in network.parameters())
    )
    for name, parameter in named:
        if parameter.gradient is None:
            raise ValueError(f"gradcheck: backward left {name} without a gradient")
        yield name, parameter.value, parameter.gradient
    yield "inputs", inputs, input_gradient


def _copy(matrix: Matrix) -> Matrix:
    return [list(row) for row in matrix]


def _indices(matrix: Matrix) -> Iterator[Tuple[int, int]]:
    rows, columns = linalg.shape(matrix)
    return ((row, column) for row in range(rows) for column in range(columns))


class _Compared(NamedTuple):
    comparison: Comparison
    on_kink: bool


def _compare(
    name: str,
    matrix: Matrix,
    index: Tuple[int, int],
    gradient: Matrix,
    measure: Callable[[], float],
    here: float,
    tolerance: float,
) -> _Compared:
    """Compare one number's analytic gradient with the numeric one."""
    row, column = index
    analytic, x = gradient[row][column], matrix[row][column]
    h = STEP * max(1.0, abs(x) / 1000)  # a large x has fewer digits behind the point
    right, left = x + h, x - h  # rounded as stored, so that the width below is the true one
    matrix[row][column] = right
    above = measure()
    matrix[row][column] = left
    below = measure()
    matrix[row][column] = x
    numeric = (above - below) / (right - left)
    scale = max(abs(analytic), abs(numeric), 1e-3 * max(1.0, abs(here)))
    error = abs(analytic - numeric) / scale
    if not math.isfinite(error):
        error = math.inf
    slopes = sorted([(above - here) / (right - x), (here - below) / (x - left)])
    # On a smooth curve the slopes to both sides are the same, but for a part of about h. Where they
    # differ more there is a corner, and any slope between the two is as good as another.
    corner = slopes[1] - slopes[0] > tolerance * scale
    between = slopes[0] - tolerance * scale <= analytic <= slopes[1] + tolerance * scale
    on_kink = error > tolerance and corner and between
    return _Compared(Comparison(name, index, analytic, numeric, error), on_kink)


def _report(compared: List[_Compared], rows: int, tolerance: float) -> Report:
    kinks = [one.comparison for one in compared if one.on_kink]
    others = [one.comparison for one in compared if not one.on_kink]
    disagreements = [one for one in others if not one.error <= tolerance]
    worst = max(others, key=lambda one: one.error, default=None)
    factor = _common_factor(disagreements)
    hint = _hint(factor, rows) if factor is not None else ""
    return Report(not disagreements, worst, len(others), disagreements, kinks, factor, hint)


def _common_factor(disagreements: List[Comparison]) -> Optional[float]:
    """Return analytic / numeric if it is the same for all disagreements, None otherwise."""
    if len(disagreements) < 2 or any(one.numeric == 0 for one in disagreements):
        return None
    largest = max(disagreements, key=lambda one: abs(one.numeric))
    factor = largest.analytic / largest.numeric
    alike = all(
        abs(one.analytic - factor * one.numeric) <= 1e-4 * max(abs(one.analytic), 1e-4)
        for one in disagreements
    )
    return factor if alike and math.isfinite(factor) else None


def _hint(factor: float, rows: int) -> str:
    """Say in words what a common factor may come from."""
    known = [
        (float(rows), "is the division by the batch size missing?"),
        (1.0 / rows, "is it divided by the batch size twice?"),
        (-1.0, "is a sign the wrong way round?"),
        (2.0, "is a factor of 2 counted twice, or a division by 2 missing?"),
        (0.5, "is the 2 of a square's derivative missing?"),
        (0.0, "does the gradient get lost on the way back?"),
    ]
    guesses = [guess for value, guess in known if abs(factor - value) < 1e-3 * max(1, abs(value))]
    nearest = round(factor) if abs(factor - round(factor)) < 1e-3 else factor
    guess = f": {guesses[0]}" if guesses else " everywhere: is a constant factor wrong?"
    return f"analytic is {nearest:g} × numeric{guess}"
