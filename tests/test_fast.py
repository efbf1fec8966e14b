"""The quick functions give the numbers of the plain loops, and leave errors to them.

Equal means equal by ==, nan equal to nan. Where `math.sumprod` or, from Python 3.12 on, the
built-in `sum` adds up, results are better than those of a loop: there they must be equal but for
rounding. Every formula that is written out for whole matrices is tried beside the one it stands
for, which the package is asked for.
"""

import importlib
import inspect
import math
import operator
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import seeds
from test_structure import CORE

import purenn
from purenn import activations, fast, linalg, losses, optimizers, penalties

pytestmark = pytest.mark.core

inf, nan = math.inf, math.nan
CPYTHON = sys.implementation.name == "cpython"
SUMS_ARE_LOOPS = not (CPYTHON and sys.version_info >= (3, 12))


# ---- What equal means ----


def flat(result):
    """All numbers of a number, vector, matrix or tuple of matrices, in order."""
    if isinstance(result, (list, tuple)):
        return [x for part in result for x in flat(part)]
    return [result]


def layout(result):
    """The lengths of all lists in a result, so that no wrong shape goes unseen."""
    return [layout(part) for part in result] if isinstance(result, (list, tuple)) else None


def equal(ours, theirs):
    """Equal in layout and by ==, nan equal to nan."""
    assert layout(ours) == layout(theirs)
    for one, other in zip(flat(ours), flat(theirs)):
        assert one == other or (one != one and other != other), (one, other)
    return True


def equal_but_for_rounding(ours, theirs, sizes):
    """Equal where sums are loops; else apart by the last bits of what was added up, `sizes`."""
    if SUMS_ARE_LOOPS:
        return equal(ours, theirs)
    assert layout(ours) == layout(theirs)
    for one, other, size in zip(flat(ours), flat(theirs), flat(sizes)):
        # A better sum can do without an overflow on the way.
        assert not size < 1e300 or abs(one - other) <= 1e-14 * size, (one, other)
    return True


def plainly(name, *arguments):
    """Call a function of linalg as it is there, with plain loops also in what it calls."""
    with fast.plain_loops():
        return fast.PLAIN[name](*arguments)


def outcome(function, *arguments):
    """The result, or the error with its message."""
    try:
        return "result", function(*arguments)
    except Exception as error:
        return type(error), str(error)


# ---- What they are tried on ----

ORDINARY = [0.1, -0.7, 2.5, -3.25, 1.0 / 3.0]
EDGES = [-1.0, 1.0, 5e-324, -5e-324, 1e-300, 1e150, -1e150, 1e300, -1e300]
NOT_FINITE = [inf, -inf, nan]


def drawn(rng, rows, columns, density=1.0, edges=True):
    """A matrix in which some numbers are zero, as gradients are behind a ReLU, and with `edges`
    some are huge or tiny. Now and then a whole row or column is zero."""
    choice = ORDINARY * 3 + EDGES if edges else ORDINARY
    A = linalg.generate(rows, columns, lambda: (
        rng.choice(choice) * (1.0 if edges else rng.random()) if rng.random() < density
        else rng.choice([0.0, -0.0])))
    if density < 1.0 and rng.random() < 0.5:
        A[rng.randrange(rows)] = [0.0] * columns
    if density < 1.0 and rng.random() < 0.5:
        column = rng.randrange(columns)
        for row in A:
            row[column] = 0.0
    return A


def absolute(A):
    return plainly("elementwise", abs, A)


products = given(n=st.integers(1, 18), k=st.integers(1, 40), m=st.integers(1, 12), seed=seeds,
                 density=st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]), edges=st.booleans())


def product_calls(A, B):
    """All that multiply A with B (n × k times k × m): by name, the arguments."""
    B_rows, A_columns = plainly("transpose", B), plainly("transpose", A)
    return {"matmul": (A, B), "inner": (A, B_rows), "inner_columns": (A_columns, B),
            "affine": (A, B_rows, B[:1]), "dot": (A[0], B_rows[0])}


# ---- Every name ----


def test_each_has_the_arguments_of_the_plain_function():
    for name in fast.__all__:
        quick, plain = getattr(fast, name), fast.PLAIN[name]
        assert quick is not plain and quick.__module__ == "purenn.fast"
        assert plain.__module__ == "purenn.linalg" and plain.__name__ == name
        assert list(inspect.signature(quick).parameters) == \
            list(inspect.signature(plain).parameters)
        assert quick.__doc__ == plain.__doc__


@products
def test_products_have_the_numbers_of_the_plain_loops(n, k, m, seed, density, edges):
    rng = Random(seed)
    A, B = drawn(rng, n, k, density, edges), drawn(rng, k, m, 1.0, edges)
    sizes = product_calls(absolute(A), absolute(B))
    for name, arguments in product_calls(A, B).items():
        assert equal_but_for_rounding(getattr(fast, name)(*arguments),
                                      plainly(name, *arguments), plainly(name, *sizes[name]))


