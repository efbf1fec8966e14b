"""Layers: the parts a network is made of, and the two directions in which numbers run through them.

A layer turns rows of numbers into rows of numbers (forward). Afterwards it is told, for every
number that it put out, how much the loss would change if that number grew a little: the gradient
of its outputs. From that it works out the same for what it took in, and for its own parameters
(backward):

        inputs (n × in)  ──►  forward   ──►  outputs (n × out)
    input gradient (n × in)  ◄──  backward  ◄──  output gradient (n × out)
                                      │
                                      └──►  a gradient for each parameter

All of backward is the chain rule. If the loss L depends on y, and y on x, then
dL/dx = dL/dy · dy/dx; and where x reaches L by several paths, what comes by each of them adds up.

Here are the contract (`Layer`), what is learned (`Parameter`), and two layers: `Dense`, the one
that learns, and `Dropout`. Convolution, recurrence and normalization were left out on purpose.

Before this: `initializers`. After this: `activations`, the layers that bend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional, TypeVar

from . import linalg
from .checks import number_between, positive_integer, random_generator
from .initializers import Initializer, he
from .linalg import Matrix, ShapeError

if TYPE_CHECKING:
    from random import Random

__all__ = ["Dense", "Dropout", "Layer", "Parameter"]

T = TypeVar("T")


class Parameter:
    """A matrix that training changes, and its gradient: how fast the loss grows with each number.

    `value` is a matrix; an optimizer replaces it, never changes it in place. `gradient` has the
    same shape: entry [o][i] says how much the loss grows per unit of value[o][i], so training goes
    the other way. It is None before the first backward. `penalized` says whether L1 and L2 count
    it: weights yes, biases no.
    """

    def __init__(self, name: str, value: Matrix, penalized: bool = True) -> None:
        self.name = name
        self.value = value
        self.gradient: Optional[Matrix] = None
        self.penalized = penalized

    def __repr__(self) -> str:
        rows, columns = linalg.shape(self.value)
        return f"Parameter({self.name}, {rows} × {columns})"


class Layer:
    """What every layer does. Your own layer overrides forward and backward, and parameters if any.

    `input_width` and `output_width` are how many numbers a row has before and after; None means
    that any width will do and stays as it is.
    """

    input_width: Optional[int] = None
    output_width: Optional[int] = None

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        """Return the outputs, (n, in) -> (n, out), and keep what backward needs, no more.

        `training` is True while a network learns; only layers that then behave differently, as
        `Dropout` does, look at it.
        """
        raise NotImplementedError(f"{self!r} has no forward")

    def backward(self, output_gradient: Matrix) -> Matrix:
        """Return the input gradient, (n, out) -> (n, in), and set each parameter's gradient.

        Gradients are set, never added to: two backwards leave what the second one found. Raises
        ValueError before the first forward.
        """
        raise NotImplementedError(f"{self!r} has no backward")

    def set_gradients(self, output_gradient: Matrix) -> None:
        """Set each parameter's gradient; the input gradient is not asked for.

        This is all that training asks of the first layer: nobody uses the gradient of the examples
        themselves, and in a wide first layer it is a third of the work. A layer that can leave it
        out overrides this; any other does the whole of backward.
        """
        self.backward(output_gradient)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the parameters, always in the same order; none by default."""
        return iter(())

    def __repr__(self) -> str:
        return type(self).__name__


def kept_by_forward(layer: Layer, kept: Optional[T]) -> T:
    """Return what a layer's forward kept for backward; ValueError when there was no forward yet."""
    if kept is None:
        raise ValueError(f"{layer!r}: backward came before forward; call forward(inputs) first")
    return kept


