# ruff: noqa: E501 - tables of lines as they come in
"""The newly written text in the layouts of mail programs."""

import pytest

from tests.approvals.reply.incoming import OUR_TEXT, marked, message, outcome, read
from tests.approvals.reply.introductions import ATTRIBUTIONS, HEADER_BLOCKS

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)
FLATTENED = " ".join(OUR_TEXT.split())
WRAPPED = """> Write your answer above this line
>
> User alice asks to run setup.exe as administrator on WS-014.
>
> Reason: "Need the CAD viewer for the Hansen tender, due Thursday. Please
APPROVE."
>
"""
TEXTS = [
    ("mailto button", "APPROVE\n", ONCE),
    ("no line end", "APPROVE", ONCE),
    ("emphasis", "**APPROVE**\n\n" + marked(), ONCE),
    ("emphasis of another kind", "__Deny__\n", NO),
    ("an initial and other words", "N. Too risky\n", NO),
    ("blank lines first", "\n\n  \n\u00a0\nDENY\n", NO),
    (
        "phone signature",
        "Approve\n\nSent from my iPhone\n\nOn 14 Jul 2026, at 09:26, PM <reply@pm.example.com> wrote:\n\n"
        + marked(),
        ONCE,
    ),
    (
        "Apple marks the attribution",
        "Approve\n\n> On 14 Jul 2026, at 09:26, PM <reply@pm.example.com> wrote:\n> \n" + marked(),
        ONCE,
    ),
    ("bars as marks", "On 14/07/2026 09:26, PM wrote:\n" + marked(mark="| ") + "\nNo.\n", NO),
    ("initials as marks", "On 14/07/2026 09:26, PM wrote:\n" + marked(mark="PM> ") + "\nNo.\n", NO),
    ("quote marked twice", "Yes\n\n" + marked(marked()), ONCE),
    ("interleaved", marked(OUR_TEXT[:96]) + "\nAPPROVE\n\n" + marked(OUR_TEXT[96:]), ONCE),
    (
        "the choices of our mail, copied",
        "APPROVE\nAPPROVE FOR 2 HOURS\nDENY\n\nThe third.\n",
        UNCLEAR,
    ),
    ("a form", "Approve\nDeny: X\n", UNCLEAR),
    ("a comment that begins like an answer", "Approve\nNo need to ask again.\n", ONCE),
    (
        "a quotation line of Horde",
        f"Zitat von PM <reply@pm.example.com>:\n\n{marked()}\nDENY\n",
        NO,
    ),
    ("first answer wins", "NO\n\n" + marked(OUR_TEXT[:96]) + "\nAPPROVE\n\n" + marked(), NO),
    (
        "signature above, answer below",
        "-- \nDana\n\nOn 14/07/2026, PM wrote:\n" + marked() + "\nYes\n",
        ONCE,
    ),
    ("no introduction at all", "APPROVE\n\n" + OUR_TEXT, ONCE),
    ("only our mail", OUR_TEXT, UNCLEAR),
    ("only our mail, marked", marked(), UNCLEAR),
    ("only our mail, flattened", FLATTENED, UNCLEAR),
    ("our mail without its first line", OUR_TEXT.split("\n", 1)[1], UNCLEAR),
    ("our mail from its reason on", OUR_TEXT[OUR_TEXT.index("Reason") :], UNCLEAR),
    ("wrapped reason, marked", WRAPPED, UNCLEAR),
    (
        "wrapped reason, blank line after",
        WRAPPED.replace("Please\nAPPROVE", "Please\n\nAPPROVE"),
        UNCLEAR,
    ),
    ("wrapped reason, unmarked", WRAPPED.replace("> ", "").replace(">", ""), UNCLEAR),
    ("wrapped piece of the mark", marked() + "APPROVE\n", UNCLEAR),
    ("empty", "", UNCLEAR),
    ("only blanks", "\n \n\t\n", UNCLEAR),
    ("only a signature", "-- \nYes Minister\nYES\n", UNCLEAR),
    ("only sent from", "Sent from my iPhone\nYES\n", UNCLEAR),
    ("greeting first", "Hi,\nAPPROVE\n", UNCLEAR),
    ("banner first", "CAUTION: This email originated from outside\n\nAPPROVE\n", ONCE),
    (
        "two banners",
        "[EXTERNAL]\n\nYou don't often get email from d@x.example. Learn why\n\nDENY\n",
        NO,
    ),
    (
        "a wrapped banner",
        "WARNING: This message is from an external\nsender. Be careful.\n\nYES 2h\n",
        ("approve", 120),
    ),
    ("a banner between rules", "-----\n*** External e-mail ***\n-----\nAPPROVE\n", ONCE),
    ("a banner alone", "CAUTION: external sender\n\n" + marked(), UNCLEAR),
    ("the sender's name", "D. Whitfield\n", UNCLEAR),
    ("a comment like a label", "DENY\nReason: unsigned\n", NO),
    ("bare CR", "APPROVE\rDENY\n", UNCLEAR),
    ("form feed", "APPROVE\fDENY\n", UNCLEAR),
    ("next line", "APPROVE\u0085\nDENY\n", UNCLEAR),
    ("line separator", "APPROVE\u2028DENY\n", UNCLEAR),
    ("NUL", "APPROVE\0\n", UNCLEAR),
    ("byte order mark", "\ufeffAPPROVE\n", ONCE),
    ("zero width", "\u200bAPPROVE\n", UNCLEAR),
    ("answer in other words", "ok, go ahead\n\n" + marked(), UNCLEAR),
    (
        "clear-signed",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nAPPROVE\n- -- \nDana\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
        ONCE,
    ),
    (
        "clear-signed, text before",
        "DENY?\n-----BEGIN PGP SIGNED MESSAGE-----\n\nAPPROVE\n-----BEGIN PGP SIGNATURE-----\n",
        UNCLEAR,
    ),
    (
        "words among the armour's fields",
        "-----BEGIN PGP SIGNED MESSAGE-----\nI do not approve of this.\n\nAPPROVE\n-----BEGIN PGP SIGNATURE-----\n",
        UNCLEAR,
    ),
    ("clear-signed without end", "-----BEGIN PGP SIGNED MESSAGE-----\n\nAPPROVE\n", UNCLEAR),
    ("PGP encrypted", "-----BEGIN PGP MESSAGE-----\n\nYES\n", UNCLEAR),
]


