"""Somebody who wants mail for another domain, or an approver who vanishes when a process is saved."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from approvals.letters.message import address as written_by_our_mail
from approvals.models import ApprovalProcess
from approvals.process_forms import EmailProcessForm
from approvals.reply.addresses import NoAddress, domain_key
from approvals.tokens import token_in
from core.addresses import BadAddress, ascii_host, sent_address
from core.people.models import MailAddress, User
from core.people.selectors import people_with_address
from foreign_systems.forms import SmtpServerForm
from foreign_systems.smtp.transaction import spelt
from foreign_systems.smtp_url import SmtpUrlError, parse
from items.fields import AddressesField
from tasks.forms import EmailTaskForm
from tests.factories import make_process, make_user

SHARP, DOUBLE = "dana@straße.example", "dana@strasse.example"
UNSENDABLE = [
    "dana@[10.0.0.1]",
    "dana@10.0.0.1",
    "dana@[IPv6:::1]",
    "d" * 70 + "@example.com",
    '"dana w"@example.com',
    "\u0430lice@example.com",
    "dana@exa\u00admple.com",
    "dana@exam\u200bple.com",
    "dana@faß_.example",
    "dana@xn--.example..",
]


class _Wire:
    """What a server offers."""

    def __init__(self, *extensions: str) -> None:
        self.extensions = extensions

    def has_extn(self, name: str) -> bool:
        return name in self.extensions


def fields() -> list[forms.Field]:
    declared = [
        EmailProcessForm.base_fields["to_addresses"],
        EmailProcessForm.base_fields["from_address"],
        EmailTaskForm.base_fields["to_addresses"],
        EmailTaskForm.base_fields["from_address"],
        SmtpServerForm.base_fields["from_address"],
    ]
    return [*declared]


@pytest.mark.parametrize("address", UNSENDABLE)
def test_no_field_accepts_an_address_that_can_not_be_sent(address: str) -> None:
    for field in fields():
        with pytest.raises(ValidationError, match="a valid email address: "):
            field.clean(address)
    for model in (User(email=address), MailAddress(address=address)):
        with pytest.raises(ValidationError):
            model.clean_fields(exclude=["name", "name_key", "password", "user"])
    with pytest.raises(ValueError, match="not an email address"):
        written_by_our_mail(address)
    assert spelt(address, _Wire()) is None  # type: ignore[arg-type]


@given(st.text(alphabet="aZ0.-_@ßſİΣς\u200c\u3002\uff21é", max_size=12))
def test_what_a_field_accepts_our_mail_can_write(text: str) -> None:
    field = SmtpServerForm.base_fields["from_address"]
    try:
        address = field.clean(text)
    except ValidationError:
        return
    assert written_by_our_mail(address) == sent_address(address)
    assert spelt(address, _Wire("smtputf8")) == sent_address(address)  # type: ignore[arg-type]


def test_the_error_says_what_is_wrong() -> None:
    with pytest.raises(ValidationError) as caught:
        AddressesField().clean("dana@example.com\nlee@10.0.0.1")
    assert caught.value.messages == [
        "“lee@10.0.0.1” isn't a valid email address: the domain is a number; write a name."
    ]


def test_sharp_s_and_double_s_are_two_approvers_and_two_domains() -> None:
    kept = AddressesField().clean(f"{SHARP}\n{DOUBLE}\nlee@example.com")
    assert kept == (SHARP, DOUBLE, "lee@example.com")
    assert written_by_our_mail(SHARP) == "dana@xn--strae-oqa.example"
    assert spelt(SHARP, _Wire("smtputf8")) == "dana@xn--strae-oqa.example"  # type: ignore[arg-type]
    assert spelt("dána@straße.example", _Wire("smtputf8")) == "dána@xn--strae-oqa.example"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@example.com, a@EXAMPLE.com", ("a@example.com",)),
        ("A@example.com; a@example.com", ("A@example.com", "a@example.com")),
        ("a+b@example.com\na@example.com", ("a+b@example.com", "a@example.com")),
        ("a@münchen.example\na@xn--mnchen-3ya.example", ("a@münchen.example",)),
    ],
)
def test_only_the_very_same_address_is_dropped(typed: str, kept: tuple[str, ...]) -> None:
    assert AddressesField().clean(typed) == kept


def test_no_approver_vanishes_when_a_process_is_saved(client: Client, db: None) -> None:
    addresses = (SHARP, DOUBLE, "Dana@straße.example")
    process = make_process(to_addresses=addresses)
    form = EmailProcessForm(instance=process)
    again = form.fields["to_addresses"].clean("\n".join(form.initial["to_addresses"]))
    assert again == addresses
    assert ApprovalProcess.objects.get().typed.to_addresses == addresses


@pytest.mark.parametrize("domain", ["10.0.0.1", "a b.example", "-x.example", "exam\u200bple.com"])
def test_a_mail_domain_that_can_not_be_sent_to_is_refused(db: None, domain: str) -> None:
    form = EmailProcessForm({"mail_domain": domain}, instance=make_process())
    assert "Mail Domain isn't a valid domain: " in form.errors["mail_domain"][0]


def test_a_profile_at_sharp_s_is_not_the_one_at_double_s(db: None) -> None:
    sharp, double = make_user(email=SHARP), make_user(email=DOUBLE)
    assert people_with_address("dana+x@xn--strae-oqa.example") == [sharp]
    assert people_with_address("DANA@STRASSE.example") == [double]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("smtps://mail.straße.example", "mail.xn--strae-oqa.example"),
        ("smtps://mail.straße.example.", "mail.xn--strae-oqa.example"),
        ("smtps://mail.STRASSE.example", "mail.strasse.example"),
        ("smtps://ﬁle.example", "file.example"),
        ("smtps://βόλος.example", "xn--nxasmm1c.example"),  # the final sigma stays one
    ],
)
def test_the_secret_goes_to_the_server_that_was_written(url: str, host: str) -> None:
    assert parse(url).host == host


@pytest.mark.parametrize(
    "url", ["smtps://\uff11\uff12\uff17.0.0.1", "smtps://a\u00adb.example", "smtps://x。。example"]
)
def test_a_server_that_hides_its_name_is_refused(url: str) -> None:
    with pytest.raises(SmtpUrlError):
        parse(url)


@given(st.text(alphabet=st.characters(max_codepoint=0x20000), max_size=12))
@example("ΑΣ.gr")
@example("straẞe.example")
@example("\u13a0")
@example("a\u115fa")
@example("İ.example")
def test_a_reply_is_from_the_domain_that_our_mail_goes_to(domain: str) -> None:
    try:
        key, host = domain_key(domain), ascii_host(domain)
    except (NoAddress, BadAddress):
        return
    assert key == host


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("straße.example", True),
        ("STRAßE.example", True),
        ("xn--strae-oqa.example", True),
        ("strasse.example", False),
        ("straße.example.evil.example", False),
    ],
)
def test_a_reply_address_at_double_s_is_not_ours_at_sharp_s(
    host: str, ours: bool, settings
) -> None:
    settings.REPLY_ADDRESS = "reply@straße.example"
    token = "a2b3c4d5e6f7g2h3i4j5k6l7m2"
    assert token_in(f"Reply+{token.upper()}@{host}") == (token if ours else None)
