"""What models draw for a claim, and which of its numbers can be told."""

from __future__ import annotations

from pathlib import Path

from sim.experiments.claims_models import groups_of
from sim.experiments.claims_work import plan_claims
from sim.scenario.claims_file import read_claims
from sim.scenario.plausible import constants
from tests.cli.conftest import SMALL

CLAIMS = """\
[[claim]]
file = "text.md"
says = "so it is"
scenario = "small.yaml"
reference = "small.yaml"
set = ["incidents.fading=0.03", "mediators.Envoy={effort: 0.5}"]
change = ["incidents.per_year=0"]
expects = {settled = "more"}
"""


def test_models_do_not_draw_what_a_sentence_supposes(tmp_path: Path) -> None:
    """Neither a number that is set, nor one below a block that is set, nor one that is changed."""
    (tmp_path / "text.md").write_text("And so it is.", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    file = tmp_path / "claims.toml"
    small = (tmp_path / "small.yaml").as_posix()
    file.write_text(CLAIMS.replace("small.yaml", small), encoding="utf-8")
    [question] = plan_claims(read_claims(file), tmp_path).questions
    drawn = {constant.path for constant in constants(*question.pair)}
    assert "incidents.severity" in drawn
    assert not drawn & {"incidents.fading", "incidents.per_year"}
    assert not any(path.startswith("mediators.Envoy") for path in drawn)


COPIES = """\
[[claim]]
file = "text.md"
says = "so it is"
scenario = "small.yaml"
reference = "calm.yaml"
expects = {settled = "more"}

[[claim]]
file = "text.md"
says = "so it is"
scenario = "copy.yaml"
reference = "calm.yaml"
expects = {settled = "more"}

[[claim]]
file = "text.md"
says = "so it is"
scenario = "calm.yaml"
reference = "copy.yaml"
expects = {settled = "fewer"}
"""


def test_a_scenario_is_simulated_once_for_all_sentences_that_are_about_it(tmp_path: Path) -> None:
    """Under whatever name, and on whichever side of a comparison."""
    (tmp_path / "text.md").write_text("And so it is.", encoding="utf-8")
    calm = SMALL.replace("seed: 7", "seed: 7\nincidents: {per_year: 0}")
    text = COPIES
    for name, content in (("small", SMALL), ("copy", SMALL.replace("Two wells", "A copy")), ("calm", calm)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(content, encoding="utf-8")
        text = text.replace(path.name, path.as_posix())
    (tmp_path / "claims.toml").write_text(text, encoding="utf-8")
    questions = plan_claims(read_claims(tmp_path / "claims.toml"), tmp_path).questions
    claims = read_claims(tmp_path / "claims.toml").claims
    [group] = groups_of(questions, claims, 4, 10)
    assert len(group.questions) == 3
    assert len(group.scenarios) == 2
    assert list(group.pairs.values()) == [(0, 1), (0, 1), (1, 0)]
