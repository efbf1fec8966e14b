"""Parts 8 to 11 say nothing that their own numbers do not show."""

import math
import os
from importlib import import_module

import pytest


def names(lesson, number):
    return lesson(number).names


@pytest.mark.parametrize("number", [8, 9, 10, 11])
def test_each_part_shows_pictures_that_say_what_they_are(lesson, number):
    pictures = lesson(number).pictures
    assert 3 <= len(pictures) <= 8
    assert all(picture.title and picture.description for picture in pictures)
    assert len({picture.title for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("number", [8, 9, 10, 11])
def test_nothing_of_this_machine_is_printed(lesson, number):
    output = lesson(number).output
    assert "/tmp" not in output and "Traceback" not in output


# ---- Part 8 ----


def test_a_network_that_knows_nothing_has_a_loss_of_ln_3(lesson):
    assert math.isclose(names(lesson, 8)["start_loss"], math.log(3), abs_tol=0.001)


def test_strategy_1_with_small_numbers_stays_at_ln_3(lesson):
    part = names(lesson, 8)
    assert all(abs(loss - math.log(3)) < 0.01 for _, loss in part["small_search"])
    assert part["small_accuracy"] < 0.7


def test_strategy_1_with_large_numbers_gets_somewhere_early_and_then_hardly_on(lesson):
    part = names(lesson, 8)
    curve = dict(part["large_search"])
    assert 0.5 < curve[300] < 1.0 and curve[100] - curve[300] < 0.2
    assert part["large_accuracy"] < 0.9


def test_one_try_by_hand_keeps_the_better_of_the_two(lesson):
    part = names(lesson, 8)
    assert part["kept_loss"] == min(part["loss_before"], part["loss_after"])
    assert part["loss_before"] != part["loss_after"]


def test_good_networks_are_rare(lesson):
    part = names(lesson, 8)
    assert len(part["losses_of_strangers"]) == 1000
    assert part["better_than_clueless"] < 0.25 and part["good"] < 0.01


def test_strategy_2_learns_the_bands_and_stalls_on_the_spiral(lesson):
    part = names(lesson, 8)
    assert part["bands_accuracy"] > 0.9 and part["adjusted_bands"][-1][1] < 0.3
    assert 0.4 < part["arms_accuracy"] < 0.75
    on_spiral = dict(part["adjusted_arms"])
    assert on_spiral[500] - on_spiral[1000] < 0.1 and on_spiral[1000] > 0.55


def test_strategy_2_never_gets_worse(lesson):
    part = names(lesson, 8)
    for curve in (part["adjusted_bands"], part["adjusted_arms"], part["roomy_curve"]):
        losses = [loss for _, loss in curve]
        assert losses == sorted(losses, reverse=True) and losses[0] > losses[-1]


def test_a_roomy_network_gets_on_but_is_far_from_finished(lesson):
    part = names(lesson, 8)
    assert part["looks"] == 300
    assert 0.45 < part["roomy_accuracy"] < 0.9


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
    assert part["spiral_accuracy"] >= 0.9 and part["epochs_to_90"] <= 30
    assert part["looks_to_90"] < names(lesson, 8)["looks"] / 3


def test_a_small_step_finds_the_derivative(lesson):
    part = names(lesson, 9)
    assert [round(value, 3) for value in part["one_sided"].values()] == [7, 6.1, 6.01, 6.001]
    assert math.isclose(part["tried"], 6, abs_tol=1e-6)


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


def test_the_race(lesson):
    part = names(lesson, 9)
    last = {name: history[-1].loss for name, history in part["race"].items()}
    others = [loss for name, loss in last.items() if name != "SGD 0.1"]
    assert len(others) == 3 and last["SGD 0.1"] > 2 * max(others)
    assert all(part["race_accuracy"][name] > 0.9 for name in last if name != "SGD 0.1")


def test_learning_rates_too_small_and_too_large(lesson):
    part = names(lesson, 9)
    small, right, large = (history.curve("loss") for history in part["rates"].values())
    assert abs(small[0] - small[-1]) < 0.05 < 0.5 < right[0] - right[-1]
    assert large[0] > 3 and large[-1] > math.log(3)
    assert part["still_on"] == 0
    assert "no longer finite" in part["overflow"] and "learning rate" in part["overflow"]
    assert part["mended"][-1].loss < 1e-6
    assert "backward came before forward" in part["complaint"]


# ---- Part 10 ----


def test_the_reader_generalizes(lesson):
    part = names(lesson, 10)
    assert part["test_accuracy"] > 0.88
    assert len(part["wrong"]) == round((1 - part["test_accuracy"]) * 359)


def test_no_row_is_in_two_parts(lesson):
    part = names(lesson, 10)
    sizes = [len(part[name].inputs) for name in ("training", "validation", "test")]
    assert sizes == [1150, 288, 359] and sum(sizes) == len(part["data"].inputs)


def test_the_confusion_matrix_counts_every_test_row_once(lesson):
    part = names(lesson, 10)
    assert sum(map(sum, part["counts"])) == 359
    assert part["on_diagonal"] == 359 - len(part["wrong"])
    assert part["of_eights"].recall == part["counts"][8][8] / sum(part["counts"][8])


def test_overfitting_is_visible(lesson):
    part = names(lesson, 10)
    assert part["by_heart"] > 0.95 and part["plain_unseen"] < 0.85
    assert part["plain_curve"][-1] > part["plain_best"] + 0.05
    assert part["plain_history"][-1].loss < 0.1
    assert sum(a != b for a, b in zip(part["labels"], part["few"].targets)) == 12


def test_a_price_makes_weights_small_and_learning_by_heart_harder(lesson):
    part = names(lesson, 10)
    squares, near_zero = part["sum_of_squares"], part["near_zero"]
    assert squares["L2"] < squares["plain"] / 3 and squares["L1"] < squares["plain"] / 2
    assert near_zero["plain"] < 0.1 and near_zero["L1"] > max(0.5, near_zero["L2"])
    assert part["l2_loss"] > 3 * part["plain_loss"] and part["l1_loss"] > 3 * part["plain_loss"]


def test_dropout_and_early_stopping_help_on_unseen_digits(lesson):
    part = names(lesson, 10)
    assert part["dropout_end"] < part["plain_curve"][-1]
    assert len(part["stopped_history"]) < 30
    assert math.isclose(part["stopped_loss"], part["plain_best"], rel_tol=1e-6)
    stopped = part["stopped_history"].curve("validation_loss")
    assert all(map(math.isclose, stopped, part["plain_curve"]))


def test_a_falling_rate_ends_lower_than_either(lesson):
    part = names(lesson, 10)
    end = part["rate_end"]
    assert end["from 1 down to 0"] < min(end["1"], end["0.1"])
    assert part["schedule"](0) == 1.0 and part["schedule"](part["steps"]) == 0.0


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
