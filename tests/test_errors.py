"""Every mistake a newcomer makes gets a message: who, what was expected, what came, what to do.

One table, one mistake a line. Each message is short, and never holds a whole array.
"""

from random import Random

import pytest
from strategies import dense

from purenn import (
    ELU, L1, L2, SGD, AdaGrad, Adam, AdamW, BinaryCrossEntropy, CategoricalCrossEntropy, Constant,
    CosineDecay, CSVLog, Dense, Dropout, EarlyStopping, ElasticNet, ExponentialDecay, Huber,
    InverseTimeDecay, LeakyReLU, LinearWarmUp, MeanSquaredError, Network, Parameter,
    RandomAdjustment, RandomSearch, ReduceOnPlateau, ReLU, RMSProp, ShapeError, Sigmoid,
    SigmoidCrossEntropy, Softmax, SoftmaxCrossEntropy, StepDecay, Tanh, accuracy, confusion_matrix,
    gradcheck, mean_absolute_error, r2, train,
)

pytestmark = pytest.mark.core

RNG = Random(1)
NAN, INF = float("nan"), float("inf")
X, LABELS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0, 1]
ROWS = [[0.0, 1.0], [1.0, 0.0]]
shared = [1.0, 2.0, 3.0]


def network():
    return Network([Dense(3, 2, Random(1))])


