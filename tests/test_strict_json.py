"""One JSON text has one meaning, on every Python, or it is refused."""

import doctest
import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purenn.store import errors, strict_json
from purenn.store.errors import ModelFileError, kind, shown
from purenn.store.strict_json import parse, serialize

letters = st.characters(blacklist_categories=["Cs"])
scalars = (st.none() | st.booleans() | st.integers(-10 ** 30, 10 ** 30)
           | st.floats(allow_nan=False, allow_infinity=False) | st.text(letters))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.text(letters), inner, max_size=5), max_leaves=20)
almost_json = st.text(st.sampled_from(list('[]{},:"\\u019dDcC8 \t\n-+.eEtrufalsnNIy\u0663é\ufeff')))


def same(one, other):
    """Equality that also tells 1 from 1.0 and True, and 0.0 from -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    return bool(one == other)


# ------------------------------------------------------------------ what is one value

@given(values, st.sampled_from([0, 1, 2, 4]))
def test_parse_returns_exactly_what_serialize_wrote(value, indent):
    assert same(parse(serialize(value, indent=indent)), value)


@given(values)
def test_python_json_reads_what_serialize_writes(value):
    assert same(json.loads(serialize(value).decode("utf-8")), value)


@given(values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_parse_reads_what_python_json_writes(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert same(parse(text.encode("utf-8")), value)


@given(almost_json)
def test_whatever_is_accepted_python_json_reads_in_the_same_way(text):
    try:
        value = parse(text.encode("utf-8"))
    except ModelFileError:
        return
    assert same(json.loads(text), value)


@given(st.binary() | values.map(lambda value: serialize(value)[:-1]))
def test_any_bytes_give_a_value_or_the_one_error(data):
    try:
        parse(data)
    except ModelFileError as error:
        assert error.problem


@pytest.mark.parametrize("text, value", [
    (b" [ ] ", []), (b"\t{\r\n}", {}), (b'""', ""), (b"0", 0), (b"-1", -1), (b"-0.0", -0.0),
    (b"0.1", 0.1), (b"1E2", 100.0), (b"1e-999", 0.0), (b"9007199254740993", 9007199254740993),
    (b"1" * 640, int("1" * 640)), (b'"\\u00e9\\/\\b\\f\\n\\r\\t\\"\\\\"', 'é/\b\f\n\r\t"\\'),
    (b'"\\ud83d\\uDE00"', "\U0001F600"), (b'"\\ufeff\\u0000"', "\ufeff\0"),
    ('"\U0001F600\x7f"'.encode(), "\U0001F600\x7f"),
    (b"[" * 64 + b"]" * 64, json.loads("[" * 64 + "]" * 64)),
])
def test_these_texts_mean_these_values(text, value):
    assert same(parse(text), value)


# ------------------------------------------------------------------ what is refused, and why

REFUSED = [
    ("nothing", b"", "not JSON"),
    ("only blanks", b" \n ", "not JSON"),
    ("a byte-order mark", b"\xef\xbb\xbf{}", "byte 0: the text begins with a byte-order mark"),
    ("UTF-16 with mark", '{"a": 1}'.encode("utf-16"), "byte 0: this is not UTF-8 text"),
    ("UTF-16 without", '{"a": 1}'.encode("utf-16-le"), "not JSON"),
    ("UTF-32 without", "[1]".encode("utf-32-be"), "not JSON"),
    ("Latin-1", '"é"'.encode("latin-1"), "byte 1: this is not UTF-8 text"),
    ("overlong UTF-8", b'"\xc0\xaf"', "byte 1: this is not UTF-8"),
    ("a surrogate as UTF-8", b'"\xed\xa0\x80"', "byte 1: this is not UTF-8"),
    ("a duplicate name", b'{"a": 1,\n "a": 2}', "the name 'a' appears twice"),
    ("a duplicate, escaped", b'{"a":1,"\\u0061":2}', "the name 'a' appears twice"),
    ("a deep duplicate", b'[{"x":{"b":0,"b":0}}]', "the name 'b' appears twice"),
    ("NaN", b"[NaN]", "no number NaN"),
    ("Infinity", b"Infinity", "no number Infinity"),
    ("-Infinity", b"-Infinity", "no number -Infinity"),
    ("infinity by exponent", b"[1e999]", "'1e999' is past the range"),
    ("minus infinity", b"-1e999", "'-1e999' is past the range"),
    ("-0", b"[-0]", "there is no integer -0"),
    ("a leading zero", b"[01]", "not JSON"),
    ("a leading plus", b"+1", "not JSON"),
    ("no digits after the point", b"[1.]", "not JSON"),
    ("no digits before it", b".5", "not JSON"),
    ("no exponent", b"[1e]", "not JSON"),
    ("underscores", b"[1_0]", "not JSON"),
    ("hexadecimal", b"[0x10]", "not JSON"),
    ("Arabic digits", "[1\u0663]".encode(), "not JSON|digits from 0 to 9"),
    ("only Arabic digits", "\u0663".encode(), "not JSON"),
    ("a huge integer", b"1" * 641, "at most 640 digits"),
    ("an integer past any limit", b"[" + b"9" * 100_000 + b"]", "at most 640 digits"),
    ("a huge fraction", b"0." + b"1" * 5000, "at most 640 digits"),
    ("deep arrays", b"[" * 65, "nested more than 64 deep"),
    ("very deep arrays", b"[" * 1_000_000, "nested more than 64 deep"),
    ("deep objects", b'{"a":' * 100_000, "nested more than 64 deep"),
    ("half a pair", b'"\\ud800"', "half of a surrogate pair"),
    ("the other half", b'"x\\udc00"', "half of a surrogate pair"),
    ("two first halves", b'"\\ud800\\ud800"', "half of a surrogate pair"),
    ("half a pair and a letter", b'"\\ud800\\u0041"', "half of a surrogate pair"),
    ("half a pair as a name", b'{"\\udfff":1}', "half of a surrogate pair"),
    ("a blank in an escape", b'"\\u 123"', "four hexadecimal digits"),
    ("an underscore in an escape", b'"\\u1_23"', "four hexadecimal digits"),
    ("a sign in an escape", b'"\\u+123"', "four hexadecimal digits"),
    ("a short escape", b'"\\u12"', "four hexadecimal digits"),
    ("an escape that is none", b'"\\x41"', "not JSON"),
    ("an escaped quote's end", b'"\\', "not JSON"),
    ("a raw newline", b'"a\nb"', "not JSON"),
    ("a raw NUL", b'"\x00"', "not JSON"),
    ("an open string", b'[1, "abc', "not JSON"),
    ("single quotes", b"'a'", "not JSON"),
    ("a bare name", b"{a: 1}", "not JSON"),
    ("a number as a name", b"{1: 1}", "not JSON"),
    ("no colon", b'{"a" 1}', "not JSON"),
    ("no value", b'{"a":}', "not JSON"),
    ("a trailing comma", b"[1,]", "not JSON"),
    ("a trailing comma, object", b'{"a":1,}', "not JSON"),
    ("a leading comma", b"[,1]", "not JSON"),
    ("two commas", b"[1,,2]", "not JSON"),
    ("no comma", b"[1 2]", "not JSON"),
    ("the wrong bracket", b'{"a":1]', "not JSON"),
    ("an open array", b"[1", "not JSON"),
    ("an open object", b"{", "not JSON"),
    ("garbage behind", b"{} x", "not JSON"),
    ("two values", b"1 2", "not JSON"),
    ("a NUL behind", b"{}\x00", "not JSON"),
    ("a comment", b"// no\n{}", "not JSON"),
    ("a comment behind", b"[1] # no", "not JSON"),
    ("an upper-case word", b"True", "not JSON"),
    ("half a word", b"[tru]", "not JSON"),
    ("a no-break space", "\u00a01".encode(), "not JSON"),
    ("a form feed", b"\x0c1", "not JSON"),
]


@pytest.mark.parametrize("text, reason", [case[1:] for case in REFUSED],
                         ids=[case[0] for case in REFUSED])
def test_these_texts_are_refused_for_these_reasons(text, reason):
    with pytest.raises(ModelFileError, match=reason):
        parse(text)


def test_brackets_and_quotes_inside_strings_do_not_count_as_depth():
    text = '["' + "[" * 1000 + '\\"' + "{" * 1000 + '"]'
    assert parse(text.encode()) == ["[" * 1000 + '"' + "{" * 1000]


def test_arrays_and_objects_side_by_side_are_not_deep():
    assert parse(b"[" + b"[{}]," * 1000 + b"{}]") == [[{}]] * 1000 + [{}]


def test_many_values_are_refused_by_their_number():
    assert parse(b"[1,2,3]", max_values=4) == [1, 2, 3]
    for text in (b"[1,2,3,4,5]", b"[[],[],[],[]]"):
        with pytest.raises(ModelFileError, match="more than 4 values"):
            parse(text, max_values=4)


def test_the_depth_can_be_set():
    assert parse(b"[[1]]", max_depth=2) == [[1]]
    with pytest.raises(ModelFileError, match="more than 2 deep"):
        parse(b"[[[1]]]", max_depth=2)


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"[", b'"', b"\\", b'"\\', b" ", b"1", b"[],", b'{"":', b"\xc3"])
def test_a_megabyte_of_anything_is_refused(piece):
    with pytest.raises(ModelFileError):
        parse(b"[" + piece * (1_000_000 // len(piece)))


# ------------------------------------------------------------------ what cannot be written

class Strange(float):
    def __repr__(self):
        return "strange"


looped = []
looped.append(looped)


@pytest.mark.parametrize("value, reason", [
    (math.nan, "the value: JSON has no word for nan"),
    ({"a": [1.0, -math.inf]}, r"the value\['a'\]\[1\]: JSON has no word for -inf"),
    ({1: 2}, "a name must be a string, got an integer"),
    ({None: 2}, "a name must be a string, got null"),
    ([{1, 2}], r"the value\[0\]: JSON has no place for a value of type set"),
    (b"bytes", "no place for a value of type bytes"),
    ("a\ud800", "half of a surrogate pair"),
    ({"\udc00": 1}, "half of a surrogate pair"),
    (10 ** 639, "an integer of 640 digits or more"),
    ([-10 ** 5000], "an integer of 640 digits or more"),
    (looped, "nested more than 64 deep"),
])
def test_what_cannot_be_read_back_is_not_written(value, reason):
    with pytest.raises(ModelFileError, match=reason):
        serialize(value)


def test_the_largest_integer_comes_back():
    assert parse(serialize(1 - 10 ** 639)) == 1 - 10 ** 639


def test_subclasses_are_written_as_what_they_are():
    assert serialize([Strange(0.5), True, (1, 2)]) == b"[0.5,true,[1,2]]"


def test_characters_are_written_as_themselves():
    assert serialize("é\U0001F600\x7f\u2028/") == '"é\U0001F600\x7f\u2028/"'.encode()
    assert serialize('\0\x1f\n"\\') == b'"\\u0000\\u001f\\n\\"\\\\"'


def test_rows_stay_on_one_line_and_empty_things_small():
    assert serialize({"a": [[1], []], "b": {}}, indent=1) == (
        b'{\n "a": [\n  [1],\n  []\n ],\n "b": {}\n}\n')


# ------------------------------------------------------------------ messages

def test_names_in_messages_are_short_and_harmless():
    assert shown("\x1b\u202e") == r"'\x1b\u202e'"
    assert len(shown("x" * 10 ** 6)) < 100
    assert kind(True) == "true" and kind({}) == "an object" and kind(0.5) == "a fraction"
    with pytest.raises(ModelFileError) as caught:
        parse(b'{"' + b"x" * 10 ** 6 + b'":0,"' + b"x" * 10 ** 6 + b'":0}')
    assert len(str(caught.value)) < 200


def test_docstring_examples():
    for module in (errors, strict_json):
        assert doctest.testmod(module).failed == 0
