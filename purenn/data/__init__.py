"""Data: where the examples come from, and how they are made ready.

A network learns whatever it is shown, so this is where many a project is won or lost. Read on in
this order:

1. `options`    how a table is to be read: one record of options
2. `errors`     what is wrong with data, where, and what to do
3. `dataset`    the record `DataSet`; `split`, `Standardizer`, `one_hot`
4. `toy`        made-up sets: gaussians, vertical, xor, circle, moons, spiral, sine
5. `bundled`    real sets that come along: digits, iris, wine
6. `files`      opening files, plain or gzipped, whole or broken
7. `cells`      one cell of text: a number, a date, a hole or a word?
8. `tally`      what a column holds, and what it is to become
9. `records`    where the table in a file begins, and its rows
10. `learning`  the first reading of a table, and the report of what was found
11. `encoding`  from cells of text to numbers, and how to remember the way
12. `csv_files` tables of your own
13. `idx`       pictures in bulk, as MNIST has them

Big tables are stored small and read as lists: that is the module `rows` beside the core, which
keeps a network's answers to them in the same way.
"""

from ..rows import ByteRows, ColumnRows, FlatRows, Rows, RowView
from .bundled import digits, iris, wine
from .csv_files import (
    Learned, Table, TableRow, describe_csv, encode_csv, learn_csv, open_table, read_csv, read_rows,
)
from .dataset import (
    DataSet, StandardizedRows, Standardizer, Targets, one_hot, rows_of, split, split_numbers,
)
from .encoding import Encoding
from .errors import DataError, Place, Remark
from .idx import read_idx, read_idx_images
from .learning import ColumnReport, TableReport
from .options import Advice, TableOptions, as_flags, as_keywords
from .tally import Column
from .toy import circle, gaussians, moons, sine, spiral, vertical, xor

__all__ = [
    "Advice", "ByteRows", "Column", "ColumnReport", "ColumnRows", "DataError", "DataSet",
    "Encoding", "FlatRows", "Learned", "Place", "Remark", "RowView", "Rows", "StandardizedRows",
    "Standardizer", "Table", "TableOptions", "TableReport", "TableRow", "Targets", "as_flags",
    "as_keywords", "circle", "describe_csv", "digits", "encode_csv", "gaussians", "iris",
    "learn_csv", "moons", "one_hot", "open_table", "read_csv", "read_idx", "read_idx_images",
    "read_rows", "rows_of", "sine", "spiral", "split", "split_numbers", "vertical", "wine", "xor",
]
