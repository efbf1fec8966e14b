"""Heatmaps: a matrix as coloured cells, and a landscape of losses.

Amounts are drawn from light to dark. A matrix with numbers below 0 is drawn in red and blue around
a white 0, with the same strength on both sides, so that −1 and 1 look equally strong. The bar
beside it says which colour is which number.

Before this: counts. After this: pixels.
"""

from __future__ import annotations

import math
from typing import Any, Callable, List, Optional, Sequence, Tuple

from . import svg
from .counts import finite_number
from .characters import SHADES, confusion_table, tinted
from .charts import WIDTH, Chart, chart, frame_of_text, framed, paragraph
from .colours import INK, PAPER, SOFT_INK, diverging, readable_on, sequential
from .numerals import short
from .picture import EDGE, Drawing, Picture, heading, title_height
from .points import equal_neighbours
from .scales import Scale, fitted
from .svg import Point
from .typesetting import cells, clean, fill, label, shortened, text_width

__all__ = [
    "Shading", "averaged", "cell_lines", "confusion", "heatmap", "landscape", "numbers_of",
]

MOST_CELLS = 250_000
CELL = 48.0  # pixels: no cell is larger
NAMES = 150  # pixels: the most that row names may take
BAR = 16  # pixels: how wide the bar of colours is
LAND = 560  # pixels: the width of a landscape, without its bar of colours


class Shading:
    """Which colour, and which character, a number has among others.

    `signed` numbers are red and blue around a white 0; others light to dark from low to high.
    """

    def __init__(self, low: float, high: float, signed: Optional[bool] = None) -> None:
        self.signed = low < 0 if signed is None else signed
        if self.signed:
            high = max(abs(low), abs(high))
            low = -high
        self.low, self.high = low, high

    def part(self, value: float) -> float:
        """Return 0 for low, 1 for high; in the middle if there is only one number."""
        span = self.high - self.low
        return (value - self.low) / span if span > 0 else 0.5 if self.signed else 0.0

    def colour(self, value: float) -> str:
        part = self.part(value)
        return diverging(2 * part - 1) if self.signed else sequential(part)

    def sign(self, value: float) -> str:
        """Return a character as dark as the number is large; below 0 = and -."""
        if self.signed and value < 0:
            return " -="[min(2, math.floor(2.5 * abs(value) / self.high + 0.5))]
        part = value / self.high if self.signed and self.high else self.part(value)
        return SHADES[min(4, max(0, math.floor(4 * part + 0.5)))]

    def said(self, colour: bool) -> str:
        """Return what the characters, or the colours in their place, mean."""
        if colour and self.signed:
            return f"red: below 0, to {short(self.low)}; blue: above, to {short(self.high)}"
        if colour:
            return f"from {short(self.low)} (light) to {short(self.high)} (dark)"
        if self.signed:
            return f"- and =: below 0, to {short(self.low)}; ░▒▓█: above, to {short(self.high)}"
        return f"from {short(self.low)} (blank) to {short(self.high)} (█)"


# ---- A matrix ----


def heatmap(
    matrix: Sequence[Sequence[float]], *, title: str, row_names: Sequence[str] = (),
    column_names: Sequence[str] = (), x_label: str = "", y_label: str = "",
    numbers: bool = False, bar_label: str = "", limits: Optional[Tuple[float, float]] = None,
    description: str = "",
) -> Picture:
    """Draw a matrix as coloured cells, row 0 above; red below 0, blue above, if any is below 0.

    row_names, column_names: what rows and columns are called; x_label, y_label: what columns and
    rows are; bar_label: what the numbers are. numbers: write them into the cells. limits: the
    lowest and the highest number that have a colour, so that several heatmaps can be compared;
    what lies outside has the colour of the nearer one. Raises ValueError for no rows, rows of
    different widths, numbers that are not finite, names that are more or fewer than the rows.
    """
    rows = numbers_of("draw.heatmap", matrix)
    shading = _shading(rows) if limits is None else _given(limits)
    texts = [[short(value) for value in row] for row in rows] if numbers else []
    names = _checked_names(rows, row_names, column_names)
    said = description or _described(rows, x_label, y_label)

    def as_text(width: int, colour: bool) -> List[str]:
        table = _number_table(rows, texts, names, shading, width, colour) if numbers else None
        return _labels(x_label, y_label, width) + (
            table or cell_lines(rows, shading, width, colour, names[0]))

    return _picture(rows, title, said, shading, texts, names, (x_label, y_label), as_text,
                    bar_label=bar_label)


