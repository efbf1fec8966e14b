"""Model files in use: what `predict`, `evaluate` and `show` have in common.

A model that was trained on a table knows how the cells of such a table become numbers. One that was
trained on anything else knows only how wide its rows are; for that one a way to read tables of
plain numbers is made up here, so that both kinds can be asked in the same way.

Before this: learn. After this: predict.
"""

from __future__ import annotations

from typing import Any, List, NamedTuple, Optional

from ..data import Column, DataError, Encoding
from ..linalg import Matrix
from ..losses import SoftmaxCrossEntropy
from ..store.errors import ModelFileError
from ..store.model import Model, load_model

__all__ = ["Opened", "check_width", "class_names", "open_model", "outputs"]


class Opened(NamedTuple):
    """A model from a file, and how tables are read for it."""

    path: str
    model: Model
    encoding: Encoding

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return self.model.network.input_width or 0


def open_model(path: str, target: Optional[str] = None) -> Opened:
    """Read a model file; `target` is what the target column is called in other tables.

    Raises ModelFileError for what is no whole model, OSError for what cannot be opened.
    """
    model = load_model(path)
    if model.kind == "language model":
        raise ModelFileError(f"a language model writes text; ask it with purenn gpt {path}", path)
    if model.network.input_width is None:
        raise ModelFileError("the network takes rows of any width: there is nothing to ask it",
                             path)
    try:
        encoding = _encoding_for(model, target)
    except DataError as error:
        raise ModelFileError(str(error), path) from None
    if len(encoding.feature_names) != model.network.input_width:
        raise ModelFileError(f"its encoding gives rows of {len(encoding.feature_names)} numbers, "
                             f"its network takes {model.network.input_width}", path)
    return Opened(path, model, encoding)


def _encoding_for(model: Model, target: Optional[str]) -> Encoding:
    if model.encoding is None:
        return _plain_encoding(model, target)
    encoding = Encoding.from_dict(model.encoding)
    if model.kind != "network" and encoding.class_names != class_names(model):
        raise DataError("its encoding has other classes than the model")
    if target is None or target == encoding.target.name:
        return encoding
    columns = [column._replace(name=target) if column is encoding.target else column
               for column in encoding.columns]
    return Encoding(columns, encoding.header, encoding.delimiter)


def _plain_encoding(model: Model, target: Optional[str]) -> Encoding:
    """Return an encoding for tables that hold nothing but the numbers themselves.

    The target may follow as the last column, or stand anywhere if there is a line of names.
    """
    width = model.network.input_width or 0
    known = len(set(model.feature_names)) == width
    names = list(model.feature_names) if known else [f"column {n + 1}" for n in range(width)]
    features = [Column(name, "number") for name in names]
    classes = class_names(model)
    kind = "class" if classes else "value"
    return Encoding([*features, Column(_not_among(target or kind, names), kind, classes)], known)


def _not_among(name: str, names: List[str]) -> str:
    while name in names:
        name += "'"
    return name


def class_names(model: Model) -> List[str]:
    """Return the classes of a classifier as texts; nothing for any other model."""
    return [str(label) for label in model.classes] if model.kind == "classifier" else []


def outputs(model: Model, rows: Matrix) -> Matrix:
    """Return what people want to know of rows: probabilities, or values in their own unit."""
    scores = model.scores(rows)
    if model.kind == "classifier":
        return SoftmaxCrossEntropy().predict(scores)
    if model.target_standardizer is not None:
        return model.target_standardizer.inverse(scores)
    return scores


def check_width(opened: Opened, rows: Any, name: str) -> None:
    """Raise DataError if the rows of some other source are not as wide as the model takes them."""
    if len(rows[0]) != opened.width:
        raise DataError(f"{name}: rows of {len(rows[0])} numbers, but {opened.path} takes rows of "
                        f"{opened.width}")
