"""Arguments in, exit code out: where the command line begins.

Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted (Ctrl-C). Results go to stdout,
progress and errors to stderr. What a user can do wrong is answered with one line, never with a
traceback; and whoever reads only the first lines of our output (`purenn | head -1`) has read
enough: that is no failure.

A command is a file of this folder with `EXAMPLES`, `add(parser)` and `run(options)`, and a line in
COMMANDS. It is imported when it is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import Any, List, NoReturn, Optional, Sequence

from .. import __version__
from ..data import DataError
from ..data.options import as_flags
from ..draw.terminal import make_safe
from ..text import did_you_mean, listed, safe
from .options import CODES, Parser, UsageError, called
from .progress import give_up

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "train": "train a network on data and measure it on rows it has not seen",
    "predict": "say what a trained model makes of new rows",
    "evaluate": "measure a trained model on rows whose answers are known",
    "show": "say what is in a model file, and whether it still computes the same",
    "gpt": "train a small language model on text, and let it write",
    "export": "write a trained model as a file that runs without purenn",
    "doctor": "look for what keeps a network from learning from some data",
    "play": "watch a network learn, in the browser: the playground",
    "lessons": "the textbook: fifteen parts that run as they are read",
    "exercise": "write a file of exercises, functions with holes",
    "check": "look at the exercises that you have done, and give hints",
    "selftest": "check gradients, known answers and the bits of a reference run",
}

EXAMPLES = """
examples:
  purenn                         learn to read handwritten digits
  purenn train spiral            learn a set that comes along
  purenn train --help            all sets and options
  purenn gpt names               invent names, after learning from some thousand
  purenn play                    the playground, in the browser
  purenn selftest                does it compute what it should, here?
  purenn lessons                 the textbook, in fifteen parts

a table of your own, and what becomes of it:
  purenn doctor flowers.csv
  purenn train flowers.csv -o flowers.safetensors
  purenn show flowers.safetensors
  purenn evaluate flowers.safetensors test.csv
  purenn predict flowers.safetensors new.csv
  purenn export flowers.safetensors -o flowers.py
"""


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
        give_up(sys.stdout)
        give_up(sys.stderr)
        return 0
    except OSError as error:
        return _failed(_refusal(error), 1)
    except DataError as error:
        return _failed(error.told(as_flags), 1)
    except MemoryError as error:
        return _failed(str(error) or "out of memory: try fewer rows or columns, a smaller --hidden "
                                     "or --batch-size", 1)
    except (ValueError, ArithmeticError) as error:
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
    make_safe(sys.stdout)
    make_safe(sys.stderr)


def _refusal(error: OSError) -> str:
    """Return what the system refused, without its number: "flowers.csv: permission denied"."""
    if error.filename is None or not error.strerror:
        return str(error)
    return f"{os.fsdecode(error.filename)}: {error.strerror[0].lower()}{error.strerror[1:]}"


def _failed(message: str, code: int) -> int:
    """Say in one line what went wrong, after whatever has been printed; return the code."""
    one_line = safe(" ".join(message.split()))
    try:
        sys.stdout.flush()
    except OSError:
        give_up(sys.stdout)
    try:
        print(f"purenn: error: {one_line}", file=sys.stderr, flush=True)
    except OSError:
        give_up(sys.stderr)
    return code


# ---- What can be said on the command line ----


def _parsed(arguments: List[str]) -> argparse.Namespace:
    """Return the options, `run` among them; UsageError for what nobody understands."""
    parser = Parser(
        prog=called(),
        description="Neural networks in plain Python. Without a command: learn to read handwritten "
                    "digits, and show what was learned.",
        epilog=_as_called(EXAMPLES),
    )
    parser.add_argument("--version", action="version", version=f"purenn {__version__}")
    parser.set_defaults(run=_demo)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    name = arguments[0] if arguments else ""
    if name and not name.startswith("-") and name not in COMMANDS:
        raise UsageError(f"unknown command {name!r}; expected {listed(list(COMMANDS))}"
                         f"{did_you_mean(name, COMMANDS)} (see {called()} --help)")
    for command in COMMANDS:
        _add_command(commands, command, imported=command == name)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        _refuse_unknown(unknown[0], commands.choices.get(options.command, parser))
    return options


def _demo(options: argparse.Namespace) -> int:
    from . import demo

    return demo.run()


def _add_command(commands: Any, name: str, imported: bool) -> None:
    """Add a command; of those that nobody asked for, only the line in the list."""
    says = COMMANDS[name]
    if not imported:
        commands.add_parser(name, help=says)
        return
    module = import_module(f".{name}", __package__)
    codes = getattr(module, "EXIT_CODES", CODES)
    parser = commands.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.",
        epilog=f"{_as_called(module.EXAMPLES)}\n{codes}",
    )
    module.add(parser)
    parser.set_defaults(run=module.run)


def _as_called(examples: str) -> str:
    """Return examples with the command that works here: python3 -m purenn, if it was called so."""
    return examples.replace("purenn ", f"{called()} ")


def _refuse_unknown(word: str, parser: argparse.ArgumentParser) -> NoReturn:
    if not word.startswith("-"):
        parser.error(f"one word too many: {word!r}")
    known = [option for action in parser._actions for option in action.option_strings]
    parser.error(f"unknown option {word}{did_you_mean(word.split('=')[0], known)}")
