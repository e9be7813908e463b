"""Forms of the kinds of filter. What was entered is checked by the engine itself."""

from typing import Any, ClassVar

from django import forms

from items.fields import LinesField
from items.forms import ItemForm, Section
from policies.describe.filters import built
from policies.engine.filters import (
    AdvancedCommandline,
    Commandline,
    Computer,
    FileHash,
    FileSpecification,
    ParentProcess,
    SignedFile,
    TimeOfDay,
    UserContext,
)
from policies.models import Filter
from policies.models.computers import Platform

PLATFORMS = [("", "Every platform"), *Platform.choices]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _sections(text: str, *fields: str) -> tuple[Section, ...]:
    details = Section(
        "Filter Details",
        "One test on a program that starts. Policies choose it by this name.",
        ("name", "description", "platform"),
    )
    return details, Section("Settings", text, fields)


class FilterForm(ItemForm):
    """Base of the kinds' forms; `settings_type` is the engine's own dataclass."""

    create_fields = ("platform", "name", "description")
    settings_type: ClassVar[Any]
    platform = forms.ChoiceField(choices=PLATFORMS, required=False)

    class Meta(ItemForm.Meta):
        model = Filter
        fields = [*ItemForm.Meta.fields, "platform"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            built(Filter(kind=self.instance.kind, settings=self.settings_json()))
        except ValueError as error:
            name, _, wrong = str(error).partition(": ")
            label = self.fields[name].label if name in self.fields else name
            self.add_error(name if name in self.fields else None, f"{label}: {wrong}.")
        return data


class _PlaceForm(FilterForm):
    names = LinesField(
        required=False,
        label="File Names",
        help_text="One name a line, such as setup*.exe; * and ? stand for any characters.",
    )
    path = forms.CharField(
        required=False,
        max_length=4096,
        label="Path",
        help_text="This file, or anything below this folder, as it is written.",
    )
    glob = forms.CharField(
        required=False,
        max_length=4096,
        label="Path Pattern",
        help_text="The whole path; * stands within one folder, ** for any number of folders.",
    )


class FileSpecificationForm(_PlaceForm):
    """Where the program is and what it is called."""

    settings_type = FileSpecification
    sections = _sections(
        "Where the program is and what it is called. All that is filled in must agree.",
        "names",
        "path",
        "glob",
    )


class ParentProcessForm(_PlaceForm):
    """Where the starting program is and what it is called."""

    settings_type = ParentProcess
    sections = _sections(
        "The program that starts this one. All that is filled in must agree.",
        "names",
        "path",
        "glob",
    )


class FileHashForm(FilterForm):
    """The file is one of these."""

    settings_type = FileHash
    sections = _sections("The file is one of these, whatever it is called.", "hashes")
    hashes = LinesField(
        required=False, label="SHA-256", help_text="64 hexadecimal digits each, one a line."
    )


class SignedFileForm(FilterForm):
    """Whose signature the file has."""

    settings_type = SignedFile
    sections = _sections("Whose signature the file has.", "subject")
    subject = forms.CharField(
        required=False,
        max_length=512,
        label="Subject Name",
        help_text="As the certificate names it, for example Contoso Software*; * at either end.",
    )


class CommandlineForm(FilterForm):
    """The command line as one text."""

    settings_type = Commandline
    sections = _sections("The command line as one text.", "text", "match")
    text = forms.CharField(required=False, max_length=4096, label="Command Line")
    match = forms.ChoiceField(
        choices=[
            ("exact", "is exactly this"),
            ("partial", "contains this"),
            ("regex", "matches this regular expression (RE2)"),
        ]
    )


class AdvancedCommandlineForm(FilterForm):
    """A command and its arguments, one by one."""

    settings_type = AdvancedCommandline
    sections = _sections(
        "A command and its arguments, one by one.", "command", "arguments", "match"
    )
    command = forms.CharField(required=False, max_length=4096)
    arguments = LinesField(required=False, help_text="One pattern a line, in their order.")
    match = forms.ChoiceField(
        choices=[("glob", "patterns with * and ?"), ("regex", "regular expressions (RE2)")]
    )


class UserContextForm(FilterForm):
    """Who starts the program."""

    settings_type = UserContext
    sections = _sections("Who starts the program.", "users", "groups", "match")
    users = LinesField(
        required=False, help_text="Account names or SIDs, one a line: EXAMPLE\\alice"
    )
    groups = LinesField(
        required=False, help_text="Group names or SIDs, one a line: BUILTIN\\Administrators"
    )
    match = forms.ChoiceField(choices=[("any", "any of these"), ("all", "all of these")])


class TimeOfDayForm(FilterForm):
    """When the program is started."""

    settings_type = TimeOfDay
    sections = _sections("When the program is started.", "days", "periods", "zone")
    days = forms.MultipleChoiceField(
        required=False,
        choices=[(day, day.capitalize()) for day in DAYS],
        widget=forms.CheckboxSelectMultiple,
        help_text="None: every day.",
    )
    periods = LinesField(
        required=False,
        help_text="One a line, such as 08:00-18:00; 22:00-06:00 goes on into the next day. "
        "Empty: the whole day.",
    )
    zone = forms.CharField(max_length=64, label="Time Zone", help_text="Such as Europe/Oslo")


class ComputerForm(FilterForm):
    """Which computer it is."""

    settings_type = Computer
    sections = _sections("Which computer it is.", "names")
    names = LinesField(
        required=False, label="Computer Names", help_text="One a line; * and ? may stand in it."
    )
