"""A part as a Jupyter notebook, with its outputs: format 4.5, which is JSON.

Nothing in it depends on when or where it was made, so that the same part gives the same bytes.
Source: the format's description at nbformat, version 4.5.

Before this: latex. After this: plain.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Sequence

from .formulas import looks_like_formula
from .latex import display_latex, inline_latex
from .parts import Part
from .percent import PROSE
from .running import Output, Ran

__all__ = ["as_notebook"]

BLOCK = re.compile(r"```formula *(.*)\n((?:.*\n)*?)```")
TOY = re.compile(r"```widget (\w+)\n```")
FENCE = re.compile(r"(^```[^$]*?^```|^\$\$.*?^\$\$)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[([^\]\n]+)\]\(((?:\.\./|part_\d\d_)[^)\s]*)\)")


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
        text = _for_jupyter(ran.cell.text) if ran.cell.kind == PROSE else ran.cell.text
        head: Dict[str, Any] = {"id": f"part-{part.number}-cell-{number}", "metadata": {},
                                "source": _lines(text)}
        if ran.cell.kind == PROSE:
            cells.append({"cell_type": "markdown", **head})
        else:
            run_so_far += 1
            cells.append({"cell_type": "code", "execution_count": run_so_far, **head,
                          "outputs": [_output(output) for output in ran.outputs]})
    return cells


def _for_jupyter(text: str) -> str:
    """Return prose with what Jupyter does not know put into words.

    The links of a lesson lead to files beside it. A notebook may lie anywhere, so it says where
    they lead instead. Formulas become LaTeX, which Jupyter sets.

    >>> _for_jupyter("[`Dense`](../layers.py#Dense), [part 7](part_07_cross_entropy.py), `$x[k]$`")
    '`Dense` (`purenn/layers.py`), part 7, $x_{k}$'
    """
    text = LINK.sub(lambda found: _said(found[1], found[2]), text)
    text = BLOCK.sub(lambda found: display_latex(found[2], found[1]), text)
    text = TOY.sub(r"(In the web book a figure to play with stands here: \1.)", text)
    pieces = FENCE.split(text)  # every second one is a block that stays as it is
    pieces[::2] = [CODE.sub(_inline, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _inline(found: "re.Match[str]") -> str:
    """Return a span of code, as LaTeX if it is a formula."""
    code = found[1]
    dollars = len(code) > 2 and code[0] == code[-1] == "$"
    if not dollars and not looks_like_formula(code):
        return found[0]
    return inline_latex(code.strip("$"))


def _said(words: str, address: str) -> str:
    if address.startswith("part_"):
        place = f"part {int(address[5:7])}"
        return words if words == place else f"{words} ({place})"
    return f"{words} (`purenn/{address.split('#')[0][len('../'):]}`)"


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
