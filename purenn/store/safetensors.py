"""safetensors: named tensors in one file that many programs open and that can do no harm.

A file in this format is a table of contents and the numbers, nothing else:

    +--------------+------------------------------------------+----------------------------+
    | 8 bytes: N   | N bytes: the header, JSON in UTF-8       | the data                   |
    | (unsigned,   | {"__metadata__": {"framework": "..."},   | all the numbers, tensor    |
    | the lowest   |  "0.weight": {"dtype": "F64",            | after tensor, row after    |
    | byte first)  |      "shape": [16, 2],                   | row, the lowest byte of    |
    |              |      "data_offsets": [0, 256]}, ...}     | each number first          |
    +--------------+------------------------------------------+----------------------------+

`data_offsets` are the first byte of a tensor and the first byte after it, counted from the
start of the data. Together the tensors cover the data exactly: no hole, no overlap, nothing
left over. There is no code in such a file, unlike in a pickle: reading it runs nothing.

The reader trusts no number in the file. It first looks at how big the file is, then checks
the whole header against that size, and only then reads data; so a few forged bytes cannot
make it reserve gigabytes. It refuses everything that the reference implementation refuses,
and some things which that one lets pass but which let two programs read two different models
from one file, such as two tensors of one name. NaN and infinity are fine by the format;
whether a *model* may hold them is decided one floor up.

The writer writes what the reference implementation writes, byte for byte: tensors sorted by
dtype, then by name; the header compact and padded with spaces, so that the data begin at a
multiple of 8. (Metadata, which that one leaves in random order, are sorted by key, so that
the same model is always the same file.)

Source: the format's description and the Rust sources of https://github.com/huggingface/safetensors
Before this: `errors.py`, `strict_json.py`, and `atomic` outside this folder.
"""

import io
import math
import os
import struct
import sys
from array import array
from typing import (
    BinaryIO, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union, cast,
)

from .. import atomic
from . import strict_json
from .errors import ModelFileError, kind, shown

MAX_HEADER_SIZE = 100_000_000  # the format's own limit
MAX_FILE_SIZE = 1 << 32        # half a billion F64 numbers, far past what loops can train
MAX_TENSORS = 10_000
MAX_RANK = 32
MAX_HEADER_VALUES = 200_000    # strings, numbers, arrays and objects in the header

CHUNK_SIZE = 1 << 18           # the data are read in pieces of this many bytes
METADATA = "__metadata__"


class Tensor(NamedTuple):
    """Numbers in a flat sequence, row after row, and the shape they are meant to have.

    `dtype` is one of the names in `DTYPES`; the length of `values` is the product of `shape`,
    which is 1 for the empty shape. Reading always gives an `array.array`, which holds each
    number in 1 to 8 bytes; for writing, any sequence of numbers will do.

    >>> Tensor("F64", (2, 3), [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]).shape
    (2, 3)
    """

    dtype: str
    shape: Tuple[int, ...]
    values: Sequence[float]


class DType(NamedTuple):
    """How one number is laid out: `width` bytes in the file, `code` for array.array."""

    width: int
    code: str


# In the order in which the writer sorts them. The two 16-bit floats are read into 32 bits,
# where each of their values has its exact place.
DTYPES: Dict[str, DType] = {
    "U64": DType(8, "Q"), "I64": DType(8, "q"), "F64": DType(8, "d"),
    "F32": DType(4, "f"), "U32": DType(4, "I"), "I32": DType(4, "i"),
    "BF16": DType(2, "f"), "F16": DType(2, "f"), "U16": DType(2, "H"), "I16": DType(2, "h"),
    "I8": DType(1, "b"), "U8": DType(1, "B"), "BOOL": DType(1, "B"),
}
READ_ONLY = ("BF16", "F16")

Contents = Tuple[Dict[str, Tensor], Dict[str, str]]


class _Place(NamedTuple):
    """One line of the table of contents, checked in itself."""

    name: str
    dtype: str
    shape: Tuple[int, ...]
    begin: int
    end: int


# ---------------------------------------------------------------------------- reading

