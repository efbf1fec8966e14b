"""The reference: a page for every public name, made of its signature and its docstring.

What is public is what `__all__` says: that of purenn, a page for each name, and those of the
modules that are used with their names in front, `linalg.dot`, `draw.show`, a page for each module.
Nothing is kept by hand; a test asks the package whether a name was forgotten.

Before this: library. After this: searching.
"""

from __future__ import annotations

import html
import inspect
import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .docstrings import docstring_html, first_line
from .html_code import block, highlighted
from .library import PACKAGE, module_address, module_title
from .linking import Links
from .pages import Page, Target, list_of_links

__all__ = ["MODULES", "Entry", "addresses", "entries", "modules_behind", "reference_pages"]

# Modules whose names are used with the module's in front.
MODULES = ["linalg", "data", "draw", "gradcheck", "sequences"]

REFERENCE = "reference.html"


class Entry(NamedTuple):
    """A public name: how it is written, what it is, and the page and place that explain it."""

    name: str
    value: Any
    address: str


def entries() -> List[Entry]:
    """Return all public names, those of purenn first."""
    package = import_module("purenn")
    found = [Entry(name, getattr(package, name), f"api.{name}.html")
             for name in sorted(package.__all__, key=str.lower)]
    for short in MODULES:
        module = import_module(f"purenn.{short}")
        found += [Entry(f"{short}.{name}", getattr(module, name), f"api.{short}.html#{name}")
                  for name in module.__all__]
    return found


def addresses() -> Dict[str, str]:
    """Return the address of each public name, and of the modules."""
    return {**{entry.name: entry.address for entry in entries()},
            **{short: f"api.{short}.html" for short in MODULES}}


def modules_behind() -> List[str]:
    """Return the files in which the public names are defined, and those of the modules."""
    files = {file_of(entry.value) for entry in entries()}
    files |= {os.path.relpath(str(import_module(f"purenn.{short}").__file__), PACKAGE).replace(
        os.sep, "/") for short in MODULES}
    return sorted(files - {""})


def file_of(value: Any) -> str:
    """Return the file of the package in which a value is defined, "" for one that does not say."""
    home = sys.modules.get(getattr(value, "__module__", "") or "")
    path = getattr(home, "__file__", None) or ""
    inside = path.startswith(PACKAGE + os.sep)
    return os.path.relpath(path, PACKAGE).replace(os.sep, "/") if inside else ""


# ---- The pages ----


def reference_pages(used: Mapping[str, Sequence[Target]]) -> Iterator[Page]:
    """Yield the reference's own page, then one for each name and each module.

    used: by address, the parts that speak of a name.
    """
    known = entries()
    links = Links(addresses())
    yield _index(known)
    own = [entry for entry in known if "." not in entry.name]
    for entry, around in zip(own, _around(own)):
        related = list_of_links("In the lessons", used.get(entry.address, []))
        body, sections = _name_body(entry, links)
        yield Page(entry.address, entry.name, _first_sentence(entry.value) or entry.name,
                   body + related, sections, around)
    for short in MODULES:
        members = [entry for entry in known if entry.name.startswith(f"{short}.")]
        yield _module_page(short, members, used, links)


def _around(own: Sequence[Entry]) -> Iterator[Tuple[Any, Any]]:
    targets = [Target(entry.address, entry.name) for entry in own]
    return zip([None, *targets[:-1]], [*targets[1:], None])


def _index(known: Sequence[Entry]) -> Page:
    groups = []
    sections = []
    for label, members in _groups(known).items():
        name = label.replace(" ", "-").replace(".", "-")
        sections.append(Target(f"#{name}", label))
        rows = "\n".join(_line(entry) for entry in members)
        groups.append(f'<h2 id="{name}">{label} <a class="anchor" href="#{name}" '
                      f'aria-label="Link to this section">#</a></h2>\n'
                      f'<dl class="modules">\n{rows}\n</dl>')
    listed = "\n".join(groups)
    body = f"""<div class="prose">
<h1>Reference</h1>
<p>Every public name of the library, with its signature and what it does. It is made from the source
each time this book is.</p>
{listed}
</div>"""
    return Page(REFERENCE, "Reference", "Every public name of purenn", body, sections)


def _groups(known: Sequence[Entry]) -> Dict[str, List[Entry]]:
    """Return the names by the module from which, or in which, they are taken."""
    groups: Dict[str, List[Entry]] = {}
    for entry in known:
        short = entry.name.partition(".")[0] if "." in entry.name else ""
        label = f"purenn.{short}" if short else module_title(file_of(entry.value) or "__init__.py")
        groups.setdefault(label, []).append(entry)
    return groups


def _line(entry: Entry) -> str:
    return (f'<dt><a href="{entry.address}"><code>{entry.name}</code></a></dt>\n'
            f"<dd>{html.escape(_first_sentence(entry.value))}</dd>")


def _first_sentence(value: Any) -> str:
    return first_line(_docstring(value))


def _docstring(value: Any) -> str:
    """Return what a value itself says, not what its class does."""
    if isinstance(value, str):
        return f"Stands for `{value}` in annotations."
    own = isinstance(value, (type, ModuleType)) or inspect.isroutine(value)
    text = inspect.cleandoc(value.__doc__ or "") if own else ""
    generated = isinstance(value, type) and text.startswith(f"{value.__name__}(")
    return "" if generated else text


