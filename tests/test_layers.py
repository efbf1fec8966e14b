"""Layers and activations put out what their formulas say; weights start as their recipes say."""

import io
import math
import sys
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import dense, matrices, numbers, seeds, sizes

from purenn import (
    ELU, GELU, Activation, Dense, Dropout, Layer, LeakyReLU, Linear, Network, Parameter, ReLU,
    ShapeError, Sigmoid, SiLU, Softmax, Softplus, Tanh, he, initializers, linalg, normal,
    uniform, xavier, zeros,
)

pytestmark = pytest.mark.core

LOG2, LOG3 = math.log(2.0), math.log(3.0)


# ---- Dense ----


def test_row_o_of_the_weights_is_neuron_o():
    layer = Dense(3, 2, Random(1))
    layer.weights.value, layer.biases.value = [[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]], [[10.0, 20.0]]
    assert layer.forward([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]) == [[16.0, 21.0], [18.0, 22.0]]


def test_outputs_and_gradients_of_a_square_dense_layer_are_those_worked_out_by_hand():
    layer = Dense(2, 2, Random(1))
    layer.weights.value = [[1.0, 2.0], [3.0, 4.0]]
    assert layer.forward([[1.0, 10.0], [100.0, 1000.0]]) == [[21.0, 43.0], [2100.0, 4300.0]]
    assert layer.backward([[1.0, 0.0], [0.5, 2.0]]) == [[1.0, 2.0], [6.5, 9.0]]
    assert layer.weights.gradient == [[51.0, 510.0], [200.0, 2000.0]]
    assert layer.biases.gradient == [[1.5, 2.0]]


@given(inputs=sizes, neurons=sizes, seed=seeds)
def test_shapes_of_parameters_and_gradients_are_neurons_by_inputs(inputs, neurons, seed):
    layer = dense(inputs, neurons, seed)
    layer.forward(linalg.zeros(3, inputs))
    assert linalg.shape(layer.backward(linalg.zeros(3, neurons))) == (3, inputs)
    for parameter, size in ((layer.weights, (neurons, inputs)), (layer.biases, (1, neurons))):
        assert linalg.shape(parameter.value) == linalg.shape(parameter.gradient) == size


def test_weights_come_first_then_biases_and_only_weights_are_penalized():
    layer = Dense(2, 3, Random(1))
    assert list(layer.parameters()) == [layer.weights, layer.biases]
    assert [parameter.penalized for parameter in layer.parameters()] == [True, False]
    assert layer.biases.value == [[0.0, 0.0, 0.0]] and layer.weights.gradient is None


def test_the_layer_shows_its_sizes():
    layer = Dense(2, 3, Random(1))
    assert repr(layer) == "Dense(2 → 3)" and (layer.input_width, layer.output_width) == (2, 3)
    assert repr(layer.weights) == "Parameter(weights, 3 × 2)"
    assert [repr(one) for one in (ReLU(), LeakyReLU(0.5), ELU(2.0), Dropout(0.25, Random(1)))] == [
        "ReLU", "LeakyReLU(0.5)", "ELU(2.0)", "Dropout(0.25)",
    ]


def test_a_layer_keeps_only_its_last_batch():
    layer = Dense(1, 1, Random(1))
    layer.forward([[1.0], [1.0]])
    layer.forward([[5.0]])
    layer.backward([[1.0]])
    assert layer.weights.gradient == [[5.0]]


def test_a_parameter_starts_without_a_gradient():
    parameter = Parameter("w", [[1.0]])
    assert parameter.gradient is None and parameter.penalized


# ---- Dropout ----


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
def test_dropout_keeps_the_expected_value_by_dividing_by_what_is_kept(rate):
    outputs = linalg.ravel(Dropout(rate, Random(1)).forward([[1.0] * 20000], training=True))
    assert set(outputs) <= {0.0, 1.0 / (1.0 - rate)}
    assert outputs.count(0.0) / len(outputs) == pytest.approx(rate, abs=0.02)
    assert math.fsum(outputs) / len(outputs) == pytest.approx(1.0, abs=0.06)


@given(X=matrices(elements=numbers))
def test_outside_of_training_dropout_lets_everything_through(X):
    layer = Dropout(0.5, Random(1))
    assert layer.forward(X) == X and layer.backward(X) == X


def test_dropout_passes_back_only_what_it_let_through():
    layer = Dropout(0.5, Random(3))
    outputs = layer.forward([[1.0] * 20], training=True)
    assert 0.0 in outputs[0] and 2.0 in outputs[0]
    assert layer.backward([[1.0] * 20]) == outputs


def test_dropout_chooses_anew_for_every_batch_and_for_every_number():
    layer = Dropout(0.5, Random(1))
    X = linalg.full(8, 8, 1.0)
    first, second = layer.forward(X, training=True), layer.forward(X, training=True)
    assert first != second
    assert len({tuple(row) for row in first}) > 1 < len({tuple(row) for row in zip(*first)})


