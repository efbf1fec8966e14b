"""Points on a plane, and the regions into which a network divides it.

With two numbers per example a data set is a picture: the numbers are a place, the class is a colour
and a shape. And a network can be asked about every place of the plane: what it says there, and how
sure it is, is the region behind the points.

Before this: curves. After this: counts.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..checks import positive_integer
from ..data import DataSet
from ..losses import SigmoidCrossEntropy, SoftmaxCrossEntropy
from ..network import Network
from . import svg
from .characters import REGIONS, SIGNS, Screen
from .charts import SAMPLE, Chart, Entry, chart, frame_of_text, framed, legend_of_text
from .colours import CATEGORIES, INK, PAPER, SOFT_INK, mixed
from .curves import Curve, draw_curves
from .picture import Drawing, Picture
from .scales import Scale, fitted
from .svg import Point
from .typesetting import clean

__all__ = ["MOST_CLASSES", "equal_neighbours", "regions", "scales_around", "scatter"]

MOST_CLASSES = len(CATEGORIES)
SIDE = 520  # pixels: the width of a picture of a plane
SHADES = 8  # so many steps from unsure to sure; few, so that neighbours often have the same
STRONGEST = 0.5  # how much of the colour of a class a region has where the network is sure
PAIR = "two numbers per example"


Answer = Tuple[int, float]  # a class, and how sure: 0 (no surer than of any other) to 1
Ask = Callable[[List[List[float]]], Any]  # rows -> scores


class Plane(NamedTuple):
    """Points with a class each, or without classes; `classes` are the names, in order."""

    points: List[Point]
    labels: List[int]
    classes: List[str]
    x_label: str
    y_label: str

    def look(self, label: int) -> str:
        return CATEGORIES[label] if self.classes else CATEGORIES[0]


def scatter(
    data: Any, targets: Optional[Sequence[Any]] = None, *, title: Optional[str] = None,
    x_label: Optional[str] = None, y_label: Optional[str] = None,
    class_names: Sequence[str] = (),
) -> Picture:
    """Draw points, colour and shape by class.

    data: a DataSet of two features; or of one feature and real targets, drawn as x -> y; or rows of
    two numbers, with class numbers as targets (or none). Raises ValueError for rows of another
    width, numbers that are not finite, and more than ten classes.

    >>> scatter([[0.0, 0.0], [1.0, 1.0]], [0, 1], title="Two points")
    Picture('Two points', 520 × 544)
    """
    plane = _plane("draw.scatter", data, targets, class_names, x_label, y_label)
    title = title or (clean(data.description) if isinstance(data, DataSet) else "") or "Points"
    return _picture(plane, title, _described(plane, "Points"), _scales(plane))


# ---- What came in ----


def _plane(
    who: str, data: Any, targets: Any, class_names: Sequence[str], x_label: Optional[str],
    y_label: Optional[str],
) -> Plane:
    """Return the points of a data set, or of rows and targets."""
    names: Sequence[str] = ()
    if isinstance(data, DataSet):
        class_names = class_names or data.class_names
        targets = data.targets if targets is None else targets
        names, data = data.feature_names, data.inputs
    for number, row in enumerate(data):
        if not hasattr(row, "__len__"):
            raise TypeError(f"{who}: expected rows, [[x, y], …], but row {number} is {row!r:.40}")
    if len(data) and len(data[0]) == 1 and targets is not None and not class_names:
        data, targets = _joined(who, data, targets), None
        names = [*names[:1], "target"]
    elif targets is not None and not class_names and _are_values(targets):
        targets = None  # values have no colour of a class
    names = [*names, "x", "y"][:2] if len(names) != 2 else names
    points = _pairs(who, data)
    labels, classes = _classes(who, points, targets, class_names)
    return Plane(points, labels, classes, names[0] if x_label is None else x_label,
                 names[1] if y_label is None else y_label)


def _are_values(targets: Sequence[Any]) -> bool:
    return bool(len(targets)) and isinstance(targets[0], (list, tuple))


def _joined(who: str, rows: Any, targets: Any) -> List[List[Any]]:
    """Return (x, y) for rows of one number and targets of one number."""
    if len(rows) != len(targets):
        raise ValueError(f"{who}: {len(rows)} rows, but {len(targets)} targets")
    values = [target[0] if isinstance(target, (list, tuple)) else target for target in targets]
    return [[row[0], value] for row, value in zip(rows, values)]


def _pairs(who: str, rows: Any) -> List[Point]:
    """Return the rows as points; ValueError for what is no pair of finite numbers."""
    points = []
    for number, row in enumerate(rows):
        if len(row) != 2:
            raise ValueError(f"{who}: expected {PAIR}, got {len(row)} in row {number}; choose two "
                             f"columns, for instance [[row[0], row[1]] for row in inputs]")
        x, y = float(row[0]), float(row[1])
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"{who}: row {number}: expected finite numbers, got {x:g} and {y:g}")
        points.append((x, y))
    if not points:
        raise ValueError(f"{who}: expected at least one point, got none")
    return points


def _classes(
    who: str, points: Sequence[Point], targets: Any, names: Sequence[str]
) -> Tuple[List[int], List[str]]:
    """Return the class number of each point, and the names of all classes."""
    if targets is None:
        return [0] * len(points), []
    if len(targets) != len(points):
        raise ValueError(f"{who}: {len(points)} points, but {len(targets)} targets")
    labels = [_class_number(who, target) for target in targets]
    count = max(len(names), max(labels) + 1)
    if count > MOST_CLASSES:
        raise ValueError(f"{who}: expected at most {MOST_CLASSES} classes, got {count}; more "
                         f"cannot be told apart")
    if names and count > len(names):
        raise ValueError(f"{who}: class {count - 1} has no name; class_names has {len(names)}")
    return labels, [clean(name) for name in names] or [f"class {k}" for k in range(count)]


def _class_number(who: str, target: Any) -> int:
    if isinstance(target, (list, tuple)) and target:  # a row of a one-hot matrix, or one 0 or 1
        target = target[0] if len(target) == 1 else max(
            range(len(target)), key=lambda k: target[k])
    if not isinstance(target, (int, float)) or target != int(target) or target < 0:
        raise ValueError(f"{who}: targets: expected class numbers 0, 1, 2, …, got {target!r:.40}")
    return int(target)


# ---- The drawing ----


def _picture(
    plane: Plane, title: str, description: str, scales: Tuple[Scale, Scale],
    ask: Optional[Ask] = None, steps: int = 0,
) -> Picture:
    """Return the points in their frame, and behind them what `ask` says, if it is given."""
    answers = [] if ask is None else _answers(ask, scales, steps, len(plane.classes))

    def draw(page: float) -> Drawing:
        side = min(SIDE, page)
        frame = _frame(plane, title, *scales, side)
        behind = _squares(frame, answers) if answers else []
        inside = [frame.inside(behind)] if behind else []
        return Drawing([*frame.around, *inside, frame.inside(_marks(frame, plane))], side,
                       frame.bottom)

    def as_text(width: int, colour: bool) -> List[str]:
        return _as_text(plane, *scales, answers, width, colour)

    return Picture(title, description, draw, as_text)


def _scales(plane: Plane) -> Tuple[Scale, Scale]:
    return scales_around(plane.points)


def scales_around(points: Sequence[Point]) -> Tuple[Scale, Scale]:
    """Return the two scales of a picture of these points."""
    return _roomy([x for x, _ in points]), _roomy([y for _, y in points])


def _roomy(values: Sequence[float]) -> Scale:
    """Return a scale with a margin around all points, so that none lies on the frame."""
    tight = fitted("draw.scatter", values)
    margin = 0.06 * (tight.high - tight.low)
    return Scale(tight.low - margin, tight.high + margin)


def _frame(plane: Plane, title: str, x_scale: Scale, y_scale: Scale, side: float) -> Chart:
    legend = [_entry(k, name) for k, name in enumerate(plane.classes)]
    return chart(title, x_scale, y_scale, x_label=plane.x_label, y_label=plane.y_label,
                 legend=legend, width=side, square=True)


def _entry(label: int, name: str) -> Entry:
    return Entry(name, lambda x, y: svg.mark(label, x + SAMPLE - 8, y, 5, CATEGORIES[label]))


def _marks(frame: Chart, plane: Plane) -> List[str]:
    """Return a group of marks for each class, the first class last: on top."""
    radius = 4.5 if len(plane.points) <= 400 else 3.2
    groups = []
    for label in range(max(1, len(plane.classes))):
        marks = [svg.mark(label, frame.x(x), frame.y(y), radius, None)
                 for (x, y), own in zip(plane.points, plane.labels) if own == label]
        groups.append(svg.moved(marks, 0, 0, fill=plane.look(label), stroke=PAPER,
                                stroke_width=0.8))
    return groups


def _described(plane: Plane, what: str) -> str:
    counts = [f"{sum(1 for label in plane.labels if label == k)} of {name}"
              for k, name in enumerate(plane.classes)]
    which = f": {', '.join(counts)}" if counts else ""
    return (f"{what}: {len(plane.points)} points, {plane.x_label} to the right and {plane.y_label} "
            f"upwards{which}.")


# ---- Regions ----


def regions(
    network: Any, data: DataSet, *, title: Optional[str] = None, steps: int = 60
) -> Picture:
    """Draw what a network says everywhere on the plane, the points of the data on top.

    network: a Network, or a function of rows that returns scores: a column for each class, or one
    column that is above 0 for class 1. Each of steps × steps squares has the colour of the class
    with the highest score, the paler the less sure the network is. For a DataSet of one feature and
    real targets: the points, and the curve that the network draws through them. Raises ValueError
    for data of another width.
    """
    positive_integer("draw.regions", "steps", steps)
    if not isinstance(data, DataSet):
        raise TypeError(f"draw.regions: data: expected a DataSet, got {data!r:.60}")
    ask = _asked(network)
    if not data.class_names and len(data.inputs) and len(data.inputs[0]) == 1:
        return _fit(ask, data, title or "Points, and the network's curve through them")
    plane = _plane("draw.regions", data, None, (), None, None)
    if not plane.classes:
        raise ValueError("draw.regions: expected a data set with classes, or one feature and one "
                         "value as its target")
    title = title or "What the network says, and the points"
    described = _described(plane, f"The plane divided into regions of {len(plane.classes)} classes")
    return _picture(plane, title, described, _scales(plane), ask, steps)


def _asked(network: Any) -> Ask:
    if isinstance(network, Network):
        return network.predict
    if not callable(network):
        raise TypeError(f"draw.regions: network: expected a Network, or a function of rows, got "
                        f"{network!r:.60}")
    return network  # type: ignore[no-any-return]


def _answers(
    ask: Ask, scales: Tuple[Scale, Scale], steps: int, classes: int
) -> List[List[Answer]]:
    """Return what the network says to the middle of each square, the upper row first."""
    xs = [scales[0].value_at((column + 0.5) / steps) for column in range(steps)]
    ys = [scales[1].value_at(1 - (row + 0.5) / steps) for row in range(steps)]
    scores = ask([[x, y] for y in ys for x in xs])
    if len(scores) != steps * steps:
        raise ValueError(f"draw.regions: network: expected a row of scores for each of "
                         f"{steps * steps} rows, got {len(scores)}")
    width = len(scores[0])
    if width != classes and not (width == 1 and classes == 2):
        raise ValueError(f"draw.regions: the network has {width} scores, the data {classes} "
                         f"classes")
    judged = [_judged(row) for row in _probabilities(scores)]
    return [judged[start:start + steps] for start in range(0, len(judged), steps)]


def _probabilities(scores: Any) -> List[List[float]]:
    """Return a row of probabilities for each row of scores (softmax, or sigmoid for one)."""
    rows = [[float(score) for score in row] for row in scores]
    if not all(math.isfinite(score) for row in rows for score in row):
        raise ValueError("draw.regions: the network says something that is no finite number")
    if len(rows[0]) > 1:
        return SoftmaxCrossEntropy().predict(rows)
    return [[1.0 - p, p] for p, in SigmoidCrossEntropy().predict(rows)]


def _judged(probabilities: Sequence[float]) -> Answer:
    """Return the likeliest class, and how far its probability is above an equal share."""
    label = max(range(len(probabilities)), key=lambda k: probabilities[k])
    equal = 1.0 / len(probabilities)
    sure = (probabilities[label] - equal) / (1.0 - equal) if len(probabilities) > 1 else 1.0
    return label, math.floor(sure * SHADES + 0.5) / SHADES


def _squares(frame: Chart, answers: Sequence[Sequence[Answer]]) -> List[str]:
    """Return a group of rectangles for each colour; equal neighbours in a row are one rectangle."""
    by_colour: Dict[Answer, List[str]] = {}
    rows, columns = len(answers), len(answers[0])
    for row, (top, bottom) in enumerate(_borders(frame.top, frame.height, rows)):
        for answer, first, last in equal_neighbours(answers[row]):
            left = _border(frame.left, frame.width, columns, first)
            right = _border(frame.left, frame.width, columns, last)
            by_colour.setdefault(answer, []).append(
                f"M{left} {top}H{right}V{bottom}H{left}Z")
    return [svg.path("".join(pieces), _paler(answer), shape_rendering="crispEdges")
            for answer, pieces in sorted(by_colour.items())] + _line_between(frame, answers)


def _line_between(frame: Chart, answers: Sequence[Sequence[Answer]]) -> List[str]:
    """Return the line between squares of different classes: two pale colours can look alike."""
    rows, columns = len(answers), len(answers[0])
    across = [_border(frame.left, frame.width, columns, number) for number in range(columns + 1)]
    down = [_border(frame.top, frame.height, rows, number) for number in range(rows + 1)]
    pieces = []
    for row in range(rows):
        for column in range(columns):
            label = answers[row][column][0]
            if column and answers[row][column - 1][0] != label:
                pieces.append(f"M{across[column]} {down[row]}V{down[row + 1]}")
            if row and answers[row - 1][column][0] != label:
                pieces.append(f"M{across[column]} {down[row]}H{across[column + 1]}")
    return [svg.path("".join(pieces), "none", stroke=SOFT_INK, stroke_width=1.2)] if pieces else []


def _borders(start: float, length: float, count: int) -> Iterator[Tuple[str, str]]:
    for number in range(count):
        yield (_border(start, length, count, number), _border(start, length, count, number + 1))


def _border(start: float, length: float, count: int, number: int) -> str:
    """Return the pixel where square `number` begins; whole ones, else seams would be seen."""
    return str(math.floor(start + length * number / count + 0.5))


def equal_neighbours(row: Sequence[Any]) -> Iterator[Tuple[Any, int, int]]:
    """Yield (value, first, behind last) for each run of equal values.

    >>> list(equal_neighbours("aab"))
    [('a', 0, 2), ('b', 2, 3)]
    """
    first = 0
    for number in range(1, len(row) + 1):
        if number == len(row) or row[number] != row[first]:
            yield row[first], first, number
            first = number


def _paler(answer: Answer) -> str:
    label, sure = answer
    return mixed(PAPER, CATEGORIES[label], STRONGEST * (0.12 + 0.88 * sure))


def _fit(ask: Ask, data: DataSet, title: str) -> Picture:
    """Return the points of a regression with the network's curve through them."""
    plane = _plane("draw.regions", data, None, (), None, None)
    x_scale = _scales(plane)[0]
    xs = [x_scale.value_at(step / 200) for step in range(201)]
    said = ask([[x] for x in xs])
    if len(said) != len(xs) or len(said[0]) != 1:
        raise ValueError("draw.regions: expected one number for each row from the network")
    points = Curve("data", list(plane.points), 0, CATEGORIES[5], line=False, marks=True)
    curve = Curve("network", [(x, float(row[0])) for x, row in zip(xs, said)], 1, CATEGORIES[1])
    return draw_curves([points, curve], title, plane.x_label, plane.y_label,
                       description=_described(plane, "A curve through points"))


