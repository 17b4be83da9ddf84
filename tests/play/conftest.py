"""Games in tests stand among few scripted players: a thousand mediators take twenty seconds."""

from __future__ import annotations

import pytest

from sim.play import scripted_players, turns


@pytest.fixture(autouse=True)
def few_scripted_players(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted_players, "SCRIPTED", {"mediator": 24, "party": 24})
    monkeypatch.setattr(turns, "FRESH", 40)
