"""What every exporter needs of a model: plain names and numbers, and nothing of purenn.

    cells of a row ──► columns ──► standardize ──► steps ──► scores ──► kind, labels ──► answer

A `Portable` holds these parts in the order in which a row goes through them. It is made here and
nowhere else, so only this module knows how a `Model` looks inside; an exporter turns the parts into
the words of its own language. What no exporter can express is refused here.

Before this: `model.py`. After this: one module for each language, each to be read alone.
"""

from __future__ import annotations

from random import Random
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Union

from ... import activations, linalg
from ...initializers import normal
from ...layers import Dropout, Layer
from ...linalg import Matrix, Vector
from ...model import Model
from ...network import Network
from ...text import shown
from ..architecture import describe
from ..errors import ModelFileError

__all__ = [
    "Column", "ExportError", "Portable", "Reading", "Step", "portable_of", "printable",
    "refuse_large", "sample_rows",
]

LARGEST_FLOAT = 3.4028234e38


class ExportError(ValueError):
    """A model, or an option, that the other language cannot express."""


class Column(NamedTuple):
    """One cell of a row: a number, or a word where there are categories.

    `fill` is what an empty cell becomes, None if it is an error: in a column of numbers a number,
    in one of words "", which is a category of its own or else none of them.
    """

    name: str
    categories: Sequence[str] = ()
    fill: Union[None, float, str] = None

    @property
    def width(self) -> int:
        """How many numbers the cell becomes."""
        return len(self.categories) or 1


class Step(NamedTuple):
    """One layer: the name of its class, its settings, its matrices, and the layers inside it."""

    name: str
    settings: Dict[str, Any]
    matrices: Dict[str, Matrix] = {}
    inside: Sequence[Any] = ()

    @property
    def weights(self) -> Matrix:
        """The weights of a dense layer, a row for each neuron; of an embedding, for each token."""
        return self.matrices["weights"]

    @property
    def biases(self) -> Vector:
        """The biases of a dense layer; zeros if it has none."""
        return list(self.matrices.get("biases", [[0.0] * len(self.weights)])[0])


class Reading(NamedTuple):
    """How tables are read.

    header     whether the training table had a line of names
    delimiter  the character between cells
    decimal    "," or "." if thousands may be set apart by the other one; None for plain numbers
    unseen     whether words that the training did not have are none of the known ones, or errors
    kinds      the kind of every column of the training table: number, text, class, value, ignored
    """

    header: bool
    delimiter: str
    decimal: Optional[str]
    unseen: bool
    kinds: List[str]


class Portable(NamedTuple):
    """A model as names and numbers.

    `means` and `deviations` standardize the inputs, `target_means` and `target_deviations` bring
    the scores of a regressor back to their unit; all four are empty where nothing is to be done.
    `kind` is "classifier", "regressor" or "network"; a classifier has one label for each score.
    `answer_names` are what the answers to a row are called in a table.
    """

    columns: List[Column]
    means: Vector
    deviations: Vector
    steps: List[Step]
    target_means: Vector
    target_deviations: Vector
    kind: str
    labels: List[Any]
    label_texts: List[str]
    reading: Reading
    answer_names: List[str]
    summary: str
    parameters: Mapping[str, Any] = {}

    @property
    def inputs(self) -> int:
        """How many numbers the first layer takes."""
        words = sum(len(column.categories) for column in self.columns)
        return words + sum(1 for column in self.columns if not column.categories)

    @property
    def is_language_model(self) -> bool:
        """Whether it writes text: then `labels` are the pieces of text that are its tokens."""
        return self.kind == "language model"

    @property
    def outputs(self) -> int:
        """How many scores come out."""
        return len(self.dense[-1].weights) if self.dense else self.inputs

    @property
    def has_words(self) -> bool:
        """Whether some column holds words, so that rows are not only numbers."""
        return any(column.categories for column in self.columns)

    @property
    def dense(self) -> List[Step]:
        """The layers that have weights."""
        return [step for step in self.steps if step.name == "Dense"]


