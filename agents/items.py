"""What agents add to the pages of items: a computer group lists its computers."""

from typing import Any

from django.urls import reverse

from items.family import Panel
from policies.items import GROUPS
from policies.models import ComputerGroup

SHOWN = 10


def _computers(group: ComputerGroup) -> dict[str, Any]:
    computers = group.computers.filter(revoked_at=None)
    return {
        "computers": computers.defer("secret_hash", "encrypted_key").order_by("name_key")[:SHOWN],
        "count": computers.count(),
        "url": f"{reverse('agents:list')}?group={group.pk}",
        "codes_url": reverse("agents:codes"),
    }


GROUPS.panels.append(Panel("agents/group_computers.html", _computers))
