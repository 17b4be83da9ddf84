"""What a class's question is about: two versions of talks, or one history, as a query that an address can hold.

    scenario=baseline&b.effort.Russia=0.8    a scenario with changes, as the page Explore has it
    a=baseline&b=no-mediator                 two scenarios
    scenario=baseline&replication=7          a history that a person plays

Words that are no address never become a set-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from sim.scenario import Scenario
from sim.web import safety
from sim.web.choices import AFTER, ALL, AS_FILE, DATED, NONE, Choice, Freeze, Side, sliders
from sim.web.game_pages import replication_of
from sim.web.jobs import Case
from sim.web.pages.explore import chosen_of
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
    return urlencode({"a": a, "b": b})


async def history(here: House, stem: str, replication: str) -> str:
    """A scenario and, where it is given, one of its histories as a set-up.  Errors: Refusal."""
    await here.scenario(stem)
    if not replication:
        return urlencode({"scenario": stem})
    return urlencode({"scenario": stem, "replication": replication_of(replication)})


async def versions(here: House, setup: str) -> tuple[Case, Case]:
    """The two cases that are run.  Errors: Refusal."""
    given = fields(setup)
    if "scenario" in given:
        _, a, b = await chosen_of(here, given)
        return a, b
    (_, a), (_, b) = await here.scenario(given["a"]), await here.scenario(given["b"])
    return a, b


def explored(setup: str) -> str:
    """The address at which a member runs it alone; "" for two scenarios, which that page does not take."""
    return f"{ADDRESS}?{setup}" if "scenario" in fields(setup) else ""


async def told(t: Texts, here: House, setup: str) -> list[str]:
    """A set-up in words: what A is, and what B is.  Errors: Refusal."""
    given = fields(setup)
    if "scenario" not in given:
        named = [(await here.scenario(given[side]))[0].name for side in ("a", "b")]
        return [t("conduct.side", side=side, what=name) for side, name in zip("AB", named, strict=True)]
    scenario, _ = await here.scenario(given["scenario"])
    if "replication" in given or len(given) == 1:
        return [scenario.name, *([t("conduct.history", n=given["replication"])] if "replication" in given else [])]
    choice, _, _ = await chosen_of(here, given)
    return [scenario.name, *_sides(t, scenario, choice)]


def _sides(t: Texts, scenario: Scenario, choice: Choice) -> Iterator[str]:
    for letter, side in (("A", choice.a), ("B", choice.b)):
        changes = "; ".join(_changes(t, scenario, side)) or t("conduct.asfile")
        yield t("conduct.side", side=letter, what=changes)


def _changes(t: Texts, scenario: Scenario, side: Side) -> Iterator[str]:
    known = {slider.name: slider for slider in sliders(scenario)}
    for name, value in side.numbers:
        slider = known[name]
        what = t(f"slider.{slider.kind}")
        if slider.of:
            what = f"{what} ({scenario.mediators[slider.of].title or slider.of})"
        yield f"{what}: {t.number(value, 2)}"
    yield from _freeze(t, scenario, side.freeze)


def _freeze(t: Texts, scenario: Scenario, freeze: Freeze) -> Iterator[str]:
    if freeze.kind == AS_FILE:
        return
    said = f"{t('freeze.kind')}: {t(f'freeze.{freeze.kind}')}"
    if freeze.kind == NONE:
        yield said
        return
    where = t("freeze.all") if freeze.groups == ALL else freeze.groups
    since = f", {t.date(scenario.date_of(freeze.start).isoformat())}" if freeze.kind == DATED else ""
    assert freeze.kind in (DATED, AFTER)
    yield f"{said}{since}; {t('freeze.groups')}: {where}; {t('freeze.weeks')}: {freeze.weeks}"
