"""One table of names for everybody: complete, and the same training whoever starts it."""

from __future__ import annotations

import argparse
import math
from random import Random

import pytest

import purenn
from purenn import (
    SGD, Activation, Classifier, Dense, Layer, MeanSquaredError, Network, Optimizer, Regressor,
    SoftmaxCrossEntropy, data, gradcheck, linalg,
)
from purenn.data import DataError, DataSet, Standardizer, TableOptions, learn_csv, read_csv
from purenn.estimators import Estimator
from purenn.fitting import WeightedLoss, _like_pixels, fit, folds, prepared, row_weights
from purenn.measuring import baseline, measured, permutation_importance, quality
from purenn.model import Model
from purenn.recipes import (
    ACTIVATIONS, DATA_SETS, LAYERS, OPTIMIZERS, SET_SETTINGS, Settings, completed, loss_for,
)
from purenn.store.model import load_model, save_model

# ---- The tables are complete ----


def all_below(kind: type) -> set:
    """Return all classes of purenn below a kind, however deep."""
    found = set()
    for one in kind.__subclasses__():
        found |= {one} | all_below(one)
    return {one for one in found if one.__module__.startswith("purenn.")
            and not one.__name__.startswith("_")}


def test_every_activation_has_a_name() -> None:
    named = {recipe.make for recipe in ACTIVATIONS.values()}
    core = {one for one in all_below(Activation) if one.__module__ == "purenn.activations"}
    assert core - named <= {purenn.Softmax}, "an activation that cannot be chosen"


def test_every_layer_of_the_core_can_be_in_a_file() -> None:
    core = {one for one in all_below(Layer)
            if one.__module__ in ("purenn.layers", "purenn.activations")}
    assert core - {Activation, *all_below(Network)} - set(LAYERS.values()) == set()


def test_every_optimizer_has_a_name() -> None:
    made = {type(recipe.make(recipe.learning_rate or Random(0))) for recipe in OPTIMIZERS.values()}
    core = {one for one in all_below(Optimizer) if one.__module__ == "purenn.optimizers"}
    assert {one for one in core if not one.__subclasses__()} - made == set()


def test_every_set_has_a_name_and_settings() -> None:
    assert set(DATA_SETS) == set(SET_SETTINGS)
    from purenn.data import bundled, toy

    assert set(DATA_SETS) == {*toy.__all__, *bundled.__all__}


def test_every_setting_is_a_parameter_and_an_option() -> None:
    from purenn.app import train
    from purenn.app.options import Parser

    parser = Parser()
    train.add(parser)
    options = vars(parser.parse_args(["iris"]))
    assert set(Settings._fields) <= set(options)
    parameters = set(Classifier._defaults())
    names = {"validation": "validation_fraction", "seed": "random_state"}
    assert {names.get(name, name) for name in Settings._fields} <= parameters
    assert set(Classifier._defaults()) - set(Regressor._defaults()) == {"class_weight"}
    shared = set(Settings._field_defaults) & parameters
    assert {name: Classifier._defaults()[name] for name in shared} == {
        name: Settings._field_defaults[name] for name in shared}
    assert isinstance(parser, argparse.ArgumentParser)


def test_every_option_of_tables_can_be_said_on_the_command_line() -> None:
    from purenn.app import doctor, evaluate, predict, train
    from purenn.app.options import Parser, table_options

    for command, words in ((train, ["t.csv"]), (doctor, ["t.csv"])):
        parser = Parser()
        command.add(parser)
        assert set(TableOptions._fields) <= set(vars(parser.parse_args(words)))
        assert table_options(parser.parse_args(words)) == TableOptions().checked()
    for command in (predict, evaluate):
        parser = Parser()
        command.add(parser)
        later = set(vars(parser.parse_args(["model", "t.csv"])))
        assert {"missing", "unseen", "decimal", "encoding", "delimiter", "header", "skip"} <= later


# ---- One pipeline ----