def _given(limits: Tuple[float, float]) -> Shading:
    low, high = (finite_number("draw.heatmap: limits", value) for value in limits)
    if not low < high:
        raise ValueError(f"draw.heatmap: limits: expected low < high, got {low:g} and {high:g}")
    return Shading(low, high)


def _shading(rows: Sequence[Sequence[float]]) -> Shading:
    return Shading(min(map(min, rows)), max(map(max, rows)))


def numbers_of(who: str, matrix: Any) -> List[List[float]]:
    """Return a matrix of finite numbers; ValueError for what is none."""
    rows = [list(row) for row in matrix]
    if not rows or not rows[0]:
        raise ValueError(f"{who}: expected a matrix with at least one number, got none")
    if len(rows) * len(rows[0]) > MOST_CELLS:
        raise ValueError(f"{who}: expected at most {MOST_CELLS} numbers, got {len(rows)} × "
                         f"{len(rows[0])}")
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"{who}: expected rows of {len(rows[0])} numbers, got {len(row)} in "
                             f"row {number}")
    return [[finite_number(f"{who}: row {number}", value) for value in row]
            for number, row in enumerate(rows)]


Names = Tuple[List[str], List[str]]


def _checked_names(
    rows: Sequence[Sequence[Any]], row_names: Sequence[str], column_names: Sequence[str]
) -> Names:
    for what, names, count in (("row_names", row_names, len(rows)),
                               ("column_names", column_names, len(rows[0]))):
        if len(names) not in (0, count):
            raise ValueError(f"draw.heatmap: {what}: expected {count} names, got {len(names)}")
    return [clean(name) for name in row_names], [clean(name) for name in column_names]


def _described(rows: Sequence[Sequence[float]], x_label: str, y_label: str) -> str:
    axes = [f"{clean(label)} {way}" for label, way in ((x_label, "to the right"),
                                                       (y_label, "downwards")) if label]
    return (f"Heatmap of {len(rows)} rows and {len(rows[0])} columns"
            f"{' (' + ', '.join(axes) + ')' if axes else ''}: numbers from "
            f"{short(min(map(min, rows)))} to {short(max(map(max, rows)))}.")


def _picture(
    rows: Sequence[Sequence[float]], title: str, description: str, shading: Shading,
    texts: Sequence[Sequence[str]], names: Names, labels: Tuple[str, str], as_text: Any,
    bar: bool = True, bar_label: str = "",
) -> Picture:
    def draw(page: float) -> Drawing:
        return _laid_out(rows, title, shading, texts, names, labels, bar, bar_label,
                         min(page, WIDTH))

    return Picture(title, description, draw, as_text)


