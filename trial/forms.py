"""The answer in the Trial Mailbox, and the words that its buttons put in."""

from django import forms

FILLS = {"approve": "APPROVE", "timed": "APPROVE FOR 2 HOURS", "deny": "DENY"}


class AnswerForm(forms.Form):
    """What an approver writes above the quoted email."""

    answer = forms.CharField(
        label="Your answer",
        max_length=10_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The first line decides. You can add a comment below it.",
        error_messages={"required": "Write an answer first, for example APPROVE."},
    )


def filled(answer: str, fill: str) -> str:
    """`answer` with a button's words as its first line; the lines below stay."""
    rest = answer.splitlines()[1:]
    return "\n".join([FILLS.get(fill, ""), *rest])
