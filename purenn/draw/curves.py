"""Curves: one line or several through the same frame, and the history of a training.

Curves are told apart twice, by colour and by their dashes, so a print in black and white can still
be read. Where a number is missing (None) or not finite, the line has a gap: a loss that became nan
is not drawn as if it had become something.

Before this: charts. After this: points.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..history import History
from . import svg
from .characters import SIGNS, Dots, Screen
from .charts import (
    HEIGHT, SAMPLE, WIDTH, Chart, Entry, chart, frame_of_text, framed, height_for, legend_of_text,
)
from .colours import CATEGORIES
from .numerals import short
from .picture import Drawing, Picture
from .scales import Scale, fitted
from .svg import Point
from .typesetting import clean

__all__ = ["Curve", "MOST_CURVES", "draw_curves", "history", "lines", "thinned"]

MOST_CURVES = len(CATEGORIES)
DASHES = [None, "8 4", "2 4", "10 4 2 4", "14 4", "5 3", "10 3 2 3 2 3", "1 6", "16 4 4 4", "4 8"]
NAMED = 4  # curves up to this many are described one by one

Limits = Tuple[Optional[Tuple[Optional[float], Optional[float]]],
               Optional[Tuple[Optional[float], Optional[float]]]]


class Curve(NamedTuple):
    """A line through points, None where it has a gap, and marks on them, or either alone.

    `look` is the number of its mark, and of the letter that stands for it where there is no colour.
    """

    name: str
    points: List[Optional[Point]]
    look: int
    colour: str
    dashes: Optional[str] = None
    line: bool = True
    marks: bool = False


def lines(
    curves: Mapping[str, Sequence[Any]], *, title: str, x_label: str = "", y_label: str = "",
    log_x: bool = False, log_y: bool = False, description: str = "", marks: bool = False,
    limits: Optional[Limits] = None,
) -> Picture:
    """Draw curves: {name: [y, …] or [(x, y), …]}; numbers alone stand at x = 1, 2, 3, …

    log_x, log_y: logarithmic axes. marks: a mark on every point. limits: ((x_low, x_high), (y_low,
    y_high)), None where the numbers decide; what is outside is not seen. None, nan and infinity
    make gaps. Several curves have a legend. Raises ValueError for no curves, more than ten, and
    curves without a finite number; TypeError for what is no number.

    >>> lines({"loss": [1.0, 0.5, 0.25]}, title="It learns", x_label="epoch", y_label="loss")
    Picture('It learns', 640 × 400)
    """
    known = _checked("draw.lines", curves, marks)
    whole = not any(_has_own_x(points) for points in curves.values())
    return draw_curves(known, title, x_label, y_label, log=(log_x, log_y), whole=whole,
                       description=description, limits=limits)


def history(
    histories: Union[History, Mapping[str, History]], curve: str = "loss", *,
    title: Optional[str] = None, log_y: bool = False,
) -> Picture:
    """Draw what became of the loss, or of a metric, from epoch to epoch.

    histories: one History, whose validation curve is drawn as well if there is one, or {name:
    History}, a line for each. curve: "loss", or the name of a metric. Raises KeyError for a curve
    that a history does not have, ValueError for a history without epochs.
    """
    if isinstance(histories, History):
        curves = _both_curves(histories, curve)
    else:
        curves = {name: _values(one, curve) for name, one in _as_mapping(histories).items()}
    said = curve.replace("_", " ")
    title = title or f"{said[:1].upper()}{said[1:]} from epoch to epoch"
    return lines(curves, title=title, x_label="epoch", y_label=said, log_y=log_y)


def _as_mapping(histories: Any) -> Mapping[str, History]:
    if not isinstance(histories, Mapping):
        raise TypeError(f"draw.history: expected a History or {{name: History}}, got "
                        f"{histories!r:.60}")
    return histories


def _values(one: History, curve: str) -> List[Any]:
    if not isinstance(one, History):
        raise TypeError(f"draw.history: expected a History, got {one!r:.60}")
    if not len(one):
        raise ValueError("draw.history: expected at least one epoch, got a history without any")
    return one.curve(curve)


def _both_curves(one: History, curve: str) -> Dict[str, List[Any]]:
    """Return the curve, and that of the validation examples if there are any."""
    curves = {"training": _values(one, curve)}
    validation = f"validation_{curve}"
    if validation in one[0].as_dict():
        values = one.curve(validation)
        if any(value is not None for value in values):
            curves["validation"] = values
    return curves if len(curves) > 1 else {curve.replace("_", " "): curves["training"]}


# ---- What came in ----


def _checked(who: str, curves: Any, marks: bool) -> List[Curve]:
    if not isinstance(curves, Mapping):
        raise TypeError(f"{who}: expected {{name: [y, …]}}, got {curves!r:.60}")
    if not 1 <= len(curves) <= MOST_CURVES:
        hint = "; more cannot be told apart" if curves else ""
        raise ValueError(f"{who}: expected 1 to {MOST_CURVES} curves, got {len(curves)}{hint}")
    return [Curve(clean(name), points_of(f"{who}: {clean(name)!r}", points), k, CATEGORIES[k],
                  DASHES[k], marks=marks)
            for k, (name, points) in enumerate(curves.items())]


def _has_own_x(points: Sequence[Any]) -> bool:
    return any(isinstance(point, (list, tuple)) for point in points)


def points_of(who: str, values: Any) -> List[Optional[Point]]:
    """Return [(x, y) or None, …]; numbers alone stand at x = 1, 2, 3, …, gaps are None."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise TypeError(f"{who}: expected a list of numbers or of pairs (x, y), got "
                        f"{values!r:.60}")
    points: List[Optional[Point]] = []
    for number, value in enumerate(values, start=1):
        pair = value if isinstance(value, (list, tuple)) else (number, value)
        if len(pair) != 2:
            raise ValueError(f"{who}: point {number}: expected a pair (x, y), got {pair!r:.60}")
        x, y = _number(who, number, pair[0]), _number(who, number, pair[1])
        seen = x is not None and y is not None and math.isfinite(x) and math.isfinite(y)
        points.append((x, y) if seen else None)  # type: ignore[arg-type]
    return points


