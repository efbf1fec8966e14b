"""Parts 8 to 11 say nothing that their own numbers do not show."""

import math
import os
from importlib import import_module
from random import Random

import pytest
from benchmarks import lesson_records
from purenn import SGD, Dense, Dropout, Network, Parameter, ReLU, accuracy
from purenn.lessons.recorded import RECORDS

pytestmark = pytest.mark.slow


def names(lesson, number):
    return lesson(number).names


# ---- Part 8 ----


def test_a_network_that_knows_nothing_has_a_loss_of_ln_3(lesson):
    assert math.isclose(names(lesson, 8)["start_loss"], math.log(3), abs_tol=0.001)


def test_strategy_1_with_small_numbers_stays_at_ln_3(lesson):
    part = names(lesson, 8)
    assert all(abs(loss - math.log(3)) < 0.01 for _, loss in part["small_search"])
    assert part["small_accuracy"] < 0.7


def test_strategy_1_with_large_numbers_gets_somewhere_early_and_then_hardly_on(lesson):
    part = names(lesson, 8)
    best = part["best_after"]
    assert 0.5 < best[1000] < 1.0 and best[100] == best[1000]  # "nothing at all"
    assert part["large_accuracy"] < 0.9


def test_all_strategies_in_one_picture_have_the_same_budget(lesson):
    part = names(lesson, 8)
    shown = ("small_search", "large_search", "adjusted_bands", "adjusted_arms")
    assert {part[name][-1][0] for name in shown} == {1000}


def test_one_try_by_hand_keeps_the_better_of_the_two(lesson):
    part = names(lesson, 8)
    assert part["kept_loss"] == min(part["loss_before"], part["loss_after"])
    assert part["loss_before"] != part["loss_after"]


def test_good_networks_are_rare(lesson):
    part = names(lesson, 8)
    assert len(part["losses_of_strangers"]) == 1000
    assert part["better_than_clueless"] < 0.25 and part["good"] < 0.01


def test_strategy_2_learns_the_bands_and_hardly_the_spiral(lesson):
    part = names(lesson, 8)
    assert part["bands_accuracy"] == 1.0 and part["adjusted_bands"][-1][1] < 0.3
    assert 0.4 < part["arms_accuracy"] < 0.75
    on_spiral = dict(part["adjusted_arms"])
    assert on_spiral[500] - on_spiral[1000] < 0.1 and on_spiral[1000] > 0.55


def test_strategy_2_never_gets_worse(lesson):
    part = names(lesson, 8)
    for curve in (part["adjusted_bands"], part["adjusted_arms"], part["larger_curve"]):
        losses = [loss for _, loss in curve]
        assert losses == sorted(losses, reverse=True) and losses[0] > losses[-1]


def test_a_larger_network_learns_the_spiral_by_nudges_slowly(lesson):
    part = names(lesson, 8)
    recorded = RECORDS["nudges"]["accuracy"]
    assert part["larger_curve"][-1][0] == 500
    assert math.isclose(part["larger_accuracy"], recorded[500], abs_tol=0.001)  # it is that run
    assert recorded[150] < recorded[500] < recorded[1000] and recorded[1000] > 0.9


def test_in_a_bowl_nudges_grow_with_the_weights_and_steps_do_not(lesson):
    part = names(lesson, 8)
    nudges = part["by_nudges"]
    assert len(set(part["by_gradient"].values())) == 1
    for count in (4, 16, 64):  # "about four times as many", each time
        assert 3 < nudges[4 * count] / nudges[count] < 5


def test_the_nudges_in_the_bowl_are_equally_long_for_any_number_of_weights(lesson):
    part = names(lesson, 8)
    rng = Random(1)
    for count in (16, 256):
        nudges = [[0.7 / math.sqrt(count) * part["normal_deviate"](rng) for _ in range(count)]
                  for _ in range(100)]
        lengths = [math.sqrt(part["linalg"].dot(nudge, nudge)) for nudge in nudges]
        assert math.isclose(sum(lengths) / 100, 0.7, rel_tol=0.05)  # "each is about 0.7 long"


