"""Explain: the sums behind a weight, a neuron or an example, with today's numbers in them.

Three blocks stand side by side: forward, the way back, and the optimizer's step. Each line is a
formula, the numbers in it, its result, and the line of purenn that computed it.

Nothing is recorded while the network learns. When somebody asks, the batch runs once more on a
copy, from the values before the step, with the same choices of dropout, and this time everything
that passes is kept: a `Trace`. It goes through the same `forward`, `backward` and `step`, so it
ends at the same bits; `exact` in the answer says whether it did.

What is shown is taken from the trace, term by term. The page does no arithmetic at all.

Before this: `sources`. After this: `notes`.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from .. import linalg
from ..activations import Activation
from ..layers import Dense, Dropout, Layer
from ..linalg import Matrix
from ..losses import (
    Huber, MeanAbsoluteError, MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from ..optimizers import (
    SGD, AdaGrad, Adam, AdamW, GradientDescent, RMSProp, clip_by_global_norm,
)
from .pictures import encoded
from .plane import Plane
from .refusals import Refused, only, text, whole
from .runner import Moment, Runner
from .sources import LINES, Place, derivative, formula, line_of, source_of

__all__ = [
    "Trace", "explain", "explain_alone", "hidden_space", "place_of", "row_of_batch", "source_of",
    "trace",
]

Piece = Union[str, float, int]
Line = Dict[str, Any]


class Trace(NamedTuple):
    """One step, and everything that passed on its way.

    rows        the numbers of the rows of the batch
    inputs      what went into each layer, the scores last
    gradients   what came back to the output of each layer
    of_loss     the gradient of each parameter, as backward set it
    whole       the same with the penalty in it
    clipped     the same as the optimizer used it
    before      the values of the parameters, after the values after the step
    memory      what the optimizer remembered of each parameter before, remembered after
    rate, steps of the optimizer, at this step
    loss        of the batch before the step, loss_after after it
    """

    rows: List[int]
    inputs: List[Matrix]
    gradients: List[Matrix]
    of_loss: List[Matrix]
    whole: List[Matrix]
    clipped: List[Matrix]
    before: List[Matrix]
    after: List[Matrix]
    memory: List[Any]
    remembered: List[Any]
    rate: float
    steps: int
    loss: float
    loss_after: float


def trace(twin: Runner) -> Trace:
    """Take a step with a copy of a runner, and keep everything that passes."""
    rows = twin.rows_of_batch()
    part = twin.problem.learn
    targets = linalg.take(part.targets, rows)
    inputs = [linalg.take(part.inputs, rows)]
    for layer in twin.network.layers:
        inputs.append(layer.forward(inputs[-1], training=True))
    loss, gradient = twin.loss.value_and_gradient(inputs[-1], targets)
    gradients, of_loss, whole, clipped = [gradient], [], [], []
    if twin.optimizer.needs_gradient:
        for layer in reversed(twin.network.layers[1:]):
            gradients.append(layer.backward(gradients[-1]))
        twin.network.layers[0].backward(gradients[-1])
        of_loss = [one.gradient or [] for one in twin.parameters]
        if twin.penalty is not None:
            twin.penalty.add_gradients(twin.parameters)
        whole = clipped = [one.gradient or [] for one in twin.parameters]
        clip = getattr(twin.optimizer, "clip_norm", None)
        clipped = whole if clip is None else clip_by_global_norm(whole, clip)
    before, optimizer = twin.values(), twin.optimizer
    memory: List[Any] = list(getattr(optimizer, "memory", []))
    rate = optimizer.learning_rate if isinstance(optimizer, GradientDescent) else 0.0
    optimizer.step(twin.parameters, lambda: twin._measure(inputs[0], targets))
    after = twin.loss(twin.network.forward(inputs[0]), targets)
    return Trace(rows, inputs, gradients[::-1], of_loss, whole, clipped, before, twin.values(),
                 memory, list(getattr(optimizer, "memory", [])), rate,
                 getattr(optimizer, "steps", 0), loss, after)


def _last_step(runner: Runner) -> Optional[Moment]:
    """Return the moment before the last step, None if there was none or a weight was edited."""
    if not runner.back_to or runner.back_to[-1].edits != runner.edits:
        return None
    return runner.back_to[-1]


def traced(runner: Runner, when: str) -> Tuple[Trace, str, bool]:
    """Return the trace of the last step or of the next one, which it is, and if it is exact."""
    moment = _last_step(runner) if when == "last" and runner.row is None else None
    twin = runner.twin()
    if moment is None:
        return trace(twin), "next", True
    twin.put_back(moment)
    found = trace(twin)
    return found, "last", found.after == runner.values()


# ---- What is asked for ----


def explain(runner: Runner, request: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the three blocks for what was selected, in the last step or in the next."""
    found, when, exact = traced(runner, text(request, "when", ("last", "next"), "last"))
    row = _row(runner, found, request.get("row"))
    blocks = _blocks(runner, request, found, row)
    teller = _Teller(runner, found, row)
    return {**blocks, "when": when, "exact": exact, "row": row,
            "batch": [{"row": number, "said": teller.said(one)}
                      for one, number in enumerate(found.rows[:40])],
            "point": [0, found.rows[row]]}


