"""How well does the demo read digits, and how much of that is the luck of one seed?

    python3 benchmarks/demo_seeds.py [RATE]

trains the network of `python3 -m purenn` with 24 seeds, each with a split and starting weights of
its own, and prints the mean, the least and the largest accuracy on the digits put aside.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn.app.demo import SETTINGS, learn
from purenn.measuring import measured

SEEDS = 24


def main():
    rate = float(sys.argv[1]) if len(sys.argv) > 1 else SETTINGS.learning_rate
    found = []
    for seed in range(SEEDS):
        task, _ = learn(SETTINGS._replace(seed=seed, learning_rate=rate))
        found.append(measured(task.model, task.held_out)["accuracy"])
    print(f"rate {rate:g}, {SEEDS} seeds: mean {sum(found) / SEEDS:.4f}, "
          f"from {min(found):.4f} to {max(found):.4f}")


if __name__ == "__main__":
    main()
