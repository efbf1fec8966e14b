"""The exercises of part 9: the way back, from a single neuron to two layers.

This is what the exercises are for. Whoever fills these holes from top to bottom has written the
backward pass of a dense layer, each function out of the one before it.

Before this: `part_08`. After this: `part_10`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, Iterator, List, Tuple

from .. import linalg
from ..activations import ReLU
from ..gradcheck import STEP, Report, check
from ..layers import Dense, Layer, Parameter
from ..linalg import Matrix, Vector
from ..initializers import permutation
from ..losses import MeanSquaredError, SoftmaxCrossEntropy
from ..network import Network
from ..optimizers import SGD
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers, sizes

__all__ = ["SHEET"]

Curve = Callable[[float], float]


def relu(inputs: Matrix) -> Matrix:
    """What the library's ReLU makes of a matrix."""
    return ReLU().forward(inputs)


Three = Tuple[Matrix, Matrix, Matrix]


# ---- The slope of a curve, tried out ----


def _to_both_sides(h: float) -> Callable[[Curve, float], float]:
    return lambda f, x: (f(x + h) - f(x - h)) / (2.0 * h)


def _to_the_right(h: float) -> Callable[[Curve, float], float]:
    return lambda f, x: (f(x + h) - f(x)) / h


def _to_the_left(h: float) -> Callable[[Curve, float], float]:
    return lambda f, x: (f(x) - f(x - h)) / h


def _square(x: float) -> float:
    return x * x


def _wave(x: float) -> float:
    return math.sin(x) + x * x * x


def _bend(x: float) -> float:
    return math.exp(x) + 1.0 / x


STEPS = [10.0 ** -k for k in range(9)]
LARGE = [step for step in STEPS if step > 0.0005]
TINY = [10.0 ** -k for k in range(9, 17)]

SLOPE = Exercise(
    signature="slope(function, x)",
    text="""
Return how fast a function grows at x: its derivative there, found by trying. A number.

function  takes a number and returns one
x         a number

Take a small step h to both sides, and divide the difference of the two values by the
distance of the two points. With f for the function:

    (f(x + h) - f(x - h)) / 2h

The step decides how good this is. Too large, and the curve bends on the way; too small, and
the two values agree in all of their 16 digits. Take 0.00001 or something like it.

This is how every gradient below will be checked.
""",
    example=Example((_square, 3.0), 6.0, call=">>> round(slope(lambda x: x * x, 3.0), 6)"),
    answer=_to_both_sides(STEP),
    cases=lambda rng: [Case((f, x)) for f in (_wave, _bend) for x in (0.5, 1.25, 2.0)],
    mistakes=[
        *(Mistake(f"the step is too large: with h = {h:g} the curve bends on the way",
                  _to_both_sides(h)) for h in LARGE),
        *(Mistake("this goes to one side only, from x to x + h; go to both sides of x",
                  _to_the_right(h)) for h in STEPS),
        *(Mistake("this goes to one side only, from x - h to x; go to both sides of x",
                  _to_the_left(h)) for h in STEPS),
        *(Mistake(f"the step is too small: with h = {h:g} hardly a digit of the difference is left",
                  _to_both_sides(h)) for h in TINY),
        *(Mistake("the difference is not divided by the distance of the two points",
                  lambda f, x, h=h: f(x + h) - f(x - h)) for h in STEPS),
        *(Mistake("the difference is multiplied by h: mind the brackets, a / 2 * h is (a / 2) * h",
                  lambda f, x, h=h: (f(x + h) - f(x - h)) / 2.0 * h) for h in STEPS[1:]),
        Mistake("the distance of the two points is 2h, not h",
                lambda f, x: 2.0 * _to_both_sides(STEP)(f, x)),
        Mistake("the sign is wrong: the value to the right comes first",
                lambda f, x: -_to_both_sides(STEP)(f, x)),
        Mistake("this is the value of the function at x; its slope was asked for",
                lambda f, x: f(x)),
    ],
    nearly="only some of the digits are right: is h too large or too small, or does the step go "
           "to one side only?",
    tolerance=1e-8,
)


# ---- One neuron, one example ----


def _dense(inputs: Matrix, weights: Matrix, output_gradient: Matrix) -> Three:
    """Return the gradients of weights, biases and inputs as the library's layer finds them."""
    layer = Dense(len(weights[0]), len(weights), Random(0))
    layer.weights.value = weights
    layer.forward(inputs)
    input_gradient = layer.backward(output_gradient)
    return layer.weights.gradient or [], layer.biases.gradient or [], input_gradient


def _neuron(inputs: Vector, weights: Vector, output_gradient: float) -> Any:
    for_weights, for_biases, for_inputs = _dense([inputs], [weights], [[output_gradient]])
    return for_weights[0], for_biases[0][0], for_inputs[0]


