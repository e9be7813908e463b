"""The text inside of a clear-signed OpenPGP message (RFC 9580, section 7). Nothing is verified."""

import re2

SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
HEADER = re2.compile(r"^(?:Hash|Charset|Comment|Version|NotDashEscaped): ")


class EncryptedText(Exception):
    """The text is an encrypted OpenPGP message."""


def without_armour(text: str) -> str:
    """The text itself; one that is not armoured comes back as it is. Raises EncryptedText."""
    head = text.lstrip(" \t\r\n\xa0")
    if head.startswith(ENCRYPTED):
        raise EncryptedText
    if not head.startswith(SIGNED):
        return text
    lines = [line.removesuffix("\r") for line in head.split("\n")]
    start = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    if not all(map(HEADER.match, lines[1:start])):
        return text  # somebody's words, which everybody sees
    signed: list[str] = []
    for line in lines[start + 1 :]:
        if line.rstrip() == SIGNATURE:
            return "\n".join(signed)
        signed.append(line.removeprefix("- "))
    return ""  # the signature is missing: where the signed text ends is unknown
