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
from itertools import chain, compress

from . import linalg
from .annotations import Any, Callable, Iterable, Sequence, TypeAlias
from .linalg import Matrix, Vector

__all__ = [
    "_total", "affine", "all_finite", "chain_rule", "divide", "dot", "elementwise",
    "elementwise_tuple", "exp", "full", "inner", "inner_columns", "item", "log_softmax", "matmul",
    "one_hot", "ravel", "shape", "sum", "take", "transpose", "vstack",
]

PLAIN: dict[str, Callable[..., Any]] = {name: getattr(linalg, name) for name in __all__}
CPYTHON = sys.implementation.name == "cpython"
SUMPROD = getattr(math, "sumprod", None)  # from Python 3.12 on: 3 times as quick as a loop
NARROW = 64 if CPYTHON else 8  # widths of rows up to which formulas are written out

builtin_sum: Callable[..., float] = sum  # this module has a sum of its own


class plain_loops:
    """with plain_loops(): lets `linalg` take its plain loops, as under PURENN_PLAIN_LOOPS=1."""

    def __enter__(self) -> None:
        self.before = {name: getattr(linalg, name) for name in __all__}
        vars(linalg).update(PLAIN)

    def __exit__(self, *error: Any) -> None:
        vars(linalg).update(self.before)


# ---- Shapes ----


def shape(A: Matrix) -> tuple[int, int]:
    try:
        width = len(A[0])
        if width and (len(A) == 1 or set(map(len, A)) == {width}):
            return len(A), width
    except (TypeError, LookupError):
        pass
    return PLAIN["shape"](A)


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
        return PLAIN["item"](A)


