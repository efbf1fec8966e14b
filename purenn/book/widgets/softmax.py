"""Softmax and cross-entropy: scores to be dragged, and what becomes of them.

Before this: neuron. After this: relus.
"""

from __future__ import annotations

import math
from typing import List

from ...losses import SoftmaxCrossEntropy
from .widget import Widget, shown

__all__ = ["CLASSES", "SCORES", "TARGET", "make"]

CLASSES, SCORES, TARGET = ["cat", "dog", "owl"], [2.0, 1.0, -1.0], 0
HEADER = ["class", "s", "p", "−log p", "y", "p − y"]


def make() -> Widget:
    """Return the widget; its still picture is the table for the scores it begins with."""
    loss = SoftmaxCrossEntropy()
    p = loss.predict([SCORES])[0]
    gradient = loss.gradient([SCORES], [TARGET])[0]
    rows = "\n".join(_row(k, p[k], gradient[k]) for k in range(len(CLASSES)))
    head = "".join(f"<th>{text}</th>" for text in HEADER)
    still = ("<p>The scores s become probabilities p = softmax(s); y is 1 for the right one.</p>\n"
             f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
             f'<p class="step" role="status">The right class is {CLASSES[TARGET]}: the loss is '
             f"{shown(loss([SCORES], [TARGET]))}.</p>")
    return Widget("softmax", "Softmax and cross-entropy", still,
                  {"classes": CLASSES, "scores": SCORES, "target": TARGET})


def _row(k: int, p: float, gradient: float) -> str:
    cells: List[str] = [shown(SCORES[k]), f'<span class="bar" style="width: {50 * p:.1f}px"></span>'
                        f"{shown(p)}", shown(-math.log(p)), shown(float(k == TARGET)),
                        shown(gradient)]
    inside = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{CLASSES[k]}</th>{inside}</tr>'
