"""Data that cannot be used: what is wrong, where, and what to do, each by itself.

Before this: options. After this: rows.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Union

from ..text import shown
from .options import Advice, Spelling, as_keywords

__all__ = ["DataError", "Place", "Remark"]


class Place(NamedTuple):
    """Where in the data: rows are counted from 1, the line of names included.

    >>> print(Place("flowers.csv", 3, "length"))
    flowers.csv, row 3, column 'length'
    """

    file: str = ""
    row: Optional[int] = None
    column: Optional[str] = None

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}"
        column = "" if self.column is None else f"column {shown(self.column)}"
        return ", ".join(filter(None, [self.file, row, column]))


class Remark(NamedTuple):
    """Something to be told about data: what, where, and what could be done."""

    problem: str
    place: Place = Place()
    advice: Sequence[Advice] = ()

    def told(self, spelling: Spelling = as_keywords) -> str:
        """Return the remark as a text, its options spelled for Python or for the command line.

        >>> Remark("a hole", Place("a.csv", 3), [Advice("fill it", {"missing": "mean"})]).told()
        "a.csv, row 3: a hole. Fill it: missing='mean'"
        """
        where = f"{self.place}: " if str(self.place) else ""
        advice = "; or ".join(one.told(spelling) for one in self.advice)
        return where + self.problem + (f". {advice[0].upper()}{advice[1:]}" if advice else "")


class DataError(ValueError):
    """Data that cannot be used.

    problem  what is wrong
    place    where: the file, the row, the column
    advice   what could be done, the best first

    str() gives it all as one text, with options as in Python; `told(as_flags)` as on the command
    line.

    >>> print(DataError("a hole", Place("a.csv", 3), [Advice("fill it", {"missing": "mean"})]))
    a.csv, row 3: a hole. Fill it: missing='mean'
    """

    def __init__(
        self, problem: str, place: Union[Place, str] = "", advice: Sequence[Advice] = ()
    ) -> None:
        super().__init__(problem, place, advice)
        self.problem = problem
        self.place = Place(place) if isinstance(place, str) else place
        self.advice = list(advice)

    def __str__(self) -> str:
        return self.told()

    def told(self, spelling: Spelling = as_keywords) -> str:
        """Return place, problem and advice as one text."""
        return Remark(self.problem, self.place, self.advice).told(spelling)

    @classmethod
    def of_all(cls, errors: Sequence["DataError"], file: str) -> "DataError":
        """Return one error for several columns of a file, with one advice that settles them all.

        It is made of the first option that each error advises.
        """
        if len(errors) == 1:
            return errors[0]
        columns: Dict[str, List[str]] = {}  # by their problem, so that it is told once
        for error in errors:
            place = str(error.place._replace(file=""))
            columns.setdefault(error.problem, []).extend([place] * bool(place))
        problems = [", ".join(places[:8]) + ", …" * (len(places) > 8) + ": " * bool(places) + text
                    for text, places in columns.items()]
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        return cls("; ".join(problems[:5]) + more, Place(file), _settling(errors))


def _settling(errors: Sequence[DataError]) -> List[Advice]:
    """Return the first options of each error, put together: of lists of columns, the union."""
    together: Dict[str, Any] = {}
    for error in errors:
        options = next((one.options for one in error.advice if one.options), {})
        for option, value in options.items():
            if isinstance(value, list):
                before = together.setdefault(option, [])
                before += [one for one in value if one not in before]
            else:
                together.setdefault(option, value)
    return [Advice("to go on without correcting the file", together)] if together else []
