"""Parts 12 to 15 say nothing that their own numbers do not show."""

import math
from random import Random

import pytest
from benchmarks import lesson_records
from purenn import Dense, linalg
from purenn.data import one_hot
from purenn.lessons.recorded import RECORDS
from purenn.sequences import NextToken

pytestmark = pytest.mark.slow


def names(lesson, number):
    return lesson(number).names


def recorded_models():
    return {row["model"]: row for row in RECORDS["language"]["models"]}


@pytest.mark.parametrize("number", [12, 13, 14, 15])
def test_what_is_printed_fits_into_a_cell(lesson, number):
    """A cell of the book is 736 pixels wide, which are some 90 characters."""
    assert max(map(len, lesson(number).output.splitlines())) <= 88


# ---- Part 12 ----


def test_three_gradients_without_a_formula(lesson):
    part = names(lesson, 12)
    assert part["L"].data == 16.0
    assert [part[name].gradient for name in "abc"] == [-24.0, 16.0, 8.0]
    assert "q = 4     gradient 8     made of p (slope 1), c (slope 1)" in lesson(12).output


def test_numbers_that_remember_tell_the_moons_apart(lesson):
    part = names(lesson, 12)
    assert part["moon_accuracy"] >= 0.95 and part["curve"][-1] < 0.3 * part["curve"][0]
    assert len(part["learned"]) == 33


def test_the_layers_find_the_same_gradients(lesson):
    part = names(lesson, 12)
    assert part["gradient_difference"] < 1e-12 and part["loss_difference"] < 1e-12
    assert part["numbers_apart"] < 1e-12 and part["tape_apart"] < 1e-12
    assert math.isclose(part["layers_step"].loss, part["numbers_step"].loss, rel_tol=1e-12)


def test_a_loss_that_nobody_derived_has_the_measured_slope(lesson):
    part = names(lesson, 12)
    assert math.isclose(part["at"].gradient, part["focal_measured"], abs_tol=1e-8)


def test_one_object_for_each_number_is_what_costs(lesson):
    part = names(lesson, 12)
    assert part["weights_in_model"] == 4192
    assert part["numbers_step"].remembered > 10 * part["weights_in_model"]
    assert 40 < part["tape_step"].remembered < 60  # "some fifty objects"
    assert part["numbers_step"].remembered > 10_000  # "instead of tens of thousands"
    assert list(part["here"]) == ["layers, formulas", "tape of matrices", "numbers"]
    for python, ratio in part["ratios"].items():
        assert ratio["tape"] < 1.5 and ratio["numbers"] > 5, python
    on_pypy = [one["numbers"] for python, one in part["ratios"].items() if "PyPy" in python]
    on_cpython = [one["numbers"] for python, one in part["ratios"].items() if "CPy" in python]
    assert on_pypy and on_cpython and max(on_pypy) < min(on_cpython)  # "it costs less on PyPy"


def test_the_tape_goes_back_through_three_operations(lesson):
    part = names(lesson, 12)
    assert part["A"].gradient == [[-0.5, 1.0]] * 2 and part["B"].gradient == [[-4.0, -6.0]]
    assert len(part["tape"].entries) == 3


def test_what_goes_wrong_with_autograd(lesson):
    part = names(lesson, 12)
    assert part["set_slope"] == 3 and part["right_slope"] == 10 and part["early_slope"] > 10
    assert part["fits"]["set to 0"][-1] < 1e-4 < 1 < part["fits"]["forgotten"][-1]
    assert part["fits"]["set to 0"][:2] == part["fits"]["forgotten"][:2]
    assert part["too_deep"] == "RecursionError" and part["total"].data == 20_000


# ---- Part 13 ----


def test_a_table_knows_what_may_come(lesson):
    part = names(lesson, 13)
    assert part["most_likely"]["ma"][0] == "r" and part["most_likely"]["xz"] == []
    assert part["after_q"][1] == "u" and part["after_q"][0] > 0.9


