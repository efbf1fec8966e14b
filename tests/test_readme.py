"""What the README tells a newcomer to type works as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from purenn import load
from purenn.data import iris

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_with(text):
    """Return the lines of the code block of the README that holds a text."""
    blocks = re.findall(r"```(?:python)?\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if text in block).splitlines()


def write_flowers(path, with_species=True, numbers=range(150)):
    """Write iris as a person might have it: quoted names, species in words at the front."""
    flowers = iris()
    header = ['"sepal, length"', "sepal width", "petal length", "petal width"]
    lines = [",".join((["species"] if with_species else []) + header)]
    for number in numbers:
        name = [flowers.class_names[flowers.targets[number]]] if with_species else []
        lines.append(",".join(name + [str(value) for value in flowers.inputs[number]]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which the lines for CSV files have been typed, with what each of them said."""
    folder = tmp_path_factory.mktemp("flowers")
    write_flowers(folder / "flowers.csv")
    write_flowers(folder / "more-flowers.csv", numbers=range(0, 150, 3))
    write_flowers(folder / "new-flowers.csv", with_species=False, numbers=[0, 60, 149])
    said = {}
    for line in block_with("train flowers.csv"):
        command = line.replace("python3", sys.executable, 1)
        done = subprocess.run(command, shell=True, cwd=str(folder), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}, check=False)
        said[line.split()[3]] = (done.returncode, done.stdout.decode(), done.stderr.decode())
    return folder, said


@pytest.mark.slow
def test_every_line_for_csv_files_works(folder):
    _, said = folder
    assert sorted(said) == ["doctor", "evaluate", "predict", "show", "train"]
    for command, (code, _, errors) in said.items():
        assert code == 0, f"{command}: {errors}"
        assert "Traceback" not in errors


def test_new_rows_get_the_names_of_the_classes(folder):
    path, _ = folder
    answers = (path / "answers.csv").read_text(encoding="utf-8").split()
    assert answers == ["prediction", "setosa", "versicolor", "virginica"]


def test_the_file_opens_in_python_with_the_same_answers(folder):
    path, _ = folder
    model = load(str(path / "flowers.safetensors"))
    flowers = iris()
    assert model.predict([flowers.inputs[n] for n in (0, 60, 149)]) == [
        "setosa", "versicolor", "virginica"]


@pytest.mark.interop
def test_the_three_lines_of_pytorch_open_the_same_file(folder, monkeypatch):
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    path, _ = folder
    monkeypatch.chdir(path)
    names = {}
    exec("\n".join(block_with("load_state_dict")), names)
    ours = load("flowers.safetensors")
    rows = ours.standardizer_.transform(iris().inputs)
    with torch.no_grad():
        theirs = names["model"](torch.tensor(rows, dtype=torch.float64)).tolist()
    for row, other in zip(ours.network_.predict(rows), theirs):
        assert row == pytest.approx(other, abs=1e-9)


def test_the_torch_line_of_the_readme_is_the_one_that_show_prints(folder):
    line = next(line for line in block_with("load_state_dict") if "Sequential" in line)
    assert line.split("model = ")[1] in folder[1]["show"][1]


def test_the_script_of_the_checks_takes_its_first_command_from_here():
    command = next(line for line in README.splitlines() if line.startswith("python3 -m venv "))
    assert "pytest" in command
    assert "grep -m 1 '^python3 -m venv ' README.md" in (ROOT / ".ci/run").read_text()
