"""Heads of quoted mail: they are no text of the sender's, and what he typed above them is."""

import pytest

from approvals.reply import Invited
from tests.approvals.reply.incoming import ADDRESS, OUR_TEXT, marked, message, outcome, read
from tests.approvals.reply.introductions import HEADER_BLOCKS, LABELS

UTF_8 = "Content-Type: text/plain; charset=utf-8"
UNCLEAR = ("unclear", None)


@pytest.mark.parametrize(
    "typed",
    [
        *("Cc: Bob, check it first", "Do: ask Bob first", "A: wait for Bob", "Priority: ask Bob"),
        *("Attachments: to be scanned first", "Kopie: Bob fragen", "Date: I decide on Friday"),
        *("To: Bob, wait", "Subject: ask Bob", "Tema: wait", "Sender: ask Bob"),
    ],
)
@pytest.mark.parametrize("block", [HEADER_BLOCKS[1], HEADER_BLOCKS[3]])
def test_a_label_above_a_head_that_begins_with_its_author_was_typed(block: str, typed: str) -> None:
    assert outcome(message(f"{typed}\n{block}\n\n{OUR_TEXT}\n\nAPPROVE\n", UTF_8)) == UNCLEAR
    assert read(message(f"DENY\n{typed}\n{block}\n\n{OUR_TEXT}", UTF_8)).comment == typed
    raw = message(f"APPROVE\n{typed}. Sorry, I meant DENY.\n{block}\n\n{OUR_TEXT}", UTF_8)
    assert outcome(raw) == UNCLEAR


LA_POSTE = (
    "Message du 14/07/26 09:26\nDe : PM Console <reply@pm.example.com>\nA : dana@example.com\n"
    "Copie à : \nObjet : Approval needed\n"
)


@pytest.mark.parametrize("block", [LA_POSTE, HEADER_BLOCKS[0], HEADER_BLOCKS[8]])
@pytest.mark.parametrize(
    "typed",
    [
        *("Cc: Bob, please check it first", "To: Bob", "Subject: no", "Sent: Tuesday"),
        *("Importance: High", "Attachments: scan.pdf", "Von: Bob Smith", "Betreff: nein"),
        *("From: Bob", "At lunch,", "Wait"),
    ],
)
def test_an_unmarked_line_above_a_marked_head_is_no_part_of_it(typed: str, block: str) -> None:
    quote = f"{marked(block)}\n{marked()}"
    assert outcome(message(f"{typed}\n{quote}\n\nAPPROVE FOR 1 DAY\n", UTF_8)) == UNCLEAR
    assert read(message(f"DENY\n{typed}\n{quote}", UTF_8)).comment == typed


