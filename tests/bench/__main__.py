"""`make bench` (`python -m tests.bench`): how fast the simulator is, on one core, beside a plain scalar Mesa model.

Prints, and judges nothing. For 1 to 10,000 histories of the baseline and of `mechanisms-off`: the seconds of the
simulation alone and of the whole command `sim run -n N --no-plots`, and the array calls of a week. The scalar model has
the rules of `mechanisms-off`, so there also how many times as fast the simulation is. Then the peak memory of the
largest run and the time of `sim --help`. Seconds are those of the processor, so that other work on the machine matters
little. Many more histories: `python -m tests.bench.sweep many`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from sim.experiments.run import Results, run
from sim.experiments.simulate import simulate
from sim.scenario import Scenario, load
from tests.bench import scalar
from tests.experiments.test_cost import calls

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BASELINE, OFF = (str(SCENARIOS / name) for name in ("baseline.yaml", "mechanisms-off.yaml"))
SIZES = (1, 64, 256, 1_000, 4_000, 10_000)
LARGEST = max(SIZES)
TIMES, ENOUGH = 5, 4.0  # each size is timed so often, or until so many seconds are spent
STRETCH = 1.0  # seconds of the scalar model, before and after each size
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


@dataclass(frozen=True)
class Timed:
    """Seconds of a processor for so many histories: of the simulation, of the command; array calls of a week."""

    size: int
    alone: float
    command: float
    calls: float


def main() -> None:
    """Measure everything, then print it."""
    keep_to_one_core()
    console = Console()
    help_seconds = median(
        seconds(lambda: subprocess.run([*SIM, "--help"], check=True, capture_output=True)) for _ in range(7)
    )
    # First, while this process is small: Linux counts what the parent held at the fork into a child's peak.
    commands = {path: {size: whole_process(path, size) for size in reversed(SIZES)} for path in (OFF, BASELINE)}
    opponent = Opponent(load(OFF))
    scalar.history(opponent.scenario, 0)
    for path, other in ((BASELINE, None), (OFF, opponent)):
        scenario = load(path)
        run(scenario, replications=1, jobs=1)
        timed: list[Timed] = []
        for size in SIZES:
            if other is not None:
                other.play()
            alone, results = fastest(scenario, size)
            a_week = calls(partial(simulate, scenario, 0, size)) / scenario.weeks
            timed.append(Timed(size, alone, commands[path][size][0], a_week))
        console.print(speed_table(Path(path).stem, timed, other))
    console.print(sanity(results, opponent), soft_wrap=True)
    most = max(sizes[LARGEST][1] for sizes in commands.values())
    console.print(f"Peak memory of `sim run -n {LARGEST} --jobs 1`: {most:.0f} MiB.")
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


def fastest(scenario: Scenario, size: int) -> tuple[float, Results]:
    """Seconds of a processor for so many histories, the least of several times, and the last results."""
    taken: list[float] = []
    while len(taken) < TIMES and sum(taken) < ENOUGH:
        begun = time.process_time()
        results = run(scenario, replications=size, jobs=1)
        taken.append(time.process_time() - begun)
    return min(taken), results


def whole_process(path: str, size: int) -> tuple[float, float]:
    """Seconds of a processor and peak memory in MiB of the command as a user types it: reading, running, writing."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-n", str(size), "--no-plots", "--jobs", "1", "--out", folder, "--force"]
        child = subprocess.Popen([*SIM, "run", path, *options], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"sim run ended with exit code {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / MIB


def speed_table(name: str, timed: Sequence[Timed], opponent: Opponent | None) -> Table:
    """One row a size."""
    table = Table("histories", "alone, s", "sim run, s", "calls a week")
    table.title = f"{name}: seconds of one processor"
    for head in ("scalar Mesa, s", "times as fast") if opponent else ():
        table.add_column(head)
    for column in table.columns:
        column.justify = "right"
    for each in timed:
        numbers = [each.size, each.alone, each.command, each.calls]
        if opponent is not None:
            theirs = each.size / opponent.speed
            numbers += [theirs, theirs / each.alone]
        table.add_row(*map(figure, numbers))
    return table


def figure(x: float) -> str:
    """As many digits as such a measurement deserves."""
    return f"{x:,.0f}" if x >= 100 or x == 1 else f"{x:.3g}"


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
