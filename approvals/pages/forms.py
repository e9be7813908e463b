"""Forms of decisions: how long an approval lasts, and the comment that goes with it."""

from typing import Any

from django import forms

from approvals.services.grants import MAX_REVOKE_REASON
from core.dates import duration

UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60, "weeks": 7 * 24 * 60}
ONCE, TIMED = "once", "timed"


class DenyForm(forms.Form):
    """A denial: the comment tells the user why."""

    comment = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "Enter a comment of up to 1000 characters."},
    )


class RevokeForm(forms.Form):
    """Taking a grant back: the reason is kept, and the user is told."""

    reason = forms.CharField(
        max_length=MAX_REVOKE_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={
            "required": "Enter the reason.",
            "max_length": f"Enter a reason of up to {MAX_REVOKE_REASON} characters.",
        },
    )


class ApproveForm(DenyForm):
    """An approval: One Time, or for some minutes up to `longest` (the process's limit)."""

    kind = forms.ChoiceField(choices=[(ONCE, "One Time"), (TIMED, "For")], initial=ONCE)
    amount = forms.IntegerField(required=False, initial=1)
    unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS], initial="hours")
    field_order = ("kind", "amount", "unit", "comment")

    def __init__(self, *args: Any, longest: int, asked: int | None = None, **kwargs: Any) -> None:
        """`asked`: the minutes that the user asked for, proposed beside One Time."""
        super().__init__(*args, **kwargs)
        self.longest = longest
        if asked:
            unit = next(name for name in reversed(UNITS) if asked % UNITS[name] == 0)
            self.initial.update(amount=asked // UNITS[unit], unit=unit)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["minutes"] = None
        if data.get("kind") != TIMED or "unit" not in data or "amount" in self.errors:
            return data
        amount, unit, limit = data.get("amount"), data["unit"], duration(self.longest)
        if amount is None or amount < 1:
            self.add_error(
                "amount", f"Enter the number of {unit}, for example 2. Maximum: {limit}."
            )
        elif amount * UNITS[unit] > self.longest:
            text = f"{amount} {unit} is longer than this process allows. Maximum: {limit}."
            self.add_error("amount", text)
        else:
            data["minutes"] = amount * UNITS[unit]
        return data


def decision_form(answer: str, data: Any, *, longest: int, asked: int | None = None) -> DenyForm:
    """The form of "approve" or "deny"; `data` is None where nothing has been sent yet."""
    if answer == "approve":
        return ApproveForm(data, longest=longest, asked=asked)
    return DenyForm(data)


class LinkForm(DenyForm):
    """The decision page's form: an answer and, for an approval, one of a few lengths."""

    PRESETS = (30, 2 * 60, 24 * 60)
    answer = forms.ChoiceField(
        choices=[("approve", "Approve"), ("deny", "Deny")],
        error_messages={"required": "Press Approve or Deny."},
    )
    length = forms.TypedChoiceField(
        label="Approve for", required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, longest: int, asked: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths = sorted({each for each in (*self.PRESETS, asked) if each and each <= longest})
        choices: list[tuple[str | int, str]] = [("", "One Time")]
        self.fields["length"].choices = choices + [  # type: ignore[attr-defined]
            (minutes, duration(minutes)) for minutes in lengths
        ]
