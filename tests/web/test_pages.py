"""All pages: small, labelled, loaded from here alone, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from sim.figures.style import OKABE_ITO, cues
from sim.report.mechanisms import MECHANISMS
from sim.scenario import load
from sim.web import pages as every
from sim.web.pages import pages
from sim.web.site import FOLDER, TEMPLATES, tokens
from sim.web.texts import languages, texts, wanted

from .conftest import Site, Visit

Visiting = Callable[[Visit], None]
ADDRESSES = (
    "/explore?scenario=tiny", "/explore/own", "/watch?scenario=tiny", "/mediate?scenario=tiny",
    "/negotiate?scenario=tiny", "/build", "/class", "/how", "/lessons", "/lessons/01-freeze",
    "/lessons/01-freeze/worksheet",
)  # fmt: skip
HEAVIEST = 150_000


class Found(HTMLParser):
    """What a page loads, what it labels and what it leaves without a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.inside_label = 0
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.loads += [given[name] or "" for name in ("src",) if name in given]
        self.loads += [given.get("href") or ""] if tag == "link" else []
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.inline.append("script")
        self.inside_label += tag == "label"
        self.labelled |= {given.get("for") or ""} if tag == "label" else set()
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden" and not self.inside_label:
            self.controls.append(given)

    def handle_endtag(self, tag: str) -> None:
        self.inside_label -= tag == "label"

    @property
    def nameless(self) -> list[dict[str, str | None]]:
        return [each for each in self.controls if "aria-label" not in each and each.get("id") not in self.labelled]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_small_and_loads_only_from_here(visit: Visiting, address: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            page = await browser.open(address)
            assert page.status_code == 200
            found = Found(page.text)
            assert not found.inline
            assert not found.nameless
            assert len(found.ids) == len(set(found.ids))
            assert all(each.startswith("/") and not each.startswith("//") for each in found.loads)
            parts = [await browser.get(each) for each in found.loads]
            scripts = [FOLDER / "static" / name for name in ("common.js", "charts.js")]
            size = sum(len(part.content) for part in parts) + sum(path.stat().st_size for path in scripts)
            assert all(part.status_code == 200 for part in parts)
            assert len(page.content) + size < HEAVIEST

    visit(what)


def test_no_file_of_the_page_names_another_host() -> None:
    own = [path for path in (FOLDER / "static").glob("*.*") if path.suffix in (".js", ".css", ".svg")]
    for path in [*own, *(FOLDER / "templates").iterdir()]:
        found = set(re.findall(r"(?:https?:)?//[\w.]+\.\w+", path.read_text(encoding="utf-8")))
        assert found <= {"http://www.w3.org"}, path
    assert (
        (FOLDER / "static" / "vendor" / "uplot" / "LICENSE").read_text(encoding="utf-8").startswith("The MIT License")
    )


# ---- languages -------------------------------------------------------------------------------------------------------


def test_every_text_that_a_page_asks_for_is_there() -> None:
    wants = set()
    for path in [*(FOLDER / "templates").iterdir(), *FOLDER.glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        wants |= set(re.findall(r"""\bt(?:exts)?\(["']([a-z][\w.]*[\w])["'][,)]""", text))
        wants |= set(re.findall(r'Refusal\(\d+, "([\w.]+)"', text))
    for path in (FOLDER / "static").glob("*.js"):
        wants |= {f"script.{key}" for key in re.findall(r'\bsay\("([\w.]+)"', path.read_text(encoding="utf-8"))}
    wants |= {f"page.{name}" for name in [page.name for page in pages()]}
    assert len(wants) > 100
    assert not wants - set(texts("en").entries)


@pytest.mark.parametrize(
    ("accepted", "language"), [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("la, eo;q=0.5", "en"), ("", "en"), (",;=,", "en")]
)
def test_the_browsers_language_is_taken_where_there_is_one(accepted: str, language: str) -> None:
    assert wanted(accepted) == language


def test_a_language_once_chosen_stays(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            assert 'lang="ru"' in (await browser.open("/how?lang=ru")).text
            page = (await browser.open("/watch?scenario=tiny")).text
            assert 'lang="ru"' in page
            assert '<input type="hidden" name="back" value="/watch?scenario=tiny">' in page
            there = await browser.get("/language", back="/watch?scenario=tiny", lang="en")
            assert there.headers["location"] == "/watch?scenario=tiny"
            assert 'lang="en"' in (await browser.open("/watch?scenario=tiny")).text

    visit(what)


@pytest.mark.parametrize(
    "back", ["//elsewhere.org", "/\\elsewhere.org", "https://elsewhere.org", "/\t/elsewhere.org", ""]
)
def test_who_chooses_a_language_is_led_to_no_other_site(visit: Visiting, back: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/how") as browser:
            assert (await browser.get("/language", back=back, lang="ru")).headers["location"] == "/"

    visit(what)


# ---- colours ---------------------------------------------------------------------------------------------------------


def test_a_colour_means_one_thing() -> None:
    scenario = load(Path(__file__).parents[1] / "found" / "names-of-all-scripts.yaml")
    looks = cues(scenario)
    people = [cue.colour for cue in (*looks.parties.values(), *looks.mediators.values())]
    assert len(people) == 6
    sides = re.findall(r"--[ab]: (#\w+);", tokens())
    assert len({*people, *sides}) == 8
    assert not {*sides} & {*OKABE_ITO}


# ---- the others ------------------------------------------------------------------------------------------------------


def test_every_mechanism_is_explained_with_its_source_and_its_switch(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            page = (await browser.open("/how")).text.replace("<wbr>", "").replace("&#39;", "'")
            for each in MECHANISMS:
                assert all(text in page for text in (each.name, each.does, each.source, each.path, each.off))

    visit(what)


def test_one_history_is_told_week_by_week(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            told = (await browser.get("/watch/history", scenario="tiny", replication="40")).json()
            assert told["replication"] == 40
            assert len(told["dates"]) == told["weeks"] + 1
            assert {len(path) for path in told["trust"].values()} == {told["weeks"]}
            weeks = [since for since, _ in told["story"]]
            assert weeks == sorted(weeks)
            assert weeks[-1] == told["weeks"]
            assert {each["group"] for each in told["offers"]} == {"water", "fish"}
            again = (await browser.get("/watch/history", scenario="tiny", replication="40")).json()
            assert again == told
            assert len(site.workers.done) == 1

    visit(what)


def test_a_failure_nobody_foresaw_is_a_sentence(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.web.jobs import Watch

    def broken(self: Watch) -> None:
        raise RuntimeError("a secret path /root/x")

    monkeypatch.setattr(Watch, "work", broken)

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            response = await browser.get("/watch/history", scenario="tiny")
            assert response.status_code == 500
            assert response.json() == {"error": texts("en")("refused.failed")}
            assert "secret" not in response.text
            assert response.headers["content-security-policy"]
            assert (await browser.get("/how")).status_code == 200

    visit(what)


HELLO = """
from starlette.routing import Route
from sim.web.site import Page, page

async def show(request):
    return page(request, "hello")

PAGE = Page("hello", 9, [Route("/hello", show)])
"""


def test_a_page_is_three_files(tmp_path: Path, visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module, a template and words: it stands in the menu and answers, in every language."""
    (tmp_path / "hello.py").write_text(HELLO, encoding="utf-8")
    template = '{% extends "base.html.j2" %}{% block title %}{{ t("page.hello") }}{% endblock %}'
    (tmp_path / "hello.html.j2").write_text(template, encoding="utf-8")
    english = {**texts("en").entries, "page.hello": "Hello"}
    monkeypatch.setattr("sim.web.pages.__path__", [*every.__path__, str(tmp_path)])
    monkeypatch.setattr(TEMPLATES, "loader", FileSystemLoader([FOLDER / "templates", tmp_path]))
    monkeypatch.setattr("sim.web.texts.own", lambda language: english if language == "en" else {})
    texts.cache_clear()

    async def whole(site: Site) -> None:
        async with site.browser("/how") as browser:
            for language in languages():
                shown = await browser.open(f"/hello?lang={language}")
                assert shown.status_code == 200
                assert '<a href="/hello" aria-current="page">Hello</a>' in shown.text

    visit(whole)
    texts.cache_clear()
