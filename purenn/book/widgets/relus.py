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
from .widget import Widget, shown

__all__ = ["GOAL", "KINKS", "SLOPES", "XS", "curve", "make"]

XS = [k / 20 for k in range(81)]  # 0, 0.05, … 4
KINKS, SLOPES = [0.0, 0.5, 2.0], [1.0, -1.5, 1.0]
LIMITS = [0.0, 4.0, -1.5, 1.5]
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
    terms = " + ".join(f"({shown(slope)}) · max(x − {shown(kink)}, 0)"
                       for kink, slope in zip(KINKS, SLOPES))
    still = (f"{with_own_ids(picture.svg(NARROW), 'widget-relus-')}\n"
             f'<p class="step" role="status">y = {terms}. At most {shown(off)} off.</p>')
    return Widget("relus", "A curve out of ReLUs", still,
                  {"xs": XS, "goal": GOAL, "kinks": KINKS, "slopes": SLOPES, "limits": LIMITS})