def learn(inputs=X, targets=LABELS, net=None, **settings):
    options = {"loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1), "epochs": 1}
    options.update(settings)
    return train(net or network(), inputs, targets, **options)


def used_before_forward(layer):
    return layer.backward([[1.0, 1.0]])


def step_without_gradient(optimizer):
    return optimizer.step([Parameter("w", [[1.0]])])


def an_optimizer_in_two_networks():
    optimizer = SGD(0.1, momentum=0.9)
    learn(optimizer=optimizer)
    learn(optimizer=optimizer, net=Network([Dense(3, 2, RNG), Dense(2, 2, RNG)]))


def an_optimizer_in_two_shapes():
    optimizer = SGD(0.1, momentum=0.9)
    learn(optimizer=optimizer)
    learn([[1.0]], [0], optimizer=optimizer, net=Network([Dense(1, 2, RNG)]))


def twice():
    layer = Dense(2, 2, RNG)
    return Network([layer, ReLU(), layer])


def twice_inside():
    layer = Dense(2, 2, RNG)
    return Network([layer, Network([ReLU(), layer])])


MISTAKES = [
    # rows of the wrong width, with the layer
    ("narrow rows", lambda: learn([[1.0, 2.0], [3.0, 4.0]]), ShapeError,
     "Dense(3 → 2) expects rows of 3 numbers, got rows of 2"),
    ("wide rows", lambda: network().predict([[1.0] * 4]), ShapeError,
     "Dense(3 → 2) expects rows of 3 numbers, got rows of 4"),
    ("narrow validation rows", lambda: learn(validation=([[1.0]], [0])), ShapeError,
     "Dense(3 → 2) expects rows of 3 numbers, got rows of 1"),
    ("layers that do not fit", lambda: Network([Dense(2, 3, RNG), ReLU(), Dense(4, 1, RNG)]),
     ShapeError, "Network: layer 2, Dense(4 → 1), expects rows of 4 numbers, but gets rows of 3"),
    # no matrix
    ("ragged rows", lambda: learn([[1.0, 2.0, 3.0], [1.0]]), ShapeError,
     "train: inputs: row 0 has 3 numbers, row 1 has 1"),
    ("a flat list for prediction", lambda: network().predict([1.0, 2.0, 3.0]), ShapeError,
     "Network.predict: inputs: expected a list of rows, but item 0 is 1.0 (a float); "
     "one example is a row too"),
    ("a flat list forward", lambda: network().forward([1.0, 2.0, 3.0]), ShapeError,
     "Dense(3 → 2): expected a list of rows, but item 0 is 1.0 (a float); one example is a row"),
    ("a flat list for training", lambda: learn([1.0, 2.0]), ShapeError, "train: inputs: expected"),
    ("a number", lambda: network().predict(5.0), ShapeError, "expected a matrix (a list of rows)"),
    ("a string", lambda: learn("abc"), ShapeError, "got 'abc' (a string)"),
    ("strings for numbers", lambda: learn([["1", "2", "3"]] * 1, [0]), TypeError,
     "train: inputs: row 0, column 0: expected a number, got '1' (a string); convert it with "
     "float()"),
    ("strings for rows", lambda: learn(["abc", "def"]), ShapeError,
     "train: inputs: expected a list of rows, but item 0 is 'abc' (a string)"),
    ("None for inputs", lambda: learn(None), ShapeError, "train: inputs: expected a matrix"),
    ("None in a row", lambda: learn([[1.0, None, 3.0]], [0]), TypeError,
     "train: inputs: row 0, column 1: expected a number, got None"),
    ("None for a row", lambda: learn([[1.0, 2.0, 3.0], None]), ShapeError, "item 1 is None"),
    ("nan", lambda: learn([[1.0, 2.0, 3.0], [4.0, NAN, 6.0]]), ValueError,
     "train: inputs: row 1, column 1 is nan; fill or drop missing"),
    ("infinity", lambda: network().predict([[1.0, 2.0, INF]]), ValueError,
     "Network.predict: inputs: row 0, column 2 is inf"),
    ("nan in validation", lambda: learn(validation=([[NAN, 1.0, 1.0]], [0])), ValueError,
     "train: validation: inputs: row 0, column 0 is nan"),
    ("nan in targets", lambda: learn(targets=[[NAN, 1.0], [0.0, 1.0]], loss=MeanSquaredError()),
     ValueError, "MeanSquaredError: targets: row 0, column 0 is nan"),
    ("zero rows", lambda: learn([], []), ShapeError, "train: inputs: expected at least one row"),
    ("zero rows to predict", lambda: network().predict([]), ShapeError,
     "at least one row, got none"),
    ("empty rows", lambda: learn([[], []]), ShapeError, "got empty rows"),
    ("one row object many times", lambda: learn([[0.0] * 3] * 2), ValueError,
     "train: inputs: rows 0 and 1 are one and the same list object"),
    ("a row used again", lambda: learn([shared, [0.0] * 3, shared], [0, 0, 1]), ValueError,
     "rows 0 and 2"),
    ("a generator", lambda: learn(row for row in X), ShapeError,
     "train: inputs: expected a list of rows, got a generator; write list(…) around it"),
    ("a matrix of matrices", lambda: learn([[[1.0]]], [0]), TypeError,
     "expected a number, got a list"),
    # targets
    ("fewer targets", lambda: learn(targets=[0]), ShapeError,
     "train: 2 rows of inputs, but 1 targets; each example needs one target"),
    ("more targets", lambda: SoftmaxCrossEntropy()([[0.0, 0.0]], [0, 1]), ShapeError,
     "SoftmaxCrossEntropy: 1 rows of scores, but 2 targets"),
    ("no targets", lambda: learn(targets=None), TypeError,
     "train: targets: expected class numbers or rows, got None"),
    ("fewer validation targets", lambda: learn(validation=(X, [0])), ShapeError,
     "train: validation: 2 rows of inputs, but 1 targets"),
    ("validation that is no pair", lambda: learn(validation=X[0]), (TypeError, ShapeError),
     "train: validation"),
    ("validation without targets", lambda: learn(validation=5), TypeError,
     "expected a pair (inputs, targets)"),
    ("a label outside", lambda: learn(targets=[0, 5]), ValueError,
     "SoftmaxCrossEntropy: targets: row 1: expected a class from 0 to 1, got 5; the last layer "
     "needs as many neurons as there are classes"),
    ("a negative label", lambda: learn(targets=[-1, 0]), ValueError,
     "row 0: expected a class from 0 to 1, got -1"),
    ("labels counted from 1", lambda: learn(targets=[1, 2]), ValueError,
     "got 2; they seem to be counted from 1: subtract 1 from each"),
    ("labels that are floats", lambda: learn(targets=[0.0, 1.0]), TypeError,
     "SoftmaxCrossEntropy: targets: row 0: expected a class number (an integer"),
    ("labels that are strings", lambda: learn(targets=["cat", "dog"]), TypeError,
     "row 0: expected a class number (an integer"),
    ("labels for a real-valued loss", lambda: learn(loss=MeanSquaredError()), TypeError,
     "MeanSquaredError: targets: expected rows of real numbers, got a flat list; for one number a "
     "row write [[y] for y in targets]; for class numbers take SoftmaxCrossEntropy"),
    ("labels for Huber", lambda: Huber()([[0.0], [1.0]], [0, 1]), TypeError, "got a flat list"),
    ("a column of labels", lambda: learn(targets=[[0], [1]]), ShapeError, "rows of"),
    ("narrow targets", lambda: learn(targets=[[1.0], [2.0]], loss=MeanSquaredError()), ShapeError,
     "MeanSquaredError: rows of 2 scores, but rows of 1 targets; both need one width"),
    ("targets that are no probabilities", lambda: learn(targets=[[3.0, 1.0], [0.0, 1.0]]),
     ValueError, "SoftmaxCrossEntropy: targets: expected probabilities from 0 to 1"),
    ("target rows that do not add up", lambda: learn(targets=[[1.0, 1.0], [0.0, 1.0]]), ValueError,
     "expected rows of probabilities that add up to 1, got a row that is off by 1"),
    ("targets in a dict", lambda: learn(targets={0: 0, 1: 1}), (TypeError, ShapeError), "targets"),
    ("targets in a set", lambda: learn(targets={0, 1}), (TypeError, ShapeError), "targets"),
    ("a flat list for two columns", lambda: learn(loss=SigmoidCrossEntropy()), ShapeError,
     "SigmoidCrossEntropy: a flat list of targets goes with 1 column of scores, got 2 columns"),
    ("a yes-or-no of 2", lambda: SigmoidCrossEntropy()([[0.0]], [2]), ValueError,
     "expected a class from 0 to 1, got 2"),
    ("scores for probabilities", lambda: CategoricalCrossEntropy()([[5.0, -3.0]], [0]), ValueError,
     "CategoricalCrossEntropy: inputs: expected probabilities from 0 to 1, got numbers from -3 to "
     "5; scores go into SoftmaxCrossEntropy or SigmoidCrossEntropy"),
    ("scores for a probability", lambda: BinaryCrossEntropy()([[5.0]], [0]), ValueError,
     "BinaryCrossEntropy: inputs: expected probabilities from 0 to 1"),
    ("rows that do not add up", lambda: CategoricalCrossEntropy()([[0.5, 0.1]], [0]), ValueError,
     "add up to 1, got a row that is off by 0.4"),
    ("softmax twice", lambda: learn(net=Network([Dense(3, 2, RNG), Softmax()])), ValueError,
     "train: SoftmaxCrossEntropy has its own softmax and takes scores; leave the Softmax layer"),
    ("sigmoid twice", lambda: learn(net=Network([Dense(3, 1, RNG), Sigmoid()]),
                                    loss=SigmoidCrossEntropy()), ValueError,
     "train: SigmoidCrossEntropy has its own sigmoid and takes scores; leave the Sigmoid layer"),
    # the order of calls
    *[(f"backward before forward in {layer!r}", lambda layer=layer: used_before_forward(layer),
       ValueError, f"{layer!r}: backward came before forward; call forward(inputs) first")
      for layer in (Dense(2, 2, RNG), ReLU(), Tanh(), Softmax(), Dropout(0.5, RNG))],
    ("backward before forward in a network", lambda: network().backward([[1.0, 1.0]]), ValueError,
     "Dense(3 → 2): backward came before forward"),
    ("a step before backward", lambda: step_without_gradient(SGD(0.1)), ValueError,
     "SGD(learning_rate=0.1): Parameter(w, 1 × 1) has no gradient; call network.backward("),
    ("a penalty before backward", lambda: L2(0.1).add_gradients([Parameter("w", [[1.0]])]),
     ValueError, "L2(0.1): Parameter(w, 1 × 1) has no gradient; call backward first"),
    ("a random step without the loss", lambda: step_without_gradient(RandomSearch(RNG)), TypeError,
     "RandomSearch: step needs the loss: step(parameters, measure)"),
    ("one optimizer in two networks", an_optimizer_in_two_networks, ValueError,
     "the steps before were those of another network; each network needs an optimizer of its own"),
    ("an optimizer in two networks of as many layers", an_optimizer_in_two_shapes, ValueError,
     "the steps before were those of another network"),
    ("softmax twice, one in a network inside", lambda: learn(
        net=Network([Network([Dense(3, 2, RNG), Softmax()])])), ValueError,
     "SoftmaxCrossEntropy has its own softmax"),
    ("sigmoid before the softmax of the loss", lambda: learn(
        net=Network([Dense(3, 2, RNG), Sigmoid()])), ValueError, "has its own softmax"),
    ("nothing to learn", lambda: learn(net=Network([ReLU()])), ValueError, "has no parameters"),
    ("layers without a list", lambda: Network(Dense(2, 2, RNG), ReLU()), TypeError,
     "expected one list of layers: Network([Dense(…), ReLU(), …])"),
    ("the class of a generator", lambda: Dense(2, 2, Random), TypeError, "expected random.Random("),
    ("the name of an initializer", lambda: Dense(2, 2, RNG, "he"), TypeError,
     "initializer: expected a function such as purenn.he, got 'he'"),
    ("a network for its parameters", lambda: SGD(0.1).step(network()), TypeError,
     "expected parameters, got Network([Dense(3 → 2)]); write network.parameters()"),
    ("the class for a callback", lambda: learn(callbacks=[EarlyStopping]), TypeError,
     "got the class EarlyStopping; make one: EarlyStopping(…)"),
    ("the name for a metric", lambda: learn(metrics=["accuracy"]), TypeError,
     "write accuracy without quotes"),
    ("scores for a yes or no", lambda: accuracy([[3.0], [-1.0]], [1, 0]), ValueError,
     "accuracy: predictions: a single column: expected probabilities from 0 to 1, got numbers "
     "from -1 to 3; loss.predict(scores) makes probabilities of scores"),
    ("names for class numbers", lambda: learn(targets=["cat", "dog"]), TypeError,
     "give each name a number, or take Classifier"),
    ("an initializer the wrong way round", lambda: Dense(
        2, 3, RNG, lambda rng, neurons, inputs: [[0.0] * neurons for _ in range(inputs)]),
     ShapeError, "Dense(2 → 3): the initializer should give 3 × 2 weights"),
    # networks
    ("a layer used twice", twice, ValueError, "Dense(2 → 2) stands in two places; make two layers"),
    ("a layer used again inside", twice_inside, ValueError, "stands in two places"),
    ("no layers", lambda: Network([]), ValueError,
     "Network: expected at least one layer, got none"),
    ("a class for a layer", lambda: Network([Dense(1, 1, RNG), ReLU]), TypeError,
     "Network: layer 1 is the class ReLU; make a layer of it: ReLU(…)"),
    ("a function for a layer", lambda: Network([len]), TypeError,
     "Network: layer 0: expected a Layer, got"),
    ("a layer for a list of layers", lambda: Network(Dense(1, 1, RNG)), TypeError,
     "list of layers"),
    # parts of a training
    ("no network", lambda: learn(net=Dense(3, 2, RNG)), TypeError,
     "train: network: expected a Network, got Dense(3 → 2)"),
    ("the class of a loss", lambda: learn(loss=SoftmaxCrossEntropy), TypeError,
     "train: loss: got the class SoftmaxCrossEntropy; make one: SoftmaxCrossEntropy("),
    ("the name of a loss", lambda: learn(loss="mse"), TypeError,
     "train: loss: expected a Loss, got"),
    ("the class of an optimizer", lambda: learn(optimizer=Adam), TypeError, "got the class Adam"),
    ("a rate for an optimizer", lambda: learn(optimizer=0.1), TypeError,
     "train: optimizer: expected an Optimizer, got 0.1"),
    ("a number for a penalty", lambda: learn(penalty=0.1), TypeError,
     "train: penalty: expected a Penalty, got 0.1"),
    ("one metric, no list", lambda: learn(metrics=accuracy), TypeError, "metrics: expected a list"),
    ("the name of a metric", lambda: learn(metrics=["accuracy"]), TypeError, "metrics: expected"),
    ("one callback, no list", lambda: learn(callbacks=EarlyStopping()), TypeError,
     "callbacks: expected a list"),
    ("the class of a callback", lambda: learn(callbacks=[EarlyStopping]), TypeError, "callbacks"),
    ("no epochs", lambda: learn(epochs=0), ValueError,
     "train: epochs: expected a positive integer, got 0"),
    ("half an epoch", lambda: learn(epochs=1.5), TypeError,
     "train: epochs: expected a positive integer, got 1.5"),
    ("empty batches", lambda: learn(batch_size=0), ValueError,
     "train: batch_size: expected a positive integer, got 0"),
    ("a seed for a generator", lambda: learn(rng=42), TypeError,
     "train: rng: expected random.Random(seed), got 42"),
    ("a plateau without a rate", lambda: learn(optimizer=RandomSearch(RNG),
                                               callbacks=[ReduceOnPlateau()]), TypeError,
     "ReduceOnPlateau: RandomSearch has no learning rate to reduce"),
    ("a log in no folder", lambda: learn(callbacks=[CSVLog("/no/such/folder/log.csv")]), OSError,
     "/no/such/folder/log.csv"),
    ("predictions in no pieces", lambda: network().predict(X, batch_size=0), ValueError,
     "Network.predict: batch_size: expected a positive integer, got 0"),
    # sizes and rates
    *[(f"{size!r} neurons", lambda size=size: Dense(2, size, RNG), kind,
       f"Dense: neurons: expected a positive integer, got {size!r}")
      for size, kind in ((0, ValueError), (-1, ValueError), (2.0, TypeError), ("2", TypeError),
                         (True, TypeError), (None, TypeError))],
    ("no inputs", lambda: Dense(0, 2, RNG), ValueError,
     "Dense: inputs: expected a positive integer"),
    ("a seed for a layer", lambda: Dense(2, 2, 42), TypeError,
     "Dense: rng: expected random.Random(seed), got 42"),
    ("a seed for dropout", lambda: Dropout(0.5, 42), TypeError, "Dropout: rng: expected"),
    *[(f"dropout of {rate!r}", lambda rate=rate: Dropout(rate, RNG), kind,
       "Dropout: rate: expected")
      for rate, kind in ((1.0, ValueError), (-0.1, ValueError), (50, ValueError), (NAN, ValueError),
                         ("half", TypeError), (True, TypeError))],
    *[(f"{make.__name__} with rate {rate!r}", lambda make=make, rate=rate: make(rate), kind,
       f"{make.__name__}: learning_rate: expected")
      for make in (SGD, AdaGrad, RMSProp, Adam, AdamW)
      for rate, kind in ((0, ValueError), (-0.1, ValueError), (INF, ValueError), (NAN, ValueError),
                         ("fast", TypeError), (CosineDecay, TypeError))],
    ("momentum of 1", lambda: SGD(0.1, momentum=1.0), ValueError,
     "SGD: momentum: expected 0 <= momentum < 1, got 1.0"),
    ("nesterov without momentum", lambda: SGD(0.1, nesterov=True), ValueError, "SGD: nesterov"),
    ("clipping at nothing", lambda: SGD(0.1, clip_norm=0), ValueError,
     "SGD: clip_norm: expected 0 < clip_norm, finite, got 0"),
    ("beta of 1", lambda: Adam(0.1, beta2=1.0), ValueError, "Adam: beta2: expected 0 <= beta2 < 1"),
    ("epsilon of 0", lambda: Adam(0.1, epsilon=0.0), ValueError, "Adam: epsilon: expected 0 <"),
    ("decay of 1", lambda: RMSProp(0.1, decay=1.0), ValueError, "RMSProp: decay: expected"),
    ("negative weight decay", lambda: AdamW(0.1, weight_decay=-1), ValueError,
     "weight_decay: expected"),
    ("a nudge of nothing", lambda: RandomAdjustment(RNG, scale=0), ValueError,
     "RandomAdjustment: scale: expected 0 < scale"),
    ("a seed for a search", lambda: RandomSearch(42), TypeError, "RandomSearch: rng: expected"),
    ("negative L1", lambda: L1(-0.1), ValueError, "L1: strength: expected 0 <= strength, finite"),
    ("endless L2", lambda: L2(INF), ValueError, "L2: strength: expected"),
    ("negative elastic net", lambda: ElasticNet(l1=0.1, l2=-1), ValueError,
     "ElasticNet: l2: expected 0 <= l2, finite, got -1"),
    ("a Huber of nothing", lambda: Huber(0.0), ValueError, "Huber: delta: expected 0 < delta"),
    ("a slope of 1", lambda: LeakyReLU(1.0), ValueError, "LeakyReLU: slope: expected"),
    ("a negative alpha", lambda: ELU(-1.0), ValueError, "ELU: alpha: expected 0 <= alpha"),
    ("no patience", lambda: EarlyStopping(0), ValueError, "EarlyStopping: patience: expected"),
    ("a negative fall", lambda: EarlyStopping(1, minimum_fall=-1), ValueError,
     "EarlyStopping: minimum_fall: expected"),
    ("a factor of 1", lambda: ReduceOnPlateau(factor=1.0), ValueError,
     "ReduceOnPlateau: factor: expected 0 < factor < 1, got 1.0"),
    ("a constant of 0", lambda: Constant(0.0), ValueError, "Constant: rate: expected 0 < rate"),
    ("a negative decay", lambda: InverseTimeDecay(0.1, -1), ValueError, "decay: expected"),
    ("half a step", lambda: StepDecay(0.1, 0.5, 1.5), TypeError, "StepDecay: every: expected"),
    ("a growing rate", lambda: ExponentialDecay(0.1, 2.0, 1), ValueError, "factor: expected"),
    ("no steps", lambda: CosineDecay(0.1, 0), ValueError, "CosineDecay: steps: expected"),
    ("warm-up of nothing", lambda: LinearWarmUp(0, 0.1), ValueError,
     "LinearWarmUp: steps: expected"),
    # metrics and the gradient check
    ("fewer predictions", lambda: accuracy([0], [0, 1]), ShapeError,
     "accuracy: 1 predictions, but 2 targets"),
    ("probabilities in a flat list", lambda: accuracy([0.9, 0.2], [1, 0]), TypeError,
     "row 0: expected a class number (an integer), got 0.9"),
    ("class names", lambda: accuracy(["cat"], ["dog"]), TypeError, "expected a class number"),
    ("a column of class numbers", lambda: accuracy([[0.1, 0.2, 0.7]], [[2]]), ValueError,
     "a single column: expected probabilities from 0 to 1"),
    ("no predictions", lambda: accuracy([], []), ShapeError, "at least one row, got none"),
    ("no matrix of predictions", lambda: accuracy(None, [0]), ShapeError, "expected a matrix"),
    ("more classes than asked for", lambda: confusion_matrix([0, 2], [0, 1], classes=2), ValueError,
     "confusion_matrix: predictions: row 1: expected a class from 0 to 1, got 2"),
    ("R² of class numbers", lambda: r2([[0.0], [1.0]], [0, 1]), TypeError, "r2: targets: expected"),
    ("narrow predictions", lambda: mean_absolute_error([[1.0]], ROWS[:1]), ShapeError,
     "mean_absolute_error: rows of 1 scores, but rows of 2 targets"),
    ("a check of a flat list", lambda: gradcheck.check(dense(2, 1, 1), MeanSquaredError(),
                                                       [1.0, 2.0], [[1.0]]), ShapeError,
     "gradcheck: inputs: expected a list of rows"),
]


@pytest.mark.parametrize("mistake, kind, words", [case[1:] for case in MISTAKES],
                         ids=[case[0] for case in MISTAKES])
def test_every_mistake_is_named_with_who_expected_and_got(mistake, kind, words):
    with pytest.raises(kind) as caught:
        mistake()
    message = str(caught.value)
    assert words in message, message
    assert len(message) < 300 and "\n" not in message


def test_every_mistake_stands_in_the_table_once():
    names = [case[0] for case in MISTAKES]
    assert len(set(names)) == len(names)


def test_shape_errors_are_value_errors():
    assert issubclass(ShapeError, ValueError)


@pytest.mark.parametrize("settings", [
    {"targets": [0, 5]}, {"epochs": 0}, {"validation": (X, [0, 7])}, {"metrics": ["accuracy"]},
    {"inputs": [[1.0, 2.0, NAN], [1.0, 2.0, 3.0]]}, {"callbacks": [5]},
], ids=str)
def test_a_mistake_is_found_before_anything_is_learned(settings):
    net = network()
    before = [parameter.value for parameter in net.parameters()]
    with pytest.raises((ValueError, TypeError)):
        learn(net=net, **settings)
    assert all(parameter.value is old for parameter, old in zip(net.parameters(), before))


def test_the_row_of_a_wrong_label_is_that_of_the_whole_set_and_not_of_its_batch():
    inputs = [[float(k)] * 3 for k in range(100)]
    with pytest.raises(ValueError, match="row 77: expected a class from 0 to 1, got 9"):
        learn(inputs, [0] * 77 + [9] + [1] * 22, batch_size=10)


def test_no_message_holds_a_whole_array():
    wide = [[0.5] * 1000 for _ in range(100)]
    for mistake in (lambda: learn(wide, [0] * 100), lambda: network().predict(wide),
                    lambda: learn(wide[0]), lambda: learn([wide]), lambda: learn(targets=wide)):
        with pytest.raises((ValueError, TypeError)) as caught:
            mistake()
        assert len(str(caught.value)) < 300
