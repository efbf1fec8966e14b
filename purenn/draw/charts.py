"""Charts: a frame with two axes, round numbers beside them, and a legend.

What line charts, points, histograms and landscapes have in common. First everything around the
frame is measured (the title, the legend, the widest number beside the axis), and what is left is
the frame; so nothing can lie upon anything else:

    title
    ── loss   ┄┄ validation          the legend: in rows of its own, above the lines
       1.0 ┌───────────────────┐
    l      │                   │
    o  0.5 │                   │
    s      │                   │
    s  0.0 └───────────────────┘
           0    10    20     30
                  epoch

The same frame with characters is `framed`.

Before this: picture. After this: curves.
"""

from __future__ import annotations

from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from . import svg
from .characters import Screen, tinted
from .colours import GRID, INK, SOFT_INK
from .picture import EDGE, heading, title_height
from .scales import Scale, Tick
from .typesetting import (
    LINE, Label, cells, clean, fill, folded, label, shortened, text_width, wrapped,
)

__all__ = [
    "Chart", "Entry", "HEIGHT", "SAMPLE", "WIDTH", "chart", "fitting_ticks", "frame_of_text",
    "framed", "height_for", "legend_of_text", "paragraph",
]

WIDTH, HEIGHT = 640, 400
TICK_SIZE = 12
LEGEND_ROW, SAMPLE = 20, 30  # pixels: the height of a row of the legend, the length of a sample
TICK_APART = 13  # pixels from line to line of the numbers beside an axis, at least
APART = 10  # pixels between neighbouring numbers of an axis


class Entry(NamedTuple):
    """A line of the legend. `sample(x, y)` draws what it explains, SAMPLE wide around height y."""

    name: str
    sample: Callable[[float, float], str]


class Chart:
    """A frame on the paper: `x` and `y` say which pixel a number belongs to."""

    def __init__(
        self, left: float, top: float, width: float, height: float, x_scale: Scale, y_scale: Scale
    ) -> None:
        self.left, self.top, self.width, self.height = left, top, width, height
        self.x_scale, self.y_scale = x_scale, y_scale
        self.around: List[str] = []  # title, axes, legend: all but the contents
        self.bottom = top + height  # where all that belongs to the frame ends

    def x(self, value: float) -> float:
        """Return the pixel column of a number; what is far outside stays near, for browsers."""
        return self.left + self.width * _near(self.x_scale.place(value))

    def y(self, value: float) -> float:
        """Return the pixel row of a number; larger numbers are further up."""
        return self.top + self.height * (1.0 - _near(self.y_scale.place(value)))

    def inside(self, elements: Sequence[str]) -> str:
        """Return elements, of which only what lies within the frame is seen."""
        return svg.clipped(elements, self.left, self.top, self.width, self.height)


def _near(place: float) -> float:
    return min(10.0, max(-9.0, place))


def chart(
    title: str, x_scale: Scale, y_scale: Scale, *, x_label: str = "", y_label: str = "",
    legend: Sequence[Entry] = (), width: float = WIDTH, height: float = HEIGHT,
    square: bool = False,
) -> Chart:
    """Measure all that stands around the frame, and return the frame with it.

    height: of the whole picture; with `square` it is the frame's width that decides instead, as a
    plane of points should not be distorted.
    """
    below = EDGE + 18 + (20 if x_label else 0)
    above = title_height(title, width) + _legend_height(legend, width) + 6
    frame_height = height - above - below
    right = EDGE + 14
    if square:  # about: the width of the numbers decides it, and it decides which numbers there are
        frame_height = width - 2 * EDGE - 60
    numbers = max(_numbers_width(y_scale, frame_height - less) for less in
                  ((0, 30, 60) if square else (0,)))
    left = EDGE + (22 if y_label else 0) + numbers + 8
    x_said = label(x_label, width - left - right - LINE)
    frame_height -= 0 if square else x_said.more
    y_said = label(y_label, max(frame_height, 60))
    left += y_said.more
    frame_width = width - left - right
    if square:
        frame_height = frame_width
    made = Chart(left, above, frame_width, max(frame_height, 60), x_scale, y_scale)
    made.bottom = above + made.height + 52 + x_said.more
    made.around = [
        *heading(title, width), *_legend(legend, title_height(title, width), width),
        *_x_axis(made, x_said), *_y_axis(made, y_said),
    ]
    return made


