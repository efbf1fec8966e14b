"""Tables as people keep them: what is recognised, what is refused with which option, what is kept.

Here are the rules, with small tables; real ones stand in test_tables_interop.
"""

import io
import json
import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn import text
from purenn.data import (
    Advice, DataError, Encoding, Place, TableOptions, as_flags, as_keywords, describe_csv,
    encode_csv, learn_csv, open_table, read_csv, read_rows,
)
from purenn.data.cells import date_orders, day_of, number, written_number

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def source(content):
    return io.BytesIO(content if isinstance(content, bytes) else content.encode("utf-8"))


def refusal(content, **options):
    """Return the error that a table is refused with."""
    with pytest.raises(DataError) as caught:
        read_csv(source(content), **options)
    return caught.value


# ---- An option that a message advises does help ----

# A table that is refused, and the options of the advice that make it go.
ADVISED = {
    "semicolons": ("a;b;c\n1;2;x\n2;3;y\n", {"delimiter": ";"}),
    "tabs": ("a\tb\n1\tx\n2\ty\n", {"delimiter": "\t"}),
    "semicolons and commas": ("a;b\n1,5;2\n2,5;3\n", {"delimiter": ";", "decimal": ","}),
    "white space": ("a b  y\n 1 2\t3.5\n4  5 6.5\n", {"delimiter": " "}),
    "a heading of several cells": ("569,3,x,y\n1,2,3,4,5,6.5\n2,3,4,5,6,7.5\n", {"skip": 1}),
    "decimal commas": ('a,b\n"1,23",x\n"2,5",y\n', {"decimal": ","}),
    "both signs": ('a,b\n"1.234,5",x\n"2,5",y\n', {"decimal": ","}),
    "thousands": ('a,b\n"1,234.5",x\n"2,000",y\n', {"decimal": "."}),
    "thousands in a target": ('b,a\nx,"1.234.567"\ny,"2.000.000"\n', {"decimal": ","}),
    "thousands beside a point": ('a,b,c\n"1,234",0.5,x\n"2,345",0.25,y\n', {"decimal": "."}),
    "thousands in two columns": (
        'a,b,c\n"1,234","1,234,567",x\n"2,345","2,234,567",y\n', {"decimal": "."}),
    "Latin-1": ("name,y\nJosé,1.5\nAnna,2.5\n".encode("latin-1"), {"encoding": "latin-1"}),
    "Windows": ("name,y\n„a“,1.5\nAnna,2.5\n".encode("cp1252"), {"encoding": "cp1252"}),
    "UTF-16": ("name,y\na,1.5\nb,2.5\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "a heading": ("Report\n\na,b\n1,x\n2,y\n", {"skip": 2}),
    "a heading in a row": ("Report,,\n,,\na,b,c\n1,2,x\n2,3,y\n", {"skip": 2}),
    "holes": ("a,b\n1,x\n,y\n", {"missing": "mean"}),
    "a hole in the target": ("a,b\n1,x\n2,\n3,y\n", {"missing": "drop"}),
    "holes in both": ("a,b\n1,x\n,y\n2,\n3,y\n", {"missing": "mean"}),
    "dashes": ("a,b\n1,x\n-,y\n#REF!,x\nNone,y\n", {"missing": "mean"}),
    "dates": ("d,b\n2024-05-01,x\n2024-05-02,y\n", {"dates": ["d"]}),
    "units": ("p,a,b\n5%,1,x\n6%,2,y\n", {"ignore": ["p"]}),
    "prices": ('p,a,b\n"1,000 EUR",1,x\n$3,2,y\n', {"ignore": ["p"]}),
    "an empty column": ("e,a,b\n,1,x\n,2,y\n", {"ignore": ["e"]}),
    "many words": ("w,a,b\n" + "".join(f"w{n},{n},{'xy'[n % 2]}\n" for n in range(60)),
                   {"ignore": ["w"]}),
    "a word among numbers": ("a,b\n1,x\n2,y\ntwo,x\n", {"text": ["a"]}),
    "a class among numbers": ("a,b\n1,1\n2,2\n3,two\n", {"task": "classification"}),
    "the same name twice": ("a,a\nb,x\nc,y\n", {"header": False}),
    "everything at once": (
        "id,day,name,age,y\n" + "".join(
            f"{n},2024-05-{n % 28 + 1:02},n{n},{n if n % 3 else ''},{'xy'[n % 2]}\n"
            for n in range(60)),
        {"missing": "mean", "dates": ["day"], "ignore": ["name"]}),
}


@pytest.mark.parametrize("case", ADVISED)
def test_what_is_refused_goes_with_the_option_that_is_advised(case):
    content, options = ADVISED[case]
    error = refusal(content)
    advised = [advice.options for advice in error.advice]
    assert options in advised, error
    assert as_keywords(options) in str(error) and as_flags(options) in error.told(as_flags)
    data = read_csv(source(content), **options)
    assert len(data.inputs) >= 2


@pytest.mark.parametrize("case", ADVISED)
def test_every_advice_of_every_refusal_is_an_option_that_is_taken(case):
    for advice in refusal(ADVISED[case][0]).advice:
        try:
            read_csv(source(ADVISED[case][0]), **advice.options)
        except DataError as error:  # it may be one of several things to do, not a wrong one
            assert str(error) != str(refusal(ADVISED[case][0])) or not advice.options


def test_numbers_are_read_as_they_were_meant():
    for content, decimal in (('"1.234,5",x\n"-2,5",y\n"3",x\n', ","),
                             ('"1,234.5",x\n-2.5,y\n3,x\n', "."),
                             ("\"1'234.5\",x\n-2.5,y\n3,x\n", ".")):
        data = read_csv(source("a,b\n" + content), decimal=decimal)
        assert list(data.inputs) == [[1234.5], [-2.5], [3.0]]


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False), st.sampled_from(",."))
def test_every_number_comes_back_whatever_its_decimal_sign(value, decimal):
    value = round(value, 3)
    english = f"{value:,.3f}"
    written = english if decimal == "." else english.translate(str.maketrans(",.", ".,"))
    assert number(written, decimal) == value
    assert number(written.replace("." if decimal == "," else ",", ""), decimal) == value


