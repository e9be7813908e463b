"""People who change policies, or could: where that needs a second person, nobody becomes two of them."""

from core.people.models import User
from core.roles import BY_PLATFORM
from items.models import Item, changes_of


def changes_policies(item: Item) -> bool:
    """Whether it's a person who could make proposals, and perhaps accept them."""
    people = User.objects.filter(is_active=True, groups__name__in=BY_PLATFORM.change)
    return isinstance(item, User) and people.filter(pk=item.pk).exists()


def may_change_policies_again(item: Item) -> bool:
    """Whether it's a person who could make proposals at any time: a role that was taken away may come
    back, as a provider gives it.
    """
    if not isinstance(item, User):
        return False
    told = [
        words
        for change in changes_of(User, item.pk).filter(labels__icontains="Roles")
        for label, *words in change.fields
        if label == "Roles"
    ]
    told.append(item.groups.values_list("name", flat=True))
    return any(role in each for words in told for each in words for role in BY_PLATFORM.change)
