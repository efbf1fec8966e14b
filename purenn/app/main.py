"""Arguments in, exit code out: the door of the command line.

Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted (Ctrl-C). Results go to stdout,
progress and errors to stderr. What a user can do wrong is answered with one line, never with a
traceback; and whoever reads only the first lines of our output (`purenn | head -1`) has read
enough: that is no failure.

Before this: commands. This is the last room of the command line.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, List, NoReturn, Optional, Sequence

from .. import __version__
from ..data import DataError
from . import demo, terminal
from .commands import Parser, add_commands
from .names import did_you_mean
from .sources import in_options
from .words import UsageError, listed

__all__ = ["main"]

EXAMPLES = """\
examples:
  python3 -m purenn                        learn to read handwritten digits
  python3 -m purenn train spiral           learn a set that comes along
  python3 -m purenn train --help           all sets and options
  python3 -m purenn selftest               does it compute what it should, here?
  python3 -m purenn lessons                the textbook, in eleven parts

a table of your own, and what becomes of it:
  python3 -m purenn doctor flowers.csv
  python3 -m purenn train flowers.csv -o flowers.safetensors
  python3 -m purenn show flowers.safetensors
  python3 -m purenn evaluate flowers.safetensors test.csv
  python3 -m purenn predict flowers.safetensors new.csv
"""


# ---- The way through ----


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Do what the arguments say (those of the process by default) and return the exit code."""
    _prepare_streams()
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _failed(str(error), 2)
    except KeyboardInterrupt:
        return _failed("interrupted", 130)
    except BrokenPipeError:
        _give_up(sys.stdout)
        _give_up(sys.stderr)
        return 0
    except OSError as error:
        return _failed(_refusal(error), 1)
    except DataError as error:
        return _failed(in_options(str(error)), 1)
    except (ValueError, ArithmeticError, MemoryError) as error:
        return _failed(str(error) or type(error).__name__, 1)


def _run(arguments: List[str]) -> int:
    try:
        options = _parsed(arguments)
    except SystemExit as leaving:  # so argparse ends, after --help and --version
        return int(leaving.code or 0)
    code: int = options.run(options)
    return code


def _prepare_streams() -> None:
    """See to it that writing raises no encoding error, and that there is something to write to."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # None if it was closed from the start
    sys.stderr = sys.stderr or open(os.devnull, "w")
    terminal.make_safe(sys.stdout)
    terminal.make_safe(sys.stderr)


def _refusal(error: OSError) -> str:
    """Return what the system refused, without its number: "flowers.csv: permission denied"."""
    if error.filename is None or not error.strerror:
        return str(error)
    return f"{os.fsdecode(error.filename)}: {error.strerror[0].lower()}{error.strerror[1:]}"


def _failed(message: str, code: int) -> int:
    """Say in one line what went wrong, after whatever has been printed; return the code."""
    one_line = " ".join(message.split())
    try:
        sys.stdout.flush()
    except OSError:
        _give_up(sys.stdout)
    try:
        print(f"purenn: error: {one_line}", file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)
    return code


def _give_up(stream: Any) -> None:
    """Let what is still waiting to be written go nowhere: else Python complains at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError, AttributeError):
        pass  # a stream in memory has no number, and cannot break either


# ---- What can be said on the command line ----


def _parsed(arguments: List[str]) -> argparse.Namespace:
    """Return the options, `run` among them; UsageError for what nobody understands."""
    parser = Parser(
        prog="purenn",
        description="Neural networks in plain Python. Without a command: learn to read\n"
                    "handwritten digits, and show what was learned.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"purenn {__version__}")
    parser.set_defaults(run=lambda options: demo.run())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    add_commands(commands)
    _check_command(arguments, list(commands.choices))
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        _refuse_unknown(unknown[0], commands.choices.get(options.command, parser))
    return options


def _check_command(arguments: List[str], commands: List[str]) -> None:
    if arguments and not arguments[0].startswith("-") and arguments[0] not in commands:
        raise UsageError(
            f"unknown command {arguments[0]!r}; expected {listed(commands)}"
            f"{did_you_mean(arguments[0], commands)} (see purenn --help)"
        )


def _refuse_unknown(word: str, parser: argparse.ArgumentParser) -> NoReturn:
    if not word.startswith("-"):
        parser.error(f"one word too many: {word!r}")
    known = [option for action in parser._actions for option in action.option_strings]
    parser.error(f"unknown option {word}{did_you_mean(word.split('=')[0], known)}")
