"""From signature to a peace that holds, or not: linkage, ratification, collapse, the outcomes of it all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.chance import Chance
from sim.model import NegotiationModel

from .test_mediators import likely
from .worlds import ALONE, NEVER, TRADES, begin, mediator, outcomes_of, play, quiet, results, told, weeks_of

FOREVER = {"both.tactic": NEVER}
GROUPS = ("one", "two")


def reservation(model: NegotiationModel, party: str, group: str = "table") -> np.ndarray:
    return model.parties_by_name[party].reservation_in(group, np.arange(model.replications))


# ---- linkage ---------------------------------------------------------------------------------------------------------


def test_independent_chapters_take_effect_as_they_are_signed() -> None:
    changes = {"working_groups.two.meets_every": 3}
    table = results(quiet(changes, groups=GROUPS))
    assert table[["week.one", "week.two", "settled_week"]].to_numpy().tolist() == [[7, 23, 23]]


def test_in_a_sequence_a_chapter_opens_when_the_one_before_has_taken_effect() -> None:
    """Each takes eight rounds, the next one's first round is in the week after."""
    model = play(quiet({"linkage": "sequence"}, groups=("one", "two", "three"), weeks=30))
    events = model.history.events()
    assert events[events["kind"] == "open"][["week", "group"]].to_numpy().tolist() == [[7, "two"], [15, "three"]]
    rounds = events[events["kind"] == "round"].groupby("group")["week"].agg(["min", "max"])
    assert rounds.loc[["one", "two", "three"]].to_numpy().tolist() == [[0, 7], [8, 15], [16, 23]]
    table = outcomes_of(model)
    assert table[["week.one", "week.two", "week.three"]].to_numpy().tolist() == [[7, 15, 23]]


def test_a_chapter_of_a_sequence_that_is_never_reached_stays_closed() -> None:
    """A refused text does not open the next chapter: it has not taken effect."""
    changes = {"linkage": "sequence", "parties.Ann.opposition": 1.0, "agreements.ratification": 0.0}
    table = results(quiet(changes, groups=GROUPS), 5)
    assert (table["rounds.two"] == 0).all()
    assert not table["agreed.one"].any()


def test_nothing_is_agreed_until_everything_is() -> None:
    """The first chapter is signed in week 7 and waits for the second one, signed in week 23."""
    changes = {"linkage": "single_undertaking", "working_groups.two.meets_every": 3}
    model = begin(quiet(changes, groups=GROUPS), 2)
    for week in weeks_of(model):
        assert model.groups["one"].signed.all() == (week >= 7)
        for name in GROUPS:
            assert model.groups[name].in_force.all() == (week >= 23)
            assert model.groups[name].in_force.any() == (week >= 23)
    events = model.history.events()
    assert events[events["kind"] == "provisional"].query("replication == 0 and group == 'one'")["week"].to_list() == [7]
    assert outcomes_of(model)[["week.one", "week.two"]].to_numpy().tolist() == [[23, 23]] * 2


def test_what_is_never_complete_is_never_agreed() -> None:
    changes = {"linkage": "single_undertaking", "working_groups.two.meets_every": 30}
    table = results(quiet(changes, groups=GROUPS))
    assert not table[["agreed.one", "agreed.two", "settled"]].any(axis=None)
    assert table["text_utility.one.Ann"].isna().all()


def test_a_provisional_chapter_that_is_worth_too_little_is_reopened() -> None:
    """Signed at about a half each in week 7; an incident in week 10 lifts Ann's and Ben's reservation value to 0.6."""
    incident = {"date": 10, "kind": "incident", "severity": 0.8}
    changes = {
        "linkage": "single_undertaking",
        "working_groups.two.meets_every": 30,
        "events": [incident],
        "incidents": {"per_year": 0, "hardening": 0.5, "fading": 0.0},
    }
    model = begin(quiet(changes, groups=GROUPS))
    for week in weeks_of(model):
        assert model.groups["one"].signed[0] == (7 <= week < 10)
    reopened = told(model, "reopened")
    assert reopened[["week", "actor"]].to_numpy().tolist() == [[10, "Ann"], [10, "Ben"]]  # whoever regrets is named
    assert reopened["asked"].to_numpy() == pytest.approx(0.6)
    assert reopened["worth"].iloc[0] < 0.6


