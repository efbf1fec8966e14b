"""Settings: one record of everything that can be chosen, and what each choice means.

The page keeps no list of its own. It asks for the `catalogue`, and builds its controls from that:
the names, the values on offer, the default, one sentence of explanation. Addresses and requests
may go beyond what the controls offer, up to the limits given here.

Changing a setting makes another record (`changed`); the old one stays as it is. Some settings are
*live*: they hold from the next epoch on, and what has been learned stays. All others start anew.

Before this: `refusals`. After this: `problem`, the rows to learn from.
"""

from __future__ import annotations

import inspect
import math
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple, Union

from ..data import circle, gaussians, moons, sine, spiral, vertical, xor
from ..recipes import ACTIVATIONS, OPTIMIZERS
from ..text import shown
from .refusals import Refused

__all__ = [
    "BUNDLED", "CONTROLS", "LIVE", "SETS", "Settings", "TOYS",
    "catalogue", "changed", "noise_of",
]

TOYS: Dict[str, Callable[..., Any]] = {
    "circle": circle, "xor": xor, "moons": moons, "gaussians": gaussians, "spiral": spiral,
    "vertical": vertical, "sine": sine,
}
BUNDLED = ("iris", "wine", "digits")
SETS = (*TOYS, *BUNDLED, "points", "table")
INITIALIZERS = ("auto", "he", "xavier", "normal", "uniform", "zeros")
LOSSES = ("auto", "softmax", "sigmoid", "squared", "absolute", "huber")
SCHEDULES = ("constant", "step", "exponential", "cosine", "warm-up")


class Settings(NamedTuple):
    """Everything that can be chosen. Numbers of 0 turn off what they are the strength of."""

    set: str = "spiral"
    points: int = 300
    classes: int = 3
    noise: float = 0.2
    held_out: float = 0.2
    seed: int = 1
    standardize: bool = False
    hidden: Tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    initializer: str = "auto"
    start: int = 1
    loss: str = "auto"
    optimizer: str = "adam"
    rate: float = 0.01
    schedule: str = "constant"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    decay: float = 0.9
    weight_decay: float = 0.01
    clip: float = 0.0
    batch: int = 32
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    patience: int = 0
    stop: int = 500


Offer = Tuple[Any, str]  # a value, and what it is called on the page


class Control(NamedTuple):
    """How one setting is chosen.

    name    the field of `Settings`; `short` is its letter in addresses
    group   under which heading it stands
    kind    choice, whole, number, flag or layers
    low     and `high`: the limits, also for addresses; of a choice unused
    offers  what the page offers
    live    whether it holds from the next epoch on, without a start anew
    says    one sentence of explanation
    """

    name: str
    short: str
    group: str
    label: str
    kind: str
    low: float
    high: float
    offers: Sequence[Offer]
    live: bool
    says: str


def _named(*names: Union[str, Tuple[str, str]]) -> List[Offer]:
    return [(name, name) if isinstance(name, str) else name for name in names]


def _numbers(*numbers: float, zero: str = "off") -> List[Offer]:
    return [(number, zero if number == 0 else f"{number:g}") for number in numbers]


_STRENGTHS = _numbers(0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1)
_RATES = _numbers(*(digit * 10.0 ** power for power in range(-4, 1) for digit in (1, 3)), 10)
_BATCHES = _numbers(1, 2, 4, 8, 16, 32, 64, 128, 0, zero="all rows")

