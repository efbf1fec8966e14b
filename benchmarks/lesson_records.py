"""Recorded measurements for the lessons: what a reader's own machine cannot or need not show.

    python3 -m benchmarks.lesson_records layer      a whole layer, from nested loops to vectors
    python3 -m benchmarks.lesson_records nudges     random adjustments beside gradient descent
    python3 -m benchmarks.lesson_records race       four optimizers, each at several rates
    python3 -m benchmarks.lesson_records autograd   one step of a language model, in three ways
    python3 -m benchmarks.lesson_records language   models of the next character, and their losses

Each writes what it found into `purenn/lessons/recorded.py`, with the machine and the versions it
ran on. `layer` and `autograd` add an entry for the Python they are run with, so run them with
several. Times are those of the processor (time.process_time). Of `layer` they are the least of 25
turns in which all ways take part, of `autograd` the least of 20, or of two; their ratios within one
run are what counts, since the machine is never quite at rest. `nudges` and `race` count and compare
losses: they give the same numbers everywhere, and PyPy has them in a few minutes. `language` needs
some minutes on CPython; its losses are the same everywhere but for the last digits, its
seconds are not.

After this: nothing; `python3 -m benchmarks` measures more, and for its own sake.
"""

import functools
import json
import math
import platform
import sys
import time
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from purenn import (
    SGD, Adam, CosineDecay, Dense, Network, RandomAdjustment, ReLU, RMSProp, SoftmaxCrossEntropy,
    Tanh, accuracy, linalg, train,
)
from purenn.data import spiral
from purenn.initializers import permutation
from purenn.linalg import Matrix
from purenn.sequences import Embedding, NextToken, characters, gpt, names, questions
from purenn.sequences.autograd.microgpt import microgpt
from purenn.sequences.autograd.same_model import by_layers, by_numbers, by_tape

RECORDED = Path(__file__).resolve().parent.parent / "purenn" / "lessons" / "recorded.py"
EXAMPLES, NEURONS, INPUTS = 32, 32, 64  # as in part 2: 65,536 multiplications

HEAD = '''"""Measurements that were made once, on a machine and versions that are named below.

The lessons show them beside what they measure where they run. `benchmarks/lesson_records.py` wrote
this file; do not change it by hand.
"""

from typing import Any, Dict

__all__ = ["RECORDS"]

RECORDS: Dict[str, Any] = '''


# ---- A whole layer ----


def nested_loops(rows: Matrix, weights: Matrix) -> Matrix:
    """Return the dot products of all rows with all neurons, by three loops with indices."""
    outputs = []
    for r in range(len(rows)):
        row = []
        for o in range(len(weights)):
            total = 0.0
            for i in range(len(weights[o])):
                total += rows[r][i] * weights[o][i]
            row.append(total)
        outputs.append(row)
    return outputs


def zipped_loops(rows: Matrix, weights: Matrix) -> Matrix:
    """Return the same, the innermost loop in pairs."""
    outputs = []
    for row in rows:
        products = []
        for neuron in weights:
            total = 0.0
            for x, w in zip(row, neuron):
                total += x * w
            products.append(total)
        outputs.append(products)
    return outputs


def layer() -> Dict[str, Any]:
    """Time a whole layer in four ways; return the entry of this Python."""
    rng = Random(1)
    rows = linalg.generate(EXAMPLES, INPUTS, rng.random)
    weights = linalg.generate(NEURONS, INPUTS, rng.random)
    ways: Dict[str, Callable[[], Any]] = {
        "three nested loops": lambda: nested_loops(rows, weights),
        "loops with zip": lambda: zipped_loops(rows, weights),
        "linalg.inner": lambda: linalg.inner(rows, weights),
    }
    numpy = _numpy()
    if numpy is not None:
        left, right = numpy.array(rows), numpy.array(weights)
        ways["NumPy"] = lambda: left @ right.T
    seconds = _seconds(ways)
    return {"python": _python(), "numpy": numpy.__version__ if numpy else "", "machine": _machine(),
            "microseconds": {name: round(1e6 * one, 2) for name, one in seconds.items()}}


