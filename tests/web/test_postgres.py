"""The rooms on PostgreSQL: what holds on SQLite holds there too, and with many at once.

`SIM_TEST_DATABASE` names a server and a database that may be written to, as `sim serve --database` takes it. Each test
has a schema of its own in it, which is removed afterwards.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from sim.scenario import load
from sim.store import CannotWrite
from sim.web.choices import sliders
from sim.web.plans import Wanted
from sim.web.rooms import Rooms
from sim.web.safety import hashed
from sim.web.site import library

from .conducting import added, joined, opened
from .conftest import TINY, Browser, Site, Visit
from .test_attacks import (  # noqa: F401
    test_a_browser_has_one_seat_however_often_it_forgets_that_it_sits,
    test_a_session_holds_over_a_restart,
    test_an_address_that_is_too_long_to_be_kept_is_refused_in_words,
    test_no_text_longer_than_its_column_reaches_the_database,
    test_the_teacher_frees_seats,
)
from .test_class import (  # noqa: F401  (the laws of rooms, once more)
    rooms_of,
    test_a_class_predicts_runs_and_sees_itself,
    test_a_closed_room_is_gone_with_everything_in_it,
    test_a_restart_loses_nothing,
    test_a_room_is_full_at_some_point,
    test_the_first_prediction_stands,
    test_the_teacher_takes_everything_along_as_a_table,
    test_what_has_expired_is_forgotten,
)
from .test_conduct import (  # noqa: F401
    test_a_plan_is_put_in_order,
    test_a_room_takes_a_lesson,
    test_a_timer_that_runs_out_locks_and_more_time_opens,
    test_before_and_after_says_how_many_changed_their_mind,
    test_games_of_the_room_are_counted_where_they_are_asked_for,
)

GIVEN = os.environ.get("SIM_TEST_DATABASE", "")
MANY = 40

pytestmark = pytest.mark.skipif(
    not GIVEN, reason="SIM_TEST_DATABASE names no PostgreSQL (.ci/run installs and starts one)"
)
Visiting = Callable[[Visit], None]


@pytest.fixture
def database() -> Iterator[str]:
    """A schema of one's own, as a database."""
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(GIVEN)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = make_url(GIVEN).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def together(work: Callable[[int], Any]) -> list[Any]:
    """What many at once get."""
    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(work, range(MANY)))


def test_it_is_postgresql(rooms_of: Rooms) -> None:  # noqa: F811
    assert rooms_of._engine.dialect.name == "postgresql"


def test_who_joins_at_once_gets_a_number_of_ones_own(rooms_of: Rooms) -> None:  # noqa: F811
    code, _ = rooms_of.open()
    seats = [taken for taken in together(lambda n: rooms_of.join(code, f"token {n}")) if taken is not None]
    assert sorted(seat.number for seat in seats) == list(range(1, MANY + 1))


def test_one_decision_of_many_at_once_counts(rooms_of: Rooms) -> None:  # noqa: F811
    game = rooms_of.games.begin({"role": "mediator", "replication": 7}, "tiny", "mine", None)
    assert sum(together(lambda n: rooms_of.games.decide(game, 0, f'{{"n": {n}}}'))) == 1
    found = rooms_of.games.find(game, "mine")
    assert found is not None
    assert len(found.decisions) == 1


def test_who_answers_twice_at_once_has_answered_once(rooms_of: Rooms) -> None:  # noqa: F811
    code, _ = rooms_of.open()
    seat = rooms_of.join(code, "mine")
    assert seat is not None
    rooms_of.plans.add(code, [Wanted("text", "Why?")])
    asked = rooms_of.plans.now(code).plan[0].id
    rooms_of.plans.turn(code, asked, "predict")
    together(lambda n: rooms_of.plans.reply(code, seat.member, asked, None, str(n)))
    assert len(rooms_of.pooled(code)["answers"]) == 1


def test_a_class_that_pastes_the_same_scenario_keeps_it_once(rooms_of: Rooms) -> None:  # noqa: F811
    texts = [f"name: {n}" for n in range(10)]
    for found in together(lambda _: [rooms_of.keep_scenario(each) for each in texts]):
        assert found == [hashed(each)[:32] for each in texts]


OPTIONS = {"readonly": "-c default_transaction_read_only=on", "no place of ours": "-csearch_path=nowhere"}


@pytest.mark.parametrize("why", [*OPTIONS, "of another program", "not there"])
def test_what_keeps_rooms_from_opening_is_a_sentence(database: str, why: str) -> None:
    url = make_url(database)
    if why in OPTIONS:
        url = url.update_query_dict({"options": f"{url.query['options']} {OPTIONS[why]}"})
    if why == "of another program":
        engine = create_engine(database)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE rooms (number INTEGER)"))
        engine.dispose()
    if why == "not there":
        url = url.set(database="no_such_database")
    with pytest.raises(CannotWrite, match=r"cannot write the database postgresql.*\. Choose "):
        Rooms(url.render_as_string(hide_password=False))


def test_texts_keep_every_letter(rooms_of: Rooms) -> None:  # noqa: F811
    written = "name: Վարդենիս · Şuşa · '\U0001f54a' -- \\x00 %s :x ; DROP TABLE rooms" + "x" * 60_000
    assert rooms_of.scenario(rooms_of.keep_scenario(written)) == written


@pytest.mark.parametrize(
    "path", ["/mediate/%00", "/negotiate/%00x", "/mediate?scenario=own-%00", "/watch?scenario=own-%00"]
)
def test_what_no_text_holds_is_not_found(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            assert (await browser.client.get(path)).status_code in (400, 404)

    visit(what)


def test_a_question_may_be_as_long_as_an_address(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await added(site, teacher, room, address=f"/explore?{await every_choice(teacher)}")
            assert (await student.post("/explore/ask", {**TINY, "guess": "1"})).status_code == 200

    visit(what)


async def every_choice(browser: Browser) -> str:
    """An address of the page Explore with everything moved."""
    names = [each.name for each in sliders(load(library()["tiny"].path))]
    return "scenario=tiny&" + "&".join(f"{side}.{name}=0.15" for side in "ab" for name in names)