def explain_alone(
    runner: Runner, request: Mapping[str, Any], pixels: List[float], label: int
) -> Dict[str, Any]:
    """Return the three blocks for one row that is not in the data, as if it were learned next."""
    twin = runner.alone(pixels, label)
    blocks = _blocks(twin, request, trace(twin), 0)
    name = runner.problem.data.class_names[label]
    return {**blocks, "when": "next", "exact": True, "row": 0, "batch": [], "point": None,
            "alone": f"one digit, as if the next step learned from it alone, as {name}"}


def _blocks(
    runner: Runner, request: Mapping[str, Any], found: Trace, row: int
) -> Dict[str, Any]:
    of = request.get("of")
    if not isinstance(of, dict):
        raise Refused("bad_value", "of: expected an object", "of")
    only(of, ("kind", "layer", "neuron", "input"))
    kind = text(of, "kind", ("weight", "bias", "neuron", "example"))
    teller = _Teller(runner, found, row)
    if kind == "example":
        blocks = teller.example()
    else:
        layer, neuron, input_ = _neuron(runner, of, kind)
        blocks = teller.neuron(layer, neuron) if kind == "neuron" else (
            teller.weight(layer, neuron, input_))
    title, place = _titled(runner, of, kind)
    return {"title": title, "of": place, "say": blocks.pop("say", ""), "blocks": blocks}


def _row(runner: Runner, found: Trace, wanted: Any) -> int:
    """Return which row of the batch is looked at: the wanted row of the data if it is in it."""
    if runner.row is not None and wanted is None:
        return runner.row
    return found.rows.index(wanted) if wanted in found.rows else 0


def _dense(runner: Runner) -> List[int]:
    return [number for number, layer in enumerate(runner.network.layers)
            if isinstance(layer, Dense)]


def _neuron(runner: Runner, of: Mapping[str, Any], kind: str) -> Tuple[int, int, Optional[int]]:
    dense = _dense(runner)
    layer = whole(of, "layer", 0, len(dense) - 1)
    weights = runner.parameters[2 * layer].value
    neuron = whole(of, "neuron", 0, len(weights) - 1)
    if kind != "weight":
        return layer, neuron, None
    return layer, neuron, whole(of, "input", 0, len(weights[0]) - 1)


def place_of(runner: Runner, request: Mapping[str, Any]) -> Tuple[int, int, int]:
    """Return parameter, row and column of a weight, or of a bias where input is null."""
    bias = request.get("input") is None
    layer, neuron, input_ = _neuron(runner, request, "bias" if bias else "weight")
    return (2 * layer + 1, 0, neuron) if input_ is None else (2 * layer, neuron, input_)


