"""`purenn lessons`: the list of the parts, one part on the screen or as a notebook, or the book."""

from __future__ import annotations

import argparse
import sys
import time
from typing import List

from ..atomic import atomic_write
from ..book import parts
from ..book.lesson_pages import aim_of, prose_of
from ..book.markdown import parsed_line, plain_text
from ..book.notebook import as_notebook
from ..book.parts import Part
from ..book.plain import Screen, paragraph, shown
from ..book.running import run as run_cells
from ..book.website import build
from ..draw.terminal import columns_of, paged, painted, use_colour
from . import options as words
from .options import Parser, UsageError, called

__all__ = ["EXAMPLES", "add", "run"]

EXAMPLES = """
examples:
  purenn lessons
  purenn lessons 7
  purenn lessons 7 --notebook part7.ipynb
  purenn lessons --book book

The book is a folder of pages for a browser, to be opened without the internet; begin at its
index.html. All parts are run to make it, which takes some minutes.
"""


def add(parser: Parser) -> None:
    """Add the options of this command."""
    parser.add_argument("part", metavar="PART", nargs="?", type=words.count,
                        help="the number of a part, to be run and shown here (default: list them)")
    parser.add_argument("--notebook", metavar="FILE",
                        help="write the part to this file as a Jupyter notebook, with its outputs")
    parser.add_argument("--book", metavar="FOLDER",
                        help="run all parts and make one book of them, for a browser")


def run(options: argparse.Namespace) -> int:
    """Do what the options say; the exit code is 0, since whatever fails raises."""
    number, notebook, book = options.part, options.notebook, options.book
    if book is not None:
        if number is not None or notebook is not None:
            raise UsageError("--book makes all parts into one book; it goes with no part and no "
                             "--notebook")
        return _write_book(book)
    if number is None:
        if notebook is not None:
            raise UsageError("--notebook: expected a part as well, as in purenn lessons 7 "
                             "--notebook part7.ipynb")
        return _list_parts()
    part = _part(number)
    if notebook is None:
        return _show(part)
    if not notebook.lower().endswith(".ipynb"):
        raise UsageError(f"--notebook: expected a file that ends in .ipynb, got {notebook}")
    return _write_notebook(part, notebook)


def _part(number: int) -> Part:
    known = parts.numbers()
    if number not in known:
        raise UsageError(f"expected a part from {known[0]} to {known[-1]}, got {number}")
    return parts.find(number)


def _screen() -> Screen:
    colour = use_colour(sys.stdout)
    return Screen(columns_of(sys.stdout), colour, lambda text, name: painted(text, name, colour))


# ---- The list ----


def _list_parts() -> int:
    screen = _screen()
    for number in parts.numbers():
        part = parts.find(number)
        title = plain_text(parsed_line(part.title, part.path, 1))
        print(f"{number:>2}  {screen.paint(title, 'bold')}")
        narrower = screen._replace(width=screen.width - 4)
        print("\n".join(f"    {line}" for line in paragraph(plain_text(aim_of(part)), narrower)))
    purenn = called()
    print(f"\n{purenn} lessons 1                           read the first part here\n"
          f"{purenn} lessons 1 --notebook part1.ipynb    make a notebook of it\n"
          f"{purenn} lessons --book book                 one book of all, for a browser")
    return 0


# ---- One part ----


def _show(part: Part) -> int:
    """Print each cell as soon as it has run, on a terminal into its pager."""
    prose_of(part)  # an error in the prose should not come after minutes
    screen = _screen()
    with paged(sys.stdout) as pages:
        for number, ran in enumerate(run_cells(part.cells, part.path, {})):
            print(("\n" if number else "") + shown(ran, part.path, screen), file=pages, flush=True)
    return 0


def _write_notebook(part: Part, path: str) -> int:
    """Write the notebook. The file is begun before the part runs: a mistyped folder shows now."""
    prose_of(part)
    with atomic_write(path) as file:
        _say(f"running part {part.number}: {part.title}")
        file.write(as_notebook(part, list(run_cells(part.cells, part.path, {}))).encode("utf-8"))
    print(f"wrote {path}")
    return 0


# ---- The book ----


def _write_book(folder: str) -> int:
    all_parts: List[Part] = [parts.find(number) for number in parts.numbers()]
    started = time.perf_counter()
    pages = build(folder, all_parts, lambda part: _say(
        f"running part {part.number} of {len(all_parts)}: {part.title}"))
    _say(f"done in {time.perf_counter() - started:.0f} s")
    print(f"wrote {pages} files; open {folder.rstrip('/') or '/'}/index.html in a browser")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
