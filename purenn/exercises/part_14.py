"""The exercises of part 14: the weights of attention, and the way back through them.

Before this: `part_13`. After this: `part_15`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, Iterator, List, Tuple

from .. import linalg
from ..activations import softmax
from ..gradcheck import Report, check
from ..layers import Layer, Parameter
from ..linalg import Matrix
from ..losses import MeanSquaredError
from ..sequences.attention import causal_softmax
from ..sequences.attention import softmax_backward as by_softmax
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers

__all__ = ["SHEET"]

TEXTS = [(3, 2), (4, 3), (5, 2)]  # tokens, columns


def _root(A: Matrix) -> float:
    """The root of the number of columns."""
    return math.sqrt(len(A[0]))


# ---- Weights ----


def _scores(Q: Matrix, K: Matrix) -> Matrix:
    return linalg.divide(linalg.inner(Q, K), _root(Q))


def _weights(Q: Matrix, K: Matrix) -> Matrix:
    return causal_softmax(_scores(Q, K))


def _below(A: Matrix, first: int = 0) -> Matrix:
    """Return A with zeros beyond the diagonal."""
    return [[x if j <= i + first else 0.0 for j, x in enumerate(row)] for i, row in enumerate(A)]


def _without_itself(Q: Matrix, K: Matrix) -> Matrix:
    rows = [[0.0] * len(Q)]
    for i, row in enumerate(_scores(Q, K)[1:], start=1):
        rows.append([*softmax([row[:i]])[0], *[0.0] * (len(row) - i)])
    return rows


def _only_behind(Q: Matrix, K: Matrix) -> Matrix:
    return [[0.0] * i + softmax([row[i:]])[0] for i, row in enumerate(_scores(Q, K))]


def _down(Q: Matrix, K: Matrix) -> Matrix:
    S = [[x if j <= i else -math.inf for j, x in enumerate(row)]
         for i, row in enumerate(_scores(Q, K))]
    exponentials = linalg.exp(S)
    return linalg.divide(exponentials, linalg.sum(exponentials, axis=0))


def _zero_scores(Q: Matrix, K: Matrix) -> Matrix:
    return softmax(_below(_scores(Q, K)))


def _pairs(rng: Random) -> List[Case]:
    cases = [Case((numbers(rng, n, d), numbers(rng, n, d))) for n, d in TEXTS]
    far = [[0.0, 0.0], [2000.0, 0.0]], [[1.0, 0.0], [0.5, 1.0]]
    return [*cases, Case(far, "it goes wrong where scores are large: is the largest score of the "
                              "row subtracted before exp?")]


WEIGHTS = Exercise(
    signature="attention_weights(queries, keys)",
    text="""
Return the weights of causal attention: who looks at whom, tokens × tokens.

queries  tokens × d: what each token looks for, q
keys     tokens × d: what each token can be found by, k

    S[i][j] = q[i] · k[j] / √d

Row i of the weights is the softmax of row i of S, but only of its places 0 … i; behind them
stand zeros. Each row adds up to 1.
""",
    example=Example(([[1.0], [0.0]], [[3.0], [2.0]]), [[1.0, 0.0], [0.5, 0.5]]),
    answer=_weights,
    cases=_pairs,
    mistakes=[
        Mistake("the mask is missing: no token may look at what stands behind it",
                lambda q, k: softmax(_scores(q, k))),
        Mistake("the mask comes after softmax, so the rows do not add up to 1",
                lambda q, k: _below(softmax(_scores(q, k)))),
        Mistake("a score of 0 does not hide a token: exp(0) is 1. Leave it out of the sum",
                _zero_scores),
        Mistake("the division by √d is missing", lambda q, k: causal_softmax(linalg.inner(q, k))),
        Mistake("it divides by d; by its root is right",
                lambda q, k: causal_softmax(linalg.divide(linalg.inner(q, k), len(q[0])))),
        Mistake("it divides by the root of the number of tokens; d is the number of columns",
                lambda q, k: causal_softmax(linalg.divide(linalg.inner(q, k), math.sqrt(len(q))))),
        Mistake("it multiplies by √d; divide by it",
                lambda q, k: causal_softmax(linalg.multiply(linalg.inner(q, k), _root(q)))),
        Mistake("softmax is missing: these are scores",
                lambda q, k: _below(_scores(q, k))),
        Mistake("softmax goes down the columns; each row adds up to 1", _down),
        Mistake("queries and keys have changed places",
                lambda q, k: _weights(k, q)),
        Mistake("the mask is on the wrong side: a token looks at what comes before, and at itself",
                _only_behind),
        Mistake("a token may look at itself, too", _without_itself),
    ],
)


# ---- Back through softmax ----


def _shares(rng: Random, rows: int, columns: int) -> Matrix:
    return softmax(numbers(rng, rows, columns))


class _YourSoftmax(Layer):
    """The library's softmax with a learner's way back."""

    def __init__(self, backward: Callable[..., Matrix]) -> None:
        self._yours = backward

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        self.kept: Matrix = softmax(inputs)
        return self.kept

    def backward(self, output_gradient: Matrix) -> Matrix:
        return self._yours(self.kept, output_gradient)


def _check_softmax(yours: Callable[..., Any]) -> Report:
    rng = Random(7)
    return check(_YourSoftmax(yours), MeanSquaredError(), numbers(rng, 4, 3), numbers(rng, 4, 3))


def _slope(
    by: Callable[[float, float, List[float], List[float]], float]
) -> Callable[[Matrix, Matrix], Matrix]:
    """Return the way back by(weight, its gradient, weights of the row, gradients of the row)."""
    return lambda A, G: [[by(a, g, row, slopes) for a, g in zip(row, slopes)]
                         for row, slopes in zip(A, G)]


SOFTMAX_BACKWARD = Exercise(
    signature="softmax_backward(weights, weights_gradient)",
    text="""
