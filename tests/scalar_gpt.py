"""microgpt once more, from what is known of it, with nothing of purenn but `Value`.

The numbers are drawn, shuffled and updated here by plain Python, so that `--like microgpt` can be
compared with something that shares none of its code.
"""

import random

from purenn.sequences.autograd import Value
from purenn.sequences.autograd.same_model import scalar_loss


def losses(lines, steps, total_steps):
    """The losses of the first steps of a training that will have so many in all."""
    rng = random.Random(42)
    docs = list(lines)
    rng.shuffle(docs)
    letters = sorted(set("".join(docs)))
    edge = len(letters)
    sizes = [(edge + 1, 16), (16, 16), (edge + 1, 16), *[(16, 16)] * 4, (64, 16), (16, 64)]
    tables = [[[Value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
              for rows, columns in sizes]
    numbers = [x for table in tables for row in table for x in row]
    means, squares = [0.0] * len(numbers), [0.0] * len(numbers)
    wte, wpe, head, *block = tables
    found = []
    for step in range(steps):
        doc = docs[step % len(docs)]
        tokens = [edge, *map(letters.index, doc), edge][:17]
        for x in numbers:
            x.gradient = 0.0
        loss = scalar_loss([wte, wpe, *block, head], 4, tokens)
        loss.backward()
        found.append(loss.data)
        rate = 0.01 * (1 - step / total_steps)
        for k, x in enumerate(numbers):
            means[k] = 0.85 * means[k] + 0.15 * x.gradient
            squares[k] = 0.99 * squares[k] + 0.01 * x.gradient ** 2
            m, v = means[k] / (1 - 0.85 ** (step + 1)), squares[k] / (1 - 0.99 ** (step + 1))
            x.data -= rate * m / (v ** 0.5 + 1e-8)
    return found
