"""A but-for question that is kept: its two runs in their own folders, the answer in `whatif/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments import kept_comparison, results_cache, sealed

if TYPE_CHECKING:
    from sim.experiments.whatif import WhatIf
    from sim.scenario import Counterfactual, Scenario
    from sim.stories.twice import Shown

FOLDER = "whatif"

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """A question to keep: the comparison that answers it, what is imagined, and the history to tell (None: by rule)."""

    comparison: kept_comparison.Plan
    imagined: Counterfactual
    settings: tuple[str, ...]
    replication: int | None

    @property
    def folders(self) -> list[Path]:
        """Every folder that it writes."""
        return [self.comparison.folder, *(run.folder for run in self.comparison.runs)]

    @property
    def found(self) -> bool:
        """Does the answer lie there whole?"""
        kept = self.comparison
        return sealed.opened(kept.folder, kept_comparison.FILES, kept.drawn) is not None


def plan_whatif(
    scenario: Scenario,
    imagined: Counterfactual,
    settings: Sequence[str],
    replication: int | None,
    out: Path,
    stem: str,
    drawn: tuple[str, ...],
) -> Plan:
    """Where a question belongs, by what it asks."""
    plan = kept_comparison.plan_comparison([scenario, imagined.scenario], out, [stem, stem], drawn)
    asked = [repr(imagined.taken), repr(imagined.along), *settings, str(replication)]
    folder = out / FOLDER / store.digest(plan.folder.name, *asked)
    return Plan(replace(plan, folder=folder), imagined, tuple(settings), replication)


def complete(plan: Plan, jobs: int, on_progress: Progress) -> WhatIf:
    """Answer the question from runs that are found or computed, and keep the answer if it is not there.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    found = _answer(plan, results_cache.complete, jobs, on_progress)
    with store.claim(plan.comparison.folder):
        if not plan.found:
            _write(plan, found)
    return found


def compute(plan: Plan, jobs: int, on_progress: Progress) -> WhatIf:
    """Answer the question from new runs, whatever is there.

    Errors: Busy, CannotWrite, WorkerDied.
    """
    found = _answer(plan, results_cache.compute, jobs, on_progress)
    with store.claim(plan.comparison.folder):
        _write(plan, found)
    return found


def summary(plan: Plan, found: WhatIf) -> dict[str, Any]:
    """The object that `--json` prints."""
    from sim.answers.whatif_answer import as_json

    return store.plain_values({**as_json(found), "results": plan.comparison.folder.as_posix()})  # type: ignore[no-any-return]


def _answer(plan: Plan, carry_out: kept_comparison.CarryOut, jobs: int, on_progress: Progress) -> WhatIf:
    from sim.experiments.compare import beside, part
    from sim.experiments.whatif import answer

    plans = plan.comparison.runs
    runs = [
        kept_comparison.results_of(run, carry_out, jobs, part(on_progress, number, len(plans)))
        for number, run in enumerate(plans)
    ]
    on_progress(1.0)
    return answer(beside(runs, plan.comparison.names), plan.imagined, plan.settings, plan.replication)


def _write(plan: Plan, found: WhatIf) -> None:
    """Write the comparison, with the but-for answer in the place of its own, and the history that was chosen here."""
    said = replace(found.comparison, sentences=found.sentences)
    store.write_whole(
        plan.comparison.folder, partial(kept_comparison.fill, plan.comparison, said, summary(plan, found))
    )
    kept_comparison.draw(plan.comparison, said, _shown(found))


def _shown(found: WhatIf) -> Shown | None:
    """The history as the report tells it, if both runs tell it."""
    from sim.stories.twice import Shown

    history, comparison = found.history, found.comparison
    if history.factual is not comparison.reference or history.counterfactual is not comparison.others[0]:
        return None
    return Shown(history.replication, 0, history.why)
