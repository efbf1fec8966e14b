"""The carrier on this computer: requests and answers over HTTP, on the loopback address only.

A server on one's own computer can be reached by every page that is open in the browser. So:

- it listens on 127.0.0.1, which no other computer reaches;
- the first part of every path is a random token of 128 bits, compared in constant time; who does
  not know it gets 404 and no word more;
- the name in `Host` must be ours, else a foreign name that has been pointed at 127.0.0.1 (DNS
  rebinding) would make a foreign page one of ours;
- a POST must come from our own page (`Origin`) and be JSON, and no header ever allows another;
- the pages are held in a table that is made at the start, those of the library when one of them is
  first asked for: no path is ever joined, and no file opened because a request names it;
- the page may load nothing from elsewhere, and run no script but its own files
  (Content-Security-Policy).

Sizes, times and the number of connections have limits, since a browser is not the only program
that can knock.

Before this: `session`. After this: `site`, the other carrier.
"""

from __future__ import annotations

import hmac
import http.server
import json
import os
import secrets
import socketserver
import sys
import threading
import traceback
from importlib import import_module
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .refusals import Refused
from .session import Playground

__all__ = ["BOOK", "Server", "page_files", "parse"]

PORT = 8421
PORTS_TRIED = 100
SMALL, LARGE = 64_000, 4_000_000  # bytes of a request: LARGE for a table
SECONDS = 10  # for each read
CONNECTIONS = 64
WAITING = 16
DEPTH = 20

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
HEADERS = (
    ("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
)
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
         "js": "text/javascript; charset=utf-8"}
BOOK = "book/"  # where the library's pages are, beside the page
PAGE = ("index.html", "page.css", "main.js", "carrier.js", "draw.js", "controls.js", "network.js",
        "plane.js", "chart.js", "explain.js", "data.js", "keys.js")


class File(NamedTuple):
    """A file of the page, as it is sent."""

    kind: str
    content: bytes


def page_files(names: Tuple[str, ...] = PAGE) -> Dict[str, bytes]:
    """Return the files of the page by their names; they may lie in an archive."""
    loader = import_module("purenn.play").__spec__
    assert loader is not None and loader.loader is not None and loader.origin is not None
    folder = loader.origin[:-len("__init__.py")] + "page"
    read: Callable[[str], bytes] = loader.loader.get_data  # type: ignore[attr-defined]
    return {name: read(f"{folder}/{name}") for name in names}


def _library_files() -> Dict[str, File]:
    """Return the pages of the book that show purenn's source, made now."""
    from ..book.website import library_pages  # the book is many modules

    return {name: File(TYPES[name.rsplit(".")[-1]], text.encode("utf-8"))
            for name, text in library_pages().items()}


def parse(text: bytes) -> Any:
    """Return a JSON value, read strictly; Refused for what is none.

    Refused are also: names that come twice, NaN and infinity, whole numbers of many digits, and
    lists within lists within lists.

    >>> parse(b'{"v": 1}')
    {'v': 1}
    """
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_once,
                           parse_constant=_no_constant, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", f"expected JSON: {str(error)[:100]}") from None
    if _depth(value) > DEPTH:
        raise Refused("bad_request", f"JSON nested more than {DEPTH} deep")
    return value


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("a whole number of more than 18 digits")
    return int(digits)


