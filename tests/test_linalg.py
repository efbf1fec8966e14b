"""The matrix operations mean what NumPy's mean, refuse what does not fit, and keep their bits.

Where NumPy is not installed the comparisons with it are skipped; the values worked out by hand are
not.
"""

import math
import operator
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import matrices, numbers, seeds, sizes, two_of_one_shape

from purenn import ShapeError, linalg
from purenn.app.reference import plain_loops

inf, nan = math.inf, math.nan
A23 = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
SPECIAL = [[inf, -inf, nan], [0.0, -0.0, 1.0], [-2.5, 1e308, 5e-324], [1000.0, -1000.0, 0.5]]
vectors = st.integers(1, 50).flatmap(
    lambda n: st.tuples(*[st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n)] * 2)
)


@pytest.fixture(scope="module")
def np():
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed: nothing to compare with")
    with numpy.errstate(all="ignore"):
        yield numpy


def same(np, ours, theirs, rtol=0.0):
    """Equal in shape and in every number, nan equal to nan."""
    theirs = np.asarray(theirs, dtype=float)
    assert linalg.shape(ours) == theirs.shape
    np.testing.assert_allclose(np.array(ours, dtype=float), theirs, rtol=rtol, atol=0.0)
    return True


# ---- Against NumPy ----

COMBINED = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"]
SHAPES = [((2, 3), (2, 3)), ((2, 3), (1, 3)), ((2, 3), (2, 1)), ((2, 3), (1, 1)), ((1, 3), (2, 1)),
          ((2, 1), (1, 3)), ((1, 1), (2, 3)), ((3, 3), (3, 1)), ((3, 3), (1, 3)), ((1, 1), (1, 1))]


def counted(size, start=1.0):
    values = iter(range(size[0] * size[1]))
    return [[start + 0.75 * next(values) for _ in range(size[1])] for _ in range(size[0])]


@pytest.mark.parametrize("name", COMBINED)
@pytest.mark.parametrize("one, other", SHAPES)
def test_broadcasting_is_that_of_numpy(np, name, one, other):
    A, B = counted(one), counted(other, start=-1.5)
    assert same(np, getattr(linalg, name)(A, B), getattr(np, name)(A, B))


@pytest.mark.parametrize("name", COMBINED)
def test_a_number_stands_for_a_whole_matrix_on_either_side(np, name):
    ours, theirs = getattr(linalg, name), getattr(np, name)
    assert same(np, ours(A23, 2.5), theirs(A23, 2.5)) and same(np, ours(3, A23), theirs(3, A23))


@pytest.mark.parametrize("name", COMBINED)
def test_infinity_nan_and_zero_behave_as_in_numpy(np, name):
    flat = linalg.ravel(SPECIAL)
    for x in flat:
        row = [[x] * len(flat)]
        assert same(np, getattr(linalg, name)([flat], row), getattr(np, name)([flat], row))


@pytest.mark.parametrize("name", COMBINED)
@given(pair=two_of_one_shape(elements=numbers))
def test_two_matrices_combine_as_in_numpy(np, name, pair):
    assert same(np, getattr(linalg, name)(*pair), getattr(np, name)(*pair))


@pytest.mark.parametrize(
    "name", ["exp", "log", "expm1", "log1p", "sqrt", "tanh", "abs", "sign"]
)
@given(A=matrices(elements=numbers))
def test_functions_of_one_number_are_those_of_numpy_at_every_number(np, name, A):
    for matrix in (A, SPECIAL, [[-1.0, -0.5, 1e-12, 709.0, 710.0]]):
        assert same(np, getattr(linalg, name)(matrix), getattr(np, name)(matrix), rtol=1e-13)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("axis", [0, 1, None])
@given(A=matrices(elements=numbers))
def test_reductions_are_those_of_numpy_and_keep_the_axis(np, name, axis, A):
    for matrix in (A, SPECIAL, SPECIAL[1:]):
        theirs = getattr(np, name)(np.array(matrix), axis=axis, keepdims=True)
        ours = getattr(linalg, name)(matrix, axis=axis)
        assert linalg.shape(ours) == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("axis", [0, 1])
