"""The best known small language model, number for number: Karpathy's microgpt (February 2026).

microgpt is 200 lines of plain Python that train a language model with scalar autograd. The same
model, from the same random numbers, with the same steps, is built here from the layers of
`sequences`: so the losses must agree, and they do, to the last digits. What differs is how the
gradients come about. There each single number knows how it was made; here each layer has a formula.

What is particular to it: names are shuffled once and learned one by one; a normalization stands
right behind the positions, none before the last layer, and none has a gain; a text is cut after 17
tokens, of which the first is the edge; the learning rate falls on a straight line to 0.

Before this: `tape`. After this: `same_model`.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple, Sequence

from ... import linalg
from ...data.tokens import Vocabulary, characters
from ...linalg import Matrix
from ...optimizers import Adam
from ...schedules import Schedule
from ..model import LanguageModel, gpt, questions
from ..normalization import RMSNorm

__all__ = ["Recipe", "microgpt"]

WIDTH, HEADS, CONTEXT, SEED = 16, 4, 16, 42


class Recipe(NamedTuple):
    """All that `train` needs: step t learns from row t (again from the first after the last)."""

    model: LanguageModel
    vocabulary: Vocabulary
    inputs: Matrix
    targets: Matrix
    optimizer: Adam


class Line(Schedule):
    """rate · (1 − step / steps), the step counted from 0: straight down to 0."""

    def __init__(self, rate: float, steps: int) -> None:
        self.rate, self.steps = rate, steps

    def __call__(self, step: int) -> float:
        return self.rate * (1.0 - step / self.steps)


def microgpt(texts: Sequence[str], steps: int, width: int = WIDTH) -> Recipe:
    """Return the model as microgpt draws it, its examples in the order of its shuffle, its Adam.

    texts: the lines, none of them empty. steps: how many there will be, for the learning rate.
    """
    rng = Random(SEED)
    texts = list(texts)
    rng.shuffle(texts)
    vocabulary = characters(texts)
    model = drawn(len(vocabulary), width, rng)
    inputs, targets = questions(
        [vocabulary.with_edges(text)[:CONTEXT + 1] for text in texts])
    return Recipe(model, vocabulary, inputs, targets,
                  Adam(Line(0.01, steps), beta1=0.85, beta2=0.99))


def drawn(tokens: int, width: int, rng: Random) -> LanguageModel:
    """Return the model with its weights drawn in microgpt's order: the last layer comes third."""
    built = gpt(tokens, CONTEXT, width, HEADS, 1, rng=Random(0), gain=False).layers
    model = LanguageModel([*built[:3], RMSNorm(width, gain=False), *built[3:5], built[-1]])
    embedding, positions, *block, last = model.parameters()
    for parameter in (embedding, positions, last, *block):
        rows, columns = linalg.shape(parameter.value)
        parameter.value = linalg.generate(rows, columns, lambda: rng.gauss(0, 0.08))
    return model