def _titled(runner: Runner, of: Mapping[str, Any], kind: str) -> Tuple[str, Dict[str, Any]]:
    place = {name: of.get(name) for name in ("kind", "layer", "neuron", "input")}
    if kind == "example":
        return "An example", place
    layer, neuron, input_ = _neuron(runner, of, kind)
    last = layer == len(runner.settings.hidden)
    where = f"{'output' if last else f'hidden layer {layer + 1}'}, neuron {neuron + 1}"
    if kind == "weight":
        names = runner.problem.data.feature_names
        source = f"input {names[input_ or 0]}" if layer == 0 else f"neuron {(input_ or 0) + 1}"
        return f"{where[0].upper()}{where[1:]}: the weight from {source}", place
    return f"{where[0].upper()}{where[1:]}" + (": its bias" if kind == "bias" else ""), place


# ---- Lines ----


def _line(pieces: Sequence[Piece], result: Optional[float] = None,
          place: Optional[Place] = None, **more: Any) -> Line:
    """Return one line: text and numbers, the result, and the source of it."""
    line: Line = {"pieces": list(pieces), **more}
    if result is not None:
        line["result"] = result
    if place is not None:
        line["source"] = line_of(place)
    return line


def _term(label: str, a: float, b: float, link: Optional[List[int]] = None,
          **more: Any) -> Dict[str, Any]:
    return {"text": label, "a": a, "b": b, "product": a * b, "link": link, **more}


