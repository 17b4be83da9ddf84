"""What a teacher and a class do in a room, for tests."""

from __future__ import annotations

import asyncio
from typing import Any

from sim.web import pool

from .conftest import Browser, Site

QUESTION = "scenario=tiny&b.effort.Chair=0.9"


async def opened(teacher: Browser) -> str:
    """A new room.  -> its path"""
    return str((await teacher.send("/class/open")).headers["location"])


def code_of(room: str) -> str:
    return room.rpartition("/")[2]


async def joined(student: Browser, room: str) -> None:
    assert (await student.send("/class/join", code=code_of(room).lower())).status_code == 303


async def added(site: Site, teacher: Browser, room: str, kind: str = "predict", **fields: str) -> int:
    """An activity at the end of the plan.  -> its key; of one that is asked twice, that of the first"""
    plans = site.app.state.house.rooms.plans
    before = len(plans.now(code_of(room)).plan)
    given = {"words": "What do you think?", **fields}
    sent = await teacher.post(f"{room}/plan", {"kind": kind, **given})
    assert sent.status_code == 303, sent.text
    return int(plans.now(code_of(room)).plan[before].id)


async def turned(teacher: Browser, room: str, activity: int, *phases: str) -> None:
    """Bring the class to each of these phases in turn."""
    for phase in phases:
        assert (await teacher.send(f"{room}/turn", activity=str(activity), phase=phase)).status_code == 303
    await asyncio.gather(*pool.BACKGROUND)


async def answered(student: Browser, room: str, activity: int, answer: int | str) -> int:
    """Answer what is asked.  -> the status"""
    field = "number" if isinstance(answer, int) else "sentence"
    sent = await student.post(f"{room}/answer", {"activity": str(activity), field: str(answer)})
    return sent.status_code


def kept(site: Site, room: str) -> dict[str, Any]:
    """All that a room holds."""
    return dict(site.app.state.house.rooms.pooled(code_of(room)))
