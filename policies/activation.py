"""Turning policies on and off."""

import uuid

from django.db import transaction

from items.author import Author
from items.forms import SaveRefused
from items.guards import take_turn
from items.services import StaleItem, changing
from policies.models import Policy
from policies.validity import problems


class Invalid(Exception):
    """The policy has problems (policies.validity), so it can't be activated."""


def switch(*, policy_id: uuid.UUID, by: Author, on: bool, seen: int | None = None) -> None:
    """Turn a policy on or off; does nothing to one that is so already.

    `seen` is the version that `by` looked at: nobody activates what was just changed unseen. Raises
    Policy.DoesNotExist, and if it's to be turned on, Invalid and StaleItem.
    """
    with transaction.atomic():
        take_turn()  # neither the policy nor what it uses changes until this is done
        policy = Policy.objects.with_parts().get(pk=policy_id)
        if policy.is_active == on:
            return
        if on and seen not in (None, policy.version):
            raise StaleItem
        if on and problems(policy):
            raise Invalid
        with changing(policy, by=by):
            policy.is_active = on


def turn(policy: Policy, on: bool, by: Author) -> None:
    """`switch` for an import. Raises forms.SaveRefused with what makes the policy invalid."""
    try:
        switch(policy_id=policy.pk, by=by, on=on)
    except Invalid:
        stored = Policy.objects.with_parts().get(pk=policy.pk)
        first = "An active policy must be valid. Write “active: false”, or correct this:"
        raise SaveRefused(None, [first, *(each.text for each in problems(stored))]) from None
