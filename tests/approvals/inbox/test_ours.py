"""Which mail of a shared mailbox is for us, whatever is in it."""

import pytest

from approvals.inbox import ours
from approvals.reply.automatic import detect_automatic
from approvals.reply.parts import parse_message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["Precedence", "Auto-Submitted", "Subject"])
def test_a_field_of_no_charset_is_no_fault(field: str) -> None:
    raw = (
        field.encode() + b': \xff\r\nContent-Type: text/plain; name="multipart/report"\r\n\r\nHello'
    )
    detect_automatic(parse_message(raw), "reply@pm.example.com")
    assert ours.is_report(raw)
    assert not ours.is_ours(raw)
    assert not ours.reports_on_ours(raw)
