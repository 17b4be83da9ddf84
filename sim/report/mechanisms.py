"""How the model works in plain words: each mechanism, its source, and where the scenario switches it off.

They stand in `mechanisms.json`, one in a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mechanism:
    """What it does, who described it, the path in a scenario file, and the value at which it does nothing."""

    name: str
    does: str
    source: str
    path: str
    off: str


WRITTEN = Path(__file__).with_suffix(".json")
MECHANISMS = tuple(Mechanism(**each) for each in json.loads(WRITTEN.read_text(encoding="utf-8")))
