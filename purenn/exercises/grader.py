"""The grader: tries a learner's function, and says how it is wrong.

It knows nothing of any particular exercise; all of that stands in the records. In this order:

1. Is the function there, is it still a hole, does it take the arguments it should?
2. Functions of the sheet that it calls and that are wrong themselves give way to right ones: what
   is wrong in them is said first, and only what is wrong here is said here.
3. It is called with the example worked out by hand and with random matrices whose sizes all
   differ. Each result has to be of the right kind, and the arguments must be as they were.
4. If a result is wrong: which mistake explains all of them? The mistakes of the exercise are tried
   first, then those that can happen everywhere: transposed, the wrong sign, n times too large.
5. If all are right: has it been written with plain lists, where it should be? And the gradient
   checker, where there is a gradient, has the last word.

All chance comes from one seed, so the same file always gets the same answer.

Before this: `results`. After this: `marking`.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
from random import Random
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..gradcheck import Report
from .exercise import Case, Exercise, Mistake, Raises, Sheet
from .looking import calls_of, imported, not_plain
from .reading import Failed, Learner, called
from .results import Unfit, alike, as_asked, difference, flat, outline, sizes_in_words

__all__ = ["Verdict", "grade", "verdict_on"]

SEED = 9

Part = Optional[int]  # one of several things that a function returns; None for all of them


class Verdict(NamedTuple):
    """What is to be said about one function. `state` is "right", "wrong" or "hole"."""

    name: str
    state: str
    hint: str = ""
    remarks: Tuple[str, ...] = ()


class Trial(NamedTuple):
    """One call and what became of it: a result (`got`), or a sentence about what went wrong."""

    case: Case
    answer: Any
    got: Any
    problem: str
    printed: str


def grade(sheet: Sheet, learner: Learner, before: Sequence[Verdict] = ()) -> Iterator[Verdict]:
    """Yield a verdict on every function of the sheet, in order.

    Those that have a verdict in `before` are not looked at again.
    """
    verdicts = list(before)
    for exercise in sheet.exercises[len(before):]:
        wrong = [one for one, verdict in zip(sheet.exercises, verdicts) if verdict.state != "right"]
        verdicts.append(verdict_on(exercise, learner, wrong, sheet.seed))
        yield verdicts[-1]


def verdict_on(
    exercise: Exercise, learner: Learner, others: Sequence[Exercise] = (), seed: int = 0
) -> Verdict:
    """Return the verdict on one function of the learner's file.

    `others` are the exercises that are known to be wrong; `seed` is that of the sheet.
    """
    if exercise.name in learner.holes:
        return Verdict(exercise.name, "hole")
    calls = calls_of(learner, exercise.name)
    wrong = [one for one in others if one.name in calls]
    with _replaced(learner, wrong):
        verdict = _verdict(exercise, learner, seed)
    return _blaming(verdict, wrong, learner) if wrong else verdict


def _verdict(exercise: Exercise, learner: Learner, seed: int) -> Verdict:
    thing = learner.names.get(exercise.name)
    library = imported(learner, exercise.name)
    misfit = f"this is {library}; write your own" if library else _misfit(exercise, thing)
    if misfit:
        return Verdict(exercise.name, "wrong", misfit)
    function = exercise.use(thing) if exercise.use else thing
    trials = [_tried(exercise, learner, function, case) for case in _cases(exercise, seed)]
    remarks = _remarks(trials)
    wrong = [trial for trial in trials if trial.problem or _differs(trial, exercise)]
    if wrong:
        hint = _hint(exercise, learner, function, trials, wrong[0])
        return Verdict(exercise.name, "wrong", hint, remarks)
    library = not_plain(learner, exercise.name) if exercise.plain else ""
    if library:
        hint = (f"its results are right, but {library}; this one is to be written with plain lists "
                f"and loops, since what the library does is what you are learning here")
        return Verdict(exercise.name, "wrong", hint, remarks)
    return _last_word(exercise, learner, function, remarks)


def _misfit(exercise: Exercise, thing: Any) -> str:
    """Say why something cannot be called as the exercise wants, empty if it can."""
    if thing is None:
        kind = "class" if exercise.methods else "function"
        return f"there is no {kind} of this name in the file"
    if exercise.methods:
        return _misfit_of_class(exercise, thing)
    if not callable(thing):
        return f"this should be a function, it is {type(thing).__name__}"
    return _misfit_of_call(thing, exercise.parameters)


def _misfit_of_class(exercise: Exercise, thing: Any) -> str:
    if not isinstance(thing, type):
        return "this should be a class: `class` stands before its name, not `def`"
    for first_line, _ in exercise.methods:
        name, _, inside = first_line.rstrip(")").partition("(")
        method = vars(thing).get(name)
        if method is None:
            return f"it has no method {name}"
        misfit = _misfit_of_call(method, [one.strip() for one in inside.split(",")])
        if misfit:
            return f"its method {name}: {misfit}"
    return ""


def _misfit_of_call(function: Any, parameters: Sequence[str]) -> str:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""  # Python cannot tell for some built-in functions
    try:
        signature.bind(*parameters)
    except TypeError:
        return f"it takes {signature}, expected ({', '.join(parameters)})"
    return ""


# ---- Functions that call each other ----


@contextlib.contextmanager
def _replaced(learner: Learner, exercises: Sequence[Exercise]) -> Iterator[None]:
    """Put right functions in the places of wrong ones of the file, for a while."""
    kept = {one.name: learner.names[one.name] for one in exercises if one.name in learner.names}
    learner.names.update({one.name: _right(one) for one in exercises if not one.use})
    try:
        yield
    finally:
        learner.names.update(kept)


def _right(exercise: Exercise) -> Callable[..., Any]:
    """Return the right function, which can be called with its parameters' names as well."""
    def right(*arguments: Any, **named: Any) -> Any:
        missing = exercise.parameters[len(arguments):]
        return exercise.answer(*arguments, *(named[name] for name in missing))

    right.__module__ = "purenn_exercise"  # it stands for the learner's own
    return right


