"""A network: layers in a row, and itself a layer.

Forward hands the numbers from the first layer to the last; backward hands the gradients from the
last to the first. That is *backpropagation*; no more is left to do, because each layer already
knows its own piece of the chain rule:

    inputs ──► layer 0 ──► layer 1 ──► … ──► scores
           ◄──         ◄──         ◄── … ◄── gradient of the scores

Since a network is a layer, a network may stand inside a network.

Before this: `losses`. After this: `optimizers`, which turn gradients into better parameters.
"""

from __future__ import annotations

from . import checks, linalg
from .annotations import Any, Iterable, Iterator, Sequence
from .layers import Layer, Parameter
from .linalg import Matrix, ShapeError, Vector
from .notebooks import Pictured, for_console
from .rows import in_parts

__all__ = ["Network", "layers_inside"]


class Network(Layer, Pictured):
    """Layers in a row: Network([Dense(2, 3, rng), ReLU(), Dense(3, 1, rng)]).

    Raises TypeError for what is no layer, ValueError for no layers at all or for one layer in two
    places, ShapeError when a layer puts out rows of another width than the next one takes.

    >>> from random import Random
    >>> from purenn import Dense, ReLU
    >>> rng = Random(1)
    >>> network = Network([Dense(2, 3, rng), ReLU(), Dense(3, 1, rng)])
    >>> network
    Network([Dense(2 → 3), ReLU, Dense(3 → 1)])
    >>> print(network.summary())
      layer         inputs  outputs  parameters
    0 Dense(2 → 3)       2        3           9
    1 ReLU               3        3           0
    2 Dense(3 → 1)       3        1           4
      total              2        1          13
    """

    def __init__(self, layers: Iterable[Layer], *more: Layer) -> None:
        if isinstance(layers, Layer) or more:
            raise TypeError("Network: expected one list of layers: Network([Dense(…), ReLU(), …])")
        self.layers: list[Layer] = checks.layers(list(layers), Layer)
        checks.used_once(layers_inside(self))
        self.widths = _widths_between(self.layers)
        self.input_width, self.output_width = self.widths[0], self.widths[-1]

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        """Return the scores, (n, in) -> (n, out), through all layers."""
        for layer in self.layers:
            inputs = layer.forward(inputs, training)
        return inputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        """Return the input gradient, (n, out) -> (n, in), and set every parameter's gradient."""
        for layer in reversed(self.layers):
            output_gradient = layer.backward(output_gradient)
            if layer.first_to_learn:
                break  # no layer before this one learns
        return output_gradient

    def predict(self, inputs: Sequence[Vector], batch_size: int = 256) -> Matrix:
        """Return the scores of any number of rows, working on `batch_size` of them at a time.

        What the scores say (probabilities, for instance) the loss knows: loss.predict(scores).
        Raises ShapeError, TypeError or ValueError for what is no matrix of finite numbers.
        """
        checks.positive_integer("Network.predict", "batch_size", batch_size)
        inputs = checks.as_matrix(inputs, "Network.predict: inputs")
        return linalg.vstack([self.forward(linalg.take(inputs, rows))
                              for rows in in_parts(range(len(inputs)), batch_size)])

    def parameters(self) -> Iterator[Parameter]:
        for _, parameter in self.named_parameters():
            yield parameter

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield (name, parameter) in order: the number of the layer, a dot, the parameter's name.

        >>> from random import Random
        >>> from purenn import Dense
        >>> [name for name, _ in Network([Dense(2, 1, Random(1))]).named_parameters()]
        ['0.weights', '0.biases']
        """
        for number, layer in enumerate(self.layers):
            if isinstance(layer, Network):
                for name, parameter in layer.named_parameters():
                    yield f"{number}.{name}", parameter
            else:
                for parameter in layer.parameters():
                    yield f"{number}.{parameter.name}", parameter

    def summary(self) -> str:
        """Return a table of the layers, their widths, and how many numbers each can learn."""
        rows = [("", "layer", "inputs", "outputs", "parameters")]
        for number, layer in enumerate(self.layers):
            rows.append((str(number), repr(layer), str(self.widths[number] or "any"),
                         str(self.widths[number + 1] or "any"), f"{_count(layer):,}"))
        rows.append(("", "total", str(self.input_width or "any"), str(self.output_width or "any"),
                     f"{_count(self):,}"))
        sizes = [max(len(cell) for cell in column) for column in zip(*rows)]
        return for_console("\n".join(
            f"{row[0]:<{sizes[0]}} {row[1]:<{sizes[1]}}"
            + "".join(f"  {cell:>{size}}" for cell, size in zip(row[2:], sizes[2:]))
            for row in rows
        ))

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.layers))}])"


def layers_inside(network: Network) -> Iterator[Layer]:
    """Yield every layer, those of networks inside the network too."""
    for layer in network.layers:
        yield layer
        if isinstance(layer, Network):
            yield from layers_inside(layer)


def _widths_between(layers: list[Layer]) -> list[Any]:
    """Return the widths of rows before, between and after the layers; None where any will do."""
    widths = [layers[0].input_width]
    for number, layer in enumerate(layers):
        if layer.input_width is not None and widths[-1] not in (None, layer.input_width):
            raise ShapeError(f"Network: layer {number}, {layer!r}, expects rows of "
                             f"{layer.input_width} numbers, but gets rows of {widths[-1]}")
        widths.append(layer.output_width or widths[-1])
    first_known = next((layer.input_width for layer in layers if layer.input_width), None)
    return [first_known if width is None else width for width in widths]


def _count(layer: Layer) -> int:
    """Return how many numbers a layer can learn."""
    sizes = [linalg.shape(parameter.value) for parameter in layer.parameters()]
    return sum(rows * columns for rows, columns in sizes)
