"""A file becomes a Scenario, or one report of all its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.checks import check, note_empty
from sim.scenario.counterfactual import Counterfactual, named, take_away
from sim.scenario.dump import as_yaml
from sim.scenario.folders import alone, follow, read_merged
from sim.scenario.messages import translate
from sim.scenario.problems import Report
from sim.scenario.schema import Scenario
from sim.scenario.set_paths import apply, change
from sim.scenario.tree import Node, plain, size
from sim.scenario.yaml_reader import MOST_NODES, read_bytes


def load(path: str | Path | Scenario, settings: Sequence[str] = (), without: Sequence[str] = ()) -> Scenario:
    """Read a scenario file, with what it extends, with settings `PATH=VALUE` made, without what paths name.

    A scenario that is at hand counts as the complete file that it is.

    Errors: ScenarioError with all that is wrong.
    """
    return counterfactual(path, without, settings).scenario


def counterfactual(path: str | Path | Scenario, without: Sequence[str], settings: Sequence[str] = ()) -> Counterfactual:
    """Read a scenario file without what these paths name, and say what else had to go with it.

    Errors: ScenarioError with all that is wrong.
    """
    report = Report()
    return _judge(_read(path, report), settings, without, report)


def load_tree(path: str | Path | Scenario, settings: Sequence[str] = ()) -> Node:
    """A scenario as it was read, with settings made, before anybody asks whether it is good; for `of_tree`.

    Errors: ScenarioError, where it cannot be read or a setting not be made.
    """
    report = Report()
    root = _read(path, report)
    tree = root if root is None else apply(settings, root, report)
    report.close()
    assert tree is not None
    return tree


def of_tree(tree: Node, settings: Sequence[str] = ()) -> Scenario:
    """The scenario that a tree is, with settings `PATH=VALUE` made.

    Errors: ScenarioError with all that is wrong.
    """
    return _judge(tree, settings, (), Report()).scenario


def with_values(tree: Node, values: Mapping[str, Any], good: bool = False) -> Scenario:
    """The same with values put where paths lead to; no text is written or read.

    good: were these values found good before? Then nobody looks for mistakes again.
    Errors: ScenarioError with all that is wrong, without places.
    """
    report = Report()
    for path, value in values.items():
        tree = change(tree, path, value, report)
    if good:
        return Scenario.model_validate(plain(tree))
    return _judge(tree, (), (), report).scenario


def load_text(
    text: str,
    name: str = "scenario.yaml",
    settings: Sequence[str] = (),
    folder: str | Path | None = None,
    without: Sequence[str] = (),
) -> Scenario:
    """Read a scenario from a text that is no file, such as one that comes from a web page.

    name: what messages call it; folder: where the files lie that it may extend (None: it may extend none).
    Errors: ScenarioError with all that is wrong.
    """
    report = Report()
    document = read_bytes(text.encode("utf-8", "surrogatepass"), name)
    if folder is None:
        return _judge(alone(document, report), settings, without, report).scenario
    inside = Path(folder).resolve()
    return _judge(follow(document, inside / "text", report, inside), settings, without, report).scenario


def _read(path: str | Path | Scenario, report: Report) -> Node | None:
    """A file with what it extends; None, and problems noted, where it cannot be read."""
    if isinstance(path, Scenario):
        return alone(read_bytes(as_yaml(path).encode(), path.name), report)
    return read_merged(Path(path), report)


def _judge(root: Node | None, settings: Sequence[str], without: Sequence[str], report: Report) -> Counterfactual:
    """The tree as a scenario. Errors: ScenarioError."""
    if root is None:
        report.close()
        raise AssertionError("a file that cannot be read has a problem")  # pragma: no cover
    taken = named(without, root, report)
    left, along = take_away(taken, apply(settings, root, report))
    root = note_empty(left, report)
    scenario = _validate(root, report)
    check(root, report)
    report.close()
    assert scenario is not None
    _fits(scenario, root, report)
    report.close()
    return Counterfactual(scenario, taken, along)


def _fits(scenario: Scenario, root: Node, report: Report) -> None:
    """Completed, with all defaults, it must still be a file that can be read: results keep it that way."""
    if size(root) < MOST_NODES // 4:
        return  # far from any limit, whatever defaults add
    if read_bytes(as_yaml(scenario).encode(), root.place.source.name).problems:
        rule = "with every default filled in it is a file too, with the same limits"
        report.add(root.place, (), "too-large", f"the scenario is too large ({rule}); shorten it")


def _validate(root: Node, report: Report) -> Scenario | None:
    try:
        return Scenario.model_validate(plain(root))
    except ValidationError as error:
        translate(error, root, report)
        return None
