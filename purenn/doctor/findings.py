"""What the doctor says: one finding for each check, and all of them together.

A check ends in one of three ways, and has a word for each: `fine`, `problem` with what to do next,
or `skipped` with the reason. It does not say its own name; that is added by whoever goes through
the checks.

Before this: nothing. After this: `patient.py`, what the checks look at.
"""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from ..text import counted


class Finding(NamedTuple):
    """What one check found.

    name       what was looked at
    ok         True, False, or None if the check was skipped
    message    what was found, in words; why it was skipped, if it was
    number     the number that decided, None if there is none
    next_step  what to do; empty unless there is a problem
    """

    name: str
    ok: Optional[bool]
    message: str
    number: Optional[float] = None
    next_step: str = ""

    def __str__(self) -> str:
        status = {True: "ok     ", False: "PROBLEM", None: "skipped"}[self.ok]
        return f"{status}  {self.name}: {self.message}"


class Diagnosis(NamedTuple):
    """All findings, in the order in which they were made. print() it.

    >>> print(Diagnosis([Finding("labels", True, "3 labels, each a class from 0 to 1")]))
    ok       labels: 3 labels, each a class from 0 to 1
    <BLANKLINE>
    A clean bill of health: nothing is wrong in the 1 check that was made.
    """

    findings: List[Finding]

    @property
    def ok(self) -> bool:
        """Say whether no check found a problem."""
        return self.first_failure is None

    @property
    def first_failure(self) -> Optional[Finding]:
        """The first problem found: the one to repair first. None if there is none."""
        return next((finding for finding in self.findings if finding.ok is False), None)

    def finding(self, name: str) -> Finding:
        """Return the finding of that name; KeyError with the names there are."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        names = ", ".join(finding.name for finding in self.findings)
        raise KeyError(f"Diagnosis: no finding {name!r}; there are {names}")

    def __str__(self) -> str:
        lines = [str(finding) for finding in self.findings]
        first = self.first_failure
        if first is None:
            made = len([finding for finding in self.findings if finding.ok])
            checks = counted(made, "check that was", "checks that were")
            lines += ["", f"A clean bill of health: nothing is wrong in the {checks} made."]
        else:
            lines += ["", f"The first thing to repair: {first.name}", first.message,
                      f"Next step: {first.next_step}"]
        return "\n".join(lines)


def fine(message: str, number: Optional[float] = None) -> Finding:
    """Return the finding of a check that is passed."""
    return Finding("", True, message, number)


def problem(message: str, number: Optional[float], next_step: str) -> Finding:
    """Return the finding of a check that is not passed."""
    return Finding("", False, message, number, next_step)


def skipped(why: str) -> Finding:
    """Return the finding of a check that was not made."""
    return Finding("", None, why)