@given(rows=st.integers(1, 9), columns=st.integers(1, 40), seed=seeds, edges=st.booleans())
def test_what_is_made_of_one_matrix_has_the_numbers_of_the_plain_loops(rows, columns, seed, edges):
    A = drawn(Random(seed), rows, columns, 0.7, edges)
    for name in ("shape", "transpose", "ravel", "exp", "all_finite"):
        assert equal(getattr(fast, name)(A), plainly(name, A))
    assert equal(fast.vstack([A, A[:1]]), plainly("vstack", [A, A[:1]]))
    for axis in (0, 1, None):
        assert equal_but_for_rounding(fast.sum(A, axis), plainly("sum", A, axis),
                                      plainly("sum", absolute(A), axis))
    assert equal_but_for_rounding(fast._total(A[0]), plainly("_total", A[0]),
                                  plainly("_total", absolute(A)[0]))
    plain = plainly("log_softmax", A)
    assert equal_but_for_rounding(fast.log_softmax(A), plain, plainly("elementwise",
        lambda x: 1.0 + abs(x), plain))
    for divisor in (32.0, 7, -1, 0.0, 5e-324, inf, nan, True):
        assert equal(fast.divide(A, divisor), plainly("divide", A, divisor))


@pytest.mark.parametrize("row", [[1e3, -1e3], [nan, 0.0], [0.0, nan, 1.0], [inf, 0.0, inf],
                                 [-inf, 0.0], [-inf, -inf], [710.0, 709.0], [-0.0], [True, 2]])
def test_numbers_at_the_edge_are_those_of_the_plain_loops(row):
    for A in ([row], [row, row], [[x] for x in row]):
        for name in ("exp", "log_softmax", "all_finite", "sum", "transpose", "ravel"):
            assert equal(getattr(fast, name)(A), plainly(name, A))
        for other in (0.0, 0, -0.0, 2, nan, A, [[0.0]]):
            assert equal(fast.divide(A, other), plainly("divide", A, other))


def test_the_number_in_a_matrix_of_one_is_that_of_the_plain_loops():
    for A in ([[2.5]], [[nan]], [[True]], ((7,),), [range(1)], [[1.0, 2.0]], [[1.0], [2.0]], [[]]):
        assert behaves_like_the_plain_one("item", A)


@given(numbers=st.lists(st.integers(-2, 7), max_size=9), classes=st.integers(1, 5))
def test_one_hot_rows_are_those_of_the_plain_loops(numbers, classes):
    assert fast.one_hot(numbers, classes) == plainly("one_hot", numbers, classes)


def of_three(a, b, c):
    return a * 3.0 - b / 7.0 + c


@given(rows=st.integers(1, 6), columns=st.integers(1, 6), seed=seeds, data=st.data())
def test_formulas_of_ones_own_are_applied_as_by_the_plain_loops(rows, columns, seed, data):
    rng = Random(seed)
    operands = [data.draw(st.sampled_from([
        drawn(rng, *size) for size in ((rows, columns), (1, columns), (rows, 1), (1, 1))
    ] + [2.5, 3, -1.0, True])) for _ in range(3)]
    assert equal(fast.elementwise(of_three, *operands),
                 plainly("elementwise", of_three, *operands))
    pair = partial(map, math.fabs)
    assert equal(fast.elementwise_tuple(lambda *numbers: tuple(pair(numbers)), *operands),
                 plainly("elementwise_tuple", lambda *numbers: tuple(pair(numbers)), *operands))
    G = drawn(rng, rows, columns)
    assert equal(fast.chain_rule(G, of_three, *operands),
                 plainly("chain_rule", G, of_three, *operands))


# ---- Odd input goes to the plain function ----

FINE, FLAT = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [1.0, 2.0, 3.0]
ODD = [None, 5, 5.0, [], [[]], [[], []], FLAT, [FLAT, [1.0]], [[1.0], FLAT], [FLAT, []],
       [FLAT, None], [None, FLAT], [FLAT, 5.0], {}, {1: 2.0}, {1: FLAT}, (), ((1.0, 2.0, 3.0),),
       [(1.0, 2.0, 3.0)] * 2, [range(3)], range(3), [[1, 2, 3]], [[True, 0, 1]],
       [[1.0] * 9, [1.0] * 8], [[1.0] * 9] * 3, object]