class _Teller:
    """Says what happened in a trace, seen from one row of its batch."""

    def __init__(self, runner: Runner, found: Trace, row: int) -> None:
        self.runner, self.trace, self.row = runner, found, row
        self.layers: List[Layer] = runner.network.layers
        self.dense = _dense(runner)
        self.part = runner.problem.learn
        self.outputs = len(self.dense) - 1
        self.count = len(found.rows)

    # -- Numbers of the trace --

    def entering(self, layer: int, row: int) -> List[float]:
        """What comes into a layer of neurons from a row."""
        return self.trace.inputs[self.dense[layer]][row]

    def sums(self, layer: int, row: int) -> List[float]:
        """The sums of a layer of neurons, before the activation."""
        return self.trace.inputs[self.dense[layer] + 1][row]

    def delta(self, layer: int, row: int) -> List[float]:
        """dL/dz: what came back to the sums of a layer of neurons."""
        return self.trace.gradients[self.dense[layer]][row]

    def activation(self, layer: int) -> Activation:
        """The activation behind a hidden layer of neurons."""
        found = self.layers[self.dense[layer] + 1]
        assert isinstance(found, Activation)
        return found

    def dropped(self, layer: int) -> Optional[int]:
        """The number of the dropout behind a hidden layer, None if there is none."""
        number = self.dense[layer] + 2
        return number if isinstance(self.layers[number], Dropout) else None

    def target(self, row: int) -> Any:
        return self.part.targets[self.trace.rows[row]]

    def said(self, row: int) -> str:
        """One example in words: its target."""
        label = self.part.labels[self.trace.rows[row]]
        names = self.runner.problem.data.class_names
        what = names[label] if names else f"{label[0]:.4g}"
        return f"row {self.trace.rows[row] + 1}: {what}"

    # -- Forward --

    def sum_line(self, layer: int, neuron: int, marked: Optional[int] = None) -> Line:
        weights = self.trace.before[2 * layer][neuron]
        bias = self.trace.before[2 * layer + 1][0][neuron]
        inputs = self.entering(layer, self.row)
        terms = [_term("w·x", w, x, [layer, neuron, i], marked=i == marked)
                 for i, (w, x) in enumerate(zip(weights, inputs))]
        terms.append({"text": "b", "product": bias, "link": [layer, neuron, None]})
        name = "s" if layer == self.outputs else "z"
        return _line([f"{name} = w[0]·x[0] + … + b"], self.sums(layer, self.row)[neuron],
                     LINES["sum"], terms=terms)

    def activation_lines(self, layer: int, neuron: int) -> List[Line]:
        if layer == self.outputs:
            return self.answer_lines()
        kind = self.activation(layer)
        z = self.sums(layer, self.row)[neuron]
        a = self.trace.inputs[self.dense[layer] + 2][self.row][neuron]
        lines = [_line(["a = ", type(kind).__name__, "(", z, ")"], a, formula(type(kind)))]
        number = self.dropped(layer)
        if number is not None:
            after = self.trace.inputs[number + 1][self.row][neuron]
            lines.append(_line(["dropout: ", a, " becomes"], after, LINES["dropout"]))
        return lines

    def answer_lines(self) -> List[Line]:
        """Scores, probabilities, target and loss of the row."""
        scores = [self.trace.inputs[-1][self.row]]
        answers = self.runner.loss.predict(scores)[0]
        lines = [_line(["scores: ", *_listed(scores[0])])]
        if self.runner.problem.classes and answers != scores[0]:
            lines.append(_line(["probabilities: ", *_listed(answers)]))
        target = self.target(self.row)
        loss = self.runner.loss(scores, [target])
        lines.append(_line(["target ", *(_listed(target) if isinstance(target, list) else (
            [target])), "; the loss of this example"], loss))
        return lines

    # -- Backward --

    def score_gradient(self, neuron: int) -> List[Line]:
        """dL/ds of one output, by the formula of the loss."""
        loss, result = self.runner.loss, self.delta(self.outputs, self.row)[neuron]
        score = self.trace.inputs[-1][self.row]
        target = self.target(self.row)
        width = len(score)
        number = self.count if isinstance(loss, SoftmaxCrossEntropy) else self.count * width
        right = _target_of(target, neuron)
        place = LINES[type(loss)]
        if isinstance(loss, (SoftmaxCrossEntropy, SigmoidCrossEntropy)):
            p = loss.predict([score])[0][neuron]
            return [_line(["dL/ds = (p − y) / n = (", p, " − ", right, ") / ", number], result,
                          place)]
        symbols: Dict[type, str] = {MeanSquaredError: "2·(s − t)", Huber: "clip(s − t)",
                                    MeanAbsoluteError: "sign(s − t)"}
        symbol = symbols[type(loss)]
        return [_line([f"dL/ds = {symbol} / n, with s = ", score[neuron], ", t = ", right, ", n = ",
                       number], result, place)]

    def delta_lines(self, layer: int, neuron: int) -> List[Line]:
        """Where dL/dz of a neuron comes from."""
        if layer == self.outputs:
            return self.score_gradient(neuron)
        weights = self.trace.before[2 * (layer + 1)]
        deltas = self.delta(layer + 1, self.row)
        terms = [_term("w·δ", row[neuron], delta, [layer + 1, number, neuron])
                 for number, (row, delta) in enumerate(zip(weights, deltas))]
        coming = self.trace.gradients[self.dense[layer + 1] - 1][self.row][neuron]
        lines = [_line(["dL/da = Σ weight · δ of the next layer"], coming, LINES["inputs"],
                       terms=terms)]
        number = self.dropped(layer)
        if number is not None:
            after = self.trace.gradients[number - 1][self.row][neuron]
            lines.append(_line(["dropout: ", coming, " becomes"], after, LINES["dropout back"]))
            coming = after
        kind = self.activation(layer)
        z = self.sums(layer, self.row)[neuron]
        a = self.trace.inputs[self.dense[layer] + 2][self.row][neuron]
        steep = kind.df(z, a)
        lines.append(_line([f"slope of {type(kind).__name__} at z = ", z], steep,
                           derivative(type(kind))))
        lines.append(_line(["δ = dL/dz = dL/da · slope = ", coming, " · ", steep],
                           self.delta(layer, self.row)[neuron], LINES["chain rule"]))
        return lines

    def gradient_lines(self, layer: int, neuron: int, input_: Optional[int]) -> List[Line]:
        """The sum over the examples of the batch, and the penalty's part."""
        parameter, row, column = self._where(layer, neuron, input_)
        terms = []
        for number in range(self.count):
            delta = self.delta(layer, number)[neuron]
            x = 1.0 if input_ is None else self.entering(layer, number)[input_]
            terms.append(_term("δ·x" if input_ is not None else "δ·1", delta, x, None,
                               example=self.trace.rows[number], said=self.said(number),
                               marked=number == self.row))
        symbols = "Σ δ · input over the batch" if input_ is not None else "Σ δ over the batch"
        of_loss = self.trace.of_loss[parameter][row][column]
        lines = [_line([f"gradient = {symbols}"], of_loss,
                       LINES["weights" if input_ is not None else "biases"], terms=terms)]
        penalty = self.runner.penalty
        if penalty is not None and input_ is not None:
            value = self.trace.before[parameter]
            part = penalty.df(value[row][column])
            lines.append(_line([f"gradient of {penalty!r} at w = ", value[row][column]], part,
                               LINES[type(penalty)]))
            lines.append(_line(["gradient = ", of_loss, " + ", part],
                               self.trace.whole[parameter][row][column], LINES["penalty"]))
        return lines

    @staticmethod
    def _where(layer: int, neuron: int, input_: Optional[int]) -> Tuple[int, int, int]:
        return (2 * layer + 1, 0, neuron) if input_ is None else (2 * layer, neuron, input_)

    # -- The step --

    def step_lines(self, layer: int, neuron: int, input_: Optional[int]) -> List[Line]:
        parameter, row, column = self._where(layer, neuron, input_)
        old = self.trace.before[parameter][row][column]
        new = self.trace.after[parameter][row][column]
        optimizer = self.runner.optimizer
        if not isinstance(optimizer, GradientDescent):
            kept = self.trace.before != self.trace.after
            return [_line([f"{type(optimizer).__name__} uses no gradient: it tries other weights "
                           f"and keeps them if the loss of the batch is less"], None,
                          LINES[type(optimizer)]),
                    _line(["loss before ", self.trace.loss, ", after ", self.trace.loss_after]),
                    _line(["kept: " if kept else "not kept: ", old, " → "], new)]
        lines = self._clip_lines(parameter, row, column)
        g = self.trace.clipped[parameter][row][column]
        before = [one[row][column] for one in self._memory(self.trace.memory, parameter)]
        after = [one[row][column] for one in self._memory(self.trace.remembered, parameter)]
        return lines + _rule(optimizer, self.trace, old, g, before, after, new)

    @staticmethod
    def _memory(memory: List[Any], parameter: int) -> Sequence[Matrix]:
        return memory[parameter] if memory else ()

    def _clip_lines(self, parameter: int, row: int, column: int) -> List[Line]:
        if self.trace.clipped is self.trace.whole:
            return []
        g = self.trace.whole[parameter][row][column]
        limit: float = getattr(self.runner.optimizer, "clip_norm", 0.0)
        length = math.sqrt(math.fsum(one * one for matrix in self.trace.whole
                                     for numbers in matrix for one in numbers))
        if length <= limit:
            return [_line(["the gradient of all weights has length ", length,
                           f", not above {limit:g}: not clipped"])]
        return [_line(["clipped: g · limit / length = ", g, " · ", limit, " / ", length],
                      self.trace.clipped[parameter][row][column], LINES["clip"])]

    # -- Blocks --

    def weight(self, layer: int, neuron: int, input_: Optional[int]) -> Dict[str, Any]:
        """The blocks of a weight, or of a bias where input is None."""
        forward = [self.sum_line(layer, neuron, input_), *self.activation_lines(layer, neuron)]
        if layer != self.outputs:
            forward += self.answer_lines()
        backward = []
        if self.trace.of_loss:
            backward = [*self.delta_lines(layer, neuron),
                        *self.gradient_lines(layer, neuron, input_)]
        else:
            backward = [_line(["this optimizer needs no gradient, so there is no way back"])]
        return {"forward": forward, "backward": backward,
                "step": self.step_lines(layer, neuron, input_),
                "say": self._in_words(layer, neuron, input_)}

    def neuron(self, layer: int, neuron: int) -> Dict[str, Any]:
        """The blocks of a neuron: its sum, where its δ comes from, what became of its weights."""
        parameter = 2 * layer
        inputs = [*range(len(self.trace.before[parameter][neuron])), None]
        table = []
        for input_ in inputs:
            where, row, column = self._where(layer, neuron, input_)
            g = self.trace.whole[where][row][column] if self.trace.whole else None
            old, new = (values[where][row][column] for values in (
                self.trace.before, self.trace.after))
            table.append({"link": [layer, neuron, input_], "old": old, "gradient": g, "new": new})
        backward = self.delta_lines(layer, neuron) if self.trace.of_loss else []
        return {"forward": [self.sum_line(layer, neuron), *self.activation_lines(layer, neuron)],
                "backward": backward, "step": [_line([], table=table)]}

    def example(self) -> Dict[str, Any]:
        """The blocks of an example: layer after layer, the way back, its share in the step."""
        forward = [_line(["inputs: ", *_listed(self.trace.inputs[0][self.row])])]
        backward: List[Line] = []
        for layer in range(self.outputs):
            a = self.trace.inputs[self.dense[layer] + 2][self.row]
            forward.append(_line([f"hidden layer {layer + 1}: ", *_listed(a)], None,
                                 formula(type(self.activation(layer)))))
        forward += self.answer_lines()
        if not self.trace.of_loss:
            return {"forward": forward, "backward": [], "step": []}
        for neuron in range(len(self.delta(self.outputs, self.row))):
            backward += self.score_gradient(neuron)
        for layer in reversed(range(self.outputs)):
            backward.append(_line([f"δ of hidden layer {layer + 1}: ",
                                   *_listed(self.delta(layer, self.row))], None,
                                  LINES["chain rule"]))
        return {"forward": forward, "backward": backward, "step": self._share()}

    def _share(self) -> List[Line]:
        """The five largest contributions of this example to the gradients."""
        found = []
        for layer in range(self.outputs + 1):
            inputs = self.entering(layer, self.row)
            for neuron, delta in enumerate(self.delta(layer, self.row)):
                found += [(abs(delta * x), layer, neuron, i, delta, x)
                          for i, x in enumerate(inputs)]
        found.sort(key=lambda one: -one[0])
        lines = [_line(["The gradients to which this example adds most:"])]
        for _, layer, neuron, i, delta, x in found[:5]:
            where = "output" if layer == self.outputs else f"hidden {layer + 1}"
            total = self.trace.of_loss[2 * layer][neuron][i]
            lines.append(_line([f"{where}, neuron {neuron + 1}, input {i + 1}: ", delta, " · ", x,
                                " of ", total, " in all:"], delta * x, link=[layer, neuron, i]))
        return lines

    def _in_words(self, layer: int, neuron: int, input_: Optional[int]) -> str:
        """One sentence; it claims nothing that the numbers do not say."""
        if not self.trace.whole:
            return ""
        parameter, row, column = self._where(layer, neuron, input_)
        g = self.trace.whole[parameter][row][column]
        what = "weight" if input_ is not None else "bias"
        if g == 0:
            return f"Nothing asks this {what} to change: its gradient is 0."
        parts = [self.delta(layer, number)[neuron] * (
            1.0 if input_ is None else self.entering(layer, number)[input_])
            for number in range(self.count)]
        way = "grows" if g < 0 else "shrinks"
        asking = sum(1 for part in parts if part * g > 0)
        against = sum(1 for part in parts if part * g < 0)
        old, new = (values[parameter][row][column] for values in (
            self.trace.before, self.trace.after))
        moved = "grew" if new > old else "shrank" if new < old else "stayed"
        told = (f"The loss falls when this {what} {way}: {asking} of {self.count} examples ask for "
                f"it, {against} against. It {moved}")
        if (new - old) * g > 0:
            told += ", the other way: what the optimizer remembers of earlier steps weighs more"
        return told + "."