def portable_of(model: Model) -> Portable:
    """Return the parts of a model; ExportError for a layer that is not one of purenn's own."""
    if model.network.input_width is None and model.kind != "language model":
        raise ExportError("the network takes rows of any width; an exported model needs a layer "
                          "that fixes the width, such as Dense")
    scaling, unscaling = model.standardizer, model.target_standardizer
    return Portable(
        [] if model.kind == "language model" else _columns(model),
        list(scaling.means or ()) if scaling else [],
        list(scaling.deviations or ()) if scaling else [],
        _steps(model.network),
        list(unscaling.means or ()) if unscaling else [],
        list(unscaling.deviations or ()) if unscaling else [],
        model.kind,
        list(model.classes) if model.kind in ("classifier", "language model") else [],
        model.class_names,
        _reading(model),
        model.answer_names,
        repr(model.network),
        model.parameters,
    )


def _columns(model: Model) -> List[Column]:
    """Return the columns of the table, or without one a column of numbers for each input."""
    columns = []
    filled = model.table().options.missing == "mean"
    for column in model.table().features:
        if column.kind == "date":
            raise ExportError(f"column {shown(column.name)} holds dates, which exported models do "
                              f"not read; train on columns of year, month and weekday instead")
        fill = "" if column.kind == "text" else column.fill
        columns.append(Column(column.name, list(column.categories), fill if filled else None))
    return columns


def _reading(model: Model) -> Reading:
    if model.kind == "language model":
        return Reading(False, ",", None, False, [])
    encoding = model.table()
    options = encoding.options
    return Reading(bool(options.header), options.delimiter or ",", options.decimal,
                   options.unseen == "zeros", [column.kind for column in encoding.columns])


def _steps(network: Network) -> List[Step]:
    """Return the layers in a row, those of networks inside networks too.

    Dropout and the linear activation pass numbers as they are, so they are left out.
    """
    try:
        describe(network)
    except ModelFileError as error:
        raise ExportError(f"{error.where}: {error.problem.split(',')[0]}; only those can be "
                          f"exported") from None
    steps: List[Step] = []
    for layer in network.layers:
        if type(layer) is Network:
            steps += _steps(layer)
        elif not isinstance(layer, (Dropout, activations.Linear)):
            steps.append(_step(layer))
    return steps


def _step(layer: Layer) -> Step:
    if isinstance(layer, Network):
        return Step(type(layer).__name__, {}, inside=_steps(layer))
    matrices = {parameter.name: parameter.value for parameter in layer.parameters()}
    if not all(map(linalg.all_finite, matrices.values())):
        raise ExportError(f"{layer!r} holds numbers that are not finite: this network is broken")
    return Step(type(layer).__name__, layer.settings(), matrices)


def sample_rows(portable: Portable, count: int, rng: Random) -> List[List[Any]]:
    """Return rows as spread as those of the training: numbers, and words out of each column."""
    inputs = normal(rng, count, portable.inputs, deviation=1.0)
    rows: List[List[Any]] = []
    for numbers in inputs:
        if portable.means:
            numbers = [mean + deviation * number for mean, deviation, number
                       in zip(portable.means, portable.deviations, numbers)]
        row: List[Any] = []
        place = 0
        for column in portable.columns:
            choices = len(column.categories)
            row.append(column.categories[int(rng.random() * choices)] if choices
                       else numbers[place])
            place += column.width
        rows.append(row)
    return rows


def printable(text: str, only_ascii: bool = False) -> str:
    r"""Return a text for a comment: on one line, and nothing that a terminal or editor would obey.

    >>> print(printable("sepal\nl\u00e4nge \u202e"), printable("l\u00e4nge", only_ascii=True))
    sepal\u000alänge \u202e l\u00e4nge
    """
    text = text.replace("→", "->") if only_ascii else text
    return "".join(
        char if char.isprintable() and (char.isascii() or not only_ascii)
        else f"\\u{ord(char):04x}" for char in text)


def refuse_large(portable: Portable) -> None:
    """Raise ExportError if a number of the model is larger than those of 32 bits can be."""
    rows = [portable.means, portable.deviations, portable.target_means, portable.target_deviations]
    for step in portable.dense:
        rows += [*step.weights, step.biases]
    worst = max((abs(number) for row in rows for number in row), default=0.0)
    if worst > LARGEST_FLOAT:
        raise ExportError(f"the model holds {worst:.3g}; numbers of 32 bits end at 3.4e38")
