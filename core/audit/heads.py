"""Signed heads: where the trail ended, signed with a key that the database doesn't hold, and kept
elsewhere too, so that whoever can write to the whole database can't write another trail unnoticed.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.audit.chain import Fault, SignedHead
from core.audit.models import Anchor, Entry
from core.encryption import derive_key, keys, newest_key_number

EVERY: Final = timedelta(hours=24)
log = structlog.get_logger(__name__)


def sign_head() -> SignedHead | None:
    """Sign where the trail ends now, and keep it; None if it has no entry yet."""
    last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first()
    if last is None:
        return None
    number = newest_key_number()
    key = _signing_key(number)
    head = SignedHead(
        sequence=last[0],
        hash=last[1],
        at=timezone.now().isoformat(),
        key_number=number,
        public_key=key.public_key().public_bytes_raw().hex(),
    ).signed_with(key)
    Anchor.objects.update_or_create(sequence=head.sequence, defaults={"head": asdict(head)})
    return head


def anchor_if_due() -> SignedHead | None:
    """Once a day: sign the head, and put it into the log and into AUDIT_ANCHOR_FILE.

    Raises OSError if the file can't be written; the next call tries again.
    """
    with transaction.atomic():
        newest = Anchor.objects.order_by("-anchored_at").filter(anchored_at__isnull=False).first()
        if newest and newest.anchored_at and newest.anchored_at > timezone.now() - EVERY:
            return None
        return anchor()


def anchor() -> SignedHead | None:
    """Sign the head and put it where the database has no hand: the log, and AUDIT_ANCHOR_FILE."""
    head = sign_head()
    if head is not None:
        if settings.AUDIT_ANCHOR_FILE:
            _append(Path(settings.AUDIT_ANCHOR_FILE), json.dumps(asdict(head)))
        log.info("audit_head_signed", **asdict(head))
        Anchor.objects.filter(pk=head.sequence).update(anchored_at=timezone.now())
    return head


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(handle, "a") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def signed_heads() -> Iterator[SignedHead]:
    """Those that the database keeps."""
    for head in Anchor.objects.order_by("sequence").values_list("head", flat=True):
        yield SignedHead(**head)


def read_anchors(path: Path) -> list[SignedHead]:
    """Those of an AUDIT_ANCHOR_FILE. Raises OSError, and ValueError if a line isn't one."""
    try:
        return [SignedHead(**json.loads(line)) for line in path.read_text().splitlines() if line]
    except TypeError as error:
        raise ValueError("a line isn't a signed head") from error


def doubtful_keys(heads: Iterable[SignedHead]) -> Iterator[Fault]:
    """Heads that were signed with another key than the one of that number."""
    for head in sorted(heads, key=lambda head: head.sequence):
        if str(head.key_number) in keys():
            ours = _signing_key(head.key_number).public_key().public_bytes_raw().hex()
            if head.public_key != ours:
                text = f"The head {head.sequence} was signed with a key that isn't ours."
                yield Fault(head.sequence, text)


def strangers_key(head: SignedHead, *, known: str = "") -> Iterator[Fault]:
    """Whether an export's head was signed with the public key `known`, or else with one of ours.

    A key that nobody here knows is the word of whoever wrote the file.
    """
    if known:
        if head.public_key.lower() != known.lower():
            yield Fault(
                head.sequence, "The head was signed with another public key than the given one."
            )
    elif str(head.key_number) in keys():
        yield from doubtful_keys([head])
    else:
        yield Fault(
            head.sequence,
            f"The head was signed with key {head.key_number}, which nobody here knows: that it is "
            "the console's is the file's own word. Take the public key from the log or the anchor "
            "file of that time, and add --public-key.",
        )


def _signing_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive_key("audit heads", number))
