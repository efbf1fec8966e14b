"""Estimators: models under the method names that scikit-learn has made familiar.

Whoever has read the core can put a model together by hand: a standardizer, a network, a loss, an
optimizer, `train`, and at the end the way back from numbers to names. `fitting` does it once, and
here it gets a constructor, `fit` and `predict`:

- `Classifier` answers with labels, which may be any objects that can be keys of a dict.
- `Regressor` answers with numbers, one for each row or several.

>>> lengths, names = [[1.0], [2.0], [8.0], [9.0]], ["short", "short", "long", "long"]
>>> model = Classifier(hidden=(8,), epochs=50).fit(lengths, names)
>>> model.predict([[0.5], [9.5]])
['short', 'long']

The habits of scikit-learn are kept. The constructor only stores its parameters, and `fit` looks at
them. What is learned has a name that ends in an underscore. `fit` forgets what was learned before,
`partial_fit` goes on. Arrays go back to whoever passed arrays or frames, lists to whoever passed
lists.

What may come in. Rows are anything that can be gone through row by row: lists, tuples, generators,
NumPy arrays, pandas and polars frames (whose column names are kept and compared), purenn's own
compact rows. None of these libraries is imported; it is enough that arrays know `tolist()` and
frames `to_numpy()`. What has a length and gives a row for a number is not copied: its rows are
standardized when they are needed. Nothing that comes in is changed. A model that was trained on a
table of words and holes, and loaded, takes rows of such a table: cells, dicts or a frame.

With scikit-learn (tried with 1.9) these work: `clone`, `cross_val_score` and `cross_val_predict`
with all their scorings and methods, `GridSearchCV`, `learning_curve`, calibration, bagging,
stacking, voting, one-vs-rest, and a `Pipeline` with one of these two at its end. Of the checks of
`check_estimator` a Classifier passes all but three and a Regressor all but two:

- check_sample_weight_equivalence_on_dense_data: a row that counts twice is not the same as a row
  that stands there twice, because the rows are shuffled and cut into batches.
- check_dtype_object: a cell that is no number is refused in other words than those of float().
- check_supervised_y_2d (Classifier): labels that stand in a column are refused, with the way out.

`save` and `load` keep what was learned in a file; the optimizer's memory and the history, which
only learning needs, are not in it.

Imports: the core, `data`, `recipes`, `model`, `fitting`, `store`.
"""

from __future__ import annotations

import math
import sys
from random import Random
from typing import (
    Any, Callable, Dict, Hashable, Iterable, List, Mapping, Optional, Sequence, Tuple, TypeVar,
    Union,
)

from . import checks, linalg
from .checks import number_between
from .data import DataError, DataSet, RowView, Standardizer
from .fitting import Metric, Task, fit, learn, prepared, row_weights
from .history import History
from .linalg import Matrix, ShapeError, Vector
from .measuring import Importance, permutation_importance
from .metrics import classes_of, r2
from .model import LANGUAGE_MODEL, Model
from .network import Network
from .optimizers import GradientDescent, Optimizer
from .recipes import (
    ACTIVATIONS, OPTIMIZERS, Settings, build_optimizer, checked_settings, completed,
)
from .schedules import Schedule
from .store.errors import ModelFileError
from .store.model import Path, load_model, save_model
from .text import shown
from .training import Callback

__all__ = [
    "ACTIVATIONS", "OPTIMIZERS", "Classifier", "Estimator", "NotFittedError", "Regressor", "load",
    "save",
]

Self = TypeVar("Self", bound="Estimator")
Rows = Sequence[Vector]


class NotFittedError(ValueError, AttributeError):
    """The model has learned nothing yet: call fit(X, y) first."""


def _not_fitted(message: str) -> NotFittedError:
    """Return the error; where scikit-learn is in use, it is its NotFittedError as well."""
    theirs = sys.modules.get("sklearn.exceptions")
    if theirs is None:
        return NotFittedError(message)
    both = type("NotFittedError", (NotFittedError, theirs.NotFittedError), {})
    return both(message)  # type: ignore[no-any-return]


# ---- Checks of the parameters ----


