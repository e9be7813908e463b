"""The Mail Queue: mail of both directions, what was said about it, and what can be done."""

from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.letters.kinds import KINDS
from approvals.letters.previews import previewed
from approvals.models import DeliveryAttempt, OutgoingMail
from approvals.outbox.claim import claim
from approvals.outbox.results import Result, record_results
from approvals.tokens import bounce_token, link_token, reply_token
from console.home import tiles
from core.alerts.models import Alert
from foreign_systems.circuits import open_circuit
from foreign_systems.models import Circuit, ForeignSystem
from foreign_systems.smtp import Answer, Blame, Kind
from tests.approvals.replies import bring_in, make_reply
from tests.factories import DANA, LEE, invitation_of, make_request, make_smtp_server, signed_in

pytestmark = pytest.mark.django_db
OUTGOING, INCOMING = "/mail-queue/", "/mail-queue/incoming/"


def shown(client: Client, address: str) -> str:
    """The page's words, on one line."""
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(unescape(page.content.decode()).split())


def a_deferred_mail(words: str = "451 4.7.1 Greylisted, try later") -> OutgoingMail:
    server = make_smtp_server()
    make_request()
    mail, _ = claim(server, limit=10)
    answer = Answer(Kind.DEFERRED, Blame.MESSAGE, 451, words)
    record_results(server, [Result(mail, answer)])
    return OutgoingMail.objects.get(pk=mail.id)


def test_the_list_says_the_servers_own_words_and_when_a_mail_is_tried_next() -> None:
    mail = a_deferred_mail()
    page = shown(signed_in(), f"{OUTGOING}?state=deferred")

    assert "1 Item" in page
    assert mail.recipient in page.replace("<wbr>", "")
    assert "451 4.7.1 Greylisted, try later" in page.replace("<wbr>", "")
    assert "Accepting mail" in page
    assert f"PM-{mail.request_id}" in page


def test_a_token_that_a_server_repeats_is_kept_nowhere() -> None:
    server = make_smtp_server()
    request = make_request(to_addresses=(DANA,))
    sent, invitation = request.mails.get(), invitation_of(request)
    assert sent.bounce_key_number is not None
    tokens = [
        bounce_token(sent.pk, sent.bounce_key_number),
        reply_token(invitation.pk, invitation.key_number),
        link_token(invitation.pk, invitation.key_number),
    ]
    bounce, reply, link = tokens
    words = (
        f"<bounce+{bounce}@pm.example.com>: <{reply}@x> /d/{link} deferred; bounce+{bounce[:10]}"
    )
    (mail,) = claim(server, limit=1)
    record_results(
        server, [Result(mail, Answer(Kind.DEFERRED, Blame.DESTINATION, 451, words, alert=True))]
    )

    kept = [
        OutgoingMail.objects.get().last_answer,
        DeliveryAttempt.objects.get().answer,
        Circuit.objects.get().reason,
        Alert.objects.get().text,
    ]
    assert not [token for token in tokens if token in "".join(kept)]
    assert all("<bounce+…@pm.example.com>" in text for text in kept)
    assert bounce[:10] not in "".join(kept)


def test_mail_that_was_sent_shows_the_servers_answer_in_the_list_and_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = make_smtp_server()
    make_request(to_addresses=(DANA,))
    (mail,) = claim(server, limit=1)
    taken = Answer(Kind.SENT, Blame.MESSAGE, 250, "250 2.0.0 Stored")
    record_results(server, [Result(mail, taken)])

    assert "250 2.0.0 Stored" in shown(signed_in(), OUTGOING)
    call_command("mail_queue", "list")
    assert "250 2.0.0 Stored" in capsys.readouterr().out


def test_a_server_in_trouble_stands_above_the_list_and_at_the_bell_with_a_link_to_it() -> None:
    server = make_smtp_server()
    make_request()
    (mail, *_) = claim(server, limit=1)
    answer = Answer(Kind.DEFERRED, Blame.DESTINATION, 535, "535 5.7.8 Bad credentials", alert=True)
    record_results(server, [Result(mail, answer)])

    page = shown(signed_in(), OUTGOING)
    assert f"{server.name}</a> isn't accepting mail since" in page
    assert "535 5.7.8 Bad credentials" in page
    assert "One email tries it again in" in page
    assert Alert.objects.get().link == OUTGOING
    assert f'<a href="{OUTGOING}">' in page.partition("bell")[2]


def test_a_mail_waits_for_its_server() -> None:
    server = make_smtp_server()
    make_request()
    open_circuit(server, reason="Connection refused", alert=False)

    mail = OutgoingMail.objects.with_next_probe().first()

    assert mail is not None
    assert mail.next_try is not None
    assert mail.next_try > timezone.now()


def test_a_mail_that_waits_for_another_says_so_and_leads_to_it() -> None:
    make_smtp_server()
    make_request()
    first, waiting = OutgoingMail.objects.order_by("recipient")
    OutgoingMail.objects.filter(pk=waiting.pk).update(follows=first, purpose="reminder")

    client = signed_in()
    assert "after another email" in shown(client, OUTGOING)
    page = shown(client, reverse("mail_queue:mail", args=[waiting.pk]))
    assert f'<a href="{reverse("mail_queue:mail", args=[first.pk])}">' in page
    assert "Next Try" not in page


