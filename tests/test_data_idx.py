"""IDX files, as MNIST is published: what is read, what is refused, and in how much memory."""

import gzip
import io
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn.data import ByteRows, DataError, FlatRows, RowView, read_idx, read_idx_images, split

FUZZ_CASES = int(os.environ.get("PURENN_FUZZ_CASES", "300"))
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LETTERS = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}


def idx(type_, sizes, numbers):
    """Return an IDX file: written here from the description, not by what reads it."""
    header = struct.pack(f">HBB{len(sizes)}I", 0, type_, len(sizes), *sizes)
    return header + struct.pack(f">{len(numbers)}{LETTERS[type_]}", *numbers)


IMAGES = idx(8, [3, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8])
LABELS = idx(8, [3], [2, 0, 1])


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write_file


# ---- What is read ----


@pytest.mark.parametrize("buffer, chunk", [(1, 1), (5, 3), (12, 4), (13, 100), (6, 6)])
def test_a_file_larger_than_the_buffer_is_read_in_pieces(monkeypatch, buffer, chunk):
    whole = [list(row) for row in read_idx_images(io.BytesIO(IMAGES))]
    monkeypatch.setattr("purenn.data.idx._BUFFER", buffer)
    monkeypatch.setattr("purenn.data.idx._CHUNK", chunk)
    assert [list(row) for row in read_idx_images(io.BytesIO(IMAGES))] == whole
    with pytest.raises(DataError, match="expected 12 bytes of numbers.*got only 11"):
        read_idx_images(io.BytesIO(IMAGES[:-1]))
    with pytest.raises(DataError, match="expected 12 bytes of numbers.*got more"):
        read_idx_images(io.BytesIO(IMAGES + b"x"))


def test_images_and_labels_become_a_data_set(write):
    data = read_idx(write("images", IMAGES), write("labels", LABELS))
    assert list(data.inputs) == [
        [number / 255 for number in row]
        for row in ([0, 51, 102, 255], [1, 2, 3, 4], [5, 6, 7, 8])]
    assert data.inputs[0][0] == 0.0 and data.inputs[0][3] == 1.0
    assert data.inputs[2] == pytest.approx([5 / 255, 6 / 255, 7 / 255, 8 / 255], rel=1e-15)
    assert data.targets == [2, 0, 1]
    assert data.class_names == ["0", "1", "2"]
    assert data.feature_names == ["pixel_0_0", "pixel_0_1", "pixel_1_0", "pixel_1_1"]
    assert isinstance(data.inputs, ByteRows)


def test_the_scale_and_the_classes_can_be_said(write):
    paths = write("images", IMAGES), write("labels", LABELS)
    assert read_idx(*paths, scale=1.0).inputs[0] == [0.0, 51.0, 102.0, 255.0]
    assert len(read_idx(*paths, classes=10).class_names) == 10


def test_plain_packed_path_and_open_file_are_the_same(write):
    plain = read_idx(write("images", IMAGES), write("labels", LABELS))
    packed = write("i.gz", gzip.compress(IMAGES)), write("l.gz", gzip.compress(LABELS))
    renamed = write("images.idx", gzip.compress(IMAGES)), write("labels.idx", LABELS)
    in_memory = io.BytesIO(IMAGES), io.BytesIO(gzip.compress(LABELS))
    for pair in (packed, renamed, in_memory):
        other = read_idx(*pair)
        assert list(other.inputs) == list(plain.inputs) and other.targets == plain.targets
    with open(packed[0], "rb") as images, open(packed[1], "rb") as labels:
        assert list(read_idx(images, labels).inputs) == list(plain.inputs)


@given(st.sampled_from(sorted(LETTERS)), st.integers(1, 4), st.integers(1, 3), st.data())
def test_every_type_of_number_is_read(type_, count, width, draw):
    if type_ >= 0x0D:
        numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    else:
        bits = {0x08: (0, 255), 0x09: (-128, 127), 0x0B: (-2**15, 2**15 - 1),
                0x0C: (-2**31, 2**31 - 1)}[type_]
        numbers = st.integers(*bits)
    flat = draw.draw(st.lists(numbers, min_size=count * width, max_size=count * width))
    images = io.BytesIO(idx(type_, [count, width], flat))
    data = read_idx(images, io.BytesIO(idx(8, [count], [0] * count)), scale=1.0)
    rows = [list(map(float, flat[n * width : (n + 1) * width])) for n in range(count)]
    assert list(data.inputs) == rows
    assert type_ == 8 or isinstance(data.inputs, FlatRows)


