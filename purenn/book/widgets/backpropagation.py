"""Backpropagation step by step: a network of 2-2-1 whose every number can be changed.

What is computed is a list of steps. Each is a sum of products: forward of weights and inputs,
backward of "gradient from the right · local slope". The same list is in the page for the script,
and the still picture shows the numbers that purenn's own layers computed.

Before this: widget. After this: training.
"""

from __future__ import annotations

import html
from random import Random
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ...layers import Dense
from ...activations import ReLU
from ...losses import MeanSquaredError
from .widget import Widget, shown

__all__ = ["NUMBERS", "STEPS", "make", "values_by_purenn"]

# The numbers that can be changed: inputs, target, weights and biases of two layers.
NUMBERS = {"x1": 1.0, "x2": 2.0, "t": 0.25, "w11": 0.5, "w12": 0.25, "b1": 0.0, "w21": -1.0,
           "w22": 1.0, "b2": 0.5, "v1": 2.0, "v2": -1.0, "c": 0.5}

SYMBOLS = {
    "x1": "x₁", "x2": "x₂", "t": "t", "w11": "w₁₁", "w12": "w₁₂", "b1": "b₁", "w21": "w₂₁",
    "w22": "w₂₂", "b2": "b₂", "v1": "v₁", "v2": "v₂", "c": "c", "z1": "z₁", "z2": "z₂", "h1": "h₁",
    "h2": "h₂", "y": "y", "L": "L", "one": "1", "two": "2", "e": "(y − t)", "s1": "slope of ReLU",
    "s2": "slope of ReLU",
    **{f"g{key}": f"∂L/∂{symbol}" for key, symbol in (
        ("y", "y"), ("v1", "v₁"), ("v2", "v₂"), ("c", "c"), ("h1", "h₁"), ("h2", "h₂"),
        ("z1", "z₁"), ("z2", "z₂"), ("w11", "w₁₁"), ("w12", "w₁₂"), ("b1", "b₁"), ("w21", "w₂₁"),
        ("w22", "w₂₂"), ("b2", "b₂"), ("x1", "x₁"), ("x2", "x₂"))},
}


class Step(NamedTuple):
    """What one click shows: `key` is the sum of the products of `terms`, and of `plus`.

    `kind` is "sum" forward, "relu" and "loss" for the two formulas, "gradient" backward.
    """

    key: str
    kind: str
    terms: List[Tuple[str, str]]
    plus: str = ""


STEPS = [
    Step("z1", "sum", [("w11", "x1"), ("w12", "x2")], "b1"), Step("h1", "relu", [("z1", "one")]),
    Step("z2", "sum", [("w21", "x1"), ("w22", "x2")], "b2"), Step("h2", "relu", [("z2", "one")]),
    Step("y", "sum", [("v1", "h1"), ("v2", "h2")], "c"), Step("L", "loss", [("e", "e")]),
    Step("gy", "gradient", [("two", "e")]),
    Step("gv1", "gradient", [("gy", "h1")]), Step("gv2", "gradient", [("gy", "h2")]),
    Step("gc", "gradient", [("gy", "one")]),
    *(Step(key, "gradient", terms) for n in "12" for key, terms in (
        (f"gh{n}", [("gy", f"v{n}")]), (f"gz{n}", [(f"gh{n}", f"s{n}")]),
        (f"gw{n}1", [(f"gz{n}", "x1")]), (f"gw{n}2", [(f"gz{n}", "x2")]),
        (f"gb{n}", [(f"gz{n}", "one")]))),
    Step("gx1", "gradient", [("gz1", "w11"), ("gz2", "w21")]),
    Step("gx2", "gradient", [("gz1", "w12"), ("gz2", "w22")]),
]


def values_by_purenn(numbers: Mapping[str, float]) -> Dict[str, float]:
    """Return every value and gradient, computed by the library's layers, loss and backward."""
    first, bend, second = Dense(2, 2, Random(1)), ReLU(), Dense(2, 1, Random(1))
    first.weights.value = [[numbers["w11"], numbers["w12"]], [numbers["w21"], numbers["w22"]]]
    first.biases.value = [[numbers["b1"], numbers["b2"]]]
    second.weights.value = [[numbers["v1"], numbers["v2"]]]
    second.biases.value = [[numbers["c"]]]
    z = first.forward([[numbers["x1"], numbers["x2"]]])
    h = bend.forward(z)
    y = second.forward(h)
    squared, target = MeanSquaredError(), [[numbers["t"]]]
    from_loss = squared.gradient(y, target)
    gh = second.backward(from_loss)
    gz = bend.backward(gh)
    gx = first.backward(gz)
    found = dict(zip(("z1", "z2", "h1", "h2", "y", "L", "gy"),
                     [*z[0], *h[0], y[0][0], squared(y, target), from_loss[0][0]]))
    first_gradient: Any = first.weights.gradient
    named: List[Tuple[Sequence[str], Any]] = [
        (("gh1", "gh2"), gh), (("gz1", "gz2"), gz), (("gx1", "gx2"), gx),
        (("gv1", "gv2"), second.weights.gradient), (("gc",), second.biases.gradient),
        (("gb1", "gb2"), first.biases.gradient), (("gw11", "gw12"), first_gradient[:1]),
        (("gw21", "gw22"), first_gradient[1:])]
    for names, rows in named:
        found.update(zip(names, rows[0]))
    slopes = {f"s{n}": 1.0 if found[f"z{n}"] > 0 else 0.0 for n in "12"}
    return {**numbers, **found, **slopes, "one": 1.0, "two": 2.0,
            "e": found["y"] - numbers["t"]}


