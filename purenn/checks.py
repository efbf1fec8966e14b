"""Checks of what comes from outside, each made once, where it enters.

Arguments, examples and targets come from people and files, and what is wrong with them should be
said where they come in: who, expected, got, what to do. Behind these checks the library trusts its
numbers. So everything of this kind is here, and a reader of the textbook can skip this module.

Each check returns what it was given, or raises TypeError (the wrong kind of thing), ValueError (the
right kind, out of range) or ShapeError (sizes that do not go together).
"""

from __future__ import annotations

import math

from . import linalg
from .annotations import Any, Function, Iterable, Random, Sequence, TypeAlias
from .linalg import Matrix, ShapeError

__all__ = [
    "Targets", "as_matrix", "check_probabilities", "class_numbers", "class_targets",
    "explains_arguments", "is_flat", "named", "number_between", "positive_integer",
    "random_generator", "real_targets", "whole_numbers", "yes_or_no_targets",
]

Targets: TypeAlias = "Sequence[int] | Sequence[list[float]]"


# ---- Single arguments ----


def positive_integer(who: str, name: str, value: Any) -> int:
    """Return value if it is an integer above 0.

    >>> positive_integer("Dense", "neurons", 0)
    Traceback (most recent call last):
        ...
    ValueError: Dense: neurons: expected a positive integer, got 0
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{who}: {name}: expected a positive integer, got {value!r}")
    if value < 1:
        raise ValueError(f"{who}: {name}: expected a positive integer, got {value}")
    return value


LARGEST = 1.7976931348623157e308  # of all floats; an integer can be larger


def number_between(
    who: str, name: str, value: Any, low: float, high: float = math.inf, without_low: bool = False
) -> float:
    """Return value if low <= value < high; with `without_low` it must not be `low` itself.

    >>> number_between("Dropout", "rate", 1.5, 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: Dropout: rate: expected 0 <= rate < 1, got 1.5
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{who}: {name}: expected a number, got {value!r}")
    if not low <= value < high or (without_low and value == low) or value > LARGEST:
        lower = f"{low:g} {'<' if without_low else '<='} {name}"
        upper = f" < {high:g}" if high < math.inf else ", finite"
        got = repr(value)
        if isinstance(value, int) and value > LARGEST:
            got = f"an integer of {value.bit_length()} bits"
        raise ValueError(f"{who}: {name}: expected {lower}{upper}, got {got}")
    return value


def above_zero(who: str, name: str, value: Any) -> float:
    """Return value if it is a finite number above 0."""
    return number_between(who, name, value, 0, without_low=True)


def random_generator(who: str, rng: Any) -> Random:
    """Return rng if it can make random numbers; a bare seed cannot.

    >>> random_generator("Dense", 42)
    Traceback (most recent call last):
        ...
    TypeError: Dense: rng: expected random.Random(seed), got 42
    """
    if isinstance(rng, type) or not callable(getattr(rng, "random", None)):
        raise TypeError(f"{who}: rng: expected random.Random(seed), got {rng!r}")
    return rng  # type: ignore[no-any-return]


# Words that other libraries use, and what they are called here, "here or there".
WORDS = {
    "lr": "learning_rate", "eta": "learning_rate", "rate": "learning_rate", "epoch": "epochs",
    "n_epochs": "epochs", "max_iter": "epochs", "batch": "batch_size", "units": "neurons",
    "out_features": "neurons", "in_features": "inputs", "x": "inputs", "X": "inputs",
    "y": "targets", "criterion": "loss", "optim": "optimizer", "validation_data": "validation",
    "seed": "rng random_state", "random_state": "rng", "generator": "rng random_state",
    "rng": "random_state", "betas": "beta1", "eps": "epsilon",
    "kernel_initializer": "initializer", "init": "initializer", "p": "rate dropout",
    "metric": "metrics", "callback": "callbacks", "regularization": "penalty l2",
    "penalty": "l2", "weight_decay": "l2", "alpha": "decay l2", "rho": "decay",
    "hidden_layer_sizes": "hidden", "hidden_sizes": "hidden", "layers": "hidden",
    "solver": "optimizer", "learning_rate_init": "learning_rate",
    "validation": "validation_fraction", "validation_split": "validation_fraction",
    "n_iter_no_change": "patience",
    "n_samples": "size", "samples": "size", "n": "size", "n_classes": "classes",
}
# What belongs elsewhere, and how it is given there.
ELSEWHERE = {
    "learning_rate": "it is the optimizer's: optimizer=Adam(learning_rate=…)",
    "l2": "large weights are kept small by penalty=L2(…)",
    "patience": "stop early with callbacks=[EarlyStopping(patience=…)]",
    "verbose": "print(history) shows a training, and a callback can print in every epoch",
}


def explains_arguments(function: Function) -> Function:
    """Decorate a function so that a call with wrong arguments says what is right.

    >>> @explains_arguments
    ... def step(learning_rate): ...
    >>> step(lr=0.1)
    Traceback (most recent call last):
        ...
    TypeError: step: there is no argument 'lr'; it is called learning_rate here
    """
    def explaining(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise  # not from the call, but from inside of the function
            who = function.__qualname__
            if who.endswith(".__init__") and arguments:
                who = type(arguments[0]).__name__
            raise TypeError(_wrong_call(who, function, arguments, options, error)) from None

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(explaining, name, getattr(function, name))
    vars(explaining).update(__wrapped__=function)  # there `inspect` finds the arguments
    return explaining  # type: ignore[return-value]


def _wrong_call(who: str, function: Any, arguments: Any, options: Any, error: Exception) -> str:
    """Say what is wrong with the arguments of a call."""
    from difflib import get_close_matches
    from inspect import Parameter, signature

    known = signature(function).parameters
    for name in options:
        if name not in known:
            words = WORDS.get(name, "").split()
            right = [f"it is called {word} here"
                     for word in [*words, *get_close_matches(name, known, 1)] if word in known]
            right += [ELSEWHERE[word] for word in (name, *words) if word in ELSEWHERE]
            right += ["there are " + ", ".join(one for one in known if one != "self")]
            return f"{who}: there is no argument {name!r}; {right[0]}"
    positional = [one for one in known.values() if one.kind == Parameter.POSITIONAL_OR_KEYWORD]
    if len(arguments) > len(positional):
        hidden = 1 if "self" in known else 0
        by_name = [name for name, one in known.items() if one.kind == Parameter.KEYWORD_ONLY]
        names = " and ".join(f"{name}=…" for name in by_name[:2])
        return (f"{who}: expected at most {len(positional) - hidden} arguments without a name, "
                f"got {len(arguments) - hidden}"
                + (f"; give the others by name: {names}" if by_name else ""))
    what = str(error).split("() ")[-1]
    if what.endswith(": 'rng'"):
        what = "rng, a random generator, is missing"
    named_only = "rng" in known and known["rng"].kind == Parameter.KEYWORD_ONLY
    hint = (f"; from random import Random, then give {'rng=' * named_only}Random(1)"
            if "rng" in what else "")
    return f"{who}: {what}{hint}"


# ---- Matrices ----


def as_matrix(A: Any, who: str) -> Matrix:
    """Return A, having looked at every number in it.

    `who` begins the message of the error, for instance "train: inputs". Raises ShapeError if A is
    no list of rows of one length; TypeError if something in it is no number; ValueError if a number
    is not finite or if one row object stands in several places, as [[0.0] * n] * m makes it. A row
    may be any sequence of numbers, so NumPy's arrays pass.

    >>> as_matrix([[]], "inputs")
    Traceback (most recent call last):
        ...
    purenn.linalg.ShapeError: inputs: expected rows with at least one number, got empty rows
    """
    if type(A) is list and len(A) == 1 and _is_finite_list(A[0]):
        return A  # a single example, as it comes to be predicted
    try:
        linalg.shape([] if _is_no_sequence(A) else A)
        whole = not any(_is_no_sequence(row) for row in A)
    except ShapeError:
        whole = False
    if not whole:
        raise ShapeError(_what_is_wrong(who, A))
    for number, row in enumerate(A):
        if not (_is_finite_list(row) or _is_finite_row(row)):
            raise _bad_number(who, number, row)
    if isinstance(A, list) and len(A) > 1:
        _refuse_shared_rows(who, A)
    return A  # type: ignore[no-any-return]  # it has just been shown to be a matrix


def _is_no_sequence(value: Any) -> bool:
    """Say whether this is no sequence of things; texts, dicts and data frames count as none."""
    return (isinstance(value, (str, bytes, dict)) or hasattr(value, "columns")
            or hasattr(value, "iloc")  # pandas looks its rows up by label, not by position
            or not hasattr(value, "__getitem__") or _length(value) is None)


def _length(value: Any) -> int | None:
    """Return the length, None for what has none; an array without dimensions says so only here."""
    try:
        return len(value)
    except TypeError:
        return None


def _how_to_convert(value: Any) -> str:
    """Return what to do with what is no sequence but can be made one; nothing for anything else."""
    if hasattr(value, "iloc"):
        return "; write .values.tolist() behind it"
    in_order = not isinstance(value, (str, bytes, dict, set, frozenset, type))
    return "; write list(…) around it" if hasattr(value, "__iter__") and in_order and not hasattr(
        value, "__getitem__") else ""


def _what_is_wrong(who: str, A: Any) -> str:
    """Say why A is no matrix, and what to do."""
    if _is_no_sequence(A):
        hint = _how_to_convert(A)
        expected = "a list of rows" if hint else "a matrix (a list of rows)"
        return f"{who}: expected {expected}, got {named(A)}{hint}"
    if len(A) == 0:
        return f"{who}: expected at least one row, got none"
    for number, row in enumerate(A):
        if _is_no_sequence(row):
            return (f"{who}: expected a list of rows, but item {number} is {named(row)}"
                    f"{_how_to_convert(row)}; "
                    f"one example is a row too: [[1.0, 2.0]], not [1.0, 2.0]")
        if len(row) != len(A[0]):
            return (f"{who}: row 0 has {len(A[0])} numbers, row {number} has {len(row)}; "
                    f"all rows of a matrix have one length")
    return f"{who}: expected rows with at least one number, got empty rows"


def named(value: Any) -> str:
    """Name a value for a message, briefly: never a whole array.

    >>> named(None), named(5), named([1.0, 2.0])
    ('None', '5 (an int)', 'a list')
    """
    if value is None:
        return "None"
    text = repr(value) if isinstance(value, (str, bytes, int, float)) else ""
    kind = "a string" if isinstance(value, str) else type(value).__name__
    kind = kind if " " in kind else f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
    return f"{text if len(text) <= 20 else text[:17] + '...'} ({kind})" if text else kind


def _is_finite_list(row: Any) -> bool:
    """Say whether this is a list whose sum is finite: then there are only finite numbers in it."""
    try:
        total = sum(row, 0.0) if type(row) is list and row else math.nan
        return isinstance(total, (int, float)) and math.isfinite(total)
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        return False


def _is_finite_row(row: Any) -> bool:
    """Say whether a row holds finite numbers only; False also for what cannot be multiplied."""
    try:
        return all(math.isfinite(x) and not hasattr(x, "as_tuple") for x in row)  # no Decimal
    except (TypeError, ValueError, OverflowError):
        return False


def _bad_number(who: str, number: int, row: Any) -> Exception:
    """Find what `_is_finite_row` refused in a row and return the error that names it."""
    column, value = next((column, value) for column, value in enumerate(row)
                         if not _is_finite_row([value]))
    place = f"{who}: row {number}, column {column}"
    if isinstance(value, float):
        return ValueError(f"{place} is {value}; fill or drop missing and infinite values first")
    if isinstance(value, int):
        return ValueError(f"{place} is too large an integer for a float")
    convertible = isinstance(value, str) or hasattr(value, "as_tuple")
    hint = "; convert it with float()" if convertible else ""
    return TypeError(f"{place}: expected a number, got {named(value)}{hint}")


def _refuse_shared_rows(who: str, A: Matrix) -> None:
    """Raise ValueError when two rows are one object: a change of one would change the other."""
    if len(set(map(id, A))) == len(A):
        return
    first_seen: dict[int, int] = {}
    for number, row in enumerate(A):
        first = first_seen.setdefault(id(row), number)
        if first != number:
            raise ValueError(
                f"{who}: rows {first} and {number} are one and the same list object, as in "
                f"[[0.0] * n] * m; build rows one by one: [[0.0] * n for _ in range(m)], "
                f"and copy a row that you repeat: list(row)"
            )


# ---- Targets ----


def is_flat(targets: Any) -> bool:
    """Say whether targets are a flat list, as class numbers are, and no matrix."""
    if type(targets) is list and targets and type(targets[0]) is int:
        return True  # the quick answer for most
    if isinstance(targets, (str, dict)) or hasattr(targets, "columns"):
        return False
    if not hasattr(targets, "__getitem__") or not _length(targets):
        return False
    first = next(iter(targets))  # pandas would look [0] up by label
    return isinstance(first, str) or not hasattr(first, "__len__")


def real_targets(who: str, rows: int, columns: int, targets: Any) -> Matrix:
    """Return targets that are real numbers: a matrix of rows × columns, like the scores."""
    if is_flat(targets):
        raise TypeError(
            f"{who}: targets: expected rows of real numbers, got a flat list; for one number a row "
            f"write [[y] for y in targets]; for class numbers take SoftmaxCrossEntropy, or rows "
            f"from purenn.data.one_hot"
        )
    matrix = as_matrix(targets, f"{who}: targets")
    same_number_of_rows(who, rows, len(matrix))
    if len(matrix[0]) != columns:
        raise ShapeError(f"{who}: rows of {columns} scores, but rows of {len(matrix[0])} targets; "
                         f"both need one width")
    return matrix


def class_targets(who: str, rows: int, classes: int, targets: Any) -> Targets:
    """Return targets that say one class out of several: class numbers, or rows of probabilities."""
    if not is_flat(targets):
        matrix = real_targets(who, rows, classes, targets)
        check_probabilities(f"{who}: targets", matrix, sum_to_one=True)
        return matrix
    same_number_of_rows(who, rows, len(targets))
    return class_numbers(f"{who}: targets", targets, classes)


def yes_or_no_targets(who: str, rows: int, columns: int, targets: Any) -> Targets:
    """Return targets from 0 to 1: a flat list of zeros and ones, or a matrix like the scores."""
    if not is_flat(targets):
        matrix = real_targets(who, rows, columns, targets)
        check_probabilities(f"{who}: targets", matrix)
        return matrix
    if columns != 1:
        raise ShapeError(f"{who}: a flat list of targets goes with 1 column of scores, "
                         f"got {columns} columns; targets must then be rows of {columns} numbers")
    same_number_of_rows(who, rows, len(targets))
    return class_numbers(f"{who}: targets", targets, classes=2)


def as_column(targets: Any) -> Matrix:
    """Return a flat list of zeros and ones as a column, a matrix as it is."""
    column: Matrix = linalg.transpose([targets]) if is_flat(targets) else targets
    return column


def as_one_hot(targets: Any, classes: int) -> Matrix:
    """Return class numbers as one-hot rows, a matrix of probabilities as it is."""
    rows: Matrix = linalg.one_hot(targets, classes) if is_flat(targets) else targets
    return rows


def class_numbers(who: str, targets: Sequence[Any], classes: int) -> list[int]:
    """Return the targets if all are integers from 0 to classes − 1."""
    numbers = whole_numbers(who, targets)
    if 0 <= min(numbers) and max(numbers) < classes:
        return numbers
    row = next(row for row, number in enumerate(numbers) if not 0 <= number < classes)
    hint = ("they seem to be counted from 1: subtract 1 from each"
            if min(numbers) == 1 and max(numbers) == classes
            else "the last layer needs as many neurons as there are classes")
    raise ValueError(f"{who}: row {row}: expected a class from 0 to {classes - 1}, "
                     f"got {numbers[row]}; {hint}")


def whole_numbers(who: str, numbers: Any) -> list[int]:
    """Return a flat list of class numbers as integers; TypeError for anything else in it."""
    if set(map(type, numbers)) == {int}:
        return list(numbers)
    for row, number in enumerate(numbers):
        if not hasattr(number, "__index__"):
            hint = ("give each name a number, or take Classifier" if isinstance(number, str)
                    else "convert it with int()" if hasattr(number, "__int__")
                    else "count the classes from 0")
            raise TypeError(f"{who}: row {row}: expected a class number (an integer), "
                            f"got {number!r}; {hint}")
    return [int(number) for number in numbers]


def same_number_of_rows(who: str, rows: int, targets: int) -> None:
    """Raise ShapeError unless there is one target for each row of scores."""
    if rows != targets:
        raise ShapeError(f"{who}: {rows} rows of scores, but {targets} targets; "
                         f"each example needs one target")


def check_probabilities(
    who: str,
    A: Matrix,
    sum_to_one: bool = False,
    hint: str = "scores go into SoftmaxCrossEntropy or SigmoidCrossEntropy",
) -> None:
    """Raise ValueError unless all numbers are from 0 to 1, and each row adds up to 1 if asked.

    A tolerance of a thousandth is left for whoever tries out how a loss reacts to a small change.
    """
    for row in A:
        if not (min(row) >= -1e-3 and max(row) <= 1 + 1e-3):
            low, high = linalg.item(linalg.min(A)), linalg.item(linalg.max(A))
            raise ValueError(f"{who}: expected probabilities from 0 to 1, "
                             f"got numbers from {low:g} to {high:g}; {hint}")
        off = abs(math.fsum(row) - 1.0)
        if sum_to_one and off > 1e-3:
            raise ValueError(f"{who}: expected rows of probabilities that add up to 1, "
                             f"got a row that is off by {off:g}")


# ---- Layers and networks ----


def wrong_rows(layer: Any, inputs: Any, error: Exception) -> Exception:
    """Return the error for inputs that a layer could not work with, given the one that it got."""
    try:
        as_matrix(inputs, repr(layer))
    except (ShapeError, TypeError) as clearer:
        return clearer
    except ValueError:
        pass  # numbers that are not finite are no matter of shape
    if len(inputs[0]) == layer.input_width:
        return error  # then it is the weights or biases that somebody has set
    return ShapeError(f"{layer!r} expects rows of {layer.input_width} numbers, "
                      f"got rows of {len(inputs[0])}")


def initializer(who: str, value: Any) -> None:
    """Raise TypeError for what is no function (rng, neurons, inputs) -> matrix, a name perhaps."""
    if not callable(value):
        raise TypeError(f"{who}: initializer: expected a function such as purenn.he, "
                        f"got {value!r}")


def starting_weights(layer: Any, weights: Any, neurons: int, inputs: int) -> Matrix:
    """Return what an initializer has made, if it is a matrix of neurons × inputs."""
    made = linalg.shape(weights)
    if made != (neurons, inputs):
        raise ShapeError(f"{layer!r}: the initializer should give {neurons} × {inputs} weights, "
                         f"one neuron per row, it gave {made}")
    return weights  # type: ignore[no-any-return]


def missing(layer: Any, name: str) -> Exception:
    """Return the error for an attribute that a layer does not have, or does not have yet."""
    if name == "kept":
        return ValueError(f"{layer!r}: backward came before forward; call forward(inputs) first")
    hint = {"fit": "; write train(network, inputs, targets, loss=…, optimizer=…, epochs=…), or "
                   "take Classifier or Regressor",
            "train": "; write train(network, inputs, targets, …)",
            "compile": "; give loss and optimizer to train(network, inputs, targets, …)",
            "predict_proba": "; write loss.predict(network.predict(inputs)), or take Classifier",
            }.get(name, "")
    return AttributeError(f"{type(layer).__name__!r} object has no attribute {name!r}{hint}")


def layers(values: list[Any], kind: type) -> list[Any]:
    """Return the layers of a network if there are any and all are of the given kind."""
    if not values:
        raise ValueError("Network: expected at least one layer, got none")
    for number, layer in enumerate(values):
        if isinstance(layer, type):
            raise TypeError(f"Network: layer {number} is the class {layer.__name__}; "
                            f"make a layer of it: {layer.__name__}(…)")
        if not isinstance(layer, kind):
            raise TypeError(f"Network: layer {number}: expected a Layer, got {layer!r}")
    return values


def used_once(all_layers: Iterable[Any]) -> None:
    """Raise ValueError for a layer in two places: it could keep the inputs of only one of them."""
    seen = set()
    for layer in all_layers:
        if id(layer) in seen:
            raise ValueError(f"Network: {layer!r} stands in two places; make two layers, since "
                             f"each keeps its own inputs for backward")
        seen.add(id(layer))


# ---- Optimizers and penalties ----


def with_gradients(who: Any, parameters: Any, hint: str) -> list[Any]:
    """Return the parameters as a list if each of them has a gradient."""
    if hasattr(parameters, "parameters"):
        raise TypeError(f"{who!r}: expected parameters, got {parameters!r}; "
                        f"write network.parameters()")
    found: list[Any] = list(parameters)
    for parameter in found:
        if parameter.gradient is None:
            raise ValueError(f"{who!r}: {parameter!r} has no gradient; {hint}")
    return found


def same_parameters(optimizer: Any, then: list[Any], now: list[Any]) -> None:
    """Raise ValueError when an optimizer that has begun with some parameters is given others."""
    if then != now:
        raise ValueError(f"{optimizer!r}: the steps before were those of another network; each "
                         f"network needs an optimizer of its own")


# ---- What `train` is given ----


def part(name: str, value: Any, kind: type) -> None:
    """Raise TypeError unless a part of a training, for instance its loss, is of the right kind."""
    if isinstance(value, type) and issubclass(value, kind):
        raise TypeError(f"train: {name}: got the class {value.__name__}; "
                        f"make one: {value.__name__}(…)")
    if not isinstance(value, kind) and not (name == "penalty" and value is None):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        raise TypeError(f"train: {name}: expected {article} {kind.__name__}, got {value!r}")


def parts_together(network: Any, loss: Any) -> None:
    """Refuse a network that cannot learn, or whose last layer the loss has in itself."""
    own_formula(loss)
    if not any(True for _ in network.parameters()):
        raise ValueError(f"train: {network!r} has no parameters, so there is nothing to learn")
    last = network
    while "layers" in vars(last):
        last = last.layers[-1]
    if loss.activation and type(last).__name__ in ("Softmax", "Sigmoid"):
        raise ValueError(f"train: {loss!r} has its own {loss.activation} and takes scores; leave "
                         f"the {last!r} layer out of the network")


def listed(name: str, values: Any, kind: type = object) -> None:
    """Raise TypeError for a single thing where `train` takes a list, or for another kind in it."""
    if not isinstance(values, (list, tuple)):
        one = getattr(values, "__name__", repr(values))
        raise TypeError(f"train: {name}: expected a list, got {one}; write [{one}]")
    for value in values:
        if kind is not object and isinstance(value, type):
            raise TypeError(f"train: {name}: got the class {value.__name__}; "
                            f"make one: {value.__name__}(…)")
        if not isinstance(value, kind):
            raise TypeError(f"train: {name}: expected {kind.__name__} objects, got {value!r}")


def metric_names(metrics: Any) -> None:
    """Raise unless metrics are functions whose names can head the columns of a history."""
    listed("metrics", metrics)
    seen = {"epoch", "loss", "validation_loss", "seconds"}
    for metric in metrics:
        if not callable(metric) or not hasattr(metric, "__name__"):
            hint = f"; write {metric} without quotes" if isinstance(metric, str) else ""
            raise TypeError(f"train: metrics: expected functions, got {metric!r}{hint}")
        if metric.__name__ in seen:
            raise ValueError(f"train: metrics: there are two columns called {metric.__name__} in "
                             f"the history; give the function another name")
        seen.add(metric.__name__)


def own_formula(loss: Any) -> None:
    """Refuse a loss with a formula where training does not look for it.

    Training calls value_and_gradient. Who derives a loss from another and overrides less would
    train with the formula of the other, and not notice.
    """
    def depth(name: str) -> int:
        return next(number for number, one in enumerate(type(loss).__mro__) if name in vars(one))

    for name in ("__call__", "gradient"):
        if depth(name) < depth("value_and_gradient"):
            raise TypeError(f"{loss!r} overrides {name}, but training calls value_and_gradient; "
                            f"override that one, and the others follow")


def examples(who: str, inputs: Any, targets: Any) -> Matrix:
    """Return inputs as a matrix, if there is a target for each row."""
    rows = as_matrix(inputs, f"{who}: inputs")
    if _is_no_sequence(targets) and not is_flat(targets):
        raise TypeError(f"{who}: targets: expected class numbers or rows, got {named(targets)}"
                        f"{_how_to_convert(targets)}")
    if len(rows) != len(targets):
        raise ShapeError(f"{who}: {len(rows)} rows of inputs, but {len(targets)} targets; "
                         f"each example needs one target")
    return rows


def pair(validation: Any) -> None:
    """Raise TypeError unless validation is a pair (inputs, targets)."""
    if not isinstance(validation, (tuple, list)) or len(validation) < 2:
        raise TypeError("train: validation: expected a pair (inputs, targets)")


def generator_or_default(who: str, rng: Any) -> Random:
    """Return rng if it can make random numbers, random.Random(0) for None."""
    if rng is None:
        from random import Random  # here, because whoever brings a generator has imported it

        return Random(0)
    return random_generator(who, rng)


def has_gradient(loss: Any, gradient: Any) -> None:
    """Raise TypeError for a loss without a gradient where the optimizer needs one."""
    if gradient is None:
        raise TypeError(f"train: {loss!r} has no gradient; take RandomSearch or RandomAdjustment, "
                        f"which need none")


def every_gradient_is_set(network: Any) -> None:
    """Raise ValueError if backward has left out a parameter: its layer would never learn."""
    for name, parameter in network.named_parameters():
        if parameter.gradient is None:
            raise ValueError(f"train: backward left {name} without a gradient, so it would never "
                             f"learn; the backward of its layer must set it")


# ---- When numbers stop being finite ----


def finite_loss(run: Any, value: float) -> None:
    """Raise FloatingPointError unless the loss is finite."""
    if not math.isfinite(value):
        raise not_finite(run)


def finite_step(run: Any) -> None:
    """Raise FloatingPointError, and take the step back, unless all weights are still finite.

    A gradient that is not finite makes a weight that is not, so this finds both.
    """
    if not linalg.all_finite(*run.values()):
        run.put_back(run.good_values)
        raise not_finite(run)


def not_finite(run: Any) -> FloatingPointError:
    """Find where numbers stopped being finite, put the good weights back, return the error."""
    place, layer = _first_not_finite(run)
    sizes = [linalg.item(linalg.max(linalg.abs(parameter.value)))
             for parameter in layer.parameters()]
    whose = "the network's" if layer is run.network else "its"
    largest = f" ({whose} largest weight: {max(sizes):.3g})" if sizes else ""
    rate = getattr(run.optimizer, "learning_rate", None)
    advice = f"; the learning rate is {rate:g}, try {rate / 10:g}" if rate else ""
    run.put_back(run.good_values)
    return FloatingPointError(
        f"train: epoch {run.epoch}, batch {run.batch} of {run.batches}: {place} is no longer "
        f"finite{largest}{advice}. The network keeps its last good weights, those whose loss was "
        f"finite."
    )


def _first_not_finite(run: Any) -> Any:
    """Follow the numbers once more, forward, loss, penalty, backward, step: (place, layer)."""
    numbers = run.batch_inputs
    for number, layer in enumerate(run.network.layers):
        numbers = layer.forward(numbers, training=True)
        if not linalg.all_finite(numbers):
            return f"the output of layer {number}, {layer!r},", layer
    value, gradient = run.loss.value_and_gradient(numbers, run.batch_targets)
    if not math.isfinite(value) or not linalg.all_finite(gradient):
        return f"the loss, {run.loss!r},", run.network
    if run.penalty is not None and not math.isfinite(run.penalty(run.parameters)):
        return f"the penalty, {run.penalty!r},", run.network
    for number, layer in reversed(list(enumerate(run.network.layers))):
        gradient = layer.backward(gradient)
        found = [gradient, *(one.gradient for one in layer.parameters() if one.gradient)]
        if not linalg.all_finite(*found):
            return f"the gradient in layer {number}, {layer!r},", layer
    return f"the step of {run.optimizer!r}", run.network
