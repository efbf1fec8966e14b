"""Arguments in, exit code out: the door of the command line.

Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted (Ctrl-C). Results go to stdout,
progress and errors to stderr. What a user can do wrong is answered with one line, never with a
traceback; and whoever reads only the first lines of our output (`purenn | head -1`) has read
enough: that is no failure.

A new command is a function `add_…_command` that describes its options and sets `run`, the function
of the parsed options that returns the exit code.

Before this: selftest. This is the last room of the command line.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from typing import Any, Callable, Dict, Iterable, List, NoReturn, Optional, Sequence

from .. import __version__
from . import demo, selftest, terminal, train
from .names import ACTIVATIONS, BY_CHANCE, OPTIMIZERS, RECIPES, did_you_mean

__all__ = ["main"]

EXAMPLES = """\
examples:
  python3 -m purenn                        learn to read handwritten digits
  python3 -m purenn train spiral           learn a set that comes along
  python3 -m purenn train --help           all sets and options
  python3 -m purenn selftest               does it compute what it should, here?
"""

TRAIN_EXAMPLES = """\
examples:
  purenn train spiral
  purenn train digits --hidden 64,32 --activation gelu --dropout 0.1
  purenn train wine --optimizer sgd --learning-rate 0.1 --epochs 20
  purenn train iris --epochs 1000 --patience 20 --quiet
  purenn train sine --json > sine.json

Inputs are standardized: every column gets mean 0 and deviation 1 on the rows learned from. The
learning rate falls from its start to 0 along half a cosine. Rows held out (--validation) are looked
at after each epoch, --patience goes by them, and the metrics at the end are measured on them; with
--validation 0 there are none, --patience goes by the training loss, and the metrics of --json are
null. Ctrl-C ends the training and prints what there is.

exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted
"""

SELFTEST_EXAMPLES = """\
examples:
  purenn selftest
  purenn selftest && echo "all is well"
"""


class UsageError(Exception):
    """The arguments make no sense; the message says which one and why."""


class Parser(argparse.ArgumentParser):
    """argparse's parser, but what is wrong is said in one line and handled in one place."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


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
    except (OSError, ValueError, ArithmeticError, MemoryError) as error:
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
    _add_train_command(commands)
    _add_selftest_command(commands)
    _check_command(arguments, list(commands.choices))
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        _refuse_unknown(unknown[0], commands.choices.get(options.command, parser))
    return options


def _check_command(arguments: List[str], commands: List[str]) -> None:
    if arguments and not arguments[0].startswith("-") and arguments[0] not in commands:
        raise UsageError(
            f"unknown command {arguments[0]!r}; expected {_listed(commands)}"
            f"{did_you_mean(arguments[0], commands)} (see purenn --help)"
        )


def _refuse_unknown(word: str, parser: argparse.ArgumentParser) -> NoReturn:
    if not word.startswith("-"):
        parser.error(f"one word too many: {word!r}")
    known = [option for action in parser._actions for option in action.option_strings]
    parser.error(f"unknown option {word}{did_you_mean(word.split('=')[0], known)}")


def _add_command(
    commands: Any, name: str, says: str, examples: str,
    run: Callable[[argparse.Namespace], int],
) -> Parser:
    parser: Parser = commands.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _add_selftest_command(commands: Any) -> None:
    _add_command(
        commands, "selftest", "check gradients, known answers and the bits of a reference run",
        SELFTEST_EXAMPLES, lambda options: selftest.run(),
    )


def _add_train_command(commands: Any) -> None:
    parser = _add_command(
        commands, "train", "train a network on a data set and measure it on rows it has not seen",
        TRAIN_EXAMPLES, _train,
    )
    parser.add_argument("data", metavar="NAME", type=_one_of(RECIPES),
                        help=f"the data set: {', '.join(RECIPES)}")
    add = parser.add_argument_group(
        "settings (by default those that suit the data set)").add_argument
    add("--hidden", metavar="N,N,…", type=_sizes,
        help="neurons of each hidden layer, or none for no hidden layer")
    add("--activation", metavar="NAME", type=_one_of(ACTIVATIONS), help=", ".join(ACTIVATIONS))
    add("--optimizer", metavar="NAME", type=_one_of(OPTIMIZERS), help=", ".join(OPTIMIZERS))
    add("--learning-rate", metavar="RATE", type=_above_zero, help="the learning rate at the start")
    add("--epochs", metavar="N", type=_count, help="how many times through all rows")
    add("--batch-size", metavar="N", type=_count, help="rows for each step")
    add("--l1", metavar="STRENGTH", type=_not_negative, help="penalty on |w| (default 0)")
    add("--l2", metavar="STRENGTH", type=_not_negative, help="penalty on w² (default 0)")
    add("--dropout", metavar="RATE", type=_fraction,
        help="part of each hidden layer switched off at random while learning (default 0)")
    add("--validation", metavar="PART", type=_fraction,
        help="part of the rows to hold out (default 0.2)")
    add("--patience", metavar="N", type=_count,
        help="stop after N epochs without a smaller loss, and go back to the best weights")
    add("--seed", metavar="N", type=_seed, help="where chance begins (default 0)")
    add = parser.add_argument_group("output").add_argument
    add("--quiet", action="store_true", help="no progress on stderr")
    add("--json", action="store_true", help="settings, history and metrics as one JSON object")


def _train(options: argparse.Namespace) -> int:
    if options.optimizer in BY_CHANCE and options.learning_rate is not None:
        raise UsageError(f"--learning-rate: {options.optimizer} has none: it goes by chance")
    chosen: Dict[str, Any] = {
        name: getattr(options, name) for name in train.Settings._fields if name != "data"
    }
    settings = train.settings_for(options.data, **chosen)
    return train.run(settings, quiet=options.quiet, as_json=options.json)


# ---- What a word may be: each returns the value or says what was expected ----


def _one_of(known: Iterable[str]) -> Callable[[str], str]:
    names = list(known)

    def name(word: str) -> str:
        if word not in names:
            raise argparse.ArgumentTypeError(
                f"expected {_listed(names)}, got {word!r}{did_you_mean(word, names)}")
        return word

    return name


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _sizes(word: str) -> List[int]:
    return [] if word == "none" else [_count(part) for part in word.split(",")]


def _count(word: str) -> int:
    return _whole_number(word, 1)


def _seed(word: str) -> int:
    return _whole_number(word, 0)


def _whole_number(word: str, low: int) -> int:
    try:
        value = int(word)
    except ValueError:
        value = low - 1
    if value < low:
        raise argparse.ArgumentTypeError(f"expected a whole number from {low} on, got {word!r}")
    return value


def _above_zero(word: str) -> float:
    return _number(word, lambda value: value > 0, "a number above 0")


def _not_negative(word: str) -> float:
    return _number(word, lambda value: value >= 0, "a number, 0 or above")


def _fraction(word: str) -> float:
    return _number(word, lambda value: 0 <= value < 1, "a number from 0 to below 1")


def _number(word: str, fits: Callable[[float], bool], expected: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not fits(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {word!r}")
    return value
