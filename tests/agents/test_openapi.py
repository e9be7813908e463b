"""The agent API keeps to its OpenAPI document: schemathesis makes calls from it, right and wrong ones.

Whatever is sent, no answer is a 500, and each has a status, a type and a form that the document names.
"""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.agents.endpoints import Agent, make_agent, make_approval_policy

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SETTINGS = hypothesis.settings(
    max_examples=20, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture
def agent(db: None) -> Iterator[Agent]:
    """Requests leave the test's connection open, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    agent = make_agent()
    make_approval_policy(agent.group)
    yield agent
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(request: pytest.FixtureRequest, agent: Agent) -> schemathesis.schemas.BaseSchema:
    """Read when the test runs: to make its calls while collecting would take each worker ten seconds."""
    # schemathesis 4.32 asks for an attribute that pytest 9.2 no longer has.
    request.node._nodeid = request.node.nodeid
    return schemathesis.openapi.from_wsgi("/agent/v1/openapi.json", get_wsgi_application())


api = schemathesis.pytest.from_fixture("document").exclude(
    path="/agent/v1/wait"  # of the ASGI process: test_waiting.py
)


@pytest.mark.timeout(240)  # it is one test for each address, told apart as subtests
@api.parametrize()
@SETTINGS
def test_every_answer_is_one_that_the_document_names(case: schemathesis.Case, agent: Agent) -> None:
    cache.clear()  # limits have tests of their own
    case.call_and_validate(headers={"Authorization": agent.bearer}, checks=CHECKS)
