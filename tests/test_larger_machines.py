"""When one machine is not enough: the real tools, with purenn's models in them.

PyTorch trains the same file on with two processes; Dask and Spark score a partitioned table; joblib
and Dask search for settings. purenn needs none of them, and what is not installed is skipped.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random
from typing import Any, Iterator, List

import pytest

import purenn
from purenn import (
    SGD, Classifier, Network, Regressor, SoftmaxCrossEntropy, export, load, load_weights, save,
    train,
)
from purenn.data import digits, iris
from purenn.store.architecture import build_network, describe, tensors_of
from purenn.store.errors import ModelFileError

ROOT = Path(purenn.__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable,
               "PYTHONHASHSEED": "0"}

pytestmark = pytest.mark.interop


def run(folder: Path, script: str, *words: Any, **more: str) -> str:
    """Run a script in a process of its own and return what it printed."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path), *map(str, words)], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True, env={**ENVIRONMENT, **more}, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: Any) -> Path:
    """A folder with a fitted model, the same as a Python file, and a table of 3,000 rows."""
    folder = tmp_path_factory.mktemp("flowers")
    data = iris()
    names = [data.class_names[number] for number in data.targets]
    model = Classifier(hidden=(8,), activation="relu", epochs=15).fit(data.inputs, names)
    save(model, str(folder / "flowers.safetensors"))
    export(model, str(folder / "flowers.py"))
    rng = Random(1)
    rows = [[value + rng.gauss(0, 0.2) for value in rng.choice(data.inputs)] for _ in range(3000)]
    lines = ["a,b,c,d", *(",".join(map(repr, row)) for row in rows)]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    (folder / "expected.txt").write_text("\n".join(model.predict(rows)))
    return folder


def expected(folder: Path) -> List[str]:
    return (folder / "expected.txt").read_text().split()


# ---- Training goes on in PyTorch, on two processes ----

# Run twice at the same time: RANK says which half of the rows this process has.
DISTRIBUTED = """
import os, sys
import safetensors.torch, torch
from torch.nn.parallel import DistributedDataParallel
from purenn.data import iris

rank = int(os.environ["RANK"])
torch.distributed.init_process_group("gloo", init_method="file://" + sys.argv[1], rank=rank,
                                     world_size=2)
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).double()
model.load_state_dict(safetensors.torch.load_file("flowers.safetensors"))
both = DistributedDataParallel(model)
optimizer = torch.optim.SGD(both.parameters(), lr=0.5)
inputs = torch.tensor(iris().inputs, dtype=torch.float64)[rank::2]
targets = torch.tensor(iris().targets)[rank::2]
for _ in range(20):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(both(inputs), targets).backward()
    optimizer.step()
if rank == 0:
    safetensors.torch.save_file(model.state_dict(), "trained.safetensors")
torch.distributed.destroy_process_group()
"""


def test_pytorch_trains_the_file_on_with_two_processes_and_purenn_takes_it_back(flowers, tmp_path):
    pytest.importorskip("torch")
    theirs = pytest.importorskip("safetensors.torch")
    shutil.copy(flowers / "flowers.safetensors", tmp_path)
    (tmp_path / "script.py").write_text(DISTRIBUTED)
    both = [subprocess.Popen(
        [sys.executable, "script.py", str(tmp_path / "meeting")], cwd=tmp_path,
        env={**ENVIRONMENT, "RANK": str(rank), "GLOO_SOCKET_IFNAME": "lo"},
        stderr=subprocess.PIPE) for rank in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()[-3000:]

    model = load(str(tmp_path / "flowers.safetensors"))
    before = model.network_.predict(iris().inputs)
    load_weights(model, str(tmp_path / "trained.safetensors"))
    after = model.network_.predict(iris().inputs)
    assert max(abs(a - b) for a, b in zip(before[0], after[0])) > 0.01

    # The same as PyTorch says of the weights that it saved ...
    import torch
    twin = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    twin.double().load_state_dict(theirs.load_file(str(tmp_path / "trained.safetensors")))
    said = twin(torch.tensor(iris().inputs, dtype=torch.float64)).tolist()
    for row, other in zip(after, said):
        assert row == pytest.approx(other, abs=1e-12)

    # ... and the same as purenn's own training: two halves averaged are the whole batch.
    own = load(str(flowers / "flowers.safetensors")).network_
    train(own, iris().inputs, iris().targets, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.5),
          epochs=20, batch_size=150)
    for row, other in zip(after, own.predict(iris().inputs)):
        assert row == pytest.approx(other, abs=1e-9)


