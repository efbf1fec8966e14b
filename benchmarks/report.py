"""What a benchmark found, as Markdown, JSON and charts.

A benchmark returns a `Result`: tables, sentences, and charts. `results.json` keeps one for each
benchmark, with the machine and the versions it ran on and the date; whoever runs one benchmark
replaces that one. `results.md` is written from `results.json`, whole, each time.

Before this: contestants. After this: processes.
"""

import json
import os
import platform
import sys
from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

from purenn.atomic import replace_file

from . import contestants, peers
from .measuring import PYPY, Timing, ratio, ratio_of_medians


class Table(NamedTuple):
    """A table: the first column is text, the others are read as numbers and stand at the right."""

    caption: str
    headings: List[str]
    rows: List[List[str]]


class Result(NamedTuple):
    """What one benchmark found. `data` are its numbers, for programs."""

    title: str
    text: str
    tables: List[Table]
    findings: List[str]  # sentences
    charts: Dict[str, Any]  # file name, without the .svg, and picture
    data: Any


# ---- Numbers and tables ----


def shown(number: float) -> str:
    """Return a number with three digits that count, as people write it.

    >>> [shown(number) for number in (12345.6, 123.4, 12.34, 1.234, 0.01234, 0.0)]
    ['12,346', '123', '12.3', '1.23', '0.0123', '0']
    """
    if number == 0:
        return "0"
    return f"{number:,.0f}" if abs(number) >= 99.95 else f"{number:#.3g}".rstrip(".")


def in_microseconds(seconds: float) -> str:
    return shown(seconds * 1e6)


def timing_table(
    caption: str, timings: Mapping[str, Timing], examples: int, measure: str
) -> Table:
    """Return a row for each contestant: time per example, spread, and how often `measure` fits in.

    The last column says how many times as long as `measure` it takes.
    """
    rows = [
        [name, in_microseconds(one.median / examples), f"{one.spread:.0%}",
         shown(ratio(one, timings[measure]))]
        for name, one in timings.items()
    ]
    return Table(caption, ["", "µs per example", "spread", f"× {measure}"], rows)


def as_data(timings: Mapping[str, Timing], examples: int, measure: str) -> Dict[str, Any]:
    """Return the same for programs."""
    return {
        name: {
            "seconds per example": one.median / examples, "spread": one.spread,
            "calls per round": one.calls, "rounds": len(one.seconds),
            f"ratio to {measure}": ratio(one, timings[measure]),
            f"ratio of medians to {measure}": ratio_of_medians(one, timings[measure]),
        }
        for name, one in timings.items()
    }


def bars_of(timings: Mapping[str, Timing], examples: int, title: str) -> Any:
    """Return a chart of the times per example."""
    from purenn import draw  # here, because not everybody who reports draws

    values = {name: one.median / examples * 1e6 for name, one in timings.items()}
    return draw.bars(values, title=title, y_label="µs per example")


# ---- Where and when ----


def interpreter() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def machine() -> Dict[str, Any]:
    """Return what the numbers depend on: processor, system, versions, the date."""
    return {
        "python": interpreter(),
        "pypy": ".".join(map(str, sys.pypy_version_info[:3])) if PYPY else None,
        "dot": contestants.dot_of_purenn().__name__,
        "plain loops": bool(os.environ.get("PURENN_PLAIN_LOOPS")),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": 1,
        "clock": "time.process_time",
        **peers.versions(),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model n")]
    except OSError:
        names = []
    return names[-1] if names else platform.processor() or "unknown"


# ---- Markdown ----


def table_as_markdown(table: Table) -> str:
    lines = [table.headings, ["---"] + ["--:"] * (len(table.headings) - 1), *table.rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table.caption}\n\n{body}" if table.caption else body


def as_markdown(part: Mapping[str, Any]) -> str:
    """Return one benchmark's section, from what results.json keeps of it."""
    where = part["machine"]
    parts = [f"## {part['title']}", part["text"]]
    parts += [f"![{name}]({name}.svg)" for name in part["charts"]]
    parts += [table_as_markdown(Table(*table)) for table in part["tables"]]
    parts += ["\n".join(f"- {finding}" for finding in part["findings"])] if part["findings"] else []
    parts += [f"*{where['python']}, `dot` is `{where['dot']}`, {where['date']}; "
              f"took {part['seconds']:.0f} s.*"]
    return "\n\n".join(parts)


def page_of(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return results.md."""
    first = parts[0]["machine"]
    others = [f"{name} {first[name]}" for name in peers.PEERS.values() if name in first]
    head = (
        "# What purenn costs, and what vectorizing buys\n\n"
        "Written by `python3 -m benchmarks`. Times are medians of the processor's time on one "
        "thread; what is compared was timed turn by turn in one process, and the spread is the "
        "width of the middle half of the measurements as a share of their median. Times depend on "
        "the machine, ratios much less.\n\n"
        f"{first['processor']}, {first['cores']} cores, {first['system']}"
        f"{'; ' if others else ''}{', '.join(others)}."
    )
    return "\n\n".join([head, *map(as_markdown, parts)]) + "\n"


# ---- The files ----


def read_parts(folder: str) -> Dict[str, Any]:
    """Return what results.json holds, by benchmark; nothing if there is none yet."""
    try:
        with open(os.path.join(folder, "results.json"), encoding="utf-8") as file:
            return dict(json.load(file))
    except FileNotFoundError:
        return {}


def write(folder: str, name: str, result: Result, seconds: float, order: Sequence[str]) -> None:
    """Put a result into the folder: its charts, and its part of results.json and results.md."""
    os.makedirs(folder, exist_ok=True)
    for chart, picture in result.charts.items():
        picture.save(os.path.join(folder, f"{chart}.svg"))
    parts = read_parts(folder)
    parts[name] = part_of(result, seconds)
    known = [*order, *sorted(set(parts) - set(order))]
    parts = {one: parts[one] for one in known if one in parts}
    _write_text(os.path.join(folder, "results.json"),
                json.dumps(parts, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    _write_text(os.path.join(folder, "results.md"), page_of(list(parts.values())))


def part_of(result: Result, seconds: float) -> Dict[str, Any]:
    """Return a result as results.json keeps it."""
    return {"title": result.title, "text": result.text, "tables": [*map(list, result.tables)],
            "findings": result.findings, "charts": list(result.charts), "data": result.data,
            "machine": machine(), "seconds": seconds}


def _write_text(path: str, text: str) -> None:
    replace_file(path, lambda file: file.write(text.encode("utf-8")))
