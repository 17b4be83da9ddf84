"""Rules that look at two places of a file at once: who is named, who sits where, what happens when.

Each rule looks at the file as it was read, so that all errors stand in one report: what one part has wrong does not
hide what another has. A value of the wrong shape is passed over here, since the schema reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from unicodedata import normalize

from sim.scenario.calendar_checks import CALENDAR_RULES
from sim.scenario.field_types import LONGEST_NAME
from sim.scenario.numbers import SHAPE_WORDS
from sim.scenario.plausible_checks import PLAUSIBLE_RULES
from sim.scenario.problems import Report
from sim.scenario.raw_file import At, File
from sim.scenario.scalars import shorten
from sim.scenario.schema_lookup import Keys
from sim.scenario.table_checks import TABLE_RULES
from sim.scenario.tree import BROKEN, Node, Trail, find, spell

RESERVED = re.compile(r"[.\[\]=/\\]")
"""Paths, columns and names of files are made with these."""
UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f]")
"""Characters without width. They are text like any other where they join letters or emoji, but tell no names apart."""


def check(root: Node, report: Report) -> None:
    """Note all that is wrong between the places of a merged file."""
    file = File.of(root, report)
    for rule in (*NAME_RULES, *TABLE_RULES, *CALENDAR_RULES, *PLAUSIBLE_RULES):
        rule(file)


# ---- names -----------------------------------------------------------------------------------------------------------


def names_are_plain(file: File) -> None:
    """No name holds a sign of which paths, columns or file names are made."""
    named = [*file["parties"].below(), *file["mediators"].below(), *file["working_groups"].below()]
    for at in (*named, *(issue for _, issue in file.every_issue())):
        sign = RESERVED.search(at.name)
        if sign:
            rule = "paths and columns are made of names, so they hold none of . [ ] = / \\"
            message = (
                f"{shorten(at.name)} holds {sign[0]} ({rule}); choose a short name, and write the full one as title"
            )
            file.say(at, "bad-name", message, key=True)


def names_differ(file: File) -> None:
    """No two names that stand beside each other look alike; no party is called like a part of a distribution."""
    for named in _beside_each_other(file):
        first: dict[str, At] = {}
        for at in named:
            before = first.setdefault(look_of(at.name), at)
            if before is not at:
                said = f"{shorten(at.name)} looks like the name of {spell(before.trail)} in line {before.place.line}"
                rule = "people and files tell names apart by eye, not by capitals, widths or signs that cannot be seen"
                file.say(at, "bad-name", f"{said} ({rule}); choose another name", key=True)
    for at in file["parties"].below():
        if at.name in SHAPE_WORDS:
            rule = "mean, sd, low, mode and high are parts of distributions"
            file.say(at, "bad-name", f"{at.name} cannot be a party's name ({rule}); choose another", key=True)


def _beside_each_other(file: File) -> Iterator[list[At]]:
    """Each list of names that are shown beside each other."""
    yield [*file["parties"].below(), *file["mediators"].below()]
    yield file["working_groups"].below()
    yield from (group["issues"].below() for group in file["working_groups"].below())
    yield from (issue["options"].below() for _, issue in file.every_issue())


def translations_can_be_read(file: File) -> None:
    """No translation is empty; those of names are names, and look no more alike in their language than in the file."""
    for language in file["texts"].below():
        for at in language.below():
            if at.text is not None and not look_of(at.text):
                rule = "it would stand in place of the file's words"
                file.say(at, "no-value", f"an empty translation ({rule}); write some words, or remove it")
        for named in _beside_each_other(file):
            _are_names(file, language, [at.name for at in named])


def _are_names(file: File, language: At, names: list[str]) -> None:
    """names: what stands beside each other"""
    first: dict[str, str] = {}
    for name in sorted(names, key=language.__contains__):  # what is not translated keeps its name, so it comes first
        said = language[name].text or name
        before = first.setdefault(look_of(said), name)
        if len(said) > LONGEST_NAME or said.strip() != " ".join(said.split()):
            rule = f"a name is one line of at most {LONGEST_NAME} characters"
            file.say(language[name], "bad-name", f"{shorten(said)} is no name ({rule}); write a shorter one")
        if before != name and name in language:
            rule = "people tell by their names who is who, and what is what"
            message = f"{shorten(name)} is called {shorten(said)}, and so is {shorten(before)} ({rule})"
            file.say(language[name], "bad-name", f"{message}; choose another name")


def look_of(name: str) -> str:
    """What a name looks like: capitals, widths and signs that cannot be seen count for nothing."""
    return " ".join(UNSEEN.sub("", normalize("NFKC", name)).casefold().split())


def parties_are_known(file: File) -> None:
    """Wherever a party is named, it is one of the scenario's."""
    for at, key in _names_of_parties(file):
        _known(file, at, key, file.given("parties"), "party")


