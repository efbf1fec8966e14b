"""Layers: the parts of a network, and the two directions in which numbers go through them.

A layer turns rows of numbers into rows of numbers (forward). Afterwards it is told, for every
number that it put out, how much the loss would change if that number grew a little: the *output
gradient*, dL/dy below. From that it computes the same for its inputs, and for its own parameters
(backward):

        inputs (n × in)  ──►  forward   ──►  outputs (n × out)
    input gradient (n × in)  ◄──  backward  ◄──  output gradient (n × out)
                                      │
                                      └──►  a gradient for each parameter

All of backward is the chain rule. If the loss L depends on y, and y on x, then
dL/dx = dL/dy · dy/dx; and if x reaches L by several paths, the products of all paths are added.

Here are what every layer does (`Layer`), what is learned (`Parameter`), and two layers: `Dense`,
which learns, and `Dropout`.

Before this: `initializers`. After this: `activations`, the layers between the dense ones.
"""

from __future__ import annotations

from . import checks, linalg
from .annotations import Any, Iterator, Random
from .initializers import Initializer, he
from .linalg import Matrix, ShapeError
from .notebooks import for_console

__all__ = ["Dense", "Dropout", "Layer", "Parameter"]


class Parameter:
    """A matrix that training changes, and its gradient.

    `value` is a matrix; an optimizer replaces it, never changes it in place. `gradient` has the
    same shape: entry [o][i] says how much the loss grows per unit of value[o][i], so training goes
    the other way. It is None before the first backward. `penalized` says whether a penalty on large
    weights (see `penalties`) counts it: weights yes, biases no.
    """

    def __init__(self, name: str, value: Matrix, penalized: bool = True) -> None:
        self.name = name
        self.value = value
        self.gradient: Matrix | None = None
        self.penalized = penalized

    def __repr__(self) -> str:
        rows, columns = linalg.shape(self.value)
        return for_console(f"Parameter({self.name}, {rows} × {columns})")


