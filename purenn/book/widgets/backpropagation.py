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
from .widget import Widget, beside, bracketed, shown

__all__ = ["NUMBERS", "ROWS", "STEPS", "SYMBOLS", "make", "values_by_purenn"]

# The numbers that can be changed, one line for each neuron: inputs and target, weights and biases.
# Letters and numbers are those of part 9: w for the output, v[neuron][input] for what is hidden.
ROWS: Dict[str, Dict[str, float]] = {
    "inputs and target": {"x0": 1.0, "x1": 2.0, "t": 3.0},
    "hidden neuron 0": {"v00": 0.5, "v01": 1.0, "b0": 0.0},
    "hidden neuron 1": {"v10": 1.0, "v11": -0.5, "b1": 0.5},
    "output": {"w0": 1.0, "w1": -2.0, "c": 0.5},
}
NUMBERS = {key: value for row in ROWS.values() for key, value in row.items()}

INDICES = str.maketrans("01", "₀₁")
NAMED = [*NUMBERS, "z0", "z1", "h0", "h1", "y", "L"]
SYMBOLS = {
    **{key: key.translate(INDICES) for key in NAMED},
    **{f"g{key}": f"∂L/∂{key.translate(INDICES)}" for key in NAMED if key not in ("t", "L")},
    "one": "1", "e": "(y − t)", "double": "2(y − t)", "s0": "slope of ReLU", "s1": "slope of ReLU",
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
    *(Step(key, kind, terms, plus) for n in "01" for key, kind, terms, plus in (
        (f"z{n}", "sum", [(f"v{n}0", "x0"), (f"v{n}1", "x1")], f"b{n}"),
        (f"h{n}", "relu", [(f"z{n}", "one")], ""))),
    Step("y", "sum", [("w0", "h0"), ("w1", "h1")], "c"), Step("L", "loss", [("e", "e")]),
    Step("gy", "gradient", [("one", "double")]),
    Step("gw0", "gradient", [("gy", "h0")]), Step("gw1", "gradient", [("gy", "h1")]),
    Step("gc", "gradient", [("gy", "one")]),
    *(Step(key, "gradient", terms) for n in "01" for key, terms in (
        (f"gh{n}", [("gy", f"w{n}")]), (f"gz{n}", [(f"gh{n}", f"s{n}")]),
        (f"gv{n}0", [(f"gz{n}", "x0")]), (f"gv{n}1", [(f"gz{n}", "x1")]),
        (f"gb{n}", [(f"gz{n}", "one")]))),
    Step("gx0", "gradient", [("gz0", "v00"), ("gz1", "v10")]),
    Step("gx1", "gradient", [("gz0", "v01"), ("gz1", "v11")]),
]


def values_by_purenn(numbers: Mapping[str, float]) -> Dict[str, float]:
    """Return every value and gradient, computed by the library's layers, loss and backward."""
    first, relu, second = Dense(2, 2, Random(1)), ReLU(), Dense(2, 1, Random(1))
    first.weights.value = [[numbers["v00"], numbers["v01"]], [numbers["v10"], numbers["v11"]]]
    first.biases.value = [[numbers["b0"], numbers["b1"]]]
    second.weights.value = [[numbers["w0"], numbers["w1"]]]
    second.biases.value = [[numbers["c"]]]
    z = first.forward([[numbers["x0"], numbers["x1"]]])
    h = relu.forward(z)
    y = second.forward(h)
    squared, target = MeanSquaredError(), [[numbers["t"]]]
    from_loss = squared.gradient(y, target)
    gh = second.backward(from_loss)
    gz = relu.backward(gh)
    gx = first.backward(gz)
    found = dict(zip(("z0", "z1", "h0", "h1", "y", "L", "gy"),
                     [*z[0], *h[0], y[0][0], squared(y, target), from_loss[0][0]]))
    first_gradient: Any = first.weights.gradient
    named: List[Tuple[Sequence[str], Any]] = [
        (("gh0", "gh1"), gh), (("gz0", "gz1"), gz), (("gx0", "gx1"), gx),
        (("gw0", "gw1"), second.weights.gradient), (("gc",), second.biases.gradient),
        (("gb0", "gb1"), first.biases.gradient), (("gv00", "gv01"), first_gradient[:1]),
        (("gv10", "gv11"), first_gradient[1:])]
    for names, rows in named:
        found.update(zip(names, rows[0]))
    slopes = {f"s{n}": 1.0 if found[f"z{n}"] > 0 else 0.0 for n in "01"}
    error = found["y"] - numbers["t"]
    return {**numbers, **found, **slopes, "one": 1.0, "e": error, "double": 2.0 * error}