@pytest.mark.parametrize("cell", ["1st", "2nd", "10A", "3 kg", "1.2.3", "10-20", "US", "x", "-",
                                  "1 1", "EUR", "%", "1,2,3", "a1,5", "№3"])
def test_what_is_no_written_number_stays_a_word(cell):
    assert written_number(cell) is None


@pytest.mark.parametrize("word", ["-", ".", "#N/A", "None", "--", "#DIV/0!", "n.a.", "NA", "?"])
def test_a_dash_is_a_hole_among_numbers_and_in_the_target(word):
    among = source(f"a,b\n1.5,x\n{word},y\n4.5,x\n")
    assert list(read_csv(among, missing="mean").inputs) == [[1.5], [3.0], [4.5]]
    target = source(f"a,b\n1,1.5\n2,{word}\n3,4.5\n")
    assert read_csv(target, missing="drop").targets == [[1.5], [4.5]]


def test_a_point_is_no_decimal_comma():
    error = refusal("a;y\n1.5;x\n2.5;y\n", delimiter=";", decimal=",")
    assert "such as 1234,5, got '1.5'" in str(error)
    assert number("0.123", ",") is None and number("1.234", ",") == 1234.0


# 4.321 is a fraction to some and four thousand to others. Where the table does not tell which, it
# is asked; the likelier sign is advised first.
@pytest.mark.parametrize("content, signs", [
    ("a;b;y\n4.321;1;x\n950;2;y\n", ",."),
    ("b;y\nx;4.321\nx;950\n", ",."),
    ("a;b;y\n1,234;1;x\n2,345;2;y\n", ",."),
    ('a,b,y\n"1,234",1,x\n"2,345",2,y\n', ".,"),
    ('a,b,y\n"1,234",0.5,x\n"2,345",1,y\n', "."),
    ("a;b;y\n4.321;1,5;x\n950;2,5;y\n", ","),
])
def test_thousands_are_asked_about_with_the_likelier_sign_first(content, signs):
    delimiter = ";" if ";" in content else ","
    advised = [advice.options["decimal"] for advice in refusal(content, delimiter=delimiter).advice
               if "decimal" in advice.options]
    assert advised == list(signs)
    for sign in advised:
        read_csv(source(content), delimiter=delimiter, decimal=sign)


