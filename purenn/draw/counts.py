"""Bars: numbers with names, and how often numbers occur.

A bar chart compares lengths, so its bars begin at 0; lying bars leave room for long names. A
histogram cuts the line of numbers into equal pieces, the bins, and counts how many numbers fall
into each.

Before this: points. After this: heatmaps.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ..checks import positive_integer
from . import svg
from .characters import tinted
from .charts import SAMPLE, WIDTH, Chart, Entry, chart, fitting_ticks, height_for, legend_of_text
from .colours import CATEGORIES, GRID, INK, SOFT_INK, mixed
from .numerals import fixed, short
from .picture import EDGE, Drawing, Picture, heading, title_height
from .scales import Scale, fitted
from .typesetting import Label, cells, clean, fill, folded, label, shortened, text_width

__all__ = ["MOST_HISTOGRAMS", "bars", "counted", "finite_number", "histogram"]

MOST_BARS, MOST_HISTOGRAMS, MOST_BINS = 60, 4, 200
ROW, TALL_ROW, THICK = 26, 34, 18  # pixels: from bar to bar, with names of two lines; thickness
NAMES = 200  # pixels: the most that names may take


def bars(
    values: Mapping[str, float], *, title: str, y_label: str = "", description: str = ""
) -> Picture:
    """Draw a bar for each number: {name: number}; the bars lie, so names may be long.

    y_label: what the numbers measure. Raises ValueError for none, for more than 60, and for numbers
    that are not finite.

    >>> bars({"ReLU": 0.97, "linear": 0.55}, title="Accuracy")
    Picture('Accuracy', 640 × 122)
    """
    known = _named_numbers(values)
    scale = _from_zero(list(known.values()))
    said = ", ".join(f"{name} {short(value)}" for name, value in list(known.items())[:8])
    more = f", and {len(known) - 8} more" if len(known) > 8 else ""
    of = f" of {clean(y_label)}" if y_label else ""

    def draw(page: float) -> Drawing:
        wide = min(page, WIDTH)
        names = [folded(name, min(NAMES, 0.45 * wide), _wide, most=2) for name in known]
        row = TALL_ROW if any(len(name) > 1 for name in names) else ROW
        frame = _frame_of_bars(names, list(known.values()), scale, title_height(title, wide), row,
                               wide)
        said = label(y_label, frame.width)
        return Drawing([*heading(title, wide), *_ruler(frame, said),
                        *_bars_drawn(names, list(known.values()), frame)],
                       wide, frame.bottom + 18 + (20 + said.more if y_label else 0) + EDGE)

    def as_text(width: int, colour: bool) -> List[str]:
        return ([shortened(clean(y_label), width)] if y_label else []) + bar_lines(
            [(name, value, CATEGORIES[0]) for name, value in known.items()], width, colour)

    return Picture(title, description or f"Bar chart{of}: {said}{more}.", draw, as_text)


def _named_numbers(values: Any) -> Dict[str, float]:
    if not isinstance(values, Mapping):
        raise TypeError(f"draw.bars: expected {{name: number}}, got {values!r:.60}")
    if not 1 <= len(values) <= MOST_BARS:
        raise ValueError(f"draw.bars: expected 1 to {MOST_BARS} numbers, got {len(values)}")
    known = {clean(name): finite_number(f"draw.bars: {clean(name)!r}", value)
             for name, value in values.items()}
    if len(known) < len(values):
        raise ValueError("draw.bars: two names look the same")
    return known


def finite_number(who: str, value: Any) -> float:
    """Return a number as a float; TypeError for none, ValueError if it is not finite."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{who}: expected a number, got {value!r:.60}")
    if not math.isfinite(value):
        raise ValueError(f"{who}: expected a finite number, got {float(value)}")
    return float(value)


def _from_zero(values: Sequence[float]) -> Scale:
    """Return a scale that holds 0 and all the numbers."""
    return fitted("draw.bars", [0.0, *values]) if any(values) else Scale(0.0, 1.0)


def _frame_of_bars(
    names: Sequence[Sequence[str]], values: Sequence[float], scale: Scale, top: float, row: float,
    width: float,
) -> Chart:
    """Return the frame that is left between the names and the numbers behind the longest bar."""
    beyond = _beyond(values)
    widest = max((_wide(line) for name in names for line in name), default=0.0)
    left = EDGE + widest + 8 + (beyond if scale.low < 0 else 0)
    return Chart(left, top, width - EDGE - beyond - left, row * len(values), scale, Scale(0.0, 1.0))


