"""The progress bar: how far the training has come, how well it goes, and how long it will take.

On a terminal one line is written over and over:

    epoch 3/15 ━━━━━━──────── loss 0.0840, validation loss 0.1210, accuracy 0.958, 0.5 s/epoch, …

Anywhere else (a file, a pipe, a terminal that calls itself dumb) control characters would be
litter, so plain lines are written, one after an epoch, but not more than one a second. All of it
goes to stderr: stdout is for results. What can no longer be shown, because the other end of a pipe
or the terminal is gone, is dropped: the training goes on.
"""

from __future__ import annotations

import os
import time
from typing import Any, List, TextIO

from ..draw.terminal import columns_of, may_rewrite, painted, use_colour
from ..history import Record
from ..training import Callback, Run

__all__ = ["Progress", "give_up", "say"]

REDRAW_SECONDS = 0.1
LINE_SECONDS = 1.0
WIDEST_BAR = 30
NARROW = 110  # below this many columns words are shortened


def say(text: str, stream: TextIO) -> None:
    """Write to a stream that may be gone: what nobody can read any more is dropped."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # a broken pipe, a terminal that was closed, a full disk
        give_up(stream)


def give_up(stream: Any) -> None:
    """Let what is still waiting to be written go nowhere: else Python complains at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError, AttributeError):
        pass  # a stream in memory has no number, and cannot break either


class Progress(Callback):
    """Show on a stream how the training goes on."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.rewrites = may_rewrite(stream)
        self.colour = use_colour(stream)

    def start(self, run: Run) -> None:
        self.started = self.shown_at = time.perf_counter()
        self.epochs_before, self.epoch_shown, self.length = -1, 0, 0

    def after_batch(self, run: Run) -> None:
        if self.epochs_before < 0:  # a training that is resumed does not begin with epoch 1
            self.epochs_before = run.epoch - 1
        if self.rewrites and time.perf_counter() - self.shown_at >= REDRAW_SECONDS:
            self._rewrite(run)

    def after_epoch(self, run: Run, record: Record) -> None:
        if self.rewrites:
            self._rewrite(run)
        elif time.perf_counter() - self.shown_at >= LINE_SECONDS:
            self._write_line(run)

    def end(self, run: Run) -> None:
        if self.rewrites:
            self._write("\n" if self.length else "")
        elif len(run.history) and self.epoch_shown < run.history[-1].epoch == run.epoch:
            self._write_line(run)  # but not of an epoch that was broken off

    def _rewrite(self, run: Run) -> None:
        """Write over the line, with spaces over what remains of a longer one before."""
        columns = columns_of(self.stream) - 1
        epoch, rest = self.where(run), self.rest(run, brief=columns < NARROW)
        text = f"{epoch} {rest}"
        room = min(WIDEST_BAR, columns - len(text) - 1)
        if room >= 4:
            text = f"{epoch} {_bar(_fraction(run), room)} {rest}"
        text = text[:columns]
        self._write("\r" + self._with_colour(text) + " " * (self.length - len(text)))
        self.length = len(text)

    def _with_colour(self, text: str) -> str:
        done = "━" * text.count("━")
        return text.replace(done, painted(done, "green", self.colour), 1) if done else text

    def _write_line(self, run: Run) -> None:
        self._write(f"{self.where(run)}: {self.rest(run)}\n")
        self.epoch_shown = run.epoch

    def _write(self, text: str) -> None:
        self.shown_at = time.perf_counter()
        say(text, self.stream)

    def where(self, run: Run) -> str:
        """Return "epoch  3/15", always of one width."""
        return f"epoch {run.epoch:>{len(str(run.epochs))}}/{run.epochs}"

    def pace(self, run: Run, seconds: float) -> str:
        """Return how long an epoch takes, as people say it."""
        return f"{_duration(seconds)}/epoch"

    def quality(self, record: Record, brief: bool) -> List[str]:
        """Return what the last whole epoch came to on the held-out rows, or else while learning."""
        parts = []
        if record.validation_loss is not None:
            parts.append(f"{'val' if brief else 'validation loss'} {record.validation_loss:.4f}")
        for name, value in (record.validation_metrics or record.metrics).items():
            parts.append(f"{name[:3] if brief else name} {value:.3f}")
        return parts

    def rest(self, run: Run, brief: bool = False) -> str:
        parts = [f"loss {run.loss_so_far:.4f}"]
        if len(run.history):
            parts += self.quality(run.history[-1], brief)
        done = _epochs_done(run)
        seconds = (time.perf_counter() - self.started) / max(done - self.epochs_before, 1e-9)
        parts += [self.pace(run, seconds)]
        parts += [f"{_duration(seconds * (run.epochs - done))} left"]
        return ", ".join(parts)


def _epochs_done(run: Run) -> float:
    """Return how many epochs are done, with the part of the present one."""
    return run.epoch - 1 + run.batch / run.batches


def _fraction(run: Run) -> float:
    return _epochs_done(run) / run.epochs


def _bar(fraction: float, width: int) -> str:
    """Return a bar of so many characters.

    >>> _bar(0.5, 4)
    '━━──'
    """
    done = int(fraction * width)
    return "━" * done + "─" * (width - done)


def _duration(seconds: float) -> str:
    """Return a length of time as people say it.

    >>> _duration(0.25), _duration(7.2), _duration(200), _duration(7500)
    ('0.25 s', '7 s', '3 min 20 s', '2 h 5 min')
    """
    if seconds < 1:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, whole = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {whole} s"
    return f"{minutes // 60} h {minutes % 60} min"
