"""Every name of `purenn.linalg`, each in a line or two of NumPy.

`purenn` loops over numbers in linalg alone. Put this module in its place (`copies` does), and the
same layers, losses and optimizers train on arrays, to the same loss curve. That is the proof that
the wall around the loops holds, and the fairest measure of what vectorizing buys: one and the same
library with and without it.

An operation may be given lists or arrays and returns an array. Where lists would raise ShapeError,
NumPy raises errors of its own. It also warns of division by zero and overflow, which linalg leaves
to whoever looks at the result: switch that off with `numpy.errstate(all="ignore")`.

Before this: peers. After this: copies.
"""

import math

import numpy as np

from purenn import linalg as loops
from purenn.linalg import Matrix, ShapeError, Vector  # noqa: F401  # names of linalg, too

__all__ = list(loops.__all__)


def _array(A):
    return np.asarray(A, dtype=float)


# ---- Shapes, and the door ----


def shape(A):
    return np.shape(A)


def as_matrix(A, who):
    fine = isinstance(A, np.ndarray) and A.ndim == 2 and A.size and np.isfinite(A).all()
    return A if fine else _array(loops.as_matrix(A, who))  # which says what is wrong


def all_finite(*matrices):
    return all(bool(np.isfinite(A).all()) for A in matrices)


# ---- Making ----


def generate(rows, columns, draw):
    return np.reshape([float(draw()) for _ in range(rows * columns)], (rows, columns))


def full(rows, columns, value):
    return np.full((rows, columns), float(value))


def zeros(rows, columns):
    return np.zeros((rows, columns))


def identity(size):
    return np.identity(size)


def one_hot(numbers, classes):
    return np.identity(classes)[np.asarray(numbers)]


# ---- Rearranging ----


def transpose(A):
    return _array(A).T


def take(A, rows):
    return A[np.asarray(rows)] if isinstance(A, np.ndarray) else [A[row] for row in rows]


def vstack(matrices):
    return np.vstack(matrices)


def ravel(A):
    return np.ravel(A).tolist()


def item(A):
    return float(np.asarray(A).item())


# ---- Products ----


def dot(u, v):
    return float(np.dot(u, v))


plain_dot = dot


def choose_loops(plain):
    """There are none to choose between."""


def outer(u, v):
    return np.outer(u, v)


def vdot(A, B):
    return float(np.vdot(A, B))


def inner(A, B):
    return _array(A) @ _array(B).T


def affine(A, B, C):
    return inner(A, B) + C


def inner_columns(A, B):
    return _array(A).T @ _array(B)


def matmul(A, B):
    return _array(A) @ _array(B)


# ---- Number by number ----


def elementwise(formula, *matrices):
    return formula(*map(_array, matrices))


def add_scaled(A, factor, B):
    return A + factor * _array(B)


def blend(A, share, B):
    return share * _array(A) + (1.0 - share) * _array(B)


def add(A, B):
    return np.add(A, B)


def subtract(A, B):
    return np.subtract(A, B)


def multiply(A, B):
    return np.multiply(A, B)


def divide(A, B):
    return np.divide(A, B)


def maximum(A, B):
    return np.maximum(A, B)


def minimum(A, B):
    return np.minimum(A, B)


def clip(A, low, high):
    return np.clip(A, low, high)


def greater(A, B):
    return np.greater(A, B)


def where(condition, A, B):
    return np.where(condition, A, B)


def where_positive(x, A):
    return np.where(np.greater(x, 0.0), A, 0.0)


def exp(A):
    return np.exp(A)


def log(A):
    return np.log(A)


def expm1(A):
    return np.expm1(A)


def log1p(A):
    return np.log1p(A)


def sqrt(A):
    return np.sqrt(A)


def tanh(A):
    return np.tanh(A)


def erf(A):
    return np.reshape([math.erf(x) for x in np.ravel(A)], np.shape(A))  # NumPy has none


def abs(A):
    return np.abs(A)


def sign(A):
    return np.sign(A)


# ---- Reductions ----


def sum(A, axis=None):
    return np.sum(A, axis=axis, keepdims=True)


def mean(A, axis=None):
    return np.mean(A, axis=axis, keepdims=True)


def max(A, axis=None):
    return np.max(A, axis=axis, keepdims=True)


def min(A, axis=None):
    return np.min(A, axis=axis, keepdims=True)


def log_softmax(A):
    shifted = A - max(A, axis=1)
    return shifted - log(sum(exp(shifted), axis=1))


def argmax(A, axis=None):
    found = np.argmax(A, axis=axis)
    return np.reshape(found, (1, 1)) if axis is None else np.expand_dims(found, axis)


# ---- What the layers of language models loop over: put in the place of theirs by `copies` ----

OUTSIDE = {
    "purenn.sequences.embedding": ["hstack", "split_columns", "sum_into_rows"],
    "purenn.sequences.attention": [
        "causal_softmax", "hstack", "softmax_backward", "split_columns", "split_rows"],
}


def sum_into_rows(rows, numbers, A):
    total = np.zeros((rows, np.shape(A)[1]))
    np.add.at(total, np.asarray(numbers), A)
    return total


def split_columns(A, parts):
    return np.split(_array(A), parts, axis=1)


def hstack(matrices):
    return np.hstack(list(matrices))


def split_rows(A, lengths):
    return np.split(_array(A), np.cumsum(lengths)[:-1])


def causal_softmax(S):
    rows, columns = np.shape(S)
    seen = np.tri(rows, columns, columns - rows, dtype=bool)
    weights = np.exp(np.where(seen, S - max(np.where(seen, S, -np.inf), axis=1), -np.inf))
    return weights / sum(weights, axis=1)


def softmax_backward(dA, A):
    return A * (dA - sum(multiply(dA, A), axis=1))
