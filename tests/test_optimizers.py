"""Optimizers take the steps that their papers say, worked out by hand."""

import math
import pickle
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import dense, matrices, seeds, stacks

from purenn import (
    SGD, AdaGrad, Adam, AdamW, Constant, CosineDecay, ExponentialDecay, InverseTimeDecay,
    LinearWarmUp, MeanSquaredError, Network, Optimizer, Parameter, RandomAdjustment, RandomSearch,
    RMSProp, Schedule, StepDecay, Tanh, clip_by_global_norm, linalg,
)
from purenn.optimizers import GradientDescent, RandomStrategy

pytestmark = pytest.mark.core

DESCENTS = [SGD, lambda **rate: SGD(momentum=0.9, **rate),
            lambda **rate: SGD(momentum=0.9, nesterov=True, **rate), AdaGrad, RMSProp, Adam, AdamW]


def path(optimizer, gradients, start=0.0):
    """Walk with one parameter under these gradients and return every place."""
    w = Parameter("w", [[start]])
    places = []
    for gradient in gradients:
        w.gradient = [[gradient]]
        optimizer.step([w])
        places.append(w.value[0][0])
    return places


def close(values, rel=1e-12):
    return pytest.approx(values, rel=rel, abs=1e-15)


# ---- Steps by hand ----


def test_sgd_goes_against_the_gradient_by_the_rate():
    assert path(SGD(0.5), [2.0, -1.0], start=1.0) == [0.0, 0.5]


def test_momentum_adds_up_the_gradients_and_the_rate_does_not_enter_the_velocity():
    # v = 1, 1.5, 1.75
    assert path(SGD(0.1, momentum=0.5), [1.0, 1.0, 1.0]) == close([-0.1, -0.25, -0.425])
    falling = StepDecay(1.0, factor=0.5, every=1)
    assert path(SGD(falling, momentum=0.5), [1.0, 1.0]) == close([-1.0, -1.0 - 0.5 * 1.5])


def test_momentum_rolls_on_without_a_gradient():
    assert path(SGD(0.1, momentum=0.5), [1.0, 0.0, 0.0]) == close([-0.1, -0.15, -0.175])


def test_nesterov_looks_ahead_to_where_momentum_will_carry_it():
    # g + momentum · v: 1 + 0.5 · 1, then 1 + 0.5 · 1.5
    assert path(SGD(0.1, momentum=0.5, nesterov=True), [1.0, 1.0]) == close([-0.15, -0.325])


def test_adagrad_divides_by_the_root_of_the_sum_of_all_squares():
    assert path(AdaGrad(0.5), [3.0, 4.0]) == close([-0.5, -0.5 - 0.5 * 4 / 5], rel=1e-8)


def test_rmsprop_divides_by_the_root_of_a_running_mean_of_squares():
    first = 0.5 * 2.0 / math.sqrt(0.1 * 4.0)
    second = 0.5 * 1.0 / math.sqrt(0.9 * 0.4 + 0.1 * 1.0)
    assert path(RMSProp(0.5, decay=0.9), [2.0, 1.0]) == close([-first, -first - second], rel=1e-7)


def test_adam_takes_the_steps_of_the_paper():
    # t = 1: m = 0.2, v = 0.004, corrected 2 and 4; t = 2: m = 0.08, v = 0.004996
    first = 0.5 * 2.0 / 2.0
    m, v = (0.9 * 0.2 - 0.1) / (1 - 0.81), (0.999 * 0.004 + 0.001) / (1 - 0.999**2)
    second = 0.5 * m / math.sqrt(v)
    assert path(Adam(0.5), [2.0, -1.0]) == close([-first, -first - second], rel=1e-7)


@pytest.mark.parametrize("optimizer", [AdaGrad(0.5, epsilon=1.0), RMSProp(0.5, 0.75, epsilon=1.0),
                                       Adam(0.5, epsilon=1.0)], ids=repr)
