"""Writing: the model says what may come next, chance chooses, and the choice is fed back in.

A model that has read a text gives a score to every token that may come next. Softmax makes
probabilities of them, one token is drawn, and the text is one token longer. Again, until the edge
comes.

*Temperature* divides the scores before softmax: below 1 what is likely gets likelier still, and
the text safer and duller; above 1 all gets more even; at 0 the likeliest token is taken. *Top-k*
draws among the k likeliest only, so that the many unlikely tokens, which together are not so
unlikely, do not lead astray.

To find the next scores, the whole text would have to go through the model again, although all rows
but the last are what they were: no row sees what comes behind it. So in a `Continuation` the layers
remember. Attention keeps the keys and values of all tokens so far, and a new token costs one row.

Before this: `model`. This is the last module; `autograd` stands beside them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Iterator, Optional, Sequence

from .. import checks, linalg
from ..linalg import Vector
from .embedding import Positions
from .model import LanguageModel

if TYPE_CHECKING:
    from random import Random

__all__ = ["Continuation", "choose", "context_of", "generate", "probabilities"]


class Continuation:
    """One text that grows: inside `with`, `feed` adds tokens and returns the scores of the next.

        with Continuation(model) as text:
            scores = text.feed([edge])
            scores = text.feed([next_token])

    The scores are those that the model gives for the whole text. Meanwhile the model cannot learn:
    backward raises ValueError.
    """

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def __enter__(self) -> Continuation:
        for layer in self.model.text_layers:
            layer.past = layer.nothing
        return self

    def feed(self, tokens: Sequence[int]) -> Vector:
        """Return the scores of what comes after all tokens so far, one for each token there is."""
        scores = self.model.forward([list(map(float, tokens))])
        return linalg.ravel(linalg.take(scores, [len(tokens) - 1]))

    def __exit__(self, *error: Any) -> None:
        for layer in self.model.text_layers:
            layer.past = None


def probabilities(
    scores: Vector, temperature: float = 1.0, top_k: Optional[int] = None
) -> Vector:
    """Return how likely each token is to be drawn; of equal scores the first count as higher.

    >>> probabilities([0.0, 5.0, 5.0, 1.0], top_k=2)
    [0.0, 0.5, 0.5, 0.0]
    """
    order = sorted(range(len(scores)), key=lambda token: -scores[token])
    chances = [0.0] * len(scores)
    total = 0.0
    for token in order[:1 if temperature == 0 else top_k]:
        difference = scores[token] - scores[order[0]]
        chances[token] = math.exp(difference / temperature) if difference else 1.0
        total += chances[token]
    return [chance / total for chance in chances]


def choose(chances: Vector, rng: Random) -> int:
    """Return a token, each as likely as its chance; the chances add up to 1."""
    threshold, passed, last = rng.random(), 0.0, 0
    for token, chance in enumerate(chances):
        passed += chance
        last = token if chance else last
        if threshold < passed:
            break
    return last  # also where rounding leaves the sum a little below 1


def generate(
    model: LanguageModel, prompt: Sequence[int], edge: int, rng: Random,
    temperature: float = 1.0, top_k: Optional[int] = None, longest: Optional[int] = None,
    ends: bool = True,
) -> Iterator[int]:
    """Yield the tokens that the model writes behind the prompt, until the edge comes.

    The prompt begins with the edge, as every text does. It ends at the latest after `longest`
    tokens, by default where the positions end; with `ends=False` the edge is never drawn. Beyond
    the positions the model goes on from an edge and the last half of what it knew. Raises TypeError
    or ValueError for arguments out of range.
    """
    checks.random_generator("generate", rng)
    checks.number_between("generate", "temperature", temperature, 0)
    for name, value in (("top_k", top_k), ("longest", longest)):
        if value is not None:
            checks.positive_integer("generate", name, value)
    context, text = context_of(model), list(prompt)
    end = context if longest is None else len(text) + longest
    while len(text) < end:
        new = text if len(text) < context else [edge, *text[len(text) - context // 2:]]
        left = min(context - len(new) + 1, end - len(text))
        with Continuation(model) as continuation:
            for _ in range(left):
                scores = continuation.feed(new)
                scores[edge] = scores[edge] if ends else -math.inf
                new = [choose(probabilities(scores, temperature, top_k), rng)]
                if new == [edge]:
                    return
                text += new
                yield new[0]


def context_of(model: LanguageModel) -> int:
    """Return how many tokens a text may have at most."""
    return min(layer.context for layer in model.text_layers if isinstance(layer, Positions))
