"""What is answered to a request that cannot be done, and small helpers for reading requests.

A request comes from a page, and a page may be anybody's. So every field is looked at where it
enters, and what is wrong with it is said in one sentence, with the field it is about.

Before this: nothing. After this: `settings`.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Mapping, Optional, Sequence

from ..text import shown

__all__ = ["Refused", "only", "real", "text", "whole"]


class Refused(Exception):
    """A request that is not done: a code for the page, a sentence for the reader.

    code     bad_request, unknown_op, unknown_field, bad_value, too_large, not_now, no_session
    field    what it is about, empty if it is about the whole request
    advice   what to do instead, may be empty
    """

    def __init__(self, code: str, message: str, field: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.field, self.advice = code, message, field, advice

    def answer(self) -> Dict[str, str]:
        """Return the error as an answer holds it."""
        return {"code": self.code, "field": self.field, "message": self.message,
                "advice": self.advice}


def only(request: Mapping[str, Any], allowed: Sequence[str]) -> None:
    """Refuse the first field that is not among those allowed."""
    for name in request:
        if name not in allowed:
            raise Refused("unknown_field", f"there is no field {str(name)[:40]!r} here; expected "
                          f"{', '.join(allowed) or 'none'}", str(name)[:40])


def whole(
    request: Mapping[str, Any], name: str, low: int, high: int, default: Optional[int] = None
) -> int:
    """Return a whole number from low to high that the request gives, or else the default.

    >>> whole({"n": 20}, "n", 1, 112), whole({}, "n", 1, 112, default=28)
    (20, 28)
    """
    value = request.get(name, default)
    if type(value) is float and value.is_integer():
        value = int(value)  # JavaScript has one kind of number
    if type(value) is not int or not low <= value <= high:
        raise Refused("bad_value", f"{name}: expected a whole number from {low} to {high}, got "
                      f"{shown(value)}", name)
    return value


def real(request: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """Return a finite number from low to high that the request must give."""
    value: Any = request.get(name)
    if type(value) not in (int, float) or not math.isfinite(value) or not low <= value <= high:
        raise Refused("bad_value", f"{name}: expected a number from {low:g} to {high:g}, got "
                      f"{shown(value)}", name)
    return float(value)


def text(request: Mapping[str, Any], name: str, choices: Sequence[str], default: str = "") -> str:
    """Return one of the choices, the default if the request does not say."""
    value = request.get(name, default or None)
    if not isinstance(value, str) or value not in choices:
        raise Refused("bad_value", f"{name}: expected {', '.join(choices)}, got {shown(value)}",
                      name)
    return value
