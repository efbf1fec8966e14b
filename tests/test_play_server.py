"""The playground's server: who may ask, and what happens to those who may not."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from purenn.book.website import library_pages
from purenn.play import server as carrier, sources
from purenn.play.refusals import Refused
from purenn.play.server import BOOK, PAGE, Server, page_files, parse
from purenn.play.session import Playground

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def server():
    with Server(Playground(), 0) as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def ask(server, method="POST", path=None, body=b'{"v":1,"id":1,"op":"hello"}', host=None,
        origin=None, kind="application/json", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.putrequest(method, path or f"/{server.token}/api", skip_host=True,
                          skip_accept_encoding=True)
    for one in host if isinstance(host, list) else [host or f"127.0.0.1:{server.server_port}"]:
        connection.putheader("Host", one)
    if origin is None:
        origin = f"http://127.0.0.1:{server.server_port}"
    if origin:
        connection.putheader("Origin", origin)
    if kind:
        connection.putheader("Content-Type", kind)
    if "content_length" not in headers and body is not None:
        connection.putheader("Content-Length", str(len(body)))
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    if body:
        try:
            connection.send(body)
        except OSError:
            pass  # it was refused before it was read
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def code(*args, **kwargs):
    return ask(*args, **kwargs)[0].status


def test_the_page_and_answers_come_with_every_guard(server):
    response, content = ask(server)
    assert response.status == 200 and json.loads(content)["ok"]
    for path in ("", *PAGE):
        page, text = ask(server, "GET", f"/{server.token}/{path}", body=None)
        assert page.status == 200 and text == page_files()[path or "index.html"]
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                        ("Cross-Origin-Resource-Policy", "same-origin"),
                        ("Cross-Origin-Opener-Policy", "same-origin"),
                        ("Cache-Control", "no-store"), ("Server", "purenn")):
        assert page.headers[name] == value
    assert not [name for name in page.headers if name.lower().startswith("access-control")]


def test_it_listens_on_this_computer_only(server):
    assert server.server_address[0] == "127.0.0.1"


def test_without_the_token_there_is_nothing(server):
    for path in ("/", "/api", "/main.js", f"/{'0' * 32}/", f"/{server.token[:-1]}/",
                 f"/{server.token}", "/" + server.token.upper() + "x/", "/é/"):
        response, content = ask(server, "GET", path.encode("latin-1").decode("latin-1")
                                if path.isascii() else "/%C3%A9/", body=None)
        assert response.status == 404 and content == b"", path
    assert code(server, path="/api") == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:99999",
                                  "localhost.evil.example:8421", "", "0.0.0.0:8421", "[::1]:8421"])
def test_a_foreign_name_that_points_here_is_refused(server, host):
    """DNS rebinding: the browser believes that evil.example is at 127.0.0.1."""
    assert code(server, host=host or " ") == 400
    assert code(server, "GET", f"/{server.token}/", None, host=host or " ") == 400


def test_two_host_names_are_refused_and_localhost_is_one_of_ours(server):
    ours = f"127.0.0.1:{server.server_port}"
    assert code(server, host=[ours, ours]) == 400
    assert code(server, host=[ours, "evil.example"]) == 400
    assert code(server, host=f"localhost:{server.server_port}") == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1",
                                    "http://127.0.0.1", "file://"])
def test_foreign_pages_are_refused(server, origin):
    assert code(server, origin=origin) == 403


def test_a_post_without_origin_or_of_another_kind_is_refused(server):
    assert ask(server, origin=False)[0].status == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert code(server, kind=kind) == 403
    assert code(server, path=f"/{server.token}/other") == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE"])
def test_other_methods_are_refused(server, method):
    response, _ = ask(server, method, body=None)
    assert response.status == 405
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["../session.py", "%2e%2e/session.py", "..%2fserver.py",
                                  "/etc/passwd", "page.css/..", "./main.js", "main.js%00",
                                  "index.html/../../server.py", "..\\server.py"])
def test_no_path_leads_out_of_the_table_of_files(server, path):
    response, content = ask(server, "GET", f"/{server.token}/{path}", body=None)
    assert response.status == 404 and content == b""


@pytest.mark.slow
def test_every_line_that_explain_names_can_be_read_on_a_page_of_the_library(server):
    for place in sources.LINES.values():
        found = sources.line_of(place)
        path = f"/{server.token}/{BOOK}{found['module']}.html"
        response, content = ask(server, "GET", path, body=None)
        assert response.status == 200 and response.getheader("Content-Security-Policy")
        assert f'id="L{found["line"]}"'.encode() in content
    for name, status in (("", 200), ("index.html", 200), ("book.css", 200), ("../main.js", 404),
                         ("purenn.nothing.html", 404), ("part_01_a_neuron.html", 404)):
        assert code(server, "GET", f"/{server.token}/{BOOK}{name}", body=None) == status
    assert code(server, "GET", f"/wrong/{BOOK}", body=None) == 404


@pytest.mark.slow
def test_no_link_of_the_library_pages_leads_nowhere():
    pages = library_pages()
    for name, text in pages.items():
        for address in re.findall(r'(?:href|src)="([^"#]+?)(?:#[^"]*)?"', text):
            assert name.endswith(".js") or address in pages or address == "data:,", (name, address)


def test_sizes_are_looked_at_before_anything_is_read(server):
    assert code(server, body=None, Content_Length=str(5_000_000)) == 413
    assert code(server, body=None, Content_Length="1" * 400) == 413
    assert code(server, body=b'{"v":1,"op":"set","x":"' + b"x" * 100_000 + b'"}') == 413
    for length in ("-1", "x", "1.5", "", "٣".encode("utf-8").decode("latin-1")):
        assert code(server, body=None, Content_Length=length) == 411
    assert code(server, body=None, Content_Length="5", Transfer_Encoding="chunked") == 411


def raw(server, data, wait=3.0):
    """Send bytes as they are; return what comes back until the connection closes."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=wait) as one:
        one.sendall(data)
        found = b""
        try:
            while True:
                part = one.recv(65536)
                if not part:
                    return found
                found += part
        except (socket.timeout, ConnectionError):
            return found


