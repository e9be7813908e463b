"""People: who signs in, and which endpoint accounts and mail addresses are theirs."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower

from core.named import Item
from core.people.accounts import Account, short_key
from core.people.validators import validate_address


class PeopleManager(UserManager["User"]):
    def create_superuser(self, name: str, *args: Any, **values: Any) -> "User":  # type: ignore[override]
        """For Django's command, which gives the user name as `USERNAME_FIELD` calls it."""
        return super().create_superuser(name, *args, **values)


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An email address; without Django's own check, by which only ASCII may stand before the @.

    To migrations it is Django's field.
    """

    default_validators = []

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


class User(Item, AbstractUser):
    """A person. Without a usable password they can be recognised but can't sign in.

    `name` is the user name to sign in with; `display_name` is what people read.
    """

    class Theme(models.TextChoices):
        SYSTEM = "", "As on this device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    USERNAME_FIELD = "name"
    objects: ClassVar[PeopleManager] = PeopleManager()
    date_joined = None  # type: ignore[assignment]  # an item's created_at says it

    name = models.CharField(
        "user name", max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email: "models.EmailField[str, str]" = AddressField(blank=True, validators=[validate_address])
    manager = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="team"
    )
    # Who answers for this person while they are away: both days included, None for open ends.
    delegate = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="delegate_of"
    )
    delegate_from = models.DateField(null=True, blank=True)
    delegate_until = models.DateField(null=True, blank=True)
    theme = models.CharField(max_length=5, choices=Theme, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)  # empty: the console's

    class Meta(Item.Meta):
        constraints = [
            *Item.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                name="people_user_email_unique",
                condition=~models.Q(email=""),
                violation_error_message="Somebody else has this email address already.",
            ),
        ]

    @property
    def username(self) -> str:
        """As Django calls the user name."""
        return self.name

    @username.setter
    def username(self, name: str) -> None:
        self.name = name

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.name

    @property
    def tags(self) -> list[str]:
        return [] if self.is_active else ["disabled"]

    @property
    def undeletable(self) -> str:
        """Records name people by their id, so whoever has signed in is disabled instead."""
        if self.is_builtin:
            return super().undeletable
        if self.last_login is not None:
            return "Records refer to people who have signed in. Disable the account instead."
        return "Remove the roles first." if self.groups.exists() else ""


class ShortKeyField(models.CharField):  # type: ignore[type-arg]
    """The short name of the account `name`, kept beside it: SQLite folds the case of ASCII alone."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = short_key(getattr(model_instance, "name"))  # noqa: B009  # of EndpointAccount alone
        setattr(model_instance, self.attname, key)
        return key


class EndpointAccount(models.Model):
    """An account on endpoints that is this person: `EXAMPLE\\alice`, and its SID or uid if known."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="endpoint_accounts")
    name = models.CharField(max_length=256)
    short_key = ShortKeyField(max_length=256, editable=False, db_index=True)
    identifier = models.CharField(max_length=184, blank=True)  # SID or uid

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="people_account_name_unique"),
            models.UniqueConstraint(
                "identifier",
                name="people_account_identifier_unique",
                condition=~models.Q(identifier=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> Account:
        return Account(self.name, self.identifier)


class Identity(models.Model):
    """Who a person is at an OpenID Connect provider, by which it's recognised from then on."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="people_identity_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class MailAddress(models.Model):
    """A further mail address of a person, beside `User.email`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_addresses")
    address: "models.EmailField[str, str]" = AddressField(validators=[validate_address])

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("address"), name="people_address_unique"),
        ]

    def __str__(self) -> str:
        return self.address