@pytest.mark.parametrize("content", [
    "a;b;y\n4.321;0.5;x\n950;1;y\n", "a;b;y\n4.321;2;x\n1950;1;y\n", "a;b;y\n0.321;2;x\n1;1;y\n",
])
def test_a_point_that_can_be_no_thousand_is_the_decimal_point(content):
    assert read_csv(source(content), delimiter=";").inputs[0][0] in (4.321, 0.321)


def test_words_that_are_read_as_such_still_tell_the_decimal_sign():
    content = "a;b;y\n4.321;1,5;x\n950;2,5;y\n"
    error = refusal(content, delimiter=";", text=["b"])
    assert error.advice[0].options == {"decimal": ","}


# A column of names, each of them once, is not to be made into inputs or classes at all.
def test_names_are_no_inputs_and_no_classes():
    rows = "".join(f"k{number},{number},{number % 2}\n" for number in range(60))
    assert [advice.options for advice in refusal(f"k,a,b\n{rows}").advice] == [{"ignore": ["k"]}]
    error = refusal(f"k,a,b\n{rows}", target="k")
    assert "60 classes in 60 rows" in str(error)
    assert [advice.options for advice in error.advice] == [{"task": "classification"}]
    assert len(read_csv(source(f"k,a,b\n{rows}"), target="k", task="classification").inputs) == 60


def test_a_dash_is_a_word_among_words():
    assert read_csv(source("a,b\n-,x\nNone,y\nred,x\n")).feature_names == ["a=-", "a=None", "a=red"]


def test_rows_without_a_target_are_left_out_where_holes_are_filled():
    content = "a,y\n1,2.5\n,3.5\n9,-\n3,\n"
    data, encoding, report = learn_csv(source(content), TableOptions(missing="mean"))
    assert list(data.inputs) == [[1.0], [1.0]] and data.targets == [[2.5], [3.5]]
    assert "2 rows with missing cells left out" in data.description and report.rows == 2
    assert encode_csv(source(content), encoding).targets == data.targets
    assert list(read_rows(source(content), encoding)) == [[1.0], [1.0], [9.0], [3.0]]


def test_dropping_rows_with_dashes_forgets_what_stands_only_there():
    data, encoding, _ = learn_csv(source("a,c,y\n1,red,x\n-,blue,z\n2,red,w\n"),
                                  TableOptions(missing="drop"))
    assert data.class_names == ["w", "x"] and data.feature_names == ["a", "c=red"]


def test_dates_become_year_month_weekday():
    content = "d,y\n2024-02-29,1.5\n2023-03-01 12:30,2.5\n"
    data = read_csv(source(content), dates=["d"])
    assert data.feature_names == ["d.year", "d.month", "d.weekday"]
    assert list(data.inputs) == [[2024.0, 2.0, 3.0], [2023.0, 3.0, 2.0]]
    for days in ("29.2.2024", "1.3.2023"), ("2/29/2024", "3/1/23"), ("29-Feb-2024", "Mar 1, 2023"):
        other = read_csv(source(f'd,y\n"{days[0]}",1.5\n"{days[1]}",2.5\n'), dates=["d"])
        assert list(other.inputs) == list(data.inputs)


# A part of the date that is the same in all rows tells nothing, and is no input.
@pytest.mark.parametrize("days, parts", [
    (["2024-05-01", "2024-06-04"], ["month", "weekday"]),
    (["2024-05-01", "2024-05-02", "2024-05-03"], ["weekday"]),
    (["2023-05-01", "2024-05-06"], ["year"]),
    (["2024-05-01", "2024-05-01"], ["year", "month", "weekday"]),
])
def test_parts_of_dates_that_do_not_differ_are_left_out(days, parts):
    content = "d,a,y\n" + "".join(f"{day},{n},{'xy'[n % 2]}\n" for n, day in enumerate(days))
    learned = learn_csv(source(content), TableOptions(dates=["d"]))
    assert learned.data.feature_names == [*(f"d.{part}" for part in parts), "a"]
    again = Encoding.from_dict(json.loads(json.dumps(learned.encoding.to_dict())))
    assert list(read_rows(source(content), again)) == list(learned.data.inputs)


