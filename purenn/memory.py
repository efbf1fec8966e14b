"""Memory foreseen: a network that will not fit is refused before hours are spent on it.

A float of CPython takes 24 bytes and its place in a list 8; PyPy keeps lists of floats bare. In
training every weight is there about six times: its value, its gradient, two running means of Adam,
and values and means of the step before and after while a step is made.

Imports: nothing of purenn.
"""

from __future__ import annotations

import os
import platform
from typing import Iterator, Optional, Sequence

__all__ = ["available", "check_room"]

COPIES = 6
BYTES = 8 if platform.python_implementation() == "PyPy" else 32


def check_room(sizes: Sequence[int]) -> None:
    """Raise MemoryError if the training of a network needs more memory than there is.

    sizes: numbers of a row of inputs, neurons of each hidden layer, scores of a row.

    >>> check_room([10 ** 8, 10 ** 7, 1])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    MemoryError: a network of 1,000,000,020,000,001 weights needs about ...
    """
    weights = 0
    for before, after in zip(sizes, sizes[1:]):
        weights += (before + 1) * after
    needed, there = weights * COPIES * BYTES, available()
    if there is not None and needed > there:
        raise MemoryError(
            f"a network of {weights:,} weights needs about {needed / 1e9:,.1f} GB to train, and "
            f"{there / 1e9:,.1f} GB are free here; take fewer hidden neurons, or leave out columns"
        )


def available() -> Optional[int]:
    """Return how many bytes this process may still take, as far as the system says; else None."""
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    meminfo = _read("/proc/meminfo")
    if "MemAvailable:" in meminfo:
        yield 1024 * int(meminfo.split("MemAvailable:")[1].split()[0])
    elif hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit, used = _read("/sys/fs/cgroup/memory.max"), _read("/sys/fs/cgroup/memory.current")
    if limit.strip().isdigit() and used.strip().isdigit():
        yield int(limit) - int(used)
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        pages = _read("/proc/self/statm").split()
        yield soft - (int(pages[0]) * os.sysconf("SC_PAGE_SIZE") if pages else 0)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
