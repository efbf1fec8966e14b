"""Tokens, writing, and the same gradients in three ways."""

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import seeds

from purenn import linalg
from purenn.sequences import (
    Continuation, Vocabulary, byte_pairs, characters, choose, generate, gpt, names, probabilities,
)
from purenn.sequences.autograd import Value
from purenn.sequences.autograd.microgpt import Line, microgpt
from purenn.sequences.autograd.same_model import by_layers, by_numbers, by_tape
from purenn.sequences.autograd.tape import Tape, Tracked
from purenn.data.tokens import with_joined, words_of

texts = st.lists(st.text("abc d\n", min_size=1, max_size=12), min_size=1, max_size=5)


# ---- Vocabularies ----


@given(texts, st.integers(2, 20))
def test_every_text_comes_back_from_its_tokens(texts, tokens):
    for vocabulary in (characters(texts), byte_pairs(texts, tokens)):
        for text in texts:
            encoded = vocabulary.encode(text)
            assert vocabulary.decode(encoded) == text
            assert all(0 <= token < vocabulary.edge for token in encoded)


@given(texts, st.integers(5, 20))
def test_byte_pairs_keep_to_their_number_and_never_need_more_tokens(texts, tokens):
    vocabulary = byte_pairs(texts, tokens)
    assert len(vocabulary) <= max(tokens, len(characters(texts)))
    assert all(len(vocabulary.encode(text)) <= len(text) for text in texts)


def test_the_most_frequent_pair_is_joined_first():
    vocabulary = byte_pairs(["hug pug hug", "pun"], tokens=99)
    assert vocabulary.pieces[:6] == [" ", "g", "h", "n", "p", "u"]
    assert vocabulary.pieces[6] == "ug"  # three times; "hu", "pu" and " p" twice
    assert vocabulary.decode(vocabulary.encode("hug")) == "hug"
    assert len(vocabulary.encode("hug")) == 1


def test_tokens_of_english_words_are_those_of_the_paper():
    """Sennrich, Haddow, Birch, algorithm 1, without its end-of-word mark."""
    words = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
    assert byte_pairs(words, tokens=14).pieces[10:] == ["es", "est", "lo"]


def test_words_begin_with_the_white_space_before_them():
    assert words_of(" to be,  or\n") == [" to", " be,", "  or", "\n"]
    assert with_joined(["a", "a", "a"], "aa") == ["aa", "a"]


def test_a_character_that_is_not_in_the_vocabulary_is_named():
    for vocabulary in (characters(["abc"]), byte_pairs(["abab"], 4)):
        with pytest.raises(ValueError, match="the character 'é' is not in the vocabulary"):
            vocabulary.encode("é")


@pytest.mark.parametrize("pieces", [[], ["a", "a"], ["a", ""], ["a", 1]])
def test_a_vocabulary_has_different_pieces_of_text(pieces):
    with pytest.raises(ValueError, match="expected different pieces of text"):
        Vocabulary(pieces)


def test_the_names_that_come_along():
    found = names()
    assert len(found) == len(set(found)) == 5163 and found == sorted(found)
    assert {"mary", "james", "caroline"} <= set(found)
    assert set("".join(found)) == set("abcdefghijklmnopqrstuvwxyz")
    assert max(map(len, found)) == 11


# ---- Writing ----


def large(seed=1, context=6, tokens=5):
    """A model whose next tokens are far from equally likely."""
    rng = Random(seed)
    model = gpt(tokens, context, 8, 2, 2, rng)
    for parameter in model.parameters():
        parameter.value = linalg.multiply(parameter.value, 12.0)
    return model


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(1, 6), seeds)
@settings(max_examples=25)
def test_scores_with_keys_and_values_kept_are_those_of_the_whole_text(tokens, first, seed):
    model = large(seed)
    with Continuation(model) as text:
        text.feed(tokens[:first])
        for token in tokens[first:]:
            text.feed([token])
    with Continuation(model) as text:
        steps = [text.feed([token]) for token in tokens]
    for scores, whole in zip(steps, model.forward([list(map(float, tokens))])):
        assert scores == pytest.approx(whole, rel=1e-12, abs=1e-12)


def test_one_new_token_costs_one_row():
    model = large()
    seen = []
    dense = model.layers[-1]
    forward = dense.forward
    dense.forward = lambda inputs, training=False: (seen.append(len(inputs)), forward(inputs))[1]
    list(generate(model, [4, 0], 4, Random(3), longest=3))
    assert seen[0] == 2 and set(seen[1:]) <= {1}