def _beyond(values: Sequence[float]) -> float:
    """Return how much room the numbers need that stand behind the ends of the bars."""
    return max(_wide(short(value)) for value in values) + 8


def _bars_drawn(
    names: Sequence[Sequence[str]], values: Sequence[float], frame: Chart
) -> List[str]:
    drawn, row = [], frame.height / len(values)
    at = frame.left - 8 - (_beyond(values) if frame.x_scale.low < 0 else 0)
    for number, (name, value) in enumerate(zip(names, values)):
        y, zero, end = frame.top + row * (number + 0.5), frame.x(0.0), frame.x(value)
        drawn.append(svg.rectangle(min(zero, end), y - THICK / 2, abs(end - zero), THICK,
                                   CATEGORIES[0]))
        drawn += svg.write_lines(name, at, y + 4 - 7 * (len(name) - 1), 12, "end", apart=14)
        drawn.append(svg.write(short(value), end + (6 if value >= 0 else -6), y + 4, 12,
                               "start" if value >= 0 else "end", SOFT_INK))
    drawn.append(svg.line(frame.x(0.0), frame.top, frame.x(0.0), frame.bottom, SOFT_INK))
    return drawn


def _ruler(frame: Chart, said: Label) -> List[str]:
    bottom = frame.top + frame.height
    drawn = []
    for value, text in fitting_ticks(frame.x_scale, frame.width, 12, _wide):
        drawn.append(svg.line(frame.x(value), frame.top, frame.x(value), bottom, GRID))
        drawn.append(svg.write(text, frame.x(value), bottom + 16, 12, "middle", SOFT_INK))
    return drawn + svg.write_lines(said.lines, frame.left + frame.width / 2, bottom + 36, said.size,
                                   "middle", INK)


def _wide(text: str) -> float:
    return text_width(text, 12)


# ---- Histograms ----


def histogram(
    numbers: Any, *, title: str, bins: int = 20, x_label: str = "", description: str = ""
) -> Picture:
    """Draw how often numbers occur: [number, …], or {name: [number, …]} for up to four of them.

    bins: into how many equal pieces the way from the smallest to the largest number is cut; all
    groups are cut at the same places. A number on a border counts to the right, the largest to the
    last bin. Raises ValueError for no numbers, numbers that are not finite, more than four groups.
    """
    if positive_integer("draw.histogram", "bins", bins) > MOST_BINS:
        raise ValueError(f"draw.histogram: bins: expected at most {MOST_BINS}, got {bins}")
    groups = _groups(numbers)
    low, high = _span(groups)
    counts = {name: counted(values, low, high, bins) for name, values in groups.items()}
    y_scale = _roomy_counts(counts)
    x_scale = Scale(low, high)
    legend = [_block(name, CATEGORIES[k]) for k, name in enumerate(counts)]
    said = "; ".join(f"{name + ': ' if name else ''}{len(values)} numbers from "
                     f"{short(min(values))} to {short(max(values))}"
                     for name, values in groups.items())

    def draw(page: float) -> Drawing:
        wide = min(page, WIDTH)
        frame = chart(title, x_scale, y_scale, x_label=x_label, y_label="how many",
                      legend=legend if len(counts) > 1 else (), width=wide, height=height_for(wide))
        drawn = [step for k, row in enumerate(counts.values()) for step in _steps(frame, row, k)]
        return Drawing([*frame.around, frame.inside(drawn)], wide, height_for(wide))

    def as_text(width: int, colour: bool) -> List[str]:
        return _histogram_lines(counts, low, high, width, colour, x_label)

    return Picture(title, description or f"Histogram of {bins} bins. {said}.", draw, as_text)


def _groups(numbers: Any) -> Dict[str, List[float]]:
    groups = numbers if isinstance(numbers, Mapping) else {"": numbers}
    if not 1 <= len(groups) <= MOST_HISTOGRAMS:
        raise ValueError(f"draw.histogram: expected 1 to {MOST_HISTOGRAMS} groups of numbers, got "
                         f"{len(groups)}; more of them hide each other")
    known: Dict[str, List[float]] = {}
    for name, values in groups.items():
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            raise TypeError(f"draw.histogram: expected [number, …], got {values!r:.60}")
        known[clean(name)] = [finite_number("draw.histogram", value) for value in values]
        if not known[clean(name)]:
            raise ValueError("draw.histogram: expected at least one number, got none")
    return known


