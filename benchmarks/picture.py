"""The picture in the README: how a network learns three spiral arms.

    python3 benchmarks/picture.py

trains 2-32-32-3 on 300 points and writes benchmarks/spiral.svg: after some of the epochs, every
square of the plane in the colour of the class that the network gives it, the paler the less sure it
is, and the points on top. The file moves by itself, by style rules; it stands still for those who
ask for reduced motion.
"""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn import Adam, Dense, Network, SoftmaxCrossEntropy, Tanh, accuracy, draw, train
from purenn.data import spiral

SHOWN = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 40]  # epochs


def main():
    rng = Random(7)
    data = spiral(size=300, classes=3, noise=0.2, rng=rng)
    network = Network([Dense(2, 32, rng), Tanh(), Dense(32, 32, rng), Tanh(), Dense(32, 3, rng)])
    loss, optimizer = SoftmaxCrossEntropy(), Adam(0.01)
    pictures = []
    for before, after in zip([0, *SHOWN], SHOWN):
        if after > before:
            train(network, data.inputs, data.targets, loss=loss, optimizer=optimizer,
                  epochs=after - before, rng=rng)
        right = accuracy(network.predict(data.inputs), data.targets)
        title = f"After {after} epochs: {right:.0%} right"
        pictures.append(draw.regions(network, data, steps=50, title=title))
        print(title)
    path = Path(__file__).with_name("spiral.svg")
    draw.frames(pictures, title="A network learns three spiral arms", seconds=0.7).save(path)
    print(f"wrote {path.name}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
