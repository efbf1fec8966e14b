"""The exercises of part 13: perplexity, backing off, and an embedding with its gradient.

Before this: `part_12`. After this: `part_14`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Callable, List

from .. import linalg
from ..linalg import Matrix, Vector
from ..sequences.embedding import sum_into_rows
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]


# ---- Perplexity ----


def _mean(values: Vector) -> float:
    return math.fsum(values) / len(values)


def _loss(p: Vector) -> float:
    return _mean([-math.log(one) for one in p])


def _chances(rng: Random) -> List[Case]:
    return [Case(([0.05 + 0.9 * rng.random() for _ in range(count)],)) for count in (3, 5, 8)]


PERPLEXITY = Exercise(
    signature="perplexity(probabilities)",
    text="""
Return the perplexity of a model: as surprised as by a guess among so many. One number.

probabilities  a list: for each character of a text the probability that the model had given
               to it, above 0

    perplexity = exp(loss),      loss = the mean of -log p
""",
    example=Example(([0.5, 0.125],), 4.0),
    answer=lambda p: math.exp(_loss(p)),
    cases=_chances,
    mistakes=[
        Mistake("this is the loss; its exponential was asked for", _loss),
        Mistake("it is the exponential of the sum; take the mean",
                lambda p: math.exp(_loss(p) * len(p))),
        Mistake("the minus is missing: this is 1 divided by the perplexity",
                lambda p: math.exp(-_loss(p))),
        Mistake("this is 1 divided by the mean probability; the mean is that of the logarithms",
                lambda p: 1.0 / _mean(p)),
        Mistake("this is the mean of 1/p; the mean is that of the logarithms",
                lambda p: _mean([1.0 / one for one in p])),
        Mistake("2 to the power of the loss belongs to logarithms of base 2; these are natural",
                lambda p: 2.0 ** _loss(p)),
    ],
)


# ---- Backing off ----

NEVER_SEEN = "where nothing was ever seen, n and d are 0: the answer is the shorter context's"


def _backed_off(counts: List[int], shorter: Vector) -> Vector:
    n, d = int(math.fsum(counts)), len(counts) - counts.count(0)
    return [(c + d * q) / (n + d) for c, q in zip(counts, shorter)] if n else list(shorter)


def _mixed(
    by: Callable[[int, float, int, int, int], float]
) -> Callable[[List[int], Vector], Vector]:
    """Return the probabilities by(count, shorter one, n, d, how many letters there are)."""
    def formula(counts: List[int], shorter: Vector) -> Vector:
        n, d = int(math.fsum(counts)), len(counts) - counts.count(0)
        return [by(c, q, n, d, len(counts)) for c, q in zip(counts, shorter)]

    return formula


def _tables(rng: Random) -> List[Case]:
    def shares(count: int) -> Vector:
        some = [0.1 + rng.random() for _ in range(count)]
        return [one / math.fsum(some) for one in some]

    return [Case(([3, 0, 1, 0], shares(4))), Case(([0, 7, 0], shares(3))),
            Case(([2, 5, 1, 0, 0], shares(5))), Case(([0, 0, 0, 0], shares(4)), NEVER_SEEN)]


BACKED_OFF = Exercise(
    signature="backed_off(counts, shorter)",
    text="""
Return the probabilities of all letters after some context, backing off to a shorter one: a
list, one for each letter.

counts   for each letter, how often it came after this context: whole numbers c
shorter  for each letter, its probability q after the shorter context

    p = (c + d · q) / (n + d)

n is the sum of all counts, d the number of *different* letters that were seen, those whose
count is not 0. Where nothing was seen at all, the answer is that of the shorter context.
""",
    example=Example(([2, 0, 0, 1], [0.25, 0.25, 0.25, 0.25]), [0.5, 0.1, 0.1, 0.3]),
    answer=_backed_off,
    cases=_tables,
    mistakes=[
        Mistake("the shorter context does not come in: these are the counts alone",
                _mixed(lambda c, q, n, d, k: c / n)),
        Mistake("d is missing below: the probabilities do not add up to 1",
                _mixed(lambda c, q, n, d, k: (c + d * q) / n)),
        Mistake("q is not multiplied by d: the probabilities do not add up to 1",
                _mixed(lambda c, q, n, d, k: (c + q) / (n + d))),
        Mistake("d is the number of different letters that were seen; here it is that of all",
                _mixed(lambda c, q, n, d, k: (c + k * q) / (n + k))),
        Mistake("d is the number of different letters that were seen; here it is n",
                _mixed(lambda c, q, n, d, k: (c + n * q) / (n + n))),
        Mistake("d is the number of different letters that were seen; here it is 1",
                _mixed(lambda c, q, n, d, k: (c + q) / (n + 1))),
        Mistake("a letter that was seen needs the shorter context, too, not only one that was not",
                _mixed(lambda c, q, n, d, k: c / n if c else q)),
    ],
)


# ---- Looking up ----


def _words(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, width), [int(rows * rng.random()) for _ in range(7)]))
            for rows, width, _ in sizes()[:3]]


LOOK_UP = Exercise(
    signature="look_up(table, tokens)",
    text="""
