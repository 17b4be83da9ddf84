"""The page Build: a scenario without YAML. A form changes a file, line by line; the file stays the person's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.scenario.shipped import copied
from sim.statistics.summary import ShareCount
from sim.web import build_words, building, safety
from sim.web.access import rooms_of
from sim.web.build_files import asked, changed, found, mine, save
from sim.web.build_jobs import Desk, Spaces
from sim.web.builds import MOST, Built
from sim.web.cards import identifier
from sim.web.fields import MARK
from sim.web.jobs import Case, Packed, Simulate
from sim.web.pages import explore
from sim.web.safety import Form
from sim.web.site import OWN, House, Page, address, house, library, limit, page
from sim.web.texts import Refusal, Texts, languages, texts

FIELDS = 700  # of one block, each with the parts of its distribution
PARTIES = ("party1", "party2", "party3")
USES = ("explore", "watch", "mediate", "negotiate")
NOTHING: dict[str, Any] = {"fields": {}, "do": None}

Data = dict[str, Any]


# ---- the list --------------------------------------------------------------------------------------------------------


async def door(request: Request) -> Response:
    """Begin a scenario, open a file, or go on with one."""
    return await _door(request)


async def _door(request: Request, status: int = 200, problems: str = "", text: str = "") -> Response:
    owner, rooms, builds = request.state.session, await rooms_of(request), house(request).rooms.builds
    return page(
        request,
        "build_door",
        status,
        mine=await run_in_threadpool(builds.mine, owner),
        shared=await run_in_threadpool(builds.shared, rooms, owner) if rooms else [],
        library=library(),
        parties=PARTIES,
        problems=problems,
        text=text,
    )


async def begin(request: Request, form: Form) -> Response:
    """A new scenario: from nothing, from one that ships, or from a file."""
    limit(request, "write")
    text = _first_text(form)
    data = form.get("answer") == "data"  # a script asks, which has read a file
    desk = await _desk(request, text, NOTHING)
    if "unreadable" in desk and data:
        return JSONResponse({"error": desk["unreadable"]}, 400)
    if "unreadable" in desk:
        return await _door(request, 400, desk["unreadable"], form.get("text", ""))
    kept = await _kept(request, desk)
    return JSONResponse({"address": kept.headers["location"]}) if data else kept


def _first_text(form: Form) -> str:
    """The file that a scenario begins as.  Errors: Refusal."""
    how = form.get("how", "")
    if how == "nothing":
        return _from_nothing(form)
    if how == "file":
        return form.get("file") or form.get("text", "").replace("\r\n", "\n")
    stem = form.get("scenario", "")
    if stem not in library() or how not in ("variant", "copy"):
        raise Refusal(404, "refused.scenario", value=stem[:60])
    name = form.get("name", "").strip() or library()[stem].name
    path = library()[stem].path
    return building.variant(stem, name) if how == "variant" else copied(path, name, path.parent)


def _from_nothing(form: Form) -> str:
    parties = [form.get(key, "").strip() for key in PARTIES]
    parties = [party for party in parties if party]
    if len(parties) < 2 or len(set(parties)) < len(parties) or not form.get("name", "").strip():
        raise Refusal(400, "build.need")
    ends = [form.get(key, "").strip() for key in ("low", "high")]
    return building.begun(form["name"].strip(), parties, form.get("question", "").strip(), ends)


async def _kept(request: Request, desk: Data) -> Response:
    """Keep a new scenario of this browser, and open it."""
    here = house(request)
    here.limits.spend("build", address(request))
    name = desk["name"] or request.state.texts("build.nameless")
    key = await run_in_threadpool(here.rooms.builds.begin, request.state.session, name, desk["text"])
    if key is None:
        raise Refusal(409, "build.many", most=MOST)
    return RedirectResponse(f"/build/{key}", 303)


# ---- one scenario ----------------------------------------------------------------------------------------------------


async def _desk(request: Request, text: str, sent: Data) -> Data:
    """The file with what was sent, its form, and what the checker says.  Errors: Refusal."""
    return await asked(request, _job(text, sent))


def _job(text: str, sent: Data) -> Desk:
    return Desk(text, json.dumps(sent, ensure_ascii=False), explore.WHOLE, tuple(languages()))


async def show(request: Request) -> Response:
    """The form of a scenario."""
    built = await found(request)
    return await _shown(request, built, await _desk(request, built.text, NOTHING))


async def _shown(request: Request, built: Built, desk: Data, part: bool = False) -> Response:
    t = request.state.texts
    return page(
        request,
        "build_body" if part else "build",
        built=built,
        rooms=await rooms_of(request),
        cards=desk["cards"],
        said=desk["said"],
        translated=[(texts(each), counts) for each, counts in desk["translated"].items()],
        file=desk["text"],
        heavy=explore.too_heavy(t, desk["seconds"], desk["megabytes"]),
        uses=USES,
        word=_word(t),
        identifier=identifier,
    )


def _word(t: Texts) -> Any:
    """The word of the page for a key of the file; the key itself, with blanks, where it has none."""

    def word(kind: str, name: str) -> str:
        return t.entries.get(f"build.{kind}.{name}", name.replace("_", " "))

    return word


async def change(request: Request, form: Form) -> Response:
    """Change what fields hold, add or take away something; the rest of the file stays as it is."""
    limit(request, "turn")
    part = form.pop("part", "") == "form"
    sent = _sent(form)
    built, desk = await changed(request, lambda text: _job(text, sent))
    if not part:
        return RedirectResponse(f"/build/{built.key}", 303)
    return await _shown(request, built, desk, part=True)


def _sent(form: Mapping[str, str]) -> Data:
    """What a form says: parts of fields by field, and what to do.  Errors: Refusal."""
    fields: dict[str, dict[str, str]] = {}
    for key, text in form.items():
        name, mark, part = key.rpartition(MARK)
        if mark:
            fields.setdefault(name, {})[part] = text
    do = None
    if form.get("do"):
        try:
            what, name = json.loads(form["do"])
        except (ValueError, TypeError, RecursionError) as error:
            raise Refusal(400, "refused.form") from error
        do = [str(what), str(name), form.get("said", "")]
    return {"fields": fields, "do": do}


async def undo(request: Request, form: Form) -> Response:
    """Go back to the file as it was before the last change; the same again goes forward."""
    limit(request, "turn")
    built = await mine(request)
    before = await run_in_threadpool(house(request).rooms.builds.before, built.key, request.state.session)
    if before:
        desk = await _desk(request, before, NOTHING)
        await save(request, built, before, desk["name"])
    return RedirectResponse(f"/build/{built.key}", 303)


async def rename(request: Request, form: Form) -> Response:
    """Give a scenario another name, in its file too."""
    limit(request, "write")
    built = await mine(request)
    desk = await _desk(request, built.text, {"fields": {'["name"]': {"": form.get("name", "")}}, "do": None})
    await save(request, built, desk["text"], desk["name"])
    return RedirectResponse("/build", 303)


async def delete(request: Request, form: Form) -> Response:
    """Forget a scenario."""
    limit(request, "write")
    built = await mine(request)
    await run_in_threadpool(house(request).rooms.builds.delete, built.key, request.state.session)
    return RedirectResponse("/build", 303)


async def share(request: Request, form: Form) -> Response:
    """Show a scenario to a room where this browser sits or teaches, or no longer."""
    limit(request, "write")
    built, room = await mine(request), form.get("room", "")
    if room and room not in await rooms_of(request):
        raise Refusal(403, "refused.member")
    await run_in_threadpool(house(request).rooms.builds.share, built.key, request.state.session, room or None)
    return RedirectResponse(f"/build/{built.key}", 303)


async def copy(request: Request, form: Form) -> Response:
    """A copy of one's own, of a scenario that somebody shares, or of one's own."""
    limit(request, "write")
    built = await found(request)
    return await _kept(request, {"name": built.name, "text": built.text})


async def file(request: Request) -> Response:
    """The file, byte for byte."""
    built = await found(request)
    disposition = 'attachment; filename="scenario.yaml"'
    return Response(built.text.encode(), media_type="application/yaml", headers={"content-disposition": disposition})


# ---- with it, to other pages -----------------------------------------------------------------------------------------


async def use(request: Request, form: Form) -> Response:
    """Open the scenario as it is now on another page, at an address that stays, whatever is changed later."""
    limit(request, "write")
    built, to = await found(request), form.get("to", "")
    if to not in USES:
        raise Refusal(404, "refused.nothing")
    desk = await _desk(request, built.text, NOTHING)
    if desk["said"]:
        raise Refusal(409, "build.mend")
    heavy = explore.too_heavy(request.state.texts, desk["seconds"], desk["megabytes"])
    if heavy:
        raise Refusal(409, "build.why", why=heavy)
    key = await run_in_threadpool(house(request).rooms.keep_scenario, built.text)
    return RedirectResponse(f"/{to}?{urlencode({'scenario': OWN + key})}", 303)


async def preview(request: Request) -> Response:
    """How many of a few histories settle, and what could be agreed on; 202 while it is worked out."""
    limit(request, "answer")
    built, here, t = await found(request), house(request), request.state.texts
    desk = await _desk(request, built.text, NOTHING)
    if desk["said"] or explore.too_heavy(t, desk["seconds"], desk["megabytes"]):
        return JSONResponse({"sentence": t("build.mend"), "settled": None, "groups": {}})
    case = Case("", built.text)
    with suppress(TimeoutError):
        asked = asyncio.gather(here.pool.ask(Simulate(case, 0, explore.FIRST)), _spaces(here, case))
        table, spaces = await asyncio.wait_for(asked, explore.WAIT)
        return JSONResponse({**_settled(t, table), **spaces})
    return JSONResponse({"waiting": here.pool.waiting}, 202)


async def _spaces(here: House, case: Case) -> Data:
    """What could be agreed on; nothing, where that takes too much to be drawn beside a form."""
    try:
        found: Packed = await here.pool.ask(Spaces(case))
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return {"groups": {}}
    return found.answer()


def _settled(t: Texts, table: Any) -> Data:
    """The share that settles, with its interval, in words and as numbers."""
    settled = table.frame()["settled"]
    found = ShareCount(int(settled.sum()), len(settled)).estimate()
    low, share, high = (100 * found[key] for key in ("low", "share", "high"))
    words = {"share": t.number(share), "low": t.number(low), "high": t.number(high), "n": t.number(len(settled))}
    return {"sentence": t("build.settled", **words), "settled": {"low": low, "share": share, "high": high}}


PAGE = Page(
    "build",
    4.5,
    [
        Route("/build", door),
        safety.post("/build/begin", begin),
        Route("/build/{key}", show),
        Route("/build/{key}/preview", preview),
        Route("/build/{key}/scenario.yaml", file),
        safety.post("/build/{key}/change", change, FIELDS),
        safety.post("/build/{key}/undo", undo),
        safety.post("/build/{key}/rename", rename),
        safety.post("/build/{key}/delete", delete),
        safety.post("/build/{key}/share", share),
        safety.post("/build/{key}/copy", copy),
        safety.post("/build/{key}/use", use),
        *build_words.ROUTES,
    ],
)
