"""Why the talks fail, in words: the gap, what each mechanism takes of it, and a table of the shares."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.sensitivity_table import asked_of
from sim.answers.tables import Table, as_text
from sim.experiments.switches import SWITCHES
from sim.experiments.works_blame import SAID
from sim.measures import named
from sim.words import verdict
from sim.words.language import ENGLISH

if TYPE_CHECKING:
    from sim.experiments.blame import Blame

Row = Mapping[Any, Any]
NAMED = 3  # mechanisms in the first sentence on shares; the others come in the next

NOTE = (
    "Share: what switching off a mechanism adds, on average over {orders} of switching them off one after the other "
    "(Shapley 1953), so that shares add up to the gap. Alone: what switching off this one only would add. Shares "
    "explain this model; they accuse nobody."
)


# ---- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amounts:
    """How amounts of a measure are written.  scale, digits: as in tables; unit: in sentences, behind a number"""

    scale: float
    digits: int
    unit: str

    @classmethod
    def of(cls, found: Blame) -> Amounts:
        """Those of a gap: points of 100, weeks, or plain numbers."""
        unit = named(found.scenario, found.measure).unit
        names = {"share": " points", "median": " weeks"}
        return cls(unit.scale, unit.digits, names.get(unit.kind, ""))

    def signed(self, value: float) -> str:
        """`+18.3`"""
        return ENGLISH.signed(self.scale * value, self.digits)

    def plain(self, value: float) -> str:
        """`18.3`, with a minus where it is below 0."""
        return ENGLISH.number(self.scale * value, self.digits)

    def between(self, row: Row) -> str:
        """`+17.0 to +19.6`; '' where there is no interval."""
        low, high = self.scale * row["low"], self.scale * row["high"]
        return "" if low == high else verdict.between(low, high, self.digits)

    def in_words(self, value: float, row: Row) -> str:
        """`18.3 points (17.0 to 19.6)`"""
        between = self.between(row).replace("+", "")
        return f"{self.plain(value)}{self.unit}" + (f" ({between})" if between else "")


def title_of(row: Row) -> str:
    """A mechanism in words."""
    return str(SWITCHES[row["mechanism"]])


# ---- the answer ------------------------------------------------------------------------------------------------------


def question(found: Blame) -> str:
    """What is asked, for the head of a page or figure."""
    return f"What does each mechanism do to the {asked_of(found.scenario, found.measure).title}?"


def answer(found: Blame) -> str:
    """The gap; what makes most of it, what works against it, what is within chance; what one at a time would give."""
    amounts, rows = Amounts.of(found), found.shares.to_dict("records")
    sentences = [_gap(found, amounts), *_shares(found.gap, rows, amounts)]
    apart = sum(row["alone"] for row in rows)
    if len(rows) > 1 and amounts.plain(apart) != amounts.plain(found.gap["difference"]):
        sentences.append(_one_at_a_time(apart, amounts))
    if found.counted < found.replications:
        left, all_of_them = (words.thousands(n) for n in (found.replications - found.counted, found.replications))
        sentences.append(f"{left} of {all_of_them} histories have no number and do not count.")
    return " ".join(sentences)


def _gap(found: Blame, amounts: Amounts) -> str:
    count = len(found.shares)
    these = "this mechanism" if count == 1 else f"these {words.number(count)} mechanisms"
    gap = f"a gap of {amounts.in_words(found.gap['difference'], found.gap)}"
    return f"{_ends(found, f'with {these} switched off')}: {gap}."


def _ends(found: Blame, off: str) -> str:
    """The measure as it is, and with everything switched off."""
    measure, said = named(found.scenario, found.measure), asked_of(found.scenario, found.measure)
    if found.replication is None:
        ends = f"{said.show(found.as_is)}{said.average} as it is, and {said.show(found.all_off)} {off}"
        return f"The {said.title} is {ends}"
    if measure.kind == "share":
        label = measure.definition.label.format(words.short(measure.owner))
        first, last = ("yes" if value else "no" for value in (found.as_is, found.all_off))
        return f"In history {found.replication}, “{label}” is {first} as it is, and {last} {off}"
    ends = f"{said.show(found.as_is)} as it is, and {said.show(found.all_off)} {off}"
    return f"In history {found.replication}, the {said.title} is {ends}"


def _shares(gap: Row, rows: Sequence[Row], amounts: Amounts) -> list[str]:
    """The shares that are told from chance, those of the gap's own direction first; then the others."""
    onward = 1 if gap["difference"] >= 0 else -1
    with_it = [row for row in rows if told(row) and onward * row["share"] > 0]
    against = [row for row in rows if told(row) and onward * row["share"] < 0]
    nothing = [row for row in rows if row["low"] == row["high"] == 0]
    unsure = [row for row in rows if not told(row) and row not in nothing]
    said = []
    if with_it:
        said.append(f"Its shares: {_amounts(with_it[:NAMED], amounts)}.")
    if with_it[NAMED:]:
        said.append(f"Less: {_amounts(with_it[NAMED:], amounts)}.")
    if against:
        said.append(f"In the other direction: {_amounts(against, amounts)}.")
    if unsure:
        said.append(f"Not distinguishable from chance: {words.both([title_of(row) for row in unsure])}.")
    if nothing:
        said.append(f"Nothing is due to {words.either([title_of(row) for row in nothing])}.")
    return said