def _span(groups: Mapping[str, Sequence[float]]) -> Tuple[float, float]:
    scale = fitted("draw.histogram", [value for values in groups.values() for value in values])
    return scale.low, scale.high


def counted(values: Sequence[float], low: float, high: float, bins: int) -> List[int]:
    """Return how many of the values fall into each of the equal bins from low to high.

    >>> counted([0.0, 0.4, 0.5, 1.0], 0.0, 1.0, bins=2)
    [2, 2]
    """
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - low) / (high - low) * bins)))] += 1
    return counts


def _roomy_counts(counts: Mapping[str, Sequence[int]]) -> Scale:
    return Scale(0.0, 1.05 * max(max(row) for row in counts.values()), whole=True)


def _block(name: str, colour: str) -> Entry:
    def sample(x: float, y: float) -> str:
        return svg.rectangle(x + SAMPLE - 20, y - 6, 20, 12, mixed("#ffffff", colour, 0.55),
                             stroke=colour, stroke_width=1.6)

    return Entry(name, sample)


def _steps(frame: Chart, counts: Sequence[int], look: int) -> List[str]:
    """Return the bars of one group as one outline, so that those behind it are still seen."""
    low, high = frame.x_scale.low, frame.x_scale.high
    xs = [frame.x(low + (high - low) * k / len(counts)) for k in range(len(counts) + 1)]
    data = f"M{fixed(xs[0])} {fixed(frame.y(0))}"
    data += "".join(f"V{fixed(frame.y(count))}H{fixed(x)}"
                    for count, x in zip(counts, xs[1:]))
    data += f"V{fixed(frame.y(0))}Z"
    return [svg.path(data, CATEGORIES[look], fill_opacity=0.55 if look == 0 else 0.35,
                     stroke=CATEGORIES[look], stroke_width=1.6)]


# ---- With characters ----


def bar_lines(
    rows: Sequence[Tuple[str, float, str]], width: int, colour: bool, sign: str = "█"
) -> List[str]:
    """Return (name, value, colour) as lines with lying bars; those below 0 go to the left.

    >>> bar_lines([("a", 2.0, "#000000"), ("bb", 1.0, "#000000")], 16, colour=False)
    ['a  ███████████ 2', 'bb ██████ 1']
    """
    name_cells = min(max(cells(name) for name, _, _ in rows), width // 3)
    said = [short(value) for _, value, _ in rows]
    room = max(4, width - name_cells - 2 - max(map(len, said)))
    low = min(0.0, min(value for _, value, _ in rows))
    high = max(0.0, max(value for _, value, _ in rows))
    unit = (high - low) or 1.0
    zero = math.floor(-low / unit * room + 0.5)
    lines = []
    for (name, value, ink), text in zip(rows, said):
        length = math.floor(abs(value) / unit * room + 0.5)
        before = " " * (zero - length if value < 0 else zero)
        bar = tinted((sign if value >= 0 else "▒") * length, ink, colour)
        lines.append(f"{fill(name, name_cells)} {before}{bar} {text}".rstrip())
    return lines


def _histogram_lines(
    counts: Mapping[str, Sequence[int]], low: float, high: float, width: int, colour: bool,
    x_label: str,
) -> List[str]:
    """Return a line for each bin and each group in it; many bins share lines."""
    bins = len(next(iter(counts.values())))
    signs = dict(zip(counts, "█▒░▓"))
    legend = legend_of_text([(2 * signs[name], CATEGORIES[k], name)
                             for k, name in enumerate(counts)], width, colour)
    joined = math.ceil(bins / 24)
    rows = []
    for first in range(0, bins, joined):
        start = short(low + (high - low) * first / bins)
        for k, (name, row) in enumerate(counts.items()):
            row = row[first:first + joined]
            rows.append((start if k == 0 else "", sum(row), signs[name], CATEGORIES[k]))
    most = max(max(total for _, total, _, _ in rows), 1)
    names = max(len(start) for start, _, _, _ in rows)
    room = max(4, width - names - 2 - len(str(most)))
    lines = [f"{start:>{names}} "
             f"{tinted(sign * math.ceil(room * total / most), ink, colour)} {total}"
             for start, total, sign, ink in rows]
    below = [shortened(f"from which {clean(x_label) or 'number'} on, and how many", width)]
    return (legend if len(counts) > 1 else []) + below + lines