def read(source: Union[bytes, bytearray, memoryview, atomic.Path, BinaryIO]) -> Contents:
    """Read a whole safetensors file and return its tensors and its metadata.

    `source` is a path, the bytes themselves, or a seekable binary file, which is read from
    where it stands to its end. The tensors come in the order of their data.

    >>> file = io.BytesIO()
    >>> write(file, {"steps": Tensor("I64", (), [7])}, {"made by": "hand"})
    >>> tensors, metadata = read(file.getvalue())
    >>> tensors["steps"].shape, list(tensors["steps"].values), metadata
    ((), [7], {'made by': 'hand'})
    >>> read(file.getvalue()[:-1])
    Traceback (most recent call last):
      ...
    purenn.store.errors.ModelFileError: the header describes 8 bytes of data, the file holds 7

    Raises ModelFileError, with the place, if the file breaks any rule of the format; OSError
    if it cannot be opened or read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _read_file(io.BytesIO(source))
    if not isinstance(source, (str, os.PathLike)):
        return _read_file(source)
    with open(source, "rb") as file:
        try:
            return _read_file(file)
        except ModelFileError as error:
            raise error.inside(os.fsdecode(source)) from None


def _read_file(file: BinaryIO) -> Contents:
    size = _size(file)
    header_size = _header_size(file, size)
    header = _exactly(file, header_size)
    places, metadata = _table_of_contents(header, size - 8 - header_size)
    return {place.name: _tensor(file, place) for place in places}, metadata


def _size(file: BinaryIO) -> int:
    """Return how many bytes lie between where the file stands and its end."""
    start = file.tell()
    size = file.seek(0, os.SEEK_END) - start
    file.seek(start)
    if size < 8:
        raise ModelFileError(f"a safetensors file has at least 8 bytes, this one has {size}")
    if size > MAX_FILE_SIZE:
        raise ModelFileError(f"the file has {size} bytes, more than {MAX_FILE_SIZE}")
    return size


def _header_size(file: BinaryIO, size: int) -> int:
    """Read N, and believe it only if the file is long enough for it."""
    start = _exactly(file, 8)
    header_size = int.from_bytes(start, "little")
    if 0 < header_size <= min(MAX_HEADER_SIZE, size - 8):
        return header_size
    if header_size == 0:
        problem = "the header is empty"
    elif header_size > MAX_HEADER_SIZE:
        problem = f"the header would have {header_size} bytes, more than {MAX_HEADER_SIZE}"
    else:
        problem = f"the header would have {header_size} bytes, the file holds {size - 8} more"
    raise ModelFileError(_resemblance(start) + problem, "bytes 0 to 7")


def _resemblance(start: bytes) -> str:
    """Guess what a file really is that is no safetensors file at all."""
    beginnings = {b"<": "a web page, saved instead of the file",
                  b"{": "JSON",
                  b"PK": "a ZIP archive, such as PyTorch's .pt",
                  b"\x80": "a pickle",
                  b"\x1f\x8b": "compressed with gzip",
                  b"\x89HDF": "HDF5, such as Keras's .h5",
                  b"\x93NUMPY": "NumPy's .npy"}
    for beginning, what in beginnings.items():
        if start.startswith(beginning):
            return f"the file begins as if it were {what}; "
    is_text = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)
    return "the file begins as text does, a CSV file for instance: no model; " if is_text else ""


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise ModelFileError("the file became shorter while it was read")
    return data


# ---------------------------------------------------------------------------- checking

def _table_of_contents(header: bytes, data_size: int) -> Tuple[List[_Place], Dict[str, str]]:
    """Check a header from end to end, against itself and against the size of the data."""
    try:
        entries = strict_json.parse(header, max_depth=8, max_values=MAX_HEADER_VALUES)
    except ModelFileError as error:
        raise error.inside("header") from None
    if not isinstance(entries, dict):
        raise ModelFileError(f"expected an object, got {kind(entries)}", "header")
    metadata = _metadata(entries.pop(METADATA)) if METADATA in entries else {}
    if len(entries) > MAX_TENSORS:
        raise ModelFileError(f"{len(entries)} tensors, more than {MAX_TENSORS}", "header")
    places = [_place(name, entry) for name, entry in entries.items()]
    places.sort(key=lambda place: (place.begin, place.end))
    _check_cover(places, data_size)
    return places, metadata


def _metadata(entry: strict_json.Json) -> Dict[str, str]:
    """Check the metadata: strings by name, and nothing else."""
    if not isinstance(entry, dict):
        raise ModelFileError(f"expected an object, got {kind(entry)}", METADATA)
    metadata = {}
    for name, value in entry.items():
        if not isinstance(value, str):
            raise ModelFileError(f"{shown(name)} should be a string, got {kind(value)}", METADATA)
        metadata[name] = value
    return metadata


def _place(name: str, entry: strict_json.Json) -> _Place:
    """Check one tensor's entry, and that its shape and its offsets ask for the same size."""
    where = f"tensor {shown(name)}"
    _check_name(name, where)
    dtype, shape_entry, offsets_entry = _fields(entry, where)
    width = _width(dtype, where)
    shape = _sizes(shape_entry, "shape", where)
    if len(shape) > MAX_RANK:
        raise ModelFileError(f"shape has {len(shape)} sizes, more than {MAX_RANK}", where)
    begin, end = _offsets(offsets_entry, where)
    expected = _count(shape, where) * width
    if end - begin != expected:
        raise ModelFileError(f"shape {list(shape)} of {dtype} takes {expected} bytes, "
                             f"data_offsets hold {end - begin}", where)
    return _Place(name, str(dtype), shape, begin, end)