def _blaming(verdict: Verdict, wrong: Sequence[Exercise], learner: Learner) -> Verdict:
    """Say first that what the function calls is wrong, then what is wrong in itself."""
    said = [f"`{one.name}` is still a hole" if one.name in learner.holes
            else f"`{one.name}` is not right yet" for one in wrong]
    blame = f"it calls other functions of this file: {' and '.join(said)}; begin there"
    if verdict.state == "right":
        return verdict._replace(state="wrong", hint=f"{blame}. In this one nothing is wrong.")
    return verdict._replace(hint=f"{blame}. Then, in this one: {verdict.hint}")


# ---- Trying ----


def _cases(exercise: Exercise, seed: int = 0) -> List[Case]:
    """Return all cases, the ordinary ones first, since a hint is about what is special."""
    example = Case(exercise.example.arguments, exercise.example.hint)
    cases = [example, *exercise.cases(Random(SEED + seed))]
    return sorted(cases, key=lambda case: bool(case.hint))


def _tried(exercise: Exercise, learner: Learner, function: Any, case: Case) -> Trial:
    """Call the function with copies of the arguments; look at the result, and at the copies."""
    answer = exercise.answer(*copy.deepcopy(case.arguments))
    handed = copy.deepcopy(case.arguments)
    printed = ""
    try:
        result, printed = _result(learner, function, handed, answer)
        changed = _changed(exercise, case.arguments, handed)
        if changed:
            return Trial(case, answer, None, changed, printed)
        return Trial(case, answer, as_asked(result, answer, exercise.results), "", printed)
    except (Failed, Unfit) as failure:
        return Trial(case, answer, None, str(failure), printed)


def _result(
    learner: Learner, function: Any, arguments: Tuple[Any, ...], answer: Any
) -> Tuple[Any, str]:
    """Return what comes back and what was printed; where it should be refused, the refusal."""
    try:
        return called(learner, function, arguments)
    except Failed as failure:
        kinds = {kind.__name__ for kind in type(failure.error).__mro__}
        if isinstance(answer, Raises) and str(answer) in kinds:
            return answer, ""
        raise


def _changed(exercise: Exercise, before: Tuple[Any, ...], after: Tuple[Any, ...]) -> str:
    for name, old, new in zip(exercise.parameters, before, after):
        # Compared as text: an array that a learner has put into a list cannot be compared at all.
        if isinstance(old, list) and repr(old) != repr(new):
            return (f"it changes `{name}`, a list that belongs to the caller, who may still need "
                    f"it: build a new list")
    return ""


def _differs(trial: Trial, exercise: Exercise, part: Part = None) -> bool:
    """Say whether there is a result and it has other numbers, or another shape, than it should."""
    got, answer = _part(trial.got, part), _part(trial.answer, part)
    return not trial.problem and not alike(got, answer, exercise.tolerance)


def _remarks(trials: List[Trial]) -> Tuple[str, ...]:
    printed = next((trial.printed for trial in trials if trial.printed.strip()), "")
    return (f"it prints; first: {printed.strip().splitlines()[0]}",) if printed else ()


# ---- How is it wrong? ----


