"""What the properties are tried on: matrices, layers, networks, and batches that fit them.

Sizes are 1, square and not square, so that no transposed matrix and no forgotten row fits by luck.
Numbers are small, where gradients are steep, or reach ±1000, where a careless exp overflows.
"""

from random import Random

from hypothesis import strategies as st

from purenn import (
    ELU, GELU, BinaryCrossEntropy, CategoricalCrossEntropy, Dense, Dropout, Huber, LeakyReLU,
    Linear, Loss, MeanAbsoluteError, MeanSquaredError, Network, ReLU, Sigmoid, SigmoidCrossEntropy,
    SiLU, Softmax, SoftmaxCrossEntropy, Softplus, Tanh, linalg, uniform,
)

sizes = st.integers(1, 4)
small = st.floats(-2, 2)
numbers = st.one_of(st.floats(-3, 3), st.floats(-1000, 1000), st.integers(-1000, 1000).map(float))
seeds = st.integers(0, 10**6)

ACTIVATIONS = {
    "Linear": Linear, "ReLU": ReLU, "LeakyReLU": lambda: LeakyReLU(0.25), "ELU": ELU,
    "ELU(0.5)": lambda: ELU(0.5), "Softplus": Softplus, "Sigmoid": Sigmoid, "Tanh": Tanh,
    "GELU": GELU, "SiLU": SiLU, "Softmax": Softmax,
}


class Weighted(Loss):
    """The sum of scores · targets: a straight line, so that all of the slope is the layer's."""

    def value_and_gradient(self, scores, targets):
        return linalg.item(linalg.sum(linalg.multiply(scores, targets))), targets


def matrices(rows=None, columns=None, elements=small):
    """Matrices of the given sizes, of drawn sizes where none is given."""
    def of_size(size):
        return st.lists(
            st.lists(elements, min_size=size[1], max_size=size[1]),
            min_size=size[0], max_size=size[0],
        )

    def choose(size):
        return sizes if size is None else st.just(size)

    return st.tuples(choose(rows), choose(columns)).flatmap(of_size)


def two_of_one_shape(elements=small):
    """Pairs of matrices of one shape."""
    return st.tuples(sizes, sizes).flatmap(
        lambda size: st.tuples(*[matrices(*size, elements=elements)] * 2)
    )


def probabilities(rows, columns):
    """Rows of positive numbers that add up to 1, none of them tiny."""
    def divided(matrix):
        return linalg.divide(matrix, linalg.sum(matrix, axis=1))

    return matrices(rows, columns, st.floats(0.1, 1)).map(divided)


def class_numbers(rows, classes):
    """A class number for each row."""
    return st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)


def dense(inputs, neurons, seed, limit=0.7):
    """A dense layer with biases that are not zero: at zero a wrong gradient can look right."""
    rng = Random(seed)
    layer = Dense(inputs, neurons, rng, lambda rng, *size: uniform(rng, *size, limit=limit))
    layer.biases.value = uniform(rng, 1, neurons, limit=limit)
    return layer


@st.composite
def stacks(draw, last=None):
    """Networks of one to three dense layers with any activation, and now and then a dropout,
    between them; `last` makes the layers that stand at the end, after a bounded one."""
    widths = draw(st.lists(sizes, min_size=2, max_size=4))
    layers = []
    for inputs, neurons in zip(widths, widths[1:]):
        layers.append(dense(inputs, neurons, draw(seeds)))
        layers.append(ACTIVATIONS[draw(st.sampled_from(sorted(ACTIVATIONS)))]())
        if draw(st.integers(0, 3)) == 0:
            layers.append(Dropout(0.5, Random(draw(seeds))))
    if draw(st.booleans()):
        layers = [Network(layers), dense(widths[-1], widths[-1], draw(seeds))]
    if last is not None:
        width = draw(sizes)
        layers += [Tanh(), dense(widths[-1], width, draw(seeds)), last()]
    return Network(layers)


LOSSES = {
    "MeanSquaredError": (MeanSquaredError, matrices, None),
    "MeanAbsoluteError": (MeanAbsoluteError, matrices, None),
    "Huber": (lambda: Huber(0.5), matrices, None),
    "SoftmaxCrossEntropy": (SoftmaxCrossEntropy, class_numbers, None),
    "SoftmaxCrossEntropy of probabilities": (SoftmaxCrossEntropy, probabilities, None),
    "SigmoidCrossEntropy":
        (SigmoidCrossEntropy, lambda *size: matrices(*size, elements=st.floats(0, 1)), None),
    "CategoricalCrossEntropy": (CategoricalCrossEntropy, class_numbers, Softmax),
    "BinaryCrossEntropy":
        (BinaryCrossEntropy, lambda *size: matrices(*size, elements=st.floats(0, 1)), Sigmoid),
}


@st.composite
def learning_tasks(draw, name):
    """A network, the loss of that name, inputs and targets that go together."""
    make_loss, make_targets, last = LOSSES[name]
    network = draw(stacks(last=last))
    rows = draw(sizes)
    inputs = draw(matrices(rows, network.input_width))
    return network, make_loss(), inputs, draw(make_targets(rows, network.output_width))
