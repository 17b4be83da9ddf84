"""Texts of scenarios in other languages: found by their English, checked, complete for the languages that have any."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sim.__main__ import answer
from sim.scenario import Scenario, ScenarioError, load, load_text, translations
from sim.scenario.library import folder, names

FILES = sorted((folder() / "texts").glob("*.json"))
FOREIGN = {"ru": "[\u0400-\u04ff]", "hy": "[\u0530-\u058f]"}
"""A letter that a text in this language has, where its letters are not those of English."""


def told(scenario: Scenario) -> Iterator[str]:
    """All that pages and stories say of a scenario in its own words."""
    yield from (scenario.name, scenario.summary)
    for name, party in {**scenario.parties, **scenario.mediators}.items():
        yield from (name, party.title)
    for name, group in scenario.working_groups.items():
        yield from (name, group.title, group.level)
        for key, issue in group.issues.items():
            yield from (key, issue.title, *(issue.options or {}), *issue.labels.values())
    for event in scenario.events:
        yield from (event.what, *event.framing.values())
    yield from (freeze.reason for freeze in scenario.freezes)


@cache
def shipped() -> dict[str, str]:
    """Each text of the shipped scenarios, with the first scenario that has it."""
    found: dict[str, str] = {}
    for stem in names():
        for text in filter(None, told(load(stem))):
            found.setdefault(text, stem)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_shipped_scenarios_are_translated_word_for_word_as_they_are_now(path: Path) -> None:
    there = json.loads(path.read_text(encoding="utf-8"))
    assert not there.keys() - shipped().keys(), "no scenario says this"
    assert not {text: stem for text, stem in shipped().items() if text not in there}
    letter = FOREIGN.get(path.stem, "")
    assert not [text for text in there.values() if not re.search(letter, text.lower())]
    assert not [text for text, said in there.items() if said == text and len(text.split()) > 1]


OWN = """
extends: seminar
name: Ours
texts:
  es: {Ours: Lo nuestro, Uplake: Lagoalto}
"""


def test_a_file_has_its_texts_and_those_of_what_it_extends() -> None:
    said = translations.texts(load_text(OWN), "ru")
    assert said["water"] == translations.shipped("ru")["water"]
    said = translations.texts(load_text(OWN), "es")
    assert (said["Ours"], said["Uplake"]) == ("Lo nuestro", "Lagoalto")
    assert "water" not in translations.texts(load_text(OWN), "eo")


def test_its_own_words_come_first() -> None:
    own = load_text("extends: seminar\nname: Ours\ntexts: {ru: {water: ничья}}\n")
    assert translations.texts(own, "ru")["water"] == "ничья"


def test_a_text_whose_english_changed_is_warned_of_at_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "base.yaml").write_text(OWN.strip() + "\n", encoding="utf-8")
    child = 'extends: base.yaml\nname: Theirs\ntexts: {fr: {Theirs: "Les leurs", Watter: eau}}\n'
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    assert answer(["check", str(tmp_path / "child.yaml")]) == 0
    said = capsys.readouterr().err
    assert "child.yaml:3:35: texts.fr.Watter: nothing in this file says Watter" in said
    assert said.count("warning") == 1  # `Ours` is said by the file that it extends


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("water: ''", r"texts\.es\.water: an empty translation .*remove it"),
        ("Three on a river: ' \u200b '", "an empty translation"),
        ("Uplake: Millford", "Uplake is called Millford, and so is Millford"),
        ("Uplake: Ana, Millford: ANA", "Millford is called ANA, and so is Uplake .*choose another name"),
        ("water: pesca, fish: pesca", "is called pesca"),
        ('Uplake: "two\\nlines"', r"texts\.es\.Uplake: .* is no name \(a name is one line"),
        (f"Uplake: {'x' * 81}", "is no name .*at most 80 characters"),
    ],
)
def test_translations_can_be_read_and_names_told_apart(said: str, found: str) -> None:
    with pytest.raises(ScenarioError, match=found):
        load_text(f"extends: seminar\nname: Ours\ntexts: {{es: {{{said}}}}}\n")


def test_names_may_be_exchanged_and_shared_by_what_does_not_stand_side_by_side() -> None:
    load_text("extends: seminar\nname: Ours\ntexts: {es: {Uplake: Millford, Millford: Uplake, water: Saltmouth}}\n")


def test_what_is_no_language_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"texts\.armenian: 'armenian' is no language .*write hy"):
        load_text("extends: seminar\nname: Ours\ntexts: {armenian: {water: x}}\n")