def _hint(
    exercise: Exercise, learner: Learner, function: Any, trials: List[Trial], wrong: Trial
) -> str:
    """Return the sentence about the first trial that went wrong.

    A mistake may explain all that comes back, or only one of several things, which is then named.
    """
    failing = _failing(exercise, trials) if wrong.case.hint else ""
    if failing:
        return failing
    if wrong.problem:
        return f"{wrong.case.hint} ({wrong.problem})" if wrong.case.hint else wrong.problem
    whole = _explanation(exercise, trials, None)
    if whole:
        return whole
    part = next(part for part in range(len(exercise.results) or 1)
                if any(_differs(trial, exercise, part) for trial in trials))
    about = f"{exercise.results[part]}: " if exercise.results else ""
    hint = _explanation(exercise, trials, part) or _where(exercise, trials, part)
    return about + (hint or _in_numbers(exercise, learner, function, trials, part))


def _explanation(exercise: Exercise, trials: List[Trial], part: Part) -> str:
    """Return the hint of the first mistake that explains everything, empty if there is none."""
    for mistake in [*exercise.mistakes, *_anywhere(exercise)]:
        if _explains(exercise, mistake, trials, part):
            return mistake.hint
    return ""


def _failing(exercise: Exercise, trials: List[Trial]) -> str:
    """Return the hint of the mistake that fails where the learner's function fails, and only there.

    Where a formula overflows or divides by 0 there is no number to compare, but that it does so in
    these places and in no others tells which formula it is.
    """
    for mistake in exercise.mistakes:
        made = [_made(mistake, trial) for trial in trials]
        failed = [one is None or _is_nan_somewhere(one) for one in made]
        if any(failed) and all(
                (_has_no_number(trial) if fails else
                 not trial.problem and alike(trial.got, one, exercise.tolerance))
                for trial, one, fails in zip(trials, made, failed)):
            return mistake.hint
    return ""


def _made(mistake: Mistake, trial: Trial) -> Any:
    """Return what the formula of a mistake gives for a trial, None where it fails."""
    try:
        return mistake.formula(*copy.deepcopy(trial.case.arguments))
    except (ArithmeticError, ValueError, LookupError, TypeError):
        return None


def _has_no_number(trial: Trial) -> bool:
    """Say whether the learner's function failed here, or gave nan, as NumPy does."""
    return bool(trial.problem) or _is_nan_somewhere(trial.got)


def _is_nan_somewhere(value: Any) -> bool:
    return any(isinstance(number, float) and math.isnan(number) for _, number in flat(value))


def _where(exercise: Exercise, trials: List[Trial], part: Part) -> str:
    """Say of the first wrong trial what can be said without looking at single numbers."""
    wrong = next(trial for trial in trials if _differs(trial, exercise, part))
    got, answer = _part(wrong.got, part), _part(wrong.answer, part)
    if outline(got) != outline(answer):
        return f"expected {sizes_in_words(answer)}, got {sizes_in_words(got)}"
    if exercise.nearly and alike(got, answer, 1e-3):
        return exercise.nearly
    return ""


def _in_numbers(
    exercise: Exercise, learner: Learner, function: Any, trials: List[Trial], part: Part
) -> str:
    """Say which number is wrong first, and what the gradient checker finds."""
    wrong = next(trial for trial in trials if _differs(trial, exercise, part))
    place = difference(_part(wrong.got, part), _part(wrong.answer, part), exercise.tolerance)
    if wrong.case.hint:
        return f"{wrong.case.hint} ({place})"
    if wrong.case.arguments is exercise.example.arguments:
        return f"for the example {place}"
    slopes = _slopes(exercise, learner, function)
    example = next(one for one in trials if one.case.arguments is exercise.example.arguments)
    if example.problem or _differs(example, exercise):
        return f"for random numbers {place}{slopes}"
    return f"the example is right, but for other numbers {place}{slopes}"


def _part(value: Any, part: Part) -> Any:
    """Return one of several things that come back, or all of them."""
    return value if part is None or not isinstance(value, tuple) else value[part]


def _explains(exercise: Exercise, mistake: Mistake, trials: List[Trial], part: Part) -> bool:
    """Say whether a mistake gives the same as the learner's function everywhere.

    Where either of them gives nothing, there is nothing to compare. One of the results that it
    explains has to be a wrong one.
    """
    explained = False
    for trial in trials:
        if trial.problem or trial.case.hint and _has_no_number(trial):
            continue
        mistaken = _made(mistake, trial)
        if mistaken is None:
            continue
        if not alike(_part(trial.got, part), _part(mistaken, part), exercise.tolerance):
            return False
        explained = explained or _differs(trial, exercise, part)
    return explained


# ---- Mistakes that can happen everywhere: the right answer, turned and scaled ----