def test_epsilon_is_added_outside_of_the_root(optimizer):
    first = {"AdaGrad": 2 / (2 + 1), "RMSProp": 2 / (1 + 1), "Adam": 2 / (2 + 1)}
    assert path(optimizer, [2.0]) == close([-0.5 * first[type(optimizer).__name__]])


# ---- Published invariants ----


@given(gradient=st.floats(0.01, 1000), rate=st.floats(1e-4, 1))
def test_under_a_constant_gradient_adam_moves_exactly_the_learning_rate(gradient, rate):
    for sign in (1.0, -1.0):
        places = path(Adam(rate), [sign * gradient] * 5)
        assert places == close([-sign * rate * t for t in range(1, 6)], rel=2e-6)


def test_the_first_steps_of_adam_under_rate_a_tenth_are_a_tenth_each():
    assert path(Adam(0.1), [1.0] * 3) == close([-0.1, -0.2, -0.3], rel=1e-7)


@given(gradients=st.lists(st.one_of(st.floats(0.01, 10), st.floats(-10, -0.01)),
                          min_size=1, max_size=6), factor=st.floats(0.1, 100))
def test_the_length_of_the_gradients_does_not_matter_to_adaptive_methods(gradients, factor):
    longer = [factor * gradient for gradient in gradients]
    for make in (AdaGrad, RMSProp, Adam):
        ours, theirs = path(make(0.1), gradients), path(make(0.1), longer)
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-4)


def test_under_a_constant_gradient_adagrad_slows_down_as_one_over_the_root_of_t():
    places = path(AdaGrad(1.0), [3.0] * 4)
    steps = [one - other for one, other in zip([0.0] + places, places)]
    assert steps == close([1.0, 1 / math.sqrt(2), 1 / math.sqrt(3), 0.5], rel=1e-7)


def test_under_a_constant_gradient_momentum_approaches_a_multiple_of_the_step():
    places = path(SGD(0.1, momentum=0.9), [1.0] * 200)
    assert places[-2] - places[-1] == close(0.1 / (1 - 0.9), rel=1e-8)
    nesterov = path(SGD(0.1, momentum=0.9, nesterov=True), [1.0] * 200)
    assert nesterov[-2] - nesterov[-1] == close(0.1 / (1 - 0.9), rel=1e-8)


def test_adamw_shrinks_by_rate_times_decay_of_the_value_apart_from_the_gradient():
    assert path(AdamW(0.1, weight_decay=0.5), [0.0, 0.0], start=8.0) == close([7.6, 7.22])
    both = path(AdamW(0.1, weight_decay=0.5), [5.0], start=8.0)
    assert both == close([8.0 - 0.4 - 0.1], rel=1e-9)
    assert path(AdamW(0.1, weight_decay=0.0), [2.0, 1.0]) == path(Adam(0.1), [2.0, 1.0])


@pytest.mark.parametrize("make", DESCENTS)
def test_every_method_gets_to_the_bottom_of_a_bowl(make):
    w = Parameter("w", [[3.0, -2.0]])
    optimizer = make(learning_rate=CosineDecay(0.3, steps=300, final=1e-4))
    for _ in range(300):
        w.gradient = linalg.subtract(w.value, [[1.0, 1.0]])
        optimizer.step([w])
    assert w.value[0] == pytest.approx([1.0, 1.0], abs=0.03 if make is not AdaGrad else 0.5)


@pytest.mark.parametrize("make", DESCENTS)
@given(pair=st.tuples(matrices(2, 3), matrices(2, 3)))
def test_each_number_moves_by_its_own_gradient_only(make, pair):
    value, gradient = pair
    together, one = Parameter("w", value), make(learning_rate=0.1)
    for _ in range(3):
        together.gradient = gradient
        one.step([together])
    alone = [[path(make(learning_rate=0.1), [g] * 3, start=v)[-1] for v, g in zip(*rows)]
             for rows in zip(value, gradient)]
    assert together.value == alone


