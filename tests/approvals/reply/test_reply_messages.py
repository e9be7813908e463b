"""Whole messages as files, in folders named after what becomes of them; `messages/README.md` has more."""

from pathlib import Path

import pytest

from approvals.reply import understand
from approvals.reply.explain import Imagined

FOLDER = Path(__file__).parent / "messages"
FILES = sorted(FOLDER.glob("*/*.eml"))
INVITED = Imagined(
    address="dana@example.com",
    reply_address="reply+k3v9tq7zpx2mbbwlr4yd6shnqq@pm.example.com",
    message_ids=("<0199abcd@pm.example.com>",),
    authserv_ids=("mx.example.com",),
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_message_becomes_what_its_folder_says(path: Path) -> None:
    reading = understand(path.read_bytes(), rules=INVITED.rules(), find=INVITED.find())
    assert reading.outcome == path.parent.name, reading.reason
    assert bool(reading.rule) == (reading.outcome not in {"approve", "deny"})


def test_the_comment_below_a_banner_and_an_answer_is_kept() -> None:
    raw = (FOLDER / "approve/banner-on-top.eml").read_bytes()
    reading = understand(raw, rules=INVITED.rules(), find=INVITED.find())
    assert reading.comment == "Fine with me"