def _anywhere(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes that need no formula of their own, single ones before two at once."""
    for scaled, factor in FACTORS:
        yield Mistake(scaled, _altered(exercise, lambda matrix: matrix, factor))
    for viewed, view in VIEWS:
        yield Mistake(viewed, _altered(exercise, view, lambda rows: 1.0))
    for viewed, view in VIEWS:
        for scaled, factor in FACTORS:
            yield Mistake(f"{viewed}; and {scaled}", _altered(exercise, view, factor))


# A hint, and the factor by which a result is off, given the number of rows of the batch.
FACTORS: List[Tuple[str, Callable[[int], float]]] = [
    ("the sign is wrong everywhere", lambda rows: -1.0),
    ("it is too large by the number of rows: is the mean over the batch missing?", float),
    ("it is too small by the number of rows: divided by it once too often?",
     lambda rows: 1.0 / rows),
    ("the sign is wrong, and it is too large by the number of rows", lambda rows: -1.0 * rows),
    ("it is twice too large everywhere", lambda rows: 2.0),
    ("it is half of what it should be everywhere: is a factor of 2 missing?", lambda rows: 0.5),
    ("it is 0 everywhere", lambda rows: 0.0),
]

# A hint, and what became of the rows of a matrix.
VIEWS: List[Tuple[str, Callable[[Any], Any]]] = [
    ("it is transposed: rows and columns have changed places",
     lambda matrix: [list(column) for column in zip(*matrix)]),
    ("only the first row comes back: is the `return` inside of the loop?",
     lambda matrix: matrix[:1]),
    ("only the last row comes back: are the others overwritten?", lambda matrix: matrix[-1:]),
    ("all rows are the last one: is it one and the same list again and again?",
     lambda matrix: matrix[-1:] * len(matrix)),
    ("the first row is missing", lambda matrix: matrix[1:]),
    ("the last row is missing", lambda matrix: matrix[:-1]),
]


def _altered(
    exercise: Exercise, view: Callable[[Any], Any], factor: Callable[[int], float]
) -> Callable[..., Any]:
    """Return the formula of a mistake: the right answer, every matrix in it seen and scaled so."""
    def formula(*arguments: Any) -> Any:
        rows = next((len(one) for one in arguments if _is_matrix(one)), 1)
        answer = exercise.answer(*arguments)
        parts = answer if isinstance(answer, tuple) else (answer,)
        altered = tuple(
            _scaled(view(one) if _is_matrix(one) else one, factor(rows)) for one in parts)
        return altered if isinstance(answer, tuple) else altered[0]

    return formula


def _is_matrix(value: Any) -> bool:
    return (isinstance(value, list) and bool(value) and isinstance(value[0], list)
            and not any(isinstance(cell, str) for row in value for cell in row))


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_scaled(item, factor) for item in value]
    return value if isinstance(value, (bool, str)) else factor * value


# ---- The gradient checker ----


def _checked(exercise: Exercise, learner: Learner, function: Any) -> Optional[Report]:
    """Return the gradient checker's report on the function, None where there is no gradient."""
    if exercise.gradients is None:
        return None
    report, _ = called(learner, exercise.gradients, (_in_plain_lists(exercise, function),))
    checked: Report = report
    return checked


def _in_plain_lists(exercise: Exercise, function: Any) -> Callable[..., Any]:
    """Return the function with a check behind it that its results are of the right kind."""
    def plain(*arguments: Any) -> Any:
        answer = exercise.answer(*copy.deepcopy(arguments))
        try:
            return as_asked(function(*arguments), answer, exercise.results)
        except Unfit as misfit:
            raise Failed(str(misfit)) from None

    return plain


def _slopes(exercise: Exercise, learner: Learner, function: Any) -> str:
    """Return what the gradient checker finds wrong, empty where it finds nothing or cannot run."""
    try:
        report = _checked(exercise, learner, function)
    except Failed:
        return ""
    return "" if report is None or report.ok else f". {_disagreement(report)}"


def _disagreement(report: Report) -> str:
    assert report.worst is not None  # a report that is not ok has one
    name, (row, column), yours, tried = report.worst[:4]
    return (f"The gradient checker says of {name}[{row}][{column}]: yours is {yours:.6g}, but a "
            f"small step changes the loss at a rate of {tried:.6g}")


def _last_word(
    exercise: Exercise, learner: Learner, function: Any, remarks: Tuple[str, ...]
) -> Verdict:
    try:
        report = _checked(exercise, learner, function)
    except Failed as failure:
        return Verdict(exercise.name, "wrong", f"under the gradient checker: {failure}", remarks)
    if report is None:
        return Verdict(exercise.name, "right", "", remarks)
    if not report.ok:
        return Verdict(exercise.name, "wrong", _disagreement(report), remarks)
    agreed = f"the gradient checker agrees, {report.compared} times"
    return Verdict(exercise.name, "right", "", (*remarks, agreed))
