"""The whole book: which pages there are, how they are linked, and how they come into a folder.

First everything runs, then every page is made, and only then is anything written: a part that
fails leaves no half of a book behind.

Before this: searching. After this: latex.
"""

from __future__ import annotations

import errno
import html
import os
import re
import tempfile
from typing import Callable, Dict, Iterator, List, Sequence

from ..atomic import atomic_write
from ..exercises import teaching
from .docstrings import first_line, inline_html
from .figures import night_rules, thumbnail
from .html_prose import Resolve, as_html, names_of_headings
from .html_prose import inline_html as prose_html
from .lesson_pages import Told, aim_of, cover_picture, lesson_body, prose_of, told
from .library import (
    CORE, Library, in_reading_order, links_of, module_address, module_title, page_of_part,
    spoken_of,
)
from .linking import links_for
from .markdown import Heading, parsed, parsed_line, plain_text
from .modules import module_body
from .pages import (
    MADE_BY, SCRIPT, STYLE_SHEET, Around, Contents, Page, Target, list_of_links, shared_file,
    whole_page,
)
from .parts import Part
from .reference import addresses, modules_behind, reference_pages
from .running import run
from .searching import INDEX, search_index, search_page
from .widgets import WIDGETS
from .widgets.widget import COMMON, script_of

__all__ = ["book_pages", "build", "check_folder", "library_pages", "write"]

TITLE = "Neural networks in plain Python"
DESCRIPTION = ("A textbook that runs: neural networks from one neuron to a trained model, in plain "
               "Python, every line to be read.")

LIBRARY = ("The library", [Target("library.html", "Source"), Target("reference.html", "Reference")])
SEARCH_SCRIPT = "search.js"
TEACHERS = "for_teachers.html"


def build(folder: str, parts: Sequence[Part], progress: Callable[[Part], None]) -> int:
    """Run the parts, write the book to a folder, and return how many pages it has.

    `progress` is called with each part before it runs. Raises LessonError if a part is wrong or
    fails, OSError if the folder holds something else or cannot be written; then nothing has been.
    """
    check_folder(folder)
    check_prose(parts)
    lessons = []
    for part in parts:
        progress(part)
        lessons.append(told(part, list(run(part.cells, part.path, {}))))
    pages = book_pages(lessons)
    write(folder, pages)
    return len(pages)


def check_prose(parts: Sequence[Part]) -> None:
    """Read all prose and follow all links, before minutes are spent on running the code."""
    library = Library()
    for part in parts:
        resolve = library.resolver(part, parts)
        for cell in prose_of(part):
            for one in links_of(cell):
                resolve(one)


# ---- The folder ----


def check_folder(folder: str) -> None:
    """See whether a book can be written there; OSError if not.

    The folder is new, empty, or has a book in it.
    """
    if not os.path.lexists(folder):
        parent = os.path.dirname(os.path.abspath(folder))
        if not os.path.isdir(parent):
            raise _refusal(errno.ENOENT, f"there is no folder {parent}", folder)
        folder, asked = parent, folder
    else:
        asked = folder
        if not os.path.isdir(folder):
            raise _refusal(errno.ENOTDIR, "this is no folder", folder)
        if os.listdir(folder) and not _holds_a_book(folder):
            raise _refusal(errno.EEXIST, "there are other files in this folder; choose a new or "
                                         "an empty one", folder)
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _refusal(error.errno or errno.EACCES, f"no file can be made in {folder}: "
                                                    f"{error.strerror}", asked) from None


def _refusal(number: int, reason: str, folder: str) -> OSError:
    return OSError(number, f"cannot write a book, {reason}", folder)


def _holds_a_book(folder: str) -> bool:
    try:
        with open(os.path.join(folder, "index.html"), encoding="utf-8") as file:
            return MADE_BY in file.read()
    except (OSError, UnicodeDecodeError):
        return False


def write(folder: str, pages: Dict[str, str]) -> None:
    """Write files into the folder, each whole or not at all; the index comes first.

    So a folder in which the writing was interrupted is known as ours the next time.
    """
    if not os.path.isdir(folder):
        os.mkdir(folder)
    for name in sorted(pages, key=lambda name: (name != "index.html", name)):
        with atomic_write(os.path.join(folder, name)) as file:
            file.write(pages[name].encode("utf-8"))


