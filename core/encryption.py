"""Keys by purpose, encrypted values and derived tokens.

ENCRYPTION_KEYS is `id:key,…`, newest first; each key is 32 random bytes in url-safe base64. From it
HKDF (RFC 5869) makes one key for each purpose, so that what is stored for one cannot be read or
forged through another.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
TOKEN_LENGTH = 26  # base32 characters: 130 bits
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # one way to write each: 2 and 02 would be two keys


def parse_keys(text: str) -> dict[str, bytes]:
    """`{"2": b"…", "1": b"…"}` from `2:base64,1:base64`, in the written order (newest first).

    Raises ImproperlyConfigured, never showing the key itself.
    """
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        number, _, value = part.partition(":")
        try:
            key = base64.urlsafe_b64decode(value)
        except ValueError:
            key = b""
        if not _NUMBER.fullmatch(number) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(
                "ENCRYPTION_KEYS must be id:key,… with the newest key first. An id is a whole number "
                "from 1; a key is 32 random bytes in URL-safe base64."
            )
        if number in keys:
            raise ImproperlyConfigured(f"ENCRYPTION_KEYS contains the id {number} twice.")
        keys[number] = key
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS contains no key.")
    return keys


def keys() -> Mapping[str, bytes]:
    """The configured keys, newest first."""
    configured: Mapping[str, bytes] = settings.ENCRYPTION_KEYS
    return configured


def newest_key_number() -> int:
    """The number of the key that new tokens are derived from."""
    return int(next(iter(keys())))


@lru_cache(maxsize=64)
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"pmconsole {purpose}".encode()).derive(key)


def _fernet(purpose: str) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in keys().values()]
    )


def encrypt(value: bytes, purpose: str) -> bytes:
    """`value` readable only with the purpose's key; the newest key is used."""
    return _fernet(purpose).encrypt(value)


def decrypt(value: bytes | memoryview, purpose: str) -> bytes:
    """What `encrypt` was given. Raises cryptography.fernet.InvalidToken if no configured key fits."""
    return _fernet(purpose).decrypt(bytes(value))


def is_newest(value: bytes, purpose: str) -> bool:
    """Whether the newest key has encrypted `value`."""
    newest = Fernet(base64.urlsafe_b64encode(_derived(next(iter(keys().values())), purpose)))
    try:
        newest.decrypt(value)
    except InvalidToken:
        return False
    return True


def derive_key(purpose: str, number: int) -> bytes:
    """32 bytes for one purpose. Raises KeyError if the key of that number isn't configured."""
    return _derived(keys()[str(number)], purpose)


def fingerprint(key: bytes) -> str:
    """What may be stored of a key to recognise it: nothing of it can be computed back."""
    return _derived(key, "fingerprint").hex()


def derive_token(purpose: str, identity: str, key_number: int) -> str:
    """26 lower-case base32 characters, the same each time; nothing but its hash need be stored.

    Raises KeyError if the key of that number is no longer configured.
    """
    digest = hmac.digest(derive_key(f"token {purpose}", key_number), identity.encode(), "sha256")
    return base64.b32encode(digest[:20]).decode().lower()[:TOKEN_LENGTH]


def token_hash(token: str) -> str:
    """What is stored of a token: SHA-256 in hex. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.lower().encode()).hexdigest()
