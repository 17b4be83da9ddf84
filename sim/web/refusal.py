"""The errors that a person reads: a page refuses a request, or a server cannot start."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not granted: an HTTP status, and a sentence of the catalogue with what it names."""

    def __init__(self, status: int, key: str, retry_after: int | None = None, **names: object) -> None:
        super().__init__(key)
        self.status, self.key, self.names, self.retry_after = status, key, names, retry_after


class CannotStart(Exception):
    """A server cannot start as it was told to; the text says why, and what to do."""
