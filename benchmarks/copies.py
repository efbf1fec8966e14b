"""purenn once more, with another linalg under it.

A second purenn beside the first: its modules are imported anew, and where they say "from . import
linalg" they get the module that is handed in. So in one process, turn by turn, purenn can run on
its loops as they are chosen here, on the plain loops that give the same bits everywhere, on NumPy,
or on loops that count how long they take. The purenn that was imported before stays what it was.

Before this: vectorized. After this: measuring.
"""

import importlib
import importlib.util
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Iterator

import purenn.linalg


def fresh_linalg(plain: bool = False) -> ModuleType:
    """Return `purenn.linalg`, imported once more; `plain` as under PURENN_PLAIN_LOOPS=1."""
    spec = importlib.util.spec_from_file_location("purenn.linalg", purenn.linalg.__file__)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if plain:
        module.choose_loops(plain=True)
    return module  # type: ignore[no-any-return]


@contextmanager
def purenn_on(linalg: ModuleType) -> Iterator[Any]:
    """Give a new purenn on another linalg; inside the block everybody's `import purenn` finds it.

    After the block the new one goes on working, but what it has not imported by then it would
    import from the old one.
    """
    before = _forget_purenn()
    sys.modules["purenn.linalg"] = linalg
    try:
        package: Any = importlib.import_module("purenn")
        package.linalg = linalg
        importlib.import_module("purenn.data")
        for name, functions in getattr(linalg, "OUTSIDE", {}).items():
            module = importlib.import_module(name)
            for function in functions:
                setattr(module, function, getattr(linalg, function))
        yield package
    finally:
        _forget_purenn()
        sys.modules.update(before)


def copy_on(linalg: ModuleType) -> Any:
    """Return a new purenn on another linalg: the core and `data`, which is all it will have."""
    with purenn_on(linalg) as package:
        return package


def _forget_purenn() -> Any:
    """Take purenn out of what has been imported, and return it."""
    names = [name for name in sys.modules if name == "purenn" or name.startswith("purenn.")]
    return {name: sys.modules.pop(name) for name in names}
