"""A curve out of ReLUs: three of them, each with a place where it opens and a slope.

Before this: softmax. After this: broadcasting.
"""

from __future__ import annotations

import math
from random import Random
from typing import List

from ... import draw
from ...activations import ReLU
from ...layers import Dense
from ...network import Network
from ..figures import NARROW, with_own_ids
from .widget import Widget, beside, bracketed, shown

__all__ = ["BEST_KINKS", "BEST_SLOPES", "GOAL", "GOOD", "KINKS", "REACHED", "SLOPES", "XS", "curve",
           "make"]

XS = [k / 20 for k in range(81)]  # 0, 0.05, … 4
KINKS, SLOPES = [0.0, 0.5, 2.0], [1.0, -1.5, 1.0]
LIMITS = [0.0, 4.0, -1.5, 1.5]
# The best that was found by a search over what the sliders can be set to, and what is near to it.
BEST_KINKS, BEST_SLOPES = [0.0, 1.0, 3.0], [1.15, -2.3, 2.2]
REACHED, GOOD = 0.15, 0.2
GOAL = [math.sin(math.pi * x / 2) for x in XS]


def curve(kinks: List[float], slopes: List[float]) -> List[float]:
    """Return the outputs of a network of three ReLUs for all XS."""
    first, second = Dense(1, len(kinks), Random(1)), Dense(len(kinks), 1, Random(1))
    first.weights.value = [[1.0] for _ in kinks]
    first.biases.value = [[-kink for kink in kinks]]
    second.weights.value, second.biases.value = [slopes], [[0.0]]
    return [row[0] for row in Network([first, ReLU(), second]).predict([[x] for x in XS])]


def make() -> Widget:
    """Return the widget; its still picture is the curve that it begins with."""
    ys = curve(KINKS, SLOPES)
    picture = draw.lines({"the goal": list(zip(XS, GOAL)), "the network": list(zip(XS, ys))},
                         title="Three ReLUs, added up", x_label="x", y_label="output",
                         limits=((LIMITS[0], LIMITS[1]), (LIMITS[2], LIMITS[3])))
    off = max(abs(y - goal) for y, goal in zip(ys, GOAL))
    terms = " + ".join(f"{bracketed(slope)}\u00a0·\u00a0max(x\u00a0−\u00a0{shown(kink)},\u00a00)"
                       for kink, slope in zip(KINKS, SLOPES))
    told = (f"<p>The goal is sin(π · x / 2) for x from 0 to 4. With three ReLUs one can come as "
            f"near as {shown(REACHED)} everywhere; below {shown(GOOD)} is good.</p>\n"
            f'<p class="step" role="status">y = {terms}. At most {shown(off)} off.</p>')
    still = beside(with_own_ids(picture.svg(NARROW), "widget-relus-"), told)
    return Widget("relus", "A curve out of ReLUs", still,
                  {"xs": XS, "goal": GOAL, "kinks": KINKS, "slopes": SLOPES, "limits": LIMITS})
