"""Faults in any order: the invariants of mail hold after each step, and all of it ends.

I3 (no transaction during network I/O) is shown in test_fault_table.py.
"""

import re
import threading
from collections import Counter
from contextlib import suppress

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals import tasks
from approvals.errors import ApprovalError
from approvals.models import ApprovalRequest, OutgoingMail
from approvals.outbox import send_due
from approvals.outbox.claim import claim
from approvals.outbox.send import message_of
from approvals.services import cancel_request, expire_requests
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from approvals.services.plea import Plea
from core.actors import Actor
from core.alerts.models import Alert
from foreign_systems.models import Circuit, ForeignSystem
from foreign_systems.pool import close_pools, server_of
from tests.factories import DANA, LEE, let_expire, make_plea, make_process, make_request, make_type
from tests.faults.world import World
from tests.foreign_systems.scripted_server import (
    CLOSE,
    HANG,
    RESET,
    Action,
    ScriptedServer,
    deliver,
)

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]+>)")
FAULTS = {
    "greeting": ("421 4.3.2 busy", "554 5.7.1 go away", CLOSE, "garbage"),
    "EHLO": ("421 4.3.2 busy", "550 5.7.1 your EHLO name", RESET),
    "MAIL": ("421 4.7.0 busy", "451 4.3.0 later", "550 5.7.1 not you", CLOSE),
    "RCPT": ("450 4.2.0 greylisted", "452 4.3.1 full", "550 5.1.1 no such user", "421 bye", RESET),
    "DATA": ("451 4.3.0 later", "554 5.5.1 no", CLOSE),
    "end": ("451 4.3.0 later", "554 5.7.1 spam", "421 4.3.2 closing", CLOSE, RESET, HANG, "what?"),
}


class FailingServer(ScriptedServer):
    """Fails once at each step that is in `faults`; `taken` are the messages that it took, or may have."""

    def __init__(self, *_: object) -> None:
        super().__init__()
        self.faults: dict[str, Action] = {}
        self.is_down = False
        self.taken: list[bytes] = []
        self.ambiguous = 0
        self._changing = threading.Lock()

    def next_action(self, step: str) -> Action:
        with self._changing:
            action = self.faults.pop(step, None)
            if step == "greeting" and self.is_down:
                action = CLOSE
            if step == "end" and (action in (None, CLOSE, RESET, HANG, "what?")):
                self.taken.append(self.messages[-1])
                self.ambiguous += action is not None
        return action or super().next_action(step)


