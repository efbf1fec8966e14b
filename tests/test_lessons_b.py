"""What parts 4, 6 and 7 of the lessons claim is true when they run: layers, activations, losses."""

import math
import re

from random import Random

import pytest
from purenn import Dense, linalg

pytestmark = pytest.mark.slow

# ---- Part 4: the Dense layer ----


@pytest.fixture(scope="session")
def dense(lesson):
    return lesson(4).names


def test_untrained_networks_guess(dense):
    assert len(dense["guesses"]) == 30
    assert abs(dense["mean_guess"] - 1 / 3) < 0.08


def test_the_spiral_by_hand_is_the_librarys_without_noise(dense):
    assert len(dense["by_hand"]) == len(dense["inputs"]) == 300
    assert dense["spiral_difference"] < 1e-12


def test_the_hand_made_layer_gives_the_same_outputs(dense):
    assert dense["same_outputs"] is True
    assert linalg.shape(dense["hand_made"].weights) == (3, 2)


def test_at_the_origin_a_layer_puts_out_its_biases(dense):
    assert dense["before"] == [[0.0, 0.0, 0.0]]
    assert dense["after"] == [[0.5, -1.0, 2.0]]


def test_zeros_learn_nothing_and_twins_stay_twins(dense):
    assert dense["reached"]["zeros"] == 0.5
    assert dense["reached"]["all 0.5"] < 0.85
    assert dense["reached"]["random (He)"] > 0.95
    hidden, _, last = dense["trained"]["zeros"].layers
    assert hidden.weights.value == linalg.zeros(8, 2)
    assert last.weights.value == linalg.zeros(2, 8)
    assert dense["different_neurons"] == {"zeros": 1, "all 0.5": 1, "random (He)": 8}


def test_one_layer_started_with_a_hundredth_makes_numbers_ten_times_smaller(dense):
    assert dense["spread_before"] / dense["spread_after"] == pytest.approx(10.0, rel=0.1)


def test_ten_layers_fade_grow_or_keep_the_spread(dense):
    plain, bent = dense["linear_spreads"], dense["relu_spreads"]
    assert plain["deviation 0.01"][9] == pytest.approx(1e-10, rel=0.5)
    assert plain["deviation 1"][9] == pytest.approx(1e10, rel=0.5)
    assert all(0.7 < spread < 1.4 for spread in plain["Xavier"])
    assert all(0.5 < spread < 2.0 for spread in bent["He"])
    assert bent["Xavier"][9] < 0.1
    assert bent["deviation 0.01"][9] < 1e-10


def test_one_step_does_nothing_leaps_too_far_or_helps(dense):
    before, after, slope = dense["steps"]["0.01"]
    assert math.isclose(before, after, rel_tol=1e-12) and slope < 1e-8
    before, after, slope = dense["steps"]["1"]
    assert before > 1e9 and slope > 1e8
    assert after > before and len(str(int(after))) == 70  # "a number of seventy digits"
    before, after, slope = dense["steps"]["Xavier"]
    assert after < 0.8 * before and 0.1 < slope < 10


def test_he_keeps_the_root_of_two_that_the_first_layer_gave(dense):
    assert all(1.2 < spread < 1.7 for spread in dense["relu_spreads"]["He"])
    # Not before the first layer: the ReLU, and not He's rule, is what halves the squares.
    he, xavier = dense["relu_spreads"]["He"][0], dense["relu_spreads"]["Xavier"][0]
    assert he == pytest.approx(math.sqrt(2), rel=0.05) and xavier == pytest.approx(1.0, rel=0.05)


def test_nine_relus_divide_by_the_root_of_two_on_average_only(dense):
    assert (1 / math.sqrt(2)) ** 9 == pytest.approx(0.044, abs=5e-4)
    assert f"{dense['relu_spreads']['Xavier'][9]:.3f}" == "0.062"
    others = [dense["spreads_of_ten"](dense["xavier"], True, seed)[9] for seed in range(6)]
    assert min(others) < 0.044 < max(others) and all(0.02 < one < 0.08 for one in others)


def test_the_two_rules_differ_in_their_spread_and_in_their_shape(dense):
    he, xavier = (linalg.ravel(dense["first_weights"][name]) for name in ("He", "Xavier"))
    for numbers, deviation in ((he, 0.2), (xavier, 0.115)):
        assert dense["spread"]([numbers]) == pytest.approx(deviation, rel=0.03)
    limit = math.sqrt(3) * math.sqrt(2 / 150)  # of a uniform distribution with this deviation
    assert max(map(abs, xavier)) <= limit and max(map(abs, he)) > 3 * 0.2


