"""NumPy in the place of the loops: every name is there, and every part learns the same with it."""

import ast
import inspect
import math
import textwrap
from random import Random

import pytest

import purenn
from purenn import activations, initializers, linalg, losses, metrics, optimizers, penalties

np = pytest.importorskip("numpy", reason="NumPy is not installed: nothing to stand in")

from benchmarks import vectorized  # noqa: E402
from benchmarks.copies import copy_on  # noqa: E402

pytestmark = pytest.mark.interop

ROWS = [[0.1 * k, 1.0 - 0.05 * k * k, 0.5] for k in range(11)]
CLASSES = [0, 1, 2, 1, 0, 2, 0, 0, 1, 2, 1]
REAL = [[0.5 * k, 1.0, -0.25 * k] for k in range(11)]
YES = [[float(k % 2), 1.0, 0.25] for k in range(11)]
SHARES = [[0.25, 0.25, 0.5], *[[0.5, 0.5, 0.0]] * 10]
SHARES = [list(row) for row in SHARES]

ACTIVATIONS = {  # made with a given purenn
    **{name: lambda p, name=name: getattr(p, name)() for name in (
        "ELU", "GELU", "LeakyReLU", "Linear", "ReLU", "Sigmoid", "SiLU", "Softmax", "Softplus",
        "Tanh")},
    "ELU, 0.6": lambda p: p.ELU(0.6), "LeakyReLU, 0.3": lambda p: p.LeakyReLU(0.3),
}
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
NUMERICAL = [("accuracy", "SoftmaxCrossEntropy", CLASSES), ("r2", "MeanSquaredError", REAL),
             ("mean_absolute_error", "Huber", REAL)]


def classes_in(module, family):
    """The public classes of a module that belong to a family and are no mere contract."""
    found = [getattr(module, name) for name in module.__all__]
    return {one.__name__: one for one in found if isinstance(one, type) and issubclass(one, family)
            and one.__name__ in purenn.__all__ and one not in (
                family, activations.Activation, losses.MeanLoss, optimizers.GradientDescent)}


def first_words(table):
    return {name.split(",")[0] for name in table}


def test_the_tables_have_every_part_of_the_package():
    assert first_words(ACTIVATIONS) == set(classes_in(activations, purenn.Layer))
    assert set(LOSSES) == set(classes_in(losses, purenn.Loss))
    assert set(PENALTIES) == set(classes_in(penalties, purenn.Penalty))
    assert first_words(OPTIMIZERS) == set(classes_in(optimizers, purenn.Optimizer))
    functions = inspect.getmembers(initializers, inspect.isfunction)
    drawing = {name for name, one in functions if name in initializers.__all__
               and list(inspect.signature(one).parameters)[:3] == ["rng", "neurons", "inputs"]}
    assert {"he", "zeros"} <= drawing
    assert drawing <= set(INITIALIZERS)


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
    layers = [package.Dense(3, 6, rng, start), middle(package) if middle else package.Tanh(),
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


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_learns_the_same(name, on_numpy):
    learns_the_same(on_numpy, middle=ACTIVATIONS[name])


def test_dropout_and_a_network_inside_learn_the_same(on_numpy):
    learns_the_same(on_numpy, middle=lambda package: package.Network(
        [package.Dropout(0.25, Random(5)), package.ReLU(), package.Dense(6, 6, Random(6))]))


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


@pytest.mark.parametrize("name, loss, targets", NUMERICAL)
def test_metrics_are_the_same(name, loss, targets, on_numpy):
    assert name in metrics.__all__
    learns_the_same(on_numpy, loss=loss, targets=targets, metrics=[name])


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
    ("transpose", ()), ("ravel", ()), ("exp", ()), ("log_softmax", ()), ("abs", ()),
    ("sum", (0,)), ("sum", (1,)), ("sum", ()), ("mean", (1,)), ("max", (0,)), ("min", (1,)),
    ("argmax", (1,)), ("argmax", (0,)), ("argmax", ()), ("inner", "other"), ("matmul", "other"),
    ("inner_columns", "other"), ("affine", (MATRICES[1], [[0.5, -1.0]])), ("add", "other"),
    ("subtract", "other"), ("multiply", "other"), ("divide", "other"), ("greater", "other"),
    ("divide", (4.0,)), ("add", ([[1.0], [2.0]],)), ("shape", ()), ("all_finite", ()),
    ("take", ([1, 0, 1],)),
])
def test_an_operation_and_its_stand_in_give_the_same_numbers(name, more):
    arguments = [MATRICES[0], *([MATRICES[1]] if more == "other" else more)]
    here, there = getattr(linalg, name)(*arguments), getattr(vectorized, name)(*arguments)
    assert np.shape(here) == np.shape(there)
    assert np.allclose(here, there, rtol=1e-12, atol=0)


def test_what_takes_no_matrix_gives_the_same_too():
    A = MATRICES[0]
    for here, there in (
        (linalg.log(linalg.abs(A)), vectorized.log(np.abs(A))),
        (linalg.dot(*A), vectorized.dot(*A)), (linalg.item([[2.0]]), vectorized.item([[2.0]])),
        (linalg.vstack([A, A]), vectorized.vstack([A, A])),
        (linalg.zeros(2, 3), vectorized.zeros(2, 3)),
        (linalg.full(2, 3, 5.0), vectorized.full(2, 3, 5.0)),
        (linalg.one_hot([1, 0], 3), vectorized.one_hot([1, 0], 3)),
        (linalg.generate(2, 3, iter(range(6)).__next__),
         vectorized.generate(2, 3, iter(range(6)).__next__)),
        (linalg.elementwise(lambda a, b: a * b, A, 2.0),
         vectorized.elementwise(lambda a, b: a * b, A, 2.0)),
        (linalg.elementwise_tuple(lambda a, b: (a * b, a), A, A),
         vectorized.elementwise_tuple(lambda a, b: (a * b, a), A, A)),
        (linalg.chain_rule(A, lambda a: a * a, A), vectorized.chain_rule(A, lambda a: a * a, A)),
    ):
        assert np.shape(here) == np.shape(there) and np.allclose(here, there, rtol=1e-12, atol=0)


