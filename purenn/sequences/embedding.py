"""Texts into rows of numbers: the part of a language model that knows about tokens.

A *token* is a small piece of text, here mostly one character, and a number that stands for it. A
batch is n texts, one in each row, filled up with −1 where a text is shorter than the longest, which
has T tokens. N is the number of all tokens; here 0 is a, 13 is n, and 26 the edge that begins them:

    inputs (n × T)          Unpad (N × 1)      Embedding (N × width)      Positions (N × width)

    [[26, 0, 13],           26                 its row of the table       + the row of position 0
     [26, 1, -1]]     ──►    0            ──►  its row of the table  ──►  + the row of position 1
                            13                 …                          + the row of position 2
                            26                                            + the row of position 0
                             1                                            + the row of position 1

From `Unpad` on there is one row for each token, of all texts one below the other, and nothing that
was filled up is ever computed. (PyTorch calls this a packed sequence.) Most layers treat each row
alone, so that is all they need. Only `Positions` and attention must know how many rows each text
has. They are `TextLayer`s, and `Unpad` tells them.

Before this: the nine modules of the core. After this: `normalization`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Sequence

from .. import checks, linalg
from ..initializers import Initializer, normal
from ..layers import Layer, Parameter
from ..linalg import Matrix

if TYPE_CHECKING:
    from random import Random

__all__ = ["PADDING", "Embedding", "Positions", "TextLayer", "Unpad", "small_normal"]

PADDING = -1  # stands where a text has ended and its row has not


def small_normal(rng: Random, neurons: int, inputs: int) -> Matrix:
    """Return normal deviates of standard deviation 0.08: small, so that at first all is likely."""
    return normal(rng, neurons, inputs, deviation=0.08)


def texts_in(A: Sequence[Sequence[float]]) -> List[List[int]]:
    """Return the tokens of each row, without what it is filled up with.

    Raises ValueError for a row without a token, with 1.6 in it, or that goes on after its padding.

    >>> texts_in([[2.0, 0.0, 1.0], [2.0, 1.0, -1.0]])
    [[2, 0, 1], [2, 1]]
    """
    texts = []
    for number, row in enumerate(A):
        tokens = whole_numbers(f"row {number} of tokens", row)
        length = tokens.index(PADDING) if PADDING in tokens else len(tokens)
        if length == 0 or tokens.count(PADDING) != len(tokens) - length:
            problem = "begins" if length == 0 else "goes on after"
            raise ValueError(f"row {number} of tokens {problem} with {PADDING}: a text needs at "
                             f"least one token, and {PADDING} stands only behind its last")
        texts.append(tokens[:length])
    return texts


def whole_numbers(who: str, numbers: Sequence[float]) -> List[int]:
    """Return tokens as integers; ValueError for 1.6. (Gradient checks move them by < 0.1.)"""
    rounded = list(map(round, numbers))
    for x, token in zip(numbers, rounded):
        if abs(x - token) > 0.1:
            raise ValueError(f"{who}: expected whole numbers, got {x}")
    return rounded


def sum_into_rows(rows: int, numbers: Sequence[int], A: Matrix) -> Matrix:
    """Return a matrix whose row r is the sum of all rows A[k] with numbers[k] = r, else zeros.

    >>> sum_into_rows(3, [2, 0, 2], [[1.0], [2.0], [4.0]])
    [[2.0], [0.0], [5.0]]
    """
    total = linalg.zeros(rows, len(A[0]))
    for number, row in zip(numbers, A):
        total[number] = [t + x for t, x in zip(total[number], row)]
    return total


def split_columns(A: Matrix, parts: int) -> List[Matrix]:
    """Cut the columns into so many parts of one width: (n, k) -> parts of (n, k / parts).

    >>> split_columns([[1.0, 2.0], [3.0, 4.0]], 2)
    [[[1.0], [3.0]], [[2.0], [4.0]]]
    """
    width = len(A[0]) // parts
    return [[row[first:first + width] for row in A] for first in range(0, width * parts, width)]


def hstack(matrices: Iterable[Matrix]) -> Matrix:
    """Put matrices of equally many rows side by side: the opposite of `split_columns`."""
    return [[x for row in rows for x in row] for rows in zip(*matrices)]


class TextLayer(Layer):
    """A layer to which it matters where a text begins.

    `lengths` says how many rows each text has, in order; None means that all rows are one text.
    `past` is None while the layer learns. While text is written (`sampling`) it holds what is known
    of the tokens before, `nothing` at first, and the rows that come go on with that one text.
    """

    lengths: Optional[List[int]] = None
    past: Any = None
    nothing: Any = None

    def lengths_of(self, inputs: Matrix) -> List[int]:
        """Return how many rows each text has; ShapeError unless that makes all rows."""
        lengths = [len(inputs)] if self.lengths is None else self.lengths
        if sum(lengths) != len(inputs):
            raise linalg.ShapeError(f"{self!r}: {len(inputs)} rows, but lengths are {lengths}")
        return lengths

    def refuse_while_writing(self) -> None:
        """Raise ValueError if text is being written: then backward has no meaning."""
        if self.past is not None:
            raise ValueError(f"{self!r}: backward inside a Continuation, which only writes")


class Unpad(Layer):
    """Take the tokens out of padded rows, one below the other, and tell who must know the lengths.

    Shapes: (n, T), each row the tokens of a text and then −1, -> (N, 1), N tokens in all.
    `listeners` are the layers whose `lengths` are set; `LanguageModel` finds them.

    >>> Unpad().forward([[2.0, 0.0], [1.0, -1.0]])
    [[2], [0], [1]]
    """

    output_width = 1

    def __init__(self) -> None:
        self.listeners: List[TextLayer] = []

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        texts = texts_in(inputs)
        self.kept = len(inputs), len(inputs[0])
        for layer in self.listeners:
            layer.lengths = [len(text) for text in texts]
        return [[token] for text in texts for token in text]

    def backward(self, output_gradient: Matrix) -> Matrix:
        # Tokens are rounded to whole numbers, so a little more or less of one changes nothing.
        return linalg.zeros(*self.kept)


class Embedding(Layer):
    """Replace each token by its row of a table: numbers that are learned like other weights.

    With one token in a row this is what a language model begins with. With k tokens in a row their
    k rows of the table stand side by side, ready for a `Dense` layer that looks at k characters.
    Shapes: (n, k) tokens -> (n, k · width); the table is (tokens, width). Raises ShapeError unless
    rows have k = `per_row` tokens, ValueError for what is no token of the table.
    Source: Bengio, Ducharme, Vincent, Jauvin, "A Neural Probabilistic Language Model", 2003.

    >>> from random import Random
    >>> layer = Embedding(2, 3, Random(1))
    >>> layer.weights.value = [[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]]
    >>> layer.forward([[1], [0]])
    [[2.0, 2.5, 3.0], [0.5, 1.0, 1.5]]
    """

    @checks.explains_arguments
    def __init__(
        self, tokens: int, width: int, rng: Random, per_row: int = 1,
        initializer: Initializer = small_normal,
    ) -> None:
        self.tokens = checks.positive_integer("Embedding", "tokens", tokens)
        self.width = checks.positive_integer("Embedding", "width", width)
        self.per_row = checks.positive_integer("Embedding", "per_row", per_row)
        self.input_width, self.output_width = per_row, per_row * width
        rng = checks.random_generator("Embedding", rng)
        self.weights = Parameter("weights", initializer(rng, tokens, width))

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        if {len(row) for row in inputs} != {self.per_row}:
            raise checks.wrong_rows(self, inputs, linalg.ShapeError(repr(self)))
        self.kept = [whole_numbers(repr(self), column) for column in zip(*inputs)]
        for column in self.kept:
            for row, token in enumerate(column):
                if not 0 <= token < self.tokens:
                    raise ValueError(f"{self!r}: row {row}: expected a token from 0 to "
                                     f"{self.tokens - 1}, got {token}")
        return hstack([linalg.take(self.weights.value, column) for column in self.kept])

    def backward(self, output_gradient: Matrix) -> Matrix:
        numbers = [token for column in self.kept for token in column]
        # Row k of the output IS row numbers[k] of the table. One that was used several times
        # reaches the loss by several paths, so their gradients add up; one that was not used gets
        # zeros: inner_columns(one_hot(numbers), gradient), without the multiplications by zero.
        gradient = linalg.vstack(split_columns(output_gradient, self.per_row))
        self.weights.gradient = sum_into_rows(self.tokens, numbers, gradient)
        # Tokens are names, no quantities: rounded to whole numbers, so the slope is 0.
        return linalg.zeros(len(output_gradient), self.per_row)

    def parameters(self) -> Iterator[Parameter]:
        yield self.weights

    def settings(self) -> Dict[str, Any]:
        return {"tokens": self.tokens, "width": self.width, "per_row": self.per_row}

    def __repr__(self) -> str:
        several = f", per_row={self.per_row}" if self.per_row > 1 else ""
        return f"Embedding({self.tokens} → {self.width}{several})"


class Positions(TextLayer):
    """Add to each row a learned row for its place in its text, for attention itself has no order.

    Shapes: (N, width) -> the same; the table is (context, width). Raises ValueError for a text of
    more than `context` tokens, ShapeError when `lengths` do not add up to the rows.
    Source: Gehring and others, "Convolutional Sequence to Sequence Learning", 2017; it is what GPT
    does. (The first transformer added sines and cosines that are not learned.)
    """

    nothing = 0

    @checks.explains_arguments
    def __init__(
        self, context: int, width: int, rng: Random, initializer: Initializer = small_normal
    ) -> None:
        self.context = checks.positive_integer("Positions", "context", context)
        self.input_width = self.output_width = checks.positive_integer("Positions", "width", width)
        rng = checks.random_generator("Positions", rng)
        self.weights = Parameter("weights", initializer(rng, context, width))

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        before = self.past or 0
        lengths = self.lengths_of(inputs)
        if before + max(lengths) > self.context:
            raise ValueError(f"{self!r}: a text of {before + max(lengths)} tokens, but there are "
                             f"{self.context} positions; cut it, or take a larger context")
        self.kept = [before + place for length in lengths for place in range(length)]
        if self.past is not None:
            self.past += len(inputs)
        return linalg.add(inputs, linalg.take(self.weights.value, self.kept))

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.refuse_while_writing()
        # As in an embedding: each row of the table gets the sum over all places it was added to.
        self.weights.gradient = sum_into_rows(self.context, self.kept, output_gradient)
        return output_gradient  # a sum passes the gradient on as it is

    def parameters(self) -> Iterator[Parameter]:
        yield self.weights

    def settings(self) -> Dict[str, Any]:
        return {"context": self.context, "width": self.input_width}
