"""Vectors and matrices as lists, and every loop over numbers that purenn needs.

This is the first room of the house, and the only one where single numbers are looped over. All
that follows (layers, losses, optimizers, training) speaks in whole matrices: "multiply these two,
add that row to each of these". How it is done, number by number, is here.

A *vector* is a list of numbers. A *matrix* is a list of rows, and all its rows have one length:

    A = [[1.0, 2.0, 3.0],          shape(A) is (2, 3): two rows, three columns
         [4.0, 5.0, 6.0]]          A[1][2] is 6.0

There is nothing else: examples, weights and what is made of them are all matrices. No operation
changes what it is given; each returns a new list. Its rows may be the rows it was given, so nobody
writes into a row.

Names and meanings are NumPy's, so that what you learn here holds there. Two of its habits:

- *Broadcasting.* Two sizes go together when they are equal or when one of them is 1, and what has
  size 1 is repeated. So `add(scores, biases)` adds the one row of biases to every row of scores.
- *Reductions* (`sum`, `mean`, `max`, `argmax`) take an axis: 0 goes down the columns, 1 goes along
  the rows, None goes over everything. The reduced size stays as 1, so the result broadcasts back:
  `subtract(A, mean(A, axis=0))` centres every column.

Division by zero, the logarithm of zero and overflow give inf and nan, as the standard for floating
point numbers (IEEE 754) has it. They do not raise: training looks for them once in each batch.

Before this: nothing, this is the ground. After this: `initializers`, where weights begin.
"""

from __future__ import annotations

import math
import operator
import os
import sys
from functools import reduce
from itertools import chain, compress, repeat
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

__all__ = [
    "Matrix", "ShapeError", "Vector", "abs", "add", "add_scaled", "affine", "all_finite", "argmax",
    "as_matrix", "blend", "choose_loops", "clip", "divide", "dot", "elementwise", "erf", "exp",
    "expm1", "full", "generate", "greater", "identity", "inner", "inner_columns", "item", "log",
    "log1p", "log_softmax", "matmul", "max", "maximum", "mean", "min", "minimum", "multiply",
    "one_hot", "outer", "plain_dot", "ravel", "shape", "sign", "sqrt", "subtract", "sum", "take",
    "tanh", "transpose", "vdot", "vstack", "where", "where_positive", "zeros",
]

Vector = List[float]
Matrix = List[Vector]
Operand = Union[Matrix, float]  # where a matrix may stand, a number may: it broadcasts to any shape


class ShapeError(ValueError):
    """Matrices whose sizes do not go together; the message says who, expected and got."""


# ---- Shapes: checked once, at the door of each operation ----


def shape(A: Matrix) -> Tuple[int, int]:
    """Return (rows, columns).

    Raises ShapeError unless A is a list of rows of one length, with at least one number.

    >>> shape([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    (2, 3)
    """
    try:
        rows = len(A)
        (width,) = (len(A[0]),) if rows == 1 else set(map(len, A))
    except (TypeError, ValueError, LookupError):  # no rows, or rows of several lengths
        width = 0
    if not width:
        raise ShapeError(_what_is_wrong("shape", A))
    return rows, width


def _common_width(A: Matrix, B: Matrix) -> int:
    """Return the length that all rows of both matrices have; ValueError if there is none."""
    (width,) = set(map(len, chain(A, B)))
    if width == 0 or not A or not B:
        raise ValueError
    return width


def _do_not_match(who: str, A: Matrix, B: Matrix) -> ShapeError:
    """Return the error that says so, with both sizes; ShapeError at once if one is no matrix."""
    return ShapeError(f"{who}: {_sizes(A)} and {_sizes(B)}; both need one shape")


def as_matrix(A: Any, who: str) -> Matrix:
    """Return A, having looked at every number: what comes from outside enters through this door.

    `who` begins the message of the error, for instance "train: inputs". Raises ShapeError when A
    is no list of rows of one length; TypeError when something in it is no number; ValueError when
    a number is not finite or when one row object stands in several places, as [[0.0] * n] * m
    makes it. A row is any sequence of numbers, so NumPy's arrays pass.

    >>> as_matrix([[]], "inputs")
    Traceback (most recent call last):
        ...
    purenn.linalg.ShapeError: inputs: expected rows with at least one number, got empty rows
    """
    if type(A) is list and len(A) == 1 and _is_finite_list(A[0]):
        return A  # a single example, as it comes to be predicted
    try:
        shape([] if isinstance(A, (str, bytes, dict, set)) else A)
    except ShapeError:
        raise ShapeError(_what_is_wrong(who, A)) from None
    for number, row in enumerate(A):
        if not (_is_finite_list(row) or _is_finite_row(row)):
            raise _bad_number(who, number, row)
    if isinstance(A, list) and len(A) > 1:
        _refuse_shared_rows(who, A)
    return A  # type: ignore[no-any-return]  # it has just been shown to be a matrix


