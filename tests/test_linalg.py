"""The matrix operations mean what NumPy's mean, and refuse what does not fit.

Everything here is tried twice: with the plain loops that linalg shows, and with the quick functions
of the same names that take their place. Where NumPy is not installed the comparisons with it are
skipped; the values worked out by hand are not.
"""

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import matrices, numbers, sizes, two_of_one_shape

from purenn import ShapeError, fast, linalg

pytestmark = pytest.mark.core

inf, nan = math.inf, math.nan
A23 = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
A32 = [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
ROW, COLUMN = [[1.0, 2.0, 3.0]], [[1.0], [2.0]]
SPECIAL = [[inf, -inf, nan], [0.0, -0.0, 1.0], [-2.5, 1e308, 5e-324], [1000.0, -1000.0, 0.5]]


@pytest.fixture(params=["quick", "plain"], scope="module", autouse=True)
def loops(request):
    """Let linalg take the one kind of loops, then the other, whatever the environment says."""
    with fast.plain_loops():  # which puts back at the end what is there now
        if request.param == "quick":
            vars(linalg).update((name, getattr(fast, name)) for name in fast.__all__)
        yield request.param


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


def test_each_kind_of_loops_is_there(loops):
    for name in fast.__all__:
        there = getattr(linalg, name)
        assert there is (fast.PLAIN[name] if loops == "plain" else getattr(fast, name))


# ---- Every operation, with arguments for it ----

ONE = ("shape", "transpose", "ravel", "exp", "log", "abs", "sum", "mean", "max", "min", "argmax",
       "log_softmax")
COMBINED = ("add", "subtract", "multiply", "divide", "greater")
ON_MATRICES = {
    **dict.fromkeys(ONE, (A23,)), **dict.fromkeys(COMBINED, (A23, A23)),
    "item": ([[1.0]],), "inner": (A23, A23), "matmul": (A23, A32), "inner_columns": (A23, A23),
    "affine": (A23, A23, [[1.0, 2.0]]), "elementwise": (operator.add, A23, A23),
    "elementwise_tuple": (divmod, A23, A23), "chain_rule": (A23, operator.add, A23, A23),
}
OTHERS = {
    "dot": ([1.0, 2.0], [3.0, 4.0]), "take": (A23, [1, 0]), "vstack": ([A23, A23],),
    "one_hot": ([1, 0], 2), "generate": (2, 2, lambda: 0.5), "full": (2, 2, 0.5),
    "zeros": (2, 2), "all_finite": (A23, A32),
}
NUMBERS_TOO = (*COMBINED, "exp", "log", "abs", "min", "elementwise", "elementwise_tuple",
               "chain_rule")


def test_these_are_all_operations():
    operations = {name for name in linalg.__all__ if name[0].islower()}
    assert operations == set(ON_MATRICES) | set(OTHERS)


@pytest.mark.parametrize("name", [*ON_MATRICES, *OTHERS])
def test_no_operation_changes_what_it_is_given(name):
    arguments = {**ON_MATRICES, **OTHERS}[name]
    before = repr(arguments)
    getattr(linalg, name)(*arguments)
    assert repr(arguments) == before


WRONG = [[], [[]], [[], []], [[1.0], [1.0, 2.0]], [[1.0, 2.0], [1.0]], [[1.0, 2.0, 3.0], [1.0]],
         [[1.0], []], [1.0, 2.0], None, [[1.0], None], [None, [1.0]]]


@pytest.mark.parametrize("name", ON_MATRICES)
def test_what_is_no_matrix_is_refused_by_every_operation(name):
    arguments = ON_MATRICES[name]
    for wrong in [*WRONG, *([] if name in NUMBERS_TOO else [5.0])]:
        for place, argument in enumerate(arguments):
            if isinstance(argument, list):
                with pytest.raises(ShapeError):
                    getattr(linalg, name)(*arguments[:place], wrong, *arguments[place + 1:])


@pytest.mark.parametrize("name", [*COMBINED, "elementwise", "elementwise_tuple", "chain_rule"])
def test_what_is_no_matrix_does_not_become_one_beside_a_number(name):
    operation = getattr(linalg, name)
    formulas = {"elementwise": (operator.add,), "elementwise_tuple": (divmod,)}.get(name, ())
    for wrong in WRONG:
        for other in (2.0, [[2.0]], COLUMN, ROW):
            for one, two in ((wrong, other), (other, wrong)):
                with pytest.raises(ShapeError):
                    if name == "chain_rule":
                        operation(one, operator.pos, two)
                    else:
                        operation(*formulas, one, two)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "argmax"])
