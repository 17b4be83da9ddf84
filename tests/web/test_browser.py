"""The pages in Debian's Chromium: by keyboard, on a phone, under the page's own rules, with nothing from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.web import texts as catalogue
from tests.browser import context, follow
from tests.seldom import seldom

from . import looks
from .looks import IN_VIEW, Fits, violations

EXPLORE = "/explore?scenario=tiny&b.effort.Chair=0.9"


def answered(page: Any) -> None:
    page.wait_for_selector("#sentences p")
    page.wait_for_selector("#status:empty", state="attached")


def test_a_comparison_by_keyboard_alone(page: Any) -> None:
    page.goto("/explore?scenario=tiny")
    page.focus('[name="b.effort.Chair"]')
    page.keyboard.press("End")
    page.focus("#guess")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    answered(page)
    assert "70" in page.inner_text("#sentences")
    assert page.url.endswith("/explore?scenario=tiny&b.effort.Chair=1&guess=70")
    assert page.locator("#rows tr").count() > 10
    assert page.locator("#curve canvas").count() == 1
    assert page.input_value("#link") == page.url
    said = page.inner_text("#sentences")
    page.goto(page.url)
    answered(page)
    assert page.inner_text("#sentences") == said


IN_SIGHT = """each => {
    const {top, bottom} = each.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
}"""
QUESTION = ("#known", "#explore > .row, #explore > .freeze", "#guess", "#explore button[type=submit]")


@pytest.mark.validate
@pytest.mark.parametrize("size", [(360, 740), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize(
    "asked",
    [
        "&b.freeze=dated&lang=hy",
        "",
        "&b.linkage=sequence&lang=ru",
        *(f"&b.freeze=dated&lang={each}" for each in catalogue.languages() if each != "hy"),
    ],
)
def test_question_and_answer_are_in_one_view(page: Any, size: tuple[int, int], asked: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"/explore?scenario=tiny{asked}")
    page.locator("#known").filter(has_text=re.compile(r"\d")).wait_for()
    page.fill("#guess", "70")
    assert all(page.locator(each).first.evaluate(IN_SIGHT) for each in QUESTION)
    page.click("#explore button[type=submit]")
    answered(page)
    for n in range(page.locator("#sentences p").count()):
        assert page.locator("#sentences p").nth(n).evaluate(IN_VIEW)
    for each in (*QUESTION, "#scale"):
        assert page.locator(each).first.evaluate(IN_SIGHT), each


@pytest.mark.validate
def test_who_moves_something_afterwards_is_told_that_the_answer_is_old(page: Any) -> None:
    page.goto(f"{EXPLORE}&guess=50")
    answered(page)
    assert page.is_hidden("#old")
    page.focus('[name="b.effort.Chair"]')
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.wait_for_selector("#old", state="visible")


@pytest.mark.validate
def test_freezes_show_only_what_they_need(page: Any) -> None:
    page.goto("/explore?scenario=tiny")
    page.click("#more summary")
    weeks, start = '[name="b.freeze.weeks"]', '[name="b.freeze.start"]'
    seen = {}
    for kind in ("none", "after", "dated"):
        page.select_option('[name="b.freeze"]', kind)
        seen[kind] = (page.is_visible(weeks), page.is_visible(start))
    assert seen == {"none": (False, False), "after": (True, False), "dated": (True, True)}


def showing(page: Any, address: str) -> None:
    """Everything that a page shows, once it is there."""
    page.goto(address)
    if "guess" in address:
        answered(page)
    if "watch" in address:
        page.wait_for_selector("#timeline svg")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        seldom("explore", "/explore?scenario=tiny"),
        ("explore-answered", f"{EXPLORE}&guess=50"),
        seldom("explore-russian", f"{EXPLORE}&b.freeze=dated&guess=50&lang=ru"),
        seldom("own", "/explore/own"),
        seldom("watch", "/watch?scenario=tiny"),
        seldom("class", "/class"),
        seldom("how", "/how"),
    ],
)
def test_a_page_is_for_phones_and_projectors_and_for_everybody(page: Any, name: str, address: str, fits: Fits) -> None:
    showing(page, address)
    fits(page, name)


FOUND = Path(__file__).parents[1] / "found"


@pytest.mark.validate
def test_names_of_all_scripts_fit_on_every_page(page: Any, fits: Fits) -> None:
    """Long and wide ones, from right to left, with signs; four parties and five groups."""
    page.goto("/explore/own")
    page.fill("#text", (FOUND / "names-of-all-scripts.yaml").read_text(encoding="utf-8"))
    follow(page, 'form[action="/explore/own"] button')
    asked = page.url.partition("?")[2]
    fits(page, "names-explore")
    showing(page, f"/watch?{asked}&replication=1")
    page.click("#end")
    fits(page, "names-watch")
    for role in ("mediate", "negotiate"):
        page.goto(f"/{role}?{asked}&replication=1")
        fits(page, f"names-{role}-door")
        follow(page, ".begin button")
        page.click(".purse button")
        follow(page, '#sure [value="yes"]')
        page.wait_for_selector('input[name="number"][value="1"]', state="attached")
        page.wait_for_load_state()
        fits(page, f"names-{role}")
    assert page.locator("#line text").evaluate_all(INSIDE)


INSIDE = """all => all.every(each => {
    const mine = each.getBoundingClientRect(), frame = each.ownerSVGElement.getBoundingClientRect();
    return mine.left >= frame.left - 1 && mine.right <= frame.right + 1;
})"""


@pytest.mark.validate
def test_what_is_refused_is_told_to_everybody(chromium: Any, served: str, fits: Fits) -> None:
    with context(chromium, base_url=served) as user:
        page = user.new_page()
        page.goto("/explore/own")
        page.fill("#text", "name: x\nnothing: 1")
        page.click('form[action="/explore/own"] button')
        page.wait_for_selector("pre")
        assert "nothing" in page.inner_text("pre")
        fits(page, "own-refused")
        page.goto("/class/BBBBBB")
        fits(page, "refused")


def test_the_judge_of_pages_would_say_so(page: Any) -> None:
    page.goto("/how")
    page.locator("main").evaluate("each => each.insertAdjacentHTML('beforeend', '<input><p class=pale>pale</p>')")
    page.locator(".pale").evaluate("each => { each.style.color = '#bbb'; each.style.background = '#fff' }")
    assert [each.partition(":")[0] for each in violations(page)] == ["color-contrast", "label"]


def test_an_answer_that_comes_after_the_page_has_closed_harms_no_other_test(chromium: Any, served: str) -> None:
    """As if somebody answered for the network, slowly, and the test were over meanwhile."""

    def late(route: Any) -> None:
        page.wait_for_function("window.never")
        route.continue_()

    with context(chromium, base_url=served) as user:
        page = user.new_page()
        page.goto("/how")
        page.route("**/asked", late)
        with page.expect_request("**/asked"):
            page.evaluate("() => void fetch('/asked')")
    with context(chromium, base_url=served) as user:
        user.new_page().goto("/how")


def test_the_first_page_is_small_on_the_wire(page: Any) -> None:
    page.goto("/explore?scenario=tiny", wait_until="networkidle")
    loaded = page.evaluate(
        """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
            .map(each => each.transferSize)"""
    )
    assert len(loaded) > 5
    assert all(loaded)  # none came from a cache
    assert sum(loaded) < 150_000


@pytest.mark.validate
def test_a_history_is_watched_week_by_week(page: Any) -> None:
    page.goto("/watch?scenario=tiny&replication=2")
    page.wait_for_selector("#timeline svg")
    shown = page.locator("#story p").count()
    page.click("#step")
    assert page.inner_text("#now").startswith("week 1,")
    page.click("#back")
    assert page.inner_text("#now").startswith("week 0,")
    page.select_option("#speed", "90")
    page.click("#play")
    page.locator("#now", has_text=re.compile(r"week ([3-9]|\d\d)")).wait_for()  # week 3 itself may pass unseen
    page.click("#play")
    page.click("#end")
    assert page.locator("#story p").count() > shown
    assert "How it ended" in page.inner_text("#story")
    page.click("summary")
    assert page.locator("#offers tbody tr").count() > 0


@pytest.mark.validate
def test_a_class_is_conducted(chromium: Any, page: Any, served: str, fits: Fits) -> None:
    conducted(chromium, page, served, lambda each, name: fits(each, name) if name.endswith("reveal") else None)


@pytest.mark.validate
def test_a_room_fits_in_every_phase(chromium: Any, page: Any, served: str) -> None:
    conducted(chromium, page, served, looks.fits)


def conducted(chromium: Any, page: Any, served: str, fits: Fits) -> None:
    """One question from the lobby to the answer: the desk, a phone, the wall, and another page of the member's."""
    page.goto("/class")
    follow(page, 'form[action="/class/open"] button')
    code = page.url.rpartition("/")[2]
    fits(page, "desk-empty")
    page.fill("#asked", "Does it help?")
    page.fill("#address", EXPLORE)
    follow(page, "#add button")
    with context(chromium, base_url=served) as user:
        student, wall, elsewhere = (user.new_page() for _ in range(3))
        student.goto(f"/class/{code}")
        follow(student, 'form[action="/class/join"] button')
        elsewhere.goto("/how")
        wall.goto(f"/wall/{code}")
        fits(wall, "wall-lobby")
        follow(page, "#next")
        student.fill("#reply", "3")  # the page came by itself
        follow(page, "#stop")
        for each in (elsewhere, student):
            each.wait_for_selector("#stopped[open]")
        follow(page, "#next")
        for each in (elsewhere, student):
            each.wait_for_selector("#stopped", state="hidden")
        student.locator(".reply button:enabled").wait_for()
        assert student.input_value("#reply") == "3"  # what somebody writes stays
        student.fill("#reply", "33")
        follow(student, ".reply button")
        for each in (page, wall):
            each.locator("[data-counted]", has_text="1 of 1 have predicted").wait_for()
            assert each.locator("circle").count() == 0  # what the class may not see yet is not on the wall
        fits(student, "phone-predict")
        fits(page, "desk-predict")
        follow(page, "#next")
        student.locator("#stage.phase-locked").wait_for()
        follow(page, "#next")
        for each in (student, wall):
            each.wait_for_selector(".picture circle")
            each.locator(".truth", has_text="histories, A").wait_for()
        assert "You predicted 33" in student.inner_text("#stage")
        page.click("summary:has-text('Add')")
        for each, name in ((student, "phone-reveal"), (wall, "wall-reveal"), (page, "desk-reveal")):
            fits(each, name)


