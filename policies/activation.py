"""Turning policies on and off."""

import uuid

from django.db import transaction

from items.author import Author
from items.guards import take_turn
from items.services import StaleItem, changing
from policies.models import Policy
from policies.validity import problems


class Invalid(Exception):
    """The policy has problems (policies.validity), so it can't be activated."""


def switch(*, policy_id: uuid.UUID, by: Author, on: bool, seen: int | None = None) -> None:
    """Turn a policy on or off; does nothing to one that is so already.

    `seen` is the version that `by` looked at: nobody activates what was just changed unseen. Raises
    Invalid (on only), StaleItem, and Policy.DoesNotExist.
    """
    with transaction.atomic():
        take_turn()  # neither the policy nor what it uses changes until this is done
        policy = Policy.objects.with_parts().get(pk=policy_id)
        if policy.is_active == on:
            return
        if seen not in (None, policy.version):
            raise StaleItem
        if on and problems(policy):
            raise Invalid
        with changing(policy, by=by):
            policy.is_active = on