def _seconds(ways: Dict[str, Callable[[], Any]]) -> Dict[str, float]:
    """Time all ways turn by turn, so that a busy moment hits each, and take the quickest turns."""
    calls = {}
    for name, way in ways.items():
        for _ in range(30):
            way()  # PyPy compiles what it has seen often
        calls[name] = 1
        while _spent(way, calls[name]) < 0.05:
            calls[name] *= 2
    turns = [{name: _spent(way, calls[name]) / calls[name] for name, way in ways.items()}
             for _ in range(25)]
    return {name: min(turn[name] for turn in turns) for name in ways}


def _spent(way: Callable[[], Any], calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        way()
    return time.process_time() - start


# ---- Nudges and gradients ----

GOAL = 0.5  # a loss at which most of the spiral is right
WIDTHS, SEEDS = (8, 16, 32), (2, 3, 4)
SCALES, RATES = (0.02, 0.05, 0.1), (0.3, 1.0)
MOST = 4000  # nudges or steps, then it is given up


def _network(seed: int, width: int) -> Network:
    rng = Random(seed)
    return Network([Dense(2, width, rng), ReLU(), Dense(width, width, rng), ReLU(),
                    Dense(width, 3, rng)])


def nudges() -> Dict[str, Any]:
    """Count how often all points are looked at until the loss is below the goal.

    A nudge needs two looks, the loss before it and after it; a step of gradient descent counts as
    three, since the way back costs about two.
    """
    rows = []
    for width in WIDTHS:
        count = int(math.fsum(len(one.value) * len(one.value[0])
                              for one in _network(1, width).parameters()))
        by_scale = {scale: [_looks_by_nudges(seed, width, scale) for seed in SEEDS]
                    for scale in SCALES}
        by_rate = {rate: [_looks_by_gradient(seed, width, rate) for seed in SEEDS]
                   for rate in RATES}
        rows.append({"width": width, "parameters": count, "nudges": by_scale, "gradient": by_rate})
        print(rows[-1], file=sys.stderr, flush=True)
    return {"goal": GOAL, "points": 90, "seeds": list(SEEDS), "rows": rows,
            "accuracy": _accuracy_on_the_way()}


def _accuracy_on_the_way() -> Dict[int, float]:
    """Return the accuracy after some numbers of nudges: part 8's larger network, let go on."""
    data, loss = spiral(size=90, rng=Random(1)), SoftmaxCrossEntropy()
    network, optimizer = _network(2, 16), RandomAdjustment(Random(3))
    reached = {}
    for step in range(1, 1001):
        optimizer.step(network.parameters(),
                       lambda: loss(network.forward(data.inputs), data.targets))
        if step in (150, 500, 1000):
            reached[step] = round(accuracy(network.predict(data.inputs), data.targets), 3)
    return reached


def _looks_by_nudges(seed: int, width: int, scale: float) -> Optional[int]:
    data, loss = spiral(size=90, rng=Random(1)), SoftmaxCrossEntropy()
    network, optimizer = _network(seed, width), RandomAdjustment(Random(seed + 1), scale)

    def measure() -> float:
        return loss(network.forward(data.inputs), data.targets)

    for step in range(1, MOST + 1):
        optimizer.step(network.parameters(), measure)
        if measure() < GOAL:
            return 2 * step
    return None


def _looks_by_gradient(seed: int, width: int, rate: float) -> Optional[int]:
    data, loss = spiral(size=90, rng=Random(1)), SoftmaxCrossEntropy()
    network, optimizer = _network(seed, width), SGD(rate)
    for step in range(MOST):
        scores = network.forward(data.inputs)
        if loss(scores, data.targets) < GOAL:
            return 3 * step
        network.backward(loss.gradient(scores, data.targets))
        optimizer.step(network.parameters())
    return None


# ---- The race ----

RACERS: Dict[str, Dict[float, Callable[[], Any]]] = {
    "SGD": {rate: lambda rate=rate: SGD(rate) for rate in (0.1, 0.3, 1.0, 3.0)},
    "momentum": {rate: lambda rate=rate: SGD(rate, momentum=0.9)
                 for rate in (0.01, 0.03, 0.1, 0.3)},
    "RMSProp": {rate: lambda rate=rate: RMSProp(rate) for rate in (0.003, 0.01, 0.03, 0.1, 0.3)},
    "Adam": {rate: lambda rate=rate: Adam(rate) for rate in (0.003, 0.01, 0.03, 0.1, 0.3)},
}


def race() -> Dict[str, Any]:
    """Train part 9's network by each optimizer at each rate, from three starts."""
    data, loss = spiral(size=150, rng=Random(1)), SoftmaxCrossEntropy()
    losses: Dict[str, Dict[float, List[float]]] = {}
    for name, rates in RACERS.items():
        for rate, make in rates.items():
            for seed in SEEDS:
                network = _network(seed, 16)
                train(network, data.inputs, data.targets, loss=loss, optimizer=make(), epochs=40,
                      batch_size=30, rng=Random(seed + 1))
                final = loss(network.predict(data.inputs), data.targets)
                losses.setdefault(name, {}).setdefault(rate, []).append(round(final, 3))
            print(name, rate, losses[name][rate], file=sys.stderr, flush=True)
    return {"epochs": 40, "seeds": list(SEEDS), "losses": losses}


# ---- A step in three ways ----


def autograd() -> Dict[str, Any]:
    """Time forward and backward of the small model on twenty names, each several times over.

    The numbers come last: what they leave behind is collected at their own expense.
    """
    recipe = microgpt(names(), 1000)
    texts = [[int(a), *(int(token) for token in row if token >= 0)]
             for (a, *_), row in zip(recipe.inputs[:20], recipe.targets)]
    least: Dict[str, List[float]] = {"layers": [], "tape": [], "numbers": []}
    for text in texts:
        turns = [(_step(by_layers, recipe.model, text), _step(by_tape, recipe.model, text))
                 for _ in range(20)]
        for name, times in zip(("layers", "tape"), zip(*turns)):
            least[name].append(min(times))
    for text in texts:
        least["numbers"].append(min(_step(by_numbers, recipe.model, text) for _ in range(2)))
    return {"python": _python(), "machine": _machine(), "milliseconds": {
        name: round(1000 * math.fsum(times) / len(times), 3) for name, times in least.items()}}


def _step(way: Callable[..., Any], model: Network, text: Sequence[int]) -> float:
    return _spent(functools.partial(way, model, text), 1)


# ---- Models of the next character ----

DENSE_STEPS = 1875
LANGUAGE_MODELS = (  # width, steps, names a step, rate
    (16, 1000, 1, 0.01), (16, 1000, 4, 0.01), (16, 1000, 8, 0.01), (16, 3000, 8, 0.01),
    (16, 3000, 16, 0.013),
)


def language() -> Dict[str, Any]:
    """Train models of the next character; return held-out losses, sizes and seconds."""
    texts = names()
    order = permutation(len(texts), Random(0))
    vocabulary = characters(texts)
    encoded = [vocabulary.with_edges(texts[k]) for k in order]
    aside, learning = encoded[:len(texts) // 10], encoded[len(texts) // 10:]
    rows = [_dense_row(count, learning, aside) for count in (1, 3, 8)]
    rows += [_attention_row(*settings, learning, aside) for settings in LANGUAGE_MODELS]
    return {"python": _python(), "machine": _machine(), "models": rows}


def _dense_row(
    count: int, learning: Sequence[List[int]], aside: Sequence[List[int]]
) -> Dict[str, Any]:
    """The network of part 13, on the last `count` characters."""
    rng, tokens = Random(1), 27
    network = Network([Embedding(tokens, 8, rng, per_row=count), Dense(8 * count, 48, rng), Tanh(),
                       Dense(48, tokens, rng)])
    inputs, targets = windows(learning, count)
    start = time.process_time()
    train(network, inputs, targets, loss=SoftmaxCrossEntropy(),
          optimizer=Adam(CosineDecay(0.01, DENSE_STEPS)), epochs=1, rng=rng,
          sampler=lambda epoch: _drawn(len(inputs), DENSE_STEPS, 32, rng))
    seconds = time.process_time() - start
    inputs, targets = windows(aside, count)
    loss = SoftmaxCrossEntropy()(network.predict(inputs), targets)
    return _row(f"dense, last {count}", DENSE_STEPS, network, loss, seconds)


def windows(texts: Sequence[List[int]], count: int) -> Tuple[Matrix, List[int]]:
    """Return the last `count` tokens before each token, and the token; edges before the first."""
    inputs, targets = [], []
    for text in texts:
        padded = [float(text[0])] * (count - 1) + [float(token) for token in text]
        for place, token in enumerate(text[1:]):
            inputs.append(padded[place:place + count])
            targets.append(token)
    return inputs, targets


def _attention_row(
    width: int, steps: int, batch: int, rate: float, learning: Sequence[List[int]],
    aside: Sequence[List[int]],
) -> Dict[str, Any]:
    """The language model of part 15."""
    rng = Random(1)
    model = gpt(27, 16, width, 4, 1, rng)
    inputs, targets = questions(learning)
    start = time.process_time()
    train(model, inputs, targets, loss=NextToken(), optimizer=Adam(CosineDecay(rate, steps)),
          epochs=1, batch_size=batch, rng=rng,
          sampler=lambda epoch: _drawn(len(inputs), steps, batch, rng))
    seconds = time.process_time() - start
    inputs, targets = questions(aside)
    loss = NextToken()(model.predict(inputs), targets)
    return _row(f"attention, width {width}, {steps:,} steps of {batch}", steps, model, loss,
                seconds)


def _drawn(count: int, steps: int, batch: int, rng: Random) -> List[List[int]]:
    return [[int(rng.random() * count) for _ in range(batch)] for _ in range(steps)]


def _row(name: str, steps: int, network: Network, loss: float, seconds: float) -> Dict[str, Any]:
    learned = math.fsum(len(linalg.ravel(one.value)) for one in network.parameters())
    row = {"model": name, "steps": steps, "parameters": int(learned), "loss": round(loss, 3),
           "seconds": round(seconds, 1)}
    print(row, file=sys.stderr, flush=True)
    return row


# ---- The file ----


def _python() -> str:
    version = platform.python_version()
    if platform.python_implementation() == "PyPy":
        release = ".".join(map(str, sys.pypy_version_info[:3]))  # type: ignore[attr-defined]
        return f"PyPy {release} (Python {version})"
    return f"{platform.python_implementation()} {version}"


def _machine() -> str:
    """Return the name of the processor, as far as the system tells, and that of the system."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {platform.system()}"


def _numpy() -> Any:
    try:
        return import_module("numpy")
    except ImportError:
        return None


MEASURED: Dict[str, Callable[[], Dict[str, Any]]] = {
    "layer": layer, "nudges": nudges, "race": race, "autograd": autograd, "language": language,
}
BY_PYTHON = ("layer", "autograd")


def main(words: List[str]) -> int:
    """Measure what the words name, and write it into the file."""
    if not words or not set(words) <= set(MEASURED):
        print(f"benchmarks.lesson_records: expected some of {', '.join(MEASURED)}", file=sys.stderr)
        return 2
    known: Dict[str, Any] = {}
    if RECORDED.exists():
        known = dict(import_module("purenn.lessons.recorded").RECORDS)
    for word in words:
        entry = MEASURED[word]()
        if word in BY_PYTHON:
            others = [one for one in known.get(word, []) if one["python"] != entry["python"]]
            known[word] = sorted([*others, entry], key=lambda one: str(one["python"]))
        else:
            known[word] = entry
    RECORDED.write_text(HEAD + _literal(known) + "\n", encoding="utf-8")
    return 0


def _literal(value: Any, indent: int = 0) -> str:
    """Return a value as Python source: a line for what fits on one, else a line for each entry."""
    line = repr(value) if not isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(line) + indent < 78 and not (isinstance(value, dict) and indent == 0):
        return line
    space = " " * (indent + 4)
    if isinstance(value, dict):
        inside = [f"{space}{key!r}: {_literal(one, indent + 4)},\n" for key, one in value.items()]
        return "{\n" + "".join(inside) + " " * indent + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{space}{_literal(one, indent + 4)},\n" for one in value) + \
            " " * indent + "]"
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