def test_what_is_no_matrix_is_not_reduced_along_an_axis_either(name):
    for wrong in WRONG:
        for axis in (0, 1):
            with pytest.raises(ShapeError):
                getattr(linalg, name)(wrong, axis=axis)


# ---- Against NumPy ----

SHAPES = [((2, 3), (2, 3)), ((2, 3), (1, 3)), ((2, 3), (2, 1)), ((2, 3), (1, 1)), ((1, 3), (2, 1)),
          ((2, 1), (1, 3)), ((1, 1), (2, 3)), ((3, 3), (3, 1)), ((3, 3), (1, 3)), ((1, 1), (1, 1))]


def counted(size, start=1.0):
    values = iter(range(size[0] * size[1]))
    return [[start + 0.75 * next(values) for _ in range(size[1])] for _ in range(size[0])]


@pytest.mark.interop
@pytest.mark.parametrize("name", COMBINED)
@pytest.mark.parametrize("one, other", SHAPES)
def test_broadcasting_is_that_of_numpy(np, name, one, other):
    A, B = counted(one), counted(other, start=-1.5)
    assert same(np, getattr(linalg, name)(A, B), getattr(np, name)(A, B))


@pytest.mark.interop
@pytest.mark.parametrize("one, other", SHAPES)
def test_three_matrices_are_broadcast_as_by_numpy(np, one, other):
    def formula(a, b, c):
        return a - b * c

    for third in ((1, 1), (2, 1), (3, 1), (1, 3), (2, 3), (3, 3)):
        A, B, C = counted(one), counted(other, start=-1.5), counted(third, start=0.25)
        try:
            theirs = formula(*map(np.array, (A, B, C)))
        except ValueError:
            with pytest.raises(ShapeError):
                linalg.elementwise(formula, A, B, C)
            continue
        assert same(np, linalg.elementwise(formula, A, B, C), theirs)
        assert same(np, linalg.elementwise(formula, A, 2.5, C),
                    formula(np.array(A), 2.5, np.array(C)))
        assert same(np, linalg.chain_rule(A, operator.sub, B, C),
                    np.array(A) * (np.array(B) - np.array(C)))


@pytest.mark.interop
@pytest.mark.parametrize("name", COMBINED)
def test_a_number_stands_for_a_whole_matrix_on_either_side(np, name):
    ours, theirs = getattr(linalg, name), getattr(np, name)
    assert same(np, ours(A23, 2.5), theirs(A23, 2.5)) and same(np, ours(3, A23), theirs(3, A23))
    assert same(np, ours(A23, True), theirs(A23, 1.0)) and same(np, ours(0, A23), theirs(0, A23))


@pytest.mark.interop
@pytest.mark.parametrize("name", COMBINED)
def test_infinity_nan_and_zero_behave_as_in_numpy(np, name):
    flat = linalg.ravel(SPECIAL)
    for x in flat:
        for other in ([[x] * len(flat)], [[x]], x):
            assert same(np, getattr(linalg, name)([flat], other), getattr(np, name)([flat], other))
            assert same(np, getattr(linalg, name)(other, [flat]), getattr(np, name)(other, [flat]))


@pytest.mark.interop
@given(pair=two_of_one_shape(elements=numbers))
def test_two_matrices_combine_as_in_numpy(np, pair):
    for name in COMBINED:
        assert same(np, getattr(linalg, name)(*pair), getattr(np, name)(*pair))


@pytest.mark.interop
@given(A=matrices(elements=numbers))
def test_functions_of_one_number_are_those_of_numpy(np, A):
    for name in ("exp", "log", "abs"):
        assert same(np, getattr(linalg, name)(A), getattr(np, name)(A), rtol=1e-13)


@pytest.mark.interop
@pytest.mark.parametrize("name", ["exp", "log", "abs"])
def test_functions_of_one_number_are_those_of_numpy_at_the_edges_of_floats(np, name):
    for A in (SPECIAL, [[-1.0, -0.5, 1e-12, 709.0, 710.0]], [[5e-324, 745.0, -746.0]]):
        assert same(np, getattr(linalg, name)(A), getattr(np, name)(A), rtol=1e-13)


