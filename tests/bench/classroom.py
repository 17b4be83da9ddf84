"""Forty students run fifty comparisons each: `make load` (`python -m tests.bench.classroom`).

Starts `sim serve` on a free port with a database of its own, a minute and a half before the class. Everybody joins one
room, reads, moves sliders, predicts and runs; what is printed is how long updates took, how often something failed, how
many runs somebody had asked for before, and how much memory the server and its workers took on the way. An *update* is
what a person waits for after the click that runs: from the click until the page has the numbers of the first 256
histories. A run every 20 seconds is more than twice as many as fifty in a lesson of 45 minutes; `--think 4` shows what
gives way first.
The exit code is 1 if a request fails, an update takes longer than `SLOWEST`, or memory is not `FLAT`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

SLIDERS = {
    **{f"{name}.Russia": (0.0, 1.0, 0.05) for name in ("effort", "shuttle", "draft", "press")},
    "incidents": (0.0, 8.0, 0.25),
    "severity": (0.05, 0.9, 0.05),
}
MOVED = (1, 1, 2)  # sliders that are moved for a run, on the side B: one as a worksheet asks, now and then a second one
TYPING = 2.0  # seconds that a person needs at least, from the slider to a number in the box and a click
AHEAD = 90.0  # seconds that the teacher is there before the class
SEATED = 60.0  # seconds until everybody has opened the page
SLOWEST = 0.5  # seconds that 95 of 100 updates take at most
FLAT = 0.2  # share that memory may change by, once everybody is there
MIB = 1024  # in kB, as Linux counts


def main() -> None:
    """Read the arguments, run the class, print what it saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--think", type=float, default=20.0, help="mean seconds between runs: reading, then predicting")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--data", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                address = re.search(r"http://\S+", server.stdout.readline())[0]  # type: ignore[union-attr,index]
                seen = asyncio.run(a_class(address, server.pid, given.students, given.runs, given.think))
            finally:
                server.terminate()
    print("\n".join(seen.report()))
    if not all(seen.kept.values()):
        raise SystemExit("Not kept: " + "; ".join(promise for promise, kept in seen.kept.items() if not kept))


@dataclass
class Seen:
    """What the class saw: seconds, errors, settings that were run, memory in MiB (server, with workers)."""

    students: int
    times: dict[str, list[float]] = field(
        default_factory=lambda: {"answer of any kind": [], "update": [], "all numbers": []}
    )
    errors: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)
    seconds: float = 0

    @property
    def kept(self) -> dict[str, bool]:
        """What is promised, and whether it was so."""
        start, middle, end = self.levels(0)
        return {
            "no errors": not self.errors,
            f"95 of 100 updates within {SLOWEST * 1000:.0f} ms": quantile(self.times["update"], 95) < SLOWEST,
            f"memory of the server flat within {FLAT:.0%}": all(abs(x / start - 1) <= FLAT for x in (middle, end)),
        }

    def levels(self, which: int) -> tuple[float, float, float]:
        """Memory of the server (0) or of all its processes (1): in the first tenth, in the middle, in the last one."""
        found = [each[which] for each in self.memory]
        tenth, half = max(len(found) // 10, 1), len(found) // 2
        return median(found[:tenth]), median(found[half : half + tenth]), median(found[-tenth:])

    def report(self) -> list[str]:
        """Everything in sentences and figures."""
        fresh = len(set(self.run))
        lines = [
            f"{self.students} students made {len(self.run):,} runs in {self.seconds:.0f} s "
            f"({len(self.run) / self.seconds:.1f} a second); errors: {len(self.errors)}.",
            f"Different settings: {fresh:,}; {1 - fresh / max(len(self.run), 1):.0%} of the runs had been asked for "
            "by somebody before.",
            f"{'ms':>18}{'half within':>14}{'95 % within':>14}{'longest':>14}",
        ]
        for what, seconds in self.times.items():
            lines.append(f"{what:>18}" + "".join(f"{quantile(seconds, q) * 1000:>14,.0f}" for q in (50, 95, 100)))
        lines.append(f"{'MiB':>18}{'start':>14}{'middle':>14}{'end':>14}")
        for what, which in (("server", 0), ("with workers", 1)):
            lines.append(f"{what:>18}" + "".join(f"{x:>14,.0f}" for x in self.levels(which)))
        return lines + sorted(set(self.errors))[:5]


def quantile(numbers: list[float], percent: int) -> float:
    """The number that so many of 100 do not exceed; NaN if there are none."""
    ordered = sorted(numbers)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] if ordered else float("nan")


