"""The doctor: why is it not learning?

A network that does not learn raises no error. It just sits there with a loss that will not fall,
and the reason may be anywhere: in the table, in the starting weights, in a derivative, in the
learning rate. So the doctor goes from the outside in, as one would by hand, and the first thing
found to be wrong is the one to repair first, since what comes later may only be its echo:

    the data      numbers → labels → classes → balance → constant columns → scale
                  → duplicate rows → leakage
    the network   network and data → bends → loss at the start → gradient check
      at rest     → identical neurons → dead ReLUs → saturated units → gradients per layer
    the network   one batch by heart → size of the updates → training against validation
      at work

Why causes come before trials: a network of dead units also fails to learn one batch by heart, but
"all units are dead" says why, and "it cannot learn eight rows" does not.

Each check measures one number and compares it with a threshold, given below with its reason. The
thresholds are wide: a network that learns must not be called ill, so they tell apart what works
from what cannot work, not the good from the better. All that is tried is tried on a copy. Your
network, its dropout and their random numbers, and your optimizer stay as they are, to the bit.

The idea of going in such an order, of looking at the loss at the start, and of learning a few rows
by heart: Karpathy, "A Recipe for Training Neural Networks", 2019, and the notes of the Stanford
course CS231n, "Neural Networks Part 3: Learning and Evaluation".

Beside the nine rooms: it uses them all, and gradcheck and data; none of them uses it.
"""

from __future__ import annotations

import copy
import math
from random import Random
from typing import (
    Any, Callable, Collection, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple,
)

from . import gradcheck, linalg
from .activations import Activation, Linear, ReLU, Sigmoid, Softmax, Tanh
from .checks import positive_integer, random_generator
from .data import DataSet, Standardizer, split
from .initializers import normal, permutation
from .layers import Dense, Dropout, Layer, Parameter
from .linalg import Matrix, Vector
from .losses import (
    BinaryCrossEntropy, CategoricalCrossEntropy, Loss, MeanSquaredError, SigmoidCrossEntropy,
    SoftmaxCrossEntropy, Targets, is_flat,
)
from .metrics import classes_of
from .network import Network
from .optimizers import Adam, CosineDecay, GradientDescent, Optimizer
from .training import Callback, History, Record, Run, train

__all__ = ["Diagnosis", "Finding", "diagnose", "diagnose_data", "diagnose_learning"]

# How much is looked at. The doctor takes samples, so that it is quick with large data too.
TABLE_ROWS = 2000  # rows of which the columns are looked at
NETWORK_ROWS = 256  # rows that are sent through the network at rest
GRADIENT_ROWS = 4  # rows of the gradient check, which goes through the network hundreds of times
GRADIENT_NUMBERS = 50  # numbers of each parameter that it compares
HEART_ROWS = 4  # rows to be learned by heart, in so many steps, at falling rates
HEART_STEPS, HEART_RATES = 500, (0.05, 0.005)
UPDATE_STEPS = 20  # steps of your optimizer
VALIDATION_ROWS = 512  # rows of the short training; its work is counted in multiplications
VALIDATION_WORK = 15_000_000

# Thresholds; the check that uses one says why.
UNBALANCED = 20.0
BLANK_SHARE, BLANK_FROM = 0.25, 32
TOO_LARGE, TOO_SMALL, TOO_UNEQUAL = 30.0, 0.01, 1000.0
REPEATED = 0.1
GAP_OF_A_COPY, CORRELATION_OF_A_COPY = 10.0, 0.9999
FAR_FROM_CHANCE = 20.0
GRADIENT_TOLERANCE = 1e-5
DEAD = 0.9
FLAT_SLOPE, SATURATED = 0.01, 0.5
GRADIENT_RATIO = 1000.0
BY_HEART = 0.75
UPDATE_TOO_SMALL, UPDATE_TOO_LARGE = 1e-5, 0.5
LEARNED, HOLDS, FEW_ROWS = 0.9, 0.2, 16


# ---- What the doctor says ----


class Finding(NamedTuple):
    """What one check found.

    name       what was looked at
    ok         True, False, or None if the check was skipped
    message    what was found, in words; why it was skipped, if it was
    number     the number that decided, None if there is none
    next_step  what to do; empty unless there is a problem
    """

    name: str
    ok: Optional[bool]
    message: str
    number: Optional[float] = None
    next_step: str = ""

    def __str__(self) -> str:
        status = {True: "ok     ", False: "PROBLEM", None: "skipped"}[self.ok]
        return f"{status}  {self.name}: {self.message}"


