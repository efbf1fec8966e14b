"""The whole book: which pages there are, how they are linked, and how they come into a folder.

First everything runs, then every page is made, and only then is anything written: a part that
fails leaves no half of a book behind.

Before this: library. After this: notebook.
"""

from __future__ import annotations

import errno
import html
import os
from typing import Callable, Dict, Iterator, Optional, Sequence, Tuple

from ..atomic import atomic_write
from .docstrings import first_line, inline_html
from .html_prose import inline_html as prose_html
from .lesson_pages import Told, aim_of, lesson_body, prose_of, told
from .library import (
    CORE, Library, in_reading_order, links_of, module_address, module_title, page_of_part,
    spoken_of,
)
from .markdown import plain_text, parsed_line
from .modules import module_body
from .pages import MADE_BY, STYLE_SHEET, Target, link, page, style
from .parts import Part
from .running import run

__all__ = ["book_pages", "build", "check_folder", "write"]

TITLE = "Neural networks in plain Python"
DESCRIPTION = ("A textbook that runs: neural networks from one neuron to a trained model, in plain "
               "Python, every line to be read.")

Around = Tuple[Optional[Target], Optional[Target]]


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
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _refusal(errno.EACCES, "the folder is write-protected", asked)


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
    library = Library()
    parts = [lesson.part for lesson in lessons]
    spoken = {lesson.part.number: spoken_of(lesson, library) for lesson in lessons}
    files = in_reading_order({*CORE, *(file for some in spoken.values() for file in some)})
    pages = {STYLE_SHEET: style(), "index.html": _index(lessons, files, library)}
    for lesson, around in zip(lessons, _neighbours([_part_target(part) for part in parts])):
        pages[page_of_part(lesson.part)] = _part_page(
            lesson, spoken[lesson.part.number], around, library, parts)
    for file, around in zip(files, _neighbours([_module_target(file) for file in files])):
        about = [part for part in parts if file in spoken[part.number]]
        pages[module_address(file)] = _module_page(file, about, around, library)
    return pages


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


def _part_page(
    lesson: Told, files: Sequence[str], around: Around, library: Library, parts: Sequence[Part]
) -> str:
    part = lesson.part
    beside = _list_of_links("In the library", [_module_target(file) for file in files])
    body = lesson_body(lesson, beside, library.resolver(part, parts))
    title = f"Part {part.number}: {_plain(part.title, part)}"
    return page(title, f"{title}, of a textbook of neural networks that runs", body, around)


def _module_page(file: str, about: Sequence[Part], around: Around, library: Library) -> str:
    module, title = library.module(file), module_title(file)
    beside = _list_of_links("In the lessons", [_part_target(part) for part in about])
    return page(title, first_line(module.docstring), module_body(title, module, beside), around)


def _list_of_links(label: str, targets: Sequence[Target]) -> str:
    if not targets:
        return ""
    items = "\n".join(f"<li>{link(target)}</li>" for target in targets)
    return (f'<nav class="related" aria-label="{label}">\n<p>{label}</p>\n<ul>\n{items}\n</ul>\n'
            f"</nav>")


# ---- The index ----


def _index(lessons: Sequence[Told], files: Sequence[str], library: Library) -> str:
    parts = [lesson.part for lesson in lessons]
    lines = "\n".join(_line_of_part(part, library.resolver(part, parts)) for part in parts)
    modules = "\n".join(_line_of_module(file, library) for file in files)
    body = f"""<div class="cover">
<h1>{TITLE}</h1>
<p class="lead">This is a textbook that runs. It begins with one neuron and ends with a trained
model that you can save and use. All is done in plain Python, with lists and loops, and nothing is
hidden: every number and every picture was computed by the code that stands beside it.</p>
<p>You need to know Python and the mathematics of school. Read the parts in their order. Run them
too: <code>python3 -m purenn lessons 1</code> shows the first in a terminal, and
<code>python3 -m purenn lessons 1 --notebook part1.ipynb</code> makes a notebook of it, to be
changed and tried.</p>
<h2 id="parts">The parts</h2>
<ol class="parts">
{lines}
</ol>
<h2 id="library">The library</h2>
<p>The parts use it, and it is written to be read as well. These are the modules that they speak
of, first the nine of the core in the order in which they build on each other.</p>
<dl class="modules">
{modules}
</dl>
</div>"""
    return page(TITLE, DESCRIPTION, body, (None, None), home=True)


def _line_of_part(part: Part, resolve: Callable[..., str]) -> str:
    title = prose_html(parsed_line(part.title, part.path, part.cells[0].line), resolve)
    return (f'<li value="{part.number}"><a href="{page_of_part(part)}">{title}</a>\n'
            f"<p>{prose_html(aim_of(part), resolve)}</p></li>")


def _line_of_module(file: str, library: Library) -> str:
    says = inline_html(first_line(library.module(file).docstring))
    name = html.escape(module_title(file))
    return f'<dt><a href="{module_address(file)}">{name}</a></dt>\n<dd>{says}</dd>'
