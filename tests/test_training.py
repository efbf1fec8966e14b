"""Training goes through all examples in every epoch, stops when it should, and breaks nothing."""

import csv
import math
import re
from array import array
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LOSSES, dense, learning_tasks

from purenn import (
    L2, SGD, Adam, Callback, CSVLog, Dense, Dropout, EarlyStopping, History, Layer, Linear,
    MeanSquaredError, Network, Parameter, RandomAdjustment, RandomSearch, Record, ReduceOnPlateau,
    ReLU, SoftmaxCrossEntropy, Tanh, accuracy, linalg, train,
)
from purenn.rows import ColumnRows

pytestmark = pytest.mark.core

X = [[0.1 * k, 1.0 - 0.1 * k] for k in range(10)]
LABELS = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1]
T = [[0.5 * k, float(label)] for k, label in enumerate(LABELS)]


def small_network(seed=1):
    return Network([dense(2, 4, seed), Tanh(), dense(4, 2, seed + 1)])


def learn(network=None, inputs=X, targets=T, **settings):
    options = {"loss": MeanSquaredError(), "optimizer": SGD(0.1), "epochs": 3, "batch_size": 4}
    options.update(settings)
    return train(network or small_network(), inputs, targets, **options)


def values(network):
    return [[list(row) for row in parameter.value] for parameter in network.parameters()]


class Watch(Layer):
    """Lets everything through and remembers the batches of training."""

    def __init__(self):
        self.batches = []

    def forward(self, inputs, training=False):
        if training:
            self.batches.append([list(row) for row in inputs])
        return inputs

    def backward(self, output_gradient):
        return output_gradient


class Do(Callback):
    """Calls a function at one moment: Do("after_batch", function)."""

    def __init__(self, when, what):
        setattr(self, when, what)


def scripted(*losses):
    """A loss that is right for training and gives these values, in order, to validation."""
    class Scripted(MeanSquaredError):
        def __init__(self):
            self.left = list(losses)

        def value_and_gradient(self, scores, targets):
            value, gradient = super().value_and_gradient(scores, targets)
            if len(scores) == 1 and targets[0] == [7.0, 7.0]:
                value = self.left.pop(0)
            return value, gradient

    return Scripted()


VALIDATION = ([[1.0, 1.0]], [[7.0, 7.0]])


# ---- Batches ----


def test_every_epoch_sees_every_example_once_in_another_order():
    watch = Watch()
    learn(Network([watch, dense(2, 2, 1)]), epochs=4)
    epochs = [sum(watch.batches[k:k + 3], []) for k in range(0, 12, 3)]
    assert len(watch.batches) == 12
    assert all(sorted(rows) == sorted(X) for rows in epochs)
    assert len({str(rows) for rows in epochs}) == 4 and X not in epochs


def test_shuffling_remixes_the_batches_and_not_only_their_order():
    watch = Watch()
    learn(Network([watch, dense(2, 2, 1)]), epochs=6, batch_size=5)
    together = {frozenset(map(tuple, batch)) for batch in watch.batches}
    assert len(together) > 6


@pytest.mark.parametrize("batch_size, sizes", [(4, [4, 4, 2]), (3, [3, 3, 3, 1]), (10, [10]),
                                               (5, [5, 5]), (1000, [10])])
def test_the_last_batch_holds_what_remains(batch_size, sizes):
    watch = Watch()
    learn(Network([watch, dense(2, 2, 1)]), epochs=1, batch_size=batch_size)
    assert [len(batch) for batch in watch.batches] == sizes


def test_inputs_and_targets_are_shuffled_together():
    class Pairs(MeanSquaredError):
        seen = []

        def value_and_gradient(self, scores, targets):
            self.seen += zip(scores, targets)
            return 0.0, linalg.zeros(*linalg.shape(scores))

    loss = Pairs()
    pairs = [[float(k), float(-k)] for k in range(1, 10)]
    identity = dense(2, 2, 1)
    identity.weights.value, identity.biases.value = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0]]
    learn(Network([identity]), pairs, [list(row) for row in pairs], loss=loss)
    assert len(loss.seen) == 1 + 27 and all(score == target for score, target in loss.seen)