def _one_neuron(rng: Random) -> List[Case]:
    def row(width: int) -> Vector:
        return numbers(rng, 1, width)[0]

    return [Case((row(width), row(width), 2.0 * rng.random() - 3.0)) for width in (3, 2, 5)]


NEURON = Exercise(
    signature="neuron_backward(inputs, weights, output_gradient)",
    text="""
Return three gradients of one neuron for one example: (weights_gradient, bias_gradient,
input_gradient).

inputs           a list of numbers, x
weights          a list of as many numbers, w
output_gradient  a number, g: the loss grows by g when the output grows by 1

Forward, the neuron computed

    y = w[0]·x[0] + w[1]·x[1] + … + b

Ask for each number on the right: if it grew by 1, by how much would y grow? Multiply that
by g, and you know by how much the loss would grow. That product is the chain rule.

- If w[0] grew by 1, y would grow by x[0]. So the gradient of w[0] is x[0] · g, and so on.
- If b grew by 1, y would grow by 1.
- If x[0] grew by 1, y would grow by … look at the formula.

weights_gradient  a list like the weights
bias_gradient     a number
input_gradient    a list like the inputs
""",
    example=Example(([1.0, 2.0], [0.5, -1.0], 2.0), ([2.0, 4.0], 2.0, [1.0, -2.0])),
    answer=_neuron,
    cases=_one_neuron,
    results=["weights_gradient", "bias_gradient", "input_gradient"],
    mistakes=[
        Mistake("inputs and weights have changed places: how much y grows with a weight is in the "
                "input it is multiplied by, and the other way round",
                lambda x, w, g: ([g * v for v in w], g, [g * v for v in x])),
        Mistake("the output gradient is not multiplied in: this is how much y grows, not the loss",
                lambda x, w, g: (list(x), 1.0, list(w))),
        Mistake("it is the output gradient itself; how much does y grow with this number?",
                lambda x, w, g: ([g] * len(x), g, [g] * len(x))),
        Mistake("the output gradient is added; the chain rule multiplies",
                lambda x, w, g: ([v + g for v in x], 1.0 + g, [v + g for v in w])),
        Mistake("the gradient should say which way is up; the minus sign comes with the step",
                lambda x, w, g: ([-g * v for v in x], -g, [-g * v for v in w])),
        Mistake("weight and input are both multiplied in; of a product w·x only the other factor "
                "is left", lambda x, w, g: ([g * a * b for a, b in zip(x, w)], g,
                                            [g * a * b for a, b in zip(x, w)])),
    ],
)


# ---- A layer of neurons, a batch of examples: three gradients, one after the other ----


def _batches(rng: Random) -> List[Three]:
    """Return (inputs, weights, output gradient) for batches of several sizes."""
    return [(numbers(rng, rows, inputs), numbers(rng, neurons, inputs),
             numbers(rng, rows, neurons)) for rows, inputs, neurons in sizes()]


INPUTS = [[1.0, 2.0], [3.0, 0.0]]
WEIGHTS = [[0.5, 1.0], [1.0, -1.0], [0.0, 2.0]]
OUTPUT_GRADIENT = [[1.0, 0.0, 0.5], [0.0, 2.0, -1.0]]

AVERAGED = ("it is divided by the number of rows; the loss is a mean and has done that already, so "
            "it stands in the output gradient")

WEIGHTS_GRADIENT = Exercise(
    signature="weights_gradient(inputs, output_gradient)",
    text="""
Return the gradient of the weights of a dense layer: a matrix of neurons × inputs.

inputs           n × inputs: one example per row
output_gradient  n × neurons: how fast the loss grows with each output of each example

Weight [o][i] multiplies input i and feeds only output o. For one example you know its
gradient from `neuron_backward`: input i times the output gradient of o. The same weight
serves all n examples, so what it gets from each of them is added up:

    result[o][i] = output_gradient[0][o] · inputs[0][i]
                 + output_gradient[1][o] · inputs[1][i] + …   over all n rows

The result has the shape of the weights: row o belongs to neuron o.
""",
    example=Example((INPUTS, OUTPUT_GRADIENT), [[1.0, 2.0], [6.0, 0.0], [-2.5, 1.0]]),
    answer=lambda x, g: linalg.matmul(linalg.transpose(g), x),
    cases=lambda rng: [Case((x, g)) for x, _, g in _batches(rng)],
    mistakes=[
        Mistake("it is transposed: a row for each neuron, a column for each input",
                lambda x, g: linalg.matmul(linalg.transpose(x), g)),
        Mistake(AVERAGED, lambda x, g: linalg.divide(
            linalg.matmul(linalg.transpose(g), x), len(x))),
        Mistake("it is transposed, and divided by the number of rows, which the loss has done",
                lambda x, g: linalg.divide(linalg.matmul(linalg.transpose(x), g), len(x))),
        Mistake("this is the share of the last row only: is the sum overwritten instead of added "
                "to?", lambda x, g: linalg.inner_columns(g[-1:], x[-1:])),
        Mistake("this is the share of the first row only: is the `return` inside of the loop?",
                lambda x, g: linalg.inner_columns(g[:1], x[:1])),
        Mistake("this is the share of the last row only, and transposed",
                lambda x, g: linalg.inner_columns(x[-1:], g[-1:])),
        Mistake("the inputs are not multiplied in",
                lambda x, g: [[column] * len(x[0]) for column in linalg.sum(g, axis=0)[0]]),
        Mistake("the output gradient is not multiplied in",
                lambda x, g: linalg.sum(x, axis=0) * len(g[0])),
        Mistake("the sums of the inputs and the sums of the gradients are multiplied; multiply "
                "within each example first, then add up",
                lambda x, g: linalg.inner_columns(linalg.sum(g, axis=0), linalg.sum(x, axis=0))),
    ],
)