def _listed(numbers: Sequence[float]) -> List[Piece]:
    """Return numbers with commas between them, at most sixteen."""
    pieces: List[Piece] = []
    for number in numbers[:16]:
        pieces += [number, ", "]
    return [*pieces[:-1], f", … {len(numbers) - 16} more"] if len(numbers) > 16 else pieces[:-1]


def _target_of(target: Any, neuron: int) -> float:
    """Return the number that a score should have: 1 or 0 for a class, else the value."""
    if isinstance(target, (list, tuple)):
        return float(target[neuron])
    return float(target == neuron)


def _rule(
    optimizer: GradientDescent, found: Trace, old: float, g: float, before: List[float],
    after: List[float], new: float,
) -> List[Line]:
    """Return the lines of an optimizer's rule for one number."""
    rate = found.rate
    if isinstance(optimizer, SGD):
        return _sgd(optimizer, rate, old, g, before, after, new)
    if isinstance(optimizer, Adam):
        return _adam(optimizer, found, old, g, before, after, new)
    s = "s + g²" if isinstance(optimizer, AdaGrad) else "decay·s + (1 − decay)·g²"
    assert isinstance(optimizer, (AdaGrad, RMSProp))
    squares = "sum of squares" if isinstance(optimizer, AdaGrad) else "mean of squares"
    return [_line([f"s ← {s}: ", before[0] if before else 0.0, " → "], after[0], LINES[squares]),
            _line(["w ← w − rate · g / (√s + ε) = ", old, " − ", rate, " · ", g, " / (√", after[0],
                   " + ", optimizer.epsilon, ")"], new, LINES[type(optimizer)])]


