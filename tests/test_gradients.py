"""Every gradient agrees with the slope of the loss, and the check that says so finds faults.

A network learns with a wrong gradient too, so nothing here is trained: each derivative is compared
with central differences at every coordinate, to one part in a million.
"""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    ACTIVATIONS, LOSSES, Weighted, class_numbers, dense, learning_tasks, matrices, numbers,
    probabilities, seeds, sizes, stacks, two_of_one_shape,
)

from purenn import (
    ELU, L1, L2, BinaryCrossEntropy, CategoricalCrossEntropy, Dense, Dropout, ElasticNet, Huber,
    Linear, Loss, MeanAbsoluteError, MeanSquaredError, Network, ReLU, Sigmoid, SigmoidCrossEntropy,
    Softmax, SoftmaxCrossEntropy, Softplus, Tanh, activations, gradcheck, linalg, training,
)

pytestmark = pytest.mark.core


def agrees(*task, **options):
    report = gradcheck.check(*task, **options)
    assert report.ok, str(report)
    return True


def close(A, B, tolerance=1e-12):
    largest = linalg.item(linalg.max(linalg.abs(linalg.subtract(A, B))))
    return linalg.shape(A) == linalg.shape(B) and largest <= tolerance


# ---- Each part alone ----


@given(inputs=sizes, neurons=sizes, seed=seeds, data=st.data())
def test_every_gradient_of_a_dense_layer_is_the_slope(inputs, neurons, seed, data):
    rows = data.draw(sizes)
    X, T = data.draw(matrices(rows, inputs)), data.draw(matrices(rows, neurons))
    assert agrees(dense(inputs, neurons, seed), Weighted(), X, T)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@given(pair=two_of_one_shape(elements=numbers))
def test_the_gradient_of_every_activation_is_the_slope(name, pair):
    inputs, weights = pair
    weights = linalg.divide(weights, 1000.0)
    assert agrees(ACTIVATIONS[name](), Weighted(), inputs, weights)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_the_gradient_of_every_activation_is_the_slope_at_ordinary_places(name):
    inputs = [[-2.5, -1.25, -0.5, -0.1], [0.2, 0.6, 1.5, 3.0]]
    report = gradcheck.check(ACTIVATIONS[name](), Weighted(), inputs, [[1.0, -2.0, 3.0, 4.0]] * 2)
    assert report.ok and report.compared == 8, str(report)


@given(X=matrices(), seed=seeds)
def test_the_gradient_of_dropout_is_the_slope(X, seed):
    weights = linalg.full(*linalg.shape(X), value=2.0)
    assert agrees(Dropout(0.5, Random(seed)), Weighted(), X, weights)


@pytest.mark.parametrize("make", [MeanSquaredError, MeanAbsoluteError, Huber, lambda: Huber(0.3)])
@given(pair=two_of_one_shape(elements=numbers))
def test_the_gradient_of_every_loss_for_real_numbers_is_the_slope(make, pair):
    assert agrees(Linear(), make(), *pair)


@given(scores=matrices(elements=numbers), data=st.data())
def test_the_gradient_of_softmax_cross_entropy_is_the_slope(scores, data):
    targets = data.draw(st.one_of(class_numbers(*linalg.shape(scores)),
                                  probabilities(*linalg.shape(scores))))
    assert agrees(Linear(), SoftmaxCrossEntropy(), scores, targets)


@given(scores=matrices(elements=numbers), data=st.data())
def test_the_gradient_of_sigmoid_cross_entropy_is_the_slope(scores, data):
    targets = data.draw(matrices(*linalg.shape(scores), elements=st.floats(0, 1)))
    assert agrees(Linear(), SigmoidCrossEntropy(), scores, targets)


@given(p=st.tuples(sizes, sizes).flatmap(lambda size: probabilities(*size)), data=st.data())
def test_the_gradient_of_categorical_cross_entropy_is_the_slope(p, data):
    targets = data.draw(st.one_of(class_numbers(*linalg.shape(p)),
                                  probabilities(*linalg.shape(p))))
    assert agrees(Linear(), CategoricalCrossEntropy(), p, targets)


@given(p=matrices(elements=st.floats(0.05, 0.95)), data=st.data())
def test_the_gradient_of_binary_cross_entropy_is_the_slope(p, data):
    targets = data.draw(matrices(*linalg.shape(p), elements=st.floats(0, 1)))
    assert agrees(Linear(), BinaryCrossEntropy(), p, targets)