def test_a_date_that_may_be_two_is_refused():
    error = refusal("d,a,y\n1/2/2024,1,2.5\n3/4/2024,2,3.5\n", dates=["d"])
    assert "may be two dates" in str(error) and error.place == Place("the data", 2, "d")
    assert date_orders("1.2.2024") == {"dmy"} and day_of("30/2/2024", "dmy") is None


def test_dates_are_filled_with_the_mean_day():
    data = read_csv(source("d,y\n2024-05-01,1.5\n2024-05-03,2.5\n,3.5\n"), dates=["d"],
                    missing="mean")
    assert data.inputs[2] == [3.0]  # the third of May was a Friday, the mean day is a Thursday


# ---- Where the table begins ----


@pytest.mark.parametrize("content, names", [
    ("sep=;\na;b;y\n1;2;x\n", ["a", "b"]),
    ('"sep=\t"\na\tb\ty\n1\t2\tx\n', ["a", "b"]),
    ("sep=\t\r\na\tb\ty\r\n1\t2\tx\r\n", ["a", "b"]),
    ("# made by hand\n# twice, even\na,b,y\n1,2,x\n", ["a", "b"]),
    ("#a,b,y\n1,2,x\n", ["#a", "b"]),
    ("# from a tool\n#a,b,y\n1,2,x\n", ["#a", "b"]),
])
def test_what_comes_before_the_table_is_understood(content, names):
    data, encoding, report = learn_csv(source(content))
    assert data.feature_names == names and list(data.inputs) == [[1.0, 2.0]]
    assert list(read_rows(source(content), encoding)) == [[1.0, 2.0]]
    assert bool(report.remarks) == (content[0] != "#" or content[1] == " ")


def test_rows_keep_their_numbers_behind_a_preamble():
    assert refusal("sep=;\na;b;y\n1;2;x\n;2;x\n").place.row == 4
    assert refusal("# note\na,b,y\n1,2,x\n,2,x\n").place.row == 4


def test_utf_16_with_its_mark_is_read_as_it_is():
    for encoding in ("utf-16", "utf-8-sig"):
        data = read_csv(source("größe,y\n1.5,é\n2.5,ü\n".encode(encoding)))
        assert data.feature_names == ["größe"] and data.class_names == ["é", "ü"]


# ---- The report: all columns, all holes at once ----


def test_the_report_tells_each_column_even_of_a_table_that_is_refused():
    report = describe_csv(source(
        "id,day,price,colour,y\n" + "".join(
            f"{n},2024-05-{n + 1:02},{'' if n == 3 else n * 1.5},{'red' if n % 2 else 'blue'},"
            f"{n % 2}\n" for n in range(12))))
    assert [column[:4] for column in report.columns] == [
        ("id", "number", 0, 12), ("day", "date", 0, 12), ("price", "number", 1, 11),
        ("colour", "text", 0, 2), ("y", "class", 0, 2)]
    assert report.rows == 12 and len(report.errors) == 2
    told = report.told(as_flags)
    assert "--dates day" in told and "--missing mean" in told
    assert "column 'id': counts up by one" in told and "--ignore id" in told
    assert "column 'y': has only 0 and 1" in told and "--task regression" in told


def test_all_holes_are_told_at_once():
    error = refusal("a,b,c,y\n,1,NA,x\n1,,2,y\n2,-,3,x\n")
    for part in ("'a' (row 2)", "'b' (2, first in row 3)", "'c' (row 2 'NA')"):
        assert part in str(error)


