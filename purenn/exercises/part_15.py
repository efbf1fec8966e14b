"""The exercises of part 15: RMSNorm and its way back, temperature, and the loss of padded texts.

Before this: `part_14`. After this: `sheets`, where all sheets are gathered.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, List

from .. import linalg
from ..activations import softmax
from ..gradcheck import Report, check
from ..layers import Layer
from ..linalg import Matrix, Vector
from ..losses import MeanSquaredError
from ..sequences.model import NextToken
from ..sequences.normalization import normalized, normalized_backward
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]


# ---- RMSNorm ----


def _squares(A: Matrix) -> Matrix:
    """The mean of the squares of each row, a column."""
    return linalg.mean(linalg.multiply(A, A), axis=1)


def _norm(A: Matrix) -> Matrix:
    return normalized(A, 0.0)[0]


def _by(divisors: Callable[[Matrix], Matrix]) -> Callable[[Matrix], Matrix]:
    """Return the rows divided by divisors(rows)."""
    return lambda A: linalg.divide(A, divisors(A))


def _root(A: Matrix) -> Matrix:
    return linalg.elementwise(math.sqrt, A)


def _centred(A: Matrix) -> Matrix:
    return linalg.subtract(A, linalg.mean(A, axis=1))


def _of_several(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, columns),)) for rows, columns, _ in sizes()]


NORM = Exercise(
    signature="rms_norm(inputs)",
    text="""
Return every row divided by its root mean square: n × width.

inputs  n × width, x; no row is all 0

    y[i] = x[i] / √m,      m = (x[0]² + x[1]² + …) / width

There is no small number added to m here, and no gain.
""",
    example=Example(([[3.0, -3.0], [1.0, 7.0]],), [[1.0, -1.0], [0.2, 1.4]]),
    answer=_norm,
    cases=_of_several,
    mistakes=[
        Mistake("it divides by m; by its root is right", _by(_squares)),
        Mistake("the squares are added up; take their mean",
                _by(lambda A: _root(linalg.sum(linalg.multiply(A, A), axis=1)))),
        Mistake("this is LayerNorm: RMSNorm leaves the mean of the row in",
                lambda A: linalg.divide(_centred(A), linalg.elementwise(
                    lambda m: math.sqrt(m) or 1.0, _squares(_centred(A))))),
        Mistake("m goes down the columns; each row has its own",
                _by(lambda A: _root(linalg.mean(linalg.multiply(A, A), axis=0)))),
        Mistake("m is that of the whole batch; each row has its own",
                _by(lambda A: [[math.sqrt(linalg.item(linalg.mean(linalg.multiply(A, A))))]])),
        Mistake("this is x · √m; divide by it",
                lambda A: linalg.multiply(A, _root(_squares(A)))),
        Mistake("it divides by the mean of |x|; the root of the mean of the squares was asked for",
                _by(lambda A: linalg.mean(linalg.abs(A), axis=1))),
        Mistake("it divides by the largest number; by the root of the mean of the squares is right",
                _by(lambda A: linalg.max(linalg.abs(A), axis=1))),
    ],
)


# ---- Its way back ----


class _YourNorm(Layer):
    """RMSNorm without a small number, with a learner's way back."""

    def __init__(self, backward: Callable[..., Matrix]) -> None:
        self._yours = backward

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        self.kept = inputs
        return _norm(inputs)

    def backward(self, output_gradient: Matrix) -> Matrix:
        return self._yours(self.kept, output_gradient)


def _check_norm(yours: Callable[..., Any]) -> Report:
    rng = Random(9)
    return check(_YourNorm(yours), MeanSquaredError(), numbers(rng, 4, 3), numbers(rng, 4, 3))


def _norm_backward(A: Matrix, G: Matrix) -> Matrix:
    Y, factors = normalized(A, 0.0)
    return normalized_backward(G, Y, factors)


