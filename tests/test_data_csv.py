"""CSV files: what is read from them, and what is refused, and how."""

import gzip
import io
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purenn.data import (
    ByteRows,
    Column,
    ColumnRows,
    DataError,
    Encoding,
    RowView,
    TableOptions,
    encode_csv,
    learn_csv,
    read_csv,
    read_rows,
    split,
)

FUZZ_CASES = int(os.environ.get("PURENN_FUZZ_CASES", "300"))
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

FLOWERS = """length,colour,weight,species
5.1,red,0.5,setosa
4.9,blue,1.5,setosa
7.0,red,2.5,virginica
6.5,green,3.5,virginica
"""


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return str(path)

    return write_file


# ---- What is read ----


def test_numbers_stay_numbers_and_words_become_one_hot(write):
    flowers = read_csv(write(FLOWERS))
    assert flowers.feature_names == [
        "length", "colour=blue", "colour=green", "colour=red", "weight"]
    assert list(flowers.inputs) == [
        [5.1, 0.0, 0.0, 1.0, 0.5], [4.9, 1.0, 0.0, 0.0, 1.5],
        [7.0, 0.0, 0.0, 1.0, 2.5], [6.5, 0.0, 1.0, 0.0, 3.5]]
    assert flowers.class_names == ["setosa", "virginica"]
    assert flowers.targets == [0, 0, 1, 1]
    assert isinstance(flowers.inputs, RowView)


@pytest.mark.parametrize("target", ["weight", 2, -2])
def test_the_target_is_found_by_name_or_position_and_numbers_make_it_regression(write, target):
    flowers = read_csv(write(FLOWERS), target=target)
    assert flowers.targets == [[0.5], [1.5], [2.5], [3.5]]
    assert flowers.class_names == []
    assert flowers.feature_names[-2:] == ["species=setosa", "species=virginica"]


def test_task_decides_whether_numbers_are_classes(write):
    path = write("x,y\n1,10\n2,9\n3,10\n4,9\n")
    assert read_csv(path).targets == [[10.0], [9.0], [10.0], [9.0]]
    doubt, = learn_csv(path).report.remarks
    assert "only 2 different values" in doubt.told() and "task='classification'" in doubt.told()
    as_classes = read_csv(path, task="classification")
    assert as_classes.class_names == ["9", "10"], "numbers are ordered by size"
    assert as_classes.targets == [1, 0, 1, 0]
    assert not learn_csv(path, TableOptions(task="classification")).report.remarks
    assert not learn_csv(write("x,y\n1,1.5\n2,2.5\n")).report.remarks


@pytest.mark.parametrize("content, header", [
    ("a,b\n1,2\n", True),                       # a word on top
    ("1,2\n3,4\n", False),                      # numbers only
    ("1,,3\n3,4,5\n", False),                   # a hole is not a word
    (",a,b\n0,1,2\n", True),                    # a table with an unnamed index
    ("5.1,3.5,setosa\n4.9,3.0,setosa\n", False),  # the word comes again below
    ("city,2019,2020\nRome,1,2\nBonn,3,4\n", True),   # years as names
    ("a,b\nc,d\n", True),
])
def test_a_line_of_names_is_recognised(write, content, header):
    data, encoding, _ = learn_csv(write(content), TableOptions(missing="mean"))
    assert encoding.options.header is header
    assert len(data.inputs) == content.count("\n") - header
    if not header:
        assert data.feature_names[0] == "column 1"


def test_the_header_can_be_settled_by_hand(write):
    path = write("a,b\nc,d\ne,f\n")
    assert len(read_csv(path).inputs) == 2
    assert len(read_csv(path, header=False).inputs) == 3
    years = write("2019,2020\n1,2\n3,4\n")
    assert len(read_csv(years).inputs) == 3
    assert read_csv(years, header=True).feature_names == ["2019"]