def _generator(who: str, random_state: Any) -> Random:
    """Return a generator: one that is given as it is, else a new one with a seed or without.

    A generator of NumPy gives the seed, as scikit-learn's own estimators let it.
    """
    if hasattr(random_state, "randint") and hasattr(random_state, "get_state"):
        return Random(int(random_state.randint(2 ** 31 - 1)))
    if random_state is None or _is_integer(random_state):
        return Random(random_state)
    if not isinstance(random_state, type) and callable(getattr(random_state, "random", None)):
        return random_state  # type: ignore[no-any-return]
    raise TypeError(f"{who}: random_state: expected an integer, None or a random.Random, "
                    f"got {random_state!r}")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _list_of(who: str, name: str, value: Any, fits: Callable[[Any], bool]) -> List[Any]:
    """Return a list of callbacks or metrics, each of which fits."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{who}: {name}: expected a list, got {value!r}; for one write [it]")
    for one in value:
        if isinstance(one, type) or not fits(one):
            raise TypeError(f"{who}: {name}: {one!r} is none")
    return list(value)


# ---- What may come in as rows, as labels, as target values ----


class _ReadRows(RowView):
    """A sequence of rows of any kind, each of them read when it is asked for."""

    def __init__(self, base: Any, read: Callable[[Any], Any]) -> None:
        self.base = base
        self.read = read

    def __len__(self) -> int:
        return len(self.base)

    def row(self, number: int) -> Vector:
        return self.read(self.base[number])  # type: ignore[no-any-return]


def _rows_of_numbers(who: str, X: Any) -> Rows:
    """Return X as rows of floats, having looked at every number.

    Lists, tuples and what can only be iterated over become new lists of new lists. What else has a
    length and gives a row for a number stays where it is, however large it may be. Raises TypeError
    for what is no table or no number, ShapeError for one dimension or three, ValueError for NaN.
    """
    table = _open_table(who, X)
    rows: Any = _ReadRows(table, _as_list)
    stays = hasattr(table, "__len__") and not isinstance(table, (list, tuple))
    if not stays:
        rows = [_as_list(row) for row in table]
    _check_dimensions(who, rows)
    checks.as_matrix(rows, who)
    if not stays:
        return [_as_floats(row) for row in rows]
    return table if isinstance(table, RowView) else _ReadRows(table, _as_floats)


def _open_table(who: str, X: Any) -> Any:
    """Return what holds the rows; for a frame its numbers, since iterated over it gives names."""
    if hasattr(X, "toarray"):
        raise TypeError(f"{who}: expected rows of numbers, got a sparse matrix; "
                        f"write them all out: X.toarray()")
    table = X.to_numpy() if hasattr(X, "to_numpy") else X
    if getattr(getattr(table, "dtype", None), "kind", "") == "c":
        raise ValueError(f"{who}: expected rows of numbers. Complex data not supported")
    if not hasattr(table, "__iter__") and _is_array(table):
        table = sys.modules["numpy"].asarray(table)
    no_table = isinstance(table, (str, bytes, set, frozenset)) or hasattr(table, "keys")
    if no_table or not (hasattr(table, "__iter__") or hasattr(table, "__getitem__")):
        raise TypeError(f"{who}: expected rows of numbers, got {shown(X)}")
    return table


def _check_dimensions(who: str, rows: Any) -> None:
    """Raise ShapeError, with the way out, if the first row is a number or holds rows itself."""
    first = rows[0] if len(rows) else []
    if isinstance(first, (int, float)):
        raise ShapeError(
            f"{who}: expected rows of numbers, got a flat list of them; for one column write "
            f"[[x] for x in X] (NumPy: X.reshape(-1, 1)), for one row [X] (X.reshape(1, -1)). "
            f"Reshape your data"
        )
    if len(rows) and first == []:
        raise ShapeError(f"{who}: expected rows of at least one number, got 0 feature(s) "
                         f"(shape=({len(rows)}, 0)) while a minimum of 1 is required.")
    if isinstance(first, list) and first and isinstance(first[0], list):
        raise ShapeError(f"{who}: expected rows of numbers, got rows of rows; put each example "
                         f"into one row (NumPy: X.reshape(len(X), -1))")


def _column_names(X: Any) -> Optional[List[str]]:
    """Return the column names of a frame, None for what is no frame or has other names than str."""
    if not (hasattr(X, "columns") and hasattr(X, "to_numpy")):
        return None
    names = list(X.columns)
    return names if all(isinstance(name, str) for name in names) else None


def _list_of_answers(who: str, y: Any) -> List[Any]:
    """Return y as a list, one item for each example."""
    if _is_array(y) and not hasattr(y, "__iter__"):
        y = sys.modules["numpy"].asarray(y)
    if isinstance(y, (str, bytes, dict, set, frozenset)) or not hasattr(y, "__iter__"):
        raise TypeError(f"{who}: expected a list, one item for each row of X, got {shown(y)}")
    answers = _as_list(_open_table(who, y) if hasattr(y, "columns") else y)
    if not isinstance(answers, list):  # an array of no dimension
        raise TypeError(f"{who}: expected a list, got {shown(y)}")
    return [_plain(answer) for answer in answers]


def _check_labels(who: str, labels: List[Any]) -> None:
    """Raise TypeError for what cannot be a key of a dict, ValueError for a missing label."""
    for row, label in enumerate(labels):
        try:
            hash(label)
        except TypeError:
            raise TypeError(
                f"{who}: row {row}: expected a label that can be a key of a dict, got "
                f"{shown(label)}; y is one flat list of labels (NumPy: y.ravel())"
            ) from None
        if _is_missing(label):
            raise ValueError(f"{who}: row {row}: the label is missing ({label!r}); leave that row "
                             f"out, or name what is missing")


def _is_missing(label: Any) -> bool:
    """Say whether a label is NaN, the one thing that differs from itself, or pandas' NA."""
    try:
        return bool(label != label)
    except TypeError:  # NA does not even know whether it differs from itself
        return True


def _in_order(labels: Iterable[Any]) -> List[Any]:
    """Return every label once: sorted, or in order of appearance where sorting makes no sense.

    >>> _in_order(["b", "a", "b"]), _in_order(["b", 1, "b"])
    (['a', 'b'], ['b', 1])
    """
    classes = list(dict.fromkeys(labels))
    try:
        return sorted(classes)
    except TypeError:
        return classes


def _as_list(row: Any) -> Any:
    """Return a row of any kind as a list; what is no row comes back as it is."""
    if hasattr(row, "tolist"):
        return row.tolist()
    if isinstance(row, (str, bytes, dict, set)) or not hasattr(row, "__iter__"):
        return row
    return list(row)