def _number(who: str, place: int, value: Any) -> Optional[float]:
    """Return a number as a float, None for None."""
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{who}: point {place}: expected a number or None, got {value!r:.60}")
    return float(value)


def runs(points: Sequence[Optional[Point]]) -> Iterator[List[Point]]:
    """Yield the pieces of a line between its gaps."""
    piece: List[Point] = []
    for point in [*points, None]:
        if point is not None:
            piece.append(point)
        elif piece:
            yield piece
            piece = []


# ---- The drawing ----


def draw_curves(
    curves: Sequence[Curve], title: str, x_label: str = "", y_label: str = "", *,
    log: Tuple[bool, bool] = (False, False), whole: bool = False, description: str = "",
    limits: Optional[Limits] = None, width: float = WIDTH, height: float = HEIGHT,
) -> Picture:
    """Draw curves that have been looked at; `lines` describes the rest."""
    x_scale, y_scale = _scales(curves, log, whole, limits or (None, None))
    legend = [_entry(curve) for curve in curves] if len(curves) > 1 else []

    def draw(page: float) -> Drawing:
        wide, high = min(page, width), height_for(min(page, width), height)
        frame = chart(title, x_scale, y_scale, x_label=x_label, y_label=y_label, legend=legend,
                      width=wide, height=high)
        drawn = [element for curve in curves for element in _drawn(frame, curve)]
        return Drawing([*frame.around, frame.inside(drawn)], wide, high)

    def as_text(columns: int, colour: bool) -> List[str]:
        return _as_text(curves, x_scale, y_scale, x_label, y_label, columns, colour)

    return Picture(title, description or _described(curves, x_label, y_label), draw, as_text)


def _scales(
    curves: Sequence[Curve], log: Tuple[bool, bool], whole: bool, limits: Limits
) -> Tuple[Scale, Scale]:
    points = [point for curve in curves for point in curve.points if point is not None]
    for place in (0, 1):
        if log[place] and any(point[place] <= 0 for point in points):
            least = min(point[place] for point in points)
            raise ValueError(f"draw.lines: log_{'xy'[place]}: a logarithmic axis has no place for "
                             f"{least:g}; expected numbers above 0")
    margin = 0.03 if any(curve.marks for curve in curves) else 0.0  # else half of a mark is cut off
    x_scale = fitted("draw.lines: x", [x for x, _ in points], log=log[0], whole=whole,
                     margin=margin, limits=limits[0])
    return x_scale, fitted("draw.lines: y", [y for _, y in points], log=log[1], margin=0.05,
                           limits=limits[1])


def _entry(curve: Curve) -> Entry:
    def sample(x: float, y: float) -> str:
        drawn = svg.line(x, y, x + SAMPLE, y, curve.colour, 2.2, stroke_dasharray=curve.dashes)
        mark = svg.mark(curve.look, x + SAMPLE / 2, y, 4, curve.colour)
        return drawn * curve.line + mark * curve.marks

    return Entry(curve.name, sample)


def _drawn(frame: Chart, curve: Curve) -> Iterator[str]:
    """Yield the pieces of a curve; a point alone between two gaps is a dot."""
    for piece in runs(curve.points):
        pixels = [(frame.x(x), frame.y(y)) for x, y in piece]
        if curve.line and len(pixels) > 1:
            yield svg.polyline(thinned(pixels), curve.colour, 2.2, stroke_dasharray=curve.dashes)
        if curve.marks:
            yield from (svg.mark(curve.look, x, y, 4, curve.colour) for x, y in pixels)
        elif len(pixels) == 1:
            yield svg.circle(*pixels[0], 3, curve.colour)