def height_for(width: float, full: float = HEIGHT) -> float:
    """Return how high a chart is on a page of that width: on a narrow one nearly square."""
    return min(full, max(250.0, 0.85 * width))


# ---- Axes ----


def _numbers_width(scale: Scale, height: float) -> float:
    return max((text_width(tick.label, TICK_SIZE) for tick in _ticks_beside(scale, height)),
               default=0.0)


def _ticks_beside(scale: Scale, height: float) -> List[Tick]:
    """Return the ticks of a vertical axis: three or more, from which one can tell its scale."""
    most = max(3, min(9, int(height / 30)))
    found = [scale.ticks(most + more) for more in range(5)]
    return next((ticks for ticks in found if 3 <= len(ticks) <= max(most, height / TICK_APART)),
                found[0])


def fitting_ticks(
    scale: Scale, length: float, gap: float, measure: Callable[[str], float]
) -> List[Tick]:
    """Return as many ticks as there are without their labels coming nearer than `gap`."""
    for at_most in (9, 8, 7, 6, 5, 4, 3, 2):
        ticks = scale.ticks(at_most)
        ends = [(length * scale.place(tick.value), measure(tick.label) / 2) for tick in ticks]
        if len(ticks) <= at_most and all(
            a + half + gap <= b - other for (a, half), (b, other) in zip(ends, ends[1:])
        ):
            return ticks
    return ticks[:1]


def _x_axis(frame: Chart, said: Label) -> List[str]:
    bottom, middle = frame.top + frame.height, frame.left + frame.width / 2
    drawn: List[str] = []
    for value, text in fitting_ticks(frame.x_scale, frame.width, APART,
                                     lambda one: text_width(one, TICK_SIZE)):
        x = frame.x(value)
        drawn.append(svg.line(x, frame.top, x, bottom, GRID))
        drawn.append(svg.line(x, bottom, x, bottom + 4, SOFT_INK))
        half = text_width(text, TICK_SIZE) / 2
        inside = min(frame.left + frame.width + EDGE + 10 - half, x)
        drawn.append(svg.write(text, inside, bottom + 18, TICK_SIZE, "middle", SOFT_INK))
    drawn.append(svg.line(frame.left, bottom, frame.left + frame.width, bottom, SOFT_INK))
    return drawn + svg.write_lines(said.lines, middle, bottom + 37, said.size, "middle", INK)


def _y_axis(frame: Chart, said: Label) -> List[str]:
    right = frame.left + frame.width
    drawn: List[str] = []
    for value, text in _ticks_beside(frame.y_scale, frame.height):
        y = frame.y(value)
        drawn.append(svg.line(frame.left, y, right, y, GRID))
        drawn.append(svg.line(frame.left - 4, y, frame.left, y, SOFT_INK))
        drawn.append(svg.write(text, frame.left - 8, y + 4, TICK_SIZE, "end", SOFT_INK))
    drawn.append(svg.line(frame.left, frame.top, frame.left, frame.top + frame.height, SOFT_INK))
    return drawn + svg.write_lines(said.lines, EDGE + 12, frame.top + frame.height / 2, said.size,
                                   "middle", INK, turned=True)


# ---- The legend ----


def _legend_places(legend: Sequence[Entry], width: float) -> List[Tuple[float, int, List[str]]]:
    """Return for each entry where it begins, in which row, and its name, in lines if need be."""
    places: List[Tuple[float, int, List[str]]] = []
    x, row, below, most = float(EDGE), 0, 1, width - 2 * EDGE - SAMPLE - 8
    for entry in legend:
        name = folded(clean(entry.name), most, _tick_width)
        needs = SAMPLE + 6 + max(map(_tick_width, name), default=0.0)
        if x > EDGE and x + needs > width - EDGE:
            x, row, below = float(EDGE), row + below, 1
        places.append((x, row, name))
        below = max(below, len(name))
        x += needs + 18
    return places


