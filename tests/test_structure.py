"""The structure of the core holds.

Nothing but the standard library; each module built only on those before it; single numbers looped
over in linalg alone, so that another linalg can stand in for it; the same bits on every Python.
"""

import ast
import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

import purenn
from purenn import (
    ELU, GELU, L1, L2, SGD, AdaGrad, Adam, AdamW, BinaryCrossEntropy, CategoricalCrossEntropy,
    Dense, Dropout, EarlyStopping, ElasticNet, Huber, LeakyReLU, Linear, MeanAbsoluteError,
    MeanSquaredError, Network, RandomAdjustment, RandomSearch, ReduceOnPlateau, ReLU, RMSProp,
    Sigmoid, SigmoidCrossEntropy, SiLU, Softmax, SoftmaxCrossEntropy, Softplus, Tanh, accuracy, he,
    linalg, mean_absolute_error, normal, r2, train, uniform, xavier,
)

PACKAGE = Path(purenn.__file__).resolve().parent
NINE = ["linalg", "initializers", "layers", "activations", "losses", "network", "optimizers",
        "metrics", "training"]
# Each imports only from those before it; those that are not among the nine stand beside them.
CORE = ["first", "annotations", "notebooks", "linalg", "fast", "rows", "checks", "initializers",
        "layers", "activations", "losses", "network", "schedules", "optimizers", "metrics",
        "penalties", "history", "training", "callbacks", "gradcheck"]
FILES = sorted(PACKAGE.rglob("*.py"))

# The standard library, for Pythons before 3.10, which do not say themselves what is in it.
STANDARD = set("""
    __future__ abc argparse array ast base64 binascii bisect builtins bz2 calendar cmath cmd
    code codecs collections concurrent configparser contextlib copy csv ctypes dataclasses
    datetime decimal difflib doctest email enum errno fcntl filecmp fnmatch fractions functools
    gc getpass gettext glob gzip hashlib heapq hmac html http importlib inspect io itertools
    json keyword linecache locale logging lzma math mimetypes mmap multiprocessing numbers
    operator os pathlib pickle pkgutil platform posixpath pprint pstats pydoc queue random re
    readline resource runpy sched secrets select selectors shelve shlex shutil signal site
    socket socketserver sqlite3 ssl stat statistics string struct subprocess symtable sys
    sysconfig tempfile termios textwrap threading time timeit token tokenize traceback
    tracemalloc tty types typing unicodedata unittest urllib uuid warnings wave weakref
    webbrowser xml zipfile zlib
""".split())
STANDARD_LIBRARY = getattr(sys, "stdlib_module_names", STANDARD)


@functools.lru_cache(maxsize=None)
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(path):
    """Yield (node, absolute name of what is imported) for every import in a file."""
    here = ("purenn",) + path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[:len(here) - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:
                inside = (PACKAGE.parent / module.replace(".", "/") / f"{alias.name}.py").exists()
                yield node, f"{module}.{alias.name}" if inside else module


# ---- Imports ----


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_imported_from_outside_the_standard_library(path):
    for node, name in imports_of(path):
        top = name.split(".")[0]
        assert top == "purenn" or top in STANDARD_LIBRARY, f"{path}:{node.lineno} imports {name}"


@pytest.mark.parametrize("name", CORE)
def test_each_module_imports_only_from_those_before_it(name):
    before = {f"purenn.{other}" for other in CORE[:CORE.index(name)]}
    path = PACKAGE / f"{name}.py"
    for node, imported in imports_of(path):
        # The last lines of linalg put the quick functions in place: the one import of its kind.
        swap = (name, imported) == ("linalg", "purenn.fast")
        if imported.startswith("purenn") and not swap:
            assert imported in before, f"{path}:{node.lineno} imports {imported}"


def test_linalg_imports_the_quick_functions_in_its_last_lines_and_nobody_else_does():
    *_, last = tree_of(PACKAGE / "linalg.py").body
    assert isinstance(last, ast.If) and last.body[0].module == "fast"
    users = {path.stem for path in FILES for _, name in imports_of(path) if name == "purenn.fast"}
    assert users <= {"linalg", "reference", "selftest"}


def test_the_first_page_uses_nothing_of_purenn():
    path = PACKAGE / "first.py"
    assert {name for _, name in imports_of(path)} == {"math", "random"}
    done = subprocess.run([sys.executable, "-m", "purenn.first"], cwd=str(PACKAGE.parent),
                          stdout=subprocess.PIPE, check=True)
    text = done.stdout.decode()
    assert "weight 1.999, bias 1.001" in text
    assert text.rstrip().endswith("outputs for 00, 01, 10, 11: 0.00, 1.00, 1.00, 0.00")


def test_importing_purenn_imports_nothing_that_is_built_on_the_core():
    code = ("import sys, json; before = set(sys.modules); import purenn; "
            "print(json.dumps(sorted(set(sys.modules) - before)))")
    done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, check=True,
                          env=dict(os.environ, PYTHONPATH=str(PACKAGE.parent),
                                   PURENN_PLAIN_LOOPS=""))
    loaded = json.loads(done.stdout.decode())
    assert {name for name in loaded if name.startswith("purenn")} == {
        "purenn", *(f"purenn.{name}" for name in CORE if name not in ("first", "gradcheck"))}
    costly = {"typing", "re", "contextlib", "functools", "random", "csv", "argparse", "hashlib",
              "json", "tempfile", "subprocess", "dataclasses", "inspect", "asyncio", "logging",
              "unittest", "numpy"}
    assert not costly & set(loaded)


