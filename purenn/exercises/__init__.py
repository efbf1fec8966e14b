"""Exercises that check themselves: files with holes, and hints that do not give it away.

`python3 -m purenn exercise 9` writes a small file in which the bodies of some functions are
missing; `python3 -m purenn check exercise_09.py` looks at what a learner has put there. A wrong
answer gets a sentence about how it is wrong: transposed, not averaged over the batch, the last row
only. Read on in this order:

1. `exercise`  what an exercise is: a record of what is asked, what is right, what goes wrong
2. `sheet`     from records to a file with holes
3. `reading`   reading the learner's file, and calling what is in it
4. `results`   looking at what came back
5. `grader`    trying a function, and saying how it is wrong
6. `part_04` to `part_10`: the exercises themselves

Before this: all nine rooms, `gradcheck` and `data`, which know the right answers. After this: the
command line's `practice`.
"""

from __future__ import annotations

from typing import Dict

from . import part_04, part_05, part_06, part_07, part_08, part_09, part_10
from .exercise import Case, Example, Exercise, Mistake, Sheet
from .grader import Verdict, grade
from .reading import Learner, Unreadable, read
from .sheet import file_name, text_of, write_new

__all__ = [
    "Case", "Example", "Exercise", "Learner", "Mistake", "SHEETS", "Sheet", "Unreadable", "Verdict",
    "file_name", "grade", "read", "sheet_of", "text_of", "write_new",
]

SHEETS: Dict[int, Sheet] = {
    sheet.part: sheet for sheet in (
        part_04.SHEET, part_05.SHEET, part_06.SHEET, part_07.SHEET, part_08.SHEET, part_09.SHEET,
        part_10.SHEET,
    )
}


def sheet_of(learner: Learner) -> Sheet:
    """Return the sheet that a learner's file belongs to: the one most of whose functions it has.

    Raises ValueError if it has none of any.
    """
    def known(sheet: Sheet) -> int:
        return [exercise.name in learner.names for exercise in sheet.exercises].count(True)

    sheet = max(SHEETS.values(), key=known)
    if not known(sheet):
        raise ValueError(f"{learner.path}: none of the exercises' functions is in this file; "
                         f"python3 -m purenn exercise 9 writes one that has them")
    return sheet