@pytest.mark.parametrize("block", [LA_POSTE, *HEADER_BLOCKS])
def test_a_marked_head_is_passed_as_ours(block: str) -> None:
    quote = f"{marked(block)}\n{marked()}"
    reading = read(message(f"APPROVE\nFine.\n{quote}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "Fine.")


def test_a_label_typed_directly_above_a_head_is_no_part_of_it() -> None:
    for typed in ("To: be removed on Friday.", "Subject: still unclear to me."):
        assert read(message(f"DENY\n{typed}\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}")).comment == typed
        raw = message(f"{typed}\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n")
        assert outcome(raw) == UNCLEAR


@pytest.mark.parametrize(
    "first",
    [
        "Date: Tuesday, 14 July 2026 at 09:26",
        "Sender: reply@pm.example.com",
        "Sent: Tuesday 09:26",
    ],
)
def test_a_head_may_begin_with_another_line_than_its_author(first: str) -> None:
    head = f"{first}\nFrom: PM Console\nTo: Dana\nSubject: Approval needed\n"
    head += "" if first.startswith("Sent") else "Cc: Bob\n"
    for gap in ("\n", "\n\n"):
        reading = read(message(f"APPROVE\nFine.{gap}{head}\n{OUR_TEXT}"))
        assert (reading.outcome, reading.comment) == ("approve", "Fine.")


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_an_answer_above_a_header_block_is_understood(block: str) -> None:
    reading = read(message(f"Yes.\nGo ahead.\n\n{block}\n\n{OUR_TEXT}"))
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")
    reading = read(message(f"Yes.\nGo ahead.\n\n{block}\n\n{OUR_TEXT[40:]}"))
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")


def head(labels: tuple[str, ...], author: str) -> str:
    values = (author, "14 Jul 2026 09:26", "Dana <dana@example.com>", "Re: x")
    return "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("author", ["PM Console <reply@pm.example.com>", "PM Console"])
@pytest.mark.parametrize("text", [OUR_TEXT, OUR_TEXT[40:]])
def test_our_email_below_a_head_of_half_known_labels_is_no_comment(
    text: str, author: str, labels: tuple[str, ...]
) -> None:
    raw = message(f"Yes.\nGo ahead.\n\n{head(labels, author)}\n\n{text}", UTF_8)
    reading = read(raw)
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")
    assert outcome(message(f"{head(labels, author)}\n\n{text}", UTF_8)) == UNCLEAR


def test_our_email_below_a_head_without_addresses_in_an_unknown_language_is_no_comment() -> None:
    block = "Từ: PM Console\nĐã gửi: 14 tháng 7 năm 2026\nTới: Dana\nChủ đề: Cần phê duyệt"
    reading = read(message(f"Yes.\nGo ahead.\n\n{block}\n\n{OUR_TEXT}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "Go ahead.")
    for typed in ("Note: ask Bob first.", "Lưu ý: ask Bob first."):
        raw = message(f"{typed}\n{block}\n\n{OUR_TEXT}\n\nAPPROVE\n", UTF_8)
        assert outcome(raw) == UNCLEAR
        assert read(message(f"DENY\n{typed}\n{block}\n\n{OUR_TEXT}", UTF_8)).comment == typed


def test_a_denial_far_above_a_latvian_head_is_no_part_of_it() -> None:
    head = "No: PM Console <reply@pm.example.com>\nNosūtīts: 14.07.2026 09:26\nKam: Dana\nTēma: x"
    raw = message(f"No: too risky\n\nKopija: Lee\n\n{head}\n\n{marked()}\nYes.\n", UTF_8)
    assert outcome(raw)[0] != "approve"


def test_an_answer_above_a_head_is_no_label_of_latvian() -> None:
    for gap in ("", "\n"):
        reading = read(message(f"No: too risky.\n{gap}{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}"))
        assert (reading.outcome, reading.first_line) == ("deny", "No: too risky.")


@pytest.mark.parametrize(
    "introduction",
    [
        "No: PM Console <reply@pm.example.com> Nosūtīts: 14.07.2026 09:26 Kam: Dana Tēma: x",
        "**No:** PM Console **Nosūtīts:** 14.07.2026 09:26 **Kam:** Dana **Tēma:** x",
        "No: PM Console\nTēma: Approval needed",
        "No: Kalniņš, Jānis\nNosūtīts: 2026-07-14 09:26",
        "No:\nPM Console\nNosūtīšanas datums:\n14.07.2026 09:26\nSaņēmējs:\nDana\nTemats:\nApproval",
    ],
)
def test_a_head_of_latvian_is_no_denial(introduction: str) -> None:
    assert outcome(message(f"\n{introduction}\n\n{OUR_TEXT}", UTF_8)) == UNCLEAR
    reading = read(message(f"Approved.\n\n{introduction}\n\n{OUR_TEXT}", UTF_8))
    assert (reading.outcome, reading.comment) == ("approve", "")


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("author", ["Alice <alice@example.com>", "Alice Moreau"])
@pytest.mark.parametrize("ours", ["", f"\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}"])
@pytest.mark.parametrize("said", ["May I take Friday off?", "Friday off, please approve."])
def test_a_colleagues_mail_below_a_head_of_half_known_labels_is_hers(
    said: str, ours: str, author: str, labels: tuple[str, ...]
) -> None:
    text = f"Approved.\n\n{head(labels, author)}\n\n{said}\n{ours}"
    named = Invited(
        "i-1",
        "dana@example.com",
        "pending",
        sent_from="reply@pm.example.com",
        sent_name="PM Console",
    )
    raw = message(
        text, UTF_8, "In-Reply-To: <a@example.com>", f"Cc: {ADDRESS}", to="alice@example.com"
    )
    assert outcome(raw, invited=named) == UNCLEAR
    if "@" in author or "?" in said:
        assert outcome(message(text, UTF_8), invited=named) == UNCLEAR, "to us alone"


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_nothing_below_a_header_block_decides(block: str) -> None:
    for below in (OUR_TEXT, f"{OUR_TEXT[:90]}\n\nAPPROVE\n", "APPROVE\n", "\nYes.\n"):
        assert outcome(message(f"{block}\n\n{below}")) == UNCLEAR