def test_weights_that_do_not_fit_are_refused_and_nothing_is_changed(tmp_path):
    from purenn.store import safetensors

    model = Regressor(hidden=(3,), epochs=2).fit([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])
    before = model.predict([[1.5]])
    good = tensors_of(model.network_)
    path = str(tmp_path / "weights.safetensors")
    for change in (
        {"0.weight": good["2.weight"]},                                   # another shape
        {"4.weight": good["0.weight"]},                                   # one too many
        {"2.bias": good["2.bias"]._replace(values=[float("nan")])},
    ):
        safetensors.write(path, {**good, **change}, {})
        with pytest.raises(ModelFileError, match="weights.safetensors"):
            load_weights(model, path)
    safetensors.write(path, {name: good[name] for name in ("0.weight", "0.bias", "2.weight")}, {})
    with pytest.raises(ModelFileError, match="2.bias"):
        load_weights(model, path)
    assert model.predict([[1.5]]) == before
    with pytest.raises(FileNotFoundError):
        load_weights(model, str(tmp_path / "none.safetensors"))


# ---- A table in parts is scored by many workers ----

# The model goes to the workers inside the function: they need purenn, but no file.
DASK_PURENN = """
import dask.dataframe, pandas, purenn
from dask.distributed import Client, LocalCluster

def answers(part, model):
    return pandas.Series(model.predict(part.values.tolist()), index=part.index, dtype="object")

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster):
            model = purenn.load("flowers.safetensors")
            table = dask.dataframe.read_csv("table.csv", blocksize=30_000)
            assert table.npartitions > 4
            said = table.map_partitions(answers, model, meta=(None, "object")).compute()
    print("\\n".join(said))
"""

# The exported file is sent to the workers: they need nothing at all.
DASK_FILE = """
import dask.dataframe, pandas
from dask.distributed import Client, LocalCluster

def answers(part):
    import flowers
    return pandas.Series(flowers.predict(part.values.tolist()), index=part.index, dtype="object")

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            client.upload_file("flowers.py")
            table = dask.dataframe.read_csv("table.csv", blocksize=30_000)
            said = table.map_partitions(answers, meta=(None, "object")).compute()
    print("\\n".join(said))
"""


@pytest.mark.parametrize("script", [DASK_PURENN, DASK_FILE], ids=["purenn", "exported"])
def test_dask_scores_a_table_in_parts(script, flowers, tmp_path):
    for module in ("dask.dataframe", "distributed", "pandas"):
        pytest.importorskip(module)
    for name in ("table.csv", "flowers.py", "flowers.safetensors"):
        shutil.copy(flowers / name, tmp_path)
    assert run(tmp_path, script).split() == expected(flowers)