@pytest.mark.parametrize("name, cells, remark", [
    ("rownames", range(1, 21), "row numbers"),
    ("Unnamed: 0", range(20), "row numbers"),
    ("code", range(100, 700, 10), "identifiers"),
    ("code", [*range(100, 700, 10), 691], "identifiers"),
    ("customerID", [(n * 7) % 20 for n in range(20)], "identifiers"),
    ("who", [f"n{n}" for n in range(20)], "identifiers"),
    ("size", [(n * 7) % 20 for n in range(20)], None),
    ("time", [n / 2 for n in range(20)], None),
    ("age", [n % 5 for n in range(20)], None),
])
def test_row_numbers_and_identifiers_are_pointed_out(name, cells, remark):
    content = f"{name},y\n" + "".join(f"{cell},{'xyz'[n % 3]}\n" for n, cell in enumerate(cells))
    remarks = learn_csv(source(content)).report.remarks
    assert [remark] * bool(remark) == [
        word for one in remarks for word in ("row numbers", "identifiers") if word in one.problem]
    assert all(one.advice[0].options == {"ignore": [name]} for one in remarks)


def test_a_column_that_is_mostly_missing_is_pointed_out():
    content = "a,b,y\n" + "".join(f"{n if n < 9 else '-'},{n % 7},{n / 7}\n" for n in range(20))
    remarks = learn_csv(source(content), TableOptions(missing="mean")).report.remarks
    assert [remark.told(as_flags) for remark in remarks] == [
        "column 'a': 11 of its cells are missing, more than half. Leave the column out: --ignore a"]


@pytest.mark.parametrize("codes", ["0 1", "1 2", "-1 1", "1.0 0.0"])
def test_a_target_that_codes_two_classes_is_taken_for_classes_and_said_so(codes):
    content = "a,y\n" + "".join(f"{n},{codes.split()[n % 2]}\n" for n in range(6))
    data, _, report = learn_csv(source(content))
    assert len(data.class_names) == 2 and "two classes" in report.remarks[0].problem
    values = learn_csv(source(content), TableOptions(task="regression"))
    assert not values.data.class_names and not values.report.remarks


def test_a_column_whose_name_no_option_can_hold_is_named_by_position():
    for name in ("2019", "-3", "a\x1bb", "x" * 60):
        content = f"{name},a,y\n" + "".join(f"w{n},{n},{n / 7}\n" for n in range(60))
        error = refusal(content, header=True)
        assert error.advice[0].options == {"ignore": [0]}
        assert len(read_csv(source(content), header=True, ignore=[0]).inputs) == 60


# ---- Prediction: the same options as in training, and bad rows that do not stop it ----

TRAINING = "size,colour,day,y\n1,red,2024-05-01,a\n3,blue,2024-05-03,b\n"


def learned(**options):
    return learn_csv(source(TRAINING), TableOptions(dates=["day"], **options)).encoding


def test_holes_and_new_words_are_treated_as_in_training_or_as_said():
    later = "size,colour,day\n,red,2024-05-01\n1,pink,2024-05-01\n1,,2024-05-01\n1,red,\n"

    def rows(encoding, **options):
        with open_table(source(later), encoding, TableOptions(**options)) as table:
            return [row.inputs for row in table]

    filled = [[2.0, 0.0, 1.0, 2.0], [1.0, 0.0, 0.0, 2.0], [1.0, 0.0, 0.0, 2.0],
              [1.0, 0.0, 1.0, 3.0]]
    assert rows(learned()) == [[], [], [], []]
    assert rows(learned(), missing="mean", unseen="zeros") == filled
    assert rows(learned(missing="mean", unseen="zeros")) == filled
    assert rows(learned(missing="mean", unseen="zeros"), missing="refuse", unseen="refuse") == [
        [], [], [], []]
    assert rows(learned(), missing="drop") == [[]]


def test_a_bad_row_is_reported_and_the_next_one_read():
    later = "note,size,colour,day\nhi,1,red,2024-05-01\nho,big,red,2024-05-01\nx\n,2,blue,1.5.24\n"
    with open_table(source(later), learned()) as table:
        rows = list(table)
        assert table.names == ["note", "size", "colour", "day"] and not table.has_targets
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert [row.cells[0] for row in rows] == ["hi", "ho", "x", ""]
    assert [row.problem is None for row in rows] == [True, False, False, False]
    assert "row 3, column 'size': expected a number, got 'big'" in str(rows[1].problem)
    assert "expected 4 cells" in str(rows[2].problem)
    assert "expected a date (year month day)" in str(rows[3].problem)
    with pytest.raises(DataError, match="row 3"):
        list(read_rows(source(later), learned()))


