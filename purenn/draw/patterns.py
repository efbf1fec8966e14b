"""Attention: who looked at whom, one heatmap for each head.

Before this: arranging. After this: moving.
"""

from __future__ import annotations

from typing import Sequence

from .arranging import beside
from .heatmaps import heatmap
from .picture import Picture

__all__ = ["attention"]


def attention(
    heads: Sequence[Sequence[Sequence[float]]], tokens: Sequence[str], *, title: str = "Attention",
) -> Picture:
    """Draw the weights of each head for one text: row i shows which tokens token i looked at.

    heads: a matrix (tokens × tokens) for each head, as `CausalSelfAttention.patterns[0]` has them
    after a forward; tokens: what to write beside rows and columns, one each. Raises ValueError as
    `heatmap`, and for no heads.

    >>> attention([[[1.0, 0.0], [0.25, 0.75]]], ["m", "a"]).description
    'Head 1, 2 tokens: “a” looks most at “a”, with 0.75.'
    """
    if not heads:
        raise ValueError("draw.attention: expected the weights of at least one head, got none")
    pictures = [
        heatmap(weights, title=f"Head {number}", row_names=tokens, column_names=tokens,
                x_label="looks at", y_label="token",
                description=_described(number, weights, tokens))
        for number, weights in enumerate(heads, start=1)
    ]
    return pictures[0] if len(pictures) == 1 else beside(pictures, title=title, columns=2)


def _described(number: int, weights: Sequence[Sequence[float]], tokens: Sequence[str]) -> str:
    """Say where the last token looks most."""
    last = weights[-1]
    most = max(range(len(last)), key=last.__getitem__)
    return (f"Head {number}, {len(tokens)} tokens: “{tokens[-1]}” looks most at “{tokens[most]}”, "
            f"with {last[most]:.2f}.")