BIASES_GRADIENT = Exercise(
    signature="biases_gradient(output_gradient)",
    text="""
Return the gradient of the biases of a dense layer: one row, a matrix of 1 × neurons.

output_gradient  n × neurons

If bias o grew by 1, output o would grow by 1, in every one of the n examples. What it gets
from each of them is added up. The result has the shape of the biases: [[…, …, …]].
""",
    example=Example((OUTPUT_GRADIENT,), [[1.0, 2.0, -0.5]]),
    answer=lambda g: linalg.sum(g, axis=0),
    cases=lambda rng: [Case((g,)) for _, _, g in _batches(rng)],
    mistakes=[
        Mistake(AVERAGED, lambda g: linalg.mean(g, axis=0)),
        Mistake("this is the last row only: is the sum overwritten instead of added to?",
                lambda g: g[-1:]),
        Mistake("this is the first row only: is the `return` inside of the loop?",
                lambda g: g[:1]),
        Mistake("it is summed along the rows; a bias belongs to a neuron, a column",
                lambda g: linalg.sum(g, axis=1)),
        Mistake("it is summed along the rows; a bias belongs to a neuron, a column",
                lambda g: linalg.transpose(linalg.sum(g, axis=1))),
        Mistake("everything is summed up; each bias has a gradient of its own", linalg.sum),
        Mistake("the output gradient comes back as it was; there is one row of biases",
                lambda g: g),
        Mistake("it is 1 for each example: the output gradient is not multiplied in",
                lambda g: linalg.full(1, len(g[0]), float(len(g)))),
    ],
)

INPUT_GRADIENT = Exercise(
    signature="input_gradient(weights, output_gradient)",
    text="""
Return the gradient of the inputs of a dense layer: a matrix of n × inputs.

weights          neurons × inputs
output_gradient  n × neurons

This is what the layer hands on to the layer before it, whose outputs these inputs were.
Each example has inputs of its own, so nothing is added up over the examples. But input i of
an example goes into *every* neuron o of the layer, each time multiplied by weight [o][i].
It reaches the loss by all of these paths, and what comes by each of them adds up. Along one
path you know it from `neuron_backward`. Row r of the result:

    result[r][i] = the sum over all neurons o of  (what comes back along the path through o)
""",
    example=Example((WEIGHTS, OUTPUT_GRADIENT), [[0.5, 2.0], [2.0, -4.0]]),
    answer=lambda w, g: linalg.matmul(g, w),
    cases=lambda rng: [Case((w, g)) for _, w, g in _batches(rng)],
    mistakes=[
        Mistake("it is divided by the number of neurons; what comes by several paths adds up",
                lambda w, g: linalg.divide(linalg.matmul(g, w), len(w))),
        Mistake("only the path through the last neuron is there: is the sum overwritten instead "
                "of added to?", lambda w, g: [[row[-1] * v for v in w[-1]] for row in g]),
        Mistake("only the path through the first neuron is there: is the `return` inside of the "
                "loop?", lambda w, g: [[row[0] * v for v in w[0]] for row in g]),
        Mistake("the output gradient is not multiplied in: these are the sums of the weights",
                lambda w, g: linalg.sum(w, axis=0) * len(g)),
        Mistake("the weights are not multiplied in",
                lambda w, g: [row * len(w[0]) for row in linalg.sum(g, axis=1)]),
        Mistake("the examples are added up; each example has inputs of its own, a row of its own",
                lambda w, g: linalg.sum(linalg.matmul(g, w), axis=0)),
        Mistake("the examples are added up; each example has inputs of its own, a row of its own",
                lambda w, g: linalg.sum(linalg.matmul(g, w), axis=0) * len(g)),
    ],
)


