"""Attention: each token looks at itself and at the tokens before it in its text, and takes a mean.

Everything so far treats each row alone. To say what comes next, a token must hear from those
before it. In attention each row makes three rows of itself, by three linear layers: a *query*
(what it looks for), a *key* (what it can be found by) and a *value* (what it has to say). With
d numbers in a row, for one text and one head:

    S = Q·Kᵀ / √d        score [i][j]: how well what row i looks for fits what row j is found by
    A = softmax of each row of S, but row i only up to column i, and 0 beyond
    Y = A·V              row i: the mean of the values of rows 0 … i, weighted by row i of A

That row i ends at column i makes it *causal*: no token sees what comes after it. Otherwise it
could simply read the answer.

                  r o s e          In a name a head might learn, in the row of "s", to look at the
            r   [ 1 . . . ]        letter before: a large weight in column "o". Each row of A adds
            o   [ ▪ ▪ . . ]        up to 1; beyond the diagonal it is 0.
            s   [ . 1 . . ]
            e   [ ▪ . ▪ ▪ ]

Why √d: the dot product of two rows of d independent numbers of variance 1 has variance d. Without
the division softmax would start near a single 1, and there its slope is nearly 0.

Several *heads* do this side by side, each on its own share of the columns, so that one may look at
the letter before and another at the beginning. A fourth linear layer mixes what they found.

Source: Vaswani and others, "Attention Is All You Need", 2017.
Before this: `normalization`. After this: `model`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from .. import linalg
from ..checks import positive_integer
from ..initializers import Initializer
from ..layers import Dense, Parameter, kept_by_forward
from ..linalg import Matrix
from .embedding import TextLayer, small_normal

if TYPE_CHECKING:
    from random import Random

__all__ = ["CausalSelfAttention"]


# ---- The loops that attention needs ----


def split_columns(A: Matrix, parts: int) -> List[Matrix]:
    """Cut the columns into so many parts of one width: (n, k) -> parts of (n, k / parts).

    >>> split_columns([[1.0, 2.0], [3.0, 4.0]], 2)
    [[[1.0], [3.0]], [[2.0], [4.0]]]
    """
    width = len(A[0]) // parts
    return [[row[first:first + width] for row in A] for first in range(0, width * parts, width)]


def hstack(matrices: Sequence[Matrix]) -> Matrix:
    """Put matrices of equally many rows side by side: the opposite of `split_columns`."""
    if len(matrices) == 1:
        return matrices[0]
    joined = []
    for rows in zip(*matrices):
        joined.append([x for row in rows for x in row])
    return joined


def split_rows(A: Matrix, lengths: Sequence[int]) -> List[Matrix]:
    """Cut the rows into parts of these lengths: the opposite of `linalg.vstack`.

    >>> split_rows([[1.0], [2.0], [3.0]], [1, 2])
    [[[1.0]], [[2.0], [3.0]]]
    """
    parts, first = [], 0
    for length in lengths:
        parts.append(A[first:first + length])
        first += length
    return parts


def causal_softmax(S: Matrix) -> Matrix:
    """Return the softmax of each row, over those columns that it may look at; 0 in the others.

    The last row may look at all columns, each row above at one less. (So it is right for a whole
    text, where S is square, and for its last few rows as well.) The largest score of a row is
    subtracted first, as in every softmax: that changes nothing but that no exp overflows.

    >>> causal_softmax([[0.0, 9.0, 9.0], [1.0, 1.0, 9.0], [3.0, 3.0, -1000.0]])
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]
    """
    weights = []
    beyond = len(S[0]) - len(S)
    for number, row in enumerate(S, start=beyond + 1):
        scores = row[:number]
        largest = max(scores)
        exponentials = [math.exp(score - largest) for score in scores]
        total = 0.0
        for x in exponentials:
            total += x
        weights.append([x / total for x in exponentials] + [0.0] * (len(row) - number))
    return weights


def softmax_backward(dA: Matrix, A: Matrix) -> Matrix:
    """Return the gradient of the scores from that of the weights, A = softmax(S) by rows.

    In one row a[j] = e^s[j] / (e^s[0] + e^s[1] + …). When s[i] grows, the numerator of a[i] grows,
    and the denominator of all. By the rule for quotients

        da[j]/ds[i] = a[j] · (1 − a[i])  if i = j,     −a[j] · a[i]  else.

    s[i] reaches the loss by every a[j], so its gradient is the sum over j of g[j] · da[j]/ds[i],
    where g[j] is the gradient of a[j]. All j give −a[i] · g[j] · a[j], and j = i gives g[i] · a[i]
    on top:

        ds[i] = a[i] · (g[i] − (g[0]·a[0] + g[1]·a[1] + …))

    A score is pulled up by how much its weight is wanted, above the mean of what the row wants.
    The matrix of all da[j]/ds[i], the Jacobian, never has to be built. Where a[i] is 0, beyond the
    diagonal, ds[i] is 0: the mask needs no second thought on the way back.

    >>> softmax_backward([[1.0, 2.0]], [[0.5, 0.5]])
    [[-0.25, 0.25]]
    """
    gradient = []
    for wanted, weights in zip(dA, A):
        mean = linalg.dot(wanted, weights)
        gradient.append([a * (g - mean) for a, g in zip(weights, wanted)])
    return gradient


# ---- The layer ----


class Head(NamedTuple):
    """What one head computed for one text; the queries are already divided by √d."""

    queries: Matrix
    keys: Matrix
    values: Matrix
    weights: Matrix


class CausalSelfAttention(TextLayer):
    """Each row becomes a weighted mean of rows of its own text, none of them behind it.

    Inside are four `Dense` layers without biases, (width → width) each: `queries`, `keys`,
    `values`, and `output`, which mixes what the heads found. Shapes: (N, width) -> the same.
    `lengths` says how many rows each text has; no text sees another. Raises ValueError when the
    heads do not share the width evenly.

    >>> from random import Random
    >>> layer = CausalSelfAttention(4, 2, Random(1))
    >>> layer, [parameter.name for parameter in layer.parameters()]
    (CausalSelfAttention(4, heads=2), ['queries.weights', 'keys.weights', 'values.weights', \
'output.weights'])
    """

    def __init__(
        self, width: int, heads: int, rng: Random, initializer: Initializer = small_normal
    ) -> None:
        self.input_width = self.output_width = positive_integer(
            "CausalSelfAttention", "width", width)
        self.heads = positive_integer("CausalSelfAttention", "heads", heads)
        if width % heads:
            raise ValueError(f"CausalSelfAttention: {heads} heads cannot share {width} columns "
                             f"evenly; take a width that is a multiple of the heads")
        self.scale = (width // heads) ** -0.5
        self.queries, self.keys, self.values, self.output = (
            Dense(width, width, rng, initializer, bias=False) for _ in range(4))
        for name, layer in self.projections:
            layer.weights.name = f"{name}.weights"
        self._heads: Any = None

    @property
    def projections(self) -> List[Tuple[str, Dense]]:
        """The four linear layers with their names, in the order of their parameters."""
        return [("queries", self.queries), ("keys", self.keys), ("values", self.values),
                ("output", self.output)]

    def parameters(self) -> Iterator[Parameter]:
        for _, layer in self.projections:
            yield layer.weights

    def begin(self) -> None:
        self.past = ([], [])

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        queries = linalg.multiply(self.queries.forward(inputs), self.scale)
        keys, values = self.keys.forward(inputs), self.values.forward(inputs)
        lengths = [len(inputs)] if self.lengths is None else self.lengths
        if self.past is None:
            texts = [split_rows(A, lengths) for A in (queries, keys, values)]
        else:  # what came before has left its keys and values; only the new rows ask
            keys, values = (linalg.vstack([*old, new])
                            for old, new in zip(self.past, (keys, values)))
            self.past = [keys], [values]
            texts = [[queries], [keys], [values]]
        self._heads = [self._look(*text) for text in zip(*texts)]
        found = [hstack([linalg.matmul(head.weights, head.values) for head in heads])
                 for heads in self._heads]
        return self.output.forward(linalg.vstack(found))

    def _look(self, queries: Matrix, keys: Matrix, values: Matrix) -> List[Head]:
        """Return what each head sees in one text."""
        shares = (split_columns(A, self.heads) for A in (queries, keys, values))
        return [Head(q, k, v, causal_softmax(linalg.inner(q, k))) for q, k, v in zip(*shares)]

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.refuse_while_remembering()
        texts = kept_by_forward(self, self._heads)
        G = self.output.backward(output_gradient)
        lengths = [len(heads[0].queries) for heads in texts]
        by_text = [
            [head_backward(g, head) for g, head in zip(split_columns(part, self.heads), heads)]
            for part, heads in zip(split_rows(G, lengths), texts)
        ]
        dQ, dK, dV = (
            linalg.vstack([hstack([gradients[which] for gradients in heads]) for heads in by_text])
            for which in range(3)
        )
        # Each input row makes a query, a key and a value: three ways to the loss, so three
        # gradients that add up. (The queries were divided by √d, and so is their gradient.)
        dX = self.queries.backward(linalg.multiply(dQ, self.scale))
        return linalg.add(linalg.add(dX, self.keys.backward(dK)), self.values.backward(dV))

    @property
    def patterns(self) -> List[List[Matrix]]:
        """For each text of the last forward the weights A of each head: who looked at whom."""
        return [[head.weights for head in heads] for heads in kept_by_forward(self, self._heads)]

    def settings(self) -> Dict[str, Any]:
        return {"width": self.input_width, "heads": self.heads}

    def __repr__(self) -> str:
        return f"CausalSelfAttention({self.input_width}, heads={self.heads})"


def head_backward(G: Matrix, head: Head) -> Tuple[Matrix, Matrix, Matrix]:
    """Return the gradients of queries, keys and values of one head in one text.

    G is the gradient of Y = A·V, and A = softmax(S), S = Q·Kᵀ, with the queries already divided by
    √d. Backwards through these three:

    1. y[i] = sum over j of A[i][j] · v[j]. Value j goes into every row i that looked at it, as much
       as it was looked at: dv[j] = sum over i of A[i][j] · g[i], so dV = Aᵀ·G. And weight A[i][j]
       multiplies the whole row v[j] on its way into y[i]: dA[i][j] = g[i]·v[j], so dA = G·Vᵀ.
    2. The softmax of each row: dS from dA, see `softmax_backward`.
    3. S[i][j] = q[i]·k[j]. Query i meets every key j, with slope k[j]: dq[i] = sum over j of
       dS[i][j] · k[j], so dQ = dS·K. Key j meets every query i: dK = dSᵀ·Q.
    """
    dV = linalg.inner_columns(head.weights, G)
    dA = linalg.inner(G, head.values)
    dS = softmax_backward(dA, head.weights)
    return linalg.matmul(dS, head.keys), linalg.inner_columns(dS, head.queries), dV
