"""The patient: what the checks look at.

A table of inputs and targets, a loss and, unless only the data are examined, a network, an
optimizer and a validation set. The doctor takes samples, so that it is quick with large data too,
and the patient draws them: how many rows, the check says. The random numbers are a copy of yours,
and so is the network; whoever trains makes one more copy, also of the optimizer.

Before this: `findings.py`. After this: `table.py`, the checks of the data.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Any, List, Optional, Sequence, Tuple

from .. import linalg
from ..activations import Linear, ReLU
from ..checks import random_generator
from ..checks import Targets, is_flat
from ..data import DataSet, Standardizer, split
from ..initializers import permutation
from ..layers import Dense
from ..linalg import Matrix, Vector
from ..losses import (
    BinaryCrossEntropy, CategoricalCrossEntropy, Loss, MeanSquaredError, SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from ..metrics import classes_of
from ..network import Network
from ..optimizers import Adam, Optimizer
from ..text import safe, shown

ONE_OF_SEVERAL = (SoftmaxCrossEntropy, CategoricalCrossEntropy)
YES_OR_NO = (SigmoidCrossEntropy, BinaryCrossEntropy)


class Patient:
    """Data, loss and names; then, if there is one, a copy of the network and what belongs to it.

    `width` is that of the scores, None if it cannot be known.
    """

    def __init__(
        self,
        inputs: Sequence[Vector],
        targets: Targets,
        loss: Loss,
        feature_names: Sequence[str],
        class_names: Sequence[str],
        rng: Optional[Random],
    ) -> None:
        self.inputs, self.targets, self.loss = inputs, targets, loss
        self.feature_names, self.class_names = feature_names, class_names
        self.rng: Random = (
            Random(0) if rng is None else copy.deepcopy(random_generator("diagnose", rng))
        )
        self.standardized_later = False
        self.network: Network = Network([Linear()])  # where only data are examined, nobody asks
        self.width: Optional[int] = None
        self.optimizer: Optional[Optimizer] = None
        self.batch_size = 32
        self.validation: Optional[Tuple[Sequence[Vector], Targets]] = None

    def sample(self, size: int) -> Tuple[Matrix, Any]:
        """Return at most `size` rows chosen at random, and their targets."""
        rows = self._choose(size)
        return linalg.take(self.inputs, rows), linalg.take(self.targets, rows)

    def sample_inputs(self, size: int) -> Matrix:
        """Return at most `size` rows, for checks that do without targets."""
        return linalg.take(self.inputs, self._choose(size))

    def _choose(self, size: int) -> Sequence[int]:
        rows = range(len(self.inputs))
        return rows if len(rows) <= size else permutation(len(rows), self.rng)[:size]

    @property
    def class_count(self) -> int:
        """Two for yes or no in a single column, else as many as there are scores."""
        return 2 if self.width == 1 and not self.class_names else self.width or 0

    def class_numbers(self, targets: Any) -> Optional[List[int]]:
        """Return the class of each target; None for numbers, or several times yes or no."""
        one_column = isinstance(self.loss, YES_OR_NO) and self.width == 1
        if is_flat(targets) or isinstance(self.loss, ONE_OF_SEVERAL) or one_column:
            return classes_of(targets)
        return None

    def column_name(self, number: int) -> str:
        """Name a column for a message."""
        if number < len(self.feature_names):
            return f"column {number}, {shown(self.feature_names[number])},"
        return f"column {number} (counted from 0)"

    def class_name(self, number: int) -> str:
        """Name a class for a message."""
        if number < len(self.class_names):
            return f"class {number} ({safe(str(self.class_names[number]))})"
        return f"class {number}"


def hashable(target: Any) -> Any:
    """Return a target, a number or a row, as something that fits into a set."""
    return tuple(target) if hasattr(target, "__len__") else target


# ---- Where patients come from ----


def data_patient(data: DataSet, standardize: bool, rng: Optional[Random]) -> Patient:
    """Return a patient that is a table only."""
    loss: Loss = SoftmaxCrossEntropy() if data.class_names else MeanSquaredError()
    patient = Patient(data.inputs, data.targets, loss, data.feature_names, data.class_names, rng)
    patient.width = len(data.class_names) or _width(data.targets)
    patient.standardized_later = standardize
    return patient


def with_default_network(patient: Patient, data: DataSet) -> Patient:
    """Return the patient that `diagnose_learning` describes."""
    rng = patient.rng
    parts = list(split(data, 0.2, rng=rng)) if len(data.inputs) >= 10 else [data]
    learn, *others = _standardized(parts)
    patient = Patient(learn.inputs, learn.targets, patient.loss, data.feature_names,
                      data.class_names, rng)
    width = len(data.class_names) or len(learn.targets[0])  # type: ignore[arg-type]  # a row
    patient.width = width
    patient.network = Network([Dense(len(data.inputs[0]), 16, rng), ReLU(), Dense(16, width, rng)])
    patient.optimizer = Adam(0.01)
    patient.validation = (others[0].inputs, others[0].targets) if others else None
    return patient


def _standardized(parts: List[DataSet]) -> List[DataSet]:
    """Standardize inputs, and the targets of regression, by what the first part shows."""
    of_inputs = Standardizer().fit(parts[0].inputs)
    parts = [part._replace(inputs=of_inputs.transform(part.inputs)) for part in parts]
    if parts[0].class_names:
        return parts
    of_targets = Standardizer().fit(parts[0].targets)  # type: ignore[arg-type]  # rows
    return [part._replace(targets=of_targets.transform(part.targets))  # type: ignore[arg-type]
            for part in parts]


def output_width(network: Network, inputs: Any) -> Optional[int]:
    """Return how many scores the network has for a row; if it does not say so, one row is tried."""
    if network.output_width is not None:
        return network.output_width
    try:
        return linalg.shape(network.forward(linalg.take(inputs, [0])))[1]
    except (TypeError, ValueError, LookupError):
        return None


def _width(targets: Any) -> Optional[int]:
    try:
        return linalg.shape(targets)[1]
    except (TypeError, ValueError):
        return None