@given(A=matrices(elements=st.integers(-2, 2).map(float)))
def test_argmax_is_that_of_numpy_also_among_equals_and_nan(np, axis, A):
    for matrix in (A, [[1.0, nan, 2.0], [nan, 3.0, nan], [0.0, inf, -inf]]):
        theirs = np.expand_dims(np.argmax(matrix, axis=axis), axis)
        assert same(np, linalg.argmax(matrix, axis=axis), theirs)
        assert linalg.argmax(matrix) == [[int(np.argmax(matrix))]]


@given(size=st.tuples(sizes, sizes, sizes), data=st.data())
def test_products_are_those_of_numpy(np, size, data):
    n, k, m = size
    A, B = data.draw(matrices(n, k)), data.draw(matrices(k, m))
    B_rows = linalg.transpose(B)
    for ours, theirs in [
        (linalg.matmul(A, B), np.matmul(A, B)), (linalg.inner(A, B_rows), np.inner(A, B_rows)),
        (linalg.outer(A[0], B[0]), np.outer(A[0], B[0])),
        (linalg.inner_columns(linalg.transpose(A), B), np.matmul(A, B)),
        (linalg.affine(A, B_rows, B[:1]), np.matmul(A, B) + np.array(B[:1])),
        ([[linalg.vdot(A, A)]], np.array([[np.vdot(A, A)]])),
        ([[linalg.dot(A[0], B_rows[0])]], np.array([[np.dot(A[0], B_rows[0])]])),
    ]:
        assert linalg.shape(ours) == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@given(A=matrices(elements=numbers))
def test_rearranging_is_that_of_numpy(np, A):
    assert same(np, linalg.transpose(A), np.transpose(A))
    assert linalg.ravel(A) == np.ravel(A).tolist()
    assert linalg.shape(A) == np.shape(A)
    assert same(np, linalg.vstack([A, A[:1]]), np.vstack([A, A[:1]]))
    assert same(np, linalg.take(A, [0, len(A) - 1]), np.take(A, [0, len(A) - 1], axis=0))


@given(pair=two_of_one_shape(), factor=numbers)
def test_what_is_written_as_one_operation_is_that_of_two(np, pair, factor):
    A, B = np.array(pair)
    assert same(np, linalg.add_scaled(*pair[:1], factor, pair[1]), A + factor * B)
    assert same(np, linalg.blend(*pair[:1], 0.9, pair[1]), 0.9 * A + (1.0 - 0.9) * B)
    assert same(np, linalg.where_positive(*pair), np.where(A > 0, B, 0.0))


@given(A=matrices(elements=numbers))
def test_the_logarithm_of_softmax_is_what_it_says(np, A):
    shifted = np.array(A) - np.max(A, axis=1, keepdims=True)
    theirs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    np.testing.assert_allclose(linalg.log_softmax(A), theirs, rtol=1e-14, atol=1e-12)


@given(pair=two_of_one_shape())
def test_where_and_clip_are_those_of_numpy(np, pair):
    A, B = pair
    condition = linalg.greater(A, 0.5)
    assert same(np, linalg.where(condition, A, B), np.where(condition, A, B))
    assert same(np, linalg.where(condition, 1.0, [[7.0]]), np.where(condition, 1.0, [[7.0]]))
    assert same(np, linalg.clip(A, -1.0, 0.5), np.clip(A, -1.0, 0.5))
    assert same(np, linalg.clip(SPECIAL, -1.0, 0.5), np.clip(SPECIAL, -1.0, 0.5))


def test_an_array_of_numpy_is_a_matrix_too(np):
    array = np.array(A23)
    assert linalg.as_matrix(array, "here") is array
    assert linalg.shape(array) == (2, 3)
    assert same(np, linalg.add(array, array[:1]), array + array[:1])
    assert same(np, linalg.matmul(array, array.T), array @ array.T)
    with pytest.raises(ShapeError, match="one example is a row too"):
        linalg.as_matrix(array[0], "here")


# ---- By hand ----


def test_broadcasting_repeats_what_has_size_one():
    assert linalg.add([[1.0], [2.0]], [[10.0, 20.0]]) == [[11.0, 21.0], [12.0, 22.0]]
    assert linalg.subtract(1.0, [[0.25, 0.5]]) == [[0.75, 0.5]]
    assert linalg.multiply([[2.0]], A23) == [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]