ARGUMENTS = {  # a call that goes well; each argument in turn is replaced by odd ones
    **dict.fromkeys(["shape", "transpose", "ravel", "exp", "log_softmax", "sum", "all_finite"],
                    (FINE,)),
    "vstack": ([FINE, FINE],), "one_hot": ([0, 1], 2), "_total": (FLAT,), "dot": (FLAT, FLAT),
    "full": (2, 3, 0.5),
    "divide": (FINE, FINE), "inner": (FINE, FINE), "inner_columns": (FINE, FINE),
    "matmul": (FINE, [[1.0], [2.0], [3.0]]), "affine": (FINE, FINE, [[0.5, 1.0]]),
    "elementwise": (max, FINE, FINE), "elementwise_tuple": (divmod, FINE, FINE),
    "take": (FINE, range(1)), "item": ([[2.5]],), "chain_rule": (FINE, max, FINE, FINE),
}
ERRORS_OF_PYTHON = (TypeError, IndexError, KeyError, AttributeError)


def test_the_table_of_arguments_is_complete():
    assert set(ARGUMENTS) == set(fast.__all__)


def behaves_like_the_plain_one(name, *arguments):
    kind, plain = outcome(plainly, name, *arguments)
    quick_kind, quick = outcome(getattr(fast, name), *arguments)
    if kind == "result":
        assert quick_kind == "result", (arguments, plain, quick)
        assert equal(quick, plain)
    elif kind in (purenn.ShapeError, ValueError):
        assert (quick_kind, quick) == (kind, plain), arguments
    else:  # not refused on purpose: some error of Python
        assert quick_kind in (kind, *ERRORS_OF_PYTHON), (arguments, plain, quick)
    return True


@pytest.mark.parametrize("name", sorted(set(fast.__all__) - {"one_hot"}))
def test_what_is_odd_goes_to_the_plain_function_and_its_error(name):
    arguments = ARGUMENTS[name]
    for place, argument in enumerate(arguments):
        for odd in ODD if not callable(argument) else ():
            assert behaves_like_the_plain_one(
                name, *arguments[:place], odd, *arguments[place + 1:])
    for odd in ODD:
        assert behaves_like_the_plain_one(
            name, *[one if callable(one) else odd for one in arguments])


@pytest.mark.parametrize("name", ["elementwise", "elementwise_tuple", "chain_rule", "divide"])
def test_what_is_odd_beside_a_number_goes_to_the_plain_function(name):
    formula = {"elementwise": [max], "elementwise_tuple": [divmod]}.get(name, [])
    for odd in ODD:
        for other in (2.0, 3, [[2.0]], [[2.0, 1.0, 1.0]], [[2.0], [1.0]]):
            for one, two in ((odd, other), (other, odd)):
                arguments = [one, math.fabs, two] if name == "chain_rule" else [*formula, one, two]
                assert behaves_like_the_plain_one(name, *arguments)


@pytest.mark.parametrize("axis", [2, -1, "rows"])
def test_there_are_two_axes_here_too(axis):
    assert behaves_like_the_plain_one("sum", FINE, axis)


def test_sizes_are_refused_with_the_words_of_the_plain_function():
    tall = fast.transpose(FINE)
    for name in ("inner", "inner_columns", "matmul", "divide"):
        assert behaves_like_the_plain_one(name, FINE, tall if name != "matmul" else FINE)
    for C in (tall, FINE, [[1.0]], [[1.0, 2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]]):
        assert behaves_like_the_plain_one("affine", FINE, FINE, C)
        assert behaves_like_the_plain_one("affine", tall, FINE, C)
    for A, B, C in (([[1.0]], [], [[]]), (FINE, [], [[]]), ([], [], [[]]), (FINE, [[], []], FINE),
                    ([[1.0, 2.0], [1.0]], [[1.0, 2.0]], [[0.5]]), ([[1.0]], [[1.0, 2.0]], [[0.5]]),
                    ([[1.0, 2.0]], [[1.0, 2.0], [1.0]], [[0.5, 1.0]]), ([[1.0]], [[1.0]], [0.5]),
                    ([[]], [[1.0]], [[0.5]]), ([[1.0] * 9], [[1.0] * 9, [1.0]], [[0.5, 1.0]]),
                    ([[1.0] * 9, [1.0]], [[1.0] * 9] * 2, [[0.5, 1.0]])):
        assert behaves_like_the_plain_one("affine", A, B, C)
    assert behaves_like_the_plain_one("chain_rule", FINE, math.fabs, tall)
    for slope in (purenn.ReLU().df, purenn.Tanh().df):  # written out, and another size of any one
        for G, X, Y in ((FINE, tall, tall), (FINE, FINE, tall), (tall, FINE, FINE),
                        (FINE, [[2.0]], FINE), (FINE, FINE, FINE[:1])):
            assert behaves_like_the_plain_one("chain_rule", G, slope, X, Y)
    adam = purenn.Adam(0.1)
    adam.steps = 1
    with pytest.raises(purenn.ShapeError, match="2 × 3 and 3 × 2"):
        fast.elementwise_tuple(adam.update, 0.1, FINE, tall, FINE, FINE)


