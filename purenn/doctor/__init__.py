"""The doctor: why is it not learning?

A network that does not learn raises no error. It just sits there with a loss that will not fall,
and the reason may be anywhere: in the table, in the starting weights, in a derivative, in the
learning rate. So the doctor goes from the outside in, as one would by hand, and the first thing
found to be wrong is the one to repair first, since what comes later may only be its echo:

    the data      numbers → labels → classes → balance → constant columns → scale
                  → duplicate rows → row numbers → leakage
    the network   network and data → nonlinear → loss at the start → gradient check
      at rest     → identical neurons → dead ReLUs → saturated units → gradients per layer
    the network   one batch by heart → size of the updates → training against validation
      at work

Why causes come before trials: a network of dead units also fails to learn one batch by heart, but
"all units are dead" says why, and "it cannot learn four rows" does not.

Each check measures one number and compares it with a threshold, given next to it with its reason.
The thresholds are wide: a network that learns must not be called ill, so they tell apart what works
from what cannot work, not the good from the better. All that is tried is tried on a copy. Your
network, its dropout and their random numbers, and your optimizer stay as they are, to the bit.

Each file imports only from those before it; this one, the door, from all:

1. `findings.py`: what the doctor says;
2. `patient.py`: what the checks look at;
3. `table.py`: the data;
4. `texts.py`: the texts of a language model;
5. `resting.py`: the network at rest;
6. `gradients.py`: is backward right?
7. `working.py`: the network at work.

The idea of going in such an order, of looking at the loss at the start, and of learning a few rows
by heart: Karpathy, "A Recipe for Training Neural Networks", 2019, and the notes of the Stanford
course CS231n, "Neural Networks Part 3: Learning and Evaluation".

Built on the nine modules of the core, gradcheck and data; none of them uses it.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Any, Callable, Collection, Optional, Sequence, Tuple

from ..checks import positive_integer
from ..checks import Targets
from ..data import DataSet
from ..linalg import Vector
from ..losses import Loss
from ..network import Network
from ..optimizers import Optimizer
from ..sequences import LanguageModel
from . import gradients, resting, table, texts, working
from .findings import Diagnosis, Finding, skipped
from .patient import Patient, data_patient, output_width, with_default_network

__all__ = ["Diagnosis", "Finding", "diagnose", "diagnose_data", "diagnose_learning"]


def diagnose(
    network: Network,
    loss: Loss,
    inputs: Sequence[Vector],
    targets: Targets,
    *,
    optimizer: Optional[Optimizer] = None,
    batch_size: int = 32,
    validation: Optional[Sequence[Any]] = None,
    feature_names: Sequence[str] = (),
    class_names: Sequence[str] = (),
    rng: Optional[Random] = None,
) -> Diagnosis:
    """Look for what keeps the network from learning: data, network, training, in this order.

    inputs, targets  what you would give to `train`, with the scaling that you would do
    optimizer        yours, with its learning rate; without it the updates are not judged
    batch_size       how many rows a step of yours sees
    validation       a pair (inputs, targets); without it a fifth of the rows is put aside
    feature_names, class_names  to name columns and classes in the findings
    rng              chooses the samples; random.Random(0) if none is given

    Of a `LanguageModel` the inputs are texts, not columns: instead of the data, the texts are
    looked at, and of the network what holds for rows of tokens too.

    Nothing that you pass is changed, not even the state of rng. Ill data, labels and layers become
    findings. Raises TypeError or ValueError only for arguments of the wrong kind.

    >>> from purenn import Dense, MeanSquaredError, Network, Tanh, zeros
    >>> rng = Random(1)
    >>> network = Network([Dense(1, 3, rng, zeros), Tanh(), Dense(3, 1, rng, zeros)])
    >>> xs = [[x / 10 - 1] for x in range(20)]
    >>> ys = [[x * x] for [x] in xs]
    >>> diagnose(network, MeanSquaredError(), xs, ys).first_failure.name
    'identical neurons'
    """
    _check_kind("network", network, Network)
    _check_kind("loss", loss, Loss)
    if optimizer is not None:
        _check_kind("optimizer", optimizer, Optimizer)
    positive_integer("diagnose", "batch_size", batch_size)
    if validation is not None and (not isinstance(validation, (tuple, list))
                                   or len(validation) < 2):
        raise TypeError("diagnose: validation: expected a pair (inputs, targets)")
    patient = Patient(inputs, targets, loss, feature_names, class_names, rng)
    patient.network = copy.deepcopy(network)
    patient.width = output_width(patient.network, inputs)
    patient.optimizer, patient.batch_size = optimizer, batch_size
    patient.validation = (validation[0], validation[1]) if validation is not None else None
    if isinstance(network, LanguageModel):
        return _examine(patient, _TEXT_CHECKS)
    return _examine(patient, _DATA_CHECKS + _NETWORK_CHECKS)


def diagnose_data(
    data: DataSet, *, standardize: bool = False, rng: Optional[Random] = None
) -> Diagnosis:
    """Look at the data only: is there anything in the table that keeps a network from learning?

    standardize  whether a `Standardizer` will bring the columns (and, in regression, the targets)
                 to deviation 1 before training; then their scale as it is now does not matter

    Raises TypeError for what is no DataSet.

    >>> from purenn.data import iris
    >>> diagnose_data(iris()).ok
    True
    """
    _check_kind("data", data, DataSet)
    return _examine(data_patient(data, standardize, rng), _DATA_CHECKS)


def diagnose_learning(data: DataSet, *, rng: Optional[Random] = None) -> Diagnosis:
    """Look at the data, then see whether a small network learns something from them.

    The network, its optimizer and what is done to the data first are those of `purenn train` and
    of `Classifier`, when nothing else is said (`recipes.Settings`); a fifth of the rows is kept for
    validation. Raises TypeError for what is no DataSet.
    """
    _check_kind("data", data, DataSet)
    patient = data_patient(data, True, rng)
    found = _examine(patient, _DATA_CHECKS).findings
    blocking = {finding.name for finding in found
                if finding.ok is False and finding.name in _NEEDED_BY_ANY_NETWORK}
    if not blocking:
        patient = with_default_network(patient, data)
    return Diagnosis(found + _examine(patient, _NETWORK_CHECKS, blocking).findings)


def _check_kind(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        got = f"the class {value.__name__}" if isinstance(value, type) else repr(value)
        raise TypeError(f"diagnose: {name}: expected {article} {kind.__name__}, got {got[:60]}")


def _examine(
    patient: Patient, checks: Sequence[_Check], failed_before: Collection[str] = ()
) -> Diagnosis:
    """Go through the checks; one that needs what has failed makes no sense, and is skipped."""
    cause = {name: name for name in failed_before}  # of what failed or was skipped for it
    findings = []
    for name, check, needs in checks:
        missing = [need for need in needs if need in cause]
        if missing:
            cause[name] = cause[missing[0]]
            finding = skipped(f"because of the problem with “{cause[name]}”")
        else:
            finding = check(patient)
        findings.append(finding._replace(name=name))
        if finding.ok is False:
            cause[name] = name
    return Diagnosis(findings)


# ---- The order of the checks, and what each needs to make sense ----

_Check = Tuple[str, Callable[[Patient], Finding], Collection[str]]

_NEEDED_BY_ANY_NETWORK = ("numbers", "labels", "classes")
_SOUND_DATA = _NEEDED_BY_ANY_NETWORK + ("scale", "network and data")
_SOUND_REST = _SOUND_DATA + ("loss at the start", "gradient check", "identical neurons",
                             "dead ReLUs", "saturated units", "gradients per layer")

_DATA_CHECKS: Tuple[_Check, ...] = (
    ("numbers", table.check_numbers, ()),
    ("labels", table.check_labels, ("numbers",)),
    ("classes", table.check_classes, ("labels",)),
    ("balance", table.check_balance, ("labels", "classes")),
    ("constant columns", table.check_constant_columns, ("numbers",)),
    ("scale", table.check_scale, ("numbers", "labels")),
    ("duplicate rows", table.check_duplicate_rows, ("numbers", "labels")),
    ("row numbers", table.check_row_numbers, ("numbers",)),
    ("leakage", table.check_leakage, ("numbers", "labels", "classes")),
)
_NETWORK_CHECKS: Tuple[_Check, ...] = (
    ("network and data", resting.check_fit, _NEEDED_BY_ANY_NETWORK),
    ("nonlinear", resting.check_nonlinear, ("network and data",)),
    ("loss at the start", resting.check_first_loss, _SOUND_DATA),
    ("gradient check", gradients.check_gradients, _SOUND_DATA),
    ("identical neurons", resting.check_identical_neurons, ("network and data",)),
    ("dead ReLUs", resting.check_dead_relus, _SOUND_DATA),
    ("saturated units", resting.check_saturated_units, _SOUND_DATA),
    ("gradients per layer", resting.check_gradient_sizes, _SOUND_DATA + (
        "gradient check", "identical neurons", "dead ReLUs")),
    ("one batch", working.check_one_batch, _SOUND_REST),
    ("updates", working.check_updates, _SOUND_REST),
    ("validation", working.check_validation, _SOUND_REST + ("one batch",)),
)
_TEXT_CHECKS: Tuple[_Check, ...] = (
    ("texts", texts.check_texts, ()),
    ("held-out texts", texts.check_held_out, ("texts",)),
    ("loss at the start", resting.check_first_loss, ("texts",)),
    ("gradient check", gradients.check_gradients, ("texts",)),
    ("gradients per layer", resting.check_gradient_sizes, ("texts", "gradient check")),
    ("one batch", working.check_one_batch, ("texts", "loss at the start", "gradient check",
                                            "gradients per layer")),
    ("updates", working.check_updates, ("texts", "loss at the start", "gradient check",
                                        "gradients per layer")),
)