def test_predict_gives_what_forward_gives_in_portions_of_256(dense):
    network, inputs = dense["network"], dense["inputs"]
    seen = []

    class Watched(type(network)):
        def forward(self, rows, training=False):
            seen.append(len(rows))
            return super().forward(rows, training)

    assert Watched(network.layers).predict(inputs) == network.forward(inputs)
    assert seen == [256, 44]


def test_the_exercise_of_part_4_has_its_answer(dense):
    # "Which deviation would make the spread double in every layer of 100 inputs?"
    def doubling(rng, neurons, inputs):
        return dense["normal"](rng, neurons, inputs, deviation=2 / math.sqrt(100))

    spreads = dense["spreads_of_ten"](doubling, with_relu=False)
    assert spreads[9] == pytest.approx(2 ** 10, rel=0.3)


def test_a_deep_network_learns_only_from_a_good_start(dense):
    assert dense["deep_reached"]["0.01"] == 0.5
    assert dense["deep_reached"]["He"] > 0.95


def test_one_seed_for_two_layers_makes_twins_and_one_generator_does_not(dense):
    assert dense["twins"] is True
    assert dense["mended"] is False


def test_weights_that_lie_on_their_side_are_refused(dense):
    assert dense["refused"] is True
    assert linalg.shape(dense["layer"].forward(dense["batch"])) == (5, 3)


def test_relu_is_shown_before_it_is_used(dense, lesson):
    assert dense["relu_example"] == [[0.0, 0.0, 2.0]]
    prose = "\n".join(cell.text for cell in lesson(4).part.cells)
    for name in ("ReLU", "SoftmaxCrossEntropy", "SGD", "train"):
        assert re.search(rf"- .*`{name}`.* (?:is|are|shows) ", prose).start() < prose.index(
            "train(small")
    # "Five of these names are borrowed from later parts."
    borrowed = prose[prose.index("borrowed"):prose.index("import math")]
    assert set(re.findall(r"- `(\w+)`|and `(\w+)` are", borrowed)) == {
        ("ReLU", ""), ("SoftmaxCrossEntropy", ""), ("SGD", ""), ("", "Adam"), ("train", "")}


# ---- Part 6: activation functions ----


@pytest.fixture(scope="session")
def activations(lesson):
    return lesson(6).names


def test_three_linear_layers_do_not_part_a_disc_from_a_ring(activations):
    assert activations["reached"]["Linear"] < 0.8
    assert activations["reached"]["ReLU"] > 0.97


def test_two_dense_layers_are_one_and_relu_makes_them_two(activations):
    assert activations["shortcut"].weights.value == [[2.0, 4.25, -4.5]]
    assert activations["shortcut"].biases.value == [[-16.5]]
    assert activations["two_layers"] == activations["one_layer"]
    assert activations["with_relu"] != activations["one_layer"]


def test_the_one_layer_is_the_shortcut_of_part_3(activations, lesson):
    shortcut = lesson(3).names["shortcut"]
    assert activations["shortcut"].weights.value == shortcut.weights.value
    assert activations["shortcut"].biases.value == shortcut.biases.value
    assert activations["days"] == lesson(3).names["inputs"]


def test_a_few_relus_follow_the_sine(activations):
    errors = activations["errors"]
    assert errors[10] < 0.06
    for pieces in (5, 10, 20):
        assert 3.5 < errors[pieces] / errors[2 * pieces] < 4.5


def test_the_root_needs_more_than_the_smooth_wave(activations):
    # "About a quarter" is a matter of smoothness: for the root, twice as many bring a factor of √2.
    errors = activations["root_errors"]
    for pieces in (5, 10, 20):
        assert errors[pieces] / errors[2 * pieces] == pytest.approx(math.sqrt(2), rel=0.02)
    assert errors[40] < errors[5] / 2


def test_a_network_of_relus_meets_the_wave_at_the_end_of_every_piece(activations):
    wave = activations["wave"]
    network = activations["piecewise"](wave, 10)
    for k in range(11):
        assert network.predict([[k / 10]])[0][0] == pytest.approx(wave(k / 10), abs=1e-12)


@pytest.mark.parametrize("curve", [math.cos, lambda x: 3.0 - x * x])
def test_it_meets_curves_that_do_not_begin_at_0_as_well(activations, curve):
    network = activations["piecewise"](curve, 10)
    for k in range(11):
        assert network.predict([[k / 10]])[0][0] == pytest.approx(curve(k / 10), abs=1e-12)


