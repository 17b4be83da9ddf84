"""What a class's question is about: two versions of talks, or one history, as a query that an address can hold.

    scenario=baseline&b.effort.Russia=0.8    a scenario with changes, as the page Explore has it
    scenario=baseline&b=no-mediator          two scenarios, as that page has them, too
    scenario=baseline&replication=7          a history that a person plays

Words that are no address never become a set-up.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from sim.web import safety, wording
from sim.web.game_pages import replication_of
from sim.web.jobs import Case
from sim.web.pages.explore import chosen_of, scenarios_of
from sim.web.site import House
from sim.web.texts import Refusal, Texts

ADDRESS = "/explore"


def fields(setup: str) -> dict[str, str]:
    """A set-up by name of field."""
    return dict(parse_qsl(setup))


def in_address(text: str) -> str | None:
    """The query of an address of the page Explore, whole or from its path on; None if the text is no such address."""
    found = urlsplit(text.strip())
    if found.path != ADDRESS or not found.query or (found.netloc and found.scheme not in ("http", "https")):
        return None
    return found.query


async def changed(here: House, query: str) -> str:
    """A query of the page Explore as a set-up.  Errors: Refusal, where nobody can choose that."""
    try:
        given = safety.once(parse_qsl(query, max_num_fields=safety.FIELDS))
    except ValueError as error:
        raise Refusal(400, "refused.form") from error
    given = {key: value for key, value in given.items() if key not in ("guess", "lang")}
    choice, _, _ = await chosen_of(here, given)
    return choice.state


async def two(here: House, a: str, b: str) -> str:
    """Two scenarios as a set-up.  Errors: Refusal, where one is not there."""
    for stem in (a, b):
        await here.scenario(stem)
    return urlencode({"scenario": a, "b": b})


async def history(here: House, stem: str, replication: str) -> str:
    """A scenario and, where it is given, one of its histories as a set-up.  Errors: Refusal."""
    await here.scenario(stem)
    if not replication:
        return urlencode({"scenario": stem})
    return urlencode({"scenario": stem, "replication": replication_of(replication)})


async def versions(here: House, setup: str) -> tuple[Case, Case]:
    """The two cases that are run.  Errors: Refusal."""
    _, a, b = await chosen_of(here, fields(setup))
    return a, b


def explored(setup: str) -> str:
    """The address at which a member runs it alone."""
    return f"{ADDRESS}?{setup}" if setup else ""


async def told(t: Texts, here: House, setup: str) -> list[str]:
    """A set-up in words: what A is, and what B is.  Errors: Refusal."""
    given = fields(setup)
    if "replication" in given or len(given) == 1:
        scenario, _ = await here.scenario(given["scenario"])
        which = [t("conduct.history", n=given["replication"])] if "replication" in given else []
        return [t.of(scenario).say(scenario.name), *which]
    choice, _, _ = await chosen_of(here, given)
    return wording.sides(t, choice, *await scenarios_of(here, choice))
