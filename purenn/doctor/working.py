"""The network at work, on copies: can it learn at all, at your pace, and does it hold for others?

Now there is training, three times:

    one batch by heart → size of the updates → training against validation

What fails here and has passed all before has its cause in how much the network can hold, in the
learning rate, or in the data, in this order.

Before this: `gradients.py`. This is the last; `__init__.py` puts all checks in their order.
"""

from __future__ import annotations

import copy
import math
from typing import Any, Dict, List, Optional, Tuple

from .. import linalg
from ..checks import is_flat
from ..history import History, Record
from ..initializers import permutation
from ..layers import Dense, Dropout
from ..linalg import Matrix
from ..losses import Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy
from ..network import Network, layers_inside
from ..optimizers import Adam, GradientDescent
from ..schedules import CosineDecay
from ..text import counted
from ..training import Callback, Run, train
from .findings import Finding, fine, problem, skipped
from .patient import ONE_OF_SEVERAL, Patient, hashable
from .resting import NETWORK_ROWS, chance, root_mean_square

_Rows = Tuple[Matrix, Any]  # and their targets

HEART_ROWS = 4  # rows to be learned by heart, in so many steps, at falling rates
HEART_STEPS, HEART_RATES = 500, (0.05, 0.005)
BY_HEART = 0.75


def check_one_batch(patient: Patient) -> Finding:
    """Four rows can be learned by heart.

    A copy without dropout gets 500 steps of Adam to bring the loss of four different rows below
    three quarters of chance: at a rate that falls from 0.05 to 0 along a cosine and, if that was
    too rough, once more from 0.005. Four rows can be learned far better, but some small networks
    pause on the way; what hardly gets below chance will not learn four thousand rows. A network
    without a hidden layer is not asked: it draws straight lines, and that may be all that is
    wanted. Source: Karpathy, 2019, "overfit one batch".
    """
    if len([layer for layer in layers_inside(patient.network) if isinstance(layer, Dense)]) == 1:
        return skipped("because without a hidden layer it can only draw straight lines")
    inputs, targets = patient.sample(NETWORK_ROWS)
    goal = BY_HEART * chance(patient, targets)
    inputs, targets = _different_rows(inputs, targets)
    losses = [math.inf]
    for rate in HEART_RATES:
        losses = _learn_by_heart(patient, inputs, targets, rate, goal)
        if losses[-1] <= goal:
            return fine(f"the loss of {counted(len(inputs), 'row')} is {losses[-1]:.3g} after "
                        f"{counted(len(losses) - 1, 'step')}", losses[-1])
    return problem(
        f"after {counted(len(losses), 'step')} the loss of {counted(len(inputs), 'row')} is still "
        f"{losses[-1]:.3g}, it began at {losses[0]:.3g} and should be below {goal:.3g}",
        losses[-1],
        "give the network more neurons, or an activation that is less linear; if it is large, look "
        "for a layer that does not let through what it gets")


