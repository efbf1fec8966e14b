"""NumPy in the place of the loops: every name is there, and every part learns the same with it."""

import inspect
import math
from random import Random

import pytest

import purenn
from purenn import linalg

np = pytest.importorskip("numpy", reason="NumPy is not installed: nothing to stand in")

from benchmarks import vectorized  # noqa: E402
from benchmarks.copies import copy_on  # noqa: E402

ROWS = [[0.1 * k, 1.0 - 0.05 * k * k, 0.5] for k in range(11)]
CLASSES = [0, 1, 2, 1, 0, 2, 0, 0, 1, 2, 1]
REAL = [[0.5 * k, 1.0, -0.25 * k] for k in range(11)]
YES = [[float(k % 2), 1.0, 0.25] for k in range(11)]
SHARES = [[0.25, 0.25, 0.5], *[[0.5, 0.5, 0.0]] * 10]
SHARES = [list(row) for row in SHARES]

ACTIVATIONS = ["ELU", "GELU", "LeakyReLU", "Linear", "ReLU", "Sigmoid", "SiLU", "Softplus", "Tanh",
               "Softmax"]
LOSSES = {  # targets, and the layer that must stand before it
    "MeanSquaredError": (REAL, None), "MeanAbsoluteError": (REAL, None), "Huber": (REAL, None),
    "SoftmaxCrossEntropy": (CLASSES, None), "SigmoidCrossEntropy": (YES, None),
    "CategoricalCrossEntropy": (CLASSES, "Softmax"), "BinaryCrossEntropy": (YES, "Sigmoid"),
}
PENALTIES = {
    "L1": lambda p: p.L1(0.01), "L2": lambda p: p.L2(0.01),
    "ElasticNet": lambda p: p.ElasticNet(l1=0.01, l2=0.01),
}
OPTIMIZERS = {
    "SGD": lambda p: p.SGD(0.1),
    "SGD, momentum": lambda p: p.SGD(0.1, momentum=0.9),
    "SGD, Nesterov": lambda p: p.SGD(0.1, momentum=0.9, nesterov=True),
    "SGD, clipped": lambda p: p.SGD(0.5, clip_norm=0.1),
    "SGD, not clipped": lambda p: p.SGD(0.1, clip_norm=1000.0),
    "SGD, decaying": lambda p: p.SGD(p.CosineDecay(0.1, steps=9)),
    "AdaGrad": lambda p: p.AdaGrad(0.1), "RMSProp": lambda p: p.RMSProp(0.01),
    "Adam": lambda p: p.Adam(0.01), "AdamW": lambda p: p.AdamW(0.01),
    "RandomSearch": lambda p: p.RandomSearch(Random(1)),
    "RandomAdjustment": lambda p: p.RandomAdjustment(Random(1)),
}
INITIALIZERS = ["he", "normal", "uniform", "xavier", "zeros"]


@pytest.fixture(scope="module")
def on_numpy():
    """A second purenn, whose linalg is NumPy."""
    return copy_on(vectorized)


def curve(
    package, middle=None, loss="SoftmaxCrossEntropy", targets=CLASSES, last=None, penalty=None,
    optimizer=None, initializer="he", rows=ROWS, callbacks=(), metrics=(), epochs=4, batch=4,
):
    """Train a small network with a given purenn and return all numbers of its history."""
    rng = Random(7)
    start = getattr(package, initializer)
    layers = [package.Dense(3, 6, rng, start), middle(package, rng) if middle else package.Tanh(),
              package.Dense(6, 3, rng, start)]
    layers += [getattr(package, last)()] if last else []
    history = package.train(
        package.Network(layers), rows, targets, loss=getattr(package, loss)(),
        optimizer=optimizer(package) if optimizer else package.SGD(0.1), epochs=epochs,
        batch_size=batch, penalty=penalty(package) if penalty else None, rng=rng,
        validation=(rows[:3], targets[:3]), metrics=[getattr(package, one) for one in metrics],
        callbacks=[one(package) for one in callbacks],
    )
    return [value for record in history
            for key, value in record.as_dict().items() if key != "seconds"]


def learns_the_same(on_numpy, **what):
    with np.errstate(all="ignore"):
        there = curve(on_numpy, **what)
    here = curve(purenn, **what)
    assert here == pytest.approx(there, rel=1e-9, abs=1e-9)
    assert all(math.isfinite(value) for value in here)


def test_the_second_purenn_computes_with_numpy_and_leaves_the_first_alone(on_numpy):
    assert on_numpy.linalg is on_numpy.layers.linalg is vectorized
    assert purenn.linalg is purenn.layers.linalg is linalg is not vectorized
    assert isinstance(on_numpy.Dense(2, 3, Random(1)).weights.value, np.ndarray)
    assert on_numpy.Dense is not purenn.Dense


