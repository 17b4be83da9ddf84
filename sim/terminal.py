"""What a person at a terminal sees besides results: messages and bars on standard error, names that cannot steer it."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click

LONG = 1.0
"""Seconds after which something counts as long and shows a bar."""

ALL = 1 - 1e-9
"""From this share on, all is done but for rounding."""

STEERING = {"Cc", "Cs", "Zl", "Zp"}
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def visible(text: str) -> str:
    """The same text, with each character that would steer a terminal written out, as \\x1b; lines and tabs stay."""
    return "".join(_written_out(c) if _steers(c) else c for c in text)


def _steers(c: str) -> bool:
    return c not in "\n\t" and (unicodedata.category(c) in STEERING or unicodedata.bidirectional(c) in TURNING)


def _written_out(c: str) -> str:
    return c.encode("unicode_escape").decode("ascii")


def tell(message: str) -> None:
    """A message on standard error, if anybody is there to read it."""
    with suppress(OSError):
        click.echo(visible(message), err=True)


@contextmanager
def progress(what: str, then: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error for what takes long; it is told the share that is done, 0 to 1.

    `then` stands there once all is done. Nothing is shown where standard error is no terminal, and nothing stays.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield unheard
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    words = TextColumn("{task.description}", markup=False)
    bar = Progress(
        words, BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    )
    task = bar.add_task(visible(what), total=1.0)
    began = time.monotonic()

    def show(share: float) -> None:
        if time.monotonic() - began > LONG:
            bar.start()  # does nothing the second time
        bar.update(task, completed=share, description=visible(what if share < ALL else then))

    try:
        yield show
    finally:
        bar.stop()


def unheard(share: float) -> None:
    """Nobody wants to know how far it is."""