CONTROLS: Tuple[Control, ...] = (
    Control("set", "d", "Data", "Set", "choice", 0, 0, _named(
        "circle", "xor", "moons", "gaussians", "spiral", "vertical", ("sine", "sine (a value)"),
        ("iris", "iris (flowers)"), ("wine", "wine (13 columns)"), ("digits", "digits (8 × 8)"),
        ("points", "points put by hand"), ("table", "your table")), False,
        "What is learned: points made up by a rule, a set that comes along, points that you put "
        "down, or a table of yours, dropped onto this page."),
    Control("points", "n", "Data", "Points", "whole", 20, 5000, _numbers(
        20, 60, 100, 200, 300, 500, 1000), False,
        "How many rows the set has, those held out included."),
    Control("classes", "k", "Data", "Classes", "whole", 2, 11, _numbers(2, 3, 4, 5), False,
            "How many kinds of points there are."),
    Control("noise", "z", "Data", "Noise", "number", 0, 5, _numbers(
        0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, zero="none"), False,
        "How much the points are blurred: the standard deviation of normal noise."),
    Control("held_out", "t", "Data", "Held out", "number", 0, 0.9, [
        (0, "none"), *((part / 100, f"{part} %") for part in (10, 20, 30, 40, 50))], False,
        "The share of the rows that is never learned from, only looked at: how well does the "
        "network do on what it has not seen?"),
    Control("seed", "s", "Data", "Seed of the points", "whole", 0, 999999, [], False,
            "Where the random numbers of the data begin: the same seed gives the same points."),
    Control("hidden", "h", "Network", "Hidden layers", "layers", 1, 128, [], False,
            "How many layers stand between inputs and outputs, and how many neurons each has."),
    Control("activation", "a", "Network", "Activation", "choice", 0, 0, _named(*ACTIVATIONS), False,
            "The nonlinear function after each hidden layer. Without one (linear) many layers can "
            "do no more than one."),
    Control("start", "g", "Network", "Seed of the start", "whole", 0, 999999, [], False,
            "Where the random numbers of the network begin: its starting weights, the order of "
            "the batches, dropout."),
    Control("optimizer", "o", "Training", "Optimizer", "choice", 0, 0, _named(*OPTIMIZERS), False,
            "How the weights are changed: down the gradient, with or without a memory of earlier "
            "steps, or at random."),
    Control("rate", "r", "Training", "Learning rate", "number", 1e-9, 1000, _RATES, True,
            "How long a step is. Too small: nothing moves. Too large: the loss jumps or explodes."),
    Control("batch", "b", "Training", "Batch size", "whole", 0, 5000, _BATCHES, True,
            "How many rows are looked at for one step. Fewer: more and noisier steps an epoch."),
    Control("stop", "end", "Training", "Stop at epoch", "whole", 1, 100000, _numbers(
        50, 100, 200, 500, 1000, 5000, 100000), True,
        "An epoch is once through all rows. After so many epochs the run stops by itself."),
    Control("l1", "l1", "Regularization", "L1", "number", 0, 100, _STRENGTHS, True,
            "A penalty of this strength on |w|: it pushes weights towards 0, some of them all "
            "the way."),
    Control("l2", "l2", "Regularization", "L2", "number", 0, 100, _STRENGTHS, True,
            "A penalty of this strength on w²: it keeps weights small."),
    Control("dropout", "dr", "Regularization", "Dropout", "number", 0, 0.95, _numbers(
        0, 0.1, 0.2, 0.3, 0.5, 0.8), False,
        "The share of each hidden layer's outputs that is set to 0 at random while learning."),
    Control("patience", "p", "Regularization", "Early stopping", "whole", 0, 10000, _numbers(
        0, 10, 20, 50), False,
        "Stop when the loss on the rows held out has not fallen for so many epochs, and go back "
        "to the best weights."),
    Control("initializer", "i", "More", "Starting weights", "choice", 0, 0, _named(
        ("auto", "suit the activation"), "he", "xavier", ("normal", "normal 0.01"),
        ("uniform", "uniform 0.05"), "zeros"), False,
        "How the weights are drawn at the start. All zeros is the classic mistake: try it."),
    Control("loss", "l", "More", "Loss", "choice", 0, 0, _named(
        ("auto", "suits the task"), ("softmax", "softmax cross-entropy"),
        ("sigmoid", "sigmoid cross-entropy"), ("squared", "squared error"),
        ("absolute", "absolute error"), ("huber", "Huber")), False,
        "The one number that says how wrong the network is, and that training makes smaller."),
    Control("schedule", "j", "More", "Schedule", "choice", 0, 0, _named(
        "constant", ("step", "half, every 100 epochs"), ("exponential", "half in 100 epochs"),
        ("cosine", "cosine, 0 at the stop"), ("warm-up", "10 epochs of warm-up")), False,
        "How the learning rate changes while it learns."),
    Control("momentum", "m", "More", "Momentum", "number", 0.0001, 0.9999, _numbers(
        0.5, 0.8, 0.9, 0.95, 0.99), False,
        "How much of the last step goes on into the next (momentum and Nesterov)."),
    Control("beta1", "b1", "More", "β₁ of Adam", "number", 0, 0.9999, _numbers(
        0, 0.5, 0.8, 0.9, 0.95, zero="0"), False,
        "How much of its running mean of gradients Adam keeps at each step."),
    Control("beta2", "b2", "More", "β₂ of Adam", "number", 0, 0.999999, _numbers(
        0.9, 0.99, 0.999), False, "How much of its running mean of squares Adam keeps at each step."
        ),
    Control("decay", "dc", "More", "Decay of RMSProp", "number", 0, 0.9999, _numbers(
        0.5, 0.9, 0.99), False, "How much of its running mean of squares RMSProp keeps."),
    Control("weight_decay", "wd", "More", "Weight decay of AdamW", "number", 0, 10, _numbers(
        0, 0.001, 0.01, 0.1), False, "How much AdamW shrinks every weight, times the rate."),
    Control("clip", "cl", "More", "Clip the gradient at", "number", 0, 1000, _numbers(
        0, 0.1, 0.5, 1, 5), False,
        "If the gradient of all weights together is longer than this, it is shortened to it."),
    Control("standardize", "sd", "More", "Standardize inputs", "flag", 0, 1, [], False,
            "Bring every column to mean 0 and deviation 1 on the rows learned from."),
)

