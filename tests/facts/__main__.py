"""Run the facts, print their table, and write their verdicts into `scenarios/README.md`.

python -m tests.facts            all
python -m tests.facts E7 E15     only these, and nothing is written
"""

from __future__ import annotations

import sys

from tests.facts.readme import by_chance, write
from tests.facts.registry import FACTS

if __name__ == "__main__":
    named = sys.argv[1:]
    for fact in FACTS:
        if not named or fact.row in named:
            print(fact.table(), flush=True)
    if not named:
        print(by_chance(FACTS))
        write(FACTS)
