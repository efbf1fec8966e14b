"""Automatic differentiation, and what it costs: beside the second volume, for its first lesson.

1. value       every number remembers how it was made: scalar autograd, on one page
2. tape        every matrix does
3. microgpt    the best known small language model, which uses scalar autograd, number for number
4. same_model  that model computed in three ways: by its layers, by the tape, by values
"""

from .tape import Tape, Tracked
from .value import Value

__all__ = ["Tape", "Tracked", "Value"]
