"""Tables obey the teacher: while a room is halted or locked nothing is decided there, and no time is charged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.web import database
from sim.web.halts import TABLE
from sim.web.plans import LOCKED, PAUSED, PHASES, PREDICT, RUNS, STOPPED, Wanted
from sim.web.rooms import Rooms
from sim.web.tables import DELEGATE, Moved, due
from sim.web.texts import texts
from tests.seldom import examples

from .conducting import added, turned
from .conftest import Browser, Site, Visit, few, site_on
from .tables_played import HISTORY, SEATS, drawn_text, filled
from .test_tables import browser_state, classroom, decided, moment, seated

Visits = Callable[[Visit], None]
STEP = 20  # seconds
MINUTES = 2


class Clock:
    """The clock of rooms and of tables, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = database.now()
        monkeypatch.setattr(database, "now", lambda: self.time)

    def on(self, seconds: float) -> None:
        self.time += dt.timedelta(seconds=seconds)


# ---- the law, on the database ----------------------------------------------------------------------------------------

DOES = st.one_of(
    st.sampled_from([("halt", how) for how in (RUNS, PAUSED, STOPPED)]),
    st.sampled_from([("time", seconds) for seconds in (None, 60)]),
    st.sampled_from([("turn", phase) for phase in PHASES]),
    st.sampled_from([("move", None), ("remove", None)]),
)
ORDERS = st.lists(st.tuples(DOES, st.integers(0, 5)), max_size=8)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return Rooms(f"sqlite:///{tmp_path_factory.mktemp('halt') / 'rooms.sqlite'}")


@examples(0.5)
@given(orders=ORDERS, minutes=st.sampled_from([0, 1]))
def test_a_seat_is_charged_the_time_in_which_its_room_is_open_and_no_other(
    kept: Rooms, orders: list[tuple[tuple[str, str | int | None], int]], minutes: int
) -> None:
    """Whatever a teacher does: where the phones say that it is their turn, and there alone, the clock of a seat runs,

    a decision is kept, and a moment is closed.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = Clock(monkeypatch)
        code, _ = kept.open()
        kept.plans.add(code, [Wanted(TABLE, "Agree", "scenario=tiny", minutes)])
        kept.plans.turn(code, kept.plans.now(code).plan[0].id, PREDICT)
        kept.tables.set_up(code, "tiny", "{}", MINUTES, True)
        kept.tables.deal(code, SEATS, 2)
        charged = 0
        for (what, how), steps in orders:
            now = kept.plans.now(code)
            if what == "turn":
                kept.plans.turn(code, now.plan[0].id if now.plan else None, str(how))
            elif what == "remove" and now.plan:
                kept.plans.remove(code, now.plan[0].id)
            elif what == "move":
                charged = 0 if answered(kept, code) else charged
            elif what in ("halt", "time"):
                getattr(kept.plans, what)(code, how)
            for _ in range(steps):
                charged += STEP if open_to(kept, code) else 0
                clock.on(STEP)
            rules, seen = kept.tables.rules(code), kept.tables.table(code, 1)
            assert rules is not None
            assert seen is not None
            assert (rules.clock - seen.opened).total_seconds() == charged
            assert due(seen, SEATS, rules) == (open_to(kept, code) and charged >= 60 * MINUTES)
        kept.shut(code)


def open_to(kept: Rooms, code: str) -> bool:
    """Whether a phone at a table may send something, as the room itself says."""
    now = kept.plans.now(code)
    return now.halt == RUNS and (now.item is None or now.phase == PREDICT)


def answered(kept: Rooms, code: str) -> bool:
    """Decide for a seat and close the moment: both, or neither.  -> was it so?"""
    seen = kept.tables.table(code, 1)
    assert seen is not None
    free = open_to(kept, code)
    assert kept.tables.move(code, 1, Moved(seen.moment, "Upper", DELEGATE, "", 1)) == free
    assert kept.tables.close(code, kept.tables.table(code, 1) or seen, SEATS) == free
    after = kept.tables.table(code, 1)
    assert after is not None
    assert len(after.moves) == len(seen.moves) + (len(SEATS) if free else 0)
    return free


# ---- on the page -----------------------------------------------------------------------------------------------------


async def halted(teacher: Browser, room: str, how: str) -> None:
    assert (await teacher.send(f"{room.replace('/table/', '/class/')}/halt", how=how)).status_code == 303


@pytest.mark.parametrize("how", [PAUSED, STOPPED])
def test_a_paused_room_takes_no_decision_and_its_phones_say_so(
    visit: Visits, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    clock = Clock(monkeypatch)

    async def what(site: Site) -> None:
        async with classroom(site, minutes="2") as (room, teacher, members):
            people = await seated(room, teacher, members)
            upper, lower = people["Upper"], people["Lower"]
            fields = filled((await upper.open(room)).text)
            clock.on(30)
            await halted(teacher, room, how)
            clock.on(3000)
            assert (await upper.post(f"{room}/decide", fields)).status_code == 409
            said = texts("en")(f"conduct.phone.{how}")
            for browser in (upper, lower):
                shown = (await browser.open(room)).text
                assert said in shown[shown.index('id="halt"') :].partition(">")[2].partition("<")[0]
                assert '<button type="submit" disabled>' in shown
                told = await browser_state(browser, room)
                assert (told["halt"], told["left"], told["decided"]) == (how, 90, [])
            assert (await browser_state(teacher, room))["halt"] == how
            await halted(teacher, room, RUNS)
            assert '<button type="submit" disabled>' not in (await upper.open(room)).text
            assert (await upper.post(f"{room}/decide", fields)).status_code == 303
            clock.on(89)
            assert await moment(room, lower) == "0"
            clock.on(1)
            assert await moment(room, lower) == "1"

    visit(what)


def test_a_pause_while_a_decision_is_looked_at_keeps_it_out(visit: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked where it is kept, and not only where it comes in."""

    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            fields = filled((await people["Upper"].open(room)).text)
            plans, ask = site.app.state.house.rooms.plans, site.app.state.house.pool.ask

            async def slow(job: object, *rest: object) -> object:
                found = await ask(job, *rest)
                if type(job).__name__ == "TableCheck":
                    plans.halt(room.rpartition("/")[2], PAUSED)
                return found

            monkeypatch.setattr(site.app.state.house.pool, "ask", slow)
            await people["Upper"].post(f"{room}/decide", fields)
            assert (await browser_state(people["Lower"], room))["decided"] == []

    visit(what)