def _as_floats(row: Any) -> Vector:
    return [float(value) for value in _as_list(row)]


def _plain(value: Any) -> Any:
    """Return the Python value of one of NumPy's own numbers, strings or booleans."""
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()
    return value


def _shortly(names: Sequence[Any]) -> str:
    return ", ".join(map(str, names[:6])) + (", …" if len(names) > 6 else "")


def _is_array(value: Any) -> bool:
    """Say whether this is an array or a frame, whose owner wants arrays back."""
    return hasattr(value, "__array__") and "numpy" in sys.modules


def _array(values: Any) -> Any:
    return sys.modules["numpy"].array(values)  # loaded already by whoever passed an array


# ---- What both estimators share ----


class Estimator:
    """What `Classifier` and `Regressor` share; make one of these two.

    hidden               neurons of each hidden layer, (32, 16); a single number is one layer, and
                         () is none: then the model is linear
    activation           the nonlinear function after each hidden layer, a name in ACTIVATIONS
    optimizer            a name in OPTIMIZERS
    learning_rate        a number, a Schedule, or None for that of the optimizer in OPTIMIZERS
    schedule             what becomes of a number while `fit` goes on: "cosine", down to 0 along
                         half a cosine, or "constant"; `partial_fit` does not know the end, and
                         takes it as constant
    epochs               how often `fit` goes through all rows; None: until 100,000 rows have been
                         shown, but from 5 to 100 times
    batch_size           rows for one step
    l1, l2               strengths of the penalties on large weights; None for l2 is 1 / rows, at
                         most 0.01
    dropout              the share of each hidden layer that is switched off in training, below 1
    validation_fraction  the share of the rows that `fit` does not learn from, to see how it is
                         doing on them; below 1. Classes keep their shares in it
    patience             stop when the loss of those rows has not fallen for so many epochs, and go
                         back to the best weights; None for all epochs
    metrics              functions of (predictions, targets) for the history, as `train` takes them:
                         they see probabilities and class numbers, or standardized values
    callbacks            called by `fit`, as `train` calls them; `partial_fit` does not call them
    random_state         a seed; None for another model each time; or a random.Random, which is used
                         up from call to call

    After `fit` or `partial_fit`:

    model_            the Model: network, standardizers, classes
    network_          the trained Network
    standardizer_     mean and deviation of each column of X
    n_features_in_    the number of columns, and feature_names_in_ their names if X was a frame
    n_iter_           the number of epochs
    history_          the records of all epochs
    optimizer_, rng_  for `partial_fit`, so that it goes on where the last epoch ended
    """

    model_: Model
    n_features_in_: int
    feature_names_in_: Any
    history_: History
    optimizer_: Optimizer
    rng_: Random

    _kind: str

    @checks.explains_arguments
    def __init__(
        self,
        hidden: Union[int, Sequence[int]] = (16,),
        *,
        activation: str = "tanh",
        optimizer: str = "adam",
        learning_rate: Union[float, Schedule, None] = None,
        schedule: str = "cosine",
        epochs: Optional[int] = None,
        batch_size: int = 32,
        l1: float = 0.0,
        l2: Optional[float] = None,
        dropout: float = 0.0,
        validation_fraction: float = 0.0,
        patience: Optional[int] = None,
        metrics: Sequence[Callable[[Any, Any], float]] = (),
        callbacks: Sequence[Callback] = (),
        random_state: Union[int, Random, None] = 0,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.l1 = l1
        self.l2 = l2
        self.dropout = dropout
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.metrics = metrics
        self.callbacks = callbacks
        self.random_state = random_state

    # -- Learning --

    def fit(
        self: Self, X: Iterable[Any], y: Iterable[Any],
        sample_weight: Optional[Iterable[float]] = None,
    ) -> Self:
        """Forget what was learned, learn from the rows X and their answers y, return self.

        sample_weight: how much each row counts; only their ratios matter. Raises TypeError or
        ValueError for parameters or data that will not do: ShapeError when X and y differ in length
        or the rows are ragged, ValueError for NaN. FloatingPointError when the numbers overflow in
        training; the model then has the last good weights.
        """
        who, settings = self._who("fit"), self._settings()
        metrics, callbacks = self._functions()
        self._forget()
        rows, answers = self._read("fit", X, y)
        self._learn_answers(who, answers, y)
        data = self._data(who, rows, answers, _column_names(X))
        weights = _weights(who, sample_weight, rows)
        self.rng_ = _generator(who, settings.seed)
        try:
            task = prepared(data, settings, self.rng_, weights=weights)
        except ValueError as error:
            self._forget()
            raise _without_advice(error) from None
        self._begin(task, _column_names(X))
        history = fit(task, self.rng_, callbacks=[*callbacks, _Keep(self)], metrics=metrics)
        self._add(history)
        return self

    def _go_on(
        self, X: Any, y: Any, sample_weight: Any, classes: Optional[Iterable[Any]] = None
    ) -> None:
        """Learn for one epoch from these rows; the first of them all decide what is standard."""
        who, settings = self._who("partial_fit"), self._settings()._replace(validation=0.0)
        metrics, _ = self._functions()
        rows, answers = self._read("partial_fit", X, y)
        first = not hasattr(self, "model_")
        if first:
            self._learn_answers(who, answers, y, classes)
        else:
            self._check_columns(who, _column_names(X), len(rows[0]))
            self._check_classes(who, classes)
        data = self._data(who, rows, answers, _column_names(X))
        weights = _weights(who, sample_weight, rows)
        if first:
            self.rng_ = _generator(who, settings.seed)
            task = prepared(data, settings, self.rng_, weights=weights)
            self._begin(task, _column_names(X))
        else:
            weights = row_weights(data, settings.class_weight, weights)
            task = Task(self.model_, data, None, completed(settings, len(rows)), weights)
        self._make_up_for_what_is_missing(settings)
        self._add(learn(task, self.optimizer_, 1, self.rng_, metrics=metrics))

    def _make_up_for_what_is_missing(self, settings: Settings) -> None:
        """Make what a model has lost that was only kept to predict, and keep the rate constant."""
        if not hasattr(self, "rng_"):
            self.rng_ = _generator(type(self).__name__, settings.seed)
        fresh = build_optimizer(settings._replace(schedule="constant"), 1, self.rng_)
        if not hasattr(self, "optimizer_"):
            self.optimizer_ = fresh
        elif isinstance(self.optimizer_, GradientDescent) and isinstance(fresh, GradientDescent):
            self.optimizer_.schedule = fresh.schedule
        if not hasattr(self, "history_"):
            self.history_ = History()

    def _read(self, method: str, X: Any, y: Any) -> Tuple[Rows, List[Any]]:
        """Return rows and answers, as many of the one as of the other."""
        if y is None:
            raise ValueError(f"{self._who(method)}: requires y to be passed, but the target y is "
                             f"None")
        rows = self._rows(method, X)
        answers = _list_of_answers(f"{self._who(method)}: y", y)
        if len(rows) != len(answers):
            raise ShapeError(f"{self._who(method)}: {len(rows)} rows in X, but {len(answers)} "
                             f"answers in y; each row needs one")
        return rows, answers

    def _rows(self, method: str, X: Any) -> Rows:
        """Return rows of numbers; for a model of a table also those of cells, dicts, a frame."""
        if hasattr(self, "model_") and method != "fit" and self.model_.encoding is not None:
            cells = _cells_in(X)
            if cells and self.model_.takes_cells(cells[0]):
                return self.model_.encode(cells)
        return _rows_of_numbers(f"{self._who(method)}: X", X)

    def _data(
        self, who: str, rows: Rows, answers: List[Any], names: Optional[List[str]]
    ) -> DataSet:
        return DataSet(rows, self._targets(who, answers), names or [], self._labels(), f"{who}: X")

    def _begin(self, task: Task, names: Optional[List[str]]) -> None:
        """Take over the model that is about to learn."""
        self.model_ = task.model
        self.n_features_in_ = task.model.width
        if names is not None:
            self.feature_names_in_ = _array(names) if "numpy" in sys.modules else names
        self.history_ = History()

    def _add(self, history: History) -> None:
        """Add the new epochs to the history."""
        for record in history:
            self.history_.records.append(record._replace(epoch=len(self.history_) + 1))
        self.history_.stopped = history.stopped

    def _forget(self) -> None:
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    # -- What Classifier and Regressor do each in its own way --

    def _learn_answers(
        self, who: str, answers: List[Any], y: Any, classes: Optional[Iterable[Any]] = None
    ) -> None:
        """Learn what kinds of answers there are; `y` is how they came."""
        raise NotImplementedError("make a Classifier or a Regressor")

    def _targets(self, who: str, answers: List[Any]) -> Any:
        """Return the answers as class numbers or as rows of numbers."""
        raise NotImplementedError("make a Classifier or a Regressor")

    def _labels(self) -> List[Any]:
        """Return the classes, none for values."""
        return []

    def _check_classes(self, who: str, classes: Optional[Iterable[Any]]) -> None:
        """Raise ValueError if these are not the classes that were learned."""

    def _take_over(self, model: Model, parameters: Dict[str, Any]) -> None:
        """Learn from a model file what belongs to one kind only."""

    # -- Answering --

    def _asked(self, method: str, X: Any) -> Rows:
        """Return the rows of a question, of any kind, if they fit what was learned."""
        self._check_fitted(method)
        rows = self._rows(method, X)
        names = None if isinstance(rows, list) and self.model_.encoding else _column_names(X)
        self._check_columns(self._who(method), names, len(rows[0]))
        return rows

    def importance(
        self, X: Iterable[Any], y: Iterable[Any], repeats: int = 5
    ) -> List[Importance]:
        """Return how much each column matters: see `measuring.permutation_importance`."""
        self._check_fitted("importance")
        rows, answers = self._read("importance", X, y)
        data = self._data(self._who("importance"), rows, answers, list(self.model_.feature_names))
        return permutation_importance(self.model_, data, repeats)

    def _check_fitted(self, method: str) -> None:
        if not hasattr(self, "model_"):
            raise _not_fitted(f"{self._who(method)}: nothing learned yet; call fit(X, y) first")

    def _check_columns(self, who: str, names: Optional[List[str]], width: int) -> None:
        """Raise ShapeError for rows of another width, ValueError for columns of other names."""
        known = [str(name) for name in getattr(self, "feature_names_in_", ())]
        if width != self.n_features_in_:
            expected = f" ({_shortly(known)})" if known else ""
            got = f" ({_shortly(names)})" if names else ""
            raise ShapeError(
                f"{who}: X has {width} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input: expected rows of {self.n_features_in_} "
                f"numbers{expected}, got rows of {width}{got}")
        for column, (name, other) in enumerate(zip(known, names or ())):
            if name != other:
                raise ValueError(f"{who}: X: column {column}: expected {name!r}, got {other!r}; "
                                 f"the columns are {_shortly(known)}, in this order")

    # -- Keeping --

    def save(self, path: Path) -> None:
        """Write the model into a file, which `purenn.load` reads; see `save`."""
        save(self, path)

    # -- What was learned --

    @property
    def network_(self) -> Network:
        """The trained network."""
        self._check_fitted("network_")
        return self.model_.network

    @property
    def standardizer_(self) -> Standardizer:
        """Mean and deviation of each column of X."""
        self._check_fitted("standardizer_")
        assert self.model_.standardizer is not None
        return self.model_.standardizer

    @property
    def n_iter_(self) -> int:
        """How many epochs have been learned."""
        self._check_fitted("n_iter_")
        return len(self.history_)

    @property
    def loss_curve_(self) -> List[float]:
        """The loss of each epoch, the penalty included."""
        self._check_fitted("loss_curve_")
        return self.history_.curve("loss")

    @property
    def validation_loss_curve_(self) -> List[Optional[float]]:
        """The loss of the rows put aside, after each epoch; None where there were none."""
        self._check_fitted("validation_loss_curve_")
        return self.history_.curve("validation_loss")

    # -- Parameters --

    @classmethod
    def _defaults(cls) -> Dict[str, Any]:
        """Return the parameters of the constructor and what they are by default."""
        from inspect import signature  # here, because it takes longer to import than to use

        return {name: one.default for name, one in signature(cls).parameters.items()}

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """Return the parameters, by name, as they were given. `deep` changes nothing here.

        >>> Classifier(epochs=5).get_params()["epochs"]
        5
        """
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self: Self, **parameters: Any) -> Self:
        """Change parameters by name and return self; the next `fit` goes by them.

        In `partial_fit` only batch_size, l1, l2 and metrics still make a difference: network and
        optimizer are what they are. Raises ValueError for an unknown name.

        >>> Classifier().set_params(hidden=(8, 8), epochs=5)
        Classifier(hidden=(8, 8), epochs=5)
        """
        valid = self._defaults()
        for name in parameters:
            if name not in valid:
                raise ValueError(f"{type(self).__name__}: no parameter {name!r}; "
                                 f"there are {', '.join(valid)}")
        for name, value in parameters.items():
            setattr(self, name, value)
        return self

    def _settings(self) -> Settings:
        """Return the parameters as settings, plain Python values, or raise what is wrong."""
        given = {_IN_SETTINGS.get(name, name): _plain(value)
                 for name, value in self.get_params().items()}
        settings = Settings(**{name: given[name] for name in Settings._fields if name in given})
        who = type(self).__name__
        settings = checked_settings(who, settings)
        if settings.patience is not None and settings.validation == 0:
            raise ValueError(f"{who}: patience: there are no rows to watch; put some aside, for "
                             f"instance validation_fraction=0.2")
        if not hasattr(settings.seed, "random"):
            _generator(who, settings.seed)
        return settings

    def _functions(self) -> Tuple[List[Metric], List[Callback]]:
        who = type(self).__name__
        return (_list_of(who, "metrics", self.metrics, callable),
                _list_of(who, "callbacks", self.callbacks, lambda one: isinstance(one, Callback)))

    def __repr__(self) -> str:
        parameters, defaults = self.get_params(), self._defaults()
        changed = [f"{name}={value!r}" for name, value in parameters.items()
                 if repr(value) != repr(defaults[name])]
        return f"{type(self).__name__}({', '.join(changed)})"

    def _who(self, method: str) -> str:
        return f"{type(self).__name__}.{method}"


