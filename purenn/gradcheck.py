"""Are the gradients right? Ask the loss itself.

A gradient says how much the loss changes when a number grows a little. That can simply be tried:
add a little to the number, take a little from it, and look at the loss both times. The slope
between the two is the *numeric* gradient, and backward's, the *analytic* one, must agree with it:

    analytic  ≈  (L(x + h) − L(x − h)) / 2h

A network learns surprisingly well with a gradient that is wrong: "it trains" proves nothing. This
check finds an error of a few millionths of a gradient, unless the gradient is tiny beside the loss
or the scores. It takes two forward passes for each number, so it is for small networks and a few
examples; it looks at every number, since a check of a few at random misses the one that is wrong.

Give it rows that are not special. At an input of exactly 0, with biases still 0, every ReLU behind
it is exactly at its corner; then no slope is the right one, and the check may blame backward.

Why a step of 6·10⁻⁶ (for an x of about 1): if it is too large, the curve is not straight between
the two points (an error that grows with h²); if it is too small, the two losses agree in nearly all
of their 16 digits, which leaves few for the difference (an error that grows with 1/h). The sum of
both is least near the cube root of 2·10⁻¹⁶. Source: Press and others, Numerical Recipes, third
edition, section 5.7.

To be read beside the nine modules, after `training`. It uses layers, losses and networks.
"""

from __future__ import annotations

import math
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from . import checks, linalg
from .layers import Dropout, Layer, Parameter
from .linalg import Matrix
from .losses import Loss, Targets
from .network import Network, layers_inside
from .penalties import Penalty

__all__ = ["Comparison", "Report", "check"]

STEP = 6e-6


class Comparison(NamedTuple):
    """One number's two gradients. `name` is the parameter's, or "inputs"; `index` is (row, column).

    `error` is their difference in relation to the larger of them, or to what can be measured at all
    where both are smaller than that: see `_resolution`.
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


class _Given(Layer):
    """A layer that puts out its one parameter, whatever it is given: the inputs of a check."""

    def __init__(self, inputs: Matrix) -> None:
        self.inputs = Parameter("inputs", inputs, penalized=False)

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        return self.inputs.value

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.inputs.gradient = output_gradient
        return output_gradient

    def parameters(self) -> Iterator[Parameter]:
        yield self.inputs


def check(
    network: Layer,
    loss: Loss,
    inputs: Matrix,
    targets: Targets,
    penalty: Optional[Penalty] = None,
    tolerance: float = 1e-6,
) -> Report:
    """Compare every gradient of the network, and of the inputs, with central differences.

    `network` may be any layer. The gradients are those that training uses: of
    `loss.value_and_gradient` and of `backward`. Dropout is frozen while this runs: it keeps one
    random choice. All parameters have their old values afterwards. Raises what forward, loss and
    backward raise, and TypeError for a loss with a formula that training does not use.

    >>> from random import Random
    >>> from purenn import Dense, MeanSquaredError, Network, Tanh
    >>> network = Network([Dense(2, 3, Random(1)), Tanh()])
    >>> check(network, MeanSquaredError(), [[0.5, -1.0]], [[0.0, 1.0, 0.5]]).ok
    True
    """
    checks.own_formula(loss)
    inputs = _copy(checks.as_matrix(inputs, "gradcheck: inputs"))
    everything = Network([_Given(inputs), network])
    named = [(_name_outside(name, network), parameter)
             for name, parameter in everything.named_parameters()]
    values = [parameter.value for _, parameter in named]
    frozen = _freeze_dropout(everything)
    for _, parameter in named:
        parameter.value, parameter.gradient = _copy(parameter.value), None

    def measure() -> float:
        value, _ = loss.value_and_gradient(everything.forward(inputs, training=True), targets)
        return value + (penalty(everything.parameters()) if penalty is not None else 0.0)

    try:
        scores = everything.forward(inputs, training=True)
        targets = loss.check_targets(*linalg.shape(scores), targets)
        here = measure()
        resolution = _resolution(here, scores)
        _, gradient = loss.value_and_gradient(scores, targets)
        everything.backward(gradient)
        for name, parameter in named:
            if parameter.gradient is None:
                raise ValueError(f"gradcheck: backward left {name} without a gradient")
        if penalty is not None:
            penalty.add_gradients(everything.parameters())
        compared = [
            _compare(name, parameter, index, measure, here, resolution, tolerance)
            for name, parameter in [*named[1:], named[0]] for index in _indices(parameter.value)
        ]
    finally:
        for (_, parameter), value in zip(named, values):
            parameter.value = value
        for dropout, was_frozen in frozen:
            dropout.frozen = was_frozen
    return _report(compared, len(inputs), tolerance)


def _name_outside(name: str, network: Layer) -> str:
    """Return a parameter's name as it is without the layer of inputs before the network."""
    number, rest = name.split(".", 1)
    return rest if number == "1" or rest == "inputs" else name


