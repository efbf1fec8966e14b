"""The benchmarks run, everybody in them computes the same, and their arithmetic is right."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import purenn
from benchmarks import (
    __main__ as command, ceiling, contestants, copies, goals, interpreters, learning, measuring,
    memory, overhead, peers, playground, processes, profiling, report, scripts, shortcuts, single,
    tasks,
)
from purenn import fast

ROOT = Path(purenn.__file__).resolve().parent.parent
NEEDS_NUMPY = pytest.mark.skipif("numpy" in peers.missing(), reason="NumPy is not installed")
NEEDS_FORK = pytest.mark.skipif(processes.why_not() is not None, reason="there is no fork here")


def runs_here(name):
    return command._why_not(name) is None


# ---- Arithmetic ----


def timing(*seconds):
    return measuring.Timing(list(seconds), 1)


def test_median_and_spread_are_those_of_the_textbook():
    assert timing(9.0, 1.0, 2.0).median == 2.0
    assert timing(1.0, 2.0, 3.0, 10.0).median == 2.5
    # quartiles 2 and 4, so the middle half is 2 wide
    assert timing(1.0, 2.0, 3.0, 4.0, 5.0).spread == 2.0 / 3.0
    assert timing(7.0).spread == 0.0


def test_the_ratio_is_taken_round_by_round():
    """A machine that is ten times slower in two rounds of three changes nothing."""
    assert measuring.ratio(timing(2.0, 20.0, 20.0), timing(1.0, 10.0, 10.0)) == 2.0
    assert measuring.ratio(timing(2.0, 8.0, 9.0), timing(1.0, 2.0, 9.0)) == 2.0
    assert measuring.ratio_of_medians(timing(2.0, 6.0, 9.0), timing(1.0, 2.0, 9.0)) == 3.0


@pytest.mark.parametrize("sizes, ratios, expected", [
    ([1, 4, 16], [0.25, 0.5, 2.0], 8.0),
    ([1, 2, 4], [0.5, 2.0, 8.0], math.sqrt(2)),
    ([1, 2, 4], [0.25, 1.0, 4.0], 2.0),
    ([1, 2], [0.5, 1.0], 2.0),
    ([1, 2, 4], [4.0, 2.0, 0.5], math.sqrt(8)),
    ([1, 2, 4], [2.0, 3.0, 4.0], None),
    ([1, 2, 4], [0.25, 0.5, 0.75], None),
])
def test_two_curves_cross_where_the_straight_line_between_logarithms_does(sizes, ratios, expected):
    found = measuring.crossing(sizes, ratios)
    assert found is None if expected is None else found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_the_exponent_of_a_power_is_found(power):
    sizes = [1, 2, 8, 32]
    times = [3e-6 * size ** power for size in sizes]
    assert measuring.exponent(sizes, times) == pytest.approx(power, abs=1e-12)


def test_the_exponent_is_the_least_squares_slope():
    """Worked out by hand: points (0, 0), (1, 3), (2, 3) have the slope 3/2."""
    assert measuring.exponent([1, 2, 4], [1.0, 8.0, 8.0]) == pytest.approx(1.5, abs=1e-12)


def test_contestants_take_turns_and_the_order_alternates():
    calls = []
    runs = {name: lambda name=name: calls.append(name) for name in "abc"}
    plan = measuring.Plan(rounds=3, shortest=0.0, warm_up=0.0)
    timings = measuring.interleave(runs, plan)
    assert "".join(calls) == "abc" + "abc" + "cba" + "abc"  # once each to get warm
    assert all(len(one.seconds) == 3 and one.calls == 1 for one in timings.values())


def test_a_batch_fills_the_shortest_time_and_the_collector_is_on_again(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(measuring, "clock", lambda: now[0])

    def quarter_of_a_second():
        now[0] += 0.25

    plan = measuring.Plan(rounds=2, shortest=1.0, warm_up=3.0)
    timings = measuring.interleave({"one": quarter_of_a_second}, plan)
    assert timings["one"] == measuring.Timing([0.25, 0.25], 4)
    import gc
    assert gc.isenabled()


@pytest.mark.parametrize("number, expected", [
    (12345.6, "12,346"), (99.96, "100"), (12.34, "12.3"), (1.0, "1.00"), (0.01234, "0.0123"),
    (0.0, "0"), (-5.96, "-5.96"),
])
def test_numbers_are_shown_with_three_digits_that_count(number, expected):
    assert report.shown(number) == expected


# ---- Everybody computes the same ----


def gradient_by_differences(task, layer, neuron, column):
    """Return how fast the loss grows with one weight, from the loss itself."""
    network = contestants.network_of(purenn, task)
    parameter = list(network.parameters())[2 * layer]
    loss, values = purenn.SoftmaxCrossEntropy(), []
    for step in (1e-6, -1e-6):
        rows = [list(row) for row in task.layers[layer][0]]
        rows[neuron][column] += step
        parameter.value = rows
        values.append(loss(network.predict(task.inputs), task.labels))
    return (values[0] - values[1]) / 2e-6


def test_a_step_of_the_judge_goes_down_the_gradient():
    """The script by which all others are judged is itself judged by the loss."""
    task = tasks.make_task((3, 4, 3), 5)
    judge = contestants.MAKERS[contestants.OWN_DOT](task)
    judge.step()
    for layer, neuron, column in ((0, 1, 2), (0, 3, 0), (1, 2, 3), (1, 0, 0)):
        moved = judge.layers()[layer][0][neuron][column] - task.layers[layer][0][neuron][column]
        slope = gradient_by_differences(task, layer, neuron, column)
        assert moved == pytest.approx(-tasks.RATE * slope, abs=1e-9)


@pytest.mark.parametrize("sizes, batch", [((4, 3, 3), 2), ((5, 4, 3), 1), ((2, 8, 2), 1)])
def test_all_who_are_installed_agree(sizes, batch):
    names = set(contestants.MAKERS) - ({contestants.SINGLE} if batch > 1 else set())
    found = contestants.contestants(tasks.make_task(sizes, batch), sorted(names))
    absent = peers.missing()
    assert set(found) == {name for name in names if contestants.NEEDS.get(name) not in absent}


def test_contestants_still_agree_after_many_steps():
    """One step could hide what a second shows: a forgotten mean of Adam, shared weights."""
    task = tasks.make_task((5, 4, 3), 4)
    for names in ([contestants.PURENN, contestants.INDEXED, contestants.ZIPPED,
                   contestants.STRAIGHT, contestants.PLAIN],
                  [contestants.ADAM, contestants.STRAIGHT_ADAM]):
        who = list(contestants.contestants(task, names).values())
        for one in who:
            for _ in range(20):
                one.step()
        for one in who[1:]:
            assert contestants.distance(one.layers(), who[0].layers()) < 1e-9


def test_who_computes_something_else_is_found_out(monkeypatch):
    monkeypatch.setattr(scripts, "RATE", tasks.RATE * 1.001)
    script = contestants.MAKERS[contestants.SINGLE]
    task = tasks.make_task((4, 3, 3), 1)
    monkeypatch.setitem(contestants.MAKERS, contestants.OWN_DOT, lambda task: contestants.Library(
        purenn, task))
    with pytest.raises(AssertionError, match=contestants.SINGLE):
        contestants.check_agreement(task, {contestants.SINGLE: script(task)})


@pytest.mark.slow
def test_every_hidden_neuron_is_on_for_some_examples_and_off_for_others():
    """Also after many steps; else leaving out zeros would pay more than it does on real data."""
    for sizes in ((64, 32, 10), (784, 30, 10)):
        task = tasks.make_task(sizes, 32)
        library = contestants.Library(purenn, task)
        for _ in range(20):
            library.step()
        hidden = purenn.ReLU().forward(library.network.layers[0].forward(task.inputs))
        on = [sum(value > 0 for value in column) for column in zip(*hidden)]
        assert 0 < min(on) and max(on) < 32 and 12 < sum(on) / len(on) < 20


@NEEDS_NUMPY
def test_the_stand_in_works_on_arrays_from_the_first_step_on():
    """Lists would have to be made arrays again in every step, and that would be timed."""
    import numpy

    library = contestants.MAKERS[contestants.STAND_IN](tasks.make_task((4, 3, 3), 2))
    values = [parameter.value for parameter in library.network.parameters()]
    assert all(isinstance(A, numpy.ndarray) for A in [library.inputs, *values])
    assert type(contestants.Library(purenn, tasks.make_task((4, 3, 3), 2)).inputs) is list


def test_nobody_changes_the_task():
    task, same = tasks.make_task((4, 3, 3), 1), tasks.make_task((4, 3, 3), 1)
    for one in contestants.contestants(task, contestants.MAKERS).values():
        one.step()
    assert task == same


def test_purenn_as_it_runs_is_measured_with_the_loss_and_all():
    """The step that is timed is the step that `train` takes."""
    task = tasks.make_task((4, 3, 3), 3)
    library = contestants.Library(purenn, task)
    library.step()
    twin = contestants.network_of(purenn, task)
    purenn.train(twin, task.inputs, task.labels, loss=purenn.SoftmaxCrossEntropy(),
                 optimizer=purenn.SGD(tasks.RATE), epochs=1, batch_size=3)
    weights = [parameter.value for parameter in twin.parameters()]
    ours = [matrix for one, bias in library.layers() for matrix in (one, [bias])]
    for one, other in zip(ours, weights):
        for row, row_of_other in zip(one, other):
            assert row == pytest.approx(row_of_other, abs=1e-12)


def test_the_multiply_adds_are_those_that_a_step_takes():
    """Counted in the matrix products of a script that takes them all."""
    task, counted = tasks.make_task((6, 5, 3), 7), []

    def rows_by_rows(A, B):
        counted.append((len(A), len(B), len(A[0])))
        return scripts.ZIPPED.rows_by_rows(A, B)

    def columns_by_columns(A, B):
        return rows_by_rows(scripts.columns_of(A), scripts.columns_of(B))

    def rows_by_columns(A, B):
        return rows_by_rows(A, scripts.columns_of(B))

    products = scripts.Products(rows_by_rows, columns_by_columns, rows_by_columns)
    scripts.LoopScript(task, products).step()
    assert sorted(counted) == sorted(tasks.multiply_adds(task.sizes, task.batch))


# ---- Copies ----


def test_a_copy_on_plain_loops_has_the_plain_loops_and_nobody_else(monkeypatch):
    before = {name: getattr(purenn.linalg, name) for name in fast.__all__}
    for setting in ("0", "1"):
        monkeypatch.setenv(copies.PLAIN_LOOPS, setting)
        plain, quick = copies.copy_on(plain=True), copies.copy_on()
        for name in fast.__all__:
            assert getattr(plain.linalg, name).__module__ == "purenn.linalg"
            assert getattr(quick.linalg, name).__module__ == "purenn.fast"
        assert os.environ[copies.PLAIN_LOOPS] == setting
    monkeypatch.delenv(copies.PLAIN_LOOPS)
    copies.copy_on(plain=True)
    assert copies.PLAIN_LOOPS not in os.environ
    assert {name: getattr(purenn.linalg, name) for name in fast.__all__} == before


@pytest.mark.parametrize("plain", [True, False])
def test_inside_the_block_everybody_finds_the_copy_and_afterwards_the_old_one(plain):
    before = {name: module for name, module in sys.modules.items() if name.startswith("purenn")}
    with copies.purenn_on(plain=plain) as package:
        assert sys.modules["purenn"] is package is not purenn
        assert package.linalg is package.layers.linalg is not purenn.linalg
        assert package.Classifier.__module__ == "purenn.estimators"
        assert sys.modules["purenn.estimators"].linalg is package.linalg
        assert ("purenn.fast" in sys.modules) is not plain
    assert before == {
        name: module for name, module in sys.modules.items() if name.startswith("purenn")}


def test_a_copy_stands_on_the_linalg_that_is_given():
    own = types.ModuleType("purenn.linalg")
    vars(own).update(vars(purenn.linalg))
    with copies.purenn_on(own) as package:
        assert package.linalg is package.losses.linalg is own


def test_the_old_purenn_is_back_also_after_an_error():
    with pytest.raises(ZeroDivisionError), copies.purenn_on():
        raise ZeroDivisionError
    assert sys.modules["purenn"] is purenn and sys.modules["purenn.linalg"] is purenn.linalg


# ---- Shortcuts ----


def test_every_quick_function_is_timed():
    assert {name for name, _ in shortcuts.calls().values()} == set(fast.__all__)


@pytest.mark.parametrize("name", shortcuts.calls())
def test_the_plain_and_the_quick_call_do_the_same_and_are_what_they_say(name, monkeypatch):
    runs, called = shortcuts.runs(name), []
    plain, quick = flat(runs["plain"]()), flat(runs["quick"]())
    assert plain == pytest.approx(quick, rel=1e-12, abs=1e-12) and len(plain) == len(quick)
    for one in fast.__all__:
        monkeypatch.setitem(fast.PLAIN, one, lambda *given, one=one: called.append(one))
    shortcuts.runs(name)["plain"]()
    assert called == [shortcuts.calls()[name][0]]


def flat(result):
    if isinstance(result, (list, tuple)):
        return [x for part in result for x in flat(part)]
    return [result]


# ---- Profiling ----


def test_the_watch_counts_own_time_and_calls(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(profiling.time, "perf_counter", lambda: now[0])
    watch = profiling.Watch()

    def wait(seconds):
        now[0] += seconds

    inner = watch.watched("inner", lambda: wait(2.0))
    outer = watch.watched("outer", lambda: (wait(1.0), inner(), inner(), wait(0.5)))
    outer()
    assert watch.seconds == {"inner": 4.0, "outer": 1.5}
    assert watch.calls == {"inner": 2, "outer": 1}


def test_a_profile_names_the_operations_and_everything_else():
    make = contestants.steps([tasks.make_task((4, 3, 3), 2)])["4-3-3, batch 2"]
    watch, seconds, runs = profiling.profile(make, measuring.SMALLEST)
    table = profiling.table_of("a step", watch, seconds, runs)
    assert runs == 1 and "affine" in watch.calls
    shares = [float(row[-1].rstrip("%")) for row in table.rows]
    assert table.rows[-1][0] == "everything else" and 98.0 < sum(shares) < 102.0
    assert shares[:-1] == sorted(shares[:-1], reverse=True)


# ---- Goals ----


def test_the_best_of_the_runs_decides():
    at_most, at_least = goals.Goal("a", 1.1), goals.Goal("b", 2.0, at_least=True)
    assert goals.Outcome(at_most, [1.3, 1.1, 1.2]).met
    assert not goals.Outcome(at_most, [1.3, 1.11]).met
    assert goals.Outcome(at_least, [1.0, 2.0]).met
    assert not goals.Outcome(at_least, [1.0, 1.9]).met
    assert goals.Outcome(at_least, []).met and goals.Outcome(at_least, []).best is None


def test_a_missed_goal_is_said_and_the_exit_code_is_1(monkeypatch, tmp_path, capsys):
    outcomes = [goals.Outcome(goals.Goal("too slow", 1.0), [1.5]),
                goals.Outcome(goals.Goal("never tried", 1.0), [])]
    monkeypatch.setattr(goals, "check", lambda plan, say: outcomes)
    assert command.main(["--check", "--results", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "too slow | 1.50 | ≤ 1 | MISSED" in said and "never tried | – | ≤ 1 | skipped" in said
    monkeypatch.setattr(goals, "check", lambda plan, say: outcomes[1:])
    assert command.main(["--check", "--results", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count("says nothing") == 0
    assert command.main(["--check", "--smallest", "--results", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count("says nothing") == 1


def test_ctrl_c_is_said_and_the_exit_code_is_130(monkeypatch, tmp_path, capsys):
    def interrupted(plan, say):
        raise KeyboardInterrupt

    monkeypatch.setattr(goals, "check", interrupted)
    assert command.main(["--check", "--results", str(tmp_path)]) == 130
    assert capsys.readouterr().err.endswith("benchmarks: interrupted\n")
    assert not list(tmp_path.iterdir())


def test_each_goal_divides_what_its_name_says(monkeypatch):
    """With made-up times, all different: no ratio can be that of two others."""
    seconds = {contestants.PURENN: 6.0, contestants.ADAM: 10.0, contestants.BEST: 5.0,
               contestants.BEST_SPARSE: 4.5, contestants.WAVE: 19.0,
               contestants.SINGLE: 4.0, contestants.STAND_IN: 15.0, contestants.BY_HAND: 8.0,
               contestants.SKLEARN: 132.0, contestants.TORCH: 21.0, single.DOTS: 3.0,
               overhead.LOOP: 16.0, overhead.FIT: 17.0, overhead.PROGRESS: 18.0}
    timings = {name: timing(one) for name, one in seconds.items()}
    monkeypatch.setattr(contestants, "time_steps", lambda task, names, plan: timings)
    monkeypatch.setattr(single, "time_answers", lambda task, plan: timings)
    monkeypatch.setattr(overhead, "measure", lambda plan: timings)
    monkeypatch.setattr(ceiling, "measure", lambda task, plan: {})
    monkeypatch.setattr(ceiling, "reached", lambda task, timings: 0.75)
    plan = measuring.SMALLEST
    found = {**goals.steps(plan), **goals.singles(plan), **goals.trainings(plan)}
    assert [found[goal.name] for goal in goals.GOALS[:15]] == [
        6 / 5, 6 / 5, 6 / 4.5, 10 / 6, 19 / 6, 0.75, 6 / 4, 6 / 8, 15 / 6, 21 / 6, 132 / 6, 6 / 3,
        6 / 8, 17 / 16, 18 / 16]


@pytest.mark.slow
def test_every_goal_is_measured_by_what_is_here():
    """Each measurement gives goals of the list, and together they give all but absent peers'."""
    found = {}
    for _, measure in goals.measurements():
        if measure.__name__ not in found:
            found[measure.__name__] = measure(measuring.SMALLEST)
    measured = [name for one in found.values() for name in one]
    names = [goal.name for goal in goals.GOALS]
    assert len(set(measured)) == len(measured) and set(measured) <= set(names)
    absent = {name for name, package in contestants.NEEDS.items() if package in peers.missing()}
    for name in set(names) - set(measured):
        assert any(peer in name for peer in absent) or processes.why_not()
    values = [value for one in found.values() for value in one.values()]
    assert all(math.isfinite(value) for value in values)


