"""The texts of the repository, and how tests read them: blocks, tables, sections."""

from __future__ import annotations

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
TEXTS = (HOME / "README.md", HOME / "scenarios" / "README.md", *sorted((HOME / "sim").glob("*.md")))


def text(path: str) -> str:
    """A text of the repository, by its path."""
    return (HOME / path).read_text(encoding="utf-8")


def blocks(of: str, kind: str) -> list[str]:
    """What stands in the fenced blocks of a kind (`python`, `console`; empty for those without one)."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", of, re.DOTALL | re.MULTILINE)
    return [block for name, block in fenced if name == kind]


def section(of: str, head: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(head)}\n(.*?)(?=^#+ |\Z)", of, re.DOTALL | re.MULTILINE)
    assert found, f"no heading {head!r}"
    return found[1]


def rows(of: str) -> list[list[str]]:
    """The cells of all tables in a text, heads and rules left out."""
    lines = [line for line in of.splitlines() if line.startswith("|")]
    heads = [number - 1 for number, line in enumerate(lines) if set(line) <= set("|-: ")]
    skipped = {*heads, *(number + 1 for number in heads)}
    kept = [line for number, line in enumerate(lines) if number not in skipped]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def head_of(cell: str) -> list[str]:
    """The names in backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
