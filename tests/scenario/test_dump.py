"""as_yaml: a complete, readable file that loads to an equal scenario, bit for bit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, as_yaml, load, load_text
from sim.scenario.parties import TACTIC_SETTINGS
from sim.scenario.scalars import FORBIDDEN
from tests.seldom import examples, one_in

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))


@pytest.mark.parametrize("path", one_in(5, FILES), ids=lambda path: path.stem)
def test_shipped_scenarios_come_back(path: Path) -> None:
    scenario = load(path)
    text = as_yaml(scenario)
    assert load_text(text) == scenario
    assert as_yaml(load_text(text)) == text


def test_every_default_is_written_out() -> None:
    text = as_yaml(
        load_text("name: x\nparties: {A: {}, B: {}}\nworking_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}")
    )
    for line in (
        "  A:\n    reservation: 0.44",
        "    tactic: {kind: time, beta: 0.5, calendar: 0}",
        "clock: {start: 2023-01-02, weeks: 156",
        "freezes: []",
        "mediators: {}",
        "incidents:",
        "walkouts: {",
        "observed: {}",
        "linkage: independent",
    ):
        assert line in text
    assert "None" not in text
    assert "null" not in text


def test_numbers_come_back_bit_for_bit() -> None:
    base = "name: x\nparties: {A: {}, B: {}}\nworking_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}"
    for number in (0.1, 1 / 3, 1e-6, 5e-324, 1e-17, 0.30000000000000004, 1.0, 0.0, -0.0):
        scenario = load_text(base, settings=[f"parties.A.knowledge={number!r}"])
        again = load_text(as_yaml(scenario)).parties["A"].knowledge
        assert isinstance(again, float)
        assert again.hex() == number.hex()


# ---- any scenario ----------------------------------------------------------------------------------------------------

signs = st.characters(exclude_categories=["Cs"]).filter(lambda sign: not FORBIDDEN.match(sign))
odd_texts = st.sampled_from(
    [
        "no",
        "060",
        "60%",
        "0,6",
        "1e3",
        "12:30",
        ".nan",
        "~",
        "null",
        "2023-02-09",
        "-",
        "- a",
        "a: b",
        "#",
        "a # b",
        "'",
        '"',
        "<<",
        "*a",
        "&a",
        "!x",
        "{a}",
        "[a]",
        "%",
        "@",
        "`",
        "|",
        ">",
        "?",
        "? a",
        "=",
        "a\nb\n",
        "\n",
        " a ",
        "tab\there",
        "🕊",
        "é",
        "1_000",
        "0x1F",
        "x" * 300,
    ]
)
texts = st.one_of(odd_texts, st.text(signs, max_size=40))
names = texts.map(lambda text: " ".join(text.split())[:80].strip()).filter(bool)
keys = names.filter(
    lambda name: not any(sign in name for sign in ".[]=/\\") and name not in ("mean", "sd", "low", "mode", "high")
)
shares = st.floats(0, 1)
numbers = st.one_of(
    shares,
    st.integers(0, 1),
    st.fixed_dictionaries({"mean": shares, "sd": shares}),
    st.tuples(shares, shares).map(sorted).map(lambda two: dict(zip(("low", "high"), two, strict=True))),
    st.tuples(shares, shares, shares)
    .map(sorted)
    .map(lambda three: dict(zip(("low", "mode", "high"), three, strict=True))),
)
positive = st.floats(1e-3, 1e6)


def tactic(draw: Any, deep: int = 0) -> dict[str, Any]:
    kind = draw(st.sampled_from([kind for kind in TACTIC_SETTINGS if kind != "mix" or deep < 2]))
    if kind == "mix":
        count = draw(st.integers(1, 3))
        return {
            "kind": kind,
            "parts": [{"weight": draw(positive), "tactic": tactic(draw, deep + 1)} for _ in range(count)],
        }
    return {"kind": kind}


def by_name(names: list[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(names, value))


def issues(parties: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    scale = {
        "title": texts,
        "positions": by_name(parties, numbers),
        "weights": by_name(parties, positive),
        "labels": st.dictionaries(shares, texts, max_size=2),
    }
    options = st.dictionaries(names, by_name(parties, numbers), min_size=2, max_size=3)
    issue = st.one_of(st.fixed_dictionaries(scale), st.fixed_dictionaries({"options": options}))
    return st.dictionaries(keys, issue, min_size=1, max_size=3)


@st.composite
def scenarios(draw: Any) -> Scenario:
    everybody = draw(st.lists(keys, min_size=4, max_size=5, unique=True))
    parties, mediators = everybody[:3], everybody[3:]
    groups = draw(st.lists(keys, min_size=1, max_size=3, unique=True))
    start, weeks = draw(st.dates(dt.date(1700, 1, 1), dt.date(2300, 1, 1))), draw(st.integers(10, 100))
    day = st.integers(0, weeks * 7 - 1).map(lambda days: start + dt.timedelta(days=days))
    when = st.one_of(day, st.integers(0, weeks - 1))
    steps = [{"from": 0, "effort": draw(numbers)}, {"from": start + dt.timedelta(days=30), "effort": 0.5}]
    return Scenario.model_validate(
        {
            "name": draw(names),
            "summary": draw(texts),
            "sources": draw(st.lists(texts, max_size=2)),
            "clock": {"start": start, "weeks": weeks, "hold_weeks": draw(st.integers(0, 99))},
            "seed": draw(st.integers(0, 2**63 - 1)),
            "parties": {
                party: {
                    "tactic": tactic(draw),
                    "title": draw(texts),
                    "knowledge": draw(numbers),
                    "trust": draw(st.one_of(numbers, by_name([p for p in parties if p != party], numbers))),
                    "reservation": draw(
                        st.one_of(numbers, st.fixed_dictionaries({"by_group": by_name(groups[:1], numbers)}))
                    ),
                }
                for party in parties
            },
            "mediators": {
                name: {"bias": draw(by_name(parties, numbers)), "effort": draw(st.one_of(numbers, st.just(steps)))}
                for name in mediators
            },
            "working_groups": {
                group: {"stakes": draw(by_name(parties, positive)), "issues": draw(issues(parties))} for group in groups
            },
            "freezes": [
                {"groups": groups, "start": draw(when), "weeks": draw(st.integers(0, 20)), "reason": draw(texts)},
                {"groups": groups[:1], "after": "incident", "severity": draw(shares), "weeks": 3},
            ],
            "events": [
                {
                    "date": draw(when),
                    "kind": "shuttle",
                    "mediator": mediators[0],
                    "to": parties[:2],
                    "what": draw(texts),
                },
                {
                    "date": draw(when),
                    "kind": "incident",
                    "severity": draw(shares),
                    "framing": dict.fromkeys(parties, "x"),
                },
                {"date": draw(when), "kind": "statement", "source": draw(texts)},
            ],
            "linkage": draw(st.sampled_from(["independent", "sequence", "single_undertaking"])),
            "observed": {"agreed": {groups[0]: start + dt.timedelta(weeks=1)}},
        }
    )


@examples(0.4)
@given(scenarios())
def test_any_scenario_comes_back(scenario: Scenario) -> None:
    text = as_yaml(scenario)
    try:
        again = load_text(text)
    except ScenarioError as error:
        raise AssertionError(f"{error}\n\n{text}") from None
    assert again == scenario
    assert as_yaml(again) == text


@given(texts)
def test_a_text_is_written_as_it_was(text: str) -> None:
    base = load_text("name: x\nparties: {A: {}, B: {}}\nworking_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}")
    scenario = base.model_copy(update={"summary": text, "sources": [text]})
    again = load_text(as_yaml(scenario))
    assert (again.summary, again.sources) == (text, [text])


def test_what_cannot_come_back_is_not_accepted() -> None:
    """Many short freezes grow when defaults are filled in: past the limits of a file, so they are refused at once."""
    start = (
        "name: x\nparties: {A: {}, B: {}}\nworking_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}\nfreezes:\n"
    )
    text = start + "- {groups: [g], after: incident, weeks: 4}\n" * 560
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    assert [problem.kind for problem in caught.value.problems] == ["too-large"]
    fitting = load_text(start + "- {groups: [g], after: incident, weeks: 4}\n" * 400)
    assert load_text(as_yaml(fitting)) == fitting