# ---- The pages ----


def book_pages(lessons: Sequence[Told]) -> Dict[str, str]:
    """Return all files of the book, by name."""
    library, known = Library(), addresses()
    parts = [lesson.part for lesson in lessons]
    spoken = {lesson.part.number: spoken_of(lesson, library) for lesson in lessons}
    files = in_reading_order({*CORE, *modules_behind(),
                              *(file for some in spoken.values() for file in some)})
    resolves = {part.number: Resolve(library.resolver(part, parts), links_for(part.cells, known))
                for part in parts}
    pages = [_index(lessons, resolves), _library_page(files, library)]
    for lesson, around in zip(lessons, _neighbours([_part_target(part) for part in parts])):
        number = lesson.part.number
        pages.append(_part_page(lesson, spoken[number], around, resolves[number]))
    for file, around in zip(files, _neighbours([_module_target(file) for file in files])):
        about = [part for part in parts if file in spoken[part.number]]
        pages.append(_module_page(file, about, around, library))
    pages += reference_pages(_used(parts, resolves))
    pages.append(_teachers_page(library, parts))
    written = _written(pages, _contents(parts))
    written[COMMON] = shared_file(f"widgets/{COMMON}")
    written.update({script_of(name): shared_file(f"widgets/{name}.js") for name in WIDGETS})
    return written


def library_pages() -> Dict[str, str]:
    """Return the library alone, its source and the reference, by name: nothing has to run for it.

    The first page is that of the library.
    """
    library, files = Library(), in_reading_order({*CORE, *modules_behind()})
    first = _library_page(files, library)
    pages = [first, *(_module_page(file, [], around, library) for file, around in zip(
        files, _neighbours([_module_target(file) for file in files]))), *reference_pages({})]
    return _written([*pages, first._replace(address="index.html")], [LIBRARY])


def _written(pages: Sequence[Page], contents: Contents) -> Dict[str, str]:
    """Return the pages as files, with the search and what all of them share."""
    shared = {name: shared_file(name) for name in (STYLE_SHEET, SCRIPT, SEARCH_SCRIPT)}
    return {**{page.address: whole_page(page, TITLE, contents)
               for page in [*pages, search_page()]}, **shared, INDEX: search_index(pages)}


def _contents(parts: Sequence[Part]) -> Contents:
    """Return what the contents beside every page lists."""
    return [("The book", [Target("index.html", "Cover"), *map(_part_target, parts),
                          Target(TEACHERS, teaching.TITLE)]), LIBRARY]


def _used(parts: Sequence[Part], resolves: Dict[int, Resolve]) -> Dict[str, List[Target]]:
    """Return, by the address of a public name, the parts that speak of it."""
    used: Dict[str, List[Target]] = {}
    for part in parts:
        names = resolves[part.number].names
        for address in sorted(names.used if names else ()):
            used.setdefault(address, []).append(_part_target(part))
    return used


def _neighbours(targets: Sequence[Target]) -> Iterator[Around]:
    """Yield for each page the one before and the one after it."""
    for n in range(len(targets)):
        yield (targets[n - 1] if n else None), (targets[n + 1] if n + 1 < len(targets) else None)


def _part_target(part: Part) -> Target:
    return Target(page_of_part(part), f"{part.number}. {_plain(part.title, part)}")


def _module_target(file: str) -> Target:
    return Target(module_address(file), module_title(file))


def _plain(title: str, part: Part) -> str:
    return plain_text(parsed_line(title, part.path, part.cells[0].line))


def _part_page(lesson: Told, files: Sequence[str], around: Around, resolve: Resolve) -> Page:
    part = lesson.part
    related = list_of_links("In the library", [_module_target(file) for file in files])
    body, sections = lesson_body(lesson, related, resolve)
    title = f"Part {part.number}: {_plain(part.title, part)}"
    return Page(page_of_part(part), title, f"{title}, of a textbook of neural networks that runs",
                body, sections, around, night_rules(body), _scripts(body))


