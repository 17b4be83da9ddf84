"""Rules for the plausible ranges that a file gives itself, under `plausible: {PATH: [low, high]}`."""

from __future__ import annotations

from sim.scenario.numbers import SHAPE_WORDS, Distribution
from sim.scenario.problems import Report
from sim.scenario.raw_file import At, File
from sim.scenario.scalars import shorten
from sim.scenario.schema_lookup import Keys
from sim.scenario.set_paths import trail_of
from sim.scenario.tree import Node, find


def ranges_are_of_numbers(file: File) -> None:
    """Each path names one number of the file, and the ends of its range rise and may stand there."""
    root = file.root.node
    if root is None:
        return
    for at in file["plausible"].below():
        unknown = Report()
        trail = trail_of(at.name, root, at.key, unknown)
        if trail is None:  # a name that may go with what bears it, as `whatif --without` takes it
            file.say(at, "unknown-reference", unknown.problems[0].message, key=True)
        else:
            _of_a_number(file, at, Keys.at(trail, root), find(root, trail))


def _of_a_number(file: File, at: At, keys: Keys, there: Node | None) -> None:
    """What is wrong with a range of what stands there."""
    numbers = [form for form in keys.forms if "minimum" in form]
    names = list(there.entries) if there is not None else []
    if names and not SHAPE_WORDS.issuperset(names):
        rule = "a range is of one number"
        remedy = f"write one for each, such as {at.name}.{names[0]}"
        file.say(at, "misplaced", f"{shorten(at.name)} holds several values ({rule}); {remedy}", key=True)
    elif not any(form["type"] == "number" for form in numbers):
        rule = "a plausible range is of a number that need not be whole"
        remedy = "remove it, and vary this by `sim sweep`"
        file.say(at, "misplaced", f"{shorten(at.name)} is no such number ({rule}); {remedy}", key=True)
    else:
        _ends(file, at, numbers[0]["minimum"], numbers[0]["maximum"])


def _ends(file: File, at: At, least: float, most: float) -> None:
    """What is wrong with the ends of a range, for a number from least to most."""
    ends = [each.number() for each in at.below()]
    low, high = ends if len(ends) == 2 else (None, None)
    if low is None or high is None:
        return  # the schema says so
    if isinstance(low, Distribution) or isinstance(high, Distribution):
        file.say(at, "wrong-type", f"a distribution (a range is [low, high]); write [{least:g}, {most:g}]")
    elif low > high:
        message = f"{low:g} is above {high:g} (a range is [low, high]); write [{high:g}, {low:g}]"
        file.say(at, "out-of-range", message)
    elif low < least or high > most:
        rule = f"{at.name} lies from {least:g} to {most:g}"
        remedy = f"write [{max(low, least):g}, {min(high, most):g}]"
        if max(low, least) > min(high, most):
            remedy = f"write a range within [{least:g}, {most:g}]"
        file.say(at, "out-of-range", f"[{low:g}, {high:g}] leaves its range ({rule}); {remedy}")


PLAUSIBLE_RULES = (ranges_are_of_numbers,)
