"""`purenn gpt`: train a small language model on text, and let it write.

    a file, or names → tokens → model → train, in steps → held-out loss → samples → keep
    a model          →                                                    samples

Training is `train` with epochs of a tenth of the steps, so that progress, the held-out loss and
checkpoints come ten times on the way. Each batch draws its texts anew. Ctrl-C keeps every step that
is complete, also those of an epoch that it breaks off.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from random import Random
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from .. import __version__, linalg
from ..data import DataError
from ..history import History, Record
from ..linalg import Matrix
from ..model import LANGUAGE_MODEL, Model
from ..optimizers import Adam, Optimizer
from ..schedules import CosineDecay
from ..sequences import (
    LanguageModel, NextToken, Vocabulary, context_of, generate, gpt, questions,
)
from ..sequences.autograd.microgpt import microgpt
from ..store.checkpoint import Checkpoint, ResumeError
from ..store.errors import ModelFileError
from ..store.model import load_model, save_model
from ..text import counted, did_you_mean, listed, safe
from ..training import Callback, Run, train
from . import options as words
from .gpt_text import SETS, Corpus, lines_of, read_corpus, read_text
from .options import Parser, UsageError
from .progress import Progress, say
from .train import Files, check_files, exit_code

__all__ = ["EXAMPLES", "add", "run"]

EXAMPLES = """
examples:
  purenn gpt names
  purenn gpt names --steps 3000 --batch 8 -o names.safetensors
  purenn gpt names.safetensors --prompt ma --temperature 1
  purenn gpt novel.txt --width 32 --layers 2 --context 64 --tokens 200
  purenn gpt names.txt --like microgpt --json

