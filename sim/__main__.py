"""The process around the verbs: signals, and what a failure says and returns. `python -m sim` is `sim`.

Exit codes: 0 done, 1 failed, 2 bad usage or scenario, 74 cannot write, 75 busy, 130 interrupted, 143 terminated.
No traceback reaches a user, unless SIM_DEBUG is set.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import click

from sim.cli import Failed, Refused, verbs
from sim.store import Busy, CannotWrite
from sim.terminal import tell

FAILED, REFUSED, CANNOT_WRITE, BUSY, SIGNALLED = 1, 2, 74, 75, 128
CODES: dict[type[Exception], int] = {Failed: FAILED, CannotWrite: CANNOT_WRITE, Busy: BUSY}
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
GRACE = 1.5
"""Seconds that a stopped process has to tidy up before it ends anyway."""

GARBAGE = 300_000
"""New objects after which Python looks for garbage: more than imports make. At its own 700 it goes through all that was
imported time and again."""


class Stopped(BaseException):
    """A signal asked the process to end."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Do what the arguments say (by default, those of the process) and exit with the code for it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    _travel_light()
    code = answer(sys.argv[1:] if args is None else args)
    gc.freeze()  # the process ends: nobody needs to look for garbage once more
    sys.exit(code)


def _travel_light() -> None:
    """Save a short process what only long ones need: frequent garbage collection, threads for linear algebra."""
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is first imported


def answer(args: Sequence[str]) -> int:
    """Do what the arguments say; failures become a sentence on standard error.  -> the exit code"""
    try:
        with _stoppable():
            return _invoke(args)
    except Stopped as stop:
        return _say(_farewell(stop.signum), SIGNALLED + stop.signum)
    except Refused as refusal:
        return _say(str(refusal), REFUSED)
    except tuple(CODES) as error:
        return _say(f"sim: {error}", CODES[type(error)])
    except OSError as error:
        return _unprinted(error) if _while_printing(error) else _unforeseen(error)
    except Exception as error:
        return _unforeseen(error)


def _invoke(args: Sequence[str]) -> int:
    try:
        with verbs.make_context("sim", list(args)) as context:
            verbs.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    return 0


def _while_printing(error: OSError) -> bool:
    """Whether it is standard output that failed: whatever stands there was printed by `click.echo`."""
    *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
    return innermost.f_code is click.echo.__code__


def _unprinted(error: OSError) -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try once more at its end
    if isinstance(error, BrokenPipeError):
        return 0  # whoever reads has read enough
    return _say(f"sim: {CannotWrite('standard output', error)}", CANNOT_WRITE)


def _unforeseen(error: Exception) -> int:
    what = f"{type(error).__name__}: {error}".strip().rstrip(".:")
    return _say(f"sim: this failed where it should not have: {what}. SIM_DEBUG=1 shows where.", FAILED)


def _farewell(signum: int) -> str:
    return f"sim: {SIGNALS[signal.Signals(signum)]}; nothing half-written was kept."


def _say(sentence: str, code: int) -> int:
    if os.environ.get("SIM_DEBUG"):
        traceback.print_exc()
    tell(sentence)
    return code


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into `Stopped`; a second one ends the process at once.

    An exception that strikes in the wrong place (a destructor) is lost: so the process ends anyway after `GRACE`.
    """
    last_resort: list[threading.Timer] = []

    def stop(signum: int, frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, _end)
        last_resort.append(threading.Timer(GRACE, _end, [signum, None]))
        last_resort[0].start()
        raise Stopped(signum)

    before = {each: signal.getsignal(each) for each in SIGNALS if signal.getsignal(each) != signal.SIG_IGN}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        for timer in last_resort:
            timer.cancel()


def _end(signum: int, frame: FrameType | None) -> None:
    tell(_farewell(signum))
    os._exit(SIGNALLED + signum)


if __name__ == "__main__":
    main()
