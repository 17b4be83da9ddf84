"""No docstring, comment or scenario points to a text that is not in the repository."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from .reading import HOME, TEXTS

SOURCES = sorted(path for folder in ("sim", "tests") for path in (HOME / folder).rglob("*.py"))
SCENARIOS = sorted((HOME / "scenarios").rglob("*.yaml"))
FILES = [path.relative_to(HOME) for end in ("*.py", "*.md") for path in HOME.rglob(end) if ".venv" not in path.parts]
NAMED = re.compile(r"(?<![\w/.*-])[\w/-]+\.(?:py|md)\b")
MADE_UP = {"mine.py", "mine.md", "text.md", "README.md"}  # in examples; and the one that every folder may have


def prose(path: Path) -> Iterator[str]:
    """Docstrings, other texts and comments of a module."""
    code = io.StringIO(path.read_text(encoding="utf-8"))
    if not NAMED.search(code.getvalue()):
        return
    for token in tokenize.generate_tokens(code.readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""')):
            yield token.string


def missing(written: str) -> list[str]:
    """The modules and texts that something names and that are not here."""
    named = set(NAMED.findall(written)) - MADE_UP
    return sorted(name for name in named if not any(path.match(name) for path in FILES))


def test_every_file_that_code_names_is_here() -> None:
    found = {path.relative_to(HOME).as_posix(): missing(" ".join(prose(path))) for path in SOURCES}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("path", [*TEXTS, *SCENARIOS, HOME / "CHANGES.md"], ids=lambda path: path.name)
def test_every_file_that_a_text_names_is_here(path: Path) -> None:
    assert missing(path.read_text(encoding="utf-8")) == []


def test_nothing_speaks_of_plans_that_are_not_here() -> None:
    absent = re.compile(r"\bthe contract\b|contract, \"|seed article|prototype|research notes")
    written = {path: path.read_text(encoding="utf-8") for path in (*TEXTS, *SCENARIOS, *(HOME / "sim").rglob("*.py"))}
    assert {path.name: absent.findall(said) for path, said in written.items() if absent.search(said)} == {}


def test_what_is_not_here_is_found() -> None:
    assert missing("as `theory.md` (A.11) and sim/model.py say") == ["theory.md"]
