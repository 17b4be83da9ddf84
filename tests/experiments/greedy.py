"""What a process may be given to do that takes too much, or nothing at all: plain enough to be loaded in no time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """The same as a job of the page."""

    what: str

    def work(self, *inputs: object) -> str:
        return do(self.what)


KEPT: list[bytearray] = []
"""Memory that a process never gives back, in MiB."""


def do(what: str) -> str:
    """Whatever is asked for; a text that is no order comes back."""
    if what == "think without end":
        while True:
            pass
    if what == "sleep without end":
        while True:
            time.sleep(60)
    if what == "remember too much":
        KEPT.extend(bytearray(os.urandom(1024) * 1024) for _ in range(700))
        do("sleep without end")
    if what.startswith("keep "):
        KEPT.extend(bytearray(os.urandom(1024) * 1024) for _ in range(int(what.rpartition(" ")[2])))
        return str(os.getpid())
    if what == "die":
        os._exit(1)
    if what.startswith("die once"):
        mark = Path(what.partition(": ")[2])
        if not mark.exists():
            mark.touch()
            os._exit(1)
    if what == "fail":
        raise ValueError("no")
    return str(os.getpid()) if what == "who" else what