def _check_name(name: str, where: str) -> None:
    if not name:
        raise ModelFileError("a tensor's name must not be empty", where)
    if any(sign < " " or "\x7f" <= sign <= "\x9f" for sign in name):
        raise ModelFileError("a tensor's name must not hold control characters", where)


def _fields(entry: strict_json.Json, where: str) -> List[strict_json.Json]:
    """Return the three fields of an entry, which must be all it has."""
    names = ("dtype", "shape", "data_offsets")
    if not isinstance(entry, dict):
        raise ModelFileError(f"expected an object, got {kind(entry)}", where)
    for name in names:
        if name not in entry:
            raise ModelFileError(f"{name} is missing", where)
    for name in entry:
        if name not in names:
            raise ModelFileError(f"the format has no field {shown(name)}", where)
    return [entry[name] for name in names]


def _width(dtype: strict_json.Json, where: str) -> int:
    if not isinstance(dtype, str):
        raise ModelFileError(f"dtype should be a string, got {kind(dtype)}", where)
    if dtype not in DTYPES:
        raise ModelFileError(f"dtype {shown(dtype)} is none of {' '.join(DTYPES)}", where)
    return DTYPES[dtype].width


def _sizes(entry: strict_json.Json, field: str, where: str) -> Tuple[int, ...]:
    """Check that a field is an array of whole numbers from 0 to 2**64 - 1."""
    if not isinstance(entry, list):
        raise ModelFileError(f"{field} should be an array, got {kind(entry)}", where)
    sizes = []
    for size in entry:
        if not isinstance(size, int) or isinstance(size, bool):
            raise ModelFileError(f"{field} should hold integers, got {kind(size)}", where)
        if not 0 <= size < 2 ** 64:
            raise ModelFileError(f"{field} should hold integers from 0 to 2**64 - 1, "
                                 f"got {'one below' if size < 0 else 'a larger one'}", where)
        sizes.append(size)
    return tuple(sizes)


def _offsets(entry: strict_json.Json, where: str) -> Tuple[int, int]:
    offsets = _sizes(entry, "data_offsets", where)
    if len(offsets) != 2:
        raise ModelFileError(f"data_offsets should be 2 integers, got {len(offsets)}", where)
    begin, end = offsets
    if begin > end:
        raise ModelFileError(f"data_offsets begin at {begin} and end before, at {end}", where)
    return begin, end


def _count(shape: Iterable[int], where: str) -> int:
    """Multiply the sizes: that many numbers a tensor holds.

    Other programs multiply in 64 bits. A product that does not fit there is refused, and the
    sizes are multiplied without the zeros first, lest a shape such as (0, 2**60, 2**60) pass.
    """
    count = 1
    for size in shape:
        count *= size or 1
    if count >= 2 ** 64:
        raise ModelFileError("the sizes in shape multiply to 2**64 or more", where)
    return 0 if 0 in shape else count


