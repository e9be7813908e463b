"""Mail: what its writer says of the outside is no gateway's banner, and must not be passed over."""

import pytest

from tests.approvals.reply.incoming import html, message, outcome


@pytest.mark.parametrize(
    "typed",
    [
        "External vendor. I don't approve this.",
        "WARNING: a tool from an external source - forbidden!",
        "Caution, the file is from outside the company",
        "CAUTION: this message is from an external sender, so no approval",
        "Warning: we refuse what an external sender asks for",
    ],
)
def test_a_warning_that_was_typed_is_passed_over_to_reach_a_yes(typed: str) -> None:
    assert outcome(message(f"{typed}\n\nYes, he said\n"))[0] == "unclear"
    assert outcome(html(f"<div>{typed}</div><div>Yes, he said</div>"))[0] == "unclear"


def test_an_answer_below_a_banner_counts_in_text_and_html() -> None:
    banner = "CAUTION: This email originated from outside of the organization. Do not click links."
    assert outcome(message(f"{banner}\n\nDENY\n"))[0] == "deny"
    assert outcome(html(f"<div>{banner}</div><div>APPROVE</div>"))[0] == "approve"
