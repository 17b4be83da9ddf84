"""`make bench` (`python -m tests.bench`): how fast the simulator is, on one core, beside a plain scalar Mesa model.

Prints, and judges nothing: replications a second at 1, 100, 1,000 and 10,000 replications, those of the scalar model
and their ratio; speed and peak memory of `sim run` as a whole process; the time of `sim --help`. Speeds are by
processor time, so that other work on the machine matters little.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from sim.experiments.run import Results, run
from sim.scenario import Scenario, load
from tests.bench import scalar

BASELINE = str(Path(__file__).parents[2] / "scenarios" / "baseline.yaml")
SIZES = (1, 100, 1_000, 10_000)
LARGEST = max(SIZES)
TIMES, ENOUGH = 9, 4.0  # each size is timed so often, or until so many seconds are spent
STRETCH = 2.0  # seconds of the scalar model, before and after each size
MIB = 1024  # in KiB, as Linux counts `ru_maxrss`
SIM = [sys.executable, "-m", "sim"]


class Opponent:
    """The scalar model, run in short stretches between the simulator's so that both meet the same weather."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.histories, self.stretches = scenario, 0, list[float]()
        self.settled, self.lasting = 0, 0

    def play(self) -> None:
        """Run histories, one model each, for about `STRETCH` seconds."""
        begun, count = time.process_time(), 0
        while (taken := time.process_time() - begun) < STRETCH:
            row = scalar.history(self.scenario, self.scenario.seed + self.histories + count)
            self.settled, self.lasting, count = self.settled + row["settled"], self.lasting + row["lasting"], count + 1
        self.histories += count
        self.stretches.append(count / taken)

    @property
    def speed(self) -> float:
        """Replications a second, the median stretch."""
        return median(self.stretches)


def main() -> None:
    """Measure everything, then print it."""
    keep_to_one_core()
    console = Console()
    help_seconds = median(
        seconds(lambda: subprocess.run([*SIM, "--help"], check=True, capture_output=True)) for _ in range(7)
    )
    # First, while this process is small: Linux counts what the parent held at the fork into a child's peak.
    whole_speed, peak = whole_process()
    whole_speeds = [whole_speed]
    scenario = load(BASELINE)
    opponent = Opponent(scenario)
    run(scenario, replications=1, jobs=1)
    scalar.history(scenario, 0)
    speeds: dict[int, float] = {}
    results: Results | None = None
    for size in SIZES:
        opponent.play()
        speeds[size], results = speed(scenario, size)
        whole_speeds.append(whole_process()[0])
    opponent.play()
    assert results is not None
    console.print(speed_table(speeds, median(whole_speeds), opponent))
    console.print(sanity(results, opponent), soft_wrap=True)
    console.print(f"Peak memory of `sim run -n {LARGEST} --jobs 1`: {peak:.0f} MiB.")
    console.print(f"`sim --help`: {help_seconds:.3f} s (median of 7).")


def keep_to_one_core() -> None:
    """Bind this process, and so its children, to one processor where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def speed(scenario: Scenario, size: int) -> tuple[float, Results]:
    """Replications a second of the simulator (median of several times), and the last results."""
    taken: list[float] = []
    while len(taken) < TIMES and sum(taken) < ENOUGH:
        begun = time.process_time()
        results = run(scenario, replications=size, jobs=1)
        taken.append(time.process_time() - begun)
    return size / median(taken), results


def whole_process() -> tuple[float, float]:
    """Replications a second and peak memory in MiB of the command as a user types it: reading, running, writing."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-n", str(LARGEST), "--no-plots", "--jobs", "1", "--out", folder, "--force"]
        child = subprocess.Popen([*SIM, "run", BASELINE, *options], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"sim run ended with exit code {child.returncode}")
    return LARGEST / (used.ru_utime + used.ru_stime), used.ru_maxrss / MIB


def speed_table(speeds: dict[int, float], whole_speed: float, opponent: Opponent) -> Table:
    """One row a size, and one for the whole command."""
    table = Table("replications", "simulator /s", "scalar Mesa /s", "ratio", title="Replications a second, on one core")
    for column in table.columns:
        column.justify = "right"
    rows = {f"{size:,}": value for size, value in speeds.items()} | {f"{LARGEST:,}, whole command": whole_speed}
    for name, value in rows.items():
        table.add_row(name, *(figure(x) for x in (value, opponent.speed, value / opponent.speed)))
    return table


def figure(x: float) -> str:
    """As many digits as such a measurement deserves."""
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def sanity(results: Results, opponent: Opponent) -> str:
    """Both models' shares: the rules are comparable when these are close."""
    theirs = {"settled": opponent.settled, "lasting": opponent.lasting}
    shares = [
        f"{name} {results.outcomes[name].mean():.2f} and {count / opponent.histories:.2f}"
        for name, count in theirs.items()
    ]
    low, high = min(opponent.stretches), max(opponent.stretches)
    return (
        f"Shares, simulator and scalar model: {', '.join(shares)}; the scalar model ran {opponent.histories:,} "
        f"histories, at {low:,.0f} to {high:,.0f} a second."
    )


if __name__ == "__main__":
    main()
