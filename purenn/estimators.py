"""Estimators: the whole house behind two doors, for people who want to use it, not to read it.

Whoever has read the nine rooms of the core can put a model together by hand: a standardizer, a
network, a loss, an optimizer, `train`, and at the end the way back from numbers to names. It is
done in the same way nearly every time. Here it is done once, under the method names that
scikit-learn has made familiar:

    rows of numbers ──► standardizer_ ──► network_ ──► scores ─┬─► classes_ ──► labels
                                                               └─► target_standardizer_ ──► values

- `Classifier` answers with labels, which may be any objects that can be keys of a dict.
- `Regressor` answers with numbers, one for each row or several.

>>> lengths, names = [[1.0], [2.0], [8.0], [9.0]], ["short", "short", "long", "long"]
>>> model = Classifier(hidden=(8,), epochs=50).fit(lengths, names)
>>> model.predict([[0.5], [9.5]])
['short', 'long']

Three habits of scikit-learn are kept. The constructor only stores its parameters, and `fit` looks
at them. What is learned has a name that ends in an underscore. `fit` forgets what was learned
before, `partial_fit` goes on. One is not kept: answers are lists, never arrays.

What may come in. Rows are anything that can be gone through row by row: lists, tuples, generators,
NumPy arrays, pandas and polars frames (whose column names are kept and compared), purenn's own
compact rows. None of these libraries is imported; it is enough that arrays know `tolist()` and
frames `to_numpy()`. What has a length and gives a row for a number is not copied: its rows are
standardized when they are needed. Nothing that comes in is changed.

With scikit-learn (tried with 1.3 and 1.9) these work: `clone`, `cross_val_score`,
`cross_val_predict`, `GridSearchCV`, `learning_curve`, `permutation_importance`, and a `Pipeline`
whose last step is one of these two. What wants probabilities as an array does not, because
`predict_proba` gives lists: `cross_val_predict(method="predict_proba")`, and with two classes the
scores that go by probabilities, as "roc_auc".

Before this: the core, and `data.dataset` with its Standardizer.
"""

from __future__ import annotations

import sys
from random import Random
from typing import (
    Any, Callable, Dict, Hashable, Iterable, List, Optional, Sequence, Tuple, Type, TypeVar, Union,
)

from . import checks, linalg
from .activations import (
    ELU, GELU, Activation, LeakyReLU, Linear, ReLU, Sigmoid, SiLU, Softplus, Tanh,
)
from .callbacks import EarlyStopping
from .checks import Targets, number_between, positive_integer
from .data.dataset import DataSet, Standardizer, split
from .data.rows import RowView
from .history import History
from .initializers import he, xavier
from .layers import Dense, Dropout, Layer
from .linalg import Matrix, ShapeError, Vector
from .losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from .metrics import classes_of, r2
from .network import Network
from .optimizers import SGD, AdaGrad, Adam, AdamW, GradientDescent, RMSProp
from .penalties import L1, L2, ElasticNet, Penalty
from .schedules import Schedule
from .training import Callback, train

__all__ = [
    "ACTIVATIONS", "LEARNING_RATES", "OPTIMIZERS", "Classifier", "Estimator", "NotFittedError",
    "Regressor", "build_network",
]

Self = TypeVar("Self", bound="Estimator")
Rows = Sequence[Vector]

ACTIVATIONS: Dict[str, Type[Activation]] = {
    "elu": ELU,
    "gelu": GELU,
    "leaky_relu": LeakyReLU,
    "linear": Linear,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "silu": SiLU,
    "softplus": Softplus,
    "tanh": Tanh,
}

OPTIMIZERS: Dict[str, Type[GradientDescent]] = {
    "adagrad": AdaGrad,
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSProp,
    "sgd": SGD,
}

# What learning_rate=None means. On standardized inputs and in networks as small as plain Python can
# bear, larger steps than those of the papers are safe, and they save most of the waiting.
LEARNING_RATES: Dict[str, float] = {
    "adagrad": 0.1,
    "adam": 0.01,
    "adamw": 0.01,
    "rmsprop": 0.01,
    "sgd": 0.1,
}