def test_frozen_dropout_keeps_its_choice_also_when_an_evaluation_comes_between():
    layer = Dropout(0.5, Random(1))
    X = linalg.full(4, 4, 1.0)
    first = layer.forward(X, training=True)
    layer.frozen = True
    assert layer.forward(X, training=True) == first
    assert layer.forward(X) == X
    assert layer.forward(X, training=True) == first
    layer.frozen = False
    assert layer.forward(X, training=True) != first


def test_dropout_with_the_same_seed_makes_the_same_choices():
    X = linalg.full(4, 4, 1.0)
    one, other = Dropout(0.5, Random(7)), Dropout(0.5, Random(7))
    assert [one.forward(X, True) for _ in range(3)] == [other.forward(X, True) for _ in range(3)]


# ---- Activations: values known without the library ----


@pytest.mark.parametrize("layer, x, y", [
    (Linear(), -3.5, -3.5),
    (ReLU(), 3.5, 3.5), (ReLU(), -3.5, 0.0), (ReLU(), 0.0, 0.0),
    (LeakyReLU(), 2.0, 2.0), (LeakyReLU(), -2.0, -0.02), (LeakyReLU(0.25), -2.0, -0.5),
    (ELU(), 2.0, 2.0), (ELU(), -LOG2, -0.5), (ELU(3.0), -LOG2, -1.5), (ELU(), -1000.0, -1.0),
    (Softplus(), 0.0, LOG2), (Softplus(), LOG3, 2 * LOG2), (Softplus(), -LOG3, math.log(4 / 3)),
    (Softplus(), 1000.0, 1000.0), (Softplus(), -1000.0, 0.0), (Softplus(), -50.0, math.exp(-50.0)),
    (Sigmoid(), 0.0, 0.5), (Sigmoid(), LOG3, 0.75), (Sigmoid(), -LOG3, 0.25),
    (Sigmoid(), 1000.0, 1.0), (Sigmoid(), -1000.0, 0.0), (Sigmoid(), -700.0, math.exp(-700.0)),
    (Tanh(), 0.0, 0.0), (Tanh(), LOG2, 0.6), (Tanh(), -LOG3, -0.8), (Tanh(), 1000.0, 1.0),
    (GELU(), 0.0, 0.0), (GELU(), 1.0, 0.841344746068543), (GELU(), -1.0, -0.158655253931457),
    (GELU(), 1000.0, 1000.0), (GELU(), -1000.0, 0.0),
    (SiLU(), 0.0, 0.0), (SiLU(), LOG3, 0.75 * LOG3), (SiLU(), -LOG3, -0.25 * LOG3),
    (SiLU(), 1000.0, 1000.0), (SiLU(), -1000.0, 0.0),
])
def test_activations_have_the_values_of_their_definition(layer, x, y):
    assert layer.forward([[x]])[0][0] == pytest.approx(y, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("layer, x, slope", [
    (ReLU(), 2.0, 1.0), (ReLU(), -2.0, 0.0), (ReLU(), 0.0, 0.0), (LeakyReLU(0.25), -2.0, 0.25),
    (ELU(2.0), -LOG2, 1.0), (Softplus(), LOG3, 0.75), (Sigmoid(), LOG3, 0.1875),
    (Tanh(), LOG2, 0.64),
    (GELU(), 0.0, 0.5), (SiLU(), 0.0, 0.5), (SiLU(), LOG3, 0.75 + LOG3 * 0.1875),
])
def test_activations_have_the_slopes_worked_out_by_hand(layer, x, slope):
    layer.forward([[x]])
    assert layer.backward([[2.0]])[0][0] == pytest.approx(2 * slope, rel=1e-13, abs=0.0)


@given(A=matrices(elements=st.floats(-30, 30)))
def test_tanh_and_sigmoid_are_one_curve_in_two_sizes(A):
    tanh, sigmoid = Tanh().forward(A), Sigmoid().forward(linalg.multiply(A, 2.0))
    for t, s in zip(linalg.ravel(tanh), linalg.ravel(sigmoid)):
        assert t == pytest.approx(2.0 * s - 1.0, abs=1e-15)


def test_softmax_gives_shares_in_the_ratio_of_the_powers():
    assert Softmax().forward([[0.0, LOG3], [LOG2, LOG2]]) == [
        [pytest.approx(0.25), pytest.approx(0.75)], [0.5, 0.5],
    ]


def test_softmax_is_taken_row_by_row():
    both = Softmax().forward([[0.0, 1.0], [5.0, -3.0]])
    assert both == [Softmax().forward([[0.0, 1.0]])[0], Softmax().forward([[5.0, -3.0]])[0]]


@pytest.mark.parametrize(
    "make", [Linear, ReLU, LeakyReLU, ELU, Softplus, Sigmoid, Tanh, GELU, SiLU]
)
def test_an_activation_keeps_any_shape_and_has_no_parameters(make):
    layer = make()
    assert linalg.shape(layer.forward(linalg.zeros(2, 5))) == (2, 5)
    assert list(layer.parameters()) == [] and layer.input_width is None


@pytest.mark.parametrize("call", [
    lambda: Layer().forward([[1.0]]), lambda: Layer().backward([[1.0]]),
    lambda: Activation().forward([[1.0]]),
])
def test_a_layer_that_lacks_a_method_says_so(call):
    with pytest.raises(NotImplementedError):
        call()


# ---- Starting weights and the two kinds of chance ----


def spread(A):
    numbers = linalg.ravel(A)
    mean = math.fsum(numbers) / len(numbers)
    return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / len(numbers))


