"""`purenn play`: the playground in the browser, and the folder of it for the web.

Before this: `lessons`. After this: `demo`.
"""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING, List, NamedTuple, Optional

from ..play.server import Server
from ..play.session import Playground

if TYPE_CHECKING:
    from ..book.parts import Part

__all__ = ["Options", "run"]


class Options(NamedTuple):
    """What can be said on the command line; see `purenn play --help`."""

    port: Optional[int]
    browser: bool
    site: Optional[str]
    pyodide: Optional[str]
    share: str


def run(options: Options) -> int:
    """Serve the playground until Ctrl-C, or write its folder; return the exit code."""
    if options.site is not None:
        return _write(options.site, options.pyodide or "")
    with Server(Playground(share=options.share), options.port) as server:
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
