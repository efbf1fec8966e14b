"""The crossover: where lists win, where arrays begin to win, and by how much.

A call into NumPy takes about the same time for one number and for a hundred; a loop takes about the
same time for each number. So lists win where numbers are few: in small networks, and with one
example at a time. Somewhere the two lines cross.

Twice the width of a network w-w-2 grows, for one example and for 32 at a time; twice the batch,
for a tiny network and for a small one. NumPy takes part twice as well: under purenn's own code,
and written by hand.

Before this: shortcuts. After this: ceiling.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from . import contestants as who
from .measuring import Plan, Timing, crossing, ratio
from .report import Result, Table, in_microseconds, shown
from .tasks import Task, make_task

NAMES = [who.PURENN, who.STAND_IN, who.BY_HAND]


class Series(NamedTuple):
    """Tasks that differ in one size."""

    key: str
    title: str
    axis: str
    points: List[Tuple[int, Task]]


def series_of(plan: Plan) -> List[Series]:
    widths = plan.pick([2 ** k for k in range(10)], smallest=[1, 2])
    batches = plan.pick([2 ** k for k in range(9)], smallest=[1, 2])
    return [
        Series(f"width-batch-{batch}", f"w-w-2, batch {batch}", "width",
               [(width, make_task((width, width, 2), batch)) for width in widths])
        for batch in plan.pick([1, 32], smallest=[1])
    ] + [
        Series(f"batch-{'-'.join(map(str, sizes))}", "-".join(map(str, sizes)), "batch",
               [(batch, make_task(sizes, batch)) for batch in batches])
        for sizes in plan.pick([(2, 8, 2), (64, 32, 10)], smallest=[(2, 3, 2)])
    ]


def run(plan: Plan) -> Result:
    """Time the three over widths and batches; ImportError without NumPy."""
    import numpy  # noqa: F401  # without it there is nothing to cross

    plan = plan._replace(rounds=min(plan.rounds, 5))
    tables, charts, findings, data = [], {}, [], {}
    for series in series_of(plan):
        found = {size: who.time_steps(task, NAMES, plan) for size, task in series.points}
        tables.append(_table(series, found))
        charts[f"crossover-{series.key}"] = _chart(series, found)
        ratios = {name: [ratio(found[size][who.PURENN], found[size][name]) for size in found]
                  for name in NAMES[1:]}
        meets = {name: crossing(list(found), ratios[name]) for name in ratios}
        findings += [_finding(series, name, meets[name], ratios[name]) for name in ratios]
        data[series.title] = {
            "axis": series.axis, "sizes": list(found), "crossing": meets, "purenn to": ratios,
            "seconds per step": {
                name: [found[size][name].median for size in found] for name in NAMES},
        }
    return Result(
        "The crossover: where arrays begin to win",
        "One training step. Where the ratio is below 1, purenn on lists is faster.",
        tables, findings, charts, data,
    )


def _table(series: Series, found: Dict[int, Dict[str, Timing]]) -> Table:
    headings = [series.axis, *(f"{name}, µs per step" for name in NAMES),
                *(f"purenn ÷ {name}" for name in NAMES[1:])]
    rows = [
        [str(size), *(in_microseconds(timings[name].median) for name in NAMES),
         *(shown(ratio(timings[who.PURENN], timings[name])) for name in NAMES[1:])]
        for size, timings in found.items()
    ]
    return Table(f"{series.title}:", headings, rows)


def _chart(series: Series, found: Dict[int, Dict[str, Timing]]) -> Any:
    from purenn import draw

    curves = {name: [(size, timings[name].median * 1e6) for size, timings in found.items()]
              for name in NAMES}
    return draw.lines(curves, title=f"One training step, {series.title}", x_label=series.axis,
                      y_label="µs per step", log_x=True, log_y=True, marks=True)


def _finding(series: Series, name: str, meets: Any, ratios: List[float]) -> str:
    """Return one sentence: who wins where."""
    if meets is not None:
        return (f"{series.title}: purenn and {name} meet at {series.axis} {shown(meets)}; at the "
                f"left end purenn takes {shown(ratios[0])} times as long, at the right end "
                f"{shown(ratios[-1])} times.")
    winner = "purenn" if ratios[0] < 1 else name
    return (f"{series.title}: {winner} is faster at every {series.axis}; purenn takes "
            f"{shown(min(ratios))} to {shown(max(ratios))} times as long as {name}.")


def workloads(plan: Plan) -> Dict[str, Callable[[Any], Callable[[], Any]]]:
    """Return what --profile looks into: the first and the last of each series."""
    ends = [series.points[place][1] for series in series_of(plan) for place in (0, -1)]
    return who.steps(ends)