LIVE = tuple(control.name for control in CONTROLS if control.live)
_CHOICES: Dict[str, Sequence[str]] = {
    "set": SETS, "activation": tuple(ACTIVATIONS), "optimizer": tuple(OPTIMIZERS),
    "initializer": INITIALIZERS, "loss": LOSSES, "schedule": SCHEDULES,
}
_BY_NAME = {control.name: control for control in CONTROLS}
MOST_HIDDEN_LAYERS = 8


def catalogue() -> List[Dict[str, Any]]:
    """Return every control with its default, for the page."""
    defaults = Settings()
    return [{**control._asdict(), "offers": [list(offer) for offer in control.offers],
             "default": getattr(defaults, control.name)} for control in CONTROLS]


def noise_of(name: str) -> float:
    """Return the noise of a set that is made up, as the set itself has it.

    >>> noise_of("moons"), noise_of("xor"), noise_of("iris")
    (0.1, 0.15, 0.0)
    """
    if name == "xor":
        return 0.15  # its own is 0: the four corners and nothing else
    if name not in TOYS:
        return 0.0
    default: float = inspect.signature(TOYS[name]).parameters["noise"].default
    return default


def rate_of(optimizer: str) -> float:
    """Return a learning rate to begin with; for the random methods, which have none, 0.01."""
    rate = OPTIMIZERS[optimizer].learning_rate
    return 0.01 if rate is None else rate


def has_classes_to_choose(name: str) -> bool:
    """Say whether a set can be made with any number of classes."""
    return name in TOYS and "classes" in inspect.signature(TOYS[name]).parameters


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return other settings; Refused for what is no setting, or no value that it can have.

    Another set brings its own noise and standardization, another optimizer its own learning rate,
    unless the same changes say otherwise.

    >>> changed(Settings(), {"set": "moons"}).noise
    0.1
    """
    if not isinstance(changes, Mapping):
        raise Refused("bad_value", f"settings: expected an object, got {shown(changes)}",
                      "settings")
    checked = {name: _checked(name, value) for name, value in changes.items()}
    if checked.get("set", settings.set) != settings.set:
        checked.setdefault("noise", noise_of(checked["set"]))
        checked.setdefault("standardize", checked["set"] in (*BUNDLED, "table"))
    if checked.get("optimizer", settings.optimizer) != settings.optimizer:
        checked.setdefault("rate", rate_of(checked["optimizer"]))
    return settings._replace(**checked)


def _checked(name: str, value: Any) -> Any:
    control = _BY_NAME.get(name)
    if control is None:
        raise Refused("unknown_field", f"there is no setting {str(name)[:40]!r}", str(name)[:40])
    if control.kind == "choice":
        return _one_of(name, value)
    if control.kind == "flag":
        if not isinstance(value, bool):
            raise _bad(control, "true or false", value)
        return value
    if control.kind == "layers":
        return _widths(control, value)
    return _number(control, value)


def _one_of(name: str, value: Any) -> str:
    choices = _CHOICES[name]
    if not isinstance(value, str) or value not in choices:
        raise Refused("bad_value", f"{name}: expected {', '.join(choices)}, got {shown(value)}",
                      name)
    return value


def _widths(control: Control, value: Any) -> Tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_HIDDEN_LAYERS:
        raise _bad(control, f"at most {MOST_HIDDEN_LAYERS} widths", value)
    return tuple(int(_number(control._replace(kind="whole"), width)) for width in value)


def _number(control: Control, value: Any) -> Union[int, float]:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise _bad(control, "a number", value)
    if not control.low <= value <= control.high:
        raise _bad(control, f"from {control.low:g} to {control.high:g}", value)
    if control.kind == "whole":
        if value != int(value):
            raise _bad(control, "a whole number", value)
        return int(value)
    return float(value)


def _bad(control: Control, expected: str, value: Any) -> Refused:
    return Refused("bad_value", f"{control.label}: expected {expected}, got {shown(value)}",
                   control.name)
