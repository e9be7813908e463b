"""What templates ask about items."""

from django import template

from core.roles import may_open
from items.family import page_of_item
from items.models import Item

register = template.Library()
register.filter("may_open", may_open)


@register.filter
def item_url(item: Item) -> str:
    """The address of the item's page; "" if it has none."""
    return page_of_item(item)
