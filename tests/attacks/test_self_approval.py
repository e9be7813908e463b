"""A requester who wants to approve their own request, by another spelling of who they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.eligibility import Requester
from approvals.errors import NotAllowed
from approvals.models import ApprovalRequest, Decision
from approvals.services import Decider, decide
from core.alerts.models import Alert
from core.people.accounts import Account, Likeness, folded, short_key
from core.people.models import EndpointAccount, User
from tests.factories import DANA, LEE, invitation_of, make_plea, make_request, make_user

SPELLINGS = [
    "EXAMPLE\\dana",
    "example\\DANA",
    "dana",
    "Dana",
    "dana@example.com",
    "DANA@EXAMPLE.COM",
    "dana+x@example.com",
    "dana@corp.example",
    "WS-022\\dana",
    ".\\dana",
    "EXAMPLE.COM\\dana",
    "EXAMPLE.COM/dana",
    "EXAMPLE+dana",
    "EXAMPLE\\dana@example.com",
    " EXAMPLE\\dana ",
    "EXAMPLE\\d\u200bana",
    "EXAMPLE\\d\ufe0fana",
    "EXAMPLE\\dana\\",
    "EXAMPLE\\dana.",
    "dana+",
    "<dana@example.com>",
    "\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25\\\uff44\uff41\uff4e\uff41",
]
SID, OTHER_SID = "S-1-5-21-1-2-3-1105", "S-1-5-21-9-9-9-1001"


@pytest.fixture
def dana(db: None) -> User:
    return make_user("dw", email=DANA, role="Administrators", accounts=("EXAMPLE\\dana",))


def asked_by(account: str, identifier: str = "", **process: object) -> ApprovalRequest:
    plea = make_plea(account=account, account_id=identifier)
    return make_request(plea=plea, **process)  # type: ignore[arg-type]


def name_account(user: User, name: str, identifier: str = "") -> None:
    user.endpoint_accounts.all().delete()
    EndpointAccount.objects.create(user=user, name=name, identifier=identifier)


@pytest.mark.parametrize("account", SPELLINGS)
def test_dana_does_not_decide_in_the_console_however_her_account_is_written(
    dana: User, account: str
) -> None:
    request = asked_by(account)
    with pytest.raises(NotAllowed):
        decide(number=request.number, decider=Decider("console", user=dana), answer="approve")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("account", SPELLINGS)
def test_dana_is_not_invited_to_decide_on_herself(dana: User, account: str) -> None:
    request = asked_by(account)
    assert [i.address for i in request.invitations.all()] == [LEE]


@pytest.mark.parametrize("channel", ["reply", "link", "bearer"])
@pytest.mark.parametrize("account", SPELLINGS)
def test_an_invitation_from_before_her_profile_was_complete_decides_nothing(
    db: None, account: str, channel: str
) -> None:
    request = asked_by("EXAMPLE\\erin")
    ApprovalRequest.objects.filter(pk=request.pk).update(account=account)
    make_user("dw", email=DANA, accounts=("EXAMPLE\\dana",))
    decider = Decider(channel, invitation=invitation_of(request))
    with pytest.raises(NotAllowed):
        decide(number=request.number, decider=decider, answer="approve")


@pytest.mark.parametrize(
    ("profile", "reported"),
    [
        ("EXAMPLE\\Éloïse", "WS-1\\éLOÏSE"),
        ("EXAMPLE\\éLOÏSE", "ÉLOïse@example.com"),
        ("EXAMPLE\\Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "EXAMPLE\\σίσυφος"),
    ],
)
def test_other_letters_than_ascii_have_no_case_either(
    db: None, profile: str, reported: str
) -> None:
    eloise = make_user(role="Helpdesk", accounts=(profile,))
    assert Requester.of(asked_by(reported)).reason_against(user=eloise)


@pytest.mark.parametrize("identifier", ["S-1", "S-1-5-21-01", SID + "\u200b", "01105", "dana"])
def test_an_identifier_in_another_spelling_makes_her_nobody_else(
    dana: User, identifier: str
) -> None:
    name_account(dana, "EXAMPLE\\dana", SID)
    assert Requester.of(asked_by("EXAMPLE\\dana", identifier)).reason_against(user=dana)


def test_where_both_know_an_identifier_it_alone_decides(dana: User) -> None:
    name_account(dana, "EXAMPLE\\dana", SID)
    same = asked_by("CORP\\dwhitfield", SID.lower())
    other = asked_by("EXAMPLE\\dana", OTHER_SID)  # also the name of her mailbox

    assert "own request" in Requester.of(same).reason_against(user=dana)
    assert Requester.of(other).reason_against(user=dana) == ""
    assert Requester.of(same).person == dana


@pytest.mark.parametrize("identifier", ["", "1001"])
def test_an_identifier_of_another_kind_settles_nothing(dana: User, identifier: str) -> None:
    name_account(dana, "EXAMPLE\\dana", SID)
    assert Requester.of(asked_by("dana", identifier)).reason_against(user=dana)


@pytest.mark.parametrize("account", [DANA, f"AzureAD\\{DANA}"])
def test_an_account_that_is_an_address_is_the_person_with_that_address(
    dana: User, account: str
) -> None:
    name_account(dana, "EXAMPLE\\dw4711", SID)
    request = asked_by(account, "S-1-12-1-4-5-6-7")
    assert "own request" in Requester.of(request).reason_against(user=dana)
    assert Requester.of(request).person == dana


def test_an_account_that_is_an_address_is_not_invited_at_that_address(db: None) -> None:
    request = asked_by("Dana@Example.com", to_addresses=(DANA, LEE))
    assert [i.address for i in request.invitations.all()] == [LEE]


@pytest.mark.parametrize("account", [DANA, f"AzureAD\\{DANA}"])
def test_nor_is_the_owner_of_such_an_account_whichever_other_asked(db: None, account: str) -> None:
    make_user("dw", accounts=("EXAMPLE\\dw4711", account))
    request = asked_by("EXAMPLE\\dw4711", to_addresses=(DANA, LEE))
    assert [i.address for i in request.invitations.all()] == [LEE]


def test_nor_whose_user_name_is_the_address(db: None) -> None:
    make_user(DANA, email="whitfield@example.com", accounts=("EXAMPLE\\dw4711",))
    request = asked_by("EXAMPLE\\dw4711", to_addresses=(DANA, LEE))
    assert [i.address for i in request.invitations.all()] == [LEE]


@pytest.mark.parametrize("accounts", [(), ("EXAMPLE\\whitfield",)])
@pytest.mark.parametrize("account", ["EXAMPLE\\DW", "WS-014\\dana", "dana+x@corp.example", "dw"])
def test_an_account_of_the_name_of_user_or_mailbox_whatever_the_profile_lists(
    db: None, account: str, accounts: tuple[str, ...]
) -> None:
    dana = make_user("dw", email=DANA, role="Helpdesk", accounts=accounts)
    request = asked_by(account)
    assert "has your user name or the name of your email" in Requester.of(request).reason_against(
        user=dana
    )
    assert [i.address for i in request.invitations.all()] == [LEE]


def test_an_invited_address_without_a_profile_is_compared_by_its_name(db: None) -> None:
    request = asked_by("WS-014\\lee")
    assert [i.address for i in request.invitations.all()] == [DANA]


def test_a_second_profile_with_the_same_mailbox_opens_no_door(db: None) -> None:
    make_user("a-first", email="dana+first@example.com", accounts=("EXAMPLE\\other",))
    make_user("dw", email=DANA, accounts=("EXAMPLE\\dana",))
    request = asked_by("EXAMPLE\\dana")
    assert Requester.of(request).reason_against(address="dana+first@example.com")


def test_another_person_decides_as_ever(dana: User) -> None:
    request = asked_by("EXAMPLE\\danae")
    assert Requester.of(request).reason_against(user=dana) == ""
    decide(number=request.number, decider=Decider("console", user=dana), answer="approve")
    assert Decision.objects.get().person == dana


def test_who_may_be_the_requester_is_not_named_as_the_requester(dana: User) -> None:
    request = asked_by("WS-022\\dana")
    assert "may be your account" in Requester.of(request).reason_against(user=dana)
    assert Requester.of(request).person is None
    assert not Requester.of(request).is_known
    assert Requester.of(asked_by("EXAMPLE\\dana")).is_known


def test_too_few_who_can_decide_raise_the_alert(dana: User) -> None:
    request = asked_by("WS-022\\dana", to_addresses=(DANA,))
    assert not request.invitations.exists()
    assert f"{request} needs 1 approval" in Alert.objects.get().text


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_the_same_from_both_sides(one: str, other: str) -> None:
    left, right = Account(one), Account(other)
    assert left.likeness(right) == right.likeness(left)
    assert left.likeness(left) is Likeness.SAME


@given(st.text(max_size=20))
def test_a_key_stays_what_it_is(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert short_key(name) == short_key(folded(name))
