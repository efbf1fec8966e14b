"""Tensors come back to the bit, the reference agrees, and no bad file gives a wrong model."""

import doctest
import io
import json
import math
import os
import random
import struct
import sys
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purenn.store import safetensors
from purenn.store.errors import ModelFileError
from purenn.store.safetensors import DTYPES, READ_ONLY, Tensor, from_rows, read, to_rows, write

FUZZ_CASES = int(os.environ.get("PURENN_FUZZ_CASES", "300"))
WRITABLE = [dtype for dtype in DTYPES if dtype not in READ_ONLY]
HOSTILE = ["0.weight", "é", "名前", "\U0001F600", "a b", "../../etc/passwd", "'\"\\", "{}[]:,",
           "\u202eevil", "\ufeff", "\u2028", "x" * 1000, "__metadata", "dtype", "None", "e\u0301"]


def file_of(header, data=b"", pad=0):
    """Build a file by hand from a header (a dict or bytes) and its data."""
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    header += b" " * pad
    return struct.pack("<Q", len(header)) + header + data


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def written(tensors, metadata=None):
    file = io.BytesIO()
    write(file, tensors, metadata)
    return file.getvalue()


def bits(tensors):
    """Everything about tensors, their numbers as bytes, so that NaN equals NaN."""
    return {name: (one.dtype, tuple(one.shape), packed(one).tobytes())
            for name, one in tensors.items()}


def packed(one):
    """A copy of a tensor's numbers; an array is copied as it is, since floats may lose NaN bits."""
    return one.values[:] if isinstance(one.values, array) else array(
        DTYPES[one.dtype].code, one.values)


# ------------------------------------------------------------------ round trips

RANGES = {"I64": (-2 ** 63, 2 ** 63 - 1), "U64": (0, 2 ** 64 - 1), "I32": (-2 ** 31, 2 ** 31 - 1),
          "U32": (0, 2 ** 32 - 1), "I16": (-2 ** 15, 2 ** 15 - 1), "U16": (0, 2 ** 16 - 1),
          "I8": (-128, 127), "U8": (0, 255), "BOOL": (0, 1)}
text = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
names = st.sampled_from(HOSTILE) | st.text(
    st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@st.composite
def tensor(draw):
    dtype = draw(st.sampled_from(WRITABLE))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    if dtype in RANGES:
        numbers = st.integers(*RANGES[dtype])
    else:
        numbers = st.floats(width=64 if dtype == "F64" else 32)
    count = 1
    for size in shape:
        count *= size
    return Tensor(dtype, shape, draw(st.lists(numbers, min_size=count, max_size=count)))


models = st.dictionaries(names.filter(lambda name: name != "__metadata__"), tensor(), max_size=5)
metadatas = st.dictionaries(text, text, max_size=4)


@pytest.mark.slow
@given(models, metadatas)
def test_what_was_written_is_read_back_to_the_bit(tensors, metadata):
    tensors_read, metadata_read = read(written(tensors, metadata))
    assert bits(tensors_read) == bits(tensors) and metadata_read == metadata


@given(models, metadatas)
def test_reading_and_writing_again_gives_the_same_file(tensors, metadata):
    data = written(tensors, metadata)
    assert written(*read(data)) == data


@given(models)
def test_the_order_in_which_tensors_are_given_does_not_matter(tensors):
    assert written(dict(reversed(list(tensors.items())))) == written(tensors)


def test_the_order_of_metadata_does_not_matter():
    assert written({}, {"b": "1", "a": "2"}) == written({}, {"a": "2", "b": "1"})


def test_every_number_is_aligned_and_every_byte_is_where_the_format_says():
    data = written({"b": Tensor("F32", (2,), [1.0, -2.0]), "a": Tensor("U8", (3,), [1, 2, 255]),
                    "é": Tensor("F64", (1, 1), [0.5]), "c": Tensor("I64", (), [-2])}, {"k": "ü"})
    header = ('{"__metadata__":{"k":"ü"},'
              '"c":{"dtype":"I64","shape":[],"data_offsets":[0,8]},'
              '"é":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]},'
              '"b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},'
              '"a":{"dtype":"U8","shape":[3],"data_offsets":[24,27]}}').encode()
    header += b" " * (-len(header) % 8)
    assert data == (struct.pack("<Q", len(header)) + header
                    + struct.pack("<qdff3B", -2, 0.5, 1.0, -2.0, 1, 2, 255))


def test_the_bits_of_special_floats_survive():
    words = [0x7FF8000000000001, 0xFFF0000000000000, 0x8000000000000000, 0x0000000000000001]
    values = array("d", struct.pack("=4Q", *words))
    tensors, _ = read(written({"x": Tensor("F64", (4,), values)}))
    assert struct.unpack("=4Q", tensors["x"].values.tobytes()) == tuple(words)


def test_half_precision_is_read_exactly():
    halves = [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x8000, 0x7C00, 0x3555]
    brains = [0x3F80, 0xC000, 0x7F7F, 0x0001, 0x8000, 0xFF80, 0x3EAA]
    header = {"h": entry("F16", (7,), (0, 14)), "b": entry("BF16", (7,), (14, 28))}
    tensors, _ = read(file_of(header, struct.pack("<14H", *halves, *brains)))
    assert list(tensors["h"].values) == [
        1.0, -2.0, 65504.0, 2.0 ** -24, -0.0, math.inf, 0.333251953125]
    assert list(tensors["b"].values) == [
        1.0, -2.0, 255 * 2.0 ** 120, 2.0 ** -133, -0.0, -math.inf, 0.33203125]
    assert [math.copysign(1, tensors[name].values[4]) for name in "hb"] == [-1, -1]


@pytest.mark.slow
@given(models)
@settings(max_examples=30)
def test_a_machine_with_the_bytes_the_other_way_round_writes_the_same_file(tensors):
    """Swap every number in memory and call the machine the other kind: the file is the same."""
    def swapped(one):
        values = packed(one)
        values.byteswap()
        return one._replace(values=values)

    data = written(tensors)
    other = {name: swapped(one) for name, one in tensors.items()}
    before = bits(other)
    byteorder = sys.byteorder
    sys.byteorder = "big" if byteorder == "little" else "little"
    try:
        assert written(other) == data and bits(other) == before
        again, _ = read(data)
    finally:
        sys.byteorder = byteorder
    assert bits({name: swapped(one) for name, one in again.items()}) == bits(tensors)


def test_large_tensors_are_read_in_pieces(monkeypatch):
    values = array("d", range(100_000))
    data = written({"x": Tensor("F64", (100, 1000), values), "y": Tensor("I8", (3,), [1, 2, 3])})
    monkeypatch.setattr(safetensors, "CHUNK_SIZE", 1 << 12)
    tensors, _ = read(data)
    assert tensors["x"].values == values and list(tensors["y"].values) == [1, 2, 3]


# ------------------------------------------------------------------ places to read and write

def test_paths_bytes_and_files(tmp_path):
    tensors = {"x": Tensor("F64", (2,), [0.5, math.pi])}
    for path in (tmp_path / "é.safetensors", str(tmp_path / "b")):
        write(path, tensors, {"a": "b"})
        data = open(path, "rb").read()
        assert data == written(tensors, {"a": "b"})
        for source in (path, data, bytearray(data), memoryview(data), io.BytesIO(data)):
            assert bits(read(source)[0]) == bits(tensors)
    with open(tmp_path / "more", "wb") as file:
        file.write(b"before" + data)
    with open(tmp_path / "more", "rb") as file:
        file.seek(6)
        assert bits(read(file)[0]) == bits(tensors)


def test_a_path_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    def fail(file, header, packed):
        file.write(header)
        raise KeyboardInterrupt

    (tmp_path / "model").write_bytes(b"old")
    monkeypatch.setattr(safetensors, "_write_parts", fail)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "model", {"x": Tensor("F64", (), [1.0])})
    assert (tmp_path / "model").read_bytes() == b"old" and os.listdir(tmp_path) == ["model"]


def test_an_error_names_the_file(tmp_path):
    path = tmp_path / "broken.safetensors"
    path.write_bytes(file_of({"x": entry("F99")}, bytes(4)))
    with pytest.raises(ModelFileError, match=r"broken.safetensors: tensor 'x': dtype 'F99'"):
        read(path)


def test_a_missing_file_is_an_ordinary_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none")
    with pytest.raises(OSError):
        read(tmp_path)


def test_a_file_that_shrinks_while_it_is_read():
    class Shrinking(io.BytesIO):
        def read(self, size=-1):
            return super().read(size)[:-1] if size == 16 else super().read(size)

    with pytest.raises(ModelFileError, match="became shorter while it was read"):
        read(Shrinking(written({"x": Tensor("F64", (2,), [1, 2])})))


def test_matrices_go_in_and_come_out():
    rows = [[0.1, -0.0, 2.5], [1e-300, 3.0, 4.0]]
    tensors, _ = read(written({"0.weight": from_rows(rows), "small": from_rows(rows, "F32")}))
    assert to_rows(tensors["0.weight"]) == rows and tensors["0.weight"].shape == (2, 3)
    assert to_rows(tensors["small"])[0][0] == struct.unpack("f", struct.pack("f", 0.1))[0]
    assert to_rows(Tensor("F64", (2,), [1.0, 2.0])) == [[1.0, 2.0]]


@pytest.mark.parametrize("shape", [(), (1, 1, 1), (10 ** 12, 0), (0, 3), (0,)])
def test_what_is_no_matrix_is_refused(shape):
    with pytest.raises(ModelFileError, match="that of no matrix"):
        to_rows(Tensor("F64", shape, [1.0] if 0 not in shape else []))


