"""People at tables, for tests: what a browser sends back from a seat's page, and what must never be sent to it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from sim.model import NegotiationModel
from sim.play.view import HERE, shares
from sim.scenario import load_text

from .conftest import TINY_FILE

DRAWN = ("tactic: {kind: time, beta: 1.0},", "tactic: {kind: time, beta: 1.0}, weight_spread: 0.4,")
SEATS = ("Upper", "Lower", "Chair")
HISTORY = 3


def drawn_text() -> str:
    """The tiny scenario with priorities that are drawn, so that no number is there by chance."""
    return TINY_FILE.read_text(encoding="utf-8").replace(*DRAWN)


def secrets(text: str, replication: int = HISTORY) -> dict[str, set[str]]:
    """By party, the numbers that only it may read: eight characters of each as JSON writes it."""
    scenario = load_text(text)
    model = NegotiationModel(scenario, 1, scenario.seed, replication)
    found: dict[str, set[str]] = {}
    for name, party in model.parties_by_name.items():
        mine: list[float] = []
        for group, seat in party.seats.items():
            mine += [*shares(seat.weights).values(), float(party.reservation_in(group, HERE)[0])]
        found[name] = {repr(number)[:8] for number in mine}
    model.release()
    return found


TAG = re.compile(r'<(input|select)\b[^>]*\bname="([^"]+)"[^>]*>(?:(.*?)</select>)?', re.DOTALL)


def filled(html: str) -> dict[str, str]:
    """The fields of a seat's form as a browser sends them that has changed nothing."""
    form = html[html.index('<form id="moment"') :]
    fields: dict[str, str] = {}
    for found in TAG.finditer(form[: form.index("</form>")]):
        tag, name, options = found[0], found[2], found[3]
        if options is not None:
            chosen = re.search(r"<option[^>]*\bselected[^>]*>([^<]*)", options)
            fields[name] = unescape((chosen or re.search(r"<option[^>]*>([^<]*)", options))[1])  # type: ignore[index]
        elif not re.search(r'type="(radio|checkbox)"', tag) or " checked" in tag:
            value = re.search(r'\bvalue="([^"]*)"', tag)
            fields[name] = unescape(value[1]) if value else ""
    fields.pop("csrf")
    return fields


def seat_in(html: str) -> str:
    """Whose page this is; "" where it is no seat's."""
    found = re.search(r"<title>(\w+) · moment", html)
    return found[1] if found else ""


def heading(html: str) -> str:
    """The page's first heading, without its markup."""
    found = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


Sent = dict[str, Any]
