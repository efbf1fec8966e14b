"""Vectors and matrices as lists, and every loop over numbers that purenn needs.

A *vector* is a list of numbers. A *matrix* is a list of rows, all equally long:

    A = [[1.0, 2.0, 3.0],          shape(A) is (2, 3): two rows, three columns
         [4.0, 5.0, 6.0]]          A[1][2] is 6.0

Examples, weights and all that is computed from them are matrices. Where a network computes, single
numbers are looped over in this module only; layers, losses and optimizers work with whole matrices.
No operation changes what it is given. Its result may share rows with it: nobody writes into a row.

Names are those of NumPy where NumPy has the operation, and two of NumPy's habits matter here:

- *Broadcasting.* Two sizes go together if they are equal or if one of them is 1. What has size 1 is
  repeated, and a single number is a matrix of 1 × 1. So `add(scores, biases)` adds the one row of
  biases to every row of scores.
- *Reductions* (`sum`, `mean`, `max`, `min`, `argmax`) take an axis: 0 goes down the columns, 1 goes
  along the rows, None goes over everything. The reduced size stays as 1 (in NumPy: keepdims=True),
  so the result broadcasts back: `subtract(A, mean(A, axis=0))` centres every column.

Before this: `first`. After this: `initializers`, where weights begin.
"""

from __future__ import annotations

import math
import operator
import os

from .annotations import Any, Callable, Iterable, Sequence, TypeAlias

__all__ = [
    "Matrix", "Operand", "ShapeError", "Vector", "abs", "add", "affine", "all_finite", "argmax",
    "chain_rule", "divide", "dot", "elementwise", "elementwise_tuple", "exp", "full", "generate",
    "greater", "inner", "inner_columns", "item", "log", "log_softmax", "matmul", "max", "mean",
    "min", "multiply", "one_hot", "ravel", "shape", "subtract", "sum", "take", "transpose",
    "vstack", "zeros",
]

Vector: TypeAlias = "list[float]"
Matrix: TypeAlias = "list[Vector]"
Operand: TypeAlias = "Matrix | float"  # where a matrix may stand, a number may stand too


class ShapeError(ValueError):
    """Matrices whose sizes do not go together."""


def shape(A: Matrix) -> tuple[int, int]:
    """Return (rows, columns). Raises ShapeError for what is no matrix, or has no numbers.

    >>> shape([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    (2, 3)
    """
    try:
        widths = [len(row) for row in A]
    except TypeError:
        raise ShapeError("expected a matrix, a list of rows such as [[1.0, 2.0]]") from None
    if not widths or widths[0] == 0:
        raise ShapeError("expected at least one row with at least one number, got none")
    for number, width in enumerate(widths):
        if width != widths[0]:
            raise ShapeError(f"row 0 has {widths[0]} numbers, row {number} has {width}; "
                             f"all rows of a matrix have one length")
    return len(widths), widths[0]


def _require(fits: bool, who: str, *matrices: Matrix) -> None:
    """Raise ShapeError, with the sizes of the matrices, unless they fit."""
    if not fits:
        sizes = " and ".join("{} × {}".format(*shape(A)) for A in matrices)
        raise ShapeError(f"{who}: the sizes {sizes} do not go together")


# ---- Making and rearranging matrices ----


def generate(rows: int, columns: int, draw: Callable[[], float]) -> Matrix:
    """Return a matrix whose numbers come from calling draw(), row after row.

    Random weights are made here. Raises ShapeError for a size below 1.
    """
    for size in (rows, columns):
        if type(size) is not int or size < 1:
            raise ShapeError(f"a matrix needs positive integers for its sizes, got {size!r}")
    return [[draw() for _ in range(columns)] for _ in range(rows)]


# A matrix of one value, and one of zeros; NumPy wants the sizes as a tuple.

def full(rows: int, columns: int, value: float) -> Matrix:
    return generate(rows, columns, lambda: value)

def zeros(rows: int, columns: int) -> Matrix:
    return full(rows, columns, 0.0)