Return the gradient of the scores, where weights = softmax(scores) row by row: n × any.

weights           n × any, a: each row adds up to 1
weights_gradient  n × any, da: how fast the loss grows with each weight

The slope of a[j] by score s[i] is a[i]·(1 - a[i]) if i = j, else -a[i]·a[j]. That matrix of
slopes, the Jacobian, need not be built: its product with da is, in each row,

    ds[i] = a[i] · (da[i] - m),      m = Σ a[j] · da[j] over the row
""",
    example=Example(([[0.5, 0.5], [0.25, 0.75]], [[1.0, 3.0], [4.0, 0.0]]),
                    [[-0.5, 0.5], [0.75, -0.75]]),
    answer=lambda A, G: by_softmax(G, A),
    cases=lambda rng: [Case((_shares(rng, n, k), numbers(rng, n, k)))
                       for n, k in ((3, 2), (2, 4), (4, 3), (1, 5))],
    mistakes=[
        Mistake("only a score's own weight comes in, a·(1 - a); every score moves all the weights",
                _slope(lambda a, g, row, slopes: a * (1.0 - a) * g)),
        Mistake("the mean m is missing: a score lowers the other weights, too",
                _slope(lambda a, g, row, slopes: a * g)),
        Mistake("m is the mean weighted by a; here every weight counts the same",
                _slope(lambda a, g, row, slopes: a * (g - math.fsum(slopes) / len(slopes)))),
        Mistake("m is the mean weighted by a; this is the plain sum",
                _slope(lambda a, g, row, slopes: a * (g - math.fsum(slopes)))),
        Mistake("the factor a[i] in front is missing",
                _slope(lambda a, g, row, slopes: g - linalg.dot(row, slopes))),
        Mistake("m is not multiplied by a[i]; the brackets belong around da[i] - m",
                _slope(lambda a, g, row, slopes: a * g - linalg.dot(row, slopes))),
        Mistake("m is added; it is subtracted",
                _slope(lambda a, g, row, slopes: a * (g + linalg.dot(row, slopes)))),
        Mistake("m is that of the whole batch; each row has its own",
                lambda A, G: linalg.multiply(A, linalg.subtract(
                    G, linalg.sum(linalg.multiply(A, G))))),
        Mistake("m goes down the columns; it belongs to one row",
                lambda A, G: linalg.multiply(A, linalg.subtract(
                    G, linalg.sum(linalg.multiply(A, G), axis=0)))),
        Mistake("weights and their gradient have changed places", lambda A, G: by_softmax(A, G)),
        Mistake("this is p - y of cross-entropy; here the gradient of the weights is given",
                lambda A, G: linalg.subtract(A, G)),
    ],
    gradients=_check_softmax,
)


# ---- Back through a head ----

Three = Tuple[Matrix, Matrix, Matrix]


def _scored(A: Matrix, V: Matrix, G: Matrix) -> Matrix:
    return by_softmax(linalg.inner(G, V), A)


def _head(Q: Matrix, K: Matrix, V: Matrix, A: Matrix, G: Matrix) -> Three:
    dS = linalg.divide(_scored(A, V, G), _root(Q))
    return linalg.matmul(dS, K), linalg.inner_columns(dS, Q), linalg.inner_columns(A, G)


def _scaled(
    by: Callable[[Matrix], float], scores: Callable[..., Matrix] = _scored
) -> Callable[..., Any]:
    """Return queries' and keys' gradients with another divisor, or another dS."""
    def formula(Q: Matrix, K: Matrix, V: Matrix, A: Matrix, G: Matrix) -> Any:
        dS = linalg.divide(scores(A, V, G), by(Q))
        return linalg.matmul(dS, K), linalg.inner_columns(dS, Q), []

    return formula


class _YourHead(Layer):
    """Causal attention with parameters as queries, keys and values, and a learner's way back."""

    def __init__(self, rng: Random, backward: Callable[..., Three]) -> None:
        self._yours = backward
        self.parts = [Parameter(name, numbers(rng, 4, 3)) for name in ("queries", "keys", "values")]

    def parameters(self) -> Iterator[Parameter]:
        yield from self.parts

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        Q, K, V = (part.value for part in self.parts)
        self.kept = Q, K, V, _weights(Q, K)
        return linalg.add(inputs, linalg.matmul(self.kept[3], V))

    def backward(self, output_gradient: Matrix) -> Matrix:
        found = self._yours(*self.kept, output_gradient)
        for part, gradient in zip(self.parts, found):
            part.gradient = gradient
        return output_gradient


