"""The step of training in lists, as people write it who want this one network and no library.

All compute the same: scores of a hidden layer with ReLU and of an output layer, softmax and
cross-entropy, the gradients, and new weights. None computes the loss itself, since nobody looks at
it here; purenn does, in every step.

- `LoopScript` in two styles: products of matrices by three indexed loops, as translated from C, and
  by nested loops over zipped rows.
- `StraightScript`: comprehensions and a dot product, straight down the page: what people write once
  they know comprehensions, here with the quickest dot product too.
- `AdamScript`: the same with Adam in place of plain gradient descent.
- `BestScript` and `BestScriptPyPy`: the quickest that is known, for CPython and for PyPy, and the
  measure of purenn's promises. Readability was given up: products are written out number by number,
  rows are added eight at a time, zeros are passed over, and on PyPy the weights are changed in
  place. Whoever finds something quicker puts it in here, and `--check` is harder from then on.
- `SingleScript`: for one example at a time. A batch of one needs no lists of rows, no columns and
  no sums over examples, so whoever writes for it writes something shorter.

Before this: tasks. After this: peers.
"""

import math
import sys
from functools import lru_cache
from itertools import compress
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

from .tasks import ADAM_RATE, BETA1, BETA2, EPSILON, RATE, Matrix, Task

Dot = Callable[[Sequence[float], Sequence[float]], float]
Layers = List[Tuple[Matrix, List[float]]]


class ListScript:
    """What all scripts share: the weights as lists, and a step that replaces them."""

    def __init__(self, task: Task) -> None:
        (self.w1, self.b1), (self.w2, self.b2) = task.layers
        self.inputs, self.labels = task.inputs, task.labels

    def step(self) -> None:
        """Take one step of training."""
        raise NotImplementedError

    def layers(self) -> Layers:
        """Return weights and biases of both layers as lists."""
        return [(self.w1, self.b1), (self.w2, self.b2)]


# ---- Loops ----


class Products(NamedTuple):
    """Three ways to multiply two matrices, so that none of them needs to be transposed."""

    rows_by_rows: Callable[[Matrix, Matrix], Matrix]  # A·Bᵀ
    columns_by_columns: Callable[[Matrix, Matrix], Matrix]  # Aᵀ·B
    rows_by_columns: Callable[[Matrix, Matrix], Matrix]  # A·B


def _indexed_rows_by_rows(A: Matrix, B: Matrix) -> Matrix:
    C = [[0.0] * len(B) for _ in range(len(A))]
    for i in range(len(A)):
        for j in range(len(B)):
            for k in range(len(A[0])):
                C[i][j] += A[i][k] * B[j][k]
    return C


def _indexed_columns_by_columns(A: Matrix, B: Matrix) -> Matrix:
    C = [[0.0] * len(B[0]) for _ in range(len(A[0]))]
    for i in range(len(A[0])):
        for j in range(len(B[0])):
            for k in range(len(A)):
                C[i][j] += A[k][i] * B[k][j]
    return C


def _indexed_rows_by_columns(A: Matrix, B: Matrix) -> Matrix:
    C = [[0.0] * len(B[0]) for _ in range(len(A))]
    for i in range(len(A)):
        for j in range(len(B[0])):
            for k in range(len(B)):
                C[i][j] += A[i][k] * B[k][j]
    return C


def _zipped_rows_by_rows(A: Matrix, B: Matrix) -> Matrix:
    C = []
    for a in A:
        row = []
        for b in B:
            total = 0.0
            for x, y in zip(a, b):
                total += x * y
            row.append(total)
        C.append(row)
    return C


def _zipped_columns_by_columns(A: Matrix, B: Matrix) -> Matrix:
    return _zipped_rows_by_rows(columns_of(A), columns_of(B))


def _zipped_rows_by_columns(A: Matrix, B: Matrix) -> Matrix:
    return _zipped_rows_by_rows(A, columns_of(B))


INDEXED = Products(_indexed_rows_by_rows, _indexed_columns_by_columns, _indexed_rows_by_columns)
ZIPPED = Products(_zipped_rows_by_rows, _zipped_columns_by_columns, _zipped_rows_by_columns)


class LoopScript(ListScript):
    """Products of matrices by loops; what is done number by number is the same in both styles."""

    def __init__(self, task: Task, products: Products) -> None:
        super().__init__(task)
        self.products = products

    def step(self) -> None:
        rows_by_rows, columns_by_columns, rows_by_columns = self.products
        h = rows_by_rows(self.inputs, self.w1)
        for row in h:
            for k, b in enumerate(self.b1):
                row[k] += b
        a = [[max(z, 0.0) for z in row] for row in h]
        s = rows_by_rows(a, self.w2)
        for row in s:
            for k, b in enumerate(self.b2):
                row[k] += b
        g = [_slope(row, label, len(s)) for row, label in zip(s, self.labels)]
        d2 = columns_by_columns(g, a)
        back = rows_by_columns(g, self.w2)
        for row, zs in zip(back, h):
            for k, z in enumerate(zs):
                if z <= 0:
                    row[k] = 0.0
        d1 = columns_by_columns(back, self.inputs)
        self.w1, self.b1 = _descended(self.w1, self.b1, d1, back)
        self.w2, self.b2 = _descended(self.w2, self.b2, d2, g)