def _way(
    by: Callable[[float, float, float, float, float, int], float]
) -> Callable[[Matrix, Matrix], Matrix]:
    """Return the way back by(g, x, y, s, g·y, width) of each number."""
    def formula(A: Matrix, G: Matrix) -> Matrix:
        back = []
        for x, g, y, (s,) in zip(A, G, *normalized(A, 0.0)):
            along = linalg.dot(g, y)
            back.append([by(gi, xi, yi, s, along, len(x)) for gi, xi, yi in zip(g, x, y)])
        return back

    return formula


NORM_BACKWARD = Exercise(
    signature="rms_norm_backward(inputs, output_gradient)",
    text="""
Return the gradient of the inputs of `rms_norm`: n × width.

inputs           n × width, x: what went into it; no row is all 0
output_gradient  n × width, g: the gradient of what came out, y

With s = 1 / √m, so that y[i] = s · x[i], and with g·y, the dot product of the two rows:

    dx[i] = s · (g[i] - y[i] · (g·y) / width)
""",
    example=Example(([[2.0, 2.0]], [[1.0, 3.0]]), [[-0.5, 0.5]]),
    answer=_norm_backward,
    cases=lambda rng: [Case((numbers(rng, n, k), numbers(rng, n, k))) for n, k, _ in sizes()],
    mistakes=[
        Mistake("the second term is missing: every number of the row is also a part of s",
                _way(lambda g, x, y, s, along, n: s * g)),
        Mistake("the division by the width is missing in the second term",
                _way(lambda g, x, y, s, along, n: s * (g - y * along))),
        Mistake("the second term is subtracted, not added",
                _way(lambda g, x, y, s, along, n: s * (g + y * along / n))),
        Mistake("the factor s in front is missing",
                _way(lambda g, x, y, s, along, n: g - y * along / n)),
        Mistake("it divides by s; multiply by it",
                _way(lambda g, x, y, s, along, n: (g - y * along / n) / s)),
        Mistake("the brackets are missing: s belongs before both terms",
                _way(lambda g, x, y, s, along, n: s * g - y * along / n)),
        Mistake("it uses x where y should stand",
                _way(lambda g, x, y, s, along, n: s * (g - x * along / (s * n)))),
        Mistake("the second term is g·y / width alone; times y[i]",
                _way(lambda g, x, y, s, along, n: s * (g - along / n))),
        Mistake("g·y is that of the whole batch; each row has its own",
                lambda A, G: linalg.multiply(linalg.subtract(G, linalg.multiply(
                    _norm(A), linalg.divide(linalg.sum(linalg.multiply(G, _norm(A))), len(A[0])))),
                    normalized(A, 0.0)[1])),
        Mistake("this is rms_norm of the gradient; the way back is another formula",
                lambda A, G: _norm(G)),
    ],
    gradients=_check_norm,
)


# ---- Temperature ----

FAR_APART = "it goes wrong where scores lie far apart: is the largest one subtracted before exp?"


def _chances(scores: Vector, temperature: float) -> Vector:
    return softmax([[score / temperature for score in scores]])[0]


TEMPERATURE = Exercise(
    signature="at_temperature(scores, temperature)",
    text="""
Return the probabilities of the next token: a list that adds up to 1.

scores       a list of numbers, one for each token
temperature  a number above 0

The probabilities are softmax of the scores, each divided by the temperature first.
""",
    example=Example(([1.0, 1.0, 1.0, 1.0], 0.5), [0.25, 0.25, 0.25, 0.25]),
    answer=_chances,
    cases=lambda rng: [
        *(Case((numbers(rng, 1, count)[0], temperature))
          for count, temperature in ((3, 0.5), (5, 2.0), (4, 0.7))),
        Case(([100.0, 0.0, 50.0], 0.1), FAR_APART)],
    mistakes=[
        Mistake("it multiplies by the temperature; divide by it",
                lambda s, t: _chances(s, 1.0 / t)),
        Mistake("the temperature does not come in", lambda s, t: _chances(s, 1.0)),
        Mistake("the probabilities are divided; divide the scores, before softmax",
                lambda s, t: [p / t for p in _chances(s, 1.0)]),
        Mistake("softmax is missing: these are scores", lambda s, t: [one / t for one in s]),
        Mistake("they do not add up to 1: divide each exponential by the sum of all",
                lambda s, t: [math.exp(one / t) for one in s]),
    ],
)


