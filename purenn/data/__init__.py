"""Data: where the examples come from, and how they are made ready.

A network learns whatever it is shown, so this is where many a project is won or lost. Read on in
this order:

1. `rows`       big tables that are stored small and read as lists
2. `dataset`    the record `DataSet`; `split`, `Standardizer`, `one_hot`
3. `toy`        made-up sets: gaussians, vertical, xor, circle, moons, spiral, sine
4. `bundled`    real sets that come along: digits, iris, wine
5. `files`      opening files, plain or gzipped, whole or broken
6. `encoding`   from cells of text to numbers, and how to remember the way
7. `csv_files`  tables of your own
8. `idx`        pictures in bulk, as MNIST has them
"""

from .bundled import digits, iris, wine
from .csv_files import encode_csv, learn_csv, read_csv, read_rows
from .dataset import DataError, DataSet, StandardizedRows, Standardizer, Targets, one_hot, split
from .encoding import Column, Encoding
from .idx import read_idx, read_idx_images
from .rows import ByteRows, FlatRows, Rows, RowView
from .toy import circle, gaussians, moons, sine, spiral, vertical, xor

__all__ = [
    "ByteRows", "Column", "DataError", "DataSet", "Encoding", "FlatRows", "RowView", "Rows",
    "StandardizedRows", "Standardizer", "Targets", "circle", "digits", "encode_csv",
    "gaussians", "iris", "learn_csv", "moons", "one_hot", "read_csv", "read_idx",
    "read_idx_images", "read_rows", "sine", "spiral", "split", "vertical", "wine", "xor",
]
