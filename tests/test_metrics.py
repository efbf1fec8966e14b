"""Metrics are what simple counting gives."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import matrices, numbers, two_of_one_shape

from purenn import (
    ClassScore, ShapeError, accuracy, confusion_matrix, linalg, macro_average,
    mean_absolute_error, precision_recall_f1, r2,
)
from purenn.metrics import classes_of

pytestmark = pytest.mark.core

labels = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)
)

# Class 0 three times, found twice, once taken for 2; class 1 once, taken for 0; class 2 four times,
# found three times, once taken for 0.
ACTUAL = [0, 0, 0, 1, 2, 2, 2, 2]
PREDICTED = [0, 2, 0, 0, 2, 2, 0, 2]


def test_the_confusion_matrix_has_a_row_per_class_and_a_column_per_answer():
    assert confusion_matrix(PREDICTED, ACTUAL) == [[2, 0, 1], [1, 0, 0], [1, 0, 3]]


def test_precision_looks_at_the_answers_and_recall_at_the_examples():
    zero, one, two = precision_recall_f1(PREDICTED, ACTUAL)
    assert zero == ClassScore(precision=2 / 4, recall=2 / 3, f1=4 / 7, support=3)
    assert one == ClassScore(precision=0.0, recall=0.0, f1=0.0, support=1)
    assert two == ClassScore(precision=3 / 4, recall=3 / 4, f1=6 / 8, support=4)


def test_the_macro_average_counts_every_class_the_same():
    average = macro_average(precision_recall_f1(PREDICTED, ACTUAL))
    assert average.precision == pytest.approx((2 / 4 + 0 + 3 / 4) / 3)
    assert average.recall == pytest.approx((2 / 3 + 0 + 3 / 4) / 3)
    assert average.f1 == pytest.approx((4 / 7 + 0 + 6 / 8) / 3)
    assert average.support == 8


def test_accuracy_is_the_share_of_right_answers():
    assert accuracy(PREDICTED, ACTUAL) == 5 / 8
    assert accuracy([[0.9, 0.1], [0.2, 0.8]], [0, 0]) == 0.5
    assert accuracy([[0.9, 0.1], [0.2, 0.8]], [[1.0, 0.0], [0.0, 1.0]]) == 1.0
    assert accuracy([[0.9], [0.2]], [1, 0]) == 1.0 == accuracy([[0.9], [0.2]], [[1.0], [0.0]])


def test_a_row_belongs_to_its_largest_number_and_to_the_first_of_equals():
    assert classes_of([[0.1, 0.7, 0.2], [0.4, 0.4, 0.2], [0.1, 0.45, 0.45]]) == [1, 0, 1]
    assert classes_of([[0.5], [0.51], [0.49]]) == [0, 1, 0]
    assert classes_of([3, 0, True]) == [3, 0, 1]


@given(pair=labels)
def test_counts_agree_with_counting_pair_by_pair(pair):
    predicted, actual = pair
    pairs = list(zip(predicted, actual))
    counts = confusion_matrix(predicted, actual, classes=4)
    assert counts == [[pairs.count((p, a)) for p in range(4)] for a in range(4)]
    assert accuracy(predicted, actual) == len([1 for p, a in pairs if p == a]) / len(pairs)
    for k, score in enumerate(precision_recall_f1(predicted, actual, classes=4)):
        taken = [a for p, a in pairs if p == k]
        belonging = [p for p, a in pairs if a == k]
        assert score.support == len(belonging)
        assert score.precision == (taken.count(k) / len(taken) if taken else 0.0)
        assert score.recall == (belonging.count(k) / len(belonging) if belonging else 0.0)
        both = score.precision + score.recall
        harmonic = 2 * score.precision * score.recall / both if both else 0.0
        assert score.f1 == pytest.approx(harmonic, abs=1e-12)


@given(pair=labels)
def test_exchanging_answers_and_examples_exchanges_precision_and_recall(pair):
    one, other = precision_recall_f1(*pair, classes=4), precision_recall_f1(*pair[::-1], classes=4)
    assert [score.precision for score in one] == [score.recall for score in other]
    assert confusion_matrix(*pair, classes=4) == [
        list(column) for column in zip(*confusion_matrix(*pair[::-1], classes=4))
    ]


def test_there_are_as_many_classes_as_columns_or_as_the_largest_class_number_says():
    assert len(confusion_matrix([[0.5, 0.2, 0.3]], [0])) == 3
    assert len(confusion_matrix([0, 1], [0, 4])) == 5
    assert len(confusion_matrix([0], [0], classes=3)) == 3


def test_r2_is_one_for_perfect_zero_for_the_mean_and_has_no_lowest_value():
    T = [[1.0], [2.0], [3.0]]
    assert r2(T, T) == 1.0
    assert r2([[2.0], [2.0], [2.0]], T) == 0.0
    assert r2([[1.0], [2.0], [4.0]], T) == 0.5
    assert r2([[3.0], [2.0], [1.0]], T) == -3.0


def test_r2_of_several_columns_is_the_mean_of_theirs():
    assert r2([[1.0, 2.0], [3.0, 2.0]], [[1.0, 1.0], [3.0, 3.0]]) == 0.5


def test_r2_of_constant_targets_is_one_if_exact_and_else_zero():
    assert r2([[5.0], [5.0]], [[5.0], [5.0]]) == 1.0
    assert r2([[5.0], [6.0]], [[5.0], [5.0]]) == 0.0


@pytest.mark.parametrize("unit", [1e-200, 1e-150, 1.0, 1e150, 1e200])
def test_r2_does_not_depend_on_the_unit_of_the_targets(unit):
    predictions = [[1.0 * unit], [2.0 * unit], [4.0 * unit]]
    targets = [[1.0 * unit], [2.0 * unit], [3.0 * unit]]
    assert r2(predictions, targets) == pytest.approx(0.5)


def test_an_average_of_no_classes_is_an_error():
    with pytest.raises(ValueError, match="the score of at least one class"):
        macro_average([])


@given(pair=two_of_one_shape())
def test_r2_agrees_with_its_definition(pair):
    predictions, targets = pair
    values = []
    for p, t in zip(zip(*predictions), zip(*targets)):
        mean = math.fsum(t) / len(t)
        total = math.fsum((y - mean) ** 2 for y in t)
        assume(total >= 1e-6)
        values.append(1 - math.fsum((y - x) ** 2 for x, y in zip(p, t)) / total)
    mean = math.fsum(values) / len(values)
    assert r2(predictions, targets) == pytest.approx(mean, rel=1e-9, abs=1e-9)


@given(pair=two_of_one_shape(elements=numbers))
def test_the_mean_absolute_error_is_the_mean_distance(pair):
    distances = [abs(p - t) for rows in zip(*pair) for p, t in zip(*rows)]
    assert mean_absolute_error(*pair) == pytest.approx(math.fsum(distances) / len(distances))


@given(A=matrices(columns=3))
def test_metrics_leave_what_they_look_at_as_it_was(A):
    before = str(A)
    targets = [0] * len(A)
    accuracy(A, targets), confusion_matrix(A, targets), r2(A, A), linalg.argmax(A)
    assert str(A) == before


def test_equal_targets_leave_nothing_to_explain_also_where_their_mean_is_rounded():
    assert r2([[0.2], [0.2], [0.2]], [[0.1], [0.1], [0.1]]) == 0.0
    assert r2([[0.1], [0.1], [0.1]], [[0.1], [0.1], [0.1]]) == 1.0


def test_a_single_column_of_probabilities_is_about_two_classes():
    assert confusion_matrix([[0.1], [0.2]], [0, 0]) == [[2, 0], [0, 0]]


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, precision_recall_f1])
def test_a_metric_of_no_rows_is_an_error(metric):
    with pytest.raises(ShapeError, match="expected at least one row, got none"):
        metric([], [])


def test_predictions_and_targets_belong_together_one_to_one():
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ShapeError, match="2 predictions, but 1 targets"):
            metric([0, 1], [0])
