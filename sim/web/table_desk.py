"""What a teacher does with tables: sets them up, lets them begin, ends them, and takes along how they ended."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sim.web import access, safety, table_csv
from sim.web import table_standing as standing
from sim.web.game_pages import replication_of
from sim.web.jobs import Yaml
from sim.web.pages.explore import DEFAULT
from sim.web.safety import Form
from sim.web.site import house, limit
from sim.web.texts import Refusal

MINUTES = (0, 1, 2, 3, 5, 10)  # that a seat may have at a moment; 0: until everybody has decided
USUAL = 2
DESK = "desk"


async def set_up(request: Request, form: Form) -> Response:
    """The teacher sets up tables for one history of a scenario."""
    limit(request, "write")
    room = await access.taught(request)
    here, stem = house(request), form.get("scenario", DEFAULT)
    scenario, case = await here.scenario(stem)
    start = {
        "scenario": (await here.pool.ask(Yaml(case))).decode(),
        "seed": scenario.seed,
        "replication": replication_of(form.get("replication", "")),
        "seats": [*scenario.parties, *scenario.mediators],
        "parties": len(scenario.parties),
    }
    minutes = form.get("minutes", str(USUAL))
    if minutes not in map(str, MINUTES):
        raise Refusal(400, "refused.whole", where="minutes", value=minutes[:40], low=0, high=MINUTES[-1])
    messages = form.get("messages") == "yes"
    text = json.dumps(start, ensure_ascii=False)
    await run_in_threadpool(here.rooms.tables.set_up, room.code, stem, text, int(minutes), messages)
    return RedirectResponse(f"/table/{room.code}", 303)


async def deal(request: Request, form: Form) -> Response:
    """The tables begin: whoever has no chair is given one by lot."""
    limit(request, "write")
    room = await access.taught(request)
    rules = await standing.of_room(house(request), room.code)
    if not rules.dealt:
        await run_in_threadpool(house(request).rooms.tables.deal, room.code, *standing.seats_of(rules))
    return RedirectResponse(f"/table/{room.code}", 303)


async def rule(request: Request, form: Form) -> Response:
    """Turn messages on or off, or end the tables: what is left the model plays."""
    limit(request, "write")
    room = await access.taught(request)
    await standing.of_room(house(request), room.code)
    what = {key: form[key] == "yes" for key in ("messages", "finished") if key in form}
    if what:
        await run_in_threadpool(house(request).rooms.tables.change, room.code, **what)
        house(request).board.changed(room.code)
    to = "class" if form.get("back") == DESK else "table"
    return RedirectResponse(f"/{to}/{room.code}", 303)


async def csv(request: Request) -> Response:
    """All tables as CSV, for the teacher, once all are over."""
    room = await access.taught(request)
    here = house(request)
    rules = await standing.of_room(here, room.code)
    if not await standing.all_over(here, rules):
        raise Refusal(409, "refused.tables")
    name = f'attachment; filename="tables-{room.code}.csv"'
    text = table_csv.as_table(await standing.told(here, rules))
    return Response(text, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


ROUTES = [
    Route("/table/{code}/tables.csv", csv),
    safety.post("/table/{code}/set", set_up),
    safety.post("/table/{code}/deal", deal),
    safety.post("/table/{code}/rule", rule),
]