def test_reductions_keep_the_reduced_size_as_one():
    assert linalg.sum(A23, axis=0) == [[5.0, 7.0, 9.0]]
    assert linalg.sum(A23, axis=1) == [[6.0], [15.0]]
    assert linalg.sum(A23) == [[21.0]] and linalg.mean(A23) == [[3.5]]
    assert linalg.mean(A23, axis=1) == [[2.0], [5.0]]
    assert linalg.max(A23, axis=0) == [[4.0, 5.0, 6.0]]
    assert linalg.min(A23, axis=1) == [[1.0], [4.0]]
    assert linalg.argmax([[1.0, 3.0, 3.0], [5.0, 5.0, 2.0]], axis=1) == [[1], [0]]
    assert linalg.argmax(A23, axis=0) == [[1, 1, 1]] and linalg.argmax(A23) == [[5]]


def test_division_by_zero_the_logarithm_of_zero_and_overflow_do_not_raise():
    assert str(linalg.divide([[1.0, -1.0, 0.0, nan]], 0.0)) == "[[inf, -inf, nan, nan]]"
    assert str(linalg.divide([[1.0, -1.0]], -0.0)) == "[[-inf, inf]]"
    assert str(linalg.log([[0.0, -1.0, inf]])) == "[[-inf, nan, inf]]"
    assert str(linalg.log1p([[-1.0, -2.0]])) == "[[-inf, nan]]"
    assert linalg.exp([[1000.0, -1000.0]]) == [[inf, 0.0]] == linalg.exp([[inf, -inf]])
    assert linalg.expm1([[1000.0, -1000.0]]) == [[inf, -1.0]]
    assert str(linalg.sqrt([[-1.0, 4.0]])) == "[[nan, 2.0]]"
    assert linalg.tanh([[inf, -1000.0]]) == [[1.0, -1.0]]
    assert str(linalg.sign([[-3.0, 0.0, inf, nan]])) == "[[-1.0, 0.0, 1.0, nan]]"


def test_nan_is_never_lost_in_a_maximum_or_minimum():
    for A, B in (([[nan]], [[1.0]]), ([[1.0]], [[nan]])):
        assert math.isnan(linalg.item(linalg.maximum(A, B)))
        assert math.isnan(linalg.item(linalg.minimum(A, B)))
    for row in ([nan, 1.0, 2.0], [1.0, nan, 2.0], [1.0, 2.0, nan]):
        assert math.isnan(linalg.item(linalg.max([row])))
        assert math.isnan(linalg.item(linalg.min([row])))
        assert math.isnan(row[linalg.item(linalg.argmax([row]))])


def test_small_differences_from_one_are_not_rounded_away():
    assert linalg.expm1([[1e-20]]) == [[1e-20]] == linalg.log1p([[1e-20]])


def test_the_error_function_is_an_odd_function_that_levels_off_at_one():
    assert linalg.erf([[0.0, 1000.0, -1000.0]]) == [[0.0, 1.0, -1.0]]
    assert linalg.item(linalg.erf([[0.5]])) == pytest.approx(0.5204998778130465, rel=1e-14)


