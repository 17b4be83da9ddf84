"""Forty students run fifty comparisons each: `python -m tests.bench.classroom`.

Starts `sim serve` on a free port with a database of its own, lets everybody move a slider, think, predict and run, and
prints how long updates took, how often something failed, and how much memory the server took on the way. An *update*
is whatever the page shows next after a click: the answer if it is there, or that it waits.
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
from pathlib import Path
from typing import Any

import httpx

SLIDERS = ("b.effort.Russia", "b.press.Russia", "b.draft.Russia")
STEP = 0.05


def main() -> None:
    """Read the arguments, run the class, print what it saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--think", type=float, default=4.0, help="mean seconds between moving a slider and running")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--data", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                address = re.search(r"http://\S+", server.stdout.readline())[0]  # type: ignore[union-attr,index]
                asyncio.run(a_class(address, server.pid, given.students, given.runs, given.think))
            finally:
                server.terminate()


async def a_class(address: str, pid: int, students: int, runs: int, think: float) -> None:
    """All students at once."""
    times: dict[str, list[float]] = {"update": [], "first numbers": [], "all numbers": []}
    errors: list[str] = []
    memory: list[int] = []
    began = time.perf_counter()
    watching = asyncio.create_task(watch(pid, memory))
    await asyncio.gather(*(student(n, address, runs, think, times, errors) for n in range(students)))
    watching.cancel()
    print(f"{students} students, {runs} runs each, in {time.perf_counter() - began:.0f} s; errors: {len(errors)}")
    for what, seconds in times.items():
        seconds.sort()
        shown = (f"{q} % {seconds[min(int(len(seconds) * q / 100), len(seconds) - 1)]:.2f} s" for q in (50, 95, 100))
        print(f"{what}: {', '.join(shown)}")
    fifth = max(len(memory) // 5, 1)
    print(
        f"memory of the server: {memory[fifth]} MB after a fifth, {memory[-1]} MB at the end, {max(memory)} MB at most"
    )
    for error in sorted(set(errors))[:5]:
        print(error)


async def watch(pid: int, memory: list[int]) -> None:
    """Resident memory of the server process, in MB, twice a second."""
    while True:
        status = Path(f"/proc/{pid}/status").read_text()
        memory.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024)  # type: ignore[index]
        await asyncio.sleep(0.5)


async def student(
    number: int, address: str, runs: int, think: float, times: dict[str, list[float]], errors: list[str]
) -> None:
    """One browser."""
    luck = random.Random(number)
    async with httpx.AsyncClient(base_url=address, timeout=60) as browser:
        await asyncio.sleep(luck.random() * think)
        page = (await browser.get("/explore")).text
        csrf = re.search(r'name="csrf" content="(\w+)"', page)[1]  # type: ignore[index]
        for _ in range(runs):
            fields = {"scenario": "baseline", luck.choice(SLIDERS): f"{STEP * luck.randrange(21):.2f}"}
            try:
                await one_run(browser, fields, csrf, luck.expovariate(1 / think), times)
            except (httpx.HTTPError, ValueError) as error:
                errors.append(f"{type(error).__name__}: {error}")


async def one_run(
    browser: httpx.AsyncClient, fields: dict[str, str], csrf: str, think: float, times: dict[str, list[float]]
) -> None:
    """Move a slider, think, run, and wait for all numbers."""
    await timed(times["update"], lambda: browser.post("/explore/prepare", data={**fields, "csrf": csrf}))
    await asyncio.sleep(think)
    clicked = time.perf_counter()
    await timed(times["update"], lambda: browser.post("/explore/ask", data={**fields, "guess": "50", "csrf": csrf}))
    for have, what in (("0", "first numbers"), ("256", "all numbers")):
        query = {**fields, "guess": "50", "have": have}
        while (await timed(None, lambda query=query: browser.get("/explore/answer", params=query))).status_code == 202:
            pass
        times[what].append(time.perf_counter() - clicked)


async def timed(seconds: list[float] | None, ask: Callable[[], Awaitable[Any]]) -> httpx.Response:
    """What was asked, and how long it took.  Errors: ValueError where it is refused."""
    began = time.perf_counter()
    response: httpx.Response = await ask()
    if response.status_code >= 400:
        raise ValueError(f"{response.status_code} {response.text[:100]}")
    if seconds is not None:
        seconds.append(time.perf_counter() - began)
    return response


if __name__ == "__main__":
    main()
