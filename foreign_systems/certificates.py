"""The field for a private authority's certificates: parsed, and stored as written anew from that."""

import base64
import re
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django import forms

_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----(?:\s|\Z)"
)


class CertificatesField(forms.CharField):
    """Certificates in PEM form and nothing else; the value is their PEM, made from what was parsed.

    People paste the key with the certificate, under whatever label their tools write. So anything
    beside certificates is refused, and the text never comes back: not in the page either (`withheld`).
    """

    withheld = True

    def __init__(self) -> None:
        super().__init__(
            label="Certificate Authority",
            required=False,
            max_length=100_000,
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            help_text="Paste a private authority's certificates (PEM) to trust only those. Empty: the "
            "authorities that this system trusts.",
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return text
        if _BLOCK.sub("", text).strip():
            raise forms.ValidationError(
                "Paste only certificates in PEM form, each from its line -----BEGIN CERTIFICATE----- "
                "to its line -----END CERTIFICATE-----. There was something else in the field, so "
                "nothing of it was kept."
            )
        try:
            ders = [
                base64.b64decode("".join(b.split()), validate=True) for b in _BLOCK.findall(text)
            ]
            certificates = [x509.load_der_x509_certificate(der) for der in ders]
            pem = "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)
            ssl.create_default_context(cadata=pem)
        except (ssl.SSLError, ValueError, TypeError, x509.InvalidVersion):
            raise forms.ValidationError(
                "This isn't a certificate in PEM form, or it is damaged. Nothing of it was kept; copy "
                "it again, with its first and last line."
            ) from None  # the parser's words may repeat the text
        return pem.strip()