# ---- The backward pass of a dense layer ----


class _YourDense(Dense):
    """The library's layer with a learner's way back."""

    def __init__(self, inputs: int, neurons: int, rng: Random, yours: Callable[..., Any]) -> None:
        super().__init__(inputs, neurons, rng)
        self._yours = yours
        self._last: Matrix = []

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        self._last = inputs
        return super().forward(inputs, training)

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.weights.gradient, self.biases.gradient, input_gradient = self._yours(
            self._last, self.weights.value, output_gradient)
        back: Matrix = input_gradient
        return back


def _check_dense(yours: Callable[..., Any]) -> Report:
    rng = Random(4)
    layer = _YourDense(2, 3, rng, yours)
    return check(layer, MeanSquaredError(), numbers(rng, 4, 2), numbers(rng, 4, 3))


DENSE = Exercise(
    signature="dense_backward(inputs, weights, output_gradient)",
    text="""
Return the backward pass of a dense layer: (weights_gradient, biases_gradient,
input_gradient).

inputs           n × inputs, as they went forward
weights          neurons × inputs
output_gradient  n × neurons

You have all three parts; put them together, in this order. (Inside of this function, do not
give a variable the name of a function that you call here: Python would take the one for the
other.)

The gradient checker will try your layer: it nudges every weight, every bias and every input
a little, looks at the loss, and compares.
""",
    example=Example(
        (INPUTS, WEIGHTS, OUTPUT_GRADIENT),
        ([[1.0, 2.0], [6.0, 0.0], [-2.5, 1.0]], [[1.0, 2.0, -0.5]], [[0.5, 2.0], [2.0, -4.0]]),
    ),
    answer=_dense,
    cases=lambda rng: [Case(batch) for batch in _batches(rng)],
    results=["weights_gradient", "biases_gradient", "input_gradient"],
    mistakes=[
        Mistake("it is divided by the number of rows; the loss is a mean and has done that already",
                lambda x, w, g: tuple(linalg.divide(one, len(x)) for one in _dense(x, w, g))),
        Mistake("this is the share of the last row only; the examples are added up",
                lambda x, w, g: _dense(x[-1:], w, g[-1:])),
        Mistake("the three have changed places: weights, biases, inputs is the order",
                lambda x, w, g: tuple(_dense(x, w, g)[k] for k in (2, 1, 0))),
        Mistake("the three have changed places: weights, biases, inputs is the order",
                lambda x, w, g: tuple(_dense(x, w, g)[k] for k in (1, 0, 2))),
        Mistake("the three have changed places: weights, biases, inputs is the order",
                lambda x, w, g: tuple(_dense(x, w, g)[k] for k in (2, 0, 1))),
        Mistake("it is summed along the rows; a bias belongs to a neuron, a column",
                lambda x, w, g: ([], linalg.transpose(linalg.sum(g, axis=1)), [])),
        Mistake("this is the output gradient before it went through the weights",
                lambda x, w, g: ([], [], g)),
        Mistake("it is made of the outputs; weights multiply inputs",
                lambda x, w, g: (linalg.matmul(linalg.transpose(g), linalg.inner(x, w)), [], [])),
    ],
    gradients=_check_dense,
)


# ---- ReLU ----


def _relu_backward(inputs: Matrix, output_gradient: Matrix) -> Matrix:
    layer = ReLU()
    layer.forward(inputs)
    return layer.backward(output_gradient)


class _YourReLU(ReLU):
    """The library's ReLU with a learner's way back."""

    def __init__(self, yours: Callable[..., Any]) -> None:
        super().__init__()
        self._yours = yours
        self._last: Matrix = []

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        self._last = inputs
        return super().forward(inputs, training)

    def backward(self, output_gradient: Matrix) -> Matrix:
        back: Matrix = self._yours(self._last, output_gradient)
        return back


def _check_relu(yours: Callable[..., Any]) -> Report:
    rng = Random(5)
    return check(_YourReLU(yours), MeanSquaredError(), numbers(rng, 4, 3), numbers(rng, 4, 3))


def _where(passes: Callable[[float, float], bool]) -> Callable[[Matrix, Matrix], Matrix]:
    """Return the way back that lets a gradient g pass where passes(x, g)."""
    def formula(inputs: Matrix, output_gradient: Matrix) -> Matrix:
        return linalg.elementwise(lambda x, g: g if passes(x, g) else 0.0, inputs, output_gradient)

    return formula