# ---- All private ways to a product ----

WAYS_TO_ADD_ROWS = [fast._eight_rows_at_a_time, fast._four_rows_by_position]


def sum_of_rows(weights, rows):
    """What every sum of rows must be: added up from the first row to the last, without zeros."""
    totals = []
    for column in zip(*rows):
        total = 0.0
        for weight, x in zip(weights, column):
            if weight:
                total += weight * x
        totals.append(total)
    return totals


@products
def test_every_way_has_the_bits_of_the_plain_loop(n, k, m, seed, density, edges):
    rng = Random(seed)
    A, B = drawn(rng, n, k, density, edges), drawn(rng, k, m, 1.0, edges)
    plain, columns = plainly("matmul", A, B), [list(column) for column in zip(*B)]
    nothing = [0.0] * m
    for way in WAYS_TO_ADD_ROWS:
        assert equal([list(way(row, B, nothing)) for row in A], plain)
        assert equal(list(way(A[0], B, nothing)), sum_of_rows(A[0], B))
    assert nothing == [0.0] * m
    assert equal([[fast._loop_dot(row, column) for column in columns] for row in A], plain)
    if SUMS_ARE_LOOPS:
        assert equal([[fast._map_dot(row, column) for column in columns] for row in A], plain)
    assert equal(fast._dots_four_at_a_time(A, columns), plain)
    assert equal(fast._dots_without_zeros(A, columns), plain)
    assert equal(fast._product_of_rows[k](A, columns), plain)
    biased = plainly("affine", A, columns, B[:1])
    assert equal(fast._product_plus[k](A, columns, B[0]), biased)
    assert equal(fast._outer[m](A[0], B[:1]), plainly("inner_columns", A[:1], B[:1]))


@products
def test_whatever_is_taken_for_the_quickest_the_bits_are_those_of_the_plain_loop(
    n, k, m, seed, density, edges
):
    rng = Random(seed)
    A, B = drawn(rng, n, k, density, edges), drawn(rng, k, m, 1.0, edges)
    for cpython in (True, False):
        for short in (0, 8, 128):
            for zeros in (0.0, 0.5, 1.0):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(fast, "CPYTHON", cpython)
                    patch.setattr(fast, "SHORT", short)
                    patch.setattr(fast, "_dot", fast._loop_dot)
                    patch.setattr(fast, "_zeros", lambda A, share=zeros: share)
                    patch.setattr(fast, "_all_dots", fast._dots if cpython
                                  else fast._dots_four_at_a_time)
                    patch.setattr(fast, "_sum_of_rows", WAYS_TO_ADD_ROWS[not cpython])
                    for name, arguments in product_calls(A, B).items():
                        assert equal(getattr(fast, name)(*arguments), plainly(name, *arguments))


def test_pictures_of_which_most_is_black_are_multiplied_from_the_other_side():
    """The columns of the sparse matrix become the weights; wide enough, and over half of it 0."""
    G, X = drawn(Random(1), 17, 20, 0.5), drawn(Random(2), 17, 30, 0.1)
    with pytest.MonkeyPatch.context() as patch:
        seen = []
        patch.setattr(fast, "CPYTHON", True)
        patch.setattr(fast, "_sum_of_rows", lambda *arguments: (
            seen.append(1), fast._eight_rows_at_a_time(*arguments))[1])
        assert equal(fast.inner_columns(G, X), plainly("inner_columns", G, X))
        assert len(seen) == 30  # sums, one for each column of X, and not twenty


@pytest.mark.parametrize("way", WAYS_TO_ADD_ROWS)
@pytest.mark.parametrize("rows", range(1, 19))
def test_each_row_counts_once_with_its_own_weight(way, rows):
    """A row left out, taken twice, or without its weight would show in its own column."""
    B = [[1.0 if row == column else 0.0 for column in range(rows)] for row in range(rows)]
    for weights in ([-1.0] * rows, [1.0] * rows, [0.0] * rows, [float(k) for k in range(rows)],
                    [float(k % 3 - 1) for k in range(rows)], [5e-324] * rows):
        assert way(weights, B, [0.0] * rows) == weights
        assert way(list(map(int, weights)), B, [0.0] * rows) == list(map(int, weights))
    total, infinite = way([0.5] * rows, [[1.0, inf]] * rows, [0.0, 0.0])
    assert total == 0.5 * rows and infinite == inf


