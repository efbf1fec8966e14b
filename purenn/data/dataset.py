"""What a network learns from: examples, and what each of them should be answered with.

A data set is two columns of a notebook. On the left, one example per row, as numbers: four
measurements of a flower, sixty-four pixels of a digit. On the right, the target: the number of
the right class, or, in regression, the right value. Names for the columns and the classes turn
the numbers back into something to talk about.

    inputs                   targets        class_names
    [5.1, 3.5, 1.4, 0.2]     0              0 setosa
    [7.0, 3.2, 4.7, 1.4]     1              1 versicolor
    [6.3, 3.3, 6.0, 2.5]     2              2 virginica

Three things are done to nearly every data set before training, and they live here:

- `split` puts some rows aside. A network can learn its examples by heart, as a pupil can, so it
  is examined on rows that it has never seen.
- `Standardizer` brings every column to mean 0 and deviation 1. If one column counts metres and
  the other micrometres, one learning rate cannot be right for the weights of both.
- `one_hot` writes class 2 of 3 as 0 0 1. As the number 2, it would lie beyond class 1, and
  twice as far out; but classes have no order.

Before this: `rows`, beside the core. After this: toy, where the first data sets are made up.
"""

import math
import operator
from array import array
from random import Random
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union, overload

from .. import linalg
from ..checks import (
    explains_arguments, number_between, positive_integer, random_generator,
)
from ..initializers import permutation
from ..linalg import Matrix, ShapeError, Vector
from ..notebooks import Pictured
from ..rows import Rows, RowView
from ..text import safe
from .errors import DataError

__all__ = [
    "DataSet", "StandardizedRows", "Standardizer", "Targets", "one_hot", "rows_of", "split",
    "split_numbers",
]

Targets = Union[List[int], Matrix]


class DataSet(NamedTuple):
    """Examples with their targets.

    inputs         n rows of numbers, one example each: a matrix, or a compact sequence of rows
    targets        n class numbers 0 … k − 1; for regression a matrix of n rows and one column
    feature_names  what the columns of the inputs are called
    class_names    what the classes are called; empty for regression
    description    where the data come from

    >>> DataSet([[0.5], [1.5]], [0, 1], ["length"], ["short", "long"], "two sticks")
    DataSet(2 rows, 1 feature, 2 classes: short, long)
    """

    inputs: Sequence[Vector]
    targets: Targets
    feature_names: List[str]
    class_names: List[str]
    description: str

    def _repr_svg_(self) -> Optional[str]:
        return Pictured.draw(self) if Pictured.draw is not None else None

    def __repr__(self) -> str:
        # The automatic one would print every number of the set.
        rows = f"{len(self.inputs)} row{'s' * (len(self.inputs) != 1)}"
        features = f"{len(self.feature_names)} feature{'s' * (len(self.feature_names) != 1)}"
        count = len(self.class_names)
        if not count:
            return f"DataSet({rows}, {features}, regression)"
        names = ", ".join(safe(str(name)) for name in self.class_names[:10]) + ", …" * (count > 10)
        return f"DataSet({rows}, {features}, {count} class{'es' * (count != 1)}: {names})"


# ---- Splitting ----


@explains_arguments
def split(data: DataSet, fraction: float = 0.2, *, rng: Random) -> Tuple[DataSet, DataSet]:
    """Return (train, test): every row of the data in one of the two, in shuffled order.

    fraction  the share of the rows that goes into the test part, between 0 and 1
    rng       random.Random(seed): the same seed gives the same split

    With classes the split is *stratified*: each class is split by itself, so its share in the
    test part is right to within one row, and a class of two or more rows is in both parts. In
    a plain shuffle a rare class can be missing from either, and then the score is about luck.

    The data are left as they are. Rows of a compact sequence are not copied: the parts are
    views of it. Raises ValueError for a fraction outside 0 … 1 and DataError where there are
    too few rows to have one in each part; ShapeError if inputs and targets differ in number.

    >>> sticks = DataSet([[1.0], [2.0], [7.0], [8.0]], [0, 0, 1, 1], ["cm"], ["short", "long"], "")
    >>> train, test = split(sticks, 0.5, rng=Random(1))
    >>> sorted(train.targets), sorted(test.targets)
    ([0, 1], [0, 1])
    """
    train, test = split_numbers(data, fraction, rng=rng)
    return rows_of(data, train), rows_of(data, test)


