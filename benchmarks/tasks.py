"""The work that is measured: one network, one batch, and weights to start from.

Every contestant gets the same numbers as plain lists and turns them into what it works with before
the clock runs. The learning rate is small, so that thousands of timed steps on one batch leave the
numbers ordinary: nothing saturates, nothing dies out.

Inputs lie evenly around 0, as standardized ones do. Were they all positive, then with hundreds of
them a hidden neuron would mostly see their mean, and be on for every example or off for every one;
whoever leaves out what is off would look faster than on real data.

After this: scripts.
"""

import math
from random import Random
from typing import List, NamedTuple, Sequence, Tuple

Matrix = List[List[float]]

RATE = 0.01
ADAM_RATE, BETA1, BETA2, EPSILON = 0.001, 0.9, 0.999, 1e-8


class Task(NamedTuple):
    """Layers of these sizes, ReLU between them, softmax and cross-entropy at the end."""

    sizes: Tuple[int, ...]
    inputs: Matrix
    labels: List[int]
    layers: List[Tuple[Matrix, List[float]]]  # weights, one neuron per row, and biases

    @property
    def batch(self) -> int:
        return len(self.inputs)

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}"


def make_task(sizes: Sequence[int], batch: int, seed: int = 0) -> Task:
    """Return a task whose numbers come from a seed."""
    rng = Random(seed)
    inputs = numbers(rng, batch, sizes[0], low=-1.0, high=1.0)
    labels = [int(rng.random() * sizes[-1]) for _ in range(batch)]
    layers = []
    for width, neurons in zip(sizes, sizes[1:]):
        limit = math.sqrt(6.0 / width)
        biases = numbers(rng, 1, neurons, -0.1, 0.1)[0]
        layers.append((numbers(rng, neurons, width, -limit, limit), biases))
    return Task(tuple(sizes), inputs, labels, layers)


def mostly_zeros(task: Task, share: float = 0.8) -> Task:
    """Return the task with such a share of its inputs set to 0, as the background of pictures is.

    >>> row = mostly_zeros(make_task((1000, 2, 2), 1)).inputs[0]
    >>> 750 < row.count(0.0) < 850
    True
    """
    rng = Random(1)
    return task._replace(inputs=[[0.0 if rng.random() < share else x for x in row]
                                 for row in task.inputs])


def numbers(rng: Random, rows: int, columns: int, low: float, high: float) -> Matrix:
    """Return a matrix of numbers spread evenly between low and high."""
    return [[low + (high - low) * rng.random() for _ in range(columns)] for _ in range(rows)]


def multiply_adds(sizes: Sequence[int], batch: int) -> List[Tuple[int, int, int]]:
    """Return the matrix products of one step as (rows, columns, length of each dot product).

    Of each layer the scores and the gradient of the weights; of each but the first also the
    gradient of its inputs, which training does not ask of the first.

    >>> multiply_adds((4, 3, 2), batch=5)
    [(5, 3, 4), (3, 4, 5), (5, 2, 3), (2, 3, 5), (5, 3, 2)]
    """
    products = []
    for number, (width, neurons) in enumerate(zip(sizes, sizes[1:])):
        products += [(batch, neurons, width), (neurons, width, batch)]
        products += [(batch, width, neurons)] if number else []
    return products
