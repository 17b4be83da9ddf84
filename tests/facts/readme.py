"""The table of facts in `scenarios/README.md`, which is written from the registry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.facts.contrasts import Fact
from tests.texts.reading import HOME, rows, text

PLACE = "scenarios/README.md"
BEGIN = "<!-- The table of facts is generated: python -m tests.facts -->"
END = "<!-- End of the table of facts. -->"


def verdicts() -> dict[str, list[str]]:
    """The cells of each row, by its name: fact, source, what is shown."""
    table = text(PLACE).split(BEGIN)[1].split(END)[0]
    return {row[0]: row[1:] for row in rows(table)}


def write(facts: Sequence[Fact]) -> None:
    """Write the table anew, with what is found now."""
    lines = ["| row | fact | source | shown |", "|---|---|---|---|"]
    lines += [f"| {fact.row} | {fact.fact} | {fact.source} | {fact.verdict} |" for fact in facts]
    table = "\n".join([BEGIN, "", *lines, "", END])
    whole = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table, text(PLACE), flags=re.DOTALL)
    (HOME / PLACE).write_text(whole, encoding="utf-8", newline="\n")
