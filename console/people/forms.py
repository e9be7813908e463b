"""The form of a person at Admin | Users."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.db import transaction

from console.people.fields import AccountsField, PersonField, RolesField
from core.actors import Actor
from core.people.accounts import Account
from core.people.models import MailAddress, User
from core.people.selectors import people_with_account, people_with_address
from core.people.sessions import end_sessions
from core.people.validators import BAD_USER_NAME
from core.roles import LastAdministrator, keeping_an_administrator, set_roles
from items.fields import AddressesField, AddressField, SwitchField
from items.forms import ItemForm, SaveRefused, Section

LAST_ADMINISTRATOR: Final = (
    "This is the last administrator who can sign in. Give somebody else the role Administrators "
    "first, and let them sign in."
)


class UserForm(ItemForm):
    """Who signs in with which roles, and by which addresses and accounts a person is known."""

    noun = "user"
    create_fields = (
        "name",
        "first_name",
        "last_name",
        "email",
        "roles",
    )
    sections = (
        Section(
            "User Details",
            "Disabling somebody ends their sessions at once. Their profile stays: it still tells "
            "whose requests are whose.",
            ("name", "first_name", "last_name", "description", "is_active"),
        ),
        Section(
            "Roles",
            "What this person can do in the console. Approvers who answer by email need no role.",
            ("roles",),
            link=("What each role allows", "roles"),
        ),
        Section(
            "Email Addresses",
            "Nobody can decide their own request from any of these addresses.",
            ("email", "mail_addresses"),
        ),
        Section(
            "Endpoint Accounts",
            "The accounts on computers that are this person. Without them, requests of their own "
            "can't be recognized.",
            ("accounts",),
        ),
        Section(
            "Manager and Delegate",
            "Approval processes can ask the requester's manager. While this person is away, new requests "
            "go to the delegate instead.",
            ("manager", "delegate", "delegate_from", "delegate_until"),
        ),
    )

    name = forms.CharField(
        label="User Name",
        max_length=150,
        error_messages={
            "required": "Enter a name.",
            "invalid": BAD_USER_NAME,
        },
    )
    is_active = SwitchField(label="Account", on="Enabled", off="Disabled")
    email = AddressField(
        label="Email Address", required=False, help_text="People can sign in with it."
    )
    mail_addresses = AddressesField(label="Further Addresses", required=False)
    roles = RolesField(label="Roles")
    accounts = AccountsField(
        label="Accounts",
        help_text="One per line. Add the SID or uid after a comma if you know it: "
        "EXAMPLE\\alice, S-1-5-21-…",
    )
    manager = PersonField(label="Manager", help_text="User name or email address.")
    delegate = PersonField(label="Delegate", help_text="User name or email address.")
    delegate_from = forms.DateField(
        label="From", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    delegate_until = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Both days are included. Empty: from now on, or until you change it.",
    )

    class Meta(ItemForm.Meta):
        model = User
        fields = [
            *ItemForm.Meta.fields,
            "first_name",
            "last_name",
            "is_active",
            "email",
            "manager",
            "delegate",
            "delegate_from",
            "delegate_until",
        ]
        labels = {"first_name": "First Name", "last_name": "Last Name"}

    def prepare(self) -> None:
        person = self.instance
        if person._state.adding:
            return
        self.initial["roles"] = sorted(role.name for role in person.groups.all())
        addresses = person.mail_addresses.order_by("pk").values_list("address", flat=True)
        self.initial["mail_addresses"] = list(addresses)
        accounts = person.endpoint_accounts.order_by("pk")
        self.initial["accounts"] = [str(each.account) for each in accounts]
        for name in ("manager", "delegate"):
            other: User | None = getattr(person, name)
            self.initial[name] = other.name if other else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("manager", "delegate"):
            if data.get(name) is not None and data[name] == self.instance:
                self.add_error(name, f"{self.fields[name].label}: choose somebody else.")
        begin, end = data.get("delegate_from"), data.get("delegate_until")
        if begin and end and end < begin:
            self.add_error("delegate_until", "Until is before From. Enter the last day.")
        for name, error in self._taken():
            self.add_error(name, error)
        return data

    def save(self, commit: bool = True) -> Any:
        """Raises SaveRefused for what somebody else was just given, and for the last administrator."""
        for name, error in self._taken():
            raise SaveRefused(name, [error])
        if self.instance._state.adding:
            self.instance.set_unusable_password()
        try:
            with transaction.atomic(), keeping_an_administrator():
                return super().save(commit)
        except LastAdministrator as error:
            name = "roles" if self.instance.is_active else "is_active"
            raise SaveRefused(name, [LAST_ADMINISTRATOR]) from error

    def save_parts(self) -> None:
        person, data = self.instance, self.cleaned_data
        if "roles" in data:
            set_roles(person, data["roles"])
        if "mail_addresses" in data:
            person.mail_addresses.all().delete()
            MailAddress.objects.bulk_create(
                MailAddress(user=person, address=address) for address in data["mail_addresses"]
            )
        if "accounts" in data:
            person.endpoint_accounts.all().delete()
            for account in map(Account.parse, data["accounts"]):
                person.endpoint_accounts.create(name=account.name, identifier=account.identifier)
        if not person.is_active:
            end_sessions(person)

    def _taken(self) -> Iterator[tuple[str, str]]:
        """Addresses and accounts by which somebody else is known already, each with its field."""
        data = self.cleaned_data
        addresses = [("email", data.get("email") or "")]
        addresses += [("mail_addresses", each) for each in data.get("mail_addresses") or ()]
        for name, address in addresses:
            for other in people_with_address(address) if address else ():
                if other != self.instance:
                    yield name, f"{address} is an address of {Actor.of_user(other).name} already."
        for account in map(Account.parse, data.get("accounts") or ()):
            for other in people_with_account(name=account.name, identifier=account.identifier):
                if other != self.instance:
                    yield (
                        "accounts",
                        f"{account} is an account of {Actor.of_user(other).name} already.",
                    )