RELU = Exercise(
    signature="relu_backward(inputs, output_gradient)",
    text="""
Return the gradient of the inputs of ReLU: a matrix like the inputs, n × any.

inputs           n × any: what went into ReLU
output_gradient  n × any: how fast the loss grows with each number that came out

Forward, each x became max(x, 0). Where x > 0, the output is x itself: if x grew by 1, it
would grow by 1, too. Elsewhere the output is 0 and stays 0, and x can do nothing for the
loss. At x = 0, count it as switched off. As always, multiply by the output gradient in the
same place.
""",
    example=Example(([[-1.0, 2.0], [0.5, 0.0]], [[3.0, 4.0], [-0.5, 1.0]]),
                    [[0.0, 4.0], [-0.5, 0.0]]),
    answer=_relu_backward,
    cases=lambda rng: [Case((numbers(rng, n, k), numbers(rng, n, k))) for n, _, k in sizes()],
    mistakes=[
        Mistake("at x = 0 the gradient passes; there it should be 0",
                _where(lambda x, g: x >= 0)),
        Mistake("it goes by the sign of the output gradient; what counts is the input",
                _where(lambda x, g: g > 0)),
        Mistake("it goes by the sign of the output gradient as well; only the input counts",
                _where(lambda x, g: g > 0 and x > 0)),
        Mistake("it lets pass where the input is negative, and stops where it is positive",
                _where(lambda x, g: x <= 0)),
        Mistake("it lets pass where the input is negative, and stops where it is positive",
                _where(lambda x, g: x < 0)),
        Mistake("this is the slope of ReLU; the output gradient is not multiplied in",
                lambda x, g: linalg.multiply(linalg.greater(x, 0.0), 1.0)),
        Mistake("it multiplies by the output of ReLU; multiply by its slope",
                lambda x, g: linalg.multiply(relu(x), g)),
        Mistake("this is ReLU forward; its way back was asked for", lambda x, g: relu(x)),
        Mistake("the output gradient comes back as it was: nothing is switched off",
                lambda x, g: g),
    ],
    gradients=_check_relu,
)


# ---- Two layers ----


def _two_layers(
    inputs: Matrix, hidden_scores: Matrix, hidden: Matrix, output_weights: Matrix,
    scores_gradient: Matrix,
) -> Tuple[Matrix, Matrix, Matrix, Matrix]:
    for_output = _dense(hidden, output_weights, scores_gradient)
    back = _relu_backward(hidden_scores, for_output[2])
    for_hidden = _dense(inputs, linalg.zeros(len(back[0]), len(inputs[0])), back)
    return for_hidden[0], for_hidden[1], for_output[0], for_output[1]


class _YourTwoLayers(Layer):
    """A dense layer, ReLU, and a dense layer, with a learner's way back."""

    def __init__(self, rng: Random, yours: Callable[..., Any]) -> None:
        self._hidden, self._output = Dense(2, 5, rng), Dense(5, 3, rng)
        self._yours = yours
        self._passed: List[Matrix] = []

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        hidden_scores = self._hidden.forward(inputs)
        self._passed = [inputs, hidden_scores, relu(hidden_scores)]
        return self._output.forward(self._passed[2])

    def backward(self, output_gradient: Matrix) -> Matrix:
        weights = self._output.weights.value
        gradients = self._yours(*self._passed, weights, output_gradient)
        for parameter, gradient in zip(self.parameters(), gradients):
            parameter.gradient = gradient
        # The inputs' own gradient was not asked for.
        back = _relu_backward(self._passed[1], linalg.matmul(output_gradient, weights))
        return linalg.matmul(back, self._hidden.weights.value)

    def parameters(self) -> Iterator[Parameter]:
        yield from self._hidden.parameters()
        yield from self._output.parameters()


def _check_two_layers(yours: Callable[..., Any]) -> Report:
    rng = Random(6)
    return check(
        _YourTwoLayers(rng, yours), MeanSquaredError(), numbers(rng, 4, 2), numbers(rng, 4, 3))


def _two_layer_cases(rng: Random) -> List[Case]:
    cases = []
    for rows, width, classes in sizes():
        inputs, hidden_scores = numbers(rng, rows, width), numbers(rng, rows, 5)
        cases.append(Case((inputs, hidden_scores, relu(hidden_scores), numbers(rng, classes, 5),
                           numbers(rng, rows, classes))))
    return cases


