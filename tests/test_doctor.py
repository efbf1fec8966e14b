"""The doctor: each illness is found, healthy networks are left in peace, nobody is changed."""

import copy
import math
from random import Random

import pytest

from purenn import (
    SGD, Adam, BinaryCrossEntropy, CategoricalCrossEntropy, Dense, Dropout, History, Huber, Layer,
    LeakyReLU, Linear, MeanSquaredError, Network, RandomSearch, Record, ReLU, Sigmoid,
    SigmoidCrossEntropy, Softmax, SoftmaxCrossEntropy, Tanh, linalg, normal, train,
    uniform, xavier, zeros,
)
from purenn.data import (
    ByteRows, DataSet, Standardizer, circle, digits, gaussians, iris, moons, sine, spiral, wine,
    xor,
)
from purenn.doctor import (
    Diagnosis, Finding, diagnose, diagnose_data, diagnose_learning, working,
)
from purenn.initializers import permutation


def standardized(data):
    return data._replace(inputs=Standardizer().fit(data.inputs).transform(data.inputs))


def scaled_digits():
    data = digits()
    return data._replace(inputs=[[pixel / 16 for pixel in row] for row in data.inputs])


def classifier(seed=1, sizes=(4, 8, 3), activation=ReLU, **how):
    """Return a network of these sizes; `how` goes to every Dense."""
    rng = Random(seed)
    layers = []
    for width, neurons in zip(sizes, sizes[1:]):
        layers += [Dense(width, neurons, rng, **how), activation()]
    return Network(layers[:-1])


def examine(network=None, data=None, loss=None, **options):
    """Diagnose a healthy network on standardized iris, but for what is given."""
    data = standardized(iris()) if data is None else data
    network = classifier() if network is None else network
    loss = SoftmaxCrossEntropy() if loss is None else loss
    options.setdefault("feature_names", data.feature_names)
    options.setdefault("class_names", data.class_names)
    return diagnose(network, loss, data.inputs, data.targets, **options)


def first(diagnosis, name):
    """Return the first failure, which must be of that name, have words, and stand in the text."""
    failure = diagnosis.first_failure
    assert failure is not None and failure.name == name, str(diagnosis)
    assert failure.message and failure.next_step
    assert not diagnosis.ok
    text = str(diagnosis)
    assert f"PROBLEM  {name}: {failure.message}" in text
    assert text.endswith(f"{failure.message}\nNext step: {failure.next_step}")
    return failure


def with_column(data, values, name):
    """Return the data with one more column, at the end."""
    inputs = [[*row, value] for row, value in zip(data.inputs, values)]
    return data._replace(inputs=inputs, feature_names=[*data.feature_names, name])


# ---- The healthy are called healthy ----

