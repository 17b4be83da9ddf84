"""What people look at: figures, the story of one history, report.html, the table for a terminal.

Nothing heavy is imported before something is drawn.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.answers.results_protocol import Comparison, Results
    from sim.answers.sweep_slices import Sweep
    from sim.experiments.blame import Blame
    from sim.experiments.uncertain import Sensitivity
    from sim.figures.canvas import Figure
    from sim.stories.side_by_side import Shown


PAGE = "report.html"
UNDRAWN, PARTIAL = "undrawn.txt", "report-partial.html"
"""Where one figure fails: what failed and how; the page with all the others, which is then no `report.html`."""


def write_report(
    results: Results, folder: Path, frontiers: Mapping[str, Any] | None = None, scenario_text: str = ""
) -> None:
    """Draw every figure of a run into a folder that exists, as PNG, SVG and CSV, and report.html beside them.

    frontiers: by group, as `frontier --json` prints them; scenario_text: the merged scenario as YAML.
    """
    from sim.figures import registry
    from sim.report.page import report

    shown = registry.Shown.of(results, frontiers)
    _write(folder, "run", shown, lambda figures: report(results, figures, scenario_text))


def write_comparison(comparison: Comparison, folder: Path, shown: Shown | None = None) -> None:
    """Draw every figure of a comparison into a folder that exists, as PNG, SVG and CSV.

    Beside them the merged scenarios (`0-NAME.yaml` is the reference) and report.html. `shown`: the history that is told
    twice there, by default one chosen by rule.
    """
    from sim.figures.registry import numbered, runs
    from sim.report.comparison import comparison_page
    from sim.scenario import as_yaml

    files = [f"{numbered(number, name)}.yaml" for number, name in enumerate(comparison.names)]
    for name, run in zip(files, runs(comparison), strict=True):
        (folder / name).write_text(as_yaml(run.scenario), encoding="utf-8", newline="\n")
    _write(folder, "comparison", comparison, lambda figures: comparison_page(comparison, figures, files, shown))


def write_sweep(sweep: Sweep, folder: Path) -> None:
    """Draw every figure of a sweep into a folder that exists, as PNG, SVG and CSV, and report.html beside them."""
    from sim.report.page import sweep_report

    _write(folder, "sweep", sweep, lambda figures: sweep_report(sweep, figures))


def write_sensitivity(found: Sensitivity, folder: Path) -> None:
    """Draw the ranked inputs into a folder that exists, as PNG, SVG and CSV, and report.html beside them."""
    from sim.report.page import sensitivity_report

    _write(folder, "sensitivity", found, lambda figures: sensitivity_report(found, figures))


def write_blame(found: Blame, folder: Path) -> None:
    """Draw the shares of mechanisms into a folder that exists, as PNG, SVG and CSV, and report.html beside them."""
    from sim.report.page import blame_report

    _write(folder, "blame", found, lambda figures: blame_report(found, figures))


# ---- one that fails takes no other with it ---------------------------------------------------------------------------


def _write(
    folder: Path,
    kind: str,
    shown: Any,
    page: Callable[[list[Figure]], str],
) -> None:
    """Write the figures of a kind of result, as `registry.KINDS` names it, and its page.

    What fails is named in `undrawn.txt`.
    Errors: OSError, where the folder takes no more.
    """
    from sim.report.helper import shared

    drawn: list[Figure] = []
    lost: list[str] = []
    for name, figures in shared(kind, shown):
        with _kept_apart(f"the figure {name}", folder, lost):
            for figure in figures():
                figure.write(folder)
                drawn.append(figure)
    with _kept_apart("the page", folder, lost):
        (folder / (PARTIAL if lost else PAGE)).write_text(page(drawn), encoding="utf-8", newline="\n")
    if lost:
        (folder / UNDRAWN).write_text("\n\n".join(lost), encoding="utf-8", newline="\n")


@contextmanager
def _kept_apart(what: str, folder: Path, lost: list[str]) -> Iterator[None]:
    """Note what cannot be drawn and go on; a disk that takes nothing more is another matter."""
    from sim.store import elsewhere

    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and not elsewhere(error, folder):
            raise
        lost.append(f"{what} ({type(error).__name__}: {error})\n\n{traceback.format_exc()}")


def undrawn(folder: Path) -> str:
    """A sentence on the figures of a folder that could not be drawn, '' where there are none."""
    if not (folder / UNDRAWN).is_file():
        return ""
    lost = [line for line in (folder / UNDRAWN).read_text(encoding="utf-8").splitlines() if line.startswith("the ")]
    return (
        f"not all could be drawn: {'; '.join(lost)}. The tables and all else are in {folder}, and {UNDRAWN} there says "
        "where it failed. Please report it."
    )
