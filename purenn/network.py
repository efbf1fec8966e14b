"""A network: layers in a row, and itself a layer.

Forward hands the numbers from the first layer to the last; backward hands the gradients from the
last to the first. That is all of backpropagation that is left to do, because each layer already
knows its own piece of the chain rule:

    inputs ──► layer 0 ──► layer 1 ──► … ──► scores
           ◄──         ◄──         ◄── … ◄── gradient of the scores

Training asks for a little less: `set_gradients` does the same, but stops at the first layer that
has parameters, because nobody needs the gradient of the examples.

Since a network is a layer, a network may stand inside a network.

Before this: `losses`. After this: `optimizers`, which turn gradients into better parameters.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import linalg
from .checks import positive_integer
from .layers import Layer, Parameter
from .linalg import Matrix, ShapeError, Vector

__all__ = ["Network", "layers_inside"]


class Network(Layer):
    """Layers in a row: Network([Dense(2, 3, rng), ReLU(), Dense(3, 1, rng)]).

    Raises TypeError for what is no layer, ValueError for no layers at all or for one layer in two
    places (it could keep the inputs of only one of them), ShapeError when a layer puts out rows of
    another width than the next one takes.

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
        self.layers: List[Layer] = list(layers)
        _refuse_what_is_no_layer(self.layers)
        _refuse_layers_used_twice(self)
        self._widths = _widths_between(self.layers)
        self.input_width, self.output_width = self._widths[0], self._widths[-1]
        learning = [any(True for _ in layer.parameters()) for layer in self.layers]
        self._first_learning = learning.index(True) if any(learning) else 0

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        """Return the scores, (n, in) -> (n, out), through all layers.

        Outside of training every input is looked at first: ShapeError, TypeError or ValueError
        for what is no matrix of finite numbers. In training `train` has done so once for all.
        """
        if not training:
            inputs = linalg.as_matrix(inputs, "Network: inputs")
        return self._forward(inputs, training)

    def _forward(self, inputs: Matrix, training: bool) -> Matrix:
        for layer in self.layers:
            inputs = layer.forward(inputs, training)
        return inputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        """Return the input gradient, (n, out) -> (n, in), and set every parameter's gradient."""
        for layer in reversed(self.layers):
            output_gradient = layer.backward(output_gradient)
        return output_gradient

    def set_gradients(self, output_gradient: Matrix) -> None:
        """Set every parameter's gradient, but go no further left than the first that has any."""
        first = self._first_learning
        for layer in reversed(self.layers[first + 1:]):
            output_gradient = layer.backward(output_gradient)
        self.layers[first].set_gradients(output_gradient)

    def predict(self, inputs: Sequence[Vector], batch_size: int = 256) -> Matrix:
        """Return the scores of any number of rows, working on `batch_size` of them at a time.

        What the scores say (probabilities, for instance) the loss knows: loss.predict(scores).
        Raises as `forward`.
        """
        positive_integer("Network.predict", "batch_size", batch_size)
        inputs = linalg.as_matrix(inputs, "Network.predict: inputs")
        if isinstance(inputs, list) and len(inputs) <= batch_size:
            return self._forward(inputs, training=False)
        return linalg.vstack([
            self._forward(linalg.take(inputs, range(len(inputs))[start:start + batch_size]), False)
            for start in range(0, len(inputs), batch_size)
        ])

    def parameters(self) -> Iterator[Parameter]:
        for _, parameter in self.named_parameters():
            yield parameter

    def named_parameters(self) -> Iterator[Tuple[str, Parameter]]:
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
        rows: List[Tuple[str, ...]] = [("", "layer", "inputs", "outputs", "parameters")]
        for number, layer in enumerate(self.layers):
            rows.append((str(number), repr(layer), _shown(self._widths[number]),
                         _shown(self._widths[number + 1]), f"{_count(layer):,}"))
        rows.append(("", "total", _shown(self.input_width), _shown(self.output_width),
                     f"{_count(self):,}"))
        return _as_table(rows)

    def _repr_svg_(self) -> Optional[str]:
        # A door to a room beside the core: only whoever wants a picture goes through.
        from .draw import svg_of

        return svg_of(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.layers))}])"


def _refuse_what_is_no_layer(layers: List[Any]) -> None:
    if not layers:
        raise ValueError("Network: expected at least one layer, got none")
    for number, layer in enumerate(layers):
        if isinstance(layer, type):
            raise TypeError(f"Network: layer {number} is the class {layer.__name__}; "
                            f"make a layer of it: {layer.__name__}(…)")
        if not isinstance(layer, Layer):
            raise TypeError(f"Network: layer {number}: expected a Layer, got {layer!r}")


def _refuse_layers_used_twice(network: Network) -> None:
    seen = set()
    for layer in layers_inside(network):
        if id(layer) in seen:
            raise ValueError(f"Network: {layer!r} stands in two places; make two layers, since "
                             f"each keeps its own inputs for backward")
        seen.add(id(layer))


def layers_inside(network: Network) -> Iterator[Layer]:
    """Yield every layer, those of networks inside the network too."""
    for layer in network.layers:
        yield layer
        if isinstance(layer, Network):
            yield from layers_inside(layer)


def _widths_between(layers: List[Layer]) -> List[Any]:
    """Return the widths of rows before, between and behind the layers; None where any will do."""
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
    count = 0
    for parameter in layer.parameters():
        rows, columns = linalg.shape(parameter.value)
        count += rows * columns
    return count


def _shown(width: Any) -> str:
    return "any" if width is None else str(width)


def _as_table(rows: List[Tuple[str, ...]]) -> str:
    """Align the first two columns left, the others right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    return "\n".join(
        f"{row[0]:<{widths[0]}} {row[1]:<{widths[1]}}"
        + "".join(f"  {cell:>{width}}" for cell, width in zip(row[2:], widths[2:]))
        for row in rows
    )