def _learn_by_heart(
    patient: Patient, inputs: Matrix, targets: Any, rate: float, goal: float
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


class _StopAt(Callback):
    """Stop as soon as the loss of an epoch is small enough."""

    def __init__(self, goal: float) -> None:
        self.goal = goal

    def after_epoch(self, run: Run, record: Record) -> None:
        if record.loss <= self.goal:
            run.stop = "goal reached"


def _different_rows(inputs: Matrix, targets: Any) -> _Rows:
    """Return a few rows of which no two have the same inputs, with as many targets as can be."""
    different: Dict[Any, int] = {}
    for number, row in enumerate(inputs):
        different.setdefault(tuple(row), number)
    new_target: Dict[Any, int] = {}
    for number in different.values():
        new_target.setdefault(hashable(targets[number]), number)
    rows = [*new_target.values(), *(set(different.values()) - set(new_target.values()))]
    rows = rows[:HEART_ROWS]
    return linalg.take(inputs, rows), linalg.take(targets, rows)


def _without_dropout(network: Network) -> None:
    for layer in layers_inside(network):
        if isinstance(layer, Dropout):
            layer.rate = 0.0


UPDATE_STEPS = 20
UPDATE_TOO_SMALL, UPDATE_TOO_LARGE = 1e-5, 0.5


def check_updates(patient: Patient) -> Finding:
    """A step of your optimizer changes the weights by about a thousandth of their length.

    The mean over 20 steps, of the layer that changes most. About 10⁻³ is healthy, and small
    networks stand ten or a hundred times that. Beyond 0.5 each step throws away half of what was
    learned; below 10⁻⁵ a hundred thousand steps would be needed (unless there is nothing left to
    learn). Source: CS231n, "Ratio of weights:updates".
    """
    if patient.optimizer is None:
        return skipped("because no optimizer was given")
    if not patient.optimizer.needs_gradient:
        return skipped("because this optimizer searches at random")
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
        return problem(str(error), math.inf, "lower the learning rate to a tenth, and again until "
                                             "the loss falls")
    nothing_left = history[0].loss < 0.5 * chance(patient, targets)
    return _judged_updates(patient, max(sizes.sums) / sizes.steps, nothing_left)


def _judged_updates(patient: Patient, ratio: float, nothing_left: bool) -> Finding:
    rate = ""
    if isinstance(patient.optimizer, GradientDescent):
        rate = f"; the learning rate is {patient.optimizer.learning_rate:g}"
    text = f"a step changes the weights by {ratio:.1e} of their length{rate}"
    if ratio > UPDATE_TOO_LARGE:
        return problem(f"{text}: far too much", ratio,
                       "lower the learning rate to a tenth, and again until this is near 1e-3")
    if ratio < UPDATE_TOO_SMALL and not nothing_left:
        return problem(f"{text}: too little to get anywhere", ratio,
                       "raise the learning rate tenfold, and again until this is near 1e-3")
    return fine(text, ratio)


class _UpdateSizes(Callback):
    """Note, for each step and each weight matrix, length of the change / length of the matrix."""

    def start(self, run: Run) -> None:
        self.sums = [0.0 for _ in run.parameters]
        self.steps = 0

    def after_batch(self, run: Run) -> None:
        self.steps += 1
        for number, (before, parameter) in enumerate(zip(run.good_values, run.parameters)):
            length = root_mean_square(before)
            if parameter.penalized and length > 0:  # from zero, any step is infinitely large
                change = linalg.subtract(parameter.value, before)
                self.sums[number] += root_mean_square(change) / length


VALIDATION_ROWS = 512
VALIDATION_WORK = 15_000_000  # weights times examples: about so many multiplications
LEARNED, HOLDS, FEW_ROWS = 0.9, 0.2, 16


def check_validation(patient: Patient) -> Finding:
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
        return skipped("because it takes 80 rows, or 16 validation rows of your own")
    (inputs, targets), other = parts
    examples = min(5_000, max(1_500, VALIDATION_WORK // max(1, _size(patient.network))))
    try:
        history = train(
            copy.deepcopy(patient.network), inputs, targets, loss=patient.loss,
            optimizer=Adam(0.01), validation=other, rng=patient.rng,
            epochs=max(2, examples // len(inputs)),
        )
    except FloatingPointError as error:
        return problem(str(error), None, "look at the layer that is named there")
    except (TypeError, ValueError) as error:
        return problem(str(error), None, "make the validation rows like the training rows")
    bases = [patient.loss(_scores_by_shares(patient.loss, targets, part), part)
             for part in (targets, other[1])]
    return _judged_validation(history, bases[0], bases[1])


def _judged_validation(history: History, base: float, other_base: float) -> Finding:
    """Judge by the losses of one who does not look at the inputs, on both parts."""
    curve = history.curve("validation_loss")
    loss, best, last = history[-1].loss, min(curve), curve[-1]
    text = (f"after {counted(len(history), 'epoch')} the loss is {loss:.3g} on training rows and "
            f"{last:.3g} on others, without looking at the inputs {base:.3g} and {other_base:.3g}")
    if loss > LEARNED * base:
        return skipped(f"{text}: too little was learned in this short while to judge")
    enough = HOLDS * (base - loss)
    if other_base - last >= enough:
        return fine(text, last)
    if other_base - best >= 2 * enough:
        return problem(f"{text}: it learns by heart what does not hold for others", last,
                       f"stop after epoch {curve.index(best) + 1}, where it was {best:.3g} "
                       f"(EarlyStopping), use L2 or Dropout, fewer neurons or more rows")
    return problem(f"{text}: what it learns holds for no other row", last,
                   "find out whether inputs and targets belong together (rows that were "
                   "shuffled apart?); else more rows are needed, or other columns")


def _two_parts(patient: Patient) -> Optional[Tuple[_Rows, _Rows]]:
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


def _scores_by_shares(loss: Loss, targets: Any, others: Any) -> Matrix:
    """Return scores that say, for each of the others, how common the classes are in the targets.

    The share p as a score: log p for a softmax, log p − log(1 − p) for a sigmoid, for numbers the
    mean as it is. A class without rows counts as one thousandth.
    """
    if is_flat(targets):
        several = isinstance(loss, ONE_OF_SEVERAL)
        targets = linalg.one_hot(targets, max(*targets, *others) + 1) if several else [
            [float(target)] for target in targets]
    scores = linalg.mean(targets, axis=0)
    if isinstance(loss, (SoftmaxCrossEntropy, SigmoidCrossEntropy)):
        shares = linalg.elementwise(lambda p: min(max(p, 0.001), 0.999), scores)
        scores = linalg.log(shares)
        if isinstance(loss, SigmoidCrossEntropy):
            scores = linalg.subtract(scores, linalg.log(linalg.subtract(1.0, shares)))
    return linalg.add(linalg.zeros(len(others), len(scores[0])), scores)


def _size(network: Network) -> int:
    """Return how many numbers the network can learn."""
    sizes = [linalg.shape(parameter.value) for parameter in network.parameters()]
    return sum(rows * columns for rows, columns in sizes)