def _check_cover(places: List[_Place], data_size: int) -> None:
    """Check that the tensors, in the order of their data, cover the data exactly."""
    position = 0
    for place in places:
        where = f"tensor {shown(place.name)}"
        if place.begin > position:
            raise ModelFileError(f"its data begin at {place.begin}, the data before end at "
                                 f"{position}: the bytes between belong to no tensor", where)
        if place.begin < position:
            raise ModelFileError(f"its data begin at {place.begin}, inside those of another "
                                 f"tensor that end at {position}", where)
        position = place.end
    if position != data_size:
        raise ModelFileError(f"the header describes {position} bytes of data, "
                             f"the file holds {data_size}")


# ---------------------------------------------------------------------------- the numbers

def _tensor(file: BinaryIO, place: _Place) -> Tensor:
    """Read the numbers of one tensor, a piece at a time."""
    values: array[float] = array(DTYPES[place.dtype].code)
    for start in range(place.begin, place.end, CHUNK_SIZE):
        data = _exactly(file, min(CHUNK_SIZE, place.end - start))
        if place.dtype == "BOOL":
            _check_bools(data, f"tensor {shown(place.name)}")
        values.extend(_decoded(data, place.dtype))
    return Tensor(place.dtype, place.shape, values)


def _check_bools(data: bytes, where: str) -> None:
    """Look for what is left when every 0 and every 1 is taken away."""
    if data.translate(None, b"\x00\x01"):
        raise ModelFileError("a BOOL is 0 or 1", where)


def _decoded(data: bytes, dtype: str) -> "array[float]":
    """Turn bytes, the lowest first, into numbers."""
    code = DTYPES[dtype].code
    if dtype == "F16":
        return array(code, struct.unpack(f"<{len(data) // 2}e", data))
    values: array[float] = array(code)
    values.frombytes(_widened(data) if dtype == "BF16" else data)
    return _other_way_round(values)


def _widened(data: bytes) -> bytes:
    """Turn BF16 into F32: the same number with sixteen more bits of fraction, all zero."""
    wide = bytearray(2 * len(data))
    wide[2::4] = data[0::2]
    wide[3::4] = data[1::2]
    return bytes(wide)