def test_one_step_is_loss_backward_and_step_worked_out_by_hand():
    network = Network([Dense(1, 1, Random(1))])
    network.layers[0].weights.value = [[2.0]]
    history = train(network, [[1.0], [3.0]], [[1.0], [4.0]], loss=MeanSquaredError(),
                    optimizer=SGD(0.5), epochs=1)
    # scores 2 and 6, differences 1 and 2: loss 2.5, gradient of the weight (2·1·1 + 2·2·3) / 2 = 7,
    # of the bias (2·1 + 2·2) / 2 = 3
    assert history[0].loss == 2.5
    assert values(network) == [[[2.0 - 0.5 * 7.0]], [[-1.5]]]


def test_the_loss_of_an_epoch_is_the_mean_over_its_examples_not_over_its_batches():
    class Frozen(SGD):
        def step(self, parameters, measure=None):
            pass

    network = small_network()
    history = learn(network, optimizer=Frozen(0.1), epochs=2, metrics=[accuracy], batch_size=4,
                    targets=LABELS, loss=SoftmaxCrossEntropy())
    scores = network.predict(X)
    assert history.curve("loss") == pytest.approx([SoftmaxCrossEntropy()(scores, LABELS)] * 2)
    assert history.curve("accuracy") == [accuracy(scores, LABELS)] * 2


def test_the_penalty_is_in_the_loss_and_in_the_step_and_not_in_the_validation_loss():
    network, penalty = small_network(), L2(0.5)
    price, start = penalty(network.parameters()), values(network)
    scores = network.predict(X)
    gradients = []
    keep = Do("after_batch", lambda run: gradients.append(run.parameters[0].gradient))
    history = learn(network, penalty=penalty, epochs=1, batch_size=10, callbacks=[keep],
                    validation=(X, T))
    assert history[0].loss == pytest.approx(MeanSquaredError()(scores, T) + price)
    assert history[0].validation_loss == MeanSquaredError()(network.predict(X), T)
    other = small_network()
    other.forward(X)
    other.backward(MeanSquaredError().gradient(scores, T))
    plain = next(other.parameters()).gradient
    for row, expected, weights in zip(gradients[0], plain, start[0]):
        assert row == pytest.approx([g + w for g, w in zip(expected, weights)])


# ---- The same run ----


@pytest.mark.parametrize("optimizer", [
    lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.01), lambda: RandomSearch(Random(3)),
    lambda: RandomAdjustment(Random(3)),
])
def test_the_same_seed_gives_the_same_run(optimizer):
    def run(seed):
        rng = Random(seed)
        network = Network([Dense(2, 5, rng), ReLU(), Dropout(0.25, rng), Dense(5, 2, rng)])
        history = learn(network, optimizer=optimizer(), rng=rng, epochs=5)
        return history.curve("loss"), values(network)

    assert run(1) == run(1) != run(2)


def test_the_global_random_state_is_neither_read_nor_changed():
    import random

    state = random.getstate()
    first = learn().curve("loss")
    assert random.getstate() == state
    random.seed(5)
    assert learn().curve("loss") == first
    random.setstate(state)


@settings(max_examples=15)
@pytest.mark.parametrize("name", sorted(LOSSES))
@given(data=st.data())
def test_what_the_caller_passes_is_left_as_it_was(name, data):
    stack, loss, inputs, targets = data.draw(learning_tasks(name))
    network = Network([stack, Linear()])  # train refuses a Softmax before a loss that has its own
    before = str((inputs, targets))
    train(network, inputs, targets, loss=loss, optimizer=SGD(0.001), epochs=2, batch_size=2,
          validation=(inputs, targets), penalty=L2(0.1))
    assert str((inputs, targets)) == before


def test_the_values_from_before_are_not_changed_in_place():
    network = small_network()
    kept, before = [parameter.value for parameter in network.parameters()], values(network)
    learn(network)
    assert kept == before != values(network)


@pytest.mark.parametrize("optimizer", [
    lambda: SGD(0.3), lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.05),
    lambda: RandomAdjustment(Random(1), scale=0.2),
])
def test_four_points_in_a_square_are_learned(optimizer):
    square, xor = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    rng = Random(1)
    network = Network([Dense(2, 8, rng), Tanh(), Dense(8, 2, rng)])
    history = train(network, square, xor, loss=SoftmaxCrossEntropy(), optimizer=optimizer(),
                    epochs=400, metrics=[accuracy])
    assert history.curve("accuracy")[-1] == 1.0


# ---- History ----


