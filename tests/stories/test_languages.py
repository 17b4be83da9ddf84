"""Stories in every language that has phrases: complete, each with the names of English, nothing left in English."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import cache

import pytest

import sim
from sim import kinds
from sim.kinds import KINDS
from sim.scenario import load, load_text
from sim.stories.story import as_it_went, story
from sim.stories.voice import FOLDER, OF_A_KIND, languages, voice
from sim.words.catalogue import DEFAULT, Entry, own
from sim.words.language import Language

ENGLISH = own(FOLDER, DEFAULT)
IN_CODE: dict[str, Entry] = {
    f"kind.{kind.name}.{part}": getattr(kind, part)
    for kind in KINDS.values()
    for part in OF_A_KIND
    if getattr(kind, part) and (part != "unended" or "freeze" in kind.counts_as)
}
"""Phrases whose English stands in the table of kinds."""
FREE = {"numerals", "times.2"}
"""What a language may do without: it writes numbers as digits."""
FOREIGN = {"ru": "[\u0400-\u04ff]", "hy": "[\u0530-\u058f]"}
OTHERS = [language for language in languages() if language != DEFAULT]


def forms(entry: Entry) -> dict[str, str]:
    return {"other": entry} if isinstance(entry, str) else entry


def names(text: str) -> set[str]:
    """What stands in braces; the severity of an incident is `{value}` in English, which other languages cannot use."""
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return {"severity" if name == "value" else name for name in found}


def misfits(language: str, written: dict[str, Entry]) -> Iterator[str]:
    """What is wrong with the phrases of a language, a line each."""
    english = {**ENGLISH, **IN_CODE}
    yield from (f"{key}: missing" for key in english.keys() - written.keys())
    yield from (f"{key}: English has no such phrase" for key in written.keys() - english.keys())
    spoken = Language(language)
    needed = {spoken.plural(count) for count in range(1001)} | {"other"}
    for key, entry in written.items():
        if len(forms(entry)) > 1 or not isinstance(english.get(key, ""), str):
            yield from (f"{key}: no form `{form}`" for form in needed - forms(entry).keys())
        theirs = set().union(*(names(text) for text in forms(english.get(key, "")).values()))
        for text in forms(entry).values():
            if names(text) - {"n"} != theirs - {"n"}:
                yield f"{key}: {sorted(names(text))} in braces, English {sorted(theirs)}"
            if key not in FREE and re.search("[a-z]", re.sub(r"\{\w+\}|'[^']*'", "", text)) and language in FOREIGN:
                yield f"{key}: English letters" if not key.startswith("date.") else ""


@pytest.mark.parametrize("language", OTHERS)
def test_the_phrases_of_a_language_fit_those_of_english(language: str) -> None:
    assert not list(filter(None, misfits(language, own(FOLDER, language))))


def test_what_is_wrong_with_phrases_is_found() -> None:
    wrong: dict[str, Entry] = {"costs": "Lost: {weeks}", "nothing.such": "\u043d\u0435\u0442", "why": "{group}"}
    wrong["lasting"] = {"one": "{date}", "other": "{date}"}
    found = set(misfits("ru", wrong))
    assert {"costs: English letters", "nothing.such: English has no such phrase", "lasting: no form `few`"} <= found
    assert {"why: ['group'] in braces, English ['gap', 'group', 'why']", "gap: missing"} <= found


@cache
def results(stem: str) -> sim.Results:
    return sim.run(stem, replications=4, told=4)


@pytest.mark.parametrize("language", sorted(FOREIGN.keys() & set(OTHERS)))
@pytest.mark.parametrize("stem", ["freeze-rolling", "seminar"])
def test_a_story_has_no_word_of_english(language: str, stem: str) -> None:
    for number in range(4):
        text = story(results(stem), number, language=language).text
        assert not re.findall("[A-Za-z]+", text)
        assert re.search(FOREIGN[language], text)


UNWORDED = """
name: 三
clock: {weeks: 30, hold_weeks: 4}
parties: {甲: {}, 乙: {}}
mediators: {丙: {effort: 1, activities: {shuttle: 1}}}
working_groups:
  丁: {issues: {戊: {positions: {甲: 0, 乙: 1}}}}
  己: {issues: {戊: {positions: {甲: 0, 乙: 1}}}}
leaders: {covers: [丁, 己], meets_every: 9}
events:
  - {kind: statement, date: 1}
  - {kind: shuttle, date: 2, mediator: 丙, to: [甲]}
  - {kind: round, date: 3, group: 丁}
  - {kind: disruption, date: 4, group: 己}
  - {kind: incident, date: 5, severity: 0.6}
freezes: [{groups: [丁], start: 2, weeks: 9}]
"""


@pytest.mark.parametrize("language", sorted(FOREIGN.keys() & set(OTHERS)))
def test_what_the_file_does_not_word_is_no_english(language: str) -> None:
    """Dated events without words of their own, and meetings of the leaders, are told in the story's language."""
    text = story(sim.run(load_text(UNWORDED), replications=1, told=1), 0, language=language).text
    assert voice(load("seminar"), language).kind("summit").sentence in text
    assert not re.findall("[A-Za-z]+", text)


def test_a_story_is_the_same_story_in_every_language() -> None:
    """As many paragraphs, at the same weeks, with the same numbers; without phrases it is told in English."""
    english = story(results("freeze-rolling"), 1)
    for language in OTHERS:
        other = story(results("freeze-rolling"), 1, language=language)
        assert [each.week for each in other.paragraphs] == [each.week for each in english.paragraphs]
        decimal = Language(language).decimal
        for one, two in zip(english.paragraphs, other.paragraphs, strict=True):
            said = re.findall(rf"\d\{decimal}\d+", two.words)
            assert sorted(re.findall(r"\d\.\d+", one.words)) == sorted(each.replace(decimal, ".") for each in said)
    assert story(results("freeze-rolling"), 1, language="eo") == english


@pytest.mark.parametrize("language", languages())
def test_a_country_is_named_once_where_its_full_name_grows_out_of_the_short_one(language: str) -> None:
    scenario = load("freeze-rolling")
    opening, *_ = story(results("freeze-rolling"), 0, language=language).paragraphs
    named = voice(scenario, language).all(scenario.parties)
    assert named in opening.words
    assert f"{named} (" not in opening.words


def test_a_history_is_told_as_it_went_in_a_language() -> None:
    *_, (week, last) = as_it_went(results("seminar"), 0, "ru")
    assert week == load("seminar").clock.weeks
    assert last == story(results("seminar"), 0, language="ru").paragraphs


def test_a_kind_that_nobody_has_translated_is_told_by_its_name() -> None:
    assert voice(load("seminar"), "ru").kind("leak") == kinds.of("leak")


def test_a_capital_is_that_of_the_language() -> None:
    assert voice(load("seminar"), "az").capital("iki") == "\u0130ki"
    assert voice(load("seminar")).capital("iki") == "Iki"