@pytest.mark.parametrize("change", [
    lambda text: text.encode(),
    lambda text: b"\xef\xbb\xbf" + text.encode(),                   # a byte-order mark
    lambda text: text.replace("\n", "\r\n").encode(),               # Windows
    lambda text: text.replace("\n", "\r").encode(),                 # an old Macintosh
    lambda text: text.replace("\n", "\n\n").encode(),               # blank lines
    lambda text: text.rstrip("\n").encode(),                        # no line end at the end
    lambda text: text.replace(",", " , ").encode(),                 # spaces around the cells
    lambda text: text.replace("red", '"red"').encode(),             # quotes
    lambda text: gzip.compress(text.encode()),                      # packed, whatever the name
])
def test_the_same_table_in_other_clothes_is_the_same_table(write, change):
    plain = read_csv(write(FLOWERS))
    other = read_csv(write(change(FLOWERS), "other.csv"))
    assert other._replace(inputs=list(other.inputs), description="") == plain._replace(
        inputs=list(plain.inputs), description="")


def test_other_delimiters(write):
    for delimiter in ";\t| ":
        path = write(FLOWERS.replace(",", delimiter))
        data, encoding, _ = learn_csv(path, TableOptions(delimiter=delimiter))
        assert len(data.feature_names) == 5
        assert list(read_rows(path, encoding)) == list(data.inputs)


def test_a_quoted_cell_may_hold_delimiters_quotes_and_lines(write):
    path = write('x,y\n1,"a,b"\n2,"say ""hi"""\n3,"two\r\nlines"\n')
    assert read_csv(path).class_names == ["a,b", 'say "hi"', "two\r\nlines"]


def test_unicode_names_and_classes(write):
    data = read_csv(write("größe,art\n1,Bärlauch\n2,百合\n3,🌷\n"))
    assert data.feature_names == ["größe"]
    assert data.class_names == ["Bärlauch", "百合", "🌷"]


def test_text_and_ignore(write):
    path = write("id,postcode,y\n1,53111,a\n2,80331,b\n3,53111,a\n")
    data = read_csv(path, text=["postcode"], ignore=[0])
    assert data.feature_names == ["postcode=53111", "postcode=80331"]
    assert list(data.inputs) == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    assert read_csv(path, text="postcode", ignore="id").feature_names == data.feature_names


HOLES = "x,colour,y\n1.0,red,a\n,blue,b\n4.0,,a\n2.5,NA,b\n"


def test_holes_are_refused_by_default_with_row_and_column(write):
    both = r"column 'x' \(row 3\), column 'colour' \(2, first in row 4"
    with pytest.raises(DataError, match=both):
        read_csv(write(HOLES))
    with pytest.raises(DataError, match=r"table.csv, row 2, column 'x': .* empty cell, and 1 more"):
        read_csv(write("x,y\n,a\n,b\n1,b\n"))
    with pytest.raises(DataError, match=r"row 2, column 'x': .*missing value \('nan'\)"):
        read_csv(write("x,y\nnan,a\n1,b\n"))


def test_holes_are_filled_with_the_mean_or_a_category_of_their_own(write):
    data, encoding, _ = learn_csv(write(HOLES), TableOptions(missing="mean"))
    assert data.feature_names == ["x", "colour=(missing)", "colour=blue", "colour=red"]
    assert list(data.inputs) == [
        [1.0, 0.0, 0.0, 1.0], [2.5, 0.0, 1.0, 0.0], [4.0, 1.0, 0.0, 0.0], [2.5, 1.0, 0.0, 0.0]]
    later = read_rows(io.StringIO("x,colour\n?,\n"), encoding)
    assert list(later) == [[2.5, 1.0, 0.0, 0.0]]


def test_rows_with_holes_can_be_dropped(write):
    path = write("x,y\n1.5,a\n,b\n2.5,\n3.5,b\n")
    data = read_csv(path, missing="drop")
    assert list(data.inputs) == [[1.5], [3.5]] and data.targets == [0, 1]
    assert "2 rows with missing cells left out" in data.description
    assert list(read_csv(path, missing="mean").inputs) == [[1.5], [2.5], [3.5]]
    with pytest.raises(DataError, match=r"row 4.*missing='mean'"):
        read_csv(path)


def test_holes_in_an_ignored_column_are_nobodys_business(write):
    path = write("note,x,y\n,1,a\n,2,b\n")
    for missing in ("refuse", "mean", "drop"):
        assert len(read_csv(path, ignore=["note"], missing=missing).inputs) == 2


