"""What is found is written into lessons where its mark stands, as the number before was written."""

from __future__ import annotations

from .say_again import expected, marked


def test_numbers_with_marks_are_said_again() -> None:
    text = "From \N{MINUS SIGN}2.9<!--down--> to 1,055<!--many-->; 3.1<!--other--> points, 3 of 4."
    again = "From +0.4<!--down--> to 1,200<!--many-->; 3.1<!--other--> points, 3 of 4."
    assert marked(text, {"down": 0.44, "many": 1200.0}) == again


def test_what_is_expected_is_said_again() -> None:
    text = '{mark = "down", at = "Values > settled > 1", value = -2.9, tolerance = 0.6},'
    assert expected(text, {"down": 0.44}) == text.replace("-2.9", "0.4")
    assert expected(text, {}) == text
