"""The exercises check themselves: right answers pass, wrong ones get the hint that fits.

The solutions stand here and nowhere else. Above each test stands the promise that it holds purenn
to.
"""

from __future__ import annotations

import doctest
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest

from purenn import exercises
from purenn.book import parts
from purenn.exercises import SHEETS, Learner, Mistake, Verdict
from purenn.exercises.grader import _cases, verdict_on
from purenn.exercises.results import alike

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = {one.name: one for sheet in SHEETS.values() for one in sheet.exercises}
HEAD = ("import csv, hashlib, io, math, struct\n"
        "from purenn import linalg\nfrom purenn.activations import softmax\n\n")

# ---- The solutions, mostly plain loops, as a learner would write them ----

SOLUTIONS = {
    "neuron": """
        def neuron(inputs, weights, bias):
            total = bias
            for x, w in zip(inputs, weights):
                total += w * x
            return total
    """,
    "layer": """
        def layer(inputs, weights, biases):
            return [neuron(inputs, row, bias) for row, bias in zip(weights, biases)]
    """,
    "turning_point": """
        def turning_point(weight, bias):
            return -bias / weight
    """,
    "opposite": """
        def opposite(weights, bias):
            return [-w for w in weights], -bias
    """,
    "gate": """
        def gate():
            return [1, 1], -1.5
    """,
    "dot": """
        def dot(u, v):
            if len(u) != len(v):
                raise ValueError("different lengths")
            total = 0
            for x, y in zip(u, v):
                total += x * y
            return total
    """,
    "cosine": """
        def cosine(u, v):
            return dot(u, v) / math.sqrt(dot(u, u) * dot(v, v))
    """,
    "inner": """
        def inner(A, B):
            return [[dot(a, b) for b in B] for a in A]
    """,
    "transpose": """
        def transpose(A):
            return [list(column) for column in zip(*A)]
    """,
    "forward": """
        def forward(inputs, layers):
            for weights, biases in layers:
                inputs = linalg.add(linalg.inner(inputs, weights), biases)
            return inputs
    """,
    "count_parameters": """
        def count_parameters(widths):
            total = 0
            for inputs, neurons in zip(widths, widths[1:]):
                total += neurons * inputs + neurons
            return total
    """,
    "shapes": """
        def shapes(rows, widths):
            return [[rows, width] for width in widths]
    """,
    "merged": """
        def merged(weights_1, biases_1, weights_2, biases_2):
            weights = linalg.matmul(weights_2, weights_1)
            return weights, linalg.add(linalg.inner(biases_1, weights_2), biases_2)
    """,
    "Layer": """
        class Layer:
            def __init__(self, inputs, neurons, rng):
                deviation = he_deviation(neurons, inputs)
                self.weights = [[rng.gauss(0, deviation) for i in range(inputs)]
                                for o in range(neurons)]
                self.biases = [[0.0] * neurons]

            def forward(self, inputs):
                return dense_forward(inputs, self.weights, self.biases)
    """,
    "training_loop": """
        def training_loop(network, inputs, targets, loss, optimizer, orders, batch_size):
            losses = []
            for order in orders:
                total = 0
                for start in range(0, len(order), batch_size):
                    rows = order[start:start + batch_size]
                    x, y = [inputs[r] for r in rows], [targets[r] for r in rows]
                    scores = network.forward(x)
                    total += len(rows) * loss(scores, y)
                    network.backward(loss.gradient(scores, y))
                    optimizer.step(network.parameters())
                losses.append(total / len(inputs))
            return losses
    """,
    "floats_from": """
        def floats_from(contents):
            if len(contents) % 8:
                raise ValueError("broken off")
            return list(struct.unpack(f"<{len(contents) // 8}d", contents))
    """,
    "split_file": """
        def split_file(contents):
            length = int.from_bytes(contents[:8], "little")
            return contents[8:8 + length].decode("utf-8"), floats_from(contents[8 + length:])
    """,
    "is_damaged": """
        def is_damaged(contents, fingerprint):
            return hashlib.sha256(contents).hexdigest() != fingerprint
    """,
    "read_table": """
        def read_table(text):
            names, *rows = csv.reader(io.StringIO(text))
            return names, [[float(c) for c in row[:-1]] for row in rows], [r[-1] for r in rows]
    """,
    "class_numbers": """
        def class_numbers(words):
            names = sorted(set(words))
            return [names.index(word) for word in words], names
    """,
    "dense_forward": """
        def dense_forward(inputs, weights, biases):
            rows = []
            for x in inputs:
                row = []
                for o in range(len(weights)):
                    total = biases[0][o]
                    for i in range(len(x)):
                        total += weights[o][i] * x[i]
                    row.append(total)
                rows.append(row)
            return rows
    """,
    "he_deviation": """
        def he_deviation(neurons, inputs):
            return math.sqrt(2 / inputs)
    """,
    "add_biases": """
        def add_biases(scores, biases):
            return [[s + b for s, b in zip(row, biases[0])] for row in scores]
    """,
    "sum_along": """
        def sum_along(matrix, axis):
            if axis == 0:
                return [[sum(column) for column in zip(*matrix)]]
            return [[sum(row)] for row in matrix]
    """,
    "summed_gradients": """
        def summed_gradients(output_gradient):
            total = [0] * len(output_gradient[0])
            for row in output_gradient:
                for o in range(len(row)):
                    total[o] += row[o]
            return [total]
    """,
    "relu": """
        def relu(inputs):
            return [[max(x, 0) for x in row] for row in inputs]
    """,
    "relu_derivative": """
        def relu_derivative(inputs):
            return [[1 if x > 0 else 0 for x in row] for row in inputs]
    """,
    "sigmoid": """
        def sigmoid(inputs):
            def one(x):
                if x >= 0:
                    return 1 / (1 + math.exp(-x))
                return math.exp(x) / (math.exp(x) + 1)
            return [[one(x) for x in row] for row in inputs]
    """,
    "softmax": """
        def softmax(scores):
            result = []
            for row in scores:
                powers = [math.exp(s - max(row)) for s in row]
                result.append([power / sum(powers) for power in powers])
            return result
    """,
    "one_hot": """
        def one_hot(targets, classes):
            rows = []
            for c in targets:
                row = [0] * classes
                row[c] = 1
                rows.append(row)
            return rows
    """,
    "cross_entropy": """
        def cross_entropy(scores, targets):
            total = 0
            for s, c in zip(scores, targets):
                m = max(s)
                total += math.log(sum(math.exp(x - m) for x in s)) + m - s[c]
            return total / len(scores)
    """,
    "cross_entropy_gradient": """
        def cross_entropy_gradient(scores, targets):
            result = []
            for p, c in zip(softmax(scores), targets):
                result.append([(p[k] - (k == c)) / len(scores) for k in range(len(p))])
            return result
    """,
    "best_of": """
        def best_of(candidates, loss):
            return min(candidates, key=loss)
    """,
    "random_adjustment_step": """
        def random_adjustment_step(weights, nudges, loss):
            new = linalg.add(weights, nudges)
            return new if loss(new) < loss(weights) else weights
    """,
    "random_adjustment": """
        def random_adjustment(weights, all_nudges, loss):
            for nudges in all_nudges:
                new = linalg.add(weights, nudges)
                if loss(new) < loss(weights):
                    weights = new
            return weights
    """,
    "slope": """
        def slope(function, x):
            h = 0.00001
            return (function(x + h) - function(x - h)) / (2 * h)
    """,
    "neuron_backward": """
        def neuron_backward(inputs, weights, output_gradient):
            g = output_gradient
            return [x * g for x in inputs], g, [w * g for w in weights]
    """,
    "weights_gradient": """
        def weights_gradient(inputs, output_gradient):
            return [[sum(g[o] * x[i] for g, x in zip(output_gradient, inputs))
                     for i in range(len(inputs[0]))] for o in range(len(output_gradient[0]))]
    """,
    "biases_gradient": """
        def biases_gradient(output_gradient):
            return linalg.sum(output_gradient, axis=0)
    """,
    "input_gradient": """
        def input_gradient(weights, output_gradient):
            result = []
            for g in output_gradient:
                row = [0.0] * len(weights[0])
                for o in range(len(weights)):
                    for i in range(len(row)):
                        row[i] += g[o] * weights[o][i]
                result.append(row)
            return result
    """,
    "dense_backward": """
        def dense_backward(inputs, weights, output_gradient):
            return (weights_gradient(inputs, output_gradient), biases_gradient(output_gradient),
                    input_gradient(weights, output_gradient))
    """,
    "relu_backward": """
        def relu_backward(inputs, output_gradient):
            return [[g if x > 0 else 0.0 for x, g in zip(*rows)]
                    for rows in zip(inputs, output_gradient)]
    """,
    "two_layers_backward": """
        def two_layers_backward(inputs, hidden_scores, hidden, output_weights, scores_gradient):
            w2, b2, back = dense_backward(hidden, output_weights, scores_gradient)
            back = relu_backward(hidden_scores, back)
            return weights_gradient(inputs, back), biases_gradient(back), w2, b2
    """,
    "momentum_step": """
        def momentum_step(weights, gradient, velocity, learning_rate, momentum):
            v = linalg.add(linalg.multiply(velocity, momentum), gradient)
            return linalg.subtract(weights, linalg.multiply(v, learning_rate)), v
    """,
    "split": """
        def split(inputs, targets, order, test_rows):
            test, train = order[:test_rows], order[test_rows:]
            return ([inputs[r] for r in train], [targets[r] for r in train],
                    [inputs[r] for r in test], [targets[r] for r in test])
    """,
    "standardize": """
        def standardize(train_inputs, test_inputs):
            means, deviations = [], []
            for column in zip(*train_inputs):
                mean = sum(column) / len(column)
                means.append(mean)
                deviations.append((sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5)
            def scaled(rows):
                return [[(x - m) / d for x, m, d in zip(row, means, deviations)] for row in rows]
            return scaled(train_inputs), scaled(test_inputs)
    """,
    "accuracy": """
        def accuracy(predictions, targets):
            return sum(p == t for p, t in zip(predictions, targets)) / len(targets)
    """,
    "confusion_matrix": """
        def confusion_matrix(predictions, targets, classes):
            counts = [[0] * classes for _ in range(classes)]
            for p, a in zip(predictions, targets):
                counts[a][p] += 1
            return counts
    """,
    "l2_gradient": """
        def l2_gradient(weights, weights_gradient, strength):
            return linalg.add(weights_gradient, linalg.multiply(weights, 2 * strength))
    """,
    "should_stop": """
        def should_stop(validation_losses, patience):
            best = validation_losses.index(min(validation_losses))
            return len(validation_losses) - 1 - best >= patience
    """,
    "slopes": """
        def slopes(operation, x, y):
            if operation == "+":
                return [1, 1]
            if operation == "-":
                return [1, -1]
            return [y, x] if operation == "*" else [1 / y, -x / y ** 2]
    """,
    "parents_first": """
        def parents_first(parents):
            order = []

            def append(number):
                if number not in order:
                    for parent in parents[number]:
                        append(parent)
                    order.append(number)

            append(len(parents) - 1)
            return order
    """,
    "gradients": """
        def gradients(parents, slopes):
            result = [0] * (len(parents) - 1) + [1]
            for k in range(len(parents) - 1, -1, -1):
                for parent, slope in zip(parents[k], slopes[k]):
                    result[parent] += slope * result[k]
            return result
    """,
    "perplexity": """
        def perplexity(probabilities):
            return math.exp(-sum(map(math.log, probabilities)) / len(probabilities))
    """,
    "backed_off": """
        def backed_off(counts, shorter):
            n, d = sum(counts), len([c for c in counts if c])
            return [(c + d * q) / (n + d) if n else q for c, q in zip(counts, shorter)]
    """,
    "look_up": """
        def look_up(table, tokens):
            return [table[token] for token in tokens]
    """,
    "embedding_gradient": """
        def embedding_gradient(tokens, output_gradient, rows):
            gradient = [[0] * len(output_gradient[0]) for _ in range(rows)]
            for token, g in zip(tokens, output_gradient):
                for i in range(len(g)):
                    gradient[token][i] += g[i]
            return gradient
    """,
    "attention_weights": """
        def attention_weights(queries, keys):
            weights = []
            for i, q in enumerate(queries):
                scores = [linalg.dot(q, k) / math.sqrt(len(q)) for k in keys[:i + 1]]
                powers = [math.exp(s - max(scores)) for s in scores]
                weights.append([p / sum(powers) for p in powers] + [0] * (len(keys) - i - 1))
            return weights
    """,
    "softmax_backward": """
        def softmax_backward(weights, weights_gradient):
            gradient = []
            for a, da in zip(weights, weights_gradient):
                m = sum(x * y for x, y in zip(a, da))
                gradient.append([x * (y - m) for x, y in zip(a, da)])
            return gradient
    """,
    "head_backward": """
        def head_backward(queries, keys, values, weights, output_gradient):
            back = softmax_backward(weights, linalg.inner(output_gradient, values))
            back = linalg.divide(back, math.sqrt(len(queries[0])))
            return (linalg.matmul(back, keys), linalg.inner_columns(back, queries),
                    linalg.inner_columns(weights, output_gradient))
    """,
    "rms_norm": """
        def rms_norm(inputs):
            return [[x / math.sqrt(sum(y * y for y in row) / len(row)) for x in row]
                    for row in inputs]
    """,
    "rms_norm_backward": """
        def rms_norm_backward(inputs, output_gradient):
            back = []
            for x, y, g in zip(inputs, rms_norm(inputs), output_gradient):
                s = 1 / math.sqrt(sum(one * one for one in x) / len(x))
                along = sum(a * b for a, b in zip(g, y)) / len(x)
                back.append([s * (a - b * along) for a, b in zip(g, y)])
            return back
    """,
    "at_temperature": """
        def at_temperature(scores, temperature):
            powers = [math.exp((s - max(scores)) / temperature) for s in scores]
            return [p / sum(powers) for p in powers]
    """,
    "padded_loss": """
        def padded_loss(scores, targets):
            tokens = [token for text in targets for token in text if token != -1]
            return -sum(math.log(p[c]) for p, c in zip(softmax(scores), tokens)) / len(tokens)
    """,
}


