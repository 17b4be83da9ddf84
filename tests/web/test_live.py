"""News of rooms: worked out once for all who listen, told at once, by server-sent events of a real server."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sim.web import board as boards
from sim.web.app import application
from sim.web.board import Board, News
from sim.web.rooms import Rooms
from sim.web.texts import Refusal

from .conducting import code_of, joined, opened
from .conftest import Browser, Here, few, listening

# ---- the board alone -------------------------------------------------------------------------------------------------


class Room:
    """A room whose news is a number."""

    def __init__(self) -> None:
        self.number = 0
        self.fails = False

    async def look(self) -> News:
        if self.fails:
            raise OSError("the database is away")
        text = str(self.number)
        return News({"seat": text}, {"seat": text})


def test_a_change_is_looked_at_once_for_all_who_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY", 60.0)
    monkeypatch.setattr(boards, "BREATH", 0.0)

    async def whole() -> None:
        board, room = Board(), Room()
        heard: Counter[bytes] = Counter()

        async def listener() -> None:
            async for each in board.listen("R", "seat", "here", room.look):
                heard[each] += 1
                if each == b"data: 3\n\n":
                    return

        many = [asyncio.ensure_future(listener()) for _ in range(40)]
        for number in (1, 2, 3):
            await asyncio.sleep(0.02)
            room.number = number
            board.changed("R")
        await asyncio.wait_for(asyncio.gather(*many), 5)
        assert heard == {f"data: {n}\n\n".encode(): 40 for n in range(4)}
        assert board.looks <= 5
        await asyncio.sleep(0.01)
        assert not board._channels  # nobody listens, nobody looks

    asyncio.run(whole())


def test_a_look_that_fails_is_taken_again_and_who_comes_late_hears_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY", 0.02)
    monkeypatch.setattr(boards, "BREATH", 0.0)

    async def whole() -> None:
        board, room = Board(), Room()
        first = board.listen("R", "seat", "here", room.look)
        assert await anext(first) == b"data: 0\n\n"
        room.fails = True
        await asyncio.sleep(0.05)
        room.fails, room.number = False, 7
        assert await asyncio.wait_for(anext(first), 5) == b"data: 7\n\n"
        late = board.listen("R", "seat", "here", room.look)
        assert await anext(late) == b"data: 7\n\n"
        for each in (first, late):
            await each.aclose()

    asyncio.run(whole())


def test_who_hears_nothing_feels_a_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY", 0.01)
    monkeypatch.setattr(boards, "BREATH", 0.0)
    monkeypatch.setattr(boards, "PULSE", 0.05)

    async def whole() -> None:
        board, room = Board(), Room()
        mine = board.listen("R", "seat", "here", room.look)
        assert [await asyncio.wait_for(anext(mine), 5) for _ in range(3)] == [b"data: 0\n\n", b":\n\n", b":\n\n"]
        await mine.aclose()

    asyncio.run(whole())


def test_one_address_listens_only_so_often() -> None:
    async def whole() -> None:
        board, room = Board(most=1), Room()
        mine = board.listen("R", "seat", "here", room.look)
        await anext(mine)
        with pytest.raises(Refusal):
            board.check("here")
        board.check("elsewhere")
        await mine.aclose()
        board.check("here")

    asyncio.run(whole())


# ---- a class ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def browser(address: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        found = Browser(client)
        await found.open("/class")
        yield found


class Phone:
    """Listens to a room, fetches its page in each phase and notes when it had it, and everything that it was told."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self.sent = ""
        self.page = ""
        self.woken = asyncio.Event()

    async def listen(self, client: httpx.AsyncClient, path: str) -> None:
        async with client.stream("GET", f"{path}/events", timeout=60) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                self.sent += line
                phase = json.loads(line[6:])["phase"] if line.startswith("data: ") else ""
                if phase and phase not in self.phases:
                    self.page = (await client.get(path)).text
                    self.phases[phase] = time.monotonic()
                    self.woken.set()

    async def until(self, phase: str) -> float:
        while phase not in self.phases:
            self.woken.clear()
            await self.woken.wait()
        return self.phases[phase]


@pytest.mark.parametrize("students", [3, pytest.param(40, marks=pytest.mark.validate)])
def test_every_phone_and_the_wall_hear_of_a_click(
    students: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch)
    app = application(Rooms(f"sqlite:///{tmp_path / 'rooms.sqlite'}"), Here)

    async def lesson(address: str) -> None:
        async with AsyncExitStack() as stack:
            teacher, *members = [await stack.enter_async_context(browser(address)) for _ in range(students + 1)]
            room = await opened(teacher)
            await teacher.send(f"{room}/plan", kind="text", words="Why?")
            for member in members:
                await joined(member, room)
            phones = [Phone() for _ in range(students + 1)]
            clients = [each.client for each in members]
            paths = [room] * students + [f"/wall/{code_of(room)}"]
            listening_ones = [
                asyncio.ensure_future(phone.listen(client, path))
                for phone, client, path in zip(phones, [*clients, teacher.client], paths, strict=True)
            ]
            await asyncio.wait_for(asyncio.gather(*(each.until("lobby") for each in phones)), 30)
            board, slowest = app.state.house.board, 0.0
            for phase in ("predict", "locked", "reveal"):
                looks, clicked = board.looks, time.monotonic()
                assert (await teacher.send(f"{room}/turn", activity="1", phase=phase)).status_code == 303
                heard = await asyncio.wait_for(asyncio.gather(*(each.until(phase) for each in phones)), 30)
                assert board.looks - looks <= 5  # not one for each phone
                slowest = max(slowest, max(heard) - clicked)
                if phase == "predict":
                    sent = [
                        member.send(f"{room}/answer", activity="1", sentence=f"Zeppelin {n}")
                        for n, member in enumerate(members)
                    ]
                    assert {each.status_code for each in await asyncio.gather(*sent)} == {303}
            assert all("Zeppelin" in phone.page for phone in phones)
            assert slowest < 5.0  # seconds from the click to the last page; two where nothing else runs
            assert not any("Zeppelin" in phone.sent for phone in phones)
            for each in listening_ones:
                each.cancel()

    with listening(app) as address:
        asyncio.run(lesson(address))
