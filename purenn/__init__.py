"""purenn: neural networks in plain Python, lists and loops, nothing to install.

The source is a textbook. One page to begin with, then nine modules, each built on those before it,
read in this order:

0. first         one neuron that learns, then a network that learns XOR
1. linalg        vectors and matrices as lists: all the loops
2. initializers  starting weights, normal deviates and shuffles
3. layers        Parameter, Layer, Dense, Dropout: forward and backward
4. activations   nonlinear functions between layers: ReLU, Tanh, Sigmoid, Softmax, …
5. losses        how wrong it is, and the gradient with which backward begins
6. network       layers in a row: backpropagation
7. optimizers    SGD, momentum, AdaGrad, RMSProp, Adam, and random search
8. metrics       accuracy, confusion matrix, F1, R²
9. training      the loop in which everything comes together

Beside them, each to be read alone: penalties (keep weights small), schedules (change the learning
rate), callbacks (stop early, log), gradcheck (are the gradients right?), checks (of what comes from
outside), fast (the loops of linalg, quicker).

Built on these: data (examples to learn from), recipes (names, classes and defaults), model (one
trained model), fitting (from examples to a model, in one way for all), measuring (how good is it),
store (model files and checkpoints), estimators (Classifier and Regressor, for use rather than
reading), sequences (a small language model, the second volume of the textbook), doctor (why is it
not learning?), draw (pictures, as SVG and in the terminal), play (a playground in the browser:
`python3 -m purenn play`), lessons (the guided way in: `python3 -m purenn lessons`), exercises (that
check themselves), book (which makes a book of the lessons) and app (the command line,
`python3 -m purenn`).
"""

from __future__ import annotations

from .activations import (
    ELU, GELU, Activation, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh,
)
from .annotations import TYPE_CHECKING, Any
from .callbacks import CSVLog, EarlyStopping, ReduceOnPlateau
from .history import History, Record
from .initializers import he, normal, uniform, xavier, zeros
from .layers import Dense, Dropout, Layer, Parameter
from .linalg import ShapeError
from .losses import (
    BinaryCrossEntropy, CategoricalCrossEntropy, Huber, Loss, MeanAbsoluteError, MeanSquaredError,
    SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from .metrics import (
    ClassScore, ConfusionMatrix, accuracy, confusion_matrix, macro_average, mean_absolute_error,
    precision_recall_f1, r2,
)
from .network import Network
from .notebooks import Pictured
from .optimizers import (
    SGD, AdaGrad, Adam, AdamW, Optimizer, RandomAdjustment, RandomSearch, RMSProp,
    clip_by_global_norm,
)
from .penalties import L1, L2, ElasticNet, Penalty
from .schedules import (
    Constant, CosineDecay, ExponentialDecay, InverseTimeDecay, LinearWarmUp, Schedule, StepDecay,
)
from .training import Callback, train

__version__ = "0.2.0"

__all__ = [
    "Activation", "AdaGrad", "Adam", "AdamW", "BinaryCrossEntropy", "CSVLog", "Callback",
    "CategoricalCrossEntropy", "Checkpoint", "ClassScore", "Classifier", "ConfusionMatrix",
    "Constant", "CosineDecay", "DataError", "Dense", "Dropout", "ELU", "EarlyStopping",
    "ElasticNet", "ExponentialDecay", "GELU", "History", "Huber", "InverseTimeDecay", "L1", "L2",
    "Layer", "LeakyReLU", "Linear", "LinearWarmUp", "Loss", "MeanAbsoluteError",
    "MeanSquaredError", "ModelFileError", "Network", "NotFittedError", "Optimizer", "Parameter",
    "Penalty", "RMSProp", "RandomAdjustment", "RandomSearch", "ReLU", "Record", "ReduceOnPlateau",
    "Regressor", "SGD", "Schedule", "ShapeError", "SiLU", "Sigmoid", "SigmoidCrossEntropy",
    "Softmax", "SoftmaxCrossEntropy", "Softplus", "StepDecay", "Tanh", "accuracy",
    "clip_by_global_norm", "confusion_matrix", "diagnose", "export", "he", "load",
    "load_weights", "macro_average", "mean_absolute_error", "normal", "precision_recall_f1", "r2",
    "save", "train", "uniform", "xavier", "zeros",
]

# What is built on the core is imported when it is first asked for, so that "import purenn" stays
# quick for those who need the nine modules only. Type checkers and editors see it all at once.
if TYPE_CHECKING:
    from . import data as data, doctor as doctor, draw as draw, store as store
    from .data import DataError
    from .doctor import diagnose
    from .estimators import Classifier, NotFittedError, Regressor, load, save
    from .store.checkpoint import Checkpoint
    from .store.errors import ModelFileError
    from .store.exporters import export
    from .store.weights import load_weights

_BESIDE = {
    "Checkpoint": "store.checkpoint",
    "Classifier": "estimators",
    "DataError": "data",
    "ModelFileError": "store.errors",
    "NotFittedError": "estimators",
    "Regressor": "estimators",
    "diagnose": "doctor",
    "export": "store.exporters",
    "load": "estimators",
    "load_weights": "store.weights",
    "save": "estimators",
}
_FOLDERS = ("data", "doctor", "draw", "sequences", "store")


def _module(name: str) -> Any:
    from importlib import import_module  # here, because the core needs none

    return import_module(f"purenn.{name}")


def __getattr__(name: str) -> Any:
    """Import what lives beside the core; Python calls this for names that are not here yet."""
    if name in _BESIDE:
        return getattr(_module(_BESIDE[name]), name)
    if name in _FOLDERS:
        return _module(name)
    raise AttributeError(f"module 'purenn' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what can be asked for, also what is not imported yet."""
    return sorted({*globals(), *__all__, *_FOLDERS})


def _picture_of(thing: Any) -> Any:
    return _module("draw").svg_of(thing)


Pictured.draw = staticmethod(_picture_of)