@pytest.mark.parametrize("type_", [0x08, 0x09, 0x0B, 0x0C])
def test_labels_may_be_of_any_whole_type(type_):
    data = read_idx(io.BytesIO(IMAGES), io.BytesIO(idx(type_, [3], [2, 0, 1])))
    assert data.targets == [2, 0, 1]


def test_scale_1_is_the_default_where_numbers_are_no_bytes():
    data = read_idx(io.BytesIO(idx(0x0D, [1, 2], [0.5, -2.0])), io.BytesIO(idx(8, [1], [0])))
    assert data.inputs[0] == [0.5, -2.0]


def test_a_split_set_is_still_compact(write):
    images = idx(8, [20, 3], [n % 256 for n in range(60)])
    labels = idx(8, [20], [n % 2 for n in range(20)])
    data = read_idx(write("images", images), write("labels", labels), scale=1.0)
    train, test = split(data, 0.25, rng=Random(1))
    assert isinstance(train.inputs, RowView) and len(test.inputs) == 5
    for part in (train, test):
        for row, label in zip(part.inputs, part.targets):
            assert row[0] // 3 % 2 == label


# ---- What is refused ----


BAD_IMAGES = [
    (b"", "header of 4 bytes, got 0"),
    (b"\0\0\x08", "header of 4 bytes, got 3"),
    (b"<html>", "web page"),
    (b"\n<!DOCTYPE html>", "web page"),
    (b"\1\0" + IMAGES[2:], "begins with two zero bytes, this one with 01 00"),
    (b"\0\0\x07" + IMAGES[3:], "expected one of the types 08 .*, got 07"),
    (b"\0\0\x08\x00" + IMAGES[4:], "1 to 8 sizes, got 0"),
    (b"\0\0\x08\x09" + b"\0\0\0\1" * 9 + b"x", "1 to 8 sizes, got 9"),
    (IMAGES[:10], "header is cut short"),
    (IMAGES[:-1], "expected 12 bytes of numbers, .* got only 11"),
    (IMAGES + b"x", "expected 12 bytes of numbers, .* got more"),
    (IMAGES[:16], "expected 12 bytes of numbers, .* got only 0"),
    (idx(8, [0, 2, 2], []), "expected examples, got none"),
    (idx(8, [3, 0, 2], []), "expected examples, got none"),
    (idx(8, [2**32 - 1, 2**32 - 1, 2**32 - 1], []), "at most 2147483648"),
    (idx(8, [2**32 - 1] * 8, []), "at most 2147483648"),
    (idx(0x0E, [2**29], []), "at most 2147483648"),
    (idx(8, [1, 2**21], []), "at most 1048576 numbers per example"),
    (idx(8, [2, 2, 2], [0] * 8), "expected 2 labels, one for each example of .*, got 3"),
    (idx(0x0D, [3, 1], [1.0, math.nan, 0.0]), "finite numbers"),
    (idx(0x0E, [3, 1], [1.0, -math.inf, 0.0]), "finite numbers"),
    (gzip.compress(IMAGES)[:-1], "damaged or incomplete"),
    (gzip.compress(IMAGES)[:-8], "damaged or incomplete"),
    (gzip.compress(IMAGES)[:-8] + b"12345678", "damaged or incomplete"),
    (gzip.compress(IMAGES) + b"garbage", "damaged or incomplete|got more"),
    (gzip.compress(IMAGES[:-1]), "got only 11"),
    (gzip.compress(IMAGES + b"x"), "got more"),
    (b"\x1f\x8b\x08", "damaged or incomplete"),
    (b"PK\x03\x04", "zip archive"),
]


@pytest.mark.parametrize("content, message", BAD_IMAGES, ids=range(len(BAD_IMAGES)))
def test_malformed_images_are_refused_with_a_reason(write, content, message):
    with pytest.raises(DataError, match="images.*" + message):
        read_idx(write("images", content), write("labels", LABELS))
    with pytest.raises(DataError, match=message):
        read_idx(io.BytesIO(content), io.BytesIO(LABELS))


@pytest.mark.parametrize("content, message", [
    (idx(8, [2], [0, 1]), "expected 3 labels, one for each example of .*images, got 2"),
    (idx(8, [3, 1], [0, 1, 2]), "one label per example, got 3 x 1"),
    (idx(9, [3], [0, -1, 2]), "label 1 .*: expected a class number from 0 to 999, got -1"),
    (idx(0x0C, [3], [0, 1, 10**9]), "label 2 .*: .* got 1000000000"),
    (idx(0x0D, [3], [0.0, 1.0, 2.0]), "expected whole numbers as labels, got 32-bit floats"),
    (LABELS[:-1], "got only 2"),
])
def test_malformed_labels_are_refused_with_a_reason(write, content, message):
    with pytest.raises(DataError, match="labels.*" + message):
        read_idx(write("images", IMAGES), write("labels", content))


