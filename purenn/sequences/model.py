"""A language model: the layers put together, and the loss that says how surprised it was.

What a language model learns is one thing, over and over: given the tokens up to here, how likely
is each token to be the next? A text of T + 1 tokens gives T such questions at once, because no row
sees what comes behind it:

    inputs    [ ·  r  o  s  e ]      the row of each token is asked
    targets   [ r  o  s  e  · ]      which token comes next (· begins and ends each text)

`gpt` builds the network that is asked, a stack of blocks of two parts each. Both parts only *add*
to what they get (`Residual`): each row of numbers runs through the model, and parts write into it:

    tokens → Embedding + Positions ─┬──────────────────────(+)─┬─────────────────────────────(+)→ …
                                    └→ norm → attention ────┘  └→ norm → Dense, ReLU, Dense ──┘
    … → norm → Dense → scores

`LanguageModel` is a `Network` and `NextToken` a loss, so `train`, `gradcheck`, `save` and all the
rest take them as any other.

Before this: `attention`. After this: `sampling`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, List, Sequence, Tuple, Type

from .. import checks, linalg
from ..activations import ReLU
from ..layers import Dense, Layer
from ..linalg import Matrix, ShapeError
from ..losses import SoftmaxCrossEntropy, Targets
from ..network import Network, layers_inside
from .attention import CausalSelfAttention
from .embedding import PADDING, Embedding, Positions, TextLayer, Unpad, small_normal, texts_in
from .normalization import RMSNorm

if TYPE_CHECKING:
    from random import Random

__all__ = ["LanguageModel", "NextToken", "Residual", "gpt", "questions"]


class Residual(Network):
    """Layers in a row, f, that only add to what they are given: y = x + f(x).

    Shapes: (n, width) -> the same. Raises ShapeError when f changes the width.
    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2015.

    >>> Residual([ReLU()]).forward([[1.0, -2.0]])
    [[2.0, -2.0]]
    """

    def __init__(self, layers: Iterable[Layer], *more: Layer) -> None:
        super().__init__(layers, *more)
        if self.input_width != self.output_width:
            raise ShapeError(f"Residual: rows of {self.input_width} numbers come out as rows of "
                             f"{self.output_width}, which cannot be added")

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        return linalg.add(inputs, super().forward(inputs, training))

    def backward(self, output_gradient: Matrix) -> Matrix:
        # x goes two ways, as it is and through f, so two gradients add up. The first way has no
        # factors in it: however deep the stack, the gradient arrives at its beginning undiminished.
        return linalg.add(output_gradient, super().backward(output_gradient))


class LanguageModel(Network):
    """A network that begins with `Unpad` and gives one row of scores for each token.

    Shapes: (n, T), each row the tokens of a text and then −1, -> (N, tokens), N tokens in all.
    Raises ValueError unless the first layer is `Unpad`; else as `Network`.
    """

    def __init__(self, layers: Iterable[Layer], *more: Layer) -> None:
        super().__init__(layers, *more)
        self.input_width = self.widths[0] = None  # texts may have any length
        if not isinstance(self.layers[0], Unpad):
            raise ValueError(f"LanguageModel: layer 0 should be Unpad(), got {self.layers[0]!r}")
        self.text_layers: List[TextLayer] = [
            layer for layer in layers_inside(self) if isinstance(layer, TextLayer)]
        self.layers[0].listeners = self.text_layers


def gpt(
    tokens: int, context: int, width: int, heads: int, blocks: int, rng: Random,
    norm: Type[RMSNorm] = RMSNorm, gain: bool = True,
) -> LanguageModel:
    """Return a language model of so many blocks, its weights small normal deviates.

    tokens: how many different ones there are; context: the most that a text may have; width: how
    many numbers stand for each token on its way, a multiple of heads; norm: RMSNorm or LayerNorm.
    Source: Radford and others, "Language Models are Unsupervised Multitask Learners" (GPT-2), 2019.
    Other than there: no biases, ReLU instead of GELU, RMSNorm by default, and a last table of its
    own where GPT-2 uses that of the embedding again.

    >>> from random import Random
    >>> for layer in gpt(tokens=9, context=8, width=4, heads=2, blocks=1, rng=Random(1)).layers:
    ...     print(layer)
    Unpad
    Embedding(9 → 4)
    Positions(8, 4)
    Residual([RMSNorm(4), CausalSelfAttention(4, 2)])
    Residual([RMSNorm(4), Dense(4 → 16, bias=False), ReLU, Dense(16 → 4, bias=False)])
    RMSNorm(4)
    Dense(4 → 9, bias=False)
    """
    def dense(inputs: int, neurons: int) -> Dense:
        return Dense(inputs, neurons, rng, small_normal, bias=False)

    layers: List[Layer] = [Unpad(), Embedding(tokens, width, rng), Positions(context, width, rng)]
    for _ in range(blocks):  # first rows hear from other rows, then each works alone
        layers += [
            Residual([norm(width, gain), CausalSelfAttention(width, heads, rng)]),
            Residual([norm(width, gain), dense(width, 4 * width), ReLU(), dense(4 * width, width)]),
        ]
    return LanguageModel([*layers, norm(width, gain), dense(width, tokens)])


class NextToken(SoftmaxCrossEntropy):
    """The mean over all tokens of −log p, p the probability that was given to the next token.

    Scores are rows, one for each token of the batch; targets are (n, T), the tokens that come next,
    each row filled up with −1 like the inputs. It is `SoftmaxCrossEntropy` of all rows, so the mean
    is over tokens, not over texts. e to the power of it is called *perplexity*: as surprised as
    whoever guesses among so many tokens. Raises as `SoftmaxCrossEntropy`.

    >>> NextToken()([[0.0, 1000.0], [500.0, 0.0], [0.0, 250.0]], [[0, 0], [1, -1]])
    333.3333333333333
    """

    def value_and_gradient(self, scores: Matrix, targets: Targets) -> Tuple[float, Matrix]:
        tokens = [token for text in texts_in(targets) for token in text]  # type: ignore[arg-type]
        checks.same_number_of_rows("NextToken", len(scores), len(tokens))
        return super().value_and_gradient(scores, tokens)

    def check_targets(self, rows: int, columns: int, targets: Any) -> Targets:
        for number, text in enumerate(texts_in(targets)):
            wrong = [token for token in text if not 0 <= token < columns]
            if wrong:
                raise ValueError(f"NextToken: targets: row {number}: expected tokens from 0 to "
                                 f"{columns - 1}, got {wrong[0]}")
        return targets  # type: ignore[no-any-return]


def questions(texts: Sequence[Sequence[int]]) -> Tuple[Matrix, Matrix]:
    """Return (inputs, targets): of each text all tokens but the last, and all but the first.

    >>> questions([[2, 0, 1, 2], [2, 1, 2]])
    ([[2.0, 0.0, 1.0], [2.0, 1.0, -1.0]], [[0.0, 1.0, 2.0], [1.0, 2.0, -1.0]])
    """
    longest = max(map(len, texts))
    filled = [[*map(float, text), *[float(PADDING)] * (longest - len(text))] for text in texts]
    inputs = [[*row[:len(text) - 1], *row[len(text):]] for row, text in zip(filled, texts)]
    return inputs, [row[1:] for row in filled]
