"""What replay says a proposal would have changed: of recorded events, by all policies that it touches."""

import html

import pytest
from django.test import Client

from items.models import Proposal
from policies.models import Policy, Replay
from policies.replay import running
from policies.replay.tally import Tally
from tests.agents.endpoints import Agent, make_action, make_policy
from tests.items.makers import as_sent, url
from tests.items.proposals.asking import (
    address,
    person,
    propose,
    require_second_person,
    the_draft,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(agent: Agent) -> Policy:
    elevate = make_action("add_administrative_rights")
    made = make_policy(agent.group, elevate, name="Installers", audit_events=True)
    agent.verdict()
    require_second_person()
    return made


def changed(proposal: Proposal) -> list[tuple[str, str, int]]:
    replay = Replay.objects.get(proposal=proposal)
    assert replay.state == "finished"
    groups = Tally.from_json(replay.tally).groups.values()
    return [(each.was.words, each.would_be.words, each.count) for each in groups]


ALLOWED = "Allowed with administrator rights"


def test_a_changed_filter_is_tried_with_every_policy_that_uses_it(
    policy: Policy, sam: Client
) -> None:
    used = policy.policy_filters.get().filter
    sam.post(url(used), as_sent(used, names="other.exe"))
    proposal = the_draft()
    propose(sam, proposal)
    assert changed(proposal) == [(ALLOWED, "No policy matched", 1)]
    page = html.unescape(person("kim").get(address(proposal)).content.decode())
    assert "1 would have been decided differently" in page
    assert used.name in page
    used.refresh_from_db()
    assert used.settings == {"names": ["setup.exe"]}


def test_a_deactivated_policy_and_an_activated_one_are_tried(
    policy: Policy, agent: Agent, sam: Client
) -> None:
    sam.post(f"{url(policy)}activate/", {"active": "", "version": "1"})
    proposal = the_draft()
    propose(sam, proposal)
    assert changed(proposal) == [(ALLOWED, "No policy matched", 1)]
    Proposal.objects.all().delete()
    deny = make_policy(agent.group, make_action("deny_execute"), is_active=False, priority=1)
    sam.post(f"{url(deny)}activate/", {"active": "on", "version": "1"})
    proposal = the_draft()
    propose(sam, proposal)
    assert changed(proposal) == [(ALLOWED, "Denied", 1)]


def test_a_change_of_words_changes_no_decision(policy: Policy, sam: Client) -> None:
    sam.post(url(policy), as_sent(policy, description="mine"))
    proposal = the_draft()
    propose(sam, proposal)
    assert changed(proposal) == []


def test_the_replay_of_a_proposal_is_kept_with_it(policy: Policy, sam: Client) -> None:
    sam.post(url(policy), as_sent(policy, description="mine"))
    proposal = the_draft()
    propose(sam, proposal)
    Replay.objects.update(created_at="2020-01-01T00:00Z")
    running.forget(Replay.objects.get().until)
    assert Replay.objects.exists()