def _depth(value: Any) -> int:
    deepest, layer = 0, [value]
    while layer and deepest <= DEPTH + 1:
        deepest += 1
        layer = [one for item in layer if isinstance(item, (dict, list))
                 for one in (item.values() if isinstance(item, dict) else item)]
    return deepest


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """The playground on a port of this computer; `url` is its address, token included.

    Without a port it takes 8421 or the next free one. Raises OSError when none can be had.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = CONNECTIONS
    allow_reuse_address = os.name == "posix"  # elsewhere it lets others take a port in use

    def __init__(self, playground: Playground, port: Optional[int] = None) -> None:
        self.playground = playground
        self.token = secrets.token_hex(16)
        self.files = {f"/{name}": File(TYPES[name.rsplit(".")[-1]], content)
                      for name, content in page_files().items()}
        self.files["/"] = self.files["/index.html"]
        self.library: Dict[str, File] = {}
        self.reading = threading.Lock()
        self.lock = threading.Lock()  # one request at a time: there is one Python
        self.places = threading.BoundedSemaphore(CONNECTIONS)
        self.waiting = threading.BoundedSemaphore(WAITING + 1)
        self.mistakes = 0
        playground.report = self.report
        for number in range(PORT, PORT + PORTS_TRIED) if port is None else [port]:
            try:
                super().__init__(("127.0.0.1", number), Handler)
                break
            except OSError:
                if port is not None or number == PORT + PORTS_TRIED - 1:
                    raise
        self.server_port = self.server_address[1]

    @property
    def url(self) -> str:
        """The address to be opened in a browser."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> Tuple[str, str]:
        """The names under which this server may be asked."""
        return f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"

    def file(self, path: str) -> Optional[File]:
        """Return what lies at a path, None if nothing does."""
        if not path.startswith(f"/{BOOK}"):
            return self.files.get(path)
        with self.reading:
            if not self.library:  # seconds are spent on it, so only for who reads it
                self.library = _library_files()
        return self.library.get(path[1 + len(BOOK):] or "index.html")

    def report(self, error: BaseException) -> str:
        """Write a mistake to the terminal; the page gets its number."""
        self.mistakes += 1
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        print(f"purenn play: mistake {self.mistakes}\n{''.join(lines)}", file=sys.stderr)
        return f" (number {self.mistakes} in the terminal)"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is no news."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.report(error)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection if there is room for one more."""
        if not self.places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection: GET gives the files of the page, POST to `api` an answer."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    # Head and body are two writes, and without this the second waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def version_string(self) -> str:
        """Name this server, and no version of anything."""
        return "purenn"

    def log_message(self, format: str, *args: Any) -> None:
        """Write no line for each request."""

    # -- What may come in --

    def do_GET(self) -> None:
        """Send a file of the page."""
        path = self._path()
        if path is None:
            return
        file = self.server.file(path.split("?")[0])
        if file is None:
            self._refuse(404)
        else:
            self._send(200, file.kind, file.content)

    def do_POST(self) -> None:
        """Answer a request of the page."""
        path = self._path()
        if path is None:
            return
        if path != "/api":
            return self._refuse(404)
        if self.headers.get_all("Origin") not in [[f"http://{host}"] for host in self.server.hosts]:
            return self._refuse(403)
        if self.headers.get_content_type() != "application/json":
            return self._refuse(403)
        body = self._body()
        if body is not None:
            self._answer(body)

    def _not_allowed(self) -> None:
        self._refuse(405)

    do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_CONNECT = _not_allowed

    def _path(self) -> Optional[str]:
        """Return the path behind the token; None, and the refusal sent, for who may not enter."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            self._refuse(400)
            return None
        token, slash, rest = self.path[1:].partition("/")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        if not known or not slash:
            self._refuse(404)
            return None
        return "/" + rest

    def _body(self) -> Optional[bytes]:
        """Return the body; None, and the refusal sent, for one of a wrong size or kind."""
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not length.isascii() or not length.isdigit():
            self._refuse(411)
            return None
        if int(length[:12]) > LARGE:
            self._refuse(413)
            return None
        try:
            body = self.rfile.read(int(length))
        except OSError:  # it took too long
            self.close_connection = True
            return None
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    # -- What goes out --

    def _answer(self, body: bytes) -> None:
        if not self.server.waiting.acquire(blocking=False):
            return self._refuse(503, ("Retry-After", "1"))
        try:
            request = parse(body)
            if len(body) > SMALL and not (isinstance(request, dict)
                                          and request.get("op") == "table"):
                return self._refuse(413)
            with self.server.lock:
                answer = self.server.playground.handle(request)
        except Refused as error:
            answer = {"v": 1, "id": None, "ok": False, "error": error.answer()}
        finally:
            self.server.waiting.release()
        text = json.dumps(answer, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
        self._send(200, "application/json", text.encode("utf-8", "replace"))

    def _send(self, code: int, kind: str, content: bytes, *more: Tuple[str, str]) -> None:
        self.send_response(code)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(content))),
                            *HEADERS, *more):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, code: int, *more: Tuple[str, str]) -> None:
        """Refuse without a word, and close: what is still to come is not read."""
        self.close_connection = True
        self._send(code, "text/plain; charset=utf-8", b"", ("Connection", "close"), *more)

    def send_error(self, code: int, message: Optional[str] = None,
                   explain: Optional[str] = None) -> None:
        """Refuse what `http.server` itself finds wrong in the same way as all else."""
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = getattr(self, "request_version", "HTTP/1.1")
        self._refuse(code)