@pytest.mark.parametrize("cpython", [True, False])
def test_sums_and_the_look_for_what_is_not_finite_agree_on_every_python(monkeypatch, cpython):
    monkeypatch.setattr(fast, "CPYTHON", cpython)
    rng = Random(1)
    for size in ((1, 1), (1, 7), (6, 1), (5, 9)):
        A = drawn(rng, *size)
        assert fast.all_finite(A) is fast.all_finite(A, [[1e308, 1e308]]) is True
        assert fast._columns(A) == (list(zip(*A)) if cpython else fast.transpose(A))
        for axis in (0, 1, None):
            assert equal_but_for_rounding(fast.sum(A, axis), plainly("sum", A, axis),
                                          plainly("sum", absolute(A), axis))
        for bad in NOT_FINITE:
            row, column = rng.randrange(size[0]), rng.randrange(size[1])
            B = [list(numbers) for numbers in A]
            B[row][column] = bad
            assert not fast.all_finite(B) and not fast.all_finite([[1.0]], B)
            assert not fast.all_finite(B, [[1.0]]) and not fast.all_finite(B, [[1e308, 1e308]])
    assert not fast.all_finite([[inf, -inf]]) and not fast.all_finite([[inf]], [[-inf]])


def test_the_share_of_zeros_is_that_of_a_sample():
    assert fast._zeros([[1.0] * 7 + [0.0] * 3] * 20) == 0.3
    assert fast._zeros([[0.0, -0.0]]) == 1.0 and fast._zeros([[5e-324]]) == 0.0
    A = [[float(row % 8 != 0)] for row in range(64)]
    assert fast._zeros(A) == 1.0  # each eighth row, from the first one on


def test_the_way_depends_on_width_and_zeros(monkeypatch):
    """Rows are written out where they are short; from 17 numbers on only without many zeros."""
    full, empty = (lambda width: [[1.0] * width]), (lambda width: [[0.0] * width])
    monkeypatch.setattr(fast, "SHORT", 128)
    assert [fast._written_out(full(width), width) for width in (16, 17, 128, 129)] == [
        True, True, True, False]
    assert [fast._written_out(empty(width), width) for width in (16, 17)] == [True, False]
    monkeypatch.setattr(fast, "SHORT", 8)
    assert [fast._written_out(empty(width), width) for width in (8, 9)] == [True, False]


def test_the_dot_product_is_the_quickest_there_is_here():
    assert fast.SUMPROD is getattr(math, "sumprod", None) and fast.CPYTHON is CPYTHON
    assert fast._sum_of_rows is WAYS_TO_ADD_ROWS[not CPYTHON]
    if not CPYTHON:
        assert fast._dot is fast._loop_dot and fast._all_dots is fast._dots_four_at_a_time
    else:
        assert fast._dot is (fast.SUMPROD or fast._map_dot) and fast._all_dots is fast._dots
    assert fast.SHORT == (16 if fast.SUMPROD else 128 if CPYTHON else 8)


# ---- Formulas that are written out for whole matrices ----


def all_subclasses(of):
    """The class itself and all below it that are part of the core."""
    below = [one for direct in of.__subclasses__() for one in all_subclasses(direct)]
    return [one for one in {of, *below} if one.__module__ in {f"purenn.{name}" for name in CORE}]


# Several settings where a class has any, each different from what the formula might take instead.
SETTINGS = {
    "LeakyReLU": [{}, {"slope": 0.3}], "ELU": [{}, {"alpha": 0.6}], "Huber": [{}, {"delta": 0.4}],
    "L1": [{"strength": 0.3}], "L2": [{"strength": 0.3}], "ElasticNet": [{"l1": 0.3, "l2": 0.07}],
    "SGD": [{}, {"momentum": 0.7}, {"momentum": 0.7, "nesterov": True}],
    "AdaGrad": [{}, {"epsilon": 0.1}], "RMSProp": [{}, {"decay": 0.7, "epsilon": 0.1}],
    "Adam": [{}, {"beta1": 0.7, "beta2": 0.8, "epsilon": 0.1}, {"beta1": 0.0, "beta2": 0.0}],
    "AdamW": [{}, {"beta1": 0.7, "beta2": 0.8, "epsilon": 0.1, "weight_decay": 0.3}],
}
ABSTRACT = {"Activation", "MeanLoss", "Penalty", "GradientDescent"}
FAMILIES = {  # the class that all have in common, and its formulas with what they are given
    activations.Activation: ("f", "df"), losses.MeanLoss: ("f", "df"),
    penalties.Penalty: ("f", "df"), optimizers.GradientDescent: ("update",),
}
MADE = [
    pytest.param(one(**({"learning_rate": 0.05} if "update" in names else {}), **settings),
                 name, id=f"{one.__name__}.{name}{settings or ''}")
    for family, names in FAMILIES.items()
    for one in sorted(all_subclasses(family), key=lambda one: one.__name__)
    if one.__name__ not in ABSTRACT
    for settings in SETTINGS.get(one.__name__, [{}]) for name in names
]
FUNCTIONS = [operator.add, operator.sub, operator.mul, losses.weighted, losses.surprise,
             losses.surprise_slope, activations.sigmoid]