def test_vowels_follow_consonants_and_the_other_way_round(lesson):
    part = names(lesson, 13)
    letters, chances = part["letters"], part["chances"]
    vowels = [letters.index(one) for one in "aeiouy"]
    consonants = [k for k in range(26) if k not in vowels]

    def mean_chance(before, after):
        return math.fsum(chances[b][a] for b in before for a in after) / len(before)

    assert mean_chance(consonants, vowels) > 0.6 and mean_chance(vowels[:5], consonants) > 0.55


def test_looking_at_more_letters_makes_names_and_then_copies(lesson):
    part = names(lesson, 13)
    real = {length: [name in part["texts"] for name in found].count(True) / 200
            for length, found in part["inventions"].items()}
    assert real[0] < real[1] < real[2] < 0.4 < 0.6 < real[4]


def test_plain_counts_call_something_impossible_that_happens(lesson):
    part = names(lesson, 13)
    assert all(math.isinf(part["plain_losses"][length][1]) for length in (1, 2, 3))
    assert all(math.isfinite(learned) for learned, _ in part["plain_losses"].values())


def test_a_longer_context_is_learned_by_heart(lesson):
    part = names(lesson, 13)
    learned = [one for one, _ in part["softened_losses"].values()]
    others = [one for _, one in part["softened_losses"].values()]
    assert learned[:5] == sorted(learned[:5], reverse=True)  # "almost to the end"
    assert others.index(min(others)) == 3 and others[3] < others[4] < others[5]
    seldom = list(part["unseen"].values())
    assert seldom == sorted(seldom) and seldom[0] < 0.001 and seldom[-1] > 0.15


def test_backing_off_is_better_than_not(lesson):
    part = names(lesson, 13)
    backed_off = part["backed_off_losses"]
    assert min(backed_off.values()) == backed_off[3] < part["best_softened"]
    assert 1.97 < backed_off[3] < 2.0
    for length in (4, 5):  # "too long a context does less harm"
        assert (backed_off[length] - backed_off[3]
                < part["softened_losses"][length][1] - part["softened_losses"][3][1])


def test_an_embedding_is_a_dense_layer_on_one_hot_rows(lesson):
    part = names(lesson, 13)
    assert part["by_matrix"] == part["rows"]
    assert part["table_gradient"] == part["by_product"] == [[0.5, 0.5], [0.0, 3.0], [3.0, -1.0]]
    assert part["check_report"].ok
    dense = Dense(3, 2, Random(0), bias=False)  # "let the table be Wᵀ"
    dense.weights.value = linalg.transpose(part["table"].weights.value)
    assert dense.forward(one_hot(part["word"], 3)) == part["rows"]
    assert part["table"].backward(part["g"]) == linalg.zeros(4, 1)  # "returns zeros"


def test_the_network_beats_pairs_and_not_counts_that_back_off(lesson):
    part = names(lesson, 13)
    assert part["backed_off_losses"][3] + 0.1 < part["dense_loss"]
    assert part["dense_loss"] < part["softened_losses"][1][1] - 0.03
    assert part["dense_weights"] == 2739 < part["table_entries"]


def test_a_network_gets_better_by_looking_further_back(lesson):
    rows = names(lesson, 13)["dense_recorded"]
    assert rows[1]["loss"] > rows[3]["loss"] > rows[8]["loss"] > 2.0
    assert rows[8]["parameters"] - rows[3]["parameters"] == 5 * 8 * 48
    assert round(27 ** 8 / 1e9) == 282


def test_vowels_are_put_near_each_other(lesson):
    part = names(lesson, 13)
    assert part["among_vowels"] < 0.75 * part["to_consonants"]
    plane, places = part["plane"], part["places"]
    where = {letter: (r, c) for r, row in enumerate(plane) for c, letter in enumerate(row)}
    assert sorted(letter for row in plane for letter in row if letter != " ") == sorted(
        part["letters"])
    placed = list(zip(part["letters"], places))
    lower = [(a, b) for a, u in placed for b, v in placed if u[1] < v[1]]
    assert lower and all(where[a][0] >= where[b][0] for a, b in lower)


def test_what_goes_wrong_with_letters(lesson):
    part = names(lesson, 13)
    assert part["quantities_loss"] > part["softened_losses"][1][1] > part["dense_loss"]
    assert part["leaked_loss"] < part["backed_off_losses"][5] - 0.5
    assert math.isclose(part["per_name"] * 516, part["backed_off_losses"][3] * 3608)
    assert sum(part["ends"]) == 1


