"""Automatic differentiation, matrix by matrix: a list of what was done, read from its end.

`value` keeps an object for each number. Nearly all the time of a model goes into products of
matrices, and of those one may as well remember the whole: this matrix is the product of these two.
Then a step of the small language model has some fifty entries instead of fifty thousand values.

Whatever is computed is written down on a *tape*: the result, and for each matrix it was made of a
function that turns the result's gradient into that matrix's. Since the tape is written in order, it
only has to be read backwards: when an entry's turn comes, all that was made of its result has
handed on its share already.

Each operation is its forward formula and one short function per input. They are the formulas that
stand beside the layers, because there is no other: autograd chains derivatives, it does not find
them.

Before this: `value`. After this: `microgpt`.
"""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence, Tuple

from ... import linalg
from ...linalg import Matrix
from ...losses import SoftmaxCrossEntropy
from ..attention import causal_softmax, softmax_backward
from ..embedding import hstack, split_columns, sum_into_rows
from ..normalization import normalized, normalized_backward

__all__ = ["Tape", "Tracked"]


class Tracked:
    """A matrix that operations of a tape can use, and its gradient once backward has been there."""

    def __init__(self, value: Matrix) -> None:
        self.value = value
        self.gradient: Optional[Matrix] = None

    def receive(self, gradient: Matrix) -> None:
        """Take what comes back by one of the ways on which this matrix was used: they add up."""
        old = self.gradient
        self.gradient = gradient if old is None else linalg.add(old, gradient)


def summed_to(A: Matrix) -> Callable[[Matrix], Matrix]:
    """Return the way back to a matrix whose one row or column may have been used for several."""
    def hand_on(G: Matrix) -> Matrix:
        G = linalg.sum(G, axis=0) if len(A) < len(G) else G
        return linalg.sum(G, axis=1) if len(A[0]) < len(G[0]) else G

    return hand_on


Way = Tuple[Tracked, Callable[[Matrix], Matrix]]  # an input, and how the gradient gets to it


class Tape:
    """What was computed, in order.

    >>> tape, A, B = Tape(), Tracked([[1.0, 2.0]]), Tracked([[3.0, 4.0]])
    >>> tape.backward(tape.inner(A, B), [[1.0]])
    >>> A.gradient, B.gradient
    ([[3.0, 4.0]], [[1.0, 2.0]])
    """

    def __init__(self) -> None:
        self.entries: List[Tuple[Tracked, Tuple[Way, ...]]] = []

    def record(self, value: Matrix, *ways: Way) -> Tracked:
        """Write a result down, with the ways back from it; return it."""
        result = Tracked(value)
        self.entries.append((result, ways))
        return result

    def backward(self, result: Tracked, gradient: Matrix) -> None:
        """Give every matrix that the result was made of its gradient."""
        result.receive(gradient)
        for made, ways in reversed(self.entries):
            if made.gradient is not None:  # else the result does not depend on it
                for source, hand_on in ways:
                    source.receive(hand_on(made.gradient))

    # ---- Operations ----

    def add(self, A: Tracked, B: Tracked) -> Tracked:
        """A + B: each gets G; a row added to all rows, as a bias is, gets the sum over them."""
        return self.record(linalg.add(A.value, B.value), (A, summed_to(A.value)),
                           (B, summed_to(B.value)))

    def scale(self, A: Tracked, factor: float) -> Tracked:
        return self.record(linalg.multiply(A.value, factor),
                           (A, lambda G: linalg.multiply(G, factor)))

    def inner(self, A: Tracked, B: Tracked) -> Tracked:
        """A·Bᵀ: dA = G·B, dB = Gᵀ·A."""
        a, b = A.value, B.value
        return self.record(linalg.inner(a, b), (A, lambda G: linalg.matmul(G, b)),
                           (B, lambda G: linalg.inner_columns(G, a)))

    def matmul(self, A: Tracked, B: Tracked) -> Tracked:
        """A·B: dA = G·Bᵀ, dB = Aᵀ·G."""
        a, b = A.value, B.value
        return self.record(linalg.matmul(a, b), (A, lambda G: linalg.inner(G, b)),
                           (B, lambda G: linalg.inner_columns(a, G)))

    def relu(self, A: Tracked) -> Tracked:
        above = linalg.greater(A.value, 0.0)
        return self.record(linalg.multiply(A.value, above),
                           (A, lambda G: linalg.multiply(G, above)))

    def take(self, table: Tracked, rows: Sequence[int]) -> Tracked:
        count = len(table.value)
        return self.record(linalg.take(table.value, rows),
                           (table, lambda G: sum_into_rows(count, rows, G)))

    def split_columns(self, A: Tracked, parts: int) -> List[Tracked]:
        """Each part hands back zeros for the columns of the others: clumsy, but it adds up."""
        def way(which: int) -> Callable[[Matrix], Matrix]:
            def hand_on(G: Matrix) -> Matrix:
                nothing = linalg.multiply(G, 0.0)
                return hstack([G if part == which else nothing for part in range(parts)])
            return hand_on

        return [self.record(part, (A, way(which)))
                for which, part in enumerate(split_columns(A.value, parts))]

    def hstack(self, parts: Sequence[Tracked]) -> Tracked:
        def way(which: int) -> Callable[[Matrix], Matrix]:
            return lambda G: split_columns(G, len(parts))[which]

        return self.record(hstack([part.value for part in parts]),
                           *((part, way(which)) for which, part in enumerate(parts)))

    def causal_softmax(self, S: Tracked) -> Tracked:
        weights = causal_softmax(S.value)
        return self.record(weights, (S, lambda G: softmax_backward(G, weights)))

    def rms_norm(self, A: Tracked, epsilon: float = 1e-5) -> Tracked:
        Y, factors = normalized(A.value, epsilon)
        return self.record(Y, (A, lambda G: normalized_backward(G, Y, factors)))

    def cross_entropy(self, scores: Tracked, targets: Sequence[int]) -> Tracked:
        """The mean of −log p of the right classes, p by softmax: 1 × 1, from a score per class."""
        loss, gradient = SoftmaxCrossEntropy().value_and_gradient(scores.value, list(targets))
        return self.record([[loss]], (scores, lambda G: linalg.multiply(gradient, linalg.item(G))))