def test_numbers_are_kept_as_bytes_as_long_as_they_fit(write):
    whole = read_csv(write("x,c,y\n0,red,a\n255,blue,b\n"))
    assert isinstance(whole.inputs, ByteRows)
    for number in ("256", "-1", "0.5"):
        path = write(f"x,c,y\n0,red,a\n255,blue,b\n{number},red,a\n")
        mixed = read_csv(path)
        assert isinstance(mixed.inputs, ColumnRows)
        assert list(mixed.inputs)[:2] == list(whole.inputs)
        assert mixed.inputs[2][0] == float(number)


@pytest.mark.slow
@given(st.lists(st.tuples(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
), min_size=1, max_size=20))
def test_every_float_comes_back_to_the_bit(rows):
    text = "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows)
    data = read_csv(io.StringIO(text))
    assert list(data.inputs) == [[x] for x, _ in rows]
    assert data.targets == [[y] for _, y in rows]


words = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=12))
def test_any_words_are_classes_and_categories(rows):
    import csv

    out = io.StringIO()
    csv.writer(out).writerows([("first name", "second name"), *rows])
    try:
        data = read_csv(io.StringIO(out.getvalue()), header=True, text=["first name"],
                        task="classification", missing="mean")
    except DataError as error:
        assert "expected a target" in str(error)  # a class called "na" is a hole
        return
    for (first, second), row, target in zip(rows, data.inputs, data.targets):
        assert data.class_names[target] == second
        name = data.feature_names[row.index(1.0)]
        assert name in (f"first name={first}", "first name=(missing)")


def test_open_files_are_read_and_stay_open(write):
    path = write(FLOWERS)
    expected = list(read_csv(path).inputs)
    with open(path, "rb") as binary, open(path, encoding="utf-8") as text, open(
        path, "rb", buffering=0
    ) as raw:
        for file in (binary, text, raw, io.StringIO(FLOWERS), io.BytesIO(FLOWERS.encode()),
                     io.BytesIO(gzip.compress(FLOWERS.encode()))):
            assert list(read_csv(file).inputs) == expected
            assert not file.closed


def test_reading_is_the_same_as_splitting_a_list(write):
    data = read_csv(write(FLOWERS))
    train, test = split(data, 0.5, rng=Random(1))
    assert isinstance(train.inputs, RowView)
    assert sorted([*train.inputs, *test.inputs]) == sorted(data.inputs)


# ---- Reading by an encoding that was learned before ----


def test_columns_are_found_by_name_in_any_order_with_or_without_the_target(write):
    data, encoding, _ = learn_csv(write(FLOWERS))
    other = "note,weight,colour,length\nhi,0.5,red,5.1\nho,1.5,blue,4.9\n"
    assert list(read_rows(write(other, "other.csv"), encoding)) == list(data.inputs[:2])
    assert list(read_rows(write(FLOWERS), encoding)) == list(data.inputs)


def test_without_names_columns_are_found_by_position(write):
    data, encoding, _ = learn_csv(write(FLOWERS))
    body = FLOWERS.split("\n", 1)[1]
    assert list(read_rows(io.StringIO(body), encoding)) == list(data.inputs)
    without_target = "5.1,red,0.5\n4.9,blue,1.5\n"
    assert list(read_rows(io.StringIO(without_target), encoding)) == list(data.inputs[:2])
    _, nameless, _ = learn_csv(io.StringIO(body))
    assert list(read_rows(io.StringIO(body), nameless)) == list(data.inputs)
    assert list(read_rows(io.StringIO(FLOWERS), nameless)) == list(data.inputs)


def test_a_target_in_the_middle_is_passed_over(write):
    data, encoding, _ = learn_csv(
        write(FLOWERS), TableOptions(target="colour", ignore=["species"]))
    assert list(read_rows(io.StringIO("5.1,red,0.5,x\n"), encoding)) == [[5.1, 0.5]]
    assert list(read_rows(io.StringIO("5.1,0.5,x\n"), encoding)) == [[5.1, 0.5]]
    assert data.class_names == ["blue", "green", "red"]


def test_unseen_words_are_refused_or_zeros(write):
    _, encoding, _ = learn_csv(write(FLOWERS))
    new = "length,colour,weight\n5.1,pink,0.5\n"
    with pytest.raises(DataError, match=r"row 2, column 'colour': expected one of 'blue', 'green',"
                                        r" 'red', as in the training data, got 'pink'"):
        list(read_rows(io.StringIO(new), encoding))
    rows = read_rows(io.StringIO(new), encoding, TableOptions(unseen="zeros"))
    assert list(rows) == [[5.1, 0.0, 0.0, 0.0, 0.5]]


