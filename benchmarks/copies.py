"""purenn once more, with other loops under it.

A second purenn beside the first: its modules are imported anew, and where they say "from . import
linalg" they get the module that is handed in. So in one process, turn by turn, purenn can run on
its quick loops, on the plain loops that give the same bits everywhere, on NumPy, or on loops that
count how long they take. The purenn that was imported before stays what it was.

Before this: vectorized. After this: measuring.
"""

import importlib
import os
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Iterator, Optional

PLAIN_LOOPS = "PURENN_PLAIN_LOOPS"


@contextmanager
def purenn_on(linalg: Optional[ModuleType] = None, plain: bool = False) -> Iterator[Any]:
    """Give a new purenn; inside the block everybody's `import purenn` finds it.

    It stands on the given linalg, or else on one of its own: with plain loops if `plain`, with the
    quick ones if not. After the block the new one goes on working, but what it has not imported by
    then it would import from the old one.
    """
    before, environment = _forget_purenn(), os.environ.get(PLAIN_LOOPS)
    os.environ[PLAIN_LOOPS] = "1" if plain else ""
    if linalg is not None:
        sys.modules["purenn.linalg"] = linalg
    try:
        package: Any = importlib.import_module("purenn")
        package.linalg = sys.modules["purenn.linalg"]
        importlib.import_module("purenn.data")
        for name, functions in getattr(linalg, "OUTSIDE", {}).items():
            module = importlib.import_module(name)
            for function in functions:
                setattr(module, function, getattr(linalg, function))
        yield package
    finally:
        _forget_purenn()
        sys.modules.update(before)
        os.environ.pop(PLAIN_LOOPS)
        if environment is not None:
            os.environ[PLAIN_LOOPS] = environment


def copy_on(linalg: Optional[ModuleType] = None, plain: bool = False) -> Any:
    """Return such a purenn: the core and `data`, which is all it will have."""
    with purenn_on(linalg, plain) as package:
        return package


def _forget_purenn() -> Any:
    """Take purenn out of what has been imported, and return it."""
    names = [name for name in sys.modules if name == "purenn" or name.startswith("purenn.")]
    return {name: sys.modules.pop(name) for name in names}
