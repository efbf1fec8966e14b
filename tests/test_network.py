"""A network is its layers one after the other, and a layer itself."""

import copy
import pickle
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import dense, matrices, stacks

from purenn import (
    SGD, Callback, Dense, Dropout, MeanSquaredError, Network, Parameter, ReLU, Softmax, Tanh,
    gradcheck, linalg, train,
)
from purenn.network import layers_inside

pytestmark = pytest.mark.core


@settings(max_examples=25)
@given(network=stacks(), data=st.data())
def test_forward_is_every_layer_after_the_other(network, data):
    X = data.draw(matrices(2, network.input_width))
    numbers = X
    for layer in network.layers:
        numbers = layer.forward(numbers)
    assert network.forward(X) == numbers


@settings(max_examples=25)
@given(network=stacks(), data=st.data(), batch_size=st.integers(1, 7))
def test_predictions_do_not_depend_on_the_size_of_the_pieces(network, data, batch_size):
    X = data.draw(matrices(5, network.input_width))
    assert network.predict(X, batch_size=batch_size) == network.predict(X) == network.forward(X)


def test_a_network_inside_a_network_is_the_same_as_its_layers():
    layers = [dense(2, 3, 1), Tanh(), dense(3, 2, 2)]
    flat, nested = Network(layers), Network([layers[0], Network(layers[1:])])
    X, G = [[1.0, -0.5]], [[1.0, 2.0]]
    assert flat.forward(X) == nested.forward(X) and flat.backward(G) == nested.backward(G)
    assert list(flat.parameters()) == list(nested.parameters())
    names = [name for name, _ in nested.named_parameters()]
    assert names == ["0.weights", "0.biases", "1.1.weights", "1.1.biases"]
    assert list(layers_inside(nested)) == [layers[0], nested.layers[1], *layers[1:]]


def test_training_is_told_to_every_layer():
    inner = Dropout(0.9, Random(1))
    network = Network([Network([inner]), Dropout(0.9, Random(2))])
    X = [[1.0] * 50]
    assert network.forward(X) == X == network.predict(X)
    assert network.forward(X, training=True) != X


class Do(Callback):
    """Calls a function at the start of the training."""

    def __init__(self, what):
        self.what = what

    def start(self, run):
        self.what()


def test_the_first_layer_does_not_compute_the_gradient_of_the_examples_in_training(monkeypatch):
    class Watched(Dense):
        asked = 0

        def backward(self, output_gradient):
            self.asked += 1
            return super().backward(output_gradient)

    first, second = Watched(2, 2, Random(1)), Watched(2, 2, Random(2))
    network = Network([Tanh(), first, second])
    multiplied = []
    matmul = linalg.matmul
    monkeypatch.setattr(linalg, "matmul", lambda A, B: multiplied.append(B) or matmul(A, B))
    train(network, [[1.0, 2.0]], [[1.0, 1.0]], loss=MeanSquaredError(), optimizer=SGD(0.1),
          epochs=3, callbacks=[Do(lambda: multiplied.clear())])
    # The one example before the first batch goes all the way back, the three batches do not.
    assert len(multiplied) == 3 and first.asked == second.asked == 4
    network.forward([[1.0, 2.0]])
    assert linalg.shape(network.backward([[1.0, 1.0]])) == (1, 2)  # afterwards it is as before


def test_the_summary_is_a_table_of_layers_widths_and_parameters():
    network = Network([ReLU(), Dense(40, 30, Random(1)), Softmax()])
    assert network.summary().splitlines() == [
        "  layer           inputs  outputs  parameters",
        "0 ReLU                40       40           0",
        "1 Dense(40 → 30)      40       30       1,230",
        "2 Softmax             30       30           0",
        "  total               40       30       1,230",
    ]
    assert "any" in Network([ReLU()]).summary()


def test_the_network_shows_its_layers():
    network = Network([Dense(2, 3, Random(1)), ReLU(), Network([Dropout(0.5, Random(1))])])
    assert repr(network) == "Network([Dense(2 → 3), ReLU, Network([Dropout(0.5)])])"
    assert (network.input_width, network.output_width) == (2, 3)


def test_a_layer_of_your_own_needs_no_more_than_its_two_directions():
    from purenn import Layer

    class Scale(Layer):
        def __init__(self):
            self.factor = Parameter("factor", [[2.0]])

        def forward(self, inputs, training=False):
            self.inputs = inputs
            return linalg.multiply(inputs, self.factor.value)

        def backward(self, output_gradient):
            self.factor.gradient = linalg.sum(linalg.multiply(output_gradient, self.inputs))
            self.factor.gradient = [[linalg.item(self.factor.gradient)]]
            return linalg.multiply(output_gradient, self.factor.value)

        def parameters(self):
            yield self.factor

    network = Network([Scale(), dense(2, 2, 1)])
    assert [name for name, _ in network.named_parameters()][0] == "0.factor"
    report = gradcheck.check(network, MeanSquaredError(), [[0.5, 1.0]], [[1.0, 0.0]])
    assert report.ok, str(report)


def test_any_iterable_of_layers_makes_a_network():
    assert len(Network(iter([Dense(1, 2, Random(1)), ReLU()])).layers) == 2


@pytest.mark.parametrize("X", [[[1, 2]], [(1.0, 2.0)], ((1.0, 2.0),)], ids=str)
def test_rows_may_be_of_any_sequence_and_of_integers(X):
    network = Network([dense(2, 2, 1), Tanh()])
    assert network.predict(X) == network.predict([[1.0, 2.0]])


def test_inputs_are_checked_by_predict_and_not_in_every_forward():
    network = Network([Network([dense(2, 2, 1)]), Tanh()])
    with pytest.raises(ValueError, match="row 0, column 0 is inf"):
        network.predict([[float("inf"), 1.0]])
    assert linalg.shape(network.forward([[float("inf"), 1.0]])) == (1, 2)


def test_no_more_rows_than_a_batch_go_through_at_once():
    class Counted(Tanh):
        sizes = []

        def forward(self, inputs, training=False):
            self.sizes.append(len(inputs))
            return super().forward(inputs, training)

    network = Network([Counted()])
    for batch_size in (3, 7, 8):
        network.predict([[0.5] for _ in range(7)], batch_size=batch_size)
    assert Counted.sizes == [3, 3, 1, 7, 7]


def test_a_network_that_is_copied_or_pickled_does_not_take_its_last_batch_along():
    network = Network([dense(3, 4, 1), Tanh(), Dropout(0.5, Random(1)), Network([dense(4, 2, 2)])])
    rows = [[float(k), 1.0, 2.0] for k in range(1000)]
    before = len(pickle.dumps(network))
    scores = network.forward(rows, training=True)
    assert len(pickle.dumps(network)) < before + 200 < 6000  # the state of the generator varies
    for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        assert other.predict(rows) == network.predict(rows)
        network.forward(rows, training=True), network.backward(scores)
        fresh = copy.deepcopy(network)
        with pytest.raises(ValueError, match="backward came before forward"):
            fresh.backward([[1.0, 1.0]])


def test_settings_make_every_layer_again():
    from purenn import ELU, LeakyReLU

    for layer in (dense(2, 3, 1), Dropout(0.25, Random(1)), ReLU(), LeakyReLU(0.5), ELU(2.0)):
        extra = {"rng": Random(1)} if isinstance(layer, (Dense, Dropout)) else {}
        again = type(layer)(**layer.settings(), **extra)
        assert repr(again) == repr(layer) and again.settings() == layer.settings()
