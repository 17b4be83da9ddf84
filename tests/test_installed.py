"""The distribution is named in one place of the code, and what messages say to install is there to be installed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sim.installed import DISTRIBUTION

HOME = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCES = {path.relative_to(HOME).as_posix(): path.read_text(encoding="utf-8") for path in (HOME / "sim").rglob("*.py")}
README, GUIDE = ((HOME / name).read_text(encoding="utf-8") for name in ("README.md", "sim/GUIDE.md"))


def test_the_name_stands_in_one_place() -> None:
    assert PROJECT["name"] == DISTRIBUTION
    assert [path for path, text in SOURCES.items() if DISTRIBUTION in text] == ["sim/installed.py"]
    assert not [path for path, text in SOURCES.items() if 'version("sim")' in text or "sim[" in text]


def test_every_extra_that_is_named_exists() -> None:
    extras = set(PROJECT["optional-dependencies"])
    named = {extra for text in SOURCES.values() for extra in re.findall(r"adding\(['\"](\w+)", text)}
    assert {"analysis", "cluster", "web"} <= named <= extras
    said = re.findall(r"pip install \"([\w-]+)\[(\w+)\]", README + GUIDE)
    assert {name for name, _ in said} == {DISTRIBUTION}
    assert {extra for _, extra in said} == extras - {"dev"}
    first = '-e ".[web,analysis]"'
    assert first in README, "on Windows"
    assert f"$(PIP) {first}" in (HOME / "Makefile").read_text(encoding="utf-8"), "elsewhere: `make run`"


def test_every_requirement_has_a_lower_bound_that_ci_tries() -> None:
    """`.ci/wheel lowest` installs them."""
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(each for extra in extras if extra != "dev" for each in extras[extra])]
    unbounded = [each for each in asked if not any(part.operator == ">=" for part in Requirement(each).specifier)]
    assert unbounded == []
    lowest = (HOME / ".ci" / "wheel").read_text(encoding="utf-8")
    assert all(f"--extra {extra}" in lowest for extra in extras if extra != "dev")


def loaded(node: ast.AST) -> Iterator[str]:
    """Packages that a module loads as soon as it is read: not those in functions, nor those for types only."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Import):
            yield from (each.name.partition(".")[0] for each in part.names)
        elif isinstance(part, ast.ImportFrom) and not part.level:
            yield str(part.module).partition(".")[0]
        elif not (
            isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            or (isinstance(part, ast.If) and "TYPE_CHECKING" in ast.unparse(part.test))
        ):
            yield from loaded(part)


def installed_with(names: Iterable[str]) -> set[str]:
    """These distributions, and all that they require in turn."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        found.add(name)
        with suppress(PackageNotFoundError):  # for another system
            asked = [Requirement(each) for each in requires(name) or []]
            needed = {each.name for each in asked if not each.marker or each.marker.evaluate({"extra": ""})}
            waiting |= {canonicalize_name(each) for each in needed} - found
    return found


def test_only_the_classroom_page_loads_what_comes_with_an_extra() -> None:
    """Installed without extras, all but the page works; here all extras are installed, and nobody would notice."""
    core = installed_with(Requirement(each).name for each in PROJECT["dependencies"])
    homes = packages_distributions()
    strange = {
        (path, name)
        for path, text in SOURCES.items()
        for name in loaded(ast.parse(text))
        if not path.startswith("sim/web/") and name not in {*sys.stdlib_module_names, "sim"}
        if not core & {canonicalize_name(home) for home in homes.get(name, ())}
    }
    assert strange == set()
