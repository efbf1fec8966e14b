"""The small language model as people write it who want this one model and no library.

Both train the model of microgpt, from the same numbers, with the same Adam:

- `StraightGPT`: lists, comprehensions and a dot product straight down the page, its gradients
  worked out by hand. What purenn takes longer is the price of being a library.
- `ScalarGPT`: every number a `Value` that remembers how it was made. It is how the model became
  known.

Before this: scripts. After this: sequences.
"""

import math
import operator
from typing import Any, List, Sequence

from purenn.sequences.autograd import Value
from purenn.sequences.autograd.same_model import scalar_loss

try:
    from math import sumprod as dot
except ImportError:
    def dot(u: Any, v: Any) -> float:
        return sum(map(operator.mul, u, v))

Row = List[float]
Rows = List[Row]
HEADS, BETA1, BETA2, EPSILON, NORM = 4, 0.85, 0.99, 1e-8, 1e-5


class StraightGPT:
    """Weights as nine lists of rows, in the order of purenn's parameters."""

    def __init__(self, weights: Sequence[Rows]) -> None:
        self.weights = [[list(row) for row in table] for table in weights]
        self.means = [[[0.0] * len(row) for row in table] for table in weights]
        self.squares = [[[0.0] * len(row) for row in table] for table in weights]
        self.steps = 0

    def step(self, tokens: Sequence[int], rate: float) -> float:
        """Learn from one text; return its loss."""
        tokens, following = tokens[:-1], tokens[1:]
        n, width = len(tokens), len(self.weights[0][0])
        wte, wpe, wq, wk, wv, wo, w1, w2, head = self.weights
        size = width // HEADS
        scale = size ** -0.5
        columns = range(0, width, size)

        x0 = [[a + b for a, b in zip(wte[t], p)] for t, p in zip(tokens, wpe)]
        x1, s1 = norms(x0)
        x2, s2 = norms(x1)
        q, k, v = products(x2, wq), products(x2, wk), products(x2, wv)
        attention, found = [], [[] for _ in tokens]  # type: Any
        for c in columns:
            keys, values = [row[c:c + size] for row in k], [row[c:c + size] for row in v]
            by_column = list(zip(*values))
            shares = []
            for i in range(n):
                asked = q[i][c:c + size]
                scores = [dot(asked, key) * scale for key in keys[:i + 1]]
                shares.append(softmax(scores))
                found[i] += [dot(shares[i], column[:i + 1]) for column in by_column]
            attention.append(shares)
        x3 = sums(products(found, wo), x1)
        x4, s4 = norms(x3)
        hidden = [[a if a > 0 else 0.0 for a in row] for row in products(x4, w1)]
        x5 = sums(products(hidden, w2), x3)
        chances = [softmax(row) for row in products(x5, head)]
        loss = -math.fsum(math.log(row[t]) for row, t in zip(chances, following)) / n

        for row, t in zip(chances, following):
            row[t] -= 1.0
        g = [[a / n for a in row] for row in chances]
        d_head = column_products(g, x5)
        g5 = back(g, head)
        d_w2 = column_products(g5, hidden)
        g = [[a if b else 0.0 for a, b in zip(row, kept)] for row, kept in
             zip(back(g5, w2), hidden)]
        d_w1 = column_products(g, x4)
        g3 = sums(g5, norms_back(back(g, w1), x4, s4))
        d_wo = column_products(g3, found)
        g = back(g3, wo)
        gq, gk, gv = ([[0.0] * width for _ in tokens] for _ in range(3))
        for shares, c in zip(attention, columns):
            for i in range(n):
                out, a, asked = g[i][c:c + size], shares[i], q[i][c:c + size]
                wanted = [dot(out, row[c:c + size]) for row in v[:i + 1]]
                mean = dot(wanted, a)
                for j in range(i + 1):
                    slope = a[j] * (wanted[j] - mean) * scale
                    key, share = k[j], a[j]
                    for m in range(size):
                        gq[i][c + m] += slope * key[c + m]
                        gk[j][c + m] += slope * asked[m]
                        gv[j][c + m] += share * out[m]
        g2 = sums(sums(back(gq, wq), back(gk, wk)), back(gv, wv))
        g1 = sums(g3, norms_back(g2, x2, s2))
        g0 = norms_back(g1, x1, s1)
        d_wte, d_wpe = [[0.0] * width for _ in wte], [[0.0] * width for _ in wpe]
        for t, p, row in zip(tokens, range(n), g0):
            d_wte[t] = [a + b for a, b in zip(d_wte[t], row)]
            d_wpe[p] = row
        self.update([d_wte, d_wpe, column_products(gq, x2), column_products(gk, x2),
                     column_products(gv, x2), d_wo, d_w1, d_w2, d_head], rate)
        return loss

    def update(self, gradients: Sequence[Rows], rate: float) -> None:
        """Take Adam's step, row by row."""
        self.steps += 1
        m_part, v_part = 1.0 - BETA1 ** self.steps, 1.0 - BETA2 ** self.steps
        rate /= m_part
        for table, means, squares, gradient in zip(
                self.weights, self.means, self.squares, gradients):
            for i, g in enumerate(gradient):
                m = means[i] = [BETA1 * a + (1 - BETA1) * b for a, b in zip(means[i], g)]
                v = squares[i] = [BETA2 * a + (1 - BETA2) * b * b for a, b in zip(squares[i], g)]
                table[i] = [w - rate * a / ((b / v_part) ** 0.5 + EPSILON)
                            for w, a, b in zip(table[i], m, v)]