def test_there_is_one_record_for_each_epoch():
    history = learn(epochs=3, metrics=[accuracy], targets=LABELS, loss=SoftmaxCrossEntropy(),
                    validation=(X[:4], LABELS[:4]))
    assert len(history) == 3 and [record.epoch for record in history] == [1, 2, 3]
    assert history.stopped == "finished" and history[-1] is history.records[2]
    assert list(history[0].as_dict()) == ["epoch", "loss", "accuracy", "validation_loss",
                                          "validation_accuracy", "seconds"]
    assert history.curve("validation_loss") == [record.validation_loss for record in history]
    assert all(record.seconds >= 0 for record in history)
    assert repr(history).startswith("History(3 epochs, loss ") and "finished" in repr(history)
    assert repr(History()) == "History(0 epochs, not finished)"


def test_the_validation_loss_is_that_of_the_network_after_the_epoch_without_dropout():
    rng = Random(1)
    network = Network([Dense(2, 8, rng), Dropout(0.5, rng), Dense(8, 2, rng)])
    history = learn(network, epochs=2, validation=(X[:3], T[:3]))
    assert history[-1].validation_loss == MeanSquaredError()(network.predict(X[:3]), T[:3])


def test_without_validation_there_is_none_in_the_record():
    record = learn(epochs=1)[0]
    assert record.validation_loss is None and record.validation_metrics == {}


def test_an_unknown_curve_is_an_error_that_names_the_known():
    with pytest.raises(KeyError, match="no curve 'acuracy'; there are epoch, loss"):
        learn(epochs=1).curve("acuracy")


# ---- Callbacks ----


def test_callbacks_are_called_at_each_moment_in_order():
    calls = []

    class Log(Callback):
        def start(self, run):
            calls.append(("start", run.epoch, run.batches))

        def after_batch(self, run):
            calls.append(("batch", run.epoch, run.batch))
            assert run.loss_so_far > 0

        def after_epoch(self, run, record):
            calls.append(("epoch", record.epoch, len(run.history)))

        def end(self, run):
            calls.append(("end", run.history.stopped))

    learn(epochs=2, batch_size=5, callbacks=[Log()])
    assert calls == [("start", 0, 2), ("batch", 1, 1), ("batch", 1, 2), ("epoch", 1, 1),
                     ("batch", 2, 1), ("batch", 2, 2), ("epoch", 2, 2), ("end", "finished")]


def test_a_callback_ends_the_training_by_giving_a_reason():
    def stop(run, record):
        run.stop = "enough" if record.epoch == 2 else None

    history = learn(epochs=9, callbacks=[Do("after_epoch", stop)])
    assert len(history) == 2 and history.stopped == "enough"


def test_early_stopping_stops_after_patience_and_restores_the_best_weights():
    after = []
    network = small_network()
    stopping = EarlyStopping(patience=2)
    keep = Do("after_epoch", lambda run, record: after.append(values(network)))
    history = learn(network, epochs=50, validation=VALIDATION, callbacks=[keep, stopping],
                    loss=scripted(math.inf, 5.0, 3.0, 4.0, 3.0, 9.0))
    assert len(history) == 4 and history.stopped == "stopped early, best epoch 2"
    assert (stopping.best_epoch, stopping.best_loss) == (2, 3.0)
    assert values(network) == after[1] != after[3]


def test_early_stopping_restores_the_best_weights_also_at_the_last_epoch():
    after = []
    network = small_network()
    keep = Do("after_epoch", lambda run, record: after.append(values(network)))
    history = learn(network, epochs=3, validation=VALIDATION, callbacks=[keep, EarlyStopping(50)],
                    loss=scripted(math.inf, 1.0, 2.0, 3.0))
    assert history.stopped == "finished" and values(network) == after[0] != after[2]


def test_a_fall_that_is_too_small_is_none():
    falls = [5.0, 4.9, 4.8, 4.7]
    options = {"epochs": 4, "validation": VALIDATION}
    patient, strict = EarlyStopping(2), EarlyStopping(2, minimum_fall=0.5)
    assert len(learn(callbacks=[patient], loss=scripted(0.0, *falls), **options)) == 4
    assert len(learn(callbacks=[strict], loss=scripted(0.0, *falls), **options)) == 3


def test_early_stopping_without_validation_watches_the_training_loss_and_can_be_used_again():
    stopping = EarlyStopping(patience=1, minimum_fall=1e-9)
    for _ in range(2):
        history = learn(optimizer=SGD(1e-30), epochs=20, callbacks=[stopping], batch_size=10)
        assert len(history) == 2 and stopping.best_epoch == 1


