"""E-mail tasks: the report goes out over a real SMTP server, and each run leaves its history."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from approvals.models import Decision, OutgoingMail
from approvals.outbox import send_due
from approvals.services import Decider, decide
from core.alerts.models import Alert
from foreign_systems.models import ForeignSystem
from foreign_systems.pool import close_pools
from policies.models import Policy
from tasks.kinds import EmailReport
from tests.approvals.replies import bring_in
from tests.factories import (
    DANA,
    LEE,
    make_plea,
    make_request,
    make_smtp_server,
    make_user,
    set_advanced,
)
from tests.foreign_systems.scripted_server import ScriptedServer
from tests.tasks.making import make_task, run
from trial.mailbox import Opened
from trial.messages import read_message
from trial.models import CapturedMail

pytestmark = pytest.mark.django_db(transaction=True)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_report_reaches_each_recipient_over_smtp(server: ScriptedServer) -> None:
    request = make_request(to_addresses=(), reason="Need the <b>viewer</b>.")
    task = make_task(columns={"name": "Morning round"}, to_addresses=(DANA, LEE))
    done = run(task)
    send_due()

    messages = [parsed(raw) for raw in server.messages]
    assert sorted(str(message["To"]) for message in messages) == [DANA, LEE]
    for message in messages:
        assert message["Subject"] == "[pmconsole] Morning round: 1 row"
        assert message["From"] == "pmconsole approvals <approvals@pm.example.com>"
        assert message["Auto-Submitted"] == "auto-generated"
        text = text_of(message)
        assert "Report: Pending Approval Requests\n" in text
        assert f"Request: {request}\n" in text
        assert "Policy: all policies\n" in text
        html = text_of(message, "html")
        assert "Need the &lt;b&gt;viewer&lt;/b&gt;." in html
        assert f'href="{settings.PUBLIC_URL}/approvals/{request}/"' in html
    assert (done.state, done.text, done.by) == (
        "finished",
        "1 row to 2 addresses",
        "system: Dana Whitfield",
    )
    assert set(OutgoingMail.objects.values_list("purpose", "state", "request")) == {
        ("report", "sent", None)
    }


def test_a_report_asks_nobody_anything_and_an_answer_to_it_decides_nothing(
    server: ScriptedServer,
) -> None:
    request = make_request(to_addresses=(DANA,))
    OutgoingMail.objects.all().delete()
    run(make_task())
    send_due()
    (sent,) = map(parsed, server.messages)
    assert sent["Reply-To"] is None
    assert "/d/" not in text_of(sent) + text_of(sent, "html")

    answer = EmailMessage()
    answer["Authentication-Results"] = "mx.example.com; dmarc=pass header.from=example.com"
    answer["From"], answer["To"] = DANA, str(sent["From"])
    answer["In-Reply-To"] = str(sent["Message-ID"])
    answer["Message-ID"] = "<answer@example.com>"
    answer.set_content("APPROVE")
    assert bring_in(answer.as_bytes()).outcome == "unmatched"
    request.refresh_from_db()
    assert request.is_pending


def test_the_trial_mailbox_offers_no_answer_to_a_report(server: ScriptedServer) -> None:
    run(make_task())
    send_due()
    opened = Opened(CapturedMail(recipient=DANA), read_message(server.messages[0]))
    assert opened.approval_request is None
    assert opened.decision_link == ""
    assert [label for label, _ in opened.facts] == ["From", "To"]


def test_a_tasks_own_sender_and_server_are_used(server: ScriptedServer) -> None:
    with ScriptedServer() as other:
        ForeignSystem.objects.update(is_default=False)
        chosen = make_smtp_server(other.port)
        run(make_task(columns={"smtp_server": chosen}, from_address="reports@example.com"))
        send_due()
        close_pools()
        assert [parsed(raw)["From"] for raw in other.messages] == [
            "pmconsole approvals <reports@example.com>"
        ]
    assert server.messages == []


def test_without_rows_nothing_is_sent_if_the_task_says_so(server: ScriptedServer) -> None:
    assert run(make_task(only_if_rows=True)).text == "No rows: nothing was sent"
    assert run(make_task()).text == "0 rows to 1 address"
    send_due()
    (message,) = map(parsed, server.messages)
    assert str(message["Subject"]).endswith(": 0 rows")


def test_a_report_keeps_to_the_tasks_policy_and_period(server: ScriptedServer) -> None:
    chosen = Policy.objects.create(name="Installers")
    decider = Decider("console", user=make_user())
    numbers = []
    for policy_id in (chosen.pk, chosen.pk, make_plea().policy_id):
        request = make_request(plea=make_plea(policy_id=policy_id), to_addresses=())
        decide(number=request.number, decider=decider, answer="deny")
        numbers.append(str(request))
    old = timezone.now() - timedelta(days=2)
    Decision.objects.filter(request__number=int(numbers[1].removeprefix("PM-"))).update(at=old)
    task = make_task(columns={"policy": chosen}, report="decisions", period_days=1)
    assert run(task).text == "1 row to 1 address"
    send_due()

    text = text_of(parsed(server.messages[-1]))
    assert "Policy: Installers\n" in text
    assert "Period: " in text
    assert [number for number in numbers if f"Request: {number}\n" in text] == numbers[:1]


def test_at_most_a_hundred_rows_are_mailed_and_the_rest_is_counted(
    server: ScriptedServer,
) -> None:
    set_advanced(openings_per_computer=200)
    for number in range(103):
        make_request(plea=make_plea(account=f"user{number}"), to_addresses=())
    run(make_task())
    send_due()
    (message,) = map(parsed, server.messages)
    assert "103 rows" in str(message["Subject"])
    for kind in ("plain", "html"):
        assert "Rows left out: 3 more; see Reports in the console." in text_of(message, kind)
    assert text_of(message).count("\nRow ") == 100


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ({"report": "gone"}, "The report “gone” no longer exists."),
        ({"to_addresses": ()}, "It has no recipients. Enter at least one To Address."),
        (
            {"to_addresses": ("dana@@x",)},
            "“dana@@x” isn't a valid email address. Correct To Address.",
        ),
        ({"to_addresses": ("d@x.org\r\nBcc: m@x.org",)}, "[U+000D][U+000A]Bcc"),
        ({"from_address": "nobody"}, "“nobody” isn't a valid email address. Correct From Address."),
        (
            {"period_days": 10**12},
            "An internal error stopped it (OverflowError). See the log for details.",
        ),
    ],
)
def test_a_run_that_fails_says_why_and_alerts(report: dict[str, Any], sentence: str) -> None:
    make_smtp_server()
    task = make_task(**report)
    failed = run(task)

    assert failed.state == "failed"
    assert sentence in failed.text
    assert failed.ended_at is not None
    alert = Alert.objects.get(key=f"task:{task.pk}")
    assert alert.text == f"The task {task.name} failed. {failed.text}"
    assert alert.link == ""
    assert not OutgoingMail.objects.exists()


def test_a_task_without_any_sender_says_where_to_name_one() -> None:
    system = make_smtp_server()
    system.settings = {**system.settings, "from_address": ""}
    system.save()
    assert "a Default From for" in run(make_task()).text


def test_a_task_of_an_unknown_kind_fails_with_a_sentence() -> None:
    assert "“dance”" in run(make_task(columns={"kind": "dance"})).text


def test_the_alert_goes_when_the_task_succeeds_again() -> None:
    make_smtp_server()
    task = make_task(report="gone")
    run(task)
    task.settings = EmailReport(report="pending", to_addresses=(DANA,)).to_json()
    task.save()
    run(task)
    assert Alert.objects.get(key=f"task:{task.pk}").closed_at is not None


def test_a_refused_report_is_failed_and_shown_like_any_mail() -> None:
    with ScriptedServer({"RCPT": "550 5.1.1 no such user"}) as scripted:
        make_smtp_server(scripted.port)
        run(make_task())
        send_due()
        close_pools()
    mail = OutgoingMail.objects.get()
    assert mail.state == "failed"
    assert "no such user" in Alert.objects.get(key=f"mail:{mail.pk}").text
