"""Exercises that check themselves: files with holes, and hints that do not give it away.

`python3 -m purenn exercise 9` writes a small file in which the bodies of some functions are
missing; `python3 -m purenn check exercise_09.py` looks at what a learner has put there. A wrong
answer gets a sentence about how it is wrong: transposed, not averaged over the batch, the last row
only. `python3 -m purenn check FOLDER` does it for a whole class. Read on in this order:

1. `exercise`  what an exercise is: a record of what is asked, what is right, what goes wrong
2. `sheet`     from records to a file with holes
3. `reading`   reading the learner's file, and calling what is in it
4. `looking`   looking at its syntax tree: what a function calls, and whether it is plain
5. `results`   looking at what came back
6. `grader`    trying a function, and saying how it is wrong
7. `part_01` to `part_15`: the exercises themselves, and `sheets`, where they are gathered
8. `marking`   a file in a process of its own, with limits on time and memory
9. `reports`   many files as a table, as CSV, as JSON, and for Gradescope and GitHub Classroom
10. `teaching` a page for teachers

Before this: the core, `gradcheck`, `data` and `sequences`, which know the right answers. After
this: the command line's `practice`.
"""

from __future__ import annotations

from .exercise import Case, Example, Exercise, Mistake, Sheet
from .grader import Verdict, grade
from .marking import Limits, Marked, Marking, mark
from .reading import Learner, Unreadable, read
from .sheet import file_name, text_of, write_new
from .sheets import SHEETS, sheet_of

__all__ = [
    "Case", "Example", "Exercise", "Learner", "Limits", "Marked", "Marking", "Mistake", "SHEETS",
    "Sheet", "Unreadable", "Verdict", "file_name", "grade", "mark", "read", "sheet_of", "text_of",
    "write_new",
]