def _sgd(
    optimizer: SGD, rate: float, old: float, g: float, before: List[float], after: List[float],
    new: float,
) -> List[Line]:
    if not after:
        return [_line(["w ← w − rate · g = ", old, " − ", rate, " · ", g], new, LINES[SGD])]
    v = before[0] if before else 0.0
    lines = [_line(["v ← momentum · v + g = ", optimizer.momentum, " · ", v, " + ", g], after[0],
                   LINES["velocity"])]
    if optimizer.nesterov:
        ahead = g + optimizer.momentum * after[0]
        return [*lines, _line(["w ← w − rate · (g + momentum · v) = ", old, " − ", rate, " · ",
                               ahead], new, LINES["nesterov"])]
    return [*lines, _line(["w ← w − rate · v = ", old, " − ", rate, " · ", after[0]], new,
                          LINES["momentum"])]


def _adam(
    optimizer: Adam, found: Trace, old: float, g: float, before: List[float], after: List[float],
    new: float,
) -> List[Line]:
    m, v = before or (0.0, 0.0)
    beta1, beta2, t = optimizer.beta1, optimizer.beta2, found.steps
    m_hat, v_hat = after[0] / (1 - beta1 ** t), after[1] / (1 - beta2 ** t)
    lines = [
        _line(["m ← β₁·m + (1 − β₁)·g = ", beta1, " · ", m, " + ", 1 - beta1, " · ", g], after[0],
              LINES["m"]),
        _line(["v ← β₂·v + (1 − β₂)·g² = ", beta2, " · ", v, " + ", 1 - beta2, " · ", g * g],
              after[1], LINES["v"]),
        _line(["m̂ = m / (1 − β₁^t), t = ", t], m_hat, LINES["m corrected"]),
        _line(["v̂ = v / (1 − β₂^t)"], v_hat, LINES["v corrected"]),
    ]
    if isinstance(optimizer, AdamW):
        shrunk = old - found.rate * optimizer.weight_decay * old
        lines.append(_line(["w ← w − rate · weight decay · w = ", old, " − ", found.rate, " · ",
                            optimizer.weight_decay, " · ", old], shrunk, LINES[AdamW]))
        old = shrunk
    lines.append(_line(["w ← w − rate · m̂ / (√v̂ + ε) = ", old, " − ", found.rate, " · ", m_hat,
                        " / (√", v_hat, " + ", optimizer.epsilon, ")"], new, LINES[Adam]))
    return lines


