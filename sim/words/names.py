"""The scenario's own words: names in full, what a settlement means, what a package says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.schema import Issue, Scenario

Settlement = float | str


def short(name: str) -> str:
    """A key of the file as people would write it: blanks for underscores; anything stranger stays as it is."""
    return name.replace("_", " ") if re.fullmatch(r"\w+", name) else name


def file_part(name: str, number: int) -> str:
    """A key as part of a file name: itself where it is plain, else its number and whatever letters can stay.

    Plain are small letters, since some disks take `Two` and `two` for one.
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return plain if plain and name == plain.lower().replace("-", "_") else f"{number}-{plain}".rstrip("-")


def issue(scenario: Scenario, group: str, name: str) -> str:
    """The issue's title, or its key with blanks for underscores."""
    return scenario.working_groups[group].issues[name].title or name.replace("_", " ")


def settlement(asked: Issue, value: Settlement) -> str:
    """What a settlement of an issue means: the option, the label at the nearest point of the scale, or a percentage.

    Between two labels, farther than a tenth of the scale from either, both are named.
    """
    if isinstance(value, str):
        return value
    if not asked.labels:
        return f"{round(100 * value)} on a scale of 0 to 100"
    points = sorted(asked.labels)
    nearest = min(points, key=lambda point: abs(point - value))
    beside = [point for point in points if (point > value) == (nearest < value) and point != nearest]
    if abs(nearest - value) <= 0.1 or not beside:
        return asked.labels[nearest]
    other = min(beside, key=lambda point: abs(point - value))
    return f"between “{asked.labels[nearest]}” and “{asked.labels[other]}”"


def quoted(asked: Issue, value: Settlement) -> str:
    """A settlement inside a sentence: `“joint commission”`, `a point between “A” and “B”`, `35 of 100`."""
    if not isinstance(value, str) and not asked.labels:
        return f"{round(100 * value)} of 100"
    said = settlement(asked, value)
    return f"a point {said}" if said.startswith("between “") else f"“{said}”"


def package(text: str) -> dict[str, Settlement]:
    """The settlements of a package written as JSON; numbers on scales, names of options."""
    return {name: value if isinstance(value, str) else float(value) for name, value in json.loads(text or "{}").items()}
