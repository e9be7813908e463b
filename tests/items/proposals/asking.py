"""A console in which policy changes need a second person, and an active policy with all that it uses."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from core.advanced.models import AdvancedSettings
from items.models import Proposal
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from tests.factories import make_process, make_smtp_server, make_type, signed_in


@dataclass(frozen=True)
class Used:
    """An active policy that asks for approval, and what it is made of."""

    policy: Policy
    filter: Filter
    group: ComputerGroup
    action: Action
    type: ApprovalType
    process: ApprovalProcess

    def all(self) -> list[Any]:
        return [self.policy, self.filter, self.group, self.action, self.type, self.process]


def require_second_person(required: bool = True) -> AdvancedSettings:
    """Switch it on, or off, as if by two people."""
    row, _ = AdvancedSettings.objects.update_or_create(
        name="Advanced Settings",
        is_builtin=True,
        defaults={"settings": {"second_person": required}},
    )
    return row


def make_used(*, active: bool = True, name: str = "Installers") -> Used:
    make_smtp_server()
    process = make_process()
    kind = make_type(process)
    group = ComputerGroup.objects.create(name=f"{name} computers", platform="windows")
    settings = {"names": ["setup.exe"]}
    target = Filter.objects.create(
        name=f"{name} filter", kind="file_specification", platform="windows", settings=settings
    )
    action = Action.objects.create(
        name=f"{name} form", kind="approval_request_form", approval_type=kind
    )
    policy = Policy.objects.create(name=name, is_active=active)
    policy.groups.set([group])
    PolicyFilter.objects.create(policy=policy, filter=target, role="target")
    PolicyAction.objects.create(policy=policy, action=action)
    return Used(policy, target, group, action, kind, process)


def person(username: str) -> Client:
    """An administrator who shares nothing with the others."""
    return signed_in("Administrators", username, email=f"{username}@{username}.example.com")


def the_draft() -> Proposal:
    return Proposal.objects.get(state="draft")


def address(proposal: Proposal) -> str:
    return f"/proposals/{proposal.pk}/"


def press(client: Client, proposal: Proposal, button: str, **values: str) -> Any:
    return client.post(address(proposal), {"do": button, **values})


def propose(client: Client, proposal: Proposal, reason: str = "Ticket 12") -> None:
    assert press(client, proposal, "propose", reason=reason).status_code == 302
    proposal.refresh_from_db()
