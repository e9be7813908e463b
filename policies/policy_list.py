"""What the list of application policies says of each one beside its columns."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.roles import BY_PLATFORM, PLATFORM_ADMINISTRATORS, Roles, platforms_of
from policies.deployment import Deployment, deployments_of
from policies.describe import Sentence, sentence_parts
from policies.lint import Finding
from policies.linting import findings_of
from policies.models import Policy, PolicyType
from policies.validity import is_draft, problems_of


@dataclass(frozen=True)
class PolicyRow:
    """One policy. `problem`: why it's invalid, or with `is_draft` what it still lacks. `above` and
    `below`: the ids of its neighbours in the list, "" at its ends.
    """

    type: str
    does: Sentence
    problem: str
    is_draft: bool
    findings: list[Finding]
    deployment: Deployment | None  # of an active one
    may_change: bool
    above: str
    below: str


def policy_rows(policies: Sequence[Any], roles: Roles) -> Mapping[uuid.UUID, PolicyRow]:
    """Of policies fetched `with_parts` and `with_type`, by id. How many queries doesn't depend on how
    many policies there are.
    """
    problems, findings = problems_of(policies), findings_of(policies)
    deployments = deployments_of(policies)
    keys = ["", *(str(policy.pk) for policy in policies), ""]
    return {
        policy.pk: PolicyRow(
            type=PolicyType(policy.type).label,
            does=sentence_parts(policy),
            problem=problems[policy.pk][0].text if problems[policy.pk] else "",
            is_draft=is_draft(policy, problems[policy.pk]),
            findings=findings[policy.pk],
            deployment=deployments.get(policy.pk),
            may_change=_may_change(policy, roles),
            above=keys[at],
            below=keys[at + 2],
        )
        for at, policy in enumerate(policies)
    }


def _may_change(policy: Policy, roles: Roles) -> bool:
    """As items/rights.py has it, but for e-mail tasks about the policy: without a query for each."""
    changing = roles & BY_PLATFORM.change
    if not changing or changing - PLATFORM_ADMINISTRATORS:
        return bool(changing)
    reached = {group.platform for group in policy.groups.all()}
    return bool(reached) and reached <= platforms_of(changing)
