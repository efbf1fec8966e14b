"""Attention: each token looks at itself and at the tokens before it in its text, and takes a mean.

Everything so far treats each row alone. To say what comes next, a token must hear from those
before it. In attention each row makes three rows of itself, by three linear layers: a *query*
(what it looks for), a *key* (what it can be found by) and a *value* (what it has to say). For one
text of T tokens, X its rows, and one head of d columns:

    Q = X·W_qᵀ           T × d; so are the keys K = X·W_kᵀ and the values V = X·W_vᵀ
    S = Q·Kᵀ / √d        T × T; [i][j]: how well what row i looks for fits what row j is found by
    A = softmax of each row of S, but of row i only up to column i, and 0 beyond; T × T
    Y = A·V              T × d; row i: the mean of the values 0 … i, weighted by row i of A

                  r  o  s  e
            r   [ 1  .  .  . ]     That row i ends at column i makes it *causal*: no token sees what
            o   [ ▪  ▪  .  . ]     comes behind it. Otherwise it could simply read the answer. Here
            s   [ .  ▪  .  . ]     "s" looks at the letter before it. Each row of A adds up to 1.
            e   [ ▪  .  ▪  ▪ ]

Why √d: the dot product of two rows of d independent numbers of variance 1 has variance d. Without
the division softmax would start near a single 1, and there its slope is nearly 0. Several *heads*
do all this side by side, each on its own share of the columns (d = width / heads), so that one may
look at the letter before and another at the beginning. A fourth linear layer mixes what they found.
On the way back dX is short for dL/dX, the gradient of the loss by X; it is shaped like X.

Source: Vaswani and others, "Attention Is All You Need", 2017.
Before this: `normalization`. After this: `model`.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Sequence, Tuple

from .. import checks, linalg
from ..initializers import Initializer
from ..layers import Dense, Parameter
from ..linalg import Matrix
from .embedding import TextLayer, hstack, small_normal, split_columns

if TYPE_CHECKING:
    from random import Random

__all__ = ["CausalSelfAttention"]


def split_rows(A: Matrix, lengths: Sequence[int]) -> List[Matrix]:
    """Cut the rows into parts of these lengths: the opposite of `linalg.vstack`."""
    ends = list(accumulate(lengths))
    return [A[end - length:end] for end, length in zip(ends, lengths)]


def causal_softmax(S: Matrix) -> Matrix:
    """Return the softmax of each row, over those columns that it may look at; 0 in the others.

    The last row may look at all columns, each row above at one less: so it is right for a whole
    text, where S is square, and for the last rows of one. As in every softmax the largest score is
    subtracted first, which changes nothing but that no exp overflows.

    >>> causal_softmax([[0.0, 9.0, 9.0], [1.0, 1.0, 9.0], [3.0, 3.0, -1000.0]])
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]
    """
    weights = []
    for number, row in enumerate(S, start=len(S[0]) - len(S) + 1):
        largest = max(row[:number])
        exponentials = [math.exp(score - largest) for score in row[:number]]
        total = 0.0
        for x in exponentials:
            total += x
        weights.append([x / total for x in exponentials] + [0.0] * (len(row) - number))
    return weights


def softmax_backward(dA: Matrix, A: Matrix) -> Matrix:
    """Return the gradient of the scores from that of the weights, A = softmax(S) by rows.

    In one row a[j] = e^s[j] / (e^s[0] + e^s[1] + …). When s[i] grows, so does the numerator of
    a[i], and the denominator of all. By the rule for quotients the slope of a[j] by s[i] is

        a[j] · (1 − a[i])  if i = j,     −a[j] · a[i]  else.

    s[i] reaches the loss by every a[j]: ds[i] is the sum over j of da[j] times that slope. Every j
    brings −a[i] · da[j] · a[j], and j = i brings da[i] · a[i] besides:

        ds[i] = a[i] · (da[i] − (da[0]·a[0] + da[1]·a[1] + …))

    So it is positive where more of this weight raises the loss by more than the mean of its row;
    a step, which goes against the gradient, lowers that score. The matrix of all slopes, the
    Jacobian, is never built. Where a[i] is 0, beyond the diagonal, ds[i] is 0: no mask is needed.
    """
    dS = []
    for da, a in zip(dA, A):
        mean = linalg.dot(da, a)
        dS.append([weight * (slope - mean) for weight, slope in zip(a, da)])
    return dS


Head = Tuple[Matrix, Matrix, Matrix, Matrix]  # queries (divided by √d), keys, values, weights A


class CausalSelfAttention(TextLayer):
    """Each row becomes a weighted mean of rows of its own text, none of them behind it.

    Inside are four `Dense` layers without biases, (width → width) each: `queries`, `keys`,
    `values`, and `output`, which mixes what the heads found. Shapes: (N, width) -> the same. Raises
    ValueError for a width that is no multiple of the heads; ShapeError for wrong `lengths`.

    >>> from random import Random
    >>> [parameter.name for parameter in CausalSelfAttention(4, 2, Random(1)).parameters()]
    ['queries.weights', 'keys.weights', 'values.weights', 'output.weights']
    """

    nothing: Any = ([], [])

    @checks.explains_arguments
    def __init__(
        self, width: int, heads: int, rng: Random, initializer: Initializer = small_normal
    ) -> None:
        who = "CausalSelfAttention"
        self.input_width = self.output_width = checks.positive_integer(who, "width", width)
        self.heads = checks.positive_integer(who, "heads", heads)
        if width % heads:
            raise ValueError(f"{who}: {heads} heads cannot share {width} columns "
                             f"evenly; take a width that is a multiple of the heads")
        self.scale = (width // heads) ** -0.5
        self.inside = [Dense(width, width, rng, initializer, bias=False) for _ in range(4)]
        self.queries, self.keys, self.values, self.output = self.inside
        for layer, name in zip(self.inside, ("queries", "keys", "values", "output")):
            layer.weights.name = f"{name}.weights"

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        queries = linalg.multiply(self.queries.forward(inputs), self.scale)
        keys, values = self.keys.forward(inputs), self.values.forward(inputs)
        lengths = self.lengths_of(inputs)
        texts = [split_rows(A, lengths) for A in (queries, keys, values)]
        if self.past is not None:  # the tokens before left keys and values; new rows ask them too
            keys, values = (linalg.vstack([*old, new])
                            for old, new in zip(self.past, (keys, values)))
            self.past = [keys], [values]
            texts = [[queries], [keys], [values]]
        self.kept = [self._look(*text) for text in zip(*texts)]
        found = [hstack(linalg.matmul(A, v) for _, _, v, A in heads) for heads in self.kept]
        return self.output.forward(linalg.vstack(found))

    def _look(self, queries: Matrix, keys: Matrix, values: Matrix) -> List[Head]:
        """Return what each head computes in one text."""
        shares = (split_columns(A, self.heads) for A in (queries, keys, values))
        return [(q, k, v, causal_softmax(linalg.inner(q, k))) for q, k, v in zip(*shares)]

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.refuse_while_writing()
        lengths = [len(heads[0][0]) for heads in self.kept]
        # Each of the four layers is a `Dense`, with its rule for the gradient of its weights:
        # dW_q = dQᵀ·X. Each head gets its columns of what comes back through `output`; the dQ, dK
        # and dV of all heads stand side by side again.
        G = split_rows(self.output.backward(output_gradient), lengths)
        found = [map(head_backward, split_columns(g, self.heads), heads)
                 for g, heads in zip(G, self.kept)]
        dQ, dK, dV = map(linalg.vstack, zip(*(map(hstack, zip(*heads)) for heads in found)))
        # Each input row makes a query, a key and a value, three ways to the loss: three gradients
        # add up, dX = dQ·W_q + dK·W_k + dV·W_v. (The queries were divided by √d: so is dQ.)
        dX = self.queries.backward(linalg.multiply(dQ, self.scale))
        return linalg.add(linalg.add(dX, self.keys.backward(dK)), self.values.backward(dV))

    def parameters(self) -> Iterator[Parameter]:
        for layer in self.inside:
            yield layer.weights

    @property
    def patterns(self) -> List[List[Matrix]]:
        """For each text of the last forward the weights A of each head: who looked at whom."""
        return [[A for _, _, _, A in heads] for heads in self.kept]

    def settings(self) -> Dict[str, Any]:
        return {"width": self.input_width, "heads": self.heads}


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
    Q, K, V, A = head
    dV, dA = linalg.inner_columns(A, G), linalg.inner(G, V)
    dS = softmax_backward(dA, A)
    return linalg.matmul(dS, K), linalg.inner_columns(dS, Q), dV
