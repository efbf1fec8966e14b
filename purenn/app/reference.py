"""A reference run: the same bits on every Python.

A small training that touches all there is of chance and of mathematics in purenn: normal deviates,
shuffles, dropout, exp, log, tanh, powers, Adam. With plain loops the weights at its end are the
same to the last bit on every CPython and on PyPy; `REFERENCE_HASH` is their SHA-256. Whoever writes
the same network in another language can check it against this number.

One thing is not up to Python: exp, log and the like are asked of the system's library of
mathematics, and two such libraries may round the last bit differently. So these functions have a
hash of their own, `MATHEMATICS_HASH`. Where it differs, the run cannot have the same bits, and
the self-test asks for ten equal digits of the loss instead, and says so.

The error function is left out on purpose: PyPy has an algorithm of its own for it, so a network
with GELU differs there in the last bits.
"""

from __future__ import annotations

import hashlib
import math
import struct
from random import Random
from typing import Iterable, NamedTuple

from .. import data, linalg
from ..activations import SiLU, Tanh
from ..fast import plain_loops
from ..layers import Dense, Dropout
from ..losses import SoftmaxCrossEntropy
from ..network import Network
from ..optimizers import Adam
from ..penalties import L2
from ..schedules import CosineDecay
from ..training import train

__all__ = [
    "MATHEMATICS_HASH", "REFERENCE_HASH", "REFERENCE_LOSS", "Reference", "mathematics_hash",
    "plain_loops", "reference_hash", "reference_run", "sha256_of",
]

REFERENCE_HASH = "0d1797946a03786d7dfa54a3bd81590ba87b1f7ec37943fc3460ca7dd4f02197"
REFERENCE_LOSS = 0.8234629337971276
MATHEMATICS_HASH = "abf333f8830522c7554cfcb1897a3e6562cc901e4e0f638dceb96bdc24afb88a"


class Reference(NamedTuple):
    """What a reference run ends with: the SHA-256 of its weights, and its last loss."""

    hash: str
    loss: float


def reference_run() -> Reference:
    """Train 2-8-8-3 on a spiral for ten epochs, under plain loops."""
    with plain_loops():
        rng = Random(1)
        spiral = data.spiral(size=90, classes=3, noise=0.2, rng=rng)
        network = Network([
            Dense(2, 8, rng), Tanh(), Dense(8, 8, rng), SiLU(), Dropout(0.1, rng), Dense(8, 3, rng),
        ])
        history = train(
            network, list(spiral.inputs), spiral.targets, loss=SoftmaxCrossEntropy(),
            optimizer=Adam(CosineDecay(0.02, steps=60)), epochs=10, batch_size=16,
            penalty=L2(0.001), rng=rng,
        )
    weights = [x for parameter in network.parameters() for x in linalg.ravel(parameter.value)]
    return Reference(sha256_of(weights), history[-1].loss)


def reference_hash() -> str:
    """Return the SHA-256 of the weights after the reference run; compare with REFERENCE_HASH."""
    return reference_run().hash


def mathematics_hash() -> str:
    """Return the SHA-256 of what this system's exp, log, tanh, cos and powers give."""
    xs = [number / 64 for number in range(-640, 640)]
    values = [f(x) for f in (math.exp, math.tanh, math.cos) for x in xs]
    values += [f(math.fabs(x) + 0.01) for f in (math.log, math.sqrt) for x in xs]
    values += [(math.fabs(x) + 0.01) ** 0.5 for x in xs]
    values += [beta ** step for beta in (0.9, 0.999) for step in range(100)]
    return sha256_of(values)


def sha256_of(numbers: Iterable[float]) -> str:
    """Return the SHA-256 of numbers written one after the other as 64 bits, little-endian."""
    digest = hashlib.sha256()
    for x in numbers:
        digest.update(struct.pack("<d", x))
    return digest.hexdigest()
