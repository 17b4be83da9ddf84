"""A teacher conducts: a plan, a phase for all phones, what is shown when, and what is never shown before."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from sim.web import database, pool
from sim.web.access import TAUGHT
from sim.web.activities import KINDS, NUMBER, Kind
from sim.web.lessons import lessons
from sim.web.plans import DISCUSS, LOCKED, PHASES, PREDICT, REVEAL
from sim.web.rooms import Rooms
from sim.web.setups import fields
from sim.web.site import library
from sim.web.stage import news
from sim.web.texts import languages, texts

from .conducting import QUESTION, added, answered, code_of, joined, kept, opened, turned
from .conftest import Browser, Site, Visit

Visiting = Callable[[Visit], None]


async def everything(site: Site, room: str, *members: Browser, desk: Browser, stranger: Browser) -> str:
    """All that leaves the server for phones, desk and wall, without tokens and digests."""
    pages = [(each, room) for each in members]
    pages += [(desk, room), (stranger, f"/wall/{code_of(room)}")]
    found = [(await browser.open(path)).text for browser, path in pages]
    found += [(await browser.get(f"{path}/now")).text for browser, path in pages]
    found += (await news(site.app.state.house, code_of(room))).texts.values()
    return without_tokens(" ".join(found)).replace(code_of(room), "")


def without_tokens(text: str) -> str:
    """What is by chance in it may look like an answer."""
    chance = r'value="\w{20,}"|"csrf" content="\w+"|<code>[^<]*</code>|data-shown="[^"]*"|"shown": ?"[^"]*"'
    return re.sub(chance, "", text)


# ---- phases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["predict", "text", "before"])
def test_nothing_that_is_hidden_leaves_the_server(visit: Visiting, kind: str) -> None:
    answer: int | str = "Zeppelins" if KINDS[kind].answer != NUMBER else 83
    setup = {"address": f"/explore?{QUESTION}"} if KINDS[kind].setup else {}

    async def what(site: Site) -> None:
        async with (
            site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two,
            site.browser("/how") as stranger,
        ):  # fmt: skip
            room = await opened(teacher)
            asked = await added(site, teacher, room, kind, **setup)
            await joined(one, room)
            await joined(two, room)
            seen = {}
            for phase in PHASES[1:]:
                await turned(teacher, room, asked, phase)
                if phase == PREDICT:
                    assert await answered(one, room, asked, answer) == 303
                if phase == REVEAL:
                    await one.open(room)
                    await asyncio.gather(*pool.BACKGROUND)  # the run that the page asked for is over
                told = await everything(site, room, two, desk=teacher, stranger=stranger)
                seen[phase] = (str(answer) in told, "histories, A" in told)
            found = (True, kind == "predict")
            assert seen == {PREDICT: (False, False), LOCKED: (False, False), REVEAL: found, DISCUSS: found}

    visit(what)


def test_a_phase_is_set_and_not_stepped(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text", minutes="2")
            plans = site.app.state.house.rooms.plans
            await turned(teacher, room, asked, PREDICT)
            clock.on(50)
            await turned(teacher, room, asked, PREDICT)  # a second click
            assert (plans.now(code_of(room)).phase, plans.now(code_of(room)).left) == (PREDICT, 70)
            await turned(teacher, room, asked, LOCKED, LOCKED)
            assert (plans.now(code_of(room)).phase, plans.now(code_of(room)).left) == (LOCKED, None)

    visit(what)


class Clock:
    """The clock of rooms, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = database.now()
        monkeypatch.setattr(database, "now", lambda: self.time)

    def on(self, seconds: float) -> None:
        self.time += dt.timedelta(seconds=seconds)


