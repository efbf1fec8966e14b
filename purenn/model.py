"""A model: a trained network, and all that it needs to answer questions about the world.

Weights alone predict nothing. They want inputs that are standardized as in training, made of cells
as in training, and they answer with class 2 where a person wants "virginica". A `Model` keeps it
all together, and everything that trains, saves, measures or asks a network holds one:

    cells ──► encoding ──► standardizer ──► network ──► scores ─┬─► classes
    ("7.5", "oak")         numbers                              └─► target_standardizer ──► values

Imports: the core and `data`. After this: `fitting`, which makes models.
"""

from __future__ import annotations

from typing import Any, Iterable, List, Mapping, NamedTuple, Optional, Sequence

from . import linalg
from .data import Column, Encoding, Standardizer, TableOptions
from .linalg import Matrix, Vector
from .losses import SoftmaxCrossEntropy
from .metrics import classes_of
from .network import Network

__all__ = ["KINDS", "LANGUAGE_MODEL", "Model"]

LANGUAGE_MODEL = "language model"
KINDS = ("network", "classifier", "regressor", LANGUAGE_MODEL)


class Model(NamedTuple):
    """A network and what belongs to it.

    kind                 "classifier", "regressor", "language model", or "network" if nothing is
                         known of its outputs
    standardizer         what is done to the inputs first; for a regressor, target_standardizer is
                         undone at the end
    classes              the labels, in the order of the network's outputs; of a language model the
                         pieces of text that are its tokens, without the edge
    feature_names        what the inputs of the network are called
    encoding             how the cells of a table become numbers, None if there was no table
    parameters           the settings of the estimator that was trained
    provenance           where the model comes from: texts and numbers by name
    """

    network: Network
    kind: str = "network"
    standardizer: Optional[Standardizer] = None
    target_standardizer: Optional[Standardizer] = None
    classes: Sequence[Any] = ()
    feature_names: Sequence[str] = ()
    encoding: Optional[Encoding] = None
    parameters: Mapping[str, Any] = {}
    provenance: Mapping[str, Any] = {}

    def scores(self, rows: Sequence[Vector]) -> Matrix:
        """Return what the network says of rows of numbers as they come, (n, in) -> (n, out)."""
        if self.standardizer is not None:
            rows = self.standardizer.transform(rows)
        return self.network.predict(rows)

    def outputs(self, rows: Sequence[Vector]) -> Matrix:
        """Return probabilities, or values in their own unit, (n, in) -> (n, out)."""
        scores = self.scores(rows)
        if self.kind == "classifier":
            return SoftmaxCrossEntropy().predict(scores)
        if self.target_standardizer is not None:
            return self.target_standardizer.inverse(scores)
        return scores

    def answers(self, rows: Sequence[Vector]) -> List[Any]:
        """Return a class for each row, or a value, or where there are several a row of values."""
        outputs = self.outputs(rows)
        if self.kind == "classifier":
            return [self.classes[number] for number in classes_of(outputs)]
        return linalg.ravel(outputs) if len(outputs[0]) == 1 else outputs

    @property
    def class_names(self) -> List[str]:
        """The classes as texts, 1 and "1" told apart; nothing for any other model."""
        if self.kind != "classifier":
            return []
        names = [str(label) for label in self.classes]
        return names if len(set(names)) == len(names) else [repr(label) for label in self.classes]

    @property
    def answer_names(self) -> List[str]:
        """What the answers to a row are called: "prediction", of several "prediction NAME"."""
        several = range(1 if self.kind == "classifier" else self.network.output_width or 1)
        names = [str(number + 1) for number in several] if self.encoding is None else [
            target.name for target in self.encoding.targets]
        return ["prediction"] if len(several) == 1 else [f"prediction {name}" for name in names]

    @property
    def width(self) -> int:
        """How many numbers a row has; 0 if the network takes rows of any width."""
        return self.network.input_width or 0

    # ---- Tables ----

    def table(self) -> Encoding:
        """Return how tables are read for this model.

        A model that was trained on something else than a table gets an encoding for tables that
        hold nothing but the numbers, and the target as the last column if at all.
        """
        return self.encoding or self._plain_encoding()

    def _plain_encoding(self) -> Encoding:
        known = len(set(self.feature_names)) == self.width
        names = list(self.feature_names) if known else [
            f"column {number + 1}" for number in range(self.width)]
        kind = "class" if self.class_names else "value"
        several = (self.network.output_width or 1) if self.kind == "regressor" else 1
        targets = [kind] if several == 1 else [f"{kind} {number + 1}" for number in range(several)]
        while set(targets) & set(names):
            targets = [f"{target}'" for target in targets]
        return Encoding([*(Column(feature, "number") for feature in names),
                         *(Column(target, kind, self.class_names) for target in targets)],
                        TableOptions(header=known))

    def encode(self, rows: Iterable[Any]) -> Matrix:
        """Return rows of cells as rows of numbers, ready for `scores` and `answers`.

        A row is a dict by the names of the columns, or a sequence of cells in the order of the
        table that was learned from, with or without the target. Cells are texts or numbers; None
        and NaN are missing. Raises DataError for a row or cell that does not fit.
        """
        encoding = self.table()
        return [encoding.encode_record(row, number) for number, row in enumerate(rows, start=1)]

    def takes_cells(self, row: Any) -> bool:
        """Return whether this is a row of a table, for `encode`, and no row of numbers."""
        if self.encoding is None:
            return False
        if isinstance(row, Mapping):
            return True
        return len(row) != self.width or any(
            cell is None or isinstance(cell, str) for cell in row)
