"""`purenn lessons`, as its users meet it: real processes, real pipes.

So that it takes seconds and not minutes, a copy of the package has short lessons in the place of
the real ones.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import purenn

PACKAGE = Path(purenn.__file__).resolve().parent
ESCAPE = "\x1b"

FIRST = """\
# %% [markdown]
# # Part 1: A *first* part
#
# After this part you can add. And nothing else, however long this sentence may become before it
# ends.

# %%
from purenn import draw

print("before the picture")
draw.show(draw.bars({"one": 1.0, "two": 2.0}, title="Two bars"))
print("after the picture")

# %% [markdown]
# ## Where the real thing lives
#
# See [`Dense`](../layers.py#Dense) and [the next part](part_02_next.py).
"""

NEXT = """\
# %% [markdown]
# # Part 2: Next
#
# Back to [one](part_01_first.py).

# %%
print(sum([1, 2]))
"""


def environment(**changes):
    wanted = dict(os.environ, TERM="xterm", PYTHONUTF8="1", COLUMNS="70")
    for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONPATH", "PYTHONUNBUFFERED"):
        wanted.pop(name, None)
    wanted.update(changes)
    return wanted


class Copy:
    """A copy of the package with lessons of its own."""

    def __init__(self, root, lessons):
        self.root = root
        shutil.copytree(PACKAGE, root / "purenn",
                        ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
        for path in (root / "purenn" / "lessons").glob("part_*.py"):
            path.unlink()
        for name, text in lessons.items():
            self.write(name, text)

    def write(self, name, text):
        (self.root / "purenn" / "lessons" / name).write_text(text, encoding="utf-8")

    def run(self, *words, **changes):
        return subprocess.run(
            [sys.executable, "-B", "-m", "purenn", "lessons", *words], cwd=str(self.root),
            env=environment(**changes), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8", timeout=120, check=False)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("two"), {"part_01_first.py": FIRST,
                                                 "part_02_next.py": NEXT})


@pytest.fixture
def own(tmp_path):
    return Copy(tmp_path, {"part_01_first.py": FIRST, "part_02_next.py": NEXT})


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file()}


# ---- The list ----


@pytest.mark.slow
def test_the_parts_are_listed_with_their_titles_and_how_to_go_on(two):
    result = two.run()
    assert (result.returncode, result.stderr) == (0, "")
    assert " 1  A first part\n    You can add.\n 2  Next\n" in result.stdout
    assert "\npython3 -m purenn lessons 1 --notebook part1.ipynb " in result.stdout
    assert "\npython3 -m purenn lessons --book book " in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 88


@pytest.mark.slow
def test_the_real_parts_are_listed():
    result = subprocess.run([sys.executable, "-m", "purenn", "lessons"], cwd=str(PACKAGE.parent),
                            env=environment(), stdout=subprocess.PIPE, encoding="utf-8", check=True)
    numbers = [int(path.name[5:7]) for path in (PACKAGE / "lessons").glob("part_*.py")]
    listed = [int(line[:2]) for line in result.stdout.splitlines() if line[:2].strip().isdigit()]
    assert listed == sorted(numbers) == list(range(1, len(numbers) + 1))


# ---- A part in the terminal ----


@pytest.mark.slow
def test_a_part_is_shown_from_its_title_to_its_end(two):
    result = two.run("1")
    assert (result.returncode, result.stderr) == (0, "")
    order = ["Part 1: A first part", "After this part you can add.", "│ from purenn import draw",
             "\nbefore the picture", "\nTwo bars", "\nafter the picture", "Where the real thing",
             "See `Dense` (purenn/layers.py) and the next part (part 2)."]
    places = [result.stdout.index(words) for words in order]
    assert places == sorted(places)
    assert ESCAPE not in result.stdout
    assert all(len(line) <= 70 for line in result.stdout.splitlines())
    assert max(map(len, two.run("1", COLUMNS="40").stdout.split("│")[0].splitlines())) <= 40


@pytest.mark.slow
def test_colour_comes_where_it_is_asked_for_and_changes_no_words(two):

    coloured = two.run("1", FORCE_COLOR="1").stdout
    assert ESCAPE in coloured
    words = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "Part 1: A first part" in words and "│ from purenn import draw" in words
    assert ESCAPE not in two.run("1", FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.slow
def test_a_terminal_that_knows_only_ascii_gets_the_part_too(two):
    result = subprocess.run(
        [sys.executable, "-m", "purenn", "lessons", "1"], cwd=str(two.root), check=True,
        env=environment(PYTHONUTF8="0", PYTHONIOENCODING="ascii"), stdout=subprocess.PIPE)
    assert b"after the picture" in result.stdout


@pytest.mark.slow
def test_cells_appear_as_they_end(own):
    own.write("part_01_first.py", NEXT.replace("Part 2", "Part 1") + (
        "\n# %%\nimport time\ntime.sleep(60)\n"))
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "lessons", "1"], cwd=str(own.root), env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        seen = ""
        while "\n3\n" not in seen:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            seen += line
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (130, "purenn: error: interrupted\n")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_whoever_reads_only_the_beginning_gets_no_error(two):
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "lessons", "1"], cwd=str(two.root), env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stdout.readline() == "Part 1: A first part\n"
    process.stdout.close()
    assert process.stderr.read() == "" and process.wait() == 0
    process.stderr.close()


# ---- Notebooks ----


@pytest.mark.slow
def test_a_notebook_is_written(own):
    result = own.run("1", "--notebook", "part1.ipynb")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "wrote part1.ipynb\n" and "running part 1" in result.stderr
    whole = json.loads((own.root / "part1.ipynb").read_text(encoding="utf-8"))
    assert [cell["cell_type"] for cell in whole["cells"]] == ["markdown", "code", "markdown"]
    assert len(whole["cells"][1]["outputs"]) == 3
    before = files_in(own.root)
    assert own.run("1", "--notebook", "part1.ipynb").returncode == 0
    assert files_in(own.root) == before


@pytest.mark.slow
def test_a_notebook_that_cannot_be_written_is_told_before_the_part_runs(own):
    own.write("part_02_next.py", NEXT + "\n# %%\nraise AssertionError('it ran')\n")
    result = own.run("2", "--notebook", "nowhere/part.ipynb")
    assert result.returncode == 1 and result.stdout == ""
    assert "nowhere" in result.stderr and "it ran" not in result.stderr
    assert result.stderr.count("\n") == 1


# ---- What fails ----

FAILING = NEXT + "\n# %%\nx = 1\nx / 0\n"


@pytest.mark.slow
@pytest.mark.parametrize("words", [["2"], ["2", "--notebook", "two.ipynb"], ["--book", "site"]])
def test_a_part_that_fails_leaves_nothing_half_written(own, words):
    own.write("part_02_next.py", FAILING)
    before = files_in(own.root)
    result = own.run(*words)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "purenn: error: part_02_next.py, cell 3, line 11: ZeroDivisionError: division by zero")
    assert "Traceback" not in result.stderr
    assert files_in(own.root) == before and not (own.root / "site").exists()


@pytest.mark.slow
@pytest.mark.parametrize("wrong, says", [
    ("# See ![a](b.png).", "line 11: images"), ("# [x](../no.py)", "line 11: there is no ../no.py"),
])
def test_an_error_in_the_prose_is_told_before_anything_runs(own, wrong, says):
    own.write("part_02_next.py", NEXT.replace("print", "raise SystemExit\nprint")
              + f"\n# %% [markdown]\n{wrong}\n")
    result = own.run("--book", "site")
    assert result.returncode == 1 and says in result.stderr
    assert "running" not in result.stderr and not (own.root / "site").exists()


@pytest.mark.slow
@pytest.mark.parametrize("words, says", [
    (["3"], "expected a part from 1 to 2, got 3"),
    (["0"], "expected a whole number from 1 on, got '0'"),
    (["dense"], "expected a whole number from 1 on, got 'dense'"),
    (["1", "2"], "one word too many"),
    (["--notebook", "x.ipynb"], "expected a part as well"),
    (["1", "--notebook", "lessons.py"], "expected a file that ends in .ipynb, got lessons.py"),
    (["1", "--book", "site"], "--book"),
    (["--book"], "expected one argument"),
    (["--boook=x"], "did you mean --book?"),
])
def test_wrong_usage_is_told_in_one_line(two, words, says):
    result = two.run(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert says in result.stderr and result.stderr.count("\n") == 1


# ---- The book ----


@pytest.mark.slow
def test_the_book_is_built_and_built_again(own):
    result = own.run("--book", "site")
    assert result.returncode == 0, result.stderr
    assert "open site/index.html" in result.stdout
    assert "running part 1 of 2" in result.stderr and ESCAPE not in result.stderr
    first = files_in(own.root / "site")
    assert {"index.html", "book.css", "part_01_first.html", "part_02_next.html",
            "purenn.layers.html", "purenn.draw.html"} <= set(first)
    (own.root / "site" / "part_02_next.html").write_text("old", encoding="utf-8")
    assert own.run("--book", "site/").returncode == 0
    assert files_in(own.root / "site") == first


@pytest.mark.slow
def test_a_folder_with_other_things_in_it_is_left_alone(own):
    (own.root / "site").mkdir()
    (own.root / "site" / "index.html").write_text("<p>mine", encoding="utf-8")
    result = own.run("--book", "site")
    assert result.returncode == 1 and "there are other files in this folder" in result.stderr
    assert files_in(own.root / "site") == {"index.html": b"<p>mine"}


@pytest.mark.slow
@pytest.mark.parametrize("place, says", [
    ("file.txt", "this is no folder"), ("no/where", "there is no folder"),
])
def test_a_place_that_can_hold_no_book_is_told_before_anything_runs(own, place, says):
    (own.root / "file.txt").write_text("x", encoding="utf-8")
    result = own.run("--book", place)
    assert result.returncode == 1 and says in result.stderr and "running" not in result.stderr


@pytest.mark.slow
def test_an_empty_folder_takes_a_book(own):
    (own.root / "site").mkdir()
    assert own.run("--book", "site").returncode == 0
    assert (own.root / "site" / "index.html").exists()


@pytest.mark.slow
def test_an_interrupted_book_leaves_nothing(own):
    own.write("part_02_next.py", NEXT + "\n# %%\nimport time\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "lessons", "--book", "site"], cwd=str(own.root),
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    while "part 2" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and errors.endswith("purenn: error: interrupted\n")
    assert not (own.root / "site").exists()
