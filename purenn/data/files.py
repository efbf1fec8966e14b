"""Opening files as they come: plain or gzipped, a path or an open file, whole or broken.

Data files have a life before they reach us. They were packed with gzip (and perhaps renamed, so
the name says nothing; the first two bytes, 1f 8b, do), cut off by a download that failed, or they
are not data at all but the page that said "please log in". The readers for CSV and IDX both need
the same care, so it is taken here once: whatever is wrong with the bytes becomes a `DataError`
that names the file. That a file cannot be opened at all (it is not there, it may not be read)
stays an OSError, which already says so.

Before this: bundled. After this: encoding.
"""

import io
import os
import re
import zlib
from contextlib import contextmanager, suppress
from typing import IO, Any, BinaryIO, Callable, Iterator, List, Optional, Union, cast

from ..text import nearest, safe, shown
from .errors import DataError
from .options import Advice

__all__ = [
    "LINE_LIMIT", "Source", "file_name", "missing_file", "opened", "read_into", "read_some",
    "text_lines",
]

Source = Union[str, bytes, "os.PathLike[Any]", IO[Any]]
_PATH = (str, bytes, os.PathLike)

LINE_LIMIT = 4_000_000  # characters in one line; more is no table
_GZIP = b"\x1f\x8b"
_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet; unpack it, or export the sheet as CSV",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
}


def file_name(source: Source) -> str:
    """Return what to call a path or an open file in a message; safe to show, whatever its bytes."""
    if isinstance(source, _PATH):
        return safe(os.fsdecode(source))
    name = getattr(source, "name", None)
    return safe(os.fsdecode(name)) if isinstance(name, (str, bytes)) else "the data"


def missing_file(path: Any) -> FileNotFoundError:
    """Return the error for a file that is not there, with the name of one that is, if it is near.

    A file of the same name with an ending is near ("flowers" beside "flowers.csv"), and so is one
    with a slip of the pen.
    """
    folder, name = os.path.split(os.fsdecode(path))
    try:
        there = sorted(os.listdir(folder or "."))
    except OSError:
        there = []
    longer = [one for one in there if one.startswith(name + ".")]
    near = longer[0] if longer else nearest(name, there)
    hint = f"; did you mean {safe(os.path.join(folder, near))}?" if near else ""
    return FileNotFoundError(2, f"there is no such file{hint}", path)


@contextmanager
def opened(source: Source, rewindable: bool = False) -> Iterator[BinaryIO]:
    """Open a path or take an open file, and give a file of its bytes, unpacked if it is gzipped.

    With `rewindable`, the file can be read again after `seek(0)`; a stream, such as standard
    input, is then copied to a temporary file on disk first. An open file is not closed.
    Raises DataError for formats that are surely neither CSV nor IDX, OSError if a path cannot be
    opened.
    """
    if isinstance(source, _PATH):
        if not os.path.exists(source):
            raise missing_file(source)
        with open(source, "rb") as file:
            if rewindable and not file.seekable():
                with _copied(file, file_name(source)) as copy:
                    yield _unpacked(copy, file_name(source))
            else:
                yield _unpacked(file, file_name(source))
        return
    stream = _binary(source)
    if not rewindable and hasattr(stream, "peek") and isinstance(stream, io.BufferedIOBase):
        yield _unpacked(cast(BinaryIO, stream), file_name(source))
        return
    with _copied(stream, file_name(source)) as copy:
        yield _unpacked(copy, file_name(source))


def _binary(source: IO[Any]) -> IO[Any]:
    """Return the bytes under an open text file, if it has any (a StringIO has not)."""
    return getattr(source, "buffer", source)


@contextmanager
def _copied(stream: IO[Any], name: str) -> Iterator[BinaryIO]:
    if isinstance(stream, io.BytesIO):  # in memory already, and there it stays
        yield cast(BinaryIO, io.BufferedReader(io.BytesIO(stream.read())))
        return
    import tempfile

    with tempfile.TemporaryFile() as copy:
        while True:
            chunk: Union[str, bytes] = _guarded(stream.read, 1 << 20, name)
            if not chunk:
                break
            copy.write(chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else chunk)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def _unpacked(file: BinaryIO, name: str) -> BinaryIO:
    begin: bytes = cast(Any, file).peek(5)[:5]
    if begin.startswith(_GZIP):
        import gzip

        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    for magic, what in _OTHER_FORMATS.items():
        if begin.startswith(magic):
            raise DataError(f"this is {what}", name)
    return file