def test_longer_or_shorter_nudges_are_no_help_in_the_bowl(lesson):
    part = names(lesson, 8)
    for count in (16, 64):
        for length in (0.3, 1.4):
            needed = sorted(part["nudges_needed"](count, length, seed) for seed in range(1, 6))
            assert needed[2] > part["by_nudges"][count]


def test_in_networks_chance_costs_about_ten_times_as_much(lesson):
    cost = names(lesson, 8)["cost"]
    assert len(cost) == 3 and all(6 < factor < 16 for factor in cost.values())
    sizes = sorted(cost)
    assert round(cost[sizes[0]]) == 8 and round(cost[sizes[-1]]) == 10  # "from 8 to 10"
    assert 9.5 < sizes[-1] / sizes[0] < 10.5  # "ten times as many parameters"


def test_larger_networks_need_fewer_looks_by_both_methods():
    for method in ("nudges", "gradient"):
        fewest = [min(sorted(looks)[1] for looks in row[method].values())
                  for row in RECORDS["nudges"]["rows"]]
        assert fewest == sorted(fewest, reverse=True)


def test_the_record_of_nudges_can_be_made_again():
    row = RECORDS["nudges"]["rows"][0]
    made = lesson_records._looks_by_gradient(2, row["width"], 1.0)
    assert made == row["gradient"][1.0][0]


def test_the_line_is_the_best_one_and_not_the_one_that_made_the_points(lesson):
    part = names(lesson, 8)
    weight, bias = part["slope_path"][-1]
    assert abs(weight - part["best_weight"]) < 0.05 and abs(bias - part["best_bias"]) < 0.01
    assert part["best_weight"] < 1.45
    best = part["height"](part["best_weight"], part["best_bias"])
    for step in (-0.01, 0.01):
        assert part["height"](part["best_weight"] + step, part["best_bias"]) > best
        assert part["height"](part["best_weight"], part["best_bias"] + step) > best


def test_backward_is_not_called_before_part_9(lesson):
    assert not [cell for number in (1, 2, 3, 8) for cell in lesson(number).part.cells
                if cell.kind == "code" and ".backward(" in cell.text]


def test_random_directions_have_less_to_do_with_the_steepest_the_more_there_are(lesson):
    typical = names(lesson, 8)["typical"]
    assert typical[2] > 0.5
    for dimensions in (21, 371):  # the mean of |cosine| goes to √(2/π) / √dimensions
        expected = math.sqrt(2 / math.pi / dimensions)
        assert math.isclose(typical[dimensions], expected, rel_tol=0.15)


def test_both_walks_get_to_the_bottom_and_ours_is_that_of_sgd(lesson):
    part = names(lesson, 8)
    bottom = min(map(min, part["heights"]))
    for path in (part["random_path"], part["slope_path"], part["gradient_path"]):
        assert part["height"](*path[0]) > 5 and part["height"](*path[-1]) < bottom + 0.1
    assert part["path_difference"] < 0.001 and len(part["gradient_path"]) == 31
    assert 10 <= part["moves"] <= 45


def test_the_slice_has_a_plain_and_the_trained_network_in_its_valley(lesson):
    part = names(lesson, 8)
    rows = part["slice_heights"]
    assert len({value for row in rows[:4] for value in row[:4]}) == 1
    assert rows[12][12] < 1.5 * min(map(min, rows)) + 0.02


def test_nudges_of_the_wrong_size_and_the_same_nudge_again_get_nowhere(lesson):
    part = names(lesson, 8)
    assert part["final"]["scale 0.001"] > 1.05 and part["final"]["scale 30.0"] > 0.9
    assert part["final"]["scale 0.05"] < 0.7
    assert part["mended_loss"] < part["stuck_loss"] - 0.1


# ---- Part 9 ----


def test_the_spiral_is_solved(lesson):
    part = names(lesson, 9)
    assert part["spiral_accuracy"] >= 0.9


def test_nudges_and_slopes_are_compared_like_with_like(lesson):
    part, before = names(lesson, 9), names(lesson, 8)
    assert part["arms"].inputs == before["arms"].inputs  # the same points
    assert part["looks"] == 2 * before["larger_curve"][-1][0]  # as many looks
    reached = {rate: looks for rate, (looks, _) in part["compared"].items()}
    nudges = 1000  # looks until 80%, recorded
    assert RECORDS["nudges"]["accuracy"][500] >= 0.8 > RECORDS["nudges"]["accuracy"][150]
    assert 0.5 * nudges < reached[0.1] < 0.6 * nudges  # "a little more than half as many looks"
    assert reached[1.0] < 0.1 * nudges  # "less than a tenth"
    assert all(value > 0.9 for _, value in part["compared"].values())