# ---- With characters ----


def _as_text(
    plane: Plane, x_scale: Scale, y_scale: Scale, answers: Sequence[Sequence[Answer]], width: int,
    colour: bool,
) -> List[str]:
    screen = frame_of_text(y_scale, width, rows=min(24, max(9, width // 3)))
    if answers:
        _paint_regions(screen, answers, colour)
    for (x, y), label in zip(plane.points, plane.labels):
        column = math.floor(x_scale.place(x) * screen.width)
        row = math.floor((1 - y_scale.place(y)) * screen.height)
        ink = mixed(plane.look(label), INK, 0.45) if answers else plane.look(label)
        screen.put(column, row, SIGNS[label], ink)
    legend = [(SIGNS[k] + (REGIONS[k] if answers and not colour else ""), plane.look(k),
               name) for k, name in enumerate(plane.classes)]
    return legend_of_text(legend, width, colour) + framed(
        screen, x_scale, y_scale, colour, plane.x_label, plane.y_label)


def _paint_regions(screen: Screen, answers: Sequence[Sequence[Answer]], colour: bool) -> None:
    """Paint what the network says into the cells; each takes the square that holds its middle."""
    for row in range(screen.height):
        line = answers[(2 * row + 1) * len(answers) // (2 * screen.height)]
        for column in range(screen.width):
            answer = line[(2 * column + 1) * len(line) // (2 * screen.width)]
            sign = " " if colour else REGIONS[answer[0]]
            sure = 1.0 if answer[1] >= 0.5 else 0.4  # two steps: terminals have few pale colours
            screen.put(column, row, sign, SOFT_INK, on=_paler((answer[0], sure)))
