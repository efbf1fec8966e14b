"""Pictures drawn with characters: within their width, with and without colour, on any terminal."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_draw import CLASSIFIER, PICTURES, words

from purenn import data, draw
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


@pytest.mark.slow
@pytest.mark.parametrize("width", [24, 40, 72, 131])
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_every_picture_fits_into_its_width(name, width):
    check_text(PICTURES[name](), width)


@pytest.mark.slow
@given(st.dictionaries(words, st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6), min_size=1,
                       max_size=10), words, st.integers(24, 100))
def test_any_curves_fit(curves, label, width):
    check_text(draw.lines(curves, title="t", x_label=label, y_label=label), width)


@pytest.mark.slow
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


@pytest.mark.slow
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


# ---- What stands where ----


def test_a_curve_reaches_from_the_first_column_to_the_last():
    limits = ((0, 10), (0, 100))
    flat = {"flat": [(0, 0), (10, 0)]}
    ends = dict(flat, ends=[(0, 50), None, (10, 50)])
    for curves in (flat, ends):
        text = draw.lines(curves, title="t", limits=limits).text(50)
        axis = next(line for line in text.split("\n") if "└" in line)
        width = len(axis) - axis.index("└") - 1
        assert len(body(text)[-1]) == width and len(set(body(text)[-1])) == 1
    dotted = draw.lines({"ends": ends["ends"]}, title="t", limits=limits).text(50)
    marked = next(row for row in body(dotted) if row.strip())
    assert len(marked) == len(marked.strip()) == len(dotted.split("\n")[-2].partition("└")[2])
    marked = next(row for row in body(text) if "x" in row)
    assert [k for k, letter in enumerate(marked) if letter == "x"] == [0, width - 1]


def test_points_and_regions_in_the_terminal_are_not_upside_down():
    halves = data.DataSet([[0.0, 0.0], [1.0, 1.0]], [0, 1], ["x", "y"], ["below", "above"], "")
    for picture in (draw.scatter(halves), draw.regions(
            lambda rows: [[9.0 * (0.5 - y), 9.0 * (y - 0.5)] for _, y in rows], halves)):
        rows = body(picture.text(50))
        low = next(k for k, row in enumerate(rows) if "o" in row)
        high = next(k for k, row in enumerate(rows) if "x" in row)
        assert high < low and rows[high].index("x") > rows[low].index("o")
    region = characters.REGIONS[1]
    assert region in rows[0] and region not in rows[-1]


def test_the_points_of_a_wave_in_the_terminal_are_not_upside_down():
    line = data.DataSet([[0.0], [1.0]], [[0.0], [1.0]], ["x"], (), "")
    rows = body(draw.regions(lambda rows: [[0.5] for _ in rows], line).text(50))
    marked = [(k, row.index("o")) for k, row in enumerate(rows) if "o" in row]
    assert marked[0][0] < marked[-1][0] and marked[0][1] > marked[-1][1]


def test_a_landscape_in_the_terminal_lies_as_its_axes_say():
    rows = body(draw.landscape([0.0, 1.0], [0.0, 1.0], [[0.0, 0.0], [4.0, 4.0]], title="t",
                               path=[(0.0, 1.0), (0.0, 0.0)]).text(40))
    assert "█" in rows[0] and "█" not in rows[-1]
    start = next(k for k, row in enumerate(rows) if "A" in row)
    end = next(k for k, row in enumerate(rows) if "Z" in row)
    assert start < end and rows[start].index("A") == rows[end].index("Z") < len(rows[0]) / 2


def test_numbers_below_zero_have_signs_of_their_own_in_a_heatmap():
    lines = draw.heatmap([[-4.0, 0.0, 4.0]], title="t").text(40).split("\n")
    assert lines[1] == "==  ██"


def test_names_of_rows_that_were_joined_are_those_of_the_first_of_them():
    picture = draw.heatmap([[float(k)] for k in range(96)], title="t",
                           row_names=[f"n{k}" for k in range(96)])
    assert [line.split()[0] for line in picture.text(40).split("\n")[1:4]] == ["n0", "n2", "n4"]


def test_an_image_in_the_terminal_is_read_row_by_row():
    image = [[0.0, 1.0, 1.0, 0.0, 0.0, 1.0]]
    assert draw.images(image, title="t", width=3).text(40).split("\n")[1:] == ["  ████", "    ██"]
    coloured = draw.images(image, title="t", width=3).text(40, colour=True)
    assert len(set(re.findall(r"38;5;\d+;48;5;\d+", coloured))) == 3


def test_bars_of_the_terminal_begin_at_zero_and_go_to_their_side():
    up, down = draw.bars({"up": 4, "down": -4}, title="t").text(60).split("\n")[1:3]
    assert up.index("█") == down.rindex("▒") + 1 and "█" not in down


def test_the_columns_of_a_terminal_axis_are_those_of_the_curve():
    text = draw.lines({"a": [(0, 0), (10, 100)], "b": [(0, 100), (10, 100)]}, title="t",
                      limits=((0, 10), (0, 100))).text(60)
    lines = text.split("\n")
    axis = next(line for line in lines if "└" in line)
    first = axis.index("└") + 1
    assert axis[first] == "┬" and axis[-1] == "┬"
    assert next(line for line in lines if "┤" in line or "│" in line).split("┤")[0].strip() == "100"
    assert lines[lines.index(axis) - 1].split("┤")[0].strip() == "0"


def test_a_histogram_in_the_terminal_counts_from_below():
    lines = draw.histogram([0.0, 0.1, 0.2, 1.0], title="t", bins=2).text(40).split("\n")
    assert [line.split()[-1] for line in lines[-2:]] == ["3", "1"]


def on_a_terminal(code, **settings):
    """Run Python code with a terminal at both ends; return all that appeared on it."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm", **settings}, cwd=Path(draw.__file__).parents[2])
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    return done.wait(), seen.decode("utf-8").replace("\r\n", "\n")


PAGED = ("import sys\nfrom purenn.draw.terminal import paged\n"
         "with paged(sys.stdout) as pages:\n"
         "    for n in range(5000):\n        print('line', n, file=pages, flush=True)\n"
         "print('after')")


@pytest.mark.slow
def test_a_long_text_goes_through_the_pager_on_a_terminal(tmp_path):
    pager = f"{sys.executable} -c \"import sys; print(len(sys.stdin.read().split()), 'words')\""
    assert on_a_terminal(PAGED, PAGER=pager) == (0, "10000 words\nafter\n")
    leaves = f"{sys.executable} -c \"print(input())\""
    status, text = on_a_terminal(PAGED, PAGER=leaves)
    assert status == 0 and text == "line 0\nafter\n"
    status, text = on_a_terminal(PAGED, PAGER="there-is-no-such-program")
    assert status == 0 and text.startswith("line 0\n") and text.endswith("line 4999\nafter\n")


def test_without_a_terminal_there_is_no_pager():
    done = subprocess.run([sys.executable, "-c", PAGED], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "PAGER": "false"}, encoding="utf-8",
                          cwd=Path(draw.__file__).parents[2])
    assert done.stdout.count("line") == 5000
