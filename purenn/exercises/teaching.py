"""A page for teachers: what each part needs and gives, how long it takes, how to mark a class.

`page()` returns it as text in the Markdown of the lessons; the book makes a page of it. The numbers
in it are counted: words and functions are those of the lessons and sheets as they are.

Before this: `reports`.
"""

from __future__ import annotations

import os
import re
from typing import Dict, List, NamedTuple

from .sheets import SHEETS

__all__ = ["TITLE", "page"]

TITLE = "For teachers"

WORDS_A_MINUTE = 120  # text with formulas and code, read to be understood
MINUTES_A_FUNCTION = 8  # to write and mend one function of a sheet


class Need(NamedTuple):
    """What a part builds on, and what whoever has worked through it can do."""

    needs: str
    gives: str


NEEDS: Dict[int, Need] = {
    1: Need("lists, loops, functions", "compute a neuron and a layer on paper; weights, biases"),
    2: Need("part 1", "dot product, vectorization, why sums of floats differ"),
    3: Need("parts 1, 2", "stack layers; shapes; why linear layers collapse"),
    4: Need("part 3", "write `Dense`; break symmetry; the size of first weights"),
    5: Need("part 2", "broadcasting, sums along an axis, and their gradient"),
    6: Need("parts 3, 4", "nonlinearity; dead and saturated units; softmax that does not overflow"),
    7: Need("part 6, logarithms", "cross-entropy, likelihood, entropy; derive p − y"),
    8: Need("part 7", "what an optimizer does; random search, and what it costs"),
    9: Need("parts 5 to 8, derivatives", "backpropagation by hand and in matrices; the loop; Adam"),
    10: Need("part 9", "split honestly; overfitting; regularization"),
    11: Need("part 9", "keep a model; tables of one's own; what can go wrong with files"),
    12: Need("part 9", "autograd by numbers and by matrices; what it saves, what it costs"),
    13: Need("parts 7, 9, 10", "language models by counts; embeddings, and their gradient"),
    14: Need("part 13", "attention by hand; derive its way back; read its pattern"),
    15: Need("part 14", "a small language model; what counting gets; what large ones have more"),
}

HEAD = """\
This page is for people who teach with this book: in a school, a course, a reading group. It says
what each part needs and gives, how long it takes, how the exercises are marked, and what you may
do with all of it.

## The parts

| part | about | needs | afterwards one can | to read | to do |
|---|---|---|---|---|---|
"""

TAIL = """

The times are no measurements but estimates: {words} words a minute for text with formulas and code
in it, {minutes} minutes for each function of a sheet. Part 11 can follow part 9 directly.
Parts 12 to 15 are about language models; part 12 may be left out.

**A short course** (four meetings of 90 minutes): parts 1 and 3; 4 and 6; 7; 9 without the
race.
**A long one** (one part a week): each part to be read at home, its sheet begun together.
**Language models** (three meetings, for those who know part 9): parts 13; 14; 15.

Nothing needs to be installed but Python, 3.8 or newer. `python3 -m purenn lessons 4` reads a part
in a terminal, `--notebook part4.ipynb` makes a notebook of it, `--book FOLDER` makes this book.

## The exercises

`python3 -m purenn exercise 4` writes a file with holes, `python3 -m purenn check exercise_04.py`
looks at it. There are {functions} functions and classes to be written, on {sheets} sheets. Each has
an example worked out by hand; the hints say how an answer is wrong and show no line of a right one.

What is looked at:

- The result, for the example and for random numbers whose sizes all differ.
- Whether the arguments are left as they were.
- On the sheets of parts 1, 2 and 5, that the function is written with plain lists: whoever calls
  `linalg` or NumPy there is told so.
- Where a gradient is computed, the gradient checker has the last word.
- A function that calls a wrong one of the same file is told that first, and what is wrong in itself
  is found with a right one in its place. It gets its mark when both are right.

## Marking a class

Put the files into a folder, with folders in it if you like, one for each person:

```
python3 -m purenn check handed_in
python3 -m purenn check handed_in --csv marks.csv --json marks.json
```

Each file runs in a process of its own. A function that does not come to an end within ten seconds,
takes more than two gigabytes, or ends Python itself is wrong, and the next one is marked
(`--seconds` and `--megabytes` change the limits; the one on memory does not hold on Windows and
macOS). Every function that is right is one point. An empty sheet has none.

**This is no sandbox.** A file may do what you may do: read your files, use the network, and, if it
is clever, forge its own marks. Mark files of strangers in a container or under an account of its
own, and look at what you mark.

**Variants.** `python3 -m purenn exercise 1 --seed 17` writes the same sheet with other numbers, and
here and there another question. The seed stands in the first line of the file, and `check` goes by
it; the table has a column for it. Give everybody a seed of their own, for example in a shell:

```
for n in $(seq 1 30); do python3 -m purenn exercise 1 --seed $n -o sheet_$n.py; done
```

**Gradescope.** In `run_autograder`:

```
python3 -m purenn check /autograder/submission/exercise_09.py \\
    --gradescope /autograder/results/results.json || true
```

The file follows Gradescope's "Autograder Specifications", section "Output format": one test case of
one point for each function, the hint as its output.

**GitHub Classroom.** A step of the workflow marks, and `autograding-grading-reporter` reports:

```
- id: purenn
  run: |
    echo "result=$(python3 -m purenn check exercise_09.py --github - || true)" >> "$GITHUB_OUTPUT"
- uses: education/autograding-grading-reporter@v1
  env:
    PURENN_RESULTS: "${{{{steps.purenn.outputs.result}}}}"
  with:
    runners: purenn
```

The result is what its test runners hand to the reporter: JSON in base64, with a status and a score
for each function.

## What you may do with it

The code is under the MIT licence, the text of the lessons, sheets and this page under
Creative Commons Attribution 4.0. You may copy,
change, translate, print and sell them, if you name the source: "purenn". The bundled data sets have
licences of their own, which `purenn/data/bundled.py` names.
"""


def page() -> str:
    """Return the page as Markdown.

    >>> page().startswith("This page is for people who teach with this book")
    True
    """
    rows = [_row(part) for part in sorted(NEEDS) if _path_of(part)]  # whoever keeps a few of them
    count = [len(sheet.exercises) for sheet in SHEETS.values()]
    total = len([exercise for sheet in SHEETS.values() for exercise in sheet.exercises])
    return HEAD + "\n".join(rows) + TAIL.format(
        words=WORDS_A_MINUTE, minutes=MINUTES_A_FUNCTION, functions=total, sheets=len(count))


def _row(part: int) -> str:
    sheet, need = SHEETS[part], NEEDS[part]
    reading = _rounded(_words_of(part) / WORDS_A_MINUTE)
    doing = _rounded(len(sheet.exercises) * MINUTES_A_FUNCTION)
    return (f"| {part} | {sheet.title} | {need.needs} | {need.gives} | {reading} min | "
            f"{len(sheet.exercises)} functions, {doing} min |")


def _rounded(minutes: float) -> int:
    return max(5, 5 * round(minutes / 5))


def _words_of(part: int) -> int:
    """Return how many words the file of a part has, code and prose."""
    with open(_path_of(part), encoding="utf-8") as file:
        return len(re.findall(r"\w+", file.read()))


def _path_of(part: int) -> str:
    """Return where the file of a part is, nothing if it is not there."""
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lessons")
    names: List[str] = [name for name in os.listdir(folder) if name.startswith(f"part_{part:02}_")]
    return os.path.join(folder, names[0]) if names else ""
