"""Diagrams: a network as circles and lines, and activations as curves.

A circle is a neuron, a line is a weight: blue above 0, red below, and the thicker the further from
0. The colour of a circle is its bias, in the same way. Layers of hundreds of neurons have no room;
of those the first few are drawn, dots, and the last.

Before this: pixels. After this: arranging.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..activations import Activation
from ..layers import Dense, Layer
from ..network import Network, layers_inside
from . import svg
from .counts import finite_number
from .charts import paragraph
from .colours import ABOVE, BELOW, CATEGORIES, INK, SOFT_INK, diverging
from .curves import Curve, draw_curves
from .heatmaps import Shading, cell_lines
from .numerals import short
from .picture import EDGE, Drawing, Picture, heading, title_height
from .typesetting import clean, folded, shortened, text_width

__all__ = ["activations", "network"]

MOST_SHOWN, MOST_LAYERS = 10, 12  # neurons of a layer that are drawn; layers
RADIUS, DOWN, ACROSS = 13, 40, 170  # pixels: of a circle; from circle to circle, layer to layer
NEAREST = 64  # pixels from layer to layer where the page is narrow
THICKEST = 5.0
NAMES = 130


class Column(NamedTuple):
    """A layer as it is drawn: `shown` are the numbers of its neurons, None where the dots are."""

    caption: List[str]
    size: int
    shown: List[Optional[int]]


class Weights(NamedTuple):
    """What lies between two columns."""

    weights: List[List[float]]
    biases: List[float]


def network(
    network: Network, *, title: Optional[str] = None, input_names: Sequence[str] = (),
    output_names: Sequence[str] = (),
) -> Picture:
    """Draw a network: a circle for each neuron, a line for each weight.

    Lines are blue for weights above 0 and red for those below, the thicker the further from 0,
    compared with the largest weight of the layer; the colour of a circle is its bias. Of layers of
    more than ten neurons the first, dots, and the last are drawn, and the caption says how many
    there are. Raises ValueError for a network without a Dense layer, of more than twelve, or the
    wrong number of names.
    """
    if not isinstance(network, Network):
        raise TypeError(f"draw.network: expected a Network, got {network!r:.60}")
    columns, between = _columns(network)
    inputs = _names("input_names", input_names, columns[0].size)
    outputs = _names("output_names", output_names, columns[-1].size)
    title = title or f"A network of {'-'.join(str(column.size) for column in columns)}"
    biggest = max((abs(w) for one in between for row in one.weights for w in row), default=0.0)
    layers = ", ".join(" ".join(column.caption) for column in columns)
    said = f"Network diagram: {layers}; weights up to {short(biggest)} from 0."
    if any(None in column.shown for column in columns):
        said += " Of large layers only the first neurons and the last are drawn."

    def draw(page: float) -> Drawing:
        return _laid_out(title, columns, between, inputs, outputs, page)

    def as_text(width: int, colour: bool) -> List[str]:
        return _as_text(columns, between, width, colour)

    return Picture(title, said, draw, as_text)


# ---- What is drawn of it ----


def _columns(network: Network) -> Tuple[List[Column], List[Weights]]:
    inside = [network, *layers_inside(network)]
    branching = [one for one in inside if isinstance(one, Network) and type(one) is not Network]
    if branching:
        raise ValueError(f"draw.network: expected layers in a row, got a "
                         f"{type(branching[0]).__name__}; draw.attention shows what it looks at")
    layers = [layer for layer in inside if not isinstance(layer, Network)]
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    if not 1 <= len(dense) <= MOST_LAYERS:
        raise ValueError(f"draw.network: expected 1 to {MOST_LAYERS} Dense layers, got "
                         f"{len(dense)}; lines are the weights of these")
    between = [_weights(layer) for layer in dense]
    first = len(between[0].weights[0])
    columns = [Column(["inputs", f"{first} number{'s' * (first != 1)}"], first, _shown(first))]
    for one, words in zip(between, _captions_after(layers)):
        size = len(one.weights)
        columns.append(Column(["Dense", _many(size), *words], size, _shown(size)))
    return columns, between


def _weights(layer: Dense) -> Weights:
    """Return the numbers of a layer; ValueError if one is not finite."""
    weights = [[finite_number("draw.network", w) for w in row] for row in layer.weights.value]
    biases = [finite_number("draw.network", b) for b in layer.biases.value[0]]
    return Weights(weights, biases)


def _many(count: int) -> str:
    return f"{count} neuron{'s' * (count != 1)}"


def _captions_after(layers: Sequence[Layer]) -> List[List[str]]:
    """Return, for each Dense layer, the layers behind it as words: its activation, dropout, …"""
    captions: List[List[str]] = []
    for layer in layers:
        if isinstance(layer, Dense):
            captions.append([])
        elif captions:
            captions[-1].append(clean(repr(layer)))
    return captions


def _shown(count: int) -> List[Optional[int]]:
    """Return which neurons are drawn: all, or the first ones, None for the dots, and the last.

    >>> _shown(3), _shown(64)
    ([0, 1, 2], [0, 1, 2, 3, 4, 5, 6, 7, None, 63])
    """
    if count <= MOST_SHOWN:
        return list(range(count))
    return [*range(MOST_SHOWN - 2), None, count - 1]


def _names(what: str, names: Sequence[str], count: int) -> List[str]:
    if len(names) not in (0, count):
        raise ValueError(f"draw.network: {what}: expected {count} names, got {len(names)}")
    return [shortened(clean(name), NAMES, _wide) for name in names]


def _wide(text: str) -> float:
    return text_width(text, 12)


# ---- The drawing ----


def _laid_out(
    title: str, columns: Sequence[Column], between: Sequence[Weights], inputs: Sequence[str],
    outputs: Sequence[str], page: float,
) -> Drawing:
    left = EDGE + max(max(map(_wide, inputs), default=0) + 8, 24) + RADIUS
    right = EDGE + max(max(map(_wide, outputs), default=0) + 8, 24) + RADIUS
    across = max(NEAREST, min(ACROSS, (page - left - right) / max(1, len(columns) - 1)))
    width = max(left + across * (len(columns) - 1) + right, min(page, 360))
    tallest = max(len(column.shown) for column in columns)
    captions = [_caption(column, across) for column in columns]
    top = title_height(title, width) + 15 * max(map(len, captions)) + 14
    middle = top + DOWN * tallest / 2
    places = [_places(column, left + across * number, middle)
              for number, column in enumerate(columns)]
    lines = [element for number, one in enumerate(between)
             for element in _weight_lines(one, places[number], places[number + 1])]
    circles = [element for number, column in enumerate(columns)
               for element in _circles(places[number],
                                       between[number - 1].biases if number else None)]
    words = [element for number, caption in enumerate(captions)
             for element in _caption_drawn(caption, left + across * number, title_height(
                 title, width))]
    beside = _names_drawn(inputs, places[0], -1) + _names_drawn(outputs, places[-1], 1)
    height = top + DOWN * tallest + 34
    legend = _explained(EDGE, height - EDGE - 2)
    return Drawing([*heading(title, width), *lines, *circles, *words, *beside, *legend], width,
                   height)


Places = Dict[int, Tuple[float, float]]  # neuron -> the middle of its circle; −1: the dots


def _places(column: Column, x: float, middle: float) -> Places:
    first = middle - DOWN * (len(column.shown) - 1) / 2
    return {-1 if neuron is None else neuron: (x, first + DOWN * row)
            for row, neuron in enumerate(column.shown)}


def _weight_lines(one: Weights, before: Places, after: Places) -> List[str]:
    """Return a line for each weight between neurons that are drawn, the strongest on top."""
    biggest = max(abs(w) for row in one.weights for w in row) or 1.0
    found = []
    for o, (x2, y2) in after.items():
        for i, (x1, y1) in before.items():
            if o >= 0 and i >= 0 and one.weights[o][i] != 0:
                part = one.weights[o][i] / biggest
                found.append((abs(part), svg.line(
                    x1 + RADIUS, y1, x2 - RADIUS, y2, _signed_colour(part),
                    max(0.3, THICKEST * abs(part)))))
    return [drawn for _, drawn in sorted(found)]


def _signed_colour(part: float) -> str:
    """Return red or blue, never so pale that the line is lost on the paper."""
    return diverging(0.35 + 0.4 * part if part > 0 else -0.35 + 0.4 * part)


def _circles(places: Places, biases: Optional[Sequence[float]]) -> List[str]:
    biggest = max(map(abs, biases), default=0.0) if biases is not None else 0.0
    drawn = []
    for neuron, (x, y) in places.items():
        if neuron < 0:
            drawn += [svg.circle(x, y + step, 2.2, SOFT_INK) for step in (-9, 0, 9)]
            continue
        part = biases[neuron] / biggest if biases is not None and biggest else 0.0
        drawn.append(svg.circle(x, y, RADIUS, diverging(0.6 * part), stroke=INK, stroke_width=1.4))
    return drawn


def _caption(column: Column, across: float) -> List[str]:
    """Return the lines above a column, none of them wider than the way to the next one."""
    return [line for said in column.caption[:5] for line in folded(said, across - 6, _wide)]


def _caption_drawn(caption: Sequence[str], x: float, top: float) -> List[str]:
    return [svg.write(text, x, top + 12 + 15 * number, 12, "middle",
                      INK if number == 0 else SOFT_INK)
            for number, text in enumerate(caption)]


def _names_drawn(names: Sequence[str], places: Places, side: int) -> List[str]:
    return [svg.write(names[neuron], x + side * (RADIUS + 8), y + 4, 12,
                      "start" if side > 0 else "end")
            for neuron, (x, y) in places.items() if neuron >= 0 and names]


def _explained(x: float, y: float) -> List[str]:
    """Return the line below that says what the colours mean."""
    blue, red = ABOVE[0], BELOW[1]
    return [svg.line(x, y - 4, x + 22, y - 4, blue, 4),
            svg.write("weight above 0", x + 28, y, 12, colour=SOFT_INK),
            svg.line(x + 136, y - 4, x + 158, y - 4, red, 4),
            svg.write("below 0", x + 164, y, 12, colour=SOFT_INK),
            svg.circle(x + 230, y - 4, 6, diverging(0.5), stroke=INK),
            svg.write("bias", x + 242, y, 12, colour=SOFT_INK)]


# ---- With characters ----


def _as_text(
    columns: Sequence[Column], between: Sequence[Weights], width: int, colour: bool
) -> List[str]:
    """Return the layers in a row, and the weights of each as shades, one neuron per line."""
    lines = paragraph(" → ".join(", ".join(column.caption) for column in columns), width)
    for number, one in enumerate(between, start=1):
        rows = [[*weights, bias] for weights, bias in zip(one.weights, one.biases)]
        said = f"weights of layer {number}, one neuron per line, its bias last:"
        biggest = max(abs(value) for row in rows for value in row)
        lines += ["", *paragraph(said, width)]
        lines += cell_lines(rows, Shading(-biggest, biggest, signed=True), width, colour)
    return lines


# ---- Activations ----


def activations(
    layers: Sequence[Activation], *, title: str = "Activations and their derivatives",
    reach: float = 4.0,
) -> Picture:
    """Draw activations from −reach to reach: the function solid, its derivative dashed.

    layers: [ReLU(), Tanh(), …]. Raises TypeError for what is no activation of single numbers
    (softmax is none: each of its outputs depends on the whole row), ValueError for none at all or
    more than twelve.
    """
    from .arranging import beside

    if isinstance(layers, Activation):
        layers = [layers]
    if not 1 <= len(layers) <= 12:
        raise ValueError(f"draw.activations: expected 1 to 12 activations, got {len(layers)}")
    reach = finite_number("draw.activations: reach", reach)
    if not 0 < reach <= 1000:
        raise ValueError(f"draw.activations: reach: expected 0 < reach <= 1000, got {reach:g}")
    return beside([_activation(layer, reach) for layer in layers], title=title,
                  columns=min(3, len(layers)))


def _activation(layer: Any, reach: float) -> Picture:
    if not isinstance(layer, Activation):
        hint = f"; make one: {layer.__name__}()" if isinstance(layer, type) else ""
        raise TypeError(f"draw.activations: expected an activation of single numbers, got "
                        f"{layer!r:.60}{hint}")
    xs = [reach * (step / 100 - 1) for step in range(201)]
    ys = [layer.f(x) for x in xs]
    slopes = [layer.df(x, y) for x, y in zip(xs, ys)]
    function = Curve("f(x)", list(zip(xs, ys)), 0, CATEGORIES[0])
    derivative = Curve("f′(x)", list(zip(xs, slopes)), 1, CATEGORIES[1], "6 4")
    return draw_curves([function, derivative], repr(layer), "x", width=300, height=270)
