"""The network at rest: does it fit, what does it say before training, do its units work?

Nothing is learned here. A few rows go through the network, forward and once backward, and what is
seen on the way is compared with what fresh weights should show:

    network and data → nonlinear → loss at the start → (gradient check)
                     → identical neurons → dead ReLUs → saturated units → gradients per layer

The gradient check stands in `gradients.py`, since it has a little machine of its own.

Before this: `texts.py`. After this: `gradients.py`, is backward right?
"""

from __future__ import annotations

import math
from typing import Any, Iterator, List, Optional, Tuple

from .. import linalg
from ..activations import Activation, Linear, ReLU, Sigmoid, Softmax, Tanh
from ..checks import is_flat
from ..layers import Dense, Dropout, Layer
from ..linalg import Matrix
from ..losses import BinaryCrossEntropy, Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy
from ..network import Network
from ..sequences import NextToken
from ..text import counted
from .findings import Finding, fine, problem, skipped
from .patient import ONE_OF_SEVERAL, Patient

FIRST_ROWS = 4  # rows that show whether the network takes them
NETWORK_ROWS = 256  # rows that are sent through it then


def check_fit(patient: Patient) -> Finding:
    """The network takes the rows and puts out numbers, and the last layer goes with the loss."""
    inputs = patient.sample_inputs(FIRST_ROWS)
    try:
        scores = patient.network.forward(inputs)
        finite = linalg.all_finite(scores)
    except (TypeError, ValueError) as error:
        return problem(str(error), None, f"let the first layer take rows of {len(inputs[0])} "
                                         f"numbers: Dense({len(inputs[0])}, …)")
    if not finite:
        return problem("the scores are not finite", None, "look for weights that are not finite, "
                       "or too large: a training that went wrong may have left them behind")
    return _loss_fits(patient.network.layers[-1], patient.loss)


def _loss_fits(last: Layer, loss: Loss) -> Finding:
    for twice, fused in ((Softmax, SoftmaxCrossEntropy), (Sigmoid, SigmoidCrossEntropy)):
        if isinstance(last, twice) and isinstance(loss, fused):
            name = twice.__name__
            return problem(f"{name} is applied twice: as the last layer, and inside of {loss!r}",
                           None, f"leave the {name} layer out: the loss wants plain scores")
    return fine("the network takes the rows, and the loss takes its scores")


def check_nonlinear(patient: Patient) -> Finding:
    """Between two dense layers stands an activation that is not linear.

    W₂(W₁x) = (W₂W₁)x: without one, two layers are one. The threshold is one such pair.
    """
    straight: Optional[str] = None
    for number, layer in _leaves(patient.network):
        if isinstance(layer, Dense):
            if straight is not None:
                return problem(f"between the dense layers {straight} and {number} stands no "
                               f"activation, so that together they can do no more than one", 1,
                               "put one between them, for instance ReLU()")
            straight = number
        elif not isinstance(layer, (Dropout, Linear)):
            straight = None
    return fine("there is an activation between any two dense layers", 0)


FAR_FROM_CHANCE = 20.0


def check_first_loss(patient: Patient) -> Finding:
    """The loss of the untrained network is not far above chance.

    Fresh weights know nothing, so the loss should be that of one who knows nothing: ln K for K
    classes, ln 2 for yes or no, the variance of the targets for a squared error. With He's weights
    and standardized inputs it is one to three times that, with the raw centimetres of iris up to
    fourteen times, and that is soon unlearned. Beyond twenty times the network is not ignorant but
    sure, and wrong. Below chance it has been trained before, which is no problem. Source: CS231n,
    "look for correct loss at chance performance".
    """
    inputs, targets = patient.sample(NETWORK_ROWS)
    by_chance = chance(patient, targets)
    value = patient.loss(patient.network.forward(inputs), targets)
    text = f"{value:.4g}, by chance it would be {by_chance:.4g}"
    if not value <= FAR_FROM_CHANCE * by_chance:
        return problem(f"{text}: the network is not ignorant, it is sure and wrong", value,
                       "start with smaller weights (he for ReLU, xavier for tanh and sigmoid), "
                       "and bring inputs and targets to a size of about 1")
    trained = "; it seems to have been trained before" if value < 0.5 * by_chance else ""
    return fine(text + trained, value)