def test_evaluation_can_go_on_past_bad_rows():
    other = "answer,size,colour,day\na,1,red,2024-05-01\nc,1,red,2024-05-01\nb,x,red,2024-05-01\n"
    bad = []
    data = encode_csv(source(other), learned(), TableOptions(target="answer"), bad_rows=bad)
    assert data.targets == [0] and [error.place.row for error in bad] == [3, 4]
    with pytest.raises(DataError, match="row 3, column 'y': expected one of the classes"):
        encode_csv(source(other), learned(), TableOptions(target="answer"))


def test_rows_of_python_are_encoded_like_rows_of_the_file():
    encoding = learned()
    expected = next(read_rows(source(TRAINING), encoding))
    from datetime import date
    for record in (
        {"size": 1, "colour": "red", "day": date(2024, 5, 1), "more": None},
        {"day": "2024-05-01", "size": "1", "colour": "red"},
        [1.0, "red", "2024-05-01"], ["1", "red", date(2024, 5, 1), "a"],
    ):
        assert encoding.encode_record(record) == expected
    options = TableOptions(missing="mean")
    assert encoding.encode_record([None, "red", "2024-05-01"], options=options)[0] == 2.0
    assert encoding.encode_record([float("nan"), "red", "2024-05-01"], options=options)[0] == 2.0
    with pytest.raises(DataError, match="expected a value for 'size', 'day'"):
        encoding.encode_record({"colour": "red"})
    with pytest.raises(DataError, match="expected 4 values .* or 3 without the target, got 1"):
        encoding.encode_record([1])
    comma = learn_csv(source('a;y\n1,5;x\n2,5;y\n'), TableOptions(delimiter=";", decimal=","))
    assert comma.encoding.encode_record([1.5]) == [1.5]
    assert list(read_rows(source("a\n1,5\n"), comma.encoding)) == [[1.5]]


@pytest.mark.interop
def test_rows_of_pandas_are_encoded_like_rows_of_the_file():
    pandas = pytest.importorskip("pandas")
    row = {"size": pandas.NA, "colour": "red", "day": pandas.Timestamp("2024-05-01 13:00")}
    encoded = learned().encode_record(row, options=TableOptions(missing="mean"))
    assert encoded == [2.0, 0.0, 1.0, 2.0]


def test_values_far_outside_of_the_training_are_told_when_asked():
    encoding = learned()
    for inside in ("5", "-1"):  # as far from 1 and 3 as these are apart
        assert encoding.far_outside([inside, "red", "2024-05-01"]) == []
    assert encoding.far_outside(["5.5", "red", "2024-05-01"]) == [
        "'size' is 5.5, in training it was 1 to 3"]
    assert encoding.far_outside(["-2", "red", ""]) and not encoding.far_outside(["", "red", ""])


def test_an_encoding_of_version_0_1_is_read():
    old = {"columns": [
        {"name": "x", "kind": "number", "categories": [], "fill": 2.5},
        {"name": "c", "kind": "text", "categories": ["", "red"], "fill": None},
        {"name": "y", "kind": "class", "categories": ["a", "b"], "fill": None}],
        "header": True, "delimiter": ";"}
    encoding = Encoding.from_dict(json.loads(json.dumps(old)))
    assert list(read_rows(source("x;c\n?;\n1;red\n"), encoding)) == [[2.5, 1.0, 0.0],
                                                                     [1.0, 0.0, 1.0]]
    again = Encoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again.to_dict() == encoding.to_dict()


def test_an_encoding_with_a_column_of_an_unknown_kind_is_refused():
    values = json.loads(json.dumps(learned().to_dict()))
    assert Encoding.from_dict(values).to_dict() == values
    values["columns"][0]["kind"] = "picture"
    with pytest.raises(ValueError, match="a kind of column"):
        Encoding.from_dict(values)


# ---- Names: of files, of columns, near ones ----


def test_a_target_that_is_nearly_named_is_found_out():
    error = refusal("length,species\n1.5,a\n2.5,b\n", target="Species")
    assert error.advice[0].options == {"target": "species"}
    assert error.told(as_flags).endswith("--target species")


