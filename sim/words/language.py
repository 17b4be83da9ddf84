"""How a language writes numbers, dates and lists: Babel's tables, for the terminal and for every page.

ENGLISH.number(1234.5, 1) -> "1,234.5"        Language("ru").number(1234.5, 1) -> "1 234,5"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol, get_plus_sign_symbol

MINUS = "\N{MINUS SIGN}"
WRITTEN = {"en": "en_CA"}
"""English by a locale that puts the day before the month and no comma before `and`."""


@dataclass(frozen=True)
class Language:
    """A language by its code."""

    code: str

    @cached_property
    def locale(self) -> Locale:
        """Babel's tables of it.  Errors: babel.UnknownLocaleError."""
        return Locale.parse(WRITTEN.get(self.code, self.code))

    @property
    def direction(self) -> str:
        """`ltr`, or `rtl` where one writes from right to left."""
        return str(self.locale.text_direction)

    def plural(self, count: int) -> str:
        """The kind of a number by Unicode's plural rules: `one`, `few`, `other`, ..."""
        return str(self.locale.plural_form(count))

    @property
    def decimal(self) -> str:
        """The mark before decimals."""
        return get_decimal_symbol(self.locale)

    @property
    def thousands(self) -> str:
        """The mark between thousands."""
        return get_group_symbol(self.locale)

    def number(self, value: float, digits: int = 0) -> str:
        """`1,234.5`; a minus is a minus, and nothing is not below zero."""
        near = round(value, digits) + 0.0
        form = "#,##0" + (f".{'0' * digits}" if digits else "")
        return str(format_decimal(near, format=form, locale=self.locale)).replace("-", MINUS)

    def signed(self, value: float, digits: int = 0) -> str:
        """`+3.1`, `0.0`, and a minus below zero; what is rounded to nothing has no sign."""
        plus = get_plus_sign_symbol(self.locale) if round(value, digits) > 0 else ""
        return f"{plus}{self.number(value, digits)}"

    def date(self, day: dt.date, form: str) -> str:
        """A date in a form of Unicode's date patterns: `d MMM y` -> `9 Feb 2023`."""
        return format_date(day, form, locale=self.locale)

    def both(self, names: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`"""
        return format_list(names, locale=self.locale)

    def either(self, names: Sequence[str]) -> str:
        """`a`, `a or b`, `a, b or c`"""
        return format_list(names, style="or", locale=self.locale)


ENGLISH = Language("en")
