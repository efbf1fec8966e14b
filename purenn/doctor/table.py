"""The checks of the data: is there anything in the table that keeps a network from learning?

They go from what stops everything, a missing number, to what only deceives, a column that gives
the target away:

    numbers → labels → classes → balance → constant columns → scale → duplicate rows
            → row numbers → leakage

Each measures one number and compares it with a threshold, which stands above the check; the reason
stands in its docstring. No network is needed, only the loss, which knows what targets must be.

Before this: `patient.py`. After this: `texts.py`, the network at rest.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Collection, Dict, List, Optional, Set, Tuple

from .. import checks, linalg
from ..checks import is_flat
from ..data import Standardizer
from ..linalg import Matrix, Vector
from ..text import counted
from .findings import Finding, fine, problem, skipped
from .patient import Patient, hashable

TABLE_ROWS = 2000  # rows of which the columns are looked at


def check_numbers(patient: Patient) -> Finding:
    """All inputs are rows of one length, of finite numbers: what `checks.as_matrix` asks for."""
    try:
        rows, columns = linalg.shape(checks.as_matrix(patient.inputs, "inputs"))
    except (TypeError, ValueError) as error:
        return problem(str(error), None, "repair or leave out that row; in a CSV file, missing "
                                         "cells must be filled before training")
    return fine(f"{counted(rows, 'row')} of {counted(columns, 'finite number')}")


def check_labels(patient: Patient) -> Finding:
    """There is one target for each row, and the loss takes them all.

    Asked with scores that every loss takes, since each row is a row of probabilities too.
    """
    rows, targets = len(patient.inputs), patient.targets
    if not hasattr(targets, "__len__") or len(targets) != rows:
        got = f"{len(targets)}" if hasattr(targets, "__len__") else "no list"
        return problem(f"{counted(rows, 'row')} of inputs, but {got} of targets", None,
                       "give one target for each row")
    if patient.width is None:
        return skipped("how many scores there are for each row is not known")
    try:
        patient.loss(linalg.full(rows, patient.width, 1.0 / patient.width), targets)
    except (TypeError, ValueError) as error:
        return problem(str(error), None, _label_advice(patient))
    if is_flat(targets):
        last = patient.class_count - 1
        return fine(f"{counted(rows, 'label')}, each a class from 0 to {last}")
    return fine(f"{counted(rows, 'row')} of {counted(patient.width, 'target')}")


def _label_advice(patient: Patient) -> str:
    numbers = patient.targets
    if is_flat(numbers) and all(isinstance(number, int) for number in numbers):
        low, high = min(numbers), max(numbers)
        if low == 1 and high == patient.class_count:
            return "count classes from 0: targets = [label - 1 for label in targets]"
        return (f"the labels go from {low} to {high}, the classes from 0 to "
                f"{patient.class_count - 1}: correct the labels or the width of the last layer")
    return "make the targets what this loss takes: its docstring says what that is"


def check_classes(patient: Patient) -> Finding:
    """Every class has a row at least, and there is more than one class; numbers differ.

    From rows of one class a network learns to say always the same; for a class without rows it
    learns to say never. The threshold is one row.
    """
    numbers = patient.class_numbers(patient.targets)
    if numbers is None:
        return _targets_differ(patient)
    counts = Counter(numbers)
    if len(counts) == 1:
        return problem(f"all {counted(len(numbers), 'row')} are of "
                       f"{patient.class_name(numbers[0])}", 1,
                       "there is nothing to tell apart: bring rows of at least one other class")
    absent = [label for label in range(patient.class_count) if label not in counts]
    if absent:
        return problem(f"{patient.class_name(absent[0])} has no row; {len(absent)} of "
                       f"{patient.class_count} classes are missing", len(absent),
                       "bring rows of that class, or leave it out: number the others from 0 "
                       "without a gap, and give the last layer as many neurons")
    return fine(f"{len(counts)} classes, the rarest with {counted(min(counts.values()), 'row')}",
                len(counts))


def _targets_differ(patient: Patient) -> Finding:
    targets: Any = patient.targets
    low, high = linalg.min(targets, axis=0), linalg.max(targets, axis=0)
    constant = linalg.item(linalg.min(linalg.greater(high, low))) == 0
    if constant:
        return problem("the targets (or a column of them) are all the same", 1,
                       "there is nothing to learn: is it the right column of the table?")
    return fine("the targets are numbers, and differ")


UNBALANCED = 20.0


def check_balance(patient: Patient) -> Finding:
    """The commonest class has less than 20 times as many rows as the rarest.

    At 20 : 1 whoever always says the commonest is right in 95 % of two classes: the loss has
    little to gain from the rare one, and an accuracy of 95 % means nothing.
    """
    numbers = patient.class_numbers(patient.targets)
    if numbers is None:
        return skipped("because the targets are not classes")
    counts = Counter(numbers)
    common, rare = max(counts, key=lambda k: counts[k]), min(counts, key=lambda k: counts[k])
    ratio = counts[common] / counts[rare]
    if ratio == 1:
        return fine(f"each class has {counted(counts[common], 'row')}", ratio)
    text = (f"{patient.class_name(common)} has {counted(counts[common], 'row')}, "
            f"{patient.class_name(rare)} has {counts[rare]}")
    if ratio >= UNBALANCED:
        return problem(f"{text}: {ratio:.3g} times as many", ratio,
                       "bring more rows of the rare class, repeat its rows in training, or leave "
                       "out some of the others; then look at recall and F1, not at accuracy")
    return fine(text, ratio)


BLANK_SHARE, BLANK_FROM = 0.25, 32
ROUNDING = 1e-13  # of the number: smaller differences are rounding


def check_constant_columns(patient: Patient) -> Finding:
    """No column is the same in all rows; in pictures, at most a quarter of them.

    A constant column tells nothing: it is a second bias. In a table it is mostly a mistake (a
    column read wrongly, a filter that left one group only); pictures have blank corners (3 of the
    64 pixels of the digits), so from 32 columns on a quarter may be constant.
    """
    inputs = patient.sample_inputs(TABLE_ROWS)
    low, high = linalg.min(inputs, axis=0), linalg.max(inputs, axis=0)
    rounding = linalg.multiply(linalg.add(linalg.abs(low), linalg.abs(high)), ROUNDING)
    differs = linalg.greater(linalg.subtract(high, low), rounding)[0]
    constant = [number for number, differ in enumerate(differs) if not differ]
    allowed = BLANK_SHARE * len(differs) if len(differs) >= BLANK_FROM else 0
    if len(constant) > allowed:
        first = constant[0]
        return problem(f"{patient.column_name(first)} is {low[0][first]:g} in all "
                       f"{counted(len(inputs), 'row')} looked at; {len(constant)} of "
                       f"{counted(len(differs), 'column')} are constant", len(constant),
                       "leave constant columns out, or find out why nothing in them changes")
    return fine(f"{len(constant)} of {counted(len(differs), 'column')}", len(constant))


TOO_SMALL, TOO_LARGE, TOO_UNEQUAL = 0.01, 30.0, 1000.0


def check_scale(patient: Patient) -> Finding:
    """The numbers of all columns, and the targets of regression, are of about the same size.

    The size of a column is the root of the mean of its squares: 1 when standardized. Weights start
    for inputs of size 1, so from 30 on the scores start 30 times too large and a usual learning
    rate is too large for them; a column that never reaches a thousandth of the largest one is not
    heard. Columns that all stay below 0.01 leave the network nearly blind.
    """
    if patient.standardized_later:
        return skipped("because the columns will be standardized before training")
    inputs, targets = patient.sample(TABLE_ROWS)
    sizes = _sizes(inputs)
    reach = linalg.max(linalg.abs(inputs), axis=0)[0]
    large = max(range(len(sizes)), key=lambda column: sizes[column])
    small = min((column for column in range(len(sizes)) if reach[column] > 0),
                key=lambda column: reach[column], default=large)
    advice = "standardize the columns: inputs = Standardizer().fit(inputs).transform(inputs)"
    if not TOO_SMALL <= sizes[large] <= TOO_LARGE:
        return problem(f"{patient.column_name(large)} has the largest numbers, their typical size "
                       f"is {sizes[large]:.3g}; it should be about 1", sizes[large], advice)
    ratio = sizes[large] / reach[small] if reach[small] else 1.0
    if ratio > TOO_UNEQUAL:
        return problem(f"the numbers in {patient.column_name(small)} are at most "
                       f"{reach[small]:.3g}, in {patient.column_name(large)} typically "
                       f"{sizes[large]:.3g}", ratio, advice)
    if patient.class_numbers(targets) is None:
        return _scale_of_targets(targets, sizes[large])
    return fine(f"the typical size of the largest column is {sizes[large]:.3g}", sizes[large])


def _scale_of_targets(targets: Matrix, inputs_size: float) -> Finding:
    size = max(_sizes(targets))
    if not TOO_SMALL <= size <= TOO_LARGE:
        return problem(f"the typical size of the targets is {size:.3g}; it should be about 1",
                       size, "standardize the targets for training, and turn the predictions back "
                             "with Standardizer.inverse")
    return fine(f"the typical size of the largest column is {inputs_size:.3g}, "
                f"of the targets {size:.3g}", inputs_size)


def _sizes(A: Matrix) -> Vector:
    """Return the root mean square of each column."""
    return linalg.elementwise(math.sqrt, linalg.mean(linalg.multiply(A, A), axis=0))[0]


REPEATED = 0.1
ROOM = 10  # times as many possible rows as rows: then few repeat by chance


def check_duplicate_rows(patient: Patient) -> Finding:
    """At most a tenth of the rows stand in the table twice, in validation too, or contradict.

    What stands in both parts of a split is not a test. A row or two happen (iris has one); a tenth
    has a cause, such as a file read twice. Where columns have so few values that rows must repeat
    (less than ten times as many possible rows as rows), they may. Same inputs with different
    classes cannot all be learned, so a tenth of those costs at least a twentieth of the accuracy.
    """
    inputs, targets = patient.sample(TABLE_ROWS)
    rows, labels = [tuple(row) for row in inputs], [hashable(target) for target in targets]
    contradicting = _contradicting(rows, patient.class_numbers(targets)) / len(rows)
    if contradicting > REPEATED:
        return problem(f"{contradicting:.0%} of the rows have the same inputs as another row, but "
                       f"another class", contradicting, "no network can tell these apart: look "
                       "for the missing column, or for labels that were mixed up")
    repeated = 1 - len(set(zip(rows, labels))) / len(rows)
    if repeated > REPEATED and _possible_rows(rows) > ROOM * len(rows):
        return problem(f"{repeated:.0%} of the rows are copies of another row", repeated,
                       "leave the copies out before splitting, or validation will meet rows that "
                       "were learned by heart")
    return _duplicates_in_validation(patient, set(rows), repeated)


def _duplicates_in_validation(patient: Patient, rows: Set[Any], repeated: float) -> Finding:
    if patient.validation is not None and _possible_rows(rows) > ROOM * len(rows):
        others = [tuple(row) for row in patient.validation[0][:TABLE_ROWS]]
        shared = len([row for row in others if row in rows]) / max(1, len(others))
        if shared > REPEATED:
            return problem(f"{shared:.0%} of the validation rows are training rows too", shared,
                           "split before training, and train on the first part only")
    return fine(f"{repeated:.1%} of the rows are copies", repeated)


def _contradicting(rows: List[Any], classes: Optional[List[int]]) -> int:
    """Count the rows that have the same inputs as a row of another class."""
    if classes is None:
        return 0
    seen: Dict[Any, Set[int]] = {}
    for row, label in zip(rows, classes):
        seen.setdefault(row, set()).add(label)
    return len([row for row in rows if len(seen[row]) > 1])


def _possible_rows(rows: Collection[Any]) -> int:
    """Return how many different rows the values of the columns could make."""
    possible = 1
    for column in zip(*rows):
        possible *= len(set(column))
    return possible


COUNTING_ROWS = 10


def check_row_numbers(patient: Patient) -> Finding:
    """No column counts up by one from row to row.

    Such a column is the number of the row. It tells nothing of new rows, and where the rows are in
    order (first all of one class) it gives the target away. Ten rows are enough: by chance ten
    numbers do not count.
    """
    rows = [list(row) for row in patient.inputs[:TABLE_ROWS]]
    if len(rows) < COUNTING_ROWS:
        return skipped("because it takes ten rows to tell")
    steps = linalg.subtract(rows[1:], rows[:-1])
    low, high = linalg.min(steps, axis=0)[0], linalg.max(steps, axis=0)[0]
    found = [column for column in range(len(low)) if low[column] == high[column] == 1]
    if found:
        return problem(f"{patient.column_name(found[0])} counts up by one from row to row, as row "
                       "numbers do", len(found), "leave that column out")
    return fine(f"none in {counted(len(low), 'column')}", 0)


BY_CHANCE, SAME_ORDER, FEW_VALUES = 0.001, 0.9999, 20


def check_leakage(patient: Patient) -> Finding:
    """No column alone gives the target away.

    For classes, or numbers of at most 20 different values: some cuts through the column separate
    all of them, each class on a stretch of its own. How wide the stretches and the gaps are does
    not matter, so any unit and any scale will do; that a column of random numbers does it must be
    less likely than 1 : 1000 (it is k! · n₁! · … · n_k! / n! for k classes, times the columns).
    Words that repeat the class come as columns of zeros and ones, one for each word: if all
    classes, or all but one, have a column that is 1 for them alone, that is a copy as well. For
    other numbers: the rows stand in the same order by the column and by the target, or in the
    opposite one (a rank correlation beyond ±0.9999). A single column is not called a copy: learning
    from it is the whole exercise then.
    """
    inputs, targets = patient.sample(TABLE_ROWS)
    columns = linalg.shape(inputs)[1]
    if columns < 2 or len(inputs) < 10:
        return skipped("because it takes two columns and ten rows to suspect one of them")
    table = linalg.transpose(inputs)
    labels = _labels(patient, targets)
    if labels is None:
        found = _in_the_same_order(table, targets)
    elif _chance_to_separate(labels) * columns > BY_CHANCE:
        return skipped("because there are so few rows that a column may separate them by chance")
    else:
        found = [column for column, values in enumerate(table) if _separates(values, labels)]
        found = found or _copies_in_words(table, labels)
    if found:
        return problem(
            f"{patient.column_name(found[0])} gives the target away: alone it says what is right, "
            "without error", len(found), "leave that column out if it is the target in other "
            "words, or is known only afterwards; else a few cuts through it do all that is wanted")
    return fine(f"none of the {columns} columns alone gives the target away", 0)


def _labels(patient: Patient, targets: Any) -> Optional[List[Any]]:
    """Return the class of each target, also of numbers if they are few; None for other numbers."""
    numbers = patient.class_numbers(targets)
    if numbers is not None:
        return list(numbers)
    values = [hashable(target) for target in targets]
    return values if len(set(values)) <= FEW_VALUES else None


def _chance_to_separate(labels: List[Any]) -> float:
    """Return how likely a random order of the rows has every class on a stretch of its own."""
    counts = Counter(labels).values()
    logarithm = math.lgamma(len(counts) + 1) - math.lgamma(len(labels) + 1)
    for number in counts:
        logarithm += math.lgamma(number + 1)
    return math.exp(logarithm)


def _separates(values: Vector, labels: List[Any]) -> bool:
    """Return whether each class has a stretch of the column for itself."""
    stretches: Dict[Any, Tuple[float, float]] = {}
    for value, label in zip(values, labels):
        low, high = stretches.get(label, (value, value))
        stretches[label] = min(low, value), max(high, value)
    in_order = sorted(stretches.values())
    return all(left[1] < right[0] for left, right in zip(in_order, in_order[1:]))


def _copies_in_words(table: Matrix, classes: List[Any]) -> List[int]:
    """Return the columns that are 1 for one class alone, if together they tell all classes."""
    counts = Counter(classes)
    told: Dict[Any, int] = {}
    for column, values in enumerate(table):
        marked = {label for value, label in zip(values, classes) if value == 1}
        only = marked.pop() if len(marked) == 1 else None
        if only is not None and values.count(1) == counts[only] == len(values) - values.count(0):
            told.setdefault(only, column)
    return sorted(told.values()) if len(told) >= len(counts) - 1 else []


def _in_the_same_order(table: Matrix, targets: Matrix) -> List[int]:
    """Return the columns whose ranks correlate with those of a column of the targets."""
    z, t = ([_standardized_ranks(values) for values in columns]
            for columns in (table, linalg.transpose(targets)))
    correlations = linalg.divide(linalg.inner(z, t), len(targets))
    strongest = linalg.max(linalg.abs(correlations), axis=1)
    return [column for column, [value] in enumerate(strongest) if value > SAME_ORDER]


def _standardized_ranks(values: Vector) -> Vector:
    """Return the place of each value in order, equal ones at their mean place, standardized."""
    places: Dict[float, List[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, [place, place])[1] = place
    ranks = [[(first + last) / 2] for first, last in (places[value] for value in values)]
    return [rank for [rank] in Standardizer().fit(ranks).transform(ranks)]
