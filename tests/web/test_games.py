"""Mediate and Negotiate: whole games through forms, nobody else's, never lost, nothing given away before the end."""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sim.kinds import KINDS
from sim.play import debrief, restore, start
from sim.play.mandates import EXTRAS
from sim.play.orders import CAPACITY
from sim.play.scripted_players import PLANS
from sim.scenario.parties import ACTIVITIES
from sim.scenario.shipped import Shipped
from sim.web import endings, game_pages, newsroom
from sim.web.database import Decision, Game
from sim.web.endings import signed
from sim.web.game_jobs import Look, Others
from sim.web.games import Seat
from sim.web.pages.mediate import read as read_orders
from sim.web.pages.negotiate import read as read_mandates
from sim.web.site import library
from sim.web.texts import languages, texts
from tests.seldom import seldom

from .conftest import TINY_FILE, Browser, Site, Visit, few, site
from .test_pages import Found

Visiting = Callable[[Visit], None]
Fields = dict[str, str]
ROLES = ("mediate", "negotiate")
SEATS = {"mediate": "Chair", "negotiate": "Upper"}
MOST_MOMENTS = 13  # the closing one included
EN = texts("en")


class Controls(HTMLParser):
    """What a form of a page lets a person give."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str | None]] = []
        self.options: dict[str, list[str]] = {}
        self.points = 0.0
        self._select, self._option = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and "data-points" in given:
            self.points = float(given["data-points"] or 0)
        if tag == "input":
            self.inputs.append(given)
        if tag == "select":
            self._select = given.get("name") or ""
            self.options[self._select] = []
        self._option = tag == "option"

    def handle_data(self, data: str) -> None:
        if self._option:
            self.options[self._select].append(data)
            self._option = False

    def of(self, kind: str) -> list[dict[str, str | None]]:
        """The inputs of a type."""
        return [given for given in self.inputs if given.get("type") == kind]

    @property
    def number(self) -> str:
        """How many decisions the page has seen."""
        return next(given["value"] or "" for given in self.of("hidden") if given["name"] == "number")


def chosen(page: str, luck: random.Random) -> Fields:
    """Something that the page allows, whatever it is."""
    found = Controls(page)
    fields = {name: luck.choice(options) for name, options in found.options.items()}
    fields |= {str(each["name"]): str(round(luck.random(), 2)) for each in found.of("range")}
    fields |= {str(each["name"]): str(each["value"]) for each in found.of("checkbox") if luck.random() < 0.3}
    for name in dict.fromkeys(str(each["name"]) for each in found.of("radio")):
        fields[name] = str(luck.choice([each["value"] for each in found.of("radio") if each["name"] == name]))
    left = found.points
    for each in found.of("number"):
        most = min(float(each["max"] or 0), left if "data-points" in each else 9)
        value = (
            luck.random() * most / 2 if each.get("step") == "any" else luck.randint(int(each["min"] or 0), int(most))
        )
        left -= value if "data-points" in each else 0
        fields[str(each["name"])] = f"{value:.6g}"
    for pause in [name for name in fields if name.startswith("pause.") and f"lift.{name[6:]}" in fields]:
        del fields[pause]
    return fields


async def begun(browser: Browser, role: str, **more: str) -> str:
    """A new game.  -> its address"""
    fields = {"scenario": "tiny", "seat": SEATS[role], "replication": "3", **more}
    response = await browser.send(f"/{role}/begin", **fields)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


async def played(browser: Browser, address: str, luck: random.Random) -> list[str]:
    """A game played to its end.  -> every page on the way, the last one is the end"""
    pages = [(await browser.open(address)).text]
    while "number" in {each.get("name") for each in Controls(pages[-1]).inputs}:
        assert len(pages) <= MOST_MOMENTS
        fields = chosen(pages[-1], luck)
        response = await browser.send(f"{address}/decide", number=Controls(pages[-1]).number, **fields)
        assert response.status_code == 303, response.text
        pages.append((await browser.open(address)).text)
    return pages


def kept(site: Site) -> list[dict[str, Any]]:
    """All games of the database, as they are restored."""
    from sqlalchemy import select

    with site.app.state.house.rooms._session() as session:
        return [
            json.loads(game.start)
            | {
                "decisions": [
                    json.loads(text)
                    for text in session.scalars(
                        select(Decision.decision).where(Decision.game == game.key).order_by(Decision.number)
                    )
                ]
            }
            for game in session.scalars(select(Game))
        ]


# ---- whole games -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, seldom(2)])
@pytest.mark.parametrize("role", [*map(seldom, ROLES[:-1]), ROLES[-1]])
def test_a_bot_plays_a_whole_game_and_the_page_tells_what_the_game_says(
    visit: Visiting, role: str, number: int
) -> None:
    async def what(site: Site) -> None:
        async with site.browser(f"/{role}?scenario=tiny") as browser:
            address = await begun(browser, role)
            pages = await played(browser, address, random.Random(number))
            assert len(pages) > 2
            (saved,) = kept(site)
            end = restore(saved).end()
            last = pages[-1]
            assert f'class="score">{signed(EN, end["score"]["points"])} ' in last
            assert (
                EN("end.place", **{key: end["among"][key] for key in ("scripted", "better", "same", "worse")}) in last
            )
            assert json.loads(re.findall(r'id="marks">(.*?)</script>', last)[0]) == {
                "scores": end["among"]["scores"],
                "mine": end["among"]["mine"],
            }
            assert (await browser.open(address)).text == last
            late = await browser.send(f"{address}/decide", number=str(len(saved["decisions"])), press="1")
            assert late.status_code == 303
            assert kept(site) == [saved]

    visit(what)


@pytest.mark.validate
@pytest.mark.parametrize("role", [ROLES[0], *map(seldom, ROLES[1:])])
def test_the_scripted_players_of_a_history_are_worked_out_once_while_it_is_played(visit: Visiting, role: str) -> None:
    """They do not depend on what anybody decides: a class that plays one history waits for them once, or not at all."""

    async def what(site: Site) -> None:
        async with site.browser(f"/{role}?scenario=tiny") as one, site.browser(f"/{role}?scenario=tiny") as two:
            for browser, luck in ((one, 1), (two, 2)):
                await played(browser, await begun(browser, role), random.Random(luck))
            jobs = [type(job).__name__ for job in site.workers.done]
            assert jobs.count("Others") == game_pages.PARTS
            assert jobs.count("End") == 2
            assert jobs.index("Others") < jobs.index("End")
            first, second = (restore(saved) for saved in kept(site))
            assert first.decisions != second.decisions
            assert first.others().equals(second.others())
            assert first.end() == first.end(second.others())
            await begun(one, role, replication="4")
            await begun(two, role, replication="5")
            done = [type(job).__name__ for job in site.workers.done]
            assert done.count("Others") == game_pages.PARTS  # they play no game's history

    visit(what)


def test_with_one_worker_a_decision_comes_before_what_nobody_waits_for(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripted players are tried in parts while a game is played: a decision waits for the one that is under way."""
    monkeypatch.setattr(game_pages, "PARTS", 4)

    async def what(site: Site) -> None:
        may, work = threading.Event(), site.workers.work

        def held(item: Any, wanted: Any) -> Any:
            if isinstance(item[0], Others):
                may.wait(60)
            return work(item, wanted)

        monkeypatch.setattr(site.workers, "work", held)
        line = site.app.state.house.pool._line
        async with site.browser("/negotiate?scenario=tiny") as browser:
            address = await begun(browser, "negotiate")
            fields = chosen((await browser.open(address)).text, random.Random(1))
            decided = asyncio.ensure_future(browser.send(f"{address}/decide", number="0", **fields))
            while not decided.done() and not any(isinstance(each.job, Look) for each in line):
                await asyncio.sleep(0)
            assert len(line) == game_pages.PARTS  # a part is under way, and the decision waits with the others
            may.set()
            assert (await decided).status_code == 303
        done = [type(job).__name__ for job in site.workers.done]
        assert done[done.index("Others") :][:2] == ["Others", "Look"]

    visit(what)


