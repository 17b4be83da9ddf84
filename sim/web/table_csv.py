"""All tables of a class as a table for spreadsheets: a row for each table and chapter, of seats and not of persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sim.spreadsheet import as_csv
from sim.web.table_debrief import SCRIPT, parties_of

Data = dict[str, Any]
Row = dict[str, Any]

COLUMNS = (
    "table", "chapter", "signed", "week", "date", "settled", "lasting", "fair", "moments", "decisions_of_people",
    "decisions_of_model", "scripted",
)  # fmt: skip


def as_table(told: Data) -> str:
    """How all tables ended, as CSV; table 0 is the same history with scripted players.

    signed: the chapter took effect, in this week (from 1) of the talks; settled, lasting, fair (0 to 1): of the whole
    process; scripted: seats that the model alone played; worth.PARTY: of the text to a side; utility.PARTY: of the
    whole process.
    """
    parties = parties_of(told["script"])
    worths = [f"{what}.{party}" for what in ("worth", "utility") for party in parties]
    columns = [*COLUMNS, *worths]
    ends = {int(number): end for number, end in told["tables"].items()} | {SCRIPT: told["script"]}
    rows = [row for number, end in ends.items() for row in _rows(number, end, told["began"], parties)]
    return as_csv(columns, [[row.get(column) for column in columns] for row in rows])


def _rows(number: int, end: Data, began: str, parties: list[str]) -> Iterator[Row]:
    outcome, decided = end["outcome"], end.get("decided", {})
    table = {
        "table": number,
        "settled": bool(outcome["settled"]),
        "lasting": bool(outcome["lasting"]),
        "fair": outcome["fairness"],
        "moments": end["moments"],
        "decisions_of_people": sum(people for people, _ in decided.values()),
        "decisions_of_model": sum(model for _, model in decided.values()),
        "scripted": "; ".join(seat for seat, (people, _) in decided.items() if not people),
    }
    table |= {f"utility.{party}": outcome[f"utility.{party}"] for party in parties}
    for name, text in end["agreed"].items():
        yield table | {"chapter": name, "signed": text is not None} | (_signed(text, began) if text else {})


def _signed(text: Data, began: str) -> Row:
    """When a chapter took effect, and what it is worth to each side."""
    day = dt.date.fromisoformat(began) + dt.timedelta(weeks=text["week"])
    worth = {f"worth.{party}": worth for party, worth in text["worth"].items()}
    return {"week": text["week"] + 1, "date": day.isoformat()} | worth
