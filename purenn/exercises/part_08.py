"""The exercises of part 8: getting better by chance alone, in two ways.

Chance itself is handed in, as candidates or as nudges, so there is one right answer.

Before this: `part_07`. After this: `part_09`.
"""

from __future__ import annotations

import math
from random import Random
from typing import Callable, List

from .. import linalg
from ..linalg import Matrix
from .exercise import Case, Example, Exercise, Mistake, Sheet, numbers

__all__ = ["SHEET"]

LossOf = Callable[[Matrix], float]


def _first_squared(weights: Matrix) -> float:
    """A loss that looks at one number only."""
    return weights[0][0] * weights[0][0]


def _distance(weights: Matrix) -> float:
    """A loss that is least where all weights are a half."""
    return math.fsum((w - 0.5) * (w - 0.5) for row in weights for w in row)


LOSS = ">>> def loss(weights):\n...     return weights[0][0] ** 2\n"


# ---- Strategy 1 ----


def _best_of(candidates: List[Matrix], loss: LossOf) -> Matrix:
    best = candidates[0]
    for weights in candidates:
        best = weights if loss(weights) < loss(best) else best
    return best


def _candidates(rng: Random) -> List[Case]:
    def some(count: int) -> List[Matrix]:
        return [numbers(rng, 2, 3) for _ in range(count)]

    equal = [[[1.0, 2.0]], [[0.5, 4.0]], [[0.5, 8.0]], [[2.0, 0.0]]]
    return [Case((some(count), _distance)) for count in (5, 1, 9, 7)] + [
        Case((equal, _first_squared), "of two that are equally good, the first should stay")]


def _last_that_was_better(candidates: List[Matrix], loss: LossOf) -> Matrix:
    """Compare each with the one before it, and keep the last that was better."""
    kept = candidates[0]
    for before, weights in zip(candidates, candidates[1:]):
        kept = weights if loss(weights) < loss(before) else kept
    return kept


BEST_OF = Exercise(
    signature="best_of(candidates, loss)",
    text="""
Return the candidate with the smallest loss: strategy 1, as many random weights as you have
time.

candidates  a list of at least one matrix of weights
loss        a function: loss(weights) is a number, the smaller the better

Of several that are equally good, return the first.
""",
    example=Example(([[[2.0, 0.0]], [[-0.5, 1.0]], [[1.0, 1.0]]], _first_squared), [[-0.5, 1.0]],
                    call=LOSS + ">>> best_of([[[2.0, 0.0]], [[-0.5, 1.0]], [[1.0, 1.0]]], loss)"),
    answer=_best_of,
    cases=_candidates,
    mistakes=[
        Mistake("this is the one with the largest loss", lambda c, loss: max(c, key=loss)),
        Mistake("this is always the first candidate", lambda c, loss: c[0]),
        Mistake("this is always the last candidate", lambda c, loss: c[-1]),
        Mistake("each candidate is compared with the one before it; it should be compared with "
                "the best so far", _last_that_was_better),
        Mistake("each candidate is compared with the first; it should be compared with the best "
                "so far", lambda c, loss: [c[0], *(w for w in c if loss(w) < loss(c[0]))][-1]),
    ],
)


# ---- Strategy 2 ----


def _step(weights: Matrix, nudges: Matrix, loss: LossOf) -> Matrix:
    nudged = linalg.add(weights, nudges)
    return nudged if loss(nudged) < loss(weights) else weights


def _nudges(rng: Random) -> List[Case]:
    cases = [Case((numbers(rng, 2, 3, reach), numbers(rng, 2, 3, 0.3), _distance))
             for reach in (2.0, 0.5, 0.1) for _ in range(5)]
    equal = Case(([[1.0, 2.0]], [[0.0, 0.5]], _first_squared),
                 "where the loss stays the same, nothing is gained: the old weights should stay")
    return [*cases, equal]


NUDGE_WRONG = "this keeps what makes the loss larger: is the comparison the wrong way round?"

