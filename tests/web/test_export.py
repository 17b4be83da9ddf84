"""The page that is a file: what it holds, what it says beside what the server would say, and how a browser takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

from sim.__main__ import answer
from sim.experiments.simulate import each_of, families
from sim.scenario import Scenario, load, load_text
from sim.statistics.paired import KINDS, PairCounts
from sim.web import export, grid, lesson_cells, wording
from sim.web.choices import Side, chosen
from sim.web.export import TooLarge, bundle
from sim.web.jobs import Case, Simulate
from sim.web.lessons import lessons
from sim.web.pairs import Pair
from sim.web.site import library
from sim.web.texts import languages, texts
from sim.words.language import MINUS
from tests.browser import watched
from tests.seldom import one_in, seldom

from .looks import IN_VIEW, PHONE, fits, violations

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TINY_FILE = Path(__file__).with_name("tiny.yaml")
N = 60
COARSE = ((1, 2, 1),)
ASKED = (
    "#explore?b.effort.Chair=0&guess=70",
    "#explore?a.effort.Chair=0&b.effort.Chair=1&guess=3",
    "#explore?b.freeze=dated&b.freeze.start=0&b.freeze.weeks=12&guess=45",
    "#explore?a.freeze=after&a.freeze.weeks=4&b.freeze=none&b.effort.Chair=1&guess=100",
    "#explore?b.freeze=none&guess=90",
)


def made(scenario: Scenario, replications: int = N, language: str = "en") -> str:
    return export.export(scenario, replications, language, 1, lambda share: None)


@pytest.fixture(scope="module", autouse=True)
def coarse() -> Iterator[None]:
    """Few choices and small lessons, so that they are soon run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(grid, "FINENESS", COARSE)
        monkeypatch.setattr(lesson_cells, "scenario", taught)
        yield


def taught(stem: str) -> Scenario:
    """Instead of a lesson's scenario, the tiny one with an effort that hangs on the name."""
    return load(TINY_FILE, settings=settings_of(stem))


def settings_of(stem: str) -> tuple[str, ...]:
    return (f"mediators.Chair.effort={len(stem) % 5 / 5}",)


@pytest.fixture(scope="module")
def page_text() -> str:
    return made(load(TINY_FILE))


# ---- the choices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["baseline", "no-mediator", "two-mediators", "effort-front-loaded", "seminar"])
def test_sliders_offer_what_is_run_and_not_too_much(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "FINENESS", ((4, 4, 3), (2, 3, 2), (1, 3, 1)))
    scenario = load(SCENARIOS / f"{name}.yaml")
    found = grid.grid(scenario)
    sides = list(found.sides())
    assert len(sides) == len(set(sides)) == found.size <= grid.MOST
    assert sum(side.settings(scenario) == () for side in sides) == 1
    for dial in found.dials:
        assert {dial.slider.low, dial.slider.own, dial.slider.high} <= set(dial.levels)
        assert list(dial.levels) == sorted(set(dial.levels))
    assert {dial.slider.kind for dial in found.dials} == {"effort" if scenario.mediators else "incidents"}


def test_what_is_run_at_once_is_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    models: list[int] = []

    def counted(scenarios: Sequence[Scenario], first: int, count: int) -> Iterator[tuple[int, Any]]:
        models.append(len(families(scenarios)))
        return each_of(scenarios, first, count)

    monkeypatch.setattr(grid, "each_of", counted)
    scenario = load(TINY_FILE)
    grid.computed(scenario, grid.grid(scenario), 2, 1, lambda share: None)
    assert len(models) > 1
    assert set(models) == {1}


# ---- the file --------------------------------------------------------------------------------------------------------


class Found(HTMLParser):
    """What a page refers to, its scripts' kinds, and its ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.scripts: list[str | None] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.refers += [str(given[key]) for key in ("src", "href", "srcset", "action", "data") if key in given]
        self.ids += [str(given["id"])] if "id" in given else []
        if tag == "script":
            self.scripts.append(given.get("type"))


def test_nothing_in_it_points_outside(page_text: str) -> None:
    found = Found(page_text)
    assert all(each.startswith(("#", "data:")) for each in found.refers)
    assert len(found.ids) == len(set(found.ids))
    assert found.scripts == ["application/json", "application/json", None, "module"]
    assert "default-src &#39;none&#39;" in page_text
    assert not re.search(r"@import|url\(|fetch\(`?https?:", page_text)
    assert "Permission is hereby granted" in page_text  # uPlot's licence travels with it


def test_it_is_the_same_to_the_last_byte(page_text: str) -> None:
    assert made(load(TINY_FILE)) == page_text


@pytest.mark.validate
def test_a_thousand_histories_of_the_baseline_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a full grid: what each choice needs, times the choices, beside the histories and the scripts."""
    monkeypatch.setattr(grid, "FINENESS", ((4, 4, 3),))
    scenario = load(SCENARIOS / "baseline.yaml")
    size = grid.grid(scenario).size
    monkeypatch.setattr(grid, "FINENESS", COARSE)
    monkeypatch.setattr(grid.Grid, "sides", lambda self: iter([Side()]))
    page = made(scenario, 1000)
    kept = json.loads(re.findall(r'id="kept">(.*?)</script>', page)[0])
    assert len(kept["histories"]) == export.WATCHED
    assert all(each["trust"].keys() == scenario.parties.keys() for each in kept["histories"].values())
    cell = len(re.findall(r'"cells":\[(.*?)\],"weeks"', page)[0])
    assert len(page.encode()) + (size - 1) * cell < export.LARGEST


