"""What ships is known by name from anywhere; a file that exists wins, and a name opens no way to other files."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.scenario import ScenarioError, copied, library, load_text, shipped
from sim.scenario.folders import scenario_folder
from tests.seldom import one_in


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("stem", one_in(5, library.names()))
def test_a_scenario_that_ships_is_known_by_name(stem: str) -> None:
    assert sim.load(stem) == sim.load(library.names()[stem])


def test_names_are_said_with_slashes_of_either_kind() -> None:
    assert sim.load(r"lessons\01-freeze\by-date") == sim.load("lessons/01-freeze/by-date")


def test_a_file_wins_over_a_name_and_a_folder_does_not() -> None:
    Path("baseline").mkdir()
    assert sim.load("baseline").name == "South Caucasus, February 2023"
    Path("seminar").write_text("extends: baseline\nname: Mine\n", encoding="utf-8")
    assert sim.load("seminar").name == "Mine"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("baslin", "did you mean baseline?"),
        ("four-week", "did you mean lessons/01-freeze/four-weeks?"),
        ("scenarios/baseline.yaml", "did you mean baseline?"),
        ("cooling-off", "cooling-off-4 or cooling-off-12"),
        ("zzzz", "sim list"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_an_unknown_name_gets_the_nearest(said: str, meant: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        sim.load(said)
    assert meant in str(refused.value)


@pytest.mark.parametrize("stem", one_in(5, library.names()))
def test_what_ships_can_be_extended_from_anywhere(stem: str) -> None:
    text = f"extends: {stem}\nname: Mine\n"
    Path("mine.yaml").write_text(text, encoding="utf-8")
    expected = sim.load(stem).model_copy(update={"name": "Mine"})
    assert sim.load("mine.yaml") == load_text(text) == load_text(text, folder=Path.cwd()) == expected


def test_a_file_beside_this_one_is_extended_rather_than_what_ships() -> None:
    Path("seminar").write_text("extends: baseline\nsummary: beside\n", encoding="utf-8")
    Path("mine.yaml").write_text("extends: seminar\n", encoding="utf-8")
    assert sim.load("mine.yaml").summary == "beside"


@pytest.mark.parametrize("said", ["../baseline", "./../baseline", "lessons/../../secret", "/baseline", "baseline/../x"])
def test_a_name_opens_no_way_to_other_files(said: str) -> None:
    folder = Path("inside")
    folder.mkdir()
    for name in ("secret", "baseline"):
        Path(name).write_text("name: secret\n", encoding="utf-8")
    (folder / "mine.yaml").write_text(f"extends: {said}\n", encoding="utf-8")
    for read in (lambda: sim.load(folder / "mine.yaml"), lambda: load_text(f"extends: {said}\n")):
        with pytest.raises(ScenarioError) as refused:
            read()
        assert {problem.kind for problem in refused.value.problems} <= {"outside", "absolute", "not-found"}
        assert "secret" not in {problem.text for problem in refused.value.problems}


def test_nothing_leaves_the_folder_of_what_ships() -> None:
    assert {scenario_folder(path.resolve()) for path in library.names().values()} == {library.folder()}


@pytest.mark.parametrize("stem", one_in(5, library.names()))
def test_a_copy_is_the_same_scenario_under_another_name(stem: str, tmp_path: Path) -> None:
    Path("mine.yaml").write_text(copied(stem, "mine", tmp_path), encoding="utf-8")
    assert sim.load("mine.yaml") == sim.load(stem).model_copy(update={"name": "mine"})


def test_a_copy_of_a_bad_file_or_of_none_is_refused(tmp_path: Path) -> None:
    Path("bad.yaml").write_text("name: x\n", encoding="utf-8")
    for source in ("bad.yaml", "nowhere"):
        with pytest.raises(ScenarioError):
            copied(source, "mine", tmp_path)


def test_patterns_mean_names_whose_stars_stop_at_a_slash() -> None:
    assert library.matches("lessons/01-freeze/*") == [
        f"lessons/01-freeze/{name}" for name in ("by-date", "four-weeks", "twelve-weeks")
    ]
    assert "lessons/01-freeze/by-date" not in library.matches("*")
    assert {each.stem for each in shipped()} == set(library.names())
