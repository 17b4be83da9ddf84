"""Names that look equal, keys with nothing after them, days that are none: what nobody sees, the reader says."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from sim.scenario import Problem, ScenarioError, as_yaml, load, load_text

from .test_load import BASE

ACCENTS = """\
name: Zoë's talks
parties: {Zoë: {}, Bob: {}}
mediators: {Envoyé: {}}
working_groups: {rivière: {issues: {eau: {options: {à moi: {Zoë: 1, Bob: 0}, à toi: {Zoë: 0, Bob: 1}}}}}}
framework: [{group: rivière, issue: eau, settlement: à toi}]
events: [{date: 0, kind: shuttle, mediator: Envoyé, to: [Zoë]}]
"""


def problems_of(text: str, *settings: str) -> list[Problem]:
    try:
        load_text(text, "x.yaml", settings)
    except ScenarioError as error:
        return list(error.problems)
    return []


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", range(ACCENTS.count("ë") + ACCENTS.count("é") + ACCENTS.count("è") + ACCENTS.count("à"))
)
def test_a_letter_is_the_same_however_its_accent_is_written(place: int) -> None:
    """One accent after the other is written apart from its letter, as files of a Mac may have it."""
    letters = [n for n, sign in enumerate(ACCENTS) if sign in "ëéèà"]
    n = letters[place]
    apart = ACCENTS[:n] + normalize("NFD", ACCENTS[n]) + ACCENTS[n + 1 :]
    assert apart != ACCENTS
    assert load_text(apart) == load_text(ACCENTS)
    assert as_yaml(load_text(normalize("NFD", ACCENTS))) == as_yaml(load_text(ACCENTS))


def test_settings_name_what_files_do_however_accents_are_written(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(ACCENTS, encoding="utf-8")
    path = normalize("NFD", "mediators.Envoyé")
    assert load(file, [f"{path}.effort=0.1"]).mediators["Envoyé"].effort == 0.1
    assert load(file, without=[path]).mediators == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann", "ANN"), ("Ann", "Ann\u200b"), ("a b", "a \u2060b"), ("\uff21nn", "Ann"), ("Straße", "STRASSE")],
)
def test_names_beside_each_other_look_different(one: str, other: str) -> None:
    groups = "working_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}\n"
    several = [
        f"name: x\nparties: {{{one}: {{}}, {other}: {{}}}}\n{groups.replace('A', one).replace('B', other)}",
        f"name: x\nparties: {{{one}: {{}}, Q: {{}}}}\nmediators: {{{other}: {{}}}}\n"
        + groups.replace("A", one).replace("B", "Q"),
        f"name: x\nparties: {{A: {{}}, B: {{}}}}\nmediators: {{{one}: {{}}, {other}: {{}}}}\n{groups}",
        "name: x\nparties: {A: {}, B: {}}\nworking_groups: "
        f"{{g: {{issues: {{{one}: {{positions: {{A: 0, B: 1}}}}, {other}: {{positions: {{A: 0, B: 1}}}}}}}}}}\n",
    ]
    for text in several:
        (problem,) = problems_of(text)
        assert (problem.kind, "looks like the name of" in problem.message) == ("bad-name", True)


@pytest.mark.parametrize("name", ["North\u200b", "north"])
def test_a_name_that_only_looks_like_one_says_so(name: str) -> None:
    (problem,) = problems_of(BASE.replace("weights: {North: 2}", f"weights: {{{name}: 2}}"))
    assert "looks like one, but has other capitals, or characters that cannot be seen" in problem.message
    assert problem.message.endswith("did you mean North?")


# ---- keys with nothing after them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("mediators: {Envoy: {effort: }}", "mediators.Envoy.effort"),
        ("mediators: {Envoy: }", "mediators.Envoy"),
        ("mediators:", "mediators"),
        ("incidents: {per_year: null}", "incidents.per_year"),
        ("contacts: ~", "contacts"),
        ("events: [{date: 0, kind: statement, what: }]", "events[0].what"),
    ],
)
def test_nothing_is_no_value(line: str, path: str) -> None:
    """In a file that extends none, in one whose parent says nothing there, in a setting."""
    parent = BASE.replace("mediators:\n  Envoy: {effort: 0.5}\n  Second: {}\n", "")
    (problem,) = problems_of(f"{parent}{line}\n")
    assert (problem.kind, problem.path) == ("no-value", path)
    key, _, value = line.partition(": ")
    if "{" in value or "[" in value:
        assert [(p.kind, p.path) for p in problems_of(parent, f"{key}={value}")] == [("no-value", path)]


def test_what_the_parent_does_not_say_cannot_be_removed(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text(
        "extends: base.yaml\nmediators: {Envoy: {effort: null}, Second: null}\nfreezes: null\n", encoding="utf-8"
    )
    assert load(child).mediators["Envoy"].effort == 0.5
    child.write_text(
        "extends: base.yaml\nmediators: {Envoy: {bias: null}, Secnd: null}\nincidents: null\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError) as caught:
        load(child)
    found = {problem.path: problem.message for problem in caught.value.problems}
    assert list(found) == ["mediators.Envoy.bias", "mediators.Secnd", "incidents"]
    assert found["mediators.Secnd"].endswith("did you mean Second?")
    child.write_text("extends:\nname: x\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="extends names no file"):
        load(child)


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("1582-10-10", "a date of the years 1600 to 2400"),
        ("0000-01-01", "a date of the years 1600 to 2400"),
        ("2023-02-30", "is no day of the calendar"),
        ("2401-01-01", "a date of the years 1600 to 2400"),
    ],
)
def test_the_rule_that_a_day_breaks_is_the_one_that_is_said(day: str, says: str) -> None:
    (problem,) = problems_of(BASE.replace("2026-09-07", day))
    assert says in problem.message


@pytest.mark.parametrize("week", ["0.5", "-1", "1e12"])
def test_a_week_is_whole_and_no_distribution(week: str) -> None:
    (problem,) = problems_of(BASE.replace("start: 5,", f"start: {week},"))
    assert "distribution" not in problem.message
    assert "write 0 for the first, or a date" in problem.message
