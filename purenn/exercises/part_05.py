"""The exercises of part 5: a row that is added to every row, and sums along an axis.

Before this: `part_04`. After this: `part_06`.
"""

from __future__ import annotations

from random import Random
from typing import List

from .. import linalg
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, halves, numbers, sizes

__all__ = ["SHEET"]


# ---- Broadcasting ----


def _one_row_and_another(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, neurons), numbers(rng, 1, neurons)))
            for rows, _, neurons in sizes()]


def _biases_on(scores: Matrix, biases: Matrix, rows: List[int]) -> Matrix:
    """Add the biases to some of the rows only."""
    return [linalg.add([row], biases)[0] if number in rows else row
            for number, row in enumerate(scores)]


ADD_BIASES = Exercise(
    signature="add_biases(scores, biases)",
    text="""
Return the scores with the biases added to every row: a matrix of n × neurons.

scores  n × neurons
biases  1 × neurons: one row, [[b[0], b[1], …]]

The one row is repeated for each of the n rows, which is called broadcasting:

    result[r][o] = scores[r][o] + biases[0][o]
""",
    example=Example(
        ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[0.5, 0.0, -1.0]]),
        [[1.5, 2.0, 2.0], [4.5, 5.0, 5.0]],
    ),
    answer=linalg.add,
    cases=_one_row_and_another,
    mistakes=[
        Mistake("only the first row got the biases",
                lambda s, b: _biases_on(s, b, [0])),
        Mistake("only the last row got the biases",
                lambda s, b: _biases_on(s, b, [len(s) - 1])),
        Mistake("every column got the first bias; column o should get b[o]",
                lambda s, b: linalg.add(s, b[0][0])),
        Mistake("the biases are subtracted", linalg.subtract),
        Mistake("the biases are multiplied; they should be added", linalg.multiply),
        Mistake("the scores come back as they were", lambda s, b: s),
        Mistake("the biases went down the rows: row r got b[r]; column o should get b[o]",
                lambda s, b: [[x + b[0][r] for x in row] for r, row in enumerate(s)]),
        Mistake("the row of biases was put below the scores: for lists, + means to join",
                lambda s, b: [*s, *b]),
        Mistake("the biases were put behind each row: for lists, + means to join",
                lambda s, b: [row + b[0] for row in s]),
    ],
    plain=True,
    redrawn=lambda rng: _sum_example(halves(rng, 2, 3), halves(rng, 1, 3)),
)


def _sum_example(scores: Matrix, biases: Matrix) -> Example:
    return Example((scores, biases), linalg.add(scores, biases))


# ---- The axis ----


def _both_axes(rng: Random) -> List[Case]:
    matrices = [numbers(rng, rows, columns) for rows, columns, _ in sizes()]
    return [Case((matrix, axis)) for matrix in matrices for axis in (0, 1)]


def _means(matrix: Matrix, axis: int) -> Matrix:
    return linalg.mean(matrix, axis)


SUM_ALONG = Exercise(
    signature="sum_along(matrix, axis)",
    text="""
Return the sums along an axis; the size that is summed away stays as 1.

matrix  n × m
axis    0: down the columns, a result of 1 × m, [[…, …]]
        1: along the rows, a result of n × 1, [[…], […]]

Because the axis is kept as a size of 1, the result can be broadcast back to the matrix.
""",
    example=Example(([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 0), [[5.0, 7.0, 9.0]]),
    answer=linalg.sum,
    cases=_both_axes,
    mistakes=[
        Mistake("the axes have changed places: axis 0 goes down the columns, axis 1 along the rows",
                lambda A, axis: linalg.sum(A, 1 - axis)),
        Mistake("axis 1 goes along the rows, but this goes down the columns for every axis",
                lambda A, axis: linalg.sum(A, 0)),
        Mistake("axis 0 goes down the columns, but this goes along the rows for every axis",
                lambda A, axis: linalg.sum(A, 1)),
        Mistake("for axis 1 the sums stand side by side in one row; each row of the matrix should "
                "keep a row of its own",
                lambda A, axis: linalg.sum(A, 0) if axis == 0 else
                linalg.transpose(linalg.sum(A, 1))),
        Mistake("this is the mean; the sum was asked for", _means),
        Mistake("everything is summed up, whatever the axis",
                lambda A, axis: linalg.sum(A)),
        Mistake("the axes have changed places, and the result lies on its side",
                lambda A, axis: linalg.transpose(linalg.sum(A, 1 - axis))),
    ],
    plain=True,
)


# ---- The way back of broadcasting ----


def _gradients(rng: Random) -> List[Case]:
    return [Case((numbers(rng, rows, neurons),)) for rows, _, neurons in sizes()]


WRONG_AXIS = "it is summed along the rows; the biases belong to the columns"

SUMMED = Exercise(
    signature="summed_gradients(output_gradient)",
    text="""
Return the gradient of a row of biases that was added to every row of a batch: 1 × neurons.

output_gradient  n × neurons: how fast the loss grows with each output, one example per row

Bias o went into output o of every example. So it collects the gradients of all of them:

    result[0][o] = output_gradient[0][o] + output_gradient[1][o] + …

A sum, no mean. (Where a loss is a mean, it has divided by n already.)
""",
    example=Example(([[1.0, -0.5], [0.5, 0.25], [1.0, 0.25]],), [[2.5, 0.0]]),
    answer=lambda gradient: linalg.sum(gradient, axis=0),
    cases=_gradients,
    mistakes=[
        Mistake(WRONG_AXIS, lambda g: linalg.sum(g, axis=1)),
        Mistake(WRONG_AXIS, lambda g: linalg.transpose(linalg.sum(g, axis=1))),
        Mistake("this is the mean over the rows; the sum was asked for",
                lambda g: linalg.mean(g, axis=0)),
        Mistake("only the last row is there: is the sum overwritten instead of added to?",
                lambda g: g[-1:]),
        Mistake("only the first row is there: is the `return` inside of the loop?",
                lambda g: g[:1]),
        Mistake("everything is summed up; each bias has a sum of its own",
                lambda g: linalg.sum(g)),
        Mistake("the gradients come back as they were; there is one row of biases",
                lambda g: g),
    ],
    plain=True,
    redrawn=lambda rng: _summed_example(halves(rng, 3, 2)),
)


def _summed_example(gradient: Matrix) -> Example:
    return Example((gradient,), linalg.sum(gradient, axis=0))


SHEET = Sheet(
    part=5,
    title="Broadcasting and sums along an axis",
    introduction="""
Write these with plain lists and loops: the point is to see what `linalg.add` and `linalg.sum` do,
and a function that calls them does not count. A matrix is a list of rows. What a function is given
stays as it is: build new lists.
""",
    imports="",
    exercises=[ADD_BIASES, SUM_ALONG, SUMMED],
    afterwards="purenn/linalg.py, the functions add and sum, and what they are made of",
)
