"""The policies of a computer, for its agent to evaluate while the console can't be reached."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone

from agents.signing import canonical_json, sign_policies
from core.advanced.models import advanced
from policies.engine import Filter, Policy, PolicySet
from policies.engine.filters import Unusable
from policies.in_force import in_force
from policies.models import Computer


@dataclass(frozen=True)
class Issued:
    """A set as it leaves: `body` is canonical JSON, `etag` its SHA-256 in hexadecimal."""

    body: bytes
    etag: str
    issued: datetime
    expires: datetime
    hmac: str


def issue_policies(*, computer: Computer, nonce: str) -> Issued:
    """The policies in force on the computer now, signed for it alone and for this nonce."""
    body, etag = _document(in_force.on(computer.pk))
    issued = timezone.now().replace(microsecond=0)
    # An agent may go that long by a set that it can't renew.
    expires = issued + timedelta(days=advanced().offline_policies)
    signature = sign_policies(
        computer_key=computer.key(),
        nonce=nonce,
        computer_id=str(computer.pk),
        etag=etag,
        issued=issued.isoformat(),
        expires=expires.isoformat(),
    )
    Computer.objects.filter(pk=computer.pk).update(policies_at=issued)
    return Issued(body, etag, issued, expires, signature)


@lru_cache(maxsize=64)
def _document(policies: PolicySet) -> tuple[bytes, str]:
    """Made once for each compiled set: all computers of its groups get the same."""
    body = canonical_json({"policies": [_policy(each) for each in policies.policies]}).encode()
    return body, hashlib.sha256(body).hexdigest()


def _policy(policy: Policy) -> dict[str, Any]:
    roles = {
        "targets": policy.targets,
        "inclusions": policy.inclusions,
        "exclusions": policy.exclusions,
    }
    flags = ("continue_enforcing", "enforce_child", "applies_to_all", "audit_events", "broken")
    settings = [each.settings for filters in roles.values() for each in filters]
    return {
        "id": policy.id,
        "name": policy.name,
        "version": policy.version,
        "priority": policy.priority,
        # Agents run no regular expressions, and no filter that can't be built.
        "server_only": any(
            isinstance(each, Unusable) or getattr(each, "match", "") == "regex" for each in settings
        ),
        **{name: getattr(policy, name) for name in flags},
        **{role: [_filter(each) for each in filters] for role, filters in roles.items()},
        "actions": [asdict(action) for action in policy.actions],
        "child_actions": [asdict(action) for action in policy.child_actions],
    }


def _filter(each: Filter) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "kind": each.kind,
        "settings": each.settings.to_json(),
    }
