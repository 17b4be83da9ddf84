"""Whole games in Debian's Chromium, by keyboard alone on a phone; pictures of each page where SIM_PICTURES says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.seldom import seldom

from .looks import PHONE
from .test_browser import Fits, chromium, fits, follow, page, pytestmark  # noqa: F401  (fixtures, and when there is no browser)


def tab_to(page: Any, selector: str) -> None:  # noqa: F811
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


def took_seat(page: Any, fits: Fits, role: str) -> None:  # noqa: F811
    page.set_viewport_size(PHONE)
    page.goto(f"/{role}?scenario=tiny&replication=3")
    fits(page, f"{role}-door")
    tab_to(page, ".begin button")
    page.keyboard.press("Enter")
    page.wait_for_selector('input[name="number"]', state="attached")
    page.wait_for_load_state()  # its scripts have run


def test_a_person_mediates_by_keyboard(page: Any, fits: Fits) -> None:  # noqa: F811
    took_seat(page, fits, "mediate")
    for turn in range(5):
        if page.locator("#among").count():
            break
        before = page.inner_text("h1")
        if page.locator('[name="draft.water"]').count():
            assert page.inner_text("h1").startswith(f"Turn {turn + 1} ")
            page.focus("#turn [data-points]" if turn else "main")
            tab_to(page, '[name="draft.water"]')
            page.keyboard.type("3")
        if turn == 0:
            tab_to(page, "details >> nth=0 >> summary")
            page.keyboard.press("Enter")
            tab_to(page, '[name="text.water.level"]')
            page.keyboard.press("ArrowRight")
            assert page.is_checked('[name="own.water"]')
            tab_to(page, '[name="shuttle.Upper"]')
            page.keyboard.type("40")
            assert "too many" in page.inner_text("#sum")
            tab_to(page, ".purse button")
            page.keyboard.press("Enter")
            assert page.inner_text("h1").startswith("Turn 1 ")  # nothing was sent
            page.fill('[name="shuttle.Upper"]', "2")
            page.press('[name="shuttle.Upper"]', "Enter")
            page.press('[name="pause.water"]', "Enter")
            assert page.is_hidden("#sure")
            assert page.inner_text("#sum").startswith("Placed: 5 points")
        if turn == 1:
            fits(page, "mediate")
            page.reload()
        if turn:
            page.focus(".purse button")
        tab_to(page, ".purse button")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # held down for too long: "not yet" has the focus
        assert page.inner_text("h1").startswith(before)
        tab_to(page, ".purse button")
        page.keyboard.press("Enter")
        if turn == 0:
            assert "5 points" in page.inner_text("#sure")
            fits(page, "mediate-sure")
        tab_to(page, '#sure [value="yes"]')
        page.keyboard.press("Enter")
        page.wait_for_selector(f'input[name="number"][value="{turn + 1}"], #among', state="attached")
        page.wait_for_load_state()
    page.wait_for_selector("#among rect")
    assert "you: " in page.inner_html("#among")
    fits(page, "mediate-end")


def test_a_person_negotiates_by_keyboard(page: Any, fits: Fits) -> None:  # noqa: F811
    took_seat(page, fits, "negotiate")
    tab_to(page, 'input[name="do"] >> nth=0')
    page.keyboard.press("Space")
    assert page.is_checked('[value="come"]')
    tab_to(page, '[name="offer.night"]')
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    said = page.inner_text("#live")
    tab_to(page, ".purse button")
    page.keyboard.press("Enter")
    page.wait_for_selector('input[name="number"][value="1"]', state="attached")
    page.wait_for_load_state()
    worth = page.locator(".texts .sum td").last.inner_text()
    assert f"worth {worth} points" in said  # what the sliders said is what the model says of the offer
    page.wait_for_selector("#line circle", state="attached")
    assert page.locator("#line circle").count() == 1
    page.focus('input[name="do"] >> nth=0')
    fits(page, "negotiate")
    for number in range(1, 6):
        if page.locator("#among").count():
            break
        page.focus('input[name="do"]')
        while not page.is_checked('[value="delegate"]'):
            page.keyboard.press("ArrowDown")
        assert page.is_hidden('[name="offer.night"]')
        page.fill("#rounds", "99")
        page.keyboard.press("Enter")
        assert page.get_attribute('input[name="number"]', "value") == str(number)
        page.click(".purse button")
        page.wait_for_selector(f'input[name="number"][value="{number + 1}"], #among', state="attached")
        page.wait_for_load_state()
    page.wait_for_selector("#among rect")
    fits(page, "negotiate-end")


@pytest.mark.parametrize("scripts", [True, seldom(False)])
def test_the_enter_key_in_a_field_decides_nothing(chromium: Any, served: str, scripts: bool) -> None:  # noqa: F811
    context = chromium.new_context(base_url=served, java_script_enabled=scripts)
    here = context.new_page()
    for role in ("mediate", "negotiate"):
        here.goto(f"/{role}?scenario=tiny&replication=3")
        follow(here, ".begin button")
        if role == "negotiate":
            here.check('[value="walk_out"]')
        for field in here.locator("form[id] input:visible:not([type=checkbox]), form[id] select:visible").all():
            field.press("Enter")
        here.wait_for_load_state("networkidle")
        assert here.get_attribute('input[name="number"]', "value") == "0"
    context.close()


def test_who_walks_out_is_asked_first(page: Any) -> None:  # noqa: F811
    page.goto("/negotiate?scenario=tiny&replication=3")
    follow(page, ".begin button")
    page.check('[value="walk_out"]')
    page.click(".purse button")
    assert "walk out" in page.inner_text("#sure")
    page.keyboard.press("Escape")
    assert page.get_attribute('input[name="number"]', "value") == "0"
    page.click(".purse button")
    follow(page, '#sure [value="yes"]')
    assert page.get_attribute('input[name="number"]', "value") == "1"


@pytest.mark.validate
@pytest.mark.parametrize("role", ["mediate", "negotiate"])
def test_a_game_goes_without_scripts_too(chromium: Any, served: str, role: str) -> None:  # noqa: F811
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    here = context.new_page()
    here.goto(f"/{role}?scenario=tiny&replication=3")
    follow(here, ".begin button")
    if role == "negotiate":
        here.check('[value="delegate"]')
    follow(here, ".purse button")
    assert here.get_attribute('input[name="number"]', "value") == "1"
    assert here.locator(".problem").count() == 0
    context.close()