@pytest.mark.parametrize("content, message", [
    ("length,colour\n5.1,red\n", r"row 1: expected one column 'weight', got 0"),
    ("length,colour,weight,weight\n5.1,red,1,1\n", r"one column 'weight', got 2"),
    ("5.1,red\n", r"row 1: expected 4 cells as in the training file, or 3 without"),
    ("5.1,red,heavy\n", r"row 1, column 'weight': expected a number, got 'heavy'"),
    ("5.1,red,\n", r"row 1, column 'weight': expected a value, got an empty cell"),
    ("5.1,,0.5\n", r"row 1, column 'colour': expected a value"),
    ("5.1,red,0.5\n5.1,red\n", r"row 2: expected 3 cells"),
    ("5.1,red,0.5\n5.1,red,inf\n", r"row 2, column 'weight': expected a number, got 'inf'"),
    ("", r"empty file"),
])
def test_new_rows_that_do_not_fit_are_refused(content, message):
    _, encoding, _ = learn_csv(io.StringIO(FLOWERS))
    with pytest.raises(DataError, match=message):
        list(read_rows(io.StringIO(content), encoding))


def test_encode_csv_reads_another_table_in_the_numbers_of_the_first(write):
    data, encoding, _ = learn_csv(write(FLOWERS))
    one = "species,weight,colour,length\nvirginica,1,red,2\n"
    other = encode_csv(io.StringIO(one), encoding)
    assert other.targets == [1] and other.class_names == data.class_names
    assert list(other.inputs) == [[2.0, 0.0, 0.0, 1.0, 1.0]]
    for content, message in [
        ("species,weight,colour,length\nrosa,1,red,2\n",
         "row 2, column 'species': expected one of the classes 'setosa', 'virginica', got 'rosa'"),
        ("weight,colour,length\n1,red,2\n", "expected the target column 'species'"),
        ("species,weight,colour,length\n", "only a line of names"),
        ("species,species,weight,colour,length\na,a,1,red,2\n", "one column 'species', got 2"),
    ]:
        with pytest.raises(DataError, match=message):
            encode_csv(io.StringIO(content), encoding)
    holes = "species,weight,colour,length\n,1,red,2\nsetosa,,red,2\nsetosa,1,red,2\n"
    assert len(encode_csv(io.StringIO(holes), encoding, TableOptions(missing="drop")).inputs) == 1


def test_encode_csv_checks_regression_targets():
    _, encoding, _ = learn_csv(io.StringIO("x,y\n1,1.5\n"))
    assert encode_csv(io.StringIO("x,y\n1,2\n"), encoding).targets == [[2.0]]
    with pytest.raises(DataError, match="row 2, column 'y': expected a number as the target"):
        encode_csv(io.StringIO("x,y\n1,big\n"), encoding)


def test_an_encoding_survives_json():
    for options in ({}, {"missing": "mean"}, {"target": "weight"}, {"ignore": ["colour"]}):
        _, encoding, _ = learn_csv(io.StringIO(FLOWERS), TableOptions(**options))
        values = encoding.to_dict()
        again = Encoding.from_dict(json.loads(json.dumps(values)))
        assert again.to_dict() == values
        assert again.feature_names == encoding.feature_names
        assert list(read_rows(io.StringIO(FLOWERS), again)) == list(
            read_rows(io.StringIO(FLOWERS), encoding))


def changed(values, *path_and_value):
    values = json.loads(json.dumps(values))
    *path, last, value = path_and_value
    inner = values
    for step in path:
        inner = inner[step]
    inner[last] = value
    return values


GOOD = learn_csv(io.StringIO(FLOWERS), TableOptions(missing="mean")).encoding.to_dict()