def test_while_text_is_written_nothing_can_be_learned_and_afterwards_all_is_as_before():
    model = large()
    inputs = [[4.0, 0.0, 1.0]]
    before = model.forward(inputs)
    with Continuation(model) as text:
        text.feed([4, 0, 1])
        with pytest.raises(ValueError, match="inside a Continuation, which only writes"):
            model.backward(before)
    assert model.forward(inputs) == before
    with pytest.raises(RuntimeError):
        with Continuation(model):
            raise RuntimeError
    model.forward(inputs)
    model.backward(before)


def test_temperature_and_top_k():
    scores = [0.0, math.log(3.0), -1000.0]
    assert probabilities(scores) == pytest.approx([0.25, 0.75, 0.0])
    assert probabilities(scores, temperature=0.5) == pytest.approx([0.1, 0.9, 0.0])
    assert probabilities(scores, temperature=0) == [0.0, 1.0, 0.0]
    assert probabilities(scores, top_k=1) == [0.0, 1.0, 0.0]
    assert probabilities([5.0, 5.0, 5.0], top_k=2) == [0.5, 0.5, 0.0]
    assert probabilities([1e308, -1e308], temperature=1e-3) == [1.0, 0.0]
    assert sum(probabilities(scores, temperature=1e6)) == pytest.approx(1)


def test_tokens_are_drawn_as_often_as_they_should_be():
    rng = Random(1)
    counts = Counter(choose([0.5, 0.0, 0.25, 0.25], rng) for _ in range(4000))
    assert counts[1] == 0
    assert [counts[k] / 4000 for k in (0, 2, 3)] == pytest.approx([0.5, 0.25, 0.25], abs=0.03)


def test_the_same_seed_writes_the_same_text_and_the_context_ends_it():
    model = large(context=4)
    one, same, other = (
        list(generate(model, [4], 4, Random(seed), temperature=9.0, longest=60, ends=False))
        for seed in (1, 1, 2))
    assert one == same != other and 4 not in one
    assert len(list(generate(model, [4], 4, Random(1), ends=False))) == 3


def test_a_text_may_grow_longer_than_the_context():
    for context in (1, 2, 4):
        model = large(context=context)
        assert len(list(generate(model, [4], 4, Random(1), longest=50, ends=False))) == 50
    long = [4, 0, 1, 2, 3, 1]
    assert len(list(generate(model, long, 4, Random(1), longest=2, ends=False))) == 2


@pytest.mark.parametrize("wrong, error, message", [
    ({"temperature": -1}, ValueError, "temperature: expected 0 <= temperature"),
    ({"top_k": 0}, ValueError, "top_k: expected a positive integer"),
    ({"longest": 0}, ValueError, "longest: expected a positive integer"),
    ({"rng": 5}, TypeError, r"expected random.Random\(seed\)"),
])
def test_arguments_of_generate_are_checked(wrong, error, message):
    with pytest.raises(error, match=message):
        list(generate(large(), [4], **{"edge": 4, "rng": Random(1), **wrong}))


# ---- Autograd: the same gradients in three ways ----


def numbers(step):
    return [x for gradient in step.gradients for row in gradient for x in row]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a", "caroline"])
def test_three_ways_to_the_same_gradients(text):
    recipe = microgpt([text, "anna", "bob"], steps=10)
    tokens = recipe.vocabulary.with_edges(text)
    layers, tape, scalar = (way(recipe.model, tokens) for way in (by_layers, by_tape, by_numbers))
    assert tape.loss == layers.loss == pytest.approx(scalar.loss, rel=1e-14)
    assert numbers(tape) == pytest.approx(numbers(layers), rel=1e-12, abs=1e-16)
    assert numbers(scalar) == pytest.approx(numbers(layers), rel=1e-9, abs=1e-14)
    assert tape.remembered == 46 and scalar.remembered > 300 * tape.remembered


@pytest.mark.slow
def test_the_model_of_microgpt_gives_its_losses():
    from scalar_gpt import losses

    from purenn import Callback, train
    from purenn.sequences import NextToken

    class Losses(Callback):
        found = []

        def after_batch(self, run):
            self.found.append(run.batch_loss)

    lines = ["ann", "bo", "abcdefghijklmnopqrstu", "cd"]
    recipe = microgpt(lines, steps=20)
    train(recipe.model, recipe.inputs, recipe.targets, loss=NextToken(),
          optimizer=recipe.optimizer, epochs=1, callbacks=[Losses()],
          sampler=lambda epoch: [[step % 4] for step in range(6)])
    assert Losses.found == pytest.approx(losses(lines, 6, 20), abs=1e-9)


