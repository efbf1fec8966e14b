"""Looking at a learner's file without running it: what a function calls, and what it may not use.

Two questions are asked of the syntax tree. Which other functions of the sheet does a function
call? If one of those is wrong, that is the first thing to say. And does a function that is to be
written with plain lists leave the work to a library after all?

Both follow the learner's own helpers, as far as they go.

Before this: `reading`. After this: `results`, which looks at what came back.
"""

from __future__ import annotations

import ast
import types
from typing import Any, Dict, List, Optional, Union

from .reading import Learner

__all__ = ["calls_of", "imported", "not_plain"]

Definition = Union[ast.FunctionDef, ast.ClassDef]

# Modules that do arithmetic with whole lists; `math` and its like work on single numbers.
LIBRARIES = {"purenn", "numpy", "scipy", "torch", "pandas", "tensorflow", "jax", "array"}


def calls_of(learner: Learner, name: str) -> List[str]:
    """Return the names of what the function `name` of the file uses of the same file, in order.

    >>> tree = ast.parse("def f(): return g()\\ndef g(): return h()\\ndef h(): return 1")
    >>> calls_of(Learner("", [], {}, set(), tree), "f")
    ['g', 'h']
    """
    return [one.name for one in _reached(learner, name) if one.name != name]


def imported(learner: Learner, name: str) -> str:
    """Say which library's a function of that name is, empty if it is the learner's own."""
    value = learner.names.get(name)
    return f"{value.__module__}.{name}" if _is_of_a_library(value) else ""


def not_plain(learner: Learner, name: str) -> str:
    """Say where a function lets a library work with whole lists; empty where it does not."""
    for definition in _reached(learner, name):
        for node in ast.walk(definition):
            library = _library(learner, node)
            if library:
                return f"line {getattr(node, 'lineno', 0)} uses {library}"
    return ""


def _reached(learner: Learner, name: str) -> List[Definition]:
    """Return the definition of that name, and those of the file that it leads to."""
    definitions = _definitions(learner.tree)
    found: Dict[str, Definition] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop(0)
        if one in definitions and one not in found:
            found[one] = definitions[one]
            waiting += _names_in(definitions[one])
    return list(found.values())


def _definitions(tree: ast.Module) -> Dict[str, Definition]:
    """Return what the file defines; a lambda with a name is a function as well."""
    found: Dict[str, Definition] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            found[name] = _as_definition(name, node)
    return found


def _as_definition(name: str, node: ast.Assign) -> ast.ClassDef:
    """Return an assignment as something with a name and a body, to be searched like the others."""
    made = ast.ClassDef(name=name, bases=[], keywords=[], body=[node], decorator_list=[])
    return ast.copy_location(made, node)


def _names_in(definition: Definition) -> List[str]:
    return [node.id for node in ast.walk(definition)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]


# ---- Libraries ----


def _library(learner: Learner, node: ast.AST) -> str:
    """Return what of a library this node of the tree uses, empty if it uses none."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        modules = {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            modules = {node.module or ""}
        return next((name for name in sorted(modules) if _root(name) in LIBRARIES), "")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = learner.names.get(node.value.id)
        return f"{node.value.id}.{node.attr}" if _is_of_a_library(value) else ""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        value = learner.names.get(node.id)
        return node.id if _is_of_a_library(value) else ""
    return ""


def _is_of_a_library(value: Any) -> bool:
    name: Optional[str] = (value.__name__ if isinstance(value, types.ModuleType)
                           else getattr(value, "__module__", None))
    return isinstance(name, str) and name != "purenn_exercise" and _root(name) in LIBRARIES


def _root(name: str) -> str:
    return name.partition(".")[0]