def test_ragged_rows_are_refused():
    with pytest.raises(ModelFileError, match="row 0 has 2 numbers, row 1 has 1"):
        from_rows([[1.0, 2.0], [3.0]])
    with pytest.raises(ModelFileError, match=r"2 values for shape \[3\]"):
        to_rows(Tensor("F64", (3,), [1.0, 2.0]))


# ------------------------------------------------------------------ what is not written

UNWRITABLE = [
    ("an empty name", {"": Tensor("F64", (), [1])}, None, "name must not be empty"),
    ("a reserved name", {"__metadata__": Tensor("F64", (), [1])}, None, "can have this name"),
    ("a name that is none", {1: Tensor("F64", (), [1])}, None, "can have this name"),
    ("a control character", {"a\n": Tensor("F64", (), [1])}, None, "control characters"),
    ("another one", {"a\x7f": Tensor("F64", (), [1])}, None, "control characters"),
    ("a surrogate", {"\ud800": Tensor("F64", (), [1])}, None, "surrogate"),
    ("an unknown dtype", {"a": Tensor("F63", (), [1])}, None, "dtype 'F63' cannot be written"),
    ("a read-only dtype", {"a": Tensor("F16", (), [1])}, None, "'F16' cannot be written"),
    ("too few values", {"a": Tensor("F64", (2,), [1])}, None, "takes 16 bytes.*hold 8"),
    ("too many values", {"a": Tensor("F64", (), [1, 2])}, None, "takes 8 bytes.*hold 16"),
    ("a negative size", {"a": Tensor("F64", (-1,), [1])}, None, "got one below"),
    ("a fractional size", {"a": Tensor("F64", (1.0,), [1])}, None, "got a fraction"),
    ("a boolean size", {"a": Tensor("F64", (True,), [1])}, None, "got true"),
    ("a high rank", {"a": Tensor("F64", (1,) * 33, [1])}, None, "33 sizes, more than 32"),
    ("text as a number", {"a": Tensor("F64", (1,), ["1"])}, None, "a value is no F64"),
    ("None as a number", {"a": Tensor("F64", (1,), [None])}, None, "a value is no F64"),
    ("a fraction as I64", {"a": Tensor("I64", (1,), [0.5])}, None, "a value is no I64"),
    ("rows", {"a": Tensor("F64", (1, 1), [[1.0]])}, None, "a value is no F64"),
    ("past I64", {"a": Tensor("I64", (1,), [2 ** 63])}, None, "a value is no I64"),
    ("below U8", {"a": Tensor("U8", (1,), [-1])}, None, "a value is no U8"),
    ("past F64", {"a": Tensor("F64", (1,), [10 ** 400])}, None, "a value is no F64"),
    ("past F32", {"a": Tensor("F32", (2,), [1, 1e39])}, None, "1e[+]39 is past the range of F32"),
    ("a BOOL of 2", {"a": Tensor("BOOL", (1,), [2])}, None, "a BOOL is 0 or 1"),
    ("metadata not text", {}, {"a": 1}, "'a' should be a string, got an integer"),
    ("metadata by number", {}, {1: "a"}, "every name should be a string"),
    ("a surrogate in metadata", {}, {"a": "\udc00"}, "surrogate"),
]


@pytest.mark.parametrize("tensors, metadata, reason", [case[1:] for case in UNWRITABLE],
                         ids=[case[0] for case in UNWRITABLE])
def test_what_cannot_be_read_back_is_refused_before_anything_is_written(
        tmp_path, tensors, metadata, reason):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    with pytest.raises(ModelFileError, match=reason):
        write(path, dict({"first": Tensor("U64", (1,), [1])}, **tensors)
              if all(isinstance(name, str) for name in tensors) else tensors, metadata)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["model"]


def test_infinity_and_nan_may_be_written_in_32_bits():
    tensors, _ = read(written({"a": Tensor("F32", (3,), [math.inf, -math.inf, math.nan])}))
    values = tensors["a"].values
    assert list(values[:2]) == [math.inf, -math.inf] and math.isnan(values[2])


def test_headers_that_are_too_large_are_not_written(monkeypatch):
    monkeypatch.setattr(safetensors, "MAX_HEADER_SIZE", 55)
    with pytest.raises(ModelFileError, match="too large: a header of 56 bytes, 8 of data"):
        written({"a": Tensor("F64", (), [1])})


# ------------------------------------------------------------------ what is read

