"""The names that stand in annotations: what a function takes and returns, for readers and tools.

Running needs none of them, and `typing`, where they come from, takes about as long to import as all
of the core. Python does not evaluate annotations where `from __future__ import annotations`
stands; so here only tools that check types see what the names mean.

Imports: nothing. After this: `linalg`.
"""

__all__ = ["Any", "Callable", "Function", "Iterable", "Iterator", "Random", "Sequence",
           "TYPE_CHECKING", "TypeAlias"]

TYPE_CHECKING = False  # such tools take it for True

if TYPE_CHECKING:
    from random import Random
    from typing import Any, Callable, Iterable, Iterator, Sequence, TypeAlias, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])
else:
    Any = Callable = Function = Iterable = Iterator = Random = Sequence = TypeAlias = None