# ---- One row of a batch, and what the last hidden layer sees ----


def row_of_batch(runner: Runner, plane: Plane) -> Dict[str, Any]:
    """Return what passes through the neurons for the row that is looked at."""
    found = trace(runner.twin())
    row = runner.row or 0
    teller = _Teller(runner, found, row)
    activations = [teller.entering(layer + 1, row) for layer in range(teller.outputs)]
    answers = runner.loss.predict([found.inputs[-1][row]])[0]
    deltas = [teller.delta(layer, row) for layer in range(teller.outputs + 1)] if (
        found.of_loss) else []
    loss = runner.loss([found.inputs[-1][row]], [teller.target(row)])
    last = row + 1 == teller.count
    told = f"Example {row + 1} of {teller.count} in this batch, {teller.said(row)}, loss {loss:.4g}"
    return {"inputs": found.inputs[0][row], "activations": [*activations, answers],
            "deltas": deltas, "point": [0, found.rows[row]], "loss": loss,
            "say": told + ("; the next press takes the step." if last else ".")}


def hidden_space(runner: Runner) -> Dict[str, Any]:
    """Return where the last hidden layer puts all points, and what the output makes of them.

    Of a layer of more than two neurons its two main directions are shown. Each output is a plane
    over them, so the boundaries between the classes are straight lines.
    """
    if not runner.settings.hidden:
        raise Refused("not_now", "there is no hidden layer", "hidden")
    layers = runner.network.layers
    rows = runner.problem.learn.inputs[:1000]
    for layer in layers[:-1]:
        rows = layer.forward(rows)
    view = _View(rows)
    output = layers[-1]
    places = [view.place(row) for row in rows]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    box = [min(xs) - 0.1, max(xs) + 0.1, min(ys) - 0.1, max(ys) + 0.1]
    n = 40
    cells = [view.row(box[0] + (c + 0.5) / n * (box[1] - box[0]),
                      box[3] - (r + 0.5) / n * (box[3] - box[2]))
             for r in range(n) for c in range(n)]
    answers = runner.loss.predict(output.forward(cells))
    labels = runner.problem.learn.labels
    return {"n": n, "box": box, "cells": [encoded(column, 1.0)
                                          for column in linalg.transpose(answers)],
            "points": [[x, y, labels[row] if runner.problem.classes else 0]
                       for row, (x, y) in enumerate(places)],
            "labels": view.labels}


class _View:
    """The plane along the two main directions of some rows."""

    def __init__(self, rows: Matrix) -> None:
        from .plane import main_directions, means

        self.centre = means(rows)
        if len(rows[0]) == 1:
            self.directions, self.labels = [[1.0], [0.0]], ["neuron 1", ""]
        elif len(rows[0]) == 2:
            self.centre = [0.0, 0.0]
            self.directions, self.labels = [[1.0, 0.0], [0.0, 1.0]], ["neuron 1", "neuron 2"]
        else:
            self.directions = main_directions(rows, self.centre)
            self.labels = ["direction 1", "direction 2"]

    def place(self, row: Sequence[float]) -> Tuple[float, float]:
        away = [value - middle for value, middle in zip(row, self.centre)]
        x, y = (math.fsum(a * b for a, b in zip(away, one)) for one in self.directions)
        return x, y

    def row(self, x: float, y: float) -> List[float]:
        return [middle + x * u + y * v
                for middle, u, v in zip(self.centre, *self.directions)]
