"""`purenn selftest`: does purenn compute what it should, on this Python?

The tests of the project need packages and a checkout; this needs neither, so it also runs on a
school computer or in a browser. Three kinds of checks:

- *Gradients.* Every layer, activation, loss and penalty against central differences (`gradcheck`).
- *Known answers*, worked out by hand (`known_answers`).
- *A reference run*, whose weights have a published hash (`reference`).
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from random import Random
from typing import Any, Callable, Iterator, List, Optional, Tuple

from ..activations import (
    ELU, GELU, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh,
)
from ..draw.terminal import painted, use_colour
from ..fast import plain_loops
from ..gradcheck import check
from ..initializers import xavier
from ..layers import Dense, Dropout, Layer
from ..losses import (
    BinaryCrossEntropy, CategoricalCrossEntropy, Huber, Loss, MeanAbsoluteError, MeanSquaredError,
    SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from ..network import Network
from ..penalties import L1, L2, ElasticNet, Penalty
from .known_answers import KNOWN_ANSWERS, Disagreement, expect, expect_near
from .reference import (
    MATHEMATICS_HASH, REFERENCE_HASH, REFERENCE_LOSS, mathematics_hash, reference_hash,
    reference_run,
)
from .options import Parser

__all__ = ["EXAMPLES", "REFERENCE_HASH", "add", "reference_hash", "run"]

EXAMPLES = """
examples:
  purenn selftest
  purenn selftest && echo "all is well"
"""

Check = Callable[[], Optional[str]]  # returns a remark or None; raises what is wrong


def add(parser: Parser) -> None:
    """This command has no options."""


def run(options: argparse.Namespace) -> int:
    """Run all checks, print a line for each, return 0 if all passed and 1 if not."""
    started = time.perf_counter()
    colour = use_colour(sys.stdout)
    system = f"{platform.system() or sys.platform} {platform.machine()}".rstrip()
    print(f"{platform.python_implementation()} {platform.python_version()} on {system}", flush=True)
    passed = [_passes(name, one, colour) for name, one in _checks()]
    seconds = time.perf_counter() - started
    print(f"{len(passed)} checks, {passed.count(False)} failed, {seconds:.1f} s")
    return 0 if all(passed) else 1


def _passes(name: str, one: Check, colour: bool) -> bool:
    """Run one check and print its line; whatever it raises is a failure of this check only."""
    try:
        remark = one()
    except Exception as error:
        kind = "" if isinstance(error, Disagreement) else f"{type(error).__name__}: "
        print(f"{painted('FAILED', 'red', colour)} {name}: {kind}{error}", flush=True)
        return False
    print(f"{painted('ok', 'green', colour)}     {name}{': ' if remark else ''}{remark or ''}",
          flush=True)
    return True


def _checks() -> Iterator[Tuple[str, Check]]:
    yield from _gradient_checks()
    yield from KNOWN_ANSWERS.items()
    yield "the reference run has the published bits", _reference


def _reference() -> Optional[str]:
    """Compare with the published hash; where exp and log round differently, with the loss."""
    hash_here, loss_here = reference_run()
    if mathematics_hash() == MATHEMATICS_HASH:
        expect("SHA-256 of its weights", hash_here, REFERENCE_HASH)
        return hash_here
    expect_near("its last loss", loss_here, REFERENCE_LOSS, tolerance=1e-10)
    return ("ten digits of the loss agree; not the last bits, since this system's exp, log or "
            "tanh rounds differently")


# ---- Gradients ----

# Four examples of four numbers; a dense layer makes three numbers of them.
_INPUTS = [[0.5, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, -2.0], [-1.25, 0.5, 1.0, 3.0],
           [0.125, -0.25, -1.5, 1.0]]
_REAL = [[0.5, 1.0, -1.0], [2.0, -0.5, 0.25], [-1.5, 0.75, 1.25], [0.0, -2.0, 1.0]]
_YES_NO = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.5]]
_CLASSES = [2, 0, 1, 2]


def _gradient_checks() -> Iterator[Tuple[str, Check]]:
    """Yield a check for each layer, each loss, each penalty, and one for many layers together."""
    squared = MeanSquaredError()
    for layer in _layers():
        yield f"gradients of {layer!r}", _gradient_check([layer], squared, _REAL)
    for loss, layers, targets in _losses():
        yield f"gradients of {loss!r}", _gradient_check(layers, loss, targets)
    for penalty in (L1(0.1), L2(0.1), ElasticNet(0.1, 0.2)):
        yield f"gradients of {penalty!r}", _gradient_check([Tanh()], squared, _REAL, penalty)
    deep = [Tanh(), Dense(3, 5, Random(1)), GELU(), Dropout(0.2, Random(2)), Dense(5, 3, Random(3))]
    yield "gradients of a deep network", _gradient_check(deep, SoftmaxCrossEntropy(), _CLASSES)


def _layers() -> List[Layer]:
    return [Dense(3, 3, Random(5)), Dropout(0.5, Random(6)), Linear(), ReLU(), LeakyReLU(0.1),
            ELU(0.5), Softplus(), Sigmoid(), Tanh(), GELU(), SiLU(), Softmax()]


def _losses() -> List[Tuple[Loss, List[Layer], Any]]:
    """Return each loss, the layer that gives it what it wants, and targets."""
    return [
        (MeanSquaredError(), [], _REAL),
        (MeanAbsoluteError(), [], _REAL),
        (Huber(0.5), [], _REAL),
        (BinaryCrossEntropy(), [Sigmoid()], _YES_NO),
        (CategoricalCrossEntropy(), [Softmax()], _CLASSES),
        (SigmoidCrossEntropy(), [], _YES_NO),
        (SoftmaxCrossEntropy(), [], _CLASSES),
    ]


def _gradient_check(
    layers: List[Layer], loss: Loss, targets: Any, penalty: Optional[Penalty] = None
) -> Check:
    """Return a check of these layers behind a dense one, so that there is something to learn.

    It is made twice: the quick loops have formulas of their own.
    """
    def one() -> str:
        network = Network([Dense(4, 3, Random(7), xavier), *layers])
        report = check(network, loss, _INPUTS, targets, penalty)
        with plain_loops():
            plain = check(network, loss, _INPUTS, targets, penalty)
        for found in (report, plain):
            if not found.ok or found.compared < 2 * len(found.kinks):
                raise Disagreement(str(found).replace("\n", "; "))
        return f"{report.compared} compared, with quick and with plain loops"

    return one
