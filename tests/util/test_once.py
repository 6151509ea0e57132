"""Messages that are given once."""

from __future__ import annotations

from requests_indexauth.util.once import LIMIT, Once


def test_a_message_is_new_once() -> None:
    """Others are new beside it."""
    once = Once()
    assert [once.is_new(message) for message in ("a", "b", "a", "b")] == [True, True, False, False]


def test_messages_without_end_are_not_kept() -> None:
    """A server can make up hosts, each with a warning of its own."""
    once = Once()
    for number in range(10 * LIMIT):
        assert once.is_new(str(number))
    assert len(once._given) <= LIMIT