def test_pressure_keeps_a_provisional_chapter_together() -> None:
    """What is felt counts, as at signature: with pressure 0.15 a text worth 0.44 stays above 0.55."""
    changes = {
        "linkage": "single_undertaking",
        "working_groups.two.meets_every": 30,
        "events": [{"date": 10, "kind": "incident", "severity": 0.8}],
        "incidents": {"per_year": 0, "hardening": 0.4, "fading": 0.0},
        "mediators": {"Med": mediator({"effort": 1.0, "leverage": 0.15}, press=1)},
    }
    model = play(quiet(changes, groups=GROUPS, weeks=15))
    assert model.groups["one"].signed.all()
    assert told(model, "reopened").empty


@pytest.mark.parametrize("low", [0.2, 0.325, 0.4])
def test_a_text_that_is_just_worth_signing_is_not_reopened_at_once(low: float) -> None:
    """Both end at their reservation values, which leave exactly one package."""
    changes = {
        "linkage": "single_undertaking",
        "parties.Ann.reservation": low,
        "parties.Ben.reservation": 1 - low,
        "working_groups.two.meets_every": 30,
    }
    issues: Any = {f"s{n}": {"positions": {"Ann": 0.0, "Ben": 1.0}, "weights": {"Ann": n, "Ben": n}} for n in (1, 3, 7)}
    model = play(quiet(changes, issues=issues, groups=GROUPS, weeks=14))
    assert told(model, "signature")["group"].to_list() == ["one"]


def test_all_or_nothing_holds_at_ratification_too() -> None:
    """One chapter refused at home: the other one must not take effect alone."""
    changes = {
        "linkage": "single_undertaking",
        "both.opposition": 0.5,
        "agreements.ratification": 0.0,
        "working_groups.two.meets_every": 2,
    }
    model = begin(quiet(changes, groups=GROUPS), 200)
    for _ in weeks_of(model):
        one, two = (model.groups[name].in_force for name in GROUPS)
        np.testing.assert_array_equal(one, two)
    assert outcomes_of(model)["settled"].mean() > 0.2


# ---- ratification ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opposition", "steepness"), [(0.3, 0.0), (0.8, 6.0), (1.0, 2.0), (0.0, 0.0)])
def test_ratification_fails_as_often_as_the_formula_says(opposition: float, steepness: float) -> None:
    """P(yes) = 1 - opposition exp(-steepness gain), for each side; the gains are those of the one text signed."""
    changes = {
        "both.opposition": opposition,
        "agreements.ratification": steepness,
        "both.expected_rounds": 15,
        "both.reservation": 0.25,
    }
    model = begin(quiet(changes, weeks=11), 3000)
    for _ in weeks_of(model):
        pass
    yes = np.prod(
        [1 - opposition * np.exp(-steepness * (model.groups["table"].worth[name][0] - 0.25)) for name in ("Ann", "Ben")]
    )
    assert outcomes_of(model)["rounds.table"].min() == 11  # the text is signed in the last week
    assert likely(model.groups["table"].in_force.sum(), 3000, yes)


def test_a_refused_text_goes_back_to_the_table() -> None:
    changes = {"parties.Ben.opposition": 0.5, "agreements.ratification": 0.0}
    events = play(quiet(changes), 100).history.events()
    signed, refused, in_force = (events[events["kind"] == kind] for kind in ("signature", "refusal", "in_force"))
    assert set(refused["actor"]) == {"Ben"}
    assert likely(len(refused), len(signed), 0.5)
    assert len(signed) == len(refused) + len(in_force)
    for replication, weeks in refused.groupby("replication")["week"]:
        mine = signed[signed["replication"] == replication]["week"].to_list()
        assert mine[: len(weeks)] == weeks.to_list() == list(range(7, 7 + len(weeks)))  # signed again a week later


