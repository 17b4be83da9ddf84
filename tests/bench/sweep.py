"""A sweep measured by hand: how fast, how much memory, and what fifty kills leave of it.

python -m tests.bench.sweep speed      # 11 x 11 cells of 1,000 replications of the baseline
python -m tests.bench.sweep memory     # a small scenario, 100,000 and 1,000,000 replications
python -m tests.bench.sweep many       # one cell of the baseline, 100,000 and 1,000,000 histories, in flat memory
python -m tests.bench.sweep most       # 10,000,000 of them: three quarters of an hour of one core
python -m tests.bench.sweep kills      # 50 times kill -9; the bytes of an undisturbed sweep in the end
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HOME = Path(__file__).parents[2]
SWEEP = (sys.executable, "-m", "sim", "sweep")
BASELINE, SMALL = HOME / "scenarios" / "baseline.yaml", HOME / "scenarios" / "two-conceders.yaml"
KILLS = 50


def speed(folder: Path) -> None:
    """A grid of 121 cells."""
    grid = ("--vary", "mediators.Russia.effort=0:1:11", "--vary", "incidents.per_year=0:4:11")
    for more in ((), ("--no-plots",)):
        began = time.perf_counter()
        subprocess.run(
            [*SWEEP, BASELINE, *grid, "-n", "1000", "--out", folder / f"{len(more)}", *more],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"121 cells x 1,000 replications {' '.join(more)}: {time.perf_counter() - began:.1f} s", flush=True)


def memory(folder: Path) -> None:
    """The greatest resident size of any process of a sweep, by replications."""
    short = ("--set", "clock.weeks=8", "--set", "clock.hold_weeks=0")
    for replications in (100_000, 1_000_000):
        for more in ((), ("--keep-outcomes",)):
            command = [
                *SWEEP,
                SMALL,
                "--vary",
                "contacts.intensity=0,1",
                "-n",
                str(replications),
                "--no-plots",
                *short,
                *more,
            ]
            began = time.perf_counter()
            subprocess.run([*command, "--out", folder / f"{len(more)}"], check=True, stdout=subprocess.DEVNULL)
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            took = time.perf_counter() - began
            print(
                f"2 cells x {replications:,} {' '.join(more)}: at most {most:.0f} MiB so far, {took:.0f} s", flush=True
            )


def many(folder: Path, sizes: Sequence[int] = (100_000, 1_000_000)) -> None:
    """Seconds of a processor and peak memory of one cell, counted chunk by chunk in one process."""
    for size in sizes:
        options = ("--vary", "mediators.Russia.effort=0.5", "-n", str(size), "--no-plots", "--jobs", "1")
        child = subprocess.Popen([*SWEEP, BASELINE, *options, "--out", folder], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert not child.returncode, f"sim sweep ended with exit code {child.returncode}"
        spent = used.ru_utime + used.ru_stime
        print(f"{size:,} histories: {spent:.1f} s, at most {used.ru_maxrss / 1024:.0f} MiB", flush=True)


def most(folder: Path) -> None:
    """Ten million."""
    many(folder, (10_000_000,))


def kills(folder: Path) -> None:
    """Kill a sweep at random moments: before its first chunk, amid its chunks, amid its writing."""
    grid = ("--vary", "contacts.intensity=0:1:400", "--vary", "incidents.per_year=0,1,2", "-n", "2000")
    command, chance = [*SWEEP, SMALL, *grid, "--no-plots", "--keep-outcomes"], random.Random(1)
    before: dict[str, int] = {}
    for number in range(KILLS):
        with subprocess.Popen([*command, "--out", folder / "killed"], stdout=subprocess.DEVNULL) as process:
            while number % 5 and process.poll() is None and len(_stored(folder)) == len(before):
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 1))
            process.send_signal(signal.SIGKILL)
        time.sleep(0.2)  # until its workers have noticed
        now = _stored(folder)
        again = [name for name in before if name in now and now[name] != before[name]]
        assert not again, f"computed again: {again}"
        print(f"kill {number + 1}: {len(now)} chunks stored", flush=True)
        if list(folder.rglob("cells.parquet")):
            print("written before it could be killed", flush=True)
            break
        before = now
    for place in ("killed", "whole"):
        subprocess.run([*command, "--out", folder / place], check=True, stdout=subprocess.DEVNULL)
    for name in ("cells.parquet", "outcomes.parquet", "sweep.yaml"):
        [one], [other] = (list((folder / place).rglob(name)) for place in ("killed", "whole"))
        assert one.read_bytes() == other.read_bytes(), name
    print("the same bytes as an undisturbed sweep")


def _stored(folder: Path) -> dict[str, int]:
    """Finished chunks, and when each was written."""
    chunks = [path for path in folder.rglob(".*.chunks/*") if path.suffix != ".part"]
    return {path.name: path.stat().st_mtime_ns for path in chunks}


MEASURES: dict[str, Callable[[Path], None]] = {"speed": speed, "memory": memory, "many": many, "kills": kills}
ASKED_FOR: dict[str, Callable[[Path], None]] = {"most": most}


def main(wanted: Sequence[str]) -> None:
    """Measure what is named, or everything but what takes hours."""
    os.chdir(HOME)
    for name in wanted or MEASURES:
        with tempfile.TemporaryDirectory() as folder:
            (MEASURES | ASKED_FOR)[name](Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