@pytest.mark.parametrize("penalty", [L1(0.25), L2(0.25), ElasticNet(l1=0.25, l2=0.5)], ids=repr)
@given(inputs=sizes, neurons=sizes, seed=seeds, data=st.data())
def test_the_gradient_of_every_penalty_is_the_slope(penalty, inputs, neurons, seed, data):
    X, T = data.draw(matrices(2, inputs)), data.draw(matrices(2, neurons))
    assert agrees(dense(inputs, neurons, seed), MeanSquaredError(), X, T, penalty)


# ---- All together ----


@pytest.mark.parametrize("name", sorted(LOSSES))
@settings(max_examples=30)
@given(data=st.data())
def test_every_gradient_of_any_stack_under_any_loss_is_the_slope(name, data):
    task = data.draw(learning_tasks(name))
    penalty = data.draw(st.sampled_from([None, L1(0.1), L2(0.1), ElasticNet(l1=0.1, l2=0.2)]))
    assert agrees(*task, penalty=penalty)


@given(network=stacks(), data=st.data())
@settings(max_examples=30)
def test_training_gets_the_same_parameter_gradients_without_that_of_the_inputs(network, data):
    X = data.draw(matrices(3, network.input_width))
    G = data.draw(matrices(3, network.output_width))
    network.forward(X, training=True)
    network.backward(G)
    with_inputs = [parameter.gradient for parameter in network.parameters()]
    training._first_to_learn(network, True)
    network.backward(G)
    training._first_to_learn(network, False)
    assert [parameter.gradient for parameter in network.parameters()] == with_inputs


@given(network=stacks(), data=st.data())
@settings(max_examples=30)
def test_gradients_are_overwritten_and_never_added_up(network, data):
    X = data.draw(matrices(2, network.input_width))
    G = data.draw(matrices(2, network.output_width))
    network.forward(X)
    first = network.backward(G), [parameter.gradient for parameter in network.parameters()]
    second = network.backward(G), [parameter.gradient for parameter in network.parameters()]
    assert first == second


# ---- Two ways to one gradient ----


@given(scores=matrices(elements=st.floats(-10, 10)), data=st.data())
def test_softmax_and_cross_entropy_fused_are_the_two_in_a_row(scores, data):
    targets = data.draw(class_numbers(*linalg.shape(scores)))
    softmax, long_way, fused = Softmax(), CategoricalCrossEntropy(), SoftmaxCrossEntropy()
    p = softmax.forward(scores)
    assert math.isclose(fused(scores, targets), long_way(p, targets), rel_tol=1e-9, abs_tol=1e-12)
    assert close(fused.gradient(scores, targets), softmax.backward(long_way.gradient(p, targets)))
    assert fused.predict(scores) == p


@given(scores=matrices(elements=st.floats(-10, 10)), data=st.data())
def test_sigmoid_and_cross_entropy_fused_are_the_two_in_a_row(scores, data):
    targets = data.draw(matrices(*linalg.shape(scores), elements=st.floats(0, 1)))
    sigmoid, long_way, fused = Sigmoid(), BinaryCrossEntropy(), SigmoidCrossEntropy()
    p = sigmoid.forward(scores)
    assert math.isclose(fused(scores, targets), long_way(p, targets), rel_tol=1e-9, abs_tol=1e-10)
    assert close(fused.gradient(scores, targets), sigmoid.backward(long_way.gradient(p, targets)),
                 tolerance=1e-9)
    assert fused.predict(scores) == p


@given(scores=matrices(elements=numbers), constant=st.integers(-1000, 1000))
def test_softmax_does_not_change_when_a_constant_is_added_to_every_score(scores, constant):
    scores = [[float(round(score)) for score in row] for row in scores]  # so that sums are exact
    shifted = linalg.add(scores, float(constant))
    assert activations.softmax(shifted) == activations.softmax(scores)


@given(scores=matrices(elements=numbers))
def test_every_row_of_softmax_adds_up_to_one(scores):
    p = activations.softmax(scores)
    assert all(math.isclose(math.fsum(row), 1.0, rel_tol=1e-12) and min(row) >= 0 for row in p)


