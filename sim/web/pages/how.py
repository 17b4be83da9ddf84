"""The page How it works: the model in plain words, each mechanism with its source and its switch."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.report.mechanisms import MECHANISMS
from sim.web.site import Page, page


async def show(request: Request) -> Response:
    """The page."""
    entries = request.state.texts.entries
    told = [
        (entries.get(f"mechanism.{each.name}", each.name), entries.get(f"does.{each.name}", each.does), each)
        for each in MECHANISMS
    ]
    return page(request, "how", mechanisms=told)


PAGE = Page("how", 6, [Route("/how", show)])