def test_a_file_beside_the_one_that_is_not_there_is_named(tmp_path):
    (tmp_path / "flowers.csv").write_text("a,b\n1,x\n")
    for name in ("flowers", "Flowers.csv", "flower.csv"):
        with pytest.raises(FileNotFoundError, match="did you mean .*flowers.csv"):
            read_csv(str(tmp_path / name))
    with pytest.raises(FileNotFoundError) as caught:
        read_csv(str(tmp_path / "else"))
    assert "did you mean" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are a thing of Linux")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
def test_a_file_whose_name_is_not_utf_8(tmp_path, locale):
    path = os.path.join(os.fsencode(tmp_path), b"gr\xf6\xdfe.csv")
    with open(path, "w") as file:
        file.write("a,b\n1,x\n2,y\n,y\n")
    code = ("import sys; from purenn.data import *\n"
            "print(read_csv(sys.argv[1], missing='drop').description)\n"
            "try: read_csv(sys.argv[1])\n"
            "except DataError as error: print(error)\n")
    run = subprocess.run(
        [sys.executable, "-c", code, path], cwd=ROOT, stdout=subprocess.PIPE, check=True,
        env={**os.environ, "LC_ALL": locale, "PYTHONPATH": ROOT})
    lines = run.stdout.decode("ascii").splitlines()
    assert lines[0].endswith(r"gr\xf6\xdfe.csv: 2 rows; 1 row with missing cells left out")
    assert r"gr\xf6\xdfe.csv, row 4, column 'a'" in lines[1]
    assert len(read_csv(path, missing="drop").inputs) == 2


# ---- Text ----


@given(st.text())
def test_safe_text_is_printable_and_safe_again(word):
    safe = text.safe(word)
    assert safe.isprintable() and text.safe(safe) == safe
    safe.encode("utf-8")
    if word.isprintable():
        assert safe == word


@given(st.one_of(st.text(), st.binary(), st.lists(st.text()), st.floats(), st.none()))
def test_a_value_is_shown_on_one_short_line(value):
    shown = text.shown(value)
    assert shown.isprintable() and len(shown) < 450  # 40 characters written out, at worst
    assert len(text.shown(value, 5)) < 60


def test_a_repr_that_fails_is_shown_all_the_same():
    class Bad:
        def __repr__(self):
            raise RuntimeError("no")

    assert text.shown(Bad()) == "a value of type Bad"


def test_the_sets_repr_is_safe():
    assert "\x1b" not in repr(read_csv(source("a,b\n1,\x1b[2Jx\n2,y\n")))


# ---- Errors in parts ----


def test_an_error_carries_its_parts_and_is_one_line():
    error = DataError("a hole", Place("a.csv", 3, "x\ny"), [
        Advice("fill it", {"missing": "mean", "ignore": ["a b", "c"]}), Advice("or not")])
    assert (error.problem, error.place.row, error.advice[1].text) == ("a hole", 3, "or not")
    assert error.told(as_flags) == (
        "a.csv, row 3, column 'x\\ny': a hole. Fill it: --missing mean --ignore 'a b,c'; or or not")
    assert "\n" not in str(error)
    import pickle
    error.place = Place("b.csv", 4)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_read_csv_takes_the_fields_of_the_options_with_the_same_defaults():
    import inspect
    keywords = dict(list(inspect.signature(read_csv).parameters.items())[1:])
    assert {name: one.default for name, one in keywords.items()} == TableOptions()._asdict()


def test_damaged_tables_are_described_or_refused():
    rng = Random(9)
    words = ["1", "2.5", "1,5", "", "-", "NA", "2024-05-01", "5%", "red", '"', ";", "\t", "#",
             "sep=;", "\x00", "é", "1e999", "1_0", "'"]
    for _ in range(300):
        lines = [rng.choice(",;").join(rng.choice(words) for _ in range(rng.randrange(1, 5)))
                 for _ in range(rng.randrange(1, 9))]
        content = "\n".join(lines).encode(rng.choice(["utf-8", "latin-1", "utf-16"]))
        try:
            report = describe_csv(source(content))
            assert str(report) and len(report.columns) >= 2
            learn_csv(source(content))
        except DataError as error:
            assert str(error) and len(error.told(as_flags)) < 2000