HEALTHY = {
    "iris in centimetres": (
        lambda rng: iris(), SoftmaxCrossEntropy(), SGD(0.02), classifier,
        {"sizes": (4, 8, 3)}),
    "iris standardized": (
        lambda rng: standardized(iris()), SoftmaxCrossEntropy(), SGD(0.1), classifier,
        {"sizes": (4, 8, 3)}),
    "wine": (
        lambda rng: standardized(wine()), SoftmaxCrossEntropy(), SGD(0.1, momentum=0.9),
        classifier, {"sizes": (13, 8, 3)}),
    "wine, straight lines": (
        lambda rng: standardized(wine()), SoftmaxCrossEntropy(), Adam(0.01), classifier,
        {"sizes": (13, 3), "initializer": zeros}),
    "moons": (
        lambda rng: moons(rng=rng), SoftmaxCrossEntropy(), Adam(0.01), classifier,
        {"sizes": (2, 8, 2)}),
    "moons, yes or no": (
        lambda rng: moons(rng=rng), SigmoidCrossEntropy(), SGD(0.5), classifier,
        {"sizes": (2, 8, 1), "activation": Tanh, "initializer": xavier}),
    "circle": (
        lambda rng: circle(rng=rng), SoftmaxCrossEntropy(), Adam(0.01), classifier,
        {"sizes": (2, 16, 2), "activation": LeakyReLU}),
    "spiral": (
        lambda rng: spiral(rng=rng), SoftmaxCrossEntropy(), Adam(0.01), classifier,
        {"sizes": (2, 16, 16, 3)}),
    "xor": (
        lambda rng: xor(rng=rng), SigmoidCrossEntropy(), SGD(0.5), classifier,
        {"sizes": (2, 8, 1), "activation": Tanh, "initializer": xavier}),
    "xor, often": (
        lambda rng: xor(size=40, rng=rng), SoftmaxCrossEntropy(), SGD(0.5), classifier,
        {"sizes": (2, 8, 2)}),
    "sine": (
        lambda rng: sine(rng=rng), MeanSquaredError(), Adam(0.01), classifier,
        {"sizes": (1, 16, 1)}),
    "sine, tanh": (
        lambda rng: sine(rng=rng), Huber(), SGD(0.1), classifier,
        {"sizes": (1, 16, 1), "activation": Tanh, "initializer": xavier}),
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("case", HEALTHY)
def test_a_healthy_network_gets_a_clean_bill(case, seed):
    make, loss, optimizer, build, how = HEALTHY[case]
    diagnosis = examine(
        build(seed, **how), make(Random(seed)), loss, optimizer=optimizer, rng=Random(seed))
    assert diagnosis.ok and diagnosis.first_failure is None, str(diagnosis)
    assert "A clean bill of health" in str(diagnosis)
    assert "PROBLEM" not in str(diagnosis)


@pytest.mark.slow
def test_digits_get_a_clean_bill():
    diagnosis = examine(
        classifier(sizes=(64, 32, 10)), scaled_digits(), optimizer=SGD(0.3))
    assert diagnosis.ok, str(diagnosis)
    assert "3 of 64 columns" in diagnosis.finding("constant columns").message
    # 50 of each weight matrix and of the inputs, 32 and 10 biases: not all 2,666 of them.
    assert "192 numbers" in diagnosis.finding("gradient check").message


@pytest.mark.slow
def test_a_network_with_dropout_and_a_network_inside_gets_a_clean_bill():
    rng = Random(4)
    inner = Network([Dense(16, 16, rng), ReLU()])
    network = Network([Dense(4, 16, rng), ReLU(), Dropout(0.3, rng), inner, Dense(16, 3, rng)])
    diagnosis = examine(network, optimizer=Adam(0.01))
    assert diagnosis.ok, str(diagnosis)


def test_the_long_way_with_probabilities_gets_a_clean_bill():
    network = classifier()
    network = Network([*network.layers, Softmax()])
    diagnosis = examine(network, loss=CategoricalCrossEntropy(), optimizer=SGD(0.1))
    assert diagnosis.ok, str(diagnosis)


@pytest.mark.slow
def test_one_hot_targets_and_compact_rows_get_a_clean_bill():
    data = digits()
    pixels = bytes(int(pixel) for row in data.inputs[:200] for pixel in row)
    targets = linalg.one_hot(data.targets[:200], 10)
    diagnosis = diagnose(classifier(sizes=(64, 16, 10)), SoftmaxCrossEntropy(),
                         ByteRows(pixels, 64, 1 / 16), targets)
    assert diagnosis.ok, str(diagnosis)
    assert diagnosis.finding("classes").number == 10


def test_a_trained_network_gets_a_clean_bill():
    data = standardized(iris())
    network = classifier()
    train(network, data.inputs, data.targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.02),
          epochs=30)
    diagnosis = examine(network, data, optimizer=SGD(1e-4))
    assert diagnosis.ok, str(diagnosis)
    assert "trained before" in diagnosis.finding("loss at the start").message


def test_every_number_of_a_small_network_is_checked():
    diagnosis = examine()
    assert "83 numbers" in diagnosis.finding("gradient check").message  # 67, and 4 rows of 4


# ---- Ill data ----


def test_a_missing_number_is_found():
    data = standardized(iris())
    data.inputs[7][2] = math.nan
    diagnosis = examine(data=data)
    assert "row 7, column 2" in first(diagnosis, "numbers").message
    assert diagnosis.finding("scale").ok is None
    assert "“numbers”" in diagnosis.finding("validation").message


def test_labels_counted_from_one_are_found():
    data = iris()
    data = data._replace(targets=[label + 1 for label in data.targets])
    for diagnosis in (examine(data=data), diagnose_data(data)):
        failure = first(diagnosis, "labels")
        assert "label - 1" in failure.next_step
        assert "got 3" in failure.message


