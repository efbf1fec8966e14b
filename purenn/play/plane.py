"""The plane: what of the inputs is drawn, and where.

Two inputs are a plane already. One input is a line, with the value above it. More inputs than two
cannot be drawn, so a slice is laid through them: the flat surface through the middle of the data
along the two directions in which they are spread the most (or along two columns, the others at
their mean). On it what the network says is computed exactly; the points beside it are dropped onto
it, and `distance` says how far they fell.

The directions are found by power iteration: a vector that is multiplied by the covariance matrix
again and again turns towards the direction of the largest variance. The second one is found in the
same way, with what lies along the first taken out.
Source: Hotelling, "Analysis of a complex of statistical variables into principal components", 1933.

Before this: `problem`. After this: `runner`, the network that learns.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..draw.scales import Scale, fitted
from ..linalg import Matrix, Vector
from .problem import Problem

__all__ = ["Plane"]

MARGIN = 0.12  # left free around the points, as a part of their extent
ROUNDS, STILL = 200, 1e-10  # of the power iteration: at most so many, until it stands still
MOST_ROWS = 400  # of which the directions are found


class Plane:
    """Where rows lie on the picture, and which rows its cells stand for.

    kind    "plane" for two inputs, "line" for one, "slice" for more
    x, y    the scales of the axes, in the units of the data
    labels  what the axes are called
    """

    def __init__(self, problem: Problem, columns: Optional[Tuple[int, int]] = None) -> None:
        self.problem = problem
        self.kind = {1: "line", 2: "plane"}.get(problem.width, "slice")
        self.columns = columns
        self.centre = means(problem.learn.inputs)
        if self.kind == "slice":
            self.directions = _axes(problem, columns) if columns else main_directions(
                problem.learn.inputs, self.centre)
        self.labels = self._labels()
        self.x, self.y = self._scales()

    def _labels(self) -> Tuple[str, str]:
        names = self.problem.data.feature_names
        if self.kind == "line":
            return names[0], "value"
        if self.kind == "plane":
            return names[0], names[1]
        if self.columns:
            return names[self.columns[0]], names[self.columns[1]]
        return "direction 1", "direction 2"

    def _scales(self) -> Tuple[Scale, Scale]:
        if self.problem.data.description.endswith("put down by hand"):
            return Scale(-1.0, 1.0), Scale(-1.0, 1.0)
        places = [self.place(row, raw, label) for row, raw, label in self._rows()]
        xs, ys = [place[0] for place in places], [place[1] for place in places]
        x, y = _around(xs), _around(ys)
        wide, high = x.high - x.low, y.high - y.low
        if self.kind != "line" and 0.5 < wide / high < 2:  # nearly alike: the same unit on both
            side = max(wide, high) / 2
            x, y = _about(x, side), _about(y, side)
        return x, y

    def _rows(self) -> List[Tuple[Vector, Vector, Any]]:
        parts = [self.problem.learn, self.problem.held_out]
        return [row for part in parts if part is not None
                for row in zip(part.inputs, part.raw, part.labels)]

    def place(self, row: Vector, raw: Vector, label: Any) -> Tuple[float, float]:
        """Return where a row stands, in the units of the axes."""
        if self.kind == "line":
            return raw[0], label[0] if isinstance(label, (list, tuple)) else label
        if self.kind == "plane":
            return raw[0], raw[1]
        away = [value - middle for value, middle in zip(row, self.centre)]
        return _dot(away, self.directions[0]), _dot(away, self.directions[1])

    def distance(self, row: Vector) -> float:
        """Return how far a row lies from the slice, as a part of how far it is from the centre."""
        if self.kind != "slice":
            return 0.0
        away = [value - middle for value, middle in zip(row, self.centre)]
        inside = math.fsum(_dot(away, direction) ** 2 for direction in self.directions)
        whole = _dot(away, away)
        return math.sqrt(max(0.0, 1.0 - inside / whole)) if whole > 0 else 0.0

    def cells(self, n: int, first: int = 0, last: Optional[int] = None) -> Matrix:
        """Return the inputs in the middle of each of n × n cells, or n along a line.

        The cells go along the rows from the top left; `first` and `last` choose some of the rows.
        """
        xs = [self.x.value_at((column + 0.5) / n) for column in range(n)]
        if self.kind == "line":
            return self._as_the_network_sees([[x] for x in xs])
        ys = [self.y.value_at(1 - (row + 0.5) / n) for row in range(n)][first:last]
        if self.kind == "plane":
            return self._as_the_network_sees([[x, y] for y in ys for x in xs])
        along, across = self.directions
        return [[middle + x * u + y * v for middle, u, v in zip(self.centre, along, across)]
                for y in ys for x in xs]

    def _as_the_network_sees(self, rows: Matrix) -> Matrix:
        standardizer = self.problem.standardizer
        return rows if standardizer is None else [*standardizer.transform(rows)]

    def described(self) -> Dict[str, Any]:
        """Return what the page needs to draw the axes."""
        return {"kind": self.kind, "box": [self.x.low, self.x.high, self.y.low, self.y.high],
                "labels": list(self.labels), "columns": self.columns,
                "ticks": [[[tick.value, tick.label] for tick in scale.ticks(6)]
                          for scale in (self.x, self.y)]}


def _around(values: Sequence[float]) -> Scale:
    scale = fitted("playground", values)
    margin = MARGIN * (scale.high - scale.low)
    return Scale(scale.low - margin, scale.high + margin)


def _about(scale: Scale, side: float) -> Scale:
    middle = (scale.low + scale.high) / 2
    return Scale(middle - side, middle + side)


def means(rows: Matrix) -> Vector:
    return [math.fsum(column) / len(rows) for column in zip(*rows)]


def _dot(u: Sequence[float], v: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(u, v))


def _axes(problem: Problem, columns: Tuple[int, int]) -> List[Vector]:
    return [[1.0 if column == chosen else 0.0 for column in range(problem.width)]
            for chosen in columns]


def main_directions(rows: Matrix, centre: Vector) -> List[Vector]:
    some = rows[::1 + (len(rows) - 1) // MOST_ROWS]
    away = [[value - middle for value, middle in zip(row, centre)] for row in some]
    found: List[Vector] = []
    for number in range(2):
        found.append(_largest(away, found, number))
    return found


def _largest(away: Matrix, without: List[Vector], number: int) -> Vector:
    """Return the direction of the largest variance at right angles to those found before."""
    columns = list(zip(*away))
    direction = _unit(_away_from([1.0 + 0.1 * (column + number) for column in range(len(away[0]))],
                                 without), number)
    for _ in range(ROUNDS):
        shadows = [_dot(row, direction) for row in away]
        before, direction = direction, _unit(_away_from(
            [_dot(shadows, column) for column in columns], without), number)
        if max(abs(a - b) for a, b in zip(before, direction)) < STILL:
            break
    # Of the two opposite directions, the one whose largest entry is above 0.
    return direction if max(direction, key=abs) > 0 else [-value for value in direction]


def _away_from(vector: Vector, others: List[Vector]) -> Vector:
    for other in others:
        along = _dot(vector, other)
        vector = [value - along * one for value, one in zip(vector, other)]
    return vector


def _unit(vector: Vector, number: int) -> Vector:
    length = math.sqrt(_dot(vector, vector))
    if length == 0:  # the data have no extent that way: any axis will do
        return [1.0 if column == number else 0.0 for column in range(len(vector))]
    return [value / length for value in vector]
