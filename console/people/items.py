"""Admin | Users: people as a family of items, so that they get its list, page, history and rights.

A change of a person is as grave as one of a policy: it's recorded with every field's old and new words,
refused when stale, restored by the same form, and asks for the password.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.http import HttpRequest
from django.urls import reverse

from approvals.models import ApprovalRequest
from approvals.pages.request_page import FACT_LINKS
from console.people.forms import UserForm
from console.people.gained_roles import may_change_policies
from console.people.import_pages import PeopleImport, PeopleImportPlan
from console.people.second_factor import factors_in_words
from console.people.views import PasswordLink, SecondFactor
from core.people.models import EndpointAccount, MailAddress, User
from core.roles import ADMINISTRATORS, ROLES, Access, Permission, allowed, roles_with
from items import second_person
from items.family import Blocker, Column, Family, Kind, ListFilter, register
from items.models import Item

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def role_names(person: User) -> str:
    """Its roles, with commas; the groups are prefetched."""
    return ", ".join(sorted(group.name for group in person.groups.all() if group.name in ROLES))


def last_sign_in(person: User) -> str | datetime:
    return person.last_login or "Never"


class UserFamily(Family):
    model = User
    namespace = "users"
    path = "users/"
    noun, plural = "user", "users"
    trail = ("Admin", "Users")
    about = (
        "The people who sign in, and those whose endpoint accounts and email addresses must be "
        "recognized. Approvers who only answer by email don't need to be here to answer."
    )
    access = Access(view=roles_with(Permission.PEOPLE_VIEW), change=frozenset({ADMINISTRATORS}))
    kinds = (Kind("", "User", UserForm),)
    sensitive = True
    may_duplicate = False
    in_files = False  # people aren't configuration, and their data doesn't belong into Git
    counts_uses = False
    columns = (
        Column("Full Name", lambda person: person.get_full_name(), sort="full_name"),
        Column("Email Address", lambda person: person.email, sort="email"),
        Column("Roles", role_names),
        Column("Last Sign-in", last_sign_in, sort="last_login"),
        Column(
            "Account",
            lambda person: "Enabled" if person.is_active else "Disabled",
            sort="is_active",
            tone=lambda person: "active" if person.is_active else "off",
        ),
    )
    filters = (
        ListFilter("role", "Role", "groups__name", lambda: [(name, name) for name in ROLES]),
        ListFilter(
            "account", "Account", "is_active", lambda: [("1", "Enabled"), ("0", "Disabled")]
        ),
    )
    search = ("name", "full_name", "description", "email")
    searched = "Name, address, account"
    detail_template = "console/people/user_detail.html"
    import_page = "import/"
    more_pages = (
        ("import/", PeopleImport, "import"),
        ("import/<uuid:file_id>/", PeopleImportPlan, "import_plan"),
        ("<uuid:item_id>/password-link/", PasswordLink, "password_link"),
        ("<uuid:item_id>/second-factor/", SecondFactor, "second_factor"),
    )

    def fetch(self, rows: Any) -> Any:
        full_name = Concat("first_name", Value(" "), "last_name")
        return rows.annotate(full_name=full_name).prefetch_related("groups")

    def matching(self, query: str) -> Q:
        accounts = EndpointAccount.objects.filter(name__icontains=query)
        addresses = MailAddress.objects.filter(address__icontains=query)
        parts = Q(pk__in=accounts.values("user")) | Q(pk__in=addresses.values("user"))
        return super().matching(query) | parts

    def sort_expression(self, name: str) -> Any:
        if name == "last_login":
            return Coalesce(F("last_login"), Value(_NEVER))
        return Lower("full_name") if name == "full_name" else super().sort_expression(name)

    def blockers(self, item: User) -> list[Blocker]:
        """Those whose manager or delegate this is."""
        named_by = User.objects.filter(Q(manager=item) | Q(delegate=item)).order_by("name_key")
        return [Blocker(other.name, "user", self.url_of(other)) for other in named_by]

    def page_context(self, item: User) -> dict[str, Any]:
        return {"last_sign_in": item.last_login, "factors": factors_in_words(item)}


def makes_proposals(item: Item) -> bool:
    """Whether it's a person who could make proposals, and perhaps accept them."""
    enabled = User.objects.filter(pk=item.pk, is_active=True)
    return could_make_proposals(item) and enabled.exists()


def could_make_proposals(item: Item) -> bool:
    """Whether it's such a person, also while the account is disabled."""
    return isinstance(item, User) and may_change_policies(item)


USERS = register(UserFamily())
# Whoever makes another administrator, or seems to be another person, would be a second person for
# themselves: platform administrators propose what the other one would accept. Taking the role away or
# disabling an account needs nobody else.
second_person.register(
    second_person.Rule(makes_proposals, may_end=True, fields=frozenset({"Account"}))
)
second_person.register(
    second_person.Rule(
        could_make_proposals,
        may_end=True,
        fields=frozenset({"User Name", "Roles", "Email Address", "Further Addresses", "Accounts"}),
    )
)


def _user_url(http: HttpRequest, asked: ApprovalRequest) -> str:
    """The profile of the requester, where it's known and may be seen."""
    known = asked.requester_id and allowed(http, Permission.PEOPLE_VIEW)
    return reverse("users:detail", args=[asked.requester_id]) if known else ""


FACT_LINKS["User"] = _user_url
