"""The story: both numbers, both framings, what it cost, why it ended so; neutral, short, in the scenario's words."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.answers.results_protocol import told
from sim.play.view import news_of
from sim.stories.story import as_it_went, story
from sim.stories.story_events import Beat
from sim.stories.uneventful import _frozen
from sim.stories.voice import voice
from tests.figures import synthetic
from tests.figures.cases import CASES, SIZES, case
from tests.model.test_leaders import WEEKLY, halves
from tests.seldom import seldom

PARTIES = ["Armenia", "Azerbaijan"]
PACKAGE = {"issue_0": 0.0, "issue_1": 1.0, "issue_2": 0.5, "disputes": "arbitration"}


def results(rows: list[dict[str, Any]], **more: Any) -> synthetic.Results:
    """Results whose replication 0 is told by these events alone."""
    scenario = synthetic.scenario(*CASES["two"], **more)
    made = synthetic.results(scenario, 3)
    teller = synthetic.Teller(scenario, 0)
    for row in rows:
        teller.tell(row.pop("week"), row.pop("kind"), **row)
    teller.tell(scenario.clock.weeks - 1, "end")
    return synthetic.Results(**{**made.__dict__, "events": pd.DataFrame(teller.rows)})


def meet(week: int, group: str, number: int = 1) -> dict[str, Any]:
    return {"week": week, "kind": "round", "group": group, "value": number}


def offer(
    week: int, group: str, actor: str, package: dict[str, Any] = PACKAGE, kind: str = "proposal"
) -> dict[str, Any]:
    return {"week": week, "kind": kind, "group": group, "actor": actor, "package": package, "value": 1}


def decline(week: int, group: str, actor: str, to: str, worth: float, asked: float) -> dict[str, Any]:
    return {"week": week, "kind": "decline", "group": group, "actor": actor, "to": to, "worth": worth, "asked": asked}


def test_a_declined_offer_is_told_with_both_numbers_and_its_labels() -> None:
    made = results(
        [
            meet(3, "transport", 1),
            offer(3, "transport", "Azerbaijan", PACKAGE),
            decline(3, "transport", "Armenia", "Azerbaijan", 0.44, 0.52),
        ]
    )
    text = " ".join(story(made, 0).text.split())
    assert "26 December 2022, transport, round 1" in text
    assert "Azerbaijan proposes “sovereign checks” on issue 0, “no checks” on issue 1" in text
    assert "“arbitration” on disputes" in text
    assert "Armenia declines: worth 0.44 to it, it asks for 0.52" in text


def test_leaders_who_sign_nothing_are_told_with_what_came_nearest() -> None:
    text = story(sim.run(halves(WEEKLY, {"both.reservation": 0.75}, weeks=3), 1), 0).text
    said = r"(Ann|Ben) declines the package of (Ann|Ben): worth 0\.\d+ to it, it asks for [01]\.\d+\."
    assert len(re.findall(said, " ".join(text.split()))) == 3


def test_numbers_that_round_alike_get_more_decimals() -> None:
    made = results(
        [
            meet(3, "border", 1),
            offer(3, "border", "Russia", PACKAGE, "draft"),
            decline(3, "border", "Armenia", "Russia", 0.5191, 0.5203),
        ]
    )
    text = " ".join(story(made, 0).text.split())
    assert "worth 0.519 to it, it asks for 0.520; Azerbaijan could accept" in text


def test_later_offers_tell_only_what_changed() -> None:
    moved = {**PACKAGE, "issue_0": 0.5}
    made = results(
        [
            row
            for number, package in ((1, PACKAGE), (2, moved))
            for row in (
                meet(5 * number, "border", number),
                offer(5 * number, "border", "Armenia", package),
                decline(5 * number, "border", "Azerbaijan", "Armenia", 0.46 + number / 100, 0.5),
            )
        ]
    )
    text = " ".join(story(made, 0).text.split())
    assert "Armenia now puts forward “third-party operator” on issue 0; Azerbaijan declines" in text


def test_contested_events_are_told_by_both_sides() -> None:
    text = " ".join(story(case("two").results, 0).text.split())
    for name in PARTIES:
        assert f"{name}: “{name} tells it so”" in text
        assert f"{name}: “{name} sees a road”" in text
    assert "23 December 2022, treaty. The round of ministers is not held." in text
    assert "9 February 2023. The envoy is in the capital." in text


def test_a_freeze_says_who_how_long_why_and_what_it_cost() -> None:
    made = results(
        [
            {"week": 10, "kind": "freeze", "group": "transport", "actor": "Armenia", "value": 18, "text": "elections."},
            {"week": 28, "kind": "resume", "group": "transport", "value": 18},
            {"week": 30, "kind": "walkout", "group": "border", "actor": "Azerbaijan"},
        ]
    )
    text = " ".join(story(made, 0).text.split())
    assert (
        "Armenia freezes the talks on transport for 18 weeks, until 19 June 2023. Reason given: elections. "
        "About three rounds are not held." in text
    )
    assert "Azerbaijan leaves the talks on border and does not come back before the time is up" in text
    assert "Border never had a round" in text


def test_a_walkout_ends_where_the_next_one_takes_over() -> None:
    made = results(
        [
            {"week": 10, "kind": "walkout", "group": "border", "actor": "Armenia"},
            {"week": 20, "kind": "walkout", "group": "border", "actor": "Azerbaijan"},
            {"week": 25, "kind": "resume", "group": "border", "value": 15},
        ]
    )
    text = " ".join(story(made, 0).text.split())
    assert "Armenia leaves the talks on border for ten weeks, until 24 April 2023" in text
    assert "Azerbaijan leaves the talks on border for five weeks, until 29 May 2023" in text


def test_freezes_of_several_groups_that_begin_and_end_together_are_one() -> None:
    rows = [
        {"week": week, "kind": kind, "group": group}
        for week, kind in ((10, "freeze"), (20, "resume"))
        for group in ("transport", "border")
    ]
    text = " ".join(story(results(rows), 0).text.split())
    assert "The sides freeze the talks on transport and border for ten weeks" in text


def test_short_freezes_of_one_chapter_are_told_together() -> None:
    walkouts = [
        Beat({"week": week, "kind": "freeze"}, groups, ends=week + 2)
        for week, groups in ((20, ("transport",)), (24, ("border",)), (30, ("transport",)))
    ]
    assert (
        _frozen(voice(sim.load("baseline")), walkouts)
        == "Talks are frozen on transport for four weeks and border for two weeks."
    )


def test_an_ending_says_why_with_the_two_numbers() -> None:
    made = results(
        [
            meet(3, "transport", 1),
            offer(3, "transport", "Azerbaijan", PACKAGE),
            decline(3, "transport", "Armenia", "Azerbaijan", 0.30, 0.52),
            meet(9, "transport", 2),
            offer(9, "transport", "Armenia", PACKAGE),
            decline(9, "transport", "Azerbaijan", "Armenia", 0.41, 0.5),
        ]
    )  # fmt: skip
    made.outcomes["settled"] = False
    ending = story(made, 0).paragraphs[-1].words
    assert ending.startswith("When the time is up, on 1 December 2025, nothing is in force.")
    assert (
        "at the nearest, on 6 February 2023, Armenia's text was worth 0.41 to Azerbaijan, which asked for 0.50"
        in ending
    )


def test_a_signed_text_is_told_with_its_worth_to_each() -> None:
    made = results(
        [
            meet(3, "transport", 1),
            {"week": 3, "kind": "signature", "group": "transport", "to": "Russia", "package": PACKAGE, "value": 1},
            {"week": 3, "kind": "in_force", "group": "transport"},
            {"week": 60, "kind": "collapse", "group": "transport"},
        ]
    )
    text = " ".join(story(made, 0).text.split())
    worth = [synthetic.utility(made.scenario, "transport", party, PACKAGE) for party in PARTIES]
    assert "Armenia and Azerbaijan sign Russia's text: “sovereign checks” on issue 0" in text
    assert f"It is worth {worth[0]:.2f} to Armenia and {worth[1]:.2f} to Azerbaijan" in text
    assert "Transport broke down on 29 January 2024 and was not agreed again" in text


def test_nothing_happened_is_a_story_too() -> None:
    text = story(results([]), 0).text
    assert "never had a round" in text


@pytest.mark.parametrize("size", SIZES)
def test_stories_are_short_and_neutral(size: str) -> None:
    for number in range(4):
        told_story = story(case(size).results, number)
        assert all(len(line) <= 88 for line in told_story.text.splitlines())
        assert not re.search(r"\b(refuses to|boycott|blames?|stubborn|aggressor|nan|None|NaN)\b", told_story.text)
        assert "  " not in told_story.text
        if size == "two":
            assert 200 < len(told_story.text.split()) < 2500


def test_every_signature_is_told() -> None:
    found = case("three").results
    for number in range(12):
        text = story(found, number).text
        signed = told(found, number).query("kind == 'signature'")
        assert len(re.findall(r"\bsign\s", text)) == len(signed)


def test_html_escapes_what_text_shows() -> None:
    told_story = story(case("eight").results, 0)
    assert "<script>" in told_story.text
    assert "<script>" not in told_story.html
    assert "&lt;script&gt;" in told_story.html
    plain = unescape(re.sub(r"</?(p|strong)>", "", told_story.html))
    assert " ".join(plain.split()) == " ".join(told_story.text.split("\n\n", 1)[1].split())


def test_a_history_that_is_not_told_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="replication 200 is not told; choose one of 0 to 11"):
        story(case("two").results, 200)


# ---- order -----------------------------------------------------------------------------------------------------------

MONTHS = calendar.month_name[1:]
DAY = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) (\d{{4}})")
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def days(heading: str) -> Iterator[tuple[dt.date, dt.date]]:
    """The dates of a heading, each as the first and the last day that it may mean."""
    for day, month, year in DAY.findall(heading):
        first = dt.date(int(year), MONTHS.index(month) + 1, int(day or 1))
        yield first, first if day else first + dt.timedelta(days=31)


@pytest.mark.parametrize(
    "name", ["baseline", *map(seldom, ("sequence", "camp-david-1978", "freeze-rolling", "two-mediators"))]
)
def test_a_story_never_goes_back_in_time(name: str) -> None:
    results = sim.run(sim.load(SCENARIOS / f"{name}.yaml"), replications=15, told=15)
    for replication in range(15):
        latest = dt.date.min
        paragraphs = story(results, replication).paragraphs
        weeks = [paragraph.week for paragraph in paragraphs[1:-1]]
        assert weeks == sorted(weeks, key=int)
        for paragraph in paragraphs:
            for first, last in days(paragraph.heading):
                assert last >= latest, (replication, paragraph.heading)
                latest = max(latest, first)


def test_what_follows_from_a_dated_incident_is_told_after_it() -> None:
    event = {"date": "2023-01-12", "kind": "incident", "severity": 0.7, "what": "Shots are fired."}
    made = results(
        [
            {"week": 5, "kind": "incident", "value": 0.7, "text": event["what"]},
            {"week": 5, "kind": "walkout", "group": "treaty", "actor": "Armenia"},
        ],
        events=[event],
    )
    headings = [paragraph.heading for paragraph in story(made, 0).paragraphs[1:3]]
    assert headings == ["12 January 2023", "12 January 2023, treaty"]


@pytest.mark.parametrize("severity", [0.05, 0.19, 0.2, 0.45, 0.49, 0.5, 0.9])
def test_an_incident_is_called_the_same_in_a_story_and_in_the_news(severity: float) -> None:
    made = results([{"week": 5, "kind": "incident", "value": severity}])
    (item,) = news_of(told(made, 0))
    assert f"{item['size']} incident (severity {severity:.2f}" in story(made, 0).text.lower()


def test_a_freeze_is_told_without_its_end_until_it_has_ended() -> None:
    made = results(
        [
            {"week": 4, "kind": "walkout", "group": "treaty", "actor": "Armenia"},
            {"week": 13, "kind": "resume", "group": "treaty", "value": 9},
        ]
    )
    told_by = {week: paragraphs[-1].words for week, paragraphs in as_it_went(made, 0)}
    assert {told_by[week] for week in range(4, 13)} == {"Armenia leaves the talks on treaty."}
    assert told_by[13].startswith("Armenia leaves the talks on treaty for nine weeks, until")