def _slope(scores: List[float], label: int, batch: int) -> List[float]:
    """Return the gradient of one row of scores: (p − y) / n."""
    top = max(scores)
    powers = [math.exp(z - top) for z in scores]
    total = sum(powers)
    slope = [p / total / batch for p in powers]
    slope[label] -= 1 / batch
    return slope


def _descended(W: Matrix, b: List[float], D: Matrix, G: Matrix) -> Tuple[Matrix, List[float]]:
    """Return new weights and biases, in new lists: the old ones belong to everybody."""
    W = [[w - RATE * d for w, d in zip(row, ds)] for row, ds in zip(W, D)]
    return W, [bias - RATE * sum(column) for bias, column in zip(b, zip(*G))]


# ---- Comprehensions, straight down the page ----


def own_dot(u: Sequence[float], v: Sequence[float]) -> float:
    """The dot product that most people write first."""
    return sum(x * y for x, y in zip(u, v))


def columns_of(A: Any) -> Any:
    """Return the columns of a matrix, as what this interpreter reads fastest.

    On PyPy a list of floats holds bare numbers, and a tuple, which is what zip gives, boxed ones.
    """
    return list(map(list, zip(*A))) if sys.implementation.name == "pypy" else list(zip(*A))


def straight_gradients(
    dot: Dot, w1: Matrix, b1: List[float], w2: Matrix, b2: List[float], x: Matrix,
    labels: List[int],
) -> Tuple[Matrix, List[float], Matrix, List[float]]:
    """Return the gradients of weights and biases of both layers, written out."""
    share = 1 / len(x)
    h = [[dot(row, w) + b for w, b in zip(w1, b1)] for row in x]
    a = [[z if z > 0 else 0.0 for z in row] for row in h]
    s = [[dot(row, w) + b for w, b in zip(w2, b2)] for row in a]
    g = []
    for row, label in zip(s, labels):
        top = max(row)
        powers = [math.exp(z - top) for z in row]
        factor = share / sum(powers)
        g.append([p * factor for p in powers])
        g[-1][label] -= share
    g_columns, a_columns, x_columns = columns_of(g), columns_of(a), columns_of(x)
    w2_columns = columns_of(w2)
    d2 = [[dot(column, other) for other in a_columns] for column in g_columns]
    back = [[dot(row, column) if z > 0 else 0.0 for column, z in zip(w2_columns, zs)]
            for row, zs in zip(g, h)]
    back_columns = columns_of(back)
    d1 = [[dot(column, other) for other in x_columns] for column in back_columns]
    return d1, [*map(sum, back_columns)], d2, [*map(sum, g_columns)]


class StraightScript(ListScript):
    """Plain gradient descent in comprehensions."""

    def __init__(self, task: Task, dot: Dot) -> None:
        super().__init__(task)
        self.dot = dot

    def step(self) -> None:
        w1, b1, w2, b2 = self.w1, self.b1, self.w2, self.b2
        d1, e1, d2, e2 = straight_gradients(self.dot, w1, b1, w2, b2, self.inputs, self.labels)
        self.w1 = [[w - RATE * d for w, d in zip(row, ds)] for row, ds in zip(w1, d1)]
        self.w2 = [[w - RATE * d for w, d in zip(row, ds)] for row, ds in zip(w2, d2)]
        self.b1 = [b - RATE * e for b, e in zip(b1, e1)]
        self.b2 = [b - RATE * e for b, e in zip(b2, e2)]


class AdamScript(ListScript):
    """Adam in comprehensions: a running mean of the gradients and one of their squares."""

    def __init__(self, task: Task, dot: Dot) -> None:
        super().__init__(task)
        self.dot = dot
        self.steps = 0
        self.means = [_zeros_like(w) for w in (self.w1, [self.b1], self.w2, [self.b2])]
        self.squares = [_zeros_like(w) for w in (self.w1, [self.b1], self.w2, [self.b2])]

    def step(self) -> None:
        values = [self.w1, [self.b1], self.w2, [self.b2]]
        d1, e1, d2, e2 = straight_gradients(
            self.dot, self.w1, self.b1, self.w2, self.b2, self.inputs, self.labels
        )
        self.steps += 1
        for k, gradient in enumerate([d1, [e1], d2, [e2]]):
            values[k] = self._moved(k, values[k], gradient)
        self.w1, [self.b1], self.w2, [self.b2] = values

    def _moved(self, k: int, W: Matrix, G: Matrix) -> Matrix:
        M = self.means[k] = [[BETA1 * m + (1 - BETA1) * g for m, g in zip(ms, gs)]
                             for ms, gs in zip(self.means[k], G)]
        V = self.squares[k] = [[BETA2 * v + (1 - BETA2) * g * g for v, g in zip(vs, gs)]
                               for vs, gs in zip(self.squares[k], G)]
        rate, correction = ADAM_RATE / (1 - BETA1 ** self.steps), 1 - BETA2 ** self.steps
        return [[w - rate * m / (math.sqrt(v / correction) + EPSILON)
                 for w, m, v in zip(ws, ms, vs)] for ws, ms, vs in zip(W, M, V)]


