"""The server hangs up on whoever neither asks nor takes what it is sent, and stops working for whoever hangs up.

Without it a thousand open connections that say nothing would be all that the server can hold (*slowloris*). The time in
which a body must arrive is in `safety`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0  # seconds between two looks at a connection; who stands still at both is gone


class Patient(H11Protocol):
    """Looks at its connection from time to time, and cuts it if nothing came of it since the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A browser, or something that says it is one."""
        super().connection_made(transport)
        self.heard = self.loop.time()
        self._before: Any = self._stands
        self._next_look = self.loop.call_later(PATIENCE, self._look)

    def data_received(self, data: bytes) -> None:
        """It says something."""
        self.heard = self.loop.time()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """It went, or was cut."""
        self._next_look.cancel()
        super().connection_lost(exc)
        if self.cycle is not None and not self.cycle.response_complete:
            task: Any = self.cycle.scope.get("task")
            if task is not None:
                task.cancel()

    @property
    def idle(self) -> bool:
        """Whether it is the other side that is to say something."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _look(self) -> None:
        if self._stands is not None and self._stands == self._before:
            self.transport.abort()
            return
        self._before = self._stands
        self._next_look = self.loop.call_later(PATIENCE, self._look)

    @property
    def _stands(self) -> tuple[object, int] | None:
        """Which request this waits for, or how much of an answer waits to be taken; None while the server works."""
        waiting = self.transport.get_write_buffer_size()
        if waiting or self.cycle is None or self.cycle.response_complete:
            return self.cycle, waiting
        return None