# ---- Whole processes, interpreters, pictures ----


@pytest.mark.slow
@NEEDS_FORK
def test_the_peak_of_a_process_is_its_own():
    """Not that of the process which asks, which is made large here."""
    ballast = bytearray(b"x") * 100_000_000
    small = processes.measure_process(processes.python("-c", "print(1)"))
    large = processes.measure_process(processes.python(
        "-c", "x = bytearray(b'x') * 100_000_000; print(2)"))
    assert (small.output, large.output) == ("1\n", "2\n")
    assert 90e6 < large.peak - small.peak < 130e6 and len(ballast) == 100_000_000
    assert small.peak < 90e6


@NEEDS_FORK
def test_a_process_that_fails_is_an_error_of_one_line():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        processes.measure_process(processes.python("-c", "1 / 0"))


@pytest.mark.slow
def test_this_interpreter_is_among_those_found():
    versions = [interpreters._version_of(python) for python in interpreters.find_interpreters()]
    assert (sys.implementation.name, sys.version_info[:3]) in versions
    assert len(set(versions)) == len(versions)
    assert all(version >= (3, 8) for _, version in versions)


def test_a_folder_without_pyodide_is_an_error(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="npm package"):
        interpreters.find_pyodide(str(tmp_path))
    monkeypatch.delenv("NODE_PATH", raising=False)
    assert interpreters.find_pyodide(None) is None