@given(scores=matrices(elements=numbers), data=st.data())
def test_each_row_has_its_loss_and_gradient_whatever_stands_in_the_other_rows(scores, data):
    targets = data.draw(class_numbers(*linalg.shape(scores)))
    loss, rows = SoftmaxCrossEntropy(), len(scores)
    alone = [loss([row], [target]) for row, target in zip(scores, targets)]
    mean = math.fsum(alone) / rows
    assert math.isclose(loss(scores, targets), mean, rel_tol=1e-12, abs_tol=1e-12)
    gradients = linalg.vstack([loss.gradient([s], [t]) for s, t in zip(scores, targets)])
    assert close(loss.gradient(scores, targets), linalg.divide(gradients, rows))


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@given(scores=matrices(elements=st.sampled_from([-1000.0, -745.5, -40.0, 0.0, 710.0, 1000.0])))
def test_no_activation_overflows_at_extreme_scores(name, scores):
    layer = ACTIVATIONS[name]()
    outputs = layer.forward(scores)
    gradient = layer.backward(linalg.full(*linalg.shape(scores), value=1.0))
    assert linalg.all_finite(outputs) and linalg.all_finite(gradient)


def test_cross_entropy_at_scores_a_thousand_apart_is_a_thousand():
    assert SoftmaxCrossEntropy()([[1000.0, 0.0], [0.0, 1000.0]], [1, 0]) == 1000.0
    assert SoftmaxCrossEntropy().gradient([[1000.0, 0.0]], [1]) == [[1.0, -1.0]]
    assert SigmoidCrossEntropy()([[-1000.0]], [1]) == 1000.0
    assert SigmoidCrossEntropy()([[1000.0]], [0]) == 1000.0
    assert SigmoidCrossEntropy().gradient([[1000.0]], [0]) == [[1.0]]


# ---- The check itself: it finds what is wrong, and leaves everything as it was ----


class SlightlyWrongTanh(Tanh):
    def df(self, x, y):
        return 1.005 * super().df(x, y)


class TransposedDense(Dense):
    def backward(self, output_gradient):
        super().backward(output_gradient)
        return linalg.inner(output_gradient, self.weights.value)


class LastRowBiasDense(Dense):
    def backward(self, output_gradient):
        input_gradient = super().backward(output_gradient)
        self.biases.gradient = [output_gradient[-1]]
        return input_gradient


def with_gradient(loss_class, change):
    """A loss whose gradient is changed: change(gradient, scores, targets)."""
    class Changed(loss_class):
        def value_and_gradient(self, scores, targets):
            value, gradient = super().value_and_gradient(scores, targets)
            return value, change(gradient, scores, targets)

    return Changed()


def shifted_logarithm(gradient, scores, targets):
    y = linalg.one_hot(targets, len(scores[0]))
    return linalg.divide(linalg.divide(y, linalg.add(scores, 0.001)), -len(scores))


X = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]
T = [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]


def report_on(*layers, loss=None, targets=T):
    return gradcheck.check(Network(layers), loss or MeanSquaredError(), X, targets)


def test_the_check_finds_a_derivative_that_is_half_a_percent_off():
    report = report_on(dense(2, 2, 1), SlightlyWrongTanh(), dense(2, 2, 2))
    assert not report.ok
    assert {one.name for one in report.disagreements} == {"0.weights", "0.biases", "inputs"}
    assert report.factor == pytest.approx(1.005, rel=1e-6)
    assert "1.005 × numeric" in report.hint


def test_the_check_finds_a_square_weight_matrix_that_is_transposed_on_the_way_back():
    layer = TransposedDense(2, 2, Random(1))
    report = report_on(layer)
    assert not report.ok and {one.name for one in report.disagreements} == {"inputs"}
    assert report.factor is None and report.hint == ""


def test_the_check_finds_a_bias_gradient_that_is_taken_from_the_last_row_only():
    report = report_on(LastRowBiasDense(2, 2, Random(1)))
    assert not report.ok and {one.name for one in report.disagreements} == {"0.biases"}


def test_the_check_finds_a_missing_division_by_the_batch_size_and_says_so():
    report = report_on(dense(2, 2, 1), Tanh(), loss=with_gradient(
        MeanSquaredError, lambda gradient, s, t: linalg.multiply(gradient, len(s))))
    assert not report.ok and len(report.disagreements) == report.compared
    assert report.factor == pytest.approx(3)
    assert report.hint == "analytic is 3 × numeric: is the division by the batch size missing?"
    assert report.hint in str(report)


def test_the_check_finds_a_small_constant_hidden_in_a_logarithm():
    report = report_on(dense(2, 2, 1), Softmax(), targets=[0, 1, 1],
                       loss=with_gradient(CategoricalCrossEntropy, shifted_logarithm))
    assert not report.ok


@pytest.mark.parametrize("factor, words", [
    (1 / 3, "divided by the batch size twice"), (-1.0, "sign the wrong way round"),
    (2.0, "factor of 2 counted twice"), (0.5, "2 of a square's derivative"),
    (0.0, "get lost on the way back"), (1.3, "is a constant factor wrong"),
])
def test_the_check_says_what_a_common_factor_may_come_from(factor, words):
    scaled = with_gradient(MeanSquaredError, lambda g, s, t: linalg.multiply(g, factor))
    report = report_on(dense(2, 2, 1), Tanh(), loss=scaled)
    assert report.factor == pytest.approx(factor, abs=1e-9) and words in report.hint