def test_a_script_that_somebody_wrote_into_a_page_does_not_run(chromium: Any, served: str) -> None:
    page = chromium.new_page(base_url=served)
    page.goto("/how")
    page.locator("main").evaluate("each => each.insertAdjacentHTML('beforeend', '<p id=here>quiet</p>')")
    refused = page.locator("main").evaluate(
        """each => new Promise(done => {
            document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
            const script = document.createElement('script');
            script.textContent = "document.getElementById('here').textContent = 'loud'";
            each.append(script);
        })"""
    )
    assert refused.startswith("script-src")
    assert page.inner_text("#here") == "quiet"
    page.close()


VALUES = (0, -0.001, 0.5, 0.125, -2.5, 9.95, 50, 1234.5, -1234567.125)
DAYS = ("2023-02-06", "2023-12-31")
WRITTEN = """async ([language, words, values, days]) => {
    document.getElementById("words").textContent = JSON.stringify(words);
    const { number, day } = await import(`/static/common.js?${language}`);
    return [values.map((each) => [0, 1, 2].map((places) => number(each, places))), days.map(day)];
}"""


def test_scripts_write_numbers_and_days_as_the_server_does(page: Any) -> None:
    """Chromium has no numbers and no months of hy and az."""
    page.goto("/how?lang=hy")
    assert json.loads(page.inner_text("#words")) == catalogue.texts("hy").scripted
    for language in catalogue.languages():
        t = catalogue.texts(language)
        found = page.evaluate(WRITTEN, [language, t.scripted, VALUES, DAYS])
        assert found == [
            [[t.number(value, places) for places in (0, 1, 2)] for value in VALUES],
            [t.date(day) for day in DAYS],
        ]