def test_the_rate_is_reduced_on_a_plateau_and_only_there():
    rates, optimizer = [], SGD(0.8)
    keep = Do("after_epoch", lambda run, record: rates.append(optimizer.learning_rate))
    learn(optimizer=optimizer, epochs=10, validation=VALIDATION,
          callbacks=[ReduceOnPlateau(factor=0.5, patience=2), keep],
          loss=scripted(0.0, 5.0, 4.0, 4.0, 4.0, 4.0, 4.0, 3.0, 3.0, 3.5, 2.0))
    assert rates == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.1]


def test_the_csv_log_holds_a_row_per_epoch_as_soon_as_it_is_over(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("old\n")
    lengths = []
    count = Do("after_epoch", lambda run, record: lengths.append(len(path.read_text().split("\n"))))
    history = learn(epochs=3, targets=LABELS, loss=SoftmaxCrossEntropy(), metrics=[accuracy],
                    callbacks=[CSVLog(str(path)), count])
    with open(str(path), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "loss", "accuracy", "validation_loss", "seconds"]
    assert [float(row["loss"]) for row in rows] == history.curve("loss")
    assert [row["epoch"] for row in rows] == ["1", "2", "3"] and rows[0]["validation_loss"] == ""
    assert lengths == [3, 4, 5]


# ---- Ctrl-C ----


def interrupted(where):
    """Train, press Ctrl-C at the moment `where`, and return network, history and what was seen."""
    seen = {"last": None, "pressed": False}

    def press_if(moment):
        if moment and not seen["pressed"]:
            seen["pressed"] = True
            raise KeyboardInterrupt

    class Interrupting(SGD):
        def step(self, parameters, measure=None):
            if where == "during the step" and self.steps == 4:
                list(parameters)[0].value = linalg.zeros(4, 2)
                press_if(True)
            super().step(parameters, measure)
            seen["last"] = values(network)

    class Press(Callback):
        ended = False

        def after_batch(self, run):
            press_if(where == "after a batch" and (run.epoch, run.batch) == (2, 2))

        def after_epoch(self, run, record):
            press_if(where == "after an epoch" and record.epoch == 2)

        def end(self, run):
            self.ended = True

    class Stubborn(Tanh):
        count = 0

        def forward(self, inputs, training=False):
            self.count += training
            press_if(where == "during forward" and self.count == 5)
            press_if(where == "during validation" and not training and self.count == 6)
            return super().forward(inputs, training)

        def backward(self, output_gradient):
            press_if(where == "during backward" and self.count == 5)
            return super().backward(output_gradient)

    network, press = Network([dense(2, 4, 1), Stubborn(), dense(4, 2, 2)]), Press()
    history = learn(network, optimizer=Interrupting(0.1), epochs=5, validation=(X[:2], T[:2]),
                    callbacks=[press], end_quietly=True)
    assert press.ended
    return network, history, seen["last"]


@pytest.mark.parametrize("where, records", [
    ("during forward", 1), ("during backward", 1), ("during the step", 1), ("after a batch", 1),
    ("during validation", 1), ("after an epoch", 2),
])
def test_ctrl_c_leaves_the_network_as_after_its_last_whole_step_and_the_history_so_far(
    where, records
):
    network, history, last = interrupted(where)
    assert len(history) == records and history.stopped == "interrupted"
    assert values(network) == last
    assert linalg.shape(network.predict(X)) == (10, 2)
    assert len(learn(network, epochs=2)) == 2  # and it can go on


def test_after_ctrl_c_early_stopping_still_restores_the_best_weights():
    after = []
    network = small_network()

    def press(run, record):
        after.append(values(network))
        if record.epoch == 3:
            raise KeyboardInterrupt

    learn(network, epochs=9, validation=VALIDATION, loss=scripted(0.0, 2.0, 1.0, 3.0),
          callbacks=[EarlyStopping(5), Do("after_epoch", press)], end_quietly=True)
    assert values(network) == after[1]


# ---- Numbers that stop being finite ----


def diverging(rate=1e3, **options):
    network = Network([dense(2, 4, 1), ReLU(), dense(4, 2, 2)])
    big = [[1e3 * x for x in row] for row in X]
    with pytest.raises(FloatingPointError) as caught:
        learn(network, big, epochs=50, optimizer=SGD(rate), **options)
    return network, str(caught.value)


def test_divergence_names_epoch_batch_layer_largest_weight_and_a_smaller_rate():
    _, message = diverging(rate=1e200)
    assert message.startswith("train: epoch 1, batch 2 of 3: the output of layer 2, Dense(4 → 2),")
    assert re.search(r"is no longer finite \(its largest weight: \d\.\d+e\+20\d\); ", message)
    assert "the learning rate is 1e+200, try 1e+199. " in message
    assert message.endswith("its last good weights, those whose loss was finite.")
    _, message = diverging()
    assert "batch" in message and "the network's largest weight: " in message


def test_after_divergence_the_network_keeps_the_last_weights_whose_loss_was_finite():
    network, _ = diverging()
    assert all(linalg.all_finite(parameter.value) for parameter in network.parameters())
    big = [[1e3 * x for x in row] for row in X]
    assert math.isfinite(MeanSquaredError()(network.predict(big), T))


def test_callbacks_hear_of_the_end_also_when_training_fails():
    ended = []
    diverging(callbacks=[Do("end", lambda run: ended.append(True))])
    assert ended == [True]


class Explodes(Tanh):
    """Gives inf in the forward or the backward of the n-th batch."""

    def __init__(self, direction, batch):
        super().__init__()
        self.direction, self.batch, self.seen = direction, batch, 0

    def forward(self, inputs, training=False):
        self.seen += training
        outputs = super().forward(inputs, training)
        if self.direction == "forward" and training and self.seen >= self.batch:
            return linalg.add(outputs, math.inf)
        return outputs

    def backward(self, output_gradient):
        if self.direction == "backward" and self.seen >= self.batch:
            return linalg.full(*linalg.shape(output_gradient), value=math.nan)
        return super().backward(output_gradient)


@pytest.mark.parametrize("direction, good", [("forward", 2), ("backward", 3)])
def test_the_first_layer_where_numbers_break_is_named_and_the_last_good_weights_kept(
    direction, good
):
    network = Network([dense(2, 3, 1), Explodes(direction, 5), dense(3, 2, 2)])
    before = []
    keep = Do("after_batch", lambda run: before.append(values(network)))
    with pytest.raises(FloatingPointError) as caught:
        learn(network, optimizer=SGD(0.25), callbacks=[keep])
    message = str(caught.value)
    assert "epoch 2, batch 2 of 3" in message and "layer 1, Explodes" in message
    assert "learning rate is 0.25, try 0.025" in message
    assert values(network) == before[good]  # a forward that breaks condemns the step before it


def test_a_loss_that_is_not_finite_is_named():
    class Broken(MeanSquaredError):
        def value_and_gradient(self, scores, targets):
            _, gradient = super().value_and_gradient(scores, targets)
            return math.nan if len(scores) == 4 else 1.0, gradient

    with pytest.raises(FloatingPointError, match="epoch 1, batch 1 of 3: the loss, Broken"):
        learn(loss=Broken())


def test_a_step_that_breaks_the_weights_is_taken_back():
    class Breaks(SGD):
        def step(self, parameters, measure=None):
            parameters = list(parameters)
            super().step(parameters)
            if self.steps == 2:
                parameters[0].value = linalg.full(4, 2, math.nan)

    network, after = small_network(), []
    keep = Do("after_batch", lambda run: after.append(values(network)))
    with pytest.raises(FloatingPointError, match="epoch 1, batch 2 of 3"):
        learn(network, optimizer=Breaks(0.1), callbacks=[keep])
    assert values(network) == after[0]


def test_a_penalty_that_is_not_finite_is_named():
    network = small_network()
    network.layers[0].weights.value = linalg.full(4, 2, 1e200)
    with pytest.raises(FloatingPointError, match="the penalty"):
        learn(network, penalty=L2(1.0))


# ---- No parameter is left out ----


def test_a_parameter_without_a_gradient_is_an_error_and_not_a_layer_that_never_learns():
    class Forgetful(Layer):
        def __init__(self):
            self.shift = Parameter("shift", [[1.0, 1.0]])

        def forward(self, inputs, training=False):
            return linalg.add(inputs, self.shift.value)

        def backward(self, output_gradient):
            return output_gradient

        def parameters(self):
            yield self.shift

    network = Network([dense(2, 2, 1), Forgetful()])
    network.layers[1].shift.gradient = [[1.0, 1.0]]  # an old one must not hide the fault
    with pytest.raises(ValueError, match="backward left 1.shift without a gradient"):
        learn(network)


@settings(max_examples=15)
@pytest.mark.parametrize("name", sorted(LOSSES))
@given(data=st.data())
def test_every_parameter_of_any_network_gets_a_gradient_of_its_shape(name, data):
    stack, loss, inputs, targets = data.draw(learning_tasks(name))
    network = Network([stack, Linear()])
    train(network, inputs, targets, loss=loss, optimizer=SGD(1e-6), epochs=1, batch_size=2)
    for parameter in network.parameters():
        assert linalg.shape(parameter.gradient) == linalg.shape(parameter.value)


def test_a_record_shows_as_one_flat_dict():
    record = Record(2, 0.5, {"accuracy": 1.0}, 0.25, {"accuracy": 0.5}, 1.0)
    assert record.as_dict() == {"epoch": 2, "loss": 0.5, "accuracy": 1.0, "validation_loss": 0.25,
                                "validation_accuracy": 0.5, "seconds": 1.0}


def test_a_csv_log_of_a_resumed_training_has_every_epoch(tmp_path):
    from purenn import Checkpoint

    log, checkpoint = str(tmp_path / "log.csv"), str(tmp_path / "checkpoint")
    inputs, targets = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]

    def learn(epochs, resume=False):
        line = Network([Dense(1, 1, Random(1))])
        return train(line, inputs, targets, loss=MeanSquaredError(), optimizer=SGD(0.1),
                     epochs=epochs, callbacks=[CSVLog(log), Checkpoint(checkpoint, resume=resume)])

    learn(3)
    learn(6, resume=True)
    with open(log, encoding="utf-8") as file:
        assert [row.split(",")[0] for row in file] == ["epoch", "1", "2", "3", "4", "5", "6"]