def make() -> Widget:
    """Return the widget with the numbers that it begins with."""
    values = values_by_purenn(NUMBERS)
    steps = "\n".join(_item(step, values) for step in STEPS)
    told = ('<p class="legend"><span class="term-1">gradient from the right</span> · '
            '<span class="term-2">local slope</span></p>\n'
            f'<ol class="steps">\n{steps}\n</ol>')
    still = beside(_diagram(values), told)
    data = {"rows": ROWS, "symbols": SYMBOLS,
            "steps": [step._asdict() for step in STEPS]}
    return Widget("backpropagation", "Backpropagation, one product at a time", still, data)


def _item(step: Step, values: Mapping[str, float]) -> str:
    """Return a step as text: symbols, then numbers, then the result."""
    symbols = _side(step, {key: html.escape(text) for key, text in SYMBOLS.items()})
    numbers = _side(step, {key: bracketed(value) for key, value in values.items()})
    return (f'<li data-key="{step.key}">{SYMBOLS[step.key]} = {symbols} = {numbers} = '
            f"<strong>{shown(values[step.key])}</strong></li>")


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

# Each hidden neuron is z, its sum, and h, what ReLU makes of it. The middles of the boxes; the
# gradient stands above or below.
NODES = {"x0": (34, 75, 34), "x1": (34, 255, -24), "z0": (184, 40, -24), "h0": (184, 110, 34),
         "h1": (184, 220, -24), "z1": (184, 290, 34), "y": (306, 165, 34)}
EDGES = {"v00": ("x0", "z0"), "v10": ("x0", "z1"), "v01": ("x1", "z0"), "v11": ("x1", "z1"),
         "w0": ("h0", "y"), "w1": ("h1", "y")}
# Where the weights and biases stand; their gradients are one line below.
LABELS = {"v00": (109, 50), "v11": (109, 276), "v10": (92, 134), "v01": (92, 188),
          "w0": (246, 134), "w1": (244, 209), "b0": (250, 35), "b1": (250, 285), "c": (306, 104)}
ALONE = {"L": (306, 246), "t": (306, 264)}
HALF_WIDTH, HALF_HEIGHT, LINE = 30, 19, 15


def _diagram(values: Mapping[str, float]) -> str:
    """Return the network with each value, and below it the gradient, in the colour of gradients."""
    drawn = [_edge(key, *ends) for key, ends in EDGES.items()]
    drawn += [_relu(n) for n in "01"]
    drawn += [_node(key, values) for key in NODES]
    drawn += [_label(key, x, y, f"{SYMBOLS[key]} {shown(values[key])}")
              + _label(f"g{key}", x, y + LINE, shown(values[f"g{key}"]))
              for key, (x, y) in LABELS.items()]
    drawn += [_label(key, x, y, f"{SYMBOLS[key]} {shown(values[key])}")
              for key, (x, y) in ALONE.items()]
    inside = "\n".join(drawn)
    return (f'<svg class="network" viewBox="0 0 340 332" role="img" aria-label="A network with two '
            f'inputs, two hidden neurons and one output, each number with its gradient">\n'
            f"{inside}\n</svg>")


def _edge(key: str, left: str, right: str) -> str:
    return (f'<line data-edge="{key}" x1="{NODES[left][0] + HALF_WIDTH}" y1="{NODES[left][1]}" '
            f'x2="{NODES[right][0] - HALF_WIDTH}" y2="{NODES[right][1]}"/>')


def _relu(neuron: str) -> str:
    """Return the way from z to h, an arrow with its name."""
    x, y, _ = NODES[f"z{neuron}"]
    way = 1 if NODES[f"h{neuron}"][1] > y else -1
    start, end = y + way * HALF_HEIGHT, NODES[f"h{neuron}"][1] - way * HALF_HEIGHT
    return (f'<line x1="{x}" y1="{start}" x2="{x}" y2="{end}"/>'
            f'<polyline points="{x - 4},{end - way * 6} {x},{end} {x + 4},{end - way * 6}"/>'
            f'<text class="symbol" x="{x + 24}" y="{(start + end) // 2 + 4}">ReLU</text>')


def _node(key: str, values: Mapping[str, float]) -> str:
    x, y, gradient = NODES[key]
    return (f'<rect data-node="{key}" x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" '
            f'width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}" rx="10"/>'
            f'<text class="symbol" x="{x}" y="{y - 4}">{SYMBOLS[key]}</text>'
            f'<text data-value="{key}" x="{x}" y="{y + 12}">{shown(values[key])}</text>'
            + _label(f"g{key}", x, y + gradient, shown(values[f"g{key}"])))


def _label(key: str, x: int, y: int, text: str) -> str:
    """Return a text on a piece of paper of its own, so that no line runs through it."""
    width = 7 * len(text) + 4
    kind = ' class="term-1"' if key.startswith("g") else ""
    return (f'<rect class="under" x="{x - width / 2:g}" y="{y - 12}" width="{width}" height="15"/>'
            f'<text{kind} data-value="{key}" x="{x}" y="{y}">{text}</text>')
