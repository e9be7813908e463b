"""Mail that the trial's server has caught: the approver's mailbox, so to speak."""

from django.db import models

from core.ids import uuid7
from core.keys.fields import EncryptedField, opened, seal


class CapturedMail(models.Model):
    """One message that would have gone out. It holds tokens, so it is kept encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=300, blank=True)
    encrypted_raw = EncryptedField(purpose="captured mail")
    size = models.PositiveIntegerField()  # bytes of the message

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"

    def set_raw(self, raw: bytes) -> None:
        seal(self, "encrypted_raw", raw)
        self.size = len(raw)

    def raw(self) -> bytes:
        return opened(self, "encrypted_raw")