def test_every_name_of_linalg_has_its_stand_in():
    assert set(linalg.__all__) <= set(vars(vectorized))
    assert vectorized.__all__ == linalg.__all__


@pytest.mark.parametrize("name", [name for name in linalg.__all__ if name[0].islower()])
def test_a_stand_in_takes_what_the_operation_takes_in_a_line_or_two(name):
    ours, theirs = getattr(linalg, name), getattr(vectorized, name)
    assert list(inspect.signature(theirs).parameters) == list(inspect.signature(ours).parameters)
    assert len(inspect.getsource(theirs).splitlines()) <= 3


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_learns_the_same(name, on_numpy):
    learns_the_same(on_numpy, middle=lambda package, rng: getattr(package, name)())


def test_dropout_and_a_network_inside_learn_the_same(on_numpy):
    learns_the_same(on_numpy, middle=lambda package, rng: package.Network(
        [package.Dropout(0.25, rng), package.ReLU(), package.Dense(6, 6, rng)]))


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_every_loss_learns_the_same(name, on_numpy):
    targets, last = LOSSES[name]
    learns_the_same(on_numpy, loss=name, targets=targets, last=last)


@pytest.mark.parametrize("targets", [SHARES, [[1.0, 0.0, 0.0], *SHARES[1:]]])
def test_targets_that_are_probabilities_learn_the_same(targets, on_numpy):
    learns_the_same(on_numpy, targets=targets)


@pytest.mark.parametrize("name", sorted(PENALTIES))
def test_every_penalty_learns_the_same(name, on_numpy):
    learns_the_same(on_numpy, penalty=PENALTIES[name])


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_learns_the_same(name, on_numpy):
    learns_the_same(on_numpy, optimizer=OPTIMIZERS[name])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_starts_the_same(name, on_numpy):
    learns_the_same(on_numpy, initializer=name)


@pytest.mark.parametrize("batch", [1, 2, 11])
def test_batches_of_every_size_learn_the_same(batch, on_numpy):
    learns_the_same(on_numpy, batch=batch, metrics=["accuracy"])


def test_metrics_and_callbacks_see_the_same(on_numpy):
    learns_the_same(on_numpy, metrics=["accuracy"], epochs=8, callbacks=[
        lambda package: package.EarlyStopping(2), lambda package: package.ReduceOnPlateau()])
    learns_the_same(on_numpy, loss="MeanSquaredError", targets=REAL,
                    metrics=["r2", "mean_absolute_error"])


def test_scores_and_weights_are_the_same_too(on_numpy):
    found = []
    for package in (purenn, on_numpy):
        rng = Random(3)
        network = package.Network([package.Dense(3, 4, rng), package.GELU(),
                                   package.Dense(4, 3, rng)])
        package.train(network, ROWS, CLASSES, loss=package.SoftmaxCrossEntropy(),
                      optimizer=package.Adam(0.01), epochs=3, rng=rng)
        values = [parameter.value for parameter in network.parameters()]
        found.append([float(x) for matrix in [*values, network.predict(ROWS)]
                      for row in matrix for x in row])
    assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-9)


MATRICES = [[[1.0, -2.0], [0.5, 3.0]], [[2.0, 0.25], [-1.0, 4.0]]]


@pytest.mark.parametrize("name, more", [
    ("transpose", ()), ("ravel", ()), ("exp", ()), ("expm1", ()), ("tanh", ()), ("erf", ()),
    ("abs", ()), ("sign", ()), ("sum", (0,)), ("mean", (1,)), ("max", (0,)), ("min", (1,)),
    ("argmax", (1,)), ("argmax", ()), ("inner", "other"), ("matmul", "other"), ("add", "other"),
    ("subtract", "other"), ("multiply", "other"), ("divide", "other"), ("maximum", "other"),
    ("minimum", "other"), ("greater", "other"), ("clip", (-1.0, 1.0)), ("shape", ()),
    ("all_finite", ()),
])
def test_an_operation_and_its_stand_in_give_the_same_numbers(name, more):
    arguments = [MATRICES[0], *([MATRICES[1]] if more == "other" else more)]
    here, there = getattr(linalg, name)(*arguments), getattr(vectorized, name)(*arguments)
    assert np.shape(here) == np.shape(there)
    assert np.allclose(here, there, rtol=1e-12, atol=0)


def test_what_is_no_matrix_is_refused_at_the_same_door():
    for wrong in ([[1.0], [2.0, 3.0]], [[math.nan]], "text", np.array([[math.inf]])):
        with pytest.raises((TypeError, ValueError)) as ours:
            linalg.as_matrix(wrong, "inputs")
        with pytest.raises(type(ours.value), match="inputs"):
            vectorized.as_matrix(wrong, "inputs")