def _scripts(body: str) -> List[str]:
    """Return the scripts that the widgets of a page need."""
    names = sorted(set(re.findall('<figure class="widget" data-widget="([a-z]+)">', body)))
    return [COMMON, *map(script_of, names)] if names else []


def _module_page(file: str, about: Sequence[Part], around: Around, library: Library) -> Page:
    module, title = library.module(file), module_title(file)
    related = list_of_links("In the lessons", [_part_target(part) for part in about])
    body, sections = module_body(title, module, related)
    return Page(module_address(file), title, first_line(module.docstring) or title, body, sections,
                around)


def _teachers_page(library: Library, parts: Sequence[Part]) -> Page:
    """Return the page for teachers; the exercises write it, since they know what is marked."""
    path = str(teaching.__file__)
    blocks = parsed(teaching.page(), path)
    headings = [block for block in blocks if isinstance(block, Heading)]
    names = names_of_headings(headings)
    stub = Part(0, teaching.TITLE, "", path, [])
    prose = as_html(blocks, Resolve(library.resolver(stub, parts)), names)
    sections = [Target(f"#{names[one.line]}", plain_text(one.content)) for one in headings
                if one.level == 2]
    has_title = bool(headings) and headings[0].level == 1
    title = "" if has_title else f"<h1>{html.escape(teaching.TITLE)}</h1>"
    body = f'<div class="prose">\n{title}\n{prose}\n</div>'
    return Page(TEACHERS, teaching.TITLE, "What each part needs and gives; how to mark a class",
                body, sections)


# ---- The cover and the library ----


def _index(lessons: Sequence[Told], resolves: Dict[int, Resolve]) -> Page:
    cards = "\n".join(_card(lesson, resolves[lesson.part.number]) for lesson in lessons)
    body = f"""<div class="prose cover">
<h1>{TITLE}</h1>
<p class="lead">This is a textbook that runs. It begins with one neuron and ends with a trained
model that you can save and use. All is done in plain Python, with lists and loops, and nothing is
hidden: every number and every picture was computed by the code that stands with it.</p>
<p>You need to know Python and the mathematics of school. Read the parts in their order. Run them
too: <code>python3 -m purenn lessons 1</code> shows the first in a terminal, and
<code>python3 -m purenn lessons 1 --notebook part1.ipynb</code> makes a notebook of it, to be
changed and tried. The <a href="library.html">library</a> that they use is written to be read as
well, and the <a href="reference.html">reference</a> explains every name of it.</p>
</div>
<h2 id="parts" class="hidden">The parts</h2>
<ol class="parts">
{cards}
</ol>"""
    return Page("index.html", TITLE, DESCRIPTION, body, night=night_rules(body))


def _card(lesson: Told, resolve: Resolve) -> str:
    part, picture = lesson.part, cover_picture(lesson)
    title = prose_html(parsed_line(part.title, part.path, part.cells[0].line), resolve,
                       within_link=True)
    aim = prose_html(aim_of(part), resolve, within_link=True)
    drawn = thumbnail(picture, f"cover-{part.number}-") if picture else ""
    return (f'<li value="{part.number}">\n<a href="{page_of_part(part)}">\n<span class="number">'
            f"Part {part.number}</span> {title}</a>\n{drawn}\n<p>{aim}</p>\n</li>")


def _library_page(files: Sequence[str], library: Library) -> Page:
    core = "\n".join(_line_of_module(file, library) for file in files if file in CORE)
    others = "\n".join(_line_of_module(file, library) for file in files if file not in CORE)
    body = f"""<div class="prose">
<h1>The library</h1>
<p>The lessons use it, and it is written to be read as well: these pages are its source, each
definition below what it says of itself. The <a href="reference.html">reference</a> lists the public
names alone.</p>
<h2 id="core">The core, in reading order</h2>
<dl class="modules">
{core}
</dl>
<h2 id="beside">Beside it</h2>
<dl class="modules">
{others}
</dl>
</div>"""
    return Page("library.html", "The library", "The source of purenn, to be read", body)


def _line_of_module(file: str, library: Library) -> str:
    says = inline_html(first_line(library.module(file).docstring))
    name = html.escape(module_title(file))
    return f'<dt><a href="{module_address(file)}">{name}</a></dt>\n<dd>{says}</dd>'
