"""Shortcuts: by what factor is each faster line of linalg faster than the plain one it stands for?

Which of them purenn takes depends on the Python (`linalg.choose_loops`); here all are timed, also
those that are slower on this one, since that is why they are not taken here.

Before this: ladder. After this: crossover.
"""

import math
from itertools import repeat
from random import Random
from typing import Any, Callable, Dict, Tuple

import purenn

from .measuring import Plan, Timing, interleave, ratio
from .report import Result, Table, shown
from .tasks import Matrix, numbers

# What a shortcut is called, and the plain thing and itself, both ready to be timed.
Pair = Tuple[str, Callable[[], Any], Callable[[], Any]]


def _behind_a_relu(rows: int, columns: int) -> Matrix:
    """Return a matrix in which half of the numbers are zeros."""
    rng = Random(1)
    return [[x if rng.random() < 0.5 else 0.0 for x in row]
            for row in numbers(rng, rows, columns, -1.0, 1.0)]


def pairs(linalg: Any) -> Dict[str, Pair]:
    """Return all shortcuts of this linalg by what they do."""
    rng = Random(0)
    u, v = numbers(rng, 2, 64, -1.0, 1.0)
    A, B = numbers(rng, 32, 64, -1.0, 1.0), numbers(rng, 32, 64, -1.0, 1.0)
    narrow, others = numbers(rng, 32, 2, -1.0, 1.0), numbers(rng, 16, 2, -1.0, 1.0)
    G, nothing = _behind_a_relu(32, 32), [0.0] * 64
    plain_dot, rows_of = linalg.plain_dot, linalg._plain_sum_of_rows
    found: Dict[str, Pair] = {
        "dot of 64 numbers by map": (
            "plain_dot", lambda: plain_dot(u, v), lambda: linalg._map_dot(u, v)),
        "sum of 64 numbers": (
            "_plain_total", lambda: linalg._plain_total(u), lambda: linalg._fast_total(u)),
        "columns as tuples, 32 × 64": (
            "transpose", lambda: linalg.transpose(A), lambda: linalg._columns_as_tuples(A)),
        "products of rows of 2, written out": (
            "_dots", lambda: linalg._dots(narrow, others),
            lambda: linalg._SHORT_PRODUCTS[2](narrow, others, repeat(0.0))),
        "sums of rows, half of the weights zero": (
            "_dots and transpose", lambda: linalg._dots(G, linalg._columns(B)),
            lambda: linalg._sums_of_rows(G, B)),
        "four rows at a time": (
            "_plain_sum_of_rows", lambda: [rows_of(g, B, nothing) for g in G],
            lambda: [linalg._four_rows_at_a_time(g, B, nothing) for g in G]),
        "sums of rows by position": (
            "_plain_sum_of_rows", lambda: [rows_of(g, B, nothing) for g in G],
            lambda: [linalg._sum_of_rows_by_position(g, B, nothing) for g in G]),
    }
    if hasattr(math, "sumprod"):
        found["dot of 64 numbers by math.sumprod"] = (
            "plain_dot", lambda: plain_dot(u, v), lambda: math.sumprod(u, v))
    return found


def measure(plan: Plan) -> Dict[str, Tuple[Timing, Timing]]:
    """Time each shortcut and what it stands for, turn by turn."""
    timings = {}
    for name, (_, plain, shortcut) in pairs(purenn.linalg).items():
        one = interleave({"plain": plain, "shortcut": shortcut}, plan)
        timings[name] = one["plain"], one["shortcut"]
    return timings


def run(plan: Plan) -> Result:
    """Time all shortcuts."""
    factors = {name: ratio(*both) for name, both in measure(plan).items()}
    stands_for = {name: pair[0] for name, pair in pairs(purenn.linalg).items()}
    rows = [[name, stands_for[name], shown(factor)] for name, factor in factors.items()]
    return Result(
        "The shortcuts in linalg",
        "How many times as fast as the plain function each shortcut is, on this Python.",
        [Table("", ["shortcut", "stands for", "times as fast"], rows)], [], {}, factors,
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the shortcuts themselves."""
    return {name: lambda package, name=name: pairs(package.linalg)[name][2]
            for name in pairs(purenn.linalg)}
