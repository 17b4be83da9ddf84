"""A class of thirteen tables plays a whole game in its browsers: phones are lost, the server is killed, nothing is.

Each of 39 persons has a browser of its own (a context of Chromium, with its own address), joins with the code, is given
a seat, writes, presses buttons, and comes back with its cookies where its phone was lost. All that any of them was sent
is recorded and searched.
"""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sim.play.moments import MOST
from sim.web.tables import NOT_TAKEN
from tests.browser import CHROMIUM, FLAGS, needed

from . import tables_by_http
from .looks import PHONE
from .relay import Relay, Upstream, relay
from .tables_by_http import begun, opened
from .tables_played import SEATS, drawn_text, seat_in, secrets
from .test_restart import served

TABLES = 13
LOST = 0.05  # of all phones, at each decision: the browser is closed
ENOUGH = 2.5  # decisions of each person, in the mean, after which the server is killed
PATIENCE = 200_000  # milliseconds: a busy machine is no mistake
BORED = 30_000  # milliseconds; then a person loads the page anew: its script may not have come when the server died
MOST_BORED = 40  # times: then the game stands still
BREATH = 0.5  # seconds

LIGHT = ("--disable-software-rasterizer", "--in-process-gpu", "--disable-site-isolation-trials", "--disable-lcd-text")

LOADED = "body:has(footer)"
OPEN = '#moment fieldset.bare:not([disabled]) [name="message"]'
DOWN = "#main-frame-error"  # Chromium's own page
REFUSED = "main > .lead[role=alert]"
ENDED = ".pictures"
WAITS = "#waiting"
DECIDE = '.purse button:not([name="left"])'


@dataclass
class Person:
    """Somebody with a phone: by moment what it said in decisions that it saw answered, and what it tried."""

    number: int
    relay: Relay
    seat: str = ""
    said: dict[int, str] = field(default_factory=dict)
    tried: set[tuple[int, str]] = field(default_factory=set)
    cookies: Any = None
    lost: int = 0
    wrong: list[str] = field(default_factory=list)
    over: bool = False
    bored: int = 0

    @asynccontextmanager
    async def phone(self, chromium: Any) -> AsyncIterator[Any]:
        """A browser with the cookies that it had."""
        context = await chromium.new_context(
            base_url=self.relay.address, viewport=PHONE, reduced_motion="reduce", storage_state=self.cookies
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._heard)
        try:
            yield page
        finally:
            self.cookies = await context.storage_state()
            await context.close()

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "net::ERR" not in message.text:  # while the server is down
            self.wrong.append(message.text)


@dataclass
class Class:
    """A room whose tables begin when the last who is missing has joined."""

    upstream: Upstream
    teacher: tables_by_http.Person
    room: str
    missing: int
    plays: asyncio.Event = field(default_factory=asyncio.Event)


async def seen(page: Any, *selectors: str) -> str:
    """Wait for one of these.  -> which; "" where none has come for a while"""
    from playwright.async_api import TimeoutError as Bored

    with suppress(Bored):
        await page.locator(", ".join((*selectors, REFUSED))).first.wait_for(state="attached", timeout=BORED)
    assert not await page.locator(REFUSED).count(), await page.inner_text("main")
    for each in selectors:
        if await page.locator(each).count():
            return each
    return ""


async def went(page: Any, path: str) -> None:
    """Open a page, as soon as the server answers."""
    from playwright.async_api import Error

    while True:
        try:
            await page.goto(path)
            if not await page.locator(DOWN).count():
                return
        except Error as error:
            if "net::ERR" not in str(error) and "interrupted" not in str(error):
                raise
        await asyncio.sleep(BREATH)


async def took_part(person: Person, chromium: Any, here: Class, luck: random.Random) -> None:
    """Join, and play until all tables are over; a phone that is lost comes back."""
    async with person.phone(chromium) as page:
        await went(page, "/class")
        await page.fill("#code", here.room.rpartition("/")[2].lower())
        await page.press("#code", "Enter")
        await seen(page, "#stage")
        here.missing -= 1
        if not here.missing:
            await begun(here.upstream.address, here.teacher, here.room)
            here.plays.set()
        await here.plays.wait()
        await used(page, person, here.room, luck)
    while not person.over:
        async with person.phone(chromium) as page:
            await used(page, person, here.room, luck)


