"""What a terminal can show: colours if it has any, and which characters.

Results go to stdout and may end up in a file, in another program or on an old terminal that knows
nothing but ASCII. So whoever prints asks here: may I use colour, may I rewrite a line, how wide is
it? And characters that the other side does not know are replaced by plain ones instead of raising
an error.

Before this: svg. After this: characters.
"""

from __future__ import annotations

import codecs
import os
import shlex
import shutil
import sys
from contextlib import contextmanager
from typing import Any, Iterator, List, Tuple, Union

__all__ = [
    "PLAIN", "columns_of", "encodable", "make_safe", "may_rewrite", "paged", "painted",
    "printable", "use_colour",
]

COLOURS = {"red": "31", "green": "32", "dim": "2", "bold": "1"}

# What stands in for a character that the terminal or file cannot hold.
PLAIN = {
    "━": "=", "─": "-", "█": "#", "▓": "*", "▒": "+", "░": ".", "→": "->", "×": "x", "·": ".",
    "²": "2", "−": "-", "–": "-", "…": "...", "“": '"', "”": '"', "≥": ">=", "≤": "<=",
    "│": "|", "┤": "+", "┬": "+", "└": "+", "▀": "#", "▌": "#", "′": "'",
}

FIRST_DOTS, LAST_DOTS = "\u2800", "\u28ff"  # the braille patterns, as many dots as they have bits


def use_colour(stream: Any) -> bool:
    """Say whether to colour what goes to this stream.

    NO_COLOR in the environment (not empty) turns colour off; else FORCE_COLOR turns it on; else
    there is colour on a terminal, unless it calls itself dumb.
    Source: no-color.org and force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return may_rewrite(stream)


def may_rewrite(stream: Any) -> bool:
    """Say whether this is a terminal on which a line can be written over."""
    is_terminal = getattr(stream, "isatty", None)
    return bool(is_terminal and is_terminal()) and os.environ.get("TERM") != "dumb"


@contextmanager
def paged(stream: Any) -> Iterator[Any]:
    """Give a stream that shows a long text page by page, where there is a terminal at both ends.

    PAGER in the environment is the program for it, by default less. Elsewhere, and where there is
    no such program, the stream itself is given. Whoever leaves the pager early ends the text.
    """
    import subprocess  # takes a while, and most commands need no pager

    command = _pager()
    if not (command and may_rewrite(stream) and may_rewrite(sys.stdin)):
        yield stream
        return
    settings = {"LESS": "FRX", **os.environ}  # end on one page, show colours, leave the text there
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=settings, encoding="utf-8") as pager:
        try:
            yield pager.stdin
        except BrokenPipeError:
            pass
        finally:
            _close(pager.stdin)


def _pager() -> List[str]:
    """Return the command of the pager, an empty one if there is none."""
    command = shlex.split(os.environ.get("PAGER", "less"))
    return command if command and shutil.which(command[0]) else []


def _close(stream: Any) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        pass


def columns_of(stream: Any) -> int:
    """Return how many characters go into a line of this terminal; COLUMNS in the environment wins.

    `shutil.get_terminal_size` alone would ask stdout, which may be a file while stderr is not.
    """
    try:
        if not os.environ.get("COLUMNS"):
            return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        pass  # no terminal, or a stream in memory
    return shutil.get_terminal_size().columns


def painted(text: str, colour: str, wanted: bool) -> str:
    """Return the text in a colour if colour is wanted, else as it is.

    >>> painted("7", "red", wanted=False)
    '7'
    """
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wanted else text


def make_safe(stream: Any) -> None:
    """Let a stream replace characters that it cannot encode, instead of raising an error."""
    if hasattr(stream, "reconfigure"):
        codecs.register_error("purenn-plain", _in_plain_characters)
        stream.reconfigure(errors="purenn-plain")


def encodable(text: str, stream: Any) -> str:
    """Return the text with plain characters for those that this stream cannot encode."""
    codecs.register_error("purenn-plain", _in_plain_characters)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "purenn-plain").decode(encoding)


def _in_plain_characters(error: UnicodeError) -> Tuple[Union[str, bytes], int]:
    """Return the replacement for what could not be encoded, and where to go on.

    This is what `codecs.register_error` asks of an error handler.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start:error.end]
    return "".join(_plain(character) for character in missing), error.end


def _plain(character: str) -> str:
    if FIRST_DOTS <= character <= LAST_DOTS:
        dots = bin(ord(character) - ord(FIRST_DOTS)).count("1")
        return " .:*#"[(dots + 1) // 2]
    return PLAIN.get(character, "?")


def printable(text: str) -> str:
    r"""Return a text from a file with what could garble a terminal written out.

    >>> print(printable("\x1b[31mred"), printable("größe"))
    \x1b[31mred größe
    """
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