def test_one_that_is_too_large_is_refused_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST", 50_000)
    monkeypatch.setattr(grid.Grid, "sides", lambda self: iter([Side()]))
    with pytest.raises(TooLarge, match=r"-n \d+$"):
        made(load(TINY_FILE), 10)


def test_a_script_in_a_name_stays_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid.Grid, "sides", lambda self: iter([Side()]))
    text = TINY_FILE.read_text(encoding="utf-8").replace("Two on a pond", "</script><script>alert(1)</script>")
    text = text.replace("Upper and Lower share", "</style><img src=x onerror=alert(1)>")
    page = made(load_text(text), 5, "ru")
    assert Found(page).scripts == ["application/json", "application/json", None, "module"]
    assert "<img" not in page
    assert "alert(1)" in page


# ---- modules as one script -------------------------------------------------------------------------------------------


def test_modules_become_one_script(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export const a = 1;\nexport function b() {}\n", encoding="utf-8")
    (tmp_path / "two.js").write_text("export const a = 2;\n", encoding="utf-8")
    (tmp_path / "three.js").write_text('import { a, b } from "./one.js";\na + b();\n', encoding="utf-8")
    script = bundle(tmp_path, ["one", "two", "three"], "two")
    assert "const a = two.a;\nconst b = one.b;" in script
    assert not re.search(r"^(import|export)", script, re.MULTILINE)


@pytest.mark.parametrize(
    "source",
    [
        "export default 1;\n",
        'import all from "./one.js";\n',
        'import { late } from "./one.js";\n',
        "export { a };\n",
        "const a = '</script>';\n",
    ],
)
def test_a_module_in_another_manner_is_refused(tmp_path: Path, source: str) -> None:
    (tmp_path / "one.js").write_text("export const a = 1;\n", encoding="utf-8")
    (tmp_path / "two.js").write_text(source, encoding="utf-8")
    with pytest.raises(ValueError, match=r"(one|two)\.js"):
        bundle(tmp_path, ["one", "two"], "")


# ---- the verb --------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_stays_unless_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "export", lambda *args: f"{args[0].seed} {args[1]} {args[2]}")
    page = tmp_path / "below" / "page.html"
    command = ["export", str(TINY_FILE), "-o", str(page)]
    assert answer([*command, "-n", "7", "--set", "seed=5", "--language", "ru"]) == 0
    assert page.read_text(encoding="utf-8") == "5 7 ru"
    assert answer(command) == 2
    assert "--force" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == "5 7 ru"
    assert answer([*command, "--force"]) == 0
    assert page.read_text(encoding="utf-8") == "3 1000 en"
    assert [path.name for path in page.parent.iterdir()] == ["page.html"]


def test_what_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_large(*args: object) -> str:
        raise TooLarge(3_000_000, 900)

    monkeypatch.setattr(export, "export", too_large)
    command = ["export", str(TINY_FILE), "-o", str(tmp_path / "page.html")]
    assert answer(command) == 2
    assert "-n 540" in capsys.readouterr().err
    assert answer([*command, "--language", "xx"]) == 2
    assert ", ".join(languages()) in capsys.readouterr().err
    assert answer([*command, "--set", "mediators.Chair.effort=2"]) == 2
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert answer(["export", str(TINY_FILE), "-o", str(tmp_path / "file" / "page.html")]) == 74


# ---- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(page_text: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("stick") / "page.html"
    file.write_text(page_text, encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page on a computer without a network; whatever it does wrong or asks for but itself fails the test."""
    with watched(chromium, address, offline=True) as found:
        yield found


def reopened(page: Any, address: str) -> None:
    page.goto("about:blank")
    page.goto(address)


@pytest.mark.parametrize("asked", one_in(2, ASKED))
def test_it_says_what_the_server_says(page: Any, address: str, asked: str) -> None:
    scenario, t = load(TINY_FILE), texts("en")
    fields = dict(pair.split("=") for pair in asked.partition("?")[2].split("&"))
    choice = chosen(fields, {"tiny": scenario})
    a, b = (Case(str(TINY_FILE), "", side.settings(scenario)) for side in (choice.a, choice.b))
    found = Pair(a, b, N).work(*(Simulate(case, 0, N).work() for case in (a, b))).answer()
    reopened(page, address + asked)
    page.wait_for_selector("#sentences p")
    assert page.locator("#sentences p").all_inner_texts() == wording.sentences(t, found, choice.guess)
    shown = [row.split("\t") for row in page.locator("#rows tr").all_inner_texts()]
    for row, each in zip(shown, found["rows"], strict=True):
        said = wording.row(t, each)
        assert row[:3] == [said["name"], said["a"], said["b"]]
        if each["kind"] == "share":
            assert row[3:] == [said["difference"], said["interval"]]
        if each["kind"] == "mean":
            pairs = zip(numbers(" ".join(row[3:])), numbers(f"{said['difference']} {said['interval']}"), strict=True)
            assert all(abs(one - other) <= 1.01 * 10 ** -each["places"] for one, other in pairs)
        if each["kind"] == "median" and asked != ASKED[-1]:
            assert row[3:] == [said["difference"], "–"]
    assert page.locator("#curve canvas").count() == 1


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"[+-]?\d+(?:\.\d+)?", text.replace(MINUS, "-"))]


def test_differences_are_those_of_the_model(chromium: Any) -> None:
    """The script's intervals beside the model's, on numbers that share no chance with any run."""
    rng = np.random.default_rng(11)
    source = re.sub(r"^export ", "", (export.STATIC / "paired.js").read_text(encoding="utf-8"), flags=re.MULTILINE)
    page = chromium.new_page()
    for n, alike in product((1, 2, 7, 40, 1000), (False, True)):
        old, new = ((rng.random(n) < rng.random()).astype(float) for _ in range(2))
        new = old if alike else new
        turned = PairCounts.of(old, new)
        low, high = turned.interval
        bits = [np.packbits(each.astype(bool)).tolist() for each in (old, new)]
        found = page.evaluate(f"([a, b, n]) => {{ {source} return share(a, b, n); }}", [*bits, n])
        assert (found["saved"], found["lost"]) == (turned.saved, turned.lost)
        assert [found["difference"], found["low"], found["high"]] == pytest.approx([turned.difference, low, high])
        codes = rng.integers(0, 256, (2, n))
        codes[1] = codes[0] if alike else codes[1]
        before, after = (np.where(each == grid.NO_NUMBER, np.nan, each) / 7 for each in codes)
        exact = KINDS["mean"](before, after)
        said = page.evaluate(f"([a, b]) => {{ {source} return mean(a, b, 1 / 7); }}", codes.tolist())
        wanted = [None if value != value else value for value in (exact.difference, exact.low, exact.high)]
        assert said["difference"] == pytest.approx(wanted[0])
        if n != 2 or alike:  # of two pairs nobody makes an interval
            assert [said["low"], said["high"]] == (wanted[1:] if n == 1 else pytest.approx(wanted[1:], rel=2e-3))
    page.close()


@pytest.mark.validate
def test_a_comparison_by_keyboard_alone_and_its_address(page: Any, address: str) -> None:
    page.goto(address)
    assert page.inner_text(".side-a output") == "0.60"
    page.focus('[name="b.effort.Chair"]')
    page.keyboard.press("End")
    page.focus("#guess")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sentences p")
    assert page.url.endswith("b.effort.Chair=1&guess=70")
    assert page.input_value("#link") == page.url
    said = page.inner_text("#sentences")
    page.focus('header nav a[href="#watch"]')
    page.keyboard.press("Enter")
    assert page.is_hidden("#explore")
    page.focus('header nav a[href="#explore"]')
    page.keyboard.press("Enter")
    assert page.is_visible("#sentences")
    assert page.url.endswith("b.effort.Chair=1&guess=70")
    reopened(page, page.url)
    page.wait_for_selector("#sentences p")
    assert page.inner_text("#sentences") == said
    page.focus("#more summary")
    page.keyboard.press("Enter")
    page.focus("text=Put everything back")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sentences", state="hidden")
    assert (page.input_value("#guess"), page.inner_text(".side-b output")) == ("", "0.60")


@pytest.mark.parametrize(
    "end", ["#explore?b.effort.Chair=x&b.freeze=never&guess=101&constructor=1", seldom("#content"), seldom("#?&=&%")]
)
def test_an_address_that_says_nothing_opens_the_page(page: Any, address: str, end: str) -> None:
    page.goto(address + end)
    assert page.is_visible("#explore")
    assert page.is_hidden("#answer")
    assert page.input_value('[name="b.freeze"]') == "file"
    assert page.locator(".row output").all_inner_texts() == ["0.60", "0.60"]


@pytest.mark.validate
def test_histories_are_watched_week_by_week(page: Any, address: str) -> None:
    page.goto(f"{address}#watch")
    page.wait_for_selector("#timeline svg")
    first = page.inner_text("#story")
    page.focus("#replication")
    page.keyboard.press("ArrowDown")
    page.focus("#step")
    page.keyboard.press("Enter")
    assert page.inner_text("#now").startswith("week 1,")
    page.focus("#end")
    page.keyboard.press("Enter")
    assert "How it ended" in page.inner_text("#story")
    assert page.inner_text("#story") != first
    number = page.input_value("#replication")
    reopened(page, page.url)
    page.wait_for_selector("#timeline svg")
    assert page.input_value("#replication") == number
    assert page.locator("#watch").get_attribute("data-replication") == number


@pytest.mark.validate
@pytest.mark.parametrize("width", [360, 1920])
def test_nothing_is_wider_than_the_screen(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for end in (ASKED[2], "#watch"):
        reopened(page, address + end)
        page.wait_for_selector("#timeline svg" if end == "#watch" else "#curve canvas")
        assert page.locator("html").evaluate("each => each.scrollWidth - each.clientWidth") <= 0
        assert not violations(page)


def test_the_answer_appears_where_the_eye_is(page: Any, address: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address)
    page.fill("#guess", "50")
    page.click("#explore button[type=submit]")
    page.wait_for_selector("#sentences p")
    for n in range(page.locator("#sentences p").count()):
        assert page.locator("#sentences p").nth(n).evaluate(IN_VIEW)


# ---- lessons ---------------------------------------------------------------------------------------------------------


def test_every_scenario_of_the_lessons_is_kept(page_text: str) -> None:
    kept = json.loads(re.findall(r'id="kept">(.*?)</script>', page_text)[0])
    asked = {stem for setup in lesson_cells.setups() for stem in parse_qs(setup)["scenario"] + parse_qs(setup)["b"]}
    assert kept["lessons"]["settled"].keys() == asked <= library().keys()
    assert page_text.count('class="path"') == len(lessons()) == page_text.count('<article class="sheet"')


def test_a_lesson_is_a_path_without_a_server(page: Any, address: str) -> None:
    """By keyboard alone: predict, lock, run, and the sentences that the server says; a game gives its command."""
    page.goto(f"{address}#lessons")
    page.focus('a[href="#lessons?lesson=02-mediator"]')
    page.keyboard.press("Enter")
    assert page.locator("h1:visible").inner_text() == lessons()["02-mediator"].title("en")
    scene, onward = page.locator(".scene:visible"), page.locator(".next:visible")
    onward.press("Enter")
    assert onward.count() == 0
    assert not violations(page)
    page.focus(".scene:not([hidden]) input")
    page.keyboard.type("45")
    page.keyboard.press("Enter")
    assert not scene.locator(".answer").is_visible()
    page.keyboard.press("Enter")
    scene.locator(".answer").wait_for()
    given = parse_qs(str(scene.get_attribute("data-setup")))
    stems = [given["scenario"][0], given["b"][0]]
    a, b = (Case(str(TINY_FILE), "", settings_of(stem)) for stem in stems)
    found = Pair(a, b, N).work(*(Simulate(case, 0, N).work() for case in (a, b))).answer()
    assert scene.locator(".sentences p").all_inner_texts() == wording.sentences(texts("en"), found, 45)
    assert f"{100 * found['rows'][0]['a']:.1f} of 100" in scene.locator(".known").inner_text()
    assert f"sim compare {stems[0]} {stems[1]}" in scene.inner_text()
    reopened(page, page.url)
    scene.locator(".answer").wait_for()
    onward.press("Enter")
    while scene.get_attribute("data-kind") == "predict":
        scene.locator("input").fill("1")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        scene.locator(".answer").wait_for()
        onward.press("Enter")
    assert "sim serve\nhttp://127.0.0.1:8000/mediate?scenario=baseline" in scene.inner_text()


@pytest.mark.validate
@pytest.mark.parametrize("end", ["", "?lesson=01-freeze", "?sheet=05-histories"])
def test_lessons_of_a_file_fit_everybody(page: Any, address: str, end: str) -> None:
    page.goto(f"{address}#lessons{end}")
    assert page.locator("h1:visible").count() == 1
    fits(page, f"file-lessons{end.replace('?', '-')}")