def reduces_like_numpy(np, name, A):
    for axis in (0, 1, None):
        theirs = getattr(np, name)(np.array(A), axis=axis, keepdims=True)
        ours = getattr(linalg, name)(A, axis=axis)
        assert linalg.shape(ours) == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)
    return True


@pytest.mark.interop
@given(A=matrices(elements=numbers))
def test_reductions_are_those_of_numpy_and_keep_the_axis(np, A):
    for name in ("sum", "mean", "max", "min"):
        assert reduces_like_numpy(np, name, A)


@pytest.mark.interop
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
def test_reductions_of_what_is_not_finite_are_those_of_numpy(np, name):
    assert reduces_like_numpy(np, name, SPECIAL) and reduces_like_numpy(np, name, SPECIAL[1:])


@pytest.mark.interop
@given(A=matrices(elements=st.integers(-2, 2).map(float)))
def test_argmax_is_that_of_numpy_also_among_equals_and_nan(np, A):
    for matrix in (A, [[1.0, nan, 2.0], [nan, 3.0, nan], [0.0, inf, -inf]]):
        for axis in (0, 1):
            theirs = np.expand_dims(np.argmax(matrix, axis=axis), axis)
            assert same(np, linalg.argmax(matrix, axis=axis), theirs)
        assert linalg.argmax(matrix) == [[int(np.argmax(matrix))]]


@pytest.mark.interop
@given(size=st.tuples(st.integers(1, 7), st.integers(1, 12), st.integers(1, 7)), data=st.data())
def test_products_are_those_of_numpy(np, size, data):
    n, k, m = size
    A, B = data.draw(matrices(n, k)), data.draw(matrices(k, m))
    B_rows = linalg.transpose(B)
    for ours, theirs in [
        (linalg.matmul(A, B), np.matmul(A, B)), (linalg.inner(A, B_rows), np.inner(A, B_rows)),
        (linalg.inner_columns(linalg.transpose(A), B), np.matmul(A, B)),
        (linalg.affine(A, B_rows, B[:1]), np.matmul(A, B) + np.array(B[:1])),
        ([[linalg.dot(A[0], B_rows[0])]], np.array([[np.dot(A[0], B_rows[0])]])),
    ]:
        assert linalg.shape(ours) == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.interop
@given(A=matrices(elements=numbers))
def test_rearranging_is_that_of_numpy(np, A):
    assert same(np, linalg.transpose(A), np.transpose(A))
    assert linalg.ravel(A) == np.ravel(A).tolist()
    assert linalg.shape(A) == np.shape(A)
    assert same(np, linalg.vstack([A, A[:1]]), np.vstack([A, A[:1]]))
    assert same(np, linalg.take(A, [0, len(A) - 1]), np.take(A, [0, len(A) - 1], axis=0))


@pytest.mark.interop
@given(A=matrices(elements=numbers))
def test_the_logarithm_of_softmax_is_what_it_says(np, A):
    shifted = np.array(A) - np.max(A, axis=1, keepdims=True)
    theirs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    np.testing.assert_allclose(linalg.log_softmax(A), theirs, rtol=1e-14, atol=1e-12)


@pytest.mark.interop
@given(A=matrices(elements=numbers))
def test_all_numbers_are_finite_where_numpy_says_so(np, A):
    for matrix in (A, SPECIAL, SPECIAL[:1], SPECIAL[1:]):
        theirs = bool(np.isfinite(A).all() and np.isfinite(matrix).all())
        assert linalg.all_finite(A, matrix) is theirs


