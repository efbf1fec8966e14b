"""`purenn doctor DATA`: is there anything in the data that keeps a network from learning?"""

from __future__ import annotations

import argparse
from random import Random

from ..data import as_flags
from ..doctor import diagnose_learning
from . import options as words
from .options import Parser
from .report import safe_lines
from .sources import read

__all__ = ["EXAMPLES", "EXIT_CODES", "add", "run"]

EXAMPLES = """
examples:
  purenn doctor flowers.csv --target species
  purenn doctor train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz
  purenn doctor spiral

The table is looked at first, then a small network is watched while it learns from it; the first
problem is explained with a number and a next step.
"""

EXIT_CODES = ("exit codes: 0 healthy, 1 a problem was found (or it failed), 2 wrong usage, "
              "130 interrupted")


def add(parser: Parser) -> None:
    """Add the options of this command."""
    words.add_data(parser)
    words.add_table_options(parser)
    parser.add_argument("--seed", metavar="N", type=words.seed, default=0,
                        help="where chance begins (default 0)")


def run(options: argparse.Namespace) -> int:
    """Print the diagnosis; return 0 for healthy data, 1 if there is a problem."""
    rng = Random(options.seed)
    source = read(options.data, words.table_options(options), rng)
    if source.report is not None:
        print(safe_lines(source.report.told(as_flags)), end="\n\n")
    diagnosis = diagnose_learning(source.data, rng=rng)
    print("\n".join([source.data.description, "", safe_lines(str(diagnosis))]))
    return 0 if diagnosis.ok else 1