def chance(patient: Patient, targets: Any) -> float:
    """Return the loss of one who knows nothing but what is asked for."""
    assert patient.width is not None  # the check of the labels has been passed
    if isinstance(patient.loss, NextToken):
        return math.log(patient.width)
    scores = _scores_without_knowledge(patient.loss, patient.width, targets)
    return patient.loss(scores, targets)


def _scores_without_knowledge(loss: Loss, width: int, targets: Any) -> Matrix:
    """Return what one says who knows nothing but what is asked for.

    All classes alike, which costs ln K for K classes and ln 2 for yes or no; for numbers their
    mean, which costs, with a squared error, their variance.
    """
    if isinstance(loss, SigmoidCrossEntropy):
        return linalg.zeros(len(targets), width)
    if isinstance(loss, BinaryCrossEntropy):
        return linalg.full(len(targets), width, 0.5)
    if is_flat(targets) or isinstance(loss, ONE_OF_SEVERAL):
        return linalg.full(len(targets), width, 1.0 / width)
    return linalg.add(linalg.zeros(len(targets), width), linalg.mean(targets, axis=0))


# ---- Do its units work? ----


def check_identical_neurons(patient: Patient) -> Finding:
    """No two neurons of a hidden layer have the same weights, in and out.

    Twins compute the same, get the same gradient, and stay twins for ever, so a layer of zeros or
    of any constant is a layer of one neuron. The threshold is one pair: random weights do not
    coincide. The last layer may be constant, since its neurons have different targets.
    """
    dense = [(number, layer) for number, layer in _leaves(patient.network)
             if isinstance(layer, Dense)]
    found = [(_twins(layer, following), len(layer.weights.value), number)
             for (number, layer), (_, following) in zip(dense, dense[1:])]
    twins, neurons, where = max(found, default=(0, 0, ""))
    if twins:
        return problem(f"in layer {where}, {twins} of {neurons} neurons are copies of another, "
                       f"with the same weights in and out", twins,
                       "start from random weights: Dense(…, initializer=he) for ReLU, xavier for "
                       "tanh and sigmoid")
    return fine(f"none in {counted(len(found), 'hidden layer')}", 0)


def _twins(layer: Dense, following: Dense) -> int:
    """Count the neurons that have the same weights, bias and outgoing weights as an earlier one."""
    outgoing = linalg.transpose(following.weights.value)
    if len(outgoing) != len(layer.weights.value):
        return 0
    neurons = [(tuple(weights), bias, tuple(out)) for weights, bias, out in
               zip(layer.weights.value, layer.biases.value[0], outgoing)]
    return len(neurons) - len(set(neurons))


DEAD = 0.9


def check_dead_relus(patient: Patient) -> Finding:
    """In no layer are more than nine in ten ReLU units 0 for every row.

    Such a unit has no slope anywhere, gets no gradient, and never comes back. Inputs that are never
    negative and biases of 0 make half of the units so from the start (with one input, those with a
    negative weight), and the other half still learns; so it takes more than 90 % to be called ill.
    Source: CS231n, "Neural Networks Part 1", which tells of up to 40 % dead units after too high a
    learning rate.
    """
    inputs = patient.sample_inputs(NETWORK_ROWS)
    shares = [(_dead_share(outputs), number)
              for number, layer, _, outputs in _walk(patient.network, inputs)
              if isinstance(layer, ReLU)]
    if not shares:
        return skipped("because there are no ReLUs")
    worst, where = max(shares)
    if worst > DEAD:
        return problem(f"in layer {where}, {worst:.0%} of the units are 0 for every one of "
                       f"{counted(len(inputs), 'row')}", worst,
                       "make new weights (he) with biases of 0 and lower the learning rate; "
                       "LeakyReLU has no such units")
    hint = "; inputs with mean 0 would wake some of them" if worst >= 0.5 else ""
    return fine(f"at most {worst:.0%} of the units of a layer are 0 for every row{hint}", worst)


def _dead_share(outputs: Matrix) -> float:
    """Return the share of units that are 0 for every row."""
    alive = linalg.greater(linalg.max(outputs, axis=0), 0.0)
    return 1.0 - linalg.item(linalg.mean(alive))


