"""The table of facts in `scenarios/README.md`, which is written from the registry."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from scipy.stats import norm

from tests.facts.contrasts import ERRORS, Fact
from tests.texts.reading import HOME, rows, text

PLACE = "scenarios/README.md"
BEGIN = "<!-- The table of facts is generated: python -m tests.facts -->"
END = "<!-- End of the table of facts. -->"


def verdicts() -> dict[str, list[str]]:
    """The cells of each row, by its name: fact, source, what is shown."""
    table = text(PLACE).split(BEGIN)[1].split(END)[0]
    return {row[0]: row[1:] for row in rows(table)}


def by_chance(facts: Sequence[Fact]) -> str:
    """How many comparisons chance alone would be expected to get wrong, where nothing differs."""
    checks, each = sum(len(fact.checks) for fact in facts), 2 * float(norm.sf(ERRORS))
    return (
        f"The column rests on {checks} comparisons, each judged at {ERRORS} standard errors. If nothing differed in "
        f"any of them, chance alone would be expected to make {checks * each:.1f} look as if something did."
    )


def write(facts: Sequence[Fact]) -> None:
    """Write the table anew, with what is found now."""
    lines = ["| row | fact | source | shown |", "|---|---|---|---|"]
    lines += [f"| {fact.row} | {fact.fact} | {fact.source} | {fact.verdict} |" for fact in facts]
    table = "\n".join([BEGIN, "", *lines, "", *textwrap.wrap(by_chance(facts), 120), "", END])
    whole = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table, text(PLACE), flags=re.DOTALL)
    (HOME / PLACE).write_text(whole, encoding="utf-8", newline="\n")
