"""Any legal scenario, made from the schema: each key may be there, each number may stand at a bound or between.

The schema says what a key may hold. Who sits where, who names whom and what happens when, it cannot say: that is a
`World`, drawn first, and `NAMED` says which keys take their names from it. Small on purpose (a few weeks, parties and
issues), so that a run takes a tenth of a second. (The library for this, hypothesis-jsonschema, knows no schema that
refers to itself, as tactics in a mix do.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from sim.scenario.calendar_checks import EVENTS
from sim.scenario.dump import one_line
from sim.scenario.schema import Scenario

Schema = dict[str, Any]
Trail = tuple[str, ...]
SCHEMA = Scenario.model_json_schema()
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}

PEOPLE = ["Ann", "value", "Zoë", "日本", "Up and down", "🕊", "week", "N" * 80]
TABLES = ["treaty", "all", "group", "Île", "b" * 80]
QUESTIONS = ["land", "worth", "Где", "q" * 80]
MOST_KEYS = 4
"""Optional keys of a block that are written at a time, so that one that does harm is not hidden by many."""


@dataclass
class World:
    """Who there is: the parties at each table, its issues with their options (none: a scale)."""

    parties: list[str]
    mediators: list[str]
    seated: dict[str, list[str]]
    issues: dict[str, dict[str, list[str]]]
    weeks: int
    places: int = 0


@st.composite
def worlds(draw: Any) -> World:
    """A few people around a few tables; everybody has a seat."""
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=5, unique=True))
    parties = people[: draw(st.integers(2, min(len(people), 3)))]
    tables = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    seated = {table: parties if n == 0 else draw(_some(parties, least=2)) for n, table in enumerate(tables)}
    issues = {}
    for table in tables:
        questions = draw(st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=3, unique=True))
        issues[table] = {each: draw(st.sampled_from([[], ["yes", "no"], ["1", "2", "3"]])) for each in questions}
    return World(parties, people[len(parties) :], seated, issues, draw(st.integers(1, 14)))


@st.composite
def scenarios(draw: Any) -> str:
    """The text of a legal scenario file."""
    world = draw(worlds())
    return "\n".join(f"{key}: {one_line(value)}" for key, value in _Writer(draw, world).block(SCHEMA, ()).items())


def _some(names: Any, least: int = 0, most: int | None = None) -> Any:
    """Some of the names, in their order."""
    if not names:
        return st.just([])
    chosen = st.sets(st.sampled_from(list(names)), min_size=least, max_size=most)
    return chosen.map(lambda some: [name for name in names if name in some])


class _Writer:
    """Writes the value of a key as the schema allows and as the world requires."""

    def __init__(self, draw: Any, world: World) -> None:
        self.draw, self.world = draw, world

    def block(self, schema: Schema, trail: Trail) -> dict[str, Any]:
        """A mapping with the keys of the schema: those that are needed, and some others."""
        optional = [key for key in schema["properties"] if key not in (*schema.get("required", ()), "kind", "sweep")]
        chosen = self.draw(_some(optional, most=MOST_KEYS if trail else None))
        written = {}
        for key, part in schema["properties"].items():
            always = key in schema.get("required", ()) or key in ALWAYS or "const" in part
            if always or key in chosen:
                value = self.value(part, (*trail, key))
                written |= {} if value is None else {key: value}
        return written

    def value(self, schema: Schema, trail: Trail) -> Any:
        """What a key may hold."""
        named = next((fill for keys, fill in NAMED.items() if _ends_with(trail, keys)), None)
        return self.any(schema, trail) if named is None else named(self, schema, trail)

    def any(self, schema: Schema, trail: Trail) -> Any:
        """What the schema allows, whoever there is."""
        if "$ref" in schema:
            return self.block(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], trail)
        forms = schema.get("oneOf", schema.get("anyOf"))
        if forms and "maximum" in forms[0]:
            return self.draw(numbers(forms[0], shapes=len(forms) > 2, above_zero=trail[-1] in WEIGHED))
        if forms:
            return self.any(self.draw(st.sampled_from([form for form in forms if self.fits(form, trail)])), trail)
        if schema.get("type") == "array":
            return [self.any(schema["items"], trail) for _ in range(self.draw(st.integers(1, 2)))]
        return self.draw(plain(schema, trail))

    def fits(self, form: Schema, trail: Trail) -> bool:
        """Null is no value here, and no mix holds another."""
        return form != {"type": "null"} and not ("MixSettings" in form.get("$ref", "") and "parts" in trail)

    def each(self, names: Any, schema: Schema, trail: Trail) -> dict[str, Any]:
        """A mapping with these names as keys."""
        form = next((part for part in schema.get("anyOf", [schema]) if "additionalProperties" in part), schema)
        return {name: self.value(form["additionalProperties"], (*trail, name)) for name in names}


ALWAYS = ("issues", "clock", "positions", "options", "mediators")
WEIGHED = ("weight", "guarantee")
"""Shares of a whole, all of which may not be 0."""


def _ends_with(trail: Trail, keys: str) -> bool:
    """Does the path end so? `*` is any name."""
    wanted = keys.split(".")
    return len(trail) >= len(wanted) and all(w in ("*", t) for w, t in zip(wanted, trail[-len(wanted) :], strict=True))


def numbers(form: Schema, *, shapes: bool = False, above_zero: bool = False) -> Any:
    """A number at a bound or between, or a distribution."""
    low, high = form["minimum"], form["maximum"]
    if form["type"] == "integer":
        return st.sampled_from([low, high]) | st.integers(low, high)
    inside = st.floats(low, high, exclude_min=above_zero)
    one = inside if above_zero else st.sampled_from([float(low), float(high)]) | inside
    if not shapes:
        return one
    ranked = st.tuples(one, one, one).map(sorted)
    spreads = st.sampled_from([0.0, float(high - low)]) | st.floats(0, high - low)
    normal = st.tuples(inside, spreads).map(lambda parts: {"mean": parts[0], "sd": parts[1]})
    uniform = ranked.map(lambda parts: {"low": parts[0], "high": parts[2]})
    triangular = ranked.map(lambda parts: dict(zip(("low", "mode", "high"), parts, strict=True)))
    return one | uniform | triangular if above_zero else one | normal | uniform | triangular


def plain(schema: Schema, trail: Trail) -> Any:
    """A whole number, a choice, a text."""
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "maximum" in schema:
        return numbers(schema, above_zero=trail[-1] in WEIGHED)
    assert schema["type"] == "string", (trail, schema)
    return st.sampled_from(["A text", "<b>&", "=1+1", "$x^{", "ש 国 é"])


# ---- who and when ----------------------------------------------------------------------------------------------------


def _by_party(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """A number for all, or one for each of some parties; nobody trusts itself."""
    names = [party for party in writer.world.parties if party not in trail[-2:]]
    if "oneOf" not in schema:
        return writer.any(schema, trail)
    number, named = schema["oneOf"]
    if writer.draw(st.booleans()):
        return writer.each(writer.draw(_some(names, least=1)), named, trail)
    return writer.any(number, trail)


def _effort(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    number = schema["oneOf"][0]
    if not writer.draw(st.booleans()):
        return writer.any(number, trail)
    weeks = sorted(writer.draw(st.sets(st.integers(0, writer.world.weeks - 1), min_size=1, max_size=3)))
    return [{"from": week, "effort": writer.draw(numbers(SHARE, shapes=True))} for week in weeks]


def _rows(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Positions, or values of the options: one for each party at the table."""
    table, issue = trail[1], trail[3]
    options = writer.world.issues[table][issue]
    if (trail[-1] == "options") != bool(options):
        return None
    form = next(part for part in schema["anyOf"] if "additionalProperties" in part)
    if not options:
        return writer.each(writer.world.seated[table], form, trail)
    row = form["additionalProperties"]
    return {option: writer.each(writer.world.seated[table], row, (*trail, option)) for option in options}


