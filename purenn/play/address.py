"""The address: a whole setting as the text after the # of the page's address.

    v=1&d=moons&h=16&o=sgd&r=0.1&e=120&f=0.4127

Only what differs from the defaults is written, in a fixed order, so the same setting has the same
address. Read is whatever can be read: what is unknown or wrong is named, once, and left out. There
is no free text in it, and nothing in it is run.

Before this: `settings`. After this: `session`.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .refusals import Refused
from .settings import CONTROLS, LIVE, Control, Settings, changed

__all__ = ["Address", "GRID", "Planned", "read_address", "written"]

VERSION = "1"
LONGEST = 8192
GRID = 4095  # points put down by hand lie on a grid of so many steps, from −1 to 1
MOST_POINTS = 500
MOST_WEIGHTS = 600
Point = Tuple[float, float, int]


class Planned(NamedTuple):
    """What is to be changed when an epoch is reached: settings, or one weight."""

    epoch: int
    settings: Optional[Dict[str, Any]] = None
    edit: Optional[Tuple[int, int, int, float]] = None  # parameter, row, column, value


class Address(NamedTuple):
    """What an address says.

    problems  one sentence for each thing in it that could not be read
    """

    settings: Settings
    points: List[Point]
    plan: List[Planned]
    epoch: int
    loss: Optional[str]
    weights: Optional[List[float]]
    table: Optional[str]
    problems: List[str]


# ---- Writing ----


def written(
    settings: Settings, *, points: Sequence[Point] = (), plan: Sequence[Planned] = (),
    epoch: int = 0, loss: Optional[float] = None, weights: Sequence[float] = (),
    table: str = "",
) -> str:
    """Return the text after the #.

    >>> written(changed(Settings(), {"set": "moons", "hidden": [16]}), epoch=50, loss=0.25)
    'v=1&d=moons&h=16&e=50&f=0.25'
    """
    parts = [f"v={VERSION}", *_settings_written(settings)]
    changes = [one for one in plan if one.settings is not None]
    if changes:
        parts.append("c=" + ";".join(f"{one.epoch}:{_change_written(one)}" for one in changes))
    edits = [one for one in plan if one.edit is not None]
    if edits:
        parts.append("x=" + ";".join(_edit_written(one) for one in edits))
    if points:
        parts.append("P=" + _points_written(points))
    if table:
        parts.append("T=" + re.sub(r"[^\w.:-]", "_", table, flags=re.ASCII))
    if epoch:
        parts.append(f"e={epoch}")
        if loss is not None and math.isfinite(loss):
            parts.append(f"f={loss:.4g}")
    if 0 < len(weights) <= MOST_WEIGHTS:
        parts.append("w=" + _packed(struct.pack(f"<{len(weights)}d", *weights)))
    return "&".join(parts)


def _settings_written(settings: Settings) -> List[str]:
    """Return what differs from what the set and the optimizer would bring by themselves."""
    usual = changed(Settings(), {"set": settings.set, "optimizer": settings.optimizer})
    defaults = usual._replace(set=Settings().set, optimizer=Settings().optimizer)
    return [f"{control.short}={_value_written(getattr(settings, control.name))}"
            for control in CONTROLS
            if getattr(settings, control.name) != getattr(defaults, control.name)]


def _value_written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "0"
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) and value != int(value) else (
        str(int(value)) if isinstance(value, float) else str(value))


def _change_written(one: Planned) -> str:
    assert one.settings is not None
    by_name = {control.name: control.short for control in CONTROLS}
    return ",".join(f"{by_name[name]}:{_value_written(value)}"
                    for name, value in one.settings.items())


def _edit_written(one: Planned) -> str:
    assert one.edit is not None
    parameter, row, column, value = one.edit
    return f"{one.epoch}@{parameter}.{row}.{column}:{value!r}"


def _points_written(points: Sequence[Point]) -> str:
    numbers = b"".join(
        struct.pack(">I", _step(x) << 20 | _step(y) << 8 | label) for x, y, label in points)
    return _packed(numbers)


def _step(value: float) -> int:
    return min(GRID, max(0, round((value + 1.0) / 2.0 * GRID)))


def on_grid(value: float) -> float:
    """Return the nearest number that an address can hold exactly.

    >>> on_grid(-1.0), on_grid(1.0), on_grid(7.0)
    (-1.0, 1.0, 1.0)
    """
    return 2.0 * _step(value) / GRID - 1.0


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


# ---- Reading ----


def read_address(text: str) -> Address:
    """Return all that can be read of it; what cannot is named in `problems`.

    >>> read_address("v=1&d=moons&h=16&q=7").settings.hidden
    (16,)
    >>> read_address("q=7").problems
    ['q is not known']
    """
    problems: List[str] = []
    found: Dict[str, str] = {}
    if len(text) > LONGEST:
        problems.append(f"it is longer than {LONGEST} characters, so nothing of it was read")
        text = ""
    for part in filter(None, text.lstrip("#").split("&")):
        name, _, value = part.partition("=")
        found[name] = value
    if found.get("v", VERSION) != VERSION:
        problems.append(f"version {found['v'][:8]!r} is not known, so nothing of it was read")
        found = {}
    settings = _settings_read(found, problems)

    def read(name: str, reader: Callable[[str], Any], otherwise: Any) -> Any:
        if name not in found:
            return otherwise
        try:
            return reader(found[name])
        except (ValueError, Refused, binascii.Error, struct.error, OverflowError):
            problems.append(f"{name} is no value that it can have")
            return otherwise

    plan = read("c", _changes_read, []) + read("x", _edits_read, [])
    return Address(settings, read("P", _points_read, []), plan, read("e", _epoch_read, 0),
                   read("f", _loss_read, None), read("w", _weights_read, None),
                   read("T", _table_read, None), problems)


_OTHERS = ("v", "c", "x", "P", "T", "e", "f", "w")


def _settings_read(found: Dict[str, str], problems: List[str]) -> Settings:
    settings = Settings()
    by_short = {control.short: control for control in CONTROLS}
    # First what brings values of its own along, so that later ones can change those.
    for name in sorted(found, key=lambda name: name not in ("d", "o")):
        if name in _OTHERS:
            continue
        control = by_short.get(name)
        if control is None:
            problems.append(f"{re.sub(r'[^a-zA-Z0-9_]', '?', name[:12])} is not known")
            continue
        try:
            settings = changed(settings, {control.name: _value_read(control, found[name])})
        except (Refused, ValueError, OverflowError):
            problems.append(f"{name} is no value that it can have")
    return settings


def _value_read(control: Control, text: str) -> Any:
    if control.kind == "choice":
        return text
    if control.kind == "flag":
        return bool(int(text))
    if control.kind == "layers":
        return [] if text == "0" else [int(width) for width in text.split(",")]
    return int(text) if control.kind == "whole" else float(text)


def _changes_read(text: str) -> List[Planned]:
    by_short = {control.short: control for control in CONTROLS}
    planned = []
    for one in text.split(";")[:100]:
        epoch, _, rest = one.partition(":")
        values: Dict[str, Any] = {}
        for word in rest.split(","):
            short, _, value = word.partition(":")
            if short not in by_short or by_short[short].name not in LIVE:
                raise ValueError(short)
            values[by_short[short].name] = _value_read(by_short[short], value)
        changed(Settings(), values)
        planned.append(Planned(_epoch_read(epoch), settings=values))
    return planned


def _edits_read(text: str) -> List[Planned]:
    planned = []
    for one in text.split(";")[:100]:
        match = re.fullmatch(r"(\d{1,6})@(\d{1,2})\.(\d{1,3})\.(\d{1,3}):([-+.e\d]{1,30})", one,
                             flags=re.ASCII)
        if match is None:
            raise ValueError(one)
        epoch, parameter, row, column = (int(match.group(number)) for number in range(1, 5))
        planned.append(Planned(epoch, edit=(parameter, row, column, _finite(match.group(5)))))
    return planned


def _points_read(text: str) -> List[Point]:
    data = _unpacked(text)
    if len(data) % 4 or len(data) > 4 * MOST_POINTS:
        raise ValueError(text[:10])
    numbers = struct.unpack(f">{len(data) // 4}I", data)
    points = [(2.0 * (one >> 20) / GRID - 1.0, 2.0 * (one >> 8 & 4095) / GRID - 1.0, one & 255)
              for one in numbers]
    if any(label > 4 for _, _, label in points):
        raise ValueError(text[:10])
    return points


def _weights_read(text: str) -> List[float]:
    data = _unpacked(text)
    weights = list(struct.unpack(f"<{len(data) // 8}d", data))
    if len(weights) > MOST_WEIGHTS or not all(map(math.isfinite, weights)):
        raise ValueError(text[:10])
    return weights


def _unpacked(text: str) -> bytes:
    if not re.fullmatch(r"[-\w]*", text, flags=re.ASCII):
        raise ValueError(text[:10])
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _epoch_read(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, flags=re.ASCII) or int(text) > 100_000:
        raise ValueError(text[:10])
    return int(text)


def _loss_read(text: str) -> str:
    return f"{_finite(text[:20]):.4g}"


def _table_read(text: str) -> str:
    match = re.fullmatch(r"([\w.-]{1,80}):([0-9a-f]{8})", text, flags=re.ASCII)
    if match is None:
        raise ValueError(text[:10])
    return text


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
