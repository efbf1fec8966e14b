"""Quicker functions with the names, arguments and numbers of those in `linalg`.

`linalg` puts these in the place of its plain loops when it is imported, unless PURENN_PLAIN_LOOPS=1
is set. Nobody else needs to know this module. It may be left out when the library is read: it
computes the same, and teaches only how to make Python quick.

What every function here promises, and tests check:

- The numbers are those of the plain function (equal by ==), because products are added in the same
  order. The exceptions are `math.sumprod` and, from Python 3.12 on, the built-in `sum`: they round
  better than a loop. What is left out because a factor is zero would have added a zero, as long as
  the other factor is finite: 0 times inf is nan in the plain loop, and nothing here.
- Everything unusual (rows of several lengths, no rows, other types) is handed to the plain
  function, `PLAIN[name]`, which raises the errors. So there are no messages here.

Which way is quickest depends on the Python and on the numbers. `python3 -m benchmarks shortcuts`
measures every function here against the plain one.
"""

from __future__ import annotations

import math
import operator
import sys
from contextlib import contextmanager
from itertools import chain, compress, repeat
from typing import Any, Callable, Dict, Iterable, Iterator, List, Sequence, Tuple

from . import linalg
from .linalg import Matrix, Vector

__all__ = [
    "_total", "affine", "all_finite", "chain_rule", "divide", "dot", "elementwise",
    "elementwise_tuple", "exp", "inner", "inner_columns", "item", "log_softmax", "matmul",
    "one_hot", "ravel", "shape", "sum", "transpose", "vstack",
]

PLAIN: Dict[str, Callable[..., Any]] = {name: getattr(linalg, name) for name in __all__}
CPYTHON = sys.implementation.name == "cpython"
SUMPROD = getattr(math, "sumprod", None)  # from Python 3.12 on: 3 times as quick as a loop

builtin_sum: Callable[..., float] = sum  # this module has a sum of its own


@contextmanager
def plain_loops() -> Iterator[None]:
    """Let `linalg` take its plain loops, as under PURENN_PLAIN_LOOPS=1; then as it was before."""
    before = {name: getattr(linalg, name) for name in __all__}
    vars(linalg).update(PLAIN)
    try:
        yield
    finally:
        vars(linalg).update(before)


# ---- Shapes ----


def shape(A: Matrix) -> Tuple[int, int]:
    try:
        width = len(A[0])
        if width and (len(A) == 1 or set(map(len, A)) == {width}):
            return len(A), width
    except (TypeError, LookupError):
        pass
    return PLAIN["shape"](A)  # type: ignore[no-any-return]


def _common_width(*matrices: Matrix) -> int:
    """Return the length that all rows of all matrices have, 0 if there is none."""
    try:
        widths = set(map(len, chain(*matrices)))
        return widths.pop() if len(widths) == 1 and all(map(len, matrices)) else 0
    except TypeError:
        return 0


def _one_size(A: Any, *others: Any) -> bool:
    """Say whether these are matrices of one size."""
    try:
        widths = [*map(len, A)]
        if not widths[0] or widths.count(widths[0]) != len(widths):
            return False
        for B in others:
            if [*map(len, B)] != widths:
                return False
        return True
    except (TypeError, IndexError):
        return False


def transpose(A: Matrix) -> Matrix:
    shape(A)
    return list(map(list, zip(*A)))


def ravel(A: Matrix) -> Vector:
    shape(A)
    return list(chain.from_iterable(A))


def item(A: Matrix) -> float:
    try:
        ((number,),) = A
        return number
    except (TypeError, ValueError):
        return PLAIN["item"](A)  # type: ignore[no-any-return]


def vstack(matrices: Sequence[Matrix]) -> Matrix:
    stacked = list(chain.from_iterable(matrices))
    shape(stacked)
    return stacked