# ---- the class -------------------------------------------------------------------------------------------------------


async def a_class(address: str, pid: int, students: int, runs: int, think: float) -> Seen:
    """All students at once, once each of them has a seat."""
    seen = Seen(students)
    async with httpx.AsyncClient(base_url=address, timeout=60) as teacher:
        await timed(None, lambda: send(teacher, "/class/open", {}))
        room = teacher.cookies["teacher"].strip('"').partition(":")[0]
    await asyncio.sleep(AHEAD)
    browsers = [httpx.AsyncClient(base_url=address, timeout=60) for _ in range(students)]
    for browser in browsers:
        await timed(None, lambda browser=browser: send(browser, "/class/join", {"code": room}))
    began = time.perf_counter()
    watching = asyncio.create_task(watch(pid, seen.memory))
    await asyncio.gather(*(student(n, browser, runs, think, seen) for n, browser in enumerate(browsers)))
    watching.cancel()
    seen.seconds = time.perf_counter() - began
    for browser in browsers:
        await browser.aclose()
    return seen


async def watch(pid: int, memory: list[tuple[int, int]]) -> None:
    """Resident memory of the server and of it with all below it, in MiB, twice a second."""
    while True:
        own = resident(pid)
        memory.append((own, own + sum(resident(below) for below in descendants(pid))))
        await asyncio.sleep(0.5)


def resident(pid: int) -> int:
    """MiB that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) // MIB if found else 0


def descendants(pid: int) -> list[int]:
    """Processes that it started, and those that they did."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    below = [int(each) for task in tasks for each in task.read_text(encoding="utf-8").split()]
    return [*below, *(further for each in below for further in descendants(each))]


async def student(number: int, browser: httpx.AsyncClient, runs: int, think: float, seen: Seen) -> None:
    """One browser."""
    luck = random.Random(number)
    await asyncio.sleep(luck.random() * SEATED)
    csrf = token((await browser.get("/explore")).text)
    for _ in range(runs):
        fields = {"scenario": "baseline"}
        for name in luck.sample(list(SLIDERS), luck.choice(MOVED)):
            low, high, step = SLIDERS[name]
            fields[f"b.{name}"] = f"{low + step * luck.randrange(round((high - low) / step) + 1):.2f}"
        seen.run.append(repr(sorted(fields.items())))
        try:
            await asyncio.sleep(luck.expovariate(2 / think))
            predicting = TYPING + luck.expovariate(1 / max(think / 2 - TYPING, 0.1))
            await one_run(browser, fields, csrf, predicting, seen.times)
        except (httpx.HTTPError, ValueError) as error:
            seen.errors.append(f"{type(error).__name__}: {error}")


async def one_run(
    browser: httpx.AsyncClient, fields: dict[str, str], csrf: str, think: float, times: dict[str, list[float]]
) -> None:
    """Move sliders, predict, run, and wait for all numbers."""
    await timed(times["answer of any kind"], lambda: browser.post("/explore/prepare", data={**fields, "csrf": csrf}))
    await asyncio.sleep(think)
    clicked = time.perf_counter()
    await timed(
        times["answer of any kind"], lambda: browser.post("/explore/ask", data={**fields, "guess": "50", "csrf": csrf})
    )
    for have, what in (("0", "update"), ("256", "all numbers")):
        query = {**fields, "guess": "50", "have": have}
        while (await timed(None, lambda query=query: browser.get("/explore/answer", params=query))).status_code == 202:
            pass
        times[what].append(time.perf_counter() - clicked)


async def send(browser: httpx.AsyncClient, path: str, fields: dict[str, str]) -> httpx.Response:
    """A form of the page Class."""
    csrf = token((await browser.get("/class")).text)
    return await browser.post(path, data={**fields, "csrf": csrf})


def token(page: str) -> str:
    """The token of a page's forms.  Errors: ValueError if it is none of ours."""
    found = re.search(r'name="csrf" content="(\w+)"', page)
    if found is None:
        raise ValueError(f"no page: {page[:100]}")
    return found[1]


async def timed(seconds: list[float] | None, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """What was asked, and how long it took.  Errors: ValueError where it is refused."""
    began = time.perf_counter()
    response = await ask()
    if response.status_code >= 400:
        raise ValueError(f"{response.status_code} {response.text[:100]}")
    if seconds is not None:
        seconds.append(time.perf_counter() - began)
    return response


if __name__ == "__main__":
    main()
