"""The commands and their options, as `argparse` wants to know them.

A new command is a function that describes its options and sets `run`, the function of the parsed
options that returns the exit code; it is called in `add_commands`.

Before this: selftest. After this: main.
"""

from __future__ import annotations

import argparse
from typing import Any, Callable, Dict, NoReturn

from . import checkup, evaluate, learn, predict, selftest, show, words
from .keep import Files
from .names import ACTIVATIONS, BY_CHANCE, MAKERS, OPTIMIZERS
from .predict import Table
from .sources import Reading
from .train import Settings
from .words import UsageError

__all__ = ["Parser", "add_commands"]

Options = argparse.Namespace

CODES = "exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted\n"

TRAIN_EXAMPLES = """\
examples:
  purenn train spiral
  purenn train moons --plot moons.svg
  purenn train digits --hidden 64,32 --activation gelu --dropout 0.1
  purenn train iris --epochs 1000 --patience 20 --quiet
  purenn train sine --json > sine.json
  purenn train flowers.csv --target species -o flowers.safetensors
  purenn train houses.csv --missing mean --ignore id,owner -o houses.json
  purenn train train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz -o mnist.safetensors
  purenn train big.csv --checkpoint big.checkpoint -o big.safetensors
  purenn train big.csv --resume big.checkpoint -o big.safetensors

Inputs are standardized: every column gets mean 0 and deviation 1 on the rows learned from (pixels
of IDX files: all together). Targets that are values are standardized as well, so the loss of a
regression is the mean squared error where 1 is no better than always answering with the mean; r2 is
1 minus that on the held-out rows, and the mean absolute error is in the unit of the target. The
learning rate falls from its start to 0 along half a cosine.

Rows held out (--validation) are looked at after each epoch, --patience goes by them, and the
metrics at the end are measured on them; with --validation 0 there are none, --patience goes by the
training loss, and the metrics of --json are null. Ctrl-C ends the training, prints what there is,
and writes the model if -o was given.

A killed training that had a checkpoint ends, if the same command is given with --resume, with the
same model to the bit as if it had never stopped.

""" + CODES

PREDICT_EXAMPLES = """\
examples:
  purenn predict flowers.safetensors new.csv
  purenn predict flowers.safetensors new.csv --probabilities > answers.csv
  tail -f measurements.csv | purenn predict flowers.safetensors - --no-header
  purenn predict mnist.safetensors t10k-images-idx3-ubyte.gz

The answers are CSV: a line "prediction", then one line for each row, with the name of the class or
the value in the unit of the target. Columns are found by their names if the table has a line of
names, in any order, and others are passed over; without one, by their position in the table of the
training. The target column may be there or not. Nothing is held but the row at hand.

""" + CODES

EVALUATE_EXAMPLES = """\
examples:
  purenn evaluate flowers.safetensors test.csv
  purenn evaluate mnist.safetensors t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz
  purenn evaluate houses.json test.csv --json

""" + CODES

SHOW_EXAMPLES = """\
examples:
  purenn show flowers.safetensors

""" + CODES

GPT_EXAMPLES = """\
examples:
  purenn gpt names
  purenn gpt names --steps 3000 --batch 8 -o names.safetensors
  purenn gpt names.safetensors --prompt ma --temperature 1
  purenn gpt novel.txt --width 32 --layers 2 --context 64 --tokens 200
  purenn gpt names.txt --like microgpt --json

A tenth is held out. The loss is the mean of −log p over its characters, p the probability that was
given to the character that came; the perplexity is e to the power of that: as surprised as by a
guess among so many.

""" + CODES

DOCTOR_EXAMPLES = """\
examples:
  purenn doctor flowers.csv --target species
  purenn doctor train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz
  purenn doctor spiral

The table is looked at first, then a small network is watched while it learns from it; the first
problem is explained with a number and a next step.

exit codes: 0 healthy, 1 a problem was found (or it failed), 2 wrong usage, 130 interrupted
"""

LESSONS_EXAMPLES = """\
examples:
  purenn lessons
  purenn lessons 7
  purenn lessons 7 --notebook part7.ipynb
  purenn lessons --book book

The book is a folder of pages for a browser, to be opened without the internet; begin at its
index.html. All parts are run to make it, which takes some minutes.

""" + CODES

EXERCISE_EXAMPLES = """\
examples:
  purenn exercise                 which ones there are
  purenn exercise 9               writes exercise_09.py into this folder
  purenn exercise 9 -o mine.py

The file has functions whose bodies are missing, and says what each should do. No file that is there
already is touched.

""" + CODES