# ---- The way to the first step ----


# Whoever follows a call of `train` to its first step passes through few functions.
def test_the_way_to_the_first_step_is_short():
    apart = ("linalg.py", "fast.py", "checks.py")  # comprehensions and lambdas do not count either
    rng, passed, depth = Random(1), {}, []

    class Stop(purenn.Callback):
        def after_batch(self, run):
            sys.setprofile(None)

    def watch(frame, event, argument):
        code = frame.f_code
        if (str(PACKAGE) in code.co_filename and not code.co_filename.endswith(apart)
                and not code.co_name.startswith("<")):
            if event == "call":
                depth.append(code)
                passed[code] = max(len(depth), passed.get(code, 0))
            elif event == "return":
                depth.pop()

    network = Network([Dense(6, 5, rng), ReLU(), Dense(5, 2, rng)])
    inputs = [[rng.random() for _ in range(6)] for _ in range(8)]
    sys.setprofile(watch)
    try:
        train(network, inputs, [0, 1] * 4, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01),
              epochs=1, batch_size=8, callbacks=[Stop()])
    finally:
        sys.setprofile(None)
    named = [code.co_name for code in passed]
    assert {"train", "_loop", "step"} <= set(named)
    most = 30 if linalg.dot.__module__ == "purenn.fast" else 34  # plain loops call each formula
    assert len(named) <= most and max(passed.values()) <= 5, (sorted(named), max(passed.values()))


# ---- The reading order ----


def test_the_reading_order_stands_in_the_docstring_of_the_package():
    listed = re.findall(r"^(\d)\. (\w+)", purenn.__doc__, re.MULTILINE)
    assert listed == [(str(number), name) for number, name in enumerate(["first", *NINE])]


@pytest.mark.parametrize("name", NINE)
def test_each_module_says_what_comes_before_and_what_after(name):
    text = " ".join(importlib.import_module(f"purenn.{name}").__doc__.split())
    place = NINE.index(name)
    before = f"`{['first', *NINE][place]}`"
    after = "This is the last of the nine modules"
    if place < len(NINE) - 1:
        after = f"After this: `{NINE[place + 1]}`"
    assert f"Before this: {before}" in text and after in text


def test_the_nine_modules_can_be_read_in_an_evening():
    lines = {name: len((PACKAGE / f"{name}.py").read_text(encoding="utf-8").splitlines())
             for name in NINE}
    assert sum(lines.values()) <= 2300 and lines["linalg"] <= 350


OWN_WORDS = re.compile(r"\b(rooms?|doors?|doorbell|walls?|house|bends?|prices?)\b", re.I)


@pytest.mark.parametrize("name", CORE)
def test_the_words_are_those_of_the_field(name):
    assert not OWN_WORDS.findall((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))


# ---- What is exported ----

PROMISED = """
    Parameter Layer Dense Dropout
    Linear ReLU LeakyReLU ELU Softplus Sigmoid Tanh GELU SiLU Softmax
    MeanSquaredError MeanAbsoluteError Huber BinaryCrossEntropy CategoricalCrossEntropy
    SoftmaxCrossEntropy SigmoidCrossEntropy L1 L2 Network
    RandomSearch RandomAdjustment SGD AdaGrad RMSProp Adam AdamW
    Constant InverseTimeDecay StepDecay ExponentialDecay CosineDecay LinearWarmUp
    clip_by_global_norm accuracy confusion_matrix precision_recall_f1 macro_average r2
    mean_absolute_error train History EarlyStopping ReduceOnPlateau CSVLog ShapeError
    zeros normal uniform xavier he
""".split()