def test_no_setting_is_for_a_class_that_does_not_exist():
    names = {one.__name__ for family in FAMILIES for one in all_subclasses(family)}
    assert set(SETTINGS) | ABSTRACT <= names
    for parameter in MADE:  # a class with settings of its own has several rows above
        instance = parameter.values[0]
        own = set(inspect.signature(type(instance)).parameters) - {"learning_rate", "clip_norm"}
        assert not own or type(instance).__name__ in SETTINGS, instance


FINDERS = [(fast.FORMULAS, fast._quick_formula), (fast.SLOPES, fast._quick_slope),
           (fast.STEPS, fast._quick_step)]


@pytest.mark.parametrize("table, find", FINDERS)
def test_no_key_names_a_formula_that_does_not_exist(table, find):
    for module, name in table:
        formula = importlib.import_module(module)
        for part in name.split("."):
            assert part in vars(formula), f"{module} has no {name}"
            formula = vars(formula)[part]
        assert (formula.__module__, formula.__qualname__) == (module, name)
        assert find(formula) is table[module, name]
        assert not any(other(formula) for _, other in FINDERS if other is not find)


def test_every_formula_written_out_is_tried_below():
    tried = [getattr(*parameter.values) for parameter in MADE] + FUNCTIONS
    keys = {(formula.__module__, formula.__qualname__) for formula in tried}
    assert set(fast.FORMULAS) | set(fast.SLOPES) | set(fast.STEPS) <= keys


def at_many_numbers(seed, count, finite=False, width=13):
    """Matrices of one size whose numbers stand in all combinations that matter."""
    rng = Random(seed)
    some = [*ORDINARY, *EDGES, 0.0, -0.0, 1000.0, -1000.0, 0.5, *([] if finite else NOT_FINITE)]
    return [[[rng.choice(some) for _ in range(width)] for _ in range(40)] for _ in range(count)]


WIDTHS = pytest.mark.parametrize("width", [1, 2, 9, fast.NARROW, fast.NARROW + 1])


@pytest.mark.parametrize("instance, name", [one for one in MADE if one.values[1] != "update"])
@WIDTHS
def test_every_formula_agrees_with_the_one_it_stands_for(instance, name, width):
    formula = getattr(instance, name)
    operands = at_many_numbers(width, len(inspect.signature(formula).parameters), width=width)
    assert equal(fast.elementwise(formula, *operands),
                 plainly("elementwise", formula, *operands))
    if isinstance(instance, activations.Activation) and name == "df":
        G, *operands = at_many_numbers(width, 3, finite=True, width=width)
        operands[1] = plainly("elementwise", instance.f, operands[0])
        assert equal(fast.chain_rule(G, formula, *operands),
                     plainly("chain_rule", G, formula, *operands))


@pytest.mark.parametrize("formula", FUNCTIONS)
@WIDTHS
def test_every_function_agrees_with_the_one_it_stands_for(formula, width):
    count = 1 if formula is activations.sigmoid else 2
    operands = at_many_numbers(1, count, width=width)
    assert equal(fast.elementwise(formula, *operands),
                 plainly("elementwise", formula, *operands))


@pytest.mark.parametrize("cpython", [True, False])
@WIDTHS
def test_the_texts_for_both_pythons_compute_the_same(monkeypatch, cpython, width):
    """On PyPy numbers are taken out of rows by position; the functions are made anew here."""
    monkeypatch.setattr(fast, "CPYTHON", cpython)
    (X, Y), rows = at_many_numbers(width, 2, finite=True, width=width), [40, 39, 1]
    for formula in (operator.add, operator.mul):
        written = fast.ByWidth(fast.FORMULAS["_operator", formula.__name__].source)
        assert equal(written[width](X, Y), plainly("elementwise", formula, X, Y))
        for fewer in rows[1:]:
            for one, other in ((X, Y[:fewer]), (X[:fewer], Y), (X, [*Y[:-1], Y[-1][:-1]])):
                with pytest.raises(ValueError):
                    written[width](one, other)
    alone = fast.ByWidth(fast.FORMULAS["purenn.activations", "ReLU.f"].source)
    assert equal(alone[width](X), plainly("elementwise", purenn.ReLU().f, X))


def test_a_function_is_made_once_for_each_width():
    written = fast.written("{a} + shift", "a", "shift")
    assert written[2]([[1.0, 2.0]], 0.5) == [[1.5, 2.5]] and set(written) == {2}
    assert written[2] is written[2] and written[3] is not written[2]


def test_the_same_name_elsewhere_is_another_formula():
    class Imposter:
        def f(self, x):
            return x + 1.0

    Imposter.f.__qualname__ = "ReLU.f"
    assert fast.elementwise(Imposter().f, [[-1.0, 2.0]]) == [[0.0, 3.0]]

    class Nameless:
        __hash__ = None

        def __call__(self, x):
            return x + 1.0

    assert fast.elementwise(Nameless(), [[-1.0]]) == [[0.0]]