SPARK = """
import sys
from pyspark.sql import SparkSession

session = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
           .config("spark.driver.host", "127.0.0.1")
           .config("spark.driver.bindAddress", "127.0.0.1").getOrCreate())
session.sparkContext.addPyFile(sys.argv[1])

def answers(rows):
    WAY
    for row in rows:
        yield predict([[float(cell) for cell in row]])[0]

table = session.read.csv("table.csv", header=True).repartition(4)
assert table.rdd.getNumPartitions() == 4
said = table.rdd.mapPartitions(lambda rows: ((r, a) for rows in [list(rows)]
                                             for r, a in zip(rows, answers(rows)))).collect()
for row, answer in said:
    print(",".join(row), answer)
session.stop()
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: Any) -> Path:
    """purenn as one archive of pure Python, as a wheel is."""
    path = tmp_path_factory.mktemp("archive") / "purenn.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for source in sorted((ROOT / "purenn").rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts:
                file.write(source, str(source.relative_to(ROOT)))
    return path


@pytest.mark.parametrize("way", ["exported", "purenn"])
def test_spark_scores_a_table_in_parts(way, flowers, archive, tmp_path):
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    for name in ("table.csv", "flowers.py", "flowers.safetensors"):
        shutil.copy(flowers / name, tmp_path)
    if way == "exported":
        script, shipped = SPARK.replace("WAY", "from flowers import predict"), "flowers.py"
    else:  # the model itself travels with the function; the workers get purenn as an archive
        script = SPARK.replace("WAY", "predict = model.predict").replace(
            "session =", 'import purenn\nmodel = purenn.load("flowers.safetensors")\nsession =', 1)
        shipped = str(archive)
    said = dict(line.rsplit(" ", 1) for line in run(tmp_path, script, shipped).splitlines())
    rows = (tmp_path / "table.csv").read_text().split()[1:]
    assert [said[row] for row in rows] == expected(flowers)


# ---- A search over settings, on several processes ----

SEARCH = """
import sys
from random import Random
import joblib
from sklearn.model_selection import GridSearchCV
from purenn import Classifier
from purenn.data import iris

def search():
    flowers = iris()
    order = list(range(150))
    Random(1).shuffle(order)
    X, y = [flowers.inputs[i] for i in order], [flowers.targets[i] for i in order]
    grid = {"hidden": [(), (4,)], "l2": [0.0, 0.01]}
    found = GridSearchCV(Classifier(epochs=3, random_state=1), grid, cv=3, n_jobs=2).fit(X, y)
    return found.best_params_, found.cv_results_["mean_test_score"].tolist()

if __name__ == "__main__":
    if sys.argv[1] == "dask":
        from dask.distributed import Client, LocalCluster
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            with Client(cluster), joblib.parallel_config(backend="dask"):
                print(search())
    else:
        with joblib.parallel_config(backend=sys.argv[1]):
            print(search())
"""


def test_a_grid_search_finds_the_same_on_every_backend(tmp_path):
    for module in ("sklearn", "joblib", "distributed"):
        pytest.importorskip(module)
    said = {backend: run(tmp_path, SEARCH, backend) for backend in ("sequential", "loky", "dask")}
    assert said["sequential"].startswith("({") and len(set(said.values())) == 1, said


# ---- What travels ----


def fitted() -> Iterator[Any]:
    data = digits()
    yield Classifier(hidden=(16,), epochs=1).fit(data.inputs, data.targets)
    yield Regressor(hidden=(16,), epochs=1).fit(data.inputs, data.targets)


@pytest.mark.slow
def test_what_is_pickled_is_as_large_as_its_numbers_and_needs_no_file():
    """9 bytes for each weight and its gradient, the same for Adam's two numbers; little else."""
    for model in fitted():
        model.predict(digits().inputs)
        network = model.network_
        count = sum(len(row) for parameter in network.parameters() for row in parameter.value)
        assert len(pickle.dumps(network)) < 2 * 10 * count + 4000
        assert len(pickle.dumps(model)) < 4 * 10 * count + 10_000
        again = pickle.loads(pickle.dumps(model))
        assert again.predict(digits().inputs) == model.predict(digits().inputs)


@pytest.mark.slow
def test_what_was_built_again_from_its_description_is_the_same_network():
    network: Network = next(fitted()).network_
    again = build_network(describe(network), tensors_of(network))
    assert again.predict(digits().inputs) == network.predict(digits().inputs)
