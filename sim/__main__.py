"""The process around the verbs: signals, and what a failure says and returns. `python -m sim` is `sim`.

Exit codes: 0 done, 1 failed, 2 bad usage or scenario, 74 cannot write, 75 busy, 130 interrupted, 143 terminated.
No traceback reaches a user, unless SIM_DEBUG is set.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from sim.cli import Refused, tell, verbs
from sim.store import Busy, CannotWrite

FAILED, REFUSED, CANNOT_WRITE, BUSY, SIGNALLED = 1, 2, 74, 75, 128
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


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
    sys.exit(answer(sys.argv[1:] if args is None else args))


def answer(args: Sequence[str]) -> int:
    """Do what the arguments say; failures become a sentence on standard error.  -> the exit code"""
    try:
        with _stoppable():
            return _invoke(args)
    except Stopped as stop:
        tell(f"sim: {SIGNALS[signal.Signals(stop.signum)]}; nothing half-written was kept.")
        return SIGNALLED + stop.signum
    except KeyboardInterrupt:
        tell("sim: interrupted; nothing half-written was kept.")
        return SIGNALLED + signal.SIGINT
    except Refused as refusal:
        return _say(str(refusal), REFUSED)
    except CannotWrite as error:
        return _say(f"sim: {error}", CANNOT_WRITE)
    except Busy as error:
        return _say(f"sim: {error}", BUSY)
    except Exception as error:
        what = f"{type(error).__name__}: {error}".strip().rstrip(".:")
        return _say(f"sim: this failed where it should not have: {what}. SIM_DEBUG=1 shows where.", FAILED)


def _invoke(args: Sequence[str]) -> int:
    try:
        with verbs.make_context("sim", list(args)) as context:
            verbs.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return 0


def _say(sentence: str, code: int) -> int:
    if os.environ.get("SIM_DEBUG"):
        traceback.print_exc()
    tell(sentence)
    return code


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into `Stopped`; a second one ends the process at once."""

    def stop(signum: int, frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, _end)
        raise Stopped(signum)

    before = {each: signal.getsignal(each) for each in SIGNALS if signal.getsignal(each) != signal.SIG_IGN}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(signum: int, frame: FrameType | None) -> None:
    os._exit(SIGNALLED + signum)


if __name__ == "__main__":
    main()
