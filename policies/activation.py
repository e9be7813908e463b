"""Turning policies on and off."""

import uuid

from django.db import transaction

from items.author import Author
from items.guards import take_turn
from items.services import changing
from policies.models import Policy
from policies.validity import problems


class Invalid(Exception):
    """The policy has problems (policies.validity), so it can't be activated."""


def activate(*, policy_id: uuid.UUID, by: Author) -> None:
    """Turn a policy on. Raises Invalid; does nothing to one that is already active."""
    with transaction.atomic():
        take_turn()  # what it uses must not change before it is active
        policy = Policy.objects.with_parts().get(pk=policy_id)
        if problems(policy):
            raise Invalid
        _switch(policy, by, to=True)


def deactivate(*, policy_id: uuid.UUID, by: Author) -> None:
    """Turn a policy off, valid or not."""
    _switch(Policy.objects.get(pk=policy_id), by, to=False)


def _switch(policy: Policy, by: Author, *, to: bool) -> None:
    if policy.is_active != to:
        with changing(policy, by=by):
            policy.is_active = to
