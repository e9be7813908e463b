"""OpenTelemetry traces: one follows a request; without a collector, nothing of it is loaded."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from approvals import outbox
from core import tracing
from core.logs import new_trace
from core.tracing import send_spans_to, span, trace_id
from tests.agents.endpoints import make_agent, make_approval_policy, make_group
from tests.agents.test_request_id import ID, _asked_by
from tests.approvals.replies import bring_in, make_reply
from tests.factories import DANA, invitation_of, make_process, make_smtp_server, make_type
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.http_server import Handler, serving
from tests.running_trial import ROOT


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    monkeypatch.setattr(tracing, "_tracer", None)  # as before, when the test has ended
    exporter = InMemorySpanExporter()
    provider = send_spans_to(SimpleSpanProcessor(exporter))
    yield exporter
    provider.shutdown()


def told(found: ReadableSpan) -> str:
    return " ".join([found.name, *map(str, (found.attributes or {}).values())])


@pytest.mark.django_db(transaction=True)
def test_one_trace_from_the_agents_call_to_the_smtp_answer_and_the_decision(
    spans: InMemorySpanExporter,
) -> None:
    with ScriptedServer() as smtp:
        make_smtp_server(smtp.port)
        group = make_group()
        make_approval_policy(group, type=make_type(make_process(to_addresses=(DANA,))))
        request = _asked_by(make_agent(group))
        outbox.send_due()
        bring_in(make_reply(invitation_of(request), "APPROVE"))
    mail = request.mails.get(recipient=DANA, purpose="request")
    found = [each for each in spans.get_finished_spans() if each.context.trace_id == trace_id(ID)]
    assert [told(each) for each in sorted(found, key=lambda each: each.start_time or 0)] == [
        "report",
        "evaluate",
        "open request",
        f"mail claimed {mail.pk} request",
        f"SMTP {mail.pk} 250 sent",
        "reply approve",
        "decision reply approve approved",
    ]
    by_name = {each.name: each for each in found}
    assert by_name["evaluate"].parent == by_name["report"].context
    assert by_name["decision"].parent == by_name["reply"].context
    assert by_name["SMTP"].parent is None  # a worker's: it knows the trace, not who began it
    assert "alice" not in "".join(each.to_json() for each in found)


def test_a_request_id_of_ours_is_the_traces_id() -> None:
    ours = new_trace()
    assert f"{trace_id(ours):032x}" == ours
    assert 0 < trace_id("0" * 32) < 2**128
    assert 0 < trace_id("agent-of-ws-014.run-7") < 2**128


def test_what_fails_is_marked_without_the_words_of_its_error(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="secret"), span("work"):
        raise ValueError("a secret")
    (failed,) = spans.get_finished_spans()
    assert failed.status.description == "ValueError"
    assert "secret" not in failed.to_json()


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Takes what is sent to it by OTLP over HTTP."""
    taken: list[bytes] = []

    class Taking(Handler):
        def take(self, body: bytes) -> None:
            assert self.path == "/v1/traces"
            taken.append(body)
            self.answer(200)

    server = HTTPServer(("127.0.0.1", 0), Taking)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}", taken


def run(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "pmconsole.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


WORK = "import django; django.setup(); from core.tracing import span\nwith span('work'): pass\n"


def test_spans_reach_the_collector_that_is_named(collector: tuple[str, list[bytes]]) -> None:
    url, taken = collector
    run(WORK, OTEL_EXPORTER_OTLP_ENDPOINT=url)
    (sent,) = ExportTraceServiceRequest.FromString(taken[0]).resource_spans
    assert [each.name for each in sent.scope_spans[0].spans] == ["work"]
    named = {each.key: each.value.string_value for each in sent.resource.attributes}
    assert named["service.name"] == "pmconsole"


def test_without_a_collector_nothing_is_loaded() -> None:
    ours = ("opentelemetry.exporter", "opentelemetry.sdk.trace")
    loaded = f"import sys; print([name for name in sys.modules if name.startswith({ours})])"
    assert run(WORK + loaded).stdout == "[]\n"


def test_a_start_says_what_is_missing_and_goes_on() -> None:
    """As where requirements-tracing.txt isn't installed."""
    away = "import sys; sys.modules['opentelemetry'] = None\n"
    started = run(away + WORK, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318")
    assert "pip install -r requirements-tracing.txt" in started.stderr
