"""Results that are kept: found again in their folder, or made and written there; one way for all of them.

What is there is never computed twice. A folder is believed only while it is what was written: `run.json` holds the
SHA-256 of every file beside it, and of all else that it says. What is missing is not there; what does not match its
checksum is not there either, and that is said once: no damage of a disk becomes a number.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim import store
from sim.installed import VERSION
from sim.measures import added
from sim.terminal import tell as say

if TYPE_CHECKING:
    from sim.experiments.cost import Cost

RECORD, REPORT = "run.json", "report.html"
FILES, CHECKSUM = "files", "sha256"
OTHERWISE = "a measure was added since, or another version wrote it"

Summary = dict[str, Any]
Record = dict[str, Any]
Progress = Callable[[float], None]
Result = TypeVar("Result")
Draw = Callable[[Result, Path], None]
"""Draws figures and the report of a result into a folder."""


def rules() -> tuple[str, ...]:
    """What a result depends on besides what is asked: the version, its rules, and measures that were added to it."""
    return VERSION, str(store.RULES), *added()


@dataclass(frozen=True)
class Work(Generic[Result]):
    """A result to keep: its folder, the files there that hold it (besides `run.json`), and what it is called."""

    folder: Path
    files: tuple[str, ...]
    name: str

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that the work writes."""
        return (self.folder,)

    def cost(self) -> Cost | None:
        """What it costs to make, at the most; None where that is next to nothing."""
        raise NotImplementedError

    def load(self, record: Record) -> Result | None:
        """The result as its files hold it; None, or an error of reading, where they cannot be understood."""
        raise NotImplementedError

    def make(self, tell: Progress, force: bool) -> Result:
        """Compute the result.  force: what it is made from too, even where that is kept."""
        raise NotImplementedError

    def fill(self, result: Result, folder: Path, seconds: float) -> Record:
        """Write the files of a result that took so many seconds.  -> what `run.json` says of it"""
        raise NotImplementedError

    def prepare(self, tell: Progress) -> None:
        """See that the work can be done, before anything is written.  Errors: ScenarioError, CannotWrite."""
        for folder in self.folders:
            store.prepare(folder)

    def tidy(self, done: bool) -> None:
        """Remove what only the making needs, if it is done (or to be done all anew)."""

    def placed(self, summary: Summary) -> Summary:
        """A summary that was kept, with the folder where it lies now."""
        return {**summary, "results": self.folder.as_posix()}


def summary_of(work: Work[Any], drawn: bool = False) -> Summary | None:
    """The summary of a result as `--json` prints it, if all of it is there.  drawn: its report too"""
    record = _opened(work, drawn)
    return None if record is None else work.placed(record["summary"])


def load(work: Work[Result], drawn: bool = False) -> Result | None:
    """A result as it was when it was kept, if all of it is there and can be read.  drawn: its report too"""
    record = _opened(work, drawn)
    if record is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):  # another version of the program wrote in another way
            return work.load(record)
    return None


def keep(work: Work[Result], tell: Progress, draw: Draw[Result] | None = None, force: bool = False) -> Result:
    """Find a result, or make it and keep it; tables first, so that they are safe whatever happens while it is drawn.

    `tell` hears the share that is done; draw: adds the report, where it is wanted; force: make it, whatever is there.
    Errors: Busy, CannotWrite, WorkerDied; whatever `make` raises.
    """
    found = None if force else load(work, draw is not None)
    if found is not None:
        return found
    work.prepare(tell)
    with store.claim(work.folder):
        found = None if force else load(work)  # its tables may be there; or another process has just made it
        if found is None:
            if not force and _opened(work) is not None:
                say(f"sim: {work.folder} cannot be read as it is: {OTHERWISE}. It is computed again there.")
            work.tidy(done=force)
            began = time.perf_counter()
            found = work.make(tell, force)
            _write(work, found, time.perf_counter() - began)
        if draw is not None and _opened(work, drawn=True) is None:
            _add_to(work, partial(draw, found))
    return found


def _write(work: Work[Result], result: Result, seconds: float) -> None:
    store.write_whole(work.folder, lambda folder: seal(folder, work.fill(result, folder, seconds)))
    work.tidy(done=True)


def _opened(work: Work[Any], drawn: bool = False) -> Record | None:
    return opened(work.folder, work.files, (REPORT,) if drawn else ())


def _add_to(work: Work[Any], add: Callable[[Path], None]) -> None:
    """Write a claimed folder again: its tables, and what `add` adds to them.  Errors: CannotWrite."""
    record = read_record(work.folder)
    if record is None:
        raise store.CannotWrite(work.folder, OSError(0, "what was written there cannot be read again"))
    said = {key: value for key, value in record.items() if key != FILES}

    def fill(part: Path) -> None:
        for name in work.files:
            shutil.copyfile(work.folder / name, part / name)
        add(part)
        seal(part, said)

    store.write_whole(work.folder, fill)


# ---- what a folder says of itself ------------------------------------------------------------------------------------


def seal(folder: Path, said: Record) -> None:
    """Write `run.json`: what is said of a folder, and the checksums of all that lies in it by now."""
    files = {path.name: _sum_of(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != RECORD}
    whole = store.plain_values({**said, FILES: files})
    store.write_json(folder / RECORD, {**whole, CHECKSUM: _checksum(whole)})


def opened(folder: Path, tables: Sequence[str], drawn: Sequence[str] = ()) -> Record | None:
    """What `run.json` says, if it and these tables are there unharmed; None else.

    drawn: the report, where it is wanted too; then every other file must be unharmed as well.
    """
    record = read_record(folder)
    if record is None and (folder / RECORD).exists():
        _say_damaged(folder / RECORD)
    if record is None or not {*tables, *drawn} <= set(record[FILES]):
        return None
    harmed = first_harmed(folder, record, record[FILES] if drawn else tables)
    if harmed is not None and harmed.is_file():
        _say_damaged(harmed)
    return record if harmed is None else None


def first_harmed(folder: Path, record: Record, names: Iterable[str]) -> Path | None:
    """The first of these files that is not there, or not what was written."""
    for path in (folder / name for name in names):
        if not path.is_file() or _sum_of(path) != record[FILES][path.name]:
            return path
    return None


def read_record(folder: Path) -> Record | None:
    """`run.json`, if it says what it said when it was written; None where it is damaged or not there."""
    with suppress(OSError, ValueError, KeyError, AttributeError, TypeError):  # no JSON, or JSON of another kind
        record: Record = json.loads((folder / RECORD).read_bytes())
        if record.pop(CHECKSUM) == _checksum(record):
            return record
    return None


def _checksum(record: Record) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _say_damaged(path: Path) -> None:
    """Once a process, however often the folder is looked at."""
    say(f"sim: {path} is damaged (it does not match its checksum); what depends on it is made again.")
