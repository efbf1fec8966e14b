"""All sheets, and which of them a file belongs to.

Before this: the parts, `part_01` to `part_15`. After this: `marking`.
"""

from __future__ import annotations

from typing import Dict

from . import (
    part_01, part_02, part_03, part_04, part_05, part_06, part_07, part_08, part_09, part_10,
    part_11, part_12, part_13, part_14, part_15,
)
from .exercise import Sheet
from .reading import Learner

__all__ = ["SHEETS", "sheet_of"]

SHEETS: Dict[int, Sheet] = {
    sheet.part: sheet for sheet in (
        part_01.SHEET, part_02.SHEET, part_03.SHEET, part_04.SHEET, part_05.SHEET, part_06.SHEET,
        part_07.SHEET, part_08.SHEET, part_09.SHEET, part_10.SHEET, part_11.SHEET, part_12.SHEET,
        part_13.SHEET, part_14.SHEET, part_15.SHEET,
    )
}


def sheet_of(learner: Learner) -> Sheet:
    """Return the sheet that a learner's file belongs to: the one most of whose functions it has.

    It is the variant that the file's first line names. Raises ValueError if the file has no
    function of any sheet.
    """
    def known(sheet: Sheet) -> int:
        return [exercise.name in learner.names for exercise in sheet.exercises].count(True)

    sheet = max(SHEETS.values(), key=known)
    if not known(sheet):
        raise ValueError(f"{learner.path}: none of the exercises' functions is in this file; "
                         f"python3 -m purenn exercise 9 writes one that has them")
    return sheet.variant(learner.seed)