def test_everything_promised_is_exported():
    assert set(PROMISED) <= set(purenn.__all__)
    assert all(hasattr(purenn, name) for name in purenn.__all__)
    assert len(set(purenn.__all__)) == len(purenn.__all__)


@pytest.mark.parametrize("module", [name for name in CORE if name not in ("first", "fast")])
def test_what_a_module_exports_is_there_and_documented(module):
    found = importlib.import_module(f"purenn.{module}")
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    for name in found.__all__:
        value = getattr(found, name)
        if getattr(value, "__module__", None) == found.__name__ and not value.__doc__:
            # Families of operations that are one formula each share a comment above them.
            line = re.search(rf"^def {name}\(", source, re.MULTILINE)
            above = source[:line.start()].rsplit("\n# ", 1)[-1]
            assert module == "linalg" and above.count("\n\n\n") == 0, f"{module}.{name}"


# ---- The same bits everywhere ----

# Sums of counts and of truth values: whole numbers, the same on every Python; and one of which only
# counts whether it is finite.
WHOLE_NUMBERS = {
    "sum(row, 0.0)", "sum(self.counts.values())",
    "sum(tally.counts[kind] for kind in others)",
    "sum(p == a for p, a in zip(predicted, actual))",
    "sum(other[k] for other in counts)", "sum(row)",
    "sum(score.support for score in scores)", "sum(rows * columns for rows, columns in sizes)",
    "sum(counts[digit][digit] for digit in range(10))", "sum(lengths)",
}