def _other_way_round(values: "array[float]") -> "array[float]":
    """Exchange the file's order of bytes and the machine's, which on most are the same."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values


# ---------------------------------------------------------------------------- writing

def write(target: Union[atomic.Path, BinaryIO], tensors: Mapping[str, Tensor],
          metadata: Optional[Mapping[str, str]] = None) -> None:
    """Write tensors, and metadata if there are any, as a safetensors file.

    `target` is a path, whose file is replaced in one step (see `atomic.py`), or a buffered
    binary file.

    >>> file = io.BytesIO()
    >>> write(file, {"0.bias": Tensor("F64", (1,), [1.0])})
    >>> file.getvalue()[8:-8]
    b'{"0.bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}     '

    Raises ModelFileError, before anything is written, for whatever `read` would refuse, and
    for values that their dtype cannot hold; OSError if the file cannot be written.
    """
    packed = {name: _packed(name, tensors[name]) for name in _sorted(tensors)}
    header = _header(tensors, packed, metadata or {})
    if isinstance(target, (str, os.PathLike)):
        atomic.replace_file(target, lambda file: _write_parts(file, header, packed))
    else:
        _write_parts(target, header, packed)


def _write_parts(file: BinaryIO, header: bytes, packed: Mapping[str, "array[float]"]) -> None:
    file.write(len(header).to_bytes(8, "little"))
    file.write(header)
    for values in packed.values():
        file.write(_other_way_round(values))


def _sorted(tensors: Mapping[str, Tensor]) -> List[str]:
    """Order the names by dtype, wider first, then by name: so every number is aligned."""
    for name, tensor in tensors.items():
        if not isinstance(name, str) or name == METADATA:
            raise ModelFileError("no tensor can have this name", f"tensor {name!r}")
        _check_writable(tensor.dtype, f"tensor {shown(name)}")
    order = {dtype: position for position, dtype in enumerate(DTYPES)}
    return sorted(tensors, key=lambda name: (order[tensors[name].dtype], name))


def _check_writable(dtype: str, where: str) -> None:
    if dtype not in DTYPES or dtype in READ_ONLY:
        raise ModelFileError(f"dtype {dtype!r} cannot be written", where)


def _packed(name: str, tensor: Tensor) -> "array[float]":
    """Put the values into an array of the right width, unless they are in one already."""
    where = f"tensor {shown(name)}"
    code = DTYPES[tensor.dtype].code
    if isinstance(tensor.values, array) and tensor.values.typecode == code:
        packed = cast("array[float]", tensor.values)
    else:
        packed = _converted(tensor, code, where)
    if tensor.dtype == "BOOL":
        _check_bools(packed.tobytes(), where)
    return packed


def _converted(tensor: Tensor, code: str, where: str) -> "array[float]":
    """Convert any sequence of numbers, and refuse what its dtype cannot hold.

    A number too large for F32 is looked for here: array.array would store it as infinity.
    """
    try:
        packed: array[float] = array(code, iter(tensor.values))
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelFileError(f"a value is no {tensor.dtype}: {error}", where) from error
    if tensor.dtype == "F32":
        for given, stored in zip(tensor.values, packed):
            if math.isinf(stored) and not math.isinf(given):
                raise ModelFileError(f"{given!r} is past the range of F32", where)
    return packed


def _header(tensors: Mapping[str, Tensor], packed: Mapping[str, "array[float]"],
            metadata: Mapping[str, str]) -> bytes:
    """Write the table of contents, and read it back: what reading refuses is not written."""
    entries: Dict[str, object] = {METADATA: _in_order(metadata)} if metadata else {}
    position = 0
    for name, values in packed.items():
        dtype, shape, _ = tensors[name]
        end = position + len(values) * DTYPES[dtype].width
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [position, end]}
        position = end
    header = strict_json.serialize(entries)
    header += b" " * (-len(header) % 8)
    if len(header) > MAX_HEADER_SIZE or 8 + len(header) + position > MAX_FILE_SIZE:
        raise ModelFileError(f"too large: a header of {len(header)} bytes, {position} of data")
    _table_of_contents(header, position)
    return header


def _in_order(metadata: Mapping[str, str]) -> Dict[str, str]:
    if not all(isinstance(name, str) for name in metadata):
        raise ModelFileError("every name should be a string", METADATA)
    return {name: metadata[name] for name in sorted(metadata)}


# ---------------------------------------------------------------------------- matrices

def from_rows(rows: Sequence[Sequence[float]], dtype: str = "F64") -> Tensor:
    """Lay a matrix (a list of rows of equal length) out as a tensor of its shape.

    >>> from_rows([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])
    Tensor(dtype='F64', shape=(2, 3), values=array('d', [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]))

    Raises ModelFileError for ragged rows, and for numbers that the dtype cannot hold.
    """
    width = len(rows[0]) if rows else 0
    values: List[float] = []
    for number, row in enumerate(rows):
        if len(row) != width:
            raise ModelFileError(f"row 0 has {width} numbers, row {number} has {len(row)}")
        values.extend(row)
    _check_writable(dtype, "matrix")
    tensor = Tensor(dtype, (len(rows), width), values)
    return tensor._replace(values=_packed("", tensor))


def to_rows(tensor: Tensor) -> List[List[float]]:
    """Return a tensor of rank 2 as a matrix; one of rank 1 becomes a matrix of one row.

    >>> to_rows(Tensor("F32", (3,), [0.5, 1.0, 1.5]))
    [[0.5, 1.0, 1.5]]

    Raises ModelFileError for other ranks, and for rows without numbers, of which a file of
    a hundred bytes could name a billion.
    """
    if len(tensor.shape) not in (1, 2) or 0 in tensor.shape:
        raise ModelFileError(f"shape {list(tensor.shape)} is that of no matrix")
    if len(tensor.values) != _count(tensor.shape, "matrix"):
        raise ModelFileError(f"{len(tensor.values)} values for shape {list(tensor.shape)}")
    width = tensor.shape[-1]
    return [list(tensor.values[start:start + width])
            for start in range(0, len(tensor.values), width)]