def test_matrices_are_made_of_fresh_rows():
    for A in (linalg.zeros(2, 2), linalg.full(2, 2, 1.0), linalg.identity(2),
              linalg.one_hot([0, 0], 2), linalg.add(0.0, [[1.0, 2.0]]),
              linalg.generate(2, 2, lambda: 0.0)):
        assert len({id(row) for row in A}) == len(A)
    assert linalg.identity(3) == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_generate_draws_row_after_row():
    draws = iter([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert linalg.generate(2, 3, lambda: next(draws)) == A23


@given(pair=two_of_one_shape())
def test_no_operation_changes_what_it_is_given(pair):
    A, B = pair
    before = str(pair)
    for name in [*COMBINED, "elementwise"]:
        arguments = (operator.add, A, B) if name == "elementwise" else (A, B)
        getattr(linalg, name)(*arguments)
    for name in ("exp", "abs", "sign", "sum", "mean", "max", "argmax", "transpose", "ravel"):
        getattr(linalg, name)(A)
    linalg.inner(A, B), linalg.matmul(A, linalg.transpose(B)), linalg.where(A, A, B)
    assert str(pair) == before


def test_elementwise_hands_the_formula_the_numbers_in_the_same_place():
    assert linalg.elementwise(lambda a, b, c: a - b * c, A23, A23, A23) == [
        [0.0, -2.0, -6.0], [-12.0, -20.0, -30.0],
    ]


def test_all_finite_finds_every_number_that_is_not():
    assert linalg.all_finite(A23)
    for bad in (inf, -inf, nan):
        for row in (0, 1):
            for column in (0, 1, 2):
                A = [list(numbers) for numbers in A23]
                A[row][column] = bad
                assert not linalg.all_finite(A)


# ---- What does not fit is refused ----

ROW, COLUMN = [[1.0, 2.0, 3.0]], [[1.0], [2.0]]
A32 = linalg.transpose(A23)


@pytest.mark.parametrize("operation, words", [
    *[(lambda name=name: getattr(linalg, name)(A23, A32), f"{name}: 2 × 3 and 3 × 2; two sizes "
       "must be equal, or one of them 1") for name in COMBINED],
    (lambda: linalg.add(A23, [[1.0, 2.0]]), "add: 2 × 3 and 1 × 2"),
    (lambda: linalg.add([[1.0], [1.0], [1.0]], A23), "add: 3 × 1 and 2 × 3"),
    (lambda: linalg.where(A23, A23, A32), "where: 2 × 3 and 2 × 3 and 3 × 2"),
    (lambda: linalg.dot([1.0], [1.0, 2.0]), "dot: vectors of 1 and 2 numbers"),
    (lambda: linalg.inner(A23, A32), "inner: rows of 2 × 3 and of 3 × 2 do not match"),
    (lambda: linalg.matmul(A23, A23), "matmul: 2 × 3 times 2 × 3; the columns"),
    (lambda: linalg.matmul(ROW, COLUMN), "matmul: 1 × 3 times 2 × 1"),
    (lambda: linalg.inner(A23, []), "expected at least one row, got none"),
    (lambda: linalg.inner([], A23), "expected at least one row, got none"),
    (lambda: linalg.inner([[1.0] * 9], [[1.0] * 8]), "inner: rows of 1 × 9 and of 1 × 8"),
    (lambda: linalg.inner([[1.0] * 9, [1.0]], [[1.0] * 9]), "row 0 has 9 numbers, row 1 has 1"),
    (lambda: linalg.inner([[1.0, 2.0], [1.0]], [[1.0] * 2]), "row 0 has 2 numbers, row 1 has 1"),
    (lambda: linalg.affine(A23, A23, COLUMN), "affine: 2 products a row need one row of 2"),
    (lambda: linalg.affine(A23, A23, ROW), "numbers to be added, got 1 × 3"),
    (lambda: linalg.inner_columns(A23, A32), "inner_columns: 2 × 3 and 3 × 2; both matrices need"),
    (lambda: linalg.add_scaled(A23, 1.0, A32), "add_scaled: 2 × 3 and 3 × 2"),
    (lambda: linalg.blend(A23, 0.5, ROW), "blend: 2 × 3 and 1 × 3"),
    (lambda: linalg.where_positive(A23, A32), "where_positive: 2 × 3 and 3 × 2"),
    (lambda: linalg.vdot(A23, ROW), "vdot: 2 × 3 and 1 × 3"),
    (lambda: linalg.elementwise(operator.add, A23, ROW), "elementwise: 2 × 3 and 1 × 3"),
    (lambda: linalg.elementwise(operator.add, A23, A32), "elementwise: 2 × 3 and 3 × 2"),
    (lambda: linalg.item(A23), "item: expected a matrix of 1 × 1, got 2 × 3"),
    (lambda: linalg.vstack([A23, A32]), "row 0 has 3 numbers, row 2 has 2"),
    (lambda: linalg.take(A23, []), "take: expected at least one row number, got none"),
    (lambda: linalg.zeros(0, 1), "positive integer for its rows, got 0"),
    (lambda: linalg.full(1, -1, 0.0), "positive integer for its columns, got -1"),
    (lambda: linalg.zeros(1.5, 1), "positive integer for its rows, got 1.5"),
    (lambda: linalg.zeros(1, True), "positive integer for its columns, got True"),
])
def test_sizes_that_do_not_go_together_are_refused_with_both_sizes(operation, words):
    with pytest.raises(ShapeError) as caught:
        operation()
    assert words in str(caught.value)


@pytest.mark.parametrize("name", [
    "shape", "exp", "abs", "sign", "sum", "mean", "max", "min", "argmax", "transpose", "ravel",
    "item",
])
@pytest.mark.parametrize("wrong", [[], [[]], [[], []], [[1.0], [1.0, 2.0]], [1.0, 2.0], None, 5.0,
                                   [[1.0], None]], ids=str)
def test_what_is_no_matrix_is_refused_by_every_operation(name, wrong):
    with pytest.raises(ShapeError):
        getattr(linalg, name)(wrong)


@pytest.mark.parametrize("axis", [2, -1, "rows"])
def test_there_are_two_axes(axis):
    with pytest.raises(ValueError, match="axis: expected 0"):
        linalg.sum(A23, axis=axis)


def test_a_row_number_beyond_the_last_is_an_error():
    with pytest.raises(IndexError):
        linalg.take(A23, [2])


shared = [0.0, 0.0]


@pytest.mark.parametrize("wrong, kind, words", [
    (None, ShapeError, "expected a matrix (a list of rows), got None"),
    (5, ShapeError, "expected a matrix (a list of rows), got 5"),
    ("abc", ShapeError, "expected a matrix (a list of rows), got 'abc' (a string)"),
    (object(), ShapeError, "expected a matrix (a list of rows)"),
    ((row for row in [[1.0]]), ShapeError, "expected a matrix (a list of rows), got"),
    (map(list, [[1.0]]), ShapeError, "expected a matrix (a list of rows), got"),
    ([], ShapeError, "expected at least one row, got none"),
    ([[]], ShapeError, "expected rows with at least one number, got empty rows"),
    ([1.0, 2.0], ShapeError, "one example is a row too: [[1.0, 2.0]], not [1.0, 2.0]"),
    ([[1.0], 2.0], ShapeError, "item 1 is 2.0"),
    ([[1.0], None], ShapeError, "item 1 is None"),
    ([[1.0, 2.0], [3.0]], ShapeError, "row 0 has 2 numbers, row 1 has 1"),
    (["12", "34"], TypeError, "row 0"),
    ([[1.0, "2"]], TypeError, "row 0, column 1: expected a number, got '2' (a string); convert it "
                              "with float()"),
    ([[1.0], [None]], TypeError, "row 1, column 0: expected a number, got None"),
    ([[[1.0]]], TypeError, "row 0, column 0: expected a number, got"),
    ([[1j]], TypeError, "row 0, column 0: expected a number, got"),
    ([[1.0, nan]], ValueError, "row 0, column 1 is nan; fill or drop missing and infinite values"),
    ([[1.0], [-inf]], ValueError, "row 1, column 0 is -inf"),
    ([[10**400]], ValueError, "row 0, column 0 is too large an integer for a float"),
    ([shared, [1.0, 1.0], shared], ValueError, "rows 0 and 2 are one and the same list object"),
    ([[0.0] * 2] * 3, ValueError, "[[0.0] * n for _ in range(m)]"),
], ids=lambda value: str(value)[:30])
def test_what_comes_from_outside_is_looked_at_number_by_number(wrong, kind, words):
    with pytest.raises(kind) as caught:
        linalg.as_matrix(wrong, "train: inputs")
    assert str(caught.value).startswith("train: inputs:") and words in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("right", [
    [[1.0]], [[1, 2]], [[True, False]], [(1.0, 2.0), (3.0, 4.0)], ((1.0,), (2.0,)),
    [range(3), range(3)],
], ids=str)
def test_any_sequence_of_rows_of_numbers_is_a_matrix(right):
    assert linalg.as_matrix(right, "here") is right


# ---- The same bits ----


@given(pair=vectors)
def test_the_chosen_dot_is_the_plain_loop_but_for_rounding(pair):
    u, v = pair
    size = math.fsum(abs(x * y) for x, y in zip(u, v))
    assert abs(linalg.dot(u, v) - linalg.plain_dot(u, v)) <= 1e-14 * len(u) * size


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the built-in sum compensates from 3.12 on")
@given(pair=vectors)
def test_before_3_12_the_map_form_of_dot_has_the_bits_of_the_plain_loop(pair):
    assert linalg._map_dot(*pair).hex() == linalg.plain_dot(*pair).hex()


def test_the_plain_loops_add_up_from_left_to_right():
    assert linalg.plain_dot([0.1] * 10, [1.0] * 10) == 0.9999999999999999
    assert linalg.plain_dot([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]) == 0.0
    with plain_loops():
        assert linalg.sum([[0.1] * 10]) == [[0.9999999999999999]]
        assert linalg.sum([[0.1]] * 10, axis=0) == [[0.9999999999999999]]
        assert linalg.sum([[0.1] * 5, [0.1] * 5]) == [[0.9999999999999999]]
        assert linalg.inner([[0.1] * 10], [[1.0] * 10]) == [[0.9999999999999999]]


def test_the_sum_is_a_float_also_of_what_is_none():
    with plain_loops():
        assert repr(linalg.sum([[True, False], [True, True]], axis=0)) == "[[2.0, 1.0]]"
    assert repr(linalg.sum([[True, False], [True, True]], axis=0)) == "[[2.0, 1.0]]"


def with_zeros(rng, rows, columns, density):
    """A matrix in which only some numbers are not zero, as gradients are behind a ReLU."""
    return linalg.generate(
        rows, columns, lambda: 8 * rng.random() - 4 if rng.random() < density else 0.0
    )


products = given(n=st.integers(1, 20), k=st.integers(1, 20), m=st.integers(1, 12), seed=seeds,
                 density=st.sampled_from([0.0, 0.3, 0.5, 1.0]))


def product_is(plain, A, B):
    """Say whether A times B is this, by every function and in every way that there is."""
    B_rows = linalg.transpose(B)
    with plain_loops():
        for are in ("never faster", "always faster", "faster where A has many zeros"):
            for short in ({}, linalg._SHORT_PRODUCTS):
                linalg._sums_of_rows_are, linalg._short_products = are, short
                assert linalg.matmul(A, B) == plain
                assert linalg.inner(A, B_rows) == plain
                assert linalg.inner_columns(linalg.transpose(A), B) == plain
                assert linalg.affine(A, B_rows, B[:1]) == linalg.add(plain, B[:1])
    return True


@products
def test_all_ways_to_a_product_give_the_bits_of_the_plain_loop(n, k, m, seed, density):
    rng = Random(seed)
    A, B = with_zeros(rng, n, k, density), with_zeros(rng, k, m, 1.0)
    plain = [[linalg.plain_dot(row, column) for column in zip(*B)] for row in A]
    nothing = [0.0] * m
    assert [linalg._plain_sum_of_rows(row, B, nothing) for row in A] == plain
    assert [linalg._four_rows_at_a_time(row, B, nothing) for row in A] == plain
    assert [linalg._sum_of_rows_by_position(row, B, nothing) for row in A] == plain
    assert nothing == [0.0] * m
    if k <= 4:
        assert linalg._SHORT_PRODUCTS[k](A, linalg.transpose(B), nothing) == plain
    assert product_is(plain, A, B)


@products
def test_the_loops_chosen_here_agree_with_the_plain_ones_but_for_rounding(n, k, m, seed, density):
    rng = Random(seed)
    A, B = with_zeros(rng, n, k, density), with_zeros(rng, k, m, 1.0)
    chosen = linalg.matmul(A, B)
    with plain_loops():
        plain = linalg.matmul(A, B)
    for ours, theirs in zip(linalg.ravel(chosen), linalg.ravel(plain)):
        assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the built-in sum compensates from 3.12 on")
@given(A=matrices(elements=numbers))
def test_before_3_12_the_fast_sum_has_the_bits_of_the_plain_loop(A):
    for row in A:
        assert linalg._fast_total(row).hex() == linalg._plain_total(row).hex()


CHOSEN = "from purenn import linalg; print(linalg._dot.__name__)"


@pytest.mark.parametrize("setting, plain", [("1", True), ("yes", True), ("0", False), ("", False)])
def test_an_environment_variable_keeps_the_plain_loop(setting, plain):
    root = str(Path(__file__).resolve().parent.parent)
    environment = dict(os.environ, PURENN_PLAIN_LOOPS=setting, PYTHONPATH=root)
    chosen = subprocess.run([sys.executable, "-c", CHOSEN], env=environment, check=True,
                            stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()
    if plain or sys.implementation.name != "cpython":
        assert chosen == "plain_dot"
    else:
        assert chosen == ("sumprod" if hasattr(math, "sumprod") else "_map_dot")


# ---- What the short ways must not lose ----


@pytest.mark.parametrize("operation", [
    lambda: linalg.affine(A23, A23, [[1.0, 2.0], [3.0, 4.0]]),
    lambda: linalg.inner_columns(A32, A23),
    lambda: linalg.inner_columns(A23, A32),
    lambda: linalg.add_scaled(A23, 1.0, [[1.0, 2.0], [3.0, 4.0]]),
    lambda: linalg.add_scaled(A23, 1.0, ROW),
    lambda: linalg.blend(A23, 0.5, [[1.0, 2.0], [3.0, 4.0]]),
    lambda: linalg.blend(A23, 0.5, ROW),
    lambda: linalg.where_positive(A23, [[1.0, 2.0], [3.0, 4.0]]),
    lambda: linalg.where_positive(A23, ROW),
    lambda: linalg.vdot(A23, [[1.0, 2.0], [3.0, 4.0]]),
    lambda: linalg.vdot(A23, ROW),
], ids=range(11))
def test_rows_and_widths_must_both_go_together(operation):
    with pytest.raises(ShapeError):
        operation()


@pytest.mark.parametrize("size", range(1, 10))
def test_all_ways_to_a_product_of_square_matrices_turn_the_right_one(size):
    rng = Random(size)
    A, B = with_zeros(rng, size, size, 0.5), with_zeros(rng, size, size, 1.0)
    plain = [[linalg.plain_dot(row, column) for column in zip(*B)] for row in A]
    assert product_is(plain, A, B)


@pytest.mark.parametrize("rows", range(1, 10))
def test_a_sum_of_rows_with_infinite_numbers_is_infinite_in_every_way(rows):
    B = [[1.0, inf]] * rows
    for weights in ([1.0] * rows, [0.5] * (rows - 1) + [2.0]):
        for way in (linalg._plain_sum_of_rows, linalg._four_rows_at_a_time,
                    linalg._sum_of_rows_by_position):
            total, infinite = way(weights, B, [0.0, 0.0])
            assert total == math.fsum(weights) and infinite == inf


def test_sums_of_rows_are_taken_where_many_weights_are_zero():
    few, many = [[1.0] * 7 + [0.0] * 3] * 20, [[1.0] * 3 + [0.0] * 7] * 20
    with plain_loops():
        for are, answers in (("never faster", [False, False]), ("always faster", [True, True]),
                             ("faster where A has many zeros", [False, True])):
            linalg._sums_of_rows_are = are
            assert [linalg._sums_are_faster(A, 10) for A in (few, many)] == answers


def test_the_plain_loops_are_plain_in_every_place():
    for _ in range(2):
        with plain_loops():
            assert linalg._dot is linalg.plain_dot and linalg._total is linalg._plain_total
            assert linalg._columns is linalg.transpose and linalg._short_products == {}
            assert linalg._sum_of_rows is linalg._plain_sum_of_rows
            assert linalg._sums_of_rows_are == "never faster"
        linalg.choose_loops(plain=False)
        assert linalg._short_products is linalg._SHORT_PRODUCTS
        assert linalg._sum_of_rows is not linalg._plain_sum_of_rows


def test_a_step_along_a_row_of_zeros_leaves_the_row_and_only_that():
    A, B = [[0.0, 0.0], [1.0, 2.0], [5.0, 6.0]], [[1.0, 3.0], [0.0, 0.0], [0.0, 1.0]]
    assert linalg.add_scaled(A, 2.0, B) == [[2.0, 6.0], [1.0, 2.0], [5.0, 8.0]]
    assert str(linalg.add_scaled([[1.0]], 2.0, [[nan]])) == "[[nan]]"


def test_where_positive_is_zero_where_x_is_no_number():
    assert linalg.where_positive([[nan, inf, -inf]], [[5.0, 6.0, 7.0]]) == [[0.0, 6.0, 0.0]]


def test_no_score_is_so_large_that_the_logarithm_of_softmax_overflows():
    for row in ([0.0, 1000.0], [1000.0, 0.0], [-1000.0, -2000.0]):
        low, high = sorted(linalg.log_softmax([row])[0])
        assert (low, high) == (-1000.0, 0.0)
    assert all(math.isnan(x) for x in linalg.log_softmax([[0.0, nan, 1.0]])[0])


def test_large_numbers_whose_sum_overflows_are_finite():
    large = [[1e308, 1e308], [-1e308, 1e308]]
    assert linalg.all_finite(large) and linalg.all_finite(A23, large)
    assert linalg.as_matrix(large, "here") is large
    assert linalg.as_matrix(large[:1], "here") == large[:1]


@pytest.mark.parametrize("bad", [inf, -inf, nan])
def test_every_one_of_several_matrices_must_be_finite(bad):
    assert not linalg.all_finite(A23, [[bad]]) and not linalg.all_finite([[bad]], A23)
    assert not linalg.all_finite([[inf, -inf]], A23, [[bad]])
    with pytest.raises(ValueError, match="row 0, column 1"):
        linalg.as_matrix([[1.0, bad]], "here")
    with pytest.raises(ValueError, match="row 1, column 0"):
        linalg.as_matrix([[1.0, 2.0], [bad, 2.0]], "here")


def test_a_quotient_is_divided_and_not_multiplied():
    assert linalg.divide([[49.0, 3.0]], 49.0) == [[1.0, 3.0 / 49.0]]
    assert linalg.divide([[5e-324]], 5e-324) == [[1.0]]


def test_one_row_is_the_sum_of_its_columns_and_several_are_added():
    assert linalg.sum([[1.0, 2.0]], axis=0) == [[1.0, 2.0]]
    assert linalg.sum([[1.0, 2.0]], axis=1) == [[3.0]] == linalg.sum([[1.0, 2.0]])
    assert linalg.sum([[1.0, 2.0], [3.0, 5.0]], axis=0) == [[4.0, 7.0]]


@pytest.mark.parametrize("wrong", [[b"12"], [b"12", b"34"], [{1: 2.0}], [{1.0}, {2.0}]], ids=str)
def test_rows_of_bytes_and_of_dictionaries_are_no_rows_of_numbers(wrong):
    with pytest.raises((ShapeError, TypeError)):
        linalg.as_matrix(wrong, "here")


def test_nan_wins_also_when_it_is_the_number_compared_with():
    assert math.isnan(linalg.maximum([[1.0]], nan)[0][0])
    assert math.isnan(linalg.minimum([[1.0]], nan)[0][0])
    assert math.isnan(linalg.clip([[1.0]], nan, 2.0)[0][0])


def test_the_sum_of_one_row_down_its_columns_is_a_new_row_of_floats():
    A = [[True, 2]]
    total = linalg.sum(A, axis=0)
    assert repr(total) == "[[1.0, 2.0]]" and total[0] is not A[0]
    for wrong in ([[]], [1.0], []):
        with pytest.raises(ShapeError):
            linalg.sum(wrong, axis=0)


def test_the_logarithm_of_softmax_and_vdot_refuse_what_is_no_matrix():
    for wrong in ([[]], []):
        with pytest.raises(ShapeError):
            linalg.log_softmax(wrong)
    with pytest.raises(ShapeError):
        linalg.vdot([], [])


def test_after_plain_loops_the_environment_decides_again(monkeypatch):
    monkeypatch.setenv("PURENN_PLAIN_LOOPS", "1")
    with plain_loops():
        pass
    assert linalg._dot is linalg.plain_dot and not linalg._short_products
    monkeypatch.delenv("PURENN_PLAIN_LOOPS")
    linalg.choose_loops()
    assert linalg._short_products
