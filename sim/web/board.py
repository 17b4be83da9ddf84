"""News of rooms as server-sent events: a change is worked out once, and told at once to all who listen.

    event stream of a room = one task that looks at the room when it changes, and gives each listener the same text

A room is also looked at every few seconds, since another server may share the database, and when its timer runs out.
A listener who is behind gets the latest news only.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sim.web.line import busy

EVERY = 3.0  # seconds between two looks at a room in which nothing happens
BREATH = 0.1  # seconds in which changes are gathered: forty who answer at once are one piece of news
PULSE = 15.0  # seconds after which a listener hears something, so that those who went are noticed


@dataclass(frozen=True)
class News:
    """What is told to each kind of listener, and the seconds after which a room changes by itself.

    texts: by kind of listener, as JSON; keys: what of each must differ for it to be news.
    """

    texts: Mapping[str, str]
    keys: Mapping[str, str]
    until: float | None = None


Look = Callable[[], Awaitable[News]]


@dataclass(eq=False)
class _Listener:
    kind: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    heard: str | None = None  # the key of what it heard last


@dataclass(eq=False)
class _Channel:
    """Those who listen to a room, and the latest news for them."""

    listeners: set[_Listener] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    news: News | None = None


class Board:
    """The news of all rooms.  most: how many may listen from one address."""

    def __init__(self, most: int = 375) -> None:
        self._most = most
        self._channels: dict[str, _Channel] = {}
        self._from: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()  # the event loop alone would lose them
        self.looks = 0  # how often a room was looked at

    def changed(self, code: str) -> None:
        """Something happened in a room."""
        if code in self._channels:
            self._channels[code].changed.set()

    def check(self, who: str) -> None:
        """Errors: Refusal (503), where too many listen from an address already."""
        if self._from[who] >= self._most:
            raise busy()

    async def listen(self, code: str, kind: str, who: str, look: Look) -> AsyncIterator[bytes]:
        """The news of a room for a kind of listener at an address, as long as it listens."""
        with self._counted(who):
            mine = _Listener(kind)
            channel = self._channels.get(code)
            if channel is None:
                channel = self._channels[code] = _Channel()
                task = asyncio.ensure_future(self._work(code, channel, look))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            channel.listeners.add(mine)
            mine.woken.set()
            try:
                while True:
                    yield await self._next(channel, mine)
            finally:
                channel.listeners.discard(mine)
                channel.changed.set()

    @contextmanager
    def _counted(self, who: str) -> Iterator[None]:
        self._from[who] += 1
        try:
            yield
        finally:
            self._from[who] -= 1
            if not self._from[who]:
                del self._from[who]

    async def _next(self, channel: _Channel, mine: _Listener) -> bytes:
        loop = asyncio.get_running_loop()
        until = loop.time() + PULSE
        while True:
            try:
                await asyncio.wait_for(mine.woken.wait(), until - loop.time())
            except TimeoutError:
                return b":\n\n"
            mine.woken.clear()
            news = channel.news
            if news is not None and news.keys[mine.kind] != mine.heard:
                mine.heard = news.keys[mine.kind]
                return f"data: {news.texts[mine.kind]}\n\n".encode()

    async def _work(self, code: str, channel: _Channel, look: Look) -> None:
        """Look at a room as long as somebody listens."""
        try:
            while channel.listeners:
                channel.changed.clear()
                self.looks += 1
                wait = EVERY
                with suppress(Exception):  # a database that does not answer now may do so in a moment
                    channel.news = await look()
                    until = channel.news.until
                    wait = EVERY if until is None else min(EVERY, until + BREATH)
                for each in channel.listeners:
                    each.woken.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(channel.changed.wait(), wait)
                await asyncio.sleep(BREATH)
        finally:
            if self._channels.get(code) is channel:
                del self._channels[code]
