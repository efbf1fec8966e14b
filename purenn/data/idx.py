"""Reading IDX: pictures by the ten thousand, as MNIST is published.

An IDX file is the plainest format there is for a block of numbers. MNIST comes as two of them,
one with pictures and one with their labels:

    bytes   0 0            always zero
            8              what the numbers are: 8 means one unsigned byte each
            3              how many sizes follow
            60000 28 28    the sizes, four bytes each, largest byte first
    then    0 0 0 3 18 …   the numbers, row after row

Because the sizes say exactly how long the file must be, nearly every damage can be noticed, and
it is: before memory is set aside for the numbers, and with at most one byte read beyond them. (A
gzipped file of a few kilobytes can unpack to gigabytes. One byte too many is enough to know.)

The pictures stay bytes in memory, 47 megabytes for MNIST, and become lists of floats row by row,
when a mini-batch asks for them; see `rows.ByteRows`.

Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998,
section "File formats".

Before this: csv_files. After this: estimators or the lessons; this is the last module of data.
"""

import math
import struct
import sys
from array import array
from typing import Any, BinaryIO, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..checks import number_between, positive_integer
from ..linalg import Vector
from ..rows import ByteRows, FlatRows
from .dataset import DataSet
from .errors import DataError
from .files import Source, file_name, opened, read_into, read_some

__all__ = ["read_idx", "read_idx_images"]

# The type byte of the header: what it is called, its letter in `array`, bytes per number.
_TYPES: Dict[int, Tuple[str, str, int]] = {
    0x08: ("unsigned bytes", "B", 1),
    0x09: ("signed bytes", "b", 1),
    0x0B: ("16-bit integers", "h", 2),
    0x0C: ("32-bit integers", "i", 4),
    0x0D: ("32-bit floats", "f", 4),
    0x0E: ("64-bit floats", "d", 8),
}
_RANK_CAP = 8
_WIDTH_CAP = 1 << 20  # numbers per row
_BYTES_CAP = 1 << 31  # bytes of numbers in one file
_CLASSES_CAP = 1000
_CHUNK = 1 << 16  # bytes read at once
_BUFFER = 1 << 26  # bytes that the buffer grows by at once


class _Header(NamedTuple):
    type: int
    sizes: Tuple[int, ...]

    def bytes_expected(self) -> int:
        total = _TYPES[self.type][2]
        for size in self.sizes:
            total *= size
        return total


def read_idx(
    images: Source,
    labels: Source,
    *,
    scale: Optional[float] = None,
    classes: Optional[int] = None,
) -> DataSet:
    """Return a data set from an IDX file of images and one of labels, plain or gzipped.

    images   a path or an open file: n examples of any shape, each of which becomes one row
    labels   n class numbers, counted from 0
    scale    every number is multiplied by it; if nothing is said, 1/255 for unsigned bytes, so
             that 0 … 255 become 0 … 1, and 1 for other types
    classes  how many classes there are; if nothing is said, as many as the largest label needs

    Held in memory: the numbers at the size they have in the file (MNIST: 47 MB), and the labels.
    Raises DataError naming the file and what is wrong with it; OSError if a file cannot be
    opened; TypeError or ValueError for a scale or a number of classes that is none.
    """
    _check_options(scale, classes)
    image_header, pixels = _read(images)
    label_header, numbers = _read(labels)
    _check_pair(image_header, label_header, file_name(images), file_name(labels))
    targets = [int(number) for number in numbers]
    count = _count_classes(targets, classes, file_name(labels))
    shape = image_header.sizes[1:]
    return DataSet(
        _rows(image_header, pixels, scale, file_name(images)),
        targets,
        _pixel_names(shape),
        [str(number) for number in range(count)],
        f"{file_name(images)}: {len(targets)} examples of {' x '.join(map(str, shape)) or '1'}",
    )


def read_idx_images(images: Source, *, scale: Optional[float] = None) -> Sequence[Vector]:
    """Return the rows of an IDX file of images alone, for instance to predict their labels.

    Everything is as for `read_idx`, but there are no labels.
    """
    _check_options(scale, classes=None)
    header, pixels = _read(images)
    return _rows(header, pixels, scale, file_name(images))


def _check_options(scale: Optional[float], classes: Optional[int]) -> None:
    if scale is not None:
        number_between("read_idx", "scale", scale, 0, without_low=True)
    if classes is not None:
        positive_integer("read_idx", "classes", classes)


# ---- One file ----


def _read(source: Source) -> Tuple[_Header, Any]:
    """Return the header, and the numbers as an array."""
    file = file_name(source)
    with opened(source) as stream:
        header = _read_header(stream, file)
        data = _read_numbers(stream, header.bytes_expected(), file)
    letter = _TYPES[header.type][1]
    if letter == "B":
        return header, data
    numbers: Any = array(letter)
    numbers.frombytes(data)
    if sys.byteorder == "little":  # the file has the largest byte first
        numbers.byteswap()
    return header, numbers