def test_labels_outside_the_classes_are_found():
    data = iris()
    data.targets[10] = 7
    failure = first(examine(data=data), "labels")
    assert "row 10" in failure.message
    assert "from 0 to 7, the classes from 0 to 2" in failure.next_step


def test_a_missing_label_is_found():
    data = iris()
    failure = first(examine(data=data._replace(targets=data.targets[:-1])), "labels")
    assert "150 rows of inputs, but 149 of targets" in failure.message


def test_targets_of_the_wrong_kind_are_found():
    first(examine(loss=MeanSquaredError()), "labels")


def test_one_class_only_is_found():
    data = iris()
    data = data._replace(inputs=data.inputs[:50], targets=data.targets[:50])
    failure = first(examine(data=data), "classes")
    assert failure.number == 1
    assert "class 0 (setosa)" in failure.message
    assert first(diagnose_data(data), "classes") == failure


def test_a_class_without_rows_is_found():
    data = iris()
    data = data._replace(inputs=data.inputs[:100], targets=data.targets[:100])
    failure = first(diagnose_data(data), "classes")
    assert "class 2 (virginica) has no row" in failure.message


def test_targets_that_are_all_the_same_are_found():
    data = sine(rng=Random(1))
    data = data._replace(targets=[[0.5] for _ in data.targets])
    first(examine(classifier(sizes=(1, 8, 1)), data, MeanSquaredError()), "classes")


def test_a_strong_imbalance_is_found():
    data = gaussians(size=300, classes=2, rng=Random(1))
    rows = [*range(150), *range(150, 155)]
    data = data._replace(inputs=[data.inputs[row] for row in rows],
                         targets=[data.targets[row] for row in rows])
    failure = first(diagnose_data(data), "balance")
    assert failure.number == 30
    assert "class 1 (cloud 1) has 5" in failure.message


def test_an_imbalance_of_ten_to_one_is_left_in_peace():
    data = gaussians(size=300, classes=2, rng=Random(1))
    data = data._replace(inputs=data.inputs[:165], targets=data.targets[:165])
    assert diagnose_data(data).finding("balance").ok


def test_a_constant_column_is_found():
    data = with_column(iris(), [7.0] * 150, "year")
    failure = first(diagnose_data(data), "constant columns")
    assert failure.number == 1
    assert "'year'" in failure.message and "is 7 in all" in failure.message


@pytest.mark.slow
def test_many_blank_columns_are_found_in_a_picture_too():
    data = digits()
    data = data._replace(inputs=[[*row[:40], *[0.0] * 24] for row in data.inputs])
    assert first(diagnose_data(data), "constant columns").number > 24


@pytest.mark.parametrize("factor", [1e6, 1e-6])
def test_a_column_in_another_unit_is_found(factor):
    data = standardized(iris())
    data = data._replace(inputs=[[row[0], row[1] * factor, *row[2:]] for row in data.inputs])
    diagnosis = examine(data=data)
    failure = first(diagnosis, "scale")
    assert "'sepal_width'" in failure.message or "column 1" in failure.message
    assert failure.number == pytest.approx(1e6, rel=0.7)
    assert "Standardizer" in failure.next_step
    assert diagnosis.finding("one batch").ok is None
    assert diagnose_data(data, standardize=True).ok


def test_columns_that_are_all_tiny_are_found():
    data = standardized(iris())
    data = data._replace(inputs=[[value * 1e-4 for value in row] for row in data.inputs])
    assert first(examine(data=data), "scale").number == pytest.approx(1e-4)


def test_wine_as_it_is_needs_scaling():
    assert "'proline'" in first(diagnose_data(wine()), "scale").message


@pytest.mark.parametrize("factor", [1e5, 1e-5])
def test_targets_of_another_size_are_found(factor):
    data = sine(rng=Random(1))
    data = data._replace(targets=[[y * factor] for [y] in data.targets])
    assert "targets" in first(diagnose_data(data), "scale").message
    assert diagnose_data(data, standardize=True).ok


def test_copied_rows_are_found():
    data = iris()
    data = data._replace(inputs=[*data.inputs, *map(list, data.inputs[:30])],
                         targets=[*data.targets, *data.targets[:30]])
    assert first(diagnose_data(data), "duplicate rows").number == pytest.approx(31 / 180)