def test_the_worst_disagreement_comes_with_its_name_its_place_and_both_values():
    layer = Dense(2, 2, Random(1))
    right = layer.backward

    def wrong(output_gradient):
        input_gradient = right(output_gradient)
        layer.weights.gradient = [list(row) for row in layer.weights.gradient]
        layer.weights.gradient[1][0] += 0.5
        return input_gradient

    layer.backward = wrong
    worst = report_on(layer).worst
    assert (worst.name, worst.index) == ("0.weights", (1, 0))
    assert worst.analytic - worst.numeric == pytest.approx(0.5)
    assert str(worst).startswith("0.weights[1][0]: analytic ")


def test_one_wrong_number_among_many_is_found():
    def one_wrong(gradient, scores, targets):
        gradient[2][1] *= 1.005
        return gradient

    report = gradcheck.check(Linear(), with_gradient(MeanSquaredError, one_wrong), X, T)
    assert [one.index for one in report.disagreements] == [(2, 1)]


def test_every_number_of_every_parameter_and_of_the_inputs_is_compared():
    report = report_on(dense(2, 3, 1), Tanh(), dense(3, 2, 2))
    assert report.ok and report.compared == (2 * 3 + 3) + (3 * 2 + 2) + 3 * 2
    assert report.factor is None and report.hint == "" and report.worst.error < 1e-6


def test_a_number_on_a_kink_is_reported_and_not_called_wrong():
    report = gradcheck.check(ReLU(), Weighted(), [[0.0, 1.0, -1.0]], [[1.0, 1.0, 1.0]])
    assert report.ok and report.compared == 2
    assert [(one.name, one.index) for one in report.kinks] == [("inputs", (0, 0))]
    assert "1 skipped on a kink" in str(report)


def test_at_the_corner_of_an_absolute_value_no_slope_between_is_wrong():
    assert agrees(Linear(), MeanAbsoluteError(), [[2.0]], [[2.0]])
    layer = Dense(1, 1, Random(1))
    layer.weights.value = [[0.0]]
    assert agrees(layer, MeanSquaredError(), [[1.0]], [[1.0]], penalty=L1(0.5))


def test_a_wrong_slope_next_to_a_kink_is_still_wrong():
    class UpsideDown(ReLU):
        def df(self, x, y):
            return float(x < 0)

    report = gradcheck.check(UpsideDown(), Weighted(), [[-0.5, 0.0, 0.5]], [[1.0, 1.0, 1.0]])
    assert len(report.disagreements) == 2

    class TooSteep(ReLU):
        def df(self, x, y):
            return 1.5

    assert not gradcheck.check(TooSteep(), Weighted(), [[0.0]], [[1.0]]).ok


def test_where_only_the_curvature_jumps_the_right_slope_is_not_called_wrong():
    assert agrees(ELU(1.0), Weighted(), [[0.0]], [[1.0]])
    assert agrees(Linear(), Huber(1.0), [[1.0, -1.0]], [[0.0, 0.0]])


def test_the_check_freezes_dropout_and_thaws_it_afterwards():
    dropout = Dropout(0.5, Random(3))
    network = Network([dense(2, 4, 1), Network([dropout]), dense(4, 2, 2)])
    assert agrees(network, MeanSquaredError(), X, T)
    assert not dropout.frozen
    choices = {str(dropout.forward([[1.0] * 8], training=True)) for _ in range(5)}
    assert len(choices) > 1


def test_the_check_leaves_inputs_and_parameters_as_they_were():
    network = Network([dense(2, 3, 1), Tanh(), dense(3, 2, 2)])
    inputs, targets = [list(row) for row in X], [list(row) for row in T]
    values = [parameter.value for parameter in network.parameters()]
    numbers_before = [[list(row) for row in value] for value in values]
    gradcheck.check(network, MeanSquaredError(), inputs, targets)
    after = [parameter.value for parameter in network.parameters()]
    assert all(now is before for now, before in zip(after, values))
    assert after == numbers_before and inputs == X and targets == T


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 5, 10])
def test_the_check_leaves_everything_as_it_was_also_when_the_loss_fails(calls):
    class Fails(MeanSquaredError):
        def value_and_gradient(self, scores, targets):
            self.left = getattr(self, "left", calls) - 1
            if self.left < 0:
                raise RuntimeError("no more")
            return super().value_and_gradient(scores, targets)

    dropout = Dropout(0.5, Random(3))
    network = Network([dense(2, 2, 1), dropout, dense(2, 2, 2)])
    before = [[list(row) for row in parameter.value] for parameter in network.parameters()]
    with pytest.raises(RuntimeError):
        gradcheck.check(network, Fails(), X, T)
    assert [parameter.value for parameter in network.parameters()] == before
    assert not dropout.frozen


