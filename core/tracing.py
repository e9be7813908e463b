"""OpenTelemetry traces: the way of a request from the agent's call to the SMTP answer and the decision.

Only where OTEL_EXPORTER_OTLP_ENDPOINT names a collector and requirements-tracing.txt is installed;
else nothing of OpenTelemetry is loaded, and a span costs as much as a call that does nothing. The
trace's id is made of the request id that log lines, rows and hints carry already (core/logs.py), so
each program knows it by itself: spans of several programs are roots of one trace. They hold ids, names
of ours and outcomes, and no person, program or address.
"""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, ParamSpec, TypeVar

import structlog

from core.logs import current_trace

P = ParamSpec("P")
R = TypeVar("R")
_OF_OURS: Final = re.compile("(?!0{32})[0-9a-f]{32}")
_tracer: Any = None
_NOTHING: Final = nullcontext()
_trace: ContextVar[int] = ContextVar("trace")
log = structlog.get_logger(__name__)


def configure_tracing(endpoint: str) -> None:
    """Send spans to the collector at `endpoint`, if there is one; the SDK reads OTEL_… by itself."""
    if not endpoint:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(
            "tracing_unavailable",
            mend="OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry isn't installed: "
            "pip install -r requirements-tracing.txt, or unset it.",
        )
        return
    send_spans_to(BatchSpanProcessor(OTLPSpanExporter()))


def send_spans_to(processor: Any) -> Any:
    """Begin to trace; the provider, whose `shutdown` sends what is left."""
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class OfTheRequest(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return _trace.get()

    global _tracer  # noqa: PLW0603  # one for the process
    named = Resource({SERVICE_NAME: "pmconsole"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named, id_generator=OfTheRequest())
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("pmconsole")
    return provider


def trace_id(request_id: str) -> int:
    """The id of the trace: the request id itself if it's one of ours, else made of it."""
    if _OF_OURS.fullmatch(request_id):
        return int(request_id, 16)
    return int.from_bytes(sha256(request_id.encode()).digest()[:16])


def span(
    name: str, *, trace: str = "", since: datetime | None = None, **facts: str | int
) -> AbstractContextManager[Any]:
    """What happens within is one span of the request `trace`, or else of the running one.

    With `since` it began then. `facts` are its attributes.
    """
    return _NOTHING if _tracer is None else _span(name, trace or current_trace(), since, facts)


@contextmanager
def _span(name: str, trace: str, since: datetime | None, facts: dict[str, Any]) -> Iterator[Any]:
    from opentelemetry.context import Context
    from opentelemetry.trace import StatusCode, get_current_span

    wanted = trace_id(trace)
    is_within = get_current_span().get_span_context().trace_id == wanted
    token = _trace.set(wanted)
    try:
        with _tracer.start_as_current_span(
            name,
            context=None if is_within else Context(),
            start_time=int(since.timestamp() * 1e9) if since else None,
            attributes={f"pmconsole.{key}": value for key, value in facts.items()},
            record_exception=False,  # its words may hold anything
            set_status_on_exception=False,
        ) as made:
            try:
                yield made
            except BaseException as error:
                made.set_status(StatusCode.ERROR, type(error).__name__)
                raise
    finally:
        _trace.reset(token)


def traced(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make each call of a function a span of the running request."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if _tracer is None:
                return function(*args, **kwargs)
            with span(name):
                return function(*args, **kwargs)

        return call

    return decorate
