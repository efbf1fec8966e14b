"""Every name of `purenn.linalg`, each in a line or two of NumPy.

`purenn` loops over numbers in linalg alone. Put this module in its place (`copies` does), and the
same layers, losses and optimizers train on arrays, to the same loss curve. That is the proof that
no other module loops over numbers, and the fairest measure of what vectorizing buys: one and the
same library with and without it.

An operation may be given lists or arrays and returns an array. Formulas of single numbers are
applied to whole arrays. Those that ask for the sign of a number, or call `math`, have an array
version in `FORMULAS`; where one is missing, NumPy raises an error. Where lists would raise
ShapeError, NumPy raises errors of its own. It also warns of division by zero and overflow, which
linalg leaves to whoever looks at the result: switch that off with `numpy.errstate(all="ignore")`.

Before this: peers. After this: copies.
"""

import math
from functools import partial

import numpy as np

from purenn import linalg as loops
from purenn.linalg import Matrix, Operand, ShapeError, Vector  # noqa: F401  # names of linalg, too

__all__ = list(loops.__all__)


def _array(A):
    return np.asarray(A, dtype=float)


# ---- Shapes, making, rearranging ----


def shape(A):
    return np.shape(A)


def all_finite(*matrices):
    return all(bool(np.isfinite(A).all()) for A in matrices)


def generate(rows, columns, draw):
    return np.reshape([float(draw()) for _ in range(rows * columns)], (rows, columns))


def full(rows, columns, value):
    return np.full((rows, columns), float(value))


def zeros(rows, columns):
    return np.zeros((rows, columns))


def one_hot(numbers, classes):
    return np.identity(classes)[np.asarray(numbers)]


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


def inner(A, B):
    return _array(A) @ _array(B).T


def affine(A, B, C):
    return inner(A, B) + C


def inner_columns(A, B):
    return _array(A).T @ _array(B)


def matmul(A, B):
    return _array(A) @ _array(B)


# ---- Number by number ----

_erf = np.vectorize(math.erf, otypes=[float])  # NumPy has none


def _sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def _softplus(x):
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _phi(x):
    return 0.5 * (1.0 + _erf(x / math.sqrt(2.0)))


def _surprise(t, p):
    return np.where(t == 0, 0.0, -t * np.log(p))


def _surprise_slope(t, p):
    return np.where(t == 0, 0.0, -t / p)


# By the qualified name of the formula, with what it is a method of as the first argument.
FORMULAS = {
    "ReLU.f": lambda self, x: np.maximum(x, 0.0),
    "ReLU.df": lambda self, x, y: np.greater(x, 0.0),
    "Linear.df": lambda self, x, y: np.ones_like(x),
    "LeakyReLU.f": lambda self, x: np.where(x > 0, x, self.slope * x),
    "LeakyReLU.df": lambda self, x, y: np.where(x > 0, 1.0, self.slope),
    "ELU.f": lambda self, x: np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0.0))),
    "ELU.df": lambda self, x, y: np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0.0))),
    "sigmoid": lambda self, x: _sigmoid(x),
    "Sigmoid.f": lambda self, x: _sigmoid(x),
    "Tanh.f": lambda self, x: np.tanh(x),
    "Softplus.f": lambda self, x: _softplus(x),
    "Softplus.df": lambda self, x, y: _sigmoid(x),
    "GELU.f": lambda self, x: x * _phi(x),
    "GELU.df": lambda self, x, y: _phi(x) + x * (np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)),
    "SiLU.f": lambda self, x: x * _sigmoid(x),
    "SiLU.df": lambda self, x, y: _sigmoid(x) + y * (1.0 - _sigmoid(x)),
    "MeanAbsoluteError.df": lambda self, s, t: np.sign(s - t),
    "Huber.f": lambda self, s, t: np.where(
        np.abs(s - t) <= self.delta, 0.5 * (s - t) ** 2,
        self.delta * (np.abs(s - t) - 0.5 * self.delta)),
    "Huber.df": lambda self, s, t: np.clip(s - t, -self.delta, self.delta),
    "BinaryCrossEntropy.f": lambda self, p, t: _surprise(t, p) + _surprise(1.0 - t, 1.0 - p),
    "BinaryCrossEntropy.df": lambda self, p, t: (
        _surprise_slope(t, p) - _surprise_slope(1.0 - t, 1.0 - p)),
    "SigmoidCrossEntropy.f": lambda self, s, t: _softplus(s) - t * s,
    "SigmoidCrossEntropy.df": lambda self, s, t: _sigmoid(s) - t,
    "surprise": lambda self, t, p: _surprise(t, p),
    "surprise_slope": lambda self, t, p: _surprise_slope(t, p),
    "weighted": lambda self, t, log_p: np.where(t == 0, 0.0, t * log_p),
    "L1.df": lambda self, w: self.strength * np.sign(w),
    "ElasticNet.df": lambda self, w: self.l1 * np.sign(w) + 2.0 * self.l2 * w,
    "_explained": lambda self, varies, unexplained, total, error: np.where(
        varies, 1.0 - unexplained / total, np.equal(error, 0.0)),
}


def _array_version(formula):
    """Return the formula for arrays: from FORMULAS if it is one of purenn's, else as it is."""
    of_purenn = str(getattr(formula, "__module__", "")).startswith("purenn.")
    quick = FORMULAS.get(getattr(formula, "__qualname__", "")) if of_purenn else None
    return partial(quick, getattr(formula, "__self__", None)) if quick else formula


def elementwise(formula, *operands):
    return _array_version(formula)(*map(_array, operands))


def elementwise_tuple(formula, *operands):
    return formula(*map(_array, operands))


def chain_rule(G, slope, *operands):
    return G * elementwise(slope, *operands)


def add(A, B):
    return np.add(A, B)


def subtract(A, B):
    return np.subtract(A, B)


def multiply(A, B):
    return np.multiply(A, B)


def divide(A, B):
    return np.divide(A, B)


def greater(A, B):
    return np.greater(A, B)


def exp(A):
    return np.exp(A)


def log(A):
    return np.log(A)


def abs(A):
    return np.abs(A)


# ---- Reductions ----


def sum(A, axis=None):
    return np.sum(A, axis=axis, keepdims=True)


def mean(A, axis=None):
    return np.mean(A, axis=axis, keepdims=True)


def max(A, axis=None):
    return np.max(A, axis=axis, keepdims=True)


def min(A, axis=None):
    return np.min(A, axis=axis, keepdims=True)


def argmax(A, axis=None):
    found = np.argmax(A, axis=axis)
    return np.reshape(found, (1, 1)) if axis is None else np.expand_dims(found, axis)


def log_softmax(A):
    shifted = A - max(A, axis=1)
    return shifted - log(sum(exp(shifted), axis=1))


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