TABLE = "length,colour,kind\n" + "".join(
    f"{number % 7 + 3 * (number % 2)},{['red', 'blue'][number % 3 > 0]},{'ab'[number % 2]}\n"
    for number in range(40))


def test_the_command_line_and_the_estimator_learn_the_same_to_the_bit(tmp_path) -> None:
    from purenn.app.main import main

    (tmp_path / "t.csv").write_text(TABLE)
    path = str(tmp_path / "m.json")
    assert main(["train", str(tmp_path / "t.csv"), "-o", path, "--quiet", "--epochs", "5",
                 "--class-weight", "balanced"]) == 0
    table = read_csv(str(tmp_path / "t.csv"))
    labels = [table.class_names[target] for target in table.targets]
    twin = Classifier(epochs=5, validation_fraction=0.2, class_weight="balanced")
    twin.fit(table.inputs, labels)
    assert [p.value for p in load_model(path).network.parameters()] == [
        p.value for p in twin.network_.parameters()]
    again = purenn.load(path)
    assert repr(again) == repr(twin).replace("Classifier(", "Classifier(learning_rate=0.01, ") \
        .replace("epochs=5, ", "epochs=5, l2=0.01, ")


def test_rows_depend_on_how_much_is_learned() -> None:
    for rows in (2, 150, 5000, 10 ** 6):
        settings = completed(Settings(), rows)
        assert 5 <= settings.epochs <= 100 and 0 < settings.l2 <= 0.01
        assert settings.l2 == min(0.01, 1 / rows)
    assert completed(Settings(epochs=7, l2=0.5), 10) == Settings(epochs=7, l2=0.5,
                                                                 learning_rate=0.01)


# ---- Weights ----


@pytest.mark.parametrize("loss, targets", [
    (SoftmaxCrossEntropy(), [2, 0, 1, 2]),
    (MeanSquaredError(), [[1.0, 2.0, 3.0], [0.5, 0.0, 1.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.0]]),
])
def test_a_weighted_loss_is_the_mean_of_the_weighted_losses_and_has_its_gradient(
    loss, targets
) -> None:
    scores = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.5], [0.0, 1.0, 0.5], [2.0, -0.5, 0.25]]
    weights = [0.5, 2.0, 0.5, 1.0]
    weighted = WeightedLoss(loss, targets, weights, width=3)
    single = [loss([row], [target]) for row, target in zip(scores, targets)]
    expected = math.fsum(w * one for w, one in zip(weights, single)) / 4
    assert weighted(scores, [0, 1, 2, 3]) == pytest.approx(expected, rel=1e-14)
    assert weighted([scores[3], scores[1]], [3, 1]) == pytest.approx(
        (single[3] + 2 * single[1]) / 2, rel=1e-14)
    report = gradcheck.check(Network([Dense(3, 3, Random(1))]), weighted, scores, [0, 1, 2, 3])
    assert report.ok, report


def test_equal_weights_change_nothing() -> None:
    iris = data.iris()
    plain = Classifier(epochs=3).fit(iris.inputs, iris.targets)
    same = Classifier(epochs=3).fit(iris.inputs, iris.targets, sample_weight=[7.0] * 150)
    balanced = Classifier(epochs=3, class_weight="balanced").fit(iris.inputs, iris.targets)
    for other in (same, balanced):
        for row, twin in zip(plain.predict_proba(iris.inputs), other.predict_proba(iris.inputs)):
            assert row == pytest.approx(twin, abs=1e-12)


def test_a_weight_of_zero_is_as_good_as_not_being_there() -> None:
    X, y = [[0.0], [1.0], [2.0], [3.0]], ["a", "a", "b", "b"]
    model = Classifier(epochs=200, l2=0.0).fit(X + X, y + ["b", "b", "a", "a"],
                                               sample_weight=[1, 1, 1, 1, 0, 0, 0, 0])
    assert model.score(X, y) == 1.0


