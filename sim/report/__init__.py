"""What people look at: figures, the story of one history, report.html, the table for a terminal.

Nothing heavy is imported before something is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.sensitivity import Sensitivity
    from sim.report.material import Comparison, Results
    from sim.report.swept import Sweep
    from sim.report.twice import Shown


def write_report(
    results: Results, folder: Path, frontiers: Mapping[str, Any] | None = None, scenario_text: str = ""
) -> None:
    """Draw every figure of a run into a folder that exists, as PNG, SVG and CSV, and report.html beside them.

    frontiers: by group, as `frontier --json` prints them; scenario_text: the merged scenario as YAML.
    """
    from sim.report.figures import draw_all
    from sim.report.page import report

    figures = draw_all(results, frontiers)
    for figure in figures:
        figure.write(folder)
    (folder / "report.html").write_text(report(results, figures, scenario_text), encoding="utf-8", newline="\n")


def write_comparison(comparison: Comparison, folder: Path, shown: Shown | None = None) -> None:
    """Draw every figure of a comparison into a folder that exists, as PNG, SVG and CSV.

    Beside them the merged scenarios (`0-NAME.yaml` is the reference) and report.html. `shown`: the history that is told
    twice there, by default one chosen by rule.
    """
    from sim.report.comparison import comparison_page
    from sim.report.figures import draw_comparison
    from sim.report.figures.scenarios import numbered, runs
    from sim.scenario import as_yaml

    figures = draw_comparison(comparison)
    for figure in figures:
        figure.write(folder)
    files = [f"{numbered(number, name)}.yaml" for number, name in enumerate(comparison.names)]
    for name, run in zip(files, runs(comparison), strict=True):
        (folder / name).write_text(as_yaml(run.scenario), encoding="utf-8", newline="\n")
    page = comparison_page(comparison, figures, files, shown)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def write_sweep(sweep: Sweep, folder: Path) -> None:
    """Draw every figure of a sweep into a folder that exists, as PNG, SVG and CSV, and report.html beside them."""
    from sim.report.figures import draw_sweep
    from sim.report.sweep_page import sweep_report

    figures = draw_sweep(sweep)
    for figure in figures:
        figure.write(folder)
    (folder / "report.html").write_text(sweep_report(sweep, figures), encoding="utf-8", newline="\n")


def write_sensitivity(found: Sensitivity, folder: Path) -> None:
    """Draw the ranked inputs into a folder that exists, as PNG, SVG and CSV, and report.html beside them."""
    from sim.report.figures.sensitivity import sensitivity
    from sim.report.sweep_page import sensitivity_report

    figure = sensitivity(found)
    figure.write(folder)
    (folder / "report.html").write_text(sensitivity_report(found, [figure]), encoding="utf-8", newline="\n")
