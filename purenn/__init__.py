"""purenn: neural networks in plain Python, lists and loops, nothing to install.

The source is a textbook. Nine modules, each built on those before it, read in this order:

1. linalg        vectors and matrices as lists: all the loops
2. initializers  starting weights, and the two kinds of chance
3. layers        Parameter, Layer, Dense, Dropout: forward and backward
4. activations   the bends between layers: ReLU, Tanh, Sigmoid, Softmax, …
5. losses        how wrong it is, and the gradient that starts the way back
6. network       layers in a row
7. optimizers    from random search to Adam; schedules, clipping
8. metrics       accuracy, confusion matrix, F1, R²
9. training      batches, the loop, its history, callbacks

Beside them, and used by none of them: gradcheck (are the gradients right?), data (examples to learn
from), estimators (Classifier and Regressor, for use rather than reading), store (model files and
checkpoints), doctor (why is it not learning?), draw (pictures, as SVG and in the terminal), lessons
(the guided way in: `python3 -m purenn lessons`), exercises (that check themselves), book (which
makes a book of the lessons) and app (the command line, `python3 -m purenn`).
"""

from importlib import import_module
from typing import Any, List

from .activations import (
    ELU, GELU, Activation, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh,
)
from .initializers import he, normal, uniform, xavier, zeros
from .layers import Dense, Dropout, Layer, Parameter
from .linalg import ShapeError
from .losses import (
    L1, L2, BinaryCrossEntropy, CategoricalCrossEntropy, ElasticNet, Huber, Loss,
    MeanAbsoluteError, MeanSquaredError, Penalty, SigmoidCrossEntropy, SoftmaxCrossEntropy,
)
from .metrics import (
    ClassScore, ConfusionMatrix, accuracy, confusion_matrix, macro_average, mean_absolute_error,
    precision_recall_f1, r2,
)
from .network import Network
from .optimizers import (
    SGD, AdaGrad, Adam, AdamW, Constant, CosineDecay, ExponentialDecay, InverseTimeDecay,
    LinearWarmUp, Optimizer, RandomAdjustment, RandomSearch, RMSProp, Schedule, StepDecay,
    clip_by_global_norm,
)
from .training import CSVLog, Callback, EarlyStopping, History, Record, ReduceOnPlateau, train

__version__ = "0.1.0"

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
    "clip_by_global_norm", "confusion_matrix", "diagnose", "he", "load", "macro_average",
    "mean_absolute_error", "normal", "precision_recall_f1", "r2", "save", "train", "uniform",
    "xavier", "zeros",
]

# What lives beside the core is imported when it is first asked for, so that "import purenn" stays
# quick for those who need the nine rooms only.
_BESIDE = {
    "Checkpoint": "store.checkpoint",
    "Classifier": "estimators",
    "DataError": "data",
    "ModelFileError": "store.errors",
    "NotFittedError": "estimators",
    "Regressor": "estimators",
    "diagnose": "doctor",
    "load": "estimators",
    "save": "estimators",
}


def __getattr__(name: str) -> Any:
    """Import what lives beside the core; Python calls this for names that are not here yet."""
    if name in _BESIDE:
        return getattr(import_module(f"purenn.{_BESIDE[name]}"), name)
    raise AttributeError(f"module 'purenn' has no attribute {name!r}")


def __dir__() -> List[str]:
    """Return what can be asked for, also what is not imported yet."""
    return sorted({*globals(), *__all__})