ALLOWED = [
    ("odd N", file_of(b'{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"\x07"), ["x"]),
    ("no padding, nothing inside", file_of(b"{}"), []),
    ("white space around", file_of(b" \n\t{ }\r\n  "), []),
    ("any order of fields", file_of(
        b'{"x":{"data_offsets":[0,1],"shape":[1],"dtype":"I8"}}', b"\0"), ["x"]),
    ("any order of tensors", file_of({"b": entry(offsets=(4, 8)), "a": entry()}, bytes(8)),
     ["a", "b"]),
    ("metadata at the end", file_of({"x": entry(), "__metadata__": {"a": ""}}, bytes(4)), ["x"]),
    ("a scalar", file_of({"x": entry(shape=())}, bytes(4)), ["x"]),
    ("size zero", file_of({"x": entry(shape=(0, 5), offsets=(0, 0))}), ["x"]),
    ("size zero between others", file_of(
        {"b": entry(offsets=(4, 8)), "z": entry(shape=(0,), offsets=(4, 4)), "a": entry()},
        bytes(8)), ["a", "z", "b"]),
    ("escaped names", file_of(b'{"\\u00e9":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}', b"1"),
     ["é"]),
]


@pytest.mark.parametrize("data, names", [case[1:] for case in ALLOWED],
                         ids=[case[0] for case in ALLOWED])
def test_unusual_files_that_the_format_allows_are_read(data, names):
    assert list(read(data)[0]) == names


# ------------------------------------------------------------------ what is refused, and why

ONE = bytes(4)
GOOD = '"dtype":"F32","shape":[1],"data_offsets":[0,4]'


def fields(inside):
    return file_of(('{"x":{%s}}' % inside).encode(), ONE)


def offsets(inside, size=4):
    return file_of(('{"x":{"dtype":"F32","shape":[1],"data_offsets":%s}}' % inside).encode(),
                   bytes(size))


def shape(inside, size=4):
    return file_of(('{"x":{"dtype":"F32","shape":%s,"data_offsets":[0,%d]}}'
                    % (inside, size)).encode(), bytes(size))


def pair(first, second, size):
    return file_of({"a": entry(offsets=first, shape=((first[1] - first[0]) // 4,)),
                    "b": entry(offsets=second, shape=((second[1] - second[0]) // 4,))}, bytes(size))


REFUSED = [
    # the first eight bytes
    ("an empty file", b"", "at least 8 bytes, this one has 0"),
    ("seven bytes", b"\x02\0\0\0\0\0\0", "at least 8 bytes, this one has 7"),
    ("N is 0", bytes(8), "bytes 0 to 7: the header is empty"),
    ("N is 0, with data", bytes(100), "the header is empty"),
    ("N past the end", struct.pack("<Q", 3) + b"{}", "would have 3 bytes, the file holds 2 more"),
    ("N over the cap", struct.pack("<Q", 100_000_001) + b"{}", "more than 100000000"),
    ("N is 2**64 - 1", b"\xff" * 8 + b"{}", "18446744073709551615 bytes, more than"),
    ("N the other way round", struct.pack(">Q", 2) + b"{}", "more than 100000000"),
    ("a web page", b"<!DOCTYPE html><html>", "begins as if it were a web page"),
    ("JSON", b'{"weights": [1, 2, 3]}', "begins as if it were JSON"),
    ("a ZIP archive", b"PK\x03\x04" + bytes([9] * 20), "begins as if it were a ZIP archive"),
    ("a pickle", b"\x80\x04\x95\x13" + b"\x01" * 20, "begins as if it were a pickle"),
    ("gzip", b"\x1f\x8b\x08\x08" + b"\x01" * 20, "begins as if it were compressed with gzip"),
    # the text of the header
    ("bad UTF-8", file_of(b'{"\xff":1}'), "header: byte 2: this is not UTF-8"),
    ("UTF-16", file_of("{}".encode("utf-16-le")), "header: line 1, column 2: "),
    ("a byte-order mark", file_of(b"\xef\xbb\xbf{}"), "header: byte 0: .*byte-order mark"),
    ("no header but data", file_of(b" ", ONE), "header: line 1, column 2: "),
    ("trailing garbage", file_of(b"{}{}"), "header: line 1, column 3: "),
    ("trailing NULs", file_of(b"{}\0\0"), "header: line 1, column 3: "),
    ("an array", file_of(b"[]"), "header: expected an object, got an array"),
    ("a number", file_of(b"17"), "header: expected an object, got an integer"),
    ("null", file_of(b"null"), "header: expected an object, got null"),
    ("NaN", fields('"dtype":NaN'), "header: .*NaN"),
    ("Infinity", shape("[Infinity]"), "header: .*Infinity"),
    ("a comment", file_of(b"{/* no */}"), "header: line 1, column 2: "),
    ("a trailing comma", file_of(b'{"__metadata__":{},}'), "header: line 1, column "),
    ("deep nesting", file_of(b'{"x":' + b"[" * 100_000), "nested more than 8 deep"),
    ("deep objects", file_of(b'{"x":' * 100_000), "nested more than 8 deep"),
    ("a lone surrogate", file_of(b'{"__metadata__":{"a":"\\ud800"}}'), "half of a surrogate pair"),
    ("a lone surrogate as a name", file_of(('{"\\udfff":{%s}}' % GOOD).encode(), ONE),
     "half of a surrogate pair"),
    ("a huge integer", shape("[" + "1" * 5000 + "]"), "header: .*640 digits"),
    ("an unclosed header", file_of(b'{"x":{'), "header: line 1, column 7: "),
    # names
    ("a duplicate name", file_of(('{"x":{%s},"x":{%s}}' % (GOOD, GOOD)).encode(), ONE),
     "the name 'x' appears twice"),
    ("a duplicate metadata key", file_of(b'{"__metadata__":{"k":"1","k":"2"}}'),
     "the name 'k' appears twice"),
    ("metadata twice", file_of(b'{"__metadata__":{},"__metadata__":{}}'),
     "the name '__metadata__' appears twice"),
    ("a duplicate field", fields(GOOD + ',"dtype":"F32"'), "the name 'dtype' appears twice"),
    ("an empty name", file_of({"": entry()}, ONE), "tensor '': a tensor's name must not be empty"),
    ("a control character", file_of({"a\x1b[0m": entry()}, ONE),
     r"tensor 'a\\x1b\[0m': .*control characters"),
    ("a NUL in a name", file_of({"a\0": entry()}, ONE), "control characters"),
    ("a C1 control character", file_of({"a\x85": entry()}, ONE), "control characters"),
    # metadata
    ("metadata null", file_of(b'{"__metadata__":null}'), "__metadata__: .*an object, got null"),
    ("metadata an array", file_of(b'{"__metadata__":[]}'), "expected an object, got an array"),
    ("metadata a number", file_of(b'{"__metadata__":{"a":1}}'),
     "__metadata__: 'a' should be a string, got an integer"),
    ("metadata null inside", file_of(b'{"__metadata__":{"a":null}}'), "a string, got null"),
    ("metadata deeper", file_of(b'{"__metadata__":{"a":{}}}'), "a string, got an object"),
    # a tensor's entry
    ("an array as entry", file_of(b'{"x":["F32",[1],[0,4]]}', ONE),
     "tensor 'x': expected an object, got an array"),
    ("a string as entry", file_of(b'{"x":"F32"}', ONE), "expected an object, got a string"),
    ("an empty entry", fields(""), "dtype is missing"),
    ("no dtype", fields('"shape":[1],"data_offsets":[0,4]'), "tensor 'x': dtype is missing"),
    ("no shape", fields('"dtype":"F32","data_offsets":[0,4]'), "tensor 'x': shape is missing"),
    ("no offsets", fields('"dtype":"F32","shape":[1]'), "tensor 'x': data_offsets is missing"),
    ("a further field", fields(GOOD + ',"stride":[1]'), "the format has no field 'stride'"),
    ("an unknown dtype", file_of({"x": entry("F128")}, ONE), "dtype 'F128' is none of U64"),
    ("a lower-case dtype", file_of({"x": entry("f32")}, ONE), "dtype 'f32' is none of"),
    ("an empty dtype", file_of({"x": entry("")}, ONE), "dtype '' is none of"),
    ("an 8-bit float", file_of({"x": entry("F8_E4M3", (4,))}, ONE), "dtype 'F8_E4M3' is none of"),
    ("complex numbers", file_of({"x": entry("C64", (1,), (0, 8))}, bytes(8)),
     "dtype 'C64' is none of"),
    ("4-bit floats", file_of({"x": entry("F4", (8,))}, ONE), "dtype 'F4' is none of"),
    ("dtype null", fields('"dtype":null,"shape":[1],"data_offsets":[0,4]'), "a string, got null"),
    ("dtype a number", fields('"dtype":32,"shape":[1],"data_offsets":[0,4]'), "got an integer"),
    # shapes
    ("shape null", shape("null"), "shape should be an array, got null"),
    ("shape a number", shape("1"), "shape should be an array, got an integer"),
    ("shape an object", shape("{}"), "shape should be an array, got an object"),
    ("a negative size", shape("[-1]"), "shape should hold integers from 0 to .* got one below"),
    ("a size of -0", shape("[-0]"), "there is no integer -0"),
    ("a float size", shape("[1.0]"), "shape should hold integers, got a fraction"),
    ("an exponent size", shape("[1e0]"), "shape should hold integers, got a fraction"),
    ("a boolean size", shape("[true]"), "shape should hold integers, got true"),
    ("a string size", shape('["1"]'), "shape should hold integers, got a string"),
    ("a nested size", shape("[[1]]"), "shape should hold integers, got an array"),
    ("a size of 2**64", shape("[18446744073709551616]"), "integers from 0 .* got a larger one"),
    ("rank 33", shape(str([1] * 33)), "shape has 33 sizes, more than 32"),
    ("an overflowing product", shape("[4294967296,4294967296]"), "multiply to 2[*][*]64 or more"),
    ("one that overflows to 1", shape("[18446744073709551615,18446744073709551615]"),
     "multiply to 2[*][*]64 or more"),
    ("an overflow times zero", shape("[4294967296,4294967296,0]", 0), "multiply to 2[*][*]64"),
    ("zero times an overflow", shape("[0,4294967296,4294967296]", 0), "multiply to 2[*][*]64"),
    ("2**63 bytes and more", shape("[4611686018427387904]"), "takes 18446744073709551616 bytes"),
    ("too small a shape", shape("[0]"), r"shape \[0\] of F32 takes 0 bytes, data_offsets hold 4"),
    ("too large a shape", shape("[2]"), "takes 8 bytes, data_offsets hold 4"),
    ("another width", file_of({"x": entry("F64")}, ONE), "of F64 takes 8 bytes"),
    # offsets
    ("offsets null", offsets("null"), "data_offsets should be an array, got null"),
    ("no offset", offsets("[]"), "data_offsets should be 2 integers, got 0"),
    ("one offset", offsets("[4]"), "data_offsets should be 2 integers, got 1"),
    ("three offsets", offsets("[0,4,4]"), "data_offsets should be 2 integers, got 3"),
    ("negative offsets", offsets("[-4,0]"), "data_offsets should hold .* got one below"),
    ("an offset of -0", offsets("[-0,4]"), "there is no integer -0"),
    ("a float offset", offsets("[0.0,4]"), "data_offsets should hold integers, got a fraction"),
    ("a boolean offset", offsets("[false,4]"), "data_offsets should hold integers, got false"),
    ("a string offset", offsets('["0",4]'), "data_offsets should hold integers, got a string"),
    ("an offset of 2**64", offsets("[18446744073709551616,18446744073709551620]"),
     "data_offsets should hold .* got a larger one"),
    ("the end before the beginning", offsets("[4,0]"), "begin at 4 and end before, at 0"),
    ("the data start late", offsets("[4,8]", 8), "begin at 4, the data before end at 0"),
    ("a hole", pair((0, 4), (8, 12), 12), "tensor 'b': its data begin at 8, the data before end"),
    ("an overlap", pair((0, 8), (4, 12), 12), "tensor 'b': its data begin at 4, inside those"),
    ("the same data twice", pair((0, 4), (0, 4), 4), "its data begin at 0, inside those"),
    ("one inside another", pair((0, 12), (4, 8), 12), "tensor 'b': its data begin at 4, inside"),
    ("nothing inside another", pair((0, 8), (4, 4), 8), "its data begin at 4, inside those"),
    ("data too short", offsets("[0,4]", 3), "describes 4 bytes of data, the file holds 3"),
    ("data too long", offsets("[0,4]", 5), "describes 4 bytes of data, the file holds 5"),
    ("data without a tensor", file_of(b"{}", b"x"), "describes 0 bytes of data.* holds 1"),
    ("far past the end", file_of({"x": entry("U8", (2 ** 40,), (0, 2 ** 40))}, ONE),
     "describes 1099511627776 bytes of data, the file holds 4"),
    ("a BOOL of 2", file_of({"x": entry("BOOL", (4,))}, b"\0\1\2\0"),
     "tensor 'x': a BOOL is 0 or 1"),
]


@pytest.mark.parametrize("data, reason", [case[1:] for case in REFUSED],
                         ids=[case[0] for case in REFUSED])
def test_these_files_are_refused_for_these_reasons(data, reason):
    with pytest.raises(ModelFileError, match=reason) as caught:
        read(data)
    assert len(str(caught.value)) < 300


def test_too_many_tensors_and_too_large_a_file(monkeypatch):
    data = written({str(number): Tensor("U8", (), [0]) for number in range(11)})
    monkeypatch.setattr(safetensors, "MAX_TENSORS", 10)
    with pytest.raises(ModelFileError, match="header: 11 tensors, more than 10"):
        read(data)
    monkeypatch.setattr(safetensors, "MAX_FILE_SIZE", len(data) - 1)
    with pytest.raises(ModelFileError, match=f"has {len(data)} bytes, more than {len(data) - 1}"):
        read(data)


@pytest.mark.slow
def test_as_many_tensors_as_are_allowed_are_written_and_read():
    one = Tensor("U8", (1, 1), [1])
    tensors = {f"{number}.weight": one for number in range(safetensors.MAX_TENSORS)}
    assert len(read(written(tensors))[0]) == safetensors.MAX_TENSORS
    with pytest.raises(ModelFileError, match="10001 tensors, more than 10000"):
        written(dict(tensors, more=one))


# ------------------------------------------------------------------ damage

SAMPLE = written({
    "0.weight": from_rows([[0.5, -1.25, 3e10], [math.pi, 1e-9, 0.0]]),
    "0.bias": Tensor("F32", (2,), [1.0, -2.0]), "step": Tensor("I64", (), [12345]),
    "é": Tensor("BOOL", (3,), [1, 0, 1]), "z": Tensor("I16", (0, 4), [])},
    {"made by": "purenn", "note": 'quotes " and \\ and \n'})


def read_or_refuse(data):
    """Read a damaged file: either the one error, or tensors that are whole by the format."""
    try:
        tensors, metadata = read(data)
    except ModelFileError as error:
        assert str(error) and len(str(error)) < 1000
        return False
    for one in tensors.values():
        assert len(one.values) == math.prod(one.shape) and one.dtype in DTYPES
    assert all(isinstance(value, str) for value in metadata.values())
    return True


def test_a_file_cut_short_anywhere_is_refused():
    assert read_or_refuse(SAMPLE)
    for size in range(len(SAMPLE)):
        assert not read_or_refuse(SAMPLE[:size])
    for tail in (b"\0", b"x" * 8, SAMPLE):
        assert not read_or_refuse(SAMPLE + tail)


@pytest.mark.slow
def test_every_single_flipped_bit_is_refused_or_gives_a_whole_file():
    for position in range(len(SAMPLE)):
        for bit in range(8):
            data = bytearray(SAMPLE)
            data[position] ^= 1 << bit
            read_or_refuse(bytes(data))


def damaged(rng):
    """Change a good file in one to four places: flip, insert, delete, repeat, swap pieces."""
    data = bytearray(SAMPLE)
    for _ in range(rng.randint(1, 4)):
        start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        end = min(end, start + rng.choice([1, 2, 8, 40]))
        piece = rng.choice([
            bytes(rng.randrange(256) for _ in range(end - start)), b"", bytes(data[start:end]) * 2,
            rng.choice([b"0", b"-", b"9" * 20, b'"', b"\\", b"{", b"[", b",", b"null", b"1e999"]),
            bytes(data[start:end])[::-1]])
        data[start:end] = piece
    if rng.random() < 0.5 and len(data) > 8:  # let the header be found, to damage deeper parts
        data[:8] = SAMPLE[:8]
    return bytes(data)


def test_random_damage_is_refused_or_gives_a_whole_file():
    for case in range(FUZZ_CASES):
        data = damaged(random.Random(case))
        try:
            read_or_refuse(data)
        except Exception as error:
            pytest.fail(f"case {case}: {error!r} for {data!r}")


@given(st.binary(max_size=200))
def test_any_bytes_at_all(data):
    read_or_refuse(data)
    read_or_refuse(file_of(data))


odd_values = st.sampled_from([
    None, True, False, 0, 1, 4, 8, -1, 0.0, 4.0, 1e300, 2 ** 63, 2 ** 64, "", "F32", "f32",
    "BOOL", [], {}, [0], [1], [-1], [2 ** 64], [True], [0, 4], [4, 8], [4, 0], [0, 0], [0, 4, 8],
    [[1]], ["1"], [2 ** 32, 2 ** 32], {"a": "b"}, {"a": 1}, {"dtype": "F32"}])
odd_entries = odd_values | st.fixed_dictionaries({
    "dtype": st.just("F32") | odd_values, "shape": st.just([1]) | odd_values,
    "data_offsets": st.just([0, 4]) | odd_values})


@given(st.dictionaries(st.sampled_from(["x", "y", "__metadata__"]), odd_entries),
       st.sampled_from([0, 4, 8]))
def test_any_header_at_all(header, size):
    read_or_refuse(file_of(header, bytes(size)))


BOMBS = [
    ("N of 100,000,000", struct.pack("<Q", 100_000_000) + b"{}"),
    ("a terabyte", file_of({"x": entry("U8", (2 ** 40,), (0, 2 ** 40))})),
    ("nothing, a quintillion times", file_of({"x": entry(shape=(2 ** 60, 0), offsets=(0, 0))})),
    ("a long integer", shape("[" + "9" * 100_000 + "]")),
    ("deep", file_of(b"[" * 100_000)),
    ("blanks", file_of(b" " * 1_000_000 + b"x")),
    ("many values", file_of(b'{"x":[' + b"[]," * 100_000 + b"x")),
    ("an open string", file_of(b'{"x":"' + b'\\"' * 20_000)),
    ("many escapes", file_of(b'{"x":"' + b"\\n" * 100_000 + b"x")),
]


@pytest.mark.slow
@pytest.mark.parametrize("data", [case[1] for case in BOMBS], ids=[case[0] for case in BOMBS])
def test_small_files_cannot_cost_much_memory(data):
    tracemalloc = pytest.importorskip("tracemalloc")  # PyPy has none
    tracemalloc.start()
    try:
        read_or_refuse(data)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000 + 40 * len(data)
    finally:
        tracemalloc.stop()


def test_a_header_of_many_small_values_is_refused_by_their_number(monkeypatch):
    monkeypatch.setattr(safetensors, "MAX_HEADER_VALUES", 1000)
    with pytest.raises(ModelFileError, match="header: .*more than 1000 values"):
        read(file_of(b'{"x":[' + b"[]," * 10_000))


def test_reading_takes_little_more_memory_than_the_numbers(tmp_path):
    path = tmp_path / "large"
    write(path, {"x": Tensor("F64", (1_000_000,), array("d", bytes(8_000_000)))})
    tracemalloc = pytest.importorskip("tracemalloc")
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_500_000


# ------------------------------------------------------------------ the reference

NUMPY = {"F64": "float64", "F32": "float32", "I64": "int64", "I32": "int32", "I16": "int16",
         "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8",
         "BOOL": "bool", "F16": "float16"}


@pytest.fixture(scope="module")
def reference():
    pytest.importorskip("numpy")
    return pytest.importorskip("safetensors.numpy")


@pytest.fixture(scope="module")
def as_numpy():
    numpy = pytest.importorskip("numpy")

    def convert(tensors):
        return {name: numpy.array(one.values, dtype=NUMPY[one.dtype]).reshape(one.shape)
                for name, one in tensors.items()}

    return convert


@pytest.mark.interop
@given(models, st.dictionaries(text, text, max_size=1))
def test_the_reference_writes_the_same_bytes(reference, as_numpy, tensors, metadata):
    """With at most one entry of metadata: the reference writes several in random order, and
    with metadata but no tensor at all it writes text that is no JSON."""
    if not tensors:
        metadata = {}
    assert written(tensors, metadata) == reference.save(as_numpy(tensors), metadata or None)


@pytest.mark.interop
@given(models, metadatas)
def test_the_reference_reads_what_we_write(reference, as_numpy, tensors, metadata):
    numpy = pytest.importorskip("numpy")
    loaded = reference.load(written(tensors, metadata))
    assert set(loaded) == set(tensors)
    for name, expected in as_numpy(tensors).items():
        assert loaded[name].dtype == expected.dtype and loaded[name].shape == expected.shape
        numpy.testing.assert_array_equal(loaded[name], expected)


@pytest.mark.interop
def test_the_reference_reads_our_metadata(reference, tmp_path):
    from safetensors import safe_open
    metadata = {"b": "1", "a": "é\n\"\\\0", "": "empty"}
    write(tmp_path / "model", {"x": Tensor("F64", (1,), [0.5])}, metadata)
    with safe_open(str(tmp_path / "model"), "numpy") as file:
        assert file.metadata() == metadata


@pytest.mark.interop
@given(models, metadatas)
def test_we_read_what_the_reference_writes(reference, as_numpy, tensors, metadata):
    data = reference.save(as_numpy(tensors), metadata if tensors else None)
    loaded, metadata_read = read(data)
    assert bits(loaded) == bits(tensors) and metadata_read == (metadata if tensors else {})


@pytest.mark.interop
def test_we_read_the_half_precision_of_the_reference(reference):
    numpy = pytest.importorskip("numpy")
    halves = numpy.arange(65536, dtype="uint16").view("float16")
    values = read(reference.save({"x": halves}))[0]["x"].values
    numpy.testing.assert_array_equal(numpy.array(values, "float32"), halves.astype("float32"))


OURS_ALONE = {"a duplicate name", "a duplicate metadata key", "a further field",
              "an array as entry", "metadata null", "an empty name", "a control character",
              "a NUL in a name", "a C1 control character", "rank 33", "an 8-bit float",
              "complex numbers", "4-bit floats", "a BOOL of 2", "zero times an overflow"}
BOTH = [case for case in REFUSED if case[0] not in OURS_ALONE]


@pytest.mark.interop
@pytest.mark.parametrize("data", [case[1] for case in BOTH], ids=[case[0] for case in BOTH])
def test_the_reference_refuses_what_we_refuse_except_where_we_chose_to_be_stricter(
        reference, data):
    from safetensors import SafetensorError, deserialize
    with pytest.raises((SafetensorError, UnicodeDecodeError)):
        deserialize(data)


@pytest.mark.interop
@pytest.mark.parametrize("data, names", [case[1:] for case in ALLOWED],
                         ids=[case[0] for case in ALLOWED])
def test_the_reference_reads_the_unusual_files_that_we_read(reference, data, names):
    assert sorted(reference.load(data)) == sorted(names)


@pytest.mark.interop
def test_whatever_the_reference_refuses_among_damaged_files_we_refuse(reference):
    from safetensors import SafetensorError, deserialize
    for case in range(FUZZ_CASES):
        data = damaged(random.Random(case))
        try:
            deserialize(data)
        except (SafetensorError, UnicodeDecodeError):
            assert not read_or_refuse(data), (case, data)


def test_docstring_examples():
    assert doctest.testmod(safetensors).failed == 0
