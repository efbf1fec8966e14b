"""A training that is killed and resumed ends with the same bits as one that never stopped."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from random import Random

import pytest
import resumable
from hypothesis import given, settings
from hypothesis import strategies as st
from resumable import EPOCHS, fingerprint, learn

from purenn import (
    L2,
    SGD,
    Adam,
    Callback,
    CosineDecay,
    EarlyStopping,
    RandomAdjustment,
    ReduceOnPlateau,
)
from purenn.store.checkpoint import Checkpoint
from purenn.store.errors import ModelFileError
from purenn.model import Model
from purenn.store.model import load_model, save_model


class Stop(Callback):
    """Press Ctrl-C in the second batch of an epoch, or raise another error there."""

    def __init__(self, epoch, error=KeyboardInterrupt):
        self.epoch, self.error = epoch, error

    def after_batch(self, run):
        if run.epoch == self.epoch and run.batch == 2:
            raise self.error


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The training that nobody stops: its network and its history."""
    return learn(str(tmp_path_factory.mktemp("whole") / "checkpoint"))


def curves(history):
    return [record._replace(seconds=0) for record in history]


# ---- Killed ----


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_moments_and_resumed_the_final_weights_are_the_same(seed, whole, tmp_path):
    rng, path, kills = Random(seed), str(tmp_path / "checkpoint"), 0
    while True:
        process = subprocess.Popen([sys.executable, resumable.__file__, path],
                                   stdout=subprocess.PIPE)
        epochs_to_live = 1 + int(6 * rng.random())
        lines = []
        for line in process.stdout:
            lines.append(line.decode().split())
            if lines[-1][0] == "weights":
                break
            if len(lines) == epochs_to_live and kills < 6:
                time.sleep(0.01 * rng.random())  # somewhere in the next epoch, or in its saving
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.stdout.close()
        process.wait()
        if lines and lines[-1][0] == "weights":
            break
    assert kills >= 3
    assert lines[-1][1] == fingerprint(whole[0])


# ---- Interrupted, gone wrong, finished ----


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("every", [1, 4])
def test_after_ctrl_c_or_an_error_it_goes_on_from_the_last_whole_epoch(
    error, every, whole, tmp_path
):
    path = str(tmp_path / "checkpoint")
    callbacks = [Checkpoint(path, every), EarlyStopping(patience=15), ReduceOnPlateau(patience=3)]
    try:
        learn(path, callbacks=callbacks, extra=[Stop(7, error)])
    except ZeroDivisionError:
        assert error is ZeroDivisionError
    network, history = learn(path, callbacks=callbacks)
    assert [record.epoch for record in history] == list(range(1, EPOCHS + 1))
    assert fingerprint(network) == fingerprint(whole[0])
    assert curves(history) == curves(whole[1])


def test_a_finished_training_resumed_is_finished(whole, tmp_path):
    path = str(tmp_path / "checkpoint")
    learn(path)
    network, history = learn(path)
    assert fingerprint(network) == fingerprint(whole[0])
    assert history.stopped == whole[1].stopped and len(history) == len(whole[1])


def test_a_finished_training_can_be_taken_further(whole, tmp_path):
    path = str(tmp_path / "checkpoint")
    learn(path, epochs=10)
    network, _ = learn(path, epochs=EPOCHS)
    assert fingerprint(network) == fingerprint(whole[0])


@pytest.mark.parametrize("optimizer", [
    lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9, nesterov=True),
    lambda: RandomAdjustment(Random(9)),
], ids=["sgd", "nesterov", "random adjustment"])
def test_every_kind_of_optimizer_goes_on_where_it_was(optimizer, tmp_path):
    def run(path, epochs):
        callbacks = [Checkpoint(path)]
        return learn(path, epochs=epochs, optimizer=optimizer(), callbacks=callbacks)[0]

    straight = run(str(tmp_path / "straight"), 8)
    run(str(tmp_path / "in two"), 3)
    assert fingerprint(run(str(tmp_path / "in two"), 8)) == fingerprint(straight)


# ---- Refused ----


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """The checkpoint of two epochs."""
    path = str(tmp_path_factory.mktemp("begun") / "checkpoint")
    learn(path, epochs=2)
    return path


@pytest.mark.parametrize("changes, difference", [
    ({"noise": 0.11}, "inputs then: 84 rows"),
    ({"hidden": 9}, r"network then: Network\(\[Dense\(2 → 8\)"),
    ({"batch_size": 17}, "batch_size then: 16; now: 17"),
    ({"optimizer": Adam(CosineDecay(0.03, steps=400), clip_norm=1.0)}, "optimizer then"),
    ({"optimizer": SGD(0.1)}, "optimizer then: Adam"),
    ({"validation": None}, "validation inputs then: 36 rows"),
    ({"penalty": L2(0.1)}, r"penalty then: None; now: L2\(0.1\)"),
    ({"callbacks": []}, r"callbacks then: \[EarlyStopping"),
], ids=["data", "network", "batch size", "rate", "optimizer", "validation", "penalty", "callbacks"])
def test_another_training_is_refused_with_the_difference_named(changes, difference, begun):
    with pytest.raises(ValueError, match=difference):
        learn(begun, epochs=4, **changes)


def test_a_checkpoint_is_no_model_and_a_model_no_checkpoint(begun, tmp_path):
    with pytest.raises(ModelFileError, match="this is a checkpoint, not a model"):
        load_model(begun)
    path = str(tmp_path / "model")
    save_model(Model(learn(str(tmp_path / "checkpoint"), epochs=1)[0]), path)
    with pytest.raises(ModelFileError, match="this is no checkpoint"):
        learn(path)


@settings(max_examples=int(os.environ.get("PURENN_FUZZ_CASES", "60")))
@given(st.data())
def test_a_damaged_checkpoint_gives_the_one_error_and_changes_nothing(begun, data):
    with open(begun, "rb") as file:
        whole = file.read()
    place = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    flipped = bytes([whole[place] ^ (1 << data.draw(st.integers(0, 7)))])
    damaged = whole[:place] if cut else whole[:place] + flipped + whole[place + 1:]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "damaged")
        with open(path, "wb") as file:
            file.write(damaged)
        try:
            network, history = learn(path, epochs=2)
        except ModelFileError as error:
            assert path in str(error)
        else:  # a space that became another white space says the same
            assert len(history) == 2
            assert fingerprint(network) == fingerprint(learn(begun, epochs=2)[0])