def _what_is_wrong(who: str, A: Any) -> str:
    """Say why A is no matrix, and what to do."""
    if isinstance(A, (str, bytes, dict, set)) or not hasattr(A, "__len__"):
        return f"{who}: expected a matrix (a list of rows), got {_named(A)}"
    if len(A) == 0:
        return f"{who}: expected at least one row, got none"
    for number, row in enumerate(A):
        if not hasattr(row, "__len__") or isinstance(row, (str, bytes, dict, set)):
            return (
                f"{who}: expected a list of rows, but item {number} is {_named(row)}; "
                f"one example is a row too: [[1.0, 2.0]], not [1.0, 2.0]"
            )
        if len(row) != len(A[0]):
            return (
                f"{who}: row 0 has {len(A[0])} numbers, row {number} has {len(row)}; "
                f"all rows of a matrix have one length"
            )
    return f"{who}: expected rows with at least one number, got empty rows"


def _named(value: Any) -> str:
    """Name a value for a message, briefly: never a whole array."""
    if value is None:
        return "None"
    text = repr(value) if isinstance(value, (str, bytes, int, float)) else ""
    kind = "a string" if isinstance(value, str) else type(value).__name__
    kind = kind if " " in kind else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    return f"{text if len(text) <= 20 else text[:17] + '...'} ({kind})" if text else kind


def _is_finite_list(row: Any) -> bool:
    """Say whether this is a list whose sum is finite: then there are only finite numbers in it."""
    try:
        return type(row) is list and row != [] and math.isfinite(_quick_sum(row))
    except (TypeError, ValueError, OverflowError):
        return False


def _is_finite_row(row: Any) -> bool:
    """Say whether a row holds finite numbers only; False also for what is no number."""
    try:
        return not isinstance(row, (str, bytes, dict, set)) and all(map(math.isfinite, row))
    except (TypeError, ValueError, OverflowError):
        return False


def _bad_number(who: str, number: int, row: Any) -> Exception:
    """Find what `_is_finite_row` refused in a row and return the error that names it."""
    if isinstance(row, (str, bytes, dict, set)):
        return TypeError(f"{who}: expected row {number} to be a list of numbers, got {_named(row)}")
    column, value = next(
        (column, value) for column, value in enumerate(row) if not _is_finite_row([value])
    )
    place = f"{who}: row {number}, column {column}"
    if isinstance(value, float):
        return ValueError(f"{place} is {value}; fill or drop missing and infinite values first")
    if isinstance(value, int):
        return ValueError(f"{place} is too large an integer for a float")
    hint = "; convert it with float()" if isinstance(value, str) else ""
    return TypeError(f"{place}: expected a number, got {_named(value)}{hint}")


def _refuse_shared_rows(who: str, A: Matrix) -> None:
    """Raise ValueError when two rows are one object: a change of one would change the other."""
    first_seen: Dict[int, int] = {}
    for number, row in enumerate(A):
        first = first_seen.setdefault(id(row), number)
        if first != number:
            raise ValueError(
                f"{who}: rows {first} and {number} are one and the same list object, as in "
                f"[[0.0] * n] * m; build rows one by one: [[0.0] * n for _ in range(m)], "
                f"and copy a row that you repeat: list(row)"
            )


def all_finite(*matrices: Matrix) -> bool:
    """Say whether no number of these matrices is inf or nan.

    >>> all_finite([[1.0, 2.0]]), all_finite([[1.0, math.inf]])
    (True, False)
    """
    # A sum that is finite has no inf and no nan in it, and is faster than looking at each number.
    return math.isfinite(_quick_sum(map(_quick_sum, chain(*matrices)))) or all(
        all(map(math.isfinite, row)) for row in chain(*matrices)
    )


# ---- Making matrices ----


def generate(rows: int, columns: int, draw: Callable[[], float]) -> Matrix:
    """Return a matrix whose numbers come from calling draw(), row after row.

    Raises ShapeError unless rows and columns are positive integers. Random weights and random
    masks are made here.

    >>> generate(2, 3, lambda: 0.5)
    [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]
    """
    _check_sizes(rows, columns)
    return [[draw() for _ in range(columns)] for _ in range(rows)]