def test_pyodide_is_found_in_node_modules(tmp_path, monkeypatch):
    package = tmp_path / "node_modules" / "pyodide"
    package.mkdir(parents=True)
    (package / "pyodide.mjs").touch()
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    for folder in (tmp_path, tmp_path / "node_modules", package):
        assert interpreters.find_pyodide(str(folder)) == str(package.resolve())


def test_pictures_are_read_as_they_were_written(tmp_path):
    from purenn.data import read_idx

    memory.write_pictures(str(tmp_path), 3)
    data = read_idx(str(tmp_path / "images"), str(tmp_path / "labels"))
    assert len(data.inputs) == 3 and len(data.inputs[0]) == memory.PIXELS


def test_the_epoch_that_reached_a_goal_counts_from_one():
    course = learning.Course([1.0, 2.0, 3.0], [0.5, 0.96, 0.9])
    assert [course.reached(goal) for goal in (0.4, 0.95, 0.97)] == [1, 2, None]
    assert learning._cells([course] * 3) == ["2", "2.00", "–", "–", "1.00"]


def test_the_share_of_the_ceiling_is_dots_by_step():
    task = tasks.make_task((4, 3, 2), 5)
    timings = {key: timing(1.0) for key in ((3, 4), (4, 5), (2, 3), (3, 5), (3, 2))}
    # rows: 5 and 3 in the first layer; 5, 2 and 5 in the second
    assert ceiling.reached(task, {**timings, "step": timing(40.0)}) == (5 + 3 + 5 + 2 + 5) / 40