def test_the_page_of_a_mail_tells_each_try_and_shows_no_secret() -> None:
    mail = a_deferred_mail()
    page = shown(signed_in(), reverse("mail_queue:mail", args=[mail.pk])).replace("<wbr>", "")

    assert "451 4.7.1 Greylisted" in page
    assert "deferred by" in page
    assert "/d/…" in page
    assert "Retry Now…" in page


def test_mails_are_searched_by_address_number_and_message_id() -> None:
    mail = a_deferred_mail()
    client = signed_in()
    for query, count in (
        (DANA[:4], 1),
        (f"pm-{mail.request_id}", 2),
        (mail.message_id, 1),
        ("zz", 0),
    ):
        page = shown(client, f"{OUTGOING}?q={query}")
        assert f"<b>{count} Item" in page, query


def test_mail_that_names_no_server_is_found_by_the_default_one() -> None:
    other = make_smtp_server()
    ForeignSystem.objects.update(is_default=False)
    default = make_smtp_server()
    make_request(to_addresses=(DANA, LEE))
    OutgoingMail.objects.filter(recipient=LEE).update(server=other)
    for server, count in ((default, 1), (other, 1)):
        assert f"{count} Item" in shown(signed_in(), f"{OUTGOING}?server={server.pk}")


def test_several_mails_are_cancelled_at_once_and_one_that_cant_be_is_named() -> None:
    make_request()
    sent, waiting = (
        OutgoingMail.objects.get(recipient=DANA),
        OutgoingMail.objects.get(recipient=LEE),
    )
    OutgoingMail.objects.filter(pk=sent.pk).update(state="sent", finished_at=timezone.now())
    client, both = signed_in(), [str(sent.pk), str(waiting.pk)]

    asked = client.get("/mail-queue/change/", {"verb": "cancel", "row": both})
    assert "Cancel 2 emails?" in unescape(asked.content.decode())
    assert OutgoingMail.objects.filter(state="cancelled").count() == 0
    page = client.post("/mail-queue/change/", {"verb": "cancel", "row": both}, follow=True)

    text = unescape(page.content.decode())
    assert "1 email won't be sent." in text
    assert f"Approval request to {DANA}: The mail server has accepted this email." in text
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


def test_a_retry_on_a_mails_page_leads_back_to_it() -> None:
    mail = a_deferred_mail()
    given = {"verb": "retry", "row": str(mail.pk), "back": "record"}
    page = signed_in().post("/mail-queue/change/", given)

    assert page["Location"] == reverse("mail_queue:mail", args=[mail.pk])
    mail.refresh_from_db()
    assert mail.due_at <= timezone.now() + timedelta(seconds=1)


def test_auditors_see_everything_and_change_nothing() -> None:
    mail = a_deferred_mail()
    client = signed_in("Auditors")

    page = shown(client, reverse("mail_queue:mail", args=[mail.pk]))
    assert "Retry Now" not in page
    assert 'class="tick"' not in shown(client, OUTGOING)
    given = {"verb": "retry", "row": str(mail.pk)}
    assert client.post("/mail-queue/change/", given).status_code == 403
    incoming = bring_in(make_reply(invitation_of(make_request()), "APPROVE"))
    assert "Original message" in shown(client, reverse("mail_queue:message", args=[incoming.pk]))


def test_incoming_mail_says_how_each_was_read_step_by_step() -> None:
    mail = bring_in(make_reply(invitation_of(make_request()), "Maybe later"))
    client = signed_in()

    assert "Unclear" in shown(client, f"{INCOMING}?outcome=unclear&q=dana@")
    page = shown(client, reverse("mail_queue:message", args=[mail.pk])).replace("<wbr>", "")
    assert "First line: “Maybe later”" in page
    assert "is the invited address" in page
    assert str(mail.request) in page


@pytest.mark.parametrize("role", ["Administrators", "Helpdesk"])
def test_homes_tile_leads_to_the_queue_whoever_may_see_it(role: str) -> None:
    mail = a_deferred_mail()
    assert mail.request is not None
    tile = next(
        tile for tile in tiles(frozenset({role}), now=timezone.now()) if tile.word == "Mail queue"
    )
    assert tile.url == ("/mail-queue/?state=waiting" if role == "Administrators" else "")
    assert (tile.figure, tile.unit) == ("1", "deferred")


def test_each_kind_of_mail_has_a_sample() -> None:
    assert {kind.key for kind in previewed()} == set(KINDS)


def test_a_sample_is_shown_with_its_html_in_a_frame_of_its_own() -> None:
    client = signed_in("Auditors")
    page = shown(client, "/mail-queue/previews/")
    assert "User alice (Alice Moreau) asks to run" in page or "asks to run cadview" in page
    assert 'src="/mail-queue/previews/request/html/"' in page

    framed = client.get("/mail-queue/previews/request/html/")
    assert "sandbox" in framed["Content-Security-Policy"]
    assert "dana@example.com" in framed.content.decode()
    assert client.get("/mail-queue/previews/unclear/html/").status_code == 404
    assert client.get("/mail-queue/previews/?kind=nothing").status_code == 404


@pytest.mark.parametrize("kind", [kind.key for kind in previewed()])
def test_the_command_prints_a_sample(kind: str, tmp_path: Path) -> None:
    out = StringIO()
    call_command("preview_mail", kind, stdout=out)
    assert out.getvalue().startswith("Subject: [")
    if KINDS[kind].html:
        call_command("preview_mail", kind, html=str(tmp_path / "mail.html"), stdout=out)
        assert "<html" in (tmp_path / "mail.html").read_text()
