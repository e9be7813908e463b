"""Mail that the trial's server has caught: the approver's mailbox, so to speak."""

from django.db import models

from core.encryption import decrypt, encrypt
from core.ids import uuid7

_CAPTURED = "captured mail"  # the purpose whose key encrypts it


class CapturedMail(models.Model):
    """One message that would have gone out. It holds tokens, so it is kept encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=300, blank=True)
    encrypted_raw = models.BinaryField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"

    def set_raw(self, raw: bytes) -> None:
        self.encrypted_raw = encrypt(raw, _CAPTURED)

    def raw(self) -> bytes:
        return decrypt(self.encrypted_raw, _CAPTURED)
