"""The command, run in this process, on a small scenario in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.__main__ import answer
from sim.figures import registry

SMALL = """\
name: Two wells
clock: {start: 2023-01-02, weeks: 24, hold_weeks: 4}
replications: 40
seed: 7
parties:
  Upstream: {reservation: {mean: 0.3, sd: 0.05}, tactic: {kind: time, beta: 1.5}, expected_rounds: 6}
  Downstream: {reservation: {mean: 0.3, sd: 0.05}, tactic: {kind: time, beta: 1.5}, expected_rounds: 6}
mediators:
  Envoy: {effort: 0.5}
working_groups:
  wells:
    meets_every: 3
    issues:
      depth: {positions: {Upstream: 0.0, Downstream: 1.0}, weights: {Upstream: 3}}
      access: {positions: {Upstream: 1.0, Downstream: 0.0}, labels: {0: open, 1: guarded}}
"""


@dataclass(frozen=True)
class Answered:
    code: int
    out: str
    err: str


Command = Callable[..., Answered]


@pytest.fixture
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports with two figures each: what each figure shows is tested where figures are."""
    for table, kept in ((registry.RUN, {"agreement", "trust"}), (registry.COMPARISON, {"compare", "saved-and-lost"})):
        registry.figures_of(table)
        for name in table.keys() - kept:
            monkeypatch.delitem(table, name)


@pytest.fixture
def sim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sim` as typed in an empty folder that holds only small.yaml."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL, encoding="utf-8")
    capsys.readouterr()

    def run(*args: object) -> Answered:
        code = answer([str(arg) for arg in args])
        printed = capsys.readouterr()
        return Answered(code, printed.out, printed.err)

    return run