def dedented(code: str) -> str:
    """Take away the indentation of the first line; one blank line of code may stand before it."""
    lines = code.strip("\n").splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines) + "\n"


def solved(part: int) -> str:
    """Return the file of a part with all its holes filled."""
    names = [one.name for one in SHEETS[part].exercises]
    return HEAD + "\n\n".join(dedented(SOLUTIONS[name]) for name in names)


def judged(name: str, code: str, tmp_path: Path) -> Verdict:
    """Return the verdict on one function; what it calls from above it is solved."""
    part = next(part for part, sheet in SHEETS.items() if EXERCISES[name] in sheet.exercises)
    path = tmp_path / "exercise.py"
    before = "" if "softmax" in name or "softmax" in code and part == 7 else solved(part)
    path.write_text((before or HEAD) + "\n\n" + dedented(code), encoding="utf-8")
    return verdict_on(EXERCISES[name], exercises.read(str(path)))


# ---- Right answers ----


# Whoever solves all exercises of a part gets a tick for each.
@pytest.mark.parametrize("part", SHEETS)
def test_every_exercise_can_be_solved(part: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(solved(part), encoding="utf-8")
    learner = exercises.read(str(path))
    sheet = exercises.sheet_of(learner)
    assert sheet.part == part
    verdicts = list(exercises.grade(sheet, learner))
    assert [one.hint for one in verdicts if one.state != "right"] == []
    assert [one.name for one in verdicts] == [one.name for one in sheet.exercises]


# What the file shows as an example is what the library comes to.
@pytest.mark.parametrize("name", EXERCISES)
def test_the_examples_worked_out_by_hand_agree_with_the_library(name: str) -> None:
    example = EXERCISES[name].example
    assert example.shown or alike(EXERCISES[name].answer(*example.arguments), example.answer, 1e-8)


# There are exercises for every part of the book, no name is used twice, and there are as many
# solutions here as exercises.
def test_there_are_exercises_for_all_parts() -> None:
    assert list(SHEETS) == parts.numbers()
    assert len(EXERCISES) == sum(len(sheet.exercises) for sheet in SHEETS.values())
    assert set(SOLUTIONS) == set(EXERCISES)


# The gradients of part 7 and 9 have been through the gradient checker.
@pytest.mark.parametrize("name", ["cross_entropy_gradient", "dense_backward", "relu_backward",
                                  "two_layers_backward"])
def test_the_gradient_checker_has_the_last_word(name: str, tmp_path: Path) -> None:
    verdict = judged(name, SOLUTIONS[name], tmp_path)
    assert verdict.state == "right"
    assert re.search(r"the gradient checker agrees, \d\d+ times", " ".join(verdict.remarks))


# Each known mistake, handed in, gets its hint and not that of another.
@pytest.mark.slow
@pytest.mark.parametrize("name, number", [
    (name, number) for name, one in EXERCISES.items() for number in range(len(one.mistakes))])
def test_every_known_mistake_gets_its_hint(name: str, number: int) -> None:
    one = EXERCISES[name]
    mistake = one.mistakes[number]

    def wrong(*arguments: Any) -> Any:
        try:
            made = mistake.formula(*arguments)
        except ArithmeticError:
            return one.answer(*arguments)
        if not isinstance(made, tuple):
            return made
        answer = one.answer(*arguments)  # a mistake in one of several things leaves the others
        return tuple(part if part != [] else right for part, right in zip(made, answer))

    without_use = one._replace(use=None, methods=(), plain=False)
    verdict = verdict_on(without_use, Learner("", [], {name: wrong}, set()))
    assert verdict.state == "wrong"
    assert verdict.hint.endswith(mistake.hint), verdict.hint


# Batches have several rows, and rows, inputs and neurons all differ somewhere: what is transposed
# or taken from the last row only cannot be right by accident.
@pytest.mark.parametrize("name", EXERCISES)
def test_every_mistake_is_told_from_the_right_answer(name: str) -> None:
    one = EXERCISES[name]
    cases = _cases(one)
    for mistake in one.mistakes:
        differs = []
        for case in cases:
            answer = one.answer(*case.arguments)
            try:
                made = mistake.formula(*case.arguments)
            except (ArithmeticError, ValueError, LookupError, TypeError):
                continue
            differs.append(not alike(made, answer, one.tolerance))
        assert any(differs), mistake.hint


# ---- Wrong answers, as people write them ----

WRONG = [
    ("neuron", """
        def neuron(inputs, weights, bias):
            for x, w in zip(inputs, weights):
                total = w * x
            return total + bias
     """, "only the last product"),
    ("neuron", """
        def neuron(inputs, weights, bias):
            return sum(w * x + bias for x, w in zip(inputs, weights))
     """, "once for every input"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            return linalg.inner(inputs, weights)
     """, "biases are missing"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            rows = []
            for x in inputs:
                rows.append([linalg.dot(x, w) + b for w, b in zip(weights, biases[0])])
                return rows
     """, "only the first row comes back"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            row = [0.0] * len(weights)
            rows = []
            for x in inputs:
                for o in range(len(weights)):
                    row[o] = linalg.dot(x, weights[o]) + biases[0][o]
                rows.append(row)
            return rows
     """, "all rows are the last one"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            return [[0.0] * len(weights) for row in inputs]
     """, "it is 0 everywhere"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            return [[5.0] * len(weights) for row in inputs]
     """, "for the example at row 0, column 0 it gives 5, expected 3"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            return [[3.0, -1.0, 3.0], [2.0, 3.0, -1.0]]
     """, "expected 3 × 4, got 2 × 3"),
    ("neuron", """
        def neuron(inputs, weights, bias):
            return inputs[0] * weights[0] + inputs[1] * weights[1] + bias if len(inputs) > 1 else 0
     """, "the example is right, but for other numbers it gives 0, expected "),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            y = linalg.add(linalg.inner(inputs, weights), biases)
            return linalg.transpose(y)
     """, "transposed"),
    ("dense_forward", """
        def dense_forward(inputs, weights, biases):
            return linalg.add(linalg.matmul(inputs, weights), biases)
     """, "ShapeError: matmul: the sizes 2 × 2 and 3 × 2"),
    ("he_deviation", """
        def he_deviation(neurons, inputs):
            return 2 / inputs
     """, "variance"),
    ("he_deviation", """
        def he_deviation(neurons, inputs):
            return math.sqrt(2 / neurons)
     """, "number of neurons"),
    ("add_biases", """
        def add_biases(scores, biases):
            for row in scores:
                for o in range(len(row)):
                    row[o] += biases[0][o]
            return scores
     """, "it changes `scores`"),
    ("sum_along", """
        def sum_along(matrix, axis):
            return linalg.sum(matrix, 1 - axis)
     """, "axes have changed places"),
    ("sum_along", """
        def sum_along(matrix, axis):
            return [sum(column) for column in zip(*matrix)]
     """, "a list of numbers, expected a list of rows"),
    ("summed_gradients", """
        def summed_gradients(output_gradient):
            return linalg.mean(output_gradient, axis=0)
     """, "mean"),
    ("summed_gradients", """
        def summed_gradients(output_gradient):
            for row in output_gradient:
                total = row
            return [total]
     """, "only the last row"),
    ("relu", """
        def relu(inputs):
            return [[abs(x) for x in row] for row in inputs]
     """, "lose their sign"),
    ("relu_derivative", """
        def relu_derivative(inputs):
            return [[int(x >= 0) for x in row] for row in inputs]
     """, "at x = 0 it gives 1"),
    ("sigmoid", """
        def sigmoid(inputs):
            return [[1 / (1 + math.exp(-x)) for x in row] for row in inputs]
     """, "it overflows far from 0: no exp should be taken of a large positive number (line "),
    ("sigmoid", """
        def sigmoid(inputs):
            powers = linalg.exp(inputs)
            return linalg.divide(powers, linalg.add(powers, 1.0))
     """, "it overflows far from 0"),
    ("softmax", """
        def softmax(scores):
            powers = linalg.exp(linalg.subtract(scores, linalg.max(scores)))
            return linalg.divide(powers, linalg.sum(powers))
     """, "whole batch"),
    ("softmax", """
        def softmax(scores):
            return [[math.exp(s) / sum(math.exp(t) for t in row) for s in row] for row in scores]
     """, "is the largest score of the row subtracted before exp? (line "),
    ("cross_entropy", """
        def cross_entropy(scores, targets):
            return sum(-math.log(p[c]) for p, c in zip(softmax(scores), targets)) / len(targets)
     """, "it goes wrong where scores lie 1000 apart (line "),
    ("cross_entropy", """
        def cross_entropy(scores, targets):
            p = softmax(scores)
            return sum(-math.log(p[r][c] + 1e-15) for r, c in enumerate(targets)) / len(targets)
     """, "it goes wrong where scores lie 1000 apart (it gives "),
    ("cross_entropy", """
        def cross_entropy(scores, targets):
            total = 0
            for s, c in zip(scores, targets):
                total += math.log(sum(math.exp(x - max(s)) for x in s)) + max(s) - s[c]
            return total
     """, "sum over the examples"),
    ("cross_entropy_gradient", """
        def cross_entropy_gradient(scores, targets):
            y = linalg.one_hot(targets, len(scores[0]))
            return linalg.subtract(softmax(scores), y)
     """, "not averaged over the batch"),
    ("cross_entropy_gradient", """
        def cross_entropy_gradient(scores, targets):
            y = linalg.one_hot(targets, len(scores[0]))
            return linalg.divide(linalg.subtract(y, softmax(scores)), len(scores))
     """, "sign is wrong"),
    ("cross_entropy_gradient", """
        def cross_entropy_gradient(scores, targets):
            y = linalg.one_hot(targets, len(scores[0]))
            return linalg.divide(linalg.subtract(softmax(scores), y), len(scores) ** 2)
     """, "averaged twice"),
    ("random_adjustment_step", """
        def random_adjustment_step(weights, nudges, loss):
            before = loss(weights)
            for row, nudge in zip(weights, nudges):
                for i in range(len(row)):
                    row[i] += nudge[i]
            return weights
     """, "it changes `weights`"),
    ("slope", """
        def slope(function, x):
            return (function(x + 0.01) - function(x - 0.01)) / 0.02
     """, "step is too large: with h = 0.01"),
    ("slope", """
        def slope(function, x):
            return (function(x + 0.0000001) - function(x)) / 0.0000001
     """, "one side only"),
    ("slope", """
        def slope(function, x):
            return (function(x + 0.003) - function(x - 0.003)) / 0.006
     """, "only some of the digits are right"),
    ("neuron_backward", """
        def neuron_backward(inputs, weights, output_gradient):
            g = output_gradient
            return [w * g for w in weights], g, [x * g for x in inputs]
     """, "changed places"),
    ("neuron_backward", """
        def neuron_backward(inputs, weights, output_gradient):
            return [x * output_gradient for x in inputs], 1, [w * output_gradient for w in weights]
     """, "bias_gradient: the output gradient is not multiplied in"),
    ("weights_gradient", """
        def weights_gradient(inputs, output_gradient):
            return linalg.matmul(linalg.transpose(inputs), output_gradient)
     """, "transposed"),
    ("weights_gradient", """
        def weights_gradient(inputs, output_gradient):
            total = linalg.matmul(linalg.transpose(output_gradient), inputs)
            return linalg.divide(total, len(inputs))
     """, "divided by the number of rows"),
    ("weights_gradient", """
        def weights_gradient(inputs, output_gradient):
            for x, g in zip(inputs, output_gradient):
                result = [[b * a for a in x] for b in g]
            return result
     """, "last row only"),
    ("weights_gradient", """
        def weights_gradient(inputs, output_gradient):
            total = linalg.matmul(linalg.transpose(output_gradient), inputs)
            return linalg.multiply(total, -1.0)
     """, "sign is wrong"),
    ("biases_gradient", """
        def biases_gradient(output_gradient):
            return linalg.mean(output_gradient, axis=0)
     """, "divided by the number of rows"),
    ("biases_gradient", """
        def biases_gradient(output_gradient):
            return linalg.sum(output_gradient, axis=1)
     """, "along the rows"),
    ("input_gradient", """
        def input_gradient(weights, output_gradient):
            return linalg.inner(output_gradient, weights)
     """, "ShapeError"),
    ("input_gradient", """
        def input_gradient(weights, output_gradient):
            result = []
            for g in output_gradient:
                for o in range(len(g)):
                    row = [g[o] * w for w in weights[o]]
                result.append(row)
            return result
     """, "through the last neuron"),
    ("dense_backward", """
        def dense_backward(inputs, weights, output_gradient):
            outputs = linalg.inner(inputs, weights)
            return (linalg.matmul(linalg.transpose(output_gradient), outputs),
                    biases_gradient(output_gradient), input_gradient(weights, output_gradient))
     """, "weights_gradient: it is made of the outputs"),
    ("dense_backward", """
        def dense_backward(inputs, weights, output_gradient):
            return (linalg.transpose(weights_gradient(inputs, output_gradient)),
                    biases_gradient(output_gradient), input_gradient(weights, output_gradient))
     """, "weights_gradient: it is transposed"),
    ("dense_backward", """
        def dense_backward(inputs, weights, output_gradient):
            weights_gradient = weights_gradient(inputs, output_gradient)
            return weights_gradient, biases_gradient(output_gradient), []
     """, "UnboundLocalError"),
    ("relu_backward", """
        def relu_backward(inputs, output_gradient):
            return [[g if g > 0 else 0.0 for g in row] for row in output_gradient]
     """, "sign of the output gradient"),
    ("two_layers_backward", """
        def two_layers_backward(inputs, hidden_scores, hidden, output_weights, scores_gradient):
            w2, b2, back = dense_backward(hidden, output_weights, scores_gradient)
            return weights_gradient(inputs, back), biases_gradient(back), w2, b2
     """, "hidden_weights_gradient: the gradient did not go through ReLU"),
    ("two_layers_backward", """
        def two_layers_backward(inputs, hidden_scores, hidden, output_weights, scores_gradient):
            w2, b2, back = dense_backward(hidden_scores, output_weights, scores_gradient)
            back = relu_backward(hidden_scores, back)
            return weights_gradient(inputs, back), biases_gradient(back), w2, b2
     """, "output_weights_gradient: it uses what went into ReLU"),
    ("momentum_step", """
        def momentum_step(weights, gradient, velocity, learning_rate, momentum):
            v = linalg.add(linalg.multiply(velocity, momentum), gradient)
            return linalg.add(weights, linalg.multiply(v, learning_rate)), v
     """, "uphill"),
    ("momentum_step", """
        def momentum_step(weights, gradient, velocity, learning_rate, momentum):
            v = linalg.add(linalg.multiply(velocity, momentum), gradient)
            return linalg.subtract(weights, linalg.multiply(v, learning_rate)), velocity
     """, "velocity: "),
    ("split", """
        def split(inputs, targets, order, test_rows):
            return inputs[test_rows:], targets[test_rows:], inputs[:test_rows], targets[:test_rows]
     """, "not shuffled"),
    ("split", """
        def split(inputs, targets, order, test_rows):
            test = order[:test_rows]
            return ([inputs[r] for r in order], [targets[r] for r in order],
                    [inputs[r] for r in test], [targets[r] for r in test])
     """, "leak"),
    ("confusion_matrix", """
        def confusion_matrix(predictions, targets, classes):
            counts = [[0] * classes] * classes
            for p, a in zip(predictions, targets):
                counts[a][p] += 1
            return counts
     """, "all rows are the same list"),
    ("confusion_matrix", """
        def confusion_matrix(predictions, targets, classes):
            counts = [[0] * classes for _ in range(classes)]
            for p, a in zip(predictions, targets):
                counts[p][a] += 1
            return counts
     """, "transposed"),
    ("l2_gradient", """
        def l2_gradient(weights, weights_gradient, strength):
            return linalg.add(weights_gradient, linalg.multiply(weights, strength))
     """, "factor of 2"),
    ("should_stop", """
        def should_stop(validation_losses, patience):
            return len(validation_losses) > 1 and validation_losses[-1] > validation_losses[-2]
     """, "have patience"),
]


# What people really write gets a hint that names the mistake.
@pytest.mark.slow
@pytest.mark.parametrize("name, code, expected", WRONG, ids=[
    f"{name}: {expected}" for name, _, expected in WRONG])
def test_typical_wrong_answers_get_the_right_hint(
    name: str, code: str, expected: str, tmp_path: Path
) -> None:
    verdict = judged(name, code, tmp_path)
    assert verdict.state == "wrong"
    assert expected in verdict.hint


# ---- Answers that are no answers ----

BROKEN = [
    ("def relu(inputs): return", "returns None"),
    ("def relu(inputs): [[max(x, 0) for x in row] for row in inputs]", "`return` missing"),
    ("def relu(inputs): return tuple(inputs)", "a tuple, expected a list: round brackets"),
    ("def relu(inputs): return [tuple(row) for row in inputs]",
     "row 0 of what comes back is a tup"),
    ("def relu(inputs): return 'relu'", "'relu' (a string), expected a list"),
    ("def relu(inputs): return map(list, inputs)", "a map, expected a list: list(...)"),
    ("def relu(inputs): yield inputs", "a generator, expected a list: is there a `yield`"),
    ("def relu(inputs): return {1: inputs}", "a dict, expected a list"),
    ("def relu(inputs): return 1.5", "1.5 (a number), expected a list"),
    ("def relu(inputs): return ...", "`...`, expected a list"),
    ("def relu(inputs): return len", "a function (are its brackets missing?)"),
    ("def relu(inputs): return [[None for x in row] for row in inputs]", "None, expected a number"),
    ("def relu(inputs): return [[str(x) for x in row] for row in inputs]",
     "(a string), expected a "),
    ("def relu(inputs): return [[1j for x in row] for row in inputs]",
     "a complex, expected a numb"),
    ("def relu(inputs): return [[math.nan for x in row] for row in inputs]",
     "gives nan, not a num"),
    ("def relu(inputs): return []", "expected 2 × 2, got a list of 0 numbers"),
    ("def relu(inputs): return [[1.0], [2.0, 3.0]]", "got rows of 1 and of 2 numbers"),
    ("def relu(inputs): return inputs[0]", "a list of numbers, expected a list of rows"),
    ("def relu(inputs): return relu(inputs)", "line 5: it calls itself without end"),
    ("def relu(inputs):\n    return inputs[9]",
     "line 6: IndexError: list index out of range, in: r"),
    ("def relu(inputs): exit()", "it ends the program"),
    ("def relu(inputs): raise SystemExit(0)", "it ends the program"),
    ("def relu(inputs): return nothing", "NameError: name 'nothing' is not defined"),
    ("def relu(inputs): return 1 / 0", "ZeroDivisionError: "),
    ("def relu(inputs): return linalg.add(inputs, [[1.0] * 9])",
     "the sizes 2 × 2 and 1 × 9"),
    ("class Odd(Exception):\n    def __str__(self): raise self\ndef relu(inputs): raise Odd",
     "Odd: (its message cannot be shown)"),
    ("def relu(inputs, slope): return inputs", "it takes (inputs, slope), expected (inputs)"),
    ("def relu(): return []", "it takes (), expected (inputs)"),
    ("relu = 3", "this should be a function, it is int"),
    ("def relu(inputs):\n    inputs[0][0] = 5.0\n    return inputs", "it changes `inputs`"),
    ("def relu(inputs):\n    inputs.pop()\n    return inputs", "it changes `inputs`"),
    ("def relu(inputs): return [[10 ** 400 for x in row] for row in inputs]",
     "an integer too large for a float"),
    ("def relu(inputs): return [[math.inf for x in row] for row in inputs]", "gives inf, expected"),
    ("def rely(inputs): return inputs", "there is no function of this name in the file"),
]


# Whatever goes wrong in the learner's lines ends as one sentence about them.
@pytest.mark.parametrize("code, expected", BROKEN)
def test_broken_answers_are_described(code: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + code, encoding="utf-8")
    verdict = verdict_on(EXERCISES["relu"], exercises.read(str(path)))
    assert verdict.state == "wrong"
    assert expected in verdict.hint
    assert "\n" not in verdict.hint and "Traceback" not in verdict.hint


# Where the error comes from a function of the learner's own, the line that called it is shown, too.
def test_the_way_to_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def helper(row):\n    return row[9]\n\n"
                    "def relu(inputs):\n    return helper(inputs)\n", encoding="utf-8")
    hint = verdict_on(EXERCISES["relu"], exercises.read(str(path))).hint
    assert hint == ("line 2: IndexError: list index out of range, in: return row[9]; "
                    "called in line 5: return helper(inputs)")


# What is right for the numbers tried but not for the gradient checker's is not right.
@pytest.mark.parametrize("instead, expected", [
    ("linalg.multiply(gradients[0], 2.0)", "The gradient checker says of weights["),
    ("gradients[0][9]", "under the gradient checker: line "),
    ("None", "under the gradient checker: weights_gradient is None"),
])
def test_the_gradient_checker_can_disagree(instead: str, expected: str, tmp_path: Path) -> None:
    code = f"""
        real = dense_backward
        def dense_backward(inputs, weights, output_gradient):
            gradients = real(inputs, weights, output_gradient)
            return ({instead} if len(inputs) == 4 else gradients[0], *gradients[1:])
    """
    verdict = judged("dense_backward", code, tmp_path)
    assert verdict.state == "wrong"
    assert verdict.hint.startswith(expected)


# Where no mistake explains the numbers, the gradient checker says what a small step does.
def test_the_gradient_checker_helps_with_the_hint(tmp_path: Path) -> None:
    code = """
        def relu_backward(inputs, output_gradient):
            return [[3.0 * g * (0.0 < x) if abs(x) < 1.5 and x != 0.5 else g * (x > 0)
                     for x, g in zip(*rows)] for rows in zip(inputs, output_gradient)]
    """
    hint = judged("relu_backward", code, tmp_path).hint
    assert re.search(r"but for other numbers at row \d, column \d it gives .* The gradient "
                     r"checker says of inputs\[\d\]\[\d\]: yours is .*, but a small step", hint)


# A mistake whose formula cannot be computed where the answer is wrong explains nothing.
def test_a_mistake_has_to_be_seen(tmp_path: Path) -> None:
    def nowhere(inputs: Any) -> Any:
        raise ValueError

    one = EXERCISES["relu"]._replace(mistakes=[Mistake("never seen", nowhere)])
    learner = Learner("", [], {"relu": lambda inputs: [[7.0] * len(inputs[0])] * len(inputs)},
                      set())
    assert verdict_on(one, learner).hint.startswith("for the example at row 0, column 0 it gives 7")


# Several results: how many, and which of them is of the wrong kind.
@pytest.mark.parametrize("returned, expected", [
    ("1, 2", "it returns 2 things, expected 3: weights_gradient, bias_gradient, input_gradient"),
    ("[1.0]", "it returns a list, expected 3: "),
    ("None", "returns None"),
    ("inputs, [1.0], weights", "bias_gradient is a list, expected a number"),
    ("tuple(inputs), 1.0, weights", "weights_gradient is a tuple, expected a list"),
])
def test_several_results(returned: str, expected: str, tmp_path: Path) -> None:
    code = f"        def neuron_backward(inputs, weights, output_gradient): return {returned}"
    assert expected in judged("neuron_backward", code, tmp_path).hint


# Whole numbers, True and False count as numbers; a function may be a lambda; a result may have the
# rows of its argument in it.
@pytest.mark.parametrize("code", [
    "relu = lambda inputs: [[max(x, 0) for x in row] for row in inputs]",
    "def relu(inputs): return [[x * (x > 0) for x in row] for row in inputs]",
    "def relu(inputs, zero=0): return [[max(x, zero) for x in row] for row in inputs]",
])
def test_other_ways_to_be_right(code: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + code, encoding="utf-8")
    assert verdict_on(EXERCISES["relu"], exercises.read(str(path))).state == "right"


# Who works with NumPy may return its arrays.
@pytest.mark.interop
def test_arrays_are_taken_for_lists(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    path = tmp_path / "mine.py"
    path.write_text("import numpy as np\n"
                    "def relu(inputs): return np.maximum(inputs, 0)\n"
                    "def sigmoid(inputs): return np.transpose(inputs)\n"
                    "def softmax(scores):\n"
                    "    scores[0] = np.zeros(2)\n"
                    "    return scores\n", encoding="utf-8")
    learner = exercises.read(str(path))
    assert verdict_on(EXERCISES["relu"], learner).state == "right"
    assert verdict_on(EXERCISES["sigmoid"], learner).hint == "expected 3 × 4, got 4 × 3"
    assert "it changes `scores`" in verdict_on(EXERCISES["softmax"], learner).hint


# A hole is a hole, however it is written: nobody is told that None is wrong.
@pytest.mark.parametrize("body", ["...", "pass", "raise NotImplementedError", "'text'\n    ..."])
def test_holes(body: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"def relu(inputs):\n    {body}\n", encoding="utf-8")
    assert verdict_on(EXERCISES["relu"], exercises.read(str(path))).state == "hole"


# What a function prints does not get lost altogether, and does not get in the way.
def test_printing(tmp_path: Path, capsys: Any) -> None:
    code = ("print('at the top')\n"
            "def relu(inputs):\n    print('shape', len(inputs))\n    return inputs\n")
    path = tmp_path / "mine.py"
    path.write_text(code, encoding="utf-8")
    verdict = verdict_on(EXERCISES["relu"], exercises.read(str(path)))
    assert verdict.hint == "the numbers come back as they were"
    assert verdict.remarks == ("it prints; first: shape 2",)
    assert capsys.readouterr().out == ""


# The same file gets the same answer, even one that goes by chance.
def test_grading_is_deterministic(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + dedented(WRONG[1][1]) + dedented(SOLUTIONS["dense_forward"]),
                    encoding="utf-8")
    learner = exercises.read(str(path))
    first, second = (list(exercises.grade(SHEETS[4], learner)) for _ in range(2))
    assert first == second


# A hint says how an answer is wrong and shows no line of a right one: no code of the solutions
# stands in any hint, nor in any file that is written.
def test_nothing_gives_the_solution_away() -> None:
    hints = [mistake.hint for one in EXERCISES.values() for mistake in one.mistakes]
    texts = [exercises.text_of(sheet, "mine.py") for sheet in SHEETS.values()]
    for code in SOLUTIONS.values():
        lines = [line.strip() for line in dedented(code).splitlines()[1:]]
        telling = [line for line in lines
                   if len(line) > 15 and not line.startswith(("for ", "def "))]
        assert not [line for line in telling for text in [*hints, *texts] if line in text]


# ---- The file ----


# A fresh file is Python, has a hole for each exercise, and lines that fit on a screen.
@pytest.mark.parametrize("part", SHEETS)
def test_a_fresh_file_is_nothing_but_holes(part: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    exercises.write_new(str(path), exercises.text_of(SHEETS[part], "mine.py"))
    learner = exercises.read(str(path))
    assert exercises.sheet_of(learner) is SHEETS[part]
    assert {one.state for one in exercises.grade(SHEETS[part], learner)} == {"hole"}
    text = path.read_text(encoding="utf-8")
    holes = sum(max(1, len(one.methods)) for one in SHEETS[part].exercises)
    assert text.count("...  # your code") == holes + 1
    assert max(map(len, text.splitlines())) <= 100


# Whoever solves the exercises in the file finds its examples running as doctests.
@pytest.mark.parametrize("part", SHEETS)
def test_the_examples_in_the_file_run(part: int, tmp_path: Path) -> None:
    names: Dict[str, Any] = {}
    exec(solved(part), names)
    text = exercises.text_of(SHEETS[part], "mine.py")
    parser = doctest.DocTestParser()
    exact = [one for one in SHEETS[part].exercises if one.name not in ("cross_entropy",)]
    ran = 0
    for one in exact:
        shown = text[text.index(f'{one.signature}:\n    """'):]
        test = parser.get_doctest(shown[:shown.index('    """\n')], names, one.name, None, 0)
        result = doctest.DocTestRunner(verbose=False, checker=_AsNumbers()).run(test)
        assert result.failed == 0
        ran += result.attempted
    assert ran >= len(exact)


class _AsNumbers(doctest.OutputChecker):
    """1 and 1.0 are the same answer."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return bool(want == got or eval(want) == eval(got))


# ---- The commands ----


def purenn(*words: str, cwd: Path, **changes: str) -> Any:
    """Run `python -m purenn …` to its end, without colour unless asked for."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment.update({"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **changes})
    return subprocess.run(
        [sys.executable, "-m", "purenn", *words], cwd=str(cwd), env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=120, check=False,
    )


