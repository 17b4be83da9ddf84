"""Rules for what lies on the table of each working group: who sits there, what is settled, what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from statistics import NormalDist

from sim.bargaining.combinations import ALL
from sim.scenario.numbers import Normal, Number, Triangular, Uniform
from sim.scenario.parties import ACTIVITIES
from sim.scenario.raw_file import MOST_LOOKED_AT, At, File, listed
from sim.scenario.scalars import shorten

MOST_COMBINATIONS = 10**15
"""Combinations of options of a group, since each has a number."""
LIKELY = 1e-8
"""Chance of a replication without any weight that is too much."""


def issues_have_one_form(file: File) -> None:
    """An issue is a scale with positions, or a list of options; labels belong to a scale."""
    for _, issue in file.every_issue():
        if not issue.is_mapping:
            continue
        if "positions" in issue and "options" in issue:
            rule = "an issue is a scale with positions or a list of options"
            remedy = _without_one(issue, "positions", "options")
            file.say(issue["options"], "either-or", f"options beside positions ({rule}); {remedy}", key=True)
        elif "positions" not in issue and "options" not in issue:
            rule = "an issue is a scale with positions or a list of options"
            message = f"neither positions nor options ({rule}); add positions, such as `positions: {{{_ideal(file)}}}`"
            file.say(issue, "missing-key", message, key=True)
        elif "options" in issue and "labels" in issue:
            rule = "labels name points of a scale; options have names of their own"
            remedy = _without_one(issue, "labels")
            file.say(issue["labels"], "misplaced", f"labels beside options ({rule}); {remedy}", key=True)


def _without_one(issue: At, *keys: str) -> str:
    """How to be rid of one of these keys: what an extended file says goes by a null in this one."""
    own = issue.place.source
    theirs = [key for key in keys if issue[key].key.source != own]
    if theirs:
        return f"write `{theirs[0]}: null` in {own.name} to be rid of what {issue[theirs[0]].key.source.name} says"
    return f"remove {'one of the two' if len(keys) > 1 else 'them'}"


def _ideal(file: File) -> str:
    return ", ".join(f"{party}: {n % 2}" for n, party in enumerate(file.parties[:3]))


def options_leave_a_choice(file: File) -> None:
    """At least two options an issue; not more combinations a group than can be numbered."""
    for _, issue in file.every_issue():
        if issue["options"].is_mapping and len(issue["options"].names) < 2:
            there = len(issue["options"].names)
            file.say(issue["options"], "too-few", f"{there} of at least 2 options (a choice); add another", key=True)
    for group in file["working_groups"].below():
        combinations = prod(max(len(issue["options"].names), 1) for issue in group["issues"].below())
        if combinations > MOST_COMBINATIONS:
            rule = f"combinations are numbered, up to {MOST_COMBINATIONS:,} of them"
            message = f"the options combine in {combinations:,} ways ({rule}); remove options, or make an issue a scale"
            file.say(group["issues"], "too-large", message, key=True)


def seats_agree(file: File) -> None:
    """The same parties, two at least, have a position or value on each issue of a group."""
    for group in file["working_groups"].below():
        rows = [at for issue in group["issues"].below() for at in rows_of(issue) if at.is_mapping]
        seated = _seated(rows, file.parties)
        for row in rows:
            missing = [party for party in seated if party not in row]
            if missing and len(seated) > 1:
                rule = f"{listed(seated)} sit at this table, so each has a value on every issue"
                message = f"nothing for {listed(missing)} ({rule}); add `{missing[0]}: 0.5`"
                file.say(row, "missing-key", message, key=True)
        if rows and len(seated) < 2 and file["parties"].is_mapping:
            rule = "a group needs two parties at least: those with a position or a value of an option"
            file.say(
                group, "too-few", f"{listed(seated) or 'nobody'} sits at this table ({rule}); add another", key=True
            )
        _strangers(file, group, seated)


def rows_of(issue: At) -> list[At]:
    """The mappings by party of an issue: its positions, or the values of each option."""
    return [issue["positions"], *issue["options"].below()]


def _seated(rows: Iterable[At], parties: list[str]) -> list[str]:
    named = {name for row in rows for name in row.names}
    return [party for party in parties if party in named]


def _strangers(file: File, group: At, seated: list[str]) -> None:
    """Weights and stakes are those of parties at the table."""
    given = [group["stakes"], *(issue["weights"] for issue in group["issues"].below())]
    given += [each["adds"] for each in group["interactions"].below()]
    for at in (each for mapping in given if mapping.is_mapping for each in mapping.below()):
        if at.name in file.parties and at.name not in seated and len(seated) > 1:
            rule = "a seat comes with a position or a value of an option"
            message = f"{at.name} does not sit at this table ({rule}); remove it, or give it positions"
            file.say(at, "unknown-reference", message, key=True)


def everybody_sits_somewhere(file: File) -> None:
    """Each party has a seat in one group at least."""
    if not file["parties"].is_mapping:
        return
    groups = file["working_groups"].below()
    rows = [[at for issue in group["issues"].below() for at in rows_of(issue)] for group in groups]
    if not all(row.is_mapping or row.node is None for each in rows for row in each) or not any(rows):
        return  # what cannot be read may hold the seat
    seated = _seated((row for each in rows for row in each), file.parties)
    for party in file["parties"].below():
        if party.name not in seated:
            rule = "each party has positions in one working group at least"
            file.say(
                party, "no-seat", f"{shorten(party.name)} sits at no table ({rule}); add some, or remove it", key=True
            )


def weights_weigh_something(file: File) -> None:
    """What is normalised is not all 0, in no replication."""
    for group in file["working_groups"].below():
        issues = group["issues"].below()
        for party in file.parties[:MOST_LOOKED_AT]:
            _not_all_zero(file, [issue["weights"][party] for issue in issues], f"weights of {party} in {group.name}")
    groups = file["working_groups"].below()
    for party in file.parties[:MOST_LOOKED_AT]:
        _not_all_zero(file, [group["stakes"][party] for group in groups], f"stakes of {party}")
    for mediator in file["mediators"].below():
        if mediator["activities"].is_mapping:
            shares = [mediator["activities"][name] for name in ACTIVITIES]
            _not_all_zero(file, shares, f"activities of {mediator.name}", unwritten=0.0)
    for party_at in file["parties"].below():
        _mix(file, party_at["tactic"])


def _mix(file: File, tactic: At) -> None:
    parts = tactic["parts"].below()
    _not_all_zero(file, [part["weight"] for part in parts], "weights of the mix")
    for part in parts:
        _mix(file, part["tactic"])


def _not_all_zero(file: File, given: list[At], what: str, unwritten: float = 1.0) -> None:
    """Note if these numbers may come out as 0 all together."""
    numbers = [at.number(unwritten) for at in given]
    written = [at for at in given if at.node is not None] or given
    if not written or any(number is None for number in numbers):
        return
    if prod(_chance_of_zero(number) for number in numbers if number is not None) > LIKELY:
        rule = "they are shares of a whole, so one of them is above 0 in every replication"
        file.say(written[0], "weights", f"all {what} are 0, or may be drawn as 0 ({rule}); give one a number above 0")


def _chance_of_zero(number: Number) -> float:
    """Chance that nothing above 0 is drawn; what is below is cut there."""
    if isinstance(number, Normal):
        return NormalDist(number.mean, number.sd).cdf(0) if number.sd > 0 else float(number.mean <= 0)
    if isinstance(number, Uniform | Triangular):
        return float(number.high <= 0)
    return float(number <= 0)


def commitments_fit(file: File) -> None:
    """A commitment settles an issue that exists, once, as a point of its scale or as one of its options."""
    first: dict[tuple[str, str], At] = {}
    for each in file["framework"].below():
        group, issue = each["group"].text, each["issue"].text
        if group not in file.groups or issue is None or group is None:
            continue
        issues = file["working_groups"][group]["issues"]
        if not issues.names:
            continue
        if issue not in issues:
            rule = f"its issues: {', '.join(issues.names[:12])}"
            near = file.report.instead(issue, issues.names, otherwise="write one of them")
            message = f"{shorten(issue)} is no issue of {group} ({rule}); {near}"
            file.say(each["issue"], "unknown-reference", message)
            continue
        _settles(file, each["settlement"], issues[issue])
        before = first.setdefault((group, issue), each)
        if before is not each:
            rule = f"one commitment an issue; the first is in line {before.place.line}"
            file.say(each, "duplicate", f"{group}.{issue} is committed twice ({rule}); remove one")


def _settles(file: File, at: At, issue: At) -> None:
    options = issue["options"].names
    if at.node is None:
        return
    if options and at.text not in options:
        said = shorten(at.text) if at.text is not None else "a number"
        message = f"{said} is no option of {issue.name} (options: {', '.join(options[:12])})"
        kind = "wrong-type" if at.text is None else "unknown-reference"
        file.say(at, kind, f"{message}; {file.report.instead(at.text or '', options, otherwise='write one of them')}")
    elif "positions" in issue and at.text is not None:
        rule = "the issue is a scale, so a commitment is a point on it"
        file.say(at, "wrong-type", f"{shorten(at.text)} is no number ({rule}); write a number from 0 to 1")


def interactions_fit(file: File) -> None:
    """Issues interact by their options; so all issues of that group have some, and not too many ways to combine."""
    for group in file["working_groups"].below():
        if group["interactions"].below():
            _few_options(file, group, group["interactions"], "issues interact")
            _no_commitments(file, group)
        for each in group["interactions"].below():
            _names_options(file, each["when"], group["issues"])


def texts_can_be_revised(file: File) -> None:
    """A mediator that revises texts tries option by option, at every table."""
    for mediator in file["mediators"].below():
        if mediator["revisions"].node is not None:
            for group in file["working_groups"].below():
                _few_options(file, group, mediator["revisions"], "a text is revised")
            _few_options_above(file, mediator["revisions"])


def _few_options(file: File, group: At, at: At, what: str) -> None:
    """All issues of the group have options, and no more combinations than all are looked at."""
    issues = group["issues"].below()
    scales = [issue.name for issue in issues if "positions" in issue]
    combinations = prod(max(len(issue["options"].names), 1) for issue in issues)
    if scales:
        rule = f"{what} where every issue has options, so that all combinations can be looked at"
        message = f"positions on {listed(scales)} in {group.name} ({rule}); give each of them options, such as three"
        file.say(at, "either-or", message, key=True)
    elif combinations > ALL:
        rule = f"{what} where all combinations can be looked at, up to {ALL:,}"
        message = f"{combinations:,} combinations in {group.name} ({rule}); remove options, or split the group"
        file.say(at, "too-large", message, key=True)


def _few_options_above(file: File, at: At) -> None:
    """A text of the leaders holds an option for each issue of all the groups that they cover."""
    covered = [name.text for name in file["leaders"]["covers"].below()]
    groups = [group for group in file["working_groups"].below() if group.name in covered]
    options = [len(issue["options"].names) for group in groups for issue in group["issues"].below()]
    combinations = prod(max(number, 1) for number in options)
    if combinations > ALL:
        rule = f"a text is revised where all combinations can be looked at, up to {ALL:,}"
        message = (
            f"{combinations:,} combinations at the leaders' table ({rule}); remove options, or let them cover less"
        )
        file.say(at, "too-large", message, key=True)


def _no_commitments(file: File, group: At) -> None:
    for held in file["framework"].below():
        if held["group"].text == group.name:
            rule = "the cost of leaving a commitment is a utility, and utilities of this group are scaled"
            message = f"a commitment of {group.name}, whose issues interact ({rule}); say it as an interaction"
            file.say(held["group"], "either-or", message)


def _names_options(file: File, when: At, issues: At) -> None:
    """What is worth something together are options of issues of the group."""
    for issue in when.below() if when.is_mapping else ():
        options = issues[issue.name]["options"].names
        if issue.name not in issues:
            _unknown(file, when, f"{shorten(issue.name)} is no issue of this group", issue.name, issues.names)
        elif options and issue.text not in options:
            said = issue.text or ""
            _unknown(file, when, f"{shorten(said)} is no option of {issue.name}", said, options)


def _unknown(file: File, at: At, message: str, said: str, known: list[str]) -> None:
    near = file.report.instead(said, known, otherwise="write one of them")
    file.say(at, "unknown-reference", f"{message} (there are: {', '.join(known[:12])}); {near}", key=True)


TABLE_RULES: tuple[Callable[[File], None], ...] = (
    issues_have_one_form,
    options_leave_a_choice,
    seats_agree,
    everybody_sits_somewhere,
    weights_weigh_something,
    commitments_fit,
    interactions_fit,
    texts_can_be_revised,
)
