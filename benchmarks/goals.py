"""The ratios that purenn promises, each measured and set beside its goal.

Ratios, never seconds of one contestant (but for the start, and bytes for the memory): the machine
must not decide. Each is measured three times and the best counts, because a machine that others use
can make every measurement worse and none better. What needs something that is not installed is
skipped and said.

    python3 -m benchmarks --check

prints the list and exits 1 if a goal is missed. It is run by hand: a machine that tests changes for
many people is too noisy to decide by.

Before this: profiling. This is the last one.
"""

import math
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import ceiling, memory, overhead, processes, sequences, single, start
from . import contestants as who
from .measuring import PYPY, Plan, ratio
from .report import Result, Table, interpreter, shown
from .tasks import make_task, mostly_zeros

TURNS = 3


class Goal(NamedTuple):
    """One promise: a name, the limit, and whether the value is to be at most or at least that."""

    name: str
    limit: float
    at_least: bool = False
    unit: str = ""


class Outcome(NamedTuple):
    """A goal and all values measured for it; none if something is not installed."""

    goal: Goal
    values: List[float]

    @property
    def best(self) -> Optional[float]:
        if not self.values:
            return None
        return max(self.values) if self.goal.at_least else min(self.values)

    @property
    def met(self) -> bool:
        """Whether the best value keeps the promise; what could not be measured breaks none."""
        if self.best is None:
            return True
        return self.best >= self.goal.limit if self.goal.at_least else self.best <= self.goal.limit


def _beside(one: str, other: str) -> str:
    return f"{one} ÷ {other}"


STEP, WIDE = "64-32-10, batch 32", "784-30-10, batch 32"
ZEROS, BEST_ZEROS = "784-30-10, batch 32, 80 % zeros", "quicker of both quickest known scripts"
ADAM = "64-32-10, batch 32: purenn, Adam ÷ purenn, SGD"
REACHED = "ceiling, 784-30-10"
ONE, TINY = "64-32-10, batch 1", "2-8-2, batch 1"
ANSWER, TINY_ANSWER = "predict, 64-32-10", "predict, 2-8-2"
FIT, SHOWN = "Classifier.fit", "train with progress bar and history"
LANGUAGE = "language model, width 16"
SCALAR = f"{LANGUAGE}: {sequences.SCALAR} ÷ purenn"
WIDE_SCALAR = f"language model, width 64: {sequences.SCALAR} ÷ purenn"
LOSSES = "language model: losses beside the straight script, worst difference"
IMPORT = "import purenn, beyond a bare start"
PICTURES, TABLE = "peak memory, 60,000 × 784", "peak memory, CSV of 1,000,000 × 4"


def _here(older: float, newer: float, pypy: float) -> float:
    """Return the limit of this Python: one before 3.12, one with `math.sumprod`, or PyPy's."""
    return pypy if PYPY else newer if hasattr(math, "sumprod") else older


GOALS = [
    Goal(_beside(STEP, who.BEST), _here(1.15, 1.10, 1.4)),
    Goal(_beside(WIDE, who.BEST), _here(1.10, 1.10, 1.2)),
    Goal(_beside(ZEROS, BEST_ZEROS), _here(1.25, 1.25, 1.5)),
    Goal(ADAM, _here(1.10, 1.20, 1.3)),
    Goal(f"{STEP}: {who.WAVE} ÷ purenn", _here(2.8, 3.6, 2.0), at_least=True),
    Goal(REACHED, 0.5 if PYPY else 0.7, at_least=True),
    Goal(_beside(ONE, who.SINGLE), 1.35),
    Goal(_beside(TINY, who.BY_HAND), 1.0),
    Goal(f"{TINY}: {who.STAND_IN} ÷ purenn", 2.2, at_least=True),
    Goal(f"{TINY}: {who.TORCH} ÷ purenn", 3.0, at_least=True),
    Goal(f"{TINY}: {who.SKLEARN} ÷ purenn", 20.0, at_least=True),
    Goal(_beside(ANSWER, single.DOTS), 1.6),
    Goal(_beside(TINY_ANSWER, who.BY_HAND), _here(1.0, 0.9, 1.0)),
    Goal(_beside(FIT, overhead.LOOP), 1.1),
    Goal(_beside(SHOWN, overhead.LOOP), _here(1.02, 1.02, 1.03)),
    Goal(_beside(LANGUAGE, sequences.TWIN), 1.10),
    Goal(SCALAR, 10.0 if PYPY else 30.0, at_least=True),
    *([] if PYPY else [Goal(WIDE_SCALAR, 65.0, at_least=True)]),
    Goal(LOSSES, 1e-9),
    Goal(IMPORT, _here(15.0, 15.0, 25.0), unit="ms"),
    Goal(PICTURES, _here(110.0, 110.0, 120.0), unit="MB"),
    Goal(TABLE, _here(150.0, 150.0, 250.0), unit="MB"),
]

Found = Dict[str, float]


# ---- One measurement of some of them ----


