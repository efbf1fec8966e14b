"""One model, computed in three ways: by its layers, with a tape of matrices, number by number.

The model is that of `microgpt`, the text one list of tokens. Each function below computes its loss
and the gradient of every parameter from the present values of the parameters; the results must be
equal, and what differs is how long it takes (`python3 -m benchmarks sequences`).

Before this: `microgpt`. This is the last module of the second volume.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ...linalg import Matrix
from ..attention import CausalSelfAttention
from ..model import LanguageModel, NextToken, questions
from .tape import Tape, Tracked
from .value import Value

__all__ = ["Step", "by_layers", "by_numbers", "by_tape"]


class Step(NamedTuple):
    """A loss, a gradient for each parameter in order, and how many things were remembered."""

    loss: float
    gradients: List[Any]
    remembered: int


def by_layers(model: LanguageModel, tokens: Sequence[int]) -> Step:
    """Forward and backward through the layers, each with its own formula."""
    inputs, targets = questions([tokens])
    loss, gradient = NextToken().value_and_gradient(model.forward(inputs, training=True), targets)
    model.backward(gradient)
    return Step(loss, [parameter.gradient for parameter in model.parameters()], 0)


def by_tape(model: LanguageModel, tokens: Sequence[int]) -> Step:
    """The same formulas, chained by a tape."""
    tape, heads = Tape(), heads_of(model)
    tables = [Tracked(parameter.value) for parameter in model.parameters()]
    token_table, place_table, queries, keys, values, output, wide, narrow, last = tables
    asked = tokens[:-1]
    x = tape.add(tape.take(token_table, asked), tape.take(place_table, range(len(asked))))
    x = tape.rms_norm(x)
    n = tape.rms_norm(x)
    q, k, v = (tape.split_columns(tape.inner(n, W), heads) for W in (queries, keys, values))
    scale = len(q[0].value[0]) ** -0.5
    found = [
        tape.matmul(tape.causal_softmax(tape.inner(tape.scale(one, scale), key)), value)
        for one, key, value in zip(q, k, v)
    ]
    x = tape.add(x, tape.inner(tape.hstack(found), output))
    hidden = tape.relu(tape.inner(tape.rms_norm(x), wide))
    x = tape.add(x, tape.inner(hidden, narrow))
    loss = tape.cross_entropy(tape.inner(x, last), tokens[1:])
    tape.backward(loss, [[1.0]])
    return Step(loss.value[0][0], [table.gradient for table in tables], len(tape.entries))


def by_numbers(model: LanguageModel, tokens: Sequence[int]) -> Step:
    """The same arithmetic with one `Value` for each number."""
    tables = [[list(map(Value, row)) for row in parameter.value]
              for parameter in model.parameters()]
    loss = scalar_loss(tables, heads_of(model), tokens)
    loss.backward()
    return Step(loss.data, [gradients_of(table) for table in tables], len(loss.ordered()))


def gradients_of(table: Sequence[Sequence[Value]]) -> Matrix:
    """Return the gradients of a table of values."""
    return [[value.gradient for value in row] for row in table]


def heads_of(model: LanguageModel) -> int:
    """Return how many heads the model's attention has."""
    return next(layer.heads for layer in model.text_layers
                if isinstance(layer, CausalSelfAttention))


# ---- The model, number by number ----

Row = List[Value]


def scalar_loss(tables: Sequence[Sequence[Row]], heads: int, tokens: Sequence[int]) -> Value:
    """Return the mean of −log p of each next token."""
    token_table, place_table, queries, keys, values, output, wide, narrow, last = tables
    width = len(token_table[0]) // heads
    kept: Dict[int, Tuple[List[Row], List[Row]]] = {head: ([], []) for head in range(heads)}
    total = Value(0.0)
    for place, (token, following) in enumerate(zip(tokens, tokens[1:])):
        x = scalar_norm([a + b for a, b in zip(token_table[token], place_table[place])])
        n = scalar_norm(x)
        q, k, v = (scalar_dense(n, table) for table in (queries, keys, values))
        found: Row = []
        for head, (past_keys, past_values) in kept.items():
            columns = slice(head * width, (head + 1) * width)
            past_keys.append(k[columns])
            past_values.append(v[columns])
            weights = scalar_softmax([dot(q[columns], key) * width ** -0.5 for key in past_keys])
            found += [dot(weights, list(column)) for column in zip(*past_values)]
        x = [a + b for a, b in zip(x, scalar_dense(found, output))]
        hidden = [one.relu() for one in scalar_dense(scalar_norm(x), wide)]
        x = [a + b for a, b in zip(x, scalar_dense(hidden, narrow))]
        total = total + -scalar_softmax(scalar_dense(x, last))[following].log()
    return total * (1.0 / (len(tokens) - 1))


def dot(u: Row, v: Row) -> Value:
    total = u[0] * v[0]
    for a, b in zip(u[1:], v[1:]):
        total = total + a * b
    return total


def scalar_dense(x: Row, weights: Sequence[Row]) -> Row:
    return [dot(row, x) for row in weights]


def scalar_norm(x: Row, epsilon: float = 1e-5) -> Row:
    factor = (dot(x, x) * (1.0 / len(x)) + epsilon) ** -0.5
    return [one * factor for one in x]


def scalar_softmax(scores: Row) -> Row:
    largest = max(score.data for score in scores)
    exponentials = [(score + -largest).exp() for score in scores]
    total = exponentials[0]
    for one in exponentials[1:]:
        total = total + one
    return [one / total for one in exponentials]
