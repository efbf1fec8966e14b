"""`purenn play`: the playground in the browser, and a folder of it for the web."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from typing import TYPE_CHECKING, List

from ..play.server import BOOK, Server
from ..play.session import Playground
from . import options as words
from .options import Parser, UsageError

if TYPE_CHECKING:
    from ..book.parts import Part

__all__ = ["EXAMPLES", "add", "run"]

EXAMPLES = """
examples:
  purenn play
  purenn play --no-browser --port 8500
  purenn play --site public --pyodide node_modules/pyodide

The page is served on this computer only (127.0.0.1), under an address with a secret in it. A table
that is dropped onto the page stays in memory. --site writes a folder of static files in which the
same page runs without a server: Python itself comes along, from the npm package pyodide.
"""


def add(parser: Parser) -> None:
    """Add the options of this command."""
    parser.add_argument("--port", metavar="N", type=words.count,
                        help="the port to listen on (default: 8421, or the next free one)")
    parser.add_argument("--no-browser", dest="browser", action="store_false",
                        help="print the address and open no browser")
    parser.add_argument("--share-address", metavar="URL", default="",
                        help="the address of a published playground, for links that are copied")
    parser.add_argument("--site", metavar="FOLDER",
                        help="write the playground, and the book, as a folder for the web")
    parser.add_argument("--pyodide", metavar="FOLDER",
                        help="for --site: the unpacked npm package pyodide, Python for the browser")


def run(options: argparse.Namespace) -> int:
    """Serve the playground until Ctrl-C, or write its folder; return the exit code."""
    if (options.site is None) != (options.pyodide is None):
        raise UsageError("--site and --pyodide go together: the folder to write, and Python for it")
    if options.site is not None:
        return _write(options.site, options.pyodide)
    if options.port is not None and options.port > 65535:
        raise UsageError(f"--port: expected a number from 1 to 65535, got {options.port}")
    with Server(Playground(BOOK, options.share_address), options.port) as server:
        print(f"The playground: {server.url}\nCtrl-C ends it.", flush=True)
        if options.browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return 0


def _write(folder: str, pyodide: str) -> int:
    from ..book import parts, website  # only now: the book is many modules
    from ..play import site

    def book(inside: str) -> List[Part]:
        found = [parts.find(number) for number in parts.numbers()]
        website.build(inside, found, lambda part: print(
            f"running part {part.number} of {len(found)}: {part.title}", file=sys.stderr,
            flush=True))
        return found

    site.write(folder, pyodide, book)
    print(f"The playground is in {folder}. Put the folder on any web server, or try it:\n"
          f"python3 -m http.server --bind 127.0.0.1 --directory {folder}")
    return 0