# ---- Formulas of one number, applied to arrays ----


def formulas_of_the_package():
    """All formulas that the package hands to linalg, by their qualified names."""
    families = [*classes_in(activations, activations.Activation).values(),
                *classes_in(losses, losses.MeanLoss).values(),
                *classes_in(penalties, purenn.Penalty).values()]
    functions = [getattr(one, name) for one in families for name in ("f", "df")]
    functions += [activations.sigmoid, losses.surprise, losses.surprise_slope, losses.weighted,
                  metrics._explained]
    return {function.__qualname__: function for function in functions}


def looks_at_numbers_one_by_one(function):
    """Say whether there is an `if`, a comparison, or a call of what knows single numbers only."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(isinstance(node, (ast.If, ast.IfExp, ast.Compare, ast.Call))
               and not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "abs")
               for node in ast.walk(tree))


def test_every_formula_with_an_if_has_an_array_version():
    formulas = formulas_of_the_package()
    assert len(formulas) > 25
    for name, function in formulas.items():
        if looks_at_numbers_one_by_one(function):
            assert name in vectorized.FORMULAS, f"write {name} for arrays in vectorized.FORMULAS"


def test_every_array_version_is_that_of_a_formula():
    assert set(vectorized.FORMULAS) <= set(formulas_of_the_package())


def test_every_formula_of_elementwise_in_the_package_is_among_them():
    """Asked from the source: what is handed to elementwise is a method, or one of those above."""
    known = {name.split(".")[-1] for name in formulas_of_the_package()}
    for module in (activations, losses, metrics, penalties):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "elementwise":
                formula = node.args[0]
                assert getattr(formula, "attr", getattr(formula, "id", None)) in known


WIDE = [0.1, -0.7, 2.5, -3.25, 0.0, -0.0, 1.0, -1.0, 30.0, -30.0, 0.5, 0.999]


SETTLED = {"Huber": lambda p: p.Huber(0.4), "ELU": lambda p: p.ELU(0.6),
           "LeakyReLU": lambda p: p.LeakyReLU(0.3)}
OF_PROBABILITIES = {"BinaryCrossEntropy.f", "BinaryCrossEntropy.df", "surprise", "surprise_slope"}


@pytest.mark.parametrize("name", sorted(set(formulas_of_the_package()) - {"_explained"}))
def test_a_formula_gives_the_same_for_arrays_as_number_by_number(name):
    formula = formulas_of_the_package()[name]
    if "." in name:
        one, method = name.split(".")
        make = {**SETTLED, **PENALTIES}.get(one, lambda p: getattr(p, one)())
        formula = getattr(make(purenn), method)
    count = len(inspect.signature(formula).parameters)
    numbers = [x for x in WIDE if 0 < x < 1] if name in OF_PROBABILITIES else WIDE
    rng = Random(1)
    operands = [[[rng.choice(numbers) for _ in range(9)] for _ in range(12)] for _ in range(count)]
    with np.errstate(all="ignore"):
        there = vectorized.elementwise(formula, *operands)
    here = [[formula(*together) for together in zip(*rows)] for rows in zip(*operands)]
    assert np.shape(here) == np.shape(there)
    assert np.allclose(here, there, rtol=1e-12, atol=1e-300)


def test_the_share_explained_is_the_same_for_arrays_as_number_by_number():
    operands = [[[True, True, False, False]], [[0.5, 3.0, 0.0, 2.0]], [[2.0, 1.0, 0.0, 0.0]],
                [[1.0, 1.0, 0.0, 1.0]]]
    with np.errstate(all="ignore"):
        there = vectorized.elementwise(metrics._explained, *operands)
    assert there.tolist() == linalg.elementwise(metrics._explained, *operands) == [
        [0.75, -2.0, 1.0, 0.0]]


def test_a_formula_of_ones_own_with_an_if_fails_loudly():
    class ReLU(purenn.Activation):
        """Has the name of purenn's."""

        def f(self, x):
            return x if x > 1.0 else 1.0

    ReLU.f.__qualname__ = "ReLU.f"
    for formula in (ReLU().f, lambda x: 1.0 if x > 0 else 0.0, math.tanh, max):
        with pytest.raises((ValueError, TypeError)):
            vectorized.elementwise(formula, MATRICES[0])
        with pytest.raises((ValueError, TypeError)):
            vectorized.chain_rule(MATRICES[0], formula, MATRICES[0])
    with pytest.raises(ValueError):
        vectorized.elementwise_tuple(lambda w, g: (w - g if g > 0 else w,), *MATRICES)


def test_what_is_no_matrix_is_refused_where_it_enters(on_numpy):
    network = on_numpy.Network([on_numpy.Dense(2, 1, Random(1))])
    for wrong in ([[1.0, None]], [[math.nan] * 2], "text", np.array([[math.inf] * 2])):
        with pytest.raises((TypeError, ValueError), match=r"Network.predict: inputs"):
            network.predict(wrong)
    for wrong in ([[1.0], [2.0, 3.0]], [[1.0] * 3], [], [[]]):
        with pytest.raises(ValueError):
            network.predict(wrong)