@pytest.mark.parametrize("values", [
    None, [], "x", {}, {"columns": []},
    changed(GOOD, "columns", None),
    changed(GOOD, "columns", []),
    changed(GOOD, "columns", [1, 2]),
    changed(GOOD, "columns", GOOD["columns"][:3]),
    changed(GOOD, "columns", GOOD["columns"][3:]),
    changed(GOOD, "columns", 0, None),
    changed(GOOD, "columns", 0, "name", 3),
    changed(GOOD, "columns", 0, "name", "colour"),
    changed(GOOD, "columns", 0, "kind", "magic"),
    changed(GOOD, "columns", 0, "kind", None),
    changed(GOOD, "columns", 0, "kind", []),
    changed(GOOD, "columns", 0, "categories", ["a"]),
    changed(GOOD, "columns", 0, "fill", "1"),
    changed(GOOD, "columns", 0, "fill", True),
    changed(GOOD, "columns", 0, "fill", math.inf),
    changed(GOOD, "columns", 0, "fill", math.nan),
    changed(GOOD, "columns", 0, "extra", 1),
    changed(GOOD, "columns", 1, "categories", []),
    changed(GOOD, "columns", 1, "categories", ["a", "a"]),
    changed(GOOD, "columns", 1, "categories", [1]),
    changed(GOOD, "columns", 1, "categories", "ab"),
    changed(GOOD, "columns", 1, "fill", 1.0),
    changed(GOOD, "columns", 3, "categories", []),
    changed(GOOD, "header", 1),
    changed(GOOD, "delimiter", ""),
    changed(GOOD, "delimiter", ",,"),
    changed(GOOD, "delimiter", '"'),
    changed(GOOD, "delimiter", 7),
    changed(GOOD, "more", 7),
])
def test_an_encoding_that_somebody_has_changed_is_refused(values):
    with pytest.raises(DataError, match="encoding: expected"):
        Encoding.from_dict(values)


def test_encode_row_wants_a_cell_for_every_feature():
    encoding = Encoding([Column("x", "number"), Column("y", "value")])
    assert encoding.encode_row(["1"]) == [1.0]
    with pytest.raises(DataError, match="row 7: expected 1 cells, got 2"):
        encoding.encode_row(["1", "2"], 7)
    assert "1 value" in repr(encoding)


# ---- What is refused: each with file, row, column, and what to do ----