def _zeros_like(W: Matrix) -> Matrix:
    return [[0.0] * len(row) for row in W]


# ---- The quickest that is known ----


@lru_cache(maxsize=None)
def written_out(width: int) -> Callable[..., Matrix]:
    """Return a function of A, B, c: rows of A times rows of B plus c, without an inner loop."""
    ones, others = [[f"{name}{k}" for k in range(width)] for name in "ab"]
    total = " + ".join(f"{one} * {other}" for one, other in zip(ones, others))
    names: Dict[str, Any] = {}
    exec(f"def product(A, B, C):\n"
         f"    return [[{total} + c for ({', '.join(others)},), c in zip(B, C)]"
         f" for {', '.join(ones)}, in A]", names)
    return names["product"]  # type: ignore[no-any-return]


def plus_rows(total: Sequence[float], weights: Sequence[float], rows: Matrix) -> Sequence[float]:
    """Return total + weights[0]·rows[0] + weights[1]·rows[1] + …, eight rows in one pass."""
    rows, weights = list(compress(rows, weights)), list(filter(None, weights))
    count, first = len(weights), 0
    while count - first >= 8:
        a, b, c, d, e, f, g, h = weights[first:first + 8]
        total = [t + a * x + b * y + c * z + d * w + e * p + f * q + g * r + h * s
                 for t, x, y, z, w, p, q, r, s in zip(total, *rows[first:first + 8])]
        first += 8
    if count - first >= 4:
        a, b, c, d = weights[first:first + 4]
        total = [t + a * x + b * y + c * z + d * w
                 for t, x, y, z, w in zip(total, *rows[first:first + 4])]
        first += 4
    for weight, row in zip(weights[first:], rows[first:]):
        total = [t + weight * x for t, x in zip(total, row)]
    return total


class BestScript(ListScript):
    """For CPython; `sparse` keeps the first weights transposed, for inputs mostly 0."""

    def __init__(self, task: Task, dot: Dot, sparse: bool) -> None:
        super().__init__(task)
        self.dot, self.sparse = dot, sparse
        self.columns: Any = columns_of(self.w1) if sparse else []

    def layers(self) -> Layers:
        w1 = [list(row) for row in zip(*self.columns)] if self.sparse else self.w1
        return [(w1, self.b1), (self.w2, self.b2)]

    def times(self, A: Any, B: Any, c: Any) -> Matrix:
        """Return A·Bᵀ + c by what is quickest for rows of this width."""
        width = len(A[0])
        if width <= (8 if hasattr(math, "sumprod") else 128):
            return written_out(width)(A, B, c)
        dot = self.dot
        return [[dot(row, other) + s for other, s in zip(B, c)] for row in A]

    def step(self) -> None:
        x, w2, share = self.inputs, self.w2, RATE / len(self.inputs)  # the rate is in from here on
        if self.sparse:
            h: Any = [plus_rows(self.b1, row, self.columns) for row in x]
        else:
            h = self.times(x, self.w1, self.b1)
        a = [[z if z > 0 else 0.0 for z in row] for row in h]
        s = self.times(a, w2, self.b2)
        g = []
        for row, label in zip(s, self.labels):
            top = max(row)
            powers = [math.exp(z - top) for z in row]
            factor = share / sum(powers)
            g.append([p * factor for p in powers])
            g[-1][label] -= share
        g_columns, nothing = list(zip(*g)), [0.0] * len(w2[0])
        back = [[b if z > 0 else 0.0 for b, z in zip(bs, zs)]
                for bs, zs in zip(self.times(g, list(zip(*w2)), nothing), h)]
        d2 = self.times(g_columns, list(zip(*a)), nothing)
        self.w2 = [[w - d for w, d in zip(ws, ds)] for ws, ds in zip(w2, d2)]
        self.b2 = [b - sum(column) for b, column in zip(self.b2, g_columns)]
        self.b1 = [b - sum(column) for b, column in zip(self.b1, zip(*back))]
        minus = [[-b for b in row] for row in back]
        if self.sparse:
            self.columns = [plus_rows(ws, column, minus) if any(column) else ws
                            for ws, column in zip(self.columns, zip(*x))]
        else:
            self.w1 = [list(plus_rows(ws, column, x)) for ws, column in zip(self.w1, zip(*minus))]


