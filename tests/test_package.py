"""The package as others get it: built, installed elsewhere, described, published."""

from __future__ import annotations

import glob
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any, List, Set

import pytest

import purenn

ROOT = Path(purenn.__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").glob("**/*.md"))]


def run(*words: Any, cwd: Path) -> str:
    done = subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300)
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, text[-3000:]
    return text


def tracked(*folders: str) -> Set[str]:
    """Return the files of the repository; skip the test outside of one."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs the repository")
    return set(run("git", "ls-files", "-z", *folders, cwd=ROOT).strip("\0").split("\0"))


def relative_links(text: str) -> List[str]:
    return [path for _, _, _, path in release()["LINK"].findall(text) if path]


def release() -> Any:
    return runpy.run_path(str(ROOT / ".github" / "release.py"))


@pytest.fixture(scope="session")
def copy(tmp_path_factory: Any) -> Path:
    """A copy of what is in the repository, so that building leaves nothing behind here."""
    folder = tmp_path_factory.mktemp("copy")
    for name in tracked():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def published(copy: Path) -> Path:
    """The distributions, built from the copy as the publishing workflow does it."""
    for module in ("build", "setuptools", "wheel"):
        pytest.importorskip(module)
    main = release()["main"]
    assert main(f"v{purenn.__version__}", "https://host.invalid/", "someone/nets", copy) == 0
    run(sys.executable, "-m", "build", "--no-isolation", cwd=copy)
    return copy / "dist"


@pytest.mark.slow
@pytest.mark.interop
def test_both_distributions_pass_the_strict_check(published):
    pytest.importorskip("twine")
    files = sorted(published.iterdir())
    assert [path.name for path in files] == [
        f"purenn-{purenn.__version__}-py3-none-any.whl", f"purenn-{purenn.__version__}.tar.gz"]
    text = run(sys.executable, "-m", "twine", "check", "--strict", *files, cwd=published)
    assert text.count("PASSED") == 2


@pytest.mark.slow
@pytest.mark.interop
def test_the_wheel_holds_every_file_of_the_package_and_no_other(published):
    with zipfile.ZipFile(next(published.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == tracked("purenn")


@pytest.mark.slow
@pytest.mark.interop
def test_the_source_distribution_holds_every_file_of_the_repository(published):
    with tarfile.open(next(published.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    missing = tracked() - names
    assert missing <= {".gitignore", ".gitattributes"}


@pytest.mark.slow
@pytest.mark.interop
def test_the_wheel_says_who_what_and_where(published):
    with zipfile.ZipFile(next(published.glob("*.whl"))) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        metadata = wheel.read(name).decode("utf-8")
    for line in ("Author: The purenn authors", "Requires-Python: >=3.8",
                 "Project-URL: Source, https://host.invalid/someone/nets"):
        assert line in metadata, metadata[:2000]
    assert re.search("^License(-Expression)?: MIT$", metadata, flags=re.M)
    requirements = re.findall("^Requires-Dist: (.*)$", metadata, flags=re.M)
    assert requirements and all("extra ==" in requirement for requirement in requirements)
    body = metadata.split("\n\n", 1)[1]
    assert "(https://host.invalid/someone/nets/raw/v" in body
    assert "(https://host.invalid/someone/nets/blob/v" in body
    assert not relative_links(body)


def oldest_and_newest() -> List[str]:
    """Return the oldest and the newest Python of this machine that purenn can use."""
    found = []
    for minor in range(8, 40):
        installed = glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/python"))
        path = shutil.which(f"python3.{minor}") or ""
        found += installed[:1] or ([path] if path and "shims" not in path else [])
    return [found[0], found[-1]] if found else [sys.executable]


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("python", oldest_and_newest())
def test_the_wheel_runs_where_nothing_else_is(python, published, tmp_path):
    run(python, "-m", "venv", tmp_path / "bare", cwd=tmp_path)
    programs = tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin")
    wheel = next(published.glob("*.whl"))
    run(programs / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    assert run(programs / "purenn", "--version", cwd=tmp_path).split()[1] == purenn.__version__
    run(programs / "purenn", "train", "iris", "--epochs", "1", "-o", "iris.safetensors",
        cwd=tmp_path)
    assert "petal" in run(programs / "purenn", "show", "iris.safetensors", cwd=tmp_path)
    (tmp_path / "t.csv").write_text("a,b,c\n1,x,2.5\n2,y,3.5\n3,x,4.5\n4,y,5.5\n5,x,6.5\n")
    run(programs / "purenn", "train", "t.csv", "-o", "t.json", cwd=tmp_path)
    assert run(programs / "purenn", "predict", "t.json", "t.csv", cwd=tmp_path).count("\n") == 6
    assert "prediction" in run(programs / "python", "-m", "purenn", "predict", "t.json", "t.csv",
                               cwd=tmp_path)
    run(programs / "purenn", "export", "iris.safetensors", "-o", "flowers.py", cwd=tmp_path)
    assert "setosa" in (tmp_path / "flowers.py").read_text()


# ---- Publishing ----


def test_a_tag_that_is_not_the_version_is_not_published(tmp_path, capsys):
    for name in ("purenn/__init__.py", ".github/CHANGELOG.md", "README.md", "setup.cfg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    before = (tmp_path / "README.md").read_bytes()
    main = release()["main"]
    assert main("v9.9.9", "https://host.invalid", "a/b", tmp_path) == 1
    assert "9.9.9" in capsys.readouterr().err and (tmp_path / "README.md").read_bytes() == before
    (tmp_path / ".github" / "CHANGELOG.md").write_text("# Changelog\n")
    assert main(f"v{purenn.__version__}", "https://host.invalid", "a/b", tmp_path) == 1
    assert "CHANGELOG" in capsys.readouterr().err


def test_links_in_code_and_links_to_elsewhere_stay_as_they_are():
    absolute = release()["absolute_links"]
    for text in ("`[a](b)`", "```\n[a](b)\n```", "[a](https://b)", "[a](#b)", "[a] (b)",
                 "[a](mailto:b)"):
        assert absolute(text, "R", "t") == text
    assert absolute("[`a`](b.md) ![c](d)", "R", "t") == "[`a`](R/blob/t/b.md) ![c](R/raw/t/d)"


def test_the_version_stands_in_changelog_and_citation():
    changes = (ROOT / ".github" / "CHANGELOG.md").read_text("utf-8")
    assert re.findall("^## (.*)$", changes, flags=re.M)[0].split()[0] == purenn.__version__
    citation = (ROOT / ".github" / "CITATION.cff").read_text("utf-8")
    assert f"version: {purenn.__version__}\n" in citation
    assert release()["problems"](f"v{purenn.__version__}") == []


@pytest.mark.slow
@pytest.mark.interop
def test_the_workflows_run_what_the_readme_says_and_store_no_password():
    yaml = pytest.importorskip("yaml")
    folder = ROOT / ".github" / "workflows"
    flows = {path.name: yaml.safe_load(path.read_text("utf-8")) for path in folder.iterdir()}
    steps = [step for flow in flows.values() for job in flow["jobs"].values()
             for step in job.get("steps", [])]
    commands = "\n".join(step.get("run", "") for step in steps)
    assert "python -m pytest -q" in commands and "twine check --strict" in commands
    assert "secrets." not in "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert flows["publish.yml"]["jobs"]["publish"]["permissions"] == {"id-token": "write"}
    systems = flows["test.yml"]["jobs"]["tests"]["strategy"]["matrix"]["system"]
    assert [name.split("-")[0] for name in systems] == ["ubuntu", "macos", "windows"]
    for used in {step["uses"].split("/")[0] for step in steps if "uses" in step}:
        assert used in {"actions", "pypa"}


# ---- Pages ----


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_that_is_there(page):
    for link in relative_links(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve()
        assert target.exists(), link
        if anchor:
            heads = re.findall("^#+ (.*)$", target.read_text("utf-8"), flags=re.M)
            assert anchor in [re.sub("[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
                              for head in heads], link


def test_the_example_of_how_to_add_a_layer_is_true():
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    import doctest

    names: Any = {}
    for block in re.findall("^```python\n(.*?)^```$", page, flags=re.M | re.S):
        exec(block, names)
    example = doctest.DocTestFinder().find(names["Scale"], globs=names, module=False)
    failed = [doctest.DocTestRunner().run(test) for test in example]
    assert failed and all(result.attempted >= 0 and not result.failed for result in failed)
    assert sum(result.attempted for result in failed) == 1
    wrong = type("Wrong", (names["Scale"],), {"backward": lambda self, g: names["linalg"].multiply(
        names["Scale"].backward(self, g), 1.01)})
    network = purenn.Network([*names["network"].layers[:2], wrong(2)])
    report = names["gradcheck"].check(
        network, purenn.MeanSquaredError(), names["inputs"], names["targets"])
    assert not report.ok


def test_the_paper_cites_what_it_lists_and_keeps_to_its_length():
    folder = ROOT / ".github" / "paper"
    _, head, text = (folder / "paper.md").read_text("utf-8").split("---\n", 2)
    assert 500 <= len(text.split()) <= 1000
    for section in ("# Summary", "# Statement of need", "# Learning objectives", "# Content",
                    "# Instructional design", "# Experience of use", "# References"):
        assert section in text
    cited = set(re.findall(r"@(\w+)", text))
    listed = set(re.findall(r"^@\w+\{(\w+),", (folder / "paper.bib").read_text(), flags=re.M))
    assert cited == listed and "bibliography: paper.bib" in head