def test_same_inputs_with_different_labels_are_found():
    data = standardized(iris())
    data = data._replace(inputs=[*data.inputs, *map(list, data.inputs[:30])],
                         targets=[*data.targets, *[1] * 30])
    failure = first(examine(data=data), "duplicate rows")
    assert "another class" in failure.message
    assert failure.number == pytest.approx(60 / 180)


def test_validation_rows_that_were_learned_are_found():
    data = standardized(iris())
    failure = first(examine(data=data, validation=(data.inputs[:50], data.targets[:50])),
                    "duplicate rows")
    assert failure.number == 1.0


@pytest.mark.slow
def test_validation_rows_of_their_own_are_left_in_peace():
    data = standardized(iris())
    learn = data._replace(inputs=data.inputs[::2], targets=data.targets[::2])
    diagnosis = examine(data=learn, validation=(data.inputs[1::2], data.targets[1::2]))
    assert diagnosis.ok, str(diagnosis)


def test_validation_labels_outside_the_classes_are_found():
    data = standardized(iris())
    learn = data._replace(inputs=data.inputs[::2], targets=data.targets[::2])
    labels = [label + 1 for label in data.targets[1::2]]
    assert "got 3" in first(
        examine(data=learn, validation=(data.inputs[1::2], labels)), "validation").message


@pytest.mark.slow
@pytest.mark.parametrize("disguise", [float, lambda label: [0.3, -1.2, 0.9][label]])
def test_the_target_among_the_features_is_found(disguise):
    data = standardized(iris())
    data = with_column(data, [disguise(label) for label in data.targets], "kind")
    for diagnosis in (examine(classifier(sizes=(5, 8, 3)), data), diagnose_data(data)):
        assert "'kind'" in first(diagnosis, "leakage").message


def test_words_that_repeat_the_class_are_found():
    data = standardized(iris())._replace(inputs=iris().inputs)
    for number, name in enumerate(data.class_names):
        marks = [float(label == number) for label in data.targets]
        data = with_column(data, marks, f"again={name}")
    assert "again=setosa" in first(diagnose_data(data, standardize=True), "leakage").message


def test_a_blurred_copy_of_the_target_is_found():
    rng = Random(1)
    data = standardized(iris())
    data = with_column(data, [label + 0.05 * rng.random() for label in data.targets], "code")
    first(diagnose_data(data), "leakage")


def test_a_regression_target_in_another_unit_is_found():
    data = sine(rng=Random(1))
    data = with_column(data, [y * 1.8 + 0.5 for [y] in data.targets], "fahrenheit")
    assert "'fahrenheit'" in first(diagnose_data(data), "leakage").message


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_column_that_separates_or_orders_is_found_whatever_its_scale(scale):
    rng = Random(3)
    data = standardized(iris())
    # Marks from 0 to 100, and "passed" from 50 on: no gap to speak of, wide stretches.
    marks = sorted(rng.random() * 100 for _ in data.targets)
    passed = data._replace(targets=[int(mark >= 50) for mark in marks], class_names=["no", "yes"])
    leaking = with_column(passed, [mark * scale for mark in marks], "mark")
    failure = first(diagnose_data(leaking, standardize=True), "leakage")
    assert "'mark'" in failure.message
    # The logarithm of the target, upside down: no straight line, but the same order.
    prices = data._replace(targets=[[mark + 1] for mark in marks], class_names=[])
    leaking = with_column(prices, [-scale * math.log(mark + 1) for mark in marks], "log")
    assert "'log'" in first(diagnose_data(leaking, standardize=True), "leakage").message


def test_a_column_that_separates_almost_or_by_chance_is_no_leak():
    rng = Random(4)
    data = standardized(iris())
    values = [label + rng.random() for label in data.targets]
    values[0], values[149] = values[149], values[0]
    assert diagnose_data(with_column(data, values, "near"), standardize=True).ok
    touching = [float(label) + (number % 50) / 49 for number, label in enumerate(data.targets)]
    assert diagnose_data(with_column(data, touching, "touching"), standardize=True).ok
    few = DataSet([[rng.random() for _ in range(300)] for _ in range(16)], [0] * 8 + [1] * 8,
                  [f"c{n}" for n in range(300)], ["a", "b"], "")
    assert diagnose_data(few).finding("leakage").ok is None


