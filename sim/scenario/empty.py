"""Keys with nothing after them. `key: null`, or `key:` alone, removes what the file that this one extends says there.

Merging has taken away all that there was to remove. A null that is left removes nothing: a value was forgotten, or the
name is another one. So it is noted, and never read as the default.
"""

from __future__ import annotations

from dataclasses import replace

from sim.scenario.problems import Report
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import BROKEN, Node, Trail

RULE = "an empty value removes what an extended file says, and none says anything here"


def note_empty(root: Node, report: Report) -> Node:
    """The tree with a refused value wherever a key has none."""
    return _note(root, Keys.of_scenario(), (), report) if _holds_null(root) else root


def _holds_null(node: Node) -> bool:
    """Is there a null in the tree? Mostly not, and then the schema's keys need not be worked out."""
    if isinstance(node.value, dict):
        return any(_holds_null(entry.node) for entry in node.value.values())
    return any(map(_holds_null, node.value)) if isinstance(node.value, list) else node.value is None


def _note(node: Node, keys: Keys, trail: Trail, report: Report) -> Node:
    if isinstance(node.value, list):
        items = [_note(item, keys.below(n), (*trail, n), report) for n, item in enumerate(node.value)]
        return replace(node, value=items)
    if not isinstance(node.value, dict):
        return node
    known, noted = keys.names(node), {}
    for text, entry in node.value.items():
        here, below = (*trail, text), keys.below(text, node)
        if entry.node.value is not None:
            value = _note(entry.node, below, here, report)
        elif text in known or keys.open:
            remedy = _remedy(here, node, keys, report)
            report.add(entry.place, here, "no-value", f"nothing stands after it ({RULE}); {remedy}")
            value = Node(BROKEN, entry.node.place)
        else:
            value = entry.node  # the key itself is wrong, and the schema says so
        noted[text] = replace(entry, node=value)
    return replace(node, value=noted)


def _remedy(trail: Trail, holder: Node, keys: Keys, report: Report) -> str:
    """What to write instead: another name, if the extended file has one like it; else a value."""
    text = str(trail[-1])
    below, own = keys.below(text, holder), holder.entries[text].place.source
    theirs = [name for name, entry in holder.entries.items() if entry.place.source != own]
    near = report.instead(text, theirs, otherwise="no") if text not in keys.names(holder) and theirs else ""
    if near.startswith("did you mean"):
        return near
    if all("properties" in form and not form.get("required") for form in below.forms) and "issues" not in trail:
        return "write {} after it for all its defaults" + ("" if keys.open else ", or remove it")
    needed = keys.needs(text) or {"type": "null"} in below.forms or any(isinstance(step, int) for step in trail)
    return "write a value after it" if needed or keys.open else "write a value after it, or remove it for its default"