@pytest.mark.interop
@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 9, 17])
@pytest.mark.parametrize("rows", [1, 2, 9])
def test_an_array_of_numpy_and_rows_of_numpy_are_matrices_too(np, rows, width):
    array = np.arange(rows * width).reshape(rows, width) - width / 2.0
    array[array > rows] = 0.0
    weights = np.cos(np.arange(3 * width)).reshape(3, width)
    for A in (array, list(array)):
        for ours, theirs in [
            (linalg.add(A, A[:1]), array + array[:1]), (linalg.multiply(A, 2.5), array * 2.5),
            (linalg.divide(A, 4.0), array / 4.0), (linalg.inner(A, weights), array @ weights.T),
            (linalg.matmul(A, linalg.transpose(weights)), array @ weights.T),
            (linalg.inner_columns(A, A), array.T @ array), (linalg.transpose(A), array.T),
            (linalg.affine(A, weights, np.ones((1, 3))), array @ weights.T + 1.0),
            (linalg.sum(A, axis=0), array.sum(axis=0, keepdims=True)),
            (linalg.max(A, axis=1), array.max(axis=1, keepdims=True)),
            (linalg.exp(A), np.exp(array)), (linalg.log_softmax(A), _log_softmax(np, array)),
            (linalg.vstack([A, A]), np.vstack([array, array])), (linalg.take(A, [0]), array[:1]),
        ]:
            assert linalg.shape(ours) == linalg.shape(theirs)
            np.testing.assert_allclose(np.array(ours), theirs, rtol=1e-12, atol=1e-12)
        assert linalg.shape(A) == array.shape and linalg.all_finite(A)


def _log_softmax(np, array):
    shifted = array - array.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# ---- By hand ----


def test_broadcasting_repeats_what_has_size_one():
    assert linalg.add([[1.0], [2.0]], [[10.0, 20.0]]) == [[11.0, 21.0], [12.0, 22.0]]
    assert linalg.subtract(1.0, [[0.25, 0.5]]) == [[0.75, 0.5]]
    assert linalg.multiply([[2.0]], A23) == [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]


def test_a_number_is_a_matrix_of_one_row_and_one_column():
    assert linalg.add(2.0, 3) == [[5.0]] and linalg.greater(2, 1) == [[True]]
    assert linalg.exp(5.0) == [[math.exp(5.0)]] and linalg.log(5.0) == [[math.log(5.0)]]
    assert linalg.abs(-5) == [[5.0]] and linalg.divide(1.0, 0.0) == [[inf]]
    assert linalg.elementwise(max, 2.0, 3.0, 1.0) == [[3.0]]
    assert linalg.elementwise_tuple(divmod, 7, 4.0) == ([[1.0]], [[3.0]])
    assert linalg.chain_rule(2.0, operator.add, 3.0, 4.0) == [[14.0]]


def test_reductions_keep_the_reduced_size_as_one():
    assert linalg.sum(A23, axis=0) == [[5.0, 7.0, 9.0]]
    assert linalg.sum(A23, axis=1) == [[6.0], [15.0]]
    assert linalg.sum(A23) == [[21.0]] and linalg.mean(A23) == [[3.5]]
    assert linalg.mean(A23, axis=1) == [[2.0], [5.0]]
    assert linalg.max(A23, axis=0) == [[4.0, 5.0, 6.0]]
    assert linalg.min(A23, axis=1) == [[1.0], [4.0]]
    assert linalg.argmax([[1.0, 3.0, 3.0], [5.0, 5.0, 2.0]], axis=1) == [[1], [0]]
    assert linalg.argmax(A23, axis=0) == [[1, 1, 1]] and linalg.argmax(A23) == [[5]]


def test_products_by_hand():
    assert linalg.dot([1.0, 2.0, 3.0], [4.0, -5.0, 6.0]) == 12.0
    assert linalg.dot([], []) == 0.0
    assert linalg.inner(A23, [[1.0, 0.0, -1.0]]) == [[-2.0], [-2.0]]
    assert linalg.matmul(A23, A32) == [[14.0, 32.0], [32.0, 77.0]]
    assert linalg.inner_columns(A23, [[1.0], [10.0]]) == [[41.0], [52.0], [63.0]]
    assert linalg.affine(A23, [[1.0, 0.0, -1.0]], [[0.5]]) == [[-1.5], [-1.5]]


def test_the_chain_rule_multiplies_the_gradient_with_the_slopes():
    assert linalg.chain_rule(A23, lambda x, y: x * y, A23, [[1.0, 0.0, 2.0]]) == [
        [1.0, 0.0, 18.0], [16.0, 0.0, 72.0]]