# What scikit-learn calls otherwise than the command line.
_IN_SETTINGS = {"validation_fraction": "validation", "random_state": "seed"}


class _Keep(Callback):
    """Keep the optimizer of a fit, so that `partial_fit` can go on with it."""

    def __init__(self, estimator: Estimator) -> None:
        self.estimator = estimator

    def start(self, run: Any) -> None:
        self.estimator.optimizer_ = run.optimizer


def _without_advice(error: ValueError) -> ValueError:
    """Return the error without options that are called otherwise here."""
    if isinstance(error, DataError):
        error.advice = []
    return error


def _weights(who: str, sample_weight: Any, rows: Rows) -> Optional[Vector]:
    """Return how much each row counts, None if nothing was said."""
    if sample_weight is None:
        return None
    weights = _list_of_answers(f"{who}: sample_weight", sample_weight)
    if any(isinstance(weight, list) for weight in weights):
        raise ValueError(f"{who}: sample_weight: Sample weights must be 1D array or scalar")
    if len(weights) != len(rows):
        raise ShapeError(f"{who}: {len(rows)} rows in X, but {len(weights)} numbers in "
                         f"sample_weight; each row needs one")
    if not any(weights):
        raise ValueError(f"{who}: sample_weight: the weights are all zero")
    for row, weight in enumerate(weights):
        number_between(who, f"sample_weight of row {row}", weight, 0)
    return [float(weight) for weight in weights]


