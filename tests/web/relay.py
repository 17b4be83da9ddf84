"""What stands between a phone and the server: an address that stays, and a record of all that the phone was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE = 65536


@dataclass
class Upstream:
    """The server, which may be another one after a while."""

    address: str = ""


@dataclass
class Relay:
    """An address of its own for one phone.  received: what came through each connection, byte for byte."""

    upstream: Upstream
    address: str = ""
    received: list[bytearray] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def connected(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        place = urlsplit(self.upstream.address)
        try:
            server, to_server = await asyncio.open_connection(place.hostname, place.port)
        except OSError:  # the server is down
            to_phone.close()
            return
        record = bytearray()
        self.received.append(record)
        ways = [passed(phone, to_server, None), passed(server, to_phone, record)]
        tasks = [asyncio.ensure_future(way) for way in ways]
        self._tasks.update(tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in (to_phone, to_server):
            each.close()
        await asyncio.wait(tasks)
        self._tasks.difference_update(tasks)

    @property
    def text(self) -> str:
        """All that the phone was sent."""
        return "\n".join(bytes(each).decode("utf-8", "replace") for each in self.received)


async def passed(source: asyncio.StreamReader, target: asyncio.StreamWriter, record: bytearray | None) -> None:
    """What comes from one side to the other, until it ends."""
    with suppress(OSError):
        while piece := await source.read(PIECE):
            if record is not None:
                record += piece
            target.write(piece)
            await target.drain()


@asynccontextmanager
async def relay(upstream: Upstream) -> AsyncIterator[Relay]:
    """An address that leads to the server."""
    found = Relay(upstream)
    server = await asyncio.start_server(found.connected, "127.0.0.1", 0)
    found.address = "http://{}:{}".format(*server.sockets[0].getsockname())
    try:
        yield found
    finally:
        server.close()
