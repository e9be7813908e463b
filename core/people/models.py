"""People: who signs in, and which endpoint accounts and mail addresses are theirs."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from core.people.accounts import Account, short_key
from core.people.validators import validate_address


class User(AbstractUser):
    """A person. Without a usable password they can be recognised but can't sign in."""

    email = models.EmailField(blank=True, validators=[validate_address])

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="people_user_email_unique",
                condition=~models.Q(email=""),
                violation_error_message="Somebody else has this email address already.",
            )
        ]

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username


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


class MailAddress(models.Model):
    """A further mail address of a person, beside `User.email`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_addresses")
    address = models.EmailField(validators=[validate_address])

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("address"), name="people_address_unique"),
        ]

    def __str__(self) -> str:
        return self.address