def _laid_out(
    rows: Sequence[Sequence[float]], title: str, shading: Shading,
    texts: Sequence[Sequence[str]], names: Names, labels: Tuple[str, str], bar: bool,
    bar_label: str, page: float,
) -> Drawing:
    """Lay out cells, names, labels and the bar of colours."""
    row_names = [shortened(name, min(NAMES, 0.35 * page), _wide) for name in names[0]]
    names_wide = max(map(_wide, row_names), default=0) + 8
    left = EDGE + (22 if labels[1] else 0) + names_wide
    beside = BAR + 22 + _bar_numbers(shading) + (18 if bar_label else 0) if bar else 0
    cell = _cell_size(rows, page - left - beside - EDGE, texts)
    high = max(cell * len(rows), 60)
    left += label(labels[1], high).more
    beside += label(bar_label, high).more
    cell = _cell_size(rows, page - left - beside - EDGE, texts)
    if texts and left + cell * len(rows[0]) + beside + EDGE > page:
        bar, beside = False, 0  # there is no room for it, and the numbers say what the colours mean
        cell = _cell_size(rows, page - left - EDGE, texts)
    turned = any(_wide(name) > cell - 4 for name in names[1])
    column_names = [shortened(name, 110 if turned else cell, _wide) for name in names[1]]
    above = 0.0
    if names[1]:
        above = max(map(_wide, column_names)) + 6 if turned else 18
    wide, high = cell * len(rows[0]), cell * len(rows)
    width = max(left + wide + beside + EDGE, 240)
    more = label(labels[0], width - 2 * EDGE).more
    top = title_height(title, width) + above + (20 + more if labels[0] else 0)
    drawn = [
        *heading(title, width), *_cells_drawn(rows, shading, left, top, cell),
        *_numbers_drawn(rows, texts, shading, left, top, cell),
        *_names_drawn(row_names, column_names, left, top, cell, turned),
        *_labels_drawn(labels, left, top - above, wide, top, high, width),
    ]
    if bar:
        drawn += colour_bar(shading, left + wide + 14, top, max(high, 60), bar_label=bar_label)
    return Drawing(drawn, width, top + max(high, 60 if bar else 0) + EDGE)


def _wide(text: str) -> float:
    return text_width(text, 12)


def _cell_size(
    rows: Sequence[Sequence[float]], room: float, texts: Sequence[Sequence[str]]
) -> float:
    """Return how many pixels a cell is wide and high: whole ones, for sharp borders."""
    largest = min(CELL, room / len(rows[0]), 560 / len(rows))
    if texts:
        largest = max(largest, max(_wide(text) for row in texts for text in row) + 6)
    return max(1.0, math.floor(largest)) if largest >= 1 else largest


def _cells_drawn(
    rows: Sequence[Sequence[float]], shading: Shading, left: float, top: float, cell: float
) -> List[str]:
    """Return the cells; neighbours of one colour in a row are one rectangle."""
    drawn = []
    for number, row in enumerate(rows):
        for colour, first, last in equal_neighbours([shading.colour(value) for value in row]):
            drawn.append(svg.rectangle(left + cell * first, top + cell * number,
                                       cell * (last - first), cell, colour))
    frame = svg.rectangle(left, top, cell * len(rows[0]), cell * len(rows), "none",
                          stroke=SOFT_INK)
    return [svg.moved(drawn, 0, 0, shape_rendering="crispEdges"), frame]


def _numbers_drawn(
    rows: Sequence[Sequence[float]], texts: Sequence[Sequence[str]], shading: Shading,
    left: float, top: float, cell: float,
) -> List[str]:
    return [svg.write(text, left + cell * (column + 0.5), top + cell * (number + 0.5) + 4, 12,
                      "middle", readable_on(shading.colour(rows[number][column])))
            for number, row in enumerate(texts) for column, text in enumerate(row)]


def _names_drawn(
    row_names: Sequence[str], column_names: Sequence[str], left: float, top: float, cell: float,
    turned: bool,
) -> List[str]:
    """Return the names that have room; where cells are small, only every second, third, …"""
    every = max(1, math.ceil(14 / cell))
    drawn = [svg.write(name, left - 6, top + cell * (number + 0.5) + 4, 12, "end", INK)
             for number, name in enumerate(row_names) if number % every == 0]
    every = every if turned else 1
    for number, name in enumerate(column_names):
        x = left + cell * (number + 0.5)
        if number % every:
            continue
        drawn.append(svg.write(name, x + 4, top - 6, 12, "start", INK, turned=True) if turned
                     else svg.write(name, x, top - 6, 12, "middle", INK))
    return drawn


