"""The page Build in Debian's Chromium: a first scenario without YAML, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser import context, follow

from .looks import PHONE, WIDE, violations

FILLED = ("A river", "North", "South", "", "How much water?", "a tenth", "half")
"""The fields of a new scenario in their order on the page."""


def settled(page: Any) -> str:
    """What the page says once it has run the scenario."""
    page.wait_for_selector("#share svg", state="attached")
    now = page.locator("#now", has_text=re.compile(r"^\s*\d"))
    now.wait_for()
    return str(now.inner_text())


def begin(page: Any) -> None:
    """A scenario from nothing: each field is one Tab away from the last."""
    page.goto("/build")
    page.focus("#name")
    for n, text in enumerate(FILLED):
        page.keyboard.type(text)
        page.keyboard.press("Enter" if n == len(FILLED) - 1 else "Tab")
    page.wait_for_url(re.compile("/build/."))


@pytest.mark.validate
def test_a_first_scenario_takes_fifteen_clicks_and_no_yaml(page: Any) -> None:
    page.goto("/build")
    clicks = 0

    def click(what: str) -> None:
        nonlocal clicks
        clicks += 1
        page.click(what)

    for key, text in zip(
        ("name", "party1", "party2", "question", "low", "high"), (*FILLED[:3], *FILLED[4:]), strict=True
    ):
        click(f"#{key}")
        page.keyboard.type(text)
    click("text=Begin")
    settled(page)
    click("details.block summary:has-text('North')")
    click("details.block:has(> summary:has-text('North')) select[name$='tactic\"]|']")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    click("form.add:has-text('Name of the mediator') input[name=said]")
    page.keyboard.type("An envoy")
    page.keyboard.press("Enter")
    page.wait_for_selector("details.block summary:has-text('An envoy')")
    click("text=Add a pause after each incident")
    page.wait_for_selector("details.block summary:has-text('Freeze')")
    settled(page)
    click(".uses button:has-text('Explore')")
    page.wait_for_url(re.compile("/explore"))
    assert clicks <= 15
    assert page.locator("#explore").is_visible()


@pytest.mark.validate
def test_a_scenario_by_keyboard_alone(page: Any) -> None:
    begin(page)
    before = settled(page)
    page.focus("details.block summary:has-text('talks')")
    page.keyboard.press("Enter")
    page.focus("details.block details.block summary")
    page.keyboard.press("Enter")
    name = 'input[name$=\'"positions", "South"]|\']'
    page.focus(name)
    page.keyboard.press("Home")
    page.wait_for_selector(f"{name}[value='0.0'], {name}[value='0']")  # the form anew, with the number of the file
    assert page.evaluate("document.activeElement.name").endswith('"South"]|')
    assert page.locator("details.block details.block").first.evaluate("each => each.open")
    page.locator("#now").filter(has_not_text=before).wait_for()
    assert settled(page) != before  # they want the same now


@pytest.mark.validate
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}, WIDE])
def test_the_form_fits_and_pleases_everybody(page: Any, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    begin(page)
    settled(page)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    trust = 'input[name$=\'"North", "trust"]|\']'
    page.fill(trust, "7")
    page.press(trust, "Tab")
    page.wait_for_selector(".mend")
    assert not violations(page)
    for direction in ("ltr", "rtl"):
        page.locator("html").evaluate("(each, dir) => each.dir = dir", direction)
        assert page.locator("html").evaluate("each => each.scrollWidth - each.clientWidth") <= 0


@pytest.mark.validate
def test_what_is_typed_meanwhile_is_not_lost(page: Any) -> None:
    begin(page)
    settled(page)
    summary, title = "input[name='[\"summary\"]|']", "input[name='[\"name\"]|']"
    held: list[Any] = []
    page.route(re.compile("/change"), lambda route: held.append(route))
    page.fill(title, "Two rivers")
    with page.expect_request(re.compile("/change")):
        page.press(title, "Tab")
    page.keyboard.type("Two regions share them")
    held[0].continue_()  # not before: what was typed came while the page waited
    page.wait_for_selector("h1:has-text('Two rivers')")
    assert page.input_value(summary) == "Two regions share them"


@pytest.mark.validate
def test_without_scripts_each_block_keeps_its_changes(chromium: Any, served: str) -> None:
    with context(chromium, base_url=served, java_script_enabled=False) as user:
        plain = user.new_page()
        begin(plain)
        plain.fill("input[name='[\"name\"]|']", "Two rivers")
        follow(plain, "section.card:first-of-type .keep button")
        assert plain.inner_text("h1") == "Two rivers"
        plain.fill("form.add:has-text('Name of the side') input[name=said]", "East")
        follow(plain, "text=Add a side")
        assert plain.locator("details.block summary:has-text('East')").count() == 1


@pytest.mark.validate
def test_a_scenario_is_translated_by_keyboard_and_each_word_is_kept_at_once(page: Any) -> None:
    begin(page)
    address = page.url
    page.focus("#words-of summary")
    page.keyboard.press("Enter")
    page.focus("#words-of a[lang=ar]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".field.words")
    page.locator(".field.words input").first.focus()
    for words in ("\u0646\u0647\u0631", "\u0627\u0644\u0634\u0645\u0627\u0644"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.wait_for_selector("#kept:has-text('Translated: 2 of 7.')")
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        assert not violations(page)
        assert page.locator("html").evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    page.goto(address)
    assert "Translated: 2 of 7." in page.locator("#words-of li", has=page.locator("a[lang=ar]")).text_content()


@pytest.mark.validate
def test_a_scenario_is_translated_without_scripts(chromium: Any, served: str) -> None:
    with context(chromium, base_url=served, java_script_enabled=False) as user:
        plain = user.new_page()
        begin(plain)
        plain.click("#words-of summary")
        follow(plain, "#words-of a[lang=ru]")
        plain.locator(".field.words input").first.fill("\u0420\u0435\u043a\u0430")
        follow(plain, ".keep button >> nth=0")
        assert plain.inner_text("#kept") == "Translated: 2 of 7."  # what ships has a word for one of them
        assert plain.locator(".field.words input").first.input_value() == "\u0420\u0435\u043a\u0430"