def counts_only(call):
    """Say whether a sum adds up comparisons, ones, or lengths."""
    element = getattr(call.args[0], "elt", call.args[0])
    return (
        isinstance(element, ast.Compare)
        or isinstance(element, ast.Constant) and isinstance(element.value, int)
        or isinstance(element, ast.Call) and getattr(element.func, "id", "") == "len"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_built_in_sum_adds_floats(path):
    source = path.read_text(encoding="utf-8")
    own_sum = any(isinstance(node, ast.FunctionDef) and node.name == "sum"
                  for node in tree_of(path).body)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sum" and not own_sum:
            text = ast.get_source_segment(source, node)
            assert text in WHOLE_NUMBERS or counts_only(node), f"{path}:{node.lineno}: {text}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_of_a_generator_only_random_is_used(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            base = getattr(node.value, "id", getattr(node.value, "attr", ""))
            if base in ("rng", "random", "_rng", "generator"):
                # microgpt shuffles and draws so; test_sequences_text.py holds what comes of it.
                as_there = node.attr in ("shuffle", "gauss") and path.stem == "microgpt"
                saved = node.attr in ("getstate", "setstate") and (
                    "store" in path.parts or path.name in ("runner.py", "gpt.py"))  # which go back
                fine = node.attr in ("random", "Random") or saved or as_there
                assert fine, f"{path}:{node.lineno}: {node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module == "random" and node.level == 0:
            assert [alias.name for alias in node.names] == ["Random"], f"{path}:{node.lineno}"


def interpreters():
    """Every Python from 3.8 on that this machine has: on the path, of a pyenv, and PyPy."""
    found = [sys.executable]
    found += [shutil.which(f"python3.{minor}") for minor in range(8, 20)]
    found += [shutil.which("pypy3"), shutil.which("python3")]
    root = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    found += [str(path) for path in sorted(root.glob("versions/*/bin/python"))]
    code = "import sys; print(sys.version_info >= (3, 8), sys.executable, sys.version.split()[0])"
    seen = {}
    for candidate in filter(None, found):
        try:
            done = subprocess.run([candidate, "-c", code], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            continue
        fine, *name = done.stdout.decode().split() or ["False"]
        if done.returncode == 0 and fine == "True":
            implementation = "pypy" if "pypy" in name[0] else "cpython"
            seen.setdefault((implementation, name[1]), candidate)
    return sorted(seen.values())


SELFTEST = PACKAGE / "app" / "selftest.py"
HASH = "from purenn.app.selftest import reference_hash; print(reference_hash())"


@pytest.mark.slow
@pytest.mark.skipif(not SELFTEST.exists(), reason="purenn/app/selftest.py is not there")
def test_under_plain_loops_every_python_here_gets_the_published_hash():
    from purenn.app.selftest import REFERENCE_HASH

    assert re.fullmatch("[0-9a-f]{64}", REFERENCE_HASH)
    environment = dict(os.environ, PURENN_PLAIN_LOOPS="1", PYTHONPATH=str(PACKAGE.parent),
                       PYTHONDONTWRITEBYTECODE="1")
    runs = [(python, subprocess.Popen([python, "-c", HASH], env=environment,
                                      stdout=subprocess.PIPE)) for python in interpreters()]
    hashes = {python: run.communicate()[0].decode().strip() for python, run in runs}
    assert hashes and hashes == dict.fromkeys(hashes, REFERENCE_HASH)


# ---- No core module above linalg touches single numbers ----


class SealedRow:
    """A row of which only its length is known."""

    def __init__(self, row):
        self._row = row

    def __len__(self):
        return len(self._row)

    def _refuse(self, *_):
        raise AssertionError("a module of the core above linalg looked at a number")

    __iter__ = __getitem__ = __contains__ = _refuse


class Sealed:
    """A matrix that nobody can look into: no loop, no arithmetic, no numbers, only its sizes."""

    __slots__ = ("_rows",)

    def __init__(self, rows):
        self._rows = rows

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, row):
        return SealedRow(self._rows[row])

    def _refuse(self, *_):
        raise AssertionError("a module of the core above linalg looked into a matrix")

    __iter__ = __setitem__ = __contains__ = __reversed__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _refuse
    __rtruediv__ = __neg__ = __pow__ = __abs__ = __float__ = __bool__ = __eq__ = _refuse
    __lt__ = __gt__ = __le__ = __ge__ = __matmul__ = _refuse
    __hash__ = None


def is_matrix(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def opened(value):
    if isinstance(value, Sealed):
        return value._rows
    if isinstance(value, (list, tuple)) and any(isinstance(one, Sealed) for one in value):
        return [opened(one) for one in value]
    return value


def sealed_checks(monkeypatch):
    """Let checks look at what comes from outside, and at nothing that the core has computed."""
    from purenn import checks

    for name, place, answer in (("as_matrix", 0, None), ("check_probabilities", 1, None),
                                ("is_flat", 0, False)):
        real = getattr(checks, name)

        def passing(*arguments, real=real, place=place, answer=answer, **options):
            if isinstance(arguments[place], Sealed):
                return arguments[place] if answer is None else answer
            return real(*arguments, **options)

        monkeypatch.setattr(checks, name, passing)


def sealed_linalg():
    """linalg with the same names, but every matrix that comes out is sealed."""
    def wrap(name):
        real = getattr(linalg, name)

        def wrapped(*arguments, **options):
            result = real(*map(opened, arguments), **{k: opened(v) for k, v in options.items()})
            from_outside = name == "take" and not isinstance(arguments[0], Sealed)
            return Sealed(result) if is_matrix(result) and not from_outside else result

        return wrapped

    return SimpleNamespace(ShapeError=linalg.ShapeError, **{name: wrap(name) for name in MOVED})


MOVED = {name for name in linalg.__all__ if name[0].islower()}


def stand_in(monkeypatch, other):
    """Put another linalg into every core module, also where a single name of it was imported."""
    for name in CORE:
        if name in ("linalg", "fast"):
            continue
        module = importlib.import_module(f"purenn.{name}")
        for name, value in list(vars(module).items()):
            if value is linalg:
                monkeypatch.setattr(module, name, other)
            elif name in MOVED and value is getattr(linalg, name):
                monkeypatch.setattr(module, name, getattr(other, name))


ROWS = [[0.1 * k, 1.0 - 0.05 * k * k, 0.5] for k in range(11)]
LABELS = [0, 1, 2, 1, 0, 2, 0, 0, 1, 2, 1]
REAL = [[0.5 * k, 1.0, -0.25 * k] for k in range(11)]
YES = [[float(k % 2), 1.0, 0.25] for k in range(11)]

RUNS = {
    "relu, softmax, sgd": lambda rng: (
        [Dense(3, 6, rng), ReLU(), Dense(6, 3, rng)], SoftmaxCrossEntropy(), LABELS, SGD(0.1),
        {"metrics": [accuracy], "penalty": L2(0.01)}),
    "leaky, momentum, dropout": lambda rng: (
        [Dense(3, 6, rng, xavier), LeakyReLU(), Dropout(0.25, rng), Dense(6, 3, rng, normal)],
        SoftmaxCrossEntropy(), LABELS, SGD(0.1, momentum=0.9, clip_norm=0.5),
        {"penalty": L1(0.01)}),
    "elu, nesterov, huber": lambda rng: (
        [Dense(3, 6, rng), ELU(), Dense(6, 3, rng, uniform)], Huber(0.5), REAL,
        SGD(0.05, momentum=0.9, nesterov=True), {"metrics": [r2, mean_absolute_error]}),
    "gelu, adam, mse": lambda rng: (
        [Dense(3, 6, rng), GELU(), Dense(6, 3, rng)], MeanSquaredError(), REAL, Adam(0.01),
        {"penalty": ElasticNet(l1=0.01, l2=0.01), "callbacks": [ReduceOnPlateau(patience=1)]}),
    "silu, adamw, mae": lambda rng: (
        [Dense(3, 6, rng), SiLU(), Dense(6, 3, rng), Linear()], MeanAbsoluteError(), REAL,
        AdamW(0.01), {}),
    "softplus, adagrad, sigmoid": lambda rng: (
        [Dense(3, 6, rng), Softplus(), Dense(6, 3, rng)], SigmoidCrossEntropy(), YES, AdaGrad(0.1),
        {"callbacks": [EarlyStopping(2)]}),
    "tanh, rmsprop, sigmoid layer": lambda rng: (
        [Dense(3, 6, rng), Tanh(), Dense(6, 3, rng), Sigmoid()], BinaryCrossEntropy(), YES,
        RMSProp(0.01), {}),
    "softmax layer": lambda rng: (
        [Network([Dense(3, 6, rng), Tanh()]), Dense(6, 3, rng), Softmax()],
        CategoricalCrossEntropy(), LABELS, SGD(0.1), {"metrics": [accuracy]}),
    "one column of yes and no": lambda rng: (
        [Dense(3, 1, rng)], SigmoidCrossEntropy(), [k % 2 for k in range(11)], SGD(0.1),
        {"metrics": [accuracy]}),
    "random search": lambda rng: (
        [Dense(3, 3, rng, he)], SoftmaxCrossEntropy(), LABELS, RandomSearch(rng), {}),
    "random adjustment": lambda rng: (
        [Dense(3, 3, rng)], SoftmaxCrossEntropy(), LABELS, RandomAdjustment(rng), {}),
}


def curves(name):
    rng = Random(7)
    layers, loss, targets, optimizer, options = RUNS[name](rng)
    history = train(Network(layers), ROWS, targets, loss=loss, optimizer=optimizer, epochs=4,
                    batch_size=4, validation=(ROWS[:3], targets[:3]), rng=rng, **options)
    return [[value for key, value in record.as_dict().items() if key != "seconds"]
            for record in history]


@pytest.mark.parametrize("name", sorted(RUNS))
def test_the_core_never_looks_into_a_matrix(name, monkeypatch):
    expected = curves(name)
    stand_in(monkeypatch, sealed_linalg())
    sealed_checks(monkeypatch)
    assert curves(name) == expected


@pytest.mark.interop
@pytest.mark.parametrize("name", sorted(RUNS))
def test_numpy_can_stand_in_for_linalg_and_learns_the_same(name, monkeypatch):
    np = pytest.importorskip("numpy", reason="NumPy is not installed: nothing to stand in")
    from benchmarks import vectorized

    expected = curves(name)
    stand_in(monkeypatch, vectorized)
    with np.errstate(all="ignore"):
        for record, wanted in zip(curves(name), expected):
            assert record == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_a_sealed_matrix_refuses_every_look():
    matrix = sealed_linalg().zeros(2, 2)
    looks = [
        iter, list, bool, float, lambda A: A[0][0], lambda A: list(A[0]), lambda A: A + 1,
        lambda A: 2 * A, lambda A: A == 1, lambda A: 1.0 in A, lambda A: -A,
    ]
    for look in looks:
        with pytest.raises(AssertionError):
            look(matrix)
    assert len(matrix) == len(matrix[0]) == 2


def test_each_name_of_linalg_can_be_sealed():
    assert MOVED <= set(vars(sealed_linalg()))
