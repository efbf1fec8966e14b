"""The step of training in NumPy, scikit-learn, PyTorch and gradient-wave, as their users write it.

All of them on one thread (`use_one_thread`, before any of them is imported): plain Python has one,
and on matrices this small more threads only wait for each other. All of them in 64-bit floats, as
Python's own. What is not installed is said by `missing`.

Before this: scripts. After this: vectorized.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Dict, List

from .scripts import Layers
from .tasks import RATE, Task

# By which name each is imported, and by which it is installed.
PEERS = {"numpy": "numpy", "sklearn": "scikit-learn", "torch": "torch",
         "gradwave": "gradient-wave"}
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
           "VECLIB_MAXIMUM_THREADS"]


def use_one_thread() -> None:
    """Tell the libraries behind NumPy and PyTorch to use one thread; they look when imported."""
    os.environ.update(dict.fromkeys(THREADS, "1"))


def missing() -> List[str]:
    """Return what is not installed here, by the names under which it is installed."""
    return [package for module, package in PEERS.items() if find_spec(module) is None]


def versions() -> Dict[str, str]:
    """Return the versions of what is installed."""
    return {package: str(import_module(module).__version__)
            for module, package in PEERS.items() if package not in missing()}


class NumPyByHand:
    """What a page of NumPy does: the same lines as the straight script, without the loops.

    As in the step of purenn, the loss is computed and what is not finite is found.
    """

    def __init__(self, task: Task) -> None:
        import numpy as np

        self.np = np
        (self.w1, self.b1), (self.w2, self.b2) = [
            (np.array(weights), np.array(biases)) for weights, biases in task.layers
        ]
        self.x, self.labels = np.array(task.inputs), np.array(task.labels)
        self.rows = np.arange(task.batch)

    def step(self) -> None:
        np, x = self.np, self.x
        h = x @ self.w1.T + self.b1
        a = np.maximum(h, 0.0)
        s = a @ self.w2.T + self.b2
        g = np.exp(s - s.max(axis=1, keepdims=True))
        g /= g.sum(axis=1, keepdims=True)
        self.loss = -np.log(g[self.rows, self.labels]).mean()
        if not np.isfinite(self.loss):
            raise FloatingPointError("the loss is no longer finite")
        g[self.rows, self.labels] -= 1.0
        g /= len(x)
        back = (g @ self.w2) * (h > 0)
        self.w2 -= RATE * (g.T @ a)
        self.b2 -= RATE * g.sum(axis=0)
        self.w1 -= RATE * (back.T @ x)
        self.b1 -= RATE * back.sum(axis=0)
        if not all(np.isfinite(w).all() for w in (self.w1, self.b1, self.w2, self.b2)):
            raise FloatingPointError("a weight is no longer finite")

    def predict(self) -> Any:
        """Return the scores of the batch."""
        return self.np.maximum(self.x @ self.w1.T + self.b1, 0.0) @ self.w2.T + self.b2

    def layers(self) -> Layers:
        return [(w.tolist(), b.tolist()) for w, b in ((self.w1, self.b1), (self.w2, self.b2))]


class ScikitLearn:
    """`MLPClassifier.partial_fit` on the batch: what scikit-learn has for a single step.

    For two classes it has one output, not two: another network, that agrees with nobody else's.
    """

    def __init__(self, task: Task) -> None:
        import numpy as np
        from sklearn.neural_network import MLPClassifier

        self.x, self.labels = np.array(task.inputs), np.array(task.labels)
        self.model = MLPClassifier(
            hidden_layer_sizes=task.sizes[1:-1], solver="sgd", learning_rate_init=RATE, alpha=0.0,
            momentum=0.0, batch_size=task.batch, shuffle=False,
        )
        self.model.partial_fit(self.x, self.labels, classes=np.arange(task.sizes[-1]))
        self.comparable = task.sizes[-1] > 2
        for number, (weights, biases) in enumerate(task.layers if self.comparable else []):
            self.model.coefs_[number][...] = np.transpose(weights)  # into what it keeps
            self.model.intercepts_[number][...] = biases

    def step(self) -> None:
        self.model.partial_fit(self.x, self.labels)

    def layers(self) -> Layers:
        return [] if not self.comparable else [
            (w.T.tolist(), b.tolist())
            for w, b in zip(self.model.coefs_, self.model.intercepts_)
        ]


class PyTorch:
    """A Sequential, a loss, an optimizer, and the four lines of every tutorial."""

    def __init__(self, task: Task) -> None:
        import torch

        torch.set_num_threads(1)
        modules: List[Any] = []
        for (weights, biases), width in zip(task.layers, task.sizes):
            linear = torch.nn.Linear(width, len(weights), dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(weights, dtype=torch.float64))
                linear.bias.copy_(torch.tensor(biases, dtype=torch.float64))
            modules += [linear, torch.nn.ReLU()]
        self.linears = modules[::2]
        self.model = torch.nn.Sequential(*modules[:-1])
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.x = torch.tensor(task.inputs, dtype=torch.float64)
        self.labels = torch.tensor(task.labels)

    def step(self) -> None:
        self.optimizer.zero_grad()
        self.loss(self.model(self.x), self.labels).backward()
        self.optimizer.step()

    def layers(self) -> Layers:
        return [(one.weight.tolist(), one.bias.tolist()) for one in self.linears]


class GradientWave:
    """gradient-wave 0.1.0, of the libraries in plain Python the quickest that was found.

    Its network learns from one example after the other; the gradients add up until the batch ends.
    """

    def __init__(self, task: Task) -> None:
        from gradwave import NeuralNetwork

        self.model = NeuralNetwork(
            list(task.sizes[1:-1]), input_size=task.sizes[0], output_size=task.sizes[-1],
            hidden_activation="relu", output_activation="softmax", cost_function="cross-entropy",
        )
        for neurons, (weights, biases) in zip(self.neurons(), task.layers):
            for neuron, row, bias in zip(neurons, weights, biases):
                neuron.weights, neuron.bias = list(row), bias
        self.examples = list(zip(task.inputs, (
            [float(k == label) for k in range(task.sizes[-1])] for label in task.labels)))

    def neurons(self) -> List[Any]:
        """Return the layers, each a list of neurons."""
        return [*self.model.hidden_layers, self.model.output_layer]

    def step(self) -> None:
        model = self.model
        for inputs, expected in self.examples:
            model.forward(inputs)
            model.compute_output_node_values(expected)
            model.compute_hidden_node_values()
            model.accumulate_gradients()
        model.apply_gradient_accumulations_sgd(
            learning_rate=RATE, batch_size=len(self.examples), weight_clip_value=None,
            bias_clip_value=None, momentum=0.0)
        model.reset_accumulated_gradients()

    def layers(self) -> Layers:
        return [([list(neuron.weights) for neuron in neurons], [one.bias for one in neurons])
                for neurons in self.neurons()]