TWO_LAYERS = Exercise(
    signature="two_layers_backward(inputs, hidden_scores, hidden, output_weights, scores_gradient)",
    text="""
Return the gradients of a whole network of two dense layers with ReLU between them:
(hidden_weights_gradient, hidden_biases_gradient, output_weights_gradient,
output_biases_gradient).

inputs           n × inputs
hidden_scores    n × hidden: what the first dense layer put out
hidden           n × hidden: what ReLU made of it, and what went into the second dense layer
output_weights   classes × hidden
scores_gradient  n × classes: how fast the loss grows with each output of the second layer

    inputs ──► dense ──► hidden_scores ──► ReLU ──► hidden ──► dense ──► scores
           ◄──       ◄──               ◄──      ◄──        ◄──       ◄── scores_gradient

Go from the right to the left. Each step takes the gradient of what the layer put out, and
gives that of what it took in, which is the output gradient for the next step to the left.
Ask at every step what went *into* that layer. The walk ends with the weights and biases of
the first layer: the gradient of the inputs is not wanted, so that layer's weights are not
needed.

A gradient has the shape of what it belongs to:

hidden_weights_gradient  hidden × inputs         output_weights_gradient  classes × hidden
hidden_biases_gradient   1 × hidden              output_biases_gradient   1 × classes
""",
    example=Example(
        ([[1.0, 2.0]], [[0.5, -1.0]], [[0.5, 0.0]], [[2.0, 4.0]], [[0.5]]),
        ([[1.0, 2.0], [0.0, 0.0]], [[1.0, 0.0]], [[0.25, 0.0]], [[0.5]]),
    ),
    answer=_two_layers,
    cases=_two_layer_cases,
    results=["hidden_weights_gradient", "hidden_biases_gradient", "output_weights_gradient",
             "output_biases_gradient"],
    mistakes=[
        Mistake("the gradient did not go through ReLU on its way to the first layer",
                lambda x, s, h, w, g: (
                    linalg.matmul(linalg.transpose(linalg.matmul(g, w)), x),
                    linalg.sum(linalg.matmul(g, w), axis=0), [], [])),
        Mistake("it uses what went into ReLU; the second layer took in what came out of it",
                lambda x, s, h, w, g: ([], [], linalg.matmul(linalg.transpose(g), s), [])),
        Mistake("the second layer's weights did not multiply inputs but hidden numbers",
                lambda x, s, h, w, g: ([], [], linalg.matmul(linalg.transpose(g), x), [])),
        Mistake("the first layer's weights multiplied the inputs, not the hidden numbers",
                lambda x, s, h, w, g: (
                    linalg.matmul(linalg.transpose(_relu_backward(s, linalg.matmul(g, w))), h),
                    [], [], [])),
        Mistake("ReLU's way back was told the wrong inputs: it goes by what went into ReLU, not "
                "by the gradient", lambda x, s, h, w, g: (
                    linalg.matmul(linalg.transpose(relu(linalg.matmul(g, w))), x),
                    linalg.sum(relu(linalg.matmul(g, w)), axis=0), [], [])),
        Mistake("the two layers have changed places: the hidden one comes first",
                lambda x, s, h, w, g: tuple(
                    _two_layers(x, s, h, w, g)[k] for k in (2, 3, 0, 1))),
        Mistake("it is divided by the number of rows; the loss is a mean and has done that already",
                lambda x, s, h, w, g: tuple(
                    linalg.divide(one, len(x)) for one in _two_layers(x, s, h, w, g))),
    ],
    gradients=_check_two_layers,
)


# ---- The step ----


def _momentum_step(
    weights: Matrix, gradient: Matrix, velocity: Matrix, learning_rate: float, momentum: float
) -> Any:
    """Let the library's SGD take a step, after one that leaves it with this velocity."""
    optimizer = SGD(learning_rate, momentum=momentum)
    parameter = Parameter("weights", weights)
    for parameter.gradient in (velocity, gradient):
        parameter.value = weights
        optimizer.step([parameter])
    return parameter.value, linalg.add(linalg.multiply(velocity, momentum), gradient)


def _momentum_cases(rng: Random) -> List[Case]:
    cases = [
        Case((*(numbers(rng, neurons, inputs) for _ in range(3)), rate, momentum))
        for (_, inputs, neurons), rate, momentum in zip(
            sizes(), (0.1, 0.5, 0.25, 0.3), (0.9, 0.5, 0.8, 0.6))
    ]
    return [*cases, Case((*(numbers(rng, 2, 3) for _ in range(3)), 0.1, 0.0))]


def _moved(
    by: Callable[[float, float, float, float], float],
    new_velocity: Callable[[float, float, float, float], float],
) -> Callable[..., Any]:
    """Return a step with other rules: by(g, v, rate, momentum) is subtracted from each weight."""
    def formula(w: Matrix, g: Matrix, v: Matrix, rate: float, momentum: float) -> Any:
        return (
            linalg.elementwise(lambda a, b, c: a - by(b, c, rate, momentum), w, g, v),
            linalg.elementwise(lambda b, c: new_velocity(b, c, rate, momentum), g, v),
        )

    return formula


