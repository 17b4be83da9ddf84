"""extends, settings and texts from elsewhere: one tree, in which every value still knows its file and line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load, load_text, starter
from sim.scenario.numbers import Triangular, Uniform
from sim.scenario.schema import Scenario

BASE = """\
name: Base
clock: {start: 2026-09-07, weeks: 60}
parties:
  North:
    reservation: {mean: 0.4, sd: 0.05}
    tactic: {kind: time, beta: 0.5}
  South: {}
mediators:
  Envoy: {effort: 0.5}
  Second: {}
working_groups:
  river:
    meets_every: 4
    issues:
      water: {positions: {North: 0, South: 1}, weights: {North: 2}}
freezes:
  - {groups: [river], start: 5, weeks: 4}
"""
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "scenarios" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    write("base.yaml", BASE)
    return write


def kinds(error: ScenarioError) -> list[str]:
    return [problem.kind for problem in error.problems]


def water_weights(scenario: Scenario) -> object:
    return scenario.working_groups["river"].issues["water"].weights


def refused(path: Path, *settings: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load(path, settings)
    return caught.value


# ---- extends ---------------------------------------------------------------------------------------------------------


def test_mappings_merge_lists_and_scalars_replace_null_removes(write: Write) -> None:
    child = write(
        "child.yaml",
        "extends: base.yaml\nname: Child\nmediators: {Second: null, Third: {effort: 0.1}}\nfreezes: []\n"
        "working_groups: {river: {meets_every: 9}}\nparties: {North: {tactic: {beta: 2}, reservation: {sd: 0.01}}}\n",
    )
    base, scenario = load(child.parent / "base.yaml"), load(child)
    assert scenario.name == "Child"
    assert list(scenario.mediators) == ["Envoy", "Third"]
    assert scenario.freezes == []
    assert scenario.working_groups["river"].meets_every == 9
    assert scenario.working_groups["river"].issues == base.working_groups["river"].issues
    assert scenario.parties["North"].tactic.model_dump() == {"kind": "time", "beta": 2.0, "calendar": 0.0}
    assert scenario.parties["North"].reservation.sd == 0.01  # type: ignore[union-attr]
    assert scenario.parties["North"].reservation.mean == 0.4  # type: ignore[union-attr]


def test_a_null_section_is_its_default(write: Write) -> None:
    scenario = load(write("child.yaml", "extends: base.yaml\nclock: null\nmediators: null\n"))
    assert scenario.clock == Scenario.model_fields["clock"].get_default(call_default_factory=True)
    assert scenario.mediators == {}


def test_null_removes_only_what_is_there(write: Write) -> None:
    error = refused(
        write("child.yaml", "extends: base.yaml\nmediators: {Envoi: null}\nfreezes: null\nnonsense: null\n")
    )
    assert [(p.kind, p.path) for p in error.problems] == [
        ("no-value", "mediators.Envoi"),
        ("unknown-key", "nonsense"),
    ]
    assert "did you mean Envoy?" in error.problems[0].message


def test_what_a_parent_must_say_may_not_be_removed(write: Write) -> None:
    error = refused(write("child.yaml", "extends: base.yaml\nparties: null\n"))
    assert ("missing-key", "parties") in [(p.kind, p.path) for p in error.problems]


def test_a_problem_stands_where_the_value_stands(write: Write) -> None:
    write("middle.yaml", "extends: base.yaml\nmediators:\n  Envoy:\n    effort: 3\n")
    child = write(
        "deep/child.yaml", "extends: ../middle.yaml\nseed: -1\nfreezes:\n  - {groups: [rivr], start: 1, weeks: 2}\n"
    )
    places = {p.path: (Path(p.file), p.line, p.column, p.text) for p in refused(child).problems}
    middle = child.parent.parent / "middle.yaml"
    assert places == {
        "seed": (child, 2, 7, "seed: -1"),
        "freezes[0].groups[0]": (child, 4, 15, "  - {groups: [rivr], start: 1, weeks: 2}"),
        "mediators.Envoy.effort": (middle, 4, 13, "    effort: 3"),
    }


def test_a_mistake_of_the_reader_in_a_parent_stands_there(write: Write) -> None:
    write("middle.yaml", "extends: base.yaml\nseed: 060\n")
    problem = refused(write("child.yaml", "extends: middle.yaml\n")).problems[0]
    assert (problem.kind, Path(problem.file).name, problem.line) == ("ambiguous-scalar", "middle.yaml", 2)


def test_a_tactic_of_another_kind_replaces(write: Write) -> None:
    child = write("child.yaml", "extends: base.yaml\nparties: {North: {tactic: {kind: mirror}}}\n")
    assert load(child).parties["North"].tactic.kind == "mirror"  # type: ignore[attr-defined]
    child.write_text("extends: base.yaml\nparties: {North: {tactic: {kind: mirror, beta: null}}}\n", encoding="utf-8")
    assert load(child).parties["North"].tactic.kind == "mirror"  # type: ignore[attr-defined]


def test_a_distribution_of_another_shape_replaces(write: Write) -> None:
    child = write("c.yaml", "extends: base.yaml\nparties: {North: {reservation: {low: 0.1, high: 0.2}}}\n")
    assert load(child).parties["North"].reservation == Uniform(low=0.1, high=0.2)
    write(
        "c.yaml", "extends: base.yaml\nparties: {North: {reservation: {low: 0.1, high: 0.2, mean: null, sd: null}}}\n"
    )
    assert load(child).parties["North"].reservation == Uniform(low=0.1, high=0.2)
    grown = write("g.yaml", "extends: c.yaml\nparties: {North: {reservation: {mode: 0.15}}}\n")
    assert load(grown).parties["North"].reservation == Triangular(low=0.1, mode=0.15, high=0.2)


def test_numbers_by_name_and_a_distribution_replace_each_other(write: Write) -> None:
    named = write("m.yaml", "extends: base.yaml\nparties: {North: {reservation: {by_group: {river: 0.3}}}}\n")
    assert load(named).parties["North"].reservation.by_group == {"river": 0.3}  # type: ignore[union-attr]
    drawn = write("c.yaml", "extends: m.yaml\nparties: {North: {reservation: {low: 0.1, high: 0.2}}}\n")
    assert load(drawn).parties["North"].reservation == Uniform(low=0.1, high=0.2)


def test_a_distribution_beside_numbers_by_name_is_one_too_many(write: Write) -> None:
    both = "{mean: 0.4, sd: 0.1, by_group: {river: 0.3}}"
    problems = refused(write("c.yaml", f"extends: base.yaml\nparties: {{South: {{reservation: {both}}}}}\n")).problems
    assert {problem.path for problem in problems} == {"parties.South.reservation.mean", "parties.South.reservation.sd"}
    assert "remove it, or the others" in problems[0].message


def test_a_tactic_whose_kind_a_parent_leaves_out_says_how_to_lose_its_numbers(write: Write) -> None:
    write("m.yaml", "extends: base.yaml\nparties: {South: {tactic: {beta: 0.7}}}\n")
    (problem,) = refused(write("c.yaml", "extends: m.yaml\nparties: {South: {tactic: {kind: mirror}}}\n")).problems
    assert "`beta: null`" in problem.message


def test_a_distribution_in_part_says_what_is_missing(write: Write) -> None:
    (problem,) = refused(write("c.yaml", "extends: base.yaml\nparties: {North: {reservation: {low: 0.1}}}\n")).problems
    assert (problem.path, problem.file[-6:]) == ("parties.North.reservation", "c.yaml")


def test_options_over_positions_say_how_to_lose_what_the_parent_says(write: Write) -> None:
    options = "options: {a: {North: 1, South: 0}, b: {North: 0, South: 1}}"
    lines = f"extends: base.yaml\nworking_groups: {{river: {{issues: {{water: {{{options}}}}}}}}}\n"
    child = write("child.yaml", lines)
    (problem,) = refused(child).problems
    assert "write `positions: null` in" in problem.message
    assert "child.yaml to be rid of what" in problem.message
    child.write_text(lines.replace("{options", "{positions: null, options"), encoding="utf-8")
    assert list(load(child).working_groups["river"].issues["water"].options) == ["a", "b"]  # type: ignore[union-attr]


def chain(write: Write, files: int) -> Path:
    """A file that extends so many others, one after the other."""
    path = write("c0.yaml", "extends: base.yaml\n")
    for n in range(1, files):
        path = write(f"c{n}.yaml", f"extends: c{n - 1}.yaml\n")
    return path


def test_a_chain_is_eight_files_deep_and_no_more(write: Write) -> None:
    assert load(chain(write, 8)).name == "Base"
    assert kinds(refused(chain(write, 9))) == ["too-deep"]


def test_no_chain_leads_back(write: Write) -> None:
    write("a.yaml", "extends: b.yaml\n")
    assert kinds(refused(write("b.yaml", "extends: a.yaml\n"))) == ["circular"]
    assert kinds(refused(write("c.yaml", "extends: ./c.yaml\n"))) == ["circular"]


def test_a_chain_is_not_too_long_in_all(write: Write) -> None:
    long = "#" * 60_000 + "\n"
    write("a.yaml", "extends: base.yaml\n" + long)
    assert load(write("b.yaml", "extends: a.yaml\n" + long)).name == "Base"
    assert kinds(refused(write("c.yaml", "extends: b.yaml\n" + long))) == ["too-large"]


@pytest.mark.parametrize("path", ["/etc/passwd", "C:\\x.yaml", "C:x.yaml", "\\\\server\\x", "~/x.yaml"])
def test_no_chain_is_absolute(write: Write, path: str) -> None:
    assert kinds(refused(write("child.yaml", f"extends: '{path}'\n"))) == ["absolute"]


def test_no_chain_leaves_the_scenario_folder(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(BASE, encoding="utf-8")
    assert kinds(refused(write("child.yaml", "extends: ../secret.yaml\n"))) == ["outside"]
    assert kinds(refused(write("a/b/child.yaml", "extends: ../../../secret.yaml\n"))) == ["outside"]
    (tmp_path / "scenarios" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert kinds(refused(write("child.yaml", "extends: link.yaml\n"))) == ["outside"]
    assert load(write("lessons/one/child.yaml", "extends: ../../base.yaml\n")).name == "Base"


def test_outside_a_folder_called_scenarios_the_own_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "child.yaml").write_text("extends: ../base.yaml\n", encoding="utf-8")
    assert load(tmp_path / "child.yaml").name == "Base"
    assert kinds(refused(tmp_path / "sub" / "child.yaml")) == ["outside"]


@pytest.mark.parametrize(
    ("text", "kind"), [("5", "wrong-type"), ("[a]", "wrong-type"), ("''", "wrong-type"), ("bse.yaml", "not-found")]
)
def test_extends_names_a_file(write: Write, text: str, kind: str) -> None:
    error = refused(write("child.yaml", f"extends: {text}\n"))
    assert kinds(error) == [kind]
    assert error.problems[0].path == "extends"
    assert kind != "not-found" or "base.yaml?" in error.problems[0].message


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert kinds(refused(tmp_path / "pipe")) == ["not-a-file"]
    assert kinds(refused(tmp_path)) == ["not-a-file"]
    assert kinds(refused(tmp_path / "nowhere.yaml")) == ["not-found"]
    assert kinds(refused(tmp_path / ("x" * 300))) == ["not-readable"]
    assert kinds(refused(Path("/dev/zero"))) == ["not-a-file"]


# ---- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "look", "value"),
    [
        ("mediators.Envoy.effort=0.8", lambda s: s.mediators["Envoy"].effort, 0.8),
        ("freezes[0].weeks=12", lambda s: s.freezes[0].weeks, 12),
        ("parties.North.tactic.beta=6e-1", lambda s: s.parties["North"].tactic.beta, 0.6),
        ("parties.South.tactic.beta=0.7", lambda s: s.parties["South"].tactic.beta, 0.7),
        ("parties.South.tactic={kind: mirror, window: 2}", lambda s: s.parties["South"].tactic.window, 2),
        ("incidents.per_year=0", lambda s: s.incidents.per_year, 0),
        ("frozen_week.cooling=0.2", lambda s: s.frozen_week.cooling, 0.2),
        ("clock.hold_weeks=0", lambda s: s.clock.hold_weeks, 0),
        ("working_groups.river.stakes.North=3", lambda s: s.working_groups["river"].stakes, {"North": 3.0}),
        ("working_groups.river.issues.water.weights.South=4", water_weights, {"North": 2.0, "South": 4.0}),
        ("mediators.Envoy.bias={North: 0.5}", lambda s: s.mediators["Envoy"].bias, {"North": 0.5}),
        ("mediators.Envoy.bias.South=-0.5", lambda s: s.mediators["Envoy"].bias, {"South": -0.5}),
        ("parties.North.reservation=0.3", lambda s: s.parties["North"].reservation, 0.3),
        ("parties.North.reservation.sd=0.1", lambda s: s.parties["North"].reservation.sd, 0.1),
        (
            "mediators.Envoy.activities.draft=0.9",
            lambda s: s.mediators["Envoy"].activities.model_dump(),
            {"shuttle": 0.3, "convene": 0.3, "draft": 0.9, "press": 0.1, "guarantee": 0.1},
        ),
        ("mediators.Second=null", lambda s: list(s.mediators), ["Envoy"]),
        ("mediators.Envoy=null", lambda s: list(s.mediators), ["Second"]),
        ("freezes=[]", lambda s: s.freezes, []),
        ("name=A: B = C", lambda s: s.name, None),
        ("name='A: B = C'", lambda s: s.name, "A: B = C"),
        ("linkage = sequence", lambda s: s.linkage, "sequence"),
    ],
)
def test_a_setting_names_a_value_by_its_path(
    write: Write, setting: str, look: Callable[[Scenario], object], value: object
) -> None:
    path = write("x.yaml", BASE)
    if value is None:
        assert refused(path, setting)
    else:
        assert look(load(path, [setting])) == value


def test_settings_are_made_in_their_order(write: Write) -> None:
    settings = ["parties.South.tactic={kind: mirror}", "parties.South.tactic.window=3", "seed=1", "seed=2"]
    scenario = load(write("x.yaml", BASE), settings)
    assert scenario.parties["South"].tactic.window == 3  # type: ignore[attr-defined]
    assert scenario.seed == 2


@pytest.mark.parametrize(
    ("setting", "column", "says"),
    [
        ("mediators.Envoi.effort=0.8", 11, "did you mean Envoy?"),
        ("mediator.Envoy.effort=0.8", 1, "did you mean mediators?"),
        ("mediators.Envoy.efort=0.8", 17, "did you mean effort?"),
        ("freezes[1].weeks=3", 8, "write [0]"),
        ("freezes.weeks=3", 9, "freezes[0]"),
        ("seed.x=3", 6, "seed=..."),
        ("mediators.Envoy.effort.x=3", 24, "mediators.Envoy.effort=..."),
        ("events[0].date=3", 7, "set it as a whole"),
        ("freezes[00].weeks=3", 8, "write [0]"),
        ("freezes[0]weeks=3", 8, "[0]"),
        ("working_groups.river.issues.watr.title=x", 29, "did you mean water?"),
    ],
)
def test_a_path_that_names_nothing_is_refused(write: Write, setting: str, column: int, says: str) -> None:
    (problem,) = refused(write("x.yaml", BASE), setting).problems
    assert (problem.file, problem.line, problem.column, problem.kind) == ("--set", 1, column, "unknown-path")
    assert says in problem.message
    assert str(problem).splitlines()[1].strip() == setting


def test_a_file_without_values_is_empty() -> None:
    for text in ("", "---\n", "# nothing\n", "null"):
        with pytest.raises(ScenarioError) as caught:
            load_text(text)
        assert kinds(caught.value) == ["empty"]


@pytest.mark.parametrize("setting", ["", "=", "x", "seed=", "=3", "seed", " = 3"])
def test_what_is_no_setting_is_refused(write: Write, setting: str) -> None:
    assert kinds(refused(write("x.yaml", BASE), setting)) == ["syntax"]


def test_a_bad_value_stands_in_its_setting(write: Write) -> None:
    error = refused(
        write("x.yaml", BASE), "seed=4", "mediators.Envoy.effort=60%", "mediators.Second.effort=7", "clock.weeks=["
    )
    found = [(p.file, p.line, p.column, p.path, p.kind) for p in error.problems]
    assert ("--set", 2, 24, "mediators.Envoy.effort", "ambiguous-scalar") in found
    assert ("--set", 3, 25, "mediators.Second.effort", "out-of-range") in found
    assert ("--set", 4, 14, "clock.weeks[0]", "syntax") in found


def test_the_longest_name_that_fits_is_taken(write: Write) -> None:
    path = write(
        "x.yaml",
        BASE.replace(
            "{positions: {North: 0, South: 1}, weights: {North: 2}}",
            "{options: {A.B: {North: 1, South: 0}, A: {North: 0, South: 1}}}",
        ),
    )
    scenario = load(path, ["working_groups.river.issues.water.options.A.B.South=0.3"])
    assert scenario.working_groups["river"].issues["water"].options == {
        "A.B": {"North": 1, "South": 0.3},
        "A": {"North": 0, "South": 1},
    }


def test_settings_reach_every_number_of_every_tactic(write: Write) -> None:
    from sim.scenario.parties import TACTIC_SETTINGS

    path = write("x.yaml", BASE)
    for kind, settings in TACTIC_SETTINGS.items():
        for name, field in settings.model_fields.items():
            if kind == "mix" or name == "kind":
                continue
            scenario = load(
                path, [f"parties.North.tactic={{kind: {kind}}}", f"parties.North.tactic.{name}={field.default}"]
            )
            assert getattr(scenario.parties["North"].tactic, name) == field.default
    mix = "parties.North.tactic={kind: mix, parts: [{weight: 2, tactic: {kind: time}}, {tactic: {kind: mirror}}]}"
    made = ["parties.North.tactic.parts[0].tactic.beta=3", "parties.North.tactic.parts[1].tactic.generosity=0.5"]
    scenario = load(path, [mix, *made, "parties.North.tactic.parts[1].weight=5"])
    first, second = scenario.parties["North"].tactic.parts  # type: ignore[attr-defined]
    assert (first.tactic.beta, second.tactic.generosity, second.weight) == (3, 0.5, 5)


# ---- texts from elsewhere --------------------------------------------------------------------------------------------


def test_a_text_is_read_like_a_file(write: Write) -> None:
    assert load_text(BASE) == load(write("x.yaml", BASE))
    with pytest.raises(ScenarioError) as caught:
        load_text("seed: 1", "from the web")
    assert caught.value.problems[0].file == "from the web"


def test_a_text_extends_only_where_it_is_allowed(write: Write, tmp_path: Path) -> None:
    folder = write("x.yaml", BASE).parent
    (tmp_path / "secret.yaml").write_text(BASE, encoding="utf-8")
    assert load_text("extends: base.yaml\nseed: 7", folder=folder).seed == 7
    for text, where in (("extends: base.yaml", None), ("extends: ../secret.yaml", folder)):
        with pytest.raises(ScenarioError) as caught:
            load_text(text, folder=where)
        assert kinds(caught.value)[0] == "outside"


def test_half_characters_are_no_text() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_text("name: \ud800")
    assert kinds(caught.value) == ["encoding"]


def test_a_starter_is_a_good_file_that_teaches() -> None:
    text = starter('My: "first" # talks')
    assert load_text(text).name == 'My: "first" # talks'
    assert 30 <= len(text.splitlines()) <= 60
    assert sum("#" in line for line in text.splitlines()) > 15
    with pytest.raises(ScenarioError):
        starter("x" * 121)
