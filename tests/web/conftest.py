"""The site in this process, with workers in this process too, and a browser's manners."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from sim.play import scripted_players, turns
from sim.scenario.shipped import Shipped
from sim.web import game_pages
from sim.web.app import application
from sim.web.jobs import do
from sim.web.pages import explore
from sim.web.rooms import Rooms
from sim.web.server import Listening, bind, manners
from sim.web.site import library
from tests.browser import watched
from tests.seldom import seldom

from . import looks
from .looks import PHONE, WIDE, Fits

TINY = {"scenario": "tiny"}
TINY_FILE = Path(__file__).with_name("tiny.yaml")
HERE = "http://127.0.0.1"


class Here:
    """Workers that work in this process, one item at a time."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self._one = threading.Lock()

    def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
        self.done.append(item[0])
        with self._one:
            return do(item)

    def stop(self) -> None:
        pass


@dataclass
class Browser:
    """A browser with a page open: it knows the page's token."""

    client: httpx.AsyncClient
    csrf: str = ""

    async def open(self, path: str) -> httpx.Response:
        response = await self.client.get(path, headers={"accept": "text/html"})
        found = re.search(r'name="csrf" content="(\w+)"', response.text)
        self.csrf = found[1] if found else self.csrf
        return response

    async def send(self, path: str, **fields: str) -> httpx.Response:
        return await self.post(path, fields)

    async def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf, **fields})

    async def answer(self, **query: str) -> dict[str, Any]:
        """The answer to a question of the page Explore, however long it takes."""
        while (response := await self.get("/explore/answer", **query)).status_code == 202:
            pass
        return dict(response.json())

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.client.get(path, params=query)


@dataclass
class Site:
    """A running site; browsers may be opened on it."""

    app: Any
    workers: Here

    @asynccontextmanager
    async def browser(self, path: str = "/explore?scenario=tiny") -> AsyncIterator[Browser]:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            found = Browser(client)
            await found.open(path)
            yield found


Visit = Callable[[Site], Awaitable[None]]


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """The whole site on a database in a folder."""
    async with site_on(f"sqlite:///{folder / 'rooms.sqlite'}") as found:
        yield found


@asynccontextmanager
async def site_on(database: str) -> AsyncIterator[Site]:
    """The whole site on a database. Its limits fill up no more: how many ask is what counts, not how fast they do."""
    workers = Here()
    app = application(Rooms(database), lambda: workers)
    async with app.router.lifespan_context(app):
        app.state.house.limits.now = lambda: 0.0
        yield Site(app, workers)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where a site of one's own keeps its rooms."""
    return f"sqlite:///{tmp_path / 'rooms.sqlite'}"


@pytest.fixture
def visit(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Visit], None]:
    """Do something on a site of one's own, with few and small runs."""
    few(monkeypatch)

    def run(what: Visit) -> None:
        async def whole() -> None:
            async with site_on(database) as found:
                await what(found)

        asyncio.run(whole())

    return run


def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs of a tiny scenario, and none before anybody asks."""
    monkeypatch.setitem(library(), "tiny", Shipped("tiny", "Two on a pond", "", TINY_FILE))
    monkeypatch.setattr(explore, "FIRST", 16)
    monkeypatch.setattr(explore, "WHOLE", 40)
    monkeypatch.setattr(explore, "warm", nothing)
    monkeypatch.setattr(scripted_players, "SCRIPTED", {"mediator": 24, "party": 24})
    monkeypatch.setattr(turns, "FRESH", 40)
    monkeypatch.setattr(game_pages, "PARTS", 2)


async def nothing(_: Any) -> None:
    """Instead of warming up."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that listens in a thread."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        few(monkeypatch)
        folder = tmp_path_factory.mktemp("served")
        app = application(Rooms(f"sqlite:///{folder / 'rooms.sqlite'}"), Here)
        with listening(app) as address:
            yield address


@pytest.fixture
def page(chromium: Any, served: str) -> Iterator[Any]:
    """A page on the server, which asks no other host for anything."""
    with watched(chromium, served, base_url=served) as found:
        yield found


@pytest.fixture(params=[PHONE, seldom(WIDE)], ids=["phone", "projector"])
def fits(request: pytest.FixtureRequest) -> Fits:
    """Whether a page fits everybody: judged on a phone; by `make validate` on a projector too."""
    return partial(looks.fits, judged=request.param)


@contextmanager
def listening(app: Any, most: int = 200, proxy: str = "") -> Iterator[str]:
    """A site that listens in a thread.  -> its address"""
    place = bind("127.0.0.1", 0, lan=False)
    server = Listening(manners(app, proxy), most, lambda: None)
    thread = threading.Thread(target=server.run, args=([place.socket],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield place.address
    server.should_exit = True
    thread.join(10)


def heard(connection: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    found = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(65536):
            found += more
    return found