class NotFittedError(ValueError, AttributeError):
    """The model has learned nothing yet: call fit(X, y) first."""


# ---- The parts of a model, from their names ----


def build_network(
    inputs: int,
    hidden: Sequence[int],
    outputs: int,
    activation: str = "relu",
    dropout: float = 0.0,
    *,
    rng: Random,
) -> Network:
    """Return a network of dense layers: `inputs` numbers a row in, `outputs` scores a row out.

    hidden      how many neurons each hidden layer has; () for none at all
    activation  the bend after each hidden layer, a name in ACTIVATIONS
    dropout     the share of each hidden layer that is switched off in training, 0 <= dropout < 1

    Weights start as Glorot says for activations that are straight around 0, as He says for the
    relatives of ReLU. Raises ValueError for an unknown name, and what `Dense` and `Dropout` raise.

    >>> build_network(4, (8,), 3, "tanh", dropout=0.5, rng=Random(1))
    Network([Dense(4 → 8), Tanh, Dropout(0.5), Dense(8 → 3)])
    """
    _one_of("build_network", "activation", activation, ACTIVATIONS)
    initializer = xavier if activation in ("linear", "sigmoid", "tanh") else he
    layers: List[Layer] = []
    for neurons in hidden:
        layers += [Dense(inputs, neurons, rng, initializer), ACTIVATIONS[activation]()]
        if dropout != 0:
            layers.append(Dropout(dropout, rng))
        inputs = neurons
    return Network([*layers, Dense(inputs, outputs, rng, initializer)])


def _build_optimizer(name: str, learning_rate: Union[float, Schedule, None]) -> GradientDescent:
    return OPTIMIZERS[name](LEARNING_RATES[name] if learning_rate is None else learning_rate)


def _build_penalty(l1: float, l2: float) -> Optional[Penalty]:
    if l1 and l2:
        return ElasticNet(l1, l2)
    if l1:
        return L1(l1)
    return L2(l2) if l2 else None


# ---- Checks of the parameters ----


def _one_of(who: str, name: str, value: Any, table: Dict[str, Any]) -> None:
    if not isinstance(value, str) or value not in table:
        raise ValueError(f"{who}: {name}: expected one of {', '.join(table)}, got {value!r}")


def _layer_sizes(who: str, hidden: Any) -> Tuple[int, ...]:
    """Return the sizes of the hidden layers; a single number is a single layer."""
    if isinstance(hidden, (str, bytes, dict)):
        raise TypeError(f"{who}: hidden: expected sizes of layers, as (32, 16), got {hidden!r}")
    sizes = hidden if hasattr(hidden, "__iter__") else [hidden]
    return tuple(positive_integer(who, "hidden", _plain(size)) for size in sizes)


def _generator(who: str, random_state: Any) -> Random:
    """Return a generator: one that is given as it is, else a new one with a seed or without."""
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


# ---- The door: what may come in as rows, as labels, as target values ----


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
    no_table = isinstance(table, (str, bytes, set, frozenset)) or hasattr(table, "keys")
    if no_table or not (hasattr(table, "__iter__") or hasattr(table, "__getitem__")):
        raise TypeError(f"{who}: expected rows of numbers, got {_kind(X)}")
    return table


def _check_dimensions(who: str, rows: Any) -> None:
    """Raise ShapeError, with the way out, if the first row is a number or holds rows itself."""
    first = rows[0] if len(rows) else []
    if isinstance(first, (int, float)):
        raise ShapeError(
            f"{who}: expected rows of numbers, got a flat list of them; for one column write "
            f"[[x] for x in X] (NumPy: X.reshape(-1, 1)), for one row [X] (X.reshape(1, -1))"
        )
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
    if isinstance(y, (str, bytes, dict, set, frozenset)) or not hasattr(y, "__iter__"):
        raise TypeError(f"{who}: expected a list, one item for each row of X, got {_kind(y)}")
    answers = _as_list(_open_table(who, y) if hasattr(y, "columns") else y)
    if not isinstance(answers, list):  # an array of no dimension
        raise TypeError(f"{who}: expected a list, got {_kind(y)}")
    return [_plain(answer) for answer in answers]