# ---- One loop for all optimizers ----


class OwnFormula(SoftmaxCrossEntropy):
    """A loss made from one of purenn's, with a value of its own."""

    def value_and_gradient(self, scores, targets):
        value, gradient = super().value_and_gradient(scores, targets)
        return 2.0 * value, linalg.multiply(gradient, 2.0)


@pytest.mark.parametrize("name", ["__call__", "gradient"])
def test_a_loss_with_a_formula_where_training_does_not_look_is_refused(name):
    class Elsewhere(SoftmaxCrossEntropy):
        pass

    setattr(Elsewhere, name, lambda self, scores, targets: 0.0)
    with pytest.raises(TypeError, match=f"overrides {name}, but training calls value_and_gradient"):
        learn(targets=LABELS, loss=Elsewhere())


def test_a_loss_made_from_one_of_ours_is_asked_for_its_own_formula():
    assert OwnFormula().value_and_gradient([[0.0, 0.0]], [1])[0] == 2.0 * math.log(2.0)
    assert OwnFormula()([[0.0, 0.0]], [1]) == 2.0 * math.log(2.0)
    rng = Random(1)
    task = ([[0.0], [1.0]], [0, 1])
    losses = [
        train(Network([Dense(1, 2, Random(1))]), *task, loss=loss, optimizer=SGD(1e-9), epochs=1,
              rng=rng)[0].loss
        for loss in (SoftmaxCrossEntropy(), OwnFormula())
    ]
    assert losses[1] == pytest.approx(2.0 * losses[0])


