"""The same file in other hands: PyTorch and the safetensors package, where they are installed."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purenn import (
    ELU,
    GELU,
    Adam,
    Dense,
    Dropout,
    LeakyReLU,
    Linear,
    MeanSquaredError,
    Network,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    train,
)
from purenn.store import safetensors as ours
from purenn.model import Model
from purenn.store.model import load_model, save_model

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("safetensors.torch")

pytestmark = pytest.mark.interop

# Every layer that both have: how we make it, and how PyTorch does.
PAIRS = {
    "Linear": (Linear, torch.nn.Identity),
    "ReLU": (ReLU, torch.nn.ReLU),
    "LeakyReLU": (lambda: LeakyReLU(0.2), lambda: torch.nn.LeakyReLU(0.2)),
    "ELU": (lambda: ELU(0.7), lambda: torch.nn.ELU(0.7)),
    # Beyond its threshold PyTorch takes softplus(x) for x; 40 is where the two are equal.
    "Softplus": (Softplus, lambda: torch.nn.Softplus(threshold=40)),
    "Sigmoid": (Sigmoid, torch.nn.Sigmoid),
    "Tanh": (Tanh, torch.nn.Tanh),
    "GELU": (GELU, torch.nn.GELU),
    "SiLU": (SiLU, torch.nn.SiLU),
    "Softmax": (Softmax, lambda: torch.nn.Softmax(dim=1)),
    "Dropout": (lambda: Dropout(0.3, Random(1)), lambda: torch.nn.Dropout(0.3)),
}


@st.composite
def twins(draw):
    """A random network of ours, and a Sequential of the same layers with weights of its own."""
    rng = Random(draw(st.integers(0, 10 ** 6)))
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    layers, sequence = [], []
    for inputs, outputs in zip(widths, widths[1:]):
        own, other = PAIRS[draw(st.sampled_from(sorted(PAIRS)))]
        layers += [Dense(inputs, outputs, rng), own()]
        sequence += [torch.nn.Linear(inputs, outputs), other()]
    network, sequential = Network(layers), torch.nn.Sequential(*sequence)
    if draw(st.booleans()):
        network, sequential = Network([network]), torch.nn.Sequential(sequential)
    inputs = [[rng.random() * 6 - 3 for _ in range(widths[0])] for _ in range(4)]
    return network, sequential.double().eval(), inputs


@settings(max_examples=100)
@given(twins())
def test_pytorch_loads_our_file_and_says_the_same(tmp_path_factory, pair):
    network, sequential, inputs = pair
    path = str(tmp_path_factory.mktemp("model") / "model.safetensors")
    save_model(Model(network), path)
    sequential.load_state_dict(theirs.load_file(path))
    with torch.no_grad():
        said = sequential(torch.tensor(inputs, dtype=torch.float64)).tolist()
    for row, other in zip(network.predict(inputs), said):
        assert row == pytest.approx(other, abs=1e-9, rel=1e-9)


@settings(max_examples=30)
@given(twins())
def test_pytorch_goes_back_the_same_way(pair):
    network, sequential, inputs = pair
    for (_, own), other in zip(network.named_parameters(), sequential.parameters()):
        other.data = torch.tensor(own.value, dtype=torch.float64).reshape(other.shape)
    scores = network.forward(inputs)
    network.backward([[1.0] * len(row) for row in scores])
    sequential(torch.tensor(inputs, dtype=torch.float64)).sum().backward()
    for (_, own), other in zip(network.named_parameters(), sequential.parameters()):
        expected = other.grad.reshape(torch.tensor(own.gradient).shape).tolist()
        for row, their_row in zip(own.gradient, expected):
            assert row == pytest.approx(their_row, abs=1e-9, rel=1e-9)


def test_ten_steps_of_adam_are_those_of_pytorch():
    rng = Random(3)
    network = Network([Dense(3, 4, rng), Tanh(), Dense(4, 2, rng)])
    inputs = [[rng.random() for _ in range(3)] for _ in range(8)]
    targets = [[rng.random() for _ in range(2)] for _ in range(8)]
    twin = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    twin = twin.double()
    for (_, own), other in zip(network.named_parameters(), twin.parameters()):
        other.data = torch.tensor(own.value, dtype=torch.float64).reshape(other.shape)
    train(network, inputs, targets, loss=MeanSquaredError(), optimizer=Adam(0.01), epochs=10,
          batch_size=8)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    x, y = (torch.tensor(rows, dtype=torch.float64) for rows in (inputs, targets))
    for _ in range(10):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(twin(x), y).backward()
        optimizer.step()
    for (_, own), other in zip(network.named_parameters(), twin.parameters()):
        flat = [number for row in own.value for number in row]
        assert flat == pytest.approx(other.detach().reshape(-1).tolist(), abs=1e-9)


def test_we_read_what_the_safetensors_package_writes(tmp_path):
    path = str(tmp_path / "theirs.safetensors")
    tensor = torch.arange(6, dtype=torch.float64).reshape(2, 3) / 7
    theirs.save_file({"x": tensor, "half": tensor.half()}, path, metadata={"by": "them"})
    tensors, metadata = ours.read(path)
    assert ours.to_rows(tensors["x"]) == tensor.tolist()
    assert ours.to_rows(tensors["half"]) == tensor.half().double().tolist()
    assert metadata == {"by": "them"}


def test_a_file_that_their_package_has_read_and_written_again_is_still_our_model(tmp_path):
    import safetensors

    path, again = str(tmp_path / "ours.safetensors"), str(tmp_path / "again.safetensors")
    network = Network([Dense(2, 3, Random(1)), Tanh()])
    save_model(Model(network), path)
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        theirs.save_file({name: file.get_tensor(name) for name in file.keys()}, again, metadata)
    weights = [parameter.value for parameter in load_model(again).network.parameters()]
    assert weights == [parameter.value for parameter in network.parameters()]
