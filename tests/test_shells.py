"""Every command that a person is told to type works in bash, zsh, PowerShell 5.1 and cmd."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import verbs

from .shells import misread

HOME = Path(__file__).parents[1]
TEXTS = [HOME / "README.md", *sorted((HOME / "scenarios").rglob("*.md")), *sorted((HOME / "sim").glob("*.md"))]
UNIX = ("make ", "eval ")
SOURCES = sorted((HOME / "sim").rglob("*.py"))


def typed(text: str) -> Iterator[str]:
    """The lines of the blocks that hold commands, and commands and options within sentences."""
    for block in re.findall(r"```(?:console|sh|bat)\n(.*?)```", text, re.DOTALL):
        yield from (line.removeprefix("$ ") for line in block.splitlines() if line.strip())
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from re.findall(r"`((?:sim|pip|dask) [^`]*)`", prose)
    yield from (f"sim {options}" for options in re.findall(r"`(--[^`]*)`", prose))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(HOME).as_posix())
def test_what_is_typed_is_understood_by_every_shell(path: Path) -> None:
    lines = [line for line in typed(path.read_text(encoding="utf-8")) if not line.startswith(UNIX)]
    assert {line: misread(line) for line in lines if misread(line)} == {}


@pytest.mark.parametrize("verb", sorted(verbs.commands))
def test_examples_of_the_help_are_understood_by_every_shell(verb: str) -> None:
    examples = (verbs.commands[verb].help or "").partition("Examples:\n")[2]
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert {line: misread(line) for line in lines if misread(line)} == {}


def test_remedies_are_understood_by_every_shell() -> None:
    """What messages say to type: an option with its value, or what to install; a name in braces is filled in."""
    wrong = []
    for path in SOURCES:
        for text in strings(ast.parse(path.read_text(encoding="utf-8"))):
            found = re.findall(r'(?:--(?:set|without|vary)|pip install) ("[^"]*"|\S*[^\s.,:;`)])', text)
            wrong += [f"{path.name}: {word}" for word in found if misread(f"sim {word}")]
    assert wrong == []


def strings(node: ast.AST) -> Iterator[str]:
    """The texts of a module, X standing for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


@pytest.mark.parametrize(
    "line",
    [
        "sim whatif mine.yaml --without freezes[0]",
        "pip install 'sim[web]'",
        "sim sweep mine.yaml --vary linkage=independent,sequence",
        "sim run mine.yaml --set clock={weeks: 3}",
        ".venv/Scripts/sim run baseline",
        "sim list | grep freeze",
        "sim check mine.yaml && sim run mine.yaml",
        "sim serve   # this computer only",
        "sim show mine.yaml > shorter.yaml",
        'sim run mine.yaml --set "name=$HOME"',
        "sim compare baseline lessons/01-freeze/*",
    ],
)
def test_what_some_shell_misreads_is_found(line: str) -> None:
    assert misread(line)