# ---- The loss of padded texts ----


def _loss(scores: Matrix, targets: List[List[int]]) -> float:
    return NextToken()(scores, [list(map(float, text)) for text in targets])


def _losses(scores: Matrix, targets: List[List[int]]) -> List[List[float]]:
    """Return −log p of each token, a list for each text."""
    rows = iter(softmax(scores))
    return [[-math.log(next(rows)[token]) for token in text if token != -1] for text in targets]


def _mean(values: List[float]) -> float:
    return math.fsum(values) / len(values)


def _all(scores: Matrix, targets: List[List[int]]) -> float:
    return math.fsum(one for text in _losses(scores, targets) for one in text)


def _with_padding(scores: Matrix, targets: List[List[int]]) -> float:
    """Take −1 for a token: in Python that is the last one; zip ends where the scores end."""
    tokens = [token for text in targets for token in text]
    return _mean([-math.log(p[token]) for p, token in zip(softmax(scores), tokens)])


def _batches(rng: Random) -> List[Case]:
    cases = []
    for lengths in ([3, 1, 2], [1, 4], [2, 2, 1]):
        targets = [[int(4 * rng.random()) for _ in range(length)] + [-1] * (5 - length)
                   for length in lengths]
        cases.append(Case((numbers(rng, int(math.fsum(lengths)), 4), targets)))
    return cases


PADDED_LOSS = Exercise(
    signature="padded_loss(scores, targets)",
    text="""
Return the loss of a language model: the mean of -log p over all tokens of a batch.

targets  n × T whole numbers: the next tokens of n texts, a text in each row, filled up
         with -1 where it is shorter than the longest
scores   one row for each token that is no filling: first those of text 0, in order, then
         those of text 1, …

p is the probability that softmax of its row of scores gives to the token. Each token counts
the same, whichever text it is in; what is filled up does not count.
""",
    example=Example(([[0.0, 0.0], [3.0, 3.0], [1.0, 1.0]], [[0, 1], [1, -1]]), 0.6931471805599453),
    answer=_loss,
    cases=_batches,
    mistakes=[
        Mistake("the -1 of the filling is taken for a token: scores[-1] is the last one in Python",
                _with_padding),
        Mistake("this is the mean over the texts of their means; each token counts the same",
                lambda s, y: _mean([_mean(text) for text in _losses(s, y)])),
        Mistake("it is divided by the number of texts; divide by the number of tokens",
                lambda s, y: _all(s, y) / len(y)),
        Mistake("it is divided by the filling as well; divide by the number of tokens",
                lambda s, y: _all(s, y) / (len(y) * len(y[0]))),
        Mistake("this is the sum over the tokens; the mean was asked for", _all),
        Mistake("the sign is wrong: the logarithm of a probability is negative",
                lambda s, y: -_loss(s, y)),
        Mistake("only the first text comes in: is the `return` inside of the loop?",
                lambda s, y: _mean(_losses(s, y)[0])),
        Mistake("each text begins again at the first row of scores; go on where the last ended",
                lambda s, y: _mean([one for text in y for one in _losses(s, [text])[0]])),
    ],
)


SHEET = Sheet(
    part=15,
    title="A small language model",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like. `softmax` is the library's,
for matrices; your own does as well. What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg\nfrom purenn.activations import softmax",
    exercises=[NORM, NORM_BACKWARD, TEMPERATURE, PADDED_LOSS],
    afterwards="purenn/sequences/normalization.py, the class RMSNorm; "
               "purenn/sequences/sampling.py; purenn/sequences/model.py, the class NextToken",
)
