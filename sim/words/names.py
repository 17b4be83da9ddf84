"""The scenario's own words: names in full, what a settlement means, what a package says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

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
    if not isinstance(value, str) and not asked.labels:
        return f"{round(100 * value)} on a scale of 0 to 100"
    one, *other = meanings(asked, value)
    return f"between “{one}” and “{other[0]}”" if other else one


def meanings(asked: Issue, value: Settlement) -> list[str]:
    """The option or label that a settlement means; two labels, the nearer one first, where it lies between them."""
    if isinstance(value, str):
        return [value]
    points = sorted(asked.labels)
    nearest = min(points, key=lambda point: abs(point - value))
    beside = [point for point in points if (point > value) == (nearest < value) and point != nearest]
    if abs(nearest - value) <= 0.1 or not beside:
        return [asked.labels[nearest]]
    other = min(beside, key=lambda point: abs(point - value))
    return [asked.labels[nearest], asked.labels[other]]


def package(text: str) -> dict[str, Settlement]:
    """The settlements of a package written as JSON; numbers on scales, names of options."""
    return {name: value if isinstance(value, str) else float(value) for name, value in json.loads(text or "{}").items()}


# ---- Names that are cut to the room they have, and are still told apart: never two rows with one label ---------------


ELLIPSIS = "…"
MARKS = "\N{LEFT-TO-RIGHT MARK}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"  # steer directions, are not seen
Cut = Callable[[str], str]


def told_apart(names: Sequence[str], cut: Cut, say: Callable[[str], str] = str) -> list[str]:
    """Each name, as one says it, as `cut` shortens it; names that would then look alike show where they differ instead.

    `Working group on heavy weapons, zone 1` and `..., zone 2` become `Working gr… zone 1` and `Working gr… zone 2`.
    What still looks alike has its number in the order given before it. The same name has the same label.
    """
    said = {name: say(name) for name in names}
    shown = {name: cut(text) for name, text in said.items()}
    for label, count in Counter(shown.values()).items():
        if count > 1:
            alike = [name for name, each in shown.items() if each == label]
            begin = _where_they_differ([said[name] for name in alike])
            shown |= {name: _middle_left_out(said[name], begin, cut) for name in alike}
    counts = Counter(shown.values())
    for number, (name, label) in enumerate(list(shown.items()), start=1):
        if counts[label] > 1:
            shown[name] = cut(f"{number}. {said[name]}")
    return [shown[name] for name in names]


def _where_they_differ(names: Sequence[str]) -> int:
    """The place of the word before the first that is not in all the names."""
    columns = zip(*names, strict=False)
    alike = next((n for n, letters in enumerate(columns) if len(set(letters)) > 1), min(map(len, names)))
    words = list(re.finditer(r"\S+", names[0][:alike] + "."))
    return words[max(len(words) - 2, 0)].start()


def _middle_left_out(name: str, begin: int, cut: Cut) -> str:
    """As much of the name's beginning as leaves room for all of it from `begin` on."""
    for kept in range(begin - 1, -1, -1):
        short = f"{name[:kept].rstrip()}{ELLIPSIS} {name[begin:]}"
        if not cut(short).rstrip(MARKS).endswith(ELLIPSIS):
            return cut(short)
    return cut(f"{ELLIPSIS} {name[begin:]}" if begin else name)


def in_cells(names: Sequence[str], width: int) -> list[str]:
    """Names for a column of a terminal, so many cells wide, no two alike."""
    return told_apart(names, lambda text: text if cell_len(text) <= width else _chopped(text, width))


def _chopped(text: str, width: int) -> str:
    return (chop_cells(text, width - 1)[0].rstrip() if width > 1 else "") + ELLIPSIS