@pytest.mark.parametrize("make, deviation", [
    (he, math.sqrt(2 / 200)), (xavier, math.sqrt(2 / 300)), (normal, 0.01),
    (uniform, 0.1 / math.sqrt(12)),
])
def test_starting_weights_have_the_published_spread(make, deviation):
    A = make(Random(1), 100, 200)
    assert linalg.shape(A) == (100, 200)
    mean, found = spread(A)
    assert mean == pytest.approx(0.0, abs=0.03 * deviation)
    assert found == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize("make, limit", [(xavier, math.sqrt(6 / 300)), (uniform, 0.05)])
def test_uniform_weights_fill_their_interval_and_no_more(make, limit):
    numbers = linalg.ravel(make(Random(1), 100, 200))
    assert -limit <= min(numbers) < -0.99 * limit and 0.99 * limit < max(numbers) <= limit


def test_a_layer_keeps_the_spread_of_its_inputs_with_he_and_relu():
    rng = Random(1)
    X = normal(rng, 50, 100, deviation=1.0)
    outputs = ReLU().forward(linalg.inner(X, he(rng, 100, 100)))
    squares = linalg.item(linalg.mean(linalg.multiply(outputs, outputs)))
    assert squares == pytest.approx(1.0, rel=0.15)


def test_zeros_are_zeros():
    assert zeros(Random(1), 2, 3) == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("make", [he, xavier, normal, uniform])
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(make):
    assert make(Random(1), 3, 2) == make(Random(1), 3, 2) != make(Random(2), 3, 2)


def test_normal_deviates_lie_within_one_two_and_three_deviations_as_often_as_they_should():
    rng = Random(1)
    deviates = [initializers.normal_deviate(rng) for _ in range(20000)]
    for distance, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        within = [x for x in deviates if abs(x) < distance]
        assert len(within) / 20000 == pytest.approx(share, abs=0.01)


def test_a_normal_deviate_needs_no_luck_at_the_ends_of_random():
    class Extreme:
        def __init__(self, value):
            self.value = value

        def random(self):
            return self.value

    assert initializers.normal_deviate(Extreme(0.0)) == 0.0
    assert math.isfinite(initializers.normal_deviate(Extreme(1.0 - 2.0**-53)))


@given(count=st.integers(0, 30), seed=seeds)
def test_a_permutation_holds_every_number_once(count, seed):
    assert sorted(initializers.permutation(count, Random(seed))) == list(range(count))


def test_every_order_is_equally_likely():
    rng = Random(1)
    orders = [tuple(initializers.permutation(3, rng)) for _ in range(6000)]
    assert len(set(orders)) == 6
    assert all(900 < orders.count(order) < 1100 for order in set(orders))


def test_only_random_is_asked_of_a_generator():
    class OnlyRandom:
        def __init__(self, seed):
            self.random = Random(seed).random

    for make in (he, xavier, normal, uniform):
        assert make(OnlyRandom(1), 2, 3) == make(Random(1), 2, 3)
    assert initializers.permutation(9, OnlyRandom(1)) == initializers.permutation(9, Random(1))
    assert Dense(2, 3, OnlyRandom(1)).weights.value == Dense(2, 3, Random(1)).weights.value
    X = linalg.full(4, 4, 1.0)
    assert Dropout(0.5, OnlyRandom(1)).forward(X, True) == Dropout(0.5, Random(1)).forward(X, True)


def test_weights_of_the_wrong_shape_are_not_blamed_on_the_inputs():
    layer = Dense(2, 3, Random(1))
    layer.weights.value = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    with pytest.raises(ShapeError, match="affine: the sizes 1 × 2 and 2 × 3 and 1 × 3 do not go"):
        layer.forward([[1.0, 2.0]])


def test_an_activation_without_a_derivative_says_so_when_it_is_needed():
    class Square(Activation):
        def f(self, x):
            return x * x

    network = Network([Square()])
    assert network.forward([[3.0]]) == [[9.0]]
    with pytest.raises(NotImplementedError, match=r"Square\S* has no derivative df"):
        network.backward([[1.0]])


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_layer_can_be_printed_whatever_the_console_can_show(encoding, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", console)
    print(Dense(2, 3, Random(1)), flush=True)
    shown = console.buffer.getvalue().decode(encoding)
    assert shown.startswith("Dense(2 ") and (encoding == "ascii" or "→" in shown)


def test_a_normal_deviate_is_the_transform_of_two_uniform_numbers():
    """Box and Muller: √(−2 · log u) · cos(2π · v), with u above 0."""
    for u, v in ((0.25, 0.0), (0.25, 0.5), (0.75, 0.125), (0.0, 0.375)):
        rng = SimpleNamespace(random=iter([u, v]).__next__)
        expected = math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v)
        assert initializers.normal_deviate(rng) == pytest.approx(expected, rel=1e-15, abs=1e-300)