CHECK_EXAMPLES = """\
examples:
  purenn check exercise_09.py

Each function is tried with an example worked out by hand and with random numbers, and where it
computes a gradient, by the gradient checker. What is wrong gets a hint how it is wrong. The file is
run as Python runs it, so check only files that you trust.

exit codes: 0 all is right, 1 something is wrong or still a hole, 2 wrong usage, 130 interrupted
"""

SELFTEST_EXAMPLES = """\
examples:
  purenn selftest
  purenn selftest && echo "all is well"
"""


class Parser(argparse.ArgumentParser):
    """argparse's parser, but what is wrong is said in one line and handled in one place."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def add_commands(commands: Any) -> None:
    """Add all commands to what `add_subparsers` returned."""
    _add_train_command(commands)
    _add_predict_command(commands)
    _add_evaluate_command(commands)
    _add_show_command(commands)
    _add_gpt_command(commands)
    _add_doctor_command(commands)
    _add_lessons_command(commands)
    _add_exercise_commands(commands)
    _add_selftest_command(commands)


def _add_command(
    commands: Any, name: str, says: str, examples: str, run: Callable[[Options], int]
) -> Parser:
    parser: Parser = commands.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


# ---- What several commands take ----


def _add_data(parser: Parser) -> None:
    parser.add_argument("data", metavar="DATA", nargs="+",
                        help=f"a CSV file (- for standard input), two IDX files (images and "
                             f"labels), or the name of a set: {', '.join(MAKERS)}. Files may be "
                             f"gzipped; a file that is called as a set is ./NAME")


def _add_model(parser: Parser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a file that purenn train -o wrote, or "
                                                       "purenn.save")


def _add_table_options(parser: Parser, delimiter: str) -> Any:
    """Add the options that hold for every table; return the function that adds more of them."""
    add = parser.add_argument_group("tables (CSV)").add_argument
    add("--delimiter", metavar="C", type=words.delimiter,
        help=f"the character between cells, or tab (default: {delimiter})")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--header", action="store_true", default=None,
                        help="the first line holds names (by default this is found out)")
    either.add_argument("--no-header", dest="header", action="store_false", default=None,
                        help="the first line is data")
    return add


def _add_reading_options(parser: Parser) -> None:
    """Add the options of those who see a table for the first time."""
    add = _add_table_options(parser, "a comma")
    add("--target", metavar="COL", type=words.column,
        help="the column to be predicted: its name, or its position, counted from 0, from the end "
             "if negative (default: the last)")
    add("--task", metavar="TASK", type=words.one_of(["classification", "regression"]),
        help="classification or regression (default: regression if the target is numbers)")
    add("--missing", metavar="HOW", type=words.one_of(["refuse", "mean", "drop"]),
        default="refuse", help="empty cells: refuse them, fill in the mean of the column (for "
                               "words, a word of its own), or drop their rows (default refuse)")
    add("--text", metavar="COLS", type=words.columns, action="extend", default=[],
        help="columns of words, even if they look like numbers: a,b,c")
    add("--ignore", metavar="COLS", type=words.columns, action="extend", default=[],
        help="columns to leave out")
    add("--categories-cap", metavar="N", type=words.count, default=50,
        help="the largest number of different words in a column (default 50)")


def _reading(options: Options) -> Reading:
    return Reading(options.target, options.task, options.missing, options.delimiter or ",",
                   options.header, tuple(options.text), tuple(options.ignore),
                   options.categories_cap)


# ---- The commands ----


def _add_train_command(commands: Any) -> None:
    parser = _add_command(
        commands, "train", "train a network on data and measure it on rows it has not seen",
        TRAIN_EXAMPLES, _train,
    )
    _add_data(parser)
    _add_settings(parser)
    _add_reading_options(parser)
    add = parser.add_argument_group("output").add_argument
    add("-o", "--output", metavar="MODEL",
        help="write the model to this file: JSON if it ends in .json, else safetensors")
    add("--checkpoint", metavar="FILE", help="write all there is to this file after every epoch")
    add("--resume", metavar="FILE",
        help="go on from a checkpoint, and go on writing it (or that of --checkpoint)")
    add("--plot", metavar="SVG",
        help="write a picture to this file: the curves, and for two columns and classes what the "
             "network says everywhere, for one column and values its curve")
    add("--quiet", action="store_true", help="no progress on stderr")
    add("--json", action="store_true", help="settings, history and metrics as one JSON object")


def _add_settings(parser: Parser) -> None:
    _add_network_settings(parser.add_argument_group(
        "network (by default what suits the data)").add_argument)
    _add_training_settings(parser.add_argument_group(
        "training (by default what suits the data)").add_argument)


def _add_network_settings(add: Any) -> None:
    add("--hidden", metavar="N,N,…", type=words.sizes,
        help="neurons of each hidden layer, or none for no hidden layer")
    add("--activation", metavar="NAME", type=words.one_of(ACTIVATIONS),
        help=", ".join(ACTIVATIONS))
    add("--dropout", metavar="RATE", type=words.fraction,
        help="part of each hidden layer switched off at random while learning (default 0)")


def _add_training_settings(add: Any) -> None:
    add("--optimizer", metavar="NAME", type=words.one_of(OPTIMIZERS), help=", ".join(OPTIMIZERS))
    add("--learning-rate", metavar="RATE", type=words.above_zero,
        help="the learning rate at the start")
    add("--epochs", metavar="N", type=words.count,
        help="how many times through all rows (for files, by default until 100,000 rows have been "
             "shown, but from 5 to 100)")
    add("--batch-size", metavar="N", type=words.count, help="rows for each step")
    add("--l1", metavar="STRENGTH", type=words.not_negative, help="penalty on |w| (default 0)")
    add("--l2", metavar="STRENGTH", type=words.not_negative, help="penalty on w² (default 0)")
    add("--validation", metavar="PART", type=words.fraction,
        help="part of the rows to hold out (default 0.2)")
    add("--patience", metavar="N", type=words.count,
        help="stop after N epochs without a smaller loss, and go back to the best weights")
    add("--seed", metavar="N", type=words.seed, help="where chance begins (default 0)")


def _train(options: Options) -> int:
    if options.optimizer in BY_CHANCE and options.learning_rate is not None:
        raise UsageError(f"--learning-rate: {options.optimizer} has none: it goes by chance")
    chosen: Dict[str, Any] = {
        name: getattr(options, name) for name in Settings._fields if name != "data"
    }
    files = Files(options.output, options.checkpoint, options.resume, options.plot)
    return learn.run(options.data, _reading(options), chosen, files, options.quiet, options.json)


def _add_predict_command(commands: Any) -> None:
    parser = _add_command(
        commands, "predict", "say what a trained model makes of new rows", PREDICT_EXAMPLES,
        lambda options: predict.run(
            options.model, options.data, Table(options.delimiter, options.header, options.unseen),
            options.probabilities),
    )
    _add_model(parser)
    parser.add_argument("data", metavar="DATA",
                        help="a CSV file (- for standard input), IDX images, or the name of a set "
                             "that comes along")
    parser.add_argument("--probabilities", action="store_true",
                        help="a column p(NAME) for each class as well")
    add = _add_table_options(parser, "that of the training")
    add("--unseen", metavar="HOW", type=words.one_of(["refuse", "zeros"]), default="refuse",
        help="words that the training data did not have: refuse them, or let them be none of the "
             "known ones, zeros (default refuse)")


def _add_evaluate_command(commands: Any) -> None:
    parser = _add_command(
        commands, "evaluate", "measure a trained model on rows whose answers are known",
        EVALUATE_EXAMPLES, lambda options: evaluate.run(
            options.model, options.data, Table(options.delimiter, options.header),
            options.target, options.missing, options.json),
    )
    _add_model(parser)
    _add_data(parser)
    add = _add_table_options(parser, "that of the training")
    add("--target", metavar="NAME", help="the column of the answers, if it is called otherwise "
                                         "than in the training data")
    add("--missing", metavar="HOW", type=words.one_of(["refuse", "drop"]), default="refuse",
        help="empty cells that the model cannot fill: refuse them, or drop their rows (default "
             "refuse)")
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")


def _add_show_command(commands: Any) -> None:
    parser = _add_command(
        commands, "show", "say what is in a model file, and whether it still computes the same",
        SHOW_EXAMPLES, lambda options: show.run(options.model),
    )
    _add_model(parser)


def _add_gpt_command(commands: Any) -> None:
    parser = _add_command(
        commands, "gpt", "train a small language model on text, and let it write", GPT_EXAMPLES,
        _gpt,
    )
    add = parser.add_argument
    add("data", metavar="TEXT|MODEL", help="a file of text (UTF-8), the set names, or a model that "
                                           "purenn gpt -o wrote, to let it write")
    add("--texts", metavar="HOW", type=words.one_of(["lines", "whole"]),
        help="lines: each line is a text; whole: all of it is one (default: lines, unless one is "
             "longer than 64 characters)")
    add("--steps", metavar="N", type=words.count, help="steps of the optimizer (default 1000)")
    add("--batch", metavar="N", type=words.count, help="texts for each step (default 4)")
    add("--width", metavar="N", type=words.count, help="numbers for each token (default 16)")
    add("--heads", metavar="N", type=words.count, help="heads of attention (default 4)")
    add("--layers", metavar="N", type=words.count, help="blocks of attention (default 1)")
    add("--context", metavar="N", type=words.count,
        help="the most tokens of a text (default: the longest line, but from 16 to 64)")
    add("--tokens", metavar="N", type=words.count,
        help="byte-pair encoding with at most so many tokens (default: characters)")
    add("--rate", metavar="RATE", type=words.above_zero,
        help="the learning rate at the start (default 0.01)")
    add("--seed", metavar="N", type=words.seed, help="where chance begins (default 0)")
    add("--like", metavar="NAME", type=words.one_of(["microgpt"]),
        help="microgpt: the same model, random numbers and steps as that program")
    add("--prompt", metavar="TEXT", default="", help="what the model goes on from")
    add("--samples", metavar="N", type=words.count, default=10,
        help="how many texts to write (default 10)")
    add("--temperature", metavar="T", type=words.not_negative, default=0.7,
        help="below 1 safer, above 1 wilder, 0 always the likeliest (default 0.7)")
    add("--top-k", metavar="K", type=words.count, help="draw among the K likeliest tokens only")
    add("--length", metavar="N", type=words.count,
        help="the most tokens of a sample (default: the context; for whole texts 200)")
    add("-o", "--output", metavar="MODEL", help="write the model to this file")
    add("--checkpoint", metavar="FILE", help="write all there is to this file on the way")
    add("--resume", metavar="FILE", help="go on from a checkpoint, and go on writing it")
    add("--quiet", action="store_true", help="no progress on stderr")
    add("--json", action="store_true", help="losses, held-out loss and samples as JSON")


def _gpt(options: Options) -> int:
    from . import gpt  # only now: few need it

    chosen = {name: getattr(options, name) for name in (
        "steps", "batch", "width", "heads", "layers", "context", "rate", "seed", "tokens", "texts")}
    writing = gpt.Writing(options.prompt, options.samples, options.temperature, options.top_k,
                          options.length, options.seed or 0)
    files = Files(options.output, options.checkpoint, options.resume)
    return gpt.run(options.data, chosen, options.like, writing, files, options.quiet, options.json)


def _add_doctor_command(commands: Any) -> None:
    parser = _add_command(
        commands, "doctor", "look for what keeps a network from learning from some data",
        DOCTOR_EXAMPLES,
        lambda options: checkup.run(options.data, _reading(options), options.seed),
    )
    _add_data(parser)
    _add_reading_options(parser)
    parser.add_argument("--seed", metavar="N", type=words.seed, default=0,
                        help="where chance begins (default 0)")


def _add_lessons_command(commands: Any) -> None:
    parser = _add_command(
        commands, "lessons", "the textbook: eleven parts that run as they are read",
        LESSONS_EXAMPLES, _lessons,
    )
    parser.add_argument("part", metavar="PART", nargs="?", type=words.count,
                        help="the number of a part, to be run and shown here (default: list them)")
    parser.add_argument("--notebook", metavar="FILE",
                        help="write the part to this file as a Jupyter notebook, with its outputs")
    parser.add_argument("--book", metavar="FOLDER",
                        help="run all parts and make one book of them, for a browser")


def _lessons(options: Options) -> int:
    from . import lessons  # only now: the pictures and the book are many modules

    return lessons.run(options.part, options.notebook, options.book)


def _add_exercise_commands(commands: Any) -> None:
    parser = _add_command(
        commands, "exercise", "write a file of exercises, functions with holes", EXERCISE_EXAMPLES,
        _exercise,
    )
    parser.add_argument("part", metavar="PART", nargs="?", type=words.count,
                        help="the number of the part (without it: list what there is)")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="the file to write (default exercise_PART.py, in this folder)")
    parser = _add_command(
        commands, "check", "look at the exercises that you have done, and give hints",
        CHECK_EXAMPLES, _check,
    )
    parser.add_argument("file", metavar="FILE", help="a file that purenn exercise wrote")


def _exercise(options: Options) -> int:
    from . import practice  # only now, as the lessons

    return practice.exercise(options.part, options.output)


def _check(options: Options) -> int:
    from . import practice

    return practice.check(options.file)


def _add_selftest_command(commands: Any) -> None:
    _add_command(
        commands, "selftest", "check gradients, known answers and the bits of a reference run",
        SELFTEST_EXAMPLES, lambda options: selftest.run(),
    )
