"""From a name of the library to the page that explains it.

`Dense` in a sentence, `draw.show` in a line of code: both lead to the reference, where the lesson
means the library's own. A name that the lesson itself defines is its own business.

Before this: folding. After this: html_code.
"""

from __future__ import annotations

import ast
import re
from typing import Dict, Mapping, Optional, Sequence, Set

from .errors import LessonError
from .percent import CODE, Cell

__all__ = ["Links", "links_for", "no_links"]

# A name, or a call of it: Dense, draw.show, SGD(0.1), purenn.load("…").
MEANT = re.compile(r"(?:purenn\.)?((?:[a-z]+\.)?[A-Za-z_]\w*)(?:\(.*\))?", re.DOTALL)


class Links:
    """Addresses by name, and which of the names were found: `used`."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = dict(addresses)
        self.used: Set[str] = set()

    def of_code(self, text: str) -> Optional[str]:
        """Return where some code in a sentence leads, None if it is no name of the library."""
        match = MEANT.fullmatch(text)
        return self.of_name(match.group(1)) if match else None

    def of_name(self, name: str) -> Optional[str]:
        """Return where a name leads, None if it is none of the library's."""
        address = self._addresses.get(name)
        if address is not None:
            self.used.add(address)
        return address


def no_links() -> Links:
    """Return links that know no name."""
    return Links({})


def links_for(cells: Sequence[Cell], public: Mapping[str, str]) -> Links:
    """Return the links of a lesson; `public` has addresses for names such as "Dense", "draw.show".

    Names that the lesson imports from a module, `from purenn.data import spiral`, are known without
    the module's; names that it defines are left out.
    """
    addresses: Dict[str, str] = dict(public)
    defined: Set[str] = set()
    for cell in cells:
        if cell.kind != CODE:
            continue
        try:
            tree = ast.parse(cell.text)
        except SyntaxError as error:
            raise LessonError(f"line {cell.line}: {error}") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("purenn."):
                module = (node.module or "")[len("purenn."):]
                for alias in node.names:
                    if f"{module}.{alias.name}" in public:
                        addresses[alias.asname or alias.name] = public[f"{module}.{alias.name}"]
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                defined.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                defined.add(node.id)
    return Links({name: address for name, address in addresses.items() if name not in defined})
