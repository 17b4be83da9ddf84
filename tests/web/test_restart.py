"""The server is killed in the middle of a lesson and started again: whatever had been answered is still there.

A real process, killed as a power switch kills it (SIGKILL: nothing is tidied up), while students press their buttons.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from .conftest import TINY_FILE, Browser

STUDENTS = 3
ENOUGH = 8  # answers after which the server is killed


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`sim serve` in a folder, on a port of its own.  -> its address, the process"""
    command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--jobs", "1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, process.stderr and process.stderr.read()
            yield found[0], process
        finally:
            process.kill()


@asynccontextmanager
async def browser(address: str, cookies: httpx.Cookies | None = None, csrf: str = "") -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address, cookies=cookies, timeout=60) as client:
        found = Browser(client, csrf)
        if not csrf:
            await found.open("/how")
        yield found


@dataclass
class Lesson:
    """What was answered before the server died, and what browsers hold in their hands."""

    room: str = ""
    scenario: str = ""
    predictions: dict[str, int] = field(default_factory=dict)  # by what was predicted on
    games: dict[int, str] = field(default_factory=dict)  # addresses, by student
    decisions: Counter[int] = field(default_factory=Counter)  # answered, by student
    browsers: list[tuple[httpx.Cookies, str]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return len(self.predictions) + self.decisions.total()


async def begun(lesson: Lesson, teacher: Browser, students: list[Browser]) -> None:
    """A room with a question, a scenario of the teacher's, students who joined and began to mediate."""
    kept = await teacher.send("/explore/own", text=TINY_FILE.read_text(encoding="utf-8"))
    lesson.scenario = kept.headers["location"].partition("=")[2]
    lesson.room = (await teacher.send("/class/open")).headers["location"]
    address = f"/explore?scenario={lesson.scenario}&b.effort.Chair=0.9"
    await teacher.send(f"{lesson.room}/plan", kind="predict", words="Does it help?", address=address, minutes="20")
    await teacher.send(f"{lesson.room}/turn", activity="1", phase="predict")
    for n, student in enumerate(students):
        await student.send("/class/join", code=lesson.room.rpartition("/")[2])
        game = await student.send("/mediate/begin", scenario=lesson.scenario, seat="Chair", replication="3")
        lesson.games[n] = game.headers["location"]


async def busy(lesson: Lesson, n: int, student: Browser) -> None:
    """One student predicts and decides, without a break, until nobody answers."""
    with suppress(httpx.TransportError):
        for step in range(1000):
            fields = {"scenario": lesson.scenario, "b.incidents": f"{n * 2 + step % 8 * 0.25}"}
            said = await student.post("/explore/ask", {**fields, "guess": str(step)})
            if said.status_code == 200:
                lesson.predictions.setdefault(f"{n}: {said.json()['state']}", step)
            number = lesson.decisions[n]
            turn = await student.post(f"{lesson.games[n]}/decide", {"number": str(number)})
            lesson.decisions[n] += turn.status_code == 303


async def killed(address: str, process: subprocess.Popen[str]) -> Lesson:
    """A lesson until the server was killed."""
    lesson = Lesson()
    async with AsyncExitStack() as stack:
        teacher, *students = [await stack.enter_async_context(browser(address)) for _ in range(STUDENTS + 1)]
        await begun(lesson, teacher, students)
        everybody = asyncio.gather(*(busy(lesson, n, student) for n, student in enumerate(students)))
        while lesson.answered < ENOUGH:
            assert not everybody.done(), "everybody gave up before the server was killed"
            await asyncio.sleep(0.01)
        process.kill()
        await everybody
        lesson.browsers = [(each.client.cookies, each.csrf) for each in (teacher, *students)]
    return lesson


async def still_there(lesson: Lesson, address: str) -> None:
    """Everything that was answered, and old pages work on."""
    async with AsyncExitStack() as stack:
        everybody = [await stack.enter_async_context(browser(address, *each)) for each in lesson.browsers]
        teacher, students = everybody[0], everybody[1:]
        told = (await teacher.get(f"{lesson.room}/now")).json()
        assert (told["members"], told["phase"]) == (STUDENTS, "predict")
        assert 0 < told["left"] < 1200
        text = (await teacher.get(f"{lesson.room}/table.csv")).text.removeprefix("\ufeff")
        rows = [row for row in csv.DictReader(io.StringIO(text)) if row["kind"] == "prediction"]
        kept = {f"{int(row['member']) - 1}: {row['address']}": int(row["predicted"]) for row in rows}
        assert lesson.predictions.items() <= kept.items()
        for n, student in enumerate(students):
            game = await student.open(lesson.games[n])
            number = re.search(r'name="number" value="(\d+)"', game.text)
            assert number is None or int(number[1]) >= lesson.decisions[n]
            said = await student.post("/explore/ask", {"scenario": lesson.scenario, "guess": "1"})
            assert said.status_code == 200  # with the token of a page from before
        assert (await teacher.send(f"{lesson.room}/turn", activity="1", phase="reveal")).status_code == 303


@pytest.mark.validate
def test_a_killed_server_has_lost_nothing_that_it_had_answered(tmp_path: Path) -> None:
    with served(tmp_path) as (address, process):
        lesson = asyncio.run(killed(address, process))
        _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert lesson.answered >= ENOUGH
    with served(tmp_path) as (address, process):
        asyncio.run(still_there(lesson, address))
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert written - {"classroom/classroom.sqlite-wal", "classroom/classroom.sqlite-shm"} == {
        "classroom",
        "classroom/classroom.sqlite",
    }
