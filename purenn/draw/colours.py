"""Colours that mean something, to everybody, on paper too.

One man in twelve cannot tell red from green. So colours here differ in lightness as well, and where
things must be told apart there is always a second sign: the shape of a point, the dashes of a line.

- *Categories* (classes, curves): the palette of Okabe and Ito, made to be told apart with every
  kind of colour vision, with darker ones in place of the yellow that nobody sees on white.
- *Amounts*: from light to dark through yellow, green and blue; lighter is less.
- *Signed amounts*: red below 0, white at 0, blue above; the stronger the further away.

On a dark page light and dark change places and the hues stay: `for_dark`. So a picture that can be
read by day can be read by night.

Source: Okabe and Ito, "Color Universal Design", 2008; WCAG 2.1 for luminance and contrast; Björn
Ottosson, "A perceptual color space for image processing", 2020, for lightness.

Before this: scales. After this: typesetting.
"""

from __future__ import annotations

import math
from typing import List, Sequence, Tuple

__all__ = [
    "AMOUNTS", "CATEGORIES", "GRID", "INK", "PAPER", "SOFT_INK", "contrast", "diverging",
    "for_dark", "mixed", "readable_on", "sequential", "terminal_number",
]

PAPER, INK, SOFT_INK, GRID = "#ffffff", "#1f2328", "#57606a", "#e3e6ea"

CATEGORIES = [
    "#0072b2",  # blue
    "#d55e00",  # vermillion
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#e69f00",  # orange
    "#56b4e9",  # sky blue
    "#3a3a3a",  # nearly black
    "#6b2400",  # brown
    "#4b0fd0",  # violet
    "#6fd0a8",  # mint
]

AMOUNTS = ["#fffbe0", "#d8ecb0", "#86cbab", "#3c9bb0", "#28619a", "#25265f"]
BELOW, ZERO, ABOVE = ["#8e1b10", "#e2725b"], "#ffffff", ["#5b9bd5", "#0b3c78"]


def sequential(part: float) -> str:
    """Return the colour of an amount from 0 (light) to 1 (dark).

    >>> sequential(0.0), sequential(1.0)
    ('#fffbe0', '#25265f')
    """
    return _along(AMOUNTS, part)


def diverging(part: float) -> str:
    """Return the colour of a signed amount from −1 (dark red) over 0 (white) to 1 (dark blue).

    >>> diverging(-1.0), diverging(0.0), diverging(1.0)
    ('#8e1b10', '#ffffff', '#0b3c78')
    """
    return _along([*BELOW, ZERO, *ABOVE], (part + 1) / 2)


def _along(anchors: Sequence[str], part: float) -> str:
    """Return the colour at a part, 0 to 1, of the way along the anchors."""
    way = min(1.0, max(0.0, part)) * (len(anchors) - 1)
    before = min(int(way), len(anchors) - 2)
    return mixed(anchors[before], anchors[before + 1], way - before)


def mixed(colour: str, other: str, part: float) -> str:
    """Return the colour with a part, 0 to 1, of the other one mixed in.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(other))
    return "#" + "".join(f"{int(a + (b - a) * part + 0.5):02x}" for a, b in pairs)


def _channels(colour: str) -> Tuple[int, int, int]:
    """Return red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


# ---- Can it be read? ----


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours, 1 (the same) to 21 (black on white); text needs 4.5.

    (L₁ + 0.05) / (L₂ + 0.05), with L the relative luminance and L₁ the larger one.
    Source: WCAG 2.1, "contrast ratio".

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    darker, lighter = sorted((_luminance(colour), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return how light a colour is, 0 to 1. The eye sees green best, and blue hardly."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """Return the light that a channel of a screen colour stands for."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def readable_on(colour: str) -> str:
    """Return the colour, black or white, in which text on this colour is read best.

    One of the two always has a contrast of more than 4.5; of softer colours not always.

    >>> readable_on("#ffffff"), readable_on("#0b3c78")
    ('#000000', '#ffffff')
    """
    return max(("#000000", PAPER), key=lambda ink: contrast(ink, colour))


# ---- By night ----

# From the light of red, green and blue to lightness, green-red and blue-yellow, by way of the roots
# of what the three kinds of cones in the eye receive.
TO_CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005]]
TO_OKLAB = [[0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660]]
FROM_OKLAB = [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728],
              [1.0, -0.0894841775, -1.2914855480]]
FROM_CONES = [[4.0767416621, -3.3077115913, 0.2309699292],
              [-1.2684380046, 2.6097574011, -0.3413193965],
              [-0.0041960863, -0.7034186147, 1.7076147010]]
NIGHT, MOON = 0.215, 0.97  # the lightness of a dark page, and of the ink on it
LIFT = 0.65  # below 1: what is half dark by day is more than half light by night, which eyes need


def for_dark(colour: str) -> str:
    """Return the colour that stands for this one on a dark page: light becomes dark, the hue stays.

    >>> for_dark("#ffffff"), for_dark("#000000")
    ('#191919', '#f5f5f5')
    """
    cones = _times(TO_CONES, [_linear(channel / 255) for channel in _channels(colour)])
    lightness, a, b = _times(TO_OKLAB, [cone ** (1 / 3) for cone in cones])
    turned = NIGHT + (MOON - NIGHT) * max(0.0, 1 - lightness) ** LIFT
    for strength in (1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1, 0.0):  # a hue too strong is no colour
        roots = _times(FROM_OKLAB, [turned, strength * a, strength * b])
        light = _times(FROM_CONES, [root ** 3 for root in roots])
        if all(-1e-4 <= one <= 1.0001 for one in light):
            break
    return "#" + "".join(f"{int(255 * _screen(one) + 0.5):02x}" for one in light)


def _times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> List[float]:
    return [math.fsum(m * v for m, v in zip(row, vector)) for row in matrix]


def _screen(light: float) -> float:
    """Return the channel, 0 to 1, for some light: the inverse of _linear."""
    light = min(1.0, max(0.0, light))
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


# ---- The colours of a terminal ----

CUBE = (0, 95, 135, 175, 215, 255)
GREYS = [8 + 10 * number for number in range(24)]
GREYISH = 12  # channels that differ less are taken for grey; colours must not turn into it


def terminal_number(colour: str) -> int:
    """Return the nearest of the 240 fixed colours that terminals have: a cube and 24 greys.

    >>> terminal_number("#ffffff"), terminal_number("#000000"), terminal_number("#767676")
    (231, 16, 243)
    """
    channels = _channels(colour)
    lightest, darkest = max(channels), min(channels)
    if lightest - darkest < GREYISH and GREYS[0] - 4 < lightest < GREYS[-1] + 4:
        return 232 + _nearest((lightest + darkest) // 2, GREYS)
    red, green, blue = (_nearest(channel, CUBE) for channel in channels)
    return 16 + 36 * red + 6 * green + blue


def _nearest(value: int, steps: Sequence[int]) -> int:
    """Return the number of the nearest step."""
    return min(range(len(steps)), key=lambda number: abs(steps[number] - value))