MOMENTUM = Exercise(
    signature="momentum_step(weights, gradient, velocity, learning_rate, momentum)",
    text="""
Return (weights, velocity) after one step of gradient descent with momentum.

weights        any matrix of parameters, w
gradient       a matrix like it, g: how fast the loss grows with each weight
velocity       a matrix like it, v: zeros at first, then what the last step returned
learning_rate  a number: how far to go
momentum       a number from 0 to below 1: how much of the old velocity stays

For every number, in this order:

    v ← momentum · v + g
    w ← w - learning_rate · v        with the new v

The gradient points uphill, so the step goes the other way. With momentum 0 this is plain
gradient descent.
""",
    example=Example(
        ([[1.0, 2.0]], [[2.0, -1.0]], [[4.0, 2.0]], 0.25, 0.5),
        ([[0.0, 2.0]], [[4.0, 0.0]]),
    ),
    answer=_momentum_step,
    cases=_momentum_cases,
    results=["weights", "velocity"],
    mistakes=[
        Mistake("the step goes uphill: the gradient says where the loss grows",
                _moved(lambda g, v, r, m: -r * (m * v + g), lambda g, v, r, m: m * v + g)),
        Mistake("the step goes by the gradient alone; it should go by the new velocity",
                _moved(lambda g, v, r, m: r * g, lambda g, v, r, m: g)),
        Mistake("the step goes by the old velocity; it should go by the new one",
                _moved(lambda g, v, r, m: r * v, lambda g, v, r, m: v)),
        Mistake("the learning rate is missing",
                _moved(lambda g, v, r, m: m * v + g, lambda g, v, r, m: m * v + g)),
        Mistake("the learning rate went into the velocity; here it multiplies the step only",
                _moved(lambda g, v, r, m: m * v + r * g, lambda g, v, r, m: m * v + r * g)),
        Mistake("the learning rate went into the velocity with its sign; here it multiplies the "
                "step only", _moved(lambda g, v, r, m: r * g - m * v,
                                    lambda g, v, r, m: m * v - r * g)),
        Mistake("the gradient is multiplied by 1 - momentum; here it comes in whole",
                _moved(lambda g, v, r, m: r * (m * v + (1 - m) * g),
                       lambda g, v, r, m: m * v + (1 - m) * g)),
        Mistake("the old velocity stays whole; momentum says how much of it stays",
                _moved(lambda g, v, r, m: r * (v + g), lambda g, v, r, m: v + g)),
        Mistake("momentum multiplies the gradient; it belongs to the old velocity",
                _moved(lambda g, v, r, m: r * (v + m * g), lambda g, v, r, m: v + m * g)),
        Mistake("this is Nesterov's step, which looks ahead; take the plain one",
                _moved(lambda g, v, r, m: r * (g + m * (m * v + g)),
                       lambda g, v, r, m: m * v + g)),
    ],
)


# ---- The training loop ----

Trained = Tuple[List[float], Matrix]


def _loop(
    network: Network, inputs: Matrix, targets: List[int], loss: Any, optimizer: Any,
    orders: List[List[int]], batch_size: int,
) -> List[float]:
    losses = []
    for order in orders:
        total = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start:start + batch_size]
            scores = network.forward([inputs[row] for row in rows])
            chosen = [targets[row] for row in rows]
            total += loss(scores, chosen) * len(rows)
            network.backward(loss.gradient(scores, chosen))
            optimizer.step(network.parameters())
        losses.append(total / len(order))
    return losses


def _trained_by(loop: Any) -> Callable[[int, int, int, int], Trained]:
    """Return a function that trains a small network by a loop: its losses, and its parameters."""
    def trained(seed: int, rows: int, batch_size: int, epochs: int) -> Trained:
        rng = Random(seed)
        network = Network([Dense(2, 3, rng), ReLU(), Dense(3, 2, rng)])
        inputs = numbers(rng, rows, 2)
        targets = [int(x + y > 0.0) for x, y in inputs]
        orders = [permutation(rows, rng) for _ in range(epochs)]
        losses = loop(network, inputs, targets, SoftmaxCrossEntropy(), SGD(0.5), orders, batch_size)
        parameters = [linalg.ravel(one.value) for one in network.parameters()]
        return losses, [[number for row in parameters for number in row]]

    return trained


def _by_loop(**changes: Any) -> Callable[..., Any]:
    """Return training with one thing done otherwise: what happens to orders, batches, totals."""
    def loop(
        network: Network, inputs: Matrix, targets: List[int], loss: Any, optimizer: Any,
        orders: List[List[int]], batch_size: int,
    ) -> List[float]:
        losses = []
        for order in orders:
            order = changes.get("order", lambda one: one)(order)
            total, batches = 0.0, 0
            for start in range(0, len(order), batch_size):
                rows = order[start:start + batch_size]
                if len(rows) < batch_size and "whole" in changes:
                    continue
                scores = network.forward([inputs[row] for row in rows])
                chosen = [targets[row] for row in rows]
                total += loss(scores, chosen) * (1 if "batches" in changes else len(rows))
                batches += 1
                network.backward(loss.gradient(scores, chosen))
                if "once" not in changes:
                    optimizer.step(network.parameters())
            if "once" in changes:
                optimizer.step(network.parameters())
            losses.append(total / (batches if "batches" in changes else len(order)))
        return losses

    return _trained_by(loop)


