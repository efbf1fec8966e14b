"""Writing: the model says what may come next, chance chooses, and the choice is fed back in.

A model that has read a text gives a score to every token that may come next. Softmax makes
probabilities of them, one token is drawn, and with it the text is one token longer. Again, until
the token comes that ends texts.

*Temperature* divides the scores before softmax: below 1 what is likely gets likelier still, and
the text safer and duller; above 1 all gets more even; at 0 always the likeliest token is taken.
*Top-k* draws among the k likeliest only, so that the long tail of unlikely tokens, which together
are not so unlikely, does not lead astray.

To find the next scores, the whole text would have to go through the model again, although all rows
but the last are what they were: no row sees what comes behind it. So in a `Continuation` the layers
remember. Attention keeps the keys and values of all tokens so far, and a new token costs one row.

Before this: `text`. After this: `microgpt`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence

from .. import linalg
from ..checks import number_between, positive_integer, random_generator
from ..linalg import Vector
from .embedding import Positions
from .model import LanguageModel

if TYPE_CHECKING:
    from random import Random

__all__ = ["Continuation", "draw", "generate", "probabilities"]


class Continuation:
    """One text that grows: inside `with`, `feed` adds tokens and returns the scores of the next.

        with Continuation(model) as text:
            scores = text.feed([edge])
            scores = text.feed([next_token])

    The scores are those that the model gives for the whole text. Meanwhile the model cannot learn:
    backward raises ValueError. Afterwards it is as before.
    """

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def __enter__(self) -> Continuation:
        for layer in self.model.text_layers:
            layer.begin()
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
    """Return how likely each token is to be drawn.

    temperature 0 leaves only the likeliest, of equals the first. With top_k, all but the k
    likeliest get 0 (of equals, the first are kept).

    >>> probabilities([0.0, 5.0, 5.0, 1.0], top_k=2)
    [0.0, 0.5, 0.5, 0.0]
    """
    order = sorted(range(len(scores)), key=lambda token: (-scores[token], token))
    kept = order[:1 if temperature == 0 else top_k]
    largest = scores[order[0]]
    chances = [0.0] * len(scores)
    total = 0.0
    for token in kept:
        difference = scores[token] - largest
        chances[token] = math.exp(difference / temperature) if difference else 1.0
        total += chances[token]
    return [chance / total for chance in chances]


def draw(chances: Vector, rng: Random) -> int:
    """Return a token, each as likely as its chance; the chances add up to 1."""
    threshold = rng.random()
    passed, last = 0.0, 0
    for token, chance in enumerate(chances):
        if chance:
            passed, last = passed + chance, token
            if threshold < passed:
                break
    return last  # also where rounding leaves the sum a little below 1


def generate(
    model: LanguageModel, prompt: Sequence[int], edge: int, rng: Random,
    temperature: float = 1.0, top_k: Optional[int] = None, longest: Optional[int] = None,
    ends: bool = True,
) -> Iterator[int]:
    """Yield the tokens that the model writes behind the prompt, until the edge comes.

    The prompt begins with the edge, as every text does. A text ends at the latest after `longest`
    tokens, by default where the positions end; with `ends=False` the edge is never drawn. If a text
    grows longer than the context, the model goes on from an edge and the last half of what it knew:
    positions are learned for so many tokens and no more. Raises TypeError or ValueError for
    arguments out of range.
    """
    random_generator("generate", rng)
    number_between("generate", "temperature", temperature, 0)
    if top_k is not None:
        positive_integer("generate", "top_k", top_k)
    context = context_of(model)
    text = list(prompt)
    end = context if longest is None else len(text) + positive_integer("generate", "longest",
                                                                      longest)
    while len(text) < end:
        known = text if len(text) < context else [edge, *text[len(text) - context // 2:]]
        with Continuation(model) as continuation:
            new = known
            for _ in range(min(context - len(known) + 1, end - len(text))):
                scores = continuation.feed(new)
                if not ends:
                    scores[edge] = -math.inf
                token = draw(probabilities(scores, temperature, top_k), rng)
                if token == edge:
                    return
                text.append(token)
                yield token
                new = [token]


def context_of(model: LanguageModel) -> int:
    """Return how many tokens a text may have at most."""
    contexts: List[int] = [layer.context for layer in model.text_layers
                           if isinstance(layer, Positions)]
    return min(contexts)