@pytest.mark.parametrize("make", DESCENTS)
def test_a_step_replaces_the_value_and_changes_nothing_in_place(make):
    w, b = Parameter("w", [[1.0, 2.0]]), Parameter("b", [[3.0]], penalized=False)
    w.gradient, b.gradient = [[0.5, 0.5]], [[1.0]]
    kept = w.value, b.value, w.gradient, b.gradient
    before = str(kept)
    optimizer = make(learning_rate=0.1)
    for _ in range(2):
        optimizer.step(parameter for parameter in (w, b))
    assert str(kept) == before and w.value is not kept[0] and b.value != kept[1]
    assert optimizer.steps == 2


def test_each_parameter_has_a_memory_of_its_own():
    w, b = Parameter("w", [[0.0]]), Parameter("b", [[0.0]])
    optimizer = SGD(1.0, momentum=0.5)
    for gradients in ((1.0, 0.0), (0.0, 1.0)):
        w.gradient, b.gradient = [[gradients[0]]], [[gradients[1]]]
        optimizer.step([w, b])
    assert (w.value, b.value) == ([[-1.5]], [[-1.0]])


@pytest.mark.parametrize("make", DESCENTS[1:])
def test_whoever_kept_the_memory_before_a_step_keeps_it(make):
    w, b = Parameter("w", [[1.0, 2.0]]), Parameter("b", [[3.0]])
    w.gradient, b.gradient = [[0.5, 0.5]], [[1.0]]
    optimizer = make(learning_rate=0.1)
    optimizer.step([w, b])
    kept = optimizer.memory
    before = str(kept)
    optimizer.step([w, b])
    assert str(kept) == before != str(optimizer.memory)


def test_a_step_that_fails_half_way_moves_no_parameter():
    class Fails(GradientDescent):
        def update(self, rate, w, g):
            if w == 3.0:
                raise ArithmeticError
            return (w - rate * g,)

    w, b = Parameter("w", [[1.0, 2.0]]), Parameter("b", [[3.0]])
    w.gradient, b.gradient = [[0.5, 0.5]], [[1.0]]
    with pytest.raises(ArithmeticError):
        Fails(0.1).step([w, b])
    assert (w.value, b.value) == ([[1.0, 2.0]], [[3.0]])


# ---- Clipping ----


def test_clipping_shortens_all_gradients_by_one_factor():
    gradients = [[[3.0, 0.0]], [[0.0], [4.0]]]
    assert clip_by_global_norm(gradients, 2.5) == [[[1.5, 0.0]], [[0.0], [2.0]]]
    assert clip_by_global_norm([[[3.0]], [[4.0]]], 5.0) == [[[3.0]], [[4.0]]]
    assert clip_by_global_norm([[[0.0]]], 1.0) == [[[0.0]]]


def test_gradients_whose_squares_overflow_are_clipped_too_and_infinite_ones_stay_to_be_seen():
    assert clip_by_global_norm([[[3e200]], [[4e200]]], 2.5) == [
        [[pytest.approx(1.5)]], [[pytest.approx(2.0)]]]
    assert clip_by_global_norm([[[math.inf, 1.0]]], 1.0) == [[[math.inf, 1.0]]]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradients_that_are_not_finite_are_returned_as_they_are_wherever_they_stand(bad):
    for gradients in ([[[bad, 1.0]], [[9.0]]], [[[9.0]], [[1.0, bad]]]):
        assert str(clip_by_global_norm(gradients, 1.0)) == str(gradients)


def test_clipping_at_the_ends_of_the_floats_and_of_nothing():
    assert clip_by_global_norm([[[1e308]], [[1e308]]], 2.0) == [
        [[pytest.approx(math.sqrt(2.0))]], [[pytest.approx(math.sqrt(2.0))]]]
    assert clip_by_global_norm([], 1.0) == []
    for norm in (-1.0, 0.0, math.nan):
        with pytest.raises(ValueError, match="clip_by_global_norm: clip_norm: expected 0 <"):
            clip_by_global_norm([[[1.0]]], norm)


