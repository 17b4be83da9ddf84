"""The process around the verbs: signals, and what a failure says and returns. `python -m sim` is `sim`.

Exit codes: 0 done, 1 failed, 2 bad usage or scenario, 74 cannot write, 75 busy, 130 interrupted, 143 terminated.
No traceback reaches a user, unless SIM_DEBUG is set; that of an error which nobody foresaw is kept in a file.
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
from sim.installed import VERSION
from sim.store import Busy, CannotWrite
from sim.terminal import tell

FAILED, REFUSED, CANNOT_WRITE, BUSY, SIGNALLED = 1, 2, 74, 75, 128
CODES: dict[type[Exception], int] = {Failed: FAILED, CannotWrite: CANNOT_WRITE, Busy: BUSY}
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
COMPLETE = "_SIM_COMPLETE"
"""The variable in which a shell asks for its completions, as click names it."""

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
    _open_streams()
    _travel_light()
    if COMPLETE in os.environ:
        verbs.main(prog_name="sim")  # a shell asks how to complete what is typed
    code = answer(sys.argv[1:] if args is None else args)
    gc.freeze()  # the process ends: nobody needs to look for garbage once more
    sys.exit(code)


def _open_streams() -> None:
    """See that standard streams are there, whoever started us (cron, a service, `pythonw`), and speak UTF-8.

    Where one is closed, the next file to be opened would take its number, and be written to by whoever prints.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it takes the lowest number that is free
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name) or os.fdopen(number, "w", encoding="utf-8")
        setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # a redirect would take the code page


def _travel_light() -> None:
    """Save a short process what only long ones need: frequent garbage collection, threads for linear algebra."""
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is first imported
    os.environ["MPLBACKEND"] = "agg"  # no window is ever opened, whatever a notebook or a desktop wants


def answer(args: Sequence[str]) -> int:
    """Do what the arguments say; failures become a sentence on standard error.  -> the exit code"""
    try:
        with _stoppable(), verbs.make_context("sim", list(args)) as context:
            verbs.invoke(context)
        return 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except Stopped as stop:
        return _say(_farewell(stop.signum), SIGNALLED + stop.signum)
    except Refused as refusal:
        return _say(str(refusal), REFUSED)
    except tuple(CODES) as error:
        return _say(f"sim: {error}", CODES[type(error)])
    except OSError as error:
        return _unprinted(error) if _while_printing(error) else _unforeseen(error)
    except (Exception, SystemExit) as error:  # a library may want to end the process, with a code of its own
        return _unforeseen(error)


def _while_printing(error: OSError) -> bool:
    """Whether it is standard output that failed: whatever stands there was printed by `click.echo`."""
    *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
    return innermost.f_code is click.echo.__code__


def _unprinted(error: OSError) -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try once more at its end
    if isinstance(error, BrokenPipeError):
        return 0  # whoever reads has read enough
    return _say(f"sim: {CannotWrite('standard output', error)}", CANNOT_WRITE)


def _unforeseen(error: BaseException) -> int:
    what = f"{type(error).__name__}: {error}".strip().rstrip(".:")
    return _say(f"sim: {_remedy(error, what)}", FAILED)


def _remedy(error: BaseException, what: str) -> str:
    """What to do about an error that no verb foresaw, by its kind."""
    if isinstance(error, MemoryError):
        return "there is not enough memory. Ask for fewer --replications, or fewer --jobs."
    if isinstance(error, ImportError):
        return f"a package cannot be loaded ({what}). Install the simulator anew, into a new environment."
    whose = "the system refused something" if isinstance(error, OSError) else "a fault of the program, not yours"
    return f"{whose} ({what}). Send the details and your scenario to those who maintain it: {_details()}"


def _details() -> str:
    """Where the traceback of the error at hand is kept."""
    from tempfile import NamedTemporaryFile

    if os.environ.get("SIM_DEBUG"):
        return "above"
    try:
        with NamedTemporaryFile("w", prefix="sim-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(f"sim {VERSION}, Python {sys.version}, {sys.platform}\n{sys.argv}\n\n{traceback.format_exc()}")
    except OSError:
        return "SIM_DEBUG=1 shows them"
    return file.name


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
