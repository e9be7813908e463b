"""How a verdict is signed, so that an agent can tell the console's answer from a forged one.

Standard library only, because endpoints compute the same:

1. *Canonical JSON*: keys sorted by code point, no spaces, everything beyond ASCII as `\\uXXXX` in
   lower case (a pair of them beyond U+FFFF): Python's
   `json.dumps(value, sort_keys=True, separators=(",", ":"))`. Reports and answers hold text, whole
   numbers, true, false and null only, so there is one way to write each.
2. *The event's digest*: SHA-256, in lower-case hexadecimal, of the canonical JSON of the `event`
   object exactly as the agent sent it.
3. *The verdict key*: HKDF-SHA256 (RFC 5869) of the computer key, without salt, with the info
   `pmconsole agent verdict`, 32 bytes.
4. *`hmac`*: HMAC-SHA256 under the verdict key, in lower-case hexadecimal, over these lines joined
   by line feeds, without one at the end: `pmconsole-verdict-1`, the nonce of this report, the event's
   digest, the canonical JSON of the answer without its `hmac`.

A set of policies (`GET policies`) is signed alike, under the key of the purpose `policies`: over
`pmconsole-policies-1`, the nonce, the computer's id, the ETag without its quotes, which is the SHA-256
of the body, and the times `Policies-Issued` and `Policies-Expires` as they stand in the headers. An
answer 304 has the same headers: the set that the agent has is in force for longer.

An offline code is made alike, short enough to be read out: under the key of the purpose `offline`, over
`pmconsole-offline-1` and the request code, joined by a line feed; of the HMAC the first 5 bytes, which
are 8 characters in base32.

The nonce is the agent's, fresh for every try, so an old answer can't be replayed to it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

VERDICT, POLICIES, OFFLINE = "verdict", "policies", "offline"


def canonical_json(value: object) -> str:
    """One text for one value (rule 1). Raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal (rule 2)."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def key_for(purpose: str, computer_key: bytes) -> bytes:
    """The computer's key for one purpose (rule 3): HKDF, extract and one round of expand."""
    extracted = hmac.new(bytes(32), computer_key, hashlib.sha256).digest()
    info = f"pmconsole agent {purpose}".encode() + b"\x01"
    return hmac.new(extracted, info, hashlib.sha256).digest()


def sign_verdict(
    answer: Mapping[str, object], *, computer_key: bytes, nonce: str, event_digest: str
) -> str:
    """The `hmac` of an answer (rule 4); one that it already has is ignored."""
    signed = {name: value for name, value in answer.items() if name != "hmac"}
    text = "\n".join(("pmconsole-verdict-1", nonce, event_digest, canonical_json(signed)))
    return hmac.new(key_for(VERDICT, computer_key), text.encode(), hashlib.sha256).hexdigest()


def is_genuine(
    answer: Mapping[str, object], *, computer_key: bytes, nonce: str, event_digest: str
) -> bool:
    """Whether whoever signed the answer knows the computer key, for this nonce and event."""
    expected = sign_verdict(
        answer, computer_key=computer_key, nonce=nonce, event_digest=event_digest
    )
    return hmac.compare_digest(expected, str(answer.get("hmac", "")))


def sign_policies(
    *, computer_key: bytes, nonce: str, computer_id: str, etag: str, issued: str, expires: str
) -> str:
    """The `Policies-HMAC` of a set of policies."""
    text = "\n".join(("pmconsole-policies-1", nonce, computer_id, etag, issued, expires))
    return hmac.new(key_for(POLICIES, computer_key), text.encode(), hashlib.sha256).hexdigest()


def offline_response(request_code: str, *, computer_key: bytes) -> str:
    """What approves one execution at a computer without a connection: 8 characters of base32."""
    text = f"pmconsole-offline-1\n{request_code}"
    digest = hmac.new(key_for(OFFLINE, computer_key), text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:5]).decode()