@given(gradients=st.lists(matrices(), min_size=1, max_size=3), norm=st.floats(0.01, 10))
def test_a_clipped_gradient_is_never_longer_and_keeps_its_direction(gradients, norm):
    clipped = [x for A in clip_by_global_norm(gradients, norm) for x in linalg.ravel(A)]
    plain = [x for A in gradients for x in linalg.ravel(A)]
    length = math.sqrt(math.fsum(x * x for x in plain))
    factor = min(1.0, norm / length) if length > 0 else 1.0
    assert clipped == pytest.approx([factor * x for x in plain], rel=1e-9, abs=1e-150)


@pytest.mark.parametrize("make", DESCENTS)
def test_every_method_can_clip(make):
    w, b = Parameter("w", [[0.0]]), Parameter("b", [[0.0]])
    w.gradient, b.gradient = [[30.0]], [[40.0]]
    make(learning_rate=0.1, clip_norm=5.0).step([w, b])
    u, c = Parameter("w", [[0.0]]), Parameter("b", [[0.0]])
    u.gradient, c.gradient = [[3.0]], [[4.0]]
    make(learning_rate=0.1).step([u, c])
    assert [w.value, b.value] == [[close(u.value[0])], [close(c.value[0])]]


# ---- Schedules ----


@pytest.mark.parametrize("schedule, rates", [
    (Constant(0.5), [0.5, 0.5, 0.5, 0.5, 0.5]),
    (InverseTimeDecay(1.0, decay=1.0), [1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
    (StepDecay(1.0, factor=0.5, every=2), [1.0, 1.0, 0.5, 0.5, 0.25]),
    (ExponentialDecay(1.0, factor=0.25, every=2), [1.0, 0.5, 0.25, 0.125, 0.0625]),
    (CosineDecay(1.0, steps=4, final=0.5),
     [1.0, 0.75 + 0.25 * math.sqrt(0.5), 0.75, 0.75 - 0.25 * math.sqrt(0.5), 0.5, 0.5, 0.5]),
    (LinearWarmUp(4, then=2.0), [0.5, 1.0, 1.5, 2.0, 2.0, 2.0]),
    (LinearWarmUp(2, then=StepDecay(1.0, factor=0.5, every=1)), [0.5, 1.0, 1.0, 0.5, 0.25]),
], ids=repr)
def test_schedules_give_the_rates_of_their_formula(schedule, rates):
    assert [schedule(step) for step in range(len(rates))] == close(rates)


@pytest.mark.parametrize("make", DESCENTS)
def test_the_first_step_has_the_rate_of_step_zero(make):
    optimizer = make(learning_rate=StepDecay(0.5, factor=0.5, every=1))
    assert optimizer.learning_rate == 0.5
    first = path(optimizer, [1.0])
    assert first == path(make(learning_rate=0.5), [1.0])
    assert optimizer.learning_rate == 0.25


def test_a_rate_may_be_lowered_from_outside():
    optimizer = SGD(0.5)
    optimizer.rate_factor = 0.5
    assert optimizer.learning_rate == 0.25 and path(optimizer, [1.0]) == [-0.25]


def test_optimizers_and_schedules_show_their_rate():
    assert repr(SGD(0.1)) == "SGD(learning_rate=0.1)"
    assert repr(Adam(CosineDecay(0.1, steps=5))) == (
        "Adam(learning_rate=CosineDecay(rate=0.1, steps=5, final=0.0))"
    )


# ---- Methods that need only the loss ----

RANDOM = [lambda rng: RandomSearch(rng), lambda rng: RandomAdjustment(rng, scale=0.5)]


@pytest.mark.parametrize("make", RANDOM)
@settings(max_examples=20)
@given(network=stacks(), seed=seeds, data=st.data())
def test_the_random_methods_never_raise_the_loss_of_the_batch(make, network, seed, data):
    X = data.draw(matrices(3, network.input_width))
    T = data.draw(matrices(3, network.output_width))
    loss, optimizer = MeanSquaredError(), make(Random(seed))

    def measure():
        return loss(network.forward(X), T)

    before = measure()
    for _ in range(5):
        optimizer.step(network.parameters(), measure)
        after = measure()
        assert after <= before
        before = after


@pytest.mark.parametrize("make", RANDOM)
def test_the_random_methods_put_everything_back_when_the_loss_did_not_fall(make):
    network = Network([dense(2, 3, 1), Tanh(), dense(3, 1, 2)])
    before = [parameter.value for parameter in network.parameters()]
    make(Random(1)).step(network.parameters(), lambda: 1.0)
    assert all(parameter.value is old for parameter, old in zip(network.parameters(), before))


@pytest.mark.parametrize("make", RANDOM)
def test_the_random_methods_keep_what_is_better_and_change_every_parameter(make):
    network = Network([dense(2, 3, 1), Tanh(), dense(3, 1, 2)])
    before = [parameter.value for parameter in network.parameters()]
    losses = iter([1.0, 0.5])
    make(Random(1)).step(network.parameters(), lambda: next(losses))
    for parameter, old in zip(network.parameters(), before):
        assert linalg.shape(parameter.value) == linalg.shape(old)
        assert all(x != y for x, y in zip(linalg.ravel(parameter.value), linalg.ravel(old)))


def test_random_search_forgets_where_it_was_and_random_adjustment_stays_near():
    def far(make):
        w = Parameter("w", [[1000.0]])
        losses = iter([1.0, 0.5])
        make(Random(1)).step([w], lambda: next(losses))
        return abs(w.value[0][0] - 1000.0)

    assert far(RandomSearch) > 900 and far(RandomAdjustment) < 1


def test_only_the_random_methods_do_without_a_gradient():
    assert not RandomSearch.needs_gradient and not RandomAdjustment.needs_gradient
    assert all(make(learning_rate=0.1).needs_gradient for make in DESCENTS)


@pytest.mark.parametrize("call", [
    lambda: Optimizer().step([]), lambda: Schedule()(0),
    lambda: GradientDescent(0.1).update(0.1, 1.0, 1.0), lambda: path(GradientDescent(0.1), [1.0]),
    lambda: RandomStrategy(Random(1), 1.0).step([Parameter("w", [[1.0]])], lambda: 1.0),
])
def test_an_optimizer_or_schedule_that_lacks_its_method_says_so(call):
    with pytest.raises(NotImplementedError):
        call()


def test_a_copy_of_an_optimizer_belongs_to_no_network_yet():
    parameter = Parameter("w", [[1.0, 2.0]])
    parameter.gradient = [[0.5, -0.5]]
    optimizer = Adam(0.1)
    optimizer.step([parameter])
    other = Parameter("w", [[3.0, 4.0]])
    other.gradient = [[0.5, -0.5]]
    pickle.loads(pickle.dumps(optimizer)).step([other])
    assert parameter.value != [[1.0, 2.0]] and other.value != [[3.0, 4.0]]
    with pytest.raises(ValueError, match="those of another network"):
        optimizer.step([other])


def test_what_is_not_said_is_what_the_papers_took():
    for kind, defaults in (
        (SGD, {"learning_rate": 0.1, "momentum": 0.0, "nesterov": False}),
        (AdaGrad, {"learning_rate": 0.01, "epsilon": 1e-8}),
        (RMSProp, {"learning_rate": 0.001, "decay": 0.9, "epsilon": 1e-8}),
        (Adam, {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        (AdamW, {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
                 "weight_decay": 0.01}),
    ):
        made = kind()
        assert {name: getattr(made, name) for name in defaults} == defaults
        assert made.clip_norm is None


def test_a_method_of_your_own_remembers_nothing_unless_it_says_so():
    class Halving(GradientDescent):
        def update(self, rate, w, g):
            return (w - 0.5 * rate * g,)

    layer = dense(1, 1, 1)
    (before,), = layer.weights.value
    layer.weights.gradient, layer.biases.gradient = [[2.0]], [[0.0]]
    optimizer = Halving(0.1)
    optimizer.step(list(layer.parameters()))
    assert layer.weights.value == [[before - 0.5 * 0.1 * 2.0]]
    assert [list(seen) for seen in optimizer.memory] == [[], []]
