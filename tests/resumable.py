"""A training in a process of its own, to be killed: `resumable.py CHECKPOINT` prints its epochs.

It uses everything that has a state: Adam's memory, clipping, a schedule, dropout, shuffling, early
stopping and a rate that is reduced on the way. When it is done, it prints the hash of the weights.
"""

import hashlib
import os
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn import (
    Adam,
    Callback,
    CosineDecay,
    Dense,
    Dropout,
    EarlyStopping,
    Network,
    ReduceOnPlateau,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    train,
)
from purenn.data import moons, split
from purenn.store.checkpoint import Checkpoint

EPOCHS = 25


class Announce(Callback):
    """Say each epoch as it ends, so that whoever kills knows how far we are."""

    def after_epoch(self, run, record):
        print("epoch", record.epoch, flush=True)


def learn(path, epochs=EPOCHS, extra=(), hidden=8, noise=0.1, batch_size=16, **changed):
    """Train as always, or with something changed; go on with the checkpoint if there is one."""
    rng = Random(5)
    learning, test = split(moons(size=120, noise=noise, rng=Random(3)), 0.3, rng=Random(1))
    network = Network([Dense(2, hidden, rng), Tanh(), Dropout(0.2, rng), Dense(hidden, 2, rng)])
    settings = {
        "loss": SoftmaxCrossEntropy(),
        "optimizer": Adam(CosineDecay(0.02, steps=400), clip_norm=1.0),
        "validation": (test.inputs, test.targets),
        "callbacks": [Checkpoint(path, resume=os.path.exists(path)), EarlyStopping(patience=15),
                      ReduceOnPlateau(patience=3)],
        **changed,
    }
    settings["callbacks"] = [*settings["callbacks"], *extra]
    history = train(network, learning.inputs, learning.targets, epochs=epochs,
                    batch_size=batch_size, metrics=[accuracy], rng=rng, **settings)
    return network, history


def fingerprint(network):
    text = repr([parameter.value for parameter in network.parameters()])
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    trained, _ = learn(sys.argv[1], extra=[Announce()])
    print("weights", fingerprint(trained), flush=True)