def split_numbers(
    data: DataSet, fraction: float, *, rng: Random
) -> Tuple["array[int]", "array[int]"]:
    """Return the numbers of the rows for each part; `split` is this, and the rows themselves."""
    number_between("split", "fraction", fraction, 0, 1, without_low=True)
    random_generator("split", rng)
    strata = _strata(data)
    wanted = _test_rows_per_class(strata, fraction)
    train, test = array("q"), array("q")
    for number in permutation(len(strata), rng):
        # The first rows of a class that the shuffle brings go to the test, until it has enough.
        if wanted[strata[number]] > 0:
            wanted[strata[number]] -= 1
            test.append(number)
        else:
            train.append(number)
    return train, test


def _strata(data: DataSet) -> List[int]:
    """Return the class of each row; in regression all rows are of one class."""
    rows, targets = len(data.inputs), len(data.targets)
    if rows != targets:
        raise ShapeError(f"split: expected as many targets as inputs, got {rows} and {targets}")
    if rows < 2:
        raise DataError(f"split: expected at least 2 rows, one for each part, got {rows}")
    if isinstance(data.targets[0], (list, tuple)):
        return [0] * rows
    return list(data.targets)


def _test_rows_per_class(strata: List[int], fraction: float) -> Dict[int, int]:
    counts: Dict[int, int] = {}
    for label in strata:
        counts[label] = counts.get(label, 0) + 1
    if max(counts.values()) == 1:
        raise DataError(
            f"split: every one of the {len(counts)} classes has one row only, so none can be in "
            "both parts. If the targets are measurements, not classes, this is regression"
        )
    wanted: Dict[int, int] = {}
    carry = 0.0  # what rounding took from one class, the next one gets, so the total is right too
    for label in sorted(counts):
        count = counts[label]
        exact = count * fraction + carry
        # At least one row for each part; a class of one row is for training.
        wanted[label] = max(1, min(count - 1, round(exact))) if count > 1 else 0
        carry = max(-0.5, min(0.5, exact - wanted[label]))
    return wanted


def rows_of(data: DataSet, numbers: Sequence[int]) -> DataSet:
    """Return some rows of the data; those of a compact sequence are not copied."""
    inputs: Any = data.inputs
    inputs = Rows(inputs, numbers) if isinstance(inputs, RowView) else linalg.take(inputs, numbers)
    targets: Any = data.targets
    return data._replace(inputs=inputs, targets=linalg.take(targets, numbers))


# ---- Standardizing ----