def test_the_table_of_formulas_is_that_of_the_pictures(activations):
    leaky = next(one for one in activations["relatives"] if type(one).__name__ == "LeakyReLU")
    assert (leaky.f(2.0), leaky.f(-2.0)) == (2.0, -2.0 * 0.1)  # "below 0: 0.1 · x"


def test_the_parts_of_the_sum_add_up_to_the_pieces(activations):
    network = activations["piecewise"](activations["wave"], 5)
    for place, x in enumerate(activations["xs"]):
        total = math.fsum(points[place][1] for points in activations["parts"].values())
        assert total == pytest.approx(network.predict([[x]])[0][0], abs=1e-9)


def test_every_activation_of_the_library_is_shown_and_its_slope_is_right(activations):
    assert len(activations["slope_differences"]) == 9
    assert max(activations["slope_differences"].values()) < 1e-8


def test_softmax_by_hand_is_the_librarys_and_looks_at_differences_only(activations):
    assert activations["by_hand"] == pytest.approx(activations["from_library"])
    assert math.fsum(activations["by_hand"]) == pytest.approx(1.0)
    assert activations["softmax_shift"] < 1e-12


def test_the_slopes_of_ten_sigmoids_multiply_to_a_millionth_and_weights_can_undo_it(activations):
    assert activations["steepest"] == 0.25
    assert activations["after_ten"] == 0.25 ** 10 < 1e-6
    # Not "at best": with weights of 4 between them, the product of ten slopes and weights is 1.
    assert activations["after_ten"] * 4.0 ** 10 == 1.0


def test_a_dead_unit_of_a_deeper_layer_can_come_to_life_again():
    # It stays dead only as long as what it sees stays the same.
    first, second = Dense(1, 1, Random(1)), Dense(1, 1, Random(1))
    first.weights.value, second.weights.value = [[1.0]], [[-1.0]]
    seen = [[0.5], [1.0]]
    assert dead_in(second, first.forward(seen))
    first.weights.value = [[-1.0]]  # the layer before it has changed
    assert not dead_in(second, first.forward(seen))


def dead_in(layer, rows):
    return max(score for row in layer.forward(rows) for score in row) <= 0.0


def test_dead_units_stay_dead_and_both_remedies_help(activations):
    assert activations["dead"] == {
        "dead before": 16, "dead after": 16, "moved": False, "accuracy": 0.5,
    }
    assert activations["leaky"]["moved"]
    assert activations["alive"]["dead before"] == 0
    assert activations["alive"]["accuracy"] > 0.95
    assert activations["leaky"]["dead before"] == 16
    assert activations["leaky"]["accuracy"] > 0.95


def test_steps_that_are_too_large_kill(activations):
    assert activations["killed"] == {0.5: 0, 20.0: 16}


def test_large_inputs_saturate_and_standardizing_mends_it(activations):
    assert activations["stuck"]["saturated"] > 0.7
    assert activations["stuck"]["accuracy"] < 0.75
    assert activations["mended"]["saturated"] < 0.05
    assert activations["mended"]["accuracy"] > 0.95


def test_the_naive_softmax_overflows_and_the_stable_one_does_not(activations):
    assert activations["overflow"].startswith("OverflowError")
    assert activations["huge"] == pytest.approx(activations["huge_library"])
    assert activations["huge"] == pytest.approx([0.7311, 0.2689, 0.0], abs=1e-4)


# ---- Part 7: cross-entropy ----


@pytest.fixture(scope="session")
def losses(lesson):
    return lesson(7).names


def test_accuracy_is_made_of_flat_steps_and_the_loss_is_not(losses):
    assert 0 < losses["accuracy_changes"] < 40
    assert losses["loss_changes"] == 400
    assert 2.5 < losses["places"][losses["lowest"]] < 4.0
    assert len(losses["late"]) == 1


def test_the_lowest_loss_is_not_at_the_best_accuracy_and_the_lesson_says_so(losses):
    accuracies, lowest = losses["accuracies"], losses["lowest"]
    assert round(30 * (max(accuracies) - accuracies[lowest])) == 1  # "by one point of thirty"
    assert losses["best"][-1] < losses["places"][lowest]


def test_cross_entropy_is_maximum_likelihood(losses):
    product = math.exp(-3 * losses["loss_by_hand"])
    assert losses["likelihood"] == pytest.approx(product) == pytest.approx(0.07)
    assert losses["coins"] == 0.0