# ---- Part 14 ----


def test_attention_finds_the_vowel_wherever_it_stands(lesson):
    part = names(lesson, 14)
    assert part["found_accuracy"] > 0.97 and part["curve"][-1] < 0.2 < 1.5 < math.log(5)
    assert {word: letter for word, (letter, _) in part["found_vowels"].items()} == {
        "lantk=": "a", "ktris=": "i", "gflbo=": "o"}


def test_attention_by_hand_is_the_librarys(lesson):
    part = names(lesson, 14)
    assert part["by_hand_difference"] < 1e-12
    assert all(math.isclose(math.fsum(row), 1.0) for row in part["A"])


def test_without_the_root_softmax_begins_near_a_single_one(lesson):
    largest = names(lesson, 14)["largest_weights"]
    plain = [ones["as they are"] for ones in largest.values()]
    assert plain == sorted(plain) and largest[64]["as they are"] > 0.8
    assert all(ones["divided by √d"] < 0.45 for ones in largest.values())


def test_every_step_of_the_derivation_is_what_is_measured(lesson):
    part = names(lesson, 14)
    for step in (*part["step_1"].values(), part["step_2"], *part["step_3"].values()):
        assert step < 1e-8
    assert max(map(abs, part["row_sums"])) < 1e-15
    slopes = [row[0] for row in part["jacobian"]]
    assert all(math.isclose(a, b, abs_tol=1e-8)
               for a, b in zip(slopes, part["jacobian_measured"][0]))
    assert all(math.isclose(a, b, abs_tol=1e-12)
               for a, b in zip(part["by_jacobian"], part["dS"][3]))
    for a, da, ds in zip(part["A"], part["dA"], part["dS"]):  # "harms more than the mean"
        mean = linalg.dot(a, da)
        assert all((slope > 0) == (g > mean) for weight, g, slope in zip(a, da, ds)
                   if weight and abs(slope) > 1e-12)
    assert part["own_report"].ok and part["own_report"].compared == 3 * 16 + 20


def test_heads_look_everywhere_before_they_learn(lesson):
    part = names(lesson, 14)
    assert part["farthest"] < 0.1
    two = part["two_heads"]
    assert two.scale == 4 ** -0.5 and len(two.kept[0][0][0][0]) == 4  # "in each d is 4"
    assert not any("hello" in picture.svg() for picture in lesson(14).pictures)


def test_attention_knows_no_order(lesson):
    first, *others = names(lesson, 14)["mixed_words"].values()
    assert len(others) == 2
    assert all(math.isclose(a, b, abs_tol=1e-9) for other in others for a, b in zip(first, other))


def test_what_goes_wrong_with_attention(lesson):
    part = names(lesson, 14)
    assert part["late_sums"][0] < 0.9 and part["late_sums"][-1] == pytest.approx(1.0)
    assert part["moves"][:3] == [0.0, 0.0, 0.0] and part["moves"][3] > 0.01
    assert max(abs(one - 1.0) for one in part["column_row_sums"]) > 0.1
    assert part["wrong_names"] == ["inputs"]
    assert part["seen_in_neighbour"] > 1.0 and len(part["apart_texts"].patterns) == 2


# ---- Part 15 ----


def test_the_model_beats_pairs_and_not_two_or_three_letters(lesson):
    part = names(lesson, 15)
    counts = part["count_losses"]
    assert counts[3] < counts[2] < part["model_loss"] < counts[1] - 0.05
    same, on_the_way = part["counts_on_the_same"], part["on_the_way"]
    assert same[3] < same[2] < on_the_way[-1][1] < same[1]  # the figure, on 120 names
    rows, answers = (rows[:120] for rows in part["held_out_questions"])
    loss = NextToken()(part["model"].predict(rows), answers)
    assert math.isclose(on_the_way[-1][1], loss, rel_tol=0.01)
    assert [len([token for token in row if token >= 0]) - 1 for row in rows] == [
        len(name) for name in part["held_out"][:120]]
    assert part["parameter_count"] == 4240
    before = names(lesson, 13)
    assert part["held_out"] == before["held_out"]  # the same names are held out
    assert math.isclose(counts[3], before["backed_off_losses"][3])


