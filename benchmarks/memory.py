"""Memory: 60,000 pictures of 784 pixels from two IDX files, and a table of a million rows.

As lists of floats they would take 60,000 · 784 · 8 bytes, 376 MB, for the pointers alone; purenn
keeps the bytes and makes rows of them when a batch wants them. The files are really made, and a
process of its own reads them and trains. The peak comes when every label and every row is looked
at before the first step, or at the end of an epoch, when the metrics see the answers to all
examples. How many neurons are hidden hardly matters for it, only for the time. So the process takes
a few steps of 784-30-10, and then goes through one whole epoch with two hidden neurons: the same
data, the same checks and metrics, in seconds in place of minutes.

    python3 -m benchmarks.memory IMAGES LABELS

is that process. The table has three columns of numbers and one of words, a million rows of text;
the command `train` reads it and learns for one epoch. All peaks are those beyond a bare start.

Before this: start. After this: profiling.
"""

import os
import struct
import sys
import tempfile
from random import Random
from typing import Any, Callable, Dict, Tuple

import purenn

from . import contestants as who
from .measuring import Plan
from .processes import measure_process, python
from .report import Result, Table, shown
from .tasks import make_task

PIXELS, CLASSES, WIDE, NARROW = 784, 10, 30, 2
PICTURES, TABLE = "pictures of 784 pixels", "rows of a CSV file"


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


def write_table(path: str, count: int) -> None:
    """Write a CSV file of three numbers a row and a word that depends on them."""
    rng = Random(0)
    with open(path, "w", encoding="ascii") as file:
        file.write("a,b,c,class\n")
        for _ in range(count):
            a, b, c = (rng.random() for _ in "abc")
            file.write(f"{a:.4f},{b:.4f},{c:.4f},{'yes' if a + b > c + 0.5 else 'no'}\n")


def measure(plan: Plan) -> Dict[str, float]:
    """Return the peaks of both processes beyond that of a bare start, in bytes."""
    count, rows = sizes(plan)
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(folder, count)
        files = [os.path.join(folder, name) for name in ("images", "labels")]
        table, model = os.path.join(folder, "table.csv"), os.path.join(folder, "model.safetensors")
        write_table(table, rows)
        bare = measure_process(python("-c", "pass")).peak
        pictures = measure_process([*python("-m", "benchmarks.memory"), *files]).peak
        learned = measure_process([
            *python("-m", "purenn", "train", table, "--epochs", "1", "--hidden", "4",
                    "--batch-size", "1000", "--quiet", "-o", model)]).peak
    return {PICTURES: pictures - bare, TABLE: learned - bare}


def sizes(plan: Plan) -> Tuple[int, int]:
    """Return the numbers of pictures and of rows."""
    return (100, 100) if plan.smallest else (60_000, 1_000_000)


def run(plan: Plan) -> Result:
    """Measure the peaks."""
    peaks = measure(plan)
    return Result(
        "Memory: MNIST's size, and a table of a million rows",
        "Whole processes, beyond a bare start: one reads pictures of 784 pixels from IDX files and "
        "trains, the other is `purenn train` on a CSV file.",
        [Table("", ["", "peak MB"], [
            [f"{count:,} {what}", shown(peaks[what] / 1e6)]
            for what, count in zip((PICTURES, TABLE), sizes(plan))])], [], {},
        {**dict(zip(("pictures", "rows"), sizes(plan))),
         **{f"peak bytes, {what}": peak for what, peak in peaks.items()}},
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: a step of the wide network."""
    return who.steps([make_task((PIXELS, WIDE, CLASSES), 32)])


if __name__ == "__main__":
    learn_pictures(*sys.argv[1:3])