@pytest.mark.parametrize("instance", [one.values[0] for one in MADE if one.values[1] == "update"],
                         ids=[one.id for one in MADE if one.values[1] == "update"])
@pytest.mark.parametrize("taken", [1, 2, 1000])
def test_every_step_agrees_with_the_formula_it_stands_for(instance, taken):
    instance.steps = taken
    rng, rate = Random(taken), 0.05
    for size in ((1, 1), (1, 9), (7, 1), (6, 5), (9, 8), (11, 40), (3, fast.NARROW + 1)):
        W, G = drawn(rng, *size, edges=False), drawn(rng, *size, 0.5, edges=False)
        memory = [absolute(drawn(rng, *size, edges=False)) for _ in range(instance.remembered)]
        one_row_of_zeros = [[0.0] * size[1], *G[1:]]
        for gradient in (G, one_row_of_zeros, drawn(rng, *size, 0.0), drawn(rng, *size)):
            arguments = (instance.update, rate, W, gradient, *memory)
            assert equal(fast.elementwise_tuple(*arguments),
                         plainly("elementwise_tuple", *arguments))
    W = G = [[nan, inf, -inf, 1.0, 0.0]]
    memory = [[[nan, 1.0, inf, 0.0, 0.0]]] * instance.remembered
    arguments = (instance.update, rate, W, G, *memory)
    assert equal(fast.elementwise_tuple(*arguments), plainly("elementwise_tuple", *arguments))


# ---- Formulas of others are not taken for those of purenn ----


class ReLU(purenn.Activation):
    """Has the name of purenn's, and lets numbers above 6 pass as 6."""

    def f(self, x):
        return min(max(x, 0.0), 6.0)

    def df(self, x, y):
        return 1.0 if 0 < x < 6 else 0.0


class Adam(purenn.Adam):
    """Has the name of purenn's, and takes half of its step."""

    def update(self, rate, w, g, *memory):
        return super().update(0.5 * rate, w, g, *memory)


class Steeper(purenn.MeanSquaredError):
    def df(self, s, t):
        return 3.0 * super().df(s, t)


class Inherited(purenn.Tanh):
    """Overrides nothing: purenn's formulas are its own."""


def test_a_class_of_the_same_name_keeps_its_own_formula():
    assert ReLU.f.__qualname__ == purenn.ReLU.f.__qualname__ == "ReLU.f"
    layer = ReLU()
    assert layer.forward([[7.0, 2.0, -1.0]]) == [[6.0, 2.0, 0.0]]
    assert layer.backward([[5.0, 5.0, 5.0]]) == [[0.0, 5.0, 0.0]]


def test_an_optimizer_of_the_same_name_keeps_its_own_formula():
    ours, half = purenn.Adam(0.5), Adam(1.0)
    ours.steps = half.steps = 1
    operands = (FINE, FINE, FINE, FINE)
    assert equal(fast.elementwise_tuple(half.update, 1.0, *operands),
                 fast.elementwise_tuple(ours.update, 0.5, *operands))


def test_what_is_overridden_is_taken_and_what_is_inherited_is_found():
    assert Steeper().gradient([[3.0]], [[1.0]]) == [[12.0]] and Steeper()([[3.0]], [[1.0]]) == 4.0
    assert Inherited().forward([[0.5]]) == [[math.tanh(0.5)]]
    assert fast._quick_formula(Inherited().f) and fast._quick_slope(Inherited().df)
    assert not fast._quick_formula(ReLU().f) and not fast._quick_slope(ReLU().df)
    assert not fast._quick_step(Adam(0.1).update)


def test_a_formula_can_be_anything_that_is_called(monkeypatch):
    class Formula:
        def __call__(self, x):
            return x + 1.0

    for formula, result in ((Formula(), 2.0), (partial(max, 3.0), 3.0), (lambda x: -x, -1.0),
                            (math.tanh, math.tanh(1.0)), (float, 1.0)):
        assert fast.elementwise(formula, [[1.0]]) == [[result]]
        assert fast.chain_rule([[2.0]], formula, [[1.0]]) == [[2.0 * result]]
    layer = purenn.ReLU()
    layer.f = lambda x: x * 10.0  # of one layer only
    assert layer.forward([[-1.0]]) == [[-10.0]] and purenn.ReLU().forward([[-1.0]]) == [[0.0]]


# ---- A whole training ----


def trained(optimizer, activation, loss, targets, penalty=None):
    rng = Random(3)
    network = purenn.Network([purenn.Dense(9, 8, rng), activation, purenn.Dense(8, 3, rng)])
    rows = linalg.generate(10, 9, lambda: 2.0 * rng.random() - 1.0)
    history = purenn.train(network, rows, targets, loss=loss, optimizer=optimizer, epochs=3,
                           batch_size=4, penalty=penalty)
    return [parameter.value for parameter in network.parameters()], [
        record.loss for record in history]