STEP = Exercise(
    signature="random_adjustment_step(weights, nudges, loss)",
    text="""
Return the weights after one random adjustment: strategy 2, keep what helps.

weights  neurons × inputs
nudges   neurons × inputs: small random numbers
loss     a function: loss(weights) is a number, the smaller the better

Add the nudges to the weights. If the loss is less with the new weights than with the old
ones, return the new ones, else the old ones. The old ones must not be changed on the way:
you may need them.
""",
    example=Example(([[1.0, 2.0]], [[-0.5, 0.25]], _first_squared), [[0.5, 2.25]],
                    call=LOSS + ">>> random_adjustment_step([[1.0, 2.0]], [[-0.5, 0.25]], loss)"),
    answer=_step,
    cases=_nudges,
    mistakes=[
        Mistake("the nudges are kept whether they help or not",
                lambda w, d, loss: linalg.add(w, d)),
        Mistake(NUDGE_WRONG, lambda w, d, loss: linalg.add(w, d)
                if loss(linalg.add(w, d)) > loss(w) else w),
        Mistake(NUDGE_WRONG, lambda w, d, loss: linalg.add(w, d)
                if loss(linalg.add(w, d)) >= loss(w) else w),
        Mistake("the old weights come back whether the nudges help or not",
                lambda w, d, loss: w),
        Mistake("the nudges are subtracted",
                lambda w, d, loss: _step(w, linalg.multiply(d, -1.0), loss)),
        Mistake("the nudges come back without the weights they belong to", lambda w, d, loss: d),
        Mistake("the nudges alone come back where they help: they belong on top of the weights",
                lambda w, d, loss: d if loss(linalg.add(w, d)) < loss(w) else w),
        Mistake("the loss of the nudges alone is compared; add them to the weights first",
                lambda w, d, loss: linalg.add(w, d) if loss(d) < loss(w) else w),
    ],
)


def _adjusted(weights: Matrix, all_nudges: List[Matrix], loss: LossOf) -> Matrix:
    for nudges in all_nudges:
        weights = _step(weights, nudges, loss)
    return weights


def _many_nudges(rng: Random) -> List[Case]:
    return [Case((numbers(rng, 2, 3), [numbers(rng, 2, 3, 0.5) for _ in range(steps)], _distance))
            for steps in (6, 1, 12, 9, 3, 15)]


def _from_the_start(weights: Matrix, all_nudges: List[Matrix], loss: LossOf) -> Matrix:
    """Add every nudge to the first weights, and keep the best."""
    return _best_of([weights, *(linalg.add(weights, nudges) for nudges in all_nudges)], loss)


def _against_the_first(weights: Matrix, all_nudges: List[Matrix], loss: LossOf) -> Matrix:
    """Compare every loss with that of the first weights."""
    kept = weights
    for nudges in all_nudges:
        nudged = linalg.add(kept, nudges)
        kept = nudged if loss(nudged) < loss(weights) else kept
    return kept


def _all_of_them(weights: Matrix, all_nudges: List[Matrix], loss: LossOf) -> Matrix:
    for nudges in all_nudges:
        weights = linalg.add(weights, nudges)
    return weights


def _best_on_the_way(weights: Matrix, all_nudges: List[Matrix], loss: LossOf) -> Matrix:
    """Take every nudge, and return the best place passed."""
    places = [weights]
    for nudges in all_nudges:
        places.append(linalg.add(places[-1], nudges))
    return _best_of(places, loss)


ADJUSTMENT = Exercise(
    signature="random_adjustment(weights, all_nudges, loss)",
    text="""
Return the weights after one random adjustment after the other: a whole training.

weights     neurons × inputs: where to begin
all_nudges  a list of matrices of neurons × inputs, one for each step
loss        a function: loss(weights) is a number, the smaller the better

Each step begins with the weights that the step before it returned.
""",
    example=Example(
        ([[1.0]], [[[-0.5]], [[0.25]], [[-0.25]]], _first_squared), [[0.25]],
        call=LOSS + ">>> random_adjustment([[1.0]], [[[-0.5]], [[0.25]], [[-0.25]]], loss)"),
    answer=_adjusted,
    cases=_many_nudges,
    mistakes=[
        Mistake("every step begins with the first weights; it should begin with the best so far",
                _from_the_start),
        Mistake("every loss is compared with that of the first weights; it should be compared "
                "with the best so far", _against_the_first),
        Mistake("all nudges are kept, whether they help or not", _all_of_them),
        Mistake("a nudge that does not help is kept for the next step; go back to the best so far",
                _best_on_the_way),
        Mistake("only the first step is made: is the `return` inside of the loop?",
                lambda w, d, loss: _adjusted(w, d[:1], loss)),
        Mistake("only the last step is made: each should begin where the one before it ended",
                lambda w, d, loss: _adjusted(w, d[-1:], loss)),
        Mistake("the first weights come back", lambda w, d, loss: w),
    ],
)


SHEET = Sheet(
    part=8,
    title="Optimization",
    introduction="""
Chance is handed in here, as candidates or as nudges, so that there is one right answer. Plain lists
or `linalg`: as you like. What a function is given stays as it is: build new lists.
""",
    imports="from purenn import linalg",
    exercises=[BEST_OF, STEP, ADJUSTMENT],
    afterwards="purenn/optimizers.py, the classes RandomSearch and RandomAdjustment",
)