def _read_header(stream: BinaryIO, file: str) -> _Header:
    begin = read_some(stream, 4, file)
    if begin.lstrip()[:1] == b"<":
        raise DataError(f"{file}: this is probably a web page, not IDX; look at the download")
    if len(begin) < 4:
        raise DataError(f"{file}: expected a header of 4 bytes, got {len(begin)}")
    zero, type_, rank = struct.unpack(">HBB", begin)
    if zero != 0:
        raise DataError(f"{file}: an IDX file begins with two zero bytes, this one with "
                        f"{begin[0]:02x} {begin[1]:02x}")
    if type_ not in _TYPES:
        known = ", ".join(f"{code:02x} ({name})" for code, (name, _, _) in _TYPES.items())
        raise DataError(f"{file}: expected one of the types {known}, got {type_:02x}")
    if not 1 <= rank <= _RANK_CAP:
        raise DataError(f"{file}: expected 1 to {_RANK_CAP} sizes, got {rank}")
    sizes = read_some(stream, 4 * rank, file)
    if len(sizes) < 4 * rank:
        raise DataError(f"{file}: the header is cut short: expected {rank} sizes")
    header = _Header(type_, struct.unpack(f">{rank}I", sizes))
    _check_sizes(header, file)
    return header


def _check_sizes(header: _Header, file: str) -> None:
    shape = " x ".join(map(str, header.sizes))
    if 0 in header.sizes:
        raise DataError(f"{file}: expected examples, got none: the sizes are {shape}")
    if header.bytes_expected() > _BYTES_CAP:
        raise DataError(f"{file}: {shape} numbers are {header.bytes_expected()} bytes; expected "
                        f"at most {_BYTES_CAP}")
    if header.bytes_expected() > _WIDTH_CAP * header.sizes[0] * _TYPES[header.type][2]:
        raise DataError(f"{file}: expected at most {_WIDTH_CAP} numbers per example, got {shape}")


def _read_numbers(stream: BinaryIO, expected: int, file: str) -> "array[int]":
    """Read exactly the expected bytes, and look for one more to see that there is none.

    They are read into an array that has its size from the start. One that grows would need twice
    the memory for a moment; but for a header that promises too much it is no larger than _BUFFER.
    """
    data, filled = _zeros(min(expected + 1, _BUFFER)), 0
    while filled < len(data):
        with memoryview(data) as buffer:
            count = read_into(stream, buffer[filled:filled + _CHUNK], file)
        if count == 0:
            break
        filled += count
        if filled == len(data) <= expected:
            data.extend(_zeros(min(expected + 1 - filled, _BUFFER)))
    del data[filled:]
    if filled != expected:
        got = f"only {filled}" if filled < expected else "more"
        raise DataError(f"{file}: expected {expected} bytes of numbers, as its header says, got "
                        f"{got}. Is the file cut off, or something appended to it?")
    return data


def _zeros(count: int) -> "array[int]":
    return array("B", [0]) * count


# ---- The pair ----


def _check_pair(images: _Header, labels: _Header, image_file: str, label_file: str) -> None:
    if len(labels.sizes) != 1:
        swapped = ". Are the two files swapped?" if len(images.sizes) == 1 else ""
        raise DataError(f"{label_file}: expected one label per example, got "
                        f"{' x '.join(map(str, labels.sizes))} numbers{swapped}")
    if labels.type in (0x0D, 0x0E):
        raise DataError(f"{label_file}: expected whole numbers as labels, got "
                        f"{_TYPES[labels.type][0]}")
    if images.sizes[0] != labels.sizes[0]:
        raise DataError(f"{label_file}: expected {images.sizes[0]} labels, one for each example "
                        f"of {image_file}, got {labels.sizes[0]}")


def _count_classes(targets: List[int], classes: Optional[int], file: str) -> int:
    most = classes or _CLASSES_CAP
    for place, label in enumerate(targets):
        if not 0 <= label < most:
            raise DataError(f"{file}, label {place} (counted from 0): expected a class number "
                            f"from 0 to {most - 1}, got {label}")
    return classes or max(targets) + 1


def _rows(
    header: _Header, pixels: Any, scale: Optional[float], file: str
) -> Sequence[Vector]:
    width = len(pixels) // header.sizes[0]
    if header.type == 0x08:
        return ByteRows(pixels, width, 1 / 255 if scale is None else scale)
    if header.type in (0x0D, 0x0E) and not all(map(math.isfinite, pixels)):
        raise DataError(f"{file}: expected finite numbers, got nan or infinity")
    return FlatRows(pixels, width, scale)


def _pixel_names(shape: Tuple[int, ...]) -> List[str]:
    names = ["pixel"]
    for size in shape:
        names = [f"{name}_{number}" for name in names for number in range(size)]
    return names
