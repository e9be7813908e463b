"""Refusals of the agent API: each has a code for machines and a sentence for people."""


class Refusal(Exception):
    """What the API refuses, and why, so that an agent's log tells what to do.

    `status` is the HTTP status it becomes, `field` names the field at fault, `retry_after` is in
    seconds.
    """

    status = 409

    def __init__(
        self, code: str, message: str, *, field: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after


class Malformed(Refusal):
    """The body is not a JSON object (RFC 8259)."""

    status = 400


class Unauthorized(Refusal):
    """The caller is unknown or revoked."""

    status = 401


class Forbidden(Refusal):
    """The caller is known but not allowed to do this."""

    status = 403


class NotFound(Refusal):
    """It doesn't exist, or it belongs to another computer."""

    status = 404


class Conflict(Refusal):
    """The request conflicts with the current state."""


class TooLarge(Refusal):
    """The body is over the limit."""

    status = 413


class Invalid(Refusal):
    """A field is wrong."""

    status = 422


class TooMany(Refusal):
    """The rate limit is reached."""

    status = 429


class Unavailable(Refusal):
    """Not available now, or not from this process."""

    status = 503