class Standardizer:
    """Bring every column to mean 0 and standard deviation 1:  z = (x − mean) / deviation.

    `fit` learns mean and deviation of every column, `transform` applies them, `inverse` undoes
    them. Fit on the training rows only, and transform the test rows with what was learned there:
    a test that helps to choose the numbers is no longer a test.

    The deviation is that of the population, √(Σ(x − mean)² / n). A column that never changes has
    deviation 0 and nothing to tell; it gets deviation 1, and so becomes a column of zeros. So does
    one that is constant but for rounding, such as 0.3 and 0.1 + 0.2: a float has about 16 digits,
    and where all rows agree in the first 13, the others are noise that would be blown up to 1.

    >>> standardizer = Standardizer().fit([[1.0, 5.0], [3.0, 5.0]])
    >>> standardizer.means, standardizer.deviations
    ([2.0, 5.0], [1.0, 1.0])
    >>> standardizer.transform([[4.0, 5.0]])
    [[2.0, 0.0]]
    >>> standardizer.inverse([[2.0, 0.0]])
    [[4.0, 5.0]]
    """

    def __init__(
        self, means: Optional[Vector] = None, deviations: Optional[Vector] = None
    ) -> None:
        """Start unfitted, or with means and deviations that were learned earlier."""
        if (means is None) != (deviations is None) or len(means or ()) != len(deviations or ()):
            raise ShapeError("Standardizer: expected as many means as deviations, or neither")
        self.means = means
        self.deviations = deviations

    def __repr__(self) -> str:
        fitted = "not fitted" if self.means is None else f"{len(self.means)} columns"
        return f"Standardizer({fitted})"

    def fit(self, inputs: Sequence[Vector]) -> "Standardizer":
        """Learn means and deviations, looking at each row once and keeping none; return self.

        With each new x, the mean moves towards it by its share, and the sum of squares grows:

            mean_n    = mean_(n−1) + (x − mean_(n−1)) / n
            squares_n = squares_(n−1) + (x − mean_(n−1)) · (x − mean_n)

        The school formula, mean of the squares minus square of the mean, takes the difference
        of two huge numbers: for 100000000, 100000001 and 100000002 it gives a variance of 0
        (it is 2/3). This one also gives exactly 0 for a constant column, which two passes do
        not: the mean of ten times 0.1, added up and divided, is not quite 0.1.
        Source: Welford, "Note on a method for calculating corrected sums of squares and
        products", Technometrics 4, 1962; Knuth, The Art of Computer Programming, 4.2.2.

        Raises ShapeError for rows of different widths, ValueError for no rows at all and for
        columns whose numbers are not finite, or too large to be squared.
        """
        means: Vector = []
        squares: Vector = []
        count = 0
        for count, row in enumerate(inputs, start=1):
            if count == 1:
                means, squares = [0.0] * len(row), [0.0] * len(row)
            _check_width("Standardizer.fit", row, len(means))
            for column, value in enumerate(row):
                before = value - means[column]
                means[column] += before / count
                squares[column] += before * (value - means[column])
        if count == 0:
            raise ValueError("Standardizer.fit: expected at least one row, got none")
        _check_finite(means, squares)
        self.means = means
        self.deviations = [
            _deviation(inputs, column, mean, math.sqrt(square / count))
            for column, (mean, square) in enumerate(zip(means, squares))
        ]
        return self

    @overload
    def transform(self, inputs: RowView) -> "StandardizedRows": ...

    @overload
    def transform(self, inputs: Sequence[Vector]) -> Sequence[Vector]: ...

    def transform(self, inputs: Sequence[Vector]) -> Sequence[Vector]:
        """Return (x − mean) / deviation for every number: for lists a matrix, (n, k) -> (n, k).

        A compact sequence of rows stays compact: each row is standardized when it is asked for.
        Raises ValueError before `fit`, ShapeError for rows of the wrong width.
        """
        self._learned("transform")
        if isinstance(inputs, RowView):
            return StandardizedRows(inputs, self)
        return [self.transform_row(row) for row in inputs]

    def transform_row(self, row: Vector) -> Vector:
        """Return one row standardized; raises what `transform` raises."""
        means, deviations = self._learned("transform")
        _check_width("Standardizer.transform", row, len(means))
        return [
            (value - mean) / deviation
            for value, mean, deviation in zip(row, means, deviations)
        ]

    def inverse(self, inputs: Sequence[Vector]) -> Matrix:
        """Return z · deviation + mean for every number, back in the old units: (n, k) -> (n, k).

        Raises ValueError before `fit`, ShapeError for rows of the wrong width.
        """
        means, deviations = self._learned("inverse")
        matrix: Matrix = []
        for row in inputs:
            _check_width("Standardizer.inverse", row, len(means))
            columns = zip(row, means, deviations)
            matrix.append([value * deviation + mean for value, mean, deviation in columns])
        return matrix

    def _learned(self, who: str) -> Tuple[Vector, Vector]:
        if self.means is None or self.deviations is None:
            raise ValueError(f"Standardizer.{who}: not fitted yet; call fit(inputs) first")
        return self.means, self.deviations


