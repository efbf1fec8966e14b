"""What an exercise is: a record of what is asked, what is right, and what usually goes wrong.

One function with a hole is one `Exercise`; the functions of one part stand together on a `Sheet`,
which becomes one file. The record holds everything that is particular to the function, so the
grader knows nothing of matrices or gradients, and a new exercise is one more record in the file of
its part. Three kinds of answers meet in it:

- the *example*, worked out by hand, which the learner sees;
- the *answer*, which the library gives for numbers that nobody has worked out;
- the *mistakes*: formulas that give what people often write instead. A result that equals one of
  them everywhere was probably made that way, and its hint says how it is wrong, not what is right.

Before this: nothing of the exercises. After this: `sheet`, which writes them down.
"""

from __future__ import annotations

from random import Random
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from .. import linalg
from ..gradcheck import Report
from ..linalg import Matrix

__all__ = [
    "Case", "Example", "Exercise", "Mistake", "Raises", "Sheet", "halves", "numbers", "sizes",
]

Function = Callable[..., Any]


class Raises(str):
    """The right answer where a call should be refused: the name of the exception."""


class Case(NamedTuple):
    """Arguments to try. `hint` is said where only cases with a hint go wrong."""

    arguments: Tuple[Any, ...]
    hint: str = ""


class Example(NamedTuple):
    """Arguments and their answer, worked out by hand.

    `call` is how the file shows the call, where the arguments themselves cannot be written down,
    and `shown` what comes back, where that is another thing; `hint` is that of its case.
    """

    arguments: Tuple[Any, ...]
    answer: Any
    call: str = ""
    hint: str = ""
    shown: str = ""


class Mistake(NamedTuple):
    """What people often write instead: a formula with the function's arguments, and its hint."""

    hint: str
    formula: Function


class Exercise(NamedTuple):
    """One function to be written, or one class.

    signature   its first line without `def`: "relu(inputs)"; for a class "Layer"
    text        its docstring: what is asked, shapes, formula
    example     one call worked out by hand; it also stands in the file
    answer      the right result, computed by the library from the same arguments
    cases       given a generator of random numbers, the calls to be compared
    mistakes    the first that explains all results gives the hint
    results     the names of what is returned, where that is more than one thing
    gradients   given the learner's function, the report of the gradient checker
    nearly      the hint where the result is right to three digits, but not to more
    tolerance   how far off a number may be, as a part of it (of 1 where it is smaller)
    plain       whether it has to be written with plain lists: neither purenn nor NumPy
    use         makes of what the learner wrote a function of the arguments of a case
    methods     of a class, the first lines of its methods, and what each should do
    redrawn     given random numbers, another example: for variants of the sheet
    variants    exercises of the same name that ask for something a little different
    """

    signature: str
    text: str
    example: Example
    answer: Function
    cases: Callable[[Random], List[Case]]
    mistakes: Sequence[Mistake]
    results: Sequence[str] = ()
    gradients: Optional[Callable[[Function], Report]] = None
    nearly: str = ""
    tolerance: float = 1e-9
    plain: bool = False
    use: Optional[Callable[[Any], Function]] = None
    methods: Sequence[Tuple[str, str]] = ()
    redrawn: Optional[Callable[[Random], Example]] = None
    variants: Sequence[Any] = ()

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.signature.split("(")[0]

    @property
    def parameters(self) -> List[str]:
        """The names of its parameters; of a class, none."""
        inside = self.signature.partition("(")[2].rstrip(")")
        return [name.strip() for name in inside.split(",")] if inside else []


class Sheet(NamedTuple):
    """The exercises of one part. `afterwards` says what to read when all is right.

    `seed` is 0 on the sheet that everybody gets, and another number on a variant of it.
    """

    part: int
    title: str
    introduction: str
    imports: str
    exercises: Sequence[Exercise]
    afterwards: str
    seed: int = 0

    def variant(self, seed: int) -> "Sheet":
        """Return the sheet with other numbers, and here and there another question.

        The same seed gives the same sheet, on every machine.
        """
        if seed == 0:
            return self
        return self._replace(seed=seed, exercises=[
            _variant(one, Random(f"{seed} {one.name}")) for one in self.exercises])


def _variant(exercise: Exercise, rng: Random) -> Exercise:
    choices = [exercise, *exercise.variants]
    chosen: Exercise = choices[int(len(choices) * rng.random())]
    if chosen.redrawn is None:
        return chosen
    return chosen._replace(example=chosen.redrawn(rng))


# ---- Arguments made by chance, always the same ----

SIZES = [(3, 2, 4), (2, 4, 3), (5, 3, 2), (1, 3, 4)]


def sizes() -> List[Tuple[int, int, int]]:
    """Return triples of sizes: rows of the batch, inputs, neurons.

    All three differ, so that what has been transposed has another shape; batches have more than
    one row and not always as many, so that a mean is no sum and the last row not the whole. A
    batch of a single row comes last.
    """
    return list(SIZES)


def numbers(rng: Random, rows: int, columns: int, reach: float = 2.0) -> Matrix:
    """Return a matrix of numbers spread evenly between -reach and reach."""
    return linalg.generate(rows, columns, lambda: reach * (2.0 * rng.random() - 1.0))


def halves(rng: Random, rows: int, columns: int) -> Matrix:
    """Return a matrix of halves from -2 to 2: their products are exact, and can be done by hand."""
    return linalg.generate(rows, columns, lambda: int(9.0 * rng.random()) / 2.0 - 2.0)
