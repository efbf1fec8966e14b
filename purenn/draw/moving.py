"""Moving: several pictures one after the other, as one that is animated by its own style rules.

No script is needed: each picture is hidden but for its time. What is the same in all of them, axes
and points perhaps, is drawn once. Who asks for reduced motion, or looks with something that knows
no animation, sees the last picture alone.

Before this: patterns. After this: showing.
"""

from __future__ import annotations

import hashlib
from typing import List, Sequence

from ..checks import above_zero
from . import svg
from .arranging import checked_pictures
from .numerals import fixed
from .picture import Drawing, Picture

__all__ = ["frames"]

HOLD = 5  # the last picture stays so many times as long as the others


def frames(pictures: Sequence[Picture], *, title: str, seconds: float = 0.5) -> Picture:
    """Show pictures one after the other, `seconds` each, the last one longer; then again.

    They should be alike: one data set, drawn after each epoch. In a terminal the last one is drawn.
    Raises ValueError for no pictures or more than 60 and for a time that is not above 0, TypeError
    for what is no picture.
    """
    shown = checked_pictures("draw.frames", pictures)
    above_zero("draw.frames", "seconds", seconds)
    said = f"{len(shown)} pictures, one after the other; the last: {shown[-1].description}"

    def draw(page: float) -> Drawing:
        return _overlaid([picture.drawn(page) for picture in shown], seconds)

    return Picture(title, said, draw, shown[-1].text_lines)


def _overlaid(drawings: Sequence[Drawing], seconds: float) -> Drawing:
    """Return the drawings upon each other; elements that are the same in all of them stand once."""
    rounds = len(drawings) - 1 + HOLD
    count = max(len(drawing.elements) for drawing in drawings)
    padded = [[*drawing.elements, *[""] * (count - len(drawing.elements))] for drawing in drawings]
    name = "frame-" + hashlib.sha256("".join(map("".join, padded)).encode()).hexdigest()[:8]
    drawn = [_style(name, len(drawings), seconds)] if len(drawings) > 1 else []
    for variants in zip(*padded):
        if len(set(variants)) == 1:
            drawn.append(variants[0])
            continue
        for number, one in enumerate(variants):
            last = number == len(variants) - 1
            # A negative delay: the animation has begun already, and comes to 0 % at its time.
            delay = fixed((number - rounds) * seconds, 2)
            drawn.append(svg.element("g", one, class_=name + " last" * last,
                                     style=f"animation-delay:{delay}s"))
    return Drawing([one for one in drawn if one], max(one.width for one in drawings),
                   max(one.height for one in drawings))


def _style(name: str, count: int, seconds: float) -> str:
    """Return the rules: every picture has its time in a round of count − 1 + HOLD times."""
    rounds = count - 1 + HOLD
    rules: List[str] = [
        f".{name}{{visibility:hidden}}", f".{name}.last{{visibility:visible}}",
        "@media (prefers-reduced-motion:no-preference){",
        f".{name}{{animation:{name} {fixed(rounds * seconds, 2)}s step-end infinite}}",
        f".{name}.last{{animation-name:{name}-last}}",
        f"@keyframes {name}{{0%{{visibility:visible}}{fixed(100 / rounds, 3)}%,"
        f"100%{{visibility:hidden}}}}",
        f"@keyframes {name}-last{{0%{{visibility:visible}}{fixed(100 * HOLD / rounds, 3)}%,"
        f"100%{{visibility:hidden}}}}", "}"]
    return f"<style>{''.join(rules)}</style>"
