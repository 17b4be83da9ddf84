"""How a person decides for one party: what may be asked, what may be answered, and what becomes of the answer.

The model asks where the party would decide: when a round is due (`round`), when proposals are on the table (`answer`),
when a mediator tables a text (`draft`). Where no answer is left it stops, by `Asked`; the game goes on by a replay.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sim.play.game import Data
from sim.play.rules import Illegal, mapping, number, one_of, whole
from sim.play.view import settlements
from sim.scenario.schema import Scenario

ANSWERS = {
    "round": ("come", "stay_away", "walk_out", "mandate", "delegate"),
    "summons": ("come", "walk_out", "mandate", "delegate"),
    "answer": ("accept", "counter", "hold", "walk_out", "mandate", "delegate"),
    "draft": ("accept", "decline", "walk_out", "delegate"),
}
"""By kind of question. A summons is a round that is known to have been held: nobody stays away from it.

With a mandate the delegation keeps to an offer and signs whatever is worth at least `take` to the party; delegated, it
acts by the party's own tactic. Both for this round of the group, or for more.
"""

EXTRAS = {
    "come": ("offer",),
    "counter": ("offer",),
    "accept": ("of",),
    "mandate": ("take", "offer", "rounds"),
    "delegate": ("rounds",),
}
"""What an answer may say besides what to do."""

LONGEST_LEAVE = 999  # rounds for which the delegation may be left alone


@dataclass(frozen=True)
class Question:
    """What is asked, in which group, about whose texts; `show` tells what the person sees with it."""

    kind: str
    group: str
    authors: tuple[str, ...]
    show: Callable[[], Data]


class Asked(Exception):
    """The model stops here: a person has to decide."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.kind)
        self.question = question


class Hand:
    """The person's answers, in order."""

    def __init__(self, answers: Iterable[Data], scenario: Scenario) -> None:
        self.left, self.scenario = deque(answers), scenario

    def ask(self, question: Question) -> Data:
        """The next answer.

        Errors: Asked, with the question, if there is none yet; Illegal if it does not answer the question.
        """
        if not self.left:
            raise Asked(question)
        answer = self.left.popleft()
        check(answer, question, self.scenario)
        return answer


def check(answer: Any, question: Question, scenario: Scenario) -> None:
    """Is this an answer to the question?  Errors: Illegal."""
    known = ("do", *dict.fromkeys(extra for extras in EXTRAS.values() for extra in extras))
    given = mapping("", answer, known, "an answer says what to do")
    do = one_of("do", given.get("do"), ANSWERS[question.kind], f"the question is {question.kind!r}")
    for key in given:
        if key != "do" and key not in EXTRAS.get(do, ()):
            raise Illegal(key, given[key], f"{do} takes no {key}", "leave it out")
    if do == "counter" and "offer" not in given:
        raise Illegal("offer", None, "a counter-offer settles every issue", "give settlements, or hold")
    if "offer" in given:
        settlements("offer", given["offer"], scenario, question.group)
    if "of" in given or (do == "accept" and len(question.authors) > 1):
        one_of("of", given.get("of"), question.authors, "one text is accepted")
    if do == "mandate":
        number("take", given.get("take"), 0, 1, "the least utility that the delegation signs")
    if "rounds" in given:
        rule = "the delegation is left alone for some rounds of this group"
        whole("rounds", given["rounds"], 1, LONGEST_LEAVE, rule)