def one_hot(numbers: Sequence[int], classes: int) -> Matrix:
    A = [[0.0] * classes for _ in numbers]
    for row, number in zip(A, numbers):
        if 0 <= number < classes:
            row[number] = 1.0
    return A


# ---- Sums ----


def _total(numbers: Iterable[float]) -> float:
    if CPYTHON:
        return builtin_sum(numbers, 0.0)  # 3 times as quick as a loop, the same bits before 3.12
    return PLAIN["_total"](numbers)  # type: ignore[no-any-return]  # PyPy compiles the loop


def sum(A: Matrix, axis: Any = None) -> Matrix:
    if axis is None:
        return [[_total(ravel(A))]]
    if axis == 0:
        rows, _ = shape(A)
        return [list(map(float, A[0])) if rows == 1 else list(map(_total, zip(*A)))]
    return PLAIN["sum"](A, axis)  # type: ignore[no-any-return]


def all_finite(*matrices: Matrix) -> bool:
    # A sum that is finite has no inf and no nan in it, and is quicker than looking at each number.
    if CPYTHON and math.isfinite(builtin_sum(map(builtin_sum, chain(*matrices)))):
        return True
    return all(all(map(math.isfinite, row)) for row in chain(*matrices))


# ---- Products ----


def dot(u: Vector, v: Vector) -> float:
    if len(u) != len(v) or hasattr(u[0], "__len__"):
        return PLAIN["dot"](u, v)  # type: ignore[no-any-return]
    return _dot(u, v)


def _loop_dot(u: Sequence[float], v: Sequence[float]) -> float:
    total = 0.0
    for x, y in zip(u, v):
        total += x * y
    return total


def _map_dot(u: Sequence[float], v: Sequence[float]) -> float:
    """The same bits where the built-in `sum` is a plain sum, 1.2 times as quick on CPython."""
    return builtin_sum(map(operator.mul, u, v), 0.0)


_dot: Callable[[Sequence[float], Sequence[float]], float] = (
    _loop_dot if not CPYTHON else SUMPROD or _map_dot)


# Rows of up to four numbers, and of sixteen, written out: for two numbers 3 times as quick as a dot
# product or more, 10 times on PyPy. To each product a number of C is added, the bias of a neuron or
# nothing.
SHORT: Dict[int, Callable[[Matrix, Matrix, Iterable[float]], Matrix]] = {
    1: lambda A, B, C: [[a * x + s for (x,), s in zip(B, C)] for (a,) in A],
    2: lambda A, B, C: [[a * x + b * y + s for (x, y), s in zip(B, C)] for a, b in A],
    3: lambda A, B, C: [[a * x + b * y + c * z + s for (x, y, z), s in zip(B, C)]
                        for a, b, c in A],
    4: lambda A, B, C: [[a * x + b * y + c * z + d * w + s for (x, y, z, w), s in zip(B, C)]
                        for a, b, c, d in A],
}


def _sixteen(A: Matrix, B: Matrix, C: Iterable[float]) -> Matrix:
    """Rows of sixteen numbers, the width of a small language model: 1.5 times as quick, PyPy 4."""
    return [
        [a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3 + a4 * b4 + a5 * b5
         + a6 * b6 + a7 * b7 + a8 * b8 + a9 * b9 + a10 * b10
         + a11 * b11 + a12 * b12 + a13 * b13 + a14 * b14 + a15 * b15 + s
         for (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15), s
         in zip(B, C)]
        for a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 in A
    ]


if not SUMPROD:
    SHORT[16] = _sixteen


def _columns(A: Matrix) -> Any:
    """Return the columns; CPython makes tuples faster than lists, and reads them faster."""
    return list(zip(*A)) if CPYTHON else list(map(list, zip(*A)))


def inner(A: Matrix, B: Matrix) -> Matrix:
    width = _common_width(A, B)
    if width in SHORT:
        return SHORT[width](A, B, repeat(0.0))
    if width == 0:
        return PLAIN["inner"](A, B)  # type: ignore[no-any-return]
    return _inner(A, B, width)


