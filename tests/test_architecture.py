"""The house rules that a machine can hold: imports run downward, heavy packages stay in their rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
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


def imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports, wherever in it, for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides where it goes"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def running(path: Path) -> Iterator[str]:
    """Of these, what is imported when the program runs."""
    for node in _running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _running(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SIM).as_posix())
def test_imports_run_downward(path: Path) -> None:
    here = floor(room(path))
    for name in imports(path):
        top, _, rest = name.partition(".")
        target = rest.split(".")[0]
        if top == "sim" and target in ROOMS and target != room(path):
            assert floor(target) < here, f"{path.name} is on floor {here} and imports {name} from floor {floor(target)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SIM).as_posix())
def test_packages_stay_in_their_rooms(path: Path) -> None:
    for name in running(path):
        top = name.split(".")[0]
        assert room(path) in ONLY.get(top, {room(path)}), f"{path.name} imports {top}"


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} <= set().union(*FLOORS)


TABLES = {"pandas", "pyarrow", "scipy", "mesa", "filelock"}
DRAWING = {"matplotlib", "PIL", "jinja2", "scipy.stats", "scipy.optimize"}
RUN = "run baseline -n 2 --no-plots --jobs 1"


def loaded(script: str, folder: Path) -> set[str]:
    """What a process has imported that has done this."""
    told = "print('\\n' + ' '.join(sys.modules))"
    code = f"import sys, sim.__main__\n{script}\n{told}"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_command_loads_nothing_heavy_before_a_verb_needs_it(tmp_path: Path) -> None:
    assert not HEAVY & loaded("", tmp_path)


@pytest.mark.parametrize(
    ("done", "unneeded"),
    [
        (["--help"], HEAVY),
        (["check baseline"], TABLES | DRAWING),
        ([RUN], DRAWING),
        ([RUN, RUN], TABLES | DRAWING),  # what lies there is shown without being opened
    ],
    ids=["help", "check", "run", "twice"],
)
def test_a_verb_loads_nothing_heavy_that_it_does_not_need(done: list[str], unneeded: set[str], tmp_path: Path) -> None:
    for verb in done:
        found = loaded(f"sim.__main__.answer({verb.split()!r})", tmp_path)
    assert "click" in found
    assert not unneeded & found


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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SIM).as_posix())
def test_no_condition_stands_inside_another(path: Path) -> None:
    """`a if b else c if d else e` is read twice: an `if` on a line of its own is read once."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        inside = [part for part in ast.walk(node) if part is not node] if isinstance(node, ast.IfExp) else []
        assert not any(isinstance(part, ast.IfExp) for part in inside), f"{path}:{getattr(node, 'lineno', 0)}"
