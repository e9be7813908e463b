"""Active policies stay valid (the rules, Policies in force).

A change that would break one is refused, naming it. Where the change has to be possible, such as the
deletion of a server or a new environment, the policy denies what it may match (policies/evaluation.py)
and the bell says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from core.alerts.models import Alert
from core.alerts.services import close_alerts, raise_alert
from foreign_systems.models import ForeignSystem
from items.forms import SaveRefused
from items.models import Item
from policies.models import ComputerGroup, Filter, Policy
from policies.validity import problems_of

_ALERT = "policy-broken:"
MAX_NAMED = 5  # policies that a refusal names


@contextmanager
def keep_valid(item: Item, refusable: bool) -> Iterator[None]:
    """Guard a change of what policies use. Raises SaveRefused if it may, else tells the bell.

    A policy that was invalid before can't be made worse, and must be put right step by step.
    """
    before = _problems_of_users(item)
    yield
    after = _problems_of_users(item)
    broken = {policy: wrong for policy, wrong in after.items() if wrong and not before.get(policy)}
    if broken and refusable:
        raise SaveRefused(
            None,
            [
                f"Application policy {policy} uses this and would become invalid: {wrong} "
                "Deactivate the policy first, or choose otherwise here."
                for policy, wrong in list(broken.items())[:MAX_NAMED]
            ],
        )
    if before != after:
        transaction.on_commit(watch, robust=True)


def policies_in_force_by(item: Item) -> QuerySet[Policy]:
    """The stored item if it's an active policy, else the active policies that use it, directly or not.

    Mail servers aren't what policies are made of: they have to be repaired at once.
    """
    active = Policy.objects.filter(is_active=True)
    if isinstance(item, Policy):
        return active.filter(pk=item.pk)
    uses = None if isinstance(item, ForeignSystem) else _uses_of(item)
    return active.none() if uses is None else active.filter(uses).distinct()


def is_in_force(item: Item) -> bool:
    """Whether a change of the stored item is one of policies in force."""
    return policies_in_force_by(item).exists()


def watch() -> None:
    """Show each active policy that is invalid at the bell; take back what was put right."""
    policies = list(Policy.objects.filter(is_active=True).with_parts())
    broken = {policy: wrong for policy, wrong in problems_of(policies).items() if wrong}
    shown = Alert.objects.filter(key__startswith=_ALERT, closed_at__isnull=True)
    known = set(shown.values_list("key", flat=True))
    for policy in policies:
        wrong, key = broken.get(policy.pk), f"{_ALERT}{policy.pk}"
        if wrong and key not in known:
            raise_alert(
                key=key,
                text=f"The active policy {policy} is invalid and denies what it matches. "
                f"{wrong[0].text}",
                link=reverse("policies:detail", args=[policy.pk]),
            )
    for key in known - {f"{_ALERT}{policy}" for policy in broken}:
        close_alerts(prefix=key)


def _problems_of_users(item: Item) -> dict[Policy, str]:
    """The active policies that use `item`, directly or not, each with its first problem or ""."""
    uses = _uses_of(item)
    if uses is None:
        return {}
    users = list(Policy.objects.filter(uses, is_active=True).distinct().with_parts())
    found = problems_of(users)
    return {
        policy: next((problem.text for problem in found[policy.pk]), "")
        for policy in sorted(users, key=lambda policy: policy.name)
    }


def _uses_of(item: Item) -> Q | None:
    """What an active policy must refer to; None for what no policy uses."""
    if isinstance(item, ForeignSystem):
        return Q()  # the default server serves whoever names none
    if item._state.adding or item.pk is None or isinstance(item, Policy):
        return None  # new, just deleted, or seen to by its own form
    process = "policy_actions__action__approval_type__process"
    match item:
        case Filter():
            return Q(policy_filters__filter=item)
        case ComputerGroup():
            return Q(groups=item)
        case Action():
            return Q(policy_actions__action=item)
        case ApprovalType():
            return Q(policy_actions__action__approval_type=item)
        case ApprovalProcess():
            return Q(**{process: item}) | Q(**{f"{process}__start_activity": item})
    return None