def _tick_width(text: str) -> float:
    return text_width(text, TICK_SIZE)


def _legend_height(legend: Sequence[Entry], width: float) -> float:
    places = _legend_places(legend, width)
    return LEGEND_ROW * max((row + max(1, len(name)) for _, row, name in places), default=0)


def _legend(legend: Sequence[Entry], top: float, width: float) -> List[str]:
    drawn = []
    for entry, (x, row, name) in zip(legend, _legend_places(legend, width)):
        y = top + LEGEND_ROW * row + 9
        drawn.append(entry.sample(x, y))
        drawn += svg.write_lines(name, x + SAMPLE + 6, y + 4, TICK_SIZE, colour=INK)
    return drawn


# ---- The same with characters ----


def frame_of_text(y_scale: Scale, width: int, rows: Optional[int] = None) -> Screen:
    """Return the screen that is left for the contents when the numbers of the axis have room."""
    rows = rows or min(18, max(7, width // 4))
    numbers = max((cells(label) for _, label in _ticks_down(y_scale, rows)), default=0)
    return Screen(max(4, width - numbers - 2), rows)


def _ticks_down(scale: Scale, rows: int) -> List[Tick]:
    return scale.ticks(max(2, rows // 3))


def framed(
    screen: Screen, x_scale: Scale, y_scale: Scale, colour: bool, x_label: str = "",
    y_label: str = "",
) -> List[str]:
    """Return a screen with its two axes, numbers and labels around it, as lines of text."""
    ticks = _ticks_down(y_scale, screen.height)
    at_row = {_row(y_scale, tick.value, screen.height): tick.label for tick in ticks}
    wide = max((cells(label) for label in at_row.values()), default=0)
    lines = [shortened(clean(y_label), wide + 2 + screen.width)] if y_label else []
    for row, contents in enumerate(screen.lines(colour)):
        edge = "┤" if row in at_row else "│"
        lines.append(fill(at_row.get(row, ""), wide, right=True) + " " + edge + contents)
    return lines + _below(screen.width, x_scale, wide + 2, x_label)


def _row(scale: Scale, value: float, rows: int) -> int:
    return min(rows - 1, max(0, int((1 - scale.place(value)) * (rows - 1) + 0.5)))


def _below(width: int, scale: Scale, indent: int, label: str) -> List[str]:
    """Return the horizontal axis, its numbers, and its label."""
    axis, numbers = ["─"] * width, [" "] * (width + indent)
    for value, text in fitting_ticks(scale, width - 1, 1, cells):
        column = min(width - 1, max(0, int(scale.place(value) * (width - 1) + 0.5)))
        axis[column] = "┬"
        start = min(len(numbers) - len(text), max(0, indent + column - len(text) // 2))
        numbers[start:start + len(text)] = text
    lines = [" " * (indent - 1) + "└" + "".join(axis), "".join(numbers).rstrip()]
    if label:
        text = shortened(clean(label), width)
        lines.append(" " * (indent + (width - cells(text)) // 2) + text)
    return lines


def legend_of_text(
    entries: Sequence[Tuple[str, str, Any]], width: int, colour: bool
) -> List[str]:
    """Return (sign, colour, name) for each entry as lines of text, as many as needed."""
    lines: List[str] = []
    taken = width
    for sign, ink, name in entries:
        name = shortened(clean(name), width - cells(sign) - 1)
        needs = cells(sign) + 1 + cells(name)
        piece = f"{tinted(sign, ink, colour)} {name}"
        if taken + 3 + needs <= width:
            lines[-1] += "   " + piece
            taken += 3 + needs
        else:
            lines.append(piece)
            taken = needs
    return lines


def paragraph(text: str, width: int) -> List[str]:
    """Return a remark as lines of text."""
    return wrapped(clean(text), width, most=6)
