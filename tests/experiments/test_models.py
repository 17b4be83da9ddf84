"""A comparison in many plausible models: the laws of what is drawn, and what is made of the answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiments import models_work
from sim.experiments.compare import Comparison, compare
from sim.experiments.models import Models
from sim.experiments.models_work import differences_in, gather, models_of, models_of_pairs
from sim.experiments.sweep_work import Crew
from sim.scenario import Scenario, load, load_text
from sim.scenario.dump import one_line
from sim.scenario.numbers import Distribution, parts_of
from sim.scenario.plausible import constants
from sim.words.models import sentences
from tests.seldom import seldom

from .small import TEXT, wells

FREEZE = "freezes=[{groups: [wells], after: incident, severity: 0.05, weeks: 6}]"
NUMBERS = ["difference", "low", "high"]


@cache
def frozen() -> Scenario:
    return load_text(TEXT, settings=[FREEZE, "name=Frozen wells"])


@cache
def asked() -> Comparison:
    return compare(wells(), frozen(), models=12)


def unheard(share: float) -> None:
    """Nobody listens."""


def found_in(scenarios: list[Scenario], models: int, crew: Crew | None = None, folder: Path | None = None) -> Any:
    return gather(models_of(scenarios, models), crew or Crew(), unheard, folder).sort_values(
        ["model", "scenario"], kind="stable", ignore_index=True
    )


# ---- what is drawn ---------------------------------------------------------------------------------------------------


def test_without_width_every_model_is_the_plain_comparison() -> None:
    ranges = {c.path: [v, v] for c in constants(wells()) for v in [float(np.mean([c.low, c.high]))]}
    pinned = [each.model_copy(update={"plausible": ranges}) for each in (wells(), frozen())]
    found = compare(*pinned, models=3, replications=20)
    assert found.models is not None
    assert found.models.constants.shape == (3, 0)
    plain = compare(wells(), frozen(), replications=20).differences
    for _, table in found.models.differences.groupby("model"):
        assert np.array_equal(table[NUMBERS].to_numpy(float), plain[NUMBERS].to_numpy(float), equal_nan=True)


@pytest.mark.parametrize("pair", ["wells", seldom("baseline")])
def test_a_model_is_the_comparison_of_files_with_its_numbers(pair: str) -> None:
    """Side by side with others it gives what the same files, with these numbers set, give alone."""
    two = [wells(), frozen()] if pair == "wells" else [load("baseline"), load("cooling-off-4")]
    two = [each.model_copy(update={"replications": 12}) for each in two]
    design = models_of(two, 4)
    table = differences_in(design, design.pieces()[0])
    settings = []
    for constant, value in zip(design.drawn, design.values[2], strict=True):
        said: Any = float(value)
        if isinstance(constant.value, Distribution):
            said = {**parts_of(constant.value), "mean": said}
        settings.append(f"{constant.path}={one_line(said)}")
    alone = compare(*(load(each, settings) for each in two)).differences
    here = table[table["model"] == 2]
    for name in NUMBERS:
        assert here[name].to_numpy(float) == pytest.approx(
            alone[name].to_numpy(float), rel=1e-9, abs=1e-12, nan_ok=True
        )


def test_numbers_that_scenarios_vary_are_not_drawn() -> None:
    other = load_text(TEXT, settings=["mediators.Envoy.effort=0.9"])
    found = compare(wells(), other, models=2, replications=4)
    assert found.models is not None
    assert "mediators.Envoy.effort" in {constant.path for constant in constants(wells())}
    assert "mediators.Envoy.effort" not in found.models.constants
    assert "mediators.Envoy.learning" in found.models.constants


def test_all_scenarios_of_a_call_meet_the_same_models() -> None:
    """A scenario says the same beside another one as alone; one that is the reference itself changes nothing."""
    alone, beside = found_in([wells(), frozen()], 6), found_in([wells(), frozen(), wells()], 6)
    numbers = alone[NUMBERS].to_numpy(float)
    assert np.array_equal(beside[beside["scenario"] == 1][NUMBERS].to_numpy(float), numbers, equal_nan=True)
    same = beside[(beside["scenario"] == 2) & (beside["n"] > 0)][NUMBERS].dropna()
    assert (same == 0).all(axis=None)
    assert (alone["difference"] != 0).any()


@pytest.mark.validate
def test_a_pair_says_the_same_whatever_other_pairs_are_asked() -> None:
    """Also where its reference is not the first scenario, and where it has its scenarios in common with others."""
    scenarios, drawn = [wells(), frozen()], constants(wells(), frozen())
    design = models_of_pairs([frozen(), wells(), frozen()], [(0, 1), (1, 2)], drawn, 3, {})
    together = gather(design, Crew(), unheard)
    second = together[together["scenario"] == 2].reset_index(drop=True)
    alone = gather(models_of(scenarios, 3), Crew(), unheard)
    pd.testing.assert_frame_equal(second.drop(columns="scenario"), alone.drop(columns="scenario"), check_exact=True)


def test_each_constant_goes_through_its_whole_range() -> None:
    found = asked().models
    assert found is not None
    for path, (low, high) in found.ranges.items():
        shares = np.sort((found.constants[path] - low) / (high - low))
        assert np.array_equal(np.floor(shares * 12 + 1e-9), np.arange(12)), path


# ---- whoever works ---------------------------------------------------------------------------------------------------


@pytest.mark.validate
def test_neither_pieces_nor_processes_change_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found_in([wells(), frozen()], 6)
    monkeypatch.setattr(models_work, "SMALL", 40)  # two models of 20 histories in each piece
    assert len(models_of([wells(), frozen()], 6).pieces()) == 3
    pd.testing.assert_frame_equal(found_in([wells(), frozen()], 6), whole, check_exact=True)
    pd.testing.assert_frame_equal(found_in([wells(), frozen()], 6, Crew(jobs=2)), whole, check_exact=True)


def test_pieces_are_of_one_size() -> None:
    """Or one worker would simulate most models, and the other wait for it."""
    few = [wells().model_copy(update={"replications": 100}), frozen().model_copy(update={"replications": 100})]
    assert [len(piece.values) for piece in models_of(few, 60).pieces()] == [30, 30]


def test_more_histories_than_a_model_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found_in([wells(), frozen()], 3)
    monkeypatch.setattr(models_work, "rows_at_once", lambda scenario: 21)
    pd.testing.assert_frame_equal(found_in([wells(), frozen()], 3), whole, check_exact=True)


def test_whoever_is_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found_in([wells(), frozen()], 6)
    monkeypatch.setattr(models_work, "SMALL", 40)
    made: list[int] = []

    def stopping(design: Any, piece: Any) -> Any:
        made.append(piece.first)
        if made == [0, 2]:
            raise KeyboardInterrupt
        return differences_in(design, piece)

    monkeypatch.setattr(models_work, "differences_in", stopping)
    with pytest.raises(KeyboardInterrupt):
        found_in([wells(), frozen()], 6, folder=tmp_path)
    pd.testing.assert_frame_equal(found_in([wells(), frozen()], 6, folder=tmp_path), whole, check_exact=True)
    assert made == [0, 2, 2, 4]


def test_a_damaged_piece_is_made_again(tmp_path: Path) -> None:
    whole = found_in([wells(), frozen()], 3, folder=tmp_path)
    (piece,) = tmp_path.iterdir()
    content = bytearray(piece.read_bytes())
    content[len(content) // 2] ^= 1
    piece.write_bytes(content)
    pd.testing.assert_frame_equal(found_in([wells(), frozen()], 3, folder=tmp_path), whole, check_exact=True)


# ---- what is made of it ----------------------------------------------------------------------------------------------


def made_up(measure: str = "settled", models: int = 400) -> Models:
    """Below 0.5 of `a` a scenario gains, above it loses; `b` and the others do nothing."""
    rng = np.random.default_rng(4)
    names = ["a", "b", *(f"c{n}" for n in range(10))]
    drawn = pd.DataFrame(rng.random((models, len(names))), columns=names)
    change = np.where(drawn["a"] < 0.5, 0.1, -0.1) + 0.02 * rng.standard_normal(models)
    table = pd.DataFrame({"scenario": "x", "measure": measure, "model": range(models), "difference": change})
    return Models(drawn, dict.fromkeys(names, (0.0, 1.0)), table.assign(low=change - 0.06, high=change + 0.06))


def test_shares_band_and_what_it_depends_on() -> None:
    answer = made_up().answers["x", "settled"]
    assert answer.helps + answer.hurts + answer.undecided == pytest.approx(1)
    assert answer.helps == pytest.approx(0.5, abs=0.08)
    assert answer.difference["q05"] < -0.08 < 0.08 < answer.difference["q95"]
    assert [row["path"] for row in answer.matter] == ["a"]
    assert made_up().depends_on("x", "settled") == answer.matter
    (first, *_) = answer.depends_on
    assert (first["lowest"], first["highest"]) == pytest.approx((0.1, -0.1), abs=0.02)
    assert answer.box is not None
    (limit,) = answer.box.limits
    assert limit.input == "a"
    assert (limit.above if answer.of == "hurts" else limit.up_to) == pytest.approx(0.5, abs=0.06)
    assert answer.box.density["share"] > 0.9


def test_less_is_better_of_some_measures() -> None:
    """More that break down are models in which the scenario hurts."""
    more, less = made_up().answers["x", "settled"], made_up("collapsed.wells").answers["x", "collapsed.wells"]
    assert (less.helps, less.hurts) == (more.hurts, more.helps)


def test_few_models_rank_nothing() -> None:
    answer = made_up(models=60).answers["x", "settled"]
    assert answer.depends_on == []
    assert answer.box is None
    assert answer.helps > 0


def test_models_without_a_number_are_undecided() -> None:
    found = made_up()
    found.differences.loc[:99, NUMBERS] = np.nan
    answer = found.answers["x", "settled"]
    assert answer.undecided >= 0.25
    assert np.isfinite(answer.difference["median"])


def test_the_summary_has_models_for_each_scenario_and_measure() -> None:
    found = asked()
    assert found.models is not None
    assert found.reference.replications == 200
    for row in found.summary["differences"]:
        said = row["models"]
        assert said["n"] == 12
        assert said["helps"] + said["hurts"] + said["undecided"] == pytest.approx(1)
        assert set(said) == {"n", "helps", "hurts", "undecided", "unmoved", "difference", "depends_on", "chance", "box"}
    assert len(found.sentences) > 1
    assert "of 12 plausible models" in found.sentences[1]
    telling = sum(found.models.answers["Frozen wells", "settled"].summary[way] for way in ("helps", "hurts"))
    assert f"of the {round(12 * telling)} that tell" in found.sentences[1]
    assert {"models", "constants"} <= set(found.tables)
    assert "plausible models" in str(found)
    assert found.plot("models").png.startswith(b"\x89PNG")


def test_sentences_in_both_languages() -> None:
    answer = made_up().answers["x", "settled"]
    for code, word in (("en", "plausible models"), ("ru", "правдоподобных моделей")):
        said = sentences(wells(), "Two wells", answer, 200, code)
        assert len(said) == 4
        assert word in said[0]
        assert not any("{" in sentence for sentence in said)


def test_a_comparison_without_models_has_none() -> None:
    found = compare(wells(), frozen(), replications=4)
    assert found.models is None
    with pytest.raises(ValueError, match="models=500"):
        found.plot("models")


def test_no_models_are_refused() -> None:
    with pytest.raises(ValueError, match="0 models"):
        sim.compare(wells(), frozen(), models=0)
