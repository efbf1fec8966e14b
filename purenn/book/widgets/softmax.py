"""Softmax and cross-entropy: scores to be dragged, and what becomes of them.

Before this: neuron. After this: relus.
"""

from __future__ import annotations

import math
from typing import List

from ...losses import SoftmaxCrossEntropy
from .widget import Widget, beside, exactly, shown, table

__all__ = ["CLASSES", "SCORES", "TARGET", "make"]

PREDICTION, TARGET_COLOUR = ' class="term-1"', ' class="term-2"'
CLASSES, SCORES, TARGET = ["cat", "dog", "owl"], [2.0, 1.0, -1.0], 1
KINDS = ["", PREDICTION, "", TARGET_COLOUR, ""]  # of the columns after the first
HEADER = ["class", "s", "p", "−log p", "y", "p − y"]


def make() -> Widget:
    """Return the widget; its still picture is the table for the scores it begins with."""
    loss = SoftmaxCrossEntropy()
    p = loss.predict([SCORES])[0]
    gradient = loss.gradient([SCORES], [TARGET])[0]
    rows = "\n".join(_row(k, p[k], gradient[k]) for k in range(len(CLASSES)))
    head = "".join(f"<th{kind}>{text}</th>" for kind, text in zip(["", *KINDS], HEADER))
    drawn = (table(head, rows)
             + f'\n<p class="step" role="status">The right class is {CLASSES[TARGET]}: the loss is '
             f"{exactly(loss([SCORES], [TARGET]))}.</p>")
    still = (f"<p>The scores s become probabilities <span{PREDICTION}>p</span> = softmax(s); "
             f"<span{TARGET_COLOUR}>y</span> is 1 for the right one.</p>\n"
             f"{beside(drawn, '')}")
    return Widget("softmax", "Softmax and cross-entropy", still,
                  {"classes": CLASSES, "scores": SCORES, "target": TARGET})


def _row(k: int, p: float, gradient: float) -> str:
    cells: List[str] = [shown(SCORES[k]), f'<span class="bar" style="width: {50 * p:.1f}px"></span>'
                        f"{exactly(p)}", exactly(-math.log(p)), shown(float(k == TARGET)),
                        exactly(gradient)]
    inside = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(KINDS, cells))
    return f'<tr><th scope="row">{CLASSES[k]}</th>{inside}</tr>'