def test_utilities_are_those_of_the_text_in_force_not_of_one_that_was_refused() -> None:
    """A chapter that broke down, was signed anew and refused at home: the last text that came into force counts."""
    changes = {
        "both.opposition": 0.6,
        "agreements.ratification": 0.0,
        "agreements.hazard": 0.2,
        "both.expected_rounds": {"low": 5, "high": 15},
        "both.reservation": {"low": 0.1, "high": 0.3},
    }
    model = play(quiet(changes, issues=TRADES, weeks=60), 100)
    table, events = outcomes_of(model), model.history.events()
    checked = 0
    for replication, story in events.groupby("replication"):
        worth, last, refused = np.nan, np.nan, False
        for _, event in story.iterrows():
            if event["kind"] == "signature":
                last = event["utility.Ann"]
            elif event["kind"] == "in_force":
                worth = last
            refused = event["kind"] == "refusal" if event["kind"] in ("refusal", "in_force") else refused
        assert table["text_utility.table.Ann"][replication] == pytest.approx(worth, nan_ok=True)
        checked += refused and not np.isnan(worth)
    assert checked > 5


# ---- collapse --------------------------------------------------------------------------------------------------------


def fragile(**changes: Any) -> dict[str, Any]:
    return {
        "clock.hold_weeks": 40,
        "both.trust": 0.3,
        "parties.Ben.trust": 0.6,
        "agreements": {
            "hazard": 0.02,
            "trust": 2.5,
            "slack": 3.0,
            "guarantee": 7.0,
            "pressure": 7.0,
            "implementation": 0.0,
            "collapse_cost": 0.3,
            **ALONE,
        },
        "both.cost_of_no_deal": 0.1,
        "both.hurt_cap": 0.1,
        **changes,
    }


def test_agreements_break_at_the_hazard_of_the_formula() -> None:
    """hazard exp(-a T - b smallest gain - c G + d share from pressure), against the known numbers of every week."""
    med = mediator(
        {"effort": 0.8, "credibility": {"Ann": 0.5, "Ben": 0.9}, "leverage": 0.3, "after_signature": 0.5},
        press=1,
        guarantee=1,
    )
    count = 1500
    model = begin(quiet(fragile(mediators={"Med": med}), weeks=12), count)
    chance, group = Chance(11, 0, count), None
    before: dict[str, np.ndarray] = {}
    broken = 0
    for week in weeks_of(model):
        group = model.groups["table"]
        if before:
            expected = before["in_force"] & (
                chance.week("collapse.table", week) < 1 - np.exp(-_hazard(model, before, week))
            )
            np.testing.assert_array_equal(before["in_force"] & ~group.in_force, expected)
            broken += expected.sum()
        before = {
            "in_force": group.in_force.copy(),
            "trust": np.mean([model.parties_by_name[a].trust[b] for a, b in (("Ann", "Ben"), ("Ben", "Ann"))], axis=0),
            "settled": model.agreements.settled.copy(),
            **{name: group.worth[name].copy() for name in ("Ann", "Ben")},
        }
    assert broken > 100
    assert group is not None


def test_no_hazard_is_above_the_highest() -> None:
    """Also where incidents have made no agreement worth nearly everything since the text was signed."""
    changes = fragile(
        incidents={"per_year": 8, "severity": 0.9, "hardening": 1.0, "fading": 0.0, "after_settlement": 1.0}
    )
    model = begin(quiet(changes | {"clock.hold_weeks": 10, "agreements.hazard": 0.002}, weeks=12), 400)
    tables, nearest, seen = model.meetings[0].tables, 0.0, 0
    for _ in weeks_of(model):
        here = np.flatnonzero(tables.in_force)
        breakdown = model.agreements.breakdown
        hazard, highest = breakdown.hazard(tables, here), breakdown.highest[tables][here]
        assert (hazard <= highest * (1 + 1e-12)).all()
        nearest, seen = max(nearest, (hazard / highest).max(initial=0.0)), seen + len(here)
    assert seen > 1000
    assert nearest > 0.95, nearest  # no wider than it must be