def _cells_in(X: Any) -> List[Any]:
    """Return rows of cells or dicts, those of a frame as dicts; nothing for what is neither."""
    names = _column_names(X)
    if names is not None:
        return [dict(zip(names, row)) for row in X.to_numpy().tolist()]
    if not isinstance(X, (list, tuple)) and not hasattr(X, "tolist"):
        return []
    rows = _as_list(X)
    return list(rows) if rows and isinstance(rows[0], (list, tuple, Mapping)) else []


# ---- Classes ----


class Classifier(Estimator):
    """Learn which label goes with which row of numbers.

    Labels may be of any kind that can be a key of a dict, also of several kinds at once; None is a
    label like others, NaN is not. Labels that are equal are one class, as they are one key: 1, 1.0
    and True. Inside they are class numbers, and the network gives a score for each class;
    see `Estimator` for the parameters and what is there after `fit`. Beside that:

    class_weight  None, "balanced" (each class counts as much as each other, however rare), or how
                  much each class counts: {class: number}
    classes_      the labels, each once: sorted, or in order of appearance where they cannot be
                  sorted. Predictions are these very objects; NumPy's numbers and strings become
                  Python's, unless y was an array: then classes_ is one too

    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["same", "other", "other", "same"]
    >>> model = Classifier(hidden=(16,), epochs=200).fit(X, y)
    >>> model.classes_, model.predict(X), model.score(X, y)
    (['other', 'same'], ['same', 'other', 'other', 'same'], 1.0)
    """

    classes_: Any

    _estimator_type = "classifier"  # how scikit-learn before 1.6 tells classes from values

    @checks.explains_arguments
    def __init__(
        self,
        hidden: Union[int, Sequence[int]] = (16,),
        *,
        activation: str = "tanh",
        optimizer: str = "adam",
        learning_rate: Union[float, Schedule, None] = None,
        schedule: str = "cosine",
        epochs: Optional[int] = None,
        batch_size: int = 32,
        l1: float = 0.0,
        l2: Optional[float] = None,
        dropout: float = 0.0,
        validation_fraction: float = 0.0,
        patience: Optional[int] = None,
        metrics: Sequence[Callable[[Any, Any], float]] = (),
        callbacks: Sequence[Callback] = (),
        class_weight: Union[str, Dict[Any, float], None] = None,
        random_state: Union[int, Random, None] = 0,
    ) -> None:
        super().__init__(
            hidden, activation=activation, optimizer=optimizer, learning_rate=learning_rate,
            schedule=schedule, epochs=epochs, batch_size=batch_size, l1=l1, l2=l2, dropout=dropout,
            validation_fraction=validation_fraction, patience=patience, metrics=metrics,
            callbacks=callbacks, random_state=random_state)
        self.class_weight = class_weight

    def partial_fit(
        self, X: Iterable[Any], y: Iterable[Any], classes: Optional[Iterable[Hashable]] = None,
        sample_weight: Optional[Iterable[float]] = None,
    ) -> Classifier:
        """Go on learning: one epoch over these rows, with the same optimizer; return self.

        The first call, if there was no `fit`, decides for good what is standardized how, and which
        classes there are: those in `classes`, or without it those in y. No rows are put aside.
        Raises what `fit` raises, and ValueError for labels outside the classes and for `classes`
        other than those of the first call.

        >>> model = Classifier(epochs=3, schedule="constant").fit([[1.0], [2.0]], ["a", "b"])
        >>> twin = Classifier()
        >>> for _ in range(3):
        ...     twin = twin.partial_fit([[1.0], [2.0]], ["a", "b"])
        >>> twin.predict_proba([[1.5]]) == model.predict_proba([[1.5]])
        True
        """
        self._go_on(X, y, sample_weight, classes)
        return self

    def predict(self, X: Iterable[Any]) -> Any:
        """Return the label of each row: that of the largest score, the first if equal.

        Raises NotFittedError before `fit`, ShapeError for rows of another width, ValueError for
        NaN and for a frame with other column names.
        """
        rows = self._asked("predict", X)
        numbers = classes_of(self.model_.scores(rows))
        if _is_array(X) and _is_array(self.classes_):
            return self.classes_[numbers]
        labels = [self.model_.classes[number] for number in numbers]
        return _array(labels) if _is_array(X) else labels

    def predict_proba(self, X: Iterable[Any]) -> Any:
        """Return a row of probabilities for each row, in the order of `classes_`; their sum is 1.

        Raises what `predict` raises.
        """
        rows = self._asked("predict_proba", X)
        probabilities = self.model_.outputs(rows)
        return _array(probabilities) if _is_array(X) else probabilities

    def score(
        self, X: Iterable[Any], y: Iterable[Any], sample_weight: Optional[Iterable[float]] = None
    ) -> float:
        """Return the accuracy, the fraction of rows with the right label, from 0 to 1.

        A label that was not learned is never right. Raises what `predict` raises.
        """
        self._check_fitted("score")
        rows, labels = self._read("score", X, y)
        _check_labels(f"{self._who('score')}: y", labels)
        self._check_columns(self._who("score"), _column_names(X), len(rows[0]))
        weights = _weights(self._who("score"), sample_weight, rows) or [1.0] * len(rows)
        right = [weight for weight, label, answer in zip(weights, labels, self.model_.answers(rows))
                 if label == answer]
        return math.fsum(right) / math.fsum(weights)

    def _learn_answers(
        self, who: str, answers: List[Any], y: Any, classes: Optional[Iterable[Any]] = None
    ) -> None:
        _check_labels(f"{who}: y", answers)
        if classes is None:
            _refuse_values(who, answers)
        found = _in_order(answers) if classes is None else _known_classes(who, classes)
        if len(found) < 2:
            hint = "; give them all: classes=[…]" if who.endswith("partial_fit") else ""
            raise ValueError(f"{who}: y: expected at least two classes, got 1 class: "
                             f"{shown(found[0]) if found else 'none'}{hint}")
        self.classes_ = _labels_like(y, found) if _is_array(y) else found

    def _labels(self) -> List[Any]:
        return [_plain(label) for label in self.classes_]

    def _targets(self, who: str, answers: List[Any]) -> List[int]:
        _check_labels(f"{who}: y", answers)
        numbers = {label: number for number, label in enumerate(self._labels())}
        for row, label in enumerate(answers):
            if label not in numbers:
                raise ValueError(f"{who}: y: row {row}: expected one of the classes "
                                 f"{_shortly(self.classes_)}, got {shown(label)}")
        return [numbers[label] for label in answers]

    def _check_classes(self, who: str, classes: Optional[Iterable[Any]]) -> None:
        if classes is None:
            return
        given = _known_classes(who, classes)
        if set(given) != set(self._labels()):
            raise ValueError(f"{who}: classes: expected those of the first call, "
                             f"{_shortly(self.classes_)}, got {_shortly(given)}; fit starts anew")

    def _take_over(self, model: Model, parameters: Dict[str, Any]) -> None:
        self.classes_ = list(model.classes)

    def __sklearn_tags__(self) -> Any:
        return _sklearn_tags("classifier", multi_output=False)