def test_row_numbers_are_found():
    data = with_column(wine(), list(range(1, 179)), "rownames")
    assert "'rownames'" in first(diagnose_data(data, standardize=True), "row numbers").message
    data = with_column(wine(), [n * (n + 1) / 2 for n in range(178)], "steps of 1, 2, 3, …")
    assert diagnose_data(data, standardize=True).finding("row numbers").ok


def test_a_column_that_is_constant_but_for_rounding_is_found():
    data = with_column(iris(), [0.3, 0.1 + 0.2] * 75, "rounded")
    assert "'rounded'" in first(diagnose_data(data), "constant columns").message


def test_a_measurement_that_separates_is_told_but_a_single_column_is_not():
    data = iris()  # setosa against the others: one cut through a petal tells them apart
    data = data._replace(targets=[min(label, 1) for label in data.targets],
                         class_names=["setosa", "other"])
    assert "few cuts" in first(diagnose_data(data), "leakage").next_step
    line = DataSet([[x / 10] for x in range(50)], [[x / 5] for x in range(50)], ["x"], [], "")
    assert diagnose_data(line).ok


@pytest.mark.parametrize("make", [spiral, circle, moons, gaussians, sine])
@pytest.mark.parametrize("seed", range(5))
def test_toy_data_are_healthy(make, seed):
    assert diagnose_data(make(rng=Random(seed))).ok


def test_bundled_data_are_healthy_when_standardized_later():
    for data in (iris(), wine(), digits()):
        diagnosis = diagnose_data(data, standardize=True)
        assert diagnosis.ok, str(diagnosis)
        assert diagnosis.finding("scale").ok is None


# ---- Ill networks ----


def test_rows_of_the_wrong_width_are_found():
    failure = first(examine(classifier(sizes=(5, 8, 3))), "network and data")
    assert "Dense(4, …)" in failure.next_step


def test_weights_that_are_not_finite_are_found():
    network = classifier()
    network.layers[0].weights.value[0][0] = math.inf
    first(examine(network), "network and data")


def test_softmax_twice_is_found():
    network = Network([*classifier().layers, Softmax()])
    assert "twice" in first(examine(network), "network and data").message


def test_two_dense_layers_without_an_activation_between_them_are_found():
    rng = Random(1)
    network = Network([Dense(4, 8, rng), Dropout(0.1, rng), Linear(), Dense(8, 3, rng)])
    assert "layers 0 and 3" in first(examine(network), "nonlinear").message


def test_a_start_far_from_chance_is_found():
    network = classifier(initializer=lambda *sizes: normal(*sizes, deviation=10.0))
    failure = first(examine(network), "loss at the start")
    assert failure.number > 20 * math.log(3)
    assert "1.099" in failure.message  # ln 3


@pytest.mark.slow
def test_chance_for_yes_or_no_is_ln_2_and_for_numbers_the_variance():
    rng = Random(1)
    yes_or_no = examine(classifier(sizes=(2, 4, 1)), moons(rng=rng), SigmoidCrossEntropy())
    assert "would be 0.6931" in yes_or_no.finding("loss at the start").message
    inputs, targets = [[x / 4] for x in range(-8, 8)], [[1.0 + 2 * (x % 2)] for x in range(16)]
    data = DataSet(inputs, targets, ["x"], [], "")
    numbers = examine(classifier(sizes=(1, 8, 1)), data, MeanSquaredError())
    assert "would be 1" in numbers.finding("loss at the start").message


class WrongTanh(Tanh):
    """Half a percent off."""

    def backward(self, output_gradient):
        return linalg.multiply(super().backward(output_gradient), 1.005)


class ForgetfulDense(Dense):
    """The bias gradient of the last example only."""

    def backward(self, output_gradient):
        input_gradient = super().backward(output_gradient)
        self.biases.gradient = [list(output_gradient[-1])]
        return input_gradient


class LazyDense(Dense):
    """No gradient for the biases at all."""

    def backward(self, output_gradient):
        input_gradient = super().backward(output_gradient)
        self.biases.gradient = None
        return input_gradient


class NoWayBack(Layer):
    """Somebody forgot backward."""

    def forward(self, inputs, training=False):
        return inputs


def test_a_wrong_derivative_is_found():
    rng = Random(1)
    network = Network([Dense(4, 8, rng), WrongTanh(), Dense(8, 3, rng)])
    failure = first(examine(network), "gradient check")
    assert failure.number == pytest.approx(0.005, rel=0.1)
    assert "0.weights" in failure.message or "0.biases" in failure.message or (
        "inputs" in failure.message)


