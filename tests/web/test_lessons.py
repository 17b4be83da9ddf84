"""Lessons in the page: a path of scenes from the folder, texts to print, and a key that no student's page links to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.web import markup
from sim.web.database import Activity
from sim.web.lessons import NOTE, SHEET, lessons
from sim.web.texts import languages

from .conftest import Site, Visit
from .looks import fits

Visiting = Callable[[Visit], None]
NAMES = sorted(lessons())
LONGEST = Activity.__table__.c.words.type.length


# ---- texts -----------------------------------------------------------------------------------------------------------


def test_markdown_becomes_html_and_never_a_script() -> None:
    parts = (
        "# A <script>",
        "2. *b* and `c<d`<!--mark-->",
        "| e | f |\n|---|---|\n| 1 | |",
        "---",
        "<script>alert(1)</script>",
    )
    found = markup.html("\n\n".join(parts))
    assert "<script" not in found
    assert "mark" not in found
    for each in (
        "<h1>A </h1>",
        '<ol start="2">',
        "<em>b</em>",
        "<code>c&lt;d</code>",
        '<th scope="col">e</th>',
        "<hr>",
    ):
        assert each in found


def test_markdown_keeps_a_script_as_words_where_it_is_code() -> None:
    assert "<pre><code>&lt;script&gt;\n</code></pre>" in markup.html("```\n<script>\n```\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_path_begins_with_the_worksheet_and_ends_with_its_questions(name: str) -> None:
    lesson = lessons()[name]
    assert "model" in lesson.introduction
    assert "##" not in lesson.introduction
    assert len(lesson.questions) == lesson.text("worksheet").count("\n---\n") / 2 == 4


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_every_lesson_is_a_path_of_scenes(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            index = (await browser.open("/lessons")).text
            for name in NAMES:
                assert f'href="/lessons/{name}"' in index
                found = (await browser.open(f"/lessons/{name}")).text
                activities = lessons()[name].activities("en")
                assert found.count('class="scene"') == 2 + len(activities) + 4
                assert found.count("data-setup=") == sum("&b=" in each.setup for each in activities) > 0
            assert (await browser.get("/lessons/none")).status_code == 404

    visit(what)


def test_the_teachers_note_is_for_whoever_teaches(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/lessons") as student:
            where = f"/lessons/{NAMES[0]}/{NOTE}"
            assert (await student.get(where)).status_code == 403
            await teacher.send("/class/open")
            assert "Key" in (await teacher.open(where)).text
            for address in ("/lessons", *(f"/lessons/{name}{rest}" for name in NAMES for rest in ("", "/worksheet"))):
                assert f"/{NOTE}" not in (await student.open(address)).text

    visit(what)


def test_a_worksheet_asks_in_the_language_of_the_page_what_the_lesson_asks(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as browser:
            await browser.send("/class/open")
            where = f"/lessons/{NAMES[0]}"
            words = [each.words for each in lessons()[NAMES[0]].activities("hy")]
            sheet = (await browser.open(f"{where}/{SHEET}?lang=hy")).text
            assert [word in sheet[: sheet.index("<article")] for word in words] == [True] * len(words)
            assert 'class="sheet asked"' not in (await browser.open(f"{where}/{NOTE}?lang=hy")).text
            assert 'class="sheet asked"' not in (await browser.open(f"{where}/{SHEET}?lang=en")).text

    visit(what)


@pytest.mark.validate
def test_a_scene_at_a_time_and_no_answer_before_a_prediction(page: Any) -> None:
    address = f"/lessons/{NAMES[4]}"
    page.goto(address)
    page.click(".next")
    page.locator(".scene:visible textarea").fill("No: chance comes in.")
    page.click(".next")
    scene = page.locator(".scene:visible")
    assert scene.count() == 1
    assert page.is_hidden(".next")
    assert scene.locator(".run").is_hidden()
    scene.locator("input").fill("45")
    page.keyboard.press("Enter")
    assert scene.locator("input").is_hidden()
    page.keyboard.press("Enter")
    scene.locator(".answer").wait_for()
    assert "45" in scene.locator(".sentences").inner_text()
    page.reload()
    scene.locator(".answer").wait_for()
    while page.is_visible(".next") and "end" not in str(scene.get_attribute("data-kind")):
        page.click(".next")
        if scene.get_attribute("data-kind") == "predict":
            scene.locator("input").fill("50")
            page.keyboard.press("Enter")
            scene.locator(".run").click()
            scene.locator(".answer").wait_for()
    assert "No: chance comes in." in page.inner_text(".found")


@pytest.mark.validate
@pytest.mark.parametrize("address", [f"/lessons/{NAMES[0]}", "/lessons", f"/lessons/{NAMES[4]}/worksheet"])
def test_lessons_fit_everybody(page: Any, address: str) -> None:
    page.goto(address)
    fits(page, address.replace("/", "-"))


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_speaks_every_language_of_the_page(name: str) -> None:
    content = lessons()[name].content
    for said in (content["title"], *(each["words"] for each in content["activity"])):
        assert said.keys() == set(languages())
        assert len(set(said.values())) == len(said)
        assert max(map(len, said.values())) <= LONGEST
        sides = [[side in each for side in ("(A)", "(B)")] for each in said.values()]
        assert all(each == sides[0] for each in sides)
