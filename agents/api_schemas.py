"""What agents send and get. Unknown fields are refused; text is text, never a number."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold NUL")
    return text


def _name(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must hold visible characters only, without spaces around them")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]


class Sent(BaseModel):
    """Read strictly."""

    model_config = ConfigDict(extra="forbid", strict=True)


class RegisterIn(Sent):
    install_code: Annotated[Text, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_name)]
    platform: Literal["windows", "macos", "linux"]


class RegisterOut(BaseModel):
    computer_id: str
    secret: str
    computer_key: str = Field(description="32 bytes in base64; verdicts are signed with it")


class EventIn(Sent):
    """An execution. The computer, its name and its platform come from the registration."""

    account: str = Field(description="EXAMPLE\\alice on Windows, alice elsewhere")
    account_id: str = Field("", description="SID or uid")
    groups: list[str] = []
    file_path: str = ""
    sha256: str = ""
    signer: str = Field("", description="subject name, verified by the endpoint")
    interpreter_sha256: str = ""
    arguments: list[str] = Field([], description="without the program itself")
    command_line: str = ""
    working_directory: str = ""
    run_as: str = ""
    parent_path: str = ""
    parent_event: str = Field("", description="event_id of the program that starts this one")
    at: str | None = Field(None, description="ISO 8601 with an offset from UTC")


class ExecutionIn(Sent):
    nonce: Annotated[Token, Field(min_length=16, max_length=128)] = Field(
        description="fresh and random for each try; the answer is signed for it"
    )
    idempotency_key: Annotated[Token, Field(min_length=8, max_length=64)] = Field(
        description="new for each report, kept over its tries"
    )
    event: EventIn
    request: Annotated[int, Field(ge=1, lt=2**63)] | None = Field(
        None, description="number of the request whose decision makes the agent report again"
    )


class ReasonIn(Sent):
    reason: Text = Field(description="1 to 250 characters, spaces around it aside")
    waits: bool = Field(True, description="false: nobody waits, and the request stays pending")


class AnswerIn(Sent):
    nonce: Annotated[Token, Field(min_length=16, max_length=128)]
    answer: Literal["justification", "acknowledged"]
    text: Text = ""


class VerdictOut(BaseModel):
    """The agent checks `hmac` before it believes anything (agents/signing.py says how)."""

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
    wait_ticket: str | None = Field(description="where the verdict is pending: leave to wait")
    hmac: str


class RequestOut(BaseModel):
    request: int = Field(description="shown as PM-number")
    state: str
    expires_at: str
    wait_ticket: str


class CancelOut(BaseModel):
    cancelled: bool = Field(description="false if it was closed already")


class WaitOut(BaseModel):
    state: Literal["pending", "approved", "denied", "expired", "cancelled"]
    comment: str
    decided_by: str


class ErrorOut(BaseModel):
    code: str
    message: str
    field: str | None = None