@pytest.mark.slow
def test_balanced_weights_find_the_rare_class() -> None:
    rng = Random(1)
    X = [[rng.random() + 0.6 * (number % 20 == 0)] for number in range(400)]
    y = ["rare" if number % 20 == 0 else "common" for number in range(400)]
    found = [Classifier(epochs=30, class_weight=weight).fit(X, y).predict(X).count("rare")
             for weight in (None, "balanced", {"rare": 19.0, "common": 1.0})]
    assert found[0] < found[1] and abs(found[1] - found[2]) <= 3


def test_weights_are_one_on_average_and_wrong_ones_are_refused() -> None:
    set_ = DataSet([[0.0]] * 4, [0, 0, 0, 1], ["x"], ["no", "yes"], "")
    weights = row_weights(set_, {"yes": 3.0}, [1.0, 1.0, 2.0, 1.0])
    assert math.fsum(weights) == pytest.approx(4.0)
    assert weights[3] == pytest.approx(3 * weights[0]) == pytest.approx(1.5 * weights[2])
    with pytest.raises(ValueError, match="expected classes out of no, yes, got 'maybe'"):
        row_weights(set_, {"maybe": 1.0})
    for wrong in ("equal", 3, [1.0], {"yes": -1.0}):
        with pytest.raises((ValueError, TypeError), match="class_weight"):
            Classifier(class_weight=wrong).fit([[0.0], [1.0]], ["no", "yes"])
    for wrong in ([1.0], [1.0, -1.0], [0.0, 0.0], [1.0, math.nan], [[1.0], [1.0]], "ab"):
        with pytest.raises((ValueError, TypeError), match="sample_weight"):
            Classifier().fit([[0.0], [1.0]], ["no", "yes"], sample_weight=wrong)


# ---- Folds, baseline, importance ----


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_every_row_is_in_one_test_part_and_classes_keep_their_shares(count) -> None:
    iris = data.iris()._replace(inputs=[[float(number)] for number in range(150)])
    seen = []
    for learning, test in folds(iris, count, Random(1)):
        assert len(learning.inputs) + len(test.inputs) == 150
        assert not {row[0] for row in learning.inputs} & {row[0] for row in test.inputs}
        seen += [row[0] for row in test.inputs]
        shares = [test.targets.count(label) for label in range(3)]
        assert max(shares) - min(shares) <= 1
    assert sorted(seen) == list(range(150))
    with pytest.raises(DataError, match="at least 151 rows"):
        next(folds(iris, 151, Random(1)))


def test_the_baseline_is_what_the_best_constant_answer_reaches() -> None:
    values = DataSet([[0.0]] * 4, [[1.0], [2.0], [3.0], [6.0]], ["x"], [], "")
    assert baseline(values) == {"r2": 0.0, "mean_absolute_error": 1.5}
    assert baseline(data.iris()) == {"accuracy": 50 / 150}


def test_what_is_measured_is_what_training_minimized() -> None:
    iris = data.iris()
    task = prepared(iris, Settings(epochs=3, l2=0.0), Random(1))
    history = fit(task, Random(2))
    assert measured(task.model, iris)["loss"] < history[-1].loss < history[0].loss
    by_hand = loss_for(True)(task.model.scores(iris.inputs), iris.targets)
    assert measured(task.model, iris)["loss"] == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.slow
def test_a_column_that_decides_is_important_and_noise_is_not() -> None:
    rng = Random(1)
    rows = [[rng.random(), rng.random(), 5.0] for _ in range(300)]
    model = Classifier(epochs=60).fit(rows, [row[1] > 0.5 for row in rows])
    found = {one.name: one for one in model.importance(rows, [row[1] > 0.5 for row in rows])}
    assert found["column 1"].mean > 0.3 and list(found)[0] == "column 1"
    assert abs(found["column 0"].mean) < 0.05
    assert found["column 2"].mean == found["column 2"].deviation == 0.0