def groups_are_known(file: File) -> None:
    """Wherever a working group is named, it is one of the scenario's."""
    groups = file.given("working_groups")
    mappings = [file["observed"]["agreed"], *(p["reservation"]["by_group"] for p in file["parties"].below())]
    for at in (each for mapping in mappings if mapping.is_mapping for each in mapping.below()):
        _known(file, at, at.name, groups, "working group")
    for at in (name for freeze in file["freezes"].below() for name in freeze["groups"].below()):
        _known(file, at, at.text, groups, "working group")
    for at in file["leaders"]["covers"].below():
        _known(file, at, at.text, groups, "working group")
    for at in (each["group"] for part in ("events", "framework") for each in file[part].below()):
        _known(file, at, at.text, groups, "working group")


def mediators_are_known(file: File) -> None:
    """Wherever a mediator is named, it is one of the scenario's."""
    for event in file["events"].below():
        _known(file, event["mediator"], event["mediator"].text, file.given("mediators"), "mediator")


def trust_is_in_others(file: File) -> None:
    """Nobody states its trust in itself."""
    for party in file["parties"].below():
        if party.name in party["trust"]:
            message = f"{party.name} itself (trust is in the other parties); remove it or name another party"
            file.say(party["trust"][party.name], "unknown-reference", message, key=True)


def lists_name_once(file: File) -> None:
    """No list of names holds one twice."""
    lists = [*(f["groups"] for f in file["freezes"].below()), *(e["to"] for e in file["events"].below())]
    for names in (*lists, file["leaders"]["covers"]):
        seen: set[str] = set()
        for at in names.below():
            if at.text in seen:
                file.say(at, "duplicate", f"{at.text} stands twice in this list (once is enough); remove one")
            seen |= {at.text or ""}


def places_differ(file: File) -> None:
    """No two items of a list have one place, or they would draw the same numbers."""
    lists = [*(file[part] for part in ("framework", "freezes", "events"))]
    lists += [group["interactions"] for group in file["working_groups"].below()]
    lists += [mediator["effort"] for mediator in file["mediators"].below()]
    lists += [parts for party in file["parties"].below() for parts in _mixes(party["tactic"])]
    for items in lists:
        held: set[object] = set()
        for n, item in enumerate(items.below() if not items.is_mapping else ()):
            place = item["place"].number(n)
            if isinstance(place, int | float) and place in held:
                rule = "an item without place has the one where it stands, counted from 0"
                message = f"place {place:g} is another's in this list ({rule}); choose another, or write none"
                file.say(item["place"], "duplicate", message)
            held.add(place)


def _mixes(tactic: At) -> Iterator[At]:
    """The parts of a mix, and of the mixes in it."""
    if "parts" in tactic:
        yield tactic["parts"]
        for part in tactic["parts"].below():
            yield from _mixes(part["tactic"])


def _names_of_parties(file: File) -> Iterator[tuple[At, str | None]]:
    """Each place where the file names a party, and the name."""
    mappings = [party["trust"] for party in file["parties"].below()]
    mappings += [mediator[part] for mediator in file["mediators"].below() for part in ("credibility", "bias")]
    mappings += [each["adds"] for group in file["working_groups"].below() for each in group["interactions"].below()]
    mappings += [group["stakes"] for group in file["working_groups"].below()]
    mappings += [issue[part] for _, issue in file.every_issue() for part in ("positions", "weights")]
    mappings += [option for _, issue in file.every_issue() for option in issue["options"].below()]
    mappings += [event["framing"] for event in file["events"].below()]
    for mapping in mappings:
        if not (mapping.names and SHAPE_WORDS.issuperset(mapping.names)):
            yield from ((at, at.name) for at in mapping.below() if mapping.is_mapping)
    for part in ("freezes", "events"):
        yield from ((each["by"], each["by"].text) for each in file[part].below())
    for event in file["events"].below():
        yield from ((at, at.text) for at in event["to"].below())