def _known_classes(who: str, classes: Iterable[Any]) -> List[Any]:
    labels = _list_of_answers(f"{who}: classes", classes)
    _check_labels(f"{who}: classes", labels)
    return _in_order(labels)


def _refuse_values(who: str, labels: List[Any]) -> None:
    """Raise ValueError for what is measured and no class: fractions, hardly two of them equal."""
    broken = [label for label in labels if isinstance(label, float) and not label.is_integer()]
    different = len(set(broken))
    if different > 2 and 2 * different > len(labels):
        raise ValueError(f"{who}: y: Unknown label type: continuous. {different} different numbers "
                         f"in {len(labels)} rows are no classes; for values take Regressor")


def _labels_like(y: Any, labels: List[Any]) -> Any:
    """Return labels as an array of the kind that y is."""
    numpy = sys.modules["numpy"]
    array = numpy.empty(len(labels), dtype=numpy.asarray(y).dtype)
    for number, label in enumerate(labels):
        array[number] = label
    return array


# ---- Values ----


class Regressor(Estimator):
    """Learn which number, or which several numbers, go with which row of numbers.

    y may be flat, one number for each row, or itself rows of numbers; predictions have the form of
    the y that was learned from, and its unit. Inside, targets are standardized: otherwise one
    learning rate would have to serve prices in millions and shares in per cent. The loss is the
    mean squared error of the standardized targets; see `Estimator` for the parameters and what is
    there after `fit`. Beside that:

    target_standardizer_  mean and deviation of each column of y
    flat_targets_         whether y was flat, and so predictions are

    >>> X = [[number / 10] for number in range(20)]
    >>> model = Regressor(l2=0.0).fit(X, [3000.0 * x + 500.0 for [x] in X])
    >>> round(model.score(X, [3000.0 * x + 500.0 for [x] in X]), 2)
    1.0
    """

    flat_targets_: bool

    _estimator_type = "regressor"

    def partial_fit(
        self, X: Iterable[Any], y: Iterable[Any], sample_weight: Optional[Iterable[float]] = None
    ) -> Regressor:
        """Go on learning: one epoch over these rows, with the same optimizer; return self.

        The first call, if there was no `fit`, decides for good how inputs and targets are
        standardized. No rows are put aside. Raises what `fit` raises, and ShapeError for rows of
        another width than before.
        """
        self._go_on(X, y, sample_weight)
        return self

    @property
    def target_standardizer_(self) -> Standardizer:
        """Mean and deviation of each column of y."""
        self._check_fitted("target_standardizer_")
        assert self.model_.target_standardizer is not None
        return self.model_.target_standardizer

    def predict(self, X: Iterable[Any]) -> Any:
        """Return the value of each row, in the unit and the form of the y that was learned from.

        Raises NotFittedError before `fit`, ShapeError for rows of another width, ValueError for
        NaN and for a frame with other column names.
        """
        rows = self._asked("predict", X)
        values: Any = self.model_.outputs(rows)
        values = linalg.ravel(values) if self.flat_targets_ else values
        return _array(values) if _is_array(X) else values

    def score(
        self, X: Iterable[Any], y: Iterable[Any], sample_weight: Optional[Iterable[float]] = None
    ) -> float:
        """Return R²: 1 is perfect, 0 no better than the mean; with several columns their mean.

        Raises what `predict` raises, ShapeError when y has another width than that learned from.
        """
        self._check_fitted("score")
        rows, answers = self._read("score", X, y)
        self._check_columns(self._who("score"), _column_names(X), len(rows[0]))
        targets = self._targets(self._who("score"), answers)
        weights = _weights(self._who("score"), sample_weight, rows)
        outputs = self.model_.outputs(rows)
        return r2(outputs, targets) if weights is None else _weighted_r2(outputs, targets, weights)

    def _learn_answers(
        self, who: str, answers: List[Any], y: Any, classes: Optional[Iterable[Any]] = None
    ) -> None:
        self.flat_targets_ = not answers or _is_flat(answers)

    def _targets(self, who: str, answers: List[Any]) -> Matrix:
        if isinstance(answers[0], str):
            raise TypeError(f"{who}: y: row 0: expected a number, got {shown(answers[0])}; "
                            f"for labels take Classifier")
        rows = [[answer] for answer in answers] if _is_flat(answers) else [*map(_as_list, answers)]
        checks.as_matrix(rows, f"{who}: y")
        model = getattr(self, "model_", None)
        width = None if model is None else model.network.output_width
        if width is not None and width != len(rows[0]):
            raise ShapeError(f"{who}: y: expected rows of {width} numbers, "
                             f"got rows of {len(rows[0])}")
        return [_as_floats(row) for row in rows]

    def _take_over(self, model: Model, parameters: Dict[str, Any]) -> None:
        if model.target_standardizer is None:
            raise ValueError("the standardizer of the targets is missing")
        self.flat_targets_ = parameters.get("flat_targets_", model.network.output_width == 1)

    def __sklearn_tags__(self) -> Any:
        return _sklearn_tags("regressor", multi_output=True)


