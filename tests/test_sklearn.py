# ruff: noqa: E402 (what may be missing is asked for first)
"""scikit-learn's habits, fully: its own checks, and everything it builds out of estimators."""

from __future__ import annotations

import warnings
from typing import Any, Dict

import pytest

pytest.importorskip("sklearn", minversion="1.6")
numpy = pytest.importorskip("numpy")

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier, BaggingClassifier, BaggingRegressor, StackingClassifier, StackingRegressor,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV, cross_val_predict, cross_val_score, cross_validate, learning_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import purenn.estimators
from purenn import Classifier, Regressor, data

pytestmark = pytest.mark.interop

RNG = numpy.random.RandomState(0)
X = RNG.normal(size=(60, 3))
TWO = numpy.where(X[:, 0] + 0.5 * X[:, 1] > 0, "yes", "no")
THREE = numpy.digitize(X[:, 0], [-0.5, 0.5])
VALUES = X @ [1.0, 2.0, 0.0] + 3.0

EXCEPTIONS: Dict[type, Dict[str, str]] = {
    Regressor: {
        "check_sample_weight_equivalence_on_dense_data": "rows are shuffled and cut into batches",
        "check_dtype_object": "a cell that is no number is refused in our words",
    },
}
EXCEPTIONS[Classifier] = {
    **EXCEPTIONS[Regressor], "check_supervised_y_2d": "labels in a column are refused, with advice",
}


@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_check_estimator_passes_all_but_the_named_exceptions(kind: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(kind(epochs=20), on_fail=None)
    failed = {result["check_name"] for result in results if result["status"] == "failed"}
    assert failed == set(EXCEPTIONS[kind])
    assert sum(result["status"] == "passed" for result in results) >= 55


def test_the_exceptions_and_their_count_stand_in_the_docstring() -> None:
    text = " ".join((purenn.estimators.__doc__ or "").split())
    assert "a Classifier passes all but three and a Regressor all but two" in text
    assert all(name in text for name in EXCEPTIONS[Classifier])


@pytest.mark.parametrize("scoring", [
    "accuracy", "balanced_accuracy", "f1_macro", "neg_log_loss", "average_precision", "roc_auc",
    "neg_brier_score", "matthews_corrcoef",
])
def test_scorers_of_two_classes(scoring: str) -> None:
    y = (TWO == "yes").astype(int)
    scores = cross_val_score(Classifier(epochs=10), X, y, cv=3, scoring=scoring,
                             error_score="raise")
    assert numpy.isfinite(scores).all()
    if "neg" not in scoring and "corr" not in scoring:
        assert scores.mean() > 0.6


@pytest.mark.parametrize("scoring", ["f1", "precision", "recall"])
def test_scorers_that_ask_for_the_positive_class(scoring: str) -> None:
    for y in ((TWO == "yes").astype(int), TWO == "yes"):
        assert cross_val_score(Classifier(epochs=10), X, y, cv=3, scoring=scoring,
                               error_score="raise").mean() > 0.6


@pytest.mark.parametrize("scoring", ["roc_auc_ovr", "f1_macro", "top_k_accuracy", "neg_log_loss"])
def test_scorers_of_three_classes(scoring: str) -> None:
    assert numpy.isfinite(cross_val_score(
        Classifier(epochs=10), X, THREE, cv=3, scoring=scoring, error_score="raise")).all()


def test_probabilities_in_cross_validation_and_calibration() -> None:
    probabilities = cross_val_predict(Classifier(epochs=10), X, TWO, cv=3, method="predict_proba")
    assert probabilities.shape == (60, 2)
    assert probabilities.sum(axis=1) == pytest.approx(numpy.ones(60))
    for method in ("sigmoid", "isotonic"):
        calibrated = CalibratedClassifierCV(Classifier(epochs=10), method=method, cv=3).fit(X, TWO)
        assert calibrated.score(X, TWO) > 0.7


@pytest.mark.parametrize("make", [
    lambda: StackingClassifier([("net", Classifier(epochs=10)), ("line", LogisticRegression())]),
    lambda: VotingClassifier([("net", Classifier(epochs=10)), ("line", LogisticRegression())],
                             voting="soft"),
    lambda: BaggingClassifier(Classifier(epochs=10), n_estimators=3, random_state=0),
    lambda: AdaBoostClassifier(Classifier(epochs=10), n_estimators=3, random_state=0),
    lambda: OneVsRestClassifier(Classifier(epochs=10)),
    lambda: OneVsOneClassifier(Classifier(epochs=10)),
    lambda: make_pipeline(StandardScaler(), Classifier(epochs=10)),
], ids=["stacking", "voting", "bagging", "boosting", "rest", "one", "pipeline"])
def test_ensembles_of_classifiers(make: Any) -> None:
    for y in (TWO, THREE):
        assert make().fit(X, y).score(X, y) > 0.6


@pytest.mark.parametrize("make", [
    lambda: StackingRegressor([("net", Regressor(epochs=30)), ("line", Ridge())]),
    lambda: BaggingRegressor(Regressor(epochs=30), n_estimators=3, random_state=0),
    lambda: make_pipeline(StandardScaler(), Regressor(epochs=30)),
], ids=["stacking", "bagging", "pipeline"])
def test_ensembles_of_regressors(make: Any) -> None:
    assert make().fit(X, VALUES).score(X, VALUES) > 0.5


def test_searches_curves_and_importance() -> None:
    search = GridSearchCV(Classifier(epochs=5), {"hidden": [(2,), (8,)], "l2": [0.0, 0.01]}, cv=3,
                          error_score="raise").fit(X, TWO)
    assert search.best_estimator_.predict(X).dtype == TWO.dtype
    learning_curve(Regressor(epochs=5), X, VALUES, cv=3, error_score="raise")
    found = permutation_importance(Regressor(epochs=30).fit(X, VALUES), X, VALUES, random_state=0)
    assert found.importances_mean.argmax() == 1
    weighted = cross_validate(Regressor(epochs=5), X, VALUES, cv=3, error_score="raise",
                              params={"sample_weight": numpy.ones(60)})
    assert numpy.isfinite(weighted["test_score"]).all()
    both = MultiOutputRegressor(Regressor(epochs=5)).fit(X, numpy.array([VALUES, -VALUES]).T)
    assert both.predict(X).shape == Regressor(epochs=5).fit(
        X, numpy.array([VALUES, -VALUES]).T).predict(X).shape == (60, 2)


def test_arrays_go_back_to_whoever_passed_arrays_and_lists_to_lists() -> None:
    pandas = pytest.importorskip("pandas")
    for y in (TWO, list(TWO), THREE, pandas.Series(TWO)):
        model = Classifier(epochs=2).fit(X, y)
        for rows in (X, pandas.DataFrame(X)):
            assert isinstance(model.predict(rows), numpy.ndarray)
            assert isinstance(model.predict_proba(rows), numpy.ndarray)
        assert type(model.predict(X.tolist())) is list
        assert type(model.predict_proba(X.tolist())[0][0]) is float
    iris = data.iris()
    assert type(Classifier(epochs=1).fit(iris.inputs, iris.targets).classes_) is list


def test_before_fit_it_is_also_their_not_fitted_error() -> None:
    with pytest.raises(NotFittedError):
        Classifier().predict(X)
    with pytest.raises(purenn.NotFittedError):
        Regressor().predict(X)


def test_values_are_no_classes() -> None:
    with pytest.raises(ValueError, match="Unknown label type: continuous.* take Regressor"):
        Classifier().fit(X, VALUES)