def _hazard(model: NegotiationModel, before: dict[str, np.ndarray], week: int) -> np.ndarray:
    """The hazard written down a second time, from what stood at the end of the week before and this week's effort."""
    full = np.where(before["settled"] | (week >= 12), 0.5 * before["in_force"], 1.0) * 0.8
    promised = 0.5 * (0.5 + 0.9) * full / 2
    signed_under = 0.3 * 0.8 / 2  # pressure at the table, in the weeks of talks
    felt = np.minimum(before["Ann"], before["Ben"]) + signed_under
    least = [before[name] - reservation(model, name) for name in ("Ann", "Ben")]  # reservation values of today
    calmed = 2.5 * before["trust"] + 3.0 * np.minimum(*least) + 7.0 * promised
    return np.asarray(0.02 * np.exp(7.0 * signed_under / felt - calmed))


@pytest.mark.parametrize("trust", [0.0, 0.5])
def test_agreements_last_geometrically(trust: float) -> None:
    changes = {
        "clock.hold_weeks": 100,
        "agreements": {"hazard": 0.02, "implementation": 0.0, "slack": 0.0, **ALONE},
        "both.trust": trust,
    }
    model = play(quiet(changes, weeks=8), 2000)
    lasted = model.agreements.longest(model.week)
    still = outcomes_of(model)["lasting"]
    weekly = 1 - np.exp(-0.02 * np.exp(-2.5 * trust))
    assert likely(still.sum(), 2000, (1 - weekly) ** 100)
    assert likely((lasted >= 50).sum(), 2000, (1 - weekly) ** 50)


def test_what_was_signed_under_pressure_breaks_sooner() -> None:
    table = {
        press: results(
            quiet(fragile(mediators={"Med": mediator({"effort": 1.0, "leverage": press}, press=1)}), weeks=12), 800
        )
        for press in (0.0, 0.1, 0.2)
    }
    broken = [frame["collapsed.table"].mean() for frame in table.values()]
    assert broken[0] + 0.1 < broken[1] < broken[2] - 0.1


def test_a_guarantee_that_is_kept_up_holds_agreements_together() -> None:
    broken = []
    for kept in (0.0, 0.5, 1.0):
        med = mediator({"effort": 1.0, "after_signature": kept}, guarantee=1)
        broken.append(results(quiet(fragile(mediators={"Med": med}), weeks=12), 800)["collapsed.table"].mean())
    assert broken[0] > 2 * broken[1] > 4 * broken[2]


def test_a_collapse_costs_trust_and_starts_the_chapter_anew() -> None:
    changes = fragile() | {"agreements.hazard": 1.0, "agreements.trust": 0.0, "both.cost_of_no_deal": 0}
    model = begin(quiet(changes, weeks=30), 20)
    was = np.zeros(20, dtype=bool)
    trust = model.parties_by_name["Ann"].trust["Ben"].copy()
    for _ in weeks_of(model):
        group = model.groups["table"]
        broke = was & ~group.in_force
        now = model.parties_by_name["Ann"].trust["Ben"]
        np.testing.assert_allclose(now, np.where(broke, trust * 0.7, trust))
        assert (group.clock[broke] == 0).all()
        assert not group.signed[broke].any()
        was, trust = group.in_force.copy(), now.copy()
    events = model.history.events()
    assert (events["kind"] == "collapse").sum() > 20
    for _, story in events[events["kind"].isin(["in_force", "collapse"])].groupby("replication"):
        assert story["kind"].to_list() == (["in_force", "collapse"] * 40)[: len(story)]


def test_after_the_talks_nothing_is_signed_again() -> None:
    changes = fragile() | {"agreements.hazard": 0.3}
    events = play(quiet(changes, weeks=9), 50).history.events()
    assert (events["kind"] == "collapse").sum() > 10
    assert events[events["kind"].isin(["round", "signature", "in_force", "refusal", "freeze"])]["week"].max() < 9


# ---- outcomes --------------------------------------------------------------------------------------------------------