class WithoutGradient(SoftmaxCrossEntropy):
    """A loss that has no gradient."""

    def value_and_gradient(self, scores, targets):
        value, _ = super().value_and_gradient(scores, targets)
        return value, None


def test_random_strategies_learn_from_a_loss_that_has_no_gradient():
    network = Network([Dense(1, 2, Random(1))])
    history = train(network, [[-1.0], [1.0]], [0, 1], loss=WithoutGradient(),
                    optimizer=RandomAdjustment(Random(2)), epochs=50)
    assert history[-1].loss < history[0].loss
    with pytest.raises(TypeError, match="WithoutGradient has no gradient; take RandomSearch"):
        learn(targets=LABELS, loss=WithoutGradient())


def test_random_strategies_count_the_penalty_into_what_they_compare():
    network = Network([Dense(2, 2, Random(1))])
    inputs, targets = [[-1.0, 0.5], [1.0, 0.5]], [0, 1]
    loss, penalty = SoftmaxCrossEntropy(), L2(1.0)

    def whole(network):
        return loss(network.predict(inputs), targets) + penalty(network.parameters())

    before = whole(network)
    optimizer = RandomAdjustment(Random(2), scale=0.3)
    for _ in range(40):
        train(network, inputs, targets, loss=loss, optimizer=optimizer, epochs=1, penalty=penalty)
        after = whole(network)
        assert after <= before + 1e-12
        before = after


