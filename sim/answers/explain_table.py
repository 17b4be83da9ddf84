"""Where failures come from: the answer in a sentence, and the regions, for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.sensitivity_table import phrases
from sim.answers.tables import Table, as_text
from sim.measures import DEFINITIONS, Definition, failures
from sim.words.readings import interval

if TYPE_CHECKING:
    from sim.experiments.explain import Explanation, Limit, Region

NOTE = (
    "Regions are found among the histories with even numbers and counted among those with odd ones. Coverage: the part "
    "of all failures that lies there; density: the part of the histories there that fails (Bryant and Lempert 2010)."
)


# ---- the answer ------------------------------------------------------------------------------------------------------


def answer(found: Explanation) -> str:
    """The region from which most failures come, with its coverage and density; or that there is none."""
    past, present, who = _said(found)
    if not found.enough:
        fewer = min(found.failed, found.judged - found.failed)
        most_failed = found.failed > fewer
        what = "fared otherwise" if most_failed else past
        only = f"Only {fewer:,}" if fewer else "None"
        return f"{only} of {found.judged:,} {who} {what}: too few to tell where they come from."
    if found.region is None:
        return (
            f"Nothing that was drawn explains which {who} {past} ({found.failed:,} of {found.judged:,}): the best "
            "region found holds no more of them than chance alone would put there."
        )
    region = found.region
    return (
        f"Of the {found.checked_failed:,} {who} that {past}, among {found.checked:,} kept for checking, "
        f"{words.percent(region.coverage['share'])} lie where {where(found, region)}; there "
        f"{words.percent(region.density['share'])} {present}, against "
        f"{words.percent(found.checked_failed / found.checked)} overall."
    )


def _said(found: Explanation) -> tuple[str, str, str]:
    """What failed, what fails, and who it was."""
    measure = failures(found.scenario)[found.failures]
    definition, owner = measure.definition, words.short(measure.owner)
    past, present = definition.failed or _plainly(definition)
    who = DEFINITIONS[definition.among].those if definition.among else "histories"
    return past.format(owner), present.format(owner), who.format(owner)


def _plainly(definition: Definition) -> tuple[str, str]:
    """What failing histories did, and do, where the definition has no verb of its own for it."""
    if definition.better > 0:
        return f"did not count as “{definition.label}”", f"do not count as “{definition.label}”"
    return f"counted as “{definition.label}”", f"count as “{definition.label}”"


def where(found: Explanation, region: Region) -> str:
    """The limits of a region in words: `the reservation value of Armenia is above 0.43 and ...`."""
    said = phrases(found.scenario, found.inputs)
    return words.both([f"the {said[limit.input]} {_is(said[limit.input])} {_limit(limit)}" for limit in region.limits])


def _is(phrase: str) -> str:
    """`incidents a year` are, a `reservation value` or a `bias` is."""
    first = phrase.split()[0]
    return "are" if first.endswith("s") and not first.endswith(("as", "ss")) else "is"


def _limit(limit: Limit) -> str:
    if math.isinf(limit.up_to):
        return f"above {limit.above:g}"
    if math.isinf(limit.above):
        return f"at most {limit.up_to:g}"
    return f"between {limit.above:g} and {limit.up_to:g}"


# ---- the table -------------------------------------------------------------------------------------------------------


def explain_table(found: Explanation) -> str:
    """The answer and the regions, as `sim explain` prints them."""
    counted = f"{words.count(found.replications, 'history', 'histories')}, seed {found.seed}"
    if found.region is None:
        return as_text(found.scenario.name, counted, answer(found))
    return as_text(found.scenario.name, counted, answer(found), _regions(found, found.region), note=NOTE)


def _regions(found: Explanation, told: Region) -> Table:
    """The region that is told and the others, with how many of the checked histories lie in each and how many fail."""
    rows = []
    for region in (told, *found.others):
        density, coverage = region.density, words.percent(region.coverage["share"])
        between = interval(density, lambda share: words.percent(share or 0.0))
        counted = words.thousands(region.histories)
        name = where(found, region).removeprefix("the ")
        rows.append((name, counted, words.percent(density["share"]), between, coverage))
    overall = words.percent(found.checked_failed / found.checked)
    rows.append(("anywhere", words.thousands(found.checked), overall, "", "100 %"))
    head = ("where", _said(found)[2].split()[0], "density", "95 % interval", "coverage")
    return Table("", head, rows, folded=True)


def summary(found: Explanation) -> dict[str, Any]:
    """The explanation as `--json` prints it; an end of a region that has no limit is null."""
    keys = ("replications", "seed", "failures", "judged", "failed", "checked", "checked_failed", "p")
    return {
        "scenario": found.scenario.name,
        **{key: getattr(found, key) for key in keys},
        "inputs": list(found.inputs),
        "answer": answer(found),
        "region": None if found.region is None else _region(found.region),
        "others": [_region(region) for region in found.others],
    }


def _region(region: Region) -> dict[str, Any]:
    limits = [{"input": limit.input, "above": limit.above, "up_to": limit.up_to} for limit in region.limits]
    counts = {"histories": region.histories, "failed": region.failed}
    return {"limits": limits, **counts, "coverage": region.coverage, "density": region.density}
