"""Text is read and written as UTF-8 whatever the code page of the machine: nothing leaves the code to chance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
FILES = [path for folder in ("sim", "tests") for path in sorted((HOME / folder).rglob("*.py"))]
TEXT = set("rwxa+t")
OPENS = ("open(", "read_text(", "write_text(")


def careless(tree: ast.AST) -> Iterator[int]:
    """Lines of calls that read or write text in the code of the machine."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not {"encoding", None} & {keyword.arg for keyword in node.keywords}:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            text = {"read_text": not node.args, "write_text": len(node.args) < 2}
            if text.get(name, name in {"open", "fdopen"} and _of_text(node)):
                yield node.lineno


def _of_text(call: ast.Call) -> bool:
    """Whether a file is opened as text. A method `open` without a mode may be anybody's; the built-in one is not."""
    values = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
    modes = [each.value for each in values if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    of_text = any(set(mode) <= TEXT for mode in modes)
    return of_text or (isinstance(call.func, ast.Name) and not any(set(mode) <= {*TEXT, "b"} for mode in modes))


def test_every_text_has_a_code() -> None:
    written = {path: path.read_text(encoding="utf-8") for path in FILES}
    opening = {path: ast.parse(code) for path, code in written.items() if any(name in code for name in OPENS)}
    assert [f"{path}:{line}" for path, tree in opening.items() for line in careless(tree)] == []


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("open('name')", True),
        ("open('name', 'w')", True),
        ("path.open('x')", True),
        ("path.read_text()", True),
        ("path.write_text('')", True),
        ("os.fdopen(3, 'w')", True),
        ("open('name', 'rb')", False),
        ("path.open('wb')", False),
        ("path.read_text(encoding='utf-8')", False),
        ("Image.open(figure)", False),
        ("browser.open('/how')", False),
    ],
)
def test_the_careless_are_found(code: str, wrong: bool) -> None:
    assert bool(list(careless(ast.parse(code)))) == wrong
