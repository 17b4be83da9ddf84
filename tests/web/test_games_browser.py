"""Whole games in Debian's Chromium, by keyboard alone on a phone; pictures of each page where SIM_PICTURES says."""

from __future__ import annotations

from typing import Any

import pytest

from sim.web import texts as catalogue
from tests.browser import context, follow
from tests.seldom import seldom

from .looks import PHONE, Fits


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse would."""
    for _ in range(80):
        if page.locator(selector).evaluate("each => each === document.activeElement"):
            assert page.evaluate(SEEN), f"{selector} has the focus, but something lies over it"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached")


SEEN = """() => {
    const each = document.activeElement, {left, top, width, height} = each.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    return over === each || each.contains(over);
}"""


def took_seat(page: Any, fits: Fits, role: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/{role}?scenario=tiny&replication=3")
    fits(page, f"{role}-door")
    tab_to(page, ".begin button")
    page.keyboard.press("Enter")
    page.wait_for_selector('input[name="number"]', state="attached")
    page.wait_for_load_state()  # its scripts have run


@pytest.mark.validate
def test_a_person_mediates_by_keyboard(page: Any, fits: Fits) -> None:
    took_seat(page, fits, "mediate")
    for number in range(14):
        if page.locator("#among").count():
            break
        before = page.inner_text("h1")
        if number == 0:
            assert before == "Moment 1 of 8 to 12"
            assert page.inner_text("#sum").endswith("24 not placed.")
            page.focus("main")
            tab_to(page, '[name="draft.water"]')
            page.keyboard.type("3")
            tab_to(page, '[name="shuttle.Upper"]')
            page.keyboard.type("40")
            assert "too many" in page.inner_text("#sum")
            tab_to(page, ".purse button")
            page.keyboard.press("Enter")
            assert page.inner_text("h1") == before  # nothing was sent
            page.fill('[name="shuttle.Upper"]', "2")
            page.press('[name="shuttle.Upper"]', "Enter")
            assert page.is_hidden("#sure")
            assert page.inner_text("#sum").startswith("Placed: 5 points")
            page.focus(".purse button")
            page.focus(".chapter summary")
            page.keyboard.press("Enter")
            tab_to(page, '[name="text.water.level"]')
            page.keyboard.press("ArrowRight")
            assert page.is_checked('[name="own.water"]')
            page.press('[name="pause.water"]', "Enter")
            assert page.is_hidden("#sure")
        if number == 1:
            fits(page, "mediate")
            page.reload()
        page.focus(".purse button")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # held down for too long: "not yet" has the focus
        assert page.inner_text("h1") == before
        page.focus(".purse button")
        page.keyboard.press("Enter")
        if number == 0:
            assert "5 points; 19 are not placed" in page.inner_text("#sure")
            fits(page, "mediate-sure")
        tab_to(page, '#sure [value="yes"]')
        page.keyboard.press("Enter")
        page.wait_for_selector(f'input[name="number"][value="{number + 1}"], #among', state="attached")
        page.wait_for_load_state()
    page.wait_for_selector("#among rect")
    assert "you: " in page.inner_html("#among")
    fits(page, "mediate-end")


@pytest.mark.validate
def test_a_person_negotiates_by_keyboard(page: Any, fits: Fits) -> None:
    took_seat(page, fits, "negotiate")
    page.focus('[name="do.water"]:checked')
    page.keyboard.press("ArrowDown")
    assert page.is_checked('[name="do.water"][value="offer"]')
    tab_to(page, '[name="offer.water.night"]')
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    said = page.inner_text(".table .live >> nth=0")
    going_on(page, 1)
    opened(page, "water")
    page.click('[data-group="water"] .said > summary')
    worth = page.locator('[data-group="water"] .texts .sum td').last.inner_text()
    assert f"worth {worth} points" in said  # what the sliders said is what the model says of the offer
    page.wait_for_selector(".worths circle", state="attached")
    assert page.locator(".table >> nth=0").locator(".worths circle").count() >= 1
    fits(page, "negotiate")
    for number in range(2, 14):
        if page.locator("#among").count():
            break
        if page.locator('[name="do.water"]').count():
            opened(page, "water")
            page.check('[name="do.water"][value="delegate"]')
            assert page.is_hidden('[name="offer.water.night"]')
            page.fill('[name="least.water"]', "30")
            page.keyboard.press("Enter")
            assert page.get_attribute('input[name="number"]', "value") == str(number - 1)
        going_on(page, number)
    page.wait_for_selector("#among rect")
    fits(page, "negotiate-end")


def opened(page: Any, group: str) -> None:
    """Unfold a table, if it is folded."""
    if page.get_attribute(f'[data-group="{group}"]', "open") is None:
        page.click(f'[data-group="{group}"] > summary')


def going_on(page: Any, number: int, press: str = ".purse button") -> None:
    """Decide, say yes, and wait for the next moment, or for the end."""
    page.click(press)
    page.click('#sure [value="yes"]')
    page.wait_for_selector(f'input[name="number"][value="{number}"], #among, .lead[role="status"]', state="attached")
    page.wait_for_load_state()


SCREENS = 2 * PHONE["height"]


OTHERS = [each for each in catalogue.languages() if each != "en"]
"""Languages of the page. Armenian, whose words are the longest, is looked at each time."""


@pytest.mark.parametrize(
    ("role", "language"),
    [
        seldom("negotiate", "en"),
        ("negotiate", "hy"),
        seldom("mediate", "en"),
        *(seldom("negotiate", each) for each in OTHERS if each != "hy"),
    ],
)
def test_a_moment_fits_two_screens_of_a_phone(page: Any, role: str, language: str) -> None:
    """With three chapters."""
    page.set_viewport_size(PHONE)
    page.goto(f"/{role}?scenario=baseline&replication=3&lang={language}")
    follow(page, ".begin button")
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREENS


@pytest.mark.validate
@pytest.mark.parametrize(
    ("role", "stem", "language"),
    [
        ("mediate", "baseline", "en"),
        ("negotiate", "baseline", "en"),
        ("negotiate", "seminar", "en"),
        ("negotiate", "classics/panama-canal-1974", "en"),
        ("negotiate", "camp-david-1978", "en"),
        *(("negotiate", stem, each) for stem in ("baseline", "seminar") for each in OTHERS),
    ],
)
def test_all_moments_of_a_game_fit_two_screens_of_a_phone(page: Any, role: str, stem: str, language: str) -> None:
    """Three chapters, three sides, ten issues; with an offer of one's own at every table, which takes most room."""
    page.set_viewport_size(PHONE)
    page.goto(f"/{role}?scenario={stem}&replication=3&lang={language}")
    follow(page, ".begin button")
    for group in [place.get_attribute("data-group") for place in page.locator("details.table").all()]:
        opened(page, group)
        page.check(f'[data-group="{group}"] [data-do="offer"]')
    high = []
    for number in range(1, 14):
        going_on(page, number)
        if not page.locator('input[name="number"]').count():
            break
        high.append(page.evaluate("document.documentElement.scrollHeight"))
    assert len(high) >= 3
    assert max(high) <= SCREENS