class BestScriptPyPy(ListScript):
    """For PyPy: indexed loops over one example after the other, sums and weights in place."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.w1, self.w2 = columns_of(self.w1), columns_of(self.w2)  # inputs × neurons
        self.b1, self.b2 = list(self.b1), list(self.b2)

    def layers(self) -> Layers:
        return [(columns_of(self.w1), self.b1), (columns_of(self.w2), self.b2)]

    def step(self) -> None:
        share, backs = RATE / len(self.inputs), []
        d2, e1, e2 = _zeros_like(self.w2), [0.0] * len(self.b1), [0.0] * len(self.b2)
        for x, label in zip(self.inputs, self.labels):
            h, s = list(self.b1), list(self.b2)
            _add_rows(h, x, self.w1)
            _add_positive(s, h, self.w2)
            _to_slope(s, label, share)
            for o in range(len(s)):
                e2[o] += s[o]
            backs.append(self.backward(h, s, d2, e1))
        for x, back in zip(self.inputs, backs):
            for i in range(len(x)):
                if x[i] != 0:
                    row, value = self.w1[i], x[i]
                    for k in range(len(back)):
                        row[k] -= value * back[k]
        for row, slopes in zip([*self.w2, self.b1, self.b2], [*d2, e1, e2]):
            for k in range(len(row)):
                row[k] -= slopes[k]

    def backward(self, h: List[float], s: List[float], d2: Matrix, e1: List[float]) -> List[float]:
        """Return the gradient of the hidden scores of one example; add up those of the weights."""
        back = [0.0] * len(h)
        for k in range(len(h)):
            z = h[k]
            if z > 0:
                row, slopes, total = self.w2[k], d2[k], 0.0
                for o in range(len(s)):
                    total += row[o] * s[o]
                    slopes[o] += z * s[o]
                back[k] = total
                e1[k] += total
        return back


def _add_rows(total: List[float], weights: List[float], rows: Matrix) -> None:
    for i in range(len(weights)):
        weight = weights[i]
        if weight != 0:
            row = rows[i]
            for k in range(len(total)):
                total[k] += weight * row[k]


def _add_positive(total: List[float], weights: List[float], rows: Matrix) -> None:
    for i in range(len(weights)):
        weight = weights[i]
        if weight > 0:
            row = rows[i]
            for k in range(len(total)):
                total[k] += weight * row[k]


def _to_slope(s: List[float], label: int, share: float) -> None:
    """Turn one row of scores into its gradient, in place."""
    top, total = s[0], 0.0
    for o in range(len(s)):
        top = s[o] if s[o] > top else top
    for o in range(len(s)):
        s[o] = math.exp(s[o] - top)
        total += s[o]
    for o in range(len(s)):
        s[o] *= share / total
    s[label] -= share


# ---- One example at a time ----


class SingleScript(ListScript):
    """One example, so vectors all the way; its step is the outer product of two of them."""

    def __init__(self, task: Task, dot: Dot) -> None:
        super().__init__(task)
        self.dot = dot
        [self.x], [self.label] = task.inputs, task.labels

    def step(self) -> None:
        dot, x, w2 = self.dot, self.x, self.w2
        h = [dot(x, w) + b for w, b in zip(self.w1, self.b1)]
        a = [z if z > 0 else 0.0 for z in h]
        s = [dot(a, w) + b for w, b in zip(w2, self.b2)]
        top = max(s)
        powers = [math.exp(z - top) for z in s]
        factor = RATE / sum(powers)
        g = [p * factor for p in powers]  # the rate is in it from here on
        g[self.label] -= RATE
        back = [dot(g, column) if z > 0 else 0.0 for column, z in zip(columns_of(w2), h)]
        self.w1 = [[w - d * value for w, value in zip(row, x)] for row, d in zip(self.w1, back)]
        self.w2 = [[w - d * value for w, value in zip(row, a)] for row, d in zip(w2, g)]
        self.b1 = [b - d for b, d in zip(self.b1, back)]
        self.b2 = [b - d for b, d in zip(self.b2, g)]

    def predict(self) -> List[float]:
        """Return the scores of the example."""
        dot = self.dot
        a = [max(dot(self.x, w) + b, 0.0) for w, b in zip(self.w1, self.b1)]
        return [dot(a, w) + b for w, b in zip(self.w2, self.b2)]

    def dots_of_predict(self) -> Tuple[List[float], List[float]]:
        """Take as many dot products, of the same lengths, as `predict` does, and nothing else."""
        dot = self.dot
        return [dot(self.x, w) for w in self.w1], [dot(self.b1, w) for w in self.w2]
