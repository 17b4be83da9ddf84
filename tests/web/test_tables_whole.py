"""A class of thirteen tables plays a whole game on a real server: phones are lost, the server is killed, nothing is.

Persons are HTTP clients that send back what their page proposes, with a demand of their own.
"""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sim.play.moments import MOST

from .conftest import Browser
from .tables_played import HISTORY, SEATS, Sent, drawn_text, filled, heading, seat_in, secrets
from .test_restart import served

TABLES = 13
LOST = 0.05  # of all phones, at each moment: they forget what they held, but for their cookies
BREATH = 0.3  # seconds
ENOUGH = 2.5  # decisions of each person, in the mean, after which the server is killed


@dataclass
class Person:
    """A browser in a room, what it was sent, and which decisions of its were answered; the last may not have been."""

    cookies: httpx.Cookies
    csrf: str
    sent: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    unsure: str = ""
    seat: str = ""
    statuses: set[int] = field(default_factory=set)
    over: bool = False


@asynccontextmanager
async def phone(address: str, person: Person | None = None) -> AsyncIterator[Browser]:
    """A browser, new or with the cookies that a person's has."""
    cookies = person.cookies if person else None
    async with httpx.AsyncClient(base_url=address, cookies=cookies, timeout=120) as client:
        found = Browser(client, person.csrf if person else "")
        if person is None:
            await found.open("/how")
        yield found


async def played(address: str, room: str, person: Person, luck: random.Random) -> None:
    """Play until the table is over or the server is gone; a phone that is lost comes back."""
    with suppress(httpx.TransportError):
        while not person.over:
            async with phone(address, person) as browser:
                await used(browser, room, person, luck)
            await asyncio.sleep(luck.random() * BREATH)


async def used(browser: Browser, room: str, person: Person, luck: random.Random) -> None:
    """Look, decide, wait, until the phone is lost or the table is over."""
    while True:
        response = await browser.open(room)
        person.statuses.add(response.status_code)
        if response.status_code == 303 or '<form id="moment"' not in response.text:
            person.over = True
            return
        person.sent.append(response.text)
        person.seat = person.seat or seat_in(response.text)
        assert seat_in(response.text) == person.seat
        fields = filled(response.text)
        if "Your decision is kept" in response.text:
            assert fields["moment"] in {*person.answered, person.unsure}
            await asyncio.sleep(BREATH)
            person.sent.append((await browser.get(f"{room}/state")).text)
            continue
        assert fields["moment"] not in person.answered
        demand = {f"take.{group}": str(luck.randint(55, 95)) for group in ("water", "fish")}
        sent = fields | {"message": f"{person.seat} says so"} | (demand if person.seat != "Chair" else {})
        person.unsure = fields["moment"]
        person.statuses.add((await browser.post(f"{room}/decide", sent)).status_code)
        person.answered.add(fields["moment"])
        if luck.random() < LOST:
            return


async def killed(process: subprocess.Popen[str], people: list[Person]) -> None:
    """In the middle of the game, while people press their buttons."""
    while sum(len(person.answered) for person in people) < ENOUGH * len(people):
        await asyncio.sleep(0.01)
    process.kill()


async def opened(address: str, people: int) -> tuple[str, Person, list[Person]]:
    """A room whose tables begin, its teacher, and its members."""
    async with AsyncExitStack() as stack:
        teacher = await stack.enter_async_context(phone(address))
        code = (await teacher.send("/class/open")).headers["location"].rpartition("/")[2]
        members = []
        for _ in range(people):
            member = await stack.enter_async_context(phone(address))
            assert (await member.send("/class/join", code=code)).status_code == 303
            members.append(Person(member.client.cookies, member.csrf))
        stem = (await teacher.send("/explore/own", text=drawn_text())).headers["location"].partition("=")[2]
        form = {"scenario": stem, "replication": str(HISTORY), "minutes": "10", "messages": "yes"}
        assert (await teacher.post(f"/table/{code}/set", form)).status_code == 303
        assert (await teacher.send(f"/table/{code}/deal")).status_code == 303
        return f"/table/{code}", Person(teacher.client.cookies, teacher.csrf), members


def looked_through(people: list[Person]) -> Sent:
    """How much was sent; no seat was sent a number of another."""
    hidden, size = secrets(drawn_text()), 0
    for person in people:
        for text in person.sent:
            size += len(text)
            for other, numbers in hidden.items():
                if other != person.seat:
                    assert not [secret for secret in numbers if secret in text], (person.seat, other)
    return {"pages": sum(len(person.sent) for person in people), "bytes": size}


async def game(folder: Path, tables: int) -> None:
    luck = random.Random(7)
    with served(folder) as (address, process):
        room, teacher, people = await opened(address, tables * len(SEATS))
        await asyncio.gather(killed(process, people), *(played(address, room, person, luck) for person in people))
    before = [set(person.answered) for person in people]
    with served(folder) as (address, _):
        await asyncio.gather(*(played(address, room, person, luck) for person in people))
        for person in people:
            assert person.over
        async with phone(address, teacher) as browser:
            response = await browser.open(f"{room}/debrief")
            while response.status_code == 202:
                await asyncio.sleep(BREATH)
                response = await browser.open(f"{room}/debrief")
            assert heading(response.text) == "How all tables ended"
            assert len(set(re.findall(r"<th scope=\"row\">(Table \d+)", response.text))) == tables
            assert response.text.count("100\u00a0%") >= tables
    for person, answered in zip(people, before, strict=True):
        assert answered <= person.answered
        assert len(person.answered) <= MOST
        assert max(person.statuses) < 400
    print(looked_through(people))


@pytest.mark.validate
def test_thirteen_tables_play_a_whole_game(tmp_path: Path) -> None:
    asyncio.run(game(tmp_path, TABLES))