def _is_flat(answers: List[Any]) -> bool:
    return not isinstance(_as_list(answers[0]), list)


def _weighted_r2(outputs: Matrix, targets: Matrix, weights: Vector) -> float:
    """Return the mean over the columns of 1 − Σ w (t − s)² / Σ w (t − mean)²."""
    scores = []
    for said, wanted in zip(zip(*outputs), zip(*targets)):
        mean = math.fsum(w * t for w, t in zip(weights, wanted)) / math.fsum(weights)
        off = math.fsum(w * (t - s) ** 2 for w, t, s in zip(weights, wanted, said))
        spread = math.fsum(w * (t - mean) ** 2 for w, t in zip(weights, wanted))
        scores.append(1.0 - off / spread if spread else float(off == 0))
    return math.fsum(scores) / len(scores)


def _sklearn_tags(kind: str, multi_output: bool) -> Any:
    """Say in scikit-learn's own words what kind of estimator this is.

    Nobody else asks, so it has been imported already by whoever does; purenn never imports it.
    """
    utils = sys.modules["sklearn.utils"]
    return utils.Tags(
        estimator_type=kind,
        target_tags=utils.TargetTags(required=True, multi_output=multi_output),
        classifier_tags=utils.ClassifierTags() if kind == "classifier" else None,
        regressor_tags=utils.RegressorTags() if kind == "regressor" else None,
    )


