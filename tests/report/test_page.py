"""report.html: whole, safe, without the network, and honest."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report import write_report
from sim.report.mechanisms import MECHANISMS
from sim.report.page import report
from sim.scenario import field_types
from tests.figures import synthetic
from tests.figures.cases import CASES, case

VOID = {"meta", "img", "br", "wbr"}
TEXT = "name: Made-up talks\nparties: {<script>: {}}\n"


class Page(HTMLParser):
    """Checks that tags nest; remembers images, links and anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str]] = []
        self.links: list[str] = []
        self.anchors: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.tags[tag] += 1
        self.anchors[found.get("id", "")] += 1
        if tag == "img":
            self.images.append(found)
        if "href" in found:
            self.links.append(found["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


SHOWN = {"three": 3, "eight": 1}
"""Figures on the page of each size: a picture takes its time."""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {size: report(case(size).results, case(size).figures[:many], TEXT) for size, many in SHOWN.items()}


@pytest.mark.parametrize("size", ["three", "eight"])
def test_it_is_one_file_without_network_or_script(pages: dict[str, str], size: str) -> None:
    page = Page(pages[size])
    assert page.open == []
    assert not page.tags.keys() & {"script", "link", "iframe", "object"}
    assert all(link.startswith("#") for link in page.links)
    assert all(image["src"].startswith("data:image/") for image in page.images)
    outside = re.sub(r'src="data:[^"]*"', "", pages[size])
    assert not re.search(r"https?://|url\(|@import| on\w+=", outside)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in pages[size]
    assert '<html lang="en">' in pages[size]


def test_names_are_escaped(pages: dict[str, str]) -> None:
    assert "<script>" not in pages["eight"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["eight"]
    assert "{{ braces }}" in pages["eight"]


@pytest.mark.parametrize("size", ["three", "eight"])
def test_every_figure_has_alt_text_and_every_link_its_place(pages: dict[str, str], size: str) -> None:
    page = Page(pages[size])
    assert [image["alt"] for image in page.images] != []
    shown = case(size).figures[: SHOWN[size]]
    assert sorted(image["alt"] for image in page.images) == sorted(figure.alt for figure in shown)
    assert all(page.anchors[link[1:]] == 1 for link in page.links)


def test_tables_can_be_read_aloud(pages: dict[str, str]) -> None:
    page = Page(pages["three"])
    assert page.tags["caption"] == page.tags["table"] >= 5
    assert all('scope="' in tag for tag in re.findall(r"<th\b[^>]*>", pages["three"]))


def test_it_says_what_it_is_and_how_to_repeat_it(pages: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", pages["three"])).replace("\N{NO-BREAK SPACE}", " ")
    assert text.count("An illustration for teaching, not a forecast.") == 2
    assert "sim run scenario.yaml -n 250 --seed 7" in text
    settled = case("three").results.outcomes["settled"]
    assert f"In {settled.sum()} of 250 simulated histories, {settled.mean():.1%}".replace("%", " %") in text
    assert "(95 % interval" in text
    assert "stylised" in text
    assert "name: Made-up talks" in text
    assert "A typical history" in text


@pytest.mark.validate
def test_two_megabytes_are_enough() -> None:
    assert len(report(case("two").results, case("two").figures, TEXT)) < 3_000_000


def test_a_run_without_events_has_a_page() -> None:
    results = case("three").results
    silent = synthetic.Results(**{**results.__dict__, "events": results.events.iloc[:0]})
    page = Page(report(silent, case("three").figures[:3]))
    assert page.anchors["typical"] == 0
    assert len(page.images) == 3


@pytest.mark.validate
def test_the_same_results_are_written_as_the_same_bytes(tmp_path: Path) -> None:
    scenario = synthetic.scenario(["A", "B"], ["g"], [])
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        write_report(synthetic.results(scenario, 20), tmp_path / folder, scenario_text=TEXT)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "report.html" in names
    assert {f"agreement.{kind}" for kind in ("png", "svg", "csv")} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.path)
def test_switches_are_paths_of_the_scenario(mechanism: object) -> None:
    scenario = synthetic.scenario(
        *CASES["two"], framework=[{"group": "border", "issue": "issue_0", "settlement": 0.5, "hold": 0.1}]
    )
    found: list[object] = [scenario]
    for part in mechanism.path.split("."):  # type: ignore[attr-defined]
        found = [below for node in found for below in _below(node, part)]
        assert found, part


def _below(node: object, part: str) -> list[object]:
    if isinstance(node, field_types.Block):
        return [getattr(node, part)] if part in type(node).model_fields else []
    entries = dict(enumerate(node)) if isinstance(node, list) else node
    assert isinstance(entries, dict)
    return list(entries.values()) if part == "*" else [entries[part]] if part in entries else []