def _module_page(
    short: str, members: Sequence[Entry], used: Mapping[str, Sequence[Target]], links: Links
) -> Page:
    module = import_module(f"purenn.{short}")
    parts = [f"<h1>purenn.{short}</h1>", docstring_html(inspect.getdoc(module) or "")]
    for entry in members:
        name = entry.name.partition(".")[2]
        parts.append(_heading(2, name, entry.name))
        parts.append(_described(entry, links))
    spoken = {target.address: target for entry in [Entry("", None, f"api.{short}.html"), *members]
              for target in used.get(entry.address, [])}
    related = list_of_links("In the lessons", sorted(spoken.values()))
    body = '<div class="prose">\n' + "\n".join(parts) + "\n</div>\n" + related
    sections = [Target(f"#{entry.name.partition('.')[2]}", entry.name.partition(".")[2])
                for entry in members]
    return Page(f"api.{short}.html", f"purenn.{short}: reference",
                first_line(inspect.getdoc(module) or ""), body, sections)


def _heading(level: int, name: str, shown: str) -> str:
    return (f'<h{level} class="definition" id="{name}">{html.escape(shown)} <a class="anchor" '
            f'href="#{name}" aria-label="Link to {html.escape(shown)}">#</a></h{level}>')


def _name_body(entry: Entry, links: Links) -> Tuple[str, List[Target]]:
    parts = [f'<h1><code>{html.escape(entry.name)}</code></h1>', _described(entry, links)]
    sections = []
    for name, method in _methods(entry.value):
        sections.append(Target(f"#{name}", name))
        parts.append(_heading(2, name, f"{entry.name}.{name}"))
        if callable(method):
            parts.append(_signature(name, method, links))
        parts.append(docstring_html(inspect.getdoc(method) or ""))
    return '<div class="prose">\n' + "\n".join(filter(None, parts)) + "\n</div>\n", sections


def _described(entry: Entry, links: Links) -> str:
    value, name = entry.value, entry.name.rpartition(".")[2]
    parts = [_signature(name, value, links) if callable(value) else "",
             docstring_html(_docstring(value)), _bases(value, links), _home(value, name)]
    return "\n".join(filter(None, parts))


def _signature(name: str, value: Any, links: Links) -> str:
    """Return how something is called, on one line, or with a line for each argument."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    if isinstance(value, type):
        signature = signature.replace(return_annotation=inspect.Signature.empty)
    given = [_parameter(one) for one in _parameters(signature)]
    result = signature.return_annotation
    arrow = "" if result is inspect.Signature.empty else f" -> {_annotation(result)}"
    text = f"{name}({', '.join(given)}){arrow}"
    if len(text) > 80:
        text = f"{name}(\n" + "".join(f"    {one},\n" for one in given) + f"){arrow}"
    return block("signature", highlighted(text, links, {name}), text)


def _parameters(signature: inspect.Signature) -> Iterator[Any]:
    """Yield the parameters, with the bare star before those that are named only."""
    starred = False
    for one in signature.parameters.values():
        if one.name == "self":
            continue
        starred = starred or one.kind is one.VAR_POSITIONAL
        if one.kind is one.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        yield one


def _parameter(one: Any) -> str:
    if isinstance(one, str):
        return one
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    text: str = stars + one.name
    typed = one.annotation is not inspect.Parameter.empty
    if typed:
        text += f": {_annotation(one.annotation)}"
    if one.default is not inspect.Parameter.empty:
        text += f" = {_default(one.default)}" if typed else f"={_default(one.default)}"
    return text


def _annotation(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation.strip("'\"")
    name = getattr(annotation, "__name__", None) if isinstance(annotation, type) else None
    return name or str(annotation).replace("typing.", "")


def _default(value: Any) -> str:
    named = inspect.isroutine(value) or isinstance(value, type)
    return str(getattr(value, "__name__", value)) if named else repr(value)


def _bases(value: Any, links: Links) -> str:
    """Return of what a class is a kind, for classes of the library."""
    if not isinstance(value, type):
        return ""
    named = [(base.__name__, links.of_name(base.__name__)) for base in value.__mro__[1:]]
    linked = ", ".join(f'<a href="{address}"><code>{name}</code></a>'
                       for name, address in named if address)
    return f"<p>A kind of {linked}.</p>" if linked else ""


def _home(value: Any, name: str) -> str:
    file = file_of(value)
    if not file:
        return ""
    place = f"#{name}" if isinstance(value, type) or inspect.isroutine(value) else ""
    return (f'<p class="home-of">Source: <a href="{module_address(file)}{place}">'
            f"{module_title(file)}</a></p>")


def _methods(value: Any) -> Iterator[Tuple[str, Any]]:
    """Yield the public methods and properties of a class, those of the library's bases too."""
    if not isinstance(value, type):
        return
    for name in sorted({name for one in value.__mro__ if one.__module__.startswith("purenn")
                        for name in vars(one)}):
        member = inspect.getattr_static(value, name)
        told = inspect.isroutine(member) or isinstance(
            member, (property, staticmethod, classmethod))
        if told and not name.startswith("_") and inspect.getdoc(getattr(value, name)):
            yield name, getattr(value, name)
