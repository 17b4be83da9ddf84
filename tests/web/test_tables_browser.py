"""The pages of a table in Debian's Chromium: three people, by keyboard on a phone, and whatever judges a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest

from tests.browser import context

from .looks import PHONE, Fits
from .test_games_browser import tab_to

TEACHES = 'form[action="/class/open"] button'
DECIDES = '.purse button:not([name="left"])'


@contextmanager
def people(chromium: Any, served: str, count: int) -> Iterator[list[Any]]:
    """Phones of several people."""
    with ExitStack() as stack:
        phone = partial(context, chromium, base_url=served, viewport=PHONE, reduced_motion="reduce")
        yield [stack.enter_context(phone()).new_page() for _ in range(count)]


@pytest.mark.validate
def test_three_people_at_a_table_by_keyboard(page: Any, chromium: Any, served: str, fits: Fits) -> None:
    page.goto("/class")
    page.click(TEACHES)
    room = page.url.replace("/class/", "/table/")
    code = room.rpartition("/")[2]
    page.goto(room)
    fits(page, "table-set")
    page.select_option("#scenario", "tiny")
    page.click(".begin button")
    with people(chromium, served, 3) as phones:
        for phone, seat in zip(phones, ("Upper", "Lower", "Chair"), strict=True):
            phone.goto("/class")
            phone.fill("#code", code)
            phone.press("#code", "Enter")
            phone.goto(room)
            if seat == "Upper":
                fits(phone, "table-sit")
            phone.click(f'button:has-text("{seat}")')
        page.goto(room)
        page.click('form[action$="/deal"] button')
        fits(page, "table-playing")
        upper, lower, chair = phones
        upper.goto(room)
        fits(upper, "table-party")
        assert "This text is worth" not in upper.inner_text("#moment")
        tab_to(upper, '[name="do.fish"]:checked')
        upper.keyboard.press("ArrowUp")
        assert upper.is_checked('[name="do.fish"][value="offer"]')
        assert "This text is worth" in upper.inner_text('[data-of="fish"] .live')
        tab_to(upper, '[name="offer.fish.season"]')
        before = upper.inner_text('[data-of="fish"] .live')
        upper.keyboard.press("ArrowLeft")
        assert upper.inner_text('[data-of="fish"] .live') != before
        tab_to(upper, "#message")
        upper.keyboard.type("Good morning")
        upper.keyboard.press("Enter")
        assert upper.locator("#waiting").count() == 0  # Enter decides nothing
        tab_to(upper, '.purse button:not([name="left"])')
        upper.keyboard.press("Enter")
        upper.wait_for_selector("#waiting")
        fits(upper, "table-waiting")
        for phone in (lower, chair):
            phone.goto(room)
            phone.click('.purse button:not([name="left"])')
            phone.wait_for_load_state()
        upper.wait_for_selector("#said-title", timeout=20_000)  # by itself
        assert "Good morning" in upper.inner_text("main")
        chair.goto(room)
        fits(chair, "table-mediator")
        page.goto(room)
        page.click('form:has([name="finished"]) button')
        page.goto(f"{room}/debrief")
        page.wait_for_selector(".pictures", timeout=20_000)
        fits(page, "table-debrief")
        upper.wait_for_selector(".pictures", timeout=20_000)  # by itself, too


@pytest.mark.validate
def test_a_pause_is_said_at_once_and_keeps_what_was_written(page: Any, chromium: Any, served: str, fits: Fits) -> None:
    """The phone says why nothing can be sent, and lets go again, without a reload; the teacher's pages say so too."""
    page.goto("/class")
    page.click(TEACHES)
    desk = page.url
    room = desk.replace("/class/", "/table/")
    page.goto(room)
    page.select_option("#scenario", "tiny")
    page.click(".begin button")
    with people(chromium, served, 1) as phones:
        upper = phones[0]
        upper.goto("/class")
        upper.fill("#code", desk.rpartition("/")[2])
        upper.press("#code", "Enter")
        upper.goto(room)
        upper.click('button:has-text("Upper")')
        page.goto(room)
        page.click('form[action$="/deal"] button')
        upper.goto(room)
        upper.fill("#message", "half a sentence")
        page.goto(desk)
        page.click("#stop")
        upper.wait_for_selector("#halt:not(:empty)")
        assert upper.locator(".purse button[disabled]").count() == 2
        fits(upper, "table-stopped")
        page.goto(room)
        assert page.inner_text("#halt")
        fits(page, "table-desk-stopped")
        page.goto(desk)
        fits(page, "desk-stopped")
        page.click("#next")
        upper.wait_for_selector("#halt:empty", state="attached")
        assert upper.input_value("#message") == "half a sentence"
        upper.click(DECIDES)
        upper.wait_for_selector("#waiting, h1")
        page.goto(room)
        page.click('form:has([name="finished"]) button')
        page.goto(f"{room}/debrief")
        page.wait_for_selector(".pictures")
        fits(page, "table-debrief-teacher")
        with page.expect_download() as download:
            page.click('a[href$="/tables.csv"]')
        assert download.value.suggested_filename.startswith("tables-")
