"""`sim/MODEL.md` says what the code does: its equations stand in docstrings, its constants in the code."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache

import pytest

from sim.agents import delegation, meetings, party, reflection
from sim.process import agreements

from .reading import HOME, blocks, head_of, rows, section, text

MODEL = text("sim/MODEL.md")
EQUATIONS = [line for block in blocks(MODEL, "") for line in block.splitlines()]
CONSTANTS = rows(section(MODEL, "Parameters"))


@cache
def docstrings() -> str:
    """All docstrings of the model, in one line."""
    found = []
    for folder in ("agents", "bargaining", "process", "scenario"):
        for path in sorted((HOME / "sim" / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
            found += [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented)]
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("equation", EQUATIONS)
def test_each_equation_stands_in_a_docstring(equation: str) -> None:
    assert " ".join(equation.split()) in docstrings()


def test_there_are_equations() -> None:
    assert len(EQUATIONS) >= 16


@pytest.mark.parametrize("row", CONSTANTS, ids=lambda row: row[0])
def test_each_constant_is_that_of_the_code(row: list[str]) -> None:
    module, _, name = head_of(row[0])[0].rpartition(".")
    assert getattr(importlib.import_module(module), name) == float(row[1])


def test_the_week_is_in_the_order_of_the_model() -> None:
    """One numbered line for each thing that a week does, but for turning the page and counting the week."""
    tree = ast.parse((HOME / "sim" / "model.py").read_text(encoding="utf-8"))
    step = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "step")
    calls = [ast.unparse(node.value) for node in step.body if isinstance(node, ast.Expr | ast.Assign)][1:]
    assert [call.removeprefix("self.") for call in calls] == [
        "turn_the_page()",
        "calendar.tell()",
        "incidents.strike()",
        "mediators.do('work')",
        "add_up_efforts()",
        "freezes.turn()",
        "calendar.tell_the_rest()",
        "hold_rounds(self.meetings)",
        "hold_rounds(self.leaders)",
        "reflect(self.feelings, self.tables, self)",
        "agreements.hold()",
        "history.write(self.mediators)",
        "week < self.horizon",
    ], "the week has changed: say so in sim/MODEL.md, too"


def test_the_week_of_a_party_names_functions_that_there_are() -> None:
    """In the order of a week: of the party itself, or of a class that the sentence names."""
    there = vars(party.Party).copy()
    for module in (delegation, meetings, reflection, agreements, importlib.import_module("sim.model")):
        there |= vars(module)
    named = re.findall(r"`([\w.]+)`", (party.__doc__ or "").partition("Shapes:")[0])
    assert len(named) > 15
    for name in named:
        first, _, rest = name.partition(".")
        assert not rest or hasattr(there[first], rest), name
        assert first in there, name