def read_some(file: BinaryIO, count: int, name: str) -> bytes:
    """Read `count` bytes, fewer at the end of the file; a broken gzip stream is a DataError."""
    return cast(bytes, _guarded(file.read, count, name))


def read_into(file: BinaryIO, buffer: memoryview, name: str) -> int:
    """Read bytes into the buffer, return how many, 0 at the end; errors as in `read_some`."""
    return cast(int, _guarded(cast(Any, file).readinto, buffer, name))


def _guarded(
    read: Callable[[Any], Any], argument: Any, name: str, encoding: Optional[str] = None
) -> Any:
    try:
        return read(argument)
    except UnicodeError:
        raise DataError(f"expected text in {encoding or 'UTF-8'}, got bytes that are none",
                        name) from None
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"the file is damaged or incomplete and cannot be unpacked or read ({error}). Fetch it "
            "again", name) from None


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # its byte-order marks


def text_lines(file: BinaryIO, name: str, encoding: Optional[str] = None) -> Iterator[str]:
    """Yield the lines of a file, each with its line end, one at a time.

    encoding  of the text; if nothing is said, UTF-8, or UTF-16 if the file has its byte-order mark

    A byte-order mark at the beginning is skipped. Raises DataError with the number of the line
    for bytes that are not of this encoding, for NUL characters, and for lines beyond LINE_LIMIT.
    """
    peek = cast(Any, file).peek
    begins: bytes = _guarded(peek, 2, name)[:2] if encoding is None else b""
    chosen = encoding or ("utf-16" if begins in _UTF_16 else "utf-8-sig")
    utf8 = chosen == "utf-8-sig"
    text = io.TextIOWrapper(
        file, encoding=chosen, errors="surrogateescape" if utf8 else "strict", newline="")
    number = 0
    try:
        while True:
            line: str = _guarded(text.readline, LINE_LIMIT, name, chosen)
            if not line:
                return
            number += 1
            _check_line(line, number, name)
            yield line.lstrip("\ufeff") if number == 1 else line
    finally:
        with suppress(ValueError):  # where the file is closed already
            text.detach()  # or the wrapper would close a file that is not ours


def _check_line(line: str, number: int, name: str) -> None:
    where = f"{name}, line {number}"
    if number == 1 and line.lstrip()[:5].lower() in ("<!doc", "<html", "<?xml"):
        raise DataError("this is a web page, not data; look at what was downloaded", where)
    if "\0" in line:
        raise DataError("expected text, got a NUL character; is this a CSV file?", where,
                        _advice_for_nul(line))
    if len(line) >= LINE_LIMIT:
        raise DataError(f"expected at most {LINE_LIMIT} characters; is this a CSV file?", where)
    if not line.isascii():
        _check_utf8(line, where)


def _advice_for_nul(line: str) -> List[Advice]:
    """Return advice if every other character is NUL, as in UTF-16 without a byte-order mark."""
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if len(line) > 3 and set(line[first:40:2]) == {"\0"}:
            return [Advice("it looks like UTF-16", {"encoding": encoding})]
    return []


def _check_utf8(line: str, where: str) -> None:
    # A byte that is not UTF-8 was read as a lone surrogate, U+DC80 to U+DCFF.
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(line[error.start]) & 0xFF
        before = shown(line[max(0, error.start - 20) : error.start])
        raise DataError(f"expected UTF-8, got the byte {byte:#04x} after {before}", where,
                        _advice_for_bytes(line)) from None


def _advice_for_bytes(line: str) -> List[Advice]:
    """Return how a line that is not UTF-8 would read in the usual encodings of one byte each.

    In Latin-1 the bytes 80 to 9f are control characters, which no table holds: then it is the
    encoding of Windows.
    """
    raw = line.encode("utf-8", "surrogateescape")
    encoding = "cp1252" if re.search(b"[\x80-\x9f]", raw) else "latin-1"
    text = raw.decode(encoding, "replace")
    words = [word for word in re.split(r"[^\w ]+", text) if not word.isascii()]
    advice = Advice(f"read it with {shown(words[0].strip()) if words else 'all its signs'}",
                    {"encoding": encoding})
    return [advice, Advice("save the file as UTF-8")]