@pytest.mark.slow
@pytest.mark.parametrize("data", [
    b"\0\1\2\3\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET " + b"/" * 70000 + b"\r\n",
    b"POST / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01", b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
])
def test_what_is_no_request_of_ours_gets_a_refusal_and_no_word(server, data):
    found = raw(server, data, wait=1.0)
    assert found == b"" or re.match(rb"HTTP/1\.\d [45]\d\d ", found)
    assert b"Traceback" not in found and b"purenn/" not in found
    assert server.token.encode() not in found
    assert code(server) == 200


@pytest.mark.slow
def test_half_a_request_is_closed_after_a_while(server, monkeypatch):
    monkeypatch.setattr(carrier.Handler, "timeout", 0.3)
    head = (f"POST /{server.token}/api HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
            f"Origin: http://127.0.0.1:{server.server_port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: 100\r\n\r\n{{").encode()
    for data in (head, head[:40]):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=60) as one:
            one.sendall(data)
            assert one.recv(1) == b""  # closed by the server; nothing for 60 s would be an error
    assert code(server) == 200


@pytest.mark.parametrize("text", [
    b"", b"{", b"nonsense", b'{"v":1,"v":1}', b'{"v":NaN}', b'{"v":Infinity}', b"[" * 100_000,
    b'{"v":' + b"9" * 19 + b"}", b"\xff\xfe", b'{"a":' * 21 + b"1" + b"}" * 21, b'"\\ud800"x',
])
def test_json_is_read_strictly(text):
    with pytest.raises(Refused):
        parse(text)


def test_what_is_no_json_is_answered(server):
    response, content = ask(server, body=b'{"v":NaN}')
    answer = json.loads(content)
    assert response.status == 200 and not answer["ok"]
    assert answer["error"]["code"] == "bad_request"


def test_lone_surrogates_come_back_as_an_answer(server):
    response, content = ask(server, body=b'{"v":1,"id":"\\ud800","op":"\\ud800"}')
    assert response.status == 200 and not json.loads(content)["ok"]


@pytest.mark.slow
def test_a_hundred_clients_are_all_answered_or_asked_to_wait(server):
    codes = []

    def one():
        try:
            codes.append(code(server))
        except (OSError, http.client.HTTPException):
            codes.append(0)  # closed: more connections than there are places

    threads = [threading.Thread(target=one) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(codes) == 100 and set(codes) <= {200, 503, 0} and codes.count(200) >= 16
    time.sleep(0.1)
    assert code(server) == 200


def test_an_answer_on_an_open_connection_does_not_wait_for_an_acknowledgement(server):
    """Without TCP_NODELAY each of these would take 40 ms more: a ratio of 10, not a time."""
    assert carrier.Handler.disable_nagle_algorithm
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    for _ in range(5):
        connection.request("GET", f"/{server.token}/keys.js")
        assert connection.getresponse().read() == page_files()["keys.js"]
    connection.close()


def test_a_mistake_of_ours_goes_to_the_terminal_and_its_number_to_the_page(server, capsys):
    playground = server.playground
    name = playground.handle({"v": 1, "op": "hello"})["session"]
    session = playground.sessions[name]
    session.ops["look"] = ((), lambda request: 1 / 0)
    answer = playground.handle({"v": 1, "id": 1, "op": "look", "session": name})
    assert answer["error"]["code"] == "internal" and "number 1" in answer["error"]["message"]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_page_weighs_little():
    assert sum(map(len, page_files().values())) < 120_000


def test_the_page_holds_no_inline_script_or_style_and_loads_nothing_foreign():
    html = page_files()["index.html"].decode()
    assert not re.search(r"<script(?![^>]*src=)", html) and "style=" not in html
    assert not re.search(r"\son\w+=", html)
    for name, content in page_files().items():
        for address in re.findall(r"https?://[^\s\"')]+", content.decode()):
            assert address.startswith("http://www.w3.org/"), (name, address)


# ---- The command ----


def started(*options):
    process = subprocess.Popen(
        [sys.executable, "-m", "purenn", "play", "--no-browser", *options], cwd=str(ROOT),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    line = process.stdout.readline()
    return process, re.search(r"http://127\.0\.0\.1:(\d+)/[0-9a-f]{32}/", line)


def ended(process):
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return process.returncode, err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent another way there")
def test_the_command_prints_its_address_takes_another_port_and_ends_cleanly():
    first, address = started()
    second, other = started()
    try:
        assert address and other and address.group(1) != other.group(1)
        assert address.group(0) != other.group(0)
    finally:
        results = ended(first), ended(second)
    assert results == ((0, "stopped\n"), (0, "stopped\n"))


@pytest.mark.slow
def test_a_port_in_use_is_one_sentence(server):
    done = subprocess.run(
        [sys.executable, "-m", "purenn", "play", "--no-browser", "--port",
         str(server.server_port)], cwd=str(ROOT), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_site_and_pyodide_go_together():
    done = subprocess.run([sys.executable, "-m", "purenn", "play", "--site", "x"], cwd=str(ROOT),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "--pyodide" in done.stderr