def test_the_inputs_of_one_column_are_shuffled_together(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    learned = learn_csv(str(tmp_path / "t.csv"))
    task = prepared(learned.data, Settings(epochs=40), Random(1), encoding=learned.encoding)
    fit(task, Random(1))
    found = permutation_importance(task.model, learned.data)
    assert {one.name for one in found} == {"length", "colour"}


def test_several_values_are_measured_together() -> None:
    pair = DataSet([[0.0]] * 3, [[1.0, 5.0], [2.0, 5.5], [3.0, 6.0]], ["x"], [], "")
    exact = quality([list(row) for row in pair.targets], pair)
    assert exact == {"r2": 1.0}  # an error of both, in two units, would say nothing
    model = Regressor(epochs=3).fit([[0.0], [1.0], [2.0]], pair.targets)
    assert linalg.shape(model.predict([[0.5], [1.5]])) == (2, 2)
    assert isinstance(model, Estimator)


# ---- A model by itself ----


def test_a_model_answers_in_the_words_of_its_table(tmp_path) -> None:
    network = Network([Dense(2, 2, Random(1))])
    network.layers[0].weights.value = [[1.0, 0.0], [0.0, 1.0]]
    model = Model(network, "classifier", Standardizer([1.0, 2.0], [2.0, 2.0]),
                  classes=["left", "right"], feature_names=["x", "y"])
    rows = [[3.0, 2.0], [1.0, 6.0]]
    assert model.scores(rows) == [[1.0, 0.0], [0.0, 2.0]]
    assert model.answers(rows) == ["left", "right"]
    assert model.encode([{"x": 3, "y": "2"}, (1, 6)]) == rows
    save_model(model, str(tmp_path / "m.st"))
    assert load_model(str(tmp_path / "m.st")).answers(rows) == ["left", "right"]


def test_classes_of_one_name_are_told_apart() -> None:
    network = Network([Dense(1, 3, Random(1))])
    assert Model(network, "classifier", classes=[1, "1", "mean"]).class_names == [
        "1", "'1'", "'mean'"]
    assert Model(network, "classifier", classes=[1, 2, "mean"]).class_names == ["1", "2", "mean"]
    assert type(SGD(0.1)).__name__ == "SGD"


# ---- Pixels ----


def pictures(count: int, width: int = 64, brightest: float = 16.0) -> list:
    """Rows of numbers of one kind, most of them 0."""
    rng = Random(1)
    return [[brightest * (rng.random() > 0.6) for _ in range(width)] for _ in range(count)]


def test_pixels_are_divided_by_one_number_and_zeros_stay_zeros() -> None:
    rows = pictures(40)
    whole = DataSet(rows, [k % 2 for k in range(40)], [], ["even", "odd"], "pictures")
    standardizer = prepared(whole, Settings(validation=0.0), Random(0)).model.standardizer
    assert standardizer is not None and standardizer.means == [0.0] * 64
    scale = math.sqrt(sum(x * x for row in rows for x in row) / (40 * 64))
    assert standardizer.deviations == pytest.approx([scale] * 64, rel=1e-12)
    assert [x == 0 for row in standardizer.transform(rows) for x in row] == [
        x == 0 for row in rows for x in row]


@pytest.mark.parametrize("change", [
    lambda rows: [row[:31] for row in rows],  # too few columns
    lambda rows: [[-1.0, *row[1:]] for row in rows],  # a negative number
    lambda rows: [[x or 1.0 for x in row] for row in rows],  # nothing is 0
    lambda rows: [[1000.0, *row[1:]] for row in rows],  # one column of another size
])
def test_other_tables_have_a_mean_and_a_deviation_for_each_column(change) -> None:
    rows = pictures(40)
    assert _like_pixels(rows) and not _like_pixels(change(rows))


def test_pictures_without_any_light_are_no_reason_to_divide_by_zero() -> None:
    whole = DataSet([[0.0] * 40] * 4, [0, 1, 0, 1], [], ["a", "b"], "night")
    for pixels in (True, False):
        task = prepared(whole, Settings(validation=0.0), Random(0), pixels=pixels)
        assert task.model.standardizer is not None
        assert task.model.standardizer.deviations == [1.0] * 40
