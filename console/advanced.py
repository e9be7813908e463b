"""Admin | Configuration, Advanced: limits, and how long things are kept, as one item of one family."""

from typing import Any

from django import forms

from core.advanced.models import AdvancedSettings
from core.advanced.settings import ConsoleSettings, RequiredFrom
from core.roles import Access
from items import second_person
from items.builtin import add_builtin
from items.family import Family, Kind, register
from items.fields import SwitchField
from items.forms import ItemForm, Section
from items.models import Item
from items.proposals.people import two_administrators

PRESET = ConsoleSettings()


class NumberField(forms.IntegerField):
    """A whole number with its unit; the help says what it changes, the preset and the bounds."""

    def __init__(
        self, label: str, changes: str, unit: str, *, preset: int, least: int, most: int
    ) -> None:
        super().__init__(
            label=label,
            min_value=least,
            max_value=most,
            help_text=f"{changes} Preset: {preset} {unit}. From {least:,} to {most:,}.",
        )


class AdvancedForm(ItemForm):
    """The settings of core/advanced/settings.py."""

    settings_type = ConsoleSettings
    noun = "settings page"
    sections = (
        Section(
            "Policy Changes",
            "Whether one administrator alone can change what endpoints may do.",
            ("second_person",),
        ),
        Section(
            "Records",
            "What endpoints report and what was decided: how much of it is kept, and for how long.",
            ("keep_events", "keep_evidence", "event_megabytes"),
        ),
        Section(
            "Approval Requests",
            "Each request is emailed to approvers, so these limits protect their mailboxes.",
            ("openings_per_account", "openings_per_computer", "request_mails_per_minute"),
        ),
        Section(
            "Agents",
            "How often agents may call, and how long they may go by policies without the console.",
            ("calls_per_computer", "registrations_per_address", "offline_policies"),
        ),
        Section(
            "Sign-in",
            "Wrong passwords are counted by person and address together, so nobody can lock out "
            "somebody at another address. A session ends 12 hours after the password was entered, "
            "if not before.",
            ("wrong_passwords", "lock_minutes", "second_factor", "idle_minutes"),
        ),
        Section(
            "This Page",
            "How Change History and exported files name these settings.",
            ("name", "description"),
        ),
    )

    second_person = SwitchField(
        label="Second Person for Policy Changes",
        help_text="Changes of an active policy, and of the filters, actions, types, processes and "
        "groups that one uses, are proposed, and another administrator accepts them. So are the roles "
        "of administrators, who must have a second factor, and switching this off. Preset: off.",
    )
    keep_events = NumberField(
        "Keep Policy Events (Days)",
        "Older policy events are deleted. What a request needs as evidence stays with it.",
        "days",
        preset=PRESET.keep_events,
        least=1,
        most=3650,
    )
    keep_evidence = NumberField(
        "Keep Evidence (Days)",
        "Decided requests, their mails and events stay at least that long, whatever a purge task says.",
        "days",
        preset=PRESET.keep_evidence,
        least=1,
        most=3650,
    )
    event_megabytes = NumberField(
        "Events per Computer (MB a Day)",
        "A computer that reports more in a day has its further events kept without arguments, "
        "command lines and reasons, and beyond twice as much not at all.",
        "megabytes",
        preset=PRESET.event_megabytes,
        least=1,
        most=10_000,
    )
    openings_per_account = NumberField(
        "Requests per Account (an Hour)",
        "Requests that one account can open on one computer in an hour.",
        "requests",
        preset=PRESET.openings_per_account,
        least=1,
        most=1_000,
    )
    openings_per_computer = NumberField(
        "Requests per Computer (an Hour)",
        "Requests that all accounts of one computer together can open in an hour.",
        "requests",
        preset=PRESET.openings_per_computer,
        least=1,
        most=10_000,
    )
    request_mails_per_minute = NumberField(
        "Request Emails per Approver (a Minute)",
        "If more requests come for one approver in a minute, the further ones come together in a "
        "digest, up to a minute later. 0: no limit.",
        "emails",
        preset=PRESET.request_mails_per_minute,
        least=0,
        most=60,
    )
    calls_per_computer = NumberField(
        "Calls per Computer (a Minute)",
        "Calls that one agent can make in a minute; further ones are told to wait.",
        "calls",
        preset=PRESET.calls_per_computer,
        least=10,
        most=100_000,
    )
    registrations_per_address = NumberField(
        "Registrations per Address (a Minute)",
        "Agents that can register from one address in a minute, right install code or wrong.",
        "registrations",
        preset=PRESET.registrations_per_address,
        least=1,
        most=1_000,
    )
    offline_policies = NumberField(
        "Policies without Console (Days)",
        "How long an agent that can't reach the console may allow and deny by the policies that it "
        "fetched last. It applies to policies fetched from now on.",
        "days",
        preset=PRESET.offline_policies,
        least=1,
        most=30,
    )
    wrong_passwords = NumberField(
        "Wrong Passwords",
        "After so many, no further password of this person is accepted from this address for a while.",
        "passwords",
        preset=PRESET.wrong_passwords,
        least=3,
        most=20,
    )
    lock_minutes = NumberField(
        "Wait after Wrong Passwords (Minutes)",
        "How long that is, counted from the first wrong password.",
        "minutes",
        preset=PRESET.lock_minutes,
        least=5,
        most=1_440,
    )
    second_factor = forms.ChoiceField(
        label="Second Factor Required From",
        choices=[
            (RequiredFrom.NOBODY.value, "Nobody"),
            (RequiredFrom.CHANGING.value, "Whoever changes or decides something"),
            (RequiredFrom.EVERYBODY.value, "Everybody"),
        ],
        help_text="Whoever signs in by password and has neither authenticator app nor passkey sets one "
        "up first, you included. The second choice means administrators, those of a platform too, and "
        "Helpdesk. Of sign-ins by a provider, the provider requires it. Preset: nobody.",
    )
    idle_minutes = NumberField(
        "Idle Sessions (Minutes)",
        "Whoever hasn't used the console for so long signs in again. What an open page asks for by "
        "itself is no use. 0: no limit.",
        "minutes",
        preset=PRESET.idle_minutes,
        least=0,
        most=720,
    )

    class Meta(ItemForm.Meta):
        model = AdvancedSettings

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("second_person") and not two_administrators():
            self.add_error(
                "second_person",
                "There must be two administrators who can sign in, and who share no email address "
                "and no account name.",
            )
        return data


class AdvancedFamily(Family):
    model = AdvancedSettings
    namespace = "advanced"
    path = "configuration/advanced/"
    noun, plural = "settings page", "settings"
    trail = ("Admin", "Configuration", "Advanced")
    about = "Limits, and how long things are kept. Run “manage.py add_defaults” to add this page."
    access = Access()
    kinds = (Kind("", "Advanced Settings", AdvancedForm),)
    sensitive = True
    single = True
    may_create = False
    may_duplicate = False
    counts_uses = False
    detail_template = "console/advanced.html"


def add_defaults() -> None:
    """The one item of the family."""
    add_builtin(AdvancedSettings, "advanced", name="Advanced Settings")


def is_second_person_required(item: Item) -> bool:
    """Whether these are the settings, and ask for a second person."""
    return isinstance(item, AdvancedSettings) and second_person.is_required()


ADVANCED = register(AdvancedFamily())
second_person.register(
    second_person.Rule(
        is_second_person_required,
        fields=frozenset({"Second Person for Policy Changes", "Second Factor Required From"}),
    )
)
