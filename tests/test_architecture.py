"""The house rules that a machine can hold: imports run downward, heavy packages stay in their rooms."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SIM = Path(__file__).parents[1] / "sim"

FLOORS = (
    {"arrays", "installed", "kinds", "mesa_core", "readers", "spreadsheet", "terminal"},
    {"chance", "store"},
    {"bargaining"},
    {"scenario"},
    {"domains", "measures"},
    {"measure_columns"},
    {"agents"},
    {"process"},
    {"tally"},
    {"history"},
    {"model"},
    {"outcomes"},
    {"statistics"},
    {"words"},
    {"experiments"},
    {"answers"},
    {"figures"},
    {"stories"},
    {"report"},
    {"play"},
    {"web"},
    {"cli"},
    {"__main__", "__init__"},
)
"""From the ground up. A room knows itself and the floors below it, not its neighbours."""

ONLY = {
    "mesa": {"mesa_core"},
    "matplotlib": {"figures"},
    "jinja2": {"report", "web"},
    "yaml": {"scenario"},
    "pydantic": {"scenario"},
    "pydantic_core": {"scenario"},
    "multiprocessing": {"experiments"},
    "concurrent": {"experiments"},
    "filelock": {"store"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "sqlalchemy": {"web"},
    "segno": {"web"},
    "psutil": {"experiments"},
    "click": {"cli", "__main__", "terminal"},
    "SALib": {"experiments"},
    "distributed": {"experiments"},
}
HEAVY = {"mesa", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "pydantic", "yaml", "rich", "jinja2", "networkx"}
HEAVY |= {"SALib", "sklearn", "distributed"}

MODULES = sorted(SIM.rglob("*.py"))


def room(path: Path) -> str:
    """The first name below `sim`: a package, or a module that stands alone."""
    return path.relative_to(SIM).parts[0].removesuffix(".py")


ROOMS = {room(module) for module in MODULES}


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports, wherever in it, for types too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides where it goes"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def running(path: Path) -> Iterator[str]:
    """Of these, what is imported when the program runs."""
    for node in _running(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _running(child)


def test_imports_run_downward() -> None:
    upward = []
    for path in MODULES:
        here = floor(room(path))
        for name in imports(path):
            top, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if top == "sim" and target in ROOMS and target != room(path) and floor(target) >= here:
                upward.append(f"{path} is on floor {here} and imports {name} from floor {floor(target)}")
    assert upward == []


def test_packages_stay_in_their_rooms() -> None:
    tops = [(path, name.split(".")[0]) for path in MODULES for name in running(path)]
    assert [(path, top) for path, top in tops if room(path) not in ONLY.get(top, {room(path)})] == []


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} <= set().union(*FLOORS)


def test_the_map_of_the_house_names_every_room() -> None:
    drawn = (ast.get_docstring(parsed(SIM / "__init__.py")) or "").partition("From Python:")[0]
    rooms = set().union(*FLOORS) - {"__main__", "__init__"}
    assert rooms - set(re.findall(r"\w+", drawn)) == set()


TABLES = {"pandas", "pyarrow", "scipy", "mesa", "filelock"}
DRAWING = {"matplotlib", "PIL", "jinja2", "scipy.stats", "scipy.optimize"}
RUN = "run baseline -n 2 --no-plots --jobs 1"


def loaded(script: str, folder: Path) -> set[str]:
    """What a process has imported that has done this."""
    told = "print('\\n' + ' '.join(sys.modules))"
    code = f"import sys, sim.__main__\n{script}\n{told}"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_verb_loads_nothing_heavy_that_it_does_not_need(tmp_path: Path) -> None:
    done = [
        ("--help", HEAVY),
        ("check baseline", TABLES | DRAWING),
        (RUN, DRAWING),
        (RUN, TABLES | DRAWING),  # what lies there is shown without being opened
    ]
    for verb, unneeded in done:
        found = loaded(f"sim.__main__.answer({verb.split()!r})", tmp_path)
        assert "click" in found
        assert not unneeded & found, verb


@pytest.mark.validate
def test_figures_load_no_statistics(tmp_path: Path) -> None:
    found = loaded("from sim.figures import registry\nregistry.opened()\nimport sim.report.page", tmp_path)
    assert "matplotlib" in found
    assert not {"scipy.stats", "scipy.optimize", "matplotlib.pyplot"} & found


def test_no_module_needs_one_that_needs_it() -> None:
    """Circles, types included: a module can be read and understood before those that use it."""
    modules = {_name(path): path for path in MODULES}
    needs = {name: {_home(found, modules) for found in imports(path)} - {name, ""} for name, path in modules.items()}
    TopologicalSorter(needs).prepare()  # CycleError names them


def _name(path: Path) -> str:
    return ".".join(path.relative_to(SIM.parent).with_suffix("").parts).removesuffix(".__init__")


def _home(found: str, modules: Mapping[str, Path]) -> str:
    """The module of a name: `sim.arrays` of `sim.arrays.at`; '' for what is not ours."""
    while found and found not in modules:
        found = found.rpartition(".")[0]
    return found


def test_no_condition_stands_inside_another() -> None:
    """`a if b else c if d else e` is read twice: an `if` on a line of its own is read once."""
    nested = []
    for path in MODULES:
        for outer in ast.walk(parsed(path)):
            if isinstance(outer, ast.IfExp):
                inside = (part for part in ast.walk(outer) if part is not outer)
                nested += [f"{path}:{part.lineno}" for part in inside if isinstance(part, ast.IfExp)]
    assert nested == []