class Watching(Dropout):
    """Dropout that notes whether it was asked in training or not."""

    def forward(self, inputs, training=False):
        self.seen = [*getattr(self, "seen", []), training]
        return super().forward(inputs, training)


def test_what_random_strategies_try_is_measured_as_outside_of_training():
    rng = Random(1)
    layer = Watching(0.5, rng)
    train(Network([Dense(1, 4, rng), layer, Dense(4, 2, rng)]), [[-1.0], [1.0]], [0, 1],
          loss=SoftmaxCrossEntropy(), optimizer=RandomSearch(rng), epochs=3)
    assert layer.seen.count(True) == 3 and layer.seen.count(False) >= 6


# ---- Ctrl-C reaches whoever called ----


def pressed(**options):
    seen = []

    def press(run):
        if run.epoch == 2:
            seen.append(run.history)
            raise KeyboardInterrupt

    return seen, lambda: learn(callbacks=[Do("after_batch", press)], **options)


def test_ctrl_c_is_raised_again_unless_the_caller_asked_for_a_quiet_end():
    seen, loud = pressed()
    with pytest.raises(KeyboardInterrupt):
        loud()
    assert seen[0].stopped == "interrupted" and len(seen[0]) == 1
    _, quiet = pressed(end_quietly=True)
    assert quiet().stopped == "interrupted"


# ---- Callbacks that fail, and what may not be called what ----


def test_a_callback_that_fails_does_not_keep_the_others_from_their_end(tmp_path):
    from purenn import Checkpoint, ModelFileError, load

    ended, path = [], str(tmp_path / "run.checkpoint")

    def fail(run):
        raise OSError("the disk is full")

    def refuse(run, record):
        if record.epoch == 3:
            raise RuntimeError("no more")

    with pytest.raises(OSError, match="the disk is full"):
        learn(epochs=5, callbacks=[
            Do("end", fail), Do("after_epoch", refuse), Checkpoint(path, every=100),
            Do("end", lambda run: ended.append(run.history.stopped))])
    assert ended == ["not finished"]
    with pytest.raises(ModelFileError, match="this is a checkpoint"):
        load(path)  # it is there, although the callback before it failed


def test_only_callbacks_that_have_started_are_told_of_the_end():
    told = []
    stopping = EarlyStopping(3)
    learn(epochs=2, callbacks=[stopping])  # now it remembers the weights of another network

    def fail(run):
        raise RuntimeError("cannot start")

    network = small_network(seed=9)
    before = values(network)
    with pytest.raises(RuntimeError, match="cannot start"):
        learn(network, callbacks=[Do("end", lambda run: told.append("first")), Do("start", fail),
                                  stopping])
    assert told == ["first"] and values(network) == before


def test_the_ends_come_in_the_order_of_the_list():
    told = []
    learn(callbacks=[Do("end", lambda run, k=k: told.append(k)) for k in range(3)])
    assert told == [0, 1, 2]


def test_what_a_callback_sees_at_the_start():
    def look(run):
        assert (run.epoch, run.batch, run.batches, run.loss_so_far) == (0, 0, 3, 0.0)
        assert run.stop is None and len(run.history) == 0
        assert run.history.stopped == "not finished"
        assert run.values() == run.good_values == run.whole_values

    learn(callbacks=[Do("start", look)])


def test_the_curve_of_nothing_is_empty():
    assert History().curve("loss") == [] == History().curve("whatever")


@pytest.mark.parametrize("name", ["loss", "epoch", "validation_loss", "seconds", "accuracy"])
def test_two_columns_of_the_history_cannot_have_one_name(name):
    def metric(predictions, targets):
        return 0.0

    metric.__name__ = name
    with pytest.raises(ValueError, match=f"two columns called {name} in the history"):
        learn(targets=LABELS, loss=SoftmaxCrossEntropy(), metrics=[accuracy, metric])


