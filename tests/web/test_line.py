"""Whose turn it is: a fair share for every browser, and a full line takes from whoever has the most."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from sim.web import line as lines
from sim.web.jobs import Case, Yaml
from sim.web.line import ASKER, NOW, PERHAPS, SHARPER, Asker, Line
from sim.web.texts import Refusal

SCHOOL = "192.0.2.1"


def job(name: str) -> Yaml:
    return Yaml(Case(name))


def ask(line: Line, who: str, name: str, urgency: int = NOW, address: str = SCHOOL) -> str | None:
    """A browser asks.  -> what had to leave for it"""

    def asked() -> str | None:
        ASKER.set(Asker(who, address))
        left = line.add(job(name), (), urgency)
        return left and left.job.case.path

    return copy_context().run(asked)


def served(line: Line, least: int = PERHAPS) -> list[str]:
    """All jobs in the order in which they are taken."""
    found = []
    while (first := line.next(least)) is not None:
        line.take(first)
        found.append(first.job.case.path)
    return found


def test_who_asks_for_much_waits_for_its_own() -> None:
    line = Line()
    for n in range(5):
        ask(line, "greedy", f"g{n}")
    ask(line, "one", "a")
    ask(line, "two", "b")
    ask(line, "one", "c")
    assert served(line) == ["g0", "a", "b", "g1", "c", "g2", "g3", "g4"]


def test_who_comes_late_does_not_wait_for_what_others_had_asked_before() -> None:
    line = Line()
    for n in range(100):
        ask(line, "greedy", f"g{n}")
    for _ in range(50):
        line.take(line.next(NOW))
    ask(line, "late", "a")
    assert served(line)[:2] in (["g50", "a"], ["a", "g50"])


def test_who_was_served_much_has_no_debt_when_the_line_was_empty() -> None:
    line = Line()
    for n in range(9):
        ask(line, "before", f"g{n}")
    served(line)
    ask(line, "before", "a")
    ask(line, "new", "b")
    assert served(line) == ["a", "b"]


def test_urgency_goes_before_turns() -> None:
    line = Line()
    ask(line, "one", "later", SHARPER)
    ask(line, "two", "perhaps", PERHAPS)
    for n in range(3):
        ask(line, "three", f"now {n}")
    line.hurry(job("perhaps"), NOW)
    assert served(line, NOW) == ["now 0", "perhaps", "now 1", "now 2"]
    assert served(line) == ["later"]


def test_a_full_line_takes_from_the_browser_that_has_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_WAITING", 6)
    line = Line()
    for n in range(6):
        assert ask(line, "greedy", f"g{n}") is None
    assert [ask(line, who, who) for who in ("a", "b", "c")] == ["g5", "g4", "g3"]
    with pytest.raises(Refusal) as refusal:
        ask(line, "greedy", "more")
    assert (refusal.value.status, refusal.value.retry_after) == (503, 5)
    assert [ask(line, who, who) for who in ("d", "e")] == ["g2", "g1"]
    with pytest.raises(Refusal):
        ask(line, "f", "f")  # everybody has one: first come, first served
    assert len(line) == 6


def test_of_those_with_as_much_the_address_with_the_most_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_WAITING", 6)
    line = Line()
    for n in range(6):
        ask(line, f"invented {n}", f"i{n}", address="198.51.100.7")
    assert ask(line, "pupil", "a") == "i5"
    assert ask(line, "teacher", "b", address="127.0.0.1") == "i4"


def test_guesses_take_nothing_from_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_PERHAPS", 2)
    line = Line()
    ask(line, "greedy", "a")
    ask(line, "greedy", "b")
    with pytest.raises(Refusal):
        ask(line, "one", "c", PERHAPS)
    assert len(line) == 2