@pytest.mark.validate
def test_what_paid_is_told_with_what_was_ordered_and_nothing_else(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/mediate?scenario=tiny") as browser:
            address = await begun(browser, "mediate")
            last = (await played(browser, address, random.Random(5)))[-1]
            (saved,) = kept(site)
            end = restore(saved).end()
            for turn in end["mattered"]:
                assert turn["elsewhere"]["low"] > 0 or turn["elsewhere"]["high"] < 0
                assert EN("end.did", did=endings.did(EN, saved["decisions"][turn["turn"] - 1])) in last
            told = [int(text) for text in re.findall(r"<h3>Moment (\d+)", last)]
            assert told == [turn["turn"] for turn in end["mattered"]]
            assert (EN("end.mattered.none") in last) == (not told)
            assert last.count('<th scope="row">') >= len(saved["decisions"])

    visit(what)


def test_a_class_is_offered_a_history_in_which_something_can_be_won(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the teacher sees of each history what can be won."""
    open_ones = {game_pages.proposed(Seat("CODE", 1, 1), attempt) for attempt in (2, 3)}

    async def stakes(role: game_pages.Role, here: Any, stem: str, seat: str, number: int) -> dict[str, Any]:
        return {"low": 0.0, "middle": 0.5, "high": 0.9, "best": 7.0, "open": number in open_ones}

    async def prospects(role: game_pages.Role, here: Any, stem: str, seat: str, urgency: int) -> dict[str, Any]:
        asked.append(seat)
        return {"open": seat != "Upper"}

    asked: list[str] = []
    monkeypatch.setattr(game_pages.Role, "_stakes", stakes)
    monkeypatch.setattr(game_pages.Role, "_prospects", prospects)
    first = {
        code: [game_pages.proposed(Seat(code, 1, 1), attempt) for attempt in range(3)] for code in ("CODE", "OTHER")
    }
    assert first["CODE"] != first["OTHER"]

    async def what(site: Site) -> None:
        here, role = site.app.state.house, game_pages.Role("mediate", "mediator", *[lambda *_: {}] * 5)
        assert await role._winnable(here, Seat("CODE", 1, 1), "tiny", ["Chair"]) == first["CODE"][2]
        assert await role._winnable(here, Seat("OTHER", 2, 2), "tiny", ["Chair"]) is None  # none of a few
        assert not asked
        party = game_pages.Role("negotiate", "party", *[lambda *_: {}] * 5)
        assert await party._winnable(here, Seat("CODE", 1, 1), "tiny", ["Upper"]) is None
        assert await party._winnable(here, Seat("CODE", 1, 1), "tiny", ["Upper", "Lower", "Far"]) == first["CODE"][2]
        await asyncio.sleep(0)
        assert asked == ["Upper", "Upper", "Lower", "Far"]
        async with site.browser("/mediate?scenario=tiny") as browser:
            number = min(open_ones) // 12 * 12
            page = (await browser.open(f"/mediate/histories?scenario=tiny&from={number}")).text
            assert page.count(f"<td>{EN('moment.histories.open')}</td>") == len(
                [each for each in open_ones if number <= each < number + 12]
            )
            assert f"replication={number + 1}" in page

    visit(what)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("role", ["mediator", "party"])
def test_a_door_says_what_can_be_won_and_not_how(role: str, language: str) -> None:
    """How the best plan proceeds is for the end."""
    t, plan = texts(language), dict.fromkeys(PLANS[role], 0.4321)
    best = {"mean": 2.0, "low": 1.0, "high": 3.0, "histories": 400, "plan": plan}
    found = {"idle": {"scripted": 57, "better": 5, "worse": 52}, "best": best, "open": True}
    door = endings.prospects(t, role, "Upper", found)
    assert "43" not in "".join(door)
    assert all(number in door[0] for number in ("57", "52", "Upper"))
    assert endings.prospects(t, role, "Upper", found | {"open": False})[1] != door[1]
    (how,) = endings._best(t, role, found)
    assert "43" in how
    assert not endings._best(t, role, found | {"open": False})


def test_what_can_be_won_is_worked_out_for_each_history(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_pages, "WAIT", 600.0)  # however busy the machine is

    async def what(site: Site) -> None:
        async with site.browser("/negotiate?scenario=tiny") as browser:
            page = (await browser.open("/negotiate/histories?scenario=tiny&seat=Lower")).text
            rows = re.findall(r"replication=(\d+).*?</tr>", page)
            assert rows == [str(number) for number in range(12)]
            game = start("party", TINY_FILE.read_text(encoding="utf-8"), replication=3, options={"party": "Lower"})
            found = debrief.quartiles(game.at_stake())
            assert EN.number(found["best"], 1) in page
            assert [type(job).__name__ for job in site.workers.done].count("Stakes") == 12

    visit(what)


def test_what_was_ordered_stays_in_the_form_for_the_next_turn(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/mediate?scenario=tiny") as browser:
            address = await begun(browser, "mediate")
            orders = {"shuttle.Upper": "2.5", "press": "1", "own.water": "yes"}
            orders |= {"text.water.level": "0.35", "text.water.night": "0.6"}
            assert (await browser.send(f"{address}/decide", number="0", **orders)).status_code == 303
            inputs = {each["name"]: each for each in Controls((await browser.open(address)).text).inputs}
            assert (inputs["shuttle.Upper"]["value"], inputs["press"]["value"]) == ("2.5", "1")
            assert inputs["draft.water"]["value"] == ""
            assert inputs["text.water.level"]["value"] == "0.35"
            assert "checked" in inputs["own.water"]
            assert "checked" not in inputs["own.fish"]

    visit(what)


# ---- nothing is given away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*map(seldom, ROLES[:-1]), ROLES[-1]])
def test_no_page_before_the_end_holds_a_true_number_of_another_side(
    visit: Visiting, role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        TINY_FILE.read_text(encoding="utf-8").replace("trust: 0.4", "trust: 0.4, weight_spread: 0.3"), encoding="utf-8"
    )

    async def what(site: Site) -> None:
        monkeypatch.setitem(library(), "odd", Shipped("odd", "Odd", "", odd))
        async with site.browser(f"/{role}?scenario=odd") as browser:
            address = await begun(browser, role, scenario="odd")
            pages = await played(browser, address, random.Random(8))
            (saved,) = kept(site)
            sides = {party for parties in restore(saved).end()["revealed"].values() for party in parties}
            secret = {
                number
                for parties in restore(saved).end()["revealed"].values()
                for party in (sides - {SEATS[role]})
                for number in (parties[party]["walk_away"], *parties[party]["priorities"].values())
            }
            before = "\n".join(pages[:-1])
            told = {float(text) for text in re.findall(r"\d+\.\d{2,}", before)}
            for number in secret:
                assert not any(abs(x - number) < 5e-5 or abs(x - 100 * number) < 5e-3 for x in told), number
            assert EN("end.revealed") not in before
            assert all(newsroom.share(EN, number) in pages[-1] for number in secret)

    visit(what)


def test_the_page_knows_my_own_numbers_and_no_others(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/negotiate?scenario=tiny") as browser:
            address = await begun(browser, "negotiate")
            page = (await browser.open(address)).text
            (saved,) = kept(site)
            view = restore(saved).view()
            told = [json.loads(text) for text in re.findall(r'class="mine">(.*?)</script>', page)]
            assert len(told) == len(view["tables"]) == 2
            for name, mine in zip(view["tables"], told, strict=True):
                own = view["mine"][name]
                assert mine["walkAway"] == own["walk_away"]
                numbers = {"priorities", "ideal", "values", "commitments", "together"}
                assert set(mine) == numbers | {"walkAway", "texts"}
                assert all(mine[key] == own[key] for key in ("priorities", "ideal", "values", "commitments"))

    visit(what)


# ---- nobody else's ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_foreign_game_cannot_be_read_or_played(visit: Visiting, role: str) -> None:
    async def what(site: Site) -> None:
        async with (
            site.browser("/class") as teacher,
            site.browser("/class") as one,
            site.browser("/class") as two,
        ):
            code = (await teacher.send("/class/open")).headers["location"].rpartition("/")[2]
            for student in (one, two):
                await student.send("/class/join", code=code)
            address = await begun(one, role)
            for other in (two, teacher):
                read = await other.client.get(address, headers={"accept": "text/html"})
                assert read.status_code == 404
                assert EN("refused.game") in read.text
                assert (await other.send(f"{address}/decide", number="0", do="come")).status_code == 404
            wrong = ROLES[1 - ROLES.index(role)]
            assert (await one.client.get(address.replace(role, wrong))).status_code == 404
            assert kept(site)[0]["decisions"] == []
            assert (await one.client.get(address)).status_code == 200

    visit(what)


@pytest.mark.parametrize("path", ["/mediate/begin", "/negotiate/begin", "/mediate/x/decide", "/negotiate/x/decide"])
def test_nothing_is_begun_or_decided_without_the_pages_token(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser, site.browser() as other:
            for token in ("", other.csrf):
                assert (await browser.client.post(path, data={"csrf": token, "scenario": "tiny"})).status_code == 403
            assert kept(site) == []

    visit(what)


# ---- never lost, never twice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [ROLES[0], *map(seldom, ROLES[1:])])
def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    few(monkeypatch)
    luck = random.Random(4)

    async def before_and_after() -> None:
        async with site(tmp_path) as first, first.browser(f"/{role}?scenario=tiny") as browser:
            address = await begun(browser, role)
            for number in range(2):
                page = (await browser.open(address)).text
                fields = chosen(page, luck) | ({"do": "come", "rounds": "1"} if role == "negotiate" else {})
                fields |= {"do": "hold"} if 'value="hold"' in page else {}
                assert (await browser.send(f"{address}/decide", number=str(number), **fields)).status_code == 303
            there, jar = (await browser.open(address)).text, browser.client.cookies
        async with site(tmp_path) as second, second.browser("/how") as browser:
            browser.client.cookies = jar
            assert (await browser.open(address)).text == there
            pages = await played(browser, address, luck)
            assert 'class="score"' in pages[-1]
            assert len(kept(second)[0]["decisions"]) >= 2

    asyncio.run(before_and_after())


def test_a_decision_that_comes_twice_counts_once(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/mediate?scenario=tiny") as browser:
            address = await begun(browser, "mediate")
            send = partial(browser.send, f"{address}/decide", number="0")
            answers = await asyncio.gather(*(send(press=str(n)) for n in range(1, 6)))
            assert {answer.status_code for answer in answers} == {303}
            assert (await send(press="7")).status_code == 303
            (saved,) = kept(site)
            assert len(saved["decisions"]) == 1
            assert saved["decisions"][0]["press"] < 7

    visit(what)


# ---- what the rules do not allow -------------------------------------------------------------------------------------

ORDERS = [
    {"press": "1e9"}, {"press": "-1"}, {"press": "nan"}, {"press": "inf"}, {"press": "two"}, {"press": "9" * 400},
    {"shuttle.Mars": "1"}, {"shuttle.": "1"}, {"shuttle.Upper": "1,2,3"}, {"draft.treaty": "2"},
    {"draft.water": "1e999"},
    {"pause.water": "0.5"}, {"pause.water": "9999999"}, {"pause.water": "٣"}, {"lift.water": "yes"}, {"lift.": "yes"},
    {"own.water": "yes"}, {"own.water": "yes", "text.water.level": "2", "text.water.night": "0"},
    {"own.water": "yes", "text.water.level": "<script>", "text.water.night": "0"},
    {"shuttle.Upper": "7", "press": "9", "guarantee": "9"},
]  # fmt: skip
MANDATES = [
    {"do.water": "win"}, {"do.water": "<script>"}, {"do.water": "delegate|Lower"}, {"do.water": "sign|Lower"},
    {"do.water": "sign|"}, {"do.water": "sign|Upper"}, {"do.water": "delegate", "least.water": "101"},
    {"do.water": "delegate", "least.water": "x"}, {"do.water": "delegate", "least.water": "-1"},
    {"do.water": "offer", "least.water": "50"}, {"do.water": "offer", "offer.water.level": "0.5", "least.water": "50"},
    {"do.water": "offer", "offer.water.level": "x", "offer.water.night": "0", "least.water": "50"},
    {"do.water": "offer", "offer.water.level": "1", "offer.water.night": "0", "least.water": "nan"},
]  # fmt: skip


@pytest.mark.parametrize(("role", "bad"), [("mediate", ORDERS), ("negotiate", MANDATES)])
def test_what_is_not_allowed_gets_a_sentence_and_changes_nothing(visit: Visiting, role: str, bad: list[Fields]) -> None:
    async def what(site: Site) -> None:
        async with site.browser(f"/{role}?scenario=tiny") as browser:
            address = await begun(browser, role)
            site.app.state.house.limits.rates = {**site.app.state.house.limits.rates, "turn": FAST}
            for fields in bad:
                response = await browser.send(f"{address}/decide", number="0", **fields)
                assert response.status_code == 422, (fields, response.status_code)
                assert 'role="alert"' in response.text, fields
                assert "Traceback" not in response.text
                assert "<script>" not in response.text.replace("<script>alert", "")
            assert kept(site)[0]["decisions"] == []
            assert (await browser.open(address)).status_code == 200

    from sim.web.safety import Rate

    FAST = Rate(1000, 1000)
    visit(what)


@pytest.mark.parametrize(
    "fields",
    [
        {"seat": "Nobody"}, {"replication": "-1"}, {"replication": "99999"},
        {"replication": ""}, {"scenario": "nothing"}, {"scenario": "../../etc/passwd"}, {"scenario": "no-mediator"},
    ],
)  # fmt: skip
def test_a_game_that_cannot_be_is_not_begun(visit: Visiting, fields: Fields) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/mediate?scenario=tiny") as browser:
            asked = {"scenario": "tiny", "seat": "Chair", "replication": "3", **fields}
            response = await browser.send("/mediate/begin", **asked)
            assert response.status_code in (400, 404)
            assert response.json()["error"]
            assert kept(site) == []

    visit(what)


def test_who_cannot_mediate_is_told_so(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/mediate?scenario=no-mediator") as browser:
            page = (await browser.open("/mediate?scenario=no-mediator")).text
            assert EN("mediate.nobody") in page
            assert "/mediate/begin" not in page

    visit(what)


def test_names_are_texts_whatever_they_hold(visit: Visiting) -> None:
    group = "wells'<script>alert(1)"
    text = f"""\
name: Odd names
clock: {{weeks: 16, hold_weeks: 0}}
parties: {{"Up <b>": {{}}, 'Down|&"': {{}}}}
mediators: {{"Chair|1": {{}}}}
working_groups:
  "{group}": {{meets_every: 2, issues: {{"a & b<i>": {{positions: {{"Up <b>": 0.0, 'Down|&"': 1.0}}}}}}}}
"""

    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            sent = await browser.send("/explore/own", text=text)
            assert sent.status_code == 303, sent.text
            own = sent.headers["location"].rpartition("=")[2]
            for role, seat in (("mediate", "Chair|1"), ("negotiate", "Up <b>")):
                address = await begun(browser, role, scenario=own, seat=seat)
                pages = await played(browser, address, random.Random(2))
                assert 'class="score"' in pages[-1]
                for page in pages:
                    assert "<script>alert" not in page
                    assert "<b>" not in page
            assert any("convene" in decision for decision in kept(site)[0]["decisions"])

    visit(what)


# ---- the class -------------------------------------------------------------------------------------------------------


@pytest.mark.validate
def test_scores_of_a_class_are_pooled(visit: Visiting) -> None:
    """All who take the same seat are offered the same history; a mediator and a party may be offered others."""

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two:
            room = (await teacher.send("/class/open")).headers["location"]
            for student in (one, two):
                await student.send("/class/join", code=room.rpartition("/")[2])
            ends = []
            for number, (student, role) in enumerate(((one, "mediate"), (two, "negotiate"))):
                doors = [Controls((await each.open(f"/{role}?scenario=tiny")).text) for each in (one, two)]
                offered = {
                    each["value"] for door in doors for each in door.of("number") if each["name"] == "replication"
                }
                assert len(offered) == 1
                address = await begun(student, role, replication=offered.pop())
                ends.append((await played(student, address, random.Random(number)))[-1])
            games = site.app.state.house.rooms.pooled(room.rpartition("/")[2])["games"]
            assert [(game["member"], game["role"]) for game in games] == [(1, "mediator"), (2, "party")]
            for game, end in zip(games, ends, strict=True):
                assert f"<strong>{signed(EN, game['score'])}</strong>" in end
            table = (await teacher.get(f"{room}/table.csv")).text
            assert "game,1,,,,,,,,mediator,tiny," in table

    visit(what)


# ---- pages and words -------------------------------------------------------------------------------------------------


@pytest.mark.validate
@pytest.mark.parametrize("role", [*map(seldom, ROLES[:-1]), ROLES[-1]])
def test_game_pages_are_labelled_small_and_hold_no_script(visit: Visiting, role: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser(f"/{role}?scenario=baseline") as browser:
            seat = {"mediate": "Russia", "negotiate": "Armenia"}[role]
            address = await begun(browser, role, scenario="baseline", seat=seat)
            for text in ((await browser.open(f"/{role}")).text, (await browser.open(address)).text):
                found = Found(text)
                assert not found.inline
                assert not found.nameless
                assert len(found.ids) == len(set(found.ids))
                assert all(each.startswith("/") for each in found.loads)
                assert len(text) < 60_000

    visit(what)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_whatever_may_be_said_of_a_game_has_its_words(language: str) -> None:
    t = texts(language)
    sizes = ("minor", "serious", "grave")
    public = [kind for kind in KINDS.values() if kind.public and kind.name != "statement"]
    for kind in public:
        for key in [f"news.{kind.name}.{size}" for size in sizes] if kind.graded else [f"news.{kind.name}"]:
            assert t(key, group="g", actor="a", to="b", number=3, text="")
    assert all(t(f"moment.do.{do}", author="a", worth="1") for do in EXTRAS)
    assert all(t(f"activity.{activity}") for activity in ACTIVITIES)
    assert all(t(f"state.{state}") for state in ("open", "frozen", "closed", "signed", "in force"))
    for role in ROLES:
        keys = ("title", "lead", "seat", "nobody", "formula", *(f"rule.{n}" for n in range(1, 6)))
        assert all(t(f"{role}.{key}") for key in keys)
    assert "2023" in t.date("2023-02-09")


def test_who_declined_is_told_with_the_round() -> None:
    item = {"week": 3, "date": "2024-02-05", "group": "water"}
    told = newsroom.news(
        EN,
        [
            {**item, "kind": "round", "number": 2},
            {**item, "kind": "decline", "actor": "Upper", "to": "Lower"},
            {**item, "kind": "decline", "actor": "Lower", "to": "Upper"},
            {**item, "kind": "incident", "size": "grave", "group": "", "text": "A bridge falls."},
        ],
    )
    assert [(each["words"], each["quoted"]) for each in told] == [
        ("water: round 2. No agreement: Upper, Lower declined.", ""),
        ("A grave incident.", "A bridge falls."),
    ]
    assert [each["grave"] for each in told] == [False, True]
    assert told[0]["date"] == "5 Feb 2024"


def test_orders_are_read_as_they_are_written() -> None:
    view = {"groups": {"water": {"issues": {"level": {"options": []}, "bank": {"options": ["left", "right"]}}}}}
    form = {"shuttle.Upper": "1,5", "shuttle.Lower": "0", "press": "", "guarantee": "2", "pause.water": "0"}
    assert read_orders(view, form) == {"shuttle": {"Upper": 1.5}, "guarantee": 2.0}
    own = {"own.water": "yes", "text.water.level": "0.3", "text.water.bank": "left", "text.fish.level": "1"}
    assert read_orders(view, own) == {"texts": {"water": {"level": 0.3, "bank": "left"}}}
    assert CAPACITY == 40  # what the rules on the page say of points


def test_mandates_are_read_as_they_are_written() -> None:
    """Without a number an offer signs what is no worse than no agreement."""
    issues = {"level": {"options": []}, "bank": {"options": ["left", "right"]}}
    view = {
        "tables": {"water": {}, "fish": {}},
        "groups": {"water": {"issues": issues}},
        "mine": {"water": {"walk_away": 0.3}},
    }
    offer = {"do.water": "offer", "offer.water.level": "0,5", "offer.water.bank": "left", "least.water": ""}
    text = {"level": 0.5, "bank": "left"}
    assert read_mandates(view, offer) == {"water": {"do": "offer", "offer": text, "least": 0.3}}
    assert read_mandates(view, offer | {"least.water": "62,5"})["water"]["least"] == 0.625
    assert read_mandates(view, {"do.water": "sign|Lower", "least.water": "9"}) == {
        "water": {"do": "sign", "of": "Lower"}
    }
    assert read_mandates(view, {"do.water": "delegate", "least.water": ""}) == {"water": {"do": "delegate"}}
    assert read_mandates(view, {"do.mars": "delegate"}) == {}
    assert read_mandates(view, offer | {"all": "same"}) == {}
    alone = {"do": "delegate"}
    assert read_mandates(view, offer | {"all": "delegate"}) == {"water": alone, "fish": alone}