def test_the_generator_that_microgpt_takes_gives_the_same_on_every_python():
    rng = Random(42)
    order = list("abcdefgh")
    rng.shuffle(order)
    assert "".join(order) == SHUFFLED
    assert [rng.gauss(0, 0.08) for _ in range(3)] == GAUSS


SHUFFLED = "deghcfab"
GAUSS = [-0.010207062702630967, -0.1197882731472766, 0.02658546752541722]


def test_the_rate_of_microgpt_falls_on_a_straight_line():
    assert [Line(0.5, 4)(step) for step in range(4)] == [0.5, 0.375, 0.25, 0.125]


@given(st.floats(0.1, 3), st.floats(-3, 3))
def test_slopes_of_values(x, y):
    a, b = Value(x), Value(y)
    formula = (a * b - b / a + a ** 3 + (-a).exp() + a.log() + (a * 2.0 + 1.0) * b.relu())
    formula.backward()

    def f(x, y):
        return (x * y - y / x + x ** 3 + math.exp(-x) + math.log(x) + (2 * x + 1) * max(y, 0))

    assert formula.data == pytest.approx(f(x, y))
    h = 1e-6
    assert a.gradient == pytest.approx((f(x + h, y) - f(x - h, y)) / (2 * h), rel=1e-4, abs=1e-4)
    if abs(y) > 2 * h:
        assert b.gradient == pytest.approx((f(x, y + h) - f(x, y - h)) / (2 * h), abs=1e-4)


def test_a_value_that_is_used_twice_gets_both_gradients():
    a = Value(3.0)
    (a * a).backward()
    assert a.gradient == 6.0


@pytest.mark.slow
def test_a_sum_of_a_hundred_thousand_numbers_is_no_recursion():
    total = first = Value(1.0)
    for _ in range(100_000):
        total = total + 1.0
    total.backward()
    assert first.gradient == 1.0


def test_what_the_result_does_not_depend_on_gets_no_gradient_from_the_tape():
    tape, A = Tape(), Tracked([[1.0, -2.0]])
    tape.scale(A, 3.0)
    tape.backward(tape.add(A, tape.relu(A)), [[1.0, 1.0]])
    assert A.gradient == [[2.0, 1.0]]


@pytest.mark.parametrize("rows, columns", [(1, 2), (3, 1), (1, 1), (3, 2)])
def test_what_the_tape_adds_to_several_rows_or_columns_gets_their_sum(rows, columns):
    """Measured: each number of the smaller matrix is moved, and the loss looked at."""
    rng = Random(4)
    wide = [[rng.gauss(0, 1) for _ in range(2)] for _ in range(3)]
    small = [[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]

    def loss(tape, A, B):
        return tape.cross_entropy(tape.add(A, B), [0, 1, 1])

    for swapped in (False, True):
        tape, A, B = Tape(), Tracked(wide), Tracked(small)
        tape.backward(loss(tape, *((B, A) if swapped else (A, B))), [[1.0]])
        assert linalg.shape(A.gradient) == (3, 2)
        assert linalg.shape(B.gradient) == (rows, columns)
        for r in range(rows):
            for c in range(columns):
                ends = []
                for step in (1e-6, -1e-6):
                    moved = [list(row) for row in small]
                    moved[r][c] += step
                    ends.append(loss(Tape(), Tracked(wide), Tracked(moved)).value[0][0])
                assert B.gradient[r][c] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_the_tape_learns_the_moons_with_two_scores():
    """Exercise 4 of part 12, with ReLU in place of tanh."""
    from purenn.data import moons

    data, rng = moons(size=60, noise=0.1, rng=Random(1)), Random(2)
    tables = [Tracked([[rng.gauss(0, 1) for _ in range(k)] for _ in range(n)])
              for n, k in ((8, 2), (1, 8), (2, 8), (1, 2))]
    losses = []
    for _ in range(150):
        tape = Tape()
        for table in tables:
            table.gradient = None
        W, b, V, c = tables
        hidden = tape.relu(tape.add(tape.inner(Tracked(data.inputs), W), b))
        scores = tape.add(tape.inner(hidden, V), c)
        loss = tape.cross_entropy(scores, data.targets)
        tape.backward(loss, [[1.0]])
        losses.append(loss.value[0][0])
        for table in tables:
            assert linalg.shape(table.gradient) == linalg.shape(table.value)
            table.value = linalg.subtract(table.value, table.gradient)
    right = [row[1] > row[0] for row in scores.value]
    assert right.count(True) and losses[-1] < 0.2 * losses[0]
    assert sum(a == t for a, t in zip(right, data.targets)) >= 57
