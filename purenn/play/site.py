"""The carrier for the web: a folder of static files in which the same page drives the same purenn.

    index.html page.css *.js     the page, as the server sends it
    start.json                   the first answer, so that pictures stand there while Python loads
    worker.js                    runs Python beside the page, and carries requests to `handle`
    purenn-….zip                 this package
    pyodide/                     CPython compiled for the browser, from the npm package pyodide
    book/                        the lessons and the library; cells of a lesson run here on request

Any web server will do: nothing in the folder is run by it. Everything is made before anything is
written, and a folder that holds other files is left alone.

Before this: `server`. This is the last module of the playground.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import zipfile
from typing import Any, Callable, Dict, Iterator, Optional, Sequence, Tuple

from ..atomic import atomic_write
from ..book.library import page_of_part
from ..book.parts import Part
from .server import PAGE, page_files
from .session import Playground

__all__ = ["PYODIDE", "write"]

PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip",
           "pyodide-lock.json")
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
          "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'")
MADE_BY = '<meta name="generator" content="purenn play">'


Book = Callable[[str], Sequence[Part]]  # writes a book into a folder, returns the parts in it


def write(folder: str, pyodide: str, book: Optional[Book] = None) -> None:
    """Write the playground, and the book if there is one, into a folder.

    The folder is new, empty, or holds a playground that was written before. Raises OSError when it
    holds something else or cannot be written, and when `pyodide` is not the unpacked npm package;
    then nothing has been written.
    """
    _check_pyodide(pyodide)
    _check_folder(folder)
    name, package = _package()
    python = {f"pyodide/{one}": _content(os.path.join(pyodide, one)) for one in PYODIDE}
    size = f"{sum(len(content) for content in python.values()) / 1e6:.0f} MB"
    os.makedirs(os.path.join(folder, "pyodide"), exist_ok=True)
    for path, content in [*_page(name, size), (name, package), *python.items()]:
        with atomic_write(os.path.join(folder, *path.split("/"))) as file:
            file.write(content)
    if book is not None:
        inside = os.path.join(folder, "book")
        for part in book(inside):
            _let_run(os.path.join(inside, page_of_part(part)), part)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _check_pyodide(folder: str) -> None:
    for name in PYODIDE:
        if not os.path.isfile(os.path.join(folder, name)):
            raise OSError(errno.ENOENT, f"there is no {name} in it; expected the folder of the "
                          f"unpacked npm package pyodide (npm pack pyodide)", folder)


def _check_folder(folder: str) -> None:
    if not os.path.lexists(folder):
        return
    if not os.path.isdir(folder):
        raise OSError(errno.ENOTDIR, "this is no folder", folder)
    if not os.listdir(folder):
        return
    try:
        with open(os.path.join(folder, "index.html"), encoding="utf-8") as file:
            ours = MADE_BY in file.read()
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours:
        raise OSError(errno.EEXIST, "there are other files in this folder; choose a new or an "
                      "empty one", folder)


def _page(package: str, size: str) -> Iterator[Tuple[str, bytes]]:
    """Yield the files of the page, the index first: it marks the folder as ours."""
    files = page_files((*PAGE, "worker.js", "lesson.js", "lesson.css"))
    index = files.pop("index.html").decode("utf-8")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n{MADE_BY}'
    index = index.replace("<!-- policy -->", policy).replace('data-carrier="server"',
                                                             'data-carrier="worker"')
    yield "index.html", index.encode("utf-8")
    yield "start.json", json.dumps(_first_answer(), separators=(",", ":")).encode("ascii")
    for name, content in files.items():
        yield name, content.replace(b"purenn.zip", package.encode("ascii")).replace(
            b"(its size)", size.encode("ascii"))


def _first_answer() -> Dict[str, Any]:
    """Return what the page is told when it opens, without the session, of which there is none."""
    answer = Playground().handle({"v": 1, "id": 0, "op": "hello"})
    del answer["session"]
    return answer


def _package() -> Tuple[str, bytes]:
    """Return this package as an archive, and its name; the same files give the same bytes."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found: Dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [one for one in folders if one != "__pycache__"]
        for name in names:
            if not name.endswith(".pyc"):
                path = os.path.join(folder, name)
                inside = os.path.relpath(path, os.path.dirname(root))
                found[inside.replace(os.sep, "/")] = _content(path)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside in sorted(found):
            archive.writestr(zipfile.ZipInfo(inside), found[inside], zipfile.ZIP_DEFLATED)
    mark = hashlib.sha256(b"".join(found[inside] for inside in sorted(found))).hexdigest()[:12]
    return f"purenn-{mark}.zip", stream.getvalue()


def _let_run(path: str, part: Part) -> None:
    """Add to the page of a part what lets a reader run it there."""
    text = _content(path).decode("utf-8")
    added = (f'<link rel="stylesheet" href="../lesson.css">\n'
             f'<script type="module" src="../lesson.js" data-part="{part.number}"></script>\n')
    with atomic_write(path) as out:
        out.write(text.replace("</head>", added + "</head>", 1).encode("utf-8"))
