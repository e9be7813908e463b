"""The reports about approvals, over real rows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.letters.guard import begins_with_decision_word
from approvals.models import ApprovalRequest, Decision, Grant, OutgoingMail
from approvals.services import Decider, decide, revoke_grant
from approvals.terms import ProcessSettings
from core.actors import Actor
from core.people.models import User
from core.reports import (
    Column,
    Parameters,
    Report,
    UnknownReport,
    all_reports,
    register,
    report,
    written,
)
from core.text import is_hidden
from tests.factories import DANA, let_expire, make_plea, make_request, make_user

pytestmark = pytest.mark.django_db
NAMES = [
    "Active Grants",
    "Approval Decisions",
    "Approvals by Approver",
    "Most Recent Pending Application Approval Request",
    "Pending Approval Requests",
    "Policy Events",
    "Policy Events by Policy",
    "Signed Audit Heads",
    "Undelivered Mail",
]


def parameters(**values: Any) -> Parameters:
    """The last week, all policies."""
    now = timezone.now()
    given = {"since": now - timedelta(days=7), "until": now, "policy_id": None, "now": now}
    return Parameters(**{**given, **values})


def rows(key: str, **values: Any) -> list[dict[str, str]]:
    """The report's rows, each as column → text; each value is what its column says it holds."""
    found = report(key)
    made = list(found.rows(parameters(**values)))
    kinds = {"text": (str,), "number": (int,), "time": (datetime, type(None))}
    for row in made:
        for column, value in zip(found.columns, row, strict=True):
            assert isinstance(value, kinds[column.holds]), column.label
    labels = [column.label for column in found.columns]
    return [dict(zip(labels, row, strict=True)) for row in written(made, UTC)[1]]


def answered(
    request: ApprovalRequest, answer: str = "approve", *, user: User | None = None, **values: Any
) -> ApprovalRequest:
    decide(
        number=request.number,
        decider=Decider("console", user=user or make_user()),
        answer=answer,
        **values,
    )
    return request


def asked(**plea: Any) -> ApprovalRequest:
    return make_request(plea=make_plea(**plea), to_addresses=())


def test_the_reports_are_these() -> None:
    assert [found.name for found in all_reports()] == NAMES


def test_the_processes_own_default_is_a_report() -> None:
    assert report(ProcessSettings().report_to_run).name == NAMES[3]


def test_a_report_that_nobody_registered_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnknownReport, match="The report “gone” no longer exists"):
        report("gone")


def test_a_key_or_name_is_registered_once() -> None:
    other = Report(
        "other", all_reports()[0].name, "", (Column("A"),), lambda _: (), takes_policy=False
    )
    with pytest.raises(ValueError, match="registered already"):
        register(other)


def test_no_column_begins_like_an_answer() -> None:
    labels = [column.label for found in all_reports() for column in found.columns]
    assert [label for label in labels if begins_with_decision_word(label)] == []


def test_a_zone_that_all_times_share_is_said_once() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    july, august = (datetime(2026, month, 14, 7, 26, tzinfo=UTC) for month in (7, 8))
    zone, texts = written([("PM-7", 3, july), ("", 0, None), ("x", 1, august)], berlin)
    assert zone == "UTC+2"
    assert texts == [
        ("PM-7", "3", "14 Jul 2026, 09:26"),
        ("", "0", ""),
        ("x", "1", "14 Aug 2026, 09:26"),
    ]
    assert written([(july,)], berlin, iso=True) == ("UTC+2", [("2026-07-14 09:26",)])
    assert Column("When", "time").heading(zone) == "When (UTC+2)"
    assert Column("Events", "number").heading(zone) == "Events"


def test_where_summer_and_winter_meet_each_time_says_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    rows = [(datetime(2026, month, 14, 7, 26, tzinfo=UTC),) for month in (7, 11)]
    words = [("14 Jul 2026, 09:26 (UTC+2)",), ("14 Nov 2026, 08:26 (UTC+1)",)]
    assert written(rows, berlin) == ("", words)
    iso = [("2026-07-14 09:26+02:00",), ("2026-11-14 08:26+01:00",)]
    assert written(rows, berlin, iso=True) == ("", iso)
    assert Column("When", "time").heading("") == "When"


def test_pending_requests_stand_newest_first_without_decided_and_expired_ones() -> None:
    first, second, expired = asked(), asked(), asked()
    answered(asked())
    let_expire(expired)

    found = rows("pending")
    assert [row["Request"] for row in found] == [str(second), str(first)]
    assert found[0]["User"] == "EXAMPLE\\alice"
    assert found[0]["Reason"] == "Need the CAD viewer."
    assert [row["Request"] for row in rows("most-recent-pending")] == [str(second)]


def test_what_is_pending_does_not_depend_on_the_period() -> None:
    request = asked()
    old = timezone.now() - timedelta(days=30)
    ApprovalRequest.objects.filter(pk=request.pk).update(created_at=old)
    assert [row["Request"] for row in rows("pending")] == [str(request)]


def test_decisions_say_who_what_and_how_within_the_period() -> None:
    dana = make_user("dana", email=DANA)
    answered(asked(), user=dana, minutes=120, comment="Fine for the tender.")
    denied = answered(asked(), "deny", user=dana)
    before = answered(asked(), user=dana)
    week_ago = timezone.now() - timedelta(days=8)
    Decision.objects.filter(request=before).update(at=week_ago)

    newest, older = rows("decisions")
    assert (newest["Request"], newest["Decision"]) == (str(denied), "Denied")
    assert older["Decision"] == "Approved for 2 hours"
    assert older["By"] == f"{dana.display_name}, in the console"
    assert older["Comment"] == "Fine for the tender."
    earlier = rows("decisions", since=week_ago, until=timezone.now() - timedelta(days=7))
    assert [row["Request"] for row in earlier] == [str(before)]