# ---- Keeping ----

Keepable = Union[Network, Estimator, Model]


def save(thing: Keepable, path: Path) -> None:
    """Write a network, a fitted classifier or regressor, or a model to `path`.

    The form is safetensors, or JSON if the path ends in .json. The file is replaced in one step: a
    crash at any moment leaves the old one or the new one. Raises TypeError for anything else,
    NotFittedError for an estimator that has learned nothing, ModelFileError for what no file can
    hold (layers of your own, numbers that are not finite), OSError when it cannot be written.
    """
    save_model(model_of(thing), path)


def load(path: Path) -> Union[Network, Estimator, Model]:
    """Read what `save` wrote: a Network, a Classifier or a Regressor, as it was saved.

    A language model comes as a Model: its `network`, and in `classes` its pieces of text.

    What was trained on a table, by the command line for instance, takes rows of such tables. Raises
    ModelFileError, with the file and the place in it, for anything that is no whole model of
    purenn; OSError when the file cannot be opened.
    """
    model = load_model(path)
    if model.kind == "network":
        return model.network
    if model.kind == LANGUAGE_MODEL:
        return model
    try:
        return _estimator_of(model)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"the parameters are not those of a {model.kind}: {error}",
                             str(path)) from None


def model_of(thing: Keepable) -> Model:
    """Return the model that a file would hold; raises as `save`."""
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, Network):
        return Model(thing)
    if not isinstance(thing, Estimator):
        raise TypeError(f"save: expected a Network, Classifier or Regressor, got {thing!r}")
    thing._check_fitted("save")
    names = [str(name) for name in
             getattr(thing, "feature_names_in_", thing.model_.feature_names)]
    return thing.model_._replace(feature_names=names, parameters=_parameters_of(thing))


def _parameters_of(estimator: Estimator) -> Dict[str, Any]:
    """Return the parameters that a file can hold; functions, schedules and generators it cannot."""
    held = {name: list(value) if isinstance(value, tuple) else value
            for name, value in estimator.get_params().items()
            if value is None or isinstance(value, (bool, int, float, str, tuple, list))}
    for name in ("callbacks", "metrics"):
        held.pop(name, None)
    if isinstance(estimator, Regressor):
        held["flat_targets_"] = estimator.flat_targets_
    return held


def _estimator_of(model: Model) -> Estimator:
    """Make the estimator anew and give it what it had learned."""
    parameters: Dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                                  for name, value in model.parameters.items()}
    kind: Any = Classifier if model.kind == "classifier" else Regressor
    estimator: Estimator = kind(**{name: value for name, value in parameters.items()
                                   if name != "flat_targets_"})
    estimator._settings()
    if model.standardizer is None or model.network.input_width is None:
        raise ValueError("the standardizer is missing")
    estimator.model_, estimator.n_features_in_ = model, model.width
    if model.feature_names and model.encoding is None:
        estimator.feature_names_in_ = list(model.feature_names)
    estimator._take_over(model, parameters)
    return estimator
