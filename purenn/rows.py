"""Rows on demand: a big table that is stored small and read as lists.

A network eats lists of floats, one list per example. As lists, the 60,000 pictures of MNIST
would take about 400 megabytes for the pointers alone; as the bytes they are in the file, 47.
But a network never looks at all of them at once: it asks for a mini-batch of 32 rows, uses
them, and forgets them. So it is enough to have something that *behaves* like a list of rows
and makes each row at the moment somebody asks for it:

    rows[3]        the fourth row, a fresh list of floats
    rows[-1]       the last one
    rows[10:20]    a view of ten rows; nothing is copied
    len(rows)      how many there are
    for row in rows: ...

`RowView` says once what all such tables have in common. A kind of table has to answer two
questions only: how many rows are there, and what is row number n?

    RowView ── ByteRows           one byte per number, read through a table of 256 floats
            ├─ FlatRows           an `array` of numbers, row after row
            │   └─ GrowingRows    the same, to which rows are added
            ├─ ColumnRows         an `array` for each column
            ├─ Rows               some rows of another sequence, by number
            └─ StandardizedRows   another sequence, standardized (lives in data/dataset.py)

Why not a memory-mapped file? It would be smaller still, but it cannot be used on a gzipped
file, and 47 megabytes are no burden.

The answers of a network to a million rows can be as large as the rows. So `train` keeps them in
the same way (`GrowingRows`).

Imports: linalg. After this: `training`, and `data`, which reads tables into such rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from . import linalg
from .annotations import Any, Iterator
from .linalg import Matrix, Vector

__all__ = ["ByteRows", "ColumnRows", "FlatRows", "GrowingRows", "RowView", "Rows", "in_parts"]


class RowView(Sequence):  # type: ignore[type-arg]  # of rows
    """A read-only sequence of rows, each made when it is asked for.

    A new kind of table overrides `__len__` and `row`; indexing, slicing and iteration follow.
    """

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__")

    def row(self, number: int) -> Vector:
        """Return row `number` (0 <= number < len(self)) as a fresh list of floats."""
        raise NotImplementedError(f"{type(self).__name__} must define row")

    def __getitem__(self, key: int | slice) -> Any:
        # A range already knows what negative numbers, slices and steps mean: let it do that.
        numbers = range(len(self))
        if isinstance(key, slice):
            return Rows(self, numbers[key])
        try:
            return self.row(numbers[key])
        except IndexError:
            message = f"row {key} of {type(self).__name__}: there are {len(self)} rows"
            raise IndexError(message) from None

    def __iter__(self) -> Iterator[Vector]:
        for number in range(len(self)):
            yield self.row(number)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} rows)"


class Rows(RowView):
    """Some rows of another sequence, picked by number, in the order of the numbers.

    base     any sequence of rows
    numbers  which of them: row i of the view is `base[numbers[i]]`

    >>> Rows([[0.0], [0.5], [1.0]], [2, 0])[0]
    [1.0]
    """

    def __init__(self, base: Sequence[Vector], numbers: Sequence[int]) -> None:
        self.base = base
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def row(self, number: int) -> Vector:
        return list(self.base[self.numbers[number]])


class ByteRows(RowView):
    """Rows of bytes, which come out as floats.

    data   the bytes, row after row
    width  numbers per row
    scale  every byte is multiplied by it: 1/255 turns 0 … 255 into 0 … 1

    There are only 256 different bytes, so there need be only 256 different float objects: a
    row is a list of pointers into one table. That is quicker than multiplying, too.
    Raises ValueError if the bytes do not fill whole rows.

    >>> list(ByteRows(bytes([0, 1, 2, 3]), width=2, scale=0.5))
    [[0.0, 0.5], [1.0, 1.5]]
    """

    def __init__(
        self, data: bytes | bytearray | array[int], width: int, scale: float = 1.0
    ) -> None:
        _check_whole_rows("ByteRows", len(data), width)
        self.data = data
        self.width = width
        self.table = [byte * scale for byte in range(256)]

    def __len__(self) -> int:
        return len(self.data) // self.width

    def row(self, number: int) -> Vector:
        table, start = self.table, number * self.width
        return [table[byte] for byte in self.data[start : start + self.width]]


class FlatRows(RowView):
    """Rows of an `array.array`, which holds its numbers bare: 8 bytes for a float, not 32.

    data   the numbers, row after row
    width  numbers per row
    scale  every number is multiplied by it, if it is given

    Raises ValueError if the numbers do not fill whole rows.

    >>> FlatRows(array("d", [0.5, 1.5, 2.5, 3.5]), width=2)[-1]
    [2.5, 3.5]
    """

    def __init__(
        self,
        data: array[int] | array[float],
        width: int,
        scale: float | None = None,
    ) -> None:
        _check_whole_rows("FlatRows", len(data), width)
        self.data = data
        self.width = width
        self.scale = 1.0 if scale is None else scale

    def __len__(self) -> int:
        return len(self.data) // self.width

    def row(self, number: int) -> Vector:
        start, scale = number * self.width, self.scale
        return [scale * value for value in self.data[start : start + self.width]]


class GrowingRows(FlatRows):
    """Rows of floats to which more of the same width are added, a matrix at a time.

    >>> said = GrowingRows()
    >>> said.extend([[0.25, 0.75]])
    >>> said.extend([[1.0, 0.0], [0.5, 0.5]])
    >>> len(said), said[-1]
    (3, [0.5, 0.5])
    """

    def __init__(self) -> None:
        self.data, self.width, self.scale = array("d"), 1, 1.0  # the first rows tell the width

    def extend(self, rows: Matrix) -> None:
        """Add the rows of a matrix."""
        self.width = linalg.shape(rows)[1]
        self.data.extend(linalg.ravel(rows))  # type: ignore[arg-type]  # it holds floats


class ColumnRows(RowView):
    """Rows across columns, each of which is an `array.array` of its own type.

    columns  one array for each column, all of one length

    In most tables a few columns are measured and many are zeros and ones, made of words; so the
    ones take 8 bytes a number, the others a single one. Raises ValueError for columns of different
    lengths.

    >>> ColumnRows([array("d", [0.5, 1.5]), array("B", [0, 1])])[1]
    [1.5, 1.0]
    """

    def __init__(self, columns: Sequence[array[int] | array[float]]) -> None:
        if len(set(map(len, columns))) != 1:
            raise ValueError("ColumnRows: expected columns of one length")
        self.arrays = list(columns)

    def __len__(self) -> int:
        return len(self.arrays[0])

    def row(self, number: int) -> Vector:
        return [float(column[number]) for column in self.arrays]


def in_parts(numbers: Sequence[int], size: int = 1024) -> list[Sequence[int]]:
    """Cut the numbers of rows into parts of one size, the last one with what remains.

    What is made of a thousand rows on the way to a single number needs little memory; what is made
    of a million at once, much.

    >>> in_parts([3, 1, 4, 0, 2], 2), in_parts(range(5), 3)
    ([[3, 1], [4, 0], [2]], [range(0, 3), range(3, 5)])
    """
    if len(numbers) <= size:
        return [numbers] if numbers else []  # the quick answer for most
    return [numbers[first:first + size] for first in range(0, len(numbers), size)]


def _check_whole_rows(who: str, count: int, width: int) -> None:
    if width < 1 or count % width:
        raise ValueError(f"{who}: expected whole rows of {width} numbers, got {count} numbers")