def test_division_by_zero_the_logarithm_of_zero_and_overflow_do_not_raise():
    assert str(linalg.divide([[1.0, -1.0, 0.0, nan]], 0.0)) == "[[inf, -inf, nan, nan]]"
    assert str(linalg.divide([[1.0, -1.0]], -0.0)) == "[[-inf, inf]]"
    assert str(linalg.divide([[1.0, -1.0]], [[0, 0]])) == "[[inf, -inf]]"
    assert str(linalg.divide([[inf, -inf]], 0)) == "[[inf, -inf]]"
    assert str(linalg.log([[0.0, -1.0, inf]])) == "[[-inf, nan, inf]]"
    assert str(linalg.log([[nan, -inf, -0.0]])) == "[[nan, nan, -inf]]"
    assert linalg.exp([[1000.0, -1000.0]]) == [[inf, 0.0]] == linalg.exp([[inf, -inf]])


def test_a_quotient_is_divided_and_not_multiplied():
    assert linalg.divide([[49.0, 3.0]], 49.0) == [[1.0, 3.0 / 49.0]]
    assert linalg.divide([[5e-324]], 5e-324) == [[1.0]]


def test_nan_is_never_lost_in_a_maximum_or_minimum():
    for row in ([nan, 1.0, 2.0], [1.0, nan, 2.0], [1.0, 2.0, nan]):
        for A, axis in (([row], 1), ([row], None), ([[x] for x in row], 0)):
            assert math.isnan(linalg.item(linalg.max(A, axis)))
            assert math.isnan(linalg.item(linalg.min(A, axis)))
            assert math.isnan(row[linalg.item(linalg.argmax(A, axis))])


def test_greater_is_false_where_one_is_no_number():
    assert linalg.greater([[nan, 1.0, nan]], [[1.0, nan, nan]]) == [[False, False, False]]
    assert linalg.add(linalg.greater(A23, 3.5), 0.0) == [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]


def test_matrices_are_made_of_fresh_rows():
    for A in (linalg.zeros(2, 2), linalg.full(2, 2, 1.0), linalg.one_hot([0, 0], 2),
              linalg.add(0.0, [[1.0, 2.0]]), linalg.add([[0.0], [0.0]], [[1.0, 2.0]]),
              linalg.generate(2, 2, lambda: 0.0), linalg.transpose([[1.0, 1.0]])):
        assert len({id(row) for row in A}) == len(A) and all(type(row) is list for row in A)