def _check_sizes(rows: Any, columns: Any) -> None:
    for name, size in (("rows", rows), ("columns", columns)):
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ShapeError(f"a matrix needs a positive integer for its {name}, got {size!r}")


def full(rows: int, columns: int, value: float) -> Matrix:
    """Return a matrix of one value.

    >>> full(1, 2, 7.0)
    [[7.0, 7.0]]
    """
    _check_sizes(rows, columns)
    return [[value] * columns for _ in range(rows)]  # each row a list of its own


def zeros(rows: int, columns: int) -> Matrix:
    """Return a matrix of zeros.

    >>> zeros(2, 1)
    [[0.0], [0.0]]
    """
    return full(rows, columns, 0.0)


def identity(size: int) -> Matrix:
    """Return the square matrix with ones from top left to bottom right, zeros elsewhere.

    Multiplying by it changes nothing.

    >>> identity(2)
    [[1.0, 0.0], [0.0, 1.0]]
    """
    A = zeros(size, size)
    for k in range(size):
        A[k][k] = 1.0
    return A


def one_hot(numbers: Sequence[int], classes: int) -> Matrix:
    """Return a row for each class number: 1 in the place of that number, 0 elsewhere.

    The same rows stand in `identity(classes)`, but that would be built whole for each batch.

    >>> one_hot([2, 0], 3)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    A = [[0.0] * classes for _ in numbers]
    for row, number in zip(A, numbers):
        row[number] = 1.0
    return A


# ---- Rearranging ----


def transpose(A: Matrix) -> Matrix:
    """Turn rows into columns: (n, m) -> (m, n).

    >>> transpose([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    """
    shape(A)
    return list(map(list, zip(*A)))


def take(A: Sequence[Any], rows: Sequence[int]) -> List[Any]:
    """Pick rows of A by number, for instance a batch of examples; also picks from a flat list.

    A may be anything that gives a row for a number, so rows that are kept in a compact form become
    lists of numbers only here. Raises ShapeError when no rows are asked for, IndexError when a
    number is too large.

    >>> take([[1.0], [2.0], [3.0]], [2, 0])
    [[3.0], [1.0]]
    """
    if len(rows) == 0:
        raise ShapeError("take: expected at least one row number, got none")
    return [A[row] for row in rows]


def vstack(matrices: Sequence[Matrix]) -> Matrix:
    """Put matrices of one width below each other.

    >>> vstack([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]])
    [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """
    stacked = list(chain.from_iterable(matrices))
    shape(stacked)
    return stacked


def ravel(A: Matrix) -> Vector:
    """Return all numbers of A in one vector, row after row.

    >>> ravel([[1.0, 2.0], [3.0, 4.0]])
    [1.0, 2.0, 3.0, 4.0]
    """
    shape(A)
    return list(chain.from_iterable(A))


def item(A: Matrix) -> float:
    """Return the number in a matrix of one row and one column, for instance the sum of everything.

    Raises ShapeError when there are more.

    >>> item([[5.0]])
    5.0
    """
    if shape(A) != (1, 1):
        raise ShapeError(f"item: expected a matrix of 1 × 1, got {_sizes(A)}")
    return A[0][0]


# ---- Products: nearly all the time of training is spent here ----


def dot(u: Vector, v: Vector) -> float:
    """Return the dot product u[0]·v[0] + u[1]·v[1] + … of two vectors of one length.

    Raises ShapeError when the lengths differ.

    >>> dot([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    32.0
    """
    if len(u) != len(v):
        raise ShapeError(f"dot: vectors of {len(u)} and {len(v)} numbers; lengths must be equal")
    return _dot(u, v)


def outer(u: Vector, v: Vector) -> Matrix:
    """Return the matrix of all products: row i, column j is u[i]·v[j].

    >>> outer([1.0, 2.0], [3.0, 4.0, 5.0])
    [[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]
    """
    nothing = [0.0] * len(v)
    return [[x * y for y in v] if x else nothing for x in u]


def inner(A: Matrix, B: Matrix) -> Matrix:
    """Return the dot product of every row of A with every row of B: (n, k), (m, k) -> (n, m).

    This is the work of a layer, as we shall see: rows of A are examples, rows of B neurons. Raises
    ShapeError when the rows differ in length.

    >>> inner([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0], [0.0, 1.0]])
    [[11.0, 17.0, 2.0]]
    """
    try:
        width = _common_width(A, B)
    except (TypeError, ValueError):
        raise ShapeError(
            f"inner: rows of {_sizes(A)} and of {_sizes(B)} do not match; "
            f"both matrices need rows of one length"
        ) from None
    if width in _short_products:
        return _short_products[width](A, B, repeat(0.0))
    if len(A) > 1 and _sums_are_faster(A, width):
        return _sums_of_rows(A, _columns(B))
    return _dots(A, B)


def affine(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    """Return inner(A, B) + C, where C is one row, added to each: (n, k), (m, k), (1, m) -> (n, m).

    Raises ShapeError when the sizes do not go together.

    >>> affine([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]], [[0.5, 0.0]])
    [[11.5, 17.0]]
    """
    if len(C) != 1 or len(C[0]) != len(B):
        raise ShapeError(f"affine: {len(B)} products a row need one row of {len(B)} numbers "
                         f"to be added, got {_sizes(C)}")
    row, width = C[0], len(A[0]) if A else 0
    if width in _short_products:
        try:
            return _short_products[width](A, B, row)  # it takes rows apart, so they are that long
        except ValueError:
            pass  # some are not: inner says so
    return [list(map(operator.add, products, row)) for products in inner(A, B)]


def matmul(A: Matrix, B: Matrix) -> Matrix:
    """Return the matrix product: (n, k), (k, m) -> (n, m).

    Row i, column j is the dot product of row i of A with column j of B. Seen by rows, row i is the
    sum of all rows of B, each times one of the numbers in row i of A. Raises ShapeError when A has
    not as many columns as B has rows.

    >>> matmul([[1.0, 2.0]], [[3.0, 5.0], [4.0, 6.0]])
    [[11.0, 17.0]]
    """
    width = shape(A)[1]
    if width != shape(B)[0]:
        raise ShapeError(
            f"matmul: {_sizes(A)} times {_sizes(B)}; the columns of the first matrix "
            f"must be as many as the rows of the second"
        )
    return _product(A, B, width)


def inner_columns(A: Matrix, B: Matrix) -> Matrix:
    """Return the dot product of every column of A with every column of B: (n, k), (n, m) -> (k, m).

    It is the transpose of A times B, and also a sum over the rows: the outer product of row 0 of A
    and row 0 of B, and that of rows 1, and so on. Raises ShapeError when one has more rows.

    >>> inner_columns([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]])
    [[7.0], [10.0]]
    """
    if len(A) == len(B) == 1:
        return outer(A[0], B[0])
    rows = shape(A)[0]
    if rows != shape(B)[0]:
        raise ShapeError(f"inner_columns: {_sizes(A)} and {_sizes(B)}; "
                         f"both matrices need the same number of rows")
    return _product(_columns(A), B, rows)


def _product(A: Matrix, B: Matrix, width: int) -> Matrix:
    """Return A times B by the way that is fastest for them; their sizes have been checked."""
    if width in _short_products:
        return _short_products[width](A, _columns(B), repeat(0.0))
    if len(A) == 1 or _sums_are_faster(A, width):
        return _sums_of_rows(A, B)
    return _dots(A, _columns(B))


def _sizes(A: Matrix) -> str:
    rows, columns = shape(A)
    return f"{rows} × {columns}"


# The plain way is the dot product of every row with every column, by the loop in `plain_dot`.


def _dots(A: Matrix, B: Matrix) -> Matrix:
    """Multiply every row of A with every row of B."""
    dot_product = _dot  # a local name is found faster than a global one
    return [[dot_product(a, b) for b in B] for a in A]


def plain_dot(u: Sequence[float], v: Sequence[float]) -> float:
    """Return u[0]·v[0] + u[1]·v[1] + … by the loop that defines `dot`; lengths are not checked.

    Why a loop and not `sum(...)`: since Python 3.12 the built-in sum compensates rounding errors,
    so sum([0.1] * 10) is 1.0 there and 0.9999999999999999 before. The loop gives the same bits on
    every Python.
    """
    total = 0.0
    for x, y in zip(u, v):
        total += x * y
    return total


def _plain_total(numbers: Iterable[float]) -> float:
    """Add up in order; why not by the built-in sum stands at `plain_dot`."""
    total = 0.0
    for x in numbers:
        total += x
    return total


# ---- The same products, faster: skip this at the first reading ----

# Each number of a result is added up in the same order in all that follows, so that all give the
# bits of the plain loop, but for `math.sumprod`, which rounds less. (What is left out, because a
# factor is zero, would have added a zero; nothing here may be inf or nan, training looks for them.)
# `python3 -m benchmarks shortcuts` measures how much faster they are.


def _map_dot(u: Sequence[float], v: Sequence[float]) -> float:
    """The same bits as `plain_dot`, 1.2 times as fast, where the built-in `sum` is a plain sum."""
    return _builtin_sum(map(operator.mul, u, v))


def _fast_total(numbers: Iterable[float]) -> float:
    """The same bits as `_plain_total` before Python 3.12, and 3 times as fast."""
    return _builtin_sum(numbers, 0.0)


def _columns_as_tuples(A: Matrix) -> Any:
    """Return the columns, as `transpose`; CPython makes tuples faster, and reads them faster."""
    return list(zip(*A))


# Rows of up to four numbers, written out: for two numbers 3 times as fast as a dot product or
# more, 10 times on PyPy.
# To each product a number of C is added, the bias of a neuron or nothing.
_SHORT_PRODUCTS: Dict[int, Callable[[Matrix, Matrix, Iterable[float]], Matrix]] = {
    1: lambda A, B, C: [[a * x + s for (x,), s in zip(B, C)] for (a,) in A],
    2: lambda A, B, C: [[a * x + b * y + s for (x, y), s in zip(B, C)] for a, b in A],
    3: lambda A, B, C: [[a * x + b * y + c * z + s for (x, y, z), s in zip(B, C)]
                        for a, b, c in A],
    4: lambda A, B, C: [[a * x + b * y + c * z + d * w + s for (x, y, z, w), s in zip(B, C)]
                        for a, b, c, d in A],
}


def _sums_of_rows(A: Matrix, B: Matrix) -> Matrix:
    """Multiply A with B: each row of the result is a sum of rows of B, weighted by a row of A.

    A weight of zero is passed over. Behind a ReLU half of the gradients are zero, and with them
    half of the work is saved, where a dot product would not notice: about twice as fast, four times
    on PyPy, but slower than `math.sumprod`.
    """
    nothing = [0.0] * len(B[0])
    return [_sum_of_rows(weights, B, nothing) for weights in A]


def _plain_sum_of_rows(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """Return weights[0]·rows[0] + weights[1]·rows[1] + …; `nothing` is a row of zeros."""
    total = nothing
    for weight, row in zip(weights, rows):
        if weight != 0:
            total = [t + weight * x for t, x in zip(total, row)]
    return total


def _four_rows_at_a_time(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """The same bits as `_plain_sum_of_rows`, 1.4 times as fast: fewer lists are made."""
    rows = list(compress(rows, weights))
    weights = list(filter(None, weights))
    missing = -len(weights) % 4
    weights += [0.0] * missing
    rows += [nothing] * missing
    total = nothing
    for first in range(0, len(weights), 4):
        a, b, c, d = weights[first:first + 4]
        four = rows[first:first + 4]
        total = [t + a * x + b * y + c * z + d * w for t, x, y, z, w in zip(total, *four)]
    return total


def _sum_of_rows_by_position(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """The same bits as `_plain_sum_of_rows`, as PyPy likes it: 3.5 times as fast there."""
    total = list(nothing)
    for weight, row in zip(weights, rows):
        if weight != 0:
            for column in range(len(total)):
                total[column] += weight * row[column]
    return total


def _sums_are_faster(A: Matrix, width: int) -> bool:
    """Say whether sums of rows, weighted by rows of A, are faster here than dot products."""
    if _sums_of_rows_are != "faster where A has many zeros":
        return _sums_of_rows_are == "always faster"
    sample = A[::8]  # to look at all of its numbers would cost a percent of a training step
    zeros_seen = _builtin_sum(row.count(0.0) for row in sample)
    return zeros_seen * 10 > 4 * width * len(sample)


# This module has a sum and a max of its own, below.
_builtin_sum: Callable[..., float] = sum
_builtin_max: Callable[[Iterable[float]], float] = max

# For sums of which only the size matters, not the bits: PyPy's built-in one is 5 times as slow.
_quick_sum = _builtin_sum if sys.implementation.name == "cpython" else _plain_total


def choose_loops(plain: Optional[bool] = None) -> None:
    """Take the loops that are fastest on this Python or, if `plain`, those that define the numbers.

    From 3.12 on `math.sumprod` is about three times as fast as a loop. It rounds better, so its
    last bits differ, and so do those of the built-in sum there. PURENN_PLAIN_LOOPS=1 in the
    environment, which decides if `plain` is None, keeps the plain loops, and with them the same
    bits on every Python.
    """
    if plain is None:
        plain = os.environ.get("PURENN_PLAIN_LOOPS", "") not in ("", "0")
    global _dot, _total, _columns, _short_products, _sum_of_rows, _sums_of_rows_are
    _dot, _total, _columns = plain_dot, _plain_total, transpose
    _short_products = {} if plain else _SHORT_PRODUCTS
    _sum_of_rows, _sums_of_rows_are = _plain_sum_of_rows, "never faster"
    if plain:
        return
    if sys.implementation.name != "cpython":  # PyPy compiles loops: nothing is faster there
        _sum_of_rows, _sums_of_rows_are = _sum_of_rows_by_position, "always faster"
        return
    _total, _columns, _sum_of_rows = _fast_total, _columns_as_tuples, _four_rows_at_a_time
    if hasattr(math, "sumprod"):
        _dot = math.sumprod
    else:
        _dot, _sums_of_rows_are = _map_dot, "faster where A has many zeros"


_dot, _total, _columns, _short_products = plain_dot, _plain_total, transpose, _SHORT_PRODUCTS
_sum_of_rows, _sums_of_rows_are = _plain_sum_of_rows, "never faster"
choose_loops()


# ---- Number by number ----


def elementwise(formula: Callable[..., float], *matrices: Matrix) -> Matrix:
    """Apply a formula to the numbers that stand in the same place: formula(a, b, …).

    All matrices have one shape; ShapeError otherwise. Formulas use arithmetic only, g * g and
    v ** 0.5, so that the same formula could also be applied to whole arrays.

    >>> elementwise(lambda w, g: w - 0.5 * g, [[1.0, 2.0]], [[4.0, 2.0]])
    [[-1.0, 1.0]]
    """
    sizes = [[*map(len, A)] for A in matrices]
    if sizes.count(sizes[0]) != len(sizes):
        different = next(A for A, size in zip(matrices, sizes) if size != sizes[0])
        raise _do_not_match("elementwise", matrices[0], different)
    return [list(map(formula, *rows)) for rows in zip(*matrices)]


def add_scaled(A: Matrix, factor: float, B: Matrix) -> Matrix:
    """Return A + factor · B, both of one shape: a step from A along B.

    >>> add_scaled([[1.0, 2.0]], -0.5, [[4.0, 2.0]])
    [[-1.0, 1.0]]
    """
    if [*map(len, A)] != [*map(len, B)]:
        raise _do_not_match("add_scaled", A, B)
    # The weights of a silent neuron have a gradient of zeros: their row stays as it is.
    return [[x + factor * y for x, y in zip(a, b)] if any(b) else a for a, b in zip(A, B)]


def blend(A: Matrix, share: float, B: Matrix) -> Matrix:
    """Return share · A + (1 − share) · B, both of one shape: a running mean that takes B in.

    >>> blend([[1.0, 2.0]], 0.75, [[5.0, 2.0]])
    [[2.0, 2.0]]
    """
    if [*map(len, A)] != [*map(len, B)]:
        raise _do_not_match("blend", A, B)
    rest = 1.0 - share
    return [[share * x + rest * y for x, y in zip(a, b)] for a, b in zip(A, B)]


def _broadcast(who: str, *operands: Operand) -> List[Matrix]:
    """Repeat whatever has size 1 until all operands have one shape; ShapeError if they cannot."""
    matrices = [[[A]] if isinstance(A, (int, float)) else A for A in operands]
    shapes = [shape(A) for A in matrices]
    rows, columns = (_common_size([one[axis] for one in shapes]) for axis in (0, 1))
    if not rows or not columns:
        listed = " and ".join(f"{one[0]} × {one[1]}" for one in shapes)
        raise ShapeError(f"{who}: {listed}; two sizes must be equal, or one of them 1")
    return [_stretch(A, one, rows, columns) for A, one in zip(matrices, shapes)]


def _common_size(sizes: List[int]) -> int:
    """Return the size that all of these can be repeated to, 0 if there is none."""
    others = set(sizes) - {1}
    return 0 if len(others) > 1 else (others or {1}).pop()


def _stretch(A: Matrix, size: Tuple[int, int], rows: int, columns: int) -> Matrix:
    """Repeat a single column or a single row; the result is only read, so rows may be shared."""
    if size[1] != columns:
        A = [list(row) * columns for row in A]
    return A if size[0] == rows else list(A) * rows


def _combine(who: str, formula: Callable[..., float], A: Operand, B: Operand) -> Matrix:
    """Broadcast two operands, then apply a formula place by place."""
    if isinstance(A, list):
        if isinstance(B, (int, float)):
            shape(A)
            return [list(map(formula, row, repeat(B))) for row in A]  # the same, B not written out
        if shape(A) == shape(B):
            return [list(map(formula, a, b)) for a, b in zip(A, B)]
    return [list(map(formula, *rows)) for rows in zip(*_broadcast(who, A, B))]


def add(A: Operand, B: Operand) -> Matrix:
    """Return A + B, broadcast.

    >>> add([[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0]])
    [[11.0, 22.0], [13.0, 24.0]]
    """
    return _combine("add", operator.add, A, B)


def subtract(A: Operand, B: Operand) -> Matrix:
    """Return A − B, broadcast."""
    return _combine("subtract", operator.sub, A, B)


def multiply(A: Operand, B: Operand) -> Matrix:
    """Return A · B number by number, broadcast; for the matrix product see `matmul`."""
    return _combine("multiply", operator.mul, A, B)


def divide(A: Operand, B: Operand) -> Matrix:
    """Return A / B number by number, broadcast; x/0 is ±inf and 0/0 is nan.

    >>> divide([[1.0, -1.0, 0.0]], 0.0)
    [[inf, -inf, nan]]
    """
    if isinstance(A, list) and isinstance(B, (int, float)) and B != 0:
        shape(A)
        return [[a / B for a in row] for row in A]  # the same, without calls
    return _combine("divide", _quotient, A, B)


def _quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def maximum(A: Operand, B: Operand) -> Matrix:
    """Return the larger of A and B number by number, broadcast; nan wins.

    >>> maximum([[-1.0, 2.0]], 0.0)
    [[0.0, 2.0]]
    """
    if isinstance(A, list) and isinstance(B, (int, float)) and B == B:
        shape(A)
        return [[B if a < B else a for a in row] for row in A]  # the same, without calls
    return _combine("maximum", _larger, A, B)


def _larger(a: float, b: float) -> float:
    # nan differs from itself; were it not for "a != a", max would lose it without a word
    return a if a >= b or a != a else b


def minimum(A: Operand, B: Operand) -> Matrix:
    """Return the smaller of A and B number by number, broadcast; nan wins."""
    return _combine("minimum", _smaller, A, B)


def _smaller(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def clip(A: Operand, low: float, high: float) -> Matrix:
    """Return A with everything below low raised to it, everything above high lowered to it.

    >>> clip([[-3.0, 0.5, 3.0]], -1.0, 1.0)
    [[-1.0, 0.5, 1.0]]
    """
    return minimum(maximum(A, low), high)


def greater(A: Operand, B: Operand) -> Matrix:
    """Return True where A > B, False elsewhere; they count as 1 and 0.

    >>> greater([[-1.0, 0.0, 2.0]], 0.0)
    [[False, False, True]]
    """
    return _combine("greater", operator.gt, A, B)


def where(condition: Operand, A: Operand, B: Operand) -> Matrix:
    """Return A where the condition is true (not 0), B elsewhere, broadcast.

    >>> where([[True, False]], 1.0, [[5.0, 6.0]])
    [[1.0, 6.0]]
    """
    rows = zip(*_broadcast("where", condition, A, B))
    return [[a if c else b for c, a, b in zip(*three)] for three in rows]


def where_positive(x: Matrix, A: Matrix) -> Matrix:
    """Return A where x > 0, else 0; both have one shape.

    >>> where_positive([[-1.0, 0.0, 2.0]], [[5.0, 6.0, 7.0]])
    [[0.0, 0.0, 7.0]]
    """
    if [*map(len, x)] != [*map(len, A)]:
        raise _do_not_match("where_positive", x, A)
    return [[a if x > 0 else 0.0 for x, a in zip(*rows)] for rows in zip(x, A)]


def _each(formula: Callable[[float], float], A: Matrix) -> Matrix:
    """Apply a formula of one number to all of them."""
    shape(A)
    return [list(map(formula, row)) for row in A]


def exp(A: Matrix) -> Matrix:
    """Return e to the power of each number; inf where that is beyond the largest float."""
    try:
        return _each(math.exp, A)
    except OverflowError:
        return _each(_exp, A)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def log(A: Matrix) -> Matrix:
    """Return the natural logarithm of each number; −inf for 0, nan for what is negative.

    >>> log([[1.0, 0.0]])
    [[0.0, -inf]]
    """
    return _each(_log, A)


def _log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def expm1(A: Matrix) -> Matrix:
    """Return exp(x) − 1 of each number, exact also where x is so small that exp(x) rounds to 1."""
    return _each(lambda x: math.expm1(x) if x < 700 else _exp(x), A)


def log1p(A: Matrix) -> Matrix:
    """Return log(1 + x) of each number, exact also where x is so small that 1 + x rounds to 1."""
    return _each(lambda x: math.log1p(x) if x > -1 else _log(1 + x), A)


def sqrt(A: Matrix) -> Matrix:
    """Return the square root of each number; nan for what is negative."""
    return _each(lambda x: math.nan if x < 0 else math.sqrt(x), A)


def tanh(A: Matrix) -> Matrix:
    """Return the hyperbolic tangent of each number."""
    return _each(math.tanh, A)


def erf(A: Matrix) -> Matrix:
    """Return the error function of each number: 2/√π times the integral of exp(−t²) from 0 to it.

    PyPy computes it in its own way: here alone its last bits differ from CPython's.
    """
    return _each(math.erf, A)


def abs(A: Matrix) -> Matrix:
    """Return each number without its sign."""
    return _each(math.fabs, A)


def sign(A: Matrix) -> Matrix:
    """Return 1.0 for what is positive, −1.0 for what is negative, and 0.0 (or nan) as it is.

    >>> sign([[-3.0, 0.0, 0.5]])
    [[-1.0, 0.0, 1.0]]
    """
    return _each(lambda x: 1.0 if x > 0 else -1.0 if x < 0 else x, A)


# ---- Reductions ----


def _reduce(of: Callable[[Sequence[float]], float], A: Matrix, axis: Optional[int]) -> Matrix:
    """Reduce every column (axis 0), every row (axis 1) or everything (None) to one number."""
    shape(A)
    if axis is None:
        return [[of(ravel(A))]]
    if axis == 0:
        return [list(map(of, zip(*A)))]
    if axis == 1:
        return [[of(row)] for row in A]
    raise ValueError(f"axis: expected 0 (columns), 1 (rows) or None (everything), got {axis!r}")


def log_softmax(A: Matrix) -> Matrix:
    """Return a − log(exp(a[0]) + exp(a[1]) + …) for each number a of a row, row by row.

    The largest number m of a row is subtracted from all of it first. That changes nothing, since
    the logarithm of the sum gets smaller by m as well; but no exp overflows.

    >>> log_softmax([[0.0, 1000.0]])
    [[-1000.0, 0.0]]
    """
    shape(A)
    return list(map(_log_softmax, A))


def _log_softmax(row: Vector) -> Vector:
    largest = _builtin_max(row)
    shifted = [x - largest for x in row]
    total = math.log(_total(map(math.exp, shifted)))
    return [x - total for x in shifted]


def vdot(A: Matrix, B: Matrix) -> float:
    """Return the sum of the products of all numbers that stand in the same place.

    >>> vdot([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]])
    5.0
    """
    if not A or [*map(len, A)] != [*map(len, B)]:
        raise _do_not_match("vdot", A, B)
    return _total(map(_dot, A, B))


def sum(A: Matrix, axis: Optional[int] = None) -> Matrix:
    """Return the sums of the columns (axis 0), of the rows (axis 1) or of everything (None).

    >>> A = [[1.0, 2.0], [3.0, 4.0]]
    >>> sum(A, axis=0), sum(A, axis=1), sum(A)
    ([[4.0, 6.0]], [[3.0], [7.0]], [[10.0]])
    """
    if axis == 0 and shape(A)[0] == 1:
        return [list(map(float, A[0]))]
    return _reduce(_total, A, axis)


def mean(A: Matrix, axis: Optional[int] = None) -> Matrix:
    """Return the arithmetic means along an axis.

    >>> mean([[1.0, 2.0], [3.0, 4.0]], axis=0)
    [[2.0, 3.0]]
    """
    return _reduce(lambda numbers: _total(numbers) / len(numbers), A, axis)


def max(A: Matrix, axis: Optional[int] = None) -> Matrix:
    """Return the largest numbers along an axis; nan wins.

    >>> max([[1.0, 5.0], [3.0, 4.0]], axis=1)
    [[5.0], [4.0]]
    """
    return _reduce(lambda numbers: reduce(_larger, numbers), A, axis)


def min(A: Matrix, axis: Optional[int] = None) -> Matrix:
    """Return the smallest numbers along an axis; nan wins."""
    return _reduce(lambda numbers: reduce(_smaller, numbers), A, axis)


def argmax(A: Matrix, axis: Optional[int] = None) -> Matrix:
    """Return the position of the largest number along an axis; of equal ones the first; nan wins.

    >>> argmax([[1.0, 5.0], [4.0, 4.0]], axis=1)
    [[1], [0]]
    """
    return _reduce(_position_of_largest, A, axis)


def _position_of_largest(numbers: Sequence[float]) -> int:
    best = 0
    for position, x in enumerate(numbers):
        if x != x:
            return position  # nan, as NumPy has it
        if x > numbers[best]:
            best = position
    return best
