"""The example of a trial: people, two computers, and one approval loop that works.

It is put into an empty database only, so whatever somebody changes or deletes stays so. Its names
are its own: the ones that the handbook's steps tell a user to create are left free.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from actions.models import Action
from actions.platforms import Platform
from agents.services import create_install_code, register_computer
from agents.simulation import Registered
from approvals.models import ApprovalProcess, ApprovalType
from approvals.terms import ProcessSettings
from core.actors import Actor
from core.people.models import User
from items.author import Author
from items.builtin import builtin_id
from items.services import note_creation
from policies.engine.filters import FileSpecification, from_settings
from policies.models import ComputerGroup, Filter, Policy, PolicyAction, PolicyFilter
from trial.people import DANA, LEE, add_people

COMPUTERS = ("WS-014", "WS-022")
UAC_POLICY = "User Access Control (UAC) Override Policy Approval by Email"
_BY = Author(Actor.of_system("pmconsole"), "the example of a trial")


def add_example(folder: Path) -> bool:
    """Add the example unless somebody is in the database already; whether it was added.

    The default items must be there. The computers' secrets go into `folder`/computers.
    """
    with transaction.atomic():
        if User.objects.exists():
            return False
        add_people()
        windows = ComputerGroup.objects.get(pk=builtin_id(ComputerGroup, Platform.WINDOWS))
        _add_loop(windows)
        _add_uac_policy(windows)
        _register_computers(windows, folder / "computers")
    return True


def _add_loop(group: ComputerGroup) -> None:
    """Installers in places where users can put files need approval by email, and then run as admin."""
    process = ApprovalProcess.objects.create(
        name="Example: ask Dana and Lee by email",
        description="Either of them can decide. The link works without sign-in, which suits a "
        "trial: anyone who has the email can decide.",
        kind=ApprovalProcess.Kind.EMAIL,
        settings=ProcessSettings(to_addresses=(DANA, LEE), link_needs_sign_in=False).to_json(),
    )
    kind = ApprovalType.objects.create(
        name="Example: run an installer",
        description="Covers this file with these arguments.",
        process=process,
    )
    form = _duplicate_of_form("Example: installer request form", kind)
    policy = Policy.objects.create(
        name="Example: installers need approval",
        description="Installers that users bring along run with administrator rights once Dana or "
        "Lee approves.",
        priority=50,
        is_active=True,
        audit_events=True,
    )
    policy.groups.add(group)
    places = _filter(
        "Example: folders that users can write to",
        {"glob": "*:\\Users\\**"},
        "Anything below C:\\Users, including downloads and temporary files.",
    )
    _give(policy, places, PolicyFilter.Role.TARGET)
    _give(policy, _builtin(Filter, "windows-installers"), PolicyFilter.Role.INCLUSION)
    _act(policy, form, _builtin(Action, "add_administrative_rights"))
    for item in (process, kind, form, places, policy):
        note_creation(item, by=_BY)


def _add_uac_policy(group: ComputerGroup) -> None:
    """Inactive, and without a form: users add their own and switch it on."""
    policy = Policy.objects.create(
        name=UAC_POLICY,
        description="Installers run with administrator rights. Add an approval form so that "
        "someone decides first, then activate it.",
        priority=15,
        is_active=False,
    )
    policy.groups.add(group)
    _give(policy, _builtin(Filter, "windows-installers"), PolicyFilter.Role.TARGET)
    _act(policy, _builtin(Action, "add_administrative_rights"))
    note_creation(policy, by=_BY)


def _duplicate_of_form(name: str, kind: ApprovalType) -> Action:
    form = _builtin(Action, "approval_request_form")
    return Action.objects.create(
        name=name,
        description=form.description,
        kind=form.kind,
        platform=form.platform,
        settings=form.settings,
        approval_type=kind,
    )


def _filter(name: str, settings: dict[str, Any], description: str) -> Filter:
    kind = FileSpecification.kind
    return Filter.objects.create(
        name=name,
        description=description,
        kind=kind,
        platform=Platform.WINDOWS,
        settings=from_settings(kind, settings).to_json(),
    )


def _builtin(model: type[Any], key: str) -> Any:
    return model.objects.get(pk=builtin_id(model, key))


def _give(policy: Policy, filter_: Filter, role: PolicyFilter.Role) -> None:
    PolicyFilter.objects.create(policy=policy, filter=filter_, role=role)


def _act(policy: Policy, *actions: Action) -> None:
    for position, action in enumerate(actions):
        PolicyAction.objects.create(policy=policy, action=action, position=position)


def _register_computers(group: ComputerGroup, folder: Path) -> None:
    """Register as an agent does; what an agent would keep is kept for simulate_execution."""
    code = create_install_code(
        platform=Platform.WINDOWS,
        groups=[group],
        valid_for=timedelta(minutes=5),
        uses=len(COMPUTERS),
        by=_BY.actor,
    )
    for name in COMPUTERS:
        found = register_computer(install_code=code, name=name, platform=Platform.WINDOWS)
        computer_id, platform = str(found.computer.pk), Platform.WINDOWS.value
        file = folder / f"{name}.json"
        file.unlink(missing_ok=True)  # of a database that is gone
        Registered(name, computer_id, found.secret, found.computer_key, platform).write(file)
