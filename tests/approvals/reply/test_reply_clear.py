# ruff: noqa: RUF001 - marks and letters of many languages
"""Clear answers, with the comments, closings, signatures and disclaimers that people's mail holds.

These stand in the files of the folder `comments`, one a line, a line end as "\\n".
"""

from pathlib import Path
from typing import TypeVar

import pytest

from approvals.words import ANSWERING
from tests.approvals.reply.incoming import marked, message, read

FOLDER = Path(__file__).parent / "comments"
UTF8 = "Content-Type: text/plain; charset=utf-8"
FIRST_LINES = [
    ("APPROVE", "approve", None),
    ("Approve", "approve", None),
    ("approve.", "approve", None),
    ("Approved", "approve", None),
    ("Approved.", "approve", None),
    ("approved!", "approve", None),
    ("APPROVED!!", "approve", None),
    ("Allow", "approve", None),
    ("ALLOW.", "approve", None),
    ("GRANT", "approve", None),
    ("Granted", "approve", None),
    ("Granted.", "approve", None),
    ("Yes", "approve", None),
    ("yes.", "approve", None),
    ("Yes!", "approve", None),
    ("Y", "approve", None),
    ("y", "approve", None),
    ("*Approved*", "approve", None),
    ('"APPROVE"', "approve", None),
    ("„Approve“", "approve", None),
    ("«Approved»", "approve", None),
    ("'approve'", "approve", None),
    ("Approved, thanks", "approve", None),
    ("Approved, thank you.", "approve", None),
    ("Approved – go ahead", "approve", None),
    ("Approved - have fun", "approve", None),
    ("Approved: fine for the tender", "approve", None),
    ("Yes, go ahead", "approve", None),
    ("Yes, of course.", "approve", None),
    ("Yes, please.", "approve", None),
    ("Yes... go ahead", "approve", None),
    ("Approve, see ticket 4711", "approve", None),
    ("Approved, danke und viele Grüße", "approve", None),
    ("Approved, merci beaucoup", "approve", None),
    ("Approved, muchas gracias", "approve", None),
    ("APPROVE FOR 2 HOURS", "approve", 120),
    ("Approve for 2 hours", "approve", 120),
    ("approve for 1 hour.", "approve", 60),
    ("Approve for 30 minutes", "approve", 30),
    ("Approve for 45 min", "approve", 45),
    ("Approve 2h", "approve", 120),
    ("Approved, 2 hours", "approve", 120),
    ("Approved for 90 minutes!", "approve", 90),
    ("yes 1h", "approve", 60),
    ("Allow for 1 day", "approve", 1440),
    ("Grant 3 hours, thanks", "approve", 180),
    ("*APPROVE* for 4 hours", "approve", 240),
    ("“APPROVE FOR 2 HOURS”", "approve", 120),
    ("DENY", "deny", None),
    ("Deny", "deny", None),
    ("deny.", "deny", None),
    ("Denied", "deny", None),
    ("DENIED!", "deny", None),
    ("Reject", "deny", None),
    ("Rejected.", "deny", None),
    ("Decline", "deny", None),
    ("declined", "deny", None),
    ("No", "deny", None),
    ("No.", "deny", None),
    ("no!", "deny", None),
    ("N", "deny", None),
    ("No, too risky", "deny", None),
    ("No, sorry.", "deny", None),
    ("Denied, use the packaged version", "deny", None),
    ("Deny because of policy", "deny", None),
    ("Rejected: unsigned", "deny", None),
    ("Declined - see ticket 4711", "deny", None),
    ('"DENY"', "deny", None),
    ("*Deny*", "deny", None),
]
INTRODUCTIONS = [
    "On Tue, Jul 14, 2026 at 9:26 AM PM Console <reply@pm.example.com> wrote:",
    "Am 14.07.2026 um 09:26 schrieb PM Console <reply@pm.example.com>:",
    "Le 14/07/2026 à 09:26, PM Console <reply@pm.example.com> a écrit :",
    "El mar, 14 jul 2026 a las 9:26, PM Console (<reply@pm.example.com>) escribió:",
    "Em ter., 14 de jul. de 2026 às 09:26, PM Console <reply@pm.example.com> escreveu:",
    "Il giorno mar 14 lug 2026 alle ore 09:26 PM Console <reply@pm.example.com> ha scritto:",
    "Op di 14 jul 2026 om 09:26 schreef PM Console <reply@pm.example.com>:",
    "Den tis 14 juli 2026 kl 09:26 skrev PM Console <reply@pm.example.com>:",
    "ti 14. heinäk. 2026 klo 9.26 PM Console (reply@pm.example.com) kirjoitti:",
    "wt., 14 lip 2026 o 09:26 PM Console <reply@pm.example.com> napisał(a):",
    "Dne 14. 07. 26 v 9:26 PM Console <reply@pm.example.com> napsal(a):",
    "вт, 14 июл. 2026 г. в 09:26, PM Console <reply@pm.example.com> пишет:",
    "2026年7月14日(火) 9:26 PM Console <reply@pm.example.com>:",
    "2026년 7월 14일 (화) 오전 9:26, PM Console <reply@pm.example.com>님이 작성:",
]
APPROVALS = [line for line in FIRST_LINES if line[1] == "approve"]
DENIALS = [line for line in FIRST_LINES if line[1] == "deny"]
# A bare YES may answer something else, so less may stand below it.
NAMING = [line for line in APPROVALS if line[0].strip(".!").upper() not in ANSWERING]
T = TypeVar("T")


def texts(name: str) -> list[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines]


def beside(lines: list[T], number: int) -> T:
    """One of the lines, so that each stands beside others in turn."""
    return lines[number % len(lines)]


KEPT, KEPT_BELOW_DENIAL = texts("kept_below_an_approval"), texts("kept_below_a_denial")
ENDINGS = texts("endings")
CLEAR = [
    *((first, "", "") for first in FIRST_LINES),
    *((first, beside(KEPT, 7 * n), beside(ENDINGS, n)) for n, first in enumerate(APPROVALS)),
    *((beside(NAMING, 5 * n), comment, "") for n, comment in enumerate(KEPT)),
    *((beside(NAMING, 11 * n), comment, beside(ENDINGS, n)) for n, comment in enumerate(KEPT)),
    *(
        (beside(DENIALS, n), comment, beside(ENDINGS, 3 * n))
        for n, comment in enumerate(KEPT_BELOW_DENIAL)
    ),
    *(
        (beside(lines, n), "", end)
        for lines in (APPROVALS, DENIALS)
        for n, end in enumerate(ENDINGS)
    ),
]


@pytest.mark.parametrize(("first", "comment", "ending"), CLEAR)
def test_a_clear_answer_is_understood_and_its_comment_kept(
    first: tuple[str, str, int | None], comment: str, ending: str
) -> None:
    line, expected, minutes = first
    introduction = beside(INTRODUCTIONS, len(comment) + len(ending))
    text = f"{line}\n\n{comment}\n\n{ending}\n\n{introduction}\n{marked()}"
    for written in (text, text.replace("\n\n", "\n", 1)):
        reading = read(message(written, UTF8))
        assert (reading.outcome, reading.minutes) == (expected, minutes), reading.reason
        assert reading.comment == comment
