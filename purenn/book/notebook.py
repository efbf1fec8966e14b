"""A part as a Jupyter notebook, with its outputs: format 4.5, which is JSON.

Nothing in it depends on when or where it was made, so that the same part gives the same bytes.
Source: the format's description at nbformat, version 4.5.

Before this: website. After this: plain.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Sequence

from .parts import Part
from .percent import PROSE
from .running import Output, Ran

__all__ = ["as_notebook"]


def as_notebook(part: Part, results: Sequence[Ran]) -> str:
    """Return the notebook as the text of its file."""
    whole = {
        "cells": _cells(part, results),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python",
                              "name": "python"},
            "title": f"Part {part.number}: {part.title}",
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cells(part: Part, results: Sequence[Ran]) -> List[Dict[str, Any]]:
    cells: List[Dict[str, Any]] = []
    run_so_far = 0
    for number, ran in enumerate(results, start=1):
        head: Dict[str, Any] = {"id": f"part-{part.number}-cell-{number}", "metadata": {},
                "source": _lines(ran.cell.text)}
        if ran.cell.kind == PROSE:
            cells.append({"cell_type": "markdown", **head})
        else:
            run_so_far += 1
            cells.append({"cell_type": "code", "execution_count": run_so_far, **head,
                          "outputs": [_output(output) for output in ran.outputs]})
    return cells


def _output(output: Output) -> Dict[str, Any]:
    if isinstance(output, str):
        return {"output_type": "stream", "name": "stdout", "text": _lines(output)}
    return {"output_type": "display_data", "metadata": {},
            "data": {"image/svg+xml": _lines(output.svg()), "text/plain": _lines(output.text())}}


def _lines(text: str) -> List[str]:
    r"""Return the lines with their ends, as notebooks keep them.

    >>> _lines("a\nb")
    ['a\n', 'b']
    """
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
