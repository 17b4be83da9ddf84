"""What can be kept of many plausible models: a comparison, and what each model says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim import store
from sim.arrays import total
from sim.experiments.cost import Cost, estimate
from sim.experiments.models_work import ModelDesign, gather, models_of
from sim.experiments.results_cache import Progress, Record
from sim.experiments.sweep_work import Crew
from sim.experiments.works import COMPARED, ComparisonWork, plan_comparison, run_folder
from sim.terminal import unheard

if TYPE_CHECKING:
    from sim.experiments.compare import Comparison
    from sim.measure_columns import Own
    from sim.scenario import Scenario

MODELS, CONSTANTS = "models.parquet", "constants.parquet"


@dataclass(frozen=True)
class ModelsWork(ComparisonWork):
    """A comparison in many models.

    Finished pieces lie in a hidden folder beside its place, `.<run id>.chunks`, until all of it is written: whoever is
    stopped, however that happens, goes on from there with the same command.
    """

    design: ModelDesign
    crew: Crew

    @property
    def hidden(self) -> Path:
        """Where finished pieces lie."""
        return self.folder.parent / f".{self.folder.name}.chunks"

    def cost(self) -> Cost:
        """That of the runs, and of all models, none of which is told."""
        rows = len(self.design.values) * self.design.scenarios[0].replications
        cost: Cost = super().cost() + total(estimate(scenario, rows, told=0) for scenario in self.design.scenarios)
        return cost

    def load(self, record: Record) -> Comparison:
        """The comparison of the runs, with what the models said."""
        import pandas as pd

        from sim.experiments.compare import beside_models
        from sim.experiments.models import Models, ranges_of

        tables = (pd.read_parquet(self.folder / name) for name in (CONSTANTS, MODELS))
        constants, differences = tables
        found = Models(constants, ranges_of(self.design), differences)
        return beside_models(super().make(unheard, force=False), found)

    def make(self, tell: Progress, force: bool) -> Comparison:
        """Find the runs or make them, and simulate the pieces that are missing."""
        from sim.experiments.compare import beside_models, part
        from sim.experiments.models import models_as_found

        comparison = super().make(part(tell, 0, 2), force)
        differences = gather(self.design, self.crew, part(tell, 1, 2), self.hidden)
        return beside_models(comparison, models_as_found(self.design, self.names, differences))

    def fill(self, result: Comparison, folder: Path, seconds: float) -> Record:
        """Write the tables of what differs, in the files as they are and in each model."""
        assert result.models is not None
        for name, table in result.models.tables.items():
            store.write_table(folder / f"{name}.parquet", table)
        return super().fill(result, folder, seconds)

    def tidy(self, done: bool) -> None:
        """Remove the pieces."""
        if done:
            from sim.experiments.chunk_files import Chunks

            Chunks(self.hidden).remove()


def plan_models(
    scenarios: Sequence[Scenario], out: Path, stems: Sequence[str], models: int, crew: Crew, own: Own | None = None
) -> ModelsWork:
    """A comparison in so many models and its runs, in their folders; all get the reference's seed and replications.

    own: measures of one's own, which the models have besides.
    """
    plain = plan_comparison(scenarios, out, stems, crew.jobs)
    alike = {"seed": scenarios[0].seed, "replications": scenarios[0].replications}
    design = models_of([scenario.model_copy(update=alike) for scenario in scenarios], models, own)
    ranges = [f"{constant.path} {constant.low} {constant.high}" for constant in design.drawn]
    folder = run_folder(out, "compare", plain.folder.name, str(models), *ranges, *(own or {}))
    return ModelsWork(folder, (*COMPARED, MODELS, CONSTANTS), plain.name, plain.runs, plain.names, design, crew)