def _check_labels(who: str, labels: List[Any]) -> None:
    """Raise TypeError for what cannot be a key of a dict, ValueError for a missing label."""
    for row, label in enumerate(labels):
        try:
            hash(label)
        except TypeError:
            raise TypeError(
                f"{who}: row {row}: expected a label that can be a key of a dict, got "
                f"{_kind(label)}; y is one flat list of labels (NumPy: y.ravel())"
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


def _kind(value: Any) -> str:
    """Name a value in a message: never a whole array."""
    if value is None or isinstance(value, (int, float, str)):
        text = repr(value)
        return text if len(text) <= 40 else text[:37] + "..."
    return f"a value of type {type(value).__name__}"


def _shortly(names: Sequence[Any]) -> str:
    return ", ".join(map(str, names[:6])) + (", …" if len(names) > 6 else "")


# ---- What both estimators share ----


class Estimator:
    """What `Classifier` and `Regressor` share; make one of these two.

    hidden               neurons of each hidden layer, (32, 16); a single number is one layer, and
                         () is none: then the model is linear
    activation           the bend after each hidden layer, a name in ACTIVATIONS
    optimizer            a name in OPTIMIZERS
    learning_rate        a number, a Schedule, or None for that of the optimizer in LEARNING_RATES
    epochs               how often `fit` goes through all rows
    batch_size           rows for one step
    l1, l2               strengths of the penalties on large weights
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

    network_          the trained Network
    standardizer_     mean and deviation of each column of X
    n_features_in_    the number of columns, and feature_names_in_ their names if X was a frame
    history_          the records of all epochs
    optimizer_, rng_  for `partial_fit`, so that it goes on where the last epoch ended
    """

    network_: Network
    standardizer_: Standardizer
    n_features_in_: int
    feature_names_in_: List[str]
    history_: History
    optimizer_: GradientDescent
    rng_: Random

    _loss: Loss

    def __init__(
        self,
        hidden: Union[int, Sequence[int]] = (32,),
        *,
        activation: str = "relu",
        optimizer: str = "adam",
        learning_rate: Union[float, Schedule, None] = None,
        epochs: int = 100,
        batch_size: int = 32,
        l1: float = 0.0,
        l2: float = 0.0,
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

    def fit(self: Self, X: Iterable[Any], y: Iterable[Any]) -> Self:
        """Forget what was learned, learn from the rows X and their answers y, return self.

        Raises TypeError or ValueError for parameters or data that will not do: ShapeError when X
        and y differ in length or the rows are ragged, ValueError for NaN. FloatingPointError when
        the numbers overflow in training; the model then has the last good weights.
        """
        plan = self._checked_parameters()
        self._forget()
        rows, answers = self._read("fit", X, y)
        self._learn_answers(self._who("fit"), answers)
        targets = self._targets(self._who("fit"), answers)
        rng = _generator(self._who("fit"), plan["random_state"])
        (rows, targets), validation = self._put_aside(plan, rows, targets, rng)
        self._begin(plan, rows, targets, _column_names(X), rng)
        callbacks = plan["callbacks"]
        if plan["patience"] is not None:
            callbacks.append(EarlyStopping(plan["patience"]))
        self._train(plan, rows, targets, plan["epochs"], validation, callbacks)
        return self

    def _go_on(self, X: Any, y: Any, classes: Optional[Iterable[Any]] = None) -> None:
        """Learn for one epoch from these rows; the first of them all decide what is standard."""
        who = self._who("partial_fit")
        plan = self._checked_parameters()
        rows, answers = self._read("partial_fit", X, y)
        names = _column_names(X)
        first = not hasattr(self, "network_")
        if first:
            self._learn_answers(who, answers, classes)
        else:
            self._check_columns(who, names, len(rows[0]))
            self._check_classes(who, classes)
        targets = self._targets(who, answers)
        if first:
            self._begin(plan, rows, targets, names, _generator(who, plan["random_state"]))
        self._make_up_for_what_is_missing(plan)
        self._train(plan, rows, targets, epochs=1)

    def _read(self, method: str, X: Any, y: Any) -> Tuple[Rows, List[Any]]:
        """Return rows and answers, as many of the one as of the other."""
        rows = _rows_of_numbers(f"{self._who(method)}: X", X)
        answers = _list_of_answers(f"{self._who(method)}: y", y)
        if len(rows) != len(answers):
            raise ShapeError(f"{self._who(method)}: {len(rows)} rows in X, but {len(answers)} "
                             f"answers in y; each row needs one")
        return rows, answers

    def _put_aside(
        self, plan: Dict[str, Any], rows: Rows, targets: Any, rng: Random
    ) -> Tuple[Tuple[Rows, Any], Optional[Tuple[Rows, Any]]]:
        """Return the examples to learn from, and those for validation or None."""
        if plan["validation_fraction"] == 0:
            return (rows, targets), None
        data = DataSet(rows, targets, [], [], "")
        training, validation = split(data, plan["validation_fraction"], rng=rng)
        return (training.inputs, training.targets), (validation.inputs, validation.targets)

    def _begin(
        self, plan: Dict[str, Any], rows: Rows, targets: Any, names: Optional[List[str]],
        rng: Random,
    ) -> None:
        """Learn what is standard, and make the network and its optimizer."""
        self.standardizer_ = Standardizer().fit(rows)
        self.n_features_in_ = len(rows[0])
        if names is not None:
            self.feature_names_in_ = names
        self.rng_ = rng
        self.optimizer_ = _build_optimizer(plan["optimizer"], plan["learning_rate"])
        self.history_ = History()
        self.network_ = build_network(
            self.n_features_in_, plan["hidden"], self._learn_outputs(targets),
            plan["activation"], plan["dropout"], rng=rng,
        )

    def _make_up_for_what_is_missing(self, plan: Dict[str, Any]) -> None:
        """Make what a model has lost that was only kept to predict: it then begins a new run."""
        if not hasattr(self, "optimizer_"):
            self.optimizer_ = _build_optimizer(plan["optimizer"], plan["learning_rate"])
        if not hasattr(self, "rng_"):
            self.rng_ = _generator(type(self).__name__, plan["random_state"])
        if not hasattr(self, "history_"):
            self.history_ = History()

    def _train(
        self, plan: Dict[str, Any], rows: Rows, targets: Any, epochs: int,
        validation: Optional[Tuple[Rows, Any]] = None, callbacks: Sequence[Callback] = (),
    ) -> None:
        """Train and add the new epochs to the history."""
        inputs, targets = self._standardized(rows, targets)
        history = train(
            self.network_, inputs, targets, loss=self._loss, optimizer=self.optimizer_,
            epochs=epochs, batch_size=plan["batch_size"],
            validation=None if validation is None else self._standardized(*validation),
            metrics=plan["metrics"], penalty=_build_penalty(plan["l1"], plan["l2"]),
            callbacks=callbacks, rng=self.rng_,
        )
        for record in history:
            self.history_.records.append(record._replace(epoch=len(self.history_) + 1))
        self.history_.stopped = history.stopped

    def _standardized(self, rows: Rows, targets: Any) -> Tuple[Any, Targets]:
        return self.standardizer_.transform(rows), self._standard_targets(targets)

    def _forget(self) -> None:
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    # -- What Classifier and Regressor do each in its own way --

    def _learn_answers(
        self, who: str, answers: List[Any], classes: Optional[Iterable[Any]] = None
    ) -> None:
        """Learn what kinds of answers there are."""
        raise NotImplementedError("make a Classifier or a Regressor")

    def _targets(self, who: str, answers: List[Any]) -> Any:
        """Return the answers as class numbers or as rows of numbers."""
        raise NotImplementedError("make a Classifier or a Regressor")

    def _learn_outputs(self, targets: Any) -> int:
        """Return how many scores the network has to give."""
        raise NotImplementedError("make a Classifier or a Regressor")

    def _standard_targets(self, targets: Any) -> Targets:
        """Return the targets as the loss wants them."""
        return targets  # type: ignore[no-any-return]

    def _check_classes(self, who: str, classes: Optional[Iterable[Any]]) -> None:
        """Raise ValueError if these are not the classes that were learned."""

    # -- Answering --

    def _scores(self, method: str, X: Any) -> Matrix:
        """Return the scores of the network for rows of any kind."""
        self._check_fitted(method)
        rows = _rows_of_numbers(f"{self._who(method)}: X", X)
        self._check_columns(self._who(method), _column_names(X), len(rows[0]))
        return self.network_.predict(self.standardizer_.transform(rows))

    def _check_fitted(self, method: str) -> None:
        """Raise NotFittedError if there is nothing to answer with."""
        if not hasattr(self, "network_"):
            raise NotFittedError(f"{self._who(method)}: nothing learned yet; call fit(X, y) first")

    def _check_columns(self, who: str, names: Optional[List[str]], width: int) -> None:
        """Raise ShapeError for rows of another width, ValueError for columns of other names."""
        known = getattr(self, "feature_names_in_", None)
        if width != self.n_features_in_:
            expected = f" ({_shortly(known)})" if known else ""
            got = f" ({_shortly(names)})" if names else ""
            raise ShapeError(f"{who}: X: expected rows of {self.n_features_in_} numbers{expected}, "
                             f"got rows of {width}{got}")
        for column, (name, other) in enumerate(zip(known or (), names or ())):
            if name != other:
                raise ValueError(f"{who}: X: column {column}: expected {name!r}, got {other!r}; "
                                 f"the columns are {_shortly(known or ())}, in this order")

    # -- Keeping --

    def save(self, path: str) -> None:
        """Write the model into a file, which `purenn.load` reads; see `store.keeping.save`."""
        from .store.keeping import save  # here, because whoever does not save need not wait for it

        save(self, path)

    # -- Curves --

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

    def _checked_parameters(self) -> Dict[str, Any]:
        """Return the parameters as plain Python values, or raise what is wrong with them."""
        who = type(self).__name__
        plan = {name: _plain(value) for name, value in self.get_params().items()}
        plan["hidden"] = _layer_sizes(who, plan["hidden"])
        _one_of(who, "activation", plan["activation"], ACTIVATIONS)
        _one_of(who, "optimizer", plan["optimizer"], OPTIMIZERS)
        for name in ("epochs", "batch_size"):
            positive_integer(who, name, plan[name])
        for name, limit in _LIMITS.items():
            number_between(who, name, plan[name], 0, limit)
        _check_rate_and_patience(who, plan)
        _generator(who, plan["random_state"])
        plan["metrics"] = _list_of(who, "metrics", plan["metrics"], callable)
        plan["callbacks"] = _list_of(
            who, "callbacks", plan["callbacks"], lambda one: isinstance(one, Callback)
        )
        return plan

    def __repr__(self) -> str:
        parameters, defaults = self.get_params(), self._defaults()
        shown = [f"{name}={value!r}" for name, value in parameters.items()
                 if repr(value) != repr(defaults[name])]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _who(self, method: str) -> str:
        return f"{type(self).__name__}.{method}"


_LIMITS = {"l1": float("inf"), "l2": float("inf"), "dropout": 1.0, "validation_fraction": 1.0}


def _check_rate_and_patience(who: str, plan: Dict[str, Any]) -> None:
    rate, patience = plan["learning_rate"], plan["patience"]
    if rate is not None and not isinstance(rate, Schedule):
        number_between(who, "learning_rate", rate, 0, without_low=True)
    if patience is not None:
        positive_integer(who, "patience", patience)
        if plan["validation_fraction"] == 0:
            raise ValueError(f"{who}: patience: there are no rows to watch; put some aside, for "
                             f"instance validation_fraction=0.2")


# ---- Classes ----


class Classifier(Estimator):
    """Learn which label goes with which row of numbers.

    Labels may be of any kind that can be a key of a dict, also of several kinds at once; None is a
    label like others, NaN is not. Labels that are equal are one class, as they are one key: 1, 1.0
    and True. Inside they are class numbers, and the network gives a score for each class;
    see `Estimator` for the parameters and what is there after `fit`. Beside that:

    classes_  the labels, each once: sorted, or in order of appearance where they cannot be sorted.
              Predictions are these very objects; NumPy's numbers and strings become Python's

    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["same", "other", "other", "same"]
    >>> model = Classifier(hidden=(16,), activation="tanh", epochs=200).fit(X, y)
    >>> model.classes_, model.predict(X), model.score(X, y)
    (['other', 'same'], ['same', 'other', 'other', 'same'], 1.0)
    """

    classes_: List[Any]

    _estimator_type = "classifier"  # how scikit-learn before 1.6 tells classes from values
    _loss = SoftmaxCrossEntropy()

    def partial_fit(
        self, X: Iterable[Any], y: Iterable[Any], classes: Optional[Iterable[Hashable]] = None
    ) -> Classifier:
        """Go on learning: one epoch over these rows, with the same optimizer; return self.

        The first call, if there was no `fit`, decides for good what is standardized how, and which
        classes there are: those in `classes`, or without it those in y. No rows are put aside.
        Raises what `fit` raises, and ValueError for labels outside the classes and for `classes`
        other than those of the first call.

        >>> model = Classifier(epochs=3).fit([[1.0], [2.0]], ["a", "b"])
        >>> twin = Classifier()
        >>> for _ in range(3):
        ...     twin = twin.partial_fit([[1.0], [2.0]], ["a", "b"])
        >>> twin.predict_proba([[1.5]]) == model.predict_proba([[1.5]])
        True
        """
        self._go_on(X, y, classes)
        return self

    def predict(self, X: Iterable[Any]) -> List[Any]:
        """Return the label of each row: that of the largest score, the first if equal.

        Raises NotFittedError before `fit`, ShapeError for rows of another width, ValueError for
        NaN and for a frame with other column names.
        """
        return [self.classes_[number] for number in classes_of(self._scores("predict", X))]

    def predict_proba(self, X: Iterable[Any]) -> Matrix:
        """Return a row of probabilities for each row, in the order of `classes_`; their sum is 1.

        Raises what `predict` raises.
        """
        return self._loss.predict(self._scores("predict_proba", X))

    def score(self, X: Iterable[Any], y: Iterable[Any]) -> float:
        """Return the accuracy, the fraction of rows with the right label, from 0 to 1.

        A label that was not learned is never right. Raises what `predict` raises.
        """
        self._check_fitted("score")
        rows, labels = self._read("score", X, y)
        _check_labels(f"{self._who('score')}: y", labels)
        self._check_columns(self._who("score"), _column_names(X), len(rows[0]))
        right = [label == answer for label, answer in zip(self.predict(rows), labels)]
        return right.count(True) / len(right)

    def _learn_answers(
        self, who: str, answers: List[Any], classes: Optional[Iterable[Any]] = None
    ) -> None:
        _check_labels(f"{who}: y", answers)
        found = _in_order(answers) if classes is None else _known_classes(who, classes)
        if len(found) < 2:
            hint = "; give them all: classes=[…]" if who.endswith("partial_fit") else ""
            raise ValueError(f"{who}: y: expected at least two classes, got {len(found)}: "
                             f"{_kind(found[0]) if found else 'none'}{hint}")
        self.classes_ = found

    def _targets(self, who: str, answers: List[Any]) -> List[int]:
        _check_labels(f"{who}: y", answers)
        numbers = {label: number for number, label in enumerate(self.classes_)}
        for row, label in enumerate(answers):
            if label not in numbers:
                raise ValueError(f"{who}: y: row {row}: expected one of the classes "
                                 f"{_shortly(self.classes_)}, got {_kind(label)}")
        return [numbers[label] for label in answers]

    def _learn_outputs(self, targets: Any) -> int:
        return len(self.classes_)

    def _check_classes(self, who: str, classes: Optional[Iterable[Any]]) -> None:
        if classes is None:
            return
        given = _known_classes(who, classes)
        if set(given) != set(self.classes_):
            raise ValueError(f"{who}: classes: expected those of the first call, "
                             f"{_shortly(self.classes_)}, got {_shortly(given)}; fit starts anew")

    def __sklearn_tags__(self) -> Any:
        return _sklearn_tags("classifier", multi_output=False)


def _known_classes(who: str, classes: Iterable[Any]) -> List[Any]:
    labels = _list_of_answers(f"{who}: classes", classes)
    _check_labels(f"{who}: classes", labels)
    return _in_order(labels)


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
    >>> model = Regressor().fit(X, [3000.0 * x + 500.0 for [x] in X])
    >>> round(model.score(X, [3000.0 * x + 500.0 for [x] in X]), 2)
    1.0
    """

    target_standardizer_: Standardizer
    flat_targets_: bool

    _estimator_type = "regressor"
    _loss = MeanSquaredError()

    def partial_fit(self, X: Iterable[Any], y: Iterable[Any]) -> Regressor:
        """Go on learning: one epoch over these rows, with the same optimizer; return self.

        The first call, if there was no `fit`, decides for good how inputs and targets are
        standardized. No rows are put aside. Raises what `fit` raises, and ShapeError for rows of
        another width than before.
        """
        self._go_on(X, y)
        return self

    def predict(self, X: Iterable[Any]) -> Any:
        """Return the value of each row, in the unit and the form of the y that was learned from.

        Raises NotFittedError before `fit`, ShapeError for rows of another width, ValueError for
        NaN and for a frame with other column names.
        """
        values = self._values("predict", X)
        return linalg.ravel(values) if self.flat_targets_ else values

    def score(self, X: Iterable[Any], y: Iterable[Any]) -> float:
        """Return R²: 1 is perfect, 0 no better than the mean; with several columns their mean.

        Raises what `predict` raises, ShapeError when y has another width than that learned from.
        """
        self._check_fitted("score")
        rows, answers = self._read("score", X, y)
        self._check_columns(self._who("score"), _column_names(X), len(rows[0]))
        targets = self._targets(self._who("score"), answers)
        return r2(self._values("score", rows), targets)

    def _values(self, method: str, X: Any) -> Matrix:
        scores = self._scores(method, X)
        return self.target_standardizer_.inverse(scores)

    def _learn_answers(
        self, who: str, answers: List[Any], classes: Optional[Iterable[Any]] = None
    ) -> None:
        self.flat_targets_ = _is_flat(answers)

    def _targets(self, who: str, answers: List[Any]) -> Matrix:
        if isinstance(answers[0], str):
            raise TypeError(f"{who}: y: row 0: expected a number, got {_kind(answers[0])}; "
                            f"for labels take Classifier")
        rows = [[answer] for answer in answers] if _is_flat(answers) else [*map(_as_list, answers)]
        checks.as_matrix(rows, f"{who}: y")
        learned = getattr(self, "target_standardizer_", None)
        if learned is not None and len(learned.means) != len(rows[0]):
            raise ShapeError(f"{who}: y: expected rows of {len(learned.means)} numbers, "
                             f"got rows of {len(rows[0])}")
        return [_as_floats(row) for row in rows]

    def _learn_outputs(self, targets: Any) -> int:
        self.target_standardizer_ = Standardizer().fit(targets)
        return len(targets[0])

    def _standard_targets(self, targets: Any) -> Targets:
        rows: Matrix = self.target_standardizer_.transform(targets)
        return rows

    def __sklearn_tags__(self) -> Any:
        return _sklearn_tags("regressor", multi_output=True)


def _is_flat(answers: List[Any]) -> bool:
    return not isinstance(_as_list(answers[0]), list)


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
