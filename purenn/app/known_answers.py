"""Known answers: what purenn must come to, worked out by hand.

Each check is a function that follows one computation with numbers small enough for pencil and
paper, and raises `Disagreement` if purenn comes to something else. Halves and quarters are exact in
binary, so most answers are compared to the bit.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, Callable, Dict, List

from .. import data, linalg
from ..activations import (
    ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh,
)
from ..callbacks import EarlyStopping
from ..initializers import normal, permutation
from ..layers import Dense, Dropout, Layer, Parameter
from ..losses import (
    BinaryCrossEntropy, CategoricalCrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError,
    SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from ..metrics import accuracy, confusion_matrix, precision_recall_f1, r2
from ..network import Network
from ..optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp, clip_by_global_norm
from ..penalties import L1, L2
from ..schedules import CosineDecay, LinearWarmUp, StepDecay
from ..training import train

__all__ = ["KNOWN_ANSWERS", "Disagreement", "expect", "expect_near"]


class Disagreement(Exception):
    """A check came to another result than it should; the message says which."""


def expect(what: str, got: Any, expected: Any) -> None:
    """Raise Disagreement unless both are equal, to the bit."""
    if got != expected:
        raise Disagreement(f"{what}: expected {expected}, got {got}")


def expect_near(what: str, got: float, expected: float, tolerance: float = 1e-12) -> None:
    """Raise Disagreement unless both are equal but for `tolerance`."""
    if not math.fabs(got - expected) <= tolerance:
        raise Disagreement(f"{what}: expected {expected!r}, got {got!r}")


# ---- Matrices and layers ----


def _products() -> None:
    # 1·5 + 2·7 = 19, 1·6 + 2·8 = 22, 3·5 + 4·7 = 43, 3·6 + 4·8 = 50
    A, B = [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]
    expect("matmul", linalg.matmul(A, B), [[19.0, 22.0], [43.0, 50.0]])
    expect("inner", linalg.inner(A, B), [[17.0, 23.0], [39.0, 53.0]])
    expect("inner_columns", linalg.inner_columns([[1.0, 2.0]], [[3.0, 4.0]]),
           [[3.0, 4.0], [6.0, 8.0]])
    expect("column sums", linalg.sum(A, axis=0), [[4.0, 6.0]])
    expect("row sums", linalg.sum(A, axis=1), [[3.0], [7.0]])
    expect("broadcast", linalg.add(A, [[10.0], [20.0]]), [[11.0, 12.0], [23.0, 24.0]])


def _refused_shapes() -> None:
    for A, B in (([[1.0, 2.0]], [[1.0]]), ([[1.0], [2.0]], [[1.0], [2.0], [3.0]])):
        try:
            linalg.inner(A, B) if len(A) == 1 else linalg.add(A, B)
        except linalg.ShapeError:
            continue
        raise Disagreement(f"{A} and {B} do not go together, but no ShapeError came")


def _dense() -> None:
    layer = Dense(2, 3, Random(1))
    layer.weights.value = [[1.0, 2.0], [0.0, -1.0], [0.5, 0.5]]
    layer.biases.value = [[0.5, 1.0, 0.0]]
    expect("outputs", layer.forward([[1.0, 1.0], [2.0, 0.0]]), [[3.5, 0.0, 1.0], [2.5, 1.0, 1.0]])
    # The gradient of the first output of the first row only: 1 · inputs, 1, and the first neuron.
    back = layer.backward([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    expect("input gradient", back, [[1.0, 2.0], [0.0, 0.0]])
    expect("weight gradient", layer.weights.gradient, [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    expect("bias gradient", layer.biases.gradient, [[1.0, 0.0, 0.0]])


def _dropout() -> None:
    ones = linalg.full(100, 100, 1.0)
    dropped = linalg.ravel(Dropout(0.5, Random(1)).forward(ones, training=True))
    expect("values", set(dropped), {0.0, 2.0})
    expect("outside of training", Dropout(0.5, Random(1)).forward(ones), ones)
    # 10,000 tosses of a coin: 5,000 heads, give or take 50 (the deviation); 300 is 6 times that.
    expect_near("heads", dropped.count(0.0), 5000, tolerance=300)


def _activations() -> None:
    at: Dict[str, List[float]] = {
        "ReLU": [0.0, 0.0, 2.0], "LeakyReLU(0.5)": [-1.0, 0.0, 2.0],
        "ELU(1.0)": [math.exp(-2.0) - 1.0, 0.0, 2.0],
        "Tanh": [1 - 2 / (1 + math.exp(-4.0)), 0.0, 1 - 2 / (1 + math.exp(4.0))],
        "Sigmoid": [1 / (1 + math.exp(2.0)), 0.5, 1 / (1 + math.exp(-2.0))],
        "Softplus": [math.log(1 + math.exp(-2.0)), math.log(2.0), math.log(1 + math.exp(2.0))],
        # The normal distribution has 0.97724986805182079 below 2: any table says so.
        "GELU": [-2 * (1 - 0.9772498680518208), 0.0, 2 * 0.9772498680518208],
        "SiLU": [-2 / (1 + math.exp(2.0)), 0.0, 2 / (1 + math.exp(-2.0))],
    }
    layers: List[Layer] = [
        ReLU(), LeakyReLU(0.5), ELU(1.0), Tanh(), Sigmoid(), Softplus(), GELU(), SiLU()]
    for layer in layers:
        for got, expected in zip(layer.forward([[-2.0, 0.0, 2.0]])[0], at[repr(layer)]):
            expect_near(repr(layer), got, expected)


def _far_out() -> None:
    far = [[-1000.0, 1000.0]]
    expect("sigmoid", Sigmoid().forward(far), [[0.0, 1.0]])
    expect("softmax", Softmax().forward(far), [[0.0, 1.0]])
    expect("softplus", Softplus().forward(far), [[0.0, 1000.0]])
    expect("softmax cross-entropy", SoftmaxCrossEntropy()([[0.0, 1000.0]], [0]), 1000.0)
    expect("sigmoid cross-entropy", SigmoidCrossEntropy()([[-1000.0]], [1]), 1000.0)


# ---- Losses ----


def _losses() -> None:
    scores, targets = [[1.0, 4.0]], [[0.0, 2.0]]
    expect("MeanSquaredError", MeanSquaredError()(scores, targets), 2.5)  # (1 + 4) / 2
    expect("its gradient", MeanSquaredError().gradient(scores, targets), [[1.0, 2.0]])
    expect("MeanAbsoluteError", MeanAbsoluteError()(scores, targets), 1.5)  # (1 + 2) / 2
    expect("Huber", Huber(1.0)(scores, targets), 1.0)  # (1/2 + 1 · (2 − 1/2)) / 2
    expect("L1", L1(0.5).value([[1.0, -3.0]]), 2.0)
    expect("L2", L2(0.5).value([[1.0, -3.0]]), 5.0)


def _cross_entropies() -> None:
    # Whoever knows nothing gives each of k classes 1/k and is surprised by ln k.
    expect_near("ten equal scores", SoftmaxCrossEntropy()([[0.0] * 10], [3]), math.log(10.0))
    gradient = SoftmaxCrossEntropy().gradient([[0.0] * 4, [0.0] * 4], [3, 0])
    expect("p − y, divided by 2 rows", gradient,
           [[0.125, 0.125, 0.125, -0.375], [-0.375, 0.125, 0.125, 0.125]])
    expect_near("yes with probability 1/4", BinaryCrossEntropy()([[0.25]], [1]), math.log(4.0))
    expect_near("class with probability 1/8", CategoricalCrossEntropy()([[0.875, 0.125]], [1]),
                math.log(8.0))


# ---- Optimizers: a weight of 1, a constant gradient of 2, the first three steps ----


def _steps(optimizer: Optimizer) -> List[float]:
    weight = Parameter("w", [[1.0]])
    moved = []
    for _ in range(3):
        weight.gradient = [[2.0]]
        optimizer.step([weight])
        moved.append(weight.value[0][0] - 1.0)
    return moved


def _optimizers() -> None:
    roots = [1.0, 1.0 + 1 / math.sqrt(2), 1.0 + 1 / math.sqrt(2) + 1 / math.sqrt(3)]
    expected: Dict[Optimizer, List[float]] = {
        SGD(0.125): [-0.25, -0.5, -0.75],
        # v is 2, then 2/2 + 2 = 3, then 3/2 + 2 = 3.5
        SGD(0.125, momentum=0.5): [-0.25, -0.625, -1.0625],
        # g + v/2 is 3, 3.5, 3.75
        SGD(0.125, momentum=0.5, nesterov=True): [-0.375, -0.8125, -1.28125],
        AdaGrad(0.1): [-0.1 * root for root in roots],
        # s is 4 · (1 − ½ᵗ): 2, 3, 3.5, and each step 0.1 · 2 / √s
        RMSProp(0.1, decay=0.5): [-0.2 / math.sqrt(2), -0.2 / math.sqrt(2) - 0.2 / math.sqrt(3),
                                  -0.2 / math.sqrt(2) - 0.2 / math.sqrt(3) - 0.2 / math.sqrt(3.5)],
        Adam(0.1): [-0.1, -0.2, -0.3],
        # w shrinks by a tenth of a tenth before each step of Adam
        AdamW(0.1, weight_decay=0.1): [0.89 - 1, 0.7811 - 1, 0.673289 - 1],
    }
    for optimizer, moves in expected.items():
        for got, move in zip(_steps(optimizer), moves):
            expect_near(repr(optimizer), got, move, tolerance=1e-8)


def _schedules() -> None:
    expect("clipped", clip_by_global_norm([[[3.0]], [[4.0]]], 2.5), [[[1.5]], [[2.0]]])
    expect("steps", [StepDecay(1.0, 0.5, every=2)(step) for step in range(4)], [1.0, 1.0, 0.5, 0.5])
    expect_near("half way down the cosine", CosineDecay(1.0, steps=4)(2), 0.5)
    expect("warm-up", [LinearWarmUp(2, then=1.0)(step) for step in range(3)], [0.5, 1.0, 1.0])


# ---- Chance, metrics, data, training ----


def _chance() -> None:
    rng = Random(1)
    expect("permutation", sorted(permutation(100, rng)), list(range(100)))
    draws = linalg.ravel(normal(rng, 100, 100, deviation=1.0))
    mean = math.fsum(draws) / 10_000
    variance = math.fsum((x - mean) ** 2 for x in draws) / 10_000
    expect_near("mean of 10,000 normal deviates", mean, 0.0, tolerance=0.06)  # six deviations
    expect_near("their variance", variance, 1.0, tolerance=0.09)


def _metrics() -> None:
    said, was = [0, 1, 1, 1], [0, 0, 1, 1]
    expect("accuracy", accuracy(said, was), 0.75)
    expect("confusion", confusion_matrix(said, was), [[1, 1], [0, 2]])
    expect_near("F1 of class 1", precision_recall_f1(said, was)[1].f1, 0.8)
    expect("R²", r2([[1.0], [2.0]], [[0.0], [2.0]]), 0.5)


def _data() -> None:
    sizes = {"digits": (1797, 64, 10), "iris": (150, 4, 3), "wine": (178, 13, 3)}
    for name, one in (("digits", data.digits()), ("iris", data.iris()), ("wine", data.wine())):
        got = len(one.inputs), len(one.feature_names), len(one.class_names)
        expect(name, got, sizes[name])
        expect(f"targets of {name}", len(one.targets), len(one.inputs))
    learning, held_out = data.split(data.iris(), 0.2, rng=Random(1))
    expect("flowers of each kind held out", [held_out.targets.count(k)  # type: ignore[arg-type]
                                             for k in range(3)], [10, 10, 10])
    expect("all the others", len(learning.inputs), 120)
    scaled = data.Standardizer().fit([[1.0], [3.0]]).transform([[1.0], [3.0], [4.0]])
    expect("standardized", scaled, [[-1.0], [1.0], [2.0]])


def _xor() -> None:
    inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    rng = Random(1)
    network = Network([Dense(2, 8, rng), Tanh(), Dense(8, 2, rng)])
    train(network, inputs, [0, 1, 1, 0], loss=SoftmaxCrossEntropy(), optimizer=Adam(0.05),
          epochs=200, rng=rng)
    expect("accuracy", accuracy(network.predict(inputs), [0, 1, 1, 0]), 1.0)


def _line() -> None:
    xs, ys = [[0.0], [1.0], [2.0], [3.0]], [[1.0], [3.0], [5.0], [7.0]]
    line = Network([Dense(1, 1, Random(1))])
    history = train(line, xs, ys, loss=MeanSquaredError(), optimizer=SGD(0.1), epochs=500,
                    batch_size=4, callbacks=[EarlyStopping(50)])
    expect_near("slope", line.predict([[1.0]])[0][0] - line.predict([[0.0]])[0][0], 2.0, 1e-6)
    expect("the loss falls", history[-1].loss < history[0].loss, True)


KNOWN_ANSWERS: Dict[str, Callable[[], None]] = {
    "products of matrices, sums, broadcasting": _products,
    "shapes that do not go together are refused": _refused_shapes,
    "a dense layer, forward and backward": _dense,
    "dropout": _dropout,
    "activations at −2, 0 and 2": _activations,
    "scores 1000 from zero": _far_out,
    "squared, absolute and Huber loss; penalties": _losses,
    "cross-entropies": _cross_entropies,
    "three steps of each optimizer": _optimizers,
    "clipping and schedules": _schedules,
    "permutation and normal deviates": _chance,
    "metrics": _metrics,
    "the bundled data, splitting, standardizing": _data,
    "xor is learned": _xor,
    "a straight line is found": _line,
}
