"""A run that is interrupted, terminated or loses a worker, as seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.experiments.cost import CHUNK
from tests.seldom import seldom

from .conftest import SMALL

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

LONG_RUN = ["run", "small.yaml", "--no-plots", "-n", "1000000"]
LONG_SWEEP = ["sweep", "small.yaml", "--vary", "contacts.intensity=0:1:100", "--no-plots", "-n", "10000"]


PATIENCE = 60.0
"""Seconds after which a test gives up: nothing is measured by them, since a busy machine takes longer."""


def descendants(pid: int) -> set[int]:
    """Living processes that this one started, and those that they started; workers are children of a fork server."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            parents[int(entry.name)] = int(words[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def workers(pid: int) -> set[int]:
    """Processes that the process's fork server started."""
    return {child for server in descendants(pid) for child in descendants(server)}


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def started(folder: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """`sim` in a process group of its own, in a folder with small.yaml."""
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *args],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def finished(folder: Path) -> list[Path]:
    return list((folder / "results").rglob("run.json"))


@pytest.mark.parametrize(
    ("work", "sent", "jobs", "helpers", "later"),
    [
        seldom(LONG_RUN, signal.SIGINT, "1", 0, 0.3),
        (LONG_RUN, signal.SIGINT, "2", 2, 0),
        seldom(LONG_RUN, signal.SIGTERM, "2", 4, 0.3),
        seldom(LONG_SWEEP, signal.SIGINT, "2", 4, 0.3),
        seldom(LONG_RUN, signal.SIGINT, "2", 1, 0),
        seldom(LONG_RUN, signal.SIGINT, "2", 4, 0.3),
        seldom(LONG_RUN, signal.SIGTERM, "1", 0, 0.3),
        seldom(LONG_RUN, signal.SIGTERM, "2", 2, 0),
        seldom(LONG_SWEEP, signal.SIGTERM, "1", 0, 0.3),
        seldom(LONG_SWEEP, signal.SIGTERM, "2", 4, 0.3),
    ],
)
def test_stopped_work_ends_at_once_and_leaves_nothing_half_written(
    tmp_path: Path, work: list[str], sent: signal.Signals, jobs: str, helpers: int, later: float
) -> None:
    """Stopped when so many helping processes run: a tracker, a fork server, two workers; and when they are at work."""
    with started(tmp_path, *work, "--jobs", jobs) as process:
        assert eventually(lambda: list((tmp_path / "results" / "small").glob(".*.lock")))
        assert eventually(lambda: len(descendants(process.pid)) >= helpers)
        time.sleep(later)
        started_by_it = descendants(process.pid)
        os.killpg(process.pid, sent) if sent is signal.SIGINT else process.send_signal(sent)  # as a terminal does
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + sent
    word = "interrupted" if sent is signal.SIGINT else "terminated"
    assert out == ""
    before, *said = err.splitlines()
    assert "will take up to" in before
    assert said == [f"sim: {word}; nothing half-written was kept."]
    assert eventually(lambda: not started_by_it & descendants(1))
    assert not any(Path(f"/proc/{pid}").exists() and "Z" not in state(pid) for pid in started_by_it)
    assert finished(tmp_path) == []
    assert list((tmp_path / "results" / "small").glob("**/*.part")) == []


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][:1]
    except OSError:
        return "Z"


def test_workers_of_a_killed_run_end_with_it(tmp_path: Path) -> None:
    with started(tmp_path, *LONG_RUN, "--jobs", "2") as process:
        assert eventually(lambda: len(workers(process.pid)) == 2)
        started_by_it = descendants(process.pid)
        process.kill()
        assert eventually(lambda: all(state(pid) == "Z" for pid in started_by_it))


@pytest.mark.validate
def test_a_run_that_loses_a_worker_gives_the_results_of_one_process(tmp_path: Path) -> None:
    tables = []
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        folder.mkdir()
        with started(folder, "run", "small.yaml", "--no-plots", "-n", str(CHUNK + 80), "--jobs", jobs) as process:
            if jobs == "2":
                assert eventually(lambda: len(workers(process.pid)) == 2)
                os.kill(min(workers(process.pid)), signal.SIGKILL)
            _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        [record] = finished(folder)
        tables.append([(record.parent / f"{table}.parquet").read_bytes() for table in ("outcomes", "weekly", "events")])
    assert tables[0] == tables[1]
