"""The page Watch: one history week by week."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.web.jobs import Watch
from sim.web.pages.explore import DEFAULT
from sim.web.site import OWN, Page, house, library, limit, page
from sim.web.texts import Refusal

MOST = 9_999  # the last history that may be watched


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
    stem, text = request.query_params.get("scenario", DEFAULT), request.query_params.get("replication") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MOST):
        raise Refusal(400, "refused.whole", where="replication", value=text[:40], low=0, high=MOST)
    return stem, int(text)


PAGE = Page("watch", 2, [Route("/watch", show), Route("/watch/history", history)])