def test_an_optimizer_is_not_used_for_two_networks_also_if_their_shapes_agree():
    for optimizer in (SGD(0.1), Adam(0.1)):
        one, other = small_network(1), small_network(2)
        learn(one, optimizer=optimizer), learn(one, optimizer=optimizer)
        before = values(other)
        with pytest.raises(ValueError, match="those of another network"):
            learn(other, optimizer=optimizer)
        assert values(other) == before


def test_parameter_gradients_that_are_not_finite_are_found_also_where_the_inputs_gradient_is_fine():
    class BadWeights(Dense):
        calls = 0

        def backward(self, output_gradient):
            input_gradient = super().backward(output_gradient)
            self.calls += 1
            if self.calls > 2:
                self.weights.gradient = linalg.full(2, 4, math.nan)
            return input_gradient

    network = Network([dense(2, 4, 1), Tanh(), BadWeights(4, 2, Random(1))])
    with pytest.raises(FloatingPointError, match="the gradient in layer 2, Dense"):
        learn(network)


def test_a_callback_takes_back_the_state_that_it_has_returned():
    stopping = EarlyStopping(patience=3)
    other = EarlyStopping(patience=3)
    other.restore({**stopping.state(), "best_epoch": 7})
    assert other.state()["best_epoch"] == 7


def test_a_callback_shows_its_name():
    class Watch(Callback):
        pass

    assert repr(Watch()) == "Watch" and repr(Callback()) == "Callback"


def test_every_callback_has_started_before_the_first_may_resume():
    calls = []

    class Watch(Callback):
        def start(self, run):
            calls.append("start")

        def resume(self, run):
            calls.append("resume")

        def after_batch(self, run):
            calls.append("batch")

    network = Network([Dense(1, 1, Random(1))])
    train(network, [[1.0]], [[2.0]], loss=MeanSquaredError(), optimizer=SGD(0.1), epochs=1,
          callbacks=[Watch(), Watch()])
    assert calls == ["start", "start", "resume", "resume", "batch", "batch"]


def test_what_an_optimizer_may_measure_is_the_loss_of_the_batch():
    seen = []

    class Watch(SGD):
        def step(self, parameters, measure=None):
            seen.append(measure())
            super().step(parameters, measure)

    for penalty in (None, L2(0.5)):
        network = Network([Dense(1, 1, Random(1))])
        history = train(network, [[1.0], [3.0]], [[2.0], [1.0]], loss=MeanSquaredError(),
                        optimizer=Watch(0.1), epochs=1, penalty=penalty)
        assert seen.pop() == pytest.approx(history[0].loss, rel=1e-14)


# ---- Many rows ----


def test_many_validation_rows_are_looked_at_in_parts_and_none_twice():
    rng = Random(3)
    inputs = [[rng.random(), rng.random()] for _ in range(2500)]
    targets = [int(a > b) for a, b in inputs]
    network, loss, seen = small_network(), SoftmaxCrossEntropy(), []

    def shares(predictions, wanted):
        seen.append((list(predictions), list(wanted)))
        return accuracy(predictions, wanted)

    history = learn(network, targets=LABELS, loss=loss, epochs=1, validation=(inputs, targets),
                    metrics=[shares])
    scores = network.predict(inputs)
    assert seen[-1] == (loss.predict(scores), targets)
    assert history[-1].validation_metrics["shares"] == accuracy(loss.predict(scores), targets)
    assert history[-1].validation_loss == pytest.approx(loss(scores, targets), rel=1e-12)


# A table of a million rows fits in little memory: lists of all answers alone would take 120 bytes a
# row, and what the loss makes of all validation rows at once several hundred.
@pytest.mark.slow
@pytest.mark.parametrize("many", ["learning", "validation"])
def test_the_memory_for_a_row_is_that_of_a_few_numbers(many):
    tracemalloc = pytest.importorskip("tracemalloc", reason="PyPy has none")
    rows = 8000
    column = array("d", [0.1 * k % 1 for k in range(rows)])
    examples = ColumnRows([column, column]), [0, 1] * (rows // 2)
    learning, validation = (examples, None) if many == "learning" else ((X, LABELS), examples)
    network = small_network()
    tracemalloc.start()
    try:
        learn(network, *learning, loss=SoftmaxCrossEntropy(), epochs=1, batch_size=500,
              metrics=[accuracy], validation=validation)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak / rows < 250, peak / rows