class Diagnosis(NamedTuple):
    """All findings, in the order in which they were made. print() it.

    >>> print(Diagnosis([Finding("labels", True, "3 labels, each a class from 0 to 1")]))
    ok       labels: 3 labels, each a class from 0 to 1
    <BLANKLINE>
    A clean bill of health: nothing is wrong in the 1 check that was made.
    """

    findings: List[Finding]

    @property
    def ok(self) -> bool:
        """Say whether no check found a problem."""
        return self.first_failure is None

    @property
    def first_failure(self) -> Optional[Finding]:
        """The first problem found: the one to repair first. None if there is none."""
        return next((finding for finding in self.findings if finding.ok is False), None)

    def finding(self, name: str) -> Finding:
        """Return the finding of that name; KeyError with the names there are."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        names = ", ".join(finding.name for finding in self.findings)
        raise KeyError(f"Diagnosis: no finding {name!r}; there are {names}")

    def __str__(self) -> str:
        lines = [str(finding) for finding in self.findings]
        first = self.first_failure
        if first is None:
            made = len([finding for finding in self.findings if finding.ok])
            lines += ["", f"A clean bill of health: nothing is wrong in the {made} "
                          f"{_plural(made, 'check that was', 'checks that were')} made."]
        else:
            lines += ["", f"The first thing to repair: {first.name}", first.message,
                      f"Next step: {first.next_step}"]
        return "\n".join(lines)


def _fine(message: str, number: Optional[float] = None) -> Finding:
    return Finding("", True, message, number)


def _problem(message: str, number: Optional[float], next_step: str) -> Finding:
    return Finding("", False, message, number, next_step)


def _skipped(why: str) -> Finding:
    return Finding("", None, why)


# ---- Asking it ----


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
    patient = _Patient(inputs, targets, loss, feature_names, class_names, rng)
    patient.network = copy.deepcopy(network)
    patient.width = _output_width(patient.network, inputs)
    patient.optimizer, patient.batch_size = optimizer, batch_size
    patient.validation = (validation[0], validation[1]) if validation is not None else None
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
    return _examine(_data_patient(data, standardize, rng), _DATA_CHECKS)


def diagnose_learning(data: DataSet, *, rng: Optional[Random] = None) -> Diagnosis:
    """Look at the data, then see whether a small network learns something from them.

    The network has one hidden layer of 16 ReLU units; the columns are standardized first, and so
    are the targets in regression; a fifth of the rows is kept for validation; the optimizer is
    Adam with a rate of 0.01. Raises TypeError for what is no DataSet.
    """
    patient = _data_patient(data, True, rng)
    found = _examine(patient, _DATA_CHECKS)
    blocking = {finding.name for finding in found.findings
                if finding.ok is False and finding.name in ("numbers", "labels", "classes")}
    if not blocking:
        patient = _with_default_network(patient, data)
    return Diagnosis(found.findings + _examine(patient, _NETWORK_CHECKS, blocking).findings)


def _check_kind(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        got = f"the class {value.__name__}" if isinstance(value, type) else repr(value)
        raise TypeError(f"diagnose: {name}: expected {article} {kind.__name__}, got {got[:60]}")


# ---- The patient, and the round of the doctor ----


class _Patient:
    """What the checks look at. `network` is a copy; whoever trains makes one more, also of the
    optimizer. `width` is that of the scores, None if it cannot be known."""

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
        self.network: Network = Network([Linear()])  # a data patient is never asked for it
        self.width: Optional[int] = None
        self.optimizer: Optional[Optimizer] = None
        self.batch_size = 32
        self.validation: Optional[Tuple[Sequence[Vector], Targets]] = None

    def sample(self, count: int) -> Tuple[Matrix, Any]:
        """Return at most `count` rows chosen at random, and their targets."""
        rows = self._choose(count)
        return linalg.take(self.inputs, rows), linalg.take(self.targets, rows)

    def sample_inputs(self, count: int) -> Matrix:
        """Return at most `count` rows, for checks that do without targets."""
        return linalg.take(self.inputs, self._choose(count))

    def _choose(self, count: int) -> Sequence[int]:
        rows = range(len(self.inputs))
        return rows if len(rows) <= count else permutation(len(rows), self.rng)[:count]

    def column_name(self, number: int) -> str:
        """Name a column for a message."""
        if number < len(self.feature_names):
            return f"column {number}, {self.feature_names[number]!r},"
        return f"column {number} (counted from 0)"

    def class_name(self, number: int) -> str:
        """Name a class for a message."""
        if number < len(self.class_names):
            return f"class {number} ({self.class_names[number]})"
        return f"class {number}"


_Check = Tuple[str, Callable[[_Patient], Finding], Collection[str]]


def _examine(
    patient: _Patient, checks: Sequence[_Check], failed_before: Collection[str] = ()
) -> Diagnosis:
    """Go through the checks; one that needs what has failed makes no sense, and is skipped."""
    cause = {name: name for name in failed_before}  # of what failed or was skipped for it
    findings = []
    for name, check, needs in checks:
        missing = [need for need in needs if need in cause]
        if missing:
            cause[name] = cause[missing[0]]
            finding = _skipped(f"because of the problem with “{cause[name]}”")
        else:
            finding = check(patient)
        findings.append(finding._replace(name=name))
        if finding.ok is False:
            cause[name] = name
    return Diagnosis(findings)


def _data_patient(data: DataSet, standardize: bool, rng: Optional[Random]) -> _Patient:
    _check_kind("data", data, DataSet)
    loss: Loss = SoftmaxCrossEntropy() if data.class_names else MeanSquaredError()
    patient = _Patient(
        data.inputs, data.targets, loss, data.feature_names, data.class_names, rng
    )
    patient.width = len(data.class_names) or _width_of(data.targets)
    patient.standardized_later = standardize
    return patient


def _width_of(targets: Any) -> Optional[int]:
    try:
        return linalg.shape(targets)[1]
    except (TypeError, ValueError):
        return None


def _with_default_network(patient: _Patient, data: DataSet) -> _Patient:
    """Return the patient that `diagnose_learning` describes."""
    rng = patient.rng
    learn, test = split(data, 0.2, rng=rng) if len(data.inputs) >= 10 else (data, None)
    learn, test = _standardized(learn, test)
    patient = _Patient(learn.inputs, learn.targets, patient.loss, data.feature_names,
                       data.class_names, rng)
    width_in, patient.width = len(data.inputs[0]), len(data.class_names) or len(
        learn.targets[0])  # type: ignore[arg-type]  # no classes: a row
    patient.network = Network([Dense(width_in, 16, rng), ReLU(), Dense(16, patient.width, rng)])
    patient.optimizer = Adam(0.01)
    patient.validation = (test.inputs, test.targets) if test is not None else None
    return patient


def _standardized(
    learn: DataSet, test: Optional[DataSet]
) -> Tuple[DataSet, Optional[DataSet]]:
    """Standardize inputs, and the targets of regression, by what the first part shows."""
    both = [learn] if test is None else [learn, test]
    of_inputs = Standardizer().fit(learn.inputs)
    both = [part._replace(inputs=of_inputs.transform(part.inputs)) for part in both]
    if not learn.class_names:
        of_targets = Standardizer().fit(learn.targets)  # type: ignore[arg-type]  # rows
        both = [part._replace(targets=of_targets.transform(part.targets))  # type: ignore
                for part in both]
    return both[0], (both[1] if test is not None else None)


# ---- The data ----


def _numbers(patient: _Patient) -> Finding:
    """All inputs are rows of one length, of finite numbers: what `linalg.as_matrix` asks for."""
    try:
        rows, columns = linalg.shape(linalg.as_matrix(patient.inputs, "inputs"))
    except (TypeError, ValueError) as error:
        return _problem(str(error), None, "repair or leave out that row; in a CSV file, missing "
                                          "cells must be filled before training")
    return _fine(f"{_count(rows, 'row')} of {_count(columns, 'finite number')}")


def _labels(patient: _Patient) -> Finding:
    """There is one target for each row, and the loss takes them all.

    Asked with scores that every loss takes, since each row is a row of probabilities too.
    """
    rows, targets = len(patient.inputs), patient.targets
    if not hasattr(targets, "__len__") or len(targets) != rows:
        got = f"{len(targets)}" if hasattr(targets, "__len__") else "no list"
        return _problem(f"{_count(rows, 'row')} of inputs, but {got} of targets", None,
                        "give one target for each row")
    if patient.width is None:
        return _skipped("how many scores there are for each row is not known")
    try:
        patient.loss(linalg.full(rows, patient.width, 1.0 / patient.width), targets)
    except (TypeError, ValueError) as error:
        return _problem(str(error), None, _label_advice(patient))
    if is_flat(targets):
        last = _class_count(patient) - 1
        return _fine(f"{_count(rows, 'label')}, each a class from 0 to {last}")
    return _fine(f"{_count(rows, 'row')} of {_count(patient.width, 'target')}")


def _label_advice(patient: _Patient) -> str:
    numbers = patient.targets
    if is_flat(numbers) and all(isinstance(number, int) for number in numbers):
        low, high = min(numbers), max(numbers)
        if low == 1 and high == _class_count(patient):
            return "count classes from 0: targets = [label - 1 for label in targets]"
        return (f"the labels go from {low} to {high}, the classes from 0 to "
                f"{_class_count(patient) - 1}: correct the labels or the width of the last layer")
    return "make the targets what this loss takes: its docstring says what that is"


def _class_count(patient: _Patient) -> int:
    """Two for yes or no in a single column, else as many as there are scores."""
    return 2 if patient.width == 1 and not patient.class_names else patient.width or 0


def _class_numbers(patient: _Patient, targets: Any) -> Optional[List[int]]:
    """Return the class of each target; None where targets are numbers, or several yes and no."""
    if is_flat(targets):
        return classes_of(targets)
    if isinstance(patient.loss, (SoftmaxCrossEntropy, CategoricalCrossEntropy)):
        return classes_of(targets)
    yes_or_no = isinstance(patient.loss, (SigmoidCrossEntropy, BinaryCrossEntropy))
    return classes_of(targets) if yes_or_no and patient.width == 1 else None


def _classes(patient: _Patient) -> Finding:
    """Every class has a row at least, and there is more than one class; numbers differ.

    From rows of one class a network learns to say always the same; for a class without rows it
    learns to say never. The threshold is one row.
    """
    numbers = _class_numbers(patient, patient.targets)
    if numbers is None:
        return _targets_differ(patient)
    counts = _counted(numbers)
    if len(counts) == 1:
        return _problem(f"all {_count(len(numbers), 'row')} are of "
                        f"{patient.class_name(numbers[0])}", 1,
                        "there is nothing to tell apart: bring rows of at least one other class")
    absent = [label for label in range(_class_count(patient)) if label not in counts]
    if absent:
        return _problem(f"{patient.class_name(absent[0])} has no row; {len(absent)} of "
                        f"{_class_count(patient)} classes are missing", len(absent),
                        "bring rows of that class, or leave it out: number the others from 0 "
                        "without a gap, and give the last layer as many neurons")
    return _fine(f"{len(counts)} classes, the rarest with {_count(min(counts.values()), 'row')}",
                 len(counts))


def _targets_differ(patient: _Patient) -> Finding:
    targets: Any = patient.targets
    low, high = linalg.min(targets, axis=0), linalg.max(targets, axis=0)
    constant = linalg.item(linalg.min(linalg.greater(high, low))) == 0
    if constant:
        return _problem("the targets (or a column of them) are all the same", 1,
                        "there is nothing to learn: is it the right column of the table?")
    return _fine("the targets are numbers, and differ")


def _counted(labels: Sequence[Any]) -> Dict[Any, int]:
    counts: Dict[Any, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return counts


def _balance(patient: _Patient) -> Finding:
    """The commonest class has less than 20 times as many rows as the rarest.

    At 20 : 1 whoever always says the commonest is right in 95 % of two classes: the loss has
    little to gain from the rare one, and an accuracy of 95 % means nothing.
    """
    numbers = _class_numbers(patient, patient.targets)
    if numbers is None:
        return _skipped("because the targets are not classes")
    counts = _counted(numbers)
    common, rare = max(counts, key=lambda k: counts[k]), min(counts, key=lambda k: counts[k])
    ratio = counts[common] / counts[rare]
    if ratio == 1:
        return _fine(f"each class has {_count(counts[common], 'row')}", ratio)
    text = (f"{patient.class_name(common)} has {_count(counts[common], 'row')}, "
            f"{patient.class_name(rare)} has {counts[rare]}")
    if ratio >= UNBALANCED:
        return _problem(f"{text}: {ratio:.3g} times as many", ratio,
                        "bring more rows of the rare class, repeat its rows in training, or leave "
                        "out some of the others; then look at recall and F1, not at accuracy")
    return _fine(text, ratio)


def _constant_columns(patient: _Patient) -> Finding:
    """No column is the same in all rows; in pictures, at most a quarter of them.

    A constant column tells nothing: it is a second bias. In a table it is mostly a mistake (a
    column read wrongly, a filter that left one group only); pictures have blank corners (3 of the
    64 pixels of the digits), so from 32 columns on a quarter may be constant.
    """
    inputs = patient.sample_inputs(TABLE_ROWS)
    low, high = linalg.min(inputs, axis=0), linalg.max(inputs, axis=0)
    differs = linalg.greater(high, low)[0]
    constant = [number for number, differ in enumerate(differs) if not differ]
    allowed = BLANK_SHARE * len(differs) if len(differs) >= BLANK_FROM else 0
    if len(constant) > allowed:
        first = constant[0]
        return _problem(f"{patient.column_name(first)} is {low[0][first]:g} in all "
                        f"{_count(len(inputs), 'row')} looked at; {len(constant)} of "
                        f"{_count(len(differs), 'column')} are constant", len(constant),
                        "leave constant columns out, or find out why nothing in them changes")
    return _fine(f"{len(constant)} of {_count(len(differs), 'column')}", len(constant))


def _scale(patient: _Patient) -> Finding:
    """The numbers of all columns, and the targets of regression, are of about the same size.

    The size of a column is the root of the mean of its squares: 1 when standardized. Weights start
    for inputs of size 1, so from 30 on the scores start 30 times too large and a usual learning
    rate is too large for them; a column that never reaches a thousandth of the largest one is not
    heard. Columns that all stay below 0.01 leave the network nearly blind.
    """
    if patient.standardized_later:
        return _skipped("because the columns will be standardized before training")
    inputs, targets = patient.sample(TABLE_ROWS)
    sizes = _sizes(inputs)
    reach = linalg.max(linalg.abs(inputs), axis=0)[0]
    large = max(range(len(sizes)), key=lambda column: sizes[column])
    small = min((column for column in range(len(sizes)) if reach[column] > 0),
                key=lambda column: reach[column], default=large)
    advice = "standardize the columns: inputs = Standardizer().fit(inputs).transform(inputs)"
    if not TOO_SMALL <= sizes[large] <= TOO_LARGE:
        return _problem(f"{patient.column_name(large)} has the largest numbers, their typical size "
                        f"is {sizes[large]:.3g}; it should be about 1", sizes[large], advice)
    ratio = sizes[large] / reach[small] if reach[small] else 1.0
    if ratio > TOO_UNEQUAL:
        return _problem(f"the numbers in {patient.column_name(small)} are at most "
                        f"{reach[small]:.3g}, in {patient.column_name(large)} typically "
                        f"{sizes[large]:.3g}", ratio, advice)
    if _class_numbers(patient, targets) is None:
        return _scale_of_targets(targets, sizes[large])
    return _fine(f"the typical size of the largest column is {sizes[large]:.3g}", sizes[large])


def _scale_of_targets(targets: Matrix, inputs_size: float) -> Finding:
    size = max(_sizes(targets))
    if not TOO_SMALL <= size <= TOO_LARGE:
        return _problem(f"the typical size of the targets is {size:.3g}; it should be about 1",
                        size, "standardize the targets for training, and turn the predictions back "
                              "with Standardizer.inverse")
    return _fine(f"the typical size of the largest column is {inputs_size:.3g}, "
                 f"of the targets {size:.3g}", inputs_size)


def _sizes(A: Matrix) -> Vector:
    """Return the root mean square of each column."""
    return linalg.sqrt(linalg.mean(linalg.multiply(A, A), axis=0))[0]


def _duplicate_rows(patient: _Patient) -> Finding:
    """At most a tenth of the rows stand in the table twice, in validation too, or contradict.

    What stands in both parts of a split is not a test. A row or two happen (iris has one); a tenth
    has a cause, such as a file read twice. Where columns have so few values that rows must repeat
    (less than ten times as many possible rows as rows), they may. Same inputs with different
    classes cannot all be learned, so a tenth of those costs at least a twentieth of the accuracy.
    """
    inputs, targets = patient.sample(TABLE_ROWS)
    rows, labels = [tuple(row) for row in inputs], [_hashable(target) for target in targets]
    contradicting = _contradicting(rows, _class_numbers(patient, targets)) / len(rows)
    if contradicting > REPEATED:
        return _problem(f"{contradicting:.0%} of the rows have the same inputs as another row, but "
                        f"another class", contradicting, "no network can tell these apart: look "
                        "for the missing column, or for labels that were mixed up")
    repeated = 1 - len(set(zip(rows, labels))) / len(rows)
    if repeated > REPEATED and _possible_rows(rows) > 10 * len(rows):
        return _problem(f"{repeated:.0%} of the rows are copies of another row", repeated,
                        "leave the copies out before splitting, or validation will meet rows that "
                        "were learned by heart")
    return _duplicates_in_validation(patient, set(rows), repeated)


def _duplicates_in_validation(patient: _Patient, rows: Set[Any], repeated: float) -> Finding:
    if patient.validation is not None and _possible_rows(list(rows)) > 10 * len(rows):
        others = [tuple(row) for row in patient.validation[0][:TABLE_ROWS]]
        shared = len([row for row in others if row in rows]) / max(1, len(others))
        if shared > REPEATED:
            return _problem(f"{shared:.0%} of the validation rows are training rows too", shared,
                            "split before training, and train on the first part only")
    return _fine(f"{repeated:.1%} of the rows are copies", repeated)


def _hashable(target: Any) -> Any:
    return tuple(target) if hasattr(target, "__len__") else target


def _contradicting(rows: List[Any], classes: Optional[List[int]]) -> int:
    """Count the rows that have the same inputs as a row of another class."""
    if classes is None:
        return 0
    seen: Dict[Any, Set[int]] = {}
    for row, label in zip(rows, classes):
        seen.setdefault(row, set()).add(label)
    return len([row for row in rows if len(seen[row]) > 1])


def _possible_rows(rows: List[Any]) -> int:
    """Return how many different rows the values of the columns could make."""
    possible = 1
    for column in zip(*rows):
        possible *= len(set(column))
    return possible


def _leakage(patient: _Patient) -> Finding:
    """No column is the target in disguise.

    For classes: each class has a stretch of the column for itself, and the narrowest gap between
    two stretches is more than ten times the widest stretch. Measurements of different things can
    be told apart too, but they spread (the best column of iris has a gap a third as wide as the
    spread); a copy of the label does not. For numbers: a correlation with the target beyond
    ±0.9999. A single column is not called a copy: learning from it is the whole exercise then.
    """
    inputs, targets = patient.sample(TABLE_ROWS)
    columns = linalg.shape(inputs)[1]
    if columns < 2 or len(inputs) < 10:
        return _skipped("because it takes two columns and ten rows to suspect one of them")
    numbers = _class_numbers(patient, targets)
    found = _copies_of_numbers(inputs, targets) if numbers is None else [
        column for column, values in enumerate(linalg.transpose(inputs))
        if _gap_between_classes(values, numbers) > GAP_OF_A_COPY
    ]
    if found:
        return _problem(f"{patient.column_name(found[0])} gives the target away: it alone says "
                        f"what is right, without error", len(found),
                        "leave that column out if it is the target in other words, or is known "
                        "only afterwards; else there is nothing that needs a network")
    return _fine(f"none of the {columns} columns alone gives the target away", 0)


def _gap_between_classes(values: Vector, classes: List[int]) -> float:
    """Return the narrowest gap between the stretches of two classes over the widest stretch."""
    stretches: Dict[int, Tuple[float, float]] = {}
    for value, label in zip(values, classes):
        low, high = stretches.get(label, (value, value))
        stretches[label] = min(low, value), max(high, value)
    in_order = sorted(stretches.values())
    gaps = [right[0] - left[1] for left, right in zip(in_order, in_order[1:])]
    widest = max(high - low for low, high in in_order)
    if not gaps or min(gaps) <= 0:
        return 0.0
    return min(gaps) / widest if widest else math.inf


def _copies_of_numbers(inputs: Matrix, targets: Matrix) -> List[int]:
    """Return the columns that correlate with a column of the targets by more than ±0.9999."""
    z = linalg.transpose(list(Standardizer().fit(inputs).transform(inputs)))
    t = linalg.transpose(list(Standardizer().fit(targets).transform(targets)))
    correlations = linalg.divide(linalg.inner(z, t), len(inputs))
    strongest = linalg.max(linalg.abs(correlations), axis=1)
    return [column for column, [value] in enumerate(strongest) if value > CORRELATION_OF_A_COPY]


# ---- The network at rest ----


def _leaves(network: Network, path: str = "") -> Iterator[Tuple[str, Layer]]:
    """Yield (number, layer) for every layer that is no network itself."""
    for number, layer in enumerate(network.layers):
        if isinstance(layer, Network):
            yield from _leaves(layer, f"{path}{number}.")
        else:
            yield f"{path}{number}", layer


def _walk(network: Network, inputs: Matrix) -> Iterator[Tuple[str, Layer, Matrix, Matrix]]:
    """Yield (number, layer, what goes in, what comes out), outside of training."""
    for number, layer in _leaves(network):
        outputs = layer.forward(inputs)
        yield number, layer, inputs, outputs
        inputs = outputs


def _output_width(network: Network, inputs: Any) -> Optional[int]:
    if network.output_width is not None:
        return network.output_width
    try:
        return linalg.shape(network.forward(linalg.take(inputs, [0])))[1]
    except (TypeError, ValueError, LookupError):
        return None


def _fits(patient: _Patient) -> Finding:
    """The network takes the rows and puts out numbers, and the last layer goes with the loss."""
    inputs = patient.sample_inputs(GRADIENT_ROWS)
    try:
        scores = patient.network.forward(inputs)
        finite = linalg.all_finite(scores)
    except (TypeError, ValueError) as error:
        return _problem(str(error), None, f"let the first layer take rows of {len(inputs[0])} "
                                          f"numbers: Dense({len(inputs[0])}, …)")
    if not finite:
        return _problem("the scores are not finite", None, "look for weights that are not finite, "
                        "or too large: a training that went wrong may have left them behind")
    return _loss_fits(patient.network.layers[-1], patient.loss)


def _loss_fits(last: Layer, loss: Loss) -> Finding:
    for twice, fused in ((Softmax, SoftmaxCrossEntropy), (Sigmoid, SigmoidCrossEntropy)):
        if isinstance(last, twice) and isinstance(loss, fused):
            name = twice.__name__
            return _problem(f"{name} is applied twice: as the last layer, and inside of {loss!r}",
                            None, f"leave the {name} layer out: the loss wants plain scores")
    return _fine("the network takes the rows, and the loss takes its scores")


def _bends(patient: _Patient) -> Finding:
    """Between two dense layers stands something that bends.

    W₂(W₁x) = (W₂W₁)x: without a bend, two layers are one. The threshold is one such pair.
    """
    straight: Optional[str] = None
    for number, layer in _leaves(patient.network):
        if isinstance(layer, Dense):
            if straight is not None:
                return _problem(f"between the dense layers {straight} and {number} is nothing that "
                                f"bends, so that together they are no more than one", 1,
                                "put an activation between them, for instance ReLU()")
            straight = number
        elif not isinstance(layer, (Dropout, Linear)):
            straight = None
    return _fine("there is an activation between any two dense layers", 0)


def _answer_without_knowledge(loss: Loss, width: int, targets: Any) -> Matrix:
    """Return the scores of one who knows nothing but what is asked for.

    All classes alike, which costs ln K for K classes and ln 2 for yes or no; for numbers their
    mean, which costs, with a squared error, their variance.
    """
    if isinstance(loss, SigmoidCrossEntropy):
        return linalg.zeros(len(targets), width)
    if isinstance(loss, BinaryCrossEntropy):
        return linalg.full(len(targets), width, 0.5)
    if is_flat(targets) or isinstance(loss, (SoftmaxCrossEntropy, CategoricalCrossEntropy)):
        return linalg.full(len(targets), width, 1.0 / width)
    return linalg.add(linalg.zeros(len(targets), width), linalg.mean(targets, axis=0))


def _chance(patient: _Patient, targets: Any) -> float:
    assert patient.width is not None  # the check of the labels has been passed
    return patient.loss(
        _answer_without_knowledge(patient.loss, patient.width, targets), targets)


def _loss_at_the_start(patient: _Patient) -> Finding:
    """The loss of the untrained network is not far above chance.

    Fresh weights know nothing, so the loss should be that of one who knows nothing: ln K for K
    classes, ln 2 for yes or no, the variance of the targets for a squared error. With He's weights
    and standardized inputs it is one to three times that, with the raw centimetres of iris up to
    fourteen times, and that is soon unlearned. Beyond twenty times the network is not ignorant but
    sure, and wrong. Below chance it has been trained before, which is no problem. Source: CS231n,
    "look for correct loss at chance performance".
    """
    inputs, targets = patient.sample(NETWORK_ROWS)
    chance = _chance(patient, targets)
    value = patient.loss(patient.network.forward(inputs), targets)
    text = f"{value:.4g}, by chance it would be {chance:.4g}"
    if not value <= FAR_FROM_CHANCE * chance:
        return _problem(f"{text}: the network is not ignorant, it is sure and wrong", value,
                        "start with smaller weights (he for ReLU, xavier for tanh and sigmoid), "
                        "and bring inputs and targets to a size of about 1")
    trained = "; it seems to have been trained before" if value < 0.5 * chance else ""
    return _fine(text + trained, value)


# ---- The network at rest: is backward right? ----


class _Place(NamedTuple):
    """One number that the gradient check tries: matrix[row][column]; no parameter for an input."""

    name: str
    matrix: Matrix
    row: int
    column: int
    parameter: Optional[Parameter]


class _SomeNumbers(Layer):
    """A network as a function of some of its numbers, for `gradcheck.check`.

    That check looks at every number of whatever it is given. So it is given this layer, which has
    a single parameter: the chosen numbers in a row. Forward writes them to their places in the
    network; backward collects their gradients. The rows are fixed, so what comes in is ignored.
    """

    def __init__(self, network: Network, inputs: Matrix, places: List[_Place]) -> None:
        self.network, self.inputs, self.places = network, inputs, places
        numbers = [place.matrix[place.row][place.column] for place in places]
        self.chosen = Parameter("chosen", [numbers])

    def forward(self, inputs: Matrix, training: bool = False) -> Matrix:
        for place, number in zip(self.places, self.chosen.value[0]):
            place.matrix[place.row][place.column] = number
        return self.network.forward(self.inputs, training)

    def backward(self, output_gradient: Matrix) -> Matrix:
        input_gradient = self.network.backward(output_gradient)
        gradients = []
        for place in self.places:
            whole = place.parameter.gradient if place.parameter is not None else input_gradient
            if whole is None:
                raise ValueError(f"backward left {place.name} without a gradient")
            gradients.append(whole[place.row][place.column])
        self.chosen.gradient = [gradients]
        return linalg.zeros(len(self.inputs), 1)

    def parameters(self) -> Iterator[Parameter]:
        yield self.chosen


def _gradient_check(patient: _Patient) -> Finding:
    """Backward's gradients are the slopes of the loss.

    Up to 50 numbers of each parameter, and of the inputs, are compared with central differences
    over 4 rows. The rows are moved by a hundredth at random, away from the corner that a ReLU has
    where all inputs are 0. A difference of 10⁻⁵ is tolerated: true gradients agree to 10⁻⁷ or
    better, faults differ by a thousandth and more. `gradcheck.check` looks at every number, and
    tells more.
    """
    network = copy.deepcopy(patient.network)
    inputs, targets = patient.sample(GRADIENT_ROWS)
    inputs = linalg.add(inputs, normal(patient.rng, *linalg.shape(inputs), deviation=0.01))
    _freeze(network)
    places = _places(network, inputs, patient.rng)
    try:
        report = gradcheck.check(
            _SomeNumbers(network, inputs, places), patient.loss,
            linalg.zeros(len(inputs), 1), targets, tolerance=GRADIENT_TOLERANCE,
        )
    except (NotImplementedError, TypeError, ValueError) as error:
        return _problem(f"backward failed: {error}", None, "repair the backward of that layer")
    return _judged_gradients(report, places)


def _judged_gradients(report: gradcheck.Report, places: List[_Place]) -> Finding:
    tried = f"{_count(len(places), 'number')} of the network and the inputs tried"
    if report.ok or report.worst is None:
        error = report.worst.error if report.worst is not None else 0.0
        return _fine(f"{tried}, the worst differs by {error:.1e}", error)
    worst = report.worst
    place = places[worst.index[1]]
    return _problem(
        f"{tried}, {len(report.disagreements)} of them wrong; worst at "
        f"{place.name}[{place.row}][{place.column}]: backward says {worst.analytic:.4g}, the loss "
        f"itself {worst.numeric:.4g}", worst.error,
        f"repair the backward of the layer of {place.name}, or of one that comes after it"
        + (f" ({report.hint})" if report.hint else ""))


def _freeze(network: Network) -> None:
    """Let each dropout keep one random choice; for a copy only."""
    for _, layer in _leaves(network):
        if isinstance(layer, Dropout):
            layer.forget()
            layer.frozen = True


def _places(network: Network, inputs: Matrix, rng: Random) -> List[_Place]:
    """Choose at most GRADIENT_NUMBERS of each parameter and of the inputs, at random."""
    matrices: List[Tuple[str, Matrix, Optional[Parameter]]] = [
        (name, parameter.value, parameter) for name, parameter in network.named_parameters()
    ]
    places = []
    for name, matrix, parameter in matrices + [("inputs", inputs, None)]:
        rows, columns = linalg.shape(matrix)
        for number in permutation(rows * columns, rng)[:GRADIENT_NUMBERS]:
            places.append(_Place(name, matrix, *divmod(number, columns), parameter))
    return places


# ---- The network at rest: do its units work? ----


def _identical_neurons(patient: _Patient) -> Finding:
    """No two neurons of a hidden layer have the same weights, in and out.

    Twins compute the same, get the same gradient, and stay twins for ever, so a layer of zeros or
    of any constant is a layer of one neuron. The threshold is one pair: random weights do not
    coincide. The last layer may be constant, since its neurons have different targets.
    """
    dense = [(number, layer) for number, layer in _leaves(patient.network)
             if isinstance(layer, Dense)]
    worst = (0, 1, "")
    for (number, layer), (_, following) in zip(dense, dense[1:]):
        twins, neurons = _twins(layer, following), layer.biases.value[0]
        worst = max(worst, (twins, len(neurons), number))
    if worst[0]:
        return _problem(f"in layer {worst[2]}, {worst[0]} of {worst[1]} neurons are copies of "
                        f"another, with the same weights in and out", worst[0],
                        "start from random weights: Dense(…, initializer=he) for ReLU, xavier for "
                        "tanh and sigmoid")
    return _fine(f"none in {_count(max(0, len(dense) - 1), 'hidden layer')}", 0)


def _twins(layer: Dense, following: Dense) -> int:
    """Count the neurons that have the same weights, bias and outgoing weights as an earlier one."""
    outgoing = linalg.transpose(following.weights.value)
    if len(outgoing) != len(layer.weights.value):
        return 0
    neurons = [(tuple(weights), bias, tuple(out)) for weights, bias, out in
               zip(layer.weights.value, layer.biases.value[0], outgoing)]
    return len(neurons) - len(set(neurons))


def _dead_relus(patient: _Patient) -> Finding:
    """In no layer are more than nine in ten ReLU units 0 for every row.

    Such a unit has no slope anywhere, gets no gradient, and never comes back. Inputs that are never
    negative and biases of 0 make half of the units so from the start (with one input, those with a
    negative weight), and the other half still learns; so it takes more than 90 % to be called ill.
    Source: CS231n, "Neural Networks Part 1", which tells of up to 40 % dead units after too high a
    learning rate.
    """
    inputs = patient.sample_inputs(NETWORK_ROWS)
    worst, where, found = 0.0, "", False
    for number, layer, _, outputs in _walk(patient.network, inputs):
        if isinstance(layer, ReLU):
            alive = linalg.greater(linalg.max(outputs, axis=0), 0.0)
            dead, found = 1.0 - linalg.item(linalg.mean(alive)), True
            worst, where = max((worst, where), (dead, number))
    if not found:
        return _skipped("because there are no ReLUs")
    if worst > DEAD:
        return _problem(f"in layer {where}, {worst:.0%} of the units are 0 for every one of "
                        f"{_count(len(inputs), 'row')}", worst,
                        "make new weights (he) with biases of 0 and lower the learning rate; "
                        "LeakyReLU has no such units")
    hint = "; inputs with mean 0 would wake some of them" if worst >= 0.5 else ""
    return _fine(f"at most {worst:.0%} of the units of a layer are 0 for every row{hint}", worst)


def _saturated_units(patient: _Patient) -> Finding:
    """In no hidden layer are more than half of the sigmoid or tanh outputs at their ends.

    At the ends the curve is flat: less than a hundredth of its steepest slope (|tanh| > 0.995) lets
    nearly no gradient through. Fresh Glorot weights bring a percent or so of the outputs there; at
    more than half the layer hardly learns. In the last layer it only means that the answer is sure.
    Source: Glorot and Bengio, 2010 (see `initializers.xavier`).
    """
    inputs = patient.sample_inputs(NETWORK_ROWS)
    worst, where, found = 0.0, "", False
    for number, layer, x, y in _walk(patient.network, inputs):
        hidden = layer is not patient.network.layers[-1]
        if hidden and isinstance(layer, (Sigmoid, Tanh)):
            flat, found = _flat_share(layer, x, y), True
            worst, where = max((worst, where), (flat, number))
    if not found:
        return _skipped("because there is no hidden sigmoid or tanh")
    if worst > SATURATED:
        return _problem(f"in layer {where}, {worst:.0%} of the outputs are at the ends of the "
                        f"curve, where it is flat", worst,
                        "start with smaller weights (xavier), and standardize the inputs")
    return _fine(f"at most {worst:.0%} of the outputs of a layer are at the ends", worst)


def _flat_share(layer: Activation, x: Matrix, y: Matrix) -> float:
    """Return the share of outputs with less than a hundredth of the steepest slope, that at 0."""
    zero = [[0.0]]
    steepest = linalg.item(layer.derivative(zero, layer.formula(zero)))
    flat = linalg.greater(FLAT_SLOPE * steepest, layer.derivative(x, y))
    return linalg.item(linalg.mean(flat))


def _gradients_per_layer(patient: _Patient) -> Finding:
    """The gradients of all weight matrices are of about the same size.

    Compared is the root mean square of each gradient. On its way to the left a gradient is
    multiplied once per layer, by about a quarter in a sigmoid: ten layers make a millionth. Layers
    of different widths differ by a factor of ten or so; at a thousand, no learning rate is right
    for both. Source: Bengio, Simard, Frasconi, "Learning Long-Term Dependencies with Gradient
    Descent is Difficult", 1994; Glorot and Bengio, 2010.
    """
    weights = [(name, parameter) for name, parameter in patient.network.named_parameters()
               if parameter.penalized]
    if len(weights) < 2:
        return _skipped("because it takes two layers with weights to compare them")
    if not linalg.item(linalg.max(linalg.abs(weights[-1][1].value))):
        return _skipped("because the last layer is all zeros, so that no gradient passes before "
                        "the first step; that is no mistake")
    inputs, targets = patient.sample(NETWORK_ROWS)
    scores = patient.network.forward(inputs)
    patient.network.set_gradients(patient.loss.gradient(scores, targets))
    sizes = [(_root_mean_square(parameter.gradient or [[0.0]]), name)
             for name, parameter in weights]
    return _judged_sizes(sizes)


def _judged_sizes(sizes: List[Tuple[float, str]]) -> Finding:
    least, most = min(sizes), max(sizes)
    ratio = most[0] / least[0] if least[0] > 0 else math.inf if most[0] > 0 else 1.0
    if ratio <= GRADIENT_RATIO:
        return _fine(f"the largest is {ratio:.3g} times the smallest", ratio)
    vanishing = sizes.index(least) < sizes.index(most)
    if vanishing:
        text, advice = "the gradient vanishes", (
            "ReLU instead of sigmoid, he or xavier for the weights, and fewer layers")
    else:
        text, advice = "the gradient explodes", (
            "start with he or xavier in all layers, and give the optimizer a clip_norm")
    return _problem(f"{text} on its way to the left: {least[0]:.2g} at {least[1]}, {most[0]:.2g} "
                    f"at {most[1]}", ratio, advice)


def _root_mean_square(A: Matrix) -> float:
    return math.sqrt(linalg.item(linalg.mean(linalg.multiply(A, A))))


# ---- The network at work, on copies ----


class _StopAt(Callback):
    """Stop as soon as the loss of an epoch is small enough."""

    def __init__(self, goal: float) -> None:
        self.goal = goal

    def after_epoch(self, run: Run, record: Record) -> None:
        if record.loss <= self.goal:
            run.stop = "goal reached"


def _one_batch(patient: _Patient) -> Finding:
    """Four rows can be learned by heart.

    A copy without dropout gets 500 steps of Adam to bring the loss of four different rows below
    three quarters of chance: at a rate that falls from 0.05 to 0 along a cosine and, if that was
    too rough, once more from 0.005. Four rows can be learned far better, but some small networks
    pause on the way; what hardly gets below chance will not learn four thousand rows. A network
    without a hidden layer is not asked: it draws straight lines, and that may be all that is
    wanted. Source: Karpathy, 2019, "overfit one batch".
    """
    if len([layer for _, layer in _leaves(patient.network) if isinstance(layer, Dense)]) == 1:
        return _skipped("because without a hidden layer it can only draw straight lines")
    inputs, targets = patient.sample(NETWORK_ROWS)
    goal = BY_HEART * _chance(patient, targets)
    inputs, targets = _different_rows(inputs, targets)
    losses = [math.inf]
    for rate in HEART_RATES:
        losses = _learn_by_heart(patient, inputs, targets, rate, goal)
        if losses[-1] <= goal:
            return _fine(f"the loss of {_count(len(inputs), 'row')} is {losses[-1]:.3g} after "
                         f"{_count(len(losses) - 1, 'step')}", losses[-1])
    return _problem(
        f"after {_count(len(losses), 'step')} the loss of {_count(len(inputs), 'row')} is still "
        f"{losses[-1]:.3g}, it began at {losses[0]:.3g} and should be below {goal:.3g}",
        losses[-1],
        "give the network more neurons, or an activation that bends more; if it is large, look "
        "for a layer that does not let through what it gets")


def _learn_by_heart(
    patient: _Patient, inputs: Matrix, targets: Any, rate: float, goal: float
) -> List[float]:
    """Train a copy on these rows until the loss is at the goal; return the loss of each step."""
    network = copy.deepcopy(patient.network)
    _without_dropout(network)
    try:
        history = train(
            network, inputs, targets, loss=patient.loss, epochs=HEART_STEPS,
            optimizer=Adam(CosineDecay(rate, HEART_STEPS)), batch_size=len(inputs),
            callbacks=[_StopAt(goal)], rng=patient.rng,
        )
    except FloatingPointError:
        return [math.inf]
    return history.curve("loss")


def _different_rows(inputs: Matrix, targets: Any) -> Tuple[Matrix, Any]:
    """Return a few rows of which no two have the same inputs, with as many targets as can be."""
    different: Dict[Any, int] = {}
    for number, row in enumerate(inputs):
        different.setdefault(tuple(row), number)
    new_target: Dict[Any, int] = {}
    for number in different.values():
        new_target.setdefault(_hashable(targets[number]), number)
    rows = [*new_target.values(), *(set(different.values()) - set(new_target.values()))]
    rows = rows[:HEART_ROWS]
    return linalg.take(inputs, rows), linalg.take(targets, rows)


def _without_dropout(network: Network) -> None:
    for _, layer in _leaves(network):
        if isinstance(layer, Dropout):
            layer.rate = 0.0


class _UpdateSizes(Callback):
    """Note, for each step and each weight matrix, length of the change / length of the matrix."""

    def start(self, run: Run) -> None:
        self.sums = [0.0 for _ in run.parameters]
        self.steps = 0

    def after_batch(self, run: Run) -> None:
        self.steps += 1
        for number, (before, parameter) in enumerate(zip(run.good_values, run.parameters)):
            length = _root_mean_square(before)
            if parameter.penalized and length > 0:  # from zero, any step is infinitely large
                change = linalg.subtract(parameter.value, before)
                self.sums[number] += _root_mean_square(change) / length


def _updates(patient: _Patient) -> Finding:
    """A step of your optimizer changes the weights by about a thousandth of their length.

    The mean over 20 steps, of the layer that changes most. About 10⁻³ is healthy, and small
    networks stand ten or a hundred times that. Beyond 0.5 each step throws away half of what was
    learned; below 10⁻⁵ a hundred thousand steps would be needed (unless there is nothing left to
    learn). Source: CS231n, "Ratio of weights:updates".
    """
    if patient.optimizer is None:
        return _skipped("because no optimizer was given")
    if not patient.optimizer.needs_gradient:
        return _skipped("because this optimizer searches at random")
    inputs, targets = patient.sample(UPDATE_STEPS * patient.batch_size)
    batches = math.ceil(len(inputs) / patient.batch_size)
    sizes = _UpdateSizes()
    try:
        history = train(
            copy.deepcopy(patient.network), inputs, targets, loss=patient.loss,
            optimizer=copy.deepcopy(patient.optimizer), batch_size=patient.batch_size,
            epochs=math.ceil(UPDATE_STEPS / batches), callbacks=[sizes], rng=patient.rng,
        )
    except FloatingPointError as error:
        return _problem(str(error), math.inf, "lower the learning rate to a tenth, and again until "
                                              "the loss falls")
    nothing_left = history[0].loss < 0.5 * _chance(patient, targets)
    return _judged_updates(patient, max(sizes.sums) / sizes.steps, nothing_left)


def _judged_updates(patient: _Patient, ratio: float, nothing_left: bool) -> Finding:
    rate = ""
    if isinstance(patient.optimizer, GradientDescent):
        rate = f"; the learning rate is {patient.optimizer.learning_rate:g}"
    text = f"a step changes the weights by {ratio:.1e} of their length{rate}"
    if ratio > UPDATE_TOO_LARGE:
        return _problem(f"{text}: far too much", ratio,
                        "lower the learning rate to a tenth, and again until this is near 1e-3")
    if ratio < UPDATE_TOO_SMALL and not nothing_left:
        return _problem(f"{text}: too little to get anywhere", ratio,
                        "raise the learning rate tenfold, and again until this is near 1e-3")
    return _fine(text, ratio)


def _validation(patient: _Patient) -> Finding:
    """What is learned from some rows holds for others.

    A copy is trained for a short while with Adam at 0.01 on up to 512 rows, and looks at others
    after each epoch. What counts is the gain on the answer of one who knows how common each class
    is (or the mean of the numbers) and nothing else. Of the gain on the training rows at least a
    fifth must hold on the others: with labels at random nothing holds, what can be learned at all
    brings more than half. A gain of less than 10 % on the training rows is too little to judge,
    and fewer than 16 validation rows are too few: there, a single row decides.
    """
    parts = _two_parts(patient)
    if parts is None:
        return _skipped("because it takes 80 rows, or 16 validation rows of your own")
    (inputs, targets), other = parts
    examples = min(5_000, max(1_500, VALIDATION_WORK // max(1, _size(patient.network))))
    try:
        history = train(
            copy.deepcopy(patient.network), inputs, targets, loss=patient.loss,
            optimizer=Adam(0.01), validation=other, rng=patient.rng,
            epochs=max(2, examples // len(inputs)),
        )
    except FloatingPointError as error:
        return _problem(str(error), None, "look at the layer that is named there")
    except (TypeError, ValueError) as error:
        return _problem(str(error), None, "make the validation rows like the training rows")
    bases = [patient.loss(_answer_by_shares(patient.loss, targets, part), part)
             for part in (targets, other[1])]
    return _judged_validation(history, bases[0], bases[1])


def _judged_validation(history: History, base: float, other_base: float) -> Finding:
    """Judge by the losses of one who does not look at the inputs, on both parts."""
    curve = history.curve("validation_loss")
    loss, best, last = history[-1].loss, min(curve), curve[-1]
    text = (f"after {_count(len(history), 'epoch')} the loss is {loss:.3g} on training rows and "
            f"{last:.3g} on others, without looking at the inputs {base:.3g} and {other_base:.3g}")
    if loss > LEARNED * base:
        return _skipped(f"{text}: too little was learned in this short while to judge")
    enough = HOLDS * (base - loss)
    if other_base - last >= enough:
        return _fine(text, last)
    if other_base - best >= 2 * enough:
        return _problem(f"{text}: it learns by heart what does not hold for others", last,
                        f"stop after epoch {curve.index(best) + 1}, where it was {best:.3g} "
                        f"(EarlyStopping), use L2 or Dropout, fewer neurons or more rows")
    return _problem(f"{text}: what it learns holds for no other row", last,
                    "find out whether inputs and targets belong together (rows that were "
                    "shuffled apart?); else more rows are needed, or other columns")


def _two_parts(patient: _Patient) -> Optional[Tuple[Tuple[Matrix, Any], Tuple[Any, Any]]]:
    """Return rows for training and rows for validation: yours, or a fifth of the rows."""
    if patient.validation is not None:
        inputs, targets = patient.validation
        chosen = permutation(len(inputs), patient.rng)[:VALIDATION_ROWS // 2]
        if len(chosen) < FEW_ROWS:
            return None
        other = linalg.take(inputs, chosen), linalg.take(targets, chosen)
        return patient.sample(VALIDATION_ROWS), other
    order = permutation(len(patient.inputs), patient.rng)[:VALIDATION_ROWS * 5 // 4]
    aside = len(order) // 5
    if aside < FEW_ROWS:
        return None
    parts = [(linalg.take(patient.inputs, rows), linalg.take(patient.targets, rows))
             for rows in (order[aside:], order[:aside])]
    return parts[0], parts[1]


def _answer_by_shares(loss: Loss, targets: Any, others: Any) -> Matrix:
    """Return scores that say, for each of the others, how common the classes are in the targets.

    The share p as a score: log p for a softmax, log p − log(1 − p) for a sigmoid, for numbers the
    mean as it is. A class without rows counts as one thousandth.
    """
    if is_flat(targets):
        several = isinstance(loss, (SoftmaxCrossEntropy, CategoricalCrossEntropy))
        targets = linalg.one_hot(targets, max(*targets, *others) + 1) if several else [
            [float(target)] for target in targets]
    shares = linalg.mean(targets, axis=0)
    if isinstance(loss, (SoftmaxCrossEntropy, SigmoidCrossEntropy)):
        shares = linalg.clip(shares, 0.001, 0.999)
        rest = linalg.subtract(1.0, shares)
        scores = linalg.log(shares)
        if isinstance(loss, SigmoidCrossEntropy):
            scores = linalg.subtract(scores, linalg.log(rest))
        shares = scores
    return linalg.add(linalg.zeros(len(others), len(shares[0])), shares)


def _size(network: Network) -> int:
    """Return how many numbers the network can learn."""
    sizes = [linalg.shape(parameter.value) for parameter in network.parameters()]
    return sum(rows * columns for rows, columns in sizes)


# ---- Words ----


def _plural(count: int, one: str, several: str) -> str:
    return one if count == 1 else several


def _count(count: int, word: str) -> str:
    return f"{count:,} {_plural(count, word, word + 's')}"


# ---- The order of the checks, and what each needs to make sense ----

_SOUND_DATA = ("numbers", "labels", "classes", "scale", "network and data")
_SOUND_REST = _SOUND_DATA + ("loss at the start", "gradient check", "identical neurons",
                             "dead ReLUs", "saturated units", "gradients per layer")

_DATA_CHECKS: Tuple[_Check, ...] = (
    ("numbers", _numbers, ()),
    ("labels", _labels, ("numbers",)),
    ("classes", _classes, ("labels",)),
    ("balance", _balance, ("labels", "classes")),
    ("constant columns", _constant_columns, ("numbers",)),
    ("scale", _scale, ("numbers", "labels")),
    ("duplicate rows", _duplicate_rows, ("numbers", "labels")),
    ("leakage", _leakage, ("numbers", "labels", "classes")),
)
_NETWORK_CHECKS: Tuple[_Check, ...] = (
    ("network and data", _fits, ("numbers", "labels", "classes")),
    ("bends", _bends, ("network and data",)),
    ("loss at the start", _loss_at_the_start, _SOUND_DATA),
    ("gradient check", _gradient_check, _SOUND_DATA),
    ("identical neurons", _identical_neurons, ("network and data",)),
    ("dead ReLUs", _dead_relus, _SOUND_DATA),
    ("saturated units", _saturated_units, _SOUND_DATA),
    ("gradients per layer", _gradients_per_layer, _SOUND_DATA + (
        "gradient check", "identical neurons", "dead ReLUs")),
    ("one batch", _one_batch, _SOUND_REST),
    ("updates", _updates, _SOUND_REST),
    ("validation", _validation, _SOUND_REST + ("one batch",)),
)