def _inner(A: Matrix, B: Matrix, width: int) -> Matrix:
    """Return the product of rows that are not short; their sizes have been checked."""
    if len(A) > 1 and _sums_are_quicker(A, width):
        columns, nothing = _columns(B), [0.0] * len(B)
        return [_sum_of_rows(weights, columns, nothing) for weights in A]
    product = _dot  # a local name is found faster than a global one
    return [[product(a, b) for b in B] for a in A]


def affine(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    try:
        row, width = C[0], len(A[0])
        if len(C) == 1 and len(row) == len(B) > 0:
            if width in SHORT:
                return SHORT[width](A, B, row)  # it takes all rows apart, so they are that long
            if _common_width(A, B):
                return [list(map(operator.add, products, row)) for products in _inner(A, B, width)]
    except (TypeError, ValueError, LookupError):
        pass
    return PLAIN["affine"](A, B, C)  # type: ignore[no-any-return]


def matmul(A: Matrix, B: Matrix) -> Matrix:
    width = shape(A)[1]
    if width != shape(B)[0]:
        return PLAIN["matmul"](A, B)  # type: ignore[no-any-return]
    return _product(A, B, width)


def inner_columns(A: Matrix, B: Matrix) -> Matrix:
    rows = shape(A)[0]
    if rows != shape(B)[0]:
        return PLAIN["inner_columns"](A, B)  # type: ignore[no-any-return]
    if rows == 1:
        row, nothing = B[0], [0.0] * len(B[0])
        return [[x * y for y in row] if x else nothing for x in A[0]]
    return _product(_columns(A), B, rows)


def _product(A: Matrix, B: Matrix, width: int) -> Matrix:
    """Return A times B by the way that is quickest for them; their sizes have been checked.

    Each row of the result is a sum of rows of B, weighted by the numbers in a row of A, and a
    weight of zero is passed over. Behind a ReLU half of the gradients are zero, and with them half
    of the work is saved, where a dot product would not notice: about twice as quick, four times on
    PyPy, but slower than `math.sumprod`.
    """
    if width in SHORT:
        return SHORT[width](A, _columns(B), repeat(0.0))
    if len(A) == 1 or _sums_are_quicker(A, width):
        nothing = [0.0] * len(B[0])
        return [_sum_of_rows(weights, B, nothing) for weights in A]
    product, columns = _dot, _columns(B)
    return [[product(a, column) for column in columns] for a in A]


def _sums_are_quicker(A: Matrix, width: int) -> bool:
    """Say whether sums of rows are quicker here than dot products."""
    if not CPYTHON or SUMPROD:
        return not CPYTHON
    sample = A[::8]  # to look at all of its numbers would cost a percent of a training step
    zeros_seen = builtin_sum(operator.countOf(row, 0.0) for row in sample)
    return zeros_seen * 10 > 4 * width * len(sample)


def _four_rows_at_a_time(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """Return weights[0]·rows[0] + weights[1]·rows[1] + …; few lists are made on the way."""
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


def _by_position(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """The same, as PyPy likes it: 3.5 times as quick there as a new list for each row."""
    total = list(nothing)
    for weight, row in zip(weights, rows):
        if weight != 0:
            for column in range(len(total)):
                total[column] += weight * row[column]
    return total


_sum_of_rows = _four_rows_at_a_time if CPYTHON else _by_position


# ---- Number by number ----

# Formulas of purenn, written out for whole matrices: by module and name of the formula. The first
# argument is what the formula is a method of, or None. There need not be an entry for a formula:
# without one it is called for each number.

Quick = Callable[..., Any]
FORMULAS: Dict[Tuple[str, str], Quick] = {
    ("purenn.activations", "Linear.f"): lambda _, X: X,
    ("purenn.activations", "ReLU.f"): lambda _, X: [
        [0.0 if x < 0.0 else x for x in row] for row in X],
    ("purenn.activations", "Tanh.f"): lambda _, X: [list(map(math.tanh, row)) for row in X],
    ("purenn.losses", "MeanSquaredError.f"): lambda _, S, T: [
        [(s - t) * (s - t) for s, t in zip(*rows)] for rows in zip(S, T)],
    ("purenn.losses", "MeanSquaredError.df"): lambda _, S, T: [
        [2.0 * (s - t) for s, t in zip(*rows)] for rows in zip(S, T)],
    ("purenn.losses", "weighted"): lambda _, T, L: [
        [t * log_p if t else 0.0 for t, log_p in zip(*rows)] for rows in zip(T, L)],
    ("purenn.penalties", "L2.f"): lambda self, W: [
        [self.strength * (w * w) for w in row] for row in W],
    ("purenn.penalties", "L2.df"): lambda self, W: [
        [2.0 * self.strength * w for w in row] for row in W],
}
SLOPES: Dict[Tuple[str, str], Quick] = {  # times the gradient G, as `chain_rule` has it
    ("purenn.activations", "Linear.df"): lambda _, G, X, Y: G,
    ("purenn.activations", "ReLU.df"): lambda _, G, X, Y: [
        [g if x > 0.0 else 0.0 for g, x in zip(*rows)] for rows in zip(G, X)],
    ("purenn.activations", "Tanh.df"): lambda _, G, X, Y: [
        [g * (1.0 - y * y) for g, y in zip(*rows)] for rows in zip(G, Y)],
    ("purenn.activations", "Sigmoid.df"): lambda _, G, X, Y: [
        [g * (y * (1.0 - y)) for g, y in zip(*rows)] for rows in zip(G, Y)],
}


def _quick(table: Dict[Tuple[str, str], Quick], formula: Any) -> Any:
    """Return what stands in the table for a formula, None if nothing does."""
    try:
        return table.get((formula.__module__, formula.__qualname__))
    except AttributeError:
        return None


def elementwise(formula: Callable[..., Any], *operands: Any) -> Matrix:
    if _one_size(*operands):
        quick = _quick(FORMULAS, formula)
        if quick is not None:
            return quick(getattr(formula, "__self__", None), *operands)  # type: ignore[no-any-return]
        if len(operands) == 1:
            return [list(map(formula, row)) for row in operands[0]]
        return [list(map(formula, *rows)) for rows in zip(*operands)]
    matrices = [A for A in operands if type(A) is list]
    others = [A for A in operands if type(A) is not list]
    if matrices and _one_size(*matrices) and _are_numbers(others):
        # A number is repeated, without being written out.
        return [list(map(formula, *rows)) for rows in zip(
            *[A if type(A) is list else repeat(repeat(A)) for A in operands])]
    return PLAIN["elementwise"](formula, *operands)  # type: ignore[no-any-return]


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def chain_rule(G: Matrix, slope: Callable[..., float], *operands: Any) -> Matrix:
    if not _one_size(G, *operands):
        return PLAIN["chain_rule"](G, slope, *operands)  # type: ignore[no-any-return]
    quick = _quick(SLOPES, slope)
    if quick is not None:
        return quick(getattr(slope, "__self__", None), G, *operands)  # type: ignore[no-any-return]
    return [list(map(operator.mul, g, map(slope, *rows)))
            for g, rows in zip(G, zip(*operands))]


def divide(A: Any, B: Any) -> Matrix:
    if type(A) is list and isinstance(B, (int, float)) and B != 0 and _common_width(A):
        return [[a / B for a in row] for row in A]
    return PLAIN["divide"](A, B)  # type: ignore[no-any-return]


def exp(A: Any) -> Matrix:
    if type(A) is list and _common_width(A):
        try:
            return [list(map(math.exp, row)) for row in A]
        except OverflowError:
            pass
    return PLAIN["exp"](A)  # type: ignore[no-any-return]


def log_softmax(A: Matrix) -> Matrix:
    shape(A)
    return list(map(_log_softmax, A))


def _log_softmax(row: Vector) -> Vector:
    largest = max(row)
    shifted = [x - largest for x in row]
    total = math.log(_total(map(math.exp, shifted)))
    return [x - total for x in shifted]


# ---- The steps of optimizers: every number of a parameter in one pass ----


def _sgd(self: Any, rate: float, W: Matrix, G: Matrix, *memory: Matrix) -> Tuple[Matrix, ...]:
    if memory:
        return _momentum(self, rate, W, G, *memory)
    # The weights of a neuron whose gradients are all zero stay as they are.
    return ([[w - rate * g for w, g in zip(ws, gs)] if any(gs) else ws for ws, gs in zip(W, G)],)


def _momentum(self: Any, rate: float, W: Matrix, G: Matrix, V: Matrix) -> Tuple[Matrix, ...]:
    mu = self.momentum
    V = [[g + mu * v for g, v in zip(*rows)] for rows in zip(G, V)]
    if self.nesterov:
        return [[w - rate * (g + mu * v) for w, g, v in zip(*rows)] for rows in zip(W, G, V)], V
    return [[w - rate * v for w, v in zip(*rows)] for rows in zip(W, V)], V


def _rmsprop(self: Any, rate: float, W: Matrix, G: Matrix, S: Matrix) -> Tuple[Matrix, ...]:
    decay, rest, epsilon = self.decay, 1.0 - self.decay, self.epsilon
    S = [[decay * s + rest * (g * g) for s, g in zip(*rows)] for rows in zip(S, G)]
    return [[w - rate * g / (s ** 0.5 + epsilon) for w, g, s in zip(*rows)]
            for rows in zip(W, G, S)], S


def _adam(
    self: Any, rate: float, W: Matrix, G: Matrix, M: Matrix, V: Matrix
) -> Tuple[Matrix, ...]:
    beta1, beta2, epsilon = self.beta1, self.beta2, self.epsilon
    rest1, rest2 = 1.0 - beta1, 1.0 - beta2
    rate, correction = rate / (1.0 - beta1 ** self.steps), 1.0 - beta2 ** self.steps
    M = [[beta1 * m + rest1 * g for m, g in zip(*rows)] for rows in zip(M, G)]
    V = [[beta2 * v + rest2 * (g * g) for v, g in zip(*rows)] for rows in zip(V, G)]
    return [[w - rate * m / ((v / correction) ** 0.5 + epsilon) for w, m, v in zip(*rows)]
            for rows in zip(W, M, V)], M, V


def _adamw(self: Any, rate: float, W: Matrix, *others: Matrix) -> Tuple[Matrix, ...]:
    shrink = rate * self.weight_decay
    return _adam(self, rate, [[w - shrink * w for w in row] for row in W], *others)


STEPS: Dict[Tuple[str, str], Quick] = {
    ("purenn.optimizers", "SGD.update"): _sgd,
    ("purenn.optimizers", "RMSProp.update"): _rmsprop,
    ("purenn.optimizers", "Adam.update"): _adam,
    ("purenn.optimizers", "AdamW.update"): _adamw,
}


def elementwise_tuple(formula: Callable[..., Any], *operands: Any) -> Tuple[Matrix, ...]:
    quick = _quick(STEPS, formula)
    if quick is not None and type(operands[0]) is float and _one_size(*operands[1:]):
        return quick(formula.__self__, *operands)  # type: ignore[attr-defined, no-any-return]
    results: List[List[Any]] = elementwise(formula, *operands)
    shape(results)
    return tuple([[place[k] for place in row] for row in results]
                 for k in range(len(results[0][0])))


for _name, _plain in PLAIN.items():
    globals()[_name].__doc__ = _plain.__doc__  # what the functions of linalg say is true of these
