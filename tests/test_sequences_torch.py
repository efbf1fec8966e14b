"""The layers of a language model beside those of PyTorch: outputs, gradients, and the same file."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import seeds, sizes

from purenn import linalg, save
from purenn.sequences import (
    CausalSelfAttention, Embedding, LayerNorm, NextToken, Positions, RMSNorm, Unpad, gpt, questions,
)
from purenn.store.model import Model

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.interop
F = torch.nn.functional


def tensor(rows):
    return torch.tensor(rows, dtype=torch.float64, requires_grad=True)


def filled(rng, rows, columns):
    return [[2 * rng.random() - 1 for _ in range(columns)] for _ in range(rows)]


def same(ours, theirs):
    assert linalg.ravel(ours) == pytest.approx(theirs.detach().reshape(-1).tolist(),
                                               rel=1e-9, abs=1e-10)


def compare(layer, inputs, module, names, rng):
    """Run both forwards and backwards; module(x, *parameters) is what PyTorch computes."""
    ours = layer.forward(inputs)
    G = filled(rng, *linalg.shape(ours))
    gradient = layer.backward(G)
    x = tensor(inputs)
    parameters = [tensor(parameter.value) for parameter in layer.parameters()]
    theirs = module(x, *parameters)
    same(ours, theirs)
    theirs.backward(torch.tensor(G, dtype=torch.float64))
    for parameter, other in zip(layer.parameters(), parameters):
        same(parameter.gradient, other.grad)
    if x.grad is not None:
        same(gradient, x.grad)
    assert [parameter.name for parameter in layer.parameters()] == names


@given(sizes, st.integers(2, 5), st.booleans(), seeds)
def test_normalizations(rows, width, gain, seed):
    rng = Random(seed)
    inputs = filled(rng, rows, width)
    for norm, names in ((RMSNorm, ["gains"]), (LayerNorm, ["gains", "shifts"])):
        layer = norm(width, gain)
        for parameter in layer.parameters():
            parameter.value = filled(rng, 1, width)

        def module(x, *learned, norm=norm, width=width):
            flat = [one.reshape(-1) for one in learned]
            if norm is RMSNorm:
                return F.rms_norm(x, (width,), *flat, eps=1e-5)
            return F.layer_norm(x, (width,), *flat, eps=1e-5)

        compare(layer, inputs, module, names if gain else [], rng)


@given(st.integers(1, 5), sizes, sizes, sizes, seeds)
def test_embeddings(tokens, width, per_row, rows, seed):
    rng = Random(seed)
    inputs = [[float(rng.randrange(tokens)) for _ in range(per_row)] for _ in range(rows)]
    compare(Embedding(tokens, width, rng, per_row), inputs,
            lambda x, table: F.embedding(x.long(), table).reshape(rows, -1), ["weights"], rng)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), sizes, seeds)
def test_positions(lengths, width, seed):
    rng = Random(seed)
    layer = Positions(4, width, rng)
    layer.lengths = lengths
    places = torch.tensor([place for length in lengths for place in range(length)])
    compare(layer, filled(rng, sum(lengths), width), lambda x, table: x + table[places],
            ["weights"], rng)


def attention(heads, lengths):
    """Causal self-attention of PyTorch, text by text."""
    def module(x, *weights):
        answers = []
        for part in x.split(lengths):
            q, k, v = (F.linear(part, W).reshape(len(part), heads, -1).transpose(0, 1)
                       for W in weights[:3])
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            answers.append(seen.transpose(0, 1).reshape(len(part), -1))
        return F.linear(torch.cat(answers), weights[3])

    return module


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.integers(1, 3), st.integers(1, 3),
       seeds)
def test_attention(lengths, heads, columns, seed):
    rng = Random(seed)
    layer = CausalSelfAttention(heads * columns, heads, rng,
                                lambda rng, rows, width: filled(rng, rows, width))
    layer.lengths = lengths
    compare(layer, filled(rng, sum(lengths), heads * columns), attention(heads, lengths),
            ["queries.weights", "keys.weights", "values.weights", "output.weights"], rng)


class Attention(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for name in ("queries", "keys", "values", "output"):
            setattr(self, name, torch.nn.Linear(width, width, bias=False))

    def forward(self, x):
        weights = [self.queries.weight, self.keys.weight, self.values.weight, self.output.weight]
        return attention(self.heads, [len(x)])(x, *weights)


class Positioned(torch.nn.Embedding):
    def forward(self, x):
        return x + self.weight[:len(x)]


class Residually(torch.nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def in_pytorch(tokens, context, width, heads, blocks, norm):
    """The same model as PyTorch would have it, its modules numbered like our layers."""
    nn, normed = torch.nn, {RMSNorm: torch.nn.RMSNorm, LayerNorm: torch.nn.LayerNorm}[norm]
    layers = [nn.Identity(), nn.Embedding(tokens, width), Positioned(context, width)]
    for _ in range(blocks):
        layers += [
            Residually(normed(width, eps=1e-5), Attention(width, heads)),
            Residually(normed(width, eps=1e-5), nn.Linear(width, 4 * width, bias=False), nn.ReLU(),
                       nn.Linear(4 * width, width, bias=False)),
        ]
    layers += [normed(width, eps=1e-5), nn.Linear(width, tokens, bias=False)]
    return nn.Sequential(*layers).double()


@pytest.mark.parametrize("norm", [RMSNorm, LayerNorm])
@settings(max_examples=10)
@given(blocks=st.integers(1, 2), heads=st.integers(1, 2), seed=seeds)
def test_pytorch_opens_our_file_and_gives_the_same_logits_and_gradients(
    norm, blocks, heads, seed, tmp_path_factory
):
    safetensors = pytest.importorskip("safetensors.torch")
    rng = Random(seed)
    model = gpt(5, 6, 4, heads, blocks, rng, norm)
    for parameter in model.parameters():
        parameter.value = filled(rng, *linalg.shape(parameter.value))
    path = str(tmp_path_factory.mktemp("model") / "model.safetensors")
    save(Model(model, "language model", classes=list("abcd")), path)
    theirs = in_pytorch(5, 6, 4, heads, blocks, norm)
    theirs.load_state_dict(safetensors.load_file(path))
    texts = [[4, 0, 1, 2, 4], [4, 3, 4]]
    inputs, targets = questions(texts)
    logits = torch.cat([theirs(torch.tensor(text[:-1])) for text in texts])
    scores = model.forward(inputs, training=True)
    same(scores, logits)
    loss, gradient = NextToken().value_and_gradient(scores, targets)
    model.backward(gradient)
    expected = F.cross_entropy(logits, torch.tensor([t for text in texts for t in text[1:]]))
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    expected.backward()
    ours = {}
    for name, parameter in model.named_parameters():
        start, _, last = name.rpartition(".")
        last = {"weights": "weight", "gains": "weight", "shifts": "bias"}[last]
        ours[f"{start}.{last}"] = parameter.gradient
    for name, parameter in theirs.named_parameters():
        same(ours.pop(name), parameter.grad)
    assert not ours


def test_every_layer_stands_beside_pytorch():
    import purenn.sequences as package
    from purenn import Layer

    own = {name for name in package.__all__ if isinstance(getattr(package, name), type)
           and issubclass(getattr(package, name), Layer)}
    assert own == {"CausalSelfAttention", "Embedding", "LanguageModel", "LayerNorm", "Positions",
                   "RMSNorm", "Residual", "Unpad"}
    assert Unpad().forward([[1.0, -1.0]]) == [[1]]