def _weights(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Of some parties at the table; 0 for no party, since all of one's weights may not be 0."""
    number = schema["additionalProperties"]["anyOf"][0]
    seated = writer.draw(_some(writer.world.seated[trail[1]]))
    return {name: writer.draw(numbers(number, shapes=True, above_zero=True)) for name in seated}


def _labels(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    return None if writer.world.issues[trail[1]][trail[3]] else {0: "all", 0.5: "half"}


def _activities(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    shares = writer.any(schema, trail)
    return shares | {"guarantee": writer.draw(st.floats(0, 1e6, exclude_min=True))}


def _place(writer: _Writer, schema: Schema, trail: Trail) -> int:
    writer.world.places += 1
    return 1000 + writer.world.places


def _clock(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    start = writer.draw(st.sampled_from(["1600-01-01", "2023-01-02", "2024-02-29", "2399-12-31"]))
    return {"start": start, "weeks": writer.world.weeks, "hold_weeks": writer.draw(st.integers(0, 6))}


def _interactions(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Of two issues, where all have options; few enough to look at all combinations."""
    table = trail[1]
    issues = writer.world.issues[table]
    if len(issues) < 2 or not all(issues.values()):
        return None
    adds = st.floats(-10, 10)
    made = []
    for _ in range(writer.draw(st.integers(0, 2))):
        when = {issue: writer.draw(st.sampled_from(issues[issue])) for issue in list(issues)[:2]}
        made.append({"when": when, "adds": {name: writer.draw(adds) for name in writer.world.seated[table]}})
    return made


def _revisions(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Where all issues of all tables have options."""
    every = [options for issues in writer.world.issues.values() for options in issues.values()]
    return writer.draw(st.integers(1, 20)) if all(every) else None


def _framework(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    issues = [(table, issue) for table, some in writer.world.issues.items() for issue in some if not all(some.values())]
    held = writer.draw(st.lists(st.sampled_from(issues), max_size=2, unique=True)) if issues else []
    commitments = []
    for table, issue in held:
        options = writer.world.issues[table][issue]
        settlement = st.sampled_from(options) if options else numbers(SHARE, shapes=True)
        named = {"group": table, "issue": issue, "settlement": writer.draw(settlement)}
        commitments.append(writer.block(SCHEMA["$defs"]["Commitment"], trail) | named)
    return commitments


def _leaders(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    dates = writer.draw(st.lists(st.integers(0, writer.world.weeks - 1), max_size=2))
    return {"covers": writer.draw(_some(writer.world.seated, least=1)), "dates": dates, "meets_every": 3.0}


def _freezes(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """At most one by date, so that none overlap, and one by rule."""
    made = []
    for kind in writer.draw(_some(["start", "after"])):
        freeze = writer.block(SCHEMA["$defs"]["Freeze"], trail)
        freeze |= {"groups": writer.draw(_some(writer.world.seated, least=1))}
        for key in ("after", "severity") if kind == "start" else ("start",):
            freeze.pop(key, None)
        week = writer.draw(st.integers(0, writer.world.weeks - 1))
        made.append(freeze | ({"start": week} if kind == "start" else {"after": "incident"}))
    return made


def _events(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Each with the keys that its kind needs, in weeks of their own."""
    weeks, made = writer.draw(st.sets(st.integers(0, writer.world.weeks - 1), max_size=3)), []
    for week in sorted(weeks):
        kind = writer.draw(st.sampled_from([k for k in EVENTS if k != "shuttle" or writer.world.mediators]))
        event = {"date": week, "kind": kind, "what": "Something"}
        for key in EVENTS[kind].needs:
            event[key] = writer.value(SCHEMA["$defs"]["Event"]["properties"][key], (*trail, key))
        made.append(event)
    return made


def _plausible(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Ranges of some shares."""
    paths = ["incidents.fading", "contacts.trust", *(f"parties.{party}.doubt" for party in writer.world.parties)]
    share = numbers(SHARE)
    return {path: sorted([writer.draw(share), writer.draw(share)]) for path in writer.draw(_some(paths, least=1))}


def _texts(writer: _Writer, schema: Schema, trail: Trail) -> Any:
    """Names of parties in some languages."""
    languages = writer.draw(_some(["ar", "hy", "ru"], least=1))
    return {code: {party: party[::-1] for party in writer.world.parties} for code in languages}


def _one(names: Callable[[World], Any]) -> Any:
    return lambda writer, schema, trail: writer.draw(st.sampled_from(list(names(writer.world))))


def _several(names: Callable[[World], Any]) -> Any:
    return lambda writer, schema, trail: writer.draw(_some(names(writer.world), least=1))


def _mapping(names: Callable[[World, Trail], Any]) -> Any:
    return lambda writer, schema, trail: writer.each(names(writer.world, trail), schema, trail)


def _nothing(writer: _Writer, schema: Schema, trail: Trail) -> None:
    """Filled together with the rest of its item."""


NAMED: dict[str, Any] = {
    "clock": _clock,
    "parties": _mapping(lambda world, trail: world.parties),
    "mediators": _mapping(lambda world, trail: world.mediators),
    "working_groups": _mapping(lambda world, trail: world.seated),
    "working_groups.*.issues": _mapping(lambda world, trail: world.issues[trail[1]]),
    "by_group": _mapping(lambda world, trail: list(world.seated)[:1]),
    "parties.*.trust": _by_party,
    "credibility": _by_party,
    "bias": _by_party,
    "mediators.*.effort": _effort,
    "activities": _activities,
    "positions": _rows,
    "options": _rows,
    "weights": _weights,
    "stakes": _weights,
    "labels": _labels,
    "place": _place,
    "interactions": _interactions,
    "revisions": _revisions,
    "framework": _framework,
    "freezes": _freezes,
    "leaders": _leaders,
    "events": _events,
    "events.group": _one(lambda world: world.seated),
    "events.mediator": _one(lambda world: world.mediators),
    "events.to": _several(lambda world: world.parties),
    "freezes.by": _one(lambda world: world.parties),
    "freezes.start": _nothing,
    "freezes.groups": _nothing,
    "plausible": _plausible,
    "texts": _texts,
    "observed.agreed": lambda writer, schema, trail: {},
    **dict.fromkeys([f"framework.{key}" for key in ("group", "issue", "settlement", "date")], _nothing),
}
"""Keys that name somebody or something else of the file, or lie in time: how they are filled."""
