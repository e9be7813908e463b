"""What agents add to items: a computer group lists its computers, and stays while agents can join it."""

from typing import Any

from django.urls import reverse

from agents.models import InstallCode
from items.family import Blocker, Panel
from policies.items import GROUPS
from policies.models import ComputerGroup

SHOWN = 10


def computers_panel(group: ComputerGroup) -> dict[str, Any]:
    """Some of the group's computers, for its page."""
    computers = group.computers.filter(revoked_at=None)
    return {
        "computers": computers.without_keys().order_by("name_key")[:SHOWN],
        "count": computers.count(),
        "url": f"{reverse('agents:list')}?group={group.pk}",
        "codes_url": reverse("agents:codes"),
    }


def valid_codes(group: ComputerGroup) -> list[Blocker]:
    """The install codes that still let computers into it: without it they would let them into less."""
    url = f"{reverse('agents:codes')}?state=valid"
    codes = InstallCode.objects.valid().filter(groups=group).order_by("created_at")
    return [
        Blocker(f"Install code of {code.created_by}", "valid install code", url) for code in codes
    ]


GROUPS.more_blockers.append(valid_codes)
GROUPS.panels.append(Panel("agents/group_computers.html", computers_panel))