def _known(file: File, at: At, name: str | None, known: Sequence[str] | None, what: str) -> None:
    if name is None or at.node is None or known is None or name in known:
        return
    who = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    rule = f"the scenario's {who}: {', '.join(map(shorten, known[:12]))}" if known else f"the scenario has no {who}"
    if any(look_of(name) == look_of(other) for other in known):
        rule = "it looks like one, but has other capitals, or characters that cannot be seen"
    on_key = name == at.name
    beside = find(file.root.node, at.trail[:-1]) if on_key and file.root.node is not None else None
    free = [each for each in known if beside is None or each not in beside.entries]
    remedy = file.report.instead(name, free, otherwise="write one of them")
    if not free and isinstance(at.trail[-2], int):
        remedy = "remove this entry"
    file.say(at, "unknown-reference", f"{shorten(name)} is no {what} ({rule}); {remedy}", key=on_key)


NAME_RULES: tuple[Callable[[File], None], ...] = (
    names_are_plain,
    names_differ,
    translations_can_be_read,
    parties_are_known,
    groups_are_known,
    mediators_are_known,
    trust_is_in_others,
    lists_name_once,
    places_differ,
)


# ---- keys with nothing after them ------------------------------------------------------------------------------------


NO_VALUE = "an empty value removes what an extended file says, and none says anything here"


def note_empty(root: Node, report: Report) -> Node:
    """The tree with a refused value wherever a key has none.

    `key: null`, or `key:` alone, removes what an extended file says there, and merging has taken away all that there
    was to remove. A null that is left removes nothing: a value was forgotten, or the name is another one.
    """
    return _note(root, Keys.of_scenario(), (), report) if _holds_null(root) else root


def _holds_null(node: Node) -> bool:
    """Is there a null in the tree? Mostly not, and then the schema's keys need not be worked out."""
    if isinstance(node.value, dict):
        return any(_holds_null(entry.node) for entry in node.value.values())
    return any(map(_holds_null, node.value)) if isinstance(node.value, list) else node.value is None


def _note(node: Node, keys: Keys, trail: Trail, report: Report) -> Node:
    if isinstance(node.value, list):
        items = [_note(item, keys.below(n), (*trail, n), report) for n, item in enumerate(node.value)]
        return replace(node, value=items)
    if not isinstance(node.value, dict):
        return node
    known, noted = keys.names(node), {}
    for text, entry in node.value.items():
        here, below = (*trail, text), keys.below(text, node)
        if entry.node.value is not None:
            value = _note(entry.node, below, here, report)
        elif text in known or keys.open:
            remedy = _remedy(here, node, keys, report)
            report.add(entry.place, here, "no-value", f"nothing stands after it ({NO_VALUE}); {remedy}")
            value = Node(BROKEN, entry.node.place)
        else:
            value = entry.node  # the key itself is wrong, and the schema says so
        noted[text] = replace(entry, node=value)
    return replace(node, value=noted)


def _remedy(trail: Trail, holder: Node, keys: Keys, report: Report) -> str:
    """What to write instead: another name, if the extended file has one like it; else a value."""
    text = str(trail[-1])
    below, own = keys.below(text, holder), holder.entries[text].place.source
    theirs = [name for name, entry in holder.entries.items() if entry.place.source != own]
    near = report.instead(text, theirs, otherwise="no") if text not in keys.names(holder) and theirs else ""
    if near.startswith("did you mean"):
        return near
    if all("properties" in form and not form.get("required") for form in below.forms) and "issues" not in trail:
        return "write {} after it for all its defaults" + ("" if keys.open else ", or remove it")
    needed = keys.needs(text) or {"type": "null"} in below.forms or any(isinstance(step, int) for step in trail)
    return "write a value after it" if needed or keys.open else "write a value after it, or remove it for its default"