def test_a_timer_that_runs_out_locks_and_more_time_opens(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text", minutes="1")
            await joined(student, room)
            await turned(teacher, room, asked, PREDICT)
            assert 'data-left="60"' in (await student.open(room)).text
            clock.on(61)
            assert (await student.get(f"{room}/now")).json()["phase"] == LOCKED
            assert await answered(student, room, asked, "late") == 409
            await teacher.send(f"{room}/timer", seconds="60")
            assert await answered(student, room, asked, "in time") == 303
            assert [row["sentence"] for row in kept(site, room)["answers"]] == ["in time"]

    visit(what)


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_a_halt_holds_the_timer_and_the_answers(visit: Visiting, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    clock = Clock(monkeypatch)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text", minutes="1")
            await joined(student, room)
            await turned(teacher, room, asked, PREDICT)
            clock.on(20)
            await teacher.send(f"{room}/halt", how=how)
            clock.on(3000)
            told = (await student.get(f"{room}/now")).json()
            assert (told["phase"], told["halt"], told["left"]) == (PREDICT, how, 40)
            assert texts("en")(f"conduct.phone.{how}") in (await student.open(room)).text
            assert await answered(student, room, asked, "now?") == 409
            await teacher.send(f"{room}/halt", how="")
            assert (await student.get(f"{room}/now")).json()["left"] == 40
            assert await answered(student, room, asked, "now") == 303

    visit(what)


def test_who_is_stuck_is_a_seat_for_the_teacher_alone(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text")
            await joined(one, room)
            await joined(two, room)
            await turned(teacher, room, asked, PREDICT)
            await answered(one, room, asked, "done")
            desk = (await teacher.get(f"{room}/now")).json()
            assert (desk["done"], desk["members"], desk["waiting"]) == (1, 2, [2])
            assert "waiting" not in (await two.get(f"{room}/now")).json()

    visit(what)


# ---- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Does a freeze help?", "explore", "Is 1/2 > a?b", "http://evil.example/explore"])
def test_words_that_are_no_address_stay_words(visit: Visiting, said: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            await added(site, teacher, room, words="", address=said)
            item = site.app.state.house.rooms.plans.now(code_of(room)).plan[0]
            assert (item.words, item.setup) == (said, "")
            both = await teacher.post(f"{room}/plan", {"kind": "predict", "words": "What?", "address": said})
            assert both.status_code == 400
            assert "no address of the page Explore" in both.text

    visit(what)


def test_two_scenarios_are_a_question(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/how") as stranger:
            room = await opened(teacher)
            asked = await added(site, teacher, room, a="tiny", b="tiny")
            await turned(teacher, room, asked, PREDICT, LOCKED, REVEAL)
            page = (await stranger.open(f"/wall/{code_of(room)}")).text
            assert "A: Two on a pond" in page
            assert "A and B settle the same histories" in page
            half = {"kind": "predict", "words": "x", "a": "tiny"}
            assert (await teacher.post(f"{room}/plan", half)).status_code == 400

    visit(what)


def test_before_and_after_says_how_many_changed_their_mind(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with (
            site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two,
            site.browser("/class") as late,
        ):  # fmt: skip
            room = await opened(teacher)
            before = await added(site, teacher, room, "before", words="How sure are you?")
            after = site.app.state.house.rooms.plans.now(code_of(room)).plan[1].id
            for student in (one, two, late):
                await joined(student, room)
            await turned(teacher, room, before, PREDICT)
            assert [await answered(each, room, before, said) for each, said in ((one, 20), (two, 70))] == [303, 303]
            await turned(teacher, room, after, PREDICT)
            for each, said in ((one, 55), (two, 70), (late, 5)):
                assert await answered(each, room, after, said) == 303
            await turned(teacher, room, after, REVEAL)
            wall = (await late.open(f"/wall/{code_of(room)}")).text
            assert 'data-values="[[20, 55], [70, 70]]"' in wall
            assert texts("en")("conduct.moves", n=2, changed=1, up=1, down=0) in wall
            await teacher.send(f"{room}/edit", activity=str(before), do="drop")
            assert site.app.state.house.rooms.plans.now(code_of(room)).plan == ()

    visit(what)


def test_a_sentence_may_be_kept_from_the_wall(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text")
            await turned(teacher, room, asked, PREDICT)
            for student, said in ((one, "Rude words"), (two, "Fair words")):
                await joined(student, room)
                await answered(student, room, asked, said)
            answer = re.search(r'name="answer" value="(\d+)"', (await teacher.open(f"{room}?look=yes")).text)
            assert answer is not None
            await teacher.send(f"{room}/hide", answer=answer[1], hidden="yes")
            await turned(teacher, room, asked, REVEAL)
            for browser, path in ((two, room), (two, f"/wall/{code_of(room)}"), (teacher, room)):
                page = (await browser.open(path)).text
                assert ("Fair words" in page, "Rude words" in page) == (True, False)

    visit(what)


def test_games_of_the_room_are_counted_where_they_are_asked_for(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "mediate", scenario="tiny", replication="3")
            await joined(one, room)
            await turned(teacher, room, asked, PREDICT)
            assert 'href="/mediate?scenario=tiny&amp;replication=3"' in (await one.open(room)).text
            games, seat = (
                site.app.state.house.rooms.games,
                site.app.state.house.rooms.seat(one.client.cookies["student"]),
            )
            keys = [games.begin({"role": role, "replication": n}, "tiny", "me", seat) for role, n in PLAYED]
            told = (await teacher.get(f"{room}/now")).json()
            assert (told["done"], told["playing"], told["waiting"]) == (0, [1], [])
            for points, key in enumerate(keys):
                games.score(key, float(points))
            assert (await teacher.get(f"{room}/now")).json()["done"] == 1
            await turned(teacher, room, asked, DISCUSS)
            assert 'data-values="[2.0]"' in (await one.open(room)).text  # the best of those that were asked for

    visit(what)


PLAYED = (("mediator", 3), ("mediator", 4), ("mediator", 3), ("party", 3))


# ---- plans and rooms -------------------------------------------------------------------------------------------------


def test_a_plan_is_put_in_order(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            keys = [await added(site, teacher, room, "text", words=words) for words in "abc"]
            plans = site.app.state.house.rooms.plans
            for do, key in (("up", keys[2]), ("down", keys[0]), ("up", keys[2]), ("down", keys[1])):
                await teacher.send(f"{room}/edit", activity=str(key), do=do)
            assert "".join(each.words for each in plans.now(code_of(room)).plan) == "cab"
            await teacher.send(f"{room}/edit", activity=str(keys[0]), do="drop")
            assert [each.place for each in plans.now(code_of(room)).plan] == [1, 2]

    visit(what)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", lessons())
def test_a_lesson_is_a_plan_that_a_room_can_take(name: str, language: str) -> None:
    lesson = lessons()[name]
    assert lesson.content["title"].keys() >= {"en", "ru"}
    for told, wanted in zip(lesson.content["activity"], lesson.activities(language), strict=True):
        assert told["words"].keys() >= {"en", "ru"}
        assert 0 < len(wanted.words) <= 300
        assert {told[key] for key in ("a", "b", "scenario") if key in told} <= library().keys()
        assert wanted.kind in KINDS
        if KINDS[wanted.kind].follows:
            assert wanted.of is not None
            asked = lesson.content["activity"][wanted.of]
            assert KINDS[asked["kind"]].then == wanted.kind
            assert (asked["words"], asked.get("a"), asked.get("b")) == (told["words"], told.get("a"), told.get("b"))


def test_a_room_takes_a_lesson(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            assert (await teacher.send(f"{room}/lesson", lesson="03-package")).status_code == 303
            plan = site.app.state.house.rooms.plans.now(code_of(room)).plan
            assert [each.kind for each in plan] == ["before", "predict", "predict", "after", "text"]
            assert plan[3].of == plan[0].id
            for _ in range(7):
                await teacher.send(f"{room}/lesson", lesson="03-package")
            full = await teacher.send(f"{room}/lesson", lesson="03-package")
            assert (full.status_code, len(site.app.state.house.rooms.plans.now(code_of(room)).plan)) == (409, 40)

    visit(what)


@pytest.mark.validate
def test_a_question_of_a_lesson_is_read_in_ones_own_language(visit: Visiting) -> None:
    asked = lessons()["03-package"].content["activity"][0]["words"]

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await teacher.get("/language", lang="ru")
            await teacher.send(f"{room}/lesson", lesson="03-package")
            own = await added(site, teacher, room, "text", words="Mine alone?")
            first = site.app.state.house.rooms.plans.now(code_of(room)).plan[0].id
            await joined(student, room)
            await turned(teacher, room, first, PREDICT)
            for language in ("en", "hy", "ru"):
                await student.get("/language", lang=language)
                assert unescape((await student.open(room)).text).count(asked[language]) == 1
            await teacher.get("/language", lang="hy")
            assert asked["hy"] in unescape((await teacher.open(room)).text)
            await turned(teacher, room, own, PREDICT)
            assert "Mine alone?" in (await student.open(room)).text

    visit(what)


def test_a_desk_says_that_tables_must_be_set_up(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            table = await added(site, teacher, room, "table", scenario="tiny")
            await turned(teacher, room, table, PREDICT)
            assert "There are no tables yet." in (await teacher.open(room)).text
            await teacher.send(f"/table/{code_of(room)}/set", scenario="tiny", replication="3")
            assert "There are no tables yet." not in (await teacher.open(room)).text

    visit(what)


def test_who_follows_the_link_is_only_asked_to_join(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            assert 'action="/class/open"' in (await teacher.open("/class")).text
            room = await opened(teacher)
            door = (await student.open(room)).text
            assert f'value="{code_of(room)}"' in door
            assert 'action="/class/open"' not in door

    visit(what)


def test_no_key_is_lost_by_opening_more_rooms(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.web.pages.classroom.TAUGHT", 3)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            mine = [await opened(teacher) for _ in range(3)]
            assert (await teacher.send("/class/open")).status_code == 409
            for room in mine:
                assert (await teacher.get(f"{room}/table.csv")).status_code == 200
                desk = (await teacher.open(room)).text
                assert all(f'href="{other}"' in desk for other in mine if other != room)
            await teacher.send(f"{mine[0]}/shut")
            assert (await teacher.send("/class/open")).status_code == 303

    visit(what)
    assert TAUGHT * 50 < 4096  # a cookie holds them


OLD = """
CREATE TABLE rooms (code VARCHAR(6) PRIMARY KEY, teacher VARCHAR(64) NOT NULL, question VARCHAR(2000) NOT NULL,
    shown BOOLEAN NOT NULL, expires DATETIME NOT NULL);
INSERT INTO rooms VALUES ('BBBBBB', 'x', 'scenario=tiny', 1, '2999-01-01 00:00:00.000000');
INSERT INTO rooms VALUES ('CCCCCC', 'x', '', 0, '2999-01-01 00:00:00.000000');
"""


def test_a_room_from_before_plans_keeps_its_question(database: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "rooms.sqlite") as connection:
        connection.executescript(OLD)
    for _ in range(2):
        here = Rooms(database)
        now = here.plans.now("BBBBBB")
        assert [(each.kind, each.setup) for each in now.plan] == [("predict", "scenario=tiny")]
        assert (now.item, now.phase) == (now.plan[0], REVEAL)
        assert here.plans.now("CCCCCC").plan == ()
        here.close()


EARLIER = """
CREATE TABLE rooms (code VARCHAR(6) PRIMARY KEY, teacher VARCHAR(64) NOT NULL, question VARCHAR(2000) NOT NULL,
    shown BOOLEAN NOT NULL, expires DATETIME NOT NULL);
CREATE TABLE activities (id INTEGER PRIMARY KEY, room VARCHAR(6) NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    place INTEGER NOT NULL, kind VARCHAR(20) NOT NULL, words VARCHAR(300) NOT NULL, setup VARCHAR(2000) NOT NULL,
    minutes INTEGER NOT NULL, "of" INTEGER REFERENCES activities (id) ON DELETE CASCADE);
CREATE TABLE stages (room VARCHAR(6) PRIMARY KEY REFERENCES rooms (code) ON DELETE CASCADE,
    activity INTEGER REFERENCES activities (id) ON DELETE SET NULL, phase VARCHAR(10) NOT NULL,
    halt VARCHAR(10) NOT NULL, ends DATETIME, "left" INTEGER);
INSERT INTO rooms VALUES ('BBBBBB', 'x', '', 0, '2999-01-01 00:00:00.000000');
INSERT INTO activities VALUES (1, 'BBBBBB', 1, 'predict', 'What?', 'a=tiny&b=tiny', 2, NULL);
INSERT INTO stages VALUES ('BBBBBB', 1, 'reveal', '', NULL, NULL);
"""


def test_two_scenarios_as_an_earlier_release_kept_them(database: str, tmp_path: Path, visit: Visiting) -> None:
    with sqlite3.connect(tmp_path / "rooms.sqlite") as connection:
        connection.executescript(EARLIER)
    two = "a=tiny&b=tiny"

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/wall/BBBBBB") as stranger:
            assert (await stranger.answer(**fields(two), have="1"))["whole"]
            page = (await stranger.open("/wall/BBBBBB")).text
            assert "A: Two on a pond" in page
            assert "B: Two on a pond" in page
            assert "A and B settle the same histories" in page
            alone = await teacher.open(f"/explore?{two}")
            assert 'data-scenario="tiny" data-other="tiny"' in alone.text
            room = await opened(teacher)
            await added(site, teacher, room, address=f"/explore?{two}")
            assert site.app.state.house.rooms.plans.now(code_of(room)).plan[0].setup == "scenario=tiny&b=tiny"
            for wrong in ("a=tiny", "a=tiny&scenario=tiny&b=tiny"):
                assert (await teacher.open(f"/explore?{wrong}")).status_code == 400

    visit(what)


# ---- the registry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_its_words(name: str) -> None:
    kind = KINDS[name]
    wanted = ["kind", "ask", "counted", *(["do"] if kind.page else [])]
    assert {f"conduct.{each}.{name}" for each in wanted} <= texts("en").entries.keys()
    assert not kind.then or KINDS[kind.then].follows


def test_a_new_kind_is_one_entry_and_its_words(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "vote", Kind(NUMBER))
    for key, words in (("kind", "Vote"), ("ask", "Yes or no?"), ("counted", "{done} votes of {members}")):
        monkeypatch.setitem(texts("en").entries, f"conduct.{key}.vote", words)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "vote")
            await joined(student, room)
            await turned(teacher, room, asked, PREDICT)
            assert await answered(student, room, asked, 61) == 303
            wall = f"/wall/{code_of(room)}"
            assert "1 votes of 1" in (await student.open(wall)).text
            await turned(teacher, room, asked, REVEAL)
            for browser, path in ((student, room), (student, wall), (teacher, room)):
                assert 'data-values="[61]"' in (await browser.open(path)).text

    visit(what)