def _check_head(yours: Callable[..., Any]) -> Report:
    rng = Random(8)
    return check(_YourHead(rng, yours), MeanSquaredError(), numbers(rng, 4, 3), numbers(rng, 4, 3))


def _heads(rng: Random) -> List[Case]:
    cases = []
    for n, d in TEXTS:
        Q, K, V = (numbers(rng, n, d) for _ in range(3))
        cases.append(Case((Q, K, V, _weights(Q, K), numbers(rng, n, d))))
    return cases


HEAD_BACKWARD = Exercise(
    signature="head_backward(queries, keys, values, weights, output_gradient)",
    text="""
Return the way back through one head of attention: (queries_gradient, keys_gradient,
values_gradient), each tokens × d.

queries, keys, values  tokens × d, as they went forward: Q, K, V
weights                tokens × tokens: A, the softmax of S = Q·Kᵀ / √d, row by row
output_gradient        tokens × d: G, the gradient of A·V

    dV = Aᵀ·G      dA = G·Vᵀ      dS from dA: `softmax_backward`, your own
    dQ = dS·K / √d      dK = dSᵀ·Q / √d

The zeros of the mask need no care: where a weight is 0, the gradient of its score is 0.
""",
    example=Example(
        ([[1.0], [0.0]], [[3.0], [2.0]], [[4.0], [8.0]], [[1.0, 0.0], [0.5, 0.5]], [[2.0], [1.0]]),
        ([[0.0], [-1.0]], [[0.0], [0.0]], [[2.5], [0.5]])),
    answer=_head,
    cases=_heads,
    results=["queries_gradient", "keys_gradient", "values_gradient"],
    mistakes=[
        Mistake("the division by √d is missing", _scaled(lambda Q: 1.0)),
        Mistake("it divides by d; by its root is right", _scaled(lambda Q: float(len(Q[0])))),
        Mistake("the way back through softmax is missing: this uses dA where dS should stand",
                _scaled(_root, lambda A, V, G: linalg.inner(G, V))),
        Mistake("dA is G·Vᵀ: each weight multiplies a row of values; here it is made of G alone",
                _scaled(_root, lambda A, V, G: by_softmax(linalg.inner(G, G), A))),
        Mistake("values_gradient needs Aᵀ: value j hears from every row that looked at it",
                lambda Q, K, V, A, G: ([], [], linalg.matmul(A, G))),
        Mistake("values_gradient is made of the output gradient, not of the values",
                lambda Q, K, V, A, G: ([], [], linalg.inner_columns(A, V))),
        Mistake("values_gradient is the output gradient as it is; the weights are missing",
                lambda Q, K, V, A, G: ([], [], G)),
        Mistake("keys_gradient needs dSᵀ: key j meets every query",
                lambda Q, K, V, A, G: ([], linalg.divide(
                    linalg.matmul(_scored(A, V, G), Q), _root(Q)), [])),
        Mistake("queries_gradient is made of the keys, not of the queries",
                lambda Q, K, V, A, G: (linalg.divide(
                    linalg.matmul(_scored(A, V, G), Q), _root(Q)), [], [])),
        Mistake("keys_gradient is made of the queries, not of the keys",
                lambda Q, K, V, A, G: ([], linalg.divide(
                    linalg.inner_columns(_scored(A, V, G), K), _root(Q)), [])),
        Mistake("queries_gradient takes dS as it is, not transposed: query i meets every key",
                lambda Q, K, V, A, G: (linalg.divide(
                    linalg.inner_columns(_scored(A, V, G), K), _root(Q)), [], [])),
    ],
    gradients=_check_head,
)


SHEET = Sheet(
    part=14,
    title="Attention",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like; linalg.inner(A, B) is A·Bᵀ,
and linalg.inner_columns(A, B) is Aᵀ·B. What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[WEIGHTS, SOFTMAX_BACKWARD, HEAD_BACKWARD],
    afterwards="purenn/sequences/attention.py, the function head_backward, and how several heads "
               "and texts share it",
)