def test_most_invented_names_are_no_real_ones(lesson):
    part = names(lesson, 15)
    assert 0 < part["in_census"] < 0.3 * len(part["many"])


def test_rms_norm_has_its_second_term(lesson):
    part = names(lesson, 15)
    assert all(math.isclose(a, b, abs_tol=1e-8)
               for a, b in zip(part["norm_gradient"], part["norm_measured"]))
    assert max(abs(a - b) for a, b in zip(
        part["norm_gradient"], part["without_second_term"])) > 0.1
    assert abs(part["along_x"]) < 1e-12
    assert part["model_report"].ok and part["model_report"].compared > 500


def test_counting_wins_also_after_minutes(lesson):
    part = names(lesson, 15)
    rows = recorded_models()
    assert len(rows) == 3 + len(lesson_records.LANGUAGE_MODELS)
    assert part["best_counts"] < part["best_recorded"] < 2.1
    assert part["best_recorded"] == min(row["loss"] for row in rows.values())
    longest = max(rows.values(), key=lambda row: row["seconds"])
    assert longest["seconds"] > 120 and longest["loss"] == part["best_recorded"]
    learned_from = len("".join(part["learning"])) + len(part["learning"])
    assert round(learned_from / 1000) == 33  # "33 thousand characters"


def test_the_record_of_language_models_is_of_the_same_split_and_sizes(lesson):
    part = names(lesson, 15)
    vocabulary = part["vocabulary"]
    row = recorded_models()["attention, width 16, 1,000 steps of 4"]
    assert row["parameters"] == part["parameter_count"] and abs(
        row["loss"] - part["model_loss"]) < 0.1
    windows = lesson_records.windows([vocabulary.with_edges("bo")], 3)
    assert windows == ([[26.0, 26.0, 26.0], [26.0, 26.0, 1.0], [26.0, 1.0, 14.0]], [1, 14, 26])


def test_attention_wins_where_one_has_to_look(lesson):
    part = names(lesson, 15)
    losses = part["game_losses"]
    by_counts = [loss for name, loss in losses.items() if name != "attention"]
    assert losses["attention"] < 0.2 < 1.0 < min(by_counts) and part["game_accuracy"] > 0.97
    assert part["player_size"] < 1000 and 12 ** 4 * 5 * 5 == 518_400  # "half a million"


def test_cold_is_safe_and_warm_is_wild(lesson):
    part = names(lesson, 15)
    census, different = part["in_census_at"], part["different_at"]
    assert list(census.values()) == sorted(census.values(), reverse=True)  # "the colder, the safer"
    assert census[0.2] > census[0.7] > census[1.0] and different[0.2] < different[1.5]
    assert len(set(part["always"])) == 1


def test_keys_and_values_kept_give_the_same_scores(lesson):
    assert names(lesson, 15)["writing_difference"] < 1e-12


def test_gpt_3_has_as_many_parameters_as_the_formula_says(lesson):
    part = names(lesson, 15)
    assert abs(part["by_formula"] / 175e9 - 1) < 0.01
    ours = {**part["OURS"]}
    blocks = ours["blocks"] * 12 * 16 ** 2
    attention, dense = part["model"].layers[3], part["model"].layers[4]
    counted = sum(len(linalg.ravel(one.value)) for layer in (attention, dense)
                  for one in layer.parameters() if one.name != "gains")
    assert counted == blocks
    parameters = part["GPT_3"]["published"] / part["parameter_count"]
    tokens = part["GPT_3"]["learned from"] / ours["learned from"]
    assert 7 <= math.log10(parameters) < 8 and 7 <= math.log10(tokens) < 8
    assert 14 < math.log10(part["their_work"] / part["our_work"]) < 15


def test_patterns_are_broad_after_so_short_a_training(lesson):
    assert max(max(head[-1]) for head in names(lesson, 15)["heads"]) < 0.7


def test_what_goes_wrong_with_language_models(lesson):
    part = names(lesson, 15)
    assert part["copied_in_held_out"] == 0
    assert part["spread"] > part["gained"] > 0
    assert "there are 16 positions" in part["too_long"]
