"""sequences: a step of the small language model, beside scalar autograd and a straight script.

One step learns from one name: forward, backward, Adam. Everybody begins with the same numbers and
must find the same losses. The model is that of microgpt (width 16, one block, four heads), and once
more at width 64. Unlike everywhere else here the garbage collector is on, as for any user: what
scalar autograd leaves behind, tens of thousands of small objects a step, is a part of its price.

On PyPy each contestant runs in a process of its own, because otherwise all pay for collecting what
scalar autograd leaves.

Before this: gpt_scripts. After this: learning.
"""

import importlib.util
import json
import subprocess
import sys
from random import Random
from typing import Any, Callable, Dict, List, Sequence

from purenn.sequences import names
from purenn.sequences.autograd.microgpt import microgpt

from . import processes
from .copies import purenn_on
from .gpt_scripts import ScalarGPT, StraightGPT
from .measuring import PYPY, Plan, Timing, clock, ratio_of_medians
from .report import Result, Table, shown

LAYERS, TWIN, SCALAR = "purenn", "straight script", "scalar autograd"
STAND_IN, STRANDS = "purenn on NumPy", "strands-microgpt"
SLOW = (SCALAR, STRANDS)
ALL_STEPS = 1000

Step = Callable[[int], float]  # the number of the step -> its loss


# ---- The contestants ----


def layers(width: int, steps: int = ALL_STEPS) -> Step:
    """Return the step of purenn, as `train` takes it: of that purenn which is imported now."""
    from purenn import checks, training
    from purenn.sequences import NextToken, names
    from purenn.sequences.autograd.microgpt import microgpt

    model, _, inputs, targets, optimizer = microgpt(names(), steps, width)
    run = training.Run(model, (inputs, targets), NextToken(), optimizer, 1, 1, None, (), None, (),
                       Random(0))
    training._inputs_are_examples(model, True)

    def step(number: int) -> float:
        row = number % len(inputs)
        run.batch_inputs, run.batch_targets = [inputs[row]], [targets[row]]
        scores = model.forward(run.batch_inputs, training=True)
        value, gradient = run.loss.value_and_gradient(scores, run.batch_targets)
        checks.finite_loss(run, value)
        model.backward(gradient)
        optimizer.step(run.parameters, run.measure)
        checks.finite_step(run)
        return value

    return step


def on_numpy(width: int, steps: int = ALL_STEPS) -> Step:
    """Return the step of purenn with NumPy under its layers."""
    from . import vectorized

    with purenn_on(vectorized):
        return layers(width, steps)


def by_script(kind: Any) -> Callable[..., Step]:
    """Return the maker of the step of a script."""
    def make(width: int, steps: int = ALL_STEPS) -> Step:
        recipe = microgpt(names(), steps, width)
        texts = [[int(a), *(int(t) for t in row if t >= 0)]
                 for (a, *_), row in zip(recipe.inputs, recipe.targets)]
        model = kind([parameter.value for parameter in recipe.model.parameters()])
        return lambda number: model.step(  # type: ignore[no-any-return]
            texts[number % len(texts)], 0.01 * (1 - number / steps))

    return make


def strands(width: int, steps: int = ALL_STEPS) -> Step:
    """Return the step of strands-microgpt; its Adam begins anew with each."""
    engine = _strands_engine()
    model, tokenizer = engine.MicroGPT(vocab_size=27, n_embd=width), engine.Tokenizer.from_docs(
        names())
    recipe = microgpt(names(), steps, width)
    texts = [recipe.vocabulary.decode(int(t) for t in row if t > 0) for row in recipe.targets]
    return lambda number: model.train_on_docs([texts[number]], tokenizer, 1, log_every=10)[0]


def _strands_engine() -> Any:
    """Return its engine alone: the package around it wants much that is not needed here."""
    spec = importlib.util.find_spec("strands_microgpt")
    assert spec is not None and spec.submodule_search_locations
    [folder, *_] = spec.submodule_search_locations
    own = importlib.util.spec_from_file_location("strands_engine", f"{folder}/engine.py")
    assert own is not None and own.loader is not None
    module = importlib.util.module_from_spec(own)
    own.loader.exec_module(module)
    return module


MAKERS: Dict[str, Callable[..., Step]] = {
    LAYERS: layers, TWIN: by_script(StraightGPT), SCALAR: by_script(ScalarGPT),
    STAND_IN: on_numpy, STRANDS: strands,
}


def here() -> List[str]:
    """Return who can run here."""
    modules = {STAND_IN: "numpy", STRANDS: "strands_microgpt"}
    return [name for name in MAKERS
            if name not in modules or importlib.util.find_spec(modules[name]) is not None]