def one_hot(numbers: Sequence[int], classes: int) -> Matrix:
    """Return a row for each class number: 1 in the place of that number, 0 elsewhere.

    >>> one_hot([2, 0], 3)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    return [[1.0 if k == number else 0.0 for k in range(classes)] for number in numbers]


def transpose(A: Matrix) -> Matrix:
    """Turn rows into columns, written Aᵀ: (n, m) -> (m, n).

    >>> transpose([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    """
    rows, columns = shape(A)
    return [[A[i][j] for i in range(rows)] for j in range(columns)]


def take(A: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    """Pick rows by number, for instance a batch of examples; also picks from a flat list.

    Raises ShapeError if no rows are asked for, IndexError if a number is too large.
    """
    if len(rows) == 0:
        raise ShapeError("take: expected at least one row number, got none")
    return [A[row] for row in rows]


def vstack(matrices: Sequence[Matrix]) -> Matrix:
    """Put matrices of the same width below each other."""
    stacked = [row for A in matrices for row in A]
    shape(stacked)
    return stacked


def ravel(A: Matrix) -> Vector:
    """Return all numbers in one vector, row after row."""
    shape(A)
    return [x for row in A for x in row]


def item(A: Matrix) -> float:
    """Return the number in a matrix of 1 × 1, for instance the sum of everything."""
    _require(shape(A) == (1, 1), "item", A)
    return A[0][0]


# ---- Products: nearly all the time of training is spent here ----


def dot(u: Vector, v: Vector) -> float:
    """Return the dot product u[0]·v[0] + u[1]·v[1] + … of two vectors of equal length.

    Why a loop and not the built-in sum: since Python 3.12 sum() corrects rounding errors, so
    sum([0.1] * 10) is 1.0 there and 0.9999999999999999 before. This loop gives the same everywhere.

    >>> dot([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    32.0
    """
    if len(u) != len(v) or len(u) > 0 and hasattr(u[0], "__len__"):  # a row inside: a matrix
        raise ShapeError(f"dot: expected two vectors of one length, got {len(u)} and {len(v)} "
                         f"items; for matrices take matmul or inner")
    total = 0.0
    for x, y in zip(u, v):
        total += x * y
    return total


def inner(A: Matrix, B: Matrix) -> Matrix:
    """Return the dot product of every row of A with every row of B: (n, k), (m, k) -> (n, m).

    This is the work of a layer, as we shall see: rows of A are examples, rows of B are neurons.

    >>> inner([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0], [0.0, 1.0]])
    [[11.0, 17.0, 2.0]]
    """
    _require(shape(A)[1] == shape(B)[1], "inner", A, B)
    return [[dot(a, b) for b in B] for a in A]


def matmul(A: Matrix, B: Matrix) -> Matrix:
    """Return the matrix product, rows of A with columns of B: (n, k), (k, m) -> (n, m)."""
    _require(shape(A)[1] == shape(B)[0], "matmul", A, B)
    return inner(A, transpose(B))


def inner_columns(A: Matrix, B: Matrix) -> Matrix:
    """Return AᵀB, the products of columns of A with columns of B: (n, k), (n, m) -> (k, m)."""
    _require(shape(A)[0] == shape(B)[0], "inner_columns", A, B)
    return inner(transpose(A), transpose(B))


# ---- Number by number ----


def _common_size(sizes: list[int]) -> int:
    """Return the size that all of these can be repeated to, 0 if there is none."""
    others = set(sizes) - {1} or {1}
    return others.pop() if len(others) == 1 else 0


def elementwise(formula: Callable[..., Any], *operands: Operand) -> Matrix:
    """Broadcast the operands to one size, and apply a formula of single numbers in every place.

    >>> elementwise(lambda w, g: w - 0.5 * g, [[1.0, 2.0], [3.0, 4.0]], [[4.0, 2.0]])
    [[-1.0, 1.0], [1.0, 3.0]]
    """
    matrices = [[[A]] if isinstance(A, (int, float)) else A for A in operands]
    rows = _common_size([shape(A)[0] for A in matrices])
    columns = _common_size([shape(A)[1] for A in matrices])
    _require(rows > 0 and columns > 0, "elementwise", *matrices)
    wide = [A if len(A[0]) == columns else [[row[0]] * columns for row in A] for A in matrices]
    whole = [A if len(A) == rows else [A[0]] * rows for A in wide]
    return [[formula(*numbers) for numbers in zip(*together)] for together in zip(*whole)]


def elementwise_tuple(formula: Callable[..., Any], *operands: Operand) -> tuple[Matrix, ...]:
    """Apply a formula that returns several numbers; return as many matrices (see `optimizers`)."""
    results = elementwise(formula, *operands)  # each place holds a tuple
    count = len(results[0][0])  # type: ignore[arg-type]
    return tuple([[place[k] for place in row] for row in results]  # type: ignore[index]
                 for k in range(count))


# Division by zero, the logarithm of zero and overflow give inf or nan, as the standard for floats
# (IEEE 754) says. Python alone would raise an exception; training looks at the results instead.


def _quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or a != a:  # nan is the only number that differs from itself
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)  # 1/0.0 is inf, 1/−0.0 is −inf


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


# Operations that are one formula each:
#
#   add subtract multiply divide    A + B, A − B, A · B (matmul is the matrix product), A / B
#   greater                         True where A > B, else False; they count as 1 and 0
#   exp log abs                     e to the power of A, the natural logarithm, A without its sign
#   chain_rule                      G · slope(a, b, …), G the gradient that arrives: see activations

def add(A: Operand, B: Operand) -> Matrix: return elementwise(operator.add, A, B)
def subtract(A: Operand, B: Operand) -> Matrix: return elementwise(operator.sub, A, B)
def multiply(A: Operand, B: Operand) -> Matrix: return elementwise(operator.mul, A, B)
def divide(A: Operand, B: Operand) -> Matrix: return elementwise(_quotient, A, B)
def greater(A: Operand, B: Operand) -> Matrix: return elementwise(operator.gt, A, B)

def exp(A: Operand) -> Matrix: return elementwise(_exp, A)
def log(A: Operand) -> Matrix: return elementwise(_log, A)
def abs(A: Operand) -> Matrix: return elementwise(math.fabs, A)

def chain_rule(G: Matrix, slope: Callable[..., float], *operands: Operand) -> Matrix:
    return multiply(G, elementwise(slope, *operands))


# ---- Reductions: many numbers become one (Python's own sum, max and min are hidden from here on)


def _reduce(of: Callable[[Sequence[float]], float], A: Matrix, axis: int | None) -> Matrix:
    """Reduce every column (axis 0), every row (axis 1) or everything (None) to one number."""
    if axis is None:
        return [[of(ravel(A))]]
    if axis == 0:
        return [[of(column) for column in transpose(A)]]
    if axis == 1 and shape(A):  # never false: shape raises for what is no matrix
        return [[of(row)] for row in A]
    raise ValueError(f"axis: expected 0 (columns), 1 (rows) or None (everything), got {axis!r}")


def _total(numbers: Iterable[float]) -> float:
    total = 0.0
    for x in numbers:
        total += x
    return total


def _position_of_largest(numbers: Sequence[float]) -> int:
    best = 0
    for position, x in enumerate(numbers):
        if x != x:
            return position  # nan counts as the largest of all: it must not get lost
        if x > numbers[best]:
            best = position
    return best


def sum(A: Matrix, axis: int | None = None) -> Matrix:
    """Return the sums of the columns (axis 0), of the rows (axis 1) or of everything (None).

    >>> A = [[1.0, 2.0], [3.0, 4.0]]
    >>> sum(A, axis=0), sum(A, axis=1), sum(A)
    ([[4.0, 6.0]], [[3.0], [7.0]], [[10.0]])
    """
    return _reduce(_total, A, axis)


# The arithmetic mean, the position of the largest number (of equal ones the first), the largest and
# the smallest number (nan if there is one), each along an axis:

def mean(A: Matrix, axis: int | None = None) -> Matrix:
    return _reduce(lambda numbers: _total(numbers) / len(numbers), A, axis)

def argmax(A: Matrix, axis: int | None = None) -> Matrix:
    return _reduce(_position_of_largest, A, axis)

def max(A: Matrix, axis: int | None = None) -> Matrix:
    return _reduce(lambda numbers: numbers[_position_of_largest(numbers)], A, axis)

def min(A: Matrix, axis: int | None = None) -> Matrix:
    return multiply(max(multiply(A, -1.0), axis), -1.0)


# ---- Made of the operations above ----


def affine(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    """Return inner(A, B) + C, the single row C added to all: (n, k), (m, k), (1, m) -> (n, m)."""
    _require(shape(C) == (1, shape(B)[0]), "affine", A, B, C)
    return add(inner(A, B), C)


def log_softmax(A: Matrix) -> Matrix:
    """Return a[k] − log(exp(a[0]) + exp(a[1]) + …) for each place k of a row: see `activations`.

    The largest number of the row is subtracted first. The result is the same, since the logarithm
    of the sum becomes smaller by as much; but exp(1000) overflows, and exp(1000 − 1000) is 1.
    """
    shifted = subtract(A, max(A, axis=1))
    return subtract(shifted, log(sum(exp(shifted), axis=1)))


def all_finite(*matrices: Matrix) -> bool:
    """Say whether no number of these matrices is inf or nan."""
    return all(math.isfinite(x) for A in matrices for row in A for x in row)


# These are the loops that a reader expects. Quicker functions of the same names take their place:
if os.environ.get("PURENN_PLAIN_LOOPS", "") in ("", "0"):
    from .fast import *  # noqa: F403  # quicker functions of the same names
