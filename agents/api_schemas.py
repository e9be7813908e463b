"""What agents send and get. Unknown fields are refused; text is text, never a number.

An event is described here and validated by the engine (policies/engine/event.py), which declares
its fields and limits.
"""

import uuid
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, WithJsonSchema

from actions.platforms import Platform
from core.text import plain_name
from policies.engine.event import MAX_COMPUTER, MAX_ITEMS, MAX_TEXT, REGISTERED, Event

MAX_ASKED = 366 * 24 * 60  # minutes; a process allows less
MAX_NUMBER = 2**63 - 1  # of a request, as the database keeps it


def _event_schema() -> dict[str, Any]:
    """The event as agents report it, for the OpenAPI document."""
    properties: dict[str, Any] = {}
    for field in fields(Event):
        if field.name in REGISTERED:
            continue
        text = {"type": "string", "maxLength": field.metadata.get("limit", MAX_TEXT)}
        schema: dict[str, Any] = text
        if isinstance(field.default, tuple):
            schema = {"type": "array", "items": text, "maxItems": MAX_ITEMS}
        elif field.default is None:
            schema = {"anyOf": [text, {"type": "null"}]}
        about = field.metadata.get("about")
        properties[field.name] = schema | ({"description": about} if about else {})
    return {
        "title": "Event",
        "description": "An execution. The computer, its name and its platform come from the "
        "registration.",
        "type": "object",
        "properties": properties,
        "required": ["account"],
        "additionalProperties": False,
    }


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain half a surrogate pair")
    return text


def _name(text: str) -> str:
    try:
        plain = plain_name(text)
    except ValueError:
        plain = ""
    if plain != text:
        raise ValueError("must contain visible characters only, in NFC, without needless spaces")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
Nonce = Annotated[Token, Field(min_length=16, max_length=128)]


class Sent(BaseModel):
    """Read strictly."""

    model_config = ConfigDict(extra="forbid", strict=True)


class RegisterIn(Sent):
    install_code: Annotated[Text, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=MAX_COMPUTER), AfterValidator(_name)]
    platform: Annotated[Platform, Strict(False)]


class RegisterOut(BaseModel):
    computer_id: str
    secret: str
    computer_key: str = Field(description="32 bytes in base64; verdicts are signed with it")


class ExecutionIn(Sent):
    nonce: Nonce = Field(description="fresh and random for each try; the answer is signed for it")
    idempotency_key: Annotated[Token, Field(min_length=8, max_length=64)] = Field(
        description="new for each report, the same for its retries"
    )
    event: Annotated[dict[str, Any], WithJsonSchema(_event_schema())]
    request: Annotated[int, Field(ge=1, le=MAX_NUMBER)] | None = Field(
        None, description="number of the request whose decision makes the agent report again"
    )


class HappenedIn(Sent):
    """An execution that the agent decided alone; the event says when (`at`)."""

    id: Annotated[uuid.UUID, Strict(False)] = Field(
        description="random, the agent's own; the same in each try"
    )
    event: Annotated[dict[str, Any], WithJsonSchema(_event_schema())]
    verdict: Literal["allow", "deny"]
    policies: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="ETag of the policies that it was decided by, without quotes"
    )
    offline_code: Annotated[str, Field(pattern=r"^([A-Z2-7]{8})?$")] = Field(
        "", description="the request code whose response allowed it"
    )


class EventsIn(Sent):
    events: Annotated[list[HappenedIn], Field(min_length=1, max_length=50)]


class EventsOut(BaseModel):
    stored: int = Field(description="all of them, now or before: the agent may forget them")


class PoliciesOut(BaseModel):
    """For the agent to evaluate alone. It decides nothing by a policy that is `server_only`."""

    policies: list[dict[str, Any]]


class ReasonIn(Sent):
    reason: Text = Field(description="1 to 250 characters, not counting spaces at either end")
    waits: bool = Field(True, description="false: nobody waits, and the request stays pending")
    minutes: int | None = Field(
        None,
        ge=1,
        le=MAX_ASKED,
        description="how long the user would like to be approved; the approver decides",
    )


class AnswerIn(Sent):
    nonce: Nonce
    answer: Literal["justification", "acknowledged"]
    text: Text = ""


class VerdictOut(BaseModel):
    """The agent checks `hmac` before it trusts anything else (agents/signing.py says how)."""

    verdict: Literal[
        "allow",
        "deny",
        "approval_required",
        "pending",
        "justification_required",
        "warn",
        "no_match",
    ]
    code: str
    message: str
    event_id: str
    request: int | None
    prompts: list[dict[str, Any]]
    rights: dict[str, Any]
    need: dict[str, Any] | None
    wait_ticket: str | None = Field(description="if the verdict is pending: permission to wait")
    hmac: str


class RequestOut(BaseModel):
    request: int = Field(description="shown as PM-number")
    state: str
    expires_at: str
    wait_ticket: str


class CancelOut(BaseModel):
    cancelled: bool = Field(description="false if it was already closed")


class WaitOut(BaseModel):
    state: Literal["pending", "approved", "denied", "expired", "cancelled"]
    comment: str
    decided_by: str


class ErrorOut(BaseModel):
    code: str
    message: str
    field: str | None = None
