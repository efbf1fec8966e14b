"""Optimizers: how parameters change, from gradient descent to Adam.

Backward has left a gradient on every parameter: it says how much the loss grows when a number of it
grows. So an optimizer changes every number a little in the opposite direction; its *learning rate*
says how far. The order below is the order of ideas:

1. `SGD`: w ← w − rate · g. With momentum a step goes against v, a fading sum of gradients so far,
   v ← momentum · v + g: what agrees in them adds up, what changes its sign cancels.
2. `AdaGrad`, `RMSProp`, `Adam`, `AdamW`: each number has a step size of its own, smaller where
   gradients have been large.
3. `RandomSearch` and `RandomAdjustment`: what one would do without gradients. They try changes at
   random, look at the loss, and keep what helps.

Each method of the first two kinds is a formula for one number, `update`: it takes the rate, the
number w, its gradient g and what was remembered, and returns the new w and what to remember.

Before this: `network`. After this: `metrics`, which say how good the result is in human terms.
"""

from __future__ import annotations

import math

from . import checks, linalg
from .annotations import Any, Callable, Iterable, Random, Sequence, TypeAlias
from .initializers import normal
from .layers import Parameter
from .linalg import Matrix
from .schedules import Constant, Rate, as_schedule

__all__ = [
    "AdaGrad", "Adam", "AdamW", "GradientDescent", "Optimizer", "RMSProp", "RandomAdjustment",
    "RandomSearch", "SGD", "clip_by_global_norm",
]

Measure: TypeAlias = "Callable[[], float]"


class Optimizer:
    """What every optimizer does: one step towards a smaller loss."""

    needs_gradient = True

    def step(self, parameters: Iterable[Parameter], measure: Measure | None = None) -> None:
        """Replace every parameter.value; parameters come in the same order each time.

        `measure()` is the loss of the present batch with the parameters as they are at that moment;
        only methods without gradients ask for it.
        """
        raise NotImplementedError(f"{self!r} has no step")

    def __repr__(self) -> str:
        return type(self).__name__


# ---- Methods that follow the gradient ----


class GradientDescent(Optimizer):
    """What all methods that follow the gradient share; subclasses give the formula, `update`.

    `learning_rate` is a number, or a function of the step (see `schedules`). `clip_norm` limits the
    length of all gradients together. `memory` keeps, for each parameter by position, `remembered`
    matrices that the formula wants to see again, zeros before the first step. `rate_factor`
    multiplies every rate. When a formula fails, or on Ctrl-C in the middle of a step, no parameter
    has changed, but a part of the memory may have. Raises ValueError for a rate or norm that is not
    above 0.
    """

    remembered = 0

    def __init__(self, learning_rate: Rate, clip_norm: float | None = None) -> None:
        who = type(self).__name__
        self.schedule = as_schedule(who, learning_rate)
        self.clip_norm = clip_norm if clip_norm is None else checks.above_zero(
            who, "clip_norm", clip_norm)
        self.rate_factor = 1.0
        self.steps = 0
        self.memory: list[Sequence[Matrix]] = []
        self.parameters: list[Parameter] = []  # those of the steps before

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        return self.rate_factor * self.schedule(self.steps)

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        """Return the new value of one number, and what to remember of it."""
        raise NotImplementedError(f"{self!r} has no update")

    def step(self, parameters: Iterable[Parameter], measure: Measure | None = None) -> None:
        parameters = checks.with_gradients(
            self, parameters, "call network.backward(loss.gradient(scores, targets)) before step")
        checks.same_parameters(self, self.parameters or parameters, parameters)
        if not self.memory:
            self.memory = [[linalg.zeros(*linalg.shape(parameter.value))] * self.remembered
                           for parameter in parameters]
        gradients = [parameter.gradient for parameter in parameters]
        if self.clip_norm is not None:
            gradients = clip_by_global_norm(gradients, self.clip_norm)
        rate = self.learning_rate
        self.steps += 1  # before the update: the first step of Adam has number 1
        self.memory, values = list(self.memory), []  # a copy: whoever kept the list, keeps it
        for k, (parameter, gradient) in enumerate(zip(parameters, gradients)):
            new = linalg.elementwise_tuple(
                self.update, rate, parameter.value, gradient, *self.memory[k])
            values.append(new[0])
            self.memory[k] = new[1:]  # one by one, so there are never two copies of all of it
        for parameter, value in zip(parameters, values):  # only now: all of them, or none
            parameter.value = value
        self.parameters = parameters

    def __repr__(self) -> str:
        rate = self.schedule.rate if isinstance(self.schedule, Constant) else self.schedule
        return f"{type(self).__name__}(learning_rate={rate})"

    def __getstate__(self) -> Any:
        return {**vars(self), "parameters": []}  # a copy belongs to no network yet


