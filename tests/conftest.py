"""How the properties are searched: the same examples on every run, and no clock.

HYPOTHESIS_PROFILE=thorough, that of .ci/run, takes more of them; HYPOTHESIS_PROFILE=quick takes
few, for whoever runs the tests again and again; HYPOTHESIS_PROFILE=search looks for new
counter-examples instead, a thousand for each property.

The lessons: each is run at most once, whatever number of tests looks at what came of it.

PURENN_TESTS_RUN=FILE adds the names of the tests that were run, and not skipped, to a file.
"""

import os
import sys
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "same", max_examples=20, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("same"), max_examples=50)
settings.register_profile("quick", settings.get_profile("same"), max_examples=8)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# Hundreds of tests start a Python: without this, each of them may compile the whole package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With pytest -n and --dist loadgroup, one process runs all lessons, so each is run once."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            return "lessons" if "lesson" in nodeid or "test_book" in file else nodeid

    return Grouped(config, log)


def pytest_make_parametrize_id(config, val, argname):
    """Bytes are not part of a test's name: what gzip makes differs from one second to the next,
    and the processes of pytest -n must find the same names."""
    return f"{argname}-of-{len(val)}" if isinstance(val, bytes) else None


def pytest_runtest_logreport(report):
    path = os.environ.get("PURENN_TESTS_RUN")
    # The processes of pytest -n send their reports to the one that started them.
    if path and report.when == "call" and not report.skipped and not os.environ.get(
            "PYTEST_XDIST_WORKER"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(report.nodeid + "\n")


@pytest.fixture(scope="session")
def lesson():
    """lesson(4) runs part 4 and returns its `names`, `output` (what it printed) and `pictures`.

    `results` has the same cell by cell. Nobody changes what is in them.
    """
    from purenn.book import parts, running

    done = {}

    def lesson(number):
        if number not in done:
            part, names = parts.find(number), {}
            results = list(running.run(part.cells, part.path, names))
            done[number] = SimpleNamespace(
                part=part, names=names, results=results,
                output=running.text_of(results), pictures=running.pictures_of(results),
            )
        return done[number]

    return lesson


@pytest.fixture(scope="session")
def book(lesson, tmp_path_factory):
    """The folder of the whole web book, made of all parts."""
    from purenn.book import lesson_pages, parts, website

    done = [lesson(number) for number in parts.numbers()]
    folder = tmp_path_factory.mktemp("book")
    website.write(str(folder), website.book_pages(
        [lesson_pages.told(one.part, one.results) for one in done]))
    return folder