ROUGH: dict[str, Any] = {
    "both.reservation": {"low": 0.1, "high": 0.55},
    "both.opposition": 0.3,
    "both.walkout": 2.0,
    "both.absence": 0.1,
    "incidents": {"per_year": 4},
    "agreements": {"hazard": 0.02},
    "clock.hold_weeks": 20,
    "mediators": {"Med": mediator(shuttle=1, draft=2)},
}


def rough() -> tuple[NegotiationModel, pd.DataFrame]:
    model = play(quiet(ROUGH, issues=TRADES, groups=GROUPS, weeks=25), 100)
    return model, outcomes_of(model)


def test_the_outcomes_table_has_its_columns() -> None:
    _, table = rough()
    expected = ["replication", "settled", "settled_week", "lasting"]
    for group in GROUPS:
        expected += [
            f"{what}.{group}"
            for what in (
                "agreed",
                "week",
                "collapsed",
                "broken_off",
                "nash_gap",
                "pareto_gap",
                "rounds",
                "frozen_weeks",
            )
        ]
        expected += [f"{what}.{group}.{party}" for what in ("utility", "text_utility") for party in ("Ann", "Ben")]
    expected += ["utility.Ann", "utility.Ben", "joint_utility", "fairness", "trust.Ann", "trust.Ben"]
    expected += ["drafts", "trips", "disruptions", "walkouts", "incidents", "mediator_weeks.Med"]
    expected += ["drawn.parties.Ann.reservation", "drawn.parties.Ben.reservation"]
    assert set(table.columns) == set(expected)
    assert table["replication"].to_list() == list(range(100))


def test_outcomes_say_what_happened() -> None:
    """The table beside the events of the same histories, and beside itself."""
    model, table = rough()
    events = model.history.events()

    def count(kind: str, group: str | None = None) -> np.ndarray:
        mine = events[(events["kind"] == kind) & (events["group"].eq(group) if group else True)]
        if kind in ("disruption", "walkout"):  # several parties may be named, of one round or one break
            mine = mine.drop_duplicates(["replication", "group", "week"])
        return mine.groupby("replication").size().reindex(range(100), fill_value=0).to_numpy()

    def first(kind: str, group: str) -> np.ndarray:
        mine = events[(events["kind"] == kind) & (events["group"] == group)]
        return mine.groupby("replication")["week"].min().reindex(range(100)).to_numpy()

    for column, kind in (
        ("drafts", "draft"),
        ("trips", "visit"),
        ("disruptions", "disruption"),
        ("walkouts", "walkout"),
        ("incidents", "incident"),
    ):
        np.testing.assert_array_equal(table[column], count(kind), err_msg=column)
        assert table[column].sum() > 0
    for group in GROUPS:
        np.testing.assert_array_equal(table[f"rounds.{group}"], count("round", group))
        np.testing.assert_array_equal(table[f"week.{group}"], first("in_force", group))
        np.testing.assert_array_equal(table[f"collapsed.{group}"], count("collapse", group) > 0)
        agreed = table[f"agreed.{group}"].to_numpy()
        assert 0.05 < agreed.mean() < 0.95
        for column in (
            f"week.{group}",
            f"nash_gap.{group}",
            f"pareto_gap.{group}",
            f"text_utility.{group}.Ann",
            f"text_utility.{group}.Ben",
        ):
            np.testing.assert_array_equal(table[column].notna(), agreed, err_msg=column)
        assert table[f"nash_gap.{group}"].min() >= 0
        assert table[f"pareto_gap.{group}"].min() >= 0
    np.testing.assert_array_equal(table["settled_week"].notna(), table["settled"])
    assert (table["settled"] | ~table["lasting"]).all()
    weeks = table[["week.one", "week.two"]].max(axis=1)
    assert (table["settled_week"][table["settled"]] >= weeks[table["settled"]]).all()


