"""Keys and what they have encrypted: checked at each start, renewed by `rotate_keys`."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import structlog
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from core.actors import Actor
from core.audit.services import record
from core.encryption import decrypt, encrypt, fingerprint, is_newest, keys, newest_key_number
from core.keys.fields import EncryptedField
from core.keys.models import KnownKey

BATCH = 200  # rows that are read at once
log = structlog.get_logger(__name__)
# What else names keys by their numbers: each gives the numbers it still needs.
_uses: list[Callable[[], Collection[int]]] = []
# What is encrypted elsewhere than in an EncryptedField: each renews its values and counts them.
_renewals: dict[str, Callable[[], Iterable[int]]] = {}


def register_use(needed: Callable[[], Collection[int]]) -> None:
    """Let an app say which keys its tokens still need (called by its AppConfig)."""
    _uses.append(needed)


def register_renewal(name: str, renew: Callable[[], Iterable[int]]) -> None:
    """Have `rotate_keys` renew what an app has encrypted by itself (called by its AppConfig)."""
    _renewals[name] = renew


def check_keys() -> None:
    """Compare the configured keys with those this database knows, and remember new ones.

    Raises ImproperlyConfigured as `verify_keys` does. A database that can't be asked yet is no reason
    to refuse a start.
    """
    try:
        verify_keys()
    except DatabaseError as error:
        log.warning("keys_not_checked", error=type(error).__name__)
        return
    KnownKey.objects.bulk_create(
        [KnownKey(number=n, fingerprint=print_) for n, print_ in _configured().items()],
        ignore_conflicts=True,
    )
    KnownKey.objects.filter(pk=newest_key_number()).update(retired_at=None)


def verify_keys() -> None:
    """Compare the configured keys with those this database knows; nothing is changed.

    Raises ImproperlyConfigured for another key under a known number, and for a missing one that is
    still needed: with it, stored secrets and open reply addresses would be lost.
    """
    configured = _configured()
    for row in KnownKey.objects.all():
        number = row.number
        if number in configured and configured[number] != row.fingerprint:
            raise ImproperlyConfigured(
                f"ENCRYPTION_KEYS has a different key under id {number} than the one this database "
                "was used with. Put the earlier key back. Add a new key in front, under a new id."
            )
        if number not in configured and row.retired_at is None:
            raise ImproperlyConfigured(
                f"ENCRYPTION_KEYS lacks key {number}, which is still needed: without it, stored "
                "passwords, received mail, computers' keys and open reply addresses are lost. "
                "Put it back. To remove it, run `manage.py rotate_keys` while it's still there."
            )


def _configured() -> dict[int, str]:
    """The fingerprints of the configured keys, by their numbers."""
    return {int(number): fingerprint(key) for number, key in keys().items()}


def unreadable_values(*, newest: int = BATCH) -> dict[str, list[str]]:
    """What no configured key opens, among the `newest` rows of each encrypted column: rows by kind."""
    found: dict[str, list[str]] = {}
    for field in _fields():
        rows = field.model._default_manager.order_by("-pk")
        for key, stored in rows.values_list("pk", field.name)[:newest]:
            try:
                if stored:
                    decrypt(stored, field.purpose)
            except InvalidToken:
                kind = str(field.model._meta.verbose_name_plural)
                found.setdefault(kind, []).append(str(rows.get(pk=key)))
    return found


def rotate_keys(*, by: Actor) -> dict[str, int]:
    """Encrypt everything anew with the newest key, while the console runs; may be repeated.

    Returns how many values were renewed, by `app.Model.field`. Keys that nothing needs any more are
    retired: they may then be left out of ENCRYPTION_KEYS.
    """
    check_keys()
    renewed = {f"{field.model._meta.label}.{field.name}": sum(_renew(field)) for field in _fields()}
    renewed |= {name: sum(renew()) for name, renew in _renewals.items()}
    newest = newest_key_number()
    needed = {newest, *(number for use in _uses for number in use())}
    with transaction.atomic():
        old = KnownKey.objects.exclude(pk__in=needed).filter(retired_at=None)
        retired = sorted(old.values_list("pk", flat=True))
        old.update(retired_at=timezone.now())
        facts = {"newest": newest, "renewed": renewed, "retired": retired}
        record(actor=by, verb="rotate", kind="keys", object_id=newest, facts=facts)
    return renewed


def _fields() -> Iterator[EncryptedField]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedField):
                yield field


def _renew(field: EncryptedField) -> Iterator[int]:
    """1 for each value that was renewed. A row that changes meanwhile has the newest key already."""
    rows: models.QuerySet[Any] = field.model._default_manager.order_by("pk")
    after = None
    while True:
        page = rows.filter(pk__gt=after) if after is not None else rows
        found = list(page.values_list("pk", field.name)[:BATCH])
        for key, stored in found:
            value = bytes(stored or b"")
            if value and not is_newest(value, field.purpose):
                try:
                    again = encrypt(decrypt(value, field.purpose), field.purpose)
                except InvalidToken:
                    log.warning("value_unreadable", field=str(field), row=str(key))
                    continue
                yield rows.filter(**{"pk": key, field.name: value}).update(**{field.name: again})
        if len(found) < BATCH:
            return
        after = found[-1][0]
