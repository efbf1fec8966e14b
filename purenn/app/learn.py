"""`purenn train` from the words to the exit code.

Before this: plot. After this: models.
"""

from __future__ import annotations

import sys
from random import Random
from typing import Any, Dict, List, Mapping, Sequence

from ..history import History
from ..store.checkpoint import Checkpoint
from ..training import Callback
from . import sources
from .keep import Files, check_files, keep
from .names import RECIPES, recipe_for_rows
from .plot import check_plot, picture_of_training
from .progress import Progress
from .report import Outcome, as_json, as_text, metrics_of
from .sources import Reading, Source
from .train import Settings, exit_code, fit, prepared, settings_from

__all__ = ["run"]


def run(
    words: Sequence[str], reading: Reading, chosen: Mapping[str, Any], files: Files,
    quiet: bool = False, json: bool = False,
) -> int:
    """Train on what the words name, print the result, keep it, return the exit code.

    `chosen` are settings; for those that are None or missing, there are recipes.
    """
    sources.check_words(words)
    files = files._replace(checkpoint=files.checkpoint or files.resume)
    check_plot(files.plot)
    check_files(files, words)
    rng = Random(chosen.get("seed") or 0)
    source = sources.read(words, reading, rng)
    settings = _settings(words, source, chosen)
    parts = prepared(settings, source.data, rng, pixels=source.kind == "idx")
    history = fit(settings, parts, rng, _callbacks(files, quiet))
    told = _as_dict(settings, source, reading)
    outcome = Outcome(settings, told, parts, history, metrics_of(parts))
    if files.output is not None:
        keep(files.output, outcome, source.encoding)
    if files.plot is not None and len(history):
        picture_of_training(history, parts, source.data).save(files.plot)
    if not quiet:
        _say_where_it_is(files, history)
    print(as_json(outcome) if json else as_text(outcome))
    return exit_code(history)


def _settings(words: Sequence[str], source: Source, chosen: Mapping[str, Any]) -> Settings:
    if source.kind == "name":
        recipe = RECIPES[words[0]]
    else:
        recipe = recipe_for_rows(len(source.data.inputs))
    return settings_from(recipe, sources.names_of(words), **chosen)


def _as_dict(settings: Settings, source: Source, reading: Reading) -> Dict[str, Any]:
    """Return all that decided the run; for a table, how it was read is part of it."""
    return {**settings._asdict(), **(sources.settled(reading) if source.encoding else {})}


def _callbacks(files: Files, quiet: bool) -> List[Callback]:
    callbacks: List[Callback] = [] if quiet else [Progress(sys.stderr)]
    if files.checkpoint:
        callbacks.append(Checkpoint(files.checkpoint, resume=files.resume or False))
    return callbacks


def _say_where_it_is(files: Files, history: History) -> None:
    """Say on stderr which files there are now, and after Ctrl-C how to go on."""
    if files.output is not None:
        print(f"model written to {files.output}", file=sys.stderr)
    if files.plot is not None and len(history):
        print(f"picture written to {files.plot}", file=sys.stderr)
    if history.stopped == "interrupted" and files.checkpoint and len(history):
        print(f"interrupted after epoch {len(history)}; to go on, give the same command with "
              f"--resume {files.checkpoint}", file=sys.stderr)
