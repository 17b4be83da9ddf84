"""What `sim whatif` says: the but-for answer in sentences, and group by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.tables import Table, as_text
from sim.scenario.counterfactual import SILENT
from sim.scenario.tree import Trail, spell
from sim.words.language import ENGLISH
from sim.words.removed import changed, in_words
from sim.words.verdict import points, told

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.experiments.whatif import ButFor, WhatIf
    from sim.scenario.schema import Scenario


def sentences(found: WhatIf) -> tuple[str, ...]:
    """The answer; what it comes to on balance; what went with what was taken away; what defaults hold instead."""
    return (answer(found), *_balance(found), *_chapters(found), *_along(found), *_defaults(found))


def answer(found: WhatIf) -> str:
    """`Of 436 histories that did not settle, 61 (14 %, 11 to 18) would have settled without X; of 564 that ...`"""
    failed, settled, said = found.failed, found.settled, change(found)
    without = said[:1].lower() + said[1:]
    if not (failed.turned or settled.turned):
        return f"{said}, the same {_all(settled.count, found)} histories settle: it decides none of them."
    if not failed.count:
        return f"No history failed; of {_n(settled)} that settled, {_some(settled)} would have failed {without}."
    histories = "history" if failed.count == 1 else "histories"
    saved = f"Of {_n(failed)} {histories} that did not settle, {_some(failed)} would have settled {without}"
    if not settled.count:
        return f"{saved}; none settled before."
    return f"{saved}; of {_n(settled)} that settled, {_some(settled)} would have failed."


def change(found: WhatIf) -> str:
    return changed(found.comparison.reference.scenario, found.imagined.taken, found.settings)


def _balance(found: WhatIf) -> Iterator[str]:
    whole = found.comparison.transitions
    row = whole[whole["group"] == ""].iloc[0]
    if row["low"] == row["high"]:  # with and without are one scenario
        return
    net, replications = found.failed.turned - found.settled.turned, found.comparison.reference.replications
    said = points(*(float(row[key]) for key in ("difference", "low", "high")))
    if not told(row["low"], row["high"]):
        yield f"On balance {said}."
        return
    settle = "settles" if abs(net) == 1 else "settle"
    yield f"On balance {abs(net):,} {'more' if net > 0 else 'fewer'} of {replications:,} {settle}: {said}."


def _chapters(found: WhatIf) -> Iterator[str]:
    """What became of chapters that only one of the two scenarios has."""
    before, after = (run.scenario.working_groups for run in (found.comparison.reference, found.comparison.others[0]))
    gone = [words.short(name) for name in before if name not in after]
    if gone:
        yield f"Without it, settled means that every chapter is in force that is left, all but {words.both(gone)}."


def _along(found: WhatIf) -> Iterator[str]:
    """What went with it, since it named it."""
    scenario, along = found.comparison.reference.scenario, found.imagined.along
    if along:
        told = [_with_path(in_words(scenario, trail), spell(trail)) for trail in along]
        yield f"What names it goes with it: {'; '.join(told)}."


def _with_path(name: str, path: str) -> str:
    return path if name == path else f"{path}, {name}"


def _defaults(found: WhatIf) -> Iterator[str]:
    """A key that is not written has its default: that is then what holds, and not nothing."""
    for trail in found.imagined.taken:
        value = _standing(found.comparison.others[0].scenario, trail)
        if value not in (None, "", [], {}, 0):
            shown = f": {value:g}" if isinstance(value, int | float) else ""
            yield f"Without {spell(trail)} its default holds{shown}."


def _standing(scenario: Scenario, trail: Trail) -> Any:
    """What a scenario has under a path of keys; None where it has nothing, or where the path ends in a list."""
    value: Any = scenario
    if isinstance(trail[-1], int) or spell(trail) in SILENT:
        return None
    for step in trail:
        if isinstance(step, int):
            return None
        value = value.get(step) if isinstance(value, dict) else getattr(value, step, None)
    return value


# ---- for a terminal --------------------------------------------------------------------------------------------------


def groups(found: WhatIf) -> str:
    """For each working group, how many agree only without it and how many only with it."""
    head = ("working group", "agreed", "saved, of those not agreed", "lost, of those agreed", "net")
    rows = []
    for name, (failed, settled) in found.groups.items():
        saved, lost = (f"{each.turned:,} of {each.count:,}" for each in (failed, settled))
        net = ENGLISH.signed(failed.turned - settled.turned)
        rows.append((words.short(name), words.thousands(settled.count), saved, lost, net))
    return as_text("", Table("", head, rows))


def _n(turned: ButFor) -> str:
    return f"{turned.count:,}"


def _some(turned: ButFor) -> str:
    """`61 (14 %, 11 to 18)`"""
    if turned.share is None or turned.low is None or turned.high is None or not turned.turned:
        return "none"
    low, high = f"{100 * turned.low:.0f}", f"{100 * turned.high:.0f}"
    return f"{turned.turned:,} ({words.percent(turned.share)}, {low} to {high})"


def _all(count: int, found: WhatIf) -> str:
    return f"{count:,} of {found.comparison.reference.replications:,}"


# ---- as `--json` prints it -------------------------------------------------------------------------------------------


def as_json(found: WhatIf) -> dict[str, Any]:
    """The answer as one object, but for the folder of the results."""
    reference, history = found.comparison.reference, found.history
    return {
        "scenario": reference.scenario.name,
        "without": [spell(trail) for trail in found.imagined.taken],
        "along": [spell(trail) for trail in found.imagined.along],
        "set": list(found.settings),
        "replications": reference.replications,
        "seed": reference.seed,
        "failed": _share(found.failed, "saved"),
        "settled": _share(found.settled, "lost"),
        "groups": {
            name: {"not_agreed": _share(failed, "saved"), "agreed": _share(settled, "lost")}
            for name, (failed, settled) in found.groups.items()
        },
        "sentences": list(found.sentences),
        "history": {
            "replication": history.replication,
            "why": history.why,
            "with": _ended(history.factual, history.replication),
            "without": _ended(history.counterfactual, history.replication),
            "parted": None if history.parted_on is None else history.parted_on.isoformat(),
        },
    }


def _share(turned: ButFor, word: str) -> dict[str, Any]:
    return {"count": turned.count, word: turned.turned, "share": turned.share, "low": turned.low, "high": turned.high}


def _ended(results: Results, replication: int) -> dict[str, Any]:
    """How a history ended: `settled`, `settled_week`, and for each group `agreed`."""
    row = results.outcomes[results.outcomes["replication"] == replication].iloc[0]
    agreed = {name: bool(row[f"agreed.{name}"]) for name in results.scenario.working_groups}
    return {"settled": bool(row["settled"]), "settled_week": row["settled_week"], "agreed": agreed}
