"""The code that a user without a connection reads to the help desk, and its response.

As a real agent must: the request code is random and for one execution, its response works once, within
15 minutes and five tries, and each try is on the disk before it is compared.
"""

import base64
import hmac
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from agents.signing import digest_of, offline_response

LIVES: Final = 15 * 60  # seconds
TRIES: Final = 5


class WrongCode(Exception):
    """The response doesn't approve this execution; the sentence says why."""


@dataclass
class _Waiting:
    code: str
    event: str  # its digest
    until: float
    tries: int = 0

    def write(self, path: Path) -> None:
        with path.open("w") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())


def request_code(path: Path, event: dict[str, Any]) -> str:
    """A new code for this execution; an earlier one ends with it."""
    code = base64.b32encode(secrets.token_bytes(5)).decode()
    _Waiting(code, digest_of(event), time.time() + LIVES).write(path)
    return code


def accept(path: Path, event: dict[str, Any], response: str, *, computer_key: bytes) -> str:
    """The request code that `response` answers, used up by this. Raises WrongCode."""
    try:
        waiting = _Waiting(**json.loads(path.read_text()))
    except FileNotFoundError:
        raise WrongCode("No code waits for a response. Start the program again.") from None
    if waiting.event != digest_of(event) or time.time() >= waiting.until:
        raise WrongCode(
            "The code is for another execution or has expired. Start the program again."
        )
    waiting.tries += 1
    waiting.write(path)
    if waiting.tries > TRIES:
        raise WrongCode("Too many wrong codes. Start the program again.")
    typed = "".join(response.split()).upper()
    right = offline_response(waiting.code, computer_key=computer_key)
    if not hmac.compare_digest(typed.encode(), right.encode()):
        raise WrongCode("This isn't the response to the code.")
    path.unlink()
    return waiting.code