# ---- Each of them runs ----


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder into which every benchmark has written, at its smallest size."""
    folder = tmp_path_factory.mktemp("results")
    assert command.main(["--smallest", "--results", str(folder)]) == 0
    return folder


def parts_of(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(command.BENCHMARKS))
def test_every_benchmark_runs_and_writes_what_it_found(name, results):
    parts = parts_of(results)
    if not runs_here(name):
        assert name not in parts
        pytest.skip(f"{name} does not run here, and says nothing")
    part = parts[name]
    assert part["title"] and part["tables"] and part["data"]
    assert {"python", "dot", "processor", "date", "threads"} <= set(part["machine"])
    for _, headings, rows in part["tables"]:
        assert rows and all(len(row) == len(headings) for row in rows)
        assert all(isinstance(cell, str) for row in rows for cell in row)
    for chart in part["charts"]:
        text = (results / f"{chart}.svg").read_text(encoding="utf-8")
        assert text.startswith("<svg") and text.rstrip().endswith("</svg>")


@pytest.mark.slow
def test_the_page_shows_every_part_and_every_chart(results):
    page = (results / "results.md").read_text(encoding="utf-8")
    for part in parts_of(results).values():
        assert f"## {part['title']}\n" in page
    linked = re.findall(r"\]\((.+?)\)", page)
    assert sorted(linked) == sorted(path.name for path in results.glob("*.svg"))
    tables = [block for block in page.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({line.count(" | ") for line in table.splitlines()}) == 1


def test_one_benchmark_replaces_its_own_part_only(tmp_path):
    for part, name in ((1, "overhead"), (2, "ceiling"), (3, "overhead")):
        result = report.Result(f"{name} {part}", "", [], [], {}, {"part": part})
        report.write(str(tmp_path), name, result, 0.0, ["ceiling", "overhead"])
    parts = parts_of(tmp_path)
    assert [(name, part["data"]["part"]) for name, part in parts.items()] == \
        [("ceiling", 2), ("overhead", 3)]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(command.BENCHMARKS))
def test_every_benchmark_can_be_profiled(name, capsys):
    if not runs_here(name):
        pytest.skip(f"{name} does not run here")
    assert command.main(["--smallest", "--profile", name]) == 0
    said = capsys.readouterr().out
    assert "| operation | calls |" in said and "| everything else |" in said


def test_the_playground_is_measured_in_one_process():
    found = playground.measure(0.02)
    assert found["epochs a second"] >= 0  # in so short a time perhaps not even one
    assert found["one example, ms"] > 0 and found["explain a weight, ms"] > 0
    table = playground._alone_table([found])
    assert [len(row) for row in table.rows] == [len(table.headings)]


def test_memory_is_compared_once_every_limit_is_reached():
    rows = [{"minute": minute, "epoch": 500 * minute, "page": size, "nodes": 5, "server": None}
            for minute, size in ((1, 1e6), (2, 4e6), (3, 5e6))]
    assert playground._memory_said(rows) == [
        "From minute 2 to minute 3 the memory of the page changed by +25.0%."]
    assert playground._memory_table(rows).rows[0] == ["1", "500", "1.00", "5", ""]


@pytest.mark.slow
@NEEDS_FORK
def test_idx_files_are_learned_in_a_process_of_their_own(tmp_path):
    memory.write_pictures(str(tmp_path), 60)
    plan = measuring.SMALLEST._replace(
        images=str(tmp_path / "images"), labels=str(tmp_path / "labels"))
    found = learning.run(plan)
    count = found.data["mnist"]["examples"]
    assert 45 <= count <= 55 and found.data["mnist"]["peak bytes"] > 1e6
    assert f"{count} pictures of 784 pixels" in found.tables[-1].caption


# ---- The command line ----


def run_command(*words):
    return subprocess.run([sys.executable, "-m", "benchmarks", *words], cwd=str(ROOT),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def test_the_list_names_all():
    done = run_command("--list")
    listed = [line.split()[0] for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0 and listed == list(command.BENCHMARKS)


@pytest.mark.slow
@pytest.mark.parametrize("words, code, said", [
    (["nothing"], 2, "no benchmark 'nothing'"), (["--images", "x"], 2, "belong together"),
    (["--check", "ladder"], 2, "takes no names"), (["--wrong"], 2, "--wrong"),
    (["learning", "--images", "no-file", "--labels", "no-file"], 1, "no-file"),
    (["interpreters", "--smallest", "--pyodide", "no-folder"], 1, "npm package"),
])
def test_an_error_is_one_line(words, code, said):
    done = run_command(*words)
    lines = [line for line in done.stderr.decode().splitlines()
             if "not installed" not in line and not line.endswith("…")]
    assert done.returncode == code and done.stdout == b""
    assert len(lines) == 1 and said in lines[0] and lines[0].startswith("benchmarks: ")


def test_without_numpy_the_crossover_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(peers, "missing", lambda: ["numpy", "scikit-learn", "torch"])
    assert command.main(["crossover", "--smallest"]) == 1
    assert "pip install" in capsys.readouterr().err
    assert contestants.BY_HAND not in contestants.contestants(
        tasks.make_task((4, 3, 3), 2), [contestants.BY_HAND, contestants.PURENN])


def test_the_reading_order_names_every_module():
    import benchmarks

    folder = Path(benchmarks.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    assert all(re.search(rf"\b{name}\b", benchmarks.__doc__) for name in modules)
