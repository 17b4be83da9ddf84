"""The page Watch: one history week by week."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.web.game_pages import MOST, replication_of
from sim.web.jobs import Watch
from sim.web.pages.explore import DEFAULT
from sim.web.site import OWN, Page, house, library, limit, page


async def show(request: Request) -> Response:
    """The page; its script fetches the history."""
    stem, number = _asked(request)
    scenario, _ = await house(request).scenario(stem)
    request.state.texts = request.state.texts.of(scenario)
    own = stem if stem.startswith(OWN) else ""
    return page(
        request, "watch", library=library(), own=own, scenario=scenario, stem=stem, replication=number, most=MOST
    )


async def history(request: Request) -> Response:
    """The history as data."""
    limit(request, "draw")
    stem, number = _asked(request)
    _, case = await house(request).scenario(stem)
    found = await house(request).pool.ask(Watch(case, number, request.state.texts.language))
    return Response(found.json, media_type="application/json")


def _asked(request: Request) -> tuple[str, int]:
    asked = request.query_params
    return asked.get("scenario", DEFAULT), replication_of(asked.get("replication") or "0")


PAGE = Page("watch", 2, [Route("/watch", show), Route("/watch/history", history)])
