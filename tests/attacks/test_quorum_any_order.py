"""Answers and changes of profiles in any order: no quorum of one person, no grant wider than a word."""

from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from approvals.errors import ApprovalError
from approvals.models import ApprovalRequest, Grant
from approvals.services import Decider, decide
from core.people.models import MailAddress, User
from tests.factories import DANA, LEE, make_request, make_user

pytestmark = pytest.mark.django_db
KIM, SAM = "kim@example.com", "sam@example.com"
PEOPLE = {"dana": DANA, "lee": LEE, "kim": KIM, "sam": SAM}
LENGTHS = [5, 60, 1440]

person, length = st.sampled_from(sorted(PEOPLE)), st.sampled_from(LENGTHS)
answers = st.one_of(
    st.tuples(st.just("reply"), person, st.just(""), length),
    st.tuples(st.just("console"), st.just(""), person, length),
    st.tuples(st.just("link"), person, person, length),
)
changes = st.tuples(
    st.sampled_from(["rename", "remove", "pass on", "disable", "take role"]), person, person
)


@dataclass
class World:
    """Dana (whose delegate is Kim), Lee and Sam, of whom two have to approve; all hold a role.

    `said` is each person's newest word: that of whoever really gave it, which profiles don't tell.
    """

    request: ApprovalRequest
    said: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # whose answers may not count any more
    is_for_dana: bool = False  # what Kim said: her invitation is Dana's part

    @classmethod
    def new(cls) -> "World":
        for name, delegate in (("kim", ""), ("lee", ""), ("sam", ""), ("dana", "kim")):
            instead = User.objects.filter(name=delegate).first()
            make_user(name, email=PEOPLE[name], role="Helpdesk", delegate=instead)
        return cls(make_request(approvals_needed=2, to_addresses=(DANA, LEE, SAM)))

    def answer(self, way: str, mailbox: str, user: str, minutes: int) -> None:
        """By who owns the mailbox, or by `user`, in the console or with a link of the mailbox's owner."""
        account = User.objects.get(name=user) if user else None
        if way == "console" and account is not None and not account.groups.exists():
            return  # the console asks for the role
        invitation = None
        if mailbox:
            invitation = self.request.invitations.filter(address=PEOPLE[mailbox]).first()
            if invitation is None:
                return
        if way == "link":
            decider = Decider("bearer", invitation=invitation, signed_in=account)
        else:
            decider = Decider(way, user=account, invitation=invitation)
        with suppress(ApprovalError), transaction.atomic():
            decide(number=self.request.number, decider=decider, answer="approve", minutes=minutes)
            self.said[user or mailbox] = minutes
            self.lost.discard(user or mailbox)
            self.is_for_dana |= mailbox == "kim"

    def change(self, what: str, name: str, other: str) -> None:
        one, another = User.objects.filter(name=name), User.objects.get(name=other)
        email = one.get().email
        if what == "rename":
            one.update(email=f"{name}.new@example.com")
        elif what == "remove" or (what == "pass on" and email):
            one.update(email="")
        if what == "pass on" and email:
            MailAddress.objects.create(user=another, address=email)
        elif what == "disable":
            self.lost.add(name)
            one.update(is_active=False)
        elif what == "take role":
            self.lost.add(name)
            one.get().groups.clear()

    def check(self) -> None:
        self.request.refresh_from_db()
        if self.request.is_pending:
            return
        people = {"dana" if name == "kim" and self.is_for_dana else name for name in self.said}
        assert len(people) >= 2, "one person approved what two have to"
        given = Grant.objects.get(request=self.request).minutes
        assert given is not None
        newest = [minutes for name, minutes in self.said.items() if name not in self.lost]
        assert given <= min(newest, default=given), "somebody's newest word is narrower"


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)
@given(st.lists(st.one_of(answers, answers, changes), min_size=3, max_size=9))
def test_no_order_of_answers_and_changes_makes_two_of_one_or_a_grant_wider(
    acts: list[tuple[str | int, ...]],
) -> None:
    with transaction.atomic():
        world = World.new()
        for act in acts:
            (world.answer if len(act) == 4 else world.change)(*act)  # type: ignore[arg-type]
            world.check()
            if not world.request.is_pending:
                break
        transaction.set_rollback(True)
