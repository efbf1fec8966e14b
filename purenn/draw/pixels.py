"""Images: rows of numbers that are small pictures.

A handwritten digit of 8 × 8 pixels is a row of 64 numbers, and so are the 64 weights of a neuron
that looks at it: drawn as a picture they show what the neuron looks for. Images are drawn in grey,
0 white, the largest number black; weights, which have a sign, in red and blue.

Before this: heatmaps. After this: diagrams.
"""

from __future__ import annotations

import math
from typing import Any, List, Optional, Sequence, Tuple

from ..checks import positive_integer
from . import svg
from .characters import Screen, beside_each_other, shade
from .charts import paragraph
from .colours import INK, PAPER, SOFT_INK, diverging, mixed
from .heatmaps import Shading, averaged, numbers_of
from .numerals import short
from .picture import EDGE, Drawing, Picture, heading, title_height
from .points import equal_neighbours
from .typesetting import clean, fill, text_width, wrapped

__all__ = ["images"]

MOST = 400
SIDE, GAP = 56, 12  # pixels: about how wide an image is drawn, and how far from the next one
SHADES = 32


def images(
    rows: Sequence[Sequence[float]], *, title: str, width: Optional[int] = None,
    captions: Sequence[Any] = (), columns: int = 10, signed: bool = False,
) -> Picture:
    """Draw each row of numbers as a small picture, `columns` of them side by side.

    width: how many pixels an image is wide (by default it is square). captions: a text below each.
    signed: red below 0, white 0, blue above. All images share one scale: the same number is the
    same colour everywhere. Raises ValueError for no rows, rows that make no rectangle, numbers that
    are not finite, the wrong number of captions, more than 400 images.
    """
    numbers = numbers_of("draw.images", rows)
    wide = _checked(numbers, width, captions, columns)
    texts = [clean(caption) for caption in captions]
    shading = _shading(numbers, signed)
    columns = min(columns, len(numbers))
    said = (f"{len(numbers)} images of {wide} × {len(numbers[0]) // wide} pixels, numbers from "
            f"{short(min(map(min, numbers)))} to {short(max(map(max, numbers)))}"
            + (f": {', '.join(texts[:20])}{', …' * (len(texts) > 20)}" if texts else "") + ".")

    def draw(page: float) -> Drawing:
        return _laid_out(numbers, wide, texts, shading, columns, title, page)

    def as_text(most: int, colour: bool) -> List[str]:
        return _as_text(numbers, wide, texts, shading, most, colour)

    return Picture(title, said, draw, as_text)


def _checked(
    numbers: Sequence[Sequence[float]], width: Optional[int], captions: Sequence[Any], columns: int
) -> int:
    """Return how wide an image is."""
    if len(numbers) > MOST:
        raise ValueError(f"draw.images: expected at most {MOST} images, got {len(numbers)}")
    size = len(numbers[0])
    wide = math.isqrt(size) if width is None else positive_integer("draw.images", "width", width)
    if size % wide or (width is None and wide * wide != size):
        if width is None:
            raise ValueError(f"draw.images: {size} numbers make no image that is square; say how "
                             f"wide an image is: width=…")
        raise ValueError(f"draw.images: {size} numbers make no image that is {wide} wide; expected "
                         f"a multiple of {wide}")
    if len(captions) not in (0, len(numbers)):
        raise ValueError(f"draw.images: captions: expected {len(numbers)}, got {len(captions)}")
    positive_integer("draw.images", "columns", columns)
    return wide


def _shading(numbers: Sequence[Sequence[float]], signed: bool) -> Shading:
    low, high = min(map(min, numbers)), max(map(max, numbers))
    return Shading(low, high, signed=True) if signed else Shading(min(0.0, low), high, signed=False)


def _colour(shading: Shading, value: float) -> str:
    """Return the colour of a pixel, one of few, so that neighbours can be drawn as one."""
    part = math.floor(shading.part(value) * SHADES + 0.5) / SHADES
    return diverging(2 * part - 1) if shading.signed else mixed(PAPER, "#000000", part)


# ---- The drawing ----


