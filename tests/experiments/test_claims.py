"""What models draw for a claim, and which of its numbers can be told."""

from __future__ import annotations

from pathlib import Path

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
