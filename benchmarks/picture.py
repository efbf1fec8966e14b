"""The picture in the README: what a network has learned of three spiral arms.

    python3 benchmarks/picture.py

trains 2-32-32-3 on 300 points and writes benchmarks/spiral.svg: every square of the plane in the
colour of the class that the network gives it, the paler the less sure it is, and the points on top.
"""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn import Adam, Dense, Network, SoftmaxCrossEntropy, Tanh, accuracy, draw, train
from purenn.data import spiral


def main():
    rng = Random(7)
    data = spiral(size=300, classes=3, noise=0.2, rng=rng)
    network = Network([Dense(2, 32, rng), Tanh(), Dense(32, 32, rng), Tanh(), Dense(32, 3, rng)])
    history = train(
        network, data.inputs, data.targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01),
        epochs=150, metrics=[accuracy], rng=rng,
    )
    print(f"{history}, training accuracy {history[-1].metrics['accuracy']:.3f}")
    path = Path(__file__).with_name("spiral.svg")
    draw.regions(network, data, steps=90,
                 title="Three spiral arms, and what a network made of them").save(path)
    print(f"wrote {path.name}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