FLAT_SLOPE, SATURATED = 0.01, 0.5


def check_saturated_units(patient: Patient) -> Finding:
    """In no hidden layer are more than half of the sigmoid or tanh outputs at their ends.

    At the ends the curve is flat: less than a hundredth of its steepest slope (|tanh| > 0.995) lets
    nearly no gradient through. Fresh Glorot weights bring a percent or so of the outputs there; at
    more than half the layer hardly learns. In the last layer it only means that the answer is sure.
    Source: Glorot and Bengio, 2010 (see `initializers.xavier`).
    """
    inputs = patient.sample_inputs(NETWORK_ROWS)
    shares = [(_flat_share(layer, x, y), number)
              for number, layer, x, y in _walk(patient.network, inputs)
              if isinstance(layer, (Sigmoid, Tanh)) and layer is not patient.network.layers[-1]]
    if not shares:
        return skipped("because there is no hidden sigmoid or tanh")
    worst, where = max(shares)
    if worst > SATURATED:
        return problem(f"in layer {where}, {worst:.0%} of the outputs are at the ends of the "
                       f"curve, where it is flat", worst,
                       "start with smaller weights (xavier), and standardize the inputs")
    return fine(f"at most {worst:.0%} of the outputs of a layer are at the ends", worst)


def _flat_share(layer: Activation, x: Matrix, y: Matrix) -> float:
    """Return the share of outputs with less than a hundredth of the steepest slope, that at 0."""
    steepest = layer.df(0.0, layer.f(0.0))
    flat = linalg.greater(FLAT_SLOPE * steepest, linalg.elementwise(layer.df, x, y))
    return linalg.item(linalg.mean(flat))


GRADIENT_RATIO = 1000.0


def check_gradient_sizes(patient: Patient) -> Finding:
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
        return skipped("because it takes two layers with weights to compare them")
    if not linalg.item(linalg.max(linalg.abs(weights[-1][1].value))):
        return skipped("because the last layer is all zeros, so that no gradient passes before "
                       "the first step; that is no mistake")
    inputs, targets = patient.sample(NETWORK_ROWS)
    scores = patient.network.forward(inputs)
    patient.network.backward(patient.loss.gradient(scores, targets))
    sizes = [(root_mean_square(parameter.gradient or [[0.0]]), name)
             for name, parameter in weights]
    return _judged_sizes(sizes)


def _judged_sizes(sizes: List[Tuple[float, str]]) -> Finding:
    least, most = min(sizes), max(sizes)
    ratio = most[0] / least[0] if least[0] > 0 else math.inf if most[0] > 0 else 1.0
    if ratio <= GRADIENT_RATIO:
        return fine(f"the largest is {ratio:.3g} times the smallest", ratio)
    vanishing = sizes.index(least) < sizes.index(most)
    if vanishing:
        text, advice = "the gradient vanishes", (
            "ReLU instead of sigmoid, he or xavier for the weights, and fewer layers")
    else:
        text, advice = "the gradient explodes", (
            "start with he or xavier in all layers, and give the optimizer a clip_norm")
    return problem(f"{text} on its way to the left: {least[0]:.2g} at {least[1]}, {most[0]:.2g} "
                   f"at {most[1]}", ratio, advice)


def root_mean_square(A: Matrix) -> float:
    """Return the typical size of the numbers of a matrix."""
    return math.sqrt(linalg.item(linalg.mean(linalg.multiply(A, A))))


# ---- Going through the layers ----


def _walk(network: Network, inputs: Matrix) -> Iterator[Tuple[str, Layer, Matrix, Matrix]]:
    """Yield (number, layer, what goes in, what comes out), outside of training."""
    for number, layer in _leaves(network):
        outputs = layer.forward(inputs)
        yield number, layer, inputs, outputs
        inputs = outputs


def _leaves(network: Network, path: str = "") -> Iterator[Tuple[str, Layer]]:
    """Yield (number, layer) for every layer that is no network itself."""
    for number, layer in enumerate(network.layers):
        if isinstance(layer, Network):
            yield from _leaves(layer, f"{path}{number}.")
        else:
            yield f"{path}{number}", layer