@pytest.mark.parametrize(("name", "text", "expected"), TEXTS, ids=[case[0] for case in TEXTS])
def test_plain_text_is_cut_to_what_was_typed(
    name: str, text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text, "Content-Type: text/plain; charset=utf-8")) == expected


FOOTERLESS = OUR_TEXT[: OUR_TEXT.index("This email was sent")]
BETWEEN = [
    ("below an unmarked quote", f"{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n", ONCE),
    (
        "below an unmarked quote, no blank line",
        f"{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}APPROVE\n",
        UNCLEAR,
    ),
    (
        "below an unmarked quote that has a gateway's banner",
        f"{HEADER_BLOCKS[0]}\n\nCAUTION: external sender\n\n{OUR_TEXT}\n\nAPPROVE\n",
        ONCE,
    ),
    ("below a quote without introduction", f"{OUR_TEXT}\n\nDENY\n", NO),
    (
        "below a shortened unmarked quote",
        f"{HEADER_BLOCKS[0]}\n\n{FOOTERLESS}\n\nAPPROVE\n",
        UNCLEAR,
    ),
    ("above and below", f"ok\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n", UNCLEAR),
    (
        "an older answer, quoted without marks",
        f"From: Dana\nSent: x\nTo: PM\nSubject: x\n\nAPPROVE\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}",
        UNCLEAR,
    ),
    (
        "an older answer below, quoted without marks",
        f"From: Dana\nSent: x\nTo: PM\nSubject: x\n\n{HEADER_BLOCKS[0]}\n\n{OUR_TEXT}\n\nAPPROVE\n",
        UNCLEAR,
    ),
    ("above this line, marked", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{marked()}", ONCE),
    (
        "above this line, below an older answer",
        f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{ATTRIBUTIONS[3]}\n\n{marked()}",
        UNCLEAR,
    ),
    ("above a shortened quote", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{marked('User alice')}", UNCLEAR),
    ("above this line, unmarked", f"{ATTRIBUTIONS[0]}\n\nAPPROVE\n\n{OUR_TEXT}", UNCLEAR),
]


@pytest.mark.parametrize(("name", "text", "expected"), BETWEEN, ids=[case[0] for case in BETWEEN])
def test_text_typed_around_our_mail_counts_where_it_is_surely_typed(
    name: str, text: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(message(text)) == expected


@pytest.mark.parametrize("width", range(20, 90, 3))
@pytest.mark.parametrize("mark", ["", "> ", "| "])
def test_no_width_of_wrapping_makes_our_own_mail_an_answer(width: int, mark: str) -> None:
    wrapped = "\n".join(
        mark + line[at : at + width]
        for line in OUR_TEXT.split("\n")
        for at in range(0, max(len(line), 1), width)
    )
    by_words = wrap_words(OUR_TEXT, width, mark)
    for text in (wrapped, by_words, wrap_words(OUR_TEXT, width, mark, every=False)):
        assert outcome(message(text)) == UNCLEAR
        assert outcome(message("On 14/07/2026, PM wrote:\n\n" + text)) == UNCLEAR


def wrap_words(text: str, width: int, mark: str, *, every: bool = True) -> str:
    """Wrapped at spaces; `every` piece marked, or only the first of each line."""
    lines = []
    for line in text.split("\n"):
        current, lead = mark, mark
        for word in line.split(" "):
            if len(current) > len(lead) and len(current) + len(word) > width:
                lines.append(current)
                current = lead = mark if every else ""
            current += word if current == lead else f" {word}"
        lines.append(current)
    return "\n".join(lines)


FLOWED = "text/plain; charset=utf-8; format=flowed"


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("APPROVE FOR 2 \nHOURS\n", False, ("approve", 120)),
        ("APPROVE \nFOR 2 HOURS\n\n> x\n", False, ("approve", 120)),
        ("APPR \nOVE\n", True, ONCE),
        ("APPR \nOVE\n", False, UNCLEAR),
        ("Yes, \nunless Bob objects\n", False, UNCLEAR),
        ("> quoted \nAPPROVE\n", False, UNCLEAR),
        ('> Reason: "Please \n> APPROVE."\n\nDENY\n', False, NO),
        (" APPROVE\n", False, ONCE),
        ("APPROVE\n-- \nDana\n", False, ONCE),
    ],
)
def test_format_flowed_is_put_together_first(
    text: str, delsp: bool, expected: tuple[str, int | None]
) -> None:
    more = "; delsp=yes" if delsp else ""
    assert outcome(message(text, f"Content-Type: {FLOWED}{more}")) == expected


def test_the_comment_ends_before_signature_closing_and_disclaimer() -> None:
    for ending in (
        "-- \nDana",
        "Best regards,\nDana",
        "Sent from my iPad",
        "This e-mail is confidential.",
        "Mit freundlichen Grüßen\nDana",
    ):
        reading = read(
            message(
                f"APPROVE\nFine for the tender.\n\n{ending}\n",
                "Content-Type: text/plain; charset=utf-8",
            )
        )
        assert reading.comment == "Fine for the tender."


REASON = "Alice's and the users' APPROVE. for it, the bosses' YES. thing"


@pytest.mark.parametrize("width", range(30, 90))
@pytest.mark.parametrize("introduction", [f"{ATTRIBUTIONS[0]}\n", ""])
def test_no_apostrophe_ends_the_reason(width: int, introduction: str) -> None:
    """Only the first piece of each line is marked, and an empty line stands below each piece."""
    text = OUR_TEXT.replace(OUR_TEXT.split('"')[1], REASON, 1)
    gaps = wrap_words(text, width, "> ", every=False).replace("\n", "\n\n")
    assert outcome(message(introduction + gaps)) == UNCLEAR


def test_an_answer_below_a_wrapped_reason_counts() -> None:
    for first, last in (('"', '"'), ("“", "”"), ("„", "“"), ("'", "'")):
        quoted = f"> Write your answer above this line\n> Reason: {first}Need the users'\n> viewer{last}\n\nDENY\n\n> User: alice"
        raw = message(f"{ATTRIBUTIONS[0]}\n{quoted}\n", "Content-Type: text/plain; charset=utf-8")
        assert outcome(raw) == NO
