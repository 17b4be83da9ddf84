"""Rules across places, from the other side: what is just allowed, and that one mistake brings no others with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load, load_text

FOUND = Path(__file__).parents[1] / "found"

BASE = """\
name: x
clock: {start: 2026-09-07, weeks: 60}
parties: {A: {}, B: {}, C: {}}
mediators: {M: {}}
working_groups:
  g: {issues: {i: {positions: {A: 0, B: 1}}, o: {options: {p: {A: 0, B: 1}, q: {A: 1, B: 0}}}}}
  h: {issues: {i: {positions: {A: 0, B: 1, C: 0.5}}}}
"""


@pytest.mark.parametrize(
    "more",
    [
        "freezes: [{groups: [g], start: 0, weeks: 4}, {groups: [g], start: 4, weeks: 2}]",
        "freezes: [{groups: [g], start: 0, weeks: 4}, {groups: [h], start: 2, weeks: 2}]",
        "freezes: [{groups: [g], start: 2026-09-13, weeks: 0}, {groups: [g], start: 59, weeks: 900}]",
        "freezes: [{groups: [g], after: incident, weeks: 4}, {groups: [g], after: incident, severity: 0.5, weeks: 9}]",
        "events: [{date: 2027-10-31, kind: incident, severity: 0.1, framing: {A: a, B: b, C: c}}]",
        "events: [{date: 0, kind: disruption, group: g, by: A}, {date: 59, kind: statement, group: h, mediator: M}]",
        "framework: [{group: g, issue: o, settlement: q}, {group: g, issue: i, settlement: 1, date: 1999-01-01}]",
        "observed: {agreed: {g: 2026-09-07, h: 2099-01-01}}",
        "linkage: sequence",
    ],
)
def test_what_is_just_allowed(more: str) -> None:
    load_text(BASE + more)


def test_sixty_years_of_talks_and_of_holding_are_allowed() -> None:
    assert load(FOUND / "long-process.yaml").weeks == 1_259 + 52
    longest = BASE.replace("weeks: 60", "weeks: 3132, hold_weeks: 3132")
    assert load_text(f"{longest}events: [{{date: 3131, kind: statement}}]").weeks == 6_264
    assert paths(longest.replace("3132", "3133")) == [
        ("out-of-range", "clock.weeks"),
        ("out-of-range", "clock.hold_weeks"),
    ]


def test_combinations_of_options_are_allowed_as_far_as_they_can_be_numbered() -> None:
    issue = "i%d: {options: {" + ", ".join(f"{k}{n}: {{A: 0, B: 1}}" for k in "abcd" for n in range(5)) + "}}"

    def text(issues: int) -> str:
        few = "o: {options: {p: {A: 0, B: 1}, q: {A: 1, B: 0}}}"
        return BASE.replace(few, ", ".join(issue % n for n in range(issues)))

    load_text(text(8))
    assert paths(text(12)) == [("too-large", "working_groups.g.issues")]


def paths(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    return [(problem.kind, problem.path) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("freezes: [{groups: [g], start: 2, weeks: 3}, {groups: [h, g], start: 0, weeks: 3}]",
         ("overlap", "freezes[0]")),
        ("freezes: [{groups: [g], start: 2, weeks: {low: 1, high: 9}}, {groups: [g], start: 6, weeks: 1}]",
         ("overlap", "freezes[1]")),
        ("events: [{date: 60, kind: round, group: g}]", ("out-of-range", "events[0].date")),
        ("events: [{date: 2026-09-06, kind: round, group: g}]", ("out-of-range", "events[0].date")),
        ("events: [{date: 1, kind: shuttle, mediator: M, to: []}]", ("missing-key", "events[0]")),
        ("events: [{date: 1, kind: statement, framing: {A: a, B: b, C: ' '}}]", ("framing", "events[0].framing")),
        ("observed: {agreed: {g: 2026-09-06}}", ("out-of-range", "observed.agreed.g")),
    ],
)  # fmt: skip
def test_what_is_just_not(more: str, found: tuple[str, str]) -> None:
    assert paths(BASE + more) == [found]


@pytest.mark.parametrize(
    ("right", "wrong", "kind", "path"),
    [
        ("start: 2026-09-07", "start: 2026-09-31", "bad-date", "clock.start"),
        ("weeks: 60", "weeks: sixty", "wrong-type", "clock.weeks"),
        ("{A: {}, B: {}, C: {}}", "5", "wrong-type", "parties"),
        ("{M: {}}", "[M]", "wrong-type", "mediators"),
        ("{A: {}, B: {}", "{A: 5, B: {}", "wrong-type", "parties.A"),
    ],
)
def test_one_mistake_brings_no_others(right: str, wrong: str, kind: str, path: str) -> None:
    """Names and dates that depend on a broken part are not called wrong because of it."""
    more = "events: [{date: 2026-09-08, kind: shuttle, mediator: M, to: [A]}]\n"
    assert paths(BASE.replace(right, wrong, 1) + more) == [(kind, path)]


@pytest.mark.parametrize(
    ("weights", "fits"),
    [
        ("{A: 0}", False),
        ("{A: {mean: 0.5, sd: 1}}", False),
        ("{A: {mean: 5, sd: 0.1}}", True),
        ("{A: {low: 0, high: 1}}", True),
        ("{A: {low: 0, high: 0}}", False),
        ("{B: 3}", True),
    ],
)
def test_weights_are_never_all_zero(weights: str, fits: bool) -> None:
    """They are normalised within a group, in every replication."""
    text = BASE.replace("C: 0.5}}", f"C: 0.5}}, weights: {weights}}}")
    if fits:
        load_text(text)
    else:
        assert paths(text) == [("weights", "working_groups.h.issues.i.weights.A")]