def products(rows: Rows, weights: Rows) -> Rows:
    return [[dot(neuron, row) for neuron in weights] for row in rows]


def back(gradient: Rows, weights: Rows) -> Rows:
    columns = list(zip(*weights))
    return [[dot(column, row) for column in columns] for row in gradient]  # type: ignore[arg-type]


def column_products(gradient: Rows, rows: Rows) -> Rows:
    """Return the gradient of the weights: rows of it whose outputs had no gradient stay zeros."""
    nothing = [0.0] * len(rows[0])
    made = []
    for column in zip(*gradient):
        total = nothing
        for factor, row in zip(column, rows):
            if factor:
                total = [t + factor * x for t, x in zip(total, row)]
        made.append(total)
    return made


def sums(A: Rows, B: Rows) -> Rows:
    return [[a + b for a, b in zip(*rows)] for rows in zip(A, B)]


def norms(rows: Rows) -> Any:
    factors = [(dot(row, row) / len(row) + NORM) ** -0.5 for row in rows]
    return [[x * s for x in row] for row, s in zip(rows, factors)], factors


def norms_back(gradient: Rows, rows: Rows, factors: Row) -> Rows:
    """The rows are those that came out."""
    made = []
    for g, y, s in zip(gradient, rows, factors):
        along = dot(g, y) / len(y)
        made.append([s * (a - b * along) for a, b in zip(g, y)])
    return made


def softmax(scores: Row) -> Row:
    largest = max(scores)
    exponentials = [math.exp(score - largest) for score in scores]
    total = sum(exponentials)
    return [x / total for x in exponentials]


class ScalarGPT:
    """Scalar autograd: the loss of a text knows all that it was made of."""

    def __init__(self, weights: Sequence[Rows]) -> None:
        self.tables = [[list(map(Value, row)) for row in table] for table in weights]
        self.values = [value for table in self.tables for row in table for value in row]
        self.means, self.squares = [0.0] * len(self.values), [0.0] * len(self.values)
        self.steps = 0

    def step(self, tokens: Sequence[int], rate: float) -> float:
        """Learn from one text; return its loss."""
        for value in self.values:
            value.gradient = 0.0
        loss = scalar_loss(self.tables, HEADS, tokens)
        loss.backward()
        self.steps += 1
        m_part, v_part = 1.0 - BETA1 ** self.steps, 1.0 - BETA2 ** self.steps
        for k, value in enumerate(self.values):
            g = value.gradient
            m = self.means[k] = BETA1 * self.means[k] + (1 - BETA1) * g
            v = self.squares[k] = BETA2 * self.squares[k] + (1 - BETA2) * g * g
            value.data -= rate * (m / m_part) / ((v / v_part) ** 0.5 + EPSILON)
        return loss.data