def thinned(pixels: Sequence[Point]) -> List[Point]:
    """Leave out points that nobody could see: of those in one pixel column, keep four.

    The first and the last join the column to its neighbours, the lowest and the highest are what
    one sees of a noisy curve. So a curve of a million points is as small as its picture.
    """
    kept: List[Point] = []
    column: List[Point] = []
    for point in [*pixels, None]:
        if point is not None and (not column or int(point[0]) == int(column[0][0])):
            column.append(point)
            continue
        if len(column) > 4:
            ends = {0, len(column) - 1,
                    min(range(len(column)), key=lambda k: column[k][1]),
                    max(range(len(column)), key=lambda k: column[k][1])}
            column = [column[number] for number in sorted(ends)]
        kept += column
        column = [] if point is None else [point]
    return kept


def _described(curves: Sequence[Curve], x_label: str, y_label: str) -> str:
    """Say in words what the picture shows, for those who cannot see it."""
    of = f" of {clean(y_label)}" if y_label else ""
    over = f" over {clean(x_label)}" if x_label else ""
    said = [f"{curve.name}: from {short(ends[0][1])} to {short(ends[-1][1])}"
            for curve in curves[:NAMED]
            for ends in [[point for point in curve.points if point is not None]] if ends]
    more = f"; and {len(curves) - NAMED} more" if len(curves) > NAMED else ""
    xs = [point[0] for curve in curves for point in curve.points if point is not None]
    return (f"Line chart{of}{over}, from {short(min(xs))} to {short(max(xs))}. "
            f"{'; '.join(said)}{more}.")


# ---- With characters ----


def _as_text(
    curves: Sequence[Curve], x_scale: Scale, y_scale: Scale, x_label: str, y_label: str,
    width: int, colour: bool,
) -> List[str]:
    screen = frame_of_text(y_scale, width)
    # Dots are fine, but they all look alike: without colour, several curves are drawn as letters.
    with_dots = colour or sum(1 for curve in curves if curve.line) == 1
    for curve in reversed(curves):
        if not curve.line:
            _scattered(screen, curve, x_scale, y_scale)
        else:
            (_dotted if with_dots else _lettered)(screen, curve, x_scale, y_scale)
    legend = [("──" if with_dots and curve.line else SIGNS[curve.look], curve.colour, curve.name)
              for curve in curves] if len(curves) > 1 else []
    return legend_of_text(legend, width, colour) + framed(
        screen, x_scale, y_scale, colour, x_label, y_label)


def _scattered(screen: Screen, curve: Curve, x_scale: Scale, y_scale: Scale) -> None:
    for x, y in filter(None, curve.points):
        screen.put(_near(x_scale.place(x) * (screen.width - 1)),
                   _near((1 - y_scale.place(y)) * (screen.height - 1)),
                   SIGNS[curve.look], curve.colour)


def _dotted(screen: Screen, curve: Curve, x_scale: Scale, y_scale: Scale) -> None:
    dots = Dots(screen.width, screen.height)
    _traced(curve, x_scale, y_scale, dots)
    dots.onto(screen)


def _lettered(screen: Screen, curve: Curve, x_scale: Scale, y_scale: Scale) -> None:
    """Draw with a letter in every column that the curve passes through."""
    wide, high = screen.width - 1, screen.height - 1
    for piece in runs(curve.points):
        places = [(x_scale.place(x) * wide, (1 - y_scale.place(y)) * high) for x, y in piece]
        for (x1, y1), (x2, y2) in zip(places, places[1:] or places):
            for column in range(max(0, _near(x1)), min(wide, _near(x2)) + 1):
                part = (column - x1) / (x2 - x1) if x2 != x1 else 0.0
                y = y1 + (y2 - y1) * min(1.0, max(0.0, part))
                screen.put(column, _near(y), SIGNS[curve.look], curve.colour)


def _near(place: float) -> int:
    return int(min(1e6, max(-1e6, place)) + 0.5) if place >= 0 else -1


def _traced(curve: Curve, x_scale: Scale, y_scale: Scale, dots: Dots) -> None:
    wide, high = dots.width - 1, dots.height - 1
    for piece in runs(curve.points):
        places = thinned([(_within(x_scale.place(x)) * wide, _within(1 - y_scale.place(y)) * high)
                          for x, y in piece])
        corners = [(math.floor(x + 0.5), math.floor(y + 0.5)) for x, y in places]
        for (x1, y1), (x2, y2) in zip(corners, corners[1:] or corners):
            dots.line(x1, y1, x2, y2, curve.colour)


def _within(place: float) -> float:
    """Return a place that is not so far outside that drawing there would take for ever."""
    return min(3.0, max(-2.0, place))