def test_labels_outside_the_classes_and_swapped_files_are_noticed(write):
    images, labels = write("images", IMAGES), write("labels", LABELS)
    with pytest.raises(DataError, match="label 0 .*: expected a class number from 0 to 1, got 2"):
        read_idx(images, labels, classes=2)
    with pytest.raises(DataError, match="Are the two files swapped"):
        read_idx(labels, images)
    for options in ({"classes": 0}, {"scale": 0}, {"scale": math.nan}, {"scale": -1.0}):
        with pytest.raises(ValueError, match="expected"):
            read_idx(images, labels, **options)
    with pytest.raises(FileNotFoundError):
        read_idx(images + "?", labels)


def test_a_small_packed_file_that_unpacks_to_much_is_not_unpacked(write):
    bomb = gzip.compress(IMAGES + bytes(100_000_000), compresslevel=1)
    with pytest.raises(DataError, match="got more"):
        read_idx(write("images", bomb), write("labels", LABELS))


# ---- Fuzzing ----


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("type_", [0x08, 0x0B, 0x0D])
def test_a_damaged_pair_is_a_data_set_or_a_data_error(packed, type_):
    rng = random.Random(type_)
    pair = [idx(type_, [3, 2, 2], list(range(12))), LABELS]
    if packed:
        pair = [gzip.compress(content) for content in pair]
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("images", "labels")]
        for _ in range(FUZZ_CASES):
            contents = [bytearray(content) for content in pair]
            content = rng.choice(contents)
            place = rng.randrange(len(content))
            if rng.random() < 0.25:
                del content[place:]
            elif rng.random() < 0.25:
                content[place:place] = bytes(rng.randrange(256) for _ in range(rng.randrange(5)))
            else:
                content[place] = rng.choice([content[place] ^ 1 << rng.randrange(8), 0, 255])
            for path, content in zip(paths, contents):
                with open(path, "wb") as file:
                    file.write(content)
            try:
                data = read_idx(*paths)
            except DataError as error:
                refused += 1
                assert len(str(error)) < 600
                continue
            rows = list(data.inputs)
            assert len(rows) == len(data.targets)
            assert all(len(row) == len(data.feature_names) for row in rows)
            assert all(math.isfinite(number) for row in rows for number in row)
            assert all(0 <= label < len(data.class_names) for label in data.targets)
    assert refused > FUZZ_CASES / 4, "the fuzzer should do damage"


# ---- Memory: a set of the size of MNIST ----


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="measures memory with resource")
@pytest.mark.parametrize("packed", [False, True])
def test_60000_pictures_take_less_than_200_megabytes(tmp_path, packed):
    images, labels = tmp_path / "images", tmp_path / "labels"
    opener = gzip.open if packed else open
    with opener(images, "wb", **({"compresslevel": 1} if packed else {})) as file:
        file.write(struct.pack(">HBBIII", 0, 8, 3, 60_000, 28, 28))
        picture = bytes(n % 256 for n in range(784))
        for _ in range(60_000):
            file.write(picture)
    labels.write_bytes(idx(8, [60_000], [n % 10 for n in range(60_000)]))
    code = """
import resource, sys
from random import Random
from purenn.data import Standardizer, read_idx, split
train, test = split(read_idx(sys.argv[1], sys.argv[2]), rng=Random(1))
standardized = Standardizer().fit(train.inputs[:100]).transform(train.inputs)
width = 0
for number, row in enumerate(standardized[::50]):
    width = len(row)
print(len(train.inputs) + len(test.inputs), width)
if sys.platform == "linux":  # getrusage would count what the process was before its first line
    [peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(peak)
"""
    result = subprocess.run([sys.executable, "-c", code, str(images), str(labels)], check=True,
                            stdout=subprocess.PIPE, cwd=ROOT)
    rows, width, kilobytes = map(int, result.stdout.split())
    assert (rows, width) == (60_000, 784)
    # PyPy's own compiler and collector take a hundred megabytes or two before any data.
    assert kilobytes < (200_000 if sys.implementation.name == "cpython" else 400_000)


def test_images_without_labels_are_the_same_rows(tmp_path):
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.write_bytes(IMAGES)
    labels.write_bytes(LABELS)
    assert list(read_idx_images(str(images))) == list(read_idx(str(images), str(labels)).inputs)
    with pytest.raises(DataError, match="images"):
        images.write_bytes(IMAGES[:-1])
        read_idx_images(str(images))
