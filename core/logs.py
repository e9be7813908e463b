"""Log lines with a request id that follows one request from the agent's call to the reply."""

import logging
import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_TOKEN = re.compile(r"(?i)(/d/|\+)[a-z2-7]{26}\b|(/set-password/)[^\s\"']+")


def _without_tokens(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Django logs the path of refused requests; a decision link's path is a secret."""
    return {k: without_tokens(v) if isinstance(v, str) else v for k, v in event.items()}


def without_tokens(text: str) -> str:
    """`text` with `…` for the tokens of reply addresses and links."""
    return _TOKEN.sub(r"\1\2…", text)


def configure_logging(*, level: str, as_json: bool) -> None:
    """Send structlog's and the standard library's lines to standard error, one form for both."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _without_tokens,
                final,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # uvicorn has made handlers of its own before it loads us; they would write tokens in clear.
    for server in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(server).handlers.clear()
        logging.getLogger(server).propagate = True
    for noisy in ("mail.log", "celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def new_trace() -> str:
    """A fresh request id."""
    return uuid.uuid4().hex


def current_trace() -> str:
    """The request id that the running work belongs to; a fresh one outside of any."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or new_trace())


class RequestIdMiddleware:
    """Binds `request_id` for every log line of a request, and returns it as X-Request-ID.

    A caller's own id is kept if it is well-formed, so that an agent's log and ours can be joined.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        trace = offered if _WELL_FORMED.match(offered) else new_trace()
        with structlog.contextvars.bound_contextvars(request_id=trace):
            response = self.get_response(request)
        response["X-Request-ID"] = trace
        return response