class Layer:
    """What every layer does. Your own layer overrides forward and backward, and parameters if any.

    `input_width` and `output_width` are how many numbers a row has before and after; None means
    that any width will do and stays as it is. What forward keeps for backward is in `kept`.
    """

    input_width: int | None = None
    output_width: int | None = None
    first_to_learn = False  # set by `train`: no layer before this one learns
    kept: Any

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        """Return the outputs, (n, in) -> (n, out), and keep what backward needs, no more.

        `training` is True while a network learns; only layers that then behave differently, as
        `Dropout` does, look at it.
        """
        raise NotImplementedError(f"{self!r} has no forward")

    def backward(self, output_gradient: Matrix) -> Matrix:
        """Return the input gradient, (n, out) -> (n, in), and set each parameter's gradient.

        A layer that is `first_to_learn` may return [], since nobody needs its input gradient.
        Gradients are set, never added to. Raises ValueError, by `__getattr__`, before forward.
        """
        raise NotImplementedError(f"{self!r} has no backward")

    def parameters(self) -> Iterator[Parameter]:
        """Yield the parameters, always in the same order; none by default."""
        return iter(())

    def settings(self) -> dict[str, Any]:
        """Return what the constructor needs to make this layer again, but for its random start."""
        return {}

    def __call__(self, inputs: Matrix) -> Matrix:
        """Raise TypeError: a layer has two directions, so say which one you mean."""
        raise TypeError(f"{self!r} is no function; call forward(inputs), or predict(inputs) of a "
                        f"network")

    def __getattr__(self, name: str) -> Any:
        """Explain what is missing; Python calls this only for what is not there."""
        raise checks.missing(self, name)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle takes along: everything but the last batch."""
        return {name: value for name, value in vars(self).items() if name != "kept"}

    def __str__(self) -> str:
        return for_console(repr(self))

    def __repr__(self) -> str:
        settings = ", ".join(str(value) for value in self.settings().values())
        return f"{type(self).__name__}({settings})" if settings else type(self).__name__


class Dense(Layer):
    """A layer of neurons, each of which sees every input.

    Neuron o adds up its inputs, each times a weight of its own, and its bias:
    y[o] = w[o][0]·x[0] + w[o][1]·x[1] + … + b[o]. For a batch: Y = X·Wᵀ + b, here · is `matmul`.

    Backward, with G the output gradient: the gradient of the weights is Gᵀ·X, that of the biases
    the sum of the rows of G, and that of the inputs G·W.

    Shapes: inputs (n, inputs), weights (neurons, inputs), biases (1, neurons), outputs
    (n, neurons). Row o of the weights IS neuron o. PyTorch stores them so too; Keras and most NumPy
    tutorials store the transpose. Weights start as the initializer says, biases at 0; with
    `bias=False` they stay 0 and are no parameters. Raises TypeError or ValueError for sizes that
    are not positive integers, ShapeError for rows of another width.

    >>> from random import Random
    >>> layer = Dense(3, 2, Random(1))
    >>> layer.weights.value, layer.biases.value = [[1.0, 2.0, 0.5], [0.0, 1.0, 0.0]], [[0.5, 0.0]]
    >>> layer.forward([[1.0, 1.0, 2.0]])
    [[4.5, 1.0]]
    """

    input_width: int
    output_width: int

    @checks.explains_arguments
    def __init__(self, inputs: int, neurons: int, rng: Random, initializer: Initializer = he,
                 bias: bool = True) -> None:
        self.input_width = checks.positive_integer("Dense", "inputs", inputs)
        self.output_width = checks.positive_integer("Dense", "neurons", neurons)
        self.bias = bias
        checks.random_generator("Dense", rng)
        checks.initializer("Dense", initializer)
        weights = checks.starting_weights(self, initializer(rng, neurons, inputs), neurons, inputs)
        self.weights = Parameter("weights", weights)
        self.biases = Parameter("biases", linalg.zeros(1, neurons), penalized=False)

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        try:
            outputs = linalg.affine(inputs, self.weights.value, self.biases.value)
        except (ShapeError, TypeError) as error:
            raise checks.wrong_rows(self, inputs, error) from None
        self.kept = inputs
        return outputs

    def backward(self, output_gradient: Matrix) -> Matrix:
        inputs = self.kept
        # Weight [o][i] multiplies input i and feeds only output o, so its gradient is input i
        # times the output gradient of o, added up over the examples (1/n is in it already).
        self.weights.gradient = linalg.inner_columns(output_gradient, inputs)
        # Bias o is added to output o once for each example: its gradient is the sum of column o.
        self.biases.gradient = linalg.sum(output_gradient, axis=0) if self.bias else None
        if self.first_to_learn:
            return []  # of the three products of this layer, one is spared
        # Input i goes into every output o, each time multiplied by weight [o][i]: the paths add up,
        # so its gradient is the sum over o of output gradient o times weight [o][i].
        return linalg.matmul(output_gradient, self.weights.value)

    def parameters(self) -> Iterator[Parameter]:
        yield from (self.weights, self.biases) if self.bias else (self.weights,)

    def settings(self) -> dict[str, Any]:
        return {"inputs": self.input_width, "neurons": self.output_width, "bias": self.bias}

    def __repr__(self) -> str:
        return f"Dense({self.input_width} → {self.output_width}{', bias=False' * (not self.bias)})"


class Dropout(Layer):
    """Set a random part of the numbers to 0 while training, so that none is relied on too much.

    Each number is set to 0 with probability `rate`, else divided by 1 − rate, so that its expected
    value stays what it was. Outside of training, numbers pass as they are. While `frozen` is True,
    the choice of the last batch stays: `gradcheck` needs the same value twice.

    Shapes: (n, any) -> the same. Raises ValueError unless 0 <= rate < 1.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple Way to
    Prevent Neural Networks from Overfitting", 2014; the division in training is "inverted dropout".

    >>> from random import Random
    >>> Dropout(0.5, Random(2)).forward([[1.0, 1.0, 1.0, 1.0]], training=True)
    [[2.0, 2.0, 0.0, 0.0]]
    """

    @checks.explains_arguments
    def __init__(self, rate: float, rng: Random) -> None:
        self.rate = checks.number_between("Dropout", "rate", rate, 0.0, 1.0)
        self.rng = checks.random_generator("Dropout", rng)
        self.frozen = False
        self.choice: Matrix | None = None  # what the last batch in training was multiplied by

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        rows, columns = linalg.shape(inputs)
        if not training:
            self.kept = 1.0
            return inputs
        if self.choice is None or not self.frozen:
            scale = 1.0 / (1.0 - self.rate)
            self.choice = linalg.generate(
                rows, columns, lambda: 0.0 if self.rng.random() < self.rate else scale
            )
        self.kept = self.choice
        return linalg.multiply(inputs, self.kept)

    def backward(self, output_gradient: Matrix) -> Matrix:
        # Each output is its input times a factor, so the gradient is passed on times that factor.
        return linalg.multiply(output_gradient, self.kept)

    def settings(self) -> dict[str, Any]:
        return {"rate": self.rate}

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "choice": None}
