"""From the profiles of a domain to a scenario, or to all that a scenario cannot express of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.domains import names
from sim.domains.profile import Options, Outline, Profile, difference
from sim.domains.scenario_text import Names, scenario_text
from sim.domains.utilities import fits, fitted, outcomes_range, stretched, with_no_agreement
from sim.scenario.numbers import SHAPE_WORDS
from sim.scenario.problems import Problem, Report
from sim.scenario.tree import Place

FEWEST, MOST = 2, 8
"""Sides of a scenario."""
MOST_ISSUES = 20


@dataclass(frozen=True)
class Imported:
    """A scenario: the name that its file should have, its text, and what the reader should know of the import."""

    stem: str
    text: str
    notes: tuple[str, ...]


def to_scenario(
    outline: Outline | None, profiles: Sequence[Profile], *, undiscounted: bool = False, rescale: bool = False
) -> Imported:
    """The scenario of these profiles.

    undiscounted: leave discounting out; rescale: stretch utilities that leave 0 to 1.  Errors: ScenarioError with all
    that a scenario cannot express.
    """
    report = Report()
    _agree(outline, profiles, report)
    report.close()
    notes: list[str] = []
    sides = [_side(profile, undiscounted, rescale, notes, report) for profile in profiles]
    report.close()
    options = outline.options if outline is not None else profiles[0].options
    parties = names.distinct([profile.name for profile in profiles], taken=SHAPE_WORDS)
    notes += names.changed([profile.name for profile in profiles], parties)
    called = _named(options, notes)
    name = outline.stem if outline is not None else "-".join(parties)
    files = [f"imported from {each.place.source.name}" for each in (outline, *profiles) if each is not None]
    text = scenario_text(
        names.distinct([name], paths=False)[0],
        [*files, *notes],
        {party: fitted(side) for party, side in zip(parties, sides, strict=True)},
        options,
        called,
    )
    return Imported(names.of_file(name), text, tuple(notes))


def _agree(outline: Outline | None, profiles: Sequence[Profile], report: Report) -> None:
    """All files are about the same issues, and as many as a scenario holds."""
    if not FEWEST <= len(profiles) <= MOST:
        there = f"{len(profiles)} profile{'' if len(profiles) == 1 else 's'}"
        message = f"{there} (a scenario has {FEWEST} to {MOST} sides); give one file for each side"
        first = next(each for each in (*profiles, outline) if each is not None)  # no files: the command refuses that
        _say(report, first.place, "wrong-number", message)
        return
    leading = outline if outline is not None else profiles[0]
    for profile in profiles:
        odd = difference(leading.options, profile.options)
        if odd:
            rule = f"its issues and values are those of {leading.place.source.name}"
            _say(report, profile.place, "different-domain", f"{odd} ({rule}); choose profiles of one domain")
    chosen = len(profiles[0].open)
    if chosen > MOST_ISSUES:
        message = f"{chosen} issues (a scenario holds {MOST_ISSUES} a group); put some together"
        _say(report, leading.place, "too-many", message)
    if not chosen:
        message = "no issue has two values (there is nothing to choose); add a value"
        _say(report, leading.place, "too-few", message)


def _say(report: Report, place: Place, kind: str, message: str) -> None:
    """Note a problem of a file as a whole."""
    report.extend([Problem.at(Place(place.source), "", kind, message)])


def _side(profile: Profile, undiscounted: bool, rescale: bool, notes: list[str], report: Report) -> Profile:
    """The profile as a scenario can express it; what became of it is noted, what cannot be expressed reported."""
    notes += [f"{profile.name}: {note}" for note in profile.notes]
    if profile.discount and undiscounted:
        notes.append(f"{profile.name}: {profile.discount} is left out")
    elif profile.discount:
        rule = "in a scenario an agreement is worth the same whenever it comes"
        remedy = "to import the utilities of the first moment, say --undiscounted"
        _say(report, profile.place, "unsupported", f"{profile.discount} ({rule}); {remedy}")
    if fits(profile):
        return profile
    if rescale:
        low, high = with_no_agreement(profile)
        notes.append(f"{profile.name}: utilities from {low:.12g} to {high:.12g} are stretched to 0 to 1")
        return stretched(profile)
    _say(report, profile.place, "out-of-range", _out_of_range(profile))
    return profile


def _out_of_range(profile: Profile) -> str:
    worst, best = outcomes_range(profile)
    what = f"utilities from {worst:.12g} to {best:.12g}, and {profile.reservation:.12g} without agreement"
    rule = "utilities of a scenario lie in 0 to 1"
    return f"{what} ({rule}); to stretch them, which leaves every preference as it is, say --rescale"


def _named(options: Options, notes: list[str]) -> Names:
    """Names of the issues with something to choose, and of their options; all that changes is noted."""
    chosen = []
    for issue, values in options.items():
        if len(values) > 1:
            chosen.append(issue)
        else:
            notes.append(f"{issue} has one value and is no issue here; what that is worth is in every outcome")
    issues = names.distinct(chosen)
    notes += names.changed(chosen, issues)
    called = {}
    for issue in chosen:
        new = names.distinct(options[issue], paths=False)
        notes += names.changed(options[issue], new)
        called[issue] = dict(zip(options[issue], new, strict=True))
    return Names(dict(zip(chosen, issues, strict=True)), called)