Return what an embedding puts out: for each token its row of the table, n × width.

table   tokens × width: a row of numbers for each token there is
tokens  n whole numbers, counted from 0
""",
    example=Example(([[0.5, 1.0], [2.0, 3.0]], [1, 0, 1]), [[2.0, 3.0], [0.5, 1.0], [2.0, 3.0]]),
    answer=lambda table, tokens: linalg.take(table, tokens),
    cases=_words,
    mistakes=[
        Mistake("the rows are counted from 1 here; token 0 has row 0",
                lambda table, tokens: [table[t - 1] for t in tokens]),
        Mistake("these are the rows in the order of the table; the tokens say which row comes",
                lambda table, tokens: [table[k % len(table)] for k in range(len(tokens))]),
        Mistake("each row comes only once; a token that stands there twice has its row twice",
                lambda table, tokens: [table[t] for t in dict.fromkeys(tokens)]),
        Mistake("these are one-hot rows; they still have to be multiplied by the table",
                lambda table, tokens: linalg.one_hot(tokens, len(table))),
    ],
)


# ---- Its gradient ----


def _gradient(tokens: List[int], g: Matrix, rows: int) -> Matrix:
    return sum_into_rows(rows, tokens, g)


def _last_one(tokens: List[int], g: Matrix, rows: int) -> Matrix:
    table = linalg.zeros(rows, len(g[0]))
    for token, row in zip(tokens, g):
        table[token] = list(row)
    return table


def _of_mean(tokens: List[int], g: Matrix, rows: int) -> Matrix:
    return [[x / max(1, tokens.count(number)) for x in row]
            for number, row in enumerate(_gradient(tokens, g, rows))]


def _uses(rng: Random) -> List[Case]:
    cases = []
    for rows, width, _ in sizes()[:3]:
        tokens = [int(rows * rng.random()) for _ in range(6)]
        tokens[3] = tokens[0]  # one of them certainly twice
        cases.append(Case((tokens, numbers(rng, 6, width), rows + 1)))
    return cases


EMBEDDING_GRADIENT = Exercise(
    signature="embedding_gradient(tokens, output_gradient, rows)",
    text="""
Return the gradient of an embedding's table: rows × width.

tokens           n whole numbers, counted from 0: which row was looked up
output_gradient  n × width, g: how fast the loss grows with what came out
rows             how many rows the table has

Row k of the output is row tokens[k] of the table. A row of the table that was looked up
several times reaches the loss by several ways: its gradient is the sum of those rows of g.
One that was not looked up has no part in the loss.
""",
    example=Example(([2, 0, 2], [[1.0, 0.5], [0.25, 2.0], [2.0, -1.0]], 4),
                    [[0.25, 2.0], [0.0, 0.0], [3.0, -0.5], [0.0, 0.0]]),
    answer=_gradient,
    cases=_uses,
    mistakes=[
        Mistake("a row that was looked up twice has only the last of its gradients: is there = "
                "where += should be?", _last_one),
        Mistake("a row that was looked up twice has only the first of its gradients",
                lambda t, g, rows: _last_one(t[::-1], g[::-1], rows)),
        Mistake("this is the mean for each row of the table; what goes several ways gets the sum",
                _of_mean),
        Mistake("it is divided by the number of tokens; the mean stands in the loss already",
                lambda t, g, rows: linalg.divide(_gradient(t, g, rows), len(t))),
        Mistake("the rows that were not looked up are missing; theirs are zeros",
                lambda t, g, rows: linalg.take(_gradient(t, g, rows), sorted(set(t)))),
        Mistake("this is the output gradient as it is; its rows belong to tokens",
                lambda t, g, rows: g),
        Mistake("it counts how often a row was looked up; the gradient is not in it",
                lambda t, g, rows: [[float(t.count(number))] * len(g[0])
                                    for number in range(rows)]),
        Mistake("the rows are counted from 1 here; token 0 has row 0",
                lambda t, g, rows: _gradient([(token - 1) % rows for token in t], g, rows)),
    ],
)


SHEET = Sheet(
    part=13,
    title="Embeddings, and a model of the next character",
    introduction="""
Plain lists with `math`, or whole matrices with `linalg`: as you like. Tokens are whole numbers,
counted from 0. What a function is given stays as it is: build new lists.
""",
    imports="import math\n\nfrom purenn import linalg",
    exercises=[PERPLEXITY, BACKED_OFF, LOOK_UP, EMBEDDING_GRADIENT],
    afterwards="purenn/sequences/embedding.py, the class Embedding",
)
