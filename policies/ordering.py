"""The order in which policies are evaluated: by priority number, the oldest first among equals."""

import uuid

from django.db import transaction

from items.author import Author, Gathering
from items.guards import take_turn
from items.services import changing
from policies.models import Policy
from policies.models.policies import MAX_PRIORITY

STEP = 10  # between the last policy and one that is moved behind it


class NoPlace(Exception):
    """There is no priority number left there."""


def move(
    *, policy_id: uuid.UUID, by: Author, before: uuid.UUID | None, after: uuid.UUID | None = None
) -> list[Policy]:
    """Put a policy directly before another one, or directly after it, among all policies.

    It gets a number between its new neighbours. Only where none is left, those behind it get higher
    ones. Gives the policies whose number changed, the moved one first. Raises Policy.DoesNotExist
    NoPlace and SecondPersonNeeded, and PermissionDenied where another one would have to change that
    isn't theirs.
    """
    mover = Gathering.like(by)
    with transaction.atomic():
        take_turn()
        order = list(Policy.objects.order_by("priority", "created_at", "pk"))
        moved = order.pop(_index(order, policy_id))
        at = _index(order, before) if before else _index(order, after) + 1
        order.insert(at, moved)
        numbers = _numbers(order, at)
        changed = [
            policy for policy in order if numbers.get(policy.pk) not in (None, policy.priority)
        ]
        for policy in changed:
            with changing(policy, by=mover):
                policy.priority = numbers[policy.pk]
        mover.finish()
        return sorted(changed, key=lambda policy: policy.pk != moved.pk)


def _numbers(order: list[Policy], at: int) -> dict[uuid.UUID, int]:
    """The number of the policy at `at`, and of those behind it that have to make room."""
    moved = order[at]
    previous = order[at - 1] if at else None
    following = order[at + 1] if at + 1 < len(order) else None
    low = previous.priority if previous else 0
    high = following.priority if following else low + 2 * STEP
    if high - low >= 2:  # there is a number between them
        number = (low + high) // 2
    elif previous and _is_older(previous, moved):
        number = low
    else:
        number = low + 1
    numbers = {moved.pk: number}
    last = moved
    for policy in order[at + 1 :]:
        if policy.priority > number or (policy.priority == number and _is_older(last, policy)):
            break
        number += 0 if _is_older(last, policy) else 1
        numbers[policy.pk], last = number, policy
    if max(numbers.values()) > MAX_PRIORITY:
        raise NoPlace
    return numbers


def _is_older(one: Policy, other: Policy) -> bool:
    return (one.created_at, one.pk) < (other.created_at, other.pk)


def _index(order: list[Policy], key: uuid.UUID | None) -> int:
    for at, policy in enumerate(order):
        if policy.pk == key:
            return at
    raise Policy.DoesNotExist