# Without a number the exercises are listed, all of them.
@pytest.mark.slow
def test_listing(tmp_path: Path) -> None:
    result = purenn("exercise", cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == ""
    assert all(name in result.stdout for name in EXERCISES)
    assert not list(tmp_path.iterdir())


# A file is written, graded with holes, and graded when it is solved.
@pytest.mark.slow
def test_from_the_holes_to_the_ticks(tmp_path: Path) -> None:
    written = purenn("exercise", "9", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["exercise_09.py"]
    holes = purenn("check", "exercise_09.py", cwd=tmp_path)
    assert holes.returncode == 1 and holes.stderr == ""
    assert holes.stdout.count("still a hole") == len(SHEETS[9].exercises)
    assert "0 of 10 right, 10 still to be written" in holes.stdout
    (tmp_path / "exercise_09.py").write_text(solved(9), encoding="utf-8")
    ticks = purenn("check", "exercise_09.py", cwd=tmp_path)
    assert ticks.returncode == 0, ticks.stdout
    assert ticks.stdout.count("✓") == 10 and "✗" not in ticks.stdout
    assert "Read next: purenn/layers.py" in ticks.stdout


# A wrong answer gets a cross, its hint on the lines below, and the exit code 1.
@pytest.mark.slow
def test_a_cross_and_its_hint(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def relu(inputs):\n    return inputs\n", encoding="utf-8")
    result = purenn("check", "mine.py", cwd=tmp_path)
    assert result.returncode == 1
    assert "  ✗ relu\n      the numbers come back as they were\n" in result.stdout
    colourful = purenn("check", "mine.py", cwd=tmp_path, FORCE_COLOR="1")
    assert "\x1b[31m✗\x1b[0m relu" in colourful.stdout and "\x1b" not in result.stdout
    plain = purenn("check", "mine.py", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "  no relu\n" in plain.stdout and "?" not in plain.stdout


# -o chooses the file; the text in it says its name.
def test_output_option(tmp_path: Path) -> None:
    assert purenn("exercise", "4", "-o", "my file.py", cwd=tmp_path).returncode == 0
    assert "python3 -m purenn check 'my file.py'" in (tmp_path / "my file.py").read_text("utf-8")


# No file that is there is overwritten, not even an empty one, nor where a link points to.
@pytest.mark.slow
def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "exercise_09.py").write_text("my work", encoding="utf-8")
    os.symlink("nowhere.py", str(tmp_path / "link.py"))
    for words in (["9"], ["8", "-o", "exercise_09.py"], ["8", "-o", "link.py"]):
        result = purenn("exercise", *words, cwd=tmp_path)
        assert result.returncode == 1 and result.stdout == ""
        assert "is there already and stays as it is" in result.stderr
    assert (tmp_path / "exercise_09.py").read_text(encoding="utf-8") == "my work"
    assert not (tmp_path / "nowhere.py").exists()


# What cannot be written leaves nothing behind.
def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "mine.py"
    with pytest.raises(UnicodeEncodeError):
        exercises.write_new(str(path), "\ud800")
    assert not path.exists()


# Wrong usage is exit code 2 and one line; what cannot be read is exit code 1 and one line.
@pytest.mark.slow
@pytest.mark.parametrize("words, code, expected", [
    (["exercise", "16"], 2, "there are exercises for parts 1 to 15"),
    (["exercise", "nine"], 2, "expected a whole number"),
    (["exercise", "-o", "x.py"], 2, "which exercise?"),
    (["exercise", "9", "10"], 2, "one word too many"),
    (["check"], 2, "required: FILE"),
    (["check", "missing.py"], 1, "missing.py: no such file or directory"),
    (["exercise", "9", "-o", "no/such/folder.py"], 1, "no such file or directory"),
    (["check", "broken.py"], 1, "broken.py, line 2: this is no Python yet, "),
    (["check", "other.py"], 1, "none of the exercises' functions"),
    (["check", "failing.py"], 1, "failing.py: line 3: ZeroDivisionError: "),
    (["check", "leaving.py"], 1, "leaving.py: line 1: it ends the program"),
    (["check", "latin.py"], 1, "latin.py: this is no text in UTF-8"),
    (["check", "zeros.py"], 1, "zeros.py"),
])
def test_errors_are_one_line(
    words: List[str], code: int, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("\ndef relu(inputs:\n", encoding="utf-8")
    (tmp_path / "other.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "failing.py").write_text("\n\nx = 1 / 0\n", encoding="utf-8")
    (tmp_path / "leaving.py").write_text("raise SystemExit(5)\n", encoding="utf-8")
    (tmp_path / "latin.py").write_bytes("x = 'é'\n".encode("latin-1"))
    (tmp_path / "zeros.py").write_bytes(b"x = 1\0\n")
    result = purenn(*words, cwd=tmp_path)
    assert result.returncode == code, result.stderr
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1 and result.stdout == ""


# Ctrl-C gets out of an endless loop: 130, and what was known so far has been printed.
@pytest.mark.slow
def test_interrupted(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def relu(inputs):\n    return inputs\n\n"
        "def sigmoid(inputs):\n    open('started', 'w').close()\n    while True:\n        pass\n",
        encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "check", "mine.py"], cwd=str(tmp_path),
        env=dict(os.environ, PYTHONPATH=str(ROOT), PYTHONUTF8="1"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8")
    while not (tmp_path / "started").exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(1.0)  # until what is known has been printed
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "✗ relu" in out and err == "purenn: error: interrupted\n"
    assert out.endswith("\n  stopped in sigmoid: does a loop in it never end?\n")


# Long lines are broken where the terminal ends.
@pytest.mark.slow
def test_narrow_terminals(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def momentum_step(w):\n    return w\n", encoding="utf-8")
    for words in (["exercise"], ["check", "mine.py"]):
        wide, narrow = (purenn(*words, cwd=tmp_path, COLUMNS=columns).stdout.splitlines()
                        for columns in ("200", "60"))
        hints = [line for line in narrow if line.startswith(" " * 6)]
        assert max(map(len, hints)) <= 60 < max(map(len, wide)) <= 88
        assert " ".join(narrow).split() == " ".join(wide).split()
