"""The file of a scenario that is built: found for whoever may see it, changed by whoever it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from sim.web.access import rooms_of
from sim.web.build_jobs import Desk, Translated
from sim.web.builds import Built
from sim.web.jobs import Packed
from sim.web.site import house
from sim.web.texts import Refusal

TRIES = 3  # at keeping a change, where another window of the same browser keeps one too

Data = dict[str, Any]


async def found(request: Request) -> Built:
    """The scenario of the address, if this browser may see it.  Errors: Refusal."""
    key, find = request.path_params["key"][:40], house(request).rooms.builds.find
    built = await run_in_threadpool(find, key, request.state.session)
    if built is None:
        built = await run_in_threadpool(find, key, request.state.session, await rooms_of(request))
    if built is None:
        raise Refusal(404, "build.gone")
    return built


async def mine(request: Request) -> Built:
    """The same, if it is this browser's own.  Errors: Refusal."""
    built = await found(request)
    if not built.mine:
        raise Refusal(403, "build.others")
    return built


async def asked(request: Request, job: Desk | Translated) -> Data:
    """What a worker makes of a file.  Errors: Refusal."""
    packed = await house(request).pool.ask(job)
    assert isinstance(packed, Packed)
    answer = packed.answer()
    if "refused" in answer:
        raise Refusal(400, answer["refused"], **answer["names"])
    return answer


async def changed(request: Request, job: Callable[[str], Desk | Translated]) -> tuple[Built, Data]:
    """Keep what a job makes of the file as it is now.  -> the scenario as it is then, and the answer

    Errors: Refusal.
    """
    for _ in range(TRIES):
        built = await mine(request)
        answer = await asked(request, job(built.text))
        if await save(request, built, answer["text"], answer["name"]):
            return await mine(request), answer
    raise Refusal(409, "build.meanwhile")


async def save(request: Request, built: Built, text: str, name: str) -> bool:
    """Put another text in place of the file; False where somebody has changed it meanwhile."""
    if text == built.text:
        return True
    keep = house(request).rooms.builds.save
    named = name or request.state.texts("build.nameless")
    return await run_in_threadpool(keep, built.key, request.state.session, built.text, text, named)
