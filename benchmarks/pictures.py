"""Pictures whose zeros stay zeros: does a network read them as well as shifted ones?

    python3 benchmarks/pictures.py [IMAGES LABELS]

Pixels are divided by one number when a network learns them, and not shifted by their mean: so the
zeros of the background need no multiplication. Five seeds, each with rows held out of its own, with
the defaults of `train`; once so, and once with the mean subtracted. With two IDX files also those,
three epochs of 784-30-10. Printed are the mean accuracy on the rows held out, its standard error,
and the time of the processor, zeros kept divided by zeros shifted.

    pictures     zeros kept        shifted           time
    digits       0.9716 ± 0.0046   0.9749 ± 0.0051   0.96
    mnist        0.9213 ± 0.0028   0.9123 ± 0.0025   0.90

(10,000 pictures of MNIST; the time of digits is that of CPython 3.11, of mnist that of PyPy.)
"""

import statistics
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import clock
from purenn import fitting
from purenn.data import Standardizer, digits, read_idx
from purenn.measuring import measured
from purenn.recipes import Settings

SEEDS = range(5)


def shifted(rows, whole):
    """Return a standardizer with one mean and one deviation for all columns."""
    numbers = [x for row in rows[:fitting.PIXEL_ROWS] for x in row]
    mean, deviation = statistics.fmean(numbers), statistics.pstdev(numbers)
    return Standardizer([mean] * len(rows[0]), [deviation] * len(rows[0]))


def courses(data, settings):
    """Return accuracies and seconds over the seeds, by the way the pixels are standardized."""
    found = {}
    scaled = fitting._scaled
    for name, way in (("zeros kept", scaled), ("shifted", shifted)):
        fitting._scaled = way
        started, accuracies = clock(), []
        for seed in SEEDS:
            rng = Random(seed)
            task = fitting.prepared(data, settings._replace(seed=seed), rng, pixels=True)
            fitting.fit(task, rng)
            accuracies.append(measured(task.model, task.held_out)["accuracy"])
        found[name] = accuracies, clock() - started
    fitting._scaled = scaled
    return found


def error(values):
    """Return the standard error of the mean."""
    return statistics.stdev(values) / len(values) ** 0.5


def main(files):
    sets = [("digits", digits(), Settings(validation=0.2))]
    if files:
        sets.append(("mnist", read_idx(*files),
                     Settings(hidden=(30,), epochs=3, patience=None, validation=0.2)))
    print(f"{'pictures':<13}{'zeros kept':<18}{'shifted':<18}time")
    for name, data, settings in sets:
        (kept, one), (moved, other) = courses(data, settings).values()
        columns = [f"{statistics.fmean(values):.4f} ± {error(values):.4f}"
                   for values in (kept, moved)]
        print(f"{name:<13}{columns[0]:<18}{columns[1]:<18}{one / other:.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
