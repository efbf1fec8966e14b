"""Where the names of the library live, and where the links of the lessons lead.

A lesson links to `../layers.py#Dense`: that is right for those who read the file in its folder. In
the book it must lead to the page of that module, at the definition; and if there is no such name,
whoever wrote the link should hear of it.

Before this: lesson_pages. After this: reference.
"""

from __future__ import annotations

import ast
import os
import sys
from importlib import import_module
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set

from .errors import error_at
from .lesson_pages import Told
from .markdown import Block, Heading, Link, Listing, Paragraph, Quote, Table
from .modules import Module, module_from
from .parts import Part
from .percent import CODE

__all__ = ["CORE", "Library", "module_address", "module_title", "page_of_part", "spoken_of"]

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# In the order in which they are read.
CORE = [f"{name}.py" for name in ("first", "linalg", "initializers", "layers", "activations",
                                  "losses", "network", "optimizers", "metrics", "training")]


def module_title(file: str) -> str:
    """Return how a module is imported.

    >>> module_title("data/toy.py"), module_title("draw/__init__.py")
    ('purenn.data.toy', 'purenn.draw')
    """
    words = ["purenn", *file[:-len(".py")].split("/")]
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def module_address(file: str) -> str:
    """Return the page of a module."""
    return f"{module_title(file)}.html"


def page_of_part(part: Part) -> str:
    """Return the page of a part."""
    return f"{part.name}.html"


class Library:
    """The modules of the package, read when they are first asked for, and kept."""

    def __init__(self) -> None:
        self._modules: Dict[str, Module] = {}

    def has(self, file: str) -> bool:
        """Say whether there is a module in that file, named from the package's folder."""
        path = os.path.normpath(os.path.join(PACKAGE, file))
        return file.endswith(".py") and path.startswith(PACKAGE + os.sep) and os.path.isfile(path)

    def module(self, file: str) -> Module:
        """Return the module of a file."""
        if file not in self._modules:
            with open(os.path.join(PACKAGE, file), encoding="utf-8") as source:
                self._modules[file] = module_from(source.read())
        return self._modules[file]

    def home_of(self, name: str, file: str) -> Optional[str]:
        """Return the file that defines what is called `name` in this one, None if nothing is."""
        module = self.module(file)
        if name in module.names:
            return file
        for node in ast.parse("\n".join(module.lines)).body:
            if isinstance(node, ast.ImportFrom) and node.level:
                if any((alias.asname or alias.name) == name for alias in node.names):
                    origin = self._imported(node, file)
                    return self.home_of(name, origin) if origin else None
        return None

    def _imported(self, node: ast.ImportFrom, file: str) -> Optional[str]:
        """Return the file that a relative import takes from, if it is a module."""
        folder = file.split("/")[:-node.level]
        stem = "/".join([*folder, *(node.module or "").split(".")]).strip("/")
        return next((found for found in (f"{stem}.py", f"{stem}/__init__.py")
                     if self.has(found)), None)

    def resolver(self, part: Part, parts: Sequence[Part]) -> Callable[[Link], str]:
        """Return the function from the links of a part to addresses in the book.

        It raises LessonError for a link that leads nowhere.
        """
        pages = {os.path.basename(other.path): page_of_part(other) for other in parts}

        def resolve(link: Link) -> str:
            if link.address in pages:
                return pages[link.address]
            file, _, name = link.address.partition("#")
            if not file.startswith("../") or not self.has(file[3:]):
                raise error_at(part.path, link.line,
                               f"there is no {link.address}; links lead to other parts "
                               f"(part_06_activations.py) or to modules (../layers.py#Dense)")
            if not name:
                return module_address(file[3:])
            home = self.home_of(name, file[3:])
            if home is None:
                raise error_at(part.path, link.line, f"{file} defines no {name}")
            return f"{module_address(home)}#{name}"

        return resolve


# ---- What a part speaks of ----


def spoken_of(lesson: Told, library: Library) -> List[str]:
    """Return the files of the modules that a part links to or imports from, the core first."""
    files: Set[str] = set()
    for link in links_of([block for cell in lesson.prose for block in cell]):
        file, _, name = link.address.partition("#")
        if file.startswith("../") and library.has(file[3:]):
            files.add((library.home_of(name, file[3:]) if name else None) or file[3:])
    for cell in lesson.part.cells:
        if cell.kind == CODE:
            files.update(file for file in _imports(cell.text) if library.has(file))
    return in_reading_order(files)


def in_reading_order(files: Set[str]) -> List[str]:
    """Return the core in its order, then the others by name."""
    return [*(file for file in CORE if file in files), *sorted(files - set(CORE))]


def links_of(blocks: Sequence[Block]) -> Iterator[Link]:
    """Yield all links in some prose."""
    for block in blocks:
        if isinstance(block, Quote):
            yield from links_of(block.content)
        else:
            for line in _running_texts(block):
                yield from _links(line)


def _running_texts(block: Block) -> List[List[Any]]:
    if isinstance(block, (Heading, Paragraph)):
        return [block.content]
    if isinstance(block, Listing):
        return block.items
    if isinstance(block, Table):
        return [cell for row in [block.header, *block.rows] for cell in row]
    return []


def _links(content: Sequence[Any]) -> Iterator[Link]:
    for one in content:
        if isinstance(one, Link):
            yield one
        elif hasattr(one, "content"):
            yield from _links(one.content)


def _imports(code: str) -> Iterator[str]:
    """Yield the files in which that lives which some code imports from purenn."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "purenn":
            module = import_module(node.module or "purenn")
            for alias in node.names:
                yield _file_of(getattr(module, alias.name, module), node.module or "purenn")


def _file_of(value: Any, module: str) -> str:
    """Return the file in which a value is defined: a module is its own, a number has none."""
    name = getattr(value, "__name__", "") if hasattr(value, "__file__") else ""
    home = sys.modules.get(name or getattr(value, "__module__", "") or module)
    path = getattr(home, "__file__", None) or ""
    return os.path.relpath(path, PACKAGE).replace(os.sep, "/") if path else ""