@pytest.mark.parametrize("make", [
    lambda: (purenn.SGD(0.1), purenn.ReLU(), purenn.SoftmaxCrossEntropy(), [0, 1, 2, 1, 0] * 2),
    lambda: (purenn.Adam(0.1), purenn.Tanh(), purenn.SoftmaxCrossEntropy(), [0, 1, 2, 1, 0] * 2,
             purenn.L2(0.01)),
    lambda: (purenn.AdamW(0.1), purenn.Sigmoid(), purenn.MeanSquaredError(),
             [[0.5 * k, 1.0, -k] for k in range(10)]),
    lambda: (purenn.SGD(0.1, momentum=0.9, nesterov=True), purenn.GELU(),
             purenn.SigmoidCrossEntropy(), [[1.0, 0.0, k / 10] for k in range(10)],
             purenn.L1(0.01)),
    lambda: (purenn.RMSProp(0.01), purenn.Linear(), purenn.Huber(),
             [[1.0, 0.0, float(k)] for k in range(10)]),
])
def test_a_training_ends_with_the_weights_of_a_training_on_plain_loops(make):
    with fast.plain_loops():
        plain = trained(*make())
    quick = trained(*make())
    assert quick == plain if SUMS_ARE_LOOPS else flat(quick) == pytest.approx(flat(plain), abs=1e-9)


# ---- Which loops there are ----


def there_now():
    return {name: getattr(linalg, name) for name in fast.__all__}


@pytest.fixture
def quick():
    """Let linalg have the quick functions, whatever the environment says."""
    with fast.plain_loops():
        vars(linalg).update((name, getattr(fast, name)) for name in fast.__all__)
        yield there_now()


def test_inside_the_block_loops_are_plain_and_afterwards_as_before(quick):
    with fast.plain_loops():
        assert there_now() == fast.PLAIN
        with fast.plain_loops():
            assert there_now() == fast.PLAIN
        assert there_now() == fast.PLAIN
    assert there_now() == quick


def test_loops_are_as_before_also_after_an_error(quick):
    with pytest.raises(ZeroDivisionError), fast.plain_loops():
        raise ZeroDivisionError
    assert there_now() == quick


def test_what_was_plain_before_is_plain_afterwards():
    with fast.plain_loops():
        with fast.plain_loops():
            pass
        assert there_now() == fast.PLAIN


def test_what_somebody_has_put_in_place_is_put_back(quick, monkeypatch):
    monkeypatch.setattr(linalg, "inner", max)
    with fast.plain_loops():
        assert linalg.inner is fast.PLAIN["inner"]
    assert linalg.inner is max


def test_the_layers_take_the_loops_that_are_there(monkeypatch):
    called = []
    monkeypatch.setitem(fast.PLAIN, "dot", lambda u, v: called.append(len(u)) or 0.0)
    layer = purenn.Dense(9, 2, Random(1))
    layer.forward([[1.0] * 9])
    assert not called or linalg.inner is fast.PLAIN["inner"]
    called.clear()
    with fast.plain_loops():
        layer.forward([[1.0] * 9])
    assert called == [9, 9]


ASK = """
import sys
from purenn import linalg
imported = "purenn.fast" in sys.modules
from purenn import fast
def plain():
    return {getattr(linalg, name) is fast.PLAIN[name] for name in fast.__all__}
before = plain()
with fast.plain_loops():
    assert plain() == {True}
assert plain() == before
assert {one.__module__ for one in fast.PLAIN.values()} == {"purenn.linalg"}
print(imported, before)
"""


@pytest.mark.parametrize("setting, plain", [
    ("1", True), ("yes", True), ("0", False), ("", False), (None, False)])
def test_an_environment_variable_keeps_the_plain_loops(setting, plain):
    root = str(Path(__file__).resolve().parent.parent)
    environment = dict(os.environ, PYTHONPATH=root)
    environment.pop("PURENN_PLAIN_LOOPS", None)
    if setting is not None:
        environment["PURENN_PLAIN_LOOPS"] = setting
    said = subprocess.run([sys.executable, "-c", ASK], env=environment, check=True,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout
    assert said.split() == [str(not plain), "{" + str(plain) + "}"]


@pytest.mark.parametrize("width", [1, 8, 9, 12])
def test_one_row_by_one_row_gives_all_products_also_when_it_is_wide(width):
    row = [0.5 * k - 1.0 for k in range(1, width + 1)]
    assert linalg.inner_columns([[3.0, 0.0, -2.0]], [row]) == [
        [3.0 * x for x in row], [0.0] * width, [-2.0 * x for x in row]]
