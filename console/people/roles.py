"""Admin | Roles: what each role allows, and who has it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from console.people.items import USERS
from core.people.models import User
from core.roles import ROLES, Permission, requires, roles_with
from items.trail import crumbs, place

PLACE = place(("Admin", "Roles"), "roles", roles_with(Permission.PEOPLE_VIEW))
MAX_NAMED = 10  # holders that the page names, of each role


@dataclass(frozen=True)
class RoleRow:
    """One role with its holders; `url` lists all of them."""

    name: str
    about: str
    holders: list[tuple[str, str]]  # name and address of the page
    more: int
    url: str


@requires(Permission.PEOPLE_VIEW)
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """All roles with the people who hold them, disabled ones left out."""
    active = User.objects.filter(is_active=True, groups__name__in=ROLES).order_by("name_key")
    holders: dict[str, list[User]] = {name: [] for name in ROLES}
    for person in active.distinct().prefetch_related("groups"):
        for group in person.groups.all():
            holders.get(group.name, []).append(person)
    rows = [
        RoleRow(
            name,
            role.about,
            [(person.display_name, USERS.url_of(person)) for person in holders[name][:MAX_NAMED]],
            max(0, len(holders[name]) - MAX_NAMED),
            f"{USERS.url}?{urlencode({'role': name, 'account': '1'})}",
        )
        for name, role in ROLES.items()
    ]
    context = {"rows": rows, "crumbs": crumbs(PLACE)[:-1], "users_url": USERS.url}
    return render(request, "console/people/roles.html", context)
