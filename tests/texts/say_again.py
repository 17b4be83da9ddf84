"""Writes what is found into the texts, in place of the numbers that they state: python -m tests.texts.say_again

Words stay as they are: `sim claims --found` lists those that state a direction which is not found. Shares of models are
written where models are asked for, of as many as the texts count: python -m tests.texts.say_again 60 100. The numbers
of the lessons: python -m tests.scenarios.test_lessons
"""

from __future__ import annotations

import sys

from sim.cli.options import cores
from sim.experiments.claims_work import plan_claims
from sim.scenario.claims_file import read_claims
from sim.words.claims import place_of

from .reading import HOME


def main(models: int = 0, pairs: int = 200) -> None:
    file = read_claims(HOME / "scenarios" / "claims.toml")
    for found in plan_claims(file, HOME / "results", models, pairs, cores()).check(lambda share: None):
        path = file.path.parent / found.claim.file
        before = path.read_text(encoding="utf-8")
        after = place_of(found.claim, before).changed(found.told)
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            print(f"{found.claim.file}: {place_of(found.claim, after).words}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