@pytest.mark.validate
def test_one_press_leaves_all_to_the_delegation_or_as_it_was(page: Any) -> None:
    page.goto("/negotiate?scenario=tiny&replication=3")
    follow(page, ".begin button")
    assert page.locator(".at-once button").all_inner_texts() == ["Leave all to the delegation"]
    page.check('[name="do.water"][value="offer"]')
    page.fill('[name="least.water"]', "62.5")
    assert page.inner_text('[data-group="water"] .live').startswith("This is worth")
    going_on(page, 1)
    stands = '[data-group="water"] > summary .stands'
    assert page.text_content(stands) == "Keeps to your offer; signs from 62.5 points."
    going_on(page, 2, '.at-once [value="same"]')
    assert page.text_content(stands) == "Keeps to your offer; signs from 62.5 points."
    opened(page, "water")
    page.check('[name="do.water"][value="walk_out"]')
    page.click('.at-once [value="delegate"]')
    assert "walk out" not in page.inner_text("#sure")


@pytest.mark.validate
def test_what_is_wrong_in_a_folded_table_is_shown(page: Any) -> None:
    page.goto("/negotiate?scenario=tiny&replication=3")
    follow(page, ".begin button")
    page.fill('[name="least.water"]', "400")
    page.click('[data-group="water"] > summary')
    assert page.is_hidden('[name="least.water"]')
    page.click(".purse button")
    assert page.is_visible('[name="least.water"]')
    assert page.is_hidden("#sure")
    page.check('[name="do.water"][value="stay_away"]')
    page.click(".purse button")
    assert page.is_visible("#sure")  # what is not asked for cannot be wrong


@pytest.mark.validate
@pytest.mark.parametrize("scripts", [True, False])
def test_the_enter_key_in_a_field_decides_nothing(chromium: Any, served: str, scripts: bool) -> None:
    with context(chromium, base_url=served, java_script_enabled=scripts) as user:
        here = user.new_page()
        for role in ("mediate", "negotiate"):
            here.goto(f"/{role}?scenario=tiny&replication=3")
            follow(here, ".begin button")
            if role == "negotiate":
                here.check('[name="do.water"][value="walk_out"]')
            for field in here.locator("form[id] input:visible:not([type=checkbox]), form[id] select:visible").all():
                field.press("Enter")
            here.wait_for_load_state("networkidle")
            assert here.get_attribute('input[name="number"]', "value") == "0"


@pytest.mark.validate
def test_who_walks_out_is_asked_first(page: Any) -> None:
    page.goto("/negotiate?scenario=tiny&replication=3")
    follow(page, ".begin button")
    page.check('[name="do.water"][value="walk_out"]')
    page.click(".purse button")
    assert "walk out of water" in page.inner_text("#sure")
    page.keyboard.press("Escape")
    assert page.get_attribute('input[name="number"]', "value") == "0"
    page.click(".purse button")
    follow(page, '#sure [value="yes"]')
    assert page.get_attribute('input[name="number"]', "value") == "1"


@pytest.mark.validate
@pytest.mark.parametrize("role", ["mediate", "negotiate"])
def test_a_game_goes_without_scripts_too(chromium: Any, served: str, role: str) -> None:
    with context(chromium, base_url=served, java_script_enabled=False) as user:
        here = user.new_page()
        here.goto(f"/{role}?scenario=tiny&replication=3")
        follow(here, ".begin button")
        follow(here, ".purse button")
        assert here.get_attribute('input[name="number"]', "value") == "1"
        assert here.locator(".problem").count() == 0