def _labels_drawn(
    labels: Tuple[str, str], left: float, above: float, wide: float, top: float, high: float,
    width: float,
) -> List[str]:
    drawn = []
    if labels[0]:
        said = label(labels[0], width - 2 * EDGE)
        half = max((text_width(line, said.size) for line in said.lines), default=0.0) / 2
        middle = min(max(left + wide / 2, EDGE + half), width - EDGE - half)
        drawn += svg.write_lines(said.lines, middle, above - 6 - said.more, said.size, "middle")
    said = label(labels[1], max(high, 60))
    return drawn + svg.write_lines(said.lines, EDGE + 12, top + high / 2, said.size, "middle",
                                   turned=True)


def _bar_numbers(shading: Shading) -> float:
    ticks = _bar_scale(shading).ticks(5)
    return max((_wide(tick.label) for tick in ticks), default=0) + 8


def _bar_scale(shading: Shading) -> Scale:
    return fitted("draw.heatmap", [shading.low, shading.high])


def colour_bar(
    shading: Shading, left: float, top: float, height: float, scale: Optional[Scale] = None,
    colour: Optional[Callable[[float], str]] = None, bar_label: str = "",
) -> List[str]:
    """Return a bar of all colours, from the lowest number below to the highest above."""
    scale, colour = scale or _bar_scale(shading), colour or shading.colour
    steps = 48
    drawn = [svg.rectangle(left, top + height * (1 - (k + 1) / steps), BAR, height / steps + 0.5,
                           colour(scale.value_at((k + 0.5) / steps))) for k in range(steps)]
    drawn = [svg.moved(drawn, 0, 0, shape_rendering="crispEdges")]
    drawn.append(svg.rectangle(left, top, BAR, height, "none", stroke=SOFT_INK))
    ticks = scale.ticks(max(2, min(6, int(height / 36))))
    if bar_label:
        beyond = max((_wide(tick.label) for tick in ticks), default=0.0)
        said = label(bar_label, height)
        drawn += svg.write_lines(said.lines, left + BAR + 22 + beyond, top + height / 2, said.size,
                                 "middle", INK, turned=True)
    for value, text in ticks:
        y = top + height * (1 - scale.place(value))
        drawn.append(svg.line(left + BAR, y, left + BAR + 4, y, SOFT_INK))
        drawn.append(svg.write(text, left + BAR + 8, y + 4, 12, "start", SOFT_INK))
    return drawn


# ---- With characters ----


def _labels(x_label: str, y_label: str, width: int) -> List[str]:
    said = [f"columns: {clean(x_label)}"] * bool(x_label) + [f"rows: {clean(y_label)}"] * bool(
        y_label)
    return paragraph("; ".join(said), width) if said else []


