"""Persons at tables of a real server as HTTP clients: they send back what their page proposes, with a demand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

from .conftest import Browser
from .tables_played import HISTORY, drawn_text, filled, seat_in

LOST = 0.05  # of all phones, at each moment: they forget what they held, but for their cookies
BREATH = 0.3  # seconds


@dataclass
class Person:
    """A browser in a room, and which decisions of its were answered; the last may not have been."""

    cookies: httpx.Cookies
    csrf: str
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
        person.seat = person.seat or seat_in(response.text)
        assert seat_in(response.text) == person.seat
        fields = filled(response.text)
        if "Your decision is kept" in response.text:
            assert fields["moment"] in {*person.answered, person.unsure}
            await asyncio.sleep(BREATH)
            continue
        assert fields["moment"] not in person.answered
        demand = {f"take.{group}": str(luck.randint(55, 95)) for group in ("water", "fish")}
        sent = fields | {"message": f"{person.seat} says so"} | (demand if person.seat != "Chair" else {})
        person.unsure = fields["moment"]
        person.statuses.add((await browser.post(f"{room}/decide", sent)).status_code)
        person.answered.add(fields["moment"])
        if luck.random() < LOST:
            return


async def opened(address: str) -> tuple[Person, str]:
    """A room.  -> its teacher, and the address of its tables"""
    async with phone(address) as teacher:
        code = (await teacher.send("/class/open")).headers["location"].rpartition("/")[2]
        return Person(teacher.client.cookies, teacher.csrf), f"/table/{code}"


async def joined(address: str, room: str) -> Person:
    """A member of a room."""
    async with phone(address) as member:
        assert (await member.send("/class/join", code=room.rpartition("/")[2])).status_code == 303
        return Person(member.client.cookies, member.csrf)


async def begun(address: str, teacher: Person, room: str, replication: int = HISTORY) -> None:
    """Tables without a limit of time are set up, and begin."""
    async with phone(address, teacher) as browser:
        stem = (await browser.send("/explore/own", text=drawn_text())).headers["location"].partition("=")[2]
        form = {"scenario": stem, "replication": str(replication), "minutes": "0", "messages": "yes"}
        assert (await browser.post(f"{room}/set", form)).status_code == 303
        assert (await browser.send(f"{room}/deal")).status_code == 303
