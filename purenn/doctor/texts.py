"""The texts of a language model: are they tokens, and is what is held out really held out?

Rows of tokens are no table: their columns are places, their numbers names, and what follows a text
is filled up. So none of the checks of tables makes sense for them, and here are those that do.

Before this: `table.py`. After this: `resting.py`, the network at rest.
"""

from __future__ import annotations

from .. import linalg
from ..sequences import NextToken
from ..text import counted
from .findings import Finding, fine, problem, skipped
from .patient import Patient, hashable

SHARED = 0.01  # part of the held-out texts that may stand among the others, by chance


def check_texts(patient: Patient) -> Finding:
    """Every row is a text that the model can read, and its targets are tokens too."""
    inputs, targets = patient.inputs, patient.targets
    if not isinstance(patient.loss, NextToken):
        return problem(f"the loss of a language model is NextToken(), this is {patient.loss!r}",
                       None, "take purenn.sequences.NextToken()")
    try:
        scores = patient.network.predict(inputs)
        patient.loss(scores, targets)
    except (TypeError, ValueError) as error:
        return problem(str(error), None, "make inputs and targets with "
                                         "purenn.sequences.questions(texts)")
    if not linalg.all_finite(scores):
        return problem("the scores are not finite", None, "make the model anew: a training that "
                       "went wrong has left weights behind that are not finite, or too large")
    return fine(f"{counted(len(inputs), 'text')}, {counted(len(scores), 'token')} to be asked",
                len(scores))


def check_held_out(patient: Patient) -> Finding:
    """Texts that are held out do not stand among those that are learned from.

    Else the model is praised for what it knows by heart. One in a hundred may, by chance.
    """
    if patient.validation is None:
        return skipped("because no texts are held out: give validation=questions(others)")
    known = {hashable(_without_padding(row)) for row in patient.inputs}
    others = [_without_padding(row) for row in patient.validation[0]]
    shared = sum(hashable(row) in known for row in others) / len(others)
    text = f"{shared:.0%} of {counted(len(others), 'held-out text')} are also learned from"
    if shared > SHARED:
        return problem(text, shared, "hold out all copies of a text: split the different texts")
    return fine(text, shared)


def _without_padding(row: linalg.Vector) -> linalg.Vector:
    return [token for token in row if token >= 0]
