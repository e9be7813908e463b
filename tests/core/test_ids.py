"""Identifiers that sort by their time."""

import time

import pytest

from core.ids import uuid7


def test_ids_made_within_one_millisecond_are_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = [1_790_000_000_000_000_000 + nanoseconds for nanoseconds in range(0, 2_000_000, 500)]
    clock = iter(moments)
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    made = [uuid7() for _ in moments]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