RIGHT_TO_LEFT = {"language": "العربية", "menu": "الصفحات", "explore.title": "استكشاف", "translated": "ترجمة آلية"}


@pytest.fixture
def arabic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language that is written from right to left."""
    for name, entries in (("en", catalogue.own("en")), ("ar", RIGHT_TO_LEFT)):
        (tmp_path / f"{name}.json").write_text(json.dumps(entries), encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue.texts.cache_clear()
    yield
    catalogue.texts.cache_clear()


@pytest.mark.validate
@pytest.mark.usefixtures("arabic")
def test_a_page_from_right_to_left_is_chosen_by_keyboard_and_its_charts_stay(page: Any, fits: Fits) -> None:
    page.goto(EXPLORE)
    page.focus("select[name=lang]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[dir=rtl]")
    assert page.url.endswith(EXPLORE)
    page.locator("#explore output", has_text="0.9").wait_for()  # the script is there
    page.fill("#guess", "50")
    page.keyboard.press("Enter")
    answered(page)
    title, menu = page.locator("header .site").bounding_box(), page.locator("header nav").bounding_box()
    assert title["x"] > menu["x"]
    first, last = (page.locator("#scale text", has_text=re.compile(f"^{x}$")).bounding_box()["x"] for x in (0, 100))
    assert first < last
    fits(page, "explore-rtl")