def test_a_layer_that_forgets_a_gradient_is_named():
    class Forgetful(Dense):
        def backward(self, output_gradient):
            return output_gradient

    with pytest.raises(ValueError, match="left 0.weights without a gradient"):
        report_on(Forgetful(2, 2, Random(1)))


def test_a_gradient_that_is_not_finite_is_a_disagreement():
    class Nan(Loss):
        def value_and_gradient(self, scores, targets):
            return 0.0, linalg.full(*linalg.shape(scores), value=math.nan)

    report = gradcheck.check(Linear(), Nan(), X, T)
    assert len(report.disagreements) == 6 and report.worst.error == math.inf
    assert "some analytic gradients are nan" in str(report)


@given(x=st.floats(-30, 30))
def test_softplus_is_the_integral_of_sigmoid(x):
    assert Softplus().df(x, None) == activations.sigmoid(x)


@pytest.mark.parametrize("name", ["__call__", "gradient"])
def test_a_formula_that_training_does_not_use_is_refused_and_not_checked(name):
    class OwnFormula(MeanSquaredError):
        pass

    setattr(OwnFormula, name, lambda self, scores, targets: 0.0)
    with pytest.raises(TypeError, match=f"OwnFormula overrides {name}, but training calls"):
        gradcheck.check(Linear(), OwnFormula(), X, T)


def test_curvature_is_not_taken_for_a_kink_at_inputs_that_are_not_scaled():
    class Wrong(Dense):
        def backward(self, output_gradient):
            input_gradient = super().backward(output_gradient)
            self.weights.gradient = linalg.multiply(self.weights.gradient, 1.0003)
            return input_gradient

    network = Network([dense(2, 3, 1), Tanh(), Wrong(3, 2, Random(2))])
    pixels = [[255.0, 128.0], [3.0, 250.0], [90.0, 17.0]]
    for layers in ([Wrong(2, 2, Random(1))], [Wrong(2, 3, Random(1)), Softplus(), dense(3, 2, 1)]):
        report = gradcheck.check(Network(layers), MeanSquaredError(), pixels, T)
        names = {one.name for one in report.disagreements}
        assert names == {"0.weights"} and len(report.disagreements) == 2 * len(
            layers[0].weights.value), str(report)
    assert not gradcheck.check(network, MeanSquaredError(), pixels, T).ok


@pytest.mark.parametrize("x", [1e-6, -1e-6, 3e-6, 5e-6, 0.0, 1e-7])
def test_a_corner_near_by_is_no_wrong_gradient(x):
    for layer in (ELU(0.5), ReLU()):
        assert agrees(layer, Weighted(), [[x]], [[1.0]])


def test_noise_of_what_is_computed_on_the_way_is_no_wrong_gradient():
    assert agrees(ACTIVATIONS["GELU"](), Weighted(), [[0.0, -6.0]], [[0.0, 1.0]])


def test_a_third_derivative_is_no_wrong_gradient():
    assert agrees(Linear(), BinaryCrossEntropy(), [[0.9375]], [[0.9375]])


def test_gradients_of_a_small_loss_are_held_to_the_tolerance_too():
    layer = dense(2, 2, 1)
    near = linalg.add(layer.forward(X), 1e-3)
    assert gradcheck.check(layer, MeanSquaredError(), X, near).ok
    wrong = with_gradient(MeanSquaredError, lambda g, s, t: linalg.multiply(g, 1.00001))
    report = gradcheck.check(layer, wrong, X, near)
    assert not report.ok and "1.00001 × numeric" in report.hint


def test_two_disagreements_are_enough_for_a_common_factor_and_one_is_not():
    doubled = with_gradient(MeanSquaredError, lambda g, s, t: linalg.multiply(g, 2.0))
    two = gradcheck.check(Linear(), doubled, [[1.0, 3.0]], [[0.5, 0.25]])
    assert len(two.disagreements) == 2 and two.factor == pytest.approx(2.0)
    one = gradcheck.check(Linear(), doubled, [[1.0]], [[0.5]])
    assert len(one.disagreements) == 1 and one.factor is None