def test_generate_draws_row_after_row():
    draws = iter([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert linalg.generate(2, 3, lambda: next(draws)) == A23


def test_one_hot_rows_have_one_in_the_place_of_the_number():
    assert linalg.one_hot([1, 0, 1], 2) == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    # What is outside of the classes has been refused by the checks of targets.
    assert linalg.one_hot([2, -1], 2) == [[0.0, 0.0], [0.0, 0.0]]


def test_rows_are_picked_by_number_from_matrices_and_from_flat_lists():
    assert linalg.take(A23, [1, 0, 1]) == [A23[1], A23[0], A23[1]]
    assert linalg.take([7, 8, 9], range(2)) == [7, 8] and linalg.take("abc", [2]) == ["c"]


def test_elementwise_hands_the_formula_the_numbers_in_the_same_place():
    assert linalg.elementwise(lambda a, b, c: a - b * c, A23, A23, A23) == [
        [0.0, -2.0, -6.0], [-12.0, -20.0, -30.0],
    ]
    assert linalg.elementwise(lambda a, b: f"{a:g}{b:g}", A23, [[7.0, 8.0, 9.0]]) == [
        ["17", "28", "39"], ["47", "58", "69"]]


def test_a_formula_with_several_results_gives_as_many_matrices():
    quotients, remainders = linalg.elementwise_tuple(divmod, A23, [[2.0], [3.0]])
    assert quotients == [[0.0, 1.0, 1.0], [1.0, 1.0, 2.0]]
    assert remainders == [[1.0, 0.0, 1.0], [1.0, 2.0, 0.0]]
    assert linalg.elementwise_tuple(lambda x: (x,), ROW) == (ROW,)


def test_all_finite_finds_every_number_that_is_not():
    assert linalg.all_finite(A23) and linalg.all_finite()
    for bad in (inf, -inf, nan):
        for row in (0, 1):
            for column in (0, 1, 2):
                A = [list(numbers) for numbers in A23]
                A[row][column] = bad
                assert not linalg.all_finite(A)
                assert not linalg.all_finite(A23, A) and not linalg.all_finite(A, A23)


def test_large_numbers_whose_sum_overflows_are_finite():
    large = [[1e308, 1e308], [-1e308, 1e308]]
    assert linalg.all_finite(large) and linalg.all_finite(A23, large)
    assert not linalg.all_finite([[inf, -inf]], large)


def test_the_sum_of_one_row_down_its_columns_is_a_new_row_of_floats():
    A = [[True, 2]]
    total = linalg.sum(A, axis=0)
    assert repr(total) == "[[1.0, 2.0]]" and total[0] is not A[0]
    assert repr(linalg.sum([[True, False], [True, True]], axis=0)) == "[[2.0, 1.0]]"
    assert repr(linalg.sum(A, axis=1)) == "[[3.0]]" == repr(linalg.sum(A))


def test_no_score_is_so_large_that_the_logarithm_of_softmax_overflows():
    for row in ([0.0, 1000.0], [1000.0, 0.0], [-1000.0, -2000.0], [1e308, 1e308 - 1e300]):
        low, high = sorted(linalg.log_softmax([row])[0])
        assert (low, high) == (min(row) - max(row), 0.0)
    for row in ([0.0, nan, 1.0], [nan, 0.0], [inf, 0.0], [-inf, -inf]):
        assert all(math.isnan(x) for x in linalg.log_softmax([row])[0])
    assert linalg.log_softmax([[0.0, -inf], [5.0, 5.0]]) == [
        [0.0, -inf], [-math.log(2.0), -math.log(2.0)]]


@pytest.mark.parametrize("loops", ["plain"], indirect=True)
def test_the_plain_loops_add_up_from_left_to_right(loops):
    assert linalg.dot([0.1] * 10, [1.0] * 10) == 0.9999999999999999
    assert linalg.dot([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]) == 0.0
    assert linalg.sum([[0.1] * 10]) == [[0.9999999999999999]]
    assert linalg.sum([[0.1]] * 10, axis=0) == [[0.9999999999999999]]
    assert linalg.sum([[0.1] * 5, [0.1] * 5]) == [[0.9999999999999999]]
    assert linalg.inner([[0.1] * 10], [[1.0] * 10]) == [[0.9999999999999999]]
    assert linalg.matmul([[0.1] * 10], [[1.0]] * 10) == [[0.9999999999999999]]


# ---- What does not fit is refused ----


def go_together(who, *matrices):
    return f"{who}: the sizes {' and '.join(matrices)} do not go together"


TWO_NUMBERS = [[1.0, 2.0]]


@pytest.mark.parametrize("operation, words", [
    *[(lambda name=name: getattr(linalg, name)(A23, A32),
       go_together("elementwise", "2 × 3", "3 × 2")) for name in COMBINED],
    (lambda: linalg.add(A23, TWO_NUMBERS), go_together("elementwise", "2 × 3", "1 × 2")),
    (lambda: linalg.add([[1.0]] * 3, A23), go_together("elementwise", "3 × 1", "2 × 3")),
    (lambda: linalg.divide(A23, [[1.0]] * 3), go_together("elementwise", "2 × 3", "3 × 1")),
    (lambda: linalg.elementwise(max, A23, 1.0, A32),
     go_together("elementwise", "2 × 3", "1 × 1", "3 × 2")),
    (lambda: linalg.elementwise_tuple(divmod, A23, A32),
     go_together("elementwise", "2 × 3", "3 × 2")),
    (lambda: linalg.chain_rule(A23, operator.pos, A32),
     go_together("elementwise", "2 × 3", "3 × 2")),
    (lambda: linalg.chain_rule(A23, operator.add, A23, A32),
     go_together("elementwise", "2 × 3", "3 × 2")),
    (lambda: linalg.dot([1.0], [1.0, 2.0]), "dot: expected two vectors of one length, got 1 and 2"),
    (lambda: linalg.dot([1.0, 2.0], [1.0]), "for matrices take matmul or inner"),
    (lambda: linalg.dot(A23, A23), "for matrices take matmul or inner"),
    (lambda: linalg.inner(A23, A32), go_together("inner", "2 × 3", "3 × 2")),
    (lambda: linalg.inner([[1.0] * 9], [[1.0] * 8]), go_together("inner", "1 × 9", "1 × 8")),
    (lambda: linalg.inner([[]], [[]]), "expected at least one row with at least one number"),
    (lambda: linalg.inner(A23, []), "expected at least one row with at least one number"),
    (lambda: linalg.inner([], A23), "expected at least one row with at least one number"),
    (lambda: linalg.inner([[1.0] * 9, [1.0]], [[1.0] * 9]), "row 0 has 9 numbers, row 1 has 1"),
    (lambda: linalg.inner([[1.0, 2.0], [1.0]], [[1.0] * 2]), "row 0 has 2 numbers, row 1 has 1"),
    (lambda: linalg.matmul(A23, A23), go_together("matmul", "2 × 3", "2 × 3")),
    (lambda: linalg.matmul(ROW, COLUMN), go_together("matmul", "1 × 3", "2 × 1")),
    (lambda: linalg.matmul(COLUMN, A23), go_together("matmul", "2 × 1", "2 × 3")),
    (lambda: linalg.inner_columns(A23, A32), go_together("inner_columns", "2 × 3", "3 × 2")),
    (lambda: linalg.inner_columns(ROW, A23), go_together("inner_columns", "1 × 3", "2 × 3")),
    (lambda: linalg.affine(A23, A23, COLUMN), go_together("affine", *["2 × 3"] * 2, "2 × 1")),
    (lambda: linalg.affine(A23, A23, ROW), go_together("affine", *["2 × 3"] * 2, "1 × 3")),
    (lambda: linalg.affine(A23, A23, TWO_NUMBERS * 2), "2 × 3 and 2 × 3 and 2 × 2"),
    (lambda: linalg.affine(A23, ROW, ROW), go_together("affine", "2 × 3", "1 × 3", "1 × 3")),
    (lambda: linalg.affine(A32, A23, TWO_NUMBERS), go_together("inner", "3 × 2", "2 × 3")),
    (lambda: linalg.item(A23), go_together("item", "2 × 3")),
    (lambda: linalg.item(COLUMN), go_together("item", "2 × 1")),
    (lambda: linalg.item([[1.0, 2.0]]), go_together("item", "1 × 2")),
    (lambda: linalg.vstack([A23, A32]), "row 0 has 3 numbers, row 2 has 2"),
    (lambda: linalg.vstack([]), "expected at least one row"),
    (lambda: linalg.take(A23, []), "take: expected at least one row number, got none"),
    (lambda: linalg.zeros(0, 1), "a matrix needs positive integers for its sizes, got 0"),
    (lambda: linalg.full(1, -1, 0.0), "positive integers for its sizes, got -1"),
    (lambda: linalg.zeros(1.5, 1), "positive integers for its sizes, got 1.5"),
    (lambda: linalg.zeros(1, True), "positive integers for its sizes, got True"),
    (lambda: linalg.generate(1, "2", float), "positive integers for its sizes, got '2'"),
    (lambda: linalg.shape(None), "expected a matrix, a list of rows such as [[1.0, 2.0]]"),
    (lambda: linalg.shape([1.0, 2.0]), "expected a matrix, a list of rows such as [[1.0, 2.0]]"),
    (lambda: linalg.shape([[1.0], [1.0, 2.0]]), "all rows of a matrix have one length"),
])
def test_sizes_that_do_not_go_together_are_refused_with_all_sizes(operation, words):
    with pytest.raises(ShapeError) as caught:
        operation()
    assert words in str(caught.value)


@pytest.mark.parametrize("axis", [2, -1, "rows"])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "argmax"])
def test_there_are_two_axes(name, axis):
    with pytest.raises(ValueError, match=r"axis: expected 0 \(columns\), 1 \(rows\) or None"):
        getattr(linalg, name)(A23, axis=axis)


def test_a_row_number_beyond_the_last_is_an_error():
    with pytest.raises(IndexError):
        linalg.take(A23, [2])


@given(size=st.tuples(sizes, sizes))
def test_the_shape_of_what_is_made_is_what_was_asked_for(size):
    assert linalg.shape(linalg.zeros(*size)) == linalg.shape(linalg.full(*size, 0.5)) == size
    assert linalg.shape(linalg.transpose(linalg.zeros(*size))) == size[::-1]
