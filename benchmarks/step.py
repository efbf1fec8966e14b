"""What does a training step cost, and what of it is the price of having a library?

The same step twice: by purenn, and by a straight-line script of list comprehensions that can do
nothing else. Both use the same dot product. The network is 64-32-10 with ReLU, softmax and
cross-entropy fused, plain SGD, batches of 32.

    python3 benchmarks/step.py

prints the median time of each per example, and the ratio of the medians. The repeats of the two are
interleaved, so that a machine that is busy for a while slows both; the ratio is what counts.
"""

import math
import statistics
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn import SGD, Dense, Network, ReLU, SoftmaxCrossEntropy, linalg
from purenn.training import Run, learn_from_batch

INPUTS, HIDDEN, CLASSES, BATCH, RATE = 64, 32, 10, 32, 0.1
REPEATS, STEPS = 15, 8

dot = linalg._dot  # the very same function


def straight_step(w1, b1, w2, b2, x, labels):
    """One step, written out; returns the new parameters."""
    h = [[dot(row, w) + b for w, b in zip(w1, b1)] for row in x]
    a = [[z if z > 0 else 0.0 for z in row] for row in h]
    s = [[dot(row, w) + b for w, b in zip(w2, b2)] for row in a]
    g = []
    for row, label in zip(s, labels):
        top = max(row)
        powers = [math.exp(z - top) for z in row]
        total = sum(powers)
        g.append([p / total / BATCH for p in powers])
        g[-1][label] -= 1 / BATCH
    g_columns, a_columns, x_columns = list(zip(*g)), list(zip(*a)), list(zip(*x))
    w2_columns = list(zip(*w2))
    d2 = [[dot(column, other) for other in a_columns] for column in g_columns]
    back = [[dot(row, column) if z > 0 else 0.0 for column, z in zip(w2_columns, zs)]
            for row, zs in zip(g, h)]
    back_columns = list(zip(*back))
    d1 = [[dot(column, other) for other in x_columns] for column in back_columns]
    w1 = [[w - RATE * d for w, d in zip(row, ds)] for row, ds in zip(w1, d1)]
    w2 = [[w - RATE * d for w, d in zip(row, ds)] for row, ds in zip(w2, d2)]
    b1 = [b - RATE * sum(column) for b, column in zip(b1, back_columns)]
    b2 = [b - RATE * sum(column) for b, column in zip(b2, g_columns)]
    return w1, b1, w2, b2


def main():
    rng = Random(0)
    x = [[rng.random() for _ in range(INPUTS)] for _ in range(BATCH)]
    labels = [int(rng.random() * CLASSES) for _ in range(BATCH)]
    network = Network([Dense(INPUTS, HIDDEN, rng), ReLU(), Dense(HIDDEN, CLASSES, rng)])
    first, last = network.layers[0], network.layers[2]
    straight = (first.weights.value, first.biases.value[0],
                last.weights.value, last.biases.value[0])
    run = Run(network, x, labels, SoftmaxCrossEntropy(), SGD(RATE), epochs=1, batch_size=BATCH,
              validation=None, metrics=(), penalty=None, callbacks=(), rng=rng)
    times = {"straight-line script": [], "purenn": []}
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(STEPS):
            straight = straight_step(*straight, x, labels)
        times["straight-line script"].append(time.perf_counter() - start)
        start = time.perf_counter()
        for _ in range(STEPS):
            learn_from_batch(run, x, labels)
        times["purenn"].append(time.perf_counter() - start)
    furthest = max(abs(ours - theirs) for a, b in zip(first.weights.value, straight[0])
                   for ours, theirs in zip(a, b))
    assert furthest < 1e-9, f"the two do not compute the same: weights differ by {furthest}"
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"Python {sys.version.split()[0]} ({sys.implementation.name}), dot: {dot.__name__}")
    for name, median in medians.items():
        print(f"{name:>22}: {median / STEPS / BATCH * 1e6:7.1f} µs per example")
    print(f"{'ratio':>22}: {medians['purenn'] / medians['straight-line script']:7.2f}")


if __name__ == "__main__":
    main()
