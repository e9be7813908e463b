"""The Trial Mailbox's pages: who may see them, what they show, and answering."""

from email import policy
from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from approvals.inbox.listener import Listener, Received
from approvals.models import ApprovalRequest
from approvals.tokens import link, link_token, reply_address, reply_token
from tests.factories import DANA, LEE, invitation_of, make_request, make_user
from trial import mail_account
from trial.models import CapturedMail

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.trial.trial_urls")]
INBOX = "/trial-mailbox/"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_user(role="Administrators"))
    return client


@pytest.fixture
def asked() -> ApprovalRequest:
    return make_request()


def capture(*, to: str = DANA, subject: str = "Hello", reply_to: str = "", link: str = "x"):
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "approvals@pm.example.com"
    message["To"] = to
    message["Subject"] = subject
    if reply_to:
        message["Reply-To"] = reply_to
    message.set_content(f"The text. {link}\n")
    message.add_alternative("<p>The <b>HTML</b><script>alert(1)</script></p>", subtype="html")
    mail = CapturedMail(recipient=to, subject=subject)
    mail.set_raw(message.as_bytes())
    mail.save()
    return mail


def capture_request(request: ApprovalRequest) -> CapturedMail:
    invitation = invitation_of(request)
    token = reply_token(invitation.pk, invitation.key_number)
    shown = link(link_token(invitation.pk, invitation.key_number))
    return capture(
        subject=f"[{request}] Approval needed", reply_to=reply_address(token), link=shown
    )


def answer_url(mail: CapturedMail) -> str:
    return reverse("trial:answer", args=[mail.pk])


@pytest.mark.parametrize(
    ("role", "status"), [("Administrators", 200), ("Auditors", 403), ("Helpdesk", 403)]
)
def test_administrators_alone_may_read_it(client: Client, role: str, status: int) -> None:
    mail = capture()
    client.force_login(make_user(role=role))
    for url in (INBOX, f"{INBOX}news/", reverse("trial:frame", args=[mail.pk])):
        assert client.get(url).status_code == status


def test_without_a_session_one_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get(INBOX)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.urls("pmconsole.urls")
def test_outside_of_a_trial_it_has_no_address(administrator: Client) -> None:
    assert administrator.get(INBOX).status_code == 404


def test_an_empty_mailbox_says_what_to_do(administrator: Client) -> None:
    assert "No email has arrived yet." in administrator.get(INBOX).content.decode()


def test_the_newest_message_is_open_and_the_others_are_listed(administrator: Client) -> None:
    capture(subject="The older one")
    capture(subject="The newer one", to=LEE)
    page = administrator.get(INBOX).content.decode()
    assert '<h2 id="mail-title">The newer one</h2>' in page
    assert "The older one" in page
    assert "Today" in page


def test_it_can_be_narrowed_to_one_recipient(administrator: Client) -> None:
    capture(subject="For dana")
    capture(subject="For lee", to=LEE)
    page = administrator.get(INBOX, {"to": DANA}).content.decode()
    assert "For dana" in page
    assert "For lee" not in page


def test_html_stands_in_a_sandbox_of_its_own(administrator: Client) -> None:
    mail = capture()
    page = administrator.get(INBOX).content.decode()
    frame = reverse("trial:frame", args=[mail.pk])
    assert f'<iframe class="frame" sandbox src="{frame}"' in " ".join(page.split())
    answer = administrator.get(frame)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    rules = set(answer["Content-Security-Policy"].split("; "))
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "sandbox"} <= rules
    assert not any(rule.startswith("script-src") for rule in rules)


@pytest.mark.parametrize(
    ("part", "expected"), [("text", "The text."), ("source", "Content-Type: multipart/alternative")]
)
def test_text_and_source_are_shown_escaped(administrator: Client, part: str, expected: str) -> None:
    capture()
    page = administrator.get(INBOX, {"part": part}).content.decode()
    assert expected in page
    assert "<script>alert" not in page
    assert "U+000" not in page  # lines and tabs are no odd characters here


def test_the_decision_link_is_repeated_outside_of_the_frame(
    administrator: Client, asked: ApprovalRequest
) -> None:
    capture_request(asked)
    page = administrator.get(INBOX).content.decode()
    assert f'href="{link_of(asked)}"' in page


def link_of(asked: ApprovalRequest) -> str:
    invitation = invitation_of(asked)
    return link(link_token(invitation.pk, invitation.key_number))


def test_only_mail_that_awaits_an_answer_has_a_form(
    administrator: Client, asked: ApprovalRequest
) -> None:
    outcome, question = capture(), capture_request(asked)
    with_form = administrator.get(INBOX, {"m": str(question.pk)}).content.decode()
    without = administrator.get(INBOX, {"m": str(outcome.pk)}).content.decode()
    assert f"Answer as {DANA}" in with_form
    assert "Answer as" not in without


def test_a_button_works_without_script(administrator: Client, asked: ApprovalRequest) -> None:
    mail = capture_request(asked)
    page = administrator.post(
        answer_url(mail), {"fill": "timed", "answer": "DENY\nToo old."}
    ).content.decode()
    assert "APPROVE FOR 2 HOURS\nToo old.</textarea>" in page


def test_an_empty_answer_is_asked_for(administrator: Client, asked: ApprovalRequest) -> None:
    answer = administrator.post(answer_url(capture_request(asked)), {"answer": ""})
    assert answer.status_code == 422
    assert "Write an answer first" in answer.content.decode()


def test_what_was_typed_stays_when_the_server_does_not_answer(
    administrator: Client, asked: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAL_MAIL_PORT", "1")
    mail = capture_request(asked)
    answer = administrator.post(answer_url(mail), {"answer": "APPROVE\nFine."})
    assert answer.status_code == 502
    assert "The trial mail server did not answer" in answer.content.decode()
    assert "APPROVE\nFine.</textarea>" in answer.content.decode()


def test_an_answer_is_sent_over_smtp_and_leads_to_the_request(
    administrator: Client, asked: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Received] = []
    listener = Listener(known=lambda _: True, store=got.append, login=mail_account.is_right)
    listener.start()
    monkeypatch.setenv("TRIAL_MAIL_PORT", str(listener.port))
    monkeypatch.setenv("TRIAL_MAIL_PASSWORD", "generated")
    try:
        mail = capture_request(asked)
        answer = administrator.post(answer_url(mail), {"answer": "APPROVE"}, follow=True)
    finally:
        listener.stop()
    assert [received.mail_from for received in got] == [DANA]
    page = answer.content.decode()
    assert "See how it was read" in page
    assert f'href="/approvals/{asked}/"' in page


def test_mail_that_awaits_no_answer_cannot_be_answered(administrator: Client) -> None:
    answer = administrator.post(answer_url(capture()), {"answer": "APPROVE"})
    assert answer.status_code == 409
    assert "doesn&#x27;t ask for an answer" in answer.content.decode()


def test_news_are_counted_from_the_newest_one_shown(administrator: Client) -> None:
    shown = capture()
    assert "new." not in administrator.get(f"{INBOX}news/", {"m": str(shown.pk)}).content.decode()
    capture()
    capture(to=LEE)
    news = administrator.get(f"{INBOX}news/", {"m": str(shown.pk)}).content.decode()
    assert "2 new." in news
