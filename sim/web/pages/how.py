"""The page How it works: the model in plain words, each mechanism with its source and its switch; languages."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.report.mechanisms import MECHANISMS
from sim.web.site import Page, page
from sim.web.texts import DEFAULT, Texts, languages, own, texts

IN_CODE = {f"{kind}.{each.name}" for each in MECHANISMS for kind in ("mechanism", "does")}
"""Texts whose English stands in the code, so that only translations have them in their files."""


async def show(request: Request) -> Response:
    """The page."""
    entries = request.state.texts.entries
    told = [
        (entries.get(f"mechanism.{each.name}", each.name), entries.get(f"does.{each.name}", each.does), each)
        for each in MECHANISMS
    ]
    return page(request, "how", mechanisms=told, translations=list(_translations(request.state.texts)))


def _translations(t: Texts) -> Iterator[dict[str, str]]:
    """For each language what share of the texts it has, and who made it."""
    for language in languages():
        share = t.number(100 * translated(language), 0)
        yield {"language": language, "share": t("percent", n=share), "made": texts(language)("translated")}


def translated(language: str) -> float:
    """The share of all texts of the pages that a language has, from 0 to 1."""
    wanted = own(DEFAULT).keys() | IN_CODE
    there = own(language).keys() | (IN_CODE if language == DEFAULT else set())
    return len(wanted & there) / len(wanted)


PAGE = Page("how", 6, [Route("/how", show)])
