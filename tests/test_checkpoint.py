"""A training that is killed and resumed ends with the same bits as one that never stopped."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import pytest
import resumable
from hypothesis import given, settings
from hypothesis import strategies as st
from resumable import EPOCHS, fingerprint, learn

from purenn import (
    L2, SGD, Adam, Callback, CosineDecay, Dense, Dropout, EarlyStopping, Network, RandomAdjustment,
    ReduceOnPlateau, SoftmaxCrossEntropy, Tanh, linalg, train,
)
from purenn.model import Model
from purenn.store import safetensors, strict_json
from purenn.store.architecture import digest
from purenn.store.checkpoint import Checkpoint, ResumeError
from purenn.store.errors import ModelFileError
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


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_moments_and_resumed_the_final_weights_are_the_same(seed, whole, tmp_path):
    rng, path, kills = Random(seed), str(tmp_path / "checkpoint"), 0
    for may_be_killed in [True] * 6 + [False]:
        # Without a buffer: communicate would miss what readline has taken into it.
        process = subprocess.Popen([sys.executable, resumable.__file__, path], bufsize=0,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            if may_be_killed:
                for _ in range(1 + int(6 * rng.random())):
                    process.stdout.readline()
                time.sleep(0.01 * rng.random())  # somewhere in the next epoch, or in its saving
                process.send_signal(signal.SIGKILL)
            output, complaints = process.communicate(timeout=120)
        finally:
            process.kill()
        # Killed, or done before the signal came; that it fails on its own is what must not be.
        assert process.returncode in ((0, -signal.SIGKILL) if may_be_killed else (0,)), complaints
        if process.returncode == 0:
            break
        kills += 1
    assert kills >= 3
    assert output.split()[-2:] == [b"weights", fingerprint(whole[0]).encode()]


# ---- Interrupted, gone wrong, finished ----


@pytest.mark.slow
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("every", [1, 4])
def test_after_ctrl_c_or_an_error_it_goes_on_from_the_last_whole_epoch(
    error, every, whole, tmp_path
):
    path = str(tmp_path / "checkpoint")
    others = [EarlyStopping(patience=15), ReduceOnPlateau(patience=3)]
    with pytest.raises(error):
        learn(path, callbacks=[Checkpoint(path, every), *others], extra=[Stop(7, error)])
    network, history = learn(path, callbacks=[Checkpoint(path, every, resume=True), *others])
    assert [record.epoch for record in history] == list(range(1, EPOCHS + 1))
    assert fingerprint(network) == fingerprint(whole[0])
    assert curves(history) == curves(whole[1])


@pytest.mark.slow
def test_a_finished_training_resumed_is_finished(whole, tmp_path):
    path = str(tmp_path / "checkpoint")
    learn(path)
    network, history = learn(path)
    assert fingerprint(network) == fingerprint(whole[0])
    assert history.stopped == whole[1].stopped and len(history) == len(whole[1])


@pytest.mark.slow
def test_a_finished_training_can_be_taken_further(whole, tmp_path):
    path = str(tmp_path / "checkpoint")
    learn(path, epochs=10)
    network, _ = learn(path, epochs=EPOCHS)
    assert fingerprint(network) == fingerprint(whole[0])


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [
    lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9, nesterov=True),
    lambda: RandomAdjustment(Random(9)),
], ids=["sgd", "nesterov", "random adjustment"])
def test_every_kind_of_optimizer_goes_on_where_it_was(optimizer, tmp_path):
    def run(path, epochs):
        callbacks = [Checkpoint(path, resume=os.path.exists(path))]
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
    ({"noise": 0.11}, "inputs was 84 rows"),
    ({"hidden": 9}, r"network was .*\"neurons\": 8"),
    ({"batch_size": 17}, "batch_size was 16, is 17"),
    ({"optimizer": Adam(CosineDecay(0.03, steps=400), clip_norm=1.0)}, "optimizer was"),
    ({"optimizer": SGD(0.1)}, "optimizer was .*Adam"),
    ({"validation": None}, "validation inputs was 36 rows"),
    ({"penalty": L2(0.1)}, r"penalty was null, is .*0.1"),
    ({"patience": None}, r"callbacks was .*EarlyStopping"),
], ids=["data", "network", "batch size", "rate", "optimizer", "validation", "penalty", "callbacks"])
def test_another_training_is_refused_with_the_difference_named(changes, difference, begun):
    if "patience" in changes:
        changes = {"callbacks": [Checkpoint(begun, resume=True)]}
    with pytest.raises(ResumeError, match=difference):
        learn(begun, epochs=4, **changes)


def test_a_checkpoint_is_no_model_and_a_model_no_checkpoint(begun, tmp_path):
    with pytest.raises(ModelFileError, match="this is a checkpoint, not a model"):
        load_model(begun)
    path = str(tmp_path / "model")
    save_model(Model(learn(str(tmp_path / "checkpoint"), epochs=1)[0]), path)
    with pytest.raises(ModelFileError, match="this is no checkpoint"):
        learn(path)


@pytest.mark.slow
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


# ---- Versions, and words of one's own ----


def old_training(path, epochs=10, **changes):
    """The training whose checkpoint purenn 0.1 has written, after five of its epochs."""
    rng = Random(5)
    inputs = [[x / 10, (x * 7 % 10) / 10] for x in range(20)]
    network = Network([Dense(2, 3, rng), Tanh(), Dropout(0.25, rng), Dense(3, 2, rng)])
    options = {"batch_size": 8, "penalty": L2(0.001), **changes}
    history = train(network, inputs, [int(x > 9) for x in range(20)], loss=SoftmaxCrossEntropy(),
                    optimizer=Adam(CosineDecay(0.05, 50), clip_norm=1.0), epochs=epochs, rng=rng,
                    callbacks=[Checkpoint(path, resume=True), EarlyStopping(5)], **options)
    return network, history


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.checkpoint"
    path.write_bytes((Path(__file__).parent / "saved_by_0_1" / "training.checkpoint").read_bytes())
    return str(path)


def test_a_checkpoint_of_0_1_goes_on(old):
    _, history = old_training(old)
    assert len(history) == 10 and history[4].loss != history[5].loss
    again, _ = old_training(old)  # by now it is in the present format
    assert len(history) == 10 and all(linalg.all_finite(p.value) for p in again.parameters())


def test_a_checkpoint_of_0_1_is_refused_for_other_data_and_other_shapes(old):
    with pytest.raises(ResumeError, match="batch_size was 8, is 9"):
        old_training(old, batch_size=9)


def test_a_checkpoint_of_a_newer_format_is_refused_by_name(begun, tmp_path):
    with open(begun, "rb") as file:
        tensors, metadata = safetensors.read(file)
    facts = {**json.loads(metadata["purenn"]), "format_version": 99, "version": "9.9"}
    path = str(tmp_path / "newer")
    safetensors.write(path, tensors, {
        "purenn": strict_json.serialize(facts).decode(), "sha256": digest(facts, tensors)})
    with pytest.raises(ModelFileError, match="by purenn '9.9' in format 99"):
        learn(path, epochs=4)


def test_settings_in_words_of_ones_own_are_what_is_told(tmp_path):
    path = str(tmp_path / "checkpoint")

    def run(about, hidden):
        checkpoint = Checkpoint(path, resume=os.path.exists(path), about=about)
        learn(path, epochs=1, hidden=hidden, callbacks=[checkpoint])

    run({"--seed": 0, "data": "a.csv"}, 8)
    with pytest.raises(ResumeError, match="training; --seed was 0, is 5; go on") as error:
        run({"--seed": 5, "data": "a.csv"}, 9)
    assert error.value.differences == {"--seed": (0, 5)}