def _amounts(rows: Sequence[Row], amounts: Amounts) -> str:
    return words.both([f"{title_of(row)} {amounts.in_words(row['share'], row)}" for row in rows])


def _one_at_a_time(apart: float, amounts: Amounts) -> str:
    """Why effects taken one at a time do not add up."""
    sums = f"Switched off one at a time, they would give {amounts.plain(apart)}{amounts.unit} in all"
    return f"{sums}, since what one of them does depends on which others act."


def told(row: Row) -> bool:
    """Is a share told from chance?  The exact one of a single history is, unless it is nothing."""
    return verdict.told(row["low"], row["high"])


# ---- the table -------------------------------------------------------------------------------------------------------


def blame_table(found: Blame) -> str:
    """The answer and every share, as `sim blame` prints them."""
    return as_text(found.scenario.name, counted(found), answer(found), ranked(found), note=note(found))


def counted(found: Blame) -> str:
    """How many histories, and over which orders."""
    histories = words.count(found.replications, "history", "histories")
    if found.replication is not None:
        histories = f"history {found.replication}"
    return f"{histories}, {orders(found)}, seed {found.seed}"


def orders(found: Blame) -> str:
    """Over how many orders the shares are averages."""
    return f"{words.thousands(found.orders)} orders drawn" if found.orders else "every order"


def note(found: Blame) -> str:
    """What the shares are."""
    return NOTE.format(orders=f"{found.orders:,} orders, drawn by chance," if found.orders else "every order")


def ranked(found: Blame) -> Table:
    """Every mechanism, the name that `--off` takes beneath it, its share and what it gives alone; last, the whole."""
    amounts, rows = Amounts.of(found), []
    for row in found.shares.to_dict("records"):
        name = "\n".join(dict.fromkeys([title_of(row), row["mechanism"]]))
        rows.append((name, amounts.signed(row["share"]), amounts.between(row), amounts.signed(row["alone"])))
    apart = sum(found.shares["alone"])
    whole = amounts.signed(found.gap["difference"]), amounts.between(found.gap), amounts.signed(apart)
    rows.append(("the gap: all of them together", *whole))
    unit = named(found.scenario, found.measure).unit
    share = "share, points" if unit.kind == "share" else "share"
    return Table("Every mechanism", ("mechanism", share, "95 % interval", "alone"), rows, folded=True)


def command(found: Blame) -> str:
    """What to type to have it again."""
    off = " ".join(f"--off {name}" for name in sorted(found.shares["mechanism"]))
    drawn = f" --orders {found.orders}" if found.orders else ""
    which = f"-n {found.replications}" if found.replication is None else f"--replication {found.replication}"
    return f"sim blame scenario.yaml {off} --of {shlex.quote(found.measure)}{drawn} {which} --seed {found.seed}"


def as_json(found: Blame) -> dict[str, Any]:
    """The answer as one object: numbers in the measure's own unit, names of mechanisms in each language."""
    rows = [{**row, "words": dict(SWITCHES[row["mechanism"]].words)} for row in found.shares.to_dict("records")]
    said = {key: getattr(found, key) for key in SAID}
    return {"scenario": found.scenario.name, **said, "answer": answer(found), "shares": rows}
