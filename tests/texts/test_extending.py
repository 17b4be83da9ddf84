"""The extensions of `sim/EXTENDING.md` do what it says, and each is short."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pytest

import sim
from sim.figures import registry
from sim.figures.timeline import timeline
from sim.kinds import KINDS, Kind
from sim.measures import DEFINITIONS
from sim.outcomes import outcomes
from sim.process.calendar import Calendar
from sim.stories.story import story
from sim.web import site
from sim.web.pages import pages
from sim.web.texts import texts
from tests.test_kinds import TINY, flat, leaking
from tests.web.conftest import few, site_on

from .reading import blocks, section, text

EXTENDING = text("sim/EXTENDING.md")
CODE = blocks(EXTENDING, "python")


def run(head: str, number: int = 0) -> dict[str, Any]:
    """What a piece of code under a heading defines, by default the first."""
    code = blocks(section(EXTENDING, head), "python")[number]
    names: dict[str, Any] = {"__name__": "extension"}
    exec(compile(code, head, "exec"), names)
    return names


@pytest.mark.parametrize("code", CODE)
def test_each_is_short(code: str) -> None:
    assert len([line for line in code.splitlines() if line.strip()]) < 30


def test_a_figure_is_drawn_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.RUN, "rounds", registry.figures_of(registry.RUN)[0])  # the test takes it out again
    run("A figure")
    assert registry.figures_of(registry.RUN)[-1].name == "rounds"
    figure = sim.run("seminar", replications=20).plot("rounds")
    assert figure.png.startswith(b"\x89PNG")
    assert figure.alt.startswith("water ")


def test_a_page_is_in_the_menu_and_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    few(monkeypatch)
    (template,) = blocks(section(EXTENDING, "A page"), "jinja")
    loaders = [jinja2.DictLoader({"tactics.html.j2": template}), site.TEMPLATES.loader]
    monkeypatch.setattr(site.TEMPLATES, "loader", jinja2.ChoiceLoader([each for each in loaders if each]))
    monkeypatch.setattr("sim.web.app.pages", lambda: [*pages(), run("A page")["PAGE"]])
    monkeypatch.setitem(texts("en").entries, "page.tactics", "Tactics")

    async def look() -> None:
        async with site_on(f"sqlite:///{tmp_path / 'rooms.sqlite'}") as here, here.browser("/how") as browser:
            assert 'href="/tactics"' in (await browser.open("/how")).text
            assert "Ask for the same always." in (await browser.open("/tactics")).text

    asyncio.run(look())


@pytest.mark.validate
def test_a_mechanism_leaves_the_luck_of_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    """Where a leak costs nothing, everything else happens as it would have without leaks."""
    names = run("A mechanism")
    assert int(capsys.readouterr().out) > 50
    names["lose"] = lambda trust, share: trust
    leaky, plain = names["LeakyModel"]("seminar", replications=20), sim.NegotiationModel("seminar", replications=20)
    for _ in range(40):
        leaky.step()
        plain.step()
    assert outcomes(leaky)["leaks"].sum() == sum(leaky.history.events()["kind"] == "leak") > 0
    happened = leaky.history.events().query("kind != 'leak'").reset_index(drop=True)
    pd.testing.assert_frame_equal(happened, plain.history.events())


@pytest.mark.validate
def test_a_measure_of_the_program_is_in_every_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(DEFINITIONS, "walkouts", DEFINITIONS["settled"])  # the test takes it out again
    run("A measure", 1)
    assert "'mean'" in capsys.readouterr().out
    results = sim.run("seminar", replications=20)
    assert results.summary["walkouts"]["mean"] == results.outcomes["walkouts"].mean() > 0
    compared = sim.compare("seminar", sim.load("seminar", ["walkouts.after_incident=10"]), replications=20)
    assert "walkouts" in set(compared.differences["measure"])


def test_a_kind_of_event_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "leak", Kind("leak"))  # the test takes it out again
    monkeypatch.setattr(Calendar, "tell", leaking())
    run("A kind of event")
    results = sim.run(sim.load(TINY), replications=1)
    assert "Upper tells the press what was said on water." in flat(story(results, 0).text)
    assert "one leak to the press" in timeline(results, 0).alt
    monkeypatch.setattr(Calendar, "tell", leaking(actor=""))
    assert "Somebody tells the press." in flat(story(sim.run(sim.load(TINY), replications=1), 0).text)