class StandardizedRows(RowView):
    """A compact sequence whose rows are standardized when they are asked for.

    Raises ShapeError at once if the first row does not fit the standardizer.
    """

    def __init__(self, base: Sequence[Vector], standardizer: Standardizer) -> None:
        self.base = base
        self.standardizer = standardizer
        if len(base):
            self.row(0)

    def __len__(self) -> int:
        return len(self.base)

    def row(self, number: int) -> Vector:
        return self.standardizer.transform_row(self.base[number])


_ROUNDING = 1e-13  # of the mean: deviations below it are rounding
_SQUARES_UNDERFLOW = 1e-150  # the squares of deviations below it have lost their digits


def _deviation(inputs: Sequence[Vector], column: int, mean: float, deviation: float) -> float:
    """Return the deviation of a column to divide by: 1 if it is constant but for rounding.

    Where numbers are so small that their squares vanish, they are measured once more, by the
    largest of their distances from the mean.
    """
    if deviation < _SQUARES_UNDERFLOW:
        distances = [abs(row[column] - mean) for row in inputs]
        reach = max(distances, default=0.0)
        parts = [(distance / reach) ** 2 for distance in distances if reach > 0]
        deviation = reach * math.sqrt(math.fsum(parts) / max(1, len(parts)))
    return deviation if deviation > _ROUNDING * abs(mean) else 1.0


def _check_width(who: str, row: Vector, width: int) -> None:
    if len(row) != width:
        raise ShapeError(f"{who}: expected rows of {width} numbers, got a row of {len(row)}")


def _check_finite(means: Vector, squares: Vector) -> None:
    for column, (mean, square) in enumerate(zip(means, squares)):
        if not (math.isfinite(mean) and math.isfinite(square)):
            raise ValueError(
                f"Standardizer.fit: column {column} (counted from 0): expected finite numbers, "
                "got nan, infinity, or numbers too large to be squared"
            )


# ---- One-hot ----


def one_hot(labels: Sequence[int], classes: Optional[int] = None) -> Matrix:
    """Return a matrix with one row per label: 1 in the column of its class, 0 in all others.

    labels   n class numbers, counted from 0
    classes  how many classes there are; without it, as many as the largest label needs

    Raises TypeError for labels that are no whole numbers, ValueError for labels below 0 or
    beyond the classes, and for labels that seem to be counted from 1.

    >>> one_hot([0, 2], classes=3)
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    numbers = [_whole_number(label) for label in labels]
    if not numbers:
        raise ValueError("one_hot: labels: expected at least one label, got none")
    if classes is None:
        classes = _classes_needed(numbers)
    positive_integer("one_hot", "classes", classes)
    for number in numbers:
        _check_label(number, classes, numbers)
    return linalg.one_hot(numbers, classes)


def _whole_number(label: Any) -> int:
    try:
        if not isinstance(label, bool):
            return operator.index(label)
    except TypeError:
        pass
    raise TypeError(f"one_hot: labels: expected class numbers 0, 1, 2, …, got {label!r}")


def _classes_needed(numbers: List[int]) -> int:
    if min(numbers) > 0:
        raise ValueError(
            f"one_hot: labels: expected class numbers counted from 0, got {min(numbers)} as the "
            "smallest. If they are counted from 1, subtract 1; if class 0 is just not among "
            "these, say how many classes there are: one_hot(labels, classes=…)"
        )
    return max(numbers) + 1


def _check_label(number: int, classes: int, numbers: List[int]) -> None:
    if 0 <= number < classes:
        return
    hint = ""
    if number == classes and min(numbers) > 0:
        hint = ". If they are counted from 1, subtract 1"
    raise ValueError(
        f"one_hot: labels: expected class numbers 0 to {classes - 1}, got {number}{hint}"
    )