async def used(page: Any, person: Person, room: str, luck: random.Random) -> None:
    """Look, decide, wait, until the phone is lost or all tables are over."""
    await went(page, room)
    while True:
        state = await seen(page, ENDED, OPEN, DOWN)
        if state == ENDED:
            person.over = True
            return
        if state == OPEN:
            await decided(page, person, luck)
        else:
            person.bored += not state
            assert person.bored <= MOST_BORED, await page.content()
            await went(page, room)
        if luck.random() < LOST:
            person.lost += 1
            return


async def decided(page: Any, person: Person, luck: random.Random) -> None:
    """Ask for something, say something, press the button, and see that it was taken."""
    from playwright.async_api import Error

    moment = int(await page.get_attribute('#moment [name="moment"]', "value"))
    person.seat = person.seat or seat_in(await page.content())
    assert moment not in person.said, (person, moment)
    said = f"{person.seat} {person.number} at {moment}: {luck.random()}"
    for chapter in await page.locator('#moment [name^="take."]:visible').all():
        await chapter.fill(str(luck.randint(55, 95)))
    await page.fill("#message", said)
    person.tried.add((moment, said))
    try:
        await page.click(DECIDE)
        another = f'{LOADED}:not(:has(#moment [name="moment"][value="{moment}"]))'
        if await seen(page, WAITS, another, DOWN) in (WAITS, another):
            person.said[moment] = said
    except Error as error:
        if "net::ERR" not in str(error):
            raise


@dataclass
class Server:
    """The process that serves, and what it said of its mistakes."""

    process: subprocess.Popen[str]

    def said(self) -> str:
        """All of it; the process is killed as a power switch kills it."""
        self.process.kill()
        return self.process.communicate()[1]


async def killed(folder: Path, upstream: Upstream, people: list[Person], stack: AsyncExitStack, server: Server) -> None:
    """In the middle of the game, while people press their buttons, and started again."""
    while sum(len(person.said) for person in people) < ENOUGH * len(people):
        await asyncio.sleep(0.05)
    assert "Traceback" not in server.said()
    upstream.address, server.process = stack.enter_context(served(folder))


async def game(folder: Path, tables: int) -> tuple[str, list[Person]]:
    """The whole game.  -> the room's code, and everybody"""
    from playwright.async_api import async_playwright

    upstream, luck = Upstream(), random.Random(7)
    async with AsyncExitStack() as stack:
        upstream.address, process = stack.enter_context(served(folder))
        server = Server(process)
        relays = [await stack.enter_async_context(relay(upstream)) for _ in range(tables * len(SEATS))]
        people = [Person(number, each) for number, each in enumerate(relays, start=1)]
        playwright = await stack.enter_async_context(async_playwright())
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *LIGHT])
        here = Class(upstream, *await opened(upstream.address), len(people))
        every = [took_part(person, chromium, here, luck) for person in people]
        try:
            await asyncio.gather(killed(folder, upstream, people, stack, server), *every)
        except BaseException as error:
            error.add_note(server.said())
            raise
        await chromium.close()
    return here.room.rpartition("/")[2], people


def in_the_log(folder: Path, code: str) -> dict[tuple[int, str], tuple[str, int]]:
    """By moment and message the seat, and the member that decided."""
    with sqlite3.connect(folder / "classroom" / "classroom.sqlite") as connection:
        rows = connection.execute("SELECT moment, message, seat, member FROM moves WHERE room = ?", [code])
        return {(moment, message): (seat, member) for moment, message, seat, member in rows}


@pytest.mark.validate
def test_thirteen_tables_play_a_whole_game(tmp_path: Path) -> None:
    needed()
    code, people = asyncio.run(game(tmp_path, TABLES))
    log = in_the_log(tmp_path, code)
    hidden = secrets(drawn_text())
    for person in people:
        assert not person.wrong
        assert 0 < len(person.said) <= MOST
        found = {log[moment, said] for moment, said in person.said.items()}  # nothing that was answered is lost
        assert {seat for seat, _ in found} == {person.seat}
        assert len({member for _, member in found}) == 1
        sent = person.relay.text
        statuses = {int(each) for each in re.findall(r"^HTTP/1\.1 (\d+)", sent, re.MULTILINE)}
        assert max(statuses) < 400, statuses
        for other, numbers in hidden.items():
            told = {number for number in numbers if number in sent}
            assert bool(told) == (other == person.seat), (person.seat, other)
    assert set(log) <= set.union(*(person.tried for person in people))
    assert NOT_TAKEN not in {member for _, member in log.values()}
    assert sum(person.lost for person in people) > 0
    print({"decisions": len(log), "lost": sum(person.lost for person in people),
           "bytes": sum(len(person.relay.text) for person in people)})  # fmt: skip