@pytest.mark.slow
def test_a_wrong_bias_gradient_in_a_large_layer_is_found():
    rng = Random(1)
    network = Network([ForgetfulDense(64, 200, rng), ReLU(), Dense(200, 10, rng)])
    data = scaled_digits()
    data = data._replace(inputs=data.inputs[:200], targets=data.targets[:200])
    assert "0.biases" in first(examine(network, data), "gradient check").message


def test_a_forgotten_gradient_is_found():
    rng = Random(1)
    network = Network([LazyDense(4, 8, rng), ReLU(), Dense(8, 3, rng)])
    failure = first(examine(network), "gradient check")
    assert "backward left 0.biases without a gradient" in failure.message


def test_a_forgotten_backward_is_found():
    rng = Random(1)
    network = Network([Dense(4, 8, rng), NoWayBack(), ReLU(), Dense(8, 3, rng)])
    assert "no backward" in first(examine(network), "gradient check").message


@pytest.mark.parametrize("activation", [ReLU, Tanh, Sigmoid])
def test_zero_weights_are_found(activation):
    network = classifier(activation=activation, initializer=zeros)
    failure = first(examine(network), "identical neurons")
    assert failure.number == 7
    assert "7 of 8 neurons" in failure.message


def test_constant_weights_are_found():
    def constant(rng, neurons, inputs):
        return linalg.full(neurons, inputs, 0.1)

    first(examine(classifier(activation=Tanh, initializer=constant)), "identical neurons")


def test_neurons_that_differ_in_their_bias_only_are_no_twins():
    network = classifier(activation=Tanh, initializer=lambda rng, n, m: linalg.full(n, m, 0.1))
    network.layers[0].biases.value = [[number / 8 for number in range(8)]]
    assert examine(network).finding("identical neurons").ok


def test_dead_units_are_found():
    network = classifier(sizes=(4, 8, 8, 3))
    network.layers[2].biases.value = [[-100.0] * 8]
    failure = first(examine(network), "dead ReLUs")
    assert failure.number == 1.0
    assert "layer 3" in failure.message


def test_dead_units_in_a_network_inside_are_found():
    rng = Random(1)
    inner = Network([Dense(8, 8, rng), ReLU()])
    inner.layers[0].biases.value = [[-100.0] * 8]
    network = Network([Dense(4, 8, rng), ReLU(), inner, Dense(8, 3, rng)])
    assert "layer 2.1" in first(examine(network), "dead ReLUs").message


@pytest.mark.parametrize("activation", [Sigmoid, Tanh])
def test_saturated_units_are_found(activation):
    rng = Random(1)
    network = Network([
        Dense(4, 8, rng, lambda *sizes: normal(*sizes, deviation=100.0)), activation(),
        Dense(8, 3, rng, xavier),
    ])
    failure = first(examine(network), "saturated units")
    assert failure.number > 0.9
    assert "layer 1" in failure.message


def test_a_last_layer_that_is_sure_is_not_called_saturated():
    data = DataSet([[x / 10 + (0.5 if x > 0 else -0.5)] for x in range(-20, 20)],
                   [int(x > 0) for x in range(-20, 20)], ["x"], ["below", "above"], "")
    network = Network([Dense(1, 1, Random(1)), Sigmoid()])
    network.layers[0].weights.value = [[30.0]]
    diagnosis = examine(network, data, BinaryCrossEntropy())
    assert diagnosis.ok, str(diagnosis)


@pytest.mark.slow
def test_a_vanishing_gradient_is_found():
    sizes = (4, *[8] * 8, 3)
    network = classifier(sizes=sizes, activation=Sigmoid, initializer=xavier)
    failure = first(examine(network), "gradients per layer")
    assert failure.number > 1000
    assert "vanishes" in failure.message and "at 0.weights" in failure.message


def test_an_exploding_gradient_is_found():
    rng = Random(1)
    network = Network([
        Dense(4, 8, rng, lambda *sizes: normal(*sizes, deviation=1e-3)), ReLU(),
        Dense(8, 8, rng), ReLU(),
        Dense(8, 3, rng, lambda *sizes: normal(*sizes, deviation=100.0)),
    ])
    failure = first(examine(network), "gradients per layer")
    assert "explodes" in failure.message


