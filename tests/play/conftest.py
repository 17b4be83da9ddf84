"""Games in tests stand among few scripted players: a thousand mediators take twenty seconds."""

from __future__ import annotations

import pytest

from sim.play import among


@pytest.fixture(autouse=True)
def few_scripted_players(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(among, "SCRIPTED", 60)
