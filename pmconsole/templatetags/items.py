"""What templates ask about items."""

from django import template

from pmconsole.items.family import page_of_item
from pmconsole.items.models import Item

register = template.Library()


@register.filter
def item_url(item: Item) -> str:
    """The address of the item's page, "" where it has none."""
    return page_of_item(item)
