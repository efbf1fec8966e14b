"""A neuron with handles: its two weights and its bias decide where the border lies.

The neuron of part 1, on days without rain. Sliding a weight turns the border, sliding the bias
moves it.

Before this: landscape. After this: softmax.
"""

from __future__ import annotations

from random import Random
from typing import Dict, List

from ... import draw
from ...draw.points import scales_around
from ...layers import Dense
from ..figures import NARROW, with_own_ids
from .widget import Widget, beside, bracketed, shown, table

__all__ = ["BIAS", "DAYS", "WEIGHTS", "make", "scores"]

# How many degrees above 20 it is, and how many hours are free.
DAYS: Dict[str, List[float]] = {
    "Monday": [5.0, 0.0], "Tuesday": [1.0, 4.0], "Wednesday": [0.0, 2.0], "Thursday": [8.0, 1.0],
    "Friday": [3.0, 1.5], "Saturday": [4.0, 3.0], "Sunday": [6.0, 2.0],
}
WEIGHTS, BIAS = [0.5, 1.0], -3.0


def scores(weights: List[float], bias: float) -> List[float]:
    """Return the neuron's output for each day."""
    neuron = Dense(2, 1, Random(1))
    neuron.weights.value, neuron.biases.value = [weights], [[bias]]
    return [row[0] for row in neuron.forward(list(DAYS.values()))]


def make() -> Widget:
    """Return the widget; its still picture are the days, and their scores."""
    outputs = scores(WEIGHTS, BIAS)
    picture = draw.scatter(list(DAYS.values()), [int(one > 0) for one in outputs],
                           title="Shall we go to the lake?", x_label="warmth",
                           y_label="free hours", class_names=["stay", "go"])
    x_scale, y_scale = scales_around([(x, y) for x, y in DAYS.values()])
    rows = "\n".join(
        f'<tr><th scope="row">{day}</th><td>{shown(x)}</td><td>{shown(y)}</td>'
        f"<td>{shown(one)}</td><td>{'go' if one > 0 else 'stay'}</td></tr>"
        for (day, (x, y)), one in zip(DAYS.items(), outputs))
    told = (f'<p class="step" role="status">score = {bracketed(WEIGHTS[0])} · warmth + '
            f"{bracketed(WEIGHTS[1])} · free hours + {bracketed(BIAS)}.</p>\n"
            + table("<th>day</th><th>warmth</th><th>hours</th><th>score</th><th>so</th>", rows))
    still = beside(with_own_ids(picture.svg(NARROW), "widget-neuron-"), told)
    return Widget("neuron", "A neuron with handles", still, {
        "days": list(DAYS.values()), "weights": WEIGHTS, "bias": BIAS,
        "limits": [x_scale.low, x_scale.high, y_scale.low, y_scale.high]})
