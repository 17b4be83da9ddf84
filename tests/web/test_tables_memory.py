"""Tables are played again and again on one server: its memory, and that of its worker, stays level."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.bench.classroom import FLAT, descendants, resident

from .tables_by_http import begun, joined, opened, played
from .tables_played import HISTORY, SEATS
from .test_restart import served

ROUNDS = 12
WARM = 3  # rounds in which the server reads what it needs, and fills its caches


async def game(address: str, number: int) -> None:
    """A class of one table plays a whole game, in a room and a history of its own, and hears how it ended."""
    teacher, room = await opened(address)
    people = [await joined(address, room) for _ in SEATS]
    await begun(address, teacher, room, HISTORY + number)
    luck = random.Random(number)
    await asyncio.gather(*(played(address, room, person, luck) for person in people))
    for person in people:
        assert person.over
        assert max(person.statuses) < 400


@pytest.mark.validate
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_memory_is_level_while_tables_are_played_again_and_again(tmp_path: Path) -> None:
    sizes: list[int] = []
    with served(tmp_path) as (address, process):
        for number in range(ROUNDS):
            asyncio.run(game(address, number))
            sizes.append(sum(resident(pid) for pid in (process.pid, *descendants(process.pid))))
    third = (ROUNDS - WARM) // 3
    start, middle, end = (median(sizes[WARM + n * third : WARM + (n + 1) * third]) for n in range(3))
    print(f"MiB after each game: {sizes}")
    assert abs(middle / start - 1) <= FLAT, sizes
    assert abs(end / start - 1) <= FLAT, sizes
