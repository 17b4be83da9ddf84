"""The results folder: what is kept is written whole or not at all, and found again.

    results/<scenario file's stem>/<run id>/

The run id is made from what the run says (merged scenario with seed and replications, version, rules), so that the
same run lands in the same folder. A folder is written under a hidden name beside its place, flushed to the disk and
renamed; whoever is stopped in between leaves nothing under a final name. One process at a time may write a folder.
What a run, a comparison or a sweep puts into its folder is said in `experiments/works.py`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.installed import VERSION

if TYPE_CHECKING:
    import pandas as pd


RULES = 5
"""Raised whenever the same scenario would give other numbers than before; part of every run id."""

PATIENCE = 5.0
"""Seconds to wait for another process that writes the same folder."""

TABLES = ("outcomes", "weekly", "events", "paths")
FILES = ("scenario.yaml", *(f"{table}.parquet" for table in TABLES))
PACKAGES = ("mesa", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "pydantic")
PROBE = bytes(64 * 1024)
ELSEWHERE = "Choose another folder (for results: --out)."
NO_SPACE = "Free some space or choose another folder (for results: --out)."
A_FILE_STANDS = "A file stands where a folder is needed: move it or choose another folder (for results: --out)."

REMEDIES = {
    errno.ENOSPC: NO_SPACE,
    errno.EDQUOT: NO_SPACE,
    errno.EROFS: "Choose a folder on a disk that can be written (for results: --out).",
    errno.EACCES: "Choose a folder that you may write to (for results: --out).",
    errno.EPERM: "Choose a folder that you may write to (for results: --out).",
    errno.ENOTDIR: A_FILE_STANDS,
    errno.EEXIST: A_FILE_STANDS,
}


class CannotWrite(Exception):
    """A place that takes no files. Its text is a sentence that names the place, the reason and the remedy."""

    def __init__(self, place: Path | str, error: OSError, remedy: str | None = None) -> None:
        remedy = remedy or REMEDIES.get(error.errno or 0, ELSEWHERE)
        super().__init__(f"cannot write {place}: {error.strerror or error}. {remedy}")


class Busy(Exception):
    """Another process writes the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another process is writing {folder}. Wait until it is done and try again.")


# ---- any folder ------------------------------------------------------------------------------------------------------


def digest(*parts: str, letters: int = 12) -> str:
    """Hexadecimal letters made from texts; texts that differ anywhere give other letters."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:letters]


def make(folder: Path) -> None:
    """Make a folder, if it is not there.  Errors: CannotWrite."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(folder, error) from error


def prepare(folder: Path) -> None:
    """Make the parents of a folder and see that they take a file, before hours are spent on what goes into it.

    Errors: CannotWrite.
    """
    probe = folder.parent / f".{folder.name}.probe.{os.getpid()}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_flushed(probe, PROBE)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(folder.parent, error) from error


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Be the only process that writes this folder.

    Errors: Busy when another one still writes it after `PATIENCE` seconds; CannotWrite.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder.parent / f".{folder.name}.lock")
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise Busy(folder) from None
    except OSError as error:
        raise CannotWrite(folder.parent, error) from error
    try:
        yield
    finally:
        lock.release()


def write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Write a folder whole or not at all, in the place of an older one; the caller has claimed it.

    `fill` is handed the hidden folder that takes the final name once everything in it is on the disk.
    Errors: CannotWrite; whatever else `fill` raises.
    """
    part = folder.parent / f".{folder.name}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)  # left by a process that was killed: the claim says that it is gone
        part.mkdir(parents=True)
        fill(part)
        for path in sorted(part.rglob("*")):
            _sync(path)
        _sync(part)
        _take_place(part, folder)
        _sync(folder.parent)
    except OSError as error:
        if elsewhere(error, folder.parent):
            raise
        raise CannotWrite(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def elsewhere(error: OSError, place: Path) -> bool:
    """Whether the file that failed is not in this folder: then something was missing, not the room to write."""
    return isinstance(error.filename, str) and not Path(error.filename).absolute().is_relative_to(place.absolute())


def _take_place(part: Path, folder: Path) -> None:
    old = folder.parent / f".{folder.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        part.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file and see it on the disk.  Errors: OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_new(path: Path, text: str) -> None:
    """Write a text file that does not exist yet, whole or not at all.  Errors: FileExistsError, CannotWrite."""
    try:
        file = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        raise
    except OSError as error:
        raise CannotWrite(path, error) from error
    try:
        with file:
            file.write(text)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(path, error) from error
        raise


def write_over(path: Path, text: str) -> None:
    """Write a text file whole or not at all, in the place of an older one.  Errors: CannotWrite."""
    part = path.parent / f".{path.name}.part"
    try:
        write_flushed(part, text.encode())
        part.replace(path)
    except OSError as error:
        raise CannotWrite(path, error) from error
    finally:
        part.unlink(missing_ok=True)


# ---- what goes into files --------------------------------------------------------------------------------------------


def plain_values(value: Any) -> Any:
    """The same value in the types that JSON has: NumPy numbers become Python's, NaN and infinities None."""
    if isinstance(value, dict):
        return {str(key): plain_values(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON in UTF-8."""
    text = json.dumps(plain_values(value), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_table(path: Path | BinaryIO, table: pd.DataFrame) -> None:
    """Write a table as Parquet: no index, no date of writing, so that the same table gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [name for name, kind in table.dtypes.items() if kind.kind not in "biuf"]  # few numbers ever repeat
    written = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(written, path, compression="zstd", use_dictionary=texts)


@cache
def versions() -> dict[str, str]:
    """Version of Python and of every package that a number may depend on."""
    from importlib.metadata import version

    return {"python": platform.python_version(), "sim": VERSION, **{package: version(package) for package in PACKAGES}}


# ---- what every result says of itself --------------------------------------------------------------------------------


def record(
    seed: int, replications: int, wall_seconds: float, scenario_text: str, summary: dict[str, Any]
) -> dict[str, Any]:
    """What `run.json` says of how something was computed, and its summary."""
    return {
        "seed": seed,
        "replications": replications,
        "versions": versions(),
        "rules": RULES,
        "scenario_sha256": hashlib.sha256(scenario_text.encode()).hexdigest(),
        "wall_seconds": round(wall_seconds, 3),
        "summary": summary,
    }