def test_a_last_layer_of_zeros_is_no_mistake():
    network = classifier()
    network.layers[-1].weights.value = linalg.zeros(3, 8)
    assert examine(network, optimizer=Adam(0.01)).ok


def test_dropout_does_not_keep_from_learning_by_heart():
    rng = Random(1)
    network = Network([Dense(4, 8, rng), ReLU(), Dropout(0.9999, rng), Dense(8, 3, rng)])
    assert examine(network).finding("one batch").ok


@pytest.mark.slow
def test_an_activation_that_is_nearly_linear_is_found():
    network = classifier(sizes=(2, 8, 2), activation=lambda: LeakyReLU(0.999))
    failure = first(examine(network, xor(rng=Random(1))), "one batch")
    assert failure.number == pytest.approx(math.log(2), rel=0.1)
    assert "4 rows" in failure.message


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [SGD(100.0), Adam(10.0), SGD(10.0, momentum=0.9)])
def test_too_large_a_learning_rate_is_found(optimizer):
    failure = first(examine(optimizer=optimizer), "updates")
    assert "lower the learning rate" in failure.next_step


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [SGD(1e-6), Adam(1e-7)])
def test_too_small_a_learning_rate_is_found(optimizer):
    failure = first(examine(optimizer=optimizer), "updates")
    assert 0 < failure.number < 1e-5
    assert "raise the learning rate" in failure.next_step


@pytest.mark.slow
def test_a_learning_rate_that_ends_in_infinity_is_found():
    data = sine(rng=Random(1))
    network = classifier(sizes=(1, 8, 8, 1))
    first(examine(network, data, MeanSquaredError(), optimizer=SGD(1e6)), "updates")


def test_a_cautious_learning_rate_is_left_in_peace():
    diagnosis = examine(optimizer=SGD(0.001))
    assert diagnosis.ok and diagnosis.finding("updates").number < 1e-3


def test_an_optimizer_without_gradients_is_not_judged():
    diagnosis = examine(optimizer=RandomSearch(Random(1)))
    assert diagnosis.ok and diagnosis.finding("updates").ok is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_labels_are_found(seed):
    data = standardized(wine())
    labels = [data.targets[row] for row in permutation(178, Random(seed))]
    failure = first(
        examine(classifier(seed, sizes=(13, 24, 3)), data._replace(targets=labels)), "validation")
    assert failure.number > 0.9
    assert "belong together" in failure.next_step


@pytest.mark.slow
def test_learning_by_heart_is_found():
    rng = Random(1)
    data = gaussians(size=100, noise=0.2, rng=rng)
    labels = [label if rng.random() < 0.6 else int(3 * rng.random()) for label in data.targets]
    noise = [[rng.random() * 4 - 2 for _ in range(20)] for _ in labels]
    inputs = [row + more for row, more in zip(data.inputs, noise)]
    failure = first(
        diagnose(classifier(sizes=(22, 24, 3)), SoftmaxCrossEntropy(), inputs, labels),
        "validation")
    assert "for no other row" in failure.message or "EarlyStopping" in failure.next_step


@pytest.mark.parametrize("curve, advice", [
    ([0.9, 0.5, 1.2], "stop after epoch 2"), ([0.9, 0.95, 1.2], "belong together"), ([0.5], "")])
def test_overfitting_and_learning_nothing_are_told_apart(curve, advice):
    history = History()
    history.records = [Record(1, 0.2, {}, loss, {}, 0.0) for loss in curve]
    finding = working._judged_validation(history, 1.0, 1.0)
    assert finding.ok == (not advice) and advice in finding.next_step


# ---- Nobody is changed ----


def state(value, seen=None):
    """Return everything an object holds, as text; the same object is followed once."""
    seen = set() if seen is None else seen
    if isinstance(value, Random):
        return repr(value.getstate())
    if isinstance(value, (list, tuple)):
        return [state(item, seen) for item in value]
    if hasattr(value, "__dict__") and id(value) not in seen:
        seen.add(id(value))
        return {name: state(item, seen) for name, item in vars(value).items()}
    return repr(value)