A tenth is held out, and at most 10,000 tokens of it are measured. The loss per character is the sum
of −log p over the tokens that came, p the probability that was given to each, divided by the number
of their characters (an end counts as one). The perplexity is e to the power of that: as surprised
by each character as by a guess among so many. To resume, give the same command, with all its
options, and --resume.
"""

DEFAULTS: Dict[str, Any] = {
    "steps": 1000, "batch": 4, "width": 16, "heads": 4, "layers": 1, "rate": 0.01, "seed": 0,
}
FIXED_BY_MICROGPT = ("batch", "width", "heads", "layers", "context", "rate", "seed", "tokens",
                     "texts")
WATCHED_TOKENS = 500     # of the held-out texts, so many are looked at on the way
MEASURED_TOKENS = 10_000  # and so many at the end
LENGTH = 200              # tokens of a sample that has no end of its own


class Writing(NamedTuple):
    """How samples are made."""

    prompt: str = ""
    samples: int = 10
    temperature: float = 0.7
    top_k: Optional[int] = None
    length: Optional[int] = None
    seed: int = 0


class InOrder:
    """Step t learns from text t alone, again from the first after the last; ten epochs."""

    def __init__(self, texts: int, steps: int) -> None:
        self.texts, self.steps = texts, steps
        self.per_epoch = math.ceil(steps / 10)

    @property
    def epochs(self) -> int:
        return math.ceil(self.steps / self.per_epoch)

    def __call__(self, epoch: int) -> List[List[int]]:
        first = (epoch - 1) * self.per_epoch
        return [self.batch(step) for step in range(first, min(first + self.per_epoch, self.steps))]

    def left(self, epoch: int, done: int) -> List[List[int]]:
        """Return the batches of an epoch without those that were done before it was resumed."""
        return self(epoch)[done - (epoch - 1) * self.per_epoch:]

    def batch(self, step: int) -> List[int]:
        """Return the numbers of the texts of one step."""
        return [step % self.texts]


class Drawn(InOrder):
    """Each step learns from texts that are drawn anew, a few at a time."""

    def __init__(self, texts: int, steps: int, size: int, rng: Random) -> None:
        super().__init__(texts, steps)
        self.size, self.rng = size, rng

    def batch(self, step: int) -> List[int]:
        return [int(self.rng.random() * self.texts) for _ in range(self.size)]


class Parts(NamedTuple):
    """What is trained, on what, and how."""

    model: LanguageModel
    corpus: Corpus
    optimizer: Optimizer
    inputs: Matrix
    targets: Matrix
    batches: InOrder
    rng: Random


# ---- From words to the exit code ----


def add(parser: Parser) -> None:
    """Add the options of this command."""
    option = parser.add_argument
    option("data", metavar="TEXT|MODEL",
           help="a file of text (UTF-8), the set names, or a model that gpt -o wrote, to let it "
                "write")
    option("--texts", metavar="HOW", type=words.one_of(["lines", "whole"]),
           help="lines: each line is a text; whole: all of it is one (default: lines, unless one "
                "is longer than 64 characters)")
    for name, default, what in (
            ("steps", 1000, "steps of the optimizer"), ("batch", 4, "texts for each step"),
            ("width", 16, "numbers for each token"), ("heads", 4, "heads of attention"),
            ("layers", 1, "blocks of attention and dense layers")):
        option(f"--{name}", metavar="N", type=words.count, help=f"{what} (default {default})")
    option("--context", metavar="N", type=words.count,
           help="the most tokens of a text (default: the longest line, but from 16 to 64)")
    option("--tokens", metavar="N", type=words.count,
           help="byte-pair encoding with at most so many tokens (default: characters)")
    option("--rate", metavar="RATE", type=words.above_zero,
           help="the learning rate at the start (default 0.01)")
    option("--seed", metavar="N", type=words.seed, help="where chance begins (default 0)")
    option("--like", metavar="NAME", type=words.one_of(["microgpt"]),
           help="microgpt: the same model, random numbers and steps as that program")
    _add_writing(parser.add_argument_group("writing").add_argument)
    option = parser.add_argument_group("output").add_argument
    option("-o", "--output", metavar="MODEL", help="write the model to this file")
    option("--checkpoint", metavar="FILE", help="write all there is to this file on the way")
    option("--resume", metavar="FILE", help="go on from a checkpoint, and go on writing it; all "
                                            "other options as they were")
    option("--quiet", action="store_true", help="no progress on stderr")
    option("--json", action="store_true", help="losses, held-out loss and samples as JSON")


def _add_writing(option: Any) -> None:
    option("--prompt", metavar="TEXT", default="", help="what a model goes on from")
    option("--samples", metavar="N", type=words.count, default=10,
           help="how many texts to write (default 10)")
    option("--temperature", metavar="T", type=words.not_negative, default=0.7,
           help="below 1 safer, above 1 wilder, 0 always the likeliest (default 0.7)")
    option("--top-k", metavar="K", type=words.count, help="draw among the K likeliest tokens only")
    option("--length", metavar="N", type=words.count,
           help="the most tokens to write behind the prompt (default: until the context is full; "
                "for whole texts 200)")


def run(options: argparse.Namespace) -> int:
    """Train on a text, or let a saved model write; print what came of it; return the exit code."""
    word, like = options.data, options.like
    chosen = {name: getattr(options, name) for name in (
        "steps", "batch", "width", "heads", "layers", "context", "rate", "seed", "tokens", "texts")}
    writing = Writing(options.prompt, options.samples, options.temperature, options.top_k,
                      options.length, options.seed or 0)
    files = Files(options.output, options.checkpoint or options.resume, options.resume)
    if word not in SETS and is_model(word):
        return _write_only(word, {**chosen, "like": like, **files._asdict()}, writing, options.json)
    if writing.prompt:
        raise UsageError(f"--prompt: {word} is no model; train one first: {words.called()} gpt "
                         f"{word} -o MODEL")
    check_files(files, [word])
    settings = _settings(word, chosen, like)
    parts = microgpt_parts(word, settings) if like else parts_of(word, settings)
    losses, history = _train(parts, settings, files, options.quiet)
    steps = len(losses)
    found = measured(parts.model, parts.corpus, MEASURED_TOKENS)
    told = {**settings, "context": parts.corpus.context, "texts": parts.corpus.form}
    if files.output is not None:
        save_model(_model_of(parts, told, steps, history, found), files.output)
    if not options.quiet:
        _say_where_it_is(files, history, steps)
    samples = write(parts.model, parts.corpus.vocabulary, parts.corpus.form, writing)
    print(_as_json(told, losses, history, found, samples, parts.corpus) if options.json
          else "\n".join([*_told(parts, steps, history, found), "",
                          *_sample_lines(samples, parts.corpus, writing)]))
    return exit_code(history)


def is_model(path: str) -> bool:
    """Say whether a file begins as model files do; OSError when it cannot be opened."""
    _refuse_missing(path)
    with open(path, "rb") as file:
        start = file.read(64)
    return start[8:9] == b"{" or b'"format": "purenn model"' in start


def _refuse_missing(word: str) -> None:
    """Raise UsageError for a word that is no file but looks like the name of a set."""
    if not os.path.exists(word) and os.path.basename(word) == word and "." not in word:
        raise UsageError(f"expected a file, a model or {listed(list(SETS))}, got {word!r}"
                         f"{did_you_mean(word, SETS)}")


def _settings(word: str, chosen: Dict[str, Any], like: Optional[str]) -> Dict[str, Any]:
    given = {name: value for name, value in chosen.items() if value is not None}
    if like is not None:
        for name in FIXED_BY_MICROGPT:
            if name in given:
                raise UsageError(f"--{name}: --like {like} decides that")
        return {"data": word, "like": like, "steps": given.get("steps", DEFAULTS["steps"])}
    settings = {"data": word, **DEFAULTS, "context": None, "tokens": None, "texts": None, **given}
    if settings["width"] % settings["heads"]:
        raise UsageError(f"--heads: {settings['heads']} heads cannot share a width of "
                         f"{settings['width']} evenly")
    return settings


# ---- Training ----


def parts_of(word: str, settings: Dict[str, Any]) -> Parts:
    """Read the text and build the model."""
    rng = Random(settings["seed"])
    corpus = read_corpus(word, settings["texts"], settings["tokens"], settings["context"], rng)
    model = gpt(len(corpus.vocabulary), corpus.context, settings["width"], settings["heads"],
                settings["layers"], rng)
    inputs, targets = questions(corpus.learning)
    optimizer = Adam(CosineDecay(settings["rate"], settings["steps"]))
    steps, batch = settings["steps"], settings["batch"]
    return Parts(model, corpus, optimizer, inputs, targets,
                 Drawn(len(inputs), steps, batch, rng), rng)


def microgpt_parts(word: str, settings: Dict[str, Any]) -> Parts:
    """The same as microgpt has it: nothing is held out, one text after the other."""
    lines = lines_of(read_text(word))
    recipe = microgpt(lines, settings["steps"])
    context = context_of(recipe.model)
    cut = [line for line in lines if len(line) + 2 > context + 1]
    corpus = Corpus(word, "lines", recipe.vocabulary, context, [], [], set(lines), len(cut))
    return Parts(recipe.model, corpus, recipe.optimizer, recipe.inputs, recipe.targets,
                 InOrder(len(recipe.inputs), settings["steps"]), Random(0))


def _train(
    parts: Parts, settings: Dict[str, Any], files: Files, quiet: bool
) -> Tuple[List[float], History]:
    losses = Losses()
    callbacks: List[Callback] = [losses]
    watched = some(parts.corpus.held_out, WATCHED_TOKENS)
    if not quiet:
        callbacks.append(Steps(parts, losses, len(watched) < len(parts.corpus.held_out)))
    if files.checkpoint is not None:
        about = {name if name == "data" else f"--{name}": value for name, value in settings.items()}
        callbacks.append(EveryStep(files.checkpoint, losses, files.resume or False, about))
    try:
        history = train(
            parts.model, parts.inputs, parts.targets, loss=NextToken(), optimizer=parts.optimizer,
            epochs=parts.batches.epochs, batch_size=settings.get("batch", 1), rng=parts.rng,
            validation=questions(watched) if watched else None, callbacks=callbacks,
            sampler=lambda epoch: parts.batches.left(epoch, len(losses.losses)), end_quietly=True,
        )
    except ResumeError as error:
        raise UsageError(_cannot_go_on(error)) from None
    except ModelFileError:
        _refuse_finished_model(str(files.resume))
        raise
    return losses.losses, history


def _cannot_go_on(error: ResumeError) -> str:
    """Return why a checkpoint is not of this training, and what to give instead."""
    path, then = safe(error.path), {name: was for name, (was, _) in error.differences.items()}
    if "data" in then:
        return f"--resume: {path} was begun with the text {safe(str(then['data']))}: give the same"
    if any(name.endswith(("inputs", "targets")) for name in then):
        return f"--resume: {path} was begun with another text; what is in it must be the same"
    if not all(name.startswith("--") for name in then):
        return str(error)
    options = [f"without {name}" if was is None else f"with {name} {safe(str(was))}"
               for name, was in then.items()]
    return f"--resume: {path} was begun {', '.join(options)}: give the same"


def _refuse_finished_model(path: str) -> None:
    """Raise UsageError when this, which is no checkpoint, is a model."""
    try:
        load_model(path)
    except ModelFileError:
        return
    raise UsageError(f"--resume: {safe(path)} is a model, whose training is over; to let it write: "
                     f"{words.called()} gpt {safe(path)}")


class Losses(Callback):
    """Keep the loss of every step."""

    def __init__(self) -> None:
        self.losses: List[float] = []

    def start(self, run: Run) -> None:
        self.losses = []

    def after_batch(self, run: Run) -> None:
        self.losses.append(run.batch_loss)

    def state(self) -> Dict[str, Any]:
        return {"losses": [[self.losses]] if self.losses else []}

    def restore(self, state: Dict[str, Any]) -> None:
        self.losses = list(state["losses"][0][0]) if state["losses"] else []


class EveryStep(Checkpoint):
    """A checkpoint that, after Ctrl-C, also holds the steps of the epoch that was broken off.

    What is written is a moment in which the epochs before are done, and of this one some steps. The
    random generator is kept as it was when the epoch began: resumed, the epoch draws its texts once
    more, and leaves out those that it has learned from.
    """

    def __init__(
        self, path: str, losses: Losses, resume: Union[bool, str], about: Mapping[str, Any]
    ) -> None:
        super().__init__(path, resume=resume, about=about)
        self.losses = losses
        self._whole: Optional[Tuple[Any, ...]] = None  # the last step that all have heard of

    def resume(self, run: Run) -> None:
        super().resume(run)
        self._chance = run.rng.getstate()

    def between_epochs(self, run: Run) -> None:
        super().between_epochs(run)
        self._chance, self._whole = run.rng.getstate(), None

    def after_batch(self, run: Run) -> None:
        if run.batch < run.batches:  # after the last one the epoch itself is written
            optimizer: Any = run.optimizer
            self._whole = (run.values(), list(optimizer.memory), optimizer.steps,
                           len(self.losses.losses))

    def end(self, run: Run) -> None:
        if self._whole is not None and run.history.stopped == "interrupted":
            values, memory, steps, losses = self._whole
            optimizer: Any = run.optimizer
            run.put_back(values)
            optimizer.memory, optimizer.steps = memory, steps
            del self.losses.losses[losses:]
            del run.history.records[run.epoch - 1:]
            run.rng.setstate(self._chance)
            run.epoch -= 1
            super().between_epochs(run)
            run.epoch += 1
        super().end(run)


class Steps(Progress):
    """The progress of a training, counted in steps, and what the model writes by now.

    `on_a_part` says that on the way not all held-out texts are looked at.
    """

    def __init__(self, parts: Parts, losses: Losses, on_a_part: bool) -> None:
        super().__init__(sys.stderr)
        self.parts, self.losses, self.on_a_part, self.sample = parts, losses, on_a_part, ""

    def after_epoch(self, run: Run, record: Record) -> None:
        corpus = self.parts.corpus
        [self.sample] = write(self.parts.model, corpus.vocabulary, corpus.form,
                              Writing(samples=1, length=30, seed=record.epoch))
        super().after_epoch(run, record)

    def end(self, run: Run) -> None:
        if self.epochs_before < 0 and len(self.losses.losses) == self.parts.batches.steps:
            self._write(f"{self.where(run)}: nothing is left to do\n")
        else:
            super().end(run)

    def quality(self, record: Record, brief: bool) -> List[str]:
        if record.validation_loss is None:
            return []
        longer = max(map(len, self.parts.corpus.vocabulary.pieces)) > 1
        per = " per token" if longer else ""
        part = " (on a part)" if self.on_a_part else ""
        return [f"{'held-out' if brief else f'held-out loss{per}{part}'} "
                f"{record.validation_loss:.4f}"]

    def where(self, run: Run) -> str:
        steps = self.parts.batches.steps
        return f"step {len(self.losses.losses):>{len(str(steps))}}/{steps}"

    def pace(self, run: Run, seconds: float) -> str:
        return f"{1000 * seconds / self.parts.batches.per_epoch:.0f} ms/step"

    def rest(self, run: Run, brief: bool = False) -> str:
        sample = f", writes {safe(self.sample)!r}" if self.sample else ""
        return super().rest(run, brief) + sample


# ---- Measuring ----


def some(texts: Sequence[List[int]], tokens: int) -> List[List[int]]:
    """Return the first of the texts, until they have so many tokens."""
    chosen, seen = [], 0
    for text in texts:
        if seen >= tokens:
            break
        chosen.append(text)
        seen += len(text) - 1
    return chosen


def measured(model: LanguageModel, corpus: Corpus, tokens: int) -> Optional[Dict[str, Any]]:
    """Return loss and perplexity on held-out texts, per character (an end counts as one).

    `guessing` is the perplexity of a blind guess among all tokens, per character as well. A number
    that is too large for a float is None: JSON has no infinity.
    """
    texts = some(corpus.held_out, tokens)
    if not texts:
        return None
    inputs, targets = questions(texts)
    loss = NextToken()(model.predict(inputs), targets)
    asked = sum(len(text[1:]) for text in texts)
    letters = sum(len(corpus.vocabulary.decode(text)) for text in texts)
    letters += sum(token == corpus.vocabulary.edge for text in texts for token in text[1:])
    per_character = loss * asked / letters
    perplexity = linalg.item(linalg.exp([[per_character]]))
    return {"texts": len(texts), "characters": letters,
            "loss_per_character": per_character if math.isfinite(per_character) else None,
            "perplexity": perplexity if math.isfinite(perplexity) else None,
            "guessing": len(corpus.vocabulary) ** (asked / letters)}


# ---- Writing ----


def write(
    model: LanguageModel, vocabulary: Vocabulary, form: str, writing: Writing
) -> List[str]:
    """Return samples, each the prompt and what the model writes behind it."""
    rng = Random(writing.seed)
    longest = writing.length or (LENGTH if form == "whole" else None)
    prompt = [vocabulary.edge, *vocabulary.encode(writing.prompt)]
    if longest is None and len(prompt) >= context_of(model):
        raise DataError(f"--prompt: {len(prompt)} tokens with the edge, but the model has a "
                        f"context of {context_of(model)}; make it shorter, or say --length N: then "
                        f"the model sees the edge and the last {context_of(model) // 2} tokens")
    return [
        writing.prompt + vocabulary.decode(generate(
            model, prompt, vocabulary.edge, rng, writing.temperature, writing.top_k, longest,
            ends=form == "lines"))
        for _ in range(writing.samples)
    ]


def _write_only(
    path: str, chosen: Dict[str, Any], writing: Writing, as_json: bool
) -> int:
    """Let a saved model write; there is nothing to train."""
    model = load_model(path)
    given = [f"--{name}" for name, value in chosen.items() if value is not None and name != "seed"]
    if given:
        raise UsageError(f"{given[0]}: {safe(path)} is a trained model, which only writes; to "
                         f"train, give a text")
    if not isinstance(model.network, LanguageModel):
        raise DataError(f"{path}: holds a {model.kind}, no language model; ask it with "
                        f"{words.called()} predict {path} DATA")
    form = str(model.parameters.get("texts", "lines"))
    samples = write(model.network, Vocabulary(model.classes), form, writing)
    print(json.dumps({"samples": samples}, indent=1) if as_json
          else "\n".join(map(_shown, samples)))
    return 0


def _shown(sample: str) -> str:
    """Return a sample as it may be printed: line by line, each harmless for the terminal."""
    return "\n".join(map(safe, sample.split("\n"))) or "(empty)"


# ---- What is said at the end ----


def _told(
    parts: Parts, steps: int, history: History, found: Optional[Dict[str, Any]]
) -> List[str]:
    corpus, tokens = parts.corpus, len(parts.corpus.vocabulary)
    learning = counted(len(parts.inputs), "text") + ", one in each line"
    if corpus.form == "whole":
        learning = counted(len(parts.inputs), "window") + " of one text"
    aside = f", {len(corpus.held_out):,} held out" if corpus.held_out else ", none held out"
    learned = sum(len(row) for parameter in parts.model.parameters() for row in parameter.value)
    seconds = math.fsum(record.seconds for record in history)
    took = f", {seconds:.1f} s" if steps == parts.batches.steps else ""
    lines = [
        f"{corpus.name}: {learning}, to learn from{aside}; "
        f"{tokens:,} tokens",
        f"{learned:,} numbers learned in {counted(steps, 'step')}{took}, {history.stopped}",
    ]
    if corpus.cut:
        texts = len(parts.inputs) + len(corpus.held_out)
        lines.append(f"{corpus.cut:,} of {texts:,} texts are cut to "
                     f"{counted(corpus.context, 'token')}")
    return lines if found is None else [*lines, *_measured_lines(found, corpus)]


def _measured_lines(found: Dict[str, Any], corpus: Corpus) -> List[str]:
    """Say what the held-out texts came to, and what to do when a guess would be far better."""
    texts, of = found["texts"], len(corpus.held_out)
    loss, perplexity, guess = found["loss_per_character"], found["perplexity"], found["guessing"]
    lines = [
        f"held-out loss {'infinite' if loss is None else format(loss, '.3f')} per character"
        + (f" (on {texts:,} of {of:,} texts)" if texts < of else "")
        + f", perplexity {'infinite' if perplexity is None else format(perplexity, '.1f')} "
          f"(guessing: {round(guess, 1):,g})"]
    if loss is None or loss > 2 * math.log(guess):
        lines.append("the loss is far above that of a guess: try a smaller --rate")
    return lines


def _sample_lines(samples: List[str], corpus: Corpus, writing: Writing) -> List[str]:
    known = sum(sample in corpus.known for sample in samples)
    in_data = f", {known} of {len(samples)} stand in the data (*)" if corpus.known else ""
    return [f"written at temperature {writing.temperature:g}{in_data}:",
            *(f"  {_shown(sample)}{' *' * (sample in corpus.known)}" for sample in samples)]


def _as_json(
    told: Dict[str, Any], losses: List[float], history: History, found: Optional[Dict[str, Any]],
    samples: List[str], corpus: Corpus,
) -> str:
    return json.dumps({
        "settings": told, "losses": losses, "history": [_record(one) for one in history],
        "held_out": found, "texts_cut": corpus.cut, "samples": samples,
        "samples_in_the_data": sum(sample in corpus.known for sample in samples),
        "ended": history.stopped,
    }, indent=1, allow_nan=False)


def _record(record: Record) -> Dict[str, Any]:
    return {"epoch": record.epoch, "loss": record.loss, "held_out_loss": record.validation_loss,
            "seconds": record.seconds}


def _model_of(
    parts: Parts, told: Dict[str, Any], steps: int, history: History,
    found: Optional[Dict[str, Any]],
) -> Model:
    """Return all that is needed to write. No time of day: the same training, the same file."""
    return Model(
        parts.model, LANGUAGE_MODEL, classes=parts.corpus.vocabulary.pieces,
        parameters={"texts": parts.corpus.form}, provenance={
            "made by": f"purenn {__version__}, purenn gpt",
            "data": parts.corpus.name,
            "texts learned from": len(parts.inputs),
            "steps done": steps,
            "ended": history.stopped,
            "settings": told,
            "held out": found or "nothing",
        })


def _say_where_it_is(files: Files, history: History, steps: int) -> None:
    if files.output is not None:
        say(f"model written to {safe(files.output)}\n", sys.stderr)
    if history.stopped == "interrupted" and files.checkpoint:
        say(f"interrupted after {counted(steps, 'step')}; to go on, give the same command with "
            f"--resume {safe(files.checkpoint)}\n", sys.stderr)
