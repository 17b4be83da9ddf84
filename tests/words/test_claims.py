"""Where the words of a claim stand, and the numbers there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.claims_file import Claim, Quantity
from sim.words.claims import NotThere, Stated, place_of

SETTLED, CHANGE = Quantity("settled", "value"), Quantity("settled", "difference")
TEXT = "# Of 1,000 histories, 60.1 % settle,\n# which is \N{MINUS SIGN}3.8 points.\n# Four weeks take 2.4 points away."


def claim(says: str) -> Claim:
    return Claim(file="text.md", says=says, scenario="one", reference="two")


def stated(text: str) -> Stated:
    return Stated(SETTLED, text, 0, len(text))


def test_words_are_found_over_the_end_of_a_line_and_the_sign_of_a_comment() -> None:
    place = place_of(claim("{} histories, {settled} % settle, which is {settled difference} points"), TEXT)
    assert [(number.quantity, number.value) for number in place.numbers] == [(SETTLED, 60.1), (CHANGE, -3.8)]
    assert place.words == "1,000 histories, 60.1 % settle, which is \N{MINUS SIGN}3.8 points"


@pytest.mark.parametrize(("says", "how_many"), [("nobody says this", "0"), ("points", "2")])
def test_words_stand_there_once(says: str, how_many: str) -> None:
    with pytest.raises(NotThere, match=f"{how_many} sentences of text.md say this .*; quote"):
        place_of(claim(says), TEXT)


@pytest.mark.parametrize(
    ("text", "found", "is_it"),
    [
        ("60.1", 60.14, True),
        ("60.1", 60.3, False),
        ("60", 60.9, True),
        ("60", 61.1, False),
        ("+3.8", -3.8, False),
        ("3.8", -3.8, True),  # "take 3.8 points away"
        ("\N{MINUS SIGN}3.8", -3.8, True),
        ("1,317", 1318, True),
    ],
)
def test_a_number_is_right_to_its_last_digit(text: str, found: float, is_it: bool) -> None:
    assert stated(text).states(found, None) is is_it


def test_within_says_how_far_a_number_may_be() -> None:
    assert stated("60").states(63, 3)
    assert not stated("60").states(63.5, 3)


@given(st.floats(-9999, 9999), st.sampled_from(["60.1", "60", "+3.8", "\N{MINUS SIGN}3.85", "1,317"]))
def test_what_is_said_again_states_what_was_found(found: float, text: str) -> None:
    """To half of the last digit, and as the number before was written."""
    again = stated(stated(text).again(found))
    assert again.states(found, 0.5 * again.step)
    assert again.digits == stated(text).digits


def test_a_text_with_what_was_found_differs_in_its_numbers_only() -> None:
    says = claim("{settled} % settle, which is {settled difference} points")
    place = place_of(says, TEXT)
    changed = place.changed({SETTLED: 7.0, CHANGE: 12.25})
    assert changed == TEXT.replace("60.1", "7.0").replace("\N{MINUS SIGN}3.8", "+12.2")
    assert place.again({SETTLED: 7.0}) == "7.0 % settle, which is \N{MINUS SIGN}3.8 points"
    assert place_of(says, changed).changed({SETTLED: 60.1, CHANGE: -3.8}) == TEXT


def test_a_number_that_is_right_stays() -> None:
    """Whichever way a half was rounded."""
    place = place_of(claim("{settled} % settle"), TEXT)
    assert place.changed({SETTLED: 60.05}) == place.changed({SETTLED: 60.15}) == TEXT
    assert "60.2 % settle" in place.changed({SETTLED: 60.16})