class SGD(GradientDescent):
    """Stochastic gradient descent: v ← momentum · v + g; w ← w − rate · v.

    Stochastic, because the gradient g is that of a random batch. Without momentum v is g. With
    `nesterov` it adds now what the new v gives to the next: w ← w − rate · (g + momentum · v).
    As in PyTorch, the rate does not multiply into v; in Keras and in some papers it does.
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

    @checks.explains_arguments
    def __init__(
        self, learning_rate: Rate = 0.1, momentum: float = 0.0, nesterov: bool = False,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.momentum = checks.number_between("SGD", "momentum", momentum, 0, 1)
        if nesterov and momentum == 0:
            raise ValueError("SGD: nesterov looks ahead along the momentum: give one above 0")
        self.nesterov = nesterov
        self.remembered = 1 if momentum > 0 else 0

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        if not memory:
            return (w - rate * g,)
        (v,) = memory
        v = g + self.momentum * v
        if self.nesterov:
            return w - rate * (g + self.momentum * v), v
        return w - rate * v, v


class AdaGrad(GradientDescent):
    """s ← s + g²; w ← w − rate · g / (√s + epsilon): large gradients so far, smaller steps now.

    Epsilon prevents a division by 0. The sum s only grows, so steps only become smaller. Raises
    ValueError unless epsilon > 0. Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for
    Online Learning and Stochastic Optimization", 2011.
    """

    remembered = 1

    @checks.explains_arguments
    def __init__(
        self, learning_rate: Rate = 0.01, epsilon: float = 1e-8,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.epsilon = checks.above_zero("AdaGrad", "epsilon", epsilon)

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        (s,) = memory
        s = s + g * g
        return w - rate * g / (s ** 0.5 + self.epsilon), s


class RMSProp(GradientDescent):
    """s ← decay · s + (1 − decay) · g²; w ← w − rate · g / (√s + epsilon).

    AdaGrad with a memory that fades: s is a running mean of the squares instead of their sum.
    Raises ValueError unless 0 <= decay < 1 and epsilon > 0. Source: Tieleman and Hinton, lecture
    6.5 of the course "Neural Networks for Machine Learning", 2012.
    """

    remembered = 1

    @checks.explains_arguments
    def __init__(
        self, learning_rate: Rate = 0.001, decay: float = 0.9, epsilon: float = 1e-8,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.decay = checks.number_between("RMSProp", "decay", decay, 0, 1)
        self.epsilon = checks.above_zero("RMSProp", "epsilon", epsilon)

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        (s,) = memory
        s = self.decay * s + (1.0 - self.decay) * (g * g)
        return w - rate * g / (s ** 0.5 + self.epsilon), s


class Adam(GradientDescent):
    """Adaptive moments (means of g and g²): mean of gradients over the root of that of squares.

    m ← β₁ · m + (1 − β₁) · g              running mean of the gradients
    v ← β₂ · v + (1 − β₂) · g²             running mean of their squares
    w ← w − rate · m̂ / (√v̂ + epsilon),     m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)

    Both means start at 0 and are too small at first; dividing by 1 − βᵗ, t the number of the step,
    corrects that. So under a constant gradient each step changes w by about rate, the first one
    too. (v is the paper's letter, and not that of SGD.) Raises ValueError unless 0 <= beta < 1 and
    epsilon > 0.
    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
    """

    remembered = 2

    @checks.explains_arguments
    def __init__(
        self, learning_rate: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999,
        epsilon: float = 1e-8, clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.beta1 = checks.number_between("Adam", "beta1", beta1, 0, 1)
        self.beta2 = checks.number_between("Adam", "beta2", beta2, 0, 1)
        self.epsilon = checks.above_zero("Adam", "epsilon", epsilon)

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        m, v = memory
        m = self.beta1 * m + (1.0 - self.beta1) * g
        v = self.beta2 * v + (1.0 - self.beta2) * (g * g)
        corrected_rate = rate / (1.0 - self.beta1 ** self.steps)  # the same as correcting m
        corrected_v = v / (1.0 - self.beta2 ** self.steps)
        return w - corrected_rate * m / (corrected_v ** 0.5 + self.epsilon), m, v


class AdamW(Adam):
    """Adam, and each parameter becomes smaller by rate · weight_decay of itself in every step.

    A penalty on squared weights (`L2` in `penalties`) also pulls them to 0, but as part of g: Adam
    would divide it by √v̂, and pull least where gradients are large. Here it stays outside of that
    fraction. All shrink, biases too, as in the paper. Raises ValueError unless weight_decay >= 0.
    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.
    """

    @checks.explains_arguments
    def __init__(
        self, learning_rate: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999,
        epsilon: float = 1e-8, weight_decay: float = 0.01, clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, clip_norm)
        self.weight_decay = checks.number_between("AdamW", "weight_decay", weight_decay, 0)

    def update(self, rate: float, w: float, g: float, *memory: float) -> tuple[float, ...]:
        return super().update(rate, w - rate * self.weight_decay * w, g, *memory)


def clip_by_global_norm(gradients: Sequence[Matrix], clip_norm: float) -> list[Matrix]:
    """Return the gradients, all multiplied by one factor if together they are too long.

    Their length (norm) is the root of the sum of all their squares. One factor for all keeps the
    direction. If a number is not finite, all are returned as they are, so that training notices it.
    Why: one steep batch could throw all weights far off. Raises ValueError unless clip_norm > 0.
    Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks",
    2013, algorithm 1.

    >>> clip_by_global_norm([[[3.0]], [[4.0]]], clip_norm=2.5)
    [[[1.5]], [[2.0]]]
    """
    checks.above_zero("clip_by_global_norm", "clip_norm", clip_norm)
    largest = max((linalg.item(linalg.max(linalg.abs(g))) for g in gradients), default=0.0)
    if largest == 0 or not linalg.all_finite(*gradients):
        return list(gradients)
    # Squares of large numbers overflow, so everything is measured in units of the largest.
    units = [linalg.divide(gradient, largest) for gradient in gradients]
    squares = 0.0
    for unit in units:
        squares += linalg.item(linalg.sum(linalg.multiply(unit, unit)))
    length = math.sqrt(squares)
    if largest * length <= clip_norm:
        return list(gradients)
    return [linalg.multiply(unit, clip_norm / length) for unit in units]


# ---- Methods that need only the loss ----


class RandomStrategy(Optimizer):
    """Change all parameters at random, and keep the change if the loss of the batch is less.

    Subclasses say how one matrix changes. The changes come from the normal distribution with
    deviation `scale` around 0. Raises TypeError for an rng that is no generator, ValueError unless
    scale > 0.
    """

    needs_gradient = False

    def __init__(self, rng: Random, scale: float) -> None:
        self.rng = checks.random_generator(type(self).__name__, rng)
        self.scale = checks.above_zero(type(self).__name__, "scale", scale)

    def proposal(self, value: Matrix) -> Matrix:
        """Return the value to try in the place of this one."""
        raise NotImplementedError(f"{self!r} has no proposal")

    def step(self, parameters: Iterable[Parameter], measure: Measure | None = None) -> None:
        if measure is None:
            raise TypeError(f"{self!r}: step needs the loss: step(parameters, measure) with "
                            f"measure() the loss of the batch, or let train(...) do it")
        parameters = list(parameters)
        loss_before = measure()
        values_before = [parameter.value for parameter in parameters]
        for parameter in parameters:
            parameter.value = self.proposal(parameter.value)
        if not measure() < loss_before:
            for parameter, value in zip(parameters, values_before):
                parameter.value = value


class RandomSearch(RandomStrategy):
    """Draw all parameters anew in each step.

    Even for a handful of parameters the chance to find good ones is tiny: every other method has to
    be better than this.
    """

    def __init__(self, rng: Random, scale: float = 1.0) -> None:
        super().__init__(rng, scale)

    def proposal(self, value: Matrix) -> Matrix:
        return normal(self.rng, *linalg.shape(value), deviation=self.scale)


class RandomAdjustment(RandomStrategy):
    """Add a small random number to every parameter.

    The loss of the batch at hand never rises, and small networks do learn this way. But of all
    directions in a space of a thousand dimensions, few lead down much.
    """

    def __init__(self, rng: Random, scale: float = 0.05) -> None:
        super().__init__(rng, scale)

    def proposal(self, value: Matrix) -> Matrix:
        return linalg.add(value, normal(self.rng, *linalg.shape(value), deviation=self.scale))