def test_a_period_ends_before_its_end() -> None:
    request = answered(asked())
    at = Decision.objects.get(request=request).at
    second = timedelta(seconds=1)
    assert rows("decisions", since=at - second, until=at) == []
    assert len(rows("decisions", since=at, until=at + second)) == 1


def test_approvers_are_counted_as_persons_the_busiest_first() -> None:
    dana, lee = make_user("dana", email=DANA), make_user("lee")
    answered(asked(), "deny", user=lee)
    for answer in ("approve", "approve", "deny"):
        answered(asked(), answer, user=dana)

    found = [
        (row["Approver"], row["Approvals"], row["Denials"], row["Answers"])
        for row in rows("by-approver")
    ]
    assert found == [(dana.display_name, "2", "1", "3"), (lee.display_name, "0", "1", "1")]


def test_active_grants_leave_out_what_ended() -> None:
    once, timed = answered(asked()), answered(asked(), minutes=60)
    revoked = answered(asked(), minutes=60)
    revoke_grant(grant_id=revoked.grant.pk, by=Actor.of_system("lee"), reason="Not needed.")
    ended = answered(asked(), minutes=60)
    Grant.objects.filter(request=ended).update(expires_at=timezone.now() - timedelta(seconds=1))

    found = {row["Request"]: row for row in rows("active-grants")}
    assert list(found) == [str(timed), str(once)]
    assert found[str(once)]["Given"] == "One Time, ends when used"
    assert found[str(timed)]["Given"] == "For 1 hour"
    assert found[str(timed)]["Approver"].startswith("user")


@pytest.mark.parametrize("key", ["pending", "most-recent-pending", "decisions", "by-approver"])
def test_a_report_of_one_policy_leaves_the_others_out(key: str) -> None:
    request = answered(asked()) if key in {"decisions", "by-approver"} else asked()
    assert len(rows(key, policy_id=request.policy_id)) == 1
    assert rows(key, policy_id=request.event_id) == []


def test_active_grants_of_one_policy() -> None:
    request = answered(asked())
    assert len(rows("active-grants", policy_id=request.policy_id)) == 1
    assert rows("active-grants", policy_id=request.event_id) == []


def mail_in(state: str, **values: Any) -> OutgoingMail:
    account = f"user{OutgoingMail.objects.count()}"  # each may have few pending requests
    request = make_request(plea=make_plea(account=account), to_addresses=(DANA,))
    OutgoingMail.objects.filter(request=request).update(state=state, **values)
    return OutgoingMail.objects.get(request=request)


def test_undelivered_mail_is_what_failed_came_back_or_is_stuck() -> None:
    now = timezone.now()
    mail_in("queued")
    mail_in("sent")
    mail_in("cancelled")
    stuck = mail_in("queued", due_at=now - timedelta(minutes=6))
    bounced = mail_in("sent", bounced_at=now)
    deferred = mail_in("deferred", tries=3, last_answer="451 4.7.1 greylisted")
    failed = mail_in("failed", last_answer="550 5.1.1 no such user")

    found = rows("undelivered-mail")
    assert [row["State"] for row in found] == ["Failed", "Deferred", "Came back", "Queued"]
    abouts = [f"Approval request, {mail.request}" for mail in (failed, deferred, bounced, stuck)]
    assert [row["About"] for row in found] == abouts
    assert found[0]["Last server response"] == "550 5.1.1 no such user"
    assert (found[1]["Tries"], found[1]["To"]) == ("3", DANA)
    assert rows("undelivered-mail", until=now - timedelta(days=1)) == []


def test_a_servers_answer_that_repeats_a_token_is_shown_without_it() -> None:
    token = "a2b3c4d5e6f7g2h3i4j5k6l7m2"
    mail_in("failed", last_answer=f"554 spam: https://pm.example.com/d/{token} reply+{token}@x.org")
    (row,) = rows("undelivered-mail")
    assert token not in str(row)
    assert "554 spam" in row["Last server response"]


def test_texts_from_endpoints_are_shown_with_what_hides_in_them() -> None:
    odd = "x\r\n\u202eexe.fdp\u200b"
    request = make_request(
        plea=make_plea(account=odd, computer_name=odd, file_path=odd, policy_name=odd),
        reason=odd,
        to_addresses=(),
    )
    found = [*rows("pending")]
    answered(request, minutes=60, comment=odd)
    found += [*rows("decisions"), *rows("active-grants")]
    mail_in("failed", last_answer=odd)
    found += rows("undelivered-mail")

    assert len(found) == 4
    shown = "".join(text for row in found for text in row.values())
    assert not [letter for letter in shown if is_hidden(letter)]
    assert shown.count("[U+202E]") == 5 + 4 + 3 + 1


@pytest.mark.parametrize("key", ["pending", "decisions", "by-approver", "active-grants"])
def test_more_rows_need_no_more_queries(
    key: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        request = asked(account=f"user{number}")
        if key != "pending":
            answered(request, minutes=60)
    with django_assert_max_num_queries(2):
        assert len(rows(key)) == 6
