"""Whoever gets the role of an administrator signs in anew, where policy changes need a second person."""

from typing import Any

from console.people.second_factor import remove_second_factors
from core.actors import Actor
from core.audit.services import record
from core.people.models import Identity, User
from core.roles import BY_PLATFORM
from items import second_person
from items.models import Change

_BY = Actor.of_system("second person")


def end_sign_ins(instance: Change, **_signal: Any) -> None:
    """Of a change that gives such a role: end the person's password, second factors, sessions and
    identities at providers.

    Until then any administrator alone could set the password, or lend the profile an address of their own
    and sign in by it: they would be two people.
    """
    is_update = instance.model == User._meta.label_lower and instance.verb != Change.Verb.CREATE
    gained = any(
        label == "Roles" and _change_policies(new) and not _change_policies(old)
        for label, old, new in instance.fields
    )
    if not (is_update and gained and second_person.is_required()):
        return
    person = User.objects.get(pk=instance.item_id)
    person.set_unusable_password()  # sessions end with it
    person.save(update_fields=["password"])
    via = "with the role of an administrator"
    remove_second_factors(person, by=_BY, via=via)
    Identity.objects.filter(user=person).delete()
    facts = {"user_name": person.name, "via": via}
    record(actor=_BY, verb="remove password", kind="user", object_id=person.pk, facts=facts)


def may_change_policies(person: User) -> bool:
    """Whether they have the role of an administrator, of all or of a platform, disabled or not."""
    return person.groups.filter(name__in=BY_PLATFORM.change).exists()


def _change_policies(roles: str) -> bool:
    return any(role in roles for role in BY_PLATFORM.change)
