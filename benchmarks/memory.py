"""Memory: 60,000 pictures of 784 pixels, from two IDX files to a trained network.

As lists of floats they would take 60,000 · 784 · 8 bytes, 376 MB, for the pointers alone; purenn
keeps the bytes and makes rows of them when a batch wants them. The files are really made, and a
process of its own reads them and trains. The peak comes when every label and every row is looked
at before the first step, or at the end of an epoch, when the metrics see the answers to all
examples. How many neurons are hidden hardly matters for it, only for the time. So the process takes
a few steps of 784-30-10, and then goes through one whole epoch with two hidden neurons: the same
data, the same checks and metrics, in seconds in place of minutes.

    python3 -m benchmarks.memory IMAGES LABELS

is that process.

Before this: start. After this: profiling.
"""

import os
import struct
import sys
import tempfile
from random import Random
from typing import Any, Callable, Dict

import purenn

from . import contestants as who
from .measuring import Plan
from .processes import measure_process, python
from .report import Result, Table, shown
from .tasks import make_task

PIXELS, CLASSES, WIDE, NARROW = 784, 10, 30, 2


def write_pictures(folder: str, count: int) -> None:
    """Write two IDX files of random pictures and labels, as `images` and `labels`."""
    rng = Random(0)
    pixels = rng.getrandbits(8 * count * PIXELS).to_bytes(count * PIXELS, "little")
    labels = bytes(int(rng.random() * CLASSES) for _ in range(count))
    with open(os.path.join(folder, "images"), "wb") as file:
        file.write(struct.pack(">IIII", 0x803, count, 28, 28) + pixels)
    with open(os.path.join(folder, "labels"), "wb") as file:
        file.write(struct.pack(">II", 0x801, count) + labels)


def learn_pictures(images: str, labels: str) -> None:
    """Read the files, take a few steps of the wide network, and a whole epoch of the narrow one."""
    from purenn.data import read_idx

    data, rng = read_idx(images, labels), Random(0)
    for hidden, count in ((WIDE, 96), (NARROW, len(data.inputs))):
        network = purenn.Network([purenn.Dense(PIXELS, hidden, rng), purenn.ReLU(),
                                  purenn.Dense(hidden, CLASSES, rng)])
        inputs: Any = data.inputs[:count]
        purenn.train(network, inputs, data.targets[:count], loss=purenn.SoftmaxCrossEntropy(),
                     optimizer=purenn.SGD(0.01), epochs=1, metrics=[purenn.accuracy], rng=rng)


def measure(plan: Plan) -> float:
    """Return the peak of that process in bytes."""
    count = plan.pick([60_000], [100])[0]
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(folder, count)
        files = [os.path.join(folder, name) for name in ("images", "labels")]
        return measure_process([*python("-m", "benchmarks.memory"), *files]).peak


def run(plan: Plan) -> Result:
    """Measure the peak."""
    count, peak = plan.pick([60_000], [100])[0], measure(plan)
    return Result(
        "Memory: MNIST's size",
        f"A whole process that reads {count:,} pictures of 784 pixels from IDX files and trains.",
        [Table("", ["", "peak MB"], [[f"{count:,} × 784", shown(peak / 1e6)]])], [], {},
        {"pictures": count, "peak bytes": peak},
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: a step of the wide network."""
    return who.steps([make_task((PIXELS, WIDE, CLASSES), 32)])


if __name__ == "__main__":
    learn_pictures(*sys.argv[1:3])