def _laid_out(
    numbers: Sequence[Sequence[float]], wide: int, texts: Sequence[str], shading: Shading,
    columns: int, title: str, page: float,
) -> Drawing:
    """Return the images in rows of `columns`, or of as many as the page has room for."""
    pixel = max(1, SIDE // wide)
    broad, high = pixel * wide, pixel * (len(numbers[0]) // wide)
    slot = max(broad, 40 if texts else 0) + GAP
    columns = max(1, min(columns, int((page - 2 * EDGE + GAP) / slot)))
    width = max(2 * EDGE + columns * slot - GAP, 240)
    captions = [wrapped(text, slot - 4, lambda one: text_width(one, 11), most=2)
                for text in texts]
    below = 14 * max(map(len, captions), default=0)
    top, row_height = title_height(title, width), high + below + GAP
    drawn = heading(title, width)
    for number, row in enumerate(numbers):
        x = EDGE + slot * (number % columns) + (slot - GAP - broad) / 2
        y = top + row_height * (number // columns)
        drawn.append(_image(row, wide, pixel, shading, x, y))
        for line, text in enumerate(captions[number] if captions else ()):
            drawn.append(svg.write(text, x + broad / 2, y + high + 13 + 14 * line, 11, "middle",
                                   INK))
    rows = math.ceil(len(numbers) / columns)
    return Drawing(drawn, width, top + rows * row_height - GAP + EDGE)


def _image(
    row: Sequence[float], wide: int, pixel: int, shading: Shading, x: float, y: float
) -> str:
    drawn = []
    high = len(row) // wide
    for number in range(high):
        colours = [_colour(shading, value) for value in row[wide * number:wide * (number + 1)]]
        for colour, first, last in equal_neighbours(colours):
            if colour != PAPER:
                drawn.append(svg.rectangle(first * pixel, number * pixel, (last - first) * pixel,
                                           pixel, colour))
    frame = svg.rectangle(-0.5, -0.5, wide * pixel + 1, high * pixel + 1, "none", stroke=SOFT_INK,
                          stroke_width=0.6)
    return svg.moved([*drawn, frame], x, y, shape_rendering="crispEdges")


# ---- With characters ----


def _as_text(
    numbers: Sequence[Sequence[float]], wide: int, texts: Sequence[str], shading: Shading,
    width: int, colour: bool,
) -> List[str]:
    """Return as many images side by side as fit."""
    blocks = [_block(row, wide, shading, width, colour) for row in numbers]
    broad = blocks[0][0]
    per_line = max(1, (width + 2) // (broad + 2))
    lines: List[str] = []
    for start in range(0, len(blocks), per_line):
        group = [block for _, block in blocks[start:start + per_line]]
        if texts:
            group = [[*block, fill(text, broad)]
                     for block, text in zip(group, texts[start:start + per_line])]
        lines += beside_each_other(group, gap=2) + [""]
    return lines[:-1] + (paragraph(shading.said(colour), width) if shading.signed else [])


def _block(
    row: Sequence[float], wide: int, shading: Shading, width: int, colour: bool
) -> Tuple[int, List[str]]:
    """Return how broad an image is in characters, and its lines."""
    per_pixel = 1 if colour else 2
    joined = max(1, math.ceil(wide * per_pixel / width))
    image = averaged([row[start:start + wide] for start in range(0, len(row), wide)], joined,
                     joined)
    broad = per_pixel * len(image[0])
    if colour:
        return broad, _half_blocks(image, shading)
    if shading.signed:
        return broad, ["".join(2 * shading.sign(value) for value in line) for line in image]
    return broad, ["".join(2 * shade(shading.part(value)) for value in line) for line in image]


def _half_blocks(image: Sequence[Sequence[float]], shading: Shading) -> List[str]:
    """Return two rows of pixels per line: the upper half block in one colour, on the other."""
    screen = Screen(len(image[0]), (len(image) + 1) // 2)
    for number in range(0, len(image), 2):
        below = image[number + 1] if number + 1 < len(image) else None
        for column, value in enumerate(image[number]):
            under = _colour(shading, below[column]) if below is not None else PAPER
            screen.put(column, number // 2, "▀", _colour(shading, value), on=under)
    return screen.lines(colour=True)