def _freeze_dropout(network: Network) -> List[Tuple[Dropout, bool]]:
    """Freeze every dropout, without a choice kept from before; return how it was."""
    found = [(layer, layer.frozen) for layer in layers_inside(network)
             if isinstance(layer, Dropout)]
    for dropout, was_frozen in found:
        if not was_frozen:
            dropout.choice = None
        dropout.frozen = True
    return found


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
    parameter: Parameter,
    index: Tuple[int, int],
    measure: Callable[[], float],
    here: float,
    resolution: float,
    tolerance: float,
) -> _Compared:
    """Compare one number's analytic gradient with the numeric one."""
    row, column = index
    assert parameter.gradient is not None
    analytic, x = parameter.gradient[row][column], parameter.value[row][column]

    def slopes(h: float) -> Tuple[float, float, float]:
        """Return the slopes from x − h to x + h, to the left of x and to the right of x."""
        right, left = x + h, x - h  # rounded as stored, so that the widths are the true ones
        parameter.value[row][column] = right
        above = measure()
        parameter.value[row][column] = left
        below = measure()
        parameter.value[row][column] = x
        return ((above - below) / (right - left), (here - below) / (x - left),
                (above - here) / (right - x))

    h = STEP * max(1.0, abs(x) / 1000)  # a large x has fewer digits behind the point
    numeric, *sides = slopes(h)
    scale = max(abs(analytic), abs(numeric), resolution, 1e-4 * abs(x))
    error = abs(analytic - numeric) / scale
    if not math.isfinite(error):
        return _Compared(Comparison(name, index, analytic, numeric, math.inf), False)
    on_kink = False
    if error > tolerance:
        # Try again with a quarter of the step. The error of the numeric gradient is in proportion
        # to h² on a smooth curve, and to h where the curvature jumps; from two steps that part can
        # be computed and taken off (Richardson, 1911).
        better, *closer = slopes(h / 4)
        for estimate in (better, (16 * better - numeric) / 15, (4 * better - numeric) / 3):
            error = min(error, abs(analytic - estimate) / scale)
    if error > tolerance:
        # On a curve, however strongly bent, the slopes to both sides differ by a quarter with a
        # quarter of the step. Where there is a corner between x − h and x + h they do not.
        jump, jump_closer = abs(sides[1] - sides[0]), abs(closer[1] - closer[0])
        corner = jump > tolerance * scale and not 0.15 * jump < jump_closer < 0.35 * jump
        low, high = sorted(sides)
        on_kink = corner and low - tolerance * scale <= analytic <= high + tolerance * scale
    return _Compared(Comparison(name, index, analytic, numeric, error), on_kink)


def _resolution(loss: float, scores: Matrix) -> float:
    """Return the size of gradients below which the numeric one is noise.

    Loss and scores, and what is computed on the way to them, are known to about 10⁻¹⁶ of their
    size, and the step is about 10⁻⁵: so slopes are known to about 10⁻¹¹ of that size. Numbers of
    the size of 1 are met on the way of nearly every formula. To be compared to a millionth, a
    gradient must be larger than 10⁻⁴ of all these. For the loss, in which more is added up, it is
    10⁻³.
    """
    largest = linalg.item(linalg.max(linalg.abs(scores)))
    return max(1e-3 * abs(loss), 1e-4 * max(1.0, largest))


def _report(compared: List[_Compared], rows: int, tolerance: float) -> Report:
    kinks = [one.comparison for one in compared if one.on_kink]
    others = [one.comparison for one in compared if not one.on_kink]
    disagreements = [one for one in others if not one.error <= tolerance]
    worst = max(others, key=lambda one: one.error, default=None)
    factor = _common_factor(disagreements)
    hint = _hint(factor, rows) if factor is not None else ""
    if any(one.analytic != one.analytic for one in disagreements):
        hint = "some analytic gradients are nan: what divides by zero, or takes a logarithm of it?"
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
    guesses = [guess for value, guess in known
               if value != 1.0 and abs(factor - value) < 1e-3 * max(1, abs(value))]
    nearest = round(factor) if abs(factor - round(factor)) < 1e-6 else factor
    guess = f": {guesses[0]}" if guesses else " everywhere: is a constant factor wrong?"
    return f"analytic is {nearest:.7g} × numeric{guess}"
