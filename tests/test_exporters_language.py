"""A language model as a Python file: the scores are purenn's, and so is what it writes."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any, Dict, List

import pytest

from purenn import Dense, Dropout
from purenn.model import Model
from purenn.sequences import (
    Continuation, LanguageModel, LayerNorm, Residual, RMSNorm, Vocabulary, byte_pairs, generate,
    gpt,
)
from purenn.store.exporters import FORMATS, ExportError, export
from test_exporters import micropython, run, this_and_others

LINES = ["anna", "hannah", "jo ann", "zoë", "banana", 'quo"te\\']
PROMPTS = ["", "an", "jo", "zoë", "anna an"]
SETTINGS = [(1.0, None), (0.5, 3), (0.0, None), (2.0, 1)]
LENGTHS = (None, 20)


def model_of(norm: Any, gain: bool, pieces: List[str], whole: bool, seed: int) -> Model:
    """A model of random weights, large enough that some texts are likelier than others."""
    rng = Random(seed)
    network = gpt(len(pieces) + 1, 8, 8, 2, 2, rng, norm, gain)
    inner = Residual([norm(8, gain), Dense(8, 8, rng), Dropout(0.5, rng)])
    network = LanguageModel([*network.layers[:-2], inner, *network.layers[-2:]])
    for parameter in network.parameters():
        parameter.value = [[rng.gauss(0, 0.5) + ("gain" in parameter.name) for _ in row]
                           for row in parameter.value]
    return Model(network, "language model", classes=pieces,
                 parameters={"texts": "whole" if whole else "lines"})


def models() -> Dict[str, Model]:
    pieces = byte_pairs(LINES, 20).pieces
    letters = sorted(set("".join(LINES)))
    return {"rms": model_of(RMSNorm, True, pieces, False, 1),
            "layer": model_of(LayerNorm, True, letters, False, 2),
            "plain": model_of(RMSNorm, False, letters, True, 3),
            "layer_plain": model_of(LayerNorm, False, pieces, True, 4)}


def prompts_for(name: str) -> List[str]:
    """Where pieces are joined, a prompt may also be one that is joined in several steps."""
    return [*PROMPTS, "banana"] if name in ("rms", "layer_plain") else PROMPTS


def expected(name: str, model: Model) -> Dict[str, Any]:
    """What purenn gives as scores, and writes with these random numbers."""
    vocabulary = Vocabulary(list(model.classes))
    network: Any = model.network
    whole = model.parameters["texts"] == "whole"
    with Continuation(network) as text:
        scores = [text.feed([token]) for token in [vocabulary.edge, 0, 1, 2, 1, 0]]
    texts = []
    for prompt in prompts_for(name):
        for temperature, top_k in SETTINGS:
            for longest in LENGTHS[1:] if whole else LENGTHS:
                start = [vocabulary.edge, *vocabulary.encode(prompt)]
                if longest is None and len(start) >= 8:
                    continue
                numbers = Random(len(texts))
                written = generate(network, start, vocabulary.edge, numbers, temperature, top_k,
                                   longest, ends=not whole)
                drawn = Random(len(texts))
                texts.append([prompt, temperature, top_k, longest,
                              [drawn.random() for _ in range(40)],
                              prompt + vocabulary.decode(written)])
    return {"scores": scores, "texts": texts}


DRIVER = '''
import json, sys
sys.path.insert(0, ".")
def native(text):
    return text.encode("utf-8") if type(text).__name__ == "unicode" else text
def replay(numbers):
    numbers = list(numbers)
    return lambda: numbers.pop(0)
for name, wanted in sorted(json.loads(open("wanted.json").read()).items()):
    module = __import__(str(name))
    past = module.new_text()
    scores = [module.feed(token, past) for token in [module.EDGE, 0, 1, 2, 1, 0]]
    texts = [module.generate(native(prompt), temperature, top_k, longest, replay(numbers))
             for prompt, temperature, top_k, longest, numbers in wanted]
    print(json.dumps([name, {"scores": scores, "texts": texts}]))
'''


@pytest.fixture(scope="session")
def written(tmp_path_factory: Any) -> Any:
    """A folder with the exported models and a driver, and what purenn says."""
    folder = tmp_path_factory.mktemp("language")
    wanted = {name: expected(name, model) for name, model in models().items()}
    for name, model in models().items():
        export(model, str(folder / f"{name}.py"))
    (folder / "driver.py").write_text(DRIVER)
    (folder / "wanted.json").write_text(json.dumps(
        {name: [text[:-1] for text in entry["texts"]] for name, entry in wanted.items()}))
    return folder, wanted


def check(text: str, wanted: Dict[str, Any]) -> None:
    said = dict(json.loads(line) for line in text.splitlines())
    assert set(said) == set(wanted)
    for name, entry in wanted.items():
        for row, other in zip(said[name]["scores"], entry["scores"]):
            assert row == pytest.approx(other, abs=1e-12, rel=1e-12)
        assert said[name]["texts"] == [text[-1] for text in entry["texts"]], name


@pytest.mark.slow
@pytest.mark.parametrize("python", this_and_others())
def test_it_writes_what_purenn_writes_on_this_python(python, written):
    folder, wanted = written
    assert len({text[-1] for entry in wanted.values() for text in entry["texts"]}) > 30
    check(run(python, "driver.py", cwd=folder), wanted)


@pytest.mark.slow
@pytest.mark.interop
def test_it_writes_what_purenn_writes_on_micropython(written):
    folder, wanted = written
    check(run(*micropython(), "driver.py", cwd=folder), wanted)


@pytest.mark.slow
def test_it_imports_nothing_but_math(written):
    for path in written[0].glob("*.py"):
        if path.name != "driver.py":
            tree = ast.parse(path.read_text("utf-8"))
            imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert imported == {"math"}
            assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))


def command(folder: Path, *words: str) -> Any:
    return subprocess.run([sys.executable, "rms.py", *words], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


@pytest.mark.slow
def test_as_a_command_the_same_seed_writes_the_same_and_another_seed_something_else(written):
    words = ["--samples", "5", "--prompt", "an", "--seed", "3"]
    first, again = command(written[0], *words), command(written[0], *words)
    other = command(written[0], *words[:-1], "4")
    assert first.returncode == 0 and first.stdout == again.stdout != other.stdout
    lines = first.stdout.decode("utf-8").splitlines()
    assert len(lines) == 5 and all(line.startswith("an") for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("words, message", [
    (["--prompt", "xyz"], "the model knows no 'x'"), (["--prompt"], "usage"),
    (["--colour", "red"], "usage"), (["--samples", "many"], "many"),
    (["--prompt", "annannannannannannann"], "context"),
])
def test_as_a_command_it_says_what_is_wrong_in_one_line(words, message, written):
    done = command(written[0], *words)
    assert done.returncode == 1 and message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_its_own_random_numbers_are_spread_evenly(written):
    names: Dict[str, Any] = {"__name__": "x"}
    exec((written[0] / "rms.py").read_text("utf-8"), names)
    for seed in (0, 1, 2, -5, 10 ** 12):
        random = names["Lehmer"](seed).random
        counts = [0] * 10
        for _ in range(10_000):
            counts[int(10 * random())] += 1
        # Chi-squared with 9 degrees of freedom is above 33.7 once in 10,000 times.
        assert sum((count - 1000) ** 2 / 1000 for count in counts) < 33.7
    firsts = [names["Lehmer"](seed).random() for seed in range(1000)]
    assert len(set(firsts)) == 1000 and 0.45 < sum(firsts) / 1000 < 0.55


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"python"}))
def test_other_languages_refuse_it(format, tmp_path):
    with pytest.raises(ExportError, match="python"):
        export(models()["rms"], str(tmp_path / "x"), format)
    assert [*tmp_path.iterdir()] == []
