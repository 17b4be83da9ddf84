"""What people look at: figures, the story of one history, report.html, the table for a terminal.

Nothing heavy is imported before something is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.material import Results


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