MALFORMED = [
    (b"", {}, "empty file"),
    (b"\n\n\n", {}, "empty file"),
    (b"\xef\xbb\xbf", {}, "empty file"),
    (b"a,b\n", {}, "only a line of names"),
    (b"a,b\n1,\n", {"missing": "drop"}, "none without missing cells"),
    (b"a,b\n1,2\n3\n", {}, "row 3: expected 2 cells as in the first row, got 1"),
    (b"a,b\n1,2\n3,4,5\n", {}, "row 3: expected 2 cells as in the first row, got 3"),
    (b"a,b\n\n1,2\n\n3,4,5\n", {}, "row 5: expected 2 cells"),
    (b"a,b,a\n1,2,3\n", {}, "different name for every column, got 'a' for columns 1 and 3"),
    (b"a;b\n1;2\n", {}, "at least two columns.*'a;b'.*delimiter=';'"),
    (b"a\n1\n", {}, "at least two columns"),
    (b"a,b\n1,2\n", {"target": "c"}, "target: expected the name.*got 'c'.*are 'a', 'b'"),
    (b"a,b\n1,2\n", {"target": 2}, "position from 0 to 1, got 2"),
    (b"a,b\n1,2\n", {"target": -3}, "position from 0 to 1, got -3"),
    (b"a,b\n1,2\n", {"target": True}, "got True"),
    (b"a,b\n1,2\n", {"ignore": ["z"]}, "ignore: expected the name"),
    (b"a,b\n1,2\n", {"text": [9]}, "text: expected the name"),
    (b"a,b\n1,2\n", {"ignore": ["b"]}, "cannot be ignored"),
    (b"a,b\n1,2\n", {"ignore": ["a"]}, "at least two columns"),
    (b"a,b\n1,x\n2,y\n", {"task": "regression"}, "row 2, column 'b': regression.*got 'x'"),
    (b"a,b\n1,1\n2,2\n3,x\n", {}, "row 4, column 'b'.*got 'x'.*task='classification'"),
    (b"a,b\n1,1\n2,2\nx,3\n", {}, r"row 4, column 'a': .*like 2 others.*text=\['a'\]"),
    (b"a,b\n1,1\n1_000,2\n", {}, "row 3, column 'a': .*plain finite number.*got '1_000'"),
    (b"a,b\n1,1\n1e999,2\n", {}, "row 3, column 'a': .*plain finite number"),
    (b"a,b\n1,1\n-inf,2\n", {}, "row 3, column 'a': .*got '-inf'"),
    ("a,b\n1,1\n٣,2\n".encode(), {}, "row 3, column 'a': .*plain finite number"),
    (b"a,b\n1,1\n0x10,2\n5,6\n", {}, "row 3, column 'a'.*got '0x10'"),
    (b"a,b\nNaN,1\n", {}, "column 'a': every cell is missing"),
    (b"a,b\n1,\n", {}, "row 2, column 'b': expected a target in every row.*missing='drop'"),
    (b"a,b\n1,\n", {"missing": "mean"}, "none without missing cells"),
    (b"a,b\n,1\n,2\n", {"missing": "mean"}, "column 'a': every cell is missing"),
    (b"a,b\n1e308,1\n-1e308,2\n", {}, "column 'a': the numbers are too large"),
    (b"a,b\n1,x\n2,\0\n", {}, "line 3: expected text, got a NUL"),
    (b"a,b\n1,caf\xe9\n", {}, "line 2: expected UTF-8, got the byte 0xe9 after '1,caf'"),
    ("a,b\n1,2\n".encode("utf-16-le"), {}, "line 1: .* got a NUL.*encoding='utf-16-le'"),
    ("a,b\n1,2\n".encode("utf-16-be"), {}, "got a NUL.*encoding='utf-16-be'"),
    (b'a,b\n1,"x\n2,y\n', {}, r"row 2: a quote.*never closed \(up to line 3\)"),
    (b'a,b\n1,"x"y\n', {}, "row 2.*quote"),
    (b"a,b\n1,2\n" + b"3," + b"x" * 200_000 + b"\n", {}, "row 3.*expected cells of at most"),
    (b'a,b\n1,"' + b"x\n" * 100_000, {}, "row 2.*is a quote.*never closed"),
    (b"x" * 4_000_001, {}, "line 1: expected at most 4000000 characters"),
    (b"," * 100_001, {}, "at most 100000 columns"),
    (b"<!DOCTYPE html>\n<html>", {}, "web page"),
    (b"PK\x03\x04rest of a zip", {}, "zip archive or a spreadsheet"),
    (gzip.compress(FLOWERS.encode())[:-9], {}, "damaged or incomplete"),
    (gzip.compress(FLOWERS.encode())[:40] + b"xxxxx", {}, "damaged or incomplete"),
    (b"\x1f\x8b", {}, "damaged or incomplete"),
    (b"\x1f\x8bnonsense", {}, "damaged or incomplete"),
    (("a,b\n" + "".join(f"w{n // 2},1\n" for n in range(102))).encode(), {},
     r"column 'a': expected at most 50 different words.*ignore=\['a'\].*categories_cap"),
    (("a,b\n" + "".join(f"1,w{n // 2}\n" for n in range(2002))).encode(), {},
     "column 'b': expected at most 1000 different words.*task='regression'"),
]


@pytest.mark.parametrize("content, options, message", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_tables_are_refused_with_a_reason(write, content, options, message):
    with pytest.raises(DataError, match="(?s)table.csv.*" + message) as caught:
        read_csv(write(content), **options)
    assert len(str(caught.value)) < 600


def test_a_cap_can_be_raised(write):
    path = write("a,b\n" + "".join(f"w{n},1\n" for n in range(51)))
    assert len(read_csv(path, categories_cap=51).feature_names) == 51


def test_options_that_are_none_are_refused():
    for options in ({"task": "magic"}, {"missing": "zeros"}, {"delimiter": ""},
                    {"delimiter": ",,"}, {"delimiter": '"'}, {"decimal": ";"},
                    {"encoding": "rot13"}, {"encoding": "x"}, {"unseen": "no"},
                    {"skip": -1}, {"skip": "a"},
                    {"categories_cap": 0}):
        with pytest.raises(ValueError, match="expected"):
            read_csv(io.StringIO(FLOWERS), **options)
    _, encoding, _ = learn_csv(io.StringIO(FLOWERS))
    with pytest.raises(ValueError, match="unseen"):
        next(read_rows(io.StringIO(FLOWERS), encoding, TableOptions(unseen="magic")))


def test_a_file_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(str(tmp_path / "nothing.csv"))
    with pytest.raises(OSError):
        read_csv(str(tmp_path))


# ---- Streams and memory ----


def run(code, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, check=True,
        cwd=ROOT, **options).stdout.decode()


@pytest.mark.slow
@pytest.mark.parametrize("content", [FLOWERS.encode(), gzip.compress(FLOWERS.encode())])
def test_standard_input_is_read_twice_for_learning_and_once_for_rows(content):
    code = ("import sys, io; from purenn.data import *\n"
            "data, encoding, _ = learn_csv(io.StringIO(sys.argv[1]))\n"
            "print(list(read_rows(sys.stdin, encoding)) == list(data.inputs))")
    assert run(code, FLOWERS, input=content).split() == ["True"]
    code = "import sys; from purenn.data import *; print(len(read_csv(sys.stdin).inputs))"
    assert run(code, input=content).split() == ["4"]


def test_rows_come_out_while_the_stream_is_still_open():
    _, encoding, _ = learn_csv(io.StringIO("x,y\n1,a\n2,b\n"))
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream, os.fdopen(writer, "wb", buffering=0) as feed:
        feed.write(b"x,y\n7,a\n")
        rows = read_rows(stream, encoding)
        assert next(rows) == [7.0]
        feed.write(b"8,a\n")
        assert next(rows) == [8.0]
        rows.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="measures memory with resource")
