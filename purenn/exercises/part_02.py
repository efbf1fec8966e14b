"""The exercises of part 2: the dot product, and what is made of it.

Before this: `part_01`. After this: `part_03`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, List

from .. import linalg
from ..linalg import Matrix, Vector
from .exercise import Case, Example, Exercise, Mistake, Raises, Sheet, halves, numbers, sizes

__all__ = ["SHEET"]

LENGTHS = "lists of different lengths have no dot product; zip stops at the shorter one, silently"


def _pairs(rng: Random) -> List[Case]:
    def row(width: int) -> Vector:
        return numbers(rng, 1, width)[0]

    return [Case((row(width), row(width))) for width in (1, 2, 3, 6)]


def _two_vectors(rng: Random) -> Any:
    return tuple(halves(rng, 2, 3))


# ---- The dot product ----


def _dot(u: Vector, v: Vector) -> Any:
    return linalg.dot(u, v) if len(u) == len(v) else Raises("ValueError")


DOT = Exercise(
    signature="dot(u, v)",
    text="""
Return the dot product of two lists of numbers: a number.

u  a list of numbers
v  a list of as many numbers

Multiply what stands in the same place, and add up the products:

    u[0]·v[0] + u[1]·v[1] + …

If the lists have different lengths, raise a ValueError: a wrong result that looks right is
worse than an error.
""",
    example=Example(([1.0, 2.0, 3.0], [0.5, -1.0, 2.0]), 4.5),
    answer=_dot,
    cases=lambda rng: [*_pairs(rng), Case(([1.0, 2.0, 3.0], [1.0, 2.0]), LENGTHS),
                       Case(([1.0], [1.0, 2.0]), LENGTHS)],
    mistakes=[
        Mistake("only the last product is there: is the total overwritten instead of added to?",
                lambda u, v: u[-1] * v[-1]),
        Mistake("only the first product is there: is the `return` inside of the loop?",
                lambda u, v: u[0] * v[0]),
        Mistake("the numbers are added; those in the same place should be multiplied",
                lambda u, v: math.fsum(u) + math.fsum(v)),
        Mistake("the two sums are multiplied; multiply first, place by place, then add up",
                lambda u, v: math.fsum(u) * math.fsum(v)),
    ],
    plain=True,
    redrawn=lambda rng: _dot_example(*_two_vectors(rng)),
)


def _dot_example(u: Vector, v: Vector) -> Example:
    return Example((u, v), linalg.dot(u, v))


# ---- Lengths and angles ----


def _length(u: Vector) -> float:
    return math.sqrt(linalg.dot(u, u))


def _cosine(u: Vector, v: Vector) -> float:
    return linalg.dot(u, v) / (_length(u) * _length(v))


COSINE = Exercise(
    signature="cosine(u, v)",
    text="""
Return the cosine of the angle between two vectors: how alike their directions are, from -1
to 1. A number.

u  a list of numbers, not all 0
v  a list of as many numbers, not all 0

    cosine = u · v / (|u| · |v|)        |u| = √(u · u), the length of u

You may call your own `dot`.
""",
    example=Example(([3.0, 4.0], [4.0, 3.0]), 0.96),
    answer=_cosine,
    cases=_pairs,
    mistakes=[
        Mistake("this is the dot product; it is not divided by the lengths", linalg.dot),
        Mistake("it is divided by the squares of the lengths; the roots are missing",
                lambda u, v: linalg.dot(u, v) / (linalg.dot(u, u) * linalg.dot(v, v))),
        Mistake("it is divided by the sum of the lengths; divide by their product",
                lambda u, v: linalg.dot(u, v) / (_length(u) + _length(v))),
        Mistake("it is divided by one of the lengths only; divide by both",
                lambda u, v: linalg.dot(u, v) / _length(u)),
        Mistake("it is divided by one of the lengths only; divide by both",
                lambda u, v: linalg.dot(u, v) / _length(v)),
        Mistake("it is multiplied by one of the lengths: a / b * c is (a / b) * c; mind the "
                "brackets", lambda u, v: linalg.dot(u, v) / _length(u) * _length(v)),
        Mistake("this is the angle; its cosine was asked for",
                lambda u, v: math.acos(max(-1.0, min(1.0, _cosine(u, v))))),
    ],
    plain=True,
)


# ---- All rows with all rows ----


def _by_columns(A: Matrix, B: Matrix) -> Matrix:
    """Multiply with the columns of B, as far as the shorter side goes, as zip does."""
    return [[math.fsum(a * b for a, b in zip(row, column)) for column in zip(*B)] for row in A]


def _two_matrices(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, inputs), numbers(rng, neurons, inputs)))
            for rows, inputs, neurons in sizes()]


INNER = Exercise(
    signature="inner(A, B)",
    text="""
Return the dot products of every row of A with every row of B: a matrix of n × m.

A  n × k
B  m × k

    result[r][o] = A[r] · B[o]

This is what a layer does: A holds examples, B holds neurons. You may call your own `dot`.
""",
    example=Example(([[1.0, 2.0], [3.0, 0.0]], [[0.5, 1.0], [1.0, -1.0], [0.0, 2.0]]),
                    [[2.5, -1.0, 4.0], [1.5, 3.0, 0.0]]),
    answer=linalg.inner,
    cases=_two_matrices,
    mistakes=[
        Mistake("it is transposed: row r of the result belongs to row r of A",
                lambda A, B: linalg.inner(B, A)),
        Mistake("it goes down the columns of B; go along its rows", _by_columns),
        Mistake("row r of A meets row r of B only; every row should meet every row",
                lambda A, B: [[linalg.dot(a, b)] for a, b in zip(A, B)]),
        Mistake("all products of a row stand in one sum",
                lambda A, B: [[math.fsum(row)] for row in linalg.inner(A, B)]),
        Mistake("the rows of the result stand behind each other in one row",
                lambda A, B: [linalg.ravel(linalg.inner(A, B))]),
    ],
    plain=True,
    redrawn=lambda rng: _inner_example(halves(rng, 2, 2), halves(rng, 3, 2)),
)


def _inner_example(A: Matrix, B: Matrix) -> Example:
    return Example((A, B), linalg.inner(A, B))


TRANSPOSE = Exercise(
    signature="transpose(A)",
    text="""
Return the matrix with rows and columns exchanged: m × n.

A  n × m

    result[c][r] = A[r][c]
""",
    example=Example(([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],), [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]),
    answer=linalg.transpose,
    cases=lambda rng: [Case((numbers(rng, rows, columns),)) for rows, columns, _ in sizes()],
    mistakes=[
        Mistake("the matrix comes back as it was", lambda A: A),
        Mistake("the rows come in the opposite order; they should become columns",
                lambda A: A[::-1]),
        Mistake("each row is turned around; rows should become columns",
                lambda A: [row[::-1] for row in A]),
        Mistake("it is turned by a quarter; transposing mirrors at the diagonal",
                lambda A: linalg.transpose(A[::-1])),
        Mistake("it is turned by a quarter; transposing mirrors at the diagonal",
                lambda A: linalg.transpose(A)[::-1]),
    ],
    plain=True,
)


SHEET = Sheet(
    part=2,
    title="The dot product",
    introduction="""
Write these with plain lists and loops (`math` is allowed): they are what `linalg` and NumPy do
inside. A matrix is a list of rows. What a function is given stays as it is: build new lists.
""",
    imports="import math",
    exercises=[DOT, COSINE, INNER, TRANSPOSE],
    afterwards="purenn/linalg.py, the functions dot, inner and transpose",
)
