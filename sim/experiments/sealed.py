"""What a kept folder says of itself, and whether it can be believed.

`run.json` holds the SHA-256 of every file beside it, and of all else that it says. What is missing is not there; what
does not match its checksum is not there either, and that is said once: no damage of a disk becomes a number.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from sim import store
from sim.terminal import tell

RECORD, FILES, CHECKSUM = "run.json", "files", "sha256"

Record = dict[str, Any]


def seal(folder: Path, said: Record) -> None:
    """Write `run.json`: what is said of a folder, and the checksums of all that lies in it by now."""
    files = {path.name: _sum_of(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != RECORD}
    whole = store.plain_values({**said, FILES: files})
    store.write_json(folder / RECORD, {**whole, CHECKSUM: _checksum(whole)})


def opened(folder: Path, tables: Sequence[str], drawn: Sequence[str] = ()) -> Record | None:
    """What `run.json` says, if it and these tables are there unharmed; None else.

    drawn: the report, where it is wanted too; then every other file must be unharmed as well.
    """
    record = _record(folder)
    if record is None or not {*tables, *drawn} <= set(record[FILES]):
        return None
    for name in record[FILES] if drawn else tables:
        if not (folder / name).is_file():
            return None
        if _sum_of(folder / name) != record[FILES][name]:
            _say_damaged(folder / name)
            return None
    return record


def summary(folder: Path, tables: Sequence[str], drawn: Sequence[str] = ()) -> dict[str, Any] | None:
    """The summary of what lies in a folder, as `--json` prints it; None as for `opened`."""
    record = opened(folder, tables, drawn)
    return None if record is None else {**record["summary"], "results": folder.as_posix()}


def add_to(folder: Path, tables: Sequence[str], add: Callable[[Path], None]) -> None:
    """Write a folder again, these tables of it, with what `add` adds to it.

    The caller has claimed the folder and written the tables.  Errors: CannotWrite.
    """
    record = _record(folder)
    if record is None:
        raise store.CannotWrite(folder, OSError(0, "what was written there cannot be read again"))
    said = {key: value for key, value in record.items() if key not in (FILES, CHECKSUM)}

    def fill(part: Path) -> None:
        for name in tables:
            shutil.copyfile(folder / name, part / name)
        add(part)
        seal(part, said)

    store.write_whole(folder, fill)


# ---- checksums -------------------------------------------------------------------------------------------------------


def _record(folder: Path) -> Record | None:
    """`run.json`, if it says what it said when it was written."""
    path = folder / RECORD
    with suppress(FileNotFoundError, NotADirectoryError):
        with suppress(OSError, ValueError, KeyError, AttributeError, TypeError):  # no JSON, or JSON of another kind
            record: Record = json.loads(path.read_bytes())
            if record.pop(CHECKSUM) == _checksum(record):
                return record
        path.stat()
        _say_damaged(path)
    return None


def _checksum(record: Record) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _say_damaged(path: Path) -> None:
    """Once a process, however often the folder is looked at."""
    tell(f"sim: {path} is damaged (it does not match its checksum); what depends on it is made again.")