class Dense(Layer):
    """A layer of neurons, each of which sees every input.

    Neuron o adds up its inputs, each times a weight of its own, and its bias:
    y[o] = w[o][0]·x[0] + w[o][1]·x[1] + … + b[o]. For a batch, one row each: Y = X·Wᵀ + b.

    Backward, with G the output gradient: the weights get Gᵀ·X, the biases the sums of the columns
    of G, and the inputs G·W.

    Shapes: inputs (n, inputs), weights (neurons, inputs), biases (1, neurons), outputs
    (n, neurons). Row o of the weights IS neuron o. PyTorch stores them so too; Keras and most NumPy
    tutorials store the transpose. Weights start as the initializer says, biases at 0; with
    `bias=False` (PyTorch's word) they stay there and are no parameters. Raises TypeError or
    ValueError for sizes that are not positive integers, ShapeError for rows of another
    width.

    >>> from random import Random
    >>> layer = Dense(3, 2, Random(1))
    >>> layer.weights.value, layer.biases.value = [[1.0, 2.0, 0.5], [0.0, 1.0, 0.0]], [[0.5, 0.0]]
    >>> layer.forward([[1.0, 1.0, 2.0]])
    [[4.5, 1.0]]
    """

    def __init__(
        self, inputs: int, neurons: int, rng: Random, initializer: Initializer = he,
        bias: bool = True,
    ) -> None:
        self.input_width = positive_integer("Dense", "inputs", inputs)
        self.output_width = positive_integer("Dense", "neurons", neurons)
        random_generator("Dense", rng)
        if not callable(initializer):
            raise TypeError(f"Dense: initializer: expected a function such as purenn.he, "
                            f"got {initializer!r}")
        weights = initializer(rng, neurons, inputs)
        if linalg.shape(weights) != (neurons, inputs):
            raise ShapeError(f"{self!r}: the initializer should give {neurons} × {inputs} weights, "
                             f"one neuron per row, it gave {linalg.shape(weights)}")
        self.weights = Parameter("weights", weights)
        self.biases = Parameter("biases", linalg.zeros(1, neurons), penalized=False)
        self.bias = bias
        self._inputs: Optional[Matrix] = None

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        try:
            outputs = linalg.affine(inputs, self.weights.value, self.biases.value)
        except ShapeError:
            _, width = linalg.shape(inputs)
            if width == self.input_width:
                raise  # then it is the weights or biases that somebody has set
            raise ShapeError(f"{self!r} expects rows of {self.input_width} numbers, "
                             f"got rows of {width}") from None
        self._inputs = inputs
        return outputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        self.set_gradients(output_gradient)
        # Input i goes into every output o, each time multiplied by weight [o][i]: the paths add up,
        # so its gradient is the sum over o of output gradient o times weight [o][i].
        return linalg.matmul(output_gradient, self.weights.value)

    def set_gradients(self, output_gradient: Matrix) -> None:
        inputs = kept_by_forward(self, self._inputs)
        # Weight [o][i] multiplies input i and feeds only output o, so its gradient is input i
        # times the output gradient of o, added up over the examples.
        self.weights.gradient = linalg.inner_columns(output_gradient, inputs)
        # Bias o is added to output o as it is, once for each example.
        if self.bias:
            self.biases.gradient = linalg.sum(output_gradient, axis=0)

    def parameters(self) -> Iterator[Parameter]:
        yield self.weights
        if self.bias:
            yield self.biases

    def __repr__(self) -> str:
        without = "" if self.bias else ", bias=False"
        return f"Dense({self.input_width} → {self.output_width}{without})"


class Dropout(Layer):
    """Switch off a random part of the numbers while training, so that none is relied on too much.

    Each number is set to 0 with probability `rate`, else divided by 1 − rate, so that its expected
    value stays what it was. Outside of training, numbers pass as they are.
    Set `frozen` to keep the present choice for the next batches of the same shape: the gradient
    checker needs a function that gives the same value twice.

    Shapes: (n, any) -> the same. Raises ValueError unless 0 <= rate < 1.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple Way to
    Prevent Neural Networks from Overfitting", 2014; the division in training is "inverted dropout".

    >>> from random import Random
    >>> Dropout(0.5, Random(2)).forward([[1.0, 1.0, 1.0, 1.0]], training=True)
    [[2.0, 2.0, 0.0, 0.0]]
    """

    def __init__(self, rate: float, rng: Random) -> None:
        self.rate = number_between("Dropout", "rate", rate, 0.0, 1.0)
        self.rng = random_generator("Dropout", rng)
        self.frozen = False
        self._choice: Optional[Matrix] = None
        self._factors: Optional[Matrix] = None

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        rows, columns = linalg.shape(inputs)
        if not training:
            self._factors = linalg.full(rows, columns, 1.0)
            return inputs
        if self._choice is None or not self.frozen:
            kept = 1.0 / (1.0 - self.rate)
            self._choice = linalg.generate(
                rows, columns, lambda: 0.0 if self.rng.random() < self.rate else kept
            )
        self._factors = self._choice
        return linalg.multiply(inputs, self._factors)

    def backward(self, output_gradient: Matrix) -> Matrix:
        # Each output is its input times a factor, so the gradient is passed on times that factor.
        return linalg.multiply(output_gradient, kept_by_forward(self, self._factors))

    def forget(self) -> None:
        """Forget the present choice; the next forward in training makes another."""
        self._choice = None

    def __repr__(self) -> str:
        return f"Dropout({self.rate})"