def cell_lines(
    rows: Sequence[Sequence[float]], shading: Shading, width: int, colour: bool,
    names: Sequence[str] = (),
) -> List[str]:
    """Return a matrix as shades, or coloured cells, averaged where there are too many."""
    label = min(max(map(cells, names), default=-1) + 1, width // 3)
    most = width - label
    across = max(1, math.ceil(len(rows[0]) / most))
    down = max(across, math.ceil(len(rows) / 48))
    rows = averaged(rows, down, across)
    wide = max(1, min(2 if not names else 4, most // len(rows[0])))
    lines = []
    for number, row in enumerate(rows):
        name = names[number * down] if names else ""
        start = (fill(name, label - 1, right=True) + " ") if label else ""
        drawn = [tinted(" " * wide, INK, True, on=shading.colour(value)) if colour
                 else shading.sign(value) * wide for value in row]
        lines.append(start + "".join(drawn))
    joined = f"; each character is {down} × {across} numbers" if down * across > 1 else ""
    return lines + paragraph(shading.said(colour) + joined, width)


def averaged(rows: Sequence[Sequence[float]], down: int, across: int) -> List[List[float]]:
    """Return the means of blocks of `down` × `across` numbers.

    >>> averaged([[1.0, 3.0, 5.0], [1.0, 3.0, 7.0]], 2, 2)
    [[2.0, 6.0]]
    """
    if down == across == 1:
        return [list(row) for row in rows]
    means = []
    for top in range(0, len(rows), down):
        blocks = [[value for row in rows[top:top + down] for value in row[left:left + across]]
                  for left in range(0, len(rows[0]), across)]
        means.append([math.fsum(block) / len(block) for block in blocks])
    return means


def _number_table(
    rows: Sequence[Sequence[float]], texts: Sequence[Sequence[str]], names: Names,
    shading: Shading, width: int, colour: bool,
) -> Optional[List[str]]:
    """Return the numbers as a table, None where the screen is too narrow for it."""
    row_names, column_names = names
    cell = max(cells(text) for row in [*texts, column_names] for text in row) + 1
    label = max(map(cells, row_names), default=0)
    if label + cell * len(texts[0]) > width:
        return None
    lines = []
    if column_names:
        lines.append(" " * label + "".join(fill(name, cell, right=True) for name in column_names))
    for number, row in enumerate(texts):
        start = fill(row_names[number], label, right=True) if row_names else ""
        drawn = []
        for value, text in zip(rows[number], row):
            ground = shading.colour(value)
            drawn.append(tinted(fill(text, cell, right=True), readable_on(ground), colour, ground))
        lines.append(start + "".join(drawn))
    return lines


# ---- Confusion ----


def confusion(
    counts: Sequence[Sequence[int]], *, class_names: Sequence[str] = (),
    title: str = "Confusion matrix",
) -> Picture:
    """Draw a confusion matrix: row a, column p says how often class a was taken for class p.

    Right answers, on the diagonal, are blue; mistakes red, the stronger the more of the examples of
    the class they are. Raises ValueError for a matrix that is not square, negative counts or the
    wrong number of names.
    """
    rows = _counts(counts)
    names = [clean(name) for name in class_names] or [str(k) for k in range(len(rows))]
    if len(names) != len(rows):
        raise ValueError(f"draw.confusion: class_names: expected {len(rows)} names, got "
                         f"{len(names)}")
    shares = [[_share(row, a, p) for p in range(len(row))] for a, row in enumerate(rows)]
    texts = [[str(count) for count in row] for row in rows] if len(rows) <= 25 else []
    right = int(math.fsum(rows[k][k] for k in range(len(rows))))
    total = int(math.fsum(count for row in rows for count in row))
    mistakes = sorted(((rows[a][p], names[a], names[p]) for a in range(len(rows))
                       for p in range(len(rows)) if a != p and rows[a][p]), reverse=True)
    worst = "" if not mistakes else (f" The most frequent mistake: {mistakes[0][1]} taken for "
                                     f"{mistakes[0][2]}, {mistakes[0][0]} times.")
    said = (f"Confusion matrix of {len(rows)} classes, a row for each actual class, a column for "
            f"each predicted one: {right} of {total} are right.{worst}")

    def as_text(width: int, colour: bool) -> List[str]:
        return paragraph("rows: actual; columns: predicted", width) + (
            _confusion_lines(rows, names, shares, width, colour))

    return _picture(shares, title, said, Shading(-1.0, 1.0), texts, (names, names),
                    ("predicted", "actual"), as_text, bar=False)


def _counts(counts: Any) -> List[List[int]]:
    rows = [list(row) for row in counts]
    if not rows or any(len(row) != len(rows) for row in rows):
        raise ValueError("draw.confusion: expected a square matrix of counts, a row and a column "
                         "for each class")
    for row in rows:
        for count in row:
            if not isinstance(count, (int, float)) or count != int(count) or count < 0:
                raise ValueError(f"draw.confusion: expected counts 0, 1, 2, …, got {count!r:.40}")
    return [[int(count) for count in row] for row in rows]


def _share(row: Sequence[int], actual: int, predicted: int) -> float:
    """Return how much of a class went where; mistakes are negative, to be red."""
    share = row[predicted] / max(1, sum(row))
    # A rare mistake must still be seen: the root makes 1 % a tenth of the strength.
    return 0.75 * math.sqrt(share) * (1 if actual == predicted else -1)


def _confusion_lines(
    rows: Sequence[Sequence[int]], names: Sequence[str], shares: Sequence[Sequence[float]],
    width: int, colour: bool,
) -> List[str]:
    """Return the table; with short names, or as shades, where it would be too wide."""
    for shown in (list(names), [str(number) for number in range(len(names))]):
        if all(name.isascii() for name in shown) or not colour:
            lines = confusion_table(rows, shown, colour)
            if len(confusion_table(rows, shown)[0]) <= width:
                return lines
    return cell_lines(shares, Shading(-1.0, 1.0), width, colour)


# ---- A landscape ----


def landscape(
    xs: Sequence[float], ys: Sequence[float], heights: Sequence[Sequence[float]], *, title: str,
    x_label: str = "", y_label: str = "", path: Sequence[Tuple[float, float]] = (),
    log: bool = False, bar_label: str = "",
) -> Picture:
    """Draw heights over a plane from light (low) to dark (high), and a path through it.

    heights[row][column] is the height at (xs[column], ys[row]); xs and ys are evenly spaced and
    grow. path: [(x, y), …], for instance a descent; it begins at a ring and ends at a dot. log: the
    colours follow the logarithm of the heights. bar_label: what the heights are. Raises ValueError
    for fewer than two xs or ys, numbers that are not finite, heights of another shape, and log of
    a height not above 0.
    """
    rows = numbers_of("draw.landscape", heights)
    _check_grid(xs, ys, rows)
    steps = _checked_path(path)
    scale = fitted("draw.landscape: heights", [value for row in rows for value in row], log=log)
    x_scale, y_scale = _around(xs), _around(ys)

    def draw(page: float) -> Drawing:
        beside, more = 60.0 + (18 if bar_label else 0), 0.0
        for _ in range(2):  # a bar with a label of two lines leaves less for the frame
            beside += more
            wide = min(LAND, page - beside)
            frame = chart(title, x_scale, y_scale, x_label=x_label, y_label=y_label, width=wide,
                          square=True)
            more = label(bar_label, frame.height).more
        bar = colour_bar(Shading(0.0, 1.0), frame.left + frame.width + 14, frame.top, frame.height,
                         scale, lambda value: _height_colour(scale, value), bar_label)
        inside = frame.inside([*_squares_of(frame, rows, scale), *_descent(frame, steps)])
        return Drawing([*frame.around, *bar, inside], wide + beside,
                       frame.bottom)

    def as_text(width: int, colour: bool) -> List[str]:
        return _landscape_lines(rows, scale, x_scale, y_scale, steps, width, colour,
                                x_label, y_label)

    return Picture(title, _described_land(xs, ys, rows, steps), draw, as_text)


def _checked_path(path: Sequence[Tuple[float, float]]) -> List[Point]:
    steps = [(float(x), float(y)) for x, y in path]
    if not all(math.isfinite(value) for step in steps for value in step):
        raise ValueError("draw.landscape: path: expected finite numbers")
    return steps


def _around(values: Sequence[float]) -> Scale:
    """Return a scale on which each number has a whole cell, itself in the middle."""
    half = (values[1] - values[0]) / 2
    return Scale(values[0] - half, values[-1] + half)


def _described_land(
    xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[float]],
    steps: Sequence[Point],
) -> str:
    lowest = min((value, xs[c], ys[r]) for r, row in enumerate(rows) for c, value in enumerate(row))
    said = (f"Landscape of heights from {short(lowest[0])} to {short(max(map(max, rows)))}; the "
            f"lowest is at {short(lowest[1])}, {short(lowest[2])}.")
    if not steps:
        return said
    (x1, y1), (x2, y2) = steps[0], steps[-1]
    return (f"{said} A path of {len(steps)} points leads from {short(x1)}, {short(y1)} to "
            f"{short(x2)}, {short(y2)}.")


def _check_grid(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[float]]) -> None:
    for name, values in (("xs", xs), ("ys", ys)):
        if len(values) < 2 or any(not math.isfinite(value) for value in values) or any(
            b <= a for a, b in zip(values, values[1:])
        ):
            raise ValueError(f"draw.landscape: {name}: expected two or more growing numbers")
    if len(rows) != len(ys) or len(rows[0]) != len(xs):
        raise ValueError(f"draw.landscape: heights: expected {len(ys)} rows of {len(xs)} numbers, "
                         f"got {len(rows)} of {len(rows[0])}")


def _height_colour(scale: Scale, value: float) -> str:
    """Return one of 40 shades: few enough that neighbours are often the same."""
    return sequential(math.floor(scale.place(value) * 40 + 0.5) / 40)


def _squares_of(frame: Chart, rows: Sequence[Sequence[float]], scale: Scale) -> List[str]:
    drawn = []
    high, wide = frame.height / len(rows), frame.width / len(rows[0])
    for number, row in enumerate(reversed(rows)):
        top, bottom = (math.floor(frame.top + high * k + 0.5) for k in (number, number + 1))
        colours = [_height_colour(scale, value) for value in row]
        for colour, first, last in equal_neighbours(colours):
            left, right = (math.floor(frame.left + wide * k + 0.5) for k in (first, last))
            drawn.append(svg.rectangle(left, top, right - left, bottom - top, colour))
    return [svg.moved(drawn, 0, 0, shape_rendering="crispEdges")]


def _descent(frame: Chart, steps: Sequence[Point]) -> List[str]:
    """Return the path: dark on a light edge, so that it is seen on every height."""
    if not steps:
        return []
    pixels = [(frame.x(x), frame.y(y)) for x, y in steps]
    drawn = [svg.polyline(pixels, PAPER, 5), svg.polyline(pixels, "#d55e00", 2.4)]
    if len(pixels) <= 60:
        drawn += [svg.circle(x, y, 2.6, "#d55e00", stroke=PAPER) for x, y in pixels[1:-1]]
    return drawn + [
        svg.circle(*pixels[0], 6, PAPER, stroke="#d55e00", stroke_width=2.6),
        svg.circle(*pixels[-1], 6, "#d55e00", stroke=PAPER, stroke_width=2),
    ]


def _landscape_lines(
    rows: Sequence[Sequence[float]], scale: Scale, x_scale: Scale, y_scale: Scale,
    steps: Sequence[Point], width: int, colour: bool, x_label: str, y_label: str,
) -> List[str]:
    screen = frame_of_text(y_scale, width, rows=min(24, max(9, width // 3)))
    for row in range(screen.height):
        number = len(rows) - 1 - row * len(rows) // screen.height
        for column in range(screen.width):
            value = rows[number][column * len(rows[0]) // screen.width]
            sign = " " if colour else SHADES[math.floor(4 * scale.place(value) + 0.5)]
            screen.put(column, row, sign, INK, on=_height_colour(scale, value))
    for number, (x, y) in enumerate(steps):
        sign = "A" if number == 0 else "Z" if number == len(steps) - 1 else "o"
        screen.put(math.floor(x_scale.place(x) * screen.width),
                   math.floor((1 - y_scale.place(y)) * screen.height), sign, "#d55e00")
    said = f"heights from {short(scale.low)} ({'light' if colour else 'blank'}) to " \
           f"{short(scale.high)} ({'dark' if colour else '█'})"
    said += "; the path goes from A over o to Z" if steps else ""
    return framed(screen, x_scale, y_scale, colour, x_label, y_label) + paragraph(said, width)
