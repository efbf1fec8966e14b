"""Pictures drawn with characters: within their width, with and without colour, on any terminal."""

import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_draw import CLASSIFIER, PICTURES, words

from purenn import draw
from purenn.draw import characters, terminal
from purenn.draw.typesetting import cells

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def plain(text):
    return ESCAPE.sub("", text)


def check_text(picture, width):
    """Assert that both terminal versions fit, and that one has colour and the other has none."""
    for colour in (False, True):
        text = picture.text(width, colour)
        assert not CONTROL.search(plain(text))
        assert all(cells(plain(line)) <= width for line in text.split("\n")), (width, colour, text)
        assert colour or "\x1b" not in text
        assert text.count("\x1b[0m") * 2 == text.count("\x1b")  # each colour ends


@pytest.mark.parametrize("width", [24, 40, 72, 131])
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_every_picture_fits_into_its_width(name, width):
    check_text(PICTURES[name](), width)


@given(st.dictionaries(words, st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6), min_size=1,
                       max_size=10), words, st.integers(24, 100))
def test_any_curves_fit(curves, label, width):
    check_text(draw.lines(curves, title="t", x_label=label, y_label=label), width)


@given(st.lists(words, min_size=3, max_size=3), st.integers(24, 100))
def test_any_names_fit(names, width):
    check_text(draw.confusion([[5, 1, 0], [0, 70000, 2], [0, 0, 9]], class_names=names), width)
    check_text(draw.scatter([[0, 0], [1, 1], [2, 0]], [0, 1, 2], class_names=names, title="t"),
               width)
    check_text(draw.heatmap([[1.0, -2.0, 3.0]] * 3, title="t", numbers=True, row_names=names,
                            column_names=names, x_label=names[0], y_label=names[1]), width)
    bars = {f"{number} {name}": 2.0 - number for number, name in enumerate(names)}
    check_text(draw.bars(bars, title="t", y_label=names[0]), width)
    check_text(draw.images([[0.0, 1.0, 2.0, 3.0]] * 3, title="t", captions=names), width)


# ---- What is on the screen ----


def body(text):
    """Return the rows of a chart, without its frame."""
    return [line.split("│", 1)[-1] if "│" in line else line.split("┤", 1)[-1]
            for line in text.split("\n") if "│" in line or "┤" in line]


def test_a_rising_curve_rises():
    rows = body(draw.lines({"up": [0, 1, 2, 3]}, title="t").text(40))
    firsts = [len(row) - len(row.lstrip()) for row in rows if row.strip()]
    assert firsts == sorted(firsts, reverse=True) and firsts[-1] <= 1


def test_without_colour_curves_have_letters_of_their_own():
    text = draw.lines({"low": [1, 1, 1], "high": [2, 2, 2]}, title="t").text(50)
    low = [row for row in body(text) if "o" in row]
    high = [row for row in body(text) if "x" in row]
    assert len(low) == len(high) == 1 and body(text).index(high[0]) < body(text).index(low[0])
    assert "o low" in text and "x high" in text


def test_a_single_curve_has_fine_dots():
    text = draw.lines({"up": [0, 1, 4, 9]}, title="t").text(50)
    assert any("\u2800" < letter <= "\u28ff" for letter in text)


def test_numbers_of_the_axes_stand_at_their_rows_and_columns():
    text = draw.lines({"a": [(0, 0), (10, 100)]}, title="t").text(60)
    lines = text.split("\n")
    labelled = {int(line.split("┤")[0]): number for number, line in enumerate(lines)
                if "┤" in line}
    assert labelled[0] > labelled[100] and sorted(labelled) == sorted(
        labelled, key=lambda value: -labelled[value])
    axis = next(number for number, line in enumerate(lines) if "└" in line)
    ticks = [k for k, letter in enumerate(lines[axis]) if letter == "┬"]
    numbers = [(match.start(), match.end(), float(match.group()))
               for match in re.finditer(r"\d+", lines[axis + 1])]
    assert len(ticks) == len(numbers)
    for tick, (start, end, _) in zip(ticks, numbers):
        assert start <= tick <= end