def test_two_layers_on_paper_are_those_of_the_library(lesson):
    part = names(lesson, 9)
    assert part["paper_agrees"] is True
    assert part["w_g"] == [-5.0, -1.0] and part["z_g"] == [-2.0, 4.0]
    assert part["v_g"] == [[-2.0, -4.0], [4.0, 8.0]] and part["x_g"] == [3.0, -4.0]
    assert part["c_g"] == -2.0 and part["b_g"] == [-2.0, 4.0]


@pytest.mark.parametrize("target", [3.0, 4.0])
def test_with_b1_at_minus_3_z1_is_negative_and_stops_the_gradients(lesson, target):
    part = names(lesson, 9)
    first, second = Dense(2, 2, Random(1)), Dense(2, 1, Random(1))
    first.weights.value, first.biases.value = part["v"], [[part["b"][0], -3.0]]
    second.weights.value, second.biases.value = [part["w"]], [[part["c"]]]
    assert first.forward([part["x"]])[0][1] == -3.0
    network, loss = Network([first, ReLU(), second]), part["squared"]
    network.backward(loss.gradient(network.forward([part["x"]]), [[target]]))
    assert first.weights.gradient[1] == [0.0, 0.0] and first.biases.gradient[0][1] == 0.0
    # With the target 3 that it had, the output is right, and all gradients are 0.
    assert (first.weights.gradient[0] == [0.0, 0.0]) is (target == part["t"] == 3.0)


def test_the_numbers_of_parameters_that_are_to_be_tried_one_by_one(lesson):
    part = names(lesson, 9)
    counts = [sum(len(one.value) * len(one.value[0]) for one in part[name].parameters())
              for name in ("two_layers", "network")]
    assert counts == [33, 371] and [2 * count for count in counts] == [66, 742]


def test_adam_can_be_written_from_the_page(lesson):
    assert names(lesson, 9)["adam_difference"] < 1e-12


def test_steps_of_adam_are_as_long_as_the_rate_says_if_the_gradient_stays(lesson):
    for way in names(lesson, 9)["steps_of_adam"].values():
        assert math.isclose(way, 3 * 0.1, rel_tol=1e-5)


def test_momentum_at_the_same_rate_takes_steps_ten_times_as_long():
    parameter = Parameter("w", [[0.0]])
    optimizer = SGD(0.1, momentum=0.9)
    for _ in range(200):
        before, parameter.gradient = parameter.value[0][0], [[1.0]]
        optimizer.step([parameter])
    assert math.isclose(before - parameter.value[0][0], 10 * 0.1, rel_tol=1e-6)


def test_where_the_gradient_changes_its_sign_momentum_takes_half_steps():
    parameter = Parameter("w", [[0.0]])
    optimizer = SGD(0.1, momentum=0.9)
    for step in range(200):
        before, parameter.gradient = parameter.value[0][0], [[(-1.0) ** step]]
        optimizer.step([parameter])
    assert math.isclose(abs(before - parameter.value[0][0]), 0.1 / 1.9, rel_tol=1e-6)


def test_a_small_step_finds_the_derivative(lesson):
    part = names(lesson, 9)
    assert [round(value, 3) for value in part["one_sided"].values()] == [7, 6.1, 6.01, 6.001]
    assert math.isclose(part["tried"], 6, abs_tol=1e-6)
    assert set(part["two_sided"].values()) == {6.0}  # exactly, whatever h is
    off = [abs(part["slope"](math.exp, 1.0, 0.1) - math.e),
           abs((math.exp(1.1) - math.exp(1.0)) / 0.1 - math.e)]
    assert off[0] < off[1] / 20  # "for other curves much closer"