# ---- Measuring ----


def seconds_of(step: Step, first: int, count: int) -> float:
    """Return what one step costs, the mean over so many."""
    started = clock()
    for number in range(first, first + count):
        step(number)
    return (clock() - started) / count


def time_steps(
    contestants: Sequence[str], width: int, plan: Plan, rounds: int
) -> Dict[str, Timing]:
    """Time them turn by turn on the same names; on PyPy each in a process of its own."""
    if PYPY:
        return {name: _in_a_process(name, width, rounds, plan) for name in contestants}
    steps = {name: MAKERS[name](width) for name in contestants}
    for step in steps.values():
        step(0)
    found: Dict[str, List[float]] = {name: [] for name in contestants}
    for number in range(1, rounds + 1):
        for name in contestants:
            if name not in SLOW:
                steps[name](number)  # unmeasured: the slow ones leave nothing in the caches
            found[name].append(seconds_of(steps[name], number, 1))
    return {name: Timing(seconds, 1) for name, seconds in found.items()}


def _in_a_process(name: str, width: int, rounds: int, plan: Plan) -> Timing:
    words = ["-m", "benchmarks.sequences", name, str(width), str(rounds), str(int(plan.smallest))]
    done = subprocess.run(processes.python(*words), stdout=subprocess.PIPE, check=True,
                          env=processes.environment(), cwd=processes.ROOT)
    return Timing(json.loads(done.stdout.decode()), 1)


def alone(name: str, width: int, rounds: int, smallest: bool) -> List[float]:
    """Return the seconds of so many steps, one contestant alone, once it is compiled."""
    step = MAKERS[name](width)
    warm_up = 1 if smallest else 60 if name in SLOW else 500
    for number in range(warm_up):
        step(number)
    return [seconds_of(step, number, 1) for number in range(warm_up, warm_up + rounds)]


def worst_difference(steps: int) -> float:
    """Return by how much the losses of purenn and the straight script differ at most."""
    ours, theirs = layers(16, steps), MAKERS[TWIN](16, steps)
    return max(abs(ours(number) - theirs(number)) for number in range(steps))


# ---- What is promised, and the whole table ----


def ratios(plan: Plan) -> Dict[str, float]:
    """Return the ratios that `goals` holds, and the worst difference of a thousand losses."""
    scalar = time_steps([LAYERS, SCALAR], 16, plan, plan.pick([40], [1])[0])
    twin = time_steps([LAYERS, TWIN], 16, plan, plan.pick([300], [1])[0])
    return {
        "scalar": ratio_of_medians(scalar[SCALAR], scalar[LAYERS]),
        "twin": ratio_of_medians(twin[LAYERS], twin[TWIN]),
    }


def wide_ratio(plan: Plan) -> float:
    """Return the ratio against scalar autograd at width 64, over twenty steps."""
    found = time_steps([LAYERS, SCALAR], 64, plan, plan.pick([20], [1])[0])
    return ratio_of_medians(found[SCALAR], found[LAYERS])


def run(plan: Plan) -> Result:
    """Time everybody who is here, at both widths, and compare a thousand losses."""
    tables, data = [], {}
    for width, rounds in plan.pick([(16, 60), (64, 20)], [(16, 1)]):
        timings = time_steps(here(), width, plan, rounds)
        ours = timings[LAYERS]
        rows = [[name, shown(one.median * 1e3), f"{one.spread:.0%}",
                 shown(ratio_of_medians(one, ours))] for name, one in timings.items()]
        tables.append(Table(f"A step, width {width}:",
                            ["", "ms", "spread", f"÷ {LAYERS}"], rows))
        data[f"width {width}"] = {name: {"seconds": one.median, "spread": one.spread}
                                  for name, one in timings.items()}
    steps = plan.pick([ALL_STEPS], [3])[0]
    data["worst difference"] = worst_difference(steps)
    return Result(
        "A small language model, step by step",
        "One name a step, forward, backward and Adam; the median over the steps, all learning from "
        "the same names, the garbage collector on.",
        tables, [f"Over {steps:,} steps the losses of purenn and of the straight script differ by "
                 f"at most {data['worst difference']:.1e}."], {}, data,
    )


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: a step of the layers."""
    def workload(package: Any) -> Callable[[], Any]:
        step = layers(16)  # of the package, which is the one that is imported now
        return lambda: step(0)

    return {"language model, width 16": workload}


if __name__ == "__main__":
    who, size, times, small = sys.argv[1:]
    print(json.dumps(alone(who, int(size), int(times), small == "1")))
