"""report.html in a browser: read from the back row, no wider than the screen, and two pages on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.figures.blame import blame
from sim.figures.sensitivity import sensitivity
from sim.report.comparison import comparison_page
from sim.report.page import blame_report, report, sensitivity_report, sweep_report
from tests.figures import synthetic
from tests.figures.cases import case
from tests.figures.drawing import draw_comparison, draw_sweep
from tests.figures.test_blame import many as many_shares
from tests.figures.test_sweep_figures import RANKED, sweep

TEXT = "name: Made-up talks\n" * 400
SMALL = """
() => [...document.querySelectorAll("body *")].filter(
  at => [...at.childNodes].some(part => part.nodeType === 3 && part.textContent.trim()) && at.checkVisibility()
    && parseFloat(getComputedStyle(at).fontSize) < 18).map(at => at.outerHTML.slice(0, 80))
"""
SEEN = """() => [...document.querySelectorAll("h1, .notice, .lead, .answer, figure, #again")]
  .filter(at => at.checkVisibility()).map(at => at.className || at.tagName)"""


def _compared(size: str, others: int) -> str:
    results = case(size, 60).results
    runs = [synthetic.shuffled(results, results.scenario, n) for n in range(others)]
    names = ["As it is", *(f"Another way to go about it, number {n}" for n in range(others))]
    pair = synthetic.comparison(results, runs, names)
    return comparison_page(pair, draw_comparison(pair), [f"{n}.yaml" for n in range(others + 1)])


PAGES = {
    "run": lambda: report(case("two").results, case("two").figures, TEXT),
    "run, eight parties": lambda: report(case("eight").results, case("eight").figures, TEXT),
    "compare": lambda: _compared("two", 1),
    "compare, five": lambda: _compared("two", 5),
    "sweep": lambda: sweep_report(sweep("three paths"), draw_sweep(sweep("three paths"))),
    "sweep, one path": lambda: sweep_report(sweep("one path"), draw_sweep(sweep("one path"))),
    "sensitivity": lambda: sensitivity_report(RANKED["many"](), [sensitivity(RANKED["many"]())]),
    "blame": lambda: blame_report(many_shares(), [blame(many_shares())]),
}
FIGURES = {"blame": 1, "sensitivity": 1, "sweep, one path": 1}


@pytest.fixture(params=list(PAGES))
def page(request: pytest.FixtureRequest, chromium: Any, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """Each kind of page, opened from its file."""
    (tmp_path / "report.html").write_text(PAGES[request.param](), encoding="utf-8")
    opened = chromium.new_page(viewport={"width": 1920, "height": 1080})
    opened.goto((tmp_path / "report.html").as_uri())
    yield request.param, opened
    opened.close()


@pytest.mark.validate
def test_it_is_read_from_the_back_row_and_prints_as_two_pages(page: tuple[str, Any]) -> None:
    kind, opened = page
    assert opened.evaluate(SMALL) == []
    widths = opened.evaluate("[...document.querySelectorAll('img')].map(img => img.getBoundingClientRect().width)")
    assert min(widths) >= 1920 * 18 / 18.5  # the smallest letters of a figure have 18.5 of 1,920 pixels
    for width in (1920, 1280, 360):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") == width, width
    for paper in ("A4", "Letter"):
        printed = opened.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, paper
    opened.emulate_media(media="print")
    seen = opened.evaluate(SEEN)
    assert {"H1", "notice", "lead", "answer", "SECTION"} <= set(seen)
    assert seen.count("printed") == FIGURES.get(kind, 2)