def test_the_neuron_by_hand_is_exact_and_that_of_the_library(lesson):
    part = names(lesson, 9)
    assert part["output_gradient"] == part["y_gradient"] == -3.0 and part["error"] == 2.25
    assert part["neuron"].weights.gradient == [[-6.0, 3.0]]
    assert part["neuron"].biases.gradient == [[-3.0]]
    assert part["library_input_gradient"] == [[-1.5, 4.5]]
    assert part["neuron_agrees"] and math.isclose(part["numeric"], -6, abs_tol=1e-5)
    assert part["new_error"] < part["error"] / 2


def test_loops_matrices_and_library_agree_on_a_layer_and_on_a_network(lesson):
    part = names(lesson, 9)
    assert part["largest_difference"] < 1e-12 and part["network_agrees"] is True
    weights, biases, inputs = part["by_loops"]
    assert [len(weights), len(weights[0]), len(biases), len(inputs)] == [3, 2, 1, 4]


def test_the_gradient_check_finds_no_fault_in_the_right_network(lesson):
    report = names(lesson, 9)["report"]
    assert report.ok and report.compared > 40


def test_the_gradient_check_finds_the_fault_that_training_hides(lesson):
    part = names(lesson, 9)
    assert part["wrong_names"] == ["0.biases", "2.biases"]
    losses = part["faulty_history"].curve("loss")
    assert losses[-1] < 0.75 * losses[0]


def test_the_loop_written_out_is_train(lesson):
    part = names(lesson, 9)
    assert part["loop_difference"] < 1e-6 and len(part["losses"]) == 60
    assert list(part["snapshots"]) == [1, 5, 15, 60]


def test_the_race_is_run_at_the_best_rate_of_each(lesson):
    part = names(lesson, 9)
    assert {name: list(rates) for name, rates in part["final"].items()} == {
        name: list(rates) for name, rates in RECORDS["race"]["losses"].items()}
    for name, by_rate in part["final"].items():
        rates = list(by_rate)
        assert by_rate[part["best_rate"][name]] == min(by_rate.values())
        for rate in rates:  # the live start is the first of the three recorded ones
            assert math.isclose(
                by_rate[rate], RECORDS["race"]["losses"][name][rate][0], abs_tol=0.002)
    assert len(part["race"]) == 4


def test_what_is_left_of_the_differences(lesson):
    recorded = names(lesson, 9)["recorded_race"]
    middle = {name: losses[1] for name, losses in recorded.items()}
    others = sorted(middle[name] for name in ("momentum", "RMSProp", "Adam"))
    # "by a factor of two or three"; "among the other three the order changes".
    assert 1.4 < middle["SGD"] / others[-1] and middle["SGD"] / others[0] < 3.5
    by_seed = [sorted(("momentum", "RMSProp", "Adam"), key=lambda name: losses_at_best(name)[k])
               for k in range(3)]
    assert len({tuple(order) for order in by_seed}) > 1
    # "At one and the same rate, plain SGD looks hopeless."
    losses = RECORDS["race"]["losses"]
    assert min(losses["SGD"][0.1]) > 4 * max(losses["momentum"][0.1])


def test_how_much_the_rate_matters_to_each(lesson):
    live = names(lesson, 9)["final"]
    middle = {name: {rate: sorted(losses)[1] for rate, losses in by_rate.items()}
              for name, by_rate in RECORDS["race"]["losses"].items()}
    for grid in (live, middle):  # of one start, and of three
        low = {name: [rate for rate, loss in by_rate.items() if loss < 0.1]
               for name, by_rate in grid.items()}
        assert low == {"SGD": [], "momentum": [0.1], "RMSProp": [0.01, 0.03, 0.1],
                       "Adam": [0.01, 0.03, 0.1]}
        best = {name: min(by_rate, key=lambda rate: by_rate[rate])
                for name, by_rate in grid.items()}
        assert best["SGD"] == 1.0 and best["momentum"] == 0.1  # "a tenth of that of SGD"
        assert grid["SGD"][3.0] > 1.0  # about log 3: "it learns nothing"
        for name in ("RMSProp", "Adam"):  # no best rate is the last of its grid
            for rate in (0.003, 0.3):  # "at less and at more clearly worse"
                assert grid[name][rate] > 1.5 * max(grid[name][one] for one in low[name])
    assert all(list(by_rate)[-1] != min(by_rate, key=lambda rate: by_rate[rate])
               for grid in (live, middle) for by_rate in grid.values())


