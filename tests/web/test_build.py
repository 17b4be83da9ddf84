"""The page Build: what a form changes is written, nothing else; what is somebody's own stays so."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import load, load_text
from sim.scenario.edit import CannotEdit, Change, edited, fresh, opened, renamed
from sim.scenario.library import names
from sim.scenario.tree import Trail, plain
from sim.web import builds
from sim.web.build_jobs import Translated
from sim.web.building import ADD, added, begun, removed, renaming, variant
from sim.web.cards import Form, identifier, place
from sim.web.fields import Field
from tests.scenario.test_translations import told
from tests.seldom import seldom

from .conftest import Browser, Site, Visit

Visiting = Callable[[Visit], None]
NEW = {"how": "nothing", "name": "A river", "party1": "North", "party2": "South", "question": "How much water?"}
TALKS = ("working_groups", "talks")
PLACES = {"scale": TALKS, "options": TALKS, "option": (*TALKS, "issues", "new_options")}
"""Where something is added that belongs to a chapter or a question."""
BASELINE = Path(names()["baseline"]).read_text(encoding="utf-8")


def field(*trail: str | int, part: str = "") -> str:
    """The name of a part of a field."""
    return f"{json.dumps(list(trail), ensure_ascii=False)}|{part}"


async def begun_by(browser: Browser, **fields: str) -> str:
    """The address of a new scenario."""
    response = await browser.send("/build/begin", **(fields or NEW))
    assert response.status_code == 303, response.text
    return response.headers["location"]


async def file_of(browser: Browser, address: str) -> str:
    return (await browser.get(f"{address}/scenario.yaml")).content.decode()


# ---- the form --------------------------------------------------------------------------------------------------------


def controls(text: str) -> dict[str, Field]:
    cards = [one for card in Form(opened(text).merged).cards() for one in card.walk()]
    return {each.path: each for card in cards for each in card.controls}


def test_every_key_of_a_scenario_has_a_field_but_what_only_a_file_can_say() -> None:
    """Of the baseline, which writes nearly all of them down."""
    there = controls(BASELINE)
    missing = [
        path for path in leaves(plain(opened(BASELINE).merged)) if not any(path.startswith(each) for each in there)
    ]
    assert [path for path in missing if not path.startswith("observed")] == []


WRONG = (5, "x", [], {}, [1, {"a": 2}], {"a": {"b": 1}}, {1: 2}, True, {"kind": "mix"}, {"mean": 1}, {1: {"low": 3}})
FULL = begun("Talks", ["A", "B"], "How much?", ["little", "much"])
for each in ADD:
    FULL = edited(FULL, added(each, plain(opened(FULL).merged), PLACES.get(each, ()), f"New {each}"))


@pytest.mark.parametrize("seed", [0, *map(seldom, range(1, 20))])
def test_whatever_a_file_holds_that_can_be_read_its_form_is_laid_out(seed: int) -> None:
    chance = random.Random(seed)
    whole = plain(opened(FULL).merged)
    for trail in chance.sample(trails(whole), 6):
        wrong = copy.deepcopy(whole)
        holder = wrong
        for step in trail[:-1]:
            holder = holder[step]
        holder[trail[-1]] = chance.choice(WRONG)
        cards = Form(opened(fresh(wrong)).merged).cards()
        place(cards, [("parties", "wrong"), ("working_groups.talks", "wrong"), ("nowhere", "wrong")])
        assert [card.shown() for card in cards], trail


def trails(value: Any, trail: Trail = ()) -> list[Trail]:
    """The path of every value."""
    below = list(value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()))
    found = [(*trail, step) for step, _ in below]
    return found + [each for step, part in below for each in trails(part, (*trail, step))]


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, below in value.items() for leaf in leaves(below, f"{path}.{key}".removeprefix("."))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [leaf for place, below in enumerate(value) for leaf in leaves(below, f"{path}[{place}]")]
    return [path]


def test_a_form_that_comes_back_as_it_was_changes_nothing() -> None:
    for name in ("baseline", "cooling-off-12", "seminar"):
        text = Path(names()[name]).read_text(encoding="utf-8")
        for each in controls(text).values():
            assert each.change({**each.parts, "there": "yes"} if each.kind == "names" else each.parts) is None, each


def test_a_number_takes_another_shape_around_what_it_was() -> None:
    trust = controls(BASELINE)["parties.Armenia.trust"]
    changes = {shape: trust.change({**trust.parts, "shape": shape}) for shape in ("low_high", "mean_sd")}
    assert changes["low_high"] == Change(trust.trail, {"low": 0.1, "high": 0.3})
    assert changes["mean_sd"] == Change(trust.trail, {"mean": 0.2, "sd": 0.05})


def test_whatever_is_added_to_a_scenario_leaves_a_good_one_and_goes_without_a_trace() -> None:
    text = begun("Talks", ["North", "South"], "How much?", ["little", "much"])
    for what in ADD:
        said = f"New {what}"
        before = plain(opened(text).merged)
        text = edited(text, added(what, before, PLACES.get(what, ()), said))
        assert load_text(text)
        if what == "party":
            without = edited(text, removed(plain(opened(text).merged), ("parties", said)))
            assert plain(opened(without).merged) == before


def test_a_side_that_a_variant_takes_away_again_leaves_nothing_behind() -> None:
    text = variant("seminar", "Four on a river")
    four = edited(text, added("party", plain(opened(text).merged), (), "Delta"))
    assert "Delta" in load_text(four).parties
    three = edited(four, removed(plain(opened(four).merged), ("parties", "Delta")))
    assert three.split() == text.split()


def test_another_name_goes_wherever_the_old_one_stood() -> None:
    text = FULL
    places = {
        ("parties", "A"): "Ångström",
        ("mediators", "New mediator"): "Eve: x",
        ("working_groups", "talks"): "{lake}",
    }
    before = load_text(text)
    for trail, name in places.items():
        keys, values = renaming(plain(opened(text).merged), trail, name)
        text = renamed(edited(text, values), keys, name)
        assert trail[1] not in [each.strip(" ',") for each in re.split(r"[:{}\[\]\n,]", text)]
    after = load_text(text)
    assert (list(after.parties), list(after.working_groups)) == (
        ["Ångström", *list(before.parties)[1:]],
        ["{lake}", *list(before.working_groups)[1:]],
    )
    with pytest.raises(CannotEdit):
        renamed("extends: seminar\nname: x\n", [("parties", "Uplake")], "Delta")


# ---- the page --------------------------------------------------------------------------------------------------------


def test_a_scenario_from_nothing_runs_at_once(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = await begun_by(browser)
            found = (await browser.get(f"{address}/preview")).json()
            assert 0 <= found["settled"]["low"] <= found["settled"]["share"] <= found["settled"]["high"] <= 100
            assert set(found["groups"]["talks"]["no_agreement"]) == {"North", "South"}
            opened = await browser.send(f"{address}/use", to="explore")
            assert (await browser.open(opened.headers["location"])).status_code == 200

    visit(what)


def test_a_change_is_one_line_of_the_file_and_can_be_undone(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = await begun_by(browser, how="file", file=BASELINE)
            await browser.post(f"{address}/change", {field("parties", "Armenia", "doubt"): "0.4"})
            new = await file_of(browser, address)
            assert [pair for pair in zip(BASELINE.split("\n"), new.split("\n"), strict=True) if pair[0] != pair[1]] == [
                ("    doubt: 0.3", "    doubt: 0.4")
            ]
            await browser.send(f"{address}/undo")
            assert await file_of(browser, address) == BASELINE

    visit(what)


def test_a_file_with_the_line_ends_of_windows_keeps_them(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        text = "\ufeff" + begun("Talks", ["N", "S"], "?", ["", ""]).replace("\n", "\r\n")
        async with site.browser("/build") as browser:
            address = await begun_by(browser, how="file", file=text)
            assert await file_of(browser, address) == text

    visit(what)


def test_what_is_wrong_is_said_at_its_field_and_nothing_runs(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = await begun_by(browser)
            name = field("parties", "North", "trust")
            page = await browser.post(f"{address}/change", {name: "7", "part": "form"})
            said = re.search(r'id="(\w+)-e"><li lang="en" dir="ltr">(7 is above 1[^<]*)', page.text)
            assert said is not None
            assert f'<a href="#{said[1]}">' in page.text
            assert (await browser.get(f"{address}/preview")).json()["settled"] is None
            assert (await browser.send(f"{address}/use", to="explore")).status_code == 409

    visit(what)


def test_scenarios_are_listed_renamed_copied_and_deleted(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = await begun_by(browser)
            await browser.send(f"{address}/rename", name="Two rivers")
            await browser.send(f"{address}/copy")
            assert (await browser.open("/build")).text.count("<bdi>Two rivers</bdi>") == 2
            assert load_text(await file_of(browser, address)).name == "Two rivers"
            await browser.send(f"{address}/delete")
            assert (await browser.open("/build")).text.count("<bdi>Two rivers</bdi>") == 1
            assert (await browser.get(address)).status_code == 404

    visit(what)


def test_a_scenario_is_shared_in_a_room_and_changed_only_by_whoever_built_it(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as teacher, site.browser() as member, site.browser() as stranger:
            room = (await teacher.send("/class/open")).headers["location"].rpartition("/")[2]
            await member.send("/class/join", code=room)
            address = await begun_by(teacher)
            assert (await member.get(address)).status_code == 404
            assert (await teacher.send(f"{address}/share", room=room)).status_code == 303
            assert "A river" in (await member.open("/build")).text
            assert (await member.get(address)).status_code == 200
            assert (await member.send(f"{address}/use", to="watch")).status_code == 303
            assert (await member.send(f"{address}/copy")).status_code == 303
            for do in ("change", "undo", "rename", "delete", "share"):
                assert (await member.send(f"{address}/{do}", name="Mine", room="")).status_code == 403
            assert "A river" not in (await stranger.open("/build")).text
            assert (await stranger.get(address)).status_code == 404

    visit(what)


def test_two_windows_of_one_browser_lose_no_change(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = await begun_by(browser)
            paths = [("parties", side, key) for side in ("North", "South") for key in ("doubt", "absence", "knowledge")]
            done = await asyncio.gather(
                *(browser.post(f"{address}/change", {field(*path): "0.25"}) for path in paths[:2])
            )
            assert {each.status_code for each in done} == {303}
            found = plain(opened(await file_of(browser, address)).merged)
            assert [found["parties"][path[1]].get(path[2]) for path in paths[:2]] == [0.25, 0.25]

    visit(what)


def test_a_browser_has_so_many_scenarios_and_no_more(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "MOST", 3)

    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            for _ in range(builds.MOST):
                await begun_by(browser)
            assert (await browser.send("/build/begin", **NEW)).status_code == 409

    visit(what)


# ---- in other languages ----------------------------------------------------------------------------------------------


def translated(text: str, language: str, **said: str) -> dict[str, Any]:
    """What comes of words in a language, by what the file says."""
    sent = {identifier(each): words for each, words in said.items()}
    return Translated(text, language, json.dumps(sent)).work().answer()


@pytest.mark.parametrize("stem", ["seminar", *map(seldom, ("baseline", "camp-david-1978", "classics/single-text"))])
def test_all_that_a_scenario_says_can_be_translated_and_nothing_else(stem: str) -> None:
    found = translated(Path(names()[stem]).read_text(encoding="utf-8"), "hy")
    lines = {line["text"] for block in found["blocks"].values() for line in block}
    scenario = load(stem)
    keys = {key for group in scenario.working_groups.values() for key, issue in group.issues.items() if issue.title}
    assert lines == set(filter(None, told(scenario))) - keys
    assert found["done"] == found["all"] == len(lines)
    assert found["gone"] == []


def test_words_in_another_language_are_lines_of_their_own_and_go_without_a_trace() -> None:
    found = translated(BASELINE, "de", Armenia="Armenien", transport='a: "b" # c')
    assert found["text"].startswith(BASELINE)
    assert load_text(found["text"]).texts == {"de": {"Armenia": "Armenien", "transport": 'a: "b" # c'}}
    assert found["done"] == 2
    both = translated(found["text"], "fr", Russia=" la\r\n Russie ")["text"]
    assert load_text(both).texts["fr"] == {"Russia": "la Russie"}
    fewer = translated(both, "de", Armenia="", transport="")["text"]
    assert load_text(fewer).texts == {"fr": {"Russia": "la Russie"}}
    assert translated(fewer, "fr", Russia="")["text"].rstrip() == BASELINE.rstrip()


def test_a_translation_of_words_that_the_file_says_no_longer_is_shown_apart() -> None:
    found = translated("extends: seminar\nname: Ours\ntexts: {es: {Theirs: Suyo, water: agua}}\n", "es")
    assert [(line["text"], line["own"]) for line in found["gone"]] == [("Theirs", "Suyo")]
    assert translated(found["text"], "es", Theirs="")["gone"] == []
    assert translated(found["text"], "es", Nothing="Nada") == {"refused": "build.wrong", "names": {}}


def test_words_are_translated_on_a_page_by_whoever_built_the_scenario(visit: Visiting) -> None:
    async def whole(site: Site) -> None:
        async with site.browser("/build") as browser, site.browser("/build") as other:
            address = await begun_by(browser)
            before = await file_of(browser, address)
            page = await browser.get(f"{address}/words/ru")
            assert (page.status_code, page.text.count('class="field words"')) == (200, 5)
            words = {identifier("North"): "\u0421\u0435\u0432\u0435\u0440"}
            assert (await other.post(f"{address}/words/ru", words)).status_code == 404
            assert (await browser.post(f"{address}/words/xx", words)).status_code == 404
            kept = await browser.post(f"{address}/words/ru", words)
            assert (kept.status_code, kept.headers["location"]) == (303, f"{address}/words/ru")
            after = await file_of(browser, address)
            assert after.startswith(before)
            assert load_text(after).texts["ru"]["North"] == "\u0421\u0435\u0432\u0435\u0440"
            said = await browser.post(f"{address}/words/ru", {**words, "answer": "data"})
            assert said.json() == {"said": "Translated: 1 of 5."}

    visit(whole)
