"""A first line that begins like an answer and is the sender's own name is none."""

import pytest

from approvals.reply import Invited
from tests.approvals.reply.incoming import message, outcome

SATO = "Yuki Sato <sato@example.com>"
KANJI = "=?utf-8?B?5L2Q6JekIOeUsee0gA==?= <e4711@example.com>"


@pytest.mark.parametrize(
    ("sender", "line", "found"),
    [
        ("Approvals <it-approve@example.com>", "APPROVE", "approve"),
        ("Approve/Deny Desk <desk@example.com>", "Deny. Unsigned.", "deny"),
        ("Grant Miller <grant@example.com>", "Grant", "unclear"),
        ("Grant Miller <grant@example.com>", "Approve", "approve"),
        ("<hgrant@example.com>", "Grant, Hugh", "unclear"),
        ("<hgrant@example.com>", "Granted", "approve"),
        (SATO, "Y. Sato", "unclear"),
        (SATO, "Y. Sato, CISO", "unclear"),
        (SATO, "Y. Sato | Security", "unclear"),
        (SATO, "Y. Sato (Security)", "unclear"),
        (SATO, "Y. (Yuki) Sato", "unclear"),
        (SATO, "Y. K. Sato - IT", "unclear"),
        (SATO, "Y. S.", "unclear"),
        (SATO, "Y. Sato <sato@example.com>", "unclear"),
        (SATO, "Y. Sato [she/her]", "unclear"),
        (SATO, "Y. Sato Head of IT", "unclear"),
        (SATO, '"Y. Sato, CISO"', "unclear"),
        (SATO, "Y . SATO \u00b7 IT", "unclear"),
        (SATO, "Y. It is known", "approve"),
        (SATO, "N. Too risky", "deny"),
        (SATO, "Y. Thanks", "approve"),
        (SATO, "Y. Thanks, Yuki Sato", "approve"),
        (SATO, "Y, Sato", "approve"),
        ("Yves de la Tour <yt@example.com>", "Y. de la Tour", "unclear"),
        ("Nadia van der Berg <nb@example.com>", "N. van der Berg", "unclear"),
        ("<ybrown@example.com>", "Y. Brown, Head of IT", "unclear"),
        (KANJI, "Y. Sato, CISO", "unclear"),
        (KANJI, "Y. Fine by me", "approve"),
    ],
)
def test_a_name_is_no_answer_and_a_decision_word_in_a_name_still_decides(
    sender: str, line: str, found: str
) -> None:
    address = sender.partition("<")[2].rstrip(">")
    invited = Invited("i-1", address, "pending")
    assert outcome(message(line, sender=sender), invited=invited)[0] == found