def test_the_picture_of_the_race_shows_another_loss_than_the_table(lesson):
    part = names(lesson, 9)
    ends = {name: (history[-1].loss, part["final"][name.split()[0]][part["best_rate"][
        name.split()[0]]]) for name, history in part["race"].items()}
    assert any(abs(picture - table) > 0.05 for picture, table in ends.values())

def losses_at_best(name):
    by_rate = RECORDS["race"]["losses"][name]
    return by_rate[min(by_rate, key=lambda rate: sorted(by_rate[rate])[1])]


def test_learning_rates_too_small_and_too_large(lesson):
    part = names(lesson, 9)
    small, right, large = (history.curve("loss") for history in part["rates"].values())
    assert abs(small[0] - small[-1]) < 0.05 < 0.5 < right[0] - right[-1]
    assert large[0] > 3 and large[-1] > math.log(3)
    assert part["still_on"] == 0
    assert part["still_moving"] == ["b₃"]  # only the biases of the last layer
    assert part["rates"]["SGD 10"][3].loss < 2.0 and part["rates"]["SGD 10"][6].loss > 3.0
    assert len({tuple(row) for row in part["runner"].predict(part["inputs"])}) == 1
    assert "no longer finite" in part["overflow"] and "learning rate" in part["overflow"]
    assert part["mended"][-1].loss < 1e-6
    assert "backward came before forward" in part["complaint"]


# ---- Part 10 ----


def test_the_reader_generalizes(lesson):
    part = names(lesson, 10)
    assert part["validation_accuracy"] > 0.93
    assert len(part["wrong"]) == round((1 - part["validation_accuracy"]) * 288)


def test_the_test_part_is_of_other_hands_and_used_once(lesson):
    part = names(lesson, 10)
    assert part["test"].inputs == part["data"].inputs[-359:]  # as they were collected
    code = [cell.text for cell in lesson(10).part.cells if cell.kind == "code"]
    assert sum(text.count("test.inputs") + text.count("pixels(test)") for text in code) == 1
    mistakes = (1 - part["test_accuracy"]) / (1 - part["validation_accuracy"])
    assert mistakes > 2  # "several times as many mistakes"


def test_no_row_is_in_two_parts(lesson):
    part = names(lesson, 10)
    sizes = [len(part[name].inputs) for name in ("training", "validation", "test")]
    assert sizes == [1150, 288, 359] and sum(sizes) == len(part["data"].inputs)


def test_the_confusion_matrix_counts_every_validation_row_once(lesson):
    part = names(lesson, 10)
    assert sum(map(sum, part["counts"])) == 288
    assert part["on_diagonal"] == 288 - len(part["wrong"])
    assert part["of_eights"].recall == part["counts"][8][8] / sum(part["counts"][8])


def test_overfitting_is_visible(lesson):
    part = names(lesson, 10)
    assert part["by_heart"] > 0.95 and part["plain_unseen"] < 0.85
    assert part["plain_curve"][-1] > part["plain_best"] + 0.05
    assert part["plain_history"][-1].loss < 0.1
    assert sum(a != b for a, b in zip(part["labels"], part["few"].targets)) == 12


def test_a_penalty_makes_weights_small_and_learning_by_heart_harder(lesson):
    part = names(lesson, 10)
    squares, near_zero = part["sum_of_squares"], part["near_zero"]
    assert squares["L2"] < squares["plain"] / 3 and squares["L1"] < squares["plain"] / 2
    assert near_zero["plain"] < 0.1 and near_zero["L1"] > max(0.5, near_zero["L2"])
    assert part["l2_loss"] > 3 * part["plain_loss"] and part["l1_loss"] > 3 * part["plain_loss"]


def test_dropout_works_number_by_number_and_keeps_the_mean(lesson):
    part = names(lesson, 10)
    assert sorted(set(part["dropped"])) == [0.0, 1 / (1 - 0.25)]
    assert abs(part["mean_after_dropout"] - 1.0) < 0.02
    rows = Dropout(0.5, Random(1)).forward([[1.0] * 50] * 2, training=True)
    assert rows[0] != rows[1]  # not by neuron: each example has zeros of its own


