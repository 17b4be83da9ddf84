"""report.html: one file that needs no network and no script, for screen, phone, projector and paper."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim import words
from sim.answers import blame_table, sensitivity_table, summary, sweep_answer
from sim.answers.results_protocol import Results
from sim.answers.sweep_slices import Sweep
from sim.figures import registry, style
from sim.figures.canvas import Figure
from sim.installed import VERSION
from sim.report.mechanisms import MECHANISMS
from sim.statistics.typical import choose
from sim.stories.story import Story, story

if TYPE_CHECKING:
    from sim.experiments.blame import Blame
    from sim.experiments.uncertain import Sensitivity

LARGEST_SVG = 220_000  # bytes; a larger drawing is embedded as PNG
PRINTED = ("agreement", "outcomes", "compare", "compare-agreement", "heatmap", "sweep-lines", "sensitivity", "blame")
"""Figures of the handout: what a page prints has two sheets, so at most two of a page's figures are among these."""


@dataclass(frozen=True)
class Section:
    """A part of the page: figures, and perhaps the story of the history that they show and why it was chosen."""

    anchor: str
    heading: str
    figures: list[Figure]
    why: str = ""
    story: Story | None = None

    @property
    def html(self) -> Markup:
        """The story's paragraphs; `Story.html` escapes them."""
        return Markup(self.story.html if self.story else "")


def report(results: Results, figures: Sequence[Figure], scenario_text: str = "") -> str:
    """The page.  `scenario_text`: the merged scenario as YAML.  -> HTML"""
    return render(
        "report.html.j2",
        scenario=results.scenario,
        question=summary.question(results),
        answer=summary.answer(results),
        tables=summary.tables(results.scenario, results.summary),
        sections=_sections(results, figures),
        mechanisms=MECHANISMS,
        scenario_text=scenario_text,
        replications=results.replications,
        seed=results.seed,
    )


def sweep_report(sweep: Sweep, figures: Sequence[Figure]) -> str:
    """The page of a sweep.  -> HTML"""
    return render(
        "sweep.html.j2",
        scenario=sweep.scenario,
        question=sweep_answer.question(sweep),
        answer=sweep_answer.answer(sweep),
        figures=figures,
        varied=sweep_answer.varied(sweep),
        cells=sweep_answer.cells(sweep),
        replications=sweep.replications,
        seed=sweep.seed,
    )


def sensitivity_report(found: Sensitivity, figures: Sequence[Figure]) -> str:
    """The page of a sensitivity analysis.  -> HTML"""
    return render(
        "sensitivity.html.j2",
        scenario=found.scenario,
        title=sensitivity_table.asked(found).title,
        answer=sensitivity_table.answer(found),
        figures=figures,
        ranked=sensitivity_table.ranked(found),
        command=command(found),
    )


def command(found: Sensitivity) -> str:
    """What to type to have it again."""
    how = f"--method {found.method.lower()}"
    if found.points:
        how = f"--design sobol --points {found.points // (len(found.indices) + 2)}"
    asked = f"--measure {shlex.quote(found.measure)} {how}"
    return f"sim sensitivity scenario.yaml {asked} -n {found.replications} --seed {found.seed}"


def blame_report(found: Blame, figures: Sequence[Figure]) -> str:
    """The page of a gap that was divided among mechanisms.  -> HTML"""
    return render(
        "blame.html.j2",
        scenario=found.scenario,
        question=blame_table.question(found),
        answer=blame_table.answer(found),
        figures=figures,
        ranked=blame_table.ranked(found),
        note=blame_table.note(found),
        command=blame_table.command(found),
    )


def render(template: str, **content: Any) -> str:
    """A page from a template that extends `base.html.j2`; names in it are escaped, `Markup` is not.  -> HTML"""
    page = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.globals |= {"count": words.count, "thousands": words.thousands, "picture": picture, "printed": PRINTED}
    page.globals |= {"version": VERSION, "tokens": Markup(style.css())}
    return page.get_template(template).render(content)


def picture(figure: Figure) -> str:
    """The figure as a data address: SVG where it is small, else PNG."""
    kind, data = ("svg+xml", figure.svg) if len(figure.svg) <= LARGEST_SVG else ("png", figure.png)
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _sections(results: Results, figures: Sequence[Figure]) -> list[Section]:
    """All histories; the typical one, what could be agreed in it; one that ended otherwise."""
    chosen, named = choose(results), {figure.name: figure for figure in figures}
    spaces = [figure for name, figure in named.items() if name.startswith("utility-space")]
    whole = [entry.name for entry in registry.figures_of(registry.RUN) if entry.whole]
    found = [Section("all", "All histories together", [named[name] for name in whole if name in named])]
    if len(results.events):
        found.append(
            _told(
                "typical",
                "A typical history",
                named.get("timeline"),
                chosen.why_typical,
                story(results, chosen.typical),
            )
        )
        found.append(Section("agreed", "What could be agreed in it", spaces))
    if len(results.events) and chosen.other is not None:
        heading = "One that did not settle" if chosen.typical_settled else "One that settled"
        found.append(
            _told("other", heading, named.get("timeline.other"), chosen.why_other, story(results, chosen.other))
        )
    return [section for section in found if section.figures or section.story]


def _told(anchor: str, heading: str, figure: Figure | None, why: str, told: Story) -> Section:
    return Section(anchor, heading, [figure] if figure else [], why, told)
