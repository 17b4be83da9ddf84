"""How languages write numbers, dates and lists."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.web.texts import languages
from sim.words.language import ENGLISH, MINUS, Language


@pytest.mark.parametrize(
    ("value", "digits", "english", "russian"),
    [
        (1234.5, 1, "1,234.5", "1\N{NO-BREAK SPACE}234,5"),
        (-0.04, 1, "0.0", "0,0"),
        (-2.5, 0, f"{MINUS}2", f"{MINUS}2"),
        (1e6, 0, "1,000,000", "1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000"),
    ],
)
def test_numbers(value: float, digits: int, english: str, russian: str) -> None:
    assert ENGLISH.number(value, digits) == english
    assert Language("ru").number(value, digits) == russian


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_number_is_what_python_rounds_it_to(value: float, digits: int) -> None:
    assert float(ENGLISH.number(value, digits).replace(",", "").replace(MINUS, "-")) == round(value, digits) + 0.0


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_only_what_is_more_than_nothing_has_a_sign(value: float, digits: int) -> None:
    sign = ENGLISH.signed(value, digits)[0]
    near = round(value, digits)
    assert (sign == "+") == (near > 0)
    assert (sign == MINUS) == (near < 0)


def test_dates_and_lists() -> None:
    day = dt.date(2023, 9, 9)
    assert ENGLISH.date(day, "d MMM y") == "9 Sep 2023"
    assert Language("ru").date(day, "d MMMM y") == "9 сентября 2023"
    assert [ENGLISH.both("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert ENGLISH.either("abc") == "a, b or c"


@pytest.mark.parametrize("code", languages())
def test_every_language_of_the_page_is_known(code: str) -> None:
    assert Language(code).locale.language == code