def test_nobody_beats_the_true_distribution(losses):
    surprises = losses["surprises"]
    assert surprises["the truth"] == losses["entropy"] == min(surprises.values())
    assert losses["best_forecast"] == 0.75
    assert all(value >= losses["entropy"] for _, value in losses["by_forecast"])
    assert losses["bits"] == pytest.approx(
        {"a fair coin": 1.0, "one of four": 2.0, "our weather": 0.8113, "one-hot": 0.0}, abs=1e-4)


def test_accuracy_does_not_see_how_sure_an_answer_is(losses):
    loss, right = losses["on_probabilities"], [0]
    assert losses["accuracy"](losses["hesitant"], right) == 1.0
    assert losses["accuracy"](losses["certain"], right) == 1.0
    assert loss(losses["hesitant"], right) > 1.0
    assert loss(losses["certain"], right) < 0.05


def test_the_loss_by_hand_from_class_numbers_and_from_one_hot_rows_is_one(losses):
    assert losses["loss_by_hand"] == pytest.approx(losses["loss_from_library"], abs=1e-12)
    assert losses["loss_one_hot"] == losses["loss_from_library"]


def test_the_first_loss_is_near_log_3(losses):
    assert losses["first_loss"] == pytest.approx(math.log(3), abs=0.02)


def test_every_step_of_the_derivation_agrees_with_what_is_measured(losses):
    assert losses["slope_of_loss"] == pytest.approx(losses["measured_step_1"], rel=1e-7)
    assert losses["slopes_of_p"] == pytest.approx(losses["measured_step_2"], rel=1e-6)
    assert losses["chained"] == pytest.approx(losses["short"], rel=1e-12)
    assert losses["short"] == pytest.approx(losses["measured_whole"], rel=1e-6)
    assert math.fsum(losses["short"]) == pytest.approx(0.0, abs=1e-12)


def test_the_gradient_of_a_batch_is_p_minus_y_over_n(losses):
    assert losses["n"] == 4
    assert losses["gradient_difference"] < 1e-15
    assert losses["gradient_from_library"][0] == pytest.approx(
        [slope / 4 for slope in losses["short"]]
    )


def test_the_fused_form_is_the_long_way(losses):
    assert losses["fused_by_hand"] == pytest.approx(losses["fused_from_library"], rel=1e-12)
    assert losses["fused_by_hand"] == pytest.approx(losses["the_long_way"], rel=1e-12)


def test_the_gradient_check_looks_at_everything_and_finds_nothing_wrong(losses):
    assert losses["report"].ok
    assert losses["report"].compared == 2 * 4 + 4 + 4 * 3 + 3 + 5 * 2


def test_the_squared_error_has_the_slope_that_is_measured(losses):
    found = linalg.ravel(losses["squared_gradient"])
    assert found == pytest.approx(losses["squared_measured"], rel=1e-6)


def test_the_squared_error_is_flat_where_cross_entropy_is_steep(losses):
    assert losses["steep"] < -0.99
    assert abs(losses["flat"]) < 0.001


def test_the_long_way_loses_the_loss_and_the_gradient_of_scores_far_apart(losses):
    assert losses["long_loss"] == math.inf
    assert all(math.isnan(slope) for slope in losses["long_gradient"][0])


def test_the_fused_form_is_exact_there(losses):
    assert losses["fused_loss"] == losses["fused_far_by_hand"] == 1000.0
    assert losses["fused_gradient"] == [[-1.0, 1.0]]
    assert losses["fused_report"].ok


def test_an_epsilon_takes_loss_and_gradient_apart(losses):
    assert losses["ceiling"] == pytest.approx(-math.log(1e-7), rel=1e-6)
    report = losses["epsilon_report"]
    assert not report.ok
    assert len(report.disagreements) == report.compared
    assert all(one.numeric == 0.0 and one.analytic != 0.0 for one in report.disagreements)


def test_softmax_twice_has_a_floor(losses):
    assert losses["twice"] > 0.5
    assert losses["once"] == 0.0


def test_a_forgotten_mean_is_seen_as_what_it_is(losses):
    report = losses["not_averaged_report"]
    assert report.factor == pytest.approx(5.0)
    assert "division by the batch size" in report.hint


def test_classes_counted_from_one_are_told_so(losses):
    assert "subtract 1" in losses["from_one_message"]
    assert math.isfinite(losses["mended_loss"])