def test_the_timer_of_the_activity_locks_its_tables(visit: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    async def what(site: Site) -> None:
        async with classroom(site, minutes="2") as (room, teacher, members):
            desk = room.replace("/table/", "/class/")
            asked = await added(site, teacher, desk, TABLE, scenario="tiny", replication=str(HISTORY), minutes="1")
            people = await seated(room, teacher, members)
            await turned(teacher, desk, asked, PREDICT)
            upper = people["Upper"]
            phone = (await upper.open(desk)).text
            assert "Two on a pond" in phone
            assert texts("en")("conduct.history", n=HISTORY) not in phone  # who knew it could play it alone
            clock.on(61)
            assert (await browser_state(upper, room))["halt"] == LOCKED
            assert texts("en")("conduct.desk.locked") in (await teacher.open(room)).text
            assert await decided(room, upper) == 409
            clock.on(3000)
            await teacher.send(f"{desk}/timer", seconds="60")
            assert (await browser_state(upper, room))["left"] == 60  # two minutes, of which one was played
            assert await decided(room, upper) == 303

    visit(what)


def test_a_pause_outlives_the_server(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    few(monkeypatch)
    clock = Clock(monkeypatch)

    async def what() -> None:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(site_on(database))
            async with classroom(first, minutes="2") as (room, teacher, members):
                people = await seated(room, teacher, members)
                clock.on(100)
                await halted(teacher, room, PAUSED)
                async with site_on(database) as again, again.browser("/how") as browser:
                    browser.client.cookies = people["Upper"].client.cookies
                    clock.on(5000)
                    told = await browser_state(browser, room)
                    assert (told["halt"], told["left"]) == (PAUSED, 20)
                await halted(teacher, room, RUNS)
                assert (await browser_state(people["Upper"], room))["left"] == 20

    asyncio.run(what())


def test_a_room_that_was_halted_before_this_was_counted_is_taken_over(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "rooms.sqlite"
    before = Rooms(f"sqlite:///{file}")
    code, _ = before.open()
    before.tables.set_up(code, "tiny", drawn_text(), MINUTES, True)
    before.tables.deal(code, SEATS, 2)
    before.plans.halt(code, PAUSED)
    before.close()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE stood")
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = Clock(monkeypatch)
        after = Rooms(f"sqlite:///{file}")
        clock.on(600)
        after.plans.halt(code, RUNS)
        rules = after.tables.rules(code)
        assert rules is not None
        assert rules.halt.stood == dt.timedelta(seconds=600)
        after.close()


def test_tables_that_the_class_has_left_behind_are_told_at_desk_and_seat_and_may_be_ended(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            desk = room.replace("/table/", "/class/")
            upper = (await seated(room, teacher, members))["Upper"]
            first, second = await added(site, teacher, desk, TABLE, scenario="tiny"), await added(site, teacher, desk)
            away = 'id="elsewhere" class="notice" role="status">'
            await turned(teacher, desk, first, PREDICT)
            assert 'id="behind"' not in (await teacher.open(desk)).text
            assert away not in (await upper.open(room)).text
            assert (await browser_state(upper, room))["elsewhere"] is False
            await turned(teacher, desk, second, PREDICT)
            assert "Tables still playing: 1" in (await teacher.open(desk)).text
            assert away in (await upper.open(room)).text
            assert (await browser_state(upper, room))["elsewhere"] is True
            before = (await teacher.get(f"{desk}/now")).json()["shown"]
            phone = (await upper.get(f"{desk}/now")).json()["shown"]
            ended = await teacher.send(f"{room}/rule", finished="yes", back="desk")
            assert (ended.status_code, ended.headers["location"]) == (303, desk)
            assert 'id="behind"' not in (await teacher.open(desk)).text
            assert (await teacher.get(f"{desk}/now")).json()["shown"] != before  # the desk is shown anew
            assert (await upper.get(f"{desk}/now")).json()["shown"] == phone  # phones are not

    visit(what)