def test_dropout_and_early_stopping_help_on_unseen_digits(lesson):
    part = names(lesson, 10)
    assert part["dropout_end"] < part["plain_curve"][-1]
    assert len(part["stopped_history"]) < 30
    assert math.isclose(part["stopped_loss"], part["plain_best"], rel_tol=1e-6)
    stopped = part["stopped_history"].curve("validation_loss")
    assert all(map(math.isclose, stopped, part["plain_curve"]))


def test_a_falling_rate_is_quick_and_calm(lesson):
    part = names(lesson, 10)
    large, small, falling = part["rate_end"].values()
    assert sum(end > 0.5 for end in large) == 1  # "in one of the three it does not"
    assert max(falling) < 0.2 < 0.4 < min(small)
    assert 1 < sorted(falling)[1] / sorted(large)[1] < 2  # "nearly as quick"
    assert part["schedule"](0) == 0.7 and part["schedule"](part["steps"]) == 0.0


def test_random_labels_are_learned_by_heart_and_worth_nothing(lesson):
    part = names(lesson, 10)
    assert part["parrot_training"] > 0.9 and part["parrot_unseen"] < 0.35


def test_leakage_makes_a_success_of_noise(lesson):
    part = names(lesson, 10)
    assert part["leaky"] > 0.7 and abs(part["honest"] - 0.5) < 0.15


def test_rows_standardized_one_by_one_say_nothing(lesson):
    part = names(lesson, 10)
    assert {number for row in part["one_by_one"] for number in row} == {0.0}
    assert part["one_by_one_accuracy"] < 0.2 and part["rightly_accuracy"] > 0.85


# ---- Part 11 ----


@pytest.mark.parametrize("claim", [
    "same_scores", "same_from_json", "same_probabilities", "same_after_resume",
])
def test_what_is_kept_is_the_same_to_the_bit(lesson, claim):
    assert names(lesson, 11)[claim] is True


def test_weights_alone_do_not_continue_a_training(lesson):
    part = names(lesson, 11)
    assert part["differs"] is True and len(part["resumed_history"]) == 20
    assert part["restarted_curve"][:8] == part["whole_history"].curve("loss")[:8]


def test_the_table_is_read_and_learned(lesson):
    part = names(lesson, 11)
    assert len(part["flowers"].inputs) == 120 and len(part["new"].inputs) == 30
    assert part["new_accuracy"] >= 0.8
    assert part["tool_right"] >= 24 and part["answers"][0] == "prediction"
    assert len(part["answers"]) == 31


def test_what_a_flipped_bit_does_depends_on_the_bit(lesson):
    part = names(lesson, 11)
    score = accuracy(part["network"].predict(part["inputs"]), part["targets"])
    undamaged = f"accuracy {score:.0%}"
    assert part["flipped_accuracy"]["last digit"] == undamaged
    assert part["flipped_accuracy"]["exponent"] == "some scores are infinite"
    assert part["loaded"].predict(part["inputs"]) == part["network"].predict(part["inputs"])


def test_every_damaged_file_is_refused(lesson):
    part = names(lesson, 11)
    assert len(part["messages"]) == len(part["places"]) == 30
    assert any("SHA-256" in message for message in part["messages"])


def test_raw_rows_and_columns_in_another_order_are_answered_wrongly(lesson):
    part = names(lesson, 11)
    assert part["raw_accuracy"] < 0.7 < 0.8 <= part["prepared_accuracy"]
    assert part["swapped_accuracy"] < 0.7
    assert part["swapped_answers"] == part["answers"]
    assert "expected rows of 4 numbers" in part["too_few"]
    assert "checkpoint, not a model" in part["mixed_up"]


def test_pytorch_gives_the_same_scores_where_it_is_installed(lesson):
    part = names(lesson, 11)
    try:
        installed = import_module("torch") and import_module("safetensors.torch")
    except ImportError:
        installed = None
    assert part["torch_ran"] is bool(installed) and part["torch_difference"] < 1e-12
    assert ("Linear(2, 16)" in lesson(11).output) is not part["torch_ran"]


def test_the_folder_is_gone(lesson):
    assert not os.path.exists(names(lesson, 11)["folder"].name)
