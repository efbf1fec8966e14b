"""Losses and penalties have the values of their definitions, worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import matrices, numbers, two_of_one_shape

import purenn
from purenn import (
    L1, L2, BinaryCrossEntropy, CategoricalCrossEntropy, ElasticNet, Huber, Loss, MeanAbsoluteError,
    MeanSquaredError, Parameter, Penalty, SigmoidCrossEntropy, SoftmaxCrossEntropy, linalg,
)
from purenn.losses import MeanLoss, surprise, surprise_slope

pytestmark = pytest.mark.core

LOG2, LOG3, LOG4 = math.log(2.0), math.log(3.0), math.log(4.0)
S, T = [[1.0, 2.0], [3.0, -4.0]], [[0.0, 2.0], [5.0, -1.0]]  # differences 1, 0, −2, −3


@pytest.mark.parametrize("loss, scores, targets, value", [
    (MeanSquaredError(), S, T, 3.5),
    (MeanAbsoluteError(), S, T, 1.5),
    (Huber(1.0), S, T, (0.5 + 0.0 + 1.5 + 2.5) / 4),
    (Huber(2.0), S, T, (0.5 + 0.0 + 2.0 + 4.0) / 4),
    (CategoricalCrossEntropy(), [[0.5, 0.5], [0.25, 0.75]], [0, 0], (LOG2 + LOG4) / 2),
    (CategoricalCrossEntropy(), [[0.5, 0.5], [0.25, 0.75]], [[1.0, 0.0], [1.0, 0.0]],
     (LOG2 + LOG4) / 2),
    (CategoricalCrossEntropy(), [[0.5, 0.5]], [[0.25, 0.75]], LOG2),
    (BinaryCrossEntropy(), [[0.5], [0.25]], [1, 1], (LOG2 + LOG4) / 2),
    (BinaryCrossEntropy(), [[0.5, 0.75]], [[0.0, 0.0]], (LOG2 + LOG4) / 2),
    (SoftmaxCrossEntropy(), [[0.0, LOG3]], [0], LOG4),
    (SoftmaxCrossEntropy(), [[0.0, 0.0, 0.0], [7.0, 7.0, 7.0]], [0, 2], LOG3),
    (SoftmaxCrossEntropy(), [[0.0, 0.0]], [[0.5, 0.5]], LOG2),
    (SoftmaxCrossEntropy(), [[1000.0, -1000.0]], [1], 2000.0),
    (SigmoidCrossEntropy(), [[0.0]], [1], LOG2),
    (SigmoidCrossEntropy(), [[LOG3], [-LOG3]], [0, 0], (LOG4 + LOG4 - LOG3) / 2),
    (SigmoidCrossEntropy(), [[1000.0, -1000.0]], [[1.0, 0.0]], 0.0),
], ids=repr)
def test_losses_have_the_values_of_their_definition(loss, scores, targets, value):
    assert loss(scores, targets) == pytest.approx(value, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("loss, scores, targets, gradient", [
    (MeanSquaredError(), S, T, [[0.5, 0.0], [-1.0, -1.5]]),
    (MeanAbsoluteError(), S, T, [[0.25, 0.0], [-0.25, -0.25]]),
    (Huber(2.0), S, T, [[0.25, 0.0], [-0.5, -0.5]]),
    (CategoricalCrossEntropy(), [[0.5, 0.5], [0.25, 0.75]], [0, 0], [[-1.0, 0.0], [-2.0, 0.0]]),
    (BinaryCrossEntropy(), [[0.5], [0.25]], [1, 0], [[-1.0], [2 / 3]]),
    (SoftmaxCrossEntropy(), [[0.0, LOG3], [0.0, 0.0]], [0, 1], [[-0.375, 0.375], [0.25, -0.25]]),
    (SigmoidCrossEntropy(), [[LOG3], [0.0]], [0, 1], [[0.375], [-0.25]]),
], ids=repr)
def test_losses_have_the_gradients_worked_out_by_hand(loss, scores, targets, gradient):
    for row, expected in zip(loss.gradient(scores, targets), gradient):
        assert row == pytest.approx(expected, rel=1e-14)


def test_a_sure_and_right_answer_costs_nothing_and_a_sure_and_wrong_one_everything():
    for loss in (CategoricalCrossEntropy(), SoftmaxCrossEntropy()):
        assert math.copysign(1.0, loss([[1.0, 0.0]], [0])) == 1.0  # no minus zero
    assert CategoricalCrossEntropy()([[1.0, 0.0]], [0]) == 0.0
    assert BinaryCrossEntropy()([[1.0, 0.0]], [[1.0, 0.0]]) == 0.0
    assert CategoricalCrossEntropy()([[1.0, 0.0]], [1]) == math.inf
    assert BinaryCrossEntropy()([[1.0]], [0]) == math.inf == BinaryCrossEntropy()([[0.0]], [1])


def test_where_a_target_is_zero_a_probability_of_zero_does_no_harm_to_the_gradient():
    assert CategoricalCrossEntropy().gradient([[1.0, 0.0]], [0]) == [[-1.0, 0.0]]
    assert BinaryCrossEntropy().gradient([[1.0, 0.0]], [[1.0, 0.0]]) == [[-0.5, 0.5]]


@pytest.mark.parametrize("loss", [MeanSquaredError(), MeanAbsoluteError(), Huber(0.5)], ids=repr)
@given(pair=two_of_one_shape(elements=numbers))
def test_losses_for_real_numbers_are_zero_only_where_all_is_right(loss, pair):
    scores, targets = pair
    assert loss(scores, scores) == 0.0 and loss(scores, targets) >= 0.0
    if scores != targets and not all(abs(x) < 1e-150 for x in
                                     linalg.ravel(linalg.subtract(scores, targets))):
        assert loss(scores, targets) > 0.0


@pytest.mark.parametrize("loss", [MeanSquaredError(), MeanAbsoluteError(), Huber(0.5)], ids=repr)
@given(pair=two_of_one_shape())
def test_a_loss_is_a_mean_so_seeing_every_example_twice_changes_nothing(loss, pair):
    scores, targets = pair
    twice = loss(scores * 2, linalg.vstack([targets, [list(row) for row in targets]]))
    assert twice == pytest.approx(loss(scores, targets), rel=1e-12, abs=1e-300)


@given(scores=matrices(columns=3), data=st.data())
def test_class_numbers_and_one_hot_rows_say_the_same(scores, data):
    labels = data.draw(st.lists(st.integers(0, 2), min_size=len(scores), max_size=len(scores)))
    rows = linalg.one_hot(labels, 3)
    loss = SoftmaxCrossEntropy()
    assert loss(scores, labels) == loss(scores, rows)
    assert loss.gradient(scores, labels) == loss.gradient(scores, rows)


@pytest.mark.interop
def test_booleans_and_the_integers_of_numpy_are_class_numbers():
    assert SigmoidCrossEntropy()([[0.0], [0.0]], [True, False]) == LOG2
    np = pytest.importorskip("numpy", reason="NumPy is not installed: no integers of its own")
    scores, labels = [[0.0, 1.0], [2.0, 0.0]], [1, 0]
    assert SoftmaxCrossEntropy()(scores, np.array(labels)) == SoftmaxCrossEntropy()(scores, labels)
    assert MeanSquaredError()(scores, np.array(scores)) == 0.0


def test_a_list_of_zeros_and_ones_is_a_column():
    column = [[1.0], [0.0]]
    scores = [[0.5], [0.25]]
    for loss in (BinaryCrossEntropy(), SigmoidCrossEntropy()):
        assert loss(scores, [1, 0]) == loss(scores, column)
        assert loss.gradient(scores, [1, 0]) == loss.gradient(scores, column)


def test_predictions_are_probabilities_for_the_fused_losses_and_the_scores_for_others():
    assert SoftmaxCrossEntropy().predict([[0.0, 0.0]]) == [[0.5, 0.5]]
    assert SigmoidCrossEntropy().predict([[0.0, 0.0]]) == [[0.5, 0.5]]
    for loss in (MeanSquaredError(), Huber(), CategoricalCrossEntropy(), BinaryCrossEntropy()):
        assert loss.predict([[0.25, 0.75]]) == [[0.25, 0.75]]


def test_the_targets_are_left_as_they_were():
    scores, labels, rows = [[0.5, 0.5], [0.25, 0.75]], [0, 1], [[1.0, 0.0], [0.0, 1.0]]
    for loss in (SoftmaxCrossEntropy(), CategoricalCrossEntropy(), MeanSquaredError()):
        for targets in [rows] if isinstance(loss, MeanSquaredError) else [labels, rows]:
            before = str(scores), str(targets)
            loss(scores, targets), loss.gradient(scores, targets)
            assert (str(scores), str(targets)) == before


# ---- Penalties ----


def weights_and_biases():
    weights = Parameter("weights", [[1.0, -3.0], [0.0, 2.0]])
    biases = Parameter("biases", [[100.0, -100.0]], penalized=False)
    weights.gradient, biases.gradient = [[10.0] * 2, [20.0] * 2], [[1.0, 1.0]]
    return [weights, biases]


@pytest.mark.parametrize("penalty, value, gradient", [
    (L1(0.5), 3.0, [[10.5, 9.5], [20.0, 20.5]]),
    (L2(0.5), 7.0, [[11.0, 7.0], [20.0, 22.0]]),
    (ElasticNet(l1=0.5, l2=0.5), 10.0, [[11.5, 6.5], [20.0, 22.5]]),
    (L2(0.0), 0.0, [[10.0, 10.0], [20.0, 20.0]]),
], ids=repr)
def test_penalties_count_the_weights_and_leave_biases_out(penalty, value, gradient):
    parameters = weights_and_biases()
    assert penalty(parameters) == value
    penalty.add_gradients(parameters)
    assert parameters[0].gradient == gradient and parameters[1].gradient == [[1.0, 1.0]]


def test_losses_and_penalties_show_their_settings():
    assert list(map(repr, [MeanSquaredError(), Huber(2.0), L1(0.1), L2(0.2),
                           ElasticNet(l1=0.1, l2=0.2)])) == [
        "MeanSquaredError", "Huber(2.0)", "L1(0.1)", "L2(0.2)", "ElasticNet(l1=0.1, l2=0.2)",
    ]


@pytest.mark.parametrize("call", [
    lambda: Loss()([[1.0]], [0]), lambda: Loss().gradient([[1.0]], [0]),
    lambda: Penalty().value([[1.0]]), lambda: Penalty().gradient([[1.0]]),
    lambda: MeanLoss().f(0.0, 0.0), lambda: MeanLoss().df(0.0, 0.0),
])
def test_a_loss_or_penalty_that_lacks_a_method_says_so(call):
    with pytest.raises(NotImplementedError):
        call()


def test_a_float_among_class_numbers_is_refused_wherever_it_stands():
    for targets in ([0, 1.0], [1, 0, 0.5]):
        with pytest.raises(TypeError, match=f"row {len(targets) - 1}: expected a class number"):
            SoftmaxCrossEntropy()([[0.0, 1.0]] * len(targets), targets)


def test_a_fused_loss_of_nothing_is_no_minus_zero():
    assert str(SoftmaxCrossEntropy()([[800.0, 0.0]] * 3, [0] * 3)) == "0.0"


def test_the_fused_loss_of_scores_at_the_ends_of_the_floats():
    loss = SoftmaxCrossEntropy()
    assert loss([[1e308, -1e308]], [0]) == 0.0 and loss([[1e308, -1e308]], [1]) == math.inf
    assert loss.gradient([[1e308, -1e308]], [1]) == [[1.0, -1.0]]
    assert loss.gradient([[1e308, -1e308]], [0]) == [[0.0, 0.0]]
    assert loss([[1e308, 1e308]], [0]) == LOG2
    assert loss([[1e308, -1e308]], [[1.0, 0.0]]) == 0.0


def test_a_value_and_its_gradient_come_from_one_pass_and_are_what_both_calls_give():
    cases = [(MeanSquaredError(), S, T), (MeanAbsoluteError(), S, T), (Huber(1.0), S, T),
             (SoftmaxCrossEntropy(), S, [0, 1]), (SigmoidCrossEntropy(), S, [[1.0, 0.0]] * 2),
             (CategoricalCrossEntropy(), [[0.25, 0.75]], [1]), (BinaryCrossEntropy(), [[0.5]], [1])]
    for loss, scores, targets in cases:
        value, gradient = loss.value_and_gradient(scores, targets)
        targets = [list(row) for row in targets] if isinstance(targets[0], list) else targets
        assert value == loss(scores, targets) and gradient == loss.gradient(scores, targets)


def test_the_gradient_of_a_loss_checks_its_probabilities_too():
    for loss, scores in ((CategoricalCrossEntropy(), [[5.0, -3.0]]),
                         (BinaryCrossEntropy(), [[5.0]])):
        for call in (loss, loss.gradient):
            with pytest.raises(ValueError, match="inputs: expected probabilities from 0 to 1"):
                call(scores, [0])


def test_a_single_class_is_always_right():
    assert SoftmaxCrossEntropy()([[3.0], [-2.0]], [0, 0]) == 0.0
    assert SoftmaxCrossEntropy().gradient([[3.0]], [0]) == [[0.0]]


def test_the_slope_of_surprise_is_steepest_where_nothing_was_expected():
    assert surprise_slope(1.0, 0.0) == -math.inf and surprise_slope(0.0, 0.0) == 0.0
    assert surprise_slope(0.5, 0.25) == -2.0
    assert surprise(1.0, 0.0) == math.inf and surprise(0.0, 0.0) == 0.0
    gradient = purenn.CategoricalCrossEntropy().gradient([[0.0, 1.0]], [0])
    assert gradient == [[-math.inf, 0.0]]