def _losses_only(change: Callable[[List[float]], List[float]]) -> Callable[..., Any]:
    """Return training as it should be, with the losses told otherwise."""
    return lambda *arguments: (change(_trained_by(_loop)(*arguments)[0]), [])


LOOP_CALL = """\
>>> from random import Random
>>> from purenn import SGD, Dense, MeanSquaredError, Network, zeros
>>> network = Network([Dense(1, 1, Random(1), zeros)])
>>> training_loop(network, [[1.0], [2.0]], [[1.0], [2.0]],
...               MeanSquaredError(), SGD(0.125), [[0, 1], [1, 0]], 2)"""

LOOP = Exercise(
    signature="training_loop(network, inputs, targets, loss, optimizer, orders, batch_size)",
    text="""
Train a network, and return the loss of each epoch: a list of numbers.

network     network.forward(rows) gives scores; network.backward(gradient) leaves a gradient
            on every parameter; network.parameters() hands them out
inputs      n rows
targets     n targets; targets[r] belongs to inputs[r]
loss        loss(scores, targets) is a number; loss.gradient(scores, targets) a matrix
optimizer   optimizer.step(parameters) takes a step against the gradients
orders      for each epoch the numbers 0 … n - 1, shuffled
batch_size  how many rows a step looks at

In each epoch, go through the rows in the order of that epoch, batch after batch; the last
batch may be smaller. For each batch: forward, how wrong is it, backward, step.

The loss of an epoch is the mean over its n rows, each measured before the step of its
batch. So a smaller batch counts for less.
""",
    example=Example((1, 6, 3, 2), None, call=LOOP_CALL, shown="[2.5, 0.0703125]"),
    answer=_trained_by(_loop),
    cases=lambda rng: [Case((2, 7, 3, 3)), Case((3, 5, 2, 4)), Case((4, 4, 9, 3))],
    results=["the losses", "the parameters of the network afterwards"],
    mistakes=[
        Mistake("the rows are not shuffled: they come as they are, not in the order of the epoch",
                _by_loop(order=sorted)),
        Mistake("the last batch is left out where it is smaller than the others",
                _by_loop(whole=True)),
        Mistake("there is one step in each epoch; there should be one after every batch",
                _by_loop(once=True)),
        Mistake("each batch counts the same here; the mean goes over the rows, so a smaller batch "
                "should count for less", _by_loop(batches=True)),
        Mistake("these are sums over the rows; divide by their number",
                lambda seed, rows, *rest: _losses_only(lambda losses: [
                    loss * rows for loss in losses])(seed, rows, *rest)),
        Mistake("only the last epoch is there; one loss for each was asked for",
                _losses_only(lambda losses: losses[-1:])),
        Mistake("the total is not set back to 0 at the beginning of an epoch",
                _losses_only(lambda losses: [
                    math.fsum(losses[:k + 1]) for k in range(len(losses))])),
        Mistake("nothing has been learned: where is the step of the optimizer?",
                lambda seed, *rest: ([], _untrained(seed))),
    ],
    use=_trained_by,
)


def _untrained(seed: int) -> Matrix:
    return _trained_by(lambda *arguments: [])(seed, 1, 1, 1)[1]


SHEET = Sheet(
    part=9,
    title="Backpropagation and the training loop",
    introduction="""
From top to bottom each function prepares the next; at the end you have written the backward pass of
a dense layer, and of a network of two. You may call your own functions from above in those below.

A gradient of a number says how fast the loss grows with it: if the number grew a little, the loss
would grow that many times as much. It has the same shape as what it belongs to, always. When you
are lost, write down the shapes: often they fit together in one way only.

Plain lists and loops are enough, but `linalg` may be used too: `linalg.transpose(A)`,
`linalg.matmul(A, B)`, `linalg.sum(A, axis=0)` and so on. A matrix is a list of rows: `A[r][c]`
stands in row r and column c. What a function is given stays as it is: build new lists.

Try a function by hand whenever you like: put `print(weights_gradient(...))` at the end of the file,
and run the file as you run any other.
""",
    imports="from purenn import linalg",
    exercises=[SLOPE, NEURON, WEIGHTS_GRADIENT, BIASES_GRADIENT, INPUT_GRADIENT, DENSE, RELU,
               TWO_LAYERS, MOMENTUM, LOOP],
    afterwards="purenn/layers.py, Dense.backward: it is yours, in three lines; then "
               "purenn/optimizers.py, the class SGD, and purenn/training.py",
)
