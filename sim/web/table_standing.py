"""Tables as they stand: what is open, who has decided, what each seat sees, and how all of them ended."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool

from sim.web.jobs import Job
from sim.web.line import NOW, SHARPER
from sim.web.safety import token
from sim.web.site import House
from sim.web.table_jobs import TableEnd, TableLook, TableSpaces, named, read
from sim.web.tables import Moved, Rules, Seen, due
from sim.web.texts import Refusal

Data = dict[str, Any]


def seats_of(rules: Rules) -> tuple[list[str], int]:
    """The seats of each table, parties first, and how many of them are parties'."""
    begun = json.loads(rules.start)
    return begun["seats"], begun["parties"]


async def table(here: House, rules: Rules, number: int) -> Seen:
    """A table; its open moment is closed if everybody has decided, or the time is up.  Errors: Refusal."""
    tables, (seats, _) = here.rooms.tables, seats_of(rules)
    seen = await run_in_threadpool(tables.table, rules.code, number)
    if seen is None:
        raise Refusal(404, "refused.table")
    if seen.over or not due(seen, seats, rules):
        return seen
    await run_in_threadpool(tables.close, rules.code, seen, seats)
    return await table(here, await of_room(here, rules.code), number)


async def of_room(here: House, code: str) -> Rules:
    """The tables of a room.  Errors: Refusal, where there are none."""
    rules = await run_in_threadpool(here.rooms.tables.rules, code)
    if rules is None:
        raise Refusal(404, "refused.table")
    return rules


async def look(here: House, rules: Rules, seen: Seen) -> Data:
    """What the seats of a table see; whether it is over is remembered."""
    job = TableLook(named(rules.start, seen.log))
    found = read(await here.pool.ask(job, (rules.start, seen.log), NOW))
    if found["over"] and not seen.over:
        await run_in_threadpool(here.rooms.tables.end, rules.code, seen.number)
    return found


def left(rules: Rules, seen: Seen) -> int | None:
    """Seconds until the model decides for whoever has not; None without a limit."""
    if not rules.minutes:
        return None
    return max(round(60 * rules.minutes - (rules.clock - seen.opened).total_seconds()), 0)


def deals(seen: Seen) -> dict[str, dict[str, Data]]:
    """Texts that were entered at this moment as agreed face to face, by chapter and seat."""
    found: dict[str, dict[str, Data]] = {}
    for each in seen.now.values():
        for group, told in json.loads(each.decision).get("groups", {}).items():
            if told["do"] == "sign":
                found.setdefault(group, {})[each.seat] = told["offer"]
    return found


async def status(here: House, rules: Rules) -> list[Data]:
    """Each table: the open moment, and which of its seats have decided. No decision, no name."""
    found = await run_in_threadpool(here.rooms.tables.tables, rules.code)
    return [
        {
            "number": each.number,
            "moment": each.moment + 1,
            "over": each.over or rules.finished,
            "decided": list(each.now),
            "people": each.people,
        }
        for each in found
    ]


async def mark(here: House, rules: Rules, seen: Seen, chair: str) -> str:
    """Another one when the page has to be shown anew; of a table that is over, when all others are."""
    waits = not seen.over or await all_over(here, rules)
    found = [game(here, rules), rules.dealt, rules.finished, seen.moment, seen.over, waits, chair in seen.now]
    return " ".join(map(str, found))


def game(here: House, rules: Rules) -> str:
    """What tells these tables from others that the room had: a page of those decides nothing here.

    Nobody can try out for which history it stands: it is made with the server's secret.
    """
    return token(here.rooms.secret, f"tables {rules.code} {rules.start}")[:16]


def delegated(moved: Moved) -> bool:
    return bool(json.loads(moved.decision).get("do") == "delegate")


# ---- the end ---------------------------------------------------------------------------------------------------------


async def all_over(here: House, rules: Rules) -> bool:
    tables = await run_in_threadpool(here.rooms.tables.tables, rules.code)
    return rules.dealt and (rules.finished or all(each.over for each in tables))


async def told(here: House, rules: Rules) -> Data:
    """How every table ended, the same history as the script has it, and its utility spaces; once for all who ask."""
    key = ("debrief", rules.code, rules.start)
    return dict(await here.pool.once(key, lambda: _told(here, rules)))


async def _told(here: House, rules: Rules) -> Data:
    tables = await run_in_threadpool(here.rooms.tables.tables, rules.code)

    async def asked(job: Job, *inputs: str) -> Data:
        return read(await here.pool.ask(job, inputs, SHARPER))

    async def end(log: str) -> Data:
        return await asked(TableEnd(named(rules.start, log)), rules.start, log)

    look = await asked(TableLook(named(rules.start, "[]")), rules.start, "[]")
    return {
        "tables": {each.number: await end(each.log) | {"decided": _decided(each)} for each in tables},
        "script": await end("[]"),
        "began": look["began"],
        "spaces": await asked(TableSpaces(named(rules.start, "")), rules.start),
        "colours": look["colours"],
        "groups": look["views"][""]["groups"],
    }


def _decided(seen: Seen) -> dict[str, list[int]]:
    """By seat how many decisions people made, and how many the model."""
    found: dict[str, list[int]] = {}
    for each in seen.moves:
        found.setdefault(each.seat, [0, 0])[delegated(each)] += 1
    return found
