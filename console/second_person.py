"""Admin | Configuration, Second Person: whether policy changes need one."""

from typing import Any

from core.roles import Access
from items import second_person
from items.builtin import add_builtin
from items.family import Family, Kind, register
from items.fields import SwitchField
from items.forms import ItemForm, Section
from items.models import Item
from items.proposals.models import SecondPerson
from items.proposals.people import two_administrators


class SecondPersonForm(ItemForm):
    """The one switch."""

    noun = "setting"
    sections = (
        Section(
            "Policy Changes",
            "An active policy, and all that one uses, then changes only when another administrator "
            "accepts it.",
            ("required", "name", "description"),
        ),
    )
    required = SwitchField(
        label="Second Person for Policy Changes",
        help_text="Switching it off needs a second person too.",
    )

    class Meta(ItemForm.Meta):
        model = SecondPerson
        fields = [*ItemForm.Meta.fields, "required"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("required") and not two_administrators():
            self.add_error(
                "required",
                "There must be two administrators who can sign in, and who share no email address "
                "and no account name.",
            )
        return data


class SecondPersonFamily(Family):
    model = SecondPerson
    namespace = "second_person"
    path = "configuration/second-person/"
    noun, plural = "setting", "settings"
    trail = ("Admin", "Configuration", "Second Person")
    about = "Whether changes of active policies need another administrator's consent."
    access = Access()
    kinds = (Kind("", "Second Person", SecondPersonForm),)
    sensitive = True
    may_create = False
    may_duplicate = False
    counts_uses = False
    list_template = "items/tab_list.html"


def add_defaults() -> None:
    add_builtin(SecondPerson, "second-person", name="Second Person for Policy Changes")


def is_switched_on(item: Item) -> bool:
    return isinstance(item, SecondPerson) and second_person.is_required()


SECOND_PERSON = register(SecondPersonFamily())
second_person.register(second_person.Rule(is_switched_on))