def test_regions_without_colour_differ_by_their_signs():
    text = PICTURES["regions"]().text(60)
    assert {"o", "x", "v", "░", "▒"} <= set(text)
    assert "x░ arm 1" in text


def test_a_confusion_matrix_in_the_terminal_holds_its_counts():
    counts = [[5, 1, 0], [0, 7, 2], [0, 0, 9]]
    text = draw.confusion(counts, class_names=["a", "b", "c"]).text(60)
    rows = [re.findall(r"\d+", line) for line in text.split("\n")]
    assert [list(map(int, row)) for row in rows if len(row) == 3] == counts


def test_bars_in_the_terminal_are_as_long_as_their_numbers():
    lines = draw.bars({"a": 4, "b": 1, "c": -2}, title="t").text(60).split("\n")
    long, short, below = (lines[k].count("█") + lines[k].count("▒") for k in (1, 2, 3))
    assert long == pytest.approx(4 * short, abs=2)
    assert below == pytest.approx(long / 2, abs=1)
    assert lines[3].index("▒") < lines[1].index("█")


def test_an_image_in_the_terminal_has_its_pixels():
    lines = draw.images([[0.0, 1.0, 1.0, 0.0]], title="t").text(40).split("\n")
    assert lines[1:] == ["  ██", "██"]
    coloured = draw.images([[0.0, 1.0, 1.0, 0.0]], title="t").text(40, colour=True).split("\n")
    assert plain(coloured[1]) == "▀▀" and coloured[1].count("48;5;") == 2


def test_a_heatmap_in_the_terminal_has_its_numbers():
    text = draw.heatmap([[1.5, -2.0], [0.25, 3.0]], title="t", numbers=True).text(40)
    assert [line.split() for line in text.split("\n")[1:3]] == [["1.5", "-2"], ["0.25", "3"]]


def test_a_network_in_the_terminal_names_its_layers():
    text = draw.network(CLASSIFIER).text(100)
    assert "2 numbers" in text and "5 neurons" in text and "Tanh" in text


def test_dots_have_a_place_each():
    seen = set()
    for x in range(2):
        for y in range(4):
            dots, screen = characters.Dots(1, 1), characters.Screen(1, 1)
            dots.put(x, y, "#000000")
            dots.onto(screen)
            seen.add(screen.lines(colour=False)[0])
    assert seen == set("⠁⠂⠄⡀⠈⠐⠠⢀")
    outside = characters.Dots(1, 1)
    outside.put(-1, 0, "#000000")
    outside.put(2, 4, "#000000")
    screen = characters.Screen(1, 1)
    outside.onto(screen)
    assert screen.lines(colour=False) == [" "]


# ---- Terminals that know little ----


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_show_never_fails_for_want_of_a_character(name, encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    picture = PICTURES[name]()
    draw.show(picture)
    stream.flush()
    shown = stream.buffer.getvalue().decode(encoding)
    assert shown.count("\n") == picture.text(79).count("\n") + 1
    assert "?" not in shown or "?" in picture.text(79)


def test_signs_stay_apart_in_plain_characters():
    for signs in (characters.SHADES, characters.REGIONS, characters.SIGNS):
        stand_ins = [terminal.PLAIN.get(sign, sign) for sign in signs]
        assert len(set(stand_ins)) == len(signs)
        assert all(len(one) == 1 and one.isascii() for one in stand_ins)
    assert not set(characters.SIGNS) & {terminal.PLAIN.get(s, s) for s in characters.REGIONS}


@pytest.mark.parametrize("changes, coloured", [
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({"FORCE_COLOR": "1"}, True), ({}, False),
])
def test_show_colours_only_where_it_is_wanted(changes, coloured, monkeypatch, capsys):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    draw.show(PICTURES["regions"]())
    assert ("\x1b[" in capsys.readouterr().out) == coloured


def test_print_draws():
    picture = PICTURES["lines"]()
    assert str(picture) == picture.text() == picture.text(72, colour=False)
    assert repr(picture) == "Picture('Two', 640 × 400)"