class MixedFaults(RuleBasedStateMachine):
    """One server that fails and one that is well; `closed` are mails that must not be tried again."""

    def __init__(self) -> None:
        super().__init__()
        self.deaths = self.users = 0
        self.closed: dict[str, int] = {}  # Message-ID -> how often it was taken before the end

    @initialize()
    def begin(self) -> None:
        self.well = World()
        ForeignSystem.objects.filter(pk=self.well.system.pk).update(is_default=False)
        self.failing = FailingServer()
        self.world = World(connection_limit=1, server=self.failing)
        process = make_process(to_addresses=(LEE,))
        process.smtp_server = self.well.system
        process.save()
        self.well_type = make_type(process)

    def plea(self) -> Plea:
        """Of somebody else each time: one user may not have many open requests."""
        self.users += 1
        return make_plea(account=f"EXAMPLE\\user{self.users}")

    @rule(both=st.booleans())
    def ask(self, both: bool) -> None:
        make_request(plea=self.plea(), to_addresses=(DANA, LEE) if both else (DANA,))

    @rule(step=st.sampled_from(sorted(FAULTS)), which=st.integers(0, 6))
    def break_once(self, step: str, which: int) -> None:
        self.failing.faults[step] = FAULTS[step][which % len(FAULTS[step])]

    @rule(down=st.booleans())
    def go_down_or_up(self, down: bool) -> None:
        self.failing.is_down = down

    @rule()
    def work(self) -> None:
        """I6: whatever the failing server does, the other one's mail goes at once."""
        make_request(plea=self.plea(), type=self.well_type)
        send_due()
        waiting = OutgoingMail.objects.unfinished().filter(server=self.well.system)
        assert not waiting.filter(purpose="request").exists()

    @rule()
    def sweep(self) -> None:
        tasks.sweep()

    @rule()
    def let_time_pass(self) -> None:
        self.world.make_due()
        Circuit.objects.filter(next_probe_at__isnull=False).update(
            next_probe_at="2000-01-01T00:00Z"
        )

    @rule(sent=st.integers(0, 2))
    def die(self, sent: int) -> None:
        """A worker is killed: some of what it claimed was accepted, nothing is recorded."""
        self.failing.faults.clear()
        for mail in claim(self.world.system, limit=2)[:sent]:
            if not self.failing.is_down:
                deliver(server_of(self.world.system), mail.sender, mail.recipient, message_of(mail))
                self.deaths += 1

    @rule(way=st.sampled_from(["cancel", "expire", "deny", "approve"]))
    def end_request(self, way: str) -> None:
        request = ApprovalRequest.objects.pending().order_by("pk").first()
        if request is None:
            return
        if way == "cancel":
            by = Actor.of_system("alice")
            cancel_request(number=request.number, computer_id=request.computer_id, by=by)
        elif way == "expire":
            let_expire(request)
            OutgoingMail.objects.filter(request=request).update(not_after="2000-01-01T00:00Z")
            expire_requests()
        else:
            decider = Decider(channel="reply", invitation=request.invitations.first())
            with suppress(ApprovalError):
                decide(number=request.number, decider=decider, answer=way)
        request.refresh_from_db()
        if not request.is_pending:
            taken = self.taken()
            for mail in request.mails.filter(purpose="request"):
                self.closed[mail.message_id] = taken[mail.message_id]

    def taken(self) -> Counter[str]:
        found = self.failing.taken + self.well.server.messages
        return Counter(MESSAGE_ID.search(raw)[1].decode() for raw in found)  # type: ignore[index]

    @invariant()
    def duplicates_are_deaths_or_unanswered_dots_and_the_same(self) -> None:
        """I2."""
        bytes_of: dict[bytes, set[bytes]] = {}
        for raw in self.failing.taken:
            bytes_of.setdefault(MESSAGE_ID.search(raw)[1], set()).add(raw)  # type: ignore[index]
        assert all(len(each) == 1 for each in bytes_of.values())
        duplicates = sum(self.taken().values()) - len(self.taken())
        assert duplicates <= self.deaths + self.failing.ambiguous

    @invariant()
    def nothing_is_tried_after_its_request_ended(self) -> None:
        """I5."""
        taken = self.taken()
        assert {key: taken[key] for key in self.closed} == self.closed

    @invariant()
    def an_outcome_stands_behind_its_request_mail(self) -> None:
        """I4."""
        order = [MESSAGE_ID.search(raw)[1].decode() for raw in self.failing.taken]  # type: ignore[index]
        for mail in OutgoingMail.objects.exclude(follows=None).select_related("follows"):
            if mail.message_id in order and mail.follows.message_id in order:
                assert order.index(mail.follows.message_id) < order.index(mail.message_id)

    @invariant()
    def what_failed_is_shown(self) -> None:
        """I1."""
        for mail in OutgoingMail.objects.filter(state="failed"):
            assert Alert.objects.filter(key__in=(f"mail:{mail.pk}", "outbox:overdue")).exists()

    def teardown(self) -> None:
        """I1: once everything is well, all mail ends."""
        if not hasattr(self, "world"):
            return
        try:
            self.failing.faults.clear()
            self.failing.is_down = False
            for _ in range(4):
                self.let_time_pass()
                tasks.sweep()
            assert not OutgoingMail.objects.unfinished().exists()
            self.duplicates_are_deaths_or_unanswered_dots_and_the_same()
            self.nothing_is_tried_after_its_request_ended()
            sent = OutgoingMail.objects.filter(state="sent").values_list("message_id", flat=True)
            assert set(sent) <= set(self.taken())
        finally:
            close_pools()
            for world in (self.well, self.world):
                world.server.__exit__()
            call_command("flush", interactive=False, verbosity=0)  # each example begins anew


def test_faults_in_any_order_lose_nothing_and_repeat_little() -> None:
    run_state_machine_as_test(
        MixedFaults,
        settings=settings(
            max_examples=60,
            stateful_step_count=14,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # an outcome that depends on time can't be shrunk
            suppress_health_check=list(HealthCheck),
        ),
    )
