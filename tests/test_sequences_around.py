"""The rest of purenn knows language models: files, the doctor, pictures, NumPy for the loops."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import seeds

from purenn import Adam, SoftmaxCrossEntropy, diagnose, draw, linalg, load, save
from purenn.sequences import LayerNorm, NextToken, RMSNorm, characters, gpt, questions
from purenn.store.errors import ModelFileError
from purenn.store.model import Model

TEXTS = ["anna", "ann", "nan", "banana", "ban", "nab", "baa", "nana", "bab", "aba"]


def started(seed=1, blocks=1, norm=RMSNorm, gain=True):
    vocabulary = characters(TEXTS)
    model = gpt(len(vocabulary), 8, 4, 2, blocks, Random(seed), norm, gain)
    return vocabulary, model, *questions([vocabulary.with_edges(text) for text in TEXTS])


# ---- Files ----


@pytest.mark.slow
@settings(max_examples=8)
@given(st.integers(1, 2), st.sampled_from([RMSNorm, LayerNorm]), st.booleans(), seeds)
def test_a_model_comes_back_to_the_bit(tmp_path_factory, blocks, norm, gain, seed):
    vocabulary, model, inputs, _ = started(seed, blocks, norm, gain)
    for ending in ("safetensors", "json"):
        path = tmp_path_factory.mktemp("model") / f"model.{ending}"
        save(Model(model, "language model", classes=vocabulary.pieces), path)
        again = load(path)
        assert again.classes == vocabulary.pieces
        assert repr(again.network) == repr(model)
        assert again.network.predict(inputs) == model.predict(inputs)
        again.network.forward(inputs)
        assert again.network.text_layers[0].lengths == [len(text) + 1 for text in TEXTS]


@pytest.mark.parametrize("change, message", [
    (lambda facts: facts["classes"].append("x"), "5 tokens for 4 outputs"),
    (lambda facts: facts["classes"].__setitem__(0, "b"), "different pieces of text"),
    (lambda facts: facts["classes"].__setitem__(0, 7), "different pieces of text"),
    (lambda facts: facts["layers"].pop(0), "layer 0|missing|width"),
    (lambda facts: facts["layers"][3]["layers"][1].update(heads=3), "3 heads cannot share"),
    (lambda facts: facts["layers"][1].update(tokens=10 ** 9), "tensor '1.weight'"),
    (lambda facts: facts["layers"][2].update(context="8"), "context"),
    (lambda facts: facts["layers"][3].update(layer="Network"), "SHA-256|samples"),
])
def test_a_file_that_was_changed_gives_the_one_error(tmp_path, change, message):
    import json

    vocabulary, model, _, _ = started()
    path = tmp_path / "model.json"
    save(Model(model, "language model", classes=vocabulary.pieces), path)
    facts = json.loads(path.read_text(encoding="utf-8"))
    change(facts)
    path.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ModelFileError, match=message):
        load(path)


# ---- The doctor ----


@pytest.mark.slow
def test_a_sound_model_is_called_healthy():
    _, model, inputs, targets = started()
    found = diagnose(model, NextToken(), inputs, targets, optimizer=Adam(0.01))
    assert found.ok, str(found)
    assert [finding.name for finding in found.findings] == [
        "texts", "held-out texts", "loss at the start", "gradient check", "gradients per layer",
        "one batch", "updates"]


@pytest.mark.slow
def test_texts_that_are_held_out_and_learned_from_are_found():
    _, model, inputs, targets = started()
    longer = [[*row, -1.0] for row in inputs[:5]]
    found = diagnose(model, NextToken(), inputs, targets, validation=(longer, targets[:5]))
    assert found.first_failure.name == "held-out texts"
    assert "100% of 5 held-out texts" in str(found)


@pytest.mark.slow
@pytest.mark.parametrize("problem, message", [
    ("loss", "the loss of a language model is NextToken"),
    ("tokens", "expected a token from 0 to 3, got 9"),
    ("targets", "26 targets|targets"),
    ("sure", "the network is not ignorant"),
    ("gradient", "backward says"),
])
def test_what_is_wrong_with_a_language_model_is_found(problem, message, monkeypatch):
    _, model, inputs, targets = started()
    loss = NextToken()
    if problem == "loss":
        loss = SoftmaxCrossEntropy()
    if problem == "tokens":
        inputs[1][1] = 9.0
    if problem == "targets":
        targets[0][0] = -1.0
        targets[0][1:] = [-1.0] * (len(targets[0]) - 1)
    if problem == "sure":
        model.layers[-1].weights.value = linalg.multiply(model.layers[-1].weights.value, 1e4)
    if problem == "gradient":
        from purenn.sequences import attention

        monkeypatch.setattr(attention, "softmax_backward", lambda dA, A: linalg.multiply(dA, A))
    found = diagnose(model, loss, inputs, targets, optimizer=Adam(0.01))
    assert not found.ok
    import re
    assert re.search(message, str(found)), str(found)


# ---- Pictures ----


def test_attention_is_drawn_over_the_tokens():
    vocabulary, model, inputs, _ = started()
    model.forward(inputs[:1])
    heads = model.text_layers[1].patterns[0]
    picture = draw.attention(heads, ["·", *TEXTS[0]], title="anna")
    svg = picture.svg()
    assert "Head 1" in svg and "Head 2" in svg and "anna" in svg
    assert "looks at" in picture.text(80, False)
    assert draw.attention(heads[:1], ["·", *TEXTS[0]]).description.startswith("Head 1, 5 tokens")
    with pytest.raises(ValueError, match="at least one head"):
        draw.attention([], [])


def test_a_language_model_is_not_drawn_as_a_row_of_neurons():
    _, model, _, _ = started()
    with pytest.raises(ValueError, match="got a LanguageModel; draw.attention"):
        draw.network(model)
    assert draw.svg_of(model) is None


# ---- NumPy in place of the loops, and the same bits everywhere ----


def curve(package, sequences):
    rng = Random(3)
    vocabulary = sequences.characters(TEXTS)
    found = []
    for norm in (sequences.RMSNorm, sequences.LayerNorm):
        model = sequences.gpt(len(vocabulary), 8, 4, 2, 1, rng, norm)
        inputs, targets = sequences.questions([vocabulary.with_edges(text) for text in TEXTS])
        history = package.train(
            model, inputs, targets, loss=sequences.NextToken(), optimizer=package.Adam(0.02),
            epochs=5, batch_size=4, validation=(inputs[:3], targets[:3]), rng=Random(1))
        found += history.curve("loss") + history.curve("validation_loss")
    layer = sequences.Embedding(3, 2, rng, per_row=2)
    layer.forward([[0.0, 2.0], [1.0, 1.0]])
    layer.backward([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    return found + [float(x) for row in layer.weights.gradient for x in row]


@pytest.mark.interop
def test_numpy_trains_the_language_model_to_the_same_curve():
    pytest.importorskip("numpy")
    import purenn
    from benchmarks import vectorized
    from benchmarks.copies import purenn_on
    from purenn import sequences

    expected = curve(purenn, sequences)
    with purenn_on(vectorized) as package:
        from purenn import sequences as on_arrays

        assert on_arrays is not sequences
    assert curve(package, on_arrays) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.interop
def test_every_loop_of_the_layers_has_an_array_version():
    pytest.importorskip("numpy")
    from importlib import import_module

    from benchmarks import vectorized

    for name, functions in vectorized.OUTSIDE.items():
        own = {key for key, value in vars(import_module(name)).items()
               if getattr(value, "__module__", "") == name and key[0].islower()}
        assert all(hasattr(import_module(name), function) for function in functions)
        assert own - set(functions) <= {
            "texts_in", "whole_numbers", "small_normal",  # of tokens, which are plain integers
            "normalized", "normalized_backward", "centred", "head_backward"}  # of whole matrices


def test_under_plain_loops_a_training_gives_these_bits_on_every_python():
    code = ("from random import Random; from purenn import Adam, train; "
            "from purenn.sequences import *; v = characters(['anna', 'bob']); "
            "m = gpt(len(v), 6, 4, 2, 1, Random(1)); "
            "x, y = questions([v.with_edges(t) for t in ('anna', 'bob')]); "
            "h = train(m, x, y, loss=NextToken(), optimizer=Adam(0.05), epochs=5, batch_size=1); "
            "print(h.curve('loss')[-1].hex())")
    root = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True,
                          env=dict(os.environ, PYTHONPATH=root, PURENN_PLAIN_LOOPS="1"))
    assert done.stdout.decode().strip() == PLAIN_BITS


PLAIN_BITS = "0x1.08ed257b553c1p+0"
