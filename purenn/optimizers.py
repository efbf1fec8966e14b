"""Optimizers: how to get better, from blind luck to Adam.

A loss says how wrong the network is. An optimizer changes the parameters so that it gets less
wrong, one step at a time. The order below is the order of ideas:

1. `RandomSearch`: try new parameters at random, keep the best. Needs only the loss.
2. `RandomAdjustment`: nudge the best ones at random, keep what helps. Needs only the loss.
3. `SGD`: the gradient says, for every parameter, which way is up; go down. A step of rate η is
   w ← w − η · g. With momentum v it rolls on like a ball: v ← μ · v + g; w ← w − η · v.
4. `AdaGrad`, `RMSProp`, `Adam`, `AdamW`: give each parameter a step of its own, smaller where
   gradients have been large.

All have one method, `step(parameters, measure=None)`. What a step goes by lies ready: backward has
left a gradient on every parameter, and `measure()` gives the loss of the present batch with the
parameters as they are now. Methods 3 and 4 look at the gradients, methods 1 and 2 at the loss, as
often as they like; `needs_gradient` tells `train` whether backward is wanted at all.

How large a step is may change on the way: a *schedule* is a function from the number of steps
taken, 0 at first, to the learning rate. Schedules stand between the two kinds of methods.

Before this: `network`. After this: `metrics`, which say how good the result is in human terms.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Optional, Sequence, Tuple, Union

from . import linalg
from .checks import number_between, positive_integer, random_generator
from .initializers import normal
from .layers import Parameter
from .linalg import Matrix, elementwise

if TYPE_CHECKING:
    from random import Random

__all__ = [
    "AdaGrad", "Adam", "AdamW", "Constant", "CosineDecay", "ExponentialDecay", "GradientDescent",
    "InverseTimeDecay", "LinearWarmUp", "Optimizer", "RMSProp", "RandomAdjustment", "RandomSearch",
    "SGD", "Schedule", "StepDecay", "clip_by_global_norm",
]

Measure = Callable[[], float]
Memory = Tuple[Matrix, ...]  # what a rule remembers of one parameter


class Optimizer:
    """What every optimizer does: one step towards a smaller loss."""

    needs_gradient = True

    def step(self, parameters: Iterable[Parameter], measure: Optional[Measure] = None) -> None:
        """Replace every parameter.value; parameters come in the same order each time."""
        raise NotImplementedError(f"{self!r} has no step")

    def __repr__(self) -> str:
        return type(self).__name__


# ---- Methods that need only the loss ----


class RandomSearch(Optimizer):
    """Try parameters at random and keep them if the loss is less.

    Each step draws every parameter anew, from the normal distribution with deviation `scale`
    around 0. Even for a handful of parameters the chance to hit good ones is tiny: this is the
    method to be better than.
    """

    needs_gradient = False

    def __init__(self, rng: Random, scale: float = 1.0) -> None:
        self.rng = random_generator("RandomSearch", rng)
        self.scale = _above_zero("RandomSearch", "scale", scale)

    def step(self, parameters: Iterable[Parameter], measure: Optional[Measure] = None) -> None:
        def anew(value: Matrix) -> Matrix:
            return normal(self.rng, *linalg.shape(value), deviation=self.scale)

        _keep_if_better(self, list(parameters), measure, anew)


class RandomAdjustment(Optimizer):
    """Nudge every parameter at random and keep the nudges if the loss is less.

    The nudges come from the normal distribution with deviation `scale` around 0. The loss of the
    batch at hand never rises, and small networks do learn this way; but of all directions in a
    space of a thousand dimensions, few lead down much.
    """

    needs_gradient = False

    def __init__(self, rng: Random, scale: float = 0.05) -> None:
        self.rng = random_generator("RandomAdjustment", rng)
        self.scale = _above_zero("RandomAdjustment", "scale", scale)

    def step(self, parameters: Iterable[Parameter], measure: Optional[Measure] = None) -> None:
        def nudged(value: Matrix) -> Matrix:
            nudges = normal(self.rng, *linalg.shape(value), deviation=self.scale)
            return linalg.add(value, nudges)

        _keep_if_better(self, list(parameters), measure, nudged)


def _keep_if_better(
    optimizer: Optimizer,
    parameters: List[Parameter],
    measure: Optional[Measure],
    change: Callable[[Matrix], Matrix],
) -> None:
    """Change all parameters; put the old values back unless the loss of this batch fell."""
    if measure is None:
        raise TypeError(f"{optimizer!r}: step needs the loss: step(parameters, measure) with "
                        f"measure() the loss of the batch, or let train(...) do it")
    loss_before = measure()
    values_before = [parameter.value for parameter in parameters]
    for parameter in parameters:
        parameter.value = change(parameter.value)
    if not measure() < loss_before:
        for parameter, value in zip(parameters, values_before):
            parameter.value = value


# ---- Schedules: the learning rate as a function of the steps taken ----


class Schedule:
    """A learning rate that changes: schedule(step) -> rate, `step` being the steps taken so far."""

    def __call__(self, step: int) -> float:
        raise NotImplementedError

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__}({shown})"


Rate = Union[float, Schedule]


def as_schedule(who: str, rate: Any) -> Schedule:
    """Return a schedule as it is and a number as a constant one."""
    return rate if isinstance(rate, Schedule) else Constant(_above_zero(who, "learning_rate", rate))


def _above_zero(who: str, name: str, value: Any) -> float:
    return number_between(who, name, value, 0, without_low=True)


class Constant(Schedule):
    """The same rate at every step."""

    def __init__(self, rate: float) -> None:
        self.rate = _above_zero("Constant", "rate", rate)

    def __call__(self, step: int) -> float:
        return self.rate


class InverseTimeDecay(Schedule):
    """rate / (1 + decay · step): half the rate after 1/decay steps, a third after 2/decay.

    >>> InverseTimeDecay(1.0, decay=0.5)(2)
    0.5
    """

    def __init__(self, rate: float, decay: float) -> None:
        self.rate = _above_zero("InverseTimeDecay", "rate", rate)
        self.decay = number_between("InverseTimeDecay", "decay", decay, 0)

    def __call__(self, step: int) -> float:
        return self.rate / (1.0 + self.decay * step)


class StepDecay(Schedule):
    """rate · factor^⌊step / every⌋: the rate drops by a factor once in `every` steps.

    >>> [StepDecay(1.0, factor=0.5, every=2)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, rate: float, factor: float, every: int) -> None:
        self.rate = _above_zero("StepDecay", "rate", rate)
        self.factor = number_between("StepDecay", "factor", factor, 0, 1, without_low=True)
        self.every = positive_integer("StepDecay", "every", every)

    def __call__(self, step: int) -> float:
        return self.rate * self.factor ** (step // self.every)


class ExponentialDecay(Schedule):
    """rate · factor^(step / every): as StepDecay, but a little at each step.

    >>> [ExponentialDecay(1.0, factor=0.25, every=2)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, rate: float, factor: float, every: int) -> None:
        self.rate = _above_zero("ExponentialDecay", "rate", rate)
        self.factor = number_between("ExponentialDecay", "factor", factor, 0, 1, without_low=True)
        self.every = positive_integer("ExponentialDecay", "every", every)

    def __call__(self, step: int) -> float:
        return self.rate * math.pow(self.factor, step / self.every)


class CosineDecay(Schedule):
    """From rate down to `final` in `steps` steps along half a cosine wave, then `final`.

    final + (rate − final) · (1 + cos(π · step / steps)) / 2: slow, fast, slow.
    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
    equation 5, without the restarts.

    >>> [CosineDecay(1.0, steps=4)(step) for step in (0, 4, 9)]
    [1.0, 0.0, 0.0]
    """

    def __init__(self, rate: float, steps: int, final: float = 0.0) -> None:
        self.rate = _above_zero("CosineDecay", "rate", rate)
        self.steps = positive_integer("CosineDecay", "steps", steps)
        self.final = number_between("CosineDecay", "final", final, 0)

    def __call__(self, step: int) -> float:
        along = min(step, self.steps) / self.steps
        return self.final + (self.rate - self.final) * 0.5 * (1.0 + math.cos(math.pi * along))


class LinearWarmUp(Schedule):
    """From a small rate up to that of another schedule in `steps` equal steps, then that schedule.

    Step 0 has 1/steps of the rate, step 1 has 2/steps. The other schedule counts from the end of
    the warm-up. Source: Goyal and others, "Accurate, Large Minibatch SGD", 2017, section 2.2.

    >>> [LinearWarmUp(4, then=1.0)(step) for step in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(self, steps: int, then: Rate) -> None:
        self.steps = positive_integer("LinearWarmUp", "steps", steps)
        self.then = as_schedule("LinearWarmUp", then)

    def __call__(self, step: int) -> float:
        if step < self.steps:
            return self.then(0) * (step + 1) / self.steps
        return self.then(step - self.steps)


# ---- Methods that go down the gradient ----


class GradientDescent(Optimizer):
    """What all methods that go down the gradient share; subclasses give the rule, `update`.

    `learning_rate` is a number or a schedule. `clip_norm` shortens the gradient of all parameters
    together to at most that length. `memory` keeps, for each parameter by position, the matrices
    that the rule wants to see again: `remembered` of them, zeros before the first step. `steps`
    counts the steps; `rate_factor` multiplies every rate, for whoever wants to lower it from
    outside. Raises ValueError for a rate or norm that is not above 0.
    """

    remembered = 0

    def __init__(self, learning_rate: Rate, clip_norm: Optional[float] = None) -> None:
        who = type(self).__name__
        self.schedule = as_schedule(who, learning_rate)
        if clip_norm is not None:
            _above_zero(who, "clip_norm", clip_norm)
        self.clip_norm = clip_norm
        self.rate_factor = 1.0
        self.steps = 0
        self.memory: List[Memory] = []

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        return self.rate_factor * self.schedule(self.steps)

    def step(self, parameters: Iterable[Parameter], measure: Optional[Measure] = None) -> None:
        parameters = _as_list(self, parameters)
        gradients = _gradients_of(self, parameters)
        if self.clip_norm is not None:
            gradients = clip_by_global_norm(gradients, self.clip_norm)
        memory = self.memory or [self._nothing_yet(parameter) for parameter in parameters]
        _check_same_network(self, memory, parameters)
        rate = self.learning_rate
        self.steps += 1
        updated = [
            self.update(rate, parameter.value, gradient, remembered)
            for parameter, gradient, remembered in zip(parameters, gradients, memory)
        ]
        self.memory = [remembered for _, remembered in updated]
        for parameter, (value, _) in zip(parameters, updated):
            parameter.value = value

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        """Return the new value and the new memory of one parameter."""
        raise NotImplementedError(f"{self!r} has no update")

    def __repr__(self) -> str:
        rate = self.schedule.rate if isinstance(self.schedule, Constant) else self.schedule
        return f"{type(self).__name__}(learning_rate={rate})"

    def _nothing_yet(self, parameter: Parameter) -> Memory:
        return tuple(
            linalg.zeros(*linalg.shape(parameter.value)) for _ in range(self.remembered)
        )


def _as_list(optimizer: Optimizer, parameters: Any) -> List[Parameter]:
    if hasattr(parameters, "parameters"):
        raise TypeError(f"{optimizer!r}: step: expected parameters, got {parameters!r}; "
                        f"write step(network.parameters())")
    return list(parameters)


def _check_same_network(
    optimizer: GradientDescent, memory: List[Memory], parameters: List[Parameter]
) -> None:
    """Raise ValueError when what is remembered belongs to other parameters than these."""
    same = len(memory) == len(parameters)
    if optimizer.remembered and same:
        same = all(
            linalg.shape(matrix) == linalg.shape(parameter.value)
            for matrices, parameter in zip(memory, parameters) for matrix in matrices
        )
    if not same:
        raise ValueError(f"{optimizer!r}: the steps before were those of another network; each "
                         f"network needs an optimizer of its own")


def _gradients_of(optimizer: Optimizer, parameters: List[Parameter]) -> List[Matrix]:
    gradients = []
    for parameter in parameters:
        if parameter.gradient is None:
            raise ValueError(f"{optimizer!r}: {parameter!r} has no gradient; call "
                             f"network.backward(loss.gradient(scores, targets)) before step")
        gradients.append(parameter.gradient)
    return gradients


class SGD(GradientDescent):
    """Stochastic gradient descent: v ← momentum · v + g; w ← w − rate · v.

    Stochastic, because the gradient g is that of a random batch. Without momentum v is g. With
    `nesterov` the step looks ahead to where momentum will carry it: w ← w − rate · (g + momentum
    · v). The rate does not multiply into v, as in PyTorch; in some papers and in Keras it does.
    Raises ValueError unless 0 <= momentum < 1, and for nesterov without momentum.
    Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in
    deep learning", 2013.

    >>> from purenn import Parameter
    >>> w = Parameter("w", [[1.0, 2.0]])
    >>> w.gradient = [[0.5, -1.0]]
    >>> SGD(learning_rate=0.5).step([w])
    >>> w.value
    [[0.75, 2.5]]
    """

    def __init__(
        self,
        learning_rate: Rate = 0.1,
        momentum: float = 0.0,
        nesterov: bool = False,
        clip_norm: Optional[float] = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.momentum = number_between("SGD", "momentum", momentum, 0, 1)
        if nesterov and momentum == 0:
            raise ValueError("SGD: nesterov looks ahead along the momentum: give one above 0")
        self.nesterov = nesterov
        self.remembered = 1 if momentum > 0 else 0

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        if not memory:
            return linalg.add_scaled(value, -rate, gradient), memory
        velocity = linalg.add_scaled(gradient, self.momentum, memory[0])
        if self.nesterov:
            gradient = linalg.add_scaled(gradient, self.momentum, velocity)
            return linalg.add_scaled(value, -rate, gradient), (velocity,)
        return linalg.add_scaled(value, -rate, velocity), (velocity,)


class AdaGrad(GradientDescent):
    """s ← s + g²; w ← w − rate · g / (√s + epsilon): what has moved much, moves less.

    The sum s only grows, so steps only shrink. Source: Duchi, Hazan, Singer, "Adaptive Subgradient
    Methods for Online Learning and Stochastic Optimization", 2011.
    """

    remembered = 1

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        epsilon: float = 1e-8,
        clip_norm: Optional[float] = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.epsilon = _above_zero("AdaGrad", "epsilon", epsilon)

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        epsilon = self.epsilon
        squares = elementwise(lambda s, g: s + g * g, memory[0], gradient)
        value = elementwise(
            lambda w, g, s: w - rate * g / (s ** 0.5 + epsilon), value, gradient, squares
        )
        return value, (squares,)


class RMSProp(GradientDescent):
    """s ← decay · s + (1 − decay) · g²; w ← w − rate · g / (√s + epsilon).

    AdaGrad with a memory that fades: s is a running mean of the squares instead of their sum.
    Raises ValueError unless 0 <= decay < 1. Source: Tieleman and Hinton, lecture 6.5 of the course
    "Neural Networks for Machine Learning", 2012.
    """

    remembered = 1

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        decay: float = 0.9,
        epsilon: float = 1e-8,
        clip_norm: Optional[float] = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.decay = number_between("RMSProp", "decay", decay, 0, 1)
        self.epsilon = _above_zero("RMSProp", "epsilon", epsilon)

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        epsilon = self.epsilon
        squares = linalg.blend(memory[0], self.decay, linalg.multiply(gradient, gradient))
        value = elementwise(
            lambda w, g, s: w - rate * g / (s ** 0.5 + epsilon), value, gradient, squares
        )
        return value, (squares,)


class Adam(GradientDescent):
    """Adaptive moments: running mean of gradients over the root of the running mean of squares.

    m ← β₁ · m + (1 − β₁) · g              running mean of the gradients
    v ← β₂ · v + (1 − β₂) · g²             running mean of their squares
    w ← w − rate · m̂ / (√v̂ + epsilon),     m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)

    Both means start at 0 and are too small at first; dividing by 1 − βᵗ, t the number of the step,
    makes up for it. So under a constant gradient the very first step and all later ones are of
    length rate. (v is the paper's letter; it is no velocity here.) Raises ValueError unless
    0 <= beta < 1.
    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
    """

    remembered = 2

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        clip_norm: Optional[float] = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.beta1 = number_between("Adam", "beta1", beta1, 0, 1)
        self.beta2 = number_between("Adam", "beta2", beta2, 0, 1)
        self.epsilon = _above_zero("Adam", "epsilon", epsilon)

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        means = linalg.blend(memory[0], self.beta1, gradient)
        squares = linalg.blend(memory[1], self.beta2, linalg.multiply(gradient, gradient))
        epsilon, v_correction = self.epsilon, 1.0 - self.beta2 ** self.steps
        rate /= 1.0 - self.beta1 ** self.steps  # to correct m once here, not number by number
        value = elementwise(
            lambda w, m, v: w - rate * m / ((v / v_correction) ** 0.5 + epsilon),
            value, means, squares,
        )
        return value, (means, squares)


class AdamW(Adam):
    """Adam, and each parameter shrinks by rate · weight_decay of itself in every step.

    With an L2 penalty Adam would divide the pull towards 0 by √v̂ as well, and pull least where
    gradients are large; here the pull stays outside of that fraction. All parameters shrink,
    biases too, as in the paper. Raises ValueError unless weight_decay >= 0.
    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        clip_norm: Optional[float] = None,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, clip_norm)
        self.weight_decay = number_between("AdamW", "weight_decay", weight_decay, 0)

    def update(
        self, rate: float, value: Matrix, gradient: Matrix, memory: Memory
    ) -> Tuple[Matrix, Memory]:
        shrink = rate * self.weight_decay
        smaller = elementwise(lambda w: w - shrink * w, value)
        return super().update(rate, smaller, gradient, memory)


def clip_by_global_norm(gradients: Sequence[Matrix], clip_norm: float) -> List[Matrix]:
    """Return the gradients, all shortened by one factor if together they are longer than clip_norm.

    Their length is the root of the sum of all their squares. One factor for all keeps the
    direction. Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural
    networks", 2013, algorithm 1.

    >>> clip_by_global_norm([[[3.0]], [[4.0]]], clip_norm=2.5)
    [[[1.5]], [[2.0]]]
    """
    largest = max(linalg.item(linalg.max(linalg.abs(gradient))) for gradient in gradients)
    if not 0 < largest < math.inf:
        return list(gradients)  # nothing to shorten; what is not finite must stay to be seen
    # Squares of large numbers overflow, so all are measured in units of the largest.
    squares = 0.0
    for gradient in gradients:
        units = linalg.divide(gradient, largest)
        squares += linalg.item(linalg.sum(linalg.multiply(units, units)))
    norm = largest * math.sqrt(squares)
    if norm <= clip_norm:
        return list(gradients)
    return [linalg.multiply(gradient, clip_norm / norm) for gradient in gradients]
