"""Lint (policies/lint) of policies as they are stored.

The active ones are compiled once in each process until what policies are made of has another mark
(policies/models/revision.py).
"""

import uuid
from collections.abc import Sequence

from django.urls import reverse

from policies import engine
from policies.lint import Finding, Linter, PlacedPolicy
from policies.models import Policy, PolicyRevision
from policies.snapshot import compiled
from policies.validity import problems_of


class _Kept:
    """The linter of the active policies, with the mark that they had. Replaced, never changed."""

    mark = ""
    linter = Linter(())


def findings_of(policies: Sequence[Policy]) -> dict[uuid.UUID, list[Finding]]:
    """What is odd about each of `policies`, fetched `with_parts`, by its id.

    One query; after a change, those that read the active policies too.
    """
    linter = _linter()
    return {policy.pk: linter.findings(_placed(policy)) for policy in policies}


def url_of(finding: Finding) -> str:
    """The page of the other item that it names; "" where it names none."""
    if finding.about is None:
        return ""
    family = "policies" if isinstance(finding.about, engine.Policy) else "filters"
    return reverse(f"{family}:detail", args=[finding.about.id])


def _linter() -> Linter:
    mark = PolicyRevision.objects.values_list("mark", flat=True).first()
    if mark is None or mark != _Kept.mark:
        # Read after the mark: what is kept is as new as the mark, or newer.
        active = list(Policy.objects.filter(is_active=True).with_parts())
        wrong = problems_of(active)
        linter = Linter(_placed(each, broken=bool(wrong[each.pk])) for each in active)
        _Kept.linter, _Kept.mark = linter, mark or ""
    return _Kept.linter


def _placed(policy: Policy, *, broken: bool = False) -> PlacedPolicy:
    groups = policy.groups.all()
    return PlacedPolicy(
        compiled(policy, broken="It is invalid." if broken else ""),
        frozenset(str(group.pk) for group in groups),
        frozenset(group.platform for group in groups),
    )