def test_a_process_is_worth_what_its_chapters_are() -> None:
    _, table = rough()
    for party in ("Ann", "Ben"):
        parts = [table[f"utility.{group}.{party}"] for group in GROUPS]
        np.testing.assert_allclose(table[f"utility.{party}"], sum(parts) / 2)
    np.testing.assert_allclose(table["joint_utility"], table["utility.Ann"] + table["utility.Ben"])


def test_fairness_is_the_smaller_gain_over_the_larger() -> None:
    _, table = rough()
    gains = np.stack(
        [table[f"utility.{party}"] - table[f"drawn.parties.{party}.reservation"] for party in ("Ann", "Ben")]
    )
    small, large = np.maximum(gains.min(axis=0), 0), gains.max(axis=0)
    nothing = large < 1e-9
    np.testing.assert_array_equal(table["fairness"].isna(), nothing)
    np.testing.assert_allclose(table["fairness"][~nothing], (small / np.where(nothing, 1, large))[~nothing])
    assert table["fairness"].min() >= 0
    assert table["fairness"].max() <= 1


def test_stakes_weigh_the_chapters() -> None:
    changes = {
        "working_groups.one.stakes": {"Ann": 3, "Ben": 1},
        "working_groups.two.meets_every": 100,
        "parties.Ann.reservation": 0.3,
    }
    table = results(quiet(changes, groups=GROUPS))
    assert table["utility.Ann"][0] == pytest.approx(0.75 * table["utility.one.Ann"][0] + 0.25 * 0.3)
    assert table["utility.Ben"][0] == pytest.approx(0.5 * table["utility.one.Ben"][0] + 0.5 * 0.2)


@pytest.mark.parametrize("hold_weeks", [0, 1, 30])
def test_lasting_is_settled_and_held(hold_weeks: int) -> None:
    """Signed in the last week of the talks and never broken, it lasts."""
    table = results(quiet({"clock.hold_weeks": hold_weeks}, weeks=8))
    assert table[["settled", "settled_week", "lasting"]].to_numpy().tolist() == [[True, 7, True]]


def test_a_settlement_that_breaks_too_soon_does_not_last() -> None:
    changes = {"agreements": {"hazard": 0.03, "slack": 0, "implementation": 0} | ALONE, "clock.hold_weeks": 20}
    model = play(quiet(changes, weeks=8), 100)
    table, events = outcomes_of(model), model.history.events()
    broke = events[events["kind"] == "collapse"].groupby("replication")["week"].min().reindex(range(100))
    assert 20 < broke.notna().sum() < 80
    np.testing.assert_array_equal(table["lasting"], ~(broke < 7 + 20))


def test_what_is_drawn_keeps_within_the_range_of_its_key() -> None:
    changes = {"both.doubt": {"mean": 0.05, "sd": 0.3}, "both.reservation": {"mean": 0.9, "sd": 0.2}}
    drawn = results(quiet(changes | FOREVER, weeks=2), 200).filter(like="drawn.")
    assert drawn.shape[1] == 4
    assert drawn.min(axis=None) >= 0
    assert drawn.max(axis=None) <= 1


# ---- the weekly table ------------------------------------------------------------------------------------------------


def test_the_weekly_table_counts_what_is_so_each_week() -> None:
    model = begin(quiet(ROUGH, issues=TRADES, groups=GROUPS, weeks=25), 100)
    rows: dict[tuple[int, str, str, str], float] = {}
    for week in weeks_of(model):
        for name, group in model.groups.items():
            rows |= {
                (week, "frozen", name, ""): group.frozen.mean(),
                (week, "standing", name, ""): group.in_force.mean(),
            }
        for name, party in model.parties_by_name.items():
            rows[week, "trust", "", name] = party.trust_in(party.others).mean()
        rows[week, "settled", "", ""] = model.agreements.settled.mean()
        rows[week, "effort", "", "Med"] = model.mediators_by_name["Med"].effort.mean()
    table = model.history.tally.table().set_index(["week", "measure", "group", "party"])
    for key, mean in rows.items():
        assert table.loc[key, "mean"] == pytest.approx(mean, abs=1e-11), key
    trust = table.xs("trust", level="measure")
    quantiles = trust[["q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975"]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()
