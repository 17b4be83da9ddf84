"""The distribution is named in one place of the code, and what messages say to install is there to be installed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from sim.installed import DISTRIBUTION, adding

HOME = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCES = {path.relative_to(HOME).as_posix(): path.read_text(encoding="utf-8") for path in (HOME / "sim").rglob("*.py")}
README = (HOME / "README.md").read_text(encoding="utf-8")


def test_the_name_stands_in_one_place() -> None:
    assert PROJECT["name"] == DISTRIBUTION
    assert [path for path, text in SOURCES.items() if DISTRIBUTION in text] == ["sim/installed.py"]
    assert not [path for path, text in SOURCES.items() if 'version("sim")' in text or "sim[" in text]


def test_every_extra_that_is_named_exists() -> None:
    extras = set(PROJECT["optional-dependencies"])
    named = {extra for text in SOURCES.values() for extra in re.findall(r"adding\(['\"](\w+)", text)}
    assert {"analysis", "cluster", "web"} <= named <= extras
    said = re.findall(r"pip install \"([\w-]+)\[(\w+)\]", README)
    assert {name for name, _ in said} == {DISTRIBUTION}
    assert {extra for _, extra in said} <= extras
    assert adding("web") in README


def test_every_requirement_has_a_lower_bound_that_ci_tries() -> None:
    """`.ci/wheel lowest` installs them."""
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(each for extra in extras if extra != "dev" for each in extras[extra])]
    unbounded = [each for each in asked if not any(part.operator == ">=" for part in Requirement(each).specifier)]
    assert unbounded == []
    lowest = (HOME / ".ci" / "wheel").read_text(encoding="utf-8")
    assert all(f"--extra {extra}" in lowest for extra in extras if extra != "dev")
