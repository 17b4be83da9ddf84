"""The page Explore, from its address to its answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Scenario, load, load_text
from sim.scenario.shipped import shipped
from sim.web import choices, wording
from sim.web.choices import chosen, sliders
from sim.web.pages import explore
from sim.web.texts import Refusal, texts
from tests.seldom import examples

from .conftest import TINY, TINY_FILE, Site, Visit

Visiting = Callable[[Visit], None]
PATHS = {each.stem: each.path for each in shipped()}
SCENARIO = load(TINY_FILE)


# ---- choices ---------------------------------------------------------------------------------------------------------

UP_TO_ONE = [each.name for each in sliders(SCENARIO) if each.kind not in ("severity", "rumination")]
NUMBERS = st.dictionaries(
    st.sampled_from([f"{letter}.{name}" for letter in "ab" for name in UP_TO_ONE]),
    st.floats(0.05, 1).map(str),
)
FREEZES = st.fixed_dictionaries(
    {"b.freeze": st.sampled_from(choices.FREEZES)},
    optional={
        "b.freeze.groups": st.sampled_from(["*", "water", "fish"]),
        "b.freeze.start": st.integers(0, 25).map(str),
        "b.freeze.weeks": st.integers(0, 52).map(str),
        "b.linkage": st.sampled_from(choices.LINKAGES),
    },
)


@examples(0.8)
@given(NUMBERS, FREEZES)
def test_an_address_reopens_what_was_chosen(numbers: dict[str, str], freeze: dict[str, str]) -> None:
    choice = chosen({**numbers, **freeze, "guess": "40"}, {"tiny": SCENARIO})
    again = chosen(dict(parse_qsl(choice.query)), {"tiny": SCENARIO})
    assert again == choice
    assert again.query == choice.query


@examples(0.4)
@given(NUMBERS, FREEZES)
def test_whatever_can_be_chosen_is_a_scenario_that_says_so(numbers: dict[str, str], freeze: dict[str, str]) -> None:
    choice = chosen({**numbers, **freeze}, {"tiny": SCENARIO})
    for side in (choice.a, choice.b):
        found: Scenario = load(TINY_FILE, side.settings(SCENARIO))
        for name, value in side.numbers:
            moved = next(each for each in sliders(found) if each.name == name)
            if moved.kind not in choices.ACTIVITIES:
                assert moved.own == pytest.approx(value, rel=1e-3)


def test_numbers_lie_on_the_sliders_steps() -> None:
    near = [chosen({"b.effort.Chair": text}, {"tiny": SCENARIO}) for text in ("0.8", "0.79", "0.8049")]
    assert len({choice.state for choice in near}) == 1


@pytest.mark.parametrize("stem", sorted(PATHS))
def test_every_shipped_scenario_can_be_frozen_in_every_way(stem: str) -> None:
    scenario = load(PATHS[stem])
    for kind in choices.FREEZES:
        choice = chosen({"b.freeze": kind}, {stem: scenario})
        assert load(PATHS[stem], choice.b.settings(scenario)).freezes is not None


def test_an_odd_name_reaches_the_file_as_it_is() -> None:
    name = 'Groupe d\'eau: {a}, "b" #c'
    groups = {name: {"issues": {"d": {"positions": {"Up": 0, "Down": 1}}}}}
    text = f"name: x\nparties: {{Up: {{}}, Down: {{}}}}\nworking_groups: {json.dumps(groups)}\n"
    scenario = load_text(text)
    choice = chosen({"b.freeze": "dated", "b.freeze.groups": name}, {"x": scenario})
    assert load_text(text, settings=choice.b.settings(scenario)).freezes[0].groups == [name]


def test_a_field_that_means_nothing_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        chosen({"b.efort.Chair": "0.5"}, {"tiny": SCENARIO})
    assert "b.efort.Chair" in texts("en")(refused.value.key, **refused.value.names)


@pytest.mark.parametrize(
    ("a", "b", "fields", "found"),
    [
        ("baseline", "baseline", {}, ["effort.Russia"]),
        ("seminar", "seminar", {"b.freeze": "none", "b.incidents": "1"}, ["incidents", "freeze"]),
        ("baseline", "lessons/01-freeze/by-date", {}, ["freeze"]),
        ("baseline", "lessons/03-package/package", {}, ["linkage"]),
        ("lessons/04-pressure/pressure-and-leave", "lessons/04-pressure/pressure-and-stay", {}, ["stays.Russia"]),
        ("lessons/05-histories/same-start", "lessons/05-histories/calm", {}, ["incidents"]),
        ("baseline", "baseline", {"b.linkage": "sequence", "a.rumination": "0"}, ["linkage", "rumination"]),
    ],
)
def test_what_a_question_is_about_stands_beside_it(a: str, b: str, fields: dict[str, str], found: list[str]) -> None:
    scenarios = {stem: load(PATHS[stem]) for stem in (a, b)}
    choice = chosen({**fields, **({"b": b} if a != b else {})}, scenarios)
    assert choices.key(choice, scenarios[a], scenarios[b]) == found


# ---- asking ----------------------------------------------------------------------------------------------------------


def test_a_prediction_comes_before_the_answer_and_stands_beside_it(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            fields = {**TINY, "b.effort.Chair": "0.9"}
            refused = await browser.post("/explore/ask", fields)
            assert refused.status_code == 400
            assert "Predict first" in refused.json()["error"]
            asked = (await browser.post("/explore/ask", {**fields, "guess": "70"})).json()
            query = dict(parse_qsl(asked["query"]))
            assert query == {**fields, "guess": "70"}
            first, whole = [await browser.answer(**query, have=have) for have in ("0", str(explore.FIRST))]
            assert (first["replications"], whole["replications"]) == (explore.FIRST, explore.WHOLE)
            assert (first["whole"], whole["whole"]) == (False, True)
            assert "70" in whole["sentences"][0]

    visit(what)


def test_the_answer_is_that_of_the_command_line(visit: Visiting) -> None:
    from sim.experiments.compare import compare

    a, b = load(TINY_FILE), load(TINY_FILE, ["mediators.Chair.effort=0.9"])
    expected = compare(a, b, replications=40, told=0)

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            found = await browser.answer(**TINY, **{"b.effort.Chair": "0.9"}, guess="1", have="16")
            row = expected.differences.iloc[0]
            assert [found["settled"][key] for key in ("difference", "low", "high")] == [
                row["difference"], row["low"], row["high"],
            ]  # fmt: skip
            assert found["settled"]["a"] == expected.reference.outcomes["settled"].mean()
            assert found["curve"]["b"][-1] == 100 * expected.others[0].outcomes["settled"].mean()

    visit(what)


def test_the_same_beside_itself_differs_in_nothing(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            found = await browser.answer(**TINY, guess="1")
            assert "the same histories" in found["sentences"][1]
            assert found["curve"]["a"] == found["curve"]["b"]
            assert len(site.workers.done) == 2  # one run and one pairing, though there are two sides

    visit(what)


def test_any_two_scenarios_are_beside_each_other(visit: Visiting) -> None:
    other = "lessons/05-histories/same-start"

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            found = await browser.answer(**TINY, b=other, guess="1")
            alone = await browser.answer(scenario=other, guess="1")
            assert found["settled"]["b"] == alone["settled"]["a"]
            page = (await browser.open(f"/explore?scenario=tiny&b={other}")).text
            assert f'<option value="{other}" selected>' in page
            assert 'name="b.effort.' in page
            refused = await browser.get("/explore/answer", scenario="tiny", b="none", guess="1")
            assert "none" in refused.json()["error"]

    visit(what)


def test_what_comes_of_a_is_known_before_a_prediction(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            known = (await browser.get("/explore/reference", **TINY)).json()["settled"]
            found = await browser.answer(**TINY, **{"b.effort.Chair": "0.9"}, guess="1", have="16")
            assert known == found["settled"]["a"]

    visit(what)


def test_linkage_is_chosen_as_the_command_line_sets_it(visit: Visiting) -> None:
    from sim.experiments.simulate import simulate

    expected = simulate(load(TINY_FILE, ["linkage=sequence"]), 0, 40, told=0).outcomes["settled"].mean()

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            found = await browser.answer(**TINY, **{"b.linkage": "sequence"}, guess="1", have="16")
            assert found["settled"]["b"] == expected != found["settled"]["a"]

    visit(what)


def test_equal_questions_are_worked_on_once(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            fields = {**TINY, "b.effort.Chair": "0.2", "guess": "1"}
            answers = await asyncio.gather(*(browser.answer(**fields) for _ in range(20)))
            assert all(each == answers[0] for each in answers)
            assert len(site.workers.done) in (2, 3)  # A and B, abreast or not, and their pairing

    visit(what)


def test_an_impossible_choice_says_why(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            none = {f"b.{act}.Chair": "0" for act in choices.ACTIVITIES}
            found = await browser.answer(**TINY, **none, guess="1")
            assert "activities" in found["error"]

    visit(what)


def tall(png: bytes) -> int:
    return int.from_bytes(png[20:24], "big")


def test_files_can_be_taken_along(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            fields = {**TINY, "b.effort.Chair": "0.9"}
            png = await browser.get("/explore/figure.png", **fields)
            assert png.content.startswith(b"\x89PNG")
            assert png.headers["content-disposition"].startswith("attachment")
            plain = await browser.get("/explore/figure.png", **TINY)
            assert tall(png.content) == tall(plain.content) > 1080  # what was changed stands below
            assert png.content != plain.content
            csv = await browser.get("/explore/figure.csv", **fields)
            assert csv.text.count("\n") > 10
            yaml = await browser.get("/explore/scenario-b.yaml", **fields)
            assert load_text(yaml.text).mediators["Chair"].effort == 0.9

    visit(what)


def test_a_page_opens_as_its_address_says(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            query = "scenario=tiny&b.effort.Chair=0.9&b.freeze=dated&b.freeze.groups=fish&guess=33"
            page = (await browser.open(f"/explore?{query}")).text
            assert 'name="b.effort.Chair" min="0" max="1" step="0.05" value="0.9"' in page
            assert '<option value="fish" dir="auto" selected>fish</option>' in page
            assert 'value="33"' in page

    visit(what)


# ---- words -----------------------------------------------------------------------------------------------------------


def test_a_and_b_are_said_in_words() -> None:
    fields = {"b.effort.Chair": "0.9", "b.freeze": "after", "b.linkage": "sequence"}
    said = wording.sides(texts("en"), chosen(fields, {"tiny": SCENARIO}), SCENARIO, SCENARIO)
    assert said[:2] == [SCENARIO.name, "A: as in the scenario’s file"]
    assert all(each in said[2] for each in ("0.90", "after each incident", "one after another"))


def answer(a: float, b: float, low: float, high: float) -> dict[str, object]:
    row = {"column": "settled", "a": a, "b": b, "difference": b - a, "low": low, "high": high}
    return {"rows": [row], "saved": 3, "lost": 1200, "replications": 1000}


@pytest.mark.parametrize(
    ("a", "b", "low", "high", "said"),
    [
        (0.6, 0.7, 0.05, 0.15, "10.0 more, and with 95 % confidence between 5.0 and 15.0 more"),
        (0.7, 0.6, -0.15, -0.05, "10.0 fewer, and with 95 % confidence between 5.0 and 15.0 fewer"),
        (0.6, 0.61, -0.02, 0.04, "may be chance: with 95 % confidence it lies between \u22122.0 and 4.0"),
        (0.6, 0.6, 0.0, 0.0, "the same histories: 60.0 of 100"),
    ],
)
def test_a_sentence_carries_the_result(a: float, b: float, low: float, high: float, said: str) -> None:
    sentences = wording.sentences(texts("en"), answer(a, b, low, high), 60)
    assert said in sentences[1]
    assert "1,200" in sentences[2]


@pytest.mark.parametrize(("guess", "said"), [(62, "close"), (70, "10.0 fewer"), (45, "15.0 more")])
def test_a_prediction_is_told_how_far_off_it_was(guess: int, said: str) -> None:
    assert said in wording.sentences(texts("en"), answer(0.5, 0.6, 0.05, 0.15), guess)[0]


def test_questions_that_differ_in_numbers_are_worked_on_abreast(visit: Visiting) -> None:
    efforts = [f"{effort / 20:.2f}" for effort in range(1, 13)]

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            alone = [await browser.answer(**TINY, **{"b.effort.Chair": effort}, guess="1") for effort in efforts[:2]]
            before = len(site.workers.done)
            together = await asyncio.gather(
                *(browser.answer(**TINY, **{"b.effort.Chair": effort}, guess="1") for effort in efforts[2:])
            )
            runs = [job for job in site.workers.done[before:] if type(job).__name__ != "Pair"]
            assert 1 <= len(runs) <= 3  # not ten: whoever comes first, alone or not, then all that wait meanwhile
            assert len({found["settled"]["b"] for found in [*alone, *together]}) >= 3

    visit(what)


def test_one_impossible_question_spoils_no_other(visit: Visiting) -> None:
    none = {f"b.{act}.Chair": "0" for act in choices.ACTIVITIES}

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            asked = [{"b.effort.Chair": "0.1"}, {"b.effort.Chair": "0.2"}, none, {"b.effort.Chair": "0.3"}]
            found = await asyncio.gather(*(browser.answer(**TINY, **each, guess="1") for each in asked))
            assert ["error" in each for each in found] == [False, False, True, False]

    visit(what)
