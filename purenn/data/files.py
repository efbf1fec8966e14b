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
import zlib
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Callable, Iterator, Union, cast

from .dataset import DataError

__all__ = ["LINE_LIMIT", "Source", "file_name", "opened", "read_some", "shown", "text_lines"]

Source = Union[str, "os.PathLike[str]", IO[Any]]

LINE_LIMIT = 4_000_000  # characters in one line; more is no table
_GZIP = b"\x1f\x8b"
_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet; unpack it, or export the sheet as CSV",
    b"\xff\xfe": "text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "text in UTF-16; save it as UTF-8",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
}


def file_name(source: Source) -> str:
    """Return what to call a path or an open file in a message."""
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "the data"


def shown(text: str) -> str:
    """Return a text in quotes, cut short: a cell may hold a whole book, a message may not.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    return repr(text if len(text) <= 40 else text[:40] + "…")


@contextmanager
def opened(source: Source, rewindable: bool = False) -> Iterator[BinaryIO]:
    """Open a path or take an open file, and give a file of its bytes, unpacked if it is gzipped.

    With `rewindable`, the file can be read again after `seek(0)`; a stream, such as standard
    input, is then copied to a temporary file on disk first. An open file is not closed.
    Raises DataError for formats that are surely neither CSV nor IDX, OSError if a path cannot be
    opened.
    """
    if isinstance(source, (str, os.PathLike)):
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
            raise DataError(f"{name}: this is {what}")
    return file


def read_some(file: BinaryIO, count: int, name: str) -> bytes:
    """Read `count` bytes, fewer at the end of the file; a broken gzip stream is a DataError."""
    return cast(bytes, _guarded(file.read, count, name))


def _guarded(read: Callable[[int], Any], count: int, name: str) -> Any:
    try:
        return read(count)
    except (EOFError, OSError, UnicodeError, zlib.error) as error:
        raise DataError(
            f"{name}: the file is damaged or incomplete and cannot be unpacked or read "
            f"({error}). Fetch it again"
        ) from None


def text_lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 file, each with its line end, one at a time.

    A byte-order mark at the beginning is skipped. Raises DataError with the number of the line
    for bytes that are not UTF-8, for NUL characters, and for lines beyond LINE_LIMIT.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    number = 0
    try:
        while True:
            line: str = _guarded(text.readline, LINE_LIMIT, name)
            if not line:
                return
            number += 1
            _check_line(line, number, name)
            yield line
    finally:
        if not text.closed:
            text.detach()  # or the wrapper would close a file that is not ours


def _check_line(line: str, number: int, name: str) -> None:
    where = f"{name}, line {number}"
    if number == 1 and line.lstrip()[:5].lower() in ("<!doc", "<html", "<?xml"):
        raise DataError(f"{where}: this is a web page, not data; look at what was downloaded")
    if "\0" in line:
        raise DataError(f"{where}: expected text, got a NUL character; is this a CSV file?")
    if len(line) >= LINE_LIMIT:
        raise DataError(f"{where}: expected at most {LINE_LIMIT} characters; is this a CSV file?")
    if not line.isascii():
        _check_utf8(line, where)


def _check_utf8(line: str, where: str) -> None:
    # A byte that is not UTF-8 was read as a lone surrogate, U+DC80 to U+DCFF.
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(line[error.start]) & 0xFF
        raise DataError(
            f"{where}: expected UTF-8, got the byte {byte:#04x} after "
            f"{shown(line[max(0, error.start - 20) : error.start])}. Save the file as UTF-8"
        ) from None
