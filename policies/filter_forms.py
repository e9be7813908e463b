"""Forms of the kinds of filter, listed in FORMS. The engine itself checks what was entered."""

from typing import Any, ClassVar

from django import forms

from actions.platforms import CHOICES_OR_EVERY
from items.fields import LinesField, SwitchField
from items.forms import ItemForm, Section
from policies.engine.filters import (
    AdvancedCommandline,
    Commandline,
    Computer,
    FileHash,
    FileSpecification,
    FilterSettings,
    ParentProcess,
    SignedFile,
    TimeOfDay,
    UserContext,
)
from policies.engine.filters.time_of_day import DAYS
from policies.models import Filter
from policies.patterns import built


def _sections(text: str, *fields: str) -> tuple[Section, ...]:
    details = Section(
        "Filter Details",
        "A test on a program that is about to run. Policies choose it by this name.",
        ("name", "description", "platform"),
    )
    return details, Section("Settings", text, fields)


class FilterForm(ItemForm):
    """Base of the kinds' forms; `settings_type` is the engine's own dataclass."""

    create_fields = ("platform", "name", "description")
    settings_type: ClassVar[Any]
    platform = forms.ChoiceField(choices=CHOICES_OR_EVERY, required=False)

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
        help_text="One name per line, such as setup*.exe. * stands for any characters, ? for one.",
    )
    path = forms.CharField(
        required=False,
        max_length=4096,
        label="Path",
        help_text="This file, or anything below this folder. No wildcards.",
    )
    glob = forms.CharField(
        required=False,
        max_length=4096,
        label="Path Pattern",
        help_text="The whole path. * stays within one folder; ** spans any number of folders.",
    )


class FileSpecificationForm(_PlaceForm):
    """Where the program is and what it is called."""

    settings_type = FileSpecification
    sections = _sections(
        "Where the program is and what it is called. Everything you fill in must match.",
        "names",
        "path",
        "glob",
    )


class ParentProcessForm(_PlaceForm):
    """Where the starting program is and what it is called."""

    settings_type = ParentProcess
    sections = _sections(
        "The program that starts this one. Everything you fill in must match.",
        "names",
        "path",
        "glob",
    )


class FileHashForm(FilterForm):
    """The file is one of these."""

    settings_type = FileHash
    sections = _sections("The file is one of these, whatever its name.", "hashes")
    hashes = LinesField(
        required=False, label="SHA-256", help_text="64 hexadecimal digits each, one per line."
    )


class SignedFileForm(FilterForm):
    """Whose signature the file has."""

    settings_type = SignedFile
    sections = _sections("Whose signature the file has.", "subject")
    subject = forms.CharField(
        required=False,
        max_length=512,
        label="Subject Name",
        help_text="As in the certificate, for example Contoso Software*. * is allowed at either end.",
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
            ("regex", "as a whole matches this regular expression (RE2)"),
        ]
    )


class AdvancedCommandlineForm(FilterForm):
    """A command and its arguments, one by one."""

    settings_type = AdvancedCommandline
    sections = _sections(
        "A command and its arguments, one by one.", "command", "arguments", "no_arguments", "match"
    )
    command = forms.CharField(
        required=False,
        max_length=4096,
        help_text="The whole path, or only the name of the command.",
    )
    arguments = LinesField(
        required=False,
        help_text="One pattern per line, in order. * and ? never stand for / or \\; a line with ** "
        "alone stands for any number of arguments. Of a regular expression, a single line that "
        "matches the whole list.",
    )
    no_arguments = SwitchField(
        label="No Arguments", help_text="Match only a command that is run without arguments."
    )
    match = forms.ChoiceField(
        choices=[
            ("glob", "patterns with * and ?"),
            ("regex", "regular expressions (RE2) that match the whole"),
        ]
    )


class UserContextForm(FilterForm):
    """Who starts the program."""

    settings_type = UserContext
    sections = _sections("Who starts the program.", "users", "groups", "match")
    users = LinesField(
        required=False,
        help_text="Account names or SIDs, one per line, for example EXAMPLE\\alice. * and ? stay "
        "within the name or the domain: *\\alice is alice of any domain.",
    )
    groups = LinesField(
        required=False,
        help_text="Group names or SIDs, one per line, for example BUILTIN\\Administrators",
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
        help_text="Leave all unchecked for every day.",
    )
    periods = LinesField(
        required=False,
        help_text="One per line, such as 08:00-18:00; 22:00-06:00 runs into the next day. "
        "Leave empty for the whole day.",
    )
    zone = forms.CharField(max_length=64, label="Time Zone", help_text="For example Europe/Oslo")


class ComputerForm(FilterForm):
    """Which computer it is."""

    settings_type = Computer
    sections = _sections("Which computer it is.", "names")
    names = LinesField(
        required=False, label="Computer Names", help_text="One per line; * and ? are wildcards."
    )


FORMS: dict[type[FilterSettings], type[FilterForm]] = {
    form.settings_type: form
    for form in (
        FileSpecificationForm,
        FileHashForm,
        SignedFileForm,
        CommandlineForm,
        AdvancedCommandlineForm,
        UserContextForm,
        ParentProcessForm,
        TimeOfDayForm,
        ComputerForm,
    )
}