def take(A: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    if type(rows) is range and type(A) is list and rows.step == 1 and (
            0 <= rows.start < rows.stop <= len(A)):
        return A[rows.start:rows.stop]
    return PLAIN["take"](A, rows)


def vstack(matrices: Sequence[Matrix]) -> Matrix:
    stacked = matrices[0] if len(matrices) == 1 else list(chain.from_iterable(matrices))
    shape(stacked)
    return stacked


def full(rows: int, columns: int, value: float) -> Matrix:
    if type(rows) is type(columns) is int and rows > 0 < columns:
        return [[value] * columns for _ in range(rows)]
    return PLAIN["full"](rows, columns, value)


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
    return PLAIN["_total"](numbers)  # PyPy compiles the loop


def sum(A: Matrix, axis: Any = None) -> Matrix:
    if axis is None:
        return [[_total(ravel(A))]]
    if axis == 0:
        rows, width = shape(A)
        if rows == 1:
            return [list(map(float, A[0]))]
        if not CPYTHON:
            return [_four_rows_by_position([1.0] * rows, A, [0.0] * width)]
        return [list(map(_total, zip(*A)))]
    return PLAIN["sum"](A, axis)


def all_finite(*matrices: Matrix) -> bool:
    # A sum that is finite has no inf and no nan in it, and is quicker than looking at each number.
    if CPYTHON and math.isfinite(builtin_sum(map(builtin_sum, chain(*matrices)))):
        return True
    return all(map(_is_finite, chain(*matrices)))


def _is_finite(row: Vector) -> bool:
    total = 0.0
    for x in row:
        total += x - x  # 0, but nan for inf and nan
    return total == 0.0


# ---- Rows written out ----

# Python spends much of its time on the loop itself, and the more, the shorter rows are. So for each
# width that occurs, a function is made in which the loop over the columns is written out. For a
# width of 2, the product of all rows of A with all rows of B becomes:
#
#     for a0, a1, in A:
#         row = []
#         for b0, b1, in B:
#             row.append(a0 * b0 + a1 * b1 + 0.0)
#         product.append(row)
#
# A row of another length cannot be taken apart so, which raises ValueError: the lengths of the rows
# need no other check.


Columns: TypeAlias = "Callable[[str], str]"


class ByWidth(dict):  # type: ignore[type-arg]  # the width of rows -> a function
    """For each width of rows a function, made when it is asked for the first time."""

    def __init__(self, source: Callable[[int, Columns], str]) -> None:
        self.source = source  # the text of the function, which is called `made`, for a width

    def __missing__(self, width: int) -> Callable[..., Matrix]:
        if width == 0:
            raise ValueError("there are no numbers")
        names: dict[str, Any] = {"exp": math.exp, "tanh": math.tanh, "one_size": _one_size}
        # Once for each column, with numbered names: "{a}, " becomes "a0, a1, ".
        exec(self.source(width, lambda text: "".join(
            text.format(**{name: f"{name}{column}" for name in "abgmstvwxy"})
            for column in range(width))), names)
        self[width] = names["made"]
        return self[width]


def written(formula: str, names: str, numbers: str = "") -> ByWidth:
    """Return a formula for all numbers of some matrices, from its text.

    written("{w} - rate * {g}", "w g", "rate")[2](W, G, rate) wants matrices of two columns. The
    arguments of the function are the matrices, the numbers, and what `self` is in the formula. It
    raises ValueError or TypeError unless the first ones are matrices of one size.
    """
    matrices = [name.upper() for name in names.split()]
    together = f"zip({', '.join(matrices)})" if len(matrices) > 1 else matrices[0]

    def source(width: int, columns_of: Columns) -> str:
        bad = " or ".join(f"len({matrices[0]}) != len({other})" for other in matrices[1:])
        rows, columns = ", ".join(names.split()), ""
        if width <= NARROW:
            rows = ", ".join(f"({columns_of('{' + name + '}, ')})" for name in names.split())
            row = columns_of(formula + ", ")
        elif CPYTHON:
            bad = f"not one_size({', '.join(matrices)})"
            row, columns = formula.replace("{", "").replace("}", ""), f" for {rows} in rows"
            if len(matrices) > 1:
                columns = f" for {rows} in zip(*rows)"
            rows = "rows"
        else:  # PyPy keeps floats bare in lists, but not in the tuples that zip makes
            bad = f"not one_size({', '.join(matrices)})"
            row = formula.replace("}", "[k]").replace("{", "")
            columns = f" for k in range(len({names.split()[0]}))"
        return (f"def made({', '.join([*matrices, *numbers.split(), 'self=None'])}):\n"
                + (f"    if {bad}: raise ValueError\n" if bad else "")
                + f"    return [[{row}{columns}] for {rows} in {together}]")

    return ByWidth(source)


def _products(plus: bool) -> ByWidth:
    """Return products of rows; with `plus`, a number of C is added for each row of B."""
    each, added = ("({}), c in zip(B, C)", "c") if plus else ("{} in B", "0.0")
    return ByWidth(lambda width, columns_of: (
        f"def made(A, B, C=None):\n"
        f"    product = []\n"
        f"    for {columns_of('{a}, ')} in A:\n"
        f"        row = []\n"
        f"        for {each.format(columns_of('{b}, '))}:\n"
        f"            row.append({columns_of('{a} * {b} + ')}{added})\n"
        f"        product.append(row)\n"
        f"    return product"))


_product_of_rows = _products(plus=False)
_product_plus = _products(plus=True)
_outer = ByWidth(lambda width, columns_of: (
    f"def made(u, V):\n"
    f"    [({columns_of('{v}, ')})] = V\n"
    f"    return [[{columns_of('x * {v}, ')}] for x in u]"))


# ---- Products ----

# What is quickest was measured on 3.11, 3.13 and PyPy. Rows of up to SHORT numbers are written out;
# beside `math.sumprod` and on PyPy only very short ones. In longer rows than FEW, zeros are worth
# leaving out: where more than ENOUGH_ZEROS of the numbers in A are zeros, sums of the rows of B are
# quicker than dot products, in which zeros are multiplied like all others.

SHORT = 16 if SUMPROD else 128 if CPYTHON else 8
FEW = 16
ENOUGH_ZEROS = 0.6 if SUMPROD or not CPYTHON else 0.4
MOSTLY_ZEROS = 0.65  # so many in B that AᵀB is computed from its side


def dot(u: Vector, v: Vector) -> float:
    if len(u) != len(v) or len(u) == 0 or hasattr(u[0], "__len__"):
        return PLAIN["dot"](u, v)
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


def _dots(A: Matrix, B: Matrix) -> Matrix:
    """Return the dot product of every row of A with every row of B."""
    product = _dot  # a local name is found faster than a global one
    return [[product(a, b) for b in B] for a in A]


def _dots_four_at_a_time(A: Matrix, B: Matrix) -> Matrix:
    """The same, as PyPy likes it: four sums do not wait for each other."""
    product, four = [], len(B) - len(B) % 4
    for a in A:
        row = []
        for first in range(0, four, 4):
            b, c, d, e = B[first:first + 4]
            s = t = u = v = 0.0
            for k in range(len(a)):
                x = a[k]
                s += x * b[k]
                t += x * c[k]
                u += x * d[k]
                v += x * e[k]
            row += [s, t, u, v]
        product.append(row + [_loop_dot(a, b) for b in B[four:]])
    return product


def _dots_without_zeros(A: Matrix, B: Matrix) -> Matrix:
    """The same for PyPy, where most numbers of A are zeros."""
    product = []
    for a in A:
        row, places = [], [k for k in range(len(a)) if a[k] != 0]
        for b in B:
            total = 0.0
            for k in places:
                total += a[k] * b[k]
            row.append(total)
        product.append(row)
    return product


_all_dots = _dots if CPYTHON else _dots_four_at_a_time


def _columns(A: Matrix) -> Any:
    """Return the columns; CPython makes tuples faster than lists, and reads them faster."""
    return list(zip(*A)) if CPYTHON else [[row[k] for row in A] for k in range(len(A[0]))]


def inner(A: Matrix, B: Matrix) -> Matrix:
    width = _common_width(A, B)
    if width == 0:
        return PLAIN["inner"](A, B)
    return _inner(A, B, width)


def _inner(A: Matrix, B: Matrix, width: int) -> Matrix:
    """Return the product of rows by the quickest way; their sizes have been checked."""
    if _written_out(A, width):
        return _product_of_rows[width](A, B)
    if len(A) > 1 and _zeros(A) > ENOUGH_ZEROS:
        return _product(A, _columns(B), width) if CPYTHON else _dots_without_zeros(A, B)
    return _all_dots(A, B)


def affine(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    try:
        (row,), width = C, len(A[0])
        if len(row) == len(B) > 0 < width:
            if _written_out(A, width):
                return _product_plus[width](A, B, row)
            if _common_width(A, B):
                return [list(map(operator.add, products, row)) for products in _inner(A, B, width)]
    except (TypeError, ValueError, LookupError):
        pass
    return PLAIN["affine"](A, B, C)


def matmul(A: Matrix, B: Matrix) -> Matrix:
    width = shape(A)[1]
    if width != shape(B)[0]:
        return PLAIN["matmul"](A, B)
    return _product(A, B, width)


def inner_columns(A: Matrix, B: Matrix) -> Matrix:
    rows = shape(A)[0]
    if rows != shape(B)[0]:
        return PLAIN["inner_columns"](A, B)
    if rows == 1:
        row, nothing = B[0], [0.0] * len(B[0])
        if len(row) <= FEW:
            return _outer[len(row)](A[0], B)
        return [[x * y for y in row] if x else nothing for x in A[0]]
    if CPYTHON and min(rows, len(A[0]), len(B[0])) > FEW and _zeros(B) > MOSTLY_ZEROS:
        # Pictures: most pixels are 0. AᵀB is the transpose of BᵀA, in which they can be left out.
        return transpose(_product(_columns(B), A, rows))
    return _product(_columns(A), B, rows)


def _product(A: Matrix, B: Matrix, width: int) -> Matrix:
    """Return A times B by the way that is quickest for them; their sizes have been checked.

    Each row of the result is a sum of rows of B, weighted by the numbers in a row of A, and a
    weight of zero is passed over. Behind a ReLU half of the gradients are zero, and with them half
    of the work is saved, where a dot product would not notice.
    """
    written_out = _written_out(A, width)
    if len(A) == 1 and width > 4 or not written_out and (
            not CPYTHON or _zeros(A) > ENOUGH_ZEROS):
        nothing = [0.0] * len(B[0])
        return [_sum_of_rows(weights, B, nothing) for weights in A]
    columns: Any = zip(*B) if len(A) == 1 else _columns(B)
    return _product_of_rows[width](A, columns) if written_out else _all_dots(A, columns)


def _written_out(A: Matrix, width: int) -> bool:
    """Say whether the product of rows of this width is to be written out."""
    return width <= SHORT and (width <= FEW or _zeros(A) <= ENOUGH_ZEROS)


def _zeros(A: Matrix) -> float:
    """Return about which share of the numbers are zeros."""
    sample = A[::8]  # to look at all of them would cost a percent of a training step
    zeros = builtin_sum(operator.countOf(row, 0.0) for row in sample)
    return zeros / (len(sample) * len(sample[0]))


def _eight_rows_at_a_time(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """Return weights[0]·rows[0] + weights[1]·rows[1] + …; few lists are made on the way."""
    rows = list(compress(rows, weights))
    weights = list(filter(None, weights))
    missing = -len(weights) % 4
    weights += [0.0] * missing
    rows += [nothing] * missing
    total = nothing
    for first in range(0, len(weights) - 4, 8):
        a, b, c, d, e, f, g, h = weights[first:first + 8]
        total = [t + a * x + b * y + c * z + d * w + e * p + f * q + g * r + h * s
                 for t, x, y, z, w, p, q, r, s in zip(total, *rows[first:first + 8])]
    if len(weights) % 8:
        a, b, c, d = weights[-4:]
        total = [t + a * x + b * y + c * z + d * w
                 for t, x, y, z, w in zip(total, *rows[-4:])]
    return total


def _four_rows_by_position(weights: Vector, rows: Matrix, nothing: Vector) -> Vector:
    """The same, as PyPy likes it: numbers are added in place."""
    seen = [k for k in range(len(weights)) if weights[k] != 0]
    total, four = list(nothing), len(seen) - len(seen) % 4
    for first in range(0, four, 4):
        i, j, k, m = seen[first:first + 4]
        a, b, c, d = weights[i], weights[j], weights[k], weights[m]
        p, q, r, s = rows[i], rows[j], rows[k], rows[m]
        for column in range(len(total)):
            total[column] = (total[column] + a * p[column] + b * q[column] + c * r[column]
                             + d * s[column])
    for k in seen[four:]:
        a, p = weights[k], rows[k]
        for column in range(len(total)):
            total[column] += a * p[column]
    return total


_sum_of_rows = _eight_rows_at_a_time if CPYTHON else _four_rows_by_position


# ---- Number by number ----

# Formulas of purenn, and those of `operator`, written out for whole matrices: by module and name of
# the formula. There need not be an entry for a formula: without one it is called for each number.

Formulas: TypeAlias = "dict[tuple[str, str], ByWidth]"
FORMULAS: Formulas = {
    ("_operator", "add"): written("{a} + {b}", "a b"),
    ("_operator", "sub"): written("{a} - {b}", "a b"),
    ("_operator", "mul"): written("{a} * {b}", "a b"),
    ("purenn.activations", "Linear.f"): written("{x}", "x"),
    ("purenn.activations", "ReLU.f"): written("0.0 if {x} < 0.0 else {x}", "x"),
    ("purenn.activations", "Tanh.f"): written("tanh({x})", "x"),
    ("purenn.losses", "MeanSquaredError.f"): written("({s} - {t}) * ({s} - {t})", "s t"),
    ("purenn.losses", "MeanSquaredError.df"): written("2.0 * ({s} - {t})", "s t"),
    ("purenn.losses", "weighted"): written("{t} * {v} if {t} else 0.0", "t v"),
    ("purenn.penalties", "L2.f"): written("self.strength * ({w} * {w})", "w"),
    ("purenn.penalties", "L2.df"): written("2.0 * self.strength * {w}", "w"),
}
SLOPES: Formulas = {  # times the gradient g, as `chain_rule` has it
    ("purenn.activations", "Linear.df"): written("{g}", "g x y"),
    ("purenn.activations", "ReLU.df"): written("{g} if {x} > 0.0 else 0.0", "g x y"),
    ("purenn.activations", "Tanh.df"): written("{g} * (1.0 - {y} * {y})", "g x y"),
    ("purenn.activations", "Sigmoid.df"): written("{g} * ({y} * (1.0 - {y}))", "g x y"),
}


def _finder(table: dict[tuple[str, str], Any]) -> Callable[[Any], Any]:
    """Return a function that finds what stands in the table for a formula, None if nothing does."""
    found: dict[Any, Any] = {}  # the same by the function itself, which is looked up faster

    def find(formula: Any) -> Any:
        try:
            function = getattr(formula, "__func__", formula)  # of a method, what all objects share
            if function in found:
                return found[function]
            quick = table.get((function.__module__, function.__qualname__))
        except (AttributeError, TypeError):
            return None
        if quick is not None:
            found[function] = quick
        return quick

    return find


_quick_formula, _quick_slope = _finder(FORMULAS), _finder(SLOPES)
NOT_OF_ONE_SIZE = (LookupError, TypeError, ValueError)


def elementwise(formula: Callable[..., Any], *operands: Any) -> Matrix:
    quick = _quick_formula(formula)
    try:
        if quick is not None:
            return quick[len(operands[0][0])](*operands, getattr(formula, "__self__", None))
    except NOT_OF_ONE_SIZE:
        pass
    if _one_size(*operands):
        if len(operands) == 1:
            return [list(map(formula, row)) for row in operands[0]]
        return [list(map(formula, *rows)) for rows in zip(*operands)]
    whole = _repeated(*operands)
    return elementwise(formula, *whole) if whole else PLAIN["elementwise"](formula, *operands)


def _repeated(*operands: Any) -> list[Matrix]:
    """Return all operands repeated to one size; an empty list if they have none in common."""
    if not all(type(A) is list or isinstance(A, (int, float)) for A in operands):
        return []
    matrices = [A if type(A) is list else [[A]] for A in operands]
    sizes = [shape(A) for A in matrices]
    rows, columns = max(n for n, _ in sizes), max(m for _, m in sizes)
    if any(n not in (1, rows) or m not in (1, columns) for n, m in sizes):
        return []
    wide = [A if m == columns else [[x] * columns for (x,) in A]
            for A, (_, m) in zip(matrices, sizes)]
    return [A if len(A) == rows else A * rows for A in wide]


def chain_rule(G: Matrix, slope: Callable[..., float], *operands: Any) -> Matrix:
    quick = _quick_slope(slope)
    try:
        if quick is not None:
            return quick[len(G[0])](G, *operands, getattr(slope, "__self__", None))
        if _one_size(G, *operands):
            return [list(map(operator.mul, g, map(slope, *rows)))
                    for g, rows in zip(G, zip(*operands))]
    except NOT_OF_ONE_SIZE:
        pass
    return PLAIN["chain_rule"](G, slope, *operands)


_exp = written("exp({x})", "x")
_divide = written("{a} / b", "a", "b")


def exp(A: Any) -> Matrix:
    try:
        return _exp[len(A[0])](A)
    except (OverflowError, *NOT_OF_ONE_SIZE):
        return PLAIN["exp"](A)


def divide(A: Any, B: Any) -> Matrix:
    if isinstance(B, (int, float)) and B != 0:
        try:
            return _divide[len(A[0])](A, B)
        except NOT_OF_ONE_SIZE:
            pass
    return PLAIN["divide"](A, B)


def log_softmax(A: Matrix) -> Matrix:
    shape(A)
    return list(map(_log_softmax, A))


def _log_softmax(row: Vector) -> Vector:
    largest = max(row)
    shifted = [x - largest for x in row]
    powers = map(math.exp, shifted) if CPYTHON else [math.exp(x) for x in shifted]
    total = math.log(_total(powers))
    return [x - total for x in shifted]


# ---- The steps of optimizers: every number of a parameter in one pass ----

_followed = written("{w} - rate * {g}", "w g", "rate")
_fading = written("{g} + mu * {v}", "g v", "mu")
_looked_ahead = written("{w} - rate * ({g} + mu * {v})", "w g v", "rate mu")
_mean = written("decay * {m} + rest * {g}", "m g", "decay rest")
_mean_of_squares = written("decay * {s} + rest * ({g} * {g})", "s g", "decay rest")
_scaled = written("{w} - rate * {g} / ({s} ** 0.5 + epsilon)", "w g s", "rate epsilon")
_adapted = written("{w} - rate * {m} / (({v} / correction) ** 0.5 + epsilon)", "w m v",
                   "rate correction epsilon")


def _sgd(self: Any, rate: float, W: Matrix, G: Matrix, *memory: Matrix) -> tuple[Matrix, ...]:
    if memory:
        return _momentum(self, rate, W, G, *memory)
    if CPYTHON and len(W[0]) > NARROW and _one_size(W, G):
        # The weights of a neuron whose gradients are all zero stay as they are.
        return ([[w - rate * g for w, g in zip(ws, gs)] if any(gs) else ws
                 for ws, gs in zip(W, G)],)
    return (_followed[len(W[0])](W, G, rate),)


def _momentum(self: Any, rate: float, W: Matrix, G: Matrix, V: Matrix) -> tuple[Matrix, ...]:
    V = _fading[len(G[0])](G, V, self.momentum)
    if self.nesterov:
        return _looked_ahead[len(W[0])](W, G, V, rate, self.momentum), V
    return _followed[len(W[0])](W, V, rate), V


def _rmsprop(self: Any, rate: float, W: Matrix, G: Matrix, S: Matrix) -> tuple[Matrix, ...]:
    S = _mean_of_squares[len(S[0])](S, G, self.decay, 1.0 - self.decay)
    return _scaled[len(W[0])](W, G, S, rate, self.epsilon), S


def _adam(
    self: Any, rate: float, W: Matrix, G: Matrix, M: Matrix, V: Matrix
) -> tuple[Matrix, ...]:
    rate, correction = rate / (1.0 - self.beta1 ** self.steps), 1.0 - self.beta2 ** self.steps
    M = _mean[len(M[0])](M, G, self.beta1, 1.0 - self.beta1)
    V = _mean_of_squares[len(V[0])](V, G, self.beta2, 1.0 - self.beta2)
    return _adapted[len(W[0])](W, M, V, rate, correction, self.epsilon), M, V


def _adamw(self: Any, rate: float, W: Matrix, *others: Matrix) -> tuple[Matrix, ...]:
    shrink = rate * self.weight_decay
    return _adam(self, rate, [[w - shrink * w for w in row] for row in W], *others)


STEPS: dict[tuple[str, str], Callable[..., tuple[Matrix, ...]]] = {
    ("purenn.optimizers", "SGD.update"): _sgd,
    ("purenn.optimizers", "RMSProp.update"): _rmsprop,
    ("purenn.optimizers", "Adam.update"): _adam,
    ("purenn.optimizers", "AdamW.update"): _adamw,
}
_quick_step = _finder(STEPS)


def elementwise_tuple(formula: Callable[..., Any], *operands: Any) -> tuple[Matrix, ...]:
    quick = _quick_step(formula)
    if quick is not None and type(operands[0]) is float:
        try:
            return quick(formula.__self__, *operands)  # type: ignore[attr-defined]
        except NOT_OF_ONE_SIZE:
            pass
    results: list[list[Any]] = elementwise(formula, *operands)
    return tuple([[place[k] for place in row] for row in results]
                 for k in range(len(results[0][0])))


for _name, _plain in PLAIN.items():
    globals()[_name].__doc__ = _plain.__doc__  # what the functions of linalg say is true of these