def make() -> Widget:
    """Return the widget with the numbers that it begins with."""
    values = values_by_purenn(NUMBERS)
    steps = "\n".join(_item(step, values) for step in STEPS)
    still = (f"{_diagram(values)}\n"
             f'<p class="legend"><span class="term-1">gradient from the right</span> · '
             f'<span class="term-2">local slope</span></p>\n'
             f'<ol class="steps">\n{steps}\n</ol>')
    data = {"numbers": NUMBERS, "symbols": SYMBOLS,
            "steps": [step._asdict() for step in STEPS]}
    return Widget("backpropagation", "Backpropagation, one product at a time", still, data)


def _item(step: Step, values: Mapping[str, float]) -> str:
    """Return a step as text: symbols, then numbers, then the result."""
    symbols = _side(step, {key: html.escape(text) for key, text in SYMBOLS.items()})
    numbers = _side(step, {key: _in_brackets(value) for key, value in values.items()})
    return (f'<li data-key="{step.key}">{SYMBOLS[step.key]} = {symbols} = {numbers} = '
            f"<strong>{shown(values[step.key])}</strong></li>")


def _in_brackets(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)


def _side(step: Step, texts: Mapping[str, str]) -> str:
    if step.kind == "relu":
        return f"max({texts[step.terms[0][0]].strip('()')}, 0)"
    if step.kind == "loss":
        return f"{texts['e']}²"
    coloured = step.kind == "gradient"
    products = [f'<span class="term-1">{texts[a]}</span> · <span class="term-2">{texts[b]}</span>'
                if coloured else f"{texts[a]} · {texts[b]}" for a, b in step.terms]
    return " + ".join([*products, *([texts[step.plus]] if step.plus else [])])


# ---- The drawing ----

NODES = {"x1": (26, 60), "x2": (26, 196), "h1": (160, 60), "h2": (160, 196), "y": (254, 128)}
EDGES = {"w11": ("x1", "h1", 92, 48), "w22": ("x2", "h2", 92, 214),
         "w21": ("x1", "h2", 70, 88), "w12": ("x2", "h1", 70, 156),
         "v1": ("h1", "y", 224, 78), "v2": ("h2", "y", 224, 184)}


def _diagram(values: Mapping[str, float]) -> str:
    """Return the network with each value, and below it the gradient, in the colour of gradients."""
    drawn = [f'<line data-edge="{key}" x1="{NODES[a][0]}" y1="{NODES[a][1]}" '
             f'x2="{NODES[b][0]}" y2="{NODES[b][1]}"/>' for key, (a, b, _, _) in EDGES.items()]
    drawn += [f'<circle data-node="{key}" cx="{x}" cy="{y}" r="20"/>'
              for key, (x, y) in NODES.items()]
    for key, (x, y) in NODES.items():
        below = {"x1": -26, "h1": -26, "y": 36}.get(key, 36)
        drawn.append(f'<text class="symbol" x="{x}" y="{y - 4}">{SYMBOLS[key]}</text>')
        drawn.append(_texts(key, x, y + 10, values, below + y))
    drawn += [_texts(key, x, y, values, y + 15) for key, (_, _, x, y) in EDGES.items()]
    drawn.append(_texts("b1", 160, 104, values, 119) + _texts("b2", 160, 146, values, 161))
    drawn.append(_texts("c", 294, 88, values, 103) + _texts("L", 290, 176, values, None))
    drawn.append(_texts("t", 290, 196, values, None))
    inside = "\n".join(drawn)
    return (f'<svg class="network" viewBox="0 0 330 240" role="img" aria-label="A network with two '
            f'inputs, two hidden neurons and one output, each number with its gradient">\n'
            f"{inside}\n</svg>")


def _texts(key: str, x: int, y: int, values: Mapping[str, float], gradient_at: Any) -> str:
    """Return a value, with its symbol where it stands in no circle, and its gradient."""
    inside = key in NODES
    text = shown(values[key]) if inside else f"{SYMBOLS[key]} {shown(values[key])}"
    drawn = f'<text data-value="{key}" x="{x}" y="{y}">{text}</text>'
    if gradient_at is not None and f"g{key}" in values:
        drawn += (f'<text class="term-1" data-value="g{key}" x="{x}" y="{gradient_at}">'
                  f"{shown(values[f'g{key}'])}</text>")
    return drawn