def test_a_large_table_is_held_as_numbers_only(tmp_path):
    path = tmp_path / "large.csv"
    with open(path, "w", encoding="ascii") as file:
        file.write(",".join(f"c{n}" for n in range(50)) + ",y\n")
        line = ",".join(str(n * 1.234567890123) for n in range(50))
        for n in range(20_000):
            file.write(f"{line},{'ab'[n % 2]}\n")
    assert path.stat().st_size > 13_000_000
    # On Linux getrusage would count what the process was before its first line.
    code = ("import resource, sys\n"
            "def peak():\n"
            "    if sys.platform != 'linux':\n"
            "        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
            "    status = open('/proc/self/status').read()\n"
            "    return int(status.split('VmHWM:')[1].split()[0])\n"
            "from purenn.data import *\n"
            "before = peak()\n"
            "data, encoding, _ = learn_csv(sys.argv[1])\n"
            "after = peak()\n"
            "for row in read_rows(sys.argv[1], encoding): pass\n"
            "print(len(data.inputs), (after - before) // 1024)")
    rows, megabytes = map(int, run(code, path).split())
    assert rows == 20_000
    assert megabytes < 40, "a million numbers are 8 MB; as text or lists they would be 60 and up"


# ---- Fuzzing: whatever happens to a file, it is a data set or a DataError ----


def damaged(content, rng):
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        place = rng.randrange(len(content) + 1)
        what = rng.randrange(5)
        if what == 0:
            del content[place:]
        elif what == 1 and place < len(content):
            content[place] ^= 1 << rng.randrange(8)
        elif what == 2:
            content[place:place] = rng.choice(
                [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"nan", b"1_0", b"\xe2\x80", b"-", b"e"])
        elif what == 3:
            del content[place : place + rng.randrange(1, 9)]
        else:
            content[place:place] = content[: rng.randrange(1, 30)]
        if not content:
            content = bytearray(b"\n")
    return bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_file_is_a_data_set_or_a_data_error(packed):
    rng = random.Random(20)
    _, encoding, _ = learn_csv(io.StringIO(FLOWERS))
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fuzz.csv")
        for _ in range(FUZZ_CASES):
            content = FLOWERS.encode()
            content = damaged(gzip.compress(content) if packed else content, rng)
            with open(path, "wb") as file:
                file.write(content)
            for read in (
                lambda: read_csv(path, missing=rng.choice(["refuse", "mean", "drop"])).inputs,
                lambda: read_rows(path, encoding),
            ):
                try:
                    rows = list(read())
                except DataError as error:
                    refused += 1
                    assert "fuzz.csv" in str(error) and len(str(error)) < 700
                    continue
                assert len({len(row) for row in rows}) <= 1
                assert all(math.isfinite(number) for row in rows for number in row)
    assert refused > FUZZ_CASES / 4, "the fuzzer should do damage"


@pytest.mark.slow
@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_random_bytes_are_a_data_set_or_a_data_error(content):
    try:
        data = read_csv(io.BytesIO(content))
    except DataError:
        return
    assert len(data.inputs) == len(data.targets) > 0
