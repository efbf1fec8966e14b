"""`purenn doctor DATA`: is there anything in the data that keeps a network from learning?

Before this: show. After this: practice.
"""

from __future__ import annotations

from random import Random
from typing import Sequence

from ..doctor import diagnose_learning
from . import sources
from .sources import Reading
from .terminal import printable

__all__ = ["run"]


def run(words: Sequence[str], reading: Reading, seed: int = 0) -> int:
    """Print the diagnosis; return 0 for healthy data, 1 if there is a problem."""
    rng = Random(seed)
    source = sources.read(words, reading, rng)
    diagnosis = diagnose_learning(source.data, rng=rng)
    print("\n".join([source.data.description, "", *map(printable, str(diagnosis).split("\n"))]))
    return 0 if diagnosis.ok else 1
