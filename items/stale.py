"""Two people saved the same item: the second one's page merges both. Pure but for QueryDict."""

from django.http import QueryDict

from items.forms import ItemForm, with_plain_breaks
from items.values import APART, Posted, belongs_to, posted


def merged(current: ItemForm, typed: QueryDict, *, base: Posted) -> QueryDict:
    """What to show after a stale save: `typed` where it differs from `base`, else what is stored.

    `current` is the item's unbound form as it is now, `base` what the page held when it was opened;
    where that is not known, all that was typed stays. The version becomes the current one, so
    saving once more is a decision taken with both in sight.
    """
    now, typed = posted(current), with_plain_breaks(typed)
    data = QueryDict(mutable=True)
    for field in current.fields:
        names = {n for n in {*now, *typed, *base} if belongs_to(n, field)}
        untouched = bool(base) and all(typed.getlist(n) == base.get(n, []) for n in names)
        for name in names:
            values = now.get(name, []) if untouched and field not in APART else typed.getlist(name)
            if values:
                data.setlist(name, values)
    data["version"] = str(current.instance.version)
    return data


def is_stored(current: ItemForm, data: QueryDict) -> bool:
    """Whether `data` says what is stored already: a secret is never said to be.

    `current` is the item's unbound form as it is now.
    """
    now = posted(current)
    return all(data.getlist(n) == now.get(n, []) for n in {*now, *data} - APART)
