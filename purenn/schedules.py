"""Schedules: the learning rate as a function of the steps taken.

Large steps get quickly to where the loss is small, and then jump over the lowest point again and
again; small steps get there, late. So the rate often starts high and falls on the way. A *schedule*
is a function from the number of steps taken, 0 at first, to the learning rate; every optimizer with
a learning rate takes one in the place of a number:

>>> from purenn import SGD
>>> optimizer = SGD(CosineDecay(0.5, steps=100))
>>> optimizer.learning_rate
0.5

To be read beside the nine modules, before or after `optimizers`.
"""

from __future__ import annotations

import math

from . import checks
from .annotations import Any, TypeAlias

__all__ = [
    "Constant", "CosineDecay", "ExponentialDecay", "InverseTimeDecay", "LinearWarmUp", "Rate",
    "Schedule", "StepDecay", "as_schedule",
]


class Schedule:
    """A learning rate that changes: schedule(step) -> rate, `step` being the steps taken so far."""

    def __call__(self, step: int) -> float:
        raise NotImplementedError

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__}({shown})"


class Constant(Schedule):
    """The same rate at every step."""

    def __init__(self, rate: float) -> None:
        self.rate = checks.above_zero("Constant", "rate", rate)

    def __call__(self, step: int) -> float:
        return self.rate


class InverseTimeDecay(Schedule):
    """rate / (1 + decay · step): half the rate after 1/decay steps, a third after 2/decay.

    >>> InverseTimeDecay(1.0, decay=0.5)(2)
    0.5
    """

    def __init__(self, rate: float, decay: float) -> None:
        self.rate = checks.above_zero("InverseTimeDecay", "rate", rate)
        self.decay = checks.number_between("InverseTimeDecay", "decay", decay, 0)

    def __call__(self, step: int) -> float:
        return self.rate / (1.0 + self.decay * step)


class StepDecay(Schedule):
    """rate · factor^⌊step / every⌋: the rate drops by a factor once in `every` steps.

    >>> [StepDecay(1.0, factor=0.5, every=2)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, rate: float, factor: float, every: int) -> None:
        self.rate = checks.above_zero("StepDecay", "rate", rate)
        self.factor = checks.number_between("StepDecay", "factor", factor, 0, 1, without_low=True)
        self.every = checks.positive_integer("StepDecay", "every", every)

    def __call__(self, step: int) -> float:
        return self.rate * self.factor ** (step // self.every)


class ExponentialDecay(Schedule):
    """rate · factor^(step / every): as StepDecay, but a little at each step.

    >>> [ExponentialDecay(1.0, factor=0.25, every=2)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, rate: float, factor: float, every: int) -> None:
        self.rate = checks.above_zero("ExponentialDecay", "rate", rate)
        self.factor = checks.number_between(
            "ExponentialDecay", "factor", factor, 0, 1, without_low=True)
        self.every = checks.positive_integer("ExponentialDecay", "every", every)

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
        self.rate = checks.above_zero("CosineDecay", "rate", rate)
        self.steps = checks.positive_integer("CosineDecay", "steps", steps)
        self.final = checks.number_between("CosineDecay", "final", final, 0)

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
        self.steps = checks.positive_integer("LinearWarmUp", "steps", steps)
        self.then = as_schedule("LinearWarmUp", then)

    def __call__(self, step: int) -> float:
        if step < self.steps:
            return self.then(0) * (step + 1) / self.steps
        return self.then(step - self.steps)


Rate: TypeAlias = "float | Schedule"


def as_schedule(who: str, rate: Any) -> Schedule:
    """Return a schedule as it is and a number as a constant one.

    Raises TypeError or ValueError for what is neither, or not above 0.
    """
    if isinstance(rate, Schedule):
        return rate
    return Constant(checks.above_zero(who, "learning_rate", rate))