def steps(plan: Plan) -> Found:
    """Return the ratios of the steps in batches of 32, and the share of the ceiling."""
    small, wide = make_task((64, 32, 10), 32), make_task((784, 30, 10), 32)
    timings = who.time_steps(small, [who.BEST, who.PURENN, who.ADAM, who.WAVE], plan)
    wider = who.time_steps(wide, [who.BEST, who.PURENN], plan)
    dark = who.time_steps(mostly_zeros(wide), [who.BEST, who.BEST_SPARSE, who.PURENN], plan)
    found = {
        _beside(STEP, who.BEST): ratio(timings[who.PURENN], timings[who.BEST]),
        _beside(WIDE, who.BEST): ratio(wider[who.PURENN], wider[who.BEST]),
        _beside(ZEROS, BEST_ZEROS): max(ratio(dark[who.PURENN], dark[name])
                                        for name in (who.BEST, who.BEST_SPARSE)),
        ADAM: ratio(timings[who.ADAM], timings[who.PURENN]),
        REACHED: ceiling.reached(wide, ceiling.measure(wide, plan)),
    }
    if who.WAVE in timings:
        found[f"{STEP}: {who.WAVE} ÷ purenn"] = ratio(timings[who.WAVE], timings[who.PURENN])
    return found


def singles(plan: Plan) -> Found:
    """Return the ratios of one example at a time."""
    task, tiny = make_task((64, 32, 10), 1), make_task((2, 8, 2), 1)
    timings = who.time_steps(task, [who.SINGLE, who.PURENN], plan)
    others = who.time_steps(tiny, single.STEPS, plan)
    ours = others[who.PURENN]
    answers, tiny_answers = single.time_answers(task, plan), single.time_answers(tiny, plan)
    found = {_beside(ONE, who.SINGLE): ratio(timings[who.PURENN], timings[who.SINGLE]),
             _beside(ANSWER, single.DOTS): ratio(answers[who.PURENN], answers[single.DOTS])}
    if who.BY_HAND in others:
        found[_beside(TINY, who.BY_HAND)] = ratio(ours, others[who.BY_HAND])
        found[_beside(TINY_ANSWER, who.BY_HAND)] = ratio(
            tiny_answers[who.PURENN], tiny_answers[who.BY_HAND])
    for name in (who.STAND_IN, who.TORCH, who.SKLEARN):
        if name in others:
            found[f"{TINY}: {name} ÷ purenn"] = ratio(others[name], ours)
    return found


def trainings(plan: Plan) -> Found:
    """Return what whole trainings cost beside their steps."""
    timings = overhead.measure(plan._replace(rounds=min(plan.rounds, 7)))
    loop = timings[overhead.LOOP]
    return {_beside(FIT, overhead.LOOP): ratio(timings[overhead.FIT], loop),
            _beside(SHOWN, overhead.LOOP): ratio(timings[overhead.PROGRESS], loop)}


def language_models(plan: Plan) -> Found:
    """Return the ratios of a step of the small language model."""
    found = sequences.ratios(plan)
    return {_beside(LANGUAGE, sequences.TWIN): found["twin"], SCALAR: found["scalar"]}


def wide_language_model(plan: Plan) -> Found:
    """Return what takes minutes: the ratio at width 64, and the losses of a thousand steps."""
    wide = {} if PYPY else {WIDE_SCALAR: sequences.wide_ratio(plan)}
    return {**wide, LOSSES: sequences.worst_difference(plan.pick([sequences.ALL_STEPS], [2])[0])}


def starts(plan: Plan) -> Found:
    """Return how long `import purenn` takes, in milliseconds of the processor."""
    costs = start.measure(plan)
    return {IMPORT: (costs[start.IMPORT].processor - costs[start.BARE].processor) * 1e3}


def memories(plan: Plan) -> Found:
    """Return two peaks beyond a bare start, in megabytes."""
    peaks = memory.measure(plan)
    return {PICTURES: peaks[memory.PICTURES] / 1e6, TABLE: peaks[memory.TABLE] / 1e6}


# ---- All of them ----


def measurements() -> Iterator[Tuple[str, Callable[[Plan], Found]]]:
    """Yield what is to be measured and its name; what varies little or takes long only once."""
    whole_processes = processes.why_not() is None
    for turn in range(1, TURNS + 1):
        for measure in [steps, singles, trainings, language_models] + [starts] * whole_processes:
            yield f"{measure.__name__.replace('_', ' ')}, {turn} of {TURNS}", measure
    yield "wide language model", wide_language_model
    if whole_processes:
        yield "memory", memories


def check(plan: Plan, say: Callable[[str], object]) -> List[Outcome]:
    """Measure everything and return the outcomes in the order of the goals."""
    values: Dict[str, List[float]] = {goal.name: [] for goal in GOALS}
    for title, measure in measurements():
        say(f"check: {title} …")
        for name, value in measure(plan).items():
            values[name].append(value)
    return [Outcome(goal, values[goal.name]) for goal in GOALS]


def result_of(outcomes: List[Outcome]) -> Result:
    """Return the outcomes as a table, those that were missed also as sentences."""
    rows = [[one.goal.name, _shown(one.best, one.goal), _limit(one.goal), _verdict(one)]
            for one in outcomes]
    missed = [f"Missed: {one.goal.name}." for one in outcomes if not one.met]
    return Result(
        f"The promised ratios, {interpreter()}",
        f"Best of {TURNS} interleaved runs. A ratio is the time of purenn divided by that of what "
        "stands after the sign, or the other way round where it says so.",
        [Table("", ["", "measured", "goal", ""], rows)], missed, {},
        {one.goal.name: {"goal": one.goal.limit, "at least": one.goal.at_least,
                         "values": one.values, "met": one.met} for one in outcomes},
    )


def _shown(value: Optional[float], goal: Goal) -> str:
    return "–" if value is None else f"{shown(value)} {goal.unit}".rstrip()


def _limit(goal: Goal) -> str:
    return f"{'≥' if goal.at_least else '≤'} {goal.limit:g} {goal.unit}".rstrip()


def _verdict(one: Outcome) -> str:
    if one.best is None:
        return "skipped: not installed here"
    return "met" if one.met else "MISSED"