@pytest.mark.slow
def test_network_dropout_optimizer_data_and_rng_stay_as_they_are_to_the_bit():
    data = standardized(iris())
    rng = Random(3)
    network = Network([Dense(4, 16, rng), ReLU(), Dropout(0.5, rng), Dense(16, 3, rng)])
    optimizer = Adam(0.01)
    train(network, data.inputs, data.targets, loss=SoftmaxCrossEntropy(), optimizer=optimizer,
          epochs=1)
    everything = network, optimizer, rng, data.inputs, data.targets
    before = copy.deepcopy(state(everything))
    diagnosis = diagnose(network, SoftmaxCrossEntropy(), data.inputs, data.targets,
                         optimizer=optimizer, rng=rng)
    assert diagnosis.ok, str(diagnosis)
    assert state(everything) == before


@pytest.mark.slow
def test_the_same_rng_gives_the_same_diagnosis():
    one, two = (examine(optimizer=Adam(0.01), rng=Random(9)) for _ in range(2))
    assert one == two and str(one) == str(two)


# ---- The whole way, from a table ----


@pytest.mark.slow
@pytest.mark.parametrize("make", [iris, wine, lambda: sine(rng=Random(1)),
                                  lambda: moons(rng=Random(1))])
def test_a_small_network_learns_from_a_table(make):
    data = make()
    before = copy.deepcopy(data)
    diagnosis = diagnose_learning(data)
    assert diagnosis.ok, str(diagnosis)
    assert data == before
    assert diagnosis.finding("validation").ok
    assert diagnosis.finding("updates").ok


@pytest.mark.slow
def test_an_ill_table_is_told_before_anything_is_tried():
    data = iris()
    data.targets[3] = 3
    diagnosis = diagnose_learning(data)
    first(diagnosis, "labels")
    assert diagnosis.finding("one batch").ok is None
    assert len(diagnosis.findings) == len(diagnose_learning(iris()).findings)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 6])
def test_a_table_whose_labels_were_shuffled_teaches_nothing(seed):
    data = wine()
    labels = [data.targets[row] for row in permutation(178, Random(seed))]
    first(diagnose_learning(data._replace(targets=labels)), "validation")


@pytest.mark.parametrize("rows", [1, 2, 5, 11])
def test_tiny_tables_are_no_reason_to_break_down(rows):
    classes = DataSet([[float(x), float(x * x % 5)] for x in range(rows)],
                      [x % 2 for x in range(rows)], ["a", "b"], ["even", "odd"], "")
    numbers = classes._replace(targets=[[x / 3] for x in range(rows)], class_names=[])
    for data in (classes, numbers):
        assert str(diagnose_data(data))
        assert str(diagnose_learning(data))


def test_nothing_at_all_is_a_finding_too():
    first(diagnose_data(DataSet([], [], [], ["a", "b"], "")), "numbers")
    first(diagnose_learning(DataSet([], [], [], [], "")), "numbers")


# ---- What it says, and what it refuses ----


@pytest.mark.slow
def test_the_text_has_a_line_for_each_check():
    lines = str(examine()).splitlines()
    names = [finding.name for finding in examine().findings]
    assert len(set(names)) == len(names) == 20
    for name, line in zip(names, lines):
        assert line.startswith(("ok       ", "skipped  ")) and line[9:].startswith(name)
    assert lines[-2] == ""


def test_a_diagnosis_gives_the_first_of_several_failures():
    sick = Finding("b", False, "fever", 40.0, "rest")
    diagnosis = Diagnosis([Finding("a", True, "fine"), sick, sick._replace(name="c")])
    assert diagnosis.first_failure is sick
    assert diagnosis.finding("c").number == 40.0
    with pytest.raises(KeyError, match="there are a, b, c"):
        diagnosis.finding("d")


@pytest.mark.parametrize("arguments, message", [
    ({"network": Dense(4, 3, Random(1))}, "network: expected a Network"),
    ({"loss": SoftmaxCrossEntropy}, "the class SoftmaxCrossEntropy"),
    ({"optimizer": 0.1}, "expected an Optimizer, got 0.1"),
    ({"validation": 5}, "expected a pair"),
    ({"batch_size": "32"}, "positive integer"),
    ({"rng": 42}, "random.Random"),
])
def test_arguments_of_the_wrong_kind_are_refused(arguments, message):
    with pytest.raises(TypeError, match=message):
        examine(**arguments)
    with pytest.raises(TypeError, match="DataSet"):
        diagnose_data([[1.0]])


def test_uniform_weights_are_as_good_as_any():
    assert examine(classifier(initializer=lambda *sizes: uniform(*sizes, limit=0.5))).ok
