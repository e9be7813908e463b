"""Refusals of the agent API: each has a code for machines and a sentence for people."""


class PolicyError(Exception):
    """Something that may not happen, said so that an agent's log tells what to do.

    `status` is the HTTP status it becomes, `field` names the part of the report that is at fault,
    `retry_after` is in seconds.
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


class Malformed(PolicyError):
    """The body is no JSON object as RFC 8259 has it."""

    status = 400


class Unauthorized(PolicyError):
    """Nobody we know, or somebody we no longer trust."""

    status = 401


class Forbidden(PolicyError):
    """Known, but not for this."""

    status = 403


class NotFound(PolicyError):
    """There is no such thing, or it is another computer's."""

    status = 404


class Conflict(PolicyError):
    """It was well said but does not fit to how things stand."""


class TooLarge(PolicyError):
    """The body is over the limit."""

    status = 413


class Invalid(PolicyError):
    """A field is wrong."""

    status = 422


class TooMany(PolicyError):
    """The rate limit is reached."""

    status = 429


class Unavailable(PolicyError):
    """Not now, or not by this process."""

    status = 503
