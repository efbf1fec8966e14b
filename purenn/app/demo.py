"""`purenn` alone: learn to read handwritten digits, and show what was learned.

1,797 digits of 8 × 8 pixels, a fifth of them put aside; a network of 64 inputs, one hidden layer
and 10 outputs, one for each digit; a few seconds. Then: how many of those put aside it reads, which
it takes for which, and some of them drawn in characters, one mistake among them.
"""

from __future__ import annotations

import platform
import sys
from random import Random
from typing import List, NamedTuple, Sequence, Tuple

from .. import __version__, data, linalg
from ..data import DataSet
from ..linalg import Vector
from ..draw.characters import beside_each_other as beside
from ..draw.characters import drawn_digit
from ..draw.terminal import painted, use_colour
from ..fitting import Task, fit, prepared
from ..history import History
from ..measuring import outputs_for
from ..metrics import accuracy, classes_of
from ..recipes import SET_SETTINGS, Settings
from ..training import Callback
from .progress import Progress
from .report import confusion, ending
from .train import exit_code

__all__ = ["Answer", "SETTINGS", "learn", "run"]

# How well this reads over 24 seeds, each with a split and starting weights of its own, and what
# other learning rates give: benchmarks/demo_seeds.py measures it.
SETTINGS = SET_SETTINGS["digits"]._replace(learning_rate=0.2, epochs=15, validation=0.2)
BRIGHTEST = 16.0
DRAWN = 4  # as many as fit into 80 columns


class Answer(NamedTuple):
    """One digit put aside, and what the network said: `sure` is the probability it gave."""

    pixels: Vector
    digit: int
    said: int
    sure: float


def run(settings: Settings = SETTINGS) -> int:
    """Learn the digits, print what was learned, return the exit code."""
    task, history = learn(settings, [Progress(sys.stderr)])
    assert task.held_out is not None
    colour = use_colour(sys.stdout)
    print("\n".join([
        f"purenn {__version__} on {platform.python_implementation()} "
        f"{platform.python_version()}: nothing but Python",
        f"{task.model.network}",
        f"{len(task.learning.inputs)} handwritten digits to learn from, {ending(history)}",
        "",
        *_what_it_knows(task, task.held_out),
        "",
        *_drawn(_chosen(_answers(task, task.held_out)), colour),
    ]))
    return exit_code(history)


def learn(settings: Settings, callbacks: Sequence[Callback] = ()) -> Tuple[Task, History]:
    """Train a network on four fifths of the digits; return it with the data, and the history."""
    rng = Random(settings.seed)
    task = prepared(data.digits(), settings, rng, pixels=True)
    return task, fit(task, rng, callbacks=callbacks, metrics=[accuracy])


# ---- What is said about it ----


def _what_it_knows(task: Task, held_out: DataSet) -> List[str]:
    """Return the accuracy on the digits put aside, and the confusion matrix."""
    rows = len(held_out.targets)
    part = accuracy(outputs_for(task.model, held_out), held_out.targets)
    return [
        f"Test accuracy: {part:.4f} ({round(part * rows)} of {rows} digits it had never seen)",
        "",
        *confusion(task, held_out),
    ]


def _answers(task: Task, held_out: DataSet) -> List[Answer]:
    """Return what the network says to each of the digits put aside."""
    outputs = list(outputs_for(task.model, held_out))
    sure = linalg.ravel(linalg.max(outputs, axis=1))
    asked = zip(held_out.inputs, classes_of(held_out.targets), classes_of(outputs), sure)
    return [Answer(*answer) for answer in asked]


def _chosen(answers: Sequence[Answer]) -> List[Answer]:
    """Return a few different digits that it read, and at the end one that it did not, if any."""
    wrong = [answer for answer in answers if answer.said != answer.digit][:1]
    first = {answer.digit: answer for answer in reversed(answers) if answer.said == answer.digit}
    others = [answer for digit, answer in sorted(first.items())
              if digit not in {answer.digit for answer in wrong}]
    return others[:DRAWN - len(wrong)] + wrong


def _drawn(answers: Sequence[Answer], colour: bool) -> List[str]:
    """Return the pictures side by side, what was said about them below."""
    pictures = beside([drawn_digit(answer.pixels, brightest=BRIGHTEST) for answer in answers])
    captions = beside([_caption(answer) for answer in answers])
    if colour:
        captions = [line.replace("a mistake", painted("a mistake", "red", True))
                    for line in captions]
    return ["Some of them:", "", *pictures, "", *captions]


def _caption(answer: Answer) -> List[str]:
    """Return three lines, each as wide as a picture."""
    lines = [f"It is a {answer.digit},", f"it said {answer.said},",
             f"{100 * answer.sure:.1f} % sure" + ("" if answer.digit == answer.said else ":")]
    lines += [] if answer.digit == answer.said else ["a mistake"]
    return [line.ljust(16) for line in lines]
